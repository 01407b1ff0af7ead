"""The coverage target: which insured the coverage rate of the basis counts."""

import xarray as xr

from actuarial.check.period import first_period
from actuarial.check.population import stock_before
from actuarial.errors import BadBasis
from actuarial.labour import kernels
from actuarial.translation import N_, Told

CONCEPTS = {"status": kernels.STATUS, "average": kernels.AVERAGE, "any": kernels.ANY}


def coverage_concept(basis: xr.Dataset) -> int:
    """Code of the attribute `coverage_concept` of the basis.

    status : persons in active status on 31 December = coverage x employed
    average : average monthly contributors; persons in active status on 31 December = coverage x employed / mean density
    any : persons with at least one contribution in the year = coverage x mean employment of the year
    """
    word = basis.attrs.get("coverage_concept")
    if word not in CONCEPTS:
        text = N_(
            "coverage_concept: {word!r} is not known.\n"
            "  The attribute of the basis says which insured its coverage rate counts: write one of {known}."
        )
        raise BadBasis(Told(text, word=word, known=tuple(map(repr, CONCEPTS))))
    return CONCEPTS[word]


def coverage_target(employed: xr.DataArray, employed_0: xr.DataArray, basis: xr.Dataset) -> xr.DataArray:
    """Insured to be reached by (year, group, sex) in the measure of the coverage concept, persons.

    Coverage times the employed, plus the voluntary insured of the basis, who are counted as the coverage concept says.
    `employed` (year, sex, age) and `employed_0` (sex, age) are stocks on 31 December; the concept "any" counts persons
    of the whole year and is applied to the mean of two stocks. In a first period of the fraction phi of a year members
    contribute phi of its months ("average": phi times the target), and phi of those come who make up a year's persons
    with the opening stock A_0 ("any": A_0 + phi (target - A_0)).
    """
    total, concept, length = employed.sum("age"), coverage_concept(basis), first_period(basis)
    if concept == kernels.ANY:
        total = (total + stock_before(total, employed_0.sum("age"))) / 2
    target = basis["coverage"] * total
    if "voluntary_insured" in basis:
        target = target + basis["voluntary_insured"]
    if length == 1.0 or concept == kernels.STATUS:
        return target
    first = target["year"] == target["year"][0]
    opening = basis["active_0"].sum(["age", "service"]) if concept == kernels.ANY else 0.0
    return xr.where(first, opening + length * (target - opening), target)
