"""Present values, balance and reserves of the social security of the United States from the published annual rates.

Board of Trustees, Federal Old-Age and Survivors Insurance and Federal Disability Insurance Trust Funds (2026), annual
report, intermediate assumptions.
"""

from pathlib import Path

import pandas as pd

from actuarial.valuation import critical_years, roll_reserve, summarized_rates
from benchmarks.accuracy.reference import Bounds, Found, absolute, relative

EXPOSURE = {"contributions": 1 - 0.518, "other_income": 1 - 0.625, "outgo": 0.5, "earnings": 0.5}
PRESENT = {
    "pv_taxable_payroll_2026_2100_bn": "present_value_earnings",
    "pv_payroll_tax_bn": "present_value_contributions",
    "pv_taxation_of_benefits_bn": "present_value_other_income",
    "pv_cost_bn": "present_value_outgo",
}
OASDI: Bounds = {
    "present values of payroll, taxes and cost, 75 years": ("%", 0.025),
    "unfunded obligation": ("%", 0.093),
    "actuarial balance": ("points of payroll", 0.0015),
    "trust fund ratio until depletion": ("points", 0.34),
    "year of depletion": ("years", 0.0),
}


def read(folder: Path, name: str, index: str = "year") -> pd.DataFrame:
    """A table of the case."""
    return pd.read_csv(folder / f"{name}.csv").set_index(index)


def yields_of(factors: pd.Series) -> pd.Series:
    """Yearly yields from compound factors, each of which ends in the middle of its year: f_t = B_t (1 + y_t)^(1/2)."""
    found: list[float] = []
    start = 1.0
    for factor in factors:
        found.append((factor / start) ** 2 - 1)
        start *= 1 + found[-1]
    return pd.Series(found, index=factors.index)


def oasdi(cases: Path) -> Found:
    """Old-age, survivors and disability insurance."""
    folder = cases / "us_oasdi_tr2026_intermediate"
    table = read(folder, "input_annual").drop(columns="scenario")
    payroll, rates = table.taxable_payroll_bn.astype(float), table / 100
    income, cost = payroll * rates.oasdi_income_rate, payroll * rates.oasdi_cost_rate
    interest = yields_of(table.compound_effective_interest_factor)
    reserve = float(read(folder, "input_scalars", "item").value["oasdi_reserves_2025-12-31_bn"])
    expected = read(folder, "expected_summary", "quantity").expected
    settings = {"reserve": reserve, "timing": EXPOSURE, "within_year": "simple"}
    found = summarized_rates(
        payroll * rates.oasdi_payroll_tax_rate, cost, payroll, interest,
        other_income=payroll * rates.oasdi_taxation_of_benefits_rate.fillna(0.0), **settings,
    )  # fmt: skip
    ratio = 100 * roll_reserve(income, cost, interest, **settings)["trust_fund_ratio"]
    published = read(folder, "expected_trust_fund_ratio").trust_fund_ratio_pct
    exhausted = critical_years(income, cost, interest, **settings)["year_reserve_exhausted"]
    values = [
        100 * max(relative(found[ours], expected[theirs]) for theirs, ours in PRESENT.items()),
        100 * relative(found["unfunded_obligation"], expected["open_group_unfunded_obligation_bn"]),
        absolute(100 * found["actuarial_balance"], expected["actuarial_balance_75y_pct"]),
        absolute(ratio.sel(year=published.index), published),
        absolute(exhausted, expected["depletion_year_oasdi"]),
    ]
    return dict(zip(OASDI, values, strict=True))
