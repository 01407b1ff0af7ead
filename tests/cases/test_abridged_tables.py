"""Published abridged life tables made tables of single ages."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from actuarial.demography import life_table, split_rates


@pytest.fixture(scope="module")
def austria(shared):
    """Preston, Heuveline and Guillot (2001), Demography, box 3.1: men of Austria, 1992."""
    case = shared / "cases" / "preston_box3_1_austria_males_1992"
    return pd.read_csv(case / "input.csv"), pd.read_csv(case / "expected.csv")


def single(rates, sex):
    return life_table(rates, sex=sex, ax="coale-demeny-west")


def test_austria_men_1992_from_rates(austria):
    """Deaths over person-years alone: the life expectancy of the book within 0.01 year, and at every group near it."""
    rows, expected = austria
    table = single(split_rates((rows.deaths / rows.population).values, rows.age.values), "male")
    beyond = expected.nLx.values[::-1].cumsum()[::-1] / expected.lx.values
    assert float(table.ex.sel(age=0)) == pytest.approx(beyond[0], abs=0.01)
    assert_allclose(table.ex.sel(age=rows.age.values), beyond, atol=0.01)
    assert_allclose(table.lx.sel(age=rows.age.values), expected.lx / 100_000, atol=6e-4)


def test_austria_men_1992_from_rates_and_times_of_death(austria):
    """With the times lived by those who die the survivors are those of the book to its rounding."""
    rows, expected = austria
    rates = split_rates((rows.deaths / rows.population).values, rows.age.values, ax=rows.nax.values)
    table = single(rates, "male")
    assert_allclose(100_000 * table.lx.sel(age=rows.age.values), expected.lx, atol=0.5)
    assert float(table.ex.sel(age=85)) == pytest.approx(rows.population.iloc[-1] / rows.deaths.iloc[-1], rel=1e-10)


def test_women_of_mortpak(shared):
    """United Nations (1988), MORTPAK-LITE, p. 82: high mortality, survivors as there, e0 within 0.01 year."""
    case = shared / "cases" / "un_mortpak_1988_females"
    rows, expected = pd.read_csv(case / "input.csv"), pd.read_csv(case / "expected.csv")
    abridged = life_table(rows.nmx.values, ages=rows.age.values, sex="female", ax="coale-demeny-west")
    table = single(split_rates(rows.nmx.values, rows.age.values, ax=abridged["ax"].values), "female")
    assert_allclose(table.lx.sel(age=rows.age.values), abridged.lx, rtol=1e-10)
    assert float(table.ex.sel(age=0)) == pytest.approx(expected.ex[0], abs=0.01)
    assert np.diff(np.log(table.mx.sel(age=slice(30, 100)).values)).min() > 0
