"""The kernels of tiles of scenarios against the kernels of one population."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numba.core import config
from numpy.testing import assert_allclose, assert_array_equal

from actuarial.demography import kernels
from actuarial.demography.tile_kernels import MIDDLE, OLD, TILE, YOUNG, Central, Factors, new_tile, project_tiles
from tests.kernels.test_population import TIMINGS, numbers

YEARS, AGES, SCENARIOS = 3, 6, TILE + 2  # the second tile is not full
EXAMPLES = 3 if config.DISABLE_JIT else 40
ROW = np.array([YOUNG, YOUNG, MIDDLE, MIDDLE, OLD, OLD])


def factors(low, high, *sexes):
    """Of five scenarios; the others repeat them."""
    return arrays(float, (5, YEARS, *sexes), elements=numbers(low, high))


@st.composite
def inputs(draw):
    """The path that scenarios share, and their factors, for one sex or two."""
    asfr = draw(arrays(float, (YEARS, AGES), elements=numbers(0, 1)))
    asfr[:, [0, -1]] = 0.0
    migration = draw(arrays(float, (YEARS, 2, AGES), elements=numbers(-100, 100)))
    central = Central(
        draw(arrays(float, (2, AGES), elements=numbers(0, 1000))),
        draw(arrays(float, (YEARS, 2, AGES), elements=st.one_of(numbers(0, 3), st.just(np.inf)))),
        asfr,
        draw(arrays(float, YEARS, elements=numbers(0.5, 2))),
        migration,
        migration.sum(axis=-1),
        ROW,
    )
    sexes = st.sampled_from([1, 2])
    return central, Factors(
        draw(factors(0.01, 3, draw(sexes))), draw(factors(0, 2)), draw(factors(-1, 2, draw(sexes)))
    )


def projected(central, few, timing, turned=False):
    given = Factors(*(one[np.arange(SCENARIOS)[:: -1 if turned else 1] % 5] for one in few))
    for one in given:
        one.flags.writeable = False  # as those of the library, for which the kernel is compiled
    totals, lowest = np.full((8, YEARS, SCENARIOS), 7.0), np.full(SCENARIOS, 7.0)
    for first in (1, 0):
        project_tiles(first, first + 1, central, given, *TIMINGS[timing], new_tile(AGES), totals, lowest)
    return totals, lowest


@pytest.mark.parametrize("timing", TIMINGS)
@settings(max_examples=EXAMPLES)
@given(case=inputs())
def test_a_place_is_the_plain_kernel(timing, case):
    central, given_factors = case
    totals, lowest = projected(central, given_factors, timing)
    for s in range(5):
        mortality, fertility, migration = (factor[s] for factor in given_factors)
        moved = central.migration * migration[..., None]
        population, births, deaths = kernels.project_population(
            central.population_0, np.exp(-central.hazard * mortality[..., None]), central.asfr * fertility[:, None],
            central.srb, moved, *TIMINGS[timing],
        )  # fmt: skip
        groups = np.stack([population[..., row == ROW].sum(axis=(1, 2)) for row in (YOUNG, MIDDLE, OLD)])
        flows = [cells.sum(axis=(1, 2)) for cells in (births, deaths, moved)]
        expected = [groups.sum(axis=0), *groups, *flows]
        assert_allclose(totals[[0, 1, 2, 3, 5, 6, 7], :, s], expected, rtol=1e-12, atol=1e-9)
        pairs = zip(*totals[[MIDDLE, OLD], :, s], strict=True)
        with np.errstate(over="ignore"):  # of next to nobody
            ratio = [old / middle if middle > 0 else 0 for middle, old in pairs]
        assert_array_equal(totals[4, :, s], ratio)
        before = np.concatenate([central.population_0[None], population[:-1]])
        started = before + TIMINGS[timing][0] * moved
        assert_allclose(lowest[s], min(0, population.min(), started.min()), rtol=1e-12, atol=1e-9)


@settings(max_examples=EXAMPLES)
@given(case=inputs())
def test_a_scenario_is_the_same_beside_others(case):
    central, given_factors = case
    totals, lowest = projected(central, given_factors, "even")
    others, beside = projected(central, given_factors, "even", turned=True)
    assert_array_equal(others[:, :, ::-1], totals)
    assert_array_equal(beside[::-1], lowest)
