"""The population and its age groups in drawn futures, as a fan."""

import xarray as xr

from actuarial.errors import BadInput
from actuarial.report.figures import by_age
from actuarial.report.figures.fan import draw_fan
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.translation import N_, Language

TITLES = {
    "total_population": N_("Total population"),
    "population_0_14": N_("Population under 15"),
    "population_15_64": N_("Population from 15 to 64"),
    "population_65_and_over": N_("Population of 65 and over"),
    "old_age_dependency_ratio": N_("Population of 65 and over, in per cent of that from 15 to 64"),
    "births": N_("Births"),
    "deaths": N_("Deaths"),
    "net_migration": N_("Net migration"),
}
UNITS = {"old_age_dependency_ratio": "fraction", "births": "persons/year"} | dict.fromkeys(
    ("deaths", "net_migration"), "persons/year"
)


def draw_population_fan(
    futures: xr.Dataset,
    quantity: str = "total_population",
    *,
    central: xr.DataArray | None = None,
    source: str = "",
    say: Language = ENGLISH,
) -> Drawn:
    """Draw the range of drawn futures of the population: bands of pairs of quantiles by year, and the median.

    Parameters
    ----------
    futures : Dataset of `project_population_draws`
    quantity : one of total_population, population_0_14, population_15_64, population_65_and_over,
        old_age_dependency_ratio, births, deaths, net_migration; of life expectancy and fertility see
        `draw_life_expectancy` and `draw_total_fertility`
    central : DataArray (year) of a path beside the scenarios, optional
    source : where the numbers come from, in the language of the figure
    say : language of the figure

    Returns
    -------
    Drawn
        As `draw_fan`: `data` is indexed by year, with a column for each quantile.

    Raises
    ------
    BadInput
        Another quantity, quantiles that are no pairs around the median, a single year; no matplotlib.
    MissingVariable

    Examples
    --------
    draw_population_fan(futures, "old_age_dependency_ratio").figure
    """
    if quantity not in TITLES:
        raise BadInput(f"quantity: {quantity!r} is not known; write one of {', '.join(TITLES)}.")
    by_age.has(futures, "futures", quantity)
    units = UNITS.get(quantity, "persons")
    return draw_fan(futures[quantity], say(TITLES[quantity]), units=units, central=central, source=source, say=say)
