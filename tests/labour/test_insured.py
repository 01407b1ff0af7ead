"""The insured stage: coverage concepts, contribution time, tranches, grids, reference earnings, insurable earnings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.check.insured import check_insured
from actuarial.dated import by_group, by_sex, money, step
from actuarial.demography.population import project_population
from actuarial.earned import Reference
from actuarial.errors import BadBasis, BadDimensions, BadInput, MissingVariable
from actuarial.jit import WIDTH
from actuarial.labour import earnings, side_by_side
from actuarial.labour.credits import cells_needed, on_grid
from actuarial.labour.insured import project_insured
from actuarial.labour.participation import labour_market
from actuarial.numeric import expected_clip
from actuarial.pension import FinalAverage, FuneralGrant, Invalidity, OldAge, OldAgeGrant, Widows
from actuarial.person import Person, WorkYear
from actuarial.scheme import InsurableEarnings, Scheme
from tests.reference.insured_basis import FIRST, basis_of, population_of, scheme_of
from tests.reference.scenario import SCENARIO
from tests.reference.small import small_basis

FORMULA = FinalAverage(
    accrual=0.0175, years=5, revaluation="wages", minimum_pension=money(30_000, "year"),
    maximum_pension=money(step({2025: 200_000}), "year", "wages"),
)
SCHEME = Scheme(
    name="test",
    currency="LTD",
    insurable_earnings=InsurableEarnings(
        floor=money(20_000, "year"), ceiling=money(step({2024: 300_000}), "year", "wages")
    ),
    benefits=(
        OldAge(retirement_age=60, qualifying_years=15, formula=FORMULA, retirement_rate=0.7),
        OldAgeGrant(months=1, claim_rate=0.5),
        Invalidity(qualifying_years=5, of="old_age"),
        Widows(share=0.5, qualifying_years=5),
        FuneralGrant(months=2),
    ),
)
STOCKS_AND_FLOWS = (
    "active inactive active_credits inactive_credits new_entrants reentrants exits deaths_active deaths_inactive "
    "new_invalids retirements_active retirements_inactive contribution_months_stayers contribution_months_entrants "
    "credits_removed claims_number claims_amount claims_topup claims_credits average_contributors contributors_any "
    "assessed_earnings insurable_earnings"
).split()


def basis_with(concept="status", density=None, **factors):
    """The small basis with a coverage concept and a density, and opening stocks that are on the target."""
    basis = small_basis().assign_attrs(coverage_concept=concept)
    basis["coverage"] = basis["coverage"].isel(year=0, drop=True) * xr.ones_like(basis["coverage"])
    if density is not None:
        basis["density"] = density * xr.ones_like(basis["density"])
    for name, factor in factors.items():
        basis[name] = basis[name] * factor
    now = basis.isel(year=0)
    employed = (now["population_0"] * now["participation_rate"] * (1 - now["unemployment_rate"])).sum("age")
    weight = now["density"] if concept == "average" else 1.0
    counted = (basis["active_0"].sum("service") * weight).sum("age")
    basis["active_0"] = basis["active_0"] * (now["coverage"] * employed / counted)
    return basis


def run(basis, scheme=SCHEME, **options):
    return project_insured(project_population(basis), basis, scheme, **options)


def employed_means(insured, basis):
    """Employed on 31 December by sex, and the mean of the year."""
    now = basis.isel(year=0, drop=True)
    first = (now["population_0"] * now["participation_rate"] * (1 - now["unemployment_rate"])).sum("age")
    total = insured["employed"].sum("age")
    return total, (total + total.shift(year=1).fillna(first)) / 2


@pytest.fixture(scope="module")
def insured():
    return run(small_basis())


def test_labour_force_and_employed():
    basis = small_basis()
    people = project_population(basis)
    market = labour_market(people, basis)
    spot = {"year": 2027, "sex": "female", "age": 33}
    expected = float(people["population"].sel(spot) * basis["participation_rate"].sel(spot))
    assert_allclose(market["labour_force"].sel(spot), expected, rtol=1e-14)
    assert_allclose(market["employed"].sel(spot), expected * 0.94, rtol=1e-14)
    assert market["employed"].dims == ("year", "sex", "age")
    with pytest.raises(MissingVariable, match="participation_rate"):
        labour_market(people, basis.drop_vars("participation_rate"))


@pytest.mark.parametrize("grid", ["months", "years"])
def test_identities_hold(grid):
    basis = small_basis()
    people = project_population(basis)
    assert check_insured(project_insured(people, basis, SCHEME, service=grid), basis, population=people) == []


def test_coverage_as_average_contributors():
    """40% of the employed contribute on average, with a density of .6: the mean of the year, every year."""
    share = 0.4 / small_basis()["coverage"].isel(year=0, group=0, drop=True)
    basis = basis_with("average", density=0.6, coverage=xr.where(small_basis()["group"] == "private", share, 1.0))
    insured = run(basis)
    months = insured["contribution_months_stayers"] + insured["contribution_months_entrants"]
    _, mean = employed_means(insured, basis)
    found = (months.sum("age") / 12 / mean).sel(group="private")
    assert_allclose(found, 0.4, rtol=1e-10)
    assert float(mean.std("year").min()) > 100, "employment must move for the test to mean something"


def test_coverage_as_average_contributors_with_a_density_by_age():
    """Within a thousandth where density depends on age: contributors of the year are counted by the age reached."""
    density = 0.6 + 0.002 * (small_basis()["age"] - 40.0).clip(-20, 20)
    basis = basis_with("average", density=density)
    insured = run(basis)
    _, mean = employed_means(insured, basis)
    found = insured["average_contributors"].sum("age") / mean
    assert_allclose(found / basis["coverage"], 1, atol=2e-3)


def test_coverage_as_status_on_31_december():
    basis = basis_with("status")
    insured = run(basis)
    total, _ = employed_means(insured, basis)
    expected = basis["coverage"].transpose("year", "group", "sex")
    assert_allclose(insured["active"].sum("age") / total, expected, rtol=1e-12)


def test_coverage_as_contributors_at_any_time_of_the_year():
    basis = basis_with("any", coverage=1.1)
    insured = run(basis)
    _, mean = employed_means(insured, basis)
    expected = basis["coverage"].transpose("year", "group", "sex")
    assert_allclose(insured["contributors_any"] / mean, expected, rtol=1e-12)
    opening = insured["active"].sum("age").shift(year=1).fillna(basis["active_0"].sum(["age", "service"]))
    entered = (insured["new_entrants"] + insured["reentrants"]).sum("age")
    assert_allclose(insured["contributors_any"], opening + entered, rtol=1e-14)


def test_unknown_concept_is_refused():
    with pytest.raises(BadBasis, match="coverage_concept: 'mean' is not known"):
        run(small_basis().assign_attrs(coverage_concept="mean"))


def test_contribution_time_is_density_times_the_mean_of_two_stocks():
    """For a uniform density, to rounding; contraction and retirement included."""
    basis = basis_with(density=0.6, coverage=xr.DataArray(0.8 ** np.arange(10) * 1.0, dims="year"))
    insured = run(basis)
    assert float(insured["contraction_rate"].max()) > 0.05
    stock = insured["active"].sum("age")
    before = stock.shift(year=1).fillna(basis["active_0"].sum(["age", "service"]))
    months = (insured["contribution_months_stayers"] + insured["contribution_months_entrants"]).sum("age")
    assert_allclose(months, 12 * 0.6 * (before + stock) / 2, rtol=1e-12)


def test_reentrants_are_the_rate_times_the_inactive_they_leave(insured):
    there = insured["inactive"] + insured["reentrants"]
    assert_allclose(insured["reentrants"], insured["reentry_rate"] * there, rtol=1e-10, atol=1e-9)
    assert float(insured["reentrants"].sum()) > 100
    basis = small_basis()
    entered = (insured["new_entrants"] + insured["reentrants"]).sum("age")
    wish = (entered * basis["entry_profile"] * basis["reentry_share"]).transpose(*there.dims)
    assert_allclose(insured["reentrants"] + insured["reentry_shortfall"], wish, rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("grid", ["months", "years"])
def test_open_group_is_present_members_plus_future_entrants(grid):
    """With the entries of the open run: every table, claims and contributions too; contraction in one group."""
    fall = xr.where(small_basis()["group"] == "public", xr.DataArray(0.85 ** np.arange(10), dims="year"), 1.0)
    basis = basis_with(coverage=fall)
    whole = run(basis, service=grid)
    assert float(whole["contraction_rate"].sel(group="public").max()) > 0.02
    parts = [run(basis, service=grid, entries=whole, members=members) for members in ("present", "future")]
    for name in STOCKS_AND_FLOWS:
        scale = 1e-9 * (1 + abs(whole[name].values).max())
        both = (parts[0][name] + parts[1][name]).values
        assert_allclose(both, whole[name].values, rtol=1e-9, atol=scale, err_msg=name)
    assert float(abs(parts[0]["new_entrants"]).max()) == 0
    for part, members in zip(parts, ("present", "future"), strict=True):
        assert check_insured(part, basis, members) == []
        xr.testing.assert_allclose(part["reentry_rate"], whole["reentry_rate"])
    people = (parts[0]["active"] + parts[0]["inactive"]).sum(["group", "sex", "age"])
    assert (np.diff(people) < 0).all()
    xr.testing.assert_allclose(run(basis, service=grid, entries=whole)["claims_amount"], whole["claims_amount"])


def test_closed_and_run_off_groups():
    """From 2028 on nobody new enters the public group, from 2031 on nobody comes back to it; the others are as before.

    What the target asks for and does not get is refused, and the parts of the group are still the whole.
    """
    basis = small_basis()
    year, public = basis["year"], basis["group"] == "public"
    shares = {"admitted_share": xr.where(public & (year >= 2028), 0.0, 1.0),
              "readmitted_share": xr.where(public & (year >= 2031), 0.0, 1.0)}
    closed, whole = run(basis.assign(shares)), run(basis)
    assert check_insured(closed, basis) == []
    assert "entries_refused" not in whole
    xr.testing.assert_identical(closed["active"].sel(group="private"), whole["active"].sel(group="private"))
    before = {"year": slice(None, 2027)}
    xr.testing.assert_identical(closed["active"].sel(before), whole["active"].sel(before))
    one = closed.sel(group="public")
    assert float(one["new_entrants"].sel(year=slice(2028, None)).max()) == 0
    assert float(one["reentrants"].sel(year=slice(2031, None)).max()) == 0
    assert (one["reentrants"].sel(year=slice(2028, 2030)).sum(["sex", "age"]) > 0).all()
    employed = closed["employed"].sum("age") * basis["coverage"].sel(group="public", drop=True)
    stayers = one["active"].sum("age") - (one["new_entrants"] + one["reentrants"]).sum("age")
    asked = (employed - stayers).clip(0) * basis["entry_profile"].sel(group="public", drop=True)
    entered = one["new_entrants"] + one["reentrants"]
    assert_allclose((entered + one["entries_refused"]), asked.transpose(*entered.dims), rtol=1e-9, atol=1e-9)
    again = run(basis.assign(shares), entries=closed)
    parts = [run(basis.assign(shares), entries=closed, members=members) for members in ("present", "future")]
    for name in ("active", "inactive", "claims_amount", "insurable_earnings"):
        assert_allclose(again[name], closed[name], rtol=1e-12, atol=1e-9)
        assert_allclose(sum(part[name] for part in parts), closed[name], rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize(("step_from", "step_to"), [(1, 12), (12, 1), (1, 1), (12, 12)])
def test_opening_stocks_on_the_other_grid_keep_persons_and_credits(step_from, step_to):
    rng = np.random.default_rng(1)
    months = np.arange(0, 241, step_from)
    stock = xr.DataArray(rng.random((3, months.size)), dims=("age", "service"), coords={"service": months})
    cells = 240 // step_to + 2
    found = on_grid(stock, step_to, cells)
    assert_allclose(found.sum(-1), stock.sum("service"), rtol=1e-13)
    assert_allclose(found @ (step_to * np.arange(cells)), (stock * stock["service"]).sum("service"), rtol=1e-13)
    if step_from == step_to:
        assert_allclose(found[:, : months.size], stock, rtol=0)


def test_persons_are_alike_on_both_grids(insured):
    """Numbers that the credit does not decide are the same; pensions differ by the spread of credits."""
    yearly = run(small_basis(), service="years")
    for name in ("deaths_active", "new_invalids", "contribution_months_stayers"):
        assert_allclose(yearly[name].sum(), insured[name].sum(), rtol=2e-3)
    held = [(r["active_credits"] + r["inactive_credits"] + r["credits_removed"].cumsum("year")).isel(year=-1).sum()
            for r in (insured, yearly)]
    assert_allclose(held[1], held[0], rtol=2e-3)
    pension = [r["claims_amount"].sel(benefit="old_age").sum() for r in (insured, yearly)]
    assert 1e-6 < abs(float(pension[1] / pension[0]) - 1) < 0.03


def test_grids_are_months_or_years_from_zero():
    for months in ([0], [1, 2, 3], [0, 6, 12], [0, 1, 3]):
        stock = xr.DataArray(np.ones(len(months)), dims="service", coords={"service": months})
        with pytest.raises(BadDimensions, match="service: the labels are months of past credit"):
            on_grid(stock, 1, 20)


def test_room_for_those_who_leave_and_return_within_a_year():
    """A fraction of a cell is rounded up twice in a year: at the exit and at the re-entry."""
    stock = xr.DataArray(np.eye(3, 4), dims=("age", "service"), coords={"service": [0, 12, 24, 36]})
    everywhere = np.ones((5, 3)), np.zeros((5, 3))
    assert cells_needed((stock, 0 * stock), np.full((5, 3), 0.3), *everywhere, 12) == 2 + 5 * 2 + 3
    assert cells_needed((stock, 0 * stock), np.full((5, 3), 0.6), *everywhere, 1) == 24 + 5 * 8 + 3


def test_room_is_kept_only_for_ages_with_members():
    """Entries at age 1 alone, everybody leaves at 3: three years of credit at most, then none."""
    nobody = xr.DataArray(np.zeros((6, 2)), dims=("age", "service"), coords={"service": [0, 1]})
    years = np.ones((40, 1))
    density, entries, exits = years * np.ones(6), years * (np.arange(6) == 1), years * (np.arange(6) >= 3)
    assert cells_needed((nobody, nobody), density, entries, exits, 1) == 6 + 12 + 12 + 12 + 3
    assert cells_needed((nobody, nobody), density, entries, years * np.zeros(6), 1) == 6 + 39 * 12 + 3


def test_who_returns_with_the_most_credit_does_not_reach_the_members_of_another_age():
    """Members of 40 with the most months return at 41 and move by whole cells; those of 42 have no month at all."""
    basis = small_basis().isel(year=[0])
    density = xr.where(basis["age"] == 42, 0.0, xr.ones_like(basis["density"])).transpose(*basis["density"].dims)
    active = xr.zeros_like(basis["active_0"])
    active.loc[{"age": 40, "service": 480}] = active.loc[{"age": 41, "service": 0}] = 100.0
    basis = basis.assign(density=density, active_0=active, inactive_0=0.0 * basis["inactive_0"])
    found = run(basis.assign(wage_growth=basis["wage_growth"].expand_dims(scenario=["one"]))).isel(scenario=0, year=0)
    left = sum(found[name] for name in ("exits", "deaths_active", "new_invalids", "retirements_active"))
    here = basis["active_0"].sum("service").shift(age=1, fill_value=0.0) - left
    here = here + found["new_entrants"] + found["reentrants"]
    assert float(found["reentrants"].sel(age=41).min()) > 1.0
    assert_allclose(found["active"].sel(age=[41, 42]), here.sel(age=[41, 42]), rtol=1e-12)


def still(**changes):
    """Men without decrements for three years, and no entries beyond the target."""
    nobody = np.zeros((101, 601))
    quiet = replace(SCENARIO, years=3, q=np.zeros(101), mx=np.r_[np.zeros(100), 1e-9], exit_rate=np.zeros(101),
                    invalidity_rate=np.zeros(101), target=np.full(3, 1e-6), claim_rate=1.0, active_0=nobody,
                    inactive_0=nobody, wage_cv=0.0)
    return replace(quiet, **changes)


def persons(age, months, number=1000.0):
    stock = np.zeros((101, 601))
    stock[age, months] = number
    return stock


def award_of(scenario, scheme=None, **variables):
    """Mean pension of those who retire in the first year."""
    basis = basis_of(scenario).assign(**variables)
    insured = project_insured(population_of(basis), basis, scheme or scheme_of(scenario))
    first = insured.sel(year=FIRST, benefit="old_age", sex="male").sum("age")
    return float(first["claims_amount"] / first["claims_number"])


@pytest.mark.parametrize(("revaluation", "factor"), [("none", 1.0), ("wages", 1.03)])
def test_inactive_are_awarded_on_the_earnings_they_left_with(revaluation, factor):
    scenario = still(inactive_0=persons(59, 180), inactive_earnings_0=np.full(101, 5000.0), revaluation=revaluation)
    assert_allclose(award_of(scenario), 0.0175 * 15 * 5000 * factor, rtol=1e-12)


def test_reference_earnings_under_a_ceiling():
    """Mean earnings 14,000 with a coefficient of variation .8 and a ceiling of 15,000: uncapped is a third too high."""
    flat = still(active_0=persons(59, 300), salary_0=np.full(101, 14_000.0), growth=0.0, wage_cv=0.8,
                 density=np.full(101, 0.5))
    ceiling = InsurableEarnings(ceiling=money(15_000, "year"))
    found = award_of(flat, replace(scheme_of(flat), insurable_earnings=ceiling))
    share = 0.0175 * 303 / 12
    assert_allclose(found, share * expected_clip(14_000.0, 0.8, 0.0, 15_000.0), rtol=1e-12)
    assert round(share * 14_000 / found, 2) == 1.33
    assert_allclose(award_of(flat), share * 14_000, rtol=1e-12)


@pytest.mark.parametrize("revaluation", ["none", "wages"])
def test_a_ceiling_that_steps_in_time_as_for_one_person(revaluation):
    """Without spread the mean of a cohort is what one person with that career is awarded."""
    scenario = still(active_0=persons(59, 300), revaluation=revaluation, salary_0=np.full(101, 9_000.0))
    limits = InsurableEarnings(ceiling=money(step({2015: 7_000, 2023: 8_000, 2025: 8_500}), "year"))
    scheme = replace(scheme_of(scenario), insurable_earnings=limits)
    found = award_of(scenario, scheme)
    basis = basis_of(scenario)
    path = earnings.salary_path(basis, before=4).sel(group="all", sex="male", age=50)
    career = tuple(WorkYear(y, 7.2, float(path.sel(year=y))) for y in range(FIRST - 4, FIRST + 1))
    person = Person(FIRST, "all", "male", 60, 303.6 / 12, basis, scheme, career)
    assert_allclose(found, scheme.benefit("old_age").exact(person), rtol=1e-12)
    assert found < 0.0175 * 303.6 / 12 * 8_500


def test_salaries_before_the_base_year_follow_past_growth():
    basis = small_basis()
    path = earnings.salary_path(basis, before=3).sel(group="public", sex="male", age=40)
    start = float(basis["salary_0"].sel(group="public", sex="male", age=40))
    expected = [start / 1.045**3, start / 1.045**2, start / 1.045, start, start * 1.04]
    assert_allclose(path.isel(year=slice(0, 5)), expected, rtol=1e-12)
    own = basis.assign(salary_growth=(("year", "group"), np.full((10, 2), 0.07)))
    assert_allclose(earnings.salary_path(own).sel(group="public", sex="male", age=40)[1], start * 1.07, rtol=1e-12)


def test_reference_earnings_follow_the_cohort():
    """Mean of sal[t - k, y - k] over three years, carried by the index; ages without earnings do not count."""
    years, ages = np.arange(2022, 2026), np.arange(6)
    salary = xr.DataArray(
        np.where(ages < 2, 0.0, 100.0 + 10 * ages + (years - 2022)[:, None])[:, None, None],
        dims=("year", "group", "sex", "age"), coords={"year": years, "age": ages},
    )
    index = xr.DataArray(1.1 ** np.arange(4), dims="year", coords={"year": years})
    found = earnings.reference_earnings(salary, Reference(3), index).squeeze()
    assert found["year"].values.tolist() == [2024, 2025]
    assert_allclose(found.sel(year=2025, age=5), (153 + 142 * 1.1 + 131 * 1.21) / 3, rtol=1e-12)
    assert_allclose(found.sel(year=2025, age=3), (133 + 122 * 1.1) / 2, rtol=1e-12)
    assert float(found.sel(year=2025, age=1)) == 0


def test_assessed_and_collected_earnings(insured):
    """sum sal x kappa x declared x contributors; collected is the part of it that is paid."""
    basis = small_basis().assign(declared_share=("group", [0.8, 1.0]))
    part = run(basis)
    one = part.sel(year=2028, group="private", sex="female")
    by_hand = (one["salary"] * one["insurable_share"] * 0.8 * one["average_contributors"]).sum()
    assert_allclose(one["assessed_earnings"], by_hand, rtol=1e-12)
    assert_allclose(one["insurable_earnings"], 0.93 * by_hand, rtol=1e-12)
    mean = float(one["salary"].sel(age=40))
    floor, ceiling = 20_000.0, 300_000.0 * 1.04**4
    assert_allclose(one["insurable_share"].sel(age=40), expected_clip(mean, 0.6, floor, ceiling) / mean, rtol=1e-12)
    assert_allclose(part["assessed_earnings"].sel(group="public"), insured["assessed_earnings"].sel(group="public"))
    calibrated = basis.assign(calibration=("line", [1.1])).assign_coords(line=["insurable_earnings"])
    calibrated = calibrated.assign_attrs(calibration_reason="accounts of the base year")
    assert_allclose(run(calibrated)["assessed_earnings"], 1.1 * part["assessed_earnings"], rtol=1e-12)


def test_stocks_by_service_are_kept_on_demand(insured):
    kept = run(small_basis(), keep=("service",))
    months = kept["service"]
    for name in ("active", "inactive"):
        by_service = kept[f"{name}_by_service"]
        assert by_service.dims == ("year", "group", "sex", "age", "service")
        assert_allclose(by_service.sum("service"), kept[name], rtol=1e-12)
        assert_allclose((by_service * months).sum("service"), kept[f"{name}_credits"], rtol=1e-12)
        assert_allclose(kept[name], insured[name], rtol=0)


def test_scenarios_are_the_runs_of_their_own(insured):
    basis = small_basis()
    factor = xr.DataArray([1.0, 1.5], dims="scenario", coords={"scenario": ["central", "exits"]})
    both = run(basis.assign(exit_rate=basis["exit_rate"] * factor))
    assert both["active"].dims[0] == "scenario"
    alone = run(basis.assign(exit_rate=basis["exit_rate"] * 1.5))
    for name in ("active", "inactive", "claims_amount", "insurable_earnings"):
        assert_allclose(both[name].sel(scenario="central").values, insured[name].values, rtol=0)
        assert_allclose(both[name].sel(scenario="exits").values, alone[name].values, rtol=0)
    with pytest.raises(BadInput, match="one scenario only"):
        run(basis.assign(exit_rate=basis["exit_rate"] * factor), keep=("service",))


def test_variables_say_what_they_are(insured):
    assert insured["claims_amount"].dims == ("year", "benefit", "sex", "age")
    assert insured["claims_number"].attrs["events"] == "retirement retirement invalidity death death"
    assert insured["contribution_months_stayers"].attrs["units"] == "person-months/year"
    assert insured["active"].dims == ("year", "group", "sex", "age")


@pytest.mark.parametrize(("options", "message"), [
    ({"service": "weeks"}, "service: 'weeks' is not a grid"),
    ({"members": "old"}, "members: 'old' is not known; write one of 'all', 'present', 'future'"),
    ({"keep": ("age",)}, "keep: .* is not known"),
])
def test_unknown_options_are_refused(options, message):
    with pytest.raises(BadInput, match=message):
        run(small_basis(), **options)


def test_bad_bases_are_refused():
    basis = small_basis()
    with pytest.raises(MissingVariable, match="exit_rate is missing"):
        run(basis.drop_vars("exit_rate"))
    with pytest.raises(BadBasis, match="entry_profile must sum to one"):
        run(basis.assign(entry_profile=basis["entry_profile"] * 0.9))


def test_groups_side_by_side_are_those_one_after_the_other(monkeypatch):
    """Six groups of two sexes, more than go side by side at once, with densities, earnings and rules of their own."""
    pieces = []
    for k, (density, size) in enumerate(((1.0, 1.0), (0.8, 0.5), (1.0, 2.0))):
        basis = small_basis().isel(year=slice(0, 4))
        basis = basis.assign_coords(group=[f"{name} {k}" if k else str(name) for name in basis["group"].values])
        pieces.append(basis.assign(
            density=basis["density"] * density, earnings_cv=basis["earnings_cv"] * (1.0 - 0.1 * k),
            salary_0=basis["salary_0"] * (1.0 + k), coverage=basis["coverage"] / 3.0,
            **{name: basis[name] * size for name in ("active_0", "inactive_0")},
        ))  # fmt: skip
    basis = xr.concat(pieces, "group", data_vars="minimal", coords="minimal", compat="override", join="outer")
    accrual = by_group({str(name): 0.01 + 0.002 * i for i, name in enumerate(basis["group"].values)})
    law = SCHEME.amend("old_age", retirement_age=by_sex(male=62, female=58)).amend("old_age.formula", accrual=accrual)
    found = run(basis, law, service="years")
    assert found.sizes["group"] * found.sizes["sex"] > WIDTH
    several, fits = [], side_by_side.fits
    monkeypatch.setattr(side_by_side, "fits", lambda *given: several.append(fits(*given)))  # answers None: no
    alone = run(basis, law, service="years")
    assert several == [True]
    for name in found.data_vars:
        assert_allclose(found[name], alone[name], rtol=1e-12, atol=1e-9, err_msg=str(name))
