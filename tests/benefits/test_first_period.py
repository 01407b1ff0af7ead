"""Pensions in payment after a valuation date inside the year: who stays, the adjustment of the year, expenditure."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.benefits.staying import before_adjustment, growth_rates, staying
from actuarial.check.period import first_period
from actuarial.pension import FinalAverage, Indexation, OldAge, Orphans, Widows
from tests.benefits.small import basis, project, scheme_of

PHI = 184 / 365
FORMULA = FinalAverage(accrual=0.02, years=1)


def old_age(month=1, payments=12.0):
    indexation = Indexation(prices=1.0, month=month)
    return OldAge(retirement_age=60, qualifying_years=0, formula=FORMULA, indexation=indexation, payments=payments)


def on(date, **more):
    """A hundred men of 70 with 1000 a year; prices grow by 10%, 0.8 of the men and 0.9 of the women live a year."""
    made = basis(pensioners={"old_age": [("male", 70, 100.0, 1000.0)]}, **more)
    return made.assign_attrs(valuation_date=date)


@pytest.mark.parametrize(
    ("month", "date", "growth", "before"),
    [
        (1, "2025-06-30", 0.0, 0.0),
        (6, "2025-06-30", 0.0, 0.0),
        (7, "2025-06-30", 0.1, 0.0),
        (7, "2025-07-01", 0.0, 0.0),
        (10, "2025-06-30", 0.1, 0.5),
        (10, "2025-03-31", 0.1, 2 / 3),
        (2, "2025-01-31", 0.1, 0.0),
        (1, "2024-12-31", 0.1, 0.0),
        (7, "2024-12-31", 0.1, 0.5),
    ],
)
def test_the_adjustment_counts_where_its_day_follows_the_date(month, date, growth, before):
    benefit, people = old_age(month), on(date)
    assert_allclose(growth_rates(benefit, people, None), [growth, 0.1, 0.1], rtol=1e-15)
    assert_allclose(before_adjustment(benefit, people), [before, (month - 1) / 12, (month - 1) / 12], atol=1e-12)


@pytest.mark.parametrize(("month", "times", "early"), [(1, 1.0, 0.0), (7, 1.1, 0.1), (10, 1.1, 0.0)])
def test_expenditure_of_the_period(month, times, early):
    """phi x the mean of the pensions at both ends, those of the start with what of the adjustment is paid for."""
    found = project(scheme_of(old_age(month, payments=13)), on("2025-06-30"))
    alive = 0.8**PHI
    first = found.isel(year=0).sum(["sex", "age"])
    assert_allclose(first["pensioners"], [100 * alive], rtol=1e-12)
    assert_allclose(first["pension_mass"], [1e5 * alive * times], rtol=1e-12)
    expected = PHI * 13 / 12 * (1e5 * (1 + early) + 1e5 * alive * times) / 2
    assert_allclose(first["benefit_expenditure"], [expected], rtol=1e-12)
    second = 13 / 12 * (1e5 * alive * times * (1.1 - 0.1 * (month - 1) / 6) + 1e5 * alive * times * 0.8 * 1.1) / 2
    assert_allclose(found["benefit_expenditure"].values[1], [second], rtol=1e-12)


def test_new_pensions_of_the_period():
    """Who retires in it draws the pension for half of it; what is left at its end is aged by whole years."""
    claims = [(2025, "old_age", "male", 60, 10.0, 5000.0)]
    found = project(scheme_of(old_age()), on("2025-06-30").drop_vars(["pensioners_0", "pension_0"]), claims)
    assert_allclose(found["benefit_expenditure"].values[0], [PHI * 5000.0 / 2], rtol=1e-12)
    assert_allclose(found["pension_mass"].sum(["benefit", "sex", "age"]), [5000.0, 4400.0, 3872.0], rtol=1e-12)


def test_survivors_meet_half_of_the_probability_of_the_period():
    widows = Widows(share=0.6, qualifying_years=0, of="old_age", follows=("old_age",))
    people = on("2025-06-30", remarriage_rate=xr.DataArray(0.19))
    stay = staying(widows, people)
    stays, alive, exposed = stay.stays, stay.alive, stay.exposed
    assert_allclose(stays[0, 1, 50], (0.9 * 0.81) ** PHI, rtol=1e-12)
    assert_allclose(alive[:2, 1, 50], [0.9**PHI, 0.9], rtol=1e-12)
    assert_allclose(exposed[:2, 1, 51], [(0.9 * 0.81) ** PHI, 0.9 * 0.81], rtol=1e-12)
    found = project(scheme_of(old_age(), widows), people)
    dead = 100 * (1 - 0.8**PHI)
    assert_allclose(found["terminations"].sel(benefit="old_age").sum(["sex", "age"]).values[0], dead, rtol=1e-12)
    started = 0.5 * dead  # married_share
    kept = started * (1 - 0.5 * (1 - (0.9 * 0.81) ** PHI))
    number = found[["new_awards", "pensioners"]].sel(benefit="widows").isel(year=0).sum(["sex", "age"])
    assert_allclose([float(number[name]) for name in number], [started, kept], rtol=1e-12)
    paid = PHI * 0.6 * kept * 1000.0 / 2
    assert_allclose(found["benefit_expenditure"].sel(benefit="widows").values[0], paid, rtol=1e-12)


def test_children_who_pass_the_age_in_the_year_leave_in_its_rest():
    """Those of 17 on the 31 December before who are not 18 on the date will be by the end of the year."""
    stay = staying(Orphans(share=0.2, until_age=18, follows=()), on("2025-06-30"))
    stays, alive = stay.stays, stay.alive
    assert stays[0, 0, 17] == stays[1, 0, 17] == 0.0
    assert_allclose(stays[0, 0, :17], 0.8**PHI, rtol=1e-12)
    assert np.array_equal(alive[0, :, 17], alive[0, :, 16])


@pytest.mark.parametrize(("until", "date"), [(18.5, "2025-06-30"), (18.25, "2025-06-30"), (17.9, "2025-10-31")])
def test_children_of_an_age_between_birthdays_leave_when_they_pass_it(until, date):
    """Of 100,000 of each age on 31 December, spread evenly over their birthdays, who are below the age on the date."""
    people = on(date)
    stays = staying(Orphans(share=0.2, until_age=until, follows=()), people).stays
    phi, parts = first_period(people), (np.arange(100_000) + 0.5) / 100_000
    for age in (16, 17, 18):
        there = age + parts + 1.0 - phi < until
        remain = there & (age + parts + 1.0 < until)
        expected = remain.sum() / there.sum() if there.any() else 0.0
        assert_allclose(stays[0, 0, age], 0.8**phi * expected, rtol=2e-4)
    assert_allclose(stays[1, 0, int(until) - 1], 0.8 * (until % 1.0), rtol=1e-12)
