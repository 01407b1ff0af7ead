"""Accounts that are credited by length of service: a person by hand, equal rates, one age of members, refusals."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import due_at, one_life, person_benefits
from actuarial.check.insured import check_insured
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.outline import outline_text
from actuarial.pension import MemberAccount
from actuarial.person import WorkYear
from actuarial.scheme_saving import scheme_text
from actuarial.studies.groups import by_participants, open_run
from actuarial.studies.prolong import run_off_year
from actuarial.translation import language, message_of, told
from tests.labour.test_groups import moving
from tests.reference.small import small_basis

LAW = """
name = "S"
currency = "LTD"
CEILING[[contributions]]
name = "paid"
payer = "employer"
rate = 0.1
[[account]]
name = "held"
rate = RATE
growth = { interest = 1 }
timing = "interest"
inheritance = "own"
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
CEILING = """
[insurable_earnings]
ceiling = { value = { 2025 = 15_000 }, per = "year", indexed = "wages" }
"""
STEPS = "[ { above = 0, rate = 0.05 }, { above = 5, rate = 0.10 }, { above = 10, rate = 0.15 } ]"

TWICE = "[ { above = 0, rate = 0.10 }, { above = 5, rate = 0.20 }, { above = 10, rate = 0.30 } ]"
PAID = ("claims_amount", "claims_number")


def text_of(rate):
    return LAW.replace("RATE", rate).replace("CEILING", CEILING)


def law(rate):
    return parse_scheme(text_of(rate))


def members(years=4, **changes):
    basis = small_basis().isel(year=slice(0, years))
    return basis.assign({"pensioners_0": 0.0 * basis["pensioners_0"]} | changes)


def run(rate, basis, service="years", **how):
    return project_insured(ac.project_population(basis), basis, law(rate), service=service, **how)


# --- one person -------------------------------------------------------------------------------------------------------


def balance(rate, months, *, extra=""):
    text = LAW.replace("RATE", rate).replace("growth = { interest = 1 }\n", extra).replace('inheritance = "own"\n', "")
    text = text.replace("CEILING", "")
    asked = {"sex": "male", "born": 1965, "leaves": 2025, "earnings": 12_000.0, "basis": small_basis()}
    return person_benefits(parse_scheme(text), event="retirement", months=months, **asked)["account_payout"].once


@pytest.mark.parametrize(("months", "years"), [
    (59, 59 / 12 * 0.05), (60, 5 * 0.05), (61, 5 * 0.05 + 1 / 12 * 0.10), (120, 5 * 0.15), (150, 5 * 0.15 + 2.5 * 0.15),
])  # fmt: skip
def test_a_month_has_the_rate_of_the_service_before_it(months, years):
    assert balance(STEPS, months) == pytest.approx(12_000 * years, rel=1e-13)


def test_nothing_is_credited_for_the_first_years_of_an_account_that_begins_later():
    """Three and a half years, of which one and a half are above two; the share and the fee apply to every rate."""
    rate = "[ { above = 2, rate = { 2000 = 0.20, 2025 = 0.30 } } ]"
    found = balance(rate, 42, extra="share = 0.5\nfee = 0.1\n")
    assert found == pytest.approx(0.5 * 0.9 * 12_000 * (0.5 * 0.20 + 0.30), rel=1e-13)
    assert balance(rate, 24) == 0.0


# --- a cohort ---------------------------------------------------------------------------------------------------------

DATED = "{ 2000 = 0.10, 2027 = 0.12 }"


@pytest.mark.parametrize("case", ["years", "months", "spread", "moving"])
def test_equal_rates_for_all_lengths_are_one_rate(case):
    """In all that is answered, and with a valuation date inside the first year; edges between cells of the grid."""
    basis = members(3)
    if case == "months":
        basis = basis.assign(newborn_0=("sex", [300.0, 290.0])).assign_attrs(valuation_date="2025-06-30")
    if case == "spread":
        basis = basis.assign(density_dispersion=0.3)
    if case == "moving":
        basis = moving(basis, transfer_rate=(("group", "to_group"), np.array([[0.0, 0.1], [0.0, 0.0]])))
    service = "years" if case == "years" else "months"
    one = run(DATED, basis, service)
    bands = ", ".join(f"{{ above = {above}, rate = {DATED} }}" for above in (0, 4.3, 11))
    other = run(f"[ {bands} ]", basis, service)
    for name in one.data_vars:
        scale = float(abs(one[name]).max())
        assert_allclose(other[name], one[name], rtol=1e-12, atol=1e-13 * scale, err_msg=name)
    assert float(one["account_credits"].min()) >= 0.0 < float(one["account_credits"].sum())


@pytest.mark.parametrize("until", [None, 59, 57.5])
def test_balances_are_those_of_the_one_career_that_all_members_have(until):
    """All are 58 with 54 months on the valuation date, contribute every month and claim at 60, of whom none has left.

    At mid-year of the second year they have 72 months: 54 of careers taken back, 12 of the first year, 6 of the second.
    """
    basis = members(2).drop_vars("wage_growth_past")  # wages have always grown by 4%
    nobody, there = 0.0 * basis["active_0"], (basis["age"] == 58) & (basis["service"] == 54)
    rates = {name: 0.0 * basis[name] for name in ("exit_rate", "invalidity_rate", "earnings_cv")}
    basis = basis.assign(
        active_0=nobody + 100.0 * there, inactive_0=nobody, density=0.0 * basis["density"] + 1.0,
        salary_0=0.0 * basis["salary_0"] + 12_000.0, admitted_share=0.0, readmitted_share=0.0, **rates,
    )  # fmt: skip
    scheme = law(STEPS).amend("held", inheritance="none", growth_until=until)
    found = project_insured(ac.project_population(basis), basis, scheme, service="months")
    paid, number = (found[name].sel(benefit="account_payout", year=2026, age=60) for name in PAID)
    assert float(number.min()) > 10.0
    months = {2020: 6.0, 2021: 12.0, 2022: 12.0, 2023: 12.0, 2024: 12.0, 2025: 12.0, 2026: 6.0}
    wages = 12_000.0 * (1.0 + float(basis["wage_growth"][0])) ** (np.array([*months]) - 2024)
    career = tuple(WorkYear(year, part, wage) for (year, part), wage in zip(months.items(), wages, strict=True))
    one = one_life(scheme, sex="male", born=1966, year=2026, career=career, group="private", basis=basis)
    assert_allclose(paid / number, due_at("retirement", one)["account_payout"].once, rtol=1e-12)


HELD = 'accounts = ["held"]\n'
AT_ONE = HELD + 'value = { value = 1, per = "once" }\n'
MONTHS = """
credits = "months"
inheritance = "none"
[[benefit]]
form = "invalidity"
qualifying_years = 0
formula = { form = "flat", amount = { value = 100, per = "year" } }
"""


@pytest.mark.parametrize("case", ["months", "spread", "moving", "recovering"])
def test_months_on_an_account_are_what_the_service_of_its_members_credits(case):
    """One after four years counts twice, one after twelve half: the balances of all are F at the service of each."""
    basis = members(4)
    if case == "months":
        basis = basis.assign(newborn_0=("sex", [300.0, 290.0])).assign_attrs(valuation_date="2025-03-31")
    if case == "spread":
        basis = basis.assign(density_dispersion=0.3)
    if case == "moving":
        basis = moving(basis)
    if case == "recovering":
        basis = basis.assign(recovery_rate=0.2 * (basis["age"] < 60))
    text = text_of("[ { above = 0, rate = 1 }, { above = 4, rate = 2 }, { above = 12, rate = 0.5 } ]")
    text = text.replace('growth = { interest = 1 }\ntiming = "interest"\ninheritance = "own"\n', MONTHS)
    text = text.replace(HELD, AT_ONE)
    service = "months" if case in ("months", "recovering") else "years"
    found = project_insured(ac.project_population(basis), basis, parse_scheme(text), service=service, keep=("service",))
    people = found["active_by_service"] + found["inactive_by_service"]
    years = people["service"] / 12.0
    credits = 12.0 * (years.clip(0, 4) + 2.0 * (years.clip(4, 12) - 4.0) + 0.5 * (years.clip(12) - 12.0))
    assert_allclose(found["account_balance"].sel(account="held"), (people * credits).sum("service"), rtol=1e-11)


def test_balances_are_in_proportion_to_the_rates_and_roll_forward():
    basis = members(3)
    found, double = run(STEPS, basis), run(TWICE, basis)
    check_insured(found, basis)
    assert_allclose(double["account_balance"], 2.0 * found["account_balance"], rtol=1e-12)
    once, twice = (
        run(rate, basis, entries=found, members="present", accrued="projected")["claims_amount"]
        for rate in (STEPS, TWICE)
    )
    assert_allclose(twice, 2.0 * once, rtol=1e-12)
    assert float(once.sum()) < 0.95 * float(found["claims_amount"].sum())


def test_given_balances_of_the_valuation_date_are_the_opening_ones():
    basis = members(2)
    held = 1_000.0 + 0.0 * basis["salary_0"].drop_attrs().expand_dims(account=["held"])
    basis = basis.assign(account_0=held)
    check_insured(run(STEPS, basis), basis)


# --- files ------------------------------------------------------------------------------------------------------------


def test_rates_by_service_are_saved_and_outlined():
    scheme = law("[ { above = 0, rate = 0.05 }, { above = 5, rate = { male = 0.10, female = 0.12 } } ]")
    assert parse_scheme(scheme_text(scheme)) == scheme
    assert "held  MemberAccount  0.05 to 0.12 of earnings" in outline_text(scheme)


WRONG = {
    "[]": "needs at least one band { above = YEARS, rate = ... }, in the order of above",
    "[ { above = 5, rate = 0.1 }, { above = 5, rate = 0.2 } ]": "in the order of above",
    "[ { above = 0, rate = 1.2 } ]": "held.rate[0].rate: must be <= 1 (got 1.2); rates are fractions",
    "[ { above = { 2025 = 5 }, rate = 0.1 } ]": "held.rate[0].above: must be a number (got {'2025': 5})",
    "[ { from = 0, rate = 0.1 } ]": "held.rate[0].from: unknown key",
}


@pytest.mark.parametrize("rate", WRONG)
def test_wrong_rates_are_refused_in_the_words_of_the_reader(rate):
    with pytest.raises(BadScheme) as found:
        law(rate)
    assert WRONG[rate] in str(found.value)
    for code in ("fr", "es"):
        assert WRONG[rate][-20:] not in told(message_of(found.value), language(code))


def test_a_rate_by_service_is_not_asked_of_nobody():
    account = MemberAccount(name="a", rate=[{"above": 0, "rate": 0.1}]).account
    with pytest.raises(ac.errors.BadInput, match="by length of service is not one number"):
        account.rate.evaluate(None)


# --- what is paid for it ----------------------------------------------------------------------------------------------

LINE = """
[[contributions]]
name = "by_service"
payer = "employer"
base = "account_credits"
of = ["held"]
"""


def paid_for(rate, basis, more=""):
    return ac.project(basis, parse_scheme(text_of(rate) + LINE + more), service="years")["contribution_income"]


OTHER = """
[[account]]
name = "other"
rate = 0.1
[[benefit]]
form = "account_payout"
name = "of_other"
accounts = ["other"]
together_with = "account_payout"
"""


@pytest.mark.parametrize("paid", ["assessed", "collected"])
def test_a_line_on_what_is_credited_is_one_at_the_rate_of_the_account(paid):
    """Of the credits of what is assessed the share that is collected, of those of what is collected all, calibrated."""
    basis = members(3, newborn_0=("sex", [300.0, 290.0]))
    basis = basis.assign(collection_rate=0.8 + 0.0 * basis["collection_rate"], calibration=("line", [1.1]))
    basis = basis.assign_coords(line=["insurable_earnings"])
    basis = basis.assign_attrs(valuation_date="2025-06-30", calibration_reason="arrears")
    flat = LINE.replace("by_service", "flat").replace("held", "other")
    other = OTHER.replace("rate = 0.1", f'rate = 0.1\npaid = "{paid}"')
    scheme = parse_scheme(text_of(STEPS) + LINE + other + flat)
    income = ac.project(basis, scheme, service="years")["contribution_income"]
    assert_allclose(income.sel(contribution="flat"), income.sel(contribution="paid"), rtol=1e-12)
    ratio = income.sel(contribution="by_service").sum() / income.sel(contribution="paid").sum()
    assert 0.5 < float(ratio) < 1.5


def test_present_members_and_future_entrants_pay_what_all_pay():
    """In every year, and nobody else does; the parts are made by runs of their own."""
    run = open_run(members(4), parse_scheme(text_of(STEPS) + LINE), until=2028, service="years", run_off=run_off_year)
    finance, flows = by_participants(run)
    paid = flows["contribution_income"].sel(contribution="by_service")
    assert float(paid.sel(participants=["present_members", "future_entrants"]).min()) > 0.0
    assert float(abs(paid.sel(participants=["pensioners", "scheme"])).max()) == 0.0
    assert_allclose(paid.sum("participants"), finance["contribution_income"].sel(contribution="by_service"), rtol=1e-12)


WRONG_LINES = {
    'of is missing; base = "account_credits" needs of = [ names of accounts ]': ('of = ["held"]\n', ""),
    "by_service.of: 'hold' is no account of the scheme; did you mean held?": ('of = ["held"]', 'of = ["hold"]'),
    "by_service.of: 'held' is credited less a fee; leave the fee out": ("growth = {", "fee = 0.01\ngrowth = {"),
    "by_service.of: 'held' is credited with points; name an account": ("growth = {", 'credits = "points"\ngrowth = {'),
}


@pytest.mark.parametrize("text", WRONG_LINES)
def test_wrong_lines_on_credits_are_refused_in_the_words_of_the_reader(text):
    right, wrong = WRONG_LINES[text]
    whole = text_of(STEPS) + LINE
    assert right in whole
    asked = whole.replace(right, wrong)
    with pytest.raises(BadScheme) as found:
        parse_scheme(asked.replace(HELD, AT_ONE) if "points" in wrong else asked)
    assert text in str(found.value)
    assert "mistakes" not in str(found.value)
    for code in ("fr", "es"):
        assert text[-18:] not in told(message_of(found.value), language(code))


def test_what_is_credited_to_an_account_that_nobody_is_paid_is_not_known():
    unpaid = '[[account]]\nname = "unpaid"\nrate = 0.1\n'
    scheme = parse_scheme(text_of(STEPS) + unpaid + LINE.replace("held", "unpaid"))
    with pytest.raises(BadScheme, match=r"by_service\.of: what is credited to unpaid is not known"):
        ac.project(members(2), scheme, service="years")


# --- one of the rates -------------------------------------------------------------------------------------------------


def test_one_of_the_rates_is_amended_and_solved():
    """The rate of the second band with which members are paid what they are with the rates of the law."""
    wanted, other = law(STEPS), law(STEPS.replace("0.10 }", "{ 2000 = 0.07, 2026 = 0.08 } }"))
    assert other.amend("held.rate[1]", rate=0.10) == wanted
    basis = members(2)

    def paid(basis, scheme):
        insured = project_insured(ac.project_population(basis), basis, scheme, service="years")
        return insured[["claims_amount"]].sum()

    target = float(paid(basis, wanted)["claims_amount"])
    how = {"basis": basis, "scheme": other, "run": paid, "bounds": (0.0, 0.5)}
    found = ac.solve("held.rate[1].rate", lambda r: r.claims_amount - target, **how)
    assert float(found) == pytest.approx(0.10, rel=1e-6)
    with pytest.raises(BadScheme, match=r"held.rate is a list of 3; the numbers in it are held.rate\[0\].above,"):
        ac.solve("held.rate", lambda r: r.claims_amount - target, **how)
    with pytest.raises(BadScheme, match=r"held has no part 'rate\[3\]'; did you mean rate\[2\]"):
        ac.solve("held.rate[3].rate", lambda r: r.claims_amount - target, **how)
    with pytest.raises(BadScheme, match=r"amend: held has no part 'rate\[x\]'; did you mean rate"):
        other.amend("held.rate[x]", rate=0.1)
