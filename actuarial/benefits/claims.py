"""Who comes to a benefit, by number and by money: from the insured, and from the beneficiaries it follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import xarray as xr

from actuarial.benefits.family import Family
from actuarial.benefits.staying import PLACE
from actuarial.bridge import align, view
from actuarial.labour.unreduced import UNREDUCED
from actuarial.law import single_award
from actuarial.person import Person
from actuarial.quick import labels_of
from actuarial.remembered import of_answers
from actuarial.scheme import Benefit


@dataclass(frozen=True)
class Arrivals:
    """Number, yearly amount and the part due to the minimum, each (year, sex, age reached on 31 December).

    `before` are the same persons with their pensions before reductions and increases for age, where survivors have a
    share of these; None where they are those paid. Of nobody, who is known to be nobody, nothing is counted.
    """

    number: np.ndarray
    amount: np.ndarray
    topup: np.ndarray
    before: "Arrivals | None" = None
    nobody: bool = False

    @property
    def counted(self) -> "Arrivals":
        """The same persons with the pensions that survivors have a share of before reductions and increases."""
        return self if self.before is None else self.before

    def __add__(self, other: "Arrivals") -> "Arrivals":
        if self.nobody or other.nobody:
            return other if self.nobody else self
        plain = self.before is None and other.before is None
        before = None if plain else self.counted + other.counted
        return Arrivals(self.number + other.number, self.amount + other.amount, self.topup + other.topup, before)

    def less(self, other: "Arrivals") -> "Arrivals":
        """Those who are not among others, with their money; what rounding makes negative is nobody."""
        plain = self.before is None and other.before is None
        return Arrivals(
            np.maximum(self.number - other.number, 0.0),
            np.maximum(self.amount - other.amount, 0.0),
            np.maximum(self.topup - other.topup, 0.0),
            None if plain else self.counted.less(other.counted),
        )

    def times(self, share: np.ndarray) -> "Arrivals":
        """A share of the persons with their money."""
        if self.nobody:
            return self
        before = None if self.before is None else self.before.times(share)
        return Arrivals(self.number * share, self.amount * share, self.topup * share, before)

    def keeping(self, share: np.ndarray | None) -> "Arrivals":
        """The same persons with a share of their money."""
        if share is None or self.nobody:
            return self
        before = None if self.before is None else self.before.keeping(share)
        return Arrivals(self.number, self.amount * share, self.topup * share, before)


@dataclass(frozen=True)
class Claims:
    """Claims that the insured stage made, by benefit: number, yearly amount and the part due to the minimum, each
    (year, benefit, sex, age), and amount and part before reductions and increases of the pensions `reduced`."""

    names: tuple[str, ...]
    values: tuple[np.ndarray, ...]
    reduced: tuple[str, ...] = ()

    def of(self, benefit: Benefit) -> Arrivals:
        """Those on one benefit."""
        place = self.names.index(benefit.name)
        number, amount, topup, *before = (part[:, place] for part in self.values)
        if benefit.name not in self.reduced:
            return Arrivals(number, amount, topup)
        unreduced, least = before
        return Arrivals(number, amount, topup, Arrivals(number, unreduced, least))


def claims_of(insured: xr.Dataset, basis: xr.Dataset, reduced: tuple[str, ...] = ()) -> list[Claims]:
    """The claims of each scenario, or of the only one; those on pensions `reduced` before reductions too."""
    names = tuple(str(name) for name in insured["benefit"].values)
    front = ("scenario",) if "scenario" in basis.dims else ()
    dims = (*front, "year", "benefit", *PLACE[1:])
    coords = {dim: insured["benefit"] if dim == "benefit" else basis[dim] for dim in dims}
    words = ("claims_number", "claims_amount", "claims_topup", *(UNREDUCED if reduced else ()))
    found = [view(insured[name], dims, coords) for name in words]
    if not front:
        return [Claims(names, tuple(found), reduced)]
    return [Claims(names, tuple(part[i] for part in found), reduced) for i in range(basis.sizes["scenario"])]


def nobody(basis: xr.Dataset) -> Arrivals:
    """No persons and no money."""
    none = np.zeros([basis.sizes[d] for d in PLACE])
    return Arrivals(none, none, none, nobody=True)


def arrivals(
    benefit: Benefit, claims: Claims, dead: Mapping[str, Arrivals], grid: Person
) -> tuple[Arrivals, Arrivals]:
    """Who starts a benefit: those who retire, and those who start at mid-year (invalids and survivors).

    `dead` holds by benefit the beneficiaries who died and the pensions they left, see `from_followed`; or, for what is
    paid to those who leave a pension alive, these.
    """
    basis = cast(xr.Dataset, grid.basis)
    own, none = claims.of(benefit), nobody(basis)
    retired, started = (own, none) if benefit.on == "retirement" else (none, own)
    for name in benefit.follows:
        started = started + from_followed(benefit, dead[name], grid)
    family = family_of(benefit, basis)
    if family is None:
        return retired, started
    left = (_survivors(people, family) for people in (retired, started))
    first, second = (people.keeping(kept_by_survivors(benefit, basis)) for people in left)
    return first, second


@of_answers("family")
def family_of(benefit: Benefit, basis: xr.Dataset) -> Family | None:
    """The survivors of the deceased; None where the benefit is paid to persons themselves."""
    matrix = benefit.family(basis)
    return None if matrix is None else Family.of(matrix, basis)


@of_answers("kept")
def kept_by_survivors(benefit: Benefit, basis: xr.Dataset) -> np.ndarray | None:
    """Share of a survivor's pension that is due beside the survivor's own (year, sex, age); None where all is.

    The share is that at the award, and the number of survivors stays.
    """
    share = benefit.kept(basis)
    return None if share is None else align(share, PLACE, labels_of(basis, PLACE))


def _survivors(people: Arrivals, family: Family) -> Arrivals:
    """The survivors of the deceased, with what these leave."""
    if people.nobody:
        return people
    return Arrivals(*family.survivors(np.stack([people.number, people.amount, people.topup])))


def from_followed(benefit: Benefit, dead: Arrivals, grid: Person) -> Arrivals:
    """Deaths of beneficiaries of a followed benefit: a share of their pension, or a fixed amount per death.

    `dead` holds the number who died in the year, by the age they would have reached on 31 December, and the pensions
    they left, after the indexation of the year: survivors' pensions are stored beside pensions adjusted already.
    """
    claim = share_who_claim(benefit, grid)
    if benefit.share is None:
        number = dead.number * claim
        return Arrivals(number, number * amount_per_head(benefit, grid), np.zeros_like(dead.number))
    dead = dead if benefit.share_before is None else dead.counted
    share = share_of_pension(benefit, grid) * claim
    return Arrivals(dead.number * claim, dead.amount * share, dead.topup * share)


@of_answers("follow_claim")
def share_who_claim(benefit: Benefit, grid: Person) -> np.ndarray:
    """Share of the beneficiaries followed for whom a benefit is claimed (year, sex, age)."""
    return _by_place(benefit.follow_claim(grid), grid)


@of_answers("award")
def amount_per_head(benefit: Benefit, grid: Person) -> np.ndarray:
    """Yearly amount of a benefit that is no share of the pension followed (year, sex, age), currency."""
    return _by_place(single_award(benefit, grid), grid)


@of_answers("share_of_pension")
def share_of_pension(benefit: Benefit, grid: Person) -> np.ndarray:
    """Share of the pension followed that a benefit is (year, sex, age)."""
    return _by_place(benefit.share_of_pension(grid), grid)


def _by_place(answer: Any, grid: Person) -> np.ndarray:
    return align(answer, PLACE, labels_of(cast(xr.Dataset, grid.basis), PLACE))
