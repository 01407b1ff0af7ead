"""Blocks in processes of this machine: each has the inputs once, and is given numbers of scenarios."""

import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

import xarray as xr

from actuarial.bridge import threads
from actuarial.ensemble.engines import Job, Span
from actuarial.errors import BadInput

_JOBS: list[Job] = []


def in_processes(
    job: Job, spans: Sequence[Span], workers: int | None, tell: Callable[[int], None]
) -> dict[Span, xr.Dataset | None]:
    """Compute blocks in new processes; what one that is lost was at is computed again by others.

    Raises
    ------
    BadInput
        Inputs that cannot be sent, or processes that are lost without having computed anything.
    """
    try:
        packed = pickle.dumps(job)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise BadInput(
            f"the basis, scheme or uncertainty cannot be sent to other processes: {error}.\n  Define functions in a "
            'module of their own, or use engine="threads".'
        ) from error
    found: dict[Span, xr.Dataset | None] = {}
    while len(found) < len(spans):
        before = len(found)
        try:
            _compute(packed, [span for span in spans if span not in found], workers or threads(), found, tell)
        except BrokenProcessPool as error:
            if len(found) == before:
                raise BadInput(
                    f"engine: the processes ended by themselves, {len(spans) - before} blocks are left; they may lack "
                    "memory (0.6 GB each).\n  Give fewer workers, and call run below `if __name__ == \"__main__\":`."
                ) from error
    return found


def _compute(
    packed: bytes, spans: list[Span], workers: int, found: dict[Span, xr.Dataset | None], tell: Callable[[int], None]
) -> None:
    """Compute blocks as long as no process is lost: fills found."""
    spawned, workers = multiprocessing.get_context("spawn"), min(workers, len(spans))
    each = max(1, threads() // workers)
    pool = ProcessPoolExecutor(workers, spawned, initializer=_begin, initargs=(packed, each))
    tasks = {pool.submit(_block, span): span for span in spans}
    try:
        for task in as_completed(tasks):
            found[tasks[task]] = task.result()
            tell(tasks[task][1] - tasks[task][0] + 1)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(packed: bytes, each: int) -> None:
    """A process takes its inputs; an interruption is for the one that started it, which waits for its blocks."""
    os.environ["ACTUARIAL_THREADS"] = str(each)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _JOBS.append(pickle.loads(packed))


def _block(span: Span) -> xr.Dataset | None:
    return _JOBS[0](span)
