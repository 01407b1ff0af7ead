"""Cash benefits: days of sickness, births and deaths of members, and amounts, against closed forms and simulation."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from actuarial.contract import Amount
from actuarial.dated import by_group, by_sex, money, step
from actuarial.demography.population import project_population
from actuarial.errors import BadBasis, BadScheme, MissingVariable
from actuarial.health.cash import HealthFuneral, Maternity, Paternity, Sickness, days_paid
from actuarial.health.cash_cost import project_cash
from actuarial.health.contract import CashBenefit
from actuarial.health.groups import Population, Remainder
from actuarial.health.membership import project_membership
from actuarial.health.payment import FeeForService
from actuarial.health.scheme import HealthScheme, Service
from actuarial.person import Person, WorkYear
from tests.reference.small import small_basis

YEARS, AGES = [2025, 2026, 2027], np.arange(48)
GROUPS = ["workers", "poor"]
CELL = ("health_group", "sex", "age")


def law(*benefits: Any) -> HealthScheme:
    groups = (Population(name="workers", share=0.5), Remainder(name="poor", enrolment=1.0))
    service = Service(name="visits", payment=FeeForService())
    return HealthScheme(name="H", currency="LTD", groups=groups, services=(service,), benefits=benefits)


def geometric(stay: float, days: int = 1200) -> xr.DataArray:
    """Spells that go on from each day to the next with the probability `stay`: P(D > d) = stay^d."""
    return xr.DataArray(stay ** np.arange(days), dims="day", coords={"day": np.arange(days)})


def tiny_basis(**changes: Any) -> xr.Dataset:
    """Three years, two sexes, ages 0 to 47, all that cash benefits read; workers earn, the poor earn nothing."""
    rng = np.random.default_rng(3)
    ages = len(AGES)
    earnings = np.stack([(AGES >= 18) * (20_000 + 500 * np.stack([AGES, AGES - 10])), np.zeros((2, ages))])
    data = {
        "sickness_incidence": (("sex", "age"), 0.2 + 0.3 * rng.random((2, ages))),
        "sickness_survival": geometric(0.9),
        "asfr": (("year", "age"), 0.15 * rng.random((3, ages)) * (AGES >= 15) * (AGES < 45)),
        "fertility_ratio": (("health_group", "age"), 0.5 + rng.random((2, ages))),
        "spouse_age_gap": ((), 2.5),
        "mx": (("year", "sex", "age"), 0.001 + 0.01 * rng.random((3, 2, ages))),
        "member_earnings_0": (CELL, earnings),
        "member_earnings_cv": (CELL, 0.4 + 0.3 * rng.random((2, 2, ages))),
        "wage_growth": ("year", [0.04, 0.03, 0.05]),
        "inflation": ("year", [0.02, 0.02, 0.02]),
    }
    coords = {"year": YEARS, "health_group": GROUPS, "sex": ["male", "female"], "age": AGES}
    return xr.Dataset(data, coords).assign(changes)


def tiny_members(basis: xr.Dataset) -> xr.Dataset:
    rng = np.random.default_rng(4)
    shape = (3, 2, 2, len(AGES))
    dims = ("year", *CELL)
    coords = {dim: basis[dim] for dim in dims}
    return xr.Dataset({"health_members": (dims, 100 + 900 * rng.random(shape))}, coords)


@pytest.fixture(scope="module")
def basis():
    return tiny_basis()


@pytest.fixture(scope="module")
def members(basis):
    return tiny_members(basis)


def test_days_by_hand():
    days = xr.DataArray([1.0, 0.5, 0.25, 0.0], coords={"day": range(4)}, dims="day")
    assert days_paid(days, 0, np.inf) == 1.75, "the mean: half the spells last one day, a quarter two, a quarter three"
    assert days_paid(days, 0, 2) == 1.5
    assert days_paid(days, 1, np.inf) == 0.75
    assert days_paid(days, 1, 1) == 0.5
    assert days_paid(days, 3, 10) == 0.0
    assert days_paid(days, 0, 0) == 0.0
    assert days_paid(days, 0.5, 1) == 0.75, "half of the first day and half of the second"


@given(stay=st.floats(0.05, 0.97), waiting=st.integers(0, 30), maximum=st.integers(0, 400))
def test_days_of_geometric_durations_have_a_closed_form(stay, waiting, maximum):
    found = days_paid(geometric(stay), waiting, maximum)
    assert found == pytest.approx(stay**waiting * (1 - stay**maximum) / (1 - stay), rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("stay", [0.3, 0.9, 0.97])
def test_without_waiting_days_and_maximum_they_are_the_mean_duration(stay):
    assert days_paid(geometric(stay), 0, np.inf) == pytest.approx(1 / (1 - stay), rel=1e-12)


def test_days_of_discretised_durations_against_simulation():
    """Lognormal durations, every started day counts: 4 million spells, standard error at most 0.2%."""
    mean, sigma = np.log(8.0), 1.1
    grid = np.arange(40_000)
    share = stats.lognorm.sf(grid, sigma, scale=np.exp(mean))
    table = xr.DataArray(share, dims="day", coords={"day": grid})
    spells = np.ceil(np.random.default_rng(1).lognormal(mean, sigma, 4_000_000))
    for waiting, maximum in ((0, 60), (3, 60), (3, 182), (14, 26)):
        paid = np.clip(spells - waiting, 0, maximum)
        error = paid.std() / np.sqrt(paid.size)
        assert error / paid.mean() <= 0.002
        assert abs(days_paid(table, waiting, maximum) - paid.mean()) <= 3 * error
        assert abs(days_paid(table, waiting + 1, maximum) - paid.mean()) > 4.5 * error, "one waiting day more is seen"


def test_a_sickness_benefit_by_hand():
    """1,000 persons x 0.4 spells x 0.9^3 (1 - 0.9^100)/0.1 days x 0.6 x 36,500/365."""
    ones = np.ones((2, 3))
    coords = {"year": [2025], "health_group": GROUPS, "sex": ["male", "female"], "age": [0, 1, 2]}
    basis = xr.Dataset(
        {
            "sickness_incidence": (("sex", "age"), 0.4 * ones),
            "sickness_survival": geometric(0.9),
            "member_earnings_0": (CELL, np.array([36_500.0, 0.0])[:, None, None] * ones),
            "wage_growth": ("year", [0.0]),
            "inflation": ("year", [0.0]),
        },
        coords,
    )
    members = xr.Dataset({"health_members": (("year", *CELL), np.full((1, 2, 2, 3), 500.0 / 3))}, coords)
    result = project_cash(members, basis, law(Sickness(rate=0.6, waiting_days=3, maximum_days=100)))
    assert result["cash_events"].values[0, 0].tolist() == pytest.approx([400.0, 0.0], rel=1e-13)
    assert result["cash_expenditure"].values[0, 0].tolist() == pytest.approx([174_955.35281765, 0.0], rel=1e-12)


def _expected(mean, cv, low, high):
    """E[min(max(X, low), high)] of lognormal X by integration."""
    sigma = np.sqrt(np.log1p(cv**2))
    centre = np.log(mean) - sigma**2 / 2
    marks = [(np.log(limit) - centre) / sigma for limit in (low, high)]
    value, _ = integrate.quad(
        lambda z: min(max(np.exp(centre + sigma * z), low), high) * stats.norm.pdf(z), -12, 12, points=marks, limit=400
    )
    return value


def test_sickness_is_the_plain_sum_over_cells(basis, members):
    benefit = Sickness(
        rate=step({2025: 0.6, 2027: 0.7}),
        waiting_days=by_sex(male=3, female=2),
        maximum_days=90,
        floor={"value": 1_500, "per": "month"},
        ceiling=money(step({2025: 40_000}), "year", "wages"),
        entitled=0.8,
        take_up=0.9,
        groups=("workers",),
    )
    result = project_cash(members, basis, law(benefit))
    people, level, spells, spent = members["health_members"].values, 1.0, np.zeros(3), np.zeros(3)
    for t in range(3):
        level *= 1 + float(basis["wage_growth"][t])
        ceiling = 40_000 * level / 1.04
        for s, waiting in ((0, 3), (1, 2)):
            days = sum(0.9**d for d in range(waiting, waiting + 90))
            for x in range(18, len(AGES)):
                number = people[t, 0, s, x] * 0.8 * 0.9 * float(basis["sickness_incidence"][s, x])
                mean = float(basis["member_earnings_0"][0, s, x]) * level
                earned = _expected(mean, float(basis["member_earnings_cv"][0, s, x]), 18_000.0, ceiling)
                spells[t] += number
                spent[t] += number * days / 365 * (0.7 if t == 2 else 0.6) * earned
    np.testing.assert_allclose(result["cash_events"].values[:, 0, 0], spells, rtol=1e-12)
    np.testing.assert_allclose(result["cash_expenditure"].values[:, 0, 0], spent, rtol=1e-8)
    assert not result.sel(health_group="poor").to_array().any()


def test_sickness_against_simulated_spells(basis):
    """Persons one by one: Poisson spells, geometric days, lognormal earnings between floor and ceiling."""
    rng = np.random.default_rng(2)
    basis = basis.isel(year=[0])
    coords = {dim: basis[dim] for dim in ("year", *CELL)}
    persons, cell = 1_500_000, {"health_group": "workers", "sex": "male", "age": 30}
    one = xr.Dataset({"health_members": (("year", *CELL), np.zeros((1, 2, 2, len(AGES))))}, coords)
    one["health_members"].loc[cell] = persons
    chosen = basis.sel(cell)
    floor, ceiling = 20_000.0, 45_000.0
    benefit = Sickness(
        rate=0.6, waiting_days=3, maximum_days=60, floor=money(floor, "year"), ceiling=money(ceiling, "year")
    )
    spells = rng.poisson(float(chosen["sickness_incidence"]), persons)
    sigma = np.sqrt(np.log1p(float(chosen["member_earnings_cv"]) ** 2))
    mean = float(chosen["member_earnings_0"]) * 1.04
    earnings = np.repeat(rng.lognormal(np.log(mean) - sigma**2 / 2, sigma, persons), spells)
    days = rng.geometric(0.1, earnings.size)
    paid = 0.6 / 365 * np.clip(days - 3, 0, 60) * np.clip(earnings, floor, ceiling)
    error = np.sqrt(earnings.size) * np.sqrt((paid**2).mean())

    def spent(changed):
        return float(project_cash(one, basis, law(changed))["cash_expenditure"].sum())

    assert error / paid.sum() <= 0.003
    assert abs(spent(benefit) - paid.sum()) <= 3 * error
    for wrong in ({"floor": None}, {"ceiling": None}, {"waiting_days": 4}, {"rate": 0.61}):
        assert abs(spent(replace(benefit, **wrong)) - paid.sum()) > 4.5 * error, wrong


def test_births_are_the_plain_sum_over_women(basis, members):
    take_ups = by_group({"workers": 0.9, "poor": 0.5})
    result = project_cash(members, basis, law(Maternity(rate=0.8, weeks=14, take_up=take_ups)))
    people, level = members["health_members"].values, 1.0
    for t in range(3):
        level *= 1 + float(basis["wage_growth"][t])
        for g, take_up in enumerate((0.9, 0.5)):
            rate = basis["asfr"].values[t] * basis["fertility_ratio"].values[g] * take_up
            births = sum(people[t, g, 1] * rate)
            spent = sum(people[t, g, 1] * rate * basis["member_earnings_0"].values[g, 1]) * level * 0.8 * 14 / 52
            assert float(result["cash_events"][t, 0, g]) == pytest.approx(births, rel=1e-12)
            assert float(result["cash_expenditure"][t, 0, g]) == pytest.approx(spent, rel=1e-12)
    assert not result["cash_expenditure"].sel(health_group="poor").any(), "nothing is earned, nothing is replaced"


def test_fathers_have_the_births_of_women_who_are_younger(basis, members):
    """2.5 years younger: half the births of women two, half of women three years younger."""
    result = project_cash(members, basis, law(Paternity(rate=1, days=7)))
    people = members["health_members"].values
    for t in range(3):
        for g in range(2):
            births = basis["asfr"].values[t] * basis["fertility_ratio"].values[g]
            fathers = [
                people[t, g, 0, x] * (births[x - 2] + births[x - 3]) / 2 if x >= 3 else 0.0 for x in range(len(AGES))
            ]
            assert float(result["cash_events"][t, 0, g]) == pytest.approx(sum(fathers), rel=1e-12)
    spent = result["cash_expenditure"].sel(health_group="workers").values[0, 0]
    births = basis["asfr"].values[0] * basis["fertility_ratio"].values[0]
    earned = basis["member_earnings_0"].values[0, 0] * 1.04
    fathers = [people[0, 0, 0, x] * (births[x - 2] + births[x - 3]) / 2 for x in range(3, len(AGES))]
    assert spent == pytest.approx(sum(fathers * earned[3:]) * 7 / 365, rel=1e-12)


def test_without_a_gap_fathers_have_the_births_of_women_of_their_age(basis, members):
    same = members.copy(deep=True)
    same["health_members"].loc[{"sex": "male"}] = same["health_members"].sel(sex="female")
    scheme = law(Maternity(rate=1, weeks=1), Paternity(rate=1, days=1))
    result = project_cash(same, basis.assign(spouse_age_gap=0.0), scheme)
    events = result["cash_events"]
    np.testing.assert_allclose(events.sel(benefit="paternity"), events.sel(benefit="maternity"), rtol=1e-14)


def test_funerals_are_deaths_times_the_amount(basis, members):
    amount = money(step({2025: 500.0}), "once", "prices")
    result = project_cash(members, basis, law(HealthFuneral(amount=amount)))
    deaths = (members["health_members"] * basis["mx"]).sum(["sex", "age"]).transpose("year", "health_group").values
    np.testing.assert_allclose(result["cash_events"].values[:, 0], deaths, rtol=1e-13)
    paid = 500.0 * np.array([1.0, 1.02, 1.02**2])[:, None]
    np.testing.assert_allclose(result["cash_expenditure"].values[:, 0], deaths * paid, rtol=1e-13)


def test_where_all_are_members_births_and_deaths_are_those_of_the_population():
    """Exposure is the mean number alive in both; deaths of the population come from survival ratios, to 0.1%."""
    basis = small_basis()
    basis = basis.assign(net_migration=0.0 * basis["net_migration"])
    scheme = law(Maternity(rate=1, weeks=1), HealthFuneral(amount={"value": 1, "per": "once"}))
    population = project_population(basis)
    members = project_membership(population, basis, scheme)
    known = {"health_group": GROUPS, "sex": basis["sex"], "age": basis["age"]}
    earned = xr.DataArray(np.ones((2, 2, 101)), known, CELL)
    events = project_cash(members, basis.assign(member_earnings_0=earned), scheme)["cash_events"].sum("health_group")
    births, deaths = (population[name].sum(["sex", "age"]).values for name in ("births", "deaths"))
    np.testing.assert_allclose(events.sel(benefit="maternity"), births, rtol=1e-12)
    np.testing.assert_allclose(events.sel(benefit="funeral")[1:], deaths[1:], rtol=1e-3)


def test_benefits_add_up_and_may_have_scenarios(basis, members):
    benefits = (Sickness(rate=0.6), HealthFuneral(amount={"value": 1, "per": "once"}))
    both = project_cash(members, basis, law(*benefits))
    for benefit in benefits:
        alone = project_cash(members, basis, law(benefit))
        xr.testing.assert_equal(both.sel(benefit=[benefit.name]), alone)
    once = basis["sickness_incidence"]
    more = xr.concat([once, 2 * once], xr.Variable("scenario", ["a", "b"]))
    result = project_cash(members, basis.assign(sickness_incidence=more), law(*benefits))
    assert result["cash_expenditure"].dims == ("scenario", "year", "benefit", "health_group")
    ratio = result.sel(scenario="b", health_group="workers") / result.sel(scenario="a", health_group="workers")
    np.testing.assert_allclose(ratio["cash_expenditure"], np.tile([2.0, 1.0], (3, 1)), rtol=1e-13)
    xr.testing.assert_equal(result.sel(scenario="a", drop=True), both)


def test_a_benefit_that_nobody_claims_costs_nothing(basis, members):
    nobody = Sickness(rate=by_group({"workers": 0.6, "poor": 0.5}), take_up=0.0)
    result = project_cash(members, basis, law(nobody, HealthFuneral(amount={"value": 1, "per": "once"})))
    assert result.sum(["year", "health_group"])["cash_expenditure"].values[0] == 0.0
    rates = by_group({"workers": 0.6, "poor": 0.5})
    some = project_cash(members, basis, law(replace(nobody, rate=rates, take_up=1.0)))
    xr.testing.assert_equal(some, project_cash(members, basis, law(Sickness(rate=0.6))))


def test_a_scheme_without_cash_benefits_has_none(basis, members):
    result = project_cash(members, basis, law())
    assert dict(result.sizes) == {"year": 3, "benefit": 0, "health_group": 2}
    assert float(result["cash_expenditure"].sum()) == 0.0


@dataclass(frozen=True, kw_only=True)
class Layette(CashBenefit):
    """A sum of money at a birth."""

    name: str = "layette"
    on: str = "birth"
    sum: float = 10.0
    share: float = 1.0
    base: str = "currency"

    def claim(self, person):
        return self.share

    def award(self, person):
        return (Amount(rate=1.0, base=self.base, multiple=self.sum), Amount(rate=1.0, base="currency"))


def test_a_benefit_of_ones_own(basis, members):
    result = project_cash(members, basis, law(Layette()))
    np.testing.assert_allclose(result["cash_expenditure"], 11.0 * result["cash_events"], rtol=1e-14)


REFUSALS = [
    (Layette(share=1.5), BadScheme, r"^layette: the claim must be a share between 0 and 1; 576 of 576 cells are not, "
     r"the first: year 2025, health_group workers, sex male, age 0 -> 1.5"),
    (Layette(sum=-3.0), BadScheme, r"^layette: the amount must be a number of at least 0; 180 of 180 .* age 15 -> -3"),
    (Layette(base="average_wage"), BadScheme, r"^layette: the amount is a share of average_wage, which members"),
]


@pytest.mark.parametrize(("benefit", "kind", "text"), REFUSALS)
def test_a_benefit_that_answers_wrongly_is_named(basis, members, benefit, kind, text):
    with pytest.raises(kind, match=text):
        project_cash(members, basis, law(benefit))


def test_days_that_end_too_early_or_rise_are_refused():
    short = geometric(0.9, 30)
    assert days_paid(short, 3, 27) == pytest.approx(0.9**3 * (1 - 0.9**27) / 0.1, rel=1e-12), "the table is enough"
    with pytest.raises(BadBasis, match=r"ends on day 29 with 0.0471\d* of the spells, but spells count up to day 31"):
        days_paid(short, 3, 28)
    with pytest.raises(BadBasis, match=r"but there is no maximum of days.\n  Continue it until no spell is left"):
        days_paid(short, 3, np.inf)
    with pytest.raises(BadBasis, match=r"rises from 0.9 to 0.95 on day 2"):
        days_paid(xr.DataArray([1.0, 0.9, 0.95], coords={"day": [0, 1, 2]}, dims="day"), 0, 1)
    with pytest.raises(BadBasis, match=r"the days must be 0, 1, 2, \.\.\. \(got 1 to 3, 3 of them\)"):
        days_paid(xr.DataArray([1.0, 0.9, 0.0], coords={"day": [1, 2, 3]}, dims="day"), 0, 1)


NEEDS = [
    (Sickness(rate=0.6), "sickness_incidence"),
    (Sickness(rate=0.6), "sickness_survival"),
    (Sickness(rate=0.6), "member_earnings_0"),
    (Sickness(rate=0.6, ceiling=money(3, "year")), "member_earnings_cv"),
    (Maternity(rate=0.6, weeks=14), "asfr"),
    (Maternity(rate=0.6, weeks=14), "member_earnings_0"),
    (Paternity(rate=0.6, days=7), "spouse_age_gap"),
    (HealthFuneral(amount={"value": 1, "per": "once"}), "mx"),
]


@pytest.mark.parametrize(("benefit", "name"), NEEDS)
def test_what_a_benefit_reads_must_be_there_and_no_more(basis, members, benefit, name):
    with pytest.raises(MissingVariable, match=name):
        project_cash(members, basis.drop_vars(name), law(benefit))
    enough = basis.drop_vars("member_earnings_cv") if benefit.name != "sickness" or benefit.ceiling is None else basis
    assert float(project_cash(members, enough, law(benefit))["cash_expenditure"].sum()) > 0


def test_one_person_is_answered_as_the_grid_is(basis):
    """The same object for one worker: amount of known earnings within the limits, claim of the own group."""
    ceiling = money(30_000, "year")
    benefit = Sickness(rate=0.6, waiting_days=3, maximum_days=100, ceiling=ceiling, groups=("workers",))
    scheme = law(benefit)

    def person(group, earnings):
        return Person(2025, group, "male", 30, 5.0, basis, scheme, (WorkYear(2024, 12.0, earnings),))

    assert (benefit.claim(person("workers", 1.0)), benefit.claim(person("poor", 1.0))) == (1.0, 0.0)
    days = 0.9**3 * (1 - 0.9**100) / 0.1
    assert benefit.exact(person("workers", 25_000.0)) == pytest.approx(25_000 * 0.6 * days / 365, rel=1e-12)
    assert benefit.exact(person("workers", 50_000.0)) == pytest.approx(30_000 * 0.6 * days / 365, rel=1e-12)
