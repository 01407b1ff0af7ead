"""What pensions fall short of a guaranteed amount."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.contract import Amount, amounts, each
from actuarial.dated import Misstated, Number, clip, evaluate
from actuarial.errors import BadScheme
from actuarial.fields import Amounts, Ratio, Word, Years, rule
from actuarial.fitting import require_order, require_with, require_without
from actuarial.pension.account_formulas import PartOfService, ProRata, over
from actuarial.pension.by_earnings import ByEarnings
from actuarial.pension.combined import AtAge, Banded, Greatest, Least
from actuarial.pension.formulas import EarningsRelated, FormulaRule, Phased, award_of
from actuarial.pension.shared_fields import proportion
from actuarial.pension.tapers import Taper, bends, require_points
from actuarial.translation import N_, InFile, Told

WHOLE_PENSION = Told(
    "a guarantee looks at one whole pension: state a minimum_pension inside it, or use minimum_in_payment"
)
TO_NOTHING = N_("a taper of several pensions that count as one sum must end with a supplement of 0")


@rule
class Guarantee:
    """What a pension falls short of a guaranteed amount, or a part of what it falls short.

    Notes
    -----
    P = clip(amount min(1, n / full_years) - counted x pension, 0, maximum), the pension by the formula given here, or
    that of the benefit `of` as it is awarded to the same person

    The pension may be the sum of several: of formulas that add up, or of those of `of` and `counted_with`, such as a
    main pension and that of a second account. A projection then finds E[max(0, l - S)] = l - E[min(S, l)] from the one
    multiple that a person has of all earnings and balances; such a guarantee is all that its benefit awards, and its
    `taper` pays nothing beyond the last point.

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
    counted_with: tuple[Word, ...] = Field(
        default=(), description="Further benefits whose pensions count as well, as one sum with the other"
    )
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
        require_with(self, "counted_with", "of")
        if self.of in self.counted_with:
            raise Misstated(Told("{name!r} counts already, as `of`; name it once", name=self.of), ("counted_with",))

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        first = () if self.of is None else (self.of,)
        return (("of", "benefit", first), ("counted_with", "benefit", self.counted_with))

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: a benefit whose pension is not one whole amount."""
        names = [] if self.of is None else [("of", self.of), *(("counted_with", name) for name in self.counted_with)]
        for field, name in names:
            formula = _formula_of(name, scheme)
            text = "" if formula is self else _no_whole(formula)
            if text:
                yield field, Told("{name!r}: {wrong}", name=name, wrong=text)

    def award(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit."""
        several = self._pensions(person, service)
        if len(several) > 1:
            return self._short_of(several, person, service)
        pension = several[0]
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
        last, limits = self._limits(person, service)
        found = [Amount(rate=whole, base="currency", multiple=last)] if np.any(np.asarray(last) > 0.0) else []
        for limit, change in limits:
            for sign in (1.0, -1.0):
                weight = clip(sign * change, 0.0, np.inf)
                if np.any(np.asarray(weight) > 0.0):
                    found.append(replace(part, gap_to=limit, multiple=whole * weight, sign=sign))
        return tuple(found)

    def _limits(self, person: Any, service: Number) -> tuple[Number, list[tuple[Number, Number]]]:
        """The taper as `bends`, of the whole pension."""
        last, limits = bends(self.taper, person, "guarantee")
        if self.taper_up_to_years is None:
            return last, limits
        counted = clip(service, 0.0, evaluate(self.taper_up_to_years, person))
        share = over(counted, service)
        return last * counted, [(limit * service, change * share) for limit, change in limits]

    def _short_of(self, several: tuple[Amount, ...], person: Any, service: Number) -> tuple[Amount, ...]:
        """The guaranteed amount, and the pensions that count together."""
        counted, levels = evaluate(self.counted, person), list[tuple[Number, Number, float]]()
        whole = proportion(self.full_years, person, service)
        if self.amount is None:
            levels = self._bent(person, whole, service)
        else:
            guaranteed = self.amount.evaluate(person) * whole
            levels.append((guaranteed, 1.0, 1.0))
            if self.maximum is not None:
                levels.append((clip(guaranteed - self.maximum.evaluate(person), 0.0, np.inf), 1.0, -1.0))
        pensions = each(several, lambda amount: replace(amount.times(counted), short="counted"))
        found = (Amount(level, "currency", less=part, sign=sign, short="level") for level, part, sign in levels)
        return (*found, *pensions)

    def _bent(self, person: Any, whole: Number, service: Number) -> list[tuple[Number, Number, float]]:
        """Of the points of the taper what the pensions lack of them, times the change of the slope there: level, part
        of it that is paid, and its sign."""
        last, limits = self._limits(person, service)
        if np.any(np.asarray(last) > 0.0):
            raise BadScheme(Told("{name}: {wrong}", name="guarantee", wrong=Told(TO_NOTHING)))
        both = [(limit, whole * clip(s * w, 0.0, np.inf), s) for limit, w in limits for s in (1.0, -1.0)]
        return [one for one in both if np.any(np.asarray(one[1]) > 0.0)]

    def _pensions(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """The pensions that count."""
        if self.of is None:
            found = award_of(self.formula, person, service)
        else:
            found = tuple(one for name in (self.of, *self.counted_with) for one in _awarded(name, person))
        if any(one.part is not None or one.gap_to is not None or one.short for one in found):
            text = N_("guarantee: the pension of {name} is not one whole amount.\n  {remedy}.")
            raise BadScheme(Told(text, name=self.of or Told("the formula"), remedy=WHOLE_PENSION))
        return found


def _several(formula: Any) -> bool:
    """Whether formulas add up to a pension."""
    return isinstance(formula, tuple) and len(formula) > 1


def _no_whole(formula: Any) -> str:
    """Why the pension of a formula is not one whole amount, as a guarantee needs it; empty where it is one."""
    if isinstance(formula, tuple):
        return next((text for text in map(_no_whole, formula) if text), "")
    if isinstance(formula, (Phased, AtAge)):
        return _no_whole(formula.formula)
    if isinstance(formula, EarningsRelated) and formula.earnings_bands:
        return _and_remedy(Told("earnings_bands pay a pension in slices"))
    reasons = (
        ((Greatest, Least, Banded, ByEarnings), Told("its formula is put together from slices of earnings")),
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
