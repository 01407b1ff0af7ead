"""Rate of return that contributions earn by the benefits that they buy."""

import numpy as np

from actuarial.errors import BadInput
from actuarial.translation import N_, Told
from actuarial.valuation.series import align, labelled

WIDEST = 512.0  # force of interest up to which a root is looked for: a rate of 10^222 a year


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
        rate of return or there may be several; flows so far apart that the rate is no number; wrong series.

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
    rates = rates_of(balance, when)
    found = {"internal_rate_of_return": series.at_date(rates, "internal_rate_of_return")}
    return labelled(found)["internal_rate_of_return"]


def rates_of(balance, when):
    """Rates of return, 1/year, of balances (..., time) of benefits less contributions at rising times in years.

    Raises
    ------
    BadInput
        As `internal_rate_of_return`.
    """
    turns = _turns(balance)
    if (turns != 1).any():
        text = N_(
            "contributions, outgo: the balance of both changes its sign {turns} times, in {count} of {whole} cases; a "
            "rate of return is one number where it changes once.\n"
            "  Give the contributions that bought these benefits, and no others."
        )
        wrong = turns[turns != 1]
        raise BadInput(Told(text, turns=int(wrong.flat[0]), count=wrong.size, whole=turns.size))
    return np.reshape([_root(one, when) for one in balance.reshape(-1, len(when))], balance.shape[:-1])


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
    with np.errstate(divide="ignore"):
        size = np.log(np.abs(balance))

    def worth(force):
        """The worth over its greatest part, which is always a number."""
        power = size - force * (when - when[0])
        return float(np.sum(signs * np.exp(power - power.max())))

    bound = 1.0
    while worth(-bound) * worth(bound) >= 0.0:
        bound *= 2.0
        if bound > WIDEST:
            text = N_(
                "contributions, outgo: their rate of return is no number, as one payment is up to {paid:.2g} and one "
                "benefit up to {received:.2g}.\n  Look at the units of both."
            )
            raise BadInput(Told(text, paid=float(-balance.min()), received=float(balance.max())))
    return np.expm1(brentq(worth, -bound, bound, xtol=1e-15, rtol=1e-14, maxiter=500))
