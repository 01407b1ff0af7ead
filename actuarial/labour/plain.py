"""Which kernel a group and sex of the insured goes through, and for how many years."""

from typing import Any

import numpy as np

from actuarial.labour import kernels, records
from actuarial.labour.earnings import UNLIMITED
from actuarial.labour.plain_kernels import MARGIN, project_plain
from actuarial.law import NO_OFFSET


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
    months for all, and amounts without limits, offsets and parts."""
    state, _, rates, _, _, _, answers, _, _, history, _ = given
    members = len(state.active) == 1 and state.invalid.shape[1] == 0 and not state.inactive.any()
    simple = len(state.active_accounts) == 0 and rates.full.shape[-1] == 0 and len(history) == 0
    whole = (answers.amount_part < 0).all() and (answers.unit_kind == NO_OFFSET).all()
    limited = (answers.unit_capped != 0) & (answers.unit_base >= 0)
    free = (answers.unit_floor <= 0.0).all() and (answers.unit_ceiling >= UNLIMITED).all()
    return bool(members and simple and whole and free and not limited.any())


def _project_plain(given: tuple, years: int) -> int:
    """The years until somebody becomes inactive; the stocks after them are left in the state."""
    state, _, rates, entries, earnings, _, answers, flows, _, _, step = given
    _, ages, cells = state.active.shape
    here = slice(MARGIN, MARGIN + cells)

    def members() -> records.Members:
        top = np.full(ages, cells - 1, dtype=np.int64)
        return records.Members(np.zeros((ages, cells + 2 * MARGIN)), top, np.zeros(ages), np.zeros(ages))

    def padded(rows: np.ndarray) -> np.ndarray:
        result = np.zeros((len(rows), cells + MARGIN))
        result[:, :cells] = rows
        return result

    both = members(), members()
    both[0].stock[:, here] = state.active[0]
    law = answers._replace(claim_rows=padded(answers.claim_rows), unit_rows=padded(answers.unit_rows))
    by_cell, used = np.zeros((3, cells + 2 * MARGIN)), np.zeros((len(answers.claim_rows), 2), dtype=np.int64)
    claims, paid = np.zeros((2, len(answers.leaves), ages)), np.zeros((len(answers.amount_unit), ages))
    scratch = records.Plain._make([*by_cell, used, *claims, paid, *np.zeros((3, ages))])
    passed = project_plain(*both, rates, entries, earnings, law, flows, scratch, step, years)
    state.active[0] = both[passed % 2].stock[:, here]
    return passed
