"""Income, outgo and reserve of a health scheme year by year."""

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.bridge import align, exact_labels, over_scenarios
from actuarial.check.period import first_period
from actuarial.dated import evaluate
from actuarial.errors import BadInput
from actuarial.health.scheme import HealthScheme
from actuarial.labelled import as_array
from actuarial.person import make_grid
from actuarial.translation import Told
from actuarial.valuation.claims import paid_and_outstanding
from actuarial.valuation.contributions import of_the_year
from actuarial.valuation.finance import administration_cost, check_finance, members_part, roll_fund, same_labels
from actuarial.valuation.health_income import income_by_group
from actuarial.vocabulary import annotate

BENEFITS = ("service_expenditure", "cash_benefits")
SHARED = ("scenario", "year", "health_group", "sex", "age")


def project_health_finance(
    membership: xr.Dataset,
    cost: xr.Dataset,
    basis: xr.Dataset,
    scheme: HealthScheme,
    *,
    cash: xr.Dataset | None = None,
    pensions: xr.Dataset | None = None,
) -> xr.Dataset:
    """Project income by line and group, payments for services, administration and the reserve of a health scheme.

    Parameters
    ----------
    membership : Dataset of `project_membership`
    cost : Dataset of `project_health_cost`
    basis : Dataset
        `interest_rate`, `health_reserve_0`; `member_earnings_0`, `wage_growth` (and `member_earnings_cv` with a floor
        or ceiling) where contributions are due on earnings; `payment_pattern`, `claims_outstanding_0` where services
        are paid later than they are incurred. Audited accounts are those of pensions and are not read.
    scheme : HealthScheme
    cash : Dataset of `project_cash`, where there are cash benefits
    pensions : Dataset of `project_pensions`, where contributions are due on pensions

    Returns
    -------
    Dataset by (scenario,) year, currency/year
        `contribution_income` (contribution), the part of it that no rate on earnings changes, `given_income`
        (contribution), and `contribution_by_group` (contribution, health_group); `contributions` (members, employers,
        pensioners), `state_income`, `other_income` (donors and others), `deficit_income`, `administration`,
        `service_expenditure` (paid),
        `cash_benefits`, `outgo`, `investment_income`, `total_income`, `balance`, `reserve`, `claims_outstanding`,
        `contingency_reserve`, `total_insurable_earnings`, `interest_rate`, `reserve_0`, `flow_timing`, `audited` (0),
        `year_fraction` (1).

    Raises
    ------
    MissingVariable, BadDimensions, BadBasis, BadScheme, IdentityFailed
    BadInput
        A valuation date inside a year; cash benefits or contributions on pensions and no `cash` or `pensions`.

    Notes
    -----
    By the base of a line, each times what is collected of it:

    - earnings: rate x members x E[min(max(Y, floor), ceiling)], Y lognormal with the mean and variation of the basis,
      carried by wages; those who earn nothing pay nothing;
    - pension: rate x expenditure on the pensions of the pensioners among the members;
    - head, household: amount x members, over the size of a household;
    - contribution: rate x what other lines bring; a share that falls over time phases a subsidy out;
    - budget: a sum; deficit: what the reserve lacks on 31 December to be not negative.

    Budgets and deficits are income of the groups in proportion to their benefits incurred. Insurable earnings are those
    collected, in each group those of the line on earnings that has most. The contingency reserve is months/12 times
    the benefits paid plus the claims outstanding, and the reserve rolls as in `project_finance`::

        V_t = (1 + i_t) V_{t-1} + sum over flows of +/- F_t (1 + i_t)^(1 - timing)

    References
    ----------
    .. [1] Cichon, M. et al. (1999), Modelling in health care finance, International Labour Office, chapters 4 and 8.

    Examples
    --------
    finance = project_health_finance(membership, cost, basis, scheme)
    """
    check.require(membership, "health_members")
    check.require(cost, "health_expenditure")
    check.require(basis, "interest_rate", "health_reserve_0")
    only_whole_years(basis)
    _cash_given(scheme, cash)
    same_labels(SHARED, membership=membership, cost=cost, cash=cash, pensions=pensions)
    basis = basis.drop_vars("audited_accounts", errors="ignore")

    def one(membership, cost, basis, cash, pensions):
        return _one_scenario(membership, cost, basis, scheme, cash, pensions)

    parts = over_scenarios(one, membership, cost, basis, cash, pensions)
    with exact_labels():
        finance = _rolled(parts, basis, scheme)
    finance = annotate(finance)
    check_finance(finance, BENEFITS)
    return finance


def only_whole_years(basis: xr.Dataset) -> None:
    """BadInput where the valuation date lies inside a year."""
    if first_period(basis) != 1.0:
        raise BadInput(
            Told(
                "valuation_date: {date} lies inside a year; health schemes are valued from the end of a year.\n"
                "  Carry the stocks to the end of a year.",
                date=str(basis.attrs["valuation_date"]),
            )
        )


def _cash_given(scheme: HealthScheme, cash: xr.Dataset | None) -> None:
    if scheme.benefits and cash is None:
        names = ", ".join(benefit.name for benefit in scheme.benefits)
        raise BadInput(f"cash: the scheme has cash benefits ({names}), but none were projected; give cash=.")


def _one_scenario(membership, cost, basis, scheme, cash, pensions) -> xr.Dataset:
    coords = {dim: membership[dim] for dim in ("year", "health_group")}
    services = align(cost["health_expenditure"].sum("service_type"), ("year", "health_group"), coords)
    in_cash = np.zeros_like(services)
    if cash is not None and cash.sizes.get("benefit", 0):
        in_cash = align(cash["cash_expenditure"].sum("benefit"), ("year", "health_group"), coords)
    found = income_by_group(membership["health_members"], services + in_cash, basis, scheme, pensions)
    paid, outstanding = paid_and_outstanding(services.sum(axis=1), basis)
    yearly = {"service_expenditure": paid, "claims_outstanding": outstanding, "cash_benefits": in_cash.sum(axis=1)}
    return found.assign({name: ("year", values) for name, values in yearly.items()})


def _rolled(parts: xr.Dataset, basis: xr.Dataset, scheme: HealthScheme) -> xr.Dataset:
    """Administration, outgo, the reserve, and what makes good a deficit by group."""
    grid = make_grid(basis, None)
    income, guaranteed = parts["income"].sum("health_group"), parts["guaranteed"].sum("health_group")
    totals = {name: parts[name] for name in (*BENEFITS, "total_insurable_earnings", "given_income")}
    totals |= {"claims_outstanding": parts["claims_outstanding"]}
    totals["benefits"] = totals["service_expenditure"] + totals["cash_benefits"]
    totals["administration"] = administration_cost(scheme, totals, members_part(income), grid)
    totals["outgo"] = totals["benefits"] + totals["administration"]
    months = of_the_year(as_array(evaluate(scheme.funding.reserve_months, grid)), "funding.reserve_months")
    totals["contingency_reserve"] = months / 12.0 * totals["benefits"] + totals["claims_outstanding"]
    finance = roll_fund(income, guaranteed, totals, basis, scheme.funding, basis["health_reserve_0"])
    made_good = finance["contribution_income"].where(finance["base"] == "deficit", 0.0)
    spread = parts["guaranteed"] / guaranteed.where(guaranteed > 0, 1.0)
    by_group = parts["income"] + made_good * spread
    return finance.assign(contribution_by_group=by_group)
