"""What figures are drawn of in tests: a result made by hand with everything that they show, and studies of it."""

import numpy as np
import xarray as xr

from actuarial.studies.balance import ITEMS
from tests.report.made import YEARS, result_by_hand

ATTRS = {"valuation_date": "2024-12-31", "library_version": "9.9"}
AMOUNTS = {
    "reserve": 5.0, "contributions_present": 20.0, "contributions_future": 30.0, "state_income": 4.0,
    "total_assets": 59.0, "benefits_pensioners": 12.0, "benefits_present_members": 28.0,
    "benefits_future_entrants": 24.0, "administration": 2.0, "target_reserve": 1.0, "total_obligations": 67.0,
    "deficit": 8.0,
}  # fmt: skip
"""Billions; other items of a balance sheet are 0."""


def valuation() -> xr.Dataset:
    """A result of one scenario."""
    made = result_by_hand()
    contributors = made["average_contributors"].sum(["group", "sex", "age"])
    made["total_contributors"] = contributors
    made["total_pensioners"] = made["pensioners"].sum(["benefit", "sex", "age"])
    made["demographic_ratio"] = made["total_pensioners"] / contributors
    return made.assign_attrs(ATTRS)


def inflation() -> xr.DataArray:
    """Growth of prices, of another size in each year."""
    return xr.DataArray(0.01 + 0.0005 * np.arange(len(YEARS)), {"year": YEARS}, "year")


def sheet() -> xr.Dataset:
    """A balance sheet with a deficit, and one of present participants with a surplus."""
    opened = np.array([1e9 * AMOUNTS.get(name, 0.0) for name in ITEMS])
    closed = xr.DataArray(opened.copy(), {"item": list(ITEMS)}, "item")
    closed.loc["contributions_future"], closed.loc["benefits_future_entrants"] = 0.0, 0.0
    closed.loc["benefits_present_members"] = 10e9
    closed.loc["total_assets"], closed.loc["total_obligations"], closed.loc["deficit"] = 29e9, 25e9, -4e9
    return xr.Dataset({"open_group_balance": ("item", opened), "closed_group_balance": closed}, {"item": list(ITEMS)})


def sensitivities() -> xr.Dataset:
    """Changes of three parameters: both ways, one way, and one that moves nothing."""
    rows = [
        ("base", "base", "", np.nan, "", 0.100),
        ("interest_down", "Interest 1 percentage point lower", "interest", -1.0, "percentage point", 0.112),
        ("interest_up", "Interest 1 percentage point higher", "interest", 1.0, "percentage point", 0.091),
        ("retirement_age", "Retirement one year later", "retirement_age", 1.0, "year", 0.096),
        ("mine", "my own change", "my_own", np.nan, "", 0.1005),
        ("nothing", "Mortality 10% lower", "mortality", -0.1, "relative", 0.100),
    ]
    names, words, parameters, steps, units, values = map(list, zip(*rows, strict=True))
    labels = {"words": words, "parameter": parameters, "step": steps, "unit": units, "note": [""] * len(rows)}
    coords = {"change": names} | {name: ("change", values) for name, values in labels.items()}
    return xr.Dataset({"general_average_premium": ("change", values, {"units": "fraction"})}, coords)


def reconciled() -> xr.Dataset:
    """From 10% to 11.5%: a cause of the library, one that has a name of its own, one of 0, one unexplained."""
    parts = [[0.001, 0.02, 0.0, -0.006], [1.0, np.nan, 2.0, 3.0]]
    causes = ["change of the library", "new_mortality", "economic assumptions", "unexplained"]
    return xr.Dataset(
        {
            "reconciliation": (("quantity", "cause"), parts),
            "reconciled_previous": ("quantity", [0.10, 2050.0]),
            "reconciled_current": ("quantity", [0.115, 2060.0]),
        },
        {
            "quantity": ["general_average_premium", "year_reserve_exhausted"],
            "cause": causes,
            "quantity_units": ("quantity", ["fraction", "years"]),
        },
    )


def quantiles() -> xr.DataArray:
    """Quantiles of a rate in many scenarios."""
    levels = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    spread = np.outer(levels - 0.5, np.arange(len(YEARS)))
    return xr.DataArray(0.1 + 0.002 * spread, {"quantile": levels, "year": YEARS}, ("quantile", "year"))


def scenarios() -> xr.Dataset:
    """Three scenarios, one of which has a name of its own."""
    factors = xr.DataArray([1.0, 1.3, 0.8], {"scenario": ["central", "pessimistic", "my_case"]}, "scenario")
    result = valuation()
    return result.assign(payg_cost_rate=result["payg_cost_rate"] * factors)
