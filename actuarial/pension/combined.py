"""Formulas made of others: the greatest and the least of several, and a pension of which slices count in part."""

from typing import Any

from pydantic import Field

from actuarial.contract import Amount
from actuarial.dated import Number
from actuarial.fields import rule
from actuarial.pension.formulas import EarningsBand, FormulaRule, award_of, counted_in
from actuarial.pension.slopes import Line, greatest_of, least_of, line_of


@rule
class Greatest:
    """The greatest of several amounts: a person has what the best of the formulas gives.

    P = max over formulas of P_i, where a list of formulas inside the list adds up

    Notes
    -----
    It is decided person by person, in a projection over the distribution of earnings: all formulas are of the same
    reference earnings or account, or amounts of money, so that each is a line of slopes over these earnings, and the
    greatest of them is one as well. Shares of the means of different years may be among them where they are in one
    proportion for everybody, such as the same accrual on both: the reference earnings then are the greater of the
    means (`contract.Reference`). What an amount of money adds to a share of earnings is the cost of a minimum;
    what the greatest adds otherwise is not told apart.

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
        return greatest_of(_lines(self.formulas, person, service, "greatest"), "greatest").amounts()


@rule
class Least:
    """The least of several amounts: a pension by one formula, and at most what the others give.

    P = min over formulas of P_i, where a list of formulas inside the list adds up; all else as in `Greatest`
    """

    formulas: tuple[FormulaRule, ...] = Field(min_length=2, description="Amounts of which the least is paid")
    law: str = Field(default="", description="Article of the law")

    def award(self, person: Any, service: Number) -> tuple[Amount, ...]:
        """Amounts for `service` years of credit."""
        return least_of(_lines(self.formulas, person, service, "least"), "least").amounts()


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


def _lines(formulas: tuple[Any, ...], person: Any, service: Number, what: str) -> list[Line]:
    """The amounts of several formulas as lines over the same earnings."""
    return [line_of(award_of(one, person, service), what) for one in formulas]
