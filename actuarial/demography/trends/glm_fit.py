"""Maximum likelihood of deaths by year and age: Poisson with log link, binomial with logit link."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, xlogy

from actuarial.errors import NoSolution

ROUNDS = 200
SHORTEST = 1e-9  # part of a step
NONE = -23.0  # logarithm of a death rate that nobody has
REMEDY = "Ages or years of very few deaths, or without a common trend, have none: join them, or leave some out."
CLOSE = 1e-14  # what another step would add to the log-likelihood


@dataclass(frozen=True)
class Errors:
    """How deaths vary around what a predictor eta says; arrays of (year, age)."""

    link: str
    """"log": eta is ln m; "logit": eta is ln(q/(1 - q))."""
    at_risk: Callable[[np.ndarray, np.ndarray], np.ndarray]
    """Of central exposure and deaths, person-years: as it is (Poisson), or initial, E + D/2 (binomial)."""
    mean: Callable[[np.ndarray, np.ndarray], np.ndarray]
    """Expected deaths of eta and the exposure."""
    spread: Callable[[np.ndarray, np.ndarray], np.ndarray]
    """Variance of the deaths, of their mean and the exposure."""
    cells: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
    """Log-likelihood of each cell, of deaths, mean and exposure."""
    deviance: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
    """Deviance of each cell, of deaths, mean and exposure."""


def _logistic(eta: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    return at_risk / (1.0 + np.exp(-eta))


def _poisson_cells(deaths: np.ndarray, mean: np.ndarray, _: np.ndarray) -> np.ndarray:
    return xlogy(deaths, mean) - mean - gammaln(deaths + 1.0)


def _poisson_deviance(deaths: np.ndarray, mean: np.ndarray, _: np.ndarray) -> np.ndarray:
    ratio = np.divide(deaths, mean, out=np.full(mean.shape, np.inf), where=mean > 0)
    return 2.0 * (xlogy(deaths, ratio) - (deaths - mean))


def _binomial_cells(deaths: np.ndarray, mean: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """The binomial coefficient is that of whole numbers of persons and deaths."""
    n, d = np.round(at_risk), np.round(deaths)
    ways = gammaln(n + 1.0) - gammaln(d + 1.0) - gammaln(np.maximum(n - d, 0.0) + 1.0)
    q = np.divide(mean, at_risk, out=np.full(mean.shape, 0.5), where=at_risk > 0)
    return ways + xlogy(deaths, q) + xlogy(at_risk - deaths, 1.0 - q)


def _binomial_deviance(deaths: np.ndarray, mean: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    dying = np.divide(deaths, mean, out=np.full(mean.shape, np.inf), where=mean > 0)
    left, expected = at_risk - deaths, at_risk - mean
    living = np.divide(left, expected, out=np.full(mean.shape, np.inf), where=expected > 0)
    return 2.0 * (xlogy(deaths, dying) + xlogy(left, living))


POISSON = Errors(
    "log",
    lambda exposure, _: exposure,
    lambda eta, at_risk: at_risk * np.exp(eta),
    lambda mean, _: mean,
    _poisson_cells,
    _poisson_deviance,
)
BINOMIAL = Errors(
    "logit",
    lambda exposure, deaths: exposure + 0.5 * deaths,
    _logistic,
    lambda mean, at_risk: mean * (1.0 - np.divide(mean, at_risk, out=np.zeros(mean.shape), where=at_risk > 0)),
    _binomial_cells,
    _binomial_deviance,
)


@dataclass(frozen=True, eq=False)
class Sample:
    """Deaths and exposures of (year, age), the weights of their cells (0 or 1) and how the deaths vary."""

    deaths: np.ndarray
    at_risk: np.ndarray
    weight: np.ndarray
    errors: Errors

    def log_likelihood(self, eta: np.ndarray) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            cells = self.errors.cells(self.deaths, self.errors.mean(eta, self.at_risk), self.at_risk)
        return float((self.weight * cells)[self.weight > 0].sum())

    def half_deviance(self, eta: np.ndarray) -> tuple[float, float]:
        """Log-likelihood below that of a perfect fit, and how much of it may be rounding."""
        with np.errstate(over="ignore", invalid="ignore"):
            cells = self.errors.deviance(self.deaths, self.errors.mean(eta, self.at_risk), self.at_risk)
        used = self.weight > 0
        return 0.5 * float(cells[used].sum()), 1e-15 * (1.0 + float((self.deaths + self.at_risk)[used].sum()))

    def score(self, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Derivative of the log-likelihood by eta, and the information, of each cell."""
        mean = self.errors.mean(eta, self.at_risk)
        return self.weight * (self.deaths - mean), self.weight * self.errors.spread(mean, self.at_risk)


Parts = tuple[np.ndarray, ...]


def ascend(
    sample: Sample, eta: Callable[[np.ndarray], np.ndarray], step: Callable[[np.ndarray], tuple[np.ndarray, float]],
    start: np.ndarray, words: str,
) -> np.ndarray:
    """Parameters of the highest log-likelihood, a step halved as long as the deviance would not fall.

    `step` gives the change of the parameters, and what it would add to the log-likelihood were that a parabola.

    Raises
    ------
    NoSolution
        No convergence: how far it was.
    """
    now, gain = start, np.inf
    below, noise = sample.half_deviance(eta(now))
    for _ in range(ROUNDS):
        change, more = step(now)
        if not np.isfinite(more):
            break
        gain, length = more, 1.0
        if gain <= CLOSE:
            return now + change
        tried = sample.half_deviance(eta(now + change))[0]
        while not tried <= below + noise and length > SHORTEST:
            length *= 0.5
            tried = sample.half_deviance(eta(now + length * change))[0]
        if length <= SHORTEST:
            break
        now, below = now + length * change, tried
    raise NoSolution(
        f"{words}: no maximum of the likelihood was found; the last step looked as if it would add {gain:.3g} to the "
        f"log-likelihood of {sample.log_likelihood(eta(now)):.6g}.\n  {REMEDY}"
    )


def solved(score: np.ndarray, *informations: np.ndarray, free: Parts = ()) -> tuple[np.ndarray, float]:
    """Change of the parameters from the score and the first information matrix that is positive definite, and what it
    adds to the log-likelihood.

    Directions that change no likelihood are `free`: the change has no part in them.
    """
    for information in informations:
        scale = 1.0 / np.sqrt(np.maximum(np.diagonal(information), 1e-300))
        matrix = information * np.outer(scale, scale)
        for direction in free:
            matrix += np.outer(direction / scale, direction / scale) / ((direction / scale) ** 2).sum()
        try:
            factor = np.linalg.cholesky(matrix)
        except np.linalg.LinAlgError:
            continue
        change = scale * np.linalg.solve(factor.T, np.linalg.solve(factor, scale * score))
        return change, float(0.5 * score @ change)
    return np.zeros(score.shape), np.nan


def fit_linear(sample: Sample, design: np.ndarray, words: str) -> np.ndarray:
    """Coefficients (index, year) of eta = sum_i design[i, age] k[i, year], each year on its own."""
    indices, years = len(design), len(sample.deaths)
    level = np.log(np.maximum(sample.deaths * sample.weight, 0.0).sum(1) / (sample.at_risk * sample.weight).sum(1))
    found = np.empty((indices, years))
    for t in range(years):
        row = slice(t, t + 1)
        one = Sample(sample.deaths[row], sample.at_risk[row], sample.weight[row], sample.errors)

        def step(k: np.ndarray, one: Sample = one) -> tuple[np.ndarray, float]:
            slope, information = one.score((k @ design)[None])
            return solved(design @ slope[0], (design * information) @ design.T)

        start = np.linalg.lstsq(design.T, np.full(design.shape[1], level[t]), rcond=None)[0]
        found[:, t] = ascend(one, lambda k: (k @ design)[None], step, start, f"{words}, year number {t}")
        _refuse_endless(one, (found[:, t] @ design)[None], f"{words}, year number {t}")
    return found


def fit_design(sample: Sample, design: np.ndarray, free: Parts, words: str) -> np.ndarray:
    """Coefficients of eta = sum_i design[year, age, i] c[i], of the highest likelihood.

    Directions that change no eta are `free`, see `solved`. The search begins at the least squares of the links of the
    observed rates.
    """
    used = sample.weight > 0
    rows, shape = design[used], sample.deaths.shape
    chance = (sample.deaths[used] + 0.5) / (sample.at_risk[used] + 1.0)
    odds = chance / (1.0 - chance) if sample.errors.link == "logit" else chance
    start = np.linalg.lstsq(rows, np.log(odds), rcond=None)[0]
    whole = design.reshape(-1, design.shape[-1])

    def eta(found: np.ndarray) -> np.ndarray:
        return (whole @ found).reshape(shape)

    def step(found: np.ndarray) -> tuple[np.ndarray, float]:
        slope, information = sample.score(eta(found))
        return solved(rows.T @ slope[used], (rows * information[used][:, None]).T @ rows, free=free)

    found = ascend(sample, eta, step, start, words)
    _refuse_endless(sample, eta(found), words)
    return found


def fit_bilinear(sample: Sample, start: Parts, words: str) -> Parts:
    """alpha, beta (age) and kappa (year) of eta = alpha + beta kappa, with sum(beta) = 1 and sum(kappa) = 0.

    By the method of Newton; by scoring, which is slow where the trend is weak, where the likelihood is not concave.
    """
    ages = len(start[0])

    def parts(all_of: np.ndarray) -> Parts:
        return all_of[:ages], all_of[ages : 2 * ages], all_of[2 * ages :]

    def eta(all_of: np.ndarray) -> np.ndarray:
        alpha, beta, kappa = parts(all_of)
        return alpha + np.outer(kappa, beta)

    def step(all_of: np.ndarray) -> tuple[np.ndarray, float]:
        _, beta, kappa = parts(all_of)
        slope, w = sample.score(eta(all_of))
        score = np.concatenate([slope.sum(0), kappa @ slope, slope @ beta])
        none = np.zeros(ages)
        free = np.concatenate([none, beta, -kappa]), np.concatenate([-beta, none, np.ones(len(kappa))])
        expected = _bilinear_information(w, beta, kappa)
        observed = expected.copy()
        observed[ages : 2 * ages, 2 * ages :] -= slope.T
        observed[2 * ages :, ages : 2 * ages] -= slope
        return solved(score, observed, expected, free=free)

    found = ascend(sample, eta, step, np.concatenate(start), words)
    _refuse_endless(sample, eta(found), words)
    return constrained(*parts(found))


def _refuse_endless(sample: Sample, eta: np.ndarray, words: str) -> None:
    """Refuse a predictor on its way to minus infinity, or to infinity where nobody of a cell lives on."""
    endless = (eta < NONE) | ((eta > -NONE) & (sample.errors.link == "logit"))
    lost = int(((sample.weight > 0) & (sample.at_risk > 0) & endless).sum())
    if lost:
        raise NoSolution(
            f"{words}: the likelihood rises as long as the death rates of {lost} cells go towards 0, or towards the "
            f"death of all, and has no maximum.\n  {REMEDY}"
        )


def _bilinear_information(w: np.ndarray, beta: np.ndarray, kappa: np.ndarray) -> np.ndarray:
    """Information of alpha, beta and kappa."""
    ages, years = len(beta), len(kappa)
    matrix = np.zeros((2 * ages + years, 2 * ages + years))
    a, b, k = slice(0, ages), slice(ages, 2 * ages), slice(2 * ages, None)
    matrix[a, a], matrix[b, b] = np.diag(w.sum(0)), np.diag(kappa**2 @ w)
    matrix[k, k] = np.diag(w @ beta**2)
    matrix[a, b] = matrix[b, a] = np.diag(kappa @ w)
    matrix[a, k] = (w * beta).T
    matrix[b, k] = (w * np.outer(kappa, beta)).T
    matrix[k, a], matrix[k, b] = matrix[a, k].T, matrix[b, k].T
    return matrix


def constrained(alpha: np.ndarray, beta: np.ndarray, kappa: np.ndarray) -> Parts:
    """The same predictor with sum(beta) = 1 and sum(kappa) = 0."""
    whole, middle = beta.sum(), kappa.mean()
    return alpha + beta * middle, beta / whole, (kappa - middle) * whole
