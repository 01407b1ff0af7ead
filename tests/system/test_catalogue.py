"""What must hold of the whole chain from the basis to the level premium, whatever the numbers."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.dated import money
from actuarial.errors import BadBasis, IdentityFailed
from actuarial.numeric import constant_force, expected_clip, limited_value
from actuarial.pension import FinalAverage, FuneralGrant, OldAge
from actuarial.provenance import manifest
from actuarial.scheme import Contribution, Scheme
from actuarial.valuation import level_rate, summarized_rates
from tests.reference import steady_state as theory
from tests.reference.full_law import full_law
from tests.reference.small import small_basis
from tests.system import test_steady_state as steady
from tests.system.chain import LAW, UNITS, identical, project, same, short

RATES = (
    "payg_cost_rate demographic_ratio financial_ratio lump_sum_rate administration_rate contribution_rate "
    "reserve_ratio trust_fund_ratio general_average_premium general_average_premium_net reentry_rate contraction_rate "
    "insurable_share year_outgo_exceeds_contributions year_reserve_falls year_reserve_exhausted"
).split()
TURNS = [name for name in RATES if name.startswith("year_")]


@pytest.fixture(scope="module")
def base():
    return project(short())


# --- one result of all stages -----------------------------------------------------------------------------------------


def test_the_result_has_all_that_each_stage_returns(base):
    basis = short()
    population = ac.project_population(basis)
    insured = ac.project_insured(population, basis, LAW, service="years")
    pensions = ac.project_pensions(insured, basis, LAW)
    finance = ac.project_finance(insured, pensions, basis, LAW)
    stages = (population, insured, pensions, finance, ac.value(finance))
    assert {name for stage in stages for name in stage.data_vars} == set(base.data_vars)
    for stage in stages:
        identical(base[list(stage.data_vars)], stage)


def test_the_law_exercises_the_whole_chain(base):
    """Otherwise what follows would hold of zeros."""
    for name in ("new_entrants", "reentrants", "claims_topup", "topup_expenditure", "deficit_income", "state_income"):
        assert float(base[name].max()) > 0, name
    assert (base["benefit_expenditure"] > 0).all()
    assert base["benefit"].size == 6


def test_the_result_tells_how_it_was_made(base):
    """What is no part of the basis or the scheme and yet moves numbers stands in the manifest."""
    told = manifest(base, short(), LAW)
    assert (told["service_grid"], told["migration_timing"]) == ("years", "end")
    even = ac.project(short(2), LAW, service="months", migration="even")
    told = manifest(even, short(2), LAW)
    assert (told["service_grid"], told["migration_timing"]) == ("months", "even")
    assert told["result"]["digest"] != manifest(base, short(), LAW)["result"]["digest"]


def test_benefits_sum_to_total(base):
    total = base["benefit_expenditure"].sum("benefit")
    assert_allclose(total, base["pension_expenditure"] + base["lump_sum_expenditure"], rtol=1e-12)
    assert_allclose(total + base["administration"], base["outgo"], rtol=1e-12)
    assert_allclose(base["lump_sum_expenditure"], base["benefit_expenditure"].sel(
        benefit=["old_age_grant", "funeral_grant"]).sum("benefit"), rtol=1e-12)


def test_more_contributors_than_employed_are_refused():
    """Each group within its bounds, both together above the employed: at once, or where persons of a year count."""
    basis = short(2)
    basis = basis.assign(coverage=0.9 + 0 * basis["coverage"])
    with pytest.raises(BadBasis, match="coverage: all groups together cover more than all employed"):
        project(basis)
    with pytest.raises(IdentityFailed, match="Average contributors are at most the average employed, by sex"):
        project(basis.assign_attrs(coverage_concept="any"))


def test_a_labour_force_above_the_population_is_refused(monkeypatch):
    stage = ac.project_insured

    def wrong(*arguments, **options):
        made = stage(*arguments, **options).copy(deep=True)
        made["labour_force"].loc[{"year": 2026, "sex": "male", "age": 30}] *= 2
        return made

    monkeypatch.setattr("actuarial.valuation.feedback.project_insured", wrong)
    with pytest.raises(IdentityFailed, match="The labour force is at most the population"):
        project(short(2))


# --- size, currency, inflation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [1e-3, 35.7])
def test_another_currency_scales_money_and_leaves_rates_alone(base, unit):
    basis = short()
    names = [name for name in basis.data_vars if UNITS[name].startswith("currency")]
    assert sorted(names) == ["inactive_earnings_0", "pension_0", "reserve_0", "salary_0"]
    found = project(basis.assign({name: basis[name] * unit for name in names}), full_law(unit))
    scaled = base.map(lambda array: array * unit if UNITS[array.name].startswith("currency") else array)
    same(found, scaled, rtol=1e-10)
    same(found, base, RATES, rtol=1e-10)


def test_a_larger_country_scales_persons_and_money_and_leaves_rates_alone(base):
    basis, unit = short(), 7.3
    stocks = [name for name in basis.data_vars if UNITS[name].startswith("persons")]
    assert sorted(stocks) == ["active_0", "inactive_0", "net_migration", "pensioners_0", "population_0"]
    law = LAW.amend("aid", amount=full_law(unit).contribution("aid").amount)
    law = law.amend("administration", fixed=full_law(unit).administration.fixed)
    found = project(basis.assign({name: basis[name] * unit for name in [*stocks, "reserve_0"]}), law)
    same(found, base, RATES, rtol=1e-10)
    same(found, base * unit, ["active", "pensioners", "outgo", "reserve", "total_insurable_earnings"], rtol=1e-10)


@pytest.mark.parametrize("more", [0.1, -0.03])
def test_inflation_of_everything_leaves_rates_alone(base, more):
    """Flows of year t carry (1+j)^t and reserves half a year more, for flows fall at mid-year.

    When a reserve begins to fall is no rate: it falls in real terms before it does in money.
    """
    basis = short()
    growth = {name: (1 + basis[name]) * (1 + more) - 1 for name in ("inflation", "wage_growth", "interest_rate")}
    found = project(basis.assign(growth | {"reserve_0": basis["reserve_0"] * (1 + more) ** 0.5}))
    level = (1 + more) ** (base["year"] - 2024.0)
    flows = "outgo contributions state_income benefit_expenditure insurable_earnings average_pension salary".split()
    same(found, base * level, flows, rtol=1e-10)
    same(found, base * level * (1 + more) ** 0.5, ["reserve"], rtol=1e-9)
    ratios = ("reserve_ratio", "trust_fund_ratio", "year_reserve_falls")
    same(found, base, [name for name in RATES if name not in ratios], rtol=1e-9)
    assert_allclose(found["reserve_ratio"], base["reserve_ratio"] * (1 + more) ** 0.5, rtol=1e-9, atol=1e-12)
    assert_allclose(found["trust_fund_ratio"], base["trust_fund_ratio"] * (1 + more) ** -0.5, rtol=1e-9, atol=1e-12)
    half = project(basis.assign(growth))
    assert abs(float(half["general_average_premium"] / base["general_average_premium"]) - 1) > 1e-6


# --- parts and the whole ----------------------------------------------------------------------------------------------


def test_a_group_split_into_two_halves_leaves_totals(base):
    basis = short()
    names = ["private", "other", "public"]
    half = xr.DataArray([0.5, 0.5, 1.0], dims="group", coords={"group": names})
    split = basis.sel(group=["private", "private", "public"]).assign_coords(group=names)
    shared = ("active_0", "inactive_0", "coverage")
    split = split.assign({name: (split[name] * half).transpose(*basis[name].dims) for name in shared})
    found = project(split)
    same(found, base, [name for name in base.data_vars if "group" not in base[name].dims], rtol=1e-10)
    for name in [name for name in base.data_vars if "group" in base[name].dims]:
        same(found[[name]].sel(group="public"), base[[name]].sel(group="public"), rtol=1e-10)
        same(found[[name]].sel(group="private"), found[[name]].sel(group="other", drop=True), rtol=1e-12)
        if UNITS[name].startswith(("persons", "person-months")) or name.endswith("insurable_earnings"):
            both = found[[name]].sel(group=["private", "other"]).sum("group")
            same(both, base[[name]].sel(group="private"), rtol=1e-10)


def chain(basis, law, population, **options):
    """Insured, pensions and finance of some of the members."""
    insured = ac.project_insured(population, basis, law, service="years", **options)
    pensions = ac.project_pensions(insured, basis, law)
    return insured, pensions, ac.project_finance(insured, pensions, basis, law)


def test_the_open_group_is_the_present_and_the_future_members():
    """Present values of outgo and of earnings add up; the pensioners and the reserve belong to the present."""
    basis = small_basis()
    law = LAW.amend("administration", fixed=None)
    law = law.amend("scheme", contributions=tuple(line for line in law.contributions if line.base != "deficit"))
    population = ac.project_population(basis)
    nothing = {name: 0.0 * basis[name] for name in ("pensioners_0", "reserve_0")}
    whole = chain(basis, law, population)
    present = chain(basis, law, population, entries=whole[0], members="present")
    future = chain(basis.assign(nothing), law, population, entries=whole[0], members="future")
    together = [present[k] + future[k] for k in range(3)]
    same(together[1], whole[1], ["pensioners", "pension_mass", "new_awards", "benefit_expenditure"], rtol=1e-9)
    same(together[2], whole[2], ["outgo", "contributions", "total_insurable_earnings", "administration"], rtol=1e-9)
    assert float(future[2]["outgo"].isel(year=-1)) > 0
    values = [
        summarized_rates(one["contributions"], one["outgo"], one["total_insurable_earnings"], basis["interest_rate"],
                         reserve=one["reserve_0"], target=0.0)
        for _, _, one in (whole, present, future)
    ]
    for name in ("present_value_outgo", "present_value_earnings", "present_value_contributions"):
        open_, closed, new = (float(value[name]) for value in values)
        assert closed + new == pytest.approx(open_, rel=1e-9), name
        assert 0 < new < open_


def test_funeral_grants_are_as_many_as_the_dead(base):
    """Deceased members, and deceased pensioners of the benefits that are followed; orphans end without dying."""
    dead = (base["deaths_active"] + base["deaths_inactive"]).sum("group")
    for name in ("old_age", "invalidity", "widows"):
        dead = dead + base["terminations"].sel(benefit=name, drop=True)
    assert_allclose(base["new_awards"].sel(benefit="funeral_grant").transpose(*dead.dims), dead, rtol=1e-12, atol=1e-9)


def test_a_long_projection_begins_as_a_short_one():
    """75 years and 20: every yearly number of the first 20, and what looks past the horizon differs."""
    basis, law = ac.datasets.open("demo")
    longer, shorter = project(basis, law), project(basis.isel(year=slice(0, 20)), law)
    assert (longer.sizes["year"], shorter.sizes["year"]) == (75, 20)
    yearly = [name for name in shorter.data_vars if "year" in shorter[name].dims]
    assert len(yearly) > 60
    same(longer.isel(year=slice(0, 20)), shorter, yearly, rtol=1e-12)
    ahead = ("general_average_premium", "general_average_premium_net")
    assert all(abs(float(longer[name] - shorter[name])) > 1e-3 for name in ahead)
    rest = set(shorter.data_vars) - set(yearly) - set(ahead) - set(TURNS)
    same(longer, shorter, sorted(rest), rtol=0)
    for name in TURNS:
        there, here = float(longer[name]), float(shorter[name])
        assert here == there or (np.isnan(here) and not there <= shorter["year"][-1])


def test_the_level_rate_charged_leaves_the_reserve_that_is_wanted():
    """Twice the outgo of the year after the last, which is that of the last grown as in the last year."""
    basis = small_basis()
    law = LAW.amend("administration", share_of_contributions=0.0).amend("funding", target_reserve=2.0)
    law = law.amend("scheme", contributions=(law.contribution("employees"),))
    rate = float(project(basis, law)["general_average_premium"])
    charged = project(basis, law.amend("employees", rate=rate))
    outgo = charged["outgo"].values
    assert float(charged["reserve"][-1]) == pytest.approx(2 * outgo[-1] ** 2 / outgo[-2], rel=1e-9)
    assert_allclose(charged["contribution_rate"], rate, rtol=1e-12)


@pytest.mark.parametrize(("beta", "golden"), [(0.0, 0.06692639), (theory.GAMMA, 0.08189525)])
def test_the_premium_of_one_generation_of_entrants(beta, golden):
    """At interest of the growth of earnings it is the cost rate of the steady state (Aaron and Samuelson)."""
    law = steady.scheme(beta)
    basis = steady.basis(theory.stable_start(steady.PX, beta), np.arange(2001, 2201), growth=0.0)
    nothing = {name: 0.0 * basis[name] for name in ("active_0", "pensioners_0")}
    basis = basis.assign(nothing)
    entrants = 0.0 * basis["salary_0"] * basis["population_0"] * basis["year"]
    entrants.loc[{"year": 2001, "sex": "male", "age": theory.ENTRY}] = 1000.0
    none = 0.0 * entrants
    entries = xr.Dataset({"new_entrants": entrants, "reentry_rate": none, "contraction_rate": none})
    insured = ac.project_insured(ac.project_population(basis), basis, law, entries=entries)
    pensions = ac.project_pensions(insured, basis, law)
    finance = ac.project_finance(insured, pensions, basis, law)

    def premium(force):
        return float(level_rate(finance["outgo"], finance["total_insurable_earnings"], np.expm1(force)))

    assert premium(theory.N + theory.GAMMA) == pytest.approx(theory.discrete_payg(steady.PX, beta), rel=1e-9)
    assert premium(theory.N + theory.GAMMA) == pytest.approx(dict(steady.GOLDEN)[beta], rel=1e-4)
    assert premium(0.05) == pytest.approx(golden, rel=2e-4)


# --- one person through all stages ------------------------------------------------------------------------------------


def test_one_man_through_all_stages_by_hand():
    """Aged 57 with 168 months and nine more a year, he retires at 60 in the third of five years, on 190.5 months."""
    basis = short(5)
    stay, flat = 0.9, 100_000.0
    stock = xr.zeros_like(basis["active_0"])
    stock.loc[{"group": "private", "sex": "male", "age": 57, "service": 168}] = 1.0
    basis = basis.assign(
        mx=basis["mx"] * 0 + 2 * (1 - stay) / (1 + stay), a0=0.5, active_0=stock, inactive_0=0 * stock,
        pensioners_0=0 * basis["pensioners_0"], exit_rate=0 * basis["exit_rate"],
        invalidity_rate=0 * basis["invalidity_rate"], salary_0=0 * basis["salary_0"] + flat,
        earnings_cv=0 * basis["earnings_cv"], reserve_0=1e5, married_share=0 * basis["married_share"],
    )  # fmt: skip
    formula = FinalAverage(accrual=0.0175, years=3, revaluation="wages")
    law = Scheme(
        name="one", currency="LTD", contributions=(Contribution(name="members", payer="employee", rate=0.1),),
        benefits=(
            OldAge(retirement_age=60, qualifying_years=15, formula=formula, indexation="prices"),
            FuneralGrant(amount=money(1000, "once"), follows=("old_age",)),
        ),
    )  # fmt: skip
    nobody = dict.fromkeys(("new_entrants", "reentry_rate", "contraction_rate"), 0 * basis["density"])
    population = ac.project_population(basis)
    insured = ac.project_insured(population, basis, law, entries=xr.Dataset(nobody))
    pensions = ac.project_pensions(insured, basis, law)
    finance = ac.project_finance(insured, pensions, basis, law)
    alive = stay ** np.arange(6)
    active = [alive[1], alive[2], 0, 0, 0]
    months = [9 * alive[1] + 4.5 * 0.1, 9 * alive[2] + 4.5 * 0.1 * alive[1], 4.5 * alive[2], 0, 0]
    assert_allclose(insured["active"].sum(["group", "sex", "age"]), active, rtol=1e-12, atol=1e-15)
    assert_allclose(12 * insured["average_contributors"].sum(["group", "sex", "age"]), months, rtol=1e-12)
    wages = flat * 1.04 ** np.arange(1, 6)
    earnings = 0.93 * np.array(months) / 12 * wages
    assert_allclose(finance["total_insurable_earnings"], earnings, rtol=1e-12)
    pension = 0.0175 * 190.5 / 12 * wages[2]
    mass = np.array([0, 0, alive[3], alive[4] * 1.025, alive[5] * 1.025**2]) * pension
    paid = [0, 0, mass[2] / 2, (mass[2] * 1.025 + mass[3]) / 2, (mass[3] * 1.025 + mass[4]) / 2]
    assert_allclose(pensions["pension_mass"].sel(benefit="old_age").sum(["sex", "age"]), mass, rtol=1e-12, atol=1e-9)
    assert_allclose(pensions["benefit_expenditure"].sel(benefit="old_age"), paid, rtol=1e-12, atol=1e-9)
    died = -np.diff(alive)
    assert_allclose(pensions["benefit_expenditure"].sel(benefit="funeral_grant"), 1000 * died, rtol=1e-12)
    reserve, path = 1e5, []
    for t in range(5):
        reserve = 1.05 * reserve + 1.05**0.5 * (0.1 * earnings[t] - paid[t] - 1000 * died[t])
        path.append(reserve)
    assert_allclose(finance["reserve"], path, rtol=1e-12)


# --- numbers computed elsewhere ---------------------------------------------------------------------------------------


def test_dependent_probabilities_beside_those_of_uniform_deaths():
    """Decrements spread evenly over the year leave the same survivors and differ by a few millionths each."""
    q = np.array([0.004, 0.01, 0.05])
    total, product = q.sum(), q.prod()
    others = [(total - x, product / x) for x in q]
    uniform = [x * (1 - both / 2 + times / 3) for x, (both, times) in zip(q, others, strict=True)]
    assert_allclose(uniform, [0.00388067, 0.00973067, 0.04965067], rtol=0, atol=5e-9)
    *forces, stays = constant_force(*q)
    assert_allclose(forces, [0.00387986, 0.00972897, 0.04965317], rtol=0, atol=5e-9)
    assert_allclose([sum(uniform), sum(forces), 1 - stays], 0.063262, rtol=0, atol=5e-15)
    assert 1e-6 < np.max(np.abs(np.array(forces) - uniform)) < 3e-6
    assert_allclose(1 - stays ** (np.array(forces) / sum(forces)), q, rtol=1e-12)


def shares_of_income(shares):
    """Mean earnings of quantile groups of the lognormal of mean 1000 and coefficient of variation .6."""
    from scipy.stats import norm

    sigma = np.sqrt(np.log1p(0.36))
    tops = np.cumsum(shares)[:-1]
    limits = [0.0, *(1000 * np.exp(-(sigma**2) / 2 + sigma * norm.ppf(tops)))]
    below = [limited_value(1000.0, sigma, limit) - limit * (1 - top) for limit, top in
             zip(limits, [0.0, *tops], strict=True)]
    return np.diff([*below, 1000.0]) / shares


def test_few_groups_of_income_miss_what_a_floor_and_a_ceiling_do():
    sigma = np.sqrt(np.log1p(0.36))
    assert 1000 * np.exp(-(sigma**2) / 2) == pytest.approx(857.493, abs=5e-4)
    thirds = shares_of_income(np.array([0.3, 0.4, 0.3]))
    assert_allclose(thirds, [467.7105, 869.1888, 1706.7045], rtol=0, atol=5e-5)
    assert thirds @ [0.3, 0.4, 0.3] == pytest.approx(1000, rel=1e-13)
    assert np.clip(thirds, 400, 2000) @ [0.3, 0.4, 0.3] == pytest.approx(1000, rel=1e-13)
    for count, expected, digits in ((5, 1000.0, 5e-2), (10, 973.22, 5e-3), (20, 969.04, 5e-3), (50, 968.386, 5e-4)):
        means = shares_of_income(np.full(count, 1 / count))
        assert np.clip(means, 400, 2000).mean() == pytest.approx(expected, abs=digits)
    assert expected_clip(1000.0, 0.6, 400.0, 2000.0) == pytest.approx(968.3495, abs=5e-5)
