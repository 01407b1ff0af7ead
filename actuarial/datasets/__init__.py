"""The embedded country: an invented basis and scheme that show every input."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from actuarial.errors import BadInput

if TYPE_CHECKING:
    import xarray as xr

    from actuarial.scheme import Scheme

FOLDER = Path(__file__).parent
NAMES = ("demo",)


class Country(NamedTuple):
    """Basis and scheme of an embedded country."""

    basis: "xr.Dataset"
    scheme: "Scheme"


def open(name: str = "demo") -> Country:
    """Basis and scheme of an embedded country.

    Parameters
    ----------
    name : "demo"
        An invented middle-income country of four million with a partially funded pension scheme; everything about it is
        in its SOURCE.md.

    Returns
    -------
    Country
        `basis` (Dataset) and `scheme` (Scheme); it unpacks into the two.

    Raises
    ------
    BadInput
        No such country.

    Examples
    --------
    basis, scheme = open("demo")
    """
    from actuarial.forms import open_scheme
    from actuarial.readers.open import open_basis

    return Country(open_basis(folder(name) / "basis"), open_scheme(folder(name) / "scheme.toml"))


def folder(name: str) -> Path:
    """Folder of an embedded country; errors as `open`."""
    if name not in NAMES:
        raise BadInput(f"datasets: {name!r} is not embedded; the names are {', '.join(NAMES)}.")
    return FOLDER / name


