"""The whole valuation: the stages in order, each followed by its identities; no logic of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import xarray as xr

from actuarial import __version__
from actuarial.bridge import doubles
from actuarial.check.population import check_population
from actuarial.demography.population import project_population
from actuarial.errors import BadInput
from actuarial.health.scheme import HealthScheme
from actuarial.provenance import digest
from actuarial.quick import union
from actuarial.readiness import check_basis
from actuarial.scheme import Scheme
from actuarial.translation import N_
from actuarial.valuation.accounts import compare_accounts, format_accounts, judge_accounts
from actuarial.valuation.feedback import looks_back, run_stages
from actuarial.valuation.indicators import value
from actuarial.valuation.observed import compare_awards, judge_awards
from actuarial.valuation.reserve import judge_reserve_ratio
from actuarial.valuation.returns import unusual_returns
from actuarial.warned import warning_attributes

ACCOUNTS = {"audited_accounts"}
PROJECTIONS: dict[type, str] = {Scheme: "project", HealthScheme: "project_health"}
"""The projection of each kind of scheme."""
COPIED = ("valuation_date", "currency", "price_basis", "country", "coverage_concept", "a0_rule", "source", "year_end")


def project(
    basis: xr.Dataset,
    scheme: Scheme,
    *,
    service: str = "months",
    migration: str = "end",
    progress: Callable[[str], None] | None = None,
) -> xr.Dataset:
    """Project and value a scheme: population, insured, pensions, finance, valuation.

    Parameters
    ----------
    basis : Dataset
        Assumptions and base-year stocks; with a `scenario` dimension on what its scenarios change.
    scheme : Scheme
    service : "months" or "years"
        Grid of past credit.
    migration : "end", "even" or "start"
        When in the year migrants move, see `project_population`.
    progress : function of a word, optional
        Called with the name of each stage before it runs.

    Returns
    -------
    Dataset
        The variables of all stages, (scenario,) year, benefit, group, sex, age; the attribute `warnings` says
        what is implausible, back-cast or away from the base year's accounts or the observed awards, a line each (see
        `warnings_of`), the attribute `accounts` compares the first year with the accounts.

    Raises
    ------
    BadInput
        The basis is no Dataset or the scheme no Scheme.
    MissingVariable, BadDimensions, OutOfBounds, BadBasis, BadScheme
        The basis or the scheme cannot be valued.
    IdentityFailed
        Two stages do not fit together.

    Notes
    -----
    Checked between the stages: persons, credits, pensioners and pensions roll forward along every cohort; contribution
    lines add up to income, benefits and administration to outgo; V_t - V_{t-1} = income less outgo; PAYG = demographic
    ratio x financial ratio + lump sums and administration over insurable earnings.

    Where a rule looks back at the finances (a condition on the reserve ratio, automatic balancing), the stages from the
    first that does are projected in passes until the finances of two of them are the same to the last bit, scenario by
    scenario; the attribute `passes` says how many the slowest took. A rule for a year reads years before it only.

    References
    ----------
    .. [1] Plamondon, P. et al. (2002), Actuarial practice in social security, International Labour Office.
    .. [2] International Labour Office, Social Security (Minimum Standards) Convention, 1952 (No. 102), article 71(3).

    Examples
    --------
    result = project(basis, scheme)
    result.payg_cost_rate.to_series()
    """
    check_types(basis, scheme)
    basis = doubles(basis)
    tell = progress or (lambda stage: None)
    tell(N_("checks"))
    warnings = check_basis(basis, scheme)
    return stages_of(basis, scheme, warnings, service=service, migration=migration, tell=tell)


def stages_of(
    basis: xr.Dataset,
    scheme: Scheme,
    warnings: list[str],
    *,
    service: str,
    migration: str,
    tell: Callable[[str], None] = lambda stage: None,
) -> xr.Dataset:
    """What `project` returns, of a basis whose checks gave these warnings, or that was drawn around such a basis."""
    tell(N_("population"))
    population = project_population(basis, migration=migration)
    check_population(population, basis)
    stages = run_stages(population, basis, scheme, service=service, progress=tell)
    warnings += stages.warnings
    warnings += unusual_returns(stages.finance, basis) + judge_reserve_ratio(stages.finance, basis)
    tell(N_("valuation"))
    given = basis[list(ACCOUNTS & set(basis))]
    parts = (stages.insured, stages.pensions, stages.finance, value(stages.finance), stages.balancing, given)
    result = union(population, *(part for part in parts if part is not None))
    if looks_back(scheme) is not None:
        result.attrs["passes"] = stages.passes
    accounts = compare_accounts(result, basis)
    warnings += judge_accounts(accounts, basis)
    warnings += judge_awards(compare_awards(result, basis))
    result.attrs |= {name: basis.attrs[name] for name in COPIED if name in basis.attrs}
    result.attrs |= {
        "scheme": scheme.name,
        "scheme_digest": digest(scheme),
        "currency": scheme.currency,
        "library_version": __version__,
        "service_grid": service,
        "migration_timing": migration,
        "accounts": format_accounts(accounts),
        **warning_attributes(warnings),
    }
    return result  # the object that was compared with the accounts, which are remembered for it


def check_types(basis: Any, scheme: Any, kind: type = Scheme) -> None:
    """BadInput where an argument is a path or nothing, the two are exchanged, or the scheme is of the other kind.

    `kind` is the class that the scheme must have, Scheme or HealthScheme.
    """
    name = PROJECTIONS[kind]
    if type(scheme) in PROJECTIONS and not isinstance(scheme, kind):
        raise BadInput(
            f"{name}: the scheme {scheme.name!r} is a {type(scheme).__name__}, not a {kind.__name__}.\n"
            f"  Project it with {PROJECTIONS[type(scheme)]}(basis, scheme)."
        )
    if isinstance(basis, tuple(PROJECTIONS)) and isinstance(scheme, xr.Dataset):
        raise BadInput(f"{name}: the basis comes first and the scheme second; write {name}(basis, scheme).")
    for argument, given, wanted, opener in (
        ("basis", basis, xr.Dataset, "open_basis"),
        ("scheme", scheme, kind, "open_scheme"),
    ):
        if not isinstance(given, wanted):
            path = isinstance(given, (str, Path))
            shown = f"the path {str(given)!r}" if path else f"{type(given).__name__}"
            place = repr(str(given)) if path else f"path of the {argument}"
            raise BadInput(
                f"{argument}: must be a {wanted.__name__} (got {'None' if given is None else shown}).\n"
                f"  Open it first: ac.{opener}({place})."
            )
