"""Death rates of abridged tables made single ages."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import minimize

from actuarial.demography import abridge_rates, split_rates
from actuarial.demography.splitting.penalised_curve import HORIZON, STIFF, smoothest
from actuarial.errors import BadDimensions, BadInput, NoSolution, OutOfBounds

AGES = (0, 1, *range(5, 86, 5))
KANNISTO = 1 / (1 + np.exp(9.2 - 0.095 * np.arange(1, 131)))


def table(mx):
    """A life table written as a loop: survivors, and years lived from each age on; the last age is open."""
    living, years = [1.0], []
    for age, m in enumerate(mx[:-1]):
        a = 0.1 if age == 0 else 0.5
        died = living[-1] * m / (1 + (1 - a) * m)
        years.append(living[-1] - (1 - a) * died)
        living.append(living[-1] - died)
    years.append(living[-1] / mx[-1])
    return np.array(living), np.cumsum(years[::-1])[::-1]


def abridged(mx, ages):
    """Deaths over years lived in each group."""
    living, beyond = table(mx)
    l, t = np.append(living[list(ages)], 0.0), np.append(beyond[list(ages)], 0.0)
    return -np.diff(l) / -np.diff(t)


def heligman_pollard(age, infant=0.002, hump=0.0008, senescent=5e-5):
    young = infant ** ((age + 0.02) ** 0.10)
    odds = young + hump * np.exp(-10 * np.log((age + 1) / 21) ** 2) + senescent * 1.095**age
    return odds / (1 + odds)


def test_kannisto_is_given_back_exactly():
    """A straight line of logits has no second differences: it is the curve at every age, with its open rate at 100."""
    mx = np.concatenate([[0.03], KANNISTO])
    got = split_rates(abridged(mx, AGES), AGES)
    assert_allclose(got[:100], mx[:100], rtol=1e-11)
    living, beyond = table(mx)
    assert float(got[100]) == pytest.approx(living[100] / beyond[100], rel=1e-11)


@pytest.mark.parametrize("last", [75, 85, 95, 100])
def test_the_abridged_table_is_met(last):
    """By life tables written as loops, for any open age of the groups."""
    ages = (0, 1, *range(5, last + 1, 5))
    mx = heligman_pollard(np.arange(131.0))
    groups = abridged(mx, ages)
    got = split_rates(groups, ages).values
    assert_allclose(abridged(got, ages), groups, rtol=1e-11)
    ours, theirs = table(got), table(mx)
    assert_allclose(ours[0][list(ages)], theirs[0][list(ages)], rtol=1e-4)
    assert ours[1][0] == pytest.approx(theirs[1][0], abs=1e-3)
    assert_allclose(got[25:91], mx[25:91], rtol=0.01)


def test_survivors_of_a_table_with_its_mean_times_of_death():
    """With ax the survivors at the first age of every group are those of the abridged table."""
    mx = heligman_pollard(np.arange(131.0), infant=0.02)
    groups, width = abridged(mx, AGES), np.diff(AGES)
    ax = np.append(np.where(width == 1, 0.1, np.where(width == 4, 1.5, 2.6)), 1 / groups[-1])
    qx = width * groups[:-1] / (1 + (width - ax[:-1]) * groups[:-1])
    survivors, got = np.cumprod(1 - qx[1:]), split_rates(groups, AGES, ax=ax).values
    ours = table(got)
    assert_allclose(ours[0][list(AGES[2:])] / ours[0][1], survivors, rtol=1e-11)
    assert ours[1][85] / ours[0][85] == pytest.approx(1 / groups[-1], rel=1e-11)


@given(
    infant=st.floats(1e-4, 0.05),
    hump=st.floats(0, 0.005),
    senescent=st.floats(5e-6, 5e-4),
    noise=st.lists(st.floats(-0.15, 0.15), min_size=19, max_size=19),
)
def test_any_table_is_met(infant, hump, senescent, noise):
    noise[-2:] = [noise[-2] / 5, noise[-1] / 5]  # with more the rates may fall within the open group, which is refused
    groups = abridged(heligman_pollard(np.arange(131.0), infant, hump, senescent), AGES) * np.exp(noise)
    single = split_rates(groups, AGES)
    assert ((single > 0) & (single < 1)).all()
    assert_allclose(abridge_rates(single, AGES), groups, rtol=1e-11)


def test_smoothest_curve_by_an_optimiser():
    """The matrix against a quasi-Newton search of the same criterion with the means written into the curve."""
    bounds, oldest = np.array([1, 3, 6, 10]), 18
    means = np.array([-3.0, -5.0, -4.0, -2.0])
    ends = np.array([3, 6, 10, 19])

    def curve(free):
        y = np.array(free)
        for low, high, mean in zip(bounds, ends, means, strict=True):
            y[low - 1 : high - 1] += mean - y[low - 1 : high - 1].mean()
        return y

    def rough(free):
        second = np.diff(curve(free), n=2)
        return np.sum(second**2 * np.where(np.arange(2, oldest) < 10, 1.0, STIFF))

    found = minimize(rough, np.zeros(oldest), method="BFGS", options={"gtol": 1e-9, "maxiter": 5000})
    assert_allclose(smoothest(bounds, oldest) @ means, curve(found.x), atol=2e-5)


def test_abridged_rates_by_loops_and_the_other_way():
    mx = np.stack([heligman_pollard(np.arange(101.0)), heligman_pollard(np.arange(101.0), 0.03)])
    got = abridge_rates(mx, AGES)
    assert got.dims == ("year", "age")
    assert_allclose(got, [abridged(row, AGES) for row in mx], rtol=1e-10)
    assert_allclose(abridge_rates(mx, range(101)), mx, rtol=1e-14)


def test_labels_sexes_and_other_open_ages():
    rates = np.stack([abridged(heligman_pollard(np.arange(131.0), i), AGES) for i in (0.01, 0.02)])
    labelled = xr.DataArray(rates, dims=("sex", "age"), coords={"sex": ["female", "male"], "age": list(AGES)})
    got = split_rates(labelled, to=110)
    assert got.sizes == {"sex": 2, "age": 111}
    assert got.attrs == {"units": "1/year", "long_name": "Central death rate"}
    assert_allclose(got.sel(sex="male"), split_rates(rates[1], AGES, to=110), rtol=1e-12)
    shorter = split_rates(labelled, to=85)
    assert_allclose(shorter.sel(age=85), labelled.sel(age=85), rtol=1e-12)
    assert got.sizes["age"] < HORIZON


def test_times_of_death_of_other_years_are_refused():
    groups = abridged(heligman_pollard(np.arange(131.0)), AGES)
    coords = {"year": [2025], "age": list(AGES)}
    mx = xr.DataArray([groups], dims=("year", "age"), coords=coords)
    with pytest.raises(BadDimensions, match="mx and ax must have the same labels of year"):
        split_rates(mx, ax=0 * mx.assign_coords(year=[2026]) + 0.5)
    with pytest.raises(BadDimensions, match="ax: it has dims that mx has not"):
        split_rates(groups, AGES, ax=0 * mx + 0.5)


@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        ({3: 0.0}, {}, OutOfBounds, r"1 of 19 are not; the first: age 10 -> 0\n  Where nobody died, join groups"),
        ({18: 1.2}, {}, OutOfBounds, "mx must lie above 0 and below 1"),
        ({18: 0.01}, {}, OutOfBounds, r"must let the rates rise within it: 1 of 1 .*\n  Ages are overstated there"),
        ({2: np.nan}, {}, OutOfBounds, "must be numbers"),
        ({}, {"ages": (0, *range(5, 95, 5))}, BadInput, "infants apart"),
        ({}, {"ages": (*AGES, 90)}, BadInput, "the last is open"),
        ({}, {"to": 80}, BadInput, "the table is open from the age 85 and the result from 80"),
        ({}, {"ax": np.full(19, -1.0)}, OutOfBounds, "ax must be at least 0"),
        ({17: 1e-6, 18: 0.99}, {}, NoSolution, "1 of 1 tables have no smooth curve"),
    ],
)
def test_what_is_refused(change, options, error, words):
    groups = abridged(heligman_pollard(np.arange(131.0)), AGES)
    for group, number in change.items():
        groups[group] = number
    with pytest.raises(error, match=words):
        split_rates(groups, **({"ages": AGES} | options))


@pytest.mark.parametrize(
    ("ages", "rates", "error"),
    [
        ((0, 5, 10), np.full(11, 0.1), BadInput),
        ((0, 1, 20), np.full(11, 0.1), BadInput),
        ((0, 1, 5), np.zeros(11), OutOfBounds),
        ((0, 1, 5), np.full(11, 2.5), OutOfBounds),
    ],
)
def test_what_abridging_refuses(ages, rates, error):
    with pytest.raises(error):
        abridge_rates(rates, ages)
