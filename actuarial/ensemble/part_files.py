"""Files of the parts of an ensemble: read whole, or some years of some variables of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

HDF = b"\x89HDF"
LAYOUT = ("CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_FillValue")
"""Attributes of netCDF-4 that say how a file is made."""


def read_file(path: Path, names: Sequence[str] | None = None, years: slice = slice(None)) -> xr.Dataset:
    """A file as `actuarial.netcdf.write_dataset` writes it: all of it, or the variables with some names and, where they
    have years, these places of them.

    A variable is read by its place in the file, ten times as fast as by way of xarray, which looks up all that a file
    of netCDF-4 may hold. Attributes of variables take as long as their numbers: see `with_attributes`.

    Raises
    ------
    OSError, KeyError, ValueError, and what h5py and scipy raise
        A file that is damaged or of another kind.
    """
    if _is_hdf(path):
        return _read_hdf(path, names, years)
    with xr.open_dataset(path, engine="scipy", decode_times=False, decode_timedelta=False, cache=False) as opened:
        chosen = opened if names is None else opened[list(names)]
        part = chosen.isel(year=years, missing_dims="ignore").load().drop_encoding()
    return part.assign_coords({name: _as_written(array) for name, array in part.coords.items()})


def with_attributes(dataset: xr.Dataset, path: Path) -> xr.Dataset:
    """Variables with the attributes that they have in a file, such as their units."""
    if not _is_hdf(path):
        return dataset  # they were read with their numbers
    import h5py

    with h5py.File(path, "r", locking=False) as file:
        for name, one in dataset.data_vars.items():
            one.attrs = {word: _plain(value) for word, value in file[name].attrs.items() if word not in LAYOUT}
    return dataset


def _is_hdf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(HDF)) == HDF


def _read_hdf(path: Path, names: Sequence[str] | None, years: slice) -> xr.Dataset:
    import h5py

    with h5py.File(path, "r", locking=False) as file:
        dims = {int(one.attrs["_Netcdf4Dimid"]): name for name, one in file.items() if one.is_scale}
        wanted = [name for name in file if name not in dims.values()] if names is None else list(names)
        variables = {name: _variable(file[name], dims, years) for name in wanted}
        used = {dim for one in variables.values() for dim in one.dims}
        labels = {dim: _variable(file[dim], dims, years) for dim in dims.values() if names is None or dim in used}
        attrs = {name: _plain(value) for name, value in file.attrs.items() if not name.startswith("_NC")}
    return xr.Dataset(variables, labels, attrs)


def _variable(one: Any, dims: dict[int, str], years: slice) -> xr.Variable:
    """Numbers or words of a variable, and its dims by their numbers."""
    own = [dims[int(place)] for place in one.attrs.get("_Netcdf4Coordinates", [])]
    where = tuple(years if dim == "year" else slice(None) for dim in own)
    words = one.dtype.kind == "O"
    values = np.array(one.asstr()[where], dtype=str) if words else np.asarray(one[where] if own else one[()])
    return xr.Variable(own, values)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.ndarray) and value.size == 1 else value


def _as_written(array: xr.DataArray) -> xr.DataArray:
    """Whole numbers and words as they were, which netCDF-3 makes shorter numbers and single letters."""
    if array.dtype.kind in "iu":
        return array.astype(np.int64)
    if array.dtype.kind in "SO":
        return array.copy(data=np.array([str(word) for word in array.values]))
    return array
