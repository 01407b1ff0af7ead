"""Trustees' reports of 2026 of the United States: present values, balances and reserves from published annual rates."""

import numpy as np
import pandas as pd
import pytest

from actuarial.valuation import critical_years, payg_rate, roll_reserve, summarized_rates

EXPOSURE = {"contributions": 1 - 0.518, "other_income": 1 - 0.625, "outgo": 0.5, "earnings": 0.5}


def read(folder, name, index="year"):
    return pd.read_csv(folder / f"{name}.csv").set_index(index)


def yields_of(factors):
    """Yearly yields from compound factors, each of which ends in the middle of its year: f_t = B_t (1 + y_t)^(1/2)."""
    found, start = [], 1.0
    for factor in factors:
        found.append((factor / start) ** 2 - 1)
        start *= 1 + found[-1]
    return pd.Series(found, index=factors.index)


class Oasdi:
    """Old-age, survivors and disability insurance, intermediate assumptions."""

    def __init__(self, shared):
        self.folder = shared / "cases" / "us_oasdi_tr2026_intermediate"
        table = read(self.folder, "input_annual").drop(columns="scenario")
        self.payroll, self.rates = table.taxable_payroll_bn.astype(float), table / 100
        self.tax = self.payroll * self.rates.oasdi_payroll_tax_rate
        self.taxed_benefits = self.payroll * self.rates.oasdi_taxation_of_benefits_rate.fillna(0.0)
        self.income = self.payroll * self.rates.oasdi_income_rate
        self.cost = self.payroll * self.rates.oasdi_cost_rate
        self.interest = yields_of(table.compound_effective_interest_factor)
        self.opening = float(read(self.folder, "input_scalars", "item").value["oasdi_reserves_2025-12-31_bn"])
        self.published = read(self.folder, "expected_summary", "quantity")

    def summarized(self, **changes):
        settings = {"reserve": self.opening, "other_income": self.taxed_benefits, "timing": EXPOSURE} | changes
        return summarized_rates(self.tax, self.cost, self.payroll, self.interest, within_year="simple", **settings)

    def near(self, quantity, value):
        row = self.published.loc[quantity]
        assert value == pytest.approx(row.expected, abs=row.tolerance), quantity


@pytest.fixture(scope="module")
def oasdi(shared):
    return Oasdi(shared)


def test_oasdi_present_values_and_unfunded_obligation(oasdi):
    found = {name: float(value) for name, value in oasdi.summarized().items()}
    oasdi.near("pv_taxable_payroll_2026_2100_bn", found["present_value_earnings"])
    oasdi.near("pv_payroll_tax_bn", found["present_value_contributions"])
    oasdi.near("pv_taxation_of_benefits_bn", found["present_value_other_income"])
    oasdi.near("pv_cost_bn", found["present_value_outgo"])
    oasdi.near("open_group_unfunded_obligation_bn", found["unfunded_obligation"])
    oasdi.near("payroll_pv_trn", found["present_value_earnings"] / 1000)
    oasdi.near("cost_pv_trn", found["present_value_outgo"] / 1000)
    taxes = found["present_value_contributions"] + found["present_value_other_income"]
    oasdi.near("tax_revenue_pv_trn", taxes / 1000)
    oasdi.near("net_with_assets_trn", -found["unfunded_obligation"] / 1000)


def test_oasdi_actuarial_balance_needs_its_target_and_its_opening_reserve(oasdi):
    found = oasdi.summarized()
    assert found.attrs["target_outgo"].startswith("outgo of 2101, extrapolated")
    oasdi.near("actuarial_balance_75y_pct", 100 * float(found.actuarial_balance))
    assert 100 * float(oasdi.summarized(target=0.0).actuarial_balance) == pytest.approx(-4.24, abs=0.005)
    assert 100 * float(oasdi.summarized(target=0.0, reserve=0.0).actuarial_balance) == pytest.approx(-4.61, abs=0.005)


def test_oasdi_actuarial_balance_with_all_flows_at_mid_year(oasdi):
    """Half a year of interest for every flow instead of the exposures: 0.016 points off, less than 0.02."""
    found = summarized_rates(
        oasdi.tax,
        oasdi.cost,
        oasdi.payroll,
        oasdi.interest,
        reserve=oasdi.opening,
        other_income=oasdi.taxed_benefits,
    )
    assert 100 * float(found.actuarial_balance) == pytest.approx(-4.436, abs=0.001)


def test_oasdi_trust_fund_ratio_to_the_published_point_and_year_of_depletion(oasdi):
    flows = (oasdi.income, oasdi.cost, oasdi.interest)
    settings = {"reserve": oasdi.opening, "timing": EXPOSURE, "within_year": "simple"}
    ratio = 100 * roll_reserve(*flows, **settings).trust_fund_ratio
    published = read(oasdi.folder, "expected_trust_fund_ratio").trust_fund_ratio_pct
    np.testing.assert_allclose(ratio.sel(year=published.index), published, rtol=0, atol=0.5)
    oasdi.near("depletion_year_oasdi", float(critical_years(*flows, **settings).year_reserve_exhausted))


def test_oasdi_reserves_of_the_published_operations(oasdi):
    """Yields from factors of four decimals are good to some 2e-4: a billion a year of interest, 0.1% of the reserve."""
    published = read(oasdi.folder, "expected_operations")
    interest = oasdi.interest.loc[published.index]
    rolled = roll_reserve(
        published.noninterest_income_bn,
        published.cost_bn,
        interest,
        reserve=oasdi.opening,
        timing=EXPOSURE,
        within_year="simple",
    )
    np.testing.assert_allclose(rolled.investment_income, published.interest_bn, rtol=0, atol=1.0)
    np.testing.assert_allclose(rolled.reserve, published.reserves_eoy_bn, rtol=0, atol=1e-3 * oasdi.opening)
    total = roll_reserve(published.total_income_bn, published.cost_bn, 0.0, reserve=oasdi.opening)
    np.testing.assert_allclose(total.reserve, published.reserves_eoy_bn, rtol=0, atol=0.3)


@pytest.mark.parametrize(("quantity", "year"), [("payable_pct_at_depletion", 2034), ("payable_pct_2100", 2100)])
def test_oasdi_share_of_benefits_payable_from_the_payroll_tax(oasdi, quantity, year):
    """Taxes on benefits fall with the benefits: the rate that pays for them is net of these."""
    needed = payg_rate(oasdi.cost, oasdi.payroll, other_income=oasdi.taxed_benefits).contribution_rate
    oasdi.near(quantity, 100 * oasdi.rates.oasdi_payroll_tax_rate.loc[year] / float(needed.sel(year=year)))


def test_oasdi_income_over_cost_is_not_the_share_that_is_payable(oasdi):
    plain = 100 * oasdi.income.loc[2100] / oasdi.cost.loc[2100]
    assert plain > oasdi.published.expected["payable_pct_2100"] + 2


@pytest.fixture(scope="module")
def hospital(shared):
    return shared / "cases" / "us_hi_tr2026_balance"


def hospital_rates(folder, last, **changes):
    """Effective rates until 2035, then straight to 4.7% in 2040; payroll by its ratio to that of the pension fund."""
    table = read(folder, "input_annual")
    interest = table.hi_effective_interest_rate_pct.copy()
    interest.loc[2040:] = 4.7
    payroll = 1.2489 * table.oasdi_taxable_payroll_bn
    income, cost = (payroll * table[f"hi_{kind}_rate_pct"] / 100 for kind in ("income", "cost"))
    settings = {"reserve": 255.7, "last_year": last} | changes
    return summarized_rates(income, cost, payroll, interest.interpolate() / 100, **settings)


@pytest.mark.parametrize(("years", "last"), [(25, 2050), (50, 2075), (75, 2100)])
def test_hospital_insurance_summarized_rates(hospital, years, last):
    published, found = read(hospital, "expected_summary", "quantity"), hospital_rates(hospital, last)
    for name in ("summarized_income_rate", "summarized_cost_rate", "actuarial_balance"):
        row = published.loc[f"{name}_{years}y"]
        assert 100 * float(found[name]) == pytest.approx(row.expected, abs=row.tolerance), name
    for left_out in ({"target": 0.0}, {"reserve": 0.0}):
        other = 100 * float(hospital_rates(hospital, last, **left_out).actuarial_balance)
        assert abs(other - row.expected) > 2 * row.tolerance, left_out


def test_hospital_insurance_payroll_is_in_proportion_to_that_of_the_pension_fund(hospital):
    """Published expenditure over cost rate in the first ten years; the present value is 0.6% low at most."""
    table, operations = read(hospital, "input_annual"), read(hospital, "input_expected_operations").loc[2026:]
    payroll = operations.total_expenditure_bn / (table.hi_cost_rate_pct.loc[operations.index] / 100)
    proportion = payroll / table.oasdi_taxable_payroll_bn.loc[operations.index]
    assert ((proportion > 1.246) & (proportion < 1.251)).all()
    worth = float(hospital_rates(hospital, 2100).present_value_earnings)
    published = read(hospital, "input_components_IIIB9", "pv_item").bn.taxable_payroll
    assert -0.006 < worth / published - 1 < 0


def test_hospital_insurance_balance_of_published_present_values(hospital):
    """A single year without interest stands for sums that are present values already."""
    part, published = (
        read(hospital, "input_components_IIIB9", "pv_item").bn,
        read(hospital, "expected_summary", "quantity"),
    )
    lines = part[["payroll_tax", "taxation_of_benefits", "fraud_abuse", "other"]].sum()
    found = summarized_rates(
        np.array([lines]),
        part.expenditures,
        part.taxable_payroll,
        0.0,
        reserve=part.opening_assets,
        target=part.target_fund / part.expenditures,
        target_of="last",
    )
    for name, value in (
        ("open_group_unfunded_obligation_bn", found.unfunded_obligation),
        ("pv_actuarial_balance_bn", found.actuarial_balance * found.present_value_earnings),
    ):
        assert float(value) == pytest.approx(published.expected[name], abs=published.tolerance[name])
    assert float(100 * found.actuarial_balance) == pytest.approx(-0.5613, abs=5e-5)
    assert lines == pytest.approx(part.total_income, abs=1.0)


def test_hospital_insurance_fund_and_its_depletion(hospital):
    table = read(hospital, "input_expected_operations").loc[2026:]
    flows = (table.total_income_bn, table.total_expenditure_bn, 0.0)
    np.testing.assert_allclose(roll_reserve(*flows, reserve=255.7).reserve, table.fund_eoy_bn, rtol=0, atol=0.3)
    depletion = read(hospital, "expected_summary", "quantity").expected["depletion_year"]
    assert float(critical_years(*flows, reserve=255.7).year_reserve_exhausted) == depletion
