"""Distribution of past credit by age where only stocks by age and a few averages are known."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.check.variables import first_cell
from actuarial.errors import BadInput

CELL = ("group", "sex", "age")
Margin = float | xr.DataArray


def credits_from_margins(
    stock: xr.DataArray,
    *,
    entry_age: Margin,
    density: Margin | None = None,
    mean_entry_age: Margin | None = None,
    mean_credit: Margin | None = None,
    share_with_years: Mapping[int, Margin] | None = None,
    longest: Margin | None = None,
    dispersion: float = 0.25,
) -> xr.DataArray:
    """Spread active or inactive insured over months of past credit, where records of credit are missing.

    Credits of an age are beta-binomial on 0..n, with n the months since the least age at entry, and are then raked to
    what is known: the average credit and the shares of those with at least some years.

    Parameters
    ----------
    stock : DataArray by group, sex and age, persons
        Insured on the valuation date by age on 31 December.
    entry_age : years
        Least age at entry: nobody has more than n = 12 (x - entry_age) months.
    density : fraction, optional
        Months contributed over months since entry; needed where `mean_credit` does not give the average.
    mean_entry_age : years, optional
        Age since which the average credit is counted; where absent `entry_age`.
    mean_credit : months, optional
        Average credit, used instead of 12 density (x - mean_entry_age); NaN where it is not known.
    share_with_years : years -> share, optional
        Share of those of an age who have at least so many years of credit; NaN where it is not known.
    longest : months, optional
        Greatest credit that anybody may have, where it is less than n.
    dispersion : float
        Correlation of any two months of one person, at least 0 and below 1. With 0 months are independent (binomial);
        persistent densities of mean m and standard deviation s have s^2/(m (1 - m)).

    All but `dispersion` may be one number or a DataArray by some of group, sex and age.

    Returns
    -------
    DataArray
        Persons by group, sex, age, service (months 0, 1, 2, ...). The attribute `built` says how it was made; it is
        saved with a basis, and `project` names it in its warnings. `with_credits` puts it into a basis.

    Raises
    ------
    BadInput
        Margins that cannot be: persons below the least age at entry, an average above the greatest credit, shares that
        rise with the years or contradict the average.
    BadDimensions
        A stock with other dims, a margin without the labels of the stock.

    Notes
    -----
    With mu the average over n and r the dispersion,

        p[c+1]/p[c] = (n - c)/(c + 1) x (mu (1 - r) + r c)/((1 - mu) (1 - r) + r (n - c - 1)),

    a beta-binomial with a + b = 1/r - 1 [1]_. Shares divide 0..n into parts of given weight w; the distribution nearest
    to p in relative entropy that keeps them and the average is w p[c] exp(h c)/(sum of p exp(h c) over the part), with
    one h for all parts [2]_.

    References
    ----------
    .. [1] Skellam, J. G. (1948), A probability distribution derived from the binomial distribution by regarding the
       probability of success as variable between the sets of trials, Journal of the Royal Statistical Society B 10.
    .. [2] Csiszar, I. (1975), I-divergence geometry of probability distributions and minimization problems, Annals of
       Probability 3.

    Examples
    --------
    >>> stock = xr.DataArray([[[1000.0]]], {"group": ["all"], "sex": ["male"], "age": [40]}, CELL)
    >>> credits = credits_from_margins(stock, entry_age=20, density=0.6, share_with_years={15: 0.4})
    >>> round(float((credits * credits.service).sum() / credits.sum()), 6)
    144.0
    >>> round(float(credits.sel(service=slice(180, None)).sum()), 6)
    400.0
    """
    if set(map(str, stock.dims)) != set(CELL):
        raise BadInput(
            f"stock: needs the dims {', '.join(CELL)} (has {', '.join(map(str, stock.dims))}); "
            "sum it over the others, or expand it."
        )
    if not 0.0 <= dispersion < 1.0:
        raise BadInput(f"dispersion: must be at least 0 and below 1 (got {dispersion:g}).")
    if density is None and mean_credit is None:
        raise BadInput("credits_from_margins: give density or mean_credit, or else the average credit is not known.")
    coords = {dim: stock[dim] for dim in CELL}
    people = align(stock, CELL, coords)
    age = np.broadcast_to(np.asarray(stock["age"], dtype=float), people.shape)
    most = 12.0 * (age - align(entry_age, CELL, coords))
    _refuse((people > 0) & (most < 0), coords, "stock: there are persons below entry_age", "Lower entry_age.", people)
    most = np.floor(most.clip(min=0.0) + 1e-9)
    if longest is not None:
        most = np.minimum(most, np.floor(align(longest, CELL, coords)))
    start = entry_age if mean_entry_age is None else mean_entry_age
    mean = _averages(age, start, density, mean_credit, coords)
    shares = {12 * years: align(share, CELL, coords) for years, share in sorted((share_with_years or {}).items())}
    _check(people, most, mean, shares, coords)
    values = _spread(people, most, mean, shares, dispersion)
    axes = {**coords, "service": np.arange(values.shape[-1])}
    told = {"built": _told(dispersion, mean_credit is not None, [months // 12 for months in shares])}
    return xr.DataArray(values, axes, (*CELL, "service"), attrs=told)


def _averages(
    age: np.ndarray, start: Margin, density: Margin | None, mean_credit: Margin | None, coords: dict
) -> np.ndarray:
    """Average credit in months (group, sex, age): as given, else from density; NaN where neither is known."""
    mean = np.full(age.shape, np.nan)
    if density is not None:
        mean = 12.0 * align(density, CELL, coords) * (age - align(start, CELL, coords)).clip(min=0.0)
    if mean_credit is None:
        return mean
    given = align(mean_credit, CELL, coords)
    return np.where(np.isnan(given), mean, given)


def _told(dispersion: float, given: bool, years: list[int]) -> str:
    """What the attribute `built` says."""
    shares = f", shares with at least {' and '.join(map(str, years))} years as given" if years else ""
    averages = "as given" if given else "from density and time since entry"
    return f"margins (beta-binomial credits with dispersion {dispersion:g}, averages {averages}{shares})"


def with_credits(
    basis: xr.Dataset, *, active_0: xr.DataArray | None = None, inactive_0: xr.DataArray | None = None
) -> xr.Dataset:
    """A basis with other opening stocks by months of credit, on a grid of credit that holds all of them.

    Parameters
    ----------
    basis : Dataset
    active_0, inactive_0 : DataArray by group, sex, age, service, persons, optional
        What is left out keeps the stock of the basis, whose grid must then be in months as well.

    Returns
    -------
    Dataset

    Raises
    ------
    BadInput
        Neither stock is given, or one of them is on another grid than months.

    Examples
    --------
    basis = with_credits(basis, active_0=credits_from_margins(persons, entry_age=18, density=0.7))
    """
    given = {name: stock for name, stock in (("active_0", active_0), ("inactive_0", inactive_0)) if stock is not None}
    if not given:
        raise BadInput("with_credits: no stock is given; give active_0 or inactive_0, or both.")
    kept = {name: basis[name] for name in ("active_0", "inactive_0") if name in basis and name not in given}
    stocks = given | kept
    for name, stock in stocks.items():
        if not np.array_equal(stock["service"], np.arange(stock.sizes["service"])):
            raise BadInput(f"{name}: its labels of service are not the months 0, 1, 2, ...; give both stocks by month.")
    months = np.arange(max(2, *(_needed(stock) for stock in stocks.values())))
    rest = basis.drop_dims("service") if "service" in basis.dims else basis
    return rest.assign({name: stock.reindex(service=months, fill_value=0.0) for name, stock in stocks.items()})


def _needed(stock: xr.DataArray) -> int:
    """Number of months of the grid up to the last one with persons."""
    used = (stock != 0).any([dim for dim in stock.dims if dim != "service"]).values
    return int(np.flatnonzero(used).max(initial=0)) + 1


def beta_binomial(longest: int, mean: float, dispersion: float) -> np.ndarray:
    """Probabilities of 0..longest with a mean and the correlation of two trials, see `credits_from_margins`."""
    if mean <= 0.0 or mean >= longest:
        result = np.zeros(longest + 1)
        result[longest if mean > 0.0 else 0] = 1.0
        return result
    c, mu, rest = np.arange(longest), mean / longest, 1.0 - dispersion
    up = (longest - c) * (mu * rest + dispersion * c)
    down = (c + 1.0) * ((1.0 - mu) * rest + dispersion * (longest - c - 1))
    return _normal(np.concatenate([[0.0], np.cumsum(np.log(up / down))]))


def _normal(logs: np.ndarray) -> np.ndarray:
    values = np.exp(logs - logs.max())
    result: np.ndarray = values / values.sum()
    return result


def raked(probability: np.ndarray, mean: float, shares: Mapping[int, float]) -> np.ndarray:
    """The distribution nearest to another one on 0, 1, 2, ... with a mean and the shares of those at or above cells."""
    known = [(cell, share) for cell, share in sorted(shares.items()) if cell < len(probability)]
    edges = [0, *(cell for cell, _ in known), len(probability)]
    above = [1.0, *(share for _, share in known), 0.0]
    parts = [(edges[i], edges[i + 1], above[i] - above[i + 1]) for i in range(len(edges) - 1)]
    logs, cells = np.log(np.maximum(probability, 1e-300)), np.arange(len(probability))

    def tilted(h: float) -> np.ndarray:
        return np.concatenate([weight * _normal(logs[a:b] + h * cells[a:b]) for a, b, weight in parts])

    def excess(h: float) -> float:
        return float(tilted(h) @ cells) - mean

    low, high = -1.0, 1.0
    while excess(low) > 0.0 and low > -1e4:
        low *= 2.0
    while excess(high) < 0.0 and high < 1e4:
        high *= 2.0
    for _ in range(64):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) < 0.0 else (low, middle)
    return tilted(0.5 * (low + high))


def _spread(
    people: np.ndarray, most: np.ndarray, mean: np.ndarray, shares: Mapping[int, np.ndarray], dispersion: float
) -> np.ndarray:
    """Persons (group, sex, age) over months of credit."""
    values = np.zeros((*people.shape, max(2, int(most[people > 0].max(initial=0)) + 1)))
    for place in zip(*np.nonzero(people), strict=True):
        longest, average = int(most[place]), float(mean[place])
        probability = beta_binomial(longest, average, dispersion)
        known = {cell: float(share[place]) for cell, share in shares.items() if not np.isnan(share[place])}
        if known:
            probability = raked(probability, average, known)
        values[place][: longest + 1] = people[place] * probability
    return values


def _check(
    people: np.ndarray, most: np.ndarray, mean: np.ndarray, shares: Mapping[int, np.ndarray], coords: dict
) -> None:
    """BadInput where the margins of some cell with persons contradict each other."""
    some, slack = people > 0, 1e-9
    _refuse(some & np.isnan(mean), coords, "mean_credit: is not known and there is no density", "Give density as well.")
    _refuse(
        some & ((mean < 0) | (mean > most + slack)), coords, "the average credit is not between 0 and the greatest one",
        "Compare entry_age, mean_entry_age, density (or mean_credit) and longest.", mean, most,
    )
    least, greatest, before = np.zeros((3, *mean.shape))
    above = np.ones(mean.shape)
    for months, share in shares.items():
        name, known = f"share_with_years[{months // 12}]", some & ~np.isnan(share)
        reach = known & (months <= most)
        _refuse(
            known & ((share < 0) | (share > 1)), coords, f"{name}: is no share", "Write fractions from 0 to 1.", share
        )
        _refuse(
            known & ~reach & (share > 0), coords, f"{name}: nobody of the age can have so many years",
            "Set it to 0 there.", share,
        )
        _refuse(
            reach & (share > above + slack), coords, f"{name}: is above the share of those with fewer years",
            "Shares fall with the years.", share, above,
        )
        least += np.where(reach, share * (months - before), 0.0)
        greatest += np.where(reach, (above - share) * (months - 1), 0.0)
        above, before = np.where(reach, share, above), np.where(reach, float(months), before)
    greatest += above * most
    text = "the average credit contradicts the shares with at least so many years"
    advice = "The shares alone put it outside the values that they allow; correct one of them."
    _refuse(some & (mean < least - slack), coords, text, advice, mean, least)
    _refuse(some & (mean > greatest + slack), coords, text, advice, mean, greatest)


def _refuse(
    bad: np.ndarray, coords: dict, what: str, remedy: str, value: np.ndarray | None = None,
    bound: np.ndarray | None = None,
) -> None:
    if not bad.any():
        return
    spot = np.unravel_index(int(np.argmax(bad)), bad.shape)
    shown = "" if value is None else f" -> {value[spot]:g}"
    shown += "" if bound is None else f", where {bound[spot]:g} is the bound"
    raise BadInput(
        f"{what}.\n  {int(bad.sum())} of {bad.size} cells fail; the first: {first_cell(bad, coords)}{shown}\n  {remedy}"
    )
