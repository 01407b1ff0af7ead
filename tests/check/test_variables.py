"""Variables against the vocabulary: every error text word for word."""

import numpy as np
import pytest
import xarray as xr

from actuarial import check
from actuarial.check.attributes import CONCEPTS
from actuarial.errors import BadDimensions, BadInput, MissingVariable, OutOfBounds
from actuarial.labour import coverage
from actuarial.vocabulary import annotate
from tests.reference.small import small_basis

BASIS = small_basis()


def with_value(name, value, **place):
    array = BASIS[name].copy(deep=True)
    array.loc[place] = value
    return BASIS.assign({name: array})


CASES = {
    "NaN": (
        lambda: with_value("mx", np.nan, year=2027, sex="female", age=3),
        OutOfBounds,
        "mx (Central death rate; for the open age 1 over the life expectancy at that age) must not be NaN.\n"
        "  1 of 2020 cells fail; the first: year=2027, sex='female', age=3 -> nan\n"
        "  Fill the cells; nothing is guessed.",
    ),
    "infinite": (
        lambda: with_value("net_migration", np.inf, year=2027, sex="female", age=3),
        OutOfBounds,
        "net_migration (Net migrants of the year by age on the day they move: 31 December unless the option migration "
        "says otherwise) must be finite.\n"
        "  1 of 2020 cells fail; the first: year=2027, sex='female', age=3 -> inf\n"
        "  Write finite numbers.",
    ),
    "minus infinite": (
        lambda: with_value("net_migration", -np.inf, year=2027, sex="female", age=3),
        OutOfBounds,
        "net_migration (Net migrants of the year by age on the day they move: 31 December unless the option migration "
        "says otherwise) must be finite.\n"
        "  1 of 2020 cells fail; the first: year=2027, sex='female', age=3 -> -inf\n"
        "  Write finite numbers.",
    ),
    "negative population": (
        lambda: with_value("population_0", -5.0, sex="male", age=7),
        OutOfBounds,
        "population_0 (Population on the valuation date by age on 31 December of the year before the first projected "
        "year; the last age is open) must be at least 0.\n  1 of 202 cells fail; the first: sex='male', age=7 -> -5\n"
        "  Numbers of persons cannot be negative.",
    ),
    "negative rate": (
        lambda: with_value("exit_rate", -0.1, year=2025, group="public", sex="male", age=30),
        OutOfBounds,
        "exit_rate (Independent annual rate of leaving active status other than by death or invalidity or retirement; "
        "age at the start of the year) must lie in [0, 1].\n"
        "  1 of 4040 cells fail; the first: year=2025, group='public', sex='male', age=30 -> -0.1\n"
        "  Shares cannot be negative.",
    ),
    "percent instead of a share": (
        lambda: BASIS.assign(collection_rate=100 * BASIS.collection_rate),
        OutOfBounds,
        "collection_rate (Contributions collected over contributions due) must lie in [0, 1].\n"
        "  20 of 20 cells fail; the first: year=2025, group='private' -> 93\n"
        "  Rates are fractions: did you mean 0.93?",
    ),
    "percent instead of a growth rate": (
        lambda: BASIS.assign(inflation=500 * BASIS.inflation),
        OutOfBounds,
        "inflation (Growth of consumer prices over the year before) must lie in [-1, 1].\n"
        "  10 of 10 cells fail; the first: year=2025 -> 12.5\n"
        "  Rates are fractions: did you mean 0.125?",
    ),
    "a low percentage instead of a growth rate": (
        lambda: BASIS.assign(interest_rate=1.25 + 0 * BASIS.interest_rate),
        OutOfBounds,
        "interest_rate (Nominal return on the reserve) must lie in [-1, 1].\n"
        "  10 of 10 cells fail; the first: year=2025 -> 1.25\n"
        "  Rates are fractions: did you mean 0.0125?",
    ),
    "death rates per thousand": (
        lambda: with_value("mx", 12.0, year=2025, sex="male", age=60),
        OutOfBounds,
        "mx (Central death rate; for the open age 1 over the life expectancy at that age) must lie in [0, 2].\n"
        "  1 of 2020 cells fail; the first: year=2025, sex='male', age=60 -> 12\n"
        "  Central death rates are per person and year: write 0.012 for 12 per thousand.",
    ),
    "a share above one": (
        lambda: with_value("coverage", 1.2, year=2026, group="public", sex="male"),
        OutOfBounds,
        "coverage (Insured over employed; the attribute coverage_concept of the basis says which insured are counted: "
        "status or average or any) must lie in [0, 1].\n"
        "  1 of 40 cells fail; the first: year=2026, group='public', sex='male' -> 1.2\n"
        "  Shares cannot exceed 1.",
    ),
    "units": (
        lambda: BASIS.assign(inflation=BASIS.inflation.assign_attrs(units="percent")),
        OutOfBounds,
        "inflation: the units must be 1/year (got percent). Convert it, or drop the attribute.",
    ),
    "words": (
        lambda: BASIS.assign(inflation=BASIS.inflation.astype(str)),
        OutOfBounds,
        "inflation must hold numbers (got <U32).",
    ),
    "a dim too many": (
        lambda: BASIS.assign(inflation=BASIS.inflation.expand_dims(group=BASIS.group)),
        BadDimensions,
        "inflation has the dimension group; the vocabulary gives it year. Select or sum the extra dimension.",
    ),
    "a gap in the years": (
        lambda: BASIS.sel(year=[2025, 2026, 2028, 2029]),
        BadDimensions,
        "year: the years must follow each other without gaps; 2026 is followed by 2028 (1 such places). "
        "Give every year from 2025 to 2029 once.",
    ),
    "half years": (
        lambda: BASIS.assign_coords(year=np.arange(10) + 2025.5),
        BadDimensions,
        "year must be whole years (got 2025.5).\n  Years are made of words with .astype(int), of dates with .dt.year.",
    ),
    "dates": (
        lambda: BASIS.assign_coords(year=np.arange("2025", "2035", dtype="datetime64[Y]").astype("datetime64[ns]")),
        BadDimensions,
        "year must be whole years (got '2025-01-01T00:00:00.000000000').\n"
        "  Years are made of words with .astype(int), of dates with .dt.year.",
    ),
    "ages out of order": (
        lambda: BASIS.sel(age=[0, 2, 1, *range(3, 101)]),
        BadDimensions,
        "age: ages must be 0, 1, 2, ... in order, the last one open; position 1 holds 2 (2 of 101 ages are out of "
        "place). Sort and complete the ages.",
    ),
    "ages that start late": (
        lambda: BASIS.sel(age=slice(15, None)),
        BadDimensions,
        "age: ages must be 0, 1, 2, ... in order, the last one open; position 0 holds 15 (86 of 86 ages are out of "
        "place). Sort and complete the ages.",
    ),
    "swapped sexes": (
        lambda: BASIS.sel(sex=["female", "male"]),
        BadDimensions,
        "sex: the labels must be male, female (got female, male). The order is fixed: a swapped order would exchange "
        "men and women.",
    ),
    "misspelt sexes": (
        lambda: BASIS.assign_coords(sex=["men", "women"]),
        BadDimensions,
        "sex: the labels must be male, female (got men, women).",
    ),
    "an unknown variable": (
        lambda: BASIS.assign(interest=("year", np.zeros(10))),
        BadInput,
        "the vocabulary has no variable 'interest'; did you mean interest_rate?",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_error_texts(case):
    make, error, text = CASES[case]
    with pytest.raises(error) as caught:
        check.check_variables(make())
    assert str(caught.value) == text


@pytest.mark.parametrize("name", ["inflation", "wage_growth", "salary_growth", "interest_rate"])
def test_five_per_cent_written_as_5(name):
    with pytest.raises(OutOfBounds, match=r"must lie in \[-1, 1\]\.\n.*\n  Rates are fractions: did you mean 0\.05\?"):
        check.check_variables(BASIS.assign({name: ("year", np.full(10, 5.0))}))
    check.check_variables(BASIS.assign({name: ("year", np.full(10, 1.0))}))


@pytest.mark.parametrize("name", ["inflation_past", "wage_growth_past"])
def test_the_past_may_have_had_a_hyperinflation(name):
    years = {"past_year": [2023, 2024]}
    check.check_variables(xr.Dataset({name: ("past_year", [0.1, 300.0])}, years))
    with pytest.raises(OutOfBounds, match=r"must lie in \[-1, 1000\]"):
        check.check_variables(xr.Dataset({name: ("past_year", [0.1, 1001.0])}, years))


def test_labels_of_python_words_are_named_as_well():
    words = BASIS.assign_coords(group=("group", np.array(["private", "public"], dtype=object)))
    with pytest.raises(OutOfBounds, match=r"the first: year=2025, group='private', sex='male' -> 1.5"):
        check.check_variables(words.assign(coverage=1.5 + 0 * words.coverage))


def test_the_small_basis_passes():
    check.check_variables(BASIS)


@pytest.mark.parametrize(
    ("dataset", "names", "text"),
    [
        (BASIS, ("reserve_0", "outgo", "contributions", "reserve"),
         "This is a basis, and finances are needed: it lacks outgo, contributions, reserve.\n"
         "  Give what project_finance(insured, pensions, basis, scheme) answers, and the arguments in their order."),
        (BASIS, ("population", "active", "pensioners"),
         "This is a basis, and a valuation is needed: it lacks population, active, pensioners.\n"
         "  Give what project(basis, scheme) answers, and the arguments in their order."),
        (xr.Dataset({"active": 1.0}), ("population_0", "mx", "asfr", "srb"),
         "This is insured persons, and a basis is needed: it lacks population_0, mx, asfr and 1 more.\n"
         "  Give what open_basis(path) answers, and the arguments in their order."),
    ],
)  # fmt: skip
def test_a_dataset_of_another_stage(dataset, names, text):
    with pytest.raises(MissingVariable) as caught:
        check.require(dataset, *names)
    assert str(caught.value) == text


def test_absent_variables_are_listed_together_and_a_misspelt_one_is_named():
    lacking = BASIS.drop_vars(["srb", "mx"]).rename(wage_growth="wage_growht")
    with pytest.raises(MissingVariable) as caught:
        check.require(lacking, "mx", "wage_growth", "inflation", "srb")
    assert str(caught.value) == (
        "mx is missing: Central death rate; for the open age 1 over the life expectancy at that age (1/year by year, "
        "sex, age).\n"
        "wage_growth is missing: Nominal growth of the average wage over the year before (1/year by year). "
        "Rename 'wage_growht' if it is meant.\n"
        "srb is missing: Sex ratio at birth (boys/girl by year)."
    )


@pytest.mark.parametrize("place", [{"sex": "female"}, {"age": 50}, {"year": 2027}])
def test_a_selected_label_is_no_axis(place):
    check.require(BASIS.sel(place), "mx")


def test_lines_without_a_number_may_be_empty_and_nothing_else():
    lines = xr.Dataset({"accounts_0": ("line", [1e9, np.nan])}, {"line": ["contributions", "administration"]})
    check.check_variables(lines)
    with pytest.raises(OutOfBounds, match=r"gdp .* must not be NaN"):
        check.check_variables(xr.Dataset({"gdp": ("year", [np.nan, 1.0])}, {"year": [2025, 2026]}))


def test_annotate_replaces_what_arithmetic_handed_on():
    mixed = xr.Dataset({"inflation": (BASIS.srb - 1.0).assign_attrs(note="kept")})
    assert mixed["inflation"].assign_attrs(BASIS.srb.attrs).attrs["units"] == "boys/girl"
    mixed["inflation"].attrs |= BASIS.srb.attrs
    attrs = annotate(mixed)["inflation"].attrs
    assert (attrs["units"], attrs["symbol"], attrs["note"]) == ("1/year", "infl", "kept")


def test_the_concepts_of_coverage_are_those_of_the_insured_stage():
    assert set(CONCEPTS) == set(coverage.CONCEPTS)


def test_what_is_no_dataset_is_told():
    with pytest.raises(BadInput, match=r"A Dataset is needed, with mx .* \(got int\)"):
        check.require(3, "mx")
