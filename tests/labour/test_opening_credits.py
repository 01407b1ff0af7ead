"""Credits from margins: closed forms, margins kept, what cannot be is refused, the flag survives and is told."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import betabinom, binom

import actuarial as ac
from actuarial.errors import BadInput
from actuarial.labour.opening_credits import beta_binomial, raked
from actuarial.readiness import check_basis
from tests.reference.small import small_basis

AGES = np.arange(101)


def persons(*by_age):
    """Men of one group at some ages (age, persons)."""
    values = np.zeros((1, 1, 101))
    for age, number in by_age:
        values[0, 0, age] = number
    return xr.DataArray(values, {"group": ["all"], "sex": ["male"], "age": AGES}, ("group", "sex", "age"))


def known(by_age):
    """A margin by age, not known elsewhere."""
    values = np.full(101, np.nan)
    for age, value in by_age.items():
        values[age] = value
    return xr.DataArray(values, {"age": AGES}, "age")


def means(credits):
    return (credits * credits["service"]).sum("service") / credits.sum("service")


@pytest.mark.parametrize(("n", "mean", "r"), [(240, 144.0, 0.25), (1, 0.3, 0.5), (12, 11.9, 0.9), (480, 20.0, 0.01)])
def test_the_distribution_is_the_beta_binomial(n, mean, r):
    size = 1 / r - 1
    expected = betabinom(n, mean / n * size, (1 - mean / n) * size).pmf(np.arange(n + 1))
    assert_allclose(beta_binomial(n, mean, r), expected, rtol=1e-9, atol=1e-15)


def test_without_dispersion_it_is_binomial_and_with_nearly_all_of_it_all_or_nothing():
    assert_allclose(beta_binomial(300, 180.0, 0.0), binom(300, 0.6).pmf(np.arange(301)), rtol=1e-9, atol=1e-300)
    assert_allclose(beta_binomial(300, 180.0, 1e-12), beta_binomial(300, 180.0, 0.0), rtol=1e-6, atol=1e-9)
    ends = beta_binomial(300, 180.0, 1 - 1e-9)
    assert_allclose((ends[0], ends[-1]), (0.4, 0.6), atol=1e-7)
    assert list(beta_binomial(4, 0.0, 0.3)) == [1, 0, 0, 0, 0]
    assert list(beta_binomial(4, 4.0, 0.3)) == [0, 0, 0, 0, 1]


@given(
    n=st.integers(40, 500), mean=st.floats(0.02, 0.98), r=st.floats(0.0, 0.95), cut=st.floats(0.1, 0.9),
    where=st.floats(0.02, 0.98),
)
def test_raking_keeps_the_mean_and_the_share(n, mean, r, cut, where):
    """The share lies anywhere between the least and the greatest that the mean allows."""
    cell, average = max(1, int(cut * n)), mean * n
    low, high = max(0.0, (average - (cell - 1)) / (n - cell + 1)), min(1.0, average / cell)
    share = low + where * (high - low)
    found = raked(beta_binomial(n, average, r), average, {cell: share})
    assert_allclose(found.sum(), 1.0, rtol=1e-12)
    assert_allclose(found @ np.arange(n + 1), average, rtol=1e-9)
    assert_allclose(found[cell:].sum(), share, rtol=1e-9)


def test_raking_to_what_holds_already_changes_nothing():
    before = beta_binomial(240, 144.0, 0.25)
    after = raked(before, 144.0, {180: before[180:].sum(), 60: before[60:].sum()})
    assert_allclose(after, before, rtol=1e-6)


def test_raking_is_exponential_within_each_part():
    """The condition for the nearest distribution in relative entropy, checked on logarithms of the ratio."""
    before = beta_binomial(120, 60.0, 0.3)
    logs = np.log(raked(before, 70.0, {60: 0.5}) / before)
    below, above = np.diff(logs[:60]), np.diff(logs[60:])
    assert_allclose(below, below[0], rtol=1e-6)
    assert_allclose(above, below[0], rtol=1e-6)
    assert below[0] > 0


def test_averages_are_those_of_density_and_of_the_ages_for_which_they_are_given():
    stock = persons((20, 10.0), (30, 50.0), (40, 70.0), (50, 30.0))
    credits = ac.labour.credits_from_margins(
        stock, entry_age=20, mean_entry_age=22, density=0.6, mean_credit=known({40: 111.5}),
        share_with_years={10: known({40: 0.45, 50: 0.7}), 20: known({50: 0.25})},
    )
    assert credits.dims == ("group", "sex", "age", "service")
    assert credits.sizes["service"] == 361
    assert_allclose(credits.sum("service"), stock, rtol=1e-12)
    found = means(credits).sel(group="all", sex="male")
    assert_allclose(found.sel(age=[20, 30, 40, 50]), [0.0, 0.6 * 96, 111.5, 0.6 * 336], rtol=1e-9)
    share = credits.sel(group="all", sex="male").cumsum("service") / stock.sel(group="all", sex="male")
    assert_allclose(1 - share.sel(age=[40, 50], service=119), [0.45, 0.7], rtol=1e-9)
    assert_allclose(1 - share.sel(age=50, service=239), 0.25, rtol=1e-9)
    untouched = betabinom(120, 0.48 * 3, 0.52 * 3).pmf(np.arange(121))
    assert_allclose(credits.sel(group="all", sex="male", age=30)[:121], 50 * untouched, rtol=1e-9)


def test_nobody_has_more_than_the_longest_credit():
    credits = ac.labour.credits_from_margins(persons((50, 10.0)), entry_age=20, density=0.3, longest=180)
    assert credits.sizes["service"] == 181
    assert_allclose(means(credits).sel(age=50).item(), 108.0, rtol=1e-9)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"density": None}, "give density or mean_credit"),
        ({"dispersion": 1.0}, "dispersion: must be at least 0 and below 1 (got 1)"),
        ({"entry_age": 45}, "there are persons below entry_age"),
        ({"mean_credit": 241.0}, "group all, sex male, age 40 -> 241, where 240 is the bound"),
        ({"longest": 120}, "the average credit is not between 0 and the greatest one"),
        ({"density": None, "mean_credit": known({41: 100.0})}, "mean_credit: is not known and there is no density"),
        ({"share_with_years": {15: 1.2}}, "share_with_years[15]: is no share"),
        ({"share_with_years": {21: 0.1}}, "share_with_years[21]: nobody of the age can have so many years"),
        ({"share_with_years": {10: 0.3, 15: 0.4}}, "share_with_years[15]: is above the share of those with fewer"),
        ({"share_with_years": {15: 0.9}}, "-> 144, where 162 is the bound"),
        ({"share_with_years": {5: 0.1}}, "-> 144, where 77.1 is the bound"),
    ],
)
def test_margins_that_cannot_be_are_refused(changes, message):
    margins = {"entry_age": 20, "density": 0.6} | changes
    with pytest.raises(BadInput) as error:
        ac.labour.credits_from_margins(persons((40, 10.0)), **margins)
    assert message in str(error.value)


def test_shares_at_their_bounds_are_kept():
    """All of those with 15 years have just 15 years, and then all others none: the average 144 is 0.8 x 180."""
    credits = ac.labour.credits_from_margins(
        persons((40, 10.0)), entry_age=20, density=0.6, share_with_years={15: 0.8}
    ).sel(group="all", sex="male", age=40)
    assert_allclose(credits.values[[0, 180]], [2.0, 8.0], atol=1e-9)


def test_another_stock_is_refused():
    with pytest.raises(BadInput, match="stock: needs the dims group, sex, age"):
        ac.labour.credits_from_margins(small_basis()["active_0"], entry_age=15, density=0.6)


@pytest.fixture(scope="module")
def built():
    """The small basis with both opening stocks from margins."""
    basis = small_basis()
    density = basis["density"].isel(year=0, drop=True)
    stocks = {
        name: ac.labour.credits_from_margins(basis[name].sum("service"), entry_age=17, density=factor * density)
        for name, factor in (("active_0", 0.8), ("inactive_0", 0.3))
    }
    return ac.labour.with_credits(basis, **stocks)


@pytest.mark.parametrize("path", ["basis", "basis.nc"])
def test_the_flag_is_saved_and_told(built, path, tmp_path):
    ac.save_basis(built, tmp_path / path)
    again = ac.open_basis(tmp_path / path)
    xr.testing.assert_equal(again["active_0"], built["active_0"])
    told = [line for line in check_basis(again) if "was built from" in line]
    assert told == [
        f"{name} was built from margins (beta-binomial credits with dispersion 0.25, averages from density and time "
        "since entry)."
        for name in ("active_0", "inactive_0")
    ]
    assert not [line for line in check_basis(small_basis()) if "was built from" in line]


def test_stocks_share_one_grid_of_credit(built):
    basis = small_basis()
    assert built.sizes["service"] == 12 * (59 - 17) + 1
    one = ac.labour.with_credits(basis, inactive_0=built["inactive_0"])
    assert_allclose(one["active_0"].sum("service"), basis["active_0"].sum("service"))
    assert one["active_0"].sizes["service"] == one["inactive_0"].sizes["service"]
    with pytest.raises(BadInput, match="active_0: its labels of service are not the months"):
        ac.labour.with_credits(basis, active_0=built["active_0"].sel(service=slice(None, None, 12)))
    with pytest.raises(BadInput, match="no stock is given"):
        ac.labour.with_credits(basis)
