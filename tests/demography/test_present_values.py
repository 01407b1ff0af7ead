"""Annuities and insurances: payment by payment, closed forms, identities, limits, and what is refused."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from actuarial.demography import annuity, insurance, joint_annuity, life_table, reversionary_annuity
from actuarial.errors import BadDimensions, BadInput, OutOfBounds

TABLE = life_table(np.minimum(np.exp(-9.5 + 0.09 * np.arange(101)), 0.6), ax=0.5)
FRACTIONS = ["udd", "constant-force", "balducci"]

probabilities = arrays(float, st.integers(1, 12), elements=st.floats(0.001, 0.9)).map(lambda q: np.append(q, 1.0))
rates = st.floats(-0.05, 0.3)


def alive(q, x, t, fraction):
    """Survival from exact age x for t years."""
    if x % 1:
        since = x - int(x)
        return alive(q, int(x), since + t, fraction) / alive(q, int(x), since, fraction)
    x, t = int(x), round(t, 12)
    whole = int(t)
    p = np.prod(1 - q[x : x + whole])
    part = t - whole
    if part == 0 or x + whole >= len(q):
        return p if x + whole <= len(q) else 0.0
    dies = q[x + whole]
    if fraction == "balducci":
        return p * (1 - dies) / (1 - (1 - part) * dies)
    return p * (1 - part * dies if fraction == "udd" else (1 - dies) ** part)


def payments(q, x, interest, m, *, fraction="udd", first=0, last=None, shift=0.0, growth=0.0, rise=0.0):
    """Annuity one payment after the other, from the year `first` to before the year `last`."""
    total = 0.0
    for k in range(first, min(len(q) - int(x), last or 10**6)):
        for j in range(m):
            t = k + (j + shift) / m
            amount = (1 + growth) ** (k - first) * (1 + rise * (k - first))
            total += alive(q, x, t, fraction) * (1 + interest) ** -t * amount / m
    return total


@given(q=probabilities, interest=rates, m=st.sampled_from([1, 2, 12]), growth=st.floats(-0.02, 0.1), data=st.data())
def test_an_annuity_payment_by_payment(q, interest, m, growth, data):
    x = data.draw(st.integers(0, len(q) - 1))
    x += data.draw(st.sampled_from([0, 0.25, 0.4])) if x < len(q) - 1 else 0
    first = data.draw(st.integers(0, 4))
    term = data.draw(st.none() | st.integers(1, 15))
    fraction, advance = data.draw(st.sampled_from(FRACTIONS)), data.draw(st.booleans())
    rise = data.draw(st.sampled_from([0.0, 1.0]))
    options = {"age": x, "payments": m, "growth": growth, "term": term, "deferred": first, "increase": rise}
    found = annuity(q, interest, fraction=fraction, in_advance=advance, **options)
    last = None if term is None else first + term
    options = {"first": first, "last": last, "growth": growth, "fraction": fraction, "shift": 0 if advance else 1}
    options["rise"] = rise
    assert float(found) == pytest.approx(payments(q, x, interest, m, **options), rel=1e-11, abs=1e-13)


@given(q=probabilities, interest=st.floats(-0.03, 0.3), m=st.sampled_from([1, 4, 12]), data=st.data())
def test_an_insurance_death_by_death(q, interest, m, data):
    x = data.draw(st.integers(0, len(q) - 1))
    first, term = data.draw(st.integers(0, 3)), data.draw(st.integers(1, 8))
    fraction, grows, rises = data.draw(st.sampled_from(FRACTIONS)), data.draw(st.floats(0, 0.1)), 0.5
    x += data.draw(st.sampled_from([0, 0.3])) if x < len(q) - 1 else 0
    total = 0.0
    for k in range(first, min(first + term, len(q) - int(x))):
        amount = (1 + grows) ** (k - first) * (1 + rises * (k - first))
        for j in range(m):
            t = [k + j / m, k + (j + 1) / m]
            dies = alive(q, x, t[0], fraction) - alive(q, x, t[1], fraction)
            total += dies * (1 + interest) ** -t[1] * amount
    options = {"age": x, "term": term, "deferred": first, "growth": grows, "increase": rises, "fraction": fraction}
    found = float(insurance(q, interest, periods=m, **options))
    assert found == pytest.approx(total, rel=1e-10, abs=1e-14)
    end = first + term
    with_survival = float(insurance(q, interest, periods=m, endowment=True, **options)) - found
    lives = alive(q, x, end, fraction) if x + end <= len(q) else 0.0
    amount = (1 + grows) ** (term - 1) * (1 + rises * (term - 1))
    assert with_survival == pytest.approx(lives * (1 + interest) ** -end * amount, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("interest", [0.02, 0.06])
@pytest.mark.parametrize("m", [2, 12, 365])
def test_udd_is_the_form_of_alpha_and_beta(interest, m):
    q = np.append(TABLE.qx.values[:-1], 1.0)
    force = math.log1p(interest)
    nominal, discount = m * math.expm1(force / m), -m * math.expm1(-force / m)
    alpha = interest * interest / (1 + interest) / (nominal * discount)
    beta = (interest - nominal) / (nominal * discount)
    assert_allclose(annuity(q, interest, payments=m), alpha * annuity(q, interest) - beta, rtol=1e-12)


@given(q=probabilities, interest=rates, m=st.sampled_from([2, 12, np.inf]), growth=st.floats(0, 0.05), data=st.data())
def test_woolhouse_takes_the_same_from_every_annuity(q, interest, m, growth, data):
    """(m - 1)/(2m) of what is paid at the start less what would be paid at the end, each in its own currency."""
    x = data.draw(st.integers(0, len(q) - 1))
    first, term = data.draw(st.integers(0, 3)), data.draw(st.integers(1, 15))
    part = 0.5 if m == np.inf else (m - 1) / (2 * m)
    options = {"age": x, "term": term, "deferred": first, "growth": growth}
    yearly = [float(annuity(q, interest, in_advance=early, **options)) for early in (True, False)]
    for early, share in ((True, part), (False, 1 - part)):
        found = annuity(q, interest, payments=m, in_advance=early, fraction="woolhouse", **options)
        expected = yearly[0] - share * (yearly[0] - yearly[1])
        assert float(found) == pytest.approx(expected, rel=1e-11, abs=1e-12)


def test_woolhouse_for_life_is_the_yearly_annuity_less_eleven_24ths():
    for interest in (0.02, 0.06):
        yearly = annuity(TABLE, interest)
        assert_allclose(annuity(TABLE, interest, payments=12, fraction="woolhouse"), yearly - 11 / 24, rtol=1e-11)
        always = annuity(TABLE, interest, payments=np.inf, fraction="woolhouse")
        assert_allclose(always, yearly - 0.5, rtol=1e-11)
    two = {"age": 60, "other_age": 65}
    both = joint_annuity(TABLE, TABLE, 0.04, **two)
    monthly = joint_annuity(TABLE, TABLE, 0.04, payments=12, fraction="woolhouse", **two)
    assert float(monthly) == pytest.approx(float(both) - 11 / 24, rel=1e-11)


@given(q=probabilities, interest=st.floats(0.0, 0.1), m=st.sampled_from([1, 12]), data=st.data())
def test_a_guaranteed_annuity_is_certain_first(q, interest, m, data):
    x, years = data.draw(st.integers(0, len(q) - 1)), data.draw(st.integers(0, 8))
    first = data.draw(st.integers(0, 3))
    fraction, early = data.draw(st.sampled_from([*FRACTIONS, "woolhouse"])), data.draw(st.booleans())
    options = {"age": x, "payments": m, "fraction": fraction, "in_advance": early}
    found = float(annuity(q, interest, deferred=first, guaranteed=years, **options))
    shift = np.arange(years * m) + (0 if early else 1)
    certain = ((1 + interest) ** -(first + shift / m)).sum() / m * alive(q, x, first, fraction)
    later = float(annuity(q, interest, deferred=first + years, **options))
    assert found == pytest.approx(certain + later, rel=1e-11, abs=1e-13)
    if fraction in FRACTIONS:
        assert float(annuity(q, interest, deferred=first, guaranteed=0, **options)) <= found + 1e-12


@pytest.mark.parametrize("options", [{"guaranteed": 6, "term": 5}, {"guaranteed": 10**9}, {"guaranteed": -1}])
def test_a_guarantee_lasts_no_longer_than_the_annuity(options):
    with pytest.raises(BadInput, match="guaranteed: give "):
        annuity(TABLE, 0.04, age=60, **options)


@given(q=probabilities, interest=st.floats(0.001, 0.3), m=st.sampled_from([1, 12, np.inf]), data=st.data())
def test_what_an_annuity_leaves_of_one_is_the_insurance(q, interest, m, data):
    fraction = data.draw(st.sampled_from([*FRACTIONS, "woolhouse"]))
    discount = math.log1p(interest) if m == np.inf else m * (1 - (1 + interest) ** (-1 / m))
    value = annuity(q, interest, payments=m, fraction=fraction)
    assert_allclose(insurance(q, interest, periods=m, fraction=fraction), 1 - discount * value, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("fraction", FRACTIONS)
def test_continuous_payments_are_the_limit_of_frequent_ones(fraction):
    often = [annuity(TABLE, 0.04, payments=400, fraction=fraction, in_advance=first) for first in (True, False)]
    always = annuity(TABLE, 0.04, payments=np.inf, fraction=fraction)
    assert_allclose(always, (often[0] + often[1]) / 2, atol=2e-6)
    assert_allclose(always, annuity(TABLE, 0.04, payments=np.inf, fraction=fraction, in_advance=False), rtol=0)
    soon = insurance(TABLE, 0.04, periods=400, fraction=fraction)
    assert_allclose(insurance(TABLE, 0.04, periods=np.inf, fraction=fraction), soon * 1.04 ** (1 / 800), rtol=2e-5)


def test_without_interest_a_continuous_annuity_is_the_life_expectancy():
    assert_allclose(annuity(TABLE, 0.0, payments=np.inf), TABLE.ex, rtol=1e-13)


@pytest.mark.parametrize("often", [1, 12, np.inf])
@pytest.mark.parametrize("fraction", ["udd", "constant-force"])
def test_a_table_in_whose_last_age_all_die_is_its_probabilities(often, fraction):
    """With a second table by its side that is open."""
    qx = np.array([[0.1, 0.4, 1.0], [0.1, 0.4, 0.5]])
    table = life_table(qx=qx, ax=0.5, ex_open=[0.5, 2.0])
    for value in (
        lambda of, **more: annuity(of, 0.04, payments=often, fraction=fraction, **more),
        lambda of, **more: insurance(of, 0.04, periods=often, fraction=fraction, **more),
    ):
        closed, opened = value(qx[0]), value(life_table(qx=qx[1], ax=0.5, ex_open=2.0))
        assert_allclose(value(table), [closed, opened], rtol=1e-13)
    both = joint_annuity(table, table, 0.04, payments=often, fraction=fraction)
    assert_allclose(both[0], joint_annuity(qx[0], qx[0], 0.04, payments=often, fraction=fraction), rtol=1e-13)


def test_constant_force_in_closed_form():
    """m = 0.05 at all ages: the due annuity is 1/(1 - v p), the continuous one 1/(mu + delta)."""
    mu, interest = 0.05, 0.03
    q = -math.expm1(-mu)
    table = life_table(qx=np.full(30, q), ax=0.5, ex_open=1 / mu)
    v, delta = 1 / (1 + interest), math.log1p(interest)
    found = annuity(table, interest, fraction="constant_force")
    assert_allclose(found, 1 / (1 - v * (1 - q)), rtol=1e-12)
    always = annuity(table, interest, payments=np.inf, fraction="constant-force")
    assert_allclose(always, 1 / (mu + delta), rtol=1e-12)
    at_once = insurance(table, interest, periods=np.inf, fraction="constant-force")
    assert_allclose(at_once, mu / (mu + delta), rtol=1e-12)
    monthly = (1 / 12) / (1 - (v * (1 - q)) ** (1 / 12))
    assert_allclose(annuity(table, interest, payments=12, fraction="constant-force"), monthly, rtol=1e-12)


@given(growth=st.floats(0.0, 0.04), interest=st.floats(0.0, 0.08))
def test_growth_is_a_lower_interest(growth, interest):
    net = (1 + interest) / (1 + growth) - 1
    found, expected = annuity(TABLE, interest, growth=growth, age=[0, 60]), annuity(TABLE, net, age=[0, 60])
    assert_allclose(found, expected, rtol=1e-11)


def test_a_deferred_annuity_and_the_term_before_it_are_the_whole():
    options = {"payments": 12, "fraction": "constant-force"}
    term, later = annuity(TABLE, 0.03, term=17, **options), annuity(TABLE, 0.03, deferred=17, **options)
    assert_allclose(term + later, annuity(TABLE, 0.03, **options), rtol=1e-13)


def test_interest_by_duration():
    path = [0.01, 0.05, 0.03]
    q = np.array([0.1, 0.2, 0.3, 0.4, 1.0])
    v = np.cumprod([1.0, 1 / 1.01, 1 / 1.05, 1 / 1.03, 1 / 1.03])
    p = np.cumprod([1.0, 0.9, 0.8, 0.7, 0.6])
    assert float(annuity(q, path, age=0)) == pytest.approx((v * p).sum(), rel=1e-14)
    first = 0.5 + 0.5 * 0.95 * 1.01**-0.5
    assert float(annuity(q, path, age=0, term=1, payments=2)) == pytest.approx(first, rel=1e-14)
    assert_allclose(annuity(q, [0.02, 0.02], payments=4), annuity(q, 0.02, payments=4), rtol=1e-14)


def test_along_cohorts():
    years, ages = np.arange(2020, 2025), np.arange(60, 66)
    q = xr.DataArray(
        np.random.default_rng(1).uniform(0.05, 0.4, (5, 2, 6)),
        dims=("year", "sex", "age"),
        coords={"year": years, "sex": ["male", "female"], "age": ages},
        name="qx",
    )
    q[..., -1] = 1.0
    for fraction in FRACTIONS:
        found = annuity(q, 0.03, payments=2, fraction=fraction, along="cohort")
        assert found.dims == q.dims
        for t, s, x in np.ndindex(*q.shape):
            path = np.array([q.values[min(t + k, 4), s, x + k] for k in range(6 - x)])
            expected = payments(path, 0, 0.03, 2, fraction=fraction)
            assert float(found[t, s, x]) == pytest.approx(expected, rel=1e-12)
    still = annuity(q, 0.03)
    assert_allclose(annuity(q, 0.03, along="cohort")[-1], still[-1], rtol=1e-13)
    paid = insurance(q, 0.03, along="cohort")
    assert_allclose(paid, 1 - 0.03 / 1.03 * annuity(q, 0.03, along="cohort"), rtol=1e-12)


def test_ages_and_labels():
    assert annuity(TABLE, 0.02, age=65).ndim == 0
    assert annuity(TABLE, 0.02, age=[60, 65]).age.values.tolist() == [60, 65]
    assert_allclose(annuity(TABLE, 0.02, age=[60, 65]), annuity(TABLE, 0.02).sel(age=[60, 65]), rtol=0)
    lx = xr.DataArray([100.0, 80.0, 30.0], dims="age", coords={"age": [97, 98, 99]})
    by_lx = annuity(lx, 0.02)
    assert_allclose(by_lx, annuity(lx.copy(data=[0.2, 0.625, 1.0]), 0.02), rtol=1e-14)
    assert float(by_lx[-1]) == 1.0
    named = xr.DataArray([0.8, 0.3], dims="age", name="lx")
    assert_allclose(annuity(named, 0.0), [1.375, 1.0], rtol=1e-14)


@given(
    first=probabilities,
    second=probabilities,
    interest=rates,
    m=st.sampled_from([1, 3, 12]),
    fraction=st.sampled_from(FRACTIONS),
    data=st.data(),
)
def test_two_lives_payment_by_payment(first, second, interest, m, fraction, data):
    x, y = data.draw(st.integers(0, len(first) - 1)), data.draw(st.integers(0, len(second) - 1))
    begins, term, growth = data.draw(st.integers(0, 2)), data.draw(st.integers(1, 14)), 0.02
    totals = {"joint": 0.0, "last": 0.0, "reversion": 0.0}
    for k in range(begins, begins + term):
        for j in range(m):
            t = k + j / m
            one = alive(first, x, t, fraction) if x + t <= len(first) else 0.0
            other = alive(second, y, t, fraction) if y + t <= len(second) else 0.0
            worth = (1 + interest) ** -t * (1 + growth) ** (k - begins) / m
            totals["joint"] += one * other * worth
            totals["last"] += (1 - (1 - one) * (1 - other)) * worth
            totals["reversion"] += (1 - one) * other * worth
    options = {"age": x, "other_age": y, "payments": m, "fraction": fraction, "growth": growth}
    options |= {"deferred": begins, "term": term}
    for status in ("joint", "last"):
        found = float(joint_annuity(first, second, interest, status=status, **options))
        assert found == pytest.approx(totals[status], rel=1e-10, abs=1e-12)
    found = float(reversionary_annuity(first, second, interest, **options))
    assert found == pytest.approx(totals["reversion"], rel=1e-9, abs=1e-12)


def test_the_two_lives_together_are_the_two_apart():
    men = life_table(np.minimum(1.4 * TABLE.mx, 0.7), ax=0.5)
    options = {"payments": 12, "term": 20}
    joint, last = (joint_annuity(men, TABLE, 0.03, age=[60, 70], status=s, **options) for s in ("joint", "last"))
    assert joint.dims == ("age", "other_age")
    alone = annuity(men, 0.03, **options).sel(age=[60, 70]), annuity(TABLE, 0.03, **options).rename(age="other_age")
    assert_allclose(joint + last, (alone[0] + alone[1]).transpose(*joint.dims), rtol=1e-12)
    later = reversionary_annuity(men, TABLE, 0.03, age=[60, 70], **options)
    assert_allclose(later, (alone[1] - joint).transpose(*joint.dims), atol=1e-12)
    swapped = joint_annuity(TABLE, men, 0.03, other_age=[60, 70], **options)
    assert_allclose(swapped.values.T, joint, rtol=1e-12)


def test_a_life_that_goes_on_leaves_the_other_one():
    for_ever = life_table(qx=np.zeros(40), ax=0.5, ex_open=1e7)
    found = joint_annuity(for_ever, TABLE, 0.03, age=0, other_age=65, term=60, payments=4)
    assert float(found) == pytest.approx(float(annuity(TABLE, 0.03, age=65, term=60, payments=4)), rel=1e-5)


def test_two_lives_share_their_years():
    q = xr.DataArray([[0.1, 0.2, 1.0], [0.3, 0.4, 1.0]], dims=("year", "age"), coords={"year": [2025, 2030]}, name="qx")
    other = np.array([0.5, 1.0])
    found = joint_annuity(q, other, 0.02)
    assert found.dims == ("year", "age", "other_age")
    for year in (2025, 2030):
        alone = joint_annuity(q.sel(year=year, drop=True), other, 0.02)
        assert_allclose(found.sel(year=year), alone, rtol=1e-14)
    with pytest.raises(BadDimensions, match="other labels of a dimension"):
        joint_annuity(q, q.assign_coords(year=[2025, 2031]), 0.02)


Q = [0.1, 0.5, 1.0]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"interest": -1.0}, BadInput, "interest: give a number above -1"),
        ({"interest": np.nan}, BadInput, "interest: give a number above -1"),
        ({"age": 3}, BadInput, r"age: the table has the exact ages 0 to below 3 \(got 3\)"),
        ({"interest": 4}, BadInput, "interest: 4 for ever is 400% a year; 4% is written 0.04"),
        ({"age": -0.5}, BadInput, "age: the table has the exact ages"),
        ({"age": []}, BadInput, "age: .*there are none"),
        ({"term": 0}, BadInput, "term: give whole years, 1 or more"),
        ({"term": 1.5}, BadInput, "term: give whole years"),
        ({"deferred": -1}, BadInput, "deferred: give whole years, 0 or more"),
        ({"payments": 0}, BadInput, "payments: write 1, 2, 4, 12"),
        ({"payments": 1.5}, BadInput, "payments: write 1, 2, 4, 12"),
        ({"fraction": "linear"}, BadInput, "'linear' is not known; write one of udd, constant-force"),
        ({"growth": -1.0}, BadInput, "growth: give a number above -1"),
        ({"along": "cohort"}, BadDimensions, "the table has no dimension year"),
        ({"along": "diagonal"}, BadInput, "'diagonal' is not known; write period or cohort"),
        ({"table": [0.1, 0.2, 0.3]}, OutOfBounds, "qx must be 1 at the last age, or some live for ever: .* age 2"),
        ({"table": [0.85, 0.7, 0.3]}, OutOfBounds, "qx must be 1 at the last age"),
        ({"table": [0.1, 1.2, 1.0]}, OutOfBounds, "qx must not exceed 1"),
        ({"table": [0.1, -0.2, 1.0]}, OutOfBounds, "table must be at least 0"),
        ({"table": [0.1, np.nan, 1.0]}, OutOfBounds, "table must be numbers"),
        ({"table": [1.0, 0.8, 0.9]}, OutOfBounds, "lx must not increase with age: .* age 2 -> 0.9"),
        ({"table": life_table([0.1, 0.2, 0.3], ages=[0, 5, 10], ax=1.0)}, BadInput, "need single ages"),
        ({"table": xr.Dataset({"mx": ("age", Q)})}, BadInput, "a Dataset needs qx and ex"),
        ({"table": life_table([0.1, 0.02], ax=0.5), "growth": 0.05}, BadInput, "the values do not end"),
    ],
)
def test_what_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        annuity(**({"table": Q, "interest": 0.02} | arguments))


def test_what_else_is_refused():
    with pytest.raises(BadInput, match="an endowment needs a term"):
        insurance(Q, 0.02, endowment=True)
    with pytest.raises(BadInput, match="periods: write 1, 2"):
        insurance(Q, 0.02, periods=-1)
    with pytest.raises(BadInput, match="increase: give a number of 0 or more"):
        insurance(Q, 0.02, increase=-0.1)
    with pytest.raises(BadInput, match="status: 'first' is not known; write one of joint, last"):
        joint_annuity(Q, Q, 0.02, status="first")


def test_interest_and_tables_that_do_not_fit():
    rates = np.concatenate([[0.02], 0.0004 * np.exp(0.07 * np.arange(100))])
    table = life_table(rates, sex="male")
    path = xr.DataArray([0.03, 0.05], dims="year", coords={"year": [2025, 2026]})
    assert float(annuity(table, path, age=60)) == float(annuity(table, [0.03, 0.05], age=60))
    assert float(annuity(table, xr.DataArray(0.03), age=60)) == float(annuity(table, 0.03, age=60))
    with pytest.raises(BadDimensions, match="interest: it has the dims scenario"):
        insurance(table, path.rename(year="scenario"), age=60)
    with pytest.raises(BadDimensions, match=r"its years must follow each other \(2025 is followed by 2027\)"):
        annuity(table, path.assign_coords(year=[2025, 2027]), age=60)
    with pytest.raises(OutOfBounds, match=r"or the table is cut off there: .*age 60"):
        annuity(table.sel(age=slice(0, 60)), 0.03, age=50)
