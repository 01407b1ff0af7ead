"""Figures of a health valuation: cost by age, services, groups, sources of finance, causes of growth."""

from collections.abc import Sequence

import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report import health_figures as numbers
from actuarial.report import plots
from actuarial.report.columns import with_period, with_units
from actuarial.report.figures.frame import notes
from actuarial.report.health_tables import PER_MEMBER, needed
from actuarial.report.health_words import labels, note
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.report.tables import stations
from actuarial.translation import Language

PERIODS = (1, 2, 5, 10, 20, 50)
BARS = 12  # more periods than this make the bars too thin for their labels


def draw_cost_by_age(
    result: xr.Dataset,
    years: Sequence[int] | None = None,
    *,
    inflation: xr.DataArray | None = None,
    say: Language = ENGLISH,
) -> Drawn:
    """Draw the cost of services for each member by age and sex, in one year or in two.

    Parameters
    ----------
    result : Dataset of `project_health`, one scenario
    years : one or two of its years; by default the first one and that thirty years later, or the last one
    inflation : DataArray (year), growth of prices over the year before, optional
        With it the amounts of the later year are in prices of the earlier one.
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by age, a column for each sex and year, currency/person/year.

    Raises
    ------
    BadInput
        Several scenarios, a year that the result does not have, none or more than two years; no matplotlib.
    MissingVariable

    Examples
    --------
    draw_cost_by_age(result, (2026, 2050), inflation=basis["inflation"]).figure
    """
    plots.one_scenario(result, *([] if inflation is None else [inflation]))
    needed(result, "provider_cost", "health_members")
    chosen = _two_years(result, years)
    tables = {year: numbers.cost_by_age(result, year).drop(columns="total") for year in chosen}
    sexes = list(tables[chosen[0]])
    level = {year: _prices(inflation, chosen[0], year) for year in chosen}
    shown = {f"{sex} {year}": tables[year][sex] / level[year] for sex in sexes for year in chosen}
    data = with_units(pd.DataFrame(shown), dict.fromkeys(shown, PER_MEMBER))
    title = say("Cost of services for each member by age and sex")
    lines = labels(say, data)
    with plots.canvas(title, "", plots.source_line(result, say)) as (figure, axes):
        for column, style in zip(data, plots.line_styles(len(sexes), len(chosen)), strict=True):
            axes.plot(data.index, data[column], label=lines[str(column)], **style)
        unit = plots.money_axis(axes.yaxis, float(data.max().max()), str(result.attrs.get("currency", "")), say)
        measured = say("{unit} a person and year, before patients pay their part", unit=unit)
        if inflation is not None:
            measured = say(
                "{unit} a person and year, prices of {year}, before patients pay their part", unit=unit, year=chosen[0]
            )
        axes.set_title(measured, loc="left")
        axes.set_xlabel(say("age"))
        axes.set_xlim(data.index[0], data.index[-1])
        axes.set_ylim(bottom=0.0)
        plots.legend(axes)
    return Drawn(figure, data)


def _two_years(result: xr.Dataset, years: Sequence[int] | None) -> list[int]:
    if years is None:
        return stations(int(result["year"][0]), int(result["year"][-1]))[:2]
    chosen = sorted({int(year) for year in years})
    if not 1 <= len(chosen) <= 2:
        raise BadInput(f"years: the figure compares two years, or shows one (got {len(chosen)}).")
    return chosen


def _prices(inflation: xr.DataArray | None, first: int, year: int) -> float:
    """Prices of a year over those of an earlier one; 1 where they are not asked for."""
    if inflation is None:
        return 1.0
    between = list(range(first + 1, year + 1))
    absent = [one for one in between if one not in inflation["year"].values]
    if absent:
        raise BadInput(f"inflation: it lacks the year {absent[0]}, which lies between {first} and {year}.")
    return float((1.0 + inflation.sel(year=between)).prod())


def draw_services(
    result: xr.Dataset, *, gdp: xr.DataArray | None = None, most: int = 8, say: Language = ENGLISH
) -> Drawn:
    """Draw expenditure by service as stacked areas: shares of the total, or of the gross domestic product.

    Parameters
    ----------
    result : Dataset of `project_health`, one scenario and two years at least
    gdp : DataArray (year), currency/year, optional
        With it the areas are shares of it, without it shares of all services.
    most : number of areas; the smallest services are one of them where there are more services
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by year, one column for each area from the bottom, fraction.

    Raises
    ------
    BadInput
        Several scenarios, a single year, years that `gdp` lacks; no matplotlib.
    MissingVariable

    Examples
    --------
    draw_services(result, gdp=basis["gdp"]).figure
    """
    _path(result, gdp)
    data = plots.few_columns(numbers.shares_of_services(result, gdp), "services", most)
    title = (
        say("Expenditure by service")
        if gdp is None
        else say("Expenditure by service over gross domestic product")
    )
    return _areas(say, result, data, title, _measure(say, gdp), named=True)


def draw_groups(
    result: xr.Dataset, *, gdp: xr.DataArray | None = None, most: int = 8, say: Language = ENGLISH
) -> Drawn:
    """Draw expenditure on services by group of members, as `draw_services` does by service.

    Examples
    --------
    draw_groups(result).data.loc[2030]
    """
    _path(result, gdp)
    data = plots.few_columns(numbers.shares_of_groups(result, gdp), "groups", most)
    title = (
        say("Expenditure on services by group of members")
        if gdp is None
        else say("Expenditure on services by group of members over gross domestic product")
    )
    return _areas(say, result, data, title, _measure(say, gdp), named=True)


def draw_sources(result: xr.Dataset, *, say: Language = ENGLISH) -> Drawn:
    """Draw who pays: shares of members, employers, the State, donors, interest in total income, as stacked areas.

    Parameters
    ----------
    result : Dataset of `project_health`, one scenario and two years at least
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by year, one column for each source from the bottom, fraction; interest on a
        reserve below zero is below zero.

    Raises
    ------
    BadInput
        Several scenarios, a single year; no matplotlib.
    MissingVariable

    Examples
    --------
    draw_sources(result).figure
    """
    _path(result, None)
    data = plots.few_columns(numbers.shares_of_sources(result), "sources")
    return _areas(say, result, data, say("Sources of finance"), say("share of total income"))


def draw_growth(
    growth: xr.Dataset, result: xr.Dataset, *, period: int | None = None, say: Language = ENGLISH
) -> Drawn:
    """Draw the growth of expenditure on services by cause as stacked bars, and the growth itself as a mark.

    Parameters
    ----------
    growth : Dataset of `decompose_health_expenditure`, year by year, one scenario
    result : Dataset of `project_health` that it decomposes
    period : years of which a bar shows the mean; by default the fewest that give no more than twelve bars
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by period, one column for each cause and `total`, fraction a year.

    Raises
    ------
    BadInput
        Several scenarios, a decomposition of two years only; no matplotlib.

    Examples
    --------
    draw_growth(decompose_health_expenditure(result, basis), result, period=5).figure
    """
    plots.one_scenario(growth, result)
    if period is None and "year" in growth.dims:
        years = growth.sizes["year"]
        period = next((one for one in PERIODS if years <= BARS * one), years)
    found = numbers.growth_rates(growth, result, period or 1)
    causes = plots.few_columns(found.drop(columns="total"), "causes")
    data = with_units(causes.assign(total=found["total"]), dict.fromkeys([*causes, "total"], "1/year"))
    each = say("over the year before") if period == 1 else say("over the year before, mean of each period")
    title = say("Growth of expenditure on services by cause")
    with plots.canvas(title, each, _source(say, result, causes)) as (figure, axes):
        plots.stacked_bars(axes, causes, labels(say, causes))
        places = range(len(data))
        axes.plot(places, data["total"], label=say("growth (all causes)"), linestyle="none", **plots.MARK)
        plots.share_axis(axes.yaxis, say)
        plots.legend(axes, reverse=True)
    return Drawn(figure, data)


def _areas(
    say: Language, result: xr.Dataset, data: pd.DataFrame, title: str, measure: str, *, named: bool = False
) -> Drawn:
    """Shares by year as stacked areas."""
    with plots.canvas(title, measure, _source(say, result, data)) as (figure, axes):
        plots.stacked_areas(axes, data, labels(say, data, named=named))
        plots.share_axis(axes.yaxis, say)
        plots.year_axis(axes.xaxis)
        plots.legend(axes, reverse=True)
    return Drawn(figure, data)


def _path(result: xr.Dataset, gdp: xr.DataArray | None) -> None:
    """Raise BadInput where a figure by year cannot be drawn of what is given."""
    plots.one_scenario(result, *([] if gdp is None else [gdp]))
    if result.sizes["year"] < 2:
        raise BadInput("a figure by year needs two years, but the result has one.\n  Project more years.")


def _source(say: Language, result: xr.Dataset, data: pd.DataFrame) -> str:
    """Source line, with the notes that belong to a table and to a first year that is part of one."""
    period = str(with_period(pd.DataFrame(), result).attrs.get("note", "")) if say.code == "en" else notes(result, say)
    return "\n".join(part for part in (note(say, data), period, plots.source_line(result, say)) if part)


def _measure(say: Language, gdp: xr.DataArray | None) -> str:
    return say("share of expenditure on all services") if gdp is None else say("share of gross domestic product")
