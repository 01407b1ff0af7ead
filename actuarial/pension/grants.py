"""Lump sums: grants and refunds instead of a pension, and funeral grants."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.contract import Amount, Benefit
from actuarial.dated import Number, clip, evaluate
from actuarial.earned import Reference
from actuarial.fields import Age, Change, Count, Fraction, LumpSum, Word, Years, rule
from actuarial.pension.accounts import paid_rate
from actuarial.pension.common import missed, reached, served
from actuarial.pension.formulas import FormulaRule, award_of
from actuarial.translation import Told


class _InsteadOf(Benefit):
    """Who is at the event of another benefit without its qualifying period; the fields are those of the forms."""

    instead_of: str
    claim_rate: Any
    lump_sum = True

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("instead_of", "benefit", (self.instead_of,)),)

    def claim(self, person: Any) -> Number:
        """Those who have the age of the other benefit but not the service."""
        other = person.scheme.benefit(self.instead_of)
        return missed(other, person, evaluate(self.claim_rate, person))


@rule
class OldAgeGrant(_InsteadOf):
    """A lump sum for those who have the age but not the service: months of reference earnings per year of service.

    A grant for invalids without the service is the same with on = "invalidity" and instead_of = "invalidity". With
    `from_age` and `below_years` the law states the age and the service itself, and no other benefit is looked at.

    Notes
    -----
    amount = months/12 x n x RS, n the years of service and RS the reference earnings of twelve months; or what a
    formula answers for a year, paid once.
    """

    name: Word = Field(default="old_age_grant", description="Name of the benefit, unique in the scheme")
    months: Count | None = Field(default=None, description="Months of reference earnings for each year of service")
    formula: FormulaRule | None = Field(
        default=None, description="Amount: what a formula gives for a year, paid once; instead of months"
    )
    years: int = Field(default=1, ge=1, le=60, description="Last years whose mean is the reference earnings")
    revaluation: Literal["none", "wages", "prices"] = Field(default="none", description="Index of past earnings")
    capped: bool = Field(default=True, description="Earnings count within the floor and ceiling of insurable earnings")
    instead_of: Word = Field(default="old_age", description="Pension that is missed")
    from_age: Age | None = Field(
        default=None, description="Age (years) from which it is due; that of the missed pension if absent"
    )
    below_years: Years | None = Field(
        default=None, description="Service (years) below which it is due; that of the missed pension if absent"
    )
    on: Literal["retirement", "invalidity"] = Field(default="retirement", description="Event")
    claim_rate: Fraction = Field(default=1.0, description="Share of the entitled who claim it in a year (fraction)")
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        if (self.months is None) == (self.formula is None):
            raise ValueError(Told("needs either months (of reference earnings) or a formula"))
        if self.formula is not None and (self.years, self.revaluation, self.capped) != (1, "none", True):
            raise ValueError(Told("years, revaluation and capped have no meaning with a formula; state them inside it"))
        if (self.from_age is None) != (self.below_years is None):
            raise ValueError(Told("from_age and below_years belong together; give both or neither"))

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        table = handler.resolve_ref_schema(handler(core))
        return table | {"oneOf": [{"required": ["months"]}, {"required": ["formula"]}]}

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return super().refers_to if self.from_age is None else ()

    def claim(self, person: Any) -> Number:
        """Those who have the age but not the service, as the law states them or as another benefit does."""
        if self.from_age is None or self.below_years is None:
            return super().claim(person)
        short = 1.0 - served(person, evaluate(self.below_years, person))
        return reached(person, evaluate(self.from_age, person)) * evaluate(self.claim_rate, person) * short

    def award(self, person: Any) -> Amount | tuple[Amount, ...]:
        if self.months is None:
            return award_of(self.formula, person, person.service)
        rate = evaluate(self.months, person) / 12.0 * person.service
        return Amount(rate=rate, base=Reference(self.years, self.revaluation, capped=self.capped))


@rule
class Refund(_InsteadOf):
    """Contributions paid, given back to those who have the age but not the service.

    Notes
    -----
    For a cohort, contributions of k years before are taken at the rate of that year, on the last insurable earnings
    carried back by the growth of wages: sum_k pi_{t-k} w_k (1 + interest)^k I_{t-k}/I_t, w_k the part of a year served
    (half a year in the year of the event, whole years before it). For one person the career itself is added up.
    """

    name: Word = Field(default="refund", description="Name of the benefit, unique in the scheme")
    contributions: tuple[Word, ...] = Field(min_length=1, description="Contribution lines that are given back")
    share: Fraction = Field(default=1.0, description="Share of the contributions that is given back (fraction)")
    interest: Change = Field(default=0.0, description="Interest added (fraction per year)")
    instead_of: Word = Field(default="old_age", description="Pension that is missed")
    on: Literal["retirement", "invalidity"] = Field(default="retirement", description="Event")
    claim_rate: Fraction = Field(default=1.0, description="Share of the entitled who claim it in a year (fraction)")
    law: str = Field(default="", description="Article of the law")

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (*super().refers_to, ("contributions", "contribution", self.contributions))

    def award(self, person: Any) -> Amount:
        longest = float(np.max(np.asarray(person.service)))
        back = np.arange(int(np.ceil(longest + 0.5)) + 1)
        past = xr.DataArray(back, dims="past")
        weight = xr.where(past == 0, clip(person.service, 0.0, 0.5), clip(person.service - past + 0.5, 0.0, 1.0))
        interest = (1.0 + evaluate(self.interest, person)) ** past
        total = xr.dot(weight, self._rates(person, back) * _wages(person, back) * interest, dim="past")
        return Amount(rate=total * evaluate(self.share, person), base=Reference(years=1))

    def exact(self, person: Any) -> float:
        """Contributions of one career, year by year."""
        total = 0.0
        for year, paid in person.insurable_career():
            then = person.in_year(year)
            interest = (1.0 + evaluate(self.interest, person)) ** (person.year - year)
            total += self._rate(then) * paid * interest
        return float(total * evaluate(self.share, person))

    def _rate(self, person: Any) -> Number:
        """Sum of the rates of the lines that are given back."""
        return paid_rate(person, self.contributions)

    def _rates(self, person: Any, back: np.ndarray) -> xr.DataArray:
        """Sum of the rates by years back, for the same people: of the year and the age that they had then."""
        found = []
        for k in back:
            then = replace(person.at_years(np.asarray(person.year) - k), age=person.age - k)
            rate = xr.DataArray(self._rate(then))
            found.append(rate.assign_coords(year=np.asarray(person.year)) if "year" in rate.dims else rate)
        return xr.concat(found, dim="past")


def _wages(person: Any, back: np.ndarray) -> xr.DataArray:
    """Average wage some years back over that of the year of the event (past, year)."""
    years = np.asarray(person.year)
    then = years[np.newaxis, :] - back[:, np.newaxis]
    first = int(then.min())
    level = person.at_years(np.arange(first, years.max() + 1)).index("wages").values
    return xr.DataArray(level[then - first] / level[years - first], dims=("past", "year"), coords={"year": years})


@rule
class Gratuity(Benefit):
    """A lump sum beside a pension on retirement: what a formula gives for a year, paid once.

    Notes
    -----
    claim = share of those who start the other benefit and have the service; amount = that of the formula. A pension of
    which a part c is commuted at a factor f is a formula with the share 1 - c (`phased`), and beside it a gratuity of
    the same formula with the share c f.
    """

    name: Word = Field(default="gratuity", description="Name of the benefit, unique in the scheme")
    formula: FormulaRule = Field(description="Amount: what a formula gives for a year, paid once")
    together_with: Word = Field(default="old_age", description="Benefit on retirement whose start it is paid at")
    qualifying_years: Years = Field(default=0.0, description="Service (years) needed")
    claim_rate: Fraction = Field(
        default=1.0, description="Share of those who start the benefit and have the service who have it (fraction)"
    )
    law: str = Field(default="", description="Article of the law")

    on = "retirement"
    lump_sum = True

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("together_with", "benefit", (self.together_with,)),)

    def claim(self, person: Any) -> Number:
        return served(person, evaluate(self.qualifying_years, person)) * evaluate(self.claim_rate, person)

    def award(self, person: Any) -> tuple[Amount, ...]:
        return award_of(self.formula, person, person.service)


@rule
class RemarriageGrant(Benefit):
    """A lump sum for widows and widowers whose pension ends because they remarry: months of the pension that ends.

    Notes
    -----
    expenditure = claim_rate x months/12 x yearly pensions, adjusted in the year, of those who leave the pension alive:
    the share r (1 + p)/2 of those at the start of a year, r the rate of remarriage and p the probability to be alive a
    year later, both spread evenly over it.
    """

    name: Word = Field(default="remarriage_grant", description="Name of the benefit, unique in the scheme")
    months: Count = Field(description="Months of the pension that ends")
    follows: tuple[Word, ...] = Field(
        default=("widows",), min_length=1, description="Pensions of widows and widowers that end on remarriage"
    )
    claim_rate: Fraction = Field(default=1.0, description="Share of those who remarry who claim it (fraction)")
    law: str = Field(default="", description="Article of the law")

    lump_sum = True
    upon = "leaving"

    @property
    def share(self) -> Any:
        """It is a share of the pension that ends, not an amount for each person."""
        return self.months

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("follows", "benefit", self.follows),)

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: a pension that remarriage does not end."""
        for other in scheme.benefits:
            whose = next((one for one in scheme.benefits if one.name == getattr(other, "totalises", None)), other)
            if other.name in self.follows and not getattr(whose, "ends_on_remarriage", False):
                yield (
                    "follows",
                    Told("{other!r} does not end on remarriage; name a pension of widows that does", other=other.name),
                )

    def claim(self, person: Any) -> Number:
        """No event of a member starts it."""
        return 0.0

    def award(self, person: Any) -> Amount:
        return Amount(rate=0.0, base="currency")

    def follow_claim(self, person: Any) -> Number:
        return evaluate(self.claim_rate, person)

    def share_of_pension(self, person: Any) -> Number:
        return evaluate(self.months, person) / 12.0


@rule
class FuneralGrant(Benefit):
    """A lump sum at the death of a member or a pensioner: an amount of money, or months of the average wage.

    Notes
    -----
    expenditure = claim_rate x (deaths of members with the service + deaths of beneficiaries) x amount, the amount given
    or months/12 x average wage of the year.
    """

    name: Word = Field(default="funeral_grant", description="Name of the benefit, unique in the scheme")
    amount: LumpSum | None = Field(default=None, description="Amount (money, once); or give `months`")
    months: Count | None = Field(default=None, description="Months of the average wage of the insured")
    qualifying_years: Years = Field(default=0.0, description="Service (years) of deceased members that gives the right")
    follows: tuple[Word, ...] = Field(
        default=("old_age", "invalidity"), description="Benefits whose beneficiaries' deaths count"
    )
    claim_rate: Fraction = Field(default=1.0, description="Share of deaths for which it is claimed (fraction)")
    law: str = Field(default="", description="Article of the law")

    on = "death"
    lump_sum = True

    def __post_init__(self) -> None:
        if (self.amount is None) == (self.months is None):
            raise ValueError(Told("needs either amount (money) or months (of the average wage)"))

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("follows", "benefit", self.follows),)

    def claim(self, person: Any) -> Number:
        return served(person, evaluate(self.qualifying_years, person)) * evaluate(self.claim_rate, person)

    def award(self, person: Any) -> Amount:
        if self.amount is not None:
            return Amount(rate=self.amount.evaluate(person), base="currency")
        assert self.months is not None
        return Amount(rate=evaluate(self.months, person) / 12.0, base="average_wage")

    def follow_claim(self, person: Any) -> Number:
        return evaluate(self.claim_rate, person)
