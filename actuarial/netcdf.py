"""Datasets as netCDF files: netCDF-4 where h5netcdf and, below it, h5py are installed, else netCDF-3."""

from collections.abc import Hashable, Mapping
from importlib import metadata
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

LACKING = "reading netCDF-4 needs h5netcdf and h5py. Install them: pip install 'actuarial[data]'."
"""What to say where a file cannot be read for want of them."""
PACKING = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
SIGNATURE, CLASSIC = b"\x89HDF", b"CDF"
LAYOUT = (
    "CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST", "_Netcdf4Dimid", "_NCProperties", "_FillValue",
)  # fmt: skip
PLACED = {"CLASS", "_Netcdf4Dimid"}
CODED = {"dtype", "scale_factor", "add_offset", "missing_value", "_Unsigned", "_nc3_strict"}
"""Attributes of variables and files that are no words on their meaning: of the layout, and what xarray acts upon."""
SAYING = (str, int, float, np.integer, np.floating)


def why_unreadable(error: Exception) -> str:
    """The first line of why a file cannot be read: others advise packages that would not help."""
    return str(error).partition("\n")[0]


def has_netcdf4() -> bool:
    """Whether files are netCDF-4; they are netCDF-3 otherwise."""
    return all(find_spec(name) is not None for name in ("h5netcdf", "h5py"))


def write_dataset(dataset: xr.Dataset, path: str | Path, *, packed: bool = False) -> None:
    """Write a Dataset as netCDF4 where h5netcdf is installed, else as netCDF3 with 64-bit offsets.

    Parameters
    ----------
    dataset : Dataset whose attributes are words and numbers
    path : path of the file
    packed : compressed, and with NaN as the stated mark of what is missing

    Notes
    -----
    h5netcdf looks every variable up some fifty times while it writes it, so that many small variables take a second.
    Plain numbers and words with labels on all dims are written here, in the same layout; all else is left to it.

    References
    ----------
    .. [1] Unidata, NetCDF-4 format specification: dimensions are HDF5 dimension scales.
    """
    if has_netcdf4():
        if _is_plain(dataset):
            _write(dataset, path, packed)
            return
        options = {"zlib": True, "complevel": 1, "shuffle": True} if packed else {"_FillValue": None}
        several = {name: options for name, array in dataset.data_vars.items() if array.ndim or not packed}
        dataset.to_netcdf(path, engine="h5netcdf", encoding=several)
        return
    unmarked: Any = {} if packed else {name: {"_FillValue": None} for name in dataset.data_vars}
    dataset.to_netcdf(path, engine="scipy", format="NETCDF3_64BIT", encoding=unmarked)


def read_dataset(content: bytes, *, masked: bool = True) -> xr.Dataset:
    """A Dataset from the content of a netCDF file, without codings.

    Parameters
    ----------
    content : bytes
    masked : whether the codings of numbers (scales, offsets, marks of what is missing) are undone

    Raises
    ------
    ImportError, ValueError, Exception
        Packages that are lacking, content of another kind, and whatever they say of a file that is damaged.

    Notes
    -----
    As `write_dataset`: plain numbers and words with labels on all dims are read here, all else by xarray.
    """
    netcdf4 = content.startswith(SIGNATURE)
    if not netcdf4 and not content.startswith(CLASSIC):
        raise ValueError(f"{len(content)} bytes without the signature of netCDF")
    found = _read(content) if netcdf4 and has_netcdf4() else None
    if found is not None:
        return found
    engine: Any = "h5netcdf" if netcdf4 else "scipy"
    options: dict[str, Any] = {"decode_times": False, "decode_timedelta": False, "mask_and_scale": masked}
    with xr.open_dataset(BytesIO(content), engine=engine, **options) as opened:
        return opened.load().drop_encoding()


def _read(content: bytes) -> xr.Dataset | None:
    """What `_write` wrote; None where there is anything else in the file."""
    import h5py

    with h5py.File(BytesIO(content), "r") as file:
        stored = {name: file[name] for name in file}
        if not all(isinstance(one, h5py.Dataset) for one in stored.values()):
            return None
        said = {name: dict(one.attrs) for name, one in stored.items()}
        labels = {int(words["_Netcdf4Dimid"]): name for name, words in said.items() if words.keys() >= PLACED}
        whole, variables = dict(file.attrs), {}
        named = {word for words in (whole, *said.values()) for word in str(words.pop("coordinates", "")).split()}
        for name, one in stored.items():
            dims = [labels.get(place) for place in np.atleast_1d(said[name].pop("_Netcdf4Coordinates", [])).tolist()]
            values, attributes = _stored(one), _said(said[name])
            if len(dims) != one.ndim or None in dims or values is None or attributes is None:
                return None
            variables[name] = xr.Variable(dims, values, attributes)
        attributes = _said(whole)
    if attributes is None or not named <= variables.keys():
        return None
    coords = {name: variables.pop(name) for name in [*variables] if name in named or name in labels.values()}
    return xr.Dataset(variables, coords, attributes)


def _stored(one: Any) -> np.ndarray | None:
    """The numbers or words of a variable in a file; None of other things, or where a mark is not NaN."""
    if one.dtype == np.float64 or one.dtype == np.int64:
        mark = one.attrs.get("_FillValue")
        return one[()] if mark is None or np.isnan(mark).all() else None
    return np.asarray(one.asstr()[()], dtype=str) if one.dtype.kind == "O" else None


def _said(attributes: Mapping[str, Any]) -> dict[str, Any] | None:
    """Attributes in a file that are not those of its layout; None where one asks for more than to be read."""
    found = {key: _one(value) for key, value in attributes.items() if key not in LAYOUT}
    plain = all(isinstance(value, SAYING) for value in found.values())
    return found if plain and not CODED & found.keys() else None


def _one(value: Any) -> Any:
    return value[0] if isinstance(value, np.ndarray) and value.shape == (1,) else value


def _is_plain(dataset: xr.Dataset) -> bool:
    """Whether all is double numbers, whole ones and words, without a coding, and each dim has labels."""
    kinds = (
        one.dtype == np.int64 or _is_words(one) or (one.dtype == np.float64 and name not in dataset.coords)
        for name, one in dataset.variables.items()
    )
    coded = (one.encoding or 0 in one.shape for one in dataset.variables.values())
    things: list[Any] = [dataset, *dataset.variables.values()]
    said = (value for one in things for value in one.attrs.values())
    labelled = set(dataset.dims) <= set(dataset.coords)
    return labelled and all(kinds) and not any(coded) and all(map(_can_be_said, said))


def _is_words(variable: xr.Variable) -> bool:
    kind = variable.dtype.kind
    return kind == "U" or (kind == "O" and all(isinstance(one, str) for one in variable.values.flat))


def _can_be_said(value: Any) -> bool:
    return isinstance(value, SAYING) and not isinstance(value, bool)


def _write(dataset: xr.Dataset, path: str | Path, packed: bool) -> None:
    """Variables in their order, then the labels of each."""
    import h5py

    variables, attributes = xr.conventions.encode_dataset_coordinates(dataset)
    small = {name for name in dataset.data_vars if packed and dataset.variables[name].ndim}
    order = list(dict.fromkeys(dim for variable in variables.values() for dim in variable.dims))
    places = {dim: np.int32(place) for place, dim in enumerate(order)}
    with h5py.File(path, "w", track_order=True, rdcc_nbytes=0) as file:  # every part is written once, none is kept
        made = {name: _made(file, name, one, packed, name in small) for name, one in variables.items()}
        for dim in order:
            made[dim].make_scale(str(dim))
        for name, variable in variables.items():
            if variable.dims:
                made[name].attrs["_Netcdf4Dimid"] = places[variable.dims[0]]
                made[name].attrs["_Netcdf4Coordinates"] = np.array([places[dim] for dim in variable.dims])
            for place, dim in enumerate(variable.dims if name not in places else ()):
                h5py.h5ds.attach_scale(made[name].id, made[dim].id, place)
            _say(made[name], variable.attrs)
        _say(file, attributes)
        versions = ",".join(f"{word}={metadata.version(word)}" for word in ("h5netcdf", "h5py"))
        file.attrs["_NCProperties"] = np.bytes_(f"version=2,{versions},hdf5={h5py.version.hdf5_version}")


def _made(file: Any, name: Hashable, variable: xr.Variable, marked: bool, small: bool) -> Any:
    """The numbers or words of a variable in the file, with a mark of what is missing, compressed."""
    import h5py

    values, options = variable.values, {"track_order": True} | (PACKING if small else {})
    if values.dtype.kind in "UO":
        return file.create_dataset(str(name), data=values.astype(object), dtype=h5py.string_dtype(), **options)
    if not marked or values.dtype != np.float64:
        return file.create_dataset(str(name), data=values, **options)
    one = file.create_dataset(str(name), data=values, fillvalue=np.nan, **options)
    one.attrs["_FillValue"] = np.array([np.nan])
    return one


def _say(thing: Any, attributes: Mapping[Any, Any]) -> None:
    """Attributes of the file or of a variable."""
    for key, value in attributes.items():
        thing.attrs[str(key)] = value if isinstance(value, str) else np.atleast_1d(value)
