"""What happens to pensions after the award, once more: dictionaries by (sex, age), year by year."""

import math


def reached(age, birthday):
    """Share of those of an age (last birthday on 31 December) who have passed an exact age by then."""
    return min(1.0, max(0.0, age + 1.0 - birthday))


def older(stock, stay, last, rise=0.0):
    """A stock a year later, and those who left it, by age then; money rises by a rate."""
    kept, gone = {}, {}
    for (sex, age), amount in stock.items():
        place = (sex, min(age + 1, last))
        kept[place] = kept.get(place, 0.0) + amount * (1 + rise) * stay[sex]
        gone[place] = gone.get(place, 0.0) + amount * (1 + rise) * (1 - stay[sex])
    return kept, gone


def plus(one, two):
    """Sum of two stocks."""
    return {place: one.get(place, 0.0) + two.get(place, 0.0) for place in {*one, *two}}


def convert(first, second, new, stay, last, birthday, rises, years):
    """Two pensions year by year: who has passed an age goes from the first to the second on 31 December.

    `first`, `second` and `new` (awards of the first by year) are {(sex, age): amount}. Returns a list by year of the
    first, the second, those who moved, those who left the first, those who left the second.
    """
    history = []
    for year in range(years):
        first, gone = older(first, stay, last, rises[0])
        second, lost = older(second, stay, last, rises[1])
        first = plus(first, new[year])
        moved = {place: amount * reached(place[1], birthday) for place, amount in first.items()}
        first = plus(first, {place: -amount for place, amount in moved.items()})
        second = plus(second, moved)
        history.append((first, second, moved, gone, lost))
    return history


def cash_of_awards(amounts, lag, years, parts=4000):
    """What is paid by year of pensions for life without deaths: awarded in every part of the year, paid from `lag` on.

    The first payment brings all arrears with it.
    """
    paid = [0.0] * years
    for year, amount in enumerate(amounts):
        for part in range(parts):
            when = (part + 0.5) / parts
            first = math.floor(year + when + lag)
            owed = 0.0
            for later in range(year, years):
                owed += amount / parts * (1.0 - when if later == year else 1.0)
                if later >= first:
                    paid[later] += owed
                    owed = 0.0
    return paid


def below_minimum(mean, cv, least):
    """E[max(0, least - P)] of a lognormal P."""
    if mean == 0.0:
        return least
    if cv == 0.0:
        return max(0.0, least - mean)
    spread = math.sqrt(math.log(1 + cv * cv))
    far = (math.log(least / mean)) / spread
    phi = [0.5 * math.erfc(-(far + sign * spread / 2) / math.sqrt(2)) for sign in (1, -1)]
    return least * phi[0] - mean * phi[1]


def alive_and_dead(lived, gap, sex, age, child, until):
    """Share of the years left as an orphan in which the other parent is dead too.

    `lived` is {sex: person-years by age}, none at the last age; the wives are `gap` years younger.
    """
    other = "female" if sex == "male" else "male"
    table = lived[other]

    def at(exact):
        low = math.floor(exact)
        if low + 1 >= len(table):
            return table[-1]
        return table[low] + (exact - low) * (table[low + 1] - table[low])

    now = min(max(age - gap if sex == "male" else age + gap, 15), len(table) - 1)
    at_birth = at(max(now - child, 0))
    total = 0.0
    for years in range(until - child):
        total += min(1.0, at(now + years) / at_birth) if at_birth else 0.0
    return 1.0 - total / (until - child)
