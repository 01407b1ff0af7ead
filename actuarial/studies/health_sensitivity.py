"""How a health valuation moves when one assumption or rule is changed: many projections, of which totals are kept."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import xarray as xr

from actuarial import check
from actuarial.basis.overlays import scenarios
from actuarial.health.scheme import HealthScheme
from actuarial.projection import check_types
from actuarial.projection_health import project_health, stages_before
from actuarial.scheme import Scheme
from actuarial.studies.health_shocks import completed, health_catalogue
from actuarial.studies.recompute import of_the_library
from actuarial.studies.single_changes import (
    BASE,
    COPIED,
    Changes,
    Study,
    applied,
    at_once,
    given_as,
    one_scenario,
    yearly,
)
from actuarial.studies.unchanged import FINANCIAL
from actuarial.translation import N_, Told
from actuarial.vocabulary import variable

QUANTITIES = ("level_rate", "payg_cost_rate", "payg_rate_with_reserve", "reserve_months", "year_reserve_exhausted")
ONE_VALUE = ("level_rate", "year_reserve_exhausted")
STUDY = Study(QUANTITIES, ONE_VALUE, health_catalogue)
TOGETHER = 2
"""Changes of the basis that are projected at once: the memory of a projection is that of its scenarios."""
Stages = dict[str, Any]


def health_sensitivity(
    basis: xr.Dataset,
    scheme: HealthScheme,
    changes: Changes | None = None,
    *,
    pension_scheme: Scheme | None = None,
    quantities: Sequence[str] | None = None,
    scenario: str | None = None,
    service: str = "months",
    progress: Callable[[str], None] | None = None,
) -> xr.Dataset:
    """Value a health scheme under single changes of assumptions and of the law, beside the valuation without a change.

    Parameters
    ----------
    basis : Dataset
        Population, economy and what health schemes read.
    scheme : HealthScheme
    changes : names of the catalogue, `Change` objects, or a mapping of name to one of them or to a function, optional
        By default the whole catalogue (`health_shocks.health_catalogue()`). A function takes a basis and returns one,
        or takes basis and scheme and returns both; a basis that leaves `use_growth`, `use_shock` or `excess_inflation`
        out has them here as nothing that moves.
    pension_scheme : Scheme, optional
        Its insured and pensioners are projected where groups of members are made of them; no change moves it.
    quantities : names, optional
        What is kept, by default all of `QUANTITIES`.
    scenario : str, optional
        Scenario of the basis that is changed; by default its only one, or that named central.
    service : "months" or "years"
        Grid of past credit of the insured.
    progress : function of a sentence, optional
        Called before each projection.

    Returns
    -------
    Dataset by change, of which the first is "base"
        `level_rate` by horizon, `year_reserve_exhausted` (NaN: not within the projection); by year `payg_cost_rate`,
        `payg_rate_with_reserve` and `reserve_months` in the 1st, 20th, 40th, 60th and last projected year; for each of
        them NAME_difference, the value less that of the base. `sign_as_expected` is that of the level rate of the
        longest horizon, with the meaning and the coordinates of `sensitivity`.

    Raises
    ------
    MissingVariable
        The basis has no use of services or no unit costs.
    BadInput
        An unknown name, a change that is no function or returns something else, several scenarios of which none is
        named, and what `project_health` and `scenarios` refuse.

    Notes
    -----
    difference = value under the change - value of the base. Population, insured and pensions are projected once for all
    changes that those stages do not read. Only the totals are kept.

    References
    ----------
    .. [1] International Social Security Association and International Labour Office (2016), Guidelines on actuarial
       work for social security, guideline 8 (sensitivity and stress tests).
    .. [2] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office, chapter 9.

    Examples
    --------
    found = health_sensitivity(basis, scheme, pension_scheme=pension_scheme)
    found.level_rate.isel(horizon=-1).to_series()
    """
    check_types(basis, scheme, HealthScheme)
    named = STUDY.named(changes)
    kept = STUDY.kept(quantities)
    one, label = one_scenario(basis, scenario)
    check.require(one, "use_rate_0", "unit_cost_0")
    one = yearly(completed(one))
    changed, notes = applied(one, scheme, named)
    project = partial(project_health, pension_scheme=pension_scheme, service=service)
    known = _known(one, scheme, pension_scheme, service)
    values = _values(one, scheme, changed, project, known, progress or (lambda sentence: None))
    found = STUDY.beside(values, named, notes, one.sizes["year"], kept)
    found.attrs = {name: found.attrs[name] for name in COPIED if name in found.attrs} | {"scenario": label}
    return found


def _known(basis: xr.Dataset, scheme: HealthScheme, law: Scheme | None, service: str) -> Callable[[xr.Dataset], Stages]:
    """What says which stages before the members a changed basis leaves as they are: all of them, or none."""
    names = ("population", "insured", "pensions")
    *found, _ = stages_before(basis, scheme, law, service=service, tell=lambda stage: None)
    stages = {name: stage for name, stage in zip(names, found, strict=True) if stage is not None}
    financial = FINANCIAL if law is None or of_the_library(law) else ()

    def known(changed: xr.Dataset) -> Stages:
        moved = [str(name) for name in changed.data_vars if name not in basis or not changed[name].equals(basis[name])]
        same = all(variable(name).role == "health_basis" or name in financial for name in moved)
        return stages if same else {}

    return known


def _values(
    basis: xr.Dataset,
    scheme: HealthScheme,
    several: Mapping[str, tuple[xr.Dataset, HealthScheme]],
    project: Callable[..., xr.Dataset],
    known: Callable[[xr.Dataset], Stages],
    tell: Callable[[str], None],
) -> dict[str, xr.Dataset]:
    """The quantities of the base and of each applicable change, by name."""
    whole = {BASE: (basis, scheme), **several}
    stages = {name: known(changed) for name, (changed, _) in whole.items()}
    values: dict[str, xr.Dataset] = {}
    text = N_("{done} of {count} are valued; now {names}")
    for batch in _batches(whole, scheme, stages):
        tell(Told(text, done=len(values), count=len(whole), names=tuple(batch)))
        law = whole[batch[0]][1]
        mixed = scenarios(basis, **{name: given_as(whole[name][0]) for name in batch})
        mixed = mixed.isel(scenario=0, drop=True) if len(batch) == 1 else mixed
        found = STUDY.of(project(mixed, law, **stages[batch[0]]))
        values |= {name: found if len(batch) == 1 else found.sel(scenario=name, drop=True) for name in batch}
    return values


def _batches(
    whole: Mapping[str, tuple[xr.Dataset, HealthScheme]], scheme: HealthScheme, stages: Mapping[str, Stages]
) -> list[list[str]]:
    """Names of what is projected at once: changes of the basis that start from the same stages, laws one by one."""
    batches = []
    for from_known in (True, False):
        names = [name for name in whole if whole[name][1] is scheme and bool(stages[name]) is from_known]
        batches += at_once(names, whole, TOGETHER)
    return batches + [[name] for name in whole if whole[name][1] is not scheme]
