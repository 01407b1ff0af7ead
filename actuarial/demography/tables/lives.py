"""One life by the table: yearly survival to the end of life, and survival within each year of age."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography.labels import refuse
from actuarial.demography.tables.lifetable import by_age
from actuarial.errors import BadInput

LEFT, LONGEST = 40.0, 5_000  # e-folds after which nothing is left above an open age, and the most years of them
FRACTIONS = ("udd", "constant-force", "balducci", "woolhouse")


@dataclass(frozen=True)
class Life:
    """Survival by year of age, on to the end of life.

    Attributes
    ----------
    labels : DataArray of (..., age)
        The ages at which a value may begin.
    px : array of (..., age and beyond), dimensionless
        Probability of surviving each year of age.
    open_from : int
        Position from which the force of mortality is constant whatever the assumption within the other years, except
        in a year that nobody survives.
    """

    labels: xr.DataArray
    px: np.ndarray
    open_from: int

    def within(self, times: np.ndarray, fraction: str) -> np.ndarray:
        """Survival from the start of each year of age to times in it (0 to 1), by (time, ..., age and beyond)."""
        at = times.reshape(-1, *[1] * self.px.ndim)
        forced = self.px[None] ** at
        if fraction == "constant-force":
            return forced
        spread = self._balducci(at) if fraction == "balducci" else 1.0 - at * (1.0 - self.px)
        above = np.s_[..., self.open_from :]
        spread[above] = np.where(self.px[above] > 0, forced[above], spread[above])
        return spread

    def _balducci(self, at: np.ndarray) -> np.ndarray:
        """p / (p + s q): who reaches a time in the year survives the rest of it with 1 - (1 - s) q."""
        below = self.px + at * (1.0 - self.px)
        return np.divide(self.px, below, out=np.ones(np.broadcast_shapes(at.shape, self.px.shape)), where=below > 0)

    def aged(self, part: float, times: np.ndarray, fraction: str) -> tuple["Life", np.ndarray]:
        """The life, and survival within its years, where each year starts so long after a birthday."""
        if part == 0.0:
            return self, self.within(times, fraction)
        word = between_birthdays(fraction)
        reached = self.within(np.array([part]), word)[0]
        before = self.within(np.minimum(part + times, 1.0), word)
        after = _next(self.within(np.maximum(part + times - 1.0, 0.0), word))
        some = reached > 0
        later = np.divide(before * after, reached, out=np.zeros(before.shape), where=some)
        later[0] = 1.0
        px = np.divide(self.px * _next(reached), reached, out=np.zeros(self.px.shape), where=some)
        return replace(self, px=px), later

    def along(self, values: np.ndarray, start: int, cohorts: bool) -> np.ndarray:
        """Values (..., age and beyond) from a start on, of one table or along the cohorts of a table by year."""
        if not cohorts:
            return values[..., start:]
        place = self.labels.dims.index("year") - self.labels.ndim
        later = np.arange(values.shape[-1] - start)
        years = np.minimum(np.arange(values.shape[place])[:, None] + later, values.shape[place] - 1)
        found = np.moveaxis(values, place, 0)[years, ..., start + later]
        return np.moveaxis(np.moveaxis(found, 1, -1), 0, place)

    def place(self, age: Any) -> tuple[int, float]:
        """Position of the last birthday at an exact age, and the time since; BadInput where the table has none such."""
        ages = self.labels["age"].values
        found = np.searchsorted(ages, age, side="right") - 1
        if found < 0 or not age < ages[-1] + 1:
            raise BadInput(f"age: the table has the exact ages {ages[0]} to below {ages[-1] + 1} (got {age}).")
        return int(found), float(age - ages[found])


def _next(values: np.ndarray) -> np.ndarray:
    """Values of the next year of age; those of the last one stay."""
    return np.concatenate([values[..., 1:], values[..., -1:]], axis=-1)


def fraction_of(word: str) -> str:
    """The word for survival within a year, with a dash."""
    found = str(word).replace("_", "-")
    if found not in FRACTIONS:
        raise BadInput(f"fraction: {word!r} is not known; write one of {', '.join(FRACTIONS)}.")
    return found


def between_birthdays(fraction: str) -> str:
    """How deaths are spread up to an age between birthdays: evenly by Woolhouse's formula."""
    return "udd" if fraction == "woolhouse" else fraction


def life_of(table: Any, fall: float) -> Life:
    """The survival that a life table, probabilities of dying or survivors tell.

    Parameters
    ----------
    table : Dataset with `qx` and `ex`, or array or DataArray of (..., age)
        See `actuarial.demography.tables.present_values.annuity`.
    fall : float, 1/year
        Force of interest less that of growth after the last known year.

    Raises
    ------
    BadInput
        Wider ages than one year, no end of life.
    OutOfBounds
        Probabilities outside 0 to 1, survivors that increase.
    """
    if not isinstance(table, xr.Dataset):
        return _closed(table)
    if "qx" in table and "ex" in table:
        return _open(_single(by_age(table["qx"], "qx")), by_age(table["ex"], "ex").values[..., -1], fall)
    for name in ("qx", "lx"):
        if name in table:
            return _closed(table[name])
    raise BadInput("table: a Dataset needs qx and ex, as `life_table` gives them, or qx or lx alone.")


def _single(array: xr.DataArray) -> xr.DataArray:
    if (np.diff(array["age"].values) != 1).any():
        raise BadInput(
            "table: present values need single ages; make death rates of wider ages single by `split_rates` before."
        )
    return array


def _closed(table: Any) -> Life:
    """A table whose last age nobody outlives, from probabilities or survivors."""
    array = _single(by_age(table, "table"))
    name = getattr(table, "name", None)
    values = array.values
    if name == "lx" or (name != "qx" and (values[..., 0] >= 1.0).all()):
        return Life(array, _from_survivors(array), array.sizes["age"])
    refuse(array, values > 1.0, "qx must not exceed 1", "Central death rates are turned by `qx_from_mx`.")
    last = array.isel(age=[-1])
    refuse(
        last,
        last.values != 1.0,
        "qx must be 1 at the last age, or some live for ever",
        "Give a table of `life_table`, which knows how long they live, or survivors that begin with 1 or more.",
    )
    return Life(array, 1.0 - values, array.sizes["age"])


def _from_survivors(array: xr.DataArray) -> np.ndarray:
    living = array.values
    rising = np.zeros(living.shape, dtype=bool)
    rising[..., 1:] = living[..., 1:] > living[..., :-1]
    refuse(array, rising, "lx must not increase with age")
    after = np.concatenate([living[..., 1:], np.zeros_like(living[..., :1])], axis=-1)
    return np.divide(after, living, out=np.zeros(living.shape), where=living > 0)


def _open(array: xr.DataArray, expectancy: np.ndarray, fall: float) -> Life:
    """A table with an open last age, where the force of mortality is one over the life expectancy.

    A life expectancy of half a year is that of a last year of age in which all die.
    """
    refuse(array, array.values > 1.0, "qx must not exceed 1")
    last = array.isel(age=[-1])
    refuse(
        last,
        last.values != 1.0,
        "qx must be 1 at the open age, or the table is cut off there",
        "Give the whole table and choose ages with age=, or close it with `close_table` or `life_table`.",
    )
    force = np.divide(1.0, expectancy, out=np.full(expectancy.shape, 1e9), where=expectancy > 0)
    decay = float(force.min()) + fall
    years = LEFT / decay if decay > 0 else np.inf
    if years > LONGEST:
        raise BadInput(
            f"table: at the open age {array['age'].values[-1]} the values do not end, for mortality there "
            f"({float(force.min()):.4g} a year) does not outweigh the growth above interest; close the table or give "
            "a lower growth."
        )
    going_on = np.where(np.isclose(expectancy, 0.5, rtol=0.0, atol=1e-12), 0.0, np.exp(-force))
    beyond = np.repeat(going_on[..., None], int(np.ceil(years)), axis=-1)
    return Life(array, np.concatenate([1.0 - array.values[..., :-1], beyond], axis=-1), array.sizes["age"] - 1)
