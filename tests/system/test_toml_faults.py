"""Texts that are no TOML are told with line, column and what to write, in the language of the reader."""

import tomllib

import pytest

from actuarial.toml_faults import fault, syntax
from actuarial.translation import language

TEXTS = {
    "rate = 1,5": ("1", "something stands behind the value"),
    "rate =": ("1", "no value stands behind the ="),
    "\nname = Avania": ("2", "text needs quotation marks"),
    "pension law = 3": ("1", "a = is missing behind the key"),
    "a = 1\na = 2": ("2", "a key or a table is there twice"),
    "a = {b = 1": ("1", "a table in braces is not closed"),
    "a = [1, 2": ("1", "a list is not closed by ]"),
    "[table": ("1", "a ] is missing"),
    'a = "x\n"': ("1", "a text is not closed by its quotation mark"),
    'a = "C:\\data"': ("1", "write \\\\, or single quotation marks"),
    "a = 2025-02-30": ("1", "the day does not exist"),
}


def error_of(text):
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    return caught.value


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_is_no_toml_is_told_with_its_line_and_what_to_write(text):
    line, words = TEXTS[text]
    said = syntax("law.toml", text, error_of(text))
    assert said.startswith(f"law.toml:{line}: ")
    assert words in said


@pytest.mark.parametrize("code", ["fr", "es"])
def test_nothing_that_the_reader_says_in_english_is_left(code):
    for text in TEXTS:
        error = error_of(text)
        said = syntax("law.toml", text, error).said(language(code))
        english = str(error).partition(" (at ")[0]
        assert english not in said
        assert fault(error) not in said
