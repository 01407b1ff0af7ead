"""The population from a date inside the year: against the kernel, a plain loop, and what a whole year makes of it."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy.integrate import quad

from actuarial.check.population import check_population
from actuarial.demography.first_period import infant_survival, project_first_period
from actuarial.demography.mortality import basis_life_table
from actuarial.demography.population import project_population
from actuarial.errors import IdentityFailed, OutOfBounds
from tests.demography.bases import small_basis, with_scenarios
from tests.reference.small import small_basis as a_country

PHI = 184 / 365
TIMINGS = {"end": (0.0, 0.0), "even": (0.5, 0.5), "start": (1.0, 0.0)}
NEWBORN = [20.0, 19.0]


def inside(basis, newborn=NEWBORN):
    """The basis with the valuation date 30 June of its first year."""
    born = xr.DataArray(newborn, dims="sex", coords={"sex": basis["sex"]})
    return basis.assign_attrs(valuation_date="2025-06-30").assign(newborn_0=born)


def plain(basis, timing):
    """One period in plain numbers: population and births [sex][age], infants by integration over their ages."""
    n, m = basis["population_0"].values, PHI * basis["net_migration"].values[0]
    f, z = basis["asfr"].values[0], float(basis["srb"][0])
    table = basis_life_table(basis).isel(year=0)
    ratio, q, early = table["survival_ratio"].values, table["qx"].values[:, 0], TIMINGS[timing][0]
    last = n.shape[1] - 1
    people, births = np.zeros(n.shape), np.zeros(n.shape)
    for s in (0, 1):
        for x in range(1, last + 1):
            start = n[s, x - 1] + early * m[s, x - 1] + (n[s, last] + early * m[s, last] if x == last else 0.0)
            people[s, x] = start * ratio[s, x] ** PHI
    for x in range(1, last):
        young = n[1, x] + early * m[1, x]
        grown = people[1, x] + (0.5 * m[1, x] if timing == "even" else 0.0)
        # at the moment u of the year 1 - u of the cohort are still x, u of the one below are x already
        as_x, turned = quad(lambda u: 1 - u, 1 - PHI, 1)[0], quad(lambda u: u, 1 - PHI, 1)[0]
        born = f[x] * (as_x * young + turned * grown)
        births[1, x], births[0, x] = born / (1 + z), born * z / (1 + z)
    for s in (0, 1):
        alive = infants(q[s], ratio[s, 0])
        lived = quad(alive, 0, PHI)[0] / PHI
        later = quad(alive, PHI, 1)[0] / quad(alive, 0, 1 - PHI)[0]
        people[s, 0] = births[s].sum() * lived + NEWBORN[s] * later
    return people + (1 - early) * m, births


def infants(q, lived):
    """l(a) of the first year of life, a power of the age: the q and the L_0 of the table."""
    power = q / (1 - lived) - 1
    return lambda age: 1 - q * age**power


@pytest.mark.parametrize("timing", TIMINGS)
def test_first_period_equals_the_plain_loop(timing):
    basis = inside(small_basis())
    found = project_population(basis, migration=timing)
    people, births = plain(basis, timing)
    assert_allclose(found["population"].values[0], people, rtol=1e-9)
    assert_allclose(found["births"].values[0], births, rtol=1e-12, atol=1e-12)
    assert found["population"].dims == found["deaths"].dims == ("year", "sex", "age")


@pytest.mark.parametrize("timing", TIMINGS)
def test_a_period_of_a_whole_year_is_that_of_the_kernel(timing):
    basis = small_basis()
    whole = project_population(basis, migration=timing).isel(year=[0])
    found = project_first_period(basis, basis_life_table(basis), 1.0, *TIMINGS[timing])
    for name in found:
        assert_allclose(found[name], whole[name], rtol=1e-12, atol=1e-12, err_msg=name)


def test_later_years_are_those_of_a_projection_that_begins_with_them():
    basis = inside(small_basis())
    found = project_population(basis)
    start = found["population"].isel(year=0, drop=True).drop_attrs()
    later = basis.isel(year=slice(1, None)).assign(population_0=start).drop_vars("newborn_0")
    again = project_population(later.assign_attrs(valuation_date="2025-12-31"))
    for name in ("population", "population_midyear", "births", "deaths"):
        assert np.array_equal(again[name], found[name].isel(year=slice(1, None)))


def rolled_to_june(basis):
    """What a whole year's start becomes by 30 June: survivors of 1 - phi of the year, and the infants of that time."""
    whole = project_population(basis)
    table = basis_life_table(basis).isel(year=0)
    ahead = table["survival_ratio"].shift(age=-1)
    ahead = ahead.fillna(table["survival_ratio"].isel(age=-1))
    born = whole["births"].isel(year=0).sum("age").values
    newborn = []
    for s in (0, 1):
        alive = infants(float(table["qx"][s, 0]), float(table["survival_ratio"][s, 0]))
        newborn.append(born[s] * quad(alive, 0, 1 - PHI)[0])
    people = basis["population_0"] * ahead ** (1 - PHI)
    return whole, inside(basis.assign(population_0=people.drop_vars("year").drop_attrs()), newborn)


def test_two_parts_of_a_year_make_a_year():
    """p^(1-phi) p^phi = p: the stock of 30 June leads to that of 31 December of the whole year, births apart."""
    still = small_basis().assign(net_migration=0.0 * small_basis()["net_migration"])
    whole, june = rolled_to_june(still)
    found = project_population(june)
    for t in range(4):
        assert_allclose(found["population"][t, :, t + 1 :], whole["population"][t, :, t + 1 :], rtol=1e-12)
    assert_allclose(found["population"][0, :, 0], whole["population"][0, :, 0], rtol=5e-3)  # fewer mothers by June


def test_the_total_lies_where_growth_of_constant_force_says():
    """But for deaths: a cohort's force is that of its year of age throughout, where true deaths rise as it ages."""
    basis = a_country().isel(year=slice(0, 1))
    basis = basis.assign(net_migration=0.0 * basis["net_migration"])
    whole, june = rolled_to_june(basis)
    opening = float(june["population_0"].sum() + june["newborn_0"].sum())
    growth = np.log(float(whole["population"].sum() / basis["population_0"].sum()))
    assert_allclose(np.log(opening / float(basis["population_0"].sum())), (1 - PHI) * growth, atol=1e-4)
    assert_allclose(np.log(float(project_population(june)["population"].sum()) / opening), PHI * growth, atol=1e-4)


def test_births_of_the_two_parts_are_those_of_the_year_where_no_mother_dies():
    """Women of all fertile ages in equal number: births fall evenly, and none is lost between the two parts."""
    basis = small_basis()
    mx = basis["mx"] * xr.where((basis["age"] == 0) | (basis["age"] == 5), 1.0, 0.0)
    people = xr.full_like(basis["population_0"], 90.0)
    basis = basis.assign(mx=mx, population_0=people, net_migration=0.0 * basis["net_migration"])
    basis["asfr"][:] = [0.0, 0.0, 0.6, 0.3, 0.0, 0.0]
    whole, june = rolled_to_june(basis)
    found = project_population(june)
    assert_allclose(found["births"][0], PHI * whole["births"][0], rtol=1e-12)
    assert_allclose(found["population"][0, :, 0], whole["population"][0, :, 0], rtol=1e-9)


def test_infants_die_early_in_their_first_year():
    """A small a0 puts deaths in the first days: of births of a short period hardly fewer die than of a whole year."""
    q, a0 = xr.DataArray(0.02), 0.1
    lost = q * (1 - a0)
    first, later = infant_survival(q, lost, 0.25)
    assert 0.8 * float(lost) < 1 - float(first) < float(lost)
    assert 1 - float(later) < 0.25 * float(q)
    whole, _ = infant_survival(q, lost, 1.0)
    assert float(whole) == pytest.approx(1 - float(lost), rel=1e-15)


@pytest.mark.parametrize("timing", TIMINGS)
def test_persons_balance_and_a_wrong_date_is_found(timing):
    basis = inside(with_scenarios("net_migration", low=0.5, high=2.0))
    found = project_population(basis, migration=timing)
    check_population(found, basis)
    one = found.sel(scenario="high")
    moved = PHI * basis["net_migration"].sel(scenario="high").isel(year=0).sum()
    total = basis["population_0"].sum() + sum(NEWBORN) + moved
    total = total + one["births"].isel(year=0).sum() - one["deaths"].isel(year=0).sum()
    assert float(one["population"].isel(year=0).sum()) == pytest.approx(float(total), rel=1e-12)
    with pytest.raises(IdentityFailed, match=r"^Population by sex is"):
        check_population(found, basis.assign_attrs(valuation_date="2025-07-31"))


def test_mean_population_counts_who_is_of_an_age_in_the_rest_of_the_year():
    basis = inside(small_basis())
    found = project_population(basis)
    before, after = basis["population_0"], found["population"].isel(year=0)
    mean = 0.5 * PHI * before + (1 - 0.5 * PHI) * after
    assert_allclose(found["population_midyear"].isel(year=0), mean, rtol=1e-14)
    assert_allclose(found["population_midyear"][1], 0.5 * (found["population"][0] + found["population"][1]), rtol=1e-14)


def test_more_emigrants_of_the_period_than_people_are_refused():
    basis = inside(small_basis())
    away = basis["net_migration"].copy()
    away[0, 0, 3] = -150.0
    assert project_population(basis.assign(net_migration=away), migration="start").sizes["year"] == 4
    away[0, 0, 3] = -190.0
    with pytest.raises(OutOfBounds, match="population is negative on 1 January"):
        project_population(basis.assign(net_migration=away), migration="start")
