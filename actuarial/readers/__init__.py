"""Readers: files in, a basis of assumptions or a scheme out."""

from actuarial.readers.wpp import read_wpp

__all__ = ["read_wpp"]
