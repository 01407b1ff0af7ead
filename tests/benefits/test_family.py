"""Survivors of the deceased, spouses and children: against plain loops, and against the population they come from."""

from itertools import product

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import norm

from actuarial.benefits.family import Family
from actuarial.demography.families import children, spouses
from actuarial.demography.population import project_population
from actuarial.errors import BadDimensions, BadScheme
from actuarial.pension import Flat, OldAge, Orphans, Widows
from tests.benefits import small

DIMS = ("year", "sex", "age", "sex_of_survivor", "age_of_survivor")


def labelled(values, on, dims=DIMS):
    labels = {"year": on["year"], "sex": on["sex"], "age": on["age"]}
    labels |= {"sex_of_survivor": on["sex"].values, "age_of_survivor": np.arange(values.shape[-1])}
    return xr.DataArray(values, dims=dims, coords={d: np.asarray(labels[d]) for d in dims})


@given(st.integers(0, 2**32 - 1), st.booleans(), st.integers(1, 5))
def test_survivors_are_the_sum_over_all_deceased(seed, by_year, oldest):
    rng = np.random.default_rng(seed)
    on = small.basis(years=3, ages=5)
    dead = rng.uniform(0, 10, (2, 3, 2, 5)) * rng.integers(0, 2, (2, 3, 2, 5))
    matrix = rng.uniform(0, 2, (3, 2, 5, 2, oldest))
    family = labelled(matrix, on) if by_year else labelled(matrix[1], on, DIMS[1:])
    expected = np.zeros((2, 3, 2, 5))
    for q, t, s, x, u, v in np.ndindex(2, 3, 2, 5, 2, oldest):
        expected[q, t, u, v] += dead[q, t, s, x] * matrix[t if by_year else 1, s, x, u, v]
    found = Family.of(family, on).survivors(dead)
    assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    assert (found >= 0).all()
    turned = family.isel(sex_of_survivor=[1, 0], age=[4, 0, 3, 1, 2]).transpose()
    assert_allclose(Family.of(turned, on).survivors(dead), expected, rtol=1e-12, atol=1e-12)


def test_a_family_for_all_deceased_and_one_that_cannot_be_meant():
    on = small.basis(years=3, ages=5)
    dead = np.ones((1, 3, 2, 5))
    to_women = labelled(np.array([[0.0] * 5, [0, 1.0, 0, 0, 2.0]]), on, DIMS[3:])
    assert_allclose(Family.of(to_women, on).survivors(dead)[0, :, 1], [[0, 10, 0, 0, 20]] * 3)
    with pytest.raises(BadScheme, match="the matrix lacks sex_of_survivor"):
        Family.of(to_women.sel(sex_of_survivor="female", drop=True), on)
    with pytest.raises(BadDimensions, match="group"):
        Family.of(to_women.expand_dims(group=["a"]), on)


@pytest.mark.parametrize(("gap", "spread"), [(3.0, 4.0), (-2.5, 7.0), (0.0, 0.5)])
def test_ages_of_spouses_are_normal_around_the_gap(gap, spread):
    matrix = spouses(small.basis(spouse_age_gap=gap, spouse_age_sd=spread))
    ages = np.arange(101)
    for sex, other, sign in (("male", "female", -1), ("female", "male", 1)):
        one = matrix.sel(sex=sex)
        assert not one.sel(sex_of_survivor=sex).any()
        for x in (40, 63):
            mass = norm.cdf(ages + 0.5, x + sign * gap, spread) - norm.cdf(ages - 0.5, x + sign * gap, spread)
            mass[:15] = 0.0
            assert_allclose(one.sel(age=x, sex_of_survivor=other), mass / mass.sum(), rtol=1e-10, atol=1e-15)
    assert_allclose(matrix.sum(DIMS[3:]), 1.0, rtol=1e-12)
    assert float(matrix.sel(age_of_survivor=slice(0, 14)).sum()) == 0.0
    assert float(matrix.min()) >= 0.0


def test_without_a_spread_the_two_next_ages_share_the_spouses():
    one = spouses(small.basis(spouse_age_gap=2.25, spouse_age_sd=0.0)).sel(sex="male", sex_of_survivor="female")
    row = one.sel(age=40)
    assert_allclose(row[row > 0], [0.25, 0.75])
    assert list(row["age_of_survivor"].values[row > 0]) == [37, 38]
    assert float((row * row["age_of_survivor"]).sum()) == pytest.approx(40 - 2.25)
    assert float(one.sel(age=3, age_of_survivor=15)) == 1.0
    husbands = spouses(small.basis(spouse_age_gap=2.25)).sel(sex="female", sex_of_survivor="male")
    assert float(husbands.sel(age=100, age_of_survivor=100)) == 1.0


def test_the_family_of_widows_integrates_to_the_married_share():
    share = np.random.default_rng(3).uniform(0, 1, (2, 101))
    on = small.basis(married_share=(("sex", "age"), share), spouse_age_sd=4.0)
    both = Widows(share=0.5).family(on)
    assert_allclose(both.sum(DIMS[3:]).transpose("sex", "age"), share, rtol=1e-12)
    widows, widowers = (Widows(share=0.5, spouses=word).family(on) for word in ("widows", "widowers"))
    assert not widows.sel(sex_of_survivor="male").any()
    assert not widowers.sel(sex_of_survivor="female").any()
    xr.testing.assert_allclose(widows + widowers, both)


def fertile(years=6, **more):
    """Rates by age and year, and in the past; boys are more than girls; children die more than adults."""
    rng = np.random.default_rng(7)
    window = ((np.arange(101) >= 15) & (np.arange(101) < 50)) * 0.1
    past = window * rng.uniform(0.5, 1.5, (4, 101))
    mx = np.full((2, 101), 1e-3)
    mx[:, :5], mx[1, 5:], mx[:, -1] = 0.02, 5e-4, 0.3
    data = {
        "asfr": (("year", "age"), window * rng.uniform(0.5, 1.5, (years, 101))),
        "asfr_past": (("past_year", "age"), past),
        "srb": 1.05,
        "mx": (("sex", "age"), mx),
        "spouse_age_gap": 3.5,
    }
    return small.basis(years=years, **(data | more)).assign_coords(past_year=np.arange(2021, 2025))


def living(mx, a0):
    """L_y / l_0 of one sex."""
    alive, lived = 1.0, []
    for y, m in enumerate(mx):
        a = a0 if y == 0 else 0.5
        q = m / (1 + (1 - a) * m)
        lived.append(alive * (1 - q) + a * alive * q)
        alive *= 1 - q
    return lived


def test_children_by_plain_loops():
    on = fertile()
    found = children(on)
    rates = {int(year): on["asfr"].sel(year=year).values for year in on["year"]}
    rates |= {int(year): on["asfr_past"].sel(past_year=year).values for year in on["past_year"]}
    alive = {sex: living(on["mx"].sel(sex=sex).values, 0.5) for sex in small.SEXES}
    boys = 1.05 / 2.05

    def of_mother(year, x, y, sex):
        if y > x:
            return 0.0
        then = rates[max(year - y, 2021)]
        births = (then[x - y] + (then[x - y - 1] if x > y else 0.0)) / 2
        return births * (boys if sex == "male" else 1 - boys) * alive[sex][y]

    for year, x, y, sex in product((2025, 2030), (14, 20, 37, 52, 60), (0, 1, 9, 17, 30), small.SEXES):
        mother = found.sel(year=year, sex="female", age=x, sex_of_survivor=sex, age_of_survivor=y)
        assert float(mother) == pytest.approx(of_mother(year, x, y, sex), rel=1e-12, abs=1e-15)
        if x >= 20:
            father = found.sel(year=year, sex="male", age=x, sex_of_survivor=sex, age_of_survivor=y)
            wives = 0.5 * of_mother(year, x - 4, y, sex) + 0.5 * of_mother(year, x - 3, y, sex)
            assert float(father) == pytest.approx(wives, rel=1e-12, abs=1e-15)
    young = children(on, below=12).transpose(*found.dims)
    xr.testing.assert_allclose(young, found.sel(age_of_survivor=slice(0, 11)), rtol=1e-13)


def test_the_first_rates_stand_for_an_unknown_past():
    on = fertile().drop_vars(["asfr_past", "past_year"])
    told = on.assign(asfr_past=(("past_year", "age"), np.repeat(on["asfr"].values[:1], 110, axis=0)))
    told = told.assign_coords(past_year=np.arange(1915, 2025))
    xr.testing.assert_allclose(children(on), children(told), rtol=1e-14)


def test_a_woman_has_as_many_living_children_as_births_that_survive():
    rate = np.where((np.arange(101) >= 20) & (np.arange(101) < 40), 0.1, 0.0)
    on = fertile().drop_vars("asfr_past").assign(asfr=("age", rate), srb=1.0)
    total = children(on).sel(sex="female", year=2027).sum("sex_of_survivor").sum("age_of_survivor")
    alive = [(a + b) / 2 for a, b in zip(*(living(on["mx"].sel(sex=s).values, 0.5) for s in small.SEXES), strict=True)]
    for x in (45, 60):
        survivors_of_births = sum(0.1 * (alive[x - a] + alive[x - a - 1]) / 2 for a in range(20, 40))
        assert float(total.sel(age=x)) == pytest.approx(survivors_of_births, rel=1e-12)
    immortal = on.assign(mx=on["mx"] * 0 + 1e-12)
    total = children(immortal).sel(sex="female", year=2027).sum(DIMS[3:])
    assert float(total.sel(age=60)) == pytest.approx(2.0, rel=1e-9)
    assert float(total.sel(age=19)) == 0.0
    assert float(total.sel(age=20)) == pytest.approx(0.05, rel=1e-9)


def test_children_of_all_mothers_are_the_children_of_the_population():
    """Where no mother dies: the projected population and the families count the same children."""
    on = fertile(years=30)
    mx = on["mx"].copy()
    mx[1, 14:100] = 0.0
    people = ("sex", "age"), np.random.default_rng(5).uniform(50, 100, (2, 101))
    on = on.assign(mx=mx, population_0=people, net_migration=(("sex", "age"), np.zeros((2, 101))))
    population = project_population(on)["population"]
    counted = xr.dot(population.sel(sex="female"), children(on).sel(sex="female"), dim="age")
    for year in (2030, 2040, 2054):
        for y in range(min(year - 2025 + 1, 14)):
            told = population.sel(year=year, age=y)
            assert_allclose(counted.sel(year=year, age_of_survivor=y), told, rtol=1e-12)


def test_orphans_are_below_the_age_which_may_be_of_the_sex_and_of_the_year():
    on = fertile()
    one = Orphans(share=0.2, until_age=18).family(on)
    assert_allclose(one.sum("age_of_survivor"), children(on, below=18).transpose(*one.dims).sum("age_of_survivor"))
    assert one.sizes["age_of_survivor"] == 18
    by_sex = Orphans(share=0.2, until_age={"male": 16, "female": 20.5}).family(on)
    every = children(on, below=21).transpose(*by_sex.dims)
    assert float(by_sex.sel(sex_of_survivor="male", age_of_survivor=slice(16, None)).sum()) == 0.0
    for age, share in ((19, 1.0), (20, 0.5)):
        girls = {"sex_of_survivor": "female", "age_of_survivor": age}
        assert_allclose(by_sex.sel(girls), share * every.sel(girls), rtol=1e-13)
    ramp = Orphans(share=0.2, until_age={2025: 18, 2027: 20, "path": "ramp"}).continuance(on)
    boys = ramp.sel(year=2026, sex="male")
    assert float(boys.sel(age=17)) == pytest.approx(float(boys.sel(age=16)))
    assert float(boys.sel(age=18)) == 0.0


def test_half_an_age_leaves_half_of_the_children_and_counts_it_once():
    """Orphans of 18 on 31 December, half of whom are past 18.5: in their first half year they only die."""
    on = small.basis(years=2, asfr=("age", np.where(np.arange(101) == 30, 0.2, 0.0)), spouse_age_gap=0.0)
    flat = Flat(amount={"value": 100, "per": "month"})
    old_age = OldAge(retirement_age=60, qualifying_years=0, formula=flat)
    law = small.scheme_of(Orphans(share=0.2, until_age=18.5, follows=()), old_age)
    result = small.project(law, on, [(2025, "orphans", "female", 48, 1, 100)])
    born = 0.5 * 0.1 * 0.8**18 * 0.9
    stock = result["pensioners"].sel(benefit="orphans", sex="male", age=18)
    assert float(stock.sel(year=2025)) == pytest.approx(born * 0.5 * 0.9, rel=1e-12)
    assert float(result["pensioners"].sel(benefit="orphans", sex="male", year=2026, age=19)) == 0.0
