"""The life table of a projection: single ages from 0, and the ratios that carry a stock from one 31 December on."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.demography.a0 import A0_RULES, a0_by_sex
from actuarial.demography.ages import from_end
from actuarial.demography.tables.conversion import probabilities
from actuarial.demography.tables.lifetable import columns, quotient
from actuarial.errors import BadInput
from actuarial.quick import quick
from actuarial.vocabulary import annotate

DEFAULT_A0 = "andreev_kingkade"


def survival_table(mx: xr.DataArray, a0: Any = None) -> xr.Dataset:
    """Life table of single ages with an open last age, with survival ratios.

    Parameters
    ----------
    mx : DataArray of (..., sex, age), 1/year
        Central death rates; at the open age 1 over the life expectancy there.
    a0 : "andreev_kingkade" (default), "coale_demeny_west", or DataArray or number of years
        Rule for, or values of, the mean time lived in the first year of life by those who die in it.

    Returns
    -------
    Dataset over the dims of `mx`
        `qx`, `lx` (radix 1), `Lx`, `ex`, `survival_ratio` (into the age, see `project_population`), `px` (of a
        31 December stock aged x last birthday).

    Raises
    ------
    BadInput
        Another word for the rule, or a first age other than 0.
    OutOfBounds
        Rates so high that a probability of dying would exceed 1, negative rates, no deaths at the open age.

    Notes
    -----
    The columns of `life_table` with a_x = 1/2 from age 1 on, and
    S_0 = L_0/l_0, S_x = L_x/L_{x-1}, S_W = T_W/T_{W-1}; p_x = L_{x+1}/L_x, and T_W/T_{W-1} for the last two ages.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 3, boxes 3.1 and 6.1.

    Examples
    --------
    >>> rates = xr.DataArray([0.02, 0.001, 0.5], dims="age", coords={"age": [0, 1, 2]})
    >>> survival_table(rates, a0=0.1).px.round(3).values.tolist()
    [0.998, 0.667, 0.667]
    """
    if mx.sizes.get("age", 0) < 2 or int(mx["age"][0]) != 0:
        raise BadInput("mx: a life table needs the ages 0, 1, 2, ... with an open last age.")
    if isinstance(a0, xr.DataArray):
        mx = mx.broadcast_like(a0)
    table_dims = tuple(mx.dims)
    rates = mx.transpose(..., "age")
    check.check_variable(rates, check.variable("mx"))
    m = rates.values
    a = np.full(m.shape, 0.5)
    a[..., 0] = _a0(rates, a0)
    q = probabilities(m, a)
    q[..., -1] = 1.0
    check.check_variable(quick(rates.copy(data=q)), check.variable("qx"))
    if (m[..., -1] <= 0).any():
        oldest = int(mx["age"][-1])
        raise BadInput(f"mx: the open age {oldest} needs a death rate above 0; it is 1 over its life expectancy.")
    living, years, later = columns(q, a, 1.0, m[..., -1])
    into = np.zeros(m.shape)
    into[..., 0] = years[..., 0]
    into[..., 1:-1] = quotient(years[..., 1:-1], years[..., :-2])
    into[..., -1] = quotient(later[..., -1], later[..., -2])
    found = {"qx": q, "lx": living, "Lx": years, "ex": quotient(later, living)}
    found |= {"survival_ratio": into, "px": from_end(into)}
    table = xr.Dataset({name: (rates.dims, values) for name, values in found.items()}, coords=rates.coords)
    return annotate(table if table_dims == rates.dims else table.transpose(*table_dims))


def _a0(rates: xr.DataArray, a0: Any) -> np.ndarray:
    """Mean time lived in the first year by those who die in it, on the dims of the rates without age."""
    first = rates.isel(age=0, drop=True)
    if isinstance(a0, str) or a0 is None:
        rule = A0_RULES.get((a0 or DEFAULT_A0).replace("-", "_"))
        if rule is None:
            words = ", ".join(A0_RULES)
            raise BadInput(f"a0_rule: {a0!r} is not known; write one of {words}, or give the variable a0.")
        if "sex" not in first.dims:
            raise BadInput("mx: a rule for a0 needs the dimension sex; give a0 itself for one sex.")
        last = first.transpose(..., "sex")
        found = a0_by_sex(rule, last.values, [str(sex) for sex in last["sex"].values])
        return last.copy(data=found).transpose(*first.dims).values
    given = a0 if isinstance(a0, xr.DataArray) else xr.DataArray(float(a0))
    return np.broadcast_to(given.broadcast_like(first).transpose(*first.dims).values, first.shape)
