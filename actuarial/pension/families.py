"""Families of the deceased and of pensioners: who they are, orphans of both parents, the maximum for a family."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.dated import Number, choose, clip, evaluate
from actuarial.demography.families import ADULT, children, spouses
from actuarial.demography.given_families import given_children, given_spouses
from actuarial.person import make_grid

SURVIVORS = ("sex_of_survivor", "age_of_survivor")
OF_CHILDREN = ("spouse_age_gap", "spouse_age_sd")
OF_SPOUSES = ("married_share", *OF_CHILDREN)
FAMILIES = "Whether families follow from marriage and fertility, or are given by the ages of both persons"


def kept_share(number: Number, share: Number, room: Number) -> Number:
    """What is left of a child's share when all children of a family have at most `room` together (fraction).

    Parameters
    ----------
    number : expected number of children of a family, Poisson
    share, room : shares of the pension of the deceased, fraction

    Notes
    -----
    E[min(w J, r)]/(w n) with J Poisson of mean n, k = floor(r/w): E = w n F(k-1) + r (1 - F(k)), F the distribution
    function of J; 1 where no children are expected.
    """
    from scipy.special import pdtr

    mean, each, most = xr.broadcast(*(xr.DataArray(value) for value in (number, share, room)))
    n, w, r = mean.values, each.values, most.values
    due = (n > 0) & (w > 0)
    k = np.floor(np.divide(r, w, out=np.zeros_like(r), where=due) + 1e-9)
    up_to_k, up_to_less = pdtr(k, n), np.where(k >= 1, pdtr(np.maximum(k - 1, 0), n), 0.0)
    expected = w * n * up_to_less + r * (1.0 - up_to_k)
    kept = np.divide(expected, w * n, out=np.ones_like(n), where=due)
    result = mean.copy(data=np.minimum(kept, 1.0))
    return result if result.ndim else float(result)


def chance_of(number: Number, least: int) -> Number:
    """Probability of at least so many children, their number Poisson: P(J >= k), 1 for k <= 0."""
    from scipy.special import pdtr

    if least <= 0:
        return 1.0
    beyond = 1.0 - pdtr(least - 1, np.asarray(number))
    return number.copy(data=beyond) if isinstance(number, xr.DataArray) else float(beyond)


def by_children(number: Number, without: Number, shares: Sequence[Number]) -> Number:
    """Mean share over families by their number of children.

    Parameters
    ----------
    number : expected number of children of a family, Poisson
    without : share without children
    shares : shares with one child, two, ...; the last one with more

    Notes
    -----
    s_0 P(J = 0) + sum_{j<k} s_j P(J = j) + s_k P(J >= k)
    """
    chance: Any = np.exp(-number)
    total, rest = chance * without, 1.0 - chance
    for j, share in enumerate(shares[:-1], start=1):
        chance = chance * number / j
        total, rest = total + chance * share, rest - chance
    return total + rest * shares[-1]


def kept_by_children(number: Number, share: Number, rooms: Sequence[Number]) -> Number:
    """As `kept_share`, where the room is another one with one child, with two, ...; the last one with more.

    Notes
    -----
    E[min(w J, r_J)]/(w n) = E[min(w J, r_k)]/(w n) + sum_{j<k} P(J = j) (min(w j, r_j) - min(w j, r_k))/(w n)
    """
    kept: Any = kept_share(number, share, rooms[-1])
    over: Any = np.exp(-number)
    for j, room in enumerate(rooms[:-1], start=1):
        over = over if j == 1 else over * number / j
        due, others = (xr.DataArray(np.minimum(share * j, one)) for one in (room, rooms[-1]))
        kept = kept + over * (due - others) / choose(share > 0.0, share, 1.0)
    return kept if isinstance(kept, xr.DataArray) and kept.ndim else float(kept)


def needs_of(families: str, *, spouses: bool = False, children: bool = False) -> tuple[str, ...]:
    """Variables of the basis that families of spouses, of children or of both are made of."""
    if families == "given":
        given = (("spouses_given", spouses), ("children_given", children))
        return tuple(name for name, needed in given if needed)
    return OF_SPOUSES if spouses else OF_CHILDREN if children else ()


def spouse_matrix(basis: xr.Dataset, families: str) -> xr.DataArray:
    """Spouses of one person ((year,) sex, age, sex_of_survivor, age_of_survivor).

    From `married_share` and the distribution of the age of the spouse ("demography"), or as the basis gives them.
    """
    if families == "demography":
        check.require(basis, *OF_SPOUSES)
    matrix = given_spouses(basis) if families == "given" else spouses(basis) * basis["married_share"]
    return matrix.transpose(..., "sex", "age", "sex_of_survivor", "age_of_survivor")


def child_matrix(basis: xr.Dataset, until: Any, families: str) -> xr.DataArray:
    """Children of one person who have not passed an exact age, on the dims of `spouse_matrix`."""
    young = below(until, basis, 0.0).rename(sex="sex_of_survivor", age="age_of_survivor")
    entitled = (young.transpose("age_of_survivor", ...).values > 0).reshape(basis.sizes["age"], -1).any(axis=1)
    oldest = int(basis["age"].values[entitled].max(initial=-1)) + 1
    young = young.isel(age_of_survivor=slice(oldest))
    given = families == "given"
    if not given:
        check.require(basis, *OF_CHILDREN)
    matrix = given_children(basis, oldest) * young if given else children(basis, below=oldest, counted=young)
    return matrix.transpose("year", ..., "sex", "age", *SURVIVORS, missing_dims="ignore")


def below(until: Any, basis: xr.Dataset, later: float) -> xr.DataArray:
    """Share of those of an age, `later` years older, who have not passed an exact age: clip(until - age, 0, 1)."""
    person = make_grid(basis, None)
    share = clip(evaluate(until, person) - person.age - later, 0.0, 1.0)
    return share + 0.0 * (person.sex == "male")


def both_dead(basis: xr.Dataset, family: xr.DataArray) -> xr.DataArray:
    """Share of the time as an orphan in which the other parent is dead too (year, sex, age), of one deceased.

    Parameters
    ----------
    basis : Dataset with mx and spouse_age_gap
    family : children of one deceased, as of `child_matrix`

    Returns
    -------
    DataArray (year, sex, age), fraction; 0 where no children are expected

    Notes
    -----
    The other parent of the child of a man aged x is o = x - gap years old, of a woman x + gap, was o - y at the birth
    of a child aged y, and dies as the population of the year does. With m the years until no child is left::

        d(x, y) = 1 - 1/m sum_{k=0}^{m-1} L(o + k)/L(o - y),    q(x) = sum_y n(x, y) d(x, y) / sum_y n(x, y)

    L is linear between whole ages, o lies between 15 and the last age, and nobody outlives the last age. The amount of
    an orphan's pension is thus level: what it is on average over the years until the child has the age.
    """
    ages, sexes = basis["age"].values, [str(sex) for sex in basis["sex"].values]
    gap, last = float(basis["spouse_age_gap"]), ages[-1]
    number = family.sum("sex_of_survivor")
    lived = _person_years(basis)
    dead = []
    for other, apart in ((sexes[1], -gap), (sexes[0], gap)):
        age = np.clip(ages + apart, ADULT, last)
        table = lived.sel(sex=other).transpose("year", "age").values
        dead.append(_dead_on_average(table, age, family.sizes["age_of_survivor"]))
    labels = {"sex": sexes, "year": lived["year"].values, "age": ages, "age_of_survivor": family["age_of_survivor"]}
    share = xr.DataArray(np.stack(dead), dims=tuple(labels), coords=labels)
    total = number.sum("age_of_survivor")
    found = (number * share).sum("age_of_survivor") / total.where(total > 0, 1.0)
    return found.transpose("year", "sex", "age")


def _person_years(basis: xr.Dataset) -> xr.DataArray:
    """Person-years lived at each age, none at the last one (year, sex, age)."""
    from actuarial.demography.mortality import basis_life_table

    lived = basis_life_table(basis)["Lx"]
    lived = lived.where(lived["age"] != lived["age"].values[-1], 0.0)
    return lived if "year" in lived.dims else lived.expand_dims(year=basis["year"].values)


def _dead_on_average(lived: np.ndarray, age: np.ndarray, until: int) -> np.ndarray:
    """d(x, y) of `both_dead` (year, age of the deceased, age of the child), from person-years lived (year, age)."""
    ages = np.arange(lived.shape[1])
    result = np.zeros((len(lived), len(age), until))
    for t, table in enumerate(lived):
        later = np.stack([np.interp(age + k, ages, table, right=0.0) for k in range(until)])
        for y in range(until):
            at_birth = np.interp(np.maximum(age - y, 0.0), ages, table)
            mean = later[: until - y].mean(axis=0)
            alive = np.divide(mean, at_birth, out=np.zeros_like(mean), where=at_birth > 0)
            result[t, :, y] = 1.0 - np.minimum(alive, 1.0)
    return result
