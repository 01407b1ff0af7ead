"""Plain tables of deaths and exposures in three languages: what is read of them, and every mistake with its line."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from actuarial.errors import BadBasis, BadInput
from actuarial.readers import read_tidy
from tests.readers.languages import refused, said_in_all

YEARS, AGES = (2020, 2021), (0, 1, 2)


def number(year, sex, age):
    return 100.0 * (year - 2000) + 10 * ("male", "female").index(sex) + age + 0.25


def write(path, header="year,sex,age,deaths", words=("male", "female"), ages=("0", "1", "2"), mark=".", change=None):
    """A table whose numbers tell their place; the separator is that of the header."""
    comma = next(sign for sign in ("\t", ";", ",") if sign in header)
    lines = [header]
    for year, (sex, word), (age, label) in product(
        YEARS, zip(("male", "female"), words, strict=True), zip(AGES, ages, strict=True)
    ):
        cells = [str(year), word, label, f"{number(year, sex, age):.2f}".replace(".", mark)]
        lines.append(comma.join(cells))
    lines = change(lines) if change else lines
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def expected(variable):
    for year, sex, age in product(YEARS, ("male", "female"), AGES):
        assert float(variable.sel(year=year, sex=sex, age=age)) == number(year, sex, age)


def mistaken(path, *texts, **options):
    with pytest.raises(BadBasis) as caught:
        read_tidy(path, **options)
    said_in_all(caught.value)
    for text in texts:
        assert text in str(caught.value)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.csv"


@pytest.mark.parametrize(
    ("header", "words", "mark", "name"),
    [
        ("year,sex,age,deaths", ("male", "female"), ".", "deaths"),
        ("Year;Sex;Age;Exposure", ("M", "F"), ",", "exposure"),
        ("Année;Sexe;Âge;Décès", ("Hommes", "Femmes"), ",", "deaths"),
        ("ANNEE;SEXE;AGE;DECES", ("H", "F"), ".", "deaths"),
        ("año\tsexo\tedad\tdefunciones", ("hombre", "mujer"), ",", "deaths"),
        ("Año,Sexo,Edad,Población", ("H", "M"), ".", "population"),
        ("year,sex,age,deaths", ("Varones", "M"), ".", "deaths"),
        ("year,sex,age,deaths", ("M", "W"), ".", "deaths"),
        ("an;sexe;âge;expositions", ("masculin", "féminin"), ",", "exposure"),
    ],
)
def test_three_languages(path, header, words, mark, name):
    data = read_tidy(write(path, header, words, mark=mark))
    assert list(data) == [name]
    assert data[name].dims == ("year", "sex", "age")
    expected(data[name])


def test_order_of_columns_and_rows_and_several_numbers(path):
    lines = ["exposure,age,sex,year,deaths,note"]
    for year, sex, age in reversed(list(product(YEARS, ("male", "female"), AGES))):
        lines.append(f"{1000 + age},{age},{sex},{year},{number(year, sex, age)},x")
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")
    data = read_tidy(path, {"deaths": "deaths", "exposure": "exposure"})
    assert list(data) == ["exposure", "deaths"]
    expected(data.deaths)
    assert_array_equal(data.exposure.sel(year=2020, sex="male"), [1000, 1001, 1002])
    assert list(read_tidy(path, {"deaths": "claims"})) == ["claims"]
    mistaken(path, "table.csv:2: note: 'x' is no number")


@pytest.mark.parametrize(
    ("ages", "first", "oldest"),
    [
        (("0", "1-4", "5+"), [0, 1, 5], 5),
        (("0", "1 à 4", "5 ans et plus"), [0, 1, 5], 5),
        (("0", "1", "2 y más"), [0, 1, 2], 2),
        (("60-64", "65-69", "70 and over"), [60, 65, 70], 70),
        (("20", "21", "22"), [20, 21, 22], None),
        (("<1", "1-4", ">=5"), [0, 1, 5], 5),
        (("under 5", "5-9", "over 9"), [0, 5, 10], 10),
        (("Moins de 1 an", "1 à 4 ans", "plus de 4 ans"), [0, 1, 5], 5),
        (("<=4", "5", ">5"), [0, 5, 6], 6),
    ],
)
def test_labels_of_ages(path, ages, first, oldest):
    data = read_tidy(write(path, ages=ages))
    assert data.age.values.tolist() == first
    assert data.attrs.get("open_age") == oldest


def test_a_title_above_the_names(path):
    path.write_text("Table 3. Deaths,,\n,,\nsex,age,deaths\nmale,60,3\n")
    mistaken(path, "table.csv:1: 2 of 3 columns have no name; the names must stand in the first line")


def test_tables_without_a_year_or_a_sex(path):
    path.write_text("age;population\n0;10,5\n1;20,25\n")
    data = read_tidy(path)
    assert data.population.dims == ("age",)
    assert_array_equal(data.population, [10.5, 20.25])


def test_missing_numbers(path):
    write(path, change=lambda lines: [*lines[:4], "2020,female,0,NA", "2020,female,1,", *lines[6:]])
    mistaken(path, "2 mistakes", "table.csv:5: deaths is missing ('NA')", "table.csv:6: deaths is missing")
    assert np.argwhere(read_tidy(path, missing="nan").deaths.isnull().values).tolist() == [[0, 1, 0], [0, 1, 1]]


def test_misspelled_columns_are_told_with_what_they_may_be(path):
    path.write_text("aged,deahts,rate\n0,1,0.5\n")
    mistaken(path, "table.csv:1: the column 'aged' is not known; did you mean age? Rename it",
            "table.csv:1: the column 'deahts' is not known; did you mean deaths? Rename it, or read it as it is: "
            "values={'deahts': 'deahts'}")  # fmt: skip
    path.write_text("age,deahts,deaths\n0,1,2\n")
    assert set(read_tidy(path).data_vars) == {"deahts", "deaths"}
    with refused(BadInput, match=r"values: table.csv has no column death; did you mean deaths\?"):
        read_tidy(path, {"death": "deaths"})


def test_least(path):
    write(path, change=lambda lines: [line.replace(",2000.25", ",-1") for line in lines])
    mistaken(path, "table.csv:2: deaths: '-1' is no number of at least 0")
    assert float(read_tidy(path, least=None).deaths.min()) == -1


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("M", "total"), "'total' is both sexes together; remove these rows"),
        (("1", "2"), "'1' is no sex; write male and female"),
        (("H", ""), "'' is no sex"),
    ],
)
def test_words_that_are_no_sex(path, words, text):
    mistaken(write(path, words=words), text)


def test_m_beside_h_and_f(path):
    path.write_text("sex,age,deaths\nH,0,1\nM,0,2\nF,0,3\n")
    mistaken(path, "table.csv:3: 'M' beside words of both sexes may be male or mujer")


@pytest.mark.parametrize(
    ("header", "known"),
    [("sex,age,deaths", True), ("sexe,age,décès", True), ("sexo,edad,muertes", False), ("sex,age,defunciones", False)],
)
def test_m_by_itself(path, header, known):
    path.write_text(f"{header}\nM,0,1\nM,1,2\n", encoding="utf-8")
    if known:
        assert read_tidy(path).sex.values.tolist() == ["male"]
    else:
        mistaken(path, "table.csv:2: 'M' alone may be male or mujer; write male and female")


def test_a_sex_by_itself(path):
    path.write_text("sexe,age,deces\nH,0,1\nH,1,2\n")
    assert read_tidy(path).sex.values.tolist() == ["male"]


def test_all_mistakes_at_once(path):
    def spoil(lines):
        return [
            lines[0], "2020,male,0,1e3x", "20,male,1,5", lines[3], "2020,femal,0,7", "2020,female,one,7",
            *lines[6:9], lines[8], "2021,male,2,1 000", *lines[10:],
        ]  # fmt: skip

    mistaken(
        write(path, change=spoil),
        "table.csv:2: deaths: '1e3x' is no number",
        "table.csv:3: the year must be such as 2020 (got '20')",
        "table.csv:5: 'femal' is no sex",
        "table.csv:6: the age must be such as 5, 5-9 or 100+ (got 'one')",
        "table.csv:10: year 2021, sex male, age 1 stands already in line 9; remove one of the rows",
        "table.csv:11: deaths: '1 000' is no number",
    )


def test_holes(path):
    shorter = write(path, change=lambda lines: [*lines[:3], *lines[4:]])
    mistaken(shorter, "1 rows are missing, the first: year 2020, sex male, age 2")
    mistaken(write(path, change=lambda lines: [line.replace("2021", "2023") for line in lines]),
            "years are missing between others: 2021, 2022")  # fmt: skip
    mistaken(write(path, ages=("0", "1", "5")), "the age that begins with 1 ends with 1, the next one begins with 5")
    mistaken(write(path, ages=("0", "1+", "5")), "the age that begins with 1 is open, the next one begins with 5")
    overlapping = write(path, ages=("0", "1-4", "3-9"))
    mistaken(overlapping, "the age that begins with 1 ends with 4, the next one begins with 3")


def test_decimals_that_cannot_be_told(path):
    path.write_text("age;deaths\n0;1,234\n1;12,345\n")
    mistaken(path, "'1,234' (line 2) may have decimals or thousands: write decimal=")
    path.write_text("age;deaths\n0;1.234\n1;12.345\n")
    mistaken(path, "'1.234' (line 2) may have decimals or thousands")
    path.write_text("age;mx\n0;0.123\n1;1.234\n")
    assert_array_equal(read_tidy(path).mx, [0.123, 1.234])
    path.write_text("age,deaths\n0,1.234\n1,12.345\n")
    assert_array_equal(read_tidy(path).deaths, [1.234, 12.345])
    path.write_text("age;deaths\n0;1,234\n1;12,345\n")
    assert_array_equal(read_tidy(path, decimal=",").deaths, [1.234, 12.345])
    path.write_text("age;deaths\n0;1,5\n1;2.5\n")
    mistaken(path, "'1,5' has a comma (line 2) and '2.5' a point (line 3)")
    mistaken(path, "table.csv:3: deaths: '2.5' is no number", decimal=",")
    path.write_text("age;deaths\n0;1.234,5\n1;2\n")
    mistaken(path, "'1.234,5' has a comma (line 2) and '1.234,5' a point (line 2)")
    path.write_text("age,deaths\n0,1,5\n1,2,5\n")
    mistaken(path, "table.csv:2: the row has 3 cells, the line of names 2; a decimal comma may split a number")


def test_files_that_are_no_tables(path, tmp_path):
    for text, words in (
        ("", "the file has no numbers"),
        ("year,deaths\n", "the file has no numbers"),
        ("a,b\n1,2\n", "no column is the year, the sex or the age; the names are a, b"),
        ("year,sex\n2020,male\n", "no column has numbers beside year, sex"),
        ("year,deaths,décès\n2020,1,2\n", "the columns deaths and décès are both deaths"),
        ("age,edad,deaths\n1,1,2\n", "the columns age and edad are both age"),
        ("year,deaths\n2020,1\n2021", "the file may be truncated"),
        ('year,deaths\n2020,"1\n', "cannot be read as CSV"),
    ):
        path.write_text(text, encoding="utf-8")
        mistaken(path, words)
    path.write_bytes("année;décès\n2020;1\n".encode("cp1252"))
    mistaken(path, "it is not utf-8-sig text; save it as CSV UTF-8 or give encoding")
    assert float(read_tidy(path, encoding="cp1252").deaths[0]) == 1
    mistaken(tmp_path / "absent.csv", "cannot be read: No such file")
    with refused(BadInput, match=r"values: table.csv has no column d; it has année, décès"):
        read_tidy(path, {"d": "deaths"}, encoding="cp1252")
    for options in ({"decimal": ";"}, {"missing": "zero"}, {"encoding": "klingon"}):
        with refused(BadInput, match=next(iter(options))):
            read_tidy(path, **options)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("age,2019,2020\n0,1,2\n1,3,4\n", "the 2 columns 2019, 2020 are one year each, but a row for each"),
        ("année;0;1;2-4;5+\n2020;1;2;3;4\n", "the 4 columns 0, 1, 2-4, 5+ are one age each"),
        ("edad,hombres,mujeres\n0,1,2\n", "frame.melt(id_vars=['edad'], var_name='sex', value_name='deaths')"),
    ],
)
def test_wide_tables_are_to_be_melted(path, text, words):
    path.write_text(text, encoding="utf-8")
    mistaken(path, words)


def test_a_wide_table_whose_columns_are_named_is_read(path):
    path.write_text("age,male,female\n0,1,2\n1,3,4\n", encoding="utf-8")
    found = read_tidy(path, {"male": "of_men", "female": "of_women"})
    assert_array_equal(found.of_women, [2.0, 4.0])
