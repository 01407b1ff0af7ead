"""The relational model of Brass: logits of survivors as a straight line in those of a standard."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, known, labelled, numbers_of, refuse
from actuarial.errors import BadDimensions, BadInput, OutOfBounds

WORDS = {
    "alpha": ("1", "Level of mortality against the standard"),
    "beta": ("1", "Slope of mortality by age against the standard"),
    "residual": ("1", "Logit of the survivors less the line"),
}


@kind.takes(
    lx=kind.numbers, standard=kind.numbers, weights=kind.optional(kind.numbers), beta=kind.optional(kind.number),
    coords=kind.optional(kind.label_table),
)
def brass(lx: Any, standard: Any, *, weights: Any = None, beta: float | None = None, coords: Any = None) -> xr.Dataset:
    """Fit the model of Brass to survivors by weighted least squares.

    Parameters
    ----------
    lx : array (age) or DataArray of (..., age), dimensionless
        Survivors at exact ages, of one birth; NaN where the weight is 0.
    standard : array (age) or DataArray of age and perhaps other dims of `lx`, dimensionless
        Survivors of the standard at the same ages; more ages are allowed.
    weights : like `lx`, optional
        Weights of the ages; all alike if left out.
    beta : float, optional
        The slope if it is known, such as 1; then alpha alone is fitted.
    coords : mapping of dim to labels, optional
        Labels of plain arrays.

    Returns
    -------
    Dataset over the other dims of `lx`
        `alpha`, `beta`; by age `residual` (NaN where the age is not used).

    Raises
    ------
    BadDimensions, OutOfBounds
        Other dims, survivors outside 0 to 1, negative weights.
    BadInput
        Ages that the standard lacks; fewer than 2 ages that can be used for one parameter, than 3 for two.

    Notes
    -----
    Y_x = ln((1 - l_x)/l_x)/2 = alpha + beta Y_x of the standard. Ages where either l is 1 or 0 (birth, and the end of
    the table) tell nothing and are not used.

    References
    ----------
    .. [1] Brass, W. (1971), On the scale of mortality, in: Brass, W. (ed.), Biological aspects of demography, Taylor
       and Francis, London.

    Examples
    --------
    >>> standard = [1.0, 0.95, 0.9, 0.6, 0.2]
    >>> found = brass(brass_table(standard, 0.1, 1.2), standard)
    >>> round(float(found.alpha), 6), round(float(found.beta), 6)
    (0.1, 1.2)
    """
    living = labelled(lx, "lx", ("age",), coords, least=0.0, gaps=weights is not None)
    norm = like(survivors(standard, "standard", coords), living)
    given = xr.ones_like(living) if weights is None else labelled(weights, "weights", ("age",), coords, least=0.0)
    living = _falling(known(living, like(given, living), "lx"), "lx", like(given, living) > 0)
    used = (living > 0) & (living < 1) & (norm > 0) & (norm < 1)
    weight = like(given, living).where(used, 0.0)
    x, y = (_logit(array.where(used, 0.5)) for array in (norm, living))
    least = 3 if beta is None else 2
    number = (weight > 0).sum("age")
    if bool((number < least).any()):
        raise BadInput(f"lx: {least} ages between the ends of the table are needed; there are {int(number.min())}.")
    total = weight.sum("age")
    mean_x, mean_y = (weight * x).sum("age") / total, (weight * y).sum("age") / total
    if beta is None:
        spread = (weight * (x - mean_x) ** 2).sum("age")
        if bool((spread <= 0).any()):
            raise BadInput("standard: its survivors are equal at all ages that are used, so that beta is not known.")
        slope = (weight * (x - mean_x) * (y - mean_y)).sum("age") / spread
    else:
        slope = xr.full_like(mean_x, slope_of(beta))
    alpha = mean_y - slope * mean_x
    residual = (y - alpha - slope * x).where(weight > 0).transpose(*living.dims)
    return described(xr.Dataset({"alpha": alpha, "beta": slope, "residual": residual}), WORDS)


@kind.takes(alpha=kind.numbers, beta=kind.numbers, coords=kind.optional(kind.label_table))
def brass_table(standard: Any, alpha: Any, beta: Any = 1.0, coords: Any = None) -> Any:
    """Survivors of the model of Brass, and death rates where the standard is a life table.

    Parameters
    ----------
    standard : array (age) or DataArray of (..., age), dimensionless; or Dataset of `life_table`
        Survivors of the standard, of one birth; or its `lx`, `mx` and `ax` from age 0 on.
    alpha, beta : number or DataArray
    coords : mapping of dim to labels, optional
        Labels of plain arrays.

    Returns
    -------
    DataArray over the dims of all, dimensionless
        Survivors l_x = 1/(1 + exp(2 (alpha + beta Y_x))); 1 and 0 stay as they are.
    Dataset, of a Dataset
        These `lx`, of one birth, and the central death rates `mx` (1/year) that `life_table` and
        `mortality_for_e0` take: q/(n - (n - a) q) with the mean times a of the standard. That of the open age moves in
        proportion to that of the age before, as in `brass_family`.

    Raises
    ------
    OutOfBounds
        Survivors outside 0 to 1, an alpha or a beta that is missing.
    BadInput
        A beta that is not above 0; a Dataset without `lx`, `mx` and `ax`, or that does not begin with age 0.

    References
    ----------
    .. [1] Brass, W. (1971), On the scale of mortality, in: Brass, W. (ed.), Biological aspects of demography, Taylor
       and Francis, London.

    Examples
    --------
    >>> brass_table([1.0, 0.9, 0.5], 0.1).round(4).values.tolist()
    [1.0, 0.8805, 0.4502]
    """
    if isinstance(standard, xr.Dataset):
        return _moved_table(standard, alpha, beta)
    from scipy.special import expit

    norm = survivors(standard, "standard", coords)
    for name, number in (("alpha", alpha), ("beta", beta)):
        if np.ndim(number) and not isinstance(number, xr.DataArray):
            raise BadDimensions(f"{name}: give one number, or a DataArray with named dims.")
        if not np.isfinite(numbers_of(number, name)).all():
            raise OutOfBounds(f"{name} must be finite numbers, but it is {number!r}.")
    if not bool((xr.DataArray(beta) > 0).all()):
        raise BadInput(f"beta must be above 0, but it is {beta!r}.")
    inside = (norm > 0) & (norm < 1)
    moved = (alpha + beta * _logit(norm.where(inside, 0.5))).compute()
    found = xr.where(inside, xr.apply_ufunc(expit, -2.0 * moved), norm).transpose(..., "age")
    return found.rename("lx").assign_attrs(units="1", long_name="Survivors of one birth")


def _moved_table(table: xr.Dataset, alpha: Any, beta: Any) -> xr.Dataset:
    absent = [name for name in ("lx", "mx", "ax") if name not in table]
    if absent or table["age"].values[0] != 0:
        raise BadInput(
            f"standard: a Dataset needs lx, mx and ax by age from 0 on, as `life_table` gives them (it lacks "
            f"{', '.join(absent) or 'age 0'}); or give survivors."
        )
    norm, lived = table["lx"] / table["lx"].isel(age=0), table["ax"].isel(age=slice(0, -1))
    living = brass_table(norm.rename("lx"), alpha, beta)
    width = lived.copy(data=np.broadcast_to(np.diff(table["age"].values).astype(float), lived.shape))
    after = living.shift(age=-1).isel(age=slice(0, -1))
    before = living.isel(age=slice(0, -1))
    dying = 1.0 - after / before.where(before > 0)
    known = table["mx"].isel(age=slice(0, -1))
    rates = (dying / (width - (width - lived) * dying)).fillna(known)
    last = table["mx"].isel(age=-1) * (rates / known).isel(age=-1, drop=True)
    found = xr.concat([rates, last], dim="age", join="exact", coords="minimal", compat="override")
    mx = found.transpose(..., "age").assign_attrs(units="1/year", long_name="Central death rate")
    return xr.Dataset({"lx": living, "mx": mx})


def _logit(living: xr.DataArray) -> xr.DataArray:
    return xr.DataArray(0.5 * np.log((1.0 - living) / living))


def survivors(values: Any, name: str, coords: Any) -> xr.DataArray:
    living = labelled(values, name, ("age",), coords, least=0.0)
    return _falling(living, name, xr.ones_like(living, dtype=bool))


def _falling(living: xr.DataArray, name: str, used: xr.DataArray) -> xr.DataArray:
    """Survivors of one birth, who are fewer at higher ages, or as many."""
    refuse(living, living.values > 1.0, f"{name} must be survivors of one birth", "Divide them by the radix.")
    shown = living.where(used).transpose(*living.dims).values
    before = np.fmin.accumulate(shown, axis=-1)
    before = np.concatenate([np.ones((*before.shape[:-1], 1)), before[..., :-1]], axis=-1)
    remedy = "Sort them by age; probabilities of dying become survivors by `life_table`."
    refuse(living, shown > before, f"{name} must not increase with age", remedy)
    return living


def like(array: xr.DataArray, target: xr.DataArray) -> xr.DataArray:
    """The array on the dims and labels of another."""
    more = [str(dim) for dim in array.dims if dim not in target.dims]
    if more:
        raise BadDimensions(f"the standard or the weights have the dims {', '.join(more)}, which the numbers have not.")
    for dim in array.dims:
        absent = [label for label in target[dim].values.tolist() if label not in array[dim].values]
        if absent:
            raise BadInput(
                f"the standard or the weights lack {len(absent)} labels of {dim}, the first is {absent[0]!r}."
            )
        array = array.sel({dim: target[dim].values})
    return array.broadcast_like(target).transpose(*target.dims)


def slope_of(beta: float) -> float:
    if not (np.isfinite(beta) and beta > 0):
        raise BadInput(f"beta must be above 0, but it is {beta!r}.")
    return float(beta)
