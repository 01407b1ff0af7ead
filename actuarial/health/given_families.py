"""Spouses and children of members from the numbers per person that a basis gives."""

import numpy as np

from actuarial.demography.given_families import CHILDREN, SPOUSES, given_numbers
from actuarial.health.contract import Sources


def given_families(own: np.ndarray, sources: Sources, *, spouses: bool, below: int) -> np.ndarray:
    """Persons who have an enrolled spouse or, below an age, an enrolled parent, per person (year, sex, age).

    Parameters
    ----------
    own : enrolled share of the population (year, sex, age)
    sources : what groups are made of; the basis has `spouses_given` and, where children count, `children_given`
    spouses : whether spouses count
    below : age below which persons are children and nothing else, 0 if children do not count

    Raises
    ------
    BadDimensions
        Numbers that are not by both ages, or whose ages of family members are not those of the basis.

    Notes
    -----
    With M = own N the enrolled, S[s, x, y] and C[s, x, k, z] the spouses and children of a person, k and z the sex and
    age of a child::

        spouses[s', y]  = sum_x M[s, x] S[s, x, y]
        children[k, z]  = sum_x M[f, x] C[f, x, k, z] + sum_u M[m, u] C[m, u, k, z] (1 - b[u, k, z])
        b[u, k, z]      = sum_x S[m, u, x] C[f, x, k, z] own[f, x] / sum_x S[m, u, x] C[f, x, k, z]

    b is the probability that the mother of an enrolled father's child is enrolled: she is a wife of a man of his age,
    and one who has such a child. Where no wife of theirs has one, it is that of all mothers of such children. Both
    numbers are divided by the population of the sex and age of the family member.
    """
    people = sources.population.values
    members = own * people
    found = np.zeros_like(own)
    married = given_numbers(sources.basis, "spouses_given", SPOUSES, sources.population.coords)
    if spouses:
        for sex in (0, 1):
            found[:, 1 - sex] = (members[:, sex, np.newaxis] @ married[:, sex])[:, 0]
    if below:
        young = _children(sources, below)
        of_mothers, of_fathers = young[:, 1], young[:, 0]
        twice = _mother_enrolled(own[:, 1], people[:, 1], married[:, 0], of_mothers)
        number = (members[:, 1, np.newaxis] @ of_mothers)[:, 0]
        number += (members[:, 0, :, np.newaxis] * of_fathers * (1.0 - twice)).sum(axis=1)
        found[..., :below] = number.reshape(len(number), 2, -1)
    return found / np.where(people > 0, people, np.inf)


def _mother_enrolled(own: np.ndarray, women: np.ndarray, wives: np.ndarray, children: np.ndarray) -> np.ndarray:
    """Probability that the mother of a man's child is enrolled (year, age of the man, sex and age of the child)."""
    enrolled = own[:, :, np.newaxis] * children
    mothers = (women[:, np.newaxis] @ children, women[:, np.newaxis] @ enrolled)
    known, counted = wives @ children, wives @ enrolled
    every = np.divide(mothers[1], mothers[0], out=np.zeros_like(mothers[0]), where=mothers[0] > 0)
    return np.divide(counted, known, out=np.broadcast_to(every, known.shape).copy(), where=known > 0)


def _children(sources: Sources, below: int) -> np.ndarray:
    """Children younger than that (year, sex of the parent, age, sex and age of the child in one).

    Numbers of both sexes together are split as the population of their age.
    """
    numbers = given_numbers(sources.basis, "children_given", CHILDREN, sources.population.coords)[..., :below]
    if "sex_of_survivor" not in sources.basis["children_given"].dims:
        people = sources.population.values[..., :below]
        total = people.sum(axis=1, keepdims=True)
        share = people / np.where(total > 0, total, np.inf)
        numbers = numbers * share[:, np.newaxis, np.newaxis]
    return numbers.reshape(*numbers.shape[:3], -1)
