"""A million lives simulated in plain numpy, person by person, year by year.

Shares the inputs (`scenario.py`) and nothing else with the library and with the cohort oracle. A person is a row in
arrays (age, months of credit, multiple of the salary scale, reference earnings, batch) and is active, inactive,
pensioner or gone. All draws are independent between persons: the event of the year by one uniform against
constant-force probabilities; whole months of credit, floor(d) or one more; a claim by a coin. Entries fill the gap
between those who stayed and the target, and re-entrants are drawn without replacement among the inactive of their
age.

Persons belong to `BATCHES` independent populations, each with its share of the target. Standard errors come from the
spread between batches, so that they include everything the fixed target and the draws within an age do to the
variance.

Contribution months are those really credited. Among those who retire in the year in which they complete the
qualifying period, the draw of the higher number of months is over-represented: they are credited a trifle more than
the mean of half a year, which a model that books the mean misses by less than 1e-5 of all months.

Typical use, with tables (T, age) of a deterministic model of the same scenario::

    simulated = simulate(SCENARIO, seed=1)
    verdict = judge(compare(simulated, {"active": ..., "inactive": ..., "claims_number": ...}))
    assert verdict.passed, verdict
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

BATCHES = 50
SMALL = np.int16  # of ages, months and batches, a million of which are moved every year
LARGE = 111_000  # events: the relative standard error of a count is then 0.3%
PRECISION = 0.003
TABLES = (
    "active inactive pensioners active_credits inactive_credits "
    "deaths_active deaths_inactive deaths_pensioners new_invalids exits retirements_active retirements_inactive "
    "credits_active_awards credits_inactive_awards amount_active_awards amount_inactive_awards "
    "claims_number claims_credits claims_amount new_entrants reentrants "
    "contribution_months_stayers contribution_months_entrants"
).split()
AWARDS = (
    ("in all", "claims_number", "claims_credits", "claims_amount"),
    ("from active", "retirements_active", "credits_active_awards", "amount_active_awards"),
    ("from inactive", "retirements_inactive", "credits_inactive_awards", "amount_inactive_awards"),
)


@dataclass(frozen=True)
class People:
    """Persons of one status; `reference` (annual earnings) is meant only for the inactive."""

    age: np.ndarray
    months: np.ndarray
    multiple: np.ndarray
    reference: np.ndarray
    batch: np.ndarray

    def where(self, chosen):
        """The persons chosen by a mask or by row numbers."""
        rows = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        return People(*(getattr(self, name).take(rows) for name in self.__dataclass_fields__))

    def and_also(self, *others):
        """These persons followed by others."""
        return People(*(np.concatenate([getattr(p, n) for p in (self, *others)]) for n in self.__dataclass_fields__))


def simulate(scenario, seed, *, full_year=False):
    """Simulate the scenario once.

    Parameters
    ----------
    scenario : Scenario
        The inputs.
    seed : int
        Of the counter-based generator Philox.
    full_year : bool
        The deliberately wrong variant: those who die, leave, become invalid or retire are credited the whole year.

    Returns
    -------
    dict of array (batch, T, age), see TABLES. Rows are ages reached on 31 December.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    book = _Book(scenario.years, len(scenario.q))
    active = _initial(scenario, scenario.active_0, rng)
    inactive = _initial(scenario, scenario.inactive_0, rng)
    inactive = replace(inactive, reference=scenario.inactive_earnings_0[inactive.age] * inactive.multiple)
    pensioners = np.zeros((BATCHES, len(scenario.q)), dtype=np.int64)
    for year in range(1, scenario.years + 1):
        book.year = year
        pensioners = _age_pensioners(scenario, pensioners, rng, book)
        active, leavers, retired = _year_of_actives(scenario, active, year, full_year, rng, book)
        inactive, claimed = _year_of_inactives(scenario, inactive, rng, book)
        pensioners = pensioners + book.count(retired) + book.count(claimed)
        inactive = inactive.and_also(leavers)
        entrants, inactive = _entries(scenario, active, inactive, year, rng, book)
        active = active.and_also(entrants)
        book.stocks(active, inactive, pensioners)
    return book.tables


@lru_cache(maxsize=8)
def simulate_once(scenario, seed, full_year=False):
    """As `simulate`, remembered for the tests of one session. Do not write into the result."""
    return simulate(scenario, seed, full_year=full_year)


class _Book:
    """Tables (batch, T, age) and how persons are entered in them."""

    def __init__(self, years, ages):
        self.tables = {name: np.zeros((BATCHES, years, ages)) for name in TABLES}
        self.ages, self.year = ages, 1

    def count(self, people, weight=None):
        cell = people.batch * self.ages + people.age
        return np.bincount(cell, weight, minlength=BATCHES * self.ages).reshape(BATCHES, self.ages)

    def add(self, name, table):
        self.tables[name][:, self.year - 1] += table

    def awards(self, source, people, amount):
        number, months, money = self.count(people), self.count(people, people.months), self.count(people, amount)
        self.add(f"retirements_{source}", number)
        self.add(f"credits_{source}_awards", months)
        self.add(f"amount_{source}_awards", money)
        self.add("claims_number", number)
        self.add("claims_credits", months)
        self.add("claims_amount", money)

    def stocks(self, active, inactive, pensioners):
        for name, people in (("active", active), ("inactive", inactive)):
            self.add(name, self.count(people))
            self.add(f"{name}_credits", self.count(people, people.months))
        self.add("pensioners", pensioners)


def _initial(scenario, stock, rng):
    """Persons drawn systematically from the expected stock by age and credit, the same number in every batch."""
    per_batch = round(stock.sum() / BATCHES)
    if abs(per_batch * BATCHES - stock.sum()) > 1e-6:
        raise ValueError("initial stocks must be whole multiples of the number of batches")
    reach = np.cumsum(stock.ravel()) * (per_batch / stock.sum())
    points = np.arange(per_batch) + rng.random((BATCHES, 1))
    cells = np.minimum(np.searchsorted(reach, points.ravel(), side="right"), stock.size - 1)
    age, months = np.divmod(cells, stock.shape[1])
    return _persons(scenario, age, months, np.repeat(np.arange(BATCHES), per_batch), rng)


def _persons(scenario, age, months, batch, rng):
    variance = np.log1p(scenario.wage_cv**2)
    multiple = np.exp(np.sqrt(variance) * rng.standard_normal(len(age)) - variance / 2)
    return People(*(whole.astype(SMALL) for whole in (age, months)), multiple, np.zeros(len(age)), batch.astype(SMALL))


def _whole_months(expected, rng):
    """Whole months whose mean is `expected`: the integer below it, or one more."""
    return np.floor(expected + 1e-9 + rng.random(len(expected)) * (1 - 1e-9)).astype(SMALL)


def _scale_mean(scenario, year, age):
    """Last calendar years' mean of the salary scale for people reaching `age` in `year`."""
    mean = 0.0
    for back in range(scenario.reference_years):
        money_of = year if scenario.revaluation == "wages" else year - back
        mean = mean + scenario.salary_0[age - back] * (1 + scenario.growth) ** money_of
    return mean / scenario.reference_years


def _age_pensioners(scenario, pensioners, rng, book):
    """Deaths among pensioners, who need no more than a count by batch and age."""
    deaths = rng.binomial(pensioners, scenario.q)
    alive = pensioners - deaths
    book.add("deaths_pensioners", _a_year_older(deaths))
    return _a_year_older(alive)


def _a_year_older(counts):
    older = np.roll(counts, 1, axis=1)
    older[:, -1] += older[:, 0]
    older[:, 0] = 0
    return older


def _year_of_actives(scenario, people, year, full_year, rng, book):
    """One year of the active: who stays, who leaves, who retires."""
    force = -np.log1p(-np.stack([scenario.q, scenario.invalidity_rate, scenario.exit_rate]))
    all_force = force.sum(axis=0)
    share = np.divide(force, all_force, out=np.zeros_like(force), where=all_force > 0)
    limit = np.cumsum(share * -np.expm1(-all_force), axis=0)
    draw = rng.random(len(people.age))
    remains = draw >= limit[2, people.age]
    event = np.flatnonzero(~remains)
    kind = (draw[event] >= limit[0, people.age[event]]).astype(int) + (draw[event] >= limit[1, people.age[event]])

    people = replace(people, age=np.minimum(people.age + 1, book.ages - 1))
    months_of_year = 12 * scenario.density
    months_of_event = months_of_year if full_year else months_of_year / 2

    gone = people.where(event)
    extra = _whole_months(months_of_event[gone.age], rng)
    gone = replace(gone, months=gone.months + extra)
    contributed = book.count(gone, extra)

    old_enough = np.flatnonzero(remains & (people.age >= scenario.retirement_age))
    asking = people.where(old_enough)
    extra = _whole_months(months_of_event[asking.age], rng)
    asking = replace(asking, months=asking.months + extra)
    retires = (asking.months >= scenario.qualifying_months) & (rng.random(len(extra)) < scenario.claim_rate)
    contributed = contributed + book.count(asking.where(retires), extra[retires])
    retired = asking.where(retires)
    wage = _scale_mean(scenario, year, retired.age) * retired.multiple
    book.awards("active", retired, scenario.accrual * retired.months / 12 * wage)

    remains[old_enough[retires]] = False
    stayers = people.where(remains)
    extra = _whole_months(months_of_year[stayers.age], rng)
    stayers = replace(stayers, months=stayers.months + extra)
    book.add("contribution_months_stayers", contributed + book.count(stayers, extra))
    book.add("deaths_active", book.count(gone.where(kind == 0)))
    book.add("new_invalids", book.count(gone.where(kind == 1)))
    leavers = gone.where(kind == 2)
    book.add("exits", book.count(leavers))
    leavers = replace(leavers, reference=_scale_mean(scenario, year, leavers.age) * leavers.multiple)
    return stayers, leavers, retired


def _year_of_inactives(scenario, people, rng, book):
    """One year of those inactive at its start: deaths, then retirement on unchanged credit."""
    dies = rng.random(len(people.age)) < scenario.q[people.age]
    growth = 1 + scenario.growth if scenario.revaluation == "wages" else 1.0
    people = replace(people, age=np.minimum(people.age + 1, book.ages - 1), reference=people.reference * growth)
    book.add("deaths_inactive", book.count(people.where(dies)))
    entitled = (people.age >= scenario.retirement_age) & (people.months >= scenario.qualifying_months)
    claims = entitled & ~dies & (rng.random(len(people.age)) < scenario.claim_rate)
    retired = people.where(claims)
    book.awards("inactive", retired, scenario.accrual * retired.months / 12 * retired.reference)
    return people.where(~dies & ~claims), retired


def _entries(scenario, active, inactive, year, rng, book):
    """Entrants of the year, new and returning, and the inactive who are left."""
    there = np.bincount(active.batch, minlength=BATCHES)
    target = round(scenario.target[year - 1] / BATCHES)
    need = target - there
    if need.min() < 0:
        raise ValueError(f"year {year}: more stayers than the target; the simulation knows no contraction")
    ideal = np.cumsum(need[:, None] * scenario.entry_profile, axis=1)
    whole = np.diff(np.floor(ideal + rng.random((BATCHES, 1))), axis=1, prepend=0)
    oldest = np.flatnonzero(scenario.entry_profile)[-1]
    whole[:, oldest] += need - whole.sum(axis=1)  # rounding in the last digit of the profile
    back = np.floor(whole * scenario.reentry_share + rng.random(whole.shape))
    if np.any(back > book.count(inactive)):
        raise ValueError(f"year {year}: fewer inactive than re-entries")
    fresh = (whole - back).astype(np.int64)

    returns = _drawn(back, inactive.batch * book.ages + inactive.age, rng.random(len(inactive.age)))
    comers = inactive.where(returns)

    batch, age = np.divmod(np.repeat(np.arange(fresh.size), fresh.ravel()), book.ages)
    comers = comers.and_also(_persons(scenario, age, np.zeros_like(age), batch, rng))
    extra = _whole_months(6 * scenario.density[comers.age], rng)
    book.add("contribution_months_entrants", book.count(comers, extra))
    book.add("new_entrants", fresh)
    book.add("reentrants", back)
    return replace(comers, months=comers.months + extra), inactive.where(~returns)


def _drawn(wanted, cell, draw):
    """Mask of the persons with the lowest draws of each cell, as many as are wanted of it.

    Only low draws are put in order: those below twice the share wanted and some more, or all where these are too few.
    """
    wanted = wanted.ravel()
    size = np.bincount(cell, minlength=wanted.size)
    for limit in ((2.0 * wanted + 10.0) / np.maximum(size, 1), np.ones(wanted.size)):
        low = np.flatnonzero(draw < np.where(wanted > 0, limit, 0.0)[cell])
        there = np.bincount(cell[low], minlength=wanted.size)
        if np.all(there >= wanted):
            break
    order = low[np.lexsort((draw[low], cell[low]))]
    first = np.cumsum(there) - there
    rank = np.arange(len(order)) - np.repeat(first, there)
    chosen = np.zeros(len(cell), dtype=bool)
    chosen[order[rank < wanted[cell[order]]]] = True
    return chosen


# --- comparison -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """One quantity: simulated value, expected value, standard error of the former, z = (simulated - expected)/error."""

    name: str
    simulated: float
    expected: float
    error: float
    z: float


@dataclass(frozen=True)
class Verdict:
    """Outcome for all comparisons of all seeds together."""

    count: int
    beyond_3: int
    worst: Comparison
    largest_relative_error: float
    passed: bool


def pooled(simulations):
    """Several simulations of one scenario as one with more batches: standard errors of sums shrink accordingly."""
    return {name: np.concatenate([tables[name] for tables in simulations]) for name in simulations[0]}


def compare(simulated, expected, *, large=LARGE, precision=PRECISION):
    """Compare a simulation with a deterministic model.

    Parameters
    ----------
    simulated : dict of array (batch, T, age)
        From `simulate` or `pooled`.
    expected : dict of array (T, age)
        Any of TABLES; persons and money on the scale of the scenario. Quantities that need an absent table are left
        out; "active", "inactive", "claims_number", "claims_credits" and "claims_amount" must be there.
    large : float
        Counts, and means over them, are compared where this many events (persons) are expected in the simulation.
    precision : float
        Quantities with a larger relative standard error are left for a comparison of pooled seeds.

    Returns
    -------
    list of Comparison
        Stocks by year and by groups of ages, awards pooled and by age, mean credit and mean amount at award, in total
        and by source, contribution months, entries and other flows by decade.
    """
    for name in ("active", "inactive", "claims_number", "claims_credits", "claims_amount"):
        if name not in expected:
            raise ValueError(f"compare: the table {name!r} is missing among the expected ones")
    batches, years, ages = simulated["active"].shape
    found = []
    for name, top, bottom, cells in _quantities(years, ages):
        if top not in expected or (bottom is not None and bottom not in expected):
            continue
        if np.asarray(expected[bottom or top])[cells].sum() * batches / BATCHES < large:
            continue
        one = _one(name, simulated, expected, top, bottom, cells)
        if one.error < precision * abs(one.simulated):
            found.append(one)
    return found


def judge(comparisons):
    """At most 1% beyond 3 standard errors and none beyond 4.5; give the comparisons of all seeds together."""
    beyond = sum(abs(c.z) > 3 for c in comparisons)
    worst = max(comparisons, key=lambda c: abs(c.z))
    largest = max(c.error / abs(c.simulated) for c in comparisons)
    passed = len(comparisons) >= 50 and beyond <= 0.01 * len(comparisons) and abs(worst.z) <= 4.5
    return Verdict(len(comparisons), beyond, worst, largest, passed)


def _quantities(years, ages):
    """Names, tables and cells of all comparisons: (name, numerator, denominator or None, mask (T, age)).

    The total of the active is the target in both models, and re-entries and the months of entrants follow the
    entries.
    """
    age, year = np.arange(ages)[None, :], np.arange(1, years + 1)[:, None]
    every = (age >= 0) & (year > 0)
    decades = [(f"years {d + 1}-{d + 10}", (year > d) & (year <= d + 10) & every) for d in range(0, years, 10)]
    for stock in ("inactive", "pensioners"):
        for t in range(5, years + 1, 5):
            yield f"{stock}, year {t}", stock, None, (year == t) & every
    for stock in ("active", "inactive"):
        for label, when in decades:
            for low in range(20, 80, 5):
                group = when & (age >= low) & (age < low + 5)
                yield f"{stock} {low}-{low + 4}, {label}", stock, None, group
                yield f"mean credit of {stock} {low}-{low + 4}, {label}", f"{stock}_credits", stock, group
    cuts = [("all years", every), *decades, *((f"age {y}", every & (age == y)) for y in range(ages))]
    for label, cells in cuts:
        for source, number, months, money in AWARDS:
            yield f"awards {source}, {label}", number, None, cells
            yield f"mean credit at award {source}, {label}", months, number, cells
            yield f"mean amount at award {source}, {label}", money, number, cells
    for flow in ("deaths_active", "deaths_inactive", "deaths_pensioners", "new_invalids", "exits", "new_entrants"):
        for label, when in decades:
            yield f"{flow}, {label}", flow, None, when
    for label, when in decades:
        yield f"contribution months, {label}", "contribution_months_stayers", None, when


def _one(name, simulated, expected, top, bottom, cells):
    """Total or ratio with its standard error from the spread between batches (the ratio linearised)."""
    above = simulated[top][:, cells].sum(axis=1)
    batches = len(above)
    scale = BATCHES / batches
    value, truth = above.sum() * scale, np.asarray(expected[top])[cells].sum()
    deviation = (above - above.mean()) * scale
    if bottom is not None:
        below = simulated[bottom][:, cells].sum(axis=1)
        value, truth = above.sum() / below.sum(), truth / np.asarray(expected[bottom])[cells].sum()
        deviation = (above - value * below) / below.sum()
    error = np.sqrt(batches / (batches - 1) * (deviation**2).sum())
    return Comparison(name, float(value), float(truth), float(error), float((value - truth) / error))
