"""Opening a basis: each mistake in the files is named with its place, word for word."""

import re
import shutil

import numpy as np
import pytest

from actuarial.basis import save_basis
from actuarial.calibration import calibration_factors
from actuarial.errors import BadBasis
from actuarial.readers.open import open_basis
from actuarial.translation import language, message_of
from tests.reference.small import small_basis

BASIS = small_basis()


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with a short basis, read only: two groups, three years, no service grid."""
    folder = tmp_path_factory.mktemp("saved") / "basis"
    basis = BASIS.sel(year=slice(2025, 2027)).drop_dims(["service", "past_year"])
    save_basis(basis, folder)
    return folder


@pytest.fixture
def basis(saved, tmp_path):
    """A copy of it that a test may spoil."""
    return shutil.copytree(saved, tmp_path / "basis")


def refusal(path):
    with pytest.raises(BadBasis) as caught:
        open_basis(path)
    return str(caught.value)


def edit(file, old, new, count=1):
    text = file.read_text(encoding="utf-8")
    assert re.search(old, text, re.MULTILINE), f"{old} is not in {file.name}"
    file.write_text(re.sub(old, new, text, count=count, flags=re.MULTILINE), encoding="utf-8")


def test_the_saved_basis_opens(basis):
    assert set(open_basis(basis)) > {"mx", "coverage", "reserve_0"}


def test_a_calibration_of_some_lines_only(tmp_path):
    values = {"accounts_0": ("line", [1e9, 2e9]), "calibration": ("line", [np.nan, 1.05])}
    lines = {"line": ["contributions", "insurable_earnings"]}
    given = BASIS[["inflation"]].assign(values).assign_coords(lines).assign_attrs(calibration_reason="Audit")
    save_basis(given, tmp_path / "basis")
    file = tmp_path / "basis" / "calibration.csv"
    file.write_text("line,value\nexpenditure:old_age,1\ninsurable_earnings,1.05\n")
    found = open_basis(tmp_path / "basis")
    assert found["line"].values.tolist() == ["contributions", "insurable_earnings", "expenditure:old_age"]
    np.testing.assert_array_equal(found["accounts_0"], [1e9, 2e9, np.nan])
    np.testing.assert_array_equal(found["calibration"], [np.nan, 1.05, 1.0])
    assert calibration_factors(found) == {"insurable_earnings": 1.05, "expenditure:old_age": 1.0}
    save_basis(found, tmp_path / "again")
    assert open_basis(tmp_path / "again").identical(found)


ONE_FILE = {
    "decimal comma in quotes": (
        ("collection_rate", r"0\.93,0\.98$", '"0,93",0.98'),
        "collection_rate.csv:2: group private: '0,93' is no number; write a decimal point, not a comma, and no "
        "separator of thousands",
    ),
    "decimal comma that splits a number": (
        ("collection_rate", r"0\.93,0\.98$", "0,93,0,98"),
        "collection_rate.csv:2: the row has 5 cells, the header 3; a decimal comma splits a number: write 0.75",
    ),
    "per cent": (
        ("collection_rate", r"0\.93,0\.98$", "93%,98%"),
        "collection_rate.csv:2: group private: '93%' is no number; write a fraction (0.05 for 5%) (2 cells are like "
        "this)",
    ),
    "text": (("srb", r"^2026,1\.05", "2026,about 1"), "srb.csv:3: column value: 'about 1' is no number"),
    "underscores": (("srb", r"^2026,1\.05", "2026,1_05"), "srb.csv:3: column value: '1_05' is no number"),
    "nan": (("srb", r"^2026,1\.05", "2026,nan"), "srb.csv:3: column value: 'nan' is no number"),
    "infinity": (("srb", r"^2026,1\.05", "2026,inf"), "srb.csv:3: column value: 'inf' is no number"),
    "an empty cell": (
        ("coverage", r"^2026,private,[^,]*,", "2026,private,,"),
        "coverage.csv:4: sex male: the cell is empty; fill it, nothing is guessed",
    ),
    "a short row": (
        ("coverage", r"^(2026,private,[^,]*),.*$", r"\1"),
        "coverage.csv:4: the row has 3 cells, the header 4; the file may be truncated",
    ),
    "cut in the last number": (
        ("coverage", r"\d\n\Z", ""),
        "coverage.csv:7: the file may be truncated; complete it, and end the last line with a line break",
    ),
    "cut in a quoted word": (
        ("coverage", r"^2027,public[\s\S]*\Z", '2027,"pub'),
        "coverage.csv:7: the file cannot be read as CSV (unexpected end of data); it may be truncated",
    ),
    "empty": (
        ("coverage", r"[\s\S]+", ""),
        "coverage.csv: the file has no numbers; it needs a header and at least one row",
    ),
    "semicolons": (
        ("srb", ",", ";"),
        "srb.csv:1: the columns are separated by semicolons; save the file with commas and decimal points",
    ),
    "a wrong header": (
        ("srb", "year,value", "year,srb"),
        "srb.csv:1: the header must be year,value (got year,srb)",
    ),
    "a header of other dims": (
        ("coverage", "year,group,", "group,year,"),
        "coverage.csv:1: the header must be year,group and then a column for each label of sex (got "
        "group,year,male,female)",
    ),
    "a column twice": (
        ("collection_rate", "private,public", "private,private"),
        "collection_rate.csv:1: header: the column private stands there twice; remove one of them",
    ),
    "a year that is none": (
        ("srb", "^2026", "2O26"),
        "srb.csv:3: column year: year must be a whole number (got '2O26')",
    ),
    "a year with a fraction": (
        ("srb", "^2026", "2026.0"),
        "srb.csv:3: column year: year must be a whole number (got '2026.0')",
    ),
    "an empty label": (
        ("coverage", "^2026,private", "2026,"),
        "coverage.csv:4: column group: the label of group is empty",
    ),
    "a misspelt sex": (
        ("coverage", "female", "femal"),
        "coverage.csv:1: header: 'femal' is no sex; write male or female (female?)",
    ),
    "swapped sexes in the header": (
        ("coverage", "male,female", "female,male"),
        "coverage.csv: the sexes must stand in the order male, female; put the rows or columns of men first",
    ),
    "swapped sexes in the rows": (
        ("population_0", r"^(male.*\n)(female.*\n)", r"\2\1"),
        "population_0.csv: the sexes must stand in the order male, female; put the rows or columns of men first",
    ),
    "one sex only": (
        ("population_0", r"^female.*\n", ""),
        "population_0.csv: there is nothing for sex female; give both sexes",
    ),
    "a row twice": (
        ("coverage", r"^(2026,private.*\n)", r"\1\1"),
        "coverage.csv:5: year=2026, group=private stands already in line 4; remove one of the rows",
    ),
    "a row is missing": (
        ("coverage", r"^2026,private.*\n", ""),
        "coverage.csv: 1 rows are missing, the first: year=2026, group=private",
    ),
    "a gap in the years": (
        ("srb", r"^2026.*\n", ""),
        "srb.csv: year: 2025 is followed by 2027; years must follow each other without gaps (1 missing)",
    ),
    "years out of order": (
        ("srb", r"^(2026.*\n)(2027.*\n)", r"\2\1"),
        "srb.csv: year: 2025 is followed by 2027; years must follow each other without gaps (1 missing)",
    ),
    "years in descending order": (
        ("srb", r"^(2025.*\n)(2026.*\n)(2027.*\n)", r"\3\2\1"),
        "srb.csv: year: 2027 is followed by 2026; years must be in ascending order",
    ),
    "ages out of order": (
        ("population_0", "sex,0,1,2,3", "sex,0,1,3,2"),
        "population_0.csv: age: 1 is followed by 3; ages must follow each other without gaps (1 missing)",
    ),
    "ages that start late": (
        ("population_0", r"^((?:sex|male|female)),[^,]*,", r"\1,"),
        "population_0.csv: age: the first age must be 0 (got 1)",
    ),
    "another group": (
        ("collection_rate", "private,public", "private,state"),
        "collection_rate.csv: group: state is in collection_rate.csv and not in coverage.csv, public is in "
        "coverage.csv and not in collection_rate.csv; all files must have the same labels",
    ),
    "groups in another order": (
        ("collection_rate", "private,public", "public,private"),
        "collection_rate.csv: group: the labels are public, private, those of coverage.csv private, public; write them "
        "in the same order",
    ),
    "fewer years": (
        ("srb", r"^2027.*\n", ""),
        "srb.csv: year: 2027 is in mx.csv and not in srb.csv; all files must have the same labels",
    ),
    "fewer ages": (
        ("population_0", r",[^,\n]*\n", r"\n"),
        "population_0.csv: age: 100 is in mx.csv and not in population_0.csv; all files must have the same labels",
    ),
    "a negative population": (
        ("population_0", "^male,", "male,-"),
        "population_0.csv: population_0 (Population on the valuation date by age on 31 December of the year before the "
        "first projected year; the last age is open) must be at least 0.\n"
        "  1 of 202 cells fail; the first: sex='male', age=0 -> -20375\n  Numbers of persons cannot be negative.",
    ),
    "percent instead of a fraction": (
        ("collection_rate", r"0\.93,0\.98$", "93.0,98.0"),
        "collection_rate.csv: collection_rate (Contributions collected over contributions due) must lie in [0, 1].\n"
        "  2 of 6 cells fail; the first: year=2025, group='private' -> 93\n"
        "  Rates are fractions: did you mean 0.93?",
    ),
}
EVERYWHERE = ("semicolons", "ages that start late", "fewer ages")


@pytest.mark.parametrize("case", ONE_FILE)
def test_mistakes_in_a_table(basis, case):
    (name, old, new), text = ONE_FILE[case]
    edit(basis / f"{name}.csv", old, new, count=0 if case in EVERYWHERE else 1)
    assert refusal(basis) == text


HEADER = {
    "no format": (("^format = 1\n", ""), "basis.toml:1: format is missing; this library reads format = 1."),
    "a later format": (("^format = 1", "format = 2"), "basis.toml:1: format is 2; this library reads format = 1."),
    "an unknown section": (
        (r"^\[scalars\]", "[scalar]\nsrb = 1.05\n\n[scalars]"),
        "basis.toml:11: scalar: unknown key; did you mean scalars?",
    ),
    "a section that is none": (
        (r"^format = 1\n\n\[attributes\]", "format = 1\nattributes = 3\n[attribute]"),
        "basis.toml:2: attributes must be a table: write [attributes] and its keys below.",
    ),
    "a misspelt attribute": (
        (r"^name = ", 'curency = "LTD"\nname = '),
        "basis.toml:4: attributes.curency: unknown attribute; did you mean currency?",
    ),
    "an attribute of another kind": (
        (r"^name = .*", "name = [1, 2]"),
        "basis.toml:4: attributes.name: must be a word or a number (got [1, 2])",
    ),
    "a missing attribute": (
        (r"^coverage_concept.*\n", ""),
        "basis.toml:3: the attribute coverage_concept is missing: which insured the coverage rate counts, one of "
        "status, average, any. Add it.",
    ),
    "an attribute that cannot be meant": (
        (r"^coverage_concept.*", 'coverage_concept = "persons"'),
        "basis.toml:8: coverage_concept must be one of status, average, any (got 'persons').",
    ),
    "another valuation date": (
        (r"^valuation_date.*", "valuation_date = 2025-12-31"),
        "basis.toml:5: valuation_date is 2025-12-31, but the first projected year is 2025; it must be 2024-12-31 or a "
        "later day before 2025-12-31. Write 2024-12-31 (and carry the stocks to that day), or start the years at 2026.",
    ),
    "an unknown number": (
        (r"^spouse_age_gap", "spouse_age_gab"),
        "basis.toml:12: scalars.spouse_age_gab: the vocabulary has no such variable; did you mean spouse_age_gap?",
    ),
    "a result": (
        (r"^spouse_age_gap.*", "general_average_premium = 0.1"),
        "basis.toml:12: scalars.general_average_premium: no variable of a basis but a result (valuation); remove it",
    ),
    "a number in quotes": (
        (r"^spouse_age_gap.*", 'spouse_age_gap = "3,0"'),
        "basis.toml:12: scalars.spouse_age_gap: must be a number (got '3,0')",
    ),
    "a number out of bounds": (
        (r"^spouse_age_gap.*", "spouse_age_gap = 33"),
        "basis.toml:12: spouse_age_gap (Age of the husband less age of the wife; needed where the law has "
        "survivors or dependants) must lie in [-20, 20].\n"
        "  1 of 1 cells fail; the first: the only one -> 33\n  Correct the cells.",
    ),
    "wrong units": (
        (r'(\[variables.inflation\]\ndims = .*\n)units = "1/year"', r'\1units = "percent"'),
        "basis.toml:{variables.inflation.units}: variables.inflation.units: must be '1/year' (got 'percent'); convert "
        "the numbers if they have other units",
    ),
    "no units": (
        (r'(\[variables.inflation\]\ndims = .*\n)units = "1/year"\n', r"\1"),
        "basis.toml:{variables.inflation}: variables.inflation.units: must be '1/year' (it is missing); convert the "
        "numbers if they have other units",
    ),
    "dims that the variable does not have": (
        (r'(\[variables.inflation\]\ndims = )\["year"\]', r'\1["year", "sex"]'),
        "basis.toml:{variables.inflation.dims}: variables.inflation.dims: must be ['year'] or some of these in this "
        "order (got ['year', 'sex'])",
    ),
    "dims in another order": (
        (r'(\[variables.coverage\]\ndims = )\["year", "group", "sex"\]', r'\1["group", "year", "sex"]'),
        "basis.toml:{variables.coverage.dims}: variables.coverage.dims: must be ['year', 'group', 'sex'] or some of "
        "these in this order (got ['group', 'year', 'sex'])",
    ),
    "a variable that is not listed": (
        (r'\[variables.inflation\]\ndims = .*\nunits = .*\n', ""),
        "inflation.csv: basis.toml does not list it; add [variables.inflation] with dims and units, or remove the file",
    ),
    "not readable": (
        (r"^currency = .*", "currency = LTD"),
        "basis.toml:6: not readable as TOML at column 12: no value stands behind the =; text needs quotation marks, a "
        "number a decimal point and no mark of thousands, yes and no are true and false.",
    ),
}


@pytest.mark.parametrize("case", HEADER)
def test_mistakes_in_the_header(basis, case):
    (old, new), text = HEADER[case]
    file = basis / "basis.toml"
    edit(file, old, new)
    lines = file.read_text().splitlines()
    for key in re.findall(r"\{(.*?)\}", text):
        _, name, *rest = key.split(".")
        start = lines.index(f"[variables.{name}]")
        line = next(i for i in range(start, len(lines)) if lines[i].startswith(rest[0])) if rest else start
        text = text.replace("{" + key + "}", str(line + 1))
    assert refusal(basis) == text


def test_mistakes_are_said_in_the_language_of_the_reader(basis):
    edit(basis / "coverage.csv", "^2026,private,[^,]*,", "2026,private,5%,")
    edit(basis / "srb.csv", "^2026", "2O26")
    with pytest.raises(BadBasis) as caught:
        open_basis(basis)
    assert message_of(caught.value).said(language("fr")).splitlines()[1:] == [
        "srb.csv:3\u202f: colonne year\u202f: year doit être un nombre entier (trouvé\u202f: '2O26')",
        "coverage.csv:4\u202f: sex male\u202f: '5%' n’est pas un nombre\u202f; "
        "écrire une fraction (0.05 pour 5\u202f%)",
    ]
    spanish = message_of(caught.value).said(language("es", "es_MX")).splitlines()
    assert spanish[2] == "coverage.csv:4: sex male: '5%' no es un número; escriba una fracción (0.05 para 5%)"


@pytest.mark.parametrize("code", ["fr", "es"])
def test_no_mistake_in_a_table_is_left_in_english(basis, code):
    before = {file.name: file.read_text(encoding="utf-8") for file in basis.glob("*.csv")}
    for case, ((name, old, new), text) in ONE_FILE.items():
        edit(basis / f"{name}.csv", old, new, count=0 if case in EVERYWHERE else 1)
        with pytest.raises(BadBasis) as caught:
            open_basis(basis)
        said = message_of(caught.value).said(language(code))
        assert said != text, case
        assert not re.search(r"\b(the|is|must|and|write)\b", said), said
        (basis / f"{name}.csv").write_text(before[f"{name}.csv"], encoding="utf-8")


def test_a_header_that_ends_too_early(basis):
    edit(basis / "basis.toml", r'^price_basis = "nom[\s\S]*\Z', 'price_basis = """nom')
    assert re.fullmatch(r"basis.toml:7: the file ends too early: .+ It may be truncated.", refusal(basis))


@pytest.mark.parametrize("share", range(0, 100, 4))
def test_a_header_that_is_cut_anywhere_is_refused(basis, share):
    text = (basis / "basis.toml").read_text()
    (basis / "basis.toml").write_text(text[: len(text) * share // 100])
    assert "basis.toml" in refusal(basis)


def test_files_that_are_missing_or_strange(basis):
    (basis / "mx.csv").unlink()
    (basis / "asfr.csv").rename(basis / "asfrs.csv")
    (basis / "README.md").write_text("notes are allowed")
    lines = (basis / "basis.toml").read_text().splitlines()
    mx, asfr = (lines.index(f"[variables.{name}]") + 1 for name in ("mx", "asfr"))
    assert refusal(basis) == (
        f"{basis}: 3 mistakes\n"
        f"basis.toml:{mx}: variables.mx: the file mx.csv is missing; add it, or remove the variable from basis.toml\n"
        f"basis.toml:{asfr}: variables.asfr: the file asfr.csv is missing; add it, or remove the variable from "
        "basis.toml\n"
        "asfrs.csv: the vocabulary has no such variable; did you mean asfr?"
    )


def test_all_mistakes_are_listed_at_once(basis):
    edit(basis / "basis.toml", "^spouse_age_sd", "spouse_age_std")
    edit(basis / "coverage.csv", "^2026,private,[^,]*,", "2026,private,x,")
    edit(basis / "coverage.csv", "^2027,private,[^,]*,", "2027,private,,")
    edit(basis / "srb.csv", "^2027.*\n", "")
    assert refusal(basis) == (
        f"{basis}: 4 mistakes\n"
        "basis.toml:13: scalars.spouse_age_std: the vocabulary has no such variable; did you mean spouse_age_sd?\n"
        "coverage.csv:4: sex male: 'x' is no number\n"
        "coverage.csv:6: sex male: the cell is empty; fill it, nothing is guessed\n"
        "srb.csv: year: 2027 is in mx.csv and not in srb.csv; all files must have the same labels"
    )


def test_a_long_list_is_cut(basis):
    for number in range(70):
        (basis / f"strange_{number:02}.csv").write_text("x\n")
    text = refusal(basis).splitlines()
    assert len(text) == 62
    assert text[0].endswith(": 70 mistakes")
    assert text[-1] == "... and 10 more"


def test_rows_may_stand_in_another_order(basis):
    before = open_basis(basis)
    edit(basis / "coverage.csv", r"^(2026,private.*\n)(2026,public.*\n)", r"\2\1")
    assert open_basis(basis).identical(before)


def test_spaces_byte_order_marks_and_windows_line_ends_do_no_harm(basis):
    before = open_basis(basis)
    text = (basis / "coverage.csv").read_text().replace(",", ", ").replace("\n", "\r\n")
    (basis / "coverage.csv").write_bytes(b"\xef\xbb\xbf" + text.encode() + b"\r\n")
    assert open_basis(basis).identical(before)


def test_a_date_need_not_stand_in_quotes(basis):
    edit(basis / "basis.toml", '^valuation_date = "2024-12-31"', "valuation_date = 2024-12-31")
    assert open_basis(basis).attrs["valuation_date"] == "2024-12-31"


def test_other_encodings_are_refused(basis):
    (basis / "coverage.csv").write_bytes("année,é\n1,2\n".encode("latin-1"))
    assert refusal(basis) == "coverage.csv: the file cannot be read: it is not UTF-8 text; save it as CSV UTF-8"


def test_paths_where_there_is_no_basis(tmp_path, basis):
    assert refusal(tmp_path / "bases") == (
        f"{tmp_path}/bases: there is no such file or folder. Did you mean {tmp_path}/basis?"
    )
    assert refusal(tmp_path / "x" / "y") == f"{tmp_path}/x/y: there is no such file or folder."
    assert refusal(tmp_path / "country.xlsx") == f"{tmp_path}/country.xlsx: there is no such file or folder."
    (tmp_path / "basis.parquet").write_text("")
    assert refusal(tmp_path / "basis.parquet") == (
        f"{tmp_path}/basis.parquet: a basis is a folder with basis.toml, or a file that ends in .nc or .xlsx."
    )
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path / "empty") == (
        f"{tmp_path}/empty: the folder has no basis.toml, so it is no basis (save_basis writes one)."
    )


@pytest.mark.parametrize("share", [0.0, 0.0005, 0.3, 0.9, 0.999])
def test_a_truncated_netcdf_file(tmp_path, share):
    whole = tmp_path / "whole.nc"
    save_basis(BASIS, whole)
    data = whole.read_bytes()
    (tmp_path / "cut.nc").write_bytes(data[: int(share * len(data))])
    text = refusal(tmp_path / "cut.nc")
    assert text.startswith(f"{tmp_path}/cut.nc: the file cannot be read as netCDF (")
    assert text.endswith("); it may be truncated.")
    assert "\n" not in text


@pytest.mark.parametrize("share", [0.0, 0.0005, 0.3, 0.9, 0.999])
def test_a_truncated_netcdf_3_file(tmp_path, share):
    whole = tmp_path / "whole.nc"
    BASIS.assign_attrs(basis_format=1).to_netcdf(whole, engine="scipy")
    data = whole.read_bytes()
    (tmp_path / "cut.nc").write_bytes(data[: int(share * len(data))])
    assert refusal(tmp_path / "cut.nc").endswith("); it may be truncated.")


def test_netcdf_files_that_are_no_basis(tmp_path):
    BASIS.to_netcdf(tmp_path / "foreign.nc", engine="scipy")
    assert refusal(tmp_path / "foreign.nc") == (
        f"{tmp_path}/foreign.nc: the file has basis_format None, this library reads 1. Save it again."
    )
    strange = BASIS.rename(srb="sex_ratio").assign_attrs(basis_format=1)
    strange.to_netcdf(tmp_path / "strange.nc", engine="scipy")
    assert refusal(tmp_path / "strange.nc") == (
        f"{tmp_path}/strange.nc: sex_ratio: the vocabulary has no such variable; "
        "`actuarial explain` without a name lists all variables."
    )
    wrong = BASIS.assign(srb=5 + 0 * BASIS.srb).assign_attrs(basis_format=1, coverage_concept="all")
    wrong.to_netcdf(tmp_path / "wrong.nc", engine="scipy")
    text = refusal(tmp_path / "wrong.nc")
    assert text.startswith(
        f"{tmp_path}/wrong.nc: 2 mistakes\n{tmp_path}/wrong.nc: coverage_concept must be one of status, average, any "
        f"(got 'all').\n{tmp_path}/wrong.nc: srb (Sex ratio at birth) must lie in [0.5, 2].\n"
    )
