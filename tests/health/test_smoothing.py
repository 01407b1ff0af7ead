"""Smoothing of small cells: limiting cases, totals, the constant of credibility, and simulated contacts."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.errors import BadDimensions, BadInput
from actuarial.health import smooth_relativities, whittaker

SERVICES, GROUPS, SEXES, AGES = ["visits", "stays"], ["large", "small", "tiny"], ["male", "female"], np.arange(80)
COORDS = {"service_type": SERVICES, "health_group": GROUPS, "sex": SEXES, "age": AGES}
PEOPLE = np.array([4000.0, 300.0, 40.0])[:, None, None] * (1.0 - 0.008 * AGES) * np.ones((2, 1))
LEVEL = np.array([1.0, 1.4, 0.7])[:, None, None]
SHAPE = np.stack([1.0 + 0.03 * AGES, 1.3 + 0.02 * AGES])
TRUE = np.array([1.5, 0.08])[:, None, None, None] * LEVEL * SHAPE


def labelled(values, *dims):
    return xr.DataArray(values, dims=dims, coords={dim: COORDS[dim] for dim in dims})


EXPOSURE = labelled(PEOPLE, "health_group", "sex", "age")
STANDARD = labelled(SHAPE, "sex", "age")


def observed(seed=1, spread=0.0):
    rng = np.random.default_rng(seed)
    theta = rng.gamma(1 / spread, spread, TRUE.shape) if spread else 1.0
    return labelled(rng.poisson(TRUE * theta * PEOPLE).astype(float), *COORDS), TRUE * theta


def crude(contacts):
    return (contacts / EXPOSURE).transpose(*COORDS)


def test_a_constant_of_nothing_keeps_what_was_observed_and_an_infinite_one_takes_the_standard():
    contacts, _ = observed()
    found = smooth_relativities(contacts, EXPOSURE, smoothing=0.0, credibility_constant=0.0)
    np.testing.assert_allclose(found.rates, crude(contacts), rtol=1e-12, atol=1e-15)
    assert (found.credibility == 1.0).all()
    found = smooth_relativities(contacts, EXPOSURE, smoothing=0.0, standard=STANDARD, credibility_constant=math.inf)
    level = contacts.sum(["sex", "age"]) / (EXPOSURE * STANDARD).sum(["sex", "age"])
    np.testing.assert_allclose(found.rates, (level * STANDARD).transpose(*COORDS), rtol=1e-12)
    assert (found.credibility == 0.0).all()


def test_a_cell_by_hand():
    """20 of 100 and 60 of 100 contacts against a standard that is the same at both ages, K = 40: Z = 40/(40 + 40)."""
    axis = {"age": [30, 31]}
    contacts, people = (xr.DataArray(v, coords=axis) for v in ([20.0, 60.0], [100.0, 100.0]))
    even = xr.DataArray([3.0, 3.0], coords=axis)
    found = smooth_relativities(contacts, people, smoothing=0.0, standard=even, credibility_constant=40.0)
    np.testing.assert_allclose(found.credibility, [0.5, 0.5], rtol=1e-15)
    np.testing.assert_allclose(found.rates, [0.3, 0.5], rtol=1e-14)


@pytest.mark.parametrize(("smoothing", "order"), [(0.0, 2), (50.0, 2), (2e4, 3), (math.inf, 2)])
@pytest.mark.parametrize("by_group", [True, False])
def test_totals_are_kept(smoothing, order, by_group):
    contacts, _ = observed()
    found = smooth_relativities(contacts, EXPOSURE, smoothing=smoothing, order=order, by_group=by_group)
    over = ["sex", "age"] if by_group else ["sex", "age", "health_group"]
    np.testing.assert_allclose((found.rates * EXPOSURE).sum(over), contacts.sum(over), rtol=1e-12)
    assert found.rates.dims == tuple(COORDS)
    assert float(found.rates.min()) >= 0


@pytest.mark.parametrize("order", [1, 2, 3])
def test_without_limit_it_is_the_polynomial_of_least_squares(order):
    contacts, _ = observed()
    found = smooth_relativities(contacts, EXPOSURE, smoothing=math.inf, order=order, credibility_constant=0.0)
    crudes = crude(contacts).sel(service_type="visits", health_group="large", sex="female")
    weights = EXPOSURE.sel(health_group="large", sex="female")
    line = np.polyval(np.polyfit(AGES, crudes, order - 1, w=np.sqrt(weights)), AGES)
    np.testing.assert_allclose(found.rates.sel(crudes.coords), line, rtol=1e-9)
    strong = smooth_relativities(contacts, EXPOSURE, smoothing=1e13, order=order, credibility_constant=0.0)
    np.testing.assert_allclose(strong.rates.sel(crudes.coords), line, rtol=1e-3)


@given(st.lists(st.floats(0.0, 9.0), min_size=6, max_size=12), st.sampled_from([1, 2, 3]), st.floats(0.01, 1e4))
def test_graduation_minimises_what_it_says(values, order, smoothing):
    y = np.array(values)
    w = 1.0 + np.arange(len(y)) % 3

    def loss(g):
        return (w * (g - y) ** 2).sum() + smoothing * (np.diff(g, order) ** 2).sum()

    g = whittaker(y, w, smoothing, order)
    rng = np.random.default_rng(2)
    for step in rng.normal(0.0, 0.01, (20, len(y))):
        assert loss(g) <= loss(g + step) + 1e-9
    moments = [(w * (g - y) * np.arange(len(y)) ** k).sum() for k in range(order)]
    np.testing.assert_allclose(moments, 0.0, atol=1e-6 * (1 + smoothing) ** 0.5)


def test_the_constant_is_that_of_the_spread_between_cells():
    """Ratios of gamma distribution with variance 0.04: K = 1/0.04 with a standard that is given or pooled."""
    shape = {"given": STANDARD, "pooled": None}
    for word, standard in shape.items():
        constants = []
        for seed in range(12):
            contacts, _ = observed(seed, spread=0.04)
            found = smooth_relativities(contacts, EXPOSURE, smoothing=0.0, standard=standard)
            one = found.credibility.isel(service_type=0, health_group=1, sex=0, age=40)
            used = STANDARD if standard is not None else contacts.sum("health_group") / EXPOSURE.sum("health_group")
            level = contacts.sum(["sex", "age"]) / (EXPOSURE * used).sum(["sex", "age"])
            expected = (EXPOSURE * used * level).isel(service_type=0, health_group=1, sex=0, age=40)
            constants.append(float(expected * (1 / one - 1)))
        if word == "given":
            assert np.mean(1 / np.array(constants)) == pytest.approx(0.04, rel=0.08)
        else:
            assert np.mean(1 / np.array(constants)) == pytest.approx(0.04, rel=0.35)


def test_cells_that_differ_by_chance_have_no_credibility():
    contacts, _ = observed(3)
    found = smooth_relativities(contacts, EXPOSURE, smoothing=0.0, standard=STANDARD, dispersion=2.0)
    assert float(found.credibility.max()) == 0.0


def test_simulated_contacts_are_closer_to_the_truth_than_the_crude_rates():
    raw, drawn, smooth = [], [], []
    for seed in range(6):
        contacts, truth = observed(seed, spread=0.01)
        weights = EXPOSURE.sel(health_group="tiny").values
        part = {"service_type": "visits", "health_group": "tiny"}
        level = float(contacts.sel(part).sum() / (EXPOSURE.sel(health_group="tiny") * STANDARD).sum())
        for errors, rates in (
            (raw, crude(contacts)),
            (drawn, smooth_relativities(contacts, EXPOSURE, smoothing=0.0).rates),
            (smooth, smooth_relativities(contacts, EXPOSURE, smoothing=2_000.0, credibility_constant=0.0).rates),
        ):
            errors.append((weights * (rates.sel(part).values - truth[0, 2]) ** 2).sum() / weights.sum() / level**2)
    assert (np.array(drawn) < raw).all()
    assert (np.array(smooth) < raw).all()
    assert np.mean(drawn) < 0.75 * np.mean(raw)


def test_ages_at_which_a_service_is_not_used_stay_without_use():
    fertile = (AGES >= 15) & (AGES < 50)
    standard = labelled(np.stack([0.0 * AGES, np.where(fertile, 0.1, 0.0)]), "sex", "age")
    rng = np.random.default_rng(5)
    number = rng.poisson(0.1 * fertile * PEOPLE * np.array([0.0, 1.0])[:, None]).astype(float)
    contacts = labelled(number, "health_group", "sex", "age")
    found = smooth_relativities(contacts, EXPOSURE, smoothing=1e4, standard=standard)
    assert float(found.rates.sel(sex="male").max()) == 0.0
    females = found.rates.sel(sex="female")
    assert float(females.where(~fertile, 0.0).max()) == 0.0
    assert float(females.where(fertile, 1.0).min()) > 0.02


def test_ages_without_observations_have_the_standard():
    contacts, _ = observed()
    seen = EXPOSURE.where(EXPOSURE["age"] < 60, 0.0)
    young = contacts.where(contacts["age"] < 60, 0.0)
    found = smooth_relativities(young, seen, smoothing=1e3, standard=STANDARD)
    old, whole = found.rates.sel(age=70, sex="male"), STANDARD.sel(age=70, sex="male")
    level = young.sum(["sex", "age"]) / (seen * STANDARD).sum(["sex", "age"])
    np.testing.assert_allclose(old, (level * whole).transpose(*old.dims), rtol=0.02)
    assert float(found.credibility.sel(age=70).max()) == 0.0


ONE = EXPOSURE.isel(health_group=[0])
BAD = [
    ({"smoothing": -1.0}, BadInput, "smoothing must be person-years, 0 to infinity"),
    ({"order": 0}, BadInput, "order must be 1, 2, 3 or 4"),
    ({"dispersion": 0.0}, BadInput, "dispersion must be a positive number"),
    ({"credibility_constant": -2.0}, BadInput, r"credibility_constant must be at least 0 \(got -2\)"),
    ({"exposure": 0.0 * EXPOSURE}, BadInput, r"contacts of nobody: exposure is 0, in \d+ of 960 cells; the first"),
    ({"standard": 0.0 * STANDARD}, BadInput, "contacts where the standard is 0, in "),
    ({"exposure": -EXPOSURE}, BadInput, "exposure must be a number, at least 0, in 960 of 960 cells; the first"),
    ({"contacts": observed()[0].isel(health_group=[0]), "exposure": ONE}, BadInput,
     "give standard, or credibility_const"),
    ({"contacts": observed()[0].sum("age")}, BadDimensions, r"contacts must be by age, and by nothing else"),
    ({"contacts": observed()[0].sum("sex")}, BadDimensions, "exposure has the dimension sex"),
    ({"contacts": observed()[0].values}, BadInput, r"contacts: give a DataArray .* \(got ndarray\)"),
    ({"exposure": EXPOSURE.isel(age=slice(0, 70))}, BadDimensions, "exposure: 10 of 80 labels of age are missing"),
    ({"contacts": observed()[0].drop_sel(age=50)}, BadInput, "by 1 years each.*; 49 is followed by 51"),
    ({"contacts": observed()[0].assign_coords(age=observed()[0].age.astype(str))}, BadInput,
     r"the ages must be numbers; of groups give the first age \(got 0\)"),
]


@pytest.mark.parametrize(("change", "error", "words"), BAD)
def test_what_cannot_be_smoothed(change, error, words):
    given_ = {"contacts": observed()[0], "exposure": EXPOSURE, "smoothing": 10.0} | change
    with pytest.raises(error, match=words):
        smooth_relativities(given_.pop("contacts"), given_.pop("exposure"), **given_)
