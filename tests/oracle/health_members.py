"""Members of a health scheme once more: loops over groups, years, sexes and ages, nothing shared with the library.

The law is a list of dicts typed by hand; a number of the law is a float, `{"step": {year: value}}`, `{"ramp": {...}}`,
`{"male": ..., "female": ...}`; money may have `"index": "wages"` or `"prices"`. Arrays begin with the base year.
"""

import math

import numpy as np

from tests.oracle.population import life_table, survival_ratios

SEXES = ("male", "female")
ADULT = 15


class Inputs:
    """The numbers of a basis as plain arrays, and levels of wages and prices (1 in the base year)."""

    def __init__(self, basis):
        self.basis = basis
        self.years = [int(year) for year in basis["year"].values]
        self.base = self.years[0] - 1
        self.ages = len(basis["age"])
        self.level = {"wages": self._levels("wage_growth"), "prices": self._levels("inflation")}
        self.mx = self.table("mx", "year", "sex", "age")
        self.alive, self.newborn = self._survival()

    def table(self, name, *dims, **labels):
        """Values in an order of dims, of some labels; repeated along dims that the basis does not have."""
        found = self.basis[name]
        for dim in dims:
            if dim not in found.dims:
                found = found.expand_dims({dim: self.basis[dim].values})
        found = found.sel({dim: list(wanted) for dim, wanted in labels.items()})
        return np.array(found.transpose(*dims).values, dtype=float)

    def _levels(self, name):
        level, found = 1.0, {self.base: 1.0}
        for year, growth in zip(self.years, self.table(name, "year"), strict=True):
            level *= 1.0 + growth
            found[year] = level
        past = self.basis[f"{name}_past"]
        for year in range(self.base, int(past["past_year"][0]), -1):
            found[year - 1] = found[year] / (1.0 + float(past.sel(past_year=year)))
        return found

    def _survival(self):
        """Survival of a stock aged x by year and sex, and of those born in a year to its end."""
        alive, newborn = np.zeros(self.mx.shape), np.zeros(self.mx.shape[:2])
        for t in range(len(self.years)):
            first = [_first_year(sex, self.mx[t, s, 0]) for s, sex in enumerate(SEXES)]
            for s in (0, 1):
                ax = [first[s]] + [0.5] * (self.ages - 1)
                into = survival_ratios(list(self.mx[t, s]), ax)
                alive[t, s] = [*into[1:], into[-1]]
                newborn[t, s] = life_table(list(self.mx[t, s]), ax)[1][0]
        return alive, newborn

    def fertility(self, year):
        """Births per woman by age in a year, past or projected; the earliest known where none is."""
        known = self.basis
        if year >= self.years[0]:
            return known["asfr"].sel(year=year).values
        past = known["asfr_past"]
        return past.sel(past_year=max(year, int(past["past_year"][0]))).values


def _first_year(sex, m0):
    """Years lived in the first year of life by those who die in it: Coale and Demeny, West."""
    if sex == "male":
        return 0.330 if m0 >= 0.107 else 0.045 + 2.684 * m0
    return 0.350 if m0 >= 0.107 else 0.053 + 2.800 * m0


def dated(value, year, level=None, sex=None):
    """A number of the law in a year."""
    if not isinstance(value, dict):
        return float(value)
    if "male" in value:
        return dated(value[sex], year, level)
    kind = "ramp" if "ramp" in value else "step"
    points = sorted(value[kind].items())
    before = [point for point in points if point[0] <= year]
    start, found = before[-1] if before else points[0]
    later = [point for point in points if point[0] > year]
    if kind == "ramp" and before and later:
        found += (later[0][1] - found) * (year - start) / (later[0][0] - start)
    if value.get("index"):
        path = level[value["index"]]
        found *= path[year] / path[start]
    return float(found)


class Members:
    """Eligible, enrolled and covered persons by group: arrays (year from the base year on, sex, age)."""

    def __init__(self, inputs, groups, population, insured, pensions):
        self.inputs, self.of_insured, self.of_pensions = inputs, insured, pensions
        self.years = [inputs.base, *inputs.years]
        self.people = np.stack([inputs.table("population_0", "sex", "age"), *population])
        self.eligible, self.enrolled, self.covered = {}, {}, {}
        for forms in (("insured", "employed", "pensioners", "refugees"), ("dependants",), ("population",), ("rest",)):
            outside = self.people - sum(self.enrolled.values(), start=np.zeros(self.people.shape))
            found = {one["name"]: one for one in groups if one["form"] in forms}
            for name, one in found.items():
                self.eligible[name] = self._windowed(one, getattr(self, one["form"])(one, outside))
            otherwise = 0.0 if "rest" in forms else 1.0
            for name, one in found.items():
                self.enrolled[name] = self.eligible[name] * self._path(one.get("enrolment", otherwise))
                self.covered[name] = self.enrolled[name] * self._path(one.get("effective", 1.0))

    def _path(self, value):
        return np.array([[[dated(value, year, None, sex)] for sex in SEXES] for year in self.years])

    def _windowed(self, one, stock):
        ages = np.arange(stock.shape[-1])
        return stock * ((ages >= one.get("from_age", 0)) & (ages <= one.get("to_age", 200)))

    def insured(self, one, outside):
        """A share of the active insured of some groups."""
        found = np.zeros(self.people.shape)
        for name in one["of"]:
            opening = self.inputs.basis["active_0"].sel(group=name).sum("service")
            found[0] += opening.transpose("sex", "age").values
            found[1:] += self.of_insured["active"].sel(group=name).transpose("year", "sex", "age").values
        return found * self._path(one.get("share", 1.0))

    def employed(self, one, outside):
        """A share of the employed; those of the base year at the rates of the first projected one."""
        rate = self.inputs.table("participation_rate", "year", "sex", "age")
        jobless = self.inputs.table("unemployment_rate", "year", "sex", "age")
        found = np.zeros(self.people.shape)
        for t in range(len(self.years)):
            k = max(t - 1, 0)
            found[t] = self.people[t] * rate[k] * (1.0 - jobless[k]) * dated(one["share"], self.years[t])
        return found

    def pensioners(self, one, outside):
        found = np.zeros(self.people.shape)
        for name in one["of"]:
            if name in self.inputs.basis["benefit"].values:
                found[0] += self.inputs.basis["pensioners_0"].sel(benefit=name).transpose("sex", "age").values
            found[1:] += self.of_pensions["pensioners"].sel(benefit=name).transpose("year", "sex", "age").values
        for t, year in enumerate(self.years):
            found[t] *= 1.0 - dated(one.get("overlap", 0.0), year)
        return found

    def refugees(self, one, outside):
        """Who is there survives and ages; arrivals; children of refugee women."""
        inputs, name = self.inputs, one["name"]
        arrivals = inputs.table("refugee_arrivals", "health_group", "year", "sex", "age", health_group=[name])[0]
        boys = inputs.table("srb", "year")
        found = np.zeros(self.people.shape)
        found[0] = inputs.table("refugees_0", "health_group", "sex", "age", health_group=[name])[0]
        for t in range(len(inputs.years)):
            for s in (0, 1):
                for x in range(inputs.ages):
                    found[t + 1, s, min(x + 1, inputs.ages - 1)] += found[t, s, x] * inputs.alive[t, s, x]
            women = found[t + 1, 1].copy()
            found[t + 1] += arrivals[t]
            if one.get("births", True):
                rates = inputs.fertility(inputs.years[t])
                born = sum(0.5 * (found[t, 1, x] + women[x]) * rates[x] for x in range(10, 55))
                for s, part in enumerate((boys[t] / (1 + boys[t]), 1 / (1 + boys[t]))):
                    found[t + 1, s, 0] += born * part * inputs.newborn[t, s]
        return found

    def population(self, one, outside):
        people = outside if one.get("remaining", True) else self.people
        return people * self._path(one.get("share", 1.0))

    def rest(self, one, outside):
        return outside

    def dependants(self, one, outside):
        members = sum(self.enrolled[name] for name in one["of"])
        if "ratio" in one:
            room = self._windowed(one, outside)
            found = np.zeros(room.shape)
            for t, year in enumerate(self.years):
                found[t] = room[t] / room[t].sum() * members[t].sum() * dated(one["ratio"], year)
            return found
        found = np.zeros(outside.shape)
        married = self.inputs.table("married_share", "year", "sex", "age")
        for t in range(len(self.years)):
            found[t] = outside[t] * self._families(t, members[t], married[max(t - 1, 0)], one)
        return found

    def _families(self, t, members, married, one):
        """Share of persons who are spouse or child of a member."""
        below, last = one.get("children_below", 18), self.inputs.ages
        people = self.people[t]
        own = np.divide(members, people, out=np.zeros(people.shape), where=people > 0)
        to_member = np.zeros(own.shape)
        for s in (0, 1):
            for y in range(last):
                if married[s, y] > 0:
                    chances = self._partners(s, y)
                    to_member[s, y] = married[s, y] * sum(chances[x] * own[1 - s, x] for x in range(last))
        share = to_member.copy() if one.get("spouses", True) else np.zeros(own.shape)
        for z in range(below):
            rates = self.inputs.fertility(self.years[t] - z)
            mothers = [0.0] * last
            for x in range(max(z, 1), last):
                mothers[x] = people[1, x] * 0.5 * (rates[x - z] + (rates[x - z - 1] if x > z else 0.0))
            insured = [own[1, x] + (1 - own[1, x]) * to_member[1, x] for x in range(last)]
            total = sum(mothers)
            share[:, z] = sum(m * p for m, p in zip(mothers, insured, strict=True)) / total if total > 0 else 0.0
        return share

    def _partners(self, s, y):
        """Chances of the age of the spouse of a person of a sex and age."""
        gap, spread = float(self.inputs.basis["spouse_age_gap"]), float(self.inputs.basis["spouse_age_sd"])
        mean = min(max(y - gap if s == 0 else y + gap, ADULT), self.inputs.ages - 1)

        def below(x):
            return 0.5 * math.erfc(-(x - mean) / spread / math.sqrt(2.0))

        mass = [below(x + 0.5) - below(x - 0.5) if x >= ADULT else 0.0 for x in range(self.inputs.ages)]
        return [part / sum(mass) for part in mass]
