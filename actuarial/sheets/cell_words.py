"""Words that a law chooses from as cells show them: in the language of the workbook, and read in any language.

Scheme files keep their keys: a cell that says "prix" or "precios" is read as `prices`, and so is one that says that.
In English the keys themselves are shown.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from actuarial.sheets.law_words import FORMS, WORDS
from actuarial.translation import LANGUAGES, Language, Told, language

SHORTEST = 4
"""Letters of a word that is meant where others stand beside it, as in "les prix"."""
BETWEEN, SEPARATED = " or ", re.compile(r"[,;\n]")


def options_of(kind: str) -> tuple[str, ...]:
    """The words that a cell of a kind may hold: those after the first in `choice or prices or wages`."""
    return tuple(kind.split(BETWEEN)[1:])


def base_of(kind: str) -> str:
    """A kind of cells without the words that these may hold."""
    return kind.split(BETWEEN)[0]


def is_form(key: str) -> bool:
    """Whether a field is the word that chooses a form."""
    return key.rpartition(".")[2] == "form"


def shown(say: Language, word: str, *, form: bool = False) -> str:
    """What a cell says for a word of the law; one that nobody knows as it is.

    Some words are forms in one place and values in another; `form` says which of them is meant.
    """
    first, second = (FORMS, WORDS) if form else (WORDS, FORMS)
    known = first.get(word) or second.get(word)
    return word if known is None or say.code == "en" else say(known)


def explained(say: Language, word: str, *, form: bool = False) -> str:
    """What a cell says for a word of the law, and in brackets what stands in scheme files or what is meant by it."""
    first, second = (FORMS, WORDS) if form else (WORDS, FORMS)
    known = first.get(word) or second.get(word)
    if known is None:
        return word
    text = say(known)
    if text.lower() == word.replace("_", " "):
        return shown(say, word, form=form)
    return f"{word} ({text})" if say.code == "en" else f"{text} ({word})"


def meant(text: str, words: Iterable[str], *, form: bool = False) -> str | None:
    """The word of the law that a cell says, as it is in scheme files or in one of the languages; None for another."""
    there = folded(text)
    return next((word for word in words if text == word or there in _said(word, form)), None)


def unknown(say: Language, given: object, words: Sequence[str], *, form: bool = False) -> Told:
    """That a cell says none of the words that it may hold: which these are, and which of them looks like it."""
    allowed = [shown(say, word, form=form) for word in words]
    there = folded(str(given))
    alike = {one: allowed[i] for i, word in enumerate(words) for one in _said(word, form)}
    inside = [one for one in alike if len(one) >= SHORTEST and f" {one} " in f" {there} "]
    close = get_close_matches(there, alike, n=1, cutoff=0.7) or inside
    listed = ", ".join(allowed)
    if close:
        return Told(
            "{word} is none of the words that may stand here: {allowed}; did you mean {close}?",
            word=repr(given), allowed=listed, close=alike[close[0]],
        )  # fmt: skip
    return Told("{word} is none of the words that may stand here: {allowed}", word=repr(given), allowed=listed)


@dataclass(frozen=True)
class Names:
    """Names of the parts of a law: those that they have been given, and the forms of parts that are called by these."""

    own: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()

    def shown(self, say: Language, name: str) -> str:
        """What a cell says for a name: that of a form in words, all others as they are."""
        text = shown(say, name, form=True) if name in self.forms else name
        return name if text in self.own or SEPARATED.search(text) else text

    def meant(self, text: str) -> str:
        """The name that a cell says: a form where it is called like one and no part has been given that name."""
        return text if text in self.own else meant(text, self.forms, form=True) or text


def names_of(raw: Mapping[str, Any]) -> Names:
    """Names of the parts of a law, from the tables of its scheme file."""
    lists = [value for value in raw.values() if isinstance(value, list)]
    parts = [one for many in lists for one in many if isinstance(one, Mapping)]
    own = frozenset(str(one["name"]) for one in parts if "name" in one)
    return Names(own, frozenset(str(one["form"]) for one in parts if "form" in one and "name" not in one))


def folded(text: str) -> str:
    """A word without what typing changes: capitals, accents, the shape of apostrophes and spaces."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("_", " "))
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).casefold().split())


@cache
def _said(word: str, form: bool) -> frozenset[str]:
    """A word of the law in all languages."""
    return frozenset({folded(word), *(folded(shown(language(code), word, form=form)) for code in LANGUAGES)})
