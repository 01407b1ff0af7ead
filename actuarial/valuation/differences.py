"""Differences of compared results to one of the runs, and their ratios to it."""

import xarray as xr

from actuarial.errors import BadInput
from actuarial.valuation.compare import BY_BENEFIT, MONEY, PERSONS
from actuarial.vocabulary import variable

WITH_SIGN = ("balance", "investment_income")


def difference_from(compared: xr.Dataset, reference: str | None = None) -> xr.Dataset:
    """Differences of the other runs to one run.

    Parameters
    ----------
    compared : Dataset of `compare`
    reference : str, optional
        Name of a run; by default the reference of the comparison.

    Returns
    -------
    Dataset by run (without the reference), (scenario,) year, benefit
        Each variable less that of the reference, in its own units: rates in points (0.01 is one percentage point),
        years in years. NaN where one of the two is missing.

    Raises
    ------
    BadInput
        No comparison, or no run of that name.

    Examples
    --------
    difference_from(compared, "now").general_average_premium
    """
    others, base, name = _apart(compared, reference)
    found = others - base
    for word in found.data_vars:
        attrs = dict(others[word].attrs)
        if attrs.get("units") == "year":
            attrs["units"] = "years"
        found[word].attrs = attrs | {"difference_from": name}
    return found.assign_attrs(compared.attrs, difference_from=name)


def ratio_to(compared: xr.Dataset, reference: str | None = None) -> xr.Dataset:
    """Money and persons of the other runs as multiples of those of one run.

    Parameters
    ----------
    compared : Dataset of `compare`
    reference : str, optional
        Name of a run; by default the reference of the comparison.

    Returns
    -------
    Dataset by run (without the reference), (scenario,) year, benefit
        Each amount of money and number of persons over that of the reference (1.10 is ten per cent more); the balance
        and the investment income, which have either sign, are not in it. NaN where the reference is not above 0.

    Raises
    ------
    BadInput
        No comparison, or no run of that name.

    Examples
    --------
    ratio_to(compared, "now").outgo
    """
    others, base, name = _apart(compared, reference)
    amounts = [word for word in (*MONEY, *PERSONS, *BY_BENEFIT) if word in compared and word not in WITH_SIGN]
    found = others[amounts] / base[amounts].where(base[amounts] > 0)
    for word in amounts:
        attrs = {"long_name": variable(word).meaning, "units": "ratio", "kind": "rate"}
        found[word].attrs = attrs | {"ratio_to": name}
    return found.assign_attrs(compared.attrs, ratio_to=name)


def _apart(compared: xr.Dataset, reference: str | None) -> tuple[xr.Dataset, xr.Dataset, str]:
    """The other runs, the reference, and its name."""
    if "run" not in getattr(compared, "dims", ()):
        raise BadInput("compared: give the Dataset of `compare`, which has the dimension run.")
    runs = [str(name) for name in compared["run"].values]
    name = str(compared.attrs.get("reference", runs[0])) if reference is None else reference
    if name not in runs:
        raise BadInput(f"reference: no run is named {name!r}; the runs are {', '.join(runs)}.")
    return compared.sel(run=[run for run in runs if run != name]), compared.sel(run=name, drop=True), name
