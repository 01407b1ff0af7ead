"""Projections of 13 countries from published rates and flows against the published stocks, 2024 to 2100.

United Nations, DESA, Population Division (2024), World Population Prospects 2024.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from actuarial.demography import project_population
from actuarial.demography.survival import survival_table
from actuarial.readers import read_wpp
from benchmarks.accuracy.reference import Bounds, Distance, Found, absolute, distances, relative

COUNTRIES = ("CYP", "EGY", "ETH", "GHA", "HND", "JOR", "JPN", "KEN", "LAO", "SLE", "THA", "VNM")
SMALL = "LCA"  # published numbers are rounded to persons, which counts among 180 thousand people
SOURCE = "UN World Population Prospects 2024"
BOUNDS: Bounds = {
    "population of 1 July": ("%", 0.020),
    "five-year groups by sex": ("%", 0.055),
    "births": ("%", 0.021),
    "deaths": ("%", 0.19),
    "life expectancy at birth": ("years", 8e-7),
}

SMALL_LIMITS = (("%", 0.26), ("%", 1.1), ("%", 0.78), ("%", 0.78), ("years", 7e-7))
SMALL_BOUNDS: Bounds = dict(zip(BOUNDS, SMALL_LIMITS, strict=True))


def measured(folder: Path, countries: tuple[str, ...]) -> Iterator[Distance]:
    """Distances of all countries together, the greatest of each kind."""
    name = f"{SOURCE}, {len(countries)} countries" if len(countries) > 1 else f"{SOURCE}, {countries[0]}"
    bounds = BOUNDS if len(countries) > 1 else SMALL_BOUNDS
    yield from distances(name, lambda: worst(folder, countries), bounds)


def worst(folder: Path, countries: tuple[str, ...]) -> Found:
    """Greatest distance of every kind among countries and years."""
    found: Found = {}
    figures = pd.read_parquet(folder / "_annual.parquet")
    for country in countries:
        for what, value in one(folder, country, figures).items():
            found[what] = max(found.get(what, 0.0), value)
    return found


def one(folder: Path, country: str, figures: pd.DataFrame) -> Found:
    """Distances of one country, in the units of the bounds."""
    basis = read_wpp(folder, country)
    projected = project_population(basis)
    years = slice(2025, 2100)
    ours, theirs = projected["population_midyear"].sel(year=years), stocks(folder, country).sel(year=years)
    annual = figures[figures["iso3"] == country].set_index("year").loc[2024:2100]
    groups = [stock.sel(age=slice(0, 79)).coarsen(age=5).sum() for stock in (ours, theirs)]
    everybody = [stock.sum(("sex", "age")) for stock in (ours, theirs)]
    births, deaths = (projected[name].sum(("sex", "age")) / 1000.0 for name in ("births", "deaths"))
    lives = survival_table(basis["mx"], basis.attrs["a0_rule"])["ex"].sel(age=0)
    e0 = max(absolute(lives.sel(sex=sex), annual[name]) for sex, name in (("male", "e0M"), ("female", "e0F")))
    values = [relative(*everybody), relative(*groups), relative(births, annual["births_k"]),
              relative(deaths, annual["deaths_k"])]  # fmt: skip
    return dict(zip(BOUNDS, [*(100.0 * value for value in values), e0], strict=True))


def stocks(folder: Path, country: str) -> Any:
    """Published population of 1 July (year, sex, age)."""
    frame = pd.read_parquet(folder / f"{country}.parquet", columns=["year", "sex", "age", "pop_jul1"]).dropna()
    table = frame.astype({"pop_jul1": float}).set_index(["year", "sex", "age"])["pop_jul1"].to_xarray()
    return table.sel(sex=["m", "f"]).assign_coords(sex=["male", "female"])
