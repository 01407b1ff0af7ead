"""What in the law of a scheme is hardly meant: each a warning, or a refusal where it cannot be meant."""

from collections.abc import Iterable, Iterator
from math import floor, log10
from typing import Any

import numpy as np
import xarray as xr

from actuarial.advice import by_birth
from actuarial.check.variables import first_place
from actuarial.dated import ByGroup, BySex, ByYear, Dated, Number, Split, evaluate, leaves
from actuarial.errors import BadScheme
from actuarial.fitting import check_order, states
from actuarial.pension.common import reached
from actuarial.pension.conditions import greatest
from actuarial.pension.early import share_of
from actuarial.pension.supplements import CHILD, IN_ORDER, SPOUSE, AttendanceSupplement, DependantsSupplement
from actuarial.translation import Told
from actuarial.warned import Warned

DIVISORS = (5.0, 40.0)  # years for which pensions are paid on average, beyond all life tables
BIRTHS = 40  # years before the projection from which on years of a law look like years of birth
RECENT = 20  # years before the projection: a law that was stated since is stated by year
AGES = ("age", "years", "retirement_age", "early_age", "forced_age", "from_age", "qualifying_years")
BELONGS = (
    ("late_until_age", ("late_increase",)),
    ("late_increase_per", ("late_increase",)),
    ("early_reduction_per", ("early_reduction",)),
    ("spouse_from_age", (*SPOUSE, "dependant_shares")),
    ("most_children", CHILD),
)  # fields, and those of which one gives each a meaning
PAYING: dict[type, tuple[str, ...]] = {
    AttendanceSupplement: ("share", "amount"),
    DependantsSupplement: (*SPOUSE, *CHILD, *IN_ORDER),
}
LOST = 0.001  # share of a second tier that is lost, worth a warning
OLDER = 50  # age from which on the service of members is like that at retirement
YEARLY = "year"  # what a rate is for where the law does not say it
CHILDREN = ("until_age", "child_until_age")
GROWN = 30.0  # years, beyond the ages until which laws pay for children who study
USUAL = {"accrual": 0.1, "maximum": 2.0}  # shares of earnings, beyond those of pensions
STEP = 5  # years between those for which a loss is looked for


def implausible(scheme: Any, fields: Iterable[tuple[str, Any]], grid: Any) -> list[str]:
    """Warnings about numbers of a pension law that are hardly meant.

    Parameters
    ----------
    scheme : Scheme
    fields : places of the numbers of the scheme, and the numbers
    grid : Person, the grid of a basis

    Returns
    -------
    list of str
        Divisors that look like months, shares of earnings beyond those of pensions, ages of children beyond studies,
        ages by year that look like ages by year of birth, early pensions that nobody starts or of which nothing is
        left, second tiers that some who start the first one never draw, fields without effect, supplements that pay
        nothing.

    Raises
    ------
    BadScheme
        Early pensions from an age beyond the retirement age, retirement that is forced or later starts that end to
        count before it.
    """
    first = int(grid.year[0])
    lines: list[str] = []
    for place, value in fields:
        field = place.rpartition(".")[2]
        if field == "divisor" and isinstance(value, (float, *Split)):
            lines += _divisor(place, value)
        if field in USUAL and isinstance(value, (float, *Split)):
            lines += _usual(place, value)
        if field in CHILDREN and isinstance(value, (float, *Split)):
            lines += _grown(place, value)
        if field in AGES and isinstance(value, Split):
            lines += _births(place, value, first)
    for benefit in scheme.benefits:
        _check_early(benefit, grid)
        _check_last_ages(benefit, grid)
        lines += [*_early(benefit, grid), *_idle(benefit)]
        lines += _lost(benefit, scheme, grid)
    return lines


def _divisor(place: str, value: Dated) -> list[str]:
    """Divisors of a balance that are no years of a pension."""
    low, high = DIVISORS
    odd = [(path, number) for path, number in leaves(value) if not low <= number <= high]
    if not odd:
        return []
    path, number = odd[0]
    months = f"; in months? Then {number / 12:g} years" if low <= number / 12 <= high else ""
    more = f" ({len(odd)} numbers like it)" if len(odd) > 1 else ""
    return [
        Warned(
            "{field}: {number:g}{more} is unusual; usual is 10 to 30, the years for which a pension is paid on "
            "average{months}.",
            "{field}: {number} is unusual; usual is 10 to 30, the years for which a pension is paid on average.",
            field=".".join((place, *path)),
            number=number,
            more=more,
            months=months,
        )
    ]


def _usual(place: str, value: Dated) -> Iterator[str]:
    """Shares of earnings that are higher than those of pensions."""
    most = USUAL[place.rpartition(".")[2]]
    odd = [(path, number) for path, number in leaves(value) if number > most]
    if odd:
        path, number = odd[0]
        yield Warned(
            "{field}: {number:g} is unusual for a share of earnings, usual is at most {most:g}; did you mean "
            "{meant:g}?",
            "{field}: {number} is unusual for a share of earnings, usual is at most {most}.",
            field=".".join((place, *path)),
            number=number,
            most=most,
            meant=number / 10.0 ** (floor(log10(number / most)) + 1),
        )


def _grown(place: str, value: Dated) -> Iterator[str]:
    """Ages of children that are beyond those of children who study."""
    odd = [(path, number) for path, number in leaves(value) if number > GROWN]
    if odd:
        path, number = odd[0]
        yield Warned(
            "{field}: {number:g} is unusual for the age of a child, usual is at most {most:g}; a pension for life, as "
            "of children with a disability, is better a benefit of its own with a lower share.",
            "{field}: {number} is unusual for the age of a child, usual is at most {most}.",
            field=".".join((place, *path)),
            number=number,
            most=GROWN,
        )


def _idle(benefit: Any) -> Iterator[str]:
    """Fields without those that give them a meaning, and supplements that pay nothing."""
    for field, others in BELONGS:
        said = states(benefit, field) and getattr(benefit, field) != YEARLY
        if said and not any(states(benefit, other) for other in others):
            yield Warned(
                "{benefit}.{field}: has no meaning without {names}; give one of them too, or leave this out."
                if len(others) > 1
                else "{benefit}.{field}: has no meaning without {names}; give that too, or leave this out.",
                "{benefit}: {field} has no effect, since nothing is given that it belongs to.",
                benefit=benefit.name,
                field=field,
                names=others,
            )
    names = PAYING.get(type(benefit), ())
    if names and not any(states(benefit, name) for name in names):
        yield Warned(
            "{benefit}: pays nothing; give at least one of {names}.",
            "{benefit}: it pays nothing as it is stated.",
            benefit=benefit.name,
            names=names,
        )


def _births(place: str, value: Any, first: int) -> Iterator[str]:
    """Years of a law that lie so long before the projection that they are rather years of birth."""
    if isinstance(value, ByYear):
        years = [year for year, _ in value.points]
        if years[0] <= first - BIRTHS and years[-1] <= first - RECENT:
            _, number = value.points[0]
            shown = f"{number:g}" if isinstance(number, float) else "..."
            both = Told("{first} and {last}", first=years[0], last=years[-1])
            yield Warned(
                "{field}: is stated by calendar year for {years}, long before {first}, so that one value holds in all "
                "projected years; are these years of birth? {advice}.",
                "{field}: is stated by calendar year for {years}, long before {first}, so that one value holds in all "
                "projected years; are these years of birth?",
                field=place,
                years=both if len(years) > 1 else years[0],
                first=first,
                advice=by_birth(years[0], shown),
            )
    elif isinstance(value, BySex):
        for sex in ("male", "female"):
            yield from _births(f"{place}.{sex}", getattr(value, sex), first)
    elif isinstance(value, ByGroup):
        for name, inner in value.values:
            yield from _births(f"{place}.group.{name}", inner, first)


def _check_early(benefit: Any, grid: Any) -> None:
    """Whoever has passed the retirement age has passed that of the early pension."""
    early = getattr(benefit, "early_age", None)
    if early is None or not hasattr(benefit, "rules"):
        return
    limit = xr.DataArray(greatest([evaluate(one.age, grid) for one in benefit.rules]))
    since = xr.DataArray(evaluate(early, grid))
    short = xr.DataArray(reached(grid, limit)) - reached(grid, since)
    wrong = (short > 1e-9).values
    if wrong.any():
        place, _ = first_place(short, wrong)
        ages = (float(one.broadcast_like(short).transpose(*short.dims).values[wrong].flat[0]) for one in (since, limit))
        found, usual = ages
        raise BadScheme(
            Told(
                "{benefit}.early_age: {found:g} lies above the retirement age {usual:g} ({place}).\n"
                "  Nobody could start early; lower it, for every year and cohort, or leave it out.",
                benefit=benefit.name,
                found=found,
                usual=usual,
                place=place,
            )
        )


def _check_last_ages(benefit: Any, grid: Any) -> None:
    """Nobody is made to retire, and no increase ends, before the least age of the pension."""
    if not hasattr(benefit, "rules"):
        return
    ages: list[Number] = [-evaluate(one.age, grid) for one in benefit.rules]
    for field in ("forced_age", "late_until_age"):
        last = getattr(benefit, field, None)
        if last is not None:
            first = f"{benefit.name}.retirement_age"
            check_order(first, -greatest(ages), f"{benefit.name}.{field}", evaluate(last, grid))


def _early(benefit: Any, grid: Any) -> Iterator[str]:
    """Early pensions that nobody starts, or of which the reduction leaves nothing."""
    since = getattr(benefit, "early_age", None)
    if since is None or not hasattr(benefit, "early_reduction"):
        return
    if benefit.early_rate == 0.0:
        yield Warned(
            "{benefit}.early_rate: is 0, so that nobody starts early though early_age is given; write the share of "
            "those entitled who do so each year, or leave early_age out.",
            "{benefit}: nobody is taken to start early, though the law has an early age.",
            benefit=benefit.name,
        )
    if isinstance(benefit.early_reduction, str):
        return
    years = xr.DataArray(greatest([evaluate(one.age, grid) for one in benefit.rules])) - evaluate(since, grid)
    rates, per = benefit.early_reduction, benefit.early_reduction_per
    lost = xr.DataArray(share_of(rates, grid, years, 0.0, per)).max()
    if float(lost) >= 1.0:
        yield Warned(
            "{benefit}.early_reduction: takes {lost:.0%} of the pension of those who start as early as the law "
            "allows, so that nothing is left; it is for each {per} (early_reduction_per).",
            "{benefit}: nothing is left of the pension of those who start as early as the law allows.",
            benefit=benefit.name,
            lost=float(lost),
            per=per.replace("_", " "),
        )


def _lost(benefit: Any, scheme: Any, grid: Any) -> list[str]:
    """A second tier whose age some have not reached who start the first one; they never draw it."""
    answers = all(hasattr(benefit, word) for word in ("reached", "served"))
    first = next((one for one in scheme.benefits if one.name == benefit.together_with), None)
    if first is None or not answers:
        return []
    seen = grid.at_years(np.unique([*grid.year.values[::STEP], grid.year.values[-1]]))
    start = _starts(xr.DataArray(first.claim(seen)), grid.basis)
    late = start * (xr.DataArray(benefit.reached(seen)) <= 0.0) * (xr.DataArray(benefit.served(seen)) > 0.0)
    whole = start.sum([dim for dim in start.dims if dim != "year"])
    share = (late.sum([dim for dim in late.dims if dim != "year"]) / whole.where(whole > 0)).fillna(0.0)
    if float(share.max()) < LOST:
        return []
    ages = late["age"].values[(late.sum([dim for dim in late.dims if dim != "age"]) > 0).values]
    worst = share.isel(year=int(np.argmax(share.values))) if "year" in share.dims else share
    when = f" by the law of {int(worst['year'])}" if "year" in worst.coords else ""
    return [
        Warned(
            "{benefit}: is drawn together with {other_benefit} or never, and {share:.1%} of those who start "
            "{other_benefit}{when} lose it: they start at {ages}, before the age of {benefit}{due}. Give it the ages "
            "of {other_benefit}, its early ones included, or let {other_benefit} start later.",
            "{benefit}: is drawn together with {other_benefit} or never, and {share} of those who start this lose it, "
            "since they start before its age.",
            benefit=benefit.name,
            other_benefit=first.name,
            share=float(worst),
            when=when,
            ages=_span(ages),
            due=_age_of(benefit, seen),
        )
    ]


def _starts(rate: xr.DataArray, basis: xr.Dataset) -> xr.DataArray:
    """Who starts a pension at which age, of the older members of the valuation date with their service kept.

    They go through the ages without deaths and exits: of those who have not started the rate starts.
    """
    stocks = [basis[name].drop_attrs().sel(age=slice(OLDER, None)).sum("age") for name in ("active_0", "inactive_0")]
    status = xr.DataArray(["active", "inactive"], dims="status", name="status")
    members = xr.concat(stocks, status, coords="minimal", compat="override")
    members = members.isel(scenario=0, drop=True) if "scenario" in members.dims else members
    if "age" not in rate.dims:
        rate = rate * xr.ones_like(basis["age"], dtype=float)
    waiting = (1.0 - rate).cumprod("age").shift(age=1, fill_value=1.0)
    return members * rate * waiting


def _age_of(benefit: Any, grid: Any) -> str:
    """Ages from which a benefit is due."""
    given = [one.age for one in benefit.rules] if hasattr(benefit, "rules") else [getattr(benefit, "from_age", None)]
    ages: list[Number] = [evaluate(age, grid) for age in given if age is not None]
    if not ages:
        return ""
    low, high = (float(pick([float(pick(np.asarray(age))) for age in ages])) for pick in (np.min, np.max))
    return f" ({low:g})" if low == high else f" ({low:g} to {high:g})"


def _span(ages: np.ndarray) -> str:
    first, last = int(ages.min()), int(ages.max())
    return f"age {first}" if first == last else f"ages {first} to {last}"
