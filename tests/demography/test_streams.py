"""Streams of random numbers: seeds and numbers over the whole range of 64 bits give streams of their own."""

import numpy as np
import pytest

from actuarial.demography import draw_assumptions, lee_carter, mortality_bootstrap, mortality_draws
from actuarial.demography.futures.draws import normal_scores
from actuarial.demography.streams import random_stream
from actuarial.errors import BadInput
from tests.demography.draw_data import country, uncertainty

LARGE = 2**63
KEYS = [(0, 0), (1, 0), (0, 1), (LARGE, 0), (LARGE + 1, 0), (2**64 - 1, 0), (2**64 - 2, 0), (0, LARGE), (0, LARGE + 1)]


@pytest.fixture(scope="module")
def model():
    mx = np.exp(np.array([-4.0, -3.0]) + np.outer([2.0, 0.6, -0.4, -2.2], [0.6, 0.4]))
    return lee_carter(np.round(1e4 * mx), np.full(mx.shape, 1e4), years=[2020, 2021, 2022, 2023])


def test_the_key_is_the_seed_and_the_number():
    for seed, number in KEYS:
        state = random_stream(seed, number).bit_generator.state["state"]["key"]
        assert [int(part) for part in state] == [seed, number]


def test_large_seeds_are_different_scenarios(model):
    given = uncertainty(country(5))
    draws = [draw_assumptions(given, 2, seed).life_expectancy_male.values for seed in (0, LARGE, LARGE + 1, 2**64 - 1)]
    draws_of_model = [mortality_draws(model, 2, 2, seed).kappa.values for seed in (0, LARGE, LARGE + 1, 2**64 - 1)]
    for drawn in (draws, draws_of_model):
        assert np.unique(np.reshape(drawn, (4, -1)), axis=0).shape[0] == 4


def test_assumptions_and_mortality_of_one_seed_are_independent(model):
    """A scenario may take fertility of one and mortality of the other: the scores of the first year are not alike."""
    scores = normal_scores(uncertainty(country(5)), np.arange(400), 7)[:, 0]
    kappa = mortality_draws(model, 1, 400, 7, uncertainty="parameter").kappa.values[:, 0]
    for one in scores.T:
        assert abs(np.corrcoef(one, kappa)[0, 1]) < 4 / np.sqrt(400)


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, True, "1", None])
def test_other_seeds_are_refused(model, seed):
    for drawn in (
        lambda: draw_assumptions(uncertainty(country(5)), 1, seed),
        lambda: mortality_draws(model, 2, 2, seed),
        lambda: mortality_bootstrap(model, 1, seed),
    ):
        with pytest.raises(BadInput, match=r"^seed: a whole number between 0"):
            drawn()
