"""From the deceased to their survivors."""

import numpy as np
import xarray as xr

from actuarial.bridge import view
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
    matrix, places = _matrix(family, basis)
    if not deceased.any():
        return np.zeros_like(deceased)
    quantities, years = deceased.shape[:2]
    found = np.matmul(deceased.reshape(quantities, years, 1, -1), matrix)
    result = np.zeros((quantities, years, basis.sizes["sex"], basis.sizes["age"]))
    result[..., places] = found.reshape(quantities, years, basis.sizes["sex"], len(places))
    return result


def per_deceased(worth: np.ndarray, family: xr.DataArray, basis: xr.Dataset) -> np.ndarray:
    """What each of the deceased leaves where each of their survivors is worth so much: the transpose of `survivors`.

    Parameters
    ----------
    worth : array (quantity, year, sex, age), by sex and age of the survivors
    family, basis : as in `survivors`

    Returns
    -------
    array (quantity, year, sex, age), by sex and age reached of the deceased

    Raises
    ------
    BadScheme, BadDimensions
        As `survivors`.

    Notes
    -----
    g[t, s, x] = sum_{u,v} family[t, s, x, u, v] w[t, u, v]
    """
    matrix, places = _matrix(family, basis)
    quantities, years = worth.shape[:2]
    found = np.matmul(matrix, worth[..., places].reshape(quantities, years, -1, 1))
    return found.reshape(worth.shape)


def _matrix(family: xr.DataArray, basis: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """The matrix as ((year,) deceased, survivors), cells in a row, and the places of the ages of survivors."""
    lacking = [d for d in FAMILY[3:] if d not in family.dims]
    if lacking:
        raise BadScheme(
            f"family: the matrix lacks {', '.join(lacking)}; give survivors per deceased over {', '.join(FAMILY)}."
        )
    dims = FAMILY if "year" in family.dims else FAMILY[1:]
    ages = family["age_of_survivor"].values
    coords = {d: basis[d] for d in FAMILY[:3]} | {"sex_of_survivor": basis["sex"], "age_of_survivor": ages}
    matrix = view(family, dims, coords)
    cells = basis.sizes["sex"] * basis.sizes["age"]
    return matrix.reshape(*matrix.shape[:-4], cells, -1), np.searchsorted(basis["age"].values, ages)
