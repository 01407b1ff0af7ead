"""From the deceased to their survivors."""

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.errors import BadScheme

FAMILY = ("year", "sex", "age", "sex_of_survivor", "age_of_survivor")


def survivors(deceased: np.ndarray, family: xr.DataArray, basis: xr.Dataset) -> np.ndarray:
    """Survivors by their own sex and age: sum over the deceased of persons or money times the family matrix.

    Parameters
    ----------
    deceased : array (quantity, year, sex, age)
        Deceased, or money they leave, by sex and age reached on 31 December.
    family : DataArray (year, sex, age, sex_of_survivor, age_of_survivor)
        Expected number of survivors per deceased. Year, sex and age may be left out where they do not matter; ages of
        survivors may end before the last age where no survivor is older.
    basis : Dataset with year, sex and age

    Returns
    -------
    array (quantity, year, sex, age), by sex and age of the survivors

    Raises
    ------
    BadScheme
        The matrix does not say who the survivors are.
    BadDimensions
        A dimension or a label that the basis does not have.

    Notes
    -----
    n[t, u, v] = sum_{s,x} d[t, s, x] family[t, s, x, u, v]
    """
    lacking = [d for d in FAMILY[3:] if d not in family.dims]
    if lacking:
        raise BadScheme(
            f"family: the matrix lacks {', '.join(lacking)}; give survivors per deceased over {', '.join(FAMILY)}."
        )
    dims = FAMILY if "year" in family.dims else FAMILY[1:]
    ages = family["age_of_survivor"].values
    coords = {d: basis[d] for d in FAMILY[:3]} | {"sex_of_survivor": basis["sex"], "age_of_survivor": ages}
    matrix = align(family, dims, coords)
    quantities, years = deceased.shape[:2]
    people = deceased.reshape(quantities, years, 1, -1)
    matrix = matrix.reshape(*matrix.shape[:-4], people.shape[-1], -1)
    found = np.matmul(people, matrix).reshape(quantities, years, basis.sizes["sex"], len(ages))
    result = np.zeros((*found.shape[:3], basis.sizes["age"]))
    result[..., np.searchsorted(basis["age"].values, ages)] = found
    return result
