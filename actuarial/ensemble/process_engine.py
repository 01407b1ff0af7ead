"""Blocks in processes of this machine: each has the inputs once, and is given numbers of scenarios."""

import multiprocessing
import os
import pickle
import signal
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import xarray as xr

from actuarial.bridge import threads
from actuarial.ensemble.engines import Job, Span, packed
from actuarial.errors import BadInput

GUARD = 'Call run below `if __name__ == "__main__":`, as each process reads the script.'
_JOBS: list[Job] = []


def in_processes(
    job: Job, spans: Sequence[Span], workers: int | None, tell: Callable[[int], None]
) -> dict[Span, xr.Dataset | None]:
    """Compute blocks in new processes; what one that is lost was at is computed again by others.

    The inputs are in a file: a process that ends before it has read all that is sent to it would never be missed.

    Raises
    ------
    BadInput
        Inputs that cannot be sent, or processes that are lost without having computed anything.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise BadInput(f"engine: a process that has just been started came here again.\n  {GUARD}")
    content = packed(job, pickle.dumps)
    with tempfile.TemporaryDirectory(prefix="actuarial-") as folder:
        inputs = Path(folder) / "job"
        inputs.write_bytes(content)
        return _until_done(inputs, spans, workers or threads(), tell)


def _until_done(
    inputs: Path, spans: Sequence[Span], workers: int, tell: Callable[[int], None]
) -> dict[Span, xr.Dataset | None]:
    found: dict[Span, xr.Dataset | None] = {}
    while len(found) < len(spans):
        before = len(found)
        try:
            _compute(inputs, [span for span in spans if span not in found], workers, found, tell)
        except BrokenProcessPool as error:
            if len(found) == before:
                raise BadInput(
                    f"engine: the processes ended by themselves, {len(spans) - before} blocks are left; they may lack "
                    "memory (0.6 GB each), or a function that only this process knows.\n"
                    f"  {GUARD} Define functions in a module of their own. Give fewer workers."
                ) from error
    return found


def _compute(
    inputs: Path, spans: list[Span], workers: int, found: dict[Span, xr.Dataset | None], tell: Callable[[int], None]
) -> None:
    """Compute blocks as long as no process is lost: fills found."""
    spawned, workers = multiprocessing.get_context("spawn"), min(workers, len(spans))
    each = max(1, threads() // workers)
    pool = ProcessPoolExecutor(workers, spawned, initializer=_begin, initargs=(inputs, each))
    try:
        tasks = {pool.submit(_block, span): span for span in spans}
        for task in as_completed(tasks):
            found[tasks[task]] = task.result()
            tell(tasks[task][1] - tasks[task][0] + 1)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(inputs: Path, each: int) -> None:
    """A process takes its inputs; an interruption is for the one that started it, which waits for its blocks."""
    os.environ["ACTUARIAL_THREADS"] = str(each)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _JOBS.append(pickle.loads(inputs.read_bytes()))


def _block(span: Span) -> xr.Dataset | None:
    return _JOBS[0](span)
