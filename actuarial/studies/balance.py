"""The actuarial balance sheet: present values of everything a scheme receives and owes, item by item."""

from collections.abc import Callable
from typing import Any

import xarray as xr

from actuarial import check
from actuarial.scheme import Scheme
from actuarial.studies.groups import CLOSED, PARTICIPANTS, by_participants, check_until, open_run
from actuarial.studies.kinds import pensions_only
from actuarial.studies.prolong import run_off_year
from actuarial.studies.worth import Worth, worth_of
from actuarial.valuation.finance import convention_of, first_period_of, flow_of, kinds_of
from actuarial.valuation.series import labelled
from actuarial.valuation.summarized import summarized_rates

ITEMS = {
    "reserve": "assets",
    "contributions_present": "assets",
    "contributions_future": "assets",
    "contributions_common": "assets",
    "state_income": "assets",
    "other_income": "assets",
    "total_assets": "assets",
    "benefits_pensioners": "obligations",
    "benefits_present_members": "obligations",
    "benefits_future_entrants": "obligations",
    "administration": "obligations",
    "target_reserve": "obligations",
    "total_obligations": "obligations",
    "deficit": "balance",
}
"""Items of a balance sheet in their order, and the side on which they stand."""


def balance_sheet(
    basis: xr.Dataset,
    scheme: Scheme,
    *,
    discount_rate: Any = None,
    until: int | None = None,
    service: str = "months",
    target: float | None = None,
    target_of: str = "next",
    progress: Callable[[str], None] | None = None,
) -> xr.Dataset:
    """Actuarial balance sheet of the open group, and of present participants alone.

    Parameters
    ----------
    basis : Dataset
        Assumptions and base-year stocks, with or without scenarios. Audited accounts of projected years are not used.
    scheme : Scheme
    discount_rate : number, or DataArray by (scenario,) year, 1/year, optional
        By default the `interest_rate` of the basis. Where it differs the attribute `warning` says so.
    until : int, optional
        Last year of the flows that count; by default as in `liabilities`.
    service : "months" or "years"
        Grid of past credit.
    target : float, years, optional
        Reserve wanted at the end in years of outgo, by default `target_reserve` of the funding; of the open group only.
    target_of : "next" or "last"
        The year whose outgo is meant, see `level_rate`.
    progress : function of a word, optional
        Called with the name of each step before it runs, such as `print`; a long horizon can take a minute.

    Returns
    -------
    Dataset by (scenario,) item, currency of the valuation date
        `open_group_balance` and `closed_group_balance`, with the coordinate `side` ("assets", "obligations" or
        "balance"). Assets: reserve, contributions of members and employers by whom they belong to (present
        participants, future entrants; fixed amounts are common to all), income from the State and from others, their
        total. Obligations: benefits of pensioners, present members and future entrants, administration, target reserve,
        their total. The `deficit` is obligations less assets, a surplus where it is negative. Present participants have
        no fixed amounts, no target reserve and nothing that makes good a deficit. `to_dataframe()` makes a table.

    Raises
    ------
    BadInput, MissingVariable, BadDimensions, OutOfBounds, BadBasis, BadScheme
        As `liabilities`.
    IdentityFailed
        Participants do not add up to all, or the deficit of the open group is not its unfunded obligation.

    Notes
    -----
    deficit = PV(E + G) + PV(target) - PV(C) - PV(state) - PV(other) - V_0, which is computed twice: from the parts, and
    from the totals of the projection (`summarized_rates`).

    References
    ----------
    .. [1] Office of the Chief Actuary, Canada, Measuring the financial sustainability of the Canada Pension Plan,
       Actuarial Study No. 21 (open and closed group balance sheets).
    .. [2] Plamondon, P. et al. (2002), Actuarial practice in social security, International Labour Office, chapter 15.

    Examples
    --------
    sheet = balance_sheet(basis, scheme)
    sheet.to_dataframe()
    """
    pensions_only("balance_sheet", scheme)
    check_until(until)
    run = open_run(basis, scheme, until=until, service=service, run_off=run_off_year, progress=progress)
    finance, flows = by_participants(run)
    worth = worth_of(finance, discount_rate)
    whole = _summarized(finance, worth, target, target_of)
    values = _values(worth, flows)
    reserve, goal = finance["reserve_0"].drop_attrs(), whole["present_value_target"].drop_attrs()
    opened = _sheet(values, PARTICIPANTS, reserve, goal)
    closed = _sheet(values, CLOSED, reserve, 0.0 * goal)
    check.identity(
        "The deficit of the open group is its unfunded obligation and the target reserve",
        opened.sel(item="deficit", drop=True),
        whole["unfunded_obligation"] + goal,
        opened.sel(item="total_obligations", drop=True),
    )
    found = labelled({"open_group_balance": opened, "closed_group_balance": closed})
    warning = {"warning": worth.warning} if worth.warning else {}
    notes = {"target_outgo": whole.attrs["target_outgo"], **warning}
    return found.assign_coords(side=("item", list(ITEMS.values()))).assign_attrs(run.attrs, **notes)


def _summarized(finance: xr.Dataset, worth: Worth, target: float | None, target_of: str) -> xr.Dataset:
    """Present values of the totals of everybody, without regard to whom they belong to."""
    income = finance["contribution_income"]
    kind = flow_of(income)
    contributions, other = (
        income.where(kind == flow, 0.0).sum("contribution") for flow in ("contributions", "other_income")
    )
    return summarized_rates(
        contributions,
        finance["outgo"],
        finance["total_insurable_earnings"],
        finance["interest_rate"],
        reserve=finance["reserve_0"],
        other_income=other,
        target=finance["target_reserve"] if target is None else target,
        target_of=target_of,
        discount_rate=worth.discount_rate,
        first_period=first_period_of(finance),
        **convention_of(finance),
    )


def _values(worth: Worth, flows: xr.Dataset) -> dict[str, xr.DataArray]:
    """Present values by participants: benefits, administration, and income by who pays it."""
    income = flows["contribution_income"]
    paid = worth.value(income, flow_of(income))
    payers = kinds_of(income["payer"]).items()
    values = {name: paid.where(chosen, 0.0).sum("contribution") for name, chosen in payers}
    values["benefits"] = worth.value(flows["benefit_expenditure"].sum("benefit"), "outgo")
    values["administration"] = worth.value(flows["administration"], "outgo")
    return values


def _sheet(
    values: dict[str, xr.DataArray], who: tuple[str, ...], reserve: xr.DataArray, goal: xr.DataArray
) -> xr.DataArray:
    """Items, totals and deficit of some of the participants."""

    def of(name: str, *participants: str) -> xr.DataArray:
        chosen = [one for one in participants if one in who]
        return values[name].sel(participants=chosen).sum("participants")

    items = {
        "reserve": reserve,
        "contributions_present": of("contributions", *CLOSED),
        "contributions_future": of("contributions", "future_entrants"),
        "contributions_common": of("contributions", "scheme"),
        "state_income": of("state_income", *PARTICIPANTS),
        "other_income": of("other_income", *PARTICIPANTS),
        "benefits_pensioners": of("benefits", "pensioners"),
        "benefits_present_members": of("benefits", "present_members"),
        "benefits_future_entrants": of("benefits", "future_entrants"),
        "administration": of("administration", *PARTICIPANTS),
        "target_reserve": goal,
    }
    for side in ("assets", "obligations"):
        items[f"total_{side}"] = sum((items[name] for name in list(items) if ITEMS[name] == side), xr.DataArray(0.0))
    items["deficit"] = items["total_obligations"] - items["total_assets"]
    dim = xr.DataArray(list(ITEMS), dims="item", name="item")
    ordered = xr.broadcast(*(items[name] for name in ITEMS))
    return xr.concat(ordered, dim, coords="minimal", compat="override")
