"""Figures of a run as files: each one as SVG, with the numbers that it shows beside it as CSV."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.health.scheme import HealthScheme
from actuarial.report import health_plots as health
from actuarial.report.plots import Drawn, look, save_figure
from actuarial.report.units import in_currency

FOLDER = "figures"
STEMS = ("cost_by_age", "services", "services_to_gdp", "groups", "sources", "growth")
NAMES = tuple(f"{FOLDER}/{stem}{suffix}" for stem in STEMS for suffix in (".svg", ".csv"))
"""Every file that figures may have, relative to the folder of a run."""


def check_drawable(scheme: Any, basis: xr.Dataset) -> None:
    """Raise BadInput where the figures of a run could not be drawn, before it is projected.

    Raises
    ------
    BadInput
        matplotlib is not installed, the scheme is not one of health care, a single year.
    """
    with look():
        pass
    if not isinstance(scheme, HealthScheme):
        raise BadInput(
            f"figures: {getattr(scheme, 'name', scheme)} is not a health scheme, and only of these there are figures.\n"
            "  Leave the figures out."
        )
    if basis.sizes["year"] < 2:
        raise BadInput("figures: figures by year need two projected years.\n  Project more years, or leave them out.")


def write_figures(result: xr.Dataset, basis: xr.Dataset, folder: Path) -> dict[str, str]:
    """Draw the figures of a health run into its folder; of several scenarios the first one, which they name.

    Parameters
    ----------
    result : Dataset of `actuarial.project_health`
    basis : Dataset that it was projected from; `gdp` adds a figure
    folder : path of the run, in which `figures` is made

    Returns
    -------
    dict
        Figure to the reason for which it is not drawn.
    """
    result, basis = (one.isel(scenario=0) if "scenario" in one.dims else one for one in (result, basis))
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
