"""Invalidity pension."""

from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.contract import Amount, Benefit, each
from actuarial.dated import Number, choose, clip, evaluate
from actuarial.earned import Account
from actuarial.errors import BadScheme
from actuarial.fields import Age, Fraction, Ratio, Word, Years, rule
from actuarial.pension.common import outlives_invalidity, reached, served, sharing, stays_invalid
from actuarial.pension.formulas import FormulaRule, award_of
from actuarial.pension.indexation import Indexation, IndexationRule
from actuarial.person import make_grid
from actuarial.remembered import remembered
from actuarial.translation import N_, InFile, Told


@rule
class Invalidity(Benefit):
    """A pension for members who become invalid, by a formula of its own or that of another benefit.

    Service may be projected to an age: n + projected_share x max(0, projected_to_age - age).

    Notes
    -----
    Where it converts, beneficiaries who have passed the age `converts_at` by 31 December of a year (a share of those of
    an age where it is no whole number) draw the pension `converts_to` from then on, with the pension that they had. A
    least share of reference earnings raises the rate of the formula to max(rate, minimum_share). The factor, such as
    one by the age reached, is that of the award; survivors have their share of the pension without it.
    """

    name: Word = Field(default="invalidity", description="Name of the benefit, unique in the scheme")
    qualifying_years: Years = Field(description="Service (years) needed for the pension")
    qualifying_years_inactive: Years | None = Field(
        default=None, description="Service (years) needed by the inactive; as by the active if absent"
    )
    below_age: Age | None = Field(default=None, description="Age (years) below which it is due; any if absent")
    formula: FormulaRule | None = Field(default=None, description="Amount of the pension; or give `of`")
    of: Word | None = Field(default=None, description="Benefit whose formula is used")
    projected_to_age: Age | None = Field(default=None, description="Age (years) up to which service is projected")
    projected_share: Fraction = Field(default=1.0, description="Share of the projected years that counts (fraction)")
    minimum_share: Fraction = Field(default=0.0, description="Least share of reference earnings (fraction)")
    factor: Ratio = Field(default=1.0, description="Factor of the pension, such as one by age (fraction)")
    converts_to: Word | None = Field(default=None, description="Pension that beneficiaries draw from an age on")
    converts_at: Age | None = Field(default=None, description="Age (years) at which it converts")
    indexation: IndexationRule = Field(default_factory=Indexation, description="Adjustment of pensions in payment")
    payments: float = Field(default=12.0, gt=0, le=24, description="Monthly payments in a year")
    law: str = Field(default="", description="Article of the law")

    on = "invalidity"

    def __post_init__(self) -> None:
        if (self.formula is None) == (self.of is None):
            raise ValueError(
                InFile(
                    'needs either a formula or the name of the benefit whose formula is used, of = "old_age"',
                    Told("needs either a formula or the name of the benefit whose formula is used"),
                )
            )
        if (self.converts_to is None) != (self.converts_at is None):
            raise ValueError(
                Told("converts_to (a pension) and converts_at (an age) belong together; give both or neither")
            )

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (
            ("of", "benefit", (self.of,) if self.of else ()),
            ("converts_to", "benefit", (self.converts_to,) if self.converts_to else ()),
        )

    def reached(self, person: Any) -> Number:
        """Share of those of an age who have the age for it: everybody, or who has not passed an age by 31 December."""
        return 1.0 if self.below_age is None else 1.0 - reached(person, evaluate(self.below_age, person))

    def served(self, person: Any) -> Number:
        """1 where the qualifying period is complete, else 0; by status where the law tells the inactive apart."""
        active = served(person, evaluate(self.qualifying_years, person))
        if self.qualifying_years_inactive is None:
            return active
        inactive = served(person, evaluate(self.qualifying_years_inactive, person))
        return choose(person.status == "active", active, inactive)

    def claim(self, person: Any) -> Number:
        start = self.starting(person)
        moved = [other.moved(person) for other in sharing(person, self.name)]
        return start * (1.0 - sum(moved)) if moved else start

    def starting(self, person: Any) -> Number:
        """Share of the invalids of an age who start the pension by this law alone."""
        return self.served(person) * self.reached(person)

    @remembered
    def pension(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit before the projection."""
        if self.projected_to_age is not None:
            added = clip(evaluate(self.projected_to_age, person) - person.starting_age, 0.0, np.inf)
            service = service + added * evaluate(self.projected_share, person)
        if self.of is not None:
            found = person.scheme.benefit(self.of).pension(person, service)
        else:
            found = award_of(self.formula, person, service)
        return self._at_least(found, evaluate(self.minimum_share, person))

    def _at_least(self, found: tuple[Amount, ...], least: Number) -> tuple[Amount, ...]:
        """The amounts, with a rate of reference earnings that is not below the least one."""
        if not isinstance(least, xr.DataArray) and least == 0.0:
            return found
        earned = [amount for amount in found if amount.base not in ("currency", "average_wage")]
        if len(earned) != 1 or isinstance(earned[0].base, Account):
            text = N_(
                "{name}.minimum_share: it is a share of reference earnings, but of the {count} amounts of the formula "
                "not just one is a share of them.\n  Write the minimum into the formula."
            )
            raise BadScheme(Told(text, name=self.name, count=len(found)))
        raised = replace(earned[0], rate=clip(earned[0].rate, least, np.inf))
        return tuple(raised if amount is earned[0] else amount for amount in found)

    def conversion(self, basis: xr.Dataset) -> tuple[str, Number] | None:
        """The pension that beneficiaries move to, and the share of them who have passed the age on 31 December."""
        if self.converts_to is None or self.converts_at is None:
            return None
        grid = make_grid(basis, None)
        return self.converts_to, reached(grid, evaluate(self.converts_at, grid))

    def award(self, person: Any) -> tuple[Amount, ...]:
        found = self.pension(person, person.service)
        if not isinstance(self.factor, float) or self.factor != 1.0:
            factor = evaluate(self.factor, person)
            return each(found, lambda amount: amount.times(factor))
        return found

    def continuance(self, basis: xr.Dataset) -> xr.DataArray:
        return stays_invalid(self.name, basis)

    def survival(self, basis: xr.Dataset) -> xr.DataArray | None:
        return outlives_invalidity(self.name, basis)
