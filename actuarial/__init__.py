"""Actuarial valuation of social security: population, insured persons, pensions, finance."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from actuarial.collecting import uncollected
from actuarial.errors import (
    ActuarialError,
    BadBasis,
    BadDimensions,
    BadInput,
    BadScheme,
    IdentityFailed,
    MissingVariable,
    NoSolution,
    OutOfBounds,
)

__version__ = "0.1.0"

_PLACES = {
    "by_age": "actuarial.dated",
    "by_cohort": "actuarial.dated",
    "by_group": "actuarial.dated",
    "by_sex": "actuarial.dated",
    "compare": "actuarial.valuation.compare",
    "money": "actuarial.dated",
    "ramp": "actuarial.dated",
    "step": "actuarial.dated",
    "Scheme": "actuarial.scheme",
    "explain": "actuarial.form_pages",
    "life_table": "actuarial.demography.tables.lifetable",
    "open_basis": "actuarial.readers.open",
    "open_run": "actuarial.readers.runs",
    "open_scheme": "actuarial.forms",
    "person_benefits": "actuarial.cases",
    "project": "actuarial.projection",
    "project_finance": "actuarial.valuation.finance",
    "project_health": "actuarial.projection_health",
    "project_insured": "actuarial.labour.insured",
    "project_pensions": "actuarial.benefits.stock",
    "project_population": "actuarial.demography.population",
    "reconcile": "actuarial.studies.reconcile",
    "refusal": "actuarial.refusals",
    "register_form": "actuarial.form_table",
    "save_basis": "actuarial.basis",
    "save_scheme": "actuarial.scheme_saving",
    "scenarios": "actuarial.basis",
    "sensitivity": "actuarial.studies.sensitivity",
    "solve": "actuarial.studies.solve",
    "value": "actuarial.valuation.indicators",
    "variable": "actuarial.vocabulary",
    "warnings_of": "actuarial.warned",
}
_MODULES = (
    "datasets",
    "demography",
    "ensemble",
    "health",
    "labour",
    "pension",
    "readers",
    "report",
    "standards",
    "studies",
    "valuation",
)

if TYPE_CHECKING:
    from actuarial import (
        datasets,
        demography,
        ensemble,
        health,
        labour,
        pension,
        readers,
        report,
        standards,
        studies,
        valuation,
    )
    from actuarial.basis import save_basis, scenarios
    from actuarial.benefits.stock import project_pensions
    from actuarial.cases import person_benefits
    from actuarial.dated import by_age, by_cohort, by_group, by_sex, money, ramp, step
    from actuarial.demography.population import project_population
    from actuarial.demography.tables.lifetable import life_table
    from actuarial.form_pages import explain
    from actuarial.form_table import register_form
    from actuarial.forms import open_scheme
    from actuarial.labour.insured import project_insured
    from actuarial.projection import project
    from actuarial.projection_health import project_health
    from actuarial.readers.open import open_basis
    from actuarial.readers.runs import open_run
    from actuarial.refusals import refusal
    from actuarial.scheme import Scheme
    from actuarial.scheme_saving import save_scheme
    from actuarial.studies.reconcile import reconcile
    from actuarial.studies.sensitivity import sensitivity
    from actuarial.studies.solve import solve
    from actuarial.valuation.compare import compare
    from actuarial.valuation.finance import project_finance
    from actuarial.valuation.indicators import value
    from actuarial.vocabulary import variable
    from actuarial.warned import warnings_of

__all__ = [
    "ActuarialError",
    "BadBasis",
    "BadDimensions",
    "BadInput",
    "BadScheme",
    "IdentityFailed",
    "MissingVariable",
    "NoSolution",
    "OutOfBounds",
    "Scheme",
    "by_age",
    "by_cohort",
    "by_group",
    "by_sex",
    "compare",
    "datasets",
    "demography",
    "ensemble",
    "explain",
    "health",
    "labour",
    "life_table",
    "money",
    "open_basis",
    "open_run",
    "open_scheme",
    "pension",
    "person_benefits",
    "project",
    "project_finance",
    "project_health",
    "project_insured",
    "project_pensions",
    "project_population",
    "ramp",
    "readers",
    "reconcile",
    "refusal",
    "register_form",
    "report",
    "save_basis",
    "save_scheme",
    "scenarios",
    "sensitivity",
    "solve",
    "standards",
    "step",
    "studies",
    "valuation",
    "value",
    "variable",
    "warnings_of",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: `import actuarial` loads no array library."""
    if name in _PLACES:
        found = getattr(_imported(_PLACES[name]), name)
    elif name in _MODULES:
        found = _imported(f"actuarial.{name}")
    else:
        raise AttributeError(f"module 'actuarial' has no attribute {name!r}")
    globals()[name] = found
    return found


def _imported(place: str) -> ModuleType:
    with uncollected():
        return import_module(place)


def __dir__() -> list[str]:
    hidden = {"Any", "ModuleType", "TYPE_CHECKING", "import_module", "uncollected"}
    return sorted({*globals(), *__all__} - hidden)
