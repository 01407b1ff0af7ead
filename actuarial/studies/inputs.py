"""Inputs of two runs side by side: what differs, and one run with some inputs of the other."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from actuarial.basis.saving import without_idle_labels
from actuarial.bridge import spread
from actuarial.dated import Money, Split
from actuarial.errors import BadInput
from actuarial.fields import ended, keys_of, suggestion
from actuarial.provenance import digest
from actuarial.scheme import Scheme
from actuarial.translation import N_
from actuarial.vocabulary import INPUTS, variable, variables

CATEGORIES = ("data", "methodology", "demographic", "economic", "behavioural", "provisions")
DEMOGRAPHIC = (
    "mx",
    "a0",
    "asfr",
    "srb",
    "net_migration",
    "mortality_ratio_insured",
    "mortality_ratio_pensioners",
    "remarriage_rate",
    "married_share",
    "spouse_age_gap",
    "spouse_age_sd",
    "survivors_with_pension",
)
ECONOMIC = (
    "wage_growth",
    "salary_growth",
    "inflation",
    "interest_rate",
    "gdp",
    "participation_rate",
    "unemployment_rate",
)
BEHAVIOURAL = (
    "coverage",
    "voluntary_insured",
    "admitted_share",
    "readmitted_share",
    "successor_share",
    "transfer_rate",
    "transfer_rate_inactive",
    "density",
    "density_dispersion",
    "exit_rate",
    "invalidity_rate",
    "recovery_rate",
    "reentry_share",
    "retirement_rate",
    "retirement_rate_inactive",
    "working_pensioners_share",
    "working_pensioners_earnings",
    "entry_profile",
    "declared_share",
    "collection_rate",
    "suspended_share",
    "first_payment_share",
    "award_lag",
    "overlap",
)
OF_THE_DATE = ("calibration", "earnings_cv", "pension_cv", "audited_accounts", "observed_awards")
OPTIONS = {"service_grid": "service", "migration_timing": "migration"}
METHODS = ("coverage_concept", "a0_rule", "price_basis")
ATTRIBUTES = (*METHODS, "currency")
COMPARED_ONLY = ("accounts_0", "observed_awards", "assets_book_0", "assets_market_0", "assets_disputed_0")
"""Variables that are compared with others or reported and never enter a projection."""
PARTS = ("insurable_earnings", "administration", "funding")
PLACES = ("contributions", "accounts", "benefits")
WHOLE = ""


class Side(NamedTuple):
    """Everything that a projection is made from."""

    basis: xr.Dataset
    scheme: Scheme
    service: str
    migration: str


class Difference(NamedTuple):
    """One input that differs between two runs.

    `largest` is the greatest absolute difference of a variable (NaN for everything else and where only one run has it),
    `place` where it lies, `previous` and `current` the values there.
    """

    name: str
    category: str
    cells: int
    largest: float
    place: str
    previous: str
    current: str


def category_of(name: str) -> str:
    """Category of an input of a basis.

    Raises
    ------
    BadInput
        An input that belongs to none.
    """
    if name in METHODS or name in OPTIONS:
        return "methodology"
    if name in OF_THE_DATE or name.endswith(("_0", "_past")):
        return "data"
    for word, names in (("demographic", DEMOGRAPHIC), ("economic", ECONOMIC), ("behavioural", BEHAVIOURAL)):
        if name in names:
            return word
    raise BadInput(
        f"{name} belongs to none of the categories {', '.join(CATEGORIES)}.\n  Name it in a step of your own."
    )


def of_basis(name: str) -> bool:
    """Whether a name is that of a variable, attribute or option, and no path of a scheme."""
    return (name in variables() and variable(name).role == "basis") or name in OPTIONS or name in ATTRIBUTES


def differing(previous: Side, current: Side) -> list[Difference]:
    """Inputs of two sides that differ, in the order of the categories; bases on the same years, groups, sexes, ages."""
    rows = [row for name in _variables(previous, current) if (row := of_variable(name, previous.basis, current.basis))]
    rows += _of_attributes(previous.basis.attrs, current.basis.attrs)
    for name, field in OPTIONS.items():
        before, after = getattr(previous, field), getattr(current, field)
        if before != after:
            rows.append(_said(name, category_of(name), before, after))
    rows += [_said(path, "provisions", a, b) for path, a, b in _of_schemes(previous.scheme, current.scheme)]
    return sorted(rows, key=lambda row: CATEGORIES.index(row.category))


def _variables(previous: Side, current: Side) -> list[str]:
    """Variables of either basis, in the order of the vocabulary; what pensions do not read is left out."""
    have = {str(name) for side in (previous, current) for name in side.basis.data_vars}
    return [name for name, row in variables().items() if name in have and row.role != "health_basis"]


def of_variable(name: str, previous: xr.Dataset, current: xr.Dataset) -> Difference | None:
    """How a variable differs between two bases; None where it does not."""
    if name not in previous or name not in current:
        have = [f"{name in basis}".replace("True", "given").replace("False", "absent") for basis in (previous, current)]
        return _said(name, category_of(name), *have)
    before, after = previous[name], current[name]
    if before.dims == after.dims and before.equals(after):
        return None
    before, after = (_whole(array, basis) for array, basis in ((before, previous), (after, current)))
    same = [d for d in before.dims if d in after.dims and np.array_equal(before[d].values, after[d].values)]
    if len(same) < before.ndim or before.ndim != after.ndim:
        other = ", ".join(str(d) for d in before.dims if d not in same) or "another number of dims"
        return _said(name, category_of(name), f"{other} of its own", f"other {other}")
    after = after.transpose(*before.dims)
    gap = abs(after - before)
    bad = ~((before == after) | (before.isnull() & after.isnull()))
    cells = int(bad.sum())
    if not cells:
        return None
    size = np.where(bad.values, np.nan_to_num(gap.values, nan=np.inf), -1.0)
    spot = np.unravel_index(int(size.argmax()), gap.shape)
    place = ", ".join(f"{d}={gap[d].values[i]}" for d, i in zip(gap.dims, spot, strict=True) if d in gap.coords)
    values = [f"{float(array.values[spot]):.6g}" for array in (before, after)]
    return Difference(name, category_of(name), cells, float(gap.values[spot]), place, *values)


def _whole(array: xr.DataArray, basis: xr.Dataset) -> xr.DataArray:
    """A variable on all dims that it may have and the basis knows."""
    name = str(array.name)
    if all(dim in basis.coords for dim in variable(name).dims):
        return spread(basis, name)
    return array


def _of_attributes(previous: Mapping[str, Any], current: Mapping[str, Any]) -> list[Difference]:
    """Attributes that numbers depend on, and currency, that differ."""
    pairs = ((name, previous.get(name), current.get(name)) for name in ATTRIBUTES)
    return [
        _said(name, category_of(name) if name in METHODS else "data", before, after)
        for name, before, after in pairs
        if before != after
    ]


def _said(name: str, category: str, before: Any, after: Any) -> Difference:
    return Difference(name, category, 1, np.nan, "", _words(before), _words(after))


def _words(value: Any) -> str:
    text = "absent" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _of_schemes(previous: Scheme, current: Scheme) -> list[tuple[str, Any, Any]]:
    """Paths of the schemes that differ, with what lies there."""
    found = []
    for key in keys_of(previous):
        before, after = getattr(previous, key), getattr(current, key)
        if key in PARTS:
            found += _of_parts(before, after, key)
        elif key in PLACES:
            old, new = ({part.name: part for part in parts} for parts in (before, after))
            for name in dict.fromkeys([*old, *new]):
                found += _of_parts(old.get(name), new.get(name), name)
        elif before != after:
            found.append((f"scheme.{key}", before, after))
    return found


def _of_parts(before: Any, after: Any, path: str) -> list[tuple[str, Any, Any]]:
    """Paths inside a part that differ: fields of objects of one class; else the part itself."""
    if (before is None and after is None) or digest(before) == digest(after):
        return []
    if type(before) is not type(after) or not dataclasses.is_dataclass(before) or isinstance(before, (Money, *Split)):
        return [(path, before, after)]
    return [
        row
        for key in keys_of(before)
        for row in _of_parts(getattr(before, key), getattr(after, key), f"{path}.{key}")
    ]


def taken_over(previous: Side, current: Side, names: Iterable[str]) -> Side:
    """The previous side with some inputs of the current one; the bases are on the same labels.

    Raises
    ------
    BadInput
        A name that is no input of either, or a path into parts of different classes.
    BadScheme
        Provisions that do not fit together.
    """
    basis, attrs = previous.basis, dict(previous.basis.attrs)
    options = {"service": previous.service, "migration": previous.migration}
    paths = []
    for name in names:
        if name in OPTIONS:
            options[OPTIONS[name]] = getattr(current, OPTIONS[name])
        elif name in ATTRIBUTES:
            attrs |= {name: current.basis.attrs[name]} if name in current.basis.attrs else {}
        elif of_basis(name):
            basis = _with_variable(basis, current.basis, name)
            reason = "calibration_reason"
            if name == "calibration" and reason in current.basis.attrs:
                attrs[reason] = current.basis.attrs[reason]
        else:
            paths.append(name)
    return Side(basis.assign_attrs(attrs), _with_paths(previous.scheme, current.scheme, paths), **options)


def _with_variable(basis: xr.Dataset, current: xr.Dataset, name: str) -> xr.Dataset:
    bare = without_idle_labels(basis.drop_vars(name, errors="ignore"))
    return bare.assign({name: current[name]}) if name in current else bare


def _with_paths(previous: Scheme, current: Scheme, paths: list[str]) -> Scheme:
    """A scheme with the parts or fields of another one at some paths; all are changed at once."""
    tree = _tree(paths)
    if not tree:
        return previous
    own = tree.pop("scheme", {})
    if WHOLE in own:
        return current
    fields: dict[str, Any] = {key: getattr(current, key) for key in _checked(own, previous, "scheme")}
    known: list[str] = [*PARTS]
    for place in PLACES:
        parts, new = ({part.name: part for part in getattr(scheme, place)} for scheme in (previous, current))
        known += [*parts, *new]
        for name in [name for name in tree if name in parts or name in new]:
            parts[name] = _merged(parts.get(name), new.get(name), tree.pop(name), name)
        fields[place] = tuple(part for part in parts.values() if part is not None)
    for name in [name for name in tree if name in PARTS]:
        fields[name] = _merged(getattr(previous, name), getattr(current, name), tree.pop(name), name)
    for name in tree:
        parts_known = list(dict.fromkeys(known))
        inputs = [row.name for row in variables().values() if row.role in INPUTS]
        close = suggestion(name, [*inputs, *CATEGORIES, *parts_known], "")
        hint = close if close.startswith("did you mean") else suggestion(name, parts_known, N_("the parts are {names}"))
        raise BadInput(
            f"{name} is no variable, attribute or option of a basis and no part of the scheme; {ended(hint)}"
        )
    return dataclasses.replace(previous, **fields)


def _tree(paths: Iterable[str]) -> dict[str, Any]:
    """Paths as nested mappings, with the mark WHOLE where one ends."""
    root: dict[str, Any] = {}
    for path in paths:
        node = root
        for word in path.split("."):
            node = node.setdefault(word, {})
        node[WHOLE] = {}
    return root


def _checked(fields: Iterable[str], part: Any, path: str) -> list[str]:
    """Names of fields of a part."""
    keys = keys_of(part)
    for field in fields:
        if field not in keys:
            hint = ended(suggestion(field, keys, N_("the fields are {names}")))
            raise BadInput(f"{path}.{field}: unknown field; {hint}")
    return list(fields)


def _merged(before: Any, after: Any, tree: Mapping[str, Any], path: str) -> Any:
    """A part in which the fields of a tree of paths are those of another part."""
    if WHOLE in tree:
        return after
    if type(before) is not type(after) or not dataclasses.is_dataclass(before):
        kinds = " and ".join("nothing" if part is None else type(part).__name__ for part in (before, after))
        raise BadInput(f"{path}.{next(iter(tree))}: {path} is {kinds} in the two schemes; take over {path} as a whole.")
    changes = {
        field: _merged(getattr(before, field), getattr(after, field), tree[field], f"{path}.{field}")
        for field in _checked(tree, before, path)
    }
    part: Any = before
    return dataclasses.replace(part, **changes)
