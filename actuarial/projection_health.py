"""The whole valuation of a health scheme: the stages in order, each followed by its identities."""

from collections.abc import Callable, Iterator

import xarray as xr

from actuarial import __version__
from actuarial.benefits.stock import project_pensions
from actuarial.bridge import doubles
from actuarial.check.benefits import check_pensions
from actuarial.check.health import check_cross_subsidy, check_health_cost, check_health_finance, check_membership
from actuarial.check.insured import check_insured
from actuarial.check.population import check_population
from actuarial.demography.population import project_population
from actuarial.errors import BadInput
from actuarial.health import groups as forms
from actuarial.health.cash_cost import project_cash
from actuarial.health.cost import project_health_cost
from actuarial.health.membership import project_membership
from actuarial.health.readiness import check_health_basis
from actuarial.health.scheme import HealthScheme
from actuarial.health.use import project_use
from actuarial.labour.insured import project_insured
from actuarial.projection import COPIED, check_types
from actuarial.quick import union, without_attrs
from actuarial.scheme import Scheme
from actuarial.translation import N_
from actuarial.valuation.feedback import refuse_looking_back
from actuarial.valuation.health_finance import only_whole_years, project_health_finance
from actuarial.valuation.health_indicators import value_health
from actuarial.warned import Warned, warning_attributes, warnings_of

PENSION_FREE = (forms.Employed, forms.Dependants, forms.Population, forms.Refugees, forms.Remainder)


def project_health(
    basis: xr.Dataset,
    scheme: HealthScheme,
    *,
    pension_scheme: Scheme | None = None,
    insured: xr.Dataset | None = None,
    pensions: xr.Dataset | None = None,
    population: xr.Dataset | None = None,
    service: str = "months",
    progress: Callable[[str], None] | None = None,
) -> xr.Dataset:
    """Project and value a health scheme: members, use, cost, cash benefits, finance, valuation.

    Parameters
    ----------
    basis : Dataset
        Population, economy and what health schemes read; with a `scenario` dimension on what its scenarios change.
    scheme : HealthScheme
    pension_scheme : Scheme, optional
        Its insured and pensioners are projected where groups of members are made of them.
    insured, pensions, population : Datasets, optional
        Results of `project_insured`, `project_pensions`, `project_population` of the same basis; a result of `project`
        is all three.
    service : "months" or "years"
        Grid of past credit of the insured.
    progress : function of a word, optional
        Called with the name of each stage before it runs.

    Returns
    -------
    Dataset
        The variables of all stages, (scenario,) year, benefit, service_type, health_group, sex, age. Income, outgo and
        reserve have the names of a pension valuation, so that `compare` and tables take both. The attribute `warnings`
        lists what is unusual.

    Raises
    ------
    BadInput
        The basis is no Dataset or the scheme no HealthScheme, a valuation date inside a year, groups of insured or
        pensioners and neither a pension scheme nor their projection.
    MissingVariable, BadDimensions, OutOfBounds, BadBasis, BadScheme
        The basis or the scheme cannot be valued.
    IdentityFailed
        Two stages do not fit together.

    Notes
    -----
    Checked between the stages: nobody is a member twice, groups and remainder are the population; expenditure is what
    providers are due less what patients pay; claims outstanding roll forward; lines add up to income, benefits and
    administration to outgo; V_t - V_{t-1} = income less outgo; groups give their surplus.

    References
    ----------
    .. [1] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office.

    Examples
    --------
    result = project_health(basis, scheme, pension_scheme=pension_scheme)
    result.payg_rate_with_reserve.to_series()
    """
    check_types(basis, scheme, HealthScheme)
    if not isinstance(pension_scheme, Scheme | None):
        raise BadInput(
            f"project_health: pension_scheme must be a Scheme (got {type(pension_scheme).__name__}).\n"
            "  Give the law of the pensions, or leave it out."
        )
    basis = doubles(basis)
    tell = progress or (lambda stage: None)
    tell(N_("checks"))
    warnings = check_health_basis(basis, scheme)
    only_whole_years(basis)
    population, insured, pensions, more = stages_before(
        basis, scheme, pension_scheme, insured, pensions, population, service=service, tell=tell
    )
    warnings += more
    tell(N_("members"))
    membership = project_membership(population, basis, scheme, insured=insured, pensions=pensions)
    check_membership(membership, population, basis, _remainder(scheme))
    warnings += _uncovered(membership)
    result = _valued(membership, basis, scheme, pensions, tell)
    people = population[["population"]]
    warnings += warnings_of(result)
    return union(without_attrs(people), result).assign_attrs(
        {name: basis.attrs[name] for name in COPIED if name in basis.attrs},
        scheme=scheme.name,
        currency=scheme.currency,
        library_version=__version__,
        service_grid=service,
        **warning_attributes(warnings),
    )


def stages_before(
    basis: xr.Dataset,
    scheme: HealthScheme,
    pension_scheme: Scheme | None,
    insured: xr.Dataset | None = None,
    pensions: xr.Dataset | None = None,
    population: xr.Dataset | None = None,
    *,
    service: str = "months",
    tell: Callable[[str], None],
) -> tuple[xr.Dataset, xr.Dataset | None, xr.Dataset | None, list[str]]:
    """Population, insured and pensions that members are made of, as far as they are not given, and warnings."""
    warnings: list[str] = []
    if population is None:
        tell(N_("population"))
        population = project_population(basis)
        check_population(population, basis)
    if pension_scheme is not None and needs_pensions(scheme):
        if insured is None:
            tell(N_("insured"))
            insured = project_insured(population, basis, pension_scheme, service=service)
            warnings += check_insured(insured, basis, population=population)
        if pensions is None:
            tell(N_("pensions"))
            refuse_looking_back(
                pension_scheme,
                "project_health",
                "the finances of the pension scheme are not projected here.\n"
                "  Project it with project(basis, pension_scheme) and give the result as insured= and pensions=.",
            )
            pensions = project_pensions(insured, basis, pension_scheme)
            check_pensions(pensions, basis)
    return population, insured, pensions, warnings


def _valued(
    membership: xr.Dataset,
    basis: xr.Dataset,
    scheme: HealthScheme,
    pensions: xr.Dataset | None,
    tell: Callable[[str], None],
) -> xr.Dataset:
    """The stages that follow the members."""
    tell(N_("use"))
    use = project_use(membership, basis, scheme)
    tell(N_("cost"))
    cost = project_health_cost(use, membership, basis, scheme)
    check_health_cost(cost, use)
    tell(N_("cash benefits"))
    cash = project_cash(membership, basis, scheme)
    tell(N_("finance"))
    finance = project_health_finance(membership, cost, basis, scheme, cash=cash, pensions=pensions)
    check_health_finance(finance, cost, cash, basis)
    tell(N_("valuation"))
    values = value_health(finance, membership, cost, basis, cash=cash)
    check_cross_subsidy(values, finance, cost, cash)
    result = union(membership, use, cost, cash, finance, values)
    return result.assign_attrs(warning_attributes(warnings_of(use)))


def needs_pensions(scheme: HealthScheme) -> bool:
    """Whether members or contributions are those of a pension scheme, or of groups that may read it."""
    on_pensions = any(line.base == "pension" for line in scheme.contributions)
    return on_pensions or any(not isinstance(group, PENSION_FREE) for group in scheme.groups)


def _remainder(scheme: HealthScheme) -> str | None:
    """Name of the group of all who are members of no other, where there is one and nothing narrows it down."""
    rest = [group for group in scheme.groups if isinstance(group, forms.Remainder)]
    whole = len(rest) == 1 and rest[0].from_age == 0.0 and rest[0].to_age == 120.0
    return str(rest[0].name) if whole else None


def _uncovered(membership: xr.Dataset) -> Iterator[str]:
    """Warnings about groups to which nobody belongs in some year."""
    nobody = membership["health_eligible"].sum(["sex", "age"]) <= 0
    if not nobody.values.any():
        return
    empty = nobody.any([dim for dim in nobody.dims if dim not in ("year", "health_group")])
    for name in empty["health_group"].values:
        years = empty.sel(health_group=name)
        if bool(years.any()):
            first = int(years["year"].values[years.values][0])
            yield Warned(
                "{group}: nobody belongs to the group in {number} of {count} years, the first is {year}; look at its "
                "form, shares and ages.",
                "{group}: nobody belongs to the group in {number} of {count} years, of which the first is {year}.",
                group=str(name),
                number=int(years.sum()),
                count=years.size,
                year=first,
            )
