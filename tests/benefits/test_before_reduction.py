"""Survivors' shares of a pension before its reduction or increase for age: they are those of a law without it."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.benefits.stock import project_pensions
from actuarial.contract import before_start
from actuarial.demography.population import project_population
from actuarial.errors import BadBasis, BadScheme, MissingVariable
from actuarial.labour.insured import project_insured
from actuarial.pension import MinimumInPayment, TotalisedOldAge
from actuarial.pension.indexation import Indexation
from actuarial.readiness import check_basis
from actuarial.studies.groups import by_participants, open_run
from actuarial.studies.rollforward import roll_forward
from tests.reference import small
from tests.reference.full_law import full_law

YEARS = 6
BOTH = "reduction_and_increase"
FREE = {"reduction": {"early_reduction": 0.0}, "increase": {"late_increase": 0.0}}
FREE[BOTH] = FREE["reduction"] | FREE["increase"]
SURVIVORS = ["widows", "orphans"]
VARIABLES = ["pensioners", "pension_mass", "topup_mass", "new_awards_amount", "terminations_amount"]


def law(what=None, **changes):
    """Nobody is reduced from 40 years of service on; invalids convert to old age at 60."""
    found = full_law().amend("invalidity", converts_to="old_age", converts_at=60)
    found = found.amend("old_age", unreduced_years=38, **changes)
    for name in SURVIVORS:
        found = found.amend(name, share_before=what)
    return found


@pytest.fixture(scope="module")
def basis():
    """Pensions of the valuation date were reduced by 10% of what they would be; others were not."""
    data = small.small_basis().isel(year=slice(0, YEARS))
    ratio = xr.where(data["benefit"] == "old_age", 1.0 / 0.9, 1.0)
    return data.assign(unreduced_ratio_0=ratio.broadcast_like(data["pension_0"]))


@pytest.fixture(scope="module")
def population(basis):
    return project_population(basis)


def pensions(population, basis, scheme):
    insured = project_insured(population, basis, scheme, service="years")
    return insured, project_pensions(insured, basis, scheme)


@pytest.fixture(scope="module")
def reduced(population, basis):
    return pensions(population, basis, law(BOTH))


@pytest.mark.parametrize("what", ["reduction", "increase", BOTH])
def test_survivors_are_those_of_a_law_without_it(population, basis, reduced, what):
    """Who starts when does not depend on reductions, so that survivors of the same people have the same pensions."""
    if what == "increase":
        basis = basis.assign(unreduced_ratio_0=1.0 / basis["unreduced_ratio_0"])
    insured, found = reduced if what == BOTH else pensions(population, basis, law(what))
    free_basis = basis.assign(pension_0=basis["pension_0"] * basis["unreduced_ratio_0"])
    free_insured, free = pensions(population, free_basis, law(**FREE[what]))
    assert_allclose(insured["claims_unreduced"], free_insured["claims_amount"], rtol=1e-12)
    assert_allclose(insured["claims_unreduced_topup"], free_insured["claims_topup"], rtol=1e-12)
    for name in VARIABLES:
        assert_allclose(found[name].sel(benefit=SURVIVORS), free[name].sel(benefit=SURVIVORS), rtol=1e-12, atol=1e-6)
    assert_allclose(found["unreduced_mass"], free["pension_mass"], rtol=1e-12, atol=1e-6)
    plain = pensions(population, basis, law())[1]
    paid, usual = (one["benefit_expenditure"].sel(benefit="old_age") for one in (found, plain))
    assert_allclose(paid, usual, rtol=1e-14)
    more = (found["new_awards_amount"] - plain["new_awards_amount"]).sel(benefit="widows").sum(["sex", "age"])
    assert (abs(more) > 1e-4 * plain["new_awards_amount"].sel(benefit="widows").sum(["sex", "age"])).all()


def test_participants_add_up_and_accrued_shares_are_those_of_the_free_law(basis):
    """Present members, future entrants and pensioners; accrued pensions before the reduction."""
    run = open_run(basis, law(BOTH), until=2030, service="years", run_off=lambda _: 2030)
    by_participants(run)
    free = open_run(basis, law(**FREE[BOTH]), until=2030, service="years", run_off=lambda _: 2030)
    mine, theirs = (one.part("present", "projected") for one in (run, free))
    assert_allclose(mine["claims_unreduced"], theirs["claims_amount"], rtol=1e-12)


def test_a_later_valuation_date_keeps_what_survivors_have_a_share_of(basis, reduced):
    """The oldest are left what pensioners of the later date had who are past every age of retirement."""
    rolled = roll_forward(basis, law(BOTH), 2027, service="years")
    later = pensions(project_population(rolled), rolled, law(BOTH))[1]["new_awards_amount"]
    here = {"benefit": "widows", "age": slice(85, None)}
    once = reduced[1]["new_awards_amount"].sel(year=rolled["year"]).sel(here)
    assert_allclose(later.sel(here), once, rtol=1e-9)
    ratio = rolled["unreduced_ratio_0"].sel(benefit="old_age", sex="male")
    assert float(ratio.max()) > 1.0
    assert (rolled["unreduced_ratio_0"].sel(benefit="orphans") == 1.0).all()


def test_what_is_lacking_is_told(population, basis):
    scheme = law("reduction")
    insured = project_insured(population, basis, scheme, service="years")
    with pytest.raises(MissingVariable, match="old_age: unreduced_ratio_0 is missing"):
        project_pensions(insured, basis.drop_vars("unreduced_ratio_0"), scheme)
    nobody = basis.assign(pensioners_0=0.0 * basis["pensioners_0"]).drop_vars("unreduced_ratio_0")
    assert float(project_pensions(insured, nobody, scheme)["unreduced_mass"].sum()) > 0.0
    with pytest.raises(MissingVariable, match="claims_unreduced is missing"):
        project_pensions(insured.drop_vars("claims_unreduced"), basis, scheme)
    banded = scheme.amend("old_age", indexation=Indexation(bands=[{"prices": 1}]))
    with pytest.raises(BadScheme, match="old_age: slices of its pensions are adjusted apart"):
        project_pensions(insured, basis, banded)
    with pytest.raises(BadScheme, match=r"orphans\.share_before: 'widows' has a share of old_age, invalidity as well"):
        scheme.amend("orphans", share_before=BOTH)


def test_ratios_that_nobody_has_a_share_of_are_told(basis):
    told = [line for line in check_basis(basis, law()) if "unreduced_ratio_0" in line]
    assert told == [
        "unreduced_ratio_0 of old_age is not 1, but no survivors have a share of these pensions before reductions or "
        "increases for age, so that it is not used: state share_before, or leave it out."
    ]
    assert not [line for line in check_basis(basis, law("reduction")) if "unreduced_ratio_0" in line]
    assert not [line for line in check_basis(basis.drop_vars("unreduced_ratio_0"), law()) if "unreduced" in line]


@pytest.mark.parametrize(("what", "value"), [("reduction", 0.99), ("increase", 1.01)])
def test_a_check_before_a_valuation_sees_ratios_that_are_lacking_or_the_other_way_round(basis, what, value):
    scheme = law(what)
    with pytest.raises(MissingVariable, match="old_age: unreduced_ratio_0 is missing"):
        check_basis(basis.drop_vars("unreduced_ratio_0"), scheme)
    ones = xr.ones_like(basis["unreduced_ratio_0"])
    check_basis(basis.assign(unreduced_ratio_0=ones), scheme)
    wrong = ones.where((ones["age"] != 70) | (ones["sex"] == "male"), value)
    told = f"before the {what} over that paid.*; in 1 of .* with pensioners it is, the first: sex='female', age=70"
    with pytest.raises(BadBasis, match=told):
        check_basis(basis.assign(unreduced_ratio_0=wrong), scheme)
    check_basis(basis.assign(unreduced_ratio_0=wrong), law(BOTH))


def test_a_totalised_pension_depends_on_age_where_its_own_one_does():
    abroad = TotalisedOldAge(foreign_service=({"months": 60, "share": 0.1},))
    scheme = law("reduction").amend("scheme", benefits=(*law("reduction").benefits, abroad))
    scheme = scheme.amend("widows", follows=("old_age", "totalised_old_age"))
    assert before_start(scheme) == {"old_age": "reduction", "totalised_old_age": "reduction"}
    assert before_start(scheme.amend("old_age", early_reduction=0.0)) == {}


def test_a_minimum_in_payment_of_survivors_knows_their_mean(population, basis):
    """Awards to survivors are lognormal then: without a spread, what all of an age lack is what their mean lacks."""
    limit = {"value": 60_000, "per": "year"}
    scheme, least = law(BOTH), MinimumInPayment(accompanies=("widows",), minimum=limit)
    scheme = scheme.amend("scheme", benefits=(*scheme.benefits, least))
    found = pensions(population, basis, scheme)[1]
    lacks = found["pension_shortfall"].sel(benefit="widows", year=2025)
    number, mass = (found[name].sel(benefit="widows", year=2025) for name in ("pensioners", "pension_mass"))
    assert (lacks >= np.maximum(60_000 * number - mass, 0.0) - 1e-6 * mass).all()
    assert float(lacks.sum()) > 0.0
