"""The insured of one group and sex person by person and cell by cell: dictionaries and plain loops, no arrays to roll.

Persons are kept by origin ("present" on the valuation date, or "future" entrants), age and cell of credit, so that one
run answers for all tranches. Amounts are means by quadrature over the lognormal distribution.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from math import erfc, exp, expm1, floor, inf, log, log1p, pi, sqrt

import numpy as np

ORIGINS = ("present", "future")
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)


@dataclass(eq=False, repr=False)
class Part:
    """A multiple of rate (t, y, c) x scale (t, y) between limits (t, y); base: place of the earnings or None."""

    rate: np.ndarray
    scale: np.ndarray
    least: np.ndarray
    most: np.ndarray
    base: int | None
    capped: int  # 1: within the limits of the base, 2: and above what of it does not count
    multiple: float = 1.0
    shares: np.ndarray | None = None  # (c,) of the least amount
    most_shares: np.ndarray | None = None  # (c,) of the greatest amount
    kind: int = 0  # 1: what exceeds the offset, 2: what is missing to it
    offset: np.ndarray | None = None  # (t, y)
    offset_shares: np.ndarray | None = None  # (c,)
    part: int | None = None  # base of the months that the amount is due for
    rest: bool = False


@dataclass(eq=False, repr=False)
class Claim:
    """Share (t, y, c) of those at an event who start a benefit, and its amounts."""

    event: int  # 0 retirement, 1 invalidity, 2 death, 3 exit
    share: np.ndarray
    parts: list[Part]
    leaves: bool = True
    idle: np.ndarray | None = None  # share of the inactive, where it is another one


@dataclass(eq=False, repr=False)
class Held:
    """An account: credits (t, y) by mass "full", "floor", "ceiling", "insured", "below", growth factors (t, x), opening
    balances per head (x, c) by mass."""

    credits: dict[str, np.ndarray]
    grown: np.ndarray
    inherited: np.ndarray
    interest: bool
    own: bool
    opening: dict[str, np.ndarray]


@dataclass(eq=False, repr=False)
class Case:
    """Inputs: stocks (x, c), rates (t, x), earnings (t, y, k), their limits and revaluation (t, k), the law."""

    step: int
    active_0: np.ndarray
    inactive_0: np.ndarray
    earnings_0: np.ndarray
    floor_0: np.ndarray
    ceiling_0: np.ndarray
    rates: dict[str, np.ndarray]
    concept: str
    target: np.ndarray
    reference: np.ndarray
    floor: np.ndarray
    ceiling: np.ndarray
    growth: np.ndarray
    claims: list[Claim]
    label: str = "by hand"
    accounts: tuple[Held, ...] = ()
    admitted: float = 1.0  # share of the new entrants who are let in, and of the re-entrants
    readmitted: float = 1.0
    recovery: dict | None = None  # claim: place in claims; stays, alive (t, x), converts (t, y); opening (x, c)
    apart: tuple[int, ...] = ()  # bases of which the spread of earnings among the inactive of a cell counts
    taps: tuple[np.ndarray, np.ndarray] | None = None  # chances (t, y, cells) of credits of a year and of half of it

    def __repr__(self):
        return f"<{self.label}>"

    def _repr_pretty_(self, printer, cycle):
        printer.text(repr(self))


@lru_cache(maxsize=100_000)
def mean_amount(rate, mean, cv, low, high, least, most, kind=0, offset=0.0, away=0.0):
    """E[clip(rate (clip(X, low, high) - away), least, most)] of a lognormal X: Gauss-Legendre quadrature between kinks.

    Kind 1: of what exceeds the offset; kind 2: of what is missing to it.
    """

    def pay(x):
        between = np.minimum(np.maximum(rate * (np.minimum(np.maximum(x, low), high) - away), least), most)
        return (between, np.maximum(between - offset, 0.0), np.maximum(offset - between, 0.0))[kind]

    if mean <= 0 or cv <= 0:
        return float(pay(mean))
    sigma = sqrt(log1p(cv * cv))
    kinks = [low, high] + ([limit / rate + away for limit in (least, most, offset)] if rate > 0 else [])
    points = {(log(k / mean) + sigma * sigma / 2) / sigma for k in kinks if 0 < k < inf}
    edges = np.array(sorted({p for p in points if -14 < p < 14} | set(range(-14, 15, 2))))[:, None]
    half = np.diff(edges, axis=0) / 2
    z = edges[:-1] + half + half * NODES
    density = np.exp(-z * z / 2) / sqrt(2 * pi)
    return float((half * WEIGHTS * density * pay(mean * np.exp(sigma * z - sigma * sigma / 2))).sum())


def below(rate, mean, cv, low, high, least, away=0.0):
    """P(rate (clip(X, low, high) - away) < least) of a lognormal X."""
    least += rate * away
    if rate * low >= least or rate * high < least:
        return float(rate * high < least)
    if mean <= 0 or cv <= 0 or rate <= 0:
        return float(rate * mean < least)
    sigma = sqrt(log1p(cv * cv))
    return 0.5 * erfc(-(log(least / rate / mean) / sigma + sigma / 2) / sqrt(2))


def two_members(mean, low, high, square, by_low, by_high):
    """Weights, earnings, floors and ceilings of two members: mean and variance of their earnings are given, the
    skewness is the coefficient of variation; limits are those of the regression on earnings."""
    variance = square - mean**2
    if mean <= 0 or variance <= 1e-13 * mean**2:
        return [(1.0, mean, low, high)]
    v = variance / mean**2
    upper, lower = (mean * (1.0 + (v + sign * sqrt(v * v + 4.0 * v)) / 2.0) for sign in (1, -1))
    weights = (mean - lower) / (upper - lower), (upper - mean) / (upper - lower)
    steep = (by_low - mean * low) / variance, (by_high - mean * high) / variance
    found = []
    for weight, earned in zip(weights, (upper, lower), strict=True):
        least = max(0.0, low + steep[0] * (earned - mean))
        found.append((weight, earned, least, max(least, high + steep[1] * (earned - mean))))
    return found


def left_with(earnings, floor, ceiling):
    """Earnings, floors and ceilings per head by base, then earnings times each of them."""
    return np.stack([earnings, floor, ceiling, earnings**2, earnings * floor, earnings * ceiling])


class Run:
    """One projection; the results are in `flows[origin][name]` (t, y), `claims[origin][name]` (t, j, y), `cells[t]`."""

    origins = ORIGINS

    def __init__(self, case, alone=True):
        self.case = case
        self.years, self.ages = case.rates["density"].shape
        self.last = self.ages - 1
        by_age, by_claim = (self.years, self.ages), (self.years, len(case.claims), self.ages)
        self.flows = {o: defaultdict(lambda: np.zeros(by_age)) for o in self.origins}
        self.claims = {o: defaultdict(lambda: np.zeros(by_claim)) for o in self.origins}
        self.rho, self.kappa = np.zeros((self.years, self.ages)), np.zeros((self.years, self.ages))
        self.shortfall, self.refused = np.zeros((self.years, self.ages)), np.zeros((self.years, self.ages))
        self.cells = []
        self.active, self.inactive, self.earned = {}, {}, {}
        for x, c in np.argwhere(case.active_0).tolist():
            self.active[self.origin(c), x, c] = case.active_0[x, c]
        for x, c in np.argwhere(case.inactive_0).tolist():
            n = self.inactive[self.origin(c), x, c] = case.inactive_0[x, c]
            self.earned[x, c] = n * left_with(case.earnings_0[x], case.floor_0, case.ceiling_0)
        self.masses = [(a, word) for a, held in enumerate(case.accounts) for word in held.credits]
        shape = (self.years, len(self.masses), self.ages)
        self.book = {word: np.zeros(shape) for word in ("balance", "released", "inherited", "restored")}
        self.held = {"active": {}, "inactive": {}}
        self.invalid = {}  # (x, c): persons by origin, earnings, balances
        for x, c in np.argwhere(case.recovery["opening"] if case.recovery else np.zeros((0, 0))).tolist():
            n = case.recovery["opening"][x, c]
            per_head = np.array([case.accounts[a].opening[word][x, c] for a, word in self.masses])
            earnings = left_with(case.earnings_0[x], case.floor_0, case.ceiling_0)
            self.invalid[x, c] = ({self.origin(c): n}, n * earnings, n * per_head)
        for name, stock in (("active", case.active_0), ("inactive", case.inactive_0)):
            for x, c in np.argwhere(stock).tolist():
                per_head = [case.accounts[a].opening[word][x, c] for a, word in self.masses]
                self.held[name][x, c] = stock[x, c] * np.array(per_head)
        self.sent = np.zeros(self.years)  # persons whom other groups refused
        self.once = {}  # what was answered before for the same year, age and cell
        for t in range(self.years if alone else 0):
            self.year(t)

    def factors(self, t, x, y):
        """Growth of balances to mid-year, to 31 December and in between; credits of stayers, leavers, entrants."""
        if ("factors", t, x, y) in self.once:
            return self.once["factors", t, x, y]
        found = []
        for a, word in self.masses:
            held = self.case.accounts[a]
            g, h, k = held.grown[t, x], held.inherited[t, x], held.credits[word][t, y]
            if held.interest:
                found.append((g**0.5, g * h, g**0.5 * h, k * g**0.5 * h, k * g**0.25, k * g**0.25))
            else:
                found.append((g, g * h, h, k * h, k, k))
        factors = self.once["factors", t, x, y] = np.array(found).reshape(-1, 6).T
        return factors

    def of_the_year(self, t, y):
        """What `left_with` gives of the earnings and limits of a year."""
        if ("earnings", t, y) not in self.once:
            case = self.case
            self.once["earnings", t, y] = left_with(case.reference[t, y], case.floor[t], case.ceiling[t])
        return self.once["earnings", t, y]

    def halfway(self, t, people, held):
        """People and balances of each age at the start and cell at mid-year, with half a year of credits."""
        mixed = defaultdict(lambda: np.zeros(1 + len(self.masses)))
        for (x, c), n in people.items():
            y = min(x + 1, self.last)
            half, _, _, _, leave, _ = self.factors(t, x, y)
            mass = held.get((x, c), 0.0) * half + n * 0.5 * self.case.rates["density"][t, y] * leave
            for cell, w in self.spread(y, c, t, 0.5):
                mixed[x, cell] += w * np.array([n, *mass])
        self.known = {}
        self.room = {x: self.filled([(c, *m) for (a, c), m in mixed.items() if a == x]) for x, _ in list(mixed)}
        return {place: (mass[1:] / mass[0] if mass[0] else mass[1:]) for place, mass in mixed.items()}

    def bases(self, t, x, cell, heads):
        """Bases of the claims of the active aged x who reach a cell, with balances per head of the last `halfway`."""
        if (x, cell) not in self.known:
            earnings = self.of_the_year(t, min(x + 1, self.last))
            self.known[x, cell] = self.with_accounts(*earnings, heads[x, cell], self.room[x])
        return self.known[x, cell]

    def filled(self, cells):
        """What of the months below service the months above it fill, by account, of cells (c, people, *balances)."""
        found = {}
        for a in range(len(self.case.accounts)):
            q = next(q for q, (b, word) in enumerate(self.masses) if b == a and word == "full")
            over = [mass[q] - people * c * self.case.step for c, people, *mass in cells if mass[q] > 0]
            above, below = sum(v for v in over if v > 0), -sum(v for v in over if v < 0)
            found[a] = min(1.0, above / below) if below > 0 else 0.0
        return found

    def revalued(self, mass, t):
        """Earnings, limits and products of them a year later."""
        return mass * (1 + self.case.growth[t]) ** np.array([1, 1, 1, 2, 2, 2])[:, np.newaxis]

    def with_accounts(self, means, lows, highs, squares, by_lows, by_highs, heads, room):
        """Means, floors, ceilings, exact means and what does not count of references and then of accounts; how full the
        latter's room is; two members for each base."""
        columns = zip(means, lows, highs, squares, by_lows, by_highs, strict=True)
        members = [two_members(*one) if k in self.case.apart else [(1.0, *one[:3])] for k, one in enumerate(columns)]
        filled = [0.0] * len(means) + [room[a] for a in range(len(self.case.accounts))]
        exact, uncounted = [None] * len(means), [0.0] * len(means)
        means, lows, highs = list(means), list(lows), list(highs)
        for a in range(len(self.case.accounts)):
            of = {word: heads[q] for q, (b, word) in enumerate(self.masses) if b == a}
            means.append(of["full"])
            lows.append(of.get("floor", 0.0))
            highs.append(of.get("ceiling", inf))
            exact.append(of.get("insured"))
            uncounted.append(of.get("below", 0.0))
            members.append([(1.0, means[-1], lows[-1], highs[-1])])
        return means, lows, highs, exact, filled, members, uncounted

    def origin(self, c):
        """Origin of the members with credit c on the valuation date."""
        return "present"

    def recorded(self, origin, c):
        """Part of a claim with credit c that is recorded."""
        return 1.0

    def spread(self, y, c, t, share):
        """Cells and weights of a credit of `share` of the year after c."""
        if self.case.taps is not None:
            return [(c + j, w) for j, w in enumerate(self.case.taps[share == 0.5][t, y].tolist()) if w]
        months = c * self.case.step + share * 12 * self.case.rates["density"][t, y]
        cell = floor(months / self.case.step + 1e-12)
        over = months / self.case.step - cell
        return [(cell, 1 - over)] + ([(cell + 1, over)] if over > 1e-12 else [])

    def share(self, claim, t, y, c, idle):
        return (claim.share if claim.idle is None or not idle else claim.idle)[t, y, c]

    def retires(self, t, y, c, idle=False):
        return sum(self.share(k, t, y, c, idle) for k in self.case.claims if k.event == 0 and k.leaves)

    def amount(self, part, t, y, c, bases):
        """Amount per head with and without its minimum, and the chance that the minimum is paid."""
        rate = part.rate[t, y, c] * part.scale[t, y]
        least = part.least[t, y] * (1.0 if part.shares is None else part.shares[c])
        most = part.most[t, y] * (1.0 if part.most_shares is None else part.most_shares[c])
        offset = 0.0 if part.offset is None else part.offset[t, y]
        offset *= 1.0 if part.offset_shares is None else part.offset_shares[c]
        if part.base is None:
            paid, plain, at_least = min(max(rate, least), most), min(rate, most), float(rate < least)
            beyond = (lambda v: v, lambda v: max(0, v - offset), lambda v: max(0, offset - v))[part.kind]
            raised = at_least if least > offset else 0.0
            at_least = (at_least, raised, 0.0)[part.kind]
            return beyond(paid), beyond(paid if part.kind == 2 else plain), at_least
        means, lows, highs, exact, _, members, uncounted = bases
        away = uncounted[part.base] if part.capped == 2 else 0.0
        mean, cv = means[part.base], self.case.rates["cv"][t, y]
        low, high = (lows[part.base], highs[part.base]) if part.capped else (0.0, inf)
        if exact[part.base] is not None:
            about = mean_amount(1.0, mean, cv, low, high, 0.0, inf) - away
            rate *= exact[part.base] / about if about else 1.0
        without = least if part.kind == 2 else 0.0
        counts = part.kind == 0 or (part.kind == 1 and least > offset)
        found = np.zeros(3)
        for weight, mean, low, high in members[part.base]:
            low, high = (low, high) if part.capped else (0.0, inf)
            paid, plain = (
                mean_amount(rate, mean, cv, low, high, lower, most, part.kind, offset, away)
                for lower in (least, without)
            )
            found += weight * np.array([paid, plain, below(rate, mean, cv, low, high, least, away) if counts else 0.0])
        return found

    def claim(self, origin, event, number, t, y, c, bases, idle=False):
        for j, claim in enumerate(self.case.claims):
            if claim.event != event:
                continue
            start = number * self.share(claim, t, y, c, idle) * self.recorded(origin, c)
            if start == 0:
                continue
            book = self.claims[origin]
            book["claims"][t, j, y] += start
            book["credits"][t, j, y] += start * c * self.case.step
            amount, topup, chance = self.paid(j, t, y, c, bases)
            book["amounts"][t, j, y] += start * amount
            book["topups"][t, j, y] += start * topup
            book["least"][t, j, y] += start * chance

    def paid(self, j, t, y, c, bases):
        """Amount of a claim per head, what minimums add to it, and the chance that one is paid, whatever the origin."""
        if (j, y, c, id(bases)) not in self.answers:
            amount, topup, chances = 0.0, 0.0, [0.0]
            for part in self.case.claims[j].parts:
                paid, plain, at_least = self.amount(part, t, y, c, bases)
                due = self.due(part, c, bases)
                amount += due * part.multiple * paid
                topup += due * part.multiple * (paid - plain)
                chances.append(at_least if due > 1e-9 and part.multiple > 0 else 0.0)
            self.answers[j, y, c, id(bases)] = (amount, topup, max(chances)), bases
        return self.answers[j, y, c, id(bases)][0]

    def due(self, part, c, bases):
        """Part of an amount that is due to the months of an account."""
        if part.part is None:
            return 1.0
        months, service = bases[0][part.part], c * self.case.step
        due = min(1.0, months / service) if c else 0.0
        if c and months > 0:
            due += bases[4][part.part] * (1.0 - due)
        return 1.0 - due if part.rest else due

    def leave(self, origin, number, t, x, c, inactive, earned, heads):
        """Half a year after cell c some active become inactive, with the earnings of the year and their balances."""
        y = min(x + 1, self.last)
        self.flows[origin]["exits"][t, y] += number
        rest = self.factors(t, x, y)[2]
        for cell, w in self.spread(y, c, t, 0.5):
            inactive[origin, y, cell] += number * w
            self.idle[y, cell] = self.idle[y, cell] + number * w * heads[x, cell] * rest
            earned[y, cell] = earned[y, cell] + number * w * self.of_the_year(t, y)
            self.claim(origin, 3, number * w, t, y, cell, self.bases(t, x, cell, heads))

    def ways_out(self, t, x):
        """Chances that an invalid aged x stays for a year, and recovers in it: at mid-year, having lived till then."""
        stays, alive = self.case.recovery["stays"][t, x], self.case.recovery["alive"][t, x]
        remain = stays / alive if alive else 1.0
        return stays, (1 - remain) * (1 + alive) / 2

    def disabled(self, origin, number, t, x, c, heads, inactive, earned):
        """New invalids with the pension stay or recover within half a year."""
        case, y = self.case, min(x + 1, self.last)
        if case.recovery is None:
            return
        number *= self.share(case.claims[case.recovery["claim"]], t, y, c, False)
        stays, recovers = self.ways_out(t, x)
        what = ({origin: number}, number * self.of_the_year(t, y), number * heads * self.factors(t, x, y)[2])
        self.return_or_stay(t, y, c, what, (1 + stays) / 2, recovers / 2, inactive, earned)

    def older_invalids(self, t, inactive, earned):
        for (x, c), (people, mass, balance) in self.invalid.items():
            y = min(x + 1, self.last)
            stays, recovers = self.ways_out(t, x)
            what = (people, self.revalued(mass, t), balance * self.factors(t, x, y)[1])
            self.return_or_stay(t, y, c, what, stays, recovers, inactive, earned)
        self.invalid = self.disabled_now

    def return_or_stay(self, t, y, c, what, stays, recovers, inactive, earned):
        people, mass, balance = what
        stays *= 1 - self.case.recovery["converts"][t, y]
        old_people, old_mass, old_balance = self.disabled_now.get((y, c), ({}, 0.0, 0.0))
        now = {o: old_people.get(o, 0.0) + stays * people.get(o, 0.0) for o in self.origins}
        self.disabled_now[y, c] = (now, old_mass + stays * mass, old_balance + stays * balance)
        for origin, n in people.items():
            inactive[origin, y, c] += recovers * n
            self.flows[origin]["recoveries"][t, y] += recovers * n
            self.flows[origin]["credits_restored"][t, y] += recovers * n * c * self.case.step
        earned[y, c] = earned[y, c] + recovers * mass
        self.idle[y, c] = self.idle[y, c] + recovers * balance
        self.book["restored"][t, :, y] += recovers * balance

    def gone(self, t, x, dead, released):
        """Balances at mid-year of those who leave: those of the dead may go to the others of their age."""
        y, rest = min(x + 1, self.last), self.factors(t, x, min(x + 1, self.last))[2]
        own = np.array([self.case.accounts[a].own for a, _ in self.masses], dtype=bool)
        self.book["inherited"][t, :, y] += np.where(own, dead * rest, 0.0)
        self.book["released"][t, :, y] += released + np.where(own, 0.0, dead)

    def year(self, t):
        case, rates, step = self.case, self.case.rates, self.case.step
        active, inactive = defaultdict(float), defaultdict(float)
        earned = defaultdict(lambda: np.zeros((6, case.reference.shape[2])))
        self.idle = defaultdict(lambda: np.zeros(len(self.masses)))
        self.disabled_now, self.answers = {}, {}
        opening, stayers, people = sum(self.active.values()), defaultdict(float), defaultdict(float)
        for (_, x, c), n in self.active.items():
            people[x, c] += n
        heads, held = self.halfway(t, people, self.held["active"]), {}
        for (origin, x, c), n in self.active.items():
            y, flows = min(x + 1, self.last), self.flows[origin]
            force = [-log1p(-rates[name][t, x]) for name in ("q", "invalidity", "exit")]
            every = sum(force)
            dies, invalid, exits = (f / every * -expm1(-every) if every else 0.0 for f in force)
            stays, half = exp(-every), 6 * rates["density"][t, y]
            chance = 0.0
            for cell, w in self.spread(y, c, t, 0.5):
                retires = self.retires(t, y, cell)
                chance += w * retires
                bases = self.bases(t, x, cell, heads)
                for event, p in enumerate((stays, invalid, dies)):
                    self.claim(origin, event, n * p * w, t, y, cell, bases)
                mass = n * w * heads[x, cell]
                self.disabled(origin, n * w * invalid, t, x, cell, heads[x, cell], inactive, earned)
                self.gone(t, x, dies * mass, (invalid + stays * retires) * mass)
            self.leave(origin, n * exits, t, x, c, inactive, earned, heads)
            flows["deaths_active"][t, y] += n * dies
            flows["invalids"][t, y] += n * invalid
            flows["retired_active"][t, y] += n * stays * chance
            gone = n * (dies + invalid + stays * chance)
            flows["credits_removed"][t, y] += gone * (c * step + half)
            flows["months_stayers"][t, y] += half * (gone + n * exits)
            stayers[origin, x, c] += n * stays * (1 - chance)
            held[x, c] = self.held["active"].get((x, c), np.zeros(len(self.masses))) * stays * (1 - chance)
        rooms = self.rooms_of_idle(t)
        for (x, c), mass in self.earned.items():
            y, people = min(x + 1, self.last), sum(self.inactive.get((o, x, c), 0.0) for o in self.origins)
            mass, q = self.revalued(mass, t), rates["q"][t, x]
            mean = mass / people if people else mass
            retires = self.retires(t, y, c, idle=True)
            leave = q + (1 - q) * retires
            earned[y, c] = earned[y, c] + mass * (1 - leave)
            half, up, *_ = self.factors(t, x, y)
            balance = self.held["inactive"].get((x, c), np.zeros(len(self.masses)))
            self.idle[y, c] = self.idle[y, c] + balance * up * (1 - leave)
            self.gone(t, x, q * half * balance, (1 - q) * retires * half * balance)
            bases = self.with_accounts(*mean, half * balance / people if people else balance, rooms[x])
            for origin in self.origins:
                n, flows = self.inactive.get((origin, x, c), 0.0), self.flows[origin]
                inactive[origin, y, c] += n * (1 - leave)
                flows["deaths_inactive"][t, y] += n * q
                flows["retired_inactive"][t, y] += n * (leave - q)
                flows["credits_removed"][t, y] += n * leave * c * step
                self.claim(origin, 0, n * (1 - q), t, y, c, bases, idle=True)
                self.claim(origin, 2, n * q, t, y, c, bases, idle=True)
        self.older_invalids(t, inactive, earned)
        entrants = self.decide(t, opening, stayers)
        self.working = defaultdict(lambda: np.zeros(len(self.masses)))
        staying = defaultdict(float)
        for (_, x, c), n in stayers.items():
            staying[x, c] += n
        heads = self.halfway(t, staying, held)
        for (origin, x, c), n in stayers.items():
            y = min(x + 1, self.last)
            out, dens = n * self.kappa[t, y], rates["density"][t, y]
            if out:
                self.leave(origin, out, t, x, c, inactive, earned, heads)
            for cell, w in self.spread(y, c, t, 1.0):
                active[origin, y, cell] += (n - out) * w
            self.flows[origin]["months_stayers"][t, y] += 12 * dens * (n - out) + 6 * dens * out
        for (x, c), n in staying.items():
            y = min(x + 1, self.last)
            _, up, _, stay, *_ = self.factors(t, x, y)
            mass = (1 - self.kappa[t, y]) * (held[x, c] * up + n * rates["density"][t, y] * stay)
            for cell, w in self.spread(y, c, t, 1.0):
                self.working[y, cell] = self.working[y, cell] + w * mass
        self.inherit(t)
        self.enter(t, entrants, active, inactive, earned)
        self.active, self.inactive, self.earned = active, inactive, earned
        self.held = {"active": self.working, "inactive": self.idle}
        self.close(t)

    def rooms_of_idle(self, t):
        """How full the room below service is of the inactive, by age and account."""
        cells = defaultdict(list)
        for x, c in self.earned:
            people = sum(self.inactive.get((o, x, c), 0.0) for o in self.origins)
            half = self.factors(t, x, min(x + 1, self.last))[0]
            cells[x].append((c, people, *(half * self.held["inactive"].get((x, c), np.zeros(len(self.masses))))))
        return {x: self.filled(several) for x, several in cells.items()}

    def inherit(self, t):
        """What the dead of an age left goes to the others of that age in proportion to their balances."""
        for y in range(self.ages):
            stock = sum((m for book in (self.working, self.idle) for (a, _), m in book.items() if a == y), 0.0)
            left = self.book["inherited"][t, :, y]
            some = (stock > 0) & (left > 0) if len(self.masses) else left > 0
            share = 1 + np.divide(left, stock, out=np.zeros_like(left), where=some)
            self.book["released"][t, :, y] += np.where(some, 0.0, left)
            self.book["inherited"][t, :, y] = np.where(some, left, 0.0)
            for book in (self.working, self.idle):
                for key in [key for key in book if key[0] == y]:
                    book[key] = book[key] * share

    def decide(self, t, opening, stayers):
        """Entries by age; sets the contraction."""
        case, rates = self.case, self.case.rates
        density, profile = rates["density"][t], rates["profile"][t]
        count = sum(stayers.values())
        if case.concept == "average":
            have = sum(n * density[min(x + 1, self.last)] for (_, x, _), n in stayers.items())
            each = profile @ density
            gap = case.target[t] - have + self.sent[t] * each
            wanted = gap / each if each else 0.0
            surplus = -gap / have if have else 0.0
        else:
            wanted = case.target[t] - (count if case.concept == "status" else opening) + self.sent[t]
            surplus = -wanted / count if count else 0.0
        self.kappa[t] = min(max(surplus, 0.0), 1.0) * case.admitted
        return max(wanted, 0.0) * profile

    def enter(self, t, entrants, active, inactive, earned):
        rates = self.case.rates
        for y in range(self.ages):
            here = [(key, n) for key, n in inactive.items() if key[1] == y and n > 0]
            there = sum(n for _, n in here)
            asked = entrants[y] * rates["reentry"][t, y]
            back = min(asked, there)
            self.shortfall[t, y] = asked - back
            fresh, turned_away = (entrants[y] - back) * self.case.admitted, back * (1 - self.case.readmitted)
            back -= turned_away
            self.refused[t, y] = entrants[y] - fresh - back
            rho = self.rho[t, y] = back / there if there else 0.0
            for c in {c for (_, _, c), _ in here}:
                moved, self.idle[y, c] = self.idle[y, c] * rho, self.idle[y, c] * (1 - rho)
                self.add(t, y, c, moved)
            for (origin, _, c), n in here:
                moved = n * rho
                inactive[origin, y, c] -= moved
                self.join(origin, moved, t, y, c, active, "reentrants")
            for key in [key for key in earned if key[0] == y]:
                earned[key] = earned[key] * (1 - rho)
            self.join("future", fresh, t, y, 0, active, "new")

    def add(self, t, y, c, mass):
        """Balances that come with people of age y, half a year above cell c."""
        for cell, w in self.spread(y, c, t, 0.5):
            self.working[y, cell] = self.working[y, cell] + w * mass

    def join(self, origin, number, t, y, c, active, name):
        self.flows[origin][name][t, y] += number
        dens = self.case.rates["density"][t, y]
        self.flows[origin]["months_entrants"][t, y] += number * 6 * dens
        self.add(t, y, c, number * 0.5 * dens * self.factors(t, y, y)[5])
        for cell, w in self.spread(y, c, t, 0.5):
            active[origin, y, cell] += number * w

    def close(self, t):
        for name, stock in (("active", self.active), ("inactive", self.inactive)):
            for (origin, y, c), n in stock.items():
                self.flows[origin][name][t, y] += n
                self.flows[origin][f"{name}_credits"][t, y] += n * c * self.case.step
        for stock in self.held.values():
            for (y, _), mass in stock.items():
                self.book["balance"][t, :, y] += mass
        ill = {(o, x, c): n for (x, c), (people, _, _) in self.invalid.items() for o, n in people.items()}
        self.cells.append((dict(self.active), dict(self.inactive), ill)[: 2 if self.case.recovery is None else 3])


MOVED = ("in", "out", "in_inactive", "out_inactive", "credits")


def run_together(cases, active, inactive, sent):
    """Groups whose members move at the start of the year by rates (t, from, to, x), and who send on whom they refuse.

    `sent` {(from, to): share}, each from an earlier group to a later one. Returns the runs and, by group, dictionaries
    of who moved (t, y) and their credits.
    """
    runs = [Run(case, alone=False) for case in cases]
    shape = runs[0].years, runs[0].ages
    moved = [{name: np.zeros(shape) for name in MOVED} for _ in runs]
    for t in range(shape[0]):
        move_all(runs, moved, t, active[t], ("active", "held active"), "")
        move_all(runs, moved, t, inactive[t], ("inactive", "earned", "held inactive"), "_inactive")
        for g, run in enumerate(runs):
            run.year(t)
            for (one, other), share in sent.items():
                if one == g:
                    runs[other].sent[t] += share * run.refused[t].sum()
    return runs, moved


def move_all(runs, moved, t, rates, books, word):
    """Persons of a status first, then what they take along."""
    for book in books:
        found = [run.held[book[5:]] if book.startswith("held") else getattr(run, book) for run in runs]
        before = [dict(one) for one in found]
        for g, old in enumerate(before):
            for key, mass in old.items():
                x, c = key[-2:]
                for h in range(len(runs)):
                    part = mass * rates[g, h, x]
                    if h == g or not np.any(part):
                        continue
                    found[g][key] = found[g][key] - part
                    found[h][key] = found[h].get(key, 0.0) + part
                    if book == books[0]:
                        y, months = min(x + 1, runs[g].last), c * runs[g].case.step
                        moved[g][f"out{word}"][t, y] += part
                        moved[h][f"in{word}"][t, y] += part
                        moved[g]["credits"][t, y] -= part * months
                        moved[h]["credits"][t, y] += part * months


class Accrued(Run):
    """Every present member is followed by the credit of the valuation date; a claim counts by the part earned then.

    Who had c_0 and claims with c is recorded with c_0/c, or with another number of months in the place of c_0.
    """

    def __init__(self, case, months=None):
        self.origins = (*range(case.active_0.shape[1]), "future")
        self.months = months or (lambda c: c * case.step)
        super().__init__(case)

    def origin(self, c):
        return c

    def recorded(self, origin, c):
        return self.months(origin) / (c * self.case.step) if origin != "future" and c > 0 else 0.0

    def total(self, name):
        """Accrued claims of all present members (t, j, y)."""
        return sum(self.claims[origin][name] for origin in self.origins if origin != "future")
