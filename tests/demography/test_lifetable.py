"""Life tables of single and wider ages: a loop, the rules by hand, grouping, and what is refused."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

import actuarial as ac
from actuarial.demography import (
    andreev_kingkade,
    coale_demeny_west_1_4,
    life_table,
    mortality_for_e0,
    project_population,
    proportional_family,
)
from actuarial.demography.survival import survival_table
from actuarial.errors import BadDimensions, BadInput, OutOfBounds
from tests.demography.bases import SEXES, small_basis
from tests.demography.draw_data import country

ABRIDGED = np.array([0, 1, *range(5, 90, 5)])
RATES = np.exp(-7.5 + 0.07 * (ABRIDGED + 2.5)) + 0.02 * np.exp(-ABRIDGED / 1.5)


def by_loop(mx, ax, ages, radix):
    """Columns q, l, d, L, T, e in plain lists; the last age is open."""
    l, rows = radix, []
    for x, m in enumerate(mx):
        if x == len(mx) - 1:
            q, d, L = 1.0, l, l / m
        else:
            n = ages[x + 1] - ages[x]
            q = n * m / (1 + (n - ax[x]) * m)
            d = l * q
            L = n * (l - d) + ax[x] * d
        rows.append([q, l, d, L])
        l -= d
    lived = [row[3] for row in rows]
    later = [sum(lived[x:]) for x in range(len(rows))]
    return [[*row, T, T / row[1]] for row, T in zip(rows, later, strict=True)]


tables = st.lists(st.integers(1, 5), min_size=1, max_size=6).flatmap(
    lambda steps: st.tuples(
        st.just(np.concatenate([[0], np.cumsum(steps)])),
        arrays(float, len(steps) + 1, elements=st.floats(1e-6, 0.19)),
        arrays(float, len(steps) + 1, elements=st.floats(0.05, 0.95)),
    )
)


def test_an_age_that_is_missing():
    """A label that a file has lost; given apart, ages may be as wide as they are."""
    single = pd.Series(0.1, index=pd.Index([0, 1, 2, 4, 5], name="age"))
    with pytest.raises(BadInput, match="an age is missing between 2 and 4, as those before and after are 1 wide"):
        life_table(single, ax=0.5)
    wide = xr.DataArray(np.full(7, 0.05), {"age": [0, 1, 5, 10, 20, 25, 30]}, "age")
    with pytest.raises(BadInput, match="between 10 and 20, as those before and after are 5 wide"):
        life_table(wide, ax=0.5)
    assert life_table(wide, ages=wide.age.values, ax=0.5).sizes["age"] == 7


@given(case=tables, radix=st.sampled_from([1.0, 1e5]))
def test_columns_equal_a_loop(case, radix):
    ages, mx, share = case
    ax = share * np.append(np.diff(ages), 1)
    table = life_table(mx, ages=ages, ax=ax, radix=radix)
    expected = np.array(by_loop(mx.tolist(), ax.tolist(), ages.tolist(), radix)).T
    for name, column in zip(("qx", "lx", "dx", "Lx", "Tx", "ex"), expected, strict=True):
        assert_allclose(table[name], column, rtol=1e-11)
    assert float(table.dx.sum()) == pytest.approx(radix, rel=1e-12)
    assert float(table.ax[-1]) == 1 / mx[-1]


@given(case=tables)
def test_rates_and_probabilities_give_one_table(case):
    ages, mx, share = case
    ax = share * np.append(np.diff(ages), 1)
    table = life_table(mx, ages=ages, ax=ax)
    back = life_table(qx=table.qx, ages=ages, ax=ax, ex_open=float(table.ex[-1]))
    for name in table:
        assert_allclose(back[name], table[name], rtol=1e-11)


@pytest.mark.parametrize(
    "rule", ["andreev-kingkade", "coale-demeny-west", "coale-demeny-east", "greville", "constant-force"]
)
@pytest.mark.parametrize("ages", [ABRIDGED, np.arange(101)])
def test_rules_are_solved_from_probabilities(rule, ages):
    mx = np.interp(ages, ABRIDGED, RATES)
    table = life_table(mx, ages=ages, ax=rule, sex="female")
    back = life_table(qx=table.qx, ax=rule, sex="female", ex_open=table.ex[-1].drop_vars("age"))
    for name in table:
        assert_allclose(back[name], table[name], rtol=1e-11)


@given(
    mx=arrays(float, 41, elements=st.floats(1e-4, 0.4)),
    a0=st.floats(0.05, 0.5),
    steps=st.lists(st.integers(1, 10), min_size=1, max_size=10),
)
def test_ages_grouped_with_their_own_time_lived_give_the_table(mx, a0, steps):
    single = life_table(mx, ax=np.append(a0, np.full(40, 0.5)), radix=1e5)
    ages = np.unique(np.minimum(np.concatenate([[0], np.cumsum(steps)]), 40))
    lived, died = -np.diff(single.Tx[ages]), -np.diff(single.lx[ages])
    width = np.diff(ages)
    ax = (lived - width * single.lx[ages[1:]].values) / died
    open_rate = float(single.lx[ages[-1]] / single.Tx[ages[-1]])
    grouped = life_table(np.append(died / lived, open_rate), ages=ages, ax=np.append(ax, 1.0), radix=1e5)
    for name in ("lx", "Tx", "ex"):
        assert_allclose(grouped[name], single[name].sel(age=ages), rtol=1e-9)


def test_the_rules_by_hand():
    west, kingkade, greville = (
        life_table(RATES, ages=ABRIDGED, sex="male", ax=rule).ax.values
        for rule in ("coale_demeny_west", "andreev_kingkade", "greville")
    )
    m = RATES
    assert west[0] == pytest.approx(0.045 + 2.684 * m[0], rel=1e-14)
    assert kingkade[0] == andreev_kingkade(m[0], "male")
    assert west[1] == kingkade[1] == pytest.approx(1.651 - 2.816 * m[0], rel=1e-14)
    assert west[2] == west[3] == greville[2] == 2.5
    assert greville[3] != 2.5
    for x in range(4, len(m) - 1):
        by_hand = 2.5 - 25 / 12 * (m[x] - math.log(m[x + 1] / m[x - 1]) / 10)
        assert west[x] == pytest.approx(by_hand, rel=1e-13)
    assert_allclose(west[2:], kingkade[2:], rtol=0)
    assert_allclose(coale_demeny_west_1_4([0.01, 0.2], "female"), [1.50682, 1.361], rtol=1e-14)
    assert_allclose(coale_demeny_west_1_4([0.01, 0.2], "male"), [1.62284, 1.352], rtol=1e-14)


@pytest.mark.parametrize(
    ("region", "sex", "level", "slope", "ones", "fall", "above"),
    [
        ("north", "male", 0.0425, 2.875, 1.859, 3.013, (0.33, 1.558)),
        ("north", "female", 0.05, 3.0, 1.733, 1.627, (0.35, 1.570)),
        ("south", "male", 0.0425, 2.875, 1.541, 3.013, (0.33, 1.240)),
        ("south", "female", 0.05, 3.0, 1.402, 1.627, (0.35, 1.239)),
        ("east", "male", 0.0025, 2.875, 1.614, 3.013, (0.29, 1.313)),
        ("east", "female", 0.01, 3.0, 1.487, 1.627, (0.31, 1.324)),
    ],
)
def test_regions_of_coale_and_demeny(region, sex, level, slope, ones, fall, above):
    """Coale, Demeny and Vaughan (1983), chapter 2: lines in the probability of dying at age 0, up to a tenth."""
    options = {"ages": ABRIDGED, "sex": sex, "ax": f"coale-demeny-{region}"}
    for m0 in (0.0, 0.004, 0.05, 0.1):
        table = life_table(np.append(m0, RATES[1:]), **options)
        q0 = float(table.qx[0])
        assert q0 < 0.1
        assert_allclose(table.ax[:2], [level + slope * q0, ones - fall * q0], rtol=1e-14)
    for m0 in (0.109, 0.2, 0.6):
        assert life_table(np.append(m0, RATES[1:]), **options).ax[:2].values.tolist() == list(above)
    west = life_table(RATES, **options | {"ax": "coale-demeny-west"}).ax
    assert_allclose(life_table(RATES, **options).ax[2:], west[2:], rtol=0)


@pytest.mark.parametrize("ages", [ABRIDGED, np.arange(19)])
def test_constant_force_within_each_age(ages):
    rates = np.append(RATES[:-2], [0.0, 0.3])
    table = life_table(rates, ages=ages, ax="constant-force")
    width = np.diff(ages)
    assert_allclose(table.qx[:-1], -np.expm1(-width * rates[:-1]), rtol=1e-13)
    points = (np.arange(4000) + 0.5) / 4000
    for x, n in enumerate(width):
        lived = n * np.exp(-rates[x] * n * points).mean() * table.lx.values[x]
        assert float(table.Lx[x]) == pytest.approx(lived, rel=1e-7)
    single = life_table(qx=[0.02, 0.3, 0.4], ax="constant-force", ex_open=3.0)
    assert_allclose(single.mx[:2], -np.log1p(-single.qx.values[:2]), rtol=1e-14)
    with pytest.warns(UserWarning, match="qx ends at the age 2"):
        going_on = life_table(qx=[0.02, 0.3, 0.4], ax="constant-force")
    assert float(going_on.mx[2]) == pytest.approx(-math.log(0.6), rel=1e-14)
    assert life_table(qx=[0.02, 0.999, 1.0], ax="constant-force").ex[-1] == 0.5


def test_both_sexes_together_have_the_mean_of_the_rules():
    men, women, both = (life_table(RATES, ages=ABRIDGED, sex=sex).ax for sex in ("male", "female", "both"))
    assert_allclose(both, (1.05 * men + women) / 2.05, rtol=1e-14)


def test_greville_is_right_where_mortality_grows_exponentially():
    """l(x) = exp(-B/b (e^(b x) - 1)): the mean time lived within five years by quadrature."""
    B, b, n = 2e-4, 0.09, 5.0
    points = (np.arange(2000) + 0.5) / 2000

    def living(x):
        return np.exp(-B / b * (np.exp(b * x) - 1))

    ages = np.arange(0.0, 90, 5)
    lived = np.array([n * living(x + n * points).mean() for x in ages])
    died = living(ages) - living(ages + n)
    exact = (lived - n * living(ages + n)) / died
    found = life_table(died / lived, ages=5 + ages, ax="greville").ax
    assert_allclose(found[1:-1], exact[1:-1], atol=0.03)
    assert abs(exact[5] - 2.5) > 0.15


def test_a_neighbour_without_deaths_leaves_half_the_width():
    mx = np.array([0.002, 0.0, 0.003, 0.004, 0.005, 0.2])
    ax = life_table(mx, ages=[15, 20, 25, 30, 35, 40]).ax.values
    assert ax[2] == 2.5
    assert ax[3] != 2.5


def test_single_ages_are_those_of_a_projection():
    mx = small_basis().mx
    table = ac.life_table(mx, ax="coale-demeny-west")
    projected = survival_table(mx, "coale_demeny_west")
    assert table.qx.dims == ("year", "sex", "age")
    for name in ("qx", "lx", "Lx", "ex"):
        assert_allclose(table[name], projected[name], rtol=1e-14)
        assert table[name].attrs == projected[name].attrs
    for sex in SEXES:
        one = life_table(mx.sel(sex=sex), ax="coale-demeny-west")
        assert_allclose(one.ex, table.ex.sel(sex=sex), rtol=1e-14)
        assert_allclose(life_table(mx.sel(sex=sex).values, sex=sex, ax="coale-demeny-west").ex, one.ex, rtol=1e-14)


def test_dims_order_and_labels_of_the_input_are_kept():
    mx = small_basis().mx.isel(year=0).expand_dims(country=["A", "B"]).transpose("age", "sex", "country")
    table = life_table(mx)
    assert table.ex.dims == ("country", "sex", "age")
    assert table.country.values.tolist() == ["A", "B"]
    assert mx.dims == ("age", "sex", "country")


def test_an_open_age_for_each_table():
    qx = np.array([[0.1, 1.0], [0.2, 1.0]])
    found = life_table(qx=qx, ax=0.5, ex_open=[3.0, 4.0]).ex
    assert_allclose(found[:, 0], [0.95 + 0.9 * 3, 0.9 + 0.8 * 4], rtol=1e-14)
    assert_allclose(life_table(qx=qx, ax=0.5, ex_open=xr.DataArray([3.0, 4.0], dims="year")).ex, found, rtol=0)
    with pytest.raises(BadDimensions, match=r"ex_open has the shape \(3,\); give a number, or one for each table"):
        life_table(qx=qx, ax=0.5, ex_open=[1.0, 2.0, 3.0])


def by_default(**arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return life_table(**arguments)


@pytest.mark.parametrize(
    ("arguments", "expectancy"),
    [
        ({"qx": [0.1, 1.0], "sex": "male"}, 0.5),
        ({"qx": [0.1, 1.0], "ax": 0.4}, 0.4),
        ({"qx": [0.1, 0.6], "ax": 0.5}, 0.7 / 0.6),
        ({"qx": [0.1, 0.2, 1.0], "ax": [0.1, 1.5, 6.5], "ages": [0, 1, 5]}, 6.5),
    ],
)
def test_the_last_probability_closes_the_table(arguments, expectancy):
    """The rate of the last age by m = q/(1 - (1 - a) q), and 1/m years."""
    table = by_default(**arguments)
    assert float(table.ex[-1]) == pytest.approx(expectancy, rel=1e-14)
    same = life_table(**arguments, ex_open=expectancy)
    for name in table:
        assert_allclose(table[name], same[name], rtol=1e-14)


def test_a_warning_where_many_reach_the_last_age():
    with pytest.warns(UserWarning, match=r"ends at the age 1, which 90.0% of the lives reach: .* 0.5 years more"):
        life_table(qx=[0.1, 1.0], ax=0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        life_table(qx=[0.995, 1.0], ax=0.5)
        life_table(qx=[0.1, 1.0], ax=[0.5, 0.5])


def test_labels_of_pandas_are_the_ages():
    mx = [0.02, 0.001, 0.3]
    plain = life_table(mx, ages=[0, 1, 5], sex="male")
    by_index = life_table(pd.Series(mx, index=[0, 1, 5]), sex="male")
    assert by_index.identical(plain)
    older = life_table(pd.Series(mx, index=pd.Index([60, 61, 62], name="age")))
    assert older.age.values.tolist() == [60, 61, 62]
    rows = pd.Series(mx, index=[7, 8, 9])
    with pytest.raises(BadInput, match=r"\(7, 8, 9\) may be ages or rows; name it age"):
        life_table(rows, sex="male")
    assert life_table(rows, sex="male", ages=[0, 1, 5]).identical(plain)
    with pytest.raises(BadInput, match="mx: male, female stand where ages are expected; give one column"):
        life_table(pd.DataFrame({"male": mx, "female": mx}, index=[0, 1, 5]))


def test_nobody_is_left_after_certain_death():
    table = life_table(qx=[0.1, 1.0, 0.3, 0.2], ax=0.5, ex_open=2.0)
    assert table.lx.values.tolist() == [1.0, 0.9, 0.0, 0.0]
    assert table.ex.values.tolist() == pytest.approx([1.4, 0.5, 0.0, 0.0], rel=1e-14)


GOOD = [0.02, 0.001, 0.3]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({}, BadInput, "give either the central death rates mx or the probabilities qx"),
        ({"mx": GOOD, "qx": GOOD}, BadInput, "give either"),
        ({"mx": GOOD}, BadInput, 'the rule andreev_kingkade for age 0 needs it; write sex="male", "female" or "both"'),
        ({"mx": GOOD, "sex": "f"}, BadInput, "sex: 'f' is not known"),
        ({"mx": GOOD, "ages": [0, 1, 5], "sex": "men"}, BadInput, "sex: 'men' is not known"),
        ({"mx": GOOD, "sex": "male", "ax": "west"}, BadInput, "'west' is not known; write one of andreev_"),
        ({"mx": GOOD, "ax": 0.5, "radix": 0}, BadInput, "the radix must be a number above 0"),
        ({"mx": GOOD, "ax": 0.5, "radix": -1.0}, BadInput, "the radix must be a number above 0"),
        ({"mx": GOOD, "ax": 0.5, "ages": [0, 5, 1]}, BadInput, r"numbers that rise .* \(got 0, 5, 1\)"),
        ({"mx": GOOD, "ax": 0.5, "ages": [0, 1, 1]}, BadDimensions, "1 of 3 labels of age occur before"),
        ({"mx": GOOD, "ax": 0.5, "ages": ["0", "1-4", "5+"]}, BadInput, "ages: give a sequence of numbers"),
        ({"mx": GOOD, "ax": 0.5, "ages": [0, 1]}, BadDimensions, "2 labels were given for age"),
        ({"mx": [0.1], "ax": 0.5}, BadInput, "at least two ages"),
        ({"mx": [0.1, np.nan, 0.2], "ax": 0.5}, OutOfBounds, "mx must be numbers: 1 of 3 are not; the first: age 1"),
        ({"mx": [0.1, -0.1, 0.2], "ax": 0.5}, OutOfBounds, "mx must be at least 0: .* age 1 -> -0.1"),
        ({"mx": [0.1, 0.1, 0.0], "ax": 0.5}, BadInput, "the open age 2 needs a death rate above 0"),
        ({"mx": [0.1, 20.0, 0.2], "ax": 0.5}, OutOfBounds, r"qx must not exceed 1: .* age 1 -> 1.8.*\n.*per thousand"),
        ({"mx": GOOD, "ax": [0.1, 1.5, 1.0]}, OutOfBounds, "ax must lie between 0 and the width of its age: .* age 1"),
        ({"mx": GOOD, "ax": [0.1, 0.5]}, BadDimensions, r"ax has the shape \(2,\), the rates \(3,\)"),
        ({"mx": GOOD, "ages": [0, 5, 10], "sex": "male"}, BadInput, "no rule for the ages 0 to 5 together"),
        ({"mx": GOOD, "ages": [1, 5, 10], "sex": "male"}, BadInput, "no rule for the age 1 without the rates of age 0"),
        ({"mx": GOOD, "ages": [0, 1, 3], "sex": "male"}, BadInput, "no rule for the ages after 0"),
        ({"mx": GOOD, "ax": 0.5, "ex_open": 2.0}, BadInput, "ex_open goes with qx"),
        ({"qx": GOOD, "ages": [0, 1, 5], "sex": "male"}, BadInput, "those live who reach the open age 5: give ex_open"),
        ({"qx": [0.1, 0.0], "ax": 0.5}, OutOfBounds, "qx must be above 0 at the last age.*\n.*ex_open"),
        ({"qx": [0.1, 1.0], "ax": [0.5, 0.0]}, OutOfBounds, "ax must be above 0 at the last age"),
        ({"qx": GOOD, "ax": 0.5, "ex_open": 0.0}, OutOfBounds, "ex_open must be a number of years above 0"),
        ({"qx": [0.1, 1.1, 1.0], "ax": 0.5, "ex_open": 1.0}, OutOfBounds, "qx must not exceed 1: .* age 1 -> 1.1"),
        ({"mx": small_basis().mx, "sex": "male"}, BadInput, "the rates have the dimension sex already"),
        ({"mx": small_basis().mx, "ages": range(1, 7)}, BadInput, "the labels of the DataArray already"),
        ({"mx": xr.DataArray(GOOD, dims="age"), "ages": [1, 2], "ax": 0.5}, BadDimensions, "3 ages, but 2 were given"),
        ({"mx": xr.DataArray(GOOD, dims="x"), "ax": 0.5}, BadDimensions, "mx needs the dims age"),
        ({"mx": ["high", 0.1], "ax": 0.5}, BadInput, "mx: give numbers"),
        ({"mx": xr.Dataset({"mx": ("age", GOOD)}), "ax": 0.5}, BadInput, r"a Dataset was given; .* \(mx\)"),
        ({"mx": GOOD, "ax": ["a", "b", "c"]}, BadInput, "ax: give numbers"),
        ({"mx": small_basis().mx.sel(sex="male"), "sex": "female"}, BadInput, "labelled male, not female"),
        ({"mx": np.ones((2, 2, 2))}, BadDimensions, "give a DataArray with named dims"),
        ({"mx": GOOD, "ax": xr.DataArray([0.1, 0.2], dims="year")}, BadDimensions, "the dimension year, which"),
    ],
)
def test_what_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        life_table(**arguments)


def test_a_rule_outside_the_age_is_refused():
    """2.5 - 25/12 (1.8 - ln(2)/10) = -1.10559."""
    with pytest.raises(OutOfBounds, match=r"ax must lie between 0 and .* age 20 -> -1.10559"):
        life_table([0.001, 1.8, 0.002, 0.3], ages=[15, 20, 25, 30])


@pytest.mark.parametrize("rule", ["andreev_kingkade", "coale_demeny_west"])
def test_words_of_rules_with_dashes(rule):
    """A rule may be named either way wherever one is named."""
    mx = np.concatenate([[0.02], 0.0004 * np.exp(0.07 * np.arange(100))])
    dashed, family = rule.replace("_", "-"), proportional_family(mx)
    assert life_table(mx, sex="male", ax=dashed).identical(life_table(mx, sex="male", ax=rule))
    e0 = np.array([[60.0, 63.0]])
    assert mortality_for_e0(e0, family, a0=dashed).identical(mortality_for_e0(e0, family, a0=rule))
    basis = country(2)
    projected = [project_population(basis.assign_attrs(a0_rule=word)).population for word in (rule, dashed)]
    assert_array_equal(*projected)


def test_a_warning_names_the_line_of_the_caller():
    with pytest.warns(UserWarning, match="qx ends at the age 2") as found:
        life_table(qx=[0.1, 0.3, 1.0], ax=0.5)
    assert found[0].filename == __file__
