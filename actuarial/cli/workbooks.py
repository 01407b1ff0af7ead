"""Refusals and warnings about inputs in a workbook: with its cells, and in its language where there are words."""

import argparse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from actuarial.errors import ActuarialError, BadWorkbook, IdentityFailed


@contextmanager
def told_in_cells(arguments: argparse.Namespace) -> Iterator[None]:
    """Refuse what is refused inside with the cells of the workbooks that the words of a command name, if any."""
    from actuarial.sheets.told import in_cells

    try:
        yield
    except (BadWorkbook, IdentityFailed):
        raise
    except ActuarialError as error:
        text = str(error)
        for book in _books(arguments):
            text = in_cells(text, book.places, book.say)
        if text == str(error):
            raise
        raise type(error)(text) from None


def approval(basis: Any, scheme: Any, warnings: Iterable[str], arguments: argparse.Namespace) -> str:
    """That a basis and a scheme can be valued, and the warnings: in the language of the workbook, if there is one."""
    from actuarial.report.summary import listed
    from actuarial.translation import language

    books = _books(arguments)
    say = books[0].say if books else language("en")
    years = {"first": int(basis["year"][0]), "last": int(basis["year"][-1])}
    text = say("{scheme}: scheme and basis can be valued, {first} to {last}.", scheme=scheme.name, **years)
    return f"{text}\n{listed(_warned(warnings, books), say)}"


def language_of(arguments: argparse.Namespace) -> str:
    """The language of the workbook that the words of a command name for a law or a basis; English without one."""
    from actuarial.sheets.cells import is_workbook
    from actuarial.sheets.marks import marked

    known = getattr(arguments, "books", [])
    if known:
        return str(known[0].say.code)
    paths = [path for path in (arguments.scheme, arguments.basis) if is_workbook(path)]
    return marked(paths[0]).say.code if paths else "en"


def _warned(warnings: Iterable[str], books: Iterable[Any]) -> list[str]:
    """Warnings with the cells that they are about, and in the language of a workbook where their words are known."""
    from actuarial.report.content.warning_words import said_warning
    from actuarial.sheets.told import cell_of, in_columns

    found = list(warnings)
    for book in books:
        cells = [cell_of(line, book.places) for line in found]
        said = [line if book.say.code == "en" else said_warning(book.say, line) or line for line in found]
        found = [f"{cell}: {line}" if cell else line for cell, line in zip(cells, said, strict=True)]
        found = [in_columns(line, book.say) for line in found]
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
