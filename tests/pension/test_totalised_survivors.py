"""Survivors' pensions under agreements: the deceased one at a time, and all survivors of a projection."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.contract import amounts, settled
from actuarial.dated import money
from actuarial.errors import BadInput, BadScheme
from actuarial.forms import parse_scheme
from actuarial.pension import (
    FinalAverage,
    Invalidity,
    OldAge,
    Orphans,
    RemarriageGrant,
    TotalisedInvalidity,
    TotalisedOldAge,
    TotalisedOrphans,
    TotalisedWidows,
    Widows,
)
from actuarial.scheme import Scheme
from actuarial.scheme_saving import scheme_text
from tests.oracle.survivors import totalised_family
from tests.pension.people import one
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

FORMULA = FinalAverage(accrual=0.02, years=5)
PERIODS = ({"months": 36, "share": 1.0},)


def scheme(*foreign, needed=5, formula=FORMULA, widows=(), orphans=(), **changes):
    periods = [{"months": m, "share": s} for m, s in foreign]
    old = OldAge(retirement_age=60, qualifying_years=15, formula=formula)
    own = Widows(**{"share": 0.5, "qualifying_years": needed, "follows": ("old_age",)} | dict(widows))
    child = {"share": 0.2, "until_age": 18, "qualifying_years": needed, "follows": ("old_age",)}
    children = Orphans(**child | dict(orphans))
    abroad = [form(foreign_service=periods, **changes) for form in (TotalisedWidows, TotalisedOrphans)]
    return Scheme(name="S", currency="LTD", benefits=(old, own, children, *abroad))


def due(rules, months, family, earnings=1000.0):
    found = person_benefits(
        rules, event="death", sex="male", born=1985, leaves=2030, months=months, earnings=earnings, family=family
    )
    return {name: one.share * one.amount for name, one in found.items()}


def test_own_three_years_and_fourteen_abroad():
    """17 x 2% x 1000 = 340, of which 3/17 = 60; half of it for the widow, a fifth for each child."""
    rules = scheme((14 * 12, 1.0))
    assert due(rules, 36, (True, 2)) == pytest.approx({"totalised_widows": 30.0, "totalised_orphans": 12.0})
    assert list(due(rules, 36, (False, 2))) == ["totalised_orphans"]
    assert due(rules, 11, (True, 2)) == {}
    assert list(due(scheme((24, 1.0)), 35, (True, 2))) == []
    assert list(due(scheme((25, 1.0)), 35, (True, 2))) == ["totalised_widows", "totalised_orphans"]


@given(
    own=st.integers(1, 480), abroad=st.lists(st.integers(0, 480), min_size=1, max_size=3),
    earnings=st.sampled_from([400.0, 3_000.0, 20_000.0]), needed=st.sampled_from([3, 15]),
    longest=st.sampled_from([None, 25.0]), family=st.tuples(st.booleans(), st.integers(0, 6)),
    accrual=st.sampled_from([0.01, 0.05]), cap=st.sampled_from([None, 0.7, 1.0]),
)  # fmt: skip
def test_families_of_the_deceased_one_by_one(own, abroad, earnings, needed, longest, family, accrual, cap):
    """Each length of periods abroad is a person of its own: who pays whom, within the maximum of a family."""
    formula = FinalAverage(
        base_rate=0.3, base_years=5, accrual=accrual, years=5, minimum_pension=money(600, "year"),
        maximum_pension=money(9_000, "year"),
    )  # fmt: skip
    most = {} if cap is None else {"family_maximum": cap, "beside": "widows"}
    share = 0.9 / len(abroad)
    rules = scheme(
        *((m, share) for m in abroad), formula=formula, needed=needed, maximum_years=longest, orphans=most,
        export_factor=0.8,
    )  # fmt: skip
    expected = {}
    for months, part in (*((m, share) for m in abroad), (0, 0.1)):
        paid = totalised_family(
            own / 12, months / 12, needed=needed, earnings=earnings, accrual=accrual, limits=(600.0, 9_000.0),
            longest=longest, exported=0.8, spouse=family[0], children=family[1], maximum=cap,
        )  # fmt: skip
        for name, amount in paid.items():
            expected[name] = expected.get(name, 0.0) + part * amount
    assert due(rules, own, family, earnings) == pytest.approx(expected, rel=1e-9)


def test_the_service_that_the_law_adds_is_part_of_the_theoretical_amount_only():
    old = OldAge(retirement_age=60, qualifying_years=15, formula=FORMULA)
    ill = Invalidity(qualifying_years=5, of="old_age", projected_to_age=60)
    own = Widows(share=0.5, qualifying_years=5, of="invalidity")
    abroad = TotalisedWidows(foreign_service=({"months": 84, "share": 1.0},))
    rules = Scheme(name="S", currency="LTD", benefits=(old, ill, own, abroad))
    person = one(rules, age=45, service=3.0)
    (amount,) = amounts(abroad.award(person))
    assert amount.rate * amount.multiple == pytest.approx(0.5 * (10 + 15) * 0.02 * 3 / 10)


def awards(law, years, *more):
    names = ("widows", "orphans")
    benefits = [replace(one, qualifying_years=years) if one.name in names else one for one in law.benefits]
    rules = law.amend("scheme", benefits=(*benefits, *more))
    return ac.project(years_of_remarriage(), rules, service="months")


def years_of_remarriage():
    data = small_basis().isel(year=slice(0, 6))
    rates = 0.04 * (data["age"] < 60) + 0.0 * data["mx"].drop_attrs()
    own = 0.3 * (data["age"] > 60) + 0.0 * rates.isel(year=0, drop=True)
    return data.assign(remarriage_rate=rates, survivors_with_pension=own)


def law_of_survivors():
    """Rights in proportion to service from the first month on, with orphans and a maximum of a family."""
    law = full_law()
    widows = Widows(share=0.5, qualifying_years=3, cumulation={"kept": 0.5})
    orphans = Orphans(share=0.3, until_age=20.5, family_maximum=0.9, beside="widows", payments=13)
    old = replace(law.benefit("old_age"), formula=FORMULA)
    rest = [one for one in law.benefits if one.name not in ("widows", "orphans", "old_age")]
    return law.amend("scheme", benefits=(old, *rest, widows, orphans))


def test_all_survivors_and_their_money_are_those_of_a_law_with_a_shorter_period():
    """With n + 36 months for everybody, rights in proportion to service are the same as after 3 years less, until the
    last survivor of the years has remarried, grown up or died."""
    law = law_of_survivors()
    given = {"foreign_service": PERIODS, "minimum_years": 0.0}
    both = awards(law, 6.0, TotalisedWidows(**given), TotalisedOrphans(**given))
    shorter = awards(law, 3.0)
    for name in ("widows", "orphans"):
        pair = both.sel(benefit=[name, f"totalised_{name}"])
        assert float(pair["new_awards"].sel(benefit=f"totalised_{name}").sum()) > 0.5, name
        for what in ("new_awards", "new_awards_amount", "pensioners", "pension_mass", "benefit_expenditure"):
            assert_allclose(
                pair[what].sum("benefit"), shorter[what].sel(benefit=name), rtol=1e-9, atol=1e-9, err_msg=what
            )


def test_survivors_of_pensioners_and_grants_at_remarriage_follow_it():
    law = law_of_survivors()
    old = TotalisedOldAge(foreign_service=PERIODS)
    names = {"follows": ("totalised_old_age",), "foreign_service": PERIODS}
    first = awards(law, 6.0, old, TotalisedWidows(**names), RemarriageGrant(months=12, follows=("totalised_widows",)))
    widows = replace(law.benefit("widows"), follows=("old_age", "invalidity", "totalised_old_age"))
    benefits = tuple(widows if one.name == "widows" else one for one in law.benefits)
    rules = law.amend("scheme", benefits=(*benefits, old))
    second = awards(rules, 6.0, TotalisedWidows(foreign_service=PERIODS))
    both = [one["new_awards"].sel(benefit=["widows", "totalised_widows"]).sum("benefit") for one in (first, second)]
    assert_allclose(*both, rtol=1e-12)
    assert float((first - second)["new_awards"].sel(benefit="totalised_widows").sum()) > 0.0
    assert float(first["benefit_expenditure"].sel(benefit="remarriage_grant").sum()) > 0.0


def test_capital_values_know_it():
    from actuarial.valuation.constituent import constituent_capitals

    law = law_of_survivors()
    given = {"foreign_service": PERIODS, "minimum_years": 0.0}
    both = awards(law, 6.0, TotalisedWidows(**given), TotalisedOrphans(**given))
    shorter = awards(law, 3.0)
    data, found = years_of_remarriage(), []
    for result, years, more in ((both, 6.0, (TotalisedWidows(**given), TotalisedOrphans(**given))), (shorter, 3.0, ())):
        changed = law.amend("funeral_grant", follows=()).amend("widows", qualifying_years=years)
        changed = changed.amend("orphans", qualifying_years=years)
        rules = changed.amend("scheme", benefits=(*changed.benefits, *more))
        claims = result[["claims_number", "claims_amount", "claims_topup"]]
        capitals = constituent_capitals(claims, data, rules)["awarded_capital"]
        names = [name for name in capitals.benefit.values if name.endswith(("widows", "orphans"))]
        found.append(capitals.sel(benefit=names).sum("benefit"))
    assert float(found[0].sum()) > 0.0
    assert_allclose(*found, rtol=1e-9)


def test_payments_and_who_draws_it_are_those_of_the_pension_that_is_totalised():
    rules = scheme((36, 1.0), widows={"payments": 13, "spouses": "widows"})
    paid = {benefit.name: benefit for benefit in settled(rules)}
    assert (paid["totalised_widows"].payments, paid["totalised_widows"].spouses) == (13.0, "widows")
    assert paid["totalised_orphans"].payments == 12.0
    found = person_benefits(
        rules, event="death", sex="female", born=1985, leaves=2030, months=36, earnings=1e3, family=(True, 0)
    )
    assert found == {}
    other = scheme((36, 1.0), widows={"payments": 13}, payments=14)
    assert settled(other)[3].payments == 14.0


TEXT = """\
name = "S"
currency = "LTD"
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 15
formula = { form = "final_average", accrual = 0.02, years = 5 }
[[benefit]]
form = "widows"
share = 0.5
follows = ["old_age"]
[[benefit]]
form = "orphans"
share = 0.2
until_age = 18
follows = ["old_age"]
[[benefit]]
form = "totalised_widows"
foreign_service = [ { months = 120, share = 0.1 }, { months = 240, share = { male = 0.1, female = 0.05 } } ]
[[benefit]]
form = "totalised_orphans"
foreign_service = [ { months = 120, share = 0.1 } ]
export_factor = 0.9
"""


def test_an_agreement_of_a_file():
    rules = parse_scheme(TEXT)
    assert parse_scheme(scheme_text(rules)) == rules
    assert rules.benefit("totalised_orphans").totalises == "orphans"
    form = 'form = "totalised_widows"'
    for line, text in (
        ('totalises = "orphans"', "'orphans' is for other survivors; name a pension of widows"),
        ('totalises = "old_age"', "'old_age' has no answer of_deceased; name a survivors' pension"),
        ('totalises = "widow"', r"'widow' is no benefit of the scheme; did you mean widows\?"),
        ('follows = ["old_age"]', "old_age is followed by 'widows' already; name it in one of them"),
        ('follows = ["old"]', r"'old' is no benefit of the scheme; did you mean old_age\?"),
    ):
        with pytest.raises(BadScheme, match=text):
            parse_scheme(TEXT.replace(form, f"{form}\n{line}"))
    with pytest.raises(BadScheme, match=r"the shares of foreign_service sum to 1.1, at most 1 is possible"):
        scheme((12, 0.5), (24, 0.6))


def test_pensions_of_other_events_are_refused():
    ill = Invalidity(qualifying_years=3, of="old_age")
    old = OldAge(retirement_age=60, qualifying_years=15, formula=FORMULA)
    abroad = TotalisedInvalidity(foreign_service=PERIODS)
    for form, name in ((TotalisedWidows, "invalidity"), (TotalisedOrphans, "totalised_invalidity")):
        wrong = form(foreign_service=PERIODS, totalises=name)
        with pytest.raises(BadScheme, match=f"'{name}' has no answer .*of_deceased; name a survivors' pension"):
            Scheme(name="S", currency="LTD", benefits=(old, ill, abroad, wrong))


def test_a_mistake_in_the_pension_that_is_totalised_is_told_once():
    with pytest.raises(BadScheme) as found:
        parse_scheme(TEXT.replace("share = 0.5", "share = 5"))
    assert "totalised_widows" not in str(found.value)


def test_an_agreement_needs_its_scheme():
    with pytest.raises(BadInput, match="needs the scheme whose widows it totalises"):
        TotalisedWidows(foreign_service=PERIODS).claim(one())


def test_survivors_of_a_known_family_only():
    rules = scheme((168, 1.0))
    person = replace(one(rules, service=3.0), family=(False, 0))
    assert [float(benefit.claim(person)) for benefit in rules.benefits[1:]] == [0.0] * 4
    assert rules.benefit("totalised_widows").claim(replace(person, family=(True, 0))) == 1.0
