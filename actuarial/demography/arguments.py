"""Of what kind an argument must be: another kind is refused by its name, before anything is computed."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import signature
from typing import Any, TypeVar, cast

import numpy as np
import xarray as xr

from actuarial.demography.labels import numbers_of
from actuarial.errors import BadInput

Function = TypeVar("Function", bound=Callable[..., Any])
Kind = Callable[[Any, str], Any]
SHOWN = 40


def takes(**kinds: Kind) -> Callable[[Function], Function]:
    """Check the named arguments of a function by kind; those that are left out are not checked.

    What a kind returns, one number as Python has it, stands in the place of the argument.
    """

    def with_kinds(function: Function) -> Function:
        names = tuple(signature(function).parameters)
        strange = set(kinds) - set(names)
        assert not strange, f"{function.__name__}: no parameters {strange}"

        def taken(name: str, value: Any) -> Any:
            found = kinds[name](value, name) if name in kinds else None
            return value if found is None else found

        @wraps(function)
        def checked(*args: Any, **given: Any) -> Any:
            placed = map(taken, names, args)
            named = {name: taken(name, value) for name, value in given.items()}
            return function(*placed, *args[len(names) :], **named)

        return cast(Function, checked)

    return with_kinds


def optional(kind: Kind) -> Kind:
    """The same kind, or None."""

    def check(value: Any, name: str) -> Any:
        return None if value is None else kind(value, name)

    return check


def number(value: Any, name: str) -> int | float:
    """One number, and not NaN."""
    if not is_number(value) or np.isnan(float(value)):
        raise BadInput(f"{name}: give a number (got {shown(value)}).")
    return value if isinstance(value, (int, float)) else cast(float, value.item())


def whole(value: Any, name: str) -> int:
    """One whole number."""
    if not is_number(value) or not np.isfinite(float(value)) or float(value) != int(value):
        raise BadInput(f"{name}: give a whole number (got {shown(value)}).")
    return int(value)


def numbers(value: Any, name: str) -> None:
    """A number, an array of numbers, or labelled ones."""
    if value is None:
        raise BadInput(f"{name}: give numbers (got None).")
    plain = isinstance(value, (xr.DataArray, np.ndarray)) and value.dtype.kind in "iufb"
    if (value if plain else numbers_of(value, name)).size == 0:
        raise BadInput(f"{name}: give numbers (there are none).")


def rule_or_numbers(value: Any, name: str) -> None:
    """A word for a rule, or numbers."""
    if not isinstance(value, str):
        numbers(value, name)


def labels(value: Any, name: str) -> None:
    """A sequence of labels, such as a range of ages."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise BadInput(f"{name}: give a sequence, such as range(60, 100) (got {shown(value)}).")
    if not isinstance(value, (range, np.ndarray)) and any(map(_is_sequence, value)):
        raise BadInput(f"{name}: give a sequence of labels, not of sequences (got {shown(value)}).")


def ages(value: Any, name: str) -> None:
    """A sequence of ages or years: numbers."""
    fine = isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping))
    cells = [] if not fine or isinstance(value, range) else list(value)
    if not fine or any(_is_sequence(one) or isinstance(one, (str, bytes)) for one in cells):
        raise BadInput(f"{name}: give a sequence of numbers, such as range(60, 100) (got {shown(value)}).")


def pair(value: Any, name: str) -> None:
    """The first and the last of a range."""
    if not isinstance(value, Iterable) or not all(map(is_number, value)):
        raise BadInput(f"{name}: give the first and the last, such as (60, 100) (got {shown(value)}).")


def truth(value: Any, name: str) -> None:
    """True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise BadInput(f"{name}: give True or False (got {shown(value)}).")


def word(value: Any, name: str) -> None:
    """A word."""
    if not isinstance(value, str):
        raise BadInput(f"{name}: give a word (got {shown(value)}).")


def words(value: Any, name: str) -> None:
    """A sequence of words."""
    if isinstance(value, str) or not isinstance(value, Iterable) or not all(isinstance(one, str) for one in value):
        raise BadInput(f'{name}: give a sequence of words, such as ("age",) (got {shown(value)}).')


def label_table(value: Any, name: str) -> None:
    """Labels by dim."""
    if not isinstance(value, Mapping) or not all(isinstance(dim, str) for dim in value):
        raise BadInput(f'{name}: give the labels of each dim, such as {{"age": range(60, 100)}} (got {shown(value)}).')


def dataset(value: Any, name: str) -> None:
    """A Dataset."""
    if not isinstance(value, xr.Dataset):
        raise BadInput(f"{name}: give a Dataset (got {shown(value)}).")


def shown(value: Any) -> str:
    """A value in a message, not longer than `SHOWN` letters."""
    text = repr(value) if isinstance(value, (str, int, float, bool, list, tuple)) or value is None else ""
    return text if text and len(text) <= SHOWN else f"a {type(value).__name__}"


def is_number(value: Any) -> bool:
    """Whether it is one number, and no word, truth or array of one."""
    if isinstance(value, (bool, np.bool_, str, bytes)) or value is None:
        return False
    if isinstance(value, (int, float)):
        return True
    return isinstance(value, (np.generic, np.ndarray, xr.DataArray)) and value.ndim == 0 and value.dtype.kind in "iuf"


def _is_sequence(value: Any) -> bool:
    return np.iterable(value) and not isinstance(value, str)
