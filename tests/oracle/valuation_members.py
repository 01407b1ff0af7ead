"""The insured of the second computation of a valuation, and the claims that leave them.

Loops run over years, groups, sexes and ages; along past credit there are plain vectors. All decrements fall at
mid-year: those who leave in a year are credited with half of it, and meet the law with that credit at the age reached
on 31 December. The inactive keep their mean reference earnings, the means of the limits between which these count, and
of earnings times earnings and times limits.
"""

import math

import numpy as np

from tests.oracle.valuation_law import Law
from tests.oracle.valuation_people import FEMALE, MALE, stays_alive


def forces(*rates):
    """Dependent probabilities of decrements from independent ones by constant forces, and of none."""
    certain = [1.0 if q >= 1.0 else 0.0 for q in rates]
    if any(certain):
        return [one / sum(certain) for one in certain], 0.0
    mu = [-math.log1p(-q) for q in rates]
    total = sum(mu)
    return [m / total * -math.expm1(-total) if total > 0.0 else 0.0 for m in mu], math.exp(-total)


def moved(cells, credit):
    """People by credit, moved up by a number of cells; a part of a cell is split between two."""
    whole = math.floor(credit)
    part, room = credit - whole, len(cells) - whole - 1
    assert not cells[room:].any()
    new = np.zeros(len(cells))
    new[whole : whole + room] += cells[:room] * (1.0 - part)
    new[whole + 1 : whole + 1 + room] += cells[:room] * part
    return new


def opening(numbers, name, step, cells):
    """Opening stock (g, s, x, c) on a grid of `step` months, persons and credits conserved."""
    given, months = numbers.get(name, "group", "sex", "age", "service"), numbers.basis["service"].values
    stock = np.zeros((*given.shape[:3], cells))
    for place in zip(*np.nonzero(given), strict=True):
        credit = months[place[3]] / step
        whole = math.floor(credit)
        stock[(*place[:3], whole)] += given[place] * (1.0 - (credit - whole))
        stock[(*place[:3], whole + 1)] += given[place] * (credit - whole)
    return stock


def with_products(mean, floor, ceiling):
    """Earnings and limits, then earnings times each of them."""
    return [mean, floor, ceiling, mean * mean, mean * floor, mean * ceiling]


POWERS = np.array([1, 1, 1, 2, 2, 2])
EVENTS = {"old_age": "retirement", "old_age_grant": "retirement", "refund": "retirement", "invalidity": "invalidity"}


class Members:
    """Active and inactive insured of all groups and sexes, and the claims that leave them."""

    def __init__(self, numbers, scheme, economy, step=12, variant=""):
        self.numbers, self.scheme, self.economy, self.step, self.variant = numbers, scheme, economy, step, variant
        self.law, self.cells = Law(economy, scheme), 12 * 90 // step
        self.n = np.arange(self.cells) * step / 12.0
        self.known = {}  # answers of the law in a year
        self.active = opening(numbers, "active_0", step, self.cells)
        self.inactive = opening(numbers, "inactive_0", step, self.cells)
        self.references = self._references()
        exit_earnings = numbers.get("inactive_earnings_0", "group", "sex", "age")
        self.payload = {}
        for rule in self.references:
            limits = np.array([economy.reference_limits(economy.base, g, rule) for g in range(numbers.size["group"])])
            each = with_products(exit_earnings[..., None], *(limits[:, i, None, None, None] for i in (0, 1)))
            self.payload[rule] = np.stack([self.inactive * one for one in each])
        ratio = numbers.get("mortality_ratio_insured", "year", "group", "sex", "age", default=1.0)
        self.stay = np.stack([stays_alive(numbers, ratio[:, g]) for g in range(numbers.size["group"])], axis=1)
        shape = (len(numbers.years), 2, numbers.size["age"])
        kinds = ("number", "amount", "topup")
        self.claims = {name: {what: np.zeros(shape) for what in kinds} for name in scheme["benefits"]}
        self.flows = {}

    def _references(self):
        found = set()
        for name in self.scheme["benefits"]:
            found |= {part[0] for part in self.law.parts(name, self.numbers.years[0], 0, 40, self.n[:2])}
        return sorted(found - {None})

    def rate(self, name, default=None):
        """A rate on (year, group, sex, age)."""
        return self.numbers.get(name, "year", "group", "sex", "age", default=default)

    def note(self, name, t, g, s, y, value):
        """Add to a flow or stock (t, g, s, y)."""
        if name not in self.flows:
            self.flows[name] = np.zeros((len(self.numbers.years), *self.active.shape[:3]))
        self.flows[name][t, g, s, y] += value

    def event_of(self, name):
        """Event of an insured person at which a benefit starts."""
        rule = self.scheme["benefits"][name]
        return rule.get("on", EVENTS.get(rule["form"], "death"))

    def meet(self, event, people, earnings, t, g, s, y):
        """People (c,) with reference earnings and their limits meet the law; returns the share who start something."""
        year, used = self.numbers.years[t], np.flatnonzero(people)
        total = np.zeros(len(people))
        if not len(used):
            return total
        cv = self.numbers.get("earnings_cv", "group", "sex", "age")[g, s, y]
        for name in self.scheme["benefits"]:
            if self.event_of(name) != event:
                continue
            share = self.claim(name, year, g, y)[used]
            total[used] += share
            who = used[share > 0.0]
            if not len(who):
                continue
            number, found = people[who] * share[share > 0.0], self.claims[name]
            found["number"][t, s, y] += number.sum()
            for reference, rate, *rest in self.parts(name, year, g, y):
                mean = earnings[reference][:, who] if reference else None
                amount, without = self.law.expected((reference, rate[who], *rest), mean, cv)
                found["amount"][t, s, y] += (number * amount).sum()
                found["topup"][t, s, y] += (number * (amount - without)).sum()
        return total

    def of_cells(self, answer, n):
        """An answer by service for the members of cells: of years of credit the mean over those around the year."""
        if self.step == 1:
            return answer(n)
        eighths = (-7, -5, -3, -1, 1, 3, 5, 7)
        asked = np.concatenate([n, *(np.maximum(n + u / 8.0, 0.0) for u in eighths)])
        here, *near = np.split(answer(asked), 1 + len(eighths), axis=-1)
        found = sum((8 - abs(u)) * one for u, one in zip(eighths, near, strict=True)) / 32.0
        return np.where(n > 0.0, found, here)

    def claim(self, name, year, g, y):
        """Share of the members of every cell who start a benefit; both sexes, active and inactive, are asked it."""
        key = ("claim", name, year, g, y)
        if key not in self.known:
            self.known[key] = self.of_cells(lambda n: self.law.claim(name, year, g, y, n), self.n)
        return self.known[key]

    def parts(self, name, year, g, y):
        """Amounts whose rates are those of the members of every cell."""
        key = ("parts", name, year, g, y)
        if key not in self.known:
            rates = self.of_cells(lambda n: np.array([part[1] for part in self.law.parts(name, year, g, y, n)]), self.n)
            found = zip(self.law.parts(name, year, g, y, self.n), rates, strict=True)
            self.known[key] = [(part[0], rate, *part[2:]) for part, rate in found]
        return self.known[key]

    def project(self, employed):
        """All years; employed (t, s)."""
        coverage = self.numbers.get("coverage", "year", "group", "sex")
        for t in range(len(self.numbers.years)):
            self.known.clear()
            old = self.active, self.inactive, self.payload
            self.active, self.inactive = np.zeros(old[0].shape), np.zeros(old[1].shape)
            self.payload = {rule: np.zeros((6, *old[1].shape)) for rule in self.references}
            for g in range(old[0].shape[0]):
                for s in (MALE, FEMALE):
                    self._leave_inactive(t, g, s, old)
                    stayers = self._leave_active(t, g, s, old)
                    self._enter(t, g, s, stayers, coverage[t, g, s] * employed[t, s])
            for g, s, y in np.ndindex(self.active.shape[:3]):
                self.note("active", t, g, s, y, self.active[g, s, y].sum())
                self.note("inactive", t, g, s, y, self.inactive[g, s, y].sum())
                self.note("active_credits", t, g, s, y, (self.active[g, s, y] * self.n).sum() * 12.0)
                self.note("inactive_credits", t, g, s, y, (self.inactive[g, s, y] * self.n).sum() * 12.0)

    def _leave_inactive(self, t, g, s, old):
        year, last = self.numbers.years[t], self.active.shape[2] - 1
        for x in range(last + 1):
            people, y = old[1][g, s, x], min(x + 1, last)
            if not people.any():
                continue
            mass, mean = {}, {}
            for rule in self.references:
                index = self.economy.level(rule[1], year) / self.economy.level(rule[1], year - 1)
                mass[rule] = old[2][rule][:, g, s, x] * index ** POWERS[:, None]
                mean[rule] = np.divide(mass[rule], people, out=np.zeros((6, len(people))), where=people > 0.0)
            p = self.stay[t, g, s, x]
            self.note("deaths_inactive", t, g, s, y, people.sum() * (1.0 - p))
            self.meet("death", people * (1.0 - p), mean, t, g, s, y)
            gone = self.meet("retirement", people * p, mean, t, g, s, y)
            self.note("retirements_inactive", t, g, s, y, (people * p * gone).sum())
            self.inactive[g, s, y] += people * p * (1.0 - gone)
            for rule in self.references:
                self.payload[rule][:, g, s, y] += mass[rule] * p * (1.0 - gone)

    def _leave_active(self, t, g, s, old):
        """Decrements and retirement; returns those who stay (x, c), at the credit that they had at the start."""
        last, stayers = self.active.shape[2] - 1, np.zeros(old[0].shape[2:])
        for x in range(last + 1):
            people, y = old[0][g, s, x], min(x + 1, last)
            if not people.any():
                continue
            density = self.rate("density")[t, g, s, y]
            disabled, leave = (self.rate(name)[t, g, s, x] for name in ("invalidity_rate", "exit_rate"))
            (died, invalid, left), none = forces(1.0 - self.stay[t, g, s, x], disabled, leave)
            part = (12.0 if self.variant == "end_of_year" else 6.0) * density / self.step
            half, mean = moved(people, part), self._earnings(t, g, s, y)
            self.meet("death", half * died, mean, t, g, s, y)
            self.meet("invalidity", half * invalid, mean, t, g, s, y)
            gone = self.meet("retirement", half * none, mean, t, g, s, y)
            retired = self._at_start(gone, part)
            self._drop(g, s, y, half * left, mean)
            stayers[x] = people * none * (1.0 - retired)
            for name, count in (("deaths_active", died), ("new_invalids", invalid), ("exits", left)):
                self.note(name, t, g, s, y, people.sum() * count)
            self.note("retirements_active", t, g, s, y, (people * none * retired).sum())
            months = 12.0 * stayers[x] + 6.0 * (people - stayers[x])
            self.note("contribution_months_stayers", t, g, s, y, (density * months).sum())
        return stayers

    def _at_start(self, gone, part):
        """Share who retire of those of each credit at the start, whose mid-year credit is split between two cells."""
        whole = math.floor(part)
        later = np.concatenate([gone, np.zeros(whole + 2)])
        upper, count = part - whole, len(gone)
        return later[whole : whole + count] * (1.0 - upper) + later[whole + 1 : whole + 1 + count] * upper

    def _earnings(self, t, g, s, y):
        """Mean reference earnings, limits and products (6, c) of the active of an age, the same for every credit."""
        year, one, found = self.numbers.years[t], np.ones(self.cells), {}
        for rule in self.references:
            mean = self.economy.reference(year, g, s, y, rule)
            found[rule] = np.outer(with_products(mean, *self.economy.reference_limits(year, g, rule)), one)
        return found

    def _drop(self, g, s, y, people, mean):
        """Active members become inactive and keep their reference earnings, with the limits of the years that count."""
        self.inactive[g, s, y] += people
        for rule in self.references:
            self.payload[rule][:, g, s, y] += people * mean[rule]

    def _enter(self, t, g, s, stayers, target):
        """Stayers age and accrue a year, less those for whom there is no room; entries fill up to the target."""
        last, total = self.active.shape[2] - 1, stayers.sum()
        surplus = max(0.0, 1.0 - target / total) if total > 0.0 else 0.0
        for x in range(last + 1):
            y, people = min(x + 1, last), stayers[x]
            if not people.any():
                continue
            year = 12.0 * self.rate("density")[t, g, s, y] / self.step
            self.active[g, s, y] += moved(people * (1.0 - surplus), year)
            self._drop(g, s, y, moved(people * surplus, year / 2.0), self._earnings(t, g, s, y))
            self.note("exits", t, g, s, y, people.sum() * surplus)
            lost = 6.0 * self.rate("density")[t, g, s, y] * people.sum() * surplus
            self.note("contribution_months_stayers", t, g, s, y, -lost)
        wanted = max(0.0, target - total)
        for y in range(last + 1):
            entries = wanted * self.rate("entry_profile")[t, g, s, y]
            if entries == 0.0:
                continue
            stock, density = self.inactive[g, s, y].sum(), self.rate("density")[t, g, s, y]
            back = min(entries * self.rate("reentry_share")[t, g, s, y], stock)
            share = back / stock if stock > 0.0 else 0.0
            came = self.inactive[g, s, y] * share
            came[0] += entries - back
            self.active[g, s, y] += moved(came, 6.0 * density / self.step)
            self.inactive[g, s, y] *= 1.0 - share
            for rule in self.references:
                self.payload[rule][:, g, s, y] *= 1.0 - share
            self.note("new_entrants", t, g, s, y, entries - back)
            self.note("reentrants", t, g, s, y, back)
            self.note("contribution_months_entrants", t, g, s, y, 6.0 * density * entries)
