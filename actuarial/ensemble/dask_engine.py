"""Blocks in processes of dask.distributed: numbers of scenarios are sent, parts are written where they are computed."""

import pickle
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from os import cpu_count
from typing import Any

import xarray as xr

from actuarial.ensemble.engines import Job, Span, packed
from actuarial.errors import BadInput

INSTALL = 'engine="dask" needs dask.distributed.\n  Install it: pip install "actuarial[distributed]", or use threads.'


def in_processes(
    job: Job, spans: Sequence[Span], workers: int | None, address: str | None, tell: Callable[[int], None]
) -> dict[Span, xr.Dataset | None]:
    """Compute blocks in the processes of a cluster; one that is lost is made up for by the others.

    The inputs go to the scheduler once, packed, as part of a task that any worker can do again: were they sent to the
    workers as data, a lost worker would take them with it.

    Raises
    ------
    BadInput
        dask.distributed is not installed, no scheduler answers, or inputs that cannot be sent.
    """
    try:
        from cloudpickle import dumps
        from distributed import as_completed
    except ImportError as error:
        raise BadInput(INSTALL) from error
    content = zlib.compress(packed(job, dumps), 1)
    with _client(workers or min(cpu_count() or 1, len(spans)), address) as client:
        inputs = client.submit(unpack, content, pure=False)
        tasks = {client.submit(do_span, inputs, span, pure=False): span for span in spans}
        found: dict[Span, xr.Dataset | None] = {}
        try:
            for task in as_completed(list(tasks)):
                span = tasks[task]
                found[span] = task.result()
                tell(span[1] - span[0] + 1)
                task.release()
        except BaseException:
            client.cancel(list(tasks), force=True)
            raise
    return found


def unpack(packed: bytes) -> Job:
    """The job, on a worker."""
    job: Job = pickle.loads(zlib.decompress(packed))
    return job


def do_span(job: Job, span: Span) -> xr.Dataset | None:
    """A block, on a worker."""
    return job(span)


@contextmanager
def _client(workers: int, address: str | None) -> Iterator[Any]:
    """A client of the cluster at the address, or of one of this machine that ends with it."""
    from distributed import Client, LocalCluster

    if address is not None:
        try:
            client = Client(address, timeout="20s")
        except OSError as error:
            raise BadInput(f"address: no scheduler answers at {address} ({error}).") from error
        with client:
            yield client
        return
    quiet: Any = {"dashboard_address": None, "silence_logs": 50}
    processes = LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, **quiet)
    with processes as cluster, Client(cluster) as client:
        yield client
