"""Death rates by age as figures take them: which numbers, whose they are, how an axis shows them."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from actuarial.demography.labels import refuse
from actuarial.errors import BadInput, MissingVariable
from actuarial.report import plots
from actuarial.report.content.names import SEXES
from actuarial.report.figures import measure
from actuarial.translation import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNIT = 1e-3
"""Rates are shown per thousand."""


def rates_of(given: Any, what: str, dims: Sequence[str], most: Sequence[str] = ()) -> xr.DataArray:
    """Death rates of one population: `rate` or `mx` of a Dataset, or a DataArray; NaN is where nothing is known.

    Raises
    ------
    MissingVariable
        A Dataset without rates.
    BadInput
        Other dims than `dims` and perhaps those of `most`, which a figure of one population does not have.
    OutOfBounds
        Negative or infinite rates.
    """
    found = given
    if isinstance(given, xr.Dataset):
        names = [name for name in ("rate", "mx") if name in given]
        if not names:
            raise MissingVariable(f"{what}: a Dataset of death rates has `rate` or `mx`; this one has {_names(given)}.")
        found = given[names[0]]
    if not isinstance(found, xr.DataArray):
        raise BadInput(f"{what}: give a Dataset or a DataArray of death rates by age (got {type(given).__name__}).")
    found = one_population(found, what, (*dims, *most))
    absent = [dim for dim in dims if dim not in found.dims]
    if absent:
        raise BadInput(f"{what}: death rates by {', '.join(dims)} are needed; {', '.join(absent)} is missing.")
    rates = found.transpose(*(dim for dim in (*dims, *most) if dim in found.dims)).astype(float)
    labelless = [dim for dim in rates.dims if dim not in rates.coords]
    if labelless:
        raise BadInput(f"{what}: {labelless[0]} has no labels; give them with assign_coords.")
    refuse(rates, np.isinf(rates.values) | (rates.values < 0), f"{what}: death rates must be numbers from 0 on")
    return rates


def one_population(array: Any, what: str, dims: Sequence[str]) -> Any:
    """The array or Dataset without dims of one label; several populations are refused."""
    others = [str(dim) for dim in array.dims if dim not in dims]
    several = [dim for dim in others if array.sizes[dim] > 1]
    if several:
        labels = ", ".join(map(str, array[several[0]].values[:3])) if several[0] in array.coords else "several"
        raise BadInput(
            f"{what}: a figure shows one population, but there are several by {several[0]} ({labels}).\n"
            f"  Select one: .sel({several[0]}=...)."
        )
    return array.squeeze(others)


def has(dataset: xr.Dataset, what: str, *names: str) -> None:
    """Raise MissingVariable where a Dataset lacks variables that a function of demography makes."""
    absent = [name for name in names if name not in dataset]
    if absent:
        raise MissingVariable(f"{what}: {', '.join(absent)} missing; it has {_names(dataset)}.")


def _names(dataset: xr.Dataset) -> str:
    return ", ".join(map(str, dataset.data_vars)) or "no variables"


def entitled(say: Language, title: str, *arrays: Any) -> str:
    """A title with what all the numbers are of: sex, group and year where one was selected."""
    parts = [title]
    for name in ("group", "sex", "year"):
        labels = {str(array[name].item()) if name in array.coords and not array[name].ndim else "" for array in arrays}
        if len(labels) == 1 and labels != {""}:
            (label,) = labels
            parts.append(say(SEXES[label]).lower() if label in SEXES else label)
    return ", ".join(parts)


def rate_measure(say: Language) -> measure.Measure:
    """Death rates per thousand."""
    thousand = say.number(1000)
    words = say("deaths per {thousand} person-years", thousand=thousand)
    return measure.Measure(UNIT, words, 2, say("{number} per {thousand}", number="{number}", thousand=thousand))


def written_rate(say: Language, value: float) -> str:
    """A rate per thousand with the decimals that its size needs, for one of the axis."""
    shown = value / UNIT
    return say.number(shown, max(0, -math.floor(math.log10(shown) + 1e-9)))


def rate_axis(say: Language, axes: "Axes", low: float, high: float) -> None:
    """A logarithmic axis of rates from low to high, per thousand."""
    from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

    axes.set_yscale("log")
    axes.set_ylim(low, high)
    subs = (1.0,) if high / low > 300.0 else (1.0, 3.0) if high / low > 30.0 else (1.0, 2.0, 5.0)
    axes.yaxis.set_major_locator(LogLocator(subs=subs, numticks=20))
    axes.yaxis.set_major_formatter(lambda value, _: written_rate(say, value))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())


def age_axis(say: Language, axes: "Axes", ages: np.ndarray) -> None:
    """Whole ages, every ten years where there are many."""
    from matplotlib.ticker import MaxNLocator, MultipleLocator

    wide = ages[-1] - ages[0]
    axes.xaxis.set_major_locator(MultipleLocator(10) if wide >= 40 else MaxNLocator(nbins=9, integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    axes.set_xlim(ages[0], ages[-1])
    axes.set_xlabel(say("age last birthday"), color=plots.GREY)
