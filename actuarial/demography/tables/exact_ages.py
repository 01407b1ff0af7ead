"""Life tables at exact ages between birthdays."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described
from actuarial.demography.tables.lives import between_birthdays, fraction_of, life_of
from actuarial.demography.tables.present_values import annuity, starts_of
from actuarial.errors import BadInput

WORDS = {"lx": ("persons", "Survivors at the exact age"), "ex": ("years", "Life expectancy at the exact age")}


@kind.takes(age=kind.numbers, fraction=kind.word, radix=kind.number)
def life_table_at(table: Any, age: Any, *, fraction: str = "udd", radix: float = 1.0) -> xr.Dataset:
    """Survivors and life expectancies at exact ages, between birthdays too.

    Parameters
    ----------
    table : as for `annuity`
        Single ages.
    age : number or sequence, years
        Exact ages.
    fraction : "udd", "constant-force", "balducci" or "woolhouse"
        Survival within a year of age, as for `annuity` ("woolhouse" is "udd" here).
    radix : float, persons
        Survivors at the first age of the table.

    Returns
    -------
    Dataset over the dims of the table
        `lx` and `ex`, without `age` where one age is given. The probability of living t years more is the quotient of
        two `lx`.

    Raises
    ------
    BadInput, OutOfBounds
        As `annuity`; a radix that is not above 0.

    Notes
    -----
    l_{x+f} = l_x (1 - f q), l_x (1 - q)^f or l_x p/(p + f q), and e is the integral of l above the age over l. At
    birthdays it differs from `ex` of `life_table` by what the times lived by those who die differ from those of the
    assumption (1/2 with deaths evenly spread).

    References
    ----------
    .. [1] Bowers, N. L., Gerber, H. U., Hickman, J. C., Jones, D. A., Nesbitt, C. J. (1997), Actuarial Mathematics,
       2nd edition, Society of Actuaries, section 3.6.

    Examples
    --------
    >>> found = life_table_at([0.5, 1.0], [0.5, 1.25])
    >>> found.lx.values.tolist(), found.ex.round(4).values.tolist()
    ([0.75, 0.375], [0.75, 0.375])
    """
    if not 0.0 < radix < np.inf:
        raise BadInput(f"life_table_at: the radix must be a number above 0 (got {radix!r}).")
    word = between_birthdays(fraction_of(fraction))
    life = life_of(table, 1.0)
    starts, ages = starts_of(life, age)
    begins = np.cumprod(np.concatenate([np.ones((*life.px.shape[:-1], 1)), life.px], axis=-1), axis=-1)
    within = {part: life.within(np.array([part]), word)[0] for _, part in starts}
    living = np.stack([begins[..., at] * within[part][..., at] for at, part in starts], axis=-1)
    left = annuity(table, 0.0, age=ages, payments=np.inf, fraction=word)
    found = xr.Dataset({"lx": left.copy(data=radix * living), "ex": left})
    return described(found if np.ndim(age) else found.isel(age=0, drop=True), WORDS)
