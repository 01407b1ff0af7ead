"""The words of the command line: commands, their options, and what help tells of them."""

import argparse
from typing import Any

from actuarial.cli import reference, reporting, runs, standards, template, valuing, warmup
from actuarial.cli.parsing import Parser, add_language, year
from actuarial.translation import N_, Language

ENDINGS = N_(
    "endings: 0 done; 2 the input cannot be meant; 3 an accounting identity failed (the result must not be used), or a "
    "run that was computed again has other numbers; 130 interrupted. A run that does not end with 0 writes no files. "
    "The language is that of --language, else that of the environment variable ACTUARIAL_LANGUAGE (en, fr, es, or with "
    "a country such as es_MX), LC_ALL, LC_MESSAGES or LANG."
)


def parser(say: Language = Language("en", "en")) -> Parser:  # noqa: B008 (it cannot change)
    """The words of the command line, with help in a language."""
    top = Parser(say, prog="actuarial", description=say("Actuarial valuation of social security."), epilog=say(ENDINGS))
    top.add_argument("--version", action=_Version, nargs=0, help=say("print the version and end"))
    commands = _Commands(top, say)
    text = say("value both schemes of the embedded country and write the results")
    demo = commands.add("demo", valuing.value_country, text)
    text = say("value a scheme of pensions or of health care and write the result")
    value = commands.add("value", valuing.value_scheme, text)
    check = commands.add("check", valuing.check_scheme, say("check a scheme and a basis without projecting them"))
    for one in (value, check):
        _inputs(one, say)
    for one in (demo, value):
        _projection(one, say)
    add_language(demo, say)
    text = say("en, fr or es; by default that of a workbook of inputs")
    add_language(value, say, text)
    add_language(check, say, text)
    compare = commands.add("compare", runs.compare_runs, say("put the key results of runs side by side"))
    text = say("folder of a run; the first is the reference")
    compare.add_argument("runs", nargs="+", metavar=say("[NAME=]DIR"), help=text)
    compare.add_argument("--out", metavar=say("FILE.xlsx"), help=say("workbook of the comparison, with charts"))
    add_language(compare, say)
    text = say("make the report of a run: HTML, Word, PDF, workbook")
    _report(commands.add("report", reporting.report_run, text), say)
    text = say("assess schemes against international social security standards, article by article")
    standards.add_words(commands.add("standards", standards.assess_schemes, text), say)
    text = say("compare the files of a run, or a report, with its manifest")
    _verify(commands.add("verify", runs.verify_run, text), say)
    text = say("meaning, units and formula of a variable; keys, defaults and an example of a form of scheme files")
    _explain(commands.add("explain", reference.explain_variable, text), say)
    commands.add("warmup", warmup.compile_all, say("compile all kernels now, so that no run has to wait for it"))
    text = say("write a workbook of inputs, empty or filled")
    template.add_to(commands.add("template", template.write, text), say)
    schema = commands.add("schema", reference.print_schema, say("print the JSON Schema of scheme files"))
    schema.add_argument("--health", action="store_true", help=say("of health schemes; else of pension schemes"))
    return top


def _inputs(command: Parser, say: Language) -> None:
    """Words for a law and a basis."""
    text = say("the law: a scheme file (.toml) or a workbook (.xlsx)")
    command.add_argument("scheme", metavar=say("SCHEME"), help=text)
    text = say("assumptions and stocks: a folder, a .nc file or a workbook, which may be that of the law")
    command.add_argument("--basis", required=True, metavar=say("BASIS"), help=text)
    text = say("pension scheme whose members a health scheme covers")
    command.add_argument("--pension", metavar=say("SCHEME.toml"), help=text)


def _projection(command: Parser, say: Language) -> None:
    """Words for a projection and where its files go."""
    command.add_argument("--out", required=True, metavar=say("DIR"), help=say("folder for the files of the run"))
    text = say("first year; must be that of the basis")
    command.add_argument("--from", dest="first", type=year, metavar=say("YEAR"), help=text)
    text = say("last year; by default that of the basis")
    command.add_argument("--to", dest="last", type=year, metavar=say("YEAR"), help=text)
    text = say("draw the figures too, which takes some seconds; needs matplotlib")
    command.add_argument("--figures", action="store_true", help=text)
    text = say("grid of past credit")
    command.add_argument("--service", choices=("months", "years"), default="months", help=text)


def _report(report: Parser, say: Language) -> None:
    """Words of the command that makes a report."""
    report.add_argument("folder", nargs="?", metavar=say("DIR"), help=say("folder that a run was written to"))
    text = say("html, docx, pdf, xlsx: one or several with commas")
    report.add_argument("--format", default="html", metavar=say("LIST"), help=text)
    add_language(report, say, say("en, fr or es; by default that of the run"))
    toml = say("FILE.toml")
    report.add_argument("--fields", metavar=toml, help=say("texts that people write"))
    text = say("write an empty file of such texts, and end")
    report.add_argument("--fields-template", metavar=toml, help=text)
    text = say("leave the figures out; they need matplotlib")
    report.add_argument("--no-figures", action="store_true", help=text)
    text = say("value single changes too; takes many projections")
    report.add_argument("--sensitivity", action="store_true", help=text)
    text = say("calculate the actuarial balance sheet too")
    report.add_argument("--balance-sheet", action="store_true", help=text)
    text = say("what the assessment against C102 and the standards after it knows besides the run")
    report.add_argument("--facts", metavar=say("FACTS.toml"), help=text)
    text = say("leave the assessment against C102 out")
    report.add_argument("--no-standards", action="store_true", help=text)
    text = say("folder of the run of the last valuation, to be reconciled")
    report.add_argument("--previous", metavar=say("DIR"), help=text)


def _verify(verify: Parser, say: Language) -> None:
    text = say("folder that a run was written to, or the file of a report")
    verify.add_argument("folder", metavar=say("PATH"), help=text)
    text = say("project its basis and scheme again and compare")
    verify.add_argument("--recompute", action="store_true", help=text)
    add_language(verify, say)


def _explain(explain: Parser, say: Language) -> None:
    text = say("a variable or a form; without it all variables")
    explain.add_argument("name", nargs="?", metavar=say("NAME"), help=text)
    text = say("list the forms and tables of scheme files instead")
    explain.add_argument("--forms", action="store_true", help=text)
    add_language(explain, say)


class _Commands:
    """The commands below a parser."""

    def __init__(self, top: Parser, say: Language) -> None:
        self.say = say
        self.below = top.add_subparsers(title=say("commands"), metavar=say("COMMAND"), required=True)

    def add(self, name: str, run: Any, text: str) -> Parser:
        """A command: what it runs, and a line about it."""
        command = self.below.add_parser(name, say=self.say, help=text, description=f"{text[0].upper()}{text[1:]}.")
        command.set_defaults(run=run)
        return command


class _Version(argparse.Action):
    """Prints the version, read when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from actuarial import __version__

        print(f"actuarial {__version__}")
        parser.exit()
