"""Invalidity pension."""

from typing import Any

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.contract import Amount, Benefit
from actuarial.dated import Number, clip, evaluate
from actuarial.fields import Age, Fraction, Word, Years, rule
from actuarial.pension.common import served, stays_alive
from actuarial.pension.formulas import FormulaRule, award_of
from actuarial.pension.indexation import Indexation, IndexationRule


@rule
class Invalidity(Benefit):
    """A pension for members who become invalid, by a formula of its own or that of another benefit.

    Service may be projected to an age: n + projected_share x max(0, projected_to_age - age).
    """

    name: Word = Field(default="invalidity", description="Name of the benefit, unique in the scheme")
    qualifying_years: Years = Field(description="Service (years) needed for the pension")
    formula: FormulaRule | None = Field(default=None, description="Amount of the pension; or give `of`")
    of: Word | None = Field(default=None, description="Benefit whose formula is used")
    projected_to_age: Age | None = Field(default=None, description="Age (years) up to which service is projected")
    projected_share: Fraction = Field(default=1.0, description="Share of the projected years that counts (fraction)")
    indexation: IndexationRule = Field(default_factory=Indexation, description="Adjustment of pensions in payment")
    payments: float = Field(default=12.0, gt=0, le=24, description="Monthly payments in a year")
    law: str = Field(default="", description="Article of the law")

    on = "invalidity"

    def __post_init__(self) -> None:
        if (self.formula is None) == (self.of is None):
            raise ValueError('needs either a formula or the name of the benefit whose formula is used, of = "old_age"')

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("of", "benefit", (self.of,) if self.of else ()),)

    def reached(self, person: Any) -> Number:
        """Everybody at the event has the age for it."""
        return 1.0

    def served(self, person: Any) -> Number:
        """1 where the qualifying period is complete, else 0."""
        return served(person, evaluate(self.qualifying_years, person))

    def claim(self, person: Any) -> Number:
        return self.served(person)

    def pension(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit before the projection."""
        if self.projected_to_age is not None:
            added = clip(evaluate(self.projected_to_age, person) - person.age, 0.0, np.inf)
            service = service + added * evaluate(self.projected_share, person)
        if self.of is not None:
            return person.scheme.benefit(self.of).pension(person, service)
        return award_of(self.formula, person, service)

    def award(self, person: Any) -> tuple[Amount, ...]:
        return self.pension(person, person.service)

    def continuance(self, basis: xr.Dataset) -> xr.DataArray:
        return stays_alive(self.name, basis)
