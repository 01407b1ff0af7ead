"""Readers: files in, a basis of assumptions or a scheme out."""

from actuarial.readers.open import open_basis
from actuarial.readers.wpp import read_wpp

__all__ = ["open_basis", "read_wpp"]
