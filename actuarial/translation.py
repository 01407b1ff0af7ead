"""Words and numbers in the languages of the readers: English is the language of the source, the others are catalogues.

A message is the English text itself. `locale/LANGUAGE/*.po` hold the translations; a message may stand in several files
if they say the same. Names for places in a message are in braces and are the same in all languages; how a number is
written there, as in `{share:.1%}`, is said by the English text alone.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from numbers import Real
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Self, TypeVar

from actuarial.errors import ActuarialError, BadInput

if TYPE_CHECKING:
    from babel import Locale
    from babel.messages.catalog import Catalog

T = TypeVar("T")
LANGUAGES = ("en", "fr", "es")
FOLDER = Path(__file__).with_name("locale")
NO_NUMBER = "–"
"""What stands for a number that does not exist, as an average of nobody."""
FEW = 4
"""Labels that a message lists in full."""
ENVIRONMENT = ("ACTUARIAL_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Variables of the environment that name a language, with a country or without; the first that is set counts."""


class NotTranslated(ActuarialError):
    """A message of the library has no translation: a mistake of the library, not of its user."""


def N_(text: T) -> T:  # noqa: N802 (the habit of gettext)
    """Mark a text as one to translate where it is said; the text itself."""
    return text


class Told(str):
    """A message in English that knows its text and what stands in its places, to be said in other languages as well.

    Values are words, numbers, other messages, tuples of them (with commas between) or lists (a line for each).

    Examples
    --------
    >>> share = Told("{count} of {whole} cells ({share:.1%})", count=3, whole=20, share=0.15)
    >>> share, share.values["count"]
    ('3 of 20 cells (15.0%)', 3)
    """

    text: str
    values: dict[str, object]

    def __new__(cls, text: str, /, **values: object) -> Self:
        told = super().__new__(cls, filled(text, text, values, format) if values else text)
        told.text, told.values = text, values
        return told

    def __getnewargs_ex__(self) -> tuple[tuple[str, ...], dict[str, object]]:
        return (self.text,), self.values

    def with_values(self, values: Mapping[str, object]) -> Self:
        """The same message with other values."""
        texts, _ = self.__getnewargs_ex__()
        return type(self)(*texts, **values)

    def said(self, say: "Language") -> str:
        """The message in a language, and messages inside it too."""
        return say(self.text, **self.values)


class Meaning(Told):
    """A text of data, as what a field means: in a language where its catalogue has it, else as it is."""

    def said(self, say: "Language") -> str:
        try:
            return super().said(say)
        except NotTranslated:
            return self


class InFile(Told):
    """What is written in a scheme file or in Python; `cells` is what the reader of a workbook is told instead."""

    cells: str

    def __new__(cls, text: str, cells: str, /, **values: object) -> Self:
        written = super().__new__(cls, text, **values)
        written.cells = cells
        return written

    def __getnewargs_ex__(self) -> tuple[tuple[str, ...], dict[str, object]]:
        return (self.text, self.cells), self.values


def inside(words: str) -> str:
    """Words inside a sentence: without the capital that they begin with."""
    return words[:1].lower() + words[1:]


def few(labels: Iterable[object]) -> str:
    """Labels in words: all of them if they are at most four, else of numbers the first, the last and how many, of words
    the first three and how many more."""
    words = [str(label) for label in labels]
    if len(words) <= FEW:
        return ", ".join(words)
    if all(re.fullmatch(r"-?[\d.]+", word) for word in words):
        return Told("{first} to {last} ({count} of them)", first=words[0], last=words[-1], count=len(words))
    return Told("{names} and {count} more", names=", ".join(words[: FEW - 1]), count=len(words) - FEW + 1)


SYSTEM = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("No space left on device"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("Read-only file system"),
    N_("File name too long"),
    N_("Device or resource busy"),
    N_("Too many open files"),
    N_("Input/output error"),
    N_("Cannot allocate memory"),
)
"""What operating systems tell most often."""


def why(error: Exception, otherwise: str | None = None) -> str:
    """What the operating system tells, in a language where it is one of `SYSTEM`; of another error another text."""
    if isinstance(error, OSError) and error.strerror:
        return Meaning(error.strerror)
    return str(error) if otherwise is None else otherwise


def message_of(error: BaseException) -> str:
    """What an error says, as the message that knows its values where it was given one."""
    return error.args[0] if error.args and isinstance(error.args[0], str) else str(error)


def told(text: str, say: "Language") -> str:
    """A text in a language where it is a message, else as it is."""
    return text.said(say) if isinstance(text, Told) else str(text)


def filled(text: str, source: str, values: Mapping[str, object], written: Callable[[object, str], str]) -> str:
    """A text with values in its places, in which numbers are written as the same place of the English source says."""
    formats, whole = {name: form for _, name, form, _ in _parts(source)}, ""
    for words, name, _, conversion in _parts(text):
        whole += words
        if name is not None:
            value = repr(values[name]) if conversion == "r" else values[name]
            whole += _written(value, formats.get(name) or "", written)
    return whole


def _written(value: object, form: str, written: Callable[[object, str], str]) -> str:
    if isinstance(value, (tuple, list)):
        return (", " if isinstance(value, tuple) else "\n").join(_written(one, form, written) for one in value)
    if isinstance(value, Real) and not isinstance(value, bool):
        return written(value, form)
    return written(value, "") if isinstance(value, Told) else format(value, "" if isinstance(value, str) else form)


def _elided(text: str, currency: str) -> str:
    """A French text in which "de" before a currency that begins with a vowel is "d’", as in "millions d’EUR"."""
    return text.replace(f" de {currency}", f" d’{currency}") if currency[:1].upper() in tuple("AEIOU") else text


@cache
def _parts(text: str) -> tuple[tuple[str, str | None, str | None, str | None], ...]:
    return tuple(Formatter().parse(text))


@dataclass(frozen=True)
class Language:
    """A language with the habits of a country: `say(text, name=value)` is the text in it.

    Examples
    --------
    >>> say = language("fr")
    >>> say.number(1234567.891, 1), say.percent(0.1607, 2), say.number(float("nan"))
    ('1\u202f234\u202f567,9', '16,07\xa0%', '–')
    >>> language("es", "es_MX").number(1234567.891, 2)
    '1,234,567.89'
    """

    code: str
    locale: str

    def __call__(self, text: str, /, **values: object) -> str:
        """The text in this language, with the values in their places.

        Raises
        ------
        NotTranslated
            The catalogue of the language lacks the text.
        """
        return self.written_as(text, text, values)

    def written_as(self, source: str, text: str, values: Mapping[str, object]) -> str:
        """The text in this language, with numbers as another English message writes those of the same places."""
        said = text if self.code == "en" else _messages(self.code).get(text)
        if not said:
            raise NotTranslated(f"{self.code}: no translation of {text!r} in {FOLDER / self.code}.")
        if self.locale != self.code != "en":
            said = _of_country(said, self)
        written = filled(said, source, values, self._written) if values else said
        return _elided(written, str(values["currency"])) if self.code == "fr" and "currency" in values else written

    def _written(self, value: object, form: str) -> str:
        """A message in the language, a number with the marks of the country."""
        if isinstance(value, Told):
            return value.said(self)
        text = format(value, form)
        return self.marked(text if form or self.code == "en" else text.removesuffix(".0"))

    def marked(self, text: str) -> str:
        """A number that is written as in English, with the marks and the per cent sign of the country."""
        if self.locale == "en":
            return text
        signs = {".": self.decimal, ",": self.group, "%": self.percent(0.0, 0)[1:]}
        return "".join(signs.get(sign, sign) for sign in text)

    def number(self, value: float, digits: int = 0) -> str:
        """A number with the separators of the country; a dash for one that does not exist."""
        return NO_NUMBER if value != value else self._marks(_rounded(value, digits))

    def percent(self, value: float, digits: int = 1) -> str:
        """A share as a percentage; a dash for one that does not exist."""
        if value != value:
            return NO_NUMBER
        before, after = _marks_of(self.locale)[2:]
        return before + self._marks(_rounded(value, digits, 2)) + after

    def _marks(self, text: str) -> str:
        """An English number with the marks of the country."""
        return text.translate({ord("."): self.decimal, ord(","): self.group})

    def day(self, value: date) -> str:
        """A date in words; in English without a country as it is written in Britain."""
        from babel.dates import format_date

        return format_date(value, format="long", locale=_country("en_GB" if self.locale == "en" else self.locale))

    @property
    def decimal(self) -> str:
        """The mark between units and decimals."""
        return _marks_of(self.locale)[0]

    @property
    def group(self) -> str:
        """The mark between thousands."""
        return _marks_of(self.locale)[1]


@cache
def _of_country(text: str, say: Language) -> str:
    """A translation whose own numbers have the marks of the country, and its blank before a per cent sign."""
    text = re.sub(r"(?<=\d),(?=\d)", say.decimal, text)
    text = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}\b)", say.group, text)
    return re.sub(r"(?<=[\d}])[ \u00a0\u202f]%", say.percent(0.0, 0)[1:], text)


def language(code: str = "en", locale: str | None = None) -> Language:
    """A language, and the country whose numbers and dates are written.

    Parameters
    ----------
    code : {"en", "fr", "es"}
    locale : str, optional
        Language and country such as `es_MX`; by default the language without a country.

    Raises
    ------
    BadInput
        A language that the library does not speak, or a locale that does not exist or is of another language.

    Examples
    --------
    >>> language("es").number(0.5, 2)
    '0,50'
    """
    if code not in LANGUAGES:
        raise BadInput(
            Told(
                "language: {code!r} is none that reports are written in; they are {languages} "
                "(English, français, español).",
                code=code,
                languages=LANGUAGES,
            )
        )
    if locale is None:
        return Language(code, code)
    from babel import Locale, UnknownLocaleError

    try:
        known = Locale.parse(locale)
    except (ValueError, UnknownLocaleError) as error:
        text = Told("locale: {locale!r} is no locale; write language and country such as es_MX.", locale=locale)
        raise BadInput(text) from error
    if known.language != code:
        raise BadInput(
            Told(
                "locale: {locale!r} is a locale of {language!r}, not of the language {code!r}.",
                locale=locale,
                language=known.language,
                code=code,
            )
        )
    return Language(code, str(known))


def language_of_environment() -> Language:
    """The language that the environment names, with the habits of its country; English where it names none of ours.

    The first of ACTUARIAL_LANGUAGE, LC_ALL, LC_MESSAGES and LANG that says something counts, such as `fr` or
    `es_MX.UTF-8`. The variables of the system may name languages and countries that nobody knows here: they are passed
    over.

    Raises
    ------
    BadInput
        ACTUARIAL_LANGUAGE is a language that the library does not speak, or a locale that does not exist.
    """
    name = next((name for name in ENVIRONMENT if os.environ.get(name)), "")
    stated = os.environ.get(name, "en").partition(".")[0].partition("@")[0]
    code, _, country = stated.partition("_")
    if code in LANGUAGES and not country:
        return Language(code, code)
    ours = name == ENVIRONMENT[0]
    if not ours and code not in LANGUAGES[1:]:
        return Language("en", "en")
    try:
        return language(code, stated)
    except BadInput as error:
        if not ours:
            return Language(code, code)
        raise BadInput(Told("{name}: {wrong}", name=name, wrong=message_of(error))) from error


@cache
def catalogues(code: str) -> "dict[str, Catalog]":
    """Catalogues of a language by the name of their file."""
    from babel.messages.pofile import read_po

    found = {}
    for path in sorted((FOLDER / code).glob("*.po")):
        with path.open("rb") as file:
            found[path.stem] = read_po(file, locale=code)
    return found


@cache
def _messages(code: str) -> dict[str, str]:
    return {
        message.id: message.string
        for one in catalogues(code).values()
        for message in one
        if message.id and isinstance(message.id, str) and isinstance(message.string, str) and not message.fuzzy
    }


@cache
def _country(locale: str) -> "Locale":
    from babel import Locale

    return Locale.parse(locale)


@cache
def _marks_of(locale: str) -> tuple[str, str, str, str]:
    """The marks of a country before decimals and between thousands, and what stands before and after a percentage."""
    country = _country(locale)
    symbols = country.number_symbols["latn"]
    before, after = re.split(r"[#,.0]+", country.percent_formats[None].pattern, maxsplit=1)
    return symbols["decimal"], symbols["group"], before, after


def _rounded(value: float, digits: int, up: int = 0) -> str:
    """A number times 10 to the power `up` as it is written in English: of two that are as near the even one."""
    exact = Decimal(str(value)).scaleb(up)
    return f"{exact:,.{digits}f}" if exact.is_finite() else f"{exact:f}".replace("Infinity", "∞")
