"""What a case gives to be timed, and the gates that its ratios must pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

Way = Callable[[], Any]


@dataclass(frozen=True, eq=False)
class Ready:
    """Ways to the same answer by this library, what other programs are told, and the cells of the whole computation.

    Parameters
    ----------
    ways : functions without arguments by name, such as "kernel" and "api", that return the answer
    cells : cells times years times scenarios; 0 where there is nothing to count
    told : arrays that a peer reads
    known : the answer, computed in another way, where no peer computes it
    each : what the times are divided by, such as scenarios, where those of one are told
    """

    ways: Mapping[str, Way]
    cells: float = 0.0
    told: Mapping[str, np.ndarray] = field(default_factory=dict)
    known: Callable[[], Any] | None = None
    each: float = 1.0


@dataclass(frozen=True)
class Faster:
    """A way must be so many times as fast as a peer."""

    way: str
    peer: str
    least: float


@dataclass(frozen=True)
class Within:
    """A way must take at most a target (seconds of the machine of the targets), in units of a calibrator of the run.

    The stretch, where there is one, is a further target, which is told and fails nothing.
    """

    way: str
    target: float
    calibrator: str = "numpy loop"
    stretch: float = float("nan")


@dataclass(frozen=True)
class CellsPerExp:
    """A way must do so many cells in the time of an exponential of NumPy, both by time of the processor."""

    way: str
    least: float


@dataclass(frozen=True)
class OfFill:
    """A way must write so many numbers of eight bytes for every cell at a share of the speed at which memory can be
    filled; stretch as of `Within`."""

    way: str
    least: float
    numbers: int = 1
    stretch: float = float("nan")


Gate = Faster | Within | CellsPerExp | OfFill


def loosened(gate: Gate, slack: float) -> Gate:
    """The gate of a machine that others use at the same time: so many times as slow is still good enough."""
    if isinstance(gate, Within):
        return replace(gate, target=gate.target * slack)
    return replace(gate, least=gate.least / slack)


@dataclass(frozen=True)
class Case:
    """A computation of one size that is timed.

    Parameters
    ----------
    name : unique
    title : what is computed
    make : function of nothing that prepares it; `quick` one of a smaller size, where the case takes long
    task : name of the computation among peers
    peers : names of the peers that compute the same
    gates : ratios that must hold
    clock : "process" for serial cases, "wall" for those of several threads or processes
    rounds : fewer rounds, for what takes seconds
    """

    name: str
    title: str
    make: Callable[[], Ready]
    quick: Callable[[], Ready] | None = None
    task: str = ""
    peers: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    clock: str = "process"
    threads: int = 1
    rounds: int = 9
