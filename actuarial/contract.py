"""What a benefit answers, per head: the contracts between the law and the people it meets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import xarray as xr

from actuarial.dated import Number, clip
from actuarial.earned import Account, Reference
from actuarial.errors import BadInput, BadScheme
from actuarial.translation import N_, Told

EVENTS = ("retirement", "invalidity", "death", "exit")
BASES = ("currency", "average_wage", "final_earnings")
ROUNDING = 1e-9  # of earnings, relative
SHAPES = ("line", "square", "step")


@dataclass(frozen=True, eq=False)
class Choice:
    """One of several options of an award is paid, that of the greatest sum (sign 1) or of the least (-1).

    Each member is a fixed multiple of the wage scale, and so are amounts without limits: who has the same service, age
    and past has the same option. In a projection it is decided for the members of each cell together, of the inactive
    for two who stand for them.
    """

    sign: float

    def of(self, sums: Iterable[float]) -> float:
        """The sum that is paid."""
        return self.sign * max(self.sign * one for one in sums)


@dataclass(frozen=True, eq=False)
class Amount:
    """Amount of a benefit per head: a multiple of rate x base between floor and ceiling, currency/year.

    For lump sums the unit is currency. Amounts that differ by their multiple alone (an old-age pension and the widow's
    share of it) are evaluated once.

    Parameters
    ----------
    rate : float or DataArray over service, and over year, group, sex, age if the law says so
        Share of the base; currency/year where the base is "currency".
    base : Reference, Account, "final_earnings" (of the year), "average_wage" (of all active insured) or "currency" (1)
    floor, ceiling : float or DataArray over year, group, sex, age, currency/year
        Least and greatest amount, before the multiple; they may also depend on service.
    multiple : float or DataArray over year, group, sex, age
    less : float or DataArray over year, group, sex, age, service, currency/year
        What another tier pays: only what exceeds it is left, before the multiple.
    gap_to : float or DataArray over year, group, sex, age, service, currency/year, or None
        A guarantee: only what the amount falls short of it is paid, before the multiple.
    part : Account of months, or None
        Only the part of the amount that these months are of all months of service, for rights earned under an old law
        or granted by one.
    rest : bool
        With `part`: the rest of the amount instead.
    shape : "line", "square" or "step"
        What depends on reference earnings otherwise than along a line, see the notes; without floor and gap.
    sign : 1, or -1 for what is taken from the other amounts of an award, whose sum is not negative for anybody
    choice, option : Choice or None, int from 0
        Amounts with one choice are those of options, of which one is paid; amounts of an option add up and follow each
        other, options with limits have one amount each and the same limits.
    short : "", "level" or "counted"
        What the sum of several amounts lacks of levels: those that are "counted" add up, and before them stand one
        level of money or more, of which `less` is the multiple of what the sum lacks of it that is paid: of one person
        sum over levels of sign x less x max(0, level - sum). It is all of an award.

    Notes
    -----
    amount = sign x multiple x part x max(0, clip(rate x base, floor, ceiling) - less), or max(0, gap_to - clip(...)) in
    its place. With the shape "square" it is rate x max(0, min(base, ceiling)^2 - less^2), rate in 1/currency x years;
    with "step" the rate, in currency/year, where base > less, and nothing else.
    """

    rate: Number
    base: Reference | Account | str = "final_earnings"
    floor: Number = 0.0
    ceiling: Number = np.inf
    multiple: Number = 1.0
    less: Number = 0.0
    gap_to: Number | None = None
    part: Account | None = None
    rest: bool = False
    shape: str = "line"
    sign: float = 1.0
    choice: Choice | None = None
    option: int = 0
    short: str = ""

    def __post_init__(self) -> None:
        if self.shape not in SHAPES or (self.shape != "line" and not isinstance(self.base, Reference)):
            raise BadInput(
                f"Amount: shape {self.shape!r} of {self.base!r} is unknown; give one of {', '.join(SHAPES)}, of which "
                "those that are no line are of a Reference."
            )
        if isinstance(self.base, str) and self.base not in BASES:
            raise BadInput(
                f"Amount: base {self.base!r} is unknown; give a Reference, an Account or one of {', '.join(BASES)}."
            )
        if self.part is not None and self.part.credits != "months":
            raise BadInput(f"Amount: part {self.part.name!r} must be an account of months.")

    def times(self, factor: Number) -> "Amount":
        """A share of the amount."""
        return replace(self, multiple=self.multiple * factor)

    def signed(self, sign: float) -> "Amount":
        """The amount, or (-1) what is taken away by it."""
        return replace(self, sign=sign)

    def expected(
        self, mean: Number, cv: Number, base_floor: Number = 0.0, base_ceiling: Number = np.inf
    ) -> xr.DataArray:
        """Mean amount over a lognormal distribution of reference earnings.

        With X = rate x earnings of the given mean and coefficient of variation, where earnings count between
        `base_floor` and `base_ceiling` (means of the floors and ceilings of the reference years),

        E = multiple x (LEV_X(b) - LEV_X(a) + a),

        a = clip(rate x base_floor, floor, ceiling), b = clip(rate x base_ceiling, floor, ceiling). What is due above
        `less` or short of `gap_to` is the difference of two such means. `part` is left out.
        """
        from actuarial.numeric import UNLIMITED, expected_clip_array

        if self.shape != "line":
            raise BadInput(f"Amount: the mean of a {self.shape} is not known here; ask a projection.")
        arrays = (self.rate * mean, cv, _product(base_floor, self.rate), _product(base_ceiling, self.rate))
        least, most, away, sign = self.floor, self.ceiling, self.less, 1.0
        if self.gap_to is not None:
            away, sign = self.gap_to, -1.0
            least, most = clip(least, -np.inf, away), clip(most, -np.inf, away)
        elif not (isinstance(away, float) and away == 0.0):
            least, most = clip(least, away, np.inf), clip(most, away, np.inf)
        low, high = clip(arrays[2], least, most), clip(arrays[3], least, most)
        labelled = xr.broadcast(*(xr.DataArray(value) for value in (arrays[0], arrays[1], low, high)))
        one = labelled[0].copy(data=expected_clip_array(*(np.minimum(value.values, UNLIMITED) for value in labelled)))
        return self.sign * self.multiple * sign * (one - away)

    def exact(self, person: Any) -> float:
        """Amount of one person, whose base is known exactly."""
        base = person.base(self.base)
        if self.shape == "step":
            due: Number = self.rate if base > self.less * (1.0 + ROUNDING) else 0.0
        elif self.shape == "square":
            due = self.rate * (clip(base, self.less, clip(self.ceiling, self.less, np.inf)) ** 2 - self.less**2)
        else:
            due = self.due(clip(self.rate * base, self.floor, self.ceiling))
        return float(self.sign * self.multiple * due * self._part(person))

    def due(self, between: Number) -> Number:
        """What is due of an amount between floor and ceiling: what exceeds `less`, or what is missing to `gap_to`."""
        if self.gap_to is not None:
            return clip(self.gap_to - between, 0.0, np.inf)
        if isinstance(self.less, float) and self.less == 0.0:
            return between
        return clip(between - self.less, 0.0, np.inf)

    def _part(self, person: Any) -> float:
        """The part of the amount that is due to the months of `part`, of one person."""
        if self.part is None:
            return 1.0
        months = 12.0 * float(person.service)
        share = min(1.0, person.account(self.part) / months) if months > 0 else 0.0
        return 1.0 - share if self.rest else share


def _product(bound: Number, factor: Number) -> Number:
    """Bound times factor, where no bound stays none."""
    if not isinstance(bound, xr.DataArray) and bound in (0.0, np.inf):
        return bound
    return bound * factor


def amounts(award: Amount | tuple[Amount, ...]) -> tuple[Amount, ...]:
    """The parts of an award."""
    return award if isinstance(award, tuple) else (award,)


def each(award: Amount | tuple[Amount, ...], change: Callable[[Amount], Amount]) -> tuple[Amount, ...]:
    """The parts of an award, changed one by one."""
    return tuple(change(amount) for amount in amounts(award))


def falls_short(award: tuple[Amount, ...], name: str) -> int:
    """Of how many levels, which come first, what the other amounts together lack is awarded; 0 where it is not.

    Raises
    ------
    BadScheme
        With the name of what awards it: other amounts beside these, parts of the service, options, other guarantees.
    """
    short = [amount.short for amount in award]
    if not any(short):
        return 0
    odd = any(one.part is not None or one.choice is not None or one.gap_to is not None for one in award)
    if odd or not all(short):
        raise BadScheme(
            Told(
                "{benefit}: what several pensions together lack of a guarantee must be all that it awards, and count "
                "neither parts of the service, nor options, nor other guarantees.\n"
                "  Give the guarantee a benefit of its own, drawn together_with the others.",
                benefit=name,
            )
        )
    return short.count("level")


def lacked(award: tuple[Amount, ...], levels: int, value: Callable[[Amount], Number]) -> Number:
    """What the others of several amounts together lack of the first ones, the levels; `value` gives each by itself."""
    total: Number = sum(value(amount) for amount in award[levels:])
    parts = (
        one.sign * one.less * clip(value(replace(one, sign=1.0, less=0.0)) - total, 0.0, np.inf)
        for one in award[:levels]
    )
    found: Number = sum(parts)
    return found


def paid(award: Amount | tuple[Amount, ...], person: Any) -> float:
    """What an award is for one person: the sum of its amounts, of options the one that counts."""
    several, total, options = amounts(award), 0.0, dict[Choice, dict[int, float]]()
    if levels := falls_short(several, "guarantee"):
        return float(lacked(several, levels, lambda amount: amount.exact(person)))
    for amount in several:
        due = amount.exact(person)
        if amount.choice is None:
            total += due
            continue
        known = options.setdefault(amount.choice, {})
        known[amount.option] = known.get(amount.option, 0.0) + due
    return total + sum(choice.of(sums.values()) for choice, sums in options.items())


class Benefit(Protocol):
    """Answers of a benefit, per head and without people.

    A benefit names the event of an insured person at which it starts (`on`) or the benefits whose beneficiaries' deaths
    start it (`follows`), or both. The other answers have defaults, so that a new benefit writes `claim` and `award`.

    Attributes
    ----------
    name : str
    on : "retirement", "invalidity", "death", "exit" or None
    follows : names of benefits
    upon : "death" of the beneficiaries of those that it follows, or "leaving", where they leave them alive
    together_with : name of a benefit on retirement together with which this one is drawn, or None
        Its claim is then a share of those who start that benefit, and nobody leaves by it.
    accompanies : names of benefits whose beneficiaries have a supplement from this one while they draw them
    linear : whether the supplement is a number and a share of the pension, so that parts of the beneficiaries add up
    withdraws : names of accounts from whose balances it is paid to members in service; see `withdrawn`
    lump_sum : paid once
    payments : monthly payments in a year (13 with a thirteenth payment); see `settled`
    share : dated share of the pension of a deceased beneficiary that is followed; None where the amount is an `award`
    share_before : "reduction", "increase" or "reduction_and_increase" for the age at which that pension started, which
        does not count in the share of it; None where the share is that of the pension as it is paid
    indexation_time : fraction of the year before the yearly adjustment of pensions
    """

    name: str
    on: str | None = None
    follows: tuple[str, ...] = ()
    upon: str = "death"
    together_with: str | None = None
    accompanies: tuple[str, ...] = ()
    linear: bool = False
    withdraws: tuple[str, ...] = ()
    lump_sum: bool = False
    payments: float = 12.0
    share: Any = None
    share_before: str | None = None
    law: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """Variables of the basis that it reads and that a basis may leave out."""
        return ()

    def claim(self, person: Any) -> Number:
        """Share of those at the event who start the benefit, 0..1, over (year, group, sex, age, service) as needed."""
        ...

    def award(self, person: Any) -> Amount | tuple[Amount, ...]:
        """Amount per head; several amounts add up."""
        ...

    def depends_on_age(self, what: str, scheme: Any) -> bool:
        """Whether awards under a scheme may have this for the age at which they start: a "reduction", an "increase", or
        any of both ("reduction_and_increase")."""
        return False

    def award_before(self, person: Any, what: str) -> Amount | tuple[Amount, ...]:
        """Amount per head before this, asked where `depends_on_age`."""
        return self.award(person)

    def continuance(self, basis: xr.Dataset) -> Number:
        """Probability that a beneficiary aged x on 31 December (sex, age) is paid a year later; 0 for lump sums."""
        return 0.0

    def survival(self, basis: xr.Dataset) -> Number | None:
        """Probability that a beneficiary is alive a year later; None where the benefit ends with death only."""
        return None

    def exposure(self, basis: xr.Dataset) -> Number | None:
        """Annual probability of staying that those who start at mid-year meet by half; None: the continuance."""
        return None

    def indexation(self, basis: xr.Dataset, finance: xr.Dataset | None = None) -> Number:
        """Adjustment of pensions in payment by year; reading `finance` (of the previous pass) causes passes."""
        return 0.0

    @property
    def indexation_time(self) -> float:
        """Fraction of the year that lies before the adjustment: 0 for 1 January."""
        return getattr(self.indexation, "time", 0.0)

    def conversion(self, basis: xr.Dataset) -> tuple[str, Number] | None:
        """Pension that beneficiaries move to, and the share of them who do by year, sex and age reached; None: none."""
        return None

    def kept(self, basis: xr.Dataset) -> Number | None:
        """Share of a survivor's pension that is due beside a pension of their own (year, sex, age); None: all of it."""
        return None

    def supplement(self, person: Any, pension: xr.DataArray) -> Number:
        """Yearly amount beside each pension of the benefits that are accompanied, by year, sex, age.

        `pension` is the average pension of the beneficiaries of that year, sex and age, currency/year.
        """
        return 0.0

    def fills_up_to(self, person: Any) -> tuple[Number, ...]:
        """Limits (year, sex, age), of which what each pension lacks is paid in part; none: see `supplement`."""
        return ()

    def beside_filling(self, person: Any, pension: xr.DataArray) -> Number:
        """What is due beside what fills pensions up (year, sex, age): a number and a share of the average pension."""
        return 0.0

    def filled(self, person: Any, name: str) -> tuple[Number, ...]:
        """Multiple of what pensions of a name lack of each limit that is paid (year, sex, age)."""
        return ()

    def withdrawn(self, person: Any) -> Number:
        """Share of the balances of all members of an age that is paid in a year (year, group, sex, age)."""
        return 0.0

    def withdrawing(self, person: Any) -> Number:
        """Share of the members of an age to whom it is paid (year, group, sex, age)."""
        return 0.0

    def family(self, basis: xr.Dataset) -> xr.DataArray | None:
        """Survivors per deceased (year, sex, age, sex_of_survivor, age_of_survivor); None if no survivor is paid."""
        return None

    def follow_claim(self, person: Any) -> Number:
        """Share of the deceased beneficiaries that are followed whose death starts this benefit."""
        return 1.0

    def share_of_pension(self, person: Any) -> Number:
        """Share of a followed pension that each survivor receives."""
        return 0.0

    def exact(self, person: Any) -> float:
        """Amount for one person."""
        return paid(self.award(person), person)


def settled(scheme: Any) -> tuple[Any, ...]:
    """The benefits of a scheme as pensions that are awarded are paid, in its order.

    One whose `payments` are None has those of the pension that it totals; one that answers `in_payment` is that pension
    under another name, so that who draws it and for how long follows from there.
    """
    return tuple(_settled(one, scheme) for one in scheme.benefits)


def _settled(benefit: Any, scheme: Any) -> Any:
    """A benefit that depends on another one for what becomes of its awards, by that other one."""
    if hasattr(benefit, "in_payment"):
        return benefit.in_payment(scheme.benefit(benefit.totalises))
    if benefit.payments is None:
        return replace(benefit, payments=scheme.benefit(benefit.totalises).payments)
    return benefit


def before_start(scheme: Any) -> dict[str, str]:
    """What of the age at which pensions start does not count for those who follow them, by the name of the pension.

    Raises
    ------
    BadScheme
        Followers of one pension for whom not the same counts.
    """
    found: dict[str, str] = {}
    benefits = settled(scheme)
    starts = {one.name: one for one in scheme.benefits}
    for one in benefits:
        what = one.share_before
        for name in one.follows if what is not None else ():
            if found.setdefault(name, what) != what:
                text = N_(
                    "share_before: what counts of {pension} after a death is not the same for all who have a share of "
                    "it ({first}, {other}).\n  Write the same in all of them."
                )
                raise BadScheme(Told(text, pension=name, first=found[name], other=what))
    return {name: what for name, what in found.items() if name in starts and starts[name].depends_on_age(what, scheme)}


class Formula(Protocol):
    """From a person and their years of service to an amount."""

    def award(self, person: Any, service: Number) -> Amount | tuple[Amount, ...]:
        """Amount per head for `service` years of credit."""
        ...
