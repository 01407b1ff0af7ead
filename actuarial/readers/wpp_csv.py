"""A demographic basis from the CSV files of World Population Prospects as the United Nations give them."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from actuarial import check
from actuarial.errors import BadBasis, BadInput
from actuarial.readers.wpp_files import KINDS, Location, Rows, gathered, located, revision_of, rows_of
from actuarial.translation import N_, Told, few
from actuarial.vocabulary import SEXES, annotate
from actuarial.warned import Warned, warning_attributes

if TYPE_CHECKING:
    import xarray as xr

THOUSAND = 1000.0
NET_TOLERANCE, NET_LEAST = 1e-4, 50.0
STOCK_TOLERANCE, STOCK_LEAST = 1e-3, 500.0
STOCKS, TABLES, FERTILITY, INDICATORS = (kind.what for kind in KINDS)
READ = {
    STOCKS: ("PopMale", "PopFemale"),
    TABLES: ("mx", "ax"),
    FERTILITY: ("ASFR",),
    INDICATORS: ("TPopulation1Jan", "TPopulation1July", "Births", "SRB", "NetMigrations"),
}
SOURCE = (
    "United Nations, DESA, Population Division, World Population Prospects{revision}, variant {variant}; "
    "CC BY 3.0 IGO. Net migration by age derived: what the 1 January stocks leave after births and deaths."
)
Values = dict[tuple[int, str, int], float]


def read_wpp_csv(
    files: str | Path | Sequence[str | Path],
    country: str | int,
    years: tuple[int, int] | None = None,
    *,
    variant: str = "Medium",
) -> "xr.Dataset":
    """Demographic basis of a country from the CSV files of World Population Prospects 2022 or 2024, packed or not.

    Parameters
    ----------
    files : folder, or list of files
        WPP2024_Population1JanuaryBySingleAgeSex_Medium_*, WPP2024_Life_Table_Complete_Medium_Male_* and _Female_*,
        WPP2024_Fertility_by_Age1, WPP2024_Demographic_Indicators_Medium; estimates (1950-2023), projections
        (2024-2100) or both; or those of 2022, whose names and columns are the same (estimates to 2021). Packed by gzip,
        as zip (one file in each) or plain. Other files of a folder are left alone, of a list they are refused. Files
        are known by their headers; they are read in blocks and never held whole.
    country : str or int
        ISO 3166 code of three letters such as "KEN", the name in the files, or their number of the location.
    years : (first, last), optional
        First and last projected year; by default all. A year needs the stocks of both its ends, so that the last one
        of the published files is 2099.
    variant : str
        Variant; it must be in every file.

    Returns
    -------
    Dataset
        `population_0` (sex, age), persons on 1 January of the first year, which is 31 December of the year before;
        `mx` (year, sex, age), 1/year; `a0` (year, sex), years; `asfr` (year, age), births per woman and year; `srb`
        (year), boys per girl; `net_migration` (year, sex, age), persons per year. The attributes of `net_migration`
        are `derived` (how), `published_total` and `difference` (derived less published total), persons by year, those
        of `asfr` `published_births` and `difference` (births from the rates less published births). Attributes
        `source`, `country`, and `warnings` where there are any (see `warnings_of`).

    Raises
    ------
    BadBasis
        A file is missing, another one, of another revision, truncated or damaged, lacks columns, cells or years, or has
        cells twice; the country or the variant is not there; stocks are not those of 1 January.
    BadInput
        Years that cannot be meant.
    OutOfBounds
        Numbers outside the bounds of the vocabulary.

    Warns
    -----
    UserWarning
        The total of the derived net migration of a year is further than 1e-4 of the population and 50 persons from
        the published one.

    Notes
    -----
    The files give no net migration by age. With P_t the stocks of 1 January, S, f and z as for `project_population`
    and E the survivors of P_t and of the births of year t::

        M_t[x] = P_{t+1}[x] - E_t[x]

    so that `project_population(basis)`, whose migrants move at the end of the year, gives the stocks of the files back.
    M holds the rounding of the files, all that their life tables have beside m_x and a_0 (a_x other than 1/2), and at
    age 0 the births to women of ages for which the file of fertility has no rates (below 15 and from 50).

    References
    ----------
    .. [1] United Nations, DESA, Population Division (2024), World Population Prospects 2024: Methodology of the
       United Nations population estimates and projections.

    Examples
    --------
    basis = read_wpp_csv("downloads", "KEN", (2025, 2075))
    """
    wanted = _wanted(years)
    by_kind = gathered(files)
    revision = revision_of(file for found in by_kind.values() for file in found)
    where = located(by_kind[INDICATORS], country)
    values: dict[str, Values] = {}
    for kind, columns in READ.items():
        values |= _values(rows_of(by_kind[kind], where, variant, wanted), columns, gaps=kind == INDICATORS)
    inputs = _inputs(values, _years(values, wanted))
    _require_january(inputs, values, where)
    derived, births = _derived(inputs)
    basis = annotate(derived)
    check.require(basis, "population_0", "mx", "a0", "asfr", "srb", "net_migration")
    basis = basis.assign_attrs(source=SOURCE.format(revision=revision and f" {revision}", variant=variant))
    basis = basis.assign_attrs(country=where.iso3 or where.name)
    return _compared(basis, births, inputs, values)


def _wanted(years: tuple[int, int] | None) -> tuple[int, int] | None:
    if years is None:
        return None
    pair = tuple(years) if isinstance(years, (tuple, list, range)) else ()
    numbers = all(isinstance(year, (int, float, np.number)) for year in pair)
    if len(pair) != 2 or not numbers or not all(float(year).is_integer() for year in pair) or pair[0] > pair[1]:
        text = N_("years: {years!r} cannot be meant; write the first and the last year, such as (2025, 2075).")
        raise BadInput(Told(text, years=years))
    return int(pair[0]), int(pair[1])


def _values(rows: Rows, columns: Sequence[str], *, gaps: bool = False) -> dict[str, Values]:
    """Numbers by column and by year, sex (or ""), age (or 0)."""
    result: dict[str, Values] = {name: {} for name in columns}
    for file, line, row in rows.found:
        sex = row.get("Sex", "").lower()
        if sex not in ("", *SEXES):
            continue
        place = f"{file.path}:{line}"
        key = (_whole(row["Time"], "Time", place), sex, _whole(row.get("AgeGrpStart", "0"), "AgeGrpStart", place))
        for name in columns:
            text = row[name].strip()
            if not text and gaps:
                continue
            if key in result[name]:
                again = N_("{place}: {name} of {cell} was already read; give each file once.")
                raise BadBasis(Told(again, place=place, name=name, cell=_words(key)))
            result[name][key] = _number(text, name, place)
    return result


def _words(key: tuple[int, str, int]) -> tuple[str, ...]:
    """Year, sex and age of a cell, without what it does not have."""
    return tuple(str(part) for part in key if part != "")


def _whole(text: str, name: str, place: str) -> int:
    if not text.strip().isdigit():
        wrong = N_("{place}: {name} must be a whole number (got {text!r}).")
        raise BadBasis(Told(wrong, place=place, name=name, text=text))
    return int(text)


def _number(text: str, name: str, place: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        wrong = N_("{place}: {name} must be a number (got {text!r}). Download the file again.")
        raise BadBasis(Told(wrong, place=place, name=name, text=text))
    return value


def _years(values: dict[str, Values], wanted: tuple[int, int] | None) -> np.ndarray:
    """Years that all tables have, each with the stock that follows it; the absence of one that is wanted is told."""
    there = {kind: set.intersection(*(_times(values[name]) for name in columns)) for kind, columns in READ.items()}
    there[INDICATORS] = _times(values["SRB"]) & _times(values["NetMigrations"])
    there[STOCKS] = {year for year in there[STOCKS] if year + 1 in there[STOCKS]}
    for sex in SEXES:
        there[TABLES] &= {year for year, word, _ in values["mx"] if word == sex}
    every = sorted(set.intersection(*there.values()))
    if not every:
        text = N_("years: no year is in all files (stocks at both ends of it). The years of each:\n{have}")
        raise BadBasis(Told(text, have=[_of_kind(kind, sorted(years)) for kind, years in there.items()]))
    first, last = wanted or (every[0], every[-1])
    absent = {kind: [year for year in range(first, last + 1) if year not in years] for kind, years in there.items()}
    if any(absent.values()):
        text = N_(
            "years: {first} to {last} cannot be read; all files have {every}. Missing (of stocks, years without the "
            "stock at either end):\n{lacking}"
        )
        lacking = [_of_kind(kind, years) for kind, years in absent.items() if years]
        raise BadBasis(Told(text, first=first, last=last, every=few(every), lacking=lacking))
    return np.arange(first, last + 1)


def _of_kind(kind: str, years: Sequence[int]) -> Told:
    """Years of a kind of files, as a line of a message."""
    return Told("  {name}: {years}", name=Told(kind), years=few(years) if years else Told("none"))


def _times(values: Values) -> set[int]:
    return {year for year, _, _ in values}


def _table(values: Values, years: Sequence[int], sexes: Sequence[str], name: str) -> np.ndarray:
    """Numbers (year, sex, age) of the ages 0, 1, 2, ... of the first year; a missing cell is told."""
    oldest = max(age for year, _, age in values if year == years[0])
    keys = [(year, sex, age) for year in years for sex in sexes for age in range(oldest + 1)]
    absent = [key for key in keys if key not in values]
    extra = [key for key in values if years[0] <= key[0] <= years[-1] and key[2] > oldest]
    if absent or extra:
        missing = N_("{name}: {count} cells are missing, the first: {cell}. Download the file again.")
        above = N_(
            "{name}: {count} cells are above the open age {oldest} of {year}, the first: {cell}. Download the file "
            "again."
        )
        found = {"name": name, "count": len(absent or extra), "cell": _words((absent or extra)[0])}
        raise BadBasis(Told(missing, **found) if absent else Told(above, oldest=oldest, year=years[0], **found))
    return np.array([values[key] for key in keys]).reshape(len(years), len(sexes), oldest + 1)


def _inputs(values: dict[str, Values], covered: np.ndarray) -> "xr.Dataset":
    """Stocks at the start of every year and of the year that follows, rates; in persons and per person."""
    import xarray as xr

    years = covered.tolist()
    men, women = (_table(values[name], [*years, years[-1] + 1], [""], name)[:, 0] for name in READ[STOCKS])
    stocks = THOUSAND * np.stack([men, women], axis=1)
    mx, ax = (_table(values[name], years, SEXES, name) for name in READ[TABLES])
    if mx.shape[2] != stocks.shape[2]:
        text = N_(
            "The stocks end with the open age {stocks}, the life tables with {tables}.\n  Take all files from the same "
            "revision."
        )
        raise BadBasis(Told(text, stocks=stocks.shape[2] - 1, tables=mx.shape[2] - 1))
    cells = ("year", "sex", "age")
    columns = {
        "mx": (cells, mx),
        "a0": (("year", "sex"), ax[:, :, 0]),
        "asfr": (("year", "age"), _fertility(values["ASFR"], years, mx.shape[2])),
        "srb": ("year", np.array([values["SRB"][year, "", 0] for year in years]) / 100.0),
        "start": (cells, stocks[:-1]),
        "stop": (cells, stocks[1:]),
    }
    return xr.Dataset(columns, {"year": covered, "sex": list(SEXES), "age": np.arange(mx.shape[2])})


def _fertility(rates: Values, years: list[int], size: int) -> np.ndarray:
    """Births per woman (year, age); 0 at the ages that the file does not have."""
    births = np.zeros((len(years), size))
    for age in sorted({age for _, _, age in rates}):
        absent = [year for year in years if (year, "", age) not in rates]
        if absent or not 0 < age < size - 1:
            missing = N_("ASFR: age {age} is missing in {years}. Download the file again.")
            outside = N_("ASFR: age {age} is the first or the open age. Download the file again.")
            raise BadBasis(Told(missing, age=age, years=few(absent)) if absent else Told(outside, age=age))
        births[:, age] = [rates[year, "", age] / THOUSAND for year in years]
    return births


def _derived(inputs: "xr.Dataset") -> tuple["xr.Dataset", np.ndarray]:
    """The basis, whose net migration is what the stocks leave, and the births of each year."""
    from actuarial.check.population import one_year_older
    from actuarial.demography.survival import survival_table

    ratio = survival_table(inputs["mx"], inputs["a0"])["survival_ratio"].drop_attrs()
    start = inputs["start"]
    reached = one_year_older(start) * ratio
    women = [stock.sel(sex="female", drop=True) for stock in (start, reached)]
    born = (inputs["asfr"] * 0.5 * (women[0] + women[1])).sum("age")
    boys = born * inputs["srb"] / (1.0 + inputs["srb"])
    by_sex = boys.where(ratio["sex"] == "male", born - boys) + 0.0 * start.isel(age=0, drop=True)
    infants = by_sex * ratio.isel(age=0, drop=True)
    reached = reached.where(reached["age"] != 0, infants).transpose("year", "sex", "age")
    columns: dict[str, Any] = {"population_0": start.isel(year=0, drop=True), "net_migration": inputs["stop"] - reached}
    return inputs[["mx", "a0", "asfr", "srb"]].assign(columns), born.values


def _require_january(inputs: "xr.Dataset", annual: dict[str, Values], where: Location) -> None:
    """The stocks are those of 1 January, as the totals of the indicators say."""
    totals = inputs["start"].sum(("sex", "age"))
    for year, total in zip(totals["year"].values.tolist(), totals.values.tolist(), strict=True):
        january, july = (annual[name].get((year, "", 0)) for name in ("TPopulation1Jan", "TPopulation1July"))
        if january is None or abs(total - THOUSAND * january) <= STOCK_TOLERANCE * total + STOCK_LEAST:
            continue
        fits = july is not None and abs(total - THOUSAND * july) <= STOCK_TOLERANCE * total + STOCK_LEAST
        july_stocks = N_("They are the stocks of 1 July: take the file Population1January.")
        text = N_(
            "{country}: the stocks of {year} add up to {total:,.0f} persons, but the indicators have {january:,.0f} on "
            "1 January.\n  {hint}"
        )
        hint = Told(july_stocks) if fits else Told("Take one revision.")
        found = {"country": where.name, "year": year, "total": total, "january": THOUSAND * january}
        raise BadBasis(Told(text, hint=hint, **found))


def _compared(basis: "xr.Dataset", births: np.ndarray, inputs: "xr.Dataset", values: dict[str, Values]) -> "xr.Dataset":
    """The basis with the published totals of net migration and of births beside the derived ones."""
    years = basis["year"].values.tolist()
    published = np.array([THOUSAND * values["NetMigrations"][year, "", 0] for year in years])
    difference = basis["net_migration"].sum(("sex", "age")).values - published
    allowed = NET_TOLERANCE * inputs["start"].sum(("sex", "age")).values + NET_LEAST
    born = np.array([THOUSAND * values["Births"].get((year, "", 0), np.nan) for year in years])
    basis["asfr"].attrs |= {"published_births": tuple(born.tolist()), "difference": tuple((births - born).tolist())}
    basis["net_migration"].attrs |= {
        "derived": "1 January stock of the year after less the survivors of this year's stock and births",
        "published_total": tuple(published.tolist()),
        "difference": tuple(difference.tolist()),
    }
    far = abs(difference) > allowed
    if not far.any():
        return basis
    worst, fertile = int(np.argmax(abs(difference) / allowed)), sorted({age for _, _, age in values["ASFR"]})
    text = Warned(
        "net_migration: derived and published totals differ by more than {share:g} of the population in {count} of "
        "{whole} years, most in {year}: {derived:,.0f} against {published:,.0f} persons (births {births:,.0f} against "
        "{born:,.0f}, with rates at ages {first} to {last}); take all files from one revision, and mind births at "
        "other ages.",
        "Net migration: derived and published totals differ by more than {share:g} of the population in {count} of "
        "{whole} years, most in {year}: {derived:,.0f} against {published:,.0f} persons (births {births:,.0f} against "
        "{born:,.0f}, with rates at ages {first} to {last}).",
        share=NET_TOLERANCE, count=int(far.sum()), whole=len(years), year=years[worst],
        derived=float(published[worst] + difference[worst]), published=float(published[worst]),
        births=float(births[worst]), born=float(born[worst]), first=fertile[0], last=fertile[-1],
    )  # fmt: skip
    warnings.warn(text, UserWarning, stacklevel=3)
    return basis.assign_attrs(warning_attributes([text]))
