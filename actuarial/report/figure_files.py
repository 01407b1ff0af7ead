"""Figures of a run as files: each one as SVG, with the numbers that it shows beside it as CSV."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report import health_plots as health
from actuarial.report.plots import ENGLISH, Drawn, look, save_figure
from actuarial.report.units import in_currency
from actuarial.translation import N_, Told

FOLDER = "figures"
OF_HEALTH = ("cost_by_age", "services", "services_to_gdp", "groups", "sources", "growth")
OF_PENSIONS = (
    *("population", "members", "income_outgo", "total_fertility", "life_expectancy", "mortality_female"),
    *("mortality_male", "rates", "reserve", "scenarios", "population_range"),
)
STEMS = OF_HEALTH + OF_PENSIONS
NAMES = tuple(f"{FOLDER}/{stem}{suffix}" for stem in STEMS for suffix in (".svg", ".csv"))
"""Every file that figures may have, relative to the folder of a run."""


def check_drawable(basis: xr.Dataset) -> None:
    """Raise BadInput where the figures of a run could not be drawn, before it is projected.

    Raises
    ------
    BadInput
        matplotlib is not installed, a single year.
    """
    with look():
        pass
    if basis.sizes["year"] < 2:
        text = N_("figures: figures by year need two projected years.\n  Project more years, or leave them out.")
        raise BadInput(Told(text))


def write_figures(result: xr.Dataset, basis: xr.Dataset, folder: Path) -> dict[str, str]:
    """Draw the figures of a run into its folder; of several scenarios the first or central one, which they name.

    Parameters
    ----------
    result : Dataset of `actuarial.project_health` or `actuarial.project`
    basis : Dataset that it was projected from; `gdp` adds a figure of health care
    folder : path of the run, in which `figures` is made

    Returns
    -------
    dict
        Figure to the reason for which it is not drawn.
    """
    home, left_out = folder / FOLDER, {}
    home.mkdir()
    currency = str(result.attrs.get("currency", ""))
    for stem, draw in _figures(result, basis):
        try:
            drawn = draw()
        except BadInput as error:
            left_out[stem] = str(error)
        else:
            save_figure(drawn.figure, home / f"{stem}.svg")
            with_headers(drawn.data, currency).to_csv(home / f"{stem}.csv", lineterminator="\n", encoding="utf-8")
    return left_out


def _figures(result: xr.Dataset, basis: xr.Dataset) -> Iterator[tuple[str, Callable[[], Drawn]]]:
    """Name of each figure, and what draws it."""
    if "benefit_expenditure" in result:
        from actuarial.report.figures.pictures import figures

        yield from figures(result, basis, None, ENGLISH)
        return
    result, basis = (one.isel(scenario=0) if "scenario" in one.dims else one for one in (result, basis))
    yield "cost_by_age", partial(health.draw_cost_by_age, result, inflation=basis["inflation"])
    yield "services", partial(health.draw_services, result)
    if "gdp" in basis:
        yield "services_to_gdp", partial(health.draw_services, result, gdp=basis["gdp"])
    yield "groups", partial(health.draw_groups, result)
    yield "sources", partial(health.draw_sources, result)
    yield "growth", partial(_growth, result, basis)


def _growth(result: xr.Dataset, basis: xr.Dataset) -> Drawn:
    from actuarial.valuation.health_growth import decompose_health_expenditure

    plain = [one.drop_vars("scenario", errors="ignore") for one in (result, basis)]
    return health.draw_growth(decompose_health_expenditure(*plain), result)


def with_headers(table: pd.DataFrame, currency: str) -> pd.DataFrame:
    """The table whose columns name their units, for files: fractions stay fractions."""
    units = table.attrs["units"]
    return table.rename(columns={name: f"{name} ({in_currency(units[name], currency)})" for name in table})
