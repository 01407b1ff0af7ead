"""Projections with some inputs of another run taken over, each made once, and the contributions of the steps."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import xarray as xr

from actuarial.errors import ActuarialError, BadInput
from actuarial.projection import project
from actuarial.studies.alignment import Aligned
from actuarial.studies.causes import overlap
from actuarial.studies.inputs import Side, differing, taken_over
from actuarial.translation import N_, Told, message_of
from actuarial.valuation.indicators import value
from actuarial.vocabulary import variable

Quantity = Callable[[xr.Dataset], Any]
PREMIUMS = ("general_average_premium", "general_average_premium_net")
SHOWN = (0, 20, 40)  # years after the first one


def standard_quantities(first: int, last: int) -> dict[str, Quantity]:
    """Level premiums, the exhaustion of the reserve, and cost rate and reserve ratio in some years.

    Parameters
    ----------
    first, last : int
        First and last year that are valued; shown are the first one, those 20 and 40 years later and the last one.

    Returns
    -------
    dict of name to function of a result; names are those of the vocabulary, with the year where there is one
    """
    names = ["general_average_premium", "general_average_premium_net"]
    years = [year for year in dict.fromkeys([*(first + later for later in SHOWN), last]) if year <= last]
    names += [f"{name} {year}" for name in ("payg_cost_rate", "reserve_ratio") for year in years]
    return {name: _quantity(name) for name in [*names, "year_reserve_exhausted"]}


def _quantity(words: str) -> Quantity:
    """Function of a result that gives a variable of it, of one year where the words name it."""
    name, _, year = words.partition(" ")
    return (lambda result: result[name].sel(year=int(year))) if year else (lambda result: result[name])


def units_of(name: str) -> str:
    """Units of a standard quantity; empty for a function that the caller gave under another name."""
    try:
        units = variable(name.split(" ")[0]).units
    except BadInput:
        return ""
    return "years" if units == "year" else units


class Lattice:
    """Quantities of projections in which the steps of a set are taken over; each projection is made once."""

    def __init__(
        self, both: Aligned, steps: dict[str, list[str]], quantities: dict[str, Quantity], tell: Callable[[str], None]
    ) -> None:
        self.both, self.steps, self.quantities, self.tell = both, steps, quantities, tell
        differ = [row.name for row in differing(both.previous, both.current)]
        self.moving = [step for step in steps if any(overlap(a, b) for a in steps[step] for b in differ)]
        declared = [name for names in steps.values() for name in names]
        self.undeclared = [name for name in differ if not any(overlap(name, other) for other in declared)]
        self.known: dict[frozenset[str], np.ndarray] = {}
        self.missing: dict[str, list[str]] = {}

    def values(self, taken: Iterable[str] = ()) -> np.ndarray:
        """Quantities (quantity,) with some steps taken over."""
        key = frozenset(taken) & frozenset(self.moving)
        if key not in self.known:
            names = [step for step in self.moving if step in key]
            words = Told("the current {names}", names=tuple(names)) if names else Told("the previous inputs")
            inputs = [name for step in names for name in self.steps[step]]
            with told(words):
                changed = taken_over(self.both.previous, self.both.current, inputs)
            self.known[key] = self.measured(projected(changed, words, self.tell), words)
        return self.known[key]

    def measured(self, result: xr.Dataset, words: str) -> np.ndarray:
        """Quantities of a result; those that are missing are noted."""
        found = np.array([number_of(name, of, result) for name, of in self.quantities.items()])
        for name, one in zip(self.quantities, found, strict=True):
            if np.isnan(one):
                self.missing.setdefault(name, []).append(words)
        return found


def number_of(name: str, quantity: Quantity, result: xr.Dataset) -> float:
    try:
        return float(quantity(result))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise BadInput(f"quantities: {name} gives no single number ({error}). Select a year, or a label.") from error


def projected(one: Side, words: str, tell: Callable[[str], None]) -> xr.Dataset:
    """Result of a whole projection; errors say what it was made from."""
    tell(Told("projection from {words}", words=words))
    with told(words):
        return project(one.basis, one.scheme, service=one.service, migration=one.migration)


@contextmanager
def told(words: str) -> Iterator[None]:
    """Errors say which inputs were put together."""
    try:
        yield
    except ActuarialError as error:
        kind: Any = next(kind for kind in type(error).__mro__ if kind.__module__ == ActuarialError.__module__)
        text = N_("reconcile, projection from {words}: {error}")
        raise kind(Told(text, words=words, error=message_of(error))) from error


def valued(result: xr.Dataset, first: int, last: int, end: int | None = None) -> xr.Dataset:
    """A result valued from a year to another one, with the reserve at the beginning as the opening one.

    Level premiums are those up to `end` where it is given; yearly numbers go on to the last year.
    """
    years = result["year"].values
    if (first, last) == (years[0], years[-1]) and end in (None, last):
        return result
    part = result.sel(year=slice(first, last))
    if first > years[0]:
        opening = result["reserve"].sel(year=first - 1, drop=True)
        part = part.assign(reserve_0=opening.assign_attrs(result["reserve_0"].attrs))
    found = value(part)
    if end not in (None, last):
        shorter = value(part.sel(year=slice(None, end)))
        found = found.assign({name: shorter[name] for name in PREMIUMS})
    return part.assign(found)


def items(name: str, lattice: Lattice) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Contributions of the steps, and the value that they lead to."""
    found = _shapley(lattice) if name == "reconciliation_shapley" else _sequential(lattice)
    return found, lattice.values(lattice.steps)


def _sequential(lattice: Lattice) -> dict[str, np.ndarray]:
    names = list(lattice.steps)
    return {
        step: lattice.values(names[: k + 1]) - lattice.values(names[:k]) for k, step in enumerate(names)
    }


def _shapley(lattice: Lattice) -> dict[str, np.ndarray]:
    """Mean contribution of each step over all orders; steps that change nothing have none and weigh nothing."""
    players, none = lattice.moving, np.zeros(len(lattice.quantities))
    found = dict.fromkeys(lattice.steps, none)
    for step in players:
        others, total = [other for other in players if other != step], none
        for size in range(len(others) + 1):
            weight = factorial(size) * factorial(len(others) - size) / factorial(len(players))
            for taken in combinations(others, size):
                total = total + weight * (lattice.values([*taken, step]) - lattice.values(taken))
        found[step] = total
    return found
