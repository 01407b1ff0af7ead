"""The law evaluated once: rows and indices give every answer back, equal amounts are one, mistakes are placed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from actuarial.contract import Amount, Benefit
from actuarial.dated import by_group, by_sex, step
from actuarial.earned import Reference
from actuarial.errors import BadScheme
from actuarial.law import compress, law, single_award
from actuarial.pension import FinalAverage, Flat, FuneralGrant, Invalidity, OldAge, OldAgeGrant, Widows
from actuarial.scheme import Scheme
from tests.pension.people import AGES, MONTHS, YEARS, basis, grid, on_grid

DATA = basis()
AVERAGE = FinalAverage(accrual=0.01, years=5)
DIMS = ("year", "group", "sex", "age", "service")


def old_age(**changes):
    return OldAge(**{"retirement_age": 60, "qualifying_years": 15, "formula": AVERAGE} | changes)


def scheme(*benefits):
    return Scheme(name="S", currency="LTD", benefits=benefits)


def restored(table):
    """Every cell of an answer from its rows and its index."""
    rows = xr.DataArray(table.rows, dims=("row", "service"), coords={"service": MONTHS})
    return on_grid(rows.isel(row=table.index).drop_vars("row", errors="ignore"))


@st.composite
def answers(draw):
    people = grid()
    dims = draw(st.permutations(draw(st.lists(st.sampled_from(DIMS), unique=True, max_size=5))))
    coords = {dim: np.asarray(getattr(people, dim)[dim]) for dim in dims}
    shape = [len(coords[dim]) for dim in dims]
    elements = st.sampled_from([0.0, -0.0, 0.25, 1.0, 1e-300])
    values = draw(arrays.arrays(float, shape, elements=elements, fill=st.just(0.5)))
    return xr.DataArray(values, dims=dims, coords=coords)


@given(answers())
def test_rows_and_index_give_the_answer_back(answer):
    table = compress(answer, grid())
    assert np.array_equal(restored(table), on_grid(answer))
    assert set(table.index.dims) <= set(DIMS[:4])
    assert table.rows.flags["C_CONTIGUOUS"]
    assert table.rows.shape[1] == len(MONTHS)
    assert len({row.tobytes() for row in table.rows}) == len(table.rows)


def test_the_law_holds_the_answers_of_the_benefits():
    rules = law(scheme(old_age(retirement_age=by_sex(male=60.5, female=step({2028: 58}))), OldAgeGrant(months=1)), DATA)
    people = rules.grid
    for claim, benefit in zip(rules.claims, people.scheme.benefits, strict=True):
        assert claim.benefit == benefit.name
        assert np.array_equal(restored(claim.share), on_grid(benefit.claim(people)))
        for held in claim.amounts:
            amount = benefit.award(people)
            amount = amount[0] if isinstance(amount, tuple) else amount
            assert np.array_equal(restored(held.unit.rate), on_grid(amount.rate))
    assert rules.references == (Reference(years=5), Reference(years=1))


def test_claims_are_in_the_order_of_events():
    benefits = (
        FuneralGrant(months=1, follows=()),
        Widows(share=0.5, follows=()),
        Invalidity(qualifying_years=5, formula=AVERAGE),
        old_age(),
    )
    rules = law(scheme(*benefits), DATA)
    assert [claim.benefit for claim in rules.claims] == ["old_age", "invalidity", "funeral_grant", "widows"]
    assert [claim.event for claim in rules.claims] == [0, 1, 2, 2]


def test_equal_amounts_are_kept_once():
    twins = scheme(
        old_age(),
        Invalidity(qualifying_years=5, of="old_age"),
        Widows(share=1.0, follows=()),
        Widows(name="half", share=0.5, follows=()),
    )
    claims = {claim.benefit: claim for claim in law(twins, DATA).claims}
    pension = claims["old_age"].amounts[0].unit
    assert all(claims[name].amounts[0].unit is pension for name in ("invalidity", "widows", "half"))
    assert [float(claims[name].amounts[0].multiple) for name in ("widows", "half")] == [1.0, 0.5]
    assert claims["half"].share is claims["widows"].share


def test_amounts_that_differ_in_a_limit_only_are_not_one():
    formulas = [FinalAverage(accrual=0.01, years=5, minimum_pension={"value": v, "per": "year"}) for v in (1, 2)]
    first, second = law(scheme(old_age(formula=tuple(formulas))), DATA).claims[0].amounts
    assert first.unit is not second.unit
    assert first.unit.rate is second.unit.rate
    assert (float(first.unit.floor), float(second.unit.floor)) == (1.0, 2.0)


def test_equal_references_share_their_place():
    other = FinalAverage(accrual=0.02, years=5, revaluation="wages")
    third = old_age(name="c", retirement_age=70, formula=other, retirement_rate=0.0)
    rules = law(scheme(old_age(), old_age(name="b", retirement_age=70), third), DATA)
    assert [claim.amounts[0].unit.base for claim in rules.claims] == [0, 0, 1]


def test_amounts_of_money_and_of_the_average_wage_have_no_reference():
    flat = old_age(formula=Flat(amount={"value": 100, "per": "month"}))
    rules = law(scheme(flat, FuneralGrant(months=3, follows=())), basis(growth=0.1))
    cash, months = (claim.amounts[0].unit for claim in rules.claims)
    assert (cash.base, months.base, rules.references) == (-1, -1, ())
    assert np.unique(restored(cash.rate)).tolist() == [1.0]
    assert float(rules.claims[0].amounts[0].multiple) == 1200.0
    assert months.scale.values == pytest.approx(12_000 * 1.1 ** np.arange(1, 6))
    assert np.unique(restored(months.rate)).tolist() == [0.25]


@dataclass(frozen=True)
class Own(Benefit):
    """Answers as it is told."""

    name: str = "own"
    share_answer: Any = 1.0
    rate: Any = 1.0
    floor: Any = 0.0
    ceiling: Any = np.inf
    on: Any = "retirement"

    def claim(self, person):
        return self.share_answer

    def award(self, person):
        return Amount(rate=self.rate, base="currency", floor=self.floor, ceiling=self.ceiling)


def spoiled(value, cells=1):
    """A share by year and age that is wrong in some cells."""
    values = np.full((len(YEARS), len(AGES)), 0.5)
    values[1, 3 : 3 + cells] = value
    return xr.DataArray(values, dims=("year", "age"), coords={"year": YEARS, "age": AGES})


REFUSALS = [
    (Own(share_answer=spoiled(np.nan, 2)), "own: claim must answer a share between 0 and 1.\n"
     "  2 cells fail; the first: year=2027, age=53 -> nan\n  Look at the rates of this benefit."),
    (Own(share_answer=spoiled(-0.1)), "1 cell fails; the first: year=2027, age=53 -> -0.1"),
    (Own(share_answer=spoiled(1.5)), "1 cell fails; the first: year=2027, age=53 -> 1.5"),
    (Own(share_answer=2.0), "1 cell fails; the first: every cell -> 2"),
    (Own(rate=spoiled(np.nan)), "own: the rate of its amount must be >= 0.\n  1 cell fails; the first: year=2027"),
    (Own(floor=spoiled(-3.0)), "own: the floor of its amount must be >= 0.\n  1 cell fails; the first: year=2027"),
    (Own(ceiling=spoiled(np.nan)), "own: the ceiling of its amount must be >= 0."),
    (Own(floor=1.0, ceiling=spoiled(2.0)), "own: the greatest amount lies below the least amount.\n"
     "  99 cells fail; the first: year=2026, age=50 -> 0.5"),
]  # fmt: skip


@pytest.mark.parametrize(("benefit", "text"), REFUSALS)
def test_an_answer_that_cannot_be_is_refused_with_its_place(benefit, text):
    with pytest.raises(BadScheme) as caught:
        law(scheme(benefit), DATA)
    assert text in str(caught.value)


def test_retirement_claims_must_not_sum_to_more_than_one():
    with pytest.raises(BadScheme) as caught:
        law(scheme(old_age(retirement_rate=0.6), old_age(name="second", retirement_age=65, retirement_rate=0.5)), DATA)
    cells = 5 * int((MONTHS >= 180).sum())
    assert str(caught.value) == (
        "retirement claims: the shares of all benefits on retirement must not sum to more than 1 in any cell.\n"
        f"  {cells} cells fail; the first: age=65, service=182 -> 1.1\n"
        '  Make the conditions exclude each other (instead_of = "old_age" does).'
    )


def test_a_pension_and_the_grant_in_its_stead_never_sum_to_more_than_one():
    benefits = (old_age(retirement_age=60.3), OldAgeGrant(months=1))
    total = sum(restored(claim.share) for claim in law(scheme(*benefits), DATA).claims)
    assert total.max() == 1.0
    assert np.unique(total[:, :, :, AGES == 60]).tolist() == pytest.approx([0.7])


def test_what_follows_the_death_of_beneficiaries_needs_neither_service_nor_earnings():
    cash = FuneralGrant(amount={"value": by_sex(male=5, female=step({2025: 6, 2028: 7})), "per": "once"}, follows=())
    award = single_award(cash, grid(scheme(cash)))
    assert award.sel(sex="female").values.tolist() == [6, 6, 7, 7, 7]
    months = FuneralGrant(months=2, follows=())
    assert single_award(months, grid(scheme(months))).values == pytest.approx(2_000)
    wage = Own(on="death")
    object.__setattr__(wage, "award", lambda person: Amount(rate=0.5))
    with pytest.raises(BadScheme, match=r"own: .* but the award is a share of earnings"):
        single_award(wage, grid())
    group = FuneralGrant(amount={"value": by_group({"private": 1, "public": 2}), "per": "once"}, follows=())
    with pytest.raises(BadScheme, match="depends on group, which they do not have"):
        single_award(group, grid())


def test_thirteen_payments_change_no_answer_of_the_law():
    twelve, thirteen = (law(scheme(old_age(payments=n)), DATA).claims[0].amounts[0].unit for n in (12, 13))
    assert np.array_equal(restored(twelve.rate), restored(thirteen.rate))
    assert (twelve.base, float(twelve.floor), float(twelve.ceiling)) == (0, 0.0, np.inf)
