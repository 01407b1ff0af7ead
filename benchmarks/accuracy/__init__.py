"""Distance of results to what is published, beside their speed."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.accuracy.reference import Distance, distances


def measured(folder: Path, quick: bool = False) -> Iterator[Distance]:
    """All distances; `quick`: three of the countries."""
    from benchmarks.accuracy import finance, population, tables

    countries = population.COUNTRIES[:3] if quick else population.COUNTRIES
    yield from population.measured(folder / "data" / "wpp", countries)
    yield from population.measured(folder / "data" / "wpp", (population.SMALL,))
    for source, measure, bounds in tables.TABLES:
        yield from distances(source, lambda measure=measure: measure(folder / "cases"), bounds)
    source = "Trustees' report of US OASDI 2026"
    yield from distances(source, lambda: finance.oasdi(folder / "cases"), finance.OASDI)
