"""Single changes beside a base, whatever is projected: their names, the changed inputs, differences and signs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial.basis.overlays import scenarios
from actuarial.errors import BadInput
from actuarial.studies.changes import AnyScheme, Change, Changed, NotApplicable, over_years
from actuarial.studies.shocks import chosen
from actuarial.vocabulary import variable

SHOWN = (1, 20, 40, 60)
"""Years of the projection that are shown, counted from its first; the last one is shown as well."""
NOTHING = 1e-12
"""Relative difference that is rounding."""
BASE = "base"
FIELDS = ("words", "expected", "why", "parameter", "step", "unit")
COPIED = ("scheme", "country", "valuation_date", "currency", "price_basis", "library_version", "service_grid")

Changes = Mapping[str, Any] | Iterable[Any]


@dataclass(frozen=True)
class Study:
    """What is kept of each valuation, on which of it signs are judged, and the changes that are known by name."""

    quantities: tuple[str, ...]
    judged: tuple[str, ...]
    catalogue: Callable[[], dict[str, Change]]

    def named(self, changes: Changes | None) -> dict[str, Change]:
        """Changes by name, whatever the caller wrote; the sign of one that names no quantity is that of the first."""
        known = self.catalogue()
        if isinstance(changes, str):
            changes = (changes,)
        if changes is None:
            found = known
        elif isinstance(changes, Mapping):
            found = {str(name): _change(str(name), change, known) for name, change in changes.items()}
        elif not isinstance(changes, Iterable):
            raise BadInput(f"changes: must be names, changes, or a mapping of name to them (got {changes!r}).")
        else:
            given = list(changes)
            words = chosen([item for item in given if not isinstance(item, Change)], known)
            found = {(c := item if isinstance(item, Change) else words[item]).name: c for item in given}
        if BASE in found:
            raise BadInput(f"changes: {BASE!r} names the valuation without a change. Give the change another name.")
        if not found:
            raise BadInput("changes: none is given.\n  Leave the argument out for the whole catalogue.")
        for name, change in found.items():
            if change.effect_on not in ("", *self.judged):
                raise BadInput(
                    f"change {name!r}: effect_on must be a quantity of one value: {', '.join(self.judged)} "
                    f"(got {change.effect_on!r})."
                )
        return {name: replace(one, effect_on=one.effect_on or self.judged[0]) for name, one in found.items()}

    def kept(self, quantities: Sequence[str] | None) -> tuple[str, ...]:
        """Names of the quantities that are wanted."""
        asked = (quantities,) if isinstance(quantities, str) else quantities
        names = self.quantities if asked is None else tuple(asked)
        unknown = [str(name) for name in names if name not in self.quantities]
        if unknown or not names:
            raise BadInput(
                f"quantities: {', '.join(unknown) or 'none'} cannot be kept; the quantities are "
                f"{', '.join(self.quantities)}."
            )
        return names

    def of(self, result: xr.Dataset) -> xr.Dataset:
        """What is kept of a valuation, loose from the rest of it."""
        size = result.sizes["year"]
        at = sorted({year - 1 for year in (*SHOWN, size) if year <= size})
        found = result[list(self.quantities)].isel(year=at)
        others = [name for name in found.coords if name not in ("scenario", "year", "horizon")]
        return found.drop_vars(others).copy(deep=True)

    def beside(
        self,
        values: Mapping[str, xr.Dataset],
        named: Mapping[str, Change],
        notes: Mapping[str, str],
        years: int,
        kept: Sequence[str],
    ) -> xr.Dataset:
        """The values side by side, NaN for what is not applicable, with differences, signs and words."""
        nothing = xr.full_like(values[BASE], np.nan)
        rows = [values[BASE], *(values.get(name, nothing) for name in named)]
        found = xr.concat(rows, dim="change", coords="minimal", compat="override", combine_attrs="override")
        found = self._described(found.assign_coords(change=[BASE, *named]), named, notes, years)
        unwanted = [name for name in self.quantities if name not in kept]
        return found.drop_vars([word for name in unwanted for word in (name, f"{name}_difference")])

    def _described(
        self, found: xr.Dataset, named: Mapping[str, Change], notes: Mapping[str, str], years: int
    ) -> xr.Dataset:
        """The values with the differences to the base, the signs, and the words of the changes."""
        new = {}
        for name in self.quantities:
            row = variable(f"{name}_difference")
            new[row.name] = (found[name] - found[name].sel(change=BASE, drop=True)).assign_attrs(row.attributes())
        signs, said = [np.nan], [""]
        for name, change in named.items():
            sign, note = _judged(found[change.effect_on], name, change, years)
            signs.append(sign)
            said.append("; ".join(filter(None, [notes[name], note])))
        new["sign_as_expected"] = xr.DataArray(signs, dims="change", attrs=variable("sign_as_expected").attributes())
        words = {field: [getattr(change, field) for change in named.values()] for field in FIELDS}
        blank = {"words": "Base", "step": np.nan}
        coords = {field: ("change", [blank.get(field, ""), *column]) for field, column in words.items()}
        return found.assign(new).assign_coords(coords | {"note": ("change", said)})


def _change(name: str, given: Any, known: Mapping[str, Change]) -> Change:
    if isinstance(given, Change):
        return given
    if isinstance(given, str):
        return chosen([given], known)[given]
    return Change(name=name, words=name.replace("_", " "), function=given)


def _judged(values: xr.DataArray, name: str, change: Change, years: int) -> tuple[float, str]:
    """1 where a quantity moves as expected, 0 where the other way, NaN where that is not judged; and a note."""
    one = last_of(values)
    base, value = (float(one.sel(change=label)) for label in (BASE, name))
    if np.isnan(value - base):
        return np.nan, ""
    if abs(value - base) <= NOTHING * (abs(base) + abs(value)):
        return np.nan, f"no effect on {change.effect_on}"
    if change.expected == "either":
        return np.nan, ""
    if years < change.least_years:
        return np.nan, f"the sign is not judged below {change.least_years} projected years"
    return float((value > base) == (change.expected == "up")), ""


def last_of(values: xr.DataArray) -> xr.DataArray:
    """A quantity in its last year or over its longest horizon; NaN where the projection is shorter than every one."""
    dims = [dim for dim in ("year", "horizon") if dim in values.dims]
    if not all(values.sizes[dim] for dim in dims):
        return values.sum(dims) * np.nan
    return values.isel(dict.fromkeys(dims, -1))


def one_scenario(basis: xr.Dataset, scenario: str | None) -> tuple[xr.Dataset, str]:
    """The basis of one scenario, and its name (empty where the basis has none)."""
    labels = [str(label) for label in np.atleast_1d(basis["scenario"].values)] if "scenario" in basis.coords else []
    listed = ", ".join(labels) or "none"
    if scenario is not None and scenario not in labels:
        raise BadInput(f"scenario: the basis has no scenario {scenario!r}; it has {listed}.")
    if not labels:
        return basis, ""
    label = scenario or ("central" if "central" in labels else labels[0])
    if scenario is None and len(labels) > 1 and label != "central":
        raise BadInput(
            f"scenario: the basis has {len(labels)} scenarios ({listed}) and none is named central; one of them is "
            f"changed.\n  Say which: scenario={labels[0]!r}."
        )
    return (basis.sel(scenario=label, drop=True) if "scenario" in basis.dims else basis.drop_vars("scenario")), label


def yearly(basis: xr.Dataset) -> xr.Dataset:
    """The basis with the year on all that may change with it, so that a change may give a constant a path."""
    names = [str(name) for name, array in basis.data_vars.items() if "year" not in array.dims]
    return basis.assign({name: over_years(basis, name) for name in names if "year" in variable(name).dims})


def applied(
    basis: xr.Dataset, scheme: AnyScheme, named: Mapping[str, Change]
) -> tuple[dict[str, tuple[xr.Dataset, Any]], dict[str, str]]:
    """Changed basis and scheme of each change that is applicable, and the notes."""
    found, notes = {}, {}
    for name, change in named.items():
        try:
            changed, law, notes[name] = _apply(name, change, basis, scheme)
        except NotApplicable as reason:
            notes[name] = f"not applicable: {reason}"
            continue
        found[name] = (changed, law)
    return found, notes


def _apply(name: str, change: Change, basis: xr.Dataset, scheme: AnyScheme) -> Changed:
    """One change, on a basis that cannot be written to; the year is spread on what it changes."""
    kept: list[Changed] = []

    def shock(given: xr.Dataset) -> xr.Dataset:
        kept.append(change.apply(given, scheme))
        return given

    scenarios(basis, **{name: shock})
    (changed, law, note), *_ = kept
    changed = yearly(changed)
    scenarios(yearly(basis), **{name: given_as(changed)})  # labels, attributes and bounds are judged before projections
    return changed, law, note


def given_as(changed: xr.Dataset) -> Callable[[xr.Dataset], xr.Dataset]:
    """A scenario that is a changed basis, whatever it is given."""
    return lambda basis: changed


def at_once(names: Sequence[str], whole: Mapping[str, tuple[xr.Dataset, Any]], most: int) -> list[list[str]]:
    """Names of changed bases that are projected at once, `most` at a time; one with a variable that the base leaves out
    is projected alone."""
    usual = set(whole[BASE][0].data_vars)
    alone = [name for name in names if set(whole[name][0].data_vars) != usual]
    others = [name for name in names if name not in alone]
    return [others[i : i + most] for i in range(0, len(others), most)] + [[name] for name in alone]
