"""A demographic basis from World Population Prospects: one Parquet file per country beside `_annual.parquet`."""

import calendar
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from actuarial import check
from actuarial.errors import BadBasis, BadInput
from actuarial.readers.basis_faults import path_of
from actuarial.translation import N_, Told, why
from actuarial.vocabulary import SEXES, annotate

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

AGE_COLUMNS = ("year", "sex", "age", "net_mig", "mx", "asfr", "pop_jan1_base", "pop_jan1_ref")
ANNUAL_COLUMNS = ("iso3", "year", "srb_used", "a0_rule")
RULES = {"AK": "andreev_kingkade", "CD-West": "coale_demeny_west"}
SOURCE = (
    "United Nations, DESA, Population Division (2024), World Population Prospects 2024, medium variant; CC BY 3.0 IGO. "
    "Net migration as published; death rates, single-age fertility and 1 January stocks derived from published figures."
)


def read_wpp(
    path: str | Path,
    country: str,
    *,
    first_year: int | None = None,
    last_year: int | None = None,
    year_end: tuple[int, int] = (12, 31),
) -> "xr.Dataset":
    """Demographic basis of a country from a folder of World Population Prospects.

    Parameters
    ----------
    path : folder of COUNTRY.parquet and _annual.parquet
    country : ISO 3166 code of three letters, such as "KEN"
    first_year, last_year : int, optional
        First and last projected year; where absent all that the files have (2024 or 2025 to 2100).
    year_end : (month, day), default 31 December
        Last day of the financial year, the last day of a month. Financial year t ends in calendar year t.

    Returns
    -------
    Dataset
        `population_0` (sex, age), persons; `mx` (year, sex, age), 1/year; `asfr` (year, age), births per woman and
        year; `srb` (year), boys per girl; `net_migration` (year, sex, age), persons per year. The attributes are
        `a0_rule`, `source`, `country` and `year_end` ("MM-DD").

    Raises
    ------
    BadBasis
        A file is missing, is not Parquet or lacks columns or cells; the country is not there; pyarrow is not installed.
    BadInput
        A year outside the data, or a year end that is not the last day of a month.
    OutOfBounds
        Numbers outside the bounds of the vocabulary.

    Notes
    -----
    Column `pop_jan1_base` gives the first stock where it is known (1 January 2024), `pop_jan1_ref` the later ones:
    these are a reference projection, not published figures. With w = month/12, financial year t takes (1-w) of the rate
    or flow of calendar year t-1 and w of that of year t, and its opening stock (1-w) of the stock on 1 January t-1 and
    w of that on 1 January t. On 30 June these are plain means, as the United Nations make 1 July stocks; the total of
    every year to 2100 then stays within 0.01% of the mean of two stocks of the calendar projection.

    References
    ----------
    .. [1] United Nations, DESA, Population Division (2024), World Population Prospects 2024: Methodology of the
       United Nations population estimates and projections.

    Examples
    --------
    basis = read_wpp("wpp", "KEN", first_year=2025, last_year=2075)
    """
    weight = _share_of_last_year(year_end)
    folder = path_of(path)
    _require_country(folder, country)
    cells = _cells(read_columns(folder / f"{country}.parquet", AGE_COLUMNS), country)
    annual = read_columns(folder / "_annual.parquet", ANNUAL_COLUMNS)
    annual = annual[annual["iso3"] == country].set_index("year")
    if annual.empty:
        text = N_("{file}: no rows of {country}. Take both files from the same release.")
        raise BadBasis(Told(text, file=folder / "_annual.parquet", country=country))
    years = _years(cells, annual, first_year, last_year, weight)
    basis = _mean_of_two_years(_calendar_basis(cells, annual, years, weight), years, weight)
    basis = annotate(basis.assign(population_0=_opening(cells, int(years[0]), weight)))
    check.require(basis, "population_0", "mx", "asfr", "srb", "net_migration")
    return basis.assign_attrs(
        a0_rule=_a0_rule(annual, country), source=SOURCE, country=country, year_end="{:02d}-{:02d}".format(*year_end)
    )


def _share_of_last_year(year_end: tuple[int, int]) -> float:
    """Share of a financial year that lies in the calendar year in which it ends."""
    ends = {(month, calendar.monthrange(year, month)[1]) for month in range(1, 13) for year in (2023, 2024)}
    if not isinstance(year_end, tuple) or year_end not in ends:
        text = N_("year_end: {year_end!r} is not the last day of a month; write (month, day), such as (6, 30).")
        raise BadInput(Told(text, year_end=year_end))
    return year_end[0] / 12


def _require_country(folder: Path, country: str) -> None:
    if not folder.is_dir():
        text = N_("{folder} is not a folder; give the folder of COUNTRY.parquet and _annual.parquet.")
        raise BadBasis(Told(text, folder=folder))
    there = sorted(file.stem for file in folder.glob("*.parquet") if not file.stem.startswith("_"))
    if country not in there:
        text = N_("country: {country!r} is not in {place}. Countries there ({count}): {listed}.")
        listed = tuple(there) or Told("none")
        raise BadBasis(Told(text, country=country, place=folder, count=len(there), listed=listed))


def read_columns(file: Path, columns: Sequence[str]) -> "pd.DataFrame":
    """Columns of a Parquet file; what is missing is refused by name."""
    names = columns_of(file)
    absent = [name for name in columns if name not in names]
    if absent:
        text = N_("{file} lacks {count} of {whole} columns: {absent}. It has {names}.")
        given = {"count": len(absent), "whole": len(columns), "absent": tuple(absent), "names": tuple(names)}
        raise BadBasis(Told(text, file=file, **given))
    import pandas as pd

    return pd.read_parquet(file, columns=list(columns))


def columns_of(file: Path) -> list[str]:
    """Names of the columns of a Parquet file."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as missing:
        raise BadBasis(Told("Reading Parquet needs pyarrow: install actuarial[data].")) from missing
    if not file.is_file():
        raise BadBasis(Told("{file} is missing; it belongs beside the files of the countries.", file=file))
    try:
        return list(pyarrow.parquet.read_schema(file).names)
    except (pyarrow.ArrowInvalid, OSError) as wrong:
        reason = why(wrong, Told("it is truncated, or a file of another format"))
        raise BadBasis(Told("{file} cannot be read as Parquet: {reason}.", file=file, reason=reason)) from wrong


def _cells(frame: "pd.DataFrame", country: str) -> "xr.Dataset":
    """The file of a country over year, sex (male, female) and age, float64; cells that it lacks are NaN."""
    frame = frame.astype(dict.fromkeys(AGE_COLUMNS[3:], "float64") | {"sex": str})
    twice = frame.duplicated(["year", "sex", "age"])
    if twice.any():
        row = frame[twice].iloc[0]
        text = N_(
            "{country}: {count} cells of year, sex and age occur more than once, the first is {cell}. Keep one row of "
            "each."
        )
        cell = tuple(str(row[name]) for name in ("year", "sex", "age"))
        raise BadBasis(Told(text, country=country, count=int(twice.sum()), cell=cell))
    absent = [word for word in ("m", "f") if word not in set(frame["sex"])]
    if absent:
        text = N_("{country}: no rows of sex {absent}; the column sex holds m and f.")
        raise BadBasis(Told(text, country=country, absent=tuple(absent)))
    cells = frame.set_index(["year", "sex", "age"]).to_xarray().sel(sex=["m", "f"])
    return cells.assign_coords(sex=list(SEXES), year=cells["year"].astype(int), age=cells["age"].astype(int))


def _years(
    cells: "xr.Dataset", annual: "pd.DataFrame", first_year: int | None, last_year: int | None, weight: float
) -> np.ndarray:
    """The projected years: those asked for, or all that have what they need."""
    known = cells[["mx", "net_mig"]].notnull().any(("sex", "age")).to_array().all("variable")
    known &= cells["asfr"].sel(sex="female").notnull().any("age")
    ratios = annual["srb_used"].dropna().index
    calendar_years = [int(year) for year in cells["year"].values[known.values] if year in ratios]
    if not calendar_years:
        text = N_("No year has net migration, death rates, fertility and the sex ratio at birth: wrong files.")
        raise BadBasis(Told(text))
    first, last = calendar_years[0] + (weight < 1), calendar_years[-1]
    start, stop = first if first_year is None else int(first_year), last if last_year is None else int(last_year)
    if not first <= start <= stop <= last:
        calendar_year = N_(
            "first_year and last_year: {start} to {stop} cannot be read; the files have the years {first} to {last}."
        )
        financial_year = N_(
            "first_year and last_year: {start} to {stop} cannot be read; the files have the years {first} to {last}; a "
            "financial year needs both of its calendar years."
        )
        text = calendar_year if weight == 1 else financial_year
        raise BadInput(Told(text, start=start, stop=stop, first=first, last=last))
    return np.arange(start, stop + 1)


def _calendar_basis(cells: "xr.Dataset", annual: "pd.DataFrame", years: np.ndarray, weight: float) -> "xr.Dataset":
    """Rates and flows of the calendar years that the projected years touch."""
    import xarray as xr

    touched = years if weight == 1 else np.arange(years[0] - 1, years[-1] + 1)
    absent = sorted(set(touched.tolist()) - set(cells["year"].values.tolist()))
    if absent:
        text = N_("{count} of {whole} years are missing between others; the first is {year}.")
        raise BadBasis(Told(text, count=len(absent), whole=touched.size, year=absent[0]))
    part = cells.sel(year=touched)
    ratios = xr.DataArray(annual["srb_used"].reindex(touched).to_numpy(dtype=float), dims="year")
    asfr = part["asfr"].sel(sex="female", drop=True)
    return xr.Dataset({"mx": part["mx"], "asfr": asfr, "srb": ratios, "net_migration": part["net_mig"]}).drop_attrs()


def _mean_of_two_years(basis: "xr.Dataset", years: np.ndarray, weight: float) -> "xr.Dataset":
    """Weighted means of the calendar years t-1 and t."""
    if weight == 1:
        return basis
    earlier, later = (basis.sel(year=years - lag).assign_coords(year=years) for lag in (1, 0))
    return (1 - weight) * earlier + weight * later


def _opening(cells: "xr.Dataset", first: int, weight: float) -> "xr.DataArray":
    """Stock at the end of the year before the first projected one."""
    if weight == 1:
        return _new_year(cells, first)
    return (1 - weight) * _new_year(cells, first - 1) + weight * _new_year(cells, first)


def _new_year(cells: "xr.Dataset", year: int) -> "xr.DataArray":
    """Stock on 1 January: the base where the file has it, else the reference projection."""
    part: Any = cells.sel(year=year, drop=True)
    base = part["pop_jan1_base"]
    return base if bool(base.notnull().any()) else part["pop_jan1_ref"]


def _a0_rule(annual: "pd.DataFrame", country: str) -> str:
    words = sorted(set(annual["a0_rule"].dropna()))
    if len(words) != 1 or words[0] not in RULES:
        text = N_("{country}: a0_rule holds {found}; it must be one of {rules}.")
        raise BadBasis(Told(text, country=country, found=tuple(words) or Told("nothing"), rules=tuple(RULES)))
    return RULES[words[0]]
