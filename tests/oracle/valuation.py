"""One whole valuation once more, from the basis to the general average premium: plain loops, no code of the library.

A Dataset gives input numbers only; the law is a dictionary (see `valuation_law`). Stocks are those of 31 December.
Here are pensions in payment, finance and the premium; the population and the insured are in modules of their own.
"""

import math

import numpy as np

from tests.oracle.valuation_law import Economy, Law, clip_mean, dated, indexation
from tests.oracle.valuation_members import Members
from tests.oracle.valuation_people import Numbers, child_matrix, population, spouse_matrix, stays_alive


class Pensions:
    """Beneficiaries, money and expenditure of every benefit."""

    def __init__(self, numbers, scheme, economy, claims, variant=""):
        self.numbers, self.scheme, self.economy, self.claims, self.variant = numbers, scheme, economy, claims, variant
        self.number, self.mass, self.topup, self.spent, self.spent_topup = {}, {}, {}, {}, {}
        self.awards, self.dead, self.spouses = {}, {}, {}
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

    def _dying(self, name, t, s, x):
        """Share of those who leave who die, where a death is found only if no remarriage came before it.

        Both are spread evenly over the year: deaths q (1 - r/2), remarriages r (1 - q/2).
        """
        if self.scheme["benefits"][name]["form"] != "widows":
            return 1.0
        stays, died = self._leaving(name, t, s, x)[0], 1.0 - self.alive[t, s, x]
        married = 1.0 - stays / (1.0 - died)
        return died * (1.0 - married / 2.0) / (1.0 - stays)

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
        history, spent, self.awards[name] = [], [], np.zeros((len(years), 3))
        self.dead[name] = np.zeros((len(years), 3, 2, last + 1))
        for t, year in enumerate(years):
            up = indexation(rule, self.economy, year)
            growth = np.array([1.0, 1.0 + up, 1.0 + up])
            new, came = np.zeros(stock.shape), self._arrivals(name, t)
            self.awards[name][t] = came.sum(axis=(1, 2))
            for s, x in np.ndindex(2, last + 1):
                y = min(x + 1, last)
                stays, _ = self._leaving(name, t, s, x)
                new[:, s, y] += stock[:, s, x] * growth * stays
                self.dead[name][t, :, s, y] += stock[:, s, x] * growth * (1.0 - stays) * self._dying(name, t, s, x)
            for s, y in np.ndindex(2, last + 1):
                before = max(y - 1, 0)
                leave = 0.0 if rule["form"] == "old_age" else (1.0 - self._leaving(name, t, s, before)[1]) / 2.0
                new[:, s, y] += came[:, s, y] * (1.0 - leave)
                self.dead[name][t, :, s, y] += came[:, s, y] * leave * self._dying(name, t, s, before)
            early = 1.0 + (1.0 - 2.0 * (rule["indexation"].get("month", 1) - 1) / 12.0) * up
            paid = new - came if self.variant == "end_of_year" and rule["form"] == "old_age" else new
            spent.append(rule.get("payments", 12) / 12.0 * (stock * early + paid).sum(axis=(1, 2)) / 2.0)
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


def insurable(numbers, economy, months, t, g, ceiling=None):
    """Collected insurable earnings of a group in a year: expected clip of each cell's distribution.

    A ceiling of one line of contributions takes the place of that of the scheme.
    """
    year, total = numbers.years[t], 0.0
    floor, usual = economy.limits(year)
    usual = usual if ceiling is None else ceiling
    cv = numbers.get("earnings_cv", "group", "sex", "age")
    for s, y in np.ndindex(months.shape[2:]):
        if months[t, g, s, y] > 0.0:
            mean = economy.salary(year, g, s)[y]
            each = clip_mean(mean, cv[g, s, y], floor, usual)
            total += float(each) * months[t, g, s, y] / 12.0
    paid = numbers.get("declared_share", "year", "group", default=1.0)[t, g]
    return total * paid * numbers.get("collection_rate", "year", "group")[t, g]


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
    """The whole valuation by year; step 12 is the yearly grid of past credit, 1 the monthly one.

    The variant "end_of_year" is a deliberate mistake: who leaves is credited with the whole year, and a new old-age
    pensioner is paid from the next year on, while everything else stays at mid-year.
    """
    numbers = Numbers(basis)
    economy = Economy(numbers, scheme)
    people, births, deaths = population(numbers)
    force = people * numbers.get("participation_rate", "year", "sex", "age")
    employed = force * (1.0 - numbers.get("unemployment_rate", "year", "sex", "age"))
    members = Members(numbers, scheme, economy, step, variant)
    members.project(employed.sum(axis=2))
    months = members.flows["contribution_months_stayers"] + members.flows["contribution_months_entrants"]
    pensions = Pensions(numbers, scheme, economy, members.claims, variant)
    money = finance(numbers, scheme, economy, months, pensions)
    return {
        "population": people, "births": births, "deaths": deaths, "labour_force": force, "employed": employed,
        "flows": members.flows, "claims": members.claims, "contributors": months.sum(axis=(1, 2, 3)) / 12.0,
        "pensions": pensions, **money,
    }
