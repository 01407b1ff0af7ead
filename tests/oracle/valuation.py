"""One whole valuation a second time, from the basis to the general average premium: plain loops, no code of the library.

A Dataset gives input numbers only; the law is a dictionary (see `valuation_law`). Loops run over years, groups, sexes
and ages; along past credit there are plain vectors. Stocks are those of 31 December, all decrements fall at mid-year.
"""

import math

import numpy as np
from scipy.special import ndtr

from tests.oracle.valuation_law import Economy, Law, clip_mean, dated, indexation

MALE, FEMALE = 0, 1


class Numbers:
    """Input numbers of a basis as arrays on the dims that are asked for."""

    def __init__(self, basis):
        self.basis, self.memory = basis, {}
        self.years = [int(year) for year in basis["year"].values]
        self.size = {dim: basis.sizes[dim] for dim in basis.sizes}
        assert list(basis["sex"].values) == ["male", "female"]

    def get(self, name, *dims, default=None):
        """An array on these dims, with what the basis leaves out repeated."""
        if (name, dims) not in self.memory:
            if name not in self.basis and default is not None:
                self.memory[name, dims] = np.full([self.size[dim] for dim in dims], default)
            else:
                variable = self.basis[name]
                missing = {dim: self.size[dim] for dim in dims if dim not in variable.dims}
                self.memory[name, dims] = variable.expand_dims(missing).transpose(*dims).values.astype(float)
        return self.memory[name, dims]


def life_table(mx, sex, rule):
    """L_x for a radix of 1 by single ages, and p_x of a stock: L_{x+1}/L_x, for the last two ages T_W/T_{W-1}."""
    last = len(mx) - 1
    first = _a0(mx[0], sex, rule)
    alive, lived = 1.0, []
    for x in range(last):
        a = first if x == 0 else 0.5
        q = mx[x] / (1.0 + (1.0 - a) * mx[x])
        lived.append(alive * (1.0 - q) + a * alive * q)
        alive *= 1.0 - q
    lived.append(alive / mx[last])
    stays = [lived[x + 1] / lived[x] for x in range(last - 1)]
    stays += [lived[last] / (lived[last - 1] + lived[last])] * 2
    return lived, stays


def _a0(m, sex, rule):
    """West model of Coale and Demeny (Preston and others 2001, table 3.3)."""
    assert rule == "coale_demeny_west"
    if m >= 0.107:
        return (0.330, 0.350)[sex]
    return (0.045 + 2.684 * m, 0.053 + 2.800 * m)[sex]


def stays_alive(numbers, ratio=None):
    """p_x (t, s, x) of a stock aged x, with death rates times a ratio (t, s, x)."""
    mx, rule = numbers.get("mx", "year", "sex", "age"), numbers.basis.attrs["a0_rule"]
    if ratio is not None:
        mx = mx * ratio
    return np.array([[life_table(mx[t, s], s, rule)[1] for s in (MALE, FEMALE)] for t in range(len(mx))])


def population(numbers):
    """Stocks (t, s, x), births and deaths by year: cohorts survive, migrants move on 31 December."""
    mx, fertility = numbers.get("mx", "year", "sex", "age"), numbers.get("asfr", "year", "age")
    stay, moved = stays_alive(numbers), numbers.get("net_migration", "year", "sex", "age")
    people, last, rule = numbers.get("population_0", "sex", "age"), numbers.size["age"] - 1, numbers.basis.attrs["a0_rule"]
    stocks, births, deaths = [], [], []
    for t in range(len(mx)):
        new, died = np.zeros(people.shape), 0.0
        for s in (MALE, FEMALE):
            for x in range(last + 1):
                new[s, min(x + 1, last)] += people[s, x] * stay[t, s, x]
                died += people[s, x] * (1.0 - stay[t, s, x])
        born = sum(fertility[t, x] * (people[FEMALE, x] + new[FEMALE, x]) / 2.0 for x in range(1, last))
        girls = born / (1.0 + numbers.get("srb", "year")[t])
        for s, babies in ((MALE, born - girls), (FEMALE, girls)):
            new[s, 0] = babies * life_table(mx[t, s], s, rule)[0][0]
            died += babies - new[s, 0]
        people = new + moved[t]
        stocks.append(people)
        births.append(born)
        deaths.append(died)
    return np.array(stocks), np.array(births), np.array(deaths)


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


class Members:
    """Active and inactive insured of all groups and sexes, and the claims that leave them."""

    EVENTS = {"old_age": "retirement", "old_age_grant": "retirement", "refund": "retirement", "invalidity": "invalidity"}

    def __init__(self, numbers, scheme, economy, step=12, variant=""):
        self.numbers, self.scheme, self.economy, self.step, self.variant = numbers, scheme, economy, step, variant
        self.law, self.cells = Law(economy, scheme), 12 * 90 // step
        self.n = np.arange(self.cells) * step / 12.0
        self.active = opening(numbers, "active_0", step, self.cells)
        self.inactive = opening(numbers, "inactive_0", step, self.cells)
        self.references = self._references()
        exit_earnings = numbers.get("inactive_earnings_0", "group", "sex", "age")
        self.payload = {}
        for rule in self.references:
            limits = np.array([economy.reference_limits(economy.base, g, rule) for g in range(numbers.size["group"])])
            each = [exit_earnings[..., None], *(limits[:, i, None, None, None] for i in (0, 1))]
            self.payload[rule] = np.stack([self.inactive * one for one in each])
        ratio = numbers.get("mortality_ratio_insured", "year", "group", "sex", "age", default=1.0)
        self.stay = np.stack([stays_alive(numbers, ratio[:, g]) for g in range(numbers.size["group"])], axis=1)
        shape = (len(numbers.years), 2, numbers.size["age"])
        self.claims = {name: {what: np.zeros(shape) for what in ("number", "amount", "topup")} for name in scheme["benefits"]}
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
        return rule.get("on", self.EVENTS.get(rule["form"], "death"))

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
            share = self.law.claim(name, year, g, y, self.n[used])
            total[used] += share
            who = used[share > 0.0]
            if not len(who):
                continue
            number, found = people[who] * share[share > 0.0], self.claims[name]
            found["number"][t, s, y] += number.sum()
            for part in self.law.parts(name, year, g, y, self.n[who]):
                mean = earnings[part[0]][:, who] if part[0] else None
                amount, without = self.law.expected(part, mean, cv)
                found["amount"][t, s, y] += (number * amount).sum()
                found["topup"][t, s, y] += (number * (amount - without)).sum()
        return total

    def project(self, employed):
        """All years; employed (t, s)."""
        for t in range(len(self.numbers.years)):
            old = self.active, self.inactive, self.payload
            self.active, self.inactive = np.zeros(old[0].shape), np.zeros(old[1].shape)
            self.payload = {rule: np.zeros((3, *old[1].shape)) for rule in self.references}
            for g in range(old[0].shape[0]):
                for s in (MALE, FEMALE):
                    self._leave_inactive(t, g, s, old)
                    stayers = self._leave_active(t, g, s, old)
                    self._enter(t, g, s, stayers, self.numbers.get("coverage", "year", "group", "sex")[t, g, s] * employed[t, s])
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
                mass[rule] = old[2][rule][:, g, s, x] * index
                mean[rule] = np.divide(mass[rule], people, out=np.zeros((3, len(people))), where=people > 0.0)
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
            (died, invalid, left), none = forces(
                1.0 - self.stay[t, g, s, x], self.rate("invalidity_rate")[t, g, s, x], self.rate("exit_rate")[t, g, s, x]
            )
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
        upper = part - whole
        return np.array([later[c + whole] * (1.0 - upper) + later[c + whole + 1] * upper for c in range(len(gone))])

    def _earnings(self, t, g, s, y):
        """Mean reference earnings and their limits (3, c) of the active of an age, the same for every credit."""
        year, one, found = self.numbers.years[t], np.ones(self.cells), {}
        for rule in self.references:
            mean = self.economy.reference(year, g, s, y, rule)
            found[rule] = np.outer([mean, *self.economy.reference_limits(year, g, rule)], one)
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


def insurable(numbers, economy, months, t, g, ceiling=None):
    """Collected insurable earnings of a group in a year: expected clip of each cell's distribution.

    A ceiling of one line of contributions takes the place of both limits of the scheme.
    """
    year, total = numbers.years[t], 0.0
    floor, usual = economy.limits(year) if ceiling is None else (0.0, ceiling)
    cv = numbers.get("earnings_cv", "group", "sex", "age")
    for s, y in np.ndindex(months.shape[2:]):
        if months[t, g, s, y] > 0.0:
            mean = economy.salary(year, g, s)[y]
            each = clip_mean(mean, cv[g, s, y], floor, usual)
            total += float(each) * months[t, g, s, y] / 12.0
    paid = numbers.get("declared_share", "year", "group", default=1.0)[t, g]
    return total * paid * numbers.get("collection_rate", "year", "group")[t, g]


def spouse_ages(numbers):
    """Distribution of the spouse's age (s, x, v): normal around the gap, over whole ages from 15 on."""
    count, gap = numbers.size["age"], float(numbers.basis["spouse_age_gap"])
    sd, table = float(numbers.basis["spouse_age_sd"]), np.zeros((2, numbers.size["age"], numbers.size["age"]))
    for s, x in np.ndindex(2, count):
        mean = min(max(x - gap if s == MALE else x + gap, 15.0), count - 1.0)
        for v in range(15, count):
            table[s, x, v] = ndtr((v + 0.5 - mean) / sd) - ndtr((v - 0.5 - mean) / sd)
        table[s, x] /= table[s, x].sum()
    return table


def spouse_matrix(numbers, who):
    """Spouses left (s, x, u, v) by one deceased."""
    table, married = np.zeros((2, numbers.size["age"], 2, numbers.size["age"])), numbers.get("married_share", "sex", "age")
    for s in (MALE, FEMALE):
        if who in ("both", "widows" if s == MALE else "widowers"):
            table[s, :, 1 - s] = spouse_ages(numbers)[s] * married[s][:, None]
    return table


def child_matrix(numbers, t, until):
    """Children left (s, x, u, v) by one deceased in year t: births of past years, times survivors, below an age."""
    count, rule = numbers.size["age"], numbers.basis.attrs["a0_rule"]
    by_mother, srb = np.zeros((count, 2, count)), numbers.get("srb", "year")[t]
    for u, part in ((MALE, srb / (1.0 + srb)), (FEMALE, 1.0 / (1.0 + srb))):
        lived = life_table(numbers.get("mx", "year", "sex", "age")[t, u], u, rule)[0]
        for v in range(min(math.ceil(until), count - 1)):
            rates = _fertility(numbers, numbers.years[t] - v)
            for x in range(v, count):
                born = (rates[x - v] + (rates[x - v - 1] if x > v else 0.0)) / 2.0
                by_mother[x, u, v] = born * part * lived[v] * min(max(until - v, 0.0), 1.0)
    by_father = np.einsum("xw,wuv->xuv", spouse_ages(numbers)[MALE], by_mother)
    return np.stack([by_father, by_mother])


def _fertility(numbers, year):
    """Fertility by age of the mother of a year, past ones too; before the first year known that of the first."""
    if year >= numbers.years[0]:
        return numbers.get("asfr", "year", "age")[year - numbers.years[0]]
    past = [int(one) for one in numbers.basis["past_year"].values]
    return numbers.get("asfr_past", "past_year", "age")[past.index(max(year, past[0]))]


class Pensions:
    """Beneficiaries, money and expenditure of every benefit."""

    def __init__(self, numbers, scheme, economy, claims):
        self.numbers, self.scheme, self.economy, self.claims = numbers, scheme, economy, claims
        self.number, self.mass, self.topup, self.spent, self.spent_topup, self.dead = {}, {}, {}, {}, {}, {}
        self.spouses = {}
        pensions = [name for name, rule in scheme["benefits"].items() if "indexation" in rule]
        for name in [*(one for one in pensions if "follows" not in scheme["benefits"][one]), *pensions]:
            if name not in self.number:
                self._pension(name)
        for name in scheme["benefits"]:
            if name not in self.number:
                self._lump_sum(name)

    def _alive(self, name):
        """Survival (t, s, x) of the beneficiaries."""
        basis, ratio = self.numbers.basis, None
        if "mortality_ratio_pensioners" in basis and name in basis["benefit"].values:
            i = list(basis["benefit"].values).index(name)
            ratio = self.numbers.get("mortality_ratio_pensioners", "year", "benefit", "sex", "age")[:, i]
        return stays_alive(self.numbers, ratio)

    def _leaving(self, name, t, s, x):
        """Probability to be paid a year later, and the one that new beneficiaries meet by half."""
        rule, alive = self.scheme["benefits"][name], self.alive[t, s, x]
        if rule["form"] == "widows":
            single = 1.0 - self.numbers.get("remarriage_rate", "year", "sex", "age", default=0.0)[t, s, x]
            return alive * single, alive * single
        if rule["form"] == "orphans":
            now, later = (min(max(rule["until_age"] - x - k, 0.0), 1.0) for k in (0, 1))
            return alive * (later / now if now > 0.0 else 0.0), alive
        return alive, alive

    def _arrivals(self, name, t):
        """Who starts in year t, alive or not at its end: (number, money, part due to the minimum) by (s, y)."""
        rule = self.scheme["benefits"][name]
        found = np.array([self.claims[name][what][t] for what in ("number", "amount", "topup")])
        for other in rule.get("follows", ()):
            share = np.array([1.0, rule["share"], rule["share"]]) * rule.get("claim_rate", 1.0)
            found = found + self.dead[other][t] * share[:, None, None]
        if rule["form"] == "widows":
            table = self.spouses.setdefault(name, spouse_matrix(self.numbers, rule.get("spouses", "both")))
            return np.einsum("qsx,sxuv->quv", found, table)
        if rule["form"] == "orphans":
            return np.einsum("qsx,sxuv->quv", found, child_matrix(self.numbers, t, rule["until_age"]))
        return found

    def _pension(self, name):
        rule, years, last = self.scheme["benefits"][name], self.numbers.years, self.numbers.size["age"] - 1
        self.alive = self._alive(name)
        named = list(self.numbers.basis["benefit"].values)
        start = self.numbers.get("pensioners_0", "benefit", "sex", "age")[named.index(name)]
        paid = self.numbers.get("pension_0", "benefit", "sex", "age")[named.index(name)]
        stock = np.array([start, start * paid, 0.0 * start])
        history, spent, self.dead[name] = [], [], np.zeros((len(years), 3, 2, last + 1))
        for t, year in enumerate(years):
            up = indexation(rule, self.economy, year)
            growth = np.array([1.0, 1.0 + up, 1.0 + up])
            new, came = np.zeros(stock.shape), self._arrivals(name, t)
            for s, x in np.ndindex(2, last + 1):
                y = min(x + 1, last)
                stays, _ = self._leaving(name, t, s, x)
                new[:, s, y] += stock[:, s, x] * growth * stays
                self.dead[name][t, :, s, y] += stock[:, s, x] * growth * (1.0 - self.alive[t, s, x])
            for s, y in np.ndindex(2, last + 1):
                leave = 0.0 if rule["form"] == "old_age" else (1.0 - self._leaving(name, t, s, max(y - 1, 0))[1]) / 2.0
                new[:, s, y] += came[:, s, y] * (1.0 - leave)
                self.dead[name][t, :, s, y] += came[:, s, y] * leave
            early = 1.0 + (1.0 - 2.0 * (rule["indexation"].get("month", 1) - 1) / 12.0) * up
            spent.append(rule.get("payments", 12) / 12.0 * (stock * early + new).sum(axis=(1, 2)) / 2.0)
            history.append(new)
            stock = new
        self.number[name], self.mass[name], self.topup[name] = np.array(history).sum(axis=(2, 3)).T
        self.spent[name], self.spent_topup[name] = np.array(spent)[:, 1], np.array(spent)[:, 2]

    def _lump_sum(self, name):
        rule, law = self.scheme["benefits"][name], Law(self.economy, self.scheme)
        spent = self.claims[name]["amount"].sum(axis=(1, 2))
        for other in rule.get("follows", ()):
            for t, year in enumerate(self.numbers.years):
                each = law.parts(name, year, 0, 0, np.zeros(1))[0][1][0]
                spent[t] += self.dead[other][t, 0].sum() * each * rule.get("claim_rate", 1.0)
        nobody = np.zeros(len(self.numbers.years))
        self.number[name], self.mass[name], self.topup[name] = nobody, nobody, nobody
        self.spent[name], self.spent_topup[name] = spent, nobody


def finance(numbers, scheme, economy, months, pensions):
    """Income, outgo, reserve and rates by year, and the premium."""
    years, groups = numbers.years, list(numbers.basis["group"].values)
    names = ("earnings", "contributions", "state", "other", "administration", "outgo", "reserve", "payg", "invested")
    result = {name: np.zeros(len(years)) for name in names}
    result["lines"] = {line["name"]: np.zeros(len(years)) for line in scheme["lines"]}
    reserve, cost = float(numbers.basis["reserve_0"]), scheme["administration"]
    for t, year in enumerate(years):
        base = [insurable(numbers, economy, months, t, g) for g in range(len(groups))]
        benefits = sum(pensions.spent[name][t] for name in scheme["benefits"])
        for line in scheme["lines"]:
            paid = _line(line, base, numbers, economy, months, pensions, t)
            result["lines"][line["name"]][t] = paid
            payer = {"state": "state", "other": "other"}.get(line["payer"], "contributions")
            result[payer][t] += paid
        result["earnings"][t] = sum(base)
        result["administration"][t] = (
            cost.get("share_of_earnings", 0.0) * sum(base)
            + cost.get("share_of_contributions", 0.0) * result["contributions"][t]
            + cost.get("share_of_benefits", 0.0) * benefits
            + (economy.money(cost["fixed"], year) if "fixed" in cost else 0.0)
        )
        result["outgo"][t] = benefits + result["administration"][t]
        result["payg"][t] = result["outgo"][t] / sum(base)
        income = result["contributions"][t] + result["state"][t] + result["other"][t]
        interest, before = numbers.get("interest_rate", "year")[t], reserve
        reserve = reserve * (1.0 + interest) + (income - result["outgo"][t]) * (1.0 + interest) ** 0.5
        result["reserve"][t] = reserve
        result["invested"][t] = reserve - before - income + result["outgo"][t]
    return {**result, **premiums(numbers, scheme, result), "critical": critical(years, result)}


def _line(line, base, numbers, economy, months, pensions, t):
    """Income from one line in one year."""
    kind, year = line.get("base", "insurable_earnings"), numbers.years[t]
    rate = dated(line.get("rate", 1.0), year)
    if kind == "fixed":
        return economy.money(line["amount"], year)
    if kind == "minimum":
        return rate * sum(spent[t] for spent in pensions.spent_topup.values())
    if kind == "benefit":
        return rate * sum(pensions.spent[name][t] for name in line["of"])
    total = 0.0
    for g, group in enumerate(numbers.basis["group"].values):
        if not line.get("groups") or group in line["groups"]:
            own = economy.money(line["ceiling"], year) if "ceiling" in line else None
            total += base[g] if own is None else insurable(numbers, economy, months, t, g, own)
    return rate * total


def premiums(numbers, scheme, result):
    """General average premium, gross and net of the State's and others' income, with the target reserve."""
    outgo, discount, value = result["outgo"], 1.0, {"outgo": 0.0, "earnings": 0.0, "help": 0.0}
    for t, interest in enumerate(numbers.get("interest_rate", "year")):
        mid = discount * (1.0 + interest) ** -0.5
        discount /= 1.0 + interest
        value["outgo"] += mid * outgo[t]
        value["earnings"] += mid * result["earnings"][t]
        value["help"] += mid * (result["state"][t] + result["other"][t])
    target = discount * scheme["target_reserve"] * outgo[-1] ** 2 / outgo[-2]
    need = value["outgo"] + target - float(numbers.basis["reserve_0"])
    return {"gap": need / value["earnings"], "gap_net": (need - value["help"]) / value["earnings"]}


def critical(years, result):
    """First years without enough contributions, with a falling reserve, without a reserve; NaN for never."""
    paid = result["contributions"] + result["state"] + result["other"]
    tests = (paid < result["outgo"], paid + result["invested"] < result["outgo"], result["reserve"] < 0.0)
    return [next((float(year) for year, yes in zip(years, test, strict=True) if yes), math.nan) for test in tests]


def value(basis, scheme, step=12, variant=""):
    """The whole valuation; `variant` names a deliberate mistake."""
    numbers = Numbers(basis)
    economy = Economy(numbers, scheme)
    people, births, deaths = population(numbers)
    force = people * numbers.get("participation_rate", "year", "sex", "age")
    employed = force * (1.0 - numbers.get("unemployment_rate", "year", "sex", "age"))
    members = Members(numbers, scheme, economy, step, variant)
    members.project(employed.sum(axis=2))
    months = members.flows["contribution_months_stayers"] + members.flows["contribution_months_entrants"]
    pensions = Pensions(numbers, scheme, economy, members.claims)
    money = finance(numbers, scheme, economy, months, pensions)
    return {
        "population": people, "births": births, "deaths": deaths, "labour_force": force, "employed": employed,
        "flows": members.flows, "claims": members.claims, "contributors": months.sum(axis=(1, 2, 3)) / 12.0,
        "pensions": pensions, **money,
    }
