"""Several ways to an old-age pension: who meets one of them, at which age, and what depends on it."""

import re
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import actuarial as ac
from actuarial.cases import career, person_benefits
from actuarial.dated import by_cohort, by_sex, ramp, step
from actuarial.errors import BadInput, BadScheme, MissingVariable
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.pension import Condition, FinalAverage, OldAge, OldAgeGrant, Recent, Residence
from actuarial.readiness import check_basis
from actuarial.scheme import Scheme
from actuarial.studies.law_shocks import retirement_age
from actuarial.studies.replacement import Careers, replacement_rates
from tests.oracle import old_age as oracle
from tests.pension.people import AGES, GROUPS, MONTHS, SEXES, YEARS, basis, grid, on_grid, one
from tests.reference.small import small_basis

FORMULA = FinalAverage(accrual=0.01, years=5)
THREE = ({"age": 60, "years": 30}, {"age": 65, "years": 15}, {"age": 70, "years": 10})


def old_age(*conditions, **changes):
    return OldAge(**{"conditions": conditions or THREE, "formula": FORMULA} | changes)


def scheme(*benefits, **parts):
    return Scheme(name="S", currency="LTD", benefits=benefits, **parts)


@pytest.mark.parametrize(
    ("age", "months", "share"),
    [
        (59, 480, 0.0), (60, 359, 0.0), (60, 360, 1.0), (64, 359, 0.0), (65, 359, 1.0), (65, 180, 1.0),
        (65, 179, 0.0), (69, 179, 0.0), (70, 179, 1.0), (70, 120, 1.0), (70, 119, 0.0), (90, 119, 0.0),
    ],
)  # fmt: skip
def test_one_month_decides(age, months, share):
    assert old_age().claim(one(age=age, service=months / 12)) == share


def test_an_age_within_the_year_is_reached_by_those_with_the_service_of_its_condition():
    benefit = old_age({"age": 60.25, "years": 30}, {"age": 60.75, "years": 15})
    claims = [benefit.claim(one(age=60, service=n)) for n in (14.9, 15, 29.9, 30)]
    assert claims == pytest.approx([0.0, 0.25, 0.25, 0.75])


months = st.integers(50 * 12, 75 * 12)
condition = st.tuples(months, st.integers(0, 480), st.sampled_from([0.0, 0.3, 0.7, 1.0]))


@given(st.lists(condition, min_size=1, max_size=4), st.integers(50, 75), st.integers(0, 480), st.none() | months)
def test_birthdays_and_luck_one_by_one(found, age, service, forced):
    """The chance of the rest is the share of the residence of those who reach the age."""
    first = [(a / 12, n / 12, chance) for a, n, chance in found]
    rules = [{"age": a, "years": n, "residence": {"years": 10, "share": c}} for a, n, c in first]
    forced = None if forced is None else forced / 12
    benefit = old_age(*rules, retirement_rate=0.0 if forced else 1e-12, forced_age=forced)
    claim = benefit.claim(one(age=age, service=service / 12))
    expected = oracle.share_entitled(age, service / 12, first, forced)
    assert (claim if forced else claim * 1e12) == pytest.approx(expected, abs=1e-9)


def test_a_condition_alone_is_the_simple_rule():
    simple = OldAge(retirement_age=60.5, qualifying_years=15, formula=FORMULA, early_age=57, early_rate=0.2,
                    early_reduction=0.05, retirement_rate=0.7, late_increase=0.03)  # fmt: skip
    same = replace(simple, retirement_age=None, qualifying_years=None, conditions=({"age": 60.5, "years": 15},))
    people = grid()
    for answer in ("reached", "served", "claim", "age_factor", "missed"):
        assert np.array_equal(on_grid(getattr(simple, answer)(people)), on_grid(getattr(same, answer)(people))), answer


def test_a_second_condition_that_nobody_meets_first_changes_nothing():
    simple = OldAge(retirement_age=60.5, qualifying_years=15, formula=FORMULA, early_age=57, early_rate=0.2,
                    early_reduction=0.05, retirement_rate=0.7, late_increase=0.03)  # fmt: skip
    never = {"age": 60.5, "years": 40.5}
    same = replace(simple, retirement_age=None, qualifying_years=None, conditions=({"age": 60.5, "years": 15}, never))
    people = grid()
    for answer in ("reached", "served", "claim", "age_factor", "missed"):
        assert np.allclose(on_grid(getattr(simple, answer)(people)), on_grid(getattr(same, answer)(people)), 1e-15)


VARYING = old_age(
    {
        "age": by_sex(male=ramp({2025: 58, 2031: 61}), female=by_cohort({1965: 55, 1975: 58.5}, path="ramp")),
        "years": 25,
    },
    {"age": 62.5, "years": step({2026: 10, 2029: 12}), "recent": {"months": 20, "in_years": 3, "inactive_share": 0.4}},
    {"age": 65, "years": 5, "residence": {"years": 10, "share": by_sex(male=0.7, female=0.9)}},
    retirement_rate="basis", forced_age=66, early_age=54, early_years=28, early_rate=0.1,
    early_reduction=0.004, early_reduction_per="month", late_increase=0.03, unreduced_years=36,
)  # fmt: skip


def rich():
    data = basis(growth=0.03)
    age = xr.DataArray(AGES, dims="age", coords={"age": AGES})
    rate = 0.2 + (age - 50) / 30
    return data.assign(
        density=xr.DataArray([0.9, 0.6], dims="group", coords={"group": GROUPS}) - 0.002 * (age - 50),
        retirement_rate=rate,
        retirement_rate_inactive=xr.DataArray([0.9, 0.8], dims="sex", coords={"sex": SEXES}) + 0.0 * rate,
    )


@pytest.mark.parametrize("status", ["active", "inactive"])
@pytest.mark.parametrize("answer", ["claim", "served", "reached", "age_factor", "missed", "rate"])
def test_a_grid_answers_as_its_persons_do(answer, status):
    data = rich()
    full = getattr(VARYING, answer)(grid(data=data))
    if "status" in full.dims:
        full = full.sel(status=status, drop=True)
    full, expected, found = on_grid(full), [], []
    for i in range(20):
        y, g, s, a, m = i % 5, (i // 3) % 2, (i // 2) % 2, 4 + (7 * i) % 15, 20 + (11 * i) % 48
        person = one(year=int(YEARS[y]), group=GROUPS[g], sex=SEXES[s], age=int(AGES[a]), service=MONTHS[m] / 12,
                     data=data)  # fmt: skip
        expected.append(float(getattr(VARYING, answer)(replace(person, status=status))))
        found.append(full[y, g, s, a, m])
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert len(set(expected)) > 1


def test_recent_contributions_of_the_active_are_binomial():
    benefit = old_age({"age": 60, "years": 15, "recent": {"months": 24, "in_years": 3, "inactive_share": 0.2}})
    data = basis().assign(density=xr.DataArray(0.7))
    person = one(age=60, service=20.0, data=data)
    assert benefit.claim(person) == pytest.approx(oracle.binomial_tail(24, 36, 0.7), rel=1e-10)
    assert benefit.claim(replace(person, status="inactive")) == 0.2
    claim = benefit.claim(grid(data=data)).sel(age=60, service=245)
    assert claim.dims == ("status",)
    assert claim.values.tolist() == pytest.approx([oracle.binomial_tail(24, 36, 0.7), 0.2])


def test_recent_contributions_need_so_many_months_of_service():
    benefit = old_age({"age": 60, "recent": {"months": 24, "in_years": 3}})
    data = basis().assign(density=xr.DataArray(1.0))
    assert [benefit.claim(one(age=60, service=n / 12, data=data)) for n in (23, 24)] == [0.0, 1.0]


def test_recent_contributions_of_one_career_are_counted():
    benefit = old_age({"age": 60, "years": 10, "recent": {"months": 24, "in_years": 3}})
    for leaves, share in ((2028, 1.0), (2027, 1.0), (2026, 0.0)):
        person = one(year=2028, age=60, service=20.0, career=career(leaves, 240, 1000.0))
        assert benefit.claim(person) == share
    person = one(year=2028, age=60, service=23 / 12, career=career(2028, 23, 1000.0))
    assert old_age({"age": 60, "recent": {"months": 24, "in_years": 3}}).claim(person) == 0.0


@pytest.mark.parametrize("limit", [60.0, 60.5, 61.75])
@pytest.mark.parametrize("rate", [0.25, 1.0])
def test_who_lacks_the_residence_stays(limit, rate):
    benefit = old_age({"age": limit, "residence": {"years": 10, "share": 0.7}}, retirement_rate=rate)
    expected = oracle.share_with_quality(limit, 0.7, rate, 67)
    for age, share in expected.items():
        if share is not None:
            assert benefit.served(one(age=age)) == pytest.approx(share, rel=1e-9), age


def test_a_generation_without_residence_never_retires_whole():
    benefit = old_age({"age": 60.5, "residence": {"years": 10, "share": 0.7}})
    left = 1.0
    for age in range(59, 90):
        left *= 1.0 - benefit.claim(one(age=age))
    assert left == pytest.approx(0.3)


def test_one_career_has_the_residence_with_the_share_of_all():
    benefit = old_age({"age": 60, "years": 10, "residence": {"years": 10, "share": 0.7}})
    for age in (60, 65):
        assert benefit.claim(one(age=age, career=career(2028, 240, 1000.0))) == 0.7


def test_a_forced_age_ends_the_choice():
    benefit = old_age({"age": 60, "years": 15}, retirement_rate=0.2, forced_age=65.5)
    claims = [benefit.claim(one(age=age)) for age in (59, 60, 64, 65, 66)]
    assert claims == pytest.approx([0.0, 0.2, 0.2, 0.5 * 1.0 + 0.5 * 0.2, 1.0])
    assert benefit.claim(one(age=70, service=14.0)) == 0.0


def test_an_early_pension_needs_its_own_years():
    changes = {"early_age": 55, "early_rate": 0.3, "early_years": 25, "early_reduction": 0.05}
    benefit = OldAge(retirement_age=60, qualifying_years=15, formula=FORMULA, **changes)
    assert [benefit.claim(one(age=57, service=n)) for n in (24.99, 25)] == [0.0, 0.3]
    assert [benefit.claim(one(age=60, service=n)) for n in (14.99, 15)] == [0.0, 1.0]


def test_a_long_career_is_not_reduced():
    benefit = OldAge(retirement_age=65, qualifying_years=15, formula=FORMULA, early_age=58, early_rate=0.3,
                     early_reduction=0.06, unreduced_years=35)  # fmt: skip
    factors = [benefit.age_factor(one(age=60, service=n)) for n in (419 / 12, 420 / 12)]
    assert factors == pytest.approx([0.70, 1.0])
    assert benefit.award(one(age=60, service=35.0))[0].multiple == 1.0


def test_reductions_count_from_the_age_that_applies():
    benefit = old_age(early_age=55, early_rate=0.1, early_reduction=0.04, late_increase=0.05)
    factors = [benefit.age_factor(one(age=58, service=n)) for n in (10, 15, 30)]
    assert factors == pytest.approx([1 - 12 * 0.04, 1 - 7 * 0.04, 1 - 2 * 0.04])
    assert benefit.age_factor(one(age=67, service=30.0)) == pytest.approx(1.35)


def test_a_grant_waits_for_the_last_age_and_sums_to_one_with_the_pension():
    law = scheme(old_age(), OldAgeGrant(months=1, claim_rate=0.5))
    grant = law.benefit("old_age_grant")
    claims = [grant.claim(one(law, age=age, service=9.9)) for age in (60, 65, 69, 70)]
    assert claims == [0.0, 0.0, 0.0, 0.5]
    assert grant.claim(one(law, age=75, service=10.0)) == 0.0
    recent = scheme(
        old_age({"age": 60, "years": 10, "recent": {"months": 20, "in_years": 2, "inactive_share": 0.4}}),
        OldAgeGrant(months=1),
    )
    person = replace(one(recent, age=61, service=20.0), status="inactive")
    assert [recent.benefit(name).claim(person) for name in ("old_age", "old_age_grant")] == pytest.approx([0.4, 0.6])


def test_rates_of_the_basis_move_active_and_inactive_members_apart():
    data = small_basis().isel(year=slice(0, 4))
    data["retirement_rate"] = xr.DataArray(0.0)
    data["retirement_rate_inactive"] = xr.DataArray(0.5)
    pension = old_age({"age": 60, "years": 10}, {"age": 58, "years": 25}, retirement_rate="basis")
    law = Scheme(name="S", currency=data.attrs["currency"], benefits=(pension,))
    found = project_insured(ac.project_population(data), data, law, service="years")
    assert float(found["retirements_active"].sum()) == 0.0
    assert float(found["retirements_inactive"].sum()) > 0.0
    same = data.assign(retirement_rate=xr.DataArray(0.5)).drop_vars("retirement_rate_inactive")
    both = project_insured(ac.project_population(same), same, law, service="years")
    flat = scheme_with_rate(law, 0.5)
    plain = project_insured(ac.project_population(same), same, flat, service="years")
    assert float(both["retirements_active"].sum()) > 0.0
    assert both["claims_amount"].identical(plain["claims_amount"])


def scheme_with_rate(law, rate):
    return law.amend("old_age", retirement_rate=rate)


def test_studies_of_the_age_work_with_conditions():
    data = small_basis()
    law = Scheme(name="S", currency=data.attrs["currency"], benefits=(old_age(forced_age=72, early_age=58),))
    _, later, _ = retirement_age(1.0)(data, law)
    shifted = later.benefit("old_age")
    assert [one.age for one in shifted.conditions] == [61.0, 66.0, 71.0]
    assert (shifted.early_age, shifted.forced_age, shifted.retirement_age) == (59.0, 73.0, None)
    ages = replacement_rates(data, law, Careers(years=(20, 35), retirement=(2030,)))["age_at_retirement"]
    assert ages.values.tolist() == [[60], [60]]


def test_readiness_looks_at_every_condition():
    data = small_basis()
    people = float((data["active_0"] + data["inactive_0"]).sel(age=slice(50, None)).sum())
    law = Scheme(name="S", currency=data.attrs["currency"], benefits=full(old_age({"age": 50}, {"age": 60})))
    line = next(line for line in check_basis(data, law) if "were past the retirement age" in line)
    counts = [float(word.replace(",", "")) for word in re.findall(r"\b\d[\d,]*", line)]
    assert sum(counts[:4]) == pytest.approx(people, rel=0.01)
    high = law.amend("old_age", conditions=({"age": 60, "years": 30}, {"age": 105}))
    with pytest.raises(BadScheme, match=r"old_age.conditions\[1\].age: 105 lies beyond the last age"):
        check_basis(data, high)
    long = law.amend("old_age", conditions=({"age": 40, "years": 30}, {"age": 65}))
    with pytest.raises(BadScheme, match=r"old_age.conditions\[0\].years: 30 years do not fit between age 15"):
        check_basis(data, long)


def full(*pensions):
    """The pensions and what the small basis has pensioners of."""
    from tests.reference.full_law import full_law

    others = [one for one in full_law().benefits if one.name != "old_age"]
    return (*pensions, *others)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"conditions": ()}, "needs retirement_age and qualifying_years, or conditions"),
        ({"conditions": (), "retirement_age": 60}, "needs retirement_age and qualifying_years, or conditions"),
        ({"retirement_age": 60}, "has conditions, so that retirement_age and qualifying_years have no meaning"),
        ({"conditions": ({"age": 60, "recent": {"months": 40, "in_years": 3}},)}, "40 months do not fit into 3 years"),
        ({"conditions": ({"age": 60, "year": 15},)}, "unknown key; did you mean years?"),
        ({"early_age": 58, "early_reduction": "actuarial"}, 'technical_interest and the word "actuarial" belong'),
        ({"technical_interest": 0.03}, 'technical_interest and the word "actuarial" belong together'),
        ({"early_reduction": "fair"}, 'rates by years or "actuarial" (got \'fair\')'),
        ({"retirement_rate": "table"}, 'must be a rate (fraction) or "basis" (got \'table\')'),
        ({"retirement_rate": 70}, "must be <= 1 (got 70.0); rates are fractions, did you mean 0.7?"),
    ],
)
def test_what_is_no_law_is_refused(changes, message):
    with pytest.raises(BadScheme) as error:
        OldAge(**{"conditions": THREE, "formula": FORMULA} | changes)
    assert message in str(error.value)


def test_what_the_basis_lacks_is_told():
    benefit = old_age(retirement_rate="basis")
    with pytest.raises(BadInput, match="the law reads retirement_rate, but there is no basis"):
        benefit.claim(one(age=65))
    with pytest.raises(MissingVariable, match="retirement_rate"):
        benefit.claim(grid())
    data = basis().assign(retirement_rate=("age", np.full(len(AGES), 0.5)))
    with pytest.raises(BadInput, match="retirement_rate: the basis has no age 80; it goes from 50 to 69"):
        benefit.claim(one(age=80, data=data))


TEXT = """\
name = "S"
currency = "LTD"
[[benefit]]
form = "old_age"
conditions = [ { age = 60, years = 30 }, { age = 65, years = 15, recent = { months = 24, in_years = 3 } } ]
formula = { form = "final_average", accrual = 0.02, years = 5 }
"""


def test_conditions_of_a_file():
    pension = parse_scheme(TEXT).benefit("old_age")
    assert pension.conditions == (
        Condition(age=60, years=30),
        Condition(age=65, years=15, recent=Recent(months=24, in_years=3)),
    )
    assert Condition(age=65, residence=Residence(years=10, share=0.5)).certain is False
    wrong = TEXT.replace("years = 15,", "years = 150,")
    with pytest.raises(BadScheme, match=r"scheme.toml:5: old_age.conditions\[1\].years: must be <= 80"):
        parse_scheme(wrong)


def test_one_person_of_a_file():
    due = {
        (born, months): person_benefits(
            parse_scheme(TEXT), event="retirement", sex="male", born=born, leaves=2030, months=months, earnings=1000.0
        )
        for born, months in ((1970, 360), (1970, 359), (1965, 180), (1965, 179))
    }
    assert [bool(found) for found in due.values()] == [True, False, True, False]
