"""Careers of single members in plain numpy: every one keeps the months of every year, and is paid by what they were.

Shares the inputs (`scenario.py`) with the library and nothing else. A member is a row of a table of months by calendar
year and half-year (`History`), is active, inactive, pensioner or gone, and is a fixed multiple of the wage scale. The
law of the members is in `career_formulas.py`, one plain function for every formula, asked at each event with the whole
history.

What makes a few hundred thousand members enough:

* whether an event happens is decided by systematic sampling within a batch, in the order of age and months: cumulated
  probabilities, a random start, and the event where the sum passes a whole number. Everybody has exactly their
  probability, and the number of events of a small group of neighbours is that probability within one person;
* where a benefit is linear in the multiple, the multiple is replaced by its mean, one; where limits act, every member
  stands for `NODES` members with the same months, whose multiples lie in that many equally likely parts of the
  lognormal distribution, at a place of the part that is again systematic over neighbours.

Batches are independent populations, each an estimate of the whole; standard errors are those of their mean.

The law about time: the event of a year is in its middle, months of the year of the event are those of the first half;
who enters works the second half; interest runs day by day; an index counts whole years at each 31 December, and in the
year of an award for the whole of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from tests.reference.career_formulas import (
    DEATH,
    INVALIDITY,
    OWN,
    PAYMENT,
    RETIREMENT,
    STOCKS,
    TAPER_PAID,
    Lives,
    Market,
    straight,
)
from tests.reference.microsim import Comparison

BATCHES = 20
PER_BATCH = 8_000  # members on the valuation date
NODES = 4
COUNTED = 10  # year in which all balances are counted


@dataclass(frozen=True)
class Members:
    """Members of one status, in the order of batch, age and months; `row` is their place in the history."""

    row: np.ndarray
    age: np.ndarray
    months: np.ndarray
    batch: np.ndarray

    def where(self, chosen):
        return Members(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def credited(self, extra):
        return replace(self, months=self.months + extra)

    def older(self, last):
        return replace(self, age=np.minimum(self.age + 1, last))


def together(*several):
    """Members of several lists in order."""
    joined = Members(*(np.concatenate([getattr(m, n) for m in several]) for n in Members.__dataclass_fields__))
    return joined.where(np.argsort((joined.batch * 128 + joined.age) * 1024 + joined.months, kind="stable"))


class History:
    """What members did: half-months by calendar year and row in each half of it, year they last were active, earnings
    that inactive members of the valuation date are given, balances that inherit, by name."""

    def __init__(self, rows, columns):
        self.first = np.zeros((columns, rows), dtype=np.int8)
        self.second = np.zeros((columns, rows), dtype=np.int8)
        self.left = np.zeros(rows, dtype=np.int16)
        self.given = np.full(rows, np.nan)
        self.own = {name: np.zeros(rows) for name in OWN}
        self.used = 0

    def open(self, count):
        """Rows for new members."""
        self.used += count
        return np.arange(self.used - count, self.used)


class Careers:
    """One simulation; `book` holds the results (batch, T, age) by name."""

    def __init__(self, scenario, seed, *, full_year=False):
        self.scenario, self.full_year = scenario, full_year
        self.rng = np.random.Generator(np.random.Philox(seed))
        self.last = len(scenario.q) - 1
        self.market = Market(scenario)
        self.history = History(3 * BATCHES * PER_BATCH, self.market.past + scenario.years)
        self.book = {}
        whole = scenario.active_0.sum() + scenario.inactive_0.sum()
        self.weight = whole / PER_BATCH
        self.year = 0

    def chosen(self, chance, batch):
        """Systematic sampling with the given chances of members in order of their batch."""
        start = np.searchsorted(batch, np.arange(BATCHES + 1))
        reach = np.concatenate([[0.0], np.cumsum(chance)])
        reach = reach[1:] - reach[start[batch]] + self.rng.random(BATCHES)[batch]
        before = np.concatenate([[0.0], reach[:-1]])
        first = start[:-1][start[:-1] < start[1:]]
        before[first] = reach[first] - chance[first]
        return ((np.floor(reach) > np.floor(before)) | (chance >= 1.0)) & (chance > 0.0)

    def whole(self, months, batch):
        """Whole months, the number below or one more."""
        below = np.floor(months + 1e-9)
        return below.astype(np.int64) + self.chosen(np.clip(months - below, 0.0, 1.0), batch)

    def add(self, name, batch, age, weight=None):
        """Count people, or their money, in the year."""
        table = self.book.setdefault(name, np.zeros((BATCHES, self.scenario.years, self.last + 1)))
        if weight is not None and weight.ndim > 1:
            weight = weight.mean(axis=1)
        cells = np.bincount(batch * (self.last + 1) + age, weight, minlength=BATCHES * (self.last + 1))
        table[:, self.year - 1] += self.weight * cells.reshape(BATCHES, -1)

    def lives(self, members, nodes=NODES):
        """Everything about members that a formula may ask."""
        seen = self.market.past + self.year
        quantile = (np.arange(nodes) + self._places(members)[:, np.newaxis]) / nodes
        spread = np.sqrt(np.log1p(self.scenario.wage_cv**2))
        h = self.history
        return Lives(
            self.year,
            members.age,
            members.months,
            h.first[:seen, members.row],
            h.second[:seen, members.row],
            self.market.wages(self.year, members.age),
            h.left[members.row].astype(int),
            h.given[members.row],
            np.exp(spread * ndtri(quantile) - spread**2 / 2),
            {name: held[members.row] for name, held in h.own.items()},
            self.rng,
        )

    def _places(self, members):
        """Places of multiples within their part: a golden-ratio sequence with a random start by batch."""
        return (np.arange(len(members.row)) * 0.6180339887498949 + self.rng.random(BATCHES)[members.batch]) % 1.0

    def run(self):
        active, inactive = self.opening(self.scenario.active_0), self.opening(self.scenario.inactive_0)
        self.history.given[inactive.row] = self.scenario.inactive_earnings_0[inactive.age]
        for members in (active, inactive):
            for name, account in OWN.items():
                self.history.own[name][members.row] = account.balance(self.lives(members), self.market)
        pay = {name: Payment(self, name) for name in PAYMENT}
        for year in range(1, self.scenario.years + 1):
            self.year = year
            for name in PAYMENT:
                pay[name].age_a_year(pay)
            dead_held = {name: np.zeros((BATCHES, self.last + 1)) for name in OWN}
            active, left = self.year_of_active(active, pay, dead_held)
            inactive = self.year_of_inactive(inactive, pay, dead_held)
            inactive = together(inactive, left)
            self.inherit((active, inactive), dead_held)
            active, inactive = self.enter(active, inactive)
            self.close(active, inactive, pay)
        return self.book

    def opening(self, stock):
        """Members of the valuation date, whose months lie without a gap before it."""
        each = round(PER_BATCH * stock.sum() / (self.scenario.active_0.sum() + self.scenario.inactive_0.sum()))
        reach = np.cumsum(stock.ravel()) * (each / stock.sum())
        points = (np.arange(each) + self.rng.random((BATCHES, 1))).ravel()
        cells = np.minimum(np.searchsorted(reach, points, side="right"), stock.size - 1)
        age, months = np.divmod(cells, stock.shape[1])
        row, past = self.history.open(len(age)), self.market.past
        for back in range(past):
            worked = np.clip(months - 12 * back, 0, 12)
            self.history.first[past - 1 - back, row] = self.history.second[past - 1 - back, row] = worked
        return Members(row, age, months, np.repeat(np.arange(BATCHES), each))

    # --- one year ---------------------------------------------------------------------------------------------------

    def work(self, members, extra, first, second):
        """Enter months of the year in the history: `first` and `second` are half-months for each month."""
        column = self.market.past + self.year - 1
        self.history.first[column, members.row] += (first * extra).astype(np.int8)
        self.history.second[column, members.row] += (second * extra).astype(np.int8)

    def grow(self, members, upto):
        """Balances that inherit, of members who work: to mid-year (1/2) or to the end of the year (1)."""
        column = self.market.past + self.year - 1
        wage = self.market.wage(self.year, members.age)
        first, second = self.history.first[column, members.row], self.history.second[column, members.row]
        for name, account in OWN.items():
            held = self.history.own[name][members.row]
            taken = held * account.drawn(members.age)
            if account.taken:
                paid = taken * self.market.grown[account.growth] ** (0.5 if account.interest else 1.0)
                self.add(f"taken of {name}", members.batch, members.age, paid)
            stepped = account.step(self.market, column, held - taken, wage, first, second, upto)
            self.history.own[name][members.row] = stepped

    def rest(self, members):
        """Growth of balances from mid-year to the end of the year."""
        column = self.market.past + self.year - 1
        for name, account in OWN.items():
            self.history.own[name][members.row] *= account.later(self.market, column)

    def leave(self, members, held):
        """Balances of the dead of the year, at its end, by batch and age."""
        column = self.market.past + self.year - 1
        for name, account in OWN.items():
            cells = members.batch * (self.last + 1) + members.age
            left = self.history.own[name][members.row] * account.later(self.market, column)
            held[name] += np.bincount(cells, left, minlength=held[name].size).reshape(held[name].shape)

    def inherit(self, several, held):
        """What the dead left goes to those of their age who remain, in proportion to their own."""
        for name in OWN:
            own, stock = self.history.own[name], 0.0
            for members in several:
                cells = members.batch * (self.last + 1) + members.age
                stock = stock + np.bincount(cells, own[members.row], minlength=held[name].size)
            gain = 1.0 + np.divide(held[name].ravel(), stock, out=np.zeros_like(stock), where=stock > 0)
            for members in several:
                own[members.row] *= gain[members.batch * (self.last + 1) + members.age]

    def year_of_active(self, members, pay, dead_held):
        """Who dies, becomes invalid, leaves, retires or stays. Returns those who stay and those who leave."""
        s, batch = self.scenario, members.batch
        force = -np.log1p(-np.stack([s.q, s.invalidity_rate, s.exit_rate]))
        all_force = force.sum(axis=0)
        gone = self.chosen(-np.expm1(-all_force)[members.age], batch)
        age_before = members.age
        members = members.older(self.last)

        some = members.where(gone)
        share = force[:, age_before[gone]] / all_force[age_before[gone]]
        dies = self.chosen(share[0], some.batch)
        invalid = ~dies & self.chosen(np.where(dies, 0.0, share[1] / (1.0 - share[0])), some.batch)
        some = self._half_year(some)
        self.event(DEATH, some.where(dies), pay)
        self.leave(some.where(dies), dead_held)
        self.event(INVALIDITY, some.where(invalid), pay)
        left = some.where(~dies & ~invalid)
        self.rest(left)
        self.history.left[left.row] = self.year

        asking = members.where(~gone & (members.age >= s.retirement_age))
        months = (12.0 if self.full_year else 6.0) * s.density[asking.age]
        extra = self.whole(months, asking.batch)
        claims = (asking.months + extra >= s.qualifying_months) * s.claim_rate
        claims = self.chosen(claims, asking.batch)
        retired = asking.where(claims)
        self._credit(retired, extra[claims], 2, 0)
        self.grow(retired, 0.5)
        self.event(RETIREMENT, retired.credited(extra[claims]), pay)

        staying = ~gone
        staying[np.flatnonzero(~gone & (members.age >= s.retirement_age))[claims]] = False
        stay = members.where(staying)
        extra = self.whole(12.0 * s.density[stay.age], stay.batch)
        self._credit(stay, extra, 1, 1)
        self.grow(stay, 1.0)
        return stay.credited(extra), left

    def _half_year(self, members):
        """The months of those who leave in mid-year."""
        months = (12.0 if self.full_year else 6.0) * self.scenario.density[members.age]
        extra = self.whole(months, members.batch)
        self._credit(members, extra, 2, 0)
        self.grow(members, 0.5)
        return members.credited(extra)

    def _credit(self, members, extra, first, second):
        self.work(members, extra, first, second)
        self.history.left[members.row] = self.year
        self.history.given[members.row] = np.nan

    def year_of_inactive(self, members, pay, dead_held):
        """Deaths and claims of those who were inactive at the start of the year."""
        s = self.scenario
        dies = self.chosen(s.q[members.age], members.batch)
        members = members.older(self.last)
        self.grow(members, 0.5)
        self.event(DEATH, members.where(dies), pay)
        self.leave(members.where(dies), dead_held)
        entitled = ~dies & (members.age >= s.retirement_age) & (members.months >= s.qualifying_months)
        claims = self.chosen(entitled * s.claim_rate, members.batch)
        self.event(RETIREMENT, members.where(claims), pay)
        remain = members.where(~dies & ~claims)
        self.rest(remain)
        return remain

    def event(self, event, members, pay):
        """Members meet the formulas of an event; those who start a pension are paid from then on."""
        entitled = members.months >= event.months
        members = members.where(entitled)
        self.add(f"{event.name}_number", members.batch, members.age)
        if not len(members.row):
            return
        lives = self.lives(members)
        found = {name: formula(lives, self.market) for name, formula in event.formulas.items()}
        for name, amount in found.items():
            self.add(name, members.batch, members.age, amount)
        for name in PAYMENT:
            pay[name].begin(event, members, found, pay)

    def enter(self, active, inactive):
        """New and returning members make up for those who are missing; they work the second half of the year."""
        s = self.scenario
        there = np.bincount(active.batch, minlength=BATCHES)
        need = s.target[self.year - 1] / self.weight - there
        if need.min() < 0:
            raise ValueError(f"year {self.year}: more members stay than are wanted")
        wanted = need[:, np.newaxis] * s.entry_profile
        back, size = wanted * s.reentry_share, BATCHES * (self.last + 1)
        stock = np.bincount(inactive.batch * (self.last + 1) + inactive.age, minlength=size).reshape(back.shape)
        if np.any(back > stock):
            raise ValueError(f"year {self.year}: fewer inactive members than return")
        rate = np.divide(back, stock, out=np.zeros_like(back), where=stock > 0)
        returns = self.chosen(rate[inactive.batch, inactive.age], inactive.batch)
        comers = inactive.where(returns)
        fresh = np.floor(np.cumsum(wanted - back, axis=1) + self.rng.random((BATCHES, 1)))
        fresh = np.diff(fresh, axis=1, prepend=0).astype(np.int64)
        batch, age = np.divmod(np.repeat(np.arange(size), fresh.ravel()), self.last + 1)
        new = Members(self.history.open(len(age)), age, np.zeros_like(age), batch)
        comers = together(comers, new)
        extra = self.whole(6.0 * s.density[comers.age], comers.batch)
        column = self.market.past + self.year - 1
        before = self.history.first[column, comers.row].copy()
        self._credit(comers, extra, 0, 2)
        wage, none = self.market.wage(self.year, comers.age), np.zeros_like(before)
        for name, account in OWN.items():
            second = self.history.second[column, comers.row]
            credit = account.step(self.market, column, np.zeros(len(second)), wage, none, second, 1.0)
            self.history.own[name][comers.row] += credit
        return together(active, comers.credited(extra)), inactive.where(~returns)

    def close(self, active, inactive, pay):
        """Stocks of 31 December."""
        self.add("active", active.batch, active.age)
        self.add("inactive", inactive.batch, inactive.age)
        for name in PAYMENT:
            pay[name].close()
        if self.year != COUNTED:
            return
        members = together(active, inactive)
        lives = self.lives(members, nodes=1)
        for name, account in STOCKS.items():
            self.add(f"balance of {name}", members.batch, members.age, account.balance(lives, self.market))
        for name in OWN:
            self.add(f"balance of {name}", members.batch, members.age, lives.own[name])


class Payment:
    """Pensions in payment of one kind: every pensioner with the amounts that the formulas gave, adjusted every year."""

    def __init__(self, careers, name):
        self.careers, self.name, self.rule = careers, name, PAYMENT[name]
        self.age = self.batch = np.zeros(0, dtype=np.int64)
        self.amount = dict.fromkeys(self.rule.formulas)

    def begin(self, event, members, found, pay):
        """Members who start at an event: the pensioners themselves, or the widows of the dead."""
        if event.name != self.rule.event:
            return
        amount = {formula: found[formula] for formula in self.rule.formulas}
        self.start(members.batch, members.age, amount, pay)

    def start(self, batch, age, amount, pay):
        """Who starts in the middle of a year may die in it; retirement is of those who survive it."""
        careers = self.careers
        if self.rule.family is not None:
            married, apart, share = self.rule.family
            left = careers.chosen(np.full(len(batch), married), batch)
            batch, age = batch[left], np.maximum(age[left] - apart, 15)
            amount = {name: share * value[left] for name, value in amount.items()}
        for name, value in amount.items():
            careers.add(f"new {self.name}: {name}", batch, age, value)
        careers.add(f"new {self.name}", batch, age)
        if self.rule.survives_the_year:
            self.keep(batch, age, amount)
            return
        dies = careers.chosen(0.5 * careers.scenario.q[np.maximum(age - 1, 0)], batch)
        self.followed(batch[dies], age[dies], {n: v[dies] for n, v in amount.items()}, pay)
        self.keep(batch[~dies], age[~dies], {n: v[~dies] for n, v in amount.items()})

    def keep(self, batch, age, amount):
        """Add pensioners and put all in the order of batch and age."""
        batch, age = np.concatenate([self.batch, batch]), np.concatenate([self.age, age])
        order = np.argsort(batch * 128 + age, kind="stable")
        self.batch, self.age = batch[order], age[order]
        for name, value in amount.items():
            held = value if self.amount[name] is None else np.concatenate([self.amount[name], value])
            self.amount[name] = held[order]

    def followed(self, batch, age, amount, pay):
        """The dead leave widows, with a share of the pension of the year."""
        heir = self.rule.followed_by
        if heir is not None:
            same = PAYMENT[heir].same[self.name]
            pay[heir].start(batch, age, {own: amount[of] for own, of in same.items()}, pay)

    def age_a_year(self, pay):
        """Deaths and the adjustment of the year."""
        careers = self.careers
        if not len(self.age):
            return
        dies = careers.chosen(careers.scenario.q[self.age], self.batch)
        self.age = np.minimum(self.age + 1, careers.last)
        up = 1.0 + careers.market.adjustment(self.name, careers.year)
        adjusted = {name: value * up for name, value in self.amount.items()}
        batch, age = self.batch, self.age
        self.batch, self.age = batch[~dies], age[~dies]
        self.amount = {name: value[~dies] for name, value in adjusted.items()}
        self.followed(batch[dies], age[dies], {name: value[dies] for name, value in adjusted.items()}, pay)

    def close(self):
        """Stocks of 31 December, and what is missing to a minimum in payment."""
        careers = self.careers
        careers.add(self.name, self.batch, self.age)
        for name, value in self.amount.items():
            if value is None:
                continue
            careers.add(f"{self.name}: {name}", self.batch, self.age, value)
            if name == self.rule.topped_up:
                up = careers.market.level["wages"][careers.market.past - 1 + careers.year]
                careers.add(f"supplement of {name}", self.batch, self.age, straight(TAPER_PAID, up, value))
                lacks = np.maximum(careers.market.least_in_payment(careers.year) - value, 0.0)
                careers.add(f"top-up of {name}", self.batch, self.age, lacks)


@lru_cache(maxsize=8)
def careers(scenario, seed, full_year=False):
    """Results of a simulation, remembered for the tests of a session. Do not write into them."""
    return Careers(scenario, seed, full_year=full_year).run()


def pooled(books):
    """Batches of several simulations together."""
    return {name: np.concatenate([book[name] for book in books]) for name in books[0]}


def compared(name, simulated, expected, cells, bottom=None):
    """Total over cells (T, age), or its ratio to that of another table: the mean of the batches and its error.

    `bottom` is (simulated, expected) of the denominator.
    """
    above = simulated[:, cells].sum(axis=1)
    batches = len(above)
    value, truth, deviation = above.mean(), expected[cells].sum(), above - above.mean()
    if bottom is not None:
        below = bottom[0][:, cells].sum(axis=1)
        value, truth = above.mean() / below.mean(), truth / bottom[1][cells].sum()
        deviation = (above - value * below) / below.mean()
    error = np.sqrt((deviation**2).sum() / (batches - 1) / batches)
    return Comparison(name, float(value), float(truth), float(error), float((value - truth) / error) if error else 0.0)
