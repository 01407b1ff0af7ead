"""Summarized rates of a period: present values of income and outgo over that of earnings, and plain means of rates."""

import numpy as np

from actuarial.errors import BadInput
from actuarial.valuation.premiums import (
    discounting,
    growth_after,
    infinite,
    present_worth,
    some_earnings,
    tail_factor,
    target_reserve,
    warned,
)
from actuarial.valuation.series import align, labelled


def summarized_rates(
    contributions,
    outgo,
    earnings,
    interest,
    *,
    reserve=0.0,
    other_income=0.0,
    target=1.0,
    target_of="next",
    timing=0.5,
    last_year=None,
    tail_growth=None,
    within_year="compound",
    discount_rate=None,
    first_period=1.0,
):
    """Summarized income rate, summarized cost rate and actuarial balance of a period.

    Parameters are those of `level_rate`; earnings are discounted with their own timing (`earnings`), and the period
    begins with the series. A target of one year of outgo is the practice of the trustees of the OASDI funds; with
    `tail_growth`, after which contributions grow as the other flows do, the target must be 0.

    Returns
    -------
    Dataset by (scenario)
        `summarized_income_rate` (income and opening reserve), `summarized_cost_rate` (outgo and target reserve),
        `actuarial_balance` (their difference), fractions of the present value of earnings; `present_value_earnings`,
        `present_value_contributions`, `present_value_other_income`, `present_value_outgo`, `present_value_target` and
        `unfunded_obligation` (outgo less income less opening reserve, without the target) in currency of the
        valuation date. The attribute `warning` says where the discount rate is not the return.

    Raises
    ------
    BadInput
        As `level_rate`.

    See Also
    --------
    average_cost_rates : the means of yearly rates that earlier reports used.

    References
    ----------
    .. [1] The 2026 Annual Report of the Board of Trustees of the Federal OASDI Trust Funds, section IV.B.4.

    Examples
    --------
    >>> import numpy as np
    >>> rates = summarized_rates(np.full(3, 12.0), np.full(3, 10.0), np.full(3, 100.0), 0.0, reserve=6.0)
    >>> [round(float(rates[name]), 4) for name in ("summarized_income_rate", "summarized_cost_rate")]
    [0.14, 0.1333]
    """
    flows = {"contributions": contributions, "outgo": outgo, "earnings": earnings, "other_income": other_income}
    yearly = {**flows, **discounting(interest, discount_rate)}
    dated = {"reserve": reserve, "target": target} | growth_after(tail_growth)
    series = align(yearly, dated, first_period)
    last = series.position(last_year, "last_year", len(series.years) - 1)
    worth = present_worth(series["discount_rate"], timing, within_year)
    discounted = {flow: (worth[flow] * series[flow])[..., : last + 1] for flow in flows}
    present = {flow: np.sum(values, axis=-1) for flow, values in discounted.items()}
    some_earnings(present["earnings"], series.years[0], series.years[last])
    if tail_growth is None:
        goal, note = target_reserve(series, last, target_of)
    else:
        goal, note = np.zeros(series["target"].shape), infinite(tail_growth, series.years[last])
        factor = tail_factor(series, last)
        present = {flow: value + factor * discounted[flow][..., last] for flow, value in present.items()}
    income = present["contributions"] + present["other_income"] + series["reserve"]
    found = {f"present_value_{flow}": value for flow, value in present.items()}
    found["present_value_target"] = goal
    found["unfunded_obligation"] = present["outgo"] - income
    found["summarized_income_rate"] = income / present["earnings"]
    found["summarized_cost_rate"] = (present["outgo"] + goal) / present["earnings"]
    found["actuarial_balance"] = found["summarized_income_rate"] - found["summarized_cost_rate"]
    dataset = labelled({name: series.at_date(values, name) for name, values in found.items()})
    return warned(dataset.assign_attrs(last_year=int(series.years[last]), target_outgo=note), series)


def average_cost_rates(contributions, outgo, earnings, *, other_income=0.0, last_year=None):
    """Means of the yearly income and cost rates: the average-cost method, for replication of earlier reports.

    Parameters
    ----------
    contributions, outgo, earnings : series by year, currency/year
    other_income : series by year or number, currency/year
    last_year : int, optional
        End of the period; by default the last year of the series.

    Returns
    -------
    Dataset by (scenario)
        `average_income_rate`, `average_cost_rate`, `average_cost_balance` (their difference), fractions. No reserve
        and no interest enter.

    Raises
    ------
    BadInput
        A year without earnings, a year outside the series, wrong series.

    Notes
    -----
    With T years, rate = 1/T sum F_t / W_t. Present values weigh the same yearly rates with v_t W_t: the two methods
    agree where earnings grow at the rate of interest, or where the yearly rates do not change.

    References
    ----------
    .. [1] The 2017 Annual Report of the Board of Trustees of the Federal OASDI Trust Funds, section VI.B.

    Examples
    --------
    >>> import numpy as np
    >>> rates = average_cost_rates(np.full(2, 12.0), np.array([10.0, 18.0]), np.array([100.0, 120.0]))
    >>> round(float(rates.average_cost_rate), 4), round(float(rates.average_cost_balance), 4)
    (0.125, -0.015)
    """
    flows = {"contributions": contributions, "outgo": outgo, "earnings": earnings, "other_income": other_income}
    series = align(flows)
    last = series.position(last_year, "last_year", len(series.years) - 1)
    paid_on = series["earnings"][..., : last + 1]
    if np.any(paid_on <= 0):
        year = series.years[np.argwhere(paid_on <= 0)[0][-1]]
        raise BadInput(
            f"earnings are zero in {int(np.sum(paid_on <= 0))} of {paid_on.size} years, the first is {year}: the "
            "average-cost method has no rate for them."
        )
    income = np.mean((series["contributions"] + series["other_income"])[..., : last + 1] / paid_on, axis=-1)
    cost = np.mean(series["outgo"][..., : last + 1] / paid_on, axis=-1)
    found = {"average_income_rate": income, "average_cost_rate": cost, "average_cost_balance": income - cost}
    dataset = labelled({name: series.at_date(values, name) for name, values in found.items()})
    return dataset.assign_attrs(last_year=int(series.years[last]))
