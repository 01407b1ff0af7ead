"""Events of members at which cash benefits start: spells of sickness, births, deaths."""

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.health.contract import MEMBER

NEEDED = {
    "sickness": ("sickness_incidence", "sickness_survival", "member_earnings_0"),
    "birth": ("asfr",),
    "paternity": ("asfr", "spouse_age_gap"),
    "death": ("mx",),
}
"""Variables of the basis from which each event is counted."""


def event_counts(event: str, members: xr.DataArray, basis: xr.Dataset) -> np.ndarray:
    """Events of a year among members.

    Parameters
    ----------
    event : "sickness", "birth", "paternity" or "death"
    members : (year, health_group, sex, age), mean number of members of the year, persons
    basis : Dataset with the variables of `NEEDED`

    Returns
    -------
    array (year, health_group, sex, age), events a year

    Notes
    -----
    With H the members of a cell::

        sickness    H x incidence, where the members of the cell earn something
        birth       H[f, x] asfr[x] ratio[x]
        paternity   H[m, x] (asfr ratio)[x - gap]: a man has the children of a woman who is younger by the mean gap
        death       H x central death rate, which is deaths over the mean number alive

    `fertility_ratio` is that of the women of a group over all women of the age, 1 where the basis has none.
    """
    coords = {dim: members[dim] for dim in MEMBER}
    persons = align(members, MEMBER, coords)
    if event == "sickness":
        earning = align(basis["member_earnings_0"], MEMBER[1:], coords) > 0
        return persons * earning * align(basis["sickness_incidence"], ("sex", "age"), coords)
    if event == "death":
        return persons * align(basis["mx"], ("year", "sex", "age"), coords)[:, None]
    wanted = "female" if event == "birth" else "male"
    parents = (members["sex"] == wanted).values[:, None]
    return persons * parents * _fertility(basis, coords, fathers=event == "paternity")[:, :, None]


def _fertility(basis: xr.Dataset, coords: dict[str, xr.DataArray], *, fathers: bool) -> np.ndarray:
    """Births of a member by year, group and age."""
    rate = align(basis["asfr"], ("year", "age"), coords)[:, None]
    if "fertility_ratio" in basis:
        rate = rate * align(basis["fertility_ratio"], ("health_group", "age"), coords)
    else:
        rate = np.repeat(rate, coords["health_group"].size, axis=1)
    if not fathers:
        return rate
    ages = coords["age"].values.astype(float)
    of_women = ages - float(basis["spouse_age_gap"])
    rows = [np.interp(of_women, ages, row, left=0.0, right=0.0) for row in rate.reshape(-1, ages.size)]
    return np.array(rows).reshape(rate.shape)
