"""Readers: files in, a basis of assumptions, a scheme or a run out."""

from actuarial.readers.open import open_basis, open_workbook
from actuarial.readers.runs import open_run
from actuarial.readers.workbook import write_template, write_workbook
from actuarial.readers.wpp import read_wpp

__all__ = ["open_basis", "open_run", "open_workbook", "read_wpp", "write_template", "write_workbook"]
