"""The one bridge between labelled Datasets and kernels: align, run, label; scenarios in threads."""

import math
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
import xarray as xr

from actuarial.errors import BadDimensions, BadInput
from actuarial.quick import quick_set
from actuarial.translation import few
from actuarial.vocabulary import annotate, variable

LINE = 8  # numbers that the processor reads at once
EACH = 8  # parts of the scenarios for every thread: one that is held up leaves the others to the next
_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def exact_labels() -> Iterator[None]:
    """Arithmetic between arrays with different labels is an error inside, never an intersection.

    The option belongs to the whole process, so one thread at a time is inside.
    """
    with _ONE_AT_A_TIME, xr.set_options(arithmetic_join="exact"):
        yield


def align(value: Any, dims: Sequence[str], coords: Mapping[Any, Any]) -> np.ndarray:
    """Plain float64 values of a number or DataArray on given dims and labels, in that order.

    Dims that the value lacks are repeated; labels are looked up, so that their order does not matter. The values are a
    writable copy, always: kernels are compiled for one kind of array. `view` does not copy.

    Raises
    ------
    BadDimensions
        A dim that is not asked for, or labels that the value does not have.
    """
    if isinstance(value, float):
        return np.full(tuple(_size(coords[dim]) for dim in dims), value)
    return np.require(view(value, dims, coords), np.float64, ["C", "W"])


def view(value: Any, dims: Sequence[str], coords: Mapping[Any, Any]) -> np.ndarray:
    """What `align` answers, to be read only: the memory of the value where its labels are in order, repeated or not."""
    array = value if isinstance(value, xr.DataArray) else xr.DataArray(value)
    extra = [str(dim) for dim in array.dims if dim not in dims]
    name = array.name or "a value"
    if extra:
        raise BadDimensions(f"{name} has the dimension {', '.join(extra)}; only {', '.join(dims)} can be used here.")
    for dim in array.dims:
        labels = coords[str(dim)]
        if dim not in array.coords:
            have, needed = array.sizes[dim], _size(labels)
            if have != needed:
                raise BadDimensions(f"{name} has {have} values along {dim}, but {needed} are needed.")
        elif not _has_labels(array, labels, str(dim)):
            array = _selected(array, str(dim), np.asarray(labels), str(name))
    present = [dim for dim in dims if dim in array.dims]
    values = array.variable.transpose(*present).values
    values = values.astype(np.float64, copy=False) if values.dtype.kind == "f" else values
    shape = [values.shape[present.index(dim)] if dim in present else 1 for dim in dims]
    return np.broadcast_to(values.reshape(shape), tuple(_size(coords[dim]) for dim in dims))


def doubles(dataset: xr.Dataset) -> xr.Dataset:
    """The Dataset with all its numbers as float64 of this machine: itself where they are that already.

    Products of whole numbers of four bytes overflow, and sums in single precision do not close.
    """
    kinds = {name: dataset.variables[name].dtype for name in dataset.data_vars}
    others = [name for name, kind in kinds.items() if kind.kind in "biuf" and kind != np.float64]
    return dataset.assign({name: dataset[name].astype(np.float64) for name in others}) if others else dataset


def rooms(sizes: Mapping[str, Sequence[int]]) -> dict[str, np.ndarray]:
    """Zeros of some shapes, each in memory that begins where the processor reads: numbers side by side are then read at
    once."""
    places = np.cumsum([0, *(-(-math.prod(shape) // LINE) * LINE for shape in sizes.values())]).tolist()
    memory = np.zeros(places[-1] + LINE)
    memory = memory[-memory.__array_interface__["data"][0] // memory.itemsize % LINE :]
    return {
        name: memory[first : first + math.prod(shape)].reshape(shape)
        for first, (name, shape) in zip(places, sizes.items(), strict=False)
    }


def room(shape: Sequence[int]) -> np.ndarray:
    """As `rooms`, of one shape."""
    return rooms({"": shape})[""]


def _size(labels: Any) -> int:
    return int(labels.size) if isinstance(labels, xr.DataArray) else np.asarray(labels).size


def _has_labels(array: xr.DataArray, labels: Any, dim: str) -> bool:
    """Whether an array has some labels along a dim, in their order; most indices are one and the same."""
    known = labels._indexes.get(dim) if isinstance(labels, xr.DataArray) else None
    own = array._indexes.get(dim)
    if known is not None and own is not None and (own is known or own.equals(known)):
        return True
    return np.array_equal(array[dim].values, np.asarray(labels))


def spread(dataset: xr.Dataset, name: str) -> xr.DataArray:
    """A variable on all dims that the vocabulary gives it, those along which it is constant among them."""
    wanted = [dim for dim in variable(name).dims if dim not in dataset[name].dims]
    array = dataset[name].expand_dims({dim: dataset[dim] for dim in wanted})
    return array.transpose(..., *variable(name).dims)


def _selected(array: xr.DataArray, dim: str, labels: np.ndarray, name: str) -> xr.DataArray:
    missing = [label for label in labels.tolist() if label not in array[dim].values]
    if missing:
        raise BadDimensions(
            f"{name}: {len(missing)} of {labels.size} labels of {dim} are missing, the first is {missing[0]!r}; "
            f"it has {few(array[dim].values)}."
        )
    return array.sel({dim: labels})


def run(
    kernel: Callable[..., Any],
    dataset: xr.Dataset,
    takes: Sequence[str],
    returns: Sequence[str],
    *options: float,
) -> xr.Dataset:
    """Send variables of a Dataset through a kernel, scenario by scenario in threads, and label what it writes.

    Parameters
    ----------
    kernel : function of float64 arrays, then options, then arrays of zeros into which it writes its results
    dataset : Dataset
        Has the variables of `takes`, checked; the vocabulary knows their dims, and one that is constant may lack them.
    takes, returns : names of the arguments and of the results
    options : numbers that follow the arguments

    Returns
    -------
    Dataset with the variables of `returns`, over `scenario` where an argument has it

    Raises
    ------
    BadDimensions
        Arguments with other dims, or two scenarios of one name.
    """
    axes = {dim: dataset[dim] for name in returns for dim in variable(name).dims}
    given = dataset[list(takes)].assign_coords(axes)
    labels: dict[str, Any] = {str(dim): given[dim] for dim in given.coords}
    front = ("scenario",) if "scenario" in given.dims else ()
    if front:
        labels["scenario"] = distinct(np.asarray(given["scenario"]))
    made = {name: (*front, *variable(name).dims) for name in returns}
    results = [np.zeros([_size(labels[dim]) for dim in dims]) for dims in made.values()]
    arguments = [_of_scenarios(given[name], variable(name).dims, labels) for name in takes]

    def one(place: Any) -> None:
        kernel(*(at(place) for at in arguments), *options, *(values[place] for values in results))

    def several(first: int, last: int) -> None:
        for place in range(first, last):
            one(place)

    if front:
        count, most = len(labels["scenario"]), threads()
        in_threads(several, count, -(-count // (EACH * min(count, most))), most)
    else:
        one(...)
    columns = {name: (dims, values) for (name, dims), values in zip(made.items(), results, strict=True)}
    return annotate(xr.Dataset(columns, coords={dim: labels[dim] for dims in made.values() for dim in dims}))


def _of_scenarios(value: xr.DataArray, dims: tuple[str, ...], labels: Mapping[str, Any]) -> Callable[[Any], np.ndarray]:
    """The plain values of an argument in the scenario at a place; what has no scenario is one array for all of them."""
    if "scenario" not in value.dims:
        shared = align(value, dims, labels)
        return lambda _: shared
    values = view(value, ("scenario", *dims), labels)
    return lambda place: np.array(values[place], np.float64, order="C")


def threads() -> int:
    """How many threads a projection has: the environment variable ACTUARIAL_THREADS, or the processors of the machine.

    Their number changes no result.
    """
    given = os.environ.get("ACTUARIAL_THREADS", "")
    if not given:
        return os.cpu_count() or 1
    if not given.isdecimal() or int(given) < 1:
        raise BadInput(f"ACTUARIAL_THREADS: a whole number, 1 or more, is needed (got {given!r}).")
    return int(given)


def distinct(labels: np.ndarray) -> np.ndarray:
    """Labels of scenarios; BadDimensions where one is there twice."""
    twice = [label for label, count in Counter(labels.tolist()).items() if count > 1]
    if twice:
        many = "label is" if len(twice) == 1 else "labels are"
        raise BadDimensions(
            f"scenario: {len(twice)} {many} there more than once, the first is {twice[0]!r}. Give each its own label."
        )
    return labels


def in_threads(work: Callable[[int, int], None], count: int, together: int, threads: int) -> None:
    """Call a function of the first place and of the one after the last for all places below a count, some together."""
    parts = [(first, min(first + together, count)) for first in range(0, count, together)]
    if threads == 1 or len(parts) == 1:
        for part in parts:
            work(*part)
        return
    with ThreadPoolExecutor(min(threads, len(parts))) as pool:
        for done in [pool.submit(work, *part) for part in parts]:
            done.result()


def over_scenarios(one: Callable[..., xr.Dataset], *datasets: xr.Dataset | None) -> xr.Dataset:
    """Apply a function of Datasets to every scenario, in threads; what has no scenario is shared, not copied.

    Raises
    ------
    BadDimensions
        The Datasets name different scenarios.
    """
    labels: np.ndarray | None = None
    for dataset in datasets:
        if dataset is None or "scenario" not in dataset.dims:
            continue
        here = np.asarray(dataset["scenario"])
        if labels is not None and not np.array_equal(labels, here):
            raise BadDimensions(
                f"scenario: one Dataset has {few(labels)}, another {few(here)}.\n"
                "  Project all of them from the same basis."
            )
        labels = here
    if labels is None:
        return one(*(None if d is None else quick_set(d) for d in datasets))

    def scenario(label: Any) -> xr.Dataset:
        parts = [d.sel(scenario=label, drop=True) if d is not None and "scenario" in d.dims else d for d in datasets]
        return one(*(None if part is None else quick_set(part) for part in parts))

    with ThreadPoolExecutor(max_workers=min(len(labels), threads())) as pool:
        results = list(pool.map(scenario, labels))
    dim = xr.DataArray(labels, dims="scenario", name="scenario")
    return xr.concat(results, dim=dim, coords="minimal", compat="override", combine_attrs="override", join="exact")
