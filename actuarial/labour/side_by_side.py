"""Several groups, sexes or scenarios of the insured through one kernel, side by side: what it is given, and when it can
be."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any

import numpy as np
import xarray as xr

from actuarial.bridge import room, rooms, threads, view
from actuarial.check.period import first_period
from actuarial.demography.mortality import member_survival
from actuarial.jit import WIDTH
from actuarial.labour import kernels, records
from actuarial.labour.coverage import coverage_concept
from actuarial.labour.credits import on_grid
from actuarial.labour.law_arrays import WHOLE, has_limits, law_arrays
from actuarial.labour.packing import GATES
from actuarial.labour.together import ALONE
from actuarial.law import EVENTS, NO_OFFSET, Law, Unit
from actuarial.numeric import limited_tables

ENOUGH = 3
"""Groups and sexes of one scenario that take less time side by side than one after the other."""
Lanes = tuple[np.ndarray, np.ndarray, np.ndarray]
"""The scenario, the group and the sex of each lane, by their places."""


def fits(run: Any, rules: Law, density: np.ndarray) -> bool:
    """Whether several can go side by side: all members by the coverage target, amounts of earnings or of money without
    offsets and options, and credits of about one size. Without scenarios credit is counted by years, and there are
    enough groups and sexes, and amounts with limits or inactive members: by months a row has cells enough to go side by
    side themselves, and groups go in threads.

    It does not depend on how many scenarios there are, so that their numbers do not either.
    """
    basis = run.basis
    simple = run.members == "all" and run.accrued == "no" and run.entries is None and not run.history
    if not simple or rules.accounts or first_period(basis) < 1.0 or any(name in basis for name in ALONE):
        return False
    units = [amount.unit for claim in rules.claims for amount in claim.amounts]
    whole = all(amount.part < 0 and amount.option < 0 for claim in rules.claims for amount in claim.amounts)
    whole = whole and all(claim.up_to is None and not claim.short for claim in rules.claims)
    whole = whole and len(rules.paid) == len(rules.claims) > 0 < len(units)
    if not whole or not all(unit.kind == NO_OFFSET and unit.account < 0 for unit in units):
        return False
    until = any(one.revalued_until is not None for one in rules.references)
    if until or any((basis[name].values <= -1.0).any() for name in ("wage_growth", "inflation")):
        return False
    if "scenario" not in basis.dims:
        _, groups, sexes = run.shape()
        free = not any(map(_limited, units)) and not basis["inactive_0"].values.any()
        if run.step < 12 or groups * sexes < ENOUGH or free:
            return False
    return _one_step(run, density) and bool((_tables(run)[2] >= 0).all())


def _limited(unit: Unit) -> bool:
    """Whether limits act on the earnings or the amounts of a unit."""
    return has_limits(unit) or bool(unit.capped and unit.base >= 0)


def _one_step(run: Any, density: np.ndarray) -> bool:
    """Whether credits of half a year and of a year move by one number of cells wherever lanes are side by side, or by
    one more."""
    across = (0,) if "scenario" in run.basis.dims else (2, 3)
    cells = [density * months / run.step for months in (6.0, 12.0)]
    return all(bool((part.max(across) <= np.floor(part.min(across)) + 1.0).all()) for part in cells)


def _tables(run: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tables of limited means and of shares, and that of each cell (scenario, year, group, sex, age); -1 where there is
    none."""
    *tables, table = limited_tables(run.basis["earnings_cv"].values)
    place = run.basis["earnings_cv"].copy(data=table)
    return tables[0], tables[1], view(place, WHOLE, run.coords())


def project(run: Any, rules: Law, density: np.ndarray, count: int, market: xr.Dataset) -> records.Outcome:
    """Results of all scenarios, groups and sexes, in threads."""
    from actuarial.labour import lane_kernels

    kernel: Any = lane_kernels.project_lanes
    basis, (scenarios, groups, sexes) = run.basis, run.shape()
    sizes = (scenarios, basis.sizes["year"])
    ages, benefits = basis.sizes["age"], len(run.scheme.benefits)
    flows = sum(map(run.reported, kernels.BY_AGE))
    by_age = np.zeros((flows, *sizes, groups, sexes, ages))
    pack, places = packer(run, rules, density, count, market), run.places(rules)

    def alone(several: list[Lanes], by_claim: np.ndarray) -> None:
        for lanes in several:
            full = [np.concatenate([part, np.repeat(part[-1:], WIDTH - len(part))]) for part in lanes]
            kernel(*pack((full[0], full[1], full[2])), np.stack(lanes, axis=-1), places, by_age, by_claim, step)

    tasks, step = list(_tasks(run)), float(run.step)
    apart = len(tasks) if "scenario" not in basis.dims else 1
    claimed = [np.zeros((len(kernels.BY_CLAIM), *sizes, benefits, sexes, ages)) for _ in range(apart)]
    with ThreadPoolExecutor(max_workers=threads()) as pool:
        list(pool.map(alone, tasks, cycle(claimed)))
    for other in claimed[1:]:
        claimed[0] += other
    return records.Outcome(by_age, claimed[0], np.zeros(0), np.zeros(0))


def _tasks(run: Any) -> Iterator[list[Lanes]]:
    """What goes side by side, one after the other in a thread: some scenarios of a sex, group by group; or, of one
    scenario, some groups and sexes."""
    scenarios, groups, sexes = run.shape()
    if "scenario" in run.basis.dims:
        for start, s in np.ndindex(-(-scenarios // WIDTH), sexes):
            here = np.arange(WIDTH * start, min(WIDTH * (start + 1), scenarios))
            yield [(here, np.full_like(here, g), np.full_like(here, s)) for g in range(groups)]
        return
    g, s = np.divmod(np.arange(groups * sexes), sexes)
    for start in range(0, len(g), WIDTH):
        some = slice(start, start + WIDTH)
        yield [(np.zeros_like(g[some]), g[some], s[some])]


def packer(run: Any, rules: Law, density: np.ndarray, count: int, market: xr.Dataset) -> Callable[[Lanes], tuple]:
    """Function of lanes that gives the arguments of the kernel."""
    basis, coords = run.basis, run.coords()
    people = {
        name: on_grid(basis[name].transpose("group", "sex", "age", "service"), run.step, count)
        for name in ("active_0", "inactive_0")
    }
    stays = view(member_survival(basis, basis.get("mortality_ratio_insured")), WHOLE, coords)
    rates = [1.0 - stays, run.cells("exit_rate"), run.cells("invalidity_rate"), density]
    *tables, table = _tables(run)
    rates += [run.cells("entry_profile"), run.cells("reentry_share"), table]
    target, gates = run.target(market), [run.gate(name) for name in GATES]
    reference = run.references(rules)
    answers = law_arrays(rules, coords, np.ones(count))
    ages = basis.sizes["age"]

    def pack(lanes: Lanes) -> tuple:
        i, g, s = lanes
        parts = reference[0][i, :, g, s], *(part[i, :, g, s, 0] for part in reference[1:])
        here = [_lanes(part) for part in parts]
        of_lanes = zip(*lanes, reference[0][i, 0, g, s], strict=True)
        means = [run.opening_earnings(rules, mean, g, s) for _, g, s, mean in of_lanes]
        held = np.stack(means, axis=-1), here[1][0], here[2][0], answers.left_apart
        active, inactive = (np.moveaxis(people[name][g, s], 0, -1) for name in ("active_0", "inactive_0"))
        stock = _opening(active, inactive, *held)
        own = [_lanes(rate[i, :, g, s]) for rate in rates]
        cells = [np.floor((own[3] * months / run.step).min(axis=-1)).astype(np.int64) for months in (6.0, 12.0)]
        given = records.LaneRates(*own, *cells, *tables)
        gated = (_lanes(gate[i, :, g]) for gate in gates)
        entries = records.LaneEntries(np.array([coverage_concept(basis)]), _lanes(target[i, :, g, s]), *gated)
        answered = answers.of_lanes(lanes)
        bases = len(rules.references), len(answers.left_apart)
        work = _scratch(len(rules.claims), len(answered.unit_base), *bases, ages, count)
        paid = records.Earnings._make([*(part[1:] for part in here), answers.left_apart])
        return stock, given, entries, paid, answered, work

    return pack


def _lanes(values: np.ndarray) -> np.ndarray:
    """Values with the lanes in front, moved to the end."""
    result = room((*values.shape[1:], len(values)))
    result[...] = np.moveaxis(values, 0, -1)
    return result


def _opening(
    active: np.ndarray,
    inactive: np.ndarray,
    mean: np.ndarray,
    floor: np.ndarray,
    ceiling: np.ndarray,
    apart: np.ndarray,
) -> records.Stock:
    """Stocks before the first year of persons (x, c, l), with earnings (x, k, l) and limits (k, l) of the inactive, and
    products of them of the bases `apart`."""
    ages, bases, lanes = mean.shape
    cells = active.shape[1]
    used = 1 + int(np.flatnonzero((active + inactive).any(axis=(0, 2))).max(initial=0))
    stock = room((2, ages, cells, lanes))
    for persons, people in zip(stock, (active, inactive), strict=True):
        persons[:, :used] = people[:, :used]
    values = [np.stack(np.broadcast_arrays(mean, floor, ceiling), axis=2).reshape(ages, 3 * bases, lanes)]
    values += [mean[:, k : k + 1] * values[0][:, 3 * k : 3 * k + 3] for k in apart]
    known = np.concatenate(values, axis=1)
    held = room((ages, known.shape[1], cells, lanes))
    held[:, :, :used] = known[:, :, np.newaxis]
    return records.Stock(stock[0], stock[1], held, np.full((2, ages), used - 1, dtype=np.int64))


def _scratch(claims: int, units: int, bases: int, apart: int, ages: int, cells: int) -> records.Lane:
    """Scratch space of the kernel."""
    sizes = {
        "by_age": (len(kernels.BY_AGE), ages), "by_claim": (len(kernels.BY_CLAIM), claims, ages),
        "forces": (len(EVENTS),), "leaving": (len(EVENTS),), "opening": (), "entrants": (), "kappa": (),
        "halfway": (cells,), "here": (cells,), "raised": (cells,),
        "retire": (cells,), "paid": (units, cells), "plain": (units, cells), "least": (units, cells),
        "grown": (bases,), "own": (3 * bases, 1), "joins": (3 * (bases + apart),),
    }  # fmt: skip
    rows = rooms({name: (*size, WIDTH) for name, size in sizes.items()})
    known, level = np.zeros((units, 2), dtype=np.int64), np.zeros(1, dtype=np.int64)
    return records.Lane(**rows, known=known, level=level)
