"""How a valuation moves when one assumption or rule is changed: many whole projections, of which totals are kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from actuarial.basis.overlays import scenarios
from actuarial.errors import BadInput
from actuarial.projection import check_types, project
from actuarial.scheme import Scheme
from actuarial.studies.changes import Change, Changed, NotApplicable, over_years
from actuarial.studies.kinds import pensions_only
from actuarial.studies.recompute import with_finance
from actuarial.studies.shocks import catalogue, chosen
from actuarial.studies.unchanged import finance_alone
from actuarial.translation import N_, Told
from actuarial.vocabulary import variable

QUANTITIES = (
    "general_average_premium",
    "general_average_premium_net",
    "payg_cost_rate",
    "reserve_ratio",
    "year_reserve_exhausted",
)
ONE_VALUE = tuple(name for name in QUANTITIES if "year" not in variable(name).dims)
SHOWN = (1, 20, 40, 60)
"""Years of the projection that are shown, counted from its first; the last one is shown as well."""
TOGETHER = 4
"""Changes of the basis that are projected at once: the memory of a projection is that of its scenarios."""
NOTHING = 1e-12
"""Relative difference that is rounding."""
BASE = "base"
FIELDS = ("words", "expected", "why", "parameter", "step", "unit")
COPIED = ("scheme", "country", "valuation_date", "currency", "price_basis", "library_version", "service_grid")

Changes = Mapping[str, Any] | Iterable[Any]


def sensitivity(
    basis: xr.Dataset,
    scheme: Scheme,
    changes: Changes | None = None,
    *,
    quantities: Sequence[str] | None = None,
    scenario: str | None = None,
    service: str = "months",
    progress: Callable[[str], None] | None = None,
) -> xr.Dataset:
    """Value a scheme under single changes of assumptions and of the law, beside the valuation without a change.

    Parameters
    ----------
    basis : Dataset
        Assumptions and base-year stocks. Accounts of the base year (`accounts_0`) are not compared here.
    scheme : Scheme
    changes : names of the catalogue, `Change` objects, or a mapping of name to one of them or to a function, optional
        By default the whole catalogue (`shocks.catalogue()`); `shocks.STRESS_TESTS` are the names of its stress tests.
        A function takes a basis and returns one, or takes basis and scheme and returns both.
    quantities : names, optional
        What is kept, by default all of `QUANTITIES`.
    scenario : str, optional
        Scenario of the basis that is changed; by default its only one, or that named central.
    service : "months" or "years"
        Grid of past credit.
    progress : function of a sentence, optional
        Called before each projection.

    Returns
    -------
    Dataset by change, of which the first is "base"
        `general_average_premium`, `general_average_premium_net`, `year_reserve_exhausted` (NaN: not within the
        projection); by change and year `payg_cost_rate` and `reserve_ratio` in the 1st, 20th, 40th, 60th and last
        projected year; for each of them NAME_difference, the value less that of the base. `sign_as_expected` is 1
        where the level premium moves as expected and 0 where it does not, NaN where either sign may be, where nothing
        moves, where the projection is too short to judge, and where a change is not applicable; of the latter all
        numbers are NaN. Coordinates along change: `words`, `expected`, `why`, `note` (why a change is not applicable,
        cells that met a bound, no effect), `parameter`, `step`, `unit`.

    Raises
    ------
    BadInput
        An unknown name, a change that is no function or returns something else, several scenarios of which none is
        named, and what `project` and `scenarios` refuse.

    Notes
    -----
    difference = value under the change - value of the base. Changes of the basis alone are projected as scenarios,
    `TOGETHER` at a time, and changes of the law one by one; where a change reaches income and reserve alone (interest,
    assets, administration, what the State pays), the finance stage alone. Only the totals are kept.

    References
    ----------
    .. [1] International Social Security Association and International Labour Office (2016), Guidelines on actuarial
       work for social security, guideline 8 (sensitivity and stress tests).

    Examples
    --------
    found = sensitivity(basis, scheme)
    found.general_average_premium.to_series()
    """
    pensions_only("sensitivity", scheme)
    check_types(basis, scheme)
    named = _named(changes)
    kept = _quantities(quantities)
    one, label = _one_scenario(basis, scenario)
    one = one.drop_vars("accounts_0", errors="ignore")
    applied, notes = _applied(one, scheme, named)
    values = _values(_yearly(one), scheme, applied, service, progress or (lambda sentence: None))
    nothing = xr.full_like(values[BASE], np.nan)
    rows = [values[BASE], *(values.get(name, nothing) for name in named)]
    found = xr.concat(rows, dim="change", coords="minimal", compat="override", combine_attrs="override")
    found = _described(found.assign_coords(change=[BASE, *named]), named, notes, one.sizes["year"])
    found.attrs = {name: found.attrs[name] for name in COPIED if name in found.attrs} | {"scenario": label}
    return found.drop_vars(_unwanted(kept))


def _named(changes: Changes | None) -> dict[str, Change]:
    """Changes by name, whatever the caller wrote."""
    if changes is None:
        return catalogue()
    if isinstance(changes, str):
        changes = (changes,)
    if isinstance(changes, Mapping):
        found = {str(name): _change(str(name), change) for name, change in changes.items()}
    elif not isinstance(changes, Iterable):
        raise BadInput(f"changes: must be names, changes, or a mapping of name to them (got {changes!r}).")
    else:
        given = list(changes)
        words = chosen([item for item in given if not isinstance(item, Change)])
        found = {(c := item if isinstance(item, Change) else words[item]).name: c for item in given}
    if BASE in found:
        raise BadInput(f"changes: {BASE!r} names the valuation without a change. Give the change another name.")
    if not found:
        raise BadInput("changes: none is given.\n  Leave the argument out for the whole catalogue.")
    for name, change in found.items():
        if change.effect_on not in ONE_VALUE:
            raise BadInput(
                f"change {name!r}: effect_on must be a quantity of one value: {', '.join(ONE_VALUE)} "
                f"(got {change.effect_on!r})."
            )
    return found


def _change(name: str, given: Any) -> Change:
    if isinstance(given, Change):
        return given
    if isinstance(given, str):
        return chosen([given])[given]
    return Change(name=name, words=name.replace("_", " "), function=given)


def _quantities(quantities: Sequence[str] | None) -> tuple[str, ...]:
    names = QUANTITIES if quantities is None else (quantities,) if isinstance(quantities, str) else tuple(quantities)
    unknown = [str(name) for name in names if name not in QUANTITIES]
    if unknown or not names:
        raise BadInput(
            f"quantities: {', '.join(unknown) or 'none'} cannot be kept; the quantities are {', '.join(QUANTITIES)}."
        )
    return names


def _one_scenario(basis: xr.Dataset, scenario: str | None) -> tuple[xr.Dataset, str]:
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


def _yearly(basis: xr.Dataset) -> xr.Dataset:
    """The basis with the year on all that may change with it, so that a change may give a constant a path."""
    names = [str(name) for name, array in basis.data_vars.items() if "year" not in array.dims]
    return basis.assign({name: over_years(basis, name) for name in names if "year" in variable(name).dims})


def _applied(
    basis: xr.Dataset, scheme: Scheme, named: Mapping[str, Change]
) -> tuple[dict[str, tuple[xr.Dataset, Scheme]], dict[str, str]]:
    """Changed basis and scheme of each change that is applicable, and the notes."""
    applied, notes = {}, {}
    for name, change in named.items():
        try:
            changed, law, notes[name] = _apply(name, change, basis, scheme)
        except NotApplicable as reason:
            notes[name] = f"not applicable: {reason}"
            continue
        applied[name] = (changed, law)
    return applied, notes


def _apply(name: str, change: Change, basis: xr.Dataset, scheme: Scheme) -> Changed:
    """One change, on a basis that cannot be written to; the year is spread on what it changes."""
    kept: list[Changed] = []

    def shock(given: xr.Dataset) -> xr.Dataset:
        kept.append(change.apply(given, scheme))
        return given

    scenarios(basis, **{name: shock})
    (changed, law, note), *_ = kept
    changed = _yearly(changed)
    scenarios(_yearly(basis), **{name: _give(changed)})  # labels, attributes and bounds are judged before projections
    return changed, law, note


def _values(
    basis: xr.Dataset,
    scheme: Scheme,
    applied: Mapping[str, tuple[xr.Dataset, Scheme]],
    service: str,
    tell: Callable[[str], None],
) -> dict[str, xr.Dataset]:
    """The quantities of the base and of each applicable change, by name."""
    whole = {BASE: (basis, scheme), **applied}
    text = N_("{done} of {count} are valued; now {names}")
    tell(Told(text, done=0, count=len(whole), names=BASE))
    base = project(basis, scheme, service=service)
    values = {BASE: _kept(base)}
    for name, (changed, law) in applied.items():
        if finance_alone(basis, scheme, changed, law):
            values[name] = _kept(with_finance(base, changed, law))
    rest = [name for name in whole if name not in values]
    for batch in _batches(rest, [name for name in rest if whole[name][1] is scheme]):
        tell(Told(text, done=len(values), count=len(whole), names=tuple(batch)))
        law = whole[batch[0]][1]
        mixed = scenarios(basis, **{name: _give(whole[name][0]) for name in batch})
        mixed = mixed.isel(scenario=0, drop=True) if len(batch) == 1 else mixed
        found = _kept(project(mixed, law, service=service))
        values |= {name: found if len(batch) == 1 else found.sel(scenario=name, drop=True) for name in batch}
    return values


def _batches(names: Sequence[str], of_basis: Sequence[str]) -> list[list[str]]:
    """Names of what is projected at once: changes of the basis alone together, changes of the law one by one."""
    batches = [list(of_basis[i : i + TOGETHER]) for i in range(0, len(of_basis), TOGETHER)]
    return batches + [[name] for name in names if name not in of_basis]


def _give(changed: xr.Dataset) -> Callable[[xr.Dataset], xr.Dataset]:
    return lambda basis: changed


def _kept(result: xr.Dataset) -> xr.Dataset:
    """What is kept of a valuation, loose from the rest of it."""
    size = result.sizes["year"]
    at = sorted({year - 1 for year in (*SHOWN, size) if year <= size})
    found = result[list(QUANTITIES)].isel(year=at)
    others = [name for name in found.coords if name not in ("scenario", "year")]
    return found.drop_vars(others).copy(deep=True)


def _described(
    found: xr.Dataset, named: Mapping[str, Change], notes: Mapping[str, str], years: int
) -> xr.Dataset:
    """The values with the differences to the base, the signs, and the words of the changes."""
    new = {}
    for name in QUANTITIES:
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


def _judged(values: xr.DataArray, name: str, change: Change, years: int) -> tuple[float, str]:
    """1 where a quantity moves as expected, 0 where the other way, NaN where that is not judged; and a note."""
    base, value = (float(values.sel(change=label)) for label in (BASE, name))
    if np.isnan(value - base):
        return np.nan, ""
    if abs(value - base) <= NOTHING * (abs(base) + abs(value)):
        return np.nan, f"no effect on {change.effect_on}"
    if change.expected == "either":
        return np.nan, ""
    if years < change.least_years:
        return np.nan, f"the sign is not judged below {change.least_years} projected years"
    return float((value > base) == (change.expected == "up")), ""


def _unwanted(kept: Sequence[str]) -> list[str]:
    return [word for name in QUANTITIES if name not in kept for word in (name, f"{name}_difference")]
