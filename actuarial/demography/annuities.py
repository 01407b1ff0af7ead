"""Values of annuities by the life tables of a basis, along cohorts."""

import numpy as np
import xarray as xr

from actuarial.demography.ages import from_end
from actuarial.demography.mortality import basis_life_table
from actuarial.errors import BadInput


def annuity_due(basis: xr.Dataset, interest: float, *, together: bool = False) -> xr.DataArray:
    """Value of 1 a year, paid in advance for life, by year and age last birthday on its 31 December.

    Parameters
    ----------
    basis : Dataset with `mx` (year, sex, age) and `a0` or the attribute `a0_rule`
    interest : float, 1/year
        Rate of interest above the adjustment of the payments.
    together : bool
        One table for men and women, in which the L of both are added.

    Returns
    -------
    DataArray
        Years, by year, (sex,) age.

    Raises
    ------
    BadInput
        Interest of -100% or less.

    Notes
    -----
    D[t, x] = 1 + p[t+1, x] D[t+1, x+1]/(1 + interest), p = L_{x+1}/L_x. After the last year of the basis its mortality
    stays, and after the last age the probability of staying alive does.

    References
    ----------
    .. [1] Bowers, N. L., Gerber, H. U., Hickman, J. C., Jones, D. A., Nesbitt, C. J. (1997), Actuarial Mathematics,
       Society of Actuaries, chapter 5.

    Examples
    --------
    annuity_due(basis, 0.016, together=True).sel(year=2030, age=65)
    """
    if not interest > -1.0:
        raise BadInput(f"annuity_due: the interest must be above -1 (got {interest}).")
    table = basis_life_table(basis)
    stays = table["px"]
    if together:
        people = table["Lx"].sum("sex")
        stays = (table["Lx"] * table["px"]).sum("sex") / people.where(people > 0)
    stays = stays.transpose("year", ..., "age").fillna(0.0)
    p, v = stays.values, 1.0 / (1.0 + interest)
    value = _at_the_end(p[-1], v)
    result = np.zeros_like(p)
    result[-1] = value
    for t in range(len(p) - 2, -1, -1):
        result[t] = 1.0 + v * p[t + 1] * from_end(result[t + 1])
    return stays.copy(data=result).drop_attrs().rename(None)


def _at_the_end(p: np.ndarray, v: float) -> np.ndarray:
    """Values where the mortality p (..., age) stays as it is."""
    value = np.zeros_like(p)
    value[..., -1] = 1.0 / (1.0 - np.minimum(v * p[..., -1], 1.0 - 1e-12))
    for x in range(p.shape[-1] - 2, -1, -1):
        value[..., x] = 1.0 + v * p[..., x] * value[..., x + 1]
    return value
