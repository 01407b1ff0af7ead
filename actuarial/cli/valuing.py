"""Commands that read a scheme and a basis: value them, value the embedded country, or check them only."""

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from actuarial.cli.beside import beside
from actuarial.cli.progress import stage
from actuarial.cli.stale import tell_stale
from actuarial.cli.warmup import compile_first, compiling_first
from actuarial.cli.workbooks import approval, language_of, settle, told_in_cells
from actuarial.errors import BadInput
from actuarial.remembered import remembering
from actuarial.translation import N_, Language, Told
from actuarial.warned import warnings_of

A_PENSION_SCHEME = N_(
    "{path}: {law} is a pension scheme.\n"
    "  --pension names the pension scheme whose members the health scheme covers: actuarial value HEALTH.toml "
    "--pension PENSION.toml."
)
A_HEALTH_SCHEME = N_(
    "{path}: {law} is a health scheme.\n"
    "  --pension names the pension scheme whose members the health scheme covers: actuarial value HEALTH.toml "
    "--pension PENSION.toml."
)
HEALTH = "health"  # folder of the health scheme in that of the demo


@remembering()
def value_country(arguments: argparse.Namespace) -> None:
    """Value both schemes of the embedded country, and write when both are there."""
    settle(arguments)
    home = Path(arguments.out)
    with compiling_first(arguments.say) as ready:
        from actuarial import datasets
        from actuarial.forms import open_scheme
        from actuarial.report.files import writable

        for folder in (home, home / HEALTH):
            writable(folder)
        with stage(N_("reading the embedded country"), arguments.say):
            basis, scheme = datasets.open("demo")
            health = open_scheme(datasets.law("demo health"))
        basis = cut(basis, arguments.first, arguments.last)
        _check_figures(arguments, basis)
        ready()
    _run_country(arguments, basis, scheme, health)


def _run_country(arguments: argparse.Namespace, basis: Any, scheme: Any, health: Any) -> None:
    """Value both schemes of the embedded country, write, and tell where."""
    home = Path(arguments.out)
    result = _pensions(arguments, basis, scheme)
    print()
    covered = _health(arguments, basis, health, {"insured": result, "pensions": result, "population": result})
    parts, reported = ((result, basis, scheme), (covered, basis, health)), find_spec("jinja2") is not None

    def rest() -> tuple[dict[str, Path], dict[str, Any]]:
        files = _written(arguments, home / HEALTH, *parts[1], scheme, figures=arguments.figures)
        return files, _judged(parts) if reported else {}

    with beside(rest) as done, stage(N_("writing"), arguments.say):
        files = _written(arguments, home, *parts[0], figures=arguments.figures)
        others, verdicts = done()
    if reported:
        files |= _reported(arguments, home, parts, verdicts)
    else:
        _no_report(arguments.say, home)
    _places(arguments, files | {f"{HEALTH}/{name}": path for name, path in others.items()})
    for folder in (home, home / HEALTH):
        tell_stale(folder, arguments.say)


def value_scheme(arguments: argparse.Namespace) -> None:
    """Value a scheme, and write the files of the run."""
    from actuarial.report.files import writable

    if arguments.language is not None:
        settle(arguments)
    writable(arguments.out)
    basis, scheme, pension = _read(arguments)
    settle(arguments, language_of(arguments))
    basis = cut(basis, arguments.first, arguments.last)
    _check_figures(arguments, basis)
    compile_first(arguments.say)
    with told_in_cells(arguments):
        if _is_health(scheme):
            result = _health(arguments, basis, scheme, {"pension_scheme": pension})
        else:
            result = _pensions(arguments, basis, scheme)
    with stage(N_("writing"), arguments.say):
        files = _written(arguments, arguments.out, result, basis, scheme, pension, figures=arguments.figures)
    _places(arguments, files)
    tell_stale(Path(arguments.out), arguments.say)


def check_scheme(arguments: argparse.Namespace) -> None:
    """Check a scheme and a basis, and print what is unusual in them."""
    if arguments.language is not None:
        settle(arguments)
    basis, scheme, pension = _read(arguments)
    settle(arguments, language_of(arguments))
    with told_in_cells(arguments):
        warnings = _checked(basis, scheme, pension)
    print(approval(basis, scheme, warnings, arguments))


def _checked(basis: Any, scheme: Any, pension: Any) -> list[str]:
    """Warnings of what is unusual in a basis and the schemes."""
    warnings, law = [], scheme
    if _is_health(scheme):
        from actuarial.health.readiness import check_health_basis
        from actuarial.projection_health import needs_pensions

        if pension is None and needs_pensions(scheme):
            raise BadInput(
                Told(
                    "{scheme}: members or contributions are those of a pension scheme, and none is given.\n"
                    "  Name it with --pension.",
                    scheme=scheme.name,
                )
            )
        warnings, law = check_health_basis(basis, scheme), pension
    if law is not None:
        from actuarial.readiness import check_answers, check_basis

        warnings += check_basis(basis, law)
        check_answers(basis, law)
    return warnings


def _read(arguments: argparse.Namespace) -> tuple[Any, Any, Any]:
    """Basis, scheme and pension scheme of a command line; the schemes, which are small, first."""
    from actuarial.forms import open_scheme
    from actuarial.sheets.cells import is_workbook

    basis, pension = None, None
    if is_workbook(arguments.scheme) and Path(arguments.scheme) == Path(arguments.basis):
        from actuarial.readers.open import read_workbook

        with stage(N_("reading the workbook"), arguments.say):
            basis, scheme, book = read_workbook(arguments.scheme)
        arguments.books = [book]
    else:
        scheme = open_scheme(arguments.scheme)
    if arguments.pension is not None:
        pension = open_scheme(arguments.pension)
        for law, path, wanted in ((scheme, arguments.scheme, True), (pension, arguments.pension, False)):
            if _is_health(law) != wanted:
                raise BadInput(Told(A_PENSION_SCHEME if wanted else A_HEALTH_SCHEME, path=path, law=law.name))
    if basis is not None:
        return basis, scheme, pension
    from actuarial.readers.open import open_basis

    with stage(N_("reading the basis"), arguments.say):
        return open_basis(arguments.basis), scheme, pension


def _is_health(scheme: Any) -> bool:
    from actuarial.health.scheme import HealthScheme

    return isinstance(scheme, HealthScheme)


def _pensions(arguments: argparse.Namespace, basis: Any, scheme: Any) -> Any:
    """Project a pension scheme, compare it with the accounts, print."""
    from actuarial.projection import project
    from actuarial.report.summary import summary
    from actuarial.valuation.accounts import compare_accounts
    from actuarial.valuation.observed import compare_awards

    with stage(N_("projecting"), arguments.say) as tell:
        result = project(basis, scheme, service=arguments.service, progress=tell)
    compared = {"accounts": compare_accounts(result, basis), "awards": compare_awards(result, basis)}
    print(summary(result, **compared, warnings=_warnings(arguments, result), say=arguments.say), flush=True)
    return result


def _health(arguments: argparse.Namespace, basis: Any, scheme: Any, given: dict[str, Any]) -> Any:
    """Project a health scheme with what is known of pensions, print."""
    from actuarial.projection_health import project_health
    from actuarial.report.summary import summary

    with stage(N_("projecting"), arguments.say) as tell:
        result = project_health(basis, scheme, service=arguments.service, progress=tell, **given)
    print(summary(result, warnings=_warnings(arguments, result), say=arguments.say), flush=True)
    return result


def _warnings(arguments: argparse.Namespace, result: Any) -> list[str]:
    """Warnings of a result in the language that the command names."""
    from actuarial.report.content.warning_words import said_warning

    say, found = arguments.say, list(warnings_of(result))
    return found if say.code == "en" else [said_warning(say, line) or line for line in found]


def _check_figures(arguments: argparse.Namespace, basis: Any) -> None:
    """Refuse figures that could not be drawn before anything is projected."""
    if arguments.figures:
        from actuarial.report.figure_files import check_drawable

        check_drawable(basis)


def _written(
    arguments: argparse.Namespace,
    folder: str | Path,
    result: Any,
    basis: Any,
    scheme: Any,
    pension: Any = None,
    figures: bool = False,
) -> dict[str, Path]:
    from actuarial.report.files import write_result

    return write_result(
        result,
        folder,
        basis=basis,
        scheme=scheme,
        command=arguments.words,
        pension_scheme=pension,
        figures=figures,
        language=arguments.language,
        locale=arguments.locale,
    )


def _judged(parts: Sequence[tuple[Any, Any, Any]]) -> dict[str, Any]:
    """The verdicts of international standards on pensions and health."""
    from actuarial.cli.reporting import verdicts_on
    from actuarial.readers.runs import Run

    return verdicts_on([Run(*part, {}) for part in parts], None)


def _reported(
    arguments: argparse.Namespace, home: Path, parts: Sequence[tuple[Any, Any, Any]], verdicts: dict[str, Any]
) -> dict[str, Path]:
    """The report of the runs just written, pensions and health."""
    from actuarial.cli.reporting import report_parts
    from actuarial.readers.runs import Run, read_manifest

    folders = (home, home / HEALTH)
    runs = [Run(*part, read_manifest(folder)) for part, folder in zip(parts, folders, strict=True)]
    return report_parts(arguments, home, runs, verdicts)


def _no_report(say: Language, home: Path) -> None:
    """A line that says why there is no report."""
    text = say(
        "no report was written, because jinja2 is not installed: pip install 'actuarial[report]', then actuarial "
        "report {home}",
        home=home,
    )
    print(f"actuarial: {text}", file=sys.stderr)


def _places(arguments: argparse.Namespace, files: dict[str, Path]) -> None:
    from actuarial.report.summary import places

    print(f"\n{places(files, arguments.say)}")


def cut(basis: Any, first: int | None, last: int | None) -> Any:
    """The basis with the projected years asked for.

    Raises
    ------
    BadInput
        Another first year than that of the basis, whose stocks are those of the day before; a last year outside it.
    """
    begins, ends = int(basis["year"][0]), int(basis["year"][-1])
    if first is not None and first != begins:
        raise BadInput(
            Told(
                "--from {first}: the stocks of the basis are those of 31 December {before}, so the "
                "projection begins in {first_year}.\n"
                "  Leave --from out, or give a basis whose stocks are those of 31 December {wanted}.",
                first=first,
                before=begins - 1,
                first_year=begins,
                wanted=first - 1,
            )
        )
    if last is None:
        return basis
    if not begins <= last <= ends:
        raise BadInput(
            Told(
                "--to {last}: the basis has the years {begins} to {ends}.\n  Give one of them, or prolong the basis.",
                last=last,
                begins=begins,
                ends=ends,
            )
        )
    return basis.sel(year=slice(begins, last))
