"""Pensions that are filled up to a minimum, award by award: what each lacks, what they leave and take along."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy import stats

from actuarial.basis.overlays import scenarios
from actuarial.benefits.shortfall_kernels import run_shortfall
from actuarial.benefits.stock import project_pensions
from actuarial.demography.population import project_population
from actuarial.labour.insured import project_insured
from actuarial.labour.levels import LEVELS, award_levels, levels_asked
from actuarial.pension import FinalAverage, Flat, Indexation, Invalidity, MinimumInPayment, OldAge, Phased, Widows
from actuarial.person import make_grid
from tests.benefits import small
from tests.benefits.small import FIRST, SEXES, scheme_of
from tests.oracle import after_award as oracle
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

STAY = {"male": 0.8, "female": 0.9}
POOR, RICH = 300.0, 9_000.0  # so far from every limit that nothing has to be read between levels


def law(*benefits):
    old = OldAge(
        retirement_age=60, qualifying_years=0, formula=Flat(amount={"value": 100, "per": "month"}),
        indexation=Indexation(prices=1, month=4),
    )  # fmt: skip
    sick = Invalidity(qualifying_years=0, of="old_age", converts_to="old_age", converts_at=63)
    widows = Widows(share=0.5, follows=("old_age", "invalidity"), qualifying_years=0, indexation=Indexation(prices=0.5))
    return scheme_of(old, sick, widows, *benefits)


def minimum(**fields):
    yearly = {"value": {2025: 1000, 2027: 1500}, "per": "year"}
    return MinimumInPayment(**({"accompanies": ("old_age", "widows"), "minimum": yearly} | fields))


CLAIMS = [(2025, "old_age", "male", 61, 6.0), (2026, "old_age", "female", 60, 2.0), (2026, "widows", "male", 50, 3.0),
          (2025, "invalidity", "male", 62, 5.0)]  # fmt: skip


def claims(scheme, on, poor, rich):
    """Claims by hand of some poor and some rich of each row, with what counts up to every level."""
    levels = award_levels(scheme, on, make_grid(on, scheme), None)
    rows = [(*row[:4], (poor + rich) * row[4], (poor * POOR + rich * RICH) * row[4]) for row in CLAIMS]
    found = small.insured(scheme, on, rows)
    if not levels:
        return found
    money = np.stack([levels[name] for name in levels], axis=1)
    below = np.zeros((*money.shape, 2, on.sizes["age"]))
    for year, name, sex, age, number in CLAIMS:
        up_to = money[year - FIRST, list(levels).index(name)]
        each = poor * np.minimum(POOR, up_to) + rich * np.minimum(RICH, up_to)
        below[year - FIRST, list(levels).index(name), :, SEXES.index(sex), age] += number * each
    dims = ("year", "accompanied", "level", "sex", "age")
    return found.assign_coords(accompanied=list(levels)).assign(
        claims_below=(dims, below), award_level=(dims[:3], money)
    )


def test_the_poor_lack_what_they_lack_alone():
    """Of rich and poor pensioners, their widows and invalids who become pensioners, as much as of the poor by number
    and money: n m - B at both ends of the year."""
    scheme = law(minimum())
    on = small.basis(years=5)
    found = project_pensions(claims(scheme, on, 1.0, 0.5), on, scheme)
    poor = project_pensions(claims(law(), on, 1.0, 0.0), on, law())
    spent, ends = 0.0, 0.0
    least = xr.DataArray([1000.0, 1000.0, 1500.0, 1500.0, 1500.0], coords={"year": on["year"]})
    for name, rise in (("old_age", (1 - 2 * 0.25) * 0.1), ("widows", 0.05)):
        number, mass = (poor[word].sel(benefit=name) for word in ("pensioners", "pension_mass"))
        end = least * number - mass
        start = (least * number.shift(year=1, fill_value=0.0) - (1 + rise) * mass.shift(year=1, fill_value=0.0)).sum(
            ["sex", "age"]
        )
        ends, spent = ends + end, spent + (start + end.sum(["sex", "age"])) / 2
    one = found.sel(benefit="minimum_in_payment")
    assert float(poor["pension_mass"].sel(benefit="widows", sex="female").sum()) > 1_000
    assert float(poor["conversions"].sel(benefit="old_age").sum()) > 3
    assert_allclose(one["pension_mass"], ends.transpose("year", "sex", "age"), rtol=1e-10, atol=1e-7)
    assert_allclose(one["benefit_expenditure"], spent, rtol=1e-10)
    assert_allclose(found["pension_shortfall"].sum("benefit"), one["pension_mass"].drop_vars("benefit"), rtol=1e-12)


def test_awards_that_are_known_by_their_mean_alone_are_lognormal_each_for_itself():
    """By a loop over awards, which keep the variation of the age at which they were made, with a part that counts, an
    age from which it is paid and another adjustment than that of the minimum."""
    form = minimum(accompanies=("old_age",), counted=0.8, from_age=62, minimum={"value": 2000, "per": "year"})
    scheme = law(form)
    cv = np.linspace(0.2, 0.9, 202).reshape(2, 101)
    on = small.basis(years=6).assign(pension_cv=(("sex", "age"), cv))
    given = [(2025, "old_age", "male", 61, 6.0, 6 * 1500.0), (2027, "old_age", "male", 61, 2.0, 2 * 2500.0),
             (2026, "old_age", "female", 60, 1.0, 2200.0)]  # fmt: skip
    found = small.project(scheme, on, given).sel(benefit="minimum_in_payment")
    for year in range(2025, 2031):
        for sex in SEXES:
            expected = {}
            for begun, _, who, age, number, amount in given:
                passed = year - begun
                if who == sex and passed >= 0:
                    mean = 0.8 * amount / number * 1.1**passed
                    lacks = oracle.below_minimum(mean, cv[SEXES.index(sex), age], 2000.0)
                    share = oracle.reached(age + passed, 62)
                    expected[age + passed] = (
                        expected.get(age + passed, 0.0) + number * STAY[sex] ** passed * lacks * share
                    )
            here = found["pension_mass"].sel(year=year, sex=sex)
            for age, amount in expected.items():
                assert float(here.sel(age=age)) == pytest.approx(amount, rel=2e-3), (year, sex, age)
            assert float(here.sum()) == pytest.approx(sum(expected.values()), rel=2e-3)


LINE = ((0.0, 1_000.0), (1_000.0, 0.0))  # a minimum
FALLS = ((1_000.0, 400.0), (2_500.0, 0.0))  # a supplement that is level and then falls to nothing
LOST = ((1_000.0, 400.0), (1_001.0, 0.0))  # at once


@pytest.mark.parametrize(("points", "off"), [(LINE, 1.5e-3), (FALLS, 2e-3), (LOST, 5e-3)])
def test_a_minimum_that_grows_faster_than_pensions_fills_up_each_of_them(points, off):
    """2,000 single pensions of one award and those of their widows, in a loop, against what is read between levels."""
    grows, rises, years = 0.06, 0.02, 12

    def growing(value):
        return {"value": {FIRST + t: value * (1 + grows) ** t for t in range(years)}, "per": "year"}

    taper = tuple({"pension": growing(pension), "supplement": growing(due)} for pension, due in points)
    least = minimum(minimum=growing(1_000)) if points is LINE else minimum(minimum=None, taper=taper)
    each = Flat(amount={"value": 1, "per": "month"})
    old = OldAge(retirement_age=60, qualifying_years=0, formula=each, indexation="prices")
    left = Widows(share=0.6, follows=("old_age",), qualifying_years=0, indexation="prices")
    scheme = scheme_of(old, left, least)
    on = small.basis(years=years).assign(inflation=rises)
    normal = stats.norm.ppf((np.arange(2000) + 0.5) / 2000)
    single = 1350.0 * np.exp(0.47 * normal)
    levels = award_levels(scheme, on, make_grid(on, scheme), None)
    money = np.stack([levels["old_age"], levels["widows"]], axis=1)
    below = np.zeros((*money.shape, 2, on.sizes["age"]))
    below[0, 0, :, 0, 61] = 10.0 * np.minimum(single, levels["old_age"][0][:, np.newaxis]).mean(axis=1)
    given = small.insured(scheme, on, [(FIRST, "old_age", "male", 61, 10.0, 10.0 * single.mean())])
    dims = ("year", "accompanied", "level", "sex", "age")
    given = given.assign_coords(accompanied=["old_age", "widows"]).assign(
        claims_below=(dims, below), award_level=(dims[:3], money)
    )
    found = project_pensions(given, on, scheme).sel(benefit="minimum_in_payment")["pension_mass"].sum("age")
    expected, men, widows = np.zeros((years, 2)), 10.0, []
    for t in range(years):
        if t > 0:
            single = single * (1 + rises)
            widows = [(STAY["female"] * number, pensions * (1 + rises)) for number, pensions in widows]
            widows.append((0.5 * men * (1 - STAY["male"]) * (1 + STAY["female"]) / 2, 0.6 * single))
            men *= STAY["male"]
        for sex, stocks in enumerate(([(men, single)], widows)):
            up = (1 + grows) ** t
            lacks = [n * up * np.interp(pensions / up, *zip(*points, strict=True)).mean() for n, pensions in stocks]
            expected[t, sex] = sum(lacks)
    assert_allclose(found.transpose("year", "sex"), expected, rtol=off)


def test_a_minimum_that_ends_fills_up_as_one_that_goes_on_until_it_does():
    basis = small_basis().isel(year=slice(0, 5))
    scheme, population = full_law(), project_population(basis)

    def topped(minimum):
        least = MinimumInPayment(accompanies=("old_age", "widows"), minimum={"value": minimum, "per": "month"})
        on = scheme.amend("scheme", benefits=(*scheme.benefits, least))
        insured = project_insured(population, basis, on, service="years")
        return project_pensions(insured, basis, on)["pension_mass"].sel(benefit=least.name).sum(["sex", "age"])

    on, ends = topped({FIRST: 4000}), topped({FIRST: 4000, FIRST + 3: 0})
    assert_allclose(ends[:3], on[:3], rtol=1e-3)
    assert ends[3:].values.tolist() == [0.0, 0.0]


def test_a_shorter_run_has_other_levels_and_differs_by_nothing_else(monkeypatch):
    """Up to 2e-5 by what is read between levels; with those of the longer run its years are the same."""
    basis, least = small_basis(), {"value": {FIRST: 4000}, "per": "month", "indexed": "wages"}
    law = full_law()
    filled = MinimumInPayment(accompanies=("old_age", "widows"), minimum=least)
    law = law.amend("scheme", benefits=(*law.benefits, filled))

    def topped(on):
        claims = project_insured(project_population(on), on, law, service="years")
        return project_pensions(claims, on, law)["pension_mass"].sel(benefit=filled.name).sum(["sex", "age"]).values

    few = basis.isel(year=slice(0, 5))
    longer, shorter = topped(basis)[:5], topped(few)
    assert 0.0 < abs(shorter / longer - 1.0).max() < 2e-5
    levels = award_levels(law, basis, make_grid(basis, law), None)
    for place in ("actuarial.labour.insured.award_levels", "actuarial.benefits.spreads.award_levels"):
        monkeypatch.setattr(place, lambda *_: {name: one[:5] for name, one in levels.items()})
    assert_allclose(topped(few), longer, rtol=1e-14)


def test_scenarios_that_need_different_numbers_of_levels_have_what_each_has_alone():
    """Limits lie farther apart where wages grow faster, so that this scenario needs more levels than the other."""
    basis, law = small_basis().isel(year=slice(0, 5)), full_law()
    filled = MinimumInPayment(minimum={"value": {FIRST: 4000}, "per": "month", "indexed": "wages"})
    law = law.amend("scheme", benefits=(*law.benefits, filled))
    both = scenarios(basis, few=lambda b: b, many=lambda b: b.assign(wage_growth=b.wage_growth + 0.9))

    def topped(on):
        insured = project_insured(project_population(on), on, law, service="years")
        return insured, project_pensions(insured, on, law)["pension_mass"].sel(benefit=filled.name)

    insured, mass = topped(both)
    asked = [levels_asked(insured.sel(scenario=name)) for name in ("few", "many")]
    assert asked[0] < asked[1]
    for name in ("few", "many"):
        alone = topped(both.sel(scenario=name, drop=True))[1]
        assert float(alone.min("year").sum()) > 0.0
        np.testing.assert_array_equal(mass.sel(scenario=name).values, alone.values)


@pytest.mark.parametrize(("name", "share"), [("old_age", 1.0), ("widows", 0.5)])
def test_claims_up_to_a_level_are_those_under_a_maximum_as_high(name, share):
    """The law once more with the level of every year as its greatest pension, or as half of it for widows."""
    basis = small_basis().isel(year=slice(0, 3))
    scheme = full_law().amend("old_age", early_reduction=0, late_increase=0)
    least = {"value": {2024: 4000}, "per": "month", "indexed": "wages"}
    form = MinimumInPayment(accompanies=("old_age", "invalidity", "widows"), minimum=least)
    topped = scheme.amend("scheme", benefits=(*scheme.benefits, form))
    population = project_population(basis)
    found = project_insured(population, basis, topped, service="years")
    assert found["accompanied"].values.tolist() == ["old_age", "invalidity", "widows"]
    levels = found["award_level"].sel(accompanied=name, level=4)
    most = {int(year): float(level) / share for year, level in levels.to_series().items()}
    capped = scheme.amend("old_age.formula", maximum_pension={"value": most, "per": "year"})
    under = project_insured(population, basis, capped, service="years")["claims_amount"].sel(benefit=name)
    below, plain = found["claims_below"].sel(accompanied=name, level=4), found["claims_amount"].sel(benefit=name)
    assert_allclose(below, under, rtol=1e-12)
    assert float((below / plain.where(plain > 0)).min()) < 0.9
    assert (found["claims_below"].diff("level") >= 0).all()
    without = project_insured(population, basis, scheme, service="years")
    assert_allclose(without["claims_amount"], found["claims_amount"].isel(benefit=slice(0, -1)), rtol=1e-14)
    assert "claims_below" not in without


def test_two_laws_one_after_the_other_have_levels_and_those_that_add_up_have_more():
    """Those who start by the old law, and those who do by the new one, each under a maximum."""
    basis = small_basis().isel(year=slice(0, 3))
    population, name = project_population(basis), "old_age"
    least = MinimumInPayment(accompanies=(name,), minimum={"value": {2024: 4000}, "per": "month", "indexed": "wages"})

    def claims_of(new, *, most=None):
        top = {} if most is None else {"maximum_pension": {"value": most, "per": "year"}}
        old = Phased(share={2000: 1, 2026: 0}, formula=FinalAverage(accrual=0.02, years=3, **top))
        law = Phased(share={2000: new, 2026: 1}, formula=FinalAverage(accrual=0.015, years=1, **top))
        pension = OldAge(name=name, retirement_age=60, qualifying_years=5, formula=(old, law))
        return project_insured(population, basis, scheme_of(pension, least), service="years")

    found = claims_of(0)
    levels = found["award_level"].sel(accompanied=name, level=4).to_series()
    under = claims_of(0, most={int(year): float(level) for year, level in levels.items()})
    below, plain = (one.sel({dim: name}) for one, dim in ((found["claims_below"], "accompanied"),
                                                          (found["claims_amount"], "benefit")))  # fmt: skip
    assert_allclose(below.sel(level=4), under["claims_amount"].sel(benefit=name), rtol=1e-12)
    assert float(below.sel(level=4).sum() / plain.sum()) < 0.95
    both = claims_of(0.1)["claims_below"].sel(accompanied=name, level=4)
    assert (both >= below.sel(level=4) * (1 - 1e-12)).all()
    assert float(both.sum()) > 1.005 * float(below.sel(level=4).sum())


def test_money_beside_an_amount_of_earnings_leaves_it_the_rest_of_a_level():
    """E[min(120 + 60 + Y, l)] is 180 + E[min(Y, l - 180)], the mean award of a law with that maximum; money above
    the level leaves nothing."""
    basis = small_basis().isel(year=slice(0, 3))
    population, name = project_population(basis), "old_age"
    least = MinimumInPayment(accompanies=(name,), minimum={"value": {2024: 4000}, "per": "month", "indexed": "wages"})

    def claims_of(*flat, most=None):
        top = {} if most is None else {"maximum_pension": {"value": most, "per": "year"}}
        money = tuple(Flat(amount={"value": value, "per": "month"}) for value in flat)
        formula = (*money[:1], FinalAverage(accrual=0.02, years=3, **top), *money[1:])
        pension = OldAge(name=name, retirement_age=60, qualifying_years=5, formula=formula, early_age=58,
                         early_rate=0.1, early_reduction=0.05)  # fmt: skip
        return project_insured(population, basis, scheme_of(pension, least), service="years")

    found = claims_of(10, 5)
    levels = found["award_level"].sel(accompanied=name, level=4).to_series()
    under = claims_of(10, 5, most={int(year): float(level) - 180.0 for year, level in levels.items()})
    below = found["claims_below"].sel(accompanied=name, level=4).sel(age=slice(61, None))
    plain, limited = (one["claims_amount"].sel(benefit=name, age=slice(61, None)) for one in (found, under))
    assert_allclose(below, limited, rtol=1e-12)
    assert float(below.sum() / plain.sum()) < 0.95
    rich = claims_of(1_000_000)
    below, number = rich["claims_below"].sel(accompanied=name, level=4), rich["claims_number"].sel(benefit=name)
    assert_allclose(below, number * rich["award_level"].sel(accompanied=name, level=4), rtol=1e-12)


def test_what_single_pensions_lack_is_never_negative_and_adds_up():
    """Of one cell with two awards, alone and together, for limits between and beyond the levels."""
    levels = np.geomspace(500.0, 2_000.0, LEVELS)[np.newaxis]
    limits = np.concatenate([np.linspace(300.0, 2_500.0, 97)])

    def lacks(*pensions):
        number, mass = np.full((1, 1, 1), float(len(pensions))), np.full((1, 1, 1), sum(pensions))
        below = np.minimum(np.array(pensions)[:, np.newaxis], levels[0]).sum(axis=0)[np.newaxis, np.newaxis, np.newaxis]
        none, new = np.zeros((1, 1, 1)), np.zeros((1, 1, 1))
        flows, asked = (none, none, np.zeros(1), np.zeros(1)), np.zeros((0, 1, 1, 1, LEVELS))
        values = []
        for limit in limits:
            ends = none.copy(), none.copy(), asked, np.zeros((1, 1, 1, LEVELS))
            run_shortfall(
                np.zeros((2, 1, 1)), np.zeros((1, 1)), number, mass, below, levels, np.ones((1, 1, 1)), flows,
                np.full((1, 1, 1), limit), (asked, ends[3]), ends, new,
            )  # fmt: skip
            values.append(new[0, 0, 0])
            assert new[0, 0, 0] == ends[1][0, 0, 0]
        return np.array(values)

    one, other = lacks(820.0), lacks(1_130.0)
    assert min(one.min(), other.min()) >= 0.0
    assert_allclose(lacks(820.0, 1_130.0), one + other, rtol=1e-12, atol=1e-9)
    assert abs(one - np.maximum(limits - 820.0, 0.0)).max() < 60.0, "a cell of levels is 200 wide there"
    inside = (limits > 1_900.0) & (limits < 2_000.0)
    assert_allclose(one[inside], limits[inside] - 820.0, rtol=1e-12)
