"""What a peer speaks: its task and the file of its inputs are given, it answers in lines of JSON.

The first line has the answer, the versions and how long it took to prepare; then each line of stdin, a number of
repetitions, is answered by their seconds of processor and of clock, until stdin ends.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import numpy as np

Tasks = Mapping[str, Callable[[Mapping[str, np.ndarray]], Callable[[], Any]]]


def serve(tasks: Tasks, *packages: str) -> None:
    """Read the command line, prepare the task, answer, and be timed."""
    name, file = sys.argv[1:3]
    with np.load(file) as stored:
        told = {key: stored[key] for key in stored.files}
    start = time.perf_counter()
    run = tasks[name](told)
    answer = np.asarray(run(), dtype=float)
    prepared = time.perf_counter() - start
    np.save(file + ".answer.npy", answer)
    say({"answer": file + ".answer.npy", "prepared": prepared, "versions": {one: version(one) for one in packages}})
    for line in sys.stdin:
        say(timed(run, int(line)))


def timed(run: Callable[[], Any], number: int) -> dict[str, float]:
    """Seconds of one call: mean of some calls without a pause."""
    wall, process = time.perf_counter(), time.process_time()
    for _ in range(number):
        run()
    return {"process": (time.process_time() - process) / number, "wall": (time.perf_counter() - wall) / number}


def say(words: Mapping[str, Any]) -> None:
    """One line of JSON."""
    print(json.dumps(words), flush=True)
