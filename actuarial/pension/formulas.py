"""Pension formulas: from years of service to a share of reference earnings, or to an amount."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, PlainValidator, TypeAdapter, ValidationError, WithJsonSchema

from actuarial.contract import Amount, amounts
from actuarial.dated import Dated, Misstated, Number, choose, clip, evaluate
from actuarial.earned import Reference
from actuarial.errors import BadScheme
from actuarial.fields import (
    Amounts,
    Fraction,
    Ratio,
    Reads,
    Several,
    Shape,
    Years,
    dated_schema,
    fraction,
    mistakes,
    rule,
)
from actuarial.fitting import check_order, require_order
from actuarial.pension.common import ROUNDING
from actuarial.pension.shared_fields import (
    BaseYears,
    BestOf,
    Capped,
    CompletedMonths,
    CompletedYears,
    CountsFromMonths,
    GreatestPension,
    LeastCredits,
    LeastFromYears,
    LeastFullYears,
    LeastPension,
    MeanYears,
    Revaluation,
    RevaluedUntil,
    check_limits,
    completed,
    greatest_pension,
    least_credits,
    least_pension,
    misfitting_credits,
    proportion,
    require_best,
    require_limits,
    require_revaluation,
    require_spans,
)
from actuarial.pension.slopes import Line, constant, greatest_of, least_of, sliced, through, total_of
from actuarial.translation import Told

FORMULA = "formula"  # mark of a formula in the JSON Schema, where the table of forms is put in


@rule
class Band:
    """Accrual for the years of service above a number of years."""

    above: Years = Field(description="Service (years) above which the rate holds")
    rate: Fraction = Field(description="Share of reference earnings for each such year (fraction)")


@rule
class EarningsBand:
    """The part of reference earnings, or of a pension, above an amount of money that counts."""

    above: Amounts | None = Field(default=None, description="Where the slice begins (money); 0 if absent")
    counted: Ratio = Field(description="Part of the slice that counts (fraction)")


@cache
def _bands() -> TypeAdapter[tuple[Band, ...]]:
    return TypeAdapter(tuple[Band, ...])


def _accrual(raw: Any) -> Any:
    """A dated rate, or bands in the order of service."""
    if not isinstance(raw, (tuple, list)):
        return fraction(raw)
    try:
        bands = _bands().validate_python(tuple(raw))
    except ValidationError as error:
        raise Several(mistakes(error, Band)) from None
    plain = [band.above for band in bands if isinstance(band.above, float)]
    if not bands or any(a >= b for a, b in pairwise(plain)):
        example = "{ above = YEARS, rate = ... }"
        raise Misstated(Told("needs at least one band {example}, in the order of above", example=example))
    return bands


def _shape() -> dict[str, Any]:
    """JSON Schema of an accrual."""
    several = {"type": "array", "minItems": 1, "items": TypeAdapter(Band).json_schema()}
    return {"anyOf": [*dated_schema({"type": "number", "minimum": 0, "maximum": 1})["anyOf"], several]}


Accrual = Annotated[Dated | tuple[Band, ...], Reads(_accrual), Shape(_shape)]


@rule
class Flat:
    """The same amount for everybody, in proportion to service up to a full career.

    P = amount x min(1, n / full_years), nothing where n < from_years
    """

    amount: Amounts = Field(description="Amount of the pension (money)")
    full_years: Years | None = Field(
        default=None, description="Service (years) for the full amount; all get it if absent"
    )
    from_years: Years | None = Field(
        default=None, description="Service (years) below which nothing is paid; any if absent"
    )
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        require_order(self, "from_years", "full_years")

    def award(self, person: Any, service: Number) -> Amount:
        """Amount for `service` years of credit."""
        rate = proportion(self.full_years, person, service)
        if self.from_years is not None:
            first = evaluate(self.from_years, person)
            if self.full_years is not None:
                check_order("from_years", first, "full_years", evaluate(self.full_years, person))
            rate = rate * choose(service >= first - ROUNDING, 1.0, 0.0)
        return Amount(rate=rate, base="currency", multiple=self.amount.evaluate(person))


@rule
class EarningsRelated:
    """What formulas on average earnings have in common: a base rate and an accrual for each (further) year of service.

    share = clip(b + a(n) - a(n0), minimum, maximum)

    with b the base rate that covers the first n0 = base_years, a(n) = accrual x n, or the sum over bands. Of the
    reference earnings all count, or with `earnings_bands` a part of each slice between two amounts of money.
    """

    accrual: Accrual = Field(description="Share of reference earnings per year of service (fraction), or bands")
    revaluation: Revaluation = Field(default="none")
    revalued_until: RevaluedUntil = Field(default=None)
    capped: Capped = Field(default=True)
    base_rate: Fraction = Field(
        default=0.0, description="Share of reference earnings for the first base_years (fraction)"
    )
    base_years: BaseYears = Field(default=0.0)
    completed_years: CompletedYears = Field(default=False)
    completed_months: CompletedMonths = Field(default=None)
    counts_from_months: CountsFromMonths = Field(default=None)
    minimum: Fraction = Field(default=0.0, description="Least share of reference earnings (fraction)")
    maximum: Ratio | None = Field(default=None, description="Greatest share of reference earnings (fraction)")
    minimum_pension: LeastPension = Field(default=None)
    minimum_full_years: LeastFullYears = Field(default=None)
    minimum_from_years: LeastFromYears = Field(default=None)
    minimum_credits: LeastCredits = Field(default=None)
    maximum_pension: GreatestPension = Field(default=None)
    earnings_bands: tuple[EarningsBand, ...] = Field(
        default=(), description="Slices of the reference earnings of which parts count; all of them if absent"
    )
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        require_spans(self)
        require_revaluation(self)
        require_order(self, "minimum", "maximum")
        require_limits(self)

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return least_credits(self)

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: months for the least pension on an account of none."""
        yield from misfitting_credits(self, scheme)

    def share(self, person: Any, service: Number) -> Number:
        """Share of reference earnings for `service` years of credit."""
        first = evaluate(self.base_years, person)
        further = completed(self, clip(service - first, 0.0, np.inf))
        share = evaluate(self.base_rate, person) + self.accrued(person, first + further) - self.accrued(person, first)
        lowest: Number = evaluate(self.minimum, person)
        highest: Number = np.inf
        if self.maximum is not None:
            highest = evaluate(self.maximum, person)
        check_order("minimum", lowest, "maximum", highest)
        return clip(share, lowest, highest)

    def in_bands(self, person: Any, service: Number, earned: Line) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit where slices of the reference earnings count in part."""
        what = "earnings_bands"
        whole = total_of([counted_in(self.earnings_bands, person, earned, what)], what, [self.share(person, service)])
        check_limits(self, person)
        if self.minimum_pension is not None:
            whole = greatest_of([whole, constant(least_pension(self, person, service))], what)
        if self.maximum_pension is not None:
            whole = least_of([whole, constant(greatest_pension(self, person))], what)
        return whole.amounts()

    def accrued(self, person: Any, years: Number) -> Number:
        """Sum of the accrual over the first `years` of service."""
        if not isinstance(self.accrual, tuple):
            return evaluate(self.accrual, person) * years
        edges: list[Number] = [*(evaluate(band.above, person) for band in self.accrual), np.inf]
        require_rising(edges, "accrual")
        total: Number = 0.0
        for band, (above, top) in zip(self.accrual, pairwise(edges), strict=True):
            total = total + evaluate(band.rate, person) * (clip(years, above, top) - above)
        return total


@rule
class OtherYears:
    """A share of the mean earnings of other years, with the revaluation and the limits of a formula.

    Parameters beside it say what it bounds, see `FinalAverage`.
    """

    years: int = Field(ge=1, le=60, description="Years whose mean it is")
    best_of: BestOf = Field(default=None)
    share: float = Field(default=1.0, gt=0, le=3, description="Share of this mean (fraction)")

    def __post_init__(self) -> None:
        require_best(self.years, self.best_of)

    def beside(self, formula: "FinalAverage") -> tuple[Reference, float]:
        """The reference earnings of these years, and their share."""
        window = formula.window if self.best_of is None else "calendar_years"
        varying = formula.varying if self.best_of is not None else 0.0
        until = formula.revalued_until
        base = Reference(
            self.years, formula.revaluation, window, formula.capped, self.best_of, varying, revalued_until=until
        )
        return base, self.share


@rule
class FinalAverage(EarningsRelated):
    """A share of the mean earnings of the last years, or of the best of them.

    P = clip(RS x share, minimum_pension m(n), maximum_pension), m(n) = min(1, n / minimum_full_years), or with
    `minimum_from_years` clip((n - from)/(full - from), 0, 1), n the months of `minimum_credits` where that is given

    Notes
    -----
    With `earnings_bands` the sum over them of counted x min(max(RS - above, 0), next above - above) stands for RS; what
    a minimum pension then adds is told apart from the pension where it is reached within the first slice.

    With `best_of`, RS is the mean of the `years` greatest of the last so many revalued earnings. A cohort has the same
    best years as its average member, each member a fixed multiple of it; earnings that vary from year to year around
    that are allowed for by `varying`, see `actuarial.earned.Reference`.

    With `revalued_until` earnings are carried to the year in which that age is reached, and those of later years count
    as they are, as for average indexed earnings that stop at 60. Who starts before that age has them carried to the
    year of the start; an index that always ends some years before it cannot be said.

    With `not_above` and `not_below` the reference earnings are max(b RS', min(RS, a RS'')), RS' and RS'' the means of
    other years and b and a their shares: the better of two means, or one that another bounds.

    Examples
    --------
    20% for 15 years and 1.5 points for each further completed year, on the mean of 60 months:

    >>> formula = FinalAverage(base_rate=0.20, base_years=15, accrual=0.015, completed_years=True, years=5)
    >>> round(float(formula.share(None, 20.9)), 4)
    0.275
    """

    years: MeanYears = Field()
    best_of: BestOf = Field(default=None)
    varying: float = Field(
        default=0.0, ge=0, le=2, description="Coefficient of variation of one person's earnings from year to year"
    )
    window: Literal["calendar_years", "months"] = Field(default="calendar_years", description="What the last years are")
    not_below: OtherYears | None = Field(
        default=None, description="Mean of other years that the reference earnings are at least"
    )
    not_above: OtherYears | None = Field(
        default=None, description="Mean of other years that the reference earnings are at most"
    )

    def __post_init__(self) -> None:
        EarningsRelated.__post_init__(self)
        require_best(self.years, self.best_of)
        if self.best_of is not None and self.window == "months":
            raise ValueError(Told('best_of counts calendar years; leave window = "months" out'))
        best = any(one is not None and one.best_of is not None for one in (self, self.not_below, self.not_above))
        if self.varying and not best:
            raise ValueError(Told("varying has no meaning without best_of; remove it"))

    def award(self, person: Any, service: Number) -> Amount | tuple[Amount, ...]:
        """Amount for `service` years of credit."""
        below, above = (None if one is None else one.beside(self) for one in (self.not_below, self.not_above))
        varying = self.varying if self.best_of is not None else 0.0
        base = Reference(
            self.years, self.revaluation, self.window, self.capped, self.best_of, varying, below, above,
            self.revalued_until,
        )  # fmt: skip
        if self.earnings_bands:
            return self.in_bands(person, service, through(base, 1.0))
        check_limits(self, person)
        return Amount(
            rate=self.share(person, service),
            base=base,
            floor=least_pension(self, person, service),
            ceiling=greatest_pension(self, person),
        )


def counted_in(bands: tuple[EarningsBand, ...], person: Any, whole: Line, what: str) -> Line:
    """Of each slice of an amount the part that counts.

    Raises
    ------
    BadScheme
        Slices that do not begin one above the other.
    """
    above = [0.0 if band.above is None else band.above.evaluate(person) for band in bands]
    require_rising(above, what)
    return sliced(whole, above, [evaluate(band.counted, person) for band in bands], what)


def require_rising(above: Sequence[Number], what: str) -> None:
    """BadScheme where a band does not begin above the one before it."""
    if any(np.any(np.asarray(lower >= higher)) for lower, higher in pairwise(above)):
        raise BadScheme(Told("{what}: `above` must rise from band to band for everybody in every year.", what=what))


def _formulas(raw: Any) -> Any:
    """A formula, or several that add up."""
    several = raw if isinstance(raw, (tuple, list)) else (raw,)
    for formula in several:
        if isinstance(formula, Mapping) and "form" in formula:
            example = "FinalAverage(accrual=0.02, years=5)"
            raise Misstated(
                Told("a form is for scheme files; give an object here, such as {example}", example=example)
            )
        if not callable(getattr(formula, "award", None)):
            raise Misstated(
                Told(
                    "must be a formula, for example {example} (got {value!r})",
                    example='{ form = "final_average", accrual = 0.02, years = 5 }',
                    value=formula,
                )
            )
    return tuple(several) if several is raw else raw


FormulaRule = Annotated[Any, PlainValidator(_formulas), WithJsonSchema({"$comment": FORMULA})]


@rule
class Phased:
    """The part of a pension that a law grants in a year or to a cohort; with others the whole of it.

    P = share x min(1, n / full_years) x pension by the formula, the share by year, year of birth, sex or group; nothing
    where n < from_years or n >= below_years

    Notes
    -----
    Two formulas for different cohorts add up with shares of 1 and 0, two laws that replace each other step by step with
    shares that rise and fall; one formula for short careers and another one for long ones with `below_years` and
    `from_years`.

    Examples
    --------
    The last five years for those born up to 1969, the best ten of fifteen for the later ones:

    >>> old = Phased(share={"cohort": {1900: 1, 1970: 0}}, formula=FinalAverage(accrual=0.02, years=5))
    >>> new = Phased(
    ...     share={"cohort": {1900: 0, 1970: 1}}, formula=FinalAverage(accrual=0.02, years=10, best_of=15)
    ... )
    """

    share: Ratio = Field(description="Part of the pension that is granted (fraction)")
    full_years: Years | None = Field(
        default=None, description="Service (years) for the whole part, in proportion below; any if absent"
    )
    from_years: Years | None = Field(
        default=None, description="Service (years) below which nothing is paid; any if absent"
    )
    below_years: Years | None = Field(
        default=None, description="Service (years) from which nothing is paid; never if absent"
    )
    formula: FormulaRule = Field(description="Amount of the whole pension")
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        require_order(self, "from_years", "below_years")

    def award(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit."""
        share = evaluate(self.share, person) * proportion(self.full_years, person, service)
        if self.from_years is not None:
            share = share * choose(service >= evaluate(self.from_years, person) - ROUNDING, 1.0, 0.0)
        if self.below_years is not None:
            share = share * choose(service >= evaluate(self.below_years, person) - ROUNDING, 0.0, 1.0)
        return tuple(amount.times(share) for amount in award_of(self.formula, person, service))


def award_of(formula: Any, person: Any, service: Number) -> tuple[Amount, ...]:
    """Amounts of a formula, or of several that add up."""
    several = formula if isinstance(formula, tuple) else (formula,)
    return tuple(amount for one in several for amount in amounts(one.award(person, service)))
