"""A pension basis by itself: error texts and plausibility warnings, word for word."""

import numpy as np
import pytest

from actuarial.basis import scenarios
from actuarial.check.basis import REQUIRED, check_inputs
from actuarial.errors import BadBasis, BadDimensions, MissingVariable
from tests.reference.small import small_basis

BASIS = small_basis()


def with_value(name, value, **place):
    array = BASIS[name].copy(deep=True)
    array.loc[place] = value
    return BASIS.assign({name: array})


def test_the_small_basis_has_everything_and_nothing_unusual():
    assert set(REQUIRED) <= set(BASIS)
    assert check_inputs(BASIS) == []


@pytest.mark.parametrize("name", REQUIRED)
def test_no_required_variable_may_be_absent(name):
    with pytest.raises(MissingVariable, match=f"^{name} is missing: "):
        check_inputs(BASIS.drop_vars(name))


ERRORS = {
    "no coverage concept": (
        lambda: BASIS.assign_attrs(coverage_concept=""),
        "the attribute coverage_concept is missing: which insured the coverage rate counts, one of status, average, "
        "any. Add it.",
    ),
    "a coverage concept that is none": (
        lambda: BASIS.assign_attrs(coverage_concept="persons"),
        "coverage_concept must be one of status, average, any (got 'persons').",
    ),
    "no currency and no prices": (
        lambda: BASIS.assign_attrs(currency="", price_basis=" "),
        "the attribute currency is missing: the code of the currency, such as KES. Add it.\n"
        "the attribute price_basis is missing: the prices of all amounts, such as nominal. Add it.",
    ),
    "prices that are none": (
        lambda: BASIS.assign_attrs(price_basis="real"),
        "price_basis must be nominal, since amounts of each year are in the prices of that year (got 'real'); in "
        "constant prices the inflation is 0.",
    ),
    "a date that is none": (
        lambda: BASIS.assign_attrs(valuation_date="31.12.2024"),
        "valuation_date must be a day such as 2024-12-31 (got '31.12.2024').",
    ),
    "a day that does not exist": (
        lambda: BASIS.assign_attrs(valuation_date="2024-12-32"),
        "valuation_date must be a day such as 2024-12-31 (got '2024-12-32').",
    ),
    "years that start late": (
        lambda: BASIS.sel(year=slice(2026, None)),
        "valuation_date is 2024-12-31, but the first projected year is 2026; it must be 2025-12-31 or a later day "
        "before 2026-12-31. Write 2025-12-31 (and carry the stocks to that day), or start the years at 2025.",
    ),
    "a day within the year before": (
        lambda: BASIS.assign_attrs(valuation_date="2024-06-30"),
        "valuation_date is 2024-06-30, but the first projected year is 2025; it must be 2024-12-31 or a later day "
        "before 2025-12-31. Write 2024-12-31 (and carry the stocks to that day), or start the years at 2024.",
    ),
    "the last day of the first year": (
        lambda: BASIS.assign_attrs(valuation_date="2025-12-31"),
        "valuation_date is 2025-12-31, but the first projected year is 2025; it must be 2024-12-31 or a later day "
        "before 2025-12-31. Write 2024-12-31 (and carry the stocks to that day), or start the years at 2026.",
    ),
    "years that end on no day": (
        lambda: BASIS.assign_attrs(year_end="06-31"),
        "year_end must be the month and the day on which years end, such as 12-31 (got '06-31').",
    ),
    "entries that do not sum to one": (
        lambda: BASIS.assign(
            entry_profile=BASIS.entry_profile * (1.0 - 0.1 * ((BASIS.year >= 2027) & (BASIS.sex == "female")))
        ),
        "entry_profile must sum to one over the ages.\n"
        "  16 of 40 sums fail; the first: year=2027, group='private', sex='female' -> 0.9\n"
        '  Divide it by its sum: basis.entry_profile / basis.entry_profile.sum("age").',
    ),
    "no women": (
        lambda: with_value("population_0", 0.0, sex="female"),
        "population_0: there is nobody (sex='female').\n  Give the population on the valuation date.",
    ),
    "no payroll": (
        lambda: BASIS.assign(salary_0=0 * BASIS.salary_0),
        "salary_0 is 0 everywhere: nobody earns anything, so that no cost rate has a base.\n  Give its values.",
    ),
    "more insured than employed": (
        lambda: with_value("coverage", 0.95, group="private", year=2034),
        "coverage: all groups together cover more than all employed.\n"
        "  2 of 20 sums over the groups fail; the first: year=2034, sex='male' -> 1.038\n"
        "  The coverage of a group is its insured over the employed of all groups; lower it where the sum exceeds 1.",
    ),
    "one coverage for every group": (
        lambda: BASIS.assign(coverage=0.6 + 0 * BASIS.coverage.isel(group=0, drop=True)).assign_attrs(
            coverage_concept="average"
        ),
        "coverage: all groups together cover more than all employed.\n"
        "  20 of 20 sums over the groups fail; the first: year=2025, sex='male' -> 1.2\n"
        "  The coverage of a group is its insured over the employed of all groups; lower it where the sum exceeds 1.",
    ),
    "no coverage": (
        lambda: BASIS.assign(coverage=0 * BASIS.coverage),
        "coverage is 0 everywhere: nobody will be insured, so that no cost rate has a base.\n  Give its values.",
    ),
    "work without pay": (
        lambda: with_value("salary_0", 0.0, group="private", sex="male", age=40),
        "salary_0 is 0 where there are active insured or entrants.\n"
        "  1 of 404 cells fail; the first: group='private', sex='male', age=40\n"
        "  Give the average earnings of these ages.",
    ),
    "pensioners without a pension": (
        lambda: with_value("pension_0", 0.0, benefit="old_age", sex="female", age=70),
        "pension_0 is 0 where there are pensioners.\n"
        "  1 of 808 cells fail; the first: benefit='old_age', sex='female', age=70\n"
        "  Give their average pension, currency/year.",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_error_texts(case):
    make, text = ERRORS[case]
    with pytest.raises(BadBasis) as caught:
        check_inputs(make())
    assert str(caught.value) == text


SHAPES = {
    "a stock without a dim": (
        lambda: BASIS.assign(pensioners_0=BASIS.pensioners_0.isel(benefit=0, drop=True)),
        "pensioners_0 lacks the dimension benefit: numbers of persons are never repeated over a dimension, so its "
        "labels must be written out.",
    ),
    "one pension for all benefits": (
        lambda: BASIS.assign(pension_0=BASIS.pension_0.isel(benefit=0, drop=True)),
        "pension_0 lacks the dimension benefit: it gives the average pension of every benefit.",
    ),
    "fertility without ages": (
        lambda: BASIS.assign(asfr=BASIS.asfr.isel(age=30, drop=True)),
        "asfr lacks the dimension age: it gives the births by age of the mother.",
    ),
    "mortality without sexes and ages": (
        lambda: BASIS.assign(mx=BASIS.mx.isel(sex=0, age=30, drop=True)),
        "mx lacks the dimension sex, age: a life table is made from the death rates of all ages of one sex.",
    ),
    "a past without years": (
        lambda: BASIS.assign(wage_growth_past=0.05),
        "wage_growth_past lacks the dimension past_year: it gives the growth of every past year.",
    ),
    "entries without ages": (
        lambda: BASIS.assign(entry_profile=BASIS.entry_profile.isel(age=30, drop=True)),
        "entry_profile lacks the dimension age: it spreads the entries of a year over the ages.",
    ),
    "a grid of half years": (
        lambda: BASIS.isel(service=slice(0, None, 6)),
        "service: the labels are months of past credit, 0, 1, 2, ... or 0, 12, 24, ...\n"
        "  They start at 0, 6, 12 and have steps of 6.\n  Give the opening stocks on one of the two grids.",
    ),
    "a grid that starts at one": (
        lambda: BASIS.isel(service=slice(1, None)),
        "service: the labels are months of past credit, 0, 1, 2, ... or 0, 12, 24, ...\n"
        "  They start at 1, 2, 3 and have steps of 1.\n  Give the opening stocks on one of the two grids.",
    ),
    "no labels": (
        lambda: BASIS.drop_vars("group"),
        "group: the basis has no labels of group. Give them as a coordinate.",
    ),
}


@pytest.mark.parametrize("case", SHAPES)
def test_dims_and_labels(case):
    make, text = SHAPES[case]
    with pytest.raises(BadDimensions) as caught:
        check_inputs(make())
    assert str(caught.value) == text


def test_a_financial_year_that_ends_in_september():
    assert check_inputs(BASIS.assign_attrs(valuation_date="2024-09-30", year_end="09-30")) == []


def test_a_yearly_grid_of_credits_is_valid():
    assert check_inputs(BASIS.isel(service=slice(0, None, 12)).assign_attrs(coverage_concept="any")) == []


def test_two_exchanged_sexes_are_seen_in_rates_and_stocks():
    other = BASIS[["mx", "population_0"]].sel(sex=["female", "male"]).assign_coords(sex=BASIS.sex)
    assert [line.split(":")[0] for line in check_inputs(BASIS.assign(other)) if "exchanged" in line] == [
        "mx",
        "population_0",
        "population_0",
    ]


def test_women_may_die_earlier_at_some_ages():
    young = BASIS.mx.where((BASIS.sex == "male") | (BASIS.age > 40), BASIS.mx.sel(sex="male") * 1.01)
    assert check_inputs(BASIS.assign(mx=young)) == []


def test_all_employed_may_be_covered():
    full = BASIS.assign(coverage=0.5 + 0 * BASIS.coverage)
    assert [line for line in check_inputs(full) if line.startswith("coverage")] == []


WARNINGS = {
    "srb": (
        lambda: BASIS.assign(srb=0.95 + 0 * BASIS.srb),
        "srb: 0.95 (year=2025; 10 of 10 cells) is unusual; usual is 1.03 to 1.08 boys per girl.",
    ),
    "death rates of the other sex": (
        lambda: BASIS.assign(mx=BASIS.mx.sel(sex=["female", "male"]).assign_coords(sex=BASIS.sex)),
        "mx: the death rate of women exceeds that of men in 650 of 650 cells at ages 15 to 79; "
        "are the sexes exchanged?",
    ),
    "fewer boys than girls": (
        lambda: with_value("population_0", 0.0, sex="male", age=[0, 1]),
        "population_0: 58,669 boys and 95,359 girls at ages 0 to 4; usual are more boys: are the sexes exchanged?",
    ),
    "more old men than old women": (
        lambda: with_value("population_0", 2e5, sex="male", age=85),
        "population_0: 217,577 men and 28,230 women aged 80 and over; usual are more women: are the sexes exchanged?",
    ),
    "density": (
        lambda: with_value("density", 0.3, group="private"),
        "density at ages 20 to 59: 0.3 (year=2025, group='private', sex='male', age=20; 800 of 1600 cells) is unusual; "
        "usual is 0.65 to 0.95.",
    ),
    "coverage": (
        lambda: with_value("coverage", 0.95, group="private", year=2034).assign_attrs(coverage_concept="any"),
        "coverage, all groups together: 1.06 (year=2034, sex='female'; 2 of 20 cells) is unusual; "
        "usual is 0.05 to 0.6 of the employed.",
    ),
    "exit rate": (
        lambda: with_value("exit_rate", 0.4, year=2030, age=33),
        "exit_rate at ages 25 to 50: 0.4 (year=2030, group='private', sex='male', age=33; 4 of 1040 cells) is unusual; "
        "usual is 0.03 to 0.15 a year.",
    ),
    "invalidity": (
        lambda: BASIS.assign(invalidity_rate=8 * BASIS.invalidity_rate),
        "invalidity_rate at age 50: 0.024 (year=2025, group='private', sex='male', age=50; 40 of 40 cells) is unusual; "
        "usual is 0.002 to 0.008 a year.",
    ),
    "spread of earnings": (
        lambda: BASIS.assign(earnings_cv=0.1 + 0 * BASIS.earnings_cv),
        "earnings_cv at ages 20 to 59: 0.1 (group='private', sex='male', age=20; 160 of 160 cells) is unusual; "
        "usual is 0.4 to 0.9.",
    ),
    "married men": (
        lambda: BASIS.assign(married_share=0.3 * BASIS.married_share),
        "married_share of men at age 50: 0.255 (sex='male', age=50) is unusual; usual is 0.75 to 0.92.",
    ),
    "spouses": (
        lambda: BASIS.assign(spouse_age_gap=-3.0),
        "spouse_age_gap: -3 is unusual; usual is 2 to 5 years, the husband older.",
    ),
    "real wages": (
        lambda: BASIS.assign(wage_growth=0.08 + 0 * BASIS.wage_growth, interest_rate=0.09 + 0 * BASIS.interest_rate),
        "real growth of wages: 0.05366 (year=2025; 10 of 10 cells) is unusual; usual is 0.005 to 0.025 a year.",
    ),
    "interest below wages": (
        lambda: with_value("interest_rate", 0.03, year=2031),
        "real interest less real growth of wages: -0.009756 (year=2031; 1 of 10 cells) is unusual; "
        "usual is 0.005 to 0.02 a year.",
    ),
    "percent": (
        lambda: with_value("inflation_past", 3.0, past_year=2000),
        "inflation_past: 3 (past_year=2000; 1 of 100 cells) is unusual; "
        "usual is below 0.2 a year; 0.05 is 5%, 3.0 is 300%.",
    ),
    "collection": (
        lambda: with_value("collection_rate", 0.5, group="private"),
        "collection_rate: 0.5 (year=2025, group='private'; 10 of 20 cells) is unusual; usual is 0.8 to 0.98.",
    ),
    "pensions of a month": (
        lambda: BASIS.assign(pension_0=BASIS.pension_0.where(BASIS.benefit != "old_age", 3000.0)),
        "average pension over average earnings: 0.01602 (benefit='old_age'; 1 of 4 cells) is unusual; "
        "usual is 0.1 to 0.8; both are amounts of a year.",
    ),
    "administration": (
        lambda: BASIS.assign(accounts_0=("line", [30.0, 100.0])).assign_coords(
            line=["administration", "contributions"]
        ),
        "administration over contributions in the accounts: 0.3 is unusual; usual is 0.03 to 0.15.",
    ),
    "children at work": (
        lambda: with_value("inactive_0", 2.0, group="private", sex="male", age=12, service=3),
        "inactive_0: 2 persons are younger than 15; usual is none.",
    ),
    "credits before the career": (
        lambda: with_value("inactive_0", 5.0, group="private", sex="male", age=20, service=73),
        "inactive_0: 5 persons have more credit than the months since age 14; usual is none.",
    ),
    "a jump in the first year": (
        lambda: BASIS.assign(
            active_0=BASIS.active_0.where((BASIS.group != "public") | (BASIS.sex == "female"), 0.5 * BASIS.active_0)
        ),
        "active_0 over coverage of the first year times the employed of the valuation date: 0.495 (group='public', "
        "sex='male'; 1 of 4 cells) is unusual; usual is 0.95 to 1.02.",
    ),
    "a new scheme": (
        lambda: BASIS.assign(active_0=0 * BASIS.active_0),
        "active_0: nobody is insured on the valuation date; usual only for a new scheme. Its average wage is that of "
        "those whom coverage and entry_profile bring in first.",
    ),
    "wages of the past": (
        lambda: BASIS.drop_vars("wage_growth_past"),
        "wage_growth_past is absent: the growth of wages of the first projected year is used for the past.",
    ),
    "prices of the past": (
        lambda: BASIS.drop_vars("inflation_past"),
        "inflation_past is absent: the inflation of the first projected year is used for the past.",
    ),
    "births of the past": (
        lambda: BASIS.drop_vars("asfr_past"),
        "asfr_past is absent: the fertility of the first projected year is used for the children born before.",
    ),
    "earnings of the inactive": (
        lambda: BASIS.drop_vars("inactive_earnings_0"),
        "inactive_earnings_0 is absent: the inactive insured have the base year's reference earnings of the active of "
        "their age.",
    ),
}


@pytest.mark.parametrize("case", WARNINGS)
def test_one_line_for_each_unusual_assumption(case):
    make, text = WARNINGS[case]
    assert check_inputs(make()) == [text]


def test_a_scenario_is_named():
    several = scenarios(BASIS, central=lambda b: b, poor=lambda b: b.assign(interest_rate=0.02 + 0 * b.interest_rate))
    assert check_inputs(several) == [
        "real interest less real growth of wages: -0.01951 (scenario='poor', year=2025; 10 of 20 cells) is unusual; "
        "usual is 0.005 to 0.02 a year."
    ]


def test_the_value_farthest_outside_is_shown():
    twice = with_value("collection_rate", 0.5, group="private", year=2026)
    twice["collection_rate"].loc[{"group": "public", "year": 2030}] = 0.2
    assert check_inputs(twice) == [
        "collection_rate: 0.2 (year=2030, group='public'; 2 of 20 cells) is unusual; usual is 0.8 to 0.98."
    ]


def test_a_small_departure_from_one_is_refused():
    array = BASIS.entry_profile.copy(deep=True)
    array[0, 0, 0, 30] += 2e-6
    with pytest.raises(BadBasis, match=r"1 of 40 sums fail; the first: year=2025, group='private', sex='male' -> 1\n"):
        check_inputs(BASIS.assign(entry_profile=array))
    array[0, 0, 0, 30] -= 1.9e-6
    assert check_inputs(BASIS.assign(entry_profile=array)) == []
    assert np.isfinite(array.values).all()
