"""Pension formulas that read accounts: balances, points, the average of a career; and parts of the service."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.contract import Amount, each
from actuarial.dated import ByYear, Number, evaluate
from actuarial.earned import Account
from actuarial.fields import Amounts, Count, Ratio, Word, Years, rule
from actuarial.pension.common import credits_of
from actuarial.pension.formulas import (
    EarningsRelated,
    FormulaRule,
    award_of,
)
from actuarial.pension.indexation import Indexation
from actuarial.pension.shared_fields import (
    GreatestPension,
    LeastCredits,
    LeastFromYears,
    LeastFullYears,
    LeastPension,
    check_limits,
    greatest_pension,
    least_credits,
    least_pension,
    misfitting_credits,
    require_limits,
)
from actuarial.pension.slopes import through
from actuarial.translation import Told

BEGINNING = 1000  # a year before every career
OF_MONEY = ("divisor", "divisor_from", "annuity")  # what turns a balance of money into a pension


@rule
class LifeAnnuity:
    """An annuity by the life table of the basis: the yearly pension of a balance is the balance over its value.

    Notes
    -----
    D = sum_{k=0}^{years-1} (1 + interest)^-k L_{x+k}/L_x, with the mortality of the cohort, for both sexes together
    (L_x of men and women added) or for each
    """

    interest: float = Field(
        gt=-0.5, le=1, description="Rate of interest or norm above the adjustment of pensions (fraction per year)"
    )
    sexes: Literal["together", "apart"] = Field(default="together", description="Whether men and women have one table")


@rule
class StatedAnnuity:
    """An annuity for a number of years that the law states, such as a life expectancy by year of birth and age.

    Notes
    -----
    D = (1 - (1 + interest)^-years)/interest, years without interest: the value of 1 a year, paid at the end of each
    """

    years: Years = Field(description="Years for which the pension is valued (years)")
    interest: float = Field(
        default=0.0, gt=-0.5, le=1, description="Rate of interest or norm above the adjustment of pensions (fraction)"
    )

    def value(self, person: Any) -> Number:
        """Value of 1 a year for a person, years."""
        return annuity_certain(evaluate(self.years, person), self.interest)


@rule
class Balance:
    """A pension from the balance of an account: a value for each unit of it, or the balance over a divisor.

    Notes
    -----
    P = clip(factor x K x n'/n, minimum_pension m(n), maximum_pension), factor the value of a unit (points) or one over
    the divisor, n' the years of service with projected ones and m(n) as in `FinalAverage`

    Examples
    --------
    Points of 40 a month each, and a notional account:

    >>> points = Balance(account="points", value={"value": 40, "per": "month"})
    >>> notional = Balance(account="notional", divisor={"age": {"62": 17.5, "65": 15.8}})
    """

    account: Word = Field(description="Account whose balance is paid")
    value: Amounts | None = Field(default=None, description="Pension for each unit of the balance (money)")
    divisor: Count | None = Field(default=None, description="Divisor (years) of the balance")
    divisor_from: StatedAnnuity | None = Field(
        default=None, description="Divisor that is an annuity for a stated life expectancy"
    )
    annuity: LifeAnnuity | None = Field(
        default=None,
        description="Annuity by the life table of the basis, along the cohort; after its last year mortality stays",
    )
    share: Ratio = Field(default=1.0, description="Share of the balance that is paid as a pension (fraction)")
    minimum_pension: LeastPension = Field(default=None)
    minimum_full_years: LeastFullYears = Field(default=None)
    minimum_from_years: LeastFromYears = Field(default=None)
    minimum_credits: LeastCredits = Field(default=None)
    maximum_pension: GreatestPension = Field(default=None)
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        ways = sum(way is not None for way in (self.value, self.divisor, self.divisor_from, self.annuity))
        if ways > 1:
            raise ValueError(Told("needs one of value, divisor, divisor_from and annuity, not several"))
        if ways == 0:
            raise ValueError(Told("needs the value of a unit, a divisor, or an annuity"))
        require_limits(self)

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("account", "account", (self.account,)), *least_credits(self))

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: a balance that is no money, divided as if it were."""
        yield from misfitting_credits(self, scheme)
        credits = credits_of(self.account, scheme)
        field = next((name for name in OF_MONEY if getattr(self, name) is not None), None)
        if credits in ("points", "months") and field is not None:
            yield (
                field,
                Told(
                    "has no meaning: {account} holds {credits}, which are no money; give the value of one of "
                    'them, value = {{ value = ..., per = "month" }}',
                    account=self.account,
                    credits=credits,
                ),
            )

    def award(self, person: Any, service: Number) -> Amount:
        """Amount for `service` years of credit, those beyond the service of the person at its average balance."""
        projected = over(service, person.service) if service is not person.service else 1.0
        check_limits(self, person)
        return Amount(
            rate=evaluate(self.share, person) * self.factor(person) * projected,
            base=person.scheme.account(self.account),
            floor=least_pension(self, person, service),
            ceiling=greatest_pension(self, person),
        )

    def factor(self, person: Any) -> Number:
        """Pension of a year for each unit of the balance."""
        if self.value is not None:
            return self.value.evaluate(person)
        if self.divisor is not None:
            return 1.0 / evaluate(self.divisor, person)
        if self.divisor_from is not None:
            return 1.0 / self.divisor_from.value(person)
        assert self.annuity is not None
        return 1.0 / annuity_value(person, self.annuity)


@rule
class CareerAverage(EarningsRelated):
    """A share of the mean of all earnings of the career, each revalued to the year of the award.

    P = clip(share x (sum of revalued earnings)/n, minimum_pension m(n), maximum_pension), n the years of service

    With `earnings_bands` slices of the mean count as they do for `FinalAverage`.
    """

    @property
    def own_account(self) -> Account:
        """The account that the formula keeps by itself: revalued earnings."""
        weights: dict[str, Any] = {} if self.revaluation == "none" else {self.revaluation: 1.0}
        until = self.revalued_until
        index = self.revaluation if until is None else f"{self.revaluation} until {until}"
        name = f"{'insurable' if self.capped else 'all'} earnings of the career ({index})"
        growth = Indexation(**weights) if weights else None
        return Account(name, capped=self.capped, growth=growth, growth_until=until)

    def award(self, person: Any, service: Number) -> Amount | tuple[Amount, ...]:
        """Amount for `service` years of credit."""
        if self.earnings_bands:
            mean = through(self.own_account, over(1.0, person.service))
            return self.in_bands(person, service, mean)
        check_limits(self, person)
        return Amount(
            rate=over(self.share(person, service), person.service),
            base=self.own_account,
            floor=least_pension(self, person, service),
            ceiling=greatest_pension(self, person),
        )


@rule
class ProRata:
    """Two laws in proportion to time: the old one for the years before a reform, the new one for the later years.

    Notes
    -----
    P = P_old(n) n_before/n + P_new(n) (n - n_before)/n, n all years of service and n_before those before `since`; each
    whole pension is held between its own minimum and maximum first.

    Both formulas are evaluated over the whole career, not over the years of their law: the bands of accrual and the
    base rate of the old one are those for all n years, its last years are those before the award, and a career average
    of the new one has the earnings of the years before `since` in it.

    In a projection n_before is the mean of the members of a cell of credit, whose own months differ from its label, see
    `PartOfService`. Of what is awarded before `since`, when n_before = n for everybody, any rest is paid by the old law
    too.
    """

    since: int = Field(ge=1900, le=2999, description="First year of the new law")
    old: FormulaRule = Field(
        description="Formula for the years before: the pension of the whole career, of which their part is paid"
    )
    new: FormulaRule = Field(
        description="Formula for the years since: the pension of the whole career, of which their part is paid"
    )
    law: str = Field(default="", description="Article of the law")

    @property
    def own_account(self) -> Account:
        """The account that the formula keeps by itself: months under the old law."""
        rate = ByYear(((BEGINNING, 1.0), (self.since, 0.0)))
        return Account(f"months before {self.since}", credits="months", rate=rate)

    def award(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit; projected years have the proportion of the others."""
        before = self.own_account
        whole = award_of(self.old, person, service)
        old = each(whole, lambda amount: replace(amount, part=before))
        new = each(award_of(self.new, person, service), lambda amount: replace(amount, part=before, rest=True))
        early = person.year < self.since
        if not isinstance(early, xr.DataArray) or not bool(early.any()):
            return (*old, *new)
        new = each(new, lambda amount: amount.times(xr.where(early, 0.0, 1.0)))
        rest = each(whole, lambda amount: replace(amount, part=before, rest=True).times(xr.where(early, 1.0, 0.0)))
        return (*old, *new, *rest)


@rule
class PartOfService:
    """The part of a pension that is due to months of one kind, such as service granted by law or before records began.

    Notes
    -----
    P = P(n) min(1, months of the account / months of service), or with rest = true P(n) less that. Two benefits, one
    with the months and one with the rest beside it, keep apart what each payer has to bear.

    In a projection the months are the mean of the members of a cell of credit, whose own service differs from its label
    by the steps in which they moved up the grid. Within an age, months above the label of some cells are given to the
    cells whose months are below it, so that months that are credited with all service are all of it; the part before a
    date, over the whole pension, is within 0.5% of that of simulated careers in the 17 years after it, on the grid of
    months as on that of years. Where a rate credits more than the months of service, members with less of them get what
    the limit takes from others of their age.
    """

    account: Word = Field(description="Account of months (credits = \"months\")")
    rest: bool = Field(default=False, description="Whether the other months are meant")
    formula: FormulaRule = Field(description="Amount of the whole pension")
    law: str = Field(default="", description="Article of the law")

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("account", "account", (self.account,)),)

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: an account of anything but months."""
        credits = credits_of(self.account, scheme)
        if credits not in (None, "months"):
            yield (
                "account",
                Told(
                    '{account!r} holds {credits}, no months; name an account with credits = "months"',
                    account=self.account,
                    credits=credits,
                ),
            )

    def award(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit."""
        months = person.scheme.account(self.account)
        whole = award_of(self.formula, person, service)
        return each(whole, lambda amount: replace(amount, part=months, rest=self.rest))


def over(value: Number, service: Number) -> Number:
    """Value for each year of service; nothing where there is none."""
    if isinstance(value, xr.DataArray) or isinstance(service, xr.DataArray):
        some = service > 0
        return xr.where(some, value / xr.where(some, service, 1.0), 0.0)
    return value / service if service > 0 else 0.0


def annuity_certain(years: Number, interest: float) -> Number:
    """Value of 1 at the end of each of so many years, parts of years included.

    Examples
    --------
    >>> round(float(annuity_certain(20.0, 0.016)), 6), annuity_certain(20.0, 0.0)
    (17.00058, 20.0)
    """
    if interest == 0.0:
        return years
    return -np.expm1(-years * np.log1p(interest)) / interest


def annuity_value(person: Any, annuity: LifeAnnuity) -> Number:
    """Value of a pension of 1 a year from the age of a person on, by the life table of the basis."""
    from actuarial.demography.annuities import annuity_due

    table = annuity_due(person.basis, annuity.interest, together=annuity.sexes == "together")
    if isinstance(person.age, xr.DataArray):
        return table
    first, last = int(table["year"][0]), int(table["year"][-1])
    age = min(person.age, int(table["age"][-1]))
    place = {"year": min(max(person.year, first), last), "age": age, "sex": person.sex}
    return float(table.sel({dim: place[str(dim)] for dim in table.dims}))
