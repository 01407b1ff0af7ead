"""Input numbers of a basis, the population and families of the second computation of a valuation: plain loops."""

import math

import numpy as np
from scipy.special import ndtr

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
    people, last = numbers.get("population_0", "sex", "age"), numbers.size["age"] - 1
    rule = numbers.basis.attrs["a0_rule"]
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


def spouse_ages(numbers):
    """Distribution of the spouse's age (s, x, v): normal around the gap, over whole ages from 15 on."""
    if "spouse_ages" in numbers.memory:
        return numbers.memory["spouse_ages"]
    count, gap = numbers.size["age"], float(numbers.basis["spouse_age_gap"])
    sd, table = float(numbers.basis["spouse_age_sd"]), np.zeros((2, numbers.size["age"], numbers.size["age"]))
    for s, x in np.ndindex(2, count):
        mean = min(max(x - gap if s == MALE else x + gap, 15.0), count - 1.0)
        for v in range(15, count):
            table[s, x, v] = ndtr((v + 0.5 - mean) / sd) - ndtr((v - 0.5 - mean) / sd)
        table[s, x] /= table[s, x].sum()
    return numbers.memory.setdefault("spouse_ages", table)


def spouse_matrix(numbers, who):
    """Spouses left (s, x, u, v) by one deceased."""
    married = numbers.get("married_share", "sex", "age")
    table = np.zeros((2, numbers.size["age"], 2, numbers.size["age"]))
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
