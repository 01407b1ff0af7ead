"""The value of a parameter of the basis or the scheme at which a condition on the results holds."""

import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from actuarial.audited import audited_years
from actuarial.errors import BadInput, NoSolution
from actuarial.health.scheme import HealthScheme
from actuarial.projection_health import project_health
from actuarial.provenance import digest
from actuarial.scheme import Scheme
from actuarial.studies.answers import EXAMPLE, Condition, answers, no_solution
from actuarial.studies.changes import AnyScheme
from actuarial.studies.kinds import pensions_known
from actuarial.studies.parameters import Function, Parameter, parameter_of
from actuarial.studies.recompute import Run, Trials, joined, stage_of
from actuarial.studies.roots import Failed, Found, find_roots, search
from actuarial.valuation.series import is_number

GRID = "months"


class Solution(NamedTuple):
    """A solution and the projected results there."""

    value: xr.DataArray
    result: xr.Dataset


def solve(
    parameter: str | Function,
    condition: Condition,
    *,
    basis: xr.Dataset,
    scheme: AnyScheme,
    result: xr.Dataset | None = None,
    change: str | None = None,
    from_year: int | None = None,
    bounds: tuple[float, float] | None = None,
    tolerance: float | None = None,
    service: str | None = None,
    full: bool = False,
    run: Run | None = None,
) -> xr.DataArray | Solution:
    """Find the value x of a parameter at which a condition on the projected results is zero, for each scenario.

    Parameters
    ----------
    parameter : "NAME.field" or "NAME.part.field" of the scheme as in `Scheme.amend`, "basis.NAME", or a function
        For example "employees.rate", "old_age.formula.accrual", "old_age.retirement_age", "administration.fixed",
        "provident.rate[1].rate" (the second of a list of bands, which are counted from 0), "basis.interest_rate"; or a
        function (basis, scheme, x) -> (basis, scheme), which needs `bounds`.
    condition : function of the Dataset of `project`
        Returns the number that is to be zero, or one by scenario: ``lambda r: r.reserve_ratio.sel(year=2075) - 2.0``.
    basis, scheme
        As for `project` or `project_health`; the accounts of the base year are not compared in the trials. Of a health
        scheme services and groups of members have paths, too: "stays.sharing.coinsurance", "informal.enrolment". What
        is changed in its base year is calibrated to the accounts of that year, so say `from_year`; a level of prices is
        "basis.excess_inflation", since accounts leave "basis.unit_cost_0" only its proportions.
    result : Dataset of `project`, optional
        The projected case as it is, of the same basis and scheme; it saves a projection, and the rate of a contribution
        line is then solved without any.
    change : "replace", "add" or "multiply"
        "replace" (the default in a scheme): x in place of the whole dated number, in all years past and future; money
        keeps its unit and its index. "add": every number that the law states, plus x. "multiply": times x. For a
        variable of the basis it must be said.
    from_year : int, optional
        Years before it stay as they are.
    bounds : two numbers, optional
        Values of x that are tried at most; by default all that the law or the basis can have there (fractions 0 to 1,
        ages 0 to 120, rates of growth and interest -0.5 to 1).
    tolerance : float, optional
        Of x: a share of its size, or of a hundredth of the range of its bounds if that is more. By default 1e-6 where a
        trial projects anew, 1e-12 where it takes the finance stage at most.
    service : "months" or "years", optional
        Grid of past credit; that of `result` where it is given, else months.
    full : bool
        Return a `Solution`: the value, and the Dataset of results there.
    run : function (basis, scheme) to a Dataset of results, optional
        What projects in every trial instead of `project`, or `project_health` of a health scheme; for example
        ``lambda basis, scheme: project_health(basis, scheme, pension_scheme=law)``. All is computed in every trial.

    Returns
    -------
    DataArray, in units of the parameter (attribute `units`; of a function only its author knows them)
        One value, or one per scenario; `float()` of a single one works. The attribute `method` is "affine" where the
        root of a straight line through two trials met the condition, else "brent"; `residual` is what is left of the
        condition (the greatest of the scenarios), `evaluations` counts trials, `runs` those that took all stages,
        `computed` says what a trial computes: "rate", "finance" or "all".

    Raises
    ------
    BadInput, BadScheme
        No such parameter, one that is no number; bounds that it cannot have; a condition that is no number, or NaN;
        a `result` of another basis or scheme; a health scheme with members of a pension scheme and no `run`.
    NoSolution
        The condition has the same sign at both bounds, or jumps over zero where the law changes in steps.

    Notes
    -----
    Two trials give a straight line, whose root is tried: reserves are affine in contribution rates, so that this is
    exact for them. Otherwise steps of inverse interpolation follow, kept within a bracket once the sign has changed
    [1]_. Only what depends on the parameter is computed again: of a line's rate the income, reserve and ratios;
    of administration, funding, interest and opening reserve the finance stage; of all else the whole projection. A
    condition may have several roots; the one that is found lies nearest to the values that hold, in general.

    References
    ----------
    .. [1] Brent (1973), Algorithms for minimization without derivatives, chapter 4.

    Examples
    --------
    solve("employees.rate", lambda r: r.reserve_ratio.sel(year=2075) - 2.0, basis=basis, scheme=scheme)
    """
    if tolerance is not None and not (is_number(tolerance) and 1e-14 <= tolerance < 1):
        raise BadInput(f"solve: tolerance must be a small positive number below 1 (got {tolerance!r}).")
    _check_case(basis, scheme, condition)
    wanted = parameter_of(parameter, basis, scheme, change=change, from_year=from_year).within(bounds)
    _check_bounded(wanted)
    if run is None and isinstance(scheme, Scheme):
        settings = _settings(result, basis, scheme, service)
        trials = Trials(wanted, basis, scheme, result, settings, stage_of(wanted, basis, scheme))
    else:
        _check_whole(result, run, service)
        if run is None:
            pensions_known(scheme)
        trials = Trials(wanted, basis, scheme, None, {}, "all", run or partial(project_health, service=service or GRID))
    if tolerance is None:
        tolerance = 1e-6 if trials.stage == "all" else 1e-12
    return _solved(wanted, condition, trials, tolerance, full)


def _solved(wanted: Parameter, condition: Condition, trials: Trials, tolerance: float, full: bool) -> Any:
    labels = trials.basis["scenario"].values if "scenario" in trials.basis.dims else None
    last: dict[int, tuple[float, list[int], xr.Dataset]] = {}
    evaluations = 0

    def evaluate(asked: Mapping[int, float]) -> dict[int, float]:
        nonlocal evaluations
        evaluations += 1
        found: dict[int, float] = {}
        for numbers, result in trials(asked):
            for number, answer in zip(numbers, answers(condition, result, numbers, wanted, asked), strict=True):
                found[number] = answer
                last[number] = (asked[number], numbers, result)
        return found

    one = (wanted.low, wanted.high, wanted.first, wanted.second, tolerance)
    roots = find_roots([search(*one) for _ in range(1 if labels is None else len(labels))], evaluate)
    failed = {number: root for number, root in enumerate(roots) if isinstance(root, Failed)}
    if failed:
        raise NoSolution(no_solution(wanted, failed, labels))
    found = [root for root in roots if isinstance(root, Found)]
    run = _run_at(trials, [root.x for root in found], last) if full else None
    solution = _labelled(wanted, found, labels).assign_attrs(
        evaluations=evaluations, runs=trials.runs, computed=trials.stage
    )
    if run is None:
        return solution
    note = {"accounts": "", "solved": f"{wanted.path} ({wanted.change}): {np.round(solution.values, 8)}"}
    return Solution(solution, run.assign_attrs(note))


def _labelled(wanted: Parameter, found: list[Found], labels: Any) -> xr.DataArray:
    x = np.array([root.x for root in found])
    worst = max(found, key=lambda root: abs(root.residual)).residual
    attrs: dict[str, Any] = {
        **({"units": wanted.units} if wanted.units else {}),
        "parameter": wanted.path,
        "change": wanted.change,
        "method": "affine" if all(root.affine for root in found) else "brent",
        "residual": worst,
    }
    if labels is None:
        return xr.DataArray(x[0], attrs=attrs, name="solution")
    return xr.DataArray(x, dims="scenario", coords={"scenario": labels}, attrs=attrs, name="solution")


def _run_at(trials: Trials, x: list[float], last: dict[int, tuple[float, list[int], xr.Dataset]]) -> xr.Dataset:
    """Results at the solution: those of the last trials where they were made there, else computed again."""
    there = all(last[number][0] == value for number, value in enumerate(x))
    parts = {id(result): (numbers, result) for _, numbers, result in last.values()}
    if there and sum(len(numbers) for numbers, _ in parts.values()) == len(x):
        return joined(list(parts.values()))
    return joined(trials(dict(enumerate(x))))


def _check_case(basis: Any, scheme: Any, condition: Any) -> None:
    for name, given, kind in (("basis", basis, xr.Dataset), ("scheme", scheme, Scheme)):
        if not isinstance(given, (kind, HealthScheme) if kind is Scheme else kind):
            hint = f"; open it first: ac.open_{name}({str(given)!r})" if isinstance(given, (str, Path)) else ""
            raise BadInput(f"solve: {name} must be a {kind.__name__} (got {type(given).__name__}){hint}.")
    if not callable(condition):
        raise BadInput(f"solve: the condition must be a function of the results (got {condition!r}): {EXAMPLE}.")


def _check_whole(result: Any, run: Any, service: str | None) -> None:
    """BadInput where all is computed in every trial, and something is given that would have no effect."""
    if result is not None:
        raise BadInput("solve: all is computed in every trial of a health scheme or with run=; leave result out.")
    if run is not None and not callable(run):
        raise BadInput(f"solve: run must be a function (basis, scheme) to a Dataset of results (got {run!r}).")
    if run is not None and service is not None:
        raise BadInput("solve: run says itself how it projects; leave service out.")


def _check_bounded(wanted: Parameter) -> None:
    unknown = math.isinf(wanted.low) and math.isinf(wanted.high)
    if unknown and wanted.owner != "basis":
        raise BadInput(f"solve: nothing says which values {wanted.path} can have; give bounds=(lowest, highest).")
    if not wanted.low < wanted.high:
        raise BadInput(
            f"solve: {wanted.path} cannot be changed with change={wanted.change!r}: its numbers fill all that it can "
            'have.\n  Use change="multiply" or "replace".'
        )


def _settings(result: Any, basis: xr.Dataset, scheme: Scheme, service: str | None) -> dict[str, Any]:
    """How a projection is made: as the one that is given was."""
    if result is None:
        return {} if service is None else {"service": service}
    if not isinstance(result, xr.Dataset) or "service_grid" not in result.attrs or "reserve_ratio" not in result:
        raise BadInput("solve: result must be the Dataset that project(basis, scheme) returns.")
    grid = str(result.attrs["service_grid"])
    if service not in (None, grid):
        raise BadInput(f"solve: result was projected with service={grid!r}, but service={service!r} is asked for.")
    same = {
        "law": result.attrs.get("scheme_digest") == digest(scheme),
        "contribution lines": [str(name) for name in result["contribution"].values]
        == [line.name for line in scheme.contributions],
        "benefits": [str(name) for name in result["benefit"].values] == [one.name for one in scheme.benefits],
        "years": np.array_equal(result["year"], basis["year"]),
        "scenarios": "scenario" in result.dims and np.array_equal(result["scenario"], basis["scenario"])
        if "scenario" in basis.dims
        else "scenario" not in result.dims,
        "opening reserve": bool(np.all(result["reserve_0"] == basis["reserve_0"])),
        "interest": bool(audited_years(basis)) or bool(np.all(result["interest_rate"] == basis["interest_rate"])),
    }
    other = [name for name, equal in same.items() if not equal]
    if other:
        raise BadInput(
            f"solve: result is not of this basis and scheme, since it has other {', '.join(other)}.\n"
            "  Give result=project(basis, scheme), or leave it out."
        )
    return {"service": grid, "migration": result.attrs["migration_timing"]}
