"""The law of the simulated members: every formula in its own plain words, asked with the history of each member.

Nothing here comes from the library. A formula takes members at an event (`Lives`) and the economy (`Market`) and
answers one amount for each member, currency/year: (n,) where it is linear in the multiple of the wage scale, which is
then one, or (n, nodes) where limits act and every member stands for several with other multiples.

Formulas whose name begins with "wrong" are deliberately wrong variants of others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

FIRST_YEAR = 2025  # calendar year of year 1
INFLATION, INTEREST = 0.02, 0.04
CEILING = 16_000.0  # of insurable earnings, money of year 0, with wages
LEAST, LEAST_YEARS, MOST = 2_600.0, 30.0, 6_000.0  # of pensions at award, money of year 0, with wages
POINT, FLAT, GUARANTEED, IN_PAYMENT, BRACKET = 300.0, 3_000.0, 5_000.0, 2_400.0, 12_000.0
REFORM = 8  # first year of the new law
VARYING = 0.2
UNTIL = 56  # last age at which earnings are revalued
TAPER = ((1_500.0, 800.0), (3_000.0, 2_000.0), (9_000.0, 0.0))  # pension and supplement, money of year 0, with wages
TAPER_YEAR, TAPER_YEARS = ((0.0, 0.0), (120.0, 100.0), (200.0, 100.0), (400.0, 0.0)), 20.0  # those of a year of service
TAPER_PAID = ((2_000.0, 1_000.0), (5_000.0, 0.0))  # of pensions in payment
LEAST_HIGH, LEAST_FROM, PAID_MONTHS = 5_200.0, 10.0, 0.7  # years without a least pension; paid part of all months
MORE, MORE_OF_BEST = 1.45, 1.1  # with which most cells have members of whom either amount is the greater one


@dataclass(frozen=True)
class Lives:
    """Members at one time: arrays (n,), half-months of both halves of every year and earnings of twelve
    months in it (columns, n), multiples (n, nodes)."""

    year: int
    age: np.ndarray
    months: np.ndarray
    first: np.ndarray
    second: np.ndarray
    wages: np.ndarray
    left: np.ndarray
    given: np.ndarray
    multiple: np.ndarray
    own: dict
    rng: np.random.Generator
    known: dict = field(default_factory=dict)

    def once(self, question, answer):
        """An answer about these members that several formulas ask for; nobody writes into it."""
        if question not in self.known:
            self.known[question] = answer()
        return self.known[question]

    @property
    def years(self):
        """Years of service."""
        return self.months / 12.0


class Market:
    """Wages, prices, interest and deaths of a scenario by column: column `past` - 1 is year 0."""

    def __init__(self, scenario):
        self.scenario, self.past = scenario, 32
        years = np.arange(1 - self.past, scenario.years + 1)
        self.level = {
            "none": np.ones(len(years)),
            "wages": (1.0 + scenario.growth) ** years,
            "prices": (1.0 + INFLATION) ** years,
            "interest": (1.0 + INTEREST) ** years,
        }
        self.grown = {
            "none": 1.0, "wages": 1.0 + scenario.growth, "prices": 1.0 + INFLATION, "interest": 1.0 + INTEREST
        }
        self.scale = self.level["wages"][:, np.newaxis] * scenario.salary_0
        people = scenario.active_0.sum(axis=1)
        self.average = (people * scenario.salary_0).sum() / people.sum() * self.level["wages"]
        self.ceiling = CEILING * self.level["wages"]
        self.inherits = scenario.q / (1.0 - scenario.q)
        self.annuities = {}

    def wage(self, year, age):
        """Earnings of twelve months of members of an age in a year."""
        return self.scale[self.past - 1 + year, age]

    def wages(self, year, age):
        """Earnings of twelve months of members in all years up to one (columns, n)."""
        columns = np.arange(self.past + year)[:, np.newaxis]
        return self.scale[columns, np.maximum(age - (self.past - 1 + year - columns), 0)]

    def now(self, name, lives):
        """Level of an index in the year of the event, 1 in year 0."""
        return self.level[name][self.past - 1 + lives.year]

    def adjustment(self, pension, year):
        """Adjustment of pensions in payment in a year."""
        wages, prices = self.scenario.growth, INFLATION
        return {"old_age": 0.5 * wages + 0.5 * prices, "invalidity": prices, "widows": wages}[pension]

    def least_in_payment(self, year):
        """Minimum of pensions in payment."""
        return IN_PAYMENT * self.level["wages"][self.past - 1 + year]

    def annuity(self, age, interest):
        """Value of 1 a year for life, paid in advance: one payment after the other."""
        if interest in self.annuities:
            return self.annuities[interest][age]
        value, alive, discount = np.zeros(len(self.scenario.q)), np.ones(len(self.scenario.q)), 1.0
        reached = np.arange(len(self.scenario.q))
        for _ in range(400):
            value += alive * discount
            alive = alive * (1.0 - self.scenario.q[reached])
            reached = np.minimum(reached + 1, len(self.scenario.q) - 1)
            discount /= 1.0 + interest
        self.annuities[interest] = value
        return value[age]


@dataclass(frozen=True)
class Holding:
    """An account: what is credited, less a fee, and how it grows.

    With an index, what was there at the start of a year grows by the whole of it; interest runs with time. `table`: at
    the end of each year the balance of its start grows by q/(1 - q) of the age at the start.
    """

    rate: float = 1.0
    of: str = "earnings"
    growth: str = "none"
    interest: bool = False
    fee: float = 0.0
    table: bool = False
    capped: bool = False
    until: int = 10_000  # first year without credits
    late: int = 0  # years by which growth comes too late (the wrong variant)
    taken: tuple = ()  # from which age on which share of the balance is taken out each year
    served: tuple = ()  # above so many years of service which rate, instead of one rate

    def counted(self, lives):
        """Half-months of both halves of every year; by service each times the rate of its place in the career."""
        if not self.served:
            return lives.first, lives.second
        halves = np.stack([lives.first, lives.second], axis=1)
        upto = np.cumsum(halves.reshape(-1, halves.shape[-1]), axis=0).reshape(halves.shape)

        def sums(half_months):
            total = np.zeros(half_months.shape)
            for i, (above, rate) in enumerate(self.served):
                below = 24.0 * self.served[i + 1][0] if i + 1 < len(self.served) else np.inf
                total += rate * np.clip(half_months - 24.0 * above, 0.0, below - 24.0 * above)
            return total

        credited = sums(upto) - sums(upto - halves)
        return credited[:, 0], credited[:, 1]

    def drawn(self, age):
        """Share of the balance of the start of a year that is taken out in it, by the age reached."""
        share = np.zeros(np.shape(age))
        for first, part in self.taken:
            share = np.where(age >= first, part, share)
        return share

    def credit(self, market, column, wage, half_months):
        """What half-months of a year credit."""
        if column - market.past + 1 >= self.until:
            return 0.0 * half_months
        if self.of == "months":
            return self.rate * half_months / 2.0
        earned = wage * (half_months if wage.ndim == 1 else half_months[:, np.newaxis]) / 24.0
        return self.rate * (1.0 - self.fee) * (earned if self.of == "earnings" else earned / market.average[column])

    def step(self, market, column, held, wage, first, second, upto):
        """Balance after the first half of a year (upto = 1/2) or at its end (1)."""
        up = market.grown[self.growth]
        if not self.interest:
            return held * up + self.credit(market, column, wage, first if upto == 0.5 else first + second)
        early = self.credit(market, column, wage, first)
        if upto == 0.5:
            return held * up**0.5 + early * up**0.25
        return held * up + early * up**0.75 + self.credit(market, column, wage, second) * up**0.25

    def later(self, market, column):
        """Growth from mid-year to the end of the year."""
        return market.grown[self.growth] ** 0.5 if self.interest else 1.0

    def balance(self, lives, market, *, end=True):
        """Balance on 31 December, or in the middle of the year."""
        columns, (first, second) = len(lives.wages), self.counted(lives)
        held = np.zeros((len(lives.age), *([lives.multiple.shape[1]] if self.capped else [])))
        for column in range(int(np.argmax((lives.first + lives.second).any(axis=1))), columns):
            whole = end or column < columns - 1
            if self.table and whole:
                held = held * (1.0 + market.inherits[np.maximum(lives.age - (columns - column), 0)])
            if self.taken:
                held = held * (1.0 - self.drawn(lives.age - (columns - 1 - column)))
            if column >= columns - self.late:
                held = held / market.grown[self.growth]
            wage = lives.wages[column]
            if self.capped:
                wage = np.minimum(wage[:, np.newaxis] * lives.multiple, market.ceiling[column])
            upto = 1.0 if whole else 0.5
            held = self.step(market, column, held, wage, first[column], second[column], upto)
        return held

    def now(self, lives, market):
        """Balance on the day of the event."""
        return lives.once(self, lambda: self.balance(lives, market, end=False))


OWN = {
    "notional_own": Holding(rate=0.16, growth="wages"),
    "saved_own": Holding(rate=0.10, growth="interest", interest=True),
    "drawn_own": Holding(
        rate=0.10, growth="interest", interest=True, taken=((30, 0.03), (50, 0.40), (51, 0.02), (61, 0.10))
    ),
}
STOCKS = {
    "career": Holding(growth="wages"),
    "points": Holding(of="points"),
    "notional_table": Holding(rate=0.16, growth="wages", table=True),
    "saved": Holding(rate=0.10, growth="interest", interest=True, fee=0.05),
    "saved_capped": Holding(rate=0.10, growth="interest", interest=True, capped=True),
    "early": Holding(of="months", until=REFORM),
    "served": Holding(growth="interest", interest=True, served=((0.0, 0.05), (5.0, 0.10), (15.0, 0.20))),
}
CAPPED = Holding(growth="wages", capped=True)


def reference(lives, market, years, revaluation, *, capped=False, best_of=None):
    """Mean of the last years of the career, or of the best of them, in money of the year.

    The earnings of a year are those of the member's multiple of the scale, whether all its months were worked or not;
    those who left have the last years before they left.
    """
    question = ("reference", years, revaluation, capped, best_of)
    return lives.once(question, lambda: mean_earnings(lives, market, years, revaluation, capped, best_of))


def mean_earnings(lives, market, years, revaluation, capped=False, best_of=None, varying=0.0, until=10_000):
    """See `reference`; with earnings of a year that vary around those of the scale, drawn anew each time, and an age
    after which nothing is revalued."""
    last, level = best_of or years, market.level[revaluation]
    column = market.past - 1 + lives.left
    age = lives.age - (lives.year - lives.left)

    def reached(when, old):
        return level[when - np.maximum(old - until, 0)]

    earned = []
    for back in range(last):
        paid = market.scale[column - back, age - back]
        up = reached(column, age) / reached(column - back, age - back)
        if varying:
            spread = np.sqrt(np.log1p(varying**2))
            paid = paid * np.exp(spread * lives.rng.standard_normal(len(paid)) - spread**2 / 2)
        if capped:
            paid = np.minimum(paid[:, np.newaxis] * lives.multiple, market.ceiling[column - back, np.newaxis])
            up = up[:, np.newaxis]
        earned.append(paid * up)
    mean = np.sort(np.stack(earned), axis=0)[last - years :].mean(axis=0)
    there, given = ~np.isnan(lives.given), lives.given
    if capped:
        zero = market.past - 1 - np.arange(last)[:, np.newaxis]
        old = age - np.arange(last)[:, np.newaxis]
        limit = (market.ceiling[zero] * reached(zero[0], old[0]) / reached(zero, old)).mean(axis=0)[:, np.newaxis]
        given, there = np.minimum(given[:, np.newaxis] * lives.multiple, limit), there[:, np.newaxis]
    mean = np.where(there, given, mean)
    ratio = reached(market.past - 1 + lives.year, lives.age) / reached(column, age)
    return mean * (ratio[:, np.newaxis] if capped else ratio)


def worked_years(lives, market, years):
    """Mean of the last years with months, revalued by wages; given earnings for those who have them."""
    worked = (lives.first + lives.second) > 0
    wages = lives.wages / market.level["wages"][: len(worked), np.newaxis]
    counts = worked & (np.cumsum(worked[::-1], axis=0)[::-1] <= years)
    mean = (wages * counts).sum(axis=0) / np.maximum(counts.sum(axis=0), 1)
    return np.where(np.isnan(lives.given), mean, lives.given) * market.now("wages", lives)


def limited(lives, market, amount):
    """A pension between a minimum by years of service and a maximum."""
    up = market.now("wages", lives)
    least = LEAST * up * np.minimum(1.0, lives.years / LEAST_YEARS)
    return np.minimum(np.maximum(amount, least[:, np.newaxis]), MOST * up)


def each(lives, amount):
    """Amounts of members with all multiples."""
    return amount[:, np.newaxis] * lives.multiple


def final(lives, market):
    return 0.0175 * lives.years * reference(lives, market, 5, "none")


def final_limits(lives, market):
    rate = 0.0175 * lives.years[:, np.newaxis]
    return limited(lives, market, rate * reference(lives, market, 5, "wages", capped=True))


def best(lives, market):
    return 0.015 * lives.years * reference(lives, market, 5, "wages", best_of=12)


def indexed(lives, market):
    return 0.015 * lives.years * mean_earnings(lives, market, 5, "wages", best_of=12, until=UNTIL)


def indexed_limits(lives, market):
    rate = 0.0175 * lives.years[:, np.newaxis]
    return limited(lives, market, rate * mean_earnings(lives, market, 5, "wages", capped=True, until=UNTIL))


def best_varying(lives, market):
    return 0.015 * lives.years * mean_earnings(lives, market, 5, "wages", best_of=12, varying=VARYING)


def better(lives, market):
    last, first = (reference(lives, market, *asked) for asked in ((3, "wages"), (5, "wages")))
    most = reference(lives, market, 5, "wages", best_of=12)
    return 0.015 * lives.years * np.maximum(np.minimum(last, 1.01 * first), 0.97 * most)


def better_limits(lives, market):
    rate, asked = 0.0175 * lives.years[:, np.newaxis], (lives, market, 5, "wages")
    last, most = reference(*asked, capped=True), reference(*asked, capped=True, best_of=12)
    return limited(lives, market, rate * np.maximum(last, 0.97 * most))


def graded(lives, market):
    """Rates by bracket of all earnings, of which the upper one is lower."""
    earned = each(lives, reference(lives, market, 5, "wages"))
    rate = np.where(earned > BRACKET * market.now("wages", lives), 0.0125, 0.0175)
    return rate * lives.years[:, np.newaxis] * earned


def last_worked(lives, market):
    return 0.0175 * lives.years * worked_years(lives, market, 5)


def career(lives, market):
    return 0.02 * lives.years * STOCKS["career"].now(lives, market) / lives.years


def career_limits(lives, market):
    return limited(lives, market, 0.02 * CAPPED.now(lives, market))


def points(lives, market):
    return POINT * market.now("wages", lives) * STOCKS["points"].now(lives, market)


def notional_own(lives, market):
    return lives.own["notional_own"] / market.annuity(lives.age, 0.016)


def notional_table(lives, market):
    return STOCKS["notional_table"].now(lives, market) / 17.0


def funded(lives, market):
    return STOCKS["saved"].now(lives, market) / market.annuity(lives.age, INTEREST)


def served(lives, market):
    return STOCKS["served"].now(lives, market) / market.annuity(lives.age, INTEREST)


def funded_own(lives, market):
    return lives.own["saved_own"] / market.annuity(lives.age, INTEREST)


def funded_limits(lives, market):
    return limited(lives, market, STOCKS["saved_capped"].now(lives, market) / 8.0)


def pro_rata(lives, market):
    before = STOCKS["early"].now(lives, market) / lives.months
    return before * final(lives, market) + (1.0 - before) * career(lives, market)


def either(lives, market):
    """The greater of a share of the last years and one of the career."""
    return np.maximum(MORE * final(lives, market), career(lives, market))


def neither(lives, market):
    """The lesser of them."""
    return np.minimum(MORE * final(lives, market), career(lives, market))


def either_limits(lives, market):
    """The greater of both, each between the same limits."""
    rate = MORE * 0.0175 * lives.years[:, np.newaxis]
    last = limited(lives, market, rate * reference(lives, market, 5, "none", capped=True))
    return np.maximum(last, career_limits(lives, market))


def either_part(lives, market):
    """Two laws in proportion to time, or a share of the best years if that is more."""
    return np.maximum(pro_rata(lives, market), MORE_OF_BEST * best(lives, market))


def granted(lives, market):
    before = STOCKS["early"].now(lives, market) / lives.months
    return before * final(lives, market)


def guarantee(lives, market):
    up = market.now("wages", lives)
    whole = GUARANTEED * up * np.minimum(1.0, lives.years / LEAST_YEARS)
    return np.maximum(whole[:, np.newaxis] - 0.5 * each(lives, points(lives, market)), 0.0)


def straight(points, up, pension):
    """A supplement in straight lines between points that follow an index."""
    return np.interp(pension / up, *zip(*points, strict=True)) * up


def tapered(lives, market):
    """A supplement to points that rises and falls with them."""
    whole = straight(TAPER, market.now("wages", lives), each(lives, points(lives, market)))
    return whole * np.minimum(1.0, lives.years / LEAST_YEARS)[:, np.newaxis]


def tapered_years(lives, market):
    """A supplement for each of so many years by the points of a mean year."""
    mean = each(lives, points(lives, market) / lives.years)
    one = straight(TAPER_YEAR, market.now("wages", lives), mean)
    return one * np.minimum(lives.years, TAPER_YEARS)[:, np.newaxis]


def at_least(lives, market, amount, proportion):
    """A pension of all multiples, or a part of the least pension."""
    least = LEAST_HIGH * market.now("wages", lives) * np.clip(proportion, 0.0, 1.0)
    return np.maximum(each(lives, amount), least[:, np.newaxis])


def least_beyond(lives, market):
    """A least pension in proportion to the years beyond a number."""
    proportion = (lives.years - LEAST_FROM) / (LEAST_YEARS - LEAST_FROM)
    return at_least(lives, market, final(lives, market), proportion)


def least_paid(lives, market):
    """A least pension in proportion to paid months."""
    return at_least(lives, market, points(lives, market), PAID_MONTHS * lives.years / LEAST_YEARS)


def both(lives, market):
    """The greater of two formulas and the greater of two others."""
    return either(lives, market) + np.maximum(MORE_OF_BEST * best(lives, market), points(lives, market))


def both_limits(lives, market):
    """The same with limits in one of them."""
    more = np.maximum(MORE_OF_BEST * best(lives, market), points(lives, market))
    return either_limits(lives, market) + each(lives, more)


def drawn_own(lives, market):
    return lives.own["drawn_own"] / market.annuity(lives.age, INTEREST)


def flat(lives, market):
    return FLAT * market.now("prices", lives) * np.minimum(1.0, lives.years / LEAST_YEARS)


def projected(lives):
    """Years of service with four fifths of those up to the age of 60."""
    return lives.years + 0.8 * np.maximum(60 - lives.age, 0)


def invalid_final(lives, market):
    return 0.0175 * projected(lives) * reference(lives, market, 5, "none")


def invalid_points(lives, market):
    return points(lives, market) * projected(lives) / lives.years


def invalid_limits(lives, market):
    rate = 0.0175 * projected(lives)[:, np.newaxis] * reference(lives, market, 5, "wages", capped=True)
    up = market.now("wages", lives)
    least = LEAST * up * np.minimum(1.0, projected(lives) / LEAST_YEARS)
    return np.minimum(np.maximum(rate, least[:, np.newaxis]), MOST * up)


def saved(lives, market):
    return STOCKS["saved"].now(lives, market)


def wrong_final(lives, market):
    """The average of the year before."""
    return final(lives, market) / (1.0 + market.scenario.growth)


def wrong_final_limits(lives, market):
    """The limits do not follow wages."""
    rate = 0.0175 * lives.years[:, np.newaxis]
    amount = rate * reference(lives, market, 5, "wages", capped=True)
    return np.minimum(np.maximum(amount, LEAST * np.minimum(1.0, lives.years / LEAST_YEARS)[:, np.newaxis]), MOST)


def wrong_best(lives, market):
    """The last five years for the best ones."""
    return 0.015 * lives.years * reference(lives, market, 5, "wages")


def wrong_indexed(lives, market):
    """Until a year earlier."""
    return 0.015 * lives.years * mean_earnings(lives, market, 5, "wages", best_of=12, until=UNTIL - 1)


def wrong_indexed_limits(lives, market):
    """Always revalued."""
    return final_limits(lives, market)


def wrong_better(lives, market):
    """The last years alone."""
    return 0.015 * lives.years * reference(lives, market, 3, "wages")


def wrong_better_limits(lives, market):
    """The last years alone."""
    return final_limits(lives, market)


def wrong_graded(lives, market):
    """The bracket of the mean member."""
    earned = reference(lives, market, 5, "wages")
    return np.where(earned > BRACKET * market.now("wages", lives), 0.0125, 0.0175) * lives.years * earned


def wrong_career(lives, market):
    """Revaluation a year late."""
    return 0.02 * Holding(growth="wages", late=1).now(lives, market)


def wrong_points(lives, market):
    """The value of the point of the year before."""
    return points(lives, market) / (1.0 + market.scenario.growth)


def wrong_notional_own(lives, market):
    """Nothing is inherited."""
    return OWN["notional_own"].now(lives, market) / market.annuity(lives.age, 0.016)


def wrong_notional_table(lives, market):
    return Holding(rate=0.16, growth="wages").now(lives, market) / 17.0


def wrong_career_limits(lives, market):
    """Limits on the mean member."""
    up = market.now("wages", lives)
    least = LEAST * up * np.minimum(1.0, lives.years / LEAST_YEARS)
    return np.minimum(np.maximum(career(lives, market), least), MOST * up)


def wrong_funded(lives, market):
    """Interest for the whole year of the award."""
    return funded(lives, market) * (1.0 + INTEREST) ** 0.5


def wrong_funded_own(lives, market):
    """Nothing is inherited."""
    return OWN["saved_own"].now(lives, market) / market.annuity(lives.age, INTEREST)


def wrong_funded_limits(lives, market):
    """The whole minimum for everybody."""
    amount = STOCKS["saved_capped"].now(lives, market) / 8.0
    up = market.now("wages", lives)
    return np.minimum(np.maximum(amount, LEAST * up), MOST * up)


def wrong_pro_rata(lives, market):
    """The new law for all years."""
    return career(lives, market)


def wrong_either(lives, market):
    """The mean of two amounts in the place of the greater one."""
    return (MORE * final(lives, market) + career(lives, market)) / 2.0


def wrong_neither(lives, market):
    """The same in the place of the lesser one."""
    return wrong_either(lives, market)


def wrong_either_limits(lives, market):
    """The amount of the career alone."""
    return career_limits(lives, market)


def wrong_either_part(lives, market):
    """The amount of the two laws alone."""
    return pro_rata(lives, market)


def wrong_granted(lives, market):
    """The reform a year later."""
    before = Holding(of="months", until=REFORM + 1).now(lives, market) / lives.months
    return before * final(lives, market)


def wrong_guarantee(lives, market):
    """The guarantee of the mean member."""
    up = market.now("wages", lives)
    whole = GUARANTEED * up * np.minimum(1.0, lives.years / LEAST_YEARS)
    return np.maximum(whole - 0.5 * points(lives, market), 0.0)


def wrong_tapered(lives, market):
    """The supplement of the mean member."""
    whole = straight(TAPER, market.now("wages", lives), points(lives, market))
    return whole * np.minimum(1.0, lives.years / LEAST_YEARS)


def wrong_tapered_years(lives, market):
    """Supplements for all years."""
    mean = each(lives, points(lives, market) / lives.years)
    return straight(TAPER_YEAR, market.now("wages", lives), mean) * lives.years[:, np.newaxis]


def wrong_least_beyond(lives, market):
    """In proportion to all years."""
    return at_least(lives, market, final(lives, market), lives.years / LEAST_YEARS)


def wrong_least_paid(lives, market):
    """In proportion to all months."""
    return at_least(lives, market, points(lives, market), lives.years / LEAST_YEARS)


def wrong_both(lives, market):
    """One choice between the sums of the first and of the second formulas."""
    one = MORE * final(lives, market) + MORE_OF_BEST * best(lives, market)
    return np.maximum(one, career(lives, market) + points(lives, market))


def wrong_both_limits(lives, market):
    """The same without limits."""
    return both(lives, market)


def wrong_drawn_own(lives, market):
    """Nothing is taken out."""
    return funded_own(lives, market)


def wrong_served(lives, market):
    """The rate of the service at the end for all of it."""
    whole = Holding(growth="interest", interest=True).now(lives, market) / market.annuity(lives.age, INTEREST)
    return whole * np.select([lives.years > 15.0, lives.years > 5.0], [0.20, 0.10], 0.05)


def wrong_flat(lives, market):
    """Prices a year late."""
    return flat(lives, market) / (1.0 + INFLATION)


def wrong_invalid_final(lives, market):
    """No projected service."""
    return final(lives, market)


def wrong_invalid_points(lives, market):
    """No projected service."""
    return points(lives, market)


def wrong_payout(lives, market):
    """Interest for the whole year of death."""
    return saved(lives, market) * (1.0 + INTEREST) ** 0.5


def wrong_widow(lives, market):
    """Reference earnings revalued."""
    return 0.0175 * lives.years * reference(lives, market, 5, "wages")


def late(lives, market):
    """A pension that misses its first adjustment."""
    return final(lives, market) / (1.0 + market.adjustment("old_age", lives.year))


def final_each(lives, market):
    return each(lives, final(lives, market))


def invalid_each(lives, market):
    return each(lives, invalid_final(lives, market))


@dataclass(frozen=True)
class Event:
    """What starts at an event for members with enough months."""

    name: str
    months: int
    formulas: dict[str, Callable]


@dataclass(frozen=True)
class Paid:
    """Pensions in payment: the event that starts them, the formulas followed, and what the dead leave."""

    event: str
    formulas: tuple[str, ...]
    survives_the_year: bool = False
    followed_by: str | None = None
    family: tuple[float, int, float] | None = None  # share married, years younger, share of the pension
    same: dict[str, dict[str, str]] = field(default_factory=dict)  # by pension of the dead: formula for formula
    topped_up: str | None = None


def _named(*functions):
    return {function.__name__: function for function in functions}


RETIREMENT = Event("retirement", 0, _named(
    indexed, indexed_limits, wrong_indexed, wrong_indexed_limits,
    final, final_limits, best, best_varying, better, better_limits, graded, last_worked, career, career_limits, points,
    notional_own, notional_table, funded, funded_own, funded_limits, pro_rata, granted, guarantee, flat, final_each,
    tapered, tapered_years, least_beyond, least_paid, both, both_limits, drawn_own, served, wrong_tapered,
    wrong_tapered_years, wrong_served,
    wrong_least_beyond, wrong_least_paid, wrong_both, wrong_both_limits, wrong_drawn_own,
    either, neither, either_limits, either_part, wrong_either, wrong_neither, wrong_either_limits, wrong_either_part,
    late,
    wrong_final, wrong_final_limits, wrong_best, wrong_better, wrong_better_limits, wrong_graded, wrong_career,
    wrong_career_limits, wrong_points, wrong_notional_own, wrong_notional_table, wrong_funded, wrong_funded_own,
    wrong_funded_limits, wrong_pro_rata, wrong_granted, wrong_guarantee, wrong_flat,
))  # fmt: skip
INVALIDITY = Event("invalidity", 60, _named(
    invalid_final, invalid_points, invalid_limits, invalid_each, wrong_invalid_final, wrong_invalid_points
))  # fmt: skip
DEATH = Event("death", 60, {
    "widow": final, "widow_each": final_each, "payout": saved, "wrong_widow": wrong_widow, "wrong_payout": wrong_payout
})  # fmt: skip
PAYMENT = {
    "widows": Paid(
        "death",
        ("widow", "widow_each"),
        family=(0.7, 3, 0.6),
        same={
            "old_age": {"widow": "final", "widow_each": "final_each"},
            "invalidity": {"widow": "invalid_final", "widow_each": "invalid_each"},
        },
        topped_up="widow_each",
    ),
    "old_age": Paid(
        "retirement",
        ("final", "career_limits", "notional_own", "final_each", "late"),
        survives_the_year=True,
        followed_by="widows",
        topped_up="final_each",
    ),
    "invalidity": Paid(
        "invalidity", ("invalid_final", "invalid_each"), followed_by="widows", topped_up="invalid_each"
    ),
}
