"""Finance of a fund with plain lists and loops: one scenario, one number at a time, nothing shared with the library."""

import math
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
        if high - low < 1e-13:
            break
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


def lowest_rate(outgo, earnings, interest, keeps, *, opening=0.0, before=0.0, first=0, timing=0.5) -> float:
    """By trial: the lowest rate from position `first` on under which `keeps(levels)` holds; levels begin with V_0."""

    def fails(rate: float) -> bool:
        income = [(before if t < first else rate) * w for t, w in enumerate(earnings)]
        return not keeps([opening, *roll(opening, [(income, timing), ([-x for x in outgo], timing)], interest)])

    return bisect(fails, -1e5, 1e5)


def stepped(outgo, earnings, interest, kept, settings, opening=0.0, timing=0.5):
    """Stepped rates year after year: (rates, reserves, kept). `kept(previous, level, outgo)` is the condition.

    `settings` holds period, event (bool), step and limit (or None), lag, initial (or None).
    """
    period, lag, held = settings["period"], settings["lag"], settings["initial"]
    rates: list[float] = []
    reserves: list[float] = []
    held_so_far: list[bool] = []

    def levels(rate: float, start: int, end: int) -> list[float]:
        now = reserves[-1] if reserves else opening
        part = slice(start, end)
        flows = [([rate * w for w in earnings[part]], timing), ([-x for x in outgo[part]], timing)]
        return [now, *roll(now, flows, interest[part])]

    def holds(rate: float, start: int, end: int) -> bool:
        path = levels(rate, start, end)
        return all(kept(path[k], path[k + 1], outgo[start + k]) for k in range(end - start))

    for year in range(len(outgo)):
        starts = year >= lag and (year - lag) % period == 0
        due = (held is None or (year >= lag and not holds(held, year, year + 1))) if settings["event"] else starts
        if due:
            end = min(year + period, len(outgo))
            rate = bisect(lambda rate, year=year, end=end: not holds(rate, year, end), -1e5, 1e5)
            if settings["step"]:
                rate = math.ceil(rate / settings["step"] - 1e-7) * settings["step"]
            if settings["limit"] and held is not None:
                top = held + settings["limit"]
                if settings["step"]:
                    top = math.floor(top / settings["step"] + 1e-7) * settings["step"]
                rate = min(rate, top)
            held = rate
        held_so_far.append(holds(held, year, year + 1))
        reserves.append(levels(held, year, year + 1)[-1])
        rates.append(held)
    return rates, reserves, held_so_far


def annuity(chances: list[list[float]], interest: list[float], growth: list[float], early: float, age: int) -> float:
    """Value of one unit in payment at `age` on the valuation date: a life followed year after year.

    `chances[t][x]`: paid a year later; the last year and the last age stay. `early` is 1 - 2h.
    """
    value, pension, worth = 0.0, 1.0, 1.0
    for k in range(5000):
        t, x = min(k, len(chances) - 1), min(age + k, len(chances[0]) - 1)
        p, i, j = chances[t][x], interest[min(k, len(interest) - 1)], growth[min(k, len(growth) - 1)]
        value += worth * (1 + i) ** -0.5 * (pension * (1 + early * j) + pension * p * (1 + j)) / 2
        pension *= p * (1 + j)
        worth /= 1 + i
    return value
