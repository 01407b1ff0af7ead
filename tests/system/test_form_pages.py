"""Pages of forms: every form and table has one, whole and true, with an example that is valid."""

import re
import tomllib

import pytest

import actuarial as ac
from actuarial import form_table
from actuarial.errors import BadInput
from actuarial.form_pages import EXAMPLES, SHARED, entries, example, explain, form_page, forms_listed
from actuarial.forms import open_scheme
from actuarial.schema import json_schema
from actuarial.translation import language
from actuarial.vocabulary import variables
from tests.system.test_scheme_files import BereavementLeave

ENTRIES = entries()
SCHEMES = {kind: open_scheme(EXAMPLES / f"{kind}.toml") for kind in ("pension", "health")}
ALL = [*form_table.FORMS, *form_table.HEALTH_FORMS, "account", "service", "contributions", "insurable_earnings"]
ALL += ["administration", "funding", "indexation"]


def test_every_form_and_table_has_a_page():
    assert {entry.word for entry in ENTRIES} == {*ALL}
    assert ac.explain is explain
    assert {word for word in ALL if word in variables()} == {*SHARED}, "words that are variables as well"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.scheme} {entry.word}")
def test_a_page_has_meaning_keys_units_defaults_and_an_example(entry):
    text = form_page(entry, language())
    assert f"{entry.word}, of {entry.scheme} schemes; " in text
    flat = " ".join(text.split())
    assert " ".join(entry.table["description"].split()) in flat
    for key, value in entry.table["properties"].items():
        if key != "form":
            assert re.search(rf"^  {key} +\S", text, re.MULTILINE), key
            assert value["description"].split(";")[0] in flat
    for key in entry.table.get("required", []):
        assert key == "form" or re.search(rf" {key} .*?; needed ", f"{flat} ")
    assert max(map(len, text.splitlines())) <= 130
    indented = "\n".join(f"  {line}".rstrip() for line in example(entry).splitlines())
    assert indented in text


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.scheme} {entry.word}")
def test_examples_are_parts_of_valid_schemes(entry):
    """The file that they stand in is read as a scheme, and they hold the word they are an example of."""
    snippet = example(entry)
    assert snippet in (EXAMPLES / f"{entry.scheme}.toml").read_text(encoding="utf-8")
    assert SCHEMES[entry.scheme].name == "Examples of forms"
    table = tomllib.loads(snippet)
    assert len(table) == 1, "one table"
    if entry.what in ("list", "table"):
        assert list(table) == [entry.word]
    elif entry.what == "key":
        assert f"{entry.word} = {{" in snippet
    else:
        assert f'form = "{entry.word}"' in snippet
        assert list(table) == [{"formula": "benefit", "payment": "service"}.get(entry.what, entry.what)]


def test_the_example_of_a_benefit_is_of_that_benefit():
    for entry in ENTRIES:
        if entry.what in ("benefit", "member_group"):
            (row,) = tomllib.loads(example(entry))[entry.what]
            assert row["form"] == entry.word


def test_defaults_and_choices_are_those_of_the_schema():
    text = explain("final_average")
    assert re.search(r"revaluation +word +Index of past earnings; one of none, wages, prices; default\s+\"none\"", text)
    assert re.search(r"years +whole number +Years whose mean is the reference earnings; needed", text)
    assert re.search(r"accrual +number\* or list", text)
    properties = json_schema()["$defs"]["final_average"]["properties"]
    assert properties["capped"]["default"] is True
    assert re.search(r"capped +true or false .*; default\s+true", " ".join(text.split()))
    inside = explain("old_age")
    assert "Keys inside conditions.recent\n  months  " in inside
    assert "see `explain indexation`" in inside
    assert "Keys inside only_if" in explain("indexation")


def test_a_word_that_is_both_has_both():
    text = explain("population")
    assert text.startswith("population (")
    assert "\n\npopulation, of health schemes; group of members: [[member_group]]" in text
    assert explain("administration").count("administration, of ") == 2


def test_all_forms_are_listed_with_a_line_each():
    listed, scheme = [], ""
    for line in forms_listed(language()).splitlines():
        if line.startswith("  "):
            word, meaning = line.split(maxsplit=1)
            assert len(meaning) > 10
            listed.append((word, scheme))
        elif line:
            scheme = line.split()[-2]
    assert sorted(listed) == sorted((entry.word, entry.scheme) for entry in ENTRIES)


def test_words_that_mean_nothing():
    with pytest.raises(BadInput, match=r"neither a variable nor a form 'old_aeg'; did you mean old_age"):
        explain("old_aeg")
    with pytest.raises(BadInput, match=r"'survivors'; .*\n  The word is in the meaning of widows, orphans, "):
        explain("survivors")
    with pytest.raises(BadInput, match=r"'zzzz'\.\n  `actuarial explain` lists all variables"):
        explain("zzzz")
    assert explain("GAP").startswith("general_average_premium (GAP)")


def test_a_form_of_ones_own_has_a_page(monkeypatch):
    monkeypatch.setattr(form_table, "FORMS", dict(form_table.FORMS))
    ac.register_form("bereavement_leave", BereavementLeave)
    text = explain("bereavement_leave")
    assert "A number of months of the average wage at the death of a member." in text
    assert re.search(r"^  months +\S", text, re.MULTILINE)
    assert "Example" not in text
    assert "bereavement_leave" in forms_listed(language())
