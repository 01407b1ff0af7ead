"""Pensions of widows, widowers and orphans."""

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial import check
from actuarial.check.period import first_period
from actuarial.contract import Amount, Benefit, each
from actuarial.dated import Number, clip, evaluate
from actuarial.errors import BadInput
from actuarial.fields import Age, Fraction, Ratio, Word, Years, rule
from actuarial.fitting import require_order, require_with
from actuarial.pension.common import served, sharing, stays_alive
from actuarial.pension.families import (
    FAMILIES,
    below,
    both_dead,
    by_children,
    child_matrix,
    kept_by_children,
    needs_of,
    spouse_matrix,
)
from actuarial.pension.indexation import Indexation, IndexationRule
from actuarial.person import make_grid
from actuarial.translation import N_, Told

BEFORE = (
    'What does not count of the pension of the deceased: the "reduction" for an early start, the "increase" for a late '
    'one, or "reduction_and_increase"; the pension counts as it is paid if absent'
)
Before = Literal["reduction", "increase", "reduction_and_increase"]


@rule
class Cumulation:
    """What is left of a survivor's pension beside a pension of one's own."""

    kept: Fraction = Field(description="Share of the survivor's pension that is kept (fraction)")


class _Survivors(Benefit):
    """What widows and orphans have in common; the fields are those of the forms."""

    of: str
    qualifying_years: Any
    claim_rate: Any
    on = "death"

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("of", "benefit", (self.of,)), ("follows", "benefit", self.follows))

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: another part of the same pension that counts in a share of it."""
        before = scheme.benefits[: [one.name for one in scheme.benefits].index(self.name)]
        for other in before if self.share_before is not None else ():
            pensions = tuple(name for name in self.follows if name in other.follows)
            if pensions and other.share_before not in (None, self.share_before):
                text = N_(
                    "{other!r} has a share of {pensions} as well, but what does not count in it is {word}; write the "
                    "same in both"
                )
                yield "share_before", Told(text, other=other.name, pensions=pensions, word=other.share_before)

    def claim(self, person: Any) -> Number:
        start = self.starting(person)
        moved = [other.moved(person) for other in sharing(person, self.name)]
        return start * (1.0 - sum(moved)) if moved else start

    def starting(self, person: Any) -> Number:
        """Deceased members who had the service give rise to a pension by this law alone, where they leave somebody."""
        share = served(person, evaluate(self.qualifying_years, person)) * evaluate(self.claim_rate, person)
        return share if person.family is None or self.left(person) else 0.0

    def left(self, person: Any) -> bool:
        """Whether one person with a known family leaves somebody who may have the pension."""
        raise NotImplementedError

    def award(self, person: Any) -> tuple[Amount, ...]:
        """Share of the pension that the deceased member would have had."""
        share = self.share_of_pension(person)
        return each(self.of_deceased(person, person.service), lambda amount: amount.times(share))

    def of_deceased(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts of the pension that the deceased member would have had with `service` years of credit."""
        found: tuple[Amount, ...] = person.scheme.benefit(self.of).pension(person, service)
        return found

    def follow_claim(self, person: Any) -> Number:
        return evaluate(self.claim_rate, person)

    def share_of_pension(self, person: Any) -> Number:
        return evaluate(self.share, person)

    def survival(self, basis: xr.Dataset) -> xr.DataArray:
        return stays_alive(self.name, basis)


@rule
class Widows(_Survivors):
    """A survivors' pension for the spouse: a share of the pension of the deceased, or of what a member would have had.

    Notes
    -----
    Widow(er)s aged y of the dead aged x: n(y) = sum_x dead(x) claim x married(x) phi(y | x), each with share x pension,
    phi the distribution of the age of the spouse. Kept a year later: p, times 1 - remarriage_rate where it ends then.
    With `families = "given"` the spouses of the basis (`spouses_given`) replace married(x) phi(y | x). Under a rule of
    cumulation survivors aged y have 1 - own(y) (1 - kept) of the pension on average, own the share of new survivors of
    the sex and age who have a pension of their own (`survivors_with_pension`); what they are awarded later is not known
    and does not reduce it.

    With `share_before` the share is that of the pension without the reduction for an early start, without the increase
    for a late one, or without both, of those who draw it as of members who die in service, for whom no pension has
    either: pensions in payment are rolled forward a second time without it (`unreduced_mass`), from those of the
    valuation date times `unreduced_ratio_0`. A factor of an invalidity pension stays in it, and a
    guarantee adds what it adds to the pension that is paid.

    The share may depend on the children (`with_children`), who are those of an orphans' pension: their number J is
    Poisson with the mean n(x) of the age of the deceased, so that the share is E[s_J]. It is that of the day of the
    death and does not rise as children grow up.
    """

    name: Word = Field(default="widows", description="Name of the benefit, unique in the scheme")
    share: Fraction = Field(description="Share of the pension of the deceased (fraction)")
    share_before: Before | None = Field(default=None, description=BEFORE)
    with_children: tuple[Fraction, ...] = Field(
        default=(),
        description="Share (fraction) beside one child, two, ..., the last one beside more; as without if absent",
    )
    children: Word = Field(default="orphans", description="Orphans' pension whose children count, for with_children")
    of: Word = Field(default="old_age", description="Benefit that a deceased member would have had")
    qualifying_years: Years = Field(default=0.0, description="Service (years) of deceased members that gives the right")
    follows: tuple[Word, ...] = Field(
        default=("old_age", "invalidity"), description="Benefits whose beneficiaries leave it"
    )
    spouses: Literal["both", "widows", "widowers"] = Field(default="both", description="Who may have it")
    ends_on_remarriage: bool = Field(default=True, description="Remarriage ends the pension")
    claim_rate: Fraction = Field(default=1.0, description="Share of the entitled who claim it (fraction)")
    families: Literal["demography", "given"] = Field(default="demography", description=FAMILIES)
    cumulation: Cumulation | None = Field(default=None, description="Reduction beside a pension of one's own")
    indexation: IndexationRule = Field(default_factory=Indexation, description="Adjustment of pensions in payment")
    payments: float = Field(default=12.0, gt=0, le=24, description="Monthly payments in a year")
    law: str = Field(default="", description="Article of the law")

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (*super().refers_to, ("children", "benefit", (self.children,) if self.with_children else ()))

    def share_of_pension(self, person: Any) -> Number:
        """Share of the pension, over families with and without children."""
        without = evaluate(self.share, person)
        if not self.with_children:
            return without
        shares = self.shares(person)
        if person.family is not None:
            number = person.family[1]
            return shares[min(number, len(shares)) - 1] if number > 0 else without
        if person.basis is None:
            raise BadInput(f"{self.name}: the share depends on the number of children; give basis= or family=.")
        return by_children(person.scheme.benefit(self.children).number(person), without, shares)

    @property
    def needs(self) -> tuple[str, ...]:
        """Variables of the basis that say who the survivors are."""
        own = () if self.cumulation is None else ("survivors_with_pension",)
        return (*needs_of(self.families, spouses=True), *own)

    def shares(self, person: Any) -> tuple[Number, ...]:
        """Shares beside one child, two, ..., the last one beside more."""
        return tuple(evaluate(share, person) for share in self.with_children) or (evaluate(self.share, person),)

    def kept(self, basis: xr.Dataset) -> xr.DataArray | None:
        """Share of the pension that survivors of a sex and age are paid beside their own (year, sex, age)."""
        if self.cumulation is None:
            return None
        check.require(basis, "survivors_with_pension")
        return 1.0 - basis["survivors_with_pension"] * (1.0 - evaluate(self.cumulation.kept, make_grid(basis, None)))

    def left(self, person: Any) -> bool:
        other = {"male": "widows", "female": "widowers"}[person.sex]
        return person.family[0] and self.spouses in ("both", other)

    def family(self, basis: xr.Dataset) -> xr.DataArray:
        """Spouses left by one deceased (year, sex, age, sex_of_survivor, age_of_survivor)."""
        matrix = spouse_matrix(basis, self.families)
        if self.spouses != "both":
            kept = "female" if self.spouses == "widows" else "male"
            matrix = matrix.where(matrix["sex_of_survivor"] == kept, 0.0)
        return matrix

    def continuance(self, basis: xr.Dataset) -> xr.DataArray:
        stays = self.survival(basis)
        if self.ends_on_remarriage and "remarriage_rate" in basis:
            stays = stays * (1.0 - basis["remarriage_rate"])
        return stays


@rule
class Orphans(_Survivors):
    """A survivors' pension for each child below an age: a share of the pension of the deceased for each child.

    Notes
    -----
    Orphans aged y of the dead of year t aged x: n(y) = sum_x dead(x) claim x (f[t-y, x-y-1] + f[t-y, x-y])/2 x L_y/l_0,
    f the births per woman (of a man: his wife's), each with share x pension, until the exact age `until_age`.

    Under a family maximum the spouse's pension comes first and the children share what is left of it, in equal parts.
    The number J of children of a family is Poisson with the mean n(x) of the age of the deceased, so that each child
    has E[min(share J, left)]/(share n) of the full share, over families with and without a spouse. Of one person whose
    family is known each child has min(share, left/J).

    With `full_share` a child has (1 - q) share + q full_share, q the share of the years as an orphan in which the other
    parent is dead too, from the mortality of the population and the age gap of spouses (see `families.both_dead`). It
    is a share of the pension of each deceased parent; a family maximum then counts no spouse. One deceased person who
    is known to leave a spouse leaves no orphans of both parents.
    """

    name: Word = Field(default="orphans", description="Name of the benefit, unique in the scheme")
    share: Fraction = Field(description="Share of the pension of the deceased for each child (fraction)")
    full_share: Fraction | None = Field(
        default=None, description="Share for each child when both parents are dead (fraction)"
    )
    share_before: Before | None = Field(default=None, description=BEFORE)
    until_age: Age = Field(description="Age (years) at which the pension ends")
    of: Word = Field(default="old_age", description="Benefit that a deceased member would have had")
    qualifying_years: Years = Field(default=0.0, description="Service (years) of deceased members that gives the right")
    follows: tuple[Word, ...] = Field(
        default=("old_age", "invalidity"), description="Benefits whose beneficiaries leave it"
    )
    family_maximum: Ratio | None = Field(
        default=None, description="Most that a family has together, of the pension of the deceased (fraction)"
    )
    beside: Word | None = Field(default=None, description="Pension of the spouse that counts towards the maximum")
    claim_rate: Fraction = Field(default=1.0, description="Share of the entitled who claim it (fraction)")
    families: Literal["demography", "given"] = Field(default="demography", description=FAMILIES)
    indexation: IndexationRule = Field(default_factory=Indexation, description="Adjustment of pensions in payment")
    payments: float = Field(default=12.0, gt=0, le=24, description="Monthly payments in a year")
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        require_with(self, "beside", "family_maximum")
        require_order(self, "share", "full_share")

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (*super().refers_to, ("beside", "benefit", (self.beside,) if self.beside else ()))

    @property
    def needs(self) -> tuple[str, ...]:
        """Variables of the basis that say who the survivors are."""
        gap = ("spouse_age_gap",) if self.full_share is not None else ()
        return (*needs_of(self.families, children=True), *gap)

    def share_of_pension(self, person: Any) -> Number:
        """Share of the pension for each child, within the family maximum, over orphans of one and of both parents."""
        share = evaluate(self.share, person)
        share = share if self.family_maximum is None else share * self.reduction(person)
        if self.full_share is None or (person.family is not None and person.family[0]):
            return share
        if person.basis is None:
            raise BadInput(f"{self.name}: orphans of both parents depend on their mortality; give basis=.")
        family, full = self.family(person.basis), evaluate(self.full_share, person)
        alone = _of_the_deceased(both_dead(person.basis, family), person)
        if self.family_maximum is not None:
            full = full * _kept(person, self.number(person), full, evaluate(self.family_maximum, person))
        return (1.0 - alone) * share + alone * full

    def reduction(self, person: Any) -> Number:
        """What the family maximum leaves of a child's share, by year, sex and age of the deceased (fraction)."""
        if person.basis is None and person.family is None:
            raise BadInput(f"{self.name}: a family maximum depends on the size of families; give basis= or family=.")
        most = np.inf if self.family_maximum is None else evaluate(self.family_maximum, person)
        share, number = evaluate(self.share, person), self.number(person)
        if self.beside is None:
            return _kept(person, number, share, most)
        spouse = person.scheme.benefit(self.beside)
        if person.family is None:
            left = spouse.family(person.basis).sum(["sex_of_survivor", "age_of_survivor"])
            married = clip(_of_the_deceased(left, person) * spouse.follow_claim(person), 0.0, 1.0)
        else:
            married = float(spouse.left(person)) * spouse.follow_claim(person)
        shares = spouse.shares(person) if isinstance(spouse, Widows) else (spouse.share_of_pension(person),)
        beside = [clip(most - one, 0.0, np.inf) for one in shares]
        return married * _kept(person, number, share, *beside) + (1.0 - married) * _kept(person, number, share, most)

    def number(self, person: Any) -> Number:
        """Children of the deceased: those of a known family, or the number expected."""
        if person.family is not None:
            return float(person.family[1])
        return _of_the_deceased(self.family(person.basis).sum(["sex_of_survivor", "age_of_survivor"]), person)

    def left(self, person: Any) -> bool:
        return person.family[1] > 0

    def family(self, basis: xr.Dataset) -> xr.DataArray:
        """Children below the age left by one deceased (year, sex, age, sex_of_survivor, age_of_survivor)."""
        return child_matrix(basis, self.until_age, self.families)

    def exposure(self, basis: xr.Dataset) -> xr.DataArray:
        """Children of a family are below the age on 31 December already: in their first half year they can only die."""
        return self.survival(basis)

    def continuance(self, basis: xr.Dataset) -> xr.DataArray:
        return self.survival(basis) * self._remaining(basis)

    def _remaining(self, basis: xr.Dataset) -> xr.DataArray:
        """Share of the children below the age who are below it a year later, who are taken to the power phi in a first
        period of the part phi of a year: there those who are below it on the valuation date count."""
        now, later = below(self.until_age, basis, 0.0), below(self.until_age, basis, 1.0)
        usual, length = later / now.where(now > 0, 1.0), first_period(basis)
        if length == 1.0:
            return usual
        then = below(self.until_age, basis, 1.0 - length)
        first = (later / then.where(then > 0, 1.0)) ** (1.0 / length)
        return xr.where(basis["year"] == basis["year"][0], first, usual)


def _kept(person: Any, number: Number, share: Number, *rooms: Number) -> Number:
    """What is left of the share of each child when all children have at most some room together, with one child, two,
    ..., the last one with more."""
    if person.family is None:
        return kept_by_children(number, share, rooms)
    room = rooms[min(max(person.family[1], 1), len(rooms)) - 1]
    return clip(room / (number * share), 0.0, 1.0) if number * share > 0.0 else 1.0


def _of_the_deceased(number: xr.DataArray, person: Any) -> Number:
    """A number by (year,) sex and age of the deceased, for a person or a grid."""
    if isinstance(person.age, xr.DataArray):
        return number
    return float(number.sel({dim: getattr(person, str(dim)) for dim in number.dims}))
