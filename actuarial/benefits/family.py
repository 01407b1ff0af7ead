"""From the deceased to their survivors."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from actuarial.benefits.kernels import add_per_deceased, add_survivors, used_survivors
from actuarial.bridge import view
from actuarial.errors import BadScheme

DIMS = ("year", "sex", "age", "sex_of_survivor", "age_of_survivor")


@dataclass(frozen=True)
class Family:
    """Expected number of survivors of each deceased.

    Attributes
    ----------
    matrix : array (year, deceased, survivors), cells of sex and age in a row; one year where all are the same
    used : array (deceased, 2), first and last survivor of each of the deceased
    places : places of the ages of survivors among the ages of the basis
    shape : number of sexes and of ages
    """

    matrix: np.ndarray
    used: np.ndarray
    places: np.ndarray
    shape: tuple[int, int]

    @classmethod
    def of(cls, family: xr.DataArray, basis: xr.Dataset) -> "Family":
        """Read the matrix that a benefit answers.

        Parameters
        ----------
        family : DataArray (year, sex, age, sex_of_survivor, age_of_survivor)
            Expected number of survivors per deceased. Year, sex and age may be left out where they do not matter; ages
            of survivors may end before the last age where no survivor is older.
        basis : Dataset with year, sex and age

        Raises
        ------
        BadScheme
            The matrix does not say who the survivors are.
        BadDimensions
            A dimension or a label that the basis does not have.
        """
        lacking = [d for d in DIMS[3:] if d not in family.dims]
        if lacking:
            raise BadScheme(
                f"family: the matrix lacks {', '.join(lacking)}; give survivors per deceased over {', '.join(DIMS)}."
            )
        dims = DIMS if "year" in family.dims else DIMS[1:]
        ages = family["age_of_survivor"].values
        coords = {d: basis[d] for d in DIMS[:3]} | {"sex_of_survivor": basis["sex"], "age_of_survivor": ages}
        matrix = view(family, dims, coords)
        shape = basis.sizes["sex"], basis.sizes["age"]
        several = matrix.reshape(-1, shape[0] * shape[1], shape[0] * len(ages))
        if not (several.flags.c_contiguous and several.flags.writeable):  # kernels are compiled for each kind of array
            several = several.copy()
        used = np.empty((several.shape[1], 2), dtype=np.int64)
        used_survivors(several, used)
        return cls(several, used, np.searchsorted(basis["age"].values, ages), shape)

    def survivors(self, deceased: np.ndarray) -> np.ndarray:
        """Survivors by their own sex and age: sum over the deceased of persons or money times the matrix.

        Parameters
        ----------
        deceased : array (quantity, year, sex, age)
            Deceased, or money they leave, by sex and age reached on 31 December.

        Returns
        -------
        array (quantity, year, sex, age), by sex and age of the survivors

        Notes
        -----
        n[t, u, v] = sum_{s,x} d[t, s, x] family[t, s, x, u, v]
        """
        if not deceased.any():
            return np.zeros_like(deceased)
        quantities, years = deceased.shape[:2]
        found = np.zeros((quantities, years, self.matrix.shape[2]))
        flat = np.ascontiguousarray(deceased).reshape(quantities, years, -1)
        add_survivors(flat, self.matrix, self.used, found)
        if len(self.places) == self.shape[1]:
            return found.reshape(deceased.shape)
        result = np.zeros((quantities, years, *self.shape))
        result[..., self.places] = found.reshape(quantities, years, self.shape[0], len(self.places))
        return result

    def per_deceased(self, worth: np.ndarray) -> np.ndarray:
        """What each of the deceased leaves where each of their survivors is worth so much: the transpose of
        `survivors`.

        Parameters
        ----------
        worth : array (quantity, year, sex, age), by sex and age of the survivors

        Returns
        -------
        array (quantity, year, sex, age), by sex and age reached of the deceased

        Notes
        -----
        g[t, s, x] = sum_{u,v} family[t, s, x, u, v] w[t, u, v]
        """
        quantities, years = worth.shape[:2]
        left = np.zeros(worth.shape)
        flat = np.ascontiguousarray(worth[..., self.places]).reshape(quantities, years, -1)
        add_per_deceased(flat, self.matrix, self.used, left.reshape(quantities, years, -1))
        return left
