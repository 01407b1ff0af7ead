"""Words and numbers in the languages of the readers: English is the language of the source, the others are catalogues.

A message is the English text itself. `locale/LANGUAGE/*.po` hold the translations; a message may stand in several files
if they say the same. Names for places in a message are in braces and are the same in all languages.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, TypeVar

from actuarial.errors import ActuarialError, BadInput

if TYPE_CHECKING:
    from babel import Locale
    from babel.messages.catalog import Catalog

T = TypeVar("T")
LANGUAGES = ("en", "fr", "es")
FOLDER = Path(__file__).with_name("locale")
NO_NUMBER = "–"
"""What stands for a number that does not exist, as an average of nobody."""


class NotTranslated(ActuarialError):
    """A message of the library has no translation: a mistake of the library, not of its user."""


def N_(text: T) -> T:  # noqa: N802 (the habit of gettext)
    """Mark a text as one to translate where it is said; the text itself."""
    return text


class Told:
    """A message with what stands in its places, to be said when the language is known.

    Examples
    --------
    >>> Told("no translation of {text!r}", text="abc").said(language("en"))
    "no translation of 'abc'"
    """

    def __init__(self, text: str, /, **values: object) -> None:
        self.text, self.values = text, values

    def said(self, say: "Language") -> str:
        """The message in a language, and messages inside it too."""
        values = {name: one.said(say) if isinstance(one, Told) else one for name, one in self.values.items()}
        return say(self.text, **values)

    def __str__(self) -> str:
        return self.said(language())


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
        said = text if self.code == "en" else _messages(self.code).get(text)
        if not said:
            raise NotTranslated(f"{self.code}: no translation of {text!r} in {FOLDER / self.code}.")
        return said.format(**values) if values else said

    def number(self, value: float, digits: int = 0) -> str:
        """A number with the separators of the country; a dash for one that does not exist."""
        from babel.numbers import format_decimal

        if value != value:
            return NO_NUMBER
        return format_decimal(value, format="#,##0" + _fraction(digits), locale=_country(self.locale))

    def percent(self, value: float, digits: int = 1) -> str:
        """A share as a percentage; a dash for one that does not exist."""
        from babel.numbers import format_percent

        if value != value:
            return NO_NUMBER
        pattern = _country(self.locale).percent_formats[None].pattern
        zeros = pattern.replace("0", "0" + _fraction(digits), 1)
        return format_percent(value, format=zeros, locale=_country(self.locale))

    def day(self, value: date) -> str:
        """A date in words."""
        from babel.dates import format_date

        return format_date(value, format="long", locale=_country(self.locale))

    @property
    def decimal(self) -> str:
        """The mark between units and decimals."""
        return _country(self.locale).number_symbols["latn"]["decimal"]

    @property
    def group(self) -> str:
        """The mark between thousands."""
        return _country(self.locale).number_symbols["latn"]["group"]


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
    from babel import Locale, UnknownLocaleError

    if code not in LANGUAGES:
        raise BadInput(f"language: {code!r} is none that reports are written in; they are {', '.join(LANGUAGES)}.")
    try:
        known = Locale.parse(locale or code)
    except (ValueError, UnknownLocaleError) as error:
        raise BadInput(f"locale: {locale!r} is no locale; write language and country such as es_MX.") from error
    if known.language != code:
        raise BadInput(f"locale: {locale!r} is a locale of {known.language!r}, not of the language {code!r}.")
    return Language(code, str(known))


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
def pattern_of(message: str) -> re.Pattern[str]:
    """What finds the values of a message in a text that was made from it, each under its name."""
    parts = Formatter().parse(message)
    text = "".join(re.escape(words) + (f"(?P<{name}>.*?)" if name else "") for words, name, _, _ in parts)
    return re.compile(text, re.DOTALL)


@cache
def _country(locale: str) -> "Locale":
    from babel import Locale

    return Locale.parse(locale)


def _fraction(digits: int) -> str:
    return "." + "0" * digits if digits else ""
