"""The population from a valuation date inside the first projected year to the end of that year."""

import numpy as np
import xarray as xr

from actuarial.check.population import first_year, newborn_0, one_year_older

NEEDED = ("population_0", "asfr", "srb", "net_migration")


def project_first_period(
    basis: xr.Dataset, table: xr.Dataset, length: float, at_start: float, with_mothers: float
) -> xr.Dataset:
    """Population, births and deaths of the first period.

    Parameters
    ----------
    basis : Dataset
        As for `project_population`, with `newborn_0` (sex), persons, and the attribute `valuation_date`.
    table : Dataset of `survival_table`
    length : float, years
        Length phi of the period.
    at_start, with_mothers : float
        Shares of the migrants of the period, see `demography.kernels.project_population`.

    Returns
    -------
    Dataset by (scenario,) year, sex, age
        `population`, `births`, `deaths` of the one year, in persons; births and deaths after the valuation date only.

    Notes
    -----
    Stocks are classified by year of birth, by the age last birthday on the last day of the year before, so that each
    moves one age up. With phi the length of the period, M the net migrants of a year and S the survival ratios::

        D[x] = (1 - S[x]^phi) N'[x-1]                             N[x] = N'[x-1] - D[x] + M_e[x] phi
        B[x] = phi f[x] (phi/2 N'[F,x] + (1 - phi/2) N+[F,x])     whoever turns x in the year is x for more of its rest
        N[s,0] = (B_s - D) + survivors of `newborn_0`

    Deaths in the first year of life follow l(a) = 1 - q_0 a^k with k = a_0/(1 - a_0), the power that has the q_0 and
    the L_0 of the table: of the births of the period (phi - D phi^(k+1))/phi are alive at its end, D = 1 - L_0; of
    those who are alive on the date (L(1) - L(phi))/L(1 - phi), L(a) = a - D a^(k+1).
    """
    given = {name: first_year(basis, name).drop_attrs() for name in NEEDED}
    ratio = first_year(table, "survival_ratio").drop_attrs()
    moved = length * given["net_migration"]
    start = given["population_0"] + at_start * moved
    reached = one_year_older(start)
    deaths = reached * (1.0 - ratio**length)
    grown = reached - deaths
    mean = _women(0.5 * length * start) + _women((1.0 - 0.5 * length) * (grown + with_mothers * moved))
    births = _by_sex(length * given["asfr"] * mean, given["srb"], ratio["sex"])
    born, infants = births.sum("age"), newborn_0(basis)
    first, later = infant_survival(first_year(table, "qx").isel(age=0, drop=True), 1.0 - ratio.isel(age=0), length)
    infant_deaths = born * (1.0 - first) + infants * (1.0 - later)
    deaths = xr.where(deaths["age"] == 0, infant_deaths, deaths)
    grown = xr.where(grown["age"] == 0, born + infants - infant_deaths, grown)
    found = {"population": grown + (1.0 - at_start) * moved, "births": births, "deaths": deaths}
    labels = xr.DataArray(basis["year"].values[:1], dims="year")
    result = xr.Dataset({name: value.drop_vars("year", errors="ignore").drop_attrs() for name, value in found.items()})
    return result.expand_dims(year=labels).transpose("scenario", "year", "sex", "age", missing_dims="ignore")


def infant_survival(qx: xr.DataArray, lost: xr.DataArray, length: float) -> tuple[xr.DataArray, xr.DataArray]:
    """Survival to the year end of the births of the last part of a year, and of those alive when that part begins.

    Parameters
    ----------
    qx : DataArray
        Probability of dying in the first year of life.
    lost : DataArray
        1 - L_0, the share of the births of a year who do not live at its end.
    length : float, years
        The part of the year, above 0 and at most 1; nobody is alive yet when a whole year begins.
    """
    lost = lost.drop_vars("age", errors="ignore")
    power = xr.where(lost > 0, qx / lost.where(lost > 0, 1.0), 1.0)

    def lived(age: float) -> xr.DataArray:
        return age - lost * np.power(age, power)

    alive = lived(1.0 - length)
    return lived(length) / length, (lived(1.0) - lived(length)) / alive.where(alive > 0, 1.0)


def _women(stock: xr.DataArray) -> xr.DataArray:
    return stock.sel(sex="female", drop=True)


def _by_sex(births: xr.DataArray, srb: xr.DataArray, sex: xr.DataArray) -> xr.DataArray:
    """Births by sex of the child: boys srb/(1 + srb) of them."""
    boys = births * (srb / (1.0 + srb))
    return xr.where(sex == "male", boys, births - boys)
