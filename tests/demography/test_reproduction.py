"""Reproduction by a loop, and what is refused."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography import life_table, reproduction
from actuarial.errors import BadDimensions, BadInput, OutOfBounds

AGES = np.arange(15, 50)
RATES = 0.12 * np.exp(-(((AGES - 27.3) / 6.5) ** 2))


def test_single_ages_by_a_loop():
    mx = np.full((2, 101), 0.01) * np.array([[1.3], [1.0]])
    mx[:, -1] = 0.4
    rates = xr.DataArray(mx, dims=("sex", "age"), coords={"sex": ["male", "female"], "age": np.arange(101)})
    table = life_table(rates, radix=1e5)
    asfr = xr.DataArray(RATES, dims="age", coords={"age": AGES})
    found = reproduction(asfr, table.Lx, 1.06, radix=1e5)
    lived = table.Lx.sel(sex="female").values
    girls = [float(f) * lived[x] / 1e5 / 2.06 for x, f in zip(AGES, RATES, strict=True)]
    assert float(found.net_reproduction) == pytest.approx(sum(girls), rel=1e-13)
    assert float(found.gross_reproduction) == pytest.approx(sum(RATES) / 2.06, rel=1e-13)
    mean = sum(g * (x + 0.5) for g, x in zip(girls, AGES, strict=True)) / sum(girls)
    assert float(found.generation) == pytest.approx(mean, rel=1e-13)
    assert float(found.mean_age) == pytest.approx(sum(RATES * (AGES + 0.5)) / sum(RATES), rel=1e-13)


@pytest.mark.parametrize("level", [1e-9, 0.02, 0.9, 1.0, 4.0, 8.0])
def test_the_growth_of_lotka_by_bisection(level):
    lived = np.exp(-0.004 * (AGES + 0.5))
    found = reproduction(level * RATES, lived, 1.05, ages=AGES)
    daughters = level * RATES * lived / 2.05

    def mothers(r):
        return [d * np.exp(-r * (x + 0.5)) for d, x in zip(daughters, AGES, strict=True)]

    low, high = -1.5, 0.5
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(mothers(middle)) > 1 else (low, middle)
    assert float(found.intrinsic_growth) == pytest.approx(low, rel=1e-9, abs=1e-14)
    mean = sum(m * (x + 0.5) for m, x in zip(mothers(low), AGES, strict=True)) / sum(mothers(low))
    assert float(found.stable_mean_age) == pytest.approx(mean, rel=1e-10)


def test_nobody_dies_and_nobody_is_born():
    born = np.array([RATES, 0 * RATES])
    found = reproduction(born, np.ones(35), 1.0, ages=AGES)
    assert_allclose(found.net_reproduction, found.gross_reproduction, rtol=1e-14)
    assert found.total_fertility.dims == ("year",)
    assert np.isnan(found.generation[1])
    assert np.isfinite(found.intrinsic_growth).values.tolist() == [True, False]
    assert float(found.total_fertility[1]) == 0.0


def test_ratios_by_year():
    ratio = xr.DataArray([1.05, 1.10], dims="year")
    found = reproduction(np.array([RATES, RATES]), srb=ratio, ages=AGES)
    with pytest.raises(OutOfBounds, match=r"asfr must be 0 below age 8: 8 of 35 .*\n  Tell the ages"):
        reproduction(RATES)
    assert_allclose(found.gross_reproduction, RATES.sum() / np.array([2.05, 2.10]), rtol=1e-14)
    assert "net_reproduction" not in found


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"asfr": -RATES}, OutOfBounds, "asfr must be at least 0"),
        ({"asfr": 1000 * RATES}, OutOfBounds, "asfr must be births per woman and year, at most 1: 27 of 35 are not"),
        ({"srb": 0.0}, OutOfBounds, "srb must be above 0"),
        ({"ages": AGES**2}, BadInput, "the same number of years"),
        ({"asfr": [0.1], "ages": None}, BadInput, "at least two ages"),
        ({"Lx": xr.DataArray(np.ones(5), dims="age")}, BadDimensions, "Lx lacks 35 ages of asfr; the first: 15"),
        ({"Lx": np.ones(34)}, BadDimensions, "35 labels were given for age"),
        ({"radix": 0}, BadInput, "the radix must be a number above 0"),
    ],
)
def test_what_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        reproduction(**({"asfr": RATES, "ages": AGES} | arguments))


def test_person_years_of_single_ages_are_summed_to_the_groups():
    lived = xr.DataArray(np.linspace(0.98, 0.9, 61), dims="age", coords={"age": np.arange(61)})
    groups, rates = range(15, 50, 5), np.array([0.02, 0.1, 0.12, 0.08, 0.04, 0.01, 0.001])
    sums = [float(lived.sel(age=slice(x, x + 4)).sum()) for x in groups]
    expected = reproduction(rates, sums, ages=groups)
    assert reproduction(rates, lived, ages=groups).identical(expected)
    with pytest.raises(BadDimensions, match=r"Lx must have ages of 5 years as asfr has, or all of them in as many"):
        reproduction(rates, lived.sel(age=slice(0, 47)), ages=groups)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"Lx": np.full(35, 95_000.0)}, OutOfBounds, r"at most 1 years a birth: 35 of 35.*\n.*radix=100_000"),
        ({"srb": 105}, OutOfBounds, r"srb must be above 0 and at most 10.*\n.*1.05"),
        ({"srb": "even"}, BadInput, "srb: give numbers"),
        ({"ages": [str(age) for age in AGES]}, BadInput, "ages: give a sequence of numbers"),
        ({"Lx": xr.Dataset({"Lx": 1})}, BadInput, "Lx: a Dataset was given"),
    ],
)
def test_what_cannot_be_meant(arguments, error, words):
    with pytest.raises(error, match=words):
        reproduction(**({"asfr": RATES, "ages": AGES} | arguments))


def test_ages_of_an_argument_are_those_of_an_array_without_labels():
    unlabelled = xr.DataArray(RATES, dims="age")
    assert reproduction(unlabelled, ages=AGES).identical(reproduction(RATES, ages=AGES))
    with pytest.raises(BadInput, match="leave the argument ages out"):
        reproduction(unlabelled.assign_coords(age=AGES), ages=AGES + 1)
