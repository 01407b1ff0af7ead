"""Old-age pension."""

from typing import Any

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.contract import Amount, Benefit, each
from actuarial.dated import Number, choose, clip, evaluate
from actuarial.fields import Age, Fraction, Word, Years, rule
from actuarial.pension.common import reached, served, stays_alive
from actuarial.pension.formulas import FormulaRule, award_of
from actuarial.pension.indexation import Indexation, IndexationRule


@rule
class OldAge(Benefit):
    """A pension for life from the retirement age on, after a qualifying period.

    Who reaches the retirement age within the year and has the service starts the pension at `retirement_rate`; who does
    not, may start it at the same rate in every later year. The survivors of deceased pensioners are the matter of the
    benefits that follow this one.

    Notes
    -----
    claim = served x (reached(R) x retirement_rate + (reached(early) - reached(R)) x early_rate)

    with reached(R) = clip(age + 1 - R, 0, 1), the share of those of an age on 31 December who have passed the exact age
    R: a retirement age of 60.5 is reached by half of those aged 60 and by all aged 61.

    The amount is multiplied by 1 - early_reduction x (R - age) before R and by 1 + late_increase x (age - R) after it,
    both at mid-year. Where R is passed within the year of age, those who start early are (R - age + 1)/2 years short of
    it on average, and the factor is the mean of theirs and of the others', who have no reduction.
    """

    name: Word = Field(default="old_age", description="Name of the benefit, unique in the scheme")
    retirement_age: Age = Field(description="Age (years) from which the pension is paid")
    qualifying_years: Years = Field(description="Service (years) needed for the pension")
    formula: FormulaRule = Field(description="Amount of the pension")
    retirement_rate: Fraction = Field(
        default=1.0, description="Share of those entitled who start it in a year (fraction)"
    )
    claim_rate_late: Fraction | None = Field(
        default=None,
        description="The same for members who were past the retirement age on the valuation date (fraction)",
    )
    early_age: Age | None = Field(default=None, description="Age (years) from which an early pension is possible")
    early_rate: Fraction = Field(
        default=0.0, description="Share of those entitled who start it early, each year (fraction)"
    )
    early_reduction: Fraction = Field(
        default=0.0, description="Reduction for each year before the retirement age (fraction)"
    )
    late_increase: Fraction = Field(
        default=0.0, description="Increase for each year after the retirement age (fraction)"
    )
    indexation: IndexationRule = Field(default_factory=Indexation, description="Adjustment of pensions in payment")
    payments: float = Field(default=12.0, gt=0, le=24, description="Monthly payments in a year")
    law: str = Field(default="", description="Article of the law")

    on = "retirement"

    def reached(self, person: Any) -> Number:
        """Share of those of an age who have passed the retirement age by 31 December."""
        return reached(person, evaluate(self.retirement_age, person))

    def served(self, person: Any) -> Number:
        """1 where the qualifying period is complete, else 0."""
        return served(person, evaluate(self.qualifying_years, person))

    def claim(self, person: Any) -> Number:
        return (self.reached(person) * self._rate(person) + self._early(person)) * self.served(person)

    def pension(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit, without reductions and increases for the age."""
        return award_of(self.formula, person, service)

    def award(self, person: Any) -> tuple[Amount, ...]:
        factor = self.age_factor(person)
        return each(self.pension(person, person.service), lambda amount: amount.times(factor))

    def age_factor(self, person: Any) -> Number:
        """Factor for a pension that starts before or after the retirement age."""
        if self.early_age is None and self.late_increase == 0.0:
            return 1.0
        limit, normal = evaluate(self.retirement_age, person), self.reached(person)
        late = 1.0 + evaluate(self.late_increase, person) * clip(person.age - limit, 0.0, np.inf)
        if self.early_age is None:
            return late
        short = choose(normal > 0.0, (limit - person.age + 1.0) / 2.0, 1.0 * (limit - person.age))
        reduced = clip(1.0 - evaluate(self.early_reduction, person) * short, 0.0, 1.0)
        early, usual = self._early(person), normal * self._rate(person)
        none = early + usual == 0.0
        share = choose(none, 1.0 * (normal == 0.0), early / choose(none, 1.0, early + usual))
        return share * reduced + (1.0 - share) * late

    def continuance(self, basis: xr.Dataset) -> xr.DataArray:
        return stays_alive(self.name, basis)

    def _early(self, person: Any) -> Number:
        """Share of those of an age who start the pension before the retirement age, if they have the service."""
        if self.early_age is None:
            return 0.0
        between = reached(person, evaluate(self.early_age, person)) - self.reached(person)
        return clip(between, 0.0, 1.0) * evaluate(self.early_rate, person)

    def _rate(self, person: Any) -> Number:
        """Retirement rate; another one for the generations that were past the retirement age on the valuation date."""
        usual = evaluate(self.retirement_rate, person)
        if self.claim_rate_late is None or person.basis is None:
            return usual
        then = person.in_year(int(person.basis["year"][0]) - 1)
        past = self.reached(then)
        return past * evaluate(self.claim_rate_late, person) + (1.0 - past) * usual
