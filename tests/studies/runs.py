"""Small runs for the studies that compare two valuations."""

from typing import Any, NamedTuple

import numpy as np
import xarray as xr

import actuarial as ac
from actuarial.dated import money, step
from actuarial.pension import FinalAverage, Invalidity, OldAge, Widows
from actuarial.pension.indexation import Indexation
from actuarial.scheme import Administration, Contribution, InsurableEarnings, Scheme
from tests.reference.small import small_basis


class Run(NamedTuple):
    """What a stored run holds."""

    result: Any
    basis: Any
    scheme: Any


def law(**changes) -> Scheme:
    """Old age, invalidity and widows with limits of earnings; money follows wages."""
    limit = money(step({2024: 200_000}), "year", "wages")
    formula = FinalAverage(accrual=0.0175, years=5, revaluation="wages", maximum=0.8)
    lagged = Indexation(prices=0.5, wages=0.5, lag=2)
    fields = {
        "name": "Two valuations",
        "currency": "LTD",
        "insurable_earnings": InsurableEarnings(ceiling=limit),
        "contributions": (
            Contribution(name="employees", payer="employee", rate=0.05),
            Contribution(name="subsidy", payer="state", base="benefit", of=("widows",), rate=0.2),
        ),
        "benefits": (
            OldAge(retirement_age=60, qualifying_years=10, formula=formula, retirement_rate=0.7, indexation=lagged),
            Invalidity(qualifying_years=3, of="old_age", indexation=lagged),
            Widows(share=0.5, qualifying_years=3, indexation=lagged),
        ),
        "administration": Administration(share_of_benefits=0.02),
    }
    return Scheme(**(fields | changes))


def basis(years: int = 4, groups: int = 1) -> xr.Dataset:
    """The small basis with paths that move, for the pensions of the law."""
    whole = small_basis()
    drift = xr.DataArray(np.arange(10) / 1000.0, coords={"year": whole["year"]})
    paid = whole["benefit"].isin(["old_age", "invalidity", "widows"])
    moved = whole.assign(
        wage_growth=whole["wage_growth"] + drift,
        inflation=whole["inflation"] - drift,
        interest_rate=whole["interest_rate"] + 2 * drift,
        asfr=whole["asfr"] * (1 - 10 * drift),
        pensioners_0=whole["pensioners_0"].where(paid, 0.0),
    )
    return moved.isel(year=slice(0, years), group=slice(0, groups))


def run(of: xr.Dataset, scheme: Scheme) -> Run:
    return Run(ac.project(of, scheme, service="years"), of, scheme)
