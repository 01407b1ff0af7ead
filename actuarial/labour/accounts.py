"""Accounts of the insured as the kernel takes them: masses, growth, credits, and what present members have already."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial.bands import ByService, years_between
from actuarial.bridge import align
from actuarial.check.period import first_period
from actuarial.dated import evaluate
from actuarial.demography.ages import from_end, from_start
from actuarial.demography.mortality import inheritance
from actuarial.earned import Account
from actuarial.errors import BadScheme
from actuarial.fitting import own_limits
from actuarial.labour import earnings, records
from actuarial.labour.earnings import UNLIMITED
from actuarial.law import EVENTS, HEAD, Law
from actuarial.person import account_growth, make_grid
from actuarial.scheme import Scheme
from actuarial.translation import Told

NOT_ONE_OF = -1


@dataclass(frozen=True)
class Band:
    """What a mass is credited with for a year of service between two numbers of years, by (year, group, sex, age)."""

    mass: int
    above: float
    below: float
    credits: np.ndarray


@dataclass(frozen=True)
class Ledger:
    """Masses of all accounts of a law (q), each with credits by (year, group, sex, age) from past years on.

    Masses that are credited by length of service have nothing there, but `bands`.

    `rows` (a, 5) says which masses an account has: of all earnings, of floors, of ceilings, of insurable earnings, of
    what of these does not count.
    `grown` and `inherited` (year, group, sex, age) are growth factors by age at the start of the year, `drawn` the
    share of the balance of that day that members take out in service; None where there are no withdrawals. `on_exit`
    (claim, q) is 1 where a lump sum on exit is paid of a balance; without claims where none is.
    """

    names: tuple[str, ...]
    rows: np.ndarray
    account_of: np.ndarray
    credits: np.ndarray
    grown: np.ndarray
    inherited: np.ndarray
    interest: np.ndarray
    own: np.ndarray
    on_exit: np.ndarray
    past: int
    first_period: float
    drawn: np.ndarray | None = None
    bands: tuple[Band, ...] = ()

    def of(self, g: int, s: int, months: np.ndarray) -> records.Accounts:
        """Rules of the balances of one group and sex in the projected years; `months` of credit of the cells (c,)."""
        length = np.ones(self.credits.shape[1] - self.past)
        length[:1] = self.first_period
        grown = self.grown[:, self.past :, g, s] ** np.where(self.interest[:, None], length, 1.0)[:, :, None]
        inherited = self.inherited[:, self.past :, g, s] ** length[:, None]
        credit = self.credits[:, self.past :, g, s]
        banded = np.array([band.mass for band in self.bands], dtype=np.int64)
        in_band = [band.credits[self.past :, g, s] for band in self.bands]
        by_band = np.stack(in_band) if in_band else credit[:0]
        time = self.interest[:, None, None]

        def part(power: float) -> np.ndarray:
            return np.where(time, grown**power, 1.0)

        until = np.where(time, grown**0.5, grown)
        late = from_start(part(0.5)), from_start(part(0.25))
        arrays = [
            grown * inherited,
            until,
            grown / until * inherited,
            *(credit * up for up in late),
            credit,
            *(by_band * up[banded] for up in late),
            by_band,
        ]
        if self.drawn is not None:
            kept = 1.0 - self.drawn[:, self.past :, g, s]
            arrays[:2] = [factor * kept for factor in arrays[:2]]
        up = [np.ascontiguousarray(np.moveaxis(array, 0, -1)) for array in arrays]
        served = [years_between(months / 12.0, band.above, band.below) for band in self.bands]
        cells = np.stack(served) if served else np.zeros((0, len(months)))
        return records.Accounts._make([self.rows, self.own, self.on_exit, *up[:6], banded, cells, *up[6:]])

    def withdrawn(self, g: int, s: int) -> np.ndarray | None:
        """What is paid in the middle of a year of each unit of the balance of its start (year, q, age at the start)."""
        if self.drawn is None:
            return None
        grown = self.grown[:, self.past :, g, s].copy()
        grown[self.interest] **= 0.5
        grown[self.interest, :1] **= self.first_period
        paid: np.ndarray = np.moveaxis(grown * self.drawn[:, self.past :, g, s], 0, 1)
        return paid

    def without_credits(self) -> "Ledger":
        """The same accounts, to which nothing is credited from the first projected year on."""
        credits, bands = self.credits.copy(), [replace(band, credits=band.credits.copy()) for band in self.bands]
        credits[:, self.past :] = 0.0
        for band in bands:
            band.credits[self.past :] = 0.0
        return replace(self, credits=credits, bands=tuple(bands))

    def opening(self, months: np.ndarray, given: np.ndarray | None) -> np.ndarray:
        """Balance per head on the valuation date (q, group, sex, age, c) of members with so many months of credit.

        Careers go back without a gap. Where balances are `given` (a, group, sex, age, c), all masses of an account are
        multiplied by what makes the insurable balance equal to it.
        """
        back = np.arange(self.past)[:, np.newaxis]
        found = self._taken_back(self.credits, np.clip(months[np.newaxis] / 12.0 - back, 0.0, 1.0))
        for band in self.bands:
            after, before = (years_between(months / 12.0 - k, band.above, band.below) for k in (back, back + 1))
            found[band.mass] += self._taken_back(band.credits[np.newaxis], after - before, band.mass)[0]
        return found if given is None else self._scaled(found, given)

    def _taken_back(self, credits: np.ndarray, weights: np.ndarray, mass: int | None = None) -> np.ndarray:
        """What credits (q, year, group, sex, age) of all masses, or of one, come to per head on the valuation date,
        with the years (back, c) that count of each year before it."""
        some = slice(None) if mass is None else slice(mass, mass + 1)
        grown, inherited, base = self.grown[some], self.inherited[some], self.past - 1
        stayed = np.where(self.interest[some, None, None, None, None], grown**0.5, 1.0)
        worth = np.zeros((self.past, *credits.shape[:1], *credits.shape[2:]))
        factor = np.ones_like(worth[0])
        for k in range(self.past):
            earned = credits[:, base - k] * from_start(stayed[:, base - k])
            worth[k, ..., k:] = earned[..., : earned.shape[-1] - k] * factor[..., k:]
            yearly = from_start(grown[:, base - k] * inherited[:, base - k])
            if self.drawn is not None:
                yearly = yearly * from_start(1.0 - self.drawn[some, base - k])
            factor[..., k:] *= yearly[..., : yearly.shape[-1] - k]
        return np.tensordot(worth, weights, axes=(0, 0))

    def _scaled(self, found: np.ndarray, given: np.ndarray) -> np.ndarray:
        insured = np.array([row[3] if row[3] != NOT_ONE_OF else row[0] for row in self.rows])
        about = found[insured]
        factor = np.divide(given, about, out=np.zeros_like(about), where=about > 0)
        scaled = found * factor[self.account_of]
        for a, q in enumerate(insured):  # nothing to scale where the past would have credited nothing
            scaled[q] = np.where(about[a] > 0, scaled[q], given[a])
            full = self.rows[a, 0]
            scaled[full] = np.where(about[a] > 0, scaled[full], given[a])
        return scaled


def ledger(rules: Law, basis: xr.Dataset, scheme: Scheme, longest: float) -> Ledger:
    """Masses of the accounts of a law, with credits from as many years before the projection as `longest` months take.

    Raises
    ------
    BadScheme
        Growth of -100% a year or less.
    """
    past = int(np.ceil(longest / 12.0)) + 1 if rules.accounts else 1
    first, last = int(basis["year"][0]), int(basis["year"][-1])
    years = np.arange(first - past, last + 1)
    coords = {d: basis[d] for d in HEAD} | {"year": xr.DataArray(years, dims="year")}
    grid = make_grid(basis, scheme, years=years, finance=rules.grid.finance)
    credits: list[np.ndarray] = []
    rows, places = np.full((len(rules.accounts), 5), NOT_ONE_OF), []
    growth, gains, drawn, bands = [], [], [], list[Band]()
    for a, account in enumerate(rules.accounts):
        several = [_credits(account, rate, basis, scheme, grid, past) for _, _, rate in account.spans]
        grown = align(account_growth(account.name, account.growth, basis, rules.grid.finance, years), HEAD, coords)
        if account.growth_until is not None:
            grown = grown * from_end(align(xr.DataArray(account.grows(grid)), HEAD, coords))
        stated = align(xr.DataArray(evaluate(account.gains, grid)), HEAD, coords)
        grown = (1.0 + grown) * (1.0 + from_end(stated))
        left = align(_gains(account, basis, years), HEAD, coords)
        taken = None if account.withdrawn is None else _taken(account, basis, grid, past)
        for place in several[0]:
            rows[a, place] = len(credits)
            parts = [align(masses[place], HEAD, coords) for masses in several]
            if isinstance(account.rate, ByService):
                spans = [span[:2] for span in account.spans]
                bands += [Band(len(credits), *span, part) for span, part in zip(spans, parts, strict=True)]
                parts = [np.zeros_like(parts[0])]
            credits.append(parts[0])
            places.append(a)
            growth.append(grown)
            gains.append(1.0 + left)
            drawn.append(taken)
    shape = (0, len(years), *(basis.sizes[d] for d in HEAD[1:]))

    def stacked(values: list[np.ndarray]) -> np.ndarray:
        return np.stack(values) if values else np.zeros(shape)

    accounts = [rules.accounts[a] for a in places]
    return Ledger(
        names=tuple(account.name for account in rules.accounts),
        rows=rows,
        account_of=np.array(places, dtype=np.int64),
        credits=stacked(credits),
        grown=stacked(growth),
        inherited=stacked(gains),
        interest=np.array([account.timing == "interest" for account in accounts], dtype=bool),
        own=np.array([account.inheritance == "own" for account in accounts], dtype=np.int64),
        on_exit=_paid_on_exit(rules, scheme, places),
        past=past,
        first_period=first_period(basis),
        drawn=_all_drawn(drawn, shape[1:]),
        bands=tuple(bands),
    )


def _paid_on_exit(rules: Law, scheme: Scheme, places: list[int]) -> np.ndarray:
    """Whether a claim is a lump sum on exit that is paid of the account of a mass (claim, q)."""
    lump_sums = {benefit.name for benefit in scheme.benefits if benefit.lump_sum}
    found = np.zeros((len(rules.claims), len(places)), dtype=np.int64)
    for j, claim in enumerate(rules.claims):
        if EVENTS[claim.event] == "exit" and claim.benefit in lump_sums:
            found[j] = np.isin(places, [amount.unit.account for amount in claim.amounts])
    return found if found.any() else np.zeros((0, len(places)), dtype=np.int64)


def _taken(account: Account, basis: xr.Dataset, grid: Any, past: int) -> np.ndarray:
    """Share of balances that is taken out in service (year, group, sex, age at the start).

    Raises
    ------
    BadScheme
        Where invalids keep their balances, because they may recover.
    """
    if "recovery_rate" in basis:
        raise BadScheme(
            Told(
                "{account}: members take money out of it in service, but invalids who may recover keep their "
                "balances.\n  Leave recovery_rate out of the basis, or the withdrawals out of the law.",
                account=account.name,
            )
        )
    coords = {d: basis[d] for d in HEAD} | {"year": grid.year}
    share = from_end(align(account.withdrawn.evaluate(grid), HEAD, coords))
    length = first_period(basis)
    share[past] = length * share[past] / (1.0 - (1.0 - length) * share[past])
    return share


def _all_drawn(drawn: list[np.ndarray | None], shape: tuple[int, ...]) -> np.ndarray | None:
    """Shares of all masses (q, year, group, sex, age); None where nothing is taken out of any."""
    if all(one is None for one in drawn):
        return None
    return np.stack([np.zeros(shape) if one is None else one for one in drawn])


def _credits(
    account: Account, share: Any, basis: xr.Dataset, scheme: Scheme, grid: Any, past: int
) -> dict[int, xr.DataArray]:
    """Credits of twelve contributed months at a rate by mass: 0 all earnings, 1 floors, 2 ceilings, 3 what counts of
    insurable earnings, 4 what does not."""
    rate = xr.DataArray(evaluate(share, grid))
    if account.credits == "months":
        return {0: 12.0 * rate}
    per = rate / account.unit(grid)
    salary = earnings.salary_path(basis, before=past - 1)
    declared = basis["declared_share"] if "declared_share" in basis else xr.DataArray(1.0)
    full = earnings.recorded(salary, declared) * per
    usual = scheme.insurable_earnings.limits(grid) if account.capped else (0.0, np.inf)
    floor, ceiling, above = (xr.DataArray(limit).clip(max=UNLIMITED) for limit in own_limits(account, grid, usual))
    known = {1: (floor, (floor > 0).any()), 2: (ceiling, (ceiling < UNLIMITED).any()), 4: (above, account.above)}
    limits = {place: limit for place, (limit, binds) in known.items() if binds is not None and bool(binds)}
    if not limits:
        return {0: full}
    found = {0: full, 3: full * earnings.insurable_share(salary, basis["earnings_cv"], floor, ceiling)}
    for place, limit in limits.items():
        years = limit if "year" in limit.dims else limit.expand_dims(year=grid.year["year"])
        found[place] = (earnings.recorded(years, declared) * per).clip(max=UNLIMITED)
    if 4 in found:
        found[3] = (found[3] - found[4]).clip(min=0.0)
    return found


def _gains(account: Account, basis: xr.Dataset, years: np.ndarray) -> xr.DataArray:
    """What balances inherit by a table, by year and age at the start; in past years as in the first projected one."""
    if account.inheritance != "table":
        return xr.DataArray(0.0)
    gains = inheritance(basis, "table")
    if "year" not in gains.dims:
        return gains
    return gains.reindex(year=years, method="bfill")
