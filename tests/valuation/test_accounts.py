"""The first model year beside the accounts: carried forward, warned of beyond 2%, refused beyond 20%."""

import numpy as np
import pytest
import xarray as xr

from actuarial.errors import BadBasis
from actuarial.valuation.accounts import AccountLine, check_lines, compare_accounts, format_accounts, judge_accounts
from actuarial.valuation.finance import project_finance
from tests.valuation import scheme_data as data
from tests.valuation.scheme_data import COLLECTED_EARNINGS, CONTRIBUTORS, EARNINGS, EXPENDITURE, member, scheme

GROWTH = 1.04


def result():
    finance = project_finance(data.insured(), data.pensions(), data.basis(), scheme(member(rate=0.05)))
    together = xr.merge([data.insured(), data.pensions(), finance], compat="override")
    return together.assign(new_awards=together["pensioners"] * 0.1)


def basis(calibration=None, reason="", **accounts):
    lines = [line.replace("__", ":") for line in accounts]
    found = data.basis().assign_coords(line=lines).assign(accounts_0=("line", [float(x) for x in accounts.values()]))
    if calibration:
        values = [calibration.get(line, np.nan) for line in lines]
        found = found.assign(calibration=("line", values)).assign_attrs(calibration_reason=reason)
    return found


def test_every_kind_of_line_against_the_first_year_money_carried_forward_and_counts_not():
    given = {
        "insurable_earnings": (EARNINGS[0], GROWTH),
        "average_contributors": (CONTRIBUTORS[0].sum(), 1.0),
        "contributions": (0.05 * EARNINGS[0], GROWTH),
        "administration": (0.0, GROWTH),
        "state_income": (0.0, GROWTH),
        "outgo": (EXPENDITURE[0].sum(), GROWTH),
        "expenditure__old_age": (EXPENDITURE[0, 0], GROWTH),
        "expenditure__grant": (EXPENDITURE[0, 2], GROWTH),
        "number__invalidity": (10.0, 1.0),
        "new_awards__old_age": (6.0, 1.0),
    }
    rows = compare_accounts(result(), basis(**{line: model / growth for line, (model, growth) in given.items()}))
    assert [row.line for row in rows] == [line.replace("__", ":") for line in given]
    for row, (model, growth) in zip(rows, given.values(), strict=True):
        assert row.model == pytest.approx(model, rel=1e-12)
        assert row.accounts == pytest.approx(model / growth, rel=1e-12)
        assert row.carried_forward == pytest.approx(model, rel=1e-12)
        assert row.ratio == pytest.approx(1.0, rel=1e-12)
        assert row.calibration == 1.0
    assert judge_accounts(rows, basis(contributions=1.0)) == []


def test_lines_grow_as_they_did_in_the_base_year_where_two_years_are_known():
    """Money and counts with the accounts of the year before; new awards with those observed; others as before."""
    first = int(data.basis()["year"][0])
    years = [first - 2, first - 1]
    past = {"expenditure:old_age": [100.0, 125.0], "number:old_age": [50.0, 60.0], "contributions": [0.0, 7.0]}
    audited = xr.DataArray(
        np.array(list(past.values())).T, dims=("account_year", "account_line"),
        coords={"account_year": years, "account_line": list(past)},
    )  # fmt: skip
    awards = xr.DataArray(
        np.array([[[[10.0, 10.0]]], [[[12.0, 15.0]]]]), dims=("account_year", "award_line", "benefit", "sex"),
        coords={"account_year": years, "award_line": ["number"], "benefit": ["old_age"], "sex": ["male", "female"]},
    )  # fmt: skip
    lines = ("expenditure__old_age", "number__old_age", "new_awards__old_age", "contributions", "new_awards__grant")
    given = basis(**dict.fromkeys(lines, 1.0)).assign(audited_accounts=audited)
    given = xr.merge([given, awards.rename("observed_awards")], join="outer", compat="override")
    found = [row.carried_forward for row in compare_accounts(result(), given)]
    assert found == pytest.approx([1.25, 1.2, 1.35, GROWTH, 1.0], rel=1e-12)
    later = given.assign_coords(account_year=[first - 3, first - 2])
    assert [row.carried_forward for row in compare_accounts(result(), later)][:2] == pytest.approx([GROWTH, 1.0])


def test_unknown_accounts_are_left_out():
    rows = compare_accounts(result(), basis(contributions=np.nan, insurable_earnings=1e6))
    assert [row.line for row in rows] == ["insurable_earnings"]


def test_of_several_scenarios_the_first_is_compared():
    found = result()
    half = xr.DataArray([1.0, 0.5], dims="scenario", coords={"scenario": ["central", "low"]})
    found["insurable_earnings"] = found["insurable_earnings"] * half
    assumptions = basis(insurable_earnings=EARNINGS[0] / GROWTH)
    assumptions["accounts_0"] = assumptions["accounts_0"] * half
    assumptions["wage_growth"] = assumptions["wage_growth"] * half
    assert compare_accounts(found, assumptions)[0].ratio == pytest.approx(1.0, rel=1e-12)


def judged(*ratios, **settings):
    accounts = {f"expenditure__{name}": 1.0 for name in data.BENEFITS[: len(ratios)]}
    given = basis(**accounts, **settings)
    given_ratios = zip(data.BENEFITS, ratios, strict=False)
    rows = [AccountLine(f"expenditure:{name}", 1.0, 100.0, 100.0 * r, 1.0, r) for name, r in given_ratios]
    return judge_accounts(rows, given)


def test_warning_begins_beyond_two_percent():
    assert judged(1.0199, 0.9801) == []
    assert judged(1.03, 1.01, 0.97) == [
        "accounts: 2 of 3 lines of year 1 are more than 2% away from the accounts of the base year carried forward: "
        "expenditure:old_age +3.0%, expenditure:grant -3.0%."
    ]
    assert "old_age +20.0%" in judged(1.2)[0]


def test_refusal_begins_beyond_twenty_percent_and_lists_every_line_with_its_remedy():
    with pytest.raises(BadBasis) as caught:
        judged(1.25, 0.5, 1.0)
    assert str(caught.value) == (
        "accounts_0: year 1 of the model differs by more than 20% from the accounts in 2 of 3 lines:\n"
        "  expenditure:old_age: model 125.00, accounts carried forward 100.00, ratio 1.250 (a calibration of 0.8000 "
        "would close it)\n"
        "  expenditure:invalidity: model 50.00, accounts carried forward 100.00, ratio 0.500 (a calibration of 2.0000 "
        "would close it)\n"
        "  Correct the basis; or give a calibration of insurable_earnings or expenditure:NAME; or accept the "
        "difference of a line\n  by a calibration of 1 for it; each with its reason in the attribute "
        "calibration_reason. Where the law changes in year 1,\n"
        '  the accounts of the law before cannot be compared: leave them out, basis.drop_vars("accounts_0").'
    )


def test_a_calibration_with_a_reason_accepts_what_is_left_and_says_so():
    accepted = judged(1.25, calibration={"expenditure:old_age": 1.0}, reason="Accounts hold arrears of 2022")
    assert accepted[0].endswith("expenditure:old_age +25.0% (accepted with a written reason).")
    with pytest.raises(BadBasis, match="no reason for them"):
        judged(1.25, calibration={"expenditure:old_age": 1.0}, reason="")


def test_a_line_that_is_explained_does_not_excuse_another():
    with pytest.raises(BadBasis, match=r"in 1 of 2 lines:\n  expenditure:invalidity"):
        judged(1.25, 1.25, calibration={"expenditure:old_age": 1.0}, reason="Accounts hold arrears of 2022")


@pytest.mark.parametrize("ratio", [float("inf"), float("nan")])
def test_what_cannot_be_compared_is_refused_without_a_factor(ratio):
    row = AccountLine("expenditure:old_age", 0.0, 0.0, 5.0, 1.0, ratio)
    with pytest.raises(BadBasis) as caught:
        judge_accounts([row], basis(expenditure__old_age=0.0))
    assert "would close it" not in str(caught.value)


def test_model_without_accounts_of_zero_is_no_difference():
    rows = compare_accounts(result(), basis(administration=0.0, contributions=0.0))
    assert [row.ratio for row in rows] == [1.0, float("inf")]


def test_a_factor_already_applied_is_part_of_the_remedy():
    row = AccountLine("insurable_earnings", 1.0, 100.0, 150.0, 1.2, 1.5)
    with pytest.raises(BadBasis, match=r"a calibration of 0\.8000 would close it"):
        judge_accounts([row], basis(insurable_earnings=1.0))
    contributions = AccountLine("contributions", 1.0, 100.0, 150.0, 1.0, 1.5)
    with pytest.raises(BadBasis) as caught:
        judge_accounts([contributions], basis(contributions=1.0))
    assert "would close it" not in str(caught.value)


def test_without_accounts_there_is_a_warning():
    assert compare_accounts(result(), data.basis()) == ()
    expected = "the basis carries no accounts of the base year; year 1 of the model was compared with nothing."
    assert judge_accounts((), data.basis()) == [f"accounts: {expected}"]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("contribution", "did you mean contributions?"),
        ("expenditure:oldage", "did you mean expenditure:old_age?"),
        ("expenditure:", "did you mean expenditure:grant?"),
        ("zzz", "the lines are insurable_earnings, average_contributors, contributions, state_income, other_income, "),
    ],
)
def test_a_line_that_the_model_does_not_have_is_refused(line, hint):
    with pytest.raises(BadBasis, match=f"the model has no line {line!r}; ") as caught:
        compare_accounts(result(), basis(**{line: 1.0}))
    assert hint in str(caught.value)


def test_calibration_of_a_benefit_that_does_not_exist_is_refused():
    given = basis(expenditure__oldage=np.nan, calibration={"expenditure:oldage": 1.1}, reason="Audit")
    with pytest.raises(BadBasis, match="has no line 'expenditure:oldage'; did you mean expenditure:old_age"):
        compare_accounts(result(), given)


def test_lines_that_the_scheme_does_not_have_are_found_before_a_projection():
    given = basis(expenditure__oldage=5.0, administration=1.0, zzz=1.0, expenditure__widow=np.nan)
    with pytest.raises(BadBasis) as caught:
        check_lines(given, ["old_age", "invalidity"])
    first, *listed, last = str(caught.value).splitlines()
    assert first == "accounts_0: the scheme has no such lines:"
    assert listed[0] == "  expenditure:oldage (accounts_0): did you mean expenditure:old_age?"
    assert listed[1].startswith("  zzz (accounts_0): the lines are insurable_earnings, average_contributors, ")
    assert len(listed) == 2, "the blank line is not compared"
    assert last.startswith("  Correct the name, add the benefit to the scheme, or leave the line out")
    factor = basis(expenditure__oldage=np.nan, calibration={"expenditure:oldage": 1.1}, reason="Audit")
    with pytest.raises(BadBasis, match=r"calibration: the scheme has no such line:\n  expenditure:oldage \(cal"):
        check_lines(factor, ["old_age"])
    check_lines(basis(expenditure__old_age=1.0, new_awards__old_age=1.0, outgo=1.0), ["old_age"])


def test_the_table_in_plain_text():
    rows = compare_accounts(result(), basis(expenditure__old_age=40e3, number__old_age=60.0))
    assert format_accounts(rows) == (
        "line                 base-year accounts  carried forward  model year 1  calibration   ratio\n"
        "expenditure:old_age              40,000           41,600        40,000       1.0000  0.9615\n"
        "number:old_age                    60.00            60.00         60.00       1.0000  1.0000"
    )


def test_collected_earnings_are_summed_over_groups_and_sexes():
    rows = compare_accounts(result(), basis(insurable_earnings=1.0))
    assert rows[0].model == pytest.approx(COLLECTED_EARNINGS[0].sum(), rel=1e-14)
