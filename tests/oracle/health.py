"""A whole valuation of a health scheme once more, from its basis and a law typed as dicts; loops, no shared code."""

from tests.oracle.health_ceiling import spared
from tests.oracle.health_cost import Costs
from tests.oracle.health_fund import OWN, Cash, Fund, Pay
from tests.oracle.health_members import Inputs, Members


class Valuation:
    """All stages of one scheme.

    `population` is (year, sex, age) of projected years; `insured`, `pensions` are Datasets with the stocks and money of
    a pension scheme; `factors` by service and group replace the calibration.
    """

    def __init__(self, basis, law, population, insured=None, pensions=None, factors=None):
        self.law, self.inputs = law, Inputs(basis)
        self.members = Members(self.inputs, law["groups"], population, insured, pensions)
        self.costs = Costs(self.inputs, law, self.members, factors)
        self.pay = Pay(self.inputs, law)
        self.cash = Cash(self.inputs, law, self.costs.mean, self.pay)
        self.pocket, self.spent, self.relief = self._shared()
        self.fund = Fund(self.inputs, law, self.costs, self.cash, self.pay, pensions, self.spent)

    def _shared(self):
        """What patients pay, what the scheme spends, and what a yearly ceiling spares, by service and group."""
        costs, n = self.costs, range(len(self.inputs.years))
        relief = [dict.fromkeys(costs.cells, 0.0) for _ in n]
        if "ceiling" in self.law["fund"]:
            relief = [spared(costs, t) for t in n]
        pocket = {cell: [costs.pocket(cell, t) - relief[t][cell] for t in n] for cell in costs.cells}
        spent = {cell: [costs.spent(cell, t) - pocket[cell][t] for t in n] for cell in costs.cells}
        return pocket, spent, relief

    def cells(self):
        """Results by service and group: name to function of year, service and group."""
        costs = self.costs
        return {
            "unit_cost": lambda t, k, j: costs.unit_cost[k, j][t],
            "paid_share": lambda t, k, j: costs.share[k, j][t],
            "out_of_pocket": lambda t, k, j: self.pocket[k, j][t],
            "health_expenditure": lambda t, k, j: self.spent[k, j][t],
        }

    def yearly(self):
        """Yearly totals by the names of the library's variables."""
        fund, n = self.fund, range(len(self.inputs.years))
        benefits = [fund.paid[t] + fund.cash[t] for t in n]
        incurred = [sum(fund.incurred[t, j] for j in fund.groups) for t in n]
        pocket = [sum(self.pocket[cell][t] for cell in self.costs.cells) for t in n]
        own = [fund.total(t, OWN) for t in n]
        lines = [sum(fund.group_income(t, j) for j in fund.groups) - fund.deficit[t] for t in n]
        return {
            "service_expenditure": fund.paid,
            "claims_outstanding": fund.outstanding,
            "cash_benefits": fund.cash,
            "administration": fund.administration,
            "outgo": fund.outgo,
            "deficit_income": fund.deficit,
            "balance": fund.balance,
            "investment_income": fund.invested,
            "reserve": fund.reserve,
            "contingency_reserve": fund.contingency,
            "total_insurable_earnings": fund.earnings,
            "payg_cost_rate": [fund.outgo[t] / fund.earnings[t] for t in n],
            "payg_rate_with_reserve": [fund.yearly_rate(t) for t in n],
            "reserve_months": [12 * (fund.reserve[t] - fund.outstanding[t]) / benefits[t] for t in n],
            "loss_ratio": [incurred[t] / lines[t] for t in n],
            "out_of_pocket_share": [pocket[t] / (pocket[t] + fund.services_incurred[t]) for t in n],
            "contributions": own,
            "total_income": [lines[t] + fund.deficit[t] + fund.invested[t] for t in n],
        }
