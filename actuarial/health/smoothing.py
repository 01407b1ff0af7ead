"""Use rates of small cells: credibility of what was observed against a standard, and smoothing along age."""

import math
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.check.variables import first_cell
from actuarial.errors import BadDimensions, BadInput

CELLS = ("service_type", "health_group", "sex", "age")


class Smoothed(NamedTuple):
    """Use rates (contacts/person/year) and the credibility of each cell (fraction), on the dims of the contacts."""

    rates: xr.DataArray
    credibility: xr.DataArray


def smooth_relativities(
    contacts: xr.DataArray,
    exposure: xr.DataArray,
    *,
    smoothing: float,
    order: int = 2,
    standard: xr.DataArray | None = None,
    credibility_constant: Any = None,
    dispersion: float = 1.0,
    by_group: bool = True,
) -> Smoothed:
    """Use rates by sex and age from few observations: drawn towards a standard, smoothed along age, totals kept.

    Parameters
    ----------
    contacts : DataArray (service_type, health_group, sex, age), observed contacts; age must be there
    exposure : DataArray on some of the dims of the contacts, person-years observed
    smoothing : weight lambda of roughness against fit, person-years; 0 does not smooth, infinity gives a polynomial
    order : order of the differences that are to be small, 1 to 4; the polynomial has a degree less
    standard : DataArray on some of the dims of the contacts, contacts/person/year, optional
        Rates that small cells are drawn towards, of which only the shape is used; by default those of all groups
        together by service, sex and age.
    credibility_constant : number, or DataArray by service_type, contacts, optional
        K below, 0 to infinity; by default it is estimated for each service.
    dispersion : variance of the contacts of a cell over their mean, at least 1 where the same people come again
    by_group : whether each group keeps its contacts of a service, or only all groups together, where the level of a
        small group is itself to be drawn towards the standard

    Returns
    -------
    Smoothed
        `rates`, a `use_rate_0` for the basis, and `credibility`, both on the dims of the contacts.

    Raises
    ------
    BadInput
        Negative numbers, contacts where nobody was observed or where the standard is 0, K that cannot be estimated
        because the standard is made of the one group, an order or a constant out of bounds, ages with a gap, other
        kinds of arrays.
    BadDimensions
        Other dims, or labels that differ.

    Notes
    -----
    With n contacts observed in a cell and E expected there (person-years times the standard, scaled to the total that
    is kept), the ratio n/E has the credibility Z = E/(E + K), and the rate of the cell is standard (1 + Z (n/E - 1)).
    K = dispersion/tau2, tau2 the variance of the true ratios between cells [1]_; with counts that are dispersion times
    as variable as a Poisson number, and d = (1 - E/E_margin)(1 - E/E_standard) for what the levels and a standard of
    the same data take up::

        tau2 = (sum E (n/E - 1)^2 - dispersion sum d)/(sum E d), infinite K where it is not positive

    Along age the rates g minimise sum w (g - y)^2 + lambda sum (difference of the order)^2 [2]_ for each service, group
    and sex, y the rates above and w the person-years, from the first to the last age that was observed and where the
    standard is not 0; at other ages they are y. A rate below 0 becomes 0. At last rates are scaled so that rates times
    person-years are the contacts of each total. To smooth ratios to a standard instead of rates, give expected contacts
    as `exposure` and a standard of 1.

    References
    ----------
    .. [1] Buehlmann, H., Gisler, A. (2005), A course in credibility theory and its applications, Springer, chapter 4.
    .. [2] Whittaker, E. T. (1923), On a new method of graduation, Proceedings of the Edinburgh Mathematical Society 41,
       63-75.

    Examples
    --------
    found = smooth_relativities(contacts, person_years, smoothing=5_000.0)
    basis = basis.assign(use_rate_0=found.rates)
    """
    _check_numbers(smoothing, order, dispersion)
    coords = _labels(_named(contacts, "contacts"))
    dims = tuple(coords)
    observed, people = align(contacts, dims, coords), align(_named(exposure, "exposure"), dims, coords)
    at = {dim: dims.index(dim) for dim in dims}
    body = tuple(at[dim] for dim in dims if dim not in (CELLS[:2] if by_group else CELLS[:1]))
    own = standard is None
    groups = (at["health_group"],) if "health_group" in at else ()
    if standard is None:
        shape = _over(observed.sum(axis=groups, keepdims=True), people.sum(axis=groups, keepdims=True))
    else:
        shape = align(_named(standard, "standard"), dims, coords)
    _check_cells(observed, people, shape, coords)
    level = shape * _over(observed.sum(axis=body, keepdims=True), (people * shape).sum(axis=body, keepdims=True))
    expected = people * level
    others = tuple(place for dim, place in at.items() if dim != "service_type")
    if credibility_constant is None:
        taken = 1.0 - _over(expected, expected.sum(axis=body, keepdims=True))
        if own:
            taken = taken * (1.0 - _over(expected, expected.sum(axis=groups, keepdims=True)))
        constant = _estimated(observed, expected, taken, dispersion, others, own)
    else:
        constant = _given(credibility_constant, coords)
    weight = _credibility(expected, constant)
    rates = level * (1.0 + weight * (_over(observed, expected) - 1.0))
    if smoothing > 0:
        rates = _smoothed(rates, people, shape, smoothing, order, at["age"])
    rates = rates * _over(observed.sum(axis=body, keepdims=True), (rates * people).sum(axis=body, keepdims=True))
    named = {dim: (dim, coords[dim].values) for dim in dims}
    return Smoothed(
        xr.DataArray(rates, dims=dims, coords=named, name="use_rate_0"),
        xr.DataArray(weight, dims=dims, coords=named, name="credibility"),
    )


def whittaker(values: np.ndarray, weights: np.ndarray, smoothing: float, order: int = 2) -> np.ndarray:
    """Series that is smooth and close to another: Whittaker's graduation.

    Parameters
    ----------
    values : array (age,), any units
    weights : array (age,), not negative, positive at `order` ages at least
    smoothing : lambda, in units of the weights; infinity gives the polynomial of least squares
    order : order of the differences

    Returns
    -------
    array (age,)
        g with (W + lambda D'D) g = W y, D the differences of the order.

    References
    ----------
    .. [1] Whittaker, E. T. (1923), On a new method of graduation, Proceedings of the Edinburgh Mathematical Society 41,
       63-75.

    Examples
    --------
    >>> whittaker(np.array([1.0, 2.0, 3.0, 5.0]), np.ones(4), math.inf).round(6).tolist()
    [0.8, 2.1, 3.4, 4.7]
    """
    from numpy.polynomial import Legendre
    from scipy.linalg import solveh_banded

    size = len(values)
    if smoothing == math.inf:
        place = np.linspace(-1.0, 1.0, size)
        fit = Legendre.fit(place, values, order - 1, domain=[-1.0, 1.0], w=np.sqrt(weights))
        return np.asarray(fit(place))
    difference = np.diff(np.eye(size), order, axis=0)
    penalty = difference.T @ difference
    bands = np.zeros((order + 1, size))
    for k in range(order + 1):
        bands[k, : size - k] = smoothing * np.diagonal(penalty, -k)
    bands[0] += weights
    return np.asarray(solveh_banded(bands, weights * values, lower=True))


def _smoothed(
    rates: np.ndarray, people: np.ndarray, shape: np.ndarray, smoothing: float, order: int, age: int
) -> np.ndarray:
    """Rates smoothed along age, line by line, where there is something to smooth."""
    arrays = (np.moveaxis(np.broadcast_to(array, rates.shape), age, -1) for array in (rates, people, shape))
    lines, weights, levels = (array.reshape(-1, array.shape[-1]) for array in arrays)
    result = np.array(lines)
    for y, w, level, line in zip(lines, weights, levels, result, strict=True):
        known = np.flatnonzero((w > 0) & (level > 0))
        if known.size <= order:
            continue
        here = slice(known[0], known[-1] + 1)
        smooth = whittaker(y[here], np.where(level > 0, w, 0.0)[here], smoothing, order)
        line[here] = np.where(level[here] > 0, np.maximum(smooth, 0.0), 0.0)
    moved = np.moveaxis(rates, age, -1).shape
    return np.moveaxis(result.reshape(moved), -1, age)


def _over(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Quotient, 0 where nothing is below."""
    shape = np.broadcast_shapes(above.shape, below.shape)
    return np.divide(above, below, out=np.zeros(shape), where=np.broadcast_to(below > 0, shape))


def _credibility(expected: np.ndarray, constant: np.ndarray) -> np.ndarray:
    """E/(E + K): 1 where K is 0 and something is expected, 0 where K is infinite."""
    finite = np.where(np.isinf(constant), 0.0, constant)
    return np.where(np.isinf(constant), 0.0, _over(expected, expected + finite))


def _estimated(
    observed: np.ndarray, expected: np.ndarray, taken: np.ndarray, dispersion: float, axes: tuple[int, ...], own: bool
) -> np.ndarray:
    """K of every service (service, 1, ...)."""
    spread = _over((observed - expected) ** 2, expected).sum(axis=axes, keepdims=True)
    freedom = np.where(expected > 0, taken, 0.0).sum(axis=axes, keepdims=True)
    room = (expected * taken).sum(axis=axes, keepdims=True)
    every = expected.sum(axis=axes, keepdims=True)
    if bool(((room <= 1e-9 * every) & (every > 0)).any()):
        why = "the standard is made of the same cells; give standard" if own else "there is one cell only; give it"
        raise BadInput(f"credibility_constant: it cannot be estimated, since {why}, or credibility_constant.")
    variance = _over(spread - dispersion * freedom, room)
    return np.divide(dispersion, variance, out=np.full(variance.shape, np.inf), where=variance > 0)


def _given(constant: Any, coords: dict[str, xr.DataArray]) -> np.ndarray:
    """K as it is given (service, 1, ...)."""
    dims = tuple(dim for dim in coords if dim == "service_type")
    values = align(constant, dims, coords)
    if not bool(np.all(values >= 0)):
        raise BadInput(f"credibility_constant must be at least 0 (got {float(values.min()):g}).")
    return values.reshape(values.shape + (1,) * (len(coords) - len(dims)))


def _named(array: Any, name: str) -> xr.DataArray:
    """The DataArray with the name that messages have for it."""
    if not isinstance(array, xr.DataArray):
        raise BadInput(f"{name}: give a DataArray with its dims and labels (got {type(array).__name__}).")
    return array.rename(name)


def _labels(contacts: xr.DataArray) -> dict[str, xr.DataArray]:
    """Labels of the contacts, in the order of the vocabulary."""
    other = [str(dim) for dim in contacts.dims if dim not in CELLS]
    if other or "age" not in contacts.dims:
        got = ", ".join(map(str, contacts.dims))
        raise BadDimensions(f"contacts must be by age, and by nothing else than {', '.join(CELLS)} (got {got}).")
    unnamed = [str(dim) for dim in contacts.dims if dim not in contacts.coords]
    if unnamed:
        raise BadDimensions(f"contacts: {', '.join(unnamed)} has no labels; give them.")
    _check_ages(contacts["age"].values)
    return {dim: contacts[dim] for dim in CELLS if dim in contacts.dims}


def _check_ages(ages: np.ndarray) -> None:
    if ages.dtype.kind not in "iuf":
        raise BadInput(f"contacts: the ages must be numbers; of groups give the first age (got {ages[0]}).")
    steps = np.diff(ages)
    odd = np.flatnonzero(steps != steps[:1])
    if odd.size:
        place = f"{ages[odd[0]]:g} is followed by {ages[odd[0] + 1]:g}"
        raise BadInput(
            f"contacts: the ages must follow each other by {steps[0]:g} years each, as the first two do; {place}.\n"
            "  Add the age that is missing, or give groups that are as wide."
        )


def _check_numbers(smoothing: float, order: int, dispersion: float) -> None:
    if not smoothing >= 0:
        raise BadInput(f"smoothing must be person-years, 0 to infinity (got {smoothing!r}).")
    if order not in (1, 2, 3, 4):
        raise BadInput(f"order must be 1, 2, 3 or 4 (got {order!r}).")
    if not 0 < dispersion < math.inf:
        raise BadInput(f"dispersion must be a positive number (got {dispersion!r}).")


def _check_cells(
    observed: np.ndarray, people: np.ndarray, shape: np.ndarray, coords: dict[str, xr.DataArray]
) -> None:
    """BadInput where a cell cannot be meant."""
    found = [np.broadcast_to(array, observed.shape) for array in (observed, people, shape)]
    named = zip(("contacts", "exposure", "standard"), found, strict=True)
    wrong = {f"{name} must be a number, at least 0": ~((array >= 0) & (array < math.inf)) for name, array in named}
    wrong["contacts of nobody: exposure is 0"] = (observed > 0) & (found[1] <= 0)
    wrong["contacts where the standard is 0"] = (observed > 0) & (found[2] <= 0)
    for what, bad in wrong.items():
        if bad.any():
            where = first_cell(bad, coords)
            raise BadInput(f"{what}, in {int(bad.sum())} of {bad.size} cells; the first: {where}.")
