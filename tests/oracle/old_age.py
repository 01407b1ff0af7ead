"""Who may draw an old-age pension, person by person: birthdays by month and luck are counted in plain loops."""

from itertools import pairwise
from math import comb, log

STEPS = 12  # birthdays in the middle of the months of a year, so that whole months are counted exactly
EPS = 1e-9


def binomial_tail(least, trials, chance):
    """Chance of at least so many successes."""
    return sum(comb(trials, k) * chance**k * (1.0 - chance) ** (trials - k) for k in range(least, trials + 1))


def share_entitled(age, service, conditions, beyond=None):
    """Share of those aged `age` on 31 December who meet one of (exact age, years of service, chance of the rest).

    Whoever has the luck for a chance has it for every greater one.
    """
    chances = sorted({0.0, 1.0, *(chance for _, _, chance in conditions)})
    found = 0.0
    for i in range(STEPS):
        exact = age + (i + 0.5) / STEPS
        for low, high in pairwise(chances):
            luck = (low + high) / 2.0
            if beyond is not None and exact < beyond:
                continue
            if any(exact >= a and service >= n - EPS and luck < chance for a, n, chance in conditions):
                found += (high - low) / STEPS
    return found


def share_with_quality(limit, share, rate, last):
    """Share of those past `limit` and still there who have a quality, by age on 31 December.

    A generation is followed from the age below the limit on; of those entitled a share leaves in each year.
    """
    first = int(limit)
    people = [[(i + 0.5) / STEPS, share, 1.0 - share] for i in range(STEPS)]
    found = {}
    for age in range(first, last + 1):
        past = [one for one in people if age + one[0] >= limit]
        there = sum(having + lacking for _, having, lacking in past)
        found[age] = sum(having for _, having, _ in past) / there if there else None
        for one in past:
            one[1] *= 1.0 - rate
    return found


def neutral_factor(alive, lived, death_at_end, interest, limit, start):
    """a(R) R-x p x v^(R-x) / a(x) at whole ages, from columns of a life table by age."""
    v = 1.0 / (1.0 + interest)

    def annuity(age):
        total = 0.0
        for k in range(len(alive) - 1 - age):
            total += v ** (k + 0.5) * lived[age + k] / alive[age]
        years = len(alive) - 1 - age
        return total + v**years * alive[-1] / alive[age] / (log(1.0 + interest) + death_at_end)

    later, sooner = max(limit, start), min(limit, start)
    factor = annuity(later) * alive[later] / alive[sooner] * v ** (later - sooner) / annuity(sooner)
    return factor if start < limit else 1.0 / factor


def totalised(own, abroad, needed, accrual, earnings, least=0.0, most=float("inf"), longest=float("inf"), minimum=1.0):
    """(pension of own periods or 0, what an agreement pays or 0) of a person who is old enough."""

    def formula(years):
        return min(max(accrual * years * earnings, least), most)

    alone = formula(own) if own >= needed - EPS else 0.0
    if own < minimum - EPS or own + abroad < needed - EPS:
        return alone, 0.0
    counted = min(own + abroad, longest)
    return alone, formula(counted) * min(1.0, own / counted)
