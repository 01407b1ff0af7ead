"""Stages that look back at the finances, projected in passes until nothing changes any more."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from actuarial.benefits.stock import project_pensions
from actuarial.check.benefits import check_expenditure, check_pensions, check_recoveries
from actuarial.check.insured import check_insured
from actuarial.errors import BadInput, BadScheme
from actuarial.labour.insured import project_insured
from actuarial.pension.readiness import inside
from actuarial.scheme import Benefit, Scheme
from actuarial.translation import N_, Told, few
from actuarial.valuation.balancing import balanced_benefits, project_balancing
from actuarial.valuation.finance import project_finance

NOTHING = xr.Dataset()  # what the first pass knows of the finances
LIBRARY = __name__.split(".")[0]
EXAMINED = (0.0, 0.5, 1.0)  # parts of the projection at which rules are examined


class Stages(NamedTuple):
    """Results of the stages that are repeated.

    Attributes
    ----------
    insured, pensions, finance : Datasets of the stages
    balancing : Dataset of `project_balancing`, None where nothing is balanced
    warnings : what is unusual about the insured
    passes : how often the stages from the first that looks back were run; 1 where none does
    """

    insured: xr.Dataset
    pensions: xr.Dataset
    finance: xr.Dataset
    balancing: xr.Dataset | None
    warnings: list[str]
    passes: int

    @property
    def seen(self) -> xr.Dataset:
        """What rules look back at."""
        return self.finance if self.balancing is None else self.finance.assign(self.balancing.data_vars)


def looks_back(scheme: Scheme) -> str | None:
    """The first stage that reads the finances of years before: "insured", "pensions", or None.

    An adjustment of the library says whether it does. A function of one's own is taken to, unless it has an attribute
    `needs_finance` that is False; a benefit of one's own whose `claim` or `award` reads `person.finance` says so by an
    attribute `needs_finance` that is True.
    """
    if any(_claims_look_back(part) for part in (*scheme.benefits, *scheme.accounts)):
        return "insured"
    return "pensions" if any(looking_back(benefit) for benefit in scheme.benefits) else None


def looking_back(benefit: Any) -> bool:
    """Whether the adjustment of a benefit looks at the finances, or may."""
    rule = getattr(benefit, "indexation", None)
    return rule is not None and getattr(rule, "__func__", None) is not Benefit.indexation and _needs(rule)


def _claims_look_back(part: Any) -> bool:
    """Whether what the insured stage asks a benefit or an account, such as its growth, looks at the finances."""
    if getattr(part, "needs_finance", False):
        return True
    known = fields(part) if is_dataclass(part) else ()
    inner = [getattr(part, one.name) for one in known if one.name != "indexation"]
    return any(_needs(part) for part in (*inner, *inside(inner)))


def _needs(part: Any) -> bool:
    """Whether a rule says that it needs the finances, or a function of one's own does not say that it does not."""
    own = callable(part) and not isinstance(part, type) and type(part).__module__.split(".")[0] != LIBRARY
    return bool(getattr(part, "needs_finance", own))


def run_stages(
    population: xr.Dataset,
    basis: xr.Dataset,
    scheme: Scheme,
    *,
    service: str = "months",
    keep: tuple[str, ...] = (),
    progress: Callable[[str], None] | None = None,
) -> Stages:
    """Insured, pensions and finance of a basis and a scheme, in passes where the law looks back at the finances.

    Parameters
    ----------
    population : Dataset of `project_population`
    basis, scheme, service, keep
        As for `project_insured`.
    progress : function of a word, optional
        Called with the name of each stage before it runs.

    Returns
    -------
    Stages

    Raises
    ------
    BadScheme
        A rule reads the finances of its own year or of later ones, so that passes do not end or end anywhere.
    MissingVariable, BadDimensions, OutOfBounds, BadInput, BadBasis, IdentityFailed
        As the stages.

    Notes
    -----
    A rule for year t reads years before t only. The first pass knows no finances; each one after it reads those of the
    pass before, so that at least one more year is final after each. Stages before the first that looks back run once. A
    scenario is done when two passes give it finances that are the same to the last bit, after T + 1 passes at most
    where there are T years; its numbers do not depend on the other scenarios.
    """
    tell = progress or (lambda stage: None)
    first = looks_back(scheme)
    options: dict[str, Any] = {"service": service, "keep": keep}
    if first is None:
        return _pass(population, basis, scheme, None, None, options, tell)
    once = _insured(population, basis, scheme, None, options, tell) if first == "pensions" else None
    last = _pass(population, basis, scheme, once, NOTHING, options, tell)
    done: dict[Any, Stages] = {}
    while True:
        here = basis if not done else _without(basis, done)
        earlier = None if once is None else (_same(once[0], here), once[1])
        now = _pass(_same(population, here), here, scheme, earlier, last.seen, options, tell)
        now = now._replace(passes=last.passes + 1)
        open_years = _changed(last.seen, now.seen)
        done |= _finished(now, open_years)
        if not any(open_years.values()):
            break
        if now.passes > basis.sizes["year"]:
            raise _endless(scheme, open_years, now.passes)
        last = _selected(now, [label for label, years in open_years.items() if years])
    stages = _joined(done, basis)
    for label in done:
        _examine(scheme, _of(basis, label), _of(stages.seen, label))
    return stages


def _pass(population, basis, scheme, earlier, seen, options, tell) -> Stages:
    """One pass over the stages that are repeated, each followed by its identities.

    `earlier` is the insured stage of another pass with its warnings, where it does not look back.
    """
    insured, warnings = earlier or _insured(population, basis, scheme, seen, options, tell)
    tell(N_("pensions"))
    pensions = project_pensions(insured, basis, scheme, finance=seen)
    check_pensions(pensions, basis)
    warnings = warnings + check_recoveries(insured, pensions)
    tell(N_("finance"))
    finance = project_finance(insured, pensions, basis, scheme)
    check_expenditure(pensions, finance)
    balancing = None
    if balanced_benefits(scheme):
        balancing = project_balancing(insured, pensions, finance, basis, scheme)
    return Stages(insured, pensions, finance, balancing, warnings, 1)


def _insured(population, basis, scheme, seen, options, tell) -> tuple[xr.Dataset, list[str]]:
    """The insured stage with its warnings."""
    tell(N_("insured"))
    looked = {} if seen is None or not seen.variables else {"finance": seen}
    insured = project_insured(population, basis, scheme, **options, **looked)
    return insured, check_insured(insured, basis, population=population)


def _labels(dataset: xr.Dataset) -> list[Any]:
    """Scenarios of a Dataset, [None] where it has none."""
    return dataset["scenario"].values.tolist() if "scenario" in dataset.dims else [None]


def _of(dataset: xr.Dataset, label: Any) -> xr.Dataset:
    """One scenario of a Dataset; itself where it has none."""
    return dataset.sel(scenario=label, drop=True) if label is not None and "scenario" in dataset.dims else dataset


def _same(dataset: Any, basis: xr.Dataset) -> Any:
    """The scenarios of a basis of a Dataset or None."""
    if dataset is None or "scenario" not in dataset.dims or "scenario" not in basis.dims:
        return dataset
    return dataset.sel(scenario=basis["scenario"].values)


def _without(basis: xr.Dataset, done: dict[Any, Stages]) -> xr.Dataset:
    """The basis with the scenarios that are not done."""
    return basis.sel(scenario=[label for label in _labels(basis) if label not in done])


def _selected(stages: Stages, labels: list[Any]) -> Stages:
    """Some scenarios of the stages."""

    def some(dataset: Any) -> Any:
        return dataset.sel(scenario=labels) if dataset is not None and "scenario" in dataset.dims else dataset

    one = stages._replace(insured=some(stages.insured), pensions=some(stages.pensions))
    return one._replace(finance=some(stages.finance), balancing=some(stages.balancing))


def _changed(before: xr.Dataset, after: xr.Dataset) -> dict[Any, list[int]]:
    """Years in which two passes differ in a bit, by scenario; a change that belongs to no year counts as the first."""
    found = {}
    for label in _labels(after):
        one, other = _of(before, label), _of(after, label)
        years = set()
        for name, array in other.data_vars.items():
            values, old = array.values, one[name].transpose(*array.dims).values
            bad = ~((values == old) | ((values != values) & (old != old)))
            if bad.any():
                rest = tuple(i for i, dim in enumerate(array.dims) if dim != "year")
                where = bad.any(axis=rest) if "year" in array.dims else np.arange(other.sizes["year"]) == 0
                years |= set(other["year"].values[where].tolist())
        found[label] = sorted(years)
    return found


def _finished(stages: Stages, open_years: dict[Any, list[int]]) -> dict[Any, Stages]:
    """Stages of the scenarios in which nothing changed."""
    done = [label for label, years in open_years.items() if not years]
    return {label: stages if label is None else _selected(stages, [label]) for label in done}


def _joined(done: dict[Any, Stages], basis: xr.Dataset) -> Stages:
    """All scenarios in the order of the basis."""
    passes = max(stages.passes for stages in done.values())
    if None in done:
        return done[None]._replace(passes=passes)
    ordered = [done[label] for label in _labels(basis)]

    def whole(stage: str) -> Any:
        parts: list[Any] = [getattr(one, stage) for one in ordered]
        if parts[0] is None or "scenario" not in parts[0].dims:
            return parts[0]
        options: dict[str, Any] = {"coords": "minimal", "compat": "override", "combine_attrs": "override"}
        return xr.concat(parts, dim="scenario", data_vars="minimal", join="exact", **options)

    warnings = list(dict.fromkeys(line for stages in done.values() for line in stages.warnings))
    return Stages(whole("insured"), whole("pensions"), whole("finance"), whole("balancing"), warnings, passes)


def _endless(scheme: Scheme, open_years: dict[Any, list[int]], passes: int) -> BadScheme:
    """What is said where the passes do not end."""
    label, years = next((label, years) for label, years in open_years.items() if years)
    where = "" if label is None else Told(" in the scenario {label}", label=label)
    text = N_(
        "{rules}: the finances still change after {passes} passes{where}, in {years}.\n"
        "  A rule for a year may read the finances of the years before it only; correct the rule that reads its own "
        "year or a later one."
    )
    return BadScheme(Told(text, rules=_rules(scheme), passes=passes, where=where, years=few(years)))


def _rules(scheme: Scheme) -> str:
    """Names of the benefits and accounts whose rules look back."""
    parts = (*scheme.benefits, *scheme.accounts)
    return ", ".join(part.name for part in parts if looking_back(part) or _claims_look_back(part))


def _examine(scheme: Scheme, basis: xr.Dataset, seen: xr.Dataset) -> None:
    """BadScheme where the adjustment of a year changes with the finances of that year or of later ones."""
    years = basis["year"].values
    for benefit in [one for one in scheme.benefits if looking_back(one)]:
        rule: Any = getattr(benefit.indexation, "slices", benefit.indexation)
        for part in EXAMINED:
            at = round(part * (len(years) - 1))
            usual, other = (_answer(rule, basis, finance) for finance in (seen, _disturbed(seen, int(years[at]))))
            if not np.array_equal(usual[..., : at + 1], other[..., : at + 1], equal_nan=True):
                text = N_(
                    "{name}: its indexation of {year} or before changes with the finances of that year; a rule for a "
                    "year may read those of the years before it only."
                )
                raise BadScheme(Told(text, name=benefit.name, year=int(years[at])))


def _answer(rule: Any, basis: xr.Dataset, finance: xr.Dataset) -> np.ndarray:
    found = rule(basis, finance)
    values = np.asarray(found[0] if isinstance(found, tuple) else found, dtype=float)
    return np.broadcast_to(values, (*values.shape[:-1], basis.sizes["year"]))


def _disturbed(seen: xr.Dataset, first: int) -> xr.Dataset:
    """The finances with other numbers from a year on."""
    late, disturbed = seen["year"].values >= first, {}
    for name in seen.data_vars:
        dims, values = seen.variables[name].dims, seen.variables[name].values
        if "year" in dims:
            there = late.reshape([-1 if dim == "year" else 1 for dim in dims])
            disturbed[name] = dims, np.where(there, 1.0 - 2.0 * values, values)
    return seen.assign(disturbed)


def refuse_looking_back(scheme: Scheme, study: str, why: str) -> None:
    """BadInput where a study cannot follow rules that look back at the finances.

    Parameters
    ----------
    study : name of the function
    why : what it does with the finances, and what to do instead
    """
    if looks_back(scheme) is not None:
        raise BadInput(f"{study}: {_rules(scheme)} looks back at the finances, and {why}")
