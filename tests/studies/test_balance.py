"""The actuarial balance sheet against loops over the projection and against the summarized rates."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.check.variables import check_variables
from actuarial.errors import BadInput, IdentityFailed
from actuarial.scheme import Funding
from actuarial.studies import balance, balance_sheet, liabilities, liability, prolong
from actuarial.studies.groups import by_participants, open_run
from actuarial.valuation import summarized_rates
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

UNTIL = 2031
SCHEME = full_law(funding=Funding(timing={"contributions": 0.4, "outgo": 0.6}, target_reserve=2.0))
OPTIONS = {"until": UNTIL, "service": "years"}


@pytest.fixture(scope="module")
def basis():
    made = small_basis().isel(year=slice(0, 5))
    return made.assign(reserve_0=0.1 * made["reserve_0"])


@pytest.fixture(scope="module")
def run(basis):
    """The runs of a sheet: of everybody, and by participants."""
    run = open_run(basis, SCHEME, run_off=None, **OPTIONS)
    return run, by_participants(run)


@pytest.fixture(scope="module")
def result(basis):
    return ac.project(prolong(basis, UNTIL), SCHEME, service="years")


@pytest.fixture(scope="module")
def sheet(basis):
    return balance_sheet(basis, SCHEME, **OPTIONS)


@pytest.fixture
def replayed(run, monkeypatch):
    """What is asked for next uses the runs made already."""
    for module in (balance, liability):
        monkeypatch.setattr(module, "open_run", lambda *arguments, **options: run[0])
        monkeypatch.setattr(module, "by_participants", lambda of: run[1])


def present_value(flow, tau, interest=0.05):
    return sum(value * (1 + interest) ** -(t + tau) for t, value in enumerate(np.asarray(flow)))


def test_items_are_the_flows_of_the_projection(basis, result, sheet):
    """Whoever pays them; the guarantee of a deficit counts as income of the State."""
    found = sheet["open_group_balance"]
    lines = result["contribution_income"]
    state = sum(present_value(lines.sel(contribution=name), 0.5) for name in ("minimum", "subsidy", "guarantee"))
    assert float(lines.sel(contribution="guarantee").sum()) > 0
    members = sum(present_value(lines.sel(contribution=name), 0.4) for name in ("employees", "employers"))
    expected = {
        "reserve": float(basis["reserve_0"]),
        "state_income": state,
        "other_income": present_value(lines.sel(contribution="aid"), 0.5),
        "administration": present_value(result["administration"], 0.6),
        "contributions_common": 0.0,
    }
    for name, value in expected.items():
        assert_allclose(found.sel(item=name), value, rtol=1e-9, err_msg=name)
    paid = found.sel(item=["contributions_present", "contributions_future"]).sum()
    assert_allclose(paid, members, rtol=1e-9)
    kinds = ["benefits_pensioners", "benefits_present_members", "benefits_future_entrants"]
    spent = present_value(result["benefit_expenditure"].sum("benefit"), 0.6)
    assert_allclose(found.sel(item=kinds).sum(), spent, rtol=1e-9)
    outgo = result["outgo"].values
    goal = 2.0 * outgo[-1] ** 2 / outgo[-2] / 1.05 ** len(outgo)
    assert_allclose(found.sel(item="target_reserve"), goal, rtol=1e-9)


def test_it_balances_with_the_summarized_rates(result, sheet):
    """Obligations less assets are the unfunded obligation of the same flows."""
    whole = summarized_rates(
        result["contributions"], result["outgo"], result["total_insurable_earnings"], result["interest_rate"],
        reserve=result["reserve_0"], other_income=result["state_income"] + result["other_income"], target=2.0,
        timing={"contributions": 0.4, "outgo": 0.6},
    )
    found = sheet["open_group_balance"]
    missing = whole["unfunded_obligation"] + whole["present_value_target"]
    assert_allclose(found.sel(item="deficit"), missing, rtol=1e-9)
    assert_allclose(-whole["actuarial_balance"] * whole["present_value_earnings"], missing, rtol=1e-9)
    assert sheet.attrs["target_outgo"] == whole.attrs["target_outgo"]


def test_totals_and_sides(sheet):
    for name in ("open_group_balance", "closed_group_balance"):
        table = sheet[name].to_series()
        side = sheet["side"].to_series()
        for word in ("assets", "obligations"):
            items = table[(side == word) & ~table.index.str.startswith("total")]
            assert_allclose(table[f"total_{word}"], items.sum(), rtol=1e-12)
        assert_allclose(table["deficit"], table["total_obligations"] - table["total_assets"], rtol=1e-12)
    check_variables(sheet)
    frame = sheet.to_dataframe()
    assert list(frame.columns) == ["open_group_balance", "closed_group_balance", "side"]
    assert list(frame.index) == list(balance.ITEMS)


def test_closed_group_is_that_of_the_liabilities(basis, sheet, replayed):
    closed = sheet["closed_group_balance"]
    owed = liabilities(basis, SCHEME, **OPTIONS)
    assert (closed.sel(item=["contributions_future", "contributions_common", "target_reserve"]) == 0).all()
    assert (closed.sel(item=["benefits_future_entrants", "other_income"]) == 0).all()
    spent = closed.sel(item=["benefits_pensioners", "benefits_present_members"]).sum()
    assert_allclose(spent, owed["liability_benefits"].sel(measure="closed_group").sum(), rtol=1e-12)
    paid = owed["liability_contributions"].sel(measure="closed_group")
    assert_allclose(closed.sel(item="contributions_present"), paid, rtol=1e-12)
    assert 0 < float(closed.sel(item="state_income")) < float(sheet["open_group_balance"].sel(item="state_income"))
    assert float(closed.sel(item="administration")) > 0


def test_another_rate_and_target(basis, replayed):
    other = balance_sheet(basis, SCHEME, discount_rate=0.03, target=0.0, **OPTIONS)
    assert "warning" in other.attrs
    assert float(other["open_group_balance"].sel(item="target_reserve")) == 0
    assert float(other["open_group_balance"].sel(item="total_obligations")) > 0
    with pytest.raises(BadInput, match="target_of must be 'next' or 'last'"):
        balance_sheet(basis, SCHEME, target_of="first", **OPTIONS)


def test_a_sheet_that_does_not_balance_is_found_out(basis, replayed, monkeypatch):
    values = balance._values

    def wrong(*arguments):
        found = values(*arguments)
        return found | {"administration": 1.001 * found["administration"]}

    monkeypatch.setattr(balance, "_values", wrong)
    with pytest.raises(IdentityFailed, match="The deficit of the open group is its unfunded obligation and the target"):
        balance_sheet(basis, SCHEME, **OPTIONS)
