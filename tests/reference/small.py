"""A small basis with everything that a pension projection reads; the numbers are invented and plausible.

Two groups, both sexes, ages 0..100, the ten years 2025-2034, credits in months 0..480. It passes every check without an
error and without a warning about its values, and it has no back-cast: past growth and fertility are given.
"""

import numpy as np
import xarray as xr

from actuarial.vocabulary import annotate

AGES = np.arange(101)
YEARS = np.arange(2025, 2035)
PAST = np.arange(1925, 2025)
GROUPS = ["private", "public"]
SEXES = ["male", "female"]
BENEFITS = ["old_age", "invalidity", "widows", "orphans"]
MONTHS = np.arange(481)
COVERAGE = np.array([[0.30, 0.24], [0.08, 0.10]])  # group, sex
DENSITY = np.array([0.75, 0.95])
ATTRIBUTES = {
    "name": "Small",
    "valuation_date": "2024-12-31",
    "currency": "LTD",
    "price_basis": "nominal",
    "coverage_concept": "status",
    "a0_rule": "coale_demeny_west",
}


def small_basis() -> xr.Dataset:
    """The basis, annotated; a new one at each call."""
    coords = {
        "year": YEARS, "past_year": PAST, "benefit": BENEFITS,
        "group": GROUPS, "sex": SEXES, "age": AGES, "service": MONTHS,
    }
    data = {**_demography(), **_labour(), **_careers(), **_money(), **_stocks(), **_pensioners()}
    return annotate(xr.Dataset(data, coords, attrs=ATTRIBUTES))


def _yearly(values):
    """The same values in every year."""
    return np.repeat(np.asarray(values, dtype=float)[np.newaxis], len(YEARS), axis=0)


def _cells(by_group, by_age):
    """(year, group, sex, age) from a factor of the group and a curve of age."""
    return _yearly(np.asarray(by_group)[:, None, None] * np.stack([by_age, by_age])[None])


def _between(first, last):
    """1 at the ages from the first to the last, else 0."""
    return ((first <= AGES) & (last >= AGES)).astype(float)


def _mortality():
    infant = 0.02 * np.exp(-2.0 * AGES)
    male = infant + 6e-4 + 4.0e-5 * 1.100 ** (AGES + 0.5)
    return np.stack([male, infant + 4e-4 + 2.4e-5 * 1.103 ** (AGES + 0.5)])


def _population():
    alive = np.exp(-np.cumsum(_mortality(), axis=1))
    return np.round(20_000 * alive * np.exp(-0.012 * AGES) * [[1.04], [1.0]])


def _fertility():
    shape = np.where((AGES >= 15) & (AGES < 50), np.exp(-(((AGES - 28) / 7.0) ** 2)), 0.0)
    return 2.2 * shape / shape.sum()


def _demography():
    improvement = 0.99 ** np.arange(len(YEARS))
    return {
        "population_0": (("sex", "age"), _population()),
        "mx": (("year", "sex", "age"), improvement[:, None, None] * _mortality()),
        "asfr": (("year", "age"), _yearly(_fertility())),
        "asfr_past": (("past_year", "age"), np.repeat(1.2 * _fertility()[None], len(PAST), axis=0)),
        "srb": ("year", np.full(len(YEARS), 1.05)),
        "net_migration": (("year", "sex", "age"), _yearly(np.array([-5.0, -4.0])[:, None] * _between(20, 30))),
        "married_share": (("sex", "age"), np.stack([0.85 * _between(20, 100), 0.6 * _between(18, 100)])),
        "spouse_age_gap": ((), 3.0),
        "spouse_age_sd": ((), 4.0),
    }


def _participation():
    curve = np.interp(AGES, [14, 15, 25, 50, 60, 70, 71], [0.0, 0.2, 0.9, 0.92, 0.6, 0.2, 0.0])
    return np.stack([curve, 0.7 * curve])


def _employed():
    return _population() * _participation() * (1.0 - 0.06)


def _labour():
    return {
        "participation_rate": (("year", "sex", "age"), _yearly(_participation())),
        "unemployment_rate": (("year", "sex", "age"), _yearly(np.full((2, 101), 0.06))),
        "coverage": (("year", "group", "sex"), _yearly(COVERAGE) * np.linspace(1.01, 1.10, len(YEARS))[:, None, None]),
    }


def _careers():
    cells = ("year", "group", "sex", "age")
    working = _between(18, 64)
    entering = np.where((AGES >= 18) & (AGES < 55), np.exp(-(((AGES - 24) / 9.0) ** 2)), 0.0)
    return {
        "density": (cells, _cells(DENSITY, np.ones(101))),
        "exit_rate": (cells, _cells([0.10, 0.03], working * np.interp(AGES, [18, 30, 50], [1.5, 1.0, 0.6]))),
        "invalidity_rate": (cells, _cells([1.0, 1.0], _between(18, 59) * 3e-3 * 1.09 ** (AGES - 50.0))),
        "reentry_share": (cells, _cells([0.4, 0.3], _between(22, 59))),
        "entry_profile": (cells, _cells([1.0, 1.0], entering / entering.sum())),
    }


def _salaries():
    curve = 120_000.0 * (1.0 + np.interp(AGES, [18, 50, 60], [0.0, 0.9, 0.85]))
    return np.array([1.0, 1.3])[:, None, None] * np.stack([curve, 0.9 * curve])[None]


def _money():
    flat = np.ones(len(YEARS))
    return {
        "salary_0": (("group", "sex", "age"), _salaries()),
        "earnings_cv": (("group", "sex", "age"), np.full((2, 2, 101), 0.6)),
        "inactive_earnings_0": (("group", "sex", "age"), 0.8 * _salaries()),
        "collection_rate": (("year", "group"), _yearly([0.93, 0.98])),
        "wage_growth": ("year", 0.04 * flat),
        "wage_growth_past": ("past_year", np.full(len(PAST), 0.045)),
        "inflation": ("year", 0.025 * flat),
        "inflation_past": ("past_year", np.full(len(PAST), 0.03)),
        "interest_rate": ("year", 0.05 * flat),
        "reserve_0": ((), 3.0e10),
    }


def _by_credit(persons, shares):
    """Persons (group, sex, age) spread over five credits below the density times the months since age 17."""
    table = np.zeros((*persons.shape, len(MONTHS)))
    for g, density in enumerate(DENSITY):
        for age in range(18, 60):
            longest = min(480.0, density * 12 * (age - 17))
            for share, part in zip((0.1, 0.3, 0.5, 0.7, 0.9), shares, strict=True):
                table[g, :, age, int(share * longest)] += part * persons[g, :, age]
    return table


def _members():
    """Active insured (group, sex, age): coverage times the employed, spread over the ages 18 to 59."""
    weight = _employed() * _between(18, 59)
    total = COVERAGE * _employed().sum(axis=1)
    return total[:, :, None] * (weight / weight.sum(axis=1, keepdims=True))[None]


def _stocks():
    dims = ("group", "sex", "age", "service")
    return {
        "active_0": (dims, _by_credit(_members(), (0.15, 0.2, 0.3, 0.2, 0.15))),
        "inactive_0": (dims, _by_credit(0.4 * _members(), (0.4, 0.3, 0.15, 0.1, 0.05))),
    }


def _pensioners():
    people = _population()
    share = [0.25 * _between(60, 100), 0.02 * _between(30, 75), 0.0 * AGES, 0.01 * _between(0, 17)]
    number = np.stack([people * part for part in share])
    number[2, 1] = 0.10 * _between(40, 100) * people[1]
    amount = np.array([60_000.0, 54_000.0, 36_000.0, 18_000.0])[:, None, None] * np.ones((1, 2, 101))
    return {
        "pensioners_0": (("benefit", "sex", "age"), number),
        "pension_0": (("benefit", "sex", "age"), amount),
    }
