"""Voluntary insured: more members than coverage gives, and never counted against the employed."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.check.insured import check_insured
from actuarial.demography.population import project_population
from actuarial.errors import IdentityFailed, OutOfBounds
from actuarial.forms import open_scheme
from actuarial.labour.coverage import coverage_target
from actuarial.labour.insured import project_insured
from actuarial.projection import project
from tests.check.test_insured import SCHEME
from tests.reference.small import small_basis


def with_voluntary(basis, persons):
    dims = ("year", "group", "sex")
    values = np.zeros([basis.sizes[dim] for dim in dims])
    values[:, 0, 1] = persons
    return basis.assign(voluntary_insured=(dims, values))


def employed(year_ends):
    """Employed by year, one sex each, one age."""
    return xr.DataArray(np.array(year_ends, dtype=float)[:, :, None], dims=("year", "sex", "age"))


def small(concept="status"):
    return small_basis().isel(year=slice(0, 3)).assign_attrs(coverage_concept=concept)


@pytest.mark.parametrize("concept", ["status", "average", "any"])
def test_they_are_members_as_if_so_many_more_employed_were_covered(concept):
    """Coverage of the employed and V besides give the members of the coverage (cov E + V)/E."""
    basis = small(concept)
    population = project_population(basis)
    plain = project_insured(population, basis, SCHEME, service="years")
    stock, opening = plain["employed"].sum("age"), basis["population_0"] * basis["participation_rate"].isel(year=0)
    opening = (opening * (1 - basis["unemployment_rate"].isel(year=0))).sum("age")
    before = xr.concat([opening.expand_dims(year=[2024]), stock], "year").shift(year=1).sel(year=stock["year"])
    counted = (stock + before) / 2 if concept == "any" else stock
    more = basis.assign(coverage=basis["coverage"].copy())
    more["coverage"][:, 0, 1] += 700.0 / counted.sel(sex="female").values
    found = project_insured(population, with_voluntary(basis, 700.0), SCHEME, service="years")
    expected = project_insured(population, more, SCHEME, service="years")
    for name in ("active", "new_entrants", "reentrants", "average_contributors", "insurable_earnings"):
        assert_allclose(found[name], expected[name], rtol=1e-9, atol=1e-9, err_msg=name)
    extra = (found["active"] - plain["active"]).sum("age").isel(year=-1)
    assert float(extra.sel(group="private", sex="female")) > 600.0
    assert_allclose(extra.sel(group="public"), 0.0, atol=1e-9)


def test_the_target_by_hand():
    basis = xr.Dataset(
        {
            "coverage": (("year", "group", "sex"), [[[0.5, 0.4]], [[0.5, 0.4]]]),
            "voluntary_insured": (("year", "group", "sex"), [[[10.0, 0.0]], [[20.0, 5.0]]]),
        },
        {"year": [2025, 2026], "group": ["all"], "sex": ["male", "female"]},
        {"coverage_concept": "any", "valuation_date": "2024-12-31"},
    )
    later = employed([[200, 100], [300, 100]]).assign_coords(year=[2025, 2026], sex=["male", "female"])
    opening = later.isel(year=0, drop=True) * 0.5
    found = coverage_target(later, opening, basis).transpose("year", "group", "sex")
    assert_allclose(found[:, 0], [[0.5 * 150 + 10, 0.4 * 75], [0.5 * 250 + 20, 0.4 * 100 + 5]])


def test_they_are_not_counted_against_the_employed():
    """Contributors beyond the employed are refused, and allowed as far as they are voluntary."""
    basis = small()
    insured = project_insured(project_population(basis), basis, SCHEME, service="years")
    many = insured["average_contributors"].copy()
    before = insured["employed"].sum("age").sel(sex="female")
    short = 1.1 * before - many.sel(sex="female").sum(["group", "age"])
    many.loc[{"group": "private", "sex": "female", "age": 40}] += short
    months = insured["contribution_months_stayers"].copy()
    twelfth = months + 12 * (many - insured["average_contributors"])
    changed = insured.assign(average_contributors=many, contribution_months_stayers=twelfth)
    changed = changed.assign(credits_removed=insured["credits_removed"] + twelfth - months)
    with pytest.raises(IdentityFailed, match="Average contributors are at most the average employed, by sex"):
        check_insured(changed, basis)
    enough, little = float(0.12 * before.max()), float(0.05 * before.min())
    check_insured(changed, with_voluntary(basis, enough))
    with pytest.raises(IdentityFailed, match="Average contributors are at most the average employed, by sex"):
        check_insured(changed, with_voluntary(basis, little))


def test_a_whole_projection_and_a_number_that_cannot_be():
    basis, scheme = small(), open_scheme("tests/smoke/small.toml")
    more, plain = (project(b, scheme, service="years") for b in (with_voluntary(basis, 300.0), basis))
    assert bool((more["total_contributors"] > plain["total_contributors"]).all())
    with pytest.raises(OutOfBounds, match="voluntary_insured"):
        project(with_voluntary(basis, -1.0), scheme, service="years")
