"""Formulas made of others: the greatest and the least of several, and a pension of which slices count in part."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.contract import Amount
from actuarial.dated import Misstated, Number
from actuarial.fields import rule
from actuarial.fitting import all_parts
from actuarial.pension.formulas import EarningsBand, FormulaRule, award_of, counted_in
from actuarial.pension.options import apart, options_of
from actuarial.pension.slopes import greatest_of, least_of, line_of, on_one_base
from actuarial.translation import Told

WORDS = {1.0: "greatest", -1.0: "least"}


@rule
class Greatest:
    """The greatest of several amounts: a person has what the best of the formulas gives.

    P = max over formulas of P_i, where a list of formulas inside the list adds up

    Notes
    -----
    It is decided person by person, in a projection over the distribution of earnings: where all formulas are of the
    same reference earnings or account, or amounts of money, each is a line of slopes over these earnings, and the
    greatest of them is one as well. Shares of the means of different years that are in one proportion for everybody,
    such as the same accrual on both, are a share of the greater of the means (`earned.Reference`). What an amount of
    money adds to a share of earnings is the cost of a minimum; what the greatest adds otherwise is not told apart.

    Other formulas on different years, on the whole career or on different accounts are shares of earnings that each
    member has the same multiple of, so that members with the same past have the same option. A projection decides it
    for the members of an age, service and status by the means of their histories; the inactive, of whom those who left
    early have less where wages do not revalue their last earnings, are two members with other means. Where one option
    is greater for all of them that is exact. Against simulated careers the greatest of a multiple of the last years and
    a career average, points or a notional account is within 0.3% where earnings grow by 3% and few leave, and within
    0.9% with growth of 8%, three times as many leavers, a month in four contributed or no qualifying years
    (`tests/reference`). Such formulas are shares without limits, or sums of them, or shares with the same limits
    (minima may differ for the greatest, maxima for the least), and amounts of money beside shares that stand alone.

    Examples
    --------
    The greatest of 300 and 20% of earnings, 40% of them, and 1,200, all a month:

    >>> from actuarial.pension import FinalAverage, Flat
    >>> first = (Flat(amount={"value": 300, "per": "month"}), FinalAverage(years=5, accrual=0, base_rate=0.2))
    >>> second, third = FinalAverage(years=5, accrual=0, base_rate=0.4), Flat(amount={"value": 1_200, "per": "month"})
    >>> len(Greatest(formulas=[first, second, third]).formulas)
    3
    """

    formulas: tuple[FormulaRule, ...] = Field(min_length=2, description="Amounts of which the greatest is paid")
    law: str = Field(default="", description="Article of the law")

    def award(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit."""
        return _best(self.formulas, person, service, 1.0)


@rule
class Least:
    """The least of several amounts: a pension by one formula, and at most what the others give.

    P = min over formulas of P_i, where a list of formulas inside the list adds up; all else as in `Greatest`, of which
    a maximum may be given: least of the greatest of several and an amount of money.
    """

    formulas: tuple[FormulaRule, ...] = Field(min_length=2, description="Amounts of which the least is paid")
    law: str = Field(default="", description="Article of the law")

    def award(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit."""
        return _best(self.formulas, person, service, -1.0)


@rule
class Banded:
    """A pension of which slices count in part, such as one with bend points.

    P = sum over bands of counted x min(max(Q - above, 0), next above - above), Q the pension by the formula

    Notes
    -----
    With the whole earnings of a career over a fixed number of years as Q these are the bend points of a progressive
    formula. Slices of the reference earnings themselves are `earnings_bands` of the formulas that have them.
    """

    bands: tuple[EarningsBand, ...] = Field(min_length=1, description="Slices of the pension of which parts count")
    formula: FormulaRule = Field(description="Amount of the whole pension")
    law: str = Field(default="", description="Article of the law")

    def award(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit."""
        whole = line_of(award_of(self.formula, person, service), "bands")
        return counted_in(self.bands, person, whole, "bands").amounts()


@rule
class AtAge:
    """A pension by the law of the year in which an age is reached, for those who start later as well.

    P = pension by the formula of the year s x I_t / I_s, s = min(t, b + age) of those born in b who start in t

    Notes
    -----
    Amounts of money, rates and divisors of the formula are those of s and of the age then, such as bend points of the
    year of first eligibility; service and reference earnings are those of the start (`revalued_until` says up to which
    age these are revalued). From s on the pension rises with an index until it starts. An annuity by the life table of
    the basis is one of the year of the start, and is refused.

    Examples
    --------
    The law of the United States: bend points at the wages of the year of 60, cost-of-living adjustments from 62 on:

    >>> from actuarial.pension import FinalAverage
    >>> bend = {"value": {1977: 180}, "per": "month", "indexed": "wages"}
    >>> mean = FinalAverage(
    ...     years=35, best_of=45, accrual=1 / 35, maximum=1, revaluation="wages", revalued_until=60
    ... )
    >>> bent = Banded(formula=mean, bands=[{"counted": 0.9}, {"above": bend, "counted": 0.32}])
    >>> AtAge(age=62, rises_with="prices", formula=AtAge(age=60, formula=bent)).age
    62
    """

    age: int = Field(
        ge=0, le=120, description="Age (years) of whose year the law is; that of the start if it is earlier"
    )
    rises_with: Literal["none", "wages", "prices"] = Field(
        default="none", description="Index with which the pension rises from that year to its start"
    )
    formula: FormulaRule = Field(description="Amount of the pension")
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        if any(getattr(one, "annuity", None) is not None for one in all_parts(self.formula)):
            raise Misstated(Told("knows no annuity of an earlier year; give a divisor of the balance"), ("formula",))

    def award(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit."""
        late = np.maximum(person.age - self.age, 0)
        then = replace(person, year=person.year - late, age=person.age - late)
        grid = isinstance(late, xr.DataArray) and (person.year.dims, late.dims) == (("year",), ("age",))
        if grid and not {"year", "age"} & set(getattr(service, "dims", ())):
            found = self._of_grid(person, then, service)
        else:
            found = award_of(self.formula, then, service)
        if self.rises_with == "none":
            return found
        rise = person.index(self.rises_with) / then.index(self.rises_with)
        return tuple(amount.times(rise) for amount in found)

    def _of_grid(self, person: Any, then: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts of a grid, of which the formula is asked once for each year, whatever the ages."""
        years, ages = then.year.transpose("year", "age").values, then.age.values - int(then.age[0])
        known = person.at_years(np.arange(int(years.min()), int(years.max()) + 1))

        def at(number: Any) -> Any:
            if not isinstance(number, xr.DataArray) or not {"year", "age"} & set(number.dims):
                return number
            front = [dim for dim in ("year", "age") if dim in number.dims]
            ordered = number.transpose(*front, ...)
            place = {"year": years - int(years.min()), "age": np.broadcast_to(ages, years.shape)}
            taken = ordered.values[tuple(place[dim] for dim in front)]
            others = [dim for dim in ordered.dims if dim not in front]
            coords = {dim: ordered[dim] for dim in others} | {"year": person.year["year"], "age": person.age["age"]}
            return xr.DataArray(taken, coords, ["year", "age", *others])

        numbers = ("rate", "floor", "ceiling", "multiple", "less", "gap_to")
        several = award_of(self.formula, known, service)
        return tuple(replace(one, **{name: at(getattr(one, name)) for name in numbers}) for one in several)


def _best(formulas: tuple[Any, ...], person: Any, service: Number, sign: float) -> tuple[Amount, ...]:
    """The greatest (sign 1) or the least (-1) of several formulas: one line over the same earnings, or options."""
    what = WORDS[sign]
    several = [award_of(one, person, service) for one in formulas]
    if any(apart(each) for each in several):
        return options_of(several, sign, what)
    lines = [line_of(each, what) for each in several]
    if not on_one_base(lines, sign):
        return options_of(several, sign, what)
    return (greatest_of if sign > 0 else least_of)(lines, what).amounts()
