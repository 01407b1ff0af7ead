"""Imports without the search for what may be let go: what they make stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

FEW = 1_000  # more objects than an interpreter has frozen itself when it starts (some hundred in Python 3.12)


@contextmanager
def uncollected() -> Iterator[None]:
    """Import without looking for objects that may be let go, which takes a sixth of the time.

    Afterwards what is there counts as old, and is not looked through with what is new.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if gc.get_freeze_count() < FEW:
            gc.freeze()
            gc.unfreeze()
        gc.enable()
