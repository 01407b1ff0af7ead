"""World Population Prospects 2024 summed up to groups of five years, made single years again and projected.

The death rates are those of ages 0, 1-4, 5-9, ..., 80-84, 85 and over; fertility is births over women of ages 10-14 to
50-54; net migration is by groups to 100 and over; the population of the start to 85 and over. One method for all.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from actuarial.demography import abridge_rates, life_table, project_population, split_asfr, split_counts, split_rates
from actuarial.readers import read_wpp

COUNTRIES = ("CYP", "EGY", "ETH", "GHA", "HND", "JOR", "JPN", "KEN", "LAO", "SLE", "THA", "VNM")
SMALL = "LCA"
GROUPS = (0, 1, *range(5, 86, 5))
MOTHERS = tuple(range(10, 56, 5))
MISSES = {
    "CYP": (230, 0.162, 40, 0.058),
    "EGY": (1646, 0.256, 0, 0.017),
    "ETH": (0, 0.028, 0, 0.021),
    "GHA": (30, 0.047, 0, 0.021),
    "HND": (26, 0.043, 2, 0.033),
    "JOR": (30, 0.080, 0, 0.023),
    "JPN": (1199, 0.182, 162, 0.067),
    "KEN": (539, 0.121, 0, 0.021),
    "LAO": (96, 0.055, 0, 0.026),
    "SLE": (14, 0.038, 0, 0.015),
    "THA": (5, 0.038, 261, 0.046),
    "VNM": (2, 0.037, 0, 0.015),
    "LCA": (20, 0.037, 0, 0.027),
}


def summed(array, starts):
    starts = np.asarray(starts)
    return array.isel(age=starts).copy(data=np.add.reduceat(array.values, starts, axis=-1))


def women_of(projection):
    ages = slice(MOTHERS[0], MOTHERS[-1] - 1)
    return projection.population_midyear.sel(sex="female", drop=True).sel(age=ages).drop_attrs()


def births_over_women(basis):
    """What a statistical office publishes: births of a group over its women."""
    women = women_of(project_population(basis))
    births = basis.asfr.sel(age=women.age) * women
    starts = [age - MOTHERS[0] for age in MOTHERS[:-1]]
    return summed(births, starts) / summed(women, starts)


def split_basis(basis, rule):
    """The basis from its groups; fertility once with equal numbers of women, then with those of that projection."""
    mx = split_rates(abridge_rates(basis.mx, GROUPS))
    stock = split_counts(
        summed(basis.population_0, range(0, 86, 5)),
        to=100,
        open_with=life_table(mx.isel(year=0, drop=True), ax=rule),
    )
    migrants = split_counts(summed(basis.net_migration, range(0, 101, 5)), method="sprague", signed=True)
    rates = births_over_women(basis)
    parts = {"population_0": stock, "mx": mx, "net_migration": migrants, "asfr": split_asfr(rates, MOTHERS)}
    first = basis.assign({name: part.drop_attrs() for name, part in parts.items()})
    asfr = split_asfr(rates, MOTHERS, women=women_of(project_population(first)))
    return first.assign(asfr=asfr.drop_attrs())


@pytest.fixture(scope="module")
def cases(shared):
    found = {}
    for country in (*COUNTRIES, SMALL):
        basis = read_wpp(shared / "data" / "wpp", country)
        rule = basis.attrs["a0_rule"].replace("_", "-")
        ours = split_basis(basis, rule)
        tables = [life_table(part.mx, ax=rule) for part in (ours, basis)]
        found[country] = SimpleNamespace(given=basis, ours=ours, tables=tables)
    return found


def published_2100(folder, country):
    frame = pd.read_parquet(folder / f"{country}.parquet", columns=["year", "pop_jul1"])
    return frame[frame.year == 2100].pop_jul1.astype(float).sum()


def test_population_of_2100(cases, shared):
    """Within 0.1% of the published one in the median and 0.3% in the worst country; measured 0.016% and 0.054%."""
    miss = {}
    for country, case in cases.items():
        total = float(project_population(case.ours).population_midyear.sel(year=2100).sum())
        miss[country] = total / published_2100(shared / "data" / "wpp", country) - 1
        print(f"{country} {100 * miss[country]:+.3f} %")
    worst = np.abs([miss[country] for country in COUNTRIES])
    assert np.median(worst) < 0.001
    assert worst.max() < 0.003
    assert abs(miss[SMALL]) < 0.004  # of its rounding to persons alone 0.3%


def test_life_tables(cases):
    """Life expectancy within 0.01 year, survivors at the first ages of the groups within 0.1%."""
    for case in cases.values():
        ours, given = case.tables
        assert_allclose(ours.ex.sel(age=0), given.ex.sel(age=0), rtol=0, atol=0.01)
        assert_allclose(ours.lx.sel(age=list(GROUPS)), given.lx.sel(age=list(GROUPS)), rtol=1e-3)
        assert_allclose(abridge_rates(case.ours.mx, GROUPS), abridge_rates(case.given.mx, GROUPS), rtol=1e-11)


@pytest.mark.parametrize("country", [*COUNTRIES, SMALL])
def test_single_ages_within_three_per_cent(cases, country):
    """Cells of (year, sex, age) that miss by more than 3%, and the worst, at the ages 5 to 24 and 25 to 90.

    What is missed is within groups, where the groups tell nothing. The logarithms of the given rates have second
    differences of 0.3 to 0.6 at age 2 in Egypt, Japan and Cyprus (0.03 to 0.2 elsewhere), and in Kenya twice those of
    the neighbours at age 5: a penalty freed there by a factor of 3 takes Kenya from 18% of the cells of 5 to 24 to 2%
    and nine of the other countries from under 3% to 9 to 18%. Other weights of the young ages, third differences, a
    curve through age 0, the mean of the other countries as a standard and a regression on them are no better for
    all. Nor are absolute instead of squared differences (6.9% of the cells of some countries in the place of 3.0%), a
    logarithmic scale of the young ages (2.5 to 7% of all cells in the place of 2.5%), and splines of the cumulated
    hazard (8 to 14%).
    Thailand has steps at 65 to 70 and Japan at 25 to 35, as the published rates of single ages have.
    """
    ours, given = (table.qx for table in cases[country].tables)
    miss = np.abs(ours / given - 1)
    young, old = (miss.sel(age=slice(*ages)).values for ages in ((5, 24), (25, 90)))
    found = (int((young > 0.03).sum()), float(young.max()), int((old > 0.03).sum()), float(old.max()))
    print(country, *found)
    assert all(ours <= known for ours, known in zip(found, MISSES[country], strict=True))


def test_most_ages_are_within_three_per_cent(cases):
    """97 of 100 cells of the ages 5 to 90 in all countries together, 997 of 1000 in the median country."""
    pairs = [case.tables for case in cases.values()]
    shares = [float((np.abs(ours.qx / given.qx - 1).sel(age=slice(5, 90)) > 0.03).mean()) for ours, given in pairs]
    assert np.mean(shares) < 0.03
    assert np.median(shares) < 0.003


def test_published_single_ages(shared, cases):
    """Within 3% of the death rates of both sexes published by single ages; of Thailand without its steps at 65-70."""
    frame = pd.read_parquet(shared / "data" / "wpp" / "_mx_both_published.parquet")
    for country, steps in (("ETH", []), ("THA", range(65, 71))):
        published = frame[frame.iso3 == country].set_index(["year", "age"]).mx_both_pub.to_xarray()
        published = published.sel(year=slice(2025, 2099), age=slice(5, 90))
        people = project_population(cases[country].given).population_midyear.sel(year=published.year, age=published.age)
        mx = cases[country].ours.mx.sel(year=published.year, age=published.age)
        both = (mx * people).sum("sex") / people.sum("sex")
        plain = [age for age in range(5, 91) if age not in steps]
        assert_allclose(both.sel(age=plain).transpose("year", "age"), published.sel(age=plain), rtol=0.03)


@pytest.mark.parametrize(("country", "young", "old"), [("ETH", 0.0, 0.0), ("JPN", 0.32, 0.007), ("THA", 0.0, 0.024)])
def test_published_rates_split_from_their_own_groups(shared, country, young, old):
    """The waves are in what is published: shares of the cells of both sexes that miss by more than 3%."""
    frame = pd.read_parquet(shared / "data" / "wpp" / "_mx_both_published.parquet")
    rates = frame[frame.iso3 == country].pivot(index="year", columns="age", values="mx_both_pub").loc[2025:2099].values
    rates = np.concatenate([rates, 1.3 * rates[:, -1:]], axis=1)
    miss = np.abs(split_rates(abridge_rates(rates, GROUPS)).values[:, :100] / rates[:, :100] - 1) > 0.03
    assert miss[:, 5:25].mean() <= young
    assert miss[:, 25:91].mean() <= old


def test_groups_of_published_fertility_come_back(cases):
    """Births of every group over the women of the projection, and total fertility near the given one."""
    for country in ("ETH", "JPN", "THA"):
        case = cases[country]
        assert (case.ours.asfr >= 0).all()
        assert_allclose(case.ours.asfr.sum("age"), case.given.asfr.sum("age"), rtol=2e-3)
        rms = float(np.sqrt(((case.ours.asfr - case.given.asfr) ** 2).mean()))
        assert rms < 0.01 * float(case.given.asfr.max())


def test_groups_are_kept(cases):
    for case in cases.values():
        for name, starts in (("population_0", range(0, 86, 5)), ("net_migration", range(0, 101, 5))):
            expected = summed(case.given[name], starts)
            assert_allclose(summed(case.ours[name], starts), expected, rtol=1e-12, atol=1e-6)
