"""Labelled arrays whose arithmetic is quick where their labels are the same, as they are all through a projection.

Aligning, merging and copying labels takes xarray a tenth of a millisecond for each operation, however small the arrays
are, and a law or a check of identities has hundreds of them. Here equal labels are recognised and used again. Whatever
is not as simple (labels that differ, coordinates along several dimensions) is left to xarray.
"""

import operator
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import xarray as xr

REFLECTED = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor")
OPERATORS = (*REFLECTED, "lt", "le", "gt", "ge", "eq", "ne")
PLAIN = (int, float, str, np.number, np.bool_)


class Quick(xr.DataArray):
    """A DataArray with quick arithmetic; what it is combined with may be any DataArray or number."""

    __slots__ = ()

    def sum(
        self, dim: Any = None, *, skipna: Any = None, min_count: Any = None, keep_attrs: Any = None, **kwargs: Any
    ) -> Any:
        """As that of xarray, which leaves out what is NaN: it looks for such cells before it adds, and here a sum that
        is NaN tells of them."""
        if skipna is None and min_count is None and not kwargs and self.dtype.kind == "f":
            found = self.reduce(np.sum, dim, keep_attrs=keep_attrs)
            if not np.isnan(found.variable.values).any():
                return found
        return super().sum(dim, skipna=skipna, min_count=min_count, keep_attrs=keep_attrs, **kwargs)

    def reduce(
        self,
        func: Callable[..., Any],
        dim: Any = None,
        *,
        axis: Any = None,
        keep_attrs: bool | None = None,
        keepdims: bool = False,
        **kwargs: Any,
    ) -> Any:
        """As that of xarray, from which every sum, maximum or "any" comes."""
        over = self.dims if dim is None else (dim,) if isinstance(dim, str) else tuple(dim) if dim is not ... else ()
        if axis is None and not keepdims and (over or dim is None) and set(over) <= set(self.dims):
            axes = self.get_axis_num(over)
            along = {} if dim is None else {"axis": axes[0] if len(axes) == 1 else axes}
            values = np.asarray(func(self.variable.values, **along, **kwargs))
            kept = tuple(one for one in self.dims if one not in over)
            if values.shape == tuple(self.sizes[one] for one in kept):
                attrs = self.variable.attrs if _keeps(keep_attrs) else None
                coords = {name: one for name, one in self._coords.items() if set(one.dims) <= set(kept)}
                indexes = {name: one for name, one in self._indexes.items() if name in coords}
                return Quick(xr.Variable(kept, values, attrs), coords, name=self.name, indexes=indexes, fastpath=True)
        return super().reduce(func, dim, axis=axis, keep_attrs=keep_attrs, keepdims=keepdims, **kwargs)

    def where(self, cond: Any, other: Any = np.nan, drop: bool = False) -> Any:
        """As that of xarray, of decimal numbers; others are left to it."""
        decimal = self.dtype.kind == "f" and (isinstance(other, float) or getattr(other, "dtype", None) == self.dtype)
        if decimal and not drop and isinstance(cond, xr.DataArray):
            found = combined(lambda own, chosen, rest: np.where(chosen, own, rest), self, cond, other)
            if found is not None:
                found.name, found.attrs = self.name, self.attrs
                return found
        return super().where(cond, drop=drop) if other is np.nan else super().where(cond, other, drop=drop)

    def __array_ufunc__(self, ufunc: np.ufunc, method: Any, *inputs: Any, **kwargs: Any) -> Any:
        """As that of xarray, which gives the result the name and the attributes of the first."""
        arrays = [one for one in inputs if isinstance(one, xr.DataArray)]
        if method == "__call__" and not kwargs and ufunc.nout == 1 and not any(one.variable._attrs for one in arrays):
            found = combined(ufunc, *inputs)
            if found is not None:
                found.name = arrays[0].name
                return found
        return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def transpose(self, *dim: Any, transpose_coords: bool = True, missing_dims: Any = "raise") -> Any:
        """As that of xarray, of all dims by name or some and the others (...)."""
        others = tuple(one for one in self.dims if one not in dim)
        order = tuple(one for asked in dim for one in (others if asked is ... else (asked,)))
        simple = len(order) == self.ndim and all(one.ndim < 2 for one in self._coords.values())
        if dim and simple and set(order) == set(self.dims):
            turned = self.variable.values.transpose([self.dims.index(one) for one in order])
            variable, coords = xr.Variable(order, turned, self.variable._attrs, fastpath=True), dict(self._coords)
            return Quick(variable, coords, name=self.name, indexes=self._indexes, fastpath=True)
        return super().transpose(*dim, transpose_coords=transpose_coords, missing_dims=missing_dims)

    def isel(self, indexers: Any = None, drop: bool = False, missing_dims: Any = "raise", **kwargs: Any) -> Any:
        """As that of xarray, of one place or a slice of each dim."""
        places = {**(indexers or {}), **kwargs}
        simple = self._indexes.keys() <= set(self.dims) and set(places) <= set(self.dims)
        if not simple or not all(isinstance(one, slice) or type(one) is int for one in places.values()):
            return super().isel(indexers, drop, missing_dims, **kwargs)
        dims = tuple(dim for dim in self.dims if not isinstance(places.get(dim), int))
        values = np.asarray(self.variable.values[tuple(places.get(dim, slice(None)) for dim in self.dims)])
        known: dict[Any, Any] = {dim: one for dim, one in self._indexes.items() if dim in dims}
        indexes = {dim: one.isel(places) if dim in places else one for dim, one in known.items()}
        coords = {}
        for name, coord in self._coords.items():
            here = {dim: place for dim, place in places.items() if dim in coord.dims}
            if name in indexes and here:
                coord = indexes[name].create_variables({name: coord})[name]
            elif here:
                coord = coord.isel(here)
            if not (drop and here and not coord.ndim):
                coords[name] = coord
        variable = xr.Variable(dims, values, self.variable._attrs, fastpath=True)
        return Quick(variable, coords, name=self.name, indexes=indexes, fastpath=True)

    def sel(
        self, indexers: Any = None, method: Any = None, tolerance: Any = None, drop: bool = False, **kwargs: Any
    ) -> Any:
        """As that of xarray, of one label of each dim or of all of them."""
        labels = {**(indexers or {}), **kwargs}
        if method is None and tolerance is None:
            places = {dim: _place(self._indexes.get(dim), label) for dim, label in labels.items()}
            if None not in places.values():
                return self.isel(places, drop)
        return super().sel(indexers, method, tolerance, drop, **kwargs)


def _place(index: Any, label: Any) -> int | slice | None:
    """Place of a label in an index, everything if it is all of them in order; None where it is not there just once."""
    known = getattr(index, "index", None)
    if known is None or not known.is_unique:
        return None
    if isinstance(label, str | int | np.integer):
        found = known.get_loc(label) if label in known else None
        return found if isinstance(found, int) else None
    whole = isinstance(label, list) and len(label) == len(known) and known.tolist() == label
    return slice(None) if whole else None


class QuickSet(xr.Dataset):
    """A Dataset whose variables come as `Quick` arrays, with the same coordinates."""

    __slots__ = ()

    def get(self, key: Any, default: Any = None) -> Any:
        """As that of a mapping; xarray looks for similar names before it says that there is none."""
        return self[key] if key in self.variables else default

    def _construct_dataarray(self, name: Hashable) -> xr.DataArray:
        variable = self._variables.get(name)
        if variable is None:
            return super()._construct_dataarray(name)
        dims = set(variable.dims)
        coords = {key: self._variables[key] for key in self._coord_names if dims.issuperset(self._variables[key].dims)}
        indexes = {key: self._indexes[key] for key in coords if key in self._indexes}
        return Quick(variable, coords, name=name, indexes=indexes, fastpath=True)


KEEPS = bool(xr.DataArray(0.0, attrs={"units": "persons"}).max().attrs)
"""Whether sums have the attributes of what is summed where nobody says so: versions of xarray differ."""


def _keeps(asked: bool | None) -> bool:
    """Whether a sum has the attributes of what is summed."""
    chosen = xr.get_options()["keep_attrs"] if asked is None else asked
    return KEEPS if chosen == "default" else bool(chosen)


def quick_set(dataset: xr.Dataset) -> QuickSet:
    """The same variables and labels (not a copy): xarray looks at all variables of a Dataset to answer one of them, and
    here only coordinates are looked at."""
    parts = (dataset._variables, dataset._coord_names, dataset._dims, dataset._attrs, dataset._indexes)
    return QuickSet._construct_direct(*parts)


def dataset(data: Mapping[Any, Any], labels: Mapping[Any, Any]) -> xr.Dataset:
    """A Dataset of variables, each labelled or (dims, values), with labels for their dims; others have none.

    As `xarray.Dataset(data, labels)`, which looks for what the variables have in common; here a labelled variable is
    one that has these labels or none, else it is left to xarray.
    """
    axes = {dim: _axis(given, dim) for dim, given in labels.items()}
    indexes: dict[Any, Any] = {dim: index for dim, (_, index) in axes.items()}
    variables: dict[Any, Any] = {dim: coord for dim, (coord, _) in axes.items()}
    sizes = {dim: len(coord) for dim, coord in variables.items()}
    for name, given in data.items():
        known = isinstance(given, xr.DataArray)
        if known and not _has_no_others(given, indexes):
            return xr.Dataset(data, labels)
        dims, values = (given.dims, given.variable._data) if known else given
        if np.shape(values) != tuple(sizes[dim] for dim in dims):
            raise ValueError(f"{name}: {np.shape(values)} values by {dims} do not go with the labels, {sizes}.")
        variables[name] = xr.Variable(dims, values, given.attrs if known else None, fastpath=True)
    return xr.Dataset._construct_direct(variables, set(axes), sizes, None, indexes)


def gathered(data: Mapping[Any, xr.DataArray]) -> xr.Dataset:
    """Variables that have the same labels together, with all their coordinates.

    As `xarray.Dataset(data)`, which aligns and compares all of them; here that is left to it where coordinates of one
    name are not the same.
    """
    variables: dict[Any, Any] = {}
    indexes: dict[Any, Any] = {}
    named: set[Any] = set()
    for name, array in data.items():
        if not all(_fits(dim, array, indexes) for dim in array.dims) or name in array._coords or name in named:
            return xr.Dataset(data)
        for key, coord in array._coords.items():
            known = variables.setdefault(key, coord)
            if key in array.dims:
                indexes.setdefault(key, array._indexes[key])
            if key in data or not (known is coord or (known.dims == coord.dims and known.equals(coord))):
                return xr.Dataset(data)
        named.update(array._coords)
        variables[name] = array.variable.copy(deep=False)
    sizes = {dim: len(variables[dim]) for dim in indexes}
    return xr.Dataset._construct_direct(variables, named, sizes, None, indexes)


def _has_no_others(array: xr.DataArray, indexes: dict[Any, Any]) -> bool:
    """Whether the labels of an array are those of its dims among some."""
    return array._coords.keys() == set(array.dims) and all(_fits(dim, array, indexes) for dim in array.dims)


def union(*datasets: xr.Dataset) -> xr.Dataset:
    """All variables of Datasets, the first of those that several have; attributes that they agree on.

    As `xarray.merge`, which compares and copies all of them; here those whose dims have equal labels are put together
    as they are.

    Raises
    ------
    xarray.AlignmentError
        Labels of a dim differ.
    """
    indexes: dict[Any, Any] = {}
    simple = True
    for one in datasets:
        simple = simple and one._coord_names == set(one._indexes) == set(one.dims)
        for dim, index in one._indexes.items():
            simple = simple and bool(indexes.setdefault(dim, index).equals(index))
    if not simple:
        return xr.merge(datasets, join="exact", compat="override", combine_attrs="drop_conflicts")
    variables: dict[Any, Any] = {}
    for one in datasets:
        for name, variable in one._variables.items():
            variables.setdefault(name, variable.copy(deep=False))
    sizes = {dim: len(variables[dim]) for dim in indexes}
    return xr.Dataset._construct_direct(variables, set(indexes), sizes, _agreed(datasets) or None, indexes)


def _agreed(datasets: Sequence[xr.Dataset]) -> dict[Any, Any]:
    """Attributes of Datasets of which no two differ."""
    every = [(name, value) for one in datasets for name, value in one.attrs.items()]
    if all(isinstance(value, PLAIN) and value == value for _, value in every):
        kept = dict(reversed(every))
        return {name: kept[name] for name, _ in every if all(kept[key] == value for key, value in every if key == name)}
    alone = [xr.Dataset(attrs=one.attrs) for one in datasets]
    return xr.merge(alone, join="exact", compat="override", combine_attrs="drop_conflicts").attrs


def quick(array: xr.DataArray) -> Quick:
    """The same labels and numbers (not a copy), without a name and attributes."""
    return like(array, array.variable.values)


def like(array: xr.DataArray, values: np.ndarray) -> Quick:
    """Other numbers with the labels of an array, without a name and attributes."""
    variable = xr.Variable(array.dims, values, fastpath=True)
    return Quick(variable, dict(array._coords), indexes=array._indexes, fastpath=True)


def without_attrs(data: Any) -> Any:
    """The same numbers and labels (not a copy) of a Dataset or DataArray, without attributes: `drop_attrs` of a
    DataArray takes ten times as long, as it sets every coordinate anew."""
    made = data.copy(deep=False)
    made.attrs = {}
    for part in (made.variables if isinstance(made, xr.Dataset) else made.coords).values():
        part.attrs = {}
    return made


def bare(array: xr.DataArray) -> Quick:
    """The same numbers (not a copy) with the labels of their dims alone."""
    indexes = {dim: array._indexes[dim] for dim in array.dims if dim in array._indexes}
    coords = {dim: array._coords[dim] for dim in indexes}
    return Quick(xr.Variable(array.dims, array.variable.values), coords, indexes=indexes, fastpath=True)


def labelled(values: np.ndarray, dims: Sequence[Any], labels: Mapping[Any, Any], kind: Any = Quick) -> Any:
    """An array with labels for its dims, which are plain arrays or labelled ones; others are left out."""
    known = [_axis(labels[dim], dim) for dim in dims]
    coords: dict[Any, Any] = {dim: coord for dim, (coord, _) in zip(dims, known, strict=True)}
    indexes: dict[Any, Any] = {dim: index for dim, (_, index) in zip(dims, known, strict=True)}
    return kind(xr.Variable(dims, values), coords, indexes=indexes, fastpath=True)


def _axis(labels: Any, dim: str) -> tuple[Any, Any]:
    """Coordinate and index of a dim."""
    if isinstance(labels, xr.DataArray) and dim in labels._indexes:
        return labels._coords[dim], labels._indexes[dim]
    values = np.asarray(labels)
    if values.dtype.kind in "iuf":
        return _numbers(dim, values.dtype.str, values.tobytes())
    if values.dtype.kind == "U":
        return _words(dim, values.dtype.str, tuple(values.tolist()))
    return _made(dim, values)


@lru_cache(maxsize=256)
def _numbers(dim: str, kind: str, values: bytes) -> tuple[Any, Any]:
    return _made(dim, np.frombuffer(values, dtype=kind))


@lru_cache(maxsize=256)
def _words(dim: str, kind: str, values: tuple[str, ...]) -> tuple[Any, Any]:
    return _made(dim, np.array(values, dtype=kind))


def _made(dim: str, values: np.ndarray) -> tuple[Any, Any]:
    array = xr.DataArray(values, dims=dim, coords={dim: values})
    return array._coords[dim], array._indexes[dim]


def stacked(arrays: Sequence[Any], dim: str, words: Mapping[str, Sequence[str]]) -> Quick:
    """Arrays with the same labels side by side along a last dim, whose labels are among words that go with them.

    Coordinates without a dim that all have are those of each along the dim where they differ, those of some are left
    out.
    """
    parts = broadcast(arrays)
    coord, index = _axis(np.array(words[dim]), dim)
    indexes = dict(parts[0]._indexes) | {dim: index}
    coords = {name: one for name, one in parts[0]._coords.items() if name in indexes or one.ndim}
    coords |= _single(arrays, dim) | {word: xr.Variable(dim, np.array(given)) for word, given in words.items()}
    variable = xr.Variable((*parts[0].dims, dim), np.stack([one.values for one in parts], axis=-1), fastpath=True)
    return Quick(variable, coords | {dim: coord}, indexes=indexes, fastpath=True)


def _single(arrays: Sequence[xr.DataArray], dim: str) -> dict[Any, Any]:
    """Coordinates without a dim that all arrays have, along a dim where they differ."""
    found: dict[Any, Any] = {}
    for name, first in arrays[0]._coords.items():
        several = [one._coords[name] for one in arrays if name in one._coords and not one._coords[name].ndim]
        if len(several) == len(arrays):
            same = all(first.identical(one) for one in several)
            found[name] = first if same else xr.Variable(dim, np.array([one.values for one in several]))
    return found


def axis(dataset: xr.Dataset, dim: str) -> Quick:
    """The labels of a dim of a Dataset, as numbers or words by themselves."""
    index, coord = dataset._indexes[dim], dataset._variables[dim]
    values = getattr(index, "index", coord).values
    if values.dtype != coord.dtype:  # words are objects there
        values = coord.values
    return Quick(xr.Variable((dim,), values, fastpath=True), {dim: coord}, indexes={dim: index}, fastpath=True)


def labels_of(dataset: xr.Dataset, dims: Sequence[str]) -> dict[str, xr.DataArray]:
    """Labels of several dims of a Dataset."""
    return {dim: axis(dataset, dim) for dim in dims}


def pick(dataset: xr.Dataset, name: str) -> Quick:
    """A variable of a Dataset with the labels of its own dims, without attributes; a Dataset has many others."""
    variable = dataset._variables[name]
    coords = {dim: dataset._variables[dim] for dim in variable.dims if dim in dataset._indexes}
    indexes = {dim: dataset._indexes[dim] for dim in coords}
    plain = xr.Variable(variable.dims, variable.values, fastpath=True)
    return Quick(plain, coords, name=name, indexes=indexes, fastpath=True)


def total(dataset: xr.Dataset, names: Sequence[str]) -> Quick:
    """Sum of variables of a Dataset."""
    return sum((pick(dataset, name) for name in names[1:]), start=pick(dataset, names[0]))


def alike(array: xr.DataArray, other: xr.DataArray) -> bool:
    """Whether an array has no labels but those of another one, in their order."""
    known = dict(other._indexes)
    return all(dim in known and _fits(dim, array, known) for dim in array.dims)


def labelled_alike(one: xr.DataArray, other: xr.DataArray) -> bool:
    """Whether two arrays with the same dims have the same coordinates, their attributes included."""
    simple = len(one._coords) == len(other._coords) == one.ndim and alike(one, other)
    if simple:
        return all(one._coords[dim].attrs == other._coords[dim].attrs for dim in one.dims)
    return one.coords.to_dataset().identical(other.coords.to_dataset())


def combined(function: Callable[..., Any], *operands: Any) -> Quick | None:
    """A function of plain arrays, cell by cell, of labelled arrays, numbers and words; None where their labels need
    xarray."""
    labels = _common(operands)
    if labels is None:
        return None
    coords, indexes = labels
    dims = tuple(indexes)
    with np.errstate(all="ignore"):
        values = np.asarray(function(*(_laid_out(one, dims) for one in operands)))
    return Quick(xr.Variable(dims, values, fastpath=True), coords, indexes=indexes, fastpath=True)


def broadcast(arrays: Sequence[xr.DataArray]) -> list[xr.DataArray]:
    """As `xarray.broadcast` of arrays with the same labels, each with the coordinates of all.

    Raises
    ------
    xarray.AlignmentError
        Labels of a dim differ.
    """
    labels = _common(arrays)
    if labels is None:
        return list(xr.broadcast(*xr.align(*arrays, join="exact")))
    coords, indexes = labels
    parts = np.broadcast_arrays(*(_laid_out(one, tuple(indexes)) for one in arrays))
    return [Quick(xr.Variable(tuple(indexes), one), dict(coords), indexes=indexes, fastpath=True) for one in parts]


def laid_out(first: xr.DataArray, *others: xr.DataArray) -> list[np.ndarray] | None:
    """Plain values of arrays in the dims of the first one; None where labels differ or another has a dim it lacks."""
    labels = _common((first, *others))
    if labels is None or len(labels[1]) != first.ndim:
        return None
    return [np.broadcast_to(_laid_out(one, first.dims), first.shape) for one in (first, *others)]


def _common(operands: Sequence[Any]) -> tuple[dict[Any, Any], dict[Any, Any]] | None:
    """Coordinates and indexes of labelled arrays together, of which numbers and words have none; None where two of
    them differ."""
    coords: dict[Any, Any] = {}
    indexes: dict[Any, Any] = {}
    for one in operands:
        if isinstance(one, xr.DataArray):
            if not all(_fits(dim, one, indexes) for dim in one.dims):
                return None
            for dim in one.dims:
                if dim not in indexes:
                    indexes[dim], coords[dim] = one._indexes[dim], one._coords[dim]
            if len(one._coords) != len(one.dims) and not _take_others(one, coords, indexes):
                return None
        elif not isinstance(one, PLAIN):
            return None
    return coords, indexes


def _take_others(array: xr.DataArray, coords: dict[Any, Any], indexes: dict[Any, Any]) -> bool:
    """Take the coordinates of an array that are not labels of its dims nor of others; False where two differ."""
    for name, coord in array._coords.items():
        if name in array.dims or name in indexes:
            continue
        known = coords.setdefault(name, coord)
        if name in array._indexes or not (known is coord or known.identical(coord)):
            return False
    return True


def where(condition: Any, yes: Any, no: Any) -> Any:
    """As `xarray.where`."""
    if isinstance(condition, Quick) or isinstance(yes, Quick) or isinstance(no, Quick):
        found = combined(np.where, condition, yes, no)
        if found is not None:
            return found
    return xr.where(condition, yes, no)


def _fits(dim: Any, array: xr.DataArray, indexes: dict[Any, Any]) -> bool:
    """Whether a dim has labels, those of the arrays before it if they have the dim."""
    own, known = array._indexes.get(dim), indexes.get(dim)
    return own is not None and (known is None or own is known or bool(own.equals(known)))


def _laid_out(one: Any, dims: tuple[Any, ...]) -> Any:
    """Values of an array with a place for every dim."""
    if not isinstance(one, xr.DataArray):
        return one
    values, have = one.variable.values, one.dims
    if have == dims:
        return values
    turned = values.transpose([have.index(dim) for dim in dims if dim in have])
    return turned[tuple(slice(None) if dim in have else np.newaxis for dim in dims)]


def _operator(name: str, function: Callable[..., Any], reflected: bool) -> Callable[..., Any]:
    usual = getattr(xr.DataArray, name)

    def method(self: Quick, other: Any) -> Any:
        found = combined(function, other, self) if reflected else combined(function, self, other)
        return usual(self, other) if found is None else found

    method.__name__ = name
    return method


for _word in OPERATORS:
    _name = f"__{_word}__"
    setattr(Quick, _name, _operator(_name, getattr(operator, _name), reflected=False))
for _word in REFLECTED:
    setattr(Quick, f"__r{_word}__", _operator(f"__r{_word}__", getattr(operator, f"__{_word}__"), reflected=True))
