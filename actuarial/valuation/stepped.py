"""Contribution rates that are level within periods: stepped rates under conditions, the scaled premium among them."""

from dataclasses import dataclass

import numpy as np

from actuarial.errors import BadInput
from actuarial.valuation.conditions import Condition, Fund, NotFalling, ReserveRatio, SameRatio, Solvent, fund, lowest
from actuarial.valuation.reserve import ratio
from actuarial.valuation.series import Series, align, is_number, is_whole, labelled
from actuarial.valuation.steady import check_conditions
from actuarial.vocabulary import annotate

STEADINESS = (NotFalling(),)
EXACT = 1e-9  # of a step: what lies above a multiple by less is that multiple


def stepped_rates(
    outgo,
    earnings,
    interest,
    *,
    conditions=STEADINESS,
    control_period=15,
    event_driven=False,
    rounding=None,
    maximum_step=None,
    approval_lag=0,
    initial_rate=None,
    reserve=0.0,
    other_income=0.0,
    timing=0.5,
    within_year="compound",
    first_period=1.0,
):
    """Contribution rates that change in steps so that the reserve keeps conditions.

    Parameters
    ----------
    outgo, earnings, interest, reserve, other_income, timing, within_year, first_period
        As in `level_rate`.
    conditions : sequence of conditions
        `NotFalling()`, `Solvent()`, `ReserveRatio(at_least=2.0)`, ...; by default `NotFalling()`.
        `last` counts from the end of each period.
    control_period : int, years
        The rate is the lowest that keeps the conditions for so many years; what remains at the end may be shorter.
    event_driven : bool
        False: a new rate every `control_period` years. True: a rate is held until the first year in which a condition
        breaks under it; that year begins with the lowest rate for the next `control_period` years. It never falls.
    rounding : number, optional
        Rates are rounded up to a multiple of it, such as 0.001, 0.0025 or 0.005.
    maximum_step : number, optional
        Greatest rise at one change. A rise that is not enough goes on at the next change, which is the next year with a
        broken condition if `event_driven`, the next period otherwise.
    approval_lag : int, years
        A rate is decided so many years before it is charged. Reviews look that far ahead, so a break is met in its
        year; the first `approval_lag` years are decided already and pay `initial_rate`. With fixed periods the first
        one begins after them.
    initial_rate : number or array by scenario, optional
        Rate before the first change; needed with `approval_lag`. Without it the first year begins with a new rate.

    Returns
    -------
    Dataset by (scenario,) year
        `contribution_rate`, `reserve`, `reserve_ratio`, and `condition_kept`: 1 in years in which all conditions that
        look at the year hold, 0 where the lag or the maximum step did not allow it.

    Raises
    ------
    BadInput
        No condition or one that cannot be meant here, a setting out of range, a year that no rate can mend.

    Notes
    -----
    With V_j(p) = a_j + p b_j over the years of a period, each condition is affine in p, and the rate is the greatest of
    the bounds -a / b over all years and conditions, without assuming which year binds.

    References
    ----------
    .. [1] Thullen (1973), Techniques actuarielles de la securite sociale.
    .. [2] Iyer (1999), Actuarial mathematics of social security pensions, chapter 1.

    Examples
    --------
    >>> import numpy as np
    >>> flows = (np.array([10.0, 20.0, 31.0, 40.0]), np.full(4, 100.0), 0.0)
    >>> found = stepped_rates(*flows, control_period=2, initial_rate=0.15, event_driven=True, rounding=0.05)
    >>> [round(float(rate), 4) for rate in found.contribution_rate]
    [0.15, 0.35, 0.35, 0.4]
    """
    rule = Rule(check_conditions(conditions), control_period, event_driven, rounding, maximum_step, approval_lag)
    rule.check(initial_rate)
    flows = {"outgo": outgo, "earnings": earnings, "other_income": other_income, "interest": interest}
    dated = {"reserve": reserve} if initial_rate is None else {"reserve": reserve, "initial_rate": initial_rate}
    return step_series(align(flows, dated, first_period), rule, timing, within_year)


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
    first_period=1.0,
):
    """Lowest rates, level within each control period, under which the reserve keeps certain conditions.

    Parameters
    ----------
    outgo, earnings, interest, reserve, other_income, timing, within_year, first_period
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
    if not (not_falling or solvent or reserve_ratio is not None):
        raise BadInput("scaled_premium needs a condition: not_falling, solvent or reserve_ratio.")
    conditions: list[Condition] = [NotFalling()] if not_falling else []
    conditions += [Solvent()] if solvent else []
    conditions += [ReserveRatio(at_least=reserve_ratio)] if reserve_ratio is not None else []
    rule = Rule(tuple(conditions), control_period)
    rule.check(None)
    flows = {"outgo": outgo, "earnings": earnings, "other_income": other_income, "interest": interest}
    found = step_series(align(flows, {"reserve": reserve}, first_period), rule, timing, within_year)
    return annotate(found.drop_vars("condition_kept").rename(contribution_rate="scaled_premium"))


@dataclass(frozen=True)
class Rule:
    """When and how the rate changes."""

    conditions: tuple[Condition, ...]
    period: int
    event_driven: bool = False
    rounding: float | None = None
    maximum_step: float | None = None
    lag: int = 0

    def check(self, initial_rate) -> None:
        """Refuse settings that cannot be meant."""
        for name, value, least in (("control_period", self.period, 1), ("approval_lag", self.lag, 0)):
            if not is_whole(value) or value < least:
                raise BadInput(f"{name} must be a whole number of years, at least {least}, but it is {value!r}.")
        for name, size in (("rounding", self.rounding), ("maximum_step", self.maximum_step)):
            if size is not None and not (is_number(size) and 0 < size < 1):
                raise BadInput(f"{name} must be a part of earnings between 0 and 1, such as 0.005, but it is {size!r}.")
        if self.rounding and self.maximum_step and self.maximum_step < self.rounding * (1 - EXACT):
            raise BadInput(
                f"maximum_step={self.maximum_step} is smaller than rounding={self.rounding}: no rate could ever rise."
            )
        if self.lag and initial_rate is None:
            raise BadInput(f"approval_lag={self.lag} needs initial_rate, the rate of the years decided already.")
        for condition in self.conditions:
            if isinstance(condition, SameRatio):
                raise BadInput("SameRatio fixes a rate and bounds none: use lowest_rate or steady_rate.")
            if self.event_driven and condition.last is not None:
                raise BadInput("event_driven: a condition on the last years of a period has no meaning.")

    def decided(self, rows, held, due=None):
        """The new rate: the lowest, rounded up, no further above the rate held than allowed."""
        rate, step = lowest(rows, due), self.rounding
        if step is not None:
            rate = np.ceil(rate / step - EXACT) * step
        if self.maximum_step is None or held is None:
            return rate
        limit = held + self.maximum_step
        return np.minimum(rate, limit if step is None else np.floor(limit / step + EXACT) * step)


def step_series(series: Series, rule: Rule, timing, within_year):
    """Rates, reserves and conditions of aligned series under a rule."""
    for condition in rule.conditions:
        condition.check_years(series.years)
    flows = fund(series, timing, within_year)
    held = series.values.get("initial_rate")
    run = _by_event if rule.event_driven else _by_period
    rate, level, kept = run(flows, rule, held)
    return labelled(
        {
            "contribution_rate": series.by_year(rate, "contribution_rate"),
            "reserve": series.by_year(level, "reserve"),
            "reserve_ratio": series.by_year(ratio(level, series.yearly("outgo")), "reserve_ratio"),
            "condition_kept": series.by_year(kept.astype("float64"), "condition_kept"),
        }
    )


def _by_period(flows: Fund, rule: Rule, held):
    """A new rate every period, the first one after the lag."""
    rate, level, kept = _empty(flows)
    opening, period, lag, end = flows.series["reserve"], int(rule.period), int(rule.lag), rate.shape[-1]
    starts = [*([0] if lag else []), *range(lag, end, period)]
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        path = flows.path(opening, start, stop)
        rows = [condition.rows(path) for condition in rule.conditions]
        held = held if start < lag else rule.decided(rows, held)
        part = np.s_[..., start:stop]
        rate[part] = held[..., None]
        level[part] = path.without + held[..., None] * path.gained
        kept[part] = _kept(rows, held, path)
        opening = level[part][..., -1]
    return rate, level, kept


def _by_event(flows: Fund, rule: Rule, held):
    """A new rate in the first year in which a condition breaks under the one that is held."""
    rate, level, kept = _empty(flows)
    opening, end = flows.series["reserve"], rate.shape[-1]
    for year in range(end):
        path = flows.path(opening, year, year + 1)
        rows = [condition.rows(path) for condition in rule.conditions]
        due = np.ones(opening.shape, dtype=bool) if held is None else ~_kept(rows, held, path)[..., 0]
        if year >= rule.lag and due.any():
            ahead = flows.path(opening, year, min(year + int(rule.period), end))
            new = rule.decided([condition.rows(ahead) for condition in rule.conditions], held, due)
            held = new if held is None else np.where(due, new, held)
        rate[..., year] = held
        level[..., year] = path.without[..., 0] + held * path.gained[..., 0]
        kept[..., year] = _kept(rows, held, path)[..., 0]
        opening = level[..., year]
    return rate, level, kept


def _empty(flows: Fund):
    shape = flows.charged.shape
    return np.zeros(shape), np.zeros(shape), np.ones(shape, dtype=bool)


def _kept(rows, rate, path):
    """Whether all conditions that look at a year hold in it; (..., year)."""
    kept = np.ones(path.without.shape, dtype=bool)
    for row in rows:
        at = row.years - path.years[0]
        kept[..., at] &= ~row.broken(rate)
    return kept
