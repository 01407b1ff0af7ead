"""The flows of a scheme by whom they belong to: pensioners, present members, future entrants, the scheme as a whole."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from actuarial import __version__, check
from actuarial.benefits.stock import project_pensions
from actuarial.bridge import doubles
from actuarial.check.insured import check_insured
from actuarial.check.population import check_population
from actuarial.demography.population import project_population
from actuarial.errors import BadInput
from actuarial.labour.insured import project_insured
from actuarial.labour.unreduced import UNREDUCED
from actuarial.projection import check_types
from actuarial.readiness import check_basis
from actuarial.scheme import Scheme
from actuarial.studies.prolong import prolong
from actuarial.translation import N_, Told
from actuarial.valuation.feedback import looks_back, run_stages
from actuarial.valuation.finance import project_finance
from actuarial.warned import warning_attributes

PARTICIPANTS = ("pensioners", "present_members", "future_entrants", "scheme")
CLOSED = ("pensioners", "present_members")
ENTRIES = ["new_entrants", "reentry_rate", "contraction_rate"]
PEOPLE = ("average_contributors", "insurable_earnings")
PAID = ("pensioners", "benefit_expenditure", "topup_expenditure")
CLAIMS = ("claims_number", "claims_amount", "claims_topup", "claims_credits", "claims_at_minimum", *UNREDUCED)
COPIED = ("valuation_date", "currency", "price_basis", "country", "source")
PARTS = {"present": N_("present members"), "future": N_("future entrants")}
Progress = Callable[[str], None]


def quiet(_: str) -> None:
    """Tells nobody what is done."""


@dataclass(frozen=True)
class OpenRun:
    """One projection of everybody: what later runs of some of them need.

    Attributes
    ----------
    seen : finances of everybody, where the law looks back at them; None where it does not
    looked : what the insured stage is given of them: `finance`, or nothing where it does not look back
    tell : function of a word, called before each of the longer steps
    """

    basis: xr.Dataset
    scheme: Scheme
    service: str
    population: xr.Dataset
    insured: xr.Dataset
    pensions: xr.Dataset
    finance: xr.Dataset
    seen: xr.Dataset | None
    looked: dict[str, xr.Dataset]
    attrs: dict[str, Any]
    tell: Progress = quiet

    def part(self, members: str, accrued: str = "no") -> xr.Dataset:
        """Insured stage of the present members or of the future entrants, with the rates of the open run."""
        rights = Told("accrued rights, {earnings} earnings", earnings=accrued)
        self.tell(PARTS.get(members, members) if accrued == "no" else rights)
        options: dict[str, Any] = {"service": self.service, "members": members, "accrued": accrued} | self.looked
        part = project_insured(self.population, self.basis, self.scheme, entries=self.insured[ENTRIES], **options)
        if accrued == "no":
            check_insured(part, self.basis, members)
        return part

    def expenditure(self, insured: xr.Dataset, *, alone: bool = False) -> xr.DataArray:
        """Expenditure by benefit on the claims of some of the insured, without pensioners of the valuation date.

        Supplements and adjustments that depend on the pension are those on the average pension of everybody or, where
        these are pensions of other earnings, `alone`, on their own.
        """
        everybody = None if alone else self.pensions
        basis, seen = without_pensioners(self.basis), self.seen
        found = project_pensions(insured, basis, self.scheme, finance=seen, everybody=everybody)
        return found["benefit_expenditure"].drop_attrs()

    def paid(self, insured: xr.Dataset, basis: xr.Dataset) -> xr.Dataset:
        """Pensions of some of the insured, adjusted and supplemented as those of everybody are."""
        return project_pensions(insured, basis, self.scheme, finance=self.seen, everybody=self.pensions)


def open_run(
    basis: xr.Dataset,
    scheme: Scheme,
    *,
    until: int | None,
    service: str,
    run_off: Any,
    progress: Progress | None = None,
) -> OpenRun:
    """Project the population and all insured, on the years until `until`; by default until `run_off(basis)`.

    A basis that ends later is cut, one that ends earlier is prolonged. Audited accounts of projected years are left
    out: present values are those of assumptions. `progress` is called with the name of each step before it runs.
    """
    check_types(basis, scheme)
    basis = doubles(basis)
    tell = progress or quiet
    tell(N_("checks"))
    warnings = check_basis(basis, scheme)
    last = int(basis["year"][-1])
    basis = _until(basis.drop_vars("audited_accounts", errors="ignore"), run_off(basis) if until is None else until)
    tell(N_("population"))
    population = project_population(basis)
    check_population(population, basis)
    stages = run_stages(population, basis, scheme, service=service, progress=progress)
    warnings += stages.warnings
    attrs = {name: basis.attrs[name] for name in COPIED if name in basis.attrs}
    attrs |= {"scheme": scheme.name, "library_version": __version__, "service_grid": service}
    end = int(basis["year"][-1])
    kept = f"; after {last} the assumptions of that year stay" if end > last else ""
    attrs |= {"last_year": end, "horizon": f"flows until {end}{kept}", **warning_attributes(warnings)}
    first = looks_back(scheme)
    seen = None if first is None else stages.seen
    looked = {"finance": stages.seen} if first == "insured" else {}
    return OpenRun(basis, scheme, service, population, *stages[:3], seen, looked, attrs, tell)


def _until(basis: xr.Dataset, last_year: int) -> xr.Dataset:
    """The basis with another last year."""
    first, last = int(basis["year"][0]), int(basis["year"][-1])
    if last_year < first:
        raise BadInput(f"until: {last_year} lies before the first projected year, {first}.")
    return basis.sel(year=slice(None, last_year)) if last_year < last else prolong(basis, last_year)


def without_pensioners(basis: xr.Dataset) -> xr.Dataset:
    """The basis as if nobody drew a pension on the valuation date."""
    return basis.assign(pensioners_0=0.0 * basis["pensioners_0"]).drop_vars("invalid_0", errors="ignore")


def without_insured(insured: xr.Dataset) -> xr.Dataset:
    """The insured stage as if nobody contributed and nobody claimed."""
    none = [name for name in (*PEOPLE, *CLAIMS, "claims_below", "account_credits") if name in insured]
    return insured.assign({name: 0.0 * insured[name] for name in none}).assign(
        claims_number=(0.0 * insured["claims_number"]).assign_attrs(insured["claims_number"].attrs)
    )


def by_participants(run: OpenRun) -> tuple[xr.Dataset, xr.Dataset]:
    """Finances of everybody, and the flows of each kind of participant, which add up to them.

    Returns
    -------
    finance : Dataset of `project_finance` for everybody
    flows : Dataset by (scenario,) participants, year, currency/year
        `benefit_expenditure` (benefit), `contribution_income` (contribution), `administration`,
        `total_insurable_earnings`. Fixed amounts, what makes good a deficit and the fixed cost of administration belong
        to no member: they are those of "scheme".

    Raises
    ------
    IdentityFailed
        The parts do not add up.

    Notes
    -----
    Every stage is linear in persons once the rates of re-entry and contraction of the open run are given, and the
    finances that the law looks back at.
    """
    pensions, finance = run.pensions, run.finance
    run.tell(N_("pensioners"))
    nobody = without_insured(run.insured)
    new, personal = without_pensioners(run.basis), personal_part(run.scheme)

    def flows_of(insured: xr.Dataset, basis: xr.Dataset) -> xr.Dataset:
        return _flows(insured, run.paid(insured, basis), basis, personal)

    unpaid = pensions.assign({name: 0.0 * pensions[name] for name in PAID})
    common = _flows(nobody, unpaid, new, common_part(run.scheme))
    parts = {
        "pensioners": flows_of(nobody, run.basis),
        "present_members": flows_of(run.part("present"), new),
        "future_entrants": flows_of(run.part("future"), new),
        "scheme": _with_deficit(common, finance),
    }
    dim = xr.DataArray(list(parts), dims="participants", name="participants")
    flows = xr.concat(list(parts.values()), dim, coords="minimal", compat="override")
    check_parts(flows, finance, pensions["benefit_expenditure"])
    return finance, flows


def personal_part(scheme: Scheme) -> Scheme:
    """The scheme with what depends on members and pensions only: no fixed amounts, nothing for a deficit."""
    return _with_rates(scheme, lambda base: base not in ("fixed", "deficit"), fixed=None)


def common_part(scheme: Scheme) -> Scheme:
    """The scheme with its fixed amounts only."""
    return _with_rates(scheme, lambda base: base == "fixed", fixed=scheme.administration.fixed)


def _with_rates(scheme: Scheme, kept: Any, fixed: Any) -> Scheme:
    lines = tuple(line if kept(line.base) else replace(line, rate=0.0) for line in scheme.contributions)
    return replace(scheme, contributions=lines, administration=replace(scheme.administration, fixed=fixed))


def _flows(insured: xr.Dataset, pensions: xr.Dataset, basis: xr.Dataset, scheme: Scheme) -> xr.Dataset:
    finance = project_finance(insured, pensions, basis, scheme)
    chosen = finance[["contribution_income", "administration", "total_insurable_earnings"]]
    return chosen.assign(benefit_expenditure=pensions["benefit_expenditure"])


def _with_deficit(flows: xr.Dataset, finance: xr.Dataset) -> xr.Dataset:
    """Fixed amounts with what guarantors pay of the deficit of everybody."""
    income = finance["contribution_income"]
    paid = income.where(income["base"] == "deficit", 0.0)
    return flows.assign(contribution_income=flows["contribution_income"] + paid)


def check_parts(flows: xr.Dataset, finance: xr.Dataset, expenditure: xr.DataArray) -> None:
    """Participants' flows are those of the open group; IdentityFailed where they are not."""
    names = ("contribution_income", "administration", "total_insurable_earnings")
    whole = {name: finance[name] for name in names} | {"benefit_expenditure": expenditure}
    for name, total in whole.items():
        parts, size = flows[name].sum("participants"), abs(flows[name]).sum("participants")
        check.identity(f"{name} of present and future participants is that of all", parts, total, size)


def check_until(until: Any) -> None:
    """BadInput where the end of the horizon is no year."""
    if until is not None and (isinstance(until, bool) or not isinstance(until, (int, np.integer))):
        raise BadInput(f"until: {until!r} is no year; write the last year, or leave it out for the whole run-off.")
