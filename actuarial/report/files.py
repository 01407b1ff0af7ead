"""The files of a run: result.nc, result.xlsx and manifest.json, each complete or not there at all."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from actuarial import provenance
from actuarial.errors import BadInput
from actuarial.report.workbook import write_workbook
from actuarial.valuation.accounts import compare_accounts

NAMES = ("result.nc", "result.xlsx", "manifest.json")


def write_result(
    result: xr.Dataset,
    folder: str | Path,
    *,
    basis: xr.Dataset,
    scheme: Any,
    command: Sequence[str] = (),
    warnings: Sequence[str] | None = None,
    accounts: Sequence[Any] | None = None,
) -> dict[str, Path]:
    """Write a result, its workbook and its manifest into a folder.

    The files are made in a temporary folder inside it and moved into place when all of them are complete, the manifest
    last; on a failure or an interruption the files that were there before stay as they were.

    Parameters
    ----------
    result : Dataset of `actuarial.project`
    folder : path; made if it does not exist
    basis, scheme : what the result was projected from
    command : sequence of str, the command line, for the manifest
    warnings : sequence of str, for the manifest; by default those of the result
    accounts : sequence of `AccountLine`, for workbook and manifest; by default the result against those of the basis

    Returns
    -------
    dict of file name to path
        `result.nc` (netCDF4 where h5netcdf is installed, else netCDF3), `result.xlsx`, `manifest.json`.

    Raises
    ------
    BadInput
        The folder cannot be written, the disk is full, or a file is held open by another program.
    MissingVariable
        The result lacks what a table needs.
    """
    if warnings is None:
        warnings = str(result.attrs.get("warnings", "")).splitlines()
    if accounts is None:
        accounts = compare_accounts(result, basis)
    home = writable(folder)
    made = not home.exists()
    scratch = None
    try:
        home.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".actuarial-", dir=home))
        write_netcdf(result, scratch / "result.nc")
        files = {"result.nc": provenance.file_digest(scratch / "result.nc")}
        written = provenance.manifest(
            result, basis, scheme, command=command, warnings=warnings, accounts=accounts, files=files
        )
        write_workbook(result, scratch / "result.xlsx", basis=basis, accounts=accounts, manifest=written)
        text = json.dumps(written, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        (scratch / "manifest.json").write_text(text, encoding="utf-8")
        for name in NAMES:
            (scratch / name).replace(home / name)
    except OSError as error:
        raise BadInput(
            f"{home}: the result cannot be written: {error.strerror or error}.\n"
            "  Free space, close programs that hold the files open, or give another folder."
        ) from error
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
        if made and home.is_dir() and not any(home.iterdir()):
            home.rmdir()
    return {name: home / name for name in NAMES}


def writable(folder: str | Path) -> Path:
    """The path of a folder in which files can be made; nothing is left behind by the trial.

    Raises
    ------
    BadInput
        It is a file, or neither it nor a folder above it can be written.
    """
    home = Path(folder)
    there = home
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        if not there.is_dir():
            raise NotADirectoryError(f"{there} is a file")
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput(f"{home}: the folder cannot be written: {reason}.\n  Give another folder with --out.") from None
    return home


def write_netcdf(result: xr.Dataset, path: str | Path) -> Path:
    """Write a Dataset as netCDF: netCDF4 through h5netcdf where it is installed, else netCDF3 with 64-bit offsets.

    Attributes that netCDF cannot hold (lists, truth values, nothing) become words.
    """
    target = Path(path)
    plain = _storable(result)
    if find_spec("h5netcdf"):
        small = {name: {"zlib": True, "complevel": 1, "shuffle": True} for name in plain.data_vars if plain[name].ndim}
        plain.to_netcdf(target, engine="h5netcdf", encoding=small)
    else:
        plain.to_netcdf(target, engine="scipy", format="NETCDF3_64BIT")
    return target


def _storable(result: xr.Dataset) -> xr.Dataset:
    """A copy without encodings, whose attributes are words and numbers."""
    copy = result.drop_encoding()
    for name in copy.variables:
        copy[name].attrs = {str(key): _attribute(value) for key, value in copy[name].attrs.items()}
    copy.attrs = {str(key): _attribute(value) for key, value in result.attrs.items()}
    return copy


def _attribute(value: Any) -> str | int | float:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return value
    return json.dumps(provenance.plain(value), ensure_ascii=False)
