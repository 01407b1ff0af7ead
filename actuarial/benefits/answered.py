"""What benefits answer about those who draw them, asked once for all scenarios and read in each of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from actuarial.contract import Amount
from actuarial.law import single_award
from actuarial.person import Person
from actuarial.quick import Quick
from actuarial.scheme import Benefit


class Asked:
    """A benefit and its answers in all scenarios of a basis, each asked when it is needed first.

    Parameters
    ----------
    benefit : Benefit
    grid : Person
        The grid of the basis of all scenarios.
    """

    def __init__(self, benefit: Benefit, grid: Person) -> None:
        self.benefit, self.grid = benefit, grid
        self._known: dict[str, tuple[bool, Any]] = {}
        self._made: dict[Any, Any] = {}

    def of(self, scenario: int) -> Any:
        """The benefit as the scenario at a place knows it; what is no answer is that of the benefit itself."""
        return _Seen(self, scenario)

    def answer(self, name: str, scenario: int) -> Any:
        """One answer in one scenario."""
        several, found = self._asked(name)
        return _of_scenario(found, scenario) if several else found

    def made(self, function: Callable[..., Any], questions: tuple[str, ...], seen: Any, *others: Any) -> Any:
        """What a function makes of some answers as a scenario sees them: once, where they are those of all."""
        if any(self._asked(name)[0] for name in questions):
            return function(seen, *others)
        if function not in self._made:
            self._made[function] = function(seen, *others)
        return self._made[function]

    def _asked(self, name: str) -> tuple[bool, Any]:
        """Whether the answer to a question differs between scenarios, and the answer for all of them."""
        if name not in self._known:
            found = _QUESTIONS[name](self.benefit, self.grid)
            several = isinstance(found, xr.DataArray) and "scenario" in found.dims
            self._known[name] = several, found.transpose("scenario", ...) if several else found
        return self._known[name]


class _Seen:
    """A benefit whose answers are known, in one scenario."""

    def __init__(self, asked: Asked, scenario: int) -> None:
        self._asked, self._scenario = asked, scenario

    def __getattr__(self, name: str) -> Any:
        if name in _QUESTIONS:
            return lambda *_: self._asked.answer(name, self._scenario)
        return getattr(self._asked.benefit, name)

    def once(self, function: Callable[..., Any], questions: tuple[str, ...], *others: Any) -> Any:
        """What a function that is marked by `of_answers` makes of this benefit and of other objects, which are the same
        ones in all scenarios."""
        return self._asked.made(function, questions, self, *others)

    def award(self, _: Person) -> Amount:
        """Amount of money per head of who follows beneficiaries."""
        return Amount(rate=self._asked.answer("award", self._scenario), base="currency")


_QUESTIONS: dict[str, Callable[[Any, Person], Any]] = {
    "continuance": lambda benefit, grid: benefit.continuance(grid.basis),
    "survival": lambda benefit, grid: benefit.survival(grid.basis),
    "exposure": lambda benefit, grid: benefit.exposure(grid.basis),
    "indexation": lambda benefit, grid: benefit.indexation(grid.basis, None),
    "kept": lambda benefit, grid: benefit.kept(grid.basis),
    "family": lambda benefit, grid: benefit.family(grid.basis),
    "follow_claim": lambda benefit, grid: benefit.follow_claim(grid),
    "share_of_pension": lambda benefit, grid: benefit.share_of_pension(grid),
    "award": single_award,
}


def _of_scenario(array: xr.DataArray, place: int) -> Quick:
    """One scenario of an array with the scenarios in front."""
    dims = array.dims[1:]
    coords = {dim: array._coords[dim] for dim in dims if dim in array._coords}
    indexes = {dim: array._indexes[dim] for dim in coords}
    values = np.ascontiguousarray(array.variable.values[place])
    return Quick(xr.Variable(dims, values, fastpath=True), coords, indexes=indexes, fastpath=True)
