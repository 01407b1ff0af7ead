"""Persistent densities: classes keep means, margins and persons, and reach the Beta distribution in number."""

from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import beta

import actuarial as ac
from actuarial.demography.population import project_population
from actuarial.errors import BadInput
from actuarial.forms import open_scheme
from actuarial.labour.insured import project_insured
from tests.reference.small import small_basis

LAW = "tests/smoke/small.toml"
MEAN, SD = 0.75, 0.25  # of the private group of the small basis
SIZE = MEAN * (1 - MEAN) / SD**2 - 1
NAMES = [f"private_{i + 1}" for i in range(5)]


@pytest.fixture(scope="module")
def basis():
    """Four years; active members whose credits follow from their own densities."""
    basis = small_basis().isel(year=slice(0, 4))
    active = ac.labour.credits_from_margins(
        basis["active_0"].sum("service"), entry_age=17, density=basis["density"].isel(year=0, drop=True),
        dispersion=1 / (1 + SIZE),
    )
    return ac.labour.with_credits(basis, active_0=active)


@pytest.fixture(scope="module")
def divided(basis):
    return ac.labour.density_classes(basis, open_scheme(LAW), "private", SD)[0]


def test_densities_of_classes_are_means_of_quantile_bands():
    """By integration of x times the density of the Beta distribution between its quantiles."""
    law = beta(MEAN * SIZE, (1 - MEAN) * SIZE)
    edges = law.ppf([0, 0.25, 0.5, 0.75, 1])
    expected = [4 * quad(lambda x: x * law.pdf(x), low, high)[0] for low, high in pairwise(edges)]
    assert_allclose(ac.labour.class_densities(MEAN, SD, 4), expected, rtol=1e-7)


def test_the_mean_is_kept_and_classes_without_spread_are_alike():
    mean, sd = np.array([[0.05, 0.6, 0.95], [0.0, 1.0, 0.6]]), np.array([[0.1, 0.25, 0.15], [0.0, 0.0, 0.0]])
    found = ac.labour.class_densities(mean, sd, 7)
    assert found.shape == (7, 2, 3)
    assert_allclose(found.mean(axis=0), mean, rtol=1e-13)
    assert (np.diff(found[:, 0], axis=0) > 0).all()
    assert found.max() <= 1.0
    assert_allclose(found[:, 1], np.repeat(mean[1:], 7, axis=0))


def test_almost_everybody_always_or_never_contributes():
    """Near the greatest deviation the classes are 0 or 1 but for the one in between."""
    for mean, expected in ((0.7, (0, 0.5, 1, 1, 1)), (0.3, (0, 0, 0, 0.5, 1))):
        found = ac.labour.class_densities(mean, np.sqrt(mean * (1 - mean)) * (1 - 1e-6), 5)
        assert_allclose(found, expected, atol=1e-4)
        assert_allclose(found.mean(), mean, rtol=1e-12)


def careers(density, years):
    """Months of credit after some years with 12 x density a year, the odd part spread over two cells."""
    cells = np.zeros(12 * years + 2)
    cells[0] = 1.0
    for _ in range(years):
        whole = int(12 * density)
        rest, moved = 12 * density - whole, np.zeros_like(cells)
        for c in np.flatnonzero(cells):
            moved[c + whole] += cells[c] * (1 - rest)
            moved[c + whole + 1] += cells[c] * rest
        cells = moved
    return cells


@pytest.mark.parametrize(
    ("classes", "sd", "above"),
    [
        (5, 73.0, (0.800, 0.600, 0.200)),
        (20, 74.9, (0.752, 0.543, 0.264)),
        (100, 75.0, (0.762, 0.534, 0.268)),
    ],
)
def test_careers_of_classes_spread_as_persistent_densities_do(classes, sd, above):
    """The table of the docstring, and its errors against the Beta distribution itself: 75, .759, .533, .266."""
    cells = np.mean([careers(d, 25) for d in ac.labour.class_densities(0.6, 0.25, classes)], axis=0)
    months = np.arange(len(cells))
    assert_allclose(cells @ months, 180.0, rtol=1e-12)
    assert_allclose(np.sqrt(cells @ (months - 180.0) ** 2), sd, atol=0.051)
    found = np.array([cells[months >= c].sum() for c in (120, 180, 240)])
    assert_allclose(found, above, atol=5.1e-4)
    exact = beta(1.704, 1.136).sf([0.4, 0.6, 0.8])
    assert_allclose(exact, (0.759, 0.533, 0.266), atol=5.1e-4)
    assert abs(found - exact).max() < {5: 0.0675, 20: 0.0105, 100: 0.0030}[classes]


def test_every_class_has_its_share_of_every_age_and_no_person_is_lost(basis, divided):
    for name in ("active_0", "inactive_0"):
        whole, parts = basis[name].sel(group="private"), divided[name].sel(group=NAMES)
        assert_allclose(parts.sum("group"), whole, rtol=1e-11, atol=1e-12)
        for part in NAMES:
            assert_allclose(parts.sel(group=part).sum("service"), whole.sum("service") / 5, rtol=1e-11)
        assert float(parts.min()) >= 0
    density, coverage = (divided[name].sel(group=NAMES) for name in ("density", "coverage"))
    assert_allclose(density.mean("group"), basis["density"].sel(group="private"), rtol=1e-13)
    assert_allclose(coverage.sum("group"), basis["coverage"].sel(group="private"), rtol=1e-12)
    assert_allclose(divided["density"].sel(group="public"), basis["density"].sel(group="public"), rtol=0)


def test_who_has_more_credits_is_in_a_higher_class_about_as_the_posterior_says(basis):
    """The mean density at a credit against (a + c)/(a + b + n), in twenty classes."""
    divided, _ = ac.labour.density_classes(basis, open_scheme(LAW), "private", SD, classes=20)
    names = [f"private_{i + 1}" for i in range(20)]
    for age in (25, 45):
        n = 12 * (age - 17)
        stock = divided["active_0"].sel(group=names, sex="male", age=age, service=slice(0, n))
        density = divided["density"].sel(group=names, sex="male", age=age).isel(year=0)
        found = ((stock * density).sum("group") / stock.sum("group")).values
        posterior = (MEAN * SIZE + np.arange(n + 1)) / (SIZE + n)
        weight = stock.sum("group") / stock.sum()
        assert float((abs(found - posterior) * weight).sum()) < 0.012
        root = [float(((one - MEAN) ** 2 * weight).sum()) ** 0.5 for one in (found, posterior)]
        assert_allclose(root[0], root[1], rtol=0.005)


def test_without_credit_members_are_divided_evenly():
    """Nothing tells the classes of those who have nothing apart, whatever their number."""
    basis = small_basis()
    empty = xr.zeros_like(basis["active_0"])
    empty[{"service": 0}] = basis["active_0"].sum("service")
    divided, _ = ac.labour.density_classes(basis.assign(active_0=empty), open_scheme(LAW), "private", SD)
    assert_allclose(divided["active_0"].sel(group=NAMES), np.stack([empty.sel(group="private") / 5] * 5), rtol=1e-12)


def test_one_density_for_all_is_a_division_into_copies(basis):
    scheme = open_scheme(LAW)
    alike, _ = ac.labour.density_classes(basis, scheme, "private", 0.0)
    copies, _ = ac.labour.split_group(basis, scheme, "private", dict.fromkeys(NAMES, 0.2))
    for name in copies.data_vars:
        assert_allclose(alike[name], copies[name], rtol=1e-12, err_msg=name)


@pytest.mark.parametrize("concept", ["status", "average"])
def test_the_insured_of_the_first_year_do_not_change(basis, divided, concept):
    """Without retirements; with "average" the coverage of each class is that of its contributions."""
    scheme = open_scheme(LAW).amend("old_age", retirement_age=99)
    before = basis.assign_attrs(coverage_concept=concept)
    after, law = ac.labour.density_classes(before, scheme, "private", SD)
    one, many = (
        project_insured(project_population(b), b, s, service="years").isel(year=0) for b, s in
        ((before, scheme), (after, law))
    )
    for name in ("contribution_months_stayers", "deaths_active", "exits"):
        assert_allclose(many[name].sel(group=NAMES).sum("group"), one[name].sel(group="private"), rtol=1e-9, atol=1e-9)
    if concept == "status":
        entered = many["new_entrants"].sel(group=NAMES).sum("group")
        assert_allclose(entered, one["new_entrants"].sel(group="private"), rtol=1e-9, atol=1e-9)
    else:
        stock = basis["active_0"].sel(group="private").sum("service")
        expected = (stock / 5 * after["density"].sel(group=NAMES)).sum("age")
        share = after["coverage"].sel(group=NAMES) / before["coverage"].sel(group="private")
        assert_allclose(share, (expected / expected.sum("group")).transpose(*share.dims), rtol=1e-12)


def test_the_classes_are_told_as_built(basis, divided):
    told = "density classes of private, members of an age ranked by credit"
    assert divided["active_0"].attrs["built"].startswith("margins (beta-binomial")
    assert divided["active_0"].attrs["built"].endswith(f"; {told}")
    assert divided["inactive_0"].attrs["built"] == told


@pytest.mark.parametrize(
    ("sd", "classes", "message"),
    [
        (0.25, 1, "classes: must be a whole number from 2 on (got 1)"),
        (0.25, True, "classes: must be a whole number from 2 on (got True)"),
        (0.45, 5, "a density of 0.75 cannot have the standard deviation 0.45; it is from 0 to below 0.433 there."),
        (-0.1, 5, "cannot have the standard deviation -0.1"),
    ],
)
def test_what_no_distribution_has_is_refused(basis, sd, classes, message):
    with pytest.raises(BadInput) as error:
        ac.labour.density_classes(basis, open_scheme(LAW), "private", sd, classes=classes)
    assert message in str(error.value)
