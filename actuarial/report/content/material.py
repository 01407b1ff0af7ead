"""What a report is made from: results, inputs, studies, texts of people, and the choices that all parts share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from actuarial.check.period import day_of
from actuarial.errors import BadInput
from actuarial.report.document import Picture
from actuarial.translation import Language

CENTRAL = "central"


class Part(NamedTuple):
    """A projection that is reported: `whole` has all scenarios, `result` and `basis` those of the one that is shown."""

    whole: xr.Dataset
    result: xr.Dataset
    basis: xr.Dataset
    assumptions: xr.Dataset
    scheme: Any
    scenario: str

    @property
    def currency(self) -> str:
        """Code of the currency of the scheme."""
        return str(self.scheme.currency)

    @property
    def first(self) -> int:
        """First projected year."""
        return int(self.result["year"].values[0])

    @property
    def last(self) -> int:
        """Last projected year."""
        return int(self.result["year"].values[-1])

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios; none where the result has no such dim."""
        return [str(name) for name in self.whole["scenario"].values] if "scenario" in self.whole.dims else []

    def of(self, name: str, scenario: str) -> xr.DataArray:
        """A variable of the result in a scenario, which not every variable differs by."""
        array = self.whole[name]
        return array.sel(scenario=scenario, drop=True) if "scenario" in array.dims else array


@dataclass(frozen=True)
class Material:
    """Everything that the sections of a report are made from.

    Attributes
    ----------
    say : the language
    pension, health : what was projected, None where it is not reported
    assessment : verdicts of standards, an object with `verdicts`
    sensitivity, reconciliation, balance, reforms, experience : Datasets of the studies of these names
    previous : basis of the previous valuation
    written : texts of people by the name of their field
    pictures : figures by name
    manifest : manifest of the run, empty where there is none
    health_sensitivity : Dataset of the study of this name
    """

    say: Language
    pension: Part | None
    health: Part | None
    assessment: Any = None
    sensitivity: xr.Dataset | None = None
    reconciliation: xr.Dataset | None = None
    balance: xr.Dataset | None = None
    reforms: xr.Dataset | None = None
    experience: xr.Dataset | None = None
    previous: xr.Dataset | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    manifest: Mapping[str, Any] = field(default_factory=dict)
    health_sensitivity: xr.Dataset | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The projections that are reported, pensions first."""
        return tuple(part for part in (self.pension, self.health) if part is not None)

    @property
    def main(self) -> Part:
        """The projection that names the report."""
        return self.parts[0]

    def shown(self, *names: str) -> tuple[Picture, ...]:
        """The figures of these names that there are."""
        return tuple(self.pictures[name] for name in names if name in self.pictures)


def part_of(result: Any, basis: Any, scheme: Any, what: str) -> Part:
    """A projection with the scenario that is shown: the one named central, else the first.

    Raises
    ------
    BadInput
        A result or basis that is no Dataset, or no scheme.
    """
    for word, value in (("result", result), ("basis", basis)):
        if not isinstance(value, xr.Dataset):
            raise BadInput(f"report: the {word} of {what} must be a Dataset (got {type(value).__name__}).")
    if not hasattr(scheme, "contributions"):
        raise BadInput(f"report: the scheme of {what} must be a Scheme (got {type(scheme).__name__}).")
    names = [str(one) for one in np.atleast_1d(result["scenario"].values)] if "scenario" in result.coords else []
    scenario = CENTRAL if CENTRAL in names else next(iter(names), "")
    return Part(result, one_of(result, scenario), one_of(basis, scenario), basis, scheme, scenario)


def one_of(dataset: xr.Dataset, scenario: str) -> xr.Dataset:
    """A Dataset in one scenario; itself where it has none."""
    if "scenario" in dataset.dims:
        dataset = dataset.sel(scenario=scenario if scenario in dataset["scenario"].values else dataset["scenario"][0])
    return dataset.drop_vars("scenario") if "scenario" in dataset.variables else dataset


def valuation_day(material: Material) -> str:
    """The valuation date in words; empty where the result does not tell it."""
    date = day_of(material.main.result.attrs.get("valuation_date"))
    return "" if date is None else material.say.day(date)


def moment(say: Language, text: str) -> str:
    """A time of a manifest in words."""
    time = datetime.fromisoformat(text).astimezone(UTC)
    return say("{day}, {time} UTC", day=say.day(time.date()), time=time.strftime("%H:%M"))


def stations(first: int, last: int) -> list[int]:
    """Years that a table shows: the first ten, then those of every fifth, and the last."""
    return [year for year in range(first, last + 1) if year < first + 10 or year % 5 == 0 or year == last]


def number(array: xr.DataArray, **place: Any) -> float:
    """A single number of an array, at labels of its dims."""
    return float(array.sel(**place)) if place else float(array)
