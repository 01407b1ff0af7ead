"""The files of a run: its result, tables, inputs and manifest, each complete or not there at all."""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from actuarial import provenance, translation
from actuarial.basis import save_basis
from actuarial.basis.saving import without_idle_labels
from actuarial.errors import BadInput
from actuarial.health.scheme import HealthScheme
from actuarial.netcdf import write_dataset
from actuarial.remembered import remembered, remembering
from actuarial.report import figure_files
from actuarial.report.health_workbook import write_health_workbook
from actuarial.report.workbook import write_workbook
from actuarial.scheme_saving import scheme_text
from actuarial.translation import N_, Told, why
from actuarial.valuation.accounts import compare_accounts

INPUTS = (*provenance.INPUTS.values(), provenance.PENSION_SCHEME)
NAMES = ("result.nc", "result.xlsx", *INPUTS, *figure_files.NAMES, "manifest.json")


@remembering()
def write_result(
    result: xr.Dataset,
    folder: str | Path,
    *,
    basis: xr.Dataset,
    scheme: Any,
    command: Sequence[str] = (),
    warnings: Sequence[str] | None = None,
    accounts: Sequence[Any] | None = None,
    pension_scheme: Any = None,
    figures: bool = False,
    language: str = "en",
    locale: str | None = None,
) -> dict[str, Path]:
    """Write a result, its workbook, what it was projected from and its manifest into a folder.

    `actuarial.open_run` opens them again. The files are made in a temporary folder inside it and moved into place when
    all of them are complete, the manifest last; on a failure or an interruption the files that were there before stay
    as they were. An input that no file can hold (a scheme with a class that has no word in scheme files) is left out,
    and the manifest says why.

    Parameters
    ----------
    result : Dataset of `actuarial.project` or `actuarial.project_health`
    folder : path; made if it does not exist
    basis, scheme : what the result was projected from
    command : sequence of str, the command line, for the manifest
    warnings : sequence of str, for the manifest; by default those of the result
    accounts : sequence of `AccountLine`, for workbook and manifest; by default the result of a pension scheme against
        those of the basis
    pension_scheme : Scheme whose members and pensioners a health scheme covers, where there is one
    figures : True draws the figures of the scheme into the folder `figures`, as SVG and their numbers as CSV; a figure
        that cannot be drawn is left out, and the manifest says why
    language : {"en", "fr", "es"}, of the workbook
    locale : language and country whose numbers it has in its notes, such as `es_MX`

    Returns
    -------
    dict of file name to path
        `result.nc` and `basis.nc` (netCDF4 where h5netcdf is installed, else netCDF3), `result.xlsx`, `scheme.toml`,
        `manifest.json`; `pension_scheme.toml` where one was given, `figures/*.svg` and `figures/*.csv`.

    Raises
    ------
    BadInput
        The folder cannot be written, the disk is full, or a file is held open by another program; the folder holds a
        `basis.nc`, `scheme.toml`, `pension_scheme.toml` or figure that no run wrote; figures are asked for of a single
        year, or matplotlib is not installed; a language or locale that is none.
    MissingVariable
        The result lacks what a table needs.
    """
    home, words = writable(folder), translation.language(language, locale)
    if figures:
        figure_files.check_drawable(basis)
    basis = without_idle_labels(basis)
    made = not home.exists()
    scratch = None
    try:
        home.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".actuarial-", dir=home))
        _write_all(result, scratch, basis, scheme, command, warnings, accounts, pension_scheme, figures, words)
        return _put_in_place(scratch, home)
    except OSError as error:
        raise BadInput(
            Told(
                "{home}: the result cannot be written: {error}.\n"
                "  Free space, close programs that hold the files open, or give another folder.",
                home=home,
                error=why(error),
            )
        ) from error
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
        if made and home.is_dir() and not any(home.iterdir()):
            home.rmdir()


def _write_all(
    result: xr.Dataset,
    folder: Path,
    basis: xr.Dataset,
    scheme: Any,
    command: Sequence[str],
    warnings: Sequence[str] | None,
    accounts: Sequence[Any] | None,
    pension_scheme: Any,
    figures: bool,
    words: translation.Language,
) -> None:
    """Write every file of a run into an empty folder."""
    if warnings is None:
        warnings = str(result.attrs.get("warnings", "")).splitlines()
    of_health = isinstance(scheme, HealthScheme)
    if accounts is None:
        accounts = () if of_health else compare_accounts(result, basis)
    write_netcdf(result, folder / "result.nc")
    laws = {"scheme": scheme} | ({} if pension_scheme is None else {"pension_scheme": pension_scheme})
    left_out = _write_inputs(basis, laws, folder)
    not_drawn = figure_files.write_figures(result, basis, folder) if figures else {}
    written = provenance.manifest(
        result,
        basis,
        scheme,
        command=command,
        warnings=warnings,
        accounts=accounts,
        files=_digests(folder),
        left_out=left_out,
        pension_scheme=pension_scheme,
    )
    if not_drawn:
        written["figures_left_out"] = not_drawn
    book, code, country = folder / "result.xlsx", words.code, words.locale
    if of_health:
        write_health_workbook(result, book, basis=basis, manifest=written, language=code, locale=country)
    else:
        given: dict[str, Any] = {"basis": basis, "scheme": scheme, "accounts": accounts, "manifest": written}
        write_workbook(result, book, **given, language=code, locale=country)
    written["language"] = code
    text = json.dumps(written, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def _digests(folder: Path) -> dict[str, str]:
    """Digest of every file of a folder and of those in it, by its path from there."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): provenance.file_digest(path) for path in files}


def _write_inputs(basis: xr.Dataset, laws: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Write the basis and the schemes that there are; the reason for each that no file can hold."""
    left_out = {}
    try:
        (folder / provenance.INPUTS["basis"]).write_bytes(_file_of(basis))
    except BadInput as error:
        left_out["basis"] = str(error)
    for part, scheme in laws.items():
        try:
            text = scheme_text(scheme)
        except BadInput as error:
            left_out[part] = str(error)
        else:
            (folder / f"{part}.toml").write_text(text, encoding="utf-8", newline="")
    return left_out


@remembered
def _file_of(basis: xr.Dataset) -> bytes:
    """The file of a basis, which several runs may have."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / provenance.INPUTS["basis"]
        save_basis(basis, file)
        return file.read_bytes()


def _put_in_place(scratch: Path, home: Path) -> dict[str, Path]:
    """Move the files of a run into their folder, the manifest last; inputs and figures that it lacks are removed."""
    written = [name for name in NAMES if (scratch / name).exists()]
    drawn = home / figure_files.FOLDER
    if (scratch / figure_files.FOLDER).exists():
        drawn.mkdir(exist_ok=True)
    for name in NAMES:
        if name in written:
            (scratch / name).replace(home / name)
        elif (home / name).exists():
            (home / name).unlink()
    if drawn.is_dir() and not any(drawn.iterdir()):
        drawn.rmdir()
    return {name: home / name for name in written}


def writable(folder: str | Path) -> Path:
    """The path of a folder in which files can be made; nothing is left behind by the trial.

    Raises
    ------
    BadInput
        It is a file, or neither it nor a folder above it can be written; or it holds inputs or figures that no run
        wrote there, which writing would replace.
    """
    home = Path(folder)
    there = home
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        text = N_("{home}: the folder cannot be written: {there} is a file.\n  Give another folder with --out.")
        raise BadInput(Told(text, home=home, there=there))
    try:
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        reason = why(error)
        raise BadInput(
            Told(
                "{home}: the folder cannot be written: {reason}.\n  Give another folder with --out.",
                home=home,
                reason=reason,
            )
        ) from None
    _check_own(home)
    return home


def _check_own(home: Path) -> None:
    """BadInput where the folder holds inputs or figures that are not those of the run that was written there before."""
    there = [name for name in (*INPUTS, *figure_files.NAMES) if (home / name).exists()]
    if not there:
        return
    try:
        digests = json.loads((home / "manifest.json").read_text(encoding="utf-8"))["files"]
        others = [name for name in there if digests.get(name) != provenance.file_digest(home / name)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        others = there
    if others:
        raise BadInput(
            Told(
                "{home}: the folder holds {names}, which no run wrote there and a run would replace.\n"
                "  Give another folder with --out.",
                home=home,
                names=" and ".join(others),
            )
        )


def write_netcdf(result: xr.Dataset, path: str | Path) -> Path:
    """Write a Dataset as netCDF: netCDF4 through h5netcdf where it is installed, else netCDF3 with 64-bit offsets.

    Attributes that netCDF cannot hold (lists, truth values, nothing) become words.
    """
    target = Path(path)
    write_dataset(_storable(result), target, packed=True)
    return target


def _storable(result: xr.Dataset) -> xr.Dataset:
    """A copy without encodings, whose attributes are words and numbers."""
    copy = result.drop_encoding()
    for array in copy.variables.values():
        array.attrs = {str(key): _attribute(value) for key, value in array.attrs.items()}
    copy.attrs = {str(key): _attribute(value) for key, value in result.attrs.items()}
    return copy


def _attribute(value: Any) -> str | int | float:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return value
    return json.dumps(provenance.plain(value), ensure_ascii=False)
