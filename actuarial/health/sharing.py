"""What patients pay of a contact, on a distribution of its cost."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.bridge import align
from actuarial.dated import evaluate
from actuarial.errors import BadScheme
from actuarial.fitting import require_only
from actuarial.health.scheme import HealthScheme, Service
from actuarial.numeric import UNLIMITED, expected_clip_array
from actuarial.translation import Told

Terms = tuple[tuple[np.ndarray, ...], np.ndarray]
"""Coinsurance, copayment, deductible and maximum by year, and which groups pay nothing."""


def yearly_terms(service: Service, scheme: HealthScheme, grid: Any) -> Terms:
    """The rules of a service in the years of a grid."""
    free = np.array([group.name in service.sharing.exempt for group in scheme.groups])
    values, place = terms(service.sharing), f"{service.name}.sharing"
    return tuple(yearly(one, grid, f"{place}.{word}") for word, one in zip(TERMS, values, strict=True)), free


def _start(rules: Terms) -> np.ndarray:
    """Cost of a contact from which on the scheme pays, by year."""
    (chi, copay, deductible, _), _ = rules
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(chi < 1.0, deductible + np.where(copay > 0, copay / (1.0 - chi), 0.0), UNLIMITED)


def check_ever_paid(name: str, *rules: Terms) -> None:
    """BadScheme where a service has no year and no exempt group for which the scheme pays anything."""
    if all(np.all(_start(one) >= one[0][3]) and not one[1].any() for one in rules):
        raise BadScheme(
            Told(
                "{service}.sharing: deductible and copayment reach the maximum of a contact in every year, so that "
                "the scheme never pays.\n  Lower them, or take the service out of the package (covered = 0).",
                service=name,
            )
        )


def share_paid(rules: Terms, unit_cost: np.ndarray, cv: float) -> np.ndarray:
    """Share of the cost of a contact that the scheme pays, by year and group.

    Parameters
    ----------
    rules : the rules of a service, see `yearly_terms`
    unit_cost : array (year, group), mean cost of a contact, currency
    cv : coefficient of variation of the cost of a contact (lognormal)

    Returns
    -------
    array (year, group), 0..1; 1 for exempt groups

    Notes
    -----
    With chi the coinsurance, f the copayment, d the deductible, m the maximum, X the cost of a contact and LEV its
    limited expected value::

        E[paid] = (1 - chi) (LEV(m) - LEV(d')), d' = d + f/(1 - chi); 0 where d' >= m

    References
    ----------
    .. [1] Klugman, S. A., Panjer, H. H., Willmot, G. E. (2012), Loss models, 4th edition, Wiley, chapter 8.
    """
    (chi, _, _, most), free = rules
    start = _start(rules)
    low, high = np.broadcast_to(start[:, None], unit_cost.shape), np.broadcast_to(most[:, None], unit_cost.shape)
    paid = (1.0 - chi)[:, None] * excess(unit_cost, cv, low, high)
    share = np.divide(paid, unit_cost, out=np.ones_like(unit_cost), where=unit_cost > 0)
    return np.where(free, 1.0, share)


def excess(mean: np.ndarray, cv: Any, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """E[(min(X, high) - low)+] of lognormal X; 0 where low >= high."""
    upper = np.minimum(high, UNLIMITED)
    lower = np.minimum(np.maximum(low, 0.0), upper)
    spread = np.broadcast_to(np.asarray(cv, dtype=float), mean.shape)
    return expected_clip_array(*(np.ascontiguousarray(a) for a in (mean, spread, lower, upper))) - lower


TERMS = ("coinsurance", "copayment", "deductible", "maximum")


def terms(rules: Any) -> tuple[Any, Any, Any, Any]:
    """Coinsurance, copayment, deductible and maximum; nothing, nothing, nothing and no limit where they are not set."""
    money = [0.0 if value is None else value for value in (rules.copayment, rules.deductible)]
    return rules.coinsurance, *money, UNLIMITED if rules.maximum is None else rules.maximum


def has_limits(rules: Any) -> bool:
    """Whether a rule depends on the distribution of the cost of a contact."""
    return any(value is not None for value in (rules.copayment, rules.deductible, rules.maximum))


def severity(basis: xr.Dataset, scheme: HealthScheme, coords: dict[str, xr.DataArray]) -> np.ndarray:
    """Coefficient of variation of the cost of a contact by service; MissingVariable where a rule needs it."""
    if "severity_cv" in basis:
        return align(basis["severity_cv"], ("service_type",), coords)
    ceiling = scheme.funding.out_of_pocket_ceiling is not None
    if ceiling or any(has_limits(service.sharing) for service in scheme.services):
        check.require(basis, "severity_cv")
    return np.zeros(len(scheme.services))


def yearly(value: Any, grid: Any, place: str) -> np.ndarray:
    """A dated number by year; BadScheme that names the place where it varies by something else."""
    number = evaluate(value, grid)
    if not isinstance(number, xr.DataArray):
        return np.full(grid.year.shape, number)
    other = [str(dim) for dim in number.dims if dim != "year"]
    require_only(place, other)
    return align(number, ("year",), {"year": grid.year})


def demand_factor(share: np.ndarray, first: np.ndarray, elasticity: float) -> np.ndarray:
    """Use over what it would be at the price that patients paid in the base year.

    Arc elasticity e: (f - 1)/((f + 1)/2) = e (p - p_0)/((p + p_0)/2), p = 1 - share the price that patients pay; 1
    where nobody pays in either year.

    References
    ----------
    .. [1] Manning, W. G. et al. (1987), Health insurance and the demand for medical care: evidence from a randomized
       experiment, American Economic Review 77(3), 251-277.
    """
    price, before = 1.0 - share, 1.0 - first
    total = price + before
    change = np.divide(price - before, total / 2.0, out=np.zeros_like(total), where=total > 0)
    return (1.0 + elasticity * change / 2.0) / (1.0 - elasticity * change / 2.0)
