"""How awards are spread: what is left of them where each counts up to a level, for pensions that are filled up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.contract import settled
from actuarial.labour.accrued import of_balance
from actuarial.labour.earnings import UNLIMITED
from actuarial.labour.staying import PLACE
from actuarial.law import GAP, NO_OFFSET, AmountLaw, ClaimLaw, Law, SecondClaim
from actuarial.person import Person
from actuarial.scheme import Benefit, Scheme

LEVELS, MOST = 8, 14  # levels, and as many at most where limits lie far apart
STEP = 1.2  # ratio of neighbours that is not exceeded as long as there are not as many
BELOW = 2  # of them, which the limits do not reach: the cubic through the levels looks back
NARROW = 1.02  # the least width of the others to either side, as a ratio
AWARDED = ("claims_below", "award_level")


@dataclass(frozen=True)
class LevelClaim(SecondClaim):
    """A claim a second time, of which each award counts up to a level by year (currency/year)."""

    level: xr.DataArray | None = None


def award_levels(
    scheme: Scheme, basis: xr.Dataset, grid: Person, finance: xr.Dataset | None, count: int | None = None
) -> dict[str, np.ndarray]:
    """Levels of awards (year, level), currency/year, of the pensions that supplements fill up to a limit.

    Of the award of a year they reach from the lowest to the highest limit that it meets later, in the money of the
    award: a limit of a later year over what the pension has risen by until then. So do those of pensions whose
    beneficiaries leave a share of it to the pensioners of such a one, or convert to it. Levels are equally spaced in
    their logarithm, of all pensions as many as those need whose limits lie farthest apart, or `count`. {} where there
    is no such supplement.
    """
    limits: dict[str, list[np.ndarray]] = {}
    for benefit in scheme.benefits:
        for limit in benefit.fills_up_to(grid) if benefit.accompanies else ():
            here = align(limit, PLACE, {dim: basis[dim] for dim in PLACE})
            for name in benefit.accompanies:
                limits.setdefault(name, []).append(here)
    if not limits:
        return {}
    return _Levels(scheme, basis, grid, finance, limits).found(count)


class _Levels:
    """Lowest and highest limits by pension, each asked once."""

    def __init__(self, scheme: Scheme, basis: xr.Dataset, grid: Person, finance: Any, limits: dict[str, Any]) -> None:
        self.pensions = {b.name: b for b in settled(scheme) if not (b.lump_sum or b.accompanies)}
        self.basis, self.grid, self.limits = basis, grid, limits
        self.finance = finance if finance is not None and finance.variables else None
        self.known: dict[str, np.ndarray] = {}

    def found(self, count: int | None) -> dict[str, np.ndarray]:
        """Levels of every pension that some limit reaches; after its last year those of that year, for nobody."""
        ranges: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for name in self.pensions:
            bounds = self.bounds(name)
            reached = np.flatnonzero(bounds[1] > 0)
            if reached.size:
                low, high = bounds[:, np.minimum(np.arange(bounds.shape[1]), reached[-1]), np.newaxis]
                ranges[name] = low / NARROW, high / low * NARROW**2
        widest = max((float(width.max()) for _, width in ranges.values()), default=1.0)
        needed = int(np.ceil(np.log(widest) / np.log(STEP))) + BELOW + 1
        count = min(max(needed, LEVELS), MOST) if count is None else count
        steps = np.arange(-BELOW, count - BELOW) / (count - BELOW - 1)
        return {name: low * width**steps for name, (low, width) in ranges.items()}

    def bounds(self, name: str) -> np.ndarray:
        """Lowest and highest limit (2, year) that awards of a pension meet; (inf, 0) where there is none."""
        if name not in self.known:
            years = self.basis.sizes["year"]
            nothing = np.stack([np.full(years, np.inf), np.zeros(years)])
            self.known[name] = nothing  # of pensions that follow each other in a circle, which the pensions refuse
            self.known[name] = self._found(self.pensions[name], nothing)
        return self.known[name]

    def _found(self, benefit: Benefit, nothing: np.ndarray) -> np.ndarray:
        now = _hull(nothing, *(_range(limit) for limit in self.limits.get(benefit.name, ())))
        for other in self.pensions.values():
            if benefit.name in other.follows and other.share is not None:
                share = _range(align(other.share_of_pension(self.grid), PLACE, self._labels()))
                kept = other.kept(self.basis)
                if kept is not None:
                    share = share * _range(align(kept, PLACE, self._labels()))
                now = _hull(now, self.bounds(other.name) / share[::-1])
        move = benefit.conversion(self.basis)
        if move is not None and move[0] in self.pensions:
            now = _hull(now, self.bounds(move[0]))
        rise = 1.0 + lowest_adjustment(benefit, self.basis, self.finance)
        start = 1.0 + (1.0 - 2.0 * benefit.indexation_time) * (rise - 1.0)
        own = [_range(limit) for limit in self.limits.get(benefit.name, ())]
        at_start = _hull(nothing, *own) / start
        for t in reversed(range(len(rise) - 1)):
            later = _hull(now[:, t + 1 : t + 2] / rise[t + 1], at_start[:, t + 1 : t + 2])
            now[:, t : t + 1] = _hull(now[:, t : t + 1], later)
        return now

    def _labels(self) -> dict[str, xr.DataArray]:
        return {dim: self.basis[dim] for dim in PLACE}


def _range(values: np.ndarray) -> np.ndarray:
    """Lowest of what is above 0 and highest by year (2, year) of (year, sex, age); (inf, 0) where all is 0."""
    flat = values.reshape(len(values), -1)
    return np.stack([np.where(flat > 0, flat, np.inf).min(axis=1), flat.max(axis=1)])


def _hull(first: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """Lowest of the lowest and highest of the highest."""
    several = (first, *others)
    return np.stack([np.min([one[0] for one in several], axis=0), np.max([one[1] for one in several], axis=0)])


def lowest_adjustment(benefit: Benefit, basis: xr.Dataset, finance: xr.Dataset | None) -> np.ndarray:
    """Adjustment (year,) of pensions or, where slices of them are adjusted apart, of the lowest slice."""
    rule: Any = benefit.indexation
    if getattr(rule, "bands", ()):
        return np.asarray(rule.slices(basis, finance)[0][0], dtype=float)
    return align(benefit.indexation(basis, finance), PLACE[:1], {"year": basis["year"]})


def with_levels(rules: Law, levels: dict[str, np.ndarray], accrued: bool) -> Law:
    """The law with each claim on some pensions again for every level, after it.

    Where one amount is due at a time, without an offset, the level is its maximum; money F beside earnings Y leaves
    them the rest of it: E[min(F + Y, l)] = min(F, l) + E[min(Y, max(0, l - F))]. Of amounts that add up otherwise the
    sum counts up to the level, see `sum_kernels`. A claim of parts by months, of options that are sums, of what is
    missing to a guarantee or of balances that have accrued is left out.
    """
    claims: list[ClaimLaw] = []
    for claim in rules.claims:
        claims.append(claim)
        of_service = not (accrued and any(map(of_balance, claim.amounts)))
        if claim.benefit not in levels or isinstance(claim, SecondClaim) or not of_service:
            continue
        table = xr.DataArray(levels[claim.benefit], dims=("year", "level"), coords={"year": rules.grid.year})
        if _one_at_a_time(claim):
            claims += [_up_to(claim, table.isel(level=k)) for k in range(table.sizes["level"])]
        elif _rises(claim):
            alone = _with_own_units(claim)
            claims += [_sum_up_to(alone, table.isel(level=k)) for k in range(table.sizes["level"])]
    return replace(rules, claims=tuple(claims))


def _rises(claim: ClaimLaw) -> bool:
    """Whether the amounts of a claim add up for everybody to a sum that rises with one multiple of the earnings."""
    return not claim.short and all(one.part < 0 and one.option < 0 and one.unit.kind != GAP for one in claim.amounts)


def _with_own_units(claim: ClaimLaw) -> ClaimLaw:
    """The same claim, whose units are nobody else's: of a level it counts how far the earnings of a cell lie apart."""
    return replace(claim, amounts=tuple(replace(one, unit=replace(one.unit)) for one in claim.amounts))


def _sum_up_to(claim: ClaimLaw, level: xr.DataArray) -> LevelClaim:
    """A claim of which the sum of the amounts counts up to a level."""
    return LevelClaim(claim.benefit, claim.event, claim.share, claim.amounts, False, up_to=level, level=level)


def _one_at_a_time(claim: ClaimLaw) -> bool:
    """Whether nobody has two of the amounts of a claim, but for money beside one of earnings, and each has one limit at
    all lengths of service."""
    if claim.short:
        return False
    for amount in claim.amounts:
        plain = amount.part < 0 and amount.unit.kind == NO_OFFSET and bool((amount.multiple >= 0.0).all())
        if not plain or not bool((amount.unit.ceiling_share.rows == 1.0).all()):
            return False
    if not all(map(_alike, claim.amounts)):
        return _due(claim.amounts) <= 1
    return _due([one for one in claim.amounts if not _of_money(one)]) <= 1


def _due(several: Sequence[AmountLaw]) -> int:
    """How many of some amounts anybody has at once, of options the most that one of them has."""
    options = {amount.option for amount in several if amount.option >= 0} or {-1}
    return max(_together([one for one in several if one.option in (-1, option)]) for option in options)


def _together(several: Sequence[AmountLaw]) -> int:
    """How many of some amounts anybody has at once."""
    return int(sum(((amount.multiple != 0.0) * 1 for amount in several), xr.DataArray(0)).max())


def _of_money(amount: AmountLaw) -> bool:
    """Whether an amount depends on nobody's earnings."""
    return amount.unit.base < 0 and amount.unit.account < 0


def _alike(amount: AmountLaw) -> bool:
    """Whether an amount is one of earnings, or one of money without limits, the same at all lengths of service."""
    unit = amount.unit
    if not _of_money(amount):
        return True
    free = not bool((unit.floor > 0).any()) and bool((unit.ceiling >= UNLIMITED).all())
    return free and bool((unit.rate.rows == unit.rate.rows[:, :1]).all())


def _money(amount: AmountLaw) -> xr.DataArray:
    """An amount that is the same at all lengths of service, currency/year."""
    rate = amount.unit.rate
    return rate.index.copy(data=rate.rows[:, 0][rate.index.values]) * amount.unit.scale * amount.multiple


def _up_to(claim: ClaimLaw, level: xr.DataArray) -> LevelClaim:
    """A claim that counts up to a level: money first, and of what it leaves of the level the amount of earnings."""
    together, left = all(map(_alike, claim.amounts)), level
    limited: dict[int, AmountLaw] = {}
    for i, amount in sorted(enumerate(claim.amounts), key=lambda one: not _of_money(one[1])):
        some = amount.multiple.where(amount.multiple > 0, 1.0)
        top = xr.DataArray(np.minimum(amount.unit.ceiling, left / some))
        limited[i] = replace(amount, unit=replace(amount.unit, ceiling=top))
        if together and _of_money(amount):
            left = (left - _money(amount)).clip(min=0.0)
    amounts = tuple(limited[i] for i in range(len(limited)))
    return LevelClaim(claim.benefit, claim.event, claim.share, amounts, False, claim.choice, level=level)


def levels_asked(insured: xr.Dataset) -> int | None:
    """How many levels the insured of one scenario were asked for; None where they were asked for none."""
    if "award_level" not in insured:
        return None
    return 1 + int(np.count_nonzero(np.diff(insured["award_level"].isel(year=0, accompanied=0).values) > 0))


def by_level(rules: Law, amounts: np.ndarray) -> xr.Dataset:
    """Claims up to each level, and the levels, of which the highest is repeated up to `MOST`; nothing where a law has
    none.

    Parameters
    ----------
    rules : a law, perhaps `with_levels`
    amounts : amounts of its claims (year, claim, sex, age)
    """
    levelled = [(i, claim) for i, claim in enumerate(rules.claims) if isinstance(claim, LevelClaim)]
    names = list(dict.fromkeys(claim.benefit for _, claim in levelled))
    if not names:
        return xr.Dataset()
    years, _, *people = amounts.shape
    below = amounts[:, [i for i, _ in levelled]].reshape(years, len(names), -1, *people)
    money = np.stack([np.asarray(claim.level) for _, claim in levelled], axis=1).reshape(years, len(names), -1)
    several = np.minimum(np.arange(MOST), money.shape[-1] - 1)  # scenarios need different numbers of them
    below, money = below[:, :, several], money[..., several]
    data = {
        "claims_below": (("year", "accompanied", "level", "sex", "age"), below),
        "award_level": (("year", "accompanied", "level"), money),
    }
    coords = {"year": rules.grid.year.values, "accompanied": names, "level": np.arange(money.shape[-1])}
    return xr.Dataset(data, coords | {"sex": rules.grid.sex.values, "age": rules.grid.age.values})
