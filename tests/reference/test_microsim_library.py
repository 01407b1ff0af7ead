"""The insured stage of the library against a simulation of a million lives and against the cohort oracle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from actuarial.labour.insured import project_insured
from tests.reference import insured_loop
from tests.reference.insured_basis import basis_of, population_of, scheme_of, tables_of
from tests.reference.microsim import compare, judge, pooled, simulate_once
from tests.reference.scenario import SCENARIO

SEEDS = (1, 2, 3, 4, 5)
ENOUGH = 100  # comparisons per seed
SHRINKING = replace(
    SCENARIO,
    target=np.where(np.arange(40) < 9, 700_000.0, 600_000.0 - 12_000 * np.arange(40)),
    density=np.clip(0.45 + 0.005 * np.arange(101), 0, 0.7),
    revaluation="wages",
)


def projected(scenario):
    basis = basis_of(scenario)
    return project_insured(population_of(basis), basis, scheme_of(scenario))


@pytest.fixture(scope="module")
def library():
    return tables_of(projected(SCENARIO))


@pytest.mark.parametrize("scenario", [SCENARIO, SHRINKING], ids=["steady", "shrinking"])
def test_library_agrees_with_the_cohort_oracle(scenario):
    """Every table of both; with contraction, a density by age and revalued earnings in the second."""
    found, expected = tables_of(projected(scenario)), insured_loop.project(scenario)
    compared = [name for name in insured_loop.TABLES if name in found and name != "contraction_rate"]
    assert len(compared) >= 19
    for name in compared:
        assert_allclose(found[name], expected[name], rtol=1e-8, atol=1e-9 * expected[name].max(), err_msg=name)
    reached = found["contraction_rate"][:, 40]
    assert_allclose(reached, expected["contraction_rate"], rtol=1e-8, atol=1e-12)


def test_women_of_an_empty_basis_are_none():
    women = projected(SCENARIO).sel(sex="female")
    assert float(women["active"].sum() + women["inactive"].sum() + women["claims_number"].sum()) == 0


@pytest.mark.slow  # five simulations of a million lives over forty years
def test_library_agrees_with_the_simulation(library):
    """Stocks, awards pooled and by age, credit and amount at award: seeds 1-5, standard errors below 0.3%."""
    runs = [simulate_once(SCENARIO, seed) for seed in SEEDS]
    comparisons = [one for run in runs for one in compare(run, library)]
    verdict = judge(comparisons)
    assert verdict.passed, verdict
    assert verdict.count >= ENOUGH * len(SEEDS)
    assert verdict.largest_relative_error < 0.003
    together = judge(compare(pooled(runs), library))
    assert together.passed, together
    for kind in ("awards in all, age", "mean credit at award", "mean amount at award", "inactive, year", "exits"):
        assert any(one.name.startswith(kind) for one in comparisons), kind


@pytest.mark.slow  # two simulations of a million lives over forty years
def test_whole_year_of_credit_for_leavers_is_found_out(library):
    """The library against people who are credited the whole year in which they leave: it must not pass."""
    comparisons = compare(simulate_once(SCENARIO, 1, full_year=True), library)
    assert not judge(comparisons).passed
    at_award = [one for one in comparisons if one.name.startswith("mean credit at award")]
    assert len(at_award) >= 6
    assert min(abs(one.z) for one in at_award) > 4.5
