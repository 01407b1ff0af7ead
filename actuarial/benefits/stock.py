"""Beneficiaries, pensions in payment and expenditure of every benefit of a scheme."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import xarray as xr

from actuarial.audited import audited_years, scaling
from actuarial.benefits import kernels
from actuarial.benefits.answered import Asked
from actuarial.benefits.claims import Arrivals, Claims, arrivals, claims_of, nobody
from actuarial.benefits.conversion import Move, conversions, run_converting
from actuarial.benefits.opening import check_inputs, opening_before, opening_stock, refuse_slices
from actuarial.benefits.order import in_order
from actuarial.benefits.paying import Terms, by_benefit, of_awards, paid_in_year, paid_once, terms_of
from actuarial.benefits.slices import Adjusted, Stocks, has_bands, run_banded
from actuarial.benefits.spreads import Spreads, Year
from actuarial.benefits.staying import PLACE, before_adjustment, growth_rates, staying
from actuarial.benefits.supplements import Drawn, supplement
from actuarial.bridge import align, doubles, over_scenarios, threads
from actuarial.calibration import calibration_factor
from actuarial.check.period import lengths
from actuarial.contract import before_start, settled
from actuarial.labour.recovery import recovered, recovering_benefits, without_credit
from actuarial.labour.together import together
from actuarial.person import make_grid
from actuarial.quick import dataset, labelled, labels_of, quick_set
from actuarial.scheme import Benefit, Scheme
from actuarial.vocabulary import annotate

SOME = ("pension_adjustment", "unreduced_mass")  # variables that not all benefits have
OF_EVERYBODY = ("pensioners", "pension_mass", "pension_adjustment", "new_awards", "new_awards_amount")


def project_pensions(
    insured: xr.Dataset,
    basis: xr.Dataset,
    scheme: Scheme,
    *,
    finance: xr.Dataset | None = None,
    everybody: xr.Dataset | None = None,
) -> xr.Dataset:
    """Stocks and expenditure by benefit, sex and age.

    Numbers and money move along cohorts, never averages: N' = N p + new, TB' = TB p (1 + adj) + new money. What is
    awarded in year t is stored at the age reached on 31 December and enters the expenditure of the year for half of it:
    E_t = payments/12 (TB*_t-1 + TB_t)/2 with TB*_t-1 = TB_t-1 (1 + (1 - 2 f) adj_t), f the part of the year before the
    adjustment [1]_. Lump sums are paid in the year of the claim.

    Parameters
    ----------
    insured : Dataset of `project_insured`
    basis : Dataset with `pensioners_0` and `pension_0` (benefit, sex, age) and what the benefits read
    scheme : Scheme
    finance : Dataset of `project_finance`, where an indexation looks back at it
    everybody : Dataset of `project_pensions` for all insured, where these are a part of them: supplements that depend
        on the pension are then those that all have on average

    Returns
    -------
    Dataset
        `pensioners`, `pension_mass`, `topup_mass`, `new_awards`, `new_awards_amount`, `terminations`,
        `terminations_amount` (scenario, year, benefit, sex, age), `average_pension` without age (NaN where there are no
        pensioners), `benefit_expenditure`, `topup_expenditure`, `pension_indexation` (scenario, year, benefit). Where
        supplements fill pensions up to a limit: `pension_shortfall` (year, benefit, sex, age). Where survivors have a
        share of pensions before reductions: `unreduced_mass` (year, benefit, sex, age). Where
        pensions convert: `conversions`, `conversions_amount` (year, benefit, sex, age), above 0 for those who come.
        Where invalids recover: `pension_recoveries` and `recoveries_without_credits`, those of the pensioners of the
        valuation date among them who are not in `invalid_0` (year, benefit, sex, age). Where there are supplements:
        `accompanying` (benefit).
        Where the basis has `overlap`: `pension_persons` (scenario, year, sex).

    Raises
    ------
    MissingVariable, OutOfBounds, BadDimensions
        Claims or opening pensions that are absent or not numbers.
    BadInput, BadBasis, BadScheme
        Claims of another scheme, opening pensioners of a benefit that is no pension of the scheme, benefits that follow
        each other or convert in a circle, answers of a benefit that cannot be meant.

    Notes
    -----
    Pensions of the valuation date are those of December, before the next adjustment; mortality and adjustment act in
    the first year too. Who ends is counted at the age reached on 31 December, with the adjustment of the year.

    Where the valuation date lies inside the first year, phi of which is left, pensioners are by the age on the last day
    of the year before, all probabilities p of staying are p^phi in the first year and E is phi times the above. The
    pensions of that day are adjusted in the year if the day of adjustment follows it, else they hold the adjustment.

    Who converts leaves one stock on 31 December and joins the other with the adjusted pension: half of the year is paid
    by each. Those of the valuation date who have passed the age convert in the first year. It is no award.

    Suspended pensions (`suspended_share`) are part of the stocks and not of the expenditure; `first_payment_share` and
    `award_lag` say when new awards are paid, see `benefits.paying`. Supplements are benefits whose `pensioners` are
    counted by the pensions already, see `benefits.supplements`.

    References
    ----------
    .. [1] Plamondon, P. et al. (2002), Actuarial practice in social security, International Labour Office, chapter 10.
    """

    def one(insured: xr.Dataset, basis: xr.Dataset, *more: xr.Dataset | None) -> xr.Dataset:
        return _one_scenario(insured, basis, scheme, *more)

    check_inputs(insured, basis, scheme)
    basis = doubles(basis)
    if finance is None and everybody is None and together(scheme, basis, insured) and _plain(scheme, basis):
        return annotate(_all_scenarios(insured, quick_set(basis), scheme))
    means = None if everybody is None else everybody[[name for name in OF_EVERYBODY if name in everybody]]
    return annotate(over_scenarios(one, insured, basis, finance, means))


def _one_scenario(
    insured: xr.Dataset,
    basis: xr.Dataset,
    scheme: Scheme,
    finance: xr.Dataset | None,
    everybody: xr.Dataset | None = None,
) -> xr.Dataset:
    basis, moves = _unaudited(basis), conversions(scheme.benefits, basis)
    order = in_order(settled(scheme), {name: move.to for name, move in moves.items()})
    spreads = Spreads(scheme, insured, make_grid(basis, scheme), finance, everybody)
    claims = claims_of(insured, basis, tuple(before_start(scheme)))[0]
    parts, dead = _parts(order, claims, basis, scheme, moves, finance, everybody, spreads)
    names = [benefit.name for benefit in scheme.benefits]
    result = _label(_tables(parts, names, 1), parts, basis, scheme)
    if spreads.levels:
        result["pension_shortfall"] = (("year", "benefit", "sex", "age"), spreads.table(names))
    recovering = recovering_benefits(scheme, basis)
    return result.assign(_recovered(result, dead, recovering, basis)) if recovering else result


def _plain(scheme: Scheme, basis: xr.Dataset) -> bool:
    """Whether nothing but answers that are asked once differs between scenarios: pensions and lump sums without
    conversions, supplements, and adjustments by bands, by conditions or balanced."""
    if "overlap" in basis or any(one.accompanies or one.conversion(basis) is not None for one in scheme.benefits):
        return False
    rules = [one.indexation for one in scheme.benefits]
    return not any(getattr(rule, word, None) for rule in rules for word in ("bands", "only_if", "balancing"))


def _all_scenarios(insured: xr.Dataset, basis: xr.Dataset, scheme: Scheme) -> xr.Dataset:
    """All scenarios, in threads, with what benefits answer asked once for all of them."""
    grid, count = make_grid(basis, scheme), basis.sizes["scenario"]
    asked = [Asked(benefit, grid) for benefit in in_order(settled(scheme))]
    shared, claims = _unaudited(basis.drop_dims("scenario")), claims_of(insured, basis)

    def one(place: int) -> dict[str, dict[str, np.ndarray]]:
        order: list[Any] = [benefit.of(place) for benefit in asked]
        return _parts(order, claims[place], shared, scheme, {})[0]

    first, names = one(0), [benefit.name for benefit in scheme.benefits]
    tables = _tables(first, names, count)
    with ThreadPoolExecutor(max_workers=threads()) as pool:
        list(pool.map(lambda place: _put(tables, place, one(place), names), range(1, count)))
    return _label(tables, first, basis, scheme)


def _unaudited(basis: xr.Dataset) -> xr.Dataset:
    """A basis without audited accounts, where no year has any: every benefit asks for them."""
    return quick_set(basis if audited_years(basis) else basis.drop_vars("audited_accounts", errors="ignore"))


def _parts(
    order: list[Benefit],
    claims: Claims,
    basis: xr.Dataset,
    scheme: Scheme,
    moves: dict[str, Move],
    finance: xr.Dataset | None = None,
    everybody: xr.Dataset | None = None,
    spreads: Spreads | None = None,
) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, Arrivals]]:
    """Stocks and flows of every benefit of one scenario, and the beneficiaries who died."""
    grid = make_grid(basis, scheme)
    dead: dict[str, Arrivals] = {}
    alive: dict[str, Arrivals] = {}
    moved: dict[str, Arrivals] = {}
    drawn: dict[str, Drawn] = {}
    parts = {}
    for benefit in order:
        retired, started = arrivals(benefit, claims, dead if benefit.upon == "death" else alive, grid)
        if benefit.accompanies:
            parts[benefit.name] = supplement(benefit, drawn, grid, lengths(basis), everybody)
        elif benefit.lump_sum:
            parts[benefit.name] = _lump_sum(retired + started, terms_of(benefit.name, basis), basis)
        else:
            came = sum((moved[name] for name, move in moves.items() if move.to == benefit.name), nobody(basis))
            found = _pension(benefit, retired, started, came, moves.get(benefit.name), basis, finance, everybody)
            values, died, converted, shown, left = found
            shown = replace(shown, elsewhere=[drawn[name] for name, move in moves.items() if move.to == benefit.name])
            _begin_elsewhere(values, shown, benefit, basis)
            if spreads is not None and benefit.name in spreads.levels:
                year = Year.of(benefit, shown, started, came, moves.get(benefit.name), basis)
                source = dead if benefit.upon == "death" else alive
                shown = replace(shown, lacking=spreads.shortfalls(benefit, year, source))
            parts[benefit.name], drawn[benefit.name] = values, shown
            dead[benefit.name], alive[benefit.name], moved[benefit.name] = died, left, converted
        if moves:
            parts[benefit.name] |= _net(moved, moves, benefit.name, basis)
        factor: Any = calibration_factor(basis, f"expenditure:{benefit.name}")
        paid = labelled(parts[benefit.name]["benefit_expenditure"] * factor, PLACE[:1], {"year": basis["year"]})
        factor = factor * np.asarray(scaling(paid, basis, f"expenditure:{benefit.name}"))
        for name in ("benefit_expenditure", "topup_expenditure"):
            parts[benefit.name][name] = parts[benefit.name][name] * factor
    return parts, dead


def _recovered(
    result: xr.Dataset, dead: dict[str, Arrivals], benefits: tuple[Benefit, ...], basis: xr.Dataset
) -> dict[str, Any]:
    """Beneficiaries who recover: those who leave less those who die, and of those of the valuation date among them the
    ones whose credits are not known, of several pensions in proportion to their pensioners."""
    ended, names = result["terminations"], list(result["benefit"].values)
    gone, old = np.zeros(ended.shape), np.zeros(ended.shape)
    opening = {benefit.name: opening_stock(benefit, basis)[0] for benefit in benefits}
    everybody = sum(opening.values(), 0.0 * opening[benefits[0].name])
    lacking = without_credit(", ".join(opening), basis, everybody)
    share = np.divide(lacking, everybody, out=np.zeros_like(lacking), where=everybody > 0)
    for benefit in benefits:
        place = names.index(benefit.name)
        gone[:, place] = np.maximum(ended.values[:, place] - dead[benefit.name].number, 0.0)
        old[:, place] = recovered(benefit, basis, share * opening[benefit.name])
    return {
        "pension_recoveries": ended.copy(data=gone),
        "recoveries_without_credits": ended.copy(data=old),
    }


def _net(moved: dict[str, Arrivals], moves: dict[str, Move], name: str, basis: xr.Dataset) -> dict[str, np.ndarray]:
    """Those who came to a benefit from others less those who left it for another."""
    none = nobody(basis)
    came = sum((moved[one] for one, move in moves.items() if move.to == name), none)
    left = moved.get(name, none)
    return {"conversions": came.number - left.number, "conversions_amount": came.amount - left.amount}


def _lump_sum(paid: Arrivals, terms: Terms, basis: xr.Dataset) -> dict[str, np.ndarray]:
    """A lump sum ends in the year of its award and leaves no stock."""
    none, length = np.zeros_like(paid.number), lengths(basis)
    return {
        "pensioners": none,
        "pension_mass": none,
        "topup_mass": none,
        "new_awards": paid.number,
        "new_awards_amount": paid.amount,
        "terminations": paid.number,
        "terminations_amount": paid.amount,
        "benefit_expenditure": paid_once(paid.amount.sum(axis=(1, 2)), terms, length),
        "topup_expenditure": paid_once(paid.topup.sum(axis=(1, 2)), terms, length),
        "pension_indexation": np.zeros(len(none)),
    }


def _pension(
    benefit: Benefit,
    retired: Arrivals,
    started: Arrivals,
    came: Arrivals,
    move: Move | None,
    basis: xr.Dataset,
    finance: xr.Dataset | None,
    everybody: xr.Dataset | None,
) -> tuple[dict[str, np.ndarray], Arrivals, Arrivals, Drawn, Arrivals]:
    """Stocks and expenditure of a pension; its beneficiaries who died, those who converted, what supplements see, and
    those who left it alive."""
    stay = staying(benefit, basis)
    awarded, lost, lasting = retired + started, started.times(stay.lost), retired + started.times(stay.kept)
    number_0, mass_0 = opening_stock(benefit, basis)
    none_0, everyone = np.zeros_like(mass_0), lasting + came
    opening, entering = (number_0, mass_0, none_0), (everyone.number, everyone.amount, everyone.topup)
    given = stay.stays, None if move is None else move.share, basis, finance, everybody
    found, moved, growth, adjustment = _course(benefit, opening, entering, *given)
    number, mass, topup, gone = found[0], found[1], found[2], Arrivals(found[3], found[4], found[5])
    more: dict[str, np.ndarray] = {}
    if everyone.before is not None:
        opening, before = (number_0, opening_before(benefit, basis), none_0), everyone.before
        entering = (everyone.number, before.amount, before.topup)
        course = partial(_course, benefit, opening, entering, *given)
        gone, moved, more = _before(benefit, gone, moved, course)
    ended = gone + lost
    early, terms = 1.0 - 2.0 * before_adjustment(benefit, basis), terms_of(benefit.name, basis)
    length, rise = lengths(basis), early[:, np.newaxis, np.newaxis] * adjustment
    drawn = Drawn(number, mass, number_0, mass_0, lasting, given[1], rise, terms)
    kept = drawn.kept()

    def paid(stock: np.ndarray, opening: np.ndarray, new: np.ndarray) -> np.ndarray:
        if has_bands(benefit) or not terms.plain:
            starts = np.concatenate([opening[np.newaxis], stock[:-1]]) * (1.0 + rise)
            return paid_in_year(starts, stock, new, terms, length, benefit.payments)
        ends = stock.sum(axis=(1, 2))
        starts = np.concatenate([[opening.sum()], ends[:-1]]) * (1.0 + early * growth)
        return length * (benefit.payments / 12.0 * (starts + ends) / 2.0)

    values = {
        "pensioners": number,
        "pension_mass": mass,
        "topup_mass": topup,
        "new_awards": awarded.number,
        "new_awards_amount": awarded.amount,
        "terminations": ended.number,
        "terminations_amount": ended.amount,
        "benefit_expenditure": paid(mass, mass_0, kept.amount),
        "topup_expenditure": paid(topup, none_0, kept.topup),
        "pension_indexation": growth,
        "pension_adjustment": np.broadcast_to(adjustment, number.shape),
        **more,
    }
    died = gone.times(stay.die) + lost.times(stay.die_soon)
    return values, died, moved, drawn, ended.less(died)


def _before(
    benefit: Benefit, left: Arrivals, moved: Arrivals, course: Callable[[], Adjusted]
) -> tuple[Arrivals, Arrivals, dict[str, np.ndarray]]:
    """Those who leave a stock and those who convert, with their pensions before reductions and increases for age too,
    and these pensions in payment; they move as those paid do."""
    refuse_slices(benefit)
    found, converted, *_ = course()
    left = replace(left, before=Arrivals(found[3], found[4], found[5]))
    return left, replace(moved, before=converted), {"unreduced_mass": found[1]}


def _course(
    benefit: Benefit,
    opening: Stocks,
    entering: Stocks,
    stays: np.ndarray,
    leaving: np.ndarray | None,
    basis: xr.Dataset,
    finance: xr.Dataset | None,
    everybody: xr.Dataset | None,
) -> Adjusted:
    """Stocks of all years, and those who left them, with or without slices and conversions."""
    if has_bands(benefit):
        return run_banded(benefit, opening, entering, stays, leaving, basis, finance, everybody)
    growth = growth_rates(benefit, basis, finance)
    if leaving is None:
        found, moved = [*kernels.run_stock(*opening, *entering, stays, growth)], nobody(basis)
    else:
        found, moved = run_converting(opening, entering, stays, growth, leaving)
    return Adjusted(found, moved, growth, growth[:, np.newaxis, np.newaxis])


def _begin_elsewhere(values: dict[str, np.ndarray], drawn: Drawn, benefit: Benefit, basis: xr.Dataset) -> None:
    """Add to the expenditure on a pension what awards of others make of it who convert to it in the year of award."""
    length = lengths(basis)
    for other, share, terms in drawn.begun_elsewhere():
        new = other.new.times(share)
        for name, money in (("benefit_expenditure", new.amount), ("topup_expenditure", new.topup)):
            values[name] = values[name] + benefit.payments / 12.0 * of_awards(money, terms, length)


def _tables(parts: dict[str, dict[str, np.ndarray]], names: list[str], scenarios: int) -> dict[str, np.ndarray]:
    """Arrays (scenario, year, benefit, ...) by variable, in which the parts of the first scenario are."""
    first = {variable: values for variable, values in parts[names[0]].items() if variable not in SOME}
    tables = {
        variable: np.empty((scenarios, len(values), len(names), *values.shape[1:]))
        for variable, values in first.items()
    }
    _put(tables, 0, parts, names)
    return tables


def _put(
    tables: dict[str, np.ndarray], place: int, parts: dict[str, dict[str, np.ndarray]], names: list[str]
) -> None:
    """Write the parts of a scenario into the arrays of all."""
    for variable, values in tables.items():
        for j, name in enumerate(names):
            values[place, :, j] = parts[name][variable]


def _label(
    tables: dict[str, np.ndarray], parts: dict[str, dict[str, np.ndarray]], basis: xr.Dataset, scheme: Scheme
) -> xr.Dataset:
    """Give the arrays of all scenarios, or of the one that there is, their names; `parts` are those of the first."""
    names = [benefit.name for benefit in scheme.benefits]
    several = ("scenario",) if "scenario" in basis.dims else ()
    data = {}
    for variable, values in tables.items():
        dims = ("year", "benefit", "sex", "age")[: values.ndim - 1]
        data[variable] = ((*several, *dims), values if several else values[0])
    number, mass = (tables[variable].sum(axis=-1) for variable in ("pensioners", "pension_mass"))
    average = np.divide(mass, number, out=np.full_like(mass, np.nan), where=number > 0)
    data["average_pension"] = ((*several, "year", "benefit", "sex"), average if several else average[0])
    coords = {d: basis[d] for d in (*several, *PLACE)} | {"benefit": names}
    result = dataset(data, coords)
    if any(has_bands(benefit) for benefit in scheme.benefits):
        none = np.zeros_like(parts[names[0]]["pensioners"])
        each = [parts[name].get("pension_adjustment", none) for name in names]
        result["pension_adjustment"] = (("year", "benefit", "sex", "age"), np.stack(each, axis=1))
    if any("unreduced_mass" in parts[name] for name in names):
        each = [parts[name].get("unreduced_mass", parts[name]["pension_mass"]) for name in names]
        result["unreduced_mass"] = (("year", "benefit", "sex", "age"), np.stack(each, axis=1))
    if any(benefit.accompanies for benefit in scheme.benefits):
        result["accompanying"] = ("benefit", [float(bool(benefit.accompanies)) for benefit in scheme.benefits])
    if "overlap" in basis:
        result["pension_persons"] = (PLACE[:2], _persons(parts, basis, scheme))
    return result


def _persons(parts: dict[str, dict[str, np.ndarray]], basis: xr.Dataset, scheme: Scheme) -> np.ndarray:
    """Persons who draw a pension on 31 December (year, sex), those with several once."""
    total = np.zeros([basis.sizes[d] for d in PLACE[:2]])
    for benefit in scheme.benefits:
        if benefit.lump_sum or benefit.accompanies:
            continue
        twice = by_benefit(basis, "overlap", benefit.name)
        share = 0.0 if twice is None else align(twice, PLACE[1:], labels_of(basis, PLACE[1:]))
        total = total + (parts[benefit.name]["pensioners"] * (1.0 - share)).sum(axis=2)
    return total
