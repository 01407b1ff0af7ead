"""What moved the balances of accounts in a year, from persons and the rules of the accounts: not asked of the kernel.

Letters as in `kernels.py`: t = projected year, x = age at the start of the year, y = age reached, q = mass.
"""

import numpy as np

from actuarial.demography.ages import a_year_older
from actuarial.labour import records
from actuarial.labour.account_kernels import BALANCE, BY_ACCOUNT, INHERITED, RELEASED
from actuarial.labour.kernels import (
    DEATHS_ACTIVE,
    DEATHS_INACTIVE,
    EXITS,
    INVALIDS,
    MONTHS_ENTRANTS,
    MONTHS_STAYERS,
    RETIRED_ACTIVE,
)

BY_YEAR = (*BY_ACCOUNT, "credits", "growth", "transferred", "withdrawn")
LEAVERS = [DEATHS_ACTIVE, INVALIDS, EXITS, RETIRED_ACTIVE]


def held(state: records.State) -> np.ndarray:
    """Balances of the active and inactive (q, x)."""
    return state.active_accounts.sum(axis=2) + state.inactive_accounts.sum(axis=2)


def with_credits(
    flows: records.Flows,
    rates: records.Rates,
    accounts: records.Accounts,
    opening: np.ndarray,
    moved: np.ndarray,
    drawn: np.ndarray | None,
) -> records.Flows:
    """Flows of accounts with credits, growth, transfers and, where there are any, withdrawals behind those of the
    kernel, in the order of BY_YEAR.

    Parameters
    ----------
    flows, rates, accounts : of one group and sex, after the projection of all members
    opening : balances on the valuation date (q, x)
    moved : balances that members brought along from other groups on 1 January, less those that left so (t, q, x)
    drawn : what is paid in service of each unit of the balance of the start of the year (t, q, x), or None

    Notes
    -----
    With K' the balances of the start of the year, R what was released at mid-year, m months contributed and k credits
    of a month::

        credits = k (m of stayers + m of leavers + m of entrants)
        growth = (up - 1) K' + what credits grow by until 31 December - (up_rest - 1) R + what is withdrawn

    Leavers contribute half a year. Of credits by length of service the years in each band of it stand for the months.
    Where the heirs of the dead of an age are missing, what they left is in R as of 31 December. Members of the last two
    ages grow alike.
    """
    start = np.concatenate([opening[np.newaxis], flows.by_account[BALANCE][:-1]])
    moved = moved + np.zeros_like(start)
    start = start + moved
    left = 6.0 * rates.density * flows.by_age[LEAVERS].sum(axis=0)
    months = np.stack([flows.by_age[MONTHS_STAYERS] - left, left, flows.by_age[MONTHS_ENTRANTS]])[:, :, np.newaxis]
    up, rest, credit, stay, half = (
        np.moveaxis(array, 2, 1) / scale
        for array, scale in zip(
            (accounts.up, accounts.up_rest, accounts.credit, accounts.stay, accounts.half),
            (1.0, 1.0, 12.0, 12.0, 12.0),
            strict=True,
        )
    )
    rest = np.concatenate([rest[..., :1], rest[..., :-1]], axis=-1)
    credits, released = credit * months.sum(axis=0), flows.by_account[RELEASED]
    grown = stay * months[0] + half * (rest * months[1] + months[2])
    early, late = credit * months[1], (half - credit) * months[2]
    for i, q in enumerate(accounts.banded):
        unit, stay_of, half_of = (
            array[:, :, i] for array in (accounts.band_credit, accounts.band_stay, accounts.band_half)
        )
        years = flows.by_band[:, :, i]
        credits[:, q] += unit * years.sum(axis=0)
        grown[:, q] += stay_of * years[0] + half_of * (rest[:, q] * years[1] + years[2])
        early[:, q] += unit * years[1]
        late[:, q] += (half_of - unit) * years[2]
    growth = a_year_older((up - 1.0) * start) + grown - credits - (rest - 1.0) * released
    dead = flows.by_age[[DEATHS_ACTIVE, DEATHS_INACTIVE]].sum(axis=0) > 0.0
    heirless = (accounts.own[:, np.newaxis] != 0) & (flows.by_account[INHERITED] == 0.0) & dead[:, np.newaxis]
    alone = released - a_year_older(start) - early + late
    growth, more = np.where(heirless, alone, growth), [a_year_older(moved)]
    if drawn is not None:
        more.append(a_year_older(drawn * start))
        growth = growth + more[-1]
    more = [credits, growth, *more]
    return flows._replace(by_account=np.concatenate([flows.by_account, more]))

