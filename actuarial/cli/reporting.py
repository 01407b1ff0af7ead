"""Command that makes the report of a run: files beside those of the run, and what of the checklist is answered."""

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from actuarial.cli.progress import stage
from actuarial.cli.stale import tell_stale
from actuarial.cli.valuing import HEALTH
from actuarial.cli.workbooks import settle
from actuarial.errors import BadInput
from actuarial.remembered import remembering
from actuarial.translation import N_, Told, why

FORMATS = {"html": "write_html", "docx": "write_docx", "pdf": "write_pdf", "xlsx": "write_workbook"}
BOOK = "xlsx"  # tables of the run and of its studies, which is no document
OF_PENSIONS = N_(
    "--{option}: {scheme} is a health scheme, and this study is of pension schemes.\n"
    "  Leave the option out; value changed inputs as runs of their own and put them side by side with actuarial "
    "compare."
)
Writer = Callable[[Path], Any]


def report_run(arguments: argparse.Namespace) -> None:
    """Make the report of a run in each format, or write an empty file of fields."""
    if arguments.language is not None:
        settle(arguments)
    if arguments.fields_template is not None:
        settle(arguments)
        _template(arguments)
        return
    if arguments.folder is None:
        raise BadInput(Told("report: no run is given.\n  Give the folder of one: actuarial report DIR."))
    formats = formats_of(arguments.format)
    from actuarial.report.completeness import checklist, checklist_text
    from actuarial.report.content.written import read_fields

    home = Path(arguments.folder)
    texts = {} if arguments.fields is None else read_fields(arguments.fields)
    with stage(N_("reading the run"), arguments.say):
        runs = _runs(home)
    settle(arguments, str(runs[0].manifest.get("language", "en")))
    studies = _studies(arguments, runs) | _standards(arguments, runs)
    with remembering(), stage(N_("writing the report"), arguments.say) as tell:
        document = _document(arguments, runs, texts, studies) if formats != [BOOK] else None
        stem = f"report_{arguments.language}"
        writers = {f"{stem}.{one}": _writer(one, document) for one in formats if one != BOOK}
        if BOOK in formats:
            writers[f"{stem}.{BOOK}"] = _book_writer(arguments, runs[0], studies)
        written = write_reports(writers, home, tell)
    if document is not None:
        print(checklist_text(checklist(document), document.language), end="\n\n")
    print("\n".join(str(path) for path in written), flush=True)
    tell_stale(home, arguments.say)


def report_parts(
    arguments: argparse.Namespace, home: Path, runs: list[Any], verdicts: dict[str, Any]
) -> dict[str, Path]:
    """Write the page of runs in memory, as that of `actuarial report`; figures where the words ask for them."""
    choices = argparse.Namespace(no_figures=not arguments.figures)
    choices.language, choices.locale = arguments.language, arguments.locale
    with stage(N_("writing the report"), arguments.say) as tell:
        document = _document(choices, runs, {}, verdicts)
        name = f"report_{document.language.code}.html"
        (path,) = write_reports({name: _writer("html", document)}, home, tell)
    return {name: path}


def formats_of(words: str) -> list[str]:
    """Formats of a comma list; BadInput for one that is unknown or for none."""
    found = [word.strip() for word in words.split(",") if word.strip()]
    unknown = [word for word in found if word not in FORMATS]
    if unknown or not found:
        from actuarial.fields import ended, suggestion

        word = unknown[0] if unknown else words
        hint = ended(suggestion(word, FORMATS, N_("the formats are {names}")))
        raise BadInput(Told("--format {word!r}: {hint}", word=word, hint=hint))
    return list(dict.fromkeys(found))


def _runs(home: Path) -> list[Any]:
    """The run of a folder and, beside pensions, that of its health scheme."""
    from actuarial.readers.runs import NO_REASON, open_run

    run = open_run(home)
    for part in ("basis", "scheme"):
        if getattr(run, part) is None:
            reason = run.manifest[part].get("reason", NO_REASON)
            raise BadInput(
                Told(
                    "{home}: the {part} of the run is not stored, so it cannot be reported: {reason}",
                    home=home,
                    part=part,
                    reason=reason,
                )
            )
    health = home / HEALTH
    both = not hasattr(run.scheme, "services") and (health / "manifest.json").exists()
    return [run, open_run(health)] if both else [run]


def _studies(arguments: argparse.Namespace, runs: list[Any]) -> dict[str, Any]:
    """The studies that were asked for, each of which projects the runs again."""
    found: dict[str, Any] = {}
    run = runs[0]
    service = run.manifest.get("service_grid") or "months"
    asked = {"balance-sheet": arguments.balance_sheet, "previous": arguments.previous is not None}
    options = [name for name, on in asked.items() if on]
    if options and hasattr(run.scheme, "services"):
        raise BadInput(Told(OF_PENSIONS, option=options[0], scheme=run.scheme.name))
    if arguments.sensitivity:
        for one, home in zip(runs, (arguments.folder, Path(arguments.folder) / HEALTH), strict=False):
            with stage(N_("sensitivities"), arguments.say) as tell:
                found |= _sensitivity(one, home, tell)
    if arguments.balance_sheet:
        from actuarial.studies import balance_sheet

        with stage(N_("balance sheet"), arguments.say):
            found["balance"] = balance_sheet(run.basis, run.scheme, service=service)
    if arguments.previous is not None:
        from actuarial.readers.runs import open_run
        from actuarial.studies import reconcile

        with stage(N_("reconciliation"), arguments.say) as tell:
            previous = open_run(arguments.previous)
            if previous.manifest["result"] == run.manifest["result"]:
                raise BadInput(
                    Told(
                        "--previous {previous}: it is the run that is reported, or a copy of it.\n"
                        "  Give the folder of the last valuation.",
                        previous=arguments.previous,
                    )
                )
            found["reconciliation"] = reconcile(previous, run, progress=tell)
            found["previous"] = previous.basis
    return found


def _sensitivity(run: Any, home: str | Path, tell: Callable[[str], None]) -> dict[str, Any]:
    """Single changes of the run of a folder, of pensions or of health care."""
    service = run.manifest.get("service_grid") or "months"
    if not hasattr(run.scheme, "services"):
        from actuarial.studies import sensitivity

        return {"sensitivity": sensitivity(run.basis, run.scheme, service=service, progress=tell)}
    from actuarial.readers.runs import open_pension_scheme
    from actuarial.studies import health_sensitivity

    law = open_pension_scheme(home)
    changes = health_sensitivity(run.basis, run.scheme, pension_scheme=law, service=service, progress=tell)
    return {"health_sensitivity": changes}


def _standards(arguments: argparse.Namespace, runs: list[Any]) -> dict[str, Any]:
    """The verdicts of international standards, unless they are left out."""
    if arguments.no_standards:
        return {}
    from actuarial.standards import read_facts

    return verdicts_on(runs, None if arguments.facts is None else read_facts(arguments.facts))


def verdicts_on(runs: list[Any], facts: Any) -> dict[str, Any]:
    """The verdicts of international standards on runs; of scenarios those on the one shown."""
    from actuarial.report.content.material import part_of
    from actuarial.standards import assess

    first, *others = [part_of(run.result, run.basis, run.scheme, "the run") for run in runs]
    if hasattr(first.scheme, "services"):
        return {"assessment": assess(first.scheme, first.basis, health_result=first.result, facts=facts)}
    second = others[0] if others else None
    health = {} if second is None else {"health": second.scheme, "health_result": second.result}
    return {"assessment": assess(first.scheme, first.basis, result=first.result, facts=facts, **health)}


def _document(arguments: argparse.Namespace, runs: list[Any], texts: dict[str, str], studies: dict[str, Any]) -> Any:
    from actuarial.report.content.building import build

    run = runs[0]
    return build(
        run.result,
        run.basis,
        run.scheme,
        health=runs[1] if len(runs) > 1 else None,
        fields=texts,
        pictures=_pictures(arguments, runs, studies),
        manifest=run.manifest,
        language=arguments.language,
        locale=arguments.locale,
        **studies,
    )


def _pictures(arguments: argparse.Namespace, runs: list[Any], studies: dict[str, Any]) -> dict[str, Any]:
    """The figures of the runs; those of the first one where two have the same name."""
    if arguments.no_figures:
        return {}
    from actuarial.report.figures.pictures import pictures

    words: dict[str, Any] = {"language": arguments.language, "locale": arguments.locale}
    shown: dict[str, Any] = {name: studies.get(name) for name in ("balance", "reconciliation")}
    found: dict[str, Any] = {}
    for run in runs:
        of_health = hasattr(run.scheme, "services")
        changes = studies.get("health_sensitivity" if of_health else "sensitivity")
        given = words | ({} if of_health else shown) | {"sensitivity": changes}
        found |= pictures(run.result, run.basis, run.scheme, without=found, **given)
    return found


def _writer(word: str, document: Any) -> Writer:
    """What writes a document in a format."""
    write = getattr(import_module(f"actuarial.report.as_{word}"), FORMATS[word])
    return lambda path: write(document, path)


def _book_writer(arguments: argparse.Namespace, run: Any, studies: dict[str, Any]) -> Writer:
    """What writes the workbook of a run and of its studies."""
    told: dict[str, Any] = {"language": arguments.language, "locale": arguments.locale, "manifest": run.manifest}
    if hasattr(run.scheme, "services"):
        from actuarial.report.health_workbook import write_health_workbook

        changes = studies.get("health_sensitivity")
        return lambda path: write_health_workbook(run.result, path, basis=run.basis, sensitivity=changes, **told)
    from actuarial.report.workbook import write_workbook
    from actuarial.valuation.accounts import compare_accounts

    accounts = compare_accounts(run.result, run.basis)
    names = ("sensitivity", "balance", "reconciliation", "previous")
    given: dict[str, Any] = {name: studies.get(name) for name in names}
    return lambda path: write_workbook(
        run.result, path, basis=run.basis, scheme=run.scheme, accounts=accounts, **given, **told
    )


def write_reports(writers: dict[str, Writer], home: Path, tell: Callable[[str], None]) -> list[Path]:
    """Write reports into the folder of a run, all of them or none, and name the files in its manifest.

    Parameters
    ----------
    writers : file name to function that writes the file at a path
    home : folder of the run
    tell : function that hears the name of each file

    Raises
    ------
    BadInput
        A file cannot be written.
    """
    from actuarial.provenance import file_digest

    scratch = Path(tempfile.mkdtemp(prefix=".actuarial-", dir=home))
    try:
        for name, write in writers.items():
            tell(name)
            write(scratch / name)
        told = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
        told["reports"] = told.get("reports", {}) | {name: file_digest(scratch / name) for name in writers}
        text = json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        (scratch / "manifest.json").write_text(text, encoding="utf-8")
        for name in (*writers, "manifest.json"):
            (scratch / name).replace(home / name)
    except OSError as error:
        raise BadInput(
            Told(
                "{home}: the report cannot be written: {error}.\n"
                "  Free space, or close programs that hold the files open.",
                home=home,
                error=why(error),
            )
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return [home / name for name in writers]


def _template(arguments: argparse.Namespace) -> None:
    """Write an empty file of fields; of a run that is given, with the names of its assumptions."""
    from actuarial.report.content.assumptions import OWN
    from actuarial.report.content.written import fields_template

    target = Path(arguments.fields_template)
    if target.exists():
        raise BadInput(Told("{target}: the file exists and may hold texts.\n  Give another name.", target=target))
    names: list[str] = []
    if arguments.folder is not None:
        basis = _runs(Path(arguments.folder))[0].basis
        names = [name for name in OWN if name in basis]
    text = fields_template(arguments.language, arguments.locale, names)
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(
            Told("{target}: the file cannot be written: {error}.", target=target, error=why(error))
        ) from None
    print(target)
