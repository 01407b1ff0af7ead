"""The cohort-component kernel against its oracle, its theory and a vector computed by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from actuarial.demography import kernels
from tests.oracle import population as oracle

TIMINGS = {"end": (0.0, 0.0), "even": (0.5, 0.5), "start": (1.0, 0.0)}


def numbers(low, high):
    return st.floats(low, high, allow_nan=False, width=64)


@st.composite
def inputs(draw):
    """Population, survival, fertility, sex ratio, migrants of 1-3 years and 3-6 ages."""
    years, ages = draw(st.integers(1, 3)), draw(st.integers(3, 6))
    return (
        draw(arrays(float, (2, ages), elements=numbers(0, 1000))),
        draw(arrays(float, (years, 2, ages), elements=numbers(0, 1))),
        draw(arrays(float, (years, ages), elements=numbers(0, 1))),
        draw(arrays(float, years, elements=numbers(0.5, 2))),
        draw(arrays(float, (years, 2, ages), elements=numbers(-100, 100))),
    )


@pytest.mark.parametrize("timing", TIMINGS)
@given(case=inputs())
def test_kernel_equals_oracle(timing, case):
    got = kernels.project_population(*case, *TIMINGS[timing])
    expected = oracle.project(*(array.tolist() for array in case), timing)
    for ours, theirs in zip(got, expected, strict=True):
        assert_allclose(ours, theirs, rtol=1e-12, atol=1e-10)


@pytest.mark.parametrize("timing", TIMINGS)
@given(case=inputs())
def test_persons_balance_by_sex(timing, case):
    population, births, deaths = kernels.project_population(*case, *TIMINGS[timing])
    before = np.concatenate([case[0][None], population[:-1]])
    after = before.sum(-1) + births.sum(-1) - deaths.sum(-1) + case[4].sum(-1)
    assert_allclose(population.sum(-1), after, rtol=1e-12, atol=1e-9)


@given(case=inputs())
def test_without_births_deaths_and_migrants_only_ages_move(case):
    population, survival, asfr, srb, migrants = case
    after, births, deaths = kernels.project_population(
        population, np.ones_like(survival), 0 * asfr, srb, 0 * migrants, 0.0, 0.0
    )
    assert births.sum() == deaths.sum() == 0
    expected = population
    for now in after:
        oldest = expected[:, -2:].sum(axis=1, keepdims=True)
        expected = np.concatenate([np.zeros((2, 1)), expected[:, :-2], oldest], axis=1)
        assert_allclose(now, expected, rtol=1e-14)


@given(case=inputs())
def test_timing_does_not_matter_where_nobody_dies_or_bears(case):
    population, survival, asfr, srb, migrants = case
    still = (population, np.ones_like(survival), 0 * asfr, srb, migrants)
    totals = [kernels.project_population(*still, *options)[0].sum(axis=(1, 2)) for options in TIMINGS.values()]
    assert_allclose(totals[1], totals[0], rtol=1e-12, atol=1e-9)
    assert_allclose(totals[2], totals[0], rtol=1e-12, atol=1e-9)


def leslie(survival, asfr, srb):
    """Matrix that carries (men, women) of all ages one year ahead, without migrants."""
    ages = asfr.size
    ageing = np.zeros((2, ages, ages))
    for sex in (0, 1):
        ageing[sex, np.arange(1, ages), np.arange(ages - 1)] = survival[sex, 1:]
        ageing[sex, -1, -1] = survival[sex, -1]
    fertility = np.where(np.isin(np.arange(ages), [0, ages - 1]), 0.0, asfr)
    bearing = fertility @ (np.eye(ages) + ageing[1]) / 2
    matrix = np.zeros((2 * ages, 2 * ages))
    matrix[:ages, :ages], matrix[ages:, ages:] = ageing
    matrix[0, ages:] += bearing * srb / (1 + srb) * survival[0, 0]
    matrix[ages, ages:] += bearing / (1 + srb) * survival[1, 0]
    return matrix


def test_stable_population_reproduces_itself():
    survival = np.array([[0.97, 0.99, 0.98, 0.95, 0.6], [0.98, 0.995, 0.985, 0.96, 0.7]])
    asfr, srb = np.array([0.0, 0.4, 0.9, 0.3, 0.0]), 1.05
    roots, vectors = np.linalg.eig(leslie(survival, asfr, srb))
    growth = roots[np.argmax(roots.real)].real
    stable = np.abs(vectors[:, np.argmax(roots.real)].real).reshape(2, 5)
    years = 10
    path, _, _ = kernels.project_population(
        1e6 * stable, np.tile(survival, (years, 1, 1)), np.tile(asfr, (years, 1)), np.full(years, srb),
        np.zeros((years, 2, 5)), 0.0, 0.0,
    )  # fmt: skip
    assert growth != pytest.approx(1.0, abs=0.01)
    for t in range(years):
        assert_allclose(path[t], 1e6 * stable * growth ** (t + 1), rtol=1e-12)


def test_four_ages_by_hand():
    population, births, deaths = kernels.project_population(
        np.array([[10.0, 9, 8, 7], [9.0, 9, 8, 8]]),
        np.array([[[0.99, 0.98, 0.9, 0.5], [0.992, 0.985, 0.93, 0.6]]]),
        np.array([[0.0, 0.1, 0.08, 0.0]]),
        np.array([1.05]),
        np.array([[[0.2, 0.1, 0.0, 0.0], [0.2, 0.2, 0.0, 0.0]]]),
        *TIMINGS["even"],
    )
    assert_allclose(births[0].sum(axis=0), [0, 0.908175, 0.65852, 0], rtol=1e-12)
    assert_allclose(population[0, 0], [0.894429, 9.948, 8.145, 7.5], atol=5e-7)
    assert_allclose(population[0, 1], [0.85812753, 9.0635, 8.463, 9.6], atol=5e-9)
    assert deaths.sum() == pytest.approx(15.79463847, abs=5e-9)
