"""What of a law is hardly meant: divisors in months, years of birth as years, early ages, tiers that are lost."""

import numpy as np
import pytest

from actuarial.dated import by_age, by_cohort, by_group, by_sex, money, ramp, step
from actuarial.errors import BadScheme
from actuarial.pension import AccountPayout, Balance, Condition, Flat, MemberAccount, OldAge
from actuarial.pension.common import reached
from actuarial.readiness import check_basis
from actuarial.scheme import Scheme
from actuarial.warned import warning_attributes
from tests.pension.people import grid
from tests.reference.small import small_basis

BASIS = small_basis()
BASIS = BASIS.assign(pensioners_0=0.0 * BASIS["pensioners_0"])
FLAT = Flat(amount=money(100, "month"))
NOTIONAL = MemberAccount(name="notional", rate=0.1)
EARLY = OldAge(retirement_age=62, qualifying_years=10, early_age=60, early_rate=0.1, formula=FLAT)


def told(*benefits, about, data=BASIS):
    """Warnings that start with some words."""
    scheme = Scheme(name="S", currency="LTD", accounts=(NOTIONAL,), benefits=benefits)
    return [line for line in check_basis(data, scheme) if line.startswith(about)]


def test_what_the_basis_was_warned_of_is_told_again():
    one = BASIS.assign_attrs(warning_attributes(["net_migration: derived"]))
    assert told(EARLY, about="net_migration", data=one) == ["net_migration: derived"]


def balance(divisor):
    return OldAge(retirement_age=60, qualifying_years=0, formula=Balance(account="notional", divisor=divisor))


def test_a_divisor_in_months():
    assert told(balance(240), about="old_age.formula") == [
        "old_age.formula.divisor: 240 is unusual; usual is 10 to 30, the years for which a pension is paid on average; "
        "in months? Then 20 years."
    ]
    assert told(balance(by_age({60: 4.9, 70: 20, 80: 41})), about="old_age.formula") == [
        "old_age.formula.divisor.age.60: 4.9 (2 numbers like it) is unusual; usual is 10 to 30, the years for which a "
        "pension is paid on average."
    ]
    assert told(balance(by_age({60: 40, 80: 5})), about="old_age.formula") == []


BIRTHS = {
    "one year": (step({1960: 63}), ": is stated by calendar year for 1960, long before 2025", "1960 = 63"),
    "a ramp": (ramp({1955: 60, 2005: 65}), ": is stated by calendar year for 1955 and 2005, long", "1955 = 60"),
    "of one sex": (by_sex(male=63, female=step({1960: 58, 1970: 60})), ".female: is stated by", "1960 = 58"),
    "of one group": (
        by_group({"private": step({1980: 58, 1990: 60}), "public": 60}),
        ".group.private: is stated by calendar year for 1980 and 1990",
        "1980 = 58",
    ),
}


@pytest.mark.parametrize("case", BIRTHS)
def test_years_of_birth_without_the_word_cohort(case):
    age, start, written = BIRTHS[case]
    (line,) = told(OldAge(retirement_age=age, qualifying_years=0, formula=FLAT), about="old_age.retirement_age")
    assert line.startswith(f"old_age.retirement_age{start}")
    assert line.endswith(f"are these years of birth? Then write {{ cohort = {{ {written}, ... }} }}.")
    ways = OldAge(conditions=(Condition(age=age), Condition(age=70)), formula=FLAT)
    assert len(told(ways, about="old_age.conditions.age")) == 1


def test_an_early_age_without_a_share_who_start_early():
    never = OldAge(retirement_age=62, qualifying_years=0, early_age=60, formula=FLAT)
    (line,) = told(never, about="old_age.early")
    assert line.startswith("old_age.early_rate: is 0, so that nobody starts early though early_age is given;")
    assert told(EARLY, about="old_age.early") == []
    later = step({2020: 0, 2030: 0.1})
    later = OldAge(retirement_age=62, qualifying_years=0, early_age=60, early_rate=later, formula=FLAT)
    assert told(later, about="old_age.early") == []


def test_a_reduction_that_leaves_nothing():
    options = {"retirement_age": 66, "qualifying_years": 0, "early_age": 63, "early_rate": 0.1, "formula": FLAT}
    (line,) = told(OldAge(**options, early_reduction=0.036, early_reduction_per="month"), about="old_age.early")
    assert line == (
        "old_age.early_reduction: takes 130% of the pension of those who start as early as the law allows, so that "
        "nothing is left; it is for each month (early_reduction_per)."
    )
    assert told(OldAge(**options, early_reduction=0.003, early_reduction_per="month"), about="old_age.early") == []
    assert told(OldAge(**options, early_reduction=0.036), about="old_age.early") == []
    by_sexes = by_sex(male=0.05, female=step({2025: 0.05, 2026: 0.34}))
    assert len(told(OldAge(**options, early_reduction=by_sexes), about="old_age.early")) == 1


@pytest.mark.parametrize(
    "age", [by_cohort({1960: 63}), step({1986: 60}), step({1960: 60, 2006: 62}), step({1960: 60, 2030: 65}), 60]
)
def test_years_that_may_be_those_of_a_law(age):
    assert told(OldAge(retirement_age=age, qualifying_years=0, formula=FLAT), about="old_age.retirement_age") == []


def test_an_early_age_above_the_retirement_age_is_refused():
    with pytest.raises(BadScheme, match=r"^old_age\.early_age: 63 lies above the retirement age; nobody could start"):
        OldAge(retirement_age=62, qualifying_years=0, early_age=63, formula=FLAT)
    ways = (Condition(age=60, years=30), Condition(age=65))
    assert OldAge(conditions=ways, early_age=62, formula=FLAT).early_age == 62
    with pytest.raises(BadScheme, match="lies above the retirement age"):
        OldAge(conditions=ways, early_age=66, formula=FLAT)


@pytest.mark.parametrize(
    ("age", "early", "text"),
    [
        (step({2025: 65, 2030: 60}), 62, "62 lies above the retirement age 60 (age=60, year=2030)"),
        (by_cohort({1960: 65, 1970: 60}), by_cohort({1960: 60, 1972: 61.5}), "61.5 lies above the retirement age 60"),
        (by_sex(male=65, female=60), 60.5, "60.5 lies above the retirement age 60 (age=60, sex='female')"),
    ],
)
def test_an_early_age_is_compared_in_every_year_and_cohort(age, early, text):
    pension = OldAge(retirement_age=age, qualifying_years=0, early_age=early, early_rate=0.1, formula=FLAT)
    with pytest.raises(BadScheme) as caught:
        told(pension, about="", data=BASIS)
    assert f"old_age.early_age: {text}" in str(caught.value)
    before = by_cohort({1900: 66, 1950: 60})
    pension = OldAge(retirement_age=62, qualifying_years=0, early_age=before, early_rate=0.1, formula=FLAT)
    assert told(pension, about="old_age.early", data=BASIS) == [], "those above it are past it in the projection"


def tier(age, **options):
    return OldAge(
        name="second", together_with="old_age", retirement_age=age, qualifying_years=0, formula=FLAT, **options
    )


@pytest.mark.parametrize(("age", "rate", "ages", "lost"), [(62, 0.1, "ages 60 to 61", 0.19), (61, 0.3, "age 60", 0.3)])
def test_a_second_tier_that_early_starters_lose(age, rate, ages, lost):
    """Of those who wait a share r starts early each year: within k years before the second age 1 - (1 - r)^k of all."""
    first = OldAge(retirement_age=62, qualifying_years=10, early_age=60, early_rate=rate, formula=FLAT)
    assert told(first, tier(age), about="second: is drawn") == [
        f"second: is drawn together with old_age or never, and {lost:.1%} of those who start old_age lose it: they "
        f"start at {ages}, before the age of second ({age}). Give it the ages of old_age, its early ones included, or "
        "let old_age start later."
    ]


def test_the_worst_year_of_the_law_is_told():
    rising = ramp({2025: 60, 2034: 62})
    (line,) = told(EARLY, tier(rising), about="second: is drawn")
    assert "19.0% of those who start old_age by the law of 2034 lose it" in line
    assert "before the age of second (60 to 62)" in line


def test_second_tiers_that_nobody_loses():
    assert told(EARLY, tier(60), about="second: is drawn") == []
    assert told(EARLY, tier(60, early_age=58), about="second: is drawn") == []
    service = OldAge(name="second", together_with="old_age", retirement_age=60, qualifying_years=30, formula=FLAT)
    assert told(EARLY, service, about="second: is drawn") == [], "service that is lacking is lacking by the law"
    payout = AccountPayout(name="second", accounts=("notional",), together_with="old_age")
    assert told(EARLY, payout, about="second: is drawn") == []


def test_a_lump_sum_from_an_age_on_is_lost_as_well():
    payout = AccountPayout(name="second", accounts=("notional",), together_with="old_age", from_age=61)
    (line,) = told(EARLY, payout, about="second: is drawn")
    assert "and 10.0% of those" in line
    assert "at age 60, before the age of second (61)" in line


def test_a_part_of_a_year_is_not_counted_twice():
    """Half of those aged 60 have passed 60.5: they are those who start, and all of them have the payout."""
    first = OldAge(retirement_age=60.5, qualifying_years=0, formula=FLAT)
    payout = AccountPayout(accounts=("notional",), together_with="old_age", from_age=60.5, below_age=70.5)
    person = grid(Scheme(name="S", currency="LTD", accounts=(NOTIONAL,), benefits=(first, payout)))
    both = first.claim(person) * payout.claim(person)
    assert (both == reached(person, 60.5) * (1.0 - reached(person, 70.5))).all()
    assert set(np.unique(both)) == {0.0, 0.5, 1.0}
