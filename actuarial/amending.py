"""Amending a scheme: a new one in which fields of one part are changed, whatever kind of scheme it is."""

import dataclasses
from collections.abc import Iterable
from typing import Any, TypeVar

from actuarial.errors import BadScheme
from actuarial.fields import ended, keys_of, suggestion

S = TypeVar("S")


def amended(scheme: S, path: str, changes: dict[str, Any], lists: tuple[str, ...]) -> S:
    """A scheme with fields of one part changed.

    Parameters
    ----------
    scheme : frozen dataclass
    path : name of a part in one of the lists, of a field that is an object itself, or "scheme"; with dots to what lies
        inside
    changes : fields and their new values
    lists : fields of the scheme that hold parts with names

    Raises
    ------
    BadScheme
        No such part or field, or a value that the law cannot have.
    """
    single = [name for name in keys_of(scheme) if dataclasses.is_dataclass(getattr(scheme, name))]
    first, *inner = path.split(".")
    if first == "scheme":
        return _changed(scheme, inner, changes, "scheme")
    if first in single:
        return _replaced(scheme, first, _changed(getattr(scheme, first), inner, changes, first))
    for place in lists:
        parts = getattr(scheme, place)
        if first in [part.name for part in parts]:
            new = tuple(_changed(part, inner, changes, first) if part.name == first else part for part in parts)
            return _replaced(scheme, place, new)
    names = [part.name for place in lists for part in getattr(scheme, place)]
    names += [*single, "scheme"]
    raise BadScheme(f"amend: the scheme has no part {first!r}; {ended(suggestion(first, names, 'the parts are'))}")


def named(parts: Iterable[Any], name: str, what: str, known: str) -> Any:
    """The part of a name; BadScheme where there is none."""
    found = {part.name: part for part in parts}
    if name not in found:
        raise BadScheme(f"the scheme has no {what} {name!r}; {ended(suggestion(name, found, known))}")
    return found[name]


def _replaced(part: Any, field: str, value: Any) -> Any:
    return dataclasses.replace(part, **{field: value})


def _changed(part: Any, inner: list[str], changes: dict[str, Any], place: str) -> Any:
    """A copy of a part, or of what lies inside it, with some fields changed."""
    if not inner:
        keys = keys_of(part)
        for name in changes:
            if name not in keys:
                raise BadScheme(f"{place}.{name}: unknown key; {ended(suggestion(name, keys, 'the keys are'))}")
        return dataclasses.replace(part, **changes)
    field, *rest = inner
    if field not in keys_of(part) or not dataclasses.is_dataclass(getattr(part, field)):
        holders = [name for name in keys_of(part) if dataclasses.is_dataclass(getattr(part, name))]
        hint = suggestion(field, holders, "the parts are") if holders else "it has no parts"
        raise BadScheme(f"amend: {place} has no part {field!r}; {ended(hint)}")
    return _replaced(part, field, _changed(getattr(part, field), rest, changes, f"{place}.{field}"))
