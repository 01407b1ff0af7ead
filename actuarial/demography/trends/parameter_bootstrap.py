"""How far the parameters of a mortality model may be from what was estimated: deaths drawn again, fitted again."""

import numpy as np
import xarray as xr
from numpy.random import Generator

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described
from actuarial.demography.streams import SAMPLES, random_stream
from actuarial.demography.trends import glm_fit as glm
from actuarial.demography.trends.cohort_models import fit_age_period_cohort, fit_curves_and_cohorts
from actuarial.demography.trends.death_models import WORDS, each, named, sample_of
from actuarial.errors import BadInput

PARAMETERS = ("alpha", "beta", "kappa", "gamma")


@kind.takes(model=kind.dataset)
def mortality_bootstrap(model: xr.Dataset, samples: int, seed: int) -> xr.Dataset:
    """Parameters of a model fitted again to deaths drawn around its fitted deaths.

    Parameters
    ----------
    model : Dataset of `lee_carter` (by maximum likelihood), `cairns_blake_dowd`, or one of them with cohorts
    samples : int
    seed : int, from 0 to 2^64 - 1
        Sample i has a stream of random numbers of its own, of the seed and i.

    Returns
    -------
    Dataset
        `alpha`, `beta`, `kappa` and `gamma` of the model with the dim `sample` before the others; for
        `mortality_draws`. Each sample keeps the constraints of the model.

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
    .. [2] Villegas, A. M., Kaishev, V. K., Millossovich, P. (2018), StMoMo: An R package for stochastic mortality
       modelling, Journal of Statistical Software 84(3).
    """
    errors = {"poisson": glm.POISSON, "binomial": glm.BINOMIAL}.get(model.attrs.get("method", ""))
    if errors is None:
        raise BadInput("model: the bootstrap needs a model fitted by maximum likelihood.")
    if not isinstance(samples, (int, np.integer)) or samples < 1:
        raise BadInput(f"samples: a whole number is needed, at least 1 (got {samples!r}).")
    fits = [_again(model, errors, random_stream(seed, SAMPLES + i), i) for i in range(samples)]
    whole = described(xr.concat(fits, dim="sample", join="exact"), WORDS)
    return whole.assign_attrs(link=errors.link, method=model.attrs["method"])


def _again(model: xr.Dataset, errors: glm.Errors, random: Generator, number: int) -> xr.Dataset:
    names = [name for name in PARAMETERS if name in model]

    def fit(one: xr.Dataset) -> xr.Dataset:
        seen, mean = sample_of(one, errors), one["expected_deaths"].transpose("year", "age").values
        words = f"mortality_bootstrap{named(one)}, sample {number}"
        mean = np.where(seen.weight > 0, mean, 0.0)
        sample = glm.Sample(_drawn(mean, seen, random), seen.at_risk, seen.weight, errors)
        if "gamma" in one:
            return _with_cohorts(one, sample, words)[names]
        if "index" in one.dims:
            kappa = glm.fit_linear(sample, one["beta"].transpose("index", "age").values, words)
            return one[names].assign(kappa=(("index", "year"), kappa))
        parts = glm.fit_bilinear(sample, tuple(one[name].values for name in names), words)
        return one[names].assign({name: (one[name].dims, part) for name, part in zip(names, parts, strict=True)})

    whole = each(model[[*names, "expected_deaths", "deaths", "exposure", "weight"]].drop_attrs(), fit)
    return whole.assign({name: whole[name].transpose(*model[name].dims) for name in names if name != "beta"})


def _with_cohorts(one: xr.Dataset, sample: glm.Sample, words: str) -> xr.Dataset:
    if "index" in one.dims:
        return fit_curves_and_cohorts(one, one["beta"], sample, words)[0]
    return fit_age_period_cohort(one, sample, words)[0]


def _drawn(mean: np.ndarray, sample: glm.Sample, random: Generator) -> np.ndarray:
    if sample.errors.link == "log":
        return random.poisson(mean).astype(float)
    q = np.divide(mean, sample.at_risk, out=np.zeros(mean.shape), where=sample.at_risk > 0)
    return np.minimum(random.binomial(np.round(sample.at_risk).astype(np.int64), q), sample.at_risk)
