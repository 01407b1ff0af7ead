"""How uncertain life expectancies are that few deaths were counted for."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, refuse
from actuarial.demography.rates.crude import deaths_and_exposure
from actuarial.demography.tables.lifetable import life_table, widths
from actuarial.errors import BadInput
from actuarial.vocabulary import variable

WORDS = {
    "standard_error": ("years", "Standard error of the life expectancy"),
    "lower": ("years", "Lower limit of the life expectancy"),
    "upper": ("years", "Upper limit of the life expectancy"),
}


@kind.takes(
    deaths=kind.numbers, exposure=kind.numbers, level=kind.number, open_age=kind.truth,
    coords=kind.optional(kind.label_table),
)
def life_expectancy_interval(
    deaths: Any,
    exposure: Any,
    *,
    sex: str | None = None,
    ax: Any = "andreev_kingkade",
    level: float = 0.95,
    open_age: bool = True,
    coords: dict[str, Any] | None = None,
) -> xr.Dataset:
    """Life expectancies of crude rates with standard errors and confidence limits.

    Parameters
    ----------
    deaths : array (age), array (year, age) or DataArray, persons
        By single or wider ages, the last of which is open.
    exposure : like `deaths`, person-years
    sex, ax
        As for `life_table`.
    level : float, fraction
        Probability of the confidence interval.
    open_age : bool
        Whether the death rate of the open age is uncertain too, as it is to Silcocks and others; Chiang takes it as
        known.
    coords : mapping of dim to labels, optional
        Labels of plain arrays, such as {"age": [0, 1, 5, 10]}.

    Returns
    -------
    Dataset over the dims of `deaths`
        `ex`, `standard_error`, `lower`, `upper`, years.

    Raises
    ------
    BadDimensions, OutOfBounds
        As `crude_rates` and `life_table`; an age without exposure, no deaths at the open age.
    BadInput
        A level outside 0 to 1, and as `life_table`.

    Notes
    -----
    With n the width of an age, a the years that those who die in it live there, D its deaths and W the open age::

        Var(q_x) = q_x^2 (1 - q_x) / D_x
        Var(e_x) = sum_{y >= x, y < W} (l_y / l_x)^2 (n_y - a_y + e_{y+n})^2 Var(q_y)  +  (l_W / l_x)^2 / (m_W^2 D_W)

    without the last term where the open age is taken as known. Limits are those of a normal number. Ages without deaths
    have no variance, so that the errors of small populations are too low: with fewer than some 5,000 person-years the
    limits are not to be relied on [3]_.

    References
    ----------
    .. [1] Chiang, C. L. (1984), The life table and its applications, Krieger, chapter 8.
    .. [2] Silcocks, P. B. S., Jenner, D. A., Reza, R. (2001), Life expectancy as a summary of mortality in a
       population, Journal of Epidemiology and Community Health 55, 38-43.
    .. [3] Eayres, D., Williams, E. S. (2004), Evaluation of methodologies for small area life expectancy estimation,
       Journal of Epidemiology and Community Health 58, 243-249.

    Examples
    --------
    >>> found = life_expectancy_interval([10, 5, 40], [1000.0, 5000.0, 500.0], ax=[0.1, 0.5, 0.0])
    >>> found.ex.round(2).values.tolist(), found.standard_error.round(2).values.tolist()
    ([14.34, 13.49, 12.5], [1.96, 1.97, 1.98])
    """
    if not 0.0 < level < 1.0:
        raise BadInput(f"level must lie between 0 and 1, such as 0.95, but it is {level!r}.")
    from scipy.special import ndtri

    died, exposed = deaths_and_exposure(deaths, exposure, coords)
    refuse(died, exposed.values <= 0.0, "the exposure must be above 0", "Join these ages with their neighbours.")
    table = life_table(died / exposed, sex=sex, ax=ax, ages=(coords or {}).get("age")).transpose(*died.dims)
    error = np.sqrt(_variance(table, died, open_age))
    found = table[["ex"]].assign(
        {
            "standard_error": table["ex"].copy(data=error),
            "lower": table["ex"] - ndtri(0.5 + level / 2.0) * error,
            "upper": table["ex"] + ndtri(0.5 + level / 2.0) * error,
        }
    )
    found["ex"].attrs = variable("ex").attributes()
    return described(found, WORDS).assign_attrs(level=level)


def _variance(table: xr.Dataset, deaths: xr.DataArray, open_age: bool) -> np.ndarray:
    """Variances of the life expectancies of a table of crude rates, on the dims of the deaths."""
    columns = [table[name] for name in ("mx", "qx", "ax", "lx", "ex")]
    mx, q, ax, living, left, died = (part.transpose(..., "age").values for part in (*columns, deaths))
    some = died > 0.0
    spread = np.where(some, q**2 * (1.0 - q) / np.where(some, died, 1.0), 0.0)
    gain = widths(table["qx"])[..., :-1] - ax[..., :-1] + left[..., 1:]
    parts = np.zeros_like(q)
    parts[..., :-1] = (living[..., :-1] * gain) ** 2 * spread[..., :-1]
    if open_age:
        parts[..., -1] = (living[..., -1] / mx[..., -1]) ** 2 / died[..., -1]
    from_here = np.cumsum(parts[..., ::-1], axis=-1)[..., ::-1]
    alive = living > 0.0
    found = np.where(alive, from_here / np.where(alive, living, 1.0) ** 2, 0.0)
    return np.moveaxis(found, -1, deaths.get_axis_num("age"))
