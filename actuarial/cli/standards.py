"""Command that assesses schemes against the international standards: numbers, articles and arithmetic."""

import argparse
from pathlib import Path
from typing import Any

from actuarial.cli.parsing import Parser, add_language, year
from actuarial.cli.progress import stage
from actuarial.cli.workbooks import language_of, settle
from actuarial.errors import BadInput
from actuarial.translation import N_, Language, Told

ENDINGS = (".csv", ".xlsx")
AFTER = 5  # projected years after that of the assessment, for the reserve and the review of pensions


def add_words(command: Parser, say: Language) -> None:
    """The words of the command."""
    toml = say("SCHEME.toml")
    command.add_argument("scheme", metavar=toml, help=say("pension scheme, or a health scheme alone"))
    text = say("folder or file of the basis")
    command.add_argument("--basis", required=True, metavar=say("BASIS"), help=text)
    command.add_argument("--health", metavar=toml, help=say("health scheme assessed together with it"))
    text = say("what a valuation cannot know: wages, numbers, findings")
    command.add_argument("--facts", metavar=say("FACTS.toml"), help=text)
    text = say("year of the assessment; by default the first one")
    command.add_argument("--year", type=year, metavar=say("YEAR"), help=text)
    add_language(command, say, say("en, fr or es; by default that of a workbook of inputs"))
    text = say("table of all verdicts and alternatives, .csv or .xlsx")
    command.add_argument("--out", metavar=say("FILE"), help=text)


def assess_schemes(arguments: argparse.Namespace) -> None:
    """Assess a pension scheme, a health scheme or both, print the verdicts, and write them where a file is named."""
    if arguments.language is not None:
        settle(arguments)
    path = _writable(arguments.out)
    from actuarial.forms import open_scheme
    from actuarial.readers.open import open_basis
    from actuarial.standards.assessment import assess
    from actuarial.standards.facts import read_facts
    from actuarial.standards.shown import headed, outline

    settle(arguments, language_of(arguments))
    scheme, health = _laws(arguments, open_scheme)
    facts = None if arguments.facts is None else read_facts(arguments.facts)
    with stage(N_("reading the basis"), arguments.say):
        basis = open_basis(arguments.basis)
    first, last = int(basis["year"][0]), int(basis["year"][-1])
    year = first if arguments.year is None else arguments.year
    if not first <= year <= last:
        raise BadInput(
            Told("--year {year}: the basis has the years {first} to {last}.", year=year, first=first, last=last)
        )
    after = AFTER if facts is None else max(AFTER, facts.review_years)
    with stage(N_("projecting"), arguments.say):
        result, members = _projected(basis.sel(year=slice(first, year + after)), scheme, health)
    found = assess(scheme, basis, health=health, result=result, health_result=members, year=year, facts=facts)
    print("\n".join(outline(found, arguments.say)))
    if path is not None:
        table = found.to_frame(language=arguments.language, alternatives=True)
        _write(headed(table, arguments.language), path)
        print(f"\n{path}")


def _laws(arguments: argparse.Namespace, read: Any) -> tuple[Any, Any]:
    """Pension scheme and health scheme, one of them perhaps None."""
    from actuarial.health.scheme import HealthScheme

    scheme = read(arguments.scheme)
    health = None if arguments.health is None else read(arguments.health)
    if isinstance(scheme, HealthScheme):
        if health is not None:
            raise BadInput(
                Told(
                    "{scheme}: is a health scheme, and --health names one more; give one of them.",
                    scheme=arguments.scheme,
                )
            )
        return None, scheme
    if health is not None and not isinstance(health, HealthScheme):
        raise BadInput(Told("{health}: is no health scheme; --health names one.", health=arguments.health))
    return scheme, health


def _projected(basis: Any, scheme: Any, health: Any) -> tuple[Any, Any]:
    """Projections up to the year of the assessment; None of a health scheme whose members need those of pensions."""
    from actuarial.projection import project
    from actuarial.projection_health import needs_pensions, project_health

    result = None if scheme is None else project(basis, scheme, service="years")
    if health is None or (result is None and needs_pensions(health)):
        return result, None
    members = project_health(basis, health, service="years", insured=result, pensions=result, population=result)
    return result, members


def _writable(name: str | None) -> Path | None:
    """The file to write, refused before anything is projected where it cannot be meant."""
    if name is None:
        return None
    path = Path(name)
    if path.suffix.lower() not in ENDINGS:
        text = N_("--out {name}: the table is written as .csv or .xlsx; give a name that ends so.")
        raise BadInput(Told(text, name=name))
    if not path.parent.is_dir():
        raise BadInput(Told("--out {name}: there is no folder {parent}.", name=name, parent=path.parent))
    return path


def _write(frame: Any, path: Path) -> None:
    """The table, complete or not at all; text that looks like a formula stays text."""
    from actuarial.report.placing import placed

    ending = path.suffix.lower()
    with placed(path, ending, N_("the table")) as temporary:
        if ending == ".csv":
            frame.to_csv(temporary, index=False)
        else:
            _write_book(frame, temporary)


def _write_book(frame: Any, path: Path) -> None:
    import pandas as pd

    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    with path.open("wb") as file, pd.ExcelWriter(file, engine="xlsxwriter", engine_kwargs=options) as book:
        frame.to_excel(book, index=False, freeze_panes=(1, 0))
