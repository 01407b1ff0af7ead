"""Published prediction intervals of World Population Prospects, from a Parquet file of all countries."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from actuarial.errors import BadBasis, BadInput
from actuarial.readers.basis_faults import path_of
from actuarial.readers.tidy_words import plain
from actuarial.readers.wpp import columns_of, read_columns
from actuarial.translation import N_, Told, few

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

LEVELS = {"l95": 0.025, "l80": 0.1, "median": 0.5, "u80": 0.9, "u95": 0.975}
INDICATORS = {
    "tfr": ("total_fertility", 1.0, "births per woman"),
    "e0M": ("life_expectancy_male", 1.0, "years"),
    "e0F": ("life_expectancy_female", 1.0, "years"),
    "net_mig_k": ("net_migration", 1000.0, "persons/year"),
    "pop_total_k_31dec": ("total_population", 1000.0, "persons"),
    "births_k": ("births", 1000.0, "persons/year"),
    "deaths_k": ("deaths", 1000.0, "persons/year"),
}


def read_wpp_intervals(path: str | Path, country: str, *, revision: str = "WPP2024") -> "xr.Dataset":
    """Published quantiles of the assumptions and of the population of a country.

    Parameters
    ----------
    path : Parquet file, or folder of `_prob.parquet`
    country : ISO 3166 code of three letters, such as "KEN", or the name where the file has a column `country` of names
    revision : str, default "WPP2024"
        Word of the column `revision`; two revisions are never mixed.

    Returns
    -------
    Dataset of (level, year), the levels 0.025, 0.1, 0.5, 0.9 and 0.975
        `total_fertility` (births per woman), `life_expectancy_male`, `life_expectancy_female` (years),
        `net_migration` (persons per year), what `uncertainty_from_intervals` takes; and `total_population` (persons on
        31 December), `births` and `deaths` (persons per year), which projected quantiles may be compared with.

    Raises
    ------
    BadBasis
        The file is missing, is no Parquet or lacks columns; the country is not in it or has no such rows, or years are
        missing.
    BadInput
        A path or a country that is no text.

    References
    ----------
    .. [1] United Nations, DESA, Population Division (2024), World Population Prospects 2024, probabilistic projections.

    Examples
    --------
    intervals = read_wpp_intervals("wpp", "KEN")
    """
    import xarray as xr

    place = path_of(path)
    file = place / "_prob.parquet" if place.is_dir() or not place.suffix else place
    frame = read_columns(file, ("iso3", "revision", "indicator", "year", *LEVELS))
    code = _code(file, frame["iso3"], country)
    mine = frame[(frame["iso3"] == code) & (frame["revision"] == revision)]
    where = f"{file}: {code}, {revision}"
    dataset = xr.Dataset({name: unit * _table(mine, word, where) for word, (name, unit, _) in INDICATORS.items()})
    for name, _, units in INDICATORS.values():
        dataset[name].attrs["units"] = units
    return dataset.assign_attrs(country=code, source=revision)


def _code(file: Path, codes: "pd.Series", country: str) -> str:
    """The code of a country by itself or by its name, in capitals or not."""
    if not isinstance(country, str) or not country.strip():
        text = N_("country: give a code of three letters such as 'KEN', or a name (got {country!r}).")
        raise BadInput(Told(text, country=country))
    there = sorted(set(codes))
    if country.strip().upper() in there:
        return country.strip().upper()
    names: dict[str, str] = {}
    if "country" in columns_of(file):
        pairs = read_columns(file, ("iso3", "country")).drop_duplicates()
        names = {plain(str(name)): str(code) for code, name in zip(pairs["iso3"], pairs["country"], strict=True)}
    if plain(country) not in names:
        no_names = N_(
            "country: {country!r} is not in {place}. Countries there ({count}): {listed}. It has no column country of "
            "names."
        )
        text = N_("country: {country!r} is not in {place}. Countries there ({count}): {listed}.")
        found = {"country": country, "place": file, "count": len(there), "listed": few(there)}
        raise BadBasis(Told(text if names else no_names, **found))
    return names[plain(country)]


def _table(frame: "pd.DataFrame", word: str, where: str) -> "xr.DataArray":
    """Quantiles (level, year) of an indicator."""
    import xarray as xr

    rows = frame[frame["indicator"] == word].sort_values("year")
    if rows.empty:
        text = N_("{where}: no rows of {word}. Take the country and the revision that the file has.")
        raise BadBasis(Told(text, where=where, word=word))
    years = rows["year"].to_numpy(dtype=int)
    if (np.diff(years) != 1).any():
        text = N_("{where}: the years of {word} occur twice or have gaps ({first} to {last}).")
        raise BadBasis(Told(text, where=where, word=word, first=int(years[0]), last=int(years[-1])))
    values = rows[list(LEVELS)].to_numpy(dtype=float).T
    return xr.DataArray(values, dims=("level", "year"), coords={"level": list(LEVELS.values()), "year": years})
