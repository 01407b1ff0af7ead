"""Liabilities and premiums of a scheme whose pensions convert and have supplements."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.pension import AttendanceSupplement, MinimumInPayment
from actuarial.studies.carried_spread import variation
from actuarial.studies.entrants import new_entrants_premium
from actuarial.studies.liability import liabilities
from actuarial.studies.rollforward import roll_forward
from tests.oracle import after_award as oracle
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

RUN = {"service": "years", "until": 2050}


@pytest.fixture(scope="module")
def basis():
    cv = np.linspace(0, 0.8, 4 * 202).reshape(4, 2, 101)
    return small_basis().isel(year=slice(0, 5)).assign(pension_cv=(("benefit", "sex", "age"), cv))


@pytest.fixture(scope="module")
def law():
    tenth = AttendanceSupplement(accompanies=("old_age", "invalidity"), needed_by=0.5, share=0.2)
    least = MinimumInPayment(accompanies=("old_age",), minimum={"value": 5000, "per": "month"})
    return full_law(benefits=(*full_law().benefits, tenth, least)).amend(
        "invalidity", converts_to="old_age", converts_at=62, indexation={"prices": 0.5, "wages": 0.5}
    )


def test_liabilities_hold_supplements_and_conversions(basis, law):
    """A tenth of every pension is a tenth of each measure; a conversion to a pension alike moves it and adds nothing.

    The parts of present and future participants add up to all, which the study checks.
    """
    found = liabilities(basis, law, **RUN).liability_benefits
    both = found.sel(benefit=["old_age", "invalidity"]).sum("benefit")
    assert_allclose(found.sel(benefit="attendance_supplement"), 0.1 * both, rtol=1e-10)
    least = found.sel(benefit="minimum_in_payment").to_series()
    assert 0 < least["pensions_in_payment"] < least["accrued_projected_earnings"] < least["closed_group"]
    assert least["accrued_frozen_earnings"] > least["accrued_projected_earnings"], "lower pensions lack more"
    other = law.amend("minimum_in_payment", accompanies=("old_age", "widows"))  # what survivors lack adds up as well
    still = liabilities(basis, other.amend("invalidity", converts_to=None, converts_at=None), **RUN).liability_benefits
    assert_allclose(still.sel(benefit=["old_age", "invalidity"]).sum("benefit"), both, rtol=1e-10)
    assert float(still.sel(benefit="old_age", measure="open_group")) < float(
        found.sel(benefit="old_age", measure="open_group")
    )


def test_the_premium_of_new_entrants_pays_for_their_supplements(basis, law):
    found = new_entrants_premium(basis, law, **RUN).entrants_benefits
    both = found.sel(benefit=["old_age", "invalidity"]).sum("benefit")
    assert float(found.sel(benefit="minimum_in_payment")) > 0
    assert float(found.sel(benefit="attendance_supplement")) == pytest.approx(0.1 * float(both), rel=1e-10)


def test_a_projection_that_is_rolled_forward_repeats_conversions_and_supplements(basis, law):
    """What pensions lack of a minimum as well, with the variation that they have by then instead of that before."""
    basis = basis.assign(pension_cv=0.0 * basis.pension_cv + 0.4)
    moved = roll_forward(basis, law, 2026, service="years")
    assert "how single awards vary that minimum_in_payment fills up" in moved.attrs["not_carried"]
    rolled = ac.project(moved, law, service="years")
    whole = ac.project(basis, law, service="years").sel(year=rolled["year"])
    for name in ("pensioners", "conversions"):
        assert_allclose(rolled[name], whole[name], rtol=1e-9, atol=1e-9)
    assert float(rolled["conversions"].sel(benefit="old_age").sum()) > 0
    topped, all_along = (one["benefit_expenditure"].sel(benefit="minimum_in_payment") for one in (rolled, whole))
    assert_allclose(topped, all_along, rtol=2e-3)
    as_before = moved.assign(pension_cv=0.4 * (moved.pension_cv > -1))
    other = ac.project(as_before, law, service="years")["benefit_expenditure"].sel(benefit="minimum_in_payment")
    assert float(abs(other / all_along - 1).min()) > 0.02


def test_the_variation_of_pensions_from_what_they_lack():
    """By the price of an option, and where all or none of it is lacking to the mean."""
    number, mean, cv = np.array([[3.0, 2.0, 5.0, 0.0]]), np.array([[900.0, 2500.0, 800.0, 1.0]]), (0.3, 1.4, 0.0, 0.0)
    lacks = np.array([[n * oracle.below_minimum(m, v, 1000.0) for n, m, v in zip(number[0], mean[0], cv, strict=True)]])
    found = variation(number, number * mean, lacks, np.full((1, 4), 1000.0))
    assert_allclose(found[0], cv, rtol=1e-7, atol=2e-3)
    assert found[0, 3] == 0.0
