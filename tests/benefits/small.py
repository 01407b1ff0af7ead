"""Small people for the tests of benefits: mortality that is the same at all ages, claims written down by hand."""

import numpy as np
import xarray as xr

from actuarial.benefits.stock import project_pensions
from actuarial.scheme import Scheme

FIRST = 2025
SEXES = ["male", "female"]


def flat_mx(stays):
    """Death rates with which the life table gives everybody of every age the same probability to live a year longer."""
    return 2.0 * (1.0 - np.asarray(stays, dtype=float)) / (1.0 + np.asarray(stays, dtype=float))


def basis(years=3, ages=101, men=0.8, women=0.9, *, pensioners=None, **more):
    """A basis; `pensioners` is {benefit: [(sex, age, number, average pension), ...]}, `more` are further variables."""
    mx = np.repeat(flat_mx([men, women])[:, np.newaxis], ages, axis=1)
    data = {
        "mx": (("sex", "age"), mx),
        "a0": 0.5,
        "srb": 1.0,
        "asfr": ("age", np.zeros(ages)),
        "married_share": 0.5,
        "spouse_age_gap": 3.0,
        "spouse_age_sd": 0.0,
        "inflation": 0.10,
        "wage_growth": 0.0,
    }
    coords = {"year": np.arange(FIRST, FIRST + years), "sex": SEXES, "age": np.arange(ages)}
    if pensioners is not None:
        stock = np.zeros((2, len(pensioners), 2, ages))
        for i, rows in enumerate(pensioners.values()):
            for sex, age, number, pension in rows:
                stock[:, i, SEXES.index(sex), age] = number, pension
        coords["benefit"] = list(pensioners)
        data["pensioners_0"], data["pension_0"] = ((("benefit", "sex", "age"), part) for part in stock)
    return xr.Dataset(data | more, coords=coords)


def insured(scheme, on, claims=()):
    """Claims by hand: (year, benefit, sex, age reached, number, amount, part of it due to the minimum)."""
    names = [benefit.name for benefit in scheme.benefits]
    table = np.zeros((3, on.sizes["year"], len(names), 2, on.sizes["age"]))
    for year, name, sex, age, *values in claims:
        table[:, year - FIRST, names.index(name), SEXES.index(sex), age] += [*values, *[0.0] * (3 - len(values))]
    variables = ("claims_number", "claims_amount", "claims_topup")
    coords = {d: on[d].values for d in ("year", "sex", "age")} | {"benefit": names}
    return xr.Dataset(
        {name: (("year", "benefit", "sex", "age"), part) for name, part in zip(variables, table, strict=True)}, coords
    )


def project(scheme, on, claims=()):
    """The stage itself."""
    return project_pensions(insured(scheme, on, claims), on, scheme)


def scheme_of(*benefits):
    """A scheme of these benefits and nothing else."""
    return Scheme(name="Small", currency="XTS", benefits=benefits)
