"""Each change of the catalogue does what its words say, to nothing else, and leaves its arguments alone."""

from dataclasses import dataclass

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

from actuarial.dated import at, by_cohort, by_group, by_sex, money, ramp, step
from actuarial.errors import BadInput
from actuarial.pension import FuneralGrant, Refund
from actuarial.pension.indexation import Indexation
from actuarial.scheme import Administration, Benefit, Contribution
from actuarial.studies import assumption_shocks as of_basis
from actuarial.studies import law_shocks as of_law
from actuarial.studies.changes import Change, NotApplicable, mapped
from actuarial.studies.shocks import STRESS_TESTS, catalogue, chosen
from actuarial.studies.unchanged import finance_alone
from actuarial.vocabulary import annotate
from tests.reference.full_law import full_law
from tests.reference.small import YEARS, small_basis

MOVED = {
    "mortality": {"mx"}, "improvement": {"mx"}, "fertility": {"asfr"}, "migration": {"net_migration"},
    "real_wages": {"wage_growth", "salary_growth"}, "interest": {"interest_rate"},
    "inflation": {"inflation", "wage_growth", "salary_growth", "interest_rate", "gdp"},
    "inflation_alone": {"inflation"}, "coverage": {"coverage"}, "density": {"density"},
    "invalidity": {"invalidity_rate"}, "unemployment_shock": {"unemployment_rate"}, "longevity_tail": {"mx"},
    "mortality_shock": {"mx"}, "assets": {"reserve_0", "assets_book_0", "assets_market_0"},
    "combined": {"mx", "asfr", "interest_rate", "invalidity_rate"},
}  # fmt: skip
"""Variables that the changes of a parameter move."""
AMENDED = {
    "retirement_age": {"benefits"}, "indexation": {"benefits"}, "administration": {"administration"},
    "state_income": {"contributions"}, "combined": {"administration"},
}  # fmt: skip
PARTS = ("name", "currency", "law", "insurable_earnings", "contributions", "benefits", "administration", "funding")


def complete() -> xr.Dataset:
    """The small basis with what a change may move besides, and with rates that differ by year and group."""
    basis = small_basis()
    years, groups = {"year": basis["year"]}, {"group": basis["group"]}
    growth = xr.DataArray(np.linspace(0.035, 0.06, 10), coords=years)
    more = {
        "inflation": xr.DataArray(np.linspace(0.01, 0.04, 10), coords=years),
        "wage_growth": growth,
        "salary_growth": growth + xr.DataArray([0.0, 0.002], coords=groups),
        "gdp": xr.DataArray(1e12 * 1.05 ** np.arange(10), coords=years),
        "assets_book_0": xr.DataArray([2e10, 1e10], coords={"asset_class": ["bonds", "land"]}),
        "assets_market_0": xr.DataArray([1.8e10, 1.2e10], coords={"asset_class": ["bonds", "land"]}),
    }
    return annotate(basis.assign(more))


BASIS, LAW = complete(), full_law()


def frozen(basis: xr.Dataset) -> xr.Dataset:
    """A copy that cannot be written to."""
    copy = basis.copy(deep=True)
    for array in copy.data_vars.values():
        array.values.flags.writeable = False
    return copy


def after(name: str, basis: xr.Dataset = BASIS, law=LAW):
    return catalogue()[name].apply(basis, law)


def real(basis: xr.Dataset, name: str) -> xr.DataArray:
    return (1 + basis[name]) / (1 + basis["inflation"]) - 1


@pytest.mark.parametrize("name", catalogue())
def test_a_change_moves_what_it_says_and_nothing_else(name):
    parameter = catalogue()[name].parameter
    given = frozen(BASIS)
    changed, law, note = catalogue()[name].apply(given, LAW)
    xr.testing.assert_identical(given, BASIS)
    moved = {str(one) for one in BASIS.data_vars if not changed[one].identical(BASIS[one])}
    assert moved == MOVED.get(parameter, set())
    assert set(changed.data_vars) == set(BASIS.data_vars)
    assert changed.attrs == BASIS.attrs
    assert all(changed[one].attrs == BASIS[one].attrs and changed[one].dims == BASIS[one].dims for one in moved)
    assert {part for part in PARTS if getattr(law, part) != getattr(LAW, part)} == AMENDED.get(parameter, set())
    assert note == "" or parameter in ("density", "state_income")


@pytest.mark.parametrize(("name", "factor"), [("mortality_down", 0.9), ("mortality_up", 1.1)])
def test_mortality(name, factor):
    assert_allclose(after(name)[0]["mx"], factor * BASIS["mx"], rtol=1e-15)


@pytest.mark.parametrize(("name", "power"), [("improvement_down", 0.5), ("improvement_up", 1.5)])
def test_improvement_since_the_first_year(name, power):
    found = after(name)[0]["mx"]
    assert_array_equal(found.isel(year=0), BASIS["mx"].isel(year=0))
    fall = np.log(found / found.isel(year=0))
    assert_allclose(fall, power * np.log(BASIS["mx"] / BASIS["mx"].isel(year=0)), rtol=1e-9, atol=1e-14)


def test_improvement_where_nobody_dies_stays_nothing():
    none = BASIS.assign(mx=BASIS["mx"].where(BASIS["age"] != 30, 0.0))
    found = after("improvement_up", none)[0]["mx"]
    assert not found.sel(age=30).any()
    assert np.isfinite(found).all()


@pytest.mark.parametrize(("name", "children"), [("fertility_down", -0.2), ("fertility_up", 0.2)])
def test_fertility(name, children):
    found, before = after(name)[0]["asfr"], BASIS["asfr"]
    assert_allclose(found.sum("age") - before.sum("age"), children, rtol=1e-12)
    assert_allclose(found / found.sum("age"), before / before.sum("age"), rtol=1e-12)


def test_migration():
    assert not after("migration_down")[0]["net_migration"].any()
    assert_array_equal(after("migration_up")[0]["net_migration"], 2 * BASIS["net_migration"])


@pytest.mark.parametrize(("name", "points"), [("real_wages_down", -0.005), ("real_wages_up", 0.005)])
def test_real_growth_of_wages(name, points):
    found = after(name)[0]
    for growth in ("wage_growth", "salary_growth"):
        assert_allclose(real(found, growth) - real(BASIS, growth), points, rtol=0, atol=1e-15)


@pytest.mark.parametrize(("name", "points"), [("interest_down", -0.01), ("interest_up", 0.01)])
def test_interest(name, points):
    assert_allclose(after(name)[0]["interest_rate"] - BASIS["interest_rate"], points, rtol=0, atol=1e-15)


def test_interest_of_nothing_moves_as_well():
    none = BASIS.assign(interest_rate=0.0 * BASIS["interest_rate"])
    assert_allclose(after("interest_up", none)[0]["interest_rate"], 0.01, rtol=1e-15)


@pytest.mark.parametrize(("name", "points"), [("inflation_down", -0.01), ("inflation_up", 0.01)])
def test_inflation_with_the_same_real_rates(name, points):
    found = after(name)[0]
    assert_allclose(found["inflation"] - BASIS["inflation"], points, rtol=0, atol=1e-15)
    for rate in ("wage_growth", "salary_growth", "interest_rate"):
        assert_allclose(real(found, rate), real(BASIS, rate), rtol=0, atol=1e-15)
    prices = [(1 + basis["inflation"]).cumprod("year") for basis in (found, BASIS)]
    assert_allclose(found["gdp"] / prices[0], BASIS["gdp"] / prices[1], rtol=1e-13)


@pytest.mark.parametrize(("name", "points"), [("inflation_alone_down", -0.01), ("inflation_alone_up", 0.01)])
def test_inflation_alone(name, points):
    assert_allclose(after(name)[0]["inflation"] - BASIS["inflation"], points, rtol=0, atol=1e-15)


def test_coverage():
    first = BASIS["coverage"].isel(year=0)
    rise = (after("coverage_slower")[0]["coverage"] - first) / (BASIS["coverage"] - first).isel(year=slice(1, None))
    assert_allclose(rise, 0.9, rtol=1e-12)
    assert_allclose(after("coverage_constant")[0]["coverage"], np.stack([first] * 10), rtol=1e-15)


def test_density_between_its_bounds():
    none = BASIS.assign(density=BASIS["density"].where(BASIS["age"] > 14, 0.0).where(BASIS["group"] == "private", 0.97))
    lower, _, silent = after("density_down", none)
    higher, _, note = after("density_up", none)
    working = {"group": "private", "age": slice(15, None)}
    assert_allclose(lower["density"].sel(working), none["density"].sel(working) - 0.05, rtol=1e-14)
    assert_allclose(higher["density"].sel(working), none["density"].sel(working) + 0.05, rtol=1e-14)
    assert not higher["density"].sel(group="private", age=slice(0, 14)).any()
    assert_array_equal(higher["density"].sel(group="public"), 1.0)
    assert silent == ""
    assert note == f"density: {10 * 2 * 101} of {none['density'].size} cells are held at the bounds 0 to 1"


@pytest.mark.parametrize(("name", "factor"), [("invalidity_down", 0.8), ("invalidity_up", 1.2)])
def test_invalidity(name, factor):
    assert_allclose(after(name)[0]["invalidity_rate"], factor * BASIS["invalidity_rate"], rtol=1e-15)


def test_unemployment_shock_by_year():
    added = after("unemployment_shock")[0]["unemployment_rate"] - BASIS["unemployment_rate"]
    by_year = [0.05, 0.05, 0.05, 0.04, 0.03, 0.02, 0.01, 0.0, 0.0, 0.0]
    assert_allclose(added.transpose("sex", "age", "year"), np.broadcast_to(by_year, (2, 101, 10)), atol=1e-15)


def test_a_shock_of_some_years_gives_a_constant_its_path():
    flat = BASIS.assign(unemployment_rate=BASIS["unemployment_rate"].isel(year=0, drop=True))
    found = after("unemployment_shock", flat)[0]["unemployment_rate"]
    assert_allclose(found, after("unemployment_shock")[0]["unemployment_rate"], rtol=1e-15)
    assert found.dims == ("year", "sex", "age")


def test_assets_fall():
    found = after("assets_fall")[0]
    for name in MOVED["assets"]:
        assert_allclose(found[name], 0.8 * BASIS[name], rtol=1e-15)


def test_longevity_tail_from_age_65():
    found, before = after("longevity_tail")[0]["mx"], BASIS["mx"]
    assert_array_equal(found.sel(age=slice(0, 64)), before.sel(age=slice(0, 64)))
    old = before.sel(age=slice(65, None)).values
    assert_allclose(found.sel(age=slice(65, None)), 0.8 * old[0] * (old / old[0]) ** 1.5, rtol=1e-12)


def test_mortality_shock_of_the_first_year():
    ratio = after("mortality_shock")[0]["mx"] / BASIS["mx"]
    assert_allclose(ratio.isel(year=0), 1.5, rtol=1e-15)
    assert_array_equal(ratio.isel(year=slice(1, None)), 1.0)


@pytest.mark.parametrize(("name", "way"), [("combined_adverse", 1), ("combined_favourable", -1)])
def test_what_is_combined(name, way):
    found, law, _ = after(name)
    singles = ("mortality", "fertility", "interest", "invalidity")
    ends = {1: ("down", "down", "down", "up"), -1: ("up", "up", "up", "down")}[way]
    for single, end in zip(singles, ends, strict=True):
        (variable,) = MOVED[single]
        xr.testing.assert_identical(found[variable], after(f"{single}_{end}")[0][variable])
    assert law == after(f"administration_{'up' if way == 1 else 'down'}")[1]


def test_combined_without_a_part_says_so():
    bare = LAW.amend("scheme", administration=Administration())
    assert after("combined_adverse", law=bare)[2] == "left out: the scheme has no cost of administration"


@pytest.mark.parametrize(
    ("age", "when"),
    [
        (60.0, {}),
        (ramp({2026: 60, 2045: 65}), {"year": 2030}),
        (by_sex(male=65, female=step({2025: 60, 2030: 62})), {"year": 2031, "sex": "female"}),
        (by_cohort({1960: 60, 1970: 65}, path="ramp"), {"birth_year": 1962}),
        (by_group({"private": 60, "public": 58.5}), {"group": "public"}),
    ],
)
def test_retirement_a_year_later(age, when):
    law = LAW.amend("old_age", retirement_age=age, early_age=55.0)
    found = after("retirement_age_later", law=law)[1].benefit("old_age")
    assert at(found.retirement_age, **when) == at(age, **when) + 1
    assert found.early_age == 56.0
    assert found.early_rate == law.benefit("old_age").early_rate


def test_indexation_keeps_month_and_lag():
    rule = Indexation(prices=0.3, wages=0.5, fixed=0.01, lag=1, month=7)
    law = LAW.amend("old_age", indexation=rule)
    assert after("indexation_prices", law=law)[1].benefit("old_age").indexation == Indexation(
        prices=1.0, lag=1, month=7
    )
    for name in ("old_age", "invalidity", "widows", "orphans"):
        rule = after("indexation_wages", law=law)[1].benefit(name).indexation
        assert (rule.wages, rule.prices, rule.fixed) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(("name", "factor"), [("administration_down", 0.9), ("administration_up", 1.1)])
def test_administration(name, factor):
    before, found = LAW.administration, after(name)[1].administration
    for part in ("share_of_earnings", "share_of_contributions", "share_of_benefits"):
        assert getattr(found, part) == pytest.approx(factor * getattr(before, part), rel=1e-15)
    assert found.fixed == money(step({2024: factor * 1e8}), "year", "prices")


def test_what_the_state_pays():
    law = LAW.amend("subsidy", rate=step({2025: 0.2, 2030: 0.3}))
    half, nothing = after("state_half", law=law), after("state_unpaid", law=law)
    assert half[1].contribution("subsidy").rate == step({2025: 0.1, 2030: 0.15})
    for line in law.contributions:
        expected = 0.0 if line.payer == "state" else line.rate
        assert at(nothing[1].contribution(line.name).rate, year=2030) == at(expected, year=2030)
    assert half[2] == "guarantee: what makes good a deficit moves the reserve, not the level premium"


NOBODY = full_law(
    benefits=(FuneralGrant(months=2, follows=()),),
    contributions=(Contribution(name="all", payer="employee", rate=0.1),),
    administration=Administration(),
)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("retirement_age_later", "the scheme has no benefit with a field retirement_age"),
        ("indexation_prices", "the scheme has no benefit with a field indexation"),
        ("invalidity_up", "the scheme has no benefit that starts on invalidity"),
        ("administration_up", "the scheme has no cost of administration"),
        ("state_half", "the State pays no contribution"),
    ],
)
def test_a_law_without_what_is_changed(name, reason):
    with pytest.raises(NotApplicable, match=reason):
        after(name, law=NOBODY)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("migration_up", {"net_migration": 0.0}, "net_migration is 0 throughout"),
        ("invalidity_up", {"invalidity_rate": 0.0}, "invalidity_rate is 0 throughout"),
        ("assets_fall", {"reserve_0": 0.0}, "there is no reserve on the valuation date that could lose value"),
        ("fertility_down", {"asfr": 0.05}, r"total fertility falls to 0\.11: it cannot be changed by -0\.2 children"),
        ("fertility_up", {"asfr": 0.0}, r"total fertility falls to 0: it cannot be changed by \+0\.2 children"),
    ],
)
def test_a_basis_without_what_is_changed(name, data, reason):
    scaled = {variable: factor * BASIS[variable] for variable, factor in data.items()}
    with pytest.raises(NotApplicable, match=reason):
        after(name, BASIS.assign(scaled))


@pytest.mark.parametrize(
    ("name", "variable", "reason"),
    [
        ("improvement_up", "mx", "mx is the same in all years: there is no improvement to change"),
        ("coverage_slower", "coverage", "coverage is the same in all years: there is no increase to change"),
    ],
)
def test_a_path_that_does_not_move(name, variable, reason):
    first = BASIS[variable].isel(year=0, drop=True)
    for flat in (first, first.expand_dims(year=YEARS)):
        with pytest.raises(NotApplicable, match=reason):
            after(name, BASIS.assign({variable: flat}))


def test_a_law_that_follows_the_index_already():
    wages = after("indexation_wages")[1]
    with pytest.raises(NotApplicable, match="the law adjusts all pensions by wages already"):
        after("indexation_wages", law=wages)


def test_an_indexation_of_ones_own_is_replaced():
    law = LAW.amend("widows", indexation=lambda basis, finance=None: 0.0 * basis["inflation"])
    assert after("indexation_prices", law=law)[1].benefit("widows").indexation == Indexation(prices=1.0)


def test_every_change_has_a_reason_for_either_sign_and_tells_its_step():
    changes = catalogue().values()
    assert [change.name for change in changes if change.expected == "either" and not change.why] == []
    assert [change.name for change in changes if np.isnan(change.step) != (change.unit == "")] == []
    assert set(STRESS_TESTS) <= set(catalogue())
    assert len({change.words for change in changes}) == len(catalogue())


def test_both_ways_have_opposite_steps_and_signs():
    for name, down in catalogue().items():
        if name.endswith("_down"):
            up = catalogue()[name.replace("_down", "_up")]
            assert (down.parameter, down.unit, down.step) == (up.parameter, up.unit, -up.step)
            assert {down.expected, up.expected} in ({"up", "down"}, {"either"})


def test_a_number_inside_money_and_groups_is_mapped():
    value = money(by_group({"private": step({2025: 10.0}), "public": 4.0}), "month", "none")
    found = mapped(value, lambda number: 3 * number)
    assert found == money(by_group({"private": step({2025: 30.0}), "public": 12.0}), "month", "none")


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (
            lambda: chosen(["interest_upp"]),
            "changes: 'interest_upp' is no change of the catalogue; did you mean interest_up?\n"
            "  A change of your own is given in a mapping: {name: lambda basis: basis.assign(...)}.",
        ),
        (
            lambda: Change(name="x", words="x", function=lambda basis: basis, expected="rises"),
            "change 'x': expected must be one of up, down, either (got 'rises').",
        ),
        (
            lambda: Change(name="x", words="x", function=3),
            "change 'x': is no function (got int).\n  Give a function of a basis, or of a basis and a scheme.",
        ),
        (
            lambda: Change(name="x", words="x", function=lambda a, b, c: a),
            "change 'x': the function takes 3 arguments.\n  Give a function of a basis, or of a basis and a scheme.",
        ),
        (
            lambda: Change(name="x", words="x", function=lambda basis: None).apply(BASIS, LAW),
            "change 'x': the function must return a basis (got None).\n  Write lambda basis: basis.assign(...).",
        ),
        (
            lambda: Change(name="x", words="x", function=lambda basis, scheme: basis).apply(BASIS, LAW),
            "change 'x': a function of a basis and a scheme must return both (got Dataset).\n"
            "  Write lambda basis, scheme: (basis.assign(...), scheme).",
        ),
        (
            lambda: Change(name="x", words="x", function=lambda basis, scheme: (scheme, basis)).apply(BASIS, LAW),
            "change 'x': a function of a basis and a scheme must return both (got a tuple of Scheme, Dataset).\n"
            "  Write lambda basis, scheme: (basis.assign(...), scheme).",
        ),
    ],
)
def test_refusals(build, text):
    with pytest.raises(BadInput) as found:
        build()
    assert str(found.value) == text


def test_a_default_of_a_function_is_no_argument():
    change = Change(name="x", words="x", function=lambda basis, factor=2.0: basis.assign(mx=factor * basis["mx"]))
    assert_allclose(change.apply(BASIS, LAW)[0]["mx"], 2.0 * BASIS["mx"])


def test_nothing_to_change_in_all_parts():
    shock = of_law.together(of_law.administration(1.1), of_basis.invalidity(1.2))
    with pytest.raises(NotApplicable, match="no cost of administration; the scheme has no benefit that starts on inv"):
        shock(BASIS, NOBODY)


@pytest.mark.parametrize("name", catalogue())
def test_what_reaches_the_finances_alone(name):
    changed, law, _ = after(name)
    alone = catalogue()[name].parameter in ("interest", "administration", "state_income", "assets")
    assert finance_alone(BASIS, LAW, changed, law) == alone


def refunding(*lines: str):
    refund = Refund(contributions=lines, instead_of="old_age")
    return LAW.amend("scheme", benefits=(*(one for one in LAW.benefits if one.name != "old_age_grant"), refund))


def test_contributions_that_are_given_back_reach_the_benefits():
    for lines, alone in ((("employees",), True), (("employees", "levy"), False)):
        levy = Contribution(name="levy", payer="state", rate=0.01)
        law = refunding("employees").amend("scheme", contributions=(*LAW.contributions, levy))
        law = law.amend("refund", contributions=lines)
        assert finance_alone(BASIS, law, BASIS, after("state_half", law=law)[1]) == alone
        without = law.amend("scheme", contributions=LAW.contributions) if alone else None
        assert without is None or finance_alone(BASIS, law, BASIS, without)


@dataclass(frozen=True)
class Bonus(Benefit):
    """A benefit of ones own, which may read anything."""

    name: str = "bonus"
    on: str | None = "retirement"


def test_a_law_with_something_of_ones_own_is_computed_as_a_whole():
    own = LAW.amend("scheme", benefits=(*LAW.benefits, Bonus()))
    assert not finance_alone(BASIS, own, after("interest_up")[0], own)
    assert not finance_alone(BASIS, LAW, BASIS.drop_vars("gdp"), LAW)
    assert not finance_alone(BASIS, LAW, BASIS, LAW.amend("old_age", qualifying_years=10))
