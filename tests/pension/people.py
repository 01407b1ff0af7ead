"""Whom the tests send through the law: a small grid, one person, and a basis with little in it."""

import numpy as np
import xarray as xr

from actuarial.person import Person, make_grid

YEARS, GROUPS, SEXES = np.arange(2026, 2031), ["private", "public"], ["male", "female"]
AGES, MONTHS = np.arange(50, 70), np.arange(0, 481, 7)


def basis(growth=0.0, inflation=0.0, ages=AGES, months=MONTHS):
    """Years 2026-2030, two groups, 40 members in every cell, all of whom earn 12,000 a year."""
    coords = {"year": YEARS, "group": GROUPS, "sex": SEXES, "age": ages, "service": months}
    cells = ("group", "sex", "age")
    shape = (len(GROUPS), len(SEXES), len(ages))
    data = {
        "wage_growth": ("year", np.full(len(YEARS), growth)),
        "inflation": ("year", np.full(len(YEARS), inflation)),
        "active_0": ((*cells, "service"), np.full((*shape, len(months)), 40.0)),
        "salary_0": (cells, np.full(shape, 12_000.0)),
    }
    return xr.Dataset(data, coords)


def grid(scheme=None, data=None):
    """All cells of the basis."""
    return make_grid(basis() if data is None else data, scheme)


def one(scheme=None, *, year=2028, group="private", sex="male", age=60, service=20.0, career=(), data=None):
    """One person."""
    return Person(
        year=year, group=group, sex=sex, age=age, service=service, basis=data, scheme=scheme, career=career
    )


def on_grid(answer):
    """An answer on all cells (year, group, sex, age, service)."""
    people = grid()
    dims = ("year", "group", "sex", "age", "service")
    sizes = [getattr(people, dim).sizes[dim] for dim in dims]
    if not isinstance(answer, xr.DataArray):
        return np.broadcast_to(answer, sizes)
    missing = {dim: np.asarray(getattr(people, dim)[dim]) for dim in dims if dim not in answer.dims}
    return answer.expand_dims(missing).transpose(*dims).values
