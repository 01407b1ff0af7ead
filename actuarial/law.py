"""The law of a scheme, evaluated once and per head: no people in it.

Every answer of every benefit is asked once on a grid of (year, group, sex, age, service). Answers differ in few ways
along service, so each is kept as a few distinct rows by service and an index by year, group, sex, age and status.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import xarray as xr

from actuarial.contract import EVENTS, Amount, Benefit, amounts, before_start, falls_short, lacked
from actuarial.dated import Number, clip
from actuarial.earned import Account, Reference
from actuarial.errors import BadScheme
from actuarial.person import Person, make_grid
from actuarial.quick import labelled, quick
from actuarial.remembered import meanwhile
from actuarial.scheme import Scheme
from actuarial.translation import N_, Told, message_of

HEAD = ("year", "group", "sex", "age")
CLAIM = ("status", *HEAD)
NO_OFFSET, LESS, GAP, STEP, SQUARE = range(5)
FREE, WITHIN, ABOVE = range(3)
ROUNDING = 1e-9


@dataclass(frozen=True)
class Table:
    """Distinct rows (row, service) and the row of every (scenario, status, year, group, sex, age)."""

    index: xr.DataArray
    rows: np.ndarray


@dataclass(frozen=True)
class Unit:
    """An amount before its multiple: rate x scale x base, between floor and ceiling times their shares (currency/year).

    The base is that of the place `base` among the references, or `account` among the accounts; money where both are -1.
    It is FREE, WITHIN limits, or what is ABOVE some balance within limits.
    Of the amount what exceeds offset x offset_share is due (LESS), or what it falls short of that (GAP). What is no
    line of earnings has the rate where they are above the offset (STEP), or times their square from the offset to the
    ceiling (SQUARE).
    """

    rate: Table
    scale: xr.DataArray
    floor: xr.DataArray
    floor_share: Table
    ceiling: xr.DataArray
    ceiling_share: Table
    base: int
    account: int
    capped: int
    kind: int
    offset: xr.DataArray
    offset_share: Table


@dataclass(frozen=True)
class AmountLaw:
    """One amount of a claim: a multiple of a unit; amounts with the same unit hold the same object.

    `part` is the place of an account of months whose share of all months of service is due, or with `rest` is not.
    `option` is the option of the choice of its claim that it belongs to, -1 if it is none.
    """

    unit: Unit
    multiple: xr.DataArray
    part: int = -1
    rest: bool = False
    option: int = -1


@dataclass(frozen=True)
class ClaimLaw:
    """Who of those at an event starts a benefit, and what they are awarded; `leaves` unless it is beside another.

    Of the options of its amounts the greatest (`choice` 1) or the least (-1) is awarded; 0 where there are none. The
    sum of its amounts counts up to `up_to` (currency/year by year) for each of them; all of it where that is None. Of
    the first `short` amounts, if there are any, what the others together lack is awarded, times their offset.
    """

    benefit: str
    event: int
    share: Table
    amounts: tuple[AmountLaw, ...]
    leaves: bool = True
    choice: float = 0.0
    up_to: xr.DataArray | None = None
    short: int = 0


@dataclass(frozen=True)
class SecondClaim(ClaimLaw):
    """A claim a second time, of which something else is asked than what is paid; nobody leaves by it."""


@dataclass(frozen=True)
class BeforeClaim(SecondClaim):
    """A claim with the amount before reductions and increases for the age at which it starts."""


@dataclass(frozen=True)
class Law:
    """All answers of a scheme: claims in the order of events, the reference earnings and the accounts that they use."""

    claims: tuple[ClaimLaw, ...]
    references: tuple[Reference, ...]
    accounts: tuple[Account, ...]
    grid: Person

    @property
    def paid(self) -> list[int]:
        """Places of the claims by which something is paid: all but those that are asked a second time."""
        return [i for i, claim in enumerate(self.claims) if not isinstance(claim, SecondClaim)]


@dataclass(frozen=True)
class _Found:
    """What the amounts of a law have in common: references and accounts in the order found, equal parts by content."""

    references: list[Reference]
    accounts: list[Account]
    known: dict[Any, Any]

    def once(self, made: Any) -> Any:
        """The table or amount made first among equal ones, so that equal answers are kept once."""
        return self.known.setdefault(_content(made), made)

    def place(self, base: Reference | Account) -> int:
        """Place of a reference or an account in its list."""
        several: list[Any] = self.accounts if isinstance(base, Account) else self.references
        if base not in several:
            several.append(base)
        return several.index(base)


@meanwhile()
def law(
    scheme: Scheme,
    basis: xr.Dataset,
    *,
    service: xr.DataArray | None = None,
    finance: xr.Dataset | None = None,
) -> Law:
    """Evaluate every legal answer per head.

    Parameters
    ----------
    scheme : Scheme
    basis : Dataset with the coordinates year, group, sex, age and, for indexed amounts, wage_growth and inflation
    service : DataArray over `service`, months of credit; the grid of `active_0` where absent
    finance : Dataset of the projection before, for rules that look back at it

    Returns
    -------
    Law
        `claims` (sorted by event) with tables of shares and amounts; `references`; `accounts`; `grid`.

    Raises
    ------
    BadScheme
        A share outside 0..1, retirement claims of one cell that sum to more than 1, two accounts with one name, or a
        benefit beside one that is not on retirement.
    """
    service = basis["active_0"]["service"] if service is None else service
    grid = make_grid(basis, scheme, service=service, finance=finance)
    found = _Found([], [], {})
    asked = [benefit for benefit in scheme.benefits if benefit.on is not None]
    shares = {benefit.name: _labelled(benefit.claim(grid)) for benefit in asked}
    tables = {benefit.name: found.once(_share(benefit.name, shares[benefit.name], grid)) for benefit in asked}
    leaving = [b for b in scheme.benefits if b.on == "retirement" and b.together_with is None]
    if leaving and not _most([tables[b.name] for b in leaving]) <= 1.0 + ROUNDING:
        _check_retirement(sum((shares[b.name] for b in leaving[1:]), shares[leaving[0].name]))
    claims: list[ClaimLaw] = []
    before = before_start(scheme)
    for benefit in asked:
        table = tables[benefit.name]
        if benefit.together_with is not None:
            share = shares[benefit.name] * _drawn_beside(benefit, leaving, shares)
            table = found.once(compress(share, grid))
        event, leaves = EVENTS.index(benefit.on), benefit.together_with is None
        claims.append(_claim(benefit, benefit.award, grid, found, ClaimLaw(benefit.name, event, table, (), leaves)))
        if benefit.name in before:
            asks = partial(benefit.award_before, what=before[benefit.name])
            claims.append(_claim(benefit, asks, grid, found, BeforeClaim(benefit.name, event, table, (), False)))
    _check_names(found.accounts)
    claims.sort(key=lambda claim: claim.event)
    return Law(tuple(claims), tuple(found.references), tuple(found.accounts), grid)


def _claim(
    benefit: Benefit, award: Callable[[Person], Any], grid: Person, found: _Found, claim: ClaimLaw
) -> ClaimLaw:
    """A claim with the amounts that an answer of a benefit says."""
    several = _with_one_choice(benefit.name, _awarded(benefit, award, grid))
    parts = tuple(_amount(benefit.name, amount, grid, found) for amount in several)
    return replace(claim, amounts=parts, choice=_choice(several), short=falls_short(several, benefit.name))


def _awarded(benefit: Benefit, award: Callable[[Person], Any], grid: Person) -> tuple[Amount, ...]:
    """What a benefit awards; what it refuses is told with its name."""
    try:
        return amounts(award(grid))
    except BadScheme as error:
        wrong = message_of(error)
        if wrong.startswith(benefit.name):
            raise
        raise BadScheme(Told("{benefit}: {wrong}", benefit=benefit.name, wrong=wrong)) from error


def _with_one_choice(name: str, award: tuple[Amount, ...]) -> tuple[Amount, ...]:
    """An award with one choice: of several that add up every combination of their options is one.

    max_i A_i + max_j B_j = max_ij (A_i + B_j), and the same of the least.
    """
    choices = list(dict.fromkeys(amount.choice for amount in award if amount.choice is not None))
    if len(choices) < 2:
        return award
    if len({choice.sign for choice in choices}) > 1:
        raise BadScheme(
            Told(
                "{benefit}: it adds up the greatest of formulas on different earnings and the least of others.\n"
                "  Give each of them a benefit of its own, drawn together_with this one.",
                benefit=name,
            )
        )
    options: list[list[tuple[Amount, ...]]] = []
    for choice in choices:
        mine = [amount for amount in award if amount.choice is choice]
        numbers = dict.fromkeys(amount.option for amount in mine)
        options.append([tuple(amount for amount in mine if amount.option == number) for number in numbers])
    found = [amount for amount in award if amount.choice is None]
    for i, together in enumerate(product(*options)):
        found += [replace(amount, choice=choices[0], option=i) for part in together for amount in part]
    return tuple(found)


def _choice(award: tuple[Amount, ...]) -> float:
    """Whether the greatest (1) or the least (-1) of options is awarded; 0 where there are none."""
    return next((amount.choice.sign for amount in award if amount.choice is not None), 0.0)


def _drawn_beside(benefit: Benefit, leaving: list[Benefit], shares: dict[str, xr.DataArray]) -> xr.DataArray:
    """Share of those who retire who start the benefit that another one is drawn together with."""
    names = [one.name for one in leaving]
    if benefit.on != "retirement" or benefit.together_with not in names:
        text = N_(
            "{name}: together_with = {other!r} must name another benefit on retirement that is not drawn with a third "
            "one ({names}), and {name} must be on retirement itself."
        )
        known = tuple(names) or Told("there is none")
        raise BadScheme(Told(text, name=benefit.name, other=benefit.together_with, names=known))
    return shares[benefit.together_with]


def _check_names(accounts: list[Account]) -> None:
    names = [account.name for account in accounts]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        text = N_(
            "accounts: {names} is the name of several accounts that differ in their rules.\n"
            "  Give each account a name of its own, or the same rules."
        )
        raise BadScheme(Told(text, names=tuple(twice)))


def compress(answer: xr.DataArray, grid: Person) -> Table:
    """Keep the distinct rows by service of an answer and the row of every (scenario, status, year, group, sex, age)."""
    heads = tuple(d for d in ("scenario", *CLAIM) if d in answer.dims)
    cells, stored = grid.service.sizes["service"], [d for d in answer.dims if d in heads]
    values = answer.variable.transpose(*stored, ...).values.astype(np.float64, copy=False)
    if "service" not in answer.dims:
        values = values[..., np.newaxis]
    flat = np.ascontiguousarray(values.reshape(-1, values.shape[-1]))
    known: dict[bytes, int] = {}
    starts = np.concatenate([[0], 1 + np.flatnonzero((flat[1:] != flat[:-1]).any(axis=1))])  # of runs of equal rows
    found = np.array([known.setdefault(flat[start].tobytes(), len(known)) for start in starts], dtype=np.int64)
    places = np.repeat(found, np.diff([*starts, len(flat)]))
    rows = np.stack([np.frombuffer(key) for key in known])
    index: np.ndarray = places.reshape(values.shape[:-1]).transpose([stored.index(d) for d in heads])
    dims: list[str] = []
    for dim in heads:
        first = np.take(index, [0], axis=len(dims))
        if dim != "scenario" and (index == first).all():  # its numbers must not tell how many there are
            index = first.squeeze(len(dims))
        else:
            dims.append(dim)
    where = labelled(index, dims, {dim: answer[dim] for dim in dims})
    return Table(where, np.ascontiguousarray(np.broadcast_to(rows, (len(rows), cells))))


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


def _share(name: str, share: xr.DataArray, grid: Person) -> Table:
    """The table of the shares who claim a benefit."""
    table = compress(share, grid)
    if not (table.rows.min() >= 0 and table.rows.max() <= 1):
        _refuse(
            share,
            ~((share >= 0) & (share <= 1)),
            Told("{name}: claim must answer a share between 0 and 1.", name=name),
            Told("Look at the rates of this benefit."),
        )
    return table


def _most(tables: list[Table]) -> float:
    """The greatest sum of the answers of several tables in one cell."""
    index, rows = quick(tables[0].index), tables[0].rows
    for table in tables[1:]:
        both = index * len(table.rows) + table.index
        pairs, places = np.unique(both.values, return_inverse=True)
        rows = rows[pairs // len(table.rows)] + table.rows[pairs % len(table.rows)]
        index = quick(both.copy(data=places.reshape(both.shape)))
    return float(rows.max())


def _refuse(values: xr.DataArray, bad: xr.DataArray, what: str, remedy: str) -> None:
    """Raise BadScheme if any cell is bad, with their number, the first one and its value."""
    if bool(bad.any()):
        text = N_("{what}\n  {cells}; the first: {place} -> {value:g}\n  {remedy}")
        first = {"place": _place(bad), "value": float(values.values[bad.values].flat[0])}
        raise BadScheme(Told(text, what=what, cells=_count(int(bad.sum())), remedy=remedy, **first))


def _count(cells: int) -> Told:
    return Told("1 cell fails") if cells == 1 else Told("{cells} cells fail", cells=cells)


def _amount(name: str, amount: Amount, grid: Person, found: _Found) -> AmountLaw:
    base, account, capped = -1, -1, FREE
    scale = xr.DataArray(1.0)
    if amount.base == "average_wage":
        scale = grid.average_wage()
    elif isinstance(amount.base, Account):
        account, capped = found.place(amount.base), WITHIN if amount.base.above is None else ABOVE
    elif amount.base != "currency":
        reference = Reference(years=1) if isinstance(amount.base, str) else amount.base
        base, capped = found.place(reference), WITHIN if reference.capped else FREE
    multiple = _labelled(amount.multiple)
    rate, floor, ceiling = _labelled(amount.rate), _labelled(amount.floor), _labelled(amount.ceiling)
    kind, offset = _offset(name, amount)
    if amount.short == "level":
        kind = NO_OFFSET
    if "service" in multiple.dims and kind in (STEP, SQUARE):
        rate, multiple = rate * multiple, xr.DataArray(1.0)
    if "service" in multiple.dims:
        offset = offset if kind == NO_OFFSET else offset * multiple
        rate, floor = rate * multiple, floor * multiple if bool((floor > 0).any()) else floor
        ceiling = ceiling if bool(np.isinf(ceiling).all()) else ceiling.where(np.isinf(ceiling), ceiling * multiple)
        multiple = xr.DataArray(1.0)
    given = (("rate", rate), ("floor", floor), ("ceiling", ceiling), ("multiple", multiple), ("offset", offset))
    for part, value in given:
        if not value.values.min() >= 0:
            what = Told("{name}: the {part} of its amount must be >= 0.", name=name, part=part)
            _refuse(value, ~(value >= 0), what, Told("Look at the formula of this benefit."))
    _refuse(
        ceiling + 0.0 * floor,
        ceiling < floor,
        Told("{name}: the greatest amount lies below the least amount.", name=name),
        Told("Look at the minimum and the maximum of its formula."),
    )
    limits = [_by_service(limit) for limit in (floor, ceiling, offset)]
    floor, ceiling, offset = (limit for limit, _ in limits)
    tables = [found.once(compress(table, grid)) for table in (rate, *(share for _, share in limits))]
    unit = Unit(
        tables[0], scale, floor, tables[1], ceiling, tables[2], base, account, capped, kind, offset, tables[3]
    )
    place = -1 if amount.part is None else found.place(amount.part)
    if amount.choice is not None or amount.short:
        return AmountLaw(unit, amount.sign * multiple, place, amount.rest, amount.option)
    return AmountLaw(found.once(unit), amount.sign * multiple, place, amount.rest)


def _by_service(limit: xr.DataArray) -> tuple[xr.DataArray, xr.DataArray]:
    """A limit as a product of what varies by year, group, sex and age, and of what varies by service."""
    one = xr.DataArray(1.0)
    return (one, limit) if "service" in limit.dims else (limit, one)


def _offset(name: str, amount: Amount) -> tuple[int, xr.DataArray]:
    """Whether an amount counts above or up to another one, and that one (currency/year)."""
    less = _labelled(amount.less)
    if amount.shape != "line":
        return (STEP if amount.shape == "step" else SQUARE), less
    if amount.gap_to is None:
        return (LESS if bool((less != 0).any()) else NO_OFFSET), less
    if bool((less != 0).any()):
        raise BadScheme(Told("{name}: an amount has either less or gap_to, not both.", name=name))
    return GAP, _labelled(amount.gap_to)


def single_award(benefit: Benefit, grid: Person) -> xr.DataArray:
    """Amount per head of an award that does not depend on service or earnings, over what it needs of year, sex, age.

    Raises
    ------
    BadScheme
        The award depends on the earnings, the service or the group of the deceased, which beneficiaries do not have.
    """
    total, award = xr.DataArray(0.0), amounts(benefit.award(grid))
    for amount in award:
        if amount.base not in ("currency", "average_wage") or amount.part is not None:
            text = N_(
                "{name}: what follows the death of beneficiaries is an amount of money or a share of their pension, "
                'but the award is a share of earnings. Give the benefit a share, or an award with base "currency".'
            )
            raise BadScheme(Told(text, name=benefit.name))

    def due(amount: Amount) -> Number:
        base = grid.average_wage() if amount.base == "average_wage" else 1.0
        return amount.multiple * amount.due(clip(_labelled(amount.rate) * base, amount.floor, amount.ceiling))

    levels = falls_short(award, benefit.name)
    total = total + (lacked(award, levels, due) if levels else sum(map(due, award)))
    wrong = [str(dim) for dim in total.dims if dim not in ("scenario", "year", "sex", "age")]
    if wrong:
        text = N_("{name}: the amount after the death of beneficiaries depends on {dims}, which they do not have.")
        raise BadScheme(Told(text, name=benefit.name, dims=tuple(wrong)))
    return total


def _check_retirement(total: xr.DataArray) -> None:
    _refuse(
        total,
        total > 1 + ROUNDING,
        Told("retirement claims: the shares of all benefits on retirement must not sum to more than 1 in any cell."),
        Told('Make the conditions exclude each other (instead_of = "old_age" does).'),
    )


def _place(bad: xr.DataArray) -> str:
    if not bad.dims:
        return Told("every cell")
    where = [int(i[0]) for i in np.nonzero(bad.values)]
    names = {d: bad[d].values[i] if d in bad.coords else i for d, i in zip(bad.dims, where, strict=True)}
    return ", ".join(f"{d}={v}" for d, v in names.items())
