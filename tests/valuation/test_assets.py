"""Assets by class: what is recognised is the reserve, and the valuation with other opening reserves."""

import numpy as np
import pytest
import xarray as xr

from actuarial.errors import BadBasis, BadInput, MissingVariable
from actuarial.valuation.assets import opening_assets, with_and_without
from actuarial.valuation.finance import project_finance
from actuarial.valuation.indicators import value
from tests.valuation import scheme_data as made

CLASSES = ["bonds", "shares", "arrears of the State"]
LINES = (made.member(),)


def by_class(*values):
    return xr.DataArray(np.array(values, dtype=float), dims="asset_class", coords={"asset_class": CLASSES})


def holding(**changes):
    """Book 30 + 20, market 35 + 25 thousand; claims of 12 thousand on the State are disputed by three quarters."""
    basis = made.basis().assign(
        assets_book_0=by_class(30e3, 20e3, 12e3),
        assets_market_0=by_class(35e3, 25e3, 10e3),
        assets_disputed_0=by_class(0, 0, 1.0),
    )
    return basis.assign(changes)


def financed(basis):
    finance = project_finance(made.insured(), made.pensions(), basis, made.scheme(*LINES))
    return xr.merge([finance, value(finance), made.insured(), made.pensions()], compat="override", join="exact")


def test_what_is_recognised_is_the_value_without_the_disputed_share():
    found = opening_assets(holding(assets_disputed_0=by_class(0, 0.5, 1.0), reserve_0=xr.DataArray(40e3)))
    np.testing.assert_allclose(found["assets_book_recognised"], [30e3, 10e3, 0])
    np.testing.assert_allclose(found["assets_market_recognised"], [35e3, 12.5e3, 0])


def test_every_alternative_is_the_valuation_of_its_own_opening_reserve():
    basis = holding()
    found = with_and_without(financed(basis), basis, made.scheme(*LINES))
    totals = {"book": 50e3, "book with disputed": 62e3, "market": 60e3, "market with disputed": 70e3}
    assert found["run"].values.tolist() == list(totals)
    assert found.attrs["reference"] == "book"
    for word, total in totals.items():
        alone = financed(basis.assign(reserve_0=total))
        for name in ("reserve", "general_average_premium", "reserve_ratio"):
            np.testing.assert_allclose(found[name].sel(run=word), alone[name], rtol=1e-12)
    worth = alone["total_insurable_earnings"] / np.cumprod(1 + alone["interest_rate"])
    worth = float((worth * (1 + alone["interest_rate"]) ** 0.5).sum())
    premium = found["general_average_premium"]
    step = float(premium.sel(run="book") - premium.sel(run="book with disputed"))
    assert step == pytest.approx(12e3 / worth, rel=1e-10)


def test_a_reserve_that_no_sum_of_assets_explains_is_refused():
    with pytest.raises(BadBasis, match=r"reserve_0 is 51,000, .*assets_book_0 50,000, assets_market_0 60,000"):
        opening_assets(holding(reserve_0=xr.DataArray(51e3)))


def test_shares_without_assets_and_a_basis_without_classes_are_refused():
    with pytest.raises(MissingVariable, match="assets_book_0 is missing"):
        opening_assets(made.basis())
    basis = holding()
    audited = xr.DataArray([[55e3]], coords={"account_year": [2024], "account_line": ["reserve"]})
    result = financed(basis.assign(audited_accounts=audited))
    with pytest.raises(BadInput, match="the first projected years are audited"):
        with_and_without(result, basis, made.scheme(*LINES))
