"""Level contribution rates: reserves are affine in the rate, so present values solve for it."""

import numpy as np

from actuarial.errors import BadInput
from actuarial.translation import N_, Told
from actuarial.valuation.reserve import ratio
from actuarial.valuation.series import align, labelled, year_end_discount, year_end_factors


def level_rate(
    outgo,
    earnings,
    interest,
    *,
    reserve=0.0,
    other_income=0.0,
    target=0.0,
    target_of="next",
    timing=0.5,
    first_year=None,
    last_year=None,
    rate_before=0.0,
    tail_growth=None,
    within_year="compound",
    discount_rate=None,
    first_period=1.0,
):
    """Level contribution rate that leaves a wanted reserve at the end of the period.

    Parameters
    ----------
    outgo, earnings : series by year, currency/year
        Total expenditure and the earnings on which contributions are collected: 1-D arrays, pandas Series or
        DataArrays by `year`; numbers are constant; a `scenario` dim broadcasts. They may run past `last_year`.
    interest : series by year or number, 1/year
        Return that the reserve earns.
    reserve : number or array by scenario, currency
        Reserve on 31 December before the first year of the series.
    other_income : series by year or number, currency/year
    target : number or array by scenario, years
        Wanted reserve at the end of `last_year`, in years of outgo.
    target_of : "next" or "last"
        The year whose outgo is meant: the one after `last_year`, or `last_year` itself. Where the series end with
        `last_year` its successor is extrapolated as O_T^2 / O_{T-1}, and the attribute `target_outgo` says so.
    timing : float or mapping
        Fraction of the year at which flows fall: a number or a mapping with the keys `contributions`, `outgo`,
        `other_income`; flows that are not named fall at mid-year. Earnings are discounted with the timing of
        contributions, so that the rolled reserve meets its target.
    first_year, last_year : int, optional
        Years in which the rate is charged; by default all years.
    rate_before : series by year or number
        Rate charged before `first_year`.
    tail_growth : number or array by scenario, 1/year, optional
        With it the horizon is infinite: after `last_year` outgo, other income and earnings grow at this rate, below
        the interest of `last_year`, which stays; no target reserve is meant then.
    within_year : "compound" or "simple"
    discount_rate : series by year or number, 1/year, optional
        Rate of present values where it is not the return that the reserve earns. A reserve rolled at `interest` then
        misses the target, which the attribute `warning` says.
    first_period : float, years
        Length of the first period, where the reserve is that of a day inside the first year, see `roll_reserve`.

    Returns
    -------
    DataArray, fraction of earnings
        One value, or one per scenario; `float()` of a single one works. Attributes: `first_year`, `last_year`,
        `target_outgo`, and `warning` where the discount rate is not the return.

    Raises
    ------
    BadInput
        No earnings to charge, a year outside the series, an outgo that cannot be extrapolated, growth after the end
        that is not below interest, wrong series.

    Notes
    -----
    With D_t the discount factor of 31 December of year t and v_t = D_t g_t that of a flow of the year, both at the
    discount rate,

        rate = [ sum v_t (O_t - other_t) + D_T target O* - V_0 - rate_before sum_{t < first} v_t W_t ]
               / sum_{first <= t <= T} v_t W_t

    References
    ----------
    .. [1] Iyer (1999), Actuarial mathematics of social security pensions, chapter 1 (general average premium).
    .. [2] Plamondon et al. (2002), Actuarial practice in social security, chapter 9.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(level_rate(np.array([10.0, 30.0]), np.array([100.0, 100.0]), 0.0)), 4)
    0.2
    """
    flows = {"outgo": outgo, "earnings": earnings, "other_income": other_income}
    dated = {"reserve": reserve, "target": target} | growth_after(tail_growth)
    yearly = {**flows, **discounting(interest, discount_rate), "rate_before": rate_before}
    series = align(yearly, dated, first_period)
    first = series.position(first_year, "first_year", 0)
    last = series.position(last_year, "last_year", len(series.years) - 1)
    if first > last:
        raise BadInput(f"first_year={first_year} comes after the last year of the period, {series.years[last]}.")
    worth = present_worth(series["discount_rate"], timing, within_year)
    needed = np.sum((worth["outgo"] * series["outgo"])[..., : last + 1], axis=-1)
    needed = needed - np.sum((worth["other_income"] * series["other_income"])[..., : last + 1], axis=-1)
    paid_by = worth["contributions"] * series["earnings"]
    earned = np.sum(paid_by[..., first : last + 1], axis=-1)
    needed = needed - np.sum((paid_by * series["rate_before"])[..., :first], axis=-1)
    if tail_growth is None:
        goal, note = target_reserve(series, last, target_of)
        needed = needed + goal
    else:
        note, factor = infinite(tail_growth, series.years[last]), tail_factor(series, last)
        needed = needed + factor * (worth["outgo"] * series["outgo"])[..., last]
        needed = needed - factor * (worth["other_income"] * series["other_income"])[..., last]
        earned = earned + factor * paid_by[..., last]
    some_earnings(earned, series.years[first], series.years[last])
    rate = labelled({"level_rate": series.at_date((needed - series["reserve"]) / earned, "level_rate")}).level_rate
    period = {"first_year": int(series.years[first]), "last_year": int(series.years[last])}
    return warned(rate.assign_attrs(period, target_outgo=note), series)


def rate_sensitivity(
    outgo, earnings, interest, *, reserve=0.0, other_income=0.0, timing=0.5, last_year=None, first_period=1.0
):
    """Durations of outgo and earnings, and the change of the level rate when the force of interest shifts.

    Parameters are those of `level_rate` (no target reserve, compound interest).

    Returns
    -------
    Dataset by (scenario)
        `level_rate`, `duration_outgo` (of outgo net of other income) and `duration_earnings` (years),
        `level_rate_slope` (per unit of a parallel shift of the force of interest).

    Raises
    ------
    BadInput
        As `level_rate`.

    Notes
    -----
    With durations D_O, D_W as means of t - 1 + tau, the time of a flow of year t, weighted by discounted flows (phi tau
    in a first period of the length phi, phi + t - 2 + tau after it),

        d rate / d delta = ( -D_O PV(O) + rate D_W PV(W) ) / PV(W)

    Examples
    --------
    >>> import numpy as np
    >>> found = rate_sensitivity(np.array([10.0, 30.0]), np.array([100.0, 100.0]), 0.0)
    >>> float(found.duration_outgo), float(found.duration_earnings), round(float(found.level_rate_slope), 4)
    (1.25, 1.0, -0.05)
    """
    flows = {"outgo": outgo, "earnings": earnings, "other_income": other_income}
    series = align({**flows, "interest": interest}, {"reserve": reserve}, first_period)
    last = series.position(last_year, "last_year", len(series.years) - 1)
    times, worth = series.times(timing), present_worth(series["interest"], timing, "compound")
    value, moment = {}, {}
    for flow, paid_as in (("outgo", "outgo"), ("other_income", "other_income"), ("earnings", "contributions")):
        present = (worth[paid_as] * series[flow])[..., : last + 1]
        value[flow], moment[flow] = present.sum(axis=-1), (present * times[paid_as][: last + 1]).sum(axis=-1)
    some_earnings(value["earnings"], series.years[0], series.years[last])
    needed, later = value["outgo"] - value["other_income"], moment["outgo"] - moment["other_income"]
    rate = (needed - series["reserve"]) / value["earnings"]
    found = {
        "level_rate": rate,
        "duration_outgo": ratio(later, needed),
        "duration_earnings": moment["earnings"] / value["earnings"],
        "level_rate_slope": (rate * moment["earnings"] - later) / value["earnings"],
    }
    return labelled({name: series.at_date(values, name) for name, values in found.items()})


def present_worth(interest, timing, within_year):
    """v_t = D_t g_t by flow: value on the valuation date of one unit of each flow of year t."""
    factors = year_end_factors(interest, timing, within_year)
    discount = year_end_discount(interest)
    return {flow: discount * worth for flow, worth in factors.items()}


def target_reserve(series, last, target_of):
    """Present value of the wanted reserve, and a note that says which year's outgo is meant."""
    if target_of not in ("next", "last"):
        raise BadInput(f"target_of must be 'next' or 'last', but it is {target_of!r}.")
    if np.any(series["target"] < 0):
        raise BadInput(f"target must be years of outgo, at least 0, but the least is {np.min(series['target']):g}.")
    if not np.any(series["target"]):
        return np.zeros(series["target"].shape), "none: no target reserve"
    outgo, year = series.yearly("outgo"), int(series.years[last])
    if target_of == "last":
        wanted, note = outgo[..., last], f"outgo of {year}"
    elif last + 1 < len(series.years):
        wanted, note = outgo[..., last + 1], f"outgo of {year + 1}"
    else:
        wanted = _extrapolated(outgo, last, year)
        note = f"outgo of {year + 1}, extrapolated as the square of the outgo of {year} over that of {year - 1}"
    return year_end_discount(series["discount_rate"])[..., last] * series["target"] * wanted, note


def _extrapolated(outgo, last, year):
    if last == 0 or np.any(outgo[..., last - 1] <= 0):
        text = N_(
            "The target reserve is a multiple of the outgo of {next}, which comes after the last year; to extrapolate "
            "it takes two years with outgo.\n  Project one year more, or write target_reserve = 0 in [funding]; in "
            'Python there is target_of="last" as well.'
        )
        raise BadInput(Told(text, next=year + 1))
    return outgo[..., last] ** 2 / outgo[..., last - 1]


def growth_after(growth):
    """The growth after the end as a quantity of one date, if there is any."""
    if growth is None:
        return {}
    values = np.asarray(growth)
    if not np.issubdtype(values.dtype, np.number) or not np.all((values > -1) & (values < np.inf)):
        raise BadInput(f"tail_growth must be a growth per year above -1 (a fraction), but it is {_span(growth)}.")
    return {"tail_growth": growth}


def infinite(growth, last):
    """A note that no target reserve is meant."""
    return f"none: infinite horizon, flows grow by {_span(growth)} a year after {last}"


def _span(growth):
    """A growth in words: one number, or the least and the greatest."""
    values = np.asarray(growth)
    if not np.issubdtype(values.dtype, np.number):
        return repr(growth)
    return f"{values}" if values.ndim == 0 else f"{np.min(values):.6g} to {np.max(values):.6g}"


def tail_factor(series, last):
    """Value of all years after the last one, in units of that year's discounted flow: u / (1 - u)."""
    growth, interest = series["tail_growth"], series["discount_rate"][..., last]
    if last == 0 and series.first_period < 1:
        raise BadInput("tail_growth: the flows that grow are those of a whole year, but the last one is a part.")
    if np.any(series["target"]):
        raise BadInput("tail_growth means an infinite horizon, at whose end no target reserve can stand: set target=0.")
    step = (1 + growth) / (1 + interest)
    if np.any(step >= 1):
        worst = np.argmax(step)
        raise BadInput(
            f"tail_growth={growth.flat[worst]} must lie below the interest of the last year, {interest.flat[worst]}: "
            "the present value of an infinite horizon is not finite otherwise."
        )
    return step / (1 - step)


def discounting(interest, discount_rate):
    """The return and the rate of present values as series to align; where no other is given they are the same."""
    return {"interest": interest, "discount_rate": interest if discount_rate is None else discount_rate}


def warned(result, series):
    """The result with the attribute `warning` where present values are not those of the return that is earned."""
    where = series.unlike("discount_rate", "interest")
    if not where:
        return result
    return result.assign_attrs(
        warning=f"discount_rate is not the interest {where}: "
        "a reserve that earns the interest will not meet the target, and the balance is not that of the rolled reserve."
    )


def some_earnings(value, first, last):
    if np.any(value <= 0):
        raise BadInput(
            f"earnings from {first} to {last} are zero (present value {float(np.min(value))} in "
            f"{int(np.sum(value <= 0))} of {value.size} cases): no contribution rate can be charged on them."
        )
