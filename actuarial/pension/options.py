"""The greatest or the least of formulas on different earnings: options, one and the same for members who are alike."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import xarray as xr

from actuarial.contract import Amount, Choice
from actuarial.dated import Number, clip
from actuarial.errors import BadScheme
from actuarial.pension.slopes import different

Award = tuple[Amount, ...]
ROUNDING = 1e-9  # of limits, relative


def apart(award: Award) -> bool:
    """Whether amounts that add up are of different earnings, of parts of the service, or options already."""
    bases = [amount.base for amount in award if not _of_money(amount)]
    several = any(base != bases[0] for base in bases)
    return several or any(amount.part is not None or amount.choice is not None for amount in award)


def options_of(several: Sequence[Award], sign: float, what: str) -> Award:
    """Options of which the greatest (sign 1) or the least (-1) is paid, and of amounts of money that bound them.

    Raises
    ------
    BadScheme
        Options of several amounts of which one has limits, or of one each with limits on the side where they do not
        bound all of them; what a guarantee lacks, or rates by earnings.
    """
    money = [each for each in several if all(map(_of_money, each))]
    options = [each for each in several if not all(map(_of_money, each))]
    held = {amount.choice for each in options for amount in each}
    choice = Choice(sign)
    if held != {None}:
        choice, options = _chosen_from(options, held, what)
    if any(map(_unlike, (amount for each in options for amount in each))):
        raise BadScheme(different(what))
    if money or any(map(_limited, (amount for each in options for amount in each))):
        options = _within(options, [_sum(each) for each in money], sign, what)
    return tuple(replace(amount, choice=choice, option=i) for i, each in enumerate(options) for amount in each)


def _chosen_from(options: list[Award], held: set[Choice | None], what: str) -> tuple[Choice, list[Award]]:
    """The only formula, which is the greatest or least of options itself, and these options."""
    (inner, *others), choice = options, held.pop()
    if others or held or choice is None:
        raise BadScheme(different(what))
    count = 1 + max(amount.option for amount in inner)
    return choice, [tuple(amount for amount in inner if amount.option == i) for i in range(count)]


def _within(options: list[Award], bounds: list[Number], sign: float, what: str) -> list[Award]:
    """Options of one amount each between the limits of all of them, and beyond amounts of money."""
    if any(len(each) > 1 or each[0].part is not None for each in options):
        raise BadScheme(different(what))
    whole = [_whole(each[0]) for each in options]
    floors, ceilings = ([getattr(one, name) for one in whole] for name in ("floor", "ceiling"))
    if not _same(ceilings if sign > 0 else floors):
        raise BadScheme(different(what))
    floor, ceiling = floors[0], ceilings[0]
    for bound in (*floors, *bounds) if sign > 0 else ():
        floor = clip(bound, floor, np.inf)
    for bound in (*ceilings, *bounds) if sign < 0 else ():
        ceiling = clip(bound, -np.inf, ceiling)
    if sign > 0:
        ceiling = clip(ceiling, floor, np.inf)
    else:
        floor = clip(floor, -np.inf, ceiling)
    return [(replace(one, floor=floor, ceiling=ceiling),) for one in whole]


def _whole(amount: Amount) -> Amount:
    """An amount with a multiple of 1."""
    share, top = amount.multiple, amount.ceiling
    bounded = bool(np.any(np.isfinite(np.asarray(top))))
    return replace(
        amount, rate=share * amount.rate, floor=share * amount.floor, ceiling=share * top if bounded else np.inf,
        multiple=1.0,
    )  # fmt: skip


def _of_money(amount: Amount) -> bool:
    """Whether an amount depends on nobody's earnings."""
    return amount.base == "currency"


def _unlike(amount: Amount) -> bool:
    """Whether an amount is no share of earnings or of a balance between limits."""
    less = bool(np.any(np.asarray(amount.less) != 0.0))
    line = amount.shape == "line" and amount.gap_to is None and not amount.short
    return not line or less or amount.sign < 0 or _of_money(amount)


def _limited(amount: Amount) -> bool:
    """Whether an amount has a least or a greatest one."""
    return bool(np.any(np.asarray(amount.floor) > 0.0)) or bool(np.any(np.isfinite(np.asarray(amount.ceiling))))


def _sum(award: Award) -> Number:
    """What amounts of money are together, currency/year."""
    total: Number = 0.0
    for amount in award:
        total = total + amount.multiple * amount.due(clip(amount.rate, amount.floor, amount.ceiling))
    return total


def _same(limits: Sequence[Number]) -> bool:
    """Whether limits are equal everywhere."""
    pairs = (xr.broadcast(xr.DataArray(limits[0]), xr.DataArray(one)) for one in limits[1:])
    return all(bool(np.isclose(first.values, other.values, rtol=ROUNDING, atol=0.0).all()) for first, other in pairs)
