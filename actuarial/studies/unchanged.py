"""What a change leaves as it is: whether only income, outgo and reserve must be computed again."""

import dataclasses

import xarray as xr

from actuarial.scheme import Scheme
from actuarial.studies.recompute import of_the_library, read_by_benefits

FINANCIAL = ("interest_rate", "reserve_0", "assets_book_0", "assets_market_0")
"""Variables of a basis that the stages before finance do not read."""
PARTS = ("contributions", "administration", "funding")
"""Parts of a scheme that they do not read, contributions that are given back apart."""


def finance_alone(basis: xr.Dataset, scheme: Scheme, changed: xr.Dataset, law: Scheme) -> bool:
    """Whether a change reaches the finance stage alone, so that population, insured and pensions stay.

    A scheme with benefits, formulas or indexations that do not come with the library is computed again as a whole: they
    may read anything.
    """
    moved = [str(name) for name in changed.data_vars if name not in basis or not changed[name].equals(basis[name])]
    if not set(moved) <= set(FINANCIAL) or set(basis.data_vars) - set(changed.data_vars):
        return False
    if not of_the_library(scheme) or not of_the_library(law):
        return False
    return law is scheme or _same_benefits(scheme, law)


def _same_benefits(scheme: Scheme, law: Scheme) -> bool:
    """Whether two laws pay the same benefits, contributions that are given back among them."""
    same = {part: getattr(scheme, part) for part in PARTS}
    if dataclasses.replace(law, **same) != scheme:
        return False
    lines = {line.name: line for line in scheme.contributions}
    others = [line.name for line in law.contributions if lines.get(line.name) != line]
    others += [name for name in lines if name not in {line.name for line in law.contributions}]
    return not any(read_by_benefits(scheme, name) for name in others)
