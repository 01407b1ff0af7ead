"""What pension benefits have in common: ages reached, service completed, staying alive."""

from typing import Any

import xarray as xr

from actuarial.dated import Number, clip

ROUNDING = 1e-9  # years


def reached(person: Any, age: Number) -> Number:
    """Share of those of an age (last birthday on 31 December) who have passed an exact age by then.

    Birthdays are spread evenly over the year: clip(x + 1 - age, 0, 1).
    """
    return clip(person.age + 1.0 - age, 0.0, 1.0)


def served(person: Any, years: Number) -> Number:
    """1 where the years of credit suffice, else 0."""
    return 1.0 * (person.service >= years - ROUNDING)


def stays_alive(name: str, basis: xr.Dataset) -> xr.DataArray:
    """Probability that a beneficiary aged x on 31 December is alive a year later (year, sex, age).

    Mortality of the population times `mortality_ratio_pensioners` of the benefit, where the basis has it.
    """
    from actuarial.demography.mortality import member_survival

    ratio = None
    if "mortality_ratio_pensioners" in basis:
        ratio = basis["mortality_ratio_pensioners"]
        if "benefit" in ratio.dims:
            known = [str(word) for word in basis["benefit"].values]
            ratio = ratio.sel(benefit=name, drop=True) if name in known else None
    return member_survival(basis, ratio)
