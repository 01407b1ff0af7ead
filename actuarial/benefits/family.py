"""From the deceased to their survivors."""

import numpy as np
import xarray as xr

from actuarial.benefits.claims import Arrivals
from actuarial.bridge import align

FAMILY = ("year", "sex", "age", "sex_of_survivor", "age_of_survivor")


def survivors(deceased: Arrivals, family: xr.DataArray, basis: xr.Dataset) -> Arrivals:
    """Survivors by their own sex and age: sum over the deceased of number and money times the family matrix.

    `family` (year, sex, age, sex_of_survivor, age_of_survivor) is the expected number of survivors per deceased.
    """
    coords = {d: basis[d] for d in ("year", "sex", "age")}
    coords |= {"sex_of_survivor": basis["sex"].values, "age_of_survivor": basis["age"].values}
    matrix = align(family, tuple(d for d in FAMILY if d in family.dims), coords)
    letters = dict(zip(FAMILY, "tsxuv", strict=True))
    subscript = "".join(letters[d] for d in FAMILY if d in family.dims)
    return Arrivals(
        *(np.einsum(f"tsx,{subscript}->tuv", x, matrix, optimize=True) for x in (deceased.number, deceased.amount,
                                                                                deceased.topup))
    )
