"""Published projections."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from actuarial.demography import kernels


@pytest.fixture(scope="module")
def cases(shared):
    return shared / "cases"


def women_only(population, survival, births_per_woman, srb, migrants, options, steps):
    """Steps of a population of women in groups as wide as a step: the men are left at 0."""
    none = np.zeros(len(population))
    return kernels.project_population(
        np.array([none, population]),
        np.tile([none, survival], (steps, 1, 1)),
        np.tile(births_per_woman, (steps, 1)),
        np.full(steps, srb),
        np.tile([none, migrants], (steps, 1, 1)),
        *options,
    )


def five_year_survival(years_lived, radix):
    """Ratios into groups of five years; the last number of the years lived is that of the open group."""
    between = years_lived[1:] / years_lived[:-1]
    between[-1] = years_lived[-1] / (years_lived[-2] + years_lived[-1])
    return np.concatenate([[years_lived[0] / (5 * radix)], between])


def test_sweden_women_1993_to_2003(cases):
    """Preston, Heuveline and Guillot (2001), Demography, box 6.1."""
    case = cases / "preston_box6_1_sweden_females_1993"
    rows, expected = pd.read_csv(case / "input.csv"), pd.read_csv(case / "expected.csv")
    totals = pd.read_csv(case / "expected_summary.csv").set_index("quantity").expected
    survival = five_year_survival(rows.nLx_radix100000.to_numpy(), 100_000)
    population, _, _ = women_only(rows.pop_1993, survival, 5 * rows.asfr, 1.05, 0 * survival, (0.0, 0.0), 2)
    assert_allclose(population[:, 1].round(), [expected.pop_1998, expected.pop_2003], atol=0.1)
    assert_allclose(population[:, 1].sum(-1), [totals.total_1998, totals.total_2003], atol=1)


def test_sweden_women_1993_to_1998_with_migrants(cases):
    """Preston, Heuveline and Guillot (2001), Demography, box 6.2, migrants half at the start and half at the end."""
    case = cases / "preston_box6_2_sweden_females_migration"
    rows, expected = pd.read_csv(case / "input.csv"), pd.read_csv(case / "expected.csv")
    survival = five_year_survival(rows.nLx_radix100000.to_numpy(), 100_000)
    migrants = rows.net_migrants_1993_98
    population, births, _ = women_only(rows.pop_1993, survival, 5 * rows.asfr, 1.05, migrants, (0.5, 0.5), 1)
    assert_allclose(population[0, 1].round(), expected.pop_1998, atol=0.1)
    assert_allclose(births[0].sum(axis=0).round(), expected.births_1993_98_by_mother_age, atol=0.1)


def test_intrinsic_growth_of_egypt_1997(cases):
    """Preston, Heuveline and Guillot (2001), Demography, box 7.1.

    The projector's women bear children on the mean of two stocks five years apart, so that its growth solves
    sum exp(-r (a + 2.5)) L m cosh(2.5 r) = 1, without the cosh in the book. One step of Newton's method leads from
    there to the book's rate.
    """
    case = cases / "preston_box7_1_egypt1997_stable"
    rows = pd.read_csv(case / "input.csv")
    expected = pd.read_csv(case / "expected_summary.csv").set_index("quantity")
    years_lived = np.concatenate([[4.8, 4.75, 4.7], rows.nLx_radix1, [4.1, 30.0]])
    daughters = np.concatenate([[0.0] * 3, rows.maternity_rate, [0.0] * 2])
    survival, steps = five_year_survival(years_lived, 1.0), 400
    population, _, _ = women_only(
        1.0 + 0 * survival, survival, 5 * 2.05 * daughters, 1.05, 0 * survival, (0.0, 0.0), steps
    )
    growth = np.log(population[-1, 1].sum() / population[-2, 1].sum()) / 5
    terms = np.exp(-growth * (rows.age + 2.5)) * rows.nLx_radix1 * rows.maternity_rate
    assert terms.sum() * np.cosh(2.5 * growth) == pytest.approx(1.0, abs=1e-9)
    lotka = growth + (terms.sum() - 1) / (terms * (rows.age + 2.5)).sum()
    for name, got in {"NRR": (rows.nLx_radix1 * rows.maternity_rate).sum(), "intrinsic_growth_rate": lotka}.items():
        assert got == pytest.approx(expected.expected[name], abs=expected.tolerance[name])
