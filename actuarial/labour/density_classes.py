"""Persistent densities of contribution: a group divided into classes of members who contribute ever more regularly."""

from typing import TypeVar

import numpy as np
import xarray as xr

from actuarial.bridge import align, spread
from actuarial.check.variables import first_cell
from actuarial.errors import BadInput
from actuarial.labour.group_policy import split_group

S = TypeVar("S")
CELL = ("group", "sex", "age")
STOCKS = ("active_0", "inactive_0", "invalid_0")


def density_classes(
    basis: xr.Dataset, scheme: S, group: str, sd: float | xr.DataArray, *, classes: int = 5
) -> tuple[xr.Dataset, S]:
    """Divide a group into classes of equal size by density, which members keep all their lives.

    One density for everybody gives all members of an age the same career: after 25 years with a density of 0.6 all have
    15 years, and a qualifying period of 15 years is met by all or by none. Here individual densities have a Beta
    distribution with the mean of the basis, and each class has the mean density of its quantiles.

    Parameters
    ----------
    basis : Dataset
    scheme : Scheme
    group : name of a group of the basis
    sd : fraction
        Standard deviation of the densities of persons of the same sex and age: a number or a DataArray by some of sex
        and age; 0 where all are alike.
    classes : int
        Number of classes, from 2 on.

    Returns
    -------
    basis, scheme
        With the groups `GROUP_1` (who contribute least) to `GROUP_k` in the place of the old one.

    Raises
    ------
    BadInput
        Fewer than two classes, a group that is not there, a standard deviation that no distribution on 0..1 with the
        density of the basis has.

    Notes
    -----
    With a + b = m (1 - m)/sd^2 - 1 and a = m (a + b), I the regularized incomplete beta function and e_i the quantiles
    i/k of Beta(a, b), class i of k has the density

        d_i = k m (I(e_i; a + 1, b) - I(e_i-1; a + 1, b)),  sum of d_i/k = m.

    Every class has 1/k of the members of every sex and age, of the entries and of the coverage target; where coverage
    counts average contributors the target is divided by their contributions, with the ages of the opening stock. So the
    months contributed in the first year do not change but by who retires in it.

    Opening stocks are divided so that who has more credits tends to be in a higher class: of the members of an age the
    part z is ranked by credit, the lowest 1/k of credits in the first class and so on, and the rest divided evenly,
    with z^2 = n/(n + a + b) and n = mean credit/m the months since entry. That is the credibility of a career of n
    months: the posterior mean of the density given the credit c is m + z^2 (c/n - m) [1]_, ranks of credit have the
    standard deviation sd/z of c/n, so that the mean density of the classes at a credit is nearly the posterior one,
    while every class keeps its share of every age.

    Careers of 25 years with mean density 0.6 and standard deviation 0.25, months and probabilities:

    ===========  =====  =========  =========  =========
    classes      sd(c)  P(c>=120)  P(c>=180)  P(c>=240)
    ===========  =====  =========  =========  =========
    1              2.0      1.000       .579      0
    5             73.0       .800       .600       .200
    20            74.9       .752       .543       .264
    100           75.0       .762       .534       .268
    Beta itself   75         .759       .533       .266
    ===========  =====  =========  =========  =========

    A class lies on one side of a threshold, hence errors of up to 1/k in a single probability (measured: .067 with 5
    classes, .010 with 20, .003 with 100, of which .003 by whole months); over many ages and thresholds they cancel.

    References
    ----------
    .. [1] Buhlmann, H., Gisler, A. (2005), A course in credibility theory and its applications, Springer, chapter 2.

    Examples
    --------
    basis, scheme = density_classes(basis, scheme, "private", 0.25)  # private_1, ..., private_5
    """
    if isinstance(classes, bool) or not isinstance(classes, int) or classes < 2:
        raise BadInput(f"classes: must be a whole number from 2 on (got {classes!r}).")
    names = [f"{group}_{i + 1}" for i in range(classes)]
    result, law = split_group(basis, scheme, group, dict.fromkeys(names, 1.0 / classes))
    mean = spread(basis, "density").sel(group=[group])
    deviation = _deviation(mean, sd)
    densities = class_densities(mean.values, deviation, classes)
    by_class = _by_class(mean, densities, names)
    whole = spread(result, "density")
    changed = whole.where(~whole["group"].isin(names), by_class.reindex_like(whole).fillna(0.0))
    changed = changed.transpose(*whole.dims).assign_attrs(basis["density"].attrs)
    result = result.assign(density=changed)
    for name in [name for name in STOCKS if name in basis]:
        result = result.assign({name: _ranked(basis[name], result[name], group, names, mean, deviation)})
    if basis.attrs.get("coverage_concept") == "average":
        result = result.assign(coverage=_by_contributions(basis, result, group, names))
    return result, law


def class_densities(mean: np.ndarray | float, sd: np.ndarray | float, classes: int) -> np.ndarray:
    """Mean densities (class, ...) of the quantile classes of a Beta distribution, see `density_classes`.

    Examples
    --------
    >>> [round(float(d), 3) for d in class_densities(0.6, 0.25, 3)]
    [0.304, 0.624, 0.872]
    """
    means, deviations = np.broadcast_arrays(np.asarray(mean, dtype=float), np.asarray(sd, dtype=float))
    pairs, place = np.unique(np.stack([means.ravel(), deviations.ravel()]), axis=1, return_inverse=True)
    result = np.repeat(pairs[:1], classes, axis=0)
    some = (pairs[1] > 0.0) & (pairs[0] > 0.0) & (pairs[0] < 1.0)
    m, s = pairs[:, some]
    size = m * (1.0 - m) / s**2 - 1.0
    shares = np.arange(1, classes)[:, np.newaxis] / classes
    below = _share_of_mean(m * size, (1.0 - m) * size, shares)
    edges = np.concatenate([np.zeros((1, len(m))), below, np.ones((1, len(m)))])
    result[:, some] = np.clip(classes * m * np.diff(edges, axis=0), 0.0, 1.0)
    return result[:, place.ravel()].reshape(classes, *means.shape)


def _share_of_mean(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> np.ndarray:
    """I(e; a+1, b) at the quantile e of a share of Beta(a, b); near 1 by the distance y = 1 - e, which may be tiny.

    1 - I(e; a+1, b) = I(y; b, a+1), which is (1 - share) (a + b)/a where y is too small for a number.
    """
    from scipy.special import betainc, betaincinv

    low, rest = betaincinv(a, b, share), betaincinv(b, a, 1.0 - share)
    above = np.where(rest > 1e-300, betainc(b, a + 1.0, rest), (1.0 - share) * (a + b) / a)
    return np.where(low <= 0.5, betainc(a + 1.0, b, low), 1.0 - above)


def _deviation(mean: xr.DataArray, sd: float | xr.DataArray) -> np.ndarray:
    """Standard deviations in the cells of the mean, which a Beta distribution can have; 0 where all or none pay."""
    coords = {str(dim): mean[dim] for dim in mean.dims}
    values = align(sd, tuple(coords), coords)
    inside = (mean.values > 0.0) & (mean.values < 1.0)
    bad = (values < 0.0) | (inside & (values**2 >= mean.values * (1.0 - mean.values)))
    if bad.any():
        spot = np.unravel_index(int(np.argmax(bad)), bad.shape)
        m = mean.values[spot]
        raise BadInput(
            f"sd: a density of {m:g} cannot have the standard deviation {values[spot]:g}; it is from 0 to below "
            f"{np.sqrt(m * (1 - m)):.3g} there.\n"
            f"  {int(bad.sum())} of {bad.size} cells fail; the first: {first_cell(bad, coords)}\n"
            "  Give a smaller one, by sex and age if need be."
        )
    return np.where(inside, values, 0.0)


def _by_class(mean: xr.DataArray, densities: np.ndarray, names: list[str]) -> xr.DataArray:
    """Densities (class, ..., group of one, ...) with the classes as groups."""
    parts = [mean.copy(data=values).assign_coords(group=[name]) for values, name in zip(densities, names, strict=True)]
    return xr.concat(parts, dim="group").transpose(*mean.dims)


def _ranked(
    before: xr.DataArray, even: xr.DataArray, group: str, names: list[str], mean: xr.DataArray, deviation: np.ndarray
) -> xr.DataArray:
    """An opening stock whose classes are ranked by credit as far as credit tells of density, else divided evenly."""
    stock = before.sel(group=group, drop=True).transpose(..., "service")
    first = mean.copy(data=deviation).isel(group=0, drop=True), mean.isel(group=0, drop=True)
    spread_of, density = (one.isel(year=0, drop=True) if "year" in one.dims else one for one in first)
    total = stock.sum("service")
    credit = (stock * stock["service"]).sum("service") / total.where(total > 0.0, 1.0)
    size = density * (1.0 - density) / spread_of.where(spread_of > 0.0, np.inf) ** 2
    size = (size - 1.0).where(spread_of > 0.0, np.inf)
    months = credit / density.where(density > 0.0, 1.0)
    ranked = ((months / (months + size)) ** 0.5).where(spread_of > 0.0, 0.0)
    rank = (stock.cumsum("service") / total.where(total > 0.0, 1.0)).clip(max=1.0)
    result = even.copy()
    for i, name in enumerate(names):
        within = rank.clip(i / len(names), (i + 1) / len(names))
        part = (within - within.shift(service=1, fill_value=i / len(names))) * total
        mixed = ranked * part + (1.0 - ranked) * stock / len(names)
        place = {"group": name}
        result.loc[place] = mixed.transpose(*result.loc[place].dims)
    told = f"density classes of {group}, members of an age ranked by credit"
    return result.assign_attrs(built=f"{even.attrs['built']}; {told}" if "built" in even.attrs else told)


def _by_contributions(basis: xr.Dataset, result: xr.Dataset, group: str, names: list[str]) -> xr.DataArray:
    """Coverage of average contributors, divided by what the classes contribute at the ages of the opening stock."""
    weight = basis["active_0"].sel(group=group, drop=True).sum("service")
    entering = spread(basis, "entry_profile").sel(group=group, drop=True)
    weight = xr.where(weight.sum("age") > 0.0, weight, entering)
    contributed = (weight * result["density"].sel(group=names)).sum("age")
    whole = result["coverage"]
    shares = (contributed / contributed.sum("group")).reindex(group=whole["group"]).fillna(0.0)
    total = whole.sel(group=names).sum("group")
    return whole.where(~whole["group"].isin(names), total * shares).transpose(*whole.dims).assign_attrs(whole.attrs)
