"""Widows and orphans of old-age pensioners, invalids and members: the stage against plain loops, person by person."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from actuarial.pension import Flat, FuneralGrant, Invalidity, OldAge, Widows
from tests.benefits import small
from tests.benefits.small import SEXES, scheme_of
from tests.oracle.population import survival_ratios

YEARS, AGES = 3, 40
SHARE, RISE = 0.6, 0.1


def law():
    flat = Flat(amount={"value": 100, "per": "month"})
    return scheme_of(
        OldAge(retirement_age=20, qualifying_years=0, formula=flat, indexation="prices"),
        Invalidity(qualifying_years=0, of="old_age", indexation="prices"),
        Widows(share=SHARE, indexation="prices"),
        FuneralGrant(amount={"value": 1, "per": "once"}, follows=("old_age", "invalidity", "widows")),
    )


@pytest.fixture(scope="module")
def case():
    """Mortality and remarriage that differ by year, sex and age, people of all ages, claims at all ages."""
    rng = np.random.default_rng(11)
    where = [(sex, age) for sex in SEXES for age in range(16, AGES)]
    people = {
        name: [(s, x, rng.uniform(0, 9), rng.uniform(1, 5)) for s, x in where]
        for name in ("old_age", "invalidity", "widows")
    }
    on = small.basis(
        years=YEARS,
        ages=AGES,
        pensioners=people,
        mx=(("year", "sex", "age"), rng.uniform(0.01, 0.6, (YEARS, 2, AGES))),
        remarriage_rate=(("year", "sex", "age"), rng.uniform(0, 0.5, (YEARS, 2, AGES))),
        married_share=(("sex", "age"), rng.uniform(0.2, 0.9, (2, AGES))),
        inflation=RISE,
        spouse_age_gap=2.0,
    )
    on["remarriage_rate"][..., -1] = on["remarriage_rate"][..., -2]
    claims = [
        (year, name, s, x, rng.uniform(0, 3), rng.uniform(0, 9), rng.uniform(0, 1))
        for year in range(2025, 2025 + YEARS)
        for name in ("old_age", "invalidity", "widows", "funeral_grant")
        for s, x in where
    ]
    return on, claims


def probabilities(on):
    """alive[t][s][x], free[t][s][x] (not remarried) by age at the start of the year."""
    alive, free = [], []
    for year in on["year"].values:
        alive.append([])
        for sex in SEXES:
            into = survival_ratios(on["mx"].sel(year=year, sex=sex).values.tolist(), [0.5] * AGES)
            alive[-1].append([*into[1:], into[-1]])
        free.append((1 - on["remarriage_rate"].sel(year=year)).values)
    return alive, free


def loop(on, claims):
    """Persons and money of each benefit by year, sex and age, and funerals by year, sex and age."""
    alive, free = probabilities(on)
    names = ("old_age", "invalidity", "widows")
    stock = {n: np.zeros((2, AGES, 2)) for n in names}
    for n in names:
        stock[n][..., 0] = on["pensioners_0"].sel(benefit=n)
        stock[n][..., 1] = on["pension_0"].sel(benefit=n) * stock[n][..., 0]
    stocks, funerals = {n: [] for n in names}, []
    for t in range(YEARS):
        left = np.zeros((2, AGES, 2))
        buried = np.zeros((2, AGES))
        new = {n: np.zeros((2, AGES, 2)) for n in (*names, "funeral_grant")}
        for year, n, sex, age, number, amount, _ in claims:
            if year == 2025 + t:
                new[n][SEXES.index(sex), age] += (number, amount)
        buried += new["funeral_grant"][..., 0]
        for n in names:
            after = np.zeros((2, AGES, 2))
            for s in (0, 1):
                for y in range(AGES):
                    if n == "widows":
                        arriving = np.zeros(2)
                        for x in range(AGES):
                            wife = max(min(x - 2 if s == 1 else x + 2, AGES - 1), 15)
                            if wife == y:
                                married = float(on["married_share"][1 - s, x])
                                arriving += (new[n][1 - s, x] + left[1 - s, x]) * married
                    else:
                        arriving = new[n][s, y]
                    p, r = alive[t][s][y - 1], (free[t][s][y - 1] if n == "widows" else 1.0)
                    if n != "old_age":
                        lost = arriving * (1 - p * r) / 2
                        if n == "invalidity":
                            left[s, y] += lost * (1, SHARE)
                        buried[s, y] += arriving[0] / 2 * (1 - p) * (1 + r) / 2
                        arriving = arriving - lost
                    after[s, y] += arriving
                for x in range(AGES):
                    y = min(x + 1, AGES - 1)
                    p, r = alive[t][s][x], (free[t][s][x] if n == "widows" else 1.0)
                    after[s, y] += stock[n][s, x] * p * r * (1, 1 + RISE)
                    if n != "widows":
                        left[s, y] += stock[n][s, x] * (1 - p) * (1, (1 + RISE) * SHARE)
                    buried[s, y] += stock[n][s, x, 0] * (1 - p) * (1 + r) / 2
            stock[n] = after
            stocks[n].append(after)
        funerals.append(buried)
    return {n: np.array(values) for n, values in stocks.items()}, np.array(funerals)


def test_survivors_start_at_their_own_age_and_leave_for_half_a_year(case):
    on, claims = case
    result = small.project(law(), on, claims)
    stocks, funerals = loop(on, claims)
    for name, expected in stocks.items():
        one = result.sel(benefit=name)
        assert_allclose(one["pensioners"], expected[..., 0], rtol=1e-11, atol=1e-13, err_msg=name)
        assert_allclose(one["pension_mass"], expected[..., 1], rtol=1e-11, atol=1e-13, err_msg=name)
    assert_allclose(result["new_awards"].sel(benefit="funeral_grant"), funerals, rtol=1e-11, atol=1e-13)
