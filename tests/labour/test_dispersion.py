"""Months contributed within a year: the distribution, and what the insured stage makes of it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import betabinom, binom

from actuarial.check.insured import check_insured
from actuarial.labour.dispersion import beta_binomial, chances
from tests.labour.test_insured import SCHEME, STOCKS_AND_FLOWS, run
from tests.reference.small import small_basis

SPREAD = {"density_dispersion": 0.3}


@pytest.mark.parametrize("months", [1, 6, 12])
def test_distribution_is_that_of_scipy(months):
    d, rho = np.array([0.05, 0.6, 0.97]), np.array([[0.01], [0.3], [0.9]])
    size = (1 / rho - 1)[..., None]
    k = np.arange(months + 1)
    expected = betabinom.pmf(k, months, d[:, None] * size, (1 - d[:, None]) * size)
    assert_allclose(beta_binomial(months, d, rho), expected, rtol=1e-9, atol=1e-15)
    assert_allclose(beta_binomial(months, d, np.zeros(3)), binom.pmf(k, months, d[:, None]), rtol=1e-12)


def test_limits_and_moments():
    """All or none with a correlation of one; nobody or everybody at a density of 0 or 1; mean and variance."""
    d, rho = np.array([0.0, 0.3, 1.0]), np.array([0.5, 1.0, 0.2])
    found = beta_binomial(12, d, rho)
    assert_allclose(found[:, [0, 12]], [[1, 0], [0.7, 0.3], [0, 1]], atol=1e-15)
    k = np.arange(13)
    one = beta_binomial(12, np.array(0.6), np.array(0.3))
    assert_allclose([one.sum(), one @ k, one @ (k - 7.2) ** 2], [1, 7.2, 12 * 0.24 * (1 + 11 * 0.3)], rtol=1e-12)
    part = chances(4.25, np.array([0.6]), np.array([0.3]), 7)[0]
    assert_allclose([part.sum(), part @ np.arange(7)], [1, 4.25 * 0.6], rtol=1e-12)


def test_persons_and_credits_are_those_of_the_mean_where_no_credit_decides():
    """Identities hold; flows that the credit does not decide are the same, pensions are not.

    With the same entries nothing changes at the ages before retirement.
    """
    basis = small_basis()
    found, mean = run(basis.assign(SPREAD)), run(basis)
    assert check_insured(found, basis) == []
    for name in ("deaths_active", "new_invalids", "contribution_months_stayers"):
        assert_allclose(found[name].sum(), mean[name].sum(), rtol=1e-3)
    given, young = run(basis.assign(SPREAD), entries=mean), {"age": slice(0, 55)}
    for name in ("active", "active_credits", "inactive_credits"):
        assert_allclose(given[name].sel(young), mean[name].sel(young), rtol=1e-9, atol=1e-8)
    ratio = found["claims_credits"].sel(benefit="old_age").sum() / mean["claims_credits"].sel(benefit="old_age").sum()
    assert 1e-4 < abs(float(ratio) - 1) < 0.05


def test_parts_are_the_whole_and_the_first_period_may_be_short():
    basis = small_basis().assign(SPREAD).isel(year=slice(0, 4)).assign_attrs(valuation_date="2025-05-14")
    basis = basis.assign(newborn_0=("sex", [100.0, 95.0]))
    whole = run(basis)
    assert check_insured(whole, basis) == []
    parts = [run(basis, entries=whole, members=members) for members in ("present", "future")]
    for name in STOCKS_AND_FLOWS:
        scale = 1e-9 * (1 + abs(whole[name].values).max())
        assert_allclose(sum(part[name] for part in parts), whole[name], rtol=1e-9, atol=scale, err_msg=name)


def test_years_of_credit_are_the_same_with_and_without():
    basis = small_basis().isel(year=slice(0, 4))
    found, mean = run(basis.assign(SPREAD), service="years"), run(basis, service="years")
    for name in STOCKS_AND_FLOWS:
        assert_allclose(found[name], mean[name], rtol=1e-13, err_msg=name)


@pytest.mark.parametrize(("rho", "density"), [(0.5, 0.7), (0.65, 0.85), (0.9, 0.85)])
def test_where_all_retire_nobody_is_left_and_no_less(rho, density):
    """Chances of months add up to one but for their rounding."""
    law = SCHEME.amend("old_age", retirement_rate=1.0, qualifying_years=0.0)
    basis = small_basis().isel(year=slice(0, 3))
    found = run(basis.assign(density_dispersion=rho, density=0.0 * basis["density"] + density), law)
    assert float(found["active"].min()) == 0.0
