"""The life tables of a projection against the oracle, their inverse, and what they refuse."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from actuarial.demography import andreev_kingkade, coale_demeny_west, mx_from_qx, qx_from_mx
from actuarial.demography.survival import survival_table
from actuarial.errors import BadInput, OutOfBounds
from tests.demography.bases import SEXES, small_basis
from tests.oracle import population as oracle


def by_sex(values):
    return xr.DataArray(values, dims=("sex", "age"), coords={"sex": SEXES, "age": np.arange(np.shape(values)[1])})


rates = st.integers(2, 7).flatmap(lambda ages: arrays(float, (2, ages), elements=st.floats(1e-6, 1.5)))


@given(m=rates, a0=st.floats(0.05, 0.5))
def test_table_equals_oracle(m, a0):
    table = survival_table(by_sex(m), a0)
    for x, sex in enumerate(SEXES):
        ax = [a0] + [0.5] * (m.shape[1] - 1)
        l, L, _, e = oracle.life_table(m[x].tolist(), ax)
        one = table.sel(sex=sex)
        into = oracle.survival_ratios(m[x].tolist(), ax)
        for name, expected in {"lx": l, "Lx": L, "ex": e, "survival_ratio": into}.items():
            assert_allclose(one[name], expected, rtol=1e-12)


@given(m=arrays(float, 5, elements=st.floats(0, 1)), a=st.floats(0, 1))
def test_rates_and_probabilities_are_inverse(m, a):
    assert_allclose(mx_from_qx(qx_from_mx(m, a), a), m, rtol=1e-12, atol=1e-15)


def test_survivors_are_the_product_of_the_probabilities():
    table = survival_table(small_basis().mx, "andreev_kingkade")
    assert_allclose(table.lx.diff("age", label="lower"), -(table.lx * table.qx).isel(age=slice(0, -1)), rtol=1e-12)
    assert (table.qx.isel(age=-1) == 1).all()
    assert (table.lx.isel(age=0) == 1).all()


def test_open_age_and_member_survival():
    m = np.array([[0.02, 0.1, 0.25], [0.01, 0.1, 0.2]])
    table = survival_table(by_sex(m), 0.1)
    l2 = (1 - 0.02 / 1.018) * (1 - 0.1 / 1.05)
    l1 = 1 - 0.02 / 1.018
    assert_allclose(table.ex.sel(sex="male", age=2), 4.0, rtol=1e-14)
    oldest = (l2 / 0.25) / ((l1 + l2) / 2 + l2 / 0.25)
    assert_allclose(table.survival_ratio.sel(sex="male", age=2), oldest, rtol=1e-14)
    assert_allclose(table.px.sel(sex="male", age=[1, 2]), [oldest, oldest], rtol=1e-14)
    years_lived = table.Lx.sel(sex="male")
    assert_allclose(table.px.sel(sex="male", age=0), years_lived[1] / years_lived[0], rtol=1e-14)


def test_a0_of_andreev_and_kingkade_falls_then_rises_then_stays():
    low, middle, high = 0.01, 0.05, 0.1
    assert_allclose(andreev_kingkade([low, middle, high], "male"), [0.1293355, 0.1913305, 0.29915], rtol=1e-9)
    assert_allclose(andreev_kingkade([low, middle, high], "female"), [0.1284773, 0.2407145, 0.31411], rtol=1e-9)
    assert andreev_kingkade(0.011, "male") < andreev_kingkade(0.010, "male")
    assert andreev_kingkade(0.051, "male") > andreev_kingkade(0.050, "male")
    for sex, joints in {"male": (0.0230, 0.08307), "female": (0.01724, 0.06891)}.items():
        for joint in joints:
            left, right = andreev_kingkade([joint - 1e-9, joint + 1e-9], sex)
            assert left == pytest.approx(right, abs=1e-3)


def test_a0_of_coale_and_demeny():
    assert_allclose(coale_demeny_west([0.01, 0.2], "male"), [0.07184, 0.33], rtol=1e-12)
    assert_allclose(coale_demeny_west([0.01, 0.2], "female"), [0.081, 0.35], rtol=1e-12)


@pytest.mark.parametrize("rule", [andreev_kingkade, coale_demeny_west])
def test_rules_by_word_and_by_sex(rule):
    mx = small_basis().mx
    table = survival_table(mx, rule.__name__)
    for sex in SEXES:
        m0 = mx.sel(sex=sex, age=0)
        assert_allclose(table.qx.sel(sex=sex, age=0), qx_from_mx(m0, rule(m0, sex)), rtol=1e-14)
    assert survival_table(mx).identical(survival_table(mx, "andreev_kingkade"))


def test_refusals():
    mx = small_basis().mx
    words = "andreev_kingkade, coale_demeny_west, or give the variable a0"
    with pytest.raises(BadInput, match=f"a0_rule: 'west' is not known; write one of {words}"):
        survival_table(mx, "west")
    with pytest.raises(BadInput, match="mx: a life table needs the ages 0, 1, 2"):
        survival_table(mx.sel(age=slice(1, None)))
    with pytest.raises(BadInput, match="a rule for a0 needs the dimension sex"):
        survival_table(mx.sel(sex="male", drop=True))
    with pytest.raises(BadInput, match="mx: the open age 5 needs a death rate above 0"):
        survival_table(mx.where(mx.age < 5, 0.0))
    place = "8 of 48 cells fail; the first: year=2025, sex='male', age="
    with pytest.raises(OutOfBounds, match=rf"mx .* must lie in \[0, 2\].\n  {place}2 -> 3\n  .* per thousand"):
        survival_table(mx.where(mx.age != 2, 3.0))
    with pytest.raises(OutOfBounds, match=rf"qx .* must lie in \[0, 1\].\n  {place}0 -> 1.6"):
        survival_table(mx.where(mx.age != 0, 2.0), 0.875 + 0 * mx.isel(age=0, drop=True))
    with pytest.raises(OutOfBounds, match=r"mx .*\n.*age=2 -> -0.1\n  These numbers cannot be negative"):
        survival_table(mx.where(mx.age != 2, -0.1))
    with pytest.raises(OutOfBounds, match=r"mx .* must not be NaN"):
        survival_table(mx.where(mx.age != 2))
    with pytest.raises(BadInput, match='sex: \'f\' is not known; write "male" or "female"'):
        andreev_kingkade(0.01, "f")
