"""How pensions in payment are spread, award by award, and what they lack of the limits up to which they are filled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import xarray as xr

from actuarial.benefits import shortfall_kernels as kernels
from actuarial.benefits.claims import (
    Arrivals,
    amount_per_head,
    family_of,
    kept_by_survivors,
    share_of_pension,
    share_who_claim,
)
from actuarial.benefits.slices import spread_of_pensions
from actuarial.benefits.staying import PLACE, SAME_DAY, Staying, before_adjustment, known, staying
from actuarial.bridge import align
from actuarial.check.period import twelfths_before
from actuarial.contract import settled
from actuarial.labour.levels import award_levels, levels_asked, lowest_adjustment
from actuarial.numeric import UNLIMITED, expected_clip_array
from actuarial.person import Person
from actuarial.quick import labels_of
from actuarial.scheme import Benefit, Scheme


@dataclass(frozen=True)
class Shortfall:
    """What pensions lack of a limit, currency/year (year, sex, age): those of the start, by the age then, those on
    31 December, and the new ones."""

    start: np.ndarray
    end: np.ndarray
    new: np.ndarray


@dataclass(frozen=True)
class Year:
    """What becomes of a pension in every year.

    Attributes
    ----------
    opening : beneficiaries and their pensions on the valuation date (2, sex, age)
    started, lasting, came : who starts it at mid-year; of all new ones those alive on 31 December; who converts to it
    stay : who stays and who dies, as `staying` answers
    leaving : share that converts on 31 December (year, sex, age), or None
    """

    opening: np.ndarray
    started: Arrivals
    lasting: Arrivals
    came: Arrivals
    stay: Staying
    leaving: np.ndarray | None

    @classmethod
    def of(
        cls, benefit: Benefit, drawn: Any, started: Arrivals, came: Arrivals, move: Any, basis: xr.Dataset
    ) -> "Year":
        """Of a pension as its supplements see it, with who came to it."""
        opening = np.stack([drawn.number_0, drawn.mass_0])
        return cls(opening, started, drawn.new, came, staying(benefit, basis), None if move is None else move.share)


@dataclass(frozen=True)
class _Awards:
    """Awards (year, sex, age), of which `below` (year, sex, age, level) is what counts up to a level."""

    number: np.ndarray
    mass: np.ndarray
    below: np.ndarray


@dataclass(frozen=True)
class _Course:
    """The pensions of a benefit on their way through the years.

    Attributes
    ----------
    opening, spread : those of the valuation date, number and mass (2, sex, age), and the standard deviation of their
        logarithm (sex, age)
    awards, scale : awards, and the share of each that is paid (year, sex, age)
    converted : pensions that came from others
    levels : of awards (year, level), currency/year
    flows : as `shortfall_kernels.follow` takes them
    """

    opening: np.ndarray
    spread: np.ndarray
    awards: _Awards
    scale: np.ndarray
    converted: _Awards
    levels: np.ndarray
    flows: tuple[np.ndarray, ...]

    def followed(
        self, limit: np.ndarray, ends: np.ndarray, converts: np.ndarray
    ) -> tuple[Shortfall, np.ndarray, np.ndarray]:
        """What they lack of a limit (year, sex, age), and the sums of those who end and of those who convert, each at
        most the limits asked for, (receiver, year, sex, age, level) and (year, sex, age, level)."""
        start, end, new, none = (np.zeros_like(limit) for _ in range(4))
        ended, moved = np.zeros_like(ends), np.zeros_like(converts)
        for opening, part, scale, fresh in (
            (self.opening, self.awards, self.scale, new),
            (np.zeros_like(self.opening), self.converted, np.ones_like(self.scale), none),
        ):
            kernels.run_shortfall(
                opening, self.spread, part.number, part.mass, part.below, self.levels, scale, self.flows, limit,
                (ends, converts), (start, end, ended, moved), fresh,
            )  # fmt: skip
        return Shortfall(start, end, new), ended, moved


class Spreads:
    """Distributions of the pensions of a scheme that supplements fill up to a limit, one after the other.

    Awards to the insured are known up to each level of `claims_below`, where the law has one amount for them; others,
    and shares of pensions before their reduction for age, are lognormal with their mean and `pension_cv`, as the
    pensions of the valuation date are. What beneficiaries leave
    to others or take along is that of their own awards: of these each counts with the adjustments since.
    """

    def __init__(self, scheme: Scheme, insured: xr.Dataset, grid: Person, finance: Any, everybody: Any) -> None:
        self.basis, self.grid, self.everybody = cast(xr.Dataset, grid.basis), grid, everybody
        self.coords, self.finance = labels_of(self.basis, PLACE), finance
        self.levels = award_levels(scheme, self.basis, grid, finance, levels_asked(insured))
        self.count = next((table.shape[1] for table in self.levels.values()), 0)
        self.pensions = [b for b in settled(scheme) if b.name in self.levels]
        self.limits = self._limits(scheme.benefits) if self.levels else {}
        self.own: dict[str, np.ndarray] = {}
        self.left: dict[tuple[str, str], np.ndarray] = {}
        self.lacking: dict[str, np.ndarray] = {}
        if self.levels and "claims_below" in insured:
            self._read(insured)

    def _limits(self, benefits: tuple[Benefit, ...]) -> dict[tuple[str, str], list[np.ndarray]]:
        """Limits by supplement and pension."""
        found: dict[tuple[str, str], list[np.ndarray]] = {}
        for benefit in benefits:
            several = benefit.fills_up_to(self.grid) if benefit.accompanies else ()
            if several:
                limits = [align(limit, PLACE, self.coords) for limit in several]
                found |= {(benefit.name, name): limits for name in benefit.accompanies}
        return found

    def _read(self, insured: xr.Dataset) -> None:
        """Claims up to each level (level, year, sex, age), and the levels that they were asked for."""
        for name in map(str, insured["accompanied"].values):
            one = insured[["claims_below", "award_level"]].sel(accompanied=name, drop=True)
            if name in self.levels:
                one = one.isel(level=slice(self.count))
                self.own[name] = one["claims_below"].transpose("level", *PLACE).values
                self.levels[name] = np.ascontiguousarray(one["award_level"].transpose("year", "level"))

    def shortfalls(self, benefit: Benefit, year: Year, dead: Mapping[str, Arrivals]) -> dict[str, list[Shortfall]]:
        """What the pensions of a benefit lack, by supplement and limit; what they leave to others is kept for these."""
        awards, lost, scale = self._awards(benefit, year, dead)
        spread = np.sqrt(np.log1p(spread_of_pensions(benefit.name, self.basis) ** 2))
        levels, flows = self.levels[benefit.name], self._flows(benefit, year)
        course = _Course(year.opening, spread, awards, scale, self._converted(benefit, year), levels, flows)
        self._leave(benefit, year, course, lost)
        place = (*awards.number.shape, self.count)
        found = {
            key: [course.followed(limit, np.zeros((0, *place)), np.zeros(place))[0] for limit in limits]
            for (key, name), limits in self.limits.items()
            if name == benefit.name
        }
        if found:
            self.lacking[benefit.name] = np.maximum(next(iter(found.values()))[-1].end, 0.0)
        return found

    def table(self, names: list[str]) -> np.ndarray:
        """What the pensions of some benefits lack of the last limit of the first supplement that fills them up
        (year, benefit, sex, age); 0 where none does."""
        none = np.zeros([len(self.coords[dim]) for dim in PLACE])
        return np.stack([self.lacking.get(name, none) for name in names], axis=1)

    def _flows(self, benefit: Benefit, year: Year) -> tuple[np.ndarray, ...]:
        growth = lowest_adjustment(benefit, self.basis, known(benefit, self.finance))
        if benefit.indexation_time < twelfths_before(self.basis) - SAME_DAY:
            growth[0] = 0.0
        leaving = np.zeros_like(year.stay.stays) if year.leaving is None else np.ascontiguousarray(year.leaving)
        return year.stay.stays, leaving, growth, (1.0 - 2.0 * before_adjustment(benefit, self.basis)) * growth

    def _asked(self, name: str, share: np.ndarray) -> np.ndarray:
        """Levels of a pension over the share of another that it is (year, sex, age, level)."""
        level = self.levels[name][:, np.newaxis, np.newaxis, :]
        top = np.full((*share.shape, self.count), UNLIMITED)
        return np.divide(level, share[..., np.newaxis], out=top, where=share[..., np.newaxis] > 0)

    def _awards(
        self, benefit: Benefit, year: Year, dead: Mapping[str, Arrivals]
    ) -> tuple[_Awards, _Awards, np.ndarray]:
        """Awards alive on 31 December and those that ended in their first year, and the share of them that is paid."""
        kept = kept_by_survivors(benefit, self.basis)
        scale = np.ones_like(year.stay.stays) if kept is None else kept
        half = year.stay.lost
        lost = year.started.times(half)
        several = self._arrivals(benefit, dead)
        if several is None:
            below = [self._lognormal(benefit, people) for people in (year.lasting, lost)]
            scale = np.ones_like(scale)
        else:
            retired, started = several
            below = [retired + (1.0 - half) * started, half * started]
        alive, ended = (
            _Awards(people.number, people.amount, np.ascontiguousarray(np.moveaxis(part, 0, -1)))
            for people, part in zip((year.lasting, lost), below, strict=True)
        )
        return alive, ended, scale

    def _arrivals(self, benefit: Benefit, dead: Mapping[str, Arrivals]) -> tuple[np.ndarray, np.ndarray] | None:
        """Who retires and who starts at mid-year up to each level (level, year, sex, age); None where it is unknown."""
        if benefit.on is not None and benefit.name not in self.own:
            return None
        if benefit.share_before is not None and any(dead[name].before is not None for name in benefit.follows):
            return None
        none = np.zeros((self.count, *(len(self.coords[dim]) for dim in PLACE)))
        own = self.own.get(benefit.name, none)
        followed = sum((self._followed(benefit, name, dead[name]) for name in benefit.follows), none)
        retired, started = (own, followed) if benefit.on == "retirement" else (none, own + followed)
        family = family_of(benefit, self.basis)
        if family is None:
            return retired, started
        return family.survivors(retired), family.survivors(started)

    def _followed(self, benefit: Benefit, name: str, dead: Arrivals) -> np.ndarray:
        """What beneficiaries of another pension leave, up to each level (level, year, sex, age)."""
        claim = share_who_claim(benefit, self.grid)
        if benefit.share is None:
            each = amount_per_head(benefit, self.grid)
            level = self.levels[benefit.name].T[:, :, np.newaxis, np.newaxis]
            return dead.number * claim * np.minimum(each, level)
        return np.moveaxis(self.left[name, benefit.name], -1, 0) * claim

    def _lognormal(self, benefit: Benefit, people: Arrivals) -> np.ndarray:
        """Awards up to each level (level, year, sex, age), lognormal with the mean of all of a year, sex and age."""
        number, mass = people.number, people.amount
        if self.everybody is not None:
            whole = self.everybody[["new_awards", "new_awards_amount"]].sel(benefit=benefit.name, drop=True)
            number, mass = (align(whole[name], PLACE, self.coords) for name in ("new_awards", "new_awards_amount"))
        mean = np.divide(mass, number, out=np.zeros_like(mass), where=number > 0)
        cv = spread_of_pensions(benefit.name, self.basis)
        level = self.levels[benefit.name].T[:, :, np.newaxis, np.newaxis]
        return people.number * expected_clip_array(mean, cv, np.zeros_like(mean), level)

    def _converted(self, benefit: Benefit, year: Year) -> _Awards:
        """Pensions that came from others."""
        below = np.zeros((*year.came.number.shape, self.count))
        for (_, to), part in self.left.items():
            if to == f"{benefit.name} by conversion":
                below = below + part
        return _Awards(year.came.number, year.came.amount, below)

    def _leave(self, benefit: Benefit, year: Year, course: _Course, lost: _Awards) -> None:
        """Keep what those who end leave to others, and what those who convert take along."""
        receivers = [b for b in self.pensions if benefit.name in b.follows and b.share is not None]
        move = benefit.conversion(self.basis)
        to = None if move is None or move[0] not in self.levels else move[0]
        if not receivers and to is None:
            return
        place = (*lost.number.shape, self.count)
        shares = [share_of_pension(one, self.grid) for one in receivers]
        asked = [self._asked(one.name, share) for one, share in zip(receivers, shares, strict=True)]
        converts = np.zeros(place) if to is None else self._asked(to, np.ones_like(course.scale))
        ends = np.stack(asked) if asked else np.zeros((0, *place))
        shares_who_die = year.stay.die, year.stay.die_soon
        _, ended, moved = course.followed(np.zeros_like(lost.number), ends, converts)
        for receiver, share, here, after in zip(receivers, shares, asked, ended, strict=True):
            before = np.zeros(place)
            kernels.limit_all(lost.number, lost.mass, lost.below, course.levels, course.scale, here, before)
            of_after, of_before = (by if receiver.upon == "death" else 1.0 - by for by in shares_who_die)
            due = after * of_after[..., np.newaxis] + before * of_before[..., np.newaxis]
            self.left[benefit.name, receiver.name] = share[..., np.newaxis] * due
        if to is not None:
            self.left[benefit.name, f"{to} by conversion"] = moved
