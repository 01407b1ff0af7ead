"""Replacement rates: one life through the law, against the law of the embedded country typed by hand."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import actuarial as ac
from actuarial import person
from actuarial.errors import BadInput
from actuarial.pension import OldAge
from actuarial.pension.formulas import Flat
from actuarial.scheme import Amount, Benefit, Scheme
from actuarial.studies.replacement import Careers, replacement_rates
from tests.reference.small import small_basis
from tests.system.second_schemes import AVANIA

CAREERS = Careers(years=(10, 15, 40, 55), earnings=(0.5, 1.0, 4.0), retirement=(2026, 2056))


@pytest.fixture(scope="module")
def avania():
    return ac.datasets.open("demo")


@pytest.fixture(scope="module")
def rates(avania):
    return replacement_rates(*avania, CAREERS)


@pytest.fixture(scope="module")
def small():
    return small_basis()


def test_the_average_wage_is_asked_for_once(small, monkeypatch):
    asked, usual = [], person.earners
    monkeypatch.setattr(person, "earners", lambda basis: asked.append(basis) or usual(basis))
    law = ac.open_scheme(Path(__file__).parents[2] / "examples" / "schemes" / "points" / "scheme.toml")
    replacement_rates(small, law, Careers(years=(10,), earnings=(1.0,), retirement=(2030,)))
    assert len(asked) == 1


def flat(**fields):
    """A pension of 1,200 a month for everybody, in a scheme of its own."""
    formula = Flat(amount={"value": 1_200, "per": "month"})
    pension = OldAge(**{"retirement_age": 60, "qualifying_years": 10, "formula": formula} | fields)
    return Scheme(name="flat", currency="LTD", benefits=(pension,))


class ByHand:
    """Wages, prices and the pension of Avania as plain numbers and loops."""

    def __init__(self, basis):
        people, salary = basis["active_0"].sum("service").values, basis["salary_0"].values
        self.mean = float((people * salary).sum() / people.sum())
        self.growth = {name: self._known(basis, name) for name in ("wage_growth", "inflation")}

    def _known(self, basis, name):
        past = zip(basis["past_year"].values.tolist(), basis[f"{name}_past"].values.tolist(), strict=True)
        return dict(past) | dict(zip(basis["year"].values.tolist(), basis[name].values.tolist(), strict=True))

    def level(self, name, year):
        """1 in 2025."""
        level = 1.0
        for k in range(2026, year + 1):
            level *= 1.0 + self.growth[name][k]
        for k in range(year + 1, 2026):
            level /= 1.0 + self.growth[name][k]
        return level

    def earned(self, multiple, year):
        return multiple * self.mean * self.level("wage_growth", year)

    def pension(self, years, multiple, year):
        """Annual pension of the demo's law: thirteen payments of what the formula gives."""
        law = AVANIA["benefits"]["old_age"]
        (formula,) = law["formula"]
        if years < law["qualifying_years"]:
            return np.nan
        total = 0.0
        for k in range(year - formula["years"] + 1, year + 1):
            index = self.level("wage_growth", k)
            low, high = (AVANIA[name]["values"][2025] * index for name in ("floor", "ceiling"))
            total += min(max(self.earned(multiple, k), low), high) * self.level("wage_growth", year) / index
        share = formula["base_rate"] + formula["accrual"] * (years - formula["base_years"])
        minimum = formula["minimum_pension"]["values"][2025] * self.level("wage_growth", year)
        return max(min(share, formula["maximum"]) * total / formula["years"], minimum) * law["payments"] / 12.0

    def career_mean(self, years, multiple, year):
        carried = [
            self.earned(multiple, k) * self.level("inflation", year) / self.level("inflation", k)
            for k in range(year - years + 1, year + 1)
        ]
        return sum(carried) / years


@pytest.mark.parametrize("year", [2026, 2056])
@pytest.mark.parametrize("level", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("years", [10, 15, 40])
def test_rates_of_the_law_typed_by_hand(rates, avania, years, level, year):
    hand = ByHand(avania[0])
    pension, last = hand.pension(years, level, year), hand.earned(level, year)
    where = {"career": years, "earnings_level": level, "year_of_retirement": year}
    found = rates.sel(where)
    for sex in ("male", "female"):
        one = found.sel(sex=sex)
        assert float(one.replacement_rate) == pytest.approx(pension / last, rel=1e-10, nan_ok=True)
        career = pension / hand.career_mean(years, level, year)
        assert float(one.career_replacement_rate) == pytest.approx(career, rel=1e-10, nan_ok=True)
    assert float(found.earnings_at_retirement) == pytest.approx(last, rel=1e-12)


def test_the_law_acts_where_it_should(rates):
    """Minimum for the poor, the accrual in the middle, the ceiling for the rich, nothing for ten years."""
    now = rates.replacement_rate.sel(sex="male", year_of_retirement=2026)
    assert np.isnan(now.sel(career=10)).all()
    assert float(now.sel(career=40, earnings_level=1.0)) == pytest.approx((0.20 + 0.0133 * 25) * 13 / 12, rel=1e-12)
    assert float(now.sel(career=15, earnings_level=0.5)) > 0.20 * 13 / 12
    assert float(now.sel(career=40, earnings_level=4.0)) < float(now.sel(career=40, earnings_level=1.0))


def test_the_age_is_the_one_that_half_have_passed(rates):
    """60 in 2026; 65 + 2 (2056 - 2045)/15 = 66.47 in 2056, which 53% of those aged 66 on 31 December have passed."""
    assert rates.age_at_retirement.sel(sex="male").values.tolist() == [60.0, 66.0]


def test_a_career_before_the_age_of_fifteen_has_no_rate(rates):
    assert np.isnan(rates.replacement_rate.sel(career=55)).all()
    assert rates.attrs["group"] == "private"
    assert rates.attrs["pensionable_age_of"] == "old_age"
    assert rates.replacement_rate.attrs["units"] == "fraction"


@pytest.mark.parametrize(
    ("age", "male", "female"),
    [(60.5, 60, 60), (60.51, 61, 61), (ac.by_sex(male=63, female=58), 63, 58), (ac.step({2025: 60, 2030: 62}), 60, 60)],
)
def test_ages_of_other_laws(small, age, male, female):
    careers = Careers(years=(30,), earnings=(1.0,), retirement=(2029,))
    found = replacement_rates(small, flat(retirement_age=age), careers)
    assert found.age_at_retirement.values.ravel().tolist() == [male, female]
    wage = found.earnings_at_retirement.item()
    np.testing.assert_allclose(found.replacement_rate.values.ravel(), 12 * 1_200 / wage, rtol=1e-12)


@dataclass(frozen=True)
class Tier(Benefit):
    """A second pension from 64 on, which tells no pensionable age."""

    name: str = "tier"
    on: str | None = "retirement"
    together_with: str | None = "old_age"

    def claim(self, person: Any) -> Any:
        return 1.0 * (person.age >= 64)

    def award(self, person: Any) -> Amount:
        return Amount(rate=6_000.0, base="currency")


def test_all_pensions_count_that_are_due_at_the_age(small):
    both = Scheme(name="two", currency="LTD", benefits=(*flat().benefits, Tier()))
    careers = {"years": (30,), "earnings": (2.0,), "retirement": (2030,)}
    at_sixty = replacement_rates(small, both, Careers(**careers))
    later = replacement_rates(small, both, Careers(**careers, pensionable_age_of="tier"))
    assert at_sixty.age_at_retirement[0].item() == 60
    assert later.age_at_retirement[0].item() == 64
    assert at_sixty.pension_at_retirement.values.ravel().tolist() == pytest.approx([14_400.0, 14_400.0])
    assert later.pension_at_retirement.values.ravel().tolist() == pytest.approx([20_400.0, 20_400.0])


def test_years_of_retirement_are_every_tenth_and_scenarios_are_kept(small):
    two = ac.scenarios(small, central=lambda b: b, fast=lambda b: b.assign(wage_growth=b.wage_growth + 0.02))
    found = replacement_rates(two, flat(), Careers(years=(15,), earnings=(1.0,)))
    assert found["year_of_retirement"].values.tolist() == [2025]
    assert found.replacement_rate.dims == ("scenario", "career", "earnings_level", "sex", "year_of_retirement")
    slow, fast = found.earnings_at_retirement.squeeze().values
    assert fast / slow == pytest.approx(1.06 / 1.04, rel=1e-12)


def test_wages_beyond_the_basis_are_noted(small):
    short = small.isel(past_year=slice(-5, None))
    found = replacement_rates(short, flat(), Careers(years=(15,), earnings=(1.0,)))
    assert found.attrs["notes"] == "growth of wages before 2020, back to 2012: that of 2020"
    assert "notes" not in replacement_rates(small, flat(), Careers(years=(15,), earnings=(1.0,))).attrs


@pytest.mark.parametrize(
    ("careers", "text"),
    [
        (Careers(years=()), r"careers: years must be numbers above 0 \(got none\)"),
        (Careers(earnings=(1.0, -0.5)), r"careers: earnings must be numbers above 0 \(got -0\.5\)"),
        (Careers(years=(15, 7.5)), r"careers: years of contributions must be whole numbers \(got 7\.5\)"),
        (
            Careers(retirement=(2020, 2030, 2040)),
            r"must lie within the basis, 2025 to 2034; 2 of 3 lie outside, the first is 2020",
        ),
        (Careers(group="farmers"), r"the basis has no group 'farmers'; the groups are private, public"),
        (Careers(pensionable_age_of="widows"), r"no pension 'widows' on retirement; its pensions are old_age"),
    ],
)
def test_careers_that_cannot_be_meant(small, careers, text):
    with pytest.raises(BadInput, match=text):
        replacement_rates(small, flat(), careers)


def test_schemes_without_a_pension_or_an_age(small):
    @dataclass(frozen=True)
    class Once(Tier):
        lump_sum: bool = True

    with pytest.raises(BadInput, match="no benefit is a pension on retirement"):
        replacement_rates(small, Scheme(name="x", currency="LTD", benefits=(Once(),)))
    with pytest.raises(BadInput, match=r"old_age: nobody reaches its pensionable age by 100 in 2025 \(male\)"):
        replacement_rates(small, flat(retirement_age=120))
