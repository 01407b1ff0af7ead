"""The enrolment of a voluntary group of a health scheme at which its contributions cover what it costs."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from actuarial.errors import BadInput
from actuarial.health.scheme import HealthScheme
from actuarial.projection_health import project_health
from actuarial.studies.parameters import parameter_of
from actuarial.studies.recompute import Run
from actuarial.studies.solve import solve

if TYPE_CHECKING:
    import pandas as pd

OWN = ("member", "employer", "pensioner")
POINTS = (0.05, 0.25, 0.5, 0.75, 1.0)


class BreakEven(NamedTuple):
    """Enrolment at which a group covers its cost (fraction, by scenario), and what it pays and costs on the way."""

    enrolment: xr.DataArray
    curve: "pd.DataFrame"


def break_even_enrolment(
    group: str,
    *,
    basis: xr.Dataset,
    scheme: HealthScheme,
    year: int | None = None,
    lines: Sequence[str] | None = None,
    loading: float = 0.0,
    points: Sequence[float] = POINTS,
    tolerance: float = 1e-6,
    run: Run | None = None,
) -> BreakEven:
    """Find the enrolment from which on the contributions of a group cover what it costs.

    Those who expect to be ill enrol first, so that the cost of a member falls as more enrol, while what a member pays
    is the same: below the break-even the others pay for the group.

    Parameters
    ----------
    group : name of a group of members
    basis, scheme : as for `project_health`
    year : int, optional
        Year that is looked at; by default the last one, when all who enrolled are used to it.
    lines : names of contribution lines, optional
        What counts as paid for the group; by default all lines that members, employers and pensioners pay.
    loading : administration and reserve that the group is to pay for, as a share of its benefits
    points : shares between 0 and 1, rising
        Enrolments that are projected; the break-even is looked for between two of them.
    tolerance : of the enrolment
    run : function (basis, scheme) to a Dataset, optional
        What projects instead of `project_health`, as in `solve`.

    Returns
    -------
    BreakEven
        `enrolment`, one number or one by scenario: the least share from which on, up to the last point, contributions
        cover the cost; the first point where they always do, NaN where they do not at the last point. `curve`, a
        DataFrame by enrolment (and scenario): contribution_per_member and cost_per_member, currency/person/year.

    Raises
    ------
    BadInput
        No such year, line or scheme; points that are no rising shares; a group without members at a point.
    BadScheme
        No such group.

    Notes
    -----
    The enrolment is e from the first projected year on, so that the base year and its calibration stay as they are.
    With c what a member costs who had to enrol, s the selection, p what a member pays and f the loading, the group
    covers its cost where p >= (1 + f) c (1 + s (1 - e)), so that e = 1 - (p/((1 + f) c) - 1)/s; there is none where
    p < (1 + f) c. Cost is incurred, of services and cash benefits.

    References
    ----------
    .. [1] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office, chapter 4.
    .. [2] Rothschild, M., Stiglitz, J. (1976), Equilibrium in competitive insurance markets, Quarterly Journal of
       Economics 90(4), 629-649.

    Examples
    --------
    found = break_even_enrolment("informal", basis=basis, scheme=scheme)
    float(found.enrolment), found.curve
    """
    if not isinstance(scheme, HealthScheme):
        raise BadInput(f"break_even_enrolment: scheme must be a HealthScheme (got {type(scheme).__name__}).")
    scheme.group(group)
    at = _year(basis, year)
    paid = _lines(scheme, lines)
    grid = _points(points)
    path, first = f"{group}.enrolment", int(basis["year"][0])
    change = parameter_of(path, basis, scheme, from_year=first)
    project = run or partial(project_health, service="months")

    def per_member(result: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
        return _per_member(result, group, at, paid, loading)

    trials = [per_member(project(*change.function(basis, scheme, x))) for x in grid]
    covers = np.stack([np.atleast_1d((pays >= cost).values) for pays, cost in trials])
    names = basis["scenario"].values if "scenario" in basis.dims else [None]
    found = np.full(len(names), np.nan)
    for place, name in enumerate(names):
        own = covers[:, place if covers.shape[1] > 1 else 0]
        if not own[-1]:
            continue
        below = np.flatnonzero(~own)
        found[place] = grid[0]
        if below.size:
            one = basis if name is None else basis.sel(scenario=name, drop=True)
            found[place] = solve(
                path,
                lambda result: _balance(per_member(result)),
                basis=one,
                scheme=scheme,
                from_year=first,
                bounds=(grid[below[-1]], grid[below[-1] + 1]),
                tolerance=tolerance,
                run=project,
            )
    attrs = {"units": "fraction", "parameter": path, "year": at}
    coords = {} if names[0] is None else {"scenario": names}
    values = found[0] if names[0] is None else found
    return BreakEven(xr.DataArray(values, coords, list(coords), name="enrolment", attrs=attrs), _curve(grid, trials))


def _balance(per_member: tuple[xr.DataArray, xr.DataArray]) -> xr.DataArray:
    """Cost over contributions less 1, a straight line in the enrolment where members pay alike."""
    pays, cost = per_member
    return cost / pays - 1.0


def _per_member(
    result: xr.Dataset, group: str, year: int, lines: list[str], loading: float
) -> tuple[xr.DataArray, xr.DataArray]:
    """What a member pays and costs in a year, currency/person/year."""
    here = result.sel(year=year, health_group=group, drop=True)
    members = here["health_members"].sum(["sex", "age"])
    if not bool((members > 0).all()):
        raise BadInput(f"{group}: it has no members in {year}; give points above 0, or look at the form of the group.")
    pays = here["contribution_by_group"].sel(contribution=lines).sum("contribution")
    cost = here["health_expenditure"].sum("service_type") + here["cash_expenditure"].sum("benefit")
    return pays / members, (1.0 + loading) * cost / members


def _curve(grid: list[float], trials: list[tuple[xr.DataArray, xr.DataArray]]) -> "pd.DataFrame":
    import pandas as pd

    axis = pd.Index(grid, name="enrolment")
    columns = {}
    for number, word in enumerate(("contribution_per_member", "cost_per_member")):
        parts = xr.broadcast(*(trial[number].drop_attrs() for trial in trials))
        columns[word] = xr.concat(parts, dim=axis).transpose(..., "enrolment").to_series()
    return pd.DataFrame(columns)


def _year(basis: xr.Dataset, year: int | None) -> int:
    years = basis["year"].values
    if year is None:
        return int(years[-1])
    if year not in years:
        raise BadInput(f"year: {year} lies outside the projection, {int(years[0])} to {int(years[-1])}.")
    return int(year)


def _lines(scheme: HealthScheme, lines: Sequence[str] | None) -> list[str]:
    """Contribution lines that count as paid for the group."""
    chosen = [line.name for line in scheme.contributions if line.payer in OWN] if lines is None else list(lines)
    for name in chosen:
        scheme.contribution(name)
    if not chosen:
        raise BadInput(f"lines: nobody contributes in {scheme.name}; name the lines that are paid for the group.")
    return chosen


def _points(points: Sequence[float]) -> list[float]:
    grid = np.asarray(points, dtype=float)
    if grid.ndim != 1 or grid.size < 2 or not (np.all(np.diff(grid) > 0) and grid[0] >= 0 and grid[-1] <= 1):
        raise BadInput(f"points must be two shares between 0 and 1 at least, rising (got {points!r}).")
    return [float(x) for x in grid]
