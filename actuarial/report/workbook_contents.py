"""Which sheets the workbook of a pension scheme has, in their order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
import xarray as xr

from actuarial.errors import ActuarialError
from actuarial.report import abroad as foreign
from actuarial.report import (
    adequacy,
    annex,
    money_tables,
    people_tables,
    premium_tables,
    rate_tables,
    study_tables,
    tables,
)
from actuarial.report.content.cells import scenario_word
from actuarial.report.content.material import CENTRAL, one_of
from actuarial.report.workbook_manifest import manifest_table
from actuarial.scheme import Scheme
from actuarial.translation import N_, Language
from actuarial.valuation.observed import compare_awards

BY_SEX = {
    "male": (N_("Demographic male"), N_("{scheme}: demographic summary, male")),
    "female": (N_("Demographic female"), N_("{scheme}: demographic summary, female")),
    "total": (N_("Demographic total"), N_("{scheme}: demographic summary, total")),
}
METHODS = {
    "sequential": (N_("Reconciliation"), N_("Reconciliation with the previous valuation")),
    "shapley": (
        N_("Reconciliation, mean of orders"),
        N_("Reconciliation with the previous valuation, mean over all orders of the causes"),
    ),
}
OF_CAREERS = ("active_0", "salary_0", "wage_growth", "inflation")
"""Variables of a basis that careers at multiples of the average wage are made of."""


class Page(NamedTuple):
    """Name, title and table of a sheet."""

    name: str
    title: str
    table: pd.DataFrame


@dataclass(frozen=True)
class Given:
    """What the workbook of a pension scheme is made of, see `write_workbook`."""

    say: Language
    result: xr.Dataset
    basis: xr.Dataset | None = None
    scheme: Any = None
    accounts: Sequence[Any] = ()
    manifest: Mapping[str, Any] | None = None
    sensitivity: xr.Dataset | None = None
    reconciliation: xr.Dataset | None = None
    balance: xr.Dataset | None = None
    experience: xr.Dataset | None = None
    previous: xr.Dataset | None = None
    abroad: Sequence[foreign.Abroad] = ()

    def titled(self, text: str) -> str:
        """A title with the name of the scheme, which is never translated."""
        return self.say(text, scheme=str(self.result.attrs.get("scheme", "")))


def pages(given: Given) -> Iterator[Page]:
    """Every sheet in its order."""
    for part in (_money, _people, _benefits, _studies, _inputs):
        yield from part(given)


def _money(given: Given) -> Iterator[Page]:
    """Key results, income and outgo in several measures, rates, scenarios."""
    say, result, basis = given.say, given.result, given.basis
    yield Page(say("Key results"), given.titled(N_("{scheme}: key results")), tables.key_results(result))
    financial = tables.financial_table(result)
    yield Page(say("Financial"), given.titled(N_("{scheme}: financial summary")), financial)
    if basis is not None and "inflation" in basis:
        real = money_tables.constant_prices_table(result, basis, financial=financial)
        yield Page(say("Constant prices"), given.titled(N_("{scheme}: in constant prices")), real)
    heading = given.titled(N_("{scheme}: in % of the insurable payroll"))
    yield Page(say("% of payroll"), heading, money_tables.payroll_share_table(result, financial=financial))
    if basis is not None and "gdp" in basis:
        heading = given.titled(N_("{scheme}: in % of the gross domestic product"))
        yield Page(say("% of GDP"), heading, money_tables.gdp_share_table(result, basis, financial=financial))
    heading = given.titled(N_("{scheme}: cost rates, contribution rates and reserve ratios"))
    yield Page(say("Rates"), heading, rate_tables.rates_table(result))
    if premium_tables.have_premiums(result):
        heading = given.titled(N_("{scheme}: level rates and scaled premium"))
        yield Page(say("Premiums"), heading, premium_tables.premiums_table(result))
    if "scenario" in result.dims:
        heading = given.titled(N_("{scheme}: scenarios side by side"))
        yield Page(say("Scenarios"), heading, rate_tables.scenario_table(result))


def _people(given: Given) -> Iterator[Page]:
    """Contributors, pensioners and the population."""
    say, result, basis = given.say, given.result, given.basis
    people = tables.demographic_table(result)
    for sex, (name, heading) in BY_SEX.items():
        yield Page(say(name), given.titled(heading), _of_sex(people, sex))
    if "pension_mass" in result:
        if people_tables.paid(result):
            heading = given.titled(N_("{scheme}: average pension and age of pensioners on 31 December"))
            yield Page(say("Pensions in payment"), heading, people_tables.pensions_table(result))
        heading = given.titled(N_("{scheme}: contributors and pensioners by age"))
        yield Page(say("By age"), heading, people_tables.age_table(result))
    if basis is not None:
        yield Page(say("Population"), say("Population on 31 December"), annex.population_table(result, basis))
    if "labour_force" in result:
        heading = given.titled(N_("{scheme}: labour market and coverage"))
        yield Page(say("Labour market"), heading, people_tables.labour_table(result))
    yield Page(say("Insured"), given.titled(N_("{scheme}: insured persons")), annex.insured_table(result))


def _of_sex(people: pd.DataFrame, sex: str) -> pd.DataFrame:
    table = people.loc[people.index.get_level_values("sex") == sex].droplevel("sex")
    table.attrs |= people.attrs
    return table


def _benefits(given: Given) -> Iterator[Page]:
    """Adequacy, standard careers, new awards, and what is paid in other currencies."""
    say, result, basis = given.say, given.result, given.basis
    if basis is not None and adequacy.can_be_judged(result):
        heading = given.titled(N_("{scheme}: new awards, replacement and coverage"))
        yield Page(say("Adequacy"), heading, adequacy.adequacy_table(result, basis))
        awards = compare_awards(result, basis)
        if awards:
            heading = say("New awards of the first projected year beside those observed")
            yield Page(say("New awards"), heading, adequacy.awards_table(awards, basis))
    careers = _careers(given)
    if careers is not None:
        heading = given.titled(N_("{scheme}: pensions and replacement rates of standard careers"))
        yield Page(say("Illustrations"), heading, rate_tables.career_table(careers))
    if given.abroad:
        heading = given.titled(N_("{scheme}: benefits paid in other currencies"))
        yield Page(say("Paid abroad"), heading, foreign.abroad_table(say, result, given.abroad))


def _careers(given: Given) -> xr.Dataset | None:
    """What the law gives after standard careers; None where such careers cannot be meant."""
    if given.basis is None or not isinstance(given.scheme, Scheme):
        return None
    if not all(name in given.basis for name in OF_CAREERS):
        return None
    from actuarial.studies.replacement import replacement_rates

    finance = given.result if "reserve" in given.result else None
    try:
        return replacement_rates(given.basis, given.scheme, finance=finance)
    except ActuarialError:
        return None


def _studies(given: Given) -> Iterator[Page]:
    """Balance sheet, sensitivities, reconciliation, experience."""
    say = given.say
    if given.balance is not None:
        heading = say("Actuarial balance sheet on the valuation date")
        yield Page(say("Balance sheet"), heading, study_tables.balance_table(given.balance))
    if given.sensitivity is not None:
        heading = say("Single changes of assumptions and of the law")
        yield Page(say("Sensitivity"), heading, study_tables.sensitivity_table(given.sensitivity))
    if given.reconciliation is not None:
        for method in study_tables.methods_of(given.reconciliation):
            name, heading = METHODS[method]
            yield Page(say(name), say(heading), study_tables.steps_table(given.reconciliation, method))
    if given.experience is not None:
        heading = say("Observed over expected numbers")
        yield Page(say("Experience"), heading, study_tables.experience_table(given.experience))


def _inputs(given: Given) -> Iterator[Page]:
    """Accounts of the base year, assumptions, the manifest."""
    say, basis = given.say, given.basis
    if given.accounts:
        heading = say("First projected year against the accounts of the base year")
        yield Page(say("Accounts"), heading, annex.accounts_table(given.accounts))
    if basis is not None:
        bases = _bases(given, basis)
        if len(bases) > 1:
            years = tables.stations(int(given.result["year"][0]), int(given.result["year"][-1]))
            heading = say("Assumptions beside those of other scenarios and of the previous valuation")
            yield Page(say("Assumptions compared"), heading, study_tables.compared_assumptions(say, bases, years))
        yield Page(say("Assumptions"), say("Yearly assumptions"), annex.assumptions_table(basis))
    if given.manifest is not None:
        table = manifest_table(given.manifest, say, given.result)
        yield Page(say("Manifest"), say("What the result was made of and with"), table)


def _bases(given: Given, basis: xr.Dataset) -> list[tuple[str, xr.Dataset]]:
    """The basis of every scenario and of the previous valuation, with their words."""
    say = given.say
    if "scenario" in basis.dims:
        found = [(scenario_word(say, str(name)), one_of(basis, str(name))) for name in basis["scenario"].values]
    else:
        found = [(say("Valuation"), basis)]
    if given.previous is not None:
        found.append((say("Previous valuation"), one_of(given.previous, CENTRAL)))
    return found
