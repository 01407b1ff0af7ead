"""Past earnings that are revalued until an age and count as they are later: one person, cohorts, what is refused."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.errors import BadScheme
from actuarial.labour.insured import project_insured
from actuarial.pension import ByEarnings, FinalAverage, OldAge
from actuarial.pension.account_formulas import CareerAverage
from actuarial.scheme import InsurableEarnings, Scheme
from tests.reference.small import small_basis

WAGES = 0.04
FREE = {"accrual": 0.01, "revaluation": "wages"}
LIMITS = InsurableEarnings(ceiling=ac.money(ac.step({2025: 70_000}), "year", indexed="wages"))


def law(*formulas, limits=None, age=60):
    """A scheme of pensions from an age on, all claimed together."""
    first, *others = (
        OldAge(name=f"p{i}", formula=one, retirement_age=age, qualifying_years=1,
               retirement_rate=0.3 if i == 0 else 1.0, together_with=None if i == 0 else "p0")
        for i, one in enumerate(formulas)
    )  # fmt: skip
    return Scheme(
        name="s", currency="LTD", benefits=(first, *others), insurable_earnings=limits or InsurableEarnings()
    )


def small(years=6, **changes):
    basis = small_basis().isel(year=slice(0, years)).drop_vars("wage_growth_past")
    return basis.assign(pensioners_0=0.0 * basis["pensioners_0"], **changes)


def claims(basis, scheme):
    return project_insured(ac.project_population(basis), basis, scheme, service="years")["claims_amount"]


# --- one person -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("until", [0, 57, 58, 60, 62, 90])
def test_earnings_of_one_person_are_carried_to_the_year_of_an_age(until):
    """Born in 1963, the last year 2025: the five years from 58 to 62; a best year is one in money of that age."""
    earned = {2021: 40_000.0, 2022: 43_000.0, 2023: 20_000.0, 2024: 44_000.0, 2025: 45_000.0}
    formulas = (
        FinalAverage(years=5, revalued_until=until, **FREE),
        FinalAverage(years=2, best_of=5, revalued_until=until, **FREE),
        CareerAverage(revalued_until=until, **FREE),
        FinalAverage(years=1, revalued_until=until, not_below={"years": 2, "best_of": 5, "share": 1.0}, **FREE),
        ByEarnings(years=5, revaluation="wages", revalued_until=until, brackets=[{"accrual": 0.01}]),
    )
    year = 1963 + until
    carried = sorted(pay * 1.04 ** max(0, min(2025, year) - when) for when, pay in earned.items())
    best = max(np.mean(carried[-2:]), 45_000.0)
    means = [np.mean(carried), np.mean(carried[-2:]), np.mean(carried), best, np.mean(carried)]
    asked = {"event": "retirement", "sex": "male", "born": 1963, "leaves": 2025, "months": 60, "basis": small()}
    found = person_benefits(law(*formulas), earnings=earned, group="private", **asked)
    assert_allclose([one.amount for one in found.values()], 0.05 * np.array(means), rtol=1e-12)


def test_who_left_before_that_age_is_revalued_until_it():
    """Left in 2010 at 50, with a pension at 65: 60 is reached in 2020."""
    formula = FinalAverage(years=1, revalued_until=60, **FREE)
    asked = {"event": "retirement", "sex": "female", "born": 1960, "leaves": 2010, "year": 2025, "months": 360}
    found = person_benefits(law(formula), earnings=30_000.0, basis=small(), group="private", **asked)["p0"]
    assert found.amount == pytest.approx(0.3 * 30_000 * 1.04**10, rel=1e-12)


# --- cohorts ----------------------------------------------------------------------------------------------------------


def test_an_age_that_nobody_or_everybody_has_reached_is_no_or_always_revaluation():
    """With limits, best years, earnings by brackets and of the whole career; an account has the growth of an age of 0
    in no year."""
    most = {"maximum_pension": ac.money(20_000, "year"), "minimum_pension": ac.money(3_000, "year")}
    last = [{}, {"best_of": 9}, {"best_of": 9, **most}]

    def formulas(**index):
        brackets = [{"accrual": 0.01}, {"above": ac.money(40_000, "year"), "accrual": 0.008}]
        yield from (FinalAverage(accrual=0.015, years=4, **index, **one) for one in last)
        yield ByEarnings(years=3, brackets=brackets, **index)
        yield CareerAverage(accrual=0.01, **index)

    basis = small()
    nominal = list(formulas(revaluation="none"))
    never = claims(basis, law(*nominal, *formulas(revaluation="wages", revalued_until=0), limits=LIMITS))
    assert_allclose(never.values[:, 5:], never.values[:, :5], rtol=1e-12, atol=1e-9)
    always = claims(
        basis, law(*formulas(revaluation="prices"), *formulas(revaluation="prices", revalued_until=100), limits=LIMITS)
    )
    assert_allclose(always.values[:, 5:], always.values[:, :5], rtol=1e-12, atol=1e-9)
    assert 1.01 * float(never.sum()) < float(always.sum())


def test_those_who_left_have_earnings_and_limits_of_the_year_of_that_age():
    """Nobody is active, and all of one age left alike: who was at most 50 then has what wages revalue less their growth
    since the year of 50, who was 54 or more has nominal earnings of five years; limits of insurable earnings as well.
    """
    years = 6
    basis = small(years)
    basis = basis.assign(
        inactive_0=basis["inactive_0"] + basis["active_0"], active_0=0.0 * basis["active_0"],
        coverage=0.0 * basis["coverage"],
    )  # fmt: skip
    ways = [{}, {"revaluation": "wages"}, {"revaluation": "wages", "revalued_until": 50}]
    formulas = [
        FinalAverage(accrual=0.01, years=3, best_of=5, capped=capped, **way) for capped in (False, True) for way in ways
    ]
    found = claims(basis, law(*formulas, limits=LIMITS, age=52)).values
    t, y = np.arange(1, years + 1)[:, np.newaxis, np.newaxis], basis["age"].values
    left = y - t + np.zeros((years, 2, 1))
    for nominal, always, until in (found[:, :3].swapaxes(0, 1), found[:, 3:].swapaxes(0, 1)):
        carried = always * (1.0 + WAGES) ** (np.minimum(t, 50 - left) - t)
        for expected, who in ((carried, left <= 50), (nominal, left >= 54)):
            assert (expected[who] > 0).sum() >= 15
            assert_allclose(until[who], expected[who], rtol=1e-12, atol=1e-9)
    assert float(found[:, 3:].sum()) < 0.95 * float(found[:, :3].sum())


def test_scenarios_are_those_of_each_by_itself():
    growth = xr.DataArray([0.0, 0.02, 0.05], dims="scenario", coords={"scenario": ["low", "base", "high"]})
    basis = small()
    several = basis.assign(wage_growth=(basis["wage_growth"] * 0 + growth).transpose("scenario", "year"))
    least = {"minimum_pension": ac.money(9_000, "year")}
    scheme = law(FinalAverage(years=5, best_of=8, revalued_until=58, **FREE, **least), limits=LIMITS)
    found = claims(several, scheme)
    for name in growth["scenario"].values:
        alone = claims(several.sel(scenario=name, drop=True), scheme)
        assert_array_equal(found.sel(scenario=name), alone)
    assert float(found.sel(scenario="high").sum()) > 1.02 * float(found.sel(scenario="low").sum())


def test_an_age_without_an_index_is_refused():
    for formula in (FinalAverage, CareerAverage):
        with pytest.raises(BadScheme, match="revalued_until: has no meaning without revaluation"):
            formula(accrual=0.01, revalued_until=60, **({"years": 5} if formula is FinalAverage else {}))
