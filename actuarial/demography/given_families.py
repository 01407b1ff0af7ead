"""Spouses and children of a person where a basis gives them by the ages of both persons."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.bridge import align
from actuarial.demography.families import sexes_at_birth
from actuarial.errors import BadDimensions

OF = ("sex", "age", "age_of_survivor")
SPOUSES = ("year", *OF)
CHILDREN = ("year", "sex", "age", "sex_of_survivor", "age_of_survivor")


def given_numbers(basis: xr.Dataset, name: str, dims: tuple[str, ...], coords: Mapping[Any, Any]) -> np.ndarray:
    """Spouses or children for each person, on some dims; years before the first given one take its numbers.

    Parameters
    ----------
    basis : Dataset with `spouses_given` or `children_given`
    name : which of them
    dims : dims of the answer, among those of SPOUSES or CHILDREN
    coords : labels of year, sex and age; family members have the same

    Raises
    ------
    MissingVariable
        The basis lacks the numbers.
    BadDimensions
        Numbers that are not by both ages, or whose ages of family members are not those of the basis.
    """
    check.require(basis, name)
    given = basis[name]
    lacking = [dim for dim in OF if dim not in given.dims]
    if lacking:
        raise BadDimensions(f"{name} lacks the dimension {', '.join(lacking)}: it is by the ages of both persons.")
    if "year" in given.dims:
        given = given.reindex(year=coords["year"].values, method="bfill")
    return align(given, dims, {**coords, "sex_of_survivor": coords["sex"], "age_of_survivor": coords["age"]})


def given_spouses(basis: xr.Dataset) -> xr.DataArray:
    """Spouses of one person ((year,) sex, age, sex_of_survivor, age_of_survivor), who are of the other sex.

    Errors as `given_numbers`.
    """
    dims = _dims(basis, "spouses_given", SPOUSES)
    numbers = given_numbers(basis, "spouses_given", dims, basis.coords)
    matrix = np.zeros((*numbers.shape[:-1], 2, numbers.shape[-1]))
    for sex in (0, 1):
        matrix[..., sex, :, 1 - sex, :] = numbers[..., sex, :, :]
    return _labelled(matrix, (*dims[:-1], "sex_of_survivor", "age_of_survivor"), basis)


def given_children(basis: xr.Dataset, below: int) -> xr.DataArray:
    """Living children of one person below an age ((year,) sex, age, sex_of_survivor, age_of_survivor).

    Numbers of both sexes together are split by the sex ratio at birth. Errors as `given_numbers`.
    """
    both = "sex_of_survivor" not in basis["children_given"].dims if "children_given" in basis else False
    dims = _dims(basis, "children_given", CHILDREN)
    numbers = given_numbers(basis, "children_given", dims, basis.coords)[..., :below]
    matrix = _labelled(numbers, dims, basis)
    if not both:
        return matrix
    return (matrix * sexes_at_birth(basis)).drop_attrs()


def _dims(basis: xr.Dataset, name: str, dims: tuple[str, ...]) -> tuple[str, ...]:
    """The dims of a variable, without the year where its numbers are those of all years."""
    yearly = name in basis and "year" in basis[name].dims
    return dims if yearly else dims[1:]


def _labelled(values: np.ndarray, dims: tuple[str, ...], basis: xr.Dataset) -> xr.DataArray:
    of = {"sex_of_survivor": "sex", "age_of_survivor": "age"}
    labels = {dim: basis[of.get(dim, dim)].values[: values.shape[i]] for i, dim in enumerate(dims)}
    return xr.DataArray(values, dims=dims, coords=labels)
