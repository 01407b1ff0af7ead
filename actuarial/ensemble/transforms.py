"""How drawn deviations move assumptions, exactly the central path where they are zero."""

from collections.abc import Callable
from functools import partial

import numpy as np
import xarray as xr

from actuarial.errors import BadInput, MissingVariable, OutOfBounds
from actuarial.vocabulary import variable

REAL = {"real_wage_growth": "wage_growth", "real_interest_rate": "interest_rate", "real_gdp_growth": "gdp"}
"""Series relative to prices, and the assumption of a basis that they move."""
WITH = {"wage_growth": "salary_growth", "gdp": "government_expenditure"}
"""Assumptions that move in proportion to another one, unless they are drawn themselves."""
Move = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _additive(central: np.ndarray, away: np.ndarray) -> np.ndarray:
    return central + away


def _log(central: np.ndarray, away: np.ndarray) -> np.ndarray:
    return central * np.exp(away)


def _growth(central: np.ndarray, away: np.ndarray) -> np.ndarray:
    return central + (1.0 + central) * np.expm1(away)


def _logit(central: np.ndarray, away: np.ndarray) -> np.ndarray:
    """The larger of exp(x) and exp(-x) is never formed, so that nothing overflows."""
    down = np.exp(-np.abs(away))
    up = central / (central + (1.0 - central) * down)
    low = central * down / (1.0 - central + central * down)
    return np.where(away == 0.0, central, np.where(away > 0, up, low))


def _level(central: np.ndarray, away: np.ndarray) -> np.ndarray:
    """Years are the second dim."""
    return central * np.exp(np.cumsum(away, axis=1))


TRANSFORMS: dict[str, Move] = {
    "additive": _additive,
    "log": _log,
    "growth": _growth,
    "logit": _logit,
    "level": _level,
}


def usual_transform(name: str) -> str:
    """The transform that keeps an assumption within its bounds."""
    if name in REAL:
        return "level" if REAL[name] == "gdp" else "growth"
    row = variable(name)
    if row.units == "1/year" and row.lower == -1:
        return "growth"
    if row.lower == 0 and row.upper == 1:
        return "logit"
    return "level" if row.units == "currency/year" else "log"


def moved(basis: xr.Dataset, draws: xr.Dataset, transform: Callable[[str], str]) -> dict[str, xr.DataArray]:
    """Assumptions of a basis moved by deviations (scenario, year): those drawn and those that move with them.

    Raises
    ------
    MissingVariable
        The basis lacks an assumption that is drawn.
    BadInput
        A real rate where the basis has inflation by scenario already.
    OutOfBounds
        A moved assumption leaves its bounds.
    """
    found: dict[str, xr.DataArray] = {}
    names = [str(name) for name in draws.data_vars]
    absent = [name for name in names if REAL.get(name, name) not in basis]
    if absent:
        raise MissingVariable(f"uncertainty: the basis has no {', '.join(REAL.get(name, name) for name in absent)}.")
    for name in names:
        if name not in REAL:
            found[name] = _labelled(basis[name], TRANSFORMS[transform(name)], draws[name])
    prices = _factor(basis, found, "inflation", draws)
    for name in [name for name in names if name in REAL]:
        target = REAL[name]
        moves = _nominal_level if target == "gdp" else _nominal_rate
        found[target] = _labelled(basis[target], partial(moves, prices), draws[name])
    for leading, name in WITH.items():
        if leading in found and name in basis and name not in found:
            factor = draws[names[0]].copy(data=_factor(basis, found, leading, draws))
            found[name] = _labelled(basis[name], _in_proportion if leading == "gdp" else _rate_in_proportion, factor)
    for name, array in found.items():
        _within(array, name)
    return found


def _factor(basis: xr.Dataset, found: dict[str, xr.DataArray], name: str, draws: xr.Dataset) -> np.ndarray:
    """Growth factors, or amounts, over those of the central path, (scenario, year); ones where nothing moved."""
    if name not in found:
        return np.ones((draws.sizes["scenario"], draws.sizes["year"]))
    more = 0.0 if name == "gdp" else 1.0
    return (more + found[name].values) / (more + basis[name].values)


def _nominal_rate(prices: np.ndarray, central: np.ndarray, away: np.ndarray) -> np.ndarray:
    return central + (1.0 + central) * (np.exp(away) * prices - 1.0)


def _nominal_level(prices: np.ndarray, central: np.ndarray, away: np.ndarray) -> np.ndarray:
    return central * np.exp(np.cumsum(away, axis=1)) * np.cumprod(prices, axis=1)


def _in_proportion(central: np.ndarray, factor: np.ndarray) -> np.ndarray:
    return central * factor


def _rate_in_proportion(central: np.ndarray, factor: np.ndarray) -> np.ndarray:
    return central + (1.0 + central) * (factor - 1.0)


def _labelled(central: xr.DataArray, move: Move, draws: xr.DataArray) -> xr.DataArray:
    """A moved assumption on (scenario, year, its other dims)."""
    if "scenario" in central.dims:
        raise BadInput(f"{central.name}: the basis has scenarios already; draw around one central path.")
    if "year" not in central.dims:
        central = central.expand_dims(year=draws["year"])
    dims = ("year", *[str(dim) for dim in central.dims if dim != "year"])
    values = central.transpose(*dims).values[None]
    away = draws.values.reshape(*draws.shape, *[1] * (len(dims) - 1))
    coords = {dim: central[dim] for dim in dims if dim in central.coords} | {"scenario": draws["scenario"]}
    cells = np.broadcast_to(move(values, away), (draws.sizes["scenario"], *values.shape[1:]))
    return xr.DataArray(np.ascontiguousarray(cells), dims=("scenario", *dims), coords=coords, attrs=central.attrs)


def _within(array: xr.DataArray, name: str) -> None:
    row, values = variable(name), array.values
    bad = ~((values >= row.lower) & (values <= row.upper))
    if bad.any():
        i, t = np.unravel_index(int(bad.argmax()), bad.shape)[:2]
        raise OutOfBounds(
            f"{name}: {int(bad.sum())} of {bad.size} drawn values lie outside {row.lower:g} to {row.upper:g}; the "
            f"first: scenario {array['scenario'].values[i]}, year {array['year'].values[t]} -> {values[bad][0]:g}.\n"
            "  Choose a transform that keeps the bounds (growth, logit, log), smaller shocks or less persistence."
        )
