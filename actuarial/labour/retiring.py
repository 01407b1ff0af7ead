"""Claims on retirement after a valuation date inside the first year: what is left of those of the year."""

from dataclasses import replace

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.law import CLAIM, EVENTS, ClaimLaw, Law, Table


def claims_of_period(rules: Law, length: float) -> Law:
    """The law with the retirement claims of the first year reduced to those that fall after the valuation date.

    Parameters
    ----------
    rules : Law
    length : float, years
        Length phi of the first period; nothing changes where it is a whole year.

    Notes
    -----
    A generation of N, of which the share c retires in a year, evenly over it, has N (1 - (1-phi) c) members left on the
    date and N phi c claims to come: the share phi c / (1 - (1-phi) c) of those left, 1 where all retire. With several
    benefits c in the denominator is the sum of their shares (of those by which members leave).
    """
    retiring = [claim for claim in rules.claims if EVENTS[claim.event] == "retirement"]
    if length == 1.0 or not retiring:
        return rules
    coords = {dim: getattr(rules.grid, dim) for dim in CLAIM}
    places = [align(claim.share.index, CLAIM, coords).astype(np.int64) for claim in retiring]
    first = [claim.share.rows[place[:, 0]] for claim, place in zip(retiring, places, strict=True)]
    leaving = [share for claim, share in zip(retiring, first, strict=True) if claim.leaves]
    scale = length / (1.0 - (1.0 - length) * np.minimum(np.sum(leaving, axis=0), 1.0))
    changed = {
        id(claim): _with_first_year(claim, place, share * scale, coords)
        for claim, place, share in zip(retiring, places, first, strict=True)
    }
    return replace(rules, claims=tuple(changed.get(id(claim), claim) for claim in rules.claims))


def _with_first_year(
    claim: ClaimLaw, places: np.ndarray, share: np.ndarray, coords: dict[str, xr.DataArray]
) -> ClaimLaw:
    """The claim with other shares (status, group, sex, age, service) in the first year."""
    rows, found = np.unique(share.reshape(-1, share.shape[-1]), axis=0, return_inverse=True)
    places[:, 0] = len(claim.share.rows) + found.reshape(share.shape[:-1])
    index = xr.DataArray(places, dims=CLAIM, coords=coords)
    return replace(claim, share=Table(index, np.concatenate([claim.share.rows, rows])))
