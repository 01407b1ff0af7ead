"""The identities of the insured hold, and one corrupted cell is seen by each of them."""

from contextlib import nullcontext

import numpy as np
import pytest
import xarray as xr

from actuarial.check.insured import MOVED, _transfers, check_insured
from actuarial.demography.population import project_population
from actuarial.errors import BadInput, IdentityFailed, MissingVariable
from actuarial.labour.insured import project_insured
from actuarial.pension import FinalAverage, OldAge, OldAgeGrant
from actuarial.scheme import Scheme
from tests.reference.small import small_basis

PENSION = OldAge(retirement_age=60, qualifying_years=15, formula=FinalAverage(accrual=0.0175, years=3))
SCHEME = Scheme(name="test", currency="LTD", benefits=(PENSION, OldAgeGrant(months=1)))
SPOT = {"year": 2027, "group": "private", "sex": "female", "age": 61}


@pytest.fixture(scope="module")
def basis():
    return small_basis()


@pytest.fixture(scope="module")
def population(basis):
    return project_population(basis)


@pytest.fixture(scope="module")
def insured(basis, population):
    return project_insured(population, basis, SCHEME, service="years")


def corrupted(dataset, name, spot=SPOT):
    """A copy with one cell a little higher."""
    wrong = dataset.copy(deep=True)
    place = {dim: label for dim, label in spot.items() if dim in wrong[name].dims}
    wrong[name].loc[place] = wrong[name].loc[place] * (1 + 1e-6) + 1e-3
    return wrong


def test_identities_hold(insured, basis, population):
    assert check_insured(insured, basis, population=population) == []


@pytest.mark.parametrize(("name", "identity"), [
    ("active", "The active insured of an age"),
    ("new_entrants", "The active insured of an age"),
    ("reentrants", "The active insured of an age"),
    ("deaths_active", "The active insured of an age"),
    ("new_invalids", "The active insured of an age"),
    ("exits", "The active insured of an age"),
    ("retirements_active", "The active insured of an age"),
    ("inactive", "The inactive insured of an age"),
    ("deaths_inactive", "The inactive insured of an age"),
    ("retirements_inactive", "The inactive insured of an age"),
    ("active_credits", "The credits of an age"),
    ("inactive_credits", "The credits of an age"),
    ("contribution_months_stayers", "The credits of an age"),
    ("contribution_months_entrants", "The credits of an age"),
    ("credits_removed", "The credits of an age"),
])
def test_one_corrupted_cell_is_seen(insured, basis, name, identity):
    with pytest.raises(IdentityFailed, match=rf"{identity}.*\n  the first: year=2027, group='private', sex='female'"):
        check_insured(corrupted(insured, name), basis)


@pytest.mark.parametrize("benefit", ["old_age", "old_age_grant"])
def test_awards_that_are_no_retirements_are_seen(insured, basis, benefit):
    with pytest.raises(IdentityFailed, match=r"Claims on retirement are the retirements.*\n.*age=61"):
        check_insured(corrupted(insured, "claims_number", SPOT | {"benefit": benefit}), basis)


@pytest.mark.parametrize("name", ["active_0", "inactive_0"])
def test_other_opening_stocks_are_seen(insured, basis, name):
    with pytest.raises(IdentityFailed, match=r"insured of an age(.|\n)*year=2025"):
        check_insured(insured, corrupted(basis, name, {"group": "public", "sex": "male", "age": 40, "service": 120}))


def test_bounds_on_contributors_employed_and_labour_force(insured, basis, population):
    many = insured.assign(average_contributors=insured["average_contributors"] * 4)
    with pytest.raises(IdentityFailed, match="Average contributors are at most the average employed, by sex"):
        check_insured(many, basis)
    with pytest.raises(IdentityFailed, match="The employed are at most the labour force"):
        check_insured(insured.assign(labour_force=insured["labour_force"] * 0.9), basis)
    with pytest.raises(IdentityFailed, match="The labour force is at most the population"):
        check_insured(insured, basis, population=population * 0.5)


def test_ages_with_more_contributors_than_employed_are_a_warning(insured, basis):
    where = xr.where(insured["age"] == 30, 0.01, 1.0)
    (line,) = check_insured(insured.assign(employed=insured["employed"] * where), basis)
    assert line.startswith("average_contributors: more than the employed at 1 ages, the first is 30")


def test_members_belong_to_the_run(insured, basis, population):
    future = project_insured(population, basis, SCHEME, service="years", entries=insured, members="future")
    assert check_insured(future, basis, "future") == []
    with pytest.raises(IdentityFailed, match="The active insured of an age"):
        check_insured(future, basis)
    with pytest.raises(BadInput, match="members: 'both' is not known"):
        check_insured(future, basis, "both")


def test_what_is_missing_is_said(insured, basis):
    with pytest.raises(MissingVariable, match="credits_removed is missing"):
        check_insured(insured.drop_vars("credits_removed"), basis)
    with pytest.raises(BadInput, match="claims_number: the attribute events"):
        check_insured(insured.assign(claims_number=insured["claims_number"].drop_attrs()), basis)


def test_every_scenario_is_checked(insured, basis):
    both = xr.concat([insured, insured], xr.DataArray(["a", "b"], dims="scenario", name="scenario"))
    assert check_insured(both, basis) == []
    wrong = both.copy(deep=True)
    wrong["active"].loc[{"scenario": "b"} | SPOT] += 1e-3
    with pytest.raises(IdentityFailed, match="scenario='b'"):
        check_insured(wrong, basis)
    assert not np.isnan(insured["active"]).any()


def test_what_moves_between_groups_is_measured_by_what_could_move(insured):
    """Two groups that exchange members: what comes and goes is nearly alike, and its rounding is that of the stocks."""
    none = (0.0 * insured["active"]).drop_attrs()
    moves = {name: none for pair in MOVED.values() for name in pair}
    sign = xr.DataArray([1.0, -1.0], coords={"group": insured["group"].values[:2]}).reindex(group=insured["group"])
    for shift, wrong in ((1e-10, False), (1.0, True)):
        credits = (1e-5 * sign.fillna(0.0) + shift * (sign > 0)) * (insured["active"].drop_attrs() > 10.0)
        given = insured.assign(moves | {"transferred_credits": credits.transpose(*none.dims)})
        with pytest.raises(IdentityFailed, match="Who moves leaves one group") if wrong else nullcontext():
            _transfers(given)
