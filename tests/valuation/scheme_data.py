"""A small scheme with its insured, pensions and basis, all numbers made by hand."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.scheme import Administration, Benefit, Contribution, Funding, Scheme

YEARS = [2024, 2025, 2026]
GROUPS = ["private", "public"]
SEXES = ["male", "female"]
AGES = [0, 1]
BENEFITS = ["old_age", "invalidity", "grant"]

PEOPLE = {"year": YEARS, "group": GROUPS, "sex": SEXES, "age": AGES}
CONTRIBUTORS = np.arange(100.0, 124.0).reshape(3, 2, 2, 2)
SALARY = np.arange(1000.0, 1960.0, 40.0).reshape(3, 2, 2, 2)
COLLECTED_EARNINGS = (SALARY * CONTRIBUTORS).sum(axis=3) * np.array([0.8, 1.0])[:, None]
EARNINGS = COLLECTED_EARNINGS.sum(axis=(1, 2))
EXPENDITURE = np.array([[40e3, 9e3, 5e3], [60e3, 11e3, 6e3], [90e3, 13e3, 7e3]])
TOPUPS = np.array([[4e3, 1e3, 0.0], [5e3, 2e3, 0.0], [6e3, 3e3, 0.0]])
PENSIONERS = np.array([[60.0, 10.0, 0.0], [70.0, 12.0, 0.0], [80.0, 14.0, 0.0]])
INTEREST = [0.03, 0.05, -0.01]
OPENING = 50e3


@dataclass(frozen=True)
class Stub(Benefit):
    """A benefit of which finance needs the name only, and whether it is paid once."""

    name: str = "old_age"
    on: str | None = "retirement"
    lump_sum: bool = False

    def claim(self, person: Any) -> float:
        return 0.0

    def award(self, person: Any):
        raise NotImplementedError


def by(dims: dict, values) -> xr.DataArray:
    return xr.DataArray(np.array(values, dtype="float64"), dims=tuple(dims), coords=dims)


def insured() -> xr.Dataset:
    cells = {name: PEOPLE[name] for name in ("year", "group", "sex")}
    return xr.Dataset(
        {
            "salary": by(PEOPLE, SALARY),
            "insurable_share": by(PEOPLE, np.ones(SALARY.shape)),
            "average_contributors": by(PEOPLE, CONTRIBUTORS),
            "insurable_earnings": by(cells, COLLECTED_EARNINGS),
        }
    )


def pensions() -> xr.Dataset:
    yearly = {"year": YEARS, "benefit": BENEFITS}
    number = np.zeros((3, 3, 2, 2))
    number[:, :, 0, 1], number[:, :, 1, 0] = 0.75 * PENSIONERS, 0.25 * PENSIONERS
    return xr.Dataset(
        {
            "benefit_expenditure": by(yearly, EXPENDITURE),
            "topup_expenditure": by(yearly, TOPUPS),
            "pensioners": by({**yearly, "sex": SEXES, "age": AGES}, number),
        }
    )


def basis() -> xr.Dataset:
    opening = np.zeros((3, 2, 2))
    opening[0, 0, 1], opening[1, 1, 1] = 50.0, 8.0
    return xr.Dataset(
        {
            "interest_rate": by({"year": YEARS}, INTEREST),
            "reserve_0": by({}, OPENING),
            "pensioners_0": by({"benefit": BENEFITS, "sex": SEXES, "age": AGES}, opening),
            "earnings_cv": by({"group": GROUPS, "sex": SEXES, "age": AGES}, np.zeros((2, 2, 2))),
            "wage_growth": by({"year": YEARS}, [0.04, 0.04, 0.03]),
        }
    )


def scheme(
    *lines: Contribution, administration: Administration | None = None, funding: Funding | None = None
) -> Scheme:
    benefits = (Stub(), Stub(name="invalidity", on="invalidity"), Stub(name="grant", lump_sum=True))
    return Scheme(
        name="fund",
        currency="XXX",
        contributions=lines,
        benefits=benefits,
        administration=administration or Administration(),
        funding=funding or Funding(),
    )


def member(name: str = "members", payer: str = "employee", rate=0.10, **fields) -> Contribution:
    return Contribution(name=name, payer=payer, rate=rate, **fields)
