"""Several scenarios of the insured through one kernel, side by side: what it is given, and when it can be."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
from actuarial.labour.law_arrays import WHOLE, law_arrays
from actuarial.labour.packing import GATES
from actuarial.law import EVENTS, HEAD, NO_OFFSET, Law
from actuarial.numeric import limited_tables

SHARED = ("density", "entry_profile", "reentry_share", "earnings_cv", *GATES)
"""Variables of the basis that the kernel takes to be the same in all scenarios."""


def fits(run: Any, rules: Law) -> bool:
    """Whether scenarios can go side by side: all members by the coverage target, claims and rates of amounts that no
    scenario changes, amounts of earnings or of money without offsets and options.

    It does not depend on how many scenarios there are, so that their numbers do not either.
    """
    basis = run.basis
    simple = run.members == "all" and run.accrued == "no" and run.entries is None and not run.history
    if "scenario" not in basis.dims or not simple or rules.accounts or first_period(basis) < 1.0:
        return False
    if any("scenario" in basis[name].dims for name in SHARED if name in basis):
        return False
    units = [amount.unit for claim in rules.claims for amount in claim.amounts]
    tables = [claim.share for claim in rules.claims]
    tables += [table for unit in units for table in (unit.rate, unit.floor_share, unit.ceiling_share)]
    whole = all(amount.part < 0 and amount.option < 0 for claim in rules.claims for amount in claim.amounts)
    whole = whole and all(claim.up_to is None and not claim.short for claim in rules.claims)
    plain = whole and all(unit.kind == NO_OFFSET and unit.account < 0 for unit in units)
    if not plain or any("scenario" in table.index.dims for table in tables):
        return False
    until = any(one.revalued_until is not None for one in rules.references)
    if until or any((basis[name].values <= -1.0).any() for name in ("wage_growth", "inflation")):
        return False
    return bool((_tables(run)[2] >= 0).all())


def _tables(run: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tables of limited means and of shares, and that of each cell (year, group, sex, age); -1 where there is none."""
    *tables, table = limited_tables(run.basis["earnings_cv"].values)
    place = run.basis["earnings_cv"].copy(data=table)
    return tables[0], tables[1], view(place, HEAD, run.coords())


def project(run: Any, rules: Law, density: np.ndarray, count: int, market: xr.Dataset) -> records.Outcome:
    """Results of all scenarios, groups and sexes; a sex of a few scenarios in a thread."""
    from actuarial.labour import lane_kernels

    kernel: Any = lane_kernels.project_lanes
    scenarios, groups, sexes = run.shape()
    sizes = (scenarios, run.basis.sizes["year"])
    ages, benefits = run.basis.sizes["age"], len(run.scheme.benefits)
    flows = sum(map(run.reported, kernels.BY_AGE))
    by_age = np.zeros((flows, *sizes, groups, sexes, ages))
    by_claim = np.zeros((len(kernels.BY_CLAIM), *sizes, benefits, sexes, ages))
    pack, places = packer(run, rules, density, count, market), run.places(rules)

    def alone(task: tuple[int, ...]) -> None:
        first, s = WIDTH * task[0], task[1]
        lanes = np.minimum(np.arange(first, first + WIDTH), scenarios - 1)
        for g in range(groups):
            place = np.array([first, g, s])
            kernel(*pack(lanes, g, s), place, places, by_age, by_claim, float(run.step))

    with ThreadPoolExecutor(max_workers=threads()) as pool:
        list(pool.map(alone, np.ndindex(-(-scenarios // WIDTH), sexes)))
    return records.Outcome(by_age, by_claim, np.zeros(0), np.zeros(0))


def packer(
    run: Any, rules: Law, density: np.ndarray, count: int, market: xr.Dataset
) -> Callable[[np.ndarray, int, int], tuple]:
    """Function of (scenarios by place, group, sex) that gives the arguments of the kernel."""
    basis, coords = run.basis, run.coords()
    people = {
        name: on_grid(basis[name].transpose("group", "sex", "age", "service"), run.step, count)
        for name in ("active_0", "inactive_0")
    }
    stays = view(member_survival(basis, basis.get("mortality_ratio_insured")), WHOLE, coords)
    rates = [1.0 - stays, run.cells("exit_rate"), run.cells("invalidity_rate")]
    shared = [part[0] for part in (density, run.cells("entry_profile"), run.cells("reentry_share"))]
    *tables, table = _tables(run)
    target, gates = run.target(market), [run.gate(name)[0] for name in GATES]
    reference = run.references(rules)
    answers = law_arrays(rules, coords, np.ones(count))
    ages = basis.sizes["age"]

    def pack(lanes: np.ndarray, g: int, s: int) -> tuple:
        own = [np.array(part[:, g, s], order="C") for part in (*shared, table)]
        parts = reference[0][:, :, g, s], *(part[:, :, g, s, 0] for part in reference[1:])
        here = [_lanes(part, lanes) for part in parts]
        mean = np.stack([run.opening_earnings(rules, reference[0][i, 0, g, s], g, s) for i in lanes], axis=-1)
        held = mean, here[1][0], here[2][0], answers.left_apart
        stock = _opening(people["active_0"][g, s], people["inactive_0"][g, s], *held)
        given = records.LaneRates(*(_lanes(rate[:, :, g, s], lanes) for rate in rates), *own, *tables)
        entries = records.LaneEntries(
            np.array([coverage_concept(basis)]),
            _lanes(target[:, :, g, s], lanes),
            *(np.array(gate[:, g], order="C") for gate in gates),
        )
        answered = answers.of_lanes(lanes, g, s)
        bases = len(rules.references), len(answers.left_apart)
        work = _scratch(len(rules.claims), len(answered.unit_base), *bases, ages, count)
        paid = records.Earnings._make([*(part[1:] for part in here), answers.left_apart])
        return stock, given, entries, paid, answered, work

    return pack


def _lanes(values: np.ndarray, lanes: np.ndarray) -> np.ndarray:
    """Values with the scenarios in front as those of the lanes at the end."""
    own = np.moveaxis(values[lanes], 0, -1)
    result = room(own.shape)
    result[...] = own
    return result


def _opening(
    active: np.ndarray,
    inactive: np.ndarray,
    mean: np.ndarray,
    floor: np.ndarray,
    ceiling: np.ndarray,
    apart: np.ndarray,
) -> records.Stock:
    """Stocks before the first year of persons (x, c), with earnings (x, k, l) and limits (k, l) of the inactive, and
    products of them of the bases `apart`."""
    ages, bases, lanes = mean.shape
    cells = active.shape[-1]
    used = 1 + int(np.flatnonzero((active + inactive).any(axis=0)).max(initial=0))
    stock = room((2, ages, cells, lanes))
    for persons, people in zip(stock, (active, inactive), strict=True):
        persons[:, :used] = people[:, :used, np.newaxis]
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
        "paid": (units, cells), "plain": (units, cells), "least": (units, cells),
        "grown": (bases,), "own": (3 * bases, 1), "joins": (3 * (bases + apart),),
    }  # fmt: skip
    rows = rooms({name: (*size, WIDTH) for name, size in sizes.items()})
    known, level = np.zeros((units, 2), dtype=np.int64), np.zeros(1, dtype=np.int64)
    return records.Lane(**rows, retire=np.zeros(cells), known=known, level=level)
