"""Life expectancy at birth and total fertility over the years: observed, projected, with the range of scenarios."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from actuarial.demography.mortality import a0_of
from actuarial.demography.survival import survival_table
from actuarial.errors import BadInput, MissingVariable
from actuarial.report import plots
from actuarial.report.figures import by_age, frame, measure
from actuarial.report.figures.fan import MEDIAN, levels_of, share_of_scenarios
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.translation import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLES: dict[str, dict[str, Any]] = {
    "male": {"color": plots.PALETTE[2], "linewidth": 1.8},
    "female": {"color": plots.PALETTE[3], "linewidth": 1.8, "linestyle": plots.DASHES[1]},
    "": {"color": plots.PALETTE[2], "linewidth": 1.8},
}
SHADE = 0.22
"""How dense the band of a pair of quantiles is; narrower ones lie on wider ones."""
MARKS = {"male": "o", "female": "^", "": "o"}
DIMS = ("quantile", "year", "sex")


def draw_life_expectancy(projected: Any, observed: Any = None, *, source: str = "", say: Language = ENGLISH) -> Drawn:
    """Draw life expectancy at birth by year, projected as lines and observed as points.

    Parameters
    ----------
    projected, observed : Dataset or DataArray
        A Dataset of `project_population_draws` or of published intervals (`life_expectancy_male`, `_female` by
        quantile, or level, and year: the median is a line, each pair of quantiles a band), of `mortality_for_e0` (`e0`)
        or `life_table` (`ex`), or with death rates `mx` from age 0 on, such as a basis, `lee_carter` or
        `mortality_forecast`; or years as a DataArray (year), (year, sex) or (quantile, year, sex).
    source : where the numbers come from, in the language of the figure
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by year, a column for each sex (observed ones begin with "observed"), and for each
        quantile of it, years of life.

    Raises
    ------
    BadInput
        Other dims, fewer than two years, quantiles that are no pairs around the median; no matplotlib.
    MissingVariable
        Nothing of which life expectancy could be known.

    Notes
    -----
    Of death rates it is that of `project_population`, with `a0` or the attribute `a0_rule` of the Dataset where it has
    one.

    Examples
    --------
    draw_life_expectancy(futures, observed=history).figure
    """
    years = measure.plain(say("years"), 1, say("{number} years", number="{number}"))
    both = [None if one is None else _life_expectancy(one, what) for one, what in _named(projected, observed)]
    return _drawn(both[0], both[1], say("Life expectancy at birth"), years, "years", source, say)


def draw_total_fertility(projected: Any, observed: Any = None, *, source: str = "", say: Language = ENGLISH) -> Drawn:
    """Draw total fertility by year, projected as a line and observed as points.

    Parameters
    ----------
    projected, observed : Dataset or DataArray
        A Dataset of `project_population_draws` or of published intervals (`total_fertility` by quantile, or level, and
        year), or with age-specific rates `asfr` (year, age), such as a basis; or births per woman as a DataArray (year)
        or (quantile, year).
    source : where the numbers come from, in the language of the figure
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by year, columns "projected" (and one for each quantile) and "observed".

    Raises
    ------
    BadInput
        Other dims, fewer than two years, quantiles that are no pairs around the median; no matplotlib.
    MissingVariable
        Nothing of which total fertility could be known.

    Examples
    --------
    draw_total_fertility(basis, observed=history.total_fertility).figure
    """
    shown = measure.plain(say("births per woman"), 2, say("{number} births per woman", number="{number}"))
    both = [None if one is None else _total_fertility(one, what) for one, what in _named(projected, observed)]
    return _drawn(both[0], both[1], say("Total fertility"), shown, "births per woman", source, say)


def _named(projected: Any, observed: Any) -> list[tuple[Any, str]]:
    return [(projected, "projected"), (observed, "observed")]


def _life_expectancy(given: Any, what: str) -> xr.DataArray:
    """Life expectancy at birth by year and perhaps sex and quantile."""
    if isinstance(given, xr.DataArray):
        return _path(given, what, DIMS)
    sexes = {sex: f"life_expectancy_{sex}" for sex in ("male", "female")}
    if isinstance(given, xr.Dataset):
        if all(name in given for name in sexes.values()):
            parts = [given[name].expand_dims(sex=[sex]) for sex, name in sexes.items()]
            return _path(xr.concat(parts, "sex"), what, DIMS)
        if "e0" in given:
            return _path(given["e0"], what, DIMS)
        if "ex" in given or "mx" in given:
            table = given if "ex" in given else _life_table(given, what)
            if int(table["age"][0]) != 0:
                raise BadInput(f"{what}: life expectancy at birth needs ages from 0 (got {table.age[0]:g} and over).")
            return _path(table["ex"].isel(age=0, drop=True), what, DIMS)
    raise MissingVariable(
        f"{what}: give life_expectancy_male and life_expectancy_female, e0, ex, or death rates mx from age 0."
    )


def _life_table(given: xr.Dataset, what: str) -> xr.Dataset:
    """The table that carries the population of a projection; of one sex without a label an error says so."""
    rates = by_age.one_population(given["mx"], what, ("year", "sex", "age"))
    if "sex" in rates.coords and not rates["sex"].ndim:
        rates = rates.expand_dims("sex")
    return survival_table(rates, a0_of(given))


def _total_fertility(given: Any, what: str) -> xr.DataArray:
    """Total fertility by year and perhaps quantile."""
    if isinstance(given, xr.DataArray):
        return _path(given, what, DIMS[:2])
    if isinstance(given, xr.Dataset) and "total_fertility" in given:
        return _path(given["total_fertility"], what, DIMS[:2])
    if isinstance(given, xr.Dataset) and "asfr" in given:
        return _path(given["asfr"].sum("age"), what, DIMS[:2])
    raise MissingVariable(f"{what}: give total_fertility or age-specific rates asfr.")


def _path(array: xr.DataArray, what: str, dims: tuple[str, ...]) -> xr.DataArray:
    named = array.rename(level="quantile") if "level" in array.dims else array
    found = by_age.one_population(named.drop_attrs(), what, dims)
    if "year" not in found.dims or found.sizes["year"] < 2:
        raise BadInput(f"{what}: a figure by year needs two years at least.")
    return found.transpose(*(dim for dim in dims if dim in found.dims))


def _drawn(
    projected: xr.DataArray | None,
    observed: xr.DataArray | None,
    title: str,
    shown: measure.Measure,
    units: str,
    source: str,
    say: Language,
) -> Drawn:
    given = {kind: one for kind, one in (("projected", projected), ("observed", observed)) if one is not None}
    if not given:
        raise BadInput("projected, observed: there is nothing to show.")
    if "observed" in given and "quantile" in given["observed"].dims:
        raise BadInput("observed: what was observed has no quantiles.")
    columns = _columns(given)
    data = pd.DataFrame({name: one.to_series() for name, (_, _, _, one) in columns.items()})
    data.index = data.index.rename("year")
    labels = {name: _label(say, *columns[name][:3]) for name in columns}
    title = by_age.entitled(say, title, next(iter(given.values())))
    foot = say("Source: {source}", source=source) + "." if source else ""
    with frame.page(title, foot) as (figure, (axes,)):
        ends = _draw(axes, data, columns, labels, say)
        axes.set_title(shown.words, loc="left")
        shown.axis(say, axes.yaxis)
        if units != "years":
            frame.zero_line(axes)
        frame.years_axis(axes, list(data.index))
        frame.beside(axes, ends)
    lines = [name for name, (_, _, level, _) in columns.items() if level in (None, MEDIAN)]
    alt = [frame.path_of(say, labels[name], data[name], shown) for name in lines]
    alt += [_range(say, data, low, high, columns, shown) for low, high in _pairs(columns)]
    told = frame.Told(title, labels, index=say("Year"), alt=alt)
    return Drawn(figure, told.on(data, dict.fromkeys(labels, units), dict.fromkeys(labels, shown)))


Columns = dict[str, tuple[str, str, float | None, xr.DataArray]]
"""Kind, sex, quantile and numbers of each column."""


def _columns(given: Mapping[str, xr.DataArray]) -> Columns:
    found: Columns = {}
    for kind, one in given.items():
        for sex in one["sex"].values.tolist() if "sex" in one.dims else [""]:
            path = one.sel(sex=sex, drop=True) if sex else one
            name = " ".join(part for part in (kind if kind == "observed" or not sex else "", sex) if part)
            if "quantile" not in path.dims:
                found[name] = kind, sex, None, path.rename("path")
                continue
            for level in levels_of(path):
                found[f"{name} {level:g}"] = kind, sex, level, path.sel(quantile=level, drop=True).rename("path")
    return found


def _pairs(columns: Columns) -> list[tuple[str, str]]:
    """Columns of the lower and the upper quantile of each pair, the widest first."""
    found = []
    for name, (_, sex, level, _) in columns.items():
        if level is not None and level < MEDIAN:
            found += [
                (name, other)
                for other, (_, same, high, _) in columns.items()
                if same == sex and high is not None and abs(high + level - 1.0) < 1e-9
            ]
    return found


def _label(say: Language, kind: str, sex: str, level: float | None) -> str:
    words = {"male": say("Men"), "female": say("Women"), "": ""}[sex]
    kinds = {"observed": say("observed"), "projected": say("projection")}
    told = f"{words}, {kinds[kind]}" if words else kinds[kind].capitalize()
    if level is None or level == MEDIAN:
        return told
    share = share_of_scenarios(say, level)
    return say("{what}, not exceeded in {share} of the scenarios", what=told, share=share)


def _draw(
    axes: "Axes", data: pd.DataFrame, columns: Columns, labels: Mapping[str, str], say: Language
) -> list[frame.Beside]:
    """Bands below, lines, and points of what was observed. Returns the words beside them."""
    years = data.index.to_numpy()
    ends: list[frame.Beside] = []
    several = len({sex for _, sex, _, _ in columns.values()}) > 1
    for low, high in _pairs(columns):
        _, sex, level, _ = columns[low]
        style = {"facecolor": STYLES[sex]["color"], "alpha": SHADE, "edgecolor": "none"}
        axes.fill_between(years, data[low], data[high], **style)
        for edge in (low, high):
            axes.plot(years, data[edge], **(STYLES[sex] | {"linewidth": 0.5}))
        text = say("{share} of the scenarios", share=share_of_scenarios(say, _within(level)))
        if text not in [one.text for one in ends]:
            style["alpha"] = 1.0 - (1.0 - SHADE) ** (len(ends) + 1)
            style["facecolor"] = plots.GREY if several else style["facecolor"]
            ends.append(frame.Beside(frame.end_of(data[high]), text, style, band=True))
    for name, (kind, sex, level, _) in columns.items():
        if level not in (None, MEDIAN):
            continue
        style = dict(STYLES[sex])
        if kind == "observed":
            style = {"linestyle": "none", "marker": MARKS[sex], "markersize": 3.2, "color": style["color"]}
        axes.plot(years, data[name], **style)
        last = bool(data[name].notna().iloc[-1])
        ends.append(frame.Beside(frame.end_of(data[name]), labels[name], style, lead=last))
    return ends


def _within(level: float | None) -> float:
    """Share of the scenarios between a lower quantile and the upper one of its pair."""
    return 1.0 - 2.0 * float(level or 0.0)


def _range(
    say: Language, data: pd.DataFrame, low: str, high: str, columns: Columns, shown: measure.Measure
) -> str:
    _, sex, level, _ = columns[low]
    last = data[[low, high]].dropna().iloc[-1]
    words = say(
        "{share} of the scenarios in {year}: {low} to {high}.",
        share=share_of_scenarios(say, _within(level)),
        year=last.name,
        low=shown.text(say, last[low]),
        high=shown.text(say, last[high]),
    )
    return f"{say('Men') if sex == 'male' else say('Women')}: {words}" if sex else words
