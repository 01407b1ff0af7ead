"""Groups, sexes and scenarios side by side: the kernel of several against that of one, lane by lane."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actuarial.jit import lean
from actuarial.labour import kernels, records
from actuarial.labour.lane_kernels import project_lanes
from actuarial.labour.law_arrays import rows_of_lanes
from actuarial.labour.side_by_side import WIDTH
from actuarial.lanes import (
    added,
    anywhere,
    between,
    cells_from,
    choose,
    four,
    least,
    load,
    load_from,
    most,
    root,
    spread,
    store,
    store_from,
    whole,
)
from tests.kernels.test_insured import AGES, UNCOMPILED, YEARS, arguments_of, cases, close, outcome


def variants(case, seed):
    """A case eight times, with other rates, stocks, targets, entries, earnings, distributions of them, limits and law;
    one of them is the case itself. Credits of all move by the same number of cells, or by one more."""
    rng = np.random.default_rng(seed)
    case = replace(case, rates=case.rates | {"cv": 0.1 + 0.9 * case.rates["cv"]})
    found = [case]
    for _ in range(WIDTH - 1):
        rates = {name: case.rates[name] * rng.uniform(0.0, 1.2) for name in ("q", "exit", "invalidity", "reentry")}
        full = 12.0 * case.rates["density"] / case.step
        least_full = np.maximum(np.ceil(full) - 1.0, 0.0)
        rates["density"] = (least_full + rng.uniform() * (full - least_full)) * case.step / 12.0
        rates["profile"] = case.rates["profile"] * rng.uniform(0.0, 1.0, AGES)
        rates["cv"] = case.rates["cv"] * rng.choice([1.0, 0.7])
        rates = {name: np.minimum(rate, 1.0) for name, rate in rates.items()}
        up, high, more, gate = rng.uniform(0.5, 2.0, 4)
        found.append(
            replace(
                case, rates=case.rates | rates, target=case.target * rng.uniform(0.0, 1.5, YEARS),
                active_0=case.active_0 * more, inactive_0=case.inactive_0 * rng.uniform(0.0, 2.0),
                admitted=min(case.admitted * gate, 1.0), readmitted=min(case.readmitted * more, 1.0),
                earnings_0=case.earnings_0 * up, reference=case.reference * up, growth=case.growth - 0.01 * up,
                floor=case.floor * high, ceiling=case.ceiling * high, ceiling_0=case.ceiling_0 * high,
                claims=amended(case.claims, high, rng),
            )
        )  # fmt: skip
    return found


def amended(claims, factor, rng):
    """Claims with other limits, shares of those who claim and rates; parts of one amount stay parts of one."""
    rates = {id(part.rate): part.rate * rng.uniform(0.5, 1.5) for claim in claims for part in claim.parts}
    found, share = [], rng.uniform(0.3, 1.0)
    for claim in claims:
        parts = [replace(part, rate=rates[id(part.rate)], least=part.least * factor, most=part.most * factor)
                 for part in claim.parts]  # fmt: skip
        idle = None if claim.idle is None else claim.idle * share
        found.append(replace(claim, share=claim.share * share, idle=idle, parts=parts))
    return found


def in_common(rows, indices):
    """Rows that several have side by side, of the rows of each and the indices into them (lane, ...)."""
    starts = np.cumsum([0] + [len(one) for one in rows[:-1]])
    together = np.stack([index + start for index, start in zip(indices, starts, strict=True)], axis=-1)
    return rows_of_lanes(np.concatenate(rows), together, np.arange(len(rows)))


def side_by_side(several, order):
    """Run the kernel of several for the arguments of that of one, in an order. Returns flows by lane."""
    one = several[0]
    step, entries, answers = one[10], one[3], one[7]

    def lanes(place, name):
        return np.ascontiguousarray(np.stack([getattr(several[i][place], name) for i in order], axis=-1))

    active, inactive = lanes(0, "active")[0], lanes(0, "inactive")[0]
    masses = [lanes(0, name) for name in ("earnings", "floors", "ceilings")]
    masses = [*(mass[k] for k in range(len(masses[0])) for mass in masses), *lanes(0, "products")]
    held = np.stack([*masses, inactive], axis=1)[:, :-1] / np.where(inactive > 0.0, inactive, 1.0)[:, np.newaxis]
    stock = records.Stock(active, inactive, np.ascontiguousarray(held), np.full((2, AGES), active.shape[1] - 1))
    names = ("q_active", "exit", "invalidity", "density", "profile", "reentry")
    tables = [np.concatenate([getattr(several[i][2], name) for i in order]) for name in ("tables", "shares")]
    starts = np.cumsum([0] + [len(several[i][2].tables) for i in order[:-1]])
    rates = [lanes(2, name) for name in names]
    cells = [np.floor(rates[3] * months / step).min(axis=-1).astype(np.int64) for months in (6.0, 12.0)]
    given = records.LaneRates(*rates, lanes(2, "table") + 1.0 * starts, *cells, *tables)
    wanted = records.LaneEntries(entries.concept, *(lanes(3, name) for name in ("target", "admitted", "readmitted")))
    limits = (np.ascontiguousarray(lanes(4, name)[:, 0]) for name in ("floor", "ceiling", "growth"))
    earned = records.Earnings(lanes(4, "reference"), *limits, one[4].apart)
    moved = ("amount_multiple", "unit_scale", "unit_floor", "unit_ceiling")
    laws = [several[i][6] for i in order]
    claim_rows, claim_index = in_common([law.claim_rows for law in laws], [law.claim_index for law in laws])
    kinds = ("unit_index", "unit_floor_index", "unit_ceiling_index")
    indices = [np.stack([getattr(law, kind) for kind in kinds]) for law in laws]
    unit_rows, unit_indices = in_common([law.unit_rows for law in laws], indices)
    law = records.LaneAnswers(
        *(lanes(6, name) if name in moved else getattr(one[6], name) for name in records.LaneAnswers._fields)
    )._replace(
        claim_rows=claim_rows, claim_index=claim_index, unit_rows=unit_rows,
        **dict(zip(kinds, np.ascontiguousarray(unit_indices), strict=True)),
    )  # fmt: skip
    width, bases, units = active.shape[1], earned.reference.shape[2], len(law.unit_base)
    claims = answers.by_claim.shape[2]
    sizes = {
        "by_age": (len(kernels.BY_AGE), AGES), "by_claim": (len(kernels.BY_CLAIM), claims, AGES), "forces": (4,),
        "leaving": (4,), "opening": (), "entrants": (), "kappa": (),
        "halfway": (width,), "here": (width,), "raised": (width,), "retire": (width,),
        "paid": (units, width), "plain": (units, width), "least": (units, width), "grown": (bases,),
        "own": (3 * bases, 1), "joins": (held.shape[1],),
    }  # fmt: skip
    rows = {name: np.full((*size, WIDTH), 9.0) for name, size in sizes.items()}
    known, level = np.zeros((units, 2), dtype=np.int64), np.zeros(1, dtype=np.int64)
    work = records.Lane(**rows, known=known, level=level)
    by_age = np.zeros((len(kernels.BY_AGE), WIDTH, YEARS, 1, 1, AGES))
    by_claim = np.zeros((len(kernels.BY_CLAIM), WIDTH, YEARS, claims, 1, AGES))
    place, places = np.array([(lane, 0, 0) for lane in range(WIDTH)]), np.arange(claims)
    project_lanes(stock, given, wanted, earned, law, work, place, places, by_age, by_claim, step)
    return by_age[:, :, :, 0, 0], by_claim[:, :, :, :, 0]


plain = cases().filter(lambda case: not case.accounts and case.recovery is None and case.taps is None)


@settings(max_examples=3 if UNCOMPILED else 25)
@given(plain, st.integers(0, 2**32 - 1))
def test_every_lane_is_the_kernel_of_one(case, seed):
    several = [arguments_of(one, most_tables=64) for one in variants(case, seed)]
    order = np.random.default_rng(seed).permutation(WIDTH)
    with np.errstate(divide="ignore", invalid="ignore"):  # of empty cells, where the kernel is plain Python
        by_age, by_claim = side_by_side(several, order)
        other_age, other_claim = side_by_side(several, order[::-1])
    assert np.array_equal(by_age, other_age[:, ::-1], equal_nan=True)
    assert np.array_equal(by_claim, other_claim[:, ::-1], equal_nan=True)
    for lane, i in list(enumerate(order))[: 2 if UNCOMPILED else WIDTH]:
        kernels.project_insured(*several[i], 0, YEARS)
        flows = outcome(several[i])[0]
        for place, name in enumerate(kernels.BY_AGE):
            close(by_age[place, lane], getattr(flows, name), name)
        for place, name in enumerate(kernels.BY_CLAIM):
            close(by_claim[place, lane], getattr(flows, name), name)


@lean
def in_lanes(one, other, table, result, longer):
    """Fills result (what, lane) and cells of a longer row by functions of two rows, and of places in a table."""
    a, b = load(one), load(other)
    store(result[0], least(a, b))
    store(result[1], most(a, b))
    store(result[2], choose(a < b, a, -1.0))
    store(result[3], whole(b + a))
    columns = four(table, a, spread(1.0))
    for k in range(4):
        store(result[4 + k], columns[k])
    store(result[8], least(a, 3.5))
    store(result[9], choose(a <= 3.5, 2 * a - 1, b / 2.0))
    store(result[10], 0.0)
    result[11, 0] = added(a)
    result[11, 1] = 1.0 if anywhere(a > 6.5) else 0.0
    result[11, 2] = 1.0 if anywhere(a > 7.5) else 0.0
    store_from(longer, 1, root(load_from(one, 0)) + cells_from(2))
    store(result[12], choose(between(4, 5, 7), a, 0.0))


def test_the_functions_of_lanes_are_those_of_numpy():
    a, b, table = np.arange(8.0), np.full(8, 3.5), np.arange(60.0).reshape(10, 6)
    found, longer = np.full((13, 8), np.nan), np.full(10, -1.0)
    in_lanes(a, b, table, found, longer)
    assert found[0].tolist() == [0, 1, 2, 3, 3.5, 3.5, 3.5, 3.5] == found[8].tolist()
    assert found[1].tolist() == [3.5, 3.5, 3.5, 3.5, 4, 5, 6, 7]
    assert found[2].tolist() == [0, 1, 2, 3, -1, -1, -1, -1]
    assert found[3].tolist() == [3, 4, 5, 6, 7, 8, 9, 10]
    assert found[4:8].tolist() == table[:8, 1:5].T.tolist()
    assert found[9].tolist() == [-1, 1, 3, 5, 1.75, 1.75, 1.75, 1.75]
    assert found[10].tolist() == [0] * 8
    assert found[11, :3].tolist() == [28, 1, 0]
    assert found[12].tolist() == [0, 1, 2, 3, 0, 0, 0, 0]
    assert longer.tolist() == pytest.approx([-1, *(c**0.5 + 2 + c for c in range(8)), -1])
