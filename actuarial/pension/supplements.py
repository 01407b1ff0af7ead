"""Supplements on top of pensions in payment: for dependants, for constant attendance, up to a minimum."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import xarray as xr
from pydantic import Field

from actuarial.benefits.paying import by_benefit
from actuarial.bridge import align
from actuarial.contract import Amount, Benefit
from actuarial.dated import Number, clip, evaluate
from actuarial.errors import BadInput, BadScheme
from actuarial.fields import Age, Amounts, Fraction, Ratio, Word, rule
from actuarial.fitting import require_with, require_without, states
from actuarial.pension.common import reached
from actuarial.pension.families import FAMILIES, chance_of, child_matrix, kept_share, needs_of, spouse_matrix
from actuarial.pension.tapers import Taper, bends, require_points
from actuarial.person import make_grid
from actuarial.translation import Told
from actuarial.warned import Warned

PLACE = ("year", "sex", "age")
ASSUMED = 0.5  # coefficient of variation that shows what a spread of pensions does
SPOUSE, CHILD = ("spouse_share", "spouse_amount"), ("child_share", "child_amount")
IN_ORDER = ("child_shares", "dependant_shares")
PAYMENTS = "Monthly payments in a year"


class _Supplement(Benefit):
    """What supplements have in common; the fields are those of the forms.

    `linear` says that the amount is a number and a share of the pension: parts of the beneficiaries add up to all.
    """

    name: str
    accompanies: tuple[str, ...]
    law: str
    linear = True

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("accompanies", "benefit", self.accompanies),)

    def claim(self, person: Any) -> Number:
        """Nobody starts a supplement by itself."""
        return 0.0

    def award(self, person: Any) -> Amount:
        return Amount(rate=0.0, base="currency")


@rule
class DependantsSupplement(_Supplement):
    """A supplement for a spouse and for each child of a pensioner: a share of the pension, or an amount of money.

    Notes
    -----
    Mean supplement of pensioners aged x with the mean pension P::

        claim_rate [m(x) (spouse_share P + spouse_amount) + n(x) (child_share P + child_amount)]

    m the share of them who have a spouse that has passed the age `spouse_from_age`, n their expected number of children
    below `child_until_age`, or E[min(J, most_children)] with J Poisson of this mean: from marriage and fertility, as
    those of the deceased, or as the basis gives them. One person with a known family, such as the standard beneficiary
    of a convention, has m and n of this family and claims.

    With `child_at_least` a child has max(child_share P, least). Pensions are then followed award by award up to the
    level least/child_share, as by `MinimumInPayment`, and beneficiaries of an age have the mean number of children
    whatever their pension. With shares in the order of dependants (`dependant_shares`, the spouse first) or of children
    (`child_shares`) it is P times sum_k s_k (m P(J >= k-1) + (1 - m) P(J >= k)), with m = 0 where children alone count.
    """

    name: Word = Field(default="dependants_supplement", description="Name of the benefit, unique in the scheme")
    accompanies: tuple[Word, ...] = Field(
        default=("old_age", "invalidity"), min_length=1, description="Pensions whose beneficiaries have it"
    )
    spouse_share: Fraction = Field(default=0.0, description="Share of the pension for a spouse (fraction)")
    spouse_amount: Amounts | None = Field(default=None, description="Amount for a spouse (money)")
    spouse_from_age: Age = Field(default=0.0, description="Age (years) from which a spouse counts")
    spouses: Literal["both", "wives", "husbands"] = Field(default="both", description="Spouses who count")
    child_share: Fraction = Field(default=0.0, description="Share of the pension for each child (fraction)")
    child_amount: Amounts | None = Field(default=None, description="Amount for each child (money)")
    child_until_age: Age = Field(default=18.0, description="Age (years) up to which a child counts")
    most_children: int | None = Field(
        default=None, ge=1, le=99, description="Children who count at most; all if absent"
    )
    child_at_least: Amounts | None = Field(
        default=None, description="Least amount for each child, where child_share of the pension is less (money)"
    )
    child_shares: tuple[Fraction, ...] = Field(
        default=(), description="Shares of the pension for the first child, the second, ..., none for more (fraction)"
    )
    dependant_shares: tuple[Fraction, ...] = Field(
        default=(),
        description="Shares of the pension for the first dependant, the second, ..., none for more, the spouse and "
        "children together (fraction)",
    )
    families: Literal["demography", "given"] = Field(default="demography", description=FAMILIES)
    claim_rate: Fraction = Field(default=1.0, description="Share of the entitled who claim it (fraction)")
    payments: float = Field(default=12.0, gt=0, le=24, description=PAYMENTS)
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        require_with(self, "child_at_least", "child_share")
        require_without(self, "child_at_least", "child_amount")
        require_without(self, "child_shares", *CHILD)
        require_without(self, "dependant_shares", *SPOUSE, *CHILD, "child_shares")

    @property
    def needs(self) -> tuple[str, ...]:
        """Variables of the basis that say who the dependants are."""
        spouses = any(states(self, name) for name in (*SPOUSE, "dependant_shares"))
        children = any(states(self, name) for name in (*CHILD, *IN_ORDER))
        return needs_of(self.families, spouses=spouses, children=children)

    def supplement(self, person: Any, pension: Number) -> Number:
        due = self.beside_filling(person, pension)
        for level, share in zip(self.fills_up_to(person), self.filled(person, ""), strict=True):
            due = due + lacking(person, pension, level) * share
        return due

    def beside_filling(self, person: Any, pension: Number) -> Number:
        if person.basis is None and person.family is None:
            raise BadInput(f"{self.name}: it depends on the families of pensioners; give basis=.")
        per_spouse = evaluate(self.spouse_share, person) * pension + _money(self.spouse_amount, person)
        per_child = evaluate(self.child_share, person) * pension + _money(self.child_amount, person)
        due: Number = 0.0
        if np.any(np.asarray(per_spouse) != 0.0):
            due = due + per_spouse * self._married(person)
        if np.any(np.asarray(per_child) != 0.0):
            due = due + per_child * self._children(person)
        if self.child_shares or self.dependant_shares:
            due = due + pension * self._in_order(person)
        return self._claimed(person) * due

    def fills_up_to(self, person: Any) -> tuple[Number, ...]:
        """The pension of which the share of a child is the least amount."""
        if self.child_at_least is None:
            return ()
        share = evaluate(self.child_share, person)
        if not bool(np.all(np.asarray(share) > 0.0)):
            raise BadScheme(
                Told(
                    "{benefit}.child_share: must be above 0 for everybody in every year where child_at_least is given.",
                    benefit=self.name,
                )
            )
        return (self.child_at_least.evaluate(person) / share,)

    def filled(self, person: Any, name: str) -> tuple[Number, ...]:
        """The shares of all children."""
        if self.child_at_least is None:
            return ()
        return (self._claimed(person) * evaluate(self.child_share, person) * self._children(person),)

    def _claimed(self, person: Any) -> Number:
        return 1.0 if person.family else evaluate(self.claim_rate, person)

    def _in_order(self, person: Any) -> Number:
        """Sum of the shares of dependants in their order, over all families."""
        first = self._married(person) if self.dependant_shares else 0.0
        number, known = self._expected(person), person.family is not None

        def chance(least: int) -> Number:
            return float(number >= least) if known else chance_of(number, least)

        total: Number = 0.0
        for k, share in enumerate(self.child_shares or self.dependant_shares, start=1):
            total = total + evaluate(share, person) * (first * chance(k - 1) + (1.0 - first) * chance(k))
        return total

    def _children(self, person: Any) -> Number:
        """Children who count: those of a known family, or the number expected."""
        number = self._expected(person)
        if self.most_children is None:
            return number
        most = float(self.most_children)
        return min(number, most) if person.family is not None else number * kept_share(number, 1.0, most)

    def _expected(self, person: Any) -> Any:
        """Children of a known family, or the number expected."""
        if person.family is not None:
            return float(person.family[1])
        young = child_matrix(person.basis, self.child_until_age, self.families)
        return _of_the_pensioner(young.sum(["sex_of_survivor", "age_of_survivor"]), person)

    def _married(self, person: Any) -> Number:
        """Share of pensioners who have a spouse that counts."""
        if person.family is not None:
            return self._has_spouse(person)
        matrix = spouse_matrix(person.basis, self.families)
        if self.spouses != "both":
            matrix = matrix.sel(sex_of_survivor=["female" if self.spouses == "wives" else "male"])
        age = evaluate(self.spouse_from_age, person)
        old = clip(matrix["age_of_survivor"] + 1.0 - age, 0.0, 1.0)
        return _of_the_pensioner((matrix * old).sum(["sex_of_survivor", "age_of_survivor"]), person)

    def _has_spouse(self, person: Any) -> Number:
        """1 for a known family with a spouse that counts, else 0; in between in the year in which the age is passed."""
        if not person.family[0] or self.spouses not in ("both", {"male": "wives", "female": "husbands"}[person.sex]):
            return 0.0
        if person.spouse_age is None:
            return 1.0
        return clip(person.spouse_age + 1.0 - evaluate(self.spouse_from_age, person), 0.0, 1.0)


@rule
class AttendanceSupplement(_Supplement):
    """A supplement for those pensioners who need constant attendance: a share of the pension, or an amount of money.

    It ends with the pensioner; survivors have no part of it.

    Notes
    -----
    Mean supplement = needed_by x (share x mean pension + amount).
    """

    name: Word = Field(default="attendance_supplement", description="Name of the benefit, unique in the scheme")
    accompanies: tuple[Word, ...] = Field(
        default=("invalidity",), min_length=1, description="Pensions whose beneficiaries have it"
    )
    needed_by: Fraction = Field(description="Share of the beneficiaries who need attendance (fraction)")
    share: Fraction = Field(default=0.0, description="Share of the pension (fraction)")
    amount: Amounts | None = Field(default=None, description="Amount (money)")
    payments: float = Field(default=12.0, gt=0, le=24, description=PAYMENTS)
    law: str = Field(default="", description="Article of the law")

    def supplement(self, person: Any, pension: Number) -> Number:
        each = evaluate(self.share, person) * pension + _money(self.amount, person)
        return evaluate(self.needed_by, person) * each


@rule
class MinimumInPayment(_Supplement):
    """What pensions in payment lack of a minimum, which may rise from year to year otherwise than pensions do.

    With `taper` instead of a minimum, a supplement that depends on the pension in straight lines between points: full
    for small pensions, nothing from an upper limit on.

    Notes
    -----
    Of each pension P the part c counts; the supplement is c max(0, minimum/c - P), of those who have passed the age
    `from_age`. It is no part of the pension: it is not adjusted with it, and survivors have their own. By a taper with
    the points (p_k, s_k), k = 1..n, it is what is missing to several limits::

        s_n + sum_k w_k c max(0, p_k/c - P),  w_k = (s_{k+1} - s_k)/(p_{k+1} - p_k) - (s_k - s_{k-1})/(p_k - p_{k-1})

    of whose slopes those before the first and after the last point are 0. A supplement that is lost as a whole above a
    limit has a second point a thousandth above it; of pensions followed award by award it is within 0.5%.

    Pensions are followed award by award. What the awards of a year, sex and age lack of a limit, the sum over members
    of E[max(0, limit - P)] = limit - E[min(P, limit)] [1]_, is known from the distribution of their earnings and
    service at eight levels, of which the limits of all later years, over what pensions have risen by until then, lie
    between the third and the last; at up to fourteen where limits lie so far apart that levels would be more than a
    fifth apart. Between levels it is a cubic (`claims_below`). Of awards with a coefficient of variation of 0.5, all
    top-ups together are off by less than 1e-5 where limits move by a fifth against pensions and by 0.1% where they
    double or where all limits, those of survivors and of several supplements too, are up to twelve times apart; of
    narrower awards (0.3), where top-ups are small beside pensions, by up to 0.4%. Survivors and those whose pension
    converts carry on the awards of those whom they followed. Awards of several amounts of earnings that add up, and
    those by a rate that depends on earnings (`by_earnings`), count up to a level together, as one person has one
    multiple of all earnings: exactly where their sum does not fall as earnings rise. Pensions of the valuation date,
    and awards of parts of one amount by months, of options that are sums, with what is missing to a guarantee, or of
    survivors with a share of a pension before its reduction for age, are lognormal with their mean and `pension_cv`,
    all alike where the basis has none; a pension keeps the variation of the age that it had then. Where slices of
    pensions are adjusted apart, those below the limit have the adjustment of the lowest.

    Levels are those that the limits of the projected years reach, so that a shorter run has others: what is lacking in
    its years differs from the same years of a longer one by what the cubic misses, up to 1.1e-5 of the top-ups.

    Against simulations of careers in which top-ups are 4% to 10% of pensions, pensions and top-ups together are within
    0.1% in every year. The top-ups alone are within 0.3% where nobody leaves active membership before, within 0.7%
    (0.3% from the eleventh year on) where many do and their last earnings are revalued by wages, and within 0.4% where
    they are not revalued: inactive members of an age and length of service who left at different times then have
    different last earnings, by their mean and their variance.

    A contribution line with base = "benefit" says who pays for it.

    References
    ----------
    .. [1] Klugman, S. A., Panjer, H. H. and Willmot, G. E. (2012), Loss models, 4th edition, section 3.1 (limited
       expected value).
    """

    name: Word = Field(default="minimum_in_payment", description="Name of the benefit, unique in the scheme")
    accompanies: tuple[Word, ...] = Field(
        default=("old_age", "invalidity"), min_length=1, description="Pensions that it tops up"
    )
    minimum: Amounts | None = Field(default=None, description="Least pension in payment (money); or give a taper")
    taper: Taper = Field(default=())
    counted: Ratio = Field(default=1.0, description="Part of the pension that counts towards the minimum (fraction)")
    from_age: Age | None = Field(default=None, description="Age (years) from which it is paid; any if absent")
    any_age: tuple[Word, ...] = Field(
        default=(), description="Pensions that it tops up at any age, where from_age is that of the others"
    )
    payments: float = Field(default=12.0, gt=0, le=24, description=PAYMENTS)
    law: str = Field(default="", description="Article of the law")

    linear = False

    def __post_init__(self) -> None:
        require_points(self.taper)
        if self.minimum is None and not self.taper:
            raise ValueError(Told("needs either a minimum or a taper"))
        require_without(self, "taper", "minimum")
        require_with(self, "any_age", "from_age")
        others = [name for name in self.any_age if name not in self.accompanies]
        if others:
            raise ValueError(Told("any_age names {names}, which is not in accompanies", names=tuple(others)))

    def supplement(self, person: Any, pension: Number) -> Number:
        part = pension * evaluate(self.counted, person)
        last, limits = self._limits(person)
        missing = sum(lacking(person, part, limit) * weight for limit, weight in limits)
        return self._of_age(person, _name_of(pension)) * clip(last + missing, 0.0, np.inf)

    def beside_filling(self, person: Any, pension: Number) -> Number:
        last = self._limits(person)[0]
        return self._of_age(person, _name_of(pension)) * last

    def fills_up_to(self, person: Any) -> tuple[Number, ...]:
        """Limits of pensions of which only a part counts are that many times as high."""
        counted = evaluate(self.counted, person)
        if not bool(np.all(np.asarray(counted) > 0)):
            return ()
        return tuple(limit / counted for limit, _ in self._limits(person)[1])

    def filled(self, person: Any, name: str) -> tuple[Number, ...]:
        """The part that counts, of those who have passed the age from which it is paid."""
        share = evaluate(self.counted, person) * self._of_age(person, name)
        return tuple(share * weight for _, weight in self._limits(person)[1])

    def _of_age(self, person: Any, name: str) -> Number:
        """Share of the beneficiaries of a pension who have passed the age from which it is paid."""
        if self.from_age is None or name in self.any_age:
            return 1.0
        return reached(person, evaluate(self.from_age, person))

    def _limits(self, person: Any) -> tuple[Number, list[tuple[Number, Number]]]:
        """What all pensions have, and of what they lack of limits the multiple that is paid."""
        if self.minimum is not None:
            return 0.0, [(self.minimum.evaluate(person), 1.0)]
        return bends(self.taper, person, self.name)


def _name_of(pension: Number) -> str:
    """The benefit whose pension it is, of those on a grid."""
    return str(pension["benefit"].values) if isinstance(pension, xr.DataArray) else ""


def lacking(person: Any, pension: Number, least: Number) -> Number:
    """What a pension lacks of a least amount; on a grid the mean of lognormal pensions of a sex and age."""
    if not isinstance(person.age, xr.DataArray):
        return max(0.0, float(least) - float(pension))
    assert isinstance(pension, xr.DataArray)
    from actuarial.numeric import expected_clip_array

    coords = {dim: pension[dim] for dim in PLACE}
    given = by_benefit(person.basis, "pension_cv", str(pension["benefit"].values))
    cv = align(0.0 if given is None else given, PLACE, coords)
    mean, most = align(pension.reset_coords(drop=True), PLACE, coords), align(least, PLACE, coords)
    kept = expected_clip_array(mean, cv, np.zeros_like(mean), most)
    return pension.transpose(*PLACE).copy(data=np.maximum(most - kept, 0.0))


def check_supplements(benefits: Iterable[Any], basis: xr.Dataset) -> list[str]:
    """Warnings: minimum pensions in payment of which the basis does not say how pensions vary, with what they cost."""
    return [
        Warned(
            "pension_cv is absent for {benefit}: {other_benefit} takes the pensions of the valuation date of a sex and "
            "age, and awards that are known by their mean alone, to be all the same, so that none or all of them lie "
            "below the minimum{cost}. Give pension_cv of {benefit}: of the pensions in payment of a sex and age the "
            "standard deviation over the mean.",
            "{benefit}: {other_benefit} takes the pensions of the valuation date of a sex and age, and awards that "
            "are known by their mean alone, to be all the same, so that none or all of them lie below the minimum.",
            benefit=name,
            other_benefit=benefit.name,
            cost=_cost(benefit, name, basis),
        )
        for benefit in benefits
        if isinstance(benefit, MinimumInPayment) or states(benefit, "child_at_least")
        for name in benefit.accompanies
        if by_benefit(basis, "pension_cv", name) is None
    ]


def _cost(benefit: Any, name: str, basis: xr.Dataset) -> str:
    """What a minimum costs on the pensions of the valuation date in the first year, as it is and if pensions varied."""
    if "pensioners_0" not in basis or name not in basis["benefit"].values:
        return ""
    one = basis.isel(scenario=0, drop=True) if "scenario" in basis.dims else basis
    first = int(one["year"][0])
    number, pension = (one[word].sel(benefit=name) for word in ("pensioners_0", "pension_0"))
    paid = float((number * pension).sum())
    if paid <= 0.0:
        return ""
    grid = make_grid(one, None).at_years([first])
    mean = pension.where(number > 0, 0.0).expand_dims(year=[first])

    def due(on: xr.Dataset) -> str:
        each = xr.DataArray(benefit.supplement(replace(grid, basis=on), mean))
        cost = float((number * each).sum()) * benefit.payments / 12.0
        return Told("{cost:,.0f} ({share:.1%} of them)", cost=cost, share=cost / paid)

    return Told(
        "; on those of the valuation date it costs {one} in {year}, but with pension_cv = {cv:g} it would cost {other}",
        one=due(one),
        year=first,
        cv=ASSUMED,
        other=due(one.assign(pension_cv=ASSUMED)),
    )


def _money(amount: Any, person: Any) -> Number:
    return 0.0 if amount is None else amount.evaluate(person)


def _of_the_pensioner(number: xr.DataArray, person: Any) -> Number:
    """A number by (year,) sex and age, for a person or a grid."""
    if isinstance(person.age, xr.DataArray):
        return number
    return float(number.sel({dim: getattr(person, str(dim)) for dim in number.dims}))
