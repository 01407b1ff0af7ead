"""What a command is doing, on stderr."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE = 3.0  # seconds after which a run says what it does even where stderr is no terminal


@contextmanager
def stage(text: str) -> Iterator[Any]:
    """Say on stderr what is being done: at once on a terminal, else only if it takes longer than a few seconds."""
    terminal, saying = sys.stderr.isatty(), text
    late = threading.Event()

    def tell(detail: str) -> None:
        nonlocal saying
        saying = f"{text}: {detail}"
        if terminal or late.is_set():
            say()

    def say() -> None:
        late.set()
        print(f"{saying} ...", file=sys.stderr, flush=True)

    timer = threading.Timer(PATIENCE, say)
    timer.daemon = True
    if terminal:
        say()
    else:
        timer.start()
    try:
        yield tell
    finally:
        timer.cancel()
