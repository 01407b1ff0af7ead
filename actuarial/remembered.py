"""Answers that are given again while a report or a run is written, which asks for the same ones many times.

The functions stay pure: nothing is kept outside `remembering` and `meanwhile`, nor by other threads.
"""

from collections import ChainMap
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
PLAIN = (bool, int, float, str, type(None))
KEPT: ContextVar[MutableMapping[Any, Any] | None] = ContextVar("KEPT", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Let functions that are `remembered` answer once for the same objects, which nobody may change meanwhile."""
    if KEPT.get() is not None:
        yield
        return
    token = KEPT.set({})
    try:
        yield
    finally:
        KEPT.reset(token)


@contextmanager
def meanwhile() -> Iterator[None]:
    """As `remembering`, but what is answered inside is forgotten at the end, whatever remembers outside."""
    outer = KEPT.get()
    token = KEPT.set({} if outer is None else ChainMap({}, outer))
    try:
        yield
    finally:
        KEPT.reset(token)


def remembered(function: Callable[P, T]) -> Callable[P, T]:
    """Mark a function whose answer depends on its arguments only, and whose callers do not change the answer.

    Objects are the same where they are one object; they are kept with the answer, so that no other one takes their
    place in memory. Errors are not kept.
    """

    @wraps(function)
    def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        kept = KEPT.get()
        if kept is None:
            return function(*args, **kwargs)
        key = (function, *map(_key, args), *((name, _key(kwargs[name])) for name in sorted(kwargs)))
        if key not in kept:
            kept[key] = (function(*args, **kwargs), args, kwargs)
        return kept[key][0]

    return answer


def of_answers(*questions: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Mark a function whose first argument is a benefit, of which it depends on the answers to some questions only.

    Where many scenarios share what a benefit answers (it then has `once`, see `benefits.answered`), the function is
    called once for those that do not differ in these answers. Callers do not change the result.
    """

    def marked(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def answer(*args: P.args, **kwargs: P.kwargs) -> T:
            once = getattr(args[0], "once", None)
            return function(*args, **kwargs) if once is None else once(function, questions, *args[1:], **kwargs)

        return answer

    return marked


def _key(value: Any) -> Any:
    """Plain values are the same where they are equal and of one type, objects where they are one."""
    return (type(value), value) if type(value) in PLAIN else id(value)
