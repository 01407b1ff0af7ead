"""Calibration factors: which lines can be moved, and that nothing is moved without a reason."""

import numpy as np
import pytest
import xarray as xr

from actuarial.calibration import calibration_factor, calibration_factors, can_be_multiplied
from actuarial.errors import BadBasis

REASON = "Audit of 2023: arrears of two employers"


def basis(reason=REASON, **factors):
    lines = [line.replace("__", ":") for line in factors]
    return xr.Dataset(
        {"calibration": ("line", list(factors.values()))}, {"line": lines}, {"calibration_reason": reason}
    )


def test_factors_by_line_without_the_lines_that_have_none():
    given = basis(insurable_earnings=1.05, expenditure__old_age=0.97, contributions=np.nan, administration=1.0)
    assert calibration_factors(given) == {
        "insurable_earnings": 1.05,
        "expenditure:old_age": 0.97,
        "administration": 1.0,
    }
    assert calibration_factor(given, "expenditure:old_age") == 0.97
    assert calibration_factor(given, "contributions") == 1.0


def test_a_basis_without_calibration_multiplies_by_one():
    assert calibration_factors(xr.Dataset()) == {}
    assert calibration_factor(xr.Dataset(), "insurable_earnings") == 1.0
    assert calibration_factors(basis(reason="", contributions=np.nan)) == {}


@pytest.mark.parametrize("reason", ["", "  "])
def test_factors_need_a_reason(reason):
    with pytest.raises(BadBasis) as caught:
        calibration_factors(basis(reason=reason, insurable_earnings=1.05, administration=1.0))
    assert str(caught.value) == (
        "calibration: the basis carries 2 factors (insurable_earnings, administration) and no reason for them. "
        "Write it into the attribute calibration_reason of the basis."
    )
    unnamed = basis(insurable_earnings=1.05)
    del unnamed.attrs["calibration_reason"]
    with pytest.raises(BadBasis, match="no reason for them"):
        calibration_factors(unnamed)


@pytest.mark.parametrize("value", [0.0, -1.0, np.inf])
def test_a_factor_is_a_positive_number(value):
    with pytest.raises(BadBasis, match="calibration of insurable_earnings must be a positive number, but it is"):
        calibration_factors(basis(insurable_earnings=value))


@pytest.mark.parametrize("line", ["contributions", "administration", "insurable_earnings_of_men", "expenditure__"])
def test_a_line_that_no_factor_moves_takes_only_one(line):
    with pytest.raises(BadBasis, match=r"but only insurable_earnings and expenditure:NAME are multiplied\. Calibrate"):
        calibration_factors(basis(**{line: 1.1}))
    assert calibration_factors(basis(**{line: 1.0})) == {line.replace("__", ":"): 1.0}


def test_what_can_be_multiplied():
    assert can_be_multiplied("insurable_earnings")
    assert can_be_multiplied("expenditure:old_age")
    assert not can_be_multiplied("number:old_age")


def test_another_dimension_is_refused():
    given = xr.Dataset({"calibration": (("scenario", "line"), [[1.1]])}, {"line": ["insurable_earnings"]})
    with pytest.raises(BadBasis, match="calibration must have the dimension line and no other, but it has"):
        calibration_factors(given)
