"""A basis moved to a later valuation date: what was projected for that day becomes the opening state."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.basis.saving import without_idle_labels
from actuarial.benefits.paying import HALF
from actuarial.bridge import doubles
from actuarial.check.benefits import without_supplements
from actuarial.check.period import YEAR_END, last_day
from actuarial.check.population import one_year_older, stock_before
from actuarial.contract import amounts
from actuarial.demography.population import project_population
from actuarial.earned import Reference
from actuarial.errors import BadDimensions, BadInput
from actuarial.labour import earnings
from actuarial.labour.recovery import Recovery, recovery
from actuarial.labour.staying import PLACE
from actuarial.labour.transfers import DIMS, links
from actuarial.law import Law, law
from actuarial.pension.indexation import Indexation
from actuarial.person import make_grid
from actuarial.projection import check_types
from actuarial.scheme import Scheme
from actuarial.studies.carried_spread import carried_spread
from actuarial.studies.kinds import pensions_only
from actuarial.valuation.feedback import run_stages
from actuarial.vocabulary import annotate

ABSENT = {"mortality_ratio_pensioners": 1.0, "unreduced_ratio_0": 1.0, "first_payment_share": HALF}
"""Values of benefits that a basis does not name, where they are not 0."""
PAST = {"asfr": "asfr_past", "wage_growth": "wage_growth_past", "inflation": "inflation_past"}
SMALL = 1e-12


def roll_forward(
    basis: xr.Dataset, scheme: Scheme, year: int, *, service: str = "months", migration: str = "end"
) -> xr.Dataset:
    """The basis of a later valuation date, as this basis projects it.

    The state projected for 31 December of `year` becomes the opening state, the assumptions are those from the year
    after it, and the projected years before it join the past: an earlier valuation is carried to the date of the next
    one before anything else of it is changed.

    Parameters
    ----------
    basis : Dataset without scenarios
    scheme : Scheme
    year : int
        Year of the new valuation date, from the first projected year to the last but one.
    service : "months" or "years"
        Grid of past credit; the projection of the new basis should use the same one.
    migration : "end", "even" or "start"

    Returns
    -------
    Dataset
        A basis. New are `population_0`, `active_0`, `inactive_0` (on the grid of service), `inactive_earnings_0`,
        `invalid_0` where invalids recover, `salary_0`, `account_0` where the law has accounts, `pensioners_0`,
        `pension_0`, `unreduced_ratio_0` where survivors have a share of pensions before reductions, `reserve_0`, the
        past of fertility, wages and prices (one more year for each projected one), and the attributes
        `valuation_date`, `rolled_forward_from` and `not_carried`.
        Everything else of the old date (`accounts_0`, assets by class) is left out; a `calibration` and audited
        accounts by year stay as they are.

    Raises
    ------
    BadDimensions
        A basis with scenarios.
    BadInput
        A year outside the projection.
    MissingVariable, OutOfBounds, BadBasis, BadScheme
        As `project`.

    Notes
    -----
    Projecting the new basis repeats the later years of the old projection, but for what a basis cannot hold. The
    attribute `not_carried` names what is concerned here:

    - earnings of the inactive are one number by group, sex and age, the mean over their credits (exact below the ages
      of retirement) in the first reference earnings of the law;
    - balances of accounts are one number by group, sex and age, spread over members in proportion to their credits,
      over the inactive too whose balances were paid when they left;
    - invalids who recover (`recovery_rate`) have the reference earnings of the active of their age;
    - pensions of the valuation date have no part that is due to a minimum; those that supplements fill up to one are
      lognormal with the variation `pension_cv` with which they lack of it what their awards do;
    - amounts in average wages are those of the active insured on the valuation date;
    - the share of earnings declared, and salaries that grow otherwise than wages, are known from the valuation date on;
    - members past the retirement age on the valuation date, where the law has a rate of claiming for them (they are
      others on another date);
    - insured counted at any time of the year are compared with the employed at the rates of the first projected year.

    References
    ----------
    .. [1] International Actuarial Association (2013), International Standard of Actuarial Practice 2: Financial
       analysis of social security programs (reconciliation with the previous report).

    Examples
    --------
    rolled = roll_forward(basis, scheme, 2028)
    """
    _check(basis, scheme, year)
    basis = doubles(basis)
    elapsed, coming = basis.sel(year=slice(None, year)), basis.sel(year=slice(year + 1, None))
    population = project_population(elapsed, migration=migration)
    stages = run_stages(population, elapsed, scheme, service=service, keep=("service",))
    insured, pensions, finance = stages[:3]
    state = {
        "population_0": population["population"],
        "active_0": insured["active_by_service"],
        "inactive_0": insured["inactive_by_service"],
        **({"invalid_0": insured["invalid_by_service"]} if "invalid_by_service" in insured else {}),
        "salary_0": insured["salary"],
        "reserve_0": finance["reserve"],
    }
    new: dict[str, Any] = {name: array.sel(year=year, drop=True) for name, array in state.items()}
    new |= _pensions(pensions.sel(year=year, drop=True))
    spread = carried_spread(without_supplements(pensions), elapsed, scheme, year)
    held = _earnings_of_inactive(elapsed, scheme, insured)
    new |= {"inactive_earnings_0": held} if held is not None else {}
    new |= _balances(insured.sel(year=year, drop=True))
    bare = with_benefits(coming, [str(name) for name in new["pensioners_0"]["benefit"].values])
    fills = {"pensioners_0": 0.0, "pension_0": 0.0, "unreduced_ratio_0": 1.0}
    new |= {name: with_labels(new[name], bare, fill) for name, fill in fills.items() if name in new}
    new |= {name: with_labels(array, bare, 0.0) for name, array in spread.items()}
    new |= _past(elapsed) | _ratios(elapsed, stages.seen, year)
    plain = {name: array.drop_attrs() for name, array in new.items()}
    opening = [str(name) for name in bare.data_vars if str(name).endswith("_0") or name in PAST.values()]
    result = annotate(without_idle_labels(bare.drop_vars(opening)).assign(plain))
    return result.assign_attrs(
        valuation_date=str(last_day(year, basis.attrs.get("year_end", YEAR_END))),
        rolled_forward_from=str(basis.attrs.get("valuation_date", "")),
        not_carried="\n".join(_not_carried(basis, scheme, year, pensions)),
    )


def _check(basis: xr.Dataset, scheme: Scheme, year: int) -> None:
    pensions_only("roll_forward", scheme)
    check_types(basis, scheme)
    if "scenario" in basis.dims:
        raise BadDimensions("roll_forward: select one scenario of the basis first: basis.sel(scenario=..., drop=True).")
    years = basis["year"].values
    if year not in years[:-1]:
        raise BadInput(
            f"roll_forward: the new valuation date must lie in a year from {years[0]} to {years[-2]} (got {year})."
            if len(years) > 1
            else "roll_forward: a basis of one year cannot be moved to a later date."
        )


def with_benefits(basis: xr.Dataset, names: list[str]) -> xr.Dataset:
    """The basis with further benefits: nobody draws them, and their beneficiaries die as the population."""
    have = [str(name) for name in basis["benefit"].values]
    more = [name for name in names if name not in have]
    if not more:
        return basis
    fill = {
        str(name): ABSENT.get(str(name), 0.0)
        for name, array in basis.data_vars.items()
        if "benefit" in array.dims
    }
    return basis.reindex(benefit=[*have, *more], fill_value=fill)


def with_labels(array: xr.DataArray, basis: xr.Dataset, fill: float) -> xr.DataArray:
    """A variable by benefit on the benefits of a basis."""
    return array.reindex(benefit=basis["benefit"].values, fill_value=fill)


def _pensions(pensions: xr.Dataset) -> dict[str, xr.DataArray]:
    """Beneficiaries and their average pensions, 0 where there are none, and what these are before reductions for age
    where survivors have a share of that."""
    pensions = without_supplements(pensions)
    number, mass = pensions["pensioners"], pensions["pension_mass"]
    average = np.divide(mass.values, number.values, out=np.zeros_like(mass.values), where=number.values > 0)
    found = {"pensioners_0": number, "pension_0": mass.copy(data=average)}
    if "unreduced_mass" not in pensions:
        return found
    before = pensions["unreduced_mass"].values
    ratio = np.divide(before, mass.values, out=np.ones_like(before), where=mass.values > 0)
    return found | {"unreduced_ratio_0": mass.copy(data=ratio)}


def _balances(insured: xr.Dataset) -> dict[str, xr.DataArray]:
    """Average balances of the accounts of members, 0 where there are none; nothing where the law has no accounts."""
    if "account_balance" not in insured:
        return {}
    members = insured["active"] + insured["inactive"]
    average = insured["account_balance"] / members.where(members > 0)
    return {"account_0": average.fillna(0.0).transpose("account", "group", "sex", "age")}


def _ratios(elapsed: xr.Dataset, seen: xr.Dataset, year: int) -> dict[str, Any]:
    """Gross domestic product and ratios of the last elapsed year, which rules look back at: those the basis has."""
    now = seen.sel(year=year, drop=True)
    found = {"gdp_0": elapsed["gdp"].sel(year=year, drop=True)} if "gdp" in elapsed else {}
    if "reserve_ratio_0" in elapsed:
        found["reserve_ratio_0"] = now["reserve"] / now["outgo"]
    if "balance_ratio" in now:
        found["balance_ratio_0"] = now["balance_ratio"]
    if "balancing_index" in now:
        found["balancing_index_0"] = now["balancing_index"].min("benefit")
    return found


def _past(elapsed: xr.Dataset) -> dict[str, xr.DataArray]:
    """The past of fertility, wages and prices with the elapsed years, all on the same years.

    Years before the earliest known one take its value, as they do wherever the past is read.
    """
    paths = {}
    for name, past in PAST.items():
        rate = elapsed[name] if "year" in elapsed[name].dims else elapsed[name].expand_dims(year=elapsed["year"])
        paths[past] = rate.rename(year="past_year")
        if past in elapsed:
            known = elapsed[past].sel(past_year=elapsed["past_year"] < elapsed["year"].values[0])
            paths[past] = xr.concat([known, paths[past]], dim="past_year").sortby("past_year")
    return on_past_years(paths)


def on_past_years(paths: dict[str, xr.DataArray]) -> dict[str, xr.DataArray]:
    """Paths of the past on all years that one of them knows; a year that is not known takes the next known value."""
    years = sorted({int(year) for path in paths.values() for year in path["past_year"].values})
    return {name: path.reindex(past_year=years, method="bfill") for name, path in paths.items()}


def _earnings_of_inactive(elapsed: xr.Dataset, scheme: Scheme, insured: xr.Dataset) -> xr.DataArray | None:
    """Mean reference earnings of the inactive by group, sex and age; None where the law looks at no earnings.

    The mass J follows the persons: J_t[x+1] = ((1+g) J'_{t-1}[x] s + X_t[x+1] RS_t[x+1] + R_t[x+1]) (1 - rho), with J'
    the mass after the moves between groups of 1 January, s the share of the inactive who neither died nor retired, X
    the exits, RS the reference earnings of the active, R the mass of those who recover, g the revaluation and rho the
    rate of re-entry.
    """
    rules = law(scheme, elapsed)
    if not rules.references:
        return None
    reference = rules.references[0]
    earned, first = _earned(elapsed, rules, reference), int(elapsed["year"][0]) - 1
    index: Any = reference.index(rules.grid.at_years(earned["year"].values))
    opening = elapsed["inactive_0"].sum("service")
    moves = _moves(elapsed)
    before = _after_moves(stock_before(insured["inactive"], opening), moves)
    stay = _ratio(one_year_older(before) - insured["deaths_inactive"] - insured["retirements_inactive"], before)
    mass = opening * (elapsed["inactive_earnings_0"] if "inactive_earnings_0" in elapsed else earned.sel(year=first))
    years = elapsed["year"].values
    rises = earnings.revalued(index)
    if "age" in rises.dims:  # of those who start the year a year younger
        ages = rises.sizes["age"]
        rises = rises.isel(age=np.minimum(np.arange(ages) + 1, ages - 1)).assign_coords(age=index["age"])
    growth = [rises.sel(year=t) if "year" in rises.dims else 1.0 for t in years]
    left, back = insured["exits"] * earned, recovery(rules, scheme, elapsed)
    left = left if back is None else left + _earnings_of_recovered(elapsed, back, insured, earned, growth)
    for year, rise in zip(years, growth, strict=True):
        now = {"year": year}
        moved = _after_moves(mass, None if moves is None else moves.sel(now, drop=True))
        kept = (one_year_older(rise * moved) * stay.sel(now) + left.sel(now)).transpose(*opening.dims)
        mass = kept * (1.0 - insured["reentry_rate"].sel(now))
    people, usual = insured["inactive"].sel(year=year, drop=True), earned.sel(year=year, drop=True)
    values = (mass / people.where(people > 0)).drop_vars("year", errors="ignore")
    return values.fillna(usual).transpose("group", "sex", "age")


def _earned(elapsed: xr.Dataset, rules: Law, reference: Reference) -> xr.DataArray:
    """Reference earnings of the active by year, group, sex and age, before the share of the means of other years that
    bounds equal earnings: a projection multiplies earnings of the inactive by it."""
    declared = elapsed["declared_share"] if "declared_share" in elapsed else xr.DataArray(1.0)

    def mean(one: Reference) -> xr.DataArray:
        salary = earnings.salary_path(elapsed, before=one.last - 1)
        index: Any = one.index(rules.grid.at_years(salary["year"].values))
        return earnings.reference_earnings(earnings.recorded(salary, declared), one, index)

    return xr.DataArray(reference.bounded(mean) / reference.bounded(lambda _: 1.0))


def _moves(basis: xr.Dataset) -> xr.DataArray | None:
    """Shares of the inactive of each group who go to each other one on 1 January, by year; None where nobody does."""
    found = links(basis)
    if found is None:
        return None
    labels = {dim: basis["group" if dim == "to_group" else dim].values for dim in DIMS}
    return xr.DataArray(found.inactive, labels, DIMS)


def _after_moves(stock: xr.DataArray, share: xr.DataArray | None) -> xr.DataArray:
    """A stock of the inactive by group after these moves."""
    if share is None:
        return stock
    came = (stock * share).sum("group").rename(to_group="group").sel(group=stock["group"])
    return (stock * (1.0 - share.sum("to_group")) + came).transpose(*stock.dims)


def _earnings_of_recovered(
    elapsed: xr.Dataset, found: Recovery, insured: xr.Dataset, earned: xr.DataArray, growth: list[Any]
) -> xr.DataArray:
    """Mass of the reference earnings of those who recover, by year, group, sex and age reached.

    Invalids of the valuation date have the earnings of the active of their age, those who start later the ones of the
    year; both are revalued with the growth.
    """
    coords = {dim: elapsed[dim] for dim in PLACE}
    stays, back, converts = (xr.DataArray(part, coords, PLACE) for part in (found.stays, found.back, found.converts))
    ill, dims = insured["invalid_by_service"].sum("service"), ("group", "sex", "age")
    people: Any = elapsed["invalid_0"].sum("service") if "invalid_0" in elapsed else 0.0 * ill.isel(year=0, drop=True)
    mass, parts = people * earned.sel(year=elapsed["year"].values[0] - 1, drop=True), []
    for year, rise in zip(elapsed["year"].values, growth, strict=True):
        stay, left, usual = stays.sel(year=year), back.sel(year=year), earned.sel(year=year)

        def older(stock: xr.DataArray) -> xr.DataArray:
            return one_year_older(stock.transpose(*dims))

        started = insured["recoveries"].sel(year=year) - older(people * (1.0 - stay)) * left
        parts.append(older(rise * mass * (1.0 - stay)) * left + started * usual)
        kept, here = 1.0 - converts.sel(year=year), ill.sel(year=year)
        mass = older(rise * mass * stay) * kept + (here - older(people * stay) * kept) * usual
        people = here
    return xr.concat(parts, "year", coords="minimal", compat="override").assign_coords(year=elapsed["year"])


def _ratio(remaining: xr.DataArray, before: xr.DataArray) -> xr.DataArray:
    """Share of those who reached an age that remains; 0 where nobody did."""
    reached = one_year_older(before)
    return (remaining / reached.where(reached > 0)).fillna(0.0)


def _not_carried(basis: xr.Dataset, scheme: Scheme, year: int, pensions: xr.Dataset) -> list[str]:
    """What the new basis cannot hold of the projected state, in sentences; empty where it holds everything."""
    found = []
    inactive = float(basis["inactive_0"].sum() + basis["exit_rate"].max()) or "recovery_rate" in basis
    known = law(scheme, basis.sel(year=slice(None, year)))
    if known.references and inactive:
        found.append("earnings of the inactive by past credit: their mean by group, sex and age is used")
    if known.accounts:
        found.append("balances of accounts by past credit: their mean by group, sex and age is spread by the months")
    if float(pensions["topup_mass"].sel(year=year).sum()) > 0:
        found.append("the part of pensions in payment that is due to the minimum: none is taken to be")
    grid = make_grid(basis, scheme)
    words = [one.name for one in scheme.benefits if one.accompanies and one.fills_up_to(grid)]
    if words:
        found.append(f"how single awards vary that {', '.join(words)} fills up: pension_cv of their age is used")
    words = _in_average_wages(basis, scheme)
    if words:
        found.append(f"average wages of {', '.join(words)}: those of the active insured on the new valuation date")
    words = [benefit.name for benefit in scheme.benefits if getattr(benefit, "claim_rate_late", None) is not None]
    if words:
        found.append(f"members past the retirement age of {', '.join(words)} on the old date: others on the new one")
    if "recovery_rate" in basis and float(basis["recovery_rate"].max()) > 0:
        found.append("earnings of the invalids who may recover: those of the active of their age are used")
    if "award_lag" in basis and float(basis["award_lag"].max()) > 0:
        found.append("arrears of benefits awarded in the last elapsed year: none are paid after the new valuation date")
    found += _lags(scheme)
    if "declared_share" in basis and not _constant(basis["declared_share"], year):
        found.append("the share of earnings declared in earlier years: that of the first projected year is used")
    if "salary_growth" in basis and not _same(basis["salary_growth"], basis["wage_growth"], year):
        found.append("the growth of salaries in earlier years: that of wages is used")
    rates = [basis[name] for name in ("participation_rate", "unemployment_rate")]
    if basis.attrs.get("coverage_concept") == "any" and not all(_constant(rate, year) for rate in rates):
        found.append("the employed on the new valuation date: those at the rates of the first projected year are used")
    return found


def _lags(scheme: Scheme) -> list[str]:
    """What rules read of earlier years than the last elapsed one, or apart by benefit, and a basis cannot hold."""
    found = []
    rules = {one.name: one.indexation for one in scheme.benefits if isinstance(one.indexation, Indexation)}
    late = [name for name, rule in rules.items() if rule.looks_far_back()]
    if late:
        found.append(f"finances and product of years before the last one, for {', '.join(late)}: those of the last one")
    balanced = [name for name, rule in rules.items() if rule.balancing is not None]
    if len(balanced) > 1:
        found.append(f"levels of balancing of {', '.join(balanced)} apart: the lowest is used")
    return found


def _in_average_wages(basis: xr.Dataset, scheme: Scheme) -> list[str]:
    """Parts of a law that read the average wage: benefits, points without a price, limits of insurable earnings."""
    found = [benefit.name for benefit in scheme.benefits if _awards_average_wages(benefit, basis, scheme)]
    found += [one.name for one in scheme.accounts if one.credits == "points" and one.price is None]
    earnings = scheme.insurable_earnings
    limited = earnings.floor_wages is not None or earnings.ceiling_wages is not None
    return [*found, "insurable_earnings"] if limited else found


def _awards_average_wages(benefit: Any, basis: xr.Dataset, scheme: Scheme) -> bool:
    if benefit.on is None and benefit.share is not None:
        return False
    grid = make_grid(basis.isel(year=[0]), scheme)
    return any(isinstance(a.base, str) and a.base == "average_wage" for a in amounts(benefit.award(grid)))


def _constant(array: xr.DataArray, year: int) -> bool:
    """Whether a variable is the same in all years up to the year after the new valuation date."""
    if "year" not in array.dims:
        return True
    used = array.sel(year=slice(None, year + 1))
    return bool((used == used.isel(year=-1)).all())


def _same(left: xr.DataArray, right: xr.DataArray, year: int) -> bool:
    gap = abs(left - right)
    gap = gap.sel(year=slice(None, year)) if "year" in gap.dims else gap
    return bool((gap <= SMALL).all())
