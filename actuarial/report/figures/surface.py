"""Death rates by year and age as a surface of shades with lines of equal rates."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report import plots
from actuarial.report.figures import by_age, frame, measure
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.translation import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVELS = tuple(step * 10.0**power for power in range(-6, 1) for step in (1.0, 3.0))
"""Rates of the lines, 1/year."""
SHADES = "cividis_r"
"""From light to dark, in grey as well."""


def draw_mortality_surface(rates: Any, *, source: str = "", say: Language = ENGLISH) -> Drawn:
    """Draw death rates by year and age as shades of their logarithm, with lines of equal rates.

    Parameters
    ----------
    rates : DataArray (year, age), 1/year, or Dataset with `mx` or `rate` by these dims
        Of one sex: a basis, a table of `life_table`, rates of `graduate`, `lee_carter`, `mortality_forecast` or
        `crude_rates`, or several of them after each other (`xarray.concat`). Consecutive years and ages. Cells with the
        rate 0 or NaN stay hatched. Crude rates of small numbers give restless lines: graduate them first.
    source : where the numbers come from, in the language of the figure
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by age, a column for each year, 1/year.

    Raises
    ------
    BadInput
        Several populations, fewer than two years or ages, labels that do not follow each other, nothing above 0; no
        matplotlib.
    MissingVariable, OutOfBounds
        No rates; negative or infinite ones.

    Examples
    --------
    draw_mortality_surface(basis.mx.sel(sex="female")).figure
    """
    found = by_age.rates_of(rates, "rates", ("year", "age"))
    for dim in found.dims:
        if found.sizes[dim] < 2 or (np.diff(found[dim].values) != 1).any():
            raise BadInput(f"rates: a surface needs two labels of {dim} at least, that follow each other.")
    if not (found.values > 0).any():
        raise BadInput("rates: a surface has nothing to show, as no rate is above 0.")
    shown = by_age.rate_measure(say)
    years = [str(year) for year in found["year"].values]
    ages = pd.Index(found["age"].values, name="age")
    data = pd.DataFrame(found.transpose("age", "year").values, ages, years)
    note = say("Hatched: no deaths, or nothing known.") if not (data > 0).all(axis=None) else ""
    title = by_age.entitled(say, say("Death rates by year and age"), found)
    foot = "\n".join(part for part in (note, say("Source: {source}", source=source) + "." if source else "") if part)
    with frame.page(title, foot, height=3.6, room=0.0) as (figure, (axes,)):
        mesh = _shades(axes, found)
        _contours(axes, found, say)
        bar = figure.colorbar(mesh, ax=axes, pad=0.02, aspect=30)
        _bar(bar, say, *mesh.get_clim())
        axes.set_title(say("{unit}, by age last birthday", unit=shown.words), loc="left")
        _labels_of_axes(axes, found)
    told = frame.Told(title, {year: year for year in years}, index=say("Age"), alt=_alt(say, data, shown), note=note)
    return Drawn(figure, told.on(data, dict.fromkeys(years, "1/year"), dict.fromkeys(years, shown)))


def _shades(axes: "Axes", found: xr.DataArray) -> Any:
    """Cells of one year and age each; the scale has whole decades of the rates at its ends or a part of them."""
    logs = _logs(found)
    years, ages = found["year"].values, found["age"].values
    edges = (years[0] - 0.5, years[-1] + 0.5, ages[0] - 0.5, ages[-1] + 0.5)
    axes.patch.set(hatch="////", facecolor="white", edgecolor="#BBBBBB")
    return axes.imshow(logs.T, SHADES, aspect="auto", origin="lower", extent=edges, interpolation="nearest")


def _logs(found: xr.DataArray) -> Any:
    values = found.values
    return np.ma.masked_where(~(values > 0), np.log10(np.where(values > 0, values, 1.0)))


def _contours(axes: "Axes", found: xr.DataArray, say: Language) -> None:
    """Lines of equal rates, white where the shade is dark."""
    logs = _logs(found)
    low, high = float(logs.min()), float(logs.max())
    levels = [np.log10(level) for level in LEVELS if low < np.log10(level) < high]
    if not levels:
        return
    colours = ["white" if level > low + 0.55 * (high - low) else "black" for level in levels]
    lines = axes.contour(
        found["year"].values, found["age"].values, logs.T, levels, colors=colours, linewidths=0.9, linestyles="solid"
    )
    places = _places(found, logs, levels)
    if places:
        written = {level: by_age.written_rate(say, 10.0**level) for level in levels}
        axes.clabel(lines, fmt=written, fontsize=8, inline_spacing=2, manual=places)


def _places(found: xr.DataArray, logs: Any, levels: list[float]) -> list[tuple[float, float]]:
    """Year and age of the number on each line: its highest age in a year that differs from line to line."""
    years, ages = found["year"].values, found["age"].values
    edge = 0.03 * (ages[-1] - ages[0])
    places = []
    for number, level in enumerate(levels):
        row = round((0.25 + 0.5 * (number % 3) / 2.0) * (len(years) - 1))
        below = np.flatnonzero(logs[row].filled(np.inf)[:-1] <= level)
        if len(below) and ages[0] + edge < ages[below[-1]] + 0.5 < ages[-1] - edge:
            places.append((float(years[row]), float(ages[below[-1]] + 0.5)))
    return places


def _bar(bar: Any, say: Language, low: float, high: float) -> None:
    levels = [level for level in LEVELS if low <= np.log10(level) <= high]
    bar.set_ticks([np.log10(level) for level in levels], labels=[by_age.written_rate(say, level) for level in levels])
    bar.ax.tick_params(length=0)
    bar.ax.minorticks_off()
    bar.outline.set_visible(False)


def _labels_of_axes(axes: "Axes", found: xr.DataArray) -> None:
    """Whole years and ages; the cells of the first and last ones are seen whole."""
    from matplotlib.ticker import MaxNLocator, MultipleLocator

    plots.year_axis(axes.xaxis)
    years = found["year"].values
    axes.set_xticks(frame.year_ticks(int(years[0]), int(years[-1])))
    ages = found["age"].values
    wide = ages[-1] - ages[0]
    axes.yaxis.set_major_locator(MultipleLocator(10) if wide >= 40 else MaxNLocator(nbins=9, integer=True))
    axes.grid(visible=False)


def _alt(say: Language, data: pd.DataFrame, shown: measure.Measure) -> list[str]:
    """Rates of the first, the middle and the last age in the first and the last year."""
    first, last = data.columns[0], data.columns[-1]
    ages = data.index.to_numpy()
    return [
        say(
            "Age {age}: {first} in {first_year}, {last} in {last_year}.",
            age=age,
            first=shown.text(say, data.loc[age, first]),
            last=shown.text(say, data.loc[age, last]),
            first_year=first,
            last_year=last,
        )
        for age in dict.fromkeys((ages[0], ages[len(ages) // 2], ages[-1]))
    ]
