"""Accounts of members: points, notional and funded balances, months of service of one kind; and lump sums of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal

import xarray as xr
from pydantic import Field, TypeAdapter, ValidationError

from actuarial import check
from actuarial.bands import ByService
from actuarial.contract import Amount, Benefit
from actuarial.dated import Dated, Misstated, Number, choose, clip, evaluate
from actuarial.earned import Account
from actuarial.errors import BadInput
from actuarial.fields import (
    Age,
    Amounts,
    Change,
    Fraction,
    LumpSum,
    Ratio,
    Reads,
    Several,
    Shape,
    Word,
    Years,
    bounds,
    check_leaves,
    dated_schema,
    in_percent,
    mistakes,
    rule,
    within,
)
from actuarial.fitting import LIMITS, require_order, require_word
from actuarial.pension.common import credits_of, reached, served
from actuarial.pension.indexation import Indexation, IndexationRule
from actuarial.translation import Told

ratio = within(0.0, 10.0, in_percent)


def paid_rate(person: Any, lines: tuple[str, ...]) -> Number:
    """Sum of the rates of contribution lines that are due for a person."""
    total: Number = 0.0
    for name in lines:
        line = person.scheme.contribution(name)
        rate = evaluate(line.rate, person)
        if line.groups:
            there = person.group.isin(line.groups) if hasattr(person.group, "isin") else person.group in line.groups
            rate = rate * there
        total = total + rate
    return total


@dataclass(frozen=True)
class LineRates:
    """What is credited of contributions: a share of the rates of their lines, less a fee."""

    lines: tuple[str, ...]
    fee: Any
    share: Any = 1.0

    def evaluate(self, person: Any) -> Number:
        """Rate for a person, fraction of insurable earnings."""
        return paid_rate(person, self.lines) * (1.0 - evaluate(self.fee, person)) * evaluate(self.share, person)


@dataclass(frozen=True)
class NetRate:
    """A share of a rate, less a fee."""

    rate: Any
    fee: Any
    share: Any = 1.0

    def evaluate(self, person: Any) -> Number:
        """Rate for a person, fraction of what is credited."""
        return evaluate(self.rate, person) * (1.0 - evaluate(self.fee, person)) * evaluate(self.share, person)


@dataclass(frozen=True)
class CollectedRate:
    """A rate times the share of contributions due that is collected, by year and group of the basis.

    Years before the projection have the share of its first year.
    """

    rate: Any

    def evaluate(self, person: Any) -> Number:
        """Rate for a person, fraction of what is credited."""
        if person.basis is None:
            raise BadInput("an account is credited with collected contributions, but there is no basis; give basis=.")
        check.require(person.basis, "collection_rate")
        return evaluate(self.rate, person) * _collected(person)


def _collected(person: Any) -> Number:
    """Share of contributions due that is collected, for a person or a grid."""
    share = person.basis["collection_rate"].drop_attrs()
    if isinstance(person.year, xr.DataArray):
        years = person.year["year"].values
        return share.reindex(year=years, method="bfill") if "year" in share.dims else share
    place: dict[str, Any] = {"group": person.group}
    if "year" in share.dims:
        known = share["year"].values
        place["year"] = min(max(person.year, int(known[0])), int(known[-1]))
    return float(share.sel({dim: place[str(dim)] for dim in share.dims}))


@rule
class ServiceRate:
    """Rate of an account for the months above a number of years of service."""

    above: float = Field(ge=0, le=80, description="Service (years) above which the rate holds")
    rate: Ratio = Field(description="Share of earnings, or multiple of points or months, that is credited (fraction)")


@cache
def _bands() -> TypeAdapter[tuple[ServiceRate, ...]]:
    return TypeAdapter(tuple[ServiceRate, ...])


def _rate(raw: Any) -> Any:
    """A dated rate, or rates in the order of service."""
    if not isinstance(raw, (tuple, list)):
        return ratio(raw)
    try:
        bands = _bands().validate_python(tuple(raw))
    except ValidationError as error:
        raise Several(mistakes(error, ServiceRate)) from None
    if not bands or any(one.above >= other.above for one, other in pairwise(bands)):
        example = "{ above = YEARS, rate = ... }"
        raise Misstated(Told("needs at least one band {example}, in the order of above", example=example))
    return bands


def _shape() -> dict[str, Any]:
    """JSON Schema of a rate."""
    several = {"type": "array", "minItems": 1, "items": TypeAdapter(ServiceRate).json_schema()}
    return {"anyOf": [*dated_schema({"type": "number", "minimum": 0, "maximum": 10})["anyOf"], several]}


AccountRate = Annotated[Dated | tuple[ServiceRate, ...], Reads(_rate), Shape(_shape)]


@rule
class MemberAccount:
    """A balance that the scheme keeps for every member.

    Notes
    -----
    K_t = K_{t-1} (1 + growth)(1 + gains) + share x rate (1 - fee) x insurable earnings of the year (or points, months)

    With timing = "index" the balance of the year before has the whole growth of the year in which a benefit starts, and
    credits of a year have none in it. With "interest" growth is earned day by day: half of it until a benefit starts in
    mid-year, and credits have it from the middle of the months that they are for; `gains` run as the growth does.

    With `growth_until` balances have the growth of the years in which an age up to it is reached, and none later, nor
    have credits; stated gains and what is inherited run on. Earnings that are revalued until 60 are those of an account
    with growth = "wages" and growth_until = 60, whose balance over a number of years is their average (`banded` pays
    it in slices).

    With paid = "collected" credits are multiplied by the `collection_rate` of the basis, so that of capped earnings
    k W are credited, W the `insurable_earnings` on which contributions come in (before calibration) and k the rate;
    with "assessed" k W over the collection rate, as where members keep the rights to what their employers owe.

    With inheritance = "own" the dead of an age leave their balances on 31 December to the others who are still insured
    (invalids who have recovered in the year are among them), before anybody enters, in proportion to balances: where q
    die and r of the survivors start a benefit, who remains has q/((1 - q)(1 - r)) of the own balance more, and where
    nobody remains the scheme keeps it (`account_released`). Who starts a benefit has nothing of the dead of that year;
    one person (`person_benefits`) has q/(1 - q) in each year before. "table" has q/(1 - q) whoever retires.

    Points with a `price` are what contributions buy: rate x insurable earnings of the year over the price of the year.

    Of earnings W within the floor and the ceiling W - above is credited, nothing below it: the account of a second tier
    has the ceiling of the first one as `above`.

    A rate may differ by year, age, year of birth, sex and group. By length of service it is a list of rates, each for
    the months above so many years: a month has the rate of the service before it, so that the years from service s to
    s' are credited with F(s') - F(s), F the sum over the bands of rate x years in them. Service is that of benefits,
    all months credited; up to the first number of years nothing is. Opening balances that the basis gives are spread
    over the members of an age in proportion to their months, whatever the rates.

    On the grid of years (`service="years"`) those between two whole years of service are parts of both cells, so that
    they have the rates of either side of an edge in proportion, also of an edge that is no whole year. Where rates rise
    from nothing to 10% and 20%, credits of a year are up to 2.0%, balances up to 1.2% and lump sums on retirement up to
    0.2% from those on the grid of months with edges at 4.25 and 9.5 years, and 2.0%, 1.1% and 0.14% with 5 and 10.

    Contributions in steps by hours of work are rates of classes by density (`density_classes`): of credits = "months" a
    class with the density d that pays the part s of a contribution has the rate s/d, and a class lies in one step as a
    whole.

    Examples
    --------
    >>> MemberAccount(name="notional", rate=0.16, growth="wages", inheritance="table").account.timing
    'index'

    An employer who pays a tenth of earnings, after five years of service 15%:

    >>> employer = [{"above": 0, "rate": 0.10}, {"above": 5, "rate": 0.15}]
    >>> [span[:2] for span in MemberAccount(name="employer", rate=employer).account.spans]
    [(0.0, 5.0), (5.0, inf)]
    """

    name: Word = Field(description="Name of the account, unique in the scheme")
    credits: Literal["earnings", "points", "months"] = Field(
        default="earnings",
        description="What is credited: insurable earnings, these over the average wage of the insured (or the price of "
        "a point), or months",
    )
    rate: AccountRate | None = Field(
        default=None,
        description="Share of earnings (at most 1), or multiple of months or of points without a price, that is "
        "credited (fraction; 1 if absent there); or a list of such rates by length of service, or give contributions",
    )
    contributions: tuple[Word, ...] = Field(
        default=(), description="Contribution lines whose rates are credited, instead of rate"
    )
    share: Fraction = Field(
        default=1.0, description="Part of what is credited that goes to this account, where several share it (fraction)"
    )
    fee: Fraction = Field(default=0.0, description="Fee on what is credited (fraction)")
    paid: Literal["assessed", "collected"] = Field(
        default="assessed",
        description="Whether what is due is credited, or the share of it that is collected (collection_rate of the "
        "basis)",
    )
    capped: bool = Field(default=True, description="Earnings count within the floor and ceiling of insurable earnings")
    floor: Amounts | None = Field(default=None, description="Floor of earnings; the scheme's own if absent (money)")
    ceiling: Amounts | None = Field(default=None, description="Ceiling of earnings; the scheme's own if absent (money)")
    above: Amounts | None = Field(
        default=None, description="Earnings above which they count, up to the ceiling; all of them if absent (money)"
    )
    price: LumpSum | None = Field(
        default=None, description="Price of a point (money, once); the average wage of the insured if absent"
    )
    growth: IndexationRule = Field(default_factory=Indexation, description="Adjustment of balances (fraction per year)")
    growth_until: Age | None = Field(
        default=None,
        description="Age (years) up to which balances are adjusted; the year in which it is reached is the last one, "
        "always if absent",
    )
    gains: Change = Field(
        default=0.0, description="Further growth of the balance of the year before that the law states (fraction)"
    )
    timing: Literal["index", "interest"] = Field(
        default="index", description="Whether growth is that of an index, or interest that runs with time"
    )
    inheritance: Literal["none", "own", "table"] = Field(
        default="none",
        description="What becomes of balances of the dead: nothing, they go to those of their age, sex and group, or "
        "balances grow by a table for both sexes",
    )
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        if self.rate is not None and self.contributions:
            raise ValueError(Told("needs either a rate or contributions, not both"))
        require_word(self, "price", "credits", "points")
        if self.price is not None:
            check_leaves(self.price, _positive, "price")
        of_money = self.credits == "earnings" or self.price is not None
        if of_money and self.rate is None and not self.contributions:
            raise ValueError(Told("needs a rate, or the contributions that are credited"))
        if of_money:
            for place, rate in self._rates():
                check_leaves(rate, bounds(0.0, 1.0, in_percent), "rate", *place)
        if self.contributions and not of_money:
            raise ValueError(
                Told(
                    'contributions have no meaning with credits = "{credits}"; give a rate or nothing',
                    credits=self.credits,
                )
            )
        for name in LIMITS if self.credits == "months" else ():
            require_word(self, name, "credits", "earnings")
        if self.growth_until is not None and self.growth == Indexation():
            text = Told("has no meaning without {names}; give that too, or leave this out", names=("growth",))
            raise Misstated(text, ("growth_until",))
        require_order(self, "floor", "ceiling")
        require_order(self, "above", "ceiling")
        if self.paid == "collected" and self.credits == "months":
            raise ValueError(Told('paid = "collected" has no meaning with credits = "months"; leave it out'))

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("contributions", "contribution", self.contributions),)

    @property
    def account(self) -> Account:
        """The account as amounts refer to it."""
        rate: Any
        if isinstance(self.rate, tuple):
            rate = ByService(tuple((band.above, self._paid(self._net(band.rate))) for band in self.rate))
        elif self.contributions:
            rate = self._paid(LineRates(self.contributions, self.fee, self.share))
        else:
            rate = self._paid(self._net(1.0 if self.rate is None else self.rate))
        growth = None if self.growth == Indexation() else self.growth
        return Account(
            self.name, self.credits, rate, self.capped, growth, self.gains, self.timing, self.inheritance, self.floor,
            self.ceiling, self.above, self.price, growth_until=self.growth_until,
        )  # fmt: skip

    def _rates(self) -> list[tuple[tuple[str | int, ...], Any]]:
        """Rates that are stated, and the keys that lead to each."""
        if isinstance(self.rate, tuple):
            return [((i, "rate"), band.rate) for i, band in enumerate(self.rate)]
        return [] if self.rate is None else [((), self.rate)]

    def _net(self, rate: Any) -> NetRate:
        return NetRate(rate, self.fee, self.share)

    def _paid(self, rate: Any) -> Any:
        return CollectedRate(rate) if self.paid == "collected" else rate


def _positive(number: float) -> str | None:
    """What is wrong with a number that is not above 0; None where nothing is."""
    return None if number > 0.0 else Told("must be > {bound:g} (got {number})", bound=0.0, number=number)


@rule
class PaidPart:
    """An account of which a share of its own is paid out."""

    account: Word = Field(description="Account that is paid out in part")
    share: Fraction = Field(description="Share of the balance that is paid out (fraction)")


@rule
class AccountPayout(Benefit):
    """A lump sum of the balances of accounts, with a top-up to a least number of years of contributions.

    Accounts of points or months are paid at the `value` of a unit: of months a severance grant, so much for each month.

    On retirement it is due from an age on, to those with the service; with `together_with` to those who start that
    benefit.

    Whoever starts it leaves none of the accounts that it names: the scheme keeps what it does not pay, as where the
    share of an employer's account vests by length of service (one benefit for each share). On exit the balances of
    others who leave wait for a later benefit. Inactive members of the valuation date have the balances of the insured
    of their age and service, as if nothing had been paid to them when they left.

    Notes
    -----
    amount = share x value x (sum of balances of accounts + sum over parts of share x balance), value = 1 for money,
    + topup_rate x max(0, topup_years - n) x insurable earnings of the last year

    With `above` it is share x max(0, value x balance - above) of one account, in a projection over the distribution of
    balances, and zero for the others among those who claim it. What stays is paid by another benefit on the same
    event, such as a pension `together_with` it: with above = A and a divisor d of the balance its formula is `banded`
    with slices up to A/d a year. In service nothing is taken out above a balance: balances would no longer be in one
    proportion for all members with the same past.
    """

    name: Word = Field(default="account_payout", description="Name of the benefit, unique in the scheme")
    accounts: tuple[Word, ...] = Field(default=(), description="Accounts that are paid out in whole")
    parts: tuple[PaidPart, ...] = Field(default=(), description="Accounts of which a share is paid out")
    share: Fraction = Field(default=1.0, description="Share of all this that is paid out (fraction)")
    value: LumpSum | None = Field(
        default=None, description="What a unit of accounts of points or months is paid out at (money, once)"
    )
    on: Literal["retirement", "invalidity", "death", "exit"] = Field(default="retirement", description="Event")
    from_age: Age | None = Field(default=None, description="Age (years) from which it is due; any if absent")
    below_age: Age | None = Field(default=None, description="Age (years) below which it is due; any if absent")
    qualifying_years: Years = Field(default=0.0, description="Service (years) needed")
    below_years: Years | None = Field(default=None, description="Service (years) below which it is due; any if absent")
    claim_rate: Fraction = Field(default=1.0, description="Share of the entitled who claim it in a year (fraction)")
    above: LumpSum | None = Field(
        default=None,
        description="Balance that is not paid out but only what exceeds it, such as what a pension is bought with "
        "(money, once); all of it is paid out if absent",
    )
    topup_years: Years = Field(default=0.0, description="Service (years) up to which missing years are made up for")
    topup_rate: Fraction = Field(default=0.0, description="Share of yearly earnings for each year made up (fraction)")
    together_with: Word | None = Field(
        default=None,
        description="Benefit on retirement that it is drawn together with: at its start or never, by those who have "
        "reached the age and have the service for both then",
    )
    law: str = Field(default="", description="Article of the law")

    lump_sum = True

    def __post_init__(self) -> None:
        if self.on == "retirement" and self.from_age is None and self.together_with is None:
            raise ValueError(Told("on retirement it needs from_age, or the benefit that it is drawn together_with"))
        if not self.accounts and not self.parts:
            raise ValueError(Told("needs the accounts that are paid out, or parts of accounts"))
        if self.above is not None and (self.parts or len(self.accounts) > 1):
            raise Misstated(Told("needs one account that is paid out, without parts of others"), ("above",))
        if self.above is not None and self.on == "exit":
            text = Told("has no meaning on exit, where what is not paid out would stay in the account; leave it out")
            raise Misstated(text, ("above",))

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        other = () if self.together_with is None else (self.together_with,)
        parts = tuple(part.account for part in self.parts)
        return (
            ("accounts", "account", self.accounts),
            ("parts", "account", parts),
            ("together_with", "benefit", other),
        )

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: units without a value, money with the value of a unit."""
        for name in (*self.accounts, *(part.account for part in self.parts)):
            credits = credits_of(name, scheme)
            if credits in ("points", "months") and self.value is None:
                yield (
                    "accounts" if name in self.accounts else "parts",
                    Told(
                        "{account!r} holds {credits}, which are no money; give what one of them is paid out at, "
                        'value = {{ value = ..., per = "once" }}',
                        account=name,
                        credits=credits,
                    ),
                )
            if credits == "earnings" and self.value is not None:
                yield (
                    "value",
                    Told(
                        "has no meaning for {account!r}, which holds money; leave it out, or pay the account out by "
                        "another benefit",
                        account=name,
                    ),
                )

    def reached(self, person: Any) -> Number:
        """Share of those of an age who have reached the age for it by 31 December, and not passed the other one.

        Of those who start another benefit in a year in which the age is reached, all are taken to have reached it.
        """
        share: Number = 1.0
        if self.from_age is not None:
            share = reached(person, evaluate(self.from_age, person))
            if self.together_with is not None:
                share = choose(share > 0.0, 1.0, 0.0)
        if self.below_age is not None:
            share = share * (1.0 - reached(person, evaluate(self.below_age, person)))
        return share

    def served(self, person: Any) -> Number:
        """1 where the service is long enough and short enough, else 0."""
        share = served(person, evaluate(self.qualifying_years, person))
        if self.below_years is not None:
            share = share * (1.0 - served(person, evaluate(self.below_years, person)))
        return share

    def claim(self, person: Any) -> Number:
        return self.reached(person) * self.served(person) * evaluate(self.claim_rate, person)

    def award(self, person: Any) -> tuple[Amount, ...]:
        share, account = evaluate(self.share, person), person.scheme.account
        share = share if self.value is None else share * self.value.evaluate(person)
        stays = 0.0 if self.above is None else evaluate(self.share, person) * self.above.evaluate(person)
        paid = tuple(Amount(rate=share, base=account(name), less=stays) for name in self.accounts)
        for part in self.parts:
            paid = (*paid, Amount(rate=share * evaluate(part.share, person), base=account(part.account)))
        if self.topup_rate == 0.0:
            return paid
        missing = clip(evaluate(self.topup_years, person) - person.service, 0.0, float("inf"))
        return (*paid, Amount(rate=evaluate(self.topup_rate, person) * missing, base="final_earnings"))
