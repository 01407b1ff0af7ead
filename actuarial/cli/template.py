"""The command that writes a workbook of inputs."""

import argparse
from pathlib import Path
from typing import Any

from actuarial.cli.parsing import Parser, add_language
from actuarial.cli.workbooks import settle
from actuarial.errors import BadInput
from actuarial.translation import Language, Told


def add_to(command: Parser, say: Language) -> None:
    """The words of the command."""
    command.add_argument("out", metavar=say("FILE.xlsx"), help=say("the workbook to write"))
    add_language(command, say)
    command.add_argument("--scheme", metavar=say("SCHEME"), help=say("fill in the law of this scheme"))
    command.add_argument("--basis", metavar=say("BASIS"), help=say("fill in this basis"))
    command.add_argument("--health", action="store_true", help=say("an empty one is for a health scheme"))
    years: Any = {"nargs": 2, "type": int, "metavar": (say("FIRST"), say("LAST")), "default": (2026, 2100)}
    command.add_argument("--years", **years, help=say("first and last year of an empty one"))
    names: Any = {"nargs": "+", "default": [], "metavar": say("NAME")}
    command.add_argument("--groups", **names, help=say("groups of insured, likewise"))
    text = say("columns of its tables by service, likewise")
    command.add_argument("--service", choices=("months", "years"), default="months", help=text)
    command.add_argument("--variables", **names, help=say("further variables, likewise"))


def write(arguments: argparse.Namespace) -> None:
    """Write a workbook of inputs."""
    from actuarial.readers.workbook import write_template, write_workbook

    settle(arguments)
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
    told = arguments.say("fill in the yellow cells, then: actuarial check {path} --basis {path}", path=path)
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
