"""The command line: `actuarial COMMAND ...`; `actuarial --help` lists the commands."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any

from actuarial.cli import reference, reporting, runs, standards, template, valuing, warmup
from actuarial.cli.workbooks import spoken
from actuarial.errors import ActuarialError, IdentityFailed
from actuarial.translation import message_of, told

BAD_INPUT, IDENTITY_FAILED, INTERRUPTED, PIPE_CLOSED = 2, 3, 130, 141
SELDOM = (50_000, 20, 100)  # a command leaves few cycles: looking for them less often saves a tenth of its time
ENDINGS = """\
endings: 0 done; 2 the input cannot be meant; 3 an accounting identity failed (the result must not be used), or a run
that was computed again has other numbers; 130 interrupted. A run that does not end with 0 writes no files."""


def command() -> int:
    """The process of a command, which uses no dask: without it there, xarray asks no array whether it is one of dask's.

    The question alone imports it, which takes a quarter of a second. As much is saved at the end, where Python would
    look through all that there is for what may be let go.
    """
    modules: dict[str, Any] = sys.modules
    modules.setdefault("dask", None)
    try:
        return main()
    finally:
        gc.freeze()


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv : sequence of str, optional
        Words after the name of the program; by default those of the process.

    Returns
    -------
    int
        0; 2 for input that cannot be meant, 3 for a failed identity or other numbers, 130 for an interruption.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console without the letters of a name shows a question mark
    arguments = parser().parse_args(words)
    arguments.words = ["actuarial", *words]
    often = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        status = arguments.run(arguments)
        sys.stdout.flush()
    except IdentityFailed as error:
        return _refused(message_of(error), IDENTITY_FAILED)
    except ActuarialError as error:
        return _refused(told(message_of(error), spoken(arguments)), BAD_INPUT)
    except KeyboardInterrupt:
        print("actuarial: interrupted; no file is half-written.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        return _refused(f"{error.filename or 'the system'}: {error.strerror or error}.", BAD_INPUT)
    finally:
        gc.set_threshold(*often)
    return status or 0


def _refused(error: object, status: int) -> int:
    print(f"actuarial: {error}", file=sys.stderr)
    return status


def parser() -> argparse.ArgumentParser:
    """The words of the command line."""
    top = argparse.ArgumentParser(
        prog="actuarial",
        description="Actuarial valuation of social security.",
        epilog=ENDINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version and end")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    text = "value both schemes of the embedded country and write the results"
    demo = _command(commands, "demo", valuing.value_country, text)
    text = "value a scheme of pensions or of health care and write the result"
    value = _command(commands, "value", valuing.value_scheme, text)
    check = _command(commands, "check", valuing.check_scheme, "check a scheme and a basis without projecting them")
    check.add_argument("--language", metavar="CODE", help="en, fr or es; by default that of a workbook of inputs")
    check.add_argument("--locale", metavar="CODE", help="country whose numbers are written, such as es_MX")
    for one in (value, check):
        one.add_argument("scheme", metavar="SCHEME", help="the law: a scheme file (.toml) or a workbook (.xlsx)")
        text = "assumptions and stocks: a folder, a .nc file or a workbook, which may be that of the law"
        one.add_argument("--basis", required=True, metavar="BASIS", help=text)
        one.add_argument("--pension", metavar="SCHEME.toml", help="pension scheme whose members a health scheme covers")
    plain = "draw the figures too; needs matplotlib"
    for one, figures in ((demo, f"{plain}, takes some 5 s; without it the report has none"), (value, plain)):
        one.add_argument("--out", required=True, metavar="DIR", help="folder for the files of the run")
        one.add_argument("--from", dest="first", type=int, metavar="YEAR", help="first year; must be that of the basis")
        one.add_argument("--to", dest="last", type=int, metavar="YEAR", help="last year; by default that of the basis")
        one.add_argument("--figures", action="store_true", help=figures)
        one.add_argument("--service", choices=("months", "years"), default="months", help="grid of past credit")
        text = "of workbook and report: en, fr or es"
        spoken = text if one is demo else f"{text}; by default that of a workbook of inputs"
        one.add_argument("--language", default="en" if one is demo else None, metavar="CODE", help=spoken)
        one.add_argument("--locale", metavar="CODE", help="country whose numbers are written, such as es_MX")
    compare = _command(commands, "compare", runs.compare_runs, "put the key results of runs side by side")
    compare.add_argument("runs", nargs="+", metavar="[NAME=]DIR", help="folder of a run; the first is the reference")
    compare.add_argument("--out", metavar="FILE.xlsx", help="workbook of the comparison, with charts")
    compare.add_argument("--language", default="en", metavar="CODE", help="of the workbook: en, fr or es")
    compare.add_argument("--locale", metavar="CODE", help="country of the language, such as es_MX")
    _report(_command(commands, "report", reporting.report_run, "make the report of a run: HTML, Word, PDF, workbook"))
    text = "assess schemes against international social security standards, article by article"
    standards.add_words(_command(commands, "standards", standards.assess_schemes, text))
    verify = _command(commands, "verify", runs.verify_run, "compare the files of a run, or a report, with its manifest")
    verify.add_argument("folder", metavar="PATH", help="folder that a run was written to, or the file of a report")
    verify.add_argument("--recompute", action="store_true", help="project its basis and scheme again and compare")
    text = "meaning, units and formula of a variable; keys, defaults and an example of a form of scheme files"
    explain = _command(commands, "explain", reference.explain_variable, text)
    explain.add_argument("name", nargs="?", metavar="NAME", help="a variable or a form; without it all variables")
    explain.add_argument("--forms", action="store_true", help="list the forms and tables of scheme files instead")
    _command(commands, "warmup", warmup.compile_all, "compile all kernels now, so that no run has to wait for it")
    template.add_to(_command(commands, "template", template.write, "write a workbook of inputs, empty or filled"))
    schema = _command(commands, "schema", reference.print_schema, "print the JSON Schema of scheme files")
    schema.add_argument("--health", action="store_true", help="of health schemes; else of pension schemes")
    return top


def _report(report: argparse.ArgumentParser) -> None:
    """Words of the command that makes a report."""
    report.add_argument("folder", nargs="?", metavar="DIR", help="folder that a run was written to")
    formats = "html, docx, pdf, xlsx: one or several with commas"
    report.add_argument("--format", default="html", metavar="LIST", help=formats)
    report.add_argument("--language", metavar="CODE", help="en, fr or es; by default that of the run")
    report.add_argument("--locale", metavar="CODE", help="country whose numbers are written, such as es_MX")
    report.add_argument("--fields", metavar="FILE.toml", help="texts that people write")
    report.add_argument("--fields-template", metavar="FILE.toml", help="write an empty file of such texts, and end")
    report.add_argument("--no-figures", action="store_true", help="leave the figures out; they need matplotlib")
    report.add_argument("--sensitivity", action="store_true", help="value single changes too; takes many projections")
    report.add_argument("--balance-sheet", action="store_true", help="calculate the actuarial balance sheet too")
    text = "what the assessment against C102 and the standards after it knows besides the run"
    report.add_argument("--facts", metavar="FACTS.toml", help=text)
    report.add_argument("--no-standards", action="store_true", help="leave the assessment against C102 out")
    report.add_argument("--previous", metavar="DIR", help="folder of the run of the last valuation, to be reconciled")


def _command(commands: Any, name: str, run: Any, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    command.set_defaults(run=run)
    return command


class _Version(argparse.Action):
    """Prints the version, read when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from actuarial import __version__

        print(f"actuarial {__version__}")
        parser.exit()
