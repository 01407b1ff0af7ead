"""Accounts of members in scheme files: what is credited, what a balance is worth, what is paid of it, guarantees."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.dated import evaluate
from actuarial.errors import BadBasis, BadInput, BadScheme
from actuarial.labour.insured import project_insured
from actuarial.pension import (
    AccountPayout,
    Balance,
    Banded,
    EarningsBand,
    FinalAverage,
    Flat,
    Guarantee,
    Indexation,
    Invalidity,
    MemberAccount,
    OldAge,
    PaidPart,
    PartOfService,
    Phased,
    ProRata,
    StatedAnnuity,
)
from actuarial.pension.account_formulas import annuity_certain
from actuarial.pension.readiness import check_accounts
from actuarial.person import WorkYear, account_growth, growth_path
from actuarial.readiness import check_basis
from actuarial.scheme import Contribution, Scheme
from tests.pension.people import basis, grid, one
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

WAGES, RETURN = 0.03, 0.05
LINE = Contribution(name="members", payer="employee", rate=ac.step({2000: 0.10, 2028: 0.16}))
OLD = OldAge(retirement_age=60, qualifying_years=0, formula=Flat(amount=ac.money(100, "month")))
TABLE = {1955: {61: 22.0, 62: 21.2, 64: 19.6}, 1965: {61: 23.2, 62: 22.4, 64: 20.8}}
YEARS_LEFT = ac.by_cohort({born: ac.by_age(row) for born, row in TABLE.items()})
amounts = st.floats(1_000.0, 90_000.0)


def scheme(accounts=(), benefits=(OLD,)):
    return Scheme(name="S", currency="LTD", contributions=(LINE,), accounts=accounts, benefits=benefits)


def growing():
    """Wages, prices and a return in the few years of the small grid, and before them."""
    return basis(growth=WAGES, inflation=0.02).assign(interest_rate=("year", np.full(5, RETURN)))


def worker(law, earnings, *, year=2030, sex="male", age=60):
    """Somebody who has earned so much in the last years."""
    years = [WorkYear(year - back, 12.0, earned) for back, earned in enumerate(reversed(earnings))][::-1]
    return one(law, year=year, sex=sex, age=age, service=len(years) * 1.0, career=tuple(years), data=growing())


def balance(account, earnings, **options):
    person = worker(scheme((account,)), earnings, **options)
    return person.account(account.account)


# --- what is credited -------------------------------------------------------------------------------------------------


@given(st.lists(amounts, min_size=1, max_size=5), st.sampled_from(["index", "interest"]))
def test_accounts_that_share_contributions_hold_what_one_would(earnings, timing):
    split, rules = {2000: 0.3, 2029: 0.9}, {"growth": Indexation(wages=1), "timing": timing, "fee": 0.02}
    rest = ac.step({year: 1.0 - part for year, part in split.items()})
    whole = MemberAccount(name="whole", contributions=("members",), **rules)
    parts = [
        MemberAccount(name="part", contributions=("members",), share=share, **rules)
        for share in (ac.step(split), rest)
    ]
    assert_allclose(sum(balance(part, earnings) for part in parts), balance(whole, earnings), rtol=1e-12)
    assert balance(MemberAccount(name="none", rate=0.1, share=0.0), earnings) == 0.0


@pytest.mark.parametrize("timing", ["index", "interest"])
def test_a_balance_against_a_loop(timing):
    earnings, gains = [20_000.0, 30_000.0, 25_000.0, 40_000.0], ac.by_age({0: 0.001, 59: 0.01})
    account = MemberAccount(
        name="a", contributions=("members",), share=0.5, fee=0.02, growth=Indexation(interest=1, fixed=-0.005),
        gains=gains, timing=timing,
    )  # fmt: skip
    held = 0.0
    for year, earned in zip(range(2027, 2031), earnings, strict=True):
        up = (1.0 + RETURN - 0.005) * (1.0 + (0.01 if year - 2030 + 60 >= 59 else 0.001))
        credit = 0.5 * 0.98 * (0.16 if year >= 2028 else 0.10) * earned
        if timing == "index":
            held = held * up + credit
        elif year < 2030:
            held = held * up + credit * up**0.5
        else:
            held = held * up**0.5 + credit * up**0.25
    assert_allclose(balance(account, earnings), held, rtol=1e-13)


def test_a_share_changes_nothing_by_default():
    person = grid(scheme())
    plain = MemberAccount(name="a", contributions=("members",), fee=0.02).account
    expected = evaluate(LINE.rate, person) * 0.98
    assert (evaluate(plain.rate, person) == expected).all()


# --- what a balance is worth ------------------------------------------------------------------------------------------


@given(st.integers(1, 60), st.floats(-0.05, 0.1))
def test_a_stated_annuity_is_the_sum_of_its_payments(years, interest):
    expected = sum((1.0 + interest) ** -k for k in range(1, years + 1))
    assert_allclose(annuity_certain(float(years), interest), expected, rtol=1e-10)


def test_limits_of_a_stated_annuity():
    assert annuity_certain(18.5, 0.0) == 18.5
    assert_allclose(annuity_certain(18.5, 1e-12), 18.5, rtol=1e-10)
    assert_allclose(annuity_certain(18.5, 0.016), (1.0 - 1.016**-18.5) / 0.016, rtol=1e-14)
    plain, stated = Balance(account="a", divisor=20), Balance(account="a", divisor_from=StatedAnnuity(years=20))
    assert plain.factor(one()) == stated.factor(one()) == 0.05


def test_a_life_expectancy_by_year_of_birth_and_age():
    factor = 1.0 / Balance(account="a", divisor_from=StatedAnnuity(years=YEARS_LEFT, interest=0.016)).factor(grid())
    assert set(factor.dims) == {"year", "age"}
    for year in (2026, 2030):
        for age in range(58, 70):
            born = 1965 if year - age >= 1965 else 1955
            left = TABLE[born][max([key for key in TABLE[born] if key <= age], default=61)]
            expected = (1.0 - 1.016**-left) / 0.016
            assert_allclose(factor.sel(year=year, age=age), expected, rtol=1e-14)


@pytest.mark.parametrize("ways", [{}, {"divisor": 20, "divisor_from": StatedAnnuity(years=20)}])
def test_a_balance_is_valued_in_one_way(ways):
    with pytest.raises(BadScheme, match="needs"):
        Balance(account="a", **ways)


# --- what is paid -----------------------------------------------------------------------------------------------------


def test_parts_of_accounts_are_paid_out():
    accounts = (MemberAccount(name="early", rate=0.1), MemberAccount(name="late", rate=0.05))
    cohort = ac.by_cohort({1900: 1.0, 1970: 0.5, 1971: 0.0})
    payout = AccountPayout(from_age=55, accounts=("early",), parts=(PaidPart(account="late", share=cohort),), share=0.5)
    law = scheme(accounts, (payout,))
    for born, part in ((1969, 1.0), (1970, 0.5), (1971, 0.0)):
        person = worker(law, [10_000.0] * 3, age=2030 - born)
        assert_allclose(payout.exact(person), 0.5 * (3_000.0 + part * 1_500.0), rtol=1e-14)
    whole = AccountPayout(from_age=55, accounts=("early", "late"))
    parts = AccountPayout(from_age=55, parts=[PaidPart(account=name, share=1.0) for name in ("early", "late")])
    person = worker(law, [10_000.0] * 3)
    assert whole.exact(person) == parts.exact(person)


def test_a_payout_names_accounts_of_the_scheme():
    with pytest.raises(BadScheme, match="accounts that are paid out, or parts"):
        AccountPayout(from_age=55)
    part = (PaidPart(account="late", share=0.5),)
    with pytest.raises(BadScheme, match=r"account_payout\.parts: 'late' is no account"):
        scheme((MemberAccount(name="early", rate=0.1),), (AccountPayout(from_age=55, parts=part),))


@pytest.mark.parametrize("rate", [1.0, 0.25, ac.by_cohort({1900: 0.0, 1968: 1.0})])
def test_the_share_of_those_who_draw_a_benefit_together_with_another(rate):
    beside = OldAge(
        name="beside", together_with="old_age", retirement_age=62, qualifying_years=10, formula=OLD.formula,
        retirement_rate=rate,
    )  # fmt: skip
    person = grid(scheme(benefits=(OLD, beside)))
    entitled = (person.age >= 62) * (person.service >= 10 - 1e-9)
    expected = entitled * evaluate(rate, person)
    assert (beside.claim(person) == expected).all()


# --- guarantees -------------------------------------------------------------------------------------------------------


def guaranteed(**options):
    amount = ac.money(ac.step({2025: 500}), "month", "prices")
    formula = Guarantee(amount=amount, full_years=40, **options)
    return OldAge(name="top", together_with="old_age", retirement_age=60, qualifying_years=0, formula=formula)


def test_a_guarantee_looks_at_the_pension_that_another_benefit_awards():
    average = FinalAverage(accrual=0.01, years=2)
    late = OldAge(retirement_age=58, qualifying_years=0, formula=average, late_increase=0.1)
    same = replace(guaranteed(formula=average, counted=1.2), name="same")
    law = scheme(benefits=(late, guaranteed(of="old_age"), same))
    assert 6_000 * 1.02**5 * 20 / 40 < 0.2 * 15_000 * 1.2
    assert law.benefit("top").exact(worker(law, [15_000.0] * 20)) == 0.0
    poor = worker(law, [6_000.0] * 20)
    expected = 6_000 * 1.02**5 * 20 / 40 - 0.2 * 6_000 * 1.2
    assert_allclose([law.benefit(name).exact(poor) for name in ("top", "same")], expected, rtol=1e-13)


def test_a_guarantee_has_one_pension_to_look_at():
    for options in ({}, {"of": "old_age", "formula": OLD.formula}):
        with pytest.raises(BadScheme, match="needs either a formula or the name of the benefit"):
            guaranteed(**options)
    average = FinalAverage(accrual=0.01, years=2)
    several = OldAge(retirement_age=60, qualifying_years=0, formula=(average, average))
    poor = worker(scheme(benefits=(several, guaranteed(of="old_age"))), [6_000.0] * 20)
    expected = 6_000 * 1.02**5 * 20 / 40 - 2 * 0.2 * 6_000
    assert_allclose(poor.scheme.benefit("top").exact(poor), expected, rtol=1e-13)
    with pytest.raises(BadScheme, match=r"top\.formula\.of: 'top' is this benefit itself; the other"):
        scheme(benefits=(OLD, guaranteed(of="top")))


def test_what_a_guarantee_pays_is_not_due_to_the_minimum_of_the_pension_it_looks_at():
    least = ac.money(300, "month")
    old = replace(OLD, formula=FinalAverage(accrual=0.005, years=2, minimum_pension=least))
    data = small_basis()
    found = project_insured(
        ac.project_population(data), data, scheme(benefits=(old, guaranteed(of="old_age"))), service="years"
    )
    assert float(found["claims_amount"].sel(benefit="top").sum()) > 0.0
    assert (found["claims_topup"].sel(benefit="top") == 0.0).all()
    assert float(found["claims_topup"].sel(benefit="old_age").sum()) > 0.0


MONTHS = MemberAccount(name="granted", credits="months")
NO_WHOLE = {
    "two laws": (ProRata(since=2030, old=OLD.formula, new=OLD.formula), "pro_rata pays two parts, one by each law"),
    "a share of two laws": (
        Phased(share=0.5, formula=ProRata(since=2030, old=OLD.formula, new=OLD.formula)),
        "pro_rata pays two parts, one by each law",
    ),
    "a part of the service": (
        PartOfService(account="granted", formula=OLD.formula),
        "part_of_service pays a part of a pension",
    ),
    "another guarantee": (
        Guarantee(amount=ac.money(500, "month"), formula=OLD.formula),
        "a guarantee is itself what a pension falls short of an amount",
    ),
}


@pytest.mark.parametrize("case", NO_WHOLE)
def test_a_guarantee_refuses_what_is_not_one_whole_pension(case):
    """With its place: as the formula inside it, as that of the benefit it names, or of whose formula that one has."""
    formula, reason = NO_WHOLE[case]
    with pytest.raises(BadScheme, match=rf"^Guarantee\.formula: {reason}; a guarantee looks at one whole pension"):
        guaranteed(formula=formula)
    paid = replace(OLD, formula=formula)
    with pytest.raises(BadScheme, match=rf"^top\.formula\.of: 'old_age': {reason}"):
        scheme(accounts=(MONTHS,), benefits=(paid, guaranteed(of="old_age")))
    invalids = Invalidity(qualifying_years=1, of="old_age")
    with pytest.raises(BadScheme, match=rf"^top\.formula\.of: 'invalidity': {reason}"):
        scheme(accounts=(MONTHS,), benefits=(paid, invalids, guaranteed(of="invalidity")))
    assert scheme(benefits=(replace(OLD, formula=Phased(share=0.5, formula=OLD.formula)), guaranteed(of="old_age")))


# --- adjustment with a norm -------------------------------------------------------------------------------------------


def test_a_norm_divides_the_adjustment():
    on = growing()
    found = Indexation(wages=1, norm=0.016)(on)
    assert_allclose(found, np.full(5, 1.03 / 1.016 - 1.0), rtol=1e-13)
    assert (Indexation(wages=1, norm=0.0)(on) == Indexation(wages=1)(on)).all()
    assert_allclose(Indexation(norm=0.016, floor=0.0)(on), 0.0, atol=0.0)
    assert_allclose(Indexation(wages=1, norm=0.016, cap=0.01)(on), 0.01, rtol=1e-15)


def test_the_norm_and_the_balance_ratio_multiply():
    on = growing().drop_dims("age").assign(balance_ratio_0=0.95).assign_coords(age=np.arange(3))
    rule = Indexation(wages=1, norm=0.016, balancing={"by": "balance_ratio", "restore": False})
    seen = xr.Dataset({"balance_ratio": ("year", [0.9, 1.2, 0.8, 1.0, 0.5])}, {"year": on["year"]})
    ratios = np.array([0.95, 0.9, 1.0, 0.8, 1.0])
    assert_allclose(rule(on, seen), 1.03 / 1.016 * ratios - 1.0, rtol=1e-13)


def test_bands_have_norms_of_their_own():
    with pytest.raises(BadScheme, match="norm"):
        Indexation(norm=0.016, bands=({"prices": 1.0},))


# --- the basis --------------------------------------------------------------------------------------------------------


def test_accounts_without_opening_balances_are_told():
    data = small_basis()
    shares = {"old": 1.0, "new": ac.step({2000: 0.0, 2030: 1.0})}
    accounts = [MemberAccount(name=name, rate=0.1, share=share) for name, share in shares.items()]
    law = full_law().amend("scheme", accounts=accounts)
    (told,) = check_accounts(law.accounts, data, law)
    assert told.startswith("account old: no opening balances (account_0); ")
    assert [text for text in check_basis(data, law) if text.startswith("account ")] == [told]
    nobody = data.assign(active_0=0.0 * data["active_0"], inactive_0=0.0 * data["inactive_0"])
    assert check_accounts(law.accounts, nobody, law) == []
    (of_invalids,) = check_accounts(law.accounts, nobody.assign(invalid_0=0.01 * data["active_0"]), law)
    assert of_invalids == told
    cells = data["active_0"].isel(service=0, drop=True)
    known = data.assign(account_0=cells.expand_dims(account=["old", "new"]).drop_attrs())
    assert check_accounts(law.accounts, known, law) == []


def test_opening_balances_are_those_of_every_account():
    data = small_basis().isel(year=slice(0, 2))
    payout = AccountPayout(from_age=60, accounts=("old", "new"))
    accounts = tuple(MemberAccount(name=name, rate=0.1) for name in ("old", "new"))
    law = Scheme(name="S", currency="LTD", contributions=(LINE,), accounts=accounts, benefits=(payout,))
    cells = data["active_0"].isel(service=0, drop=True).drop_attrs()
    lacking = data.assign(account_0=0.0 * cells.expand_dims(account=["old"]))
    with pytest.raises(BadBasis, match=r"account_0: there are no balances of new\."):
        project_insured(ac.project_population(data), lacking, law, service="years")


def test_a_growth_that_leaves_nothing_is_told_with_its_year():
    data = small_basis().isel(year=slice(0, 3))
    years = data["year"].values

    def halved(basis, finance):
        return xr.where(basis["year"] == years[1], -1.0, 0.02)

    with pytest.raises(BadScheme, match=rf"account fund: .* in 1 of 3 it is not, the first: year={years[1]} -> -1\."):
        account_growth("fund", halved, data, None, years)


def test_growth_before_the_projection_is_the_past_one():
    data = small_basis()
    account = MemberAccount(name="a", rate=0.1, growth="wages")
    law = scheme((account,))
    person = one(law, year=2026, age=40, service=2.0, data=data,
                 career=(WorkYear(2010, 12.0, 1_000.0), WorkYear(2011, 12.0, 1_000.0)))  # fmt: skip
    up = np.cumprod(1.0 + growth_path(data, "wage_growth", np.arange(2011, 2027)).values)
    expected = 100.0 * up[-1] + 100.0 * up[-1] / up[0]
    assert_allclose(person.account(account.account), expected, rtol=1e-12)


# --- what is due, and what is collected -------------------------------------------------------------------------------
def test_a_balance_of_what_is_collected_against_a_loop():
    """One person: credits of each year times the share collected of the group then, that of 2026 before it."""
    data = small_basis()
    share = xr.DataArray(
        np.linspace(0.7, 0.9, 20).reshape(10, 2), coords={"year": data["year"], "group": data["group"]}
    )
    data = data.assign(collection_rate=share).isel(year=slice(1, None))
    account = MemberAccount(name="a", rate=0.1, fee=0.02, paid="collected")
    person = one(scheme((account,)), year=2028, group="public", data=data,
                 career=tuple(WorkYear(year, 12.0, 1_000.0 + year) for year in range(2024, 2029)))  # fmt: skip
    held = 0.0
    for year in range(2024, 2029):
        held += 0.1 * 0.98 * (1_000.0 + year) * float(share.sel(year=max(year, 2026), group="public"))
    assert_allclose(person.account(account.account), held, rtol=1e-13)


def test_collected_credits_are_the_rate_of_what_contributions_are_paid_on():
    """All credits of a year are k W, W the insurable earnings collected; assessed ones k W_a."""
    data = small_basis().isel(year=slice(0, 4))
    share = xr.DataArray([[0.7, 1.0], [0.8, 0.9], [0.75, 0.95], [0.6, 0.97]], dims=("year", "group"))
    data = data.assign(collection_rate=share)
    accounts = (MemberAccount(name="due", rate=0.1), MemberAccount(name="paid", rate=0.1, paid="collected"))
    law = full_law().amend("scheme", accounts=accounts)
    payout = AccountPayout(name="payout", from_age=60, accounts=("due", "paid"), together_with="old_age")
    law = replace(law, benefits=(*law.benefits, payout))
    found = project_insured(ac.project_population(data), data, law, service="years")
    credits = found["account_credits"].sum("age")
    dims = ("year", "group", "sex")
    for name, earned in (("due", found["assessed_earnings"]), ("paid", found["insurable_earnings"])):
        assert_allclose(credits.sel(account=name).transpose(*dims), 0.1 * earned.transpose(*dims), rtol=1e-10)


def test_what_cannot_be_collected_is_refused():
    with pytest.raises(BadScheme, match="paid = \"collected\" has no meaning with credits = \"months\""):
        scheme((MemberAccount(name="a", credits="months", paid="collected"),))
    with pytest.raises(BadInput, match="credited with collected contributions, but there is no basis; give basis="):
        evaluate(MemberAccount(name="a", rate=0.1, paid="collected").account.rate, replace(grid(scheme()), basis=None))


# --- growth until an age ----------------------------------------------------------------------------------------------


def test_earnings_are_revalued_until_an_age_and_paid_in_slices():
    """Of five years the first three are revalued to that of age 58; of the mean 90% up to 20,000, then 32% count."""
    earnings = [20_000.0, 30_000.0, 25_000.0, 40_000.0, 10_000.0]
    account = MemberAccount(name="a", rate=1.0, growth=Indexation(wages=1), growth_until=58)
    held = (20_000 * 1.03 + 30_000) * 1.03 + 25_000 + 40_000 + 10_000
    assert_allclose(balance(account, earnings), held, rtol=1e-13)
    slices = (EarningsBand(counted=0.90), EarningsBand(above=ac.money(20_000, "year"), counted=0.32))
    pension = replace(OLD, formula=Banded(formula=Balance(account="a", divisor=5), bands=slices))
    person = worker(scheme((account,), (pension,)), earnings)
    assert_allclose(pension.exact(person), 0.90 * 20_000 + 0.32 * (held / 5 - 20_000), rtol=1e-13)


@pytest.mark.parametrize("timing", ["index", "interest"])
def test_growth_until_an_age_is_one_that_is_taken_back_later(timing):
    """Wages grow by 4% always, so that from 50 on gains of -0.04/1.04 leave nothing of it."""
    basis = small_basis().isel(year=slice(0, 3)).drop_vars("wage_growth_past")
    basis = basis.assign(pensioners_0=0.0 * basis["pensioners_0"])
    population = ac.project_population(basis)

    def run(**changes):
        account = MemberAccount(name="a", rate=0.1, growth=Indexation(wages=1), timing=timing, **changes)
        payout = AccountPayout(accounts=("a",), from_age=60, claim_rate=0.4)
        return project_insured(population, basis, scheme((account,), (payout,)), service="years")

    until, back, always = run(growth_until=49), run(gains=ac.by_age({0: 0.0, 50: -0.04 / 1.04})), run()
    for name in ("account_balance", "account_growth", "account_released", "claims_amount"):
        assert_allclose(until[name], back[name], rtol=1e-12, atol=1e-7)
    assert float(until["claims_amount"].sum()) < 0.95 * float(always["claims_amount"].sum())


def test_an_age_of_a_growth_that_is_none_is_refused():
    with pytest.raises(BadScheme, match="growth_until: has no meaning without growth"):
        MemberAccount(name="a", rate=0.1, growth_until=60)
