"""In which order benefits are projected: each after those whose beneficiaries come to it."""

from collections.abc import Mapping
from functools import reduce

from actuarial.errors import BadScheme
from actuarial.scheme import Benefit
from actuarial.translation import N_, Told


def in_order(benefits: tuple[Benefit, ...], moves: Mapping[str, str] | None = None) -> list[Benefit]:
    """Benefits so that each comes after those it follows, those it accompanies and those that convert to it.

    Parameters
    ----------
    benefits : benefits of a scheme
    moves : for each benefit that converts, the name of the pension that its beneficiaries move to

    Raises
    ------
    BadScheme
        Benefits that wait for each other in a circle, an unknown benefit, or a lump sum or supplement, whose
        beneficiaries are no stock of their own.
    """
    stockless = {b.name for b in benefits if b.lump_sum or b.accompanies}
    done: list[Benefit] = []
    waiting = list(benefits)
    while waiting:
        names = {b.name for b in done}
        ready = [b for b in waiting if _before(b, moves or {}) <= names - stockless]
        if not ready:
            text = N_(
                "follows: {names} follow each other in a circle, or follow a lump sum or a benefit that is not in the "
                "scheme.\n  Name pensions of the scheme and break the circle.{more}"
            )
            raise BadScheme(Told(text, names=tuple(b.name for b in waiting), more=_more(waiting, moves or {})))
        done += ready
        waiting = [b for b in waiting if b.name not in {one.name for one in ready}]
    return done


def _before(benefit: Benefit, moves: Mapping[str, str]) -> set[str]:
    """Names of the benefits that come before one."""
    return {*benefit.follows, *benefit.accompanies, *(name for name, to in moves.items() if to == benefit.name)}


def _more(waiting: list[Benefit], moves: Mapping[str, str]) -> str:
    """What else than `follows` binds the benefits that wait."""
    names = {b.name for b in waiting}
    said = [Told("{name} converts to {to}", name=name, to=to) for name, to in moves.items() if to in names]
    said += [Told("{name} accompanies {others}", name=b.name, others=b.accompanies) for b in waiting if b.accompanies]
    return Told("\n  Here {said}.", said=reduce(_and, said)) if said else ""


def _and(before: Told, after: Told) -> Told:
    return Told("{before}; {after}", before=before, after=after)
