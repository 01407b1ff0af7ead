"""Adequacy against a plain loop over cells, and the awards of the first year beside those observed."""

import math

import numpy as np
import openpyxl
import pytest
import xarray as xr

import actuarial as ac
from actuarial.errors import BadBasis, BadInput, MissingVariable, OutOfBounds
from actuarial.pension import AttendanceSupplement
from actuarial.readiness import check_basis
from actuarial.report.adequacy import adequacy_table, awards_table, format_awards
from actuarial.report.summary import summary
from actuarial.report.workbook import write_workbook
from actuarial.valuation.adequacy import adequacy
from actuarial.valuation.observed import check_observed, compare_awards, judge_awards
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

SEXES = ("male", "female")
LINES = ["number", "age", "service", "pension", "at_minimum"]


@pytest.fixture(scope="module")
def basis():
    """Half of the widows of 70 and more have an old-age pension too."""
    twice = xr.zeros_like(small_basis()["pensioners_0"]).drop_attrs()
    twice.loc[{"benefit": "widows", "age": slice(70, None)}] = 0.5
    return small_basis().isel(year=slice(0, 3)).assign(overlap=twice)


@pytest.fixture(scope="module")
def result(basis):
    tenth = AttendanceSupplement(accompanies=("old_age",), needed_by=0.5, share=0.2)
    law = full_law(benefits=(*full_law().benefits, tenth))
    return ac.project(basis, law, service="years")


@pytest.fixture(scope="module")
def found(result, basis):
    return adequacy(result, basis)


def cell(array, **place):
    """Plain numbers of a variable at a place, its last dims left."""
    return array.sel(place).values.tolist()


def mean(pairs):
    """Weighted mean of pairs of weight and value; NaN without weights."""
    pairs = list(pairs)
    total = sum(weight for weight, _ in pairs)
    return sum(weight * value for weight, value in pairs) / total if total > 0 else math.nan


@pytest.mark.parametrize("benefit", ["old_age", "old_age_grant", "invalidity", "widows", "funeral_grant"])
@pytest.mark.parametrize("sex", SEXES)
def test_new_awards_against_a_loop_over_ages(found, result, benefit, sex):
    place = {"year": 2027, "benefit": benefit, "sex": sex}
    new, money, number, paid, credits, least = (
        cell(result[name], **place)
        for name in ("new_awards", "new_awards_amount", "claims_number", "claims_amount", "claims_credits",
                     "claims_at_minimum")
    )  # fmt: skip
    months = cell(result["average_contributors"], year=2027, sex=sex)
    salary = cell(result["salary"], year=2027, sex=sex)
    earned = [mean((months[g][x], salary[g][x]) for g in range(2)) for x in range(101)]
    known = [x for x in range(101) if months[0][x] + months[1][x] > 0]
    total = sum(number)
    before = sum(number[x] * earned[x] for x in known)
    names = ("average_contributors", "salary")
    both = [[cell(result[name], year=2027, sex=s) for name in names] for s in SEXES]
    wage = mean((people[g][x], paid_each[g][x]) for people, paid_each in both for g in range(2) for x in range(101))
    once = benefit.endswith("grant")
    expected = {
        "new_awards_age": mean((new[x], x) for x in range(101)),
        "new_awards_pension": sum(money) / sum(new) if sum(new) else math.nan,
        "new_awards_service": sum(credits) / total / 12,
        "share_at_minimum": sum(least) / total,
        "replacement_rate_new": math.nan if once else sum(paid[x] for x in known) / before,
        "award_ratio": math.nan if once else sum(paid) / total / wage,
    }
    got = {name: float(found[name].sel(place)) for name in expected}
    assert got == pytest.approx(expected, rel=1e-12, nan_ok=True)
    assert float(found["average_salary"].sel(year=2027)) == pytest.approx(wage, rel=1e-12)


@pytest.mark.parametrize("sex", SEXES)
def test_pensions_and_coverage_against_a_loop(found, result, basis, sex):
    """A supplement adds to the pensions and not to the pensioners; who has two pensions is one person."""
    money = people = old = 0.0
    for benefit in map(str, result["benefit"].values):
        place = {"year": 2026, "benefit": benefit, "sex": sex}
        number, mass = (cell(result[name], **place) for name in ("pensioners", "pension_mass"))
        money += sum(mass)
        if benefit != "attendance_supplement":
            people += sum(number)
            old += sum(n * (0.5 if benefit == "widows" and x >= 70 else 1.0) for x, n in enumerate(number) if x >= 65)
    months = sum(map(sum, cell(result["average_contributors"], year=2026, sex=sex)))
    one = found.sel(year=2026, sex=sex)
    wage = float(found["average_salary"].sel(year=2026))
    assert float(one.benefit_ratio) == pytest.approx(money / people / wage, rel=1e-12)
    assert float(one.coverage_of_labour_force) == pytest.approx(
        months / sum(cell(result["labour_force"], year=2026, sex=sex)), rel=1e-12
    )
    assert float(one.coverage_of_employed) == pytest.approx(
        months / sum(cell(result["employed"], year=2026, sex=sex)), rel=1e-12
    )
    inhabitants = sum(cell(result["population"], year=2026, sex=sex)[65:])
    assert float(one.coverage_of_old) == pytest.approx(old / inhabitants, rel=1e-12)


def test_women_and_both_sexes_together(found, result, basis):
    both = adequacy(result, basis, by_sex=False)
    women = found.women_of_awards.sel(benefit="old_age")
    parts = found.new_awards_age.sel(benefit="old_age")
    whole = women * parts.sel(sex="female") + (1 - women) * parts.sel(sex="male")
    np.testing.assert_allclose(both.new_awards_age.sel(benefit="old_age"), whole, rtol=1e-12)
    women = found.women_of_pensioners
    ratio = women * found.benefit_ratio.sel(sex="female") + (1 - women) * found.benefit_ratio.sel(sex="male")
    np.testing.assert_allclose(both.benefit_ratio, ratio, rtol=1e-12)
    months = result["average_contributors"].sel(year=2025).sum(["group", "age"]).values
    assert float(found.women_of_contributors.sel(year=2025)) == pytest.approx(months[1] / months.sum(), rel=1e-12)
    assert np.isnan(found.new_awards_age.sel(benefit="attendance_supplement")).all()


def test_another_pensionable_age_and_what_is_refused(result, basis):
    at_sixty = adequacy(result, basis, pensionable_age=60)
    assert (at_sixty.coverage_of_old != adequacy(result, basis).coverage_of_old).all()
    with pytest.raises(BadInput, match=r"must be an age of the population, 0 to 100 \(got 165\)"):
        adequacy(result, basis, pensionable_age=165)
    young = adequacy(result.sel(age=slice(None, 60)), basis.sel(age=slice(None, 60)))
    assert young.attrs["pensionable_age"] == 60
    with pytest.raises(MissingVariable, match="claims_at_minimum is missing"):
        adequacy(result.drop_vars("claims_at_minimum"), basis)


def observed(result, basis, factor=None, years=(2023, 2024)):
    """Awards of the last of some years that agree with the projection, but for what `factor` multiplies."""
    found = adequacy(result, basis)
    names = ("new_awards_age", "new_awards_service", "new_awards_pension", "share_at_minimum")
    first = [result["new_awards"].sum("age"), *(found[name] for name in names)]
    values = xr.concat([one.isel(year=0, drop=True).drop_attrs() for one in first], dim="award_line")
    values = values.assign_coords(award_line=LINES).sel(benefit=basis["benefit"].values)
    values.loc[{"award_line": "pension"}] /= 1.04
    for place, change in (factor or {}).items():
        values.loc[dict(zip(("benefit", "sex", "award_line"), place, strict=True))] *= change
    blank = xr.full_like(values, np.nan)
    given = xr.concat([blank] * (len(years) - 1) + [values], dim="account_year").assign_coords(account_year=list(years))
    return basis.assign(observed_awards=given.transpose("account_year", "award_line", "benefit", "sex"))


def test_amounts_follow_wages_and_equal_awards_are_not_warned_of(result, basis):
    rows = compare_awards(result, observed(result, basis))
    places = {(row.benefit, row.sex) for row in rows}
    assert len(places) == 8
    for row in rows:
        assert row.year == 2024
        assert row.expected == pytest.approx(row.model, rel=1e-12)
    assert judge_awards(rows) == []
    older = compare_awards(result, observed(result, basis, years=(2022, 2023)))
    (pension,) = [r for r in older if (r.benefit, r.sex, r.line) == ("old_age", "male", "pension")]
    assert pension.expected == pytest.approx(pension.observed * 1.045 * 1.04, rel=1e-12)  # past growth 4.5%, then 4%


def test_what_is_beyond_the_bands_is_named_once(result, basis):
    other = {
        ("old_age", "male", "number"): 1 / 1.3,
        ("old_age", "female", "number"): 1 / 1.2,
        ("old_age", "male", "pension"): 2.0,
        ("invalidity", "male", "service"): 1.5,
        ("invalidity", "female", "age"): 0.9,
    }
    rows = compare_awards(result, observed(result, basis, other))
    away = {(row.benefit, row.sex, row.line) for row in rows if row.away}
    assert away == set(other) - {("old_age", "female", "number")}
    (warning,) = judge_awards(rows)
    assert "4 of 40 figures" in warning
    assert "old_age male number +30%, old_age male pension -50%" in warning
    assert "invalidity female age +" in warning
    told = ac.project(observed(result, basis, other), full_law(), service="years").attrs["warnings"]
    assert "observed_awards: 4 of 40 figures" in told


def test_nobody_beside_nobody_is_left_out_and_nobody_beside_many_is_told(result, basis):
    none = result.assign(new_awards=result["new_awards"].where(result["benefit"] != "widows", 0.0))
    rows = compare_awards(none, observed(result, basis, {("widows", "male", "number"): 0.0}))
    assert "male" not in {row.sex for row in rows if row.benefit == "widows"}
    assert "widows female number -100%" in judge_awards(rows)[0]
    assert "widows female age nobody" in judge_awards(rows)[0]


def test_few_awards_are_not_judged(result, basis):
    few = {("old_age", "male", "number"): 1e-4, ("old_age", "male", "pension"): 2.0}
    rows = compare_awards(result, observed(result, basis, few))
    assert [row for row in rows if row.away] == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda x: x.assign_coords(award_line=["number", "age", "servce", "pension", "at_minimum"]), "mean service"),
        (lambda x: x.assign_coords(award_line=["number", "age", "age", "pension", "at_minimum"]), "is there 2 times"),
        (lambda x: xr.where(x["award_line"] == "at_minimum", 100 * x, x).transpose(*x.dims), "at_minimum is above 1"),
        (lambda x: x.sum("sex"), "lacks the dimension sex"),
    ],
)
def test_observed_awards_that_cannot_be_meant(result, basis, change, text):
    given = observed(result, basis)
    with pytest.raises(BadBasis, match=text):
        check_observed(given.drop_vars(["observed_awards", "award_line"]).assign(
            observed_awards=change(given["observed_awards"])
        ))  # fmt: skip


def test_negative_awards_are_out_of_bounds(result, basis):
    given = observed(result, basis, {("old_age", "male", "number"): -1.0})
    with pytest.raises(OutOfBounds, match="observed_awards"):
        check_basis(given)


def test_the_tables_hold_the_figures(result, basis, tmp_path):
    table = adequacy_table(result, basis)
    both = adequacy(result, basis, by_sex=False)
    assert list(table.index.unique("sex")) == ["total", "male", "female"]
    age = float(both.new_awards_age.sel(benefit="old_age", year=2026))
    assert table.loc[("total", 2026), "old_age: age"] == pytest.approx(age, rel=1e-15)
    assert "old_age_grant: over earnings" not in table
    given = observed(result, basis, {("old_age", "male", "number"): 0.5})
    rows = compare_awards(result, given)
    awards = awards_table(rows, given)
    row = awards.loc[("old_age", "male", "new awards", "persons/year")]
    assert row["difference"] == pytest.approx(row["projected"] - row["2024"], rel=1e-12)
    assert row["beyond the band"] == "+100%"
    book = openpyxl.load_workbook(write_workbook(result, tmp_path / "one.xlsx", basis=given))
    assert {"Adequacy", "New awards"} <= set(book.sheetnames)
    plain = openpyxl.load_workbook(write_workbook(result, tmp_path / "two.xlsx", basis=basis))
    assert "New awards" not in plain.sheetnames
    sheet = book["Adequacy"]
    heads = [cell.value for cell in sheet[3]]
    assert sheet.cell(5, heads.index("old age: age (years)") + 1).value == pytest.approx(age, rel=1e-15)


def test_the_summary_shows_the_awards(result, basis):
    given = observed(result, basis, {("old_age", "male", "number"): 0.5})
    rows = compare_awards(result, given)
    lines = format_awards(rows).splitlines()
    number = next(row for row in rows if (row.benefit, row.sex, row.line) == ("old_age", "male", "number"))
    assert lines[1].split()[2:5:2] == [f"{number.expected:,.0f}", f"{number.model:,.0f}*"]
    assert format_awards(rows).count("*") == 1
    assert lines[1].strip() in summary(result, awards=rows)
