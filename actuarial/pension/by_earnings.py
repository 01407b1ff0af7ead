"""A pension whose share of reference earnings depends on these earnings themselves."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import Field

from actuarial.contract import Amount
from actuarial.dated import Misstated, Number, choose, clip, evaluate
from actuarial.earned import Reference
from actuarial.errors import BadScheme
from actuarial.fields import Amounts, Fraction, Ratio, Years, rule
from actuarial.fitting import check_order, require_order, require_with
from actuarial.pension.formulas import require_rising
from actuarial.pension.pieces import Pieces, pieces_of
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
    require_best,
    require_limits,
    require_revaluation,
    require_spans,
)
from actuarial.translation import Told


@rule
class Bracket:
    """Rates for those whose reference earnings are above an amount of money, on all of these earnings."""

    above: Amounts | None = Field(default=None, description="Earnings above which the rates hold (money); 0 if absent")
    base_rate: Fraction = Field(
        default=0.0, description="Share of reference earnings for the first base_years (fraction)"
    )
    accrual: Fraction = Field(default=0.0, description="Share of reference earnings per further year (fraction)")
    falls_by: Fraction = Field(
        default=0.0, description="What the base rate falls by, for each `for_each` of reference earnings (fraction)"
    )
    for_each: Amounts | None = Field(default=None, description="Earnings for which the base rate falls (money)")
    least_rate: Fraction = Field(default=0.0, description="What the base rate falls to at most (fraction)")

    def __post_init__(self) -> None:
        if (self.for_each is None) != (self.falls_by == 0.0):
            raise ValueError(Told("falls_by and for_each belong together; give both or neither"))
        require_with(self, "least_rate", "falls_by")
        require_order(self, "least_rate", "base_rate")


@rule
class ByEarnings:
    """A share of reference earnings that depends on them: rates by bracket, or that fall as earnings rise.

    P = clip(r(RS, n) x RS, minimum_pension m(n), maximum_pension)

    Notes
    -----
    r = max(b - f RS/u, least_rate) + a (min(n, until_years) - base_years)+ with the b, a, f and u of the last bracket
    below RS; P may jump, and fall, from one bracket to the next. In a projection it is the mean over the lognormal
    distribution of earnings within their floor and ceiling, from its first two moments and its shares above the
    brackets; minimum and maximum are those of each person. What the minimum adds is told apart where P does not jump at
    the earnings that give it. There the pension without it is taken to be a straight line up to these earnings, so that
    it is exact for a rate that does not fall, and too much by less than d/(r - d) of it where r is the rate of these
    earnings and d what it has fallen by (1.2% in the example); of brackets that begin below them the last one counts.

    Examples
    --------
    A rate of 65.5% that falls by half a point for each minimum wage of 1,000 down to 55%:

    >>> wage = {"value": 1_000, "per": "month"}
    >>> rates = {"base_rate": 0.655, "falls_by": 0.005, "for_each": wage, "least_rate": 0.55}
    >>> len(ByEarnings(brackets=[rates], years=10).brackets)
    1
    """

    brackets: tuple[Bracket, ...] = Field(min_length=1, description="Rates by reference earnings")
    years: MeanYears = Field()
    best_of: BestOf = Field(default=None)
    revaluation: Revaluation = Field(default="none")
    revalued_until: RevaluedUntil = Field(default=None)
    capped: Capped = Field(default=True)
    base_years: BaseYears = Field(default=0.0)
    until_years: Years | None = Field(
        default=None, description="Service (years) beyond which none counts; any if absent"
    )
    completed_years: CompletedYears = Field(default=False)
    completed_months: CompletedMonths = Field(default=None)
    counts_from_months: CountsFromMonths = Field(default=None)
    maximum: Ratio | None = Field(default=None, description="Greatest share of reference earnings (fraction)")
    minimum_pension: LeastPension = Field(default=None)
    minimum_full_years: LeastFullYears = Field(default=None)
    minimum_from_years: LeastFromYears = Field(default=None)
    minimum_credits: LeastCredits = Field(default=None)
    maximum_pension: GreatestPension = Field(default=None)
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        require_best(self.years, self.best_of)
        require_spans(self)
        require_revaluation(self)
        require_limits(self)
        require_order(self, "base_years", "until_years")
        if any((one.above is None) != (i == 0) for i, one in enumerate(self.brackets)):
            raise Misstated(Told("the first one has no `above`, and all others have one"), ("brackets",))

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return least_credits(self)

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: months for the least pension on an account of none."""
        yield from misfitting_credits(self, scheme)

    def award(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit."""
        whole = self._pieces(person, service)
        check_limits(self, person)
        if self.maximum is not None:
            whole = whole.at_most(0.0, evaluate(self.maximum, person))
        if self.minimum_pension is not None:
            whole = whole.at_least(least_pension(self, person, service))
        if self.maximum_pension is not None:
            whole = whole.at_most(greatest_pension(self, person))
        return whole.amounts()

    def _pieces(self, person: Any, service: Number) -> Pieces:
        """The amounts without limits."""
        further = self._further(person, service)
        starts: list[Number] = []
        powers: list[tuple[Number, Number, Number]] = []
        edges: list[Number] = [0.0 if one.above is None else one.above.evaluate(person) for one in self.brackets]
        require_rising(edges, "brackets")
        for one, start, end in zip(self.brackets, edges, [*edges[1:], np.inf], strict=True):
            base, more = evaluate(one.base_rate, person), evaluate(one.accrual, person) * further
            if one.for_each is None:
                starts.append(start)
                powers.append((0.0, base + more, 0.0))
                continue
            steep = evaluate(one.falls_by, person) / _some(one.for_each.evaluate(person))
            check_order("least_rate", evaluate(one.least_rate, person), "base_rate", base)
            least, falls = evaluate(one.least_rate, person), steep > 0.0
            until = choose(falls | (base < least), (base - least) / choose(falls, steep, 1.0), np.inf)
            starts += [start, clip(until, start, end)]
            powers += [(0.0, base + more, -steep), (0.0, least + more, 0.0)]
        base_earnings = Reference(
            self.years,
            self.revaluation,
            capped=self.capped,
            best_of=self.best_of,
            revalued_until=self.revalued_until,
        )
        return pieces_of(base_earnings, starts, powers)

    def _further(self, person: Any, service: Number) -> Number:
        """Years of service beyond those of the base rate."""
        first = evaluate(self.base_years, person)
        if self.until_years is not None:
            last = evaluate(self.until_years, person)
            check_order("base_years", first, "until_years", last)
            service = clip(service, 0.0, last)
        return completed(self, clip(service - first, 0.0, np.inf))


def _some(earnings: Number) -> Number:
    """Earnings for which a rate falls; BadScheme where they are nothing."""
    if np.any(np.asarray(earnings <= 0.0)):
        raise BadScheme(
            Told("brackets: for_each must be above 0 for everybody in every year; raise it, or remove it and falls_by.")
        )
    return earnings
