"""The CSV files of World Population Prospects as downloaded: what is read of them, and what is refused."""

import gzip
import shutil
import warnings
import zipfile

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from actuarial.check.population import check_population
from actuarial.demography import project_population
from actuarial.errors import BadBasis, BadInput
from actuarial.readers import read_wpp, read_wpp_csv, wpp_files
from actuarial.warned import warnings_of
from tests.readers import wpp_csv_data as files
from tests.readers.languages import refused

LAST = 2028


@pytest.fixture(scope="module")
def data(shared):
    return shared / "data" / "wpp"


@pytest.fixture(scope="module")
def downloads(data, tmp_path_factory):
    return files.write_files(tmp_path_factory.mktemp("downloads"), data, last=LAST)


@pytest.fixture
def copy(downloads, tmp_path):
    """A folder of the files that may be spoiled."""
    return shutil.copytree(downloads, tmp_path / "copy")


def text_of(path):
    return gzip.decompress(path.read_bytes()).decode("utf-8-sig")


def rewrite(path, change, head=True):
    """The file with its header or its rows changed."""
    first, *rest = text_of(path).splitlines(keepends=True)
    text = change(first) + "".join(rest) if head else first + "".join(change(rest))
    path.write_bytes(gzip.compress(text.encode(), 1))


def stocks(folder, country):
    """1 January stocks of a country as the file has them, persons (year, sex, age), read by other means."""
    frame = pd.read_csv(folder / files.POPULATION, encoding="utf-8-sig")
    frame = frame[(frame.ISO3_code == country) & (frame.Variant == "Medium")].sort_values(["Time", "AgeGrpStart"])
    shape = (frame.Time.nunique(), 101)
    return 1000 * np.stack([frame[name].to_numpy().reshape(shape) for name in ("PopMale", "PopFemale")], axis=1)


@pytest.mark.parametrize("country", ["KEN", "JOR"])
def test_the_projection_gives_the_stocks_of_the_files_back(downloads, data, country):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        basis = read_wpp_csv(downloads, country)
    projection = project_population(basis)
    check_population(projection, basis)
    expected = stocks(downloads, country)
    assert basis.year.values.tolist() == list(range(2024, LAST + 1))
    assert_allclose(basis.population_0, expected[0], rtol=1e-14)
    assert_allclose(projection.population, expected[1:], rtol=1e-9, atol=1e-6)
    reference = read_wpp(data, country, last_year=LAST)
    for name in ("mx", "asfr", "srb"):
        assert_allclose(basis[name].values, reference[name].values, atol=2e-8, rtol=0)
    moved = basis.net_migration - reference.net_migration
    assert float(abs(moved.sum(("sex", "age"))).max()) < 202 * 0.55  # stocks are rounded to persons
    assert float(abs(moved).max()) < 2.5


def test_the_published_net_migration_is_beside_the_derived_one(downloads, data):
    basis = read_wpp_csv(downloads, "KEN")
    attrs = basis.net_migration.attrs
    annual = pd.read_parquet(data / "_annual.parquet").query("iso3 == 'KEN'").set_index("year").loc[2024:LAST]
    assert_allclose(attrs["published_total"], 1000 * annual.net_mig_k, atol=0.51)
    assert_allclose(attrs["difference"], basis.net_migration.sum(("sex", "age")) - attrs["published_total"], atol=1e-9)
    assert max(map(abs, attrs["difference"])) < 1e-5 * float(basis.population_0.sum())
    assert "1 January stock of the year after" in attrs["derived"]
    assert list(warnings_of(basis)) == []
    assert max(map(abs, basis.asfr.attrs["difference"])) < 3e-4 * basis.asfr.attrs["published_births"][0]
    assert basis.attrs["country"] == "KEN"
    assert "World Population Prospects 2024, variant Medium" in basis.attrs["source"]


def test_births_at_ages_without_rates_are_told(data, tmp_path):
    basis = read_wpp_csv(files.write_files(tmp_path, data, last=2024, decoys=(), fertile=range(15, 50)), "KEN")
    whole = read_wpp(data, "KEN", last_year=2024)
    outside = project_population(whole).births.sel(age=[*range(15), *range(50, 101)]).sum().item()
    missing = -basis.asfr.attrs["difference"][0]
    assert missing == pytest.approx(outside, abs=3e-4 * basis.asfr.attrs["published_births"][0])
    extra = (basis.net_migration - whole.net_migration).sel(age=0).sum().item()
    assert extra == pytest.approx(outside, rel=0.05)  # they come as infants
    assert_allclose(project_population(basis).population, stocks(tmp_path, "KEN")[1:], rtol=1e-9, atol=1e-6)


def test_units_and_the_first_year_of_life(downloads, data):
    basis = read_wpp_csv(downloads, "JOR", (2025, 2026))
    assert basis.year.values.tolist() == [2025, 2026]
    assert_allclose(basis.population_0, stocks(downloads, "JOR")[1], rtol=1e-14)
    assert 0.05 < float(basis.a0.min()) < float(basis.a0.max()) < 0.3
    assert float(basis.asfr.sel(age=[0, 9, 55, 100]).sum()) == 0
    assert 2 < float(basis.asfr.sum("age")[0]) < 3


@pytest.mark.parametrize("country", ["Kenya", 404, "404"])
def test_a_country_by_its_name_or_number(downloads, country):
    assert read_wpp_csv(downloads, country, (2024, 2024)).equals(read_wpp_csv(downloads, "KEN", (2024, 2024)))


def test_a_name_with_a_comma(downloads):
    basis = read_wpp_csv(downloads, "Bonaire, Sint Eustatius and Saba", (2024, 2024))
    assert basis.attrs["country"] == "THA"
    assert float(basis.population_0.sum()) > 7e7


def test_a_list_of_files_and_files_that_are_not_packed(copy):
    for name in files.NAMES:
        (copy / name.removesuffix(".gz")).write_text(text_of(copy / name), encoding="utf-8-sig", newline="")
    named = [copy / name.removesuffix(".gz") for name in files.NAMES]
    assert read_wpp_csv(named, "KEN").identical(read_wpp_csv([copy / name for name in files.NAMES], "KEN"))


def test_the_revision_of_2022(copy, downloads):
    """Its files are zips of one CSV each, of the same names and columns; both revisions together are refused."""
    for name in files.NAMES:
        older = name.replace("WPP2024", "WPP2022").removesuffix(".csv.gz")
        with zipfile.ZipFile(copy / f"{older}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{older}.csv", gzip.decompress((copy / name).read_bytes()))
    with refused(BadBasis, match=r"WPP2022_\w+\S* and WPP2024_\S* are of 2 revisions"):
        read_wpp_csv(copy, "KEN")
    for name in files.NAMES:
        (copy / name).unlink()
    (copy / "others.zip").write_bytes(b"spoiled")
    found, expected = read_wpp_csv(copy, "KEN"), read_wpp_csv(downloads, "KEN")
    assert found.equals(expected)
    assert "World Population Prospects 2022, variant Medium" in found.attrs["source"]
    path = copy / files.MALE.replace("WPP2024", "WPP2022").replace(".csv.gz", ".zip")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with refused(BadBasis, match=r"Male_2024-2100.zip is damaged: it cannot be unpacked"):
        read_wpp_csv(copy, "KEN")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with refused(BadBasis, match=r"Male_2024-2100.zip holds 0 CSV files; one is needed"):
        read_wpp_csv(copy, "KEN")
    with zipfile.ZipFile(copy / "WPP2024.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "nothing")
    with refused(BadBasis, match=r"WPP2024.xlsx is a workbook\. Download the CSV file"):
        read_wpp_csv([copy / "WPP2024.xlsx"], "KEN")


def test_another_variant(downloads):
    with pytest.warns(UserWarning, match="net_migration: derived and published totals differ by more than 0.0001"):
        high = read_wpp_csv(downloads, "KEN", variant="High")
    medium = read_wpp_csv(downloads, "KEN")
    assert_allclose(high.population_0, 2 * medium.population_0, atol=2.0)
    assert len(warnings_of(high)) == 1
    assert_allclose(project_population(high).population[-1], 2 * stocks(downloads, "KEN")[-1], atol=2.0)


def test_files_of_two_periods_are_one(copy, downloads):
    source = copy / files.POPULATION
    first, *rows = text_of(source).splitlines(keepends=True)
    years = [int(float(row.rstrip().split(",")[-7])) for row in rows]
    for name, keep in (("2024-2025", lambda year: year < 2026), ("2026-2100", lambda year: year >= 2026)):
        text = first + "".join(row for row, year in zip(rows, years, strict=True) if keep(year))
        path = copy / files.POPULATION.replace("2024-2100", name)
        path.write_bytes(gzip.compress(text.encode(), 1))
    source.unlink()
    whole = read_wpp_csv(downloads, "KEN")
    assert read_wpp_csv(copy, "KEN").equals(whole)
    (copy / files.POPULATION.replace("2024-2100", "2024-2025")).write_bytes(b"spoiled")
    (copy / "WPP2024_PopulationBySingleAgeSex_Medium_2024-2100.csv.gz").write_bytes(source_bytes(downloads))
    with refused(BadBasis, match=r"2024 to 2025.*cannot be read; all files have 2026, 2027, 2028"):
        read_wpp_csv(copy, "KEN", (2024, 2025))


def source_bytes(folder):
    return (folder / files.POPULATION).read_bytes()


@pytest.mark.parametrize("size", [200, 4096])
def test_blocks_of_any_size(downloads, monkeypatch, size):
    """Lines that blocks cut in two are whole, and have their numbers."""
    whole = read_wpp_csv(downloads, "KEN", (2024, 2024))
    monkeypatch.setattr(wpp_files, "BLOCK", size)
    assert read_wpp_csv(downloads, "KEN", (2024, 2024)).identical(whole)
    path = downloads / files.FERTILITY
    numbered = [(number, line) for start, block in wpp_files.blocks(path) for number, line in enumerate(
        block.splitlines(keepends=True), start)]  # fmt: skip
    assert numbered == list(enumerate(gzip.decompress(path.read_bytes()).splitlines(keepends=True), 1))


def test_unknown_country(downloads):
    with refused(BadBasis, match=r"country: 'KEM' is not in .*Indicators.*Did you mean .*KEN \(Kenya\)"):
        read_wpp_csv(downloads, "KEM")
    with refused(BadBasis, match=r"Did you mean KEN \(Kenya\)\?"):
        read_wpp_csv(downloads, "kenia")
    with refused(BadBasis, match="it has CYP, JOR, KEN, THA"):
        read_wpp_csv(downloads, "###")


def test_unknown_variant(downloads):
    with refused(BadBasis, match=r"variant: 'Low' of Kenya is not in .*; the variants there: High, Medium"):
        read_wpp_csv(downloads, "KEN", variant="Low")


@pytest.mark.parametrize("years", [2025, (2025,), (2026, 2025), (2025.5, 2026), "2025"])
def test_years_that_cannot_be_meant(downloads, years):
    with refused(BadInput, match="write the first and the last year"):
        read_wpp_csv(downloads, "KEN", years)


def test_missing_years(downloads):
    with pytest.raises(BadBasis) as caught:
        read_wpp_csv(downloads, "KEN", (2027, 2031))
    assert "years: 2027 to 2031 cannot be read; all files have 2024 to 2028 (5 of them)" in str(caught.value)
    assert "  1 January stocks by single age: 2029, 2030, 2031" in str(caught.value)


def test_a_missing_file(copy):
    (copy / files.FERTILITY).unlink()
    with refused(BadBasis, match=r"there is no file of fertility by single age \(WPP2024_Fertility_by_Age1"):
        read_wpp_csv(copy, "KEN")
    (copy / files.FEMALE).unlink()
    shutil.copy(copy / files.MALE, copy / files.FERTILITY)
    with refused(BadBasis, match="What is there:\n"):
        read_wpp_csv(copy, "KEN")


def test_only_one_sex(copy):
    (copy / files.FEMALE).unlink()
    with refused(BadBasis, match=r"no year is in all files.*\n(.*\n)?  complete life tables.*: none"):
        read_wpp_csv(copy, "KEN")


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        (files.POPULATION, ",0,1,", ",0,5,", "the population by five-year age groups"),
        (files.MALE, ",1,1,0", ",1,4,0", "abridged life tables"),
        (files.FERTILITY, ",10,1,", ",10,5,", "fertility by five-year age groups"),
        (files.POPULATION, ",Pop", ",Death", "another file of World Population Prospects, with DeathMale"),
        (files.ANNUAL, "Variant,Time", "variant,year", "no CSV file of World Population Prospects"),
        (files.FERTILITY, ",", ";", "a file with other separators than commas, as spreadsheets save it"),
    ],
)
def test_another_file_says_what_it_looks_like(copy, name, old, new, what):
    (copy / name).write_bytes(gzip.compress(text_of(copy / name).replace(old, new).encode(), 1))
    with refused(BadBasis, match=f"{name} looks like {what}"):
        read_wpp_csv([copy / one for one in files.NAMES], "KEN")
    if name == files.MALE:
        (copy / files.FEMALE).unlink()
    with refused(BadBasis, match=f"there is no file of(.|\n)*{name}: {what}"):
        read_wpp_csv(copy, "KEN")


def test_a_web_page_in_the_place_of_a_file(copy):
    (copy / files.ANNUAL).write_text("<html>403 Forbidden</html>")
    with refused(BadBasis, match=f"{files.ANNUAL}: a web page; download the file again"):
        read_wpp_csv(copy, "KEN")


def test_the_file_of_1_july(copy):
    july = copy / files.POPULATION.replace("1January", "")
    (copy / files.POPULATION).rename(july)
    with refused(BadBasis, match=r"looks like the population on 1 July"):
        read_wpp_csv([july, *(copy / name for name in files.NAMES[1:])], "KEN")

    def half_a_year_on(rows):
        cells = [row.rstrip().split(",") for row in rows]
        return [",".join([*row[:-3], *(str(1.012 * float(one)) for one in row[-3:])]) + "\n" for row in cells]

    rewrite(july, half_a_year_on, head=False)
    july.rename(copy / "renamed.csv.gz")
    with refused(BadBasis, match=r"Kenya: the stocks of 2024 add up to [\d,]+ persons, but the indicators have"):
        read_wpp_csv(copy, "KEN")


def test_missing_columns(copy):
    rewrite(copy / files.MALE, lambda head: head.replace(",ax", ",az"))
    text = r"Male_2024-2100.csv.gz: it looks like the complete life tables.*lacks 1 of 10 columns: ax\. It has Sort"
    with refused(BadBasis, match=text):
        read_wpp_csv(copy, "KEN")
    rewrite(copy / files.MALE, lambda head: head.replace(",az", ",ax").replace("ISO3_code,", ""))
    with refused(BadBasis, match=r"Male_2024-2100.csv.gz is of a revision before 2022"):
        read_wpp_csv(copy, "KEN")


def test_truncated_and_damaged_files(copy):
    path = copy / files.POPULATION
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with refused(BadBasis, match=r"Medium_2024-2100.csv.gz is truncated: the packed file ends too early"):
        read_wpp_csv(copy, "KEN")
    path.write_bytes(whole[:2000] + b"\0" * 1000 + whole[3000:])
    with refused(BadBasis, match="is damaged: it cannot be unpacked"):
        read_wpp_csv(copy, "KEN")
    path.write_bytes(gzip.decompress(whole)[:-30])
    with refused(BadBasis, match="is truncated: its last row is incomplete"):
        read_wpp_csv(copy, "KEN")
    with refused(BadBasis, match=r"rows? has .*; the file may be truncated"):
        read_wpp_csv(copy, "Bonaire, Sint Eustatius and Saba")
    path.write_bytes(b"")
    with refused(BadBasis, match="no CSV file of World Population Prospects"):
        read_wpp_csv([path], "KEN")


def test_bad_cells_have_a_line(copy):
    rewrite(copy / files.FERTILITY, lambda rows: [row.replace(",KEN,", ",KEN,", 1) for row in rows[::-1]], head=False)
    read_wpp_csv(copy, "KEN")
    table = copy / files.MALE
    whole = table.read_bytes()
    lines = text_of(table).splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if ",KEN," in line) + 7
    cells = lines[at].split(",")
    column = lines[0].split(",").index("mx")
    for cell in ("...", "", "nan"):
        cells[column] = cell
        table.write_bytes(gzip.compress("".join([*lines[:at], ",".join(cells), *lines[at + 1 :]]).encode(), 1))
        with refused(BadBasis, match=rf"Male_2024-2100.csv.gz:{at + 1}: mx must be a number \(got '{cell}'\)"):
            read_wpp_csv(copy, "KEN")
    table.write_bytes(gzip.compress("".join([*lines[:at], *lines[at + 1 :]]).encode(), 1))
    with refused(BadBasis, match=r"mx: 1 cells are missing, the first: 2024, male, 7"):
        read_wpp_csv(copy, "KEN")
    table.write_bytes(gzip.compress("".join([*lines[: at + 1], *lines[at:]]).encode(), 1))
    with refused(BadBasis, match=rf"csv.gz:{at + 2}: mx of 2024, male, 7 was already read; give each file once"):
        read_wpp_csv(copy, "KEN")
    table.write_bytes(whole)
