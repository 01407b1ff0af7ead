"""Cash benefits, income, claims paid, reserve and rates of a health scheme once more: loops over years and groups."""

import math

import numpy as np

from tests.oracle.finance import growth
from tests.oracle.health_cost import NONE, limited
from tests.oracle.health_members import SEXES, dated

OWN = ("member", "employer", "pensioner")


def clipped(mean, cv, low, high):
    """E[min(max(Y, low), high)] of lognormal earnings."""
    low = min(low, high)
    return low + limited(mean, cv, high) - limited(mean, cv, low)


class Pay:
    """Earnings of members by group, sex and age."""

    def __init__(self, inputs, law):
        self.inputs, self.kept = inputs, {}
        names = [one["name"] for one in law["groups"]]
        dims = ("health_group", "sex", "age")
        self.first, self.cv = (
            dict(zip(names, inputs.table(name, *dims, health_group=names), strict=True))
            for name in ("member_earnings_0", "member_earnings_cv")
        )

    def between(self, group, year, low, high):
        """Mean of the earnings between two limits by sex and age; nothing for those who earn nothing."""
        key = (group, year, low, high)
        if key not in self.kept:
            mean = self.first[group] * self.inputs.level["wages"][year]
            found = np.zeros(mean.shape)
            for place in np.argwhere(mean > 0):
                s, x = place
                found[s, x] = clipped(mean[s, x], self.cv[group][s, x], low, high)
            self.kept[key] = found
        return self.kept[key]


def days_paid(survival, waiting, most):
    """Days of a spell that are paid, a day after another; parts of a day count in proportion."""
    total = 0.0
    for day, lasting in enumerate(survival):
        total += lasting * max(min(day + 1.0, waiting + most) - max(float(day), waiting), 0.0)
    return total


class Cash:
    """Events and expenditure of cash benefits by benefit, year and group."""

    def __init__(self, inputs, law, mean, pay):
        self.inputs, self.pay = inputs, pay
        self.events, self.spent = {}, {}
        for one in law["cash"]:
            for j in mean:
                for t, year in enumerate(inputs.years):
                    happened = self._events(one["event"], j, mean[j][t], t)
                    share = dated(one.get("entitled", 1.0), year) * dated(one.get("take_up", 1.0), year)
                    happened = happened * share * (j in one.get("groups", [j]))
                    self.events[one["name"], t, j] = happened.sum()
                    self.spent[one["name"], t, j] = (happened * self._amount(one, j, year)).sum()

    def _amount(self, one, group, year):
        level = self.inputs.level
        if one["event"] == "death":
            return dated(one["amount"], year, level)
        if one["event"] == "sickness":
            most = dated(one["maximum"], year) if "maximum" in one else NONE
            lasting = self.inputs.table("sickness_survival", "day")
            part = days_paid(lasting, dated(one.get("waiting", 0.0), year), most) / 365.0
        else:
            part = dated(one["weeks"], year) / 52.0 if one["event"] == "birth" else dated(one["days"], year) / 365.0
        low = dated(one["floor"], year, level) if "floor" in one else 0.0
        high = dated(one["ceiling"], year, level) if "ceiling" in one else NONE
        return dated(one["rate"], year) * part * self.pay.between(group, year, low, high)

    def _events(self, event, group, members, t):
        inputs = self.inputs
        found = np.zeros(members.shape)
        if event == "death":
            return members * inputs.mx[t]
        if event == "sickness":
            return members * (self.pay.first[group] > 0) * inputs.table("sickness_incidence", "sex", "age")
        rates = [float(rate) for rate in inputs.fertility(inputs.years[t])]
        if "fertility_ratio" in inputs.basis:
            more = inputs.table("fertility_ratio", "health_group", "age", health_group=[group])[0]
            rates = [a * b for a, b in zip(rates, more, strict=True)]
        if event == "birth":
            found[1] = members[1] * rates
            return found
        gap = float(inputs.basis["spouse_age_gap"])
        for x in range(inputs.ages):
            wife = x - gap
            if 0 <= wife <= inputs.ages - 1:
                low = math.floor(wife)
                after = rates[min(low + 1, inputs.ages - 1)]
                found[0, x] = members[0, x] * (rates[low] + (wife - low) * (after - rates[low]))
        return found


class Fund:
    """Income by line and group, payments, administration, reserve and rates."""

    def __init__(self, inputs, law, costs, cash, pay, pensions, spent):
        self.inputs, self.law, self.costs, self.pay, self.pensions = inputs, law, costs, pay, pensions
        self.n, self.years = len(inputs.years), inputs.years
        self.groups = [one["name"] for one in law["groups"]]
        self.lines = {one["name"]: one for one in law["lines"]}
        self.services = {(t, j): sum(spent[k, j][t] for k in costs.names) for t in range(self.n) for j in self.groups}
        cashed = {(t, j): 0.0 for t in range(self.n) for j in self.groups}
        for (_, t, j), money in cash.spent.items():
            cashed[t, j] += money
        self.incurred = {cell: self.services[cell] + cashed[cell] for cell in self.services}
        self.cash = [sum(cashed[t, j] for j in self.groups) for t in range(self.n)]
        self.by_line = {(name, t, j): self._income(name, t, j) for name in self.lines for t in range(self.n)
                        for j in self.groups}  # fmt: skip
        self.earnings = [sum(self._most(t, j) for j in self.groups) for t in range(self.n)]
        self._claims()
        self._roll()

    def _number(self, value, t, sex=None):
        return dated(value, self.years[t], self.inputs.level, sex)

    def _due(self, line, group):
        return group in line.get("groups", [group])

    def _taken(self, line, t):
        return self._number(line.get("collected", 1.0), t)

    def _base(self, line, t, j):
        low = self._number(line["floor"], t) if "floor" in line else 0.0
        high = self._number(line["ceiling"], t) if "ceiling" in line else NONE
        return (self.costs.mean[j][t] * self.pay.between(j, self.years[t], low, high)).sum()

    def _most(self, t, j):
        found = [0.0]
        for line in self.lines.values():
            if line["base"] == "earnings" and self._due(line, j):
                found.append(self._base(line, t, j) * self._taken(line, t))
        return max(found)

    def _part(self, line, t, j):
        """Part of a sum for all groups that is due for one."""
        if not self._due(line, j):
            return 0.0
        due = [other for other in self.groups if self._due(line, other)]
        whole = sum(self.incurred[t, other] for other in due)
        return self.incurred[t, j] / whole if whole > 0 else 1.0 / len(due)

    def _income(self, name, t, j, given=False):
        """Income of a line without what makes good a deficit; `given`: the part that no rate on earnings changes."""
        line = self.lines[name]
        if not self._due(line, j) or line["base"] == "deficit":
            return 0.0
        if line["base"] == "contribution":
            others = sum(self._income(other, t, j, given) for other in line["of"])
            return others * self._number(line["rate"], t) * self._taken(line, t)
        if line["base"] == "earnings":
            return 0.0 if given else self._number(line["rate"], t) * self._taken(line, t) * self._base(line, t, j)
        if line["base"] == "pension":
            return self._number(line["rate"], t) * self._taken(line, t) * self._pensions(t, j)
        amount = self._number(line["amount"], t) * self._taken(line, t)
        if line["base"] == "budget":
            return amount * self._part(line, t, j)
        heads = self.costs.mean[j][t].sum()
        return amount * heads / (self._number(self.law["fund"]["household"], t) if line["base"] == "household" else 1.0)

    def _pensions(self, t, j):
        """Pensions paid to the enrolled of a group of pensioners, by age as the pensions in payment."""
        one = next(group for group in self.law["groups"] if group["name"] == j)
        if one["form"] != "pensioners":
            return 0.0
        found = 0.0
        for name in one["of"]:
            mass = self.pensions["pension_mass"].sel(benefit=name).isel(year=t).transpose("sex", "age").values
            paid = float(self.pensions["benefit_expenditure"].sel(benefit=name).isel(year=t))
            enrolled = [[dated(one.get("enrolment", 1.0), self.years[t], None, sex)] for sex in SEXES]
            inside = np.arange(mass.shape[1])
            inside = (inside >= one.get("from_age", 0)) & (inside <= one.get("to_age", 200))
            found += paid * (mass * enrolled * inside).sum() / mass.sum() if mass.sum() > 0 else 0.0
        return found

    def _claims(self):
        """What is paid of the years' costs, and what is left unpaid."""
        incurred = [sum(self.services[t, j] for j in self.groups) for t in range(self.n)]
        self.services_incurred = incurred
        pattern, old = [1.0], 0.0
        if "payment_pattern" in self.inputs.basis:
            pattern = list(self.inputs.table("payment_pattern", "lag"))
            old = float(self.inputs.basis["claims_outstanding_0"])
        later = [sum(pattern[k:]) for k in range(1, len(pattern))]
        self.paid, self.outstanding, left = [], [], old
        for t in range(self.n):
            paid = sum(pattern[k] * incurred[t - k] for k in range(len(pattern)) if k <= t)
            if t < len(later):
                paid += old * later[t] / sum(later)
            left += incurred[t] - paid
            self.paid.append(paid)
            self.outstanding.append(left)

    def _sum(self, t, payers):
        return sum(self.by_line[name, t, j] for name, line in self.lines.items() if line["payer"] in payers
                   for j in self.groups)  # fmt: skip

    def _roll(self):
        fund, rules, interest = self.law["fund"], self.law["administration"], self.inputs.table("interest_rate", "year")
        self.interest, within = list(interest), fund.get("within_year", "compound")
        self.worth = {
            flow: [growth(rate, fund["timing"][flow], within) for rate in self.interest]
            for flow in ("contributions", "other_income", "outgo")
        }
        reserve = float(self.inputs.basis["health_reserve_0"])
        self.opening = reserve
        names = ("administration", "outgo", "contingency", "reserve", "deficit", "balance", "invested")
        for name in names:
            setattr(self, name, [])
        self.made_good = dict.fromkeys(((t, j) for t in range(self.n) for j in self.groups), 0.0)
        for t in range(self.n):
            benefits = self.paid[t] + self.cash[t]
            own, others = self._sum(t, OWN), self._sum(t, ("state", "donor", "other"))
            spent = self._number(rules.get("earnings", 0.0), t) * self.earnings[t]
            spent += self._number(rules.get("contributions", 0.0), t) * own
            spent += self._number(rules.get("benefits", 0.0), t) * benefits + self._number(rules.get("fixed", 0.0), t)
            outgo = benefits + spent
            level = reserve * (1 + self.interest[t]) + own * self.worth["contributions"][t]
            level += others * self.worth["other_income"][t] - outgo * self.worth["outgo"][t]
            deficit = self._guaranteed(t, max(-level, 0.0) / self.worth["other_income"][t])
            level += deficit * self.worth["other_income"][t]
            self.administration.append(spent)
            self.outgo.append(outgo)
            self.contingency.append(self._number(fund["months"], t) / 12 * benefits + self.outstanding[t])
            self.deficit.append(deficit)
            self.reserve.append(level)
            self.balance.append(level - reserve)
            self.invested.append(level - reserve - own - others - deficit + outgo)
            reserve = level

    def _guaranteed(self, t, lacking):
        """Adds what makes good a deficit to its lines; returns it."""
        total = 0.0
        for name, line in self.lines.items():
            if line["base"] == "deficit":
                for j in self.groups:
                    money = lacking * self._number(line["rate"], t) * self._part(line, t, j)
                    self.by_line[name, t, j] += money
                    total += money
        return total

    def total(self, t, payers):
        """Income of payers, what makes good a deficit included."""
        return self._sum(t, payers)

    def group_income(self, t, j):
        return sum(self.by_line[name, t, j] for name in self.lines)

    def _given(self, t):
        """Income that rates on earnings do not change, as worth on 31 December."""
        total = 0.0
        for name, line in self.lines.items():
            flow = "contributions" if line["payer"] in OWN else "other_income"
            total += self.worth[flow][t] * sum(self._income(name, t, j, given=True) for j in self.groups)
        return total

    def yearly_rate(self, t):
        """The rate on earnings that leaves the contingency reserve, if the year began with it."""
        before = self.contingency[t - 1] if t else self.opening
        needed = self.contingency[t] - (1 + self.interest[t]) * before + self.outgo[t] * self.worth["outgo"][t]
        return (needed - self._given(t)) / (self.earnings[t] * self.worth["contributions"][t])

    def level_rate(self, n):
        """The same rate in n years that leaves the contingency reserve at their end, by its two trial reserves."""

        def end(rate):
            level = self.opening
            for t in range(n):
                level = level * (1 + self.interest[t]) - self.outgo[t] * self.worth["outgo"][t] + self._given(t)
                level += rate * self.earnings[t] * self.worth["contributions"][t]
            return level

        return (self.contingency[n - 1] - end(0.0)) / (end(1.0) - end(0.0))

    def subsidies(self, t):
        """Who pays for whom: (group, receiving group or fund)."""
        net = {j: self.group_income(t, j) - self.incurred[t, j] for j in self.groups}
        plus, minus = sum(max(x, 0.0) for x in net.values()), sum(max(-x, 0.0) for x in net.values())
        found = {}
        for j, mine in net.items():
            for other, theirs in net.items():
                found[j, other] = max(mine, 0.0) * max(-theirs, 0.0) / max(plus, minus)
            found[j, "fund"] = max(mine, 0.0) - sum(found[j, other] for other in net)
        return found
