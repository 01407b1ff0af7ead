"""Contribution rates that are level within control periods: the scaled premium and its kin."""

import numpy as np

from actuarial.errors import BadInput
from actuarial.valuation.reserve import accumulate, before, ratio
from actuarial.valuation.series import align, labelled, year_end_factors


def scaled_premium(
    outgo,
    earnings,
    interest,
    *,
    reserve=0.0,
    other_income=0.0,
    control_period=15,
    not_falling=True,
    solvent=False,
    reserve_ratio=None,
    timing=0.5,
    within_year="compound",
):
    """Lowest rates, level within each control period, under which the reserve keeps certain conditions.

    Parameters
    ----------
    outgo, earnings, interest, reserve, other_income, timing, within_year
        As in `level_rate`.
    control_period : int, years
        Length of the periods; the last one may be shorter.
    not_falling : bool
        The reserve falls in no year: the scaled premium of Zelenka and Thullen.
    solvent : bool
        The reserve is negative at no year end.
    reserve_ratio : number, years, optional
        The reserve is at least this many years of the outgo of the same year.

    Returns
    -------
    Dataset by (scenario,) year
        `scaled_premium`, `reserve`, `reserve_ratio`.

    Raises
    ------
    BadInput
        No condition, a period below one year, a year whose reserve does not rise with the rate (no earnings, or
        deeply negative interest).

    Notes
    -----
    Reserves are affine in the rate: with V_j(p) = V_j(0) + p b_j a condition a_j + p b_j >= 0 on every year of the
    period gives p = max_j(-a_j / b_j), without assuming which year binds.

    References
    ----------
    .. [1] Thullen (1973), Techniques actuarielles de la securite sociale.
    .. [2] Iyer (1999), Actuarial mathematics of social security pensions, chapter 1.

    Examples
    --------
    >>> import numpy as np
    >>> found = scaled_premium(np.array([10.0, 20.0, 30.0]), np.full(3, 100.0), 0.0, control_period=2)
    >>> [round(float(rate), 4) for rate in found.scaled_premium]
    [0.2, 0.2, 0.3]
    """
    if int(control_period) != control_period or control_period < 1:
        raise BadInput(f"control_period must be a whole number of years, at least 1, but it is {control_period!r}.")
    if not (not_falling or solvent or reserve_ratio is not None):
        raise BadInput("scaled_premium needs a condition: not_falling, solvent or reserve_ratio.")
    flows = {"outgo": outgo, "earnings": earnings, "other_income": other_income, "interest": interest}
    series = align(flows, {"reserve": reserve})
    worth = year_end_factors(series["interest"], timing, within_year)
    charged = series["earnings"] * worth["contributions"]
    spent = series["outgo"] * worth["outgo"] - series["other_income"] * worth["other_income"]
    rate, level = np.zeros(charged.shape), np.zeros(charged.shape)
    opening = series["reserve"]
    for start in range(0, len(series.years), int(control_period)):
        part = np.s_[..., start : start + int(control_period)]
        without, _ = accumulate(opening, series["interest"][part], -spent[part])
        gained, _ = accumulate(np.zeros(opening.shape), series["interest"][part], charged[part])
        conditions = []
        if not_falling:
            conditions.append((without - before(opening, without), gained - before(0.0, gained)))
        if solvent:
            conditions.append((without, gained))
        if reserve_ratio is not None:
            conditions.append((without - reserve_ratio * series["outgo"][part], gained))
        lowest = _lowest_rate(conditions, series.years[part[-1]])
        rate[part] = lowest[..., None]
        level[part] = without + lowest[..., None] * gained
        opening = level[part][..., -1]
    return labelled(
        {
            "scaled_premium": series.by_year(rate, "scaled_premium"),
            "reserve": series.by_year(level, "reserve"),
            "reserve_ratio": series.by_year(ratio(level, series["outgo"]), "reserve_ratio"),
        }
    )


def _lowest_rate(conditions, years):
    """max over years and conditions of -a / b; each condition is a pair of arrays (..., year)."""
    needed = []
    for constant, slope in conditions:
        if np.any(slope <= 0):
            year = years[np.argwhere(slope <= 0)[0][-1]]
            raise BadInput(
                f"The reserve of {year} does not rise with the contribution rate (no earnings, or interest too far "
                "below zero), so that no rate keeps the condition."
            )
        needed.append(np.max(-constant / slope, axis=-1))
    return np.max(needed, axis=0)
