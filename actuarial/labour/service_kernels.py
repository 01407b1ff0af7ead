"""What is credited by length of service: the years of a move up the grid that lie in each band of it, times its rate.

Letters as in `kernels.py`: x = age at the start of the year, y = age reached, c = cell of the service grid, q = mass of
an account; i = band of a mass. Where no rate depends on service there are no bands. As of other credits, members who
contribute more months than others of their cell take no greater part along.
"""

from actuarial.jit import inlined, inner
from actuarial.labour.accrual_kernels import add_after

STAYERS, LEAVERS, ENTRANTS = range(3)  # whose years of a band are counted


@inlined
def years_of(band, c, up):
    """Mean years in a band (c,) that a move adds to those that members of cell c have in it."""
    h, upper, taps, most = up
    if taps.shape[0] == 0:
        return (1.0 - upper) * (band[c + h] - band[c]) + upper * (band[c + h + 1] - band[c])
    mean = 0.0
    for j in range(most + 1):
        mean += taps[j] * (band[c + j] - band[c])
    return mean


@inner
def credit_halfway(state, accounts, work, t, x, y, top, up):
    """Add to the balances of the active at mid-year what half a year credits for service."""
    for i in range(accounts.banded.shape[0]):
        q, unit = accounts.banded[i], accounts.band_half[t, y, i]
        for c in range(top + 1):
            add_after(work.balances[q], c, unit * years_of(accounts.bands[i], c, up) * state.active[0, x, c], up)


@inner
def count_leavers(state, accounts, flows, work, leave, retire, t, x, y, top, up):
    """Years by band of the active aged x, of the tranche reported, of whom a share leaves at mid-year, and of those who
    retire by cell times a share."""
    shown = state.active.shape[0] - 1
    for i in range(accounts.banded.shape[0]):
        years = 0.0
        for c in range(top + 1):
            share = leave + retire * work.retiring[c] if retire > 0.0 else leave
            years += share * years_of(accounts.bands[i], c, up) * state.active[shown, x, c]
        flows.by_band[LEAVERS, t, i, y] += years


@inner
def credit_stayers(state, new, accounts, flows, share, t, x, y, top, up):
    """Credit a year to the share of the active aged x who stay."""
    shown = state.active.shape[0] - 1
    for i in range(accounts.banded.shape[0]):
        q, unit = accounts.banded[i], accounts.band_stay[t, y, i]
        for c in range(top + 1):
            years = share * years_of(accounts.bands[i], c, up)
            flows.by_band[STAYERS, t, i, y] += years * state.active[shown, x, c]
            add_after(new.active_accounts[q, y], c, unit * years * state.active[0, x, c], up)


@inner
def credit_entrants(new, accounts, flows, people, shown, share, t, y, top, half):
    """Credit half a year to a share of people (c,) who enter at age y, with `top` as the highest cell in use; `shown`
    are those of the tranche reported."""
    for i in range(accounts.banded.shape[0]):
        q, unit = accounts.banded[i], accounts.band_half[t, y, i]
        for c in range(top + 1):
            years = share * years_of(accounts.bands[i], c, half)
            flows.by_band[ENTRANTS, t, i, y] += years * shown[c]
            add_after(new.active_accounts[q, y], c, unit * years * people[c], half)
