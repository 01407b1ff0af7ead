"""Pensions of invalids under agreements: one person at a time, a projection whose persons are all accounted for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.contract import amounts
from actuarial.errors import BadScheme
from actuarial.pension import FinalAverage, Invalidity, OldAge, TotalisedInvalidity, TotalisedOldAge, Widows
from actuarial.scheme import Scheme
from tests.pension.people import one
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

FORMULA = FinalAverage(accrual=0.02, years=5)


def scheme(*foreign, needed=15, formula=FORMULA, pension=(), **changes):
    old = OldAge(retirement_age=60, qualifying_years=15, formula=formula)
    own = Invalidity(qualifying_years=needed, of="old_age", **dict(pension))
    abroad = TotalisedInvalidity(foreign_service=[{"months": m, "share": s} for m, s in foreign], **changes)
    return Scheme(name="S", currency="LTD", benefits=(old, own, abroad))


def due(rules, months, earnings=1000.0):
    return person_benefits(
        rules, event="invalidity", sex="male", born=1985, leaves=2030, months=months, earnings=earnings
    )


def test_own_eight_years_and_fourteen_abroad():
    """Theoretical amount 22 x 2% x 1000 = 440, of which 8/22 = 160."""
    found = due(scheme((14 * 12, 1.0)), 8 * 12)
    assert list(found) == ["totalised_invalidity"]
    assert (found["totalised_invalidity"].share, found["totalised_invalidity"].amount) == (1.0, pytest.approx(160.0))


def test_service_up_to_an_age_is_part_of_the_theoretical_amount_only():
    """22 years and 15 more until 60 at the age 45: 37 x 2% x 1000 x 8/22; the greatest period caps the 22."""
    pension = {"projected_to_age": 60}
    age = 2030 - 1985
    for longest, years in ((None, 22), (20, 20)):
        found = due(scheme((14 * 12, 1.0), pension=pension, maximum_years=longest), 8 * 12)["totalised_invalidity"]
        assert any(
            found.amount == pytest.approx((years + 60 - x) * 0.02 * 1000.0 * 8 / years) for x in (age - 1, age)
        )


@given(
    st.integers(1, 480), st.lists(st.integers(0, 480), min_size=1, max_size=3), st.sampled_from([0.02, 0.05]),
    st.sampled_from([3, 15]), st.sampled_from([None, 25.0]),
)  # fmt: skip
def test_members_with_each_length_abroad_one_by_one(own, abroad, accrual, needed, longest):
    share = 0.9 / len(abroad)
    formula = FinalAverage(base_rate=0.3, base_years=5, accrual=accrual, years=5, maximum=0.9)
    rules = scheme(*((m, share) for m in abroad), formula=formula, needed=needed, maximum_years=longest)
    person = one(rules, age=45, service=own / 12)

    def worth(years):
        return min(0.3 + accrual * max(0.0, years - 5.0), 0.9)

    moved = started = paid = 0.0
    alone = own >= 12 * needed
    for months in abroad:
        total = min((own + months) / 12, longest or 1e9)
        rata = worth(total) * min(1.0, own / 12 / total)
        if own < 12 or own + months < 12 * needed:
            continue
        if alone and not rata > worth(own / 12) * (1 + 1e-12):
            continue
        moved += share if alone else 0.0
        started += share
        paid += share * rata
    _, invalidity, agreement = rules.benefits
    assert invalidity.claim(person) == pytest.approx((1.0 - moved) if alone else 0.0, abs=1e-12)
    assert agreement.claim(person) == pytest.approx(started, abs=1e-12)
    if started:
        found = amounts(agreement.award(person))
        assert sum(each.rate * each.multiple for each in found) == pytest.approx(paid / started, rel=1e-9)


def test_all_invalids_are_those_of_a_law_with_a_shorter_period():
    """With n + 36 months for everybody the two pensions together start as many as a qualifying period 3 years less."""
    data = small_basis().isel(year=slice(0, 3))
    law = full_law()

    def awards(years, *more):
        benefits = [replace(one, qualifying_years=years) if one.name == "invalidity" else one for one in law.benefits]
        result = ac.project(data, law.amend("scheme", benefits=(*benefits, *more)), service="months")
        return result["new_awards"]

    abroad = TotalisedInvalidity(foreign_service=({"months": 36, "share": 1.0},), minimum_years=0.0)
    both, shorter = awards(8.0, abroad), awards(5.0)
    together = both.sel(benefit=["invalidity", "totalised_invalidity"]).sum("benefit")
    assert float(both.sel(benefit="totalised_invalidity").sum()) > 1.0
    assert_allclose(together, shorter.sel(benefit="invalidity"), rtol=1e-10, atol=1e-9)


def test_pensions_of_other_events_are_refused():
    periods = ({"months": 12, "share": 0.1},)
    old = OldAge(retirement_age=60, qualifying_years=15, formula=FORMULA)
    own, widows = Invalidity(qualifying_years=3, of="old_age"), Widows(share=0.5)
    cases = {
        "'old_age' is due on retirement; name a pension on invalidity": TotalisedInvalidity(
            totalises="old_age", foreign_service=periods
        ),
        "'widows' is due on death; name a pension on invalidity": TotalisedInvalidity(
            totalises="widows", foreign_service=periods
        ),
        "'invalidity' has no answer rules; name an old-age pension": TotalisedOldAge(
            totalises="invalidity", foreign_service=periods
        ),
    }
    for text, agreement in cases.items():
        with pytest.raises(BadScheme, match=text):
            Scheme(name="S", currency="LTD", benefits=(old, own, widows, agreement))
