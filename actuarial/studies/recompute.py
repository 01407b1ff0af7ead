"""Results of trials: only the stages that read what was changed are computed again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.audited import audited_years
from actuarial.errors import ActuarialError
from actuarial.pension.indexation import Indexation
from actuarial.pension.readiness import inside
from actuarial.projection import project
from actuarial.scheme import Benefit, Scheme
from actuarial.studies.changes import AnyScheme
from actuarial.studies.parameters import Parameter
from actuarial.studies.rates import OtherRate, other_rate
from actuarial.valuation.feedback import looks_back
from actuarial.valuation.finance import project_finance
from actuarial.valuation.indicators import value

Run = Callable[..., xr.Dataset]
FINANCED = ("administration", "funding")
FINANCIAL = ("interest_rate", "reserve_0")  # variables of a basis that only the finance stage reads


def stage_of(parameter: Parameter, basis: xr.Dataset, scheme: AnyScheme) -> str:
    """What must be computed again: "rate" (one line of income and what follows), "finance", or "all" stages.

    Benefits, formulas and indexations that do not come with the library may read any part of the law, so that schemes
    which have them are computed again as a whole.
    """
    if parameter.owner == "function" or not isinstance(scheme, Scheme) or not of_the_library(scheme):
        return "all"
    first, *rest = parameter.path.split(".")
    if parameter.owner == "basis":
        return "finance" if rest[0] in FINANCIAL else "all"
    if first in FINANCED:
        return "finance"
    line = next((one for one in scheme.contributions if one.name == first), None)
    if line is None or read_by_benefits(scheme, first):
        return "all"
    guaranteed = any(one.base == "deficit" for one in scheme.contributions)
    return "rate" if rest == ["rate"] and not guaranteed and not audited_years(basis) else "finance"


def of_the_library(scheme: Scheme) -> bool:
    """Whether all that a scheme holds comes with the library and no rule of a benefit looks at finances or returns."""
    parts = (*scheme.accounts, *scheme.benefits)
    if looks_back(scheme) is not None or any(getattr(one, "needs_interest", False) for one in inside(parts)):
        return False
    usual = (Benefit.indexation,)
    for benefit in scheme.benefits:
        how = getattr(benefit, "indexation", None)
        if not (isinstance(how, Indexation) or getattr(how, "__func__", None) in usual):
            return False
    return not _own(parts)


def _own(part: Any) -> bool:
    """Whether a part, or something in it, is of a class that does not come with the library."""
    if part is None or isinstance(part, (str, int, float)):
        return False
    if isinstance(part, (tuple, list)):
        return any(_own(one) for one in part)
    if is_dataclass(part) and type(part).__module__.split(".")[0] == "actuarial":
        return any(_own(getattr(part, field.name)) for field in fields(part))
    return True


def read_by_benefits(scheme: Scheme, line: str) -> bool:
    """Whether a benefit or an account reads a contribution line: it gives contributions back, or is credited them."""
    references = (one for part in (*scheme.accounts, *scheme.benefits) for one in getattr(part, "refers_to", ()))
    return any(kind == "contribution" and line in names for _, kind, names in references)


def with_finance(result: xr.Dataset, basis: xr.Dataset, scheme: Scheme) -> xr.Dataset:
    """A projected result whose finance and valuation are computed again."""
    finance = project_finance(result, result, basis, scheme)
    return result.assign({**finance.data_vars, **value(finance).data_vars})


@dataclass
class Trials:
    """Results for values of a parameter, scenario by scenario or for all of them at once.

    Attributes
    ----------
    base : the projected case, or None
    settings : keyword arguments of `run`
    run : projects a basis and a scheme through all stages
    runs : projections through all stages so far; one for all scenarios counts once
    """

    parameter: Parameter
    basis: xr.Dataset
    scheme: Any
    base: xr.Dataset | None
    settings: dict[str, Any]
    stage: str
    run: Run = project
    runs: int = 0
    rate: OtherRate | None = None

    def __post_init__(self) -> None:
        if self.stage == "all":
            return
        if self.base is None:
            self.base = self._project(self.basis, self.scheme)
            self.runs += 1
        if "year_fraction" in self.base and bool((self.base["year_fraction"] != 1.0).any()):
            self.stage = "finance"
        if self.stage == "rate":
            self.rate = other_rate(self.parameter, self.base, self.basis, self.scheme)

    def __call__(self, asked: Mapping[int, float]) -> list[tuple[list[int], xr.Dataset]]:
        """Results for values by number of the scenario: Datasets, each with the scenarios that it answers for."""
        numbers = list(asked)
        if self.base is not None and all(x == self.parameter.start for x in asked.values()):
            return [(numbers, self._of(self.base, numbers))]
        try:
            return self._computed(asked, numbers)
        except ActuarialError as error:
            tried = ", ".join(f"{x:g}" for x in asked.values())
            error.add_note(f"solve: this happened while {self.parameter.path} was {tried}; narrower bounds may help.")
            raise

    def _computed(self, asked: Mapping[int, float], numbers: list[int]) -> list[tuple[list[int], xr.Dataset]]:
        if self.rate is not None:
            return [(numbers, self._of(self.rate(self._everywhere(asked)), numbers))]
        whole = self.stage == "all"
        if "scenario" not in self.basis.dims:
            self.runs += whole
            return [(numbers, self._one(numbers, asked[numbers[0]]))]
        if self.parameter.owner == "basis":
            self.runs += whole
            labels = self.basis["scenario"][numbers]
            x = xr.DataArray(list(asked.values()), dims="scenario", coords={"scenario": labels.values})
            return [(numbers, self._one(numbers, x))]
        self.runs += whole
        return [([number], self._one([number], asked[number])) for number in numbers]

    def _one(self, numbers: list[int], x: Any) -> xr.Dataset:
        """The result of some scenarios for one value, or for one value each."""
        basis, scheme = self.parameter.function(self._of(self.basis, numbers), self.scheme, x)
        if self.stage == "finance":
            assert self.base is not None, "the finance stage starts from a projected case"
            return with_finance(self._of(self.base, numbers), basis, scheme)
        return self._project(basis, scheme)

    def _project(self, basis: xr.Dataset, scheme: Scheme) -> xr.Dataset:
        """All stages; the accounts of the base year are those of the law as it was, and are not compared."""
        return self.run(basis.drop_vars("accounts_0", errors="ignore"), scheme, **self.settings)

    def _everywhere(self, asked: Mapping[int, float]) -> np.ndarray:
        """The values asked for by scenario, and one of them for those that are not asked."""
        if "scenario" not in self.basis.dims:
            return np.asarray(next(iter(asked.values())))
        x = np.full(self.basis.sizes["scenario"], next(iter(asked.values())))
        x[list(asked)] = list(asked.values())
        return x

    def _of(self, dataset: xr.Dataset, numbers: list[int]) -> xr.Dataset:
        """The scenarios of some numbers; the Dataset itself where that is all of them."""
        if "scenario" not in dataset.dims or len(numbers) == dataset.sizes["scenario"]:
            return dataset
        return dataset.isel(scenario=numbers)


def joined(parts: list[tuple[list[int], xr.Dataset]]) -> xr.Dataset:
    """Results by scenario side by side, in the order of the scenarios."""
    if len(parts) == 1:
        return parts[0][1]
    return xr.concat(
        [one for _, one in sorted(parts, key=lambda part: part[0])],
        dim="scenario",
        data_vars="different",
        coords="minimal",
        compat="equals",
        combine_attrs="override",
    )
