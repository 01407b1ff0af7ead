"""How much of a survivor's pension is left under the maximum for a family."""

import numpy as np
import xarray as xr

from actuarial.dated import Number


def kept_share(number: Number, share: Number, room: Number) -> Number:
    """What is left of a child's share when all children of a family have at most `room` together (fraction).

    Parameters
    ----------
    number : expected number of children of a family, Poisson
    share, room : shares of the pension of the deceased, fraction

    Notes
    -----
    E[min(w J, r)]/(w n) with J Poisson of mean n, k = floor(r/w): E = w n F(k-1) + r (1 - F(k)), F the distribution
    function of J; 1 where no children are expected.
    """
    from scipy.special import pdtr

    mean, each, most = xr.broadcast(*(xr.DataArray(value) for value in (number, share, room)))
    n, w, r = mean.values, each.values, most.values
    due = (n > 0) & (w > 0)
    k = np.floor(np.divide(r, w, out=np.zeros_like(r), where=due) + 1e-9)
    up_to_k, up_to_less = pdtr(k, n), np.where(k >= 1, pdtr(np.maximum(k - 1, 0), n), 0.0)
    expected = w * n * up_to_less + r * (1.0 - up_to_k)
    kept = np.divide(expected, w * n, out=np.ones_like(n), where=due)
    result = mean.copy(data=np.minimum(kept, 1.0))
    return result if result.ndim else float(result)
