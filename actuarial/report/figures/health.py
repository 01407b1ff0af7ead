"""Figures of health care as wide as the text of a page: cost by age, services, groups, sources, causes of growth."""

import textwrap
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.report import health_figures as numbers
from actuarial.report import plots
from actuarial.report.columns import with_units
from actuarial.report.figures import frame, measure
from actuarial.report.health_plots import PERIODS
from actuarial.report.health_tables import PER_MEMBER
from actuarial.report.health_words import labels, note
from actuarial.report.plots import Drawn
from actuarial.report.tables import stations
from actuarial.translation import Language

BARS = 8
TOLD = 3
"""Parts that the words for who cannot see a figure tell of."""


def health_figures(result: xr.Dataset, basis: xr.Dataset, say: Language) -> Iterator[tuple[str, Callable[[], Drawn]]]:
    """Name of each figure of one scenario, and what draws it.

    Parameters
    ----------
    result : Dataset of `project_health`, one scenario
    basis : Dataset that it was projected from; `inflation` and `gdp` are used where they are there
    say : language of the figures
    """
    yield "cost_by_age", partial(cost_by_age, result, basis.get("inflation"), say)
    services, groups = numbers.shares_of_services, numbers.shares_of_groups
    over_all, over_gdp = say("share of expenditure on all services"), say("share of gross domestic product")
    by_service = say("Expenditure by service")
    yield "services", lambda: areas(result, services(result), "services", by_service, over_all, say)
    if "gdp" in basis:
        title, gdp = say("Expenditure by service over gross domestic product"), basis["gdp"]
        yield "services_to_gdp", lambda: areas(result, services(result, gdp), "services", title, over_gdp, say, 2)
    by_group = say("Expenditure on services by group of members")
    yield "groups", lambda: areas(result, groups(result), "groups", by_group, over_all, say)
    paid, income = say("Sources of finance"), say("share of total income")
    yield "sources", lambda: areas(result, numbers.shares_of_sources(result), "sources", paid, income, say)
    yield "growth", partial(growth, result, basis, say)


def areas(
    result: xr.Dataset, table: pd.DataFrame, what: str, title: str, measured: str, say: Language, digits: int = 1
) -> Drawn:
    """Shares by year as areas on top of each other, with their names beside them."""
    years = frame.by_year(result)
    data = plots.few_columns(table, what)
    words = _begun(labels(say, data, named=what in ("services", "groups")))
    shown = measure.share(digits)
    notes = " ".join(part for part in (note(say, data), frame.notes(result, say)) if part)
    with frame.page(title, frame.foot(result, say, notes)) as (figure, (axes,)):
        plots.stacked_areas(axes, data)
        axes.set_title(measured, loc="left")
        shown.axis(say, axes.yaxis)
        frame.zero_line(axes)
        frame.years_axis(axes, years)
        last = np.nan_to_num(np.clip(data.to_numpy()[-1], 0.0, None))
        middles, styles = np.cumsum(last) - last / 2, plots.band_styles(len(last))
        ends = zip(words.values(), middles, styles, strict=True)
        frame.beside(axes, [frame.Beside(float(middle), word, style, band=True) for word, middle, style in ends])
    ending = dict(zip(words, last, strict=True))
    largest = sorted(words, key=lambda name: -ending[name])[:TOLD]
    alt = [frame.path_of(say, words[name], data[name], shown) for name in largest]
    told = frame.Told(title, words, index=say("Year"), alt=alt, note=notes, measured=(measured,))
    return Drawn(figure, told.on(data, dict.fromkeys(words, "fraction"), dict.fromkeys(words, shown)))


def cost_by_age(result: xr.Dataset, inflation: xr.DataArray | None, say: Language) -> Drawn:
    """Cost of services for each member by age and sex in the first year and thirty years later, or the last year."""
    years = frame.by_year(result, "provider_cost", "health_members")
    chosen = stations(years[0], years[-1])[:2]
    level = measure.prices(inflation, years)
    costs = {year: numbers.cost_by_age(result, year) / level.loc[year] for year in chosen}
    data = pd.DataFrame({f"{sex} {year}": costs[year][sex] for sex in ("male", "female") for year in chosen})
    words, title = _begun(labels(say, data)), say("Cost of services for each member by age and sex")
    shown = measure.money(say, str(result.attrs.get("currency", "")), measure.greatest(data))
    measured = say("{unit} a person and year, before patients pay their part", unit=shown.words)
    if inflation is not None:
        measured = say("{unit} a person and year, prices of {year}, before patients pay their part",
                       unit=shown.words, year=years[0] - 1)  # fmt: skip
    notes, styles = frame.notes(result, say), plots.line_styles(2, len(chosen))
    with frame.page(title, frame.foot(result, say, notes)) as (figure, (axes,)):
        for name, style in zip(words, styles, strict=True):
            axes.plot(data.index, data[name], **style)
        axes.set_title(measured, loc="left")
        axes.set_xlabel(say("age"))
        axes.set_xlim(data.index[0], data.index[-1])
        shown.axis(say, axes.yaxis)
        frame.zero_line(axes)
        ends = zip(words.items(), styles, strict=True)
        frame.beside(axes, [frame.Beside(frame.end_of(data[name]), word, style) for (name, word), style in ends])
    alt = [_greatest(say, words[name], data[name], shown) for name in words if data[name].notna().any()]
    told = frame.Told(title, words, index=say("Age"), alt=alt, note=notes, measured=(measured,))
    units = measure.priced(PER_MEMBER, inflation, years)
    return Drawn(figure, told.on(data, dict.fromkeys(words, units), dict.fromkeys(words, shown)))


def _begun(words: dict[str, str]) -> dict[str, str]:
    """Labels that begin with a capital, as those of other figures do."""
    return {name: word[:1].upper() + word[1:] for name, word in words.items()}


def _greatest(say: Language, what: str, series: "pd.Series[float]", shown: measure.Measure) -> str:
    known = series.dropna()
    place = int(known.to_numpy().argmax())
    amount = shown.text(say, float(known.to_numpy()[place]))
    return say("{what}: greatest {most} at age {age}.", what=what, most=amount, age=known.index[place])


def growth(result: xr.Dataset, basis: xr.Dataset, say: Language) -> Drawn:
    """Growth of expenditure on services by cause as bars on top of each other, the growth itself as a mark."""
    from actuarial.valuation.health_growth import decompose_health_expenditure

    plain = [one.drop_vars("scenario", errors="ignore") for one in (result, basis)]
    parts = decompose_health_expenditure(*plain)
    years = parts.sizes["year"]
    period = next((one for one in PERIODS if years <= BARS * one), years)
    found = numbers.growth_rates(parts, result, period)
    causes = plots.few_columns(found.drop(columns="total"), "causes")
    data = with_units(causes.assign(total=found["total"]), {})
    words, shown = _begun(labels(say, data)), measure.share()
    measured = say("over the year before") if period == 1 else say("over the year before, mean of each period")
    title, notes = say("Growth of expenditure on services by cause"), frame.notes(result, say)
    wrapped = {name: textwrap.fill(word, 26) for name, word in words.items()}
    with frame.page(title, frame.foot(result, say, notes), room=0.0) as (figure, (axes,)):
        plots.stacked_bars(axes, causes, wrapped)
        mark: dict[str, Any] = {"label": wrapped["total"], "linestyle": "none", **plots.MARK}
        axes.plot(range(len(data)), data["total"], **mark)
        axes.set_title(measured, loc="left")
        shown.axis(say, axes.yaxis)
        plots.legend(axes, reverse=True)
    alt = [frame.path_of(say, words["total"], data["total"], shown)]
    told = frame.Told(title, words, index=say("Year"), alt=alt, note=notes, measured=(measured,))
    return Drawn(figure, told.on(data, dict.fromkeys(words, "1/year"), dict.fromkeys(words, shown)))
