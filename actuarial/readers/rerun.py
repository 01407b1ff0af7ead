"""Computing a run again from its stored inputs, and how far the new result lies from the old one."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from actuarial.errors import BadInput
from actuarial.readers.runs import NO_REASON, Run
from actuarial.translation import N_, Told

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

    from actuarial.scheme import Scheme


def recompute(
    run: Run, progress: Callable[[str], None] | None = None, *, pension_scheme: "Scheme | None" = None
) -> "xr.Dataset":
    """Project the stored basis and scheme of a run with this library, as the run did.

    Parameters
    ----------
    run : Run
    progress : function of a word, optional, see `actuarial.project`
    pension_scheme : Scheme whose members a health scheme covers, see `open_pension_scheme`

    Returns
    -------
    Dataset
        As `actuarial.project`, or `actuarial.project_health` of a health scheme.

    Raises
    ------
    BadInput
        A run that did not store its inputs, or was not made by `actuarial.project` or `actuarial.project_health`.
    ActuarialError
        As these.
    """
    from actuarial.health.scheme import HealthScheme

    for part, value in (("basis", run.basis), ("scheme", run.scheme)):
        if value is None:
            reason = run.manifest[part].get("reason", NO_REASON)
            text = N_("the {part} of the run is not stored, so it cannot be computed again: {reason}")
            raise BadInput(Told(text, part=part, reason=reason))
    service, migration = run.manifest.get("service_grid"), run.manifest.get("migration_timing")
    assert run.basis is not None
    if isinstance(run.scheme, HealthScheme):
        return _health(run.basis, run.scheme, run.manifest, pension_scheme, progress)
    from actuarial.projection import project

    if not service or not migration:
        raise BadInput(
            Told(
                "the manifest does not tell the grid of service and the timing of migration, so the run cannot be "
                "computed again.\n  Write the result of actuarial.project."
            )
        )
    assert run.scheme is not None
    return project(run.basis, run.scheme, service=service, migration=migration, progress=progress)


def _health(
    basis: "xr.Dataset",
    scheme: Any,
    manifest: Mapping[str, Any],
    pension_scheme: "Scheme | None",
    progress: Callable[[str], None] | None,
) -> "xr.Dataset":
    """Project a health scheme again; the one of pensions was given to it if the manifest tells so."""
    from actuarial.projection_health import project_health

    told = manifest.get("pension_scheme")
    if told is not None and pension_scheme is None:
        reason = told.get("reason", Told("give pension_scheme=open_pension_scheme(folder)"))
        text = N_("the pension scheme of the run is not given, so it cannot be computed again: {reason}")
        raise BadInput(Told(text, reason=reason))
    service = manifest.get("service_grid")
    if not service:
        raise BadInput(
            Told(
                "the manifest does not tell the grid of service, so the run cannot be computed again.\n"
                "  Write the result of actuarial.project_health."
            )
        )
    return project_health(basis, scheme, pension_scheme=pension_scheme, service=service, progress=progress)


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
