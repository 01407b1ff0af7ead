"""Deaths and exposures by year and age, and how well a model of them fits."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography.labels import ORDER, described, gap_in, known, labelled, refuse, require_given, same_labels
from actuarial.demography.trends import glm_fit as glm
from actuarial.errors import BadDimensions, BadInput

WORDS = {
    "alpha": ("ln(1/year)", "Mean level by age"),
    "beta": ("1", "Share of each age in the change of the index"),
    "kappa": ("1", "Index of mortality over time"),
    "gamma": ("1", "Effect of the cohort; NaN where it is not seen"),
    "mx": ("1/year", "Fitted central death rate"),
    "qx": ("1", "Fitted probability of dying within a year"),
    "expected_deaths": ("persons", "Fitted deaths"),
    "deaths": ("persons", "Deaths observed"),
    "exposure": ("person-years", "Central exposure"),
    "weight": ("1", "Whether a cell is used: 1, or 0"),
    "residual": ("1", "Deviance residual; 0 where a cell is not used"),
    "log_likelihood": ("1", "Log-likelihood"),
    "deviance": ("1", "Deviance"),
    "parameters": ("1", "Number of free parameters"),
    "observations": ("1", "Number of cells used"),
    "aic": ("1", "Akaike information criterion"),
    "bic": ("1", "Bayesian information criterion"),
}


def death_data(
    deaths: Any, exposure: Any, labels: Mapping[str, Any], weights: Any = None, clip: int = 0
) -> xr.Dataset:
    """Deaths, central exposure and weights of the same cells, checked."""
    dims = ("year", "age")
    dead = labelled(deaths, "deaths", dims, labels, least=0.0, gaps=weights is not None)
    lived = labelled(exposure, "exposure", dims, labels, least=0.0, gaps=weights is not None)
    require_given(dead, "deaths", labels)
    weight = xr.ones_like(dead) if weights is None else labelled(weights, "weights", dims, labels)
    refuse(weight, ~np.isin(weight.values, (0.0, 1.0)), "weights must be 0 or 1")
    same_labels("deaths, exposure and weights", dead, lived, weight)
    dead, lived, weight = xr.align(dead, lived, weight, join="exact")
    if "year" not in dead.coords:
        dead = dead.assign_coords(year=np.arange(dead.sizes["year"]))
    if set(lived.dims) != set(dead.dims) or not set(weight.dims) <= set(dead.dims):
        raise BadDimensions(f"deaths have the dims {dead.dims}, exposure {lived.dims} and weights {weight.dims}.")
    lived, weight = (one.broadcast_like(dead).transpose(*dead.dims) for one in (lived, weight))
    data = xr.Dataset({"deaths": dead, "exposure": lived, "weight": weight})
    if not isinstance(clip, (int, np.integer)) or clip < 0:
        raise BadInput(f"clip: {clip!r} cohorts cannot be left out; give a whole number of at least 0.")
    if clip:
        data["weight"] = data["weight"] * _clipped(data, clip)
    dead, lived = (known(data[name], data["weight"], name) for name in ("deaths", "exposure"))
    data, used = data.assign(deaths=dead, exposure=lived), data["weight"].values > 0
    refuse(dead, used & (dead.values > 0) & (lived.values <= 0), "deaths need an exposure above 0")
    return data.assign(weight=data["weight"].where(lived > 0, 0.0))


def _clipped(data: xr.Dataset, clip: int) -> xr.DataArray:
    for dim in ("year", "age"):
        gap = gap_in(data[dim].values)
        if gap:
            raise BadInput(f"clip: cohorts need consecutive labels of {dim}{gap}.")
    cohort = data["year"] - data["age"]
    return ((cohort >= cohort.min() + clip) & (cohort <= cohort.max() - clip)).astype(float)


def refuse_deathless(data: xr.Dataset, dims: tuple[str, ...], link: str) -> None:
    """Years or ages without deaths, or with so many that a probability would exceed 1."""
    dead = (data["deaths"] * data["weight"]).drop_attrs()
    for dim in dims:
        other = "age" if dim == "year" else "year"
        total = dead.sum(other)
        refuse(total, total.values <= 0, f"each {dim} must have deaths", "Join it with others, or leave it out.")
    if link == "logit":
        above = (data["weight"] * (data["deaths"] - 2.0 * data["exposure"])).transpose(*dead.dims).values > 0
        refuse(dead, above, "deaths must not be above the initial exposure E + D/2")


def finished(model: xr.Dataset, link: str, method: str) -> xr.Dataset:
    """The model with its dims in order, and its attributes."""
    model.attrs = {"link": link, "method": method}
    known = [dim for dim in (*ORDER[:-1], "cohort", "index", "age") if dim in model.dims]
    return described(model.transpose(..., *known), WORDS)


def each(data: xr.Dataset, fit: Callable[[xr.Dataset], xr.Dataset]) -> xr.Dataset:
    """What a fit says of each combination of the dims other than year, age, index and cohort."""
    others = [dim for dim in data.dims if dim not in ("year", "age", "index", "cohort")]
    if not others:
        return fit(data)
    dim = others[0]
    parts = [each(data.isel({dim: i}), fit) for i in range(data.sizes[dim])]
    return xr.concat(parts, dim=data[dim] if dim in data.coords else dim, coords="minimal", compat="override")


def sample_of(data: xr.Dataset, errors: glm.Errors) -> glm.Sample:
    """Plain arrays of (year, age)."""
    deaths, exposure, weight = (data[name].transpose("year", "age").values for name in ("deaths", "exposure", "weight"))
    return glm.Sample(deaths, errors.at_risk(exposure, deaths), weight, errors)


def fit_summary(data: xr.Dataset, errors: glm.Errors, parts: xr.Dataset, free: int) -> xr.Dataset:
    """A fitted model of so many free parameters, with its fitted rates, its residuals and how well it fits."""
    sample = sample_of(data, errors)
    eta, deaths, weight = predictor(parts).transpose("year", "age").values, sample.deaths, sample.weight
    mean = errors.mean(eta, sample.at_risk)
    with np.errstate(invalid="ignore"):
        cells = np.where(weight > 0, np.maximum(errors.deviance(deaths, mean, sample.at_risk), 0.0), 0.0)
    likelihood, used = sample.log_likelihood(eta), int((weight > 0).sum())
    grid = {"expected_deaths": mean, "residual": np.sign(deaths - mean) * np.sqrt(cells)}
    grid |= rates_of(eta, errors.link)
    found = parts.assign({name: (("year", "age"), values) for name, values in grid.items()})
    found = found.assign(data[["deaths", "exposure", "weight"]])
    one = {"log_likelihood": likelihood, "deviance": float(cells.sum()), "parameters": free, "observations": used}
    one |= {"aic": 2 * free - 2 * likelihood, "bic": free * np.log(used) - 2 * likelihood}
    return found.assign(one)


def predictor(parts: xr.Dataset) -> xr.DataArray:
    """eta of alpha, beta, kappa and gamma; those of several indices are added up."""
    moved = parts["beta"] * parts["kappa"]
    moved = moved.sum("index") if "index" in moved.dims else moved
    moved = parts["alpha"] + moved if "alpha" in parts else moved
    if "gamma" not in parts:
        return moved
    return moved + parts["gamma"].sel(cohort=parts["year"] - parts["age"]).drop_vars("cohort")


def rates_of(eta: Any, link: str) -> dict[str, Any]:
    """mx, and qx where the link is logit, of a predictor."""
    if link == "log":
        return {"mx": np.exp(eta)}
    q = 1.0 / (1.0 + np.exp(-eta))
    return {"mx": q / (1.0 - 0.5 * q), "qx": q}


def named(data: xr.Dataset) -> str:
    """Which sex, group ... the data of one fit are, for messages."""
    words = [f"{name} {data[name].item()}" for name in data.coords if data[name].ndim == 0]
    return f" of {', '.join(words)}" if words else ""
