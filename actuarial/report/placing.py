"""A file that is complete or not there: written beside its place under another name, then moved into it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from actuarial.errors import BadInput


@contextmanager
def placed(path: str | Path, suffix: str, what: str) -> Iterator[Path]:
    """A temporary path in the folder of `path`, moved to `path` when the block ends; removed if it fails.

    Raises
    ------
    BadInput
        Another suffix, a folder that does not exist or cannot be written, a file that another program holds open.
    """
    target = Path(path)
    if target.suffix.lower() != suffix:
        raise BadInput(f"{target}: {what} is written as {suffix}; let the name end with it.")
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield temporary
        temporary.replace(target)
    except OSError as error:
        raise BadInput(
            f"{target}: {what} cannot be written: {error.strerror or error}.\n"
            "  Close it where it is open in another program, make its folder, or give another path."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def need(module: str, what: str) -> None:
    """BadInput where a package of the extra `report` is not installed."""
    if find_spec(module) is None:
        raise BadInput(f"{what} needs {module}.\n  Install it: pip install 'actuarial[report]'.")
