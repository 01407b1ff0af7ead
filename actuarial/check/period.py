"""The periods of a projection: years, the first of which begins on the valuation date, which may lie inside it."""

import calendar
import datetime
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from actuarial.errors import BadBasis
from actuarial.translation import N_, Told

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

YEAR_END = "12-31"


def year_fraction(dataset: Any) -> "xr.DataArray":
    """Length of the period of every projected year.

    Parameters
    ----------
    dataset : Dataset over `year`
        Its attribute `valuation_date` is a day such as 2025-06-30; `year_end` is the last day of its years (12-31).

    Returns
    -------
    DataArray by year, years
        1 everywhere, but in the first year the part of it that follows the valuation date. A basis that names no date
        begins with a whole year.

    Raises
    ------
    BadBasis
        A date that is none, or that lies outside the first projected year.

    Notes
    -----
    phi = days after the valuation date / days of the year. Of a valuation date inside the year every annual probability
    q becomes 1 - (1-q)^phi in the first period, the constant force of the year at work for a part of it [1]_.

    References
    ----------
    .. [1] Bowers, N. L. et al. (1997), Actuarial mathematics, Society of Actuaries, chapter 3 (fractional ages).

    Examples
    --------
    >>> import xarray as xr
    >>> basis = xr.Dataset(coords={"year": [2025, 2026]}, attrs={"valuation_date": "2025-06-30"})
    >>> (365 * year_fraction(basis)).values.tolist()
    [184.0, 365.0]
    """
    from actuarial.quick import labelled

    return labelled(lengths(dataset), ("year",), {"year": dataset["year"]}).rename("year_fraction")


def lengths(dataset: Any) -> "np.ndarray":
    """As `year_fraction`, without labels (year,)."""
    import numpy as np

    length = np.ones(dataset.sizes["year"])
    length[0] = first_period(dataset)
    return length


def first_period(dataset: Any) -> float:
    """Length of the first period, years; parameters and errors as `year_fraction`."""
    date = dataset.attrs.get("valuation_date")
    if date is None or not str(date).strip():
        return 1.0
    first, year_end = int(dataset.variables["year"].values[0]), dataset.attrs.get("year_end", YEAR_END)
    words = isinstance(date, str) and isinstance(year_end, str)
    found = (_part_of_year if words else part_of_year)(date, first, year_end)
    if isinstance(found, str):
        raise BadBasis(found)
    return found


def twelfths_before(dataset: Any) -> float:
    """Fraction of the first year up to the valuation date with all months of one length: 0.5 on 30 June.

    Dates of the law that are given by their month are compared with it; 0 where the first period is a whole year.
    """
    if first_period(dataset) == 1.0:
        return 0.0
    day = datetime.date.fromisoformat(dataset.attrs["valuation_date"]) + datetime.timedelta(days=1)
    end = last_day(int(dataset["year"].values[0]) - 1, dataset.attrs.get("year_end", YEAR_END))
    assert end is not None, "the length of the first period is known"
    start = end + datetime.timedelta(days=1)
    days = (day.day - start.day) / calendar.monthrange(day.year, day.month)[1]
    return ((day.year - start.year) * 12 + day.month - start.month + days) / 12.0


def of_periods(probability: "np.ndarray", length: float) -> "np.ndarray":
    """Annual probabilities, years first, as those of the periods: 1 - (1-q)^phi in a first year of the length phi."""
    if length == 1.0:
        return probability
    result = probability.copy()
    result[0] = 1.0 - (1.0 - probability[0]) ** length
    return result


def part_of_year(date: Any, first: int | None, year_end: Any = YEAR_END) -> float | Told:
    """Part of the year `first` that follows a date, or a sentence that says why there is none.

    Where the first year is not known, it is taken to begin after the date.
    """
    day = day_of(date)
    if day is None:
        return Told("valuation_date must be a day such as 2024-12-31 (got {value!r}).", value=str(date))
    if first is None:
        return 1.0
    begins, ends = last_day(first - 1, year_end), last_day(first, year_end)
    if begins is None or ends is None:
        text = N_("year_end must be the month and the day on which years end, such as 12-31 (got {value!r}).")
        return Told(text, value=year_end)
    if begins <= day < ends:
        return (ends - day).days / (ends - begins).days
    own = last_day(day.year, year_end)
    fits = day.year if own is not None and day < own else day.year + 1
    return Told(
        "valuation_date is {date}, but the first projected year is {first}; it must be {begins} or a later day before "
        "{ends}. Write {begins} (and carry the stocks to that day), or start the years at {fits}.",
        date=str(date),
        first=str(first),
        begins=str(begins),
        ends=str(ends),
        fits=str(fits),
    )


@lru_cache(maxsize=256)
def _part_of_year(date: str, first: int, year_end: str) -> float | Told:
    """As `part_of_year`, which is asked again and again."""
    return part_of_year(date, first, year_end)


def day_of(text: Any) -> datetime.date | None:
    """The day that a text such as 2024-12-31 names, if any."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def last_day(year: int, year_end: Any = YEAR_END) -> datetime.date | None:
    """Last day of a year that ends on a month and day such as 12-31; 02-29 is 02-28 where there is none."""
    if not isinstance(year_end, str) or not re.fullmatch(r"(0[1-9]|1[0-2])-[0-3]\d", year_end):
        return None
    month, day = map(int, year_end.split("-"))
    longest = calendar.monthrange(year, month)[1]
    if not (1 <= day <= longest or (month, day) == (2, 29)):
        return None
    return datetime.date(year, month, min(day, longest))
