"""The mean time lived in an age by those who die in it: rules, and their solution from probabilities."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from actuarial.demography import arguments as kind
from actuarial.demography.a0 import A0_RULES, Rule, a0_by_sex, infant_rates, is_male
from actuarial.demography.labels import labelled, numbers_of, refuse
from actuarial.demography.tables.conversion import rates_of
from actuarial.demography.tables.lifetable import widths
from actuarial.demography.tables.regions import REGIONS
from actuarial.errors import BadDimensions, BadInput

CONSTANT_FORCE = "constant_force"
BOYS = 1.05  # births for each girl, where both sexes are one


@kind.takes(m0=kind.numbers)
def coale_demeny_west_1_4(m0: ArrayLike, sex: str) -> np.ndarray:
    """Mean time lived between ages 1 and 5 by those who die there, in the West family of Coale and Demeny.

    Parameters
    ----------
    m0 : array or float, 1/year
        Central death rate at age 0.
    sex : "male" or "female"

    Returns
    -------
    array like `m0`, years

    Raises
    ------
    BadInput
        Another word for the sex, words instead of rates.
    OutOfBounds
        NaN or negative rates.

    Notes
    -----
    Below m0 = 0.107: 1.651 - 2.816 m0 (male), 1.522 - 1.518 m0 (female); from there on 1.352 and 1.361.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, table 3.3.

    Examples
    --------
    >>> float(coale_demeny_west_1_4(419 / 47925, "male").round(3))
    1.626
    """
    m0 = infant_rates(m0)
    if is_male(sex):
        return np.where(m0 < 0.107, 1.651 - 2.816 * m0, 1.352)
    return np.where(m0 < 0.107, 1.522 - 1.518 * m0, 1.361)


INFANTS: dict[str, tuple[Rule, Rule]] = {
    **{word: (rule, coale_demeny_west_1_4) for word, rule in A0_RULES.items()},
    **REGIONS,
    "greville": (A0_RULES["andreev_kingkade"], coale_demeny_west_1_4),
}
"""The words for a rule of infants, with what each does at age 0 and from 1 to 4."""


def time_lived(rates: xr.DataArray, ax: Any, sex: str | None) -> np.ndarray:
    """Values of `ax` on the dims of the central death rates, by a rule or as given; the open age holds half a width."""
    width = widths(rates)
    a = _by_rule(rates, width, _word(ax), sex) if isinstance(ax, str) else given_time_lived(rates, ax).copy()
    a[..., -1] = width[-1] / 2.0
    inside = (a >= 0) & (a <= width)
    refuse(
        rates.copy(data=a),
        ~inside,
        "ax must lie between 0 and the width of its age",
        "Give values of ax at these ages, or graduate the rates before.",
    )
    return a


def solve(
    probabilities: xr.DataArray, ax: Any, sex: str | None, m_open: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Rates and `ax` that belong to probabilities of dying: both are exchanged until they stay.

    The rules jump by a little where two lines meet (by 0.002 years at most); there either side may be found.
    """
    refuse(
        probabilities,
        probabilities.values > 1.0,
        "qx must not exceed 1",
        "If these are central death rates, give them as mx.",
    )
    width = widths(probabilities)
    a = np.broadcast_to(width / 2.0, probabilities.shape)
    q = probabilities.values
    for _ in range(100):
        m = rates_of(np.where(np.arange(q.shape[-1]) < q.shape[-1] - 1, q, 0.5), a, width)
        m[..., -1] = m_open
        found = time_lived(probabilities.copy(data=m), ax, sex)
        settled = np.abs(found - a).max() < 1e-15
        a = found
        if settled:
            break
    m = rates_of(q[..., :-1], a[..., :-1], width[:-1])
    return np.concatenate([m, np.broadcast_to(m_open, m.shape[:-1])[..., None]], axis=-1), a


def _word(ax: str) -> str:
    word = ax.replace("-", "_")
    if word not in (*INFANTS, CONSTANT_FORCE):
        words = ", ".join((*INFANTS, CONSTANT_FORCE))
        raise BadInput(f"ax: {ax!r} is not known; write one of {words}, or give values by age.")
    return word


def given_time_lived(rates: xr.DataArray, ax: Any) -> np.ndarray:
    """Values of the user on the dims of the rates."""
    if not isinstance(ax, xr.DataArray):
        numbers = numbers_of(ax, "ax")
        dims = rates.dims[rates.ndim - numbers.ndim :] if numbers.ndim else ()
        if numbers.ndim > rates.ndim or numbers.shape != tuple(rates.sizes[dim] for dim in dims):
            raise BadDimensions(f"ax has the shape {numbers.shape}, the rates {rates.shape}; give one value by age.")
        ax = xr.DataArray(numbers, dims=dims, coords={dim: rates[dim] for dim in dims if dim in rates.coords})
    given = labelled(ax, "ax", ())
    extra = [str(dim) for dim in given.dims if dim not in rates.dims]
    if extra:
        raise BadDimensions(f"ax has the dimension {', '.join(extra)}, which the rates have not.")
    for dim in given.dims:
        if dim in given.coords and dim in rates.coords and not np.array_equal(given[dim].values, rates[dim].values):
            raise BadDimensions(f"ax has other labels of {dim} than the rates; give it by the same.")
    return given.broadcast_like(rates).transpose(*rates.dims).values


def _by_rule(rates: xr.DataArray, width: np.ndarray, word: str, sex: str | None) -> np.ndarray:
    m, ages = rates.values, rates["age"].values
    if word == CONSTANT_FORCE:
        return width * share_of_constant_force(m * width)
    a = np.broadcast_to(width / 2.0, m.shape).copy()
    if ages[0] == 0:
        _infants(a, rates, width, word, sex)
    elif (ages[0] < 5) & (width[0] > 1):
        raise BadInput(f"ax: no rule for the age {ages[0]} without the rates of age 0; give values of ax by age.")
    apart = (width > 1) & (ages >= 15) if word != "greville" else ages > 0
    level = np.zeros(m.shape[-1], dtype=bool)
    level[1:-1] = (width[:-2] == width[1:-1]) & (width[1:-1] == width[2:])
    for x in np.flatnonzero(level & apart):
        a[..., x] = _greville(m[..., x - 1], m[..., x], m[..., x + 1], width[x])
    return a


def _infants(a: np.ndarray, rates: xr.DataArray, width: np.ndarray, word: str, sex: str | None) -> None:
    """Fill in age 0, and 1 to 4 where these are one age."""
    if width[0] != 1:
        raise BadInput(
            f"ax: no rule for the ages 0 to {width[0]:g} together; split them at age 1, or give values of ax by age."
        )
    m0, rules = rates.values[..., 0], INFANTS[word]
    four = rates.sizes["age"] > 2 and width[1] == 4
    if rates.sizes["age"] > 2 and width[1] not in (1, 4):
        raise BadInput("ax: no rule for the ages after 0 but single ones, or 1 to 4; give values of ax by age.")
    if "sex" in rates.dims:
        if sex is not None:
            raise BadInput("sex: the rates have the dimension sex already; leave the argument out.")
        words = [str(one) for one in rates["sex"].values] if "sex" in rates.coords else []
        if not words:
            raise BadInput('sex: the dimension sex has no labels; give "male" and "female".')
        for age, rule in enumerate(rules[: 1 + four]):
            a[..., age] = a0_by_sex(rule, m0, words)
        return
    label = str(rates["sex"].values) if "sex" in rates.coords else None
    if sex is not None and label in ("male", "female") and label != sex:
        raise BadInput(f"sex: the rates are labelled {label}, not {sex}; leave the argument out.")
    one = label if sex is None else sex
    if one is None:
        raise BadInput(
            f'sex: the rule {word} for age 0 needs it; write sex="male", "female" or "both", give a '
            "DataArray with the dimension sex, or give values of ax by age."
        )
    if one not in ("male", "female", "both"):
        raise BadInput(f'sex: {one!r} is not known; write "male", "female" or "both".')
    for age, rule in enumerate(rules[: 1 + four]):
        a[..., age] = _of_both(rule, m0) if one == "both" else rule(m0, one)


def _of_both(rule: Rule, m0: np.ndarray) -> np.ndarray:
    """A rule for both sexes together: the mean of the two by births."""
    return np.asarray((BOYS * rule(m0, "male") + rule(m0, "female")) / (1.0 + BOYS))


def share_of_constant_force(total: np.ndarray) -> np.ndarray:
    """Mean time lived by those who die in an age with a constant force of mortality, over its width.

    `total` is the force times the width.
    """
    large = total > 1e-3
    safe = np.where(large, total, 1.0)
    return np.where(large, 1.0 / safe - 1.0 / np.expm1(safe), 0.5 - total / 12.0)


def _greville(before: np.ndarray, m: np.ndarray, after: np.ndarray, width: float) -> np.ndarray:
    """Greville's formula; half the width where a neighbour has no deaths."""
    dying = (before > 0) & (after > 0)
    slope = np.log(np.where(dying, after, 1.0) / np.where(dying, before, 1.0)) / (2.0 * width)
    return np.where(dying, width / 2.0 - width**2 / 12.0 * (m - slope), width / 2.0)
