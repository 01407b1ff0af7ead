"""The one list of variables: it validates, annotates, explains and is the glossary."""

import csv
import difflib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from actuarial.errors import BadDimensions, BadInput
from actuarial.translation import N_, Language, Meaning, Told
from actuarial.translation import language as language_of

DIMS = (
    "run",
    "change",
    "scenario",
    "horizon",
    "control_period",
    "year",
    "past_year",
    "measure",
    "participants",
    "item",
    "contribution",
    "flow",
    "line",
    "account_year",
    "account_line",
    "award_line",
    "asset_class",
    "benefit",
    "account",
    "accompanied",
    "level",
    "service_type",
    "health_group",
    "receiving_group",
    "source",
    "group",
    "to_group",
    "career",
    "earnings_level",
    "sex",
    "year_of_retirement",
    "cohort",
    "age",
    "sex_of_survivor",
    "age_of_survivor",
    "service",
    "day",
    "lag",
)
FREE = ("run", "change", "scenario", "horizon", "control_period")
"""Dims that any variable may have besides its own."""
YEARS = ("year", "past_year", "account_year")
LINES = ("line", "account_line", "award_line")
"""Dims along which a number may be unknown."""
INPUTS = ("basis", "health_basis")
"""Roles of what a basis gives; what a pension basis must have is of the first."""
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
        within = [one for one in known if name in one]
        close = (difflib.get_close_matches(name, known, n=3) or within)[:3]
        if close:
            text = N_("the vocabulary has no variable {name!r}; did you mean {names}?")
        else:
            text = N_("the vocabulary has no variable {name!r}; `actuarial explain` without a name lists all.")
        raise BadInput(Told(text, name=name, names=tuple(close)))
    return known[name]


def explain(name: str, depth: int = 3, *, language: str = "en") -> str:
    """Meaning, units and formula of a variable, then the symbols of the formula, those of their formulas, and so on.

    Parameters
    ----------
    name : str
    depth : int
        Levels of formulas below that of the variable; each symbol is shown once, where it comes first.
    language : {"en", "fr", "es"}
        Of all words but the names of variables and the formulas.

    Returns
    -------
    str
        Lines of plain text; what the basis or the scheme gives has a meaning instead of a formula.

    Raises
    ------
    BadInput
        The vocabulary has no such name.

    Examples
    --------
    >>> print(explain("trust_fund_ratio", depth=1))
    trust_fund_ratio (TFR): Reserve at the start of the year over its outgo
      rate by year; units: ratio; timing: start; computed in the stage valuation
      TFR = V_t-1/O_t
    where
      V    reserve    = (1+i) V_t-1 + sum of +/- flow (1+i)^(1-tau)
      V_0  reserve_0  given: Reserve on the valuation date
      O    outgo      = E_p + E_l + G
    More by name: reserve, outgo
    """
    first, say = variable(name), language_of(language)
    lines = [say("{name} ({symbol}): {meaning}", **_named(first, say)), f"  {_facts(first, say)}"]
    if first.formula:
        lines.append(f"  {first.symbol} = {_formula(first, say)}")
    seen, level = {name}, [first]
    for step in range(depth):
        below = list(dict.fromkeys(parent for child in level for parent in child.parents if parent not in seen))
        seen.update(below)
        level = [variable(parent) for parent in below]
        if level:
            lines.append(say("and there") if step else say("where"))
            lines += _glossary(level, say)
    deeper = tuple(row.name for row in level if set(row.parents) - seen)
    return "\n".join([*lines, *([say("More by name: {names}", names=deeper)] if deeper else [])])


def _named(row: Variable, say: Language) -> dict[str, str]:
    return {"name": row.name, "symbol": row.symbol, "meaning": say(row.meaning)}


def _facts(row: Variable, say: Language) -> str:
    """Kind, dims, units and timing of a variable, and where it comes from."""
    made = say("computed in the stage {stage}", stage=say(row.role)) if row.formula else _giver(row, say)
    told = {"kind": say(row.kind), "units": say(row.units) if row.units else "1", "timing": say(row.timing)}
    if not row.dims:
        return say("{kind}, one value; units: {units}; timing: {timing}; {made}", made=made, **told)
    dims = tuple(dim if say(dim) == dim else f"{say(dim)} [{dim}]" for dim in row.dims)
    return say("{kind} by {dims}; units: {units}; timing: {timing}; {made}", dims=dims, made=made, **told)


def _glossary(rows: list[Variable], say: Language) -> list[str]:
    """Symbol, name, and formula or else meaning of variables, in columns."""
    symbol, name = (max(len(getattr(row, part)) for row in rows) for part in ("symbol", "name"))
    return [f"  {row.symbol:{symbol}}  {row.name:{name}}  {_made(row, say)}" for row in rows]


def _made(row: Variable, say: Language) -> str:
    return f"= {_formula(row, say)}" if row.formula else say("given: {meaning}", meaning=_short(row, say))


def _formula(row: Variable, say: Language) -> str:
    """A formula in English, or with its words in another language and a sign for sums."""
    return row.formula if say.code == "en" else re.sub(r"\bsum( of)?\b", "Σ", Meaning(row.formula).said(say))


def _short(row: Variable, say: Language) -> str:
    """A meaning, without what follows its first half where it is long."""
    meaning = say(row.meaning)
    return meaning if len(meaning) <= 90 else meaning.split(";")[0].rstrip()


def _giver(row: Variable, say: Language) -> str:
    return say("given by the basis") if row.role in INPUTS else say("given by the scheme")


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
        A variable with a dimension that the vocabulary does not give it (`run` and `scenario` apart).
    """
    turned, variables = {}, dataset.variables
    for name in dataset.data_vars:
        row, dims = variable(str(name)), variables[name].dims
        extra = [dim for dim in dims if dim not in row.dims and dim not in FREE]
        if extra:
            has = ", ".join(map(str, extra))
            raise BadDimensions(f"{name} has the dimension {has}; it knows {', '.join(row.dims)}.")
        order = ordered(dims)
        if dims != order:
            turned[name] = variables[name].transpose(*order)
    annotated = dataset.assign(turned) if turned else dataset.copy()
    for name in dataset.data_vars:
        annotated.variables[name].attrs |= variable(str(name)).attributes()
    return annotated
