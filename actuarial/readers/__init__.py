"""Readers: files in, a basis of assumptions, a scheme or a run out; and workbooks of inputs to fill in."""

from typing import TYPE_CHECKING, Any

from actuarial.readers.hmd import read_hmd
from actuarial.readers.open import open_basis, open_workbook
from actuarial.readers.runs import open_run
from actuarial.readers.tidy import read_tidy
from actuarial.readers.wpp import read_wpp
from actuarial.readers.wpp_csv import read_wpp_csv
from actuarial.readers.wpp_intervals import read_wpp_intervals

if TYPE_CHECKING:
    from actuarial.readers.workbook import write_template, write_workbook

__all__ = [
    "open_basis",
    "open_run",
    "open_workbook",
    "read_hmd",
    "read_tidy",
    "read_wpp",
    "read_wpp_csv",
    "read_wpp_intervals",
    "write_template",
    "write_workbook",
]


def __getattr__(name: str) -> Any:
    """What writes workbooks, when it is asked for: reading a basis does not need the classes of the law."""
    if name in ("write_template", "write_workbook"):
        from actuarial.readers import workbook

        return getattr(workbook, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
