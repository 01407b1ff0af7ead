"""Supplements that depend on the own pension: in straight lines between stated points."""

from itertools import pairwise
from typing import Annotated, Any

import xarray as xr
from pydantic import Field

from actuarial.check.variables import first_place
from actuarial.dated import Misstated, Number
from actuarial.errors import BadScheme
from actuarial.fields import Amounts, rule
from actuarial.translation import N_, Told


@rule
class TaperPoint:
    """A pension and the supplement beside it."""

    pension: Amounts = Field(description="Pension (money)")
    supplement: Amounts = Field(description="Supplement beside a pension of this amount (money)")


Taper = Annotated[
    tuple[TaperPoint, ...],
    Field(
        description="Supplement at two pensions or more: in a straight line between them, and beyond the first and the "
        "last one as there"
    ),
]


def require_points(taper: tuple[TaperPoint, ...]) -> None:
    """Misstated where a taper has one point only."""
    if len(taper) == 1:
        example = "{ pension = ..., supplement = 0 }"
        text = Told("needs two points or more; add the pension from which nothing is paid, {example}", example=example)
        raise Misstated(text, ("taper",))


def bends(taper: tuple[TaperPoint, ...], person: Any, what: str) -> tuple[Number, list[tuple[Number, Number]]]:
    """A supplement as what is missing to several limits: s(P) = s_n + sum over points k of w_k max(0, p_k - P).

    Returns
    -------
    last : s_n, currency/year
    limits : of each point its pension p_k, currency/year, and the change w_k of the slope there

    Raises
    ------
    BadScheme
        Pensions of a year or cohort that do not rise from point to point.
    """
    pensions = [point.pension.evaluate(person) for point in taper]
    supplements = [point.supplement.evaluate(person) for point in taper]
    _check_rising(pensions, what)
    slopes: list[Number] = [0.0]
    for (low, high), (before, after) in zip(pairwise(pensions), pairwise(supplements), strict=True):
        slopes.append((after - before) / (high - low))
    changes = [after - before for before, after in pairwise([*slopes, 0.0])]
    return supplements[-1], list(zip(pensions, changes, strict=True))


def _check_rising(pensions: list[Number], what: str) -> None:
    """BadScheme with the first two points of which the pension does not rise, for some year, cohort, sex or group."""
    for i, pair in enumerate(pairwise(pensions), start=1):
        lower, higher = xr.broadcast(*map(xr.DataArray, pair))
        wrong = (lower >= higher).values
        if wrong.any():
            (place, low), (_, high) = first_place(lower, wrong), first_place(higher, wrong)
            where = Told("; {place}, one of {count}", place=place, count=int(wrong.sum())) if wrong.ndim else ""
            text = N_(
                "{what}.taper: `pension` must rise from point to point for everybody in every year, but it is "
                "{low:,.10g} in point {point} and {high:,.10g} in the next one{where}.\n"
                "  Put the points in order, or correct one; what is lost at once has a second point a thousandth above."
            )
            raise BadScheme(Told(text, what=what, low=low, high=high, point=i, where=where))
