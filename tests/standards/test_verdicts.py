"""Verdicts: words, combinations, messages in three languages, and how numbers are written."""

import re
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actuarial.errors import BadInput, OutOfBounds
from actuarial.standards import Verdict, all_of, any_of, durations, leaves, level, levels, message, with_notes
from actuarial.standards.numbers import exact, percent, plain, share_of
from actuarial.standards.verdicts import LABELS, PHRASES, WORDS, Message
from actuarial.translation import language


def verdict(word, article="1"):
    return Verdict("C102", "V", article, "", None, None, word)


def naive(words, met, missed):
    """Words of a combination by rules of three lines."""
    if met in words:
        return met
    left = [word for word in ("undetermined", "not_assessable", "not_verified", "absent") if word in words]
    return left[0] if left else missed


def test_combinations():
    for words in product(WORDS, repeat=3):
        tried = [verdict(word, str(n)) for n, word in enumerate(words)]
        one, every = any_of(tried), all_of(tried)
        assert one.verdict == naive(words, "pass", "fail"), words
        assert every.verdict == naive(words, "fail", "pass"), words
        assert one.of == every.of == tuple(tried)
        assert tried[int(one.article)].verdict == one.verdict
        assert leaves(any_of([every, one])) == (*tried, *tried)


def test_combinations_keep_the_numbers_of_what_decides():
    first, second = level("C102.V", 300, 1000), level("C102.V", 500, 1000)
    assert any_of([first, second]).value == second.value
    assert all_of([second, first]).arithmetic == first.arithmetic
    assert any_of([first, second], article="28", subject="other").article == "28"
    assert any_of([first, second], article="28", subject="other").subject == "other"


def test_what_cannot_be_combined():
    with pytest.raises(BadInput, match="there is none to combine"):
        any_of([])
    with pytest.raises(BadInput, match="'good' is none of pass, fail, not_assessable, not_verified, undetermined"):
        verdict("good")


@pytest.mark.parametrize(
    ("article", "alternative", "place"),
    [
        ("27(b)", "27(b)", "27(b)"),
        ("29", "29(3)", "29(3)"),
        ("28, Schedule", "65(6)(d)", "28, Schedule, 65(6)(d)"),
        ("44", "", "44"),
    ],
)
def test_place(article, alternative, place):
    assert Verdict("C102", "", article, alternative, None, None, "pass").place == place


def test_places_in_the_language_of_the_reader():
    say = language("fr")
    assert level("C102.V", 1, 1).place_in(say) == "28, tableau annexé à la partie XI, 65"
    assert level("C128.II", 1, 1).place_in(language("es")) == "10, 26-28, cuadro anexo a la parte V, 26"
    assert level("R191", 1, 1).place_in(say) == "R191 paragraphe 2"
    words = {text for one in levels().values() for text in re.findall("[A-Za-z]{3,}", one.article)}
    words |= {text for one in durations().values() for text in re.findall("[A-Za-z]{3,}", one.article)}
    assert words - set(" ".join(PHRASES).split()) == set()


@pytest.mark.parametrize("code", ["en", "fr", "es"])
def test_messages_are_said_with_their_values(code):
    say = language(code)
    inner = Message("employees protected")
    said = message("Numbers are missing: {names}.", names=inner).said(say)
    assert say("employees protected") in said
    number = message("Years completed: {years}", years=Fraction(25, 2)).said(say)
    assert {"en": "12.50", "fr": "12,50", "es": "12,50"}[code] in number
    found = with_notes(level("C102.V", 1, 1), message("No review was due."), interpreted=True)
    assert (found.interpreted, found.note[-1].said(say)) == (True, say("No review was due."))
    assert found.label(say) == say(LABELS["pass"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1 + 0.2, Fraction(3, 10)),
        (600 / 900, Fraction(2, 3)),
        (1 / 3 + 1 / 3, Fraction(2, 3)),
        (123456.78, Fraction(12345678, 100)),
        (0.0, Fraction(0)),
        ("0.015", Fraction(3, 200)),
        (Fraction(2, 3) - Fraction(1, 10**15), Fraction(2, 3) - Fraction(1, 10**15)),
        (0.66666666, Fraction(66666666, 10**8)),
        (1e-20, Fraction(1, 10**20)),
    ],
)
def test_exact(value, expected):
    assert exact(value) == expected


@given(value=st.floats(-1e12, 1e12, allow_subnormal=False), whole=st.integers(1, 10**5), part=st.integers(0, 10**5))
def test_a_float_is_a_fraction_that_it_cannot_be_told_from(value, whole, part):
    assert abs(exact(value, least=None) - Fraction(value)) <= abs(Fraction(value)) / 10**12
    assert exact(part / whole) == Fraction(part, whole) or len(repr(part / whole)) < 15


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (float("nan"), OutOfBounds, "wage: nan is not finite"),
        (float("inf"), OutOfBounds, "wage: inf is not finite"),
        (-1, OutOfBounds, "wage: -1 is below 0"),
        (2, OutOfBounds, "wage: 2 is above 1"),
        ("a lot", BadInput, "wage: 'a lot' is no number"),
        (True, BadInput, "wage: True is true or false"),
        (None, BadInput, "wage: None is no number"),
    ],
)
def test_numbers_that_cannot_be_meant(value, error, text):
    with pytest.raises(error, match=text):
        exact(value, "wage", most=1)


def test_a_share_of_nothing():
    with pytest.raises(OutOfBounds, match="denominator is zero"):
        share_of(1, 0)


def test_percentages_show_the_side_of_the_threshold():
    assert percent("0.44999", "0.45") == "44.999%"
    assert percent("0.4500000001", "0.45") == "45.00000001%"
    assert percent("0.45", "0.45") == "45.00%"
    assert percent("0.005", "0.45") == "0.50%"
    assert percent("-0.123456", None) == "-12.35%"


def test_numbers_in_arithmetic():
    assert [plain(one) for one in (1000, "0.0125", "8000/9", "-1/3", "12.3456789")] == [
        "1000",
        "0.0125",
        "8000/9",
        "-1/3",
        "~12.345679",
    ]
