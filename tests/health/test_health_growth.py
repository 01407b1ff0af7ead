"""Growth of health expenditure: exact in every cell, two cells by hand, what appears and disappears."""

import math
from itertools import product

import numpy as np
import pytest
import xarray as xr

from actuarial.demography.population import project_population
from actuarial.errors import BadInput, MissingVariable
from actuarial.health.payment import Capitation, GlobalBudget
from actuarial.health.scheme import Service
from actuarial.valuation.decomposition import decompose
from actuarial.valuation.health_growth import FACTORS, decompose_health_expenditure, split
from tests.health.test_stop_loss import health_basis, run, scheme


@pytest.fixture(scope="module")
def basis():
    years = health_basis()["year"].values
    coords = {"year": years, "service_type": ["visits", "stays"]}
    growth = xr.DataArray(np.outer(np.linspace(0, 0.02, 4), [1.0, 2.0]), coords=coords)
    return health_basis(use_growth=growth, excess_inflation=growth, labour_share=xr.DataArray(0.4))


@pytest.fixture(scope="module")
def population(basis):
    return project_population(basis)


@pytest.fixture(scope="module")
def result(basis, population):
    services = [
        Service(name="visits", payment=Capitation()),
        Service(name="stays", payment=GlobalBudget(growth=0.03)),
    ]
    found = run(basis, scheme(80.0, services=services), population)
    return found.merge(population[["population"]])


def logarithmic_mean(a, b):
    return a if a == b else (a - b) / math.log(a / b)


def test_two_cells_by_hand():
    members = [[60.0, 40.0], [70.0, 50.0]]  # of two ages, in two years, of 200 and 210 people
    contacts, cost, index, spent = [[120.0, 200.0], [147.0, 260.0]], (10.0, 11.5), (1.0, 1.1), (3000.0, 4300.0)
    years = []
    for t, people in enumerate((200.0, 210.0)):
        cell = np.array(members[t])[None, None], np.array(contacts[t])[None, None, None]
        years.append((np.array(people), *cell, np.array([[cost[t]]]), np.array([index[t]]), np.array([[spent[t]]])))
    found = split(*years)[0, 0]
    expected = dict.fromkeys(FACTORS, 0.0)
    for x in (0, 1):
        values, steps = [], []
        for t, people in enumerate((200.0, 210.0)):
            total, used = sum(members[t]), sum(contacts[t])
            values.append(spent[t] * contacts[t][x] / used)
            ratios = (
                people, total / people, 1.0, members[t][x] / total, contacts[t][x] / members[t][x], index[t],
                cost[t] / index[t], spent[t] / (used * cost[t]),
            )
            steps.append(dict(zip(FACTORS, ratios, strict=True)))
        for name in FACTORS:
            expected[name] += logarithmic_mean(values[1], values[0]) * math.log(steps[1][name] / steps[0][name])
    np.testing.assert_allclose(found, [expected[name] for name in FACTORS], rtol=1e-12)
    assert found.sum() == pytest.approx(1300.0, rel=1e-12)


def test_one_cell_is_the_decomposition_of_a_product():
    def year(people, members, contacts, cost, index, spent):
        cell = np.full((1, 1, 1), members), np.full((1, 1, 1, 1), contacts)
        return np.array(people), *cell, np.full((1, 1), cost), np.full(1, index), np.full((1, 1), spent)

    found = split(year(100.0, 30.0, 90.0, 5.0, 1.0, 400.0), year(110.0, 40.0, 125.0, 6.0, 1.1, 900.0))[0, 0]
    ratios = {
        "population": [100.0, 110.0], "coverage": [0.3, 40 / 110], "use per member": [3.0, 125 / 40],
        "prices and wages": [1.0, 1.1], "excess prices": [5.0, 6 / 1.1],
        "payment and cost sharing": [400 / 450, 900 / 750],
    }
    alone = decompose(ratios, from_year=1, to_year=2)["factor_contribution"]
    for name in ratios:
        assert found[FACTORS.index(name)] == pytest.approx(float(alone.sel(factor=name)), rel=1e-12)
    assert found[FACTORS.index("group mix")] == found[FACTORS.index("age and sex")] == 0.0


@pytest.mark.parametrize("years", [(None, None), (2025, 2028)])
def test_the_factors_sum_to_the_change_of_every_service_and_group(result, basis, years):
    found = decompose_health_expenditure(result, basis, from_year=years[0], to_year=years[1])
    spent = result["health_expenditure"]
    change = spent.diff("year") if years[0] is None else spent.sel(year=years[1]) - spent.sel(year=years[0])
    whole = found["health_growth"].sum("factor").transpose(*change.dims)
    assert float(abs(whole - change).max()) <= 1e-12 * float(spent.max())
    np.testing.assert_allclose(found["health_growth_total"].transpose(*change.dims), change, rtol=1e-12)
    assert list(found["factor"].values) == list(FACTORS)


def test_services_and_groups_are_sums_of_cells_by_a_loop(result, basis, population):
    found = decompose_health_expenditure(result, basis, from_year=2025, to_year=2027)["health_growth"]
    k, j, years = 1, 2, (0, 2)
    kept = {}
    for t in years:
        before = basis["population_0"] if t == 0 else population["population"].isel(year=t - 1)
        people = 0.5 * float(before.sum() + population["population"].isel(year=t).sum())
        members = result["health_members"].isel(year=t)
        con = result["contacts"].isel(year=t, service_type=k, health_group=j).transpose("sex", "age").values
        cost = float(result["unit_cost"][t, k, j])
        rate = 0.4 * basis["wage_growth"] + 0.6 * basis["inflation"]
        index = float((1 + rate).isel(year=slice(0, t + 1)).prod())
        rest = float(result["health_expenditure"][t, k, j]) / (con.sum() * cost)
        total, own = float(members.sum()), float(members.isel(health_group=j).sum())
        here = members.isel(health_group=j).transpose("sex", "age").values
        kept[t] = [
            [people, total / people, own / total, here[s, x] / own, con[s, x] / here[s, x], index, cost / index, rest]
            for s, x in product((0, 1), range(101))
        ]
    expected = np.zeros(len(FACTORS))
    for old, new in zip(kept[0], kept[2], strict=True):
        mean = logarithmic_mean(math.prod(new), math.prod(old))
        expected += [mean * math.log(b / a) for a, b in zip(old, new, strict=True)]
    np.testing.assert_allclose(found.isel(service_type=k, health_group=j), expected, rtol=1e-9, atol=1e-6)


def test_what_does_not_move_contributes_nothing(result, basis):
    still = result.copy()
    for name in ("health_members", "contacts", "population"):
        still[name] = result[name].isel(year=[0] * 4).assign_coords(year=result["year"])
    people = xr.DataArray(np.full(4, 1e6), coords={"year": result["year"]})
    found = decompose_health_expenditure(still, basis, population=people)["health_growth"]
    none = ["population", "coverage", "group mix", "age and sex", "use per member"]
    assert float(abs(found.sel(factor=none)).max()) == 0.0
    assert float(found.sel(factor="excess prices", service_type="stays", year=2028).min()) > 0.0


def test_a_group_that_appears_is_mix_and_a_service_that_appears_is_use(result, basis):
    joined = result.copy(deep=True)
    for name in ("health_members", "contacts", "health_expenditure"):
        joined[name].loc[{"year": 2025, "health_group": "poor"}] = 0.0
    found = decompose_health_expenditure(joined, basis, from_year=2025, to_year=2026)["health_growth"]
    for service in ("visits", "stays"):
        here = found.sel(health_group="poor", service_type=service)
        spent = float(joined["health_expenditure"].sel(year=2026, health_group="poor", service_type=service))
        assert float(here.sel(factor="group mix")) == pytest.approx(spent, rel=1e-12)
    begun = result.copy(deep=True)
    for name in ("contacts", "health_expenditure"):
        begun[name].loc[{"year": 2025, "service_type": "stays"}] = 0.0
    found = decompose_health_expenditure(begun, basis, from_year=2025, to_year=2026)["health_growth"]
    used = found.sel(service_type="stays", factor="use per member")
    spent = begun["health_expenditure"].sel(year=2026, service_type="stays")
    np.testing.assert_allclose(used, spent, rtol=1e-12)


def test_scenarios_stand_beside_each_other(result, basis):
    label = xr.DataArray(["a", "b"], dims="scenario", coords={"scenario": ["a", "b"]})
    both = result.assign(health_expenditure=result["health_expenditure"] * xr.ones_like(label, dtype=float))
    one = decompose_health_expenditure(result, basis)
    found = decompose_health_expenditure(both, basis)
    np.testing.assert_allclose(found["health_growth"].sel(scenario="b"), one["health_growth"], rtol=1e-12)


def test_what_cannot_be_split_is_refused(result, basis):
    free = result.copy(deep=True)
    free["contacts"].loc[{"service_type": "visits", "health_group": "poor"}] = 0.0
    with pytest.raises(BadInput, match=r"service number 1 costs group number 2 .* without any contact"):
        decompose_health_expenditure(free, basis)
    with pytest.raises(BadInput, match="both from_year and to_year"):
        decompose_health_expenditure(result, basis, from_year=2025)
    with pytest.raises(BadInput, match="2050 is no year of the result, which has 2025 to 2028"):
        decompose_health_expenditure(result, basis, from_year=2025, to_year=2050)
    with pytest.raises(BadInput, match="the result has one"):
        decompose_health_expenditure(result.isel(year=[0]), basis.isel(year=[0]))
    with pytest.raises(MissingVariable, match="unit_cost"):
        decompose_health_expenditure(result.drop_vars("unit_cost"), basis)


def test_expenditure_is_proportional_to_prices_and_to_members(basis, population):
    once = run(basis, scheme(None), population)["provider_cost"]
    dearer = basis.assign(unit_cost_0=2.0 * basis["unit_cost_0"])
    np.testing.assert_allclose(run(dearer, scheme(None), population)["provider_cost"], 2.0 * once, rtol=1e-12)
    more = population.assign(population=3.0 * population["population"])
    crowd = basis.assign(population_0=3.0 * basis["population_0"])
    np.testing.assert_allclose(run(crowd, scheme(None), more)["provider_cost"], 3.0 * once, rtol=1e-12)
