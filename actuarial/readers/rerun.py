"""Computing a run again from its stored inputs, and how far the new result lies from the old one."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from actuarial.errors import BadInput
from actuarial.readers.runs import Run

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr


def recompute(run: Run, progress: Callable[[str], None] | None = None) -> "xr.Dataset":
    """Project the stored basis and scheme of a run with this library, as the run did.

    Parameters
    ----------
    run : Run
    progress : function of a word, optional, see `actuarial.project`

    Returns
    -------
    Dataset
        As `actuarial.project`.

    Raises
    ------
    BadInput
        A run that did not store its inputs, or was not made by `actuarial.project`.
    ActuarialError
        As `actuarial.project`.
    """
    from actuarial.projection import project

    for part, value in (("basis", run.basis), ("scheme", run.scheme)):
        if value is None:
            reason = run.manifest[part].get("reason", "no reason is given")
            raise BadInput(f"the {part} of the run is not stored, so it cannot be computed again: {reason}")
    service, migration = run.manifest.get("service_grid"), run.manifest.get("migration_timing")
    if not service or not migration:
        raise BadInput(
            "the manifest does not tell the grid of service and the timing of migration, so the run cannot be computed "
            "again.\n  Write the result of actuarial.project."
        )
    assert run.basis is not None
    assert run.scheme is not None
    return project(run.basis, run.scheme, service=service, migration=migration, progress=progress)


def differences(first: "xr.Dataset", second: "xr.Dataset") -> dict[str, float]:
    """Greatest relative difference of every variable and coordinate of two results.

    max over cells of abs(a - b)/max(abs(a), abs(b))

    Parameters
    ----------
    first, second : Dataset

    Returns
    -------
    dict of name to float
        0 where all numbers or labels are equal to the last bit (NaN equals NaN), infinity where one result lacks the
        variable, its dims or labels differ, or only one of two numbers is there.

    Examples
    --------
    >>> import xarray as xr
    >>> differences(xr.Dataset({"a": ("x", [1.0, 4.0])}), xr.Dataset({"a": ("x", [1.0, 5.0]), "b": 1.0}))
    {'a': 0.2, 'b': inf}
    """
    names = dict.fromkeys(map(str, [*first.variables, *second.variables]))
    return {name: _difference(first, second, name) for name in names}


def _difference(first: "xr.Dataset", second: "xr.Dataset", name: str) -> float:
    import numpy as np

    if name not in first.variables or name not in second.variables:
        return np.inf
    a, b = first.variables[name], second.variables[name]
    if a.dims != b.dims or a.shape != b.shape:
        return np.inf
    if any(d in first.coords and not np.array_equal(first[d].values, second[d].values) for d in a.dims if d != name):
        return np.inf
    if not (a.dtype.kind in "fiu" and b.dtype.kind in "fiu"):
        return 0.0 if np.array_equal(a.values, b.values) else np.inf
    if np.array_equal(a.values, b.values, equal_nan=True):
        return 0.0
    return _relative(a.values.astype(float), b.values.astype(float))


def _relative(a: "np.ndarray", b: "np.ndarray") -> float:
    """Greatest relative difference of two arrays that are not equal."""
    import numpy as np

    cells = ~((a == b) | (np.isnan(a) & np.isnan(b)))
    x, y = a[cells], b[cells]
    if not (np.isfinite(x) & np.isfinite(y)).all():
        return np.inf
    return float(np.max(np.abs(x - y) / np.maximum(np.abs(x), np.abs(y))))
