"""Standard errors of life expectancies against derivatives of the life table, by hand, and their refusals."""

import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm

from actuarial.demography import life_expectancy_interval, life_table
from actuarial.errors import BadInput, OutOfBounds

AGES = np.array([0, 1, *range(5, 90, 5)])
WIDTHS = np.diff(AGES)


@pytest.fixture
def counts():
    rates = np.where(AGES < 1, 0.03, np.where(AGES < 5, 0.003, np.exp(-10.0 + 0.09 * AGES) + 5e-4))
    exposure = xr.DataArray(2000.0 + 10.0 * AGES, {"age": AGES}, ["age"])
    return (exposure * rates).round() + 3.0, exposure


def expectancies(q, a, m_open):
    """Life expectancies of plain probabilities, times lived and the open rate."""
    living = np.cumprod(np.append(1.0, 1.0 - q))
    years = np.append(WIDTHS * living[1:] + a * living[:-1] * q, living[-1] / m_open)
    return years[::-1].cumsum()[::-1] / living


@pytest.mark.parametrize("open_age", [True, False])
def test_variances_are_those_of_small_changes_of_the_table(counts, open_age):
    deaths, exposure = counts
    table = life_table(deaths / exposure, sex="female")
    q, a, m_open = table["qx"].values[:-1], table["ax"].values[:-1], float(table["mx"][-1])
    base, variance = expectancies(q, a, m_open), np.zeros(AGES.size)
    for i, died in enumerate(deaths.values[:-1]):
        moved = q.copy()
        moved[i] += 1e-7
        change = (expectancies(moved, a, m_open) - base) / 1e-7
        variance += change**2 * q[i] ** 2 * (1.0 - q[i]) / died
    if open_age:
        change = (expectancies(q, a, m_open * (1.0 + 1e-7)) - base) / 1e-7
        variance += change**2 / float(deaths[-1])
    found = life_expectancy_interval(deaths, exposure, sex="female", open_age=open_age, level=0.9)
    np.testing.assert_allclose(found["ex"], base, rtol=1e-12)
    np.testing.assert_allclose(found["standard_error"], np.sqrt(variance), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(found["upper"] - found["ex"], norm.ppf(0.95) * found["standard_error"], rtol=1e-12)
    np.testing.assert_allclose(found["ex"] - found["lower"], found["upper"] - found["ex"], rtol=1e-12)


@pytest.mark.parametrize("open_age", [True, False])
def test_errors_are_those_of_drawn_populations(open_age):
    """Persons who start an age die in it by a coin each; those of the open age all die, after exponential times."""
    rng, samples = np.random.default_rng(5), 4000
    q = np.append(0.01, np.where(AGES[1:-1] < 5, 0.004, -np.expm1(-5.0 * np.exp(-9.0 + 0.085 * AGES[1:-1]))))
    starting, times, oldest = 400, np.append(0.1, WIDTHS[1:] / 2.0), 60
    died = rng.binomial(starting, q, (samples, q.size))
    lived = WIDTHS * (starting - died) + times * died
    deaths = np.column_stack([died, np.full(samples, oldest)]).astype(float)
    exposure = np.column_stack([lived, 5.0 * rng.gamma(oldest, 1.0, samples)])
    given = [xr.DataArray(part, {"age": AGES}, ("sample", "age")) for part in (deaths, exposure)]
    found = life_expectancy_interval(*given, ax=np.append(times, 0.0), open_age=open_age).sel(age=[0, 65])
    ratio = found["standard_error"].mean("sample") / found["ex"].std("sample")
    truth = xr.DataArray(expectancies(q, times, 1.0 / 5.0), {"age": AGES}, ["age"])
    inside = ((found["lower"] < truth) & (truth < found["upper"])).mean("sample")
    if open_age:
        np.testing.assert_allclose(ratio, 1.0, atol=0.035)
        np.testing.assert_allclose(inside, 0.95, atol=0.012)
    else:
        assert float(ratio.sel(age=65)) < 0.93


def test_years_and_sexes_are_tables_of_their_own_in_any_order(counts):
    deaths, exposure = counts
    sexes = xr.DataArray([1.0, 1.3], {"sex": ["female", "male"]}, ["sex"])
    many = life_expectancy_interval((deaths * sexes).transpose("age", "sex"), (exposure * xr.ones_like(sexes)))
    for sex, factor in (("female", 1.0), ("male", 1.3)):
        one = life_expectancy_interval(deaths * factor, exposure, sex=sex)
        for name in ("ex", "standard_error", "lower", "upper"):
            np.testing.assert_allclose(many[name].sel(sex=sex), one[name], rtol=1e-12)
    assert many["standard_error"].attrs["units"] == "years"


def test_what_is_refused(counts):
    deaths, exposure = counts
    with pytest.raises(BadInput, match="level"):
        life_expectancy_interval(deaths, exposure, sex="male", level=95)
    none, nobody = (part.where(part["age"] != 20, 0.0) for part in (deaths, exposure))
    with pytest.raises(OutOfBounds, match=r"exposure must be above 0[\s\S]*age 20[\s\S]*neighbours"):
        life_expectancy_interval(none, nobody, sex="male")
    with pytest.raises(BadInput, match="open age 85"):
        life_expectancy_interval(deaths.where(deaths["age"] < 85, 0.0), exposure, sex="male")


def test_an_age_as_wide_as_two_others_is_told():
    """Labels that come with the numbers may lack one; those given apart are meant."""
    ages, deaths, people = [0, 1, 5, 10, 20, 25], [10.0, 5, 5, 8, 9, 90], [1e3, 4e3, 5e3, 1e4, 5e3, 2e4]
    found = life_expectancy_interval(deaths, people, ax=2.0 * np.array([0.1, 1, 1, 2, 1, 1]), coords={"age": ages})
    assert found.sizes["age"] == 6
    with pytest.raises(BadInput, match="an age is missing between 10 and 20"):
        life_expectancy_interval(*(xr.DataArray(one, {"age": ages}, ["age"]) for one in (deaths, people)), ax=0.1)
