"""Workbooks of other versions say so, an empty one has rows for formulas of formulas, none makes folders."""

import html
import re
import warnings
import zipfile
from copy import deepcopy

import openpyxl
import pytest

import actuarial as ac
from actuarial.errors import BadInput, BadWorkbook
from actuarial.provenance import digest
from actuarial.readers import write_template, write_workbook
from actuarial.schema import json_schema, schema_hash
from actuarial.sheets.cell_words import explained, shown
from actuarial.sheets.law_words import FORMS, WORDS
from actuarial.translation import language
from tests.readers.workbook_data import cell, scheme


def worked(path, change):
    """A workbook of the law that somebody has worked on."""
    book = openpyxl.load_workbook(write_workbook(path, scheme=scheme()))
    change(book)
    book.save(path)
    return path


def older(book):
    """As an older version of the library would have made it."""
    sheet = book["_manifest"]
    for row in sheet.iter_rows():
        if row[0].value in ("schema", "library"):
            row[1].value = {"schema": "0123456789abcdef", "library": "0.0.9"}[row[0].value]


def test_a_workbook_of_this_version_is_read_without_a_word(tmp_path):
    path = write_workbook(tmp_path / "law.xlsx", scheme=scheme(), language="es")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert digest(ac.open_scheme(path)) == digest(scheme())


def test_a_workbook_of_other_rules_that_can_be_read_says_so(tmp_path):
    path = worked(tmp_path / "law.xlsx", older)
    with pytest.warns(UserWarning, match=r"law.xlsx: .* made by actuarial 0\.0\.9, whose rules .*It could be read"):
        assert digest(ac.open_scheme(path)) == digest(scheme())


def test_its_mistakes_come_with_the_version(tmp_path):
    def change(book):
        older(book)
        cell(book["Contributions"], "rate").value = "much"

    with pytest.raises(BadWorkbook, match=r"_manifest: the workbook was made by actuarial 0\.0\.9"):
        ac.open_scheme(worked(tmp_path / "law.xlsx", change))


def test_other_explanations_are_no_other_version():
    schema = json_schema()
    other = deepcopy(schema)
    other["description"] = "Other words"
    other["properties"]["currency"]["description"] = "Other words"
    assert schema_hash(other) == schema_hash(schema)
    assert schema_hash(json_schema("health")) != schema_hash(schema)
    del other["properties"]["currency"]
    assert schema_hash(other) != schema_hash(schema)
    named = {"properties": {"description": {"type": "string"}}}
    assert schema_hash(named) != schema_hash({"properties": {}})


def test_an_empty_workbook_has_rows_for_formulas_of_formulas(tmp_path):
    book = openpyxl.load_workbook(write_template(tmp_path / "empty.xlsx"), read_only=True)
    keys = {row[0] for row in book["Benefits"].iter_rows(max_col=1, values_only=True)}
    numbers = ("formula.accrual", "formula.old.accrual", "formula.formula.years")
    assert {f"{key} (number)" for key in numbers} <= keys
    assert any(str(key).startswith("formula.new.form (choice or flat or ") for key in keys)


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    for write in (write_template, lambda path: write_workbook(path, scheme=scheme())):
        with pytest.raises(BadInput, match="make its folder"):
            write(tmp_path / "none" / "law.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", ["en", "fr", "es"])
def test_words_that_a_law_chooses_from_are_explained_in_the_language(tmp_path, code):
    say = language(code)
    with zipfile.ZipFile(write_template(tmp_path / "empty.xlsx", language=code)) as archive:
        notes = [archive.read(name).decode() for name in archive.namelist() if "/comments" in name]
    texts = [html.unescape(text) for note in notes for text in re.findall(r"<t[^>]*>(.*?)</t>", note, re.DOTALL)]
    choices = [text for text in texts if say("One of: {words}", words="").strip() in text]
    assert any(f"{say('prices')} (prices)" in text for text in choices) or code == "en"
    named = {word: explained(say, word) for word in (*WORDS, *FORMS)}
    assert len({*named.values()}) == len(named)
    assert all(text.startswith(shown(say, word)) for word, text in named.items())
    assert explained(say, "own_form") == "own_form"
    both = ("invalidity", say("Invalidity pension"))
    assert explained(say, "invalidity", form=True) == "{} ({})".format(*(both if code == "en" else both[::-1]))


def test_every_word_of_the_schema_is_explained():
    def words(node):
        if isinstance(node, dict):
            yield from map(str, node.get("enum", []))
            for value in node.values():
                yield from words(value)
        elif isinstance(node, list):
            for value in node:
                yield from words(value)

    known = {*WORDS, *FORMS}
    assert {word for kind in ("pension", "health") for word in words(json_schema(kind))} <= known
