"""Saving a basis: a folder of CSV files or one netCDF file, whole or not at all."""

import csv
import io
import json
import secrets
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.check.attributes import check_attributes
from actuarial.errors import BadBasis, BadDimensions, BadInput
from actuarial.netcdf import write_dataset
from actuarial.vocabulary import INPUTS, YEARS, ordered, variable, variables

FORMAT = 1
"""Version of the layout of saved bases."""
WHOLE = (*YEARS, "age", "age_of_survivor", "service", "day", "lag")
"""Dims whose labels are whole numbers; the labels of all others are words."""
AXES = ("year", "benefit", "group", "sex", "age")
"""Dims that every basis has."""


def save_basis(basis: xr.Dataset, path: str | Path) -> None:
    """Write a basis to a folder, or to a netCDF file where the path ends in `.nc`; `open_basis` reads both back.

    A folder holds `basis.toml` (format, attributes, numbers without dims, dims and units of every other variable) and
    one `NAME.csv` for each variable with dims: a column for every dim but the last and a column for every label of the
    last dim (`DIM,value` for one dim). Numbers come back bit by bit. A netCDF file is netCDF-4 where h5netcdf is
    installed (`pip install actuarial[data]`) and netCDF-3 otherwise.

    Labels that no variable has are left out, such as those of `line` after `basis.drop_vars("accounts_0")`; folders
    above it are made. Everything is written under a temporary name beside the target and then renamed: an error
    or an interruption leaves an older basis as it was.

    Parameters
    ----------
    basis : Dataset
        Variables of a basis as the vocabulary knows them, with labels on all dims. Values are stored as float64.
    path : path of the folder or of the file

    Raises
    ------
    BadBasis
        An attribute that is missing or neither word nor number; a variable that is no input; a folder that is there
        already and is no basis, or holds other files.
    BadInput, BadDimensions, OutOfBounds
        Variables that the vocabulary does not have, or that fail its checks.
    """
    if not isinstance(basis, xr.Dataset) or not isinstance(path, (str, Path)):
        kinds = f"{type(basis).__name__}, {type(path).__name__}"
        raise BadInput(f"save_basis: a Dataset and a path are needed (got {kinds}).\n  Write save_basis(basis, path).")
    target = Path(path)
    clean = tidy(basis)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise BadBasis(f"{target}: the folder {target.parent} cannot be made: {reason}. Give another path.") from None
    target = target.parent.resolve() / target.name
    scratch = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        if target.suffix == ".nc":
            _check_file(target)
            _write_netcdf(clean, scratch)
            scratch.replace(target)
        else:
            _check_folder(target)
            _write_folder(clean, scratch)
            _put_in_place(scratch, target)
    finally:
        _remove(scratch)


def without_idle_labels(basis: xr.Dataset) -> xr.Dataset:
    """The basis without labels of dims that none of its variables has, but for those that every basis has."""
    used = {dim for array in basis.data_vars.values() for dim in array.dims}
    idle = [str(dim) for dim in basis.coords if dim not in used and dim not in AXES]
    return basis.drop_vars(idle) if idle else basis


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def tidy(basis: xr.Dataset) -> xr.Dataset:
    """The basis as it is read back: float64, whole labels or words, no idle labels, attributes that a file can hold."""
    unused = [str(dim) for dim in basis.dims if not any(dim in array.dims for array in basis.data_vars.values())]
    basis = basis.drop_dims([dim for dim in unused if dim not in AXES])
    for name in basis.data_vars:
        role = variable(str(name)).role
        if role not in INPUTS:
            raise BadBasis(f"{name} is no variable of a basis but a result ({role}). Drop it.")
    check.check_variables(basis)
    check_attributes(basis)
    for key, value in basis.attrs.items():
        plain = value.item() if isinstance(value, np.generic) else value
        if isinstance(plain, bool) or not isinstance(plain, (str, int, float)):
            raise BadBasis(f"the attribute {key} is {value!r}; attributes must be words or numbers. Write it as words.")
    for name in basis.coords:
        if name not in basis.dims:
            raise BadBasis(f"the coordinate {name} belongs to no dimension. Drop it: basis.drop_vars({name!r}).")
    unused = [dim for dim in unused if dim in basis.dims]
    if unused:
        raise BadBasis(f"no variable has the dimension {unused[0]}. Drop it: basis.drop_dims({unused[0]!r}).")
    return basis.astype(np.float64).assign_coords({str(dim): _labels(basis, str(dim)) for dim in basis.dims})


def _labels(basis: xr.Dataset, dim: str) -> np.ndarray:
    if dim not in basis.coords:
        raise BadDimensions(f"{dim} has no labels. Give them: basis.assign_coords({dim}=[...]).")
    labels = basis[dim].values
    if dim in WHOLE:
        if not np.issubdtype(labels.dtype, np.number) or np.any(np.mod(labels, 1) != 0):
            raise BadDimensions(f"{dim}: the labels must be whole numbers (got {labels[0]!r}).")
        return labels.astype(np.int64)
    words = [str(word) for word in labels]
    bad = [word for word in words if not word.strip() or word != word.strip()]
    if bad or len(set(words)) != len(words):
        raise BadDimensions(f"{dim}: the labels must be different words without spaces around them (got {words}).")
    return np.array(words)


def _check_file(target: Path) -> None:
    if target.is_dir():
        raise BadBasis(f"{target} is a folder. Give the name of a file, or leave .nc out for a folder of CSV files.")


def _check_folder(target: Path) -> None:
    """The target is not there, is empty, or holds nothing but a basis, which will be replaced."""
    if not target.exists():
        return
    if not target.is_dir():
        raise BadBasis(f"{target} is a file. Give the path of a folder, or one that ends in .nc.")
    names = sorted(entry.name for entry in target.iterdir())
    if names and "basis.toml" not in names:
        raise BadBasis(f"{target} is a folder without basis.toml, so it is no basis. Give another path.")
    own = {"basis.toml", *(f"{name}.csv" for name in variables())}
    others = [name for name in names if name not in own]
    if others:
        raise BadBasis(
            f"{target} holds {', '.join(others[:5])} beside the basis, which replacing it would delete.\n"
            "  Move them elsewhere, or give another path."
        )


def _put_in_place(scratch: Path, target: Path) -> None:
    """Rename the new folder to the target; what was there is kept until that is done."""
    if not target.exists():
        scratch.rename(target)
        return
    old = scratch.with_name(scratch.name + ".old")
    target.rename(old)
    try:
        scratch.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old)


def _write_netcdf(basis: xr.Dataset, path: Path) -> None:
    write_dataset(basis.drop_encoding().assign_attrs(basis_format=FORMAT), path)


def _write_folder(basis: xr.Dataset, folder: Path) -> None:
    folder.mkdir()
    for name, array in basis.data_vars.items():
        if array.dims:
            (folder / f"{name}.csv").write_text(_table(array), encoding="utf-8", newline="")
    (folder / "basis.toml").write_text(_toml(basis), encoding="utf-8", newline="")


def _table(array: xr.DataArray) -> str:
    """A variable as text: a row for every label of all dims but the last; an empty cell where a line has no number."""
    array = array.transpose(*ordered(array.dims))
    *heads, last = (str(dim) for dim in array.dims)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    if not heads:
        writer.writerow([last, "value"])
        writer.writerows(zip(array[last].values.tolist(), map(_number, array.values.tolist()), strict=True))
        return file.getvalue()
    writer.writerow([*heads, *array[last].values.tolist()])
    labels = [array[dim].values.tolist() for dim in heads]
    values = array.values.reshape(-1, array.sizes[last]).tolist()
    for place, row in zip(np.ndindex(*(len(found) for found in labels)), values, strict=True):
        writer.writerow([*(found[i] for found, i in zip(labels, place, strict=True)), *map(_number, row)])
    return file.getvalue()


def _number(value: float) -> str:
    return "" if value != value else repr(value)


def _toml(basis: xr.Dataset) -> str:
    lines = [f"format = {FORMAT}", "", "[attributes]"]
    lines += [f"{_key(key)} = {_value(value)}" for key, value in basis.attrs.items()]
    scalars = {str(name): array for name, array in basis.data_vars.items() if not array.dims}
    lines += ["", "[scalars]"]
    lines += [f"{name} = {float(array)!r}  # {variable(name).units or '1'}" for name, array in scalars.items()]
    for name, array in basis.data_vars.items():
        row = variable(str(name))
        own = {key: value for key, value in array.attrs.items() if key not in row.attributes()}
        if name in scalars and own:
            key = next(iter(own))
            raise BadBasis(f"{name} has the attribute {key}, which a number without dims cannot keep. Drop it.")
        if array.dims:
            lines += ["", f"[variables.{name}]", f"dims = {_value(list(ordered(array.dims)))}"]
            lines += [f"units = {_value(row.units or '1')}"]
            lines += [f"{_key(key)} = {_value(value)}" for key, value in own.items()]
    return "\n".join(lines) + "\n"


def _key(key: Any) -> str:
    word = str(key)
    return word if word.replace("_", "").replace("-", "").isalnum() and word.isascii() else _value(word)


def _value(value: Any) -> str:
    """A word, number or list of words as TOML; its basic strings are those of JSON, with DEL escaped as well."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (bool, int, float)):
        return str(value).lower() if isinstance(value, bool) else repr(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
