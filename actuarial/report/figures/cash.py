"""What a scheme pays, benefit by benefit, and what it receives, by year."""

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.report import plots
from actuarial.report.content.names import name_of
from actuarial.report.figures import frame, measure
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.translation import Language

MOST = 6
"""Benefits that have a band of their own, the smallest ones share one."""
ADMINISTRATION, CONTRIBUTIONS, INCOME, OTHERS = "administration", "contributions", "total income", "other benefits"


def draw_cash_flow(
    result: xr.Dataset, *, inflation: xr.DataArray | None = None, unit: float | None = None, say: Language = ENGLISH
) -> Drawn:
    """Draw benefits and administration as stacked areas, with contributions and total income as lines.

    Parameters
    ----------
    result : Dataset of `project`, one scenario and two years at least
    inflation : DataArray (year), growth of prices over the year before, optional
        With it all amounts are in prices of the year before the first one.
    unit : number that amounts are divided by (1, 1e6, 1e9, 1e12), optional
        By default the greatest one of which the largest amount has one.
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by year, a column for each benefit, `administration`, `contributions` of members
        and employers, and `total income`, currency/year. The attribute `note` names benefits that share a column,
        the attribute `units` the year of the prices.

    Raises
    ------
    BadInput
        Several scenarios, a single year, a year without growth of prices; no matplotlib.
    MissingVariable

    Examples
    --------
    draw_cash_flow(result, inflation=basis["inflation"]).figure
    """
    years = frame.by_year(result, "benefit_expenditure", "administration", "contributions", "total_income")
    spent, others = _spent(result)
    lines = {CONTRIBUTIONS: result["contributions"], INCOME: result["total_income"]}
    table = spent.assign(**{name: array.to_series() for name, array in lines.items()})
    data = table.div(measure.prices(inflation, years), axis=0)
    shown = measure.money(say, str(result.attrs.get("currency", "")), measure.greatest(data), unit)
    names = frame.columns_of(data)
    labels = {name: _word(say, name) for name in names}
    labels |= {INCOME: say("Total income"), CONTRIBUTIONS: say("Contributions of members and employers")}
    note = " ".join(part for part in (_others(say, others), frame.notes(result, say, money=True)) if part)
    title = say("Expenditure and income")
    above = measured(say, shown, inflation, years[0])
    foot = frame.foot(result, say, note)
    with frame.page(title, foot, height=4.1, room=frame.MORE_ROOM) as (figure, (axes,)):
        bands = data[frame.columns_of(spent)]
        plots.stacked_areas(axes, bands)
        styles = dict(zip(lines, _styles(), strict=True))
        for name, style in styles.items():
            axes.plot(data.index, data[name], color="white", linewidth=3.6, zorder=3)
            axes.plot(data.index, data[name], zorder=3, **style)
        axes.set_title(above, loc="left")
        shown.axis(say, axes.yaxis)
        frame.zero_line(axes)
        frame.years_axis(axes, years)
        ends = _ends(data, frame.columns_of(bands), styles, labels)
        frame.beside(axes, ends, letters=frame.MORE_LETTERS)
    alt = [frame.path_of(say, say("Total expenditure"), bands.sum(axis=1), shown)]
    alt += [frame.path_of(say, labels[name], data[name], shown) for name in lines]
    told = frame.Told(title, labels, index=say("Year"), alt=alt, note=note, measured=(above,))
    units = measure.priced("currency/year", inflation, years)
    return Drawn(figure, told.on(data, dict.fromkeys(names, units), dict.fromkeys(names, shown)))


def measured(say: Language, shown: measure.Measure, inflation: xr.DataArray | None, first: int) -> str:
    """Words above an axis of yearly money."""
    if inflation is None:
        return say("{unit} a year", unit=shown.words)
    return say("{unit} a year, at prices of {year}", unit=shown.words, year=first - 1)


def _spent(result: xr.Dataset) -> tuple[pd.DataFrame, list[str]]:
    """Expenditure by benefit and administration; benefits that share a column, which are the smallest ones."""
    paid = result["benefit_expenditure"]
    spent = {str(name): paid.sel(benefit=name, drop=True).to_series() for name in paid["benefit"].values}
    size = {name: float(values.abs().sum()) for name, values in spent.items()}
    kept = sorted((name for name in spent if size[name] > 0), key=lambda name: -size[name])
    large = kept if len(kept) <= MOST else kept[: MOST - 1]
    small = [name for name in spent if name in kept and name not in large]
    table = pd.DataFrame({name: values for name, values in spent.items() if name in large}, index=paid["year"].values)
    if small:
        table[OTHERS] = sum(spent[name] for name in small)
    table[ADMINISTRATION] = result["administration"].to_series()
    return table.rename_axis("year"), small


def _word(say: Language, name: str) -> str:
    if name == ADMINISTRATION:
        return say("Administration")
    return say("Other benefits") if name == OTHERS else name_of(say, name)


def _others(say: Language, small: list[str]) -> str:
    """Which benefits share a band."""
    if not small:
        return ""
    return say("Other benefits: {names}.", names=", ".join(name_of(say, name) for name in small))


def _styles() -> list[dict[str, Any]]:
    return [{"color": "black", "linestyle": dash, "linewidth": 1.8} for dash in plots.DASHES[:2]]


def _ends(
    data: pd.DataFrame, spent: list[str], styles: dict[str, Any], labels: dict[str, str]
) -> list[frame.Beside]:
    """Words beside the middle of each band and the end of each line."""
    last = np.clip(data[spent].to_numpy()[-1], 0.0, None)
    middles = np.cumsum(last) - last / 2
    fills = plots.band_styles(len(spent))
    ends = [
        frame.Beside(float(middle), labels[name], style, band=True)
        for name, middle, style in zip(spent, middles, fills, strict=True)
    ]
    return ends + [frame.Beside(float(data[name].iloc[-1]), labels[name], style) for name, style in styles.items()]
