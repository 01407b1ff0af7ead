"""What a command is doing, on stderr, in the language of its reader."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from actuarial.translation import Language, Meaning, Told

PATIENCE = 3.0  # seconds after which a run says what it does even where stderr is no terminal


@contextmanager
def stage(text: str, language: Language) -> Iterator[Any]:
    """Say on stderr what is being done: at once on a terminal, else only if it takes longer than a few seconds."""
    terminal, saying = sys.stderr.isatty(), Told(text)
    late = threading.Event()

    def tell(detail: str) -> None:
        nonlocal saying
        saying = Told("{stage}: {detail}", stage=Told(text), detail=known(detail))
        if terminal or late.is_set():
            say()

    def say() -> None:
        late.set()
        print(f"{saying.said(language)} ...", file=sys.stderr, flush=True)

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


def known(detail: str) -> Told:
    """A detail that may be a message of the library, or a name that is the same in all languages."""
    return detail if isinstance(detail, Told) else Meaning(detail)
