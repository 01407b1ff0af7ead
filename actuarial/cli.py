"""The command line: `actuarial demo | value | check | compare | verify | explain | warmup | schema`."""

import argparse
import gc
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from actuarial.errors import ActuarialError, BadInput, IdentityFailed

BAD_INPUT, IDENTITY_FAILED, OTHER_NUMBERS, INTERRUPTED, PIPE_CLOSED = 2, 3, 3, 130, 141
LISTED = 20  # variables that differ, of which each is shown
PATIENCE = 3.0  # seconds after which a run says what it does even where stderr is no terminal
HEALTH = "health"  # folder of the health scheme in that of the demo
SELDOM = (50_000, 20, 100)  # a command leaves few cycles: looking for them less often saves a tenth of its time
ENDINGS = """\
endings: 0 done; 2 the input cannot be meant; 3 an accounting identity failed (the result must not be used), or a run
that was computed again has other numbers; 130 interrupted. A run that does not end with 0 writes no files."""


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
        return _refused(error, IDENTITY_FAILED)
    except ActuarialError as error:
        return _refused(error, BAD_INPUT)
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
    demo = _command(commands, "demo", _demo, "value both schemes of the embedded country and write the results")
    value = _command(commands, "value", _value, "value a scheme of pensions or of health care and write the result")
    check = _command(commands, "check", _check, "check a scheme and a basis without projecting them")
    for one in (value, check):
        one.add_argument("scheme", metavar="SCHEME.toml", help="the law")
        one.add_argument("--basis", required=True, metavar="BASIS", help="folder or file of assumptions and stocks")
        one.add_argument("--pension", metavar="SCHEME.toml", help="pension scheme whose members a health scheme covers")
    for one in (demo, value):
        one.add_argument("--out", required=True, metavar="DIR", help="folder for the files of the run")
        one.add_argument("--from", dest="first", type=int, metavar="YEAR", help="first year; must be that of the basis")
        one.add_argument("--to", dest="last", type=int, metavar="YEAR", help="last year; by default that of the basis")
        one.add_argument("--service", choices=("months", "years"), default="months", help="grid of past credit")
    compare = _command(commands, "compare", _compare, "put the key results of runs side by side")
    compare.add_argument("runs", nargs="+", metavar="[NAME=]DIR", help="folder of a run; the first is the reference")
    compare.add_argument("--out", metavar="FILE.xlsx", help="workbook of the comparison, with charts")
    verify = _command(commands, "verify", _verify, "compare the files of a run with its manifest")
    verify.add_argument("folder", metavar="DIR", help="folder that a run was written to")
    verify.add_argument("--recompute", action="store_true", help="project its basis and scheme again and compare")
    explain = _command(commands, "explain", _explain, "meaning, units, formula and parents of a variable")
    explain.add_argument("name", nargs="?", metavar="NAME", help="a variable; without it all are listed")
    _command(commands, "warmup", _warmup, "compile all kernels now, so that no run has to wait for it")
    schema = _command(commands, "schema", _schema, "print the JSON Schema of scheme files")
    schema.add_argument("--health", action="store_true", help="of health schemes; else of pension schemes")
    return top


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


def _demo(arguments: argparse.Namespace) -> None:
    """Value both schemes of the embedded country, and write when both are there."""
    from actuarial.report.files import writable

    home = Path(arguments.out)
    for folder in (home, home / HEALTH):
        writable(folder)
    from actuarial import datasets
    from actuarial.forms import open_scheme

    with stage("reading the embedded country"):
        basis, scheme = datasets.open("demo")
        health = open_scheme(datasets.law("demo health"))
    basis = cut(basis, arguments.first, arguments.last)
    result = _pensions(arguments, basis, scheme)
    print()
    covered = _health(arguments, basis, health, {"insured": result, "pensions": result, "population": result})
    with stage("writing"):
        files = _written(arguments, home, result, basis, scheme)
        others = _written(arguments, home / HEALTH, covered, basis, health, scheme)
    _places(files | {f"{HEALTH}/{name}": path for name, path in others.items()})


def _value(arguments: argparse.Namespace) -> None:
    from actuarial.report.files import writable

    writable(arguments.out)
    basis, scheme, pension = _read(arguments)
    basis = cut(basis, arguments.first, arguments.last)
    if _is_health(scheme):
        result = _health(arguments, basis, scheme, {"pension_scheme": pension})
    else:
        result = _pensions(arguments, basis, scheme)
    with stage("writing"):
        files = _written(arguments, arguments.out, result, basis, scheme, pension)
    _places(files)


def _read(arguments: argparse.Namespace) -> tuple[Any, Any, Any]:
    """Basis, scheme and pension scheme of a command line; the schemes, which are small, first."""
    from actuarial.forms import open_scheme

    scheme, pension = open_scheme(arguments.scheme), None
    if arguments.pension is not None:
        pension = open_scheme(arguments.pension)
        for law, path, wanted in ((scheme, arguments.scheme, True), (pension, arguments.pension, False)):
            if _is_health(law) != wanted:
                kind = "pension" if wanted else "health"
                raise BadInput(
                    f"{path}: {law.name} is a {kind} scheme.\n"
                    "  --pension names the pension scheme whose members the health scheme covers: actuarial value "
                    "HEALTH.toml --pension PENSION.toml."
                )
    from actuarial.readers.open import open_basis

    with stage("reading the basis"):
        return open_basis(arguments.basis), scheme, pension


def _is_health(scheme: Any) -> bool:
    from actuarial.health.scheme import HealthScheme

    return isinstance(scheme, HealthScheme)


def _pensions(arguments: argparse.Namespace, basis: Any, scheme: Any) -> Any:
    """Project a pension scheme, compare it with the accounts, print."""
    from actuarial.projection import project
    from actuarial.report.summary import summary
    from actuarial.valuation.accounts import compare_accounts

    with stage("projecting") as tell:
        result = project(basis, scheme, service=arguments.service, progress=tell)
    print(summary(result, accounts=compare_accounts(result, basis), warnings=_warnings(result)), flush=True)
    return result


def _health(arguments: argparse.Namespace, basis: Any, scheme: Any, given: dict[str, Any]) -> Any:
    """Project a health scheme with what is known of pensions, print."""
    from actuarial.projection_health import project_health
    from actuarial.report.summary import summary

    with stage("projecting") as tell:
        result = project_health(basis, scheme, service=arguments.service, progress=tell, **given)
    print(summary(result, warnings=_warnings(result)), flush=True)
    return result


def _warnings(result: Any) -> list[str]:
    return [line for line in str(result.attrs.get("warnings", "")).split("\n") if line]


def _written(
    arguments: argparse.Namespace, folder: str | Path, result: Any, basis: Any, scheme: Any, pension: Any = None
) -> dict[str, Path]:
    from actuarial.report.files import write_result

    return write_result(
        result, folder, basis=basis, scheme=scheme, command=arguments.words, pension_scheme=pension
    )


def _places(files: dict[str, Path]) -> None:
    from actuarial.report.summary import places

    print(f"\n{places(files)}")


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
            f"--from {first}: the stocks of the basis are those of 31 December {begins - 1}, so the projection begins "
            f"in {begins}.\n  Leave --from out, or give a basis whose stocks are those of 31 December {first - 1}."
        )
    if last is None:
        return basis
    if not begins <= last <= ends:
        raise BadInput(
            f"--to {last}: the basis has the years {begins} to {ends}.\n  Give one of them, or prolong the basis."
        )
    return basis.sel(year=slice(begins, last))


def _check(arguments: argparse.Namespace) -> None:
    basis, scheme, pension = _read(arguments)
    from actuarial.report.summary import listed

    warnings, law = [], scheme
    if _is_health(scheme):
        from actuarial.health.readiness import check_health_basis
        from actuarial.projection_health import needs_pensions

        if pension is None and needs_pensions(scheme):
            raise BadInput(
                f"{scheme.name}: members or contributions are those of a pension scheme, and none is given.\n"
                "  Name it with --pension."
            )
        warnings, law = check_health_basis(basis, scheme), pension
    if law is not None:
        from actuarial.readiness import check_basis

        warnings += check_basis(basis, law)
    years = basis["year"].values
    print(f"{scheme.name}: scheme and basis can be valued, {years[0]} to {years[-1]}.")
    print(listed(warnings))


def _compare(arguments: argparse.Namespace) -> None:
    """Read runs, compare them, print and, if asked, write a workbook."""
    folders, out = run_folders(arguments.runs), workbook_path(arguments.out)
    from actuarial.readers.runs import open_run
    from actuarial.report.comparison import comparison_text, write_comparison
    from actuarial.valuation.compare import compare

    with stage("reading the runs") as tell:
        results = {}
        for name, folder in folders.items():
            tell(name)
            results[name] = open_run(folder).result
    compared = compare(results)
    print(comparison_text(compared), flush=True)
    if out is not None:
        with stage("writing"):
            write_comparison(compared, out)
        print(f"\nWorkbook: {out}")


def run_folders(words: Sequence[str]) -> dict[str, Path]:
    """Folders of runs by name: the one before an equals sign, else that of the folder.

    Raises
    ------
    BadInput
        Fewer than two runs, an empty name, a name for two of them.
    """
    found: dict[str, Path] = {}
    for word in words:
        name, folder = Path(word).resolve().name, word
        if "=" in word and not Path(word).is_dir():
            name, _, folder = word.partition("=")
        if not name.strip():
            raise BadInput(f"{word}: the run has no name.\n  Write NAME=DIR.")
        if name in found:
            raise BadInput(f"{name}: the name of two runs, {found[name]} and {folder}.\n  Name them: NAME=DIR.")
        found[name] = Path(folder)
    if len(found) < 2:
        raise BadInput("compare: a comparison needs two runs.\n  Write actuarial compare DIR DIR, the reference first.")
    return found


def workbook_path(out: str | None) -> Path | None:
    """Path of the workbook that is asked for.

    Raises
    ------
    BadInput
        Another kind of file, or a folder that does not exist.
    """
    if out is None:
        return None
    path = Path(out)
    if path.suffix.lower() != ".xlsx":
        raise BadInput(f"--out {out}: the comparison is written as a workbook; let the name end with .xlsx.")
    if not path.parent.is_dir():
        raise BadInput(f"--out {out}: there is no folder {path.parent}.\n  Make it, or give another one.")
    return path


def _verify(arguments: argparse.Namespace) -> int:
    """Say whether the files of a run are those of its manifest and, if asked, whether it comes out the same again."""
    from actuarial.readers.runs import check_files, left_out, open_pension_scheme, open_run, read_manifest, states

    home = Path(arguments.folder)
    manifest = read_manifest(home)
    found = states(home, manifest)
    print(f"{home}: written {manifest.get('written', '')} by actuarial {manifest['library'].get('actuarial')}")
    workbook = "there, not compared: it holds the time of writing" if (home / "result.xlsx").exists() else "missing"
    shown = found | left_out(manifest) | {"result.xlsx": workbook}
    width = max(map(len, shown))
    print("\n".join(f"  {name.ljust(width)}  {state}" for name, state in shown.items()), flush=True)
    check_files(home, found)
    if not arguments.recompute:
        return 0
    from actuarial.readers.rerun import differences, recompute

    with stage("reading the run"):
        run, pension = open_run(home), open_pension_scheme(home)
    with stage("projecting") as tell:
        again = recompute(run, progress=tell, pension_scheme=pension)
    return _compared(differences(run.result, again))


def _compared(found: dict[str, float]) -> int:
    """Print which variables differ, the greatest difference first."""
    from actuarial import __version__

    others = sorted(((value, name) for name, value in found.items() if value > 0), key=lambda pair: (-pair[0], pair[1]))
    if not others:
        print(f"Computed again with actuarial {__version__}: all {len(found)} variables are equal to the last bit.")
        return 0
    print(f"Computed again with actuarial {__version__}: {len(others)} of {len(found)} variables differ.")
    print("Greatest relative difference")
    width = max(len(name) for _, name in others[:LISTED])
    for value, name in others[:LISTED]:
        print(f"  {name.ljust(width)}  {'other dims, labels or cells' if value == float('inf') else f'{value:.2g}'}")
    if len(others) > LISTED:
        print(f"  ... and {len(others) - LISTED} more")
    return OTHER_NUMBERS


def _explain(arguments: argparse.Namespace) -> None:
    from actuarial.vocabulary import explain, variables

    if arguments.name:
        print(explain(arguments.name))
        return
    rows = [(row.name, row.symbol, row.units or "1", row.meaning) for row in variables().values()]
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]]))


def _warmup(_: argparse.Namespace) -> None:
    print("Compiling all kernels; this takes some 20 seconds the first time.", flush=True)
    start = time.perf_counter()
    count = compile_kernels()
    print(f"{count} kernels are compiled ({time.perf_counter() - start:.1f} s).")


def compile_kernels() -> int:
    """Compile all kernels, or load them from the cache, by a short projection of the embedded country.

    Returns
    -------
    int
        Number of kernels.

    Raises
    ------
    ActuarialError
        A kernel that the projection does not reach.
    """
    from actuarial import datasets
    from actuarial.projection import project

    basis, scheme = datasets.open("demo")
    project(basis.isel(year=slice(0, 3)), scheme, service="years")
    found = dict(kernels())
    missed = [name for name, kernel in found.items() if not _ready(kernel)]
    if missed:
        raise ActuarialError(f"warmup: {len(missed)} of {len(found)} kernels were not compiled: {', '.join(missed)}.")
    return len(found)


def _ready(kernel: Any) -> bool:
    """Whether a kernel was compiled here, or was found in the cache inside one that calls it."""
    from actuarial.jit import cache_folder

    function, folder = kernel.py_func, cache_folder()
    name = f"{function.__module__.split('.')[-1]}.{function.__name__}-{function.__code__.co_firstlineno}.*.nbi"
    return bool(kernel.signatures) or (folder is not None and any(folder.rglob(name)))


def kernels() -> Iterator[tuple[str, Any]]:
    """Every compiled function of the library, with its place."""
    from importlib import import_module

    from actuarial.jit import PACKAGE

    for path in sorted([*PACKAGE.rglob("kernels.py"), PACKAGE / "numeric.py"]):
        module = import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
        for name, thing in vars(module).items():
            if hasattr(thing, "signatures") and thing.py_func.__module__ == module.__name__:
                yield f"{module.__name__}.{name}", thing


def _schema(arguments: argparse.Namespace) -> None:
    import json

    from actuarial.schema import json_schema

    print(json.dumps(json_schema("health" if arguments.health else "pension"), indent=2, ensure_ascii=False))


@contextmanager
def stage(text: str) -> Iterator[Any]:
    """Say on stderr what is being done: at once on a terminal, else only if it takes longer than a few seconds."""
    terminal, saying = sys.stderr.isatty(), text
    late = threading.Event()

    def tell(detail: str) -> None:
        nonlocal saying
        saying = f"{text}: {detail}"
        if terminal or late.is_set():
            say()

    def say() -> None:
        late.set()
        print(f"{saying} ...", file=sys.stderr, flush=True)

    timer = threading.Timer(PATIENCE, say)
    timer.daemon = True
    if terminal:
        say()
    else:
        timer.start()
    try:
        yield tell
    finally:
        timer.cancel()
