"""Use, prices, payment of providers and what patients pay once more: one service and group at a time, no shared code.

All arrays of members are (year from the base year on, sex, age); results are dicts by (service, group).
"""

import math

import numpy as np

from tests.oracle.health_members import dated

NONE = float("inf")


def limited(mean, cv, limit):
    """E[min(X, limit)] of a lognormal X by the error function; a cv of 0 is a sure amount."""
    if mean <= 0.0 or limit <= 0.0:
        return 0.0
    if math.isinf(limit):
        return mean
    if cv == 0.0:
        return min(mean, limit)
    sigma = math.sqrt(math.log(1.0 + cv * cv))
    z = (math.log(limit / mean) + 0.5 * sigma * sigma) / sigma
    return mean * 0.5 * math.erfc(-(z - sigma) / math.sqrt(2.0)) + limit * 0.5 * math.erfc(z / math.sqrt(2.0))


class Sharing:
    """What patients pay of a contact of a service in a year."""

    def __init__(self, service, year, level):
        self.chi = dated(service.get("coinsurance", 0.0), year)
        self.copay, self.deductible = (dated(service.get(word, 0.0), year, level) for word in ("copay", "deductible"))
        self.most = dated(service["maximum"], year, level) if "maximum" in service else NONE

    def paid(self, mean, cv):
        """E[(1 - chi)(min(X, m) - d')+], d' = d + f/(1 - chi)."""
        if self.chi >= 1.0:
            return 0.0
        start = self.deductible + self.copay / (1.0 - self.chi)
        if start >= self.most:
            return 0.0
        return (1.0 - self.chi) * (limited(mean, cv, self.most) - limited(mean, cv, start))

    def due(self, cost):
        """What a patient pays of a contact of a known cost."""
        if self.chi >= 1.0:
            return cost
        start = self.deductible + self.copay / (1.0 - self.chi)
        return cost - (1.0 - self.chi) * max(min(cost, self.most) - start, 0.0)


class Costs:
    """Contacts, unit costs, cost of providers, payments of patients and expenditure."""

    def __init__(self, inputs, law, members, factors=None):
        self.inputs, self.law, self.members = inputs, law, members
        self.services, self.groups = law["services"], law["groups"]
        self.names = [one["name"] for one in self.services]
        self.n = len(inputs.years)
        self.mean = {name: 0.5 * (path[1:] + path[:-1]) for name, path in members.enrolled.items()}
        self.covered = {name: 0.5 * (path[1:] + path[:-1]) for name, path in members.covered.items()}
        self.factor = {one["name"]: self._use_factor(one) for one in self.groups}
        names = [one["name"] for one in self.groups]
        wanted = {"service_type": self.names, "health_group": names}
        use = inputs.table("use_rate_0", "service_type", "health_group", "sex", "age", **wanted)
        cost = inputs.table("unit_cost_0", "service_type", "health_group", **wanted)
        spread = inputs.table("severity_cv", "service_type", service_type=self.names)
        self.cv = dict(zip(self.names, spread, strict=True))
        cells = [(k, j) for k in self.names for j in names]
        self.use = {cell: use[self.names.index(cell[0]), names.index(cell[1])] for cell in cells}
        self.cost_0 = {cell: cost[self.names.index(cell[0]), names.index(cell[1])] for cell in cells}
        self.cells, self.by_name = cells, {one["name"]: one for one in self.services}
        self.wanted_0 = {cell: self._first_contacts(*cell) for cell in cells}
        self.contacts_0 = {(k, j): self.wanted_0[k, j] * self._package(k, inputs.base) for k, j in cells}
        self.factors = factors or self._calibrated()
        index = {k: self._prices(k) for k in self.names}
        base = {cell: self.cost_0[cell] * self.factors[cell] for cell in cells}
        self.base_cost = base
        self.unit_cost = {cell: [base[cell] * index[cell[0]][t] for t in range(self.n)] for cell in cells}
        self.share = {
            cell: [self.paid_share(*cell, year, self.unit_cost[cell][t]) for t, year in enumerate(inputs.years)]
            for cell in cells
        }
        self.contacts, self.rationed = self._contacts()
        self.provider = {k: self._due(k) for k in self.names}

    def _dated(self, value, t):
        return dated(value, self.inputs.years[t], self.inputs.level)

    def _package(self, service, year):
        """Part of a service that is covered."""
        return dated(self.by_name[service].get("covered", 1.0), year)

    def _entitled(self, service, group):
        return 1.0 if group in self.by_name[service].get("groups", [group]) else 0.0

    def paid_share(self, service, group, year, cost):
        one = self.by_name[service]
        if group in one.get("exempt", ()) or cost <= 0:
            return 1.0
        return Sharing(one, year, self.inputs.level).paid(cost, self.cv[service]) / cost

    def _use_factor(self, one):
        """Selection and catching up by year, from the base year on."""
        name, found = one["name"], []
        totals = [self.members.enrolled[name][0].sum()] + [part.sum() for part in self.mean[name]]
        joined = [(None, totals[0])]
        for t, year in enumerate([self.inputs.base, *self.inputs.years]):
            if t:
                kept = min(totals[t] / totals[t - 1], 1.0) if totals[t - 1] > 0 else 0.0
                joined = [(when, size * kept) for when, size in joined]
                joined.append((t, max(totals[t] - totals[t - 1], 0.0)))
            lacking = 0.0
            for when, size in joined:
                if when is not None and size > 0:
                    tenure = t - when + 0.5
                    lag = math.exp(-one.get("catching_up", 0.5) * tenure)
                    first = dated(one.get("first_use", 1.0), self.inputs.years[when - 1])
                    lacking += size / totals[t] * (1.0 - first) * lag
            enrolled = dated(one.get("enrolment", 0.0 if one["form"] == "rest" else 1.0), year)
            found.append((1.0 + one.get("selection", 0.0) * (1.0 - enrolled)) * (1.0 - lacking))
        return found

    def _first_contacts(self, service, group):
        """Contacts of the base year, those that the package did not cover included."""
        entitled = self._entitled(service, group)
        return self.members.covered[group][0] * self.use[service, group] * entitled * self.factor[group][0]

    def _optional(self, name, service, otherwise):
        if name not in self.inputs.basis:
            return [otherwise] * self.n
        return list(self.inputs.table(name, "service_type", "year", service_type=[service])[0])

    def _single(self, name, service, otherwise):
        if name not in self.inputs.basis:
            return otherwise
        return float(self.inputs.table(name, "service_type", service_type=[service])[0])

    def _prices(self, service):
        labour, level, found = self._single("labour_share", service, 0.0), 1.0, []
        wages, prices = (self.inputs.table(name, "year") for name in ("wage_growth", "inflation"))
        more = (self._optional(name, service, 0.0) for name in ("excess_inflation", "intensity_growth"))
        for t, (excess, intensity) in enumerate(zip(*more, strict=True)):
            level *= (1.0 + labour * wages[t] + (1.0 - labour) * prices[t] + excess) * (1.0 + intensity)
            found.append(level)
        return found

    def _dying(self, service, t):
        """Use by age because fewer or more are in their last year of life than in the first projected year."""
        ratio = self._single("decedent_cost_ratio", service, 1.0)
        now, then = (1.0 - self.inputs.alive[at] for at in (t, 0))
        return ((1.0 - now) + now * ratio) / ((1.0 - then) + then * ratio)

    def _demand(self, cell, t):
        """Arc elasticity to the price that patients pay."""
        elasticity = self.law["fund"].get("elasticity", 0.0)
        now = 1.0 - self.share[cell][t]
        then = 1.0 - self.paid_share(*cell, self.inputs.base, self.base_cost[cell])
        if elasticity == 0.0 or now + then <= 0.0:
            return 1.0
        change = elasticity * (now - then) / (now + then)
        return (1.0 + change) / (1.0 - change)

    def _contacts(self):
        found = {cell: np.zeros(self.covered[cell[1]].shape) for cell in self.cells}
        rationed = {}
        for k in self.names:
            grown = 1.0
            growth, shock = self._optional("use_growth", k, 0.0), self._optional("use_shock", k, 1.0)
            limit, rationed[k] = self._optional("capacity", k, NONE), []
            for t, year in enumerate(self.inputs.years):
                grown *= 1.0 + growth[t]
                dying = self._dying(k, t)
                for j in self.covered:
                    level = grown * shock[t] * self._entitled(k, j) * self._package(k, year) * self.factor[j][t + 1]
                    level *= self._demand((k, j), t)
                    found[k, j][t] = self.covered[j][t] * self.use[k, j] * dying * level
                wanted = sum(found[k, j][t].sum() for j in self.covered)
                part = min(1.0, limit[t] / wanted) if wanted > 0 else 1.0
                rationed[k].append(1.0 - part)
                for j in self.covered:
                    found[k, j][t] *= part
        return found, rationed

    def first_spending(self, factors):
        """Expenditure of the base year by cell."""
        found = {}
        for cell in self.cells:
            cost = self.cost_0[cell] * factors[cell]
            found[cell] = self.contacts_0[cell].sum() * cost * self.paid_share(*cell, self.inputs.base, cost)
        return found

    def _calibrated(self):
        rows, columns = (self._margin(name, dim) for name, dim in (
            ("expenditure_by_service_0", "service_type"), ("expenditure_by_group_0", "health_group"),
        ))  # fmt: skip
        factors = dict.fromkeys(self.cells, 1.0)
        if rows is None and columns is None:
            return factors
        start = self.first_spending(factors)
        target = raked(start, rows, columns)
        for cell, goal in target.items():
            if goal > 0:
                factors[cell] = self._solved(cell, goal)
        return factors

    def _margin(self, name, dim):
        if name not in self.inputs.basis:
            return None
        labels = self.names if dim == "service_type" else [one["name"] for one in self.groups]
        return dict(zip(labels, self.inputs.table(name, dim, **{dim: labels}), strict=True))

    def _solved(self, cell, goal):
        """The factor with which a cell costs what it should, by bisection."""
        number = self.contacts_0[cell].sum()

        def spent(factor):
            cost = self.cost_0[cell] * factor
            return number * cost * self.paid_share(*cell, self.inputs.base, cost)

        low, high = 0.0, 1.0
        while spent(high) < goal:
            high *= 2.0
        for _ in range(200):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if spent(middle) < goal else (low, middle)
        return 0.5 * (low + high)

    def _due(self, service):
        """What providers are due by group: (year, sex, age)."""
        return self._paid_by(service, self.by_name[service]["pay"])

    def _paid_by(self, service, pay):
        form = pay["form"]
        return getattr(self, f"_{form}")(service, pay)

    def _scaled(self, service, scale):
        """Contacts at their reference cost, times something by year and group."""
        found = {}
        for j in self.covered:
            found[j] = self.contacts[service, j] * np.array(self.unit_cost[service, j])[:, None, None]
            for t in range(self.n):
                found[j][t] *= scale(t, j)
        return found

    def _whole(self, service):
        parts = self._scaled(service, lambda t, j: 1.0).values()
        return [sum(part[t].sum() for part in parts) for t in range(self.n)]

    def _carried(self, growth):
        level, found = 1.0, []
        for t in range(self.n):
            level *= 1.0 + self._dated(growth, t)
            found.append(level)
        return found

    def _fee(self, service, pay):
        if "budget" not in pay:
            return self._scaled(service, lambda t, j: 1.0)
        whole = self._whole(service)
        return self._scaled(service, lambda t, j: self._dated(pay["budget"], t) / whole[t] if whole[t] > 0 else 0.0)

    def _budget(self, service, pay):
        first = sum(self.wanted_0[service, j].sum() * self.base_cost[service, j] for j in self.covered)
        level = self.inputs.level.get(pay["index"]) or dict.fromkeys(self.inputs.years, 1.0)
        grown, whole = self._carried(pay.get("growth", 0.0)), self._whole(service)
        years = self.inputs.years
        sums = [first * self._package(service, year) * level[year] * grown[t] for t, year in enumerate(years)]
        if pay.get("capped"):
            sums = [min(one, other) for one, other in zip(sums, whole, strict=True)]
        return self._scaled(service, lambda t, j: sums[t] / whole[t] if whole[t] > 0 else 0.0)

    def _own(self, service, pay):
        whole, grown, found = self._whole(service), self._carried(pay.get("growth", 0.0)), []
        for t in range(self.n):
            fixed = sum(self.wanted_0[service, j].sum() * self.unit_cost[service, j][t] for j in self.covered)
            fixed *= self._package(service, self.inputs.years[t])
            share = self._dated(pay["fixed"], t)
            found.append((share * fixed * grown[t] / whole[t] if whole[t] > 0 else 0.0) + 1.0 - share)
        return self._scaled(service, lambda t, j: found[t])

    def _users(self, service, group):
        first = self.wanted_0[service, group]
        return first if first.sum() > 0 else sum(self.wanted_0[service, j] for j in self.covered)

    def _weighted(self, service, name, growth):
        """Contacts by a weight of sex and age over its mean in the base year."""
        weight = np.ones(self.inputs.mx.shape[1:])
        if name in self.inputs.basis:
            weight = self.inputs.table(name, "service_type", "sex", "age", service_type=[service])[0]
        level, mean = self._carried(growth), {}
        for j in self.covered:
            users = self._users(service, j)
            mean[j] = (users * weight).sum() / users.sum() if users.sum() > 0 else NONE
        return self._scaled(service, lambda t, j: weight / mean[j] * level[t])

    def _case(self, service, pay):
        return self._weighted(service, "case_mix", pay.get("creep", 0.0))

    def _day(self, service, pay):
        return self._weighted(service, "days_per_contact", pay.get("growth", 0.0))

    def _head(self, service, pay):
        """A sum for each member: what a member of the group cost in the base year, by sex and age as all cost."""
        first = {j: self.members.covered[j][0] for j in self.covered}
        spent = {j: self.wanted_0[service, j] * self.base_cost[service, j] for j in self.covered}
        everybody, everything = sum(first.values()), sum(spent.values())
        risk = np.divide(everything, everybody, out=np.zeros(everybody.shape), where=everybody > 0)
        found = {}
        for j in self.covered:
            found[j] = np.zeros(self.covered[j].shape)
            there = first[j].sum() > 0
            counted = first[j] if there else everybody
            mean = (counted * risk).sum() / counted.sum()
            joins = not there and self.contacts[service, j].sum() > 0
            rate = everything.sum() / everybody.sum() if joins else spent[j].sum() / max(first[j].sum(), 1e-300)
            weight = risk / mean if pay.get("risk", True) and mean > 0 else np.ones(risk.shape)
            for t in range(self.n):
                grown = self._package(service, self.inputs.years[t])
                grown *= self.unit_cost[service, j][t] / self.base_cost[service, j]
                found[j][t] = self.covered[j][t] * rate * grown * weight
        return found

    def _mixture(self, service, pay):
        parts = [(share, self._paid_by(service, one)) for share, one in pay["parts"]]
        found = {}
        for j in self.covered:
            found[j] = np.zeros(self.covered[j].shape)
            for t in range(self.n):
                found[j][t] = sum(self._dated(share, t) * part[j][t] for share, part in parts)
        return found

    def pocket(self, cell, t):
        """What patients pay of the contacts of a year, without a yearly ceiling."""
        return self.contacts[cell][t].sum() * self.unit_cost[cell][t] * (1.0 - self.share[cell][t])

    def spent(self, cell, t):
        return self.provider[cell[0]][cell[1]][t].sum()


def raked(start, rows, columns):
    """A table of cells scaled until its sums by service and by group are those given."""
    table = dict(start)
    if rows is not None and columns is not None:
        more = sum(rows.values()) / sum(columns.values())
        columns = {name: value * more for name, value in columns.items()}
    for _ in range(500):
        for margin, place in ((columns, 1), (rows, 0)):
            for name in margin or ():
                line = [cell for cell in table if cell[place] == name]
                whole = sum(table[cell] for cell in line)
                for cell in line:
                    table[cell] *= margin[name] / whole if whole > 0 else 0.0
        if columns is None or rows is None:
            break
        apart = max(
            abs(sum(value for cell, value in table.items() if cell[1] == name) - goal) / goal
            for name, goal in columns.items() if goal > 0
        )  # fmt: skip
        if apart < 1e-14:
            break
    return table
