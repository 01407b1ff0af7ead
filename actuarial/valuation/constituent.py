"""Capital values of the benefits that a scheme awards: of each award alone, or with the survivors it will leave."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import xarray as xr

from actuarial.benefits.claims import (
    Arrivals,
    Claims,
    amount_per_head,
    arrivals,
    claims_of,
    family_of,
    kept_by_survivors,
    nobody,
    share_of_pension,
    share_who_claim,
)
from actuarial.benefits.conversion import conversions
from actuarial.benefits.opening import check_inputs, opening_before, opening_stock, pensions_before
from actuarial.benefits.order import in_order
from actuarial.benefits.paying import terms_of
from actuarial.benefits.slices import has_bands
from actuarial.benefits.staying import PLACE, growth_rates, staying
from actuarial.bridge import align, over_scenarios
from actuarial.calibration import calibration_factor
from actuarial.check import require
from actuarial.check.period import first_period
from actuarial.contract import before_start, settled
from actuarial.demography.ages import from_end
from actuarial.errors import BadInput
from actuarial.person import Person, make_grid
from actuarial.scheme import Benefit, Scheme
from actuarial.valuation.capital import backwards
from actuarial.vocabulary import annotate


def constituent_capitals(
    insured: xr.Dataset, basis: xr.Dataset, scheme: Scheme, *, finance: xr.Dataset | None = None
) -> xr.Dataset:
    """Capital values of the benefits that insured persons are awarded, with all that their survivors will be paid.

    Parameters
    ----------
    insured : Dataset of `project_insured`
    basis : Dataset
        As for `project_pensions`, and `interest_rate`. After its last year all rates and amounts of that year stay.
    scheme : Scheme
    finance : Dataset of `project_finance`, where an indexation looks back at it

    Returns
    -------
    Dataset
        `awarded_capital` (scenario, year, benefit), currency/year, valued at mid-year: what starts with a beneficiary's
        death, or with the end of a pension such as by remarriage, is part of the beneficiary's award, and survivors'
        benefits count for the deaths of insured persons only.
        `opening_capital` (scenario, benefit), currency: the same of the pensions in payment on the valuation date.

    Raises
    ------
    MissingVariable, BadInput, BadBasis, BadScheme
        As `project_pensions`; a first period that is a part of a year; an infinite value at the open age; supplements
        and pensions whose slices are adjusted apart, since these depend on the pensions of everybody.

    Notes
    -----
    Along cohorts, backwards, with j the indexation, h the part of the year before it, p the continuance, d the share of
    deaths among those who leave, G what a unit that a deceased leaves is worth to the survivors at mid-year and L what
    is paid for a unit of those who leave alive:

        M_{t,x} = v^(1/2) [ (1 + (1-2h) j + (1+j) p) / 2 + (1+j) (1-p) (d G + (1-d) L) ] + v (1+j) p M_{t+1,x+1}

    Those who retire are worth 1/2 + v^(1/2) M; who starts at mid-year meets half of the probability of leaving first.
    Where a share c of the age reached converts to another pension, the value of 31 December is (1-c) M + c M', M' that
    of the other pension: what is paid after a conversion belongs to the award that it began with. Suspended pensions,
    the part of the year of award and the time until the first payment count as in `benefits.paying`.

    The reserve of `terminal_funding` with these capitals is the value of all that beneficiaries and their survivors
    will be paid; interest within the year is compound and expenditure as projected, audited years apart.

    References
    ----------
    .. [1] Iyer (1999), Actuarial mathematics of social security pensions, chapter 1 (terminal funding).

    Examples
    --------
    capitals = constituent_capitals(insured, basis, scheme)
    """

    def one(insured: xr.Dataset, basis: xr.Dataset, finance: xr.Dataset | None) -> xr.Dataset:
        grid = make_grid(basis, scheme)
        worths = _worths(grid, scheme, finance, survivors=True)
        claims = claims_of(insured, basis, tuple(before_start(scheme)))[0]
        awards = {benefit.name: _own(benefit, claims, grid) for benefit in settled(scheme)}
        return _capitals(worths, awards, basis, scheme)

    return _by_scenario(one, insured, basis, scheme, finance)


def terminal_capitals(
    insured: xr.Dataset,
    pensions: xr.Dataset,
    basis: xr.Dataset,
    scheme: Scheme,
    *,
    finance: xr.Dataset | None = None,
) -> xr.Dataset:
    """Capital values of the benefits awarded in a year, each for its own payments; survivors have awards of their own.

    Parameters
    ----------
    insured, basis, scheme, finance
        As for `constituent_capitals`.
    pensions : Dataset of `project_pensions`

    Returns
    -------
    Dataset
        `awarded_capital`, `opening_capital` as `constituent_capitals`, without what survivors will be paid.

    Raises
    ------
    MissingVariable, BadInput, BadBasis, BadScheme
        As `constituent_capitals`.

    Examples
    --------
    capitals = terminal_capitals(insured, pensions, basis, scheme)
    """
    require(pensions, "new_awards", "new_awards_amount")

    def one(insured: xr.Dataset, basis: xr.Dataset, finance: xr.Dataset | None, pensions: xr.Dataset) -> xr.Dataset:
        grid = make_grid(basis, scheme)
        worths = _worths(grid, scheme, finance, survivors=False)
        awards, claims = {}, claims_of(insured, basis)[0]
        for benefit in settled(scheme):
            retired, started = _own(benefit, claims, grid)
            coords = {dim: basis[dim] for dim in PLACE}
            number, amount = (
                align(pensions[name].sel(benefit=benefit.name, drop=True), PLACE, coords)
                for name in ("new_awards", "new_awards_amount")
            )
            awards[benefit.name] = retired, Arrivals(number - retired.number, amount - retired.amount, started.topup)
        return _capitals(worths, awards, basis, scheme)

    return _by_scenario(one, insured, basis, scheme, finance, pensions)


@dataclass(frozen=True)
class Worth:
    """What a unit of yearly amount, what a head and what a unit of the amount before reductions and increases for age,
    of which survivors have a share, is worth, first axis: amount, head, unreduced amount.

    stock   (3, year + 1, sex, age)  on each 31 December, the valuation date first
    retired, started  (3, year, sex, age)  at mid-year, by age reached on 31 December
    rate    (year, sex, age)  payments of a year on a unit of yearly amount
    """

    stock: np.ndarray
    retired: np.ndarray
    started: np.ndarray
    rate: np.ndarray


def _by_scenario(one, insured, basis, scheme, finance, *more):
    check_inputs(insured, basis, scheme)
    unknown = [b.name for b in scheme.benefits if b.accompanies or has_bands(b)]
    if unknown:
        raise BadInput(
            f"Capital values know neither supplements nor adjustments by slices of pensions ({', '.join(unknown)}).\n"
            "  Use liabilities(basis, scheme), which projects all that is paid."
        )
    require(basis, "interest_rate")
    if first_period(basis) < 1:
        raise BadInput("Capital values are those of whole years: give a basis whose valuation date is a 31 December.")
    return annotate(over_scenarios(one, insured, basis, finance, *more))


def _own(benefit: Benefit, claims: Claims, grid: Person) -> tuple[Arrivals, Arrivals]:
    """Awards to insured persons and to the survivors of the insured."""
    basis = cast(xr.Dataset, grid.basis)
    return arrivals(benefit, claims, {name: nobody(basis) for name in benefit.follows}, grid)


def _worths(grid: Person, scheme: Scheme, finance: xr.Dataset | None, survivors: bool) -> dict[str, Worth]:
    """Worth of every benefit, those that follow others first."""
    found: dict[str, Worth] = {}
    moves = conversions(scheme.benefits, cast(xr.Dataset, grid.basis))
    benefits = settled(scheme)
    for benefit in reversed(in_order(benefits, {name: move.to for name, move in moves.items()})):
        followers = [one for one in benefits if survivors and benefit.name in one.follows]
        left = {word: np.zeros(()) for word in ("death", "leaving")}
        for one in followers:
            left[one.upon] = left[one.upon] + _left(one, found[one.name].started, grid)
        move = moves.get(benefit.name)
        after = None if move is None else (move.share, found[move.to])
        found[benefit.name] = _worth(benefit, left, cast(xr.Dataset, grid.basis), finance, after)
    return found


def _worth(
    benefit: Benefit,
    left: dict[str, np.ndarray],
    basis: xr.Dataset,
    finance: xr.Dataset | None,
    after: tuple[np.ndarray, Worth] | None,
) -> Worth:
    """Worth of one benefit.

    Those whose pension ends by death, and those who leave it alive, leave what is worth `left` (3, year, sex, age) at
    mid-year; `after` is the share (year, sex, age reached) that converts to another pension, and the worth of that one.
    """
    factor = calibration_factor(basis, f"expenditure:{benefit.name}")
    shape = tuple(basis.sizes[dim] for dim in PLACE)
    terms = terms_of(benefit.name, basis)
    half = (1 + align(basis["interest_rate"], PLACE[:1], {"year": basis["year"]}))[:, None, None] ** -0.5
    a_year_later = half * np.concatenate([half[1:], half[-1:]]) - 1.0
    if benefit.lump_sum:
        paid_later = np.full(shape, factor) * (1.0 + terms.lag * a_year_later)
        unit = np.stack([paid_later, np.zeros(shape), np.zeros(shape)])
        return Worth(np.zeros((3, shape[0] + 1, *shape[1:])), unit, unit, np.zeros(shape))
    stay = staying(benefit, basis)
    stays, lost = stay.stays, stay.lost
    growth = growth_rates(benefit, basis, finance)[:, None, None]
    rate = terms.weighted(np.full(shape, factor * benefit.payments / 12))
    none = np.zeros((3, shape[0] + 1, 1, 1))
    share, other = after or (np.zeros(shape), Worth(none, none, none, np.zeros(shape)))
    ending = (1 - share) * rate + share * other.rate
    dead, living = (np.broadcast_to(left[word], (3, *shape)) for word in ("death", "leaving"))
    dying = from_end(stay.die * dead + (1 - stay.die) * living)
    early = 1 + (1 - 2 * benefit.indexation_time) * growth
    payments = (rate * early + (1 + growth) * stays * from_end(ending)) / 2
    paid = [half * (payments + (1 + growth) * (1 - stays) * dying[0]), half * (1 - stays) * dying[1]]
    paid.append(half * (1 + growth) * (1 - stays) * dying[2])
    carried = [half**2 * (1 + growth) * stays, half**2 * stays, half**2 * (1 + growth) * stays]
    moved = [from_end(share * worth[1:]) for worth in other.stock]
    paid = [flow + kept * value for flow, kept, value in zip(paid, carried, moved, strict=True)]
    carried = [kept * from_end(1 - share) for kept in carried]
    stock = np.stack([_along(*parts) for parts in zip(paid, carried, strict=True)])
    first = ending * terms.first * (1 + terms.lag**2 * a_year_later)
    retired = half * ((1 - share) * stock[:, 1:] + share * other.stock[:, 1:])
    retired[0] += first
    started = stay.kept * retired + lost * (stay.die_soon * dead + (1 - stay.die_soon) * living)
    return Worth(stock, retired, started, rate)


def _left(benefit: Benefit, worth: np.ndarray, grid: Person) -> np.ndarray:
    """What a unit of the pension of a deceased, what a deceased, and what a unit of the pension before reductions and
    increases leaves through a benefit that follows, which has neither."""
    basis = cast(xr.Dataset, grid.basis)
    family, kept = family_of(benefit, basis), kept_by_survivors(benefit, basis)
    own = worth[0] + worth[2]
    worth = np.stack([own if kept is None else own * kept, worth[1]])
    amount, head = worth if family is None else family.per_deceased(worth)
    claim = share_who_claim(benefit, grid)
    none = np.zeros_like(amount)
    if benefit.share is None:
        return np.stack([none, claim * (amount_per_head(benefit, grid) * amount + head), none])
    part = claim * share_of_pension(benefit, grid) * amount
    parts = (part, claim * head, none) if benefit.share_before is None else (none, claim * head, part)
    return np.stack(parts)


def _along(paid: np.ndarray, carried: np.ndarray) -> np.ndarray:
    """`backwards` for arrays of (year, sex, age)."""
    return np.moveaxis(backwards(np.moveaxis(paid, 0, -2), np.moveaxis(carried, 0, -2)), -2, 0)


def _capitals(worths, awards, basis, scheme):
    """Capitals of the awards and of the opening stocks."""
    names, before = [benefit.name for benefit in scheme.benefits], pensions_before(scheme, basis)
    awarded, opening = [], []
    for benefit in scheme.benefits:
        worth, (retired, started) = worths[benefit.name], awards[benefit.name]
        value = sum(
            unit[0] * people.amount + unit[1] * people.number + unit[2] * people.counted.amount
            for unit, people in ((worth.retired, retired), (worth.started, started))
        )
        awarded.append(value.sum(axis=(1, 2)))
        number, mass = opening_stock(benefit, basis)
        counted = opening_before(benefit, basis) if benefit.name in before else mass
        opening.append(np.sum(worth.stock[0, 0] * mass + worth.stock[1, 0] * number + worth.stock[2, 0] * counted))
    coords = {"year": basis["year"], "benefit": names}
    found = {"awarded_capital": (("year", "benefit"), np.stack(awarded, axis=1))}
    return xr.Dataset({**found, "opening_capital": ("benefit", opening)}, coords)
