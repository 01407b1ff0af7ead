"""The lowest level rate under which the reserve keeps conditions, and the steady-state rate."""

import numpy as np

from actuarial.errors import BadInput
from actuarial.valuation.conditions import Condition, SameRatio, Solvent, fund, lowest
from actuarial.valuation.reserve import accumulate
from actuarial.valuation.series import align, labelled

SOLVENCY = (Solvent(),)


def lowest_rate(
    outgo,
    earnings,
    interest,
    *,
    conditions=SOLVENCY,
    reserve=0.0,
    other_income=0.0,
    first_year=None,
    last_year=None,
    rate_before=0.0,
    timing=0.5,
    within_year="compound",
    first_period=1.0,
):
    """Lowest level contribution rate under which the reserve keeps every condition.

    Parameters
    ----------
    outgo, earnings : series by year, currency/year
    interest : series by year or number, 1/year
        Return that the reserve earns; conditions on reserves know no other discount rate.
    conditions : sequence of conditions
        `Solvent()`, `NotFalling(last=10)`, `ReserveRatio(at_least=2.0, years=2075)`, ... They are looked at from
        `first_year` to `last_year`; by default `Solvent()`. With `SameRatio(years=(2040, 2090))` the rate is that under
        which two reserve ratios are the same, and the other conditions must hold under it.
    reserve : number or array by scenario, currency
        Reserve on 31 December before the first year of the series.
    other_income : series by year or number, currency/year
    first_year, last_year : int, optional
        Years in which the rate is charged; by default all years.
    rate_before : series by year or number
        Rate charged before `first_year`.
    timing, within_year, first_period
        As in `level_rate`.

    Returns
    -------
    DataArray, fraction of earnings
        One value, or one per scenario; attributes `first_year`, `last_year`.

    Raises
    ------
    BadInput
        No condition, years outside the period, no rate that keeps all conditions (with the year and the condition),
        wrong series.

    Notes
    -----
    Reserves are affine in the rate: V_t(p) = a_t + p b_t. Each inequality a + p b >= 0 with b > 0 bounds the rate from
    below and the greatest bound is the lowest rate; where b <= 0 the condition holds at that rate or at none. An
    equation gives p = -a / b.

    References
    ----------
    .. [1] Iyer (1999), Actuarial mathematics of social security pensions, chapter 1.
    .. [2] Plamondon et al. (2002), Actuarial practice in social security, chapter 9.

    Examples
    --------
    >>> import numpy as np
    >>> outgo, earnings = np.array([10.0, 30.0, 20.0]), np.full(3, 100.0)
    >>> round(float(lowest_rate(outgo, earnings, 0.0)), 4)
    0.2
    >>> from actuarial.valuation import ReserveRatio
    >>> round(float(lowest_rate(outgo, earnings, 0.0, conditions=[ReserveRatio(at_least=1.5, last=1)])), 4)
    0.3
    """
    checked = check_conditions(conditions)
    flows = {"outgo": outgo, "earnings": earnings, "other_income": other_income, "interest": interest}
    series = align({**flows, "rate_before": rate_before}, {"reserve": reserve}, first_period)
    first = series.position(first_year, "first_year", 0)
    last = series.position(last_year, "last_year", len(series.years) - 1)
    if first > last:
        raise BadInput(f"first_year={first_year} comes after the last year of the period, {series.years[last]}.")
    path = _period(series, first, last, timing, within_year)
    for condition in checked:
        condition.check_years(path.years)
    rate = lowest([condition.rows(path) for condition in checked])
    found = labelled({"level_rate": series.at_date(rate, "level_rate")}).level_rate
    return found.assign_attrs(first_year=int(path.years[0]), last_year=int(path.years[-1]))


def steady_rate(
    outgo,
    earnings,
    interest,
    *,
    years=None,
    outgo_of="same",
    reserve=0.0,
    other_income=0.0,
    first_year=None,
    rate_before=0.0,
    timing=0.5,
    within_year="compound",
    first_period=1.0,
):
    """Level contribution rate under which the reserve ratio is the same in two years: the steady-state rate.

    Parameters
    ----------
    years : two ints, optional
        By default the 10th and the 60th year in which the rate is charged: with a review period of three years before
        `first_year` these are the 10th and the 60th year after its end.
    outgo_of : "same" or "next"
        The year whose outgo divides the reserve; the chief actuary of Canada takes the next one.
    outgo, earnings, interest, reserve, other_income, first_year, rate_before, timing, within_year, first_period
        As in `lowest_rate`. Outgo may run past the second year.

    Returns
    -------
    DataArray, fraction of earnings
        One value, or one per scenario; attributes `first_year`, `last_year` and `same_ratio_in`, the two years.

    Raises
    ------
    BadInput
        Series that do not reach the second year, a year without outgo, a ratio that does not depend on the rate.

    Notes
    -----
    V_s(p) / O_s = V_t(p) / O_t with V(p) = a + p b gives

        p = - (a_t / O_t - a_s / O_s) / (b_t / O_t - b_s / O_s)

    References
    ----------
    .. [1] Office of the Chief Actuary (2019), 30th Actuarial report on the Canada Pension Plan as at 31 December 2018.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(steady_rate(np.array([10.0, 20.0, 20.0]), np.full(3, 100.0), 0.0, years=(1, 3))), 4)
    0.3
    """
    series = align({"outgo": outgo, "earnings": earnings, "interest": interest})
    first = int(series.years[series.position(first_year, "first_year", 0)])
    pair = (first + 9, first + 59) if years is None else tuple(np.ravel(years).tolist())
    condition = SameRatio(years=pair, outgo_of=outgo_of)
    if max(pair) > series.years[-1]:
        raise BadInput(
            f"The series end with {series.years[-1]}, but the reserve ratios of {min(pair)} and {max(pair)} are "
            "wanted: project longer, or name other years."
        )
    rate = lowest_rate(
        outgo,
        earnings,
        interest,
        conditions=(condition,),
        reserve=reserve,
        other_income=other_income,
        first_year=first,
        rate_before=rate_before,
        timing=timing,
        within_year=within_year,
        first_period=first_period,
    )
    found = labelled({"steady_rate": rate.rename("steady_rate")}).steady_rate
    return found.assign_attrs(last_year=int(max(pair)), same_ratio_in=(int(min(pair)), int(max(pair))))


def check_conditions(conditions):
    """The conditions as a tuple; at least one, and nothing else."""
    given = tuple(conditions) if isinstance(conditions, list | tuple) else (conditions,)
    if not given:
        raise BadInput("A condition is needed, such as Solvent() or NotFalling(): without one there is no lowest rate.")
    for condition in given:
        if not isinstance(condition, Condition):
            raise BadInput(f"conditions must be conditions such as Solvent(), but one is {condition!r}.")
    return given


def _period(series, first, last, timing, within_year):
    """Reserves of the years in which the rate is charged, after what the rates before it leave."""
    flows = fund(series, timing, within_year)
    opening = series["reserve"]
    if first:
        part = np.s_[..., :first]
        added = flows.charged[part] * series["rate_before"][part] - flows.spent[part]
        level, _ = accumulate(opening, series["interest"][part], added)
        opening = level[..., -1]
    return flows.path(opening, first, last + 1)
