"""The coverage target: which insured the coverage rate of the basis counts."""

import xarray as xr

from actuarial.check.population import stock_before
from actuarial.errors import BadBasis
from actuarial.labour import kernels

CONCEPTS = {"status": kernels.STATUS, "average": kernels.AVERAGE, "any": kernels.ANY}


def coverage_concept(basis: xr.Dataset) -> int:
    """Code of the attribute `coverage_concept` of the basis.

    status : persons in active status on 31 December = coverage x employed
    average : average monthly contributors; persons in active status on 31 December = coverage x employed / mean density
    any : persons with at least one contribution in the year = coverage x mean employment of the year
    """
    word = basis.attrs.get("coverage_concept")
    if word not in CONCEPTS:
        raise BadBasis(
            f"coverage_concept: {word!r} is not known.\n"
            "  The attribute of the basis says which insured its coverage rate counts: write one of "
            f"{', '.join(repr(w) for w in CONCEPTS)}."
        )
    return CONCEPTS[word]


def coverage_target(employed: xr.DataArray, employed_0: xr.DataArray, basis: xr.Dataset) -> xr.DataArray:
    """Insured to be reached by (year, group, sex) in the measure of the coverage concept, persons.

    `employed` (year, sex, age) and `employed_0` (sex, age) are stocks on 31 December; the concept "any" counts
    persons of the whole year and is applied to the mean of two stocks.
    """
    total = employed.sum("age")
    if coverage_concept(basis) == kernels.ANY:
        total = (total + stock_before(total, employed_0.sum("age"))) / 2
    return basis["coverage"] * total
