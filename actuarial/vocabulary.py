"""The one list of variables: it validates, annotates, explains and is the glossary."""

import csv
import difflib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from actuarial.errors import BadDimensions, BadInput

DIMS = (
    "scenario",
    "year",
    "past_year",
    "contribution",
    "flow",
    "line",
    "benefit",
    "service_type",
    "group",
    "sex",
    "age",
    "service",
)
SEXES = ("male", "female")


@dataclass(frozen=True)
class Variable:
    """One row of the vocabulary."""

    name: str
    symbol: str
    dims: tuple[str, ...]
    units: str
    kind: str
    timing: str
    lower: float
    upper: float
    may_be_missing: bool
    role: str
    formula: str
    parents: tuple[str, ...]
    meaning: str

    def attributes(self) -> dict[str, str]:
        """Attributes of the variable in a Dataset."""
        return {
            "units": self.units or "1",
            "long_name": self.meaning,
            "symbol": self.symbol,
            "kind": self.kind,
            "timing": self.timing,
        }


@cache
def variables() -> dict[str, Variable]:
    """All variables by name, in the order of the file."""
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: _variable(row) for row in csv.DictReader(file)}


def _variable(row: dict[str, str]) -> Variable:
    return Variable(
        name=row["name"],
        symbol=row["symbol"],
        dims=tuple(row["dims"].split()),
        units=row["units"],
        kind=row["kind"],
        timing=row["timing"],
        lower=float(row["lower"] or "-inf"),
        upper=float(row["upper"] or "inf"),
        may_be_missing=row["may_be_missing"] == "yes",
        role=row["role"],
        formula=row["formula"],
        parents=tuple(row["parents"].split()),
        meaning=row["meaning"],
    )


def variable(name: str) -> Variable:
    """The row of a variable.

    Parameters
    ----------
    name : str

    Returns
    -------
    Variable

    Raises
    ------
    BadInput
        The vocabulary has no such name.

    Examples
    --------
    >>> variable("payg_cost_rate").formula
    'O/W'
    """
    known = variables()
    if name not in known:
        close = difflib.get_close_matches(name, known, n=3)
        hint = f"did you mean {', '.join(close)}?" if close else "`actuarial explain` without a name lists all."
        raise BadInput(f"the vocabulary has no variable {name!r}; {hint}")
    return known[name]


def explain(name: str) -> str:
    """Meaning, units, formula and parents of a variable, and of its parents in turn.

    Raises
    ------
    BadInput
        The vocabulary has no such name.

    Examples
    --------
    >>> print(explain("reserve_ratio").splitlines()[0])
    reserve_ratio (RR): Reserve over the outgo of the year
    """
    lines: list[str] = []
    first = variable(name)
    lines.append(f"{first.name} ({first.symbol}): {first.meaning}")
    dims = ", ".join(first.dims) or "no dimension"
    lines.append(f"  {first.kind} in {first.units} over {dims}, timing: {first.timing}")
    lines.append(f"  from the {first.role}" + (f": {first.formula}" if first.formula else " (input)"))
    _parents(first, lines, 1, {name})
    return "\n".join(lines)


def _parents(child: Variable, lines: list[str], depth: int, seen: set[str]) -> None:
    for name in child.parents:
        parent = variables().get(name)
        if parent is None:
            continue
        known = " ..." if name in seen and parent.parents else ""
        source = f" = {parent.formula}" if parent.formula else ""
        lines.append(f"{'  ' * (depth + 1)}{parent.name} ({parent.symbol}){source}: {parent.meaning}{known}")
        if name not in seen:
            seen.add(name)
            _parents(parent, lines, depth + 1, seen)


def ordered(dims: Any) -> tuple[str, ...]:
    """Dims in the order of the conventions; unknown ones last, in the order given."""
    return tuple(sorted(dims, key=lambda dim: DIMS.index(dim) if dim in DIMS else len(DIMS)))


def annotate(dataset: Any) -> Any:
    """The Dataset with units, meaning, symbol, kind and timing on every variable, and dims in order.

    The vocabulary's words replace those of the variable: arithmetic hands on the units of its first operand. Other
    attributes stay. Check units that somebody stated before (`check.check_variables`).

    Raises
    ------
    BadInput
        A variable that the vocabulary does not have.
    BadDimensions
        A variable with a dimension that the vocabulary does not give it (`scenario` apart).
    """
    changed = {}
    for name, array in dataset.data_vars.items():
        row = variable(str(name))
        extra = [dim for dim in array.dims if dim not in row.dims and dim != "scenario"]
        if extra:
            has = ", ".join(map(str, extra))
            raise BadDimensions(f"{name} has the dimension {has}; it knows {', '.join(row.dims)}.")
        order = ordered(array.dims)
        array = array if array.dims == order else array.transpose(*order)
        changed[name] = array.assign_attrs(row.attributes())
    return dataset.assign(changed)
