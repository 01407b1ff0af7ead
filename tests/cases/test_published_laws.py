"""Amounts that institutions publish for one person, from scheme files a few lines long."""

import numpy as np
import pytest
import xarray as xr

import actuarial as ac

HEAD = """
name = "Law"
currency = "CUR"
[[contributions]]
name = "members"
payer = "employee"
rate = 0.1
"""
PENSION = """
[[benefit]]
form = "old_age"
indexation = "prices"
"""


def due(folder, law, *, basis=None, **person):
    """The old-age pension of a man whose career ends with it."""
    (folder / "law.toml").write_text(HEAD + law, encoding="utf-8")
    scheme = ac.open_scheme(folder / "law.toml")
    return ac.person_benefits(scheme, event="retirement", sex="male", basis=basis, **person)["old_age"]


PRIMARY = """
retirement_age = 66
qualifying_years = 10
[[benefit.formula]]
form = "final_average"
years = 35
base_rate = 0.15
accrual = 0.0
[[benefit.formula]]
form = "final_average"
years = 35
base_rate = 0.17
accrual = 0.0
maximum_pension = { value = SECOND, per = "month" }
[[benefit.formula]]
form = "final_average"
years = 35
base_rate = 0.58
accrual = 0.0
maximum_pension = { value = FIRST, per = "month" }
"""


@pytest.mark.parametrize(
    ("average", "first", "second", "printed"), [(4010, 885, 5336, 1796.50), (8843, 791, 4768, 2595.79)]
)
def test_primary_insurance_amount_of_the_united_states(average, first, second, printed, tmp_path):
    """Social Security Administration (2017), Benefit examples, cases A and B: 90, 32 and 15% of three slices."""
    law = PRIMARY.replace("FIRST", f"{0.58 * first:.4f}").replace("SECOND", f"{0.17 * second:.4f}")
    found = due(tmp_path, PENSION + law, born=1951, leaves=2017, months=420, earnings=12 * average)
    assert found.per_month == pytest.approx(printed, abs=0.005)


SCALE_44 = """
retirement_age = 65
qualifying_years = 44
[[benefit.formula]]
form = "flat"
amount = { value = 906.5, per = "month" }
[[benefit.formula]]
form = "career_average"
base_rate = 0.16
accrual = 0.0
minimum_pension = { value = 196, per = "month" }
maximum_pension = { value = 1_176, per = "month" }
[[benefit.formula]]
form = "career_average"
base_rate = 0.10
accrual = 0.0
minimum_pension = { value = 122.5, per = "month" }
maximum_pension = { value = 367.5, per = "month" }
"""


@pytest.mark.parametrize(
    ("average", "printed"),
    [(12_000, 1225), (14_700, 1225), (29_400, 1544), (44_100, 1862), (66_150, 2156), (88_200, 2450), (120_000, 2450)],
)
def test_scale_44_of_switzerland(average, printed, tmp_path):
    """Federal Social Insurance Office (2023), tables of pensions, scale 44: francs a month, rounded."""
    found = due(tmp_path, PENSION + SCALE_44, born=1958, leaves=2023, months=528, earnings=average)
    assert round(found.per_month) == printed


POINTS = """
retirement_age = 66
qualifying_years = 5
early_age = 63
early_rate = 0.5
early_reduction = 0.036
formula = { form = "balance", account = "points", value = { value = 39.32, per = "month" } }
[[account]]
name = "points"
credits = "points"
"""


@pytest.mark.parametrize(("born", "printed"), [(1958, 1769.40), (1961, 1578.30)])
def test_standard_pension_of_germany(born, printed, tmp_path):
    """German Pension Insurance (2024): 45 points at 39.32 euro, and 10.8% less for 36 months."""
    years, past = np.arange(2025, 2030), np.arange(1975, 2025)
    basis = xr.Dataset(
        {
            "wage_growth": ("year", np.zeros(5)),
            "wage_growth_past": ("past_year", np.zeros(50)),
            "active_0": (("group", "sex", "age", "service"), np.ones((1, 1, 1, 1))),
            "salary_0": (("group", "sex", "age"), np.full((1, 1, 1), 45_358.0)),
        },
        {"year": years, "past_year": past},
    )
    found = due(tmp_path, PENSION + POINTS, basis=basis, born=born, leaves=2024, months=540, earnings=45_358)
    assert found.per_month == pytest.approx(printed, abs=0.005)


FLAT = """
retirement_age = 65
qualifying_years = 10
formula = {{ form = "flat", amount = {{ value = {value}, per = "{per}" }}, full_years = {years} }}
"""


@pytest.mark.parametrize(
    ("value", "per", "years", "months", "word", "printed"),
    [
        (221.20, "week", 35, 420, "per_week", 221.20),
        (221.20, "week", 35, 120, "per_week", 63.20),
        (816_000, "year", 40, 300, "per_year", 510_000),
        (713.34, "month", 40, 240, "per_month", 356.67),
    ],
    ids=["United Kingdom 2024", "ten years there", "Japan 2024", "Canada 2024"],
)
def test_flat_pensions(value, per, years, months, word, printed, tmp_path):
    """Full amounts and qualifying years as the three countries publish them."""
    law = PENSION + FLAT.format(value=value, per=per, years=years)
    found = due(tmp_path, law, born=1959, leaves=2024, months=months, earnings=30_000)
    assert getattr(found, word) == pytest.approx(printed, abs=0.005)
