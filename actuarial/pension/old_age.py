"""Old-age pension."""

from dataclasses import replace
from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.contract import Amount, Benefit, each
from actuarial.dated import Misstated, Number, choose, clip, evaluate
from actuarial.fields import Age, Fraction, Word, Years, rule
from actuarial.fitting import require_with
from actuarial.pension.common import ROUNDING, fraction_or, from_basis, reached, served, sharing, stays_alive
from actuarial.pension.conditions import Condition, applicable, entitled, greatest_age, met
from actuarial.pension.early import ACTUARIAL, Per, RateOrActuarial, neutral, share_of
from actuarial.pension.formulas import FormulaRule, award_of
from actuarial.pension.indexation import Indexation, IndexationRule
from actuarial.remembered import remembered
from actuarial.translation import Told

BASIS = "basis"
RateOrBasis = Annotated[Any, *fraction_or(BASIS)]
AGES = (["retirement_age", "qualifying_years"], ["conditions"])


@rule
class OldAge(Benefit):
    """A pension for life from the retirement age on, after a qualifying period.

    Who reaches the retirement age within the year and has the service starts the pension at `retirement_rate`; who does
    not, may start it at the same rate in every later year. Instead of one age and one period the law may have several
    `conditions`, of which one must be met; the age that applies is then the least one whose service is met. The
    survivors of deceased pensioners are the matter of the benefits that follow this one.

    A second tier that is drawn together with another benefit starts with it or never: whoever starts the first one
    before the age of the second one has no second one later. Checks of a basis and a scheme name those who lose it.

    Notes
    -----
    claim = served x (reached(R) x retirement_rate + (reached(early) - reached(R)) x early_rate)

    with reached(R) = clip(age + 1 - R, 0, 1), the share of those of an age on 31 December who have passed the exact age
    R: a retirement age of 60.5 is reached by half of those aged 60 and by all aged 61. With several conditions
    served x reached(R) becomes the share who meet one of them, and served the share who meet one but for its age;
    beyond `forced_age` the rate is 1.

    The amount is multiplied by 1 - early_reduction x (R - age) before R and by 1 + late_increase x (age - R) after it,
    both at mid-year. Where R is passed within the year of age, those who start early are (R - age + 1)/2 years short of
    it on average, and the factor is the mean of theirs and of the others', who have no reduction. By months, of
    12 s months on average 12 s - 1/2 are whole and 12 s + 1/2 have started; beyond `late_until_age` all have the same
    months. The factor "actuarial" is that of equal worth, N(R)/N(age). Rates by years, r_i for those beyond a_i, take
    or add sum (r_i - r_{i-1}) E[max(0, s - a_i)] of starts spread evenly over half a year to either side of the mean.

    Where retirement rates differ by status, the mean is that of the active.
    """

    name: Word = Field(default="old_age", description="Name of the benefit, unique in the scheme")
    retirement_age: Age | None = Field(default=None, description="Age (years) from which the pension is paid")
    qualifying_years: Years | None = Field(default=None, description="Service (years) needed for the pension")
    conditions: tuple[Condition, ...] = Field(
        default=(), description="Conditions, of which one must be met; instead of retirement_age and qualifying_years"
    )
    formula: FormulaRule = Field(description="Amount of the pension")
    retirement_rate: RateOrBasis = Field(
        default=1.0,
        description='Share of those entitled who start it in a year (fraction), or "basis": `retirement_rate` and '
        "`retirement_rate_inactive` of the basis",
    )
    forced_age: Age | None = Field(default=None, description="Age (years) from which all those entitled start it")
    claim_rate_late: Fraction | None = Field(
        default=None,
        description="The same for members who were past the retirement age on the valuation date (fraction)",
    )
    early_age: Age | None = Field(default=None, description="Age (years) from which an early pension is possible")
    early_years: Years | None = Field(
        default=None, description="Service (years) needed for the early pension; as for the pension if absent"
    )
    early_rate: Fraction = Field(
        default=0.0, description="Share of those entitled who start it early, each year (fraction)"
    )
    early_reduction: RateOrActuarial = Field(
        default=0.0,
        description="Reduction for each year before the retirement age (fraction); rates by years before it, or "
        '"actuarial"',
    )
    early_reduction_per: Per = Field(
        default="year",
        description="What the reduction is for: a year and parts of it, a whole year, a whole half-year, a whole "
        "month, a started month",
    )
    unreduced_years: Years | None = Field(
        default=None, description="Service (years) from which an early pension is not reduced"
    )
    late_increase: RateOrActuarial = Field(
        default=0.0,
        description="Increase for each year after the retirement age (fraction); rates by years after it, or "
        '"actuarial"',
    )
    late_increase_per: Per = Field(
        default="year",
        description="What the increase is for: a year and parts of it, a whole year, a whole half-year, a whole "
        "month, a started month",
    )
    late_until_age: Age | None = Field(
        default=None, description="Age (years) beyond which a later start does not raise the pension; none if absent"
    )
    technical_interest: float | None = Field(
        default=None, ge=-0.5, le=1, description='Rate of interest above the adjustment of pensions, for "actuarial"'
    )
    indexation: IndexationRule = Field(default_factory=Indexation, description="Adjustment of pensions in payment")
    payments: float = Field(default=12.0, gt=0, le=24, description="Monthly payments in a year")
    together_with: Word | None = Field(
        default=None,
        description="Benefit on retirement that it is drawn together with: at its start or never, by those who have "
        "reached the age and have the service of both then (retirement_rate is the share of them who draw it)",
    )
    law: str = Field(default="", description="Article of the law")

    on = "retirement"

    def __post_init__(self) -> None:
        simple = (self.retirement_age is not None, self.qualifying_years is not None)
        if self.conditions and any(simple):
            raise ValueError(
                Told("has conditions, so that retirement_age and qualifying_years have no meaning; remove them")
            )
        if not self.conditions and not all(simple):
            raise ValueError(Told("needs retirement_age and qualifying_years, or conditions"))
        early, ages = self.early_age, [one.age for one in self.rules]
        if isinstance(early, float) and all(isinstance(age, float) and age < early for age in ages):
            raise Misstated(
                Told("{early:g} lies above the retirement age; nobody could start early", early=early), ("early_age",)
            )
        for field in ("early_years", "early_rate", "early_reduction", "unreduced_years"):
            require_with(self, field, "early_age")
        actuarial = ACTUARIAL in (self.early_reduction, self.late_increase)
        if actuarial != (self.technical_interest is not None):
            raise ValueError(Told('technical_interest and the word "actuarial" belong together; give both or neither'))

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        table = handler.resolve_ref_schema(handler(core))
        return table | {"oneOf": [{"required": names} for names in AGES]}

    @property
    def rules(self) -> tuple[Condition, ...]:
        """The conditions, of which one must be """
        if self.conditions:
            return self.conditions
        assert self.retirement_age is not None
        assert self.qualifying_years is not None
        return (Condition(age=self.retirement_age, years=self.qualifying_years),)

    def reached(self, person: Any) -> Number:
        """Share of those of an age who have passed the retirement age by 31 December.

        With several conditions: the least age whose service is met, and the greatest one where none is.
        """
        return applicable(self.rules, person, lambda age: reached(person, age))

    def served(self, person: Any) -> Number:
        """1 where the qualifying period is complete, else 0; the share who meet a condition but for its age."""
        return met(self.rules, person, self.rate)

    def missed(self, person: Any, share: Number = 1.0) -> Number:
        """Share of those of an age who have passed all ages of the law by 31 December and have no right, times the
        share of these who are asked for."""
        passed = self.reached(person)
        if self.conditions:
            passed = greatest_age(self.rules, person, lambda age: reached(person, age))
        lacking = 1.0 - self.served(person)
        for other in sharing(person, self.name):
            lacking = lacking - other.added(person)
        return passed * share * lacking

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("together_with", "benefit", () if self.together_with is None else (self.together_with,)),)

    def claim(self, person: Any) -> Number:
        if self.together_with is not None:
            return choose(self.reached(person) > 0.0, 1.0, 0.0) * self.served(person) * self.rate(person)
        start = self.starting(person)
        moved = [other.moved(person) for other in sharing(person, self.name)]
        return start * (1.0 - sum(moved)) if moved else start

    def starting(self, person: Any) -> Number:
        """Share of those of an age who start the pension by this law alone."""
        early = self._early(person)
        simple = len(self.rules) == 1 and self.rules[0].certain
        if simple and self.forced_age is None and self.early_years is None:
            return (self.reached(person) * self.rate(person) + early) * self.served(person)
        rate = self.rate(person)
        start = rate * entitled(self.rules, person, self.rate)
        if self.forced_age is not None:
            forced = entitled(self.rules, person, self.rate, evaluate(self.forced_age, person))
            start = start + (1.0 - rate) * forced
        if self.early_age is None:
            return start
        served_early = self.served(person) if self.early_years is None else self._served_early(person)
        return start + early * served_early

    @remembered
    def pension(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit, without reductions and increases for the age."""
        return award_of(self.formula, person, service)

    def award(self, person: Any) -> tuple[Amount, ...]:
        factor = self.age_factor(person)
        return each(self.pension(person, person.service), lambda amount: amount.times(factor))

    def depends_on_age(self, what: str, scheme: Any) -> bool:
        early, late = self.early_age is not None and self.early_reduction != 0.0, self.late_increase != 0.0
        return {"reduction": early, "increase": late}.get(what, early or late)

    def award_before(self, person: Any, what: str) -> tuple[Amount, ...]:
        factor = self.age_factor(person, without=what)
        return each(self.pension(person, person.service), lambda amount: amount.times(factor))

    def age_factor(self, person: Any, without: str | None = None) -> Number:
        """Factor for a pension that starts before or after the retirement age, without the "reduction", the "increase"
        or the "reduction_and_increase"."""
        if without == "reduction_and_increase" or (self.early_age is None and self.late_increase == 0.0):
            return 1.0
        one = replace(person, status="active") if self.retirement_rate == BASIS else person
        more, less = without != "increase", without != "reduction"
        factor = applicable(self.rules, one, lambda limit: self._factor(one, limit, reduces=less, increases=more))
        if self.unreduced_years is None or self.early_age is None or not less:
            return factor
        whole = applicable(self.rules, one, lambda limit: self._factor(one, limit, reduces=False, increases=more))
        return choose(person.service >= evaluate(self.unreduced_years, person) - ROUNDING, whole, factor)

    def continuance(self, basis: xr.Dataset) -> xr.DataArray:
        return stays_alive(self.name, basis)

    def rate(self, person: Any) -> Number:
        """Share of those entitled who start the pension in a year.

        Another one for the generations that were past the retirement age on the valuation date, if the law has one.
        """
        usual = _of_the_basis(person) if self.retirement_rate == BASIS else evaluate(self.retirement_rate, person)
        if self.claim_rate_late is None or person.basis is None:
            return usual
        then = person.in_year(int(person.basis["year"][0]) - 1)
        past = self.reached(then)
        return past * evaluate(self.claim_rate_late, person) + (1.0 - past) * usual

    def _factor(self, person: Any, limit: Number, *, reduces: bool, increases: bool) -> Number:
        """Factor where a retirement age applies: the mean of those who start early and of the others."""
        normal = reached(person, limit)
        late: Number = self._increased(person, limit, self._delay(person, limit)) if increases else 1.0
        if self.early_age is None:
            return late
        short, spread = self._short(person, limit, normal)
        less: Number = self._reduced(person, limit, short, spread) if reduces else 1.0
        early, usual = self._before(person, normal), normal * self.rate(person)
        none = early + usual == 0.0
        share = choose(none, 1.0 * (normal == 0.0), early / choose(none, 1.0, early + usual))
        return share * less + (1.0 - share) * late

    def _short(self, person: Any, limit: Number, normal: Number) -> tuple[Number, Number]:
        """Mean of the years that those who start before a retirement age are short of it, and the years to either side
        of the mean over which their starts are spread."""
        missing = limit - person.starting_age
        if person.exact_age is not None:
            return 1.0 * missing, 0.0
        return choose(normal > 0.0, (missing + 1.0) / 2.0, 1.0 * missing), choose(
            normal > 0.0, clip(missing, 0.0, 1.0) / 2.0, 0.5
        )

    def _reduced(self, person: Any, limit: Number, short: Number, spread: Number) -> Number:
        """Factor of a pension that starts so many years before a retirement age, on average, between 0 and 1."""
        if self.early_reduction == ACTUARIAL:
            assert self.technical_interest is not None
            return neutral(person, limit, limit - clip(short, 0.0, np.inf), self.technical_interest)
        return clip(1.0 - share_of(self.early_reduction, person, short, spread, self.early_reduction_per), 0.0, 1.0)

    def _delay(self, person: Any, limit: Number) -> Number:
        """Years after a retirement age that raise the pension."""
        delay = clip(person.starting_age - limit, 0.0, np.inf)
        if self.late_until_age is None:
            return delay
        return clip(delay, 0.0, clip(evaluate(self.late_until_age, person) - limit, 0.0, np.inf))

    def _increased(self, person: Any, limit: Number, late: Number) -> Number:
        """Factor of a pension that starts so many years after a retirement age, at least 1."""
        if self.late_increase == ACTUARIAL:
            assert self.technical_interest is not None
            return neutral(person, limit, limit + late, self.technical_interest)
        spread: Number = 0.0
        if person.exact_age is None:
            spread = choose(person.age - limit > late, 0.0, clip(late, 0.0, 0.5))
        return 1.0 + share_of(self.late_increase, person, late, spread, self.late_increase_per)

    def _early(self, person: Any) -> Number:
        """Share of those of an age who start the pension before the retirement age, if they have the service."""
        return 0.0 if self.early_age is None else self._before(person, self.reached(person))

    def _before(self, person: Any, normal: Number) -> Number:
        """The same, where a share of them has reached the retirement age."""
        if self.early_age is None:
            return 0.0
        between = reached(person, evaluate(self.early_age, person)) - normal
        return clip(between, 0.0, 1.0) * evaluate(self.early_rate, person)

    def _served_early(self, person: Any) -> Number:
        assert self.early_years is not None
        return served(person, evaluate(self.early_years, person))


def _of_the_basis(person: Any) -> Number:
    """Retirement rates of the basis by status; those of the active serve the inactive who have none of their own."""
    name = "retirement_rate_inactive"
    active = from_basis(person, "retirement_rate")
    if name not in person.basis:
        return active
    several = isinstance(person.status, xr.DataArray)
    if not several and person.status == "active":
        return active
    return choose(person.status == "active", active, from_basis(person, name))
