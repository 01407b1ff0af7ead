"""How the pensions of a benefit are adjusted, as arrays; who stays in it and who is alive is in `labour.staying`."""

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.check.period import twelfths_before
from actuarial.errors import BadInput, BadScheme
from actuarial.labour.staying import PLACE, Staying, staying
from actuarial.scheme import Benefit
from actuarial.translation import N_, Told

__all__ = ["PLACE", "Staying", "before_adjustment", "growth_rates", "known", "refuse_rates", "staying"]
SAME_DAY = 1e-9  # years: an adjustment on the day after the valuation date is still to come


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
        text = N_(
            "{name}: the indexation must be a number above -1 in every year; in {count} of {whole} years it is not, "
            "the first is {year} with {value:g}."
        )
        first = {"year": int(years[bad][0]), "value": growth[bad][0]}
        raise BadScheme(Told(text, name=name, count=int(bad.sum()), whole=bad.size, **first))


def before_adjustment(benefit: Benefit, basis: xr.Dataset) -> np.ndarray:
    """Fraction of every period that lies before the adjustment of pensions (year,).

    f of a whole year; (f - g)/(1 - g) where the fraction g of the first year lies before the valuation date.
    """
    time, past = benefit.indexation_time, twelfths_before(basis)
    part = np.full(basis.sizes["year"], time)
    if past > 0.0:
        part[0] = max(0.0, (time - past) / (1.0 - past))
    return part
