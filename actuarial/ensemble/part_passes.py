"""All scenarios of a folder, some years at a time: passes over its parts that need little memory."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import xarray as xr

from actuarial.ensemble.blocks import joined
from actuarial.ensemble.part_files import read_file, with_attributes
from actuarial.ensemble.parts import described, named, part_path, read_made, sound
from actuarial.errors import BadInput
from actuarial.translation import few

MEMORY = 64e6
"""Bytes of numbers that a pass holds; a single year of a variable may need more."""


def by_years(
    folder: Path, names: Sequence[str], function: Callable[[xr.Dataset, list[str]], xr.Dataset]
) -> xr.Dataset:
    """A function of all scenarios that takes every year by itself, some years after the others.

    The parts are checked once, from the first to the last that is sound, and each then read once a pass.

    Raises
    ------
    BadInput
        A part that is missing or damaged and has others after it: half of the scenarios would pass for all of them.
    """
    made, sizes = read_made(folder), sound(folder)
    _refuse_gap(folder, sizes, int(made["block"]))
    count, firsts = sum(sizes), [place * int(made["block"]) for place in range(len(sizes))]
    paths = [part_path(folder, first, int(made["block"])) for first in firsts]
    one, attrs = read_file(paths[0]), described(made)
    yearly = [name for name in named(one, names) if "year" in one[name].dims]
    others = [name for name in names if name not in yearly]
    parts = []
    for place, years in enumerate(_years(one[yearly], count, sizes[0])):
        own = [*yearly, *(others if place == 0 else [])]
        some = with_attributes(joined((read_file(path, own, years) for path in paths), count), paths[0])
        parts.append(function(some.assign_attrs(attrs), own))
    moving: dict[str, Any] = {"dim": "year", "data_vars": "minimal", "coords": "minimal", "compat": "override"}
    whole = parts[0] if len(parts) == 1 else xr.concat(parts, **moving, combine_attrs="override")
    return whole[list(names)]


def _refuse_gap(folder: Path, sizes: list[int], block: int) -> None:
    lacking = part_path(folder, len(sizes) * block, block)
    later = sorted(path.name for path in folder.glob("part_*.nc") if path.name > lacking.name)
    if later:
        raise BadInput(
            f"{lacking}: this part is missing or damaged, with {few(later)} after it.\n  Run the ensemble again with "
            "this folder, or take the scenarios before it: quantiles(open_parts(folder), ...)."
        )


def _years(part: xr.Dataset, scenarios: int, here: int) -> Iterator[slice]:
    """Places of the years of each pass."""
    count = part.sizes.get("year", 1)
    each = max(1.0, part.nbytes / here * scenarios / count)
    step = max(1, min(count, int(MEMORY / each)))
    for start in range(0, count, step):
        yield slice(start, start + step)
