"""Beneficiaries who move from one pension to another with their money."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from actuarial.benefits import kernels
from actuarial.benefits.claims import Arrivals
from actuarial.benefits.staying import PLACE
from actuarial.bridge import align
from actuarial.errors import BadScheme
from actuarial.fields import ended, suggestion
from actuarial.quick import labels_of
from actuarial.scheme import Benefit
from actuarial.translation import N_, Told


@dataclass(frozen=True)
class Move:
    """Where the beneficiaries of a pension move to, and the share of them who do (year, sex, age reached)."""

    to: str
    share: np.ndarray


def conversions(benefits: tuple[Benefit, ...], basis: xr.Dataset) -> dict[str, Move]:
    """What the pensions of a scheme answer about conversion, by the name of the pension that is left.

    Raises
    ------
    BadScheme
        A pension that is not in the scheme, a lump sum or a supplement on either side, a share outside 0..1.
    """
    found = {}
    stocks = [b.name for b in benefits if not (b.lump_sum or b.accompanies)]
    for benefit in benefits:
        answer = benefit.conversion(basis)
        if answer is None:
            continue
        to, share = answer
        others = [name for name in stocks if name != benefit.name]
        if to not in others or benefit.name not in stocks:
            hint = ended(suggestion(to, others, N_("its other pensions are {names}")))
            text = N_("{name}: converts to {to!r}; only pensions convert, and to another one; {hint}")
            raise BadScheme(Told(text, name=benefit.name, to=to, hint=hint))
        values = align(share, PLACE, labels_of(basis, PLACE))
        bad = ~((values >= 0.0) & (values <= 1.0))
        if bad.any():
            text = N_(
                "{name}: the share that converts must lie between 0 and 1; {count} of {whole} cells (year, sex, age) "
                "do not, the first holds {value:g}."
            )
            raise BadScheme(Told(text, name=benefit.name, count=int(bad.sum()), whole=bad.size, value=values[bad][0]))
        found[benefit.name] = Move(to, values)
    return found


def run_converting(
    opening: tuple[np.ndarray, np.ndarray, np.ndarray],
    entering: tuple[np.ndarray, np.ndarray, np.ndarray],
    stays: np.ndarray,
    growth: np.ndarray,
    share: np.ndarray,
) -> tuple[list[np.ndarray], Arrivals]:
    """As `kernels.run_stock`, where a share of those in payment on 31 December leaves for another pension.

    Returns what the kernel returns, after the conversion, and those who convert (year, sex, age reached), with the
    indexation of the year.

    Notes
    -----
    N_t[y] = (1 - c_t[y]) (p N_{t-1} + new), and the same of money; c (p N_{t-1} + new) move.
    """
    adjustment = np.broadcast_to(growth[:, np.newaxis, np.newaxis], share.shape).copy()
    one_slice, spread = (np.zeros((len(growth), 1)), growth[:, np.newaxis]), np.zeros(share.shape[1:])
    flows = np.stack(opening), np.stack(entering), stays, np.ascontiguousarray(share)
    stocks, ended, moved = kernels.run_slices(*flows, *one_slice, spread, adjustment, True)
    return [*stocks, *ended], Arrivals(*moved)
