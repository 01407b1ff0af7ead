"""The level premium of one year's new entrants: what their own benefits cost over their whole lifetime."""

from collections.abc import Callable
from typing import Any

import xarray as xr

from actuarial.errors import BadInput
from actuarial.labour.insured import project_insured
from actuarial.scheme import Scheme
from actuarial.studies.groups import ENTRIES, OpenRun, check_until, open_run, without_pensioners
from actuarial.studies.kinds import pensions_only
from actuarial.studies.prolong import last_claim
from actuarial.studies.worth import worth_of
from actuarial.valuation.finance import project_finance
from actuarial.valuation.series import labelled, span


def new_entrants_premium(
    basis: xr.Dataset,
    scheme: Scheme,
    *,
    entry_year: int | None = None,
    discount_rate: Any = None,
    until: int | None = None,
    service: str = "months",
    progress: Callable[[str], None] | None = None,
) -> xr.Dataset:
    """Level rate on the earnings of the new entrants of one year that pays for all their benefits.

    Parameters
    ----------
    basis : Dataset
        Assumptions and base-year stocks, with or without scenarios. Audited accounts of projected years are not used.
    scheme : Scheme
    entry_year : int, optional
        Year of entry, by default the first projected one.
    discount_rate : number, or DataArray by (scenario,) year, 1/year, optional
        By default the `interest_rate` of the basis. Where it differs the attribute `warning` says so.
    until : int, optional
        Last year of the flows that count. By default the basis is prolonged (see `prolong`) until 20 years after the
        youngest entrant has reached the last age; the attributes `last_year` and `horizon` name it.
    service : "months" or "years"
        Grid of past credit.
    progress : function of a word, optional
        Called with the name of each step before it runs, such as `print`; a long horizon can take a minute.

    Returns
    -------
    Dataset by (scenario)
        `new_entrants_premium` (fraction of insurable earnings), `entrants_benefits` (benefit) and `entrants_earnings`
        (currency of the valuation date), `entrants_share_after_horizon` (estimate of the benefits that the horizon
        leaves out, as a share of those it holds).

    Raises
    ------
    BadInput
        A year of entry outside the projection, or in which nobody enters; a discount rate or last year that is none.
    MissingVariable, BadDimensions, OutOfBounds, BadBasis, BadScheme
        As `project`.

    Notes
    -----
    AP = sum of v_t E_t / sum of v_t W_t over the entrants of the year, who leave and re-enter at the rates of the open
    group. Earnings are discounted with the timing of contributions; administration is not part of it. Where earnings of
    all members grow at the rate of discount, and the scheme is in its steady state, the premium is the pay-as-you-go
    cost rate of benefits [1]_ [2]_.

    References
    ----------
    .. [1] Aaron, H. (1966), The social insurance paradox, Canadian Journal of Economics and Political Science 32.
    .. [2] Iyer, S. (1999), Actuarial mathematics of social security pensions, International Labour Office, chapter 1
       (average premium).

    Examples
    --------
    found = new_entrants_premium(basis, scheme)
    float(found.new_entrants_premium)
    """
    pensions_only("new_entrants_premium", scheme)
    check_until(until)
    year = int(basis["year"][0]) if entry_year is None else entry_year
    if year not in basis["year"].values:
        raise BadInput(f"entry_year: {year!r} is not a year of the basis ({span(basis['year'].values)}).")
    run = open_run(basis, scheme, until=until, service=service, run_off=lambda b: _run_off(b, year), progress=progress)
    run.tell(f"entrants of {year}")
    insured = _cohort(run, year)
    without = without_pensioners(run.basis)
    pensions = run.paid(insured, without)
    finance = project_finance(insured, pensions, without, scheme)
    worth = worth_of(finance, discount_rate)
    spent = pensions["benefit_expenditure"].drop_attrs()
    benefits, earned = worth.value(spent, "outgo"), worth.value(finance["total_insurable_earnings"], "contributions")
    found = {
        "new_entrants_premium": benefits.sum("benefit") / earned,
        "entrants_benefits": benefits,
        "entrants_earnings": earned,
        "entrants_share_after_horizon": worth.after(spent.sum("benefit"), "outgo"),
    }
    warning = {"warning": worth.warning} if worth.warning else {}
    return labelled(found).assign_attrs(run.attrs, entry_year=year, **warning)


def _run_off(basis: xr.Dataset, year: int) -> int:
    """Year after which hardly any of the entrants is left: the youngest age at which members may enter decides."""
    profile = basis["entry_profile"]
    if "year" in profile.dims:
        profile = profile.sel(year=year)
    someone = (profile > 0).any([dim for dim in profile.dims if dim != "age"])
    return last_claim(basis, someone, year - int(basis["year"][0]) + 1)


def _cohort(run: OpenRun, year: int) -> xr.Dataset:
    """Insured stage of those who enter in one year: nobody enters later, who left re-enters as in the open run."""
    entries = run.insured[ENTRIES]
    new = entries["new_entrants"]
    chosen = new.where(new["year"] == year, 0.0)
    entered = chosen.sum([dim for dim in chosen.dims if dim != "scenario"])
    if bool((entered <= 0).any()):
        raise BadInput(f"entry_year: nobody enters in {year}.\n  Take a year in which coverage or employment rises.")
    entries = entries.assign(new_entrants=chosen)
    options: dict[str, Any] = {"members": "future", "service": run.service} | run.looked
    return project_insured(run.population, run.basis, run.scheme, entries=entries, **options)
