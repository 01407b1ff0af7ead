"""What readers of a basis share: which variables they accept, and how mistakes become one message."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actuarial.check.attributes import faults_of_attributes
from actuarial.check.variables import check_axes, check_variable
from actuarial.errors import ActuarialError, BadBasis, BadInput
from actuarial.translation import N_, Told, message_of
from actuarial.vocabulary import INPUTS, Variable, annotate, variables

if TYPE_CHECKING:
    import xarray as xr

LISTED = 60
"""Mistakes that one message lists."""


@cache
def inputs() -> dict[str, Variable]:
    """Variables that a basis may have."""
    return {name: row for name, row in variables().items() if row.role in INPUTS}


def suggestion(word: str, known: Iterable[str]) -> Told:
    """The known word that looks most like another one, or where to find all."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.7)
    if close:
        return Told("did you mean {close}?", close=close[0])
    return Told("`actuarial explain` without a name lists all variables.")


def unknown_variable(name: str) -> Told:
    """What to say of a variable that no basis has."""
    if name in variables():
        role = Told(variables()[name].role)
        return Told("no variable of a basis but a result ({role}); remove it", role=role)
    return Told("the vocabulary has no such variable; {hint}", hint=suggestion(name, inputs()))


def path_of(path: Any, name: str = "path") -> Path:
    """A path as such; BadInput where it is none."""
    if not isinstance(path, (str, PathLike)) or not str(path).strip():
        text = N_("{name}: give the name of a file or folder as text or Path (got {path!r}).")
        raise BadInput(Told(text, name=name, path=path))
    return Path(path)


def refuse(place: Path, found: list[str]) -> None:
    """Raise the mistakes that were found, if any.

    Raises
    ------
    BadBasis
    """
    if not found:
        return
    if len(found) == 1:
        raise BadBasis(found[0])
    more = [Told("... and {count} more", count=len(found) - LISTED)] if len(found) > LISTED else []
    mistakes = [*found[:LISTED], *more]
    raise BadBasis(Told("{file}: {count} mistakes\n{mistakes}", file=place, count=len(found), mistakes=mistakes))


def finished(
    dataset: "xr.Dataset", place: Path, of_attribute: Callable[[str], str], of_variable: Callable[[str], str]
) -> "xr.Dataset":
    """The annotated basis, after the checks of the vocabulary and of the attributes.

    Parameters
    ----------
    dataset : Dataset
    place : path that was opened
    of_attribute, of_variable : functions of a name that say where it stands

    Raises
    ------
    BadBasis
        All mistakes at once.
    """
    faults = faults_of(dataset, place, of_attribute, of_variable)
    refuse(place, [Told("{place}: {wrong}", place=where, wrong=text) for where, text in faults])
    return annotate(dataset)


def faults_of(
    dataset: "xr.Dataset", place: Path, of_attribute: Callable[[str], str], of_variable: Callable[[str], str]
) -> list[tuple[str, str]]:
    """What `finished` would refuse: where it stands, and the message."""
    found = [(of_attribute(name), text) for name, text in faults_of_attributes(dataset)]
    try:
        check_axes(dataset)
    except ActuarialError as error:
        found.append((str(place), message_of(error)))
    for name in dataset.data_vars:
        try:
            check_variable(dataset[name], variables()[str(name)])
        except ActuarialError as error:
            found.append((of_variable(str(name)), message_of(error)))
    return found
