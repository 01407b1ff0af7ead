"""Net migrants: totals times patterns, rates times people, model schedules and their fit."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from actuarial.demography import (
    ROGERS_CASTRO_STANDARD,
    fertility,
    fit_rogers_castro,
    migration_from_rates,
    net_migration,
    rogers_castro,
)
from actuarial.errors import BadDimensions, BadInput, OutOfBounds

YEARS = [2025, 2026, 2027]
MEN = np.linspace(1, 2, 101)
BOTH = np.stack([MEN, MEN[::-1] * 2])
RETIREMENT = {"a3": 0.002, "mu3": 67.0, "alpha3": 0.6, "lambda3": 0.3}
ELDERLY = {"a4": 0.0005, "alpha4": 0.03}
SETS = {
    7: ROGERS_CASTRO_STANDARD,
    9: ROGERS_CASTRO_STANDARD | ELDERLY,
    11: ROGERS_CASTRO_STANDARD | RETIREMENT,
    13: ROGERS_CASTRO_STANDARD | RETIREMENT | ELDERLY,
}


def written_out(p, x):
    """The equation of the authors at one age."""
    total = p["a1"] * np.exp(-p["alpha1"] * x) + p["c"]
    total += p["a2"] * np.exp(-p["alpha2"] * (x - p["mu2"]) - np.exp(-p["lambda2"] * (x - p["mu2"])))
    if "a3" in p:
        total += p["a3"] * np.exp(-p["alpha3"] * (x - p["mu3"]) - np.exp(-p["lambda3"] * (x - p["mu3"])))
    if "a4" in p:
        total += p["a4"] * np.exp(p["alpha4"] * x)
    return total


def test_totals_and_shares():
    net = net_migration([300.0, 0.0, -600.0], BOTH, years=YEARS)
    assert net.dims == ("year", "sex", "age")
    assert net.name == "net_migration"
    assert_allclose(net.sum(("sex", "age")), [300.0, 0.0, -600.0], atol=1e-12)
    assert_allclose(net.sel(year=2025) / 300, BOTH / BOTH.sum(), rtol=1e-13)
    assert_allclose(net.sel(year=2027), -2 * net.sel(year=2025), rtol=1e-13)


def test_flows_in_and_out_may_cancel():
    """A net total of 0 with ages that are not: young people come, old people leave."""
    out = np.zeros((2, 101))
    out[:, 60:80] = 1.0
    net = net_migration([400.0, 400.0, 0.0], BOTH, leaving=[400.0, 100.0, 50.0], leaving_pattern=out, years=YEARS)
    assert_allclose(net.sum(("sex", "age")), [0.0, 300.0, -50.0], atol=1e-11)
    assert_allclose(net.sel(year=2025, age=70), 400 * BOTH[:, 70] / BOTH.sum() - 10.0, rtol=1e-12)
    same = net_migration([400.0], BOTH, leaving=[400.0], years=[2025])
    assert_allclose(same, 0.0, atol=1e-13)


def test_sexes():
    pattern = rogers_castro()
    net = net_migration([100.0], pattern, male_share=0.6, years=[2025]).isel(year=0)
    assert net.sex.values.tolist() == ["male", "female"]
    assert_allclose(net.sel(sex="male"), 60 * pattern, rtol=1e-13)
    by_sex = net_migration([[100.0, -40.0]], pattern, years=[2025]).isel(year=0)
    assert_allclose(by_sex, np.outer([100.0, -40.0], pattern), rtol=1e-13)
    scaled = net_migration([[100.0, -40.0]], BOTH, years=[2025]).isel(year=0)
    assert_allclose(scaled, np.array([[100.0], [-40.0]]) * BOTH / BOTH.sum(axis=1, keepdims=True), rtol=1e-13)
    by_age = xr.DataArray(np.linspace(0.4, 0.6, 101), dims="age", coords={"age": np.arange(101)})
    varied = net_migration([100.0], pattern, male_share=by_age, years=[2025]).isel(year=0)
    assert_allclose(varied.sel(sex="male") / varied.sum("sex"), by_age, rtol=1e-13)


def test_patterns_and_totals_by_year_and_scenario():
    years = {"year": [2025, 2026]}
    total = xr.DataArray(
        [[10.0, 20.0], [-10.0, 0.0]], dims=("scenario", "year"), coords={"scenario": ["high", "low"]} | years
    )
    pattern = xr.DataArray(
        np.stack([BOTH, BOTH[::-1]]), dims=("year", "sex", "age"), coords={"sex": ["male", "female"]} | years
    )
    net = net_migration(total, pattern)
    assert net.dims == ("scenario", "year", "sex", "age")
    assert_allclose(net.sum(("sex", "age")), total, atol=1e-12)
    assert_allclose(net.sel(scenario="high", year=2026), 20 * BOTH[::-1] / BOTH.sum(), rtol=1e-12)


def test_rates_times_people():
    people = np.full((3, 2, 101), 50.0) * np.array([1.0, 2.0, 3.0])[:, None, None]
    net = migration_from_rates(0.01 * BOTH, people)
    assert net.dims == ("year", "sex", "age")
    assert_allclose(net, people * 0.01 * BOTH, rtol=1e-14)


def test_groups_and_other_dims_are_kept():
    """Flows of groups that a projection by groups takes, and of regions."""
    share = xr.DataArray([0.25, 0.75], {"group": ["a", "b"]}, ("group",))
    pattern = xr.DataArray(BOTH, {"sex": ["male", "female"]}, ("sex", "age"))
    region = xr.DataArray([1.0, 2.0], dims="region")
    people = 50.0 * xr.ones_like(pattern) * share
    net = migration_from_rates(0.01 * pattern * region, people)
    assert net.dims == ("region", "group", "sex", "age")
    assert_allclose(net.isel(region=1, group=1), 0.02 * 37.5 * BOTH, rtol=1e-14)
    total = xr.DataArray([100.0, 90.0, 80.0], {"year": YEARS}, ("year",))
    assert net_migration(total * share, pattern).dims == ("year", "group", "sex", "age")
    assert_allclose(net_migration(total, pattern * region).sum(["sex", "age"]).isel(region=0), total, rtol=1e-12)
    assert fertility(total * share / 50, np.eye(101)[30]).dims == ("year", "group", "age")


@pytest.mark.parametrize("parameters", SETS)
def test_schedule(parameters):
    expected = np.array([written_out(SETS[parameters], x) for x in range(101)])
    got = rogers_castro(SETS[parameters])
    assert_allclose(got, expected / expected.sum(), rtol=1e-13)
    assert_allclose(rogers_castro(SETS[parameters], shares=False), expected, rtol=1e-13)


def test_another_name_of_a_parameter():
    renamed = {name.replace("alpha4", "lambda4"): one for name, one in SETS[9].items()}
    assert "lambda4" in renamed
    assert rogers_castro(renamed).equals(rogers_castro(SETS[9]))
    with pytest.raises(BadInput, match="lambda4 are not the parameters of 7, 9, 11 or 13"):
        rogers_castro({**SETS[9], "lambda4": 0.03})


def test_standard_set():
    """Rogers and Castro (1981): the labour force peak between 20 and 30, the low point before it in the teens."""
    pattern = rogers_castro()
    assert int(pattern.values.argmax()) == 23
    assert 10 <= int(pattern.values[:21].argmin()) <= 16
    assert pattern.sizes["age"] == 101


@pytest.mark.parametrize("parameters", SETS)
def test_parameters_come_back_from_their_own_curve(parameters):
    fit = fit_rogers_castro([5000 * written_out(SETS[parameters], x) for x in range(101)], parameters=parameters)
    levels = ("a1", "a2", "a3", "a4", "c")
    for name, number in SETS[parameters].items():
        assert float(fit.parameters.sel(parameter=name)) == pytest.approx(
            number * (5000 if name in levels else 1), rel=1e-4
        )
    assert float(fit.misplaced) < 1e-6
    assert_allclose(rogers_castro(fit.parameters), rogers_castro(SETS[parameters]), rtol=1e-4)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_parameters_come_back_from_counts(seed):
    """Known truth and Poisson counts of 100,000 migrants: within three or so standard errors."""
    expected = 100_000 * rogers_castro().values
    counts = np.random.default_rng(seed).poisson(expected)
    fit = fit_rogers_castro(counts, weights=1 / expected)
    got = {name: float(fit.parameters.sel(parameter=name)) for name in ("alpha1", "mu2", "alpha2", "lambda2")}
    assert got["mu2"] == pytest.approx(20.0, abs=0.3)
    assert got["alpha1"] == pytest.approx(0.1, abs=0.015)
    assert got["alpha2"] == pytest.approx(0.1, abs=0.01)
    assert got["lambda2"] == pytest.approx(0.4, abs=0.06)
    assert np.sum((counts - fit.fitted) ** 2 / expected) < np.sum((counts - expected) ** 2 / expected)
    assert_allclose(fit.fitted + fit.residual, counts, rtol=1e-12)


def test_groups_and_the_scale_of_the_data():
    ages = np.arange(2, 90, 5)
    rates = np.array([written_out(ROGERS_CASTRO_STANDARD, x) for x in ages])
    one, thousand = (fit_rogers_castro(scale * rates, ages) for scale in (1.0, 1000.0))
    assert float(one.parameters.sel(parameter="mu2")) == pytest.approx(20.0, rel=1e-4)
    assert_allclose(thousand.fitted, 1000 * one.fitted, rtol=1e-6)


@given(
    a1=st.floats(0.0, 0.1),
    alpha1=st.floats(0.0, 0.5),
    mu2=st.floats(15.0, 35.0),
    lambda2=st.floats(0.1, 2.0),
    c=st.floats(1e-4, 0.01),
)
def test_any_schedule_is_a_pattern(a1, alpha1, mu2, lambda2, c):
    numbers = {"a1": a1, "alpha1": alpha1, "a2": 0.05, "mu2": mu2, "alpha2": 0.1, "lambda2": lambda2, "c": c}
    pattern = rogers_castro(numbers, to=90)
    assert pattern.sizes["age"] == 91
    assert (pattern >= 0).all()
    assert float(pattern.sum()) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: net_migration([1.0], -BOTH), OutOfBounds, "pattern must be at least 0"),
        (lambda: net_migration([1.0], 0 * BOTH), BadInput, "0 at all ages"),
        (lambda: net_migration([1.0], MEN), BadInput, "male_share: give it"),
        (lambda: net_migration([1.0], BOTH, male_share=0.5), BadInput, "by sex already"),
        (lambda: net_migration([1.0], MEN, male_share=1.5), OutOfBounds, "between 0 and 1"),
        (lambda: net_migration([1.0], BOTH, to=90), BadInput, "beyond the open age 90"),
        (lambda: net_migration([1.0], BOTH, leaving_pattern=BOTH), BadInput, "give also leaving"),
        (lambda: net_migration([1.0], BOTH, leaving=[-1.0]), OutOfBounds, "leaving must be at least 0"),
        (lambda: net_migration([-1.0], BOTH, leaving=[1.0]), OutOfBounds, "total must be at least 0"),
        (lambda: net_migration([np.nan], BOTH), OutOfBounds, "must be numbers"),
        (lambda: net_migration([1.0, 2.0], BOTH, years=[2025]), BadDimensions, "1 labels were given for year"),
        (lambda: migration_from_rates(BOTH, BOTH[:, :50]), BadDimensions, "the same labels of age"),
        (lambda: migration_from_rates(BOTH, -BOTH), OutOfBounds, "population must be at least 0"),
        (lambda: rogers_castro({"a1": 1.0}), BadInput, "not the parameters of 7, 9, 11 or 13"),
        (lambda: rogers_castro(ROGERS_CASTRO_STANDARD | {"c": np.nan}), BadInput, "must be numbers"),
        (lambda: rogers_castro(ROGERS_CASTRO_STANDARD | {"c": -0.01}), BadInput, "fewer than 0 migrants"),
        (lambda: fit_rogers_castro(MEN, parameters=8), BadInput, "7, 9, 11 or 13, not 8"),
        (lambda: fit_rogers_castro(MEN[:7]), BadInput, "7 ages cannot tell 7 parameters"),
        (lambda: fit_rogers_castro(MEN, weights=np.repeat([1.0, 0.0], [5, 96])), BadInput, "5 ages cannot tell"),
        (lambda: fit_rogers_castro(0 * MEN), BadInput, "there are none"),
        (lambda: fit_rogers_castro(MEN - 1.5), OutOfBounds, "migrants must be 0 or more: .*\n  Net migrants"),
        (lambda: fit_rogers_castro(MEN, np.arange(101) + 60), OutOfBounds, "between 0 and 130"),
    ],
)
def test_what_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


WIDE = xr.DataArray([1.0, 2.0, 1.0], dims="age", coords={"age": [15, 20, 25]})


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: net_migration([10.0], WIDE, male_share=0.5), BadInput, r"single .* \(15 is followed by 20\). Split"),
        (lambda: net_migration([10.0], [1.0, 1.0], male_share="half"), BadInput, "male_share: give numbers"),
        (lambda: rogers_castro([0.02, 0.1]), BadInput, "give parameters by name, .*got list"),
        (lambda: rogers_castro(ROGERS_CASTRO_STANDARD | {"c": "low"}), BadInput, "parameters: give numbers"),
        (lambda: rogers_castro(to=50.5), BadInput, "to: give a whole number"),
        (lambda: fit_rogers_castro(WIDE, [16, 21, 26]), BadInput, "leave the argument ages out"),
    ],
)
def test_what_cannot_be_meant(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_ages_of_an_argument_are_those_of_an_array_without_labels():
    every_fifth = rogers_castro().values[::5]
    fits = [
        fit_rogers_castro(values, range(0, 101, 5)) for values in (every_fifth, xr.DataArray(every_fifth, dims="age"))
    ]
    assert fits[1].identical(fits[0])
