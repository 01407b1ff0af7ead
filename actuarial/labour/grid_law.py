"""The law on the grid of credit of a projection: as it stands by months, as a mean over members of a cell by years."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import xarray as xr

from actuarial.law import AmountLaw, ClaimLaw, Law, Table, Unit, law
from actuarial.scheme import Scheme

STEP_OF_LAW = 12  # months: a coarser grid than that of the law, which counts months
PARTS = 4  # of a year, in the middle of which the law is asked
T = TypeVar("T")


def law_on_grid(scheme: Scheme, basis: xr.Dataset, service: xr.DataArray, finance: xr.Dataset | None = None) -> Law:
    """All answers of a scheme on a grid of months or of years of credit.

    Parameters
    ----------
    scheme : Scheme
    basis : Dataset
    service : DataArray over `service`, months of credit: 0, 1, 2, ... or 0, 12, 24, ...
    finance : Dataset of the projection before, for rules that look back at it

    Notes
    -----
    A credit between two years is split between them in proportion, so that the members in the cell of c years stand
    for credits from c - 1 to c + 1, those of c + u in the proportion 1 - |u|. A qualifying period of 15 years is met by
    half of those in the cell 15, and by none in the cell 14. Hence every answer is its mean over the cell::

        row(c) = sum_u (1 - |u|) answer(c + u) / sum_u (1 - |u|),   u = -7/8, -5/8, ..., 7/8

    which leaves answers that are linear in service as they are. The cell without credit is that of no months.
    """
    months = np.asarray(service)
    if len(months) < 2 or months[1] - months[0] != STEP_OF_LAW:
        return law(scheme, basis, service=service, finance=finance)
    points = points_of(len(months))
    fine = xr.DataArray(points, dims="service", coords={"service": points})
    found = law(scheme, basis, service=fine, finance=finance)
    grid = replace(found.grid, service=service / 12.0)
    return replace(found, claims=_Averaged().claims(found.claims), grid=grid)


def points_of(cells: int) -> np.ndarray:
    """Months of credit at which the law is asked: none, then the middles of the parts of every year."""
    return np.concatenate([[0.0], 12.0 / PARTS * (np.arange(PARTS * cells) + 0.5)])


def averaged(rows: np.ndarray) -> np.ndarray:
    """Means over cells (row, cell) of answers at the points of `points_of` (row, point)."""
    cells = (rows.shape[1] - 1) // PARTS
    result = np.zeros((len(rows), cells))
    result[:, 0] = rows[:, 0]
    for k in range(2 * PARTS):
        weight = (1.0 - abs((k + 0.5) / PARTS - 1.0)) / PARTS
        result[:, 1:] += weight * rows[:, 1 + k : 1 + k + PARTS * (cells - 1) : PARTS]
    return result


class _Averaged:
    """Tables, units and claims with means over cells in the place of rows; what is one object stays one."""

    def __init__(self) -> None:
        self.made: dict[int, tuple[Any, Any]] = {}

    def once(self, old: T, new: Callable[[], T]) -> T:
        if id(old) not in self.made:
            self.made[id(old)] = old, new()
        return self.made[id(old)][1]

    def table(self, old: Table) -> Table:
        return self.once(old, lambda: Table(old.index, averaged(old.rows)))

    def unit(self, old: Unit) -> Unit:
        return self.once(
            old,
            lambda: replace(
                old,
                rate=self.table(old.rate),
                floor_share=self.table(old.floor_share),
                ceiling_share=self.table(old.ceiling_share),
                offset_share=self.table(old.offset_share),
            ),
        )

    def claims(self, several: tuple[ClaimLaw, ...]) -> tuple[ClaimLaw, ...]:
        return tuple(
            replace(claim, share=self.table(claim.share), amounts=tuple(map(self.amount, claim.amounts)))
            for claim in several
        )

    def amount(self, old: AmountLaw) -> AmountLaw:
        return replace(old, unit=self.unit(old.unit))
