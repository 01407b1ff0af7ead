"""Counts by groups of ages made single ages."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.interpolate import PchipInterpolator

from actuarial.demography import abridge_rates, life_table, split_asfr, split_counts
from actuarial.demography.splitting.interpolation import beers, beers_modified, sprague
from actuarial.errors import BadDimensions, BadInput, OutOfBounds

FIVES = np.arange(0, 86, 5)
ABRIDGED = np.array([0, 1, *range(5, 86, 5)])
COUNTS = st.lists(st.just(0.0) | st.floats(1e-6, 1e8), min_size=19, max_size=19)


def totals(single, bounds):
    return np.add.reduceat(single[..., : bounds[-1]], bounds[:-1], axis=-1)


@pytest.mark.parametrize("method", ["sprague", "beers"])
@pytest.mark.parametrize("degree", [0, 1, 2, 3])
def test_multipliers_give_back_polynomials(degree, method):
    """Cumulated counts of degree four or less, that is a density of degree three, in every panel."""
    cumulated = (np.arange(86) / 10 + 3) ** (degree + 1)
    groups = np.diff(cumulated[FIVES])
    assert_allclose(split_counts(groups, FIVES, method=method), np.diff(cumulated), rtol=1e-11)


@pytest.mark.parametrize("method", ["sprague", "beers"])
def test_multipliers_are_not_exact_beyond(method):
    cumulated = (np.arange(86) / 10) ** 7
    got = split_counts(np.diff(cumulated[FIVES]), FIVES, method=method, negative="pchip")
    assert np.abs(got.values / np.diff(cumulated) - 1).max() > 1e-3


@pytest.mark.parametrize(
    ("formula", "first", "middle"),
    [
        (sprague, [0.3616, -0.2768, 0.1488, -0.0336, 0.0], [0.0064, -0.0336, 0.2544, -0.0336, 0.0064]),
        (beers, [0.3333, -0.1636, -0.0210, 0.0796, -0.0283], [0.0050, -0.0280, 0.2460, -0.0280, 0.0050]),
    ],
)
def test_published_multipliers(formula, first, middle):
    """Shryock and Siegel (1973), appendix C: the middle panel, and columns that add up to the group itself."""
    matrix = formula(np.eye(17), FIVES).T
    assert matrix[0, :5].tolist() == first
    assert matrix[22, 2:7].tolist() == middle
    assert_allclose(matrix.reshape(17, 5, 17).sum(axis=1), np.eye(17), atol=1e-15)
    assert_allclose(matrix[::-1, ::-1], matrix, atol=0)


def fourth_differences(matrix):
    """Weights of the fourth differences of the cumulated groups in those of the cumulated single ages."""
    cumulated = np.vstack([np.zeros((1, 17)), np.cumsum(matrix, axis=0)])
    kernel = cumulated[:, 8] - cumulated[:, 9]  # answer of the single ages to one cumulated group
    for _ in range(4):
        kernel = np.polydiv(kernel[::-1], np.ones(5))[0][::-1]
    return np.trim_zeros(kernel.round(9))


def test_modified_multipliers_have_the_least_fourth_differences():
    """Beers (1945): exact for a density of degree 2; of all such weights theirs are closest to 0, to four decimals."""
    matrix = beers_modified(np.eye(17), FIVES).T
    for degree in (0, 1, 2):
        cumulated = (np.arange(86) / 10 + 3) ** (degree + 1)
        assert_allclose(matrix @ np.diff(cumulated[FIVES]), np.diff(cumulated), rtol=1e-12)
    assert_allclose(matrix.sum(axis=0), 1.0, atol=1e-15)
    assert np.abs(matrix.reshape(17, 5, 17).sum(axis=1) - np.eye(17)).max() > 0.2
    at = np.arange(-6, 7)
    weights = fourth_differences(matrix)
    moments = np.stack([np.ones(13), at**2])
    best = moments.T @ np.linalg.solve(moments @ moments.T, moments @ weights)
    assert weights.size == 13
    assert_allclose(weights, best, atol=7e-5)


def test_modified_multipliers_keep_the_total_alone():
    counts = np.array([[100.0, 90, 95, 80, 60, 70, 50, 55, 30, 20, 10]])
    single = split_counts(counts, np.arange(0, 51, 5), method="beers_modified")
    assert float(single.sum()) == pytest.approx(counts.sum(), rel=1e-14)
    assert float(single[0, -1]) == 10.0
    assert np.abs(totals(single.values, np.arange(0, 51, 5)) - counts[:, :-1]).max() > 0.5
    flows = split_counts(counts[0, :-1] - 60.0, np.arange(0, 51, 5), method="beers-modified", signed=True)
    assert float(flows.sum()) == pytest.approx(counts[0, :-1].sum() - 600.0, rel=1e-12)
    for step in range(5):
        assert float(single[0, 20 + step]) == pytest.approx(
            float(beers_modified(counts[:, :-1], np.arange(0, 51, 5))[0, 20 + step]), rel=1e-13
        )


def test_negative_ages_of_sprague_are_refused_or_cured():
    counts = np.array([[100.0] * 17, [100.0, 90, 80, 1, 0, 70] + [60.0] * 11])
    with pytest.raises(OutOfBounds, match=r"by method=.sprague. must be at least 0: .* the first: year 1, age 1\d"):
        split_counts(counts, FIVES, method="sprague")
    cured = split_counts(counts, FIVES, method="sprague", negative="pchip")
    assert_allclose(cured.isel(year=1), split_counts(counts[1], FIVES), rtol=1e-13)
    assert_allclose(cured.isel(year=0), 20.0, rtol=1e-13)


@given(counts=COUNTS)
def test_pchip_keeps_totals_and_signs(counts):
    single = split_counts(counts, ABRIDGED)
    assert single.age.values.tolist() == list(range(86))
    assert (single.values >= 0).all()
    assert_allclose(totals(single.values, ABRIDGED), counts[:18], rtol=1e-12)
    assert float(single[-1]) == counts[18]


@given(counts=COUNTS, method=st.sampled_from(["pchip", "sprague", "beers", "uniform"]))
def test_signed_flows_keep_totals(counts, method):
    flows = (np.array(counts) - 5e7)[:18]
    single = split_counts(flows, FIVES, method=method, signed=True)
    assert_allclose(totals(single.values, FIVES), flows[:17], rtol=1e-12, atol=1e-5)
    assert_allclose(split_counts(-flows, FIVES, method=method, signed=True), -single, rtol=1e-12, atol=1e-5)


@given(counts=st.lists(st.floats(1.0, 1e3), min_size=10, max_size=10))
def test_pchip_against_scipy(counts):
    bounds = np.array([0, 1, 5, 10, 15, 25, 35, 36, 40, 60, 67])
    expected = np.diff(PchipInterpolator(bounds, np.cumsum([0.0, *counts]))(np.arange(68)))
    assert_allclose(split_counts(counts, bounds), expected, rtol=1e-9, atol=1e-9)


def test_dims_and_labels_are_kept():
    counts = xr.DataArray(
        np.ones((2, 3, 18)) * np.array([1.0, 2.0, 3.0])[:, None],
        dims=("sex", "year", "age"),
        coords={"sex": ["female", "male"], "year": [2020, 2021, 2022], "age": FIVES},
    )
    single = split_counts(counts, method="uniform")
    assert single.dims == ("year", "sex", "age")
    assert single.attrs["units"] == "persons"
    assert float(single.sel(year=2022, sex="male", age=37)) == pytest.approx(0.6)


def stable(table, growth, ages):
    """Integral of the survivors on a fine grid, with a constant force beyond the open age."""
    fine = np.arange(0, 100, 0.001)
    start = int(ages[0])
    living = np.interp(start + fine, table.age, table.lx)
    last = int(table.age[-1])
    beyond = start + fine > last
    living[beyond] = float(table.lx[-1]) * np.exp(-(start + fine[beyond] - last) / float(table.ex[-1]))
    density = living * np.exp(-growth * fine)
    below = np.array([np.trapezoid(density[: round((a - start) * 1000) + 1], dx=0.001) for a in ages[1:]])
    return np.diff([0.0, *below, np.trapezoid(density, dx=0.001)])


@pytest.mark.parametrize("growth", [0.0, 0.03, -0.02])
def test_open_group_is_a_stable_population(growth):
    mx = xr.DataArray(0.0001 * np.exp(0.08 * np.arange(101)), dims="age", coords={"age": np.arange(101)})
    table = life_table(mx, sex="male")
    got = split_counts(np.full((2, 18), 900.0), FIVES, to=100, open_with=table, growth=growth).sel(age=slice(85, 100))
    assert_allclose(got.sum("age"), 900.0, rtol=1e-13)
    expected = stable(table, growth, np.arange(85, 101))
    middle_of_the_year = abs(growth) * float(mx[99]) / 12 + growth**2 / 24
    assert_allclose(got.isel(year=0), 900.0 * expected / expected.sum(), rtol=middle_of_the_year + 1e-6)


def test_an_open_group_by_sex_takes_the_table_of_its_sex():
    rates = np.stack([0.0001 * np.exp(0.09 * np.arange(101)), 0.0001 * np.exp(0.08 * np.arange(101))])
    mx = xr.DataArray(rates, dims=("sex", "age"), coords={"sex": ["male", "female"], "age": np.arange(101)})
    got = split_counts(np.ones((3, 2, 18)), FIVES, to=95, open_with=life_table(mx))
    assert got.age.values[-1] == 95
    assert float(got.sel(sex="female", age=95)[0]) > float(got.sel(sex="male", age=95)[0])
    alone = split_counts(np.ones(18), FIVES, to=95, open_with=life_table(mx).sel(sex="male"))
    assert_allclose(got.isel(year=1).sel(sex="male"), alone, rtol=1e-14)


def test_a_table_of_other_labels_is_refused():
    rates = np.full((2, 101), 0.2)
    table = life_table(xr.DataArray(rates, dims=("sex", "age"), coords={"sex": ["male", "female"]}))
    men = xr.DataArray(np.ones((1, 18)), dims=("sex", "age"), coords={"sex": ["male"], "age": FIVES})
    with pytest.raises(BadDimensions, match="counts and open_with must have the same labels of sex"):
        split_counts(men, to=100, open_with=table)
    with pytest.raises(BadDimensions, match="the table has sex, the counts have not"):
        split_counts(np.ones(18), FIVES, to=100, open_with=table)


@pytest.mark.parametrize(
    ("counts", "options", "error", "words"),
    [
        (np.ones(18), {"ages": FIVES, "method": "karup"}, BadInput, "one of pchip, sprague, beers, beers-mod"),
        (np.ones(19), {"ages": ABRIDGED, "method": "sprague"}, BadInput, "five or more closed groups of five years"),
        (np.ones(18), {"ages": FIVES, "to": 100}, BadInput, "An open age of 100 needs open_with="),
        (np.ones(17), {"ages": FIVES, "to": 100}, BadInput, "the last group ends at 85"),
        (np.ones(18), {}, BadInput, "tell with ages= at which ages the groups begin"),
        (np.ones(18), {"ages": ABRIDGED[:5]}, BadInput, "18 groups of ages, but ages= has 5 numbers"),
        (np.ones(3), {"ages": (0, 5, 5)}, BadInput, "each above the one before"),
        (-np.ones(18), {"ages": FIVES}, OutOfBounds, "at least 0"),
        ([1.0, np.nan, 2.0], {"ages": (0, 5, 10)}, OutOfBounds, "must be numbers"),
    ],
)
def test_what_is_refused(counts, options, error, words):
    with pytest.raises(error, match=words):
        split_counts(counts, **options)


def test_labels_tell_the_ages_of_groups():
    numbers, ages = [10.0, 8.0, 3.0], [0, 5, 10]
    plain = split_counts(numbers, ages)
    for numbers_given in (
        pd.Series(numbers, index=ages),
        pd.Series(numbers, index=pd.Index(ages, name="age")),
        xr.DataArray(numbers, dims="age", coords={"age": ages}),
    ):
        assert split_counts(numbers_given).identical(plain)
        assert split_counts(numbers_given, ages).identical(plain)
    assert split_counts(pd.Series(numbers, index=[7, 9, 12]), ages).identical(plain)
    with pytest.raises(BadInput, match="tell with ages="):
        split_counts(pd.Series(numbers, index=[7, 8, 9]))
    with pytest.raises(BadInput, match="its labels are the ages 0, 5, 10, but ages= tells 0, 1, 5"):
        split_counts(xr.DataArray(numbers, dims="age", coords={"age": ages}), [0, 1, 5])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: split_counts([1.0, np.nan, 1.0], [0, 5, 10]), OutOfBounds, "the first: age 5 -> nan"),
        (lambda: split_counts([1, 1], ["0-4", "5+"]), BadInput, "ages: give a sequence of numbers"),
        (lambda: split_counts([[1, 2], [1]], [0, 5]), BadInput, "counts: give numbers"),
        (lambda: split_counts(xr.Dataset({"lx": 1}), [0, 5]), BadInput, r"a Dataset was given; .* \(lx\)"),
        (
            lambda: split_counts(pd.DataFrame({"male": [1, 1, 1], "female": [1, 1, 1]}), [0, 5, 10]),
            BadInput,
            r"are male, female, but the ages stand in the columns of a DataFrame; turn it with .T",
        ),
        (lambda: abridge_rates(xr.DataArray([0.1] * 2, {"age": [5, 6]}, "age"), [0, 1]), BadInput, "they are 5, 6"),
        (lambda: abridge_rates([0.1] * 9, ["a", "b"]), BadInput, "ages: give a sequence of numbers"),
        (lambda: abridge_rates(0.1, [0, 1]), BadDimensions, "mx must have 1 dims"),
    ],
)
def test_what_cannot_be_meant(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_rates_per_thousand_are_refused():
    rates = np.array([30.0, 120.0, 90.0, 20.0, 0.5])
    with pytest.raises(OutOfBounds, match=r"per woman and year, at most 1: 4 of 5 .*\n  Divide rates per thousand"):
        split_asfr(rates, range(20, 46, 5))
    assert float(split_asfr(rates / 1000, range(20, 46, 5)).sum()) == pytest.approx(rates.sum() * 5 / 1000)
