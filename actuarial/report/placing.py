"""A file that is complete or not there: written beside its place under another name, then moved into it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from actuarial.errors import BadInput
from actuarial.translation import N_, Meaning, Told, why


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
        text = N_("{target}: {what} is written as {suffix}; let the name end with it.")
        raise BadInput(Told(text, target=target, what=Meaning(what), suffix=suffix))
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield temporary
        temporary.replace(target)
    except OSError as error:
        raise BadInput(
            Told(
                "{target}: {what} cannot be written: {error}.\n"
                "  Close it where it is open in another program, make its folder, or give another path.",
                target=target,
                what=Meaning(what),
                error=why(error),
            )
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def need(module: str, what: str) -> None:
    """BadInput where a package of the extra `report` is not installed."""
    if find_spec(module) is None:
        text = N_("{what} needs {module}.\n  Install it: pip install 'actuarial[report]'.")
        raise BadInput(Told(text, what=Meaning(what), module=module))
