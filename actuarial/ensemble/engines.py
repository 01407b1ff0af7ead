"""Who computes the blocks: threads of this process, processes of this machine, or of dask.distributed."""

import pickle
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from actuarial.ensemble.blocks import Options
from actuarial.ensemble.parts import write_part
from actuarial.errors import BadInput

ENGINES = ("threads", "processes", "dask")
Span = tuple[int, int]


@dataclass(frozen=True)
class Job:
    """The one function of all engines: it computes the scenarios of a span, and writes them where there is a folder."""

    block: Callable[..., xr.Dataset]
    options: Options
    folder: Path | None
    made: Mapping[str, Any]

    def __call__(self, span: Span, done: Callable[[int], None] | None = None) -> xr.Dataset | None:
        part = self.block(*span, self.options, done)
        if self.folder is None:
            return part
        write_part(self.folder, part, self.made)
        return None


def packed(job: Job, dumps: Callable[[Job], bytes]) -> bytes:
    """A job as other processes are sent it; BadInput where it holds what cannot be sent."""
    try:
        return dumps(job)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise BadInput(
            f"the basis, scheme or uncertainty cannot be sent to other processes: {error}.\n  Define functions in a "
            'module of their own, or use engine="threads".'
        ) from error


class Stopped(Exception):
    """A block is left because another one failed or the run was interrupted."""


def compute(
    job: Job,
    spans: Sequence[Span],
    *,
    engine: str,
    workers: int | None,
    address: str | None,
    tell: Callable[[int], None],
) -> dict[Span, xr.Dataset]:
    """Compute the blocks; what they give, where nothing is written.

    The first error ends the others, threads after the scenarios that they are at, and is raised when they have ended.
    """
    if not spans:
        return {}
    if engine == "dask":
        from actuarial.ensemble import dask_engine

        found = dask_engine.in_processes(job, spans, workers, address, tell)
    elif engine == "processes":
        from actuarial.ensemble import process_engine

        found = process_engine.in_processes(job, spans, workers, tell)
    else:
        found = _in_threads(job, spans, workers or 1, tell)
    return {span: part for span, part in found.items() if part is not None}


def _in_threads(
    job: Job, spans: Sequence[Span], workers: int, tell: Callable[[int], None]
) -> dict[Span, xr.Dataset | None]:
    stop = threading.Event()

    def done(count: int) -> None:
        tell(count)
        if stop.is_set():
            raise Stopped

    with ThreadPoolExecutor(min(workers, len(spans))) as pool:
        tasks = {span: pool.submit(job, span, done) for span in spans}
        try:
            finished, _ = wait(tasks.values(), return_when=FIRST_EXCEPTION)
            for task in finished:
                task.result()
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return {span: task.result() for span, task in tasks.items()}
