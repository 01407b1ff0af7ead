"""Labour force and employment on 31 December."""

import xarray as xr

from actuarial import check
from actuarial.vocabulary import annotate


def labour_market(population: xr.Dataset, basis: xr.Dataset) -> xr.Dataset:
    """Labour force and employed persons.

    LF = N lfpr and EMP = LF (1 - u), all on the 31 December stock [1]_.

    Parameters
    ----------
    population : Dataset with `population` (scenario, year, sex, age), persons
    basis : Dataset with `participation_rate` and `unemployment_rate` (year, sex, age), fractions

    Returns
    -------
    Dataset with `labour_force` and `employed` (scenario, year, sex, age), persons

    References
    ----------
    .. [1] International Labour Office (2013), Resolution concerning statistics of work, employment and labour
       underutilization, 19th International Conference of Labour Statisticians.
    """
    check.require(basis, "participation_rate", "unemployment_rate")
    stock = population["population"]
    labour_force = stock * basis["participation_rate"]
    employed = labour_force * (1.0 - basis["unemployment_rate"])
    return annotate(xr.Dataset({"labour_force": labour_force, "employed": employed}).transpose(..., *stock.dims[-3:]))
