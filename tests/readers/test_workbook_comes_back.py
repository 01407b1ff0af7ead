"""A workbook gives back the basis and the law that were written, bit by bit, in three languages."""

import tomllib
from functools import cache

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import actuarial as ac
from actuarial import datasets
from actuarial.dated import Money
from actuarial.errors import BadInput, BadWorkbook
from actuarial.form_table import HEALTH, PENSION
from actuarial.forms import open_scheme, parse_scheme
from actuarial.health.scheme import HealthScheme
from actuarial.provenance import digest
from actuarial.readers import open_basis, open_workbook, write_workbook
from actuarial.readers.workbook_fields import Fields
from actuarial.schema import json_schema
from actuarial.scheme_saving import scheme_text
from actuarial.sheets.law_rows import keyed, table_of
from actuarial.translation import LANGUAGES
from actuarial.vocabulary import annotate
from tests.readers.workbook_data import basis, fresh, scheme
from tests.reference.full_law import full_law
from tests.system import test_scheme_saving as saving
from tests.system.second_schemes import EVERY_FORM_FILE


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_small_country(language, tmp_path):
    path = fresh(tmp_path, language)
    back, law = open_workbook(path)
    assert back.identical(basis())
    assert list(back.data_vars) == list(basis().data_vars)
    assert digest(law) == digest(scheme())
    assert open_basis(path).identical(basis())
    assert digest(open_scheme(path)) == digest(scheme())


def test_the_demo(tmp_path):
    country = datasets.open("demo")
    years = country.basis.isel(year=slice(0, 10), service=slice(0, None, 12), past_year=slice(-10, None))
    path = write_workbook(tmp_path / "demo.xlsx", basis=years, scheme=country.scheme, language="fr")
    back, law = open_workbook(path)
    assert back.identical(years)
    assert digest(law) == digest(country.scheme)


@pytest.mark.parametrize("path", saving.FILES, ids=lambda path: str(path.relative_to(saving.ROOT)))
def test_the_files_of_the_repository(path, tmp_path):
    law = open_scheme(path)
    language = LANGUAGES[len(str(path)) % 3]
    there = write_workbook(tmp_path / "law.xlsx", scheme=law, language=language)
    assert digest(open_scheme(there)) == digest(law)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_law_with_every_form(language, tmp_path):
    for law in (full_law(), parse_scheme(EVERY_FORM_FILE)):
        there = write_workbook(tmp_path / "law.xlsx", scheme=law, language=language)
        assert digest(open_scheme(there)) == digest(law)


@cache
def fields(kind):
    return Fields(json_schema(kind)), json_schema(kind)


@cache
def same_after_rows():
    """Tables that were the same after they had become rows, and rows tables: most laws share most of theirs."""
    return set()


def through_rows(law):
    """The law after its tables have become rows, and rows tables."""
    layout = HEALTH if isinstance(law, HealthScheme) else PENSION
    made, schema = fields("health" if layout is HEALTH else "pension")
    raw = tomllib.loads(scheme_text(law))
    parts = {key: value for key, value in raw.items() if key in ("contributions", *layout.lists)}
    node = {"properties": {k: v for k, v in schema["properties"].items() if k not in parts}}
    found = []
    for key, tables in [("", [{k: v for k, v in raw.items() if k not in parts}]), *parts.items()]:
        for table in tables:
            seen = (layout is HEALTH, key, *node["properties"], repr(table))
            if seen in same_after_rows():
                continue
            part = node if not key else made.parts.get(str(table.get("form")), {})
            lines = made.table(part, table)
            result, _ = table_of([keyed(line.entry) for line in lines if line.entry], found)
            assert result == table
            assert found == []
            same_after_rows().add(seen)
    return law


@pytest.mark.parametrize("kind", [*saving.PARTS, *PENSION.forms().values()], ids=lambda kind: kind.__name__)
def test_every_field_of_every_class(kind, monkeypatch):
    monkeypatch.setattr(saving, "comes_back", through_rows)
    saving.test_every_field_of_every_class_comes_back(kind, monkeypatch)


@given(saving.dated, saving.dated, st.sampled_from(["week", "month", "year"]))
def test_numbers_nested_at_will(rate, amount, per):
    law = full_law().amend("old_age", retirement_rate=rate)
    through_rows(law.amend("insurable_earnings", floor=Money(amount, per)))


@settings(max_examples=5)
@given(saving.dated, saving.dated, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_numbers_and_words_in_a_file(tmp_path_factory, rate, amount, word):
    law = full_law().amend("old_age", retirement_rate=rate, law=word).amend("scheme", name=word)
    law = law.amend("insurable_earnings", floor=Money(amount, "month"))
    path = write_workbook(tmp_path_factory.mktemp("law") / "law.xlsx", scheme=law)
    assert digest(open_scheme(path)) == digest(law)


HOSTILE = [
    '=HYPERLINK("http://example.org";"x")', "+1", "-2+3", "@SUM(A1)", "'=1", "\t=1", "=cmd|' /C calc'!A0", "<a&b>",
    "_x0041_", "x005F_", "_x000D_", " both ", "a\r\nb\tc", "1,5", "12.5", "TRUE", "#DIV/0!", "2025-01-01", "\u2028\x7f",
    "no", "[[benefit]]", "a, b; c", "€ 𝄞 é",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
def test_text_stays_text(language, tmp_path):
    law = full_law().amend("scheme", name="\n".join(HOSTILE), law=HOSTILE[0])
    for benefit, word in zip(law.benefits, HOSTILE, strict=False):
        law = law.amend(benefit.name, law=word)
    for line, word in zip(law.contributions, reversed(HOSTILE), strict=False):
        law = law.amend(line.name, law=word)
    country = basis().assign_attrs({f"note {i}": word for i, word in enumerate(HOSTILE)}, source=HOSTILE[0])
    path = write_workbook(tmp_path / "x.xlsx", basis=country, scheme=law, language=language)
    back, read = open_workbook(path)
    assert back.identical(country)
    assert digest(read) == digest(law)


@pytest.mark.parametrize("word", HOSTILE)
def test_names_stay_names(word, tmp_path):
    from actuarial.dated import ByGroup

    rate = ByGroup(((word, 0.1), ("private", 0.2)))
    law = full_law().amend("old_age", retirement_rate=rate, law=word)
    through_rows(law)
    if word in HOSTILE[:3]:
        path = write_workbook(tmp_path / "x.xlsx", scheme=law)
        import openpyxl

        book = openpyxl.load_workbook(path, read_only=True)
        kinds = {one.data_type for sheet in book for row in sheet for one in row}
        book.close()
        assert "f" not in kinds
        assert digest(open_scheme(path)) == digest(law)


def test_numbers_keep_their_last_bit(tmp_path):
    values = np.array([0.1 + 0.2, 1 / 3, 5e-324, 0.0, -0.0, 1e22 / 7, 123456789.123456789, 1.0])
    gdp = xr.DataArray(values[[0, 1, 5, 6]] * 1e6, dims="year", coords={"year": basis()["year"]})
    stock = basis()["active_0"].copy(deep=True)
    stock.values.flat[: values.size] = values
    country = annotate(basis().assign(gdp=gdp, active_0=stock, inactive_0=basis()["inactive_0"] * 0.0))
    back = open_basis(write_workbook(tmp_path / "x.xlsx", basis=country))
    assert back.identical(country)
    for name in ("gdp", "active_0", "inactive_0"):
        assert back[name].values.tobytes() == country[name].values.tobytes()


def test_scenarios_and_attributes_of_variables(tmp_path):
    country = ac.scenarios(basis(), central=lambda b: b, low=lambda b: b.assign(interest_rate=b.interest_rate - 0.01))
    country = country.assign(mx=country["mx"].assign_attrs(source="Table 3, = own", year=2020))
    back = open_basis(write_workbook(tmp_path / "x.xlsx", basis=country))
    assert back.identical(country)


def test_only_one_of_the_two(tmp_path):
    path = write_workbook(tmp_path / "x.xlsx", scheme=scheme())
    with pytest.raises(BadWorkbook, match="the workbook has a scheme and no basis"):
        open_basis(path)
    path = write_workbook(tmp_path / "x.xlsx", basis=basis())
    with pytest.raises(BadWorkbook, match="the workbook has a basis and no scheme"):
        open_scheme(path)


def test_what_is_not_written(tmp_path):
    with pytest.raises(BadInput, match="give a basis, a scheme, or both"):
        write_workbook(tmp_path / "x.xlsx")
    with pytest.raises(BadInput, match=r"x.xls: the name of a workbook ends with .xlsx"):
        write_workbook(tmp_path / "x.xls", scheme=scheme())
    with pytest.raises(BadInput, match="'de' is none that reports are written in"):
        write_workbook(tmp_path / "x.xlsx", scheme=scheme(), language="de")
    (tmp_path / "x.xlsx").mkdir()
    with pytest.raises(BadInput, match=r"x.xlsx: the workbook cannot be written: Is a directory"):
        write_workbook(tmp_path / "x.xlsx", scheme=scheme())
    assert [one.name for one in tmp_path.iterdir()] == ["x.xlsx"]
    with pytest.raises(BadWorkbook, match=r"has 4000\d characters; a cell holds 32000"):
        write_workbook(tmp_path / "y.xlsx", scheme=scheme().amend("scheme", law="x" * 40_000))
