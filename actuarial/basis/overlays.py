"""Scenarios of a basis: functions from basis to basis, side by side in one Dataset."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.errors import BadDimensions, BadInput
from actuarial.vocabulary import variable

Change = Callable[[xr.Dataset], xr.Dataset]


def scenarios(basis: xr.Dataset, /, **changes: Change) -> xr.Dataset:
    """One basis with several scenarios: a scenario is a function from basis to basis.

    Parameters
    ----------
    basis : Dataset without scenarios
    changes : functions of a Dataset that return a Dataset; the keyword is the name of the scenario
        They must not change what they are given (`b.assign(...)` makes a new Dataset).

    Returns
    -------
    Dataset
        The basis, in which the variables that some scenario changes have a leading dim `scenario`, in the order of the
        keywords. All other variables are those of `basis`, shared and not copied.

    Raises
    ------
    BadInput
        No scenario; a function that writes into what it is given or returns no Dataset; variables that some scenario
        lacks; attributes of the Dataset that differ.
    BadDimensions
        The basis has scenarios already, or a scenario has other dims or labels.
    OutOfBounds
        A scenario leaves the bounds of the vocabulary.

    Examples
    --------
    basis = scenarios(basis, central=lambda b: b, low_return=lambda b: b.assign(interest_rate=b.interest_rate - 0.01))
    """
    if not changes:
        raise BadInput("scenarios: no scenario is given.\n  Write scenarios(basis, central=lambda b: b, ...).")
    if "scenario" in basis.dims or "scenario" in basis.coords:
        raise BadDimensions(
            f"scenarios: the basis has scenarios already ({', '.join(np.atleast_1d(basis['scenario'].values)[:4])}).\n"
            "  Select one (basis.sel(scenario=..., drop=True)), or name all of them in one call."
        )
    guarded = _guarded(basis)
    parts = {name: _changed(name, change, guarded) for name, change in changes.items()}
    names = [str(name) for name in next(iter(parts.values())).data_vars]
    names += [str(name) for part in parts.values() for name in part.data_vars if name not in names]
    data = {name: found for name in names if (found := _stacked(name, parts, basis)) is not None}
    coords = _coordinates(parts, basis)
    return basis.assign_coords({**coords, "scenario": list(changes)}).assign(data)


def _guarded(basis: xr.Dataset) -> xr.Dataset:
    """The same Dataset on views that cannot be written to."""
    views = {}
    for name, array in basis.data_vars.items():
        view = np.asarray(array.values).view()
        view.flags.writeable = False
        views[name] = view
    return basis.copy(data=views)


def _changed(name: str, change: Change, basis: xr.Dataset) -> xr.Dataset:
    """The basis of one scenario."""
    if not callable(change):
        raise BadInput(f"scenario {name!r}: give a function of a basis (got {type(change).__name__}).")
    try:
        found = change(basis.copy())
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        raise BadInput(
            f"scenario {name!r}: the function writes into the arrays of the basis, which all scenarios share.\n"
            "  Return a new Dataset: lambda b: b.assign(asfr=0.9 * b.asfr)."
        ) from error
    if not isinstance(found, xr.Dataset):
        raise BadInput(
            f"scenario {name!r}: the function must return a Dataset (got {type(found).__name__}).\n"
            "  Write lambda b: b.assign(...)."
        )
    _same_attributes(name, found, basis)
    for dim in found.dims:
        if dim in basis.dims and not _same_labels(found, basis, str(dim)):
            raise BadDimensions(
                f"scenario {name!r}: the labels of {dim} differ from those of the basis "
                f"({_span(found, str(dim))} against {_span(basis, str(dim))}).\n"
                "  Scenarios share all labels; change values only."
            )
    return found


def _same_labels(found: xr.Dataset, basis: xr.Dataset, dim: str) -> bool:
    if (dim in found.coords) != (dim in basis.coords) or found.sizes[dim] != basis.sizes[dim]:
        return False
    return dim not in basis.coords or np.array_equal(found[dim].values, basis[dim].values)


def _span(dataset: xr.Dataset, dim: str) -> str:
    if dim not in dataset.coords or not dataset.sizes[dim]:
        return f"{dataset.sizes[dim]} without labels"
    labels = dataset[dim].values
    return f"{labels[0]} to {labels[-1]}, {labels.size} of them"


def _same_attributes(name: str, found: xr.Dataset, basis: xr.Dataset) -> None:
    for key in [*basis.attrs, *(key for key in found.attrs if key not in basis.attrs)]:
        before, after = (dataset.attrs.get(key, "nothing") for dataset in (basis, found))
        if not np.array_equal(before, after):
            raise BadInput(
                f"scenario {name!r}: the attribute {key} of the basis becomes {after!r} (it is {before!r}); attributes "
                "are not by scenario.\n"
                "  Change variables only, or change the attribute of the basis for all scenarios."
            )


def _stacked(name: str, parts: dict[str, xr.Dataset], basis: xr.Dataset) -> xr.DataArray | None:
    """A variable over the scenarios; None where no scenario changes it."""
    lacking = [word for word, part in parts.items() if name not in part]
    if lacking:
        what = f"drops the variable {name}" if name in basis else f"lacks the variable {name} that another one adds"
        raise BadInput(
            f"scenario {lacking[0]!r} {what} ({len(lacking)} of {len(parts)} scenarios do).\n"
            "  All scenarios must have the same variables: give it in every one, or put it into the basis."
        )
    first = basis[name] if name in basis else next(iter(parts.values()))[name]
    arrays = [_like(first, part.variables[name], name, word) for word, part in parts.items()]
    before = first.values
    if name in basis and all(_equal(before, values) for values in arrays):
        return None
    stacked = np.stack(arrays)
    data = xr.DataArray(
        stacked.astype(np.float64) if np.issubdtype(stacked.dtype, np.number) else stacked,
        dims=("scenario", *first.dims),
        coords={"scenario": list(parts), **{d: first[d] for d in first.dims if d in first.coords}},
        attrs=variable(name).attributes() if name not in basis else first.attrs,
        name=name,
    )
    check.check_variable(data, variable(name))
    return data


def _like(first: xr.DataArray, array: xr.Variable, name: str, word: str) -> np.ndarray:
    if array.dims == first.dims:
        return array.values
    if set(array.dims) != set(first.dims):
        raise BadDimensions(
            f"scenario {word!r}: {name} has the dims {', '.join(map(str, array.dims)) or 'none'} instead of "
            f"{', '.join(map(str, first.dims)) or 'none'}.\n"
            "  Give it the same dims in the basis and in every scenario."
        )
    return array.transpose(*first.dims).values


def _equal(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether two arrays hold the same numbers; at once where they are the same memory."""
    if before.ctypes.data == after.ctypes.data and before.strides == after.strides and before.shape == after.shape:
        return before.dtype == after.dtype
    return np.issubdtype(after.dtype, np.number) and np.array_equal(before, after, equal_nan=True)


def _coordinates(parts: dict[str, xr.Dataset], basis: xr.Dataset) -> dict[str, Any]:
    """Labels of dims that all scenarios add with a new variable."""
    added: dict[str, Any] = {}
    for word, part in parts.items():
        for name in part.coords:
            if name in basis.coords:
                continue
            if name in added and not np.array_equal(added[name].values, part[name].values):
                raise BadDimensions(f"scenario {word!r}: the labels of {name} differ from those of another scenario.")
            added[str(name)] = part[name]
    return added
