"""What a study of sensitivity is read from: bars of a tornado, and elasticities."""

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from actuarial.errors import BadInput
from actuarial.fields import ended, suggestion
from actuarial.studies.single_changes import BASE, last_of
from actuarial.translation import N_

if TYPE_CHECKING:
    import pandas as pd


def tornado(found: xr.Dataset, quantity: str = "general_average_premium") -> "pd.DataFrame":
    """Bars of a tornado diagram: how far each parameter moves a quantity, the widest first.

    Parameters
    ----------
    found : Dataset
        Result of `sensitivity` or `health_sensitivity`.
    quantity : str
        A variable of it; of those by year or horizon the last one is shown, select another one before
        (`found.sel(year=[2045])`).

    Returns
    -------
    DataFrame by parameter
        `low`, `base`, `high` (least value, value of the base, greatest value), `span` = high - low, and `low_change`,
        `high_change`: the words of the changes at the two ends. Changes of one parameter are one bar. What is not
        applicable or has no value (a year that does not come) is left out and listed in the attribute `notes`.

    Raises
    ------
    BadInput
        No result of `sensitivity`, or a quantity that it does not have.

    Examples
    --------
    bars = tornado(found)
    axes.barh(bars.index, bars["span"], left=bars["low"])
    """
    import pandas as pd

    values = _values(found, quantity)
    absent = [f"{name}: {_reason(found, name, quantity)}" for name in _names(found) if np.isnan(values[name])]
    base, rows = values[BASE], {}
    for parameter, members in _bars(found).items():
        ends = [(values[name], _text(found, "words", name)) for name in (BASE, *members) if not np.isnan(values[name])]
        if not np.isnan(base) and len(ends) > 1:
            (low, low_words), (high, high_words) = min(ends), max(ends)
            rows[parameter] = (low, base, high, high - low, low_words, high_words)
    columns = ["low", "base", "high", "span", "low_change", "high_change"]
    bars = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("parameter")
    bars = bars.sort_values("span", ascending=False, kind="stable")
    units = str(found[quantity].attrs.get("units", "1"))
    bars.attrs = {"quantity": quantity, "units": units, "notes": "\n".join(absent)}
    return bars


def elasticities(found: xr.Dataset, quantity: str = "general_average_premium") -> "pd.DataFrame":
    """Relative change of a quantity per relative change of a parameter, or per unit of it, by central differences.

    Parameters
    ----------
    found : Dataset
        Result of `sensitivity` or `health_sensitivity`.
    quantity : str
        A variable of it that is a rate; of those by year or horizon the last one is taken.

    Returns
    -------
    DataFrame by parameter
        `value`, and `per`: "elasticity" where the parameter moves in proportion (d ln Y / d ln p), else the unit of the
        parameter ("percentage point", "child": d ln Y / dp). Parameters that move one way only are left out and listed
        in the attribute `notes`.

    Raises
    ------
    BadInput
        As `tornado`.

    Notes
    -----
    value = (Y_high - Y_low) / Y_base / (step_high - step_low), the steps relative to the parameter where it moves in
    proportion and in its units elsewhere.

    Examples
    --------
    elasticities(found).value["mortality"]
    """
    import pandas as pd

    values, rows, notes = _values(found, quantity), {}, []
    for parameter, members in _bars(found).items():
        steps = {name: float(found["step"].sel(change=name)) for name in members}
        low, high = min(steps, key=lambda name: steps[name]), max(steps, key=lambda name: steps[name])
        slope = (values[high] - values[low]) / values[BASE] / (steps[high] - steps[low]) if low != high else np.nan
        unit = _text(found, "unit", low)
        if not steps[low] < 0 < steps[high]:
            notes.append(f"{parameter}: is not changed both ways by a known step")
        elif np.isnan(slope):
            notes.append(f"{parameter}: {_reason(found, low, quantity)}")
        else:
            rows[parameter] = (slope, "elasticity" if unit == "relative" else unit)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "per"]).rename_axis("parameter")
    table.attrs = {"quantity": quantity, "notes": "\n".join(notes)}
    return table


def _values(found: Any, quantity: str) -> dict[str, float]:
    """A quantity by name of the change; of those by year the last year."""
    if not isinstance(found, xr.Dataset) or "change" not in found.dims or BASE not in found["change"].values:
        raise BadInput("found: must be a result of sensitivity, a Dataset by change with the base among the changes.")
    known = [str(name) for name, array in found.data_vars.items() if "change" in array.dims]
    if quantity not in known:
        hint = ended(suggestion(str(quantity), known, N_("it has {names}")))
        raise BadInput(f"quantity: {quantity!r} is not in the result; {hint}")
    values = last_of(found[quantity])
    return dict(zip(map(str, values["change"].values), map(float, values.values), strict=True))


def _names(found: xr.Dataset) -> list[str]:
    return [name for name in map(str, found["change"].values) if name != BASE]


def _bars(found: xr.Dataset) -> dict[str, list[str]]:
    """Names of the changes by parameter."""
    bars: dict[str, list[str]] = {}
    for name in _names(found):
        bars.setdefault(_text(found, "parameter", name), []).append(name)
    return bars


def _text(found: xr.Dataset, label: str, name: str) -> str:
    return str(found[label].sel(change=name).item())


def _reason(found: xr.Dataset, name: str, quantity: str) -> str:
    """Why a change has no value."""
    note = _text(found, "note", name)
    return note if note.startswith("not applicable") else f"has no {quantity}"
