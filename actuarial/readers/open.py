"""Opening a saved basis: every mistake with its file and line, all of them at once."""

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actuarial.basis.saving import FORMAT, WHOLE
from actuarial.errors import BadBasis
from actuarial.netcdf import LACKING, read_dataset, why_unreadable
from actuarial.readers.basis_faults import finished, inputs, refuse, unknown_variable
from actuarial.readers.basis_folder import Folder
from actuarial.readers.workbook_basis import basis_of_workbook
from actuarial.sheets.cells import is_workbook
from actuarial.sheets.marks import Marked, marked
from actuarial.sheets.marks import refuse as refuse_workbook
from actuarial.translation import N_, Told

if TYPE_CHECKING:
    import xarray as xr


def open_basis(path: "str | Path") -> "xr.Dataset":
    """Read a basis that `save_basis` wrote, or that was written by hand in the same layout.

    Parameters
    ----------
    path : path of a folder with `basis.toml` and one `NAME.csv` for each variable, of a `.nc` file, or of a workbook
        that `actuarial template` made (`.xlsx`)

    Returns
    -------
    Dataset
        Float64 variables with units, meaning, symbol, kind and timing; whole-number labels of years, ages and service,
        words for all others.

    Raises
    ------
    BadBasis
        Nothing can be read there, or what was read is no basis: all mistakes at once, each with file and line.
    BadWorkbook
        The same of a workbook: each mistake with its sheet and cell.

    Examples
    --------
    basis = open_basis("my_country/basis")
    """
    place = Path(path)
    if not place.exists():
        raise BadBasis(
            Told("{place}: there is no such file or folder.{hint}", place=place, hint=_neighbours(place))
        )
    if place.is_dir():
        return Folder(place).basis()
    if place.suffix == ".nc":
        return _from_netcdf(place)
    if is_workbook(place):
        opened = marked(place)
        basis, found = basis_of_workbook(opened)
        refuse_workbook(opened, [*opened.found, *found])
        assert basis is not None
        return basis
    raise BadBasis(
        Told("{place}: a basis is a folder with basis.toml, or a file that ends in .nc or .xlsx.", place=place)
    )


def open_workbook(path: "str | Path") -> "tuple[xr.Dataset, Any]":
    """Read the basis and the scheme of one workbook; all mistakes of both at once.

    Parameters
    ----------
    path : path of a workbook that `actuarial template` made

    Returns
    -------
    Dataset, Scheme or HealthScheme

    Raises
    ------
    BadWorkbook
        The file cannot be read as a workbook of inputs, lacks one of the two, or has mistakes: each with its sheet and
        cell, and what to do.

    Examples
    --------
    basis, scheme = open_workbook("my_country.xlsx")
    """
    basis, scheme, _ = read_workbook(path)
    return basis, scheme


def read_workbook(path: "str | Path") -> "tuple[xr.Dataset, Any, Marked]":
    """As `open_workbook`, and the opened workbook with the cell of each name that was read."""
    from actuarial.forms import scheme_of_workbook

    opened = marked(path)
    scheme, of_law = scheme_of_workbook(opened)
    basis, of_basis = basis_of_workbook(opened)
    refuse_workbook(opened, [*opened.found, *of_law, *of_basis])
    assert basis is not None
    return basis, scheme, opened


def _neighbours(place: Path) -> str:
    """A hint at a name beside the path that looks like it."""
    beside = [entry.name for entry in place.parent.iterdir()] if place.parent.is_dir() else []
    close = get_close_matches(place.name, beside, n=1)
    return Told(" Did you mean {places}?", places=str(place.with_name(close[0]))) if close else ""


def _from_netcdf(place: Path) -> "xr.Dataset":
    try:
        dataset = read_dataset(place.read_bytes(), masked=False)
    except ImportError as error:
        raise BadBasis(Told("{place}: {wrong}", place=place, wrong=Told(LACKING))) from error
    except Exception as error:
        text = N_("{place}: the file cannot be read as netCDF ({error}); it may be truncated.")
        raise BadBasis(Told(text, place=place, error=why_unreadable(error))) from error
    version = dataset.attrs.pop("basis_format", None)
    if version != FORMAT:
        raise BadBasis(
            Told(
                "{place}: the file has basis_format {version}, this library reads {own}. Save it again.",
                place=place,
                version=version,
                own=FORMAT,
            )
        )
    refuse(place, [f"{place}: {name}: {unknown_variable(name)}" for name in map(str, dataset) if name not in inputs()])
    kinds = {str(dim): "int64" if dim in WHOLE else str for dim in dataset.coords}
    dataset = dataset.assign_coords({dim: dataset[dim].values.astype(kind) for dim, kind in kinds.items()})
    dataset.attrs = {key: value.item() if hasattr(value, "item") else value for key, value in dataset.attrs.items()}
    return finished(dataset, place, lambda _: str(place), lambda _: str(place))
