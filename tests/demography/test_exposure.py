"""Exposures from stocks against integrals, and from records against a count of every day of every person."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.demography.rates.exposure import exposure_between, exposure_from_stocks
from actuarial.demography.rates.records import exposure_from_records
from actuarial.errors import BadInput, OutOfBounds

STOCKS = np.array([[100.0, 80.0, 60.0], [110.0, 84.0, 64.0], [120.0, 90.0, 70.0]])
YEARS = {"year": [2020, 2021, 2022]}


def test_stocks_of_january_and_of_december():
    mean = [[105.0, 82.0, 62.0], [115.0, 87.0, 67.0]]
    start = exposure_from_stocks(STOCKS, coords=YEARS)
    end = exposure_from_stocks(STOCKS, at="end", coords=YEARS)
    assert_allclose(start, mean)
    assert_allclose(end, mean)
    assert start.year.values.tolist() == [2020, 2021]
    assert end.year.values.tolist() == [2021, 2022]
    assert start.attrs["units"] == "person-years"


def test_stocks_of_july_are_the_exposure():
    assert_allclose(exposure_from_stocks(STOCKS, at="mid", coords=YEARS), STOCKS)


def cohorts(force, older, younger):
    """A year of age at a constant force, births spread evenly: exposures of the triangles by the rule of Gauss."""
    points, weights = np.polynomial.legendre.leggauss(20)
    v, w = (points + 1) / 2, weights / 2
    alive = np.exp(-force * v)
    upper, lower = older * (w * alive * v).sum(), younger * (w * alive * (1 - v)).sum()
    return older * (w * alive).sum(), younger * (w * alive).sum(), force * lower, force * upper, lower + upper


def test_triangles_of_deaths_correct_the_census_method():
    """The error falls with the square of the force where the triangles are known, else with the force itself."""
    errors = {True: [], False: []}
    for force in (0.02, 0.01):
        first, second, lower, upper, exact = cohorts(force, 1.0, 3.0)
        for known, found in errors.items():
            deaths = {"lower_deaths": [[lower]], "upper_deaths": [[upper]]} if known else {}
            exposure = exposure_from_stocks([[first], [second]], coords={"year": [2020, 2021]}, **deaths)
            found.append(abs(float(exposure[0, 0]) - exact))
    assert errors[True][0] / errors[True][1] == pytest.approx(4.0, rel=0.02)
    assert errors[False][0] / errors[False][1] == pytest.approx(2.0, rel=0.02)
    assert errors[True][0] < errors[False][0] / 50


def test_labelled_deaths_may_have_more_years():
    labels = {**YEARS, "sex": ["male", "female"], "age": [50, 51, 52]}
    stocks = xr.DataArray(np.stack([STOCKS, 2 * STOCKS], axis=1), labels, ("year", "sex", "age"))
    deaths = stocks / 100
    found = exposure_from_stocks(stocks, lower_deaths=deaths, upper_deaths=2 * deaths)
    assert found.dims == ("year", "sex", "age")
    assert float(found.sel(year=2020, sex="female", age=51)) == pytest.approx(164.0 - 1.6 / 6)


def test_between_two_censuses():
    first, second, years = np.array([100.0, 50.0, 0.0]), np.array([150.0, 50.0, 0.0]), 10.0
    assert_allclose(exposure_between(first, second, years), [1250.0, 500.0, 0.0])
    points, weights = np.polynomial.legendre.leggauss(20)
    grown = (weights / 2 * 100.0 * 1.5 ** ((points + 1) / 2)).sum() * years
    assert_allclose(exposure_between(first, second, years, exponential=True), [grown, 500.0, 0.0])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: exposure_from_stocks(STOCKS, at="1 July"), BadInput, "at must be"),
        (lambda: exposure_from_stocks(STOCKS, coords={"year": [2020, 2025, 2030]}), BadInput, "see exposure_between"),
        (lambda: exposure_from_stocks(STOCKS[:1], coords={"year": [2020]}), BadInput, "there is one"),
        (lambda: exposure_from_stocks(STOCKS, lower_deaths=STOCKS, coords=YEARS), BadInput, "upper_deaths are missing"),
        (
            lambda: exposure_from_stocks(STOCKS, lower_deaths=0 * STOCKS, upper_deaths=9 * STOCKS, coords=YEARS),
            OutOfBounds, "exposure must be at least 0: 6 of 6",
        ),
        (lambda: exposure_between([1.0], [2.0], 0.0), BadInput, "years must be above 0"),
        (lambda: exposure_between([1.0, 2.0], [2.0], 1.0), BadInput, "same dims and labels"),
        (lambda: exposure_between([0.0], [2.0], 1.0, exponential=True), OutOfBounds, "persons at both dates"),
    ],
)
def test_stocks_that_are_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


def records(count, seed=0):
    rng = np.random.default_rng(seed)
    birth = np.datetime64("1940-01-01") + rng.integers(0, 365 * 40, count).astype("timedelta64[D]")
    birth[: count // 8] = np.datetime64("1944-02-29")
    entry = np.datetime64("2018-11-01") + rng.integers(0, 500, count).astype("timedelta64[D]")
    leave = entry + rng.integers(0, 900, count).astype("timedelta64[D]")
    leave[: count // 10] = np.maximum(entry, np.datetime64("2021-01-01"))[: count // 10]
    return pd.DataFrame(
        {
            "birth": birth, "entry": entry, "exit": leave, "sex": rng.choice(["male", "female"], count),
            "status": rng.choice(["dead", "alive", "disabled"], count), "group": rng.choice(["a", "b"], count),
            "person": np.arange(count),
        }
    )


def age_on(day, birth):
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def day_by_day(table):
    """Days and events, a person and a day at a time."""
    days, events = {}, {}
    for row in table.itertuples():
        birth, day, leave = (stamp.date() for stamp in (row.birth, row.entry, row.exit))
        while day < leave:
            key = (day.year, row.group, row.sex, age_on(day, birth))
            days[key] = days.get(key, 0) + 1
            day += timedelta(days=1)
        key = (leave.year, row.status, row.group, row.sex, age_on(leave, birth))
        events[key] = events.get(key, 0) + 1
    return days, events


def test_records_are_split_as_day_by_day():
    table = records(80)
    found = exposure_from_records(table, events=("dead", "disabled"))
    days, events = day_by_day(table)
    for key, number in days.items():
        cell = dict(zip(("year", "group", "sex", "age"), key, strict=True))
        assert found.days.sel(cell) == number
        assert float(found.exposure.sel(cell)) == pytest.approx(number / (366 if key[0] == 2020 else 365), rel=1e-12)
    assert found.days.sum() == sum(days.values()) == (table.exit - table.entry).dt.days.sum()
    for key, number in events.items():
        if key[1] != "alive":
            assert found.deaths.sel(dict(zip(("year", "cause", "group", "sex", "age"), key, strict=True))) == number
    assert found.deaths.sum() == (table.status != "alive").sum()
    assert found.deaths.dims == ("year", "cause", "group", "sex", "age")


def test_an_open_last_age_takes_all_that_are_older():
    table = records(60, seed=3)
    every, closed = (exposure_from_records(table, others=("alive", "disabled"), oldest=age) for age in (None, 55))
    assert closed.age.values[-1] == 55
    for name in ("days", "deaths"):
        assert_allclose(closed[name].sel(age=55), every[name].sel(age=slice(55, None)).sum("age"))
        assert_allclose(closed[name].sel(age=54), every[name].sel(age=54))


def test_a_birthday_of_29_february_is_1_march_in_ordinary_years():
    row = {"birth": ["1960-02-29"], "entry": ["2023-02-28"], "exit": ["2023-03-02"], "status": ["alive"]}
    assert exposure_from_records(row).days.sel(year=2023).to_series().to_dict() == {62: 1.0, 63: 1.0}
    row |= {"entry": ["2024-02-28"], "exit": ["2024-03-02"]}
    assert exposure_from_records(row).days.sel(year=2024).to_series().to_dict() == {63: 1.0, 64: 2.0}


def test_a_death_on_the_first_day_of_a_year_and_an_age():
    row = {"birth": [date(1950, 1, 1)], "entry": [date(2020, 1, 1)], "exit": [date(2021, 1, 1)], "status": ["dead"]}
    found = exposure_from_records(row)
    assert found.deaths.sel(year=2021, age=71) == 1.0
    assert found.exposure.sel(year=2020, age=70) == 1.0
    assert found.exposure.sel(year=2021).sum() == 0.0


def test_several_times_of_a_person():
    table = pd.DataFrame(
        {
            "person": [7, 7, 8], "birth": ["1950-01-01"] * 3, "entry": ["2020-06-01", "2020-01-01", "2020-01-01"],
            "exit": ["2020-09-01", "2020-06-01", "2020-02-01"], "status": ["dead", "alive", "alive"],
        }
    )
    found = exposure_from_records(table)
    assert found.days.sum() == 92 + 152 + 31
    assert found.attrs == {"rows": 3, "refused_rows": 0, "warnings": ""}


def test_times_within_a_longer_one_overlap_it():
    table = pd.DataFrame(
        {
            "person": [1, 1, 1], "birth": ["1950-01-01"] * 3, "entry": ["2020-01-01", "2020-02-01", "2020-04-01"],
            "exit": ["2020-12-01", "2020-03-01", "2020-05-01"], "status": ["alive"] * 3,
        }
    )
    with pytest.raises(BadInput, match=r"2 of 3 rows are refused, the time overlaps .* the first is row 1"):
        exposure_from_records(table)
    table["exit"] = table["entry"] = "2020-01-01"
    with pytest.raises(BadInput, match="2 of 3 rows are refused, the time overlaps"):
        exposure_from_records(table)


WRONG = [
    ({"exit": "2019-12-31"}, "1 of 4 rows are refused, the exit is before the entry.*the first is row 2: birth 1950"),
    ({"birth": "2021-01-01"}, "before the birth"),
    ({"birth": None}, "a date is missing, has no day or cannot be read"),
    ({"exit": "2020-13-01"}, "a date is missing, has no day or cannot be read"),
    ({"status": "deceased"}, "the status is not one of dead, alive"),
    ({"status": None}, "the status is not one of dead, alive"),
    ({"sex": "m"}, "the sex is neither male nor female"),
    ({"person": 1, "entry": "2020-03-01"}, "overlaps an earlier row of the person"),
    ({"person": 1}, "overlaps an earlier row of the person"),
    ({"person": 2, "entry": "2020-07-01", "exit": "2020-08-01"}, "follows the event of the person"),
    ({"person": None}, "the person is missing"),
]


def four():
    return pd.DataFrame(
        {
            "person": [1, 2, 3, 4], "birth": ["1950-05-05"] * 4, "entry": ["2020-01-01"] * 4,
            "exit": ["2020-06-30"] * 4, "status": ["alive", "dead", "alive", "alive"], "sex": ["male"] * 4,
        }
    ).astype(object)


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_rows_that_are_refused(change, words):
    table = four()
    for name, value in change.items():
        table.loc[2, name] = value
    with pytest.raises(BadInput, match=f"1 of 4 rows cannot be meant(?s:.*){words}"):
        exposure_from_records(table)
    found = exposure_from_records(table, leave_out=True)
    assert found.attrs["refused_rows"] == 1
    assert "1 of 4 rows are refused" in found.attrs["warnings"]
    assert found.days.sum() == 3 * 181


def test_equal_rows_without_persons_are_counted_and_told():
    found = exposure_from_records(four().drop(columns="person"))
    assert found.days.sum() == 4 * 181
    assert found.attrs["warnings"].startswith("2 rows are equal to earlier ones, the first is row 2")


def test_tables_that_are_refused():
    table = four()
    with pytest.raises(BadInput, match="the columns exit are missing"):
        exposure_from_records(table.drop(columns="exit"))
    with pytest.raises(BadInput, match="there are no rows"):
        exposure_from_records(table.iloc[:0])
    with pytest.raises(BadInput, match="none of the 4 rows can be used"):
        exposure_from_records(table.assign(exit="2000-01-01"), leave_out=True)
    with pytest.raises(BadInput, match="must be different words"):
        exposure_from_records(table, events=("dead", "alive"))
    with pytest.raises(BadInput, match="dates are numbers"):
        exposure_from_records(table.assign(birth=np.arange(4)))
    with pytest.raises(BadInput, match="different lengths"):
        exposure_from_records({**{name: table[name].to_list() for name in table}, "status": ["dead"]})


@pytest.mark.parametrize("birth", [["1950"], ["1950-03"], np.array(["1950-03"], dtype="datetime64[M]")])
def test_dates_without_day_are_refused(birth):
    """They would be read as the first day of the month or of the year."""
    rest = {"entry": ["2019-01-01"], "exit": ["2020-01-01"], "status": ["dead"]}
    with pytest.raises(BadInput, match="no day"):
        exposure_from_records({"birth": birth, **rest})
    days = [exposure_from_records({"birth": day, **rest}) for day in (["1950-03-01"], ["19500301"])]
    assert days[0].identical(days[1])
