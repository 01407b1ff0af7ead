"""A path with the range in which shares of many scenarios lie."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report import plots
from actuarial.report.figures import frame, measure
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.translation import Language

MEDIAN = 0.5
TINTS = ("#D5E6F0", "#9FC5DC", "#5E9CC0", "#35789F")
"""From the widest band to the narrowest one."""
UNITS = {"currency", "currency/year", "fraction", "1/year", "persons", "persons/year", "ratio", "years"}
UNITS |= {"years of outgo"}


def draw_fan(
    quantiles: xr.DataArray,
    title: str,
    *,
    units: str | None = None,
    currency: str = "",
    central: xr.DataArray | None = None,
    source: str = "",
    say: Language = ENGLISH,
) -> Drawn:
    """Draw quantiles of many scenarios by year: the range of each pair as a band, the median as a line.

    Parameters
    ----------
    quantiles : DataArray (quantile, year), as of `result["reserve_ratio"].quantile([0.05, 0.25, 0.5, 0.75, 0.95],
        "scenario")`; the quantiles are one half, or pairs at the same distance from it
    title : what is shown, in the language of the figure
    units : those of the vocabulary; by default the attribute `units`, else a plain ratio
    currency : code of money
    central : DataArray (year) of a path beside the scenarios, optional
    source : where the numbers come from, in the language of the figure
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by year, a column for each quantile, and `central` where it is given.

    Raises
    ------
    BadInput
        Other dims, a single year, quantiles that are no pairs, more than four pairs; no matplotlib.

    Examples
    --------
    levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    draw_fan(result["payg_cost_rate"].quantile(levels, "scenario"), "Pay-as-you-go cost rate", units="fraction")
    """
    data, pairs = _table(quantiles)
    if central is not None:
        data["central"] = central.to_series().reindex(data.index)
    units = str(quantiles.attrs.get("units", "ratio")) if units is None else units
    shown = _measure(say, units, currency, measure.greatest(data))
    labels = _labels(say, data)
    foot = say("Source: {source}", source=source) + "." if source else ""
    with frame.page(title, foot) as (figure, (axes,)):
        ends = _draw(axes, data, pairs, say)
        axes.set_title(shown.words, loc="left")
        shown.axis(say, axes.yaxis)
        frame.zero_line(axes)
        frame.years_axis(axes, list(data.index))
        frame.beside(axes, ends)
    names = frame.columns_of(data)
    alt = [frame.path_of(say, labels[name], data[name], shown) for name in names if name in (str(MEDIAN), "central")]
    alt += [_range(say, data, pair, shown) for pair in pairs]
    told = frame.Told(title, labels, index=say("Year"), alt=alt)
    return Drawn(figure, told.on(data, dict.fromkeys(names, units), dict.fromkeys(names, shown)))


def _table(quantiles: xr.DataArray) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """A column for each quantile, and the pairs of columns from the widest one."""
    if set(quantiles.dims) != {"quantile", "year"} or quantiles.sizes["year"] < 2:
        raise BadInput(f"a fan is drawn of quantiles by year, two years at least (got {dict(quantiles.sizes)}).")
    levels = levels_of(quantiles)
    ordered = quantiles.sortby("quantile").transpose("year", "quantile")
    names = list(map(str, levels))
    data = pd.DataFrame(ordered.values, pd.Index(ordered["year"].values, name="year"), names)
    return data, [(names[place], names[-1 - place]) for place in range(len(names) // 2)]


def levels_of(quantiles: xr.DataArray) -> list[float]:
    """Labels of `quantile`, rising: one half, or pairs at the same distance from it.

    Raises
    ------
    BadInput
        No pairs, or more of them than bands can be told apart.
    """
    levels = sorted(float(level) for level in quantiles["quantile"].values)
    if not np.allclose(levels, [1.0 - level for level in levels[::-1]], rtol=0.0, atol=1e-9):
        raise BadInput(f"quantile: they must lie in pairs around one half, such as 0.05 and 0.95 (got {levels}).")
    if not 1 <= len(levels) // 2 <= len(TINTS):
        raise BadInput(f"quantile: a fan has one to {len(TINTS)} pairs (got {len(levels) // 2}).")
    return levels


def share_of_scenarios(say: Language, share: float) -> str:
    """A share in per cent, with a decimal where it is not whole."""
    return measure.share(0 if abs(100.0 * share - round(100.0 * share)) < 1e-6 else 1).text(say, share)


def _measure(say: Language, units: str, currency: str, largest: float) -> measure.Measure:
    if units not in UNITS:
        raise BadInput(f"units: {units!r} is none that a fan shows; they are {', '.join(sorted(UNITS))}.")
    if units.startswith("currency"):
        return measure.money(say, currency, largest)
    if units == "persons":
        return measure.persons(say, largest)
    if units == "persons/year":
        people = measure.persons(say, largest)
        return replace(people, words=say("{unit} a year", unit=people.words))
    if units == "years of outgo":
        return measure.outgo(say)
    if units in ("fraction", "1/year"):
        return measure.share()
    return measure.plain(say(units), 1 if units == "years" else 2)


def _labels(say: Language, data: pd.DataFrame) -> dict[str, str]:
    words = {"central": say("Central projection"), str(MEDIAN): say("Median of the scenarios")}
    return {
        name: words.get(name)
        or say("Not exceeded in {share} of the scenarios", share=share_of_scenarios(say, float(name)))
        for name in frame.columns_of(data)
    }


def _draw(axes: Any, data: pd.DataFrame, pairs: list[tuple[str, str]], say: Language) -> list[frame.Beside]:
    """Bands, the widest below; median and central path. Returns the words beside them."""
    years, ends = data.index.to_numpy(), []
    for (low, high), tint in zip(pairs, TINTS, strict=False):
        style = {"facecolor": tint, "edgecolor": "white", "linewidth": 0.5}
        axes.fill_between(years, data[low], data[high], **style)
        text = say("{share} of the scenarios", share=share_of_scenarios(say, float(high) - float(low)))
        ends.append(frame.Beside(frame.end_of(data[high]), text, style, band=True))
    lines = [
        (str(MEDIAN), say("Median of the scenarios"), {"color": plots.PALETTE[0], "linewidth": 1.8}),
        ("central", say("Central projection"), {"color": "black", "linewidth": 1.4, "linestyle": plots.DASHES[1]}),
    ]
    for name, text, style in lines:
        if name in data:
            axes.plot(years, data[name], **style)
            ends.append(frame.Beside(frame.end_of(data[name]), text, style))
    return ends


def _range(say: Language, data: pd.DataFrame, pair: tuple[str, str], shown: measure.Measure) -> str:
    low, high = (shown.text(say, frame.end_of(data[name])) for name in pair)
    within = share_of_scenarios(say, float(pair[1]) - float(pair[0]))
    year = data.index[-1]
    return say("{share} of the scenarios in {year}: {low} to {high}.", share=within, year=year, low=low, high=high)
