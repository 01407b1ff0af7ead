"""What must hold of a whole health projection, whatever the numbers; scenarios and reforms side by side.

What holds of the parts is tested beside them: raking in test_calibration, payment methods in test_payment, rules of
cost sharing in test_sharing, the rate with a reserve in test_health_indicators, what people can pay in test_refugees.
"""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import actuarial as ac
from actuarial.dated import money, ramp
from actuarial.demography.population import project_population
from actuarial.health.groups import Population, Remainder
from actuarial.health.payment import Capitation, CasePayment, FeeForService, PerDiem
from actuarial.health.scheme import CostSharing, HealthContribution, HealthFunding, HealthScheme, Service
from actuarial.health.sharing import share_paid, yearly_terms
from actuarial.person import make_grid
from actuarial.valuation import decompose_health_expenditure
from actuarial.valuation.health_finance import project_health_finance
from tests.reference.health import health_basis, health_scheme
from tests.reference.small import small_basis

BODY = ["sex", "age"]


@pytest.fixture(scope="module")
def basis():
    return health_basis(3)


@pytest.fixture(scope="module")
def people(basis):
    return project_population(basis)


def stages(basis, scheme, people):
    """Members, use and cost of a scheme."""
    members = ac.health.project_membership(people, basis, scheme)
    use = ac.health.project_use(members, basis, scheme)
    return xr.merge([members, use, ac.health.project_health_cost(use, members, basis, scheme)])


def paid_by(*methods, **sharing):
    names = ("visits", "drugs", "stays")
    rules = CostSharing(**sharing)
    services = (Service(name=n, payment=m, sharing=rules) for n, m in zip(names, methods, strict=True))
    return health_scheme(services=tuple(services))


FEES = (FeeForService(), PerDiem(), CasePayment(creep=0.01))


# --- members, prices, use ---------------------------------------------------------------------------------------------


def test_expenditure_is_linear_in_prices_and_in_members(basis, people):
    scheme = paid_by(FeeForService(), Capitation(), CasePayment(), coinsurance=0.1)
    once = stages(basis, scheme, people)["health_expenditure"]
    assert float(once.min()) > 0
    dear = stages(basis.assign(unit_cost_0=1.7 * basis["unit_cost_0"]), scheme, people)["health_expenditure"]
    np.testing.assert_allclose(dear, 1.7 * once, rtol=1e-12)
    crowd = basis.assign(population_0=2.5 * basis["population_0"])
    more = stages(crowd, scheme, people.assign(population=2.5 * people["population"]))
    workers = {"health_group": "workers"}  # employed by shares of the population that are the same
    np.testing.assert_allclose(more["health_expenditure"].sel(workers), 2.5 * once.sel(workers), rtol=1e-9)
    np.testing.assert_allclose(more["health_expenditure"], 2.5 * once, rtol=1e-9)


def test_capitation_is_neutral_to_volume_and_fees_follow_it(basis, people):
    years, services = basis["year"].values, basis["service_type"].values
    wave = xr.DataArray(np.array([[1.0], [1.4], [0.7]]) * np.ones(3), coords={"year": years, "service_type": services})
    for methods, follows in ((FEES, wave), ((Capitation(),) * 3, 1.0)):
        calm = stages(basis, paid_by(*methods), people)["provider_cost"].sum(BODY)
        found = stages(basis.assign(use_shock=wave), paid_by(*methods), people)["provider_cost"].sum(BODY)
        np.testing.assert_allclose(found, (calm * follows).transpose(*found.dims), rtol=1e-12)


def test_growth_is_the_sum_of_its_factors(basis, people):
    result = stages(basis, paid_by(*FEES, coinsurance=ramp({2024: 0.1, 2030: 0.3})), people)
    found = decompose_health_expenditure(result.assign(population=people["population"]), basis)
    change = result["health_expenditure"].diff("year")
    np.testing.assert_allclose(found["health_growth"].sum("factor"), change, rtol=1e-9, atol=1e-6)


# --- identities -------------------------------------------------------------------------------------------------------


def test_every_service_group_and_year_adds_up(basis, people):
    scheme = health_scheme().amend("funding", out_of_pocket_ceiling=money(900.0, per="year"))
    found = stages(basis, scheme, people)
    due = found["provider_cost"].sum(BODY)
    np.testing.assert_allclose(found["health_expenditure"] + found["out_of_pocket"], due, rtol=1e-12)
    before = found["contacts"].sum(BODY) * found["unit_cost"] * (1.0 - found["paid_share"])
    spared = (before - found["out_of_pocket"]).sum("service_type")
    relief = found["ceiling_relief"].transpose(*spared.dims)
    np.testing.assert_allclose(spared, relief, rtol=1e-9, atol=1e-9 * float(due.max()))
    assert float(found["ceiling_relief"].sum()) > 0


def test_both_margins_of_the_accounts_are_met(basis, people):
    scheme = health_scheme()
    plain = stages(basis, scheme, people)
    spent = plain["contacts_0"].sum(BODY) * basis["unit_cost_0"] * plain["paid_share"].isel(year=0, drop=True)
    table = spent.transpose("service_type", "health_group") * np.array([[1.1], [0.95], [1.0]]) * [0.98, 1.0, 1.05]
    by_service, by_group = table.sum("health_group"), table.sum("service_type")
    given_ = basis.assign(expenditure_by_service_0=by_service, expenditure_by_group_0=by_group)
    found = stages(given_, scheme, people)
    base = make_grid(given_, None, years=[2024])
    cost = (basis["unit_cost_0"] * found["calibration_by_service"]).transpose("service_type", "health_group")
    cv = basis["severity_cv"].values
    paid = [
        share_paid(yearly_terms(one, scheme, base), cost.values[None, k], cv[k])[0]
        for k, one in enumerate(scheme.services)
    ]
    met = (found["contacts_0"].sum(BODY) * cost * np.array(paid)).transpose("service_type", "health_group")
    np.testing.assert_allclose(met.sum("health_group"), by_service, rtol=1e-9)
    np.testing.assert_allclose(met.sum("service_type"), by_group, rtol=1e-9)


@settings(max_examples=40)
@given(st.floats(5, 300), st.floats(0.1, 2), st.floats(0, 0.8), st.floats(0, 40), st.floats(0, 40), st.floats(0.1, 20))
def test_stricter_rules_never_raise_what_the_scheme_pays(mean, cv, chi, copay, deductible, step):
    """Coinsurance, copayment and deductible; and nobody is paid more than the cost."""

    def share(**terms):
        rule = CostSharing(maximum=money(1e4, per="once"), **terms)
        service = Service(name="care", payment=FeeForService(), sharing=rule)
        scheme = HealthScheme(name="S", currency="LTD", groups=(Remainder(name="all"),), services=(service,))
        rules = yearly_terms(service, scheme, GRID)
        return float(share_paid(rules, np.array([[mean]]), cv)[0, 0])

    amounts = {"copayment": copay, "deductible": deductible}
    plain = {name: money(value, per="once") for name, value in amounts.items()}
    first = share(coinsurance=chi, **plain)
    assert 0.0 <= first <= 1.0 + 1e-12
    for name, value in amounts.items():
        assert share(coinsurance=chi, **plain | {name: money(value + step, per="once")}) <= first + 1e-9
    assert share(coinsurance=min(chi + step / 100, 1.0), **plain) <= first + 1e-9


GRID = make_grid(small_basis().isel(year=slice(0, 1)), None, years=[2025])


# --- scenarios and reforms --------------------------------------------------------------------------------------------


def test_shocks_and_prices_are_scenarios_of_the_basis(basis, people):
    """An epidemic, dear medicines, more intensive care: no law is touched, and each is a projection of its own."""
    years, services = basis["year"], basis["service_type"]
    none = xr.DataArray(np.zeros((3, 3)), coords={"year": years.values, "service_type": services.values})
    ready = basis.assign(use_shock=none + 1.0, intensity_growth=none)
    epidemic = none + xr.where((years == 2026) & (services == "stays"), 1.5, 1.0)
    dear = basis["excess_inflation"] + 0.1 * (services == "drugs") * (years == 2025)
    both = ac.scenarios(
        ready,
        central=lambda b: b,
        epidemic=lambda b: b.assign(use_shock=epidemic),
        dear=lambda b: b.assign(excess_inflation=dear.transpose("year", "service_type")),
        intensive=lambda b: b.assign(intensity_growth=none + 0.02),
    )
    found = stages(both, health_scheme(), people)["provider_cost"].sum([*BODY, "health_group"])
    ratio = found / found.sel(scenario="central")
    np.testing.assert_allclose(ratio.sel(scenario="epidemic", service_type="stays"), [1.0, 1.5, 1.0], rtol=1e-12)
    np.testing.assert_allclose(ratio.sel(scenario="epidemic", service_type="visits"), 1.0, rtol=1e-12)
    drugs = ratio.sel(scenario="dear", service_type="drugs").values
    index = 1 + 0.1 * basis["wage_growth"][0] + 0.9 * basis["inflation"][0] + basis["excess_inflation"][0, 1]
    np.testing.assert_allclose(drugs, float((index + 0.1) / index), rtol=1e-12)
    intensive = ratio.sel(scenario="intensive", service_type="visits")
    np.testing.assert_allclose(intensive, 1.02 ** np.arange(1, 4), rtol=1e-12)


def test_scenarios_that_the_accounts_level_out_are_told(basis, people):
    """Unit costs of the base year are carried to its accounts: another level of them changes nothing."""
    accounts = basis.assign(expenditure_by_service_0=("service_type", [4.0e9, 2.0e9, 3.0e9]))
    change = {"central": lambda b: b, "dear": lambda b: b.assign(unit_cost_0=1.2 * b["unit_cost_0"])}
    scheme = paid_by(*FEES, coinsurance=0.1)
    told = "unit_cost_0: differ by scenario, but all scenarios have the same accounts of the base year"
    for given_, moves in ((accounts, False), (basis, True)):
        members = ac.health.project_membership(people, given_, scheme)
        use = ac.health.project_use(members, ac.scenarios(given_, **change), scheme)
        ratio = use["unit_cost"].sel(scenario="dear") / use["unit_cost"].sel(scenario="central")
        np.testing.assert_allclose(ratio, 1.2 if moves else 1.0, rtol=1e-12)
        assert (told in use.attrs["warnings"]) is not moves


def test_what_the_law_says_is_compared_between_two_laws(basis, people):
    """Demand that reacts and wider coverage stand in the law: two schemes, side by side."""
    now = health_scheme().amend("visits.sharing", coinsurance=ramp({2024: 0.1, 2027: 0.4}))
    elastic = now.amend("funding", demand_elasticity=-0.2)
    wide = now.amend("informal", enrolment=ramp({2024: 0.6, 2027: 1.0}))
    runs = {name: ac.project_health(basis, law, population=people) for name, law in
            (("now", now), ("elastic", elastic), ("wide", wide))}  # fmt: skip
    arc = -0.2 * (0.3 / 0.25) / 2
    contacts = {name: run["contacts"].sel(year=2027).sum(BODY) for name, run in runs.items()}
    moved = contacts["elastic"] / contacts["now"]
    visits = moved.sel(service_type="visits", health_group=["workers", "informal"])
    np.testing.assert_allclose(visits, (1 + arc) / (1 - arc), rtol=1e-12)
    np.testing.assert_allclose(moved.sel(service_type="visits", health_group="poor"), 1.0, rtol=1e-12)
    informal = {name: run["health_members"].sel(health_group="informal").sum(BODY) for name, run in runs.items()}
    eligible = runs["now"]["health_eligible"].sel(health_group="informal").sum(BODY).values
    wider = informal["wide"].values[1:] - informal["now"].values[1:]
    more = eligible * 0.4 * np.array([1, 2, 3]) / 3
    np.testing.assert_allclose(wider, (more[1:] + more[:-1]) / 2, rtol=1e-9)
    compared = ac.compare(**runs)
    assert compared["run"].values.tolist() == ["now", "elastic", "wide"]
    for name in ("outgo", "service_expenditure", "loss_ratio", "out_of_pocket_share", "reserve"):
        for word, run in runs.items():
            np.testing.assert_allclose(compared[name].sel(run=word), run[name], rtol=1e-14)
    share = compared["out_of_pocket_share"]
    assert (share.sel(run="elastic") < share.sel(run="now"))[1:].all()


# --- what solve finds, in closed form ---------------------------------------------------------------------------------


def simple_law():
    return HealthScheme(
        name="Simple",
        currency="LTD",
        groups=(Population(name="members", share=1.0, enrolment=0.5), Remainder(name="others")),
        services=(Service(name="visits", payment=FeeForService(), sharing=CostSharing(coinsurance=0.1)),),
        contributions=(
            HealthContribution(name="premiums", payer="member", base="head", groups=("members",),
                               amount=money(40.0, per="year")),
            HealthContribution(name="subsidy", payer="state", base="contribution", of=("premiums",), rate=0.1),
        ),
        funding=HealthFunding(reserve_months=0),
    )  # fmt: skip


@pytest.fixture(scope="module")
def simple():
    """A basis in which every member has three visits a year at 20."""
    labels = {"service_type": ["visits"], "health_group": ["members", "others"]}
    given_ = small_basis().isel(year=slice(0, 3)).assign(
        use_rate_0=xr.DataArray(np.full((1, 2), 3.0), coords=labels),
        unit_cost_0=xr.DataArray([20.0], coords={"service_type": ["visits"]}),
        health_reserve_0=xr.DataArray(0.0),
    )  # fmt: skip
    population = project_population(given_)

    def run(basis, scheme):
        found = stages(basis, scheme, population)
        return found.merge(project_health_finance(found, found, basis, scheme), compat="override")

    return given_, run


def last(array):
    return array.isel(year=-1)


def balance(result):
    """Contributions less expenditure of the last year, for each member."""
    lack = last(result["contribution_income"].sum("contribution") - result["service_expenditure"])
    return lack / last(result["health_members"]).sum()


def pocket(result):
    paid, spent = (last(result[name]).sum() for name in ("out_of_pocket", "health_expenditure"))
    return paid / (paid + spent) - 0.25


GOAL = 0.35


@pytest.mark.parametrize("what", ["contribution", "copayment", "price", "coverage", "subsidy"])
def test_what_is_solved_for_is_what_the_closed_form_says(simple, what):
    basis, run = simple
    scheme, plain = simple_law(), run(*(simple[0], simple_law()))
    cost = 60.0 * float((1 + basis["inflation"]).prod())  # of a member in the last year, before patients pay
    eligible = last(plain["health_eligible"].sel(health_group="members").sum(BODY))
    before = plain["health_eligible"].sel(health_group="members").sum(BODY).isel(year=-2)
    mean = float(eligible + before) / 2
    cases = {
        "contribution": ("premiums.amount", balance, "replace", 0.9 * cost / 1.1),
        "copayment": ("visits.sharing.coinsurance", pocket, "replace", 0.25),
        "price": ("basis.unit_cost_0", balance, "multiply", 44.0 / (0.9 * cost)),
        "coverage": ("members.enrolment", lambda r: last(r["health_members"]).sel(
            health_group="members").sum() / mean - GOAL, "replace", GOAL),
        "subsidy": ("subsidy.rate", balance, "replace", 0.9 * cost / 40.0 - 1.0),
    }  # fmt: skip
    path, condition, change, expected = cases[what]
    bounds = (0.0, 200.0) if what == "contribution" else None
    found = ac.solve(path, condition, basis=basis, scheme=scheme, change=change, run=run, bounds=bounds)
    assert float(found) == pytest.approx(expected, rel=1e-6)
