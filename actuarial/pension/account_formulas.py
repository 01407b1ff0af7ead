"""Pension formulas that read accounts: balances, points, the average of a career; and parts of the service."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.contract import Amount, amounts, each
from actuarial.dated import ByYear, Misstated, Number, clip, evaluate
from actuarial.earned import Account
from actuarial.errors import BadScheme
from actuarial.fields import Amounts, Count, Ratio, Word, Years, rule
from actuarial.fitting import require_order, require_with, require_without
from actuarial.pension.by_earnings import ByEarnings
from actuarial.pension.combined import Banded, Greatest, Least
from actuarial.pension.common import credits_of
from actuarial.pension.formulas import (
    EarningsRelated,
    FormulaRule,
    Phased,
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
    proportion,
    require_limits,
)
from actuarial.pension.slopes import through
from actuarial.pension.tapers import Taper, bends, require_points
from actuarial.translation import N_, InFile, Told

BEGINNING = 1000  # a year before every career
OF_MONEY = ("divisor", "divisor_from", "annuity")  # what turns a balance of money into a pension
WHOLE_PENSION = Told(
    "a guarantee looks at one whole pension: state a minimum_pension inside it, or use minimum_in_payment"
)


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
    annuity: LifeAnnuity | None = Field(default=None, description="Annuity by the life table of the basis")
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
        projected = _over(service, person.service) if service is not person.service else 1.0
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
        name = f"{'insurable' if self.capped else 'all'} earnings of the career ({self.revaluation})"
        return Account(name, capped=self.capped, growth=Indexation(**weights) if weights else None)

    def award(self, person: Any, service: Number) -> Amount | tuple[Amount, ...]:
        """Amount for `service` years of credit."""
        if self.earnings_bands:
            mean = through(self.own_account, _over(1.0, person.service))
            return self.in_bands(person, service, mean)
        check_limits(self, person)
        return Amount(
            rate=_over(self.share(person, service), person.service),
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


@rule
class Guarantee:
    """What a pension falls short of a guaranteed amount, or a part of what it falls short.

    Notes
    -----
    P = clip(amount min(1, n / full_years) - counted x pension, 0, maximum), the pension by the formula given here, or
    that of the benefit `of` as it is awarded to the same person

    With `taper` instead of an amount it is a supplement that depends on what counts of the pension in straight lines
    between points, times min(1, n / full_years): an amount A for pensions up to a, nothing from b on, has the points
    (a, A) and (b, 0), one that is lost as a whole above a has b a millionth above it. With `taper_up_to_years` = m the
    points are those of a year of service, and the supplement is min(n, m) s(P/n) for n years with the pension P.
    """

    amount: Amounts | None = Field(default=None, description="Guaranteed amount (money); or give a taper")
    taper: Taper = Field(default=())
    taper_up_to_years: Years | None = Field(
        default=None,
        description="Service (years) that has a supplement at most, where the points of the taper are those of a year; "
        "those of the whole pension if absent",
    )
    full_years: Years | None = Field(
        default=None, description="Service (years) for the whole amount, in proportion below; any if absent"
    )
    counted: Ratio = Field(default=1.0, description="Part of the pension that counts against it (fraction)")
    maximum: Amounts | None = Field(default=None, description="Most that is paid of what is missing (money)")
    formula: FormulaRule | None = Field(
        default=None, description="Amount of the pension that counts: one formula; or give `of`"
    )
    of: Word | None = Field(default=None, description="Benefit whose pension counts")
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        if (self.formula is None) == (self.of is None):
            raise ValueError(
                InFile(
                    'needs either a formula or the name of the benefit whose pension counts, of = "old_age"',
                    Told("needs either a formula or the name of the benefit whose pension counts"),
                )
            )
        if text := _no_whole(self.formula):
            raise Misstated(text, ("formula",))
        require_points(self.taper)
        if self.amount is None and not self.taper:
            raise ValueError(Told("needs either an amount or a taper"))
        require_without(self, "taper", "amount", "maximum")
        require_with(self, "taper_up_to_years", "taper")
        require_order(self, "maximum", "amount")

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("of", "benefit", () if self.of is None else (self.of,)),)

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: a benefit whose pension is not one whole amount."""
        formula = None if self.of is None else _formula_of(self.of, scheme)
        text = "" if formula is self else _no_whole(formula)
        if text:
            yield "of", Told("{name!r}: {wrong}", name=self.of, wrong=text)

    def award(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit."""
        pension = self._pension(person, service)
        counted = pension.multiple * evaluate(self.counted, person)
        whole = proportion(self.full_years, person, service)
        part = replace(
            pension, rate=pension.rate * counted, floor=pension.floor * counted,
            ceiling=_times(pension.ceiling, counted), multiple=1.0,
        )  # fmt: skip
        if self.amount is None:
            return self._tapered(person, part, whole, service)
        guaranteed = self.amount.evaluate(person) * whole
        floor, ceiling = part.floor, part.ceiling
        if self.maximum is not None:
            floor = clip(floor, guaranteed - self.maximum.evaluate(person), np.inf)
            ceiling = clip(ceiling, floor, np.inf)
        return (replace(part, floor=floor, ceiling=ceiling, gap_to=guaranteed),)

    def _tapered(self, person: Any, part: Amount, whole: Number, service: Number) -> tuple[Amount, ...]:
        """What is missing to the pension of each point, times the change of the slope there."""
        last, limits = bends(self.taper, person, "guarantee")
        if self.taper_up_to_years is not None:
            counted = clip(service, 0.0, evaluate(self.taper_up_to_years, person))
            last, share = last * counted, _over(counted, service)
            limits = [(limit * service, change * share) for limit, change in limits]
        found = [Amount(rate=whole, base="currency", multiple=last)] if np.any(np.asarray(last) > 0.0) else []
        for limit, change in limits:
            for sign in (1.0, -1.0):
                weight = clip(sign * change, 0.0, np.inf)
                if np.any(np.asarray(weight) > 0.0):
                    found.append(replace(part, gap_to=limit, multiple=whole * weight, sign=sign))
        return tuple(found)

    def _pension(self, person: Any, service: Number) -> Amount:
        """The pension that counts."""
        found = award_of(self.formula, person, service) if self.of is None else _awarded(self.of, person)
        if len(found) != 1 or found[0].part is not None or found[0].gap_to is not None:
            text = N_("guarantee: the pension of {name} is not one whole amount.\n  {remedy}.")
            raise BadScheme(Told(text, name=self.of or Told("the formula"), remedy=WHOLE_PENSION))
        return found[0]


def _no_whole(formula: Any) -> str:
    """Why the pension of a formula is not one whole amount, as a guarantee needs it; empty where it is one."""
    if isinstance(formula, tuple) and len(formula) == 1:
        (formula,) = formula
    if isinstance(formula, Phased):
        return _no_whole(formula.formula)
    if isinstance(formula, EarningsRelated) and formula.earnings_bands:
        return _and_remedy(Told("earnings_bands pay a pension in slices"))
    reasons = (
        ((Greatest, Least, Banded, ByEarnings), Told("its formula is put together from slices of earnings")),
        (tuple, Told("the pension is that of several formulas that add up")),
        (ProRata, Told("pro_rata pays two parts, one by each law")),
        (PartOfService, Told("part_of_service pays a part of a pension")),
        (Guarantee, Told("a guarantee is itself what a pension falls short of an amount")),
    )
    return next((_and_remedy(reason) for kind, reason in reasons if isinstance(formula, kind)), "")


def _and_remedy(reason: Told) -> Told:
    return Told("{reason}; {remedy}", reason=reason, remedy=WHOLE_PENSION)


def _formula_of(name: str, scheme: Any) -> Any:
    """The formula of a benefit, or of the one whose formula it has."""
    known = {one.name: one for one in scheme.benefits}
    seen: set[str] = set()
    while name in known and name not in seen:
        seen.add(name)
        formula = getattr(known[name], "formula", None)
        if formula is not None:
            return formula
        name = str(getattr(known[name], "of", None) or getattr(known[name], "totalises", None))
    return None


def _awarded(name: str, person: Any) -> tuple[Amount, ...]:
    """What another benefit awards to a person."""
    return amounts(person.scheme.benefit(name).award(person))


def _times(limit: Number, factor: Number) -> Number:
    """A limit times a factor, where no limit stays none."""
    return limit if not isinstance(limit, xr.DataArray) and limit == np.inf else limit * factor


def _over(value: Number, service: Number) -> Number:
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
