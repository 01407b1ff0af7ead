"""The insured of one group and sex person by person and cell by cell: dictionaries and plain loops, no arrays to roll.

Persons are kept by origin ("present" on the valuation date, or "future" entrants), age and cell of credit, so that one
run answers for all tranches. Amounts are means by quadrature over the lognormal distribution.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from math import exp, expm1, floor, inf, log, log1p, pi, sqrt

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
    capped: bool
    multiple: float = 1.0


@dataclass(eq=False, repr=False)
class Claim:
    """Share (t, y, c) of those at an event who start a benefit, and its amounts."""

    event: int  # 0 retirement, 1 invalidity, 2 death, 3 exit
    share: np.ndarray
    parts: list[Part]


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

    def __repr__(self):
        return f"<{self.label}>"

    def _repr_pretty_(self, printer, cycle):
        printer.text(repr(self))


@lru_cache(maxsize=100_000)
def mean_amount(rate, mean, cv, low, high, least, most):
    """E[clip(rate clip(X, low, high), least, most)] of a lognormal X: Gauss-Legendre quadrature between the kinks."""

    def pay(x):
        return np.minimum(np.maximum(rate * np.minimum(np.maximum(x, low), high), least), most)

    if mean <= 0 or cv <= 0:
        return float(pay(mean))
    sigma = sqrt(log1p(cv * cv))
    kinks = [low, high] + ([least / rate, most / rate] if rate > 0 else [])
    points = {(log(k / mean) + sigma * sigma / 2) / sigma for k in kinks if 0 < k < inf}
    edges = np.array(sorted({p for p in points if -14 < p < 14} | set(range(-14, 15, 2))))[:, None]
    half = np.diff(edges, axis=0) / 2
    z = edges[:-1] + half + half * NODES
    density = np.exp(-z * z / 2) / sqrt(2 * pi)
    return float((half * WEIGHTS * density * pay(mean * np.exp(sigma * z - sigma * sigma / 2))).sum())


class Run:
    """One projection; the results are in `flows[origin][name]` (t, y), `claims[origin][name]` (t, j, y), `cells[t]`."""

    origins = ORIGINS

    def __init__(self, case):
        self.case = case
        self.years, self.ages = case.rates["density"].shape
        self.last = self.ages - 1
        by_age, by_claim = (self.years, self.ages), (self.years, len(case.claims), self.ages)
        self.flows = {o: defaultdict(lambda: np.zeros(by_age)) for o in self.origins}
        self.claims = {o: defaultdict(lambda: np.zeros(by_claim)) for o in self.origins}
        self.rho, self.kappa = np.zeros((self.years, self.ages)), np.zeros((self.years, self.ages))
        self.shortfall = np.zeros((self.years, self.ages))
        self.cells = []
        self.active, self.inactive, self.earned = {}, {}, {}
        for x, c in np.argwhere(case.active_0).tolist():
            self.active[self.origin(c), x, c] = case.active_0[x, c]
        for x, c in np.argwhere(case.inactive_0).tolist():
            n = self.inactive[self.origin(c), x, c] = case.inactive_0[x, c]
            self.earned[x, c] = n * np.stack([case.earnings_0[x], case.floor_0, case.ceiling_0])
        for t in range(self.years):
            self.year(t)

    def origin(self, c):
        """Origin of the members with credit c on the valuation date."""
        return "present"

    def recorded(self, origin, c):
        """Part of a claim with credit c that is recorded."""
        return 1.0

    def spread(self, y, c, t, share):
        """Cells and weights of a credit of `share` of the year after c."""
        months = c * self.case.step + share * 12 * self.case.rates["density"][t, y]
        cell = floor(months / self.case.step + 1e-12)
        over = months / self.case.step - cell
        return [(cell, 1 - over)] + ([(cell + 1, over)] if over > 1e-12 else [])

    def retires(self, t, y, c):
        return sum(claim.share[t, y, c] for claim in self.case.claims if claim.event == 0)

    def claim(self, origin, event, number, t, y, c, means, lows, highs):
        for j, claim in enumerate(self.case.claims):
            if claim.event != event:
                continue
            start = number * claim.share[t, y, c] * self.recorded(origin, c)
            if start == 0:
                continue
            book = self.claims[origin]
            book["claims"][t, j, y] += start
            book["credits"][t, j, y] += start * c * self.case.step
            for part in claim.parts:
                rate = part.rate[t, y, c] * part.scale[t, y]
                least, most = part.least[t, y], part.most[t, y]
                if part.base is None:
                    paid, plain = min(max(rate, least), most), min(rate, most)
                else:
                    mean, cv = means[part.base], self.case.rates["cv"][t, y]
                    low, high = (lows[part.base], highs[part.base]) if part.capped else (0.0, inf)
                    paid = mean_amount(rate, mean, cv, low, high, least, most)
                    plain = mean_amount(rate, mean, cv, low, high, 0.0, most)
                book["amounts"][t, j, y] += start * part.multiple * paid
                book["topups"][t, j, y] += start * part.multiple * (paid - plain)

    def leave(self, origin, number, t, y, c, inactive, earned):
        """Half a year after cell c some active become inactive, with the earnings of the year."""
        case = self.case
        self.flows[origin]["exits"][t, y] += number
        for cell, w in self.spread(y, c, t, 0.5):
            inactive[origin, y, cell] += number * w
            earned[y, cell] = earned[y, cell] + number * w * np.stack(
                [case.reference[t, y], case.floor[t], case.ceiling[t]]
            )
            self.claim(origin, 3, number * w, t, y, cell, case.reference[t, y], case.floor[t], case.ceiling[t])

    def year(self, t):
        case, rates, step = self.case, self.case.rates, self.case.step
        active, inactive = defaultdict(float), defaultdict(float)
        earned = defaultdict(lambda: np.zeros((3, case.reference.shape[2])))
        opening, stayers = sum(self.active.values()), defaultdict(float)
        for (origin, x, c), n in self.active.items():
            y, flows = min(x + 1, self.last), self.flows[origin]
            force = [-log1p(-rates[name][t, x]) for name in ("q", "invalidity", "exit")]
            every = sum(force)
            dies, invalid, exits = (f / every * -expm1(-every) if every else 0.0 for f in force)
            stays, half = exp(-every), 6 * rates["density"][t, y]
            chance = 0.0
            for cell, w in self.spread(y, c, t, 0.5):
                chance += w * self.retires(t, y, cell)
                for event, p in enumerate((stays, invalid, dies)):
                    of = case.reference[t, y], case.floor[t], case.ceiling[t]
                    self.claim(origin, event, n * p * w, t, y, cell, *of)
            self.leave(origin, n * exits, t, y, c, inactive, earned)
            flows["deaths_active"][t, y] += n * dies
            flows["invalids"][t, y] += n * invalid
            flows["retired_active"][t, y] += n * stays * chance
            gone = n * (dies + invalid + stays * chance)
            flows["credits_removed"][t, y] += gone * (c * step + half)
            flows["months_stayers"][t, y] += half * (gone + n * exits)
            stayers[origin, y, c] += n * stays * (1 - chance)
        for (x, c), mass in self.earned.items():
            y, people = min(x + 1, self.last), sum(self.inactive.get((o, x, c), 0.0) for o in self.origins)
            mass, q = mass * (1 + case.growth[t]), rates["q"][t, x]
            mean = mass / people if people else mass
            leave = q + (1 - q) * self.retires(t, y, c)
            earned[y, c] = earned[y, c] + mass * (1 - leave)
            for origin in self.origins:
                n, flows = self.inactive.get((origin, x, c), 0.0), self.flows[origin]
                inactive[origin, y, c] += n * (1 - leave)
                flows["deaths_inactive"][t, y] += n * q
                flows["retired_inactive"][t, y] += n * (leave - q)
                flows["credits_removed"][t, y] += n * leave * c * step
                self.claim(origin, 0, n * (1 - q), t, y, c, *mean)
                self.claim(origin, 2, n * q, t, y, c, *mean)
        entrants = self.decide(t, opening, stayers)
        for (origin, y, c), n in stayers.items():
            out, dens = n * self.kappa[t, y], rates["density"][t, y]
            if out:
                self.leave(origin, out, t, y, c, inactive, earned)
            for cell, w in self.spread(y, c, t, 1.0):
                active[origin, y, cell] += (n - out) * w
            self.flows[origin]["months_stayers"][t, y] += 12 * dens * (n - out) + 6 * dens * out
        self.enter(t, entrants, active, inactive, earned)
        self.active, self.inactive, self.earned = active, inactive, earned
        self.close(t)

    def decide(self, t, opening, stayers):
        """Entries by age; sets the contraction."""
        case, rates = self.case, self.case.rates
        density, profile = rates["density"][t], rates["profile"][t]
        count = sum(stayers.values())
        if case.concept == "average":
            have = sum(n * density[y] for (_, y, _), n in stayers.items())
            gap, each = case.target[t] - have, profile @ density
            wanted = gap / each if each else 0.0
            surplus = -gap / have if have else 0.0
        else:
            wanted = case.target[t] - (count if case.concept == "status" else opening)
            surplus = -wanted / count if count else 0.0
        self.kappa[t] = min(max(surplus, 0.0), 1.0)
        return max(wanted, 0.0) * profile

    def enter(self, t, entrants, active, inactive, earned):
        rates = self.case.rates
        for y in range(self.ages):
            here = [(key, n) for key, n in inactive.items() if key[1] == y and n > 0]
            there = sum(n for _, n in here)
            asked = entrants[y] * rates["reentry"][t, y]
            back = min(asked, there)
            self.shortfall[t, y] = asked - back
            self.rho[t, y] = back / there if there else 0.0
            for (origin, _, c), n in here:
                moved = n * self.rho[t, y]
                inactive[origin, y, c] -= moved
                self.join(origin, moved, t, y, c, active, "reentrants")
            for key in [key for key in earned if key[0] == y]:
                earned[key] = earned[key] * (1 - self.rho[t, y])
            self.join("future", entrants[y] - back, t, y, 0, active, "new")

    def join(self, origin, number, t, y, c, active, name):
        self.flows[origin][name][t, y] += number
        self.flows[origin]["months_entrants"][t, y] += number * 6 * self.case.rates["density"][t, y]
        for cell, w in self.spread(y, c, t, 0.5):
            active[origin, y, cell] += number * w

    def close(self, t):
        for name, stock in (("active", self.active), ("inactive", self.inactive)):
            for (origin, y, c), n in stock.items():
                self.flows[origin][name][t, y] += n
                self.flows[origin][f"{name}_credits"][t, y] += n * c * self.case.step
        self.cells.append((dict(self.active), dict(self.inactive)))


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
