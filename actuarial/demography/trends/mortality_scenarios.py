"""Death rates of the years to come in random scenarios."""

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described
from actuarial.demography.streams import COHORTS, MORTALITY, random_stream
from actuarial.demography.trends.arima_index import Course, Order
from actuarial.demography.trends.cohort_index import by_cell, cohorts_ahead
from actuarial.demography.trends.death_models import rates_of
from actuarial.demography.trends.parameter_bootstrap import PARAMETERS
from actuarial.demography.trends.time_index import FORECAST_WORDS, moved_by, ordered, square_root, start
from actuarial.errors import BadInput

UNCERTAINTY = ("process", "parameter", "both")


@kind.takes(model=kind.dataset, uncertainty=kind.word, jump_off=kind.word, bootstrap=kind.optional(kind.dataset))
def mortality_draws(
    model: xr.Dataset,
    horizon: int,
    scenarios: int,
    seed: int,
    *,
    uncertainty: str = "both",
    jump_off: str = "fitted",
    bootstrap: xr.Dataset | None = None,
    order: Order = (0, 1, 0),
    cohort_order: Order | None = None,
) -> xr.Dataset:
    """Death rates of the years to come in random scenarios.

    Parameters
    ----------
    model : Dataset of `lee_carter` or `cairns_blake_dowd`, or of one of them with cohorts
    horizon : int, years
    scenarios : int
    seed : int, from 0 to 2^64 - 1
        Scenario i has a stream of random numbers of its own, of the seed and i: it does not depend on how many there
        are, and its first years not on the horizon. It is independent of that of `draw_assumptions`.
    uncertainty : "process", "parameter" or "both"
        Of changes to come, of the estimated drifts, or both.
    jump_off : "fitted" or "observed"
    bootstrap : Dataset of `mortality_bootstrap`, optional
        Scenario i has alpha, beta, kappa and gamma of its sample i, from the first again after the last.
    order, cohort_order : (p, d, q)
        Of the index and of the effects of cohorts, see `mortality_forecast`.

    Returns
    -------
    Dataset
        `kappa` (scenario, year) and `mx` (scenario, year, age), with the model's other dims; also `qx` of a logit link;
        with cohorts `gamma` (scenario, cohort).

    Raises
    ------
    OutOfBounds, BadInput, MissingVariable
        As `mortality_forecast`; a bootstrap of another model.

    Notes
    -----
    The series of several sexes or groups change together, with the covariance that was seen. Effects of cohorts have
    streams of their own.
    """
    if uncertainty not in UNCERTAINTY:
        raise BadInput(f"uncertainty: {uncertainty!r} is not known; write one of {', '.join(UNCERTAINTY)}.")
    if not isinstance(scenarios, (int, np.integer)) or scenarios < 1:
        raise BadInput(f"scenarios: a whole number is needed, at least 1 (got {scenarios!r}).")
    if bootstrap is not None:
        _require_own(bootstrap, model)
    samples = 1 if bootstrap is None else bootstrap.sizes["sample"]
    one_by_one = []
    for number in range(min(samples, scenarios)):
        mine = model if bootstrap is None else model.assign(bootstrap.isel(sample=number, drop=True))
        chosen = np.arange(number, scenarios, samples)
        course, base = start(mine, horizon, jump_off, order)
        moved = _paths(course, chosen, seed, uncertainty)
        drawn = {"kappa": course.model["last"] + moved}
        eta = base + moved_by(mine["beta"], moved)
        born = cohorts_ahead(mine, horizon, cohort_order)
        if born is not None:
            effects = born.effects(_paths(born.course, chosen, seed, uncertainty, COHORTS))
            eta = eta + by_cell(effects, moved["year"], mine["age"])
            oldest = int(moved["year"][0] - mine["age"].max())
            drawn["gamma"] = effects.sel(cohort=slice(oldest, None))
        one_by_one.append(xr.Dataset(drawn | rates_of(eta, model.attrs["link"])))
    found = xr.concat(one_by_one, dim="scenario") if len(one_by_one) > 1 else one_by_one[0]
    return described(ordered(found.sortby("scenario")), FORECAST_WORDS)


def _require_own(bootstrap: xr.Dataset, model: xr.Dataset) -> None:
    """Refuse samples of the parameters of another model."""
    same = bootstrap.attrs.get("method") == model.attrs.get("method")
    for name in PARAMETERS:
        if same and name in model:
            dims = set(model[name].dims)
            same = name in bootstrap and set(bootstrap[name].dims) - {"sample"} == dims
            same = same and all(np.array_equal(bootstrap[dim].values, model[dim].values) for dim in dims)
    if not same:
        raise BadInput("bootstrap: it is not that of the model; give mortality_bootstrap(model, ...) of this one.")


def _paths(
    course: Course, scenarios: np.ndarray, seed: int, uncertainty: str, first: int = MORTALITY
) -> xr.DataArray:
    """What an index, or the effects of cohorts, are above the last one of data: (scenario, year) and the other dims."""
    walk, horizon = course.model, course.expected.sizes["year"]
    series, root = walk["covariance"].shape[0], square_root(walk["covariance"].values)
    noise = np.empty((len(scenarios), horizon, series))
    shocks, share = (one.values.reshape(series, horizon) for one in (course.shocks, course.of_drift))
    later = np.arange(horizon)[:, None] - np.arange(horizon)
    carried = np.where(later >= 0, shocks[:, later], 0.0)
    for row, scenario in enumerate(scenarios):
        random = random_stream(seed, first + int(scenario))
        of_drift = random.standard_normal(series)
        to_come = random.standard_normal((horizon, series))
        of_drift, to_come = of_drift * (uncertainty != "process"), to_come * (uncertainty != "parameter")
        noise[row] = np.einsum("shk,ks->hs", carried, to_come @ root) + share.T * (of_drift @ root)
    coords = {"scenario": scenarios, "year": course.expected["year"], **walk["drift"].coords}
    dims = ("scenario", "year", *walk["drift"].dims)
    shape = (len(scenarios), horizon, *walk["drift"].shape)
    return course.expected + xr.DataArray(noise.reshape(shape), dims=dims, coords=coords)
