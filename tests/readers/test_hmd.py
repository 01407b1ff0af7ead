"""Files of the Human Mortality Database in their own format: what they give, and what is refused."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.errors import BadBasis, BadInput
from actuarial.readers import read_hmd
from tests.readers.languages import refused

AGES = [*(str(age) for age in range(110)), "110+"]
ABRIDGED = ["0", "1-4", *(f"{age}-{age + 4}" for age in range(5, 110, 5)), "110+"]
TITLES = {
    "Deaths_1x1": "Deaths (period 1x1)",
    "Exposures_1x1": "Exposure to risk (period 1x1)",
    "Mx_1x1": "Death rates (period 1x1)",
    "Deaths_5x1": "Deaths (period 5x1)",
    "Mx_5x5": "Death rates (period 5x5)",
    "Population": "Population size (1-year)",
    "Population5": "Population size (abridged)",
    "Births": "Births (1-year)",
    "E0per": "Life expectancy at birth (period 1x1)",
    "bltper_1x1": "Life tables (period 1x1), Total",
    "fltper_1x1": "Life tables (period 1x1), Females",
    "mltper_1x1": "Life tables (period 1x1), Males",
}
SEXES = ["Female", "Male", "Total"]
LIFE = ["mx", "qx", "ax", "lx", "dx", "Lx", "Tx", "ex"]


def number(year, age, column):
    """A number that tells its place."""
    return 100.0 * (year - 1900) + age + column / 10.0


def write(folder, name, years=(1990, 1991), ages=AGES, columns=SEXES, change=None, country="Sweden"):
    """A file as the database gives it: title, empty line, columns in widths, rows."""
    lines = [f"{country}, {TITLES[name]}, \tLast modified: 02 Apr 2024;  Methods Protocol: v6 (2017)", ""]
    heads = ["Year", *(["Age"] if ages else [])]
    lines.append("  " + "".join(f"{word:<16}" for word in [*heads, *columns]).rstrip())
    for year in years:
        for age in ages or [""]:
            first = int(str(year)[:4])
            start = int(age.split("-")[0].rstrip("+")) if age else 0
            cells = [f"{number(first, start, i):.2f}" for i in range(len(columns))]
            lines.append(f"  {year:<10}" + (f"{age:>8}" if age else "") + "".join(f"{cell:>18}" for cell in cells))
    if change:
        lines = change(lines)
    path = folder / f"{name}.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_deaths_by_year_sex_and_age(tmp_path):
    deaths = read_hmd(write(tmp_path, "Deaths_1x1"))
    assert deaths.dims == ("year", "sex", "age")
    assert deaths.name == "deaths"
    assert deaths.sex.values.tolist() == ["male", "female"]
    assert deaths.age.values.tolist() == list(range(111))
    for sex, column in (("female", 0), ("male", 1)):
        assert float(deaths.sel(year=1991, sex=sex, age=110)) == pytest.approx(number(1991, 110, column))
    assert deaths.attrs["country"] == "Sweden"
    assert deaths.attrs["steps"] == "1x1"
    assert deaths.attrs["title"] == "Sweden, Deaths (period 1x1)"


@pytest.mark.parametrize(
    ("name", "variable", "units"),
    [
        ("Exposures_1x1", "exposure", "person-years"),
        ("Mx_1x1", "mx", "1/year"),
        ("Population", "population", "persons"),
    ],
)
def test_other_files_by_sex(tmp_path, name, variable, units):
    array = read_hmd(write(tmp_path, name))
    assert (array.name, array.attrs["units"]) == (variable, units)


def test_groups_of_ages_and_of_years(tmp_path):
    deaths = read_hmd(write(tmp_path, "Deaths_5x1", ages=ABRIDGED))
    assert deaths.age.values.tolist() == [0, 1, *range(5, 111, 5)]
    rates = read_hmd(write(tmp_path, "Mx_5x5", years=("1990-1994", "1995-1999"), ages=ABRIDGED))
    assert rates.year.values.tolist() == [1990, 1995]
    assert rates.attrs["steps"] == "5x5"


def test_names_of_countries_with_commas_and_without_titles(tmp_path):
    for name, variable in (("Births", "births"), ("Deaths_1x1", "deaths")):
        path = write(tmp_path, name, ages=AGES if variable == "deaths" else None, country="France, Total Population")
        array = read_hmd(path)
        assert (array.name, array.attrs["country"]) == (variable, "France, Total Population")
    (tmp_path / "SWE").mkdir()
    table = read_hmd(write(tmp_path / "SWE", "fltper_1x1", columns=LIFE, change=lambda lines: ["", *lines[1:]]))
    assert (table.attrs["country"], table.sex.item(), table.attrs["steps"]) == ("SWE", "female", "1x1")


def test_births_and_life_expectancy(tmp_path):
    for name, variable in (("Births", "births"), ("E0per", "e0")):
        array = read_hmd(write(tmp_path, name, ages=None))
        assert (array.name, array.dims) == (variable, ("year", "sex"))
        assert float(array.sel(year=1990, sex="male")) == pytest.approx(number(1990, 0, 1))


@pytest.mark.parametrize(("name", "sex"), [("fltper_1x1", "female"), ("mltper_1x1", "male"), ("bltper_1x1", None)])
def test_life_tables(tmp_path, name, sex):
    table = read_hmd(write(tmp_path, name, columns=LIFE))
    assert list(table) == LIFE
    assert table.qx.dims == ("year", "age")
    assert float(table.ex.sel(year=1991, age=7)) == pytest.approx(number(1991, 7, 7))
    assert (table.sex.item() if sex else "sex" in table.coords) == (sex or False)


def test_a_folder(tmp_path):
    write(tmp_path, "Deaths_1x1", years=(1990, 1991, 1992))
    write(tmp_path, "Exposures_1x1", years=(1991, 1992, 1993))
    write(tmp_path, "Deaths_5x1", ages=ABRIDGED)
    write(tmp_path, "mltper_1x1", columns=LIFE)
    (tmp_path / "notes.txt").write_text("nothing\n")
    data = read_hmd(tmp_path)
    assert list(data) == ["deaths", "exposure"]
    assert data.year.values.tolist() == [1991, 1992]
    xr.testing.assert_equal(data.deaths, read_hmd(tmp_path / "Deaths_1x1.txt").sel(year=[1991, 1992]))
    assert list(read_hmd(tmp_path, read=["deaths"], steps="5x1").age.values[:3]) == [0, 1, 5]
    with refused(BadBasis, match=r"0 files have mx \(1x1\): none. One is needed"):
        read_hmd(tmp_path, read=["mx"])
    write(tmp_path, "Exposures_1x1", country="Norway")
    with refused(BadBasis, match="the files are of 2 countries: Norway, Sweden; keep one"):
        read_hmd(tmp_path)
    write(tmp_path, "Exposures_1x1", years=(1950,))
    with refused(BadBasis, match=r"no year is in all files. .*:\n  deaths: 1990, 1991, 1992\n  exposure: 1950$"):
        read_hmd(tmp_path)
    (tmp_path / "copy.txt").write_text((tmp_path / "Deaths_1x1.txt").read_text())
    with refused(BadBasis, match="2 files have deaths"):
        read_hmd(tmp_path)


def test_populations_of_a_folder_by_the_width_of_ages(tmp_path):
    write(tmp_path, "Population")
    write(tmp_path, "Population5", ages=ABRIDGED)
    write(tmp_path, "Births", ages=None)
    assert read_hmd(tmp_path, read=["population", "births"]).sizes["age"] == 111
    assert read_hmd(tmp_path, read=["population", "births"], steps="5x1").sizes["age"] == 24


def test_missing_numbers(tmp_path):
    def point(lines):
        return [*lines[:10], lines[10].replace(lines[10].split()[3], "."), *lines[11:]]

    path = write(tmp_path, "Deaths_1x1", change=point)
    with refused(BadBasis, match=r"Deaths_1x1.txt:11: a number is missing \(a point stands there\)"):
        read_hmd(path)
    deaths = read_hmd(path, missing="nan")
    assert np.argwhere(deaths.isnull().values).tolist() == [[0, 0, 7]]


def test_a_changed_territory(tmp_path):
    path = write(tmp_path, "Population", years=("1989", "1990-", "1990+", "1991"))
    with refused(BadBasis, match="the territory changed in 1990: two populations stand there"):
        read_hmd(path)

    def double(lines):
        return [line.replace("1990+ ", "1990+ ") if "1990+" not in line else _twice(line) for line in lines]

    def _twice(line):
        words = line.split()
        return " ".join([*words[:2], *(f"{2 * float(word):.2f}" for word in words[2:])])

    path = write(tmp_path, "Population", years=("1989", "1990-", "1990+", "1991"), change=double)
    before, after = (read_hmd(path, territory=word) for word in ("before", "after"))
    assert before.year.values.tolist() == after.year.values.tolist() == [1989, 1990, 1991]
    assert_allclose(after.sel(year=1990), 2 * before.sel(year=1990))
    xr.testing.assert_equal(after.sel(year=[1989, 1991]), before.sel(year=[1989, 1991]))


def cut(lines):
    return lines[:50]


def cut_in_a_row(lines):
    return [*lines[:-1], lines[-1][:30]]


def word_in_a_cell(lines):
    return [*lines[:5], lines[5].replace(lines[5].split()[2], "n.a."), lines[6].replace(" 3 ", " x ", 1), *lines[7:]]


def twice(lines):
    return [*lines[:5], lines[4], *lines[5:]]


def no_open_age(lines):
    return [line for line in lines if "110+" not in line]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (cut, "Deaths_1x1.txt: the last age 46 is not open"),
        (cut_in_a_row, r"Deaths_1x1.txt:225: the row has \d columns, not 5; the file may be truncated"),
        (word_in_a_cell, r"2 mistakes\nDeaths_1x1.txt:6: 'n.a.' is no number of at least 0\nDeaths_1x1.txt:7: Age"),
        (twice, "Deaths_1x1.txt:6: year 1990, age 1 stands already in line 5; remove one"),
        (no_open_age, "the last age 109 is not open"),
        (lambda lines: [*lines[:20], *lines[21:]], "1 rows are missing, the first: year 1990, age 17"),
        (lambda lines: [line for line in lines if line.split()[1:2] != ["17"]], "after age 16 the next ages are"),
        (lambda lines: lines[:3], "there are no rows"),
        (lambda lines: [line.replace("Female", "Women") for line in lines], "the columns must be Year Age Fem"),
        (lambda lines: [lines[0].replace("period", "cohort"), *lines[1:]], "has cohorts"),
        (lambda lines: [line.replace("1991", "91") for line in lines], r"or 1990-1994 \(got '91'\)"),
        (lambda lines: ["<!DOCTYPE html>", "<html>"], "it is a web page; log in"),
        (lambda lines: ["Deaths", "", "PopName Year Age Female Male Total"], "it has many countries"),
        (lambda lines: ["Year,Age,Female", "1990,0,1"], "it looks like CSV; read_tidy reads that"),
    ],
)  # fmt: skip
def test_spoiled_and_other_files(tmp_path, change, match):
    path = write(tmp_path, "Deaths_1x1", change=change)
    with refused(BadBasis, match=match):
        read_hmd(path)


def test_words_and_files_that_cannot_be_meant(tmp_path):
    for options in ({"missing": "zero"}, {"territory": "both"}, {"read": "deaths"}, {"read": ["dead"]}):
        with refused(BadInput, match=next(iter(options))):
            read_hmd(tmp_path, **options)
    with refused(BadBasis, match="cannot be read: No such file"):
        read_hmd(tmp_path / "Deaths_1x1.txt")
    (tmp_path / "Deaths_1x1.txt").write_bytes(b"\xff\xfe\x00")
    packed = tmp_path / "Deaths_1x1.txt.gz"
    packed.write_bytes(b"\x1f\x8b\x08\xff")
    with refused(BadBasis, match="it is packed; unpack it before"):
        read_hmd(packed)
    with refused(BadBasis, match="it is not a text file"):
        read_hmd(tmp_path / "Deaths_1x1.txt")
