"""A ceiling on what one person pays in a year: payments of a year as a compound Poisson sum, cut at the ceiling."""

from typing import Any

import numpy as np

from actuarial.health.scheme import HealthScheme
from actuarial.health.sharing import yearly, yearly_terms
from actuarial.numeric import UNLIMITED, expected_clip_array

CELLS = 1200
"""Steps from nothing to the ceiling; many divisors, so that flat payments often fall on the grid."""
TILT = 20.0
NEGLIGIBLE = 1e-6  # of what patients pay: what the ceiling may spare them without being computed


class Ceiling:
    """The yearly ceiling of a scheme, in the years of a grid.

    Parameters
    ----------
    scheme : HealthScheme whose funding has an out_of_pocket_ceiling
    cv : array (service,), coefficient of variation of the cost of a contact (lognormal)
    grid : Person of the years
    cells : steps of the discretised payments

    Raises
    ------
    BadScheme
        A ceiling that depends on something else than the year.

    Notes
    -----
    In a year a person pays S = sum over services of Poisson(lambda) payments Y = X - paid(X), X the lognormal cost of a
    contact and lambda the contacts of a member of the group, sex and age; services are independent. Payments are
    rounded to multiples of h = ceiling/cells so that their mean is kept, and E[min(S, L)] = L - h sum (cells - i) p_i
    is read from the Fourier transform exp(sum lambda (f(w) - 1)) of p by Parseval's formula; a tilt of the transform
    keeps what wraps around below 1e-8 of the payments. Use does not react to the ceiling.

    References
    ----------
    .. [1] Klugman, S. A., Panjer, H. H., Willmot, G. E. (2012), Loss models, 4th edition, Wiley, chapter 9.
    .. [2] Gruebel, R., Hermesmeier, R. (1999), Computation of compound distributions I: aliasing errors and exponential
       tilting, ASTIN Bulletin 29(2), 197-214.
    """

    def __init__(self, scheme: HealthScheme, cv: np.ndarray, grid: Any, cells: int = CELLS) -> None:
        self.limit = yearly(scheme.funding.out_of_pocket_ceiling, grid, "funding.out_of_pocket_ceiling")
        found = [yearly_terms(service, scheme, grid) for service in scheme.services]
        self.rules, self.pays = [rules for rules, _ in found], ~np.array([free for _, free in found])
        self.cv, self.cells = cv, cells
        self.seen: dict[bytes, np.ndarray] = {}

    def spared(
        self, t: int, contacts: np.ndarray, covered: np.ndarray, unit_cost: np.ndarray, payment: np.ndarray
    ) -> np.ndarray:
        """What the ceiling spares the patients of a year by group, currency: E[S] - E[min(S, L)] times members.

        Parameters
        ----------
        t : place of the year on the grid
        contacts : array (service, group, sex, age), contacts/year
        covered : array (group, sex, age), persons
        unit_cost, payment : arrays (service, group), mean cost of a contact and what the patient pays of it, currency
        """
        found = np.zeros(covered.shape[0])
        for j in range(len(found)):
            used = self.pays[:, j] & (payment[:, j] > 0)
            people = covered[j].ravel()
            here = people > 0
            if not used.any() or not here.any():
                continue
            rates = contacts[used, j].reshape(int(used.sum()), -1)[:, here].T / people[here, None]
            found[j] = people[here] @ self._excess(t, rates, unit_cost[used, j], payment[used, j], np.flatnonzero(used))
        return found

    def _excess(
        self, t: int, rates: np.ndarray, unit_cost: np.ndarray, payment: np.ndarray, services: np.ndarray
    ) -> np.ndarray:
        """E[(S - L)+] for each row of contacts by service; equal rows and equal years are computed once."""
        limit, mean = self.limit[t], rates @ payment
        if limit <= 0.0:
            return mean
        spread = rates @ (unit_cost**2 * (1.0 + self.cv[services] ** 2))
        room = np.maximum(limit - mean, 0.0)
        wanted = spread > 4.0 * NEGLIGIBLE * room * mean
        result = np.zeros(len(mean))
        if not wanted.any():
            return result
        rows, place = np.unique(rates[wanted], axis=0, return_inverse=True)
        shares = [[part[t] for part in self.rules[k]] for k in services]
        parts = np.column_stack([unit_cost, self.cv[services], np.array(shares)])
        key = b"".join((np.float64(limit).tobytes(), parts.tobytes(), rows.tobytes()))
        if key not in self.seen:
            masses = np.stack([payment_masses(limit, self.cells, *one) for one in parts])
            self.seen[key] = limited_sum(rows, masses, limit)
        limited = self.seen[key][place.ravel()]
        result[wanted] = np.maximum(mean[wanted] - limited, 0.0)
        return result


def spared_table(
    ceiling: Ceiling | None, t: int, contacts: np.ndarray, covered: np.ndarray, unit_cost: np.ndarray, paid: np.ndarray
) -> np.ndarray:
    """What the ceiling spares patients by service and group, in proportion to what they pay; 0 without a ceiling.

    Parameters as those of `Ceiling.spared`, `paid` (service, group) the share of a contact that the scheme pays.
    """
    if ceiling is None:
        return np.zeros(unit_cost.shape)
    payment = unit_cost * (1.0 - paid)
    pocket = contacts.sum(axis=(2, 3)) * payment
    total = pocket.sum(axis=0)
    share = np.divide(pocket, total, out=np.zeros_like(pocket), where=total > 0)
    return share * ceiling.spared(t, contacts, covered, unit_cost, payment)


def ceiling_of(scheme: HealthScheme, cv: np.ndarray, grid: Any) -> Ceiling | None:
    """The ceiling of a scheme in the years of a grid; None where it has none."""
    return None if scheme.funding.out_of_pocket_ceiling is None else Ceiling(scheme, cv, grid)


def payment_masses(
    limit: float, cells: int, mean: float, cv: float, coinsurance: float, copay: float, deductible: float, most: float
) -> np.ndarray:
    """Probabilities of payments of 0, h, 2h, ... below the limit, h = limit/cells, with the mean of the payment.

    f_i = (2 E(ih) - E((i-1)h) - E((i+1)h))/h, f_0 = 1 - E(h)/h, E(y) = E[min(Y, y)]; payments of the limit and more are
    left out, so that the probabilities sum to less than 1.

    Examples
    --------
    >>> payment_masses(10.0, 5, 3.0, 0.0, 1.0, 0.0, 0.0, 1e18).tolist()
    [0.0, 0.5, 0.5, 0.0, 0.0]
    """
    step = limit / cells
    below = limited_payment(step * np.arange(cells + 1), mean, cv, coinsurance, copay, deductible, most)
    masses = np.empty(cells)
    masses[0] = 1.0 - below[1] / step
    masses[1:] = (2.0 * below[1:-1] - below[:-2] - below[2:]) / step
    return np.maximum(masses, 0.0)


def limited_payment(
    y: np.ndarray, mean: float, cv: float, coinsurance: float, copay: float, deductible: float, most: float
) -> np.ndarray:
    """E[min(Y, y)] of what a patient pays of a contact, see `CostSharing`.

    Y rises with the cost X: by 1 up to d', by the coinsurance up to the maximum, by 1 beyond it, so that
    E[min(Y, y)] = E[Y at min(X, x)] with x the cost at which a patient pays y.
    """
    start = deductible + copay / (1.0 - coinsurance) if coinsurance < 1.0 else most
    start = min(start, most)
    turn = start + coinsurance * (most - start)
    flat = np.where(coinsurance > 0, start + (y - start) / max(coinsurance, 1e-300), most)
    cost = np.where(y <= start, y, np.where(y <= turn, flat, most + (y - turn)))
    below = _limited(np.concatenate([[start, most], cost]), mean, cv)
    first, second, below = below[0], below[1], below[2:]
    shared = first + coinsurance * (np.where(y <= turn, below, second) - first)
    return np.where(y <= start, below, shared + np.where(y <= turn, 0.0, below - second))


def _limited(limit: np.ndarray, mean: float, cv: float) -> np.ndarray:
    """E[min(X, limit)] of lognormal X."""
    return expected_clip_array(np.array(mean), np.array(cv), np.array(0.0), np.minimum(limit, UNLIMITED))


def limited_sum(rates: np.ndarray, masses: np.ndarray, limit: float) -> np.ndarray:
    """E[min(S, limit)] of compound Poisson sums on a grid.

    Parameters
    ----------
    rates : array (row, service), payments/year
    masses : array (service, cell), probabilities of payments of 0, h, 2h, ..., below the limit
    limit : float, number of cells times h

    Examples
    --------
    >>> one = limited_sum(np.array([[2.0]]), payment_masses(10.0, 1200, 5.0, 0.0, 1.0, 0.0, 0.0, 1e18)[None], 10.0)
    >>> bool(np.isclose(one[0], 10 - np.exp(-2) * (10 + 2 * 5)))
    True
    """
    cells = masses.shape[1]
    size = 2 * cells
    tilt = np.exp(-TILT / size * np.arange(cells))
    shape = np.fft.rfft(masses * tilt, n=size, axis=1) - 1.0
    weight = np.fft.rfft((cells - np.arange(cells)) / tilt, n=size) / cells
    weight[[0, -1]] *= 0.5
    size_of, angle = np.abs(weight), np.angle(weight)
    turned = rates @ shape.imag - angle
    short = (np.exp(rates @ shape.real) * np.cos(turned)) @ size_of
    return np.clip(limit - limit / cells * short, 0.0, limit)
