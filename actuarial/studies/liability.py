"""Liabilities of a scheme on its valuation date, by measure, with their sensitivity to interest."""

from collections.abc import Callable
from typing import Any

import xarray as xr

from actuarial.check.population import first_year
from actuarial.scheme import Scheme
from actuarial.studies.groups import CLOSED, OpenRun, by_participants, check_until, open_run
from actuarial.studies.kinds import pensions_only
from actuarial.studies.prolong import run_off_year
from actuarial.studies.worth import Worth, worth_of
from actuarial.valuation.finance import flow_of, members_part
from actuarial.valuation.series import labelled

MEASURES = (
    "pensions_in_payment",
    "accrued_frozen_earnings",
    "accrued_projected_earnings",
    "closed_group",
    "open_group",
)
MEANING = (
    "pensions_in_payment: pensioners of the valuation date and their survivors; accrued_frozen_earnings (ABO) and "
    "accrued_projected_earnings (PBO): with them what members have earned by that date; closed_group: all benefits of "
    "present participants less their contributions; open_group: with future entrants"
)


def liabilities(
    basis: xr.Dataset,
    scheme: Scheme,
    *,
    discount_rate: Any = None,
    until: int | None = None,
    service: str = "months",
    progress: Callable[[str], None] | None = None,
) -> xr.Dataset:
    """Value what a scheme owes on its valuation date, by five measures.

    Parameters
    ----------
    basis : Dataset
        Assumptions and base-year stocks, with or without scenarios. Audited accounts of projected years are not used.
    scheme : Scheme
    discount_rate : number, or DataArray by (scenario,) year, 1/year, optional
        By default the `interest_rate` of the basis. Where it differs the attribute `warning` says so.
    until : int, optional
        Last year of the flows that count. By default 20 years after the youngest member has reached the last age of the
        basis (see `prolong`), so that a closed group has run off; the attributes `last_year` and `horizon` name it.
    service : "months" or "years"
        Grid of past credit.
    progress : function of a word, optional
        Called with the name of each step before it runs, such as `print`; a long horizon can take a minute.

    Returns
    -------
    Dataset by (scenario,) measure, currency of the valuation date
        `liability_benefits` (measure, benefit) and `liability_contributions` (what members and employers still pay, in
        the two last measures), `liability` = their difference, `unfunded_liability` = liability - reserve,
        `funding_ratio` = reserve / liability (NaN where nothing is owed). Of the benefits: `liability_duration`
        (years), `liability_convexity` (years squared), `share_after_horizon` (estimate of what the horizon leaves out,
        as a share of what it holds; NaN where discounted benefits do not fall at its end). `liability_slope`: change of
        the liability per unit of a parallel shift of the force of interest.

        Measures: `pensions_in_payment` (pensioners and their survivors); with them `accrued_frozen_earnings` (ABO:
        benefits of the members in the proportion of service on the valuation date to service at the award, earnings of
        the base year), `accrued_projected_earnings` (PBO: the same with projected earnings; this is the closed group
        without future accrual; of benefits that are a share of the balance of an account, without a minimum, a maximum
        or an offset, both are what the balance of the valuation date grows to), `closed_group` (all benefits of present
        members less their contributions), `open_group` (with future entrants, until the horizon).

        By participants (pensioners, present_members, future_entrants, scheme): `participants_benefits` (benefit),
        `participants_contributions` (contribution), `participants_earnings`, `participants_administration`. What
        belongs to no member (fixed amounts, what makes good a deficit) is that of "scheme".

        `implicit_debt` = PBO - reserve, and where the basis has `gdp` `implicit_debt_to_gdp`, over the gross domestic
        product of the first projected year.

    Raises
    ------
    BadInput
        A discount rate or a last year that is none.
    MissingVariable, BadDimensions, OutOfBounds, BadBasis, BadScheme
        As `project`.
    IdentityFailed
        The flows of present and future participants do not add up to those of all.

    Notes
    -----
    L = sum over t of v_t (E_t - C_t), v_t the value on the valuation date of one unit at the time of the flow; D =
    sum of (t-1+tau) v_t E_t / PV, convexity the same with the square, and d PV/d delta = -D PV (interest compounding
    within the year). Administration and income from the State are not part of a liability; see `balance_sheet`.

    Earnings rise, so that PBO is above ABO for every benefit that rises with them. What a pension lacks of an amount is
    less where pensions are higher: for a guarantee and a minimum in payment, max(0, G - P), PBO is below ABO. Pension
    and guarantee together, max(P, G), do not fall; but where several such amounts count the same pension they lose more
    than it gains, and PBO of the whole scheme may be below ABO.

    References
    ----------
    .. [1] Iyer, S. (1999), Actuarial mathematics of social security pensions, International Labour Office, chapter 1.
    .. [2] Winklevoss, H. E. (1993), Pension mathematics with numerical illustrations, 2nd edition, University of
       Pennsylvania Press (accrued and projected benefits prorated by service).
    .. [3] Franco, D. (1995), Pension liabilities: their use and misuse in the assessment of fiscal policies, European
       Commission, Economic Papers 110 (accrued-to-date, current workers' and open-system liabilities).

    Examples
    --------
    found = liabilities(basis, scheme)
    found.funding_ratio.to_series()
    """
    pensions_only("liabilities", scheme)
    check_until(until)
    run = open_run(basis, scheme, until=until, service=service, run_off=run_off_year, progress=progress)
    finance, flows = by_participants(run)
    worth = worth_of(finance, discount_rate)
    benefits, contributions = _by_measure(run, flows)
    found = _valued(worth, benefits, contributions) | _by_participants(worth, flows)
    reserve = run.basis["reserve_0"].drop_attrs()
    owed = found["liability"]
    found["unfunded_liability"] = owed - reserve
    found["funding_ratio"] = reserve / owed.where(owed > 0)
    found["implicit_debt"] = found["unfunded_liability"].sel(measure="accrued_projected_earnings", drop=True)
    if "gdp" in run.basis:
        found["implicit_debt_to_gdp"] = found["implicit_debt"] / first_year(run.basis, "gdp")
    warning = {"warning": worth.warning} if worth.warning else {}
    return labelled(found).assign_attrs(run.attrs, measures=MEANING, **warning)


def _by_measure(run: OpenRun, flows: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
    """Benefits (measure, year, benefit) and contributions (measure, year) that each measure counts."""
    spent, paid = flows["benefit_expenditure"], members_part(flows["contribution_income"])
    pensioners = spent.sel(participants="pensioners", drop=True)
    nothing = 0.0 * paid.isel(participants=0, drop=True)
    benefits = {
        "pensions_in_payment": pensioners,
        "accrued_frozen_earnings": pensioners + run.expenditure(run.part("present", "frozen"), alone=True),
        "accrued_projected_earnings": pensioners + run.expenditure(run.part("present", "projected")),
        "closed_group": spent.sel(participants=list(CLOSED)).sum("participants"),
        "open_group": spent.sum("participants"),
    }
    contributions = dict.fromkeys(MEASURES[:3], nothing) | {
        "closed_group": paid.sel(participants=list(CLOSED)).sum("participants"),
        "open_group": paid.sum("participants"),
    }
    dim = xr.DataArray(list(MEASURES), dims="measure", name="measure")
    return tuple(
        xr.concat([table[name] for name in MEASURES], dim, coords="minimal", compat="override")
        for table in (benefits, contributions)
    )  # type: ignore[return-value]


def _valued(worth: Worth, benefits: xr.DataArray, contributions: xr.DataArray) -> dict[str, xr.DataArray]:
    """Present values, durations and slopes by measure."""
    spent = benefits.sum("benefit")
    value, first, second = (worth.value(spent, "outgo", power) for power in range(3))
    paid, paid_first = (worth.value(contributions, "contributions", power) for power in range(2))
    owed = value.where(value > 0)
    return {
        "liability_benefits": worth.value(benefits, "outgo"),
        "liability_contributions": paid,
        "liability": value - paid,
        "liability_duration": first / owed,
        "liability_convexity": second / owed,
        "liability_slope": paid_first - first,
        "share_after_horizon": worth.after(spent, "outgo"),
    }


def _by_participants(worth: Worth, flows: xr.Dataset) -> dict[str, xr.DataArray]:
    income = flows["contribution_income"]
    return {
        "participants_benefits": worth.value(flows["benefit_expenditure"], "outgo"),
        "participants_contributions": worth.value(income, flow_of(income)),
        "participants_earnings": worth.value(flows["total_insurable_earnings"], "earnings"),
        "participants_administration": worth.value(flows["administration"], "outgo"),
    }
