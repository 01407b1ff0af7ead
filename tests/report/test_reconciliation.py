"""The table of a reconciliation."""

import numpy as np
import pytest
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report import reconciliation_table


def found():
    parts = [[0.0, 0.02, -0.005], [0.0, np.nan, 1.0]]
    return xr.Dataset(
        {
            "reconciliation": (("quantity", "cause"), parts),
            "reconciled_previous": ("quantity", [0.10, np.nan]),
            "reconciled_current": ("quantity", [0.115, 2060.0]),
        },
        {
            "quantity": ["general_average_premium", "year_reserve_exhausted"],
            "cause": ["change of the library", "mortality", "unexplained"],
            "quantity_units": ("quantity", ["fraction", "years"]),
        },
    )


def test_rows_lead_from_the_previous_to_the_current_valuation():
    table = reconciliation_table(found())
    assert table.index.tolist() == [
        "previous valuation", "change of the library", "mortality", "unexplained", "current valuation",
    ]  # fmt: skip
    premium = table[("general_average_premium", "fraction")]
    assert premium.iloc[:-1].sum() == pytest.approx(premium.iloc[-1], abs=1e-15)
    assert table[("year_reserve_exhausted", "years")].isna().tolist() == [True, False, True, False, False]


def test_a_method_that_is_not_there_is_refused():
    with pytest.raises(BadInput, match="method: 'shapley' is not in the reconciliation; it has sequential"):
        reconciliation_table(found(), "shapley")
