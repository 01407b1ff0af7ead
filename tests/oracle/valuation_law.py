"""The law per head, once more: plain numbers typed in by hand, plain formulas, nothing of the library.

A scheme is a dictionary. Amounts of money are `{"values": {year: currency/year}, "indexed": "wages"}`; dated numbers
are a number, `{year: value}` (held until the next one) or `("ramp", {year: value})`. Ages are those reached on
31 December, service is in years. Means over earnings are partial expectations of the lognormal distribution.
"""

import math

import numpy as np
from scipy.special import ndtr

RATES = {"wages": "wage_growth", "prices": "inflation"}
NONE = 1e30  # a ceiling that nobody meets, currency/year
EPS = 1e-9  # years of service: what differs by less is equal


def clip_mean(mean, cv, low, high):
    """E[min(max(X, low), high)] = low P(X < low) + E[X; low < X < high] + high P(X > high), elementwise.

    E[X; X < k] = m Phi(z - s), P(X < k) = Phi(z), z = (ln(k / m) + s^2 / 2) / s, s^2 = ln(1 + cv^2).
    """
    mean, low, high = (np.asarray(value, float) for value in (mean, low, high))
    if cv == 0.0:
        return np.clip(mean, low, np.maximum(low, high))
    sd = math.sqrt(math.log(1.0 + cv * cv))
    with np.errstate(divide="ignore", invalid="ignore"):
        z_low, z_high = ((np.log(bound / mean) + sd * sd / 2.0) / sd for bound in (low, high))
        upper = ndtr(sd - z_low) - ndtr(sd - z_high)
        inside = mean * np.where(z_low > sd, upper, ndtr(z_high - sd) - ndtr(z_low - sd))
        below = low * ndtr(z_low)
        above = np.where(np.isinf(high), 0.0, high * ndtr(-z_high))
    return np.where((mean > 0.0) & (low < high), below + inside + above, np.clip(mean, low, np.maximum(low, high)))


def dated(value, year):
    """A number, one that holds from a year on, or one on the straight line between two years."""
    if isinstance(value, tuple):
        points = sorted(value[1].items())
        return float(np.interp(year, [key for key, _ in points], [number for _, number in points]))
    if isinstance(value, dict):
        return float(value[max([key for key in value if key <= year], default=min(value))])
    return float(value)


class Economy:
    """Indices, salaries, limits of earnings and reference earnings, by calendar year."""

    def __init__(self, numbers, scheme):
        self.numbers, self.scheme, self.base = numbers, scheme, int(numbers.years[0]) - 1
        self.known, self.memory = {name: self._growth(rate) for name, rate in RATES.items()}, {}

    def _growth(self, name):
        known = dict(zip(self.numbers.years, self.numbers.get(name, "year"), strict=True))
        if name + "_past" in self.numbers.basis:
            past = self.numbers.basis[name + "_past"]
            for year, value in zip(past["past_year"].values, past.values, strict=True):
                if year <= self.base:
                    known[int(year)] = float(value)
        return known

    def growth(self, index, year):
        """Growth of wages or prices of a year; before the first year known that of the first."""
        known = self.known[index]
        return float(known[max(year, min(known))])

    def level(self, index, year):
        """Level of an index: 1 in the base year."""
        if index == "none":
            return 1.0
        if (index, year) not in self.memory:
            found = 1.0
            for later in range(self.base + 1, year + 1):
                found *= 1.0 + self.growth(index, later)
            for later in range(year + 1, self.base + 1):
                found /= 1.0 + self.growth(index, later)
            self.memory[index, year] = found
        return self.memory[index, year]

    def money(self, amount, year):
        """Amount of money of a year: the last one stated, grown since the year in which it was stated."""
        stated = max([key for key in amount["values"] if key <= year], default=min(amount["values"]))
        index = amount.get("indexed", "none")
        return amount["values"][stated] * self.level(index, year) / self.level(index, stated)

    def salary(self, year, g, s):
        """Salary curve by age of a year: that of the base year, with the growth of the group or of wages."""
        if ("salary", year, g, s) not in self.memory:
            level = self.level("wages", min(year, self.base))
            for later in range(self.base + 1, year + 1):
                level *= 1.0 + self._of_group(later, g)
            self.memory["salary", year, g, s] = self.numbers.get("salary_0", "group", "sex", "age")[g, s] * level
        return self.memory["salary", year, g, s]

    def _of_group(self, year, g):
        if "salary_growth" not in self.numbers.basis:
            return self.growth("wages", year)
        return self.numbers.get("salary_growth", "year", "group")[year - self.base - 1, g]

    def limits(self, year):
        """Floor and ceiling of insurable earnings of a year."""
        floor, ceiling = self.scheme.get("floor"), self.scheme.get("ceiling")
        return (
            self.money(floor, year) if floor else 0.0,
            self.money(ceiling, year) if ceiling else NONE,
        )

    def declared(self, year, g):
        """Share of the earnings due that is declared and recorded; before the first year that of the first."""
        shares = self.numbers.get("declared_share", "year", "group", default=1.0)
        return shares[max(year - self.base - 1, 0), g]

    def reference(self, year, g, s, y, rule):
        """Mean of the revalued salaries of the last years at the ages a member aged y then had."""
        years, index = rule[:2]
        if (years, index, year, g, s, y) in self.memory:
            return self.memory[years, index, year, g, s, y]
        found = []
        for k in range(years):
            paid = self.salary(year - k, g, s)[y - k] if y >= k else 0.0
            if paid > 0.0:
                found.append(paid * self.declared(year - k, g) * self.level(index, year) / self.level(index, year - k))
        return self.memory.setdefault((years, index, year, g, s, y), sum(found) / len(found) if found else 0.0)

    def reference_limits(self, year, g, rule):
        """Means of the revalued floors and ceilings of the reference years, as far as earnings are declared."""
        years, index, capped = rule
        if not capped:
            return 0.0, NONE
        if (*rule, year, g) in self.memory:
            return self.memory[*rule, year, g]
        total = [0.0, 0.0]
        for k in range(years):
            up = self.level(index, year) / self.level(index, year - k) * self.declared(year - k, g)
            total = [sum_ + limit * up for sum_, limit in zip(total, self.limits(year - k), strict=True)]
        return self.memory.setdefault((*rule, year, g), (total[0] / years, total[1] / years))

    def average_wage(self, year):
        """Average salary of the active insured of the valuation date, grown with wages."""
        if "average wage" not in self.memory:
            people = self.numbers.get("active_0", "group", "sex", "age", "service").sum(axis=-1)
            salary = self.numbers.get("salary_0", "group", "sex", "age")
            self.memory["average wage"] = (people * salary).sum() / people.sum()
        return self.memory["average wage"] * self.level("wages", year)


def share_past(age, limit):
    """Share of those of an age last birthday who have passed an exact age."""
    return min(max(age + 1.0 - limit, 0.0), 1.0)


class Law:
    """Answers of the benefits for one year, group, sex and age, along service."""

    def __init__(self, economy, scheme):
        self.economy, self.scheme, self.groups = economy, scheme, list(economy.numbers.basis["group"].values)

    def claim(self, name, t, g, y, n):
        """Share of those at the event who start the benefit, by service."""
        rule = self.scheme["benefits"][name]
        kind = rule["form"]
        if kind == "old_age":
            usual, early = self.starting(rule, t, y)
            return (usual + early) * (n >= dated(rule["qualifying_years"], t) - EPS)
        if kind in ("old_age_grant", "refund"):
            missed = self.scheme["benefits"][rule.get("instead_of", "old_age")]
            there = share_past(y, dated(missed["retirement_age"], t)) if missed["form"] == "old_age" else 1.0
            return there * (n < dated(missed["qualifying_years"], t) - EPS) * rule.get("claim_rate", 1.0)
        return (n >= rule.get("qualifying_years", 0.0) - EPS) * rule.get("claim_rate", 1.0)

    def starting(self, rule, t, y):
        """Share of the entitled of an age who start the usual old-age pension, and the early one."""
        there = share_past(y, dated(rule["retirement_age"], t))
        rate = rule.get("retirement_rate", 1.0)
        if "claim_rate_late" in rule:
            base = self.economy.base
            past = share_past(y - (t - base), dated(rule["retirement_age"], base))
            rate = past * rule["claim_rate_late"] + (1.0 - past) * rate
        early = 0.0
        if "early_age" in rule:
            early = max(share_past(y, dated(rule["early_age"], t)) - there, 0.0) * rule["early_rate"]
        return there * rate, early

    def age_factor(self, rule, t, y):
        """Factor of the old-age pension for those who start it in the year of age y: early and other ones together."""
        limit = dated(rule["retirement_age"], t)
        late = 1.0 + rule.get("late_increase", 0.0) * max(0.0, y - limit)
        usual, early = self.starting(rule, t, y)
        if early == 0.0:
            return late
        short = (limit - y + 1.0) / 2.0 if share_past(y, limit) > 0.0 else limit - y
        reduced = min(max(1.0 - rule["early_reduction"] * short, 0.0), 1.0)
        return (usual * late + early * reduced) / (usual + early)

    def parts(self, name, t, g, y, n):
        """Amounts that add up: (reference or None, rate by service, least, greatest, multiple)."""
        rule = self.scheme["benefits"][name]
        kind = rule["form"]
        if kind == "old_age":
            return self.pension(name, t, y, n, self.age_factor(rule, t, y))
        if kind == "invalidity":
            return self.pension(name, t, y, n, 1.0)
        if kind in ("widows", "orphans"):
            return self.pension(rule.get("of", "old_age"), t, y, n, rule["share"])
        if kind == "old_age_grant":
            reference = (rule["years"], rule["revaluation"], rule.get("capped", True))
            return [(reference, rule["months"] / 12.0 * n, 0.0, math.inf, 1.0)]
        if kind == "refund":
            return [((1, "none", True), self.paid_back(rule, t, g, n), 0.0, math.inf, 1.0)]
        if "amount" in rule:
            return [(None, rule["amount"] + 0.0 * n, 0.0, math.inf, 1.0)]
        return [(None, rule["months"] / 12.0 * self.economy.average_wage(t) + 0.0 * n, 0.0, math.inf, 1.0)]

    def pension(self, name, t, y, n, multiple):
        """Amounts of the formula of a pension for n years of service."""
        rule = self.scheme["benefits"][name]
        if "projected_to_age" in rule:
            n = n + max(0.0, rule["projected_to_age"] - y) * rule.get("projected_share", 1.0)
        if "of" in rule:
            return self.pension(rule["of"], t, y, n, multiple)
        return [self.formula(one, t, n, multiple) for one in rule["formula"]]

    def formula(self, formula, t, n, multiple):
        """One formula: a flat amount, or a share of reference earnings between a least and a greatest amount."""
        if "amount" in formula:
            part = np.minimum(1.0, n / formula["full_years"]) if "full_years" in formula else 1.0 + 0.0 * n
            return (None, part * self.economy.money(formula["amount"], t), 0.0, math.inf, multiple)
        first = formula.get("base_years", 0.0)
        further = np.maximum(n - first, 0.0)
        if formula.get("completed_years"):
            further = np.floor(further + EPS)
        accrued = _accrued(formula["accrual"], first + further) - _accrued(formula["accrual"], first)
        share = accrued + formula.get("base_rate", 0.0)
        share = np.minimum(np.maximum(share, formula.get("minimum", 0.0)), formula.get("maximum", math.inf))
        least, most = formula.get("minimum_pension"), formula.get("maximum_pension")
        return (
            (formula["years"], formula["revaluation"], formula.get("capped", True)),
            share,
            self.economy.money(least, t) if least else 0.0,
            self.economy.money(most, t) if most else math.inf,
            multiple,
        )

    def paid_back(self, rule, t, g, n):
        """Contributions of each past year at the rate of that year on wages carried back, with interest."""
        total, k, longest = np.zeros(len(n)), 0, n.max(initial=0.0)
        while k == 0 or longest - k + 0.5 > 0.0:
            weight = np.minimum(n, 0.5) if k == 0 else np.clip(n - k + 0.5, 0.0, 1.0)
            rate = 0.0
            for line in self.scheme["lines"]:
                due = not line.get("groups") or self.groups[g] in line["groups"]
                rate += dated(line["rate"], t - k) if line["name"] in rule["contributions"] and due else 0.0
            wages = self.economy.level("wages", t - k) / self.economy.level("wages", t)
            total += rate * weight * (1.0 + rule.get("interest", 0.0)) ** k * wages
            k += 1
        return total * rule.get("share", 1.0)

    def expected(self, part, earnings, cv):
        """Mean of an amount and of the same without its minimum, by service.

        `earnings` are mean reference earnings and the floor and ceiling between which they count, then means of
        earnings times each of them: members who left at different times differ, where wages do not revalue.
        """
        reference, rate, least, most, multiple = part
        if reference is None:
            return multiple * rate, multiple * rate
        limited = least > 0.0 or most < math.inf
        members = two_members(*earnings) if limited and reference[1] != "wages" else [(1.0, *earnings[:3])]
        found = dict.fromkeys((least, 0.0), 0.0)
        for least_here in found:
            for weight, mean, floor, ceiling in members:
                low, high = (np.clip(rate * limit, least_here, most) for limit in (floor, ceiling))
                found[least_here] = found[least_here] + weight * multiple * clip_mean(rate * mean, cv, low, high)
        return found[least], found[0.0]


def two_members(mean, floor, ceiling, square, by_floor, by_ceiling):
    """Weights, earnings, floors and ceilings of two members of each cell with the mean and variance of all of them, and
    their coefficient of variation as skewness; limits are those of the regression on earnings."""
    variance = np.where(square > (1.0 + 1e-13) * mean**2, square - mean**2, 0.0)
    share = np.divide(variance, mean**2, out=np.zeros_like(mean), where=mean > 0.0)
    far = np.sqrt(share**2 + 4.0 * share)
    found = []
    for sign in (1.0, -1.0):
        apart = 0.5 * (share + sign * far)
        limits = [
            k + np.divide(with_k - mean * k, mean * share, out=np.zeros_like(mean), where=share > 0.0) * apart
            for k, with_k in ((floor, by_floor), (ceiling, by_ceiling))
        ]
        weight = 0.5 - np.divide(0.5 * sign * share, far, out=np.zeros_like(mean), where=share > 0.0)
        least = np.maximum(limits[0], 0.0)
        found.append((weight, mean * (1.0 + apart), least, np.maximum(limits[1], least)))
    return found


def _accrued(accrual, years):
    """Accrual over the first years of service: one rate, or bands [(above, rate), ...]."""
    if not isinstance(accrual, list):
        return accrual * years
    total = 0.0
    for i, (above, rate) in enumerate(accrual):
        top = accrual[i + 1][0] if i + 1 < len(accrual) else math.inf
        total = total + rate * (np.minimum(np.maximum(years, above), top) - above)
    return total


def indexation(rule, economy, year):
    """Adjustment of pensions in payment of a year."""
    mix, past = rule["indexation"], year - rule["indexation"].get("lag", 0)
    parts = [mix.get(index, 0.0) * economy.growth(index, past) for index in ("prices", "wages")]
    return sum(parts) + mix.get("fixed", 0.0)
