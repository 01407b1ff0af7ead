"""Capital values of what a scheme awards: they are the present value of all that is paid until nobody is left."""

from dataclasses import dataclass

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.contract import Amount
from actuarial.dated import step
from actuarial.errors import BadInput
from actuarial.pension import AttendanceSupplement, FuneralGrant, Indexation, RemarriageGrant
from actuarial.pension.common import stays_alive
from actuarial.scheme import Benefit
from actuarial.valuation import roll_reserve, terminal_funding
from actuarial.valuation.constituent import constituent_capitals, terminal_capitals
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

LAW = full_law()
AWARDS, LONG = 4, 150  # years with awards to the insured, and years until the last survivor is gone
CLAIMS = ["claims_number", "claims_amount", "claims_topup"]


def long_basis():
    """The last year of a short basis goes on; interest and prices change from year to year before it."""
    basis = small_basis().isel(year=slice(0, AWARDS))
    rates = {"interest_rate": ("year", [0.06, 0.02, 0.045, 0.05]), "inflation": ("year", [0.01, 0.05, 0.02, 0.03])}
    basis = basis.assign(rates)
    years = np.arange(basis.year.values[0], basis.year.values[0] + LONG)
    return basis.reindex(year=years, method="ffill")


@pytest.fixture(scope="module")
def runs():
    """Insured with claims in the first years only, and what the benefits pay until nobody is left."""
    basis = long_basis()
    first = basis.isel(year=slice(0, AWARDS))
    insured = ac.project_insured(ac.project_population(first), first, LAW, service="years")[CLAIMS]
    insured = insured.reindex(year=basis.year, fill_value=0.0)
    return basis, insured, ac.project_pensions(insured, basis, LAW)


def present_value(paid, basis):
    interest = basis.interest_rate.values
    worth = (1 + interest) ** 0.5 / np.cumprod(1 + interest)
    return float((paid * xr.DataArray(worth, dims="year", coords={"year": basis.year})).sum())


def test_constituent_capitals_pay_for_beneficiaries_and_all_their_survivors(runs):
    basis, insured, pensions = runs
    capitals = constituent_capitals(insured, basis, LAW)
    paid = pensions.benefit_expenditure.sum("benefit")
    assert float(paid[-1]) < 1e-6 * float(paid[0])
    worth = float(capitals.opening_capital.sum()) + present_value(capitals.awarded_capital.sum("benefit"), basis)
    assert worth == pytest.approx(present_value(paid, basis), rel=1e-9)
    late = capitals.awarded_capital.isel(year=slice(AWARDS, None))
    assert float(abs(late).max()) == 0.0
    followed = pensions.benefit_expenditure.sel(benefit="widows").isel(year=slice(AWARDS, None))
    assert float(followed.max()) > 0


def test_terminal_capitals_pay_for_each_award_alone(runs):
    """Benefit by benefit: the awards of all years, those to survivors of pensioners among them."""
    basis, insured, pensions = runs
    capitals = terminal_capitals(insured, pensions, basis, LAW)
    for benefit in capitals.benefit.values:
        one = capitals.sel(benefit=benefit)
        paid = present_value(pensions.benefit_expenditure.sel(benefit=benefit), basis)
        worth = float(one.opening_capital) + present_value(one.awarded_capital, basis)
        assert worth == pytest.approx(paid, rel=1e-9), benefit


@pytest.fixture(scope="module")
def before(runs):
    """Survivors have a share of pensions before reductions and increases; invalids become old-age pensioners."""
    law = LAW.amend("invalidity", converts_to="old_age", converts_at=60).amend("old_age", unreduced_years=38)
    for name in ("widows", "orphans"):
        law = law.amend(name, share_before="reduction_and_increase")
    ratio = xr.where(runs[0].benefit == "old_age", 1.0 / 0.9, 1.0).broadcast_like(runs[0].pension_0)
    basis = runs[0].assign(unreduced_ratio_0=ratio)
    first = basis.isel(year=slice(0, AWARDS))
    insured = ac.project_insured(ac.project_population(first), first, law, service="years")
    insured = insured[[*CLAIMS, "claims_unreduced", "claims_unreduced_topup"]]
    return basis, insured.reindex(year=basis.year, fill_value=0.0), law


def test_capitals_with_shares_before_reductions_pay_for_all_that_is_paid(before):
    basis, insured, law = before
    paid = present_value(ac.project_pensions(insured, basis, law).benefit_expenditure.sum("benefit"), basis)
    found = []
    for one in (law, law.amend("widows", share_before=None).amend("orphans", share_before=None)):
        capitals = constituent_capitals(insured, basis, one)
        opening = float(capitals.opening_capital.sum())
        found.append(opening + present_value(capitals.awarded_capital.sum("benefit"), basis))
    assert found[0] == pytest.approx(paid, rel=1e-9)
    assert found[0] > 1.001 * found[1]


LATE = {
    "suspended_share": (("benefit", "age"), np.linspace(0, 0.3, 4 * 101).reshape(4, 101)),
    "first_payment_share": ("benefit", [0.4, 0.7, 0.5, 0.5]),
    "award_lag": ("benefit", [0.3, 1.0, 0.0, 0.5]),
    "survivors_with_pension": (("sex", "age"), np.linspace(0, 1, 202).reshape(2, 101)),
}


@pytest.fixture(scope="module")
def converting(runs):
    """Invalids become old-age pensioners at 59 years and a half, some pensions are not paid or paid late."""
    invalidity = {"converts_to": "old_age", "converts_at": 59.5, "payments": 13}
    law = LAW.amend("invalidity", **invalidity).amend("widows", cumulation={"kept": 0.4})
    basis = runs[0].assign(LATE)
    return basis, runs[1], law, ac.project_pensions(runs[1], basis, law)


def test_capitals_of_pensions_that_convert_and_are_paid_late_pay_for_all_that_is_paid(converting):
    basis, insured, law, pensions = converting
    paid = present_value(pensions.benefit_expenditure.sum("benefit"), basis)
    for capitals in (
        constituent_capitals(insured, basis, law), terminal_capitals(insured, pensions, basis, law)
    ):  # fmt: skip
        worth = float(capitals.opening_capital.sum()) + present_value(capitals.awarded_capital.sum("benefit"), basis)
        assert worth == pytest.approx(paid, rel=1e-9)
    assert float(pensions.conversions.sel(benefit="old_age").sum()) > 0
    plain = constituent_capitals(insured, basis.drop_vars(list(LATE)), LAW)
    lower = constituent_capitals(insured, basis, law).awarded_capital.isel(year=slice(0, AWARDS)).sum("benefit")
    assert bool((lower < plain.awarded_capital.isel(year=slice(0, AWARDS)).sum("benefit")).all())


def with_grants(basis, insured, rate):
    """Widows who remarry at a rate by age have 30 months of the pension that ends, four of five of them claim it."""
    grant = RemarriageGrant(months=step({2000: 30, 2027: 18}), claim_rate=0.8)
    law = LAW.amend("scheme", benefits=(*LAW.benefits, grant))
    claims = insured.reindex(benefit=[one.name for one in law.benefits], fill_value=0.0)
    rates = rate * (basis.age < 70) + 0.0 * basis.mx.drop_attrs()
    return basis.assign(remarriage_rate=rates, award_lag=("benefit", [0, 0, 0.3, 0])), claims, law


def test_grants_at_remarriage_are_a_part_of_the_capital_of_the_pension_that_ends(runs):
    basis, insured, law = with_grants(runs[0], runs[1], 0.06)
    pensions = ac.project_pensions(insured, basis, law)
    grants = pensions.benefit_expenditure.sel(benefit="remarriage_grant")
    paid = present_value(pensions.benefit_expenditure.sum("benefit"), basis)
    assert present_value(grants, basis) > 0.002 * paid
    whole = constituent_capitals(insured, basis, law)
    worth = float(whole.opening_capital.sum()) + present_value(whole.awarded_capital.sum("benefit"), basis)
    assert worth == pytest.approx(paid, rel=1e-9)
    assert float(abs(whole.awarded_capital.sel(benefit="remarriage_grant")).max()) == 0.0
    alone = terminal_capitals(insured, pensions, basis, law).sel(benefit="remarriage_grant")
    assert present_value(alone.awarded_capital, basis) == pytest.approx(present_value(grants, basis), rel=1e-9)


def test_a_widow_with_a_grant_in_closed_form(runs):
    """Level rates: a year of a pension of 1 and, where it ends by remarriage, r (1 + p)/2 of a grant of 2.5 0.8."""
    basis, insured, law = with_grants(runs[0].assign(interest_rate=0.0 * runs[0].interest_rate + 0.05), runs[1], 0.0)
    law = law.amend("widows", indexation=Indexation(), payments=12).amend("remarriage_grant", months=30)
    law = law.amend("funeral_grant", follows=("old_age",))
    mine = (basis.sex == "female") & (basis.age == 30) & (basis.benefit == "widows")
    here = (mine * 1.0).transpose(*basis.pensioners_0.dims)
    rate = 0.1 * (basis.age < 40)
    basis = basis.assign(
        pensioners_0=here, pension_0=here, mx=0.0 * basis.mx + 0.02, remarriage_rate=rate + 0.0 * basis.mx.drop_attrs()
    ).drop_vars("award_lag")
    alive = stays_alive("widows", basis).sel(sex="female").isel(year=0).values
    there, expected, v = 1.0, 0.0, 1 / 1.05
    for age in range(30, 1_000):
        x, k = min(age, 100), age - 30
        p, r = alive[x], 0.1 * (age < 40)
        grant = 0.8 * 2.5 * there * r * (1 + p) / 2
        expected += v ** (k + 0.5) * (there * (1 + p * (1 - r)) / 2 + grant)
        there *= p * (1 - r)
    found = constituent_capitals(insured, basis, law).opening_capital
    assert float(found.sel(benefit="widows")) == pytest.approx(expected, rel=1e-9)
    assert float(found.sum()) == float(found.sel(benefit="widows"))


def test_supplements_have_no_capital_values(runs):
    basis, insured, _ = runs
    law = full_law(benefits=(*LAW.benefits, AttendanceSupplement(needed_by=0.1, share=0.5)))
    claims = insured.reindex(benefit=[b.name for b in law.benefits], fill_value=0.0)
    with pytest.raises(BadInput, match=r"Capital values know neither supplements .*\(attendance_supplement\)"):
        constituent_capitals(claims, basis, law)


def test_the_reserve_of_terminal_funding_is_never_negative_and_runs_out_with_the_last_beneficiary(runs):
    basis, insured, pensions = runs
    earnings, paid = 1e9, pensions.benefit_expenditure.sum("benefit")
    reserves = []
    for capitals in (terminal_capitals(insured, pensions, basis, LAW), constituent_capitals(insured, basis, LAW)):
        found = terminal_funding(
            capitals.awarded_capital.sum("benefit"),
            paid,
            earnings,
            basis.interest_rate,
            reserve=float(capitals.opening_capital.sum()),
        )
        reserves.append(found.reserve)
        assert float(found.reserve.min()) > -1e-6 * float(found.reserve.max())
        assert float(found.contribution_rate[0]) == pytest.approx(float(capitals.awarded_capital[0].sum()) / earnings)
    assert bool((reserves[1][:100] > reserves[0][:100]).all()), "survivors are funded with the award they follow"


def test_without_interest_and_indexation_a_capital_is_a_sum_of_payments():
    """One year of awards, no interest: what is paid from them, whoever receives it, is the capital."""
    basis = long_basis()
    basis = basis.assign(interest_rate=0.0 * basis.interest_rate, pensioners_0=0.0 * basis.pensioners_0)
    first = basis.isel(year=slice(0, AWARDS))
    insured = ac.project_insured(ac.project_population(first), first, LAW, service="years")[CLAIMS]
    insured = insured.isel(year=slice(0, 1)).reindex(year=basis.year, fill_value=0.0)
    pensions = ac.project_pensions(insured, basis, LAW)
    capitals = constituent_capitals(insured, basis, LAW)
    total = float(pensions.benefit_expenditure.sum())
    assert float(capitals.awarded_capital[0].sum()) == pytest.approx(total, rel=1e-9)
    assert float(capitals.opening_capital.sum()) == 0.0
    rolled = roll_reserve(
        capitals.awarded_capital.sum("benefit"), pensions.benefit_expenditure.sum("benefit"), 0.0, reserve=0.0
    )
    assert float(rolled.reserve[-1]) == pytest.approx(0.0, abs=1e-6 * total)


def test_calibrated_expenditure_has_calibrated_capitals(runs):
    basis, insured = (part.isel(year=slice(0, AWARDS)) for part in runs[:2])
    reason = {"calibration_reason": "payments of arrears"}
    raised = basis.assign(calibration=("line", [1.1])).assign_coords(line=["expenditure:old_age"]).assign_attrs(reason)
    one, two = (constituent_capitals(insured, each, LAW).awarded_capital[0] for each in (basis, raised))
    assert float(two.sel(benefit="widows")) == float(one.sel(benefit="widows"))
    assert float(two.sel(benefit="old_age_grant")) == float(one.sel(benefit="old_age_grant"))
    least, most = (float(each.sel(benefit="old_age")) for each in (one, two))
    assert least < most < 1.1 * least, "the survivors of old-age pensioners are not calibrated"


def test_scenarios_stand_beside_each_other(runs):
    basis, insured = (part.isel(year=slice(0, AWARDS)) for part in runs[:2])
    low = basis.assign(interest_rate=basis.interest_rate - 0.01)
    names = xr.DataArray(["a", "b"], dims="scenario", name="scenario")
    both = xr.concat([basis.interest_rate, low.interest_rate], names)
    found = constituent_capitals(insured, basis.assign(interest_rate=both), LAW)
    assert found.awarded_capital.dims == ("scenario", "year", "benefit")
    xr.testing.assert_allclose(found.sel(scenario="b", drop=True), constituent_capitals(insured, low, LAW), rtol=1e-14)


def test_a_valuation_date_inside_the_year_is_refused(runs):
    basis, insured, _ = runs
    inside = basis.assign_attrs(valuation_date=f"{basis.year.values[0]}-06-30")
    with pytest.raises(BadInput, match="Capital values are those of whole years"):
        constituent_capitals(insured, inside, LAW)


@dataclass(frozen=True)
class FixedPension(Benefit):
    """A pension of a fixed amount for two sevenths of those whom an old-age pensioner leaves; it ends with death."""

    name: str = "fixed"
    on: str | None = None
    follows: tuple[str, ...] = ("old_age",)

    def claim(self, person):
        return 0.0 * person.age

    def award(self, person):
        return Amount(rate=700.0, base="currency")

    def follow_claim(self, person):
        return 2 / 7 + 0.0 * person.age

    def continuance(self, basis):
        return 0.7 + 0.0 * basis["mx"]


def test_a_fixed_pension_that_leaves_a_grant_is_worth_both(runs):
    """Old age, a pension of a fixed amount after it, a funeral grant after that."""
    old_age = next(benefit for benefit in LAW.benefits if benefit.name == "old_age")
    law = full_law(benefits=(old_age, FixedPension(), FuneralGrant(months=2, follows=("fixed",))), contributions=())
    basis = runs[0]
    basis = basis.sel(benefit=["old_age"])
    first = basis.isel(year=slice(0, AWARDS))
    insured = ac.project_insured(ac.project_population(first), first, law, service="years")[CLAIMS]
    insured = insured.reindex(year=basis.year, fill_value=0.0)
    pensions = ac.project_pensions(insured, basis, law)
    capitals = constituent_capitals(insured, basis, law)
    paid = pensions.benefit_expenditure.sum("year")
    assert float(paid.min()) > 0
    worth = float(capitals.opening_capital.sum()) + present_value(capitals.awarded_capital.sum("benefit"), basis)
    assert worth == pytest.approx(present_value(pensions.benefit_expenditure.sum("benefit"), basis), rel=1e-9)
