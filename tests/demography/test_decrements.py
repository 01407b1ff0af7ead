"""Several decrements and causes of death: integrals, inverses, sums, tables by loops, what is refused."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from actuarial.demography import (
    cause_deleted_table,
    deaths_by_cause,
    dependent_rates,
    independent_rates,
    life_table,
    single_decrement_table,
)
from actuarial.errors import BadDimensions, BadInput, MissingVariable, OutOfBounds
from actuarial.numeric import constant_force

METHODS = ["constant-force", "udd"]
causes = arrays(float, st.integers(1, 6), elements=st.floats(0, 0.95))


@pytest.mark.parametrize("method", METHODS)
@given(q=causes)
def test_dependent_rates_sum_to_those_who_leave(method, q):
    assert float(dependent_rates(q, method=method).sum()) == pytest.approx(1 - np.prod(1 - q), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("method", METHODS)
@given(q=arrays(float, st.integers(1, 4), elements=st.floats(0, 0.9)))
def test_independent_rates_are_the_inverse(method, q):
    back = independent_rates(dependent_rates(q, method=method), method=method)
    assert_allclose(back, q, rtol=1e-9, atol=1e-14)


@given(q=arrays(float, 3, elements=st.floats(0, 0.95)))
def test_closed_forms_of_three(q):
    a, b, c = q
    udd = [
        a * (1 - (b + c) / 2 + b * c / 3),
        b * (1 - (a + c) / 2 + a * c / 3),
        c * (1 - (a + b) / 2 + a * b / 3),
    ]
    assert_allclose(dependent_rates(q, method="udd"), udd, rtol=1e-13, atol=1e-16)
    assert_allclose(dependent_rates(q), constant_force(a, b, c)[:3], rtol=1e-12, atol=1e-15)


def test_the_leavers_of_the_year_by_small_steps():
    q, steps = np.array([0.1, 0.25, 0.4, 0.05]), 20000
    s = (np.arange(steps) + 0.5) / steps
    forces = {
        "constant-force": np.repeat(-np.log(1 - q)[:, None], steps, axis=1),
        "udd": q[:, None] / (1 - s * q[:, None]),
    }
    stays = {
        "constant-force": np.prod((1 - q[:, None]) ** s, axis=0),
        "udd": np.prod(1 - s * q[:, None], axis=0),
    }
    for method in METHODS:
        expected = (stays[method] * forces[method]).mean(axis=1)
        assert_allclose(dependent_rates(q, method=method), expected, rtol=1e-7)


def test_certain_causes():
    assert_allclose(dependent_rates([1.0, 1.0, 0.3]), [0.5, 0.5, 0.0], rtol=0)
    assert_allclose(dependent_rates([1.0, 0.0], method="udd"), [1.0, 0.0], rtol=1e-14)
    assert_allclose(independent_rates([1.0, 0.0]), [1.0, 0.0], rtol=0)
    assert_allclose(independent_rates([0.6, 0.4], method="udd"), [1.0, 0.8], rtol=1e-6)
    assert_allclose(independent_rates([0.0, 0.0]), 0.0, rtol=0)


def test_labels_of_causes_are_kept():
    rates = xr.DataArray(
        [[0.1, 0.2], [0.3, 0.4], [0.0, 0.1]],
        dims=("age", "cause"),
        coords={"age": [20, 21, 22], "cause": ["death", "exit"]},
    )
    found = dependent_rates(rates)
    assert set(found.dims) == {"age", "cause"}
    expected = constant_force(0.3, 0.4, 0.0)[1]
    assert float(found.sel(age=21, cause="exit")) == pytest.approx(expected, rel=1e-13)
    plain = dependent_rates(rates.values.T, causes=["death", "exit"])
    assert_allclose(plain.sel(cause="exit"), found.sel(cause="exit"), rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: dependent_rates([0.1, 1.1]), OutOfBounds, "independent probabilities must not exceed 1: .*cause 1"),
        (lambda: dependent_rates([0.1, -0.1]), OutOfBounds, "independent must be at least 0"),
        (lambda: dependent_rates([0.1, np.nan]), OutOfBounds, "independent must be numbers"),
        (lambda: dependent_rates([0.1], method="balducci"), BadInput, "'balducci' is not known; write one of constant"),
        (lambda: independent_rates([0.6, 0.5]), OutOfBounds, "must sum to 1 at most: .* -> 1.1"),
        (lambda: independent_rates([0.6, 0.4]), OutOfBounds, "somebody must stay"),
        (lambda: dependent_rates(xr.DataArray([0.1], dims="age")), BadDimensions, "needs the dims cause"),
    ],
)
def test_what_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_words_with_a_line_below_are_the_same_words():
    with pytest.raises(OutOfBounds, match="somebody must stay"):
        independent_rates([0.5, 0.5], method="constant_force")


@pytest.fixture(scope="module")
def table():
    """An abridged table whose force of mortality is constant within each age."""
    ages = np.array([0, 1, *range(5, 90, 5)])
    force = np.exp(-8 + 0.08 * ages) + 0.01 * np.exp(-ages)
    width = np.append(np.diff(ages), 1)
    ax = 1 / force - width / np.expm1(force * width)
    return life_table(force, ages=ages, ax=ax, radix=1e5)


@pytest.fixture(scope="module")
def deaths(table):
    share = np.linspace(0.1, 0.7, table.sizes["age"])
    total = np.linspace(30, 900, table.sizes["age"])
    return xr.DataArray(
        np.array([share, 1 - share]) * total,
        dims=("cause", "age"),
        coords={"cause": ["heart", "other"], "age": table.age},
    )


def test_the_deaths_of_the_causes_are_those_of_the_table(table, deaths):
    found = deaths_by_cause(table, deaths)
    assert_allclose(found.qx.sum("cause"), table.qx, rtol=1e-13)
    assert_allclose(found.dx.sum("cause"), table.dx, rtol=1e-13)
    assert float(found.ever.sum()) == pytest.approx(1.0, rel=1e-12)
    assert float(found.ever.sel(cause="heart")) == pytest.approx(
        float((table.dx * deaths.sel(cause="heart") / deaths.sum("cause")).sum()) / 1e5, rel=1e-13
    )


def test_without_a_cause_its_force_is_gone(table, deaths):
    """Constant forces within each age: without a cause the table is that of the other forces."""
    found = cause_deleted_table(table, deaths)
    share = deaths / deaths.sum("cause")
    ages = table.age.values
    for cause in ("heart", "other"):
        left = table.mx.values * (1 - share.sel(cause=cause).values)
        alive, expectancy, survivors = 1e5, 0.0, []
        for x, mu in enumerate(left):
            survivors.append(alive)
            if x == len(left) - 1:
                expectancy += alive / mu
            else:
                after = alive * math.exp(-mu * (ages[x + 1] - ages[x]))
                expectancy += (alive - after) / mu
                alive = after
        one = found.sel(cause=cause)
        assert_allclose(one.lx, survivors, rtol=1e-10)
        assert_allclose(one.mx, left, rtol=1e-8)
        assert float(one.ex[0]) == pytest.approx(expectancy / 1e5, rel=1e-9)
        assert float(one.gain[0]) == pytest.approx(float(one.ex[0] - table.ex[0]), rel=1e-12)
        assert float(one.gain[0]) > 1
        columns = life_table(one.mx, ax=one.ax, radix=1e5)
        for name in ("qx", "lx", "Lx", "ex"):
            assert_allclose(columns[name], one[name], rtol=1e-10)


def test_single_decrements_multiply_to_the_table(table, deaths):
    alone = single_decrement_table(table, deaths)
    assert_allclose((1 - alone.qx).prod("cause"), 1 - table.qx, rtol=1e-12, atol=1e-15)
    assert_allclose(alone.lx.prod("cause") / 1e5, table.lx, rtol=1e-11)
    without = cause_deleted_table(table, deaths)
    closed = slice(0, -1)
    other = alone.qx.sel(cause="other")[closed]
    assert_allclose(without.qx.sel(cause="heart")[closed], other, rtol=1e-12)


def test_a_cause_without_deaths_changes_nothing(table, deaths):
    none = xr.concat([deaths, 0 * deaths.sel(cause=["other"]).assign_coords(cause=["none"])], "cause")
    found = cause_deleted_table(table, none).sel(cause="none")
    assert_allclose(found.gain, 0.0, atol=1e-10)
    for name in table:
        assert_allclose(found[name], table[name], rtol=1e-11)
    alone = single_decrement_table(table, none).sel(cause="none")
    assert (alone.qx == 0).all()


def test_dims_of_both_are_shared(table, deaths):
    years = xr.concat([deaths, deaths[::-1].assign_coords(cause=deaths.cause)], "year").assign_coords(year=[2020, 2021])
    found = cause_deleted_table(table, years)
    assert found.ex.dims == ("year", "cause", "age")
    assert_allclose(found.ex.sel(year=2021, cause="heart"), found.ex.sel(year=2020, cause="other"), rtol=1e-14)


def test_what_causes_are_refused(table, deaths):
    with pytest.raises(OutOfBounds, match=r"each age needs deaths of some cause: .* age 5"):
        deaths_by_cause(table, deaths.where(deaths.age != 5, 0.0))
    with pytest.raises(BadDimensions, match=r"deaths must have the ages of the table, 0 to 85 \(19 of them\)"):
        deaths_by_cause(table, deaths[:, :-1])
    with pytest.raises(MissingVariable, match="mx, ax are missing"):
        deaths_by_cause(table.drop_vars(["mx", "ax"]), deaths)
    only = deaths.where((deaths.age < 85) | (deaths.cause == "heart"), 0.0)
    with pytest.raises(OutOfBounds, match=r"at the open age other causes must have deaths as well: .* cause heart"):
        cause_deleted_table(table, only)
    assert float(single_decrement_table(table, only).qx.sel(cause="other", age=85)) == 0.0


def test_infants_die_early_of_the_other_causes_too():
    """l(t) = 1 - q t^k, k = a/(1 - a); without half of the force (1 - q t^k)^(1/2), by quadrature."""
    q, a = 0.12, 0.15
    k, t = a / (1 - a), ((np.arange(200_000) + 0.5) / 200_000)[:, None] ** 6
    step = 6 * t ** (5 / 6) / 200_000
    lived = ((1 - q * t**k) ** 0.5 * step).sum()
    left = 1 - (1 - q) ** 0.5
    expected = (lived - (1 - left)) / left
    table = life_table(qx=[q, 0.001, 1.0], ax=[a, 0.5, 1.0], ex_open=10.0)
    found = cause_deleted_table(table, np.ones((2, 3))).ax.isel(cause=0, age=0)
    assert float(found) == pytest.approx(expected, abs=1e-3)
    in_proportion = 1 - 0.5 * q / left * (1 - a)
    assert abs(in_proportion - expected) > 10 * abs(float(found) - expected)
