"""Net emigration limited to those who are there, so that a basis of rounded or contradictory flows is projected."""

import warnings

import numpy as np
import xarray as xr

from actuarial import bridge, check
from actuarial.check.period import first_period
from actuarial.check.population import migrants_at_start, stock_before
from actuarial.check.variables import first_place
from actuarial.demography.mortality import basis_life_table
from actuarial.demography.population import refuse_fertile_ends, whole_years
from actuarial.errors import BadInput
from actuarial.warned import Warned, warning_attributes, warnings_of

ORDER = ("scenario", "year", "sex", "age")
STAYS = 1e-6  # the part of a cell that stays where more leave than there are, so that no rounding makes it negative


def limit_emigration(basis: xr.Dataset, *, migration: str = "end") -> xr.Dataset:
    """The basis with net emigrants of no age limited to those who are there.

    Published net migration of few persons, or of ages at which most of a population leaves, asks for more leavers than
    there are, which `project_population` refuses. Here those who are not there stay away from the flow, and a warning
    says how many they are.

    Parameters
    ----------
    basis : Dataset
        As for `project_population`, of whole years.
    migration : "end" (default), "even" or "start"
        When the net migrants of a year move; the population must be projected with the same word.

    Returns
    -------
    Dataset
        The basis, whose `net_migration` (year, sex, age), persons per year, is higher where more leave than there are,
        and the same elsewhere. Its attribute `warnings` says where.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        As `project_population`.
    BadInput
        Another word for the timing, or a valuation date inside the first year.

    Warns
    -----
    UserWarning
        Leavers were limited: how many cells and persons, and the first.

    Notes
    -----
    Year by year, with N the stock on 1 January, E that on 31 December before the migrants of that day, s the part of
    the migrants who move on 1 January and e = 0.000001 the part of a cell that stays::

        M[x] >= -(1 - e) N[x] / s        where s > 0
        M[x] >= -(1 - e) E[x] / (1 - s)  where s < 1

    A flow that is limited is such a limit. Of "even" alone, whose migrants of 1 January are among E, those of the first
    and of the open age may leave more people behind.

    The United Nations put a small number in the place of a negative stock [1]_, which is the same but for its size.

    References
    ----------
    .. [1] United Nations, DESA, Population Division (2024), World Population Prospects 2024: Methodology of the
       United Nations population estimates and projections.

    Examples
    --------
    basis = limit_emigration(read_wpp_csv("downloads", "QAT"))
    """
    share = migrants_at_start(migration)
    check.require(basis, "population_0", "asfr", "srb", "net_migration")
    if first_period(basis) != 1.0:
        raise BadInput("valuation_date: it lies inside the first year; emigration is limited in whole years alone.")
    basis = bridge.doubles(basis)
    refuse_fertile_ends(basis["asfr"])
    limited = _limited(basis, share, 1.0 - share if migration == "even" else 0.0)
    higher = limited - basis["net_migration"]
    if not (higher > 0.0).any():
        return basis
    text = _told(higher)
    warnings.warn(text, UserWarning, stacklevel=2)
    found = basis.assign(net_migration=limited.assign_attrs(basis["net_migration"].attrs))
    return found.assign_attrs(warning_attributes([*warnings_of(basis), text]))


def _limited(basis: xr.Dataset, share: float, with_mothers: float) -> xr.DataArray:
    """Net migrants that leave nobody below 0: one year after the other, those who leave on 1 January first."""
    ratio = basis_life_table(basis)["survival_ratio"]
    while True:
        stock = whole_years(basis, ratio, share, with_mothers)[0]["population"]
        least = _least(stock, basis, share)
        wrong = least > basis["net_migration"]
        if not wrong.any():
            return basis["net_migration"]
        first = _in_year(wrong).values.argmax()
        at_fault = wrong & (basis["year"] == basis["year"][first])
        moved = xr.where(at_fault, least, basis["net_migration"])
        basis = basis.assign(net_migration=moved.transpose(*[dim for dim in ORDER if dim in moved.dims]))


def _least(stock: xr.DataArray, basis: xr.Dataset, share: float) -> xr.DataArray:
    """Least net migrants of the cells where a stock is below 0, minus infinity elsewhere.

    Of a year in which too many leave on 1 January those of the end are not looked at: its stocks are not meant. Where
    the same flow moves on both days, the lowest age above 0 is looked at alone, as those who stay at an age are in the
    next one at the end of the year; the newborn come last, whose mothers are of all ages.
    """
    moved, least = basis["net_migration"], xr.full_like(stock, -np.inf)
    late = stock < 0.0
    if share:
        before = stock_before(stock, basis["population_0"])
        early = before + share * moved < 0.0
        least = xr.where(early, -(1.0 - STAYS) * before / share, least)
        late = _lowest(late & ~_in_year(early))
    if share < 1.0:
        there = stock - (1.0 - share) * moved
        least = xr.where(late, -(1.0 - STAYS) * there / (1.0 - share), least)
    return least


def _in_year(marked: xr.DataArray) -> xr.DataArray:
    return marked.any([dim for dim in marked.dims if dim != "year"])


def _lowest(marked: xr.DataArray) -> xr.DataArray:
    """What is marked of the lowest age above 0 in each year; of age 0 where there is none."""
    here = marked.any([dim for dim in marked.dims if dim not in ("year", "age")]).roll(age=-1, roll_coords=False)
    first = here & (here.cumsum("age") == 1)
    return marked & first.roll(age=1, roll_coords=False)


def _told(higher: xr.DataArray) -> Warned:
    cells = higher.values > 0.0
    return Warned(
        "net_migration: more people leave than there are in {count} of {whole} cells, the first: {place}; "
        "{persons:,.0f} leavers were left out.",
        "Net migration: more people would leave than there are in {count} of {whole} cells, the first: {place}; "
        "{persons:,.0f} leavers were left out.",
        count=int(cells.sum()), whole=cells.size, place=first_place(higher, cells)[0], persons=float(higher.sum()),
    )  # fmt: skip
