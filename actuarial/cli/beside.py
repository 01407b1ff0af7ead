"""Work in a copy of this process, beside what is done here."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from actuarial.errors import ActuarialError
from actuarial.translation import N_, Told

PATIENCE = 5  # seconds in which work that is left may take away what it has begun
ENDED = N_(
    "A process that did a part of the work ended without a result (code {code}); nothing of it was kept.\n"
    "  Where the system ended it (code -9), free memory; then run the command again."
)


@contextmanager
def beside(work: Callable[[], Any]) -> Iterator[Callable[[], Any]]:
    """Let a copy of the process do some work meanwhile, where Linux copies it at once and a processor is free.

    What it gives waits for the work and returns its result, which can be pickled, or raises its error. Elsewhere the
    work is done then.

    Examples
    --------
    with beside(lambda: write(one)) as written:
        write(other)
        path = written()
    """
    if sys.platform != "linux" or (os.cpu_count() or 1) == 1:
        yield work
        return
    here, there = multiprocessing.Pipe(duplex=False)
    copy = multiprocessing.get_context("fork").Process(target=_work, args=(work, there))
    copy.start()
    there.close()

    def result() -> Any:
        try:
            found, error = here.recv()
        except EOFError:
            copy.join()
            raise ActuarialError(Told(ENDED, code=copy.exitcode)) from None
        if error is not None:
            raise error
        return found

    try:
        yield result
    finally:
        copy.terminate()
        copy.join(PATIENCE)
        copy.kill()
        copy.join()
        here.close()


def _work(work: Callable[[], Any], there: Connection) -> None:
    """Send what the work returns, or its error; the process that began it interrupts it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        there.send((work(), None))
    except KeyboardInterrupt:
        os._exit(1)
    except Exception as error:
        there.send((None, error))
