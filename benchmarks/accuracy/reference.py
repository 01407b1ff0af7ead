"""The folder of published data, and how far from them a result is."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Distance:
    """How far a result is from what is published, in a unit, and the most that is accepted.

    Parameters
    ----------
    source : who published it
    what : the quantity and the measure
    found, bound : numbers in `unit`; the bound is what was found when it was committed, rounded up
    seconds : of the clock, reading included
    """

    source: str
    what: str
    unit: str
    found: float
    bound: float
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether the distance has not grown above its bound."""
        return bool(self.found <= self.bound)


def shared_folder() -> Path | None:
    """Folder of published data: that of ACTUARIAL_SHARED, or `shared` beside the checkout; None without them.

    Raises
    ------
    FileNotFoundError
        ACTUARIAL_SHARED names no folder.
    """
    given = os.environ.get("ACTUARIAL_SHARED")
    if given:
        if not Path(given).is_dir():
            raise FileNotFoundError(f"ACTUARIAL_SHARED names {given}, which is not a folder")
        return Path(given)
    beside = ROOT.parent / "shared"
    return beside if beside.is_dir() else None


def relative(ours: object, theirs: object) -> float:
    """Greatest relative difference."""
    return float(np.max(np.abs(np.asarray(ours, dtype=float) / np.asarray(theirs, dtype=float) - 1.0)))


def absolute(ours: object, theirs: object) -> float:
    """Greatest difference."""
    return float(np.max(np.abs(np.asarray(ours, dtype=float) - np.asarray(theirs, dtype=float))))


Found = dict[str, float]
Bounds = dict[str, tuple[str, float]]


def distances(source: str, measure: Callable[[], Found], bounds: Bounds) -> Iterator[Distance]:
    """What a function found beside the bounds, each with its unit, and how long it took; nothing may be left out."""
    start = time.perf_counter()
    found = measure()
    seconds = time.perf_counter() - start
    assert set(found) == set(bounds), (sorted(found), sorted(bounds))
    for what, (unit, bound) in bounds.items():
        yield Distance(source, what, unit, found[what], bound, seconds)
