"""The command that writes a workbook of inputs."""

import argparse
from pathlib import Path
from typing import Any

from actuarial.cli.parsing import Parser, add_language, year
from actuarial.cli.workbooks import settle
from actuarial.errors import BadInput
from actuarial.translation import Language, Told


def add_to(command: Parser, say: Language) -> None:
    """The words of the command."""
    command.add_argument("out", nargs="?", metavar=say("FILE.xlsx"), help=say("the workbook to write"))
    add_language(command, say)
    command.add_argument("--scheme", metavar=say("SCHEME"), help=say("fill in the law of this scheme"))
    command.add_argument("--basis", metavar=say("BASIS"), help=say("fill in this basis"))
    command.add_argument("--health", action="store_true", help=say("an empty one is for a health scheme"))
    years: Any = {"nargs": 2, "type": year, "metavar": (say("FIRST"), say("LAST")), "default": (2026, 2100)}
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
    out = _file(arguments)
    if Path(out).exists():
        raise BadInput(Told("{out}: the file exists and may hold numbers.\n  Give another name.", out=out))
    if arguments.scheme is None and arguments.basis is None:
        path = write_template(
            out,
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
        path = write_workbook(out, **given, language=arguments.language)
    say, whole = arguments.say, not arguments.health and (arguments.scheme is None) == (arguments.basis is None)
    if whole:
        print(say("{path}: fill in the yellow cells, then: actuarial check {path} --basis {path}", path=path))
    elif arguments.basis is None:
        print(say("{path}: fill in the yellow cells, then: actuarial check {path} --basis BASIS", path=path))
    else:
        print(say("{path}: fill in the yellow cells, then: actuarial check SCHEME --basis {path}", path=path))


def _file(arguments: argparse.Namespace) -> str:
    """The file to write, which may stand behind a list of names, whose last word it then is."""
    if arguments.out is not None:
        return str(arguments.out)
    for names in (arguments.groups, arguments.variables):
        if len(names) > 1 and names[-1].lower().endswith(".xlsx"):
            return str(names.pop())
    raise BadInput(Told("template: no file is named.\n  Give the name of the workbook to write, such as scheme.xlsx."))


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
