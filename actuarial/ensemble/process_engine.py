"""Blocks in processes of this machine: each has the inputs once, and is given numbers of scenarios."""

import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any

import xarray as xr

from actuarial.bridge import threads
from actuarial.ensemble.engines import Job, Span, packed
from actuarial.errors import ActuarialError, BadInput

GUARD = 'Call run below `if __name__ == "__main__":`, as each process reads the script.'
AGAIN = f"engine: a process that had just been started came here again.\n  {GUARD}"
LOST = (EOFError, OSError)
"""What reading from a lost process, or writing to it, raises: also in the middle of a message."""
GONE = object()
CAME_AGAIN = 3
"""Exit code that says so."""
PATIENCE = 1.0
"""Seconds that processes have to end by themselves when they are asked to."""


def in_processes(
    job: Job, spans: Sequence[Span], workers: int | None, tell: Callable[[int], None]
) -> dict[Span, xr.Dataset | None]:
    """Compute blocks in new processes; what one that is lost was at is computed again by another.

    An error or an interruption ends all processes at once, within a second or two: a block that is not done is lost,
    and a part is written whole or not at all. Processes end by themselves where this one is lost.

    The inputs are in a file: a process that ends before it has read all that is sent to it would never be missed.

    Raises
    ------
    BadInput
        Inputs that cannot be sent, a script that is no file or lacks its guard, or processes that are lost without
        having computed anything.
    SystemExit
        In a process that has just been started by this function.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        print(AGAIN, file=sys.stderr)
        raise SystemExit(CAME_AGAIN)
    _check_script()
    content = packed(job, pickle.dumps)
    with tempfile.TemporaryDirectory(prefix="actuarial-") as folder:
        inputs = Path(folder) / "job"
        inputs.write_bytes(content)
        with _Crew(inputs, min(workers or threads(), len(spans))) as crew:
            return crew.compute(spans, tell)


def _check_script() -> None:
    """BadInput where the script that is running is no file, such as one from stdin: each process reads it again."""
    main = vars(sys.modules["__main__"])
    script = main.get("__file__")
    if main.get("__spec__") is None and script is not None and not Path(script).exists():
        raise BadInput(
            f"engine: processes read the script again, and there is no file {script}.\n  Write it to a file, or use "
            'engine="threads".'
        )


@dataclass(eq=False)
class _Worker:
    """A process, what is said to it and by it, and the block that it is at."""

    process: BaseProcess
    connection: Connection
    span: Span | None = None

    def heard(self) -> Any:
        """A part, None where it was written, an error, or GONE."""
        try:
            return self.connection.recv()
        except LOST:
            return GONE

    def give(self, left: deque[Span]) -> None:
        """Hand over the next block; one that is lost keeps quiet, which is heard next."""
        try:
            self.connection.send(left[0])
        except LOST:
            return
        self.span = left.popleft()


class _Crew:
    """Processes that compute blocks, as long as the context lasts."""

    def __init__(self, inputs: Path, size: int) -> None:
        self.inputs, self.size = inputs, size
        self.workers: list[_Worker] = []
        self.begun = False
        self.lost = 0  # since a block was done

    def __enter__(self) -> "_Crew":
        return self

    def __exit__(self, *_: Any) -> None:
        """End all processes: those that do not when asked to are killed."""
        with _uninterrupted():
            for worker in self.workers:
                worker.process.terminate()
            until = monotonic() + PATIENCE
            for worker in self.workers:
                worker.process.join(max(0.0, until - monotonic()))
                worker.process.kill()
                worker.process.join()
                worker.connection.close()

    def compute(self, spans: Sequence[Span], tell: Callable[[int], None]) -> dict[Span, xr.Dataset | None]:
        """Parts of the blocks, None where they were written."""
        left, found = deque(spans), dict[Span, xr.Dataset | None]()
        for _ in range(self.size):
            self._start()
        while len(found) < len(spans):
            for worker in self._speaking():
                answer = worker.heard()
                if answer is GONE:
                    self._replace(worker, left, len(spans) - len(found))
                    continue
                if isinstance(answer, Exception):
                    raise answer
                self.begun = True
                if worker.span is not None:
                    found[worker.span] = answer
                    tell(worker.span[1] - worker.span[0] + 1)
                    worker.span, self.lost = None, 0
                if left:
                    worker.give(left)
        return found

    def _speaking(self) -> list[_Worker]:
        """Processes that have said something, or ended."""
        ready = wait([worker.connection for worker in self.workers])
        return [worker for worker in self.workers if worker.connection in ready]

    def _start(self) -> None:
        spawned = multiprocessing.get_context("spawn")
        here, there = spawned.Pipe()
        each = max(1, threads() // self.size)
        process = spawned.Process(target=_serve, args=(there, self.inputs, each), daemon=True)
        with _uninterrupted():
            process.start()
            self.workers.append(_Worker(process, here))
        there.close()

    def _replace(self, worker: _Worker, left: deque[Span], missing: int) -> None:
        """Another process for one that was lost; BadInput where none has begun, or all were since a block was done."""
        self.lost += 1
        worker.process.join()
        if worker.process.exitcode == CAME_AGAIN:
            raise BadInput(AGAIN)
        if not self.begun or self.lost >= max(2, self.size):
            raise BadInput(
                f"engine: the processes ended by themselves, {missing} of the blocks are left. Where they said nothing "
                "above, they lack memory, 0.6 GB each.\n  Give fewer workers; parts that were written stay."
            )
        if worker.span is not None:
            left.appendleft(worker.span)
        self.workers.remove(worker)
        worker.connection.close()
        self._start()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits, and processes that are started meanwhile never see it: it is for the one that started them."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # which lifts the block where it has to be started itself
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, inputs: Path, each: int) -> None:
    """A process: takes its inputs, says so, and answers each span with its part or an error."""
    os.environ["ACTUARIAL_THREADS"] = str(each)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    try:
        job = _taken(inputs)
        connection.send(job if isinstance(job, Exception) else None)
        while isinstance(job, Job):
            connection.send(_answer(job, connection.recv()))
    except LOST:  # the one that started this process
        return


def _taken(inputs: Path) -> Job | BadInput:
    try:
        job: Job = pickle.loads(inputs.read_bytes())
    except Exception as error:  # of a module of somebody else's that is read for the first time
        return BadInput(
            f"engine: the basis, scheme or uncertainty cannot be read by another process: {error}.\n  Define functions "
            'and classes in a module of their own, or use engine="threads".'
        )
    return job


def _leave(*_: Any) -> None:
    """End by way of every `finally`, so that no half-written file stays."""
    raise SystemExit


def _answer(job: Job, span: Span) -> xr.Dataset | Exception | None:
    try:
        return job(span)
    except ActuarialError as error:
        return error
    except Exception as error:
        words = traceback.format_exc()
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # an error of somebody else's may not survive being sent
            error = RuntimeError(f"{type(error).__name__}: {error}")
        error.add_note(f"In another process:\n{words}")
        return error
