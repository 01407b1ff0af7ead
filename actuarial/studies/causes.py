"""Causes of a reconciliation: which inputs of two runs differ, and the steps in which they are taken over."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from actuarial.errors import BadInput, BadScheme
from actuarial.studies.alignment import Aligned, aligned, side
from actuarial.studies.inputs import CATEGORIES, COMPARED_ONLY, Difference, differing, of_basis, of_variable, taken_over
from actuarial.studies.kinds import pensions_only

LABELS = {
    "data": "data and experience",
    "methodology": "methodology",
    "demographic": "demographic assumptions",
    "economic": "economic assumptions",
    "behavioural": "behaviour of members",
    "provisions": "provisions of the law",
}
WHOLE_SCHEME = "scheme"
STANDARD = {label: word for word, label in LABELS.items()}


def differences(previous: Any, current: Any) -> tuple[Difference, ...]:
    """Inputs of two runs that differ: variables, attributes, options and fields of the scheme.

    Parameters
    ----------
    previous, current : runs, see `reconcile`
        A previous run of an earlier date is rolled forward first.

    Returns
    -------
    tuple of Difference
        In the order of the categories: name, category, number of cells, largest difference, where it lies and the two
        values there.

    Raises
    ------
    BadInput
        Runs that cannot be compared.

    Examples
    --------
    print(format_differences(differences(open_run("2022"), open_run("2025"))))
    """
    pensions_only("differences", *(getattr(run, "scheme", None) for run in (previous, current)))
    both = aligned(side(previous, "previous"), side(current, "current"))
    bases = (previous.basis, current.basis)
    apart = [of_variable(name, *bases) for name in COMPARED_ONLY if any(name in basis for basis in bases)]
    return (*(row for row in apart if row is not None), *differing(both.previous, both.current))


def format_differences(rows: Iterable[Difference]) -> str:
    """Differences as a table in plain text."""
    head = ("input", "category", "cells", "previous", "current", "largest difference at")
    body = [(r.name, r.category, str(r.cells), r.previous, r.current, r.place or "-") for r in rows]
    widths = [max(len(cells[k]) for cells in [head, *body]) for k in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in [head, *body]
    )


def standard_steps(previous: Any, current: Any) -> dict[str, list[str]]:
    """The six categories of causes as steps for `reconcile`, each with exactly the inputs that differ.

    Parameters
    ----------
    previous, current : runs, see `reconcile`

    Returns
    -------
    dict of name to names of inputs
        Data and experience, methodology, demographic and economic assumptions, behaviour of members, provisions of the
        law; empty where nothing differs.

    Examples
    --------
    steps = standard_steps(previous, current)
    """
    rows = differences(previous, current)
    return {LABELS[word]: [row.name for row in rows if row.category == word] for word in CATEGORIES}


def inputs_of(steps: Mapping[str, str | Iterable[str]], both: Aligned) -> dict[str, list[str]]:
    """Names of the inputs of every step, with categories resolved; each is taken over once."""
    if not isinstance(steps, Mapping):
        raise BadInput(f'steps: must be names of inputs by step, such as {{"mortality": ["mx"]}} (got {steps!r}).')
    rows = differing(both.previous, both.current)
    found: dict[str, list[str]] = {}
    owner: dict[str, str] = {}
    for step, given in steps.items():
        if not isinstance(given, Iterable):
            raise BadInput(f"steps: {step!r} must be a name or names of inputs (got {given!r}).")
        words = [given] if isinstance(given, str) else list(given)
        sets = ([row.name for row in rows if row.category == word] if word in CATEGORIES else [word] for word in words)
        names = [name for names in sets for name in names]
        for name in names:
            clash = next((other for other in owner if overlap(name, other)), None)
            if clash is not None:
                raise BadInput(f"steps: {name} of {step!r} is taken over with {clash} of {owner[clash]!r} already.")
            owner[name] = str(step)
        _check_names(both, names)
        found[str(step)] = names
    return found


def _check_names(both: Aligned, names: Iterable[str]) -> None:
    """BadInput where a name is no input; provisions that need those of another step are left to the projections."""
    with suppress(BadScheme):
        taken_over(both.previous, both.current, names)


def overlap(name: str, other: str) -> bool:
    """Whether two names are the same input, or one is a path of the scheme inside the other."""
    if WHOLE_SCHEME in (name, other):
        return not (of_basis(name) or of_basis(other))
    return name == other or name.startswith(f"{other}.") or other.startswith(f"{name}.")
