"""Readers: files in, a basis of assumptions, a scheme or a run out."""

from actuarial.readers.open import open_basis
from actuarial.readers.runs import open_run
from actuarial.readers.wpp import read_wpp

__all__ = ["open_basis", "open_run", "read_wpp"]
