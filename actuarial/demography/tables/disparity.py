"""How unequal ages at death are: years lost by those who die, and the entropy of a life table."""

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, labelled
from actuarial.demography.tables.lifetable import quotient, require_columns, widths

WORDS = {
    "disparity": ("years", "Life expectancy lost at death by those alive at the age (e-dagger)"),
    "entropy": ("1", "Disparity over life expectancy (entropy of Keyfitz)"),
}


@kind.takes(table=kind.dataset)
def life_table_entropy(table: xr.Dataset) -> xr.Dataset:
    """Years of life lost at death, and the entropy of a life table, from each age on.

    Parameters
    ----------
    table : Dataset of `life_table`
        Of single or wider ages.

    Returns
    -------
    Dataset over the dims of the table
        `disparity`, years: the mean life expectancy left at the ages at which people die (e-dagger). `entropy`,
        dimensionless: disparity over life expectancy, by which part of itself the life expectancy falls for each part
        that all forces of mortality rise. Both are 0 where nobody is left.

    Raises
    ------
    MissingVariable
        A Dataset that is no life table.

    Notes
    -----
    With n the width of an age, y from the age x on and W the open age [1]_ [2]_::

        e-dagger_x = -1/l_x integral of l ln(l/l_x) = 1/l_x (sum of d_y e(y + a_y) + d_W e_W)      H_x = e-dagger_x/e_x

    where e(y + a_y), that of those who die, lies on a straight line from e_y to e_{y+n}. This is exact where the force
    of mortality is constant or deaths are evenly spread; five-year ages are some 0.03 years away from single ones.
    H is 1 where the force is constant, and 1/2 where deaths are evenly spread to a last age.

    References
    ----------
    .. [1] Keyfitz, N. (1977), Applied mathematical demography, Wiley, section 3.3.
    .. [2] Vaupel, J. W., Canudas Romo, V. (2003), Decomposing change in life expectancy, Demography 40, 201-216.

    Examples
    --------
    >>> from actuarial.demography import life_table
    >>> life_table_entropy(life_table([0.05, 0.05, 0.05], ax="constant-force"))["entropy"].round(9).values.tolist()
    [1.0, 1.0, 1.0]
    """
    require_columns(table, "table")
    lx, dx, ax, ex = (labelled(table[name], name, ("age",)) for name in ("lx", "dx", "ax", "ex"))
    left = ex.values.copy()
    share = ax.values[..., :-1] / widths(lx)[:-1]
    left[..., :-1] += share * np.diff(ex.values, axis=-1)
    later = np.cumsum((dx.values * left)[..., ::-1], axis=-1)[..., ::-1]
    lost = quotient(later, lx.values)
    found = {"disparity": lx.copy(data=lost), "entropy": lx.copy(data=quotient(lost, ex.values))}
    return described(xr.Dataset(found), WORDS)
