"""Which kernel a group and sex of the insured goes through, and for how many years."""

from typing import Any

import numpy as np

from actuarial.bridge import rooms
from actuarial.jit import WIDTH
from actuarial.labour import kernels, records
from actuarial.labour.earnings import UNLIMITED
from actuarial.labour.plain_kernels import ENTERED, LEFT, MARGIN, project_plain
from actuarial.law import EVENTS, NO_OFFSET


def project(given: tuple, years: int) -> None:
    """Fill the flows and the history among the arguments of the kernel of one group and sex.

    Parameters
    ----------
    given : state, spare, rates, entries, earnings, accounts, answers, flows, work, history, step; stocks are used up
    years : number of years

    Notes
    -----
    While nobody is inactive and no amount has a limit, years go through `plain_kernels`, which needs a third of the
    time; the others through `kernels`.
    """
    first = _project_plain(given, years) if fits(given) else 0
    rest: Any = (*given, first, years)
    if first < years:
        kernels.project_insured(*rest)


def fits(given: tuple) -> bool:
    """Whether `plain_kernels` can begin: all members, nobody inactive, no accounts, no recoveries, one number of
    months for all, and amounts without limits, offsets, parts and options."""
    state, _, rates, _, _, _, answers, _, _, history, _ = given
    members = len(state.active) == 1 and state.invalid.shape[1] == 0 and not state.inactive.any()
    simple = len(state.active_accounts) == 0 and rates.full.shape[-1] == 0 and len(history) == 0
    whole = (answers.amount_part < 0).all() and (answers.amount_option < 0).all()
    whole = whole and (answers.unit_kind == NO_OFFSET).all() and (answers.claim_level >= UNLIMITED).all()
    whole = whole and not answers.claim_short.any()
    limited = (answers.unit_capped != 0) & (answers.unit_base >= 0)
    free = (answers.unit_floor <= 0.0).all() and (answers.unit_ceiling >= UNLIMITED).all()
    return bool(members and simple and whole and free and not limited.any())


def _project_plain(given: tuple, years: int) -> int:
    """The years until somebody becomes inactive; where years are left, the stocks before them are in the state."""
    state, _, rates, entries, earnings, _, answers, flows, _, _, step = given
    _, ages, cells = state.active.shape
    blocks, rows = ages // WIDTH + 1, cells + 2 * MARGIN
    columns = (blocks + 2) * WIDTH

    def members() -> records.Members:
        sizes = {"stock": (blocks, rows, WIDTH), "number": (blocks, WIDTH), "cells": (blocks, WIDTH)}
        return records.Members(**rooms(sizes), top=np.full(blocks, cells - 1, dtype=np.int64))

    def padded(shares: np.ndarray) -> np.ndarray:
        result = np.zeros((len(shares), rows))
        result[:, :cells] = shares
        return result

    law = answers._replace(claim_rows=padded(answers.claim_rows), unit_rows=padded(answers.unit_rows))
    claims, amounts = len(answers.leaves), len(answers.amount_unit)
    sizes = {
        "halfway": (rows, WIDTH), "stays": (rows, WIDTH), "retire": (rows, WIDTH), "retiring": (rows, WIDTH),
        "table": (2, rows, WIDTH), "other": (2, WIDTH), "whole": (2, WIDTH), "upper": (2, WIDTH),
        "leaving": (len(EVENTS), WIDTH), "retired": (3, WIDTH), "left": (len(LEFT), columns),
        "entered": (len(ENTERED), columns), "claims": (claims, columns), "months": (claims, columns),
        "paid": (amounts, columns), "rows": (2 * claims + len(answers.unit_base), columns),
        **dict.fromkeys(("dies", "invalid", "remains", "density"), (columns,)),
    }  # fmt: skip
    used = np.zeros((len(answers.claim_rows), 2), dtype=np.int64)
    work = records.Plain(**rooms(sizes), used=used)
    groups = members(), members()
    return project_plain(state.active[0], *groups, rates, entries, earnings, law, flows, work, step, years)
