"""Times of several ways to one answer, taken in turn, so that a slow moment of the machine hits all of them."""

import gc
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

ENOUGH = 0.05  # seconds of a round: what is faster is repeated, so that it is warm

Timer = Callable[[int], Mapping[str, float]]


@dataclass
class Times:
    """Seconds of one call in every round, of the processor and of the clock."""

    process: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def of(self, clock: str) -> float:
        """Median of the rounds."""
        return median(self.rounds(clock))

    def best(self, clock: str) -> float:
        """Least of the rounds."""
        return min(self.rounds(clock))

    def rounds(self, clock: str) -> list[float]:
        """All rounds by a clock, "process" or "wall"."""
        return self.process if clock == "process" else self.wall


def processor() -> float:
    """Seconds of the processor of this process, all its threads, and the processes that it waited for."""
    try:
        import resource
    except ImportError:
        children = sum(os.times()[2:4])
    else:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        children = used.ru_utime + used.ru_stime
    return time.process_time() + children


def here(run: Callable[[], Any]) -> Timer:
    """A timer of a function of this process: mean seconds of some calls without a pause."""

    def timed(number: int) -> dict[str, float]:
        wall, process = time.perf_counter(), processor()
        for _ in range(number):
            run()
        return {"process": (processor() - process) / number, "wall": (time.perf_counter() - wall) / number}

    return timed


def interleaved(timers: Mapping[str, Timer], rounds: int) -> dict[str, Times]:
    """All ways once in every round, after one call that is not counted and says how often fast ones are repeated."""
    numbers = {name: repeats(timer) for name, timer in timers.items()}
    found = {name: Times() for name in timers}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, timer in timers.items():
                once = timer(numbers[name])
                found[name].process.append(once["process"])
                found[name].wall.append(once["wall"])
    finally:
        gc.enable()
    return found


def repeats(timer: Timer) -> int:
    """How many calls make a round long enough to be timed."""
    timer(1)
    return max(1, min(1000, round(ENOUGH / max(timer(1)["wall"], 1e-7))))
