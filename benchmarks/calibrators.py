"""What the machine can do at the moment: ratios to these are those of a program, not of a machine.

A target in milliseconds is one of the machine on which it was set. Here it is held against a calibrator: at most so
many times the loop of NumPy, or a process that imports NumPy, with the times that these had there.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from benchmarks.measure import here, interleaved

SIZE = 8_000_000  # numbers of an array that no cache holds
FEW = 100_000
SHARED = 1.15  # seconds of the clock for a second of the processor
THERE = {"numpy loop": 0.84e-3, "numpy alone": 0.10}
"""Seconds of the machine of the targets (two cores of an AMD EPYC 9004, NumPy 2.4), in a quiet moment."""


@numba.njit
def _triad(a, b, c):
    for i in range(a.size):
        a[i] = b[i] + 3.0 * c[i]


@numba.njit
def _exp(a, b):
    for i in range(a.size):
        a[i] = np.exp(b[i])


def loop() -> np.ndarray:
    """A hundred years of small arrays, as a plain cohort-component projection in NumPy."""
    stock, rate = np.full((2, 101), 1000.0), np.linspace(0.999, 0.7, 101)
    found = np.empty((100, 2))
    for t in range(100):
        moved = np.concatenate([np.zeros((2, 1)), stock[:, :-2], stock[:, -2:].sum(axis=1, keepdims=True)], axis=1)
        after = moved * rate
        after[:, 0] = 0.02 * stock[1, 15:50].sum()
        found[t] = (moved - after).sum(axis=1)
        stock = after + 0.5
    return found


def calibrated(rounds: int) -> dict[str, dict[str, Any]]:
    """Median and least seconds of every calibrator, and what they are in units of work."""
    big, other, third = np.zeros(SIZE), np.ones(SIZE), np.ones(SIZE)
    few, small = np.linspace(-3.0, 0.0, FEW), np.empty(FEW)
    ways: dict[str, tuple[Callable[[], object], float, str]] = {
        "triad": (lambda: _triad(big, other, third), 24e-9 * SIZE, "GB/s"),
        "fill": (lambda: big.fill(1.0), 8e-9 * SIZE, "GB/s"),
        "exp of NumPy": (lambda: np.exp(few, out=small), 1e-9 * FEW, "G/s"),
        "exp of a compiled loop": (lambda: _exp(small, few), 1e-9 * FEW, "G/s"),
        "numpy loop": (loop, 1e-3, "thousand years/s"),
    }
    times = interleaved({name: here(run) for name, (run, _, _) in ways.items()}, rounds)
    found: dict[str, dict[str, Any]] = {}
    for name, (_, work, unit) in ways.items():
        seconds = times[name].of("process")
        found[name] = {
            "seconds": seconds, "best": times[name].best("process"), "rate": work / seconds, "unit": unit,
            "rounds": times[name].process, "held_up": times[name].of("wall") / seconds,
        }  # fmt: skip
    return found


def busy(found: dict[str, dict[str, Any]]) -> str:
    """A line where other programs held this one up, so that ratios by the clock are uncertain; empty otherwise."""
    held_up = found["numpy loop"]["held_up"]
    if held_up < SHARED:
        return ""
    return (
        f"Other programs share the processors: a second of work took {held_up:.1f} s. Ratios of several threads are by "
        "the clock, and uncertain."
    )
