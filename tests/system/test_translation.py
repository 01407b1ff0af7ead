"""Every message of the source is in every catalogue, once, with the same places for values."""

import ast
from functools import cache
from pathlib import Path
from string import Formatter

import numpy as np
import pytest
from babel import Locale
from babel.messages.extract import extract_from_dir
from babel.numbers import format_decimal, format_percent

import actuarial
from actuarial.errors import BadInput
from actuarial.refusals import refusal
from actuarial.translation import LANGUAGES, NotTranslated, catalogues, language

PACKAGE = Path(actuarial.__file__).parent
KEYWORDS = {"say": None, "N_": None, "Told": None, "InFile": None, "Warned": (2,)}
FOREIGN = [code for code in LANGUAGES if code != "en"]
METHODS = [("report/templates/**.html", "jinja2.ext.babel_extract")]
ELSEWHERE = {"vocabulary", "formulas", "fields", "standards_data", "checklist"}
"""Catalogues of messages that stand in data or in descriptions of fields; their own tests compare them."""


@cache
def messages():
    """Messages of the source, those inside the arguments of others too, with the first file that says them."""
    found = {}
    for file, _, message, _, _ in extract_from_dir(PACKAGE, method_map=METHODS, keywords=KEYWORDS):
        found.setdefault(message, file)
    for file, node in calls():
        if named(node) in KEYWORDS:
            given = node.args[1 if named(node) == "Warned" else 0 :][:1]
            for one in given:
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value:
                    found.setdefault(one.value, file)
    return found


def places(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("code", FOREIGN)
def test_every_message_has_a_translation(code):
    known = {message.id for one in catalogues(code).values() for message in one if message.string}
    assert len(messages()) > 2000
    assert [f"{file}: {text}" for text, file in messages().items() if text not in known] == []


@cache
def calls():
    """Calls of the source, with their files."""
    paths = sorted(PACKAGE.rglob("*.py"))
    trees = [(str(path.relative_to(PACKAGE)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths]
    return [(name, one) for name, tree in trees for one in ast.walk(tree) if isinstance(one, ast.Call)]


def named(node):
    """The last word of what a call calls; empty where that is no name."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


OF_FILES = (
    *("benefits/", "calibration.py", "check/", "forms.py", "health/", "labelled.py", "labour/", "law.py", "pension/"),
    *("readers/", "scheme.py", "sheets/", "valuation/"),
)
"""Where the laws and bases of files are refused."""
OF_PYTHON = {"benefits/family.py", "check/period.py", "sheets/law.py", "sheets/marks.py", "readers/workbook_basis.py"}
"""Files that refuse what no file can hold, or put together what is told elsewhere."""


def test_refusals_of_laws_and_bases_can_be_said_in_other_languages():
    """By syntax: no f-string and no bare text where a law or a basis of files is refused."""
    found = []
    for file, one in calls():
        if not file.startswith(OF_FILES) or file in OF_PYTHON:
            continue
        if named(one) in ("BadScheme", "BadBasis", "BadWorkbook") and one.args:
            plain = isinstance(one.args[0], (ast.JoinedStr, ast.Constant))
            found += [f"{file}:{one.lineno}"] if plain else []
    assert found == []


def test_messages_are_said_by_names_that_are_looked_for():
    """Not by what another call gives, as in `language()("Files")`, which no catalogue would be asked about."""
    texts = [(name, one) for name, one in calls() if one.args and isinstance(getattr(one.args[0], "value", None), str)]
    said = [
        f"{name}:{one.lineno}" for name, one in texts
        if isinstance(one.func, ast.BoolOp) or (isinstance(one.func, ast.Call) and named(one.func) == "language")
    ]  # fmt: skip
    assert said == []


@pytest.mark.parametrize("code", FOREIGN)
def test_no_catalogue_has_messages_that_nobody_says(code):
    said = messages()
    for name, one in catalogues(code).items():
        if name not in ELSEWHERE:
            assert [message.id for message in one if message.id and message.id not in said] == [], name


@pytest.mark.parametrize("code", FOREIGN)
def test_a_message_says_the_same_everywhere_and_keeps_its_places(code):
    found = {}
    for one in catalogues(code).values():
        for message in one:
            if message.id:
                assert places(message.id) == places(message.string), message.id
                assert found.setdefault(message.id, message.string) == message.string
                assert not message.fuzzy, message.id


def test_a_message_without_translation_is_refused():
    assert language("en")("Nobody ever says {this}", this=1) == "Nobody ever says 1"
    with pytest.raises(NotTranslated, match="fr: no translation of 'Nobody ever says this'"):
        language("fr")("Nobody ever says this")


@pytest.mark.parametrize(
    ("code", "locale", "message"),
    [
        ("de", None, "'de' is none that reports are written in; they are en, fr, es"),
        ("es", "xx_YY", "'xx_YY' is no locale"),
        ("es", "fr_FR", "'fr_FR' is a locale of 'fr', not of the language 'es'"),
    ],
)
def test_a_language_that_cannot_be_meant(code, locale, message):
    with pytest.raises(BadInput, match=message):
        language(code, locale)


def test_numbers_of_countries():
    assert language("es").number(1234567.89, 2) == "1.234.567,89"
    assert language("es", "es_MX").number(1234567.89, 2) == "1,234,567.89"
    assert language("fr").number(-0.5, 1) == "-0,5"
    assert language("en").percent(0.5) == "50.0%"


def test_thousands_of_switzerland_have_all_their_marks():
    swiss = language("fr", "fr_CH")
    assert swiss.number(1846175) == "1'846'175"
    assert swiss.number(-12345678.25, 1) == "-12'345'678,2"
    assert swiss.percent(12345.678, 1) == "1'234'567,8%"


def test_what_is_no_exception_has_no_refusal():
    assert refusal(BadInput("wrong"), "fr") == "wrong"
    for given in ("wrong", None):
        with pytest.raises(BadInput, match=r"error: give the exception that was raised \(got (str|NoneType)\)"):
            refusal(given)


@pytest.mark.parametrize("place", ["en", "fr", "es", "en_GB", "fr_CA", "es_MX", "es_419"])
def test_numbers_and_percentages_are_those_of_babel(place):
    say, country = language(place[:2], place), Locale.parse(place)
    near = [2.675, 0.125, -0.004, -0.0, 12.5, 1e15, 1234567.891, 7, 0.00005, float("inf"), -float("inf")]
    for value in [*near, *np.random.default_rng(1).normal(0.0, 1e3, 50).round(4)]:
        for digits in range(4):
            usual = format_decimal(value, format=f"#,##0.{'0' * digits}".rstrip("."), locale=country)
            assert say.number(value, digits) == usual
            pattern = country.percent_formats[None].pattern.replace("0", f"0.{'0' * digits}".rstrip("."), 1)
            assert say.percent(value, digits) == format_percent(value, format=pattern, locale=country)


def test_numbers_in_translations_have_the_marks_of_the_country():
    changed = "Fertility 0.2 children lower"
    assert language("es")(changed) == "Fecundidad menor en 0,2 hijos"
    assert language("es", "es_MX")(changed) == "Fecundidad menor en 0.2 hijos"
    assert language("es", "es_MX")("Mortality 10% lower") == "Mortalidad un 10% menor"
    assert language("fr", "fr_CH")("Deaths per 1,000") == "Décès pour 1'000"


@pytest.mark.parametrize(("currency", "words"), [("EUR", "millions d’EUR"), ("XOF", "millions de XOF")])
def test_a_currency_that_begins_with_a_vowel_takes_an_apostrophe_in_french(currency, words):
    assert language("fr")("millions of {currency}", currency=currency) == words
