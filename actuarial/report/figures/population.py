"""The population by age and sex in two years, as a pyramid."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report import plots
from actuarial.report.columns import needed
from actuarial.report.figures import frame, measure
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.report.tables import stations
from actuarial.translation import Language

BAND = 5
FILLS = {"male": plots.PALETTE[2], "female": plots.PALETTE[5]}
OUTLINE: dict[str, Any] = {"color": "black", "linewidth": 1.4}
RANGE: dict[str, Any] = {"facecolor": "#9A9A9A", "alpha": 0.55, "linewidth": 0.0}


def draw_population(
    result: xr.Dataset,
    years: Sequence[int] | None = None,
    *,
    draws: xr.Dataset | xr.DataArray | None = None,
    level: float = 0.8,
    say: Language = ENGLISH,
) -> Drawn:
    """Draw the population by age and sex of two years: one as bars, the other as an outline.

    Parameters
    ----------
    result : Dataset with `population` (year, sex, age), one scenario
    years : two of its years; by default the first one and that thirty years later, or the last one
    draws : population (scenario, year, sex, age) of many scenarios, as of `project_population(basis_of_draws(...))`,
        optional
        Their range is a shade around the outline.
    level : share of the scenarios within the range, of each sex and group of ages by itself
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by the first age of each group of five ages, a column for each sex and year,
        persons on 31 December; with draws also "SEX YEAR lower" and "SEX YEAR upper" of the later year.

    Raises
    ------
    BadInput
        Several scenarios, a year that the result or the draws do not have, another number of years than two, draws of
        other ages or of fewer than two scenarios, a level that cannot be meant; no matplotlib.
    MissingVariable

    Examples
    --------
    draw_population(result, (2026, 2056)).figure
    """
    plots.one_scenario(result)
    needed(result, "population")
    first, later = _two_years(result, years)
    bands = _in_bands(result["population"].sel(year=[first, later]))
    sexes = {"male": say("Men"), "female": say("Women")}
    columns = {f"{sex} {year}": bands.sel(sex=sex, year=year).to_series() for year in (first, later) for sex in sexes}
    if draws is not None:
        columns |= _range(_drawn_population(draws, result["population"], later), level)
    data = pd.DataFrame(columns)
    shown = measure.persons(say, measure.greatest(data))
    title = say("Population by age and sex, {first} and {later}", first=first, later=later)
    with frame.page(title, plots.source_line(result, say), height=4.2, room=0.0) as (figure, (axes,)):
        _bars(axes, data, first, later)
        _axes(axes, data, shown, say)
        for place, words in ((0.02, sexes["male"]), (0.98, sexes["female"])):
            ha = "left" if place < 0.5 else "right"
            axes.text(place, 0.97, words, transform=axes.transAxes, ha=ha, va="top", weight="bold")
        share = measure.share(0).text(say, level)
        _legend(axes, first, later, None if draws is None else say("{share} of the scenarios", share=share))
        axes.set_title(say("age, {unit} in each group of ages on 31 December", unit=shown.words), loc="left")
    return Drawn(figure, _told(say, title, data, shown, sexes, (first, later)))


def _two_years(result: xr.Dataset, years: Sequence[int] | None) -> tuple[int, int]:
    known = [int(year) for year in result["year"].values]
    chosen = stations(known[0], known[-1])[:2] if years is None else sorted({int(year) for year in years})
    if len(chosen) != 2:
        raise BadInput(f"years: the figure compares two years (got {len(chosen)}).")
    absent = [year for year in chosen if year not in known]
    if absent:
        raise BadInput(f"years: {absent[0]} is not in the result, which has {known[0]} to {known[-1]}.")
    return chosen[0], chosen[1]


def _in_bands(people: xr.DataArray) -> xr.DataArray:
    """Sums of five ages, by the first one."""
    return people.groupby((people["age"] // BAND * BAND).rename("from_age")).sum("age")


def _drawn_population(draws: xr.Dataset | xr.DataArray, people: xr.DataArray, year: int) -> xr.DataArray:
    """Drawn populations of a year that have the ages and sexes of the result."""
    if isinstance(draws, xr.Dataset):
        needed(draws, "population")
        draws = draws["population"]
    if set(draws.dims) != {"scenario", "year", "sex", "age"} or draws.sizes["scenario"] < 2:
        raise BadInput(f"draws: population by scenario (two at least), year, sex and age (got {dict(draws.sizes)}).")
    if year not in draws["year"].values:
        raise BadInput(f"draws: they lack the year {year}.")
    for dim in ("sex", "age"):
        if draws[dim].values.tolist() != people[dim].values.tolist():
            raise BadInput(f"draws: their labels of {dim} are not those of the result.")
    return draws.sel(year=year)


def _range(people: xr.DataArray, level: float) -> dict[str, "pd.Series[float]"]:
    """Lower and upper end of the range of each sex and group of ages."""
    if not 0.0 < level < 1.0:
        raise BadInput(f"level must lie between 0 and 1, such as 0.8, but it is {level!r}.")
    ends = {"lower": 0.5 - level / 2.0, "upper": 0.5 + level / 2.0}
    year, bands = int(people["year"]), _in_bands(people.drop_vars("year"))
    return {
        f"{sex} {year} {word}": bands.sel(sex=sex).quantile(share, "scenario").to_series()
        for sex in ("male", "female")
        for word, share in ends.items()
    }


def _bars(axes: Any, data: pd.DataFrame, first: int, later: int) -> None:
    """Bars of the first year, men to the left; an outline of the later one."""
    ages = data.index.to_numpy()
    edges = np.append(ages, ages[-1] + BAND)
    for sex, side in (("male", -1.0), ("female", 1.0)):
        bars = side * data[f"{sex} {first}"].to_numpy()
        axes.barh(ages, bars, BAND * 0.9, align="edge", color=FILLS[sex])
        outline = side * data[f"{sex} {later}"].to_numpy()
        if f"{sex} {later} lower" in data:
            low, high = (side * data[f"{sex} {later} {word}"].to_numpy() for word in ("lower", "upper"))
            axes.stairs(high, edges, orientation="horizontal", baseline=low, fill=True, **RANGE)
        axes.stairs(outline, edges, orientation="horizontal", baseline=None, **OUTLINE)
    axes.axvline(0.0, color="white", linewidth=1.0)


def _legend(axes: Any, first: int, later: int, drawn: str | None) -> None:
    """The bars of the first year and the outline of the later one, beside the axes: old people may leave no room."""
    from matplotlib.legend_handler import HandlerTuple
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [tuple(Patch(color=fill) for fill in FILLS.values()), Line2D([], [], **OUTLINE)]
    texts = [str(first), str(later)]
    if drawn is not None:
        handles.append(Patch(**RANGE))
        texts.append(f"{later},\n{drawn}")
    axes.legend(handles, texts, loc="upper left", bbox_to_anchor=(1.01, 1.0),
                handler_map={tuple: HandlerTuple(ndivide=None, pad=0.0)})  # fmt: skip


def _axes(axes: Any, data: pd.DataFrame, shown: measure.Measure, say: Language) -> None:
    """The same scale to both sides, without signs; groups of ages by their first and last age."""
    reach = 1.06 * measure.greatest(data)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(data.index[0], data.index[-1] + BAND)
    written = plots.ticks(lambda value, digits: say.number(value / shown.scale, digits), shown.scale, signs=False)
    axes.xaxis.set_major_formatter(written)
    axes.set_yticks(data.index[::2] + BAND / 2, [_band(age, data.index[-1]) for age in data.index[::2]])
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")


def _band(age: int, last: int) -> str:
    return f"{age}+" if age == last else f"{age}\N{EN DASH}{age + BAND - 1}"


def _told(
    say: Language, title: str, data: pd.DataFrame, shown: measure.Measure, sexes: dict[str, str], years: tuple[int, int]
) -> pd.DataFrame:
    """The numbers with their words: the whole population, and the share from 65 on."""
    alt = []
    for year in years:
        both = data[f"male {year}"] + data[f"female {year}"]
        old = both[both.index >= 65].sum() / both.sum()
        alt.append(
            say(
                "{year}: {people}, of whom {share} are 65 or older.",
                year=year,
                people=measure.persons(say, both.sum()).text(say, both.sum()),
                share=measure.share().text(say, old),
            )
        )
    labels = {f"{sex} {year}": f"{words}, {year}" for year in years for sex, words in sexes.items()}
    ends = {"lower": say("lower end"), "upper": say("upper end")}
    for sex, words in sexes.items():
        labels |= {
            f"{sex} {years[1]} {end}": f"{words}, {years[1]}, {text}"
            for end, text in ends.items()
            if f"{sex} {years[1]} {end}" in data
        }
    rows = {age: _band(age, data.index[-1]) for age in data.index}
    told = frame.Told(title, labels, rows, say("Age"), alt)
    return told.on(data, dict.fromkeys(labels, "persons"), dict.fromkeys(labels, shown))
