"""All figures of a valuation as pictures of a report: drawn once, as SVG and PNG in memory."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from io import BytesIO
from typing import Any

import pandas as pd
import xarray as xr

from actuarial.report import plots
from actuarial.report.basis_source import source_of_basis
from actuarial.report.content.names import joined
from actuarial.report.document import Picture, Table
from actuarial.report.figures import frame, measure
from actuarial.report.figures.balance import draw_balance
from actuarial.report.figures.cash import draw_cash_flow
from actuarial.report.figures.fan import draw_fan
from actuarial.report.figures.health import health_figures
from actuarial.report.figures.members import draw_members
from actuarial.report.figures.population import draw_population
from actuarial.report.figures.rates import draw_rates
from actuarial.report.figures.reserve import draw_reserve
from actuarial.report.figures.scenarios import MOST, draw_scenarios
from actuarial.report.figures.surface import draw_mortality_surface
from actuarial.report.figures.tornado import draw_tornado
from actuarial.report.figures.vital import draw_life_expectancy, draw_total_fertility
from actuarial.report.figures.waterfall import draw_reconciliation
from actuarial.report.plots import Drawn
from actuarial.translation import NO_NUMBER, Language
from actuarial.translation import language as spoken

DPI = 200
CENTRAL = "central"
MANY = 20
"""Scenarios that make a fan; a few are named cases and no range."""
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_COLUMNS = 20
"""Of a table with the numbers of a figure."""
ASSUMED = ("total_fertility", "life_expectancy", "mortality_female", "mortality_male")
"""Figures of the basis alone."""
OF_BOTH = ("rates", "reserve", "scenarios")
"""Figures that a scheme of pensions and one of health care have each of its own."""


def pictures(
    result: xr.Dataset,
    basis: xr.Dataset,
    scheme: Any,
    *,
    language: str = "en",
    locale: str | None = None,
    sensitivity: xr.Dataset | None = None,
    balance: xr.Dataset | None = None,
    reconciliation: xr.Dataset | None = None,
    without: Collection[str] = (),
) -> dict[str, Picture]:
    """Draw the figures of a valuation for a report, without their titles and sources, which it writes itself.

    Money by year is in prices of the year before the first one, as in the tables, where the basis has a growth of
    prices, and in the same unit in all figures. Of several scenarios the one named central is shown, else the first.

    Parameters
    ----------
    result : Dataset of `project` or `project_health`
    basis, scheme : what it was projected from
    language : {"en", "fr", "es"}
    locale : language and country whose numbers are written, such as `es_MX`
    sensitivity : Dataset of `sensitivity` or `health_sensitivity`, optional
    balance : Dataset of `balance_sheet`, optional
    reconciliation : Dataset of `reconcile`, optional
    without : names of figures that are left out, as those that a report has already; of health care beside pensions
        rates, reserve and scenarios are then called health_rates, health_reserve and health_scenarios

    Returns
    -------
    dict of name to Picture
        population, rates, reserve; of pensions members and income_outgo, and where the basis has rates by year
        total_fertility, life_expectancy, mortality_female and mortality_male; of health care cost_by_age, services,
        services_to_gdp (where the basis has `gdp`), groups, sources and growth; `scenarios` (the pay-as-you-go cost
        rate in two to five scenarios as lines, in twenty or more as a fan), population_range (the population in twenty
        scenarios or more, where it differs); tornado (health_tornado of health care), balance and
        reconciliation where their studies are given. A study that has nothing to show is left out.

    Raises
    ------
    BadInput
        An unknown language or locale, a single year; no matplotlib.
    MissingVariable

    Examples
    --------
    pictures(result, basis, scheme, language="es", locale="es_MX")["rates"].alt
    """
    say = spoken(language, locale)
    found = {}
    for name, draw in figures(result, basis, scheme, say, sensitivity, balance, reconciliation):
        if name in without and name in OF_BOTH and "health_members" in result:
            name = f"health_{name}"
        if name in without:
            continue
        try:
            drawn = draw()
        except frame.NothingToDraw:
            continue
        source = source_of_basis(basis, say) if name in ASSUMED else _source(result, scheme, say)
        found[name] = picture(name, drawn, say, source)
    return found


def figures(
    result: xr.Dataset,
    basis: xr.Dataset,
    scheme: Any,
    say: Language,
    sensitivity: xr.Dataset | None = None,
    balance: xr.Dataset | None = None,
    reconciliation: xr.Dataset | None = None,
) -> Iterator[tuple[str, Callable[[], Drawn]]]:
    """Name of each figure that there is, and what draws it."""
    one, given = _one(result), _one(basis)
    inflation = given.get("inflation")
    currency = str(getattr(scheme, "currency", "") or one.attrs.get("currency", ""))
    one = one.assign_attrs(currency=currency)
    unit, source = unit_of(one, inflation, balance), _source(result, scheme, say)
    yield "population", partial(draw_population, one, say=say)
    if "benefit_expenditure" in one:
        yield "members", partial(draw_members, one, say=say)
        yield "income_outgo", partial(draw_cash_flow, one, inflation=inflation, unit=unit, say=say)
        yield from _vital(given, say)
    else:
        yield from health_figures(one, given, say)
    yield "rates", partial(draw_rates, one, say=say)
    yield "reserve", partial(draw_reserve, one, inflation=inflation, unit=unit, say=say)
    cases = result.sizes.get("scenario", 0)
    if cases >= MANY:
        yield "scenarios", partial(_scenarios, result, _whole(one, scheme, say), say)
        if "population" in result and "scenario" in result["population"].dims:
            yield "population_range", partial(_populations, result, _whole(one, scheme, say), say)
    elif 2 <= cases <= MOST:
        yield "scenarios", partial(draw_scenarios, result, source=_whole(one, scheme, say), say=say)
    if sensitivity is not None:
        of_health = "benefit_expenditure" not in one
        name, quantity = ("health_tornado", "level_rate") if of_health else ("tornado", "general_average_premium")
        yield name, partial(draw_tornado, sensitivity, quantity, source=source, say=say)
    if balance is not None:
        yield "balance", partial(draw_balance, _one(balance), currency=currency, unit=unit, source=source, say=say)
    if reconciliation is not None:
        yield "reconciliation", partial(draw_reconciliation, reconciliation, source=source, say=say)


def _vital(basis: xr.Dataset, say: Language) -> Iterator[tuple[str, Callable[[], Drawn]]]:
    """Fertility and mortality of the basis, as far as they are given by year and age."""
    if "asfr" in basis and _by(basis["asfr"], "year", "age"):
        yield "total_fertility", partial(draw_total_fertility, basis, say=say)
    if "mx" in basis and _by(basis["mx"], "year", "sex", "age") and int(basis["age"][0]) == 0:
        yield "life_expectancy", partial(draw_life_expectancy, basis, say=say)
        for sex in ("female", "male"):
            yield f"mortality_{sex}", partial(draw_mortality_surface, basis["mx"].sel(sex=sex), say=say)


def _by(array: xr.DataArray, *dims: str) -> bool:
    """Whether an array has these dims alone, and two years at least."""
    return set(array.dims) == set(dims) and array.sizes["year"] > 1


def unit_of(result: xr.Dataset, inflation: xr.DataArray | None, balance: xr.Dataset | None = None) -> float:
    """The unit of money of all figures: the one in which the figure of the smallest amounts has one at least."""
    years = [int(year) for year in result["year"].values]
    prices = xr.DataArray(measure.prices(inflation, years).to_numpy(), {"year": years}, "year")
    flows, reserve = result[["total_income", "contributions", "outgo"]].to_array() / prices, result["reserve"] / prices
    sizes = [measure.greatest(flows), measure.greatest(reserve)]
    if balance is not None:
        sizes.append(measure.greatest(balance["open_group_balance"]))
    return plots.scale_of(min(size for size in sizes if size > 0.0)) if any(sizes) else 1.0


def picture(name: str, drawn: Drawn, say: Language, source: str) -> Picture:
    """A figure as a picture of a report: its title and source are words of the report, its numbers a table."""
    figure, data = drawn
    drawn_words: Any = figure
    for words in (drawn_words._suptitle, drawn_words._supxlabel):
        words.set_visible(False)
        words.set_in_layout(False)
    files = {kind: BytesIO() for kind in ("svg", "png")}
    with plots.look():
        drawn_words.get_layout_engine().execute(figure)
        figure.set_layout_engine(None)
        figure.savefig(files["svg"], **plots.FORMATS[".svg"], format="svg")
        figure.savefig(files["png"], format="png", dpi=DPI)
    title, alt, note = (str(data.attrs[key]) for key in ("title", "alt", "note"))
    sources = ". ".join(part for part in (source, note) if part)
    svg = files["svg"].getvalue().decode("utf-8")
    return Picture(name, title, alt, svg, files["png"].getvalue(), sources, table_of(name, _some(data), say, source))


def _some(data: pd.DataFrame) -> pd.DataFrame:
    """The numbers of a figure; of one by year and age every fifth age, and every tenth year where there are many."""
    if data.index.name != "age" or not all(str(name).isdigit() for name in data.columns):
        return data
    few, ends = data.shape[1] <= MOST_COLUMNS, (data.columns[0], data.columns[-1])
    columns = [name for name in data.columns if few or int(name) % 10 == 0 or name in ends]
    rows = [age for age in data.index if age % 5 == 0 or age in (data.index[0], data.index[-1])]
    part = data.loc[rows, columns]
    part.attrs = dict(data.attrs)
    return part


def table_of(name: str, data: pd.DataFrame, say: Language, source: str) -> Table:
    """The numbers of a figure as a table of a report."""
    attrs, names = data.attrs, frame.columns_of(data)
    heads = ((attrs["index"], 1), *((attrs["labels"][column], 1) for column in names))
    rows = tuple(
        (
            attrs["rows"].get(index, str(index)),
            *(_cell(say, attrs["shown"][column], value) for column, value in zip(names, values, strict=True)),
        )
        for index, *values in data.itertuples()
    )
    words = attrs["measured"] or [getattr(one, "words", "") for one in attrs["shown"].values()]
    units = joined(say, dict.fromkeys(word for word in words if word))
    notes = (attrs["note"],) if attrs["note"] else ()
    return Table(f"{name}_numbers", attrs["title"], (heads,), rows, units, source, notes)


def _cell(say: Language, shown: Any, value: Any) -> str:
    return NO_NUMBER if value != value else shown.cell(say, value)


def _one(dataset: xr.Dataset) -> xr.Dataset:
    """A Dataset in the central scenario, or the first one."""
    if "scenario" not in dataset.dims:
        return dataset
    names = [str(name) for name in dataset["scenario"].values]
    return dataset.isel(scenario=names.index(CENTRAL) if CENTRAL in names else 0)


def _source(result: xr.Dataset, scheme: Any, say: Language) -> str:
    name = str(getattr(scheme, "name", "") or result.attrs.get("scheme", ""))
    return plots.source_of(_one(result).assign_attrs(scheme=name), say)


def _whole(result: xr.Dataset, scheme: Any, say: Language) -> str:
    """The source of what shows all scenarios, which names none of them."""
    return _source(result.drop_vars("scenario", errors="ignore"), scheme, say)


def _scenarios(result: xr.Dataset, source: str, say: Language) -> Drawn:
    """The range of the pay-as-you-go cost rate over all scenarios."""
    quantiles = result["payg_cost_rate"].quantile(LEVELS, "scenario")
    title = say("Pay-as-you-go cost rate in {number} scenarios", number=result.sizes["scenario"])
    return draw_fan(quantiles, title, units="fraction", source=source, say=say)


def _populations(result: xr.Dataset, source: str, say: Language) -> Drawn:
    """The range of the population over all scenarios."""
    quantiles = result["population"].sum(["sex", "age"]).quantile(LEVELS, "scenario")
    title = say("Population in {number} scenarios", number=result.sizes["scenario"])
    return draw_fan(quantiles, title, units="persons", source=source, say=say)
