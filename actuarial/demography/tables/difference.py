"""Which ages, and which causes of death, make two life expectancies differ."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, labelled, refuse
from actuarial.demography.tables.causes import aligned, shares_of
from actuarial.demography.tables.lifetable import COLUMNS, require_columns
from actuarial.errors import BadDimensions, BadInput

WORDS = {
    "contribution": ("years", "Part of the age in the difference of the life expectancies"),
    "direct": ("years", "Part of the years lived within the age"),
    "indirect": ("years", "Part of the years lived later by those who survive the age"),
    "by_cause": ("years", "Part of the cause at the age in the difference of the life expectancies"),
}


@kind.takes(
    first=kind.dataset, second=kind.dataset, from_age=kind.optional(kind.number), symmetric=kind.truth,
    first_deaths=kind.optional(kind.numbers), second_deaths=kind.optional(kind.numbers),
    causes=kind.optional(kind.labels),
)
def life_expectancy_difference(
    first: xr.Dataset,
    second: xr.Dataset,
    *,
    from_age: float | None = None,
    symmetric: bool = False,
    first_deaths: Any = None,
    second_deaths: Any = None,
    causes: Any = None,
) -> xr.Dataset:
    """A difference of two life expectancies by age, after Arriaga, and by cause of death.

    Parameters
    ----------
    first, second : Dataset of `life_table`
        Of the same ages. The second one's life expectancy less that of the first is taken apart.
    from_age : number, years
        Age whose life expectancy it is; by default the first one.
    symmetric : bool
        Take the mean of the parts from the first to the second and of those from the second to the first, which differ
        where much changes.
    first_deaths, second_deaths : array (cause, age) or DataArray of (..., cause, age), persons, optional
        Deaths by cause at the ages of the tables; only their shares count.
    causes : sequence, optional
        Names of the causes of plain arrays.

    Returns
    -------
    Dataset over the dims of both tables, years
        `contribution`, which sums over age to the difference, and its parts `direct` (within the age) and `indirect`
        (later; with what Arriaga calls interaction). With deaths also `by_cause`, by cause and age, which sums over
        causes to `contribution`.

    Raises
    ------
    MissingVariable
        A Dataset that is no life table.
    BadDimensions
        Tables, or deaths, of other ages or labels.
    BadInput
        An age that the tables have not; deaths of one table only.
    OutOfBounds
        Nobody reaches the open age; ages with the same death rate in both tables but other shares of the causes,
        negative deaths, ages without any.

    Notes
    -----
    With x from the age of the life expectancy, 0, to the open age W [1]_::

        direct    l1_x/l1_0 (L2_x/l2_x - L1_x/l1_x)      W: T in the place of L
        indirect  T2_{x+n}/l1_0 (l1_x/l2_x - l1_{x+n}/l2_{x+n})      W: 0

    A cause i with shares R of the deaths has the part (R2 m2 - R1 m1)/(m2 - m1) of an age [2]_.

    References
    ----------
    .. [1] Arriaga, E. E. (1984), Measuring and explaining the change in life expectancies, Demography 21, 83-96.
    .. [2] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, sections 3.10 and 4.8.

    Examples
    --------
    >>> from actuarial.demography import life_table
    >>> before, after = life_table([0.02, 0.1, 0.5], ax=0.5), life_table([0.01, 0.1, 0.4], ax=0.5)
    >>> found = life_expectancy_difference(before, after).contribution
    >>> found.round(4).values.tolist(), float((found.sum() - after.ex[0] + before.ex[0]).round(12))
    ([0.0366, 0.0, 0.4434], 0.0)
    """
    if (first_deaths is None) != (second_deaths is None):
        raise BadInput("life_expectancy_difference: give first_deaths and second_deaths, or neither.")
    tables = [_from(table, name, from_age) for table, name in ((first, "first"), (second, "second"))]
    labels = _labels(*tables)
    one, two = (aligned(table, labels)[0] for table in tables)
    refuse(
        labels.isel(age=-1, drop=True),
        np.asarray(np.minimum(one["lx"], two["lx"])[..., -1] <= 0),
        "somebody must reach the open age of both tables",
        "Close the tables at a lower age.",
    )
    direct, indirect = _parts(one, two)
    if symmetric:
        back = _parts(two, one)
        direct, indirect = (direct - back[0]) / 2.0, (indirect - back[1]) / 2.0
    found = {"contribution": direct + indirect, "direct": direct, "indirect": indirect}
    result = xr.Dataset({name: labels.copy(data=values) for name, values in found.items()})
    if first_deaths is not None:
        given = ((first, first_deaths), (second, second_deaths))
        shares = [shares_of(table, deaths, causes).sel(age=labels["age"]) for table, deaths in given]
        result["by_cause"] = _by_cause(result["contribution"], tables, shares)
    return described(result, WORDS)


def _from(table: xr.Dataset, name: str, from_age: float | None) -> xr.Dataset:
    """The columns of a table from an age on, without labels that are no dims."""
    require_columns(table, name)
    plain = table[list(COLUMNS)].drop_vars([label for label in table.coords if label not in table.dims])
    if from_age is None:
        return plain
    ages = plain["age"].values
    if from_age not in ages:
        raise BadInput(f"from_age: {from_age:g} is none of the {ages.size} ages {ages[0]:g} to {ages[-1]:g} of {name}.")
    return plain.sel(age=slice(from_age, None))


def _labels(first: xr.Dataset, second: xr.Dataset) -> xr.DataArray:
    """An array over the dims of both tables."""
    try:
        both = xr.align(first["qx"], second["qx"], join="exact")
    except ValueError as wrong:
        raise BadDimensions("first and second must have the same ages and labels.") from wrong
    return labelled(xr.broadcast(*both)[0], "qx", ("age",))


def _parts(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Direct and indirect parts of each age in the second life expectancy less the first."""
    start, l1, l2 = one["lx"][..., :1], one["lx"], two["lx"]
    direct = l1 / start * (two["Lx"] / l2 - one["Lx"] / l1)
    indirect = np.zeros(direct.shape)
    ratio = l1 / l2
    indirect[..., :-1] = two["Tx"][..., 1:] / start * (ratio[..., :-1] - ratio[..., 1:])
    return direct, indirect


def _by_cause(contribution: xr.DataArray, tables: list[xr.Dataset], shares: list[xr.DataArray]) -> xr.DataArray:
    """The parts of the ages by the causes whose rates differ."""
    m1, m2 = (table["mx"].drop_attrs() for table in tables)
    try:
        s1, s2 = xr.align(*shares, join="exact")
    except ValueError as wrong:
        raise BadDimensions("first_deaths and second_deaths must have the same causes and labels.") from wrong
    same = abs(m2 - m1) <= 1e-12 * (m1 + m2)
    apart = s2 * m2 - s1 * m1
    refuse(
        apart,
        (same & (abs(apart) > 1e-9 * m1)).broadcast_like(apart).transpose(*apart.dims).values,
        "the death rates of the age must differ where the shares of its causes do",
        "Round the rates less, or join ages.",
    )
    part = xr.where(same, s1, apart / (m2 - m1).where(~same, 1.0))
    return labelled(contribution * part, "by_cause", ("cause", "age"))
