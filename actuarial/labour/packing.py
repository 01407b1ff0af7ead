"""What the kernel of the insured is given for every group and sex: stocks, rates, entries, earnings, the law."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import xarray as xr

from actuarial.bridge import align, view
from actuarial.check.period import first_period, of_periods
from actuarial.check.population import employed_before
from actuarial.demography.mortality import member_survival
from actuarial.errors import BadBasis
from actuarial.labelled import as_array
from actuarial.labour import earnings, kernels, records
from actuarial.labour.accounts import Ledger, ledger
from actuarial.labour.coverage import coverage_concept, coverage_target
from actuarial.labour.credits import on_grid
from actuarial.labour.dispersion import credit_taps
from actuarial.labour.law_arrays import WHOLE, law_arrays
from actuarial.labour.recovery import Recovery, nobody_recovers, recovery
from actuarial.law import EVENTS, HEAD, Law
from actuarial.numeric import UNLIMITED, limited_tables
from actuarial.scheme import Reference, Scheme
from actuarial.translation import N_, Told

CELL = HEAD
HELD = "held"
"""Word of `accrued` for what the balances of the valuation date grow to, without further credits."""
GATES = ("admitted_share", "readmitted_share")


def members_0(basis: xr.Dataset) -> xr.DataArray:
    """Members of the valuation date with past credit: active, inactive, and invalids who may be members again."""
    people = basis["active_0"] + basis["inactive_0"]
    return people + basis["invalid_0"] if "invalid_0" in basis else people


@dataclass(frozen=True)
class Inputs:
    """Basis and scheme, the grid of credit (months), and whose benefits are looked at.

    Plain arrays have the scenarios in front, one where the basis has none; what is the same in all of them is repeated
    without a copy.
    """

    basis: xr.Dataset
    scheme: Scheme
    step: int
    entries: xr.Dataset | None
    members: str
    accrued: str
    finance: xr.Dataset | None

    def coords(self) -> dict[str, xr.DataArray]:
        return self._coords

    @cached_property
    def _coords(self) -> dict[str, xr.DataArray]:
        several = "scenario" in self.basis.dims
        scenarios = self.basis["scenario"] if several else xr.DataArray([0], dims="scenario")
        return {"scenario": scenarios} | {d: self.basis[d] for d in CELL}

    def cells(self, name: str) -> np.ndarray:
        """A variable of the basis on (scenario, year, group, sex, age), to be read only."""
        return view(self.basis[name], WHOLE, self.coords())

    def packer(
        self, rules: Law, density: np.ndarray, count: int, market: xr.Dataset
    ) -> tuple[Callable[..., tuple], Callable[[int, int], np.ndarray | None]]:
        """Function of (scenario, group, sex), by place, and of the flows by age and by claim, which it is to fill, that
        gives the arguments of the kernel for one slice; and one of (group, sex) that gives what is withdrawn."""
        basis = self.basis
        stocks = {
            name: on_grid(basis[name].transpose("group", "sex", "age", "service"), self.step, count)
            for name in ("active_0", "inactive_0", "invalid_0")
            if name in basis
        }
        ratio = basis.get("mortality_ratio_insured")
        stays, length = view(member_survival(basis, ratio), WHOLE, self.coords()), first_period(basis)
        annual = (1.0 - stays, self.cells("exit_rate"), self.cells("invalidity_rate"))
        cv = self.cells("earnings_cv")
        rates = [density, self.cells("entry_profile"), self.cells("reentry_share"), cv]
        *tables, table = limited_tables(cv[: len(cv) if "scenario" in basis["earnings_cv"].dims else 1])
        rates.append(np.broadcast_to(table, cv.shape))
        taps, recovers = credit_taps(basis, self.step), recovery(rules, self.scheme, basis)
        target = self.target(market)
        given = self.given_entries()
        reference = self.references(rules)
        accounts = ledger(rules, basis, self.scheme, self.longest())
        balances = self.balances(accounts, count)
        accounts = accounts.without_credits() if self.accrued == HELD else accounts
        answers, months = law_arrays(rules, self.coords(), self.part_of_claim(count)), self.step * np.arange(count)

        def pack(i: int, g: int, s: int, by_age: np.ndarray, by_claim: np.ndarray) -> tuple:
            q, *others = (of_periods(rate[i, :, g, s], length) for rate in annual)
            earned = [part[i] for part in reference]
            state = self.opening(rules, stocks, earned, answers.left_apart, balances[:, g, s], g, s)
            spare = records.State(*(np.zeros_like(a) for a in state))
            answered, (_, years, ages) = answers.of(i, g, s), by_age.shape
            by_account = np.zeros((len(kernels.BY_ACCOUNT), years, len(balances), ages))
            by_band = np.zeros((3, years, len(accounts.bands), ages))
            bases = len(rules.references) + len(rules.accounts)
            return (
                state,
                spare,
                _rates([q, q, *others, *(rate[i, :, g, s] for rate in rates)], taps, tables, g, s, recovers),
                records.Entries(*given(target, i, g, s)),
                records.Earnings._make([*(np.array(a[i, 1:, g, s], order="C") for a in reference), answers.left_apart]),
                accounts.of(g, s, months),
                answered,
                records.Flows(by_age, by_claim, by_account, by_band),
                _scratch(len(answered.unit_base), len(balances), bases, len(answers.left_apart), count),
            )

        return pack, accounts.withdrawn

    def longest(self) -> float:
        """Most months of credit on the valuation date."""
        people = members_0(self.basis).transpose("service", ...).values
        used = people.reshape(len(people), -1).any(axis=1)
        return float(np.max(np.asarray(self.basis["service"])[used], initial=0.0))

    def balances(self, accounts: Ledger, count: int) -> np.ndarray:
        """Balances per head on the valuation date (q, group, sex, age, c), those of the basis where it has them."""
        months = self.step * np.arange(count, dtype=float)
        given = None
        if "account_0" in self.basis and accounts.names:
            given = self.given_balances(accounts, months)
        return accounts.opening(months, given)

    def given_balances(self, accounts: Ledger, months: np.ndarray) -> np.ndarray:
        """Balances of the basis by cell: the mean of an age is spread over members in proportion to their months."""
        lacking = [name for name in accounts.names if name not in self.basis["account"].values]
        if lacking:
            text = N_(
                "account_0: there are no balances of {names}.\n  Add them for every account of the law, or leave "
                "account_0 out, so that careers without a gap are taken back."
            )
            raise BadBasis(Told(text, names=tuple(lacking)))
        dims, coords = ("account", *CELL[1:]), self.coords() | {"account": list(accounts.names)}
        mean = align(self.basis["account_0"].sel(account=list(accounts.names)), dims, coords)
        people = self.basis["active_0"] + self.basis["inactive_0"]
        credit = (people * people["service"]).sum("service") / people.sum("service").where(people.sum("service") > 0)
        usual = align(credit.fillna(0.0), CELL[1:], self.coords())
        lost = (mean > 0) & (usual <= 0) & (align(people.sum("service"), CELL[1:], self.coords()) > 0)
        if lost.any():
            place = [f"{dim}={np.asarray(coords[dim])[i]}" for dim, i in zip(dims, np.argwhere(lost)[0], strict=True)]
            text = N_(
                "account_0: {count} cells have balances of members without a month of credit, the first is {place}.\n"
                "  Give these members their months, or no balance."
            )
            raise BadBasis(Told(text, count=int(lost.sum()), place=tuple(place)))
        share = np.divide(1.0, usual, out=np.zeros_like(usual), where=usual > 0)
        return (mean * share)[..., np.newaxis] * months

    def target(self, market: xr.Dataset) -> np.ndarray:
        """Coverage target (scenario, year, group, sex)."""
        target = coverage_target(market["employed"], employed_before(self.basis), self.basis)
        return view(target, WHOLE[:4], self.coords())

    def entered(self) -> np.ndarray:
        """What is above 0 at the ages at which members may enter."""
        if self.entries is None:
            return self.cells("entry_profile")
        new, back = (view(self.entries[name], WHOLE, self.coords()) for name in ("new_entrants", "reentry_rate"))
        return new + back

    def given_entries(self) -> Callable[[np.ndarray, int, int, int], tuple]:
        """How the kernel decides on entries: by the target, or as an open run had them."""
        joins = {"all": [1.0], "present": [1.0, 0.0], "future": [1.0, 1.0]}[self.members]
        years = len(self.basis["year"])
        gates = [self.gate(name) for name in GATES]
        if self.entries is None:
            concept = coverage_concept(self.basis)
            none = np.zeros((years, self.basis.sizes["age"]))
            return lambda target, i, g, s: (
                np.array([concept]), np.array(target[i, :, g, s], order="C"), np.array(joins), none, none, none,
                *(np.array(gate[i, :, g], order="C") for gate in gates), np.zeros(years),
            )
        names = ("new_entrants", "reentry_rate", "contraction_rate")
        given = [view(self.entries[name], WHOLE, self.coords()) for name in names]
        return lambda target, i, g, s: (
            np.array([kernels.GIVEN]), np.array(target[i, :, g, s], order="C"), np.array(joins),
            *(np.array(a[i, :, g, s], order="C") for a in given),
            *(np.array(gate[i, :, g], order="C") for gate in gates), np.zeros(years),
        )

    def gate(self, name: str) -> np.ndarray:
        """Share of the entries of a group that is let in (scenario, year, group), 1 where the basis has none."""
        return view(self.basis.get(name, 1.0), WHOLE[:3], self.coords())

    def references(self, rules: Law) -> list[np.ndarray]:
        """Reference earnings (scenario, year from the base year, group, sex, age, k), floors, ceilings, revaluation
        likewise, with one place for all ages where none is revalued until an age."""
        basis = self.basis
        first = int(basis["year"][0])
        declared = basis["declared_share"] if "declared_share" in basis else xr.DataArray(1.0)
        results: list[list[np.ndarray]] = [[], [], [], []]
        years = np.arange(first - 1, int(basis["year"][-1]) + 1)
        coords = self.coords() | {"year": xr.DataArray(years, dims="year")}
        dims = WHOLE if any(one.revalued_until is not None for one in rules.references) else WHOLE[:4]
        for reference in rules.references:
            mean, floor, ceiling = (as_array(reference.bounded(part)) for part in self._means(rules, declared))
            level: Any = reference.index(rules.grid.at_years(years))
            growth = earnings.revalued(level) - 1.0
            results[0].append(view(mean, WHOLE, coords))
            for place, limit in enumerate((floor, np.minimum(ceiling, UNLIMITED), growth), start=1):
                results[place].append(view(limit, dims, coords))
        if not rules.references:
            empty = np.zeros((coords["scenario"].size, len(years), basis.sizes["group"], 2))
            return [np.zeros((*empty.shape, basis.sizes["age"], 0))] + [np.zeros((*empty.shape, 1, 0))] * 3
        earned, *others = (np.stack(values, axis=-1) for values in results)
        return [earned, *(part if len(dims) == len(WHOLE) else part[..., np.newaxis, :] for part in others)]

    def _means(self, rules: Law, declared: xr.DataArray) -> tuple[Callable[[Reference], xr.DataArray], ...]:
        """Functions of a reference: mean earnings, floors and ceilings, whatever the means of other years."""
        basis = self.basis

        def mean(reference: Reference) -> xr.DataArray:
            salary = earnings.salary_path(basis, before=reference.last - 1)
            if self.accrued == "frozen":
                salary = earnings.frozen(salary, int(basis["year"][0]) - 1)
            index: Any = reference.index(rules.grid.at_years(np.asarray(salary["year"])))
            return earnings.reference_earnings(earnings.recorded(salary, declared), reference, index)

        @cache
        def limits(reference: Reference) -> tuple[xr.DataArray, xr.DataArray]:
            floor, ceiling = earnings.reference_limits(self.scheme, basis, reference, declared)
            return floor, ceiling.where(ceiling < UNLIMITED, np.inf)

        return mean, lambda reference: limits(reference)[0], lambda reference: limits(reference)[1]

    def opening(
        self,
        rules: Law,
        stocks: dict[str, np.ndarray],
        reference: list[np.ndarray],
        apart: np.ndarray,
        balances: np.ndarray,
        g: int,
        s: int,
    ) -> records.State:
        """Opening stocks of one group and sex; with a second tranche for the members who are asked for."""
        people = [stocks["active_0"][g, s], stocks["inactive_0"][g, s]]
        share = {"all": [1.0], "present": [1.0, 1.0], "future": [1.0, 0.0]}[self.members]
        active, inactive = (np.stack([f * stock for f in share]) for stock in people)
        if self.accrued not in ("no", HELD):
            months = self.step * np.arange(active.shape[-1])
            active[-1], inactive[-1] = active[-1] * months, inactive[-1] * months
        mean = self.opening_earnings(rules, reference[0][0, g, s], g, s)
        ages, cells = people[1].shape
        masses = [np.zeros((mean.shape[-1], ages, cells)) for _ in range(3)]
        for k in range(mean.shape[-1]):
            masses[0][k] = people[1] * mean[:, k : k + 1]
            masses[1][k] = people[1] * reference[1][0, g, s, :, k : k + 1]
            masses[2][k] = people[1] * reference[2][0, g, s, :, k : k + 1]
        masses.append(_products(people[1], mean, reference[1][0, g, s], reference[2][0, g, s], apart))
        top = np.zeros((3, ages), dtype=np.int64)
        working, idle = (np.ascontiguousarray(balances * stock) for stock in people)
        base_year = [part[0, g, s] for part in reference[:3]]
        invalid = self.opening_invalids(stocks, base_year, apart, balances, share, (g, s))
        return records.State._make([active, inactive, *masses, working, idle, *invalid, top])

    def opening_earnings(self, rules: Law, mean: np.ndarray, g: int, s: int) -> np.ndarray:
        """Reference earnings of the inactive of the valuation date (age, k): of the basis, whatever the years, or those
        of the active."""
        if "inactive_earnings_0" not in self.basis:
            return mean
        given = self._idle_earnings[g, s]
        return given[:, np.newaxis] * np.array([one.bounded(lambda _: 1.0) for one in rules.references])

    @cached_property
    def _idle_earnings(self) -> np.ndarray:
        return align(self.basis["inactive_earnings_0"], CELL[1:], self.coords())

    def opening_invalids(
        self,
        stocks: dict[str, np.ndarray],
        reference: list[np.ndarray],
        apart: np.ndarray,
        balances: np.ndarray,
        share: list[float],
        place: tuple[int, int],
    ) -> list[np.ndarray]:
        """Opening stock of those who may recover, with reference earnings and limits of the active of their age, and
        their balances; no ages where nobody recovers."""
        bases = reference[0].shape[-1]
        if "recovery_rate" not in self.basis:
            sizes = (len(share), bases, bases, bases, 3 * len(apart), len(balances))
            return [np.zeros((size, 0, 0)) for size in sizes]
        people = stocks["invalid_0"][place] if "invalid_0" in stocks else np.zeros_like(stocks["active_0"][place])
        several = np.stack([f * people for f in share])
        if self.accrued not in ("no", HELD):
            several[-1] = several[-1] * (self.step * np.arange(people.shape[-1]))
        masses = [np.ascontiguousarray(people * part.T[..., np.newaxis]) for part in reference]
        products = _products(people, reference[0], reference[1], reference[2], apart)
        return [several, *masses, products, np.ascontiguousarray(balances * people)]

    def part_of_claim(self, count: int) -> np.ndarray:
        """What a claim in each cell is multiplied by: 1, or 1/c where months on the valuation date are moved."""
        months = self.step * np.arange(count, dtype=float)
        if self.accrued in ("no", HELD):
            return np.ones(count)
        return np.divide(1.0, months, out=np.zeros(count), where=months > 0)


def _products(
    people: np.ndarray, mean: np.ndarray, floor: np.ndarray, ceiling: np.ndarray, apart: np.ndarray
) -> np.ndarray:
    """Masses (p, x, c) of earnings (x, k) times earnings, floors and ceilings (x, k) of people (x, c) alike in a
    cell."""
    each = [mean[:, k] * other for k in apart for other in (mean[:, k], floor[:, k], ceiling[:, k])]
    return np.array([people * one[:, np.newaxis] for one in each]).reshape(len(each), *people.shape)


def _scratch(units: int, masses: int, bases: int, apart: int, count: int) -> records.Work:
    """Scratch space of the kernel for units of amounts, masses of accounts and bases of amounts on a grid of cells."""
    people, here, leaving = np.zeros((3, count)), np.zeros((6, count)), np.zeros(len(EVENTS))
    known, heads = np.zeros((units, 2), dtype=np.int64), np.zeros((3, units, count))
    mine, earned = np.zeros((masses, count)), np.zeros((5, bases, count))
    two = np.zeros((2 * apart, 7, count))
    return records.Work._make([*people, leaving, *here, np.zeros((units, 4)), known, *heads, mine, *earned, two])


def _rates(
    rates: list[np.ndarray], taps: tuple, tables: list[np.ndarray], g: int, s: int, recovers: Recovery | None
) -> records.Rates:
    """Rates of one scenario, group and sex."""
    own, spread = [np.array(part, order="C") for part in rates], [np.ascontiguousarray(part[:, g, s]) for part in taps]
    left = nobody_recovers() if recovers is None else recovers.of(s)
    return records.Rates._make([*own, *tables, *spread, *left])
