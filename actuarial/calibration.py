"""Calibration factors: what a line of the model is multiplied by, and the written reason for it."""

import math

import xarray as xr

from actuarial.errors import BadBasis
from actuarial.translation import N_, Told


def calibration_factors(basis: xr.Dataset) -> dict[str, float]:
    """Factors of a basis by line.

    Parameters
    ----------
    basis : Dataset
        `calibration` by `line`, where there is any (NaN on lines without a factor), and the attribute
        `calibration_reason`.

    Returns
    -------
    dict of line to factor
        `insurable_earnings` multiplies salaries, `expenditure:NAME` multiplies the expenditure of a benefit. On any
        other line only 1 may stand: it moves nothing and says that a difference from the accounts is accepted.

    Raises
    ------
    BadBasis
        A factor without a reason, one that is not a positive number, one on a line that no factor can move.

    Examples
    --------
    >>> basis = xr.Dataset({"calibration": ("line", [1.05])}, {"line": ["insurable_earnings"]})
    >>> calibration_factors(basis.assign_attrs(calibration_reason="Audit of 2023: arrears of two employers"))
    {'insurable_earnings': 1.05}
    """
    if "calibration" not in basis:
        return {}
    given = basis["calibration"]
    if given.dims != ("line",):
        text = N_("calibration must have the dimension line and no other, but it has {dims}.")
        raise BadBasis(Told(text, dims=tuple(map(str, given.dims)) or Told("none")))
    pairs = zip(given["line"].values, given.values, strict=True)
    factors = {str(line): float(value) for line, value in pairs if not math.isnan(value)}
    if factors and not str(basis.attrs.get("calibration_reason", "")).strip():
        raise BadBasis(
            Told(
                "calibration: the basis carries {count} factors ({names}) and no reason for them. Write it into the "
                "attribute calibration_reason of the basis.",
                count=len(factors),
                names=tuple(factors),
            )
        )
    for line, value in factors.items():
        if not 0 < value < float("inf"):
            text = N_("calibration of {line} must be a positive number, but it is {value}.")
            raise BadBasis(Told(text, line=line, value=value))
        if value != 1 and not can_be_multiplied(line):
            raise BadBasis(
                Told(
                    "calibration of {line} is {value}, but only insurable_earnings and expenditure:NAME are "
                    "multiplied. Calibrate one of these, or write 1 to accept the difference of this line.",
                    line=line,
                    value=value,
                )
            )
    return factors


def can_be_multiplied(line: str) -> bool:
    """Whether a factor of this line moves the model: salaries, or the expenditure of a benefit."""
    return line == "insurable_earnings" or (line.startswith("expenditure:") and line != "expenditure:")


def calibration_factor(basis: xr.Dataset, line: str) -> float:
    """Factor of one line, 1 where the basis has none; errors as `calibration_factors`."""
    return calibration_factors(basis).get(line, 1.0)
