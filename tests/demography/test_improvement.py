"""Scales of improvement and tables driven by a reference, against plain loops."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import (
    cohort_improvement,
    converging_improvement,
    improvement_rates,
    mortality_driven_by,
    mortality_ratio,
    projected_mortality,
)
from actuarial.errors import BadDimensions, BadInput, OutOfBounds
from actuarial.readers import read_wpp

AGES, YEARS = np.arange(60, 65), np.arange(2025, 2033)
Q = 0.01 * 1.1 ** (AGES - 60)


def scale():
    rng = np.random.default_rng(6)
    dims = ("year", "age")
    return xr.DataArray(rng.uniform(-0.01, 0.04, (8, 5)), dims=dims, coords={"year": YEARS, "age": AGES})


def table():
    return xr.DataArray(Q, dims="age", coords={"age": AGES})


def test_projection_against_a_loop():
    improvement = scale()
    found = projected_mortality(table(), improvement, YEARS)
    q = Q.copy()
    for t in range(8):
        if t > 0:
            q = q * (1 - improvement.values[t])
        assert_allclose(found.sel(year=YEARS[t]), q, rtol=1e-13)
    assert_allclose(improvement_rates(found), improvement[1:], rtol=0, atol=1e-14)
    plain = projected_mortality(Q, improvement.values[1:], YEARS)
    assert_allclose(plain, found, rtol=1e-13)


def test_same_improvement_each_year_and_sexes():
    rates = xr.DataArray([Q, Q / 2], dims=("sex", "age"), coords={"sex": ["male", "female"], "age": AGES})
    improvement = xr.DataArray(np.linspace(0.03, 0.01, 5), dims="age", coords={"age": AGES})
    found = projected_mortality(rates, improvement, YEARS)
    assert found.dims == ("year", "sex", "age")
    assert_allclose(found.sel(year=2032, sex="female"), Q / 2 * (1 - improvement) ** 7)
    assert_allclose(projected_mortality(rates, improvement, [2025]).sel(year=2025), rates)


def test_cohort_scale_follows_the_diagonal():
    born = np.arange(1955, 1980)
    rates = xr.DataArray(0.001 * (born - 1950), dims="cohort", coords={"cohort": born})
    found = cohort_improvement(rates, YEARS, AGES)
    for t, year in enumerate(YEARS):
        for x, age in enumerate(AGES):
            assert float(found[t, x]) == pytest.approx(0.001 * (year - age - 1950))
    assert_allclose(projected_mortality(Q, found, YEARS).sel(year=2026), Q * (1 - found.sel(year=2026)))
    with pytest.raises(BadInput, match="2 years of birth have none; the first is 1973"):
        cohort_improvement(rates.sel(cohort=slice(None, 1972)), np.arange(2030, 2035), AGES)


@pytest.mark.parametrize(("shape", "middle"), [("linear", 0.25), ("cosine", (1 - np.cos(np.pi / 4)) / 2)])
def test_convergence_to_the_ultimate(shape, middle):
    end = xr.DataArray([2029, 2029, 2029, 2031, 2031], dims="age", coords={"age": AGES})
    initial = xr.DataArray(np.full(5, 0.03), dims="age", coords={"age": AGES})
    found = converging_improvement(initial, 0.01, YEARS, start=2025, end=end, shape=shape)
    assert_allclose(found.sel(year=2025), 0.03)
    assert_allclose(found.sel(year=2026, age=60), 0.03 - 0.02 * middle)
    assert_allclose(found.sel(year=2027, age=[60, 62]), 0.02)
    assert_allclose(found.sel(year=2028, age=[63, 64]), 0.02)
    assert_allclose(found.sel(year=slice(2031, None)), 0.01)
    assert (found.diff("year") <= 1e-15).all()


def test_scheme_driven_by_a_projection(shared):
    """q_{t+1} = zeta q_t year by year, and the constant ratio, on World Population Prospects 2024."""
    reference = read_wpp(shared / "data" / "wpp", "JOR")["mx"].drop_attrs()
    rates = 0.8 * reference.sel(year=2030, drop=True) * np.exp(-0.002 * reference.age)
    found = mortality_driven_by(rates, reference, base_year=2030, most=2.0)
    assert found.year.values.tolist() == list(range(2030, 2101))
    q = rates.transpose("sex", "age").values
    values = reference.sel(year=slice(2030, None)).transpose("year", "sex", "age").values
    for t in range(71):
        assert_allclose(found[t].transpose("sex", "age"), q, rtol=1e-12)
        q = q * values[min(t + 1, 70)] / values[t]
    ratio = mortality_ratio(rates, reference, base_year=2030)
    assert_allclose(ratio.transpose("sex", "age"), 0.8 * np.exp(-0.002 * np.arange(101)) * np.ones((2, 1)))
    assert_allclose((ratio * reference.sel(year=slice(2030, None))).transpose(*found.dims), found, rtol=1e-12)


def test_scheme_with_groups_keeps_dims_in_order():
    reference = projected_mortality(table(), 0.01 + 0 * table(), YEARS)
    groups = xr.DataArray([0.5, 0.9], dims="group", coords={"group": ["office", "mine"]})
    found = mortality_driven_by(groups * table(), reference)
    assert set(found.dims) == {"year", "group", "age"}
    assert_allclose(found.sel(group="mine", year=2032), 0.9 * Q * 0.99**7)
    assert_allclose(mortality_driven_by(0.5 * Q, reference).sel(year=2032), 0.5 * Q * 0.99**7)


def test_refusals():
    with pytest.raises(OutOfBounds, match=r"rates must be above 0: 1 of 4 .* year 2026, age 1"):
        improvement_rates([[0.1, 0.2], [0.1, 0.0]], [2025, 2026])
    with pytest.raises(BadInput, match="two years that follow"):
        improvement_rates([[0.1, 0.2], [0.1, 0.1]], [2025, 2027])
    with pytest.raises(OutOfBounds, match="improvement must be below 1: 5 of 5"):
        projected_mortality(table(), 0 * table() + 1.0, YEARS)
    with pytest.raises(BadInput, match="2 years have none; the first is 2033"):
        projected_mortality(table(), scale(), np.arange(2025, 2035))
    with pytest.raises(BadInput, match="must follow each other"):
        projected_mortality(table(), scale(), [2025, 2027])
    with pytest.raises(BadInput, match="labels of the rates"):
        projected_mortality(table(), scale().isel(age=slice(3)), YEARS)
    with pytest.raises(BadInput, match="after the last year of the initial"):
        converging_improvement(0.02, 0.01, YEARS, start=2030, end=2030)
    with pytest.raises(BadInput, match="'cubic' is not known"):
        converging_improvement(0.02, 0.01, YEARS, start=2025, end=2030, shape="cubic")
    reference = projected_mortality(table(), 0 * table() - 0.5, YEARS)
    with pytest.raises(OutOfBounds, match=r"rates must be at most 1"):
        mortality_driven_by(20 * table(), reference)
    with pytest.raises(BadInput, match=r"2025 to 2032, must follow each other and have 2020"):
        mortality_driven_by(table(), reference, base_year=2020)
    with pytest.raises(OutOfBounds, match="reference must be above 0: 8 of 40"):
        mortality_driven_by(table(), reference.where(AGES != 61, 0.0))
    with pytest.raises(BadDimensions, match="labels of the reference"):
        mortality_driven_by(table().isel(age=slice(3)), reference)
    with pytest.raises(BadDimensions, match="base year alone"):
        mortality_ratio(reference, reference)
