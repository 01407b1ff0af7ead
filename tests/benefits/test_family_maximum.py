"""The maximum of a family, on the distribution of its size: against sums over all sizes, and its limiting cases."""

from math import exp, factorial

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from actuarial.cases import person_benefits
from actuarial.errors import BadInput, BadScheme
from actuarial.pension import DependantsSupplement, FinalAverage, OldAge, Orphans, Widows
from actuarial.pension.families import kept_share
from actuarial.person import make_grid
from actuarial.projection import project
from actuarial.scheme import Contribution, Scheme
from tests.reference.small import small_basis

PENSIONS = ["old_age", "widows", "orphans"]
BASIS = small_basis().isel(year=slice(0, 4)).sel(benefit=PENSIONS).drop_vars("accounts_0", errors="ignore")
CURRENCY = BASIS.attrs["currency"]


def law(**orphans):
    formula = FinalAverage(accrual=0.02, years=3)
    pension = OldAge(retirement_age=60, qualifying_years=15, formula=formula)
    widows = Widows(share=0.6, follows=("old_age",), spouses="widows", claim_rate=0.9)
    children = Orphans(share=0.25, until_age=18, follows=("old_age",), **orphans)
    line = Contribution(name="all", payer="employer", rate=0.1)
    return Scheme(name="x", currency=CURRENCY, contributions=(line,), benefits=(pension, widows, children))


def over_all_sizes(n, share, room):
    sizes = [exp(-n) * n**j / factorial(j) * min(share * j, room) for j in range(80)]
    return sum(sizes) / (share * n)


@given(st.floats(0.01, 8), st.floats(0.05, 1), st.floats(0, 4))
def test_share_kept_is_the_sum_over_all_sizes_of_families(n, share, room):
    assert_allclose(kept_share(n, share, room), over_all_sizes(n, share, room), rtol=1e-9, atol=1e-12)


def test_nobody_loses_where_nobody_is_or_the_room_is_endless():
    assert kept_share(0.0, 0.2, 0.0) == 1.0
    assert_allclose(kept_share(3.0, 0.2, 1e6), 1.0, rtol=1e-12)
    assert kept_share(3.0, 0.2, 0.0) == 0.0
    several = kept_share(xr.DataArray([0.0, 1.0, 4.0], dims="age"), 0.2, 0.4)
    assert (np.diff(several.values) < 0).all()


def test_a_family_has_at_most_its_maximum_and_the_widow_comes_first():
    """Expected share of a family: E[min(most, widow + children)], by size and with and without a widow."""
    limited = law(family_maximum=0.9, beside="widows")
    grid = make_grid(BASIS, limited)
    orphans, widows = limited.benefit("orphans"), limited.benefit("widows")
    dims = ["sex_of_survivor", "age_of_survivor"]
    for place in ({"sex": "male", "age": 40}, {"sex": "female", "age": 35}):
        number = float(orphans.family(BASIS).isel(year=0).sel(place).sum(dims))
        married = 0.9 * float(widows.family(BASIS).sel(place).sum(dims))
        together = 0.0
        for j in range(60):
            p = exp(-number) * number**j / factorial(j)
            together += p * (married * min(0.9, 0.6 + 0.25 * j) + (1 - married) * min(0.9, 0.25 * j))
        each = float(orphans.share_of_pension(grid).isel(year=0).sel(place))
        assert_allclose(married * 0.6 + number * each, together, rtol=1e-9)
        assert each < 0.25


def test_a_run_pays_less_under_a_maximum_and_the_same_under_a_wide_one():
    results = [project(BASIS, scheme, service="years") for scheme in (
        law(), law(family_maximum=9.0, beside="widows"), law(family_maximum=0.8, beside="widows"))]
    free, wide, narrow = (r["new_awards_amount"].sel(benefit="orphans").sum(["sex", "age"]).values for r in results)
    assert_allclose(wide, free, rtol=1e-9)
    assert (narrow < 0.9 * free).all()
    widows = [r["benefit_expenditure"].sel(benefit="widows").values for r in results]
    assert_allclose(widows[2], widows[0], rtol=1e-12)
    numbers = [r["pensioners"].sel(benefit="orphans").values for r in results]
    assert_allclose(numbers[2], numbers[0], rtol=1e-12)


def test_orphans_are_left_nothing_and_no_less_where_everybody_is_married():
    """The ages of spouses add up to all of them, but for rounding either way."""
    limited = law(family_maximum=0.6, beside="widows").amend("widows", claim_rate=1.0, spouses="both")
    grown = {"spouse_age_gap": 2.7, "spouse_age_sd": 3.1, "married_share": xr.ones_like(BASIS["married_share"])}
    basis = BASIS.assign({name: value + 0.0 * BASIS[name] for name, value in grown.items()})
    left = limited.benefit("widows").family(basis).sum(["sex_of_survivor", "age_of_survivor"])
    assert float(left.max()) > 1.0
    share = limited.benefit("orphans").share_of_pension(make_grid(basis, limited))
    assert float(share.min()) == 0.0
    assert float(share.sel(age=slice(25, 40)).max()) < 1e-12


def tunisian(**widows):
    """75% for a spouse alone, 70% beside one child and 50% beside more; each child 30%, at most the whole pension."""
    free = law(family_maximum=1.0, beside="widows").amend("orphans", share=0.3)
    return free.amend("widows", share=0.75, with_children=(0.7, 0.5), claim_rate=1.0, **widows)


@pytest.mark.parametrize(
    ("family", "spouse", "each"),
    [((True, 0), 0.75, 0), ((True, 1), 0.7, 0.3), ((True, 2), 0.5, 0.25), ((True, 5), 0.5, 0.1), ((False, 4), 0, 0.25)],
)
def test_the_spouse_has_less_beside_children(family, spouse, each):
    person = {"sex": "male", "born": 1980, "leaves": 2030, "months": 240, "earnings": 12_000}
    due = person_benefits(tunisian(), event="death", family=family, **person)
    pension = 0.02 * 20 * 12_000
    assert {name: one.amount / pension for name, one in due.items()} == pytest.approx(
        ({"widows": spouse} if spouse else {}) | ({"orphans": each} if each else {})
    )


def test_shares_by_children_are_sums_over_all_sizes():
    """Expected shares of a spouse and of a family, over the number of children."""
    scheme = tunisian()
    grid, dims = make_grid(BASIS, scheme), ["sex_of_survivor", "age_of_survivor"]
    orphans, widows = scheme.benefit("orphans"), scheme.benefit("widows")
    for place in ({"sex": "male", "age": 40}, {"sex": "male", "age": 62}):
        number = float(orphans.family(BASIS).isel(year=0).sel(place).sum(dims))
        married = float(widows.family(BASIS).sel(place).sum(dims))
        sizes = [(j, exp(-number) * number**j / factorial(j)) for j in range(60)]
        spouse = sum(p * (0.75 if j == 0 else 0.7 if j == 1 else 0.5) for j, p in sizes)
        children = sum(
            p * (married * min(0.3 * j, 0.3 if j == 1 else 0.5) + (1 - married) * min(0.3 * j, 1.0)) for j, p in sizes
        )
        assert 0.5 < float(widows.share_of_pension(grid).isel(year=0).sel(place)) == pytest.approx(spouse, rel=1e-12)
        each = float(orphans.share_of_pension(grid).isel(year=0).sel(place))
        assert_allclose(number * each, children, rtol=1e-9)


def test_the_same_share_beside_children_is_one_share():
    """In the whole projection: awards on death of members and of pensioners."""
    plain, same, less = (
        project(BASIS, law(family_maximum=0.8, beside="widows").amend("widows", **fields), service="years")
        for fields in ({}, {"with_children": (0.6, 0.6, 0.6)}, {"with_children": (0.5,)})
    )
    assert_allclose(same["benefit_expenditure"], plain["benefit_expenditure"], rtol=1e-11)
    widows, orphans = (less["benefit_expenditure"].sel(benefit=name) for name in ("widows", "orphans"))
    assert bool((widows < plain["benefit_expenditure"].sel(benefit="widows")).all())
    assert bool((orphans > plain["benefit_expenditure"].sel(benefit="orphans")).all())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"with_children": (0.7, 70)}, r"with_children\[1\]: must be <= 1"),
        ({"with_children": (0.7,), "children": "child"}, "widows.children: 'child' is no benefit of the scheme"),
        ({"with_children": (0.7,), "children": "old_age"}, "'old_age' is no orphans' pension; name one, or add it"),
    ],
)
def test_wrong_shares_by_children_are_told(fields, said):
    with pytest.raises(BadScheme, match=said):
        law().amend("widows", **fields)


def test_children_who_count_at_most():
    """10 for each of the first two children of a pensioner, over all sizes of families."""
    grid = make_grid(BASIS, None)
    all_, two = (
        DependantsSupplement(accompanies=("old_age",), child_amount={"value": 10, "per": "year"}, **most)
        for most in ({}, {"most_children": 2})
    )
    place, pension = {"year": int(BASIS["year"][0]), "sex": "male", "age": 45}, xr.zeros_like(BASIS["mx"])
    number = float(all_.supplement(grid, pension).sel(place)) / 10
    sizes = [exp(-number) * number**j / factorial(j) * min(j, 2) for j in range(60)]
    assert float(two.supplement(grid, pension).sel(place)) == pytest.approx(10 * sum(sizes), rel=1e-12)
    assert 0.1 < sum(sizes) < number
    with pytest.raises(BadScheme, match="most_children: must be >= 1"):
        DependantsSupplement(most_children=0)


def test_refusals():
    with pytest.raises(BadScheme, match="beside: has no meaning without family_maximum"):
        law(beside="widows")
    with pytest.raises(BadScheme, match=r"orphans.beside: 'widow' is no benefit .*; did you mean widows"):
        law(family_maximum=1.0, beside="widow")
    lone = law(family_maximum=1.0)
    grid = make_grid(BASIS, lone)
    with pytest.raises(BadInput, match="orphans: a family maximum depends on the size of families; give basis="):
        lone.benefit("orphans").reduction(type(grid)(2030, "all", "male", 40, 20.0, None, lone))
