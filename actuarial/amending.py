"""Amending a scheme: a new one in which fields of one part are changed, whatever kind of scheme it is."""

import dataclasses
from collections.abc import Iterable
from typing import Any, TypeVar

from actuarial.errors import BadScheme
from actuarial.fields import ended, keys_of, suggestion, unknown_key
from actuarial.translation import N_, Told

S = TypeVar("S")


def amended(scheme: S, path: str, changes: dict[str, Any], lists: tuple[str, ...]) -> S:
    """A scheme with fields of one part changed.

    Parameters
    ----------
    scheme : frozen dataclass
    path : name of a part in one of the lists, of a field that is an object itself, or "scheme"; with dots to what lies
        inside, and the place in a list ("held.rate[1]", the second band of the rate of an account)
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
    hint = ended(suggestion(first, names, N_("the parts are {names}")))
    raise BadScheme(Told("amend: the scheme has no part {name!r}; {hint}", name=first, hint=hint))


def named(parts: Iterable[Any], name: str, absent: str, known: str) -> Any:
    """The part of a name; BadScheme where there is none, with the messages that say this and which parts there are."""
    found = {part.name: part for part in parts}
    if name not in found:
        raise BadScheme(Told(absent, name=name, hint=ended(suggestion(name, found, known))))
    return found[name]


def _replaced(part: Any, field: str, value: Any) -> Any:
    return dataclasses.replace(part, **{field: value})


def _changed(part: Any, inner: list[str], changes: dict[str, Any], place: str) -> Any:
    """A copy of a part, or of what lies inside it, with some fields changed."""
    if not inner:
        keys = keys_of(part)
        for name in changes:
            if name not in keys:
                wrong = ended(unknown_key(name, keys))
                raise BadScheme(Told("{name}: {wrong}", name=f"{place}.{name}", wrong=wrong))
        return dataclasses.replace(part, **changes)
    word, *rest = inner
    found = parts_inside(part)
    if word not in found:
        hint = suggestion(word, found, N_("the parts are {names}")) if found else Told("it has no parts")
        raise BadScheme(Told("amend: {place} has no part {name!r}; {hint}", place=place, name=word, hint=ended(hint)))
    new, (field, _, number) = _changed(found[word], rest, changes, f"{place}.{word}"), word.partition("[")
    if not number:
        return _replaced(part, field, new)
    several = (new if f"{field}[{i}]" == word else one for i, one in enumerate(getattr(part, field)))
    return _replaced(part, field, tuple(several))


def parts_inside(part: Any) -> dict[str, Any]:
    """Objects that lie inside a part of a scheme, by the field that holds each; of a list of them by its place in the
    list as well, counted from 0 as in what is said of a file: `rate[0]`, `rate[1]`."""
    found: dict[str, Any] = {}
    for field in keys_of(part):
        value = getattr(part, field)
        several = isinstance(value, (tuple, list))
        words = {f"{field}[{i}]": one for i, one in enumerate(value)} if several else {field: value}
        found |= {word: one for word, one in words.items() if dataclasses.is_dataclass(one)}
    return found
