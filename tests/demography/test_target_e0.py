"""Tables with a given life expectancy: met by the life table itself, along each family, or refused."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy.optimize import brentq

from actuarial.demography import (
    between_family,
    brass_family,
    log_linear_family,
    mortality_for_e0,
    proportional_family,
    solve_k,
)
from actuarial.demography.survival import survival_table
from actuarial.errors import BadInput, MissingVariable, OutOfBounds
from actuarial.readers import read_wpp

AGES = np.arange(101)
SEXES = ["male", "female"]


def gompertz(level, slope=0.095, infant=0.02):
    """Rates by age with infant deaths, and 1.5 as the most."""
    return np.minimum(level * np.exp(slope * AGES) + infant * np.exp(-2.0 * AGES), 1.5)


@pytest.fixture(scope="module")
def tables():
    rates = np.array([gompertz(8e-5), gompertz(4e-5, 0.1)])
    return xr.DataArray(rates, dims=("sex", "age"), coords={"sex": SEXES, "age": AGES})


@pytest.fixture(scope="module")
def better(tables):
    """Other tables, lower at all ages and by sex differently."""
    return tables * np.exp(-1.2 + 0.008 * AGES) * xr.DataArray([1.0, 0.9], dims="sex")


@pytest.fixture(scope="module")
def pattern():
    falling = np.linspace(2.0, 0.2, 101)
    return xr.DataArray(falling / falling.sum(), dims="age", coords={"age": AGES})


def path(tables, rise=(0.0, 1.0, 4.0, 8.0), a0=None):
    """Life expectancies of some years: those of the tables and years more."""
    more = xr.DataArray(np.array(rise), dims="year", coords={"year": 2025 + np.arange(len(rise))})
    return survival_table(tables, a0)["ex"].sel(age=0, drop=True) + more


def families(tables, better, pattern):
    return {
        "log_linear": log_linear_family(tables, pattern),
        "proportional": proportional_family(tables),
        "between": between_family(tables, better),
        "between_turned": between_family(better, tables),
        "brass": brass_family(tables),
    }


@pytest.mark.parametrize("name", ["log_linear", "proportional", "between", "between_turned", "brass"])
@pytest.mark.parametrize("a0", ["andreev_kingkade", "coale_demeny_west", 0.1])
def test_life_expectancy_is_met(tables, better, pattern, name, a0):
    target = path(tables, a0=a0)
    found = mortality_for_e0(target, families(tables, better, pattern)[name], a0)
    assert found.mx.dims == ("year", "sex", "age")
    reached = survival_table(found.mx, a0)["ex"].sel(age=0)
    assert_allclose(reached, target.transpose("year", "sex"), rtol=0, atol=1e-9)
    assert_allclose(found.e0, reached, rtol=0, atol=1e-11)


def test_families_are_what_they_say(tables, better, pattern):
    target = path(tables)
    found = {name: mortality_for_e0(target, one) for name, one in families(tables, better, pattern).items()}
    one = found["log_linear"]
    assert_allclose(one.mx, (tables * np.exp(pattern * one["index"])).transpose("year", "sex", "age"), rtol=1e-12)
    one = found["proportional"]
    assert_allclose(one.mx, (tables * np.exp(one["index"])).transpose("year", "sex", "age"), rtol=1e-12)
    one, turned = found["between"], found["between_turned"]
    weighted = np.log(tables) * (1 - one["index"]) + np.log(better) * one["index"]
    assert_allclose(np.log(one.mx), weighted.transpose("year", "sex", "age"), rtol=1e-11)
    assert_allclose(turned["index"], 1 - one["index"], rtol=0, atol=1e-9)
    assert_allclose(one.isel(year=0)["index"], 0.0, atol=1e-9)
    one = found["brass"]
    standard, moved = survival_table(tables).lx, survival_table(one.mx).lx
    logit = [np.log(1 / lx.isel(age=slice(1, None)) - 1) / 2 for lx in (standard, moved)]
    assert_allclose(logit[1], (logit[0] + one["index"]).transpose("year", "sex", "age"), rtol=0, atol=1e-8)


def test_each_table_against_a_search_of_its_own(tables, pattern):
    target = path(tables)
    k = solve_k(np.log(tables.values), pattern.values, target.transpose("year", "sex").values)
    for (year, sex), found in np.ndenumerate(k):
        one, wanted = tables.isel(sex=[sex]), float(target.isel(year=year, sex=sex))

        def gap(value, one=one, wanted=wanted):
            return float(survival_table(one * np.exp(pattern * value)).ex.sel(age=0).squeeze()) - wanted

        assert found == pytest.approx(brentq(gap, -200, 50, xtol=1e-12), abs=1e-7)


def test_many_tables_of_any_shape(tables, pattern):
    rng = np.random.default_rng(3)
    e0 = survival_table(tables)["ex"].sel(age=0).values + rng.normal(0, 4, (60, 20, 2))  # more than a block
    k = solve_k(np.log(tables.values), pattern.values, e0)
    assert_allclose(k[::7, ::5], solve_k(np.log(tables.values), pattern.values, e0[::7, ::5]), rtol=0, atol=1e-8)
    again = solve_k(np.log(tables.values), pattern.values, e0, start=k + 5.0)
    assert_allclose(again, k, rtol=0, atol=1e-8)
    assert (np.diff(k[np.argsort(e0[..., 0], axis=None) // 20, np.argsort(e0[..., 0], axis=None) % 20, 0]) < 0).all()


def test_pattern_of_both_signs_or_turned(tables, pattern):
    mixed = pattern.where(AGES < 95, -0.002)
    target = path(tables)
    found = mortality_for_e0(target, log_linear_family(tables, mixed))
    turned = mortality_for_e0(target, log_linear_family(tables, -mixed))
    assert_allclose(turned["index"], -found["index"], rtol=0, atol=1e-8)
    assert_allclose(survival_table(found.mx).ex.sel(age=0), target.transpose("year", "sex"), rtol=0, atol=1e-9)


def test_ages_without_deaths_stay_so(tables):
    none = tables.where(AGES != 9, 0.0)
    found = mortality_for_e0(path(none), proportional_family(none))
    assert (found.mx.sel(age=9) == 0).all()
    assert_allclose(survival_table(found.mx).ex.sel(age=0), path(none).transpose("year", "sex"), rtol=0, atol=1e-9)


def test_target_inside_a_jump_of_the_rule(tables):
    """Men, Andreev and Kingkade: at m0 = 0.08307 a0 rises by 4e-6 years, and life expectancy falls."""
    edge = tables.sel(sex=["male"]).copy()
    edge[0, 0] = 0.08307
    below = edge.where(AGES > 0, np.nextafter(0.08307, 0))
    high, low = (float(survival_table(one).ex[0, 0]) for one in (below, edge))
    assert 0 < high - low < 1e-5
    target = xr.DataArray([(high + low) / 2], dims="sex", coords={"sex": ["male"]})
    found = mortality_for_e0(target, proportional_family(edge))
    assert abs(float(found.e0[0] - target[0])) < 1e-5
    assert abs(float(found["index"][0])) < 1e-12


def test_countrys_own_path_is_given_back(shared):
    """Log-linear with the country's own change between two years gives back these years, and the path between."""
    rates = read_wpp(shared / "data" / "wpp", "VNM")["mx"]
    e0 = survival_table(rates)["ex"].sel(age=0, drop=True)
    family = between_family(rates.isel(year=0, drop=True), rates.isel(year=-1, drop=True))
    found = mortality_for_e0(e0, family)
    assert_allclose(survival_table(found.mx).ex.sel(age=0), e0, rtol=0, atol=1e-9)
    assert_allclose(found.mx.isel(year=[0, -1]), rates.isel(year=[0, -1]), rtol=1e-6)
    middle = np.log(found.mx / rates).sel(age=slice(0, 90))
    assert float(np.abs(middle).mean()) < 0.05


def test_out_of_reach(tables, better, pattern):
    ends = [float(survival_table(one).ex.sel(sex="male", age=0)) for one in (tables, better)]
    with pytest.raises(OutOfBounds, match=r"2 of 4 places; the first: year 2026, sex male -> 95 years") as said:
        mortality_for_e0(_far(tables), between_family(tables, better))
    assert f"the family reaches from {ends[0]:.6g} to {ends[1]:.6g} years" in str(said.value)
    with pytest.raises(OutOfBounds, match=r"the first: year 2025, sex male -> 0\.3 years; the family reaches from"):
        mortality_for_e0(path(tables) * 0 + 0.3, brass_family(tables))
    with pytest.raises(OutOfBounds, match="4 of 4 places"):
        solve_k(np.log(tables.values), pattern.values, np.full((2, 2), 0.4))


def _far(tables):
    target = path(tables, (1.0, 1.0))
    return xr.where(target.year == 2026, 95.0, target)


def test_refusals(tables, pattern):
    with pytest.raises(BadInput, match="ages 0, 1, 2"):
        mortality_for_e0(70.0, proportional_family(tables.isel(sex=0, drop=True).sel(age=slice(1, None))), 0.1)
    with pytest.raises(BadInput, match="needs the dimension sex"):
        mortality_for_e0(70.0, proportional_family(tables.isel(sex=0, drop=True)))
    with pytest.raises(BadInput, match="not all 0"):
        mortality_for_e0(path(tables), log_linear_family(tables, 0 * pattern))
    with pytest.raises(OutOfBounds, match=r"e0 must be years, at most 130: 1 of 1 .* 840\n  Are these months"):
        mortality_for_e0(840.0, proportional_family([0.02, 0.001, 0.2]), a0=0.1)
    with pytest.raises(OutOfBounds, match="0 in both: 2 of 202"):
        between_family(tables, tables.where(AGES != 5, 0.0))
    with pytest.raises(OutOfBounds, match="standard must be above 0: 2 of 202"):
        brass_family(tables.where(AGES != 5, 0.0))
    with pytest.raises(OutOfBounds, match="open age must be above 0"):
        proportional_family(tables.where(AGES != 100, 0.0))
    with pytest.raises(OutOfBounds, match="e0 must be numbers: 4 of 8 are not; the first: year 2026"):
        mortality_for_e0(path(tables, (0, np.nan, 1, np.nan)).transpose("year", "sex"), proportional_family(tables))
    with pytest.raises(MissingVariable, match="alpha and beta"):
        mortality_for_e0(path(tables), tables.to_dataset(name="mx"))
    with pytest.raises(BadInput, match="'coale' is not known"):
        mortality_for_e0(path(tables), proportional_family(tables), "coale")
    with pytest.raises(BadInput, match="but 2 sexes were given"):
        solve_k(np.log(tables.values[0]), pattern.values, np.full((2, 3), 70.0))
    with pytest.raises(BadInput, match=r"alpha and beta of the shape \(2, 101\) do not fit e0 of the shape \(2, 1\)"):
        solve_k(np.log(tables.values), pattern.values, np.full((2, 1), 70.0))


def test_scenarios_of_life_expectancy(tables, pattern):
    more = xr.DataArray([-1.0, 0.0, 2.5], dims="scenario", coords={"scenario": [0, 1, 2]})
    target = (path(tables) + more).transpose("sex", "scenario", "year")
    found = mortality_for_e0(target, log_linear_family(tables, pattern))
    assert found.mx.dims == ("scenario", "year", "sex", "age")
    alone = mortality_for_e0(target.sel(scenario=2), log_linear_family(tables, pattern))
    assert_allclose(found.mx.sel(scenario=2), alone.mx, rtol=1e-9)
    plain = mortality_for_e0([[68.0, 74.0], [69.0, 75.0]], proportional_family(tables))
    assert_allclose(plain.e0, [[68.0, 74.0], [69.0, 75.0]], rtol=0, atol=1e-9)
    assert plain.sex.values.tolist() == SEXES
