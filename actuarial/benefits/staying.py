"""What a benefit answers about those who draw it, as arrays: who stays, who is alive, how pensions are adjusted."""

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.check.period import first_period, twelfths_before
from actuarial.errors import BadInput, BadScheme
from actuarial.scheme import Benefit

PLACE = ("year", "sex", "age")
SAME_DAY = 1e-9  # years: an adjustment on the day after the valuation date is still to come


def staying(benefit: Benefit, basis: xr.Dataset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities to be paid and to be alive a year later by age at the start, and exposure by age reached.

    Those who retire have outlived the decrements of the year; invalids and survivors start at mid-year and meet half of
    the annual probability of leaving, that of the age they had at the start of the year. In a first period of the
    fraction phi of a year all probabilities p of staying are p^phi.

    Raises
    ------
    BadScheme
        A probability outside 0..1, or more who stay than are alive.
    """
    coords = {d: basis[d] for d in PLACE}
    stays = align(benefit.continuance(basis), PLACE, coords)
    survival, exposure = benefit.survival(basis), benefit.exposure(basis)
    alive = stays if survival is None else align(survival, PLACE, coords)
    exposed = stays if exposure is None else align(exposure, PLACE, coords)
    for word, values, upper, limit in (
        ("continuance", stays, 1.0, "1"),
        ("survival", alive, 1.0, "1"),
        ("continuance", stays, alive, "the survival"),
        ("exposure", exposed, alive, "the survival"),
    ):
        bad = ~((values >= 0.0) & (values <= upper + 1e-12))
        if bad.any():
            raise BadScheme(
                f"{benefit.name}: {word} must lie between 0 and {limit}; {int(bad.sum())} of {bad.size} cells (year, "
                f"sex, age) do not, the first holds {values[bad][0]:g}.\n  Correct what the benefit answers."
            )
    length = first_period(basis)
    if length < 1.0:
        stays, alive, exposed = (np.concatenate([part[:1] ** length, part[1:]]) for part in (stays, alive, exposed))
    return stays, alive, from_start(exposed)


def from_start(values: np.ndarray) -> np.ndarray:
    """From age last birthday at the start of the year to age reached on 31 December."""
    return np.concatenate([values[:, :, :1], values[:, :, :-1]], axis=2)


def share_of_deaths(stays: np.ndarray, alive: np.ndarray) -> np.ndarray:
    """Share of those who leave who die, where death and the other ways out are spread evenly over the year.

    d = (1 - p)(1 + r)/2 / (1 - p r), p the probability to be alive and p r to stay a year later; 0 where all stay.
    """
    rest = np.divide(stays, alive, out=np.ones_like(stays), where=alive > 0)
    return np.divide((1.0 - alive) * (1.0 + rest) / 2.0, 1.0 - stays, out=np.zeros_like(stays), where=stays < 1)


def growth_rates(benefit: Benefit, basis: xr.Dataset, finance: xr.Dataset | None) -> np.ndarray:
    """Adjustment of pensions in payment (year,); none in a first year whose adjustment lies before the valuation date.

    Raises
    ------
    BadScheme
        An adjustment that is no number above -1.
    BadInput
        No finances where the adjustment looks back at them, see `known`.
    """
    growth = align(benefit.indexation(basis, known(benefit, finance)), PLACE[:1], {"year": basis["year"]})
    refuse_rates(benefit.name, growth, basis["year"].values)
    if benefit.indexation_time < twelfths_before(basis) - SAME_DAY:
        growth[0] = 0.0
    return growth


def known(benefit: Benefit, finance: xr.Dataset | None) -> xr.Dataset | None:
    """The finances that an adjustment looks back at; None where they are not known yet, for which a Dataset of nothing
    stands.

    Raises
    ------
    BadInput
        No finances at all where the adjustment says that it needs them.
    """
    if finance is None and getattr(benefit.indexation, "needs_finance", False):
        raise BadInput(
            f"{benefit.name}: its indexation looks back at the finances; give finance=, those of the pass before.\n"
            "  project(basis, scheme) makes the passes; stages one by one begin with finance=xr.Dataset()."
        )
    return None if finance is None or not finance.variables else finance


def refuse_rates(name: str, growth: np.ndarray, years: np.ndarray) -> None:
    """BadScheme where an adjustment is no number above -1."""
    bad = ~((growth > -1.0) & np.isfinite(growth))
    if bad.any():
        raise BadScheme(
            f"{name}: the indexation must be a number above -1 in every year; in {int(bad.sum())} of "
            f"{bad.size} years it is not, the first is {years[bad][0]} with {growth[bad][0]:g}."
        )


def before_adjustment(benefit: Benefit, basis: xr.Dataset) -> np.ndarray:
    """Fraction of every period that lies before the adjustment of pensions (year,).

    f of a whole year; (f - g)/(1 - g) where the fraction g of the first year lies before the valuation date.
    """
    time, past = benefit.indexation_time, twelfths_before(basis)
    part = np.full(basis.sizes["year"], time)
    if past > 0.0:
        part[0] = max(0.0, (time - past) / (1.0 - past))
    return part
