"""Deaths and central exposed to risk from dated records of persons: each life split by calendar year and age."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described
from actuarial.demography.rates.record_checks import Lives, read_lives
from actuarial.errors import BadInput, IdentityFailed

WORDS = {
    "deaths": ("persons", "Deaths or other events counted"),
    "exposure": ("person-years", "Central exposed to risk"),
    "days": ("days", "Days under observation"),
}


@kind.takes(events=kind.words, others=kind.words, oldest=kind.optional(kind.whole), leave_out=kind.truth)
def exposure_from_records(
    records: Any,
    *,
    events: Sequence[str] = ("dead",),
    others: Sequence[str] = ("alive",),
    oldest: int | None = None,
    leave_out: bool = False,
) -> xr.Dataset:
    """Deaths and exposures by calendar year, sex and age last birthday from records with dates.

    Parameters
    ----------
    records : DataFrame, or mapping of column to array
        A row for each time that a person was under observation: `birth`, `entry`, `exit` (dates: datetime64, date or
        text as 2021-12-31), `status` at the exit (text); optionally `sex` ("male" or "female"), `group` (text),
        `person` (any label of the person, who may have several rows).
    events : sequence of str
        What `status` says where the exit is a death, or any other event that is counted; several give the dim cause.
    others : sequence of str
        What `status` says where the exit is none: alive at the end, withdrawn, retired.
    oldest : int, years, optional
        Open last age; all ages up to the highest observed where it is left out.
    leave_out : bool
        Go on without the rows that are refused, and warn. Otherwise they stop the calculation.

    Returns
    -------
    Dataset over year, cause (if several events), group (if given), sex (if given), age
        `deaths` (persons), `exposure` (person-years) and `days` (without cause). The attributes `rows`, `refused_rows`
        (numbers) and `warnings` (text, a line each).

    Raises
    ------
    BadInput
        Missing columns, columns of other lengths, words in both `events` and `others`; rows that cannot be meant: how
        many for each reason, and the first.
    IdentityFailed
        The days by cell are not the days of the rows.

    Notes
    -----
    A person is under observation from the start of the day of entry to the start of the day of exit, exit - entry days;
    these days fall to the cells without a rest. A birthday of 29 February is 1 March in ordinary years. The exposure
    of a cell is its days over those of the calendar year, 365 or 366. A death counts in the year and at the age of its
    day, also where that is the first day of a year or of an age.

    Refused are rows where a date is missing or cannot be read, the entry is before the birth, the exit before the
    entry or more than 130 years after the birth, the status or the sex is not one of the words; with `person`, also
    those whose time overlaps an earlier row of the person, or follows the event, or whose birth is another one. Without
    `person` equal rows are counted, and a warning says how many there are.

    References
    ----------
    .. [1] Macdonald, A. S., Richards, S. J., Currie, I. D. (2018), Modelling mortality with actuarial applications,
       Cambridge University Press, chapters 2 and 4.

    Examples
    --------
    >>> columns = ("birth", "entry", "exit", "status")
    >>> row = ("1950-07-01", "2020-01-01", "2021-07-01", "dead")
    >>> found = exposure_from_records(dict(zip(columns, ([cell] for cell in row), strict=True)))
    >>> found.days.sel(year=2020).values.tolist(), found.deaths.sel(year=2021, age=71).item()
    ([182.0, 184.0, 0.0], 1.0)
    """
    if oldest is not None and (not isinstance(oldest, (int, np.integer)) or oldest < 0):
        raise BadInput(f"oldest must be a whole age of 0 or more, but it is {oldest!r}.")
    lives = read_lives(records, events, others, leave_out)
    born = _parts(lives.birth)
    years = np.arange(int(_parts(lives.entry.min())[0]), int(_parts(lives.exit.max())[0]) + 1)
    ages = _ages(lives, born, oldest)
    days, deaths = _count(lives, born, years, ages, len(events))
    total = int((lives.exit - lives.entry).sum())
    if days.sum() != total:
        raise IdentityFailed(f"The days by cell are {days.sum()}, but the rows have {total}.")
    coords = {"year": years, "group": lives.groups, "sex": lives.sexes, "age": ages}
    time = xr.DataArray(days.astype(float), coords)
    lengths = xr.DataArray(np.diff(_first_days(years)).astype(float), {"year": years})
    counted = xr.DataArray(deaths.astype(float), {"cause": list(events), **coords}).transpose("year", "cause", ...)
    result = xr.Dataset({"deaths": counted, "exposure": time / lengths, "days": time})
    given = {"cause": len(events) > 1, "group": lives.grouped, "sex": lives.sexed}
    unused = [dim for dim in given if not given[dim]]
    result = described(result.isel(dict.fromkeys(unused, 0), drop=True), WORDS)
    return result.assign_attrs(rows=lives.rows, refused_rows=lives.refused, warnings="\n".join(lives.warnings))


def _count(
    lives: Lives, born: tuple[np.ndarray, ...], years: np.ndarray, ages: np.ndarray, causes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Days (year, group, sex, age) and events (cause, year, group, sex, age): year after year, all lives at once."""
    shape = (len(lives.groups), len(lives.sexes), ages.size)
    days = np.zeros((years.size, *shape), dtype=np.int64)
    events = np.zeros((causes, *days.shape), dtype=np.int64)
    starts, cells = _first_days(years), (lives.group * shape[1] + lives.sex) * shape[2] - ages[0]
    for t, year in enumerate(years):
        here = np.flatnonzero((lives.entry < starts[t + 1]) & (lives.exit >= starts[t]))
        enter, leave = np.maximum(lives.entry[here], starts[t]), np.minimum(lives.exit[here], starts[t + 1])
        birthday = _birthdays([part[here] for part in born[1:]], year)
        age, cell = year - born[0][here], cells[here]
        after = np.maximum(leave - np.maximum(enter, birthday), 0)
        before = np.maximum(leave - enter, 0) - after
        for reached, time in ((age - 1, before), (age, after)):
            some = time > 0
            place = cell[some] + np.minimum(reached[some], ages[-1])
            days[t] += _sums(place, time[some], days[t])
        died = (lives.event[here] >= 0) & (lives.exit[here] < starts[t + 1])
        reached = np.minimum(age - (lives.exit[here] < birthday), ages[-1])
        for cause in range(causes):
            place = (cell + reached)[died & (lives.event[here] == cause)]
            events[cause, t] += _sums(place, None, days[t])
    return days, events


def _sums(place: np.ndarray, amounts: np.ndarray | None, like: np.ndarray) -> np.ndarray:
    return np.rint(np.bincount(place, weights=amounts, minlength=like.size)).astype(np.int64).reshape(like.shape)


def _ages(lives: Lives, born: tuple[np.ndarray, ...], oldest: int | None) -> np.ndarray:
    """Ages from the lowest at an entry to the highest at an exit, at most the open one."""
    low, high = int(_age_at(lives.entry, born).min()), int(_age_at(lives.exit, born).max())
    return np.arange(low, high + 1) if oldest is None else np.arange(min(low, oldest), oldest + 1)


def _age_at(day: np.ndarray, born: tuple[np.ndarray, ...]) -> np.ndarray:
    year = _parts(day)[0]
    return year - born[0] - (day < _birthdays(born[1:], year))


def _birthdays(born: Sequence[np.ndarray], year: Any) -> np.ndarray:
    """Days of the birthdays in a year; 29 February is 28 days after the first of its month: 1 March or itself."""
    month, day = born
    first = ((np.asarray(year) - 1970) * 12 + month).astype("datetime64[M]").astype("datetime64[D]")
    return first.astype(np.int64) + day


def _parts(day: np.ndarray) -> tuple[np.ndarray, ...]:
    """Year, month and day of days since 1970; the month and the day from 0."""
    months = np.asarray(day).astype("datetime64[D]").astype("datetime64[M]")
    month = months.astype(np.int64)
    return month // 12 + 1970, month % 12, day - months.astype("datetime64[D]").astype(np.int64)


def _first_days(years: np.ndarray) -> np.ndarray:
    """1 January of the years and of the year that follows, in days since 1970."""
    every = np.append(years, years[-1] + 1) - 1970
    return every.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
