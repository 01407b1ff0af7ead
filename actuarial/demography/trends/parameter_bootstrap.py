"""How far the parameters of a mortality model may be from what was estimated: deaths drawn again, fitted again."""

import numpy as np
import xarray as xr
from numpy.random import Generator

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described
from actuarial.demography.streams import SAMPLES, random_stream
from actuarial.demography.trends import glm_fit as glm
from actuarial.demography.trends.death_models import WORDS, each, named, sample_of
from actuarial.errors import BadInput


@kind.takes(model=kind.dataset)
def mortality_bootstrap(model: xr.Dataset, samples: int, seed: int) -> xr.Dataset:
    """Parameters of a model fitted again to deaths drawn around its fitted deaths.

    Parameters
    ----------
    model : Dataset of `lee_carter` (by maximum likelihood) or `cairns_blake_dowd`
    samples : int
    seed : int, from 0 to 2^64 - 1
        Sample i has a stream of random numbers of its own, of the seed and i.

    Returns
    -------
    Dataset
        `alpha`, `beta` and `kappa` of the model with the dim `sample` before the others; for `mortality_draws`.

    Raises
    ------
    NoSolution
        A sample has no maximum of the likelihood, such as an age without deaths.
    BadInput
        A model of the singular value decomposition, no samples.

    Notes
    -----
    The parametric bootstrap: deaths are Poisson of the fitted deaths, or binomial of the initial exposure and the
    fitted probability, as the model says.

    References
    ----------
    .. [1] Brouhns, N., Denuit, M., Van Keilegom, I. (2005), Bootstrapping the Poisson log-bilinear model for mortality
       forecasting, Scandinavian Actuarial Journal 2005(3), 212-224.
    """
    errors = {"poisson": glm.POISSON, "binomial": glm.BINOMIAL}.get(model.attrs.get("method", ""))
    if "gamma" in model:
        raise BadInput("model: the bootstrap is not made of models with effects of cohorts; give one without them.")
    if errors is None:
        raise BadInput("model: the bootstrap needs a model fitted by maximum likelihood.")
    if not isinstance(samples, (int, np.integer)) or samples < 1:
        raise BadInput(f"samples: a whole number is needed, at least 1 (got {samples!r}).")
    fits = [_again(model, errors, random_stream(seed, SAMPLES + i), i) for i in range(samples)]
    whole = described(xr.concat(fits, dim="sample", join="exact"), WORDS)
    return whole.assign_attrs(link=errors.link, method=model.attrs["method"])


def _again(model: xr.Dataset, errors: glm.Errors, random: Generator, number: int) -> xr.Dataset:
    names = [name for name in ("alpha", "beta", "kappa") if name in model]

    def fit(one: xr.Dataset) -> xr.Dataset:
        seen, mean = sample_of(one, errors), one["expected_deaths"].transpose("year", "age").values
        words = f"mortality_bootstrap{named(one)}, sample {number}"
        sample = glm.Sample(_drawn(mean, seen, random), seen.at_risk, seen.weight, errors)
        if "index" in one.dims:
            kappa = glm.fit_linear(sample, one["beta"].transpose("index", "age").values, words)
            return one[names].assign(kappa=(("index", "year"), kappa))
        parts = glm.fit_bilinear(sample, tuple(one[name].values for name in names), words)
        return one[names].assign({name: (one[name].dims, part) for name, part in zip(names, parts, strict=True)})

    whole = each(model[[*names, "expected_deaths", "deaths", "exposure", "weight"]].drop_attrs(), fit)
    return whole.assign({name: whole[name].transpose(*model[name].dims) for name in names if name != "beta"})


def _drawn(mean: np.ndarray, sample: glm.Sample, random: Generator) -> np.ndarray:
    if sample.errors.link == "log":
        return random.poisson(mean).astype(float)
    q = np.divide(mean, sample.at_risk, out=np.zeros(mean.shape), where=sample.at_risk > 0)
    return np.minimum(random.binomial(np.round(sample.at_risk).astype(np.int64), q), sample.at_risk)
