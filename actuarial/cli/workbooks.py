"""Refusals and warnings about inputs in a workbook: with its cells, and in its language where there are words."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from actuarial.errors import ActuarialError, BadWorkbook, IdentityFailed
from actuarial.translation import Language, language, message_of


@contextmanager
def told_in_cells(arguments: argparse.Namespace) -> Iterator[None]:
    """Refuse what is refused inside with the cells of the workbooks that the words of a command name, if any."""
    from actuarial.sheets.told import in_cells

    try:
        yield
    except (BadWorkbook, IdentityFailed):
        raise
    except ActuarialError as error:
        text = message_of(error)
        for book in _books(arguments):
            text = in_cells(text, book.places, book.names, book.say)
        raise type(error)(text) from None


def approval(basis: Any, scheme: Any, warnings: Iterable[str], arguments: argparse.Namespace) -> str:
    """That a basis and a scheme can be valued, and the warnings, with the cells of a workbook if there is one."""
    from actuarial.report.summary import listed

    say = arguments.say
    years = {"first": int(basis["year"][0]), "last": int(basis["year"][-1])}
    text = say("{scheme}: scheme and basis can be valued, {first} to {last}.", scheme=scheme.name, **years)
    return f"{text}\n{listed(_warned(warnings, _books(arguments), say), say)}"


def language_of(arguments: argparse.Namespace) -> str | None:
    """The language of the workbook that the words of a command name for a law or a basis; None without one."""
    from actuarial.sheets.cells import is_workbook
    from actuarial.sheets.marks import marked

    known = getattr(arguments, "books", [])
    if known:
        return str(known[0].say.code)
    paths = [path for path in (arguments.scheme, arguments.basis) if path is not None and is_workbook(path)]
    return str(marked(paths[0]).say.code) if paths else None


def settle(arguments: argparse.Namespace, inputs: str | None = None) -> None:
    """Settle the language of a command: the one that it was told, else that of inputs, else that of the environment.

    Raises
    ------
    BadInput
        An unknown language or locale.
    """
    if arguments.language is None:
        arguments.language = inputs or arguments.say.code
        arguments.locale = arguments.locale or _country(arguments.say, arguments.language)
    arguments.say = language(arguments.language, arguments.locale)


def _country(environment: Language, code: str) -> str | None:
    """The country of the environment, where its language is that of a command."""
    return environment.locale if environment.locale.startswith(f"{code}_") else None


def spoken(arguments: argparse.Namespace) -> Language:
    """The language in which a command refuses: the one that it was told, else that of its workbook, else of help."""
    words = vars(arguments)
    with suppress(ActuarialError, OSError):
        if words.get("language"):
            return language(words["language"], words.get("locale"))
        if {"scheme", "basis"} <= words.keys():
            code = language_of(arguments)
            return language(code, words.get("locale") or _country(arguments.say, code)) if code else arguments.say
    return arguments.say


def _warned(warnings: Iterable[str], books: Sequence[Any], say: Language) -> list[str]:
    """Warnings in the language, with the cells that they are about."""
    from actuarial.report.content.warning_words import said_warning
    from actuarial.sheets.told import cell_of, in_columns

    found = []
    for line in warnings:
        cell = next((cell for book in books if (cell := cell_of(line, book.places))), "")
        text = in_columns(line) if books else line
        said = str(text) if say.code == "en" else said_warning(say, text) or str(text)
        found.append(f"{cell}: {said}" if cell else said)
    return found


def _books(arguments: argparse.Namespace) -> list[Any]:
    """The workbooks of a law and of a basis, with the cells of what was read in them; read again where need be."""
    from actuarial.forms import scheme_of_workbook
    from actuarial.readers.workbook_basis import basis_of_workbook
    from actuarial.sheets.cells import is_workbook
    from actuarial.sheets.marks import marked

    books = getattr(arguments, "books", [])
    if not books:
        for path in dict.fromkeys((arguments.scheme, arguments.basis)):
            if is_workbook(path):
                books.append(marked(path))
                for read in (scheme_of_workbook, basis_of_workbook):
                    with suppress(BadWorkbook):
                        read(books[-1])
    return books
