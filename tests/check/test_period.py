"""The length of the first period: days after the valuation date over the days of the year."""

import numpy as np
import pytest
import xarray as xr

from actuarial.check.basis import check_inputs
from actuarial.check.period import first_period, of_periods, twelfths_before, year_fraction
from actuarial.errors import BadBasis, MissingVariable
from tests.reference.small import small_basis


def basis(date, first=2025, **attrs):
    return xr.Dataset(coords={"year": np.arange(first, first + 3)}, attrs={"valuation_date": date, **attrs})


@pytest.mark.parametrize(
    ("made", "days", "of"),
    [
        (basis("2024-12-31"), 1, 1),
        (basis("2025-01-01"), 364, 365),
        (basis("2025-06-30"), 184, 365),
        (basis("2025-12-30"), 1, 365),
        (basis("2024-06-30", 2024), 184, 366),
        (basis("2024-06-30", year_end="06-30"), 1, 1),
        (basis("2024-12-31", year_end="06-30"), 181, 365),
        (basis("2024-02-29", 2025, year_end="02-29"), 1, 1),
        (basis("2024-08-31", 2025, year_end="02-29"), 181, 365),
    ],
)
def test_days_after_the_date_over_the_days_of_the_year(made, days, of):
    assert year_fraction(made).values.tolist() == [days / of, 1.0, 1.0]
    assert first_period(made) == days / of


def test_without_a_date_the_first_year_is_whole():
    assert first_period(xr.Dataset(coords={"year": [2025]})) == 1.0


@pytest.mark.parametrize("date", ["2024-12-30", "2025-12-31", "2026-01-01", "2025-06-31", "June 2025"])
def test_a_date_outside_the_first_year_is_refused_everywhere(date):
    with pytest.raises(BadBasis, match=r"^valuation_date "):
        year_fraction(basis(date))


@pytest.mark.parametrize("month", range(1, 13))
def test_the_first_day_of_a_month_is_not_past_on_the_last_day_of_the_month_before(month):
    """Adjustments are dated by their month, (month - 1)/12; months have unequal lengths."""
    eve = np.datetime64(f"2025-{month:02d}-01") - np.timedelta64(1, "D")
    assert twelfths_before(basis(str(eve))) == pytest.approx((month - 1) / 12, abs=1e-12)
    assert twelfths_before(basis(str(eve + np.timedelta64(1, "D")))) > (month - 1) / 12 + 2e-3


def test_probabilities_of_a_part_of_a_year():
    q = np.array([[0.19, 0.0, 1.0], [0.19, 0.5, 1.0]])
    assert of_periods(q, 1.0) is q
    np.testing.assert_allclose(of_periods(q, 0.5), [[0.1, 0.0, 1.0], [0.19, 0.5, 1.0]], rtol=1e-14)


def test_those_born_before_the_date_are_asked_for():
    inside = small_basis().assign_attrs(valuation_date="2025-09-30")
    with pytest.raises(MissingVariable, match=r"^newborn_0 is missing: Persons born in the first projected year"):
        check_inputs(inside)
    newborn = xr.DataArray([100.0, 90.0], dims="sex", coords={"sex": inside["sex"]})
    assert check_inputs(inside.assign(newborn_0=newborn)) == []
    with pytest.raises(BadBasis, match=r"^newborn_0: nobody is born between the valuation date 2024-12-31 and"):
        check_inputs(small_basis().assign(newborn_0=newborn))
    assert check_inputs(small_basis().assign(newborn_0=0.0 * newborn)) == []
