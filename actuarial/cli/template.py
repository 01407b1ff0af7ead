"""The command that writes a workbook of inputs."""

import argparse
from pathlib import Path
from typing import Any

from actuarial.errors import BadInput
from actuarial.translation import LANGUAGES, Told, language


def add_to(command: argparse.ArgumentParser) -> None:
    """The words of the command."""
    command.add_argument("out", metavar="FILE.xlsx", help="the workbook to write")
    command.add_argument("--language", choices=LANGUAGES, default="en", help="language of headings and explanations")
    command.add_argument("--scheme", metavar="SCHEME", help="fill in the law of this scheme")
    command.add_argument("--basis", metavar="BASIS", help="fill in this basis")
    command.add_argument("--health", action="store_true", help="an empty one is for a health scheme")
    text = "first and last year of an empty one"
    command.add_argument("--years", nargs=2, type=int, metavar=("FIRST", "LAST"), default=(2026, 2100), help=text)
    command.add_argument("--groups", nargs="+", default=[], metavar="NAME", help="groups of insured, likewise")
    text = "columns of its tables by service, likewise"
    command.add_argument("--service", choices=("months", "years"), default="months", help=text)
    command.add_argument("--variables", nargs="+", default=[], metavar="NAME", help="further variables, likewise")


def write(arguments: argparse.Namespace) -> None:
    """Write a workbook of inputs."""
    from actuarial.readers.workbook import write_template, write_workbook

    if Path(arguments.out).exists():
        raise BadInput(Told("{out}: the file exists and may hold numbers.\n  Give another name.", out=arguments.out))
    if arguments.scheme is None and arguments.basis is None:
        path = write_template(
            arguments.out,
            language=arguments.language,
            kind="health" if arguments.health else "pension",
            years=tuple(arguments.years),
            groups=arguments.groups,
            service=arguments.service,
            variables=arguments.variables,
        )
    else:
        if arguments.health:
            raise BadInput(
                Told("--health: an empty workbook only; with --scheme the file says what it is. Leave one out.")
            )
        given = {"basis": _basis(arguments.basis), "scheme": _scheme(arguments.scheme)}
        path = write_workbook(arguments.out, **given, language=arguments.language)
    say = language(arguments.language)
    told = say("fill in the yellow cells, then: actuarial check {path} --basis {path}", path=path)
    print(f"{path}: {told}")


def _basis(path: str | None) -> Any:
    if path is None:
        return None
    from actuarial.readers.open import open_basis

    return open_basis(path)


def _scheme(path: str | None) -> Any:
    if path is None:
        return None
    from actuarial.forms import open_scheme

    return open_scheme(path)
