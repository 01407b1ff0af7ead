"""Death rates by age of some years: what was observed as points, fitted or assumed rates as lines."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report import plots
from actuarial.report.figures import by_age, frame, measure
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.translation import Language

MARKS = ("o", "^", "s", "D")
MOST = 8
"""Lines of a figure."""


def draw_death_rates(
    observed: Any = None,
    fits: Mapping[str, Any] | None = None,
    years: Sequence[int] | None = None,
    *,
    source: str = "",
    say: Language = ENGLISH,
) -> Drawn:
    """Draw death rates by age on a logarithmic scale: observed ones as points, one or several fits as lines.

    Parameters
    ----------
    observed : DataArray (age) or (year, age), 1/year, or Dataset with `mx` or `rate`, optional
        Of one sex, as of `crude_rates`. Points with the rate 0 or NaN are not shown, and told in a note.
    fits : mapping of name to such rates, four at most, optional
        As of `graduate`, `lee_carter`, `mortality_forecast`, `life_table` or a basis; the names, in the language of
        the figure, are written beside the lines. Ages may be others than those observed.
    years : up to four years; by default the first and the last one of all, and one between
    source : where the numbers come from, in the language of the figure
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by age, columns "observed YEAR" and "NAME YEAR" (without the year where the rates
        have none), 1/year; NaN at ages that one does not have.

    Raises
    ------
    BadInput
        Nothing given, several populations, years that nothing has, more than four years, four fits or eight lines; no
        matplotlib.
    MissingVariable, OutOfBounds
        No rates; negative or infinite ones.

    Examples
    --------
    draw_death_rates(crude.sel(sex="male"), {"Lee-Carter": model.sel(sex="male")}, (2000, 2020)).figure
    """
    given = {} if observed is None else {"observed": by_age.rates_of(observed, "observed", ("age",), ("year",))}
    lines = {name: by_age.rates_of(one, name, ("age",), ("year",)) for name, one in (fits or {}).items()}
    if "observed" in lines or not (given or lines):
        raise BadInput("fits: give rates that are observed, or fits under names other than observed.")
    chosen = _years([*given.values(), *lines.values()], years)
    columns = _columns(given | lines, chosen)
    if sum(kind != "observed" for kind, _ in columns) > MOST or len(lines) > len(plots.DASHES):
        raise BadInput(f"fits: a figure shows four fits and {MOST} lines at most; choose fewer years or fits.")
    names = [f"{kind} {year or ''}".strip() for kind, year in columns]
    data = pd.DataFrame({name: one.to_series() for name, one in zip(names, columns.values(), strict=True)})
    if not (data > 0).any(axis=None):
        raise BadInput("observed, fits: there is nothing to show, as no rate is above 0.")
    data.index = data.index.rename("age")
    shown = by_age.rate_measure(say)
    named = {name: _named(say, *key) for name, key in zip(names, columns, strict=True)}
    title = by_age.entitled(say, say("Death rates by age"), *given.values(), *lines.values())
    points = [name for name, (kind, _) in zip(names, columns, strict=True) if kind == "observed"]
    hidden = int((data[points] == 0).to_numpy().sum())
    note = say("Ages without deaths, which a logarithmic scale cannot show: {number}.", number=hidden) if hidden else ""
    foot = "\n".join(part for part in (note, say("Source: {source}", source=source) + "." if source else "") if part)
    with frame.page(title, foot, height=4.2) as (figure, (axes,)):
        ends = _draw(axes, data, columns, named)
        positive = data.to_numpy()[data.to_numpy() > 0]
        by_age.rate_axis(say, axes, 0.8 * float(positive.min()), 1.3 * float(positive.max()))
        by_age.age_axis(say, axes, data.index.to_numpy())
        marks = say("{unit}; marks: observed rates", unit=shown.words) if given else shown.words
        axes.set_title(marks, loc="left")
        frame.beside(axes, ends)
    alt = [_path(say, named[name], data[name], shown) for name in named]
    told = frame.Told(title, named, index=say("Age"), alt=alt, note=note)
    return Drawn(figure, told.on(data, dict.fromkeys(named, "1/year"), dict.fromkeys(named, shown)))


def _years(rates: list[xr.DataArray], years: Sequence[int] | None) -> list[int]:
    """Years to show; none where no rates are by year."""
    known = sorted({int(year) for one in rates if "year" in one.dims for year in one["year"].values})
    if not known:
        if years is not None:
            raise BadInput("years: the rates are of one year; leave the years out.")
        return []
    middle = known[len(known) // 2]
    chosen = sorted({known[0], middle, known[-1]} if years is None else {int(year) for year in years})
    absent = [year for year in chosen if year not in known]
    if absent:
        raise BadInput(f"years: nothing is known of {absent[0]}; the rates are of {known[0]} to {known[-1]}.")
    if not 1 <= len(chosen) <= len(MARKS):
        raise BadInput(f"years: a figure shows one to {len(MARKS)} years (got {len(chosen)}).")
    return chosen


def _columns(rates: Mapping[str, xr.DataArray], years: list[int]) -> dict[tuple[str, int | None], xr.DataArray]:
    """Rates by age of each kind and year that it has."""
    found: dict[tuple[str, int | None], xr.DataArray] = {}
    for kind, one in rates.items():
        if "year" not in one.dims:
            found[kind, None] = one.rename("rate")
            continue
        for year in years:
            if year in one["year"].values:
                found[kind, year] = one.sel(year=year, drop=True).rename("rate")
    return found


def _named(say: Language, kind: str, year: int | None) -> str:
    words = say("Observed rate") if kind == "observed" else kind
    return words if year is None else f"{words}, {year}"


def _draw(axes: Any, data: pd.DataFrame, columns: Any, named: Mapping[str, str]) -> list[frame.Beside]:
    """Marks of each year and lines over them. Returns the words beside them: of marks where the year has no line."""
    years = list(dict.fromkeys(year for _, year in columns))
    fits = list(dict.fromkeys(kind for kind, _ in columns if kind != "observed"))
    ends, marks = [], {}
    for name, (kind, year) in zip(named, columns, strict=True):
        known = data[name].where(data[name] > 0).dropna()
        place = years.index(year)
        if kind == "observed":
            style = marks[year] = _mark(place, len(fits) < 2)
        else:
            style = _line(place, fits.index(kind), len(years), len(fits))
        axes.plot(known.index, known, **style)
        if kind != "observed":
            style |= marks.pop(year, {}) | {"linestyle": style["linestyle"], "zorder": 2.0}
        if len(known) and (kind != "observed" or not any(other == (each, year) for other in columns for each in fits)):
            ends.append(frame.Beside(float(known.iloc[-1]), named[name], style, lead=known.index[-1] == data.index[-1]))
    return ends


def _mark(year: int, coloured: bool) -> dict[str, Any]:
    """Of observed rates: a mark for each year, in the colour of its line where that has one of its own."""
    edge = plots.LINES[year] if coloured else "#444444"
    shape = {"marker": MARKS[year], "markersize": 3.4, "markerfacecolor": "white", "markeredgecolor": edge}
    return shape | {"markeredgewidth": 0.7, "linestyle": "none", "zorder": 1.9}


def _line(year: int, fit: int, years: int, fits: int) -> dict[str, Any]:
    """A colour for each fit, a dash for each year; both for each where there is one of the others."""
    colour, dash = (fit if fits > 1 else year), (year if years > 1 else fit)
    wide = 2.6 if fits > 1 and not fit else 1.4
    return {"color": plots.LINES[colour], "linestyle": plots.DASHES[dash], "linewidth": wide, "zorder": 2.0 + 0.1 * fit}


def _path(say: Language, what: str, series: "pd.Series[float]", shown: measure.Measure) -> str:
    """A sentence about rates by age: at some ages."""
    known = series.dropna()
    ages = [int(age) for age in known.index[:: max(1, (len(known) - 1) // 3)]]
    numbers = "; ".join(
        say("{rate} at age {age}", rate=shown.text(say, float(known.loc[age])), age=age) for age in dict.fromkeys(ages)
    )
    return say("{what}: {amount}.", what=what, amount=numbers)
