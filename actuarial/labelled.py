"""Choosing among values by a label: on labelled arrays, or for one person."""

from collections.abc import Callable, Sequence
from typing import Any

import xarray as xr

from actuarial.errors import BadInput, BadScheme
from actuarial.quick import where
from actuarial.translation import N_, Told

Number = float | xr.DataArray


def as_array(value: Number) -> xr.DataArray:
    """A number or DataArray as a DataArray."""
    return value if isinstance(value, xr.DataArray) else xr.DataArray(float(value))


def choose(condition: Any, yes: Number, no: Number) -> Number:
    """`yes` where the condition holds, else `no`; labelled or plain."""
    if isinstance(condition, xr.DataArray):
        return where(condition, yes, no)
    return yes if condition else no


def clip(value: Number, lower: Number, upper: Number) -> Number:
    """Value between two bounds; labelled or plain."""
    above = choose(value > lower, value, lower)
    return choose(above < upper, above, upper)


def along(position: Any, keys: Sequence[int], values: Sequence[Number], path: str) -> Number:
    """Value at a position on the axis of the keys, held from each key until the next ("step") or joined ("ramp")."""
    result = values[0]
    for i in range(1, len(keys)):
        if path == "ramp":
            slope = (values[i] - values[i - 1]) / (keys[i] - keys[i - 1])
            result = choose(position > keys[i - 1], values[i - 1] + slope * (position - keys[i - 1]), result)
        result = choose(position >= keys[i], values[i], result)
    return result if isinstance(result, xr.DataArray) else float(result)


def of_sex(sex: Any, answer: Callable[[str], Number]) -> Number:
    """The answer for the sex of a person; of one person only that one is asked."""
    if isinstance(sex, xr.DataArray):
        return choose(sex == "male", answer("male"), answer("female"))
    if sex not in ("male", "female"):
        raise BadInput(f'sex: {sex!r} is unknown; write "male" or "female".')
    return answer(sex)


def of_group(group: Any, known: Sequence[str], answer: Callable[[str], Number]) -> Number:
    """The answer for the group of a person; only groups that are there are asked."""
    asked = [str(name) for name in (group.values.ravel() if isinstance(group, xr.DataArray) else [group])]
    missing = [name for name in asked if name not in known]
    if missing:
        text = N_(
            "a number by group has no value for {names}; it has {known}.\n  Give a value for every group of insured."
        )
        raise BadScheme(Told(text, names=tuple(missing), known=tuple(known)))
    (_, chosen), *others = [(name, answer(name)) for name in dict.fromkeys(asked)]
    for name, number in others:
        chosen = choose(group == name, number, chosen)
    return chosen
