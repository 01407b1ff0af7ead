"""Finance of a fund with plain lists and loops: one scenario, one number at a time, nothing shared with the library."""

from collections.abc import Callable


def growth(rate: float, timing: float, within_year: str = "compound") -> float:
    """What a payment made at a fraction of the year has become by 31 December."""
    return (1 + rate) ** (1 - timing) if within_year == "compound" else 1 + (1 - timing) * rate


def discount(interest: list[float]) -> list[float]:
    """Value today of one unit on each 31 December."""
    found, value = [], 1.0
    for rate in interest:
        value /= 1 + rate
        found.append(value)
    return found


def roll(opening: float, flows: list[tuple[list[float], float]], interest: list[float], within_year="compound"):
    """Reserves at the year ends; flows are signed series with the fraction of the year at which they fall."""
    found, reserve = [], opening
    for t, rate in enumerate(interest):
        reserve *= 1 + rate
        for series, timing in flows:
            reserve += series[t] * growth(rate, timing, within_year)
        found.append(reserve)
    return found


def present_value(series: list[float], interest: list[float], timing: float, within_year="compound") -> float:
    """Value today of one flow."""
    today = discount(interest)
    return sum(x * v * growth(i, timing, within_year) for x, v, i in zip(series, today, interest, strict=True))


def bisect(wrong: Callable[[float], bool], low: float, high: float) -> float:
    """The point at which `wrong` turns from true to false."""
    assert wrong(low), "the lower end must be too low"
    assert not wrong(high), "the upper end must be high enough"
    for _ in range(200):
        middle = (low + high) / 2
        if wrong(middle):
            low = middle
        else:
            high = middle
    return high


def level_rate(outgo, earnings, interest, opening=0.0, goal=0.0, timing=0.5) -> float:
    """By trial: the rate under which the reserve ends where it should."""

    def too_low(rate: float) -> bool:
        income = [rate * w for w in earnings]
        return roll(opening, [(income, timing), ([-x for x in outgo], timing)], interest)[-1] < goal

    return bisect(too_low, -1e3, 1e3)


def scaled_premium(outgo, earnings, interest, period, opening=0.0, timing=0.5):
    """By trial, period after period: the lowest rate under which no year's reserve lies below the one before."""
    rates, reserves = [], []
    for start in range(0, len(outgo), period):
        part = slice(start, start + period)

        def path(rate: float, part=part, opening=opening) -> list[float]:
            flows = [([rate * w for w in earnings[part]], timing), ([-x for x in outgo[part]], timing)]
            return roll(opening, flows, interest[part])

        def falls(rate: float, path=path, opening=opening) -> bool:
            levels = path(rate)
            return any(b < a for a, b in zip([opening, *levels], levels, strict=False))

        rate = bisect(falls, -1e3, 1e3)
        reserves += path(rate)
        rates += [rate] * len(outgo[part])
        opening = reserves[-1]
    return rates, reserves


def summarized(contributions, other, outgo, earnings, interest, opening, goal, timing: dict[str, float], within_year):
    """Income rate, cost rate and unfunded obligation, all from sums of discounted flows."""
    worth = {
        name: present_value(series, interest, timing[name], within_year)
        for name, series in zip(
            ("contributions", "other_income", "outgo", "earnings"), (contributions, other, outgo, earnings), strict=True
        )
    }
    income = worth["contributions"] + worth["other_income"] + opening
    cost = worth["outgo"] + goal * discount(interest)[-1]
    return income / worth["earnings"], cost / worth["earnings"], worth["outgo"] - income


def turning_points(contributions, outgo, interest, opening, timing=0.5):
    """Positions (from 1) of the first year of deficit, of a falling and of an exhausted reserve; else None.

    A billionth of the outgo of the year is rounding.
    """
    levels = roll(opening, [(contributions, timing), ([-x for x in outgo], timing)], interest)
    found: list[int | None] = [None, None, None]
    for t, level in enumerate(levels):
        previous = levels[t - 1] if t else opening
        for k, missing in enumerate((outgo[t] - contributions[t], previous - level, -level)):
            if missing > 1e-9 * outgo[t] and found[k] is None:
                found[k] = t + 1
    return found
