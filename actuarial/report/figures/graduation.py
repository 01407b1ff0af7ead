"""Crude death rates with their limits, the graduated ones with theirs, and a standard table beside them."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.demography import crude_rates
from actuarial.errors import BadInput
from actuarial.report import plots
from actuarial.report.figures import by_age, frame, measure
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.translation import NO_NUMBER, Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE: dict[str, Any] = {"color": plots.PALETTE[0], "linewidth": 1.8}
BAND: dict[str, Any] = {"facecolor": "#9FC5DC", "edgecolor": "white", "linewidth": 0.5}
STANDARD: dict[str, Any] = {"color": plots.PALETTE[3], "linewidth": 1.5, "linestyle": plots.DASHES[1]}
POINT: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 3.0, "color": "#333333"}
NONE: dict[str, Any] = POINT | {"marker": "v", "markerfacecolor": "white", "markersize": 4.5}
"""The upper limit of an age without deaths."""


def draw_graduation(
    graduated: xr.Dataset, standard: Any = None, *, standard_name: str = "", source: str = "", say: Language = ENGLISH
) -> Drawn:
    """Draw crude death rates with exact limits, the graduated ones with a credible band, and a standard table.

    Parameters
    ----------
    graduated : Dataset of `graduate`, of one sex and year (select others: `.sel(sex=..., year=...)`)
    standard : DataArray (age), 1/year, or Dataset with `mx`, optional
        Drawn at the ages of the graduated rates that it has.
    standard_name : what it is called, in the language of the figure; by default "Standard table"
    source : where the numbers come from, in the language of the figure
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by age, columns crude, crude lower, crude upper (of `crude_rates`, at the level
        of the graduation; NaN without exposure), graduated, graduated lower, graduated upper, and standard if given,
        1/year. An age without deaths has a mark at its upper limit alone, if that does not exceed all rates.

    Raises
    ------
    BadInput
        Several populations, a single age, a standard of no age of the graduated rates; no matplotlib.
    MissingVariable, OutOfBounds
        No Dataset of `graduate`; negative or infinite rates.

    Examples
    --------
    draw_graduation(graduated.sel(sex="female"), basis.mx.sel(sex="female", year=2026)).figure
    """
    if not isinstance(graduated, xr.Dataset):
        raise BadInput("graduated: give the Dataset of graduate.")
    by_age.has(graduated, "graduated", "rate", "lower", "upper", "deaths", "exposure")
    one = by_age.one_population(graduated, "graduated", ("age",))
    if one.sizes.get("age", 0) < 2:
        raise BadInput("graduated: a figure by age needs two ages at least.")
    level = float(graduated.attrs.get("level", 0.95))
    data = _table(one, level)
    if standard is not None:
        data["standard"] = by_age.rates_of(standard, "standard", ("age",)).to_series().reindex(data.index)
        if data["standard"].isna().all():
            raise BadInput("standard: it has none of the ages of the graduated rates.")
    shown, share = by_age.rate_measure(say), measure.share(0)
    labels = _labels(say, standard_name)
    labels = {name: labels[name] for name in frame.columns_of(data)}
    title = by_age.entitled(say, say("Crude and graduated death rates"), one)
    none = int((data["crude"] == 0).sum())
    note = say("Limits with a probability of {share}.", share=share.text(say, level))
    if none:
        note += " " + say("Ages without deaths: {number}; upper limits above all rates are not shown.", number=none)
    foot = "\n".join((note, say("Source: {source}", source=source) + ".") if source else (note,))
    with frame.page(title, foot, height=4.2) as (figure, (axes,)):
        ends = _draw(axes, data, labels, say)
        by_age.rate_axis(say, axes, *_reach(data))
        by_age.age_axis(say, axes, data.index.to_numpy())
        axes.set_xlim(data.index[0] - 0.5, data.index[-1] + 0.5)
        axes.set_title(shown.words, loc="left")
        frame.beside(axes, ends)
    told = frame.Told(title, labels, index=say("Age"), alt=_alt(say, data, labels, shown), note=note)
    return Drawn(figure, told.on(data, dict.fromkeys(labels, "1/year"), dict.fromkeys(labels, shown)))


def _table(one: xr.Dataset, level: float) -> pd.DataFrame:
    crude = crude_rates(one["deaths"].drop_attrs(), one["exposure"].drop_attrs(), level=level)
    columns = {"crude": crude["mx"], "crude lower": crude["lower"], "crude upper": crude["upper"]}
    columns |= {"graduated": one["rate"], "graduated lower": one["lower"], "graduated upper": one["upper"]}
    index = pd.Index(one["age"].values, name="age")
    return pd.DataFrame({name: values.values for name, values in columns.items()}, index)


def _labels(say: Language, standard_name: str) -> dict[str, str]:
    return {
        "crude": say("Crude rate"),
        "crude lower": say("Crude rate, lower limit"),
        "crude upper": say("Crude rate, upper limit"),
        "graduated": say("Graduated rate"),
        "graduated lower": say("Graduated rate, lower limit"),
        "graduated upper": say("Graduated rate, upper limit"),
        "standard": standard_name or say("Standard table"),
    }


def _draw(axes: "Axes", data: pd.DataFrame, labels: dict[str, str], say: Language) -> list[frame.Beside]:
    """Band, line, standard, and points over them. Returns the words beside them."""
    ages = data.index.to_numpy()
    axes.fill_between(ages, data["graduated lower"], data["graduated upper"], **BAND)
    axes.plot(ages, data["graduated"], **LINE)
    ends = [
        frame.Beside(frame.end_of(data["graduated upper"]), say("Limits of the graduated rate"), BAND, band=True),
        frame.Beside(frame.end_of(data["graduated"]), labels["graduated"], LINE),
    ]
    if "standard" in data:
        axes.plot(ages, data["standard"].where(data["standard"] > 0), **STANDARD)
        ends.append(frame.Beside(frame.end_of(data["standard"]), labels["standard"], STANDARD))
    some = data[data["crude"] > 0]
    none = data[(data["crude"] == 0) & (data["crude upper"] <= _reach(data)[1])]
    axes.vlines(some.index, some["crude lower"], some["crude upper"], color="#777777", linewidth=0.7)
    axes.plot(some.index, some["crude"], **POINT)
    if len(some):
        text = say("Crude rate with its limits")
        ends.append(frame.Beside(float(some["crude"].iloc[-1]), text, POINT))
    if len(none):
        axes.plot(none.index, none["crude upper"], **NONE)
        ends.append(frame.Beside(float(none["crude upper"].iloc[-1]), say("No deaths: upper limit"), NONE))
    return ends


def _reach(data: pd.DataFrame) -> tuple[float, float]:
    """From below to above all rates and the band; limits of crude rates may go on outside."""
    lines = data[[name for name in ("crude", "graduated", "standard", "graduated lower") if name in data]].to_numpy()
    above = max(float(data["graduated upper"].max()), float(np.nanmax(lines)))
    return 0.75 * float(np.nanmin(lines[lines > 0])), 1.35 * above


def _alt(say: Language, data: pd.DataFrame, labels: dict[str, str], shown: measure.Measure) -> list[str]:
    """Rates at the first, a middle and the last age."""
    ages = dict.fromkeys(data.index[[0, len(data) // 2, -1]])
    found = []
    for age in ages:
        row = data.loc[age]
        numbers = {name: shown.text(say, row[name]) for name in ("crude", "graduated")}
        numbers["crude"] = NO_NUMBER if np.isnan(row["crude"]) else numbers["crude"]
        limits = {side: shown.text(say, row[f"graduated {side}"]) for side in ("lower", "upper")}
        found.append(
            say("Age {age}: crude {crude}, graduated {graduated} ({lower} to {upper}).", age=age, **numbers, **limits)
        )
        if "standard" in data and not np.isnan(row["standard"]):
            found.append(say("{what}: {amount}.", what=labels["standard"], amount=shown.text(say, row["standard"])))
    return found
