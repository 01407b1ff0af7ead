"""Meanings of the vocabulary and descriptions of scheme files are said in every language, and nothing else is."""

import re

import pytest

from actuarial import form_table
from actuarial.schema import json_schema
from actuarial.translation import LANGUAGES, catalogues
from actuarial.vocabulary import DIMS, SEXES, variables

FOREIGN = [code for code in LANGUAGES if code != "en"]
ALIKE = {
    "fr": {"cause", "fraction", "horizon", "participants", "ratio", "stock"},
    "es": {"factor"},
}
"""Words that are the same in a language as in English."""


def words_of_the_vocabulary():
    found = {*DIMS, *SEXES}
    for row in variables().values():
        found |= {row.meaning, row.units, row.kind, row.timing, row.role, *row.dims}
    return found - {""}


def descriptions(part):
    """First paragraphs of all descriptions of a schema."""
    if isinstance(part, list):
        return {text for one in part for text in descriptions(one)}
    if not isinstance(part, dict):
        return set()
    found = {text for key, one in part.items() for text in descriptions(one)}
    if isinstance(part.get("description"), str):
        found.add(" ".join(part["description"].split("\n\n")[0].split()))
    return found


def words_of_the_law(monkeypatch):
    """Descriptions of the forms of the library, without those that a test has registered."""
    for table in ("FORMS", "HEALTH_FORMS"):
        known = getattr(form_table, table).items()
        own = {word: form for word, form in known if form.__module__.startswith("actuarial.")}
        monkeypatch.setattr(form_table, table, own)
    return descriptions(json_schema("pension")) | descriptions(json_schema("health"))


def translations(code, part):
    return {message.id: message.string for message in catalogues(code)[part] if message.id}


@pytest.mark.parametrize("code", FOREIGN)
def test_the_vocabulary_is_translated(code):
    known, said = translations(code, "vocabulary"), words_of_the_vocabulary()
    assert sorted(text for text in said if not known.get(text)) == []
    assert sorted(known.keys() - said) == []


NO_WORDS = {"exp", "ln", "max", "min", "prod", "sum"}
"""Functions that all languages write alike, and sums, which have a sign."""
PARTS = re.compile(r"[A-Za-z]+_\w+|[+*/()\[\]=<>]|\d+")


@pytest.mark.parametrize("code", FOREIGN)
def test_formulas_with_words_are_translated_and_keep_symbols_signs_and_numbers(code):
    known, rows = translations(code, "formulas"), variables().values()
    symbols = {word for row in rows for word in re.findall("[A-Za-z]{2,}", row.symbol)} | NO_WORDS
    words = {row.formula: re.findall(r"\b[a-z]{2,}\b", row.formula.replace("sum of", "")) for row in rows}
    worded = {formula for formula, found in words.items() if {*found} - symbols}
    assert len(worded) > 140
    assert sorted(worded - known.keys()) == []
    assert sorted(known.keys() - {row.formula for row in rows}) == []
    assert {text for text, said in known.items() if sorted(PARTS.findall(text)) != sorted(PARTS.findall(said))} == set()


@pytest.mark.parametrize("code", FOREIGN)
def test_fields_and_forms_are_translated(code, monkeypatch):
    known, said = translations(code, "fields"), words_of_the_law(monkeypatch)
    assert len(said) > 300
    assert sorted(text for text in said if not known.get(text)) == []
    assert sorted(known.keys() - said) == []


@pytest.mark.parametrize("code", FOREIGN)
def test_no_translation_is_the_english_text(code):
    both = translations(code, "vocabulary") | translations(code, "fields")
    assert {text for text, said in both.items() if text.lower() == said.lower()} == ALIKE[code]


@pytest.mark.parametrize("code", FOREIGN)
def test_codes_inside_texts_stay_as_they_are(code):
    both = translations(code, "vocabulary") | translations(code, "fields")
    names = {*variables(), "coverage_concept", "a0_rule", "retirement_age", "from_age"}
    lost = {}
    for text, said in both.items():
        kept = {word for word in text.replace(":", " ").split() if "_" in word or "`" in word}
        kept = {word.strip("(),;:.") for word in kept if " " in text} & (names | {f"`{name}`" for name in names})
        missing = {word for word in kept if word not in said}
        lost |= {text: missing} if missing else {}
    assert lost == {}


ALGEBRA = r"\b[a-z]!|\)!|N'_x"
"""Factorials and a primed symbol, whose marks are no punctuation."""
WRONG = {
    "fr": {
        "a narrow space that does not break before high marks": r"[ \u00a0][;:!?]",
        "a space before high marks": r"(?<=[^\s\u202f])[;!?]",
        "spaces that do not break inside quotes": r"«(?![\u00a0\u202f])|(?<![\u00a0\u202f])»",
        "the apostrophe of print": r"\w'\w",
        "a comma before decimals": r"\d\.\d",
        "a space that does not break before %": r"(?<=\d)[ ]?%",
    },
    "es": {
        "no space before marks": r"\s[;:!?]",
        "a comma before decimals, no point in thousands": r"\d\.\d",
        "a space that does not break before %": r"(?<=\d)[ ]?%",
    },
}
"""What no text of a language may have, by what it must have instead."""


@pytest.mark.parametrize("code", FOREIGN)
def test_texts_are_set_as_the_language_is_printed(code):
    texts = {message.string for one in catalogues(code).values() for message in one if message.id}
    codes = r"\{[^{}]*\}|\([^()]*_[^()]*;[^()]*\)"
    plain = {text: re.sub(f"{codes}|{ALGEBRA}", "0", text) for text in texts}
    for what, pattern in WRONG[code].items():
        assert sorted(text for text, said in plain.items() if re.search(pattern, said)) == [], what


def test_spanish_opens_what_it_asks_and_calls():
    texts = [
        re.sub(ALGEBRA, "", message.string.replace("!r}", "}"))
        for one in catalogues("es").values()
        for message in one
        if message.id
    ]
    assert sum("¿" in text for text in texts) > 5
    assert [text for text in texts if text.count("¿") != text.count("?") or text.count("¡") != text.count("!")] == []
