"""Effects of cohorts in the years to come: those that were seen, and forecasts of those that were not."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from actuarial.demography.trends.arima_index import Course, Order, course_of, order_of
from actuarial.errors import BadInput
from actuarial.translation import few

ORDER_OF_COHORTS = (1, 1, 0)


@dataclass(frozen=True)
class CohortsAhead:
    """What is known of the effects of the cohorts of a model in its years to come."""

    seen: xr.DataArray
    """Effects over the other dims of the model and cohort."""
    course: Course
    """Of the cohorts that follow; where it says year, the year of birth."""

    def effects(self, moved: xr.DataArray) -> xr.DataArray:
        """Effects of all cohorts, of what those that follow are above the last one that was seen."""
        later = self.course.model["last"] + moved.rename(year="cohort")
        seen = self.seen.expand_dims(scenario=moved["scenario"]) if "scenario" in moved.dims else self.seen
        return xr.concat([seen, later.transpose(*seen.dims)], dim="cohort", join="exact").drop_attrs()

    def variances(self) -> tuple[xr.DataArray, xr.DataArray]:
        """Of the effects, from shocks to come and from the estimated drift; 0 of the cohorts that were seen."""
        spread = self.course.model["innovation"].drop_attrs() ** 2
        later = spread * (self.course.shocks**2).cumsum("year"), spread * self.course.of_drift**2
        none = xr.zeros_like(self.seen)
        of_shocks, of_drift = (
            xr.concat([none, one.rename(year="cohort").transpose(*none.dims)], dim="cohort", join="exact")
            for one in later
        )
        return of_shocks, of_drift


def cohorts_ahead(model: xr.Dataset, horizon: int, order: Order | None) -> CohortsAhead | None:
    """The effects of cohorts up to the last one of a horizon; None of a model without them.

    Raises
    ------
    BadInput
        Too few cohorts, some that are not seen between others or of one sex only, an order without cohorts.
    NoSolution
        As `arima_index`.
    """
    if "gamma" not in model:
        if order is not None:
            raise BadInput("cohort_order: the model has no effects of cohorts; leave it out.")
        return None
    chosen = order_of(ORDER_OF_COHORTS if order is None else order, "cohort_order")
    seen, last = _seen(model["gamma"].drop_attrs(), chosen), int(model["year"][-1])
    oldest = last + 1 - int(model["age"].max())
    if oldest < int(seen["cohort"][0]):
        raise BadInput(
            f"model: the year {last + 1} needs the cohort of {oldest}, but the first one seen is that of "
            f"{int(seen['cohort'][0])}; fit more years, or leave fewer cohorts out."
        )
    later = np.arange(int(seen["cohort"][-1]) + 1, last + horizon - int(model["age"].min()) + 1)
    return CohortsAhead(seen, course_of(seen.rename(cohort="year"), chosen, later, "gamma"))


def _seen(gamma: xr.DataArray, order: Order) -> xr.DataArray:
    others = [dim for dim in gamma.dims if dim != "cohort"]
    some, all_of = gamma.notnull().any(others), gamma.notnull().all(others)
    labels = gamma["cohort"].values[some.values]
    torn = [int(one) for one in gamma["cohort"].values[(some & ~all_of).values]]
    torn = torn or sorted(set(range(int(labels[0]), int(labels[-1]) + 1)) - set(labels.tolist()))
    if torn:
        raise BadInput(
            f"gamma: cohorts must follow each other and be seen in all fits of the model; {len(torn)} are not: "
            f"{few(torn)}.\n  Their future is not forecast: use the same cells of each, or a model without cohorts."
        )
    least = 3 if order == (0, 1, 0) else 6
    if len(labels) < least:
        raise BadInput(
            f"gamma: the order {order} needs at least {least} cohorts, but {len(labels)} are seen; fit more years or "
            "ages, or a model without cohorts."
        )
    return gamma.sel(cohort=labels)


def by_cell(effects: xr.DataArray, years: xr.DataArray, ages: xr.DataArray) -> xr.DataArray:
    """Effects by year and age, of those of cohorts."""
    return effects.sel(cohort=years - ages).drop_vars("cohort")
