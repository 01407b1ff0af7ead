"""Families: spouses and children of one person, from the basis."""

import numpy as np
import xarray as xr

from actuarial.person import growth_path, make_grid
from actuarial.quick import labelled, stacked
from actuarial.vocabulary import SEXES

ADULT = 15  # least age of a spouse
SURVIVOR = {"sex": "sex_of_survivor", "age": "age_of_survivor"}


def spouses(basis: xr.Dataset) -> xr.DataArray:
    """Distribution of the age of the spouse given sex and age of a person (sex, age, sex_of_survivor, age_of_survivor).

    Sums to one over the survivor's ages of the opposite sex, so that times `married_share` it integrates to that share.

    Notes
    -----
    phi(y | x) is a normal distribution with mean x - gap for men's wives and x + gap for women's husbands (kept between
    15 and the last age) and standard deviation `spouse_age_sd`, of whole ages y: Phi((y + 1/2 - m)/sd) less
    Phi((y - 1/2 - m)/sd), over the sum of these. Without a spread the mean is split between the two next whole ages.
    """
    ages, sexes = np.asarray(basis["age"]), [str(sex) for sex in basis["sex"].values]
    gap, spread = float(basis["spouse_age_gap"]), float(basis["spouse_age_sd"])
    matrix = np.zeros((len(sexes), len(ages), len(sexes), len(ages)))
    for s, sex in enumerate(sexes):
        mean = np.clip(ages - gap if sex == "male" else ages + gap, ADULT, ages[-1])
        matrix[s, :, 1 - s, :] = _around(mean, ages, spread)
    dims = ("sex", "age", "sex_of_survivor", "age_of_survivor")
    labels = {"sex": sexes, "age": ages, "sex_of_survivor": sexes, "age_of_survivor": ages}
    return labelled(matrix, dims, labels, xr.DataArray)


def _around(mean: np.ndarray, ages: np.ndarray, spread: float) -> np.ndarray:
    """Distribution over whole ages around each mean (mean, age)."""
    if spread == 0.0:
        mass = np.clip(1.0 - np.abs(ages[np.newaxis, :] - mean[:, np.newaxis]), 0.0, 1.0)
    else:
        from scipy.special import ndtr

        upper = (ages[np.newaxis, :] + 0.5 - mean[:, np.newaxis]) / spread
        mass = ndtr(upper) - ndtr(upper - 1.0 / spread)
        mass[:, ages < ADULT] = 0.0
    return mass / mass.sum(axis=1, keepdims=True)


def children(basis: xr.Dataset, below: int | None = None, counted: xr.DataArray | float = 1.0) -> xr.DataArray:
    """Living children by sex and age of one person (year, sex, age, sex_of_survivor, age_of_survivor).

    Parameters
    ----------
    basis : Dataset with asfr, srb, mx, spouse_age_gap and spouse_age_sd
    below : int
        Only children younger than that on 31 December; all where absent.
    counted : DataArray by age_of_survivor and others of the dims of children, optional
        Share of the children who are counted.

    Notes
    -----
    A mother aged x on 31 December of year t had x - y - 1 and x - y years in the year t - y in which children of age y
    were born: n(t, x, y) = (f[t-y, x-y-1] + f[t-y, x-y])/2 x share of the sex x L_y/l_0 of year t. Years before the
    projection use `asfr_past`, and where the basis has none the first projected rates. A father's children are those of
    his wife's ages.
    """
    born = births(basis, basis.sizes["age"] if below is None else min(below, basis.sizes["age"]))
    alive = _child_survival(basis).sel(age_of_survivor=born["age_of_survivor"])
    marriages = spouses(basis).sel(sex="male", sex_of_survivor="female").transpose("age", "age_of_survivor")
    fathers = np.matmul(marriages.values, born.values)
    labels = {"sex": SEXES, **{dim: born[dim] for dim in born.dims}}
    parents = labelled(np.stack([fathers, born.values]), ("sex", *born.dims), labels)
    return parents * (alive * sexes_at_birth(basis) * counted)


def sexes_at_birth(basis: xr.Dataset) -> xr.DataArray:
    """Share of each sex among births ((year,) sex_of_survivor)."""
    boys = basis["srb"] / (1.0 + basis["srb"])
    return stacked([boys, 1.0 - boys], "sex_of_survivor", {"sex_of_survivor": SEXES})


def births(basis: xr.Dataset, count: int, before: int = 0) -> xr.DataArray:
    """Births to a woman aged x on 31 December of year t that happened y years before (year, age, age_of_survivor).

    Parameters
    ----------
    basis : Dataset with asfr and, where it is known, asfr_past
    count : int
        Births of the year itself and of `count` - 1 years before it.
    before : int
        Years before the first projected one that are answered too.
    """
    ages = np.asarray(basis["age"])
    years = np.arange(int(basis["year"][0]) - before, int(basis["year"][-1]) + 1)
    start = int(years[0]) - count
    rates = growth_path(basis, "asfr", np.arange(start, int(years[-1]) + 1))
    values = rates.transpose(..., "year", "age").values
    between = (values + np.concatenate([np.zeros_like(values[..., :1]), values[..., :-1]], axis=-1)) / 2.0
    other = rates.transpose(..., "year", "age").dims[:-2]
    born = np.zeros((*values.shape[:-2], len(years), len(ages), count))
    for child in range(count):
        then = slice(int(years[0]) - child - start, int(years[-1]) - child - start + 1)
        born[..., :, child:, child] = between[..., then, : len(ages) - child]
    coords = {d: rates[d] for d in other} | {"year": years, "age": ages, "age_of_survivor": ages[:count]}
    return labelled(born, (*other, "year", "age", "age_of_survivor"), coords)


def _child_survival(basis: xr.Dataset) -> xr.DataArray:
    """L_y / l_0 (year, sex_of_survivor, age_of_survivor)."""
    from actuarial.demography.mortality import basis_life_table

    table = basis_life_table(basis)
    alive = table["Lx"] / table["lx"].sel(age=0, drop=True)
    last = {"age": int(basis["age"][-1])}
    alive = xr.where(alive["age"] == last["age"], 0.0, alive)
    if "year" not in alive.dims:
        alive = alive.expand_dims(year=make_grid(basis, None).year.values)
    return alive.rename(SURVIVOR)
