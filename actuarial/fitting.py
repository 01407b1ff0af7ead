"""Whether the fields of a rule fit together: bounds in their order, fields beside those that give them a meaning."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.check.variables import first_place
from actuarial.dated import PERS, Misstated, Money, Number, clip
from actuarial.errors import BadScheme
from actuarial.translation import N_, InFile, Told

LIMITS = ("floor", "ceiling", "above")
"""Fields of what has limits of its own of the earnings that count."""
ROUNDING = 1e-9


def all_parts(part: Any) -> Iterator[Any]:
    """A part of the law, or several, and all that lies inside."""
    yield part
    inner = part if isinstance(part, (tuple, list)) else ()
    if isinstance(part, dict):
        inner = list(part.values())
    elif is_dataclass(part):
        inner = [getattr(part, one.name) for one in fields(part)]
    for one in inner:
        yield from all_parts(one)


def states(rule: Any, field: str) -> bool:
    """Whether a rule has a field that says anything: no number, or 0, is nothing."""
    return getattr(rule, field, None) not in (None, 0.0, (), "")


def require_with(rule: Any, field: str, *others: str) -> None:
    """Misstated where a field is given without any of those that give it a meaning."""
    if states(rule, field) and not any(states(rule, other) for other in others):
        text = Told("has no meaning without {names}; give that too, or leave this out", names=tuple(others))
        raise Misstated(text, (field,))


def require_without(rule: Any, field: str, *others: str) -> None:
    """Misstated where a field is given beside one that it stands for."""
    beside = tuple(other for other in others if states(rule, other))
    if states(rule, field) and beside:
        raise Misstated(Told("stands instead of {names}; leave one of them out", names=beside), (field,))


def require_word(rule: Any, field: str, other: str, word: str) -> None:
    """Misstated where a field is given though another one has not the word that gives it a meaning."""
    if states(rule, field) and getattr(rule, other) != word:
        text = N_('has no meaning with {other} = "{found}"; leave it out')
        there = Told("has no meaning beside what is chosen for {other}; clear the cell", other=other)
        raise Misstated(InFile(text, there, other=other, found=getattr(rule, other)), (field,))


def named_twice(part: Any) -> Iterator[tuple[str, str]]:
    """Fields of a part of the law that name something twice, which would count twice, and what is wrong with each."""
    for field in fields(part) if is_dataclass(part) else ():
        names = getattr(part, field.name)
        twice = [name for name in names if names.count(name) > 1] if isinstance(names, tuple) else []
        if twice and all(isinstance(name, str) for name in names):
            yield field.name, Told("it names {name!r} twice; name it once", name=twice[0])


def require_order(rule: Any, low: str, high: str) -> None:
    """Misstated where a plain number lies above the one that bounds it; others are compared by `check_order`."""
    least, most = (_plain(vars(rule)[name]) for name in (low, high))
    if least is not None and most is not None and least > most + ROUNDING:
        text = Told(
            "lies above {high} ({least:,.10g} against {most:,.10g}); lower one or raise the other",
            high=high,
            least=least,
            most=most,
        )
        raise Misstated(text, (low,))


def misfitting_credits(scheme: Any, line: Any) -> Iterator[Told]:
    """What is wrong with the accounts whose credits a line is due on."""
    for account in scheme.accounts if getattr(line, "base", None) == "account_credits" else ():
        if account.name not in line.of:
            continue
        if getattr(account, "credits", "earnings") != "earnings":
            text = N_('{account!r} is credited with {credits}; name an account with credits = "earnings"')
            yield Told(text, account=account.name, credits=account.credits)
        if states(account, "fee"):
            text = N_(
                "{account!r} is credited less a fee; leave the fee out, and state what it pays for as administration"
            )
            yield Told(text, account=account.name)


def stands_for(part: Any, field: str) -> tuple[str, ...]:
    """Names that a field has where it is left out, if it has these."""
    known: Any = getattr(type(part), "__pydantic_fields__", {})
    default = known[field].default if field in known else None
    if not isinstance(default, (str, tuple)) or default != getattr(part, field):
        return ()
    return default if isinstance(default, tuple) else (default,)


def instead_of(field: str, one: Any, default: tuple[str, ...], fitting: Sequence[str], known: Told) -> Told:
    """What to write where a field is left out, which then names a part that the scheme has not."""
    there = [name for name in default if name in fitting] or fitting[:1]
    written = f"[{', '.join(map(json.dumps, there))}]" if isinstance(one, tuple) else json.dumps(there[0])
    return Told(
        "it is what {field} names where it is left out; write {example} ({known})",
        field=field,
        example=f"{field} = {written}",
        known=known,
    )


def check_order(low: str, least: Number, high: str, most: Number) -> None:
    """BadScheme where a number lies above the one that bounds it, for some year, cohort, sex or group.

    Parameters
    ----------
    low, high : names of the two fields
    least, most : what they are for a person or a grid
    """
    if not isinstance(least, xr.DataArray) and not isinstance(most, xr.DataArray) and least <= most + ROUNDING:
        return
    if not np.any(least > most + ROUNDING):
        return
    both = xr.broadcast(xr.DataArray(least), xr.DataArray(most))
    wrong = (both[0] > both[1] + ROUNDING).values
    (place, found), (_, bound) = (first_place(one, wrong) for one in both)
    where = Told("; {place}, one of {count}", place=place, count=int(wrong.sum())) if wrong.ndim else ""
    raise BadScheme(
        Told(
            "{low} lies above {high} ({least:,.10g} against {most:,.10g}{where}).\n"
            "  Lower one or raise the other, for every year and cohort.",
            low=low,
            high=high,
            least=found,
            most=bound,
            where=where,
        )
    )


def own_limits(part: Any, person: Any, usual: tuple[Number, Number]) -> tuple[Number, Number, Number]:
    """Floor and ceiling of the earnings that a contribution or an account counts, and earnings above which they do.

    Parameters
    ----------
    part : object with `name` and amounts of money or None as `floor`, `ceiling` and `above`
    usual : floor and ceiling where it has none of its own, currency/year

    Returns
    -------
    floor, ceiling, above : currency/year, of which clip(earnings, floor, ceiling) - above counts

    Raises
    ------
    BadScheme
        A floor, or earnings above which some count, beyond the ceiling.
    """
    floor, ceiling = (
        limit if own is None else own.evaluate(person)
        for own, limit in zip((part.floor, part.ceiling), usual, strict=True)
    )
    check_order(f"{part.name}.floor", floor, f"{part.name}.ceiling", ceiling)
    above = 0.0 if part.above is None else part.above.evaluate(person)
    check_order(f"{part.name}.above", above, f"{part.name}.ceiling", ceiling)
    return clip(floor, above, float("inf")), ceiling, above


def require_only(place: str, others: Sequence[str]) -> None:
    """BadScheme where a number varies by dims that it must not have."""
    if others:
        text = N_("{place}: must be one number for each year, but it varies by {dims}.")
        raise BadScheme(Told(text, place=place, dims=tuple(others)))


def _plain(value: Any) -> float | None:
    """A number that is the same for everybody at all times, money in currency per year; None for others."""
    if isinstance(value, Money):
        inner = _plain(value.value)
        return None if inner is None else inner * PERS[value.per]
    return float(value) if isinstance(value, (int, float)) else None
