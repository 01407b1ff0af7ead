"""The law of a scheme, evaluated once and per head: no people in it.

Every answer of every benefit is asked once on a grid of (year, group, sex, age, service). Answers differ in few ways
along service, so each is kept as a few distinct rows by service and an index by year, group, sex and age.
"""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.contract import EVENTS, Amount, Benefit, Reference, amounts
from actuarial.dated import clip
from actuarial.errors import BadScheme
from actuarial.person import Person, make_grid
from actuarial.scheme import Scheme

HEAD = ("year", "group", "sex", "age")


@dataclass(frozen=True)
class Table:
    """Distinct rows (row, service) and the row of every (year, group, sex, age)."""

    index: xr.DataArray
    rows: np.ndarray


@dataclass(frozen=True)
class Unit:
    """An amount before its multiple: rate x scale x reference earnings, between floor and ceiling (currency/year)."""

    rate: Table
    scale: xr.DataArray
    floor: xr.DataArray
    ceiling: xr.DataArray
    base: int
    capped: bool


@dataclass(frozen=True)
class AmountLaw:
    """One amount of a claim: a multiple of a unit; amounts with the same unit hold the same object."""

    unit: Unit
    multiple: xr.DataArray


@dataclass(frozen=True)
class ClaimLaw:
    """Who of those at an event starts a benefit, and what they are awarded."""

    benefit: str
    event: int
    share: Table
    amounts: tuple[AmountLaw, ...]


@dataclass(frozen=True)
class Law:
    """All answers of a scheme: claims in the order of events, and the reference earnings that they use."""

    claims: tuple[ClaimLaw, ...]
    references: tuple[Reference, ...]
    grid: Person


def law(scheme: Scheme, basis: xr.Dataset, *, service: xr.DataArray | None = None) -> Law:
    """Evaluate every legal answer per head.

    Parameters
    ----------
    scheme : Scheme
    basis : Dataset with the coordinates year, group, sex, age and, for indexed amounts, wage_growth and inflation
    service : DataArray over `service`, months of credit; the grid of `active_0` where absent

    Returns
    -------
    Law
        `claims` (sorted by event) with tables of shares and amounts; `references`; `grid`.

    Raises
    ------
    BadScheme
        A share outside 0..1, or retirement claims of one cell that sum to more than 1.
    """
    grid = make_grid(basis, scheme, service=basis["active_0"]["service"] if service is None else service)
    references: list[Reference] = []
    known: dict[Any, Any] = {}
    claims = []
    total = None
    for benefit in scheme.benefits:
        if benefit.on is None:
            continue
        share = _share(benefit, grid)
        if benefit.on == "retirement":
            total = share if total is None else total + share
        parts = tuple(
            _amount(benefit.name, amount, grid, references, known) for amount in amounts(benefit.award(grid))
        )
        claims.append(ClaimLaw(benefit.name, EVENTS.index(benefit.on), _once(compress(share, grid), known), parts))
    if total is not None:
        _check_retirement(total)
    claims.sort(key=lambda claim: claim.event)
    return Law(tuple(claims), tuple(references), grid)


def compress(answer: xr.DataArray, grid: Person) -> Table:
    """Keep the distinct rows by service of an answer and the row of every (year, group, sex, age) it varies by."""
    heads = tuple(d for d in HEAD if d in answer.dims)
    cells = grid.service.sizes["service"]
    values = answer.transpose(*heads, ..., missing_dims="ignore").values.astype(np.float64)
    if "service" not in answer.dims:
        values = values[..., np.newaxis]
    flat = np.ascontiguousarray(values.reshape(-1, values.shape[-1]))
    known: dict[bytes, int] = {}
    starts = np.concatenate([[0], 1 + np.flatnonzero((flat[1:] != flat[:-1]).any(axis=1))])  # of runs of equal rows
    found = np.array([known.setdefault(flat[start].tobytes(), len(known)) for start in starts], dtype=np.int64)
    places = np.repeat(found, np.diff([*starts, len(flat)]))
    rows = np.stack([np.frombuffer(key) for key in known])
    index = xr.DataArray(places.reshape(values.shape[:-1]), dims=heads, coords={d: answer[d] for d in heads})
    for dim in heads:
        if bool((index == index.isel({dim: 0})).all()):
            index = index.isel({dim: 0}, drop=True)
    return Table(index, np.ascontiguousarray(np.broadcast_to(rows, (len(rows), cells))))


def _once(made: Any, known: dict[Any, Any]) -> Any:
    """The table or amount made first among equal ones, so that equal answers are kept once."""
    return known.setdefault(_content(made), made)


def _content(made: Any) -> Any:
    """What two equal tables or amounts have in common."""
    if isinstance(made, np.ndarray):
        return made.shape, made.tobytes()
    if isinstance(made, xr.DataArray):
        return made.dims, made.shape, made.values.tobytes()
    if is_dataclass(made):
        return type(made).__name__, *(_content(getattr(made, field.name)) for field in fields(made))
    return made


def _labelled(value: float | xr.DataArray) -> xr.DataArray:
    return value if isinstance(value, xr.DataArray) else xr.DataArray(float(value))


def _share(benefit, grid: Person) -> xr.DataArray:
    share = _labelled(benefit.claim(grid)).astype(np.float64, copy=False)
    if not (share.values.min() >= 0 and share.values.max() <= 1):
        _refuse(
            share,
            ~((share >= 0) & (share <= 1)),
            f"{benefit.name}: claim must answer a share between 0 and 1.",
            "Look at the rates of this benefit.",
        )
    return share


def _refuse(values: xr.DataArray, bad: xr.DataArray, what: str, remedy: str) -> None:
    """Raise BadScheme if any cell is bad, with their number, the first one and its value."""
    if bool(bad.any()):
        where = f"{_place(bad)} -> {float(values.values[bad.values].flat[0]):g}"
        raise BadScheme(f"{what}\n  {_count(int(bad.sum()))}; the first: {where}\n  {remedy}")


def _count(cells: int) -> str:
    return "1 cell fails" if cells == 1 else f"{cells} cells fail"


def _amount(
    name: str, amount: Amount, grid: Person, references: list[Reference], known: dict[Any, Any]
) -> AmountLaw:
    base, capped = -1, False
    scale = xr.DataArray(1.0)
    if amount.base == "average_wage":
        scale = grid.average_wage()
    elif amount.base != "currency":
        reference = Reference(years=1) if isinstance(amount.base, str) else amount.base
        if reference not in references:
            references.append(reference)
        base, capped = references.index(reference), bool(reference.capped)
    multiple = _labelled(amount.multiple)
    rate, floor, ceiling = _labelled(amount.rate), _labelled(amount.floor), _labelled(amount.ceiling)
    if "service" in multiple.dims:
        rate, floor, ceiling = rate * multiple, floor * multiple, ceiling.where(np.isinf(ceiling), ceiling * multiple)
        multiple = xr.DataArray(1.0)
    for part, value in (("rate", rate), ("floor", floor), ("ceiling", ceiling), ("multiple", multiple)):
        if not value.values.min() >= 0:
            what = f"{name}: the {part} of its amount must be >= 0."
            _refuse(value, ~(value >= 0), what, "Look at the formula of this benefit.")
    _refuse(
        ceiling + 0.0 * floor,
        ceiling < floor,
        f"{name}: the greatest amount lies below the least amount.",
        "Look at the minimum and the maximum of its formula.",
    )
    unit = Unit(_once(compress(rate, grid), known), scale, floor, ceiling, base, capped)
    return AmountLaw(_once(unit, known), multiple)


def single_award(benefit: Benefit, grid: Person) -> xr.DataArray:
    """Amount per head of an award that does not depend on service or earnings, over what it needs of year, sex, age.

    Raises
    ------
    BadScheme
        The award depends on the earnings, the service or the group of the deceased, which beneficiaries do not have.
    """
    total = xr.DataArray(0.0)
    for amount in amounts(benefit.award(grid)):
        if amount.base not in ("currency", "average_wage"):
            raise BadScheme(
                f"{benefit.name}: what follows the death of beneficiaries is an amount of money or a share of their "
                "pension, but the award is a share of earnings. Give the benefit a share, or an award with base "
                '"currency".'
            )
        base = grid.average_wage() if amount.base == "average_wage" else 1.0
        total = total + amount.multiple * clip(_labelled(amount.rate) * base, amount.floor, amount.ceiling)
    wrong = [str(dim) for dim in total.dims if dim not in ("year", "sex", "age")]
    if wrong:
        raise BadScheme(
            f"{benefit.name}: the amount after the death of beneficiaries depends on {', '.join(wrong)}, "
            "which they do not have."
        )
    return total


def _check_retirement(total: xr.DataArray) -> None:
    _refuse(
        total,
        total > 1 + 1e-9,
        "retirement claims: the shares of all benefits on retirement must not sum to more than 1 in any cell.",
        'Make the conditions exclude each other (instead_of = "old_age" does).',
    )


def _place(bad: xr.DataArray) -> str:
    if not bad.dims:
        return "every cell"
    where = [int(i[0]) for i in np.nonzero(bad.values)]
    names = {d: bad[d].values[i] if d in bad.coords else i for d, i in zip(bad.dims, where, strict=True)}
    return ", ".join(f"{d}={v}" for d, v in names.items())
