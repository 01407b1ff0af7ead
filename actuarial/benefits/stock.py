"""Beneficiaries, pensions in payment and expenditure of every benefit of a scheme."""

import numpy as np
import xarray as xr

from actuarial.benefits import kernels
from actuarial.benefits.claims import PLACE, Arrivals, from_followed, from_insured
from actuarial.benefits.family import survivors
from actuarial.bridge import align, over_scenarios
from actuarial.calibration import calibration_factor
from actuarial.errors import BadScheme
from actuarial.person import make_grid
from actuarial.scheme import Benefit, Scheme
from actuarial.vocabulary import annotate


def project_pensions(
    insured: xr.Dataset, basis: xr.Dataset, scheme: Scheme, *, finance: xr.Dataset | None = None
) -> xr.Dataset:
    """Stocks and expenditure by benefit, sex and age.

    Numbers and money move along cohorts, never averages: N' = N p + new, TB' = TB p (1 + adj) + new money. What is awarded
    in year t is stored at the age reached on 31 December and enters the expenditure of the year for half of it:
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
        `pensioners`, `pension_mass`, `topup_mass`, `new_awards`, `new_awards_amount`, `terminations`
        (scenario, year, benefit, sex, age), `benefit_expenditure`, `topup_expenditure`, `pension_indexation` (year, benefit).

    References
    ----------
    .. [1] Plamondon, P. et al. (2002), Actuarial practice in social security, International Labour Office, chapter 10.
    """

    def one(insured: xr.Dataset, basis: xr.Dataset, finance: xr.Dataset | None) -> xr.Dataset:
        return _one_scenario(insured, basis, scheme, finance)

    return annotate(over_scenarios(one, insured, basis, finance))


def _one_scenario(insured: xr.Dataset, basis: xr.Dataset, scheme: Scheme, finance: xr.Dataset | None) -> xr.Dataset:
    grid = make_grid(basis, scheme)
    ended: dict[str, Arrivals] = {}
    parts = {}
    for benefit in in_order(scheme.benefits):
        arrivals = from_insured(benefit, insured)
        for name in benefit.follows:
            arrivals = arrivals + from_followed(benefit, ended[name], grid)
        family = benefit.family(basis)
        if family is not None:
            arrivals = survivors(arrivals, family, basis)
        if benefit.lump_sum:
            parts[benefit.name], ended[benefit.name] = _lump_sum(arrivals)
        else:
            parts[benefit.name], ended[benefit.name] = _pension(benefit, arrivals, basis, finance)
        factor = calibration_factor(basis, f"expenditure:{benefit.name}")
        for name in ("benefit_expenditure", "topup_expenditure"):
            parts[benefit.name][name] = parts[benefit.name][name] * factor
    return _label(parts, basis, scheme)


def in_order(benefits: tuple[Benefit, ...]) -> list[Benefit]:
    """Benefits so that each comes after those it follows."""
    done: list[Benefit] = []
    waiting = list(benefits)
    while waiting:
        names = {b.name for b in done}
        ready = [b for b in waiting if set(b.follows) <= names]
        if not ready:
            raise BadScheme(
                f"follows: {', '.join(b.name for b in waiting)} follow each other in a circle or follow a benefit that is not "
                "in the scheme.\n  Name benefits of the scheme and break the circle."
            )
        done += ready
        waiting = [b for b in waiting if b not in ready]
    return done


def _lump_sum(arrivals: Arrivals) -> tuple[dict[str, np.ndarray], Arrivals]:
    none = np.zeros_like(arrivals.number)
    values = {
        "pensioners": none,
        "pension_mass": none,
        "topup_mass": none,
        "new_awards": arrivals.number,
        "new_awards_amount": arrivals.amount,
        "terminations": none,
        "benefit_expenditure": arrivals.amount.sum(axis=(1, 2)),
        "topup_expenditure": arrivals.topup.sum(axis=(1, 2)),
        "pension_indexation": np.zeros(len(none)),
    }
    return values, Arrivals(none, none, none)


def _pension(
    benefit: Benefit, arrivals: Arrivals, basis: xr.Dataset, finance: xr.Dataset | None
) -> tuple[dict[str, np.ndarray], Arrivals]:
    coords = {d: basis[d] for d in PLACE}
    stays = align(benefit.continuance(basis), PLACE, coords)
    growth = align(benefit.indexation(basis, finance), PLACE[:1], coords)
    lasting, leaving = _half_year(benefit, arrivals, stays)
    number_0, mass_0 = _opening(benefit, basis)
    number, mass, topup, gone, gone_mass = kernels.run_stock(
        number_0, mass_0, np.zeros_like(mass_0), lasting.number, lasting.amount, lasting.topup, stays, growth
    )
    early = 1.0 - 2.0 * benefit.indexation_time

    def paid(stock: np.ndarray, opening: np.ndarray) -> np.ndarray:
        ends = stock.sum(axis=(1, 2))
        starts = np.concatenate([[opening.sum()], ends[:-1]]) * (1.0 + early * growth)
        return benefit.payments / 12.0 * (starts + ends) / 2.0

    values = {
        "pensioners": number,
        "pension_mass": mass,
        "topup_mass": topup,
        "new_awards": arrivals.number,
        "new_awards_amount": arrivals.amount,
        "terminations": gone + leaving.number,
        "benefit_expenditure": paid(mass, mass_0),
        "topup_expenditure": paid(topup, np.zeros_like(mass_0)),
        "pension_indexation": growth,
    }
    return values, Arrivals(gone + leaving.number, gone_mass + leaving.amount, np.zeros_like(gone))


def _half_year(benefit: Benefit, arrivals: Arrivals, stays: np.ndarray) -> tuple[Arrivals, Arrivals]:
    """Part of the year's arrivals that is alive on 31 December, and the part that is not.

    Those who retire have outlived the year's decrements; invalids and survivors start at mid-year and are exposed for the
    other half of the year to half of the annual probability of leaving.
    """
    if benefit.on == "retirement":
        none = np.zeros_like(arrivals.number)
        return arrivals, Arrivals(none, none, none)
    start = np.concatenate([stays[:, :, :1], stays[:, :, :-1]], axis=2)
    lasting = 1.0 - (1.0 - start) / 2.0
    last = Arrivals(*(x * lasting for x in (arrivals.number, arrivals.amount, arrivals.topup)))
    lost = Arrivals(*(x * (1.0 - lasting) for x in (arrivals.number, arrivals.amount, arrivals.topup)))
    return last, lost


def _opening(benefit: Benefit, basis: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Beneficiaries on the valuation date and their pensions (sex, age)."""
    coords = {d: basis[d] for d in PLACE[1:]}
    if "pensioners_0" not in basis or benefit.name not in basis["benefit"]:
        empty = np.zeros((basis.sizes["sex"], basis.sizes["age"]))
        return empty, empty.copy()
    number = align(basis["pensioners_0"].sel(benefit=benefit.name), PLACE[1:], coords)
    return number, number * align(basis["pension_0"].sel(benefit=benefit.name), PLACE[1:], coords)


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
