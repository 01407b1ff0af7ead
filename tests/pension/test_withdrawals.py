"""Members take money out of accounts in service: the law of Malaysia, persons by hand, a law that says the same."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.check.insured import check_insured
from actuarial.demography.mortality import member_survival
from actuarial.errors import BadInput, BadScheme, IdentityFailed
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.translation import language, message_of, told
from tests.labour.test_groups import moving
from tests.reference.small import small_basis

MALAYSIA = """
name = "Malaysia"                 # Employees Provident Fund Act 1991, section 54; accounts until May 2024
currency = "MYR"
[[contributions]]
name = "members_and_employers"
payer = "employer"
rate = 0.24
[[account]]
name = "first"
contributions = ["members_and_employers"]
share = 0.70
growth = { fixed = 0.05 }
[[account]]
name = "second"
contributions = ["members_and_employers"]
share = 0.30
growth = { fixed = 0.05 }
[[benefit]]
form = "account_payout"
accounts = ["first", "second"]
from_age = 55
[[benefit]]
form = "account_payout"
name = "on_death"
on = "death"
accounts = ["first", "second"]
[[benefit]]
form = "account_withdrawal"
name = "at_50"
accounts = ["second"]
share = { age = { 0 = 0, 50 = 1, 51 = 0 } }
[[benefit]]
form = "account_withdrawal"
name = "housing"
accounts = ["first"]
share = { age = { 0 = 0, 40 = 0.10, 42 = 0 } }
claim_rate = 0.5
"""
ASKED = {"sex": "female", "born": 1975, "earnings": 60_000.0}
CREDIT = 0.24 * 60_000


def annuity(years):
    return (1.05**years - 1) / 0.05


def of(event, year, months):
    basis = small_basis()
    return person_benefits(parse_scheme(MALAYSIA), event=event, leaves=year, months=months, basis=basis, **ASKED)


def test_a_person_takes_out_the_second_account_at_50_and_some_of_the_first_for_a_house():
    """Credits of 14,400 a year from 2001 on, at 5%: 24 years at the end of 2024, and 14 at the end of 2014."""
    found = of("service", 2025, 12 * 25)
    assert list(found) == ["at_50"]
    assert found["at_50"].once == pytest.approx(0.3 * CREDIT * annuity(24) * 1.05, rel=1e-12)
    first = 0.7 * CREDIT * annuity(14)
    found = of("service", 2015, 12 * 15)
    assert found["housing"].once == pytest.approx(0.10 * first * 1.05, rel=1e-12)
    assert found["housing"].share == 0.5
    assert of("service", 2020, 12 * 20) == {}


def test_what_remains_is_paid_at_55():
    """In 2030: of the second account credits of 2025 to 2030; of the first one 0.95 of 2014 and again in 2016."""
    found = of("retirement", 2030, 12 * 30)["account_payout"]
    second = 0.3 * CREDIT * (annuity(5) * 1.05 + 1)
    first = annuity(14)
    for year in range(2015, 2030):
        first = first * 1.05 * (0.95 if year in (2015, 2016) else 1.0) + 1.0
    assert found.once == pytest.approx(second + 0.7 * CREDIT * (first * 1.05 + 1), rel=1e-12)


TAKEN = "share = { age = { 0 = 0, 30 = 0.02, 50 = 0.30, 51 = 0.05 } }"
LAW = """
name = "S"
currency = "LTD"
[[contributions]]
name = "paid"
payer = "employer"
rate = 0.1
[[account]]
name = "held"
rate = 0.1
growth = { wages = 1 }
%s
[[benefit]]
form = "account_payout"
accounts = ["held"]
from_age = 60
claim_rate = 0.4
[[benefit]]
form = "account_payout"
name = "on_death"
on = "death"
accounts = ["held"]
"""
WITHDRAWAL = '[[benefit]]\nform = "account_withdrawal"\naccounts = ["held"]\n'
GAINS = "gains = { age = { 0 = 0, 30 = -0.02, 50 = -0.30, 51 = -0.05 } }"


def run(law, basis, **how):
    return project_insured(ac.project_population(basis), basis, parse_scheme(law), service="years", **how)


def members(years=6, **changes):
    basis = small_basis().isel(year=slice(0, years))
    return basis.assign({"pensioners_0": 0.0 * basis["pensioners_0"]} | changes)


@pytest.mark.parametrize("inheritance", ["none", "own"])
def test_a_cohort_has_the_balances_of_a_law_in_which_they_shrink(inheritance):
    """As if the law said that they grow by less; what is paid is the share of the balance of the year before."""
    basis, inherits = members(), f'inheritance = "{inheritance}"\n'
    drawn = run(LAW % inherits + WITHDRAWAL + TAKEN, basis)
    shrunk = run(LAW % (inherits + GAINS), basis)
    assert_allclose(drawn["account_balance"], shrunk["account_balance"], rtol=1e-12)
    assert_allclose(drawn["account_released"], shrunk["account_released"], rtol=1e-12)
    both = ["account_payout", "on_death"]
    assert_allclose(drawn["claims_amount"].sel(benefit=both), shrunk["claims_amount"], rtol=1e-12)
    paid = drawn["claims_amount"].sel(benefit="account_withdrawal")
    older = shrunk["account_balance"].sum("group").sel(account="held").shift(age=1, fill_value=0.0)
    up = 1.0 + basis["wage_growth"]
    for age, share in ((29, 0.0), (30, 0.02), (50, 0.30), (51, 0.05), (70, 0.05)):
        expected = share * older.sel(age=age).shift(year=1) * up
        assert_allclose(paid.sel(age=age)[1:], expected.transpose("year", "sex")[1:], rtol=1e-12)
    stock = (drawn["active"] + drawn["inactive"]).sum("group")
    number = drawn["claims_number"].sel(benefit="account_withdrawal", age=50)
    assert_allclose(number[1:], stock.sel(age=49)[:-1], rtol=1e-12)
    assert float(drawn["account_withdrawn"].sum() / drawn["account_credits"].sum()) > 0.2


@pytest.mark.parametrize("timing", ["index", "interest"])
def test_balances_are_conserved_and_the_payments_are_expenditure(timing):
    basis = members(4).assign_attrs(valuation_date="2025-06-30")
    law = LAW % f'timing = "{timing}"\ninheritance = "own"\n' + WITHDRAWAL + TAKEN
    basis = basis.assign(newborn_0=("sex", [300.0, 290.0]))
    result = ac.project(basis, parse_scheme(law), service="years")
    paid = result["benefit_expenditure"].sel(benefit="account_withdrawal")
    assert_allclose(paid, result["account_withdrawn"].sum(["account", "group", "sex", "age"]), rtol=1e-12)
    flows = ["account_credits", "account_growth", "account_released", "account_withdrawn", "account_balance"]
    credits, growth, released, taken, held = (result[name].sum(["account", "group", "sex", "age"]) for name in flows)
    assert_allclose(held.diff("year"), (credits + growth - released - taken)[1:], rtol=1e-9)
    assert float(growth[1]) > 0.0
    insured = run(law, basis)
    check_insured(insured, basis)
    insured["account_withdrawn"].loc[{"year": 2027, "age": 40}] *= 1.0001
    with pytest.raises(IdentityFailed, match=r"^Balances of accounts are"):
        check_insured(insured, basis)


def test_half_of_those_who_turn_50_in_the_first_half_of_a_year_have_it_already():
    """All alike at 49 on 30 June: 181 of 365 have 0.6 of their balance then, the others take out 0.4 of theirs."""
    law = LAW % "" + WITHDRAWAL + "share = { age = { 0 = 0, 50 = 0.4, 51 = 0 } }"
    half = members(2, newborn_0=("sex", [300.0, 290.0])).assign_attrs(valuation_date="2025-06-30")
    held = 1_000.0 + 0.0 * half["salary_0"].drop_attrs().expand_dims(account=["held"])
    found = run(law, half.assign(account_0=held)).isel(year=0).sel(age=50)
    drawn, number = found["account_withdrawn"].sel(account="held"), found["claims_number"].isel(benefit=-1)
    people = (half["active_0"] + half["inactive_0"]).sum("service").sel(age=49)
    up = 1.0 + half["wage_growth"].isel(year=0)
    whole = 1_000.0 / (1.0 - 181 / 365 * 0.4)
    assert_allclose(drawn, 184 / 365 * 0.4 * whole * (people * up).transpose(*drawn.dims), rtol=1e-12)
    assert_allclose(number, 184 / 365 * people.sum("group"), rtol=1e-12)


def test_who_comes_from_another_group_on_1_january_takes_money_out_there():
    law = LAW % "" + WITHDRAWAL + "share = { group = { private = 0, public = 0.1 } }"
    rates = (("group", "to_group"), np.array([[0.0, 0.2], [0.0, 0.0]]))
    found = run(law, moving(members(2), transfer_rate_inactive=rates))
    stock = (found["active"] + found["inactive"]).isel(year=0).sum(["sex", "age"])
    moved = found["transfers_in"] + found["transfers_in_inactive"] - found["transfers_out"]
    moved = moved.isel(year=1).sum(["sex", "age"])
    number = found["claims_number"].sel(benefit="account_withdrawal", year=2026).sum()
    assert_allclose(number, (stock + moved).sel(group="public"), rtol=1e-12)


HELD = 'accounts = ["first"]\nshare'
WRONG = {
    "at_50.accounts: housing draws on 'second' too; give one benefit the share of both": (
        HELD, HELD.replace("first", "second")
    ),
    "at_50: no other benefit pays what remains of second.": ('["first", "second"]', '["first"]'),
    "housing.accounts: it names 'first' twice; name it once": (HELD, HELD.replace('"first"', '"first", "first"')),
    "at_50.share.age.50: must be <= 1 (got 1.2); rates are fractions": ("50 = 1,", "50 = 1.2,"),
}


@pytest.mark.parametrize("text", WRONG)
def test_wrong_withdrawals_are_refused_in_the_words_of_the_reader(text):
    right, wrong = WRONG[text]
    assert right in MALAYSIA
    with pytest.raises(BadScheme) as found:
        run(MALAYSIA.replace(right, wrong), members(2))
    assert text in str(found.value)
    for code in ("fr", "es"):
        assert text[-25:] not in told(message_of(found.value), language(code))


INVALIDS = """[[benefit]]
form = "invalidity"
qualifying_years = 1
formula = { form = "flat", amount = { value = 1, per = "month" } }
"""


def test_withdrawals_of_a_part_of_the_members_and_of_those_whose_invalids_recover_are_refused():
    with pytest.raises(BadInput, match="at_50: what members take out in service is known for all members together"):
        run(MALAYSIA, members(2), members="present")
    basis = members(2)
    with pytest.raises(BadScheme, match="first: members take money out of it in service, but invalids who may"):
        run(MALAYSIA + INVALIDS, basis.assign(recovery_rate=0.0 * basis["invalidity_rate"].isel(group=0, drop=True)))


def test_accrued_withdrawals_have_the_number_of_those_who_have_earned_them():
    """All alike with ten years, of whom nobody leaves: of the year t each counts 120 months of 120 + 12 t."""
    basis = members(3)
    stock = basis["active_0"]
    alike = stock.sum("service").expand_dims(service=stock["service"]) * (stock["service"] == 120)
    rates = {name: 0.0 * basis[name] for name in ("exit_rate", "invalidity_rate")}
    basis = basis.assign(active_0=alike, inactive_0=0.0 * stock, density=0.0 * basis["density"] + 1.0, **rates)
    law = LAW % "" + WITHDRAWAL + "share = { age = { 0 = 0, 30 = 0.1 } }"
    whole = run(law, basis)
    assert float(whole["contraction_rate"].max()) == 0.0
    accrued = run(law, basis, entries=whole, members="present", accrued="frozen").sel(benefit="account_withdrawal")
    stays, alive = member_survival(basis), alike.sum(["group", "service"])
    for t in range(3):
        found = accrued["claims_number"].isel(year=t).sel(age=slice(35, 50))
        older = alive.shift(age=1).sel(age=found["age"])
        assert_allclose(found, 120 / (120 + 12 * t) * older.transpose("sex", "age"), rtol=1e-12)
        alive = (alive * stays.isel(year=t, drop=True)).shift(age=1)
