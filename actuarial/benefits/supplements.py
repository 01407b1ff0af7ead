"""Supplements that are paid beside pensions: each beneficiary has a yearly amount on top of the pension."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import xarray as xr

from actuarial.benefits.claims import Arrivals
from actuarial.benefits.paying import Terms, of_awards, paid_in_year
from actuarial.benefits.spreads import Shortfall
from actuarial.benefits.staying import PLACE
from actuarial.bridge import align
from actuarial.errors import BadScheme
from actuarial.person import Person
from actuarial.scheme import Benefit
from actuarial.translation import N_, Told


@dataclass(frozen=True)
class Drawn:
    """A pension as its supplements see it; numbers and money are (year, sex, age).

    Attributes
    ----------
    number, mass : beneficiaries and pensions on 31 December
    number_0, mass_0 : the same on the valuation date (sex, age)
    new : who were awarded it in the year and are alive on 31 December
    converts : share of these who then convert to another pension, None where nobody does
    rise : what pensions at the start of a year are raised by in its mean, (1 - 2 f) adj, (year, sex, age at the start)
        or the same for all of a year (year, 1, 1)
    terms : how it is paid
    lacking : what pensions lack of the limits of supplements that fill them up, by supplement and limit
    elsewhere : the pensions of those who convert to this one
    """

    number: np.ndarray
    mass: np.ndarray
    number_0: np.ndarray
    mass_0: np.ndarray
    new: Arrivals
    converts: np.ndarray | None
    rise: np.ndarray
    terms: Terms
    lacking: Mapping[str, Sequence[Shortfall]] = field(default_factory=dict)
    elsewhere: Sequence["Drawn"] = ()

    def kept(self) -> Arrivals:
        """Who were awarded it in the year and have it on 31 December."""
        return self.new if self.converts is None else self.new.times(1.0 - self.converts)

    def begun_elsewhere(self) -> list[tuple["Drawn", np.ndarray, Terms]]:
        """The pensions of those who convert to this one, the share of their awards of the year that does, and how these
        awards are paid: the part of the year that is due, and the time until the first payment, are those of the
        pension awarded."""
        return [
            (one, one.converts, replace(self.terms, first=one.terms.first, lag=one.terms.lag))
            for one in self.elsewhere
            if one.converts is not None
        ]

    def starts(self) -> tuple[np.ndarray, np.ndarray]:
        """Beneficiaries at the start of every year and their pensions in its mean."""
        number, mass = (
            np.concatenate([first[np.newaxis], later[:-1]])
            for first, later in ((self.number_0, self.number), (self.mass_0, self.mass))
        )
        return number, mass * (1.0 + self.rise)


def supplement(
    benefit: Benefit,
    drawn: Mapping[str, Drawn],
    grid: Person,
    length: np.ndarray,
    everybody: xr.Dataset | None = None,
) -> dict[str, np.ndarray]:
    """Numbers, yearly amounts and expenditure of one supplement, all (year, sex, age) but the expenditure (year,).

    The amount per head is asked twice a year: for the pensions at its start, with the law of the year, and for those on
    31 December. E = payments/12 x the mean of the two stocks times their amounts; it is suspended, begins in the year
    of award and waits for the first payment as the pension does: new beneficiaries with the amount of all of their age
    or, where it is linear, with their own.

    Parameters
    ----------
    drawn : what is accompanied, by name
    length : length of every period, years
    everybody : Dataset of `project_pensions` for all insured, whose average pensions decide where `drawn` is a part of
        them, so that parts add up; a supplement that says it is `linear` in the pension adds up by itself

    Returns
    -------
    dict
        `pensioners` are those of the pensions where the amount is above 0, `pension_mass` what they have on 31
        December. Awards and terminations are those of the pensions and are not counted again: 0.
    """
    none = np.zeros_like(next(iter(drawn.values())).number)
    number, mass, spent = none, none, np.zeros(len(none))
    for name in benefit.accompanies:
        one = drawn[name]
        others = None if everybody is None or benefit.linear else everybody.sel(benefit=name, drop=True)
        ends, paid = _by_mean(benefit, name, one, grid, length, others)
        if benefit.name in one.lacking:
            lacks, filled = _filled(benefit, name, one, grid, length)
            ends, paid = ends + lacks, paid + filled
        number, mass, spent = number + np.where(ends > 0, one.number, 0.0), mass + ends, spent + paid
    words = ("topup_mass", "new_awards", "new_awards_amount", "terminations", "terminations_amount")
    return dict.fromkeys(words, none) | {
        "pensioners": number,
        "pension_mass": mass,
        "benefit_expenditure": spent,
        "topup_expenditure": np.zeros(len(none)),
        "pension_indexation": np.zeros(len(none)),
    }


def _by_mean(
    benefit: Benefit, name: str, one: Drawn, grid: Person, length: np.ndarray, others: xr.Dataset | None
) -> tuple[np.ndarray, np.ndarray]:
    """Yearly amounts on 31 December (year, sex, age) and expenditure (year,) of what the mean pension decides."""
    whole, filling = one if others is None else _whole(one, others), benefit.name in one.lacking
    at_start, at_end = (
        _amounts(benefit, name, grid, *stock, filling) for stock in (whole.starts(), (whole.number, whole.mass))
    )

    def awarded(new: Arrivals, terms: Terms) -> np.ndarray:
        own = benefit.linear and not terms.plain
        return new.number * (_amounts(benefit, name, grid, new.number, new.amount, filling) if own else at_end)

    people, _ = one.starts()
    ends, new = one.number * at_end, awarded(one.kept(), one.terms)
    paid = paid_in_year(people * at_start, ends, new, one.terms, length, benefit.payments)
    for other, share, terms in one.begun_elsewhere():
        paid = paid + benefit.payments / 12.0 * of_awards(awarded(other.new.times(share), terms), terms, length)
    return ends, paid


def _filled(
    benefit: Benefit, name: str, one: Drawn, grid: Person, length: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Yearly amounts on 31 December (year, sex, age) and expenditure (year,) of what fills pensions up to limits."""
    coords = {"year": grid.year, "sex": grid.sex, "age": grid.age}
    shares = [align(share, PLACE, coords) for share in benefit.filled(grid, name)]
    start, end, new = (_due(one, benefit, shares, word) for word in ("start", "end", "new"))
    new = new if one.converts is None else new * (1.0 - one.converts)
    paid = paid_in_year(start, end, new, one.terms, length, benefit.payments)
    for other, converts, terms in one.begun_elsewhere():
        if benefit.name in other.lacking:
            money = _due(other, benefit, shares, "new") * converts
            paid = paid + benefit.payments / 12.0 * of_awards(money, terms, length)
    return end, paid


def _due(one: Drawn, benefit: Benefit, shares: Sequence[np.ndarray], word: str) -> np.ndarray:
    """What is paid of what pensions lack of the limits of a supplement: at the "start", the "end", or of "new" ones."""
    lacks = zip(shares, one.lacking[benefit.name], strict=True)
    found = sum(share * np.maximum(getattr(each, word), 0.0) for share, each in lacks)
    return np.maximum(found, 0.0)


def _whole(part: Drawn, pensions: xr.Dataset) -> Drawn:
    """The pension of everybody; on the valuation date that of the part, which is everybody then or nobody."""
    coords = {d: pensions[d] for d in PLACE}
    number, mass = (align(pensions[name], PLACE, coords) for name in ("pensioners", "pension_mass"))
    return replace(part, number=number, mass=mass)


def _amounts(
    benefit: Benefit, name: str, grid: Person, number: np.ndarray, mass: np.ndarray, filling: bool
) -> np.ndarray:
    """Yearly amount per head of a stock (year, sex, age); 0 where nobody is."""
    mean = np.divide(mass, number, out=np.zeros_like(mass), where=number > 0)
    coords = {"year": grid.year, "sex": grid.sex, "age": grid.age}
    pension = xr.DataArray(mean, dims=PLACE, coords={d: v.values for d, v in coords.items()} | {"benefit": name})
    due = benefit.beside_filling(grid, pension) if filling else benefit.supplement(grid, pension)
    found = align(due.reset_coords(drop=True) if isinstance(due, xr.DataArray) else due, PLACE, coords)
    bad = ~((found >= 0.0) & np.isfinite(found))
    if bad.any():
        text = N_(
            "{name}: a supplement must be a number of at least 0; {count} of {whole} cells (year, sex, age) are not, "
            "the first holds {value:g}."
        )
        raise BadScheme(Told(text, name=benefit.name, count=int(bad.sum()), whole=bad.size, value=found[bad][0]))
    return np.where(number > 0, found, 0.0)
