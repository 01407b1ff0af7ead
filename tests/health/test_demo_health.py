"""The embedded health insurance: its accounts are met, its numbers are plausible, and pensions do not see it."""

import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm

import actuarial as ac
from actuarial.datasets.build_health import health_inputs
from actuarial.dated import step
from actuarial.report.health_figures import cost_by_age
from actuarial.report.summary import summary
from actuarial.vocabulary import variable

YEARS = 4
BODY = ["sex", "age"]
SHARING = {  # coinsurance, copayment, maximum and who pays nothing, typed from the law
    "specialist": (0.15, 0.0, np.inf, ("poor", "pensioners")),
    "laboratory": (0.10, 0.0, np.inf, ("poor", "pensioners")),
    "drugs": (0.20, 0.7, np.inf, ("poor",)),
    "inpatient": (0.0, 20.0, np.inf, ("poor", "pensioners")),
    "dialysis": (0.0, 0.0, 240.0, ()),
    "oncology": (0.0, 0.0, 3500.0, ()),
}


@pytest.fixture(scope="module")
def country():
    basis, health = ac.datasets.open("demo health")
    return basis.isel(year=slice(0, YEARS)), health, ac.open_scheme(ac.datasets.law("demo"))


@pytest.fixture(scope="module")
def result(country):
    basis, health, pension = country
    return ac.project_health(basis, health, pension_scheme=pension, service="years")


def limited(mean, cv, limit):
    """Limited expected value of a lognormal cost: E[X; X < m] + m P(X > m)."""
    if np.isinf(limit) or limit <= 0:
        return mean if limit > 0 else 0.0
    sigma = np.sqrt(np.log1p(cv * cv))
    z = (np.log(limit) - np.log(mean) + sigma * sigma / 2) / sigma
    return mean * norm.cdf(z - sigma) + limit * norm.sf(z)


def paid(service, group, cost, cv):
    """What the scheme pays of a contact of a mean cost in the base year."""
    chi, copay, most, exempt = SHARING.get(service, (0.0, 0.0, np.inf, ()))
    if group in exempt:
        return cost
    return (1 - chi) * (limited(cost, cv, most) - limited(cost, cv, copay / (1 - chi)))


def test_the_accounts_of_the_base_year_are_met(country, result):
    basis, _, _ = country
    contacts = result["contacts_0"].sum(BODY)
    cost = (basis["unit_cost_0"] * result["calibration_by_service"]).transpose("service_type", "health_group")
    spent = xr.zeros_like(contacts)
    for service in contacts["service_type"].values:
        cv = float(basis["severity_cv"].sel(service_type=service))
        for group in contacts["health_group"].values:
            here = {"service_type": service, "health_group": group}
            spent.loc[here] = contacts.loc[here] * paid(service, group, float(cost.loc[here]), cv)
    for part, other in (("service_type", "health_group"), ("health_group", "service_type")):
        accounts = basis[f"expenditure_by_{part.removesuffix('_type').removeprefix('health_')}_0"]
        np.testing.assert_allclose(spent.sum(other), accounts.sel({part: spent[part]}), rtol=1e-9)
    assert float(basis["expenditure_by_service_0"].sum()) == float(basis["expenditure_by_group_0"].sum())


def test_factors_stay_near_one_and_differ_from_it(result):
    used = result["contacts_0"].sum(BODY) > 0
    factors = result["calibration_by_service"].values[used.values]
    assert 0.85 < factors.min() < 0.95
    assert 1.05 < factors.max() < 1.15
    assert result.attrs["warnings"] == ""


def test_the_factors_are_printed_and_lead_to_the_accounts(country, result):
    """Accounts of 2025 over what rates and prices give, by service, where patients pay nothing."""
    basis, _, _ = country
    contacts, printed = result["contacts_0"].sum(BODY), [line.split() for line in summary(result).splitlines()]
    for service in ("outpatient", "delivery"):
        raw = float((contacts * basis["unit_cost_0"]).sel(service_type=service).sum())
        factor = float(basis["expenditure_by_service_0"].sel(service_type=service)) / raw
        assert [line[1] for line in printed if line and line[0] == service] == [f"{factor:.3f}"]
    assert [line for line in printed if line and line[0] == "uninsured"] == [["uninsured", "-", "-", "-"]]


def test_groups_and_the_uninsured_are_the_population(country, result):
    basis, _, _ = country
    outside = result["health_eligible"].sel(health_group="uninsured", drop=True)
    members = result["health_members"].sum("health_group").isel(year=slice(1, None))
    people, rest = result["population"].values, outside.transpose(*result["population"].dims).values
    np.testing.assert_allclose(members + 0.5 * (rest[:-1] + rest[1:]), 0.5 * (people[:-1] + people[1:]), rtol=1e-9)
    share = float(result["health_members_0"].sum() / basis["population_0"].sum())
    assert 0.40 < share < 0.45, "SOURCE.md: 1.80 of 4.2 million"
    assert float(result["health_members"].sel(health_group="uninsured").max()) == 0.0


def test_use_and_cost_are_plausible(country, result):
    basis, _, _ = country
    use = basis["use_rate_0"].sel(health_group="private")
    assert 1.8 < float(use.sel(service_type="outpatient").min()) < float(use.sel(service_type="outpatient").max()) < 6.0
    inpatient = use.sel(service_type="inpatient")
    assert 0.04 < float(inpatient.min()) < float(inpatient.max()) < 0.31
    by_age = cost_by_age(result, 2026)["total"]
    assert 3.0 < by_age[75] / by_age[35] < 6.0
    assert by_age[0] > by_age[10]
    days = float(basis["sickness_survival"].sum())
    assert 10 < days < 15
    product = float(basis["gdp"].sel(year=2026) / result["population"].sel(year=2026).sum())
    head = float(result["outgo"].sel(year=2026) / result["health_members"].sel(year=2026).sum())
    assert 0.02 < head / product < 0.04
    assert (result["outgo_to_gdp"] < 0.04).all()
    assert ((result["loss_ratio"] > 0.85) & (result["loss_ratio"] < 1.05)).all()
    assert ((result["reserve_months"] > 2) & (result["reserve_months"] < 5)).all()


@pytest.fixture(scope="module")
def century():
    basis, health = ac.datasets.open("demo health")
    known = ac.project(basis, ac.open_scheme(ac.datasets.law("demo")))

    def run(scheme):
        return ac.project_health(basis, scheme, insured=known, pensions=known, population=known)

    return basis, health, run, run(health)


def test_cost_for_each_member_keeps_pace_with_the_product(century):
    """Prices follow wages; what members cost rises with age, moderately."""
    basis, _, _, result = century
    late = slice(2062, 2100)
    growth = result["unit_cost"].sel(year=late) / result["unit_cost"].shift(year=1).sel(year=late) - 1.0
    np.testing.assert_allclose((growth - basis["wage_growth"]).transpose("year", ...), 0.0, atol=1e-5)
    product = basis["gdp"] / result["population"].sum(BODY)
    spent = result["health_expenditure"].sum(["service_type", "health_group"])
    spent = spent + result["cash_expenditure"].sum(["benefit", "health_group"])
    share = spent / result["health_members"].sum(["health_group", *BODY]) / product
    assert 1.0 < float(share.sel(year=2060) / share.sel(year=2026)) < 1.15
    assert 1.2 < float(share.sel(year=2100) / share.sel(year=2026)) < 1.6
    assert 0.02 < float(result["outgo_to_gdp"].sel(year=2100)) < 0.03


def test_the_reserve_is_that_of_the_law_at_the_lowest_rates_in_half_points(century):
    """In every year; half a point less from any date on falls short at the end of its period."""
    _, health, run, result = century
    cover = result["reserve"] / result["contingency_reserve"]
    assert 1.0 < float(cover.min()) < float(cover.max()) < 1.9
    points = health.contribution("employees").rate.points[1:]
    assert [year for year, _ in points] == [2026, 2036, 2055, 2070, 2085]
    for (first, _), last in zip(points, [*(year - 1 for year, _ in points[1:]), 2100], strict=True):
        lower = health
        for name, less in (("employees", 0.0025), ("employers", 0.0025), ("self_employed_members", 0.005)):
            rates = dict(health.contribution(name).rate.points)
            lower = lower.amend(name, rate=step(rates | {first: rates[first] - less}))
        short = run(lower)
        assert float((short["reserve"] / short["contingency_reserve"]).sel(year=last)) < 1.0
        assert float(cover.sel(year=last)) >= 1.0


def test_the_poor_are_never_net_payers(century):
    _, _, _, result = century
    poor = (result["contribution_per_member"] / result["cost_per_member"]).sel(health_group="poor")
    assert 0.84 < float(poor.min()) < float(poor.max()) < 1.0
    assert float(result["cross_subsidy"].sel(health_group="poor").max()) == 0.0


def test_every_part_of_the_law_is_at_work(result):
    """Otherwise what is shown would be zeros."""
    assert (result["contribution_income"] > 0).all()
    assert (result["health_expenditure"].sum("health_group") > 0).all()
    assert (result["cash_expenditure"].sum("health_group") > 0).all()
    assert (result["health_members"].sum(BODY).drop_sel(health_group="uninsured") > 0).all()
    donors = result["contribution_income"].sel(contribution="donors")
    assert (donors.diff("year") < 0).all(), "their subsidy ends"
    informal = result["health_members"].sel(health_group="informal").sum(BODY)
    assert (informal.diff("year") > 0).all(), "more and more enrol"


def test_the_files_hold_what_the_formulas_give():
    basis, health = ac.datasets.open("demo health")
    own = [name for name in basis if variable(str(name)).role == "health_basis"]
    made = health_inputs(basis.drop_vars(own), health, ac.open_scheme(ac.datasets.law("demo")))
    assert set(own) == set(made)
    for name in own:
        xr.testing.assert_equal(basis[name].drop_attrs(), made[name].drop_attrs().astype(float))


def test_pensions_do_not_see_what_is_known_of_health(country):
    basis, _, pension = country
    short = basis.isel(year=slice(0, 2))
    bare = short.drop_vars([name for name in basis if variable(str(name)).role == "health_basis"])
    whole = ac.project(short, pension, service="years")
    assert ac.project(bare, pension, service="years").drop_attrs().identical(whole.drop_attrs())


def test_both_names_have_one_basis():
    basis, scheme = ac.datasets.open("demo")
    other, health = ac.datasets.open("demo health")
    assert basis.identical(other)
    assert (scheme.name, health.name) == ("National Pension Scheme of Avania", "National Health Insurance of Avania")
    with pytest.raises(ac.BadInput, match="'health' is not embedded; the names are demo, demo health"):
        ac.datasets.open("health")


def test_everybody_has_a_country_of_his_own():
    """What is written into one copy of the embedded basis is in no other, whether a number or a word."""
    first, again = ac.datasets.open("demo").basis, ac.datasets.open("demo health").basis
    assert first.identical(again)
    first["mx"].values[:] = 0.5
    first["year"].attrs["units"] = first["mx"].attrs["units"] = first.attrs["name"] = "another"
    assert ac.datasets.open("demo").basis.identical(again)
    assert first["mx"].variable.encoding == again["mx"].variable.encoding
