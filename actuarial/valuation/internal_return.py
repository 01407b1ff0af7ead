"""Rate of return that contributions earn by the benefits that they buy."""

import numpy as np

from actuarial.errors import BadInput
from actuarial.valuation.series import align, labelled

WIDEST = 1024.0  # force of interest up to which a root is looked for, far beyond what doubles tell apart


def internal_rate_of_return(contributions, outgo, *, timing=0.5, first_period=1.0):
    """Rate at which contributions and benefits have the same present value.

    Parameters
    ----------
    contributions, outgo : series by year, currency/year
        What a person, a cohort or a scheme pays and what it receives: 1-D arrays, pandas Series or DataArrays by
        `year`; numbers are constant; a `scenario` dim broadcasts. Expected flows are amounts times the probability
        of being alive; flows in constant prices give a real rate.
    timing : float or mapping
        Fraction of the year at which flows fall: a number, or a mapping with the keys `contributions`, `outgo`.
    first_period : float, years
        Length of the first period, see `roll_reserve`.

    Returns
    -------
    DataArray, 1/year
        One value, or one per scenario; `float()` of a single one works.

    Raises
    ------
    BadInput
        The balance of contributions and benefits does not change its sign exactly once in time, so that there is no
        rate of return or there may be several; wrong series.

    Notes
    -----
    The root i of the equation of value, with s_t the times at which flows fall,

        sum_t O_t (1+i)^(-s_t^O) = sum_t C_t (1+i)^(-s_t^C)

    Where the balance changes its sign once there is one root [1]_; flows that fall at the same time are one.

    References
    ----------
    .. [1] Norstrom, C. J. (1972), A sufficient condition for a unique nonnegative internal rate of return, Journal of
       Financial and Quantitative Analysis 7(3), 1835-1839.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(internal_rate_of_return(np.array([100.0, 0.0]), np.array([0.0, 105.0]))), 4)
    0.05
    """
    series = align({"contributions": contributions, "outgo": outgo}, None, first_period)
    times = series.times(timing)
    when, place = np.unique(np.concatenate([times["outgo"], times["contributions"]]), return_inverse=True)
    flows = np.concatenate([series["outgo"], -series["contributions"]], axis=-1)
    balance = np.zeros((*flows.shape[:-1], len(when)))
    for k, i in enumerate(place):
        balance[..., i] += flows[..., k]
    turns = _turns(balance)
    if (turns != 1).any():
        raise BadInput(
            f"contributions, outgo: the balance of both changes its sign {turns[turns != 1].flat[0]} times, in "
            f"{int((turns != 1).sum())} of {turns.size} cases; a rate of return is one number where it changes once. "
            "Give the contributions that bought these benefits, and no others."
        )
    rates = np.reshape([_root(one, when) for one in balance.reshape(-1, len(when))], balance.shape[:-1])
    found = {"internal_rate_of_return": series.at_date(rates, "internal_rate_of_return")}
    return labelled(found)["internal_rate_of_return"]


def _turns(balance):
    """How often balances (..., time) change their sign; times without any are passed over."""
    signs = np.sign(balance)
    turns, last = np.zeros(signs.shape[:-1], dtype=np.int64), np.zeros(signs.shape[:-1])
    for sign in np.moveaxis(signs, -1, 0):
        turns += sign * last < 0
        last = np.where(sign == 0, last, sign)
    return turns


def _root(balance, when):
    """Rate at which a balance (time,) that changes its sign once is worth nothing.

    Seen from the time of the change its worth falls or rises with the force of interest everywhere.
    """
    from scipy.optimize import brentq

    signs = np.sign(balance)
    turn = when[np.flatnonzero(signs == signs[np.flatnonzero(signs)[0]])[-1]]

    def worth(force):
        with np.errstate(over="ignore"):
            return float(np.sum(np.where(balance == 0, 0.0, balance * np.exp(-force * (when - turn)))))

    bound = 1.0
    while worth(-bound) * worth(bound) > 0 and bound < WIDEST:
        bound *= 2.0
    return np.expm1(brentq(worth, -bound, bound, xtol=1e-15, rtol=1e-14, maxiter=500))
