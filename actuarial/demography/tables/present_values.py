"""Present values of payments that depend on one life: annuities and insurances, without commutation numbers."""

from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import gap_in
from actuarial.demography.tables.lives import LONGEST, Life, fraction_of, life_of
from actuarial.demography.tables.payment_plan import (
    Plan,
    fall_of,
    growth_of,
    interest_of,
    parts,
    value_of,
    years_of,
)
from actuarial.errors import BadDimensions, BadInput

Start = tuple[int, float]
ATTRS = {
    "annuity": {"units": "years", "long_name": "Present value of 1 a year"},
    "insurance": {"units": "1", "long_name": "Present value of 1 at death"},
}


@kind.takes(
    interest=kind.numbers, age=kind.optional(kind.numbers), growth=kind.number, in_advance=kind.truth,
    fraction=kind.word, along=kind.word,
)
def annuity(
    table: Any,
    interest: Any,
    *,
    age: Any = None,
    term: int | None = None,
    deferred: int = 0,
    payments: float = 1,
    in_advance: bool = True,
    fraction: str = "udd",
    growth: float = 0.0,
    along: str = "period",
    guaranteed: int = 0,
    increase: float = 0.0,
) -> xr.DataArray:
    """Present value of 1 a year while a life of an exact age goes on.

    Parameters
    ----------
    table : Dataset of `life_table`, or array (age), (year, age) or DataArray of (..., age)
        Single ages. A Dataset has an open last age, above which the force of mortality stays 1/e; where e is 1/2 there,
        all die within that year of age. An array holds
        probabilities of dying `qx`, the last one 1; or survivors `lx` if it has that name, or if it has no name of the
        two and begins with 1 or more: then those alive at the last age die within a year.
    interest : float, or array or DataArray by year from the valuation on, 1/year
        The last one stays. A DataArray has the dim year (years that follow each other) or duration.
    age : number or sequence, years
        Exact ages at the valuation, between birthdays too; all of the table by default.
    term : int, years
        Most years for which it is paid; for life by default.
    deferred : int, years
        Years before the first one that is paid.
    payments : int or inf
        Payments a year, 1/payments each; inf for a continuous payment.
    in_advance : bool
        Paid at the start of each part of a year, otherwise at its end (to those who are alive then).
    fraction : "udd", "constant-force", "balducci" or "woolhouse"
        Survival within a year of age: deaths evenly spread, a constant force of mortality (with which a certain
        death comes at once), or a straight line of 1/survival. Above an open age the force is constant in these three.
        By Woolhouse's formula survival times discount is a straight line within each year of payment, and an age
        between birthdays is reached with deaths evenly spread.
    growth : float, 1/year
        Growth of the amount from each year paid to the next; it is 1 in the first one.
    along : "period" or "cohort"
        With a dimension `year`: by the table of each year, or of those who have the age in that year, along their
        cohort; after the last year its mortality stays.
    guaranteed : int, years
        Years from the first one paid on for which it is paid even if the life ends in them; no more than the term.
    increase : float
        Rise of the amount from each year paid to the next by the same part of the first: 1 pays 1, 2, 3, ...

    Returns
    -------
    DataArray over the dims of the table, years
        Without `age` where one age is given.

    Raises
    ------
    BadInput
        Words, rates or years that cannot be meant, an age that the table has not, values that do not end.
    BadDimensions
        Interest by another dim than year or duration.
    OutOfBounds
        Probabilities outside 0 to 1, survivors that increase; a table that is cut off before its open age.

    Notes
    -----
    ::

        a_x = sum over k from deferred on, below deferred + term, of c_k v_k kp_x E_k,
        c_k = (1 + growth)^n (1 + increase n) with n the years since the first one paid
        E_k = 1/m sum over j of (1 + i_k)^-s sp_{x+k},  s = j/m, j from 0 to m - 1 (in advance) or 1 to m

    with sp = 1 - s q (UDD), (1 - q)^s or p/(p + s q) (Balducci); of an age x + f between birthdays it is
    (f + s)p_x/fp_x, with p_x (f + s - 1)p_{x+1} in the place of the former from the birthday on. Under UDD and constant
    interest an annuity for life in advance is alpha(m) a_x - beta(m) [1]_. Continuous payments are integrated over each
    year to rounding. With Woolhouse's formula, of which the first two terms are taken, it is a_x - (m - 1)/(2m) [2]_;
    guaranteed payments are certain ones with each of the four.

    References
    ----------
    .. [1] Bowers, N. L., Gerber, H. U., Hickman, J. C., Jones, D. A., Nesbitt, C. J. (1997), Actuarial Mathematics,
       2nd edition, Society of Actuaries, chapters 3 and 5.
    .. [2] Dickson, D. C. M., Hardy, M. R., Waters, H. R. (2013), Actuarial mathematics for life contingent risks,
       2nd edition, Cambridge University Press, section 5.11.

    Examples
    --------
    >>> float(annuity([0.5, 1.0], 0.25, age=0))
    1.4
    >>> round(float(annuity([0.5, 1.0], 0.25, age=0, guaranteed=2)), 12)
    1.8
    """
    plan = annuity_plan(interest, term, deferred, payments, in_advance, growth, fraction)
    plan = replace(plan, guaranteed=_guaranteed(guaranteed, plan.term), increase=_increase(increase))
    return valued(plan, table, age, along, "annuity")


@kind.takes(
    interest=kind.numbers, age=kind.optional(kind.numbers), growth=kind.number, endowment=kind.truth,
    fraction=kind.word, along=kind.word,
)
def insurance(
    table: Any,
    interest: Any,
    *,
    age: Any = None,
    term: int | None = None,
    deferred: int = 0,
    periods: float = 1,
    endowment: bool = False,
    fraction: str = "udd",
    growth: float = 0.0,
    increase: float = 0.0,
    along: str = "period",
) -> xr.DataArray:
    """Present value of 1 paid at the death of a life of an exact age.

    Parameters
    ----------
    table, interest, age, fraction, along
        As for `annuity`.
    term : int, years
        Years of cover; for life by default.
    deferred : int, years
        Years before the cover begins.
    periods : int or inf
        Parts of a year at the end of which deaths in them are paid: 1 at the end of the year of death, 12 of the
        month; inf at the moment of death.
    endowment : bool
        The amount of the last year of the term is also paid to those who are alive at its end.
    growth, increase : float, 1/year
        In the k-th year of cover, k from 0, the amount is (1 + growth)^k (1 + increase k).

    Returns
    -------
    DataArray over the dims of the table, dimensionless
        Without `age` where one age is given.

    Raises
    ------
    BadInput, OutOfBounds
        As `annuity`; an endowment without a term.

    Notes
    -----
    A_x = sum over k of c_k v_k kp_x (sum over j of (1 + i_k)^-(j/m) (sp - s'p)), with s = (j - 1)/m and s' = j/m, j
    from 1 to m. Of a level amount for life A = 1 - d(m) a, with a the annuity in advance [1]_, with Woolhouse's
    formula too.

    References
    ----------
    .. [1] Bowers, N. L., Gerber, H. U., Hickman, J. C., Jones, D. A., Nesbitt, C. J. (1997), Actuarial Mathematics,
       2nd edition, Society of Actuaries, chapters 4 and 5.

    Examples
    --------
    >>> round(float(insurance([0.5, 1.0], 0.25, age=0)), 12)
    0.72
    """
    if endowment and term is None:
        raise BadInput("insurance: an endowment needs a term.")
    number = parts(periods, "periods")
    plan = Plan(
        interest=interest_of(interest),
        growth=growth_of(growth),
        increase=_increase(increase),
        deferred=years_of(deferred, "deferred", 0),
        term=None if term is None else years_of(term, "term", 1),
        number=number,
        fraction=fraction_of(fraction),
        kind="moments" if number == np.inf else "deaths",
        endowment=endowment,
    )
    return valued(plan, table, age, along, "insurance")


def _guaranteed(guaranteed: Any, term: int | None) -> int:
    """Guaranteed years, no more than those in which the annuity is paid."""
    years, most = years_of(guaranteed, "guaranteed", 0), LONGEST if term is None else term
    if years > most:
        raise BadInput(f"guaranteed: give at most {most} years, those in which it is paid (got {guaranteed!r}).")
    return years


def _increase(increase: Any) -> float:
    if isinstance(increase, (int, float, np.number)) and 0.0 <= increase < np.inf:
        return float(increase)
    raise BadInput(f"increase: give a number of 0 or more (got {increase!r}).")


def annuity_plan(
    interest: Any, term: int | None, deferred: int, payments: float, in_advance: bool, growth: float, fraction: str
) -> Plan:
    number = parts(payments, "payments")
    ends = "start" if in_advance else "end"
    return Plan(
        interest=interest_of(interest),
        growth=growth_of(growth),
        increase=0.0,
        deferred=years_of(deferred, "deferred", 0),
        term=None if term is None else years_of(term, "term", 1),
        number=number,
        fraction=fraction_of(fraction),
        kind="always" if number == np.inf else ends,
    )


def valued(plan: Plan, table: Any, age: Any, along: str, name: str) -> xr.DataArray:
    """Values of a plan by the dims of a table and the ages asked for."""
    life = life_of(table, fall_of(plan.interest, plan.growth, plan.term))
    if along not in ("period", "cohort"):
        raise BadInput(f"along: {along!r} is not known; write period or cohort.")
    cohorts = along == "cohort"
    if cohorts:
        _refuse_years(life)
    starts, ages = starts_of(life, age)
    found = np.stack(values_of_one(plan, life, starts, cohorts), axis=-1)
    others = {key: one for key, one in life.labels.coords.items() if "age" not in one.dims}
    result = xr.DataArray(found, dims=life.labels.dims, coords={**others, "age": ages}, name=name)
    result.attrs = ATTRS[name]
    return result.squeeze("age") if np.ndim(age) == 0 and age is not None else result


def values_of_one(plan: Plan, life: Life, starts: list[Start], cohorts: bool = False) -> list[np.ndarray]:
    """Values while one life goes on from each of its starts."""
    plans = {part: plan.at(part) for _, part in starts}
    lives = {part: life.aged(part, one.times, one.fraction) for part, one in plans.items()}
    return [value_of(plans[part], [lives[part]], [at], cohorts) for at, part in starts]


def starts_of(life: Life, age: Any) -> tuple[list[Start], np.ndarray]:
    """Positions of the last birthdays, times since, and ages at which values begin."""
    ages = life.labels["age"].values if age is None else np.atleast_1d(np.asarray(age))
    if not ages.size:
        raise BadInput("age: give at least one age.")
    return [life.place(one) for one in ages], ages


def _refuse_years(life: Life) -> None:
    if "year" not in life.labels.dims:
        raise BadDimensions('along="cohort": the table has no dimension year; give one by year and age.')
    years = life.labels["year"].values if "year" in life.labels.coords else np.arange(2)
    if gap_in(years):
        raise BadDimensions(f'along="cohort": the years of the table must follow each other{gap_in(years)}.')
