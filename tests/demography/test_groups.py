"""The population by groups: separate where nobody moves, one population where rates are equal, and nobody is lost."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from actuarial.check.population_groups import check_population_groups
from actuarial.demography import project_groups, project_population
from actuarial.demography.survival import survival_table
from actuarial.errors import BadDimensions, BadInput, IdentityFailed, MissingVariable, OutOfBounds
from tests.demography.bases import small_basis
from tests.oracle import population as oracle

GROUPS = ["nationals", "migrants", "refugees"]
TOTALS = ["population", "population_midyear", "births", "deaths"]


def by_group(values, name="group"):
    return xr.DataArray(values, {name: GROUPS}, dims=name)


def equal_rates(years=4, parts=(0.6, 0.3, 0.1)):
    """The small basis divided over groups that have its rates."""
    basis = small_basis(years)
    return basis.assign({name: basis[name] * by_group(list(parts)) for name in ("population_0", "net_migration")})


def own_rates(years=4):
    """Groups that differ in everything."""
    basis = equal_rates(years)
    return basis.assign(
        mx=basis["mx"] * by_group([1.0, 0.8, 1.4]),
        asfr=basis["asfr"] * by_group([0.9, 1.1, 1.3]),
        srb=basis["srb"] * by_group([1.0, 1.01, 0.98]),
        net_migration=basis["net_migration"] * by_group([-0.5, 2.0, 1.0]),
    )


def rates(values, **coords):
    """Rates from group (rows) to group (columns)."""
    pairs = {"group": GROUPS, "to_group": GROUPS}
    return xr.DataArray(values, {**coords, **pairs}, dims=(*coords, "group", "to_group"))


def naturalisation(rate=0.05):
    return rates([[0, 0, 0], [rate, 0, 0], [rate / 2, rate / 5, 0]])


def numbers(basis, count=1.0):
    """Persons of age 2 from refugees to migrants in every year."""
    dims = ("year", "group", "to_group", "sex", "age")
    shape = (basis.sizes["year"], 3, 3, 2, 6)
    array = xr.DataArray(np.zeros(shape), {dim: GROUPS if "group" in dim else basis[dim].values for dim in dims}, dims)
    array.loc[{"group": "refugees", "to_group": "migrants", "age": 2}] = count
    return array


@pytest.mark.parametrize("migration", ["end", "even", "start"])
def test_without_transfers_groups_are_separate_to_the_bit(migration):
    basis = own_rates()
    found = project_groups(basis, migration=migration)
    for group in GROUPS:
        alone = project_population(basis.sel(group=group, drop=True), migration=migration)
        for name in TOTALS:
            assert_array_equal(found[name].sel(group=group), alone[name], err_msg=f"{group} {name}")
    assert float(abs(found.population_transfers_in).max()) == float(abs(found.population_transfers_out).max()) == 0.0


@pytest.mark.parametrize("migration", ["end", "even", "start"])
@pytest.mark.parametrize("moving", [False, True])
def test_equal_rates_make_the_undivided_population(migration, moving):
    basis = equal_rates(12)
    flows = {"transfer_rate": naturalisation(), "transfers": numbers(basis, 0.5)} if moving else {}
    shares = rates([[1, 0, 0], [0.7, 0.3, 0], [0.1, 0.2, 0.7]]) if moving else None
    found = project_groups(basis, migration=migration, birth_group=shares, **flows)
    whole = project_population(small_basis(12), migration=migration)
    for name in TOTALS:
        assert_allclose(found[name].sum("group"), whole[name], rtol=1e-12, err_msg=name)
    assert (float(found.population_transfers_in.sum()) > 10) == moving


def test_steady_naturalisation():
    """Without migrants, who moves at the rate n each year leaves (1-n)^t of the group's own projection."""
    basis = own_rates(30)
    basis["net_migration"] = 0.0 * basis["net_migration"]
    rate = 0.04
    found = project_groups(basis, transfer_rate=rates([[0, 0, 0], [0, 0, 0], [rate, 0, 0]]))
    alone = project_population(basis.sel(group="refugees", drop=True)).population
    left = (1.0 - rate) ** xr.DataArray(np.arange(1, 31), {"year": alone.year}, dims="year")
    assert_allclose(found.population.sel(group="refugees"), left * alone, rtol=1e-12)
    assert_allclose(found.population_transfers_out.sel(group="refugees"), rate / (1 - rate) * left * alone, rtol=1e-12)
    assert_array_equal(found.population_transfers_in.sel(group="nationals").values,
                       found.population_transfers_out.sel(group="refugees").values)  # fmt: skip


def slow(basis, rate, number, shares, timing):
    """Plain lists, one group at a time: [group][year][sex][age] of population and of what came less what left."""
    stocks = [basis.population_0.sel(group=group).values.tolist() for group in GROUPS]
    path, net = [[], [], []], [[], [], []]
    for year in basis.year.values:
        here = basis.sel(year=year)
        early = {"end": 0.0, "even": 0.5, "start": 1.0}[timing]
        closed, born, moved, survival = [], [], [], []
        for g, group in enumerate(GROUPS):
            one = here.sel(group=group)
            table = [oracle.survival_ratios(rates, [0.12] + [0.5] * 5) for rates in one.mx.values.tolist()]
            migrants = one.net_migration.values.tolist()
            after, births, _ = oracle.one_year(
                stocks[g], table, one.asfr.values.tolist(), float(one.srb), migrants, timing
            )
            closed.append([[n - (1 - early) * m for n, m in zip(after[x], migrants[x], strict=True)] for x in (0, 1)])
            born.append([sum(births[x]) for x in (0, 1)])
            moved.append(migrants)
            survival.append(table)
        for h in range(3):
            for x in (0, 1):
                children = sum(shares[g][h] * born[g][x] for g in range(3))
                closed[h][x][0] = children * survival[h][x][0]
        for g in range(3):
            change = [[0.0] * 6, [0.0] * 6]
            for h in range(3):
                for x in (0, 1):
                    for a in range(6):
                        change[x][a] -= rate[g][h] * closed[g][x][a] + number.get((g, h, x, a), 0.0)
                        change[x][a] += rate[h][g] * closed[h][x][a] + number.get((h, g, x, a), 0.0)
            stocks[g] = [
                [closed[g][x][a] + (1 - early) * moved[g][x][a] + change[x][a] for a in range(6)] for x in (0, 1)
            ]
            path[g].append(stocks[g])
            net[g].append(change)
    return np.array(path), np.array(net)


@pytest.mark.parametrize("migration", ["end", "even", "start"])
def test_against_a_second_computation(migration):
    basis = own_rates(8).assign(a0=0.12)
    rate, shares = naturalisation(0.1), rates([[1, 0, 0], [0.5, 0.5, 0], [0.2, 0.1, 0.7]])
    number = {(2, 1, x, 2): 0.25 for x in (0, 1)}
    found = project_groups(
        basis, transfer_rate=rate, transfers=numbers(basis, 0.25), birth_group=shares, migration=migration
    )
    path, net = slow(basis, rate.values, number, shares.values, migration)
    assert_allclose(found.population.transpose("group", ...), path, rtol=1e-12)
    change = (found.population_transfers_in - found.population_transfers_out).transpose("group", ...)
    assert_allclose(change, net, rtol=1e-10, atol=1e-12)


@settings(max_examples=15)
@given(
    st.lists(st.floats(0, 0.5), min_size=6, max_size=6), st.lists(st.floats(0.05, 1), min_size=9, max_size=9),
    st.sampled_from(["end", "even", "start"]),
)  # fmt: skip
def test_nobody_is_lost(pairs, weights, migration):
    table = np.zeros((3, 3))
    table[~np.eye(3, dtype=bool)] = pairs
    shares = np.array(weights).reshape(3, 3)
    basis = equal_rates(3).assign(asfr=own_rates(3)["asfr"], mx=own_rates(3)["mx"])
    basis["net_migration"] = abs(basis["net_migration"])
    found = project_groups(
        basis, transfer_rate=rates(table), birth_group=rates(shares / shares.sum(1, keepdims=True)), migration=migration
    )
    net = (found.population_transfers_in - found.population_transfers_out).sum("group")
    assert_allclose(net, 0.0, atol=1e-11)
    gained = found.births.sum("age") - found.deaths.sum("age") + basis.net_migration.sum("age")
    gained = gained + (found.population_transfers_in - found.population_transfers_out).sum("age")
    stock = xr.concat([basis.population_0.expand_dims(year=[2024]), found.population], "year").sum("age").diff("year")
    assert_allclose(stock.transpose(*gained.dims), gained, atol=1e-10)


def test_rates_by_year_sex_and_age():
    basis = own_rates()
    yearly = naturalisation() * xr.DataArray([0, 0, 1, 0], {"year": basis.year}, dims="year")
    of_age = yearly * xr.DataArray([0, 0, 0, 1, 0, 0], {"age": range(6)}, dims="age")
    found = project_groups(basis, transfer_rate=of_age).population_transfers_out
    moved = found.sum(("sex", "group"))
    assert np.argwhere(moved.values > 0).tolist() == [[2, 3]]
    shuffled = of_age.isel(group=[2, 0, 1], to_group=[1, 2, 0])
    assert project_groups(basis, transfer_rate=shuffled).population_transfers_out.identical(found)


def test_children_of_refugees_are_born_nationals():
    basis = own_rates()
    found = project_groups(basis, birth_group=rates([[1, 0, 0], [0, 1, 0], [1, 0, 0]]))
    assert float(found.births.sel(group="refugees").sum()) == 0.0
    own = project_groups(basis)
    both = own.births.sel(year=2025, group=["nationals", "refugees"]).sum("group")
    assert_allclose(found.births.sel(year=2025, group="nationals"), both)


def test_a_sudden_arrival_and_the_return_home():
    """Those who arrive at the end of 2026 and are alive go home at the end of 2027, a year older."""
    basis = own_rates(4)
    basis = basis.assign(asfr=0.0 * basis.asfr, net_migration=0.0 * basis.net_migration)
    there = basis.net_migration.copy()
    dims = there.sel(year=2026, group="refugees").dims
    arrival = xr.DataArray([[0.0, 50, 40, 30, 10, 0]] * 2, {"sex": basis.sex, "age": range(6)}).transpose(*dims)
    ratio = survival_table(basis.mx.sel(year=2027, group="refugees"), "coale_demeny_west").survival_ratio
    home = xr.zeros_like(arrival)
    home[{"age": slice(1, None)}] = arrival.values[:, :-1] * ratio.transpose(*dims).values[:, 1:]
    there.loc[{"year": 2026, "group": "refugees"}] += arrival
    there.loc[{"year": 2027, "group": "refugees"}] -= home
    more = project_groups(basis.assign(net_migration=there)).population - project_groups(basis).population
    assert_allclose(more.sel(year=2026, group="refugees").transpose(*dims), arrival, atol=1e-11)
    assert_allclose(more.sel(year=[2025, 2027, 2028]), 0.0, atol=1e-11)
    assert_allclose(more.sel(group=["nationals", "migrants"]), 0.0, atol=0)


def test_scenarios():
    basis = own_rates()
    low_high = xr.DataArray([0.0, 0.1], {"scenario": ["none", "some"]}, dims="scenario")
    found = project_groups(basis, transfer_rate=low_high * naturalisation(1.0))
    assert found.population.dims == ("scenario", "year", "group", "sex", "age")
    for label, rate in (("none", 0.0), ("some", 0.1)):
        alone = project_groups(basis, transfer_rate=naturalisation(rate))
        xr.testing.assert_allclose(found.sel(scenario=label, drop=True), alone, rtol=1e-14)
    factor = xr.DataArray([1.0, 1.2], {"scenario": ["none", "some"]}, dims="scenario")
    scenarios = basis.assign(mx=basis.mx * factor)
    both = project_groups(scenarios, transfer_rate=low_high * naturalisation(1.0))
    with pytest.raises(BadDimensions, match="transfer_rate: the labels of scenario must be those of the basis"):
        project_groups(scenarios, transfer_rate=low_high.assign_coords(scenario=["none", "all"]) * naturalisation(1.0))
    assert float(both.deaths.sum(("year", "group", "sex", "age")).diff("scenario")[0]) > 0


def test_the_sum_goes_on_to_the_other_stages():
    total = project_groups(own_rates(), transfer_rate=naturalisation()).sum("group", keep_attrs=True)
    assert total.population.dims == ("year", "sex", "age")
    assert total.population.attrs["units"] == "persons"
    assert total.attrs["migration"] == "end"


def test_false_accounts_are_found():
    basis = own_rates()
    found = project_groups(basis, transfer_rate=naturalisation())
    check_population_groups(found, basis)
    wrong = found.copy(deep=True)
    wrong["population_transfers_in"].loc[{"group": "nationals", "year": 2026, "age": 3}] += 0.01
    with pytest.raises(IdentityFailed, match="Who changes the group of the population leaves one and joins another"):
        check_population_groups(wrong, basis)
    for name in ("population_transfers_in", "population_transfers_out"):
        wrong = found.copy(deep=True) if name.endswith("in") else wrong
        wrong[name].loc[{"group": "nationals" if name.endswith("in") else "migrants", "year": 2026, "age": 3}] += 0.01
    with pytest.raises(IdentityFailed, match="Persons of a group and age are the cohort of the year before"):
        check_population_groups(wrong, basis)


def test_more_leave_than_there_are():
    basis = own_rates()
    text = r"of a group must be at least 0 on 31 December: .* year 2025, group refugees, sex male, age 2 -> -"
    with pytest.raises(OutOfBounds, match=text) as caught:
        project_groups(basis, transfers=numbers(basis, 90.0))
    assert "lower the net emigration or the transfers of this group and age" in str(caught.value)
    basis["net_migration"] = basis["net_migration"] - 200.0 * by_group([0.0, 1.0, 0.0])
    with pytest.raises(OutOfBounds, match="1 January, after the migrants of the start of the year"):
        project_groups(basis, migration="start")


@pytest.mark.parametrize(
    ("flows", "error", "match"),
    [
        ({"transfer_rate": rates(-naturalisation().values)}, OutOfBounds, "transfer_rate must be at least 0.*Exchange"),
        ({"transfer_rate": rates(np.eye(3))}, OutOfBounds, "transfer_rate to the own group must be 0"),
        ({"transfer_rate": rates([[0, 0.6, 0.6], [0, 0, 0], [0, 0, 0]])}, OutOfBounds, "at most 1: 1 of 3 are not"),
        ({"transfer_rate": rates([[0, np.nan, 0], [0, 0, 0], [0, 0, 0]])}, OutOfBounds, "must be numbers"),
        ({"transfer_rate": naturalisation().values}, BadInput, "give a DataArray with the labels of"),
        ({"transfer_rate": naturalisation().isel(group=0)}, BadDimensions, "needs the dims group, to_group and may"),
        ({"transfer_rate": naturalisation().isel(group=[0, 1])}, BadDimensions, "labels of group must be those"),
        ({"transfer_rate": rates(np.zeros((2, 3, 3)), year=[2025, 2026])}, BadDimensions, "of year must be those"),
        ({"transfer_rate": rates(np.zeros((1, 3, 3)), age=[1])}, BadDimensions, r"of age .* 0 to 5 \(6 of them\)"),
        (
            {"transfer_rate": rates(np.zeros((1, 3, 3)), scenario=["a"]),
             "birth_group": rates(np.eye(3)[None], scenario=["b"])},
            BadDimensions, r"birth_group: the labels of scenario must be those of the basis, a \(they are b\)",
        ),
        ({"transfers": naturalisation()}, BadDimensions, "transfers needs the dims year, group, to_group, sex, age"),
        ({"birth_group": rates(0.9 * np.eye(3))}, OutOfBounds, "birth_group of each group must add up to 1: 3 of 3"),
        ({"migration": "later"}, BadInput, "is not a timing of the migrants"),
    ],
)  # fmt: skip
def test_flows_that_cannot_be_meant(flows, error, match):
    with pytest.raises(error, match=f"(?s){match}"):
        project_groups(own_rates(), **flows)


def test_bases_that_cannot_be_meant():
    basis = own_rates()
    with pytest.raises(BadDimensions, match=r"population_0 lacks the dimension group: numbers of persons are not rep"):
        project_groups(small_basis())
    with pytest.raises(MissingVariable, match="srb is missing"):
        project_groups(basis.drop_vars("srb"))
    with pytest.raises(BadDimensions, match="every group needs a name of its own"):
        project_groups(basis.assign_coords(group=["a", "a", "b"]))
    with pytest.raises(BadDimensions, match="every group needs a name of its own"):
        project_groups(basis.drop_vars("group"))
    with pytest.raises(BadInput, match="project_groups needs stocks of the last day of a year"):
        project_groups(basis.assign_attrs(valuation_date="2025-06-30"))
    with pytest.raises(OutOfBounds, match="group refugees: mx"):
        project_groups(basis.assign(mx=basis.mx * by_group([1.0, 1.0, -1.0])))
    fertile = basis.asfr.copy()
    fertile.loc[{"age": 5, "group": "migrants"}] = 0.1
    with pytest.raises(OutOfBounds, match="asfr must be 0 at the first and at the open age 5: 4 of 24 are not"):
        project_groups(basis.assign(asfr=fertile))
    with pytest.raises(BadInput, match="a basis is a Dataset"):
        project_groups(basis.mx)
