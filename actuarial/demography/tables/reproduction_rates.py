"""Fertility and mortality together: how many children, daughters and surviving daughters a woman has."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import described, labelled, numbers_of, refuse, with_ages
from actuarial.demography.splitting.age_groups import refuse_children
from actuarial.demography.tables.lifetable import widths
from actuarial.errors import BadDimensions, BadInput
from actuarial.translation import few

WORDS = {
    "total_fertility": ("births/woman", "Children of a woman who lives through all ages"),
    "gross_reproduction": ("births/woman", "Daughters of a woman who lives through all ages"),
    "net_reproduction": ("births/woman", "Daughters of a newborn girl by the life table"),
    "mean_age": ("years", "Mean age of the mothers by the rates of fertility"),
    "generation": ("years", "Mean age at the birth of the daughters of a generation, deaths of women counted"),
    "intrinsic_growth": ("1/year", "Growth of the stable population that has these rates for ever, as a force"),
    "stable_mean_age": ("years", "Mean age of the mothers in that stable population"),
}
RADIX = "Give the births of the table as radix, such as radix=100_000, and Lx by the same groups of ages as asfr."


@kind.takes(
    asfr=kind.numbers, Lx=kind.optional(kind.numbers), srb=kind.numbers, ages=kind.optional(kind.ages),
    radix=kind.number,
)
def reproduction(asfr: Any, Lx: Any = None, srb: Any = 1.05, *, ages: Any = None, radix: float = 1.0) -> xr.Dataset:
    """Total fertility, gross and net reproduction, and the mean ages of the mothers.

    Parameters
    ----------
    asfr : array (age) or (year, age), or DataArray of (..., age), births/woman/year
        Rates by single ages or wider ones, all as wide as those before them (the last one too).
    Lx : like `asfr`, person-years, optional
        Person-years lived by women within each of these ages, of `radix` births. A DataArray may have more ages, finer
        ones (they are summed), and the dimension sex, whose women are taken.
    srb : float or DataArray, boys/girl
        Sex ratio at birth.
    ages : sequence of numbers, years
        First exact ages of plain arrays.
    radix : float, persons
        Births of the life table.

    Returns
    -------
    Dataset over the dims of `asfr` without age
        `total_fertility`, `gross_reproduction`, `mean_age`; with `Lx` also `net_reproduction`, `generation`,
        `intrinsic_growth` and `stable_mean_age`. Mean ages and growth are NaN where nobody has children.

    Raises
    ------
    OutOfBounds
        Negative numbers, NaN, rates above 1, as those per thousand are, a sex ratio that is not above 0 or is per 100,
        `Lx` above the years of the age per birth.
    BadDimensions
        `Lx` by other ages or labels.
    BadInput
        Ages of different widths, a radix that is not above 0.

    Notes
    -----
    TFR = sum of n f;  GRR = TFR/(1 + z);  NRR = sum of f L/l_0/(1 + z), z the sex ratio at birth. The mean ages are
    weighted by f and by f L, at the middle y of each age. The intrinsic growth r is that of Lotka,
    sum of e^(-r y) f L/l_0/(1 + z) = 1 [2]_; the mean age in the stable population is weighted by e^(-r y) f L.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 5, box 5.5.
    .. [2] The same, chapter 7, boxes 7.1 and 7.2.

    Examples
    --------
    >>> found = reproduction([0.1, 0.2, 0.1], [4.8, 4.7, 4.6], 1.0, ages=[20, 25, 30])
    >>> [round(float(found[name]), 3) for name in ("total_fertility", "gross_reproduction", "net_reproduction")]
    [2.0, 1.0, 0.94]
    >>> float(found.intrinsic_growth.round(5))
    -0.00225
    """
    if not isinstance(radix, (int, float, np.number)) or not 0.0 < radix < np.inf:
        raise BadInput(f"reproduction: the radix must be a number above 0 (got {radix!r}).")
    dims = ("year", "age") if not isinstance(asfr, xr.DataArray) and np.ndim(asfr) == 2 else ("age",)
    rates = labelled(with_ages(asfr, "asfr", ages), "asfr", dims, None if ages is None else {"age": ages}, least=0.0)
    per_woman = "asfr must be births per woman and year, at most 1"
    refuse(rates, rates.values > 1.0, per_woman, "Divide rates per thousand women by 1,000.")
    ratio = labelled(srb if isinstance(srb, xr.DataArray) else xr.DataArray(numbers_of(srb, "srb")), "srb", ())
    outside = (ratio.values <= 0) | (ratio.values > 10)
    refuse(ratio, outside, "srb must be above 0 and at most 10", "Give boys per girl, such as 1.05.")
    width = _width(rates)
    if ages is None and not isinstance(asfr, xr.DataArray):
        refuse_children(rates, "asfr", "Tell the ages of the rates with ages=.")
    middle = rates["age"] + width / 2.0
    children = width * rates.sum("age")
    found = {
        "total_fertility": children,
        "gross_reproduction": children / (1.0 + ratio),
        "mean_age": _mean(middle, rates),
    }
    if Lx is not None:
        lived = _women(Lx, rates, dims) / radix
        refuse(lived, lived.values > width * (1.0 + 1e-9), f"Lx must be at most {width:g} years a birth", RADIX)
        born = rates * lived
        daughters = born / (1.0 + ratio)
        found |= {"net_reproduction": daughters.sum("age"), "generation": _mean(middle, born)}
        found["intrinsic_growth"] = _intrinsic(middle, daughters)
        found["stable_mean_age"] = _mean(middle, born * np.exp(-found["intrinsic_growth"] * middle))
    return described(xr.Dataset(found), WORDS)


def _mean(ages: xr.DataArray, weight: xr.DataArray) -> xr.DataArray:
    total = weight.sum("age")
    return (weight * ages).sum("age") / total.where(total > 0)


def _intrinsic(ages: xr.DataArray, daughters: xr.DataArray) -> xr.DataArray:
    """Root of the equation of Lotka by Newton's method on its logarithm, which is convex and falls: no start fails."""
    number = daughters.sum("age")
    growth: xr.DataArray = xr.zeros_like(number).where(number > 0)
    for _ in range(50):
        born = daughters * np.exp(-growth * ages)
        step = np.log(born.sum("age").where(number > 0)) / _mean(ages, born)
        growth = growth + step
        if not (np.abs(step) > 1e-15).any():
            break
    return growth


def _width(rates: xr.DataArray) -> float:
    if rates.sizes["age"] < 2:
        raise BadInput("asfr: at least two ages are needed.")
    if rates["age"].dtype.kind not in "iuf":
        raise BadInput(f"asfr: the ages must be numbers, the first of each group (got {few(rates['age'].values)}).")
    steps = widths(rates)
    if steps[0] <= 0 or (steps != steps[0]).any():
        raise BadInput("asfr: the ages must rise by the same number of years from each to the next.")
    return float(steps[0])


def _by_groups(lived: xr.DataArray, starts: np.ndarray, width: float) -> xr.DataArray:
    """Person-years of finer ages summed to those that begin at `starts`."""
    inside = lived.isel(age=(lived["age"].values >= starts[0]) & (lived["age"].values < starts[-1] + width))
    first = np.flatnonzero(np.isin(inside["age"].values, starts))
    counts = np.diff(np.append(first, inside.sizes["age"]))
    ages = lived["age"].values
    if (counts != counts[0]).any() or (ages[-1] > starts[-1] and starts[-1] + width not in ages):
        raise BadDimensions(f"Lx must have ages of {width:g} years as asfr has, or all of them in as many parts.")
    summed = np.add.reduceat(inside.values, first, axis=-1)
    return inside.isel(age=first).copy(data=summed)


def _women(Lx: Any, rates: xr.DataArray, dims: tuple[str, ...]) -> xr.DataArray:
    """Person-years of women at the ages of the rates."""
    if not isinstance(Lx, xr.DataArray):
        plain = dims if numbers_of(Lx, "Lx").ndim == len(dims) else ("age",)
        return labelled(Lx, "Lx", plain, {dim: rates[dim] for dim in plain if dim in rates.coords}, least=0.0)
    lived = labelled(Lx, "Lx", ("age",), least=0.0)
    if "sex" in lived.dims:
        lived = lived.sel(sex="female", drop=True)
    absent = sorted({*rates["age"].values.tolist()} - {*lived["age"].values.tolist()})
    if absent:
        raise BadDimensions(f"Lx lacks {len(absent)} ages of asfr; the first: {absent[0]}.")
    lived = _by_groups(lived.sortby("age"), rates["age"].values, _width(rates))
    for dim in lived.dims:
        if dim in rates.dims and not np.array_equal(lived[dim].values, rates[dim].values):
            raise BadDimensions(f"Lx has other labels of {dim} than asfr; give it by the same.")
    return lived
