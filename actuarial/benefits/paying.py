"""When what is due is paid: suspended pensions, the year of award, the time until the first payment."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from actuarial.benefits.staying import PLACE
from actuarial.bridge import align
from actuarial.check import require
from actuarial.errors import BadBasis
from actuarial.quick import labels_of
from actuarial.scheme import Scheme
from actuarial.translation import N_, Told

HALF = 0.5  # part of the year of award that is paid where awards are spread evenly over the year
WHERE_ABSENT = {"suspended_share": 0.0, "first_payment_share": HALF, "award_lag": 0.0}


@dataclass(frozen=True)
class Terms:
    """How a benefit is paid.

    Attributes
    ----------
    paid : share of the pensions in payment that is not suspended (year, sex, age); None if all are paid
    first : part of the year of award for which a new pension is due on average
    lag : years between award and first payment, with arrears
    """

    paid: np.ndarray | None = None
    first: float = HALF
    lag: float = 0.0

    @property
    def plain(self) -> bool:
        """Whether all is paid when it is due, half a year of it in the year of award."""
        return self.paid is None and self.first == HALF and self.lag == 0.0

    def weighted(self, money: np.ndarray) -> np.ndarray:
        """The part of an amount (year, sex, age) that is paid."""
        return money if self.paid is None else money * self.paid

    def late(self, length: np.ndarray) -> np.ndarray:
        """Share of the awards of a period of some length (years) that are first paid in the next one."""
        return np.minimum(1.0, self.lag / length)

    def waiting(self, length: np.ndarray) -> np.ndarray:
        """Part of a period for which a new pension is due on average and that is first paid in the next one."""
        return self.first * self.late(length) ** 2


def terms_of(name: str, basis: xr.Dataset) -> Terms:
    """What a basis says about the payment of a benefit."""
    found = {word: by_benefit(basis, word, name) for word in WHERE_ABSENT}
    suspended = found["suspended_share"]
    paid = None if suspended is None else 1.0 - align(suspended, PLACE, labels_of(basis, PLACE))
    first, lag = (_number(found[word], WHERE_ABSENT[word]) for word in ("first_payment_share", "award_lag"))
    return Terms(paid, first, lag)


def _number(given: xr.DataArray | None, where_absent: float) -> float:
    return where_absent if given is None else float(given)


def by_benefit(basis: xr.Dataset, variable: str, name: str) -> xr.DataArray | None:
    """A variable of the basis for one benefit; None where the basis does not have it."""
    if variable not in basis:
        return None
    array = basis[variable]
    if "benefit" not in array.dims:
        return array
    return array.sel(benefit=name, drop=True) if name in basis["benefit"].values else None


def check_terms(basis: xr.Dataset, scheme: Scheme) -> None:
    """BadBasis where the basis says about a lump sum or a supplement what only pensions can have."""
    require(basis, *(word for word in (*WHERE_ABSENT, "overlap", "pension_cv") if word in basis))
    for benefit in scheme.benefits:
        if not (benefit.lump_sum or benefit.accompanies):
            continue
        kind = Told("a lump sum") if benefit.lump_sum else Told("a supplement, which is paid with its pension")
        for word, usual in WHERE_ABSENT.items():
            given = by_benefit(basis, word, benefit.name) if word in basis and "benefit" in basis[word].dims else None
            apart = given is not None and bool((given != usual).any())
            if apart and not (benefit.lump_sum and word == "award_lag"):
                text = N_("{word}: it is given for {name}, which is {kind}.\n  Write {usual:g} there, or leave it out.")
                raise BadBasis(Told(text, word=word, name=benefit.name, kind=kind, usual=usual))


def paid_in_year(
    starts: np.ndarray, ends: np.ndarray, new: np.ndarray, terms: Terms, length: np.ndarray, payments: float
) -> np.ndarray:
    """Expenditure (year,) on pensions in cash, from yearly amounts (year, sex, age).

    Parameters
    ----------
    starts : pensions at the start of the year, by the age then, as they stand in the mean of its two ends
    ends : pensions on 31 December
    new : the part of `ends` that was awarded in the year
    length : length of every period, years
    payments : monthly payments in a year

    Notes
    -----
    With w = 1 - suspended share, s the part of the year of award that is due, l the lag, and awards spread evenly::

        D_t = s min(1, l)^2 w new_t
        E_t = payments/12 [(w starts_t + w ends_t)/2 + (s - 1/2) w new_t - D_t + D_{t-1}]

    Of the awards of a year those of its last l years are first paid in the next one; l^2 of what is due in the year of
    award is theirs. What was due before the valuation date and was not paid then is not known, and not part of it.
    """
    start, end, award = (terms.weighted(money).sum(axis=(1, 2)) for money in (starts, ends, new))
    waiting = terms.waiting(length)
    due = (start + (end - award)) / 2.0 + (terms.first - waiting) * award  # no part below 0, nor by rounding
    return payments / 12.0 * (length * due + _of_year_before(length * (waiting * award)))


def of_awards(new: np.ndarray, terms: Terms, length: np.ndarray) -> np.ndarray:
    """What awards (year, sex, age) of the year make of a payment a month (year,): more than half of the year of award
    that is due, or less, and what waits for the next year; see `paid_in_year`."""
    award = terms.weighted(new).sum(axis=(1, 2))
    late = length * (terms.waiting(length) * award)
    return length * (terms.first - HALF) * award + carried(late)


def paid_once(amount: np.ndarray, terms: Terms, length: np.ndarray) -> np.ndarray:
    """Expenditure (year,) on lump sums awarded in a year: those of its last part, the lag, are paid in the next one."""
    return amount if terms.lag == 0.0 else amount + carried(terms.late(length) * amount)


def carried(late: np.ndarray) -> np.ndarray:
    """What moves to the next year: less in its own, more in the one after it."""
    return _of_year_before(late) - late


def _of_year_before(late: np.ndarray) -> np.ndarray:
    """What comes from the year before; what waits on the valuation date is not known."""
    return np.concatenate([[0.0], late[:-1]])
