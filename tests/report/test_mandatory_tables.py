"""The tables that a report on a pension scheme must have are there, and their totals agree within and between them."""

import numpy as np
import pytest

from tests.report.content_data import pensions, report, table
from tests.report.test_content import figures, heads

TABLES = {
    "population": ("population", "demography"),
    "labour market": ("labour",),
    "insured persons": ("insured",),
    "pensioners": ("pensioners", "awards", "averages"),
    "ratios": ("ratios",),
    "cash flow": ("income", "outgo"),
    "shares of payroll": ("share_of_earnings",),
    "rates": ("rates", "level_rates"),
    "assumptions": ("assumptions", "by_age_male", "by_age_female"),
    "illustrations": ("illustrations",),
}
YEARS = [str(year) for year in range(2025, 2035)]


def columns(name):
    """Numbers of a table, years by columns without the first."""
    shown = figures(report(), name)
    assert list(shown) == YEARS
    return np.array([shown[year] for year in YEARS])


def rounded(digits, terms):
    """Half a unit of the last digit for each term of a sum, and for the sum."""
    return {"abs": (terms + 1) * 0.5000001 * 10.0**-digits, "rel": 0}


@pytest.mark.parametrize("name", TABLES)
def test_a_mandatory_table_is_there(name):
    for one in TABLES[name]:
        assert len(table(report(), one).rows) > 0


def test_people_add_up():
    population, insured = columns("population"), columns("insured")
    assert population[:, 0] == pytest.approx(population[:, 1] + population[:, 2], **rounded(0, 2))
    assert population[:, 0] == pytest.approx(population[:, 3:6].sum(axis=1), **rounded(0, 3))
    assert insured[:, 0] == pytest.approx(insured[:, 1] + insured[:, 2], **rounded(0, 2))
    pensioners = columns("pensioners")
    total = heads(report(), "pensioners").index("Total") - 1
    assert pensioners[:, total] == pytest.approx(pensioners[:, :total].sum(axis=1), **rounded(0, total))
    assert pensioners[:, total] == pytest.approx(pensioners[:, total + 1 :].sum(axis=1), **rounded(0, 2))
    awards = columns("awards")
    total = heads(report(), "awards").index("Total") - 1
    assert awards[:, total] == pytest.approx(awards[:, :total].sum(axis=1), **rounded(0, total))


def test_money_adds_up_within_and_between_tables():
    income, outgo = columns("income"), columns("outgo")
    assert income[:, 5] == pytest.approx(income[:, 1:5].sum(axis=1), **rounded(1, 4))
    total, administration, spent, balance, reserve = (heads(report(), "outgo").index("Total") - 1 + n for n in range(5))
    assert outgo[:, total] == pytest.approx(outgo[:, :total].sum(axis=1), **rounded(1, total))
    assert outgo[:, spent] == pytest.approx(outgo[:, total] + outgo[:, administration], **rounded(1, 2))
    assert outgo[:, balance] == pytest.approx(income[:, 5] - outgo[:, spent], **rounded(1, 2))
    assert np.diff(outgo[:, reserve]) == pytest.approx(outgo[1:, balance], **rounded(1, 2))


def test_shares_of_payroll_are_the_money_of_the_other_tables():
    income, outgo, shares = columns("income"), columns("outgo"), columns("share_of_earnings")
    spent = heads(report(), "outgo").index("Total outgo") - 1
    earnings = income[:, 0]
    near = {"abs": 0.0006, "rel": 0}
    assert shares[:, 0] == pytest.approx(income[:, 1] / earnings, **near)
    assert shares[:, 1] == pytest.approx((income[:, 2] + income[:, 3]) / earnings, **near)
    assert shares[:, -1] == pytest.approx(outgo[:, spent] / earnings, **near)
    assert columns("rates")[:, 0] == pytest.approx(shares[:, -1], **near)


def test_tables_by_year_of_the_annex_hold_the_numbers_of_the_text():
    for name in ("income", "outgo"):
        assert np.array_equal(columns(name), columns(f"{name}_by_year"), equal_nan=True)


def test_a_ratio_is_that_of_the_people_of_the_other_tables():
    """Pensioners over contributors, both averages of the year, between those of both ends of the year."""
    _, _, result = pensions()
    pensioners, insured = columns("pensioners"), columns("insured")
    total = heads(report(), "pensioners").index("Total") - 1
    on_31_december = pensioners[:, total] / insured[:, 0]
    shown = columns("ratios")[:, 0]
    assert shown == pytest.approx(result["demographic_ratio"].values, abs=0.00051)
    assert np.all(np.abs(shown - on_31_december) < 0.1 * on_31_december)
