"""Article 67 of Convention No. 102 by hand: a scale, other means, and what Article 66 would give."""

from fractions import Fraction

import pytest

from actuarial.standards.means import means_aggregate, means_tested
from actuarial.standards.replacement import Allowances

SICKNESS = Allowances(contingency=20, work=60)
"""45 per cent of 1,000 + 60, less 20 while sick: 477 - 20 = 457."""


@pytest.mark.parametrize(
    ("scale", "taper", "limit", "total", "verdict"),
    [
        (400, 1, None, 400, "fail"),  # 150 - 50 = 100 count; 400 - 100 = 300; 300 + 100
        (400, Fraction(1, 2), None, 450, "fail"),  # 400 - 50 = 350; 350 + 100
        (407, Fraction(1, 2), None, 457, "pass"),  # 407 - 50 = 357; 357 + 100, the floor itself
        (406, Fraction(1, 2), None, 456, "fail"),
        (900, 1, 150, 100, "fail"),  # nothing from 150 of means on; 0 + 100
        (457, 1, 151, 457, "pass"),  # 457 - 100 = 357; 357 + 100
        (50, 1, None, 100, "fail"),  # never below 0; 0 + 100
    ],
)
def test_sickness_with_other_means(scale, taper, limit, total, verdict):
    found = means_tested(
        "C102.III", scale, 1000, other_means=150, disregarded=50, taper=taper, limit=limit, allowances=SICKNESS
    )
    assert (found.value, found.threshold, found.verdict) == (total, 457, verdict)


@pytest.mark.parametrize(
    ("part", "wage", "allowances", "floor"),
    [
        ("V", 900, Allowances(), 360),  # 0.40 x 900
        ("IX", 900, Allowances(contingency=30, work=50), 350),  # 0.40 x 950 - 30
        ("X", 1200, Allowances(contingency=100, work=100), 420),  # 0.40 x 1,300 - 100
    ],
)
def test_a_family_without_other_means_needs_what_article_66_gives(part, wage, allowances, floor):
    for scale, verdict in ((floor, "pass"), (floor - 1, "fail")):
        found = means_tested(f"C102.{part}", scale, wage, allowances=allowances)
        assert (found.value, found.threshold, found.verdict) == (scale, floor, verdict)


def test_all_benefits_of_a_part_exceed_those_of_article_66_by_thirty_per_cent():
    """12 x 457 = 5,484 a year for each of 2,000: 10,968,000, and 3,290,400 more."""
    for paid, verdict in ((14_258_400, "pass"), (14_258_399, "fail")):
        found = means_aggregate("C102.III", paid, 2000, 12 * 457)
        assert (found.value, found.threshold, found.verdict) == (paid, 14_258_400, verdict)
