"""The law of the insured as plain arrays, of which the kernels take the slice of a group and sex."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from actuarial.bridge import view
from actuarial.labour import records
from actuarial.labour.earnings import UNLIMITED
from actuarial.law import EVENTS, HEAD, NO_OFFSET, ClaimLaw, Law, Unit

WHOLE = ("scenario", *HEAD)


@dataclass(frozen=True)
class LawArrays:
    """Claims and amounts of a law; the letters are those of `records.Answers`.

    The same in all slices: `first`, `leaves`, rows of shares and of units, `counts` (places of the first amounts),
    `unit_of`, `part`, `rest`, `option` (a,), `choice`, `short` (j,), `level` (j, t), `base`, `apart`, `capped`, `kind`
    (u,), `left_apart` (s,). Lists hold an array for each claim, amount or unit by scenario, year, group, sex and age,
    of shares with the status in front; what does not change along a dim is repeated without a copy. `prorated` is what
    is added to the rows of claims for those that are recorded.
    """

    first: np.ndarray
    leaves: np.ndarray
    share_rows: np.ndarray
    share_index: list[np.ndarray]
    prorated: int
    counts: np.ndarray
    unit_of: np.ndarray
    multiple: list[np.ndarray]
    part: np.ndarray
    rest: np.ndarray
    option: np.ndarray
    choice: np.ndarray
    level: np.ndarray
    short: np.ndarray
    unit_rows: np.ndarray
    indices: list[list[np.ndarray]]
    base: np.ndarray
    apart: np.ndarray
    left_apart: np.ndarray
    capped: np.ndarray
    kind: np.ndarray
    scale: list[np.ndarray]
    floor: list[np.ndarray]
    ceiling: list[np.ndarray]
    offset: list[np.ndarray]

    def of(self, i: int, g: int, s: int) -> records.Answers:
        """Arrays of one scenario, group and sex, by their places."""

        def here(values: list[np.ndarray]) -> np.ndarray:
            return np.array([part[..., i, :, g, s, :] for part in values], order="C")

        answered = np.ascontiguousarray(np.moveaxis(here(self.share_index), 0, 1))
        rate_index, floor_index, ceiling_index, offset_index = map(here, self.indices)
        return records.Answers(
            self.first,
            self.leaves,
            answered,
            answered + self.prorated if self.prorated else answered,
            self.share_rows,
            self.counts,
            self.unit_of,
            here(self.multiple),
            self.part,
            self.rest,
            self.option,
            self.choice,
            self.level,
            self.short,
            rate_index,
            self.unit_rows,
            self.base,
            self.apart,
            self.capped,
            here(self.scale),
            here(self.floor),
            floor_index,
            np.minimum(here(self.ceiling), UNLIMITED),
            ceiling_index,
            self.kind,
            here(self.offset),
            offset_index,
        )

    def of_lanes(self, lanes: tuple[np.ndarray, np.ndarray, np.ndarray]) -> records.LaneAnswers:
        """Arrays of several lanes side by side, each a scenario, a group and a sex by their places."""
        i, g, s = lanes

        def rows_of(rows: np.ndarray, values: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
            axes = zip(lanes, (-5, -3, -2), strict=True)
            differ = [places for places, axis in axes if any(part.strides[axis] != 0 for part in values)]
            kinds = np.stack([np.zeros_like(i), *differ], axis=-1)
            _, first, kind = np.unique(kinds, axis=0, return_index=True, return_inverse=True)
            found = np.array([part[..., i[first], :, g[first], s[first], :] for part in values])
            return rows_of_lanes(rows, np.moveaxis(found, 1, -1), kind.ravel())

        def here(values: list[np.ndarray]) -> np.ndarray:
            aged = any(part.strides[-1] != 0 for part in values)
            parts = [part[i, :, g, s, : None if aged else 1] for part in values]
            return np.ascontiguousarray(np.moveaxis(np.array(parts), 1, -1))

        claim_rows, claim_index = rows_of(self.share_rows, self.share_index)
        unit_rows, unit_index = rows_of(self.unit_rows, [one for several in self.indices[:3] for one in several])
        rate_index, floor_index, ceiling_index = np.split(unit_index, 3)
        return records.LaneAnswers(
            self.first,
            self.leaves,
            np.ascontiguousarray(np.moveaxis(claim_index, 0, 1)),
            claim_rows,
            self.counts,
            self.unit_of,
            here(self.multiple),
            rate_index,
            unit_rows,
            self.base,
            self.apart,
            self.capped,
            here(self.scale),
            here(self.floor),
            floor_index,
            np.minimum(here(self.ceiling), UNLIMITED),
            ceiling_index,
        )


def rows_of_lanes(rows: np.ndarray, index: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows (row, c, l) of several lanes side by side, and the index (...) of those that cells have, of rows (row, c)
    and an index (..., k) of each kind of lane; `kind` (l,) is that of a lane."""
    found, which = index[..., 0], np.arange(len(rows))[:, np.newaxis]
    for k in range(1, index.shape[-1]):
        both = found * len(rows) + index[..., k]
        used = np.zeros(len(which) * len(rows), dtype=bool)
        used[both] = True
        pairs = np.flatnonzero(used)
        which = np.concatenate([which[pairs // len(rows)], pairs[:, np.newaxis] % len(rows)], axis=1)
        found = (np.cumsum(used) - 1)[both]
    return np.ascontiguousarray(np.moveaxis(rows[which[:, kind]], 1, -1)), np.ascontiguousarray(found)


def law_arrays(rules: Law, coords: dict, recorded: np.ndarray) -> LawArrays:
    """A law on labels of scenario, year, group, sex and age; `recorded` (c,) is the part of each claim that counts."""
    claims, coords = rules.claims, coords | {"status": rules.grid.status}
    amounts = [a for c in claims for a in c.amounts]
    units = list({id(a.unit): a.unit for a in amounts}.values())
    share_rows, share_index = _joined([c.share for c in claims], ("status", *WHOLE), coords)
    prorated = len(share_rows) if (recorded != 1.0).any() else 0
    if prorated:
        share_rows = np.concatenate([share_rows, share_rows * recorded])
    names = ("rate", "floor_share", "ceiling_share", "offset_share")
    tables = [getattr(unit, name) for name in names for unit in units]
    unit_rows, unit_index = _joined(tables, WHOLE, coords)
    together = {id(a.unit) for c in claims for a in c.amounts if c.up_to is not None or c.short or a.option >= 0}
    after, several = len(rules.references), [_left_apart(rules, unit, id(unit) in together) for unit in units]
    bases = sorted({unit.base for unit, apart in zip(units, several, strict=True) if apart})

    def cells(values: list[xr.DataArray]) -> list[np.ndarray]:
        return [view(value, WHOLE, coords) for value in values]

    def whole(values: list) -> np.ndarray:
        return np.array([int(value) for value in values], dtype=np.int64)

    return LawArrays(
        first=whole([sum(claim.event < e for claim in claims) for e in range(len(EVENTS) + 1)]),
        leaves=whole([claim.leaves for claim in claims]),
        share_rows=share_rows,
        share_index=share_index,
        prorated=prorated,
        counts=np.cumsum([0] + [len(c.amounts) for c in claims]),
        unit_of=whole([[unit is a.unit for unit in units].index(True) for a in amounts]),
        multiple=cells([a.multiple for a in amounts]),
        part=whole([after + a.part if a.part >= 0 else -1 for a in amounts]),
        rest=whole([a.rest for a in amounts]),
        option=whole([a.option for a in amounts]),
        choice=np.array([claim.choice for claim in claims]),
        level=np.array([_levels(claim, coords) for claim in claims]).reshape(len(claims), len(coords["year"])),
        short=whole([claim.short for claim in claims]),
        unit_rows=unit_rows,
        indices=[unit_index[at : at + len(units)] for at in range(0, 4 * len(units), len(units))],
        base=whole([after + unit.account if unit.account >= 0 else unit.base for unit in units]),
        apart=whole([bases.index(unit.base) if apart else -1 for unit, apart in zip(units, several, strict=True)]),
        left_apart=whole(bases),
        capped=whole([unit.capped for unit in units]),
        kind=whole([unit.kind for unit in units]),
        scale=cells([unit.scale for unit in units]),
        floor=cells([unit.floor for unit in units]),
        ceiling=cells([unit.ceiling for unit in units]),
        offset=cells([unit.offset for unit in units]),
    )


def _levels(claim: ClaimLaw, coords: dict) -> np.ndarray:
    """The level (t,) up to which the sum of the amounts of a claim counts, UNLIMITED where all of it does."""
    years = np.full(len(coords["year"]), UNLIMITED)
    return years if claim.up_to is None else np.asarray(claim.up_to.sel(year=coords["year"].values), dtype=float)


def has_limits(unit: Unit) -> bool:
    """Whether amounts of a unit have a minimum or a maximum anywhere."""
    return float(unit.floor.max()) > 0.0 or float(unit.ceiling.min()) < UNLIMITED


def _left_apart(rules: Law, unit: Unit, together: bool) -> bool:
    """Whether it counts how far the earnings of a unit lie apart that the inactive left with: wages do not revalue
    them, or until an age alone, and limits or an offset act on amounts, or what others are with them (`together`): a
    level of the sum, or an option that is more."""
    limited = unit.kind != NO_OFFSET or has_limits(unit)
    if unit.account >= 0 or unit.base < 0:
        return False
    reference = rules.references[unit.base]
    return (limited or together) and (reference.revaluation != "wages" or reference.revalued_until is not None)


def _joined(tables: list, dims: tuple[str, ...], coords: dict) -> tuple[np.ndarray, list[np.ndarray]]:
    """Rows of several tables under each other, and the index into them of each (*dims)."""
    offsets = np.cumsum([0] + [len(table.rows) for table in tables])
    index = [view(table.index + offset, dims, coords) for table, offset in zip(tables, offsets, strict=False)]
    return np.ascontiguousarray(np.concatenate([t.rows for t in tables])), index
