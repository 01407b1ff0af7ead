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


SLICE = """
[[benefit.formula]]
form = "final_average"
years = 35
accrual = [{{ above = 0, rate = {rate!r} }}, {{ above = 35, rate = 0.0 }}]
maximum_pension = {{ value = {most}, per = "month" }}
"""


@pytest.mark.parametrize("months", [240, 420, 480])
@pytest.mark.parametrize(
    ("average", "first", "second", "printed"), [(4010, 885, 5336, 1796.50), (8843, 791, 4768, 2595.79)]
)
def test_primary_insurance_amount_of_the_united_states(average, first, second, printed, months, tmp_path):
    """Social Security Administration (2017), Benefit examples, cases A and B: 90, 32 and 15% of three slices.

    The average is that of 35 years; those without earnings count as well.
    """
    slices = ((0.15, 1e9), (0.17, 0.17 * second), (0.58, 0.58 * first))
    law = PENSION + "retirement_age = 66\nqualifying_years = 10\n"
    law += "".join(SLICE.format(rate=rate / 35, most=most) for rate, most in slices)
    earnings = 12 * average * max(420 / months, 1)
    found = due(tmp_path, law, born=1951, leaves=2017, months=months, earnings=earnings)
    assert found.per_month == pytest.approx(printed, abs=0.005)


SPANISH = """
retirement_age = 65
qualifying_years = 15
[benefit.formula]
form = "final_average"
years = 25
base_rate = 0.50
base_years = 15
accrual = [{ above = 15, rate = 0.0252 }, { above = 19.083333333333332, rate = 0.0228 }]
maximum = 1.0
"""


@pytest.mark.parametrize(("months", "printed"), [(180, 50), (229, 60.29), (360, 85.18), (438, 100), (480, 100)])
def test_scale_of_spain(months, printed, tmp_path):
    """National Institute of Social Security (2023): 50% for 15 years, 0.21% for each of 49 months, then 0.19%."""
    found = due(tmp_path, PENSION + SPANISH, born=1959, leaves=2024, months=months, earnings=1_200)
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
