"""Writing a workbook complete or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from actuarial.errors import BadInput
from actuarial.translation import Told, why

WORDS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Text stays text, whatever it looks like."""


@contextmanager
def complete_book(path: str | Path) -> Iterator[Any]:
    """A new workbook, which takes the place of an older file when all of it is written, or not at all.

    Parameters
    ----------
    path : path of the .xlsx file, in a folder that exists

    Yields
    ------
    xlsxwriter.Workbook

    Raises
    ------
    BadInput
        Another kind of file, or one that cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    target = Path(path)
    if target.suffix != ".xlsx":
        raise BadInput(Told("{target}: the name of a workbook ends with .xlsx.", target=target))
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        book = xlsxwriter.Workbook(str(temporary), WORDS)
        yield book
        book.close()
        temporary.replace(target)
    except (XlsxWriterException, OSError) as error:
        cause = error if isinstance(error, OSError) else error.__context__
        reason = why(cause if isinstance(cause, OSError) else error)
        raise BadInput(
            Told(
                "{target}: the workbook cannot be written: {reason}.\n"
                "  Close it where it is open in another program, make its folder, or give another path.",
                target=target,
                reason=reason,
            )
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
