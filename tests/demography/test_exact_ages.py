"""Exact ages between birthdays: closed forms, steps of half a year, two lives, cohorts, and what is refused."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import annuity, insurance, joint_annuity, life_table, life_table_at
from actuarial.errors import BadInput

FRACTIONS = ["udd", "constant-force", "balducci"]
TABLE = life_table(np.minimum(np.exp(-9.5 + 0.09 * np.arange(101)), 0.6), ax=0.5)


@pytest.mark.parametrize("fraction", FRACTIONS)
def test_half_a_year_later(fraction):
    """a(2)_x = 1/2 + v^(1/2) (l_{x+1/2}/l_x) a(2)_{x+1/2}, and continuously by a quadrature of the first half-year."""
    v, (points, weights) = 1.03**-0.5, np.polynomial.legendre.leggauss(40)
    for age in (0, 60.25, 99.5, 100):
        ages = np.array([age, age + 0.5])
        living = life_table_at(TABLE, ages, fraction=fraction).lx.values
        left = v * living[1] / living[0]
        first, second = annuity(TABLE, 0.03, age=ages, payments=2, fraction=fraction).values
        assert first == pytest.approx(0.5 + left * second, rel=1e-12)
        first, second = insurance(TABLE, 0.03, age=ages, periods=2, fraction=fraction).values
        assert first == pytest.approx(v - left + left * second, rel=1e-12)
        paid = 0.0
        for begin in (0.0, 0.25):  # a birthday at most between them
            t = begin + 0.25 * (points + 1) / 2
            alive = life_table_at(TABLE, age + t, fraction=fraction).lx.values / living[0]
            paid += (weights * alive * 1.03**-t).sum() / 8
        first, second = annuity(TABLE, 0.03, age=ages, payments=np.inf, fraction=fraction).values
        assert first == pytest.approx(paid + left * second, rel=1e-12)


def test_de_moivre():
    """With l_x = w - x, deaths evenly spread: e = (w - x)/2, and (1 - abar/(w - x))/delta."""
    q = np.append(1.0 / np.arange(90, 1, -1), 1.0)
    ages = np.array([0, 20.5, 64.75, 89.9])
    found = life_table_at(q, ages, radix=90.0)
    assert_allclose(found.lx, 90 - ages, rtol=1e-12)
    assert_allclose(found.ex, (90 - ages) / 2, rtol=1e-12)
    force = np.log(1.04)
    certain = (1 - np.exp(-force * (90 - ages))) / force
    assert_allclose(annuity(q, 0.04, age=ages, payments=np.inf), (1 - certain / (90 - ages)) / force, rtol=1e-11)
    assert_allclose(insurance(q, 0.04, age=ages, periods=np.inf), certain / (90 - ages), rtol=1e-11)


def test_a_constant_force_knows_no_birthdays():
    table = life_table(np.full(60, 0.04), ax="constant-force")
    options = {"payments": 4, "fraction": "constant-force", "growth": 0.01, "deferred": 2, "term": 20}
    found = annuity(table, [0.02, 0.05], age=[10, 10.3, 40.9], **options)
    assert_allclose(found, float(found[0]), rtol=1e-12)
    assert_allclose(life_table_at(table, [3.7, 50.2], fraction="constant-force").ex, 25.0, rtol=1e-12)


def test_two_lives_between_birthdays():
    """A year of two lives in quarters, whose birthdays differ."""
    q, other = np.array([0.1, 0.3, 0.5, 1.0]), np.array([0.2, 0.4, 1.0])
    found = joint_annuity(q, other, 0.03, age=[0.5, 1], other_age=[0.25, 0.75], payments=4)
    for x in (0.5, 1):
        for y in (0.25, 0.75):
            t = np.arange(0, 16) / 4
            t = t[(x + t < 4) & (y + t < 3)]
            lives = life_table_at(q, x + t).lx.values * life_table_at(other, y + t).lx.values
            expected = (lives / lives[0] * 1.03**-t).sum() / 4
            assert float(found.sel(age=x, other_age=y)) == pytest.approx(expected, rel=1e-12)
    smooth = joint_annuity(q, other, 0.03, age=0.5, other_age=0.75, payments=np.inf)
    often = joint_annuity(q, other, 0.03, age=0.5, other_age=0.75, payments=20_000)
    early = joint_annuity(q, other, 0.03, age=0.5, other_age=0.75, payments=20_000, in_advance=False)
    assert float(smooth) == pytest.approx(float(often + early) / 2, rel=1e-8)


def test_along_cohorts_a_calendar_year_has_two_ages():
    q = xr.DataArray(
        [[0.1, 0.2, 0.3, 1.0], [0.15, 0.25, 0.35, 1.0], [0.2, 0.3, 0.4, 1.0]],
        {"year": [2025, 2026, 2027], "age": range(4)},
        ["year", "age"],
        name="qx",
    )
    found = annuity(q, 0.0, age=0.5, along="cohort", fraction="constant-force").sel(year=2025)
    first = np.sqrt(0.9 * 0.8)
    second = first * np.sqrt(0.75 * 0.65)
    assert float(found) == pytest.approx(1 + first + second, rel=1e-12)


def test_what_is_refused():
    with pytest.raises(BadInput, match=r"the exact ages 0 to below 101 \(got 101.0\)"):
        life_table_at(TABLE, [60.5, 101.0])
    with pytest.raises(BadInput, match="'linear' is not known"):
        life_table_at(TABLE, 60.5, fraction="linear")
