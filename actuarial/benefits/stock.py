"""Beneficiaries, pensions in payment and expenditure of every benefit of a scheme."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.audited import scaling
from actuarial.benefits import kernels
from actuarial.benefits.claims import Arrivals, arrivals
from actuarial.benefits.opening import check_inputs, opening_stock
from actuarial.benefits.staying import PLACE, before_adjustment, from_start, growth_rates, share_of_deaths, staying
from actuarial.bridge import over_scenarios
from actuarial.calibration import calibration_factor
from actuarial.check.period import year_fraction
from actuarial.errors import BadScheme
from actuarial.person import make_grid
from actuarial.scheme import Benefit, Scheme
from actuarial.vocabulary import annotate


def project_pensions(
    insured: xr.Dataset, basis: xr.Dataset, scheme: Scheme, *, finance: xr.Dataset | None = None
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

    Returns
    -------
    Dataset
        `pensioners`, `pension_mass`, `topup_mass`, `new_awards`, `new_awards_amount`, `terminations`,
        `terminations_amount` (scenario, year, benefit, sex, age), `average_pension` without age (NaN where there are no
        pensioners), `benefit_expenditure`, `topup_expenditure`, `pension_indexation` (scenario, year, benefit).

    Raises
    ------
    MissingVariable, OutOfBounds, BadDimensions
        Claims or opening pensions that are absent or not numbers.
    BadInput, BadBasis, BadScheme
        Claims of another scheme, opening pensioners of a benefit that is no pension of the scheme, benefits that follow
        each other in a circle, answers of a benefit that cannot be meant.

    Notes
    -----
    Pensions of the valuation date are those of December, before the next adjustment; mortality and adjustment act in
    the first year too. Who ends is counted at the age reached on 31 December, with the adjustment of the year.

    Where the valuation date lies inside the first year, phi of which is left, pensioners are by the age on the last day
    of the year before, all probabilities p of staying are p^phi in the first year and E is phi times the above. The
    pensions of that day are adjusted in the year if the day of adjustment follows it, else they hold the adjustment.

    References
    ----------
    .. [1] Plamondon, P. et al. (2002), Actuarial practice in social security, International Labour Office, chapter 10.
    """

    def one(insured: xr.Dataset, basis: xr.Dataset, finance: xr.Dataset | None) -> xr.Dataset:
        return _one_scenario(insured, basis, scheme, finance)

    check_inputs(insured, basis, scheme)
    return annotate(over_scenarios(one, insured, basis, finance))


def _one_scenario(insured: xr.Dataset, basis: xr.Dataset, scheme: Scheme, finance: xr.Dataset | None) -> xr.Dataset:
    grid = make_grid(basis, scheme)
    dead: dict[str, Arrivals] = {}
    parts = {}
    for benefit in in_order(scheme.benefits):
        retired, started = arrivals(benefit, insured, dead, grid)
        if benefit.lump_sum:
            parts[benefit.name] = _lump_sum(retired + started)
        else:
            parts[benefit.name], dead[benefit.name] = _pension(benefit, retired, started, basis, finance)
        factor: Any = calibration_factor(basis, f"expenditure:{benefit.name}")
        paid = xr.DataArray(parts[benefit.name]["benefit_expenditure"] * factor, coords={"year": basis["year"]})
        factor = factor * np.asarray(scaling(paid, basis, f"expenditure:{benefit.name}"))
        for name in ("benefit_expenditure", "topup_expenditure"):
            parts[benefit.name][name] = parts[benefit.name][name] * factor
    return _label(parts, basis, scheme)


def in_order(benefits: tuple[Benefit, ...]) -> list[Benefit]:
    """Benefits so that each comes after those it follows.

    Raises
    ------
    BadScheme
        Benefits that follow each other in a circle, an unknown benefit, or a lump sum, which nobody draws until death.
    """
    lump_sums = {b.name for b in benefits if b.lump_sum}
    done: list[Benefit] = []
    waiting = list(benefits)
    while waiting:
        names = {b.name for b in done}
        ready = [b for b in waiting if set(b.follows) <= names - lump_sums]
        if not ready:
            raise BadScheme(
                f"follows: {', '.join(b.name for b in waiting)} follow each other in a circle, or follow a lump sum or "
                "a benefit that is not in the scheme.\n  Name pensions of the scheme and break the circle."
            )
        done += ready
        waiting = [b for b in waiting if b.name not in {one.name for one in ready}]
    return done


def _lump_sum(paid: Arrivals) -> dict[str, np.ndarray]:
    """A lump sum ends in the year of its award and leaves no stock."""
    none = np.zeros_like(paid.number)
    return {
        "pensioners": none,
        "pension_mass": none,
        "topup_mass": none,
        "new_awards": paid.number,
        "new_awards_amount": paid.amount,
        "terminations": paid.number,
        "terminations_amount": paid.amount,
        "benefit_expenditure": paid.amount.sum(axis=(1, 2)),
        "topup_expenditure": paid.topup.sum(axis=(1, 2)),
        "pension_indexation": np.zeros(len(none)),
    }


def _pension(
    benefit: Benefit, retired: Arrivals, started: Arrivals, basis: xr.Dataset, finance: xr.Dataset | None
) -> tuple[dict[str, np.ndarray], Arrivals]:
    """Stocks and expenditure of a pension, and those of its beneficiaries who died with what they left."""
    stays, alive, exposed = staying(benefit, basis)
    growth = growth_rates(benefit, basis, finance)
    lost = started.times(0.5 * (1.0 - exposed))
    lasting = retired + started.times(1.0 - 0.5 * (1.0 - exposed))
    number_0, mass_0 = opening_stock(benefit, basis)
    none_0 = np.zeros_like(mass_0)
    entering = (lasting.number, lasting.amount, lasting.topup)
    number, mass, topup, *gone = kernels.run_stock(number_0, mass_0, none_0, *entering, stays, growth)
    ended = Arrivals(*gone) + lost
    early, length = 1.0 - 2.0 * before_adjustment(benefit, basis), year_fraction(basis).values

    def paid(stock: np.ndarray, opening: np.ndarray) -> np.ndarray:
        ends = stock.sum(axis=(1, 2))
        starts = np.concatenate([[opening.sum()], ends[:-1]]) * (1.0 + early * growth)
        return length * (benefit.payments / 12.0 * (starts + ends) / 2.0)

    values = {
        "pensioners": number,
        "pension_mass": mass,
        "topup_mass": topup,
        "new_awards": retired.number + started.number,
        "new_awards_amount": retired.amount + started.amount,
        "terminations": ended.number,
        "terminations_amount": ended.amount,
        "benefit_expenditure": paid(mass, mass_0),
        "topup_expenditure": paid(topup, none_0),
        "pension_indexation": growth,
    }
    alive = from_start(alive)
    died = Arrivals(*gone).times(share_of_deaths(from_start(stays), alive))
    return values, died + lost.times(share_of_deaths(exposed, alive))


def _label(parts: dict[str, dict[str, np.ndarray]], basis: xr.Dataset, scheme: Scheme) -> xr.Dataset:
    names = [benefit.name for benefit in scheme.benefits]
    data = {}
    for variable, first in parts[names[0]].items():
        dims = ("year", "benefit", "sex", "age")[: first.ndim + 1]
        data[variable] = (dims, np.stack([parts[name][variable] for name in names], axis=1))
    coords = {d: basis[d] for d in PLACE} | {"benefit": names}
    result = xr.Dataset(data, coords=coords)
    people = result["pensioners"].sum("age")
    result["average_pension"] = (result["pension_mass"].sum("age") / people.where(people > 0)).transpose(..., "sex")
    return result
