"""Results side by side: one Dataset with the dimension `run`."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from actuarial.audited import span_audited
from actuarial.check.variables import check_axes, check_variable
from actuarial.errors import ActuarialError, BadDimensions, BadInput
from actuarial.quick import like, stacked
from actuarial.translation import N_, Told
from actuarial.vocabulary import annotate, variable
from actuarial.warned import told_attributes, warning_attributes, warnings_of

MONEY = (
    "contributions",
    "state_income",
    "other_income",
    "investment_income",
    "total_income",
    "pension_expenditure",
    "lump_sum_expenditure",
    "service_expenditure",
    "cash_benefits",
    "administration",
    "outgo",
    "balance",
    "reserve",
    "claims_outstanding",
    "contingency_reserve",
    "total_insurable_earnings",
)
PERSONS = ("total_contributors", "total_pensioners")
RATES = (
    "payg_cost_rate",
    "contribution_rate",
    "demographic_ratio",
    "financial_ratio",
    "lump_sum_rate",
    "administration_rate",
    "reserve_ratio",
    "trust_fund_ratio",
    "payg_rate_with_reserve",
    "reserve_months",
    "loss_ratio",
    "out_of_pocket_share",
)
BY_BENEFIT = ("benefit_expenditure",)
INDICATORS = (
    "general_average_premium",
    "general_average_premium_net",
    "year_outgo_exceeds_contributions",
    "year_reserve_falls",
    "year_reserve_exhausted",
)
COMPARED = (*MONEY, *PERSONS, *RATES, *BY_BENEFIT, *INDICATORS)
SAME = ("currency", "price_basis")
TOLD = {
    "valuation_date": N_("valuation date"),
    "service_grid": N_("service grid"),
    "migration_timing": N_("migration timing"),
    "library_version": N_("library version"),
}
STATED = {
    "months": N_("months"),
    "years": N_("years"),
    "end": N_("at the end of the year"),
    "even": N_("evenly over the year"),
    "start": N_("at the start of the year"),
    "not stated": N_("not stated"),
}
"""Words of attributes that notes say."""
PERIOD = ("first_year", "last_year", "target_outgo")


def compare(runs: Mapping[str, xr.Dataset] | None = None, /, **named: xr.Dataset) -> xr.Dataset:
    """Put the results of several runs side by side: yearly totals, rates and ratios, indicators.

    Parameters
    ----------
    runs : mapping of name to Dataset, optional
        For names that are no words of Python, such as "current law".
    named : Dataset
        Results of `project`, or any Datasets with some of the variables below. The first one is the reference.

    Returns
    -------
    Dataset by run, (scenario,) year, benefit
        Money (currency/year, the reserve in currency) and persons by year without groups, sexes and ages; cost rates
        and ratios by year; `benefit_expenditure` by benefit; `general_average_premium` and
        `general_average_premium_net` (fractions); the three critical years (NaN: not within the projection). Those of
        these variables that every run has. Attributes that all runs share are kept; `reference` is the name of the
        first run, `schemes` tells the law of each, `warnings` lists what was found implausible in which run, and
        `notes` says what was done to make the runs comparable.

    Raises
    ------
    BadInput
        Fewer than two runs, something else than a Dataset, another currency or price basis, no variable or no year in
        common, other scenarios.

    Notes
    -----
    - Years: those that all runs have. Level rates and critical years are never cut: they belong to the whole period of
      their run, which the notes tell where the periods differ.
    - Benefits: all that some run has; a benefit that a run does not have costs 0 in it.
    - Scenarios: runs with scenarios must have the same ones; a run without scenarios stands beside each of them.

    Examples
    --------
    compared = compare(now=project(basis, scheme), reform=project(basis, reform))
    compared.payg_cost_rate.sel(run="reform") - compared.payg_cost_rate.sel(run="now")
    """
    given = _named(runs, named)
    for name, run in given.items():
        _check_run(name, run)
    _check_same(given)
    names, notes = _shared(given)
    parts = {word: run[names].reset_coords(drop=True) for word, run in given.items()}
    for adapt in (_on_common_years, _on_all_scenarios, _on_all_benefits):
        parts = adapt(parts, notes)
    result = annotate(xr.Dataset({name: along_runs({word: parts[word][name] for word in parts}) for name in names}))
    for name in names:
        result[name].attrs |= _attributes_of_variable(name, given)
    text = N_("{name}: income, outgo and reserve of {span} as audited")
    notes += [Told(text, name=name, span=span) for name, span in _audited(given) if span]
    return result.assign_attrs(_attributes(given, notes))


def _named(runs: Any, named: dict[str, Any]) -> dict[str, xr.Dataset]:
    """The runs by name, in their order."""
    hint = "\n  Write compare(now=result, reform=other), or compare({'current law': result, 'reform': other})."
    if isinstance(runs, xr.Dataset) or not isinstance(runs, Mapping | None):
        raise BadInput(f"compare: give each run its name (got {type(runs).__name__} without one).{hint}")
    given = dict(runs or {})
    twice = [name for name in named if name in given]
    if twice:
        raise BadInput(f"compare: the run {twice[0]!r} is given twice; names of runs must differ.")
    given |= named
    if len(given) < 2:
        found = f"one run is given, {next(iter(given))!r}" if given else "no run is given"
        raise BadInput(f"compare: {found}; a comparison needs two.{hint}")
    blank = [name for name in given if not isinstance(name, str) or not name.strip()]
    if blank:
        raise BadInput(f"compare: a name of a run must be a word (got {blank[0]!r}).{hint}")
    return given


def _check_run(name: str, run: Any) -> None:
    if not isinstance(run, xr.Dataset):
        raise BadInput(
            f"run {name!r}: must be a Dataset (got {'None' if run is None else type(run).__name__}).\n"
            "  Give the result of project(basis, scheme), or open that of an earlier run first."
        )
    if "run" in run.dims:
        raise BadInput(f"run {name!r}: is a comparison already; give the results that it was made of.")
    try:
        check_axes(run)
        for word in COMPARED:
            if word in run:
                _check_labels(run[word])
                check_variable(run[word], variable(word))
    except ActuarialError as error:
        raise type(error)(f"run {name!r}: {error}") from None


def _check_labels(array: xr.DataArray) -> None:
    bare = [str(dim) for dim in array.dims if dim not in array.coords or not array.sizes[dim]]
    if bare:
        raise BadDimensions(f"{array.name}: the dimension {bare[0]} has no labels; give it coordinates.")


def _check_same(runs: Mapping[str, xr.Dataset]) -> None:
    """One currency and one kind of prices among the runs that state them."""
    for key in SAME:
        stated = {name: str(run.attrs[key]) for name, run in runs.items() if str(run.attrs.get(key, "")).strip()}
        if len(set(stated.values())) > 1:
            raise BadInput(
                Told(
                    "compare: the runs have different {what}: {stated}; amounts cannot be compared.\n"
                    "  Convert them first, and state the same attribute in all runs.",
                    what=key.replace("_", " "),
                    stated=_told(stated),
                )
            )


def _shared(runs: Mapping[str, xr.Dataset]) -> tuple[list[str], list[str]]:
    """Variables that every run has, and a note on those that only some have."""
    names = [name for name in COMPARED if all(name in run for run in runs.values())]
    if not names:
        raise BadInput(
            Told(
                "compare: the {count} runs share none of the variables that are compared, such as {names}.\n"
                "  Give results of project, or of value and project_finance.",
                count=len(runs),
                names=("outgo", *RATES[:2], INDICATORS[0]),
            )
        )
    partly = [name for name in COMPARED if name not in names and any(name in run for run in runs.values())]
    text = N_("left out, since not every run has them: {variables}")
    notes: list[str] = [Told(text, variables=tuple(partly))] if partly else []
    for key, called in TOLD.items():
        stated = {name: str(run.attrs.get(key, "not stated")) for name, run in runs.items()}
        if len(set(stated.values())) > 1:
            notes.append(Told("{attribute} differs: {stated}", attribute=Told(called), stated=_each(stated)))
    return names, notes


def _on_common_years(parts: dict[str, xr.Dataset], notes: list[str]) -> dict[str, xr.Dataset]:
    years = {name: part["year"].values for name, part in parts.items() if "year" in part.dims}
    spans = {name: f"{labels[0]}-{labels[-1]}" for name, labels in years.items()}
    if len(set(spans.values())) < 2:
        return parts
    first, last = max(int(labels[0]) for labels in years.values()), min(int(labels[-1]) for labels in years.values())
    if first > last:
        text = N_("compare: the runs have no year in common: {spans}.\n  Give runs of the same period.")
        raise BadInput(Told(text, spans=_told(spans)))
    text = N_(
        "years differ: {spans}; series are compared from {first} to {last}, while level rates and critical years are "
        "those of the whole period of each run"
    )
    notes.append(Told(text, spans=_each(spans), first=first, last=last))
    return {name: part.sel(year=slice(first, last)) if name in years else part for name, part in parts.items()}


def _on_all_scenarios(parts: dict[str, xr.Dataset], notes: list[str]) -> dict[str, xr.Dataset]:
    """Scenarios in the order of the first run that has them; runs without stand beside each of them."""
    found = {name: [str(word) for word in part["scenario"].values] for name, part in parts.items() if _many(part)}
    if not found:
        return parts
    (first, wanted), *others = found.items()
    for name, words in others:
        if sorted(words) != sorted(wanted):
            raise BadInput(
                Told(
                    "compare: the scenarios of {name!r} ({words}) differ from those of {first!r} ({wanted}).\n"
                    "  Give runs with the same scenarios, or select one: sel(scenario=..., drop=True).",
                    name=name,
                    words=tuple(words),
                    first=first,
                    wanted=tuple(wanted),
                )
            )
    plain = [name for name in parts if name not in found]
    if plain:
        text = N_("without scenarios, and repeated beside each of {scenarios}: {runs}")
        notes.append(Told(text, scenarios=tuple(wanted), runs=tuple(plain)))
    return {name: part.sel(scenario=wanted) if name in found else part for name, part in parts.items()}


def _many(part: xr.Dataset) -> bool:
    return "scenario" in part.dims


def _on_all_benefits(parts: dict[str, xr.Dataset], notes: list[str]) -> dict[str, xr.Dataset]:
    """Benefits in the order of the reference, then those that others add; what a run does not have costs 0."""
    has = {name: [str(word) for word in part["benefit"].values] for name, part in parts.items() if "benefit" in part}
    everything = list(dict.fromkeys(word for words in has.values() for word in words))
    for name, words in has.items():
        lacking = [word for word in everything if word not in words]
        if lacking:
            notes.append(Told("{name} has no {benefits}: 0 there", name=name, benefits=tuple(lacking)))
            parts[name] = parts[name].reindex(benefit=everything, fill_value=0.0)
        elif words != everything:
            parts[name] = parts[name].sel(benefit=everything)
    return parts


def along_runs(arrays: Mapping[str, xr.DataArray]) -> xr.DataArray:
    """One variable of several runs along `run`; what has no scenarios in one run is repeated where another has them.

    Parameters
    ----------
    arrays : mapping of the name of a run to its DataArray; the labels of shared dims are the same

    Returns
    -------
    DataArray by run and the dims of all, float64
    """
    together = stacked(list(arrays.values()), "run", {"run": list(arrays)}).transpose("run", ...)
    return like(together, together.values.astype(np.float64, copy=False))


def _attributes_of_variable(name: str, runs: Mapping[str, xr.Dataset]) -> dict[str, Any]:
    """The period of a level rate: shared, or that of each run."""
    keys = [key for key in PERIOD if any(key in run[name].attrs for run in runs.values())]
    return {key: _one_or_each({word: run[name].attrs.get(key) for word, run in runs.items()}) for key in keys}


def _one_or_each(values: Mapping[str, Any]) -> Any:
    if len({str(value) for value in values.values()}) == 1:
        return next(iter(values.values()))
    return _told({name: "none" if value is None else value for name, value in values.items()})


def _audited(runs: Mapping[str, xr.Dataset]) -> list[tuple[str, str]]:
    """Years whose flows are audited ones, by run."""
    return [(name, span_audited(run)) for name, run in runs.items()]


def _attributes(runs: Mapping[str, xr.Dataset], notes: Iterable[str]) -> dict[str, str]:
    found = {"reference": next(iter(runs))}
    for key in (*SAME, "country", *TOLD):
        stated = {str(run.attrs[key]) for run in runs.values() if str(run.attrs.get(key, "")).strip()}
        if len(stated) == 1:
            found[key] = stated.pop()
    schemes = [f"{name}: {run.attrs['scheme']}" for name, run in runs.items() if run.attrs.get("scheme")]
    texts = {"schemes": "\n".join(schemes), **warning_attributes(_warnings(runs)), **told_attributes("notes", notes)}
    return found | {key: text for key, text in texts.items() if text}


def _warnings(runs: Mapping[str, xr.Dataset]) -> list[str]:
    """Warnings of all runs, each once; those that only some runs have begin with their names."""
    found: dict[str, list[str]] = {}
    for name, run in runs.items():
        for line in warnings_of(run):
            found.setdefault(line, []).append(name)
    return [
        text if len(names) == len(runs) else Told("{runs}: {warning}", runs=", ".join(names), warning=text)
        for text, names in found.items()
    ]


def _each(stated: Mapping[str, str]) -> Told:
    """What runs state of themselves, one after the other."""
    first, *others = [
        Told("{name} {value}", name=name, value=Told(STATED[word]) if word in STATED else word)
        for name, word in stated.items()
    ]
    for other in others:
        first = Told("{first}; {second}", first=first, second=other)
    return first


def _told(values: Mapping[str, Any]) -> str:
    return "; ".join(f"{name} {value}" for name, value in values.items())
