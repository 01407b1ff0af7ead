"""Audited accounts: replaced where they stand, rolled with the return that they imply, shown as history before."""

import numpy as np
import pytest
import xarray as xr

from actuarial.audited import add_accounts, audited_years
from actuarial.errors import BadBasis, BadDimensions, BadInput
from actuarial.valuation.finance import project_finance
from actuarial.valuation.indicators import value
from actuarial.valuation.premiums import level_rate
from actuarial.valuation.returns import unusual_returns
from tests.valuation import scheme_data as made


def accounts(**lines):
    """Accounts of 2023 (history), 2024 and 2025 (audited years of the small scheme), without years that are blank."""
    years = [2023, 2024, 2025]
    values = np.array([lines[name] for name in lines], dtype=float).T
    given = xr.DataArray(
        values, dims=("account_year", "account_line"), coords={"account_year": years, "account_line": list(lines)}
    )
    return given.dropna("account_year", how="all")


def test_years_and_lines_are_added_and_nothing_else_moves():
    basis = made.basis().assign(audited_accounts=accounts(contributions=[1.0, 9_000, np.nan]).isel(account_year=[0]))
    awards = xr.DataArray([7.0], {"account_year": [2023]}, ("account_year",))
    basis = basis.assign(observed_awards=awards)
    more = add_accounts(basis, {2024: {"reserve": -5.0}, 2023: {"contributions": 2.0}})
    assert more.audited_accounts.values[:, 0].tolist()[0] == 2.0
    assert more.audited_accounts.sel(account_line="reserve").values[1] == -5.0
    assert int(more.audited_accounts.notnull().sum()) == 2
    assert more.observed_awards.values[0] == 7.0
    assert np.isnan(more.observed_awards.values[1])
    assert audited_years(more) == [2024]
    others = ["account_year", "account_line"]
    assert more.drop_dims(others).identical(basis.drop_dims(others))
    with pytest.raises(BadBasis, match=r"unknown line 'reserv'; did you mean reserve\?"):
        add_accounts(basis, {2024: {"reserv": 1.0}})
    with pytest.raises(BadDimensions, match="2024 is followed by 2026"):
        add_accounts(basis, {2024: {"reserve": 1.0}, 2026: {"reserve": 1.0}})
    with pytest.raises(BadInput, match="give lines by year"):
        add_accounts(basis, {"contributions": 1.0})
    for wrong in ({2024: {"reserve": "much"}}, {"2024": {"reserve": 1.0}}, {2024.5: {"reserve": 1.0}}):
        with pytest.raises(BadInput, match="1 of 1 cells are no number in a year, the first is reserve of"):
            add_accounts(basis, wrong)


LINES = (made.member(), made.member("employers", "employer", 0.05), made.member("treasury", "state", 0.02))


def financed(given=None):
    basis = made.basis() if given is None else made.basis().assign(audited_accounts=given)
    return project_finance(made.insured(), made.pensions(), basis, made.scheme(*LINES))


def test_flows_of_audited_years_are_those_of_the_accounts_and_no_others():
    plain = financed()
    found = financed(accounts(contributions=[1.0, 9_000, np.nan], administration=[1.0, 777, 888]))
    assert found["contributions"].values[0] == pytest.approx(9_000, rel=1e-12)
    np.testing.assert_allclose(found["administration"].values[:2], [777, 888], rtol=1e-12)
    np.testing.assert_allclose(found["contributions"].values[1:], plain["contributions"].values[1:], rtol=1e-12)
    assert found["administration"].values[2] == pytest.approx(plain["administration"].values[2], rel=1e-12)
    np.testing.assert_array_equal(found["audited"], [1, 1, 0])
    parts = found["contribution_income"] / plain["contribution_income"].where(plain["contribution_income"] != 0)
    members = parts.sel(contribution=~parts["payer"].isin(["state", "other"])).isel(year=0)
    assert float(members.max() - members.min()) == pytest.approx(0.0, abs=1e-12)


def test_the_reserve_of_an_audited_year_is_the_audited_one_and_rolls_with_the_return_it_implies():
    goal = 60e3
    found = financed(accounts(reserve=[np.nan, goal, np.nan]))
    assert float(found["reserve"][0]) == pytest.approx(goal, rel=1e-12)
    i = float(found["interest_rate"][0])
    assert i != made.INTEREST[0]
    net = found["contributions"] + found["state_income"] + found["other_income"] - found["outgo"]
    by_hand = (1 + i) * made.OPENING + float(net[0]) * (1 + i) ** 0.5
    assert by_hand == pytest.approx(goal, rel=1e-12)
    assert float(found["investment_income"][0]) == pytest.approx(goal - made.OPENING - float(net[0]), rel=1e-9)
    np.testing.assert_array_equal(found["interest_rate"].values[1:], made.INTEREST[1:])


def test_audited_investment_income_leads_to_the_same_reserve():
    by_reserve = financed(accounts(reserve=[np.nan, 60e3, np.nan]))
    income = float(by_reserve["investment_income"][0])
    by_income = financed(accounts(investment_income=[np.nan, income, np.nan]))
    xr.testing.assert_allclose(by_income, by_reserve, rtol=1e-10)


def test_the_level_premium_discounts_audited_years_with_the_implied_return():
    found = financed(accounts(reserve=[np.nan, 60e3, 61e3]))
    premium = float(value(found, target=0.0)["general_average_premium"])
    rate = level_rate(
        found["outgo"], found["total_insurable_earnings"], found["interest_rate"], reserve=made.OPENING, target=0.0
    )
    assert premium == pytest.approx(float(rate), rel=1e-12)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({"contribution": [1, 1, 1]}, r"unknown line 'contribution'; did you mean contributions"),
        ({"number:old_age": [1, 1, 1]}, r"number:old_age of 2024 or later; counts of projected years are not replaced"),
        ({"contributions": [1, -5, 1]}, r"contributions of 2024 is negative; income and outgo are both given as "),
        ({"other_income": [0, 5, 0]}, r"other_income of 2024 is 5, but the scheme has nothing of the kind"),
        ({"reserve": [1, 60e3, 1], "investment_income": [1, 9e9, 1]}, r"of 2024: reserve and flows do not close"),
        ({"reserve": [1, 9e12, 1]}, r"of 2024: no return leads from the reserve 50,000"),
    ],
)
def test_accounts_that_cannot_be_meant_are_refused(lines, words):
    with pytest.raises(BadBasis, match=words):
        financed(accounts(**lines))


def test_audited_years_follow_the_valuation_date_without_a_gap():
    given = accounts(contributions=[1, 1, 1]).assign_coords(account_year=[2025, 2026, 2027])
    with pytest.raises(BadBasis, match=r"2025 to 2027, but the projection runs from 2024 to 2026"):
        audited_years(made.basis().assign(audited_accounts=given))


def test_a_return_far_from_the_assumed_one_is_told():
    expected = float(financed()["reserve"][0])
    near, far = (financed(accounts(reserve=[np.nan, factor * expected, np.nan])) for factor in (1.02, 1.5))
    assert unusual_returns(near, made.basis()) == []
    (text,) = unusual_returns(far, made.basis())
    assert f"2024 {100 * float(far['interest_rate'][0]):.1f}%" in text


def test_interest_in_percent_is_refused():
    with pytest.raises(BadInput, match=r"interest must lie below 1 .* 2 values are not; the highest is 5.0. If these"):
        level_rate([10.0, 20.0], [100.0, 100.0], 5)
