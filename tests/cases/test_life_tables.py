"""Published life tables, values of annuities and insurances, and rates of reproduction."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial import life_table
from actuarial.demography import annuity, coale_demeny_west, coale_demeny_west_1_4, insurance, reproduction


@pytest.fixture(scope="module")
def cases(shared):
    return shared / "cases"


def test_austria_men_1992(cases):
    """Preston, Heuveline and Guillot (2001), Demography, box 3.1 and table 3.3."""
    case = cases / "preston_box3_1_austria_males_1992"
    rows, expected = pd.read_csv(case / "input.csv"), pd.read_csv(case / "expected.csv")
    summary = pd.read_csv(case / "expected_summary.csv").set_index("quantity")
    mx = (rows.deaths / rows.population).to_numpy()
    table = life_table(mx, ages=rows.age, ax=rows.nax, radix=100_000)
    for name, column in {"lx": "lx", "dx": "ndx", "Lx": "nLx"}.items():
        assert_allclose(table[name], expected[column], atol=0.5, rtol=0)
    assert float(table.ex[0]) == pytest.approx(summary.expected.e0, abs=summary.tolerance.e0)
    by_rule = life_table(mx, ages=rows.age, ax="coale-demeny-west", sex="male").ax
    rules = {"a0_coale_demeny_male": coale_demeny_west, "4a1_coale_demeny_male": coale_demeny_west_1_4}
    for place, (name, rule) in enumerate(rules.items()):
        assert float(rule(mx[0], "male")) == pytest.approx(summary.expected[name], abs=summary.tolerance[name])
        assert float(by_rule[place]) == float(rule(mx[0], "male"))


def test_mortpak_women(cases):
    """United Nations (1988), MORTPAK-LITE, page 82: life expectancies by Coale-Demeny West and Greville."""
    case = cases / "un_mortpak_1988_females"
    rows, expected = pd.read_csv(case / "input.csv"), pd.read_csv(case / "expected.csv")
    table = life_table(rows.nmx, ages=rows.age, sex="female", ax="coale-demeny-west")
    assert_allclose(table.ex, expected.ex, atol=0.005, rtol=0)
    half = np.append(np.diff(rows.age) / 2, 1.0)
    by_halves = life_table(rows.nmx, ages=rows.age, ax=np.where(rows.age < 15, table.ax, half))
    assert abs(by_halves.ex - expected.ex.to_numpy()).max() > 0.02


@pytest.fixture(scope="module")
def american(cases):
    return pd.read_csv(cases / "ssa_period_life_table_tr2020_F2017" / "input_expected.csv")


@pytest.fixture(scope="module")
def american_table(american):
    """The table to 119: above the last published age the probabilities go on to rise by 6% a year, as below it."""
    assert_allclose(american.qx[106:].to_numpy() / american.qx[105:-1].to_numpy(), 1.06, atol=2e-5)
    qx = np.append(american.qx, american.qx.iloc[-1] * 1.06 ** np.arange(1, 10))
    a0 = 1 - (american.lx[0] - american.Lx[0]) / american.dx[0]
    ax = np.append(a0, np.full(119, 0.5))
    return life_table(qx=qx, ax=ax, ex_open=0.5, radix=100_000)


def test_united_states_women_2017(american, american_table):
    """Social Security Administration, Office of the Chief Actuary, period life table of the Trustees Report 2020."""
    table = american_table.sel(age=slice(0, 100))
    rows = american[:101]
    assert_allclose(table.ex, rows.ex, atol=0.005, rtol=0)
    assert_allclose(table.lx, rows.lx, atol=1, rtol=0)
    assert_allclose(table.Lx, rows.Lx, atol=1, rtol=0)
    assert_allclose(table.qx, rows.qx, rtol=1e-14)


def test_values_of_united_states_women_2017(american, american_table):
    """The same, actuarial functions at 2.3 percent: deaths are paid at the end of the year."""
    values = annuity(american_table, 0.023).sel(age=slice(0, 100))
    paid = insurance(american_table, 0.023).sel(age=slice(0, 100))
    rows = american[:101]
    assert_allclose(values, rows.ax_due, atol=1e-4, rtol=0)
    assert_allclose(12 * (values - 11 / 24), rows.a12x_times12, atol=0.006, rtol=0)
    assert_allclose(paid, rows.Ax, atol=6e-5, rtol=0)
    at_once = insurance(american_table, 0.023, periods=np.inf).sel(age=65)
    assert float(at_once) > float(paid.sel(age=65)) + 0.004


@pytest.fixture(scope="module")
def illustrative(cases):
    rows = pd.read_csv(cases / "soa_illustrative_life_table" / "input_lx.csv")
    return xr.DataArray(rows.lx.to_numpy(), dims="age", coords={"age": rows.x}, name="lx")


def test_illustrative_life_table(cases, illustrative):
    """Bowers et al. (1997), Actuarial Mathematics, appendix 2A, at 6%, with second moments."""
    expected = pd.read_csv(cases / "soa_illustrative_life_table" / "expected_i6.csv")
    ages = expected.x.to_numpy()
    assert_allclose(annuity(illustrative, 0.06, age=ages), expected.annuity_due, atol=2e-4, rtol=0)
    assert_allclose(1000 * insurance(illustrative, 0.06, age=ages), expected.A_x_times1000, atol=2e-4, rtol=0)
    second = 1000 * insurance(illustrative, 1.06**2 - 1, age=ages)
    assert_allclose(second, expected.second_moment_A_x_times1000, atol=2e-4, rtol=0)


def test_other_values_of_the_illustrative_life_table(cases, illustrative):
    """Bowers et al. (1997), Actuarial Mathematics, page 111 and the table; Finan, A reading of the exam, page 437."""
    rows = pd.read_csv(cases / "soa_illustrative_life_table" / "expected_other.csv").set_index("quantity")
    premium = insurance(illustrative, 0.06, age=36) / annuity(illustrative, 0.06, age=36)
    found = {
        "A1_30:10 at 4%": insurance(illustrative, 0.04, age=30, term=10),
        "IA_50 at 6%": insurance(illustrative, 0.06, age=50, increase=1.0),
        "a12due_60 at 6% (UDD)": annuity(illustrative, 0.06, age=60, payments=12),
        "P_36 = A/a at 6%": premium,
        "adue_65 at 6%": annuity(illustrative, 0.06, age=65),
    }
    assert set(found) == set(rows.index)
    for name, value in found.items():
        assert float(value) == pytest.approx(rows.expected[name], abs=rows.tolerance[name]), name


def test_reproduction_of_the_united_states_1991(cases):
    """Preston, Heuveline and Guillot (2001), Demography, box 5.5: daughters are given, sons as many."""
    case = cases / "preston_box5_5_us1991_reproduction"
    rows, expected = pd.read_csv(case / "input.csv"), pd.read_csv(case / "expected_summary.csv").set_index("quantity")
    births = 2.0 * rows.female_births / rows.women
    found = reproduction(births, rows.nLx_radix100000, 1.0, ages=rows.age, radix=100_000)
    assert float(found.gross_reproduction) == pytest.approx(expected.expected.GRR, abs=expected.tolerance.GRR)
    assert float(found.net_reproduction) == pytest.approx(expected.expected.NRR, abs=expected.tolerance.NRR)


def test_total_fertility_of_bangladesh_1974(cases):
    """United Nations (1983), Manual X, tables 10 and 12."""
    case = cases / "preston_box5_5_us1991_reproduction"
    rows = pd.read_csv(case / "input_manualx_bangladesh1974.csv")
    expected = pd.read_csv(case / "expected_summary.csv").set_index("quantity").loc["TFR_bangladesh_1974"]
    found = reproduction(rows.births / rows.women, ages=rows.age)
    assert float(found.total_fertility) == pytest.approx(expected.expected, abs=expected.tolerance)
