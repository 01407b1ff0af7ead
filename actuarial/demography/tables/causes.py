"""Life tables by cause of death: what each cause takes, and what the table would be without it or with it alone."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, labelled, refuse, with_ages
from actuarial.demography.tables.conversion import rates_of
from actuarial.demography.tables.lifetable import COLUMNS, columns, quotient, require_columns, widths
from actuarial.demography.tables.nax import share_of_constant_force
from actuarial.errors import BadDimensions, BadInput
from actuarial.vocabulary import variable


@kind.takes(table=kind.dataset, causes=kind.optional(kind.labels))
def deaths_by_cause(table: xr.Dataset, deaths: Any, *, causes: Any = None) -> xr.Dataset:
    """Probabilities of dying and deaths of a life table by cause.

    Parameters
    ----------
    table : Dataset of `life_table`
    deaths : array (cause, age) or DataArray of (..., cause, age), persons
        Deaths by cause at the ages of the table, all causes together; only their shares count.
    causes : sequence, optional
        Names of the causes of a plain array.

    Returns
    -------
    Dataset over the dims of the table and `cause`
        `share` (of the deaths of the age), `qx` and `dx` (of the cause while all act; they sum to those of the table),
        `ever` (probability at birth, or at the first age, of dying of the cause).

    Raises
    ------
    MissingVariable
        A Dataset that is no life table.
    BadDimensions
        Other ages than those of the table.
    OutOfBounds
        Negative numbers, ages without any death in `deaths`.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 4.

    Examples
    --------
    >>> from actuarial.demography import life_table
    >>> table = life_table([0.02, 0.1, 0.5], ax=0.5)
    >>> deaths_by_cause(table, [[1, 2, 3], [1, 2, 1]])["ever"].round(3).values.tolist()
    [0.722, 0.278]
    """
    share = shares_of(table, deaths, causes)
    died = table["dx"] * share
    found = {"share": share, "qx": table["qx"] * share, "dx": died, "ever": died.sum("age") / table["lx"].isel(age=0)}
    order = (*[dim for dim in share.dims if dim != "age"], "age")
    result = xr.Dataset({name: one.transpose(*order, missing_dims="ignore") for name, one in found.items()})
    words = {
        "share": ("1", "Share of the cause in the deaths of the age"),
        "qx": ("1", "Probability of dying of the cause before the next age"),
        "dx": ("persons", "Deaths of the cause before the next age"),
        "ever": ("1", "Probability of dying of the cause"),
    }
    return described(result, words).drop_vars([name for name in result.coords if name not in result.dims])


@kind.takes(table=kind.dataset, causes=kind.optional(kind.labels), ax=kind.word)
def cause_deleted_table(
    table: xr.Dataset, deaths: Any, *, causes: Any = None, ax: str = "constant-force"
) -> xr.Dataset:
    """Life tables as they would be without one cause of death each, and the years of life gained.

    Parameters
    ----------
    table, deaths, causes
        As for `deaths_by_cause`.
    ax : "constant-force" or "preston"
        How the mean time lived in an age by those who die in it changes, see below.

    Returns
    -------
    Dataset over the dims of the table and `cause`
        The columns of `life_table` without the cause; `gain`, years, the life expectancy above that of the table.

    Raises
    ------
    MissingVariable, BadDimensions
        As `deaths_by_cause`.
    OutOfBounds
        As `deaths_by_cause`, and causes of all deaths at the open age: without them its life would not end; a mean
        time lived by "preston" that is outside its age.
    BadInput
        Another word for `ax`.

    Notes
    -----
    With R = 1 - D_i/D the share of the other causes, whose force is R times that of all at each moment of an age [1]_::

        q' = 1 - (1 - q)^R      e'_W = e_W/R      a'/(n - a') = a/(n - a) (c'/(n - c'))/(c/(n - c))

    with c the mean time lived under a constant force of mortality with the same q. So a' is exact where the force is
    constant within an age, and nearly a where few die. The tables of [2]_ have instead ("preston")::

        a' = n - R q/q' (n - a)                            which has too few deaths where many die
        a' = n/2 + n/24 (d'_{x+n} - d'_{x-n})/d'_x         wider ages between two closed ones as wide as themselves

    References
    ----------
    .. [1] Chiang, C. L. (1968), Introduction to stochastic processes in biostatistics, Wiley, chapter 11.
    .. [2] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 4, box 4.2.

    Examples
    --------
    >>> from actuarial.demography import life_table
    >>> table = life_table([0.02, 0.1, 0.5], ax=0.5)
    >>> cause_deleted_table(table, [[1, 2, 3], [1, 2, 1]])["gain"].sel(age=0).round(2).values.tolist()
    [5.8, 0.78]
    """
    rule = ax.replace("_", "-")
    if rule not in ("constant-force", "preston"):
        raise BadInput(f"ax: {ax!r} is not known; write constant-force or preston.")
    left = 1.0 - shares_of(table, deaths, causes)
    last = left.isel(age=[-1])
    refuse(
        last,
        last.values <= 0,
        "at the open age other causes must have deaths as well",
        "Close the table at a lower open age, or join causes.",
    )
    given, q = aligned(table, left)
    ratio = left.values
    without = _part(q, ratio)
    n = widths(left)
    a = _time_lived(given["ax"], n, q, without) if rule == "constant-force" else _by_preston(left, given, without)
    m_open = ratio[..., -1] * given["mx"][..., -1]
    without[..., -1] = 1.0
    a[..., -1] = 1.0 / m_open
    radix = given["lx"][..., :1]
    living, years, later = (radix * one for one in columns(without, a, n, m_open))
    m = rates_of(without, a, n)
    m[..., -1] = m_open
    found = (m, without, a, living, living * without, years, later, quotient(later, living))
    result = xr.Dataset(coords=left.coords)
    for name, one in zip(COLUMNS, found, strict=True):
        result[name] = (left.dims, one, variable(name).attributes())
    gain = {"units": "years", "long_name": "Life expectancy gained without the cause"}
    result["gain"] = (left.dims, result["ex"].values - given["ex"], gain)
    return result


@kind.takes(table=kind.dataset, causes=kind.optional(kind.labels))
def single_decrement_table(table: xr.Dataset, deaths: Any, *, causes: Any = None) -> xr.Dataset:
    """Probabilities of dying and survivors if one cause of death acted alone.

    Parameters
    ----------
    table, deaths, causes
        As for `deaths_by_cause`.

    Returns
    -------
    Dataset over the dims of the table and `cause`
        `qx` and `lx`. Nobody needs to die of one cause alone, so that there is no life expectancy.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        As `deaths_by_cause`.

    Notes
    -----
    q_i = 1 - (1 - q)^(D_i/D) [1]_; at the open age 1, or 0 for a cause without deaths there.

    References
    ----------
    .. [1] Chiang, C. L. (1968), Introduction to stochastic processes in biostatistics, Wiley, chapter 11.

    Examples
    --------
    >>> from actuarial.demography import life_table
    >>> table = life_table([0.02, 0.1, 0.5], ax=0.5)
    >>> single_decrement_table(table, [[1, 2, 3], [1, 2, 1]])["lx"].isel(age=2).round(4).values.tolist()
    [0.9417, 0.9417]
    """
    share = shares_of(table, deaths, causes)
    given, q = aligned(table, share)
    alone = _part(q, share.values)
    stays = np.concatenate([np.ones((*alone.shape[:-1], 1)), np.cumprod(1.0 - alone[..., :-1], axis=-1)], axis=-1)
    result = xr.Dataset(coords=share.coords)
    for name, values in (("qx", alone), ("lx", given["lx"][..., :1] * stays)):
        result[name] = (share.dims, values, variable(name).attributes())
    return result


def _time_lived(a: np.ndarray, width: np.ndarray, q: np.ndarray, without: np.ndarray) -> np.ndarray:
    """Mean time lived by those who die of other causes; a certain death keeps its own."""
    share = np.clip(a / width, 0.0, 1.0)
    some = (share > 0) & (share < 1) & (q < 1)
    odds = np.divide(share, 1.0 - share, out=np.ones(q.shape), where=some)
    odds = odds * _odds(np.where(some, without, 0.0)) / _odds(np.where(some, q, 0.0))
    return np.where(some, width * odds / (1.0 + odds), a)


def _by_preston(left: xr.DataArray, given: dict[str, np.ndarray], without: np.ndarray) -> np.ndarray:
    """Mean time lived by those who die of other causes: deaths in proportion, or on a parabola through three ages."""
    n, some = widths(left), without > 0
    certain = np.where(some, without, 1.0)
    a = np.where(some, n - left.values * given["qx"] / certain * (n - given["ax"]), given["ax"])
    stays = np.cumprod(1.0 - without[..., :-1], axis=-1)
    died = without * np.concatenate([np.ones((*stays.shape[:-1], 1)), stays], axis=-1)
    for x in range(1, n.size - 2):
        if 1 < n[x] == n[x - 1] == n[x + 1]:
            curve = n[x] / 2 + n[x] / 24 * (died[..., x + 1] - died[..., x - 1]) / np.where(some, died, 1.0)[..., x]
            a[..., x] = np.where(some[..., x], curve, n[x] / 2)
    outside = (a < 0) | (a > n)
    outside[..., -1] = False
    refuse(left.copy(data=a), outside, "ax must lie between 0 and the width of its age", 'Take ax="constant-force".')
    return a


def _odds(q: np.ndarray) -> np.ndarray:
    """c/(n - c) of the mean time c lived in an age of n years under a constant force."""
    c = share_of_constant_force(-np.log1p(-q))
    return c / (1.0 - c)


def _part(q: np.ndarray, share: np.ndarray) -> np.ndarray:
    """1 - (1 - q)^share."""
    certain = q >= 1.0
    below = -np.expm1(share * np.log1p(-np.where(certain, 0.0, q)))
    return np.where(certain, (share > 0).astype(float), below)


def shares_of(table: xr.Dataset, deaths: Any, causes: Any) -> xr.DataArray:
    """Share of each cause in the deaths, over the dims of both."""
    require_columns(table, "table")
    ages = table["age"].values
    dims = ("age", "cause") if isinstance(deaths, xr.DataArray) else ("cause", "age")
    plain = isinstance(deaths, xr.DataArray) and "age" not in deaths.coords
    given = with_ages(deaths, "deaths", ages) if plain else deaths
    dead = labelled(given, "deaths", dims, {"cause": causes, "age": ages}, least=0.0)
    if not np.array_equal(dead["age"].values, ages):
        raise BadDimensions(f"deaths must have the ages of the table, {ages[0]} to {ages[-1]} ({ages.size} of them).")
    total = dead.sum("cause")
    refuse(
        total,
        total.values <= 0,
        "each age needs deaths of some cause",
        "Join ages, or add the deaths of other years, so that shares can be told.",
    )
    lead = table["qx"].drop_vars([name for name in table.coords if name not in table.dims])
    try:
        both = xr.align(dead / total, lead, join="exact")
    except ValueError as wrong:
        raise BadDimensions("deaths has other labels of a dimension than the table; give it by the same.") from wrong
    share = xr.broadcast(*both)[0]
    return labelled(share, "share", ("cause", "age"))


def aligned(table: xr.Dataset, labels: xr.DataArray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The columns of the table over the dims of the labels."""
    plain = table.drop_vars([name for name in table.coords if name not in table.dims])
    found = {name: plain[name].broadcast_like(labels).transpose(*labels.dims).values for name in COLUMNS}
    return found, found["qx"]
