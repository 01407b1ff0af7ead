"""Life tables with a given life expectancy: convergence to a target along a family of one parameter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import ORDER, described, labelled, numbers_of, refuse, same_labels
from actuarial.demography.survival import DEFAULT_A0
from actuarial.demography.trends import e0_search as kernel
from actuarial.errors import BadDimensions, BadInput, MissingVariable

WORDS = {
    "mx": ("1/year", "Central death rate"),
    "index": ("1", "Parameter of the family of tables"),
    "e0": ("years", "Life expectancy at birth"),
}
LONGEST = 130.0


@dataclass(frozen=True, eq=False)
class TableFamily:
    """Life tables that one number moves; made by `log_linear_family`, `between_family` and their like."""

    columns: tuple[xr.DataArray, ...]
    tables: Callable[..., kernel.Tables]
    """Makes the tables of the columns, age first, and of what gives a0."""
    start: float = 0.0


@kind.takes(mx=kind.numbers, pattern=kind.numbers)
def log_linear_family(mx: Any, pattern: Any) -> TableFamily:
    """Tables whose log death rates move in proportion to a pattern of improvement.

    Parameters
    ----------
    mx : array of (age), or DataArray with `age`, 1/year
        The table where the index is 0.
    pattern : array of (age), or DataArray with `age`
        beta of a Lee-Carter model, or any pattern of improvement by age.

    Returns
    -------
    TableFamily
        mx exp(beta k), with k as index.

    References
    ----------
    .. [1] Lee, R. D., Carter, L. R. (1992), Modeling and forecasting U.S. mortality, Journal of the American
       Statistical Association 87(419), 659-671.
    .. [2] Li, N., Gerland, P. (2011), Modifying the Lee-Carter method to project mortality changes up to 2100,
       Population Association of America, annual meeting.
    """
    return TableFamily((_log(mx, "mx"), labelled(pattern, "pattern", ("age",))), _log_linear)


@kind.takes(mx=kind.numbers)
def proportional_family(mx: Any) -> TableFamily:
    """Tables in proportion to one: mx exp(k) with k as index.

    Parameters
    ----------
    mx : array of (age), or DataArray with `age`, 1/year
    """
    level = _log(mx, "mx")
    return TableFamily((level, xr.ones_like(level)), _log_linear)


@kind.takes(first=kind.numbers, second=kind.numbers)
def between_family(first: Any, second: Any) -> TableFamily:
    """Tables between two, interpolated in the logarithm of the death rates: first^(1-k) second^k, 0 <= k <= 1.

    Parameters
    ----------
    first, second : array of (age), or DataArray with `age`, 1/year
        Above 0, or both 0.

    Raises
    ------
    OutOfBounds
        A death rate that is 0 in one of them only.
    """
    a, b = _same("first and second", _log(first, "first"), _log(second, "second"))
    a, b = xr.broadcast(a, b)
    dead, other = np.isfinite(a.values), np.isfinite(b.values)
    refuse(a, dead != other, "death rates must be above 0 in both tables, or 0 in both")
    both = xr.where(np.isfinite(a), b, 0.0) - xr.where(np.isfinite(a), a, 0.0)
    return TableFamily((a, both.transpose(*a.dims)), _between, start=0.5)


@kind.takes(mx=kind.numbers)
def brass_family(mx: Any) -> TableFamily:
    """Tables whose logits of survivors are those of a standard plus a constant.

    Parameters
    ----------
    mx : array of (age), or DataArray with `age`, 1/year
        The standard.

    Returns
    -------
    TableFamily
        Y_x = ln((1 - l_x)/l_x)/2 becomes Y_x + k with k as index, that is
        q_x = c q_x^s/(l_{x+1}^s + (1 - l_{x+1}^s) c) with c = exp(2 k). The death rate of the open age moves in
        proportion to that of the age before.

    References
    ----------
    .. [1] Brass, W. (1971), On the scale of mortality, in: Brass, W. (ed.), Biological Aspects of Demography,
       Taylor and Francis, London.
    """
    level = labelled(mx, "mx", ("age",), least=0.0)
    refuse(level, level.values <= 0, "death rates of a standard must be above 0", "Graduate them first.")
    return TableFamily((level,), _brass)


@kind.takes(e0=kind.numbers)
def mortality_for_e0(e0: Any, family: TableFamily | xr.Dataset, a0: Any = None) -> xr.Dataset:
    """Life tables of a family that have given life expectancies at birth.

    Parameters
    ----------
    e0 : DataArray of any dims, array of (year, sex: male, female), or number, years
    family : TableFamily, or Dataset of `lee_carter` or with `alpha` and `beta`
        See `log_linear_family`, `proportional_family`, `between_family` and `brass_family`.
    a0 : "andreev_kingkade" (default), "coale_demeny_west", or DataArray or number of years
        Rule for, or values of, the mean time lived in the first year of life by those who die in it.

    Returns
    -------
    Dataset over the dims of `e0` and the family
        `mx` (1/year, with age), `index` (the parameter), `e0` (years, of the tables).

    Raises
    ------
    OutOfBounds
        A life expectancy that is above 130 years or that no table of the family has: how many, the first, and how far
        the family reaches; a0 outside 0 to 1.
    BadInput
        A rule for a0 where no dim is the sex, ages that do not start at 0, no family.
    BadDimensions
        Labels of the family, of e0 and of a0 that differ.

    Notes
    -----
    Life expectancy is met to 1e-10 years, by the search of `solve_k`. Where the rule for a0 jumps across the target no
    table has it, and the one beside the jump is given: `e0` tells. Between a fitted model and a base year: a
    `log_linear_family` of the base year's table and the model's `beta` starts from that table.

    Examples
    --------
    >>> import numpy as np
    >>> tables = mortality_for_e0(7.0, proportional_family([0.02, 0.001, 0.2]), a0=0.1)
    >>> tables.mx.values.round(5).tolist(), round(float(tables.e0), 9)
    ([0.01946, 0.00097, 0.19455], 7.0)
    """
    chosen = _family(family)
    target = _target(e0)
    refuse(target, target.values > LONGEST, f"e0 must be years, at most {LONGEST:g}", "Are these months?")
    if not target.dims and all(one.dims == ("age",) for one in chosen.columns):
        return mortality_for_e0(target.expand_dims("table"), chosen, a0).isel(table=0)
    columns = _same("mx and pattern", *chosen.columns)
    if columns[0].sizes["age"] < 2 or int(columns[0]["age"][0]) != 0:
        raise BadInput("mx: a life table needs the ages 0, 1, 2, ... with an open last age.")
    shaped = xr.broadcast(*_same("e0 and the family", target, *columns))
    dims = _dims(shaped[0])
    spread = [one.transpose(*dims, "age") for one in shaped]
    target, ages = spread[0].isel(age=0, drop=True), columns[0].sizes["age"]
    choose = _first_age(a0, target)
    arrays = [one.values for one in spread[1:]]

    def block(index: tuple[np.ndarray, ...], first_age: kernel.FirstAge) -> kernel.Tables:
        return chosen.tables(*(np.ascontiguousarray(one[index].T) for one in arrays), first_age)

    index = kernel.solve_blocks(block, target.values, choose, chosen.start, lambda at: _place(target, at))
    mx, reached = kernel.tables_of(block, index, ages, choose)
    found = xr.Dataset(
        {"mx": spread[0].copy(data=mx), "index": target.copy(data=index), "e0": target.copy(data=reached)}
    )
    return described(found.transpose(*[dim for dim in (*_others(target), *ORDER) if dim in found.dims]), WORDS)


def _same(what: str, *arrays: xr.DataArray) -> tuple[xr.DataArray, ...]:
    same_labels(what, *arrays)
    return xr.align(*arrays, join="exact")


def _family(family: TableFamily | xr.Dataset) -> TableFamily:
    if isinstance(family, TableFamily):
        return family
    if not isinstance(family, xr.Dataset):
        raise BadInput(
            f"family: give one made by proportional_family, log_linear_family, between_family or brass_family, or a "
            f"fitted model, not a {type(family).__name__}."
        )
    if not {"alpha", "beta"} <= set(family.data_vars):
        raise MissingVariable("family: a Dataset needs alpha and beta, or make one with log_linear_family.")
    if family.attrs.get("link") == "logit":
        raise BadInput(
            "family: the model moves logits of probabilities, not logarithms of death rates.\n  Give "
            'log_linear_family(mx, pattern) of a base year, or a model of method="poisson".'
        )
    if "gamma" in family:
        raise BadInput("family: the model has effects of cohorts, which are in no table of a family; give one without.")
    alpha, beta = (family[name].astype(float).drop_attrs() for name in ("alpha", "beta"))
    return TableFamily((alpha, beta), _log_linear)


def _target(e0: Any) -> xr.DataArray:
    if isinstance(e0, xr.DataArray) or np.ndim(e0) == 0:
        return labelled(e0 if isinstance(e0, xr.DataArray) else xr.DataArray(float(e0)), "e0", (), least=0.0)
    return labelled(e0, "e0", ("year", "sex"), {"sex": ["male", "female"]}, least=0.0)


def _others(array: xr.DataArray) -> list[Any]:
    return [dim for dim in array.dims if dim not in ORDER]


def _dims(array: xr.DataArray) -> list[Any]:
    """Dims without the age, sex last: so the rules of a0 want it."""
    found = [*_others(array), *(dim for dim in ORDER if dim in array.dims and dim not in ("sex", "age"))]
    return [*found, "sex"] if "sex" in array.dims else found


def _first_age(a0: Any, target: xr.DataArray) -> Callable[[np.ndarray], kernel.FirstAge]:
    shape = target.shape
    if a0 is None or isinstance(a0, str):
        sexes = [str(sex) for sex in target["sex"].values] if "sex" in target.dims else None
        return kernel.first_age_of(a0 or DEFAULT_A0, shape, sexes)
    lived = labelled(a0 if isinstance(a0, xr.DataArray) else xr.DataArray(numbers_of(a0, "a0")), "a0", (), least=0.0)
    refuse(lived, lived.values > 1, "a0 must be at most 1 year")
    if not set(lived.dims) <= set(target.dims):
        raise BadDimensions("a0: give a number, or a DataArray over dims of e0.")
    lived = _same("e0 and a0", target, lived)[1].broadcast_like(target).transpose(*target.dims)
    return kernel.first_age_of(lived.values, shape, None)


def _place(target: xr.DataArray, at: tuple[int, ...]) -> str:
    labels = (target[dim].values[i] if dim in target.coords else i for dim, i in zip(target.dims, at, strict=True))
    return ", ".join(f"{dim} {label}" for dim, label in zip(target.dims, labels, strict=True))


def _log(mx: Any, name: str) -> xr.DataArray:
    rates = labelled(mx, name, ("age",), least=0.0)
    oldest = rates.isel(age=[-1])
    refuse(oldest, oldest.values <= 0, f"{name} at the open age must be above 0: it is 1 over its life expectancy")
    with np.errstate(divide="ignore"):
        return rates.copy(data=np.log(rates.values))


def _log_linear(alpha: np.ndarray, beta: np.ndarray, _: kernel.FirstAge) -> kernel.Tables:
    return kernel.log_linear(alpha, beta)


def _between(alpha: np.ndarray, beta: np.ndarray, first_age: kernel.FirstAge) -> kernel.Tables:
    rows = np.arange(alpha.shape[1])
    ends = [np.exp(alpha), np.exp(alpha + beta)]
    first, second = (kernel.life_expectancy(mx, first_age(mx[0], rows)) for mx in ends)
    none, one = np.zeros(rows.size), np.ones(rows.size)

    def rates(k: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return np.exp(alpha[:, rows] + beta[:, rows] * k)

    unit = 10.0 / np.maximum(np.abs(second - first), 1e-3)
    return kernel.Tables(rates, none, one, unit, np.where(second > first, -1.0, 1.0))


def _brass(mx: np.ndarray, first_age: kernel.FirstAge) -> kernel.Tables:
    rows = np.arange(mx.shape[1])
    lived = np.full(mx.shape, 0.5)
    lived[0] = first_age(mx[0], rows)
    dying = (mx / (1.0 + (1.0 - lived) * mx))[:-1]
    alive = np.cumprod(1.0 - dying, axis=0)

    def rates(k: np.ndarray, rows: np.ndarray) -> np.ndarray:
        c, left = np.exp(2.0 * k), alive[:, rows]
        q = c * dying[:, rows] / (left + (1.0 - left) * c)
        found = np.empty((len(mx), len(k)))
        found[1:-1] = q[1:] / (1.0 - 0.5 * q[1:])
        found[0] = q[0]
        for _ in range(8):
            found[0] = q[0] / (1.0 - (1.0 - first_age(found[0], rows)) * q[0])
        found[-1] = mx[-1, rows] * found[-2] / mx[-2, rows]
        return found

    half = np.full(rows.size, 0.5)
    return kernel.Tables(rates, np.full(rows.size, -15.0), _brass_highest(mx, dying, alive), half, 2.0 * half)


def _brass_highest(mx: np.ndarray, dying: np.ndarray, alive: np.ndarray) -> np.ndarray:
    """Parameter where the death rate of the open age becomes 2, or the probability of dying of infants 2/3."""
    most = np.minimum(kernel.HIGHEST, kernel.HIGHEST * mx[-2] / mx[-1])
    c = np.full(mx.shape[1], np.exp(kernel.FARTHEST))
    for age, q in ((0, np.full(c.shape, 2.0 / 3.0)), (-1, most / (1.0 + 0.5 * most))):
        left, now = alive[age], dying[age]
        with np.errstate(divide="ignore", invalid="ignore"):
            c = np.where(now > q * (1.0 - left), np.minimum(c, q * left / (now - q * (1.0 - left))), c)
    return 0.5 * np.log(c)
