"""Properties that hold whatever the numbers: monotone, exact at the threshold, alternatives that only help."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actuarial.standards import (
    Allowances,
    Counts,
    Resources,
    any_of,
    ceiling,
    duration,
    earnings_above_average,
    earnings_of_three_quarters,
    employees_share,
    graded_level,
    least_ceiling,
    level,
    levels,
    means_tested,
    persons,
    persons_protected,
    qualifying,
    required_rate,
    totalised,
    varying_level,
    waiting,
)

READ = [name for name, one in levels().items() if one.seen]
PENSIONS = ["C102.V", "C102.IX", "C102.X", "C128.II", "C128.III", "C128.IV"]
MONEY = st.fractions(min_value=0, max_value=10**6, max_denominator=100)
WAGE = st.fractions(min_value=1, max_value=10**6, max_denominator=100)
ORDER = {"fail": 0, "pass": 1}


@given(name=st.sampled_from(READ), benefit=MONEY, more=MONEY, wage=WAGE, kept=MONEY, paid=MONEY)
def test_more_benefit_never_makes_it_worse(name, benefit, more, wage, kept, paid):
    allowances = Allowances(contingency=kept, work=paid)
    low, high = (level(name, amount, wage, allowances=allowances) for amount in (benefit, benefit + more))
    assert ORDER[low.verdict] <= ORDER[high.verdict]
    assert high.value - low.value == more / (wage + paid)


@given(name=st.sampled_from(READ), wage=WAGE, kept=MONEY, paid=MONEY)
def test_the_percentage_itself_meets_the_figure(name, wage, kept, paid):
    """Exactly 2/3 of 900 is enough for 2/3, and nothing less is."""
    allowances = Allowances(contingency=kept, work=paid)
    just = levels()[name].rate * (wage + paid) - kept
    if just > 0:
        assert level(name, just, wage, allowances=allowances).verdict == "pass"
        less = just - min(just, Fraction(1, 10**15))
        assert level(name, less, wage, allowances=allowances).verdict == "fail"


@given(name=st.sampled_from(READ), wage=st.floats(min_value=1, max_value=1e6), parts=st.integers(1, 12))
def test_floats_that_are_computed_meet_the_figure_as_fractions_do(name, wage, parts):
    """The benefit is summed in floats from equal parts of the exact percentage."""
    benefit = sum([float(levels()[name].rate) / parts] * parts) * wage
    assert level(name, benefit, wage).verdict in {"pass", "fail"}
    assert level(name, benefit / wage, 1.0).verdict == "pass"


@given(name=st.sampled_from(PENSIONS), share=st.fractions(min_value=0, max_value=1, max_denominator=1000))
def test_the_graded_percentage_rises_from_ten_points_below(name, share):
    lower, full = qualifying()[name].lower.contribution, qualifying()[name].full.contribution
    years = lower + share * (full - lower)
    rate = levels()[name].rate
    assert required_rate(name, years) == rate - Fraction(1, 10) * (1 - share)
    assert graded_level(name, years, required_rate(name, years), 1).verdict == "pass"


@given(profile=st.lists(st.tuples(st.integers(1, 20), MONEY), min_size=1, max_size=5), wage=WAGE)
def test_an_average_lies_above_the_lowest_week(profile, wage):
    total = sum(weeks for weeks, _ in profile)
    mean = sum(weeks * amount for weeks, amount in profile) / Fraction(total)
    assert varying_level("C102.VIII", profile, wage).value == mean / wage
    lowest = varying_level("C102.X", profile, wage)
    assert lowest.value == min(amount for _, amount in profile) / wage
    needed = [amount for weeks, amount in profile for _ in range(weeks)][:13]
    assert varying_level("C102.IV", profile, wage).value == min(needed) / wage


@given(rate=st.integers(1, 100).map(lambda n: Fraction(n, 100)), wage=WAGE, kept=MONEY, paid=MONEY)
def test_the_least_ceiling_is_the_least(rate, wage, kept, paid):
    allowances = Allowances(contingency=kept, work=paid)
    limit = least_ceiling("C102.V", rate, wage, allowances=allowances)
    if limit is None:
        assert level("C102.V", rate * wage, wage, allowances=allowances).verdict == "fail"
    else:
        paid_at = [(wage, rate * min(wage, limit))]
        assert ceiling("C102.V", paid_at, wage, allowances=allowances).verdict == "pass"
        if limit > 0:
            under = [(wage, rate * min(wage, limit * Fraction(999, 1000)))]
            assert ceiling("C102.V", under, wage, allowances=allowances).verdict == "fail"


@given(earnings=st.lists(st.integers(1, 10**6), min_size=1, max_size=40))
def test_three_quarters_of_the_persons_earn_no_more(earnings):
    wage = earnings_of_three_quarters(earnings).wage
    assert sum(one <= wage for one in earnings) * 4 >= 3 * len(earnings)
    assert sum(one < wage for one in earnings) * 4 < 3 * len(earnings)
    classes = sorted(set(earnings))
    counts = [earnings.count(one) for one in classes]
    assert earnings_of_three_quarters(classes, counts).wage == wage
    assert earnings_above_average(classes, counts).wage == Fraction(5 * sum(earnings), 4 * len(earnings))


@given(
    name=st.sampled_from(sorted(persons())),
    protected=st.integers(0, 100),
    more=st.integers(0, 100),
    declaration=st.booleans(),
)
def test_more_persons_protected_never_make_it_worse(name, protected, more, declaration):
    if not persons()[name].seen:
        return
    groups = ("employees", "residents", "active", "industrial", "industrial_20", "employed_women")
    whole = dict.fromkeys(groups, 200)
    few, many = (
        Counts(
            **whole,
            **{f"{group}_protected": number for group in groups},
            means_tested=False,
            families=True,
            women=True,
        )
        for number in (protected, protected + more)
    )
    order = {"fail": 0, "not_assessable": 1, "pass": 2}
    low, high = (persons_protected(name, one, declaration=declaration) for one in (few, many))
    assert order[low.verdict] <= order[high.verdict]
    assert order[low.verdict] <= order[persons_protected(name, few, declaration=True).verdict]
    everybody = {f"{group}_protected": 200 for group in groups}
    assert persons_protected(name, Counts(**whole, **everybody, families=True, women=True)).verdict == "pass"
    alone = replace(few, families=False, women=False)
    assert persons_protected(name, alone, declaration=True).verdict != "undetermined"


@given(weeks=st.integers(0, 100), days=st.integers(0, 20))
def test_longer_benefits_and_shorter_waits_never_make_it_worse(weeks, days):
    for name in ("C102.III", "C102.IV", "C102.VIII", "C130", "C183", "R191"):
        assert ORDER[duration(name, weeks).verdict] <= ORDER[duration(name, weeks + 1).verdict]
        assert duration(name, weeks).verdict == duration(name, weeks, declaration=True).verdict or weeks < 52
    for name in ("C102.III", "C102.IV", "C102.VI", "C121", "C130"):
        assert ORDER[waiting(name, days + 1).verdict] <= ORDER[waiting(name, days).verdict]


@given(benefits=st.lists(MONEY, min_size=1, max_size=4), wage=WAGE)
def test_a_further_alternative_only_helps(benefits, wage):
    tried = [level("C102.V", benefit, wage) for benefit in benefits]
    assert ORDER[any_of(tried[:1]).verdict] <= ORDER[any_of(tried).verdict]
    assert any_of(tried).verdict == level("C102.V", max(benefits), wage).verdict


@given(amounts=st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=6))
def test_pooling_is_one_share_of_sums(amounts):
    branches = [Resources(part="V", employees=own, others=other) for own, other in amounts]
    own, total = sum(own for own, _ in amounts), sum(own + other for own, other in amounts)
    if total:
        found = employees_share(branches, complete=True)
        assert found.value == Fraction(own, total)
        assert (found.verdict == "pass") is (2 * own <= total)


@given(scale=MONEY, wage=WAGE, means=MONEY, free=MONEY)
def test_benefit_and_means_of_a_family(scale, wage, means, free):
    """The plain arithmetic of the three cases: no means that count, some, and more than the scale."""
    counted = means - free if means > free else 0
    total = scale if counted <= scale else counted
    found = means_tested("C102.V", scale, wage, other_means=means, disregarded=free)
    assert found.value == total
    assert (found.verdict == "pass") is (100 * total >= 40 * wage)


@given(own=st.integers(0, 50), others=st.integers(0, 50), least=st.integers(0, 40), amount=MONEY)
def test_shares_of_countries_make_the_whole(own, others, least, amount):
    here, there = totalised(own, others, least, amount), totalised(others, own, least, amount)
    assert ORDER[here.alone.verdict] <= ORDER[here.together.verdict]
    if own + others >= least and own + others:
        assert here.amount + there.amount == amount
    else:
        assert here.amount is None


@pytest.mark.parametrize("name", PENSIONS)
def test_the_end_points_are_in_the_text_and_what_lies_between_is_marked(name):
    rule = qualifying()[name]
    lower, full = rule.lower.contribution, rule.full.contribution
    marks = [graded_level(name, years, 1, 1).interpreted for years in range(lower, full + 1)]
    assert marks == [False] + [True] * (full - lower - 1) + [False]
