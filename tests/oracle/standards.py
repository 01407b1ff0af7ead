"""Verdicts of standards once more: plain arithmetic on the files of a law and of the reference data.

A law is the dictionary of its TOML file: a flat or a final-average pension on retirement, or cash benefits in sickness
and maternity, with amounts of one year that do not grow. Thresholds are those of the reference data.
"""

from fractions import Fraction


def entry(data, table, name):
    """The entry of an id in a table of the reference data."""
    return next(row for row in data[table] if row["id"] == name)


def amount(money):
    """Yearly amount of `{ 2025 = 300, per = "month" }`."""
    value = next(number for key, number in money.items() if key.isdigit())
    return Fraction(str(value)) * (12 if money["per"] == "month" else 1)


def pension(law, years, wage):
    """Old-age pension after years of a career at a wage, of the first benefit of the law."""
    benefit = law["benefit"][0]
    if years < benefit["qualifying_years"]:
        return Fraction(0)
    formula = benefit["formula"]
    if formula["form"] == "flat":
        whole = amount(formula["amount"])
        return whole * min(Fraction(1), Fraction(years) / formula["full_years"]) if "full_years" in formula else whole
    earned = min(Fraction(wage), amount(law["insurable_earnings"]["ceiling"])) if "insurable_earnings" in law else wage
    return Fraction(str(formula["accrual"])) * years * Fraction(earned)


def means_tested(data, law, wage, means, basis):
    """Article 67: met, missed or open, by the lowest total of any family, at full and at lower percentages.

    Other means run over every unit up to twice the limit or the scale, so that no formula for the worst one is needed.
    """
    rule = entry(data, "qualifying", "C102.V")
    whole = Fraction(entry(data, "benefit_level", "C102.V")["min_rate"])
    key = {"residence": "residence_years", "contribution": "contribution_or_employment_years"}[basis]
    lower = rule["alternative"]
    ways = [(rule["full"][key], whole), (lower[key], whole - Fraction(lower["points_lower"], 100))]
    words = [_one_way(pension(law, years, 0), rate * wage, means) for years, rate in ways]
    return "pass" if "pass" in words else "not_assessable" if "not_assessable" in words else "fail"


def _one_way(scale, floor, means):
    free, taper, limit = means.get("disregarded", 0), means.get("taper", 1), means.get("limit")
    top = 2 * max(int(scale), int(limit or 0), 1) + int(free)
    totals = []
    for other in range(top + 1):
        counted = max(other - free, 0)
        due = max(scale - Fraction(str(taper)) * counted, 0)
        if limit is not None and other >= limit:
            due = 0
        totals.append(due + counted)
    answers = [min(totals) >= floor, means.get("decency")]
    if "disregarded" in means or limit is not None:
        answers.append(means.get("substantial"))
    if False in answers:
        return "fail"
    return "not_assessable" if None in answers else "pass"


def for_all_active(data, law, wage, told):
    """A law that asks for more than thirty years: its rate, and words for level, period and reduced benefit."""
    rule = entry(data, "qualifying", "C102.V")
    years = law["benefit"][0]["qualifying_years"]
    full, shorter = (rule[key]["contribution_or_employment_years"] for key in ("full", "reduced"))
    assert years > full > shorter
    rate = pension(law, years, wage) / wage
    enough = rate >= Fraction(entry(data, "benefit_level", "C102.V")["min_rate"])
    everybody, average, half = (told.get(key) for key in ("all_active", "average_paid", "half_average"))
    if everybody is False:
        return rate, "fail", "fail", "fail"
    return rate, _each(enough, everybody, average, half), _each(everybody, average), _each(everybody, half)


def _each(*answers):
    if False in answers:
        return "fail"
    return "not_assessable" if None in answers else "pass"


def rate_of_days(law, form, wage):
    """Lowest rate at which days are paid, over earnings of a tenth of the wage up to the wage."""
    benefit = next(row for row in law["benefit"] if row["form"] == form)
    most = amount(benefit["ceiling"]) if "ceiling" in benefit else None
    grid = [Fraction(wage) * step / 10 for step in range(1, 11)]
    counted = [earned if most is None else min(earned, most) for earned in grid]
    return min(Fraction(str(benefit["rate"])) * part / earned for part, earned in zip(counted, grid, strict=True))
