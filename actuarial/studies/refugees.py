"""Refugees in a national health scheme: who pays, what the fund gains or loses, what a parallel system would cost."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.bridge import exact_labels
from actuarial.dated import Money, Split, at
from actuarial.errors import BadDimensions, BadInput
from actuarial.studies.capacity import contributory_capacity
from actuarial.vocabulary import annotate

PARALLEL, FULL, TIERED, RULES = "parallel system", "full subsidy", "by ability to pay", "rules of nationals"
KEPT = ("scenario", "year")


@dataclass(frozen=True, kw_only=True)
class Refugees:
    """Refugees year by year: DataArrays by year (and scenario, health_group), or numbers for all years.

    Parameters
    ----------
    persons : mean number of the year, persons; it must have a year
    cost_per_head : what one of them adds to the benefits of the host scheme, currency/year
    direct_cost_per_head : what the parallel system spends on one of them, currency/year
    administration_per_head : what one of them adds to the administration of the scheme, currency/year
    own_by_rules, state_by_rules : what members (and employers) and the State pay for one of them under the rules of
        nationals, currency/year
    enrolled_by_rules : share that enrols under the rules of nationals; the others stay in the parallel system
    income_mean, income_cv, subsistence, payable_share : as in `contributory_capacity`, currency/year
    """

    persons: xr.DataArray
    cost_per_head: Any
    direct_cost_per_head: Any
    administration_per_head: Any = 0.0
    own_by_rules: Any = 0.0
    state_by_rules: Any = 0.0
    enrolled_by_rules: Any = 1.0
    income_mean: Any = 0.0
    income_cv: Any = 0.0
    subsistence: Any = 0.0
    payable_share: Any = 0.0


@dataclass(frozen=True, kw_only=True)
class Host:
    """The host scheme without refugees: DataArrays by year (and scenario), or numbers for all years.

    Parameters
    ----------
    reserve : on 31 December, without claims outstanding, currency
    benefits : paid in the year, currency/year
    earnings : on which nationals contribute, currency/year
    interest : return on the reserve, 1/year
    reserve_months : contingency reserve that refugees are to bring for themselves, months of their benefits
    timing : fraction of the year at which money flows
    """

    reserve: Any
    benefits: Any
    earnings: Any
    interest: Any
    reserve_months: Any = 3.0
    timing: float = 0.5


def refugee_inclusion(refugees: Refugees, host: Host, *, donor_share: Any, premium: Any = None) -> xr.Dataset:
    """Four ways of paying for the health care of refugees, side by side.

    Parameters
    ----------
    refugees, host : plain series; `projected` makes them of projections
    donor_share : share of subsidies that donors pay, the State pays the rest: a number, a DataArray by year, or a dated
        number, such as `ramp({2026: 1.0, 2036: 0.0})`
    premium : what is paid for one refugee where premiums are subsidised, currency/year; by default the break-even
        premium of each year

    Returns
    -------
    Dataset by run, (scenario,) year
        `run` is "parallel system" (donors pay the direct cost of all), "full subsidy" (donors and State pay the
        premium), "by ability to pay" (refugees pay what they can of it) and "rules of nationals" (they and the State
        pay as for nationals, and the fund bears the rest). `refugee_members` (persons), `refugee_cost_per_head`,
        `break_even_premium` (currency/person/year, NaN without members), `donor_payments`, `state_payments`,
        `own_contributions` (currency/year), `fund_effect` (currency/year), `contribution_rate_effect` (fraction),
        `inclusion_saving` (currency/year), `fund_reserve_months` (months); `contributory_capacity` of the premium.

    Raises
    ------
    BadInput
        Negative numbers, shares outside 0 to 1, a year where none is, no refugees with a year.
    BadDimensions
        Series of other years, scenarios or groups.

    Notes
    -----
    With M members, c cost and a administration per head, R = months/12 c M, u = 1 + i, g = u^(1 - timing), the
    break-even premium leaves the fund with exactly the reserve R of the refugees:

        P* = (c M + a M + (R_t - u R_{t-1})/g)/M,  R_0 = 0 before the first year

    The effect on the fund is what is paid for refugees less their cost and administration; its sum with interest is
    added to the reserve. The rate on the earnings of nationals that makes the fund whole is M (P* - paid per head)/W,
    negative where refugees bring more than they cost. Saving = M (D - P*) against the direct cost D of the parallel
    system, whoever gains it. Prices and use do not react.

    References
    ----------
    .. [1] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office, chapters 8 and 9.

    Examples
    --------
    found = refugee_inclusion(refugees, host, donor_share=ramp({2026: 1.0, 2036: 0.0}))
    found.contribution_rate_effect.sel(run="rules of nationals").to_series()
    """
    years = _years(refugees)
    series = {name: _series(name, getattr(refugees, name), years) for name in Refugees.__dataclass_fields__}
    fund = {name: _series(name, getattr(host, name), years) for name in Host.__dataclass_fields__}
    share = _series("donor_share", donor_share, years)
    for name, value in (*series.items(), *fund.items(), ("donor_share", share)):
        _within(name, value)
    try:
        with exact_labels():
            return _compared(series, fund, share, premium, years)
    except ValueError as error:
        if "exact" not in str(error) and "align" not in str(error):
            raise
        raise BadDimensions(
            f"refugees: the series have different labels: {error}.\n  Give all of them the same years and groups."
        ) from None


def _compared(
    series: dict[str, xr.DataArray], fund: dict[str, xr.DataArray], share: xr.DataArray, premium: Any, years: np.ndarray
) -> xr.Dataset:
    people = series["persons"]
    due = _break_even(people, series, fund) if premium is None else _series("premium", premium, years)
    if bool(due.isnull().any()):
        year = int(due["year"].values[np.argwhere(due.isnull().values)[0][due.get_axis_num("year")]])
        raise BadInput(f"persons: there are no refugees in {year}, so that no premium breaks even; give premium.")
    income = (series["income_mean"], series["income_cv"])
    ability = contributory_capacity(*income, series["subsistence"], series["payable_share"], due)
    own = ability["mean_own_contribution"]
    enrolled = people * series["enrolled_by_rules"]
    none = 0.0 * people
    runs = {
        PARALLEL: (none, none, none, none),
        FULL: (people, none, share * due, (1.0 - share) * due),
        TIERED: (people, own, share * (due - own), (1.0 - share) * (due - own)),
        RULES: (enrolled, series["own_by_rules"], none, series["state_by_rules"]),
    }
    found = [_one_run(series, fund, *each) for each in runs.values()]
    result = xr.concat(found, dim=xr.DataArray(list(runs), dims="run", name="run"))
    return annotate(result.merge(ability, join="exact"))


def _one_run(
    series: dict[str, xr.DataArray],
    fund: dict[str, xr.DataArray],
    members: xr.DataArray,
    own: xr.DataArray,
    donors: xr.DataArray,
    state: xr.DataArray,
) -> xr.Dataset:
    """One way of paying; own, donors and state are what they pay for one member, currency/year."""
    cost, administration = (_all(members * series[name]) for name in ("cost_per_head", "administration_per_head"))
    number = _all(members)
    direct = series["direct_cost_per_head"]
    elsewhere = _all((series["persons"] - members) * direct)
    parts = {"own_contributions": own, "donor_payments": donors, "state_payments": state}
    paid = {name: _all(members * part) for name, part in parts.items()}
    brought = paid["own_contributions"] + paid["donor_payments"] + paid["state_payments"]
    break_even = _break_even(members, series, fund)
    effect = brought - cost - administration
    worth, level = _worth(fund)
    added = (effect * worth / level).cumsum("year") * level
    spent = fund["benefits"] + cost
    short = number * break_even.fillna(0.0) - brought
    return xr.Dataset(
        {
            "refugee_members": number,
            "refugee_cost_per_head": cost / number.where(number > 0),
            "break_even_premium": break_even,
            **paid,
            "donor_payments": paid["donor_payments"] + elsewhere,
            "fund_effect": effect,
            "contribution_rate_effect": short / fund["earnings"].where(fund["earnings"] > 0),
            "inclusion_saving": _all(members * direct) - number * break_even.fillna(0.0),
            "fund_reserve_months": 12.0 * (fund["reserve"] + added) / spent.where(spent > 0),
        }
    )


def _break_even(members: xr.DataArray, series: dict[str, xr.DataArray], fund: dict[str, xr.DataArray]) -> xr.DataArray:
    """Premium for one of all members that pays for cost, administration and their reserve; NaN without members."""
    cost, administration = (_all(members * series[name]) for name in ("cost_per_head", "administration_per_head"))
    wanted = fund["reserve_months"] / 12.0 * cost
    worth, _ = _worth(fund)
    before = wanted.shift(year=1, fill_value=0.0)
    number = _all(members)
    return (cost + administration + (wanted - (1.0 + fund["interest"]) * before) / worth) / number.where(number > 0)


def _worth(fund: dict[str, xr.DataArray]) -> tuple[xr.DataArray, xr.DataArray]:
    """What one unit of a flow is worth on 31 December, and what one unit of the start is."""
    growth = 1.0 + fund["interest"]
    return growth ** (1.0 - fund["timing"]), growth.cumprod("year")


def _all(values: xr.DataArray) -> xr.DataArray:
    """Sum over groups."""
    return values.sum([dim for dim in values.dims if dim not in KEPT])


def _years(refugees: Refugees) -> np.ndarray:
    if not isinstance(refugees.persons, xr.DataArray) or "year" not in refugees.persons.dims:
        raise BadInput("persons must be a DataArray by year: the mean number of refugees of every year.")
    return refugees.persons["year"].values


def _series(name: str, value: Any, years: np.ndarray) -> xr.DataArray:
    """A number, a dated number or a DataArray as a DataArray by year."""
    if isinstance(value, (*Split, Money)):
        value = xr.DataArray([at(value, year=int(year)) for year in years], dims="year", coords={"year": years})
    array = value.astype("float64").drop_attrs() if isinstance(value, xr.DataArray) else xr.DataArray(float(value))
    if "year" in array.dims:
        if not np.array_equal(array["year"].values, years):
            raise BadDimensions(f"{name}: its years are not those of persons, {years[0]} to {years[-1]}.")
        return array.reset_coords(drop=True)
    return array.reset_coords(drop=True) * xr.DataArray(np.ones(len(years)), dims="year", coords={"year": years})


def _within(name: str, value: xr.DataArray) -> None:
    share = name in ("donor_share", "enrolled_by_rules", "payable_share", "timing")
    low = -1.0 if name == "interest" else -np.inf if name == "reserve" else 0.0
    numbers = value.values
    bad = ~(np.isfinite(numbers) & (numbers >= low) & (numbers <= (1.0 if share else np.inf)))
    if bad.any():
        meant = "between 0 and 1" if share else f"at least {low:g}" if np.isfinite(low) else "a number"
        raise BadInput(
            f"{name} must be {meant}, but {int(bad.sum())} of {bad.size} values are not; the first is "
            f"{numbers[tuple(np.argwhere(bad)[0])]:g}."
        )
