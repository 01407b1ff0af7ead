"""Financial systems on plain series: pay-as-you-go with a reserve, reserve ratio, partial, terminal, full funding."""

import numpy as np

from actuarial.errors import BadInput
from actuarial.valuation.conditions import FundedShare, ReserveRatio, fund
from actuarial.valuation.premiums import present_worth, some_earnings
from actuarial.valuation.reserve import before, ratio, roll_reserve
from actuarial.valuation.series import align, is_number, is_whole, labelled
from actuarial.valuation.stepped import Rule, step_series


def payg_rate(
    outgo,
    earnings,
    *,
    interest=0.0,
    reserve_ratio=0.0,
    reserve=0.0,
    other_income=0.0,
    timing=0.5,
    within_year="compound",
    first_period=1.0,
):
    """Pay-as-you-go with a contingency reserve of some years of outgo, built up or run down in the first year.

    Parameters
    ----------
    outgo, earnings : series by year, currency/year
    interest : series by year or number, 1/year
        Return on the contingency reserve.
    reserve_ratio : series by year or number, years
        Reserve on each 31 December in years of the outgo of the year; a series spreads the build-up.
    reserve, other_income, timing, within_year, first_period
        As in `level_rate`.

    Returns
    -------
    Dataset by (scenario,) year
        `contribution_rate`, `reserve`, `reserve_ratio`.

    Raises
    ------
    BadInput
        A year without earnings, wrong series.

    Notes
    -----
    rate_t = [ O_t g_t(O) - other_t g_t(other) + V_t - (1 + i_t) V_{t-1} ] / ( W_t g_t(W) ) with V_t = k O_t and g the
    value on 31 December of one unit of a flow; without interest (O_t - other_t + V_t - V_{t-1}) / W_t.

    References
    ----------
    .. [1] Plamondon et al. (2002), Actuarial practice in social security, chapter 9.

    Examples
    --------
    >>> import numpy as np
    >>> found = payg_rate(np.array([10.0, 12.0]), np.full(2, 100.0), reserve_ratio=0.5, reserve=4.0)
    >>> [round(float(rate), 4) for rate in found.contribution_rate]
    [0.11, 0.13]
    """
    flows = {"outgo": outgo, "earnings": earnings, "other_income": other_income, "interest": interest}
    series = align({**flows, "reserve_ratio": reserve_ratio}, {"reserve": reserve}, first_period)
    if np.any(series["reserve_ratio"] < 0):
        least = np.min(series["reserve_ratio"])
        raise BadInput(f"reserve_ratio must be years of outgo, at least 0, but the least is {least:g}.")
    _earnings_every_year(series)
    flow = fund(series, timing, within_year)
    level = series["reserve_ratio"] * series.yearly("outgo")
    carried = (1 + series["interest"]) * before(series["reserve"], level)
    return _result(series, (flow.spent + level - carried) / flow.charged, level)


def reserve_ratio_system(
    outgo,
    earnings,
    interest,
    *,
    reserve_ratio,
    control_period=10,
    reserve=0.0,
    other_income=0.0,
    timing=0.5,
    within_year="compound",
    first_period=1.0,
):
    """Rates that are level over successive periods, at the end of each of which the reserve is k years of outgo.

    Parameters
    ----------
    reserve_ratio : number, years
        Reserve at the end of each period in years of the outgo of its last year.
    control_period : int, years
        The last period may be shorter.
    outgo, earnings, interest, reserve, other_income, timing, within_year, first_period
        As in `level_rate`.

    Returns
    -------
    Dataset by (scenario,) year
        `contribution_rate`, `reserve`, `reserve_ratio`.

    Raises
    ------
    BadInput
        A period without earnings, wrong series.

    Notes
    -----
    From the end s of a period to that of the next: rate = [ PV(O - other) + D_t k O_t - V_s ] / PV(W). Between the ends
    the reserve goes its way; conditions on every year are those of `stepped_rates`.

    References
    ----------
    .. [1] Plamondon et al. (2002), Actuarial practice in social security, chapter 9.

    Examples
    --------
    >>> import numpy as np
    >>> found = reserve_ratio_system(np.full(4, 10.0), np.full(4, 100.0), 0.0, reserve_ratio=1.0, control_period=2)
    >>> [round(float(rate), 4) for rate in found.contribution_rate]
    [0.15, 0.15, 0.1, 0.1]
    """
    rule = Rule((ReserveRatio(at_least=reserve_ratio, last=1),), control_period)
    rule.check(None)
    flows = {"outgo": outgo, "earnings": earnings, "other_income": other_income, "interest": interest}
    series = align(flows, {"reserve": reserve}, first_period)
    return step_series(series, rule, timing, within_year).drop_vars("condition_kept")


def partial_funding(
    outgo,
    earnings,
    interest,
    *,
    liability,
    share,
    control_period=10,
    reserve=0.0,
    other_income=0.0,
    timing=0.5,
    within_year="compound",
    first_period=1.0,
):
    """Rates that are level over successive periods, at the end of each of which the reserve is a share of a liability.

    Parameters
    ----------
    liability : series by year, currency
        Liability on each 31 December, found elsewhere.
    share : number
        Reserve over liability at the end of each period: 0 is none, 1 is full funding.
    control_period, outgo, earnings, interest, reserve, other_income, timing, within_year, first_period
        As in `reserve_ratio_system`.

    Returns
    -------
    Dataset by (scenario,) year
        `contribution_rate`, `reserve`, `reserve_ratio`, `degree_of_funding` (reserve over liability, NaN without one).

    Raises
    ------
    BadInput
        A share outside 0..1, a period without earnings, wrong series.

    References
    ----------
    .. [1] Iyer (1999), Actuarial mathematics of social security pensions, chapter 1.

    Examples
    --------
    >>> import numpy as np
    >>> flows = (np.full(2, 10.0), np.full(2, 100.0), 0.0)
    >>> found = partial_funding(*flows, liability=np.array([50.0, 60.0]), share=0.5, control_period=2)
    >>> float(found.contribution_rate[0]), [round(float(x), 4) for x in found.degree_of_funding]
    (0.25, [0.3, 0.5])
    """
    if not (is_number(share) and 0 <= share <= 1):
        raise BadInput(f"share must lie between 0 (no reserve) and 1 (full funding), but it is {share!r}.")
    rule = Rule((FundedShare(at_least=share, last=1),), control_period)
    rule.check(None)
    flows = {"outgo": outgo, "earnings": earnings, "other_income": other_income, "interest": interest}
    series = align({**flows, "liability": liability}, {"reserve": reserve}, first_period)
    found = step_series(series, rule, timing, within_year).drop_vars("condition_kept")
    degree = ratio(found["reserve"].values, series["liability"])
    return found.merge(labelled({"degree_of_funding": series.by_year(degree, "degree_of_funding")}))


def terminal_funding(
    capital_values, payments, earnings, interest, *, reserve=0.0, within_year="compound", first_period=1.0
):
    """Contributions are the capital value of the pensions awarded in the year; the reserve is that of those in payment.

    Parameters
    ----------
    capital_values : series by year, currency/year
        Value at mid-year of the pensions awarded in the year, see `capital_value`.
    payments : series by year, currency/year
        Pensions paid, at mid-year on average. What is paid once or has no capital belongs to both.
    earnings : series by year, currency/year
    interest : series by year or number, 1/year
    reserve : number or array by scenario, currency
        Value of the pensions in payment on the valuation date; without it those pensions are not funded.
    within_year : "compound" or "simple"
    first_period : float, years
        As in `roll_reserve`.

    Returns
    -------
    Dataset by (scenario,) year
        `contribution_rate`, `reserve`, `reserve_ratio`.

    Raises
    ------
    BadInput
        A year without earnings, wrong series.

    Notes
    -----
    R_t = (1 + i_t) R_{t-1} + (1 + i_t)^(1/2) (K_t - paid_t), rate_t = K_t / W_t. With the annuity values of the same
    continuance R_t is the value of the pensions in payment exactly.

    References
    ----------
    .. [1] Iyer (1999), Actuarial mathematics of social security pensions, chapter 1.

    Examples
    --------
    >>> import numpy as np
    >>> found = terminal_funding(np.array([30.0, 0.0]), np.array([10.0, 20.0]), np.full(2, 100.0), 0.0)
    >>> [round(float(x), 4) for x in found.contribution_rate], [round(float(x), 4) for x in found.reserve]
    ([0.3, 0.0], [20.0, 0.0])
    """
    flows = {"outgo": payments, "earnings": earnings, "capital_values": capital_values, "interest": interest}
    series = align(flows, None, first_period)
    _earnings_every_year(series)
    settings = {"within_year": within_year, "first_period": first_period}
    rolled = roll_reserve(capital_values, payments, interest, reserve=reserve, **settings)
    rate = series.by_year(series["capital_values"] / series["earnings"], "contribution_rate")
    return labelled({"contribution_rate": rate}).merge(rolled[["reserve", "reserve_ratio"]])


def full_funding(
    outgo,
    earnings,
    interest,
    *,
    normal_cost,
    liability=0.0,
    amortisation_years=20,
    reserve=0.0,
    other_income=0.0,
    timing=0.5,
    within_year="compound",
    first_period=1.0,
):
    """Entry-age normal cost, and the initial deficit amortised over some years as a share of earnings.

    Parameters
    ----------
    normal_cost : series by year or number, fraction of earnings
        Present value of the benefits of a cohort of entrants over that of its earnings:
        `level_rate(outgo_of_the_cohort, earnings_of_the_cohort, interest)`.
    liability : number or array by scenario, currency
        Liability on the valuation date by the same method; what it exceeds the reserve by is amortised.
    amortisation_years : int
    outgo, earnings, interest, reserve, other_income, timing, within_year, first_period
        As in `level_rate`.

    Returns
    -------
    Dataset by (scenario,) year
        `contribution_rate`, `reserve`, `reserve_ratio`.

    Raises
    ------
    BadInput
        Amortisation over no year or past the series, no earnings in it, wrong series.

    Notes
    -----
    rate_t = normal cost + (AL_0 - V_0) / PV(W of the n years) for t <= n, normal cost afterwards.

    References
    ----------
    .. [1] Iyer (1999), Actuarial mathematics of social security pensions, chapter 1.

    Examples
    --------
    >>> import numpy as np
    >>> flows = (np.full(3, 10.0), np.full(3, 100.0), 0.0)
    >>> found = full_funding(*flows, normal_cost=0.1, liability=30.0, reserve=10.0, amortisation_years=2)
    >>> [round(float(rate), 4) for rate in found.contribution_rate]
    [0.2, 0.2, 0.1]
    """
    flows = {"outgo": outgo, "earnings": earnings, "other_income": other_income, "interest": interest}
    dated = {"reserve": reserve, "liability": liability}
    series = align({**flows, "normal_cost": normal_cost}, dated, first_period)
    length = len(series.years)
    if not (is_whole(amortisation_years) and 1 <= amortisation_years <= length):
        raise BadInput(f"amortisation_years must be whole, between 1 and {length}, but it is {amortisation_years!r}.")
    within = np.arange(length) < amortisation_years
    worth = present_worth(series["interest"], timing, within_year)["contributions"] * series["earnings"]
    base = np.sum(worth[..., within], axis=-1)
    some_earnings(base, series.years[0], series.years[int(amortisation_years) - 1])
    extra = (series["liability"] - series["reserve"]) / base
    rate = series["normal_cost"] + np.where(within, extra[..., None], 0.0)
    rolled = roll_reserve(
        series.by_year(rate * series["earnings"], "contributions"),
        outgo,
        interest,
        reserve=reserve,
        other_income=other_income,
        timing=timing,
        within_year=within_year,
        first_period=first_period,
    )
    return _result(series, rate, rolled["reserve"].values)


def _result(series, rate, level):
    found = {"contribution_rate": rate, "reserve": level, "reserve_ratio": ratio(level, series.yearly("outgo"))}
    return labelled({name: series.by_year(values, name) for name, values in found.items()})


def _earnings_every_year(series):
    empty = series["earnings"] <= 0
    if empty.any():
        year = series.years[np.argwhere(empty)[0][-1]]
        raise BadInput(
            f"earnings are zero in {int(empty.sum())} of {empty.size} years, the first is {year}: no contribution rate "
            "can be charged on them."
        )
