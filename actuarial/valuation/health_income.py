"""Income lines of a health scheme, by line and by the group of members that a line is due for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.bridge import align
from actuarial.dated import evaluate
from actuarial.errors import BadInput, BadScheme
from actuarial.fitting import require_only
from actuarial.health.cash_cost import member_grid
from actuarial.health.contract import MEMBER
from actuarial.health.groups import Pensioners
from actuarial.health.scheme import HealthContribution, HealthScheme
from actuarial.labelled import as_array
from actuarial.numeric import UNLIMITED, expected_clip_array
from actuarial.person import Person
from actuarial.translation import N_, Told

LINE = ("year", "contribution", "health_group")
WORDS = ("payer", "base")
GIVEN = ("pension", "head", "household", "budget")  # bases that no rate on earnings changes


def income_by_group(
    members: xr.DataArray, spent: np.ndarray, basis: xr.Dataset, scheme: HealthScheme, pensions: xr.Dataset | None
) -> xr.Dataset:
    """Income of one scenario by line and group, without what makes good a deficit.

    Parameters
    ----------
    members : (year, health_group, sex, age), mean members of the year
    spent : array (year, group), benefits incurred, by which sums for all groups are divided among them
    basis, scheme, pensions : as in `project_health_finance`

    Returns
    -------
    Dataset
        `income` and `guaranteed` (year, contribution, health_group), currency/year and shares of a deficit;
        `total_insurable_earnings` (year) and `given_income` (year, contribution), currency/year.
    """
    if not scheme.contributions:
        text = N_("{scheme}: the scheme has no contributions; give at least one [[contributions]].")
        raise BadScheme(Told(text, scheme=scheme.name))
    lines = _Lines(members, spent, basis, scheme, pensions)
    names = [line.name for line in scheme.contributions]
    income = np.stack([lines.income(name) for name in names], axis=1)
    coords: dict[str, Any] = {dim: members[dim] for dim in ("year", "health_group")} | {"contribution": names}
    coords |= {word: ("contribution", [getattr(line, word) for line in scheme.contributions]) for word in WORDS}
    guaranteed = np.stack([lines.guaranteed(name) for name in names], axis=1)
    _at_most_the_deficit(guaranteed.sum(axis=(1, 2)), members["year"].values)
    found = {
        "income": (LINE, income),
        "guaranteed": (LINE, guaranteed),
        "total_insurable_earnings": ("year", lines.earnings()),
        "given_income": (LINE[:2], np.stack([lines.given(name) for name in names], axis=1)),
    }
    return xr.Dataset(found, coords=coords)


@dataclass(frozen=True)
class _Lines:
    """The lines of a scheme on the members of a scenario."""

    members: xr.DataArray
    spent: np.ndarray
    basis: xr.Dataset
    scheme: HealthScheme
    pensions: xr.Dataset | None

    @cached_property
    def coords(self) -> dict[str, xr.DataArray]:
        return {dim: self.members[dim] for dim in MEMBER}

    @cached_property
    def grid(self) -> Person:
        """Years, groups of members, sexes and ages for which dated numbers are asked."""
        return member_grid(self.members, self.basis, self.scheme)

    @cached_property
    def heads(self) -> np.ndarray:
        """Members (year, group, sex, age)."""
        return align(self.members, MEMBER, self.coords)

    @cached_property
    def by_name(self) -> Mapping[str, HealthContribution]:
        return {line.name: line for line in self.scheme.contributions}

    @cached_property
    def pay(self) -> np.ndarray:
        """Mean earnings of members (year, group, sex, age), currency/year."""
        check.require(self.basis, "member_earnings_0", "wage_growth")
        level = np.cumprod(1.0 + align(self.basis["wage_growth"], ("year",), self.coords))
        return align(self.basis["member_earnings_0"], MEMBER[1:], self.coords) * level[:, None, None, None]

    def on(self, value: Any, place: str, dims: tuple[str, ...] = MEMBER) -> np.ndarray:
        """A dated number on some dims; BadScheme where it varies by others."""
        array = as_array(evaluate(value, self.grid))
        other = [str(dim).removeprefix("health_") for dim in array.dims if dim not in dims]
        require_only(place, other)
        return align(array, dims, self.coords)

    def due(self, line: HealthContribution) -> np.ndarray:
        """1 for the groups that a line is due for, else 0."""
        names = self.coords["health_group"].values
        return np.array([not line.groups or name in line.groups for name in names], dtype=float)

    def income(self, name: str, seen: tuple[str, ...] = (), only: tuple[str, ...] | None = None) -> np.ndarray:
        """Income of a line (year, group); of lines of some bases only where they are named."""
        line, path = self.by_name[name], (*seen, name)
        if name in seen:
            text = N_("{path}: these lines are shares of each other.\n  Correct their of.")
            raise BadScheme(Told(text, path=" -> ".join(path)))
        if line.base == "deficit" and seen:
            text = N_("{line}.of: {name} makes good a deficit, which is known last; no share of it is paid.")
            raise BadScheme(Told(text, line=seen[-1], name=name))
        if line.base == "contribution":
            others = sum(self.income(other, path, only) for other in line.of)
            return others * self.rate(line, ("year", "health_group")) * self.due(line)
        if line.base == "deficit" or (only is not None and line.base not in only):
            return np.zeros(self.spent.shape)
        return self.direct[name]

    @cached_property
    def direct(self) -> dict[str, np.ndarray]:
        """Income of the lines that are no shares of others (year, group)."""
        how = {"earnings": self.of_earnings, "pension": self.of_pensions, "head": self.of_heads}
        how |= {"household": self.of_households, "budget": self.of_budget}
        return {name: how[line.base](line) for name, line in self.by_name.items() if line.base in how}

    def rate(self, line: HealthContribution, dims: tuple[str, ...] = MEMBER) -> np.ndarray:
        """Rate times what is collected of it."""
        return self.on(line.rate, f"{line.name}.rate", dims) * self.on(line.collected, f"{line.name}.collected", dims)

    @cached_property
    def bases(self) -> dict[str, np.ndarray]:
        """Earnings on which each line on earnings is due (year, group, sex, age), currency/year."""
        return {line.name: self.base(line) for line in self.scheme.contributions if line.base == "earnings"}

    def base(self, line: HealthContribution) -> np.ndarray:
        """Earnings on which a line is due (year, group, sex, age), currency/year; members without earnings have none.

        E[min(max(Y, floor), ceiling)] of lognormal Y for each member.
        """
        low, high = line.floor, line.ceiling
        if low is None and high is None:
            return self.heads * self.pay
        check.require(self.basis, "member_earnings_cv")
        spread = align(self.basis["member_earnings_cv"], MEMBER[1:], self.coords)[None]
        floor = self.on(low, f"{line.name}.floor") if low is not None else np.zeros(1)
        ceiling = self.on(high, f"{line.name}.ceiling") if high is not None else np.full(1, UNLIMITED)
        counted = expected_clip_array(self.pay, spread, floor, np.minimum(ceiling, UNLIMITED))
        return self.heads * np.where(self.pay > 0, counted, 0.0)

    def of_earnings(self, line: HealthContribution) -> np.ndarray:
        return (self.rate(line) * self.bases[line.name]).sum(axis=(2, 3)) * self.due(line)

    def of_heads(self, line: HealthContribution) -> np.ndarray:
        collected = self.on(line.collected, f"{line.name}.collected")
        due = self.on(line.amount, f"{line.name}.amount") * collected * self.heads
        return due.sum(axis=(2, 3)) * self.due(line)

    def of_households(self, line: HealthContribution) -> np.ndarray:
        assert self.scheme.funding.household_size is not None, "asked for when the scheme was built"
        size = self.on(self.scheme.funding.household_size, "funding.household_size", ("year", "health_group"))
        if not np.all(size > 0):
            raise BadScheme(Told("funding.household_size must be above 0 persons."))
        return self.of_heads(line) / size

    def of_budget(self, line: HealthContribution) -> np.ndarray:
        collected = self.on(line.collected, f"{line.name}.collected", ("year",))
        return (self.on(line.amount, f"{line.name}.amount", ("year",)) * collected)[:, None] * self.shares(line)

    def of_pensions(self, line: HealthContribution) -> np.ndarray:
        """Rate times the pensions of enrolled pensioners of the age of their group; lump sums bear none."""
        pensioners = [group for group in self.scheme.groups if isinstance(group, Pensioners)]
        groups = [group for group in pensioners if not line.groups or group.name in line.groups]
        if not groups:
            text = N_("{line}: the line is due on pensions, but no group it is due for is of pensioners.")
            raise BadScheme(Told(text, line=line.name))
        if self.pensions is None:
            raise BadInput(
                Told(
                    "{line}: the line is due on pensions, but none were projected.\n"
                    "  Give pensions= (or the pension scheme; --pension on the command line), or another base.",
                    line=line.name,
                )
            )
        check.require(self.pensions, "benefit_expenditure", "pension_mass")
        result = np.zeros(self.spent.shape)
        for group in groups:
            j = int(np.flatnonzero(self.coords["health_group"].values == group.name)[0])
            result[:, j] = self.pensions_of(group, j, line)
        return result

    def pensions_of(self, group: Pensioners, j: int, line: HealthContribution) -> np.ndarray:
        """Contributions on the expenditure on the pensions of a group (year), divided by age as pensions in payment."""
        assert self.pensions is not None
        known = [str(name) for name in self.pensions["benefit"].values]
        wrong = [name for name in group.of if name not in known]
        if wrong:
            text = N_("{group}.of: {names} is no benefit of the projection; they are {known}.")
            raise BadScheme(Told(text, group=group.name, names=tuple(wrong), known=tuple(known)))
        names = list(group.of) or known
        coords = {dim: self.coords[dim] for dim in ("year", "sex", "age")} | {"benefit": xr.DataArray(names)}
        mass = align(self.pensions["pension_mass"], ("year", "benefit", "sex", "age"), coords)
        paid = align(self.pensions["benefit_expenditure"], ("year", "benefit"), coords)
        grid = replace(self.grid, group=self.grid.group[j])
        age = grid.age
        within = (age >= evaluate(group.from_age, grid)) & (age <= evaluate(group.to_age, grid))
        counted = evaluate(group.enrolment, grid) * xr.DataArray(within).astype("float64")
        counted = counted.drop_vars("health_group", errors="ignore")
        share = self.rate(line)[:, j] * align(counted, ("year", "sex", "age"), coords)
        total = mass.sum(axis=(2, 3))
        part = np.divide((mass * share[:, None]).sum(axis=(2, 3)), total, out=np.zeros_like(total), where=total > 0)
        return (paid * part).sum(axis=1)

    def shares(self, line: HealthContribution) -> np.ndarray:
        """How a sum for all is divided among its groups (year, group): by benefits incurred, else evenly."""
        due = self.due(line)
        spent = self.spent * due
        total = spent.sum(axis=1, keepdims=True)
        even = np.broadcast_to(due / due.sum(), spent.shape).copy()
        return np.divide(spent, total, out=even, where=total > 0)

    def guaranteed(self, name: str) -> np.ndarray:
        """Share of a deficit that a line makes good, by group (year, group); 0 of lines of another base."""
        line = self.by_name[name]
        if line.base != "deficit":
            return np.zeros(self.spent.shape)
        return self.rate(line, ("year",))[:, None] * self.shares(line)

    def given(self, name: str) -> np.ndarray:
        """Income of a line that no rate on earnings changes (year)."""
        return self.income(name, only=GIVEN).sum(axis=1)

    def earnings(self) -> np.ndarray:
        """Collected earnings on which contributions are due (year): in each group those of the line that has most."""
        most = np.zeros(self.spent.shape)
        for line in self.scheme.contributions:
            if line.base == "earnings":
                base = (self.bases[line.name] * self.on(line.collected, f"{line.name}.collected")).sum(axis=(2, 3))
                most = np.maximum(most, base * self.due(line))
        return most.sum(axis=1)


def _at_most_the_deficit(total: np.ndarray, years: np.ndarray) -> None:
    over = total > 1 + 1e-12
    if over.any():
        t = int(np.argmax(over))
        raise BadScheme(
            Told(
                "contributions with base = 'deficit' make good more than the whole deficit: their rates sum to "
                "{total:g} in {year}, at most 1 is possible.",
                total=float(total[t]),
                year=str(years[t]),
            )
        )
