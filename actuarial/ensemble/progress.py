"""How many scenarios are done: a bar on stderr, or a function that is told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from actuarial.errors import BadInput


@contextmanager
def counter(progress: bool | Callable[[str], None], total: int, before: int) -> Iterator[Callable[[int], None]]:
    """A function that is given how many scenarios more are done, by any thread; `before` were done already."""
    lock = threading.Lock()
    if progress is True:
        from tqdm import tqdm

        with tqdm(total=total, initial=before, unit=" scenarios", desc="ensemble") as bar:

            def move(more: int) -> None:
                with lock:
                    bar.update(more)

            yield move
        return
    if progress is not False and not callable(progress):
        raise BadInput(f"progress: give True, or a function of a word (got {progress!r}).")
    count = before

    def tell(more: int) -> None:
        nonlocal count
        with lock:
            count += more
            if progress is not False:
                progress(f"{count} of {total} scenarios")

    yield tell
