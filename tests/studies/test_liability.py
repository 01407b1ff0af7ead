"""Liabilities: closed forms of the steady state, sums by plain loops, finite differences, scenarios, errors."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.check.variables import check_variables
from actuarial.dated import money, step
from actuarial.errors import BadInput, IdentityFailed
from actuarial.pension import FinalAverage, Guarantee, Indexation, OldAge
from actuarial.scheme import Funding
from actuarial.studies import balance, balance_sheet, liabilities, liability, new_entrants_premium, prolong
from actuarial.studies.groups import by_participants, check_parts, open_run
from actuarial.studies.liability import MEASURES, _by_measure, _valued
from actuarial.studies.worth import worth_of
from tests.reference import steady_state as theory
from tests.reference.full_law import full_law
from tests.reference.small import small_basis
from tests.studies.runs import basis, law
from tests.system.test_steady_state import PX
from tests.system.test_steady_state import basis as steady_basis
from tests.system.test_steady_state import scheme as steady_scheme

INTEREST, RETIRES = np.expm1(0.05), theory.RETIREMENT
FUNDING = Funding(timing={"contributions": 0.4, "outgo": 0.6, "other_income": 1.0})
UNTIL = 2032


def ordered(found):
    """Benefits of each measure hold those of the one before it."""
    benefits = found["liability_benefits"].transpose("measure", ...)
    return bool((benefits.values[1:] >= benefits.values[:-1] * (1 - 1e-12)).all())


@pytest.fixture(scope="module")
def small():
    """The small basis for a few years, with interest that moves, valued until 2032."""
    made = small_basis().isel(year=slice(0, 6))
    interest = xr.DataArray([0.05, 0.06, 0.04, 0.03, 0.05, 0.045], coords={"year": made["year"]})
    money = {"gdp": 5e11 * 1.05 ** (made["year"] - 2024), "reserve_0": 0.1 * made["reserve_0"]}
    made = made.assign(interest_rate=interest, **money)
    scheme, steps = full_law(funding=FUNDING), {}

    def kept(function):
        def run(*arguments):
            steps[function.__name__] = function(*arguments)
            return steps[function.__name__]

        return run

    with pytest.MonkeyPatch.context() as patch:
        for function in (by_participants, _by_measure):
            patch.setattr(liability, function.__name__, kept(function))
        found = liabilities(made, scheme, until=UNTIL, service="years")
    return made, scheme, *steps["by_participants"], steps["_by_measure"], found


def test_measures_hold_each_other(small):
    found = small[-1]
    assert found["measure"].values.tolist() == list(MEASURES)
    check_variables(found)
    assert ordered(found)
    total = found["liability_benefits"].sum("benefit").values
    assert (np.diff(total) > 1e-4 * total[1:]).all()


def test_what_a_pension_lacks_of_an_amount_is_less_with_projected_earnings():
    """PBO of guarantees is below ABO; of a pension and one guarantee it is not, of a pension and two of them it is."""
    amount, age = money(step({2024: 10_000_000}), "year", "wages"), {"retirement_age": 60, "qualifying_years": 10}
    formula, prices = FinalAverage(accrual=0.01, years=5, revaluation="wages", capped=False), Indexation(prices=1.0)
    lacks = Guarantee(amount=amount, formula=formula)
    beside = {"formula": lacks, "together_with": "old_age", "indexation": prices} | age
    benefits = (
        OldAge(formula=formula, retirement_rate=0.7, indexation=prices, **age),
        OldAge(name="guarantee", **beside),
        OldAge(name="second", **beside),
    )
    made = basis(groups=1)
    made = made.assign(pensioners_0=0.0 * made["pensioners_0"])
    rules = law(benefits=benefits, contributions=law().contributions[:1])
    found = liabilities(made, rules, service="years")["liability_benefits"]
    abo, pbo = (found.sel(measure=f"accrued_{word}_earnings") for word in ("frozen", "projected"))
    rise = {str(name): float((pbo - abo).sel(benefit=name)) for name in ("old_age", "guarantee", "second")}
    assert rise["old_age"] > 0.0 > rise["guarantee"] == rise["second"]
    # max(P, G) - P falls by all that P rises where nobody's pension comes near the amount
    assert_allclose(-rise["guarantee"], rise["old_age"], rtol=1e-9)
    assert float((pbo - abo).sum()) < 0.0


def test_the_open_group_is_the_projection_of_everybody(small):
    """Benefits, earnings and contributions by line of all participants, against loops over the projection."""
    made, scheme, *_, found = small
    result = ac.project(prolong(made, UNTIL), scheme, service="years")
    interest, benefits = result["interest_rate"].values, result["benefit_expenditure"].values
    lines = result["contribution_income"]
    at = {"employees": 0.4, "employers": 0.4, "minimum": 1.0, "subsidy": 1.0, "aid": 1.0, "guarantee": 1.0}
    spent, earned, paid, discount = np.zeros(benefits.shape[1]), 0.0, np.zeros(len(at)), 1.0
    for t, i in enumerate(interest):
        discount /= 1 + i
        spent += discount * (1 + i) ** 0.4 * benefits[t]
        earned += discount * (1 + i) ** 0.5 * float(result["total_insurable_earnings"][t])
        for k, name in enumerate(lines["contribution"].values):
            paid[k] += discount * (1 + i) ** (1 - at[str(name)]) * float(lines[t, k])
    assert_allclose(found["liability_benefits"].sel(measure="open_group"), spent, rtol=1e-9)
    assert_allclose(found["participants_benefits"].sum("participants"), spent, rtol=1e-9)
    assert_allclose(found["participants_earnings"].sum("participants"), earned, rtol=1e-9)
    assert_allclose(found["participants_contributions"].sum("participants"), paid, rtol=1e-9)
    members = paid[:2].sum()
    assert_allclose(found["liability_contributions"].sel(measure="open_group"), members, rtol=1e-9)
    assert_allclose(found["liability"].sel(measure="open_group"), spent.sum() - members, rtol=1e-9)
    closed = found["participants_benefits"].sel(participants=["pensioners", "present_members"]).sum()
    assert_allclose(found["liability_benefits"].sel(measure="closed_group").sum(), closed, rtol=1e-12)


def test_what_belongs_to_no_member(small):
    """Fixed amounts and what makes good a deficit are those of the scheme, everything else of some participants."""
    paid = small[-1]["participants_contributions"]
    common = paid.sel(participants="scheme")
    assert common["contribution"].values[common.values > 0].tolist() == ["aid", "guarantee"]
    assert (paid.sel(contribution=["aid", "guarantee"]).drop_sel(participants="scheme") == 0).all()
    assert float(paid.sel(participants="pensioners", contribution="subsidy")) > 0
    assert (small[-1]["participants_administration"] > 0).all()


def test_ratios_are_those_of_the_reserve(small):
    made, *_, found = small
    owed, reserve = found["liability"].values, float(made["reserve_0"])
    assert_allclose(found["unfunded_liability"], owed - reserve)
    assert_allclose(found["funding_ratio"], reserve / owed)
    assert_allclose(found["implicit_debt"], owed[2] - reserve)
    assert_allclose(found["implicit_debt_to_gdp"], (owed[2] - reserve) / (5e11 * 1.05))
    assert found.attrs["last_year"] == UNTIL
    assert found.attrs["horizon"] == "flows until 2032; after 2030 the assumptions of that year stay"
    assert "warning" not in found.attrs


def test_slopes_are_the_finite_differences_of_the_force_of_interest(small):
    """d PV/d delta = -D PV, d2 PV/d delta2 = convexity PV; the liability by its own slope."""
    finance, measures = small[2], small[4]
    step = 1e-4

    def at(shift):
        rate = (1 + finance["interest_rate"]) * np.exp(shift) - 1
        return _valued(worth_of(finance, rate), *measures)

    low, base, high = at(-step), at(0.0), at(step)
    value = [part["liability_benefits"].sum("benefit").values for part in (low, base, high)]
    assert_allclose((value[2] - value[0]) / (2 * step), -base["liability_duration"] * value[1], rtol=1e-6)
    second = (value[2] - 2 * value[1] + value[0]) / step**2
    assert_allclose(second, base["liability_convexity"] * value[1], rtol=1e-6)
    slope = (high["liability"] - low["liability"]) / (2 * step)
    assert_allclose(slope, base["liability_slope"], rtol=1e-6)
    xr.testing.assert_allclose(base["liability"], small[-1]["liability"].drop_attrs())


def test_another_rate_of_discount_is_said(small):
    made, scheme, finance, *_ = small
    flat = worth_of(finance, 0.03)
    assert flat.warning.startswith("discount_rate is not the return that the reserve earns in 7 of 8 years, the first")
    assert_allclose(flat.factor["outgo"], 1.03 ** -(np.arange(8) + 0.6), rtol=1e-12)
    short = xr.DataArray([0.02, 0.04], coords={"year": [2025, 2026]})
    by_year = worth_of(finance, short)
    assert_allclose(by_year.factor["earnings"][-1], 1.02**-1 * 1.04**-6.5, rtol=1e-12)
    with pytest.raises(BadInput, match="discount_rate runs from 2026 to 2027, but present values begin in 2025"):
        worth_of(finance, short.assign_coords(year=[2026, 2027]))
    with pytest.raises(BadInput, match="interest must lie above -1"):
        worth_of(finance, -1.5)
    with pytest.raises(BadInput, match="until: '2040' is no year"):
        liabilities(made, scheme, until="2040")
    with pytest.raises(BadInput, match="until: 2020 lies before the first projected year, 2025"):
        liabilities(made, scheme, until=2020)


def test_a_first_period_that_is_a_part_of_the_year(small):
    """Half a year at 5%, then 6% and 4%: flows of the period fall at its part, those after it half a year earlier."""
    finance = small[2].isel(year=slice(0, 3))
    finance = finance.assign(year_fraction=("year", [0.5, 1.0, 1.0]))
    worth = worth_of(finance)
    expected = [1.05**-0.3, 1.05**-0.5 * 1.06**-0.6, 1.05**-0.5 / 1.06 * 1.04**-0.6]
    assert_allclose(worth.factor["outgo"], expected, rtol=1e-12)
    assert_allclose(worth.time["outgo"], [0.3, 1.1, 2.1], rtol=1e-12)


def test_participants_that_are_not_all_are_found_out(small):
    _, _, finance, flows, *_ = small
    spent = flows["benefit_expenditure"].sum("participants")
    check_parts(flows, finance, spent)
    for name in ("contribution_income", "administration", "total_insurable_earnings", "benefit_expenditure"):
        wrong = flows.copy(deep=True)
        wrong[name][{"year": 2, "participants": 1}] *= 1 + 1e-6
        with pytest.raises(IdentityFailed, match=f"(?s){name} of present and future participants is .*year=2027"):
            check_parts(wrong, finance, spent)


def test_a_basis_that_ends_later_is_cut():
    made = basis(years=6)
    short = open_run(made, law(), until=2027, service="years", run_off=None)
    assert short.basis["year"].values.tolist() == [2025, 2026, 2027]
    whole = open_run(made, law(), until=2030, service="years", run_off=None)
    assert short.attrs["horizon"] == "flows until 2027"
    xr.testing.assert_allclose(short.insured["claims_amount"], whole.insured["claims_amount"].isel(year=slice(0, 3)))


def test_studies_of_liabilities_say_what_they_do_if_asked(capsys):
    made, first = basis(years=3), ["checks", "population", "insured", "pensions", "finance"]
    options = {"until": 2027, "service": "years"}
    shared = [*first, "pensioners", "present members", "future entrants"]
    rights = ["accrued rights, frozen earnings", "accrued rights, projected earnings"]
    for study, steps in (
        (liabilities, shared + rights),
        (balance_sheet, shared),
        (new_entrants_premium, [*first, "entrants of 2025"]),
    ):
        said = []
        loud = study(made, law(), progress=said.append, **options)
        assert said == steps
        xr.testing.assert_identical(loud, study(made, law(), **options))
    assert capsys.readouterr() == ("", "")


def test_what_follows_the_last_year_of_a_geometric_flow(small):
    worth = worth_of(small[2], 0.0)
    flow = xr.DataArray(0.8 ** np.arange(8), coords={"year": small[2]["year"]})
    assert_allclose(worth.after(flow, "outgo"), 0.8**8 / (1 - 0.8**8), rtol=1e-12)
    assert np.isnan(worth.after(flow[::-1].assign_coords(year=flow["year"]), "outgo"))


def both_studies(made):
    """Liabilities and balance sheet out of the same runs."""
    run = open_run(made, law(), until=2029, service="years", run_off=None)
    parts = by_participants(run)
    with pytest.MonkeyPatch.context() as patch:
        for module in (liability, balance):
            patch.setattr(module, "open_run", lambda *arguments, **options: run)
            patch.setattr(module, "by_participants", lambda of: parts)
        return liabilities(made, law(), discount_rate=0.03), balance_sheet(made, law(), discount_rate=0.03)


def test_scenarios_are_the_runs_of_their_own():
    """And what is said of another rate of discount."""
    made = basis(years=3)
    factor = xr.DataArray([1.0, 1.4], dims="scenario", coords={"scenario": ["central", "exits"]})
    both, sheets = both_studies(made.assign(exit_rate=made["exit_rate"] * factor))
    alone, sheet = both_studies(made)
    xr.testing.assert_allclose(both.sel(scenario="central", drop=True), alone)
    xr.testing.assert_allclose(sheets.sel(scenario="central", drop=True), sheet)
    assert (both["liability"].sel(scenario="exits") != alone["liability"]).sum() == 4
    assert both["liability_benefits"].dims == ("scenario", "measure", "benefit")
    assert sheets["open_group_balance"].dims == ("scenario", "item")
    assert both.attrs["warning"].startswith("discount_rate is not the return")
    assert "implicit_debt_to_gdp" not in both


# --- closed forms -----------------------------------------------------------------------------------------------------


def steady(beta):
    """The steady state, whose members have 12 months for each whole year since 20 and 6 for the year of entry."""
    start = theory.stable_start(PX, beta)
    made = steady_basis(start, np.arange(2001, 2004)).assign_attrs(price_basis="nominal")
    months = 12 * (np.arange(101) - theory.ENTRY) + 6
    service = np.arange(0, 12 * (RETIRES - theory.ENTRY) + 1)
    table = np.zeros((1, 2, 101, service.size))
    for age in np.flatnonzero(start.active):
        table[0, 0, age, months[age]] = start.active[age]
    dims = ("group", "sex", "age", "service")
    made = made.drop_dims("service").assign_coords(service=service)
    return made.assign(active_0=(dims, table), inactive_0=(dims, 0 * table)), start, months


def test_closed_forms_of_the_steady_state():
    """Pensions in payment, ABO, PBO, benefits and contributions of the closed group, member by member."""
    beta = 0.01
    made, start, months = steady(beta)
    found = liabilities(made, steady_scheme(beta), until=2180).drop_vars("benefit").squeeze("benefit")
    annuity = theory.annuities(PX, INTEREST, np.expm1(beta))
    paying = (start.pensioners * start.pension * annuity).sum()
    frozen = projected = whole = earned = 0.0
    for age in np.flatnonzero(start.active):
        alive, years = start.active[age], RETIRES - age
        for k in range(1, years + 1):
            after = alive * PX[age + k - 1]
            stays = after if k < years else 0.0
            earned += np.exp(theory.GAMMA * k) * (alive + stays) / 2 / (1 + INTEREST) ** (k - 0.5)
            alive = after
        first = 0.5 / (1 + INTEREST) ** (years - 0.5)
        pension = alive * theory.ALPHA * (first + annuity[RETIRES] / (1 + INTEREST) ** years)
        part = months[age] / (months[age] + 12 * (years - 1) + 6)
        frozen += pension * part
        projected += pension * part * np.exp(theory.GAMMA * years)
        whole += pension * np.exp(theory.GAMMA * years)
    expected = [paying, paying + frozen, paying + projected, paying + whole]
    assert_allclose(found["liability_benefits"][:4], expected, rtol=1e-9)
    assert_allclose(found["liability_contributions"].sel(measure="closed_group"), 0.1 * earned, rtol=1e-9)
    assert_allclose(found["participants_earnings"].sel(participants="present_members"), earned, rtol=1e-9)
    assert_allclose(found["liability"].sel(measure="closed_group"), paying + whole - 0.1 * earned, rtol=1e-9)


def test_embedded_country_for_a_few_years():
    """The order of the measures under a whole law, and the horizon by default."""
    demo, scheme = ac.datasets.open("demo")
    found = liabilities(demo.isel(year=slice(0, 3)), scheme, until=2040, service="years")
    assert ordered(found)
    assert (found["liability_contributions"].values > 0).tolist() == [False, False, False, True, True]
    assert set(found["liability_duration"].dims) == {"measure"}
