"""Commands that read runs: compare some of them, or verify one."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from actuarial.cli.progress import stage
from actuarial.cli.stale import tell_stale
from actuarial.cli.valuing import HEALTH
from actuarial.cli.warmup import compile_first
from actuarial.cli.workbooks import settle
from actuarial.errors import BadInput
from actuarial.translation import N_, Language, Told, told

OTHER_NUMBERS = 3  # status where a run that was computed again has other numbers
LISTED = 20  # variables that differ, of which each is shown


def compare_runs(arguments: argparse.Namespace) -> None:
    """Read runs, compare them, print and, if asked, write a workbook."""
    settle(arguments)
    folders, out = run_folders(arguments.runs), workbook_path(arguments.out)
    from actuarial.readers.runs import open_run
    from actuarial.report.comparison import comparison_text, write_comparison
    from actuarial.valuation.compare import compare

    with stage(N_("reading the runs"), arguments.say) as tell:
        results = {}
        for name, folder in folders.items():
            tell(name)
            results[name] = open_run(folder).result
    compared = compare(results)
    print(comparison_text(compared, arguments.say), flush=True)
    if out is not None:
        with stage(N_("writing"), arguments.say):
            write_comparison(compared, out, language=arguments.language, locale=arguments.locale)
        print("\n" + arguments.say("Workbook: {path}", path=out))


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
            raise BadInput(Told("{word}: the run has no name.\n  Write NAME=DIR.", word=word))
        if name in found:
            raise BadInput(
                Told(
                    "{name}: the name of two runs, {found} and {folder}.\n  Name them: NAME=DIR.",
                    name=name,
                    found=found[name],
                    folder=folder,
                )
            )
        found[name] = Path(folder)
    if len(found) < 2:
        raise BadInput(
            Told("compare: a comparison needs two runs.\n  Write actuarial compare DIR DIR, the reference first.")
        )
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
        raise BadInput(
            Told("--out {out}: the comparison is written as a workbook; let the name end with .xlsx.", out=out)
        )
    if not path.parent.is_dir():
        raise BadInput(
            Told(
                "--out {out}: there is no folder {parent}.\n  Make it, or give another one.",
                out=out,
                parent=path.parent,
            )
        )
    return path


def verify_run(arguments: argparse.Namespace) -> int:
    """Say whether the files of a run, and of the health scheme beside it, are those of its manifest and, if asked,
    whether it comes out the same again; of the file of a report, what it was made of."""
    from actuarial.report.origin import FILES

    settle(arguments)
    home, say = Path(arguments.folder), arguments.say
    if home.suffix.lower() in FILES and home.is_file():
        return _verified_report(home, arguments.recompute, say)
    beside = home / HEALTH
    folders = [home, beside] if (beside / "manifest.json").exists() else [home]
    return max([_verified(folder, arguments.recompute, say) for folder in folders])


def _verified_report(file: Path, recompute_it: bool, say: Language) -> int:
    """Print what the file of a report was made of, and compare it with the run that lies beside it."""
    from actuarial.readers.runs import read_manifest
    from actuarial.report.origin import read_origin

    if recompute_it:
        raise BadInput(Told("{file}: --recompute needs the run.\n  Give its folder, not the report.", file=file))
    found = read_origin(file)
    library, written = found.pop("library"), found.pop("written", None)
    if written:
        text = N_("{file}: the report of a run written {written} by actuarial {library}")
    else:
        text = N_("{file}: the report of a result of actuarial {library}")
    print(say(text, file=file, written=written, library=library))
    print("\n".join(_beside(found)))
    if not (file.parent / "manifest.json").exists():
        print(say("No run lies beside it that it could be compared with."))
        return 0
    manifest = read_manifest(file.parent)
    others = [name for name in ("result", "basis", "scheme") if manifest[name].get("digest") != found.get(name)]
    if others:
        raise BadInput(
            Told(
                "{file}: the report is of another run than the one beside it: other {names}.\n"
                "  Give the folder of its run, or make the report again: actuarial report {parent}.",
                file=file,
                names=tuple(others),
                parent=file.parent,
            )
        )
    print(say("Result, basis and scheme are those of the run in {folder}.", folder=file.parent))
    return 0


def _beside(found: Mapping[str, str]) -> list[str]:
    """Names and what there is of each, in two columns."""
    width = max(map(len, found))
    return [f"  {name.ljust(width)}  {text}" for name, text in found.items()]


def _verified(home: Path, recompute_it: bool, say: Language) -> int:
    """Verify one folder; 0, or the status of other numbers."""
    from actuarial.readers.runs import (
        check_files,
        left_out,
        open_pension_scheme,
        open_run,
        read_manifest,
        report_states,
        states,
    )

    manifest = read_manifest(home)
    found, reports = states(home, manifest), report_states(home, manifest)
    there = {"written": manifest.get("written", ""), "library": manifest["library"].get("actuarial")}
    print(say("{home}: written {written} by actuarial {library}", home=home, **there))
    book = N_("there, not compared: it holds the time of writing") if (home / "result.xlsx").exists() else "missing"
    shown = found | left_out(manifest) | {"result.xlsx": Told(book)} | reports
    print("\n".join(_beside({name: told(state, say) for name, state in shown.items()})), flush=True)
    tell_stale(home, say)
    check_files(home, found | {name: state for name, state in reports.items() if state == "changed"})
    if not recompute_it:
        return 0
    from actuarial.readers.rerun import differences, recompute

    with stage(N_("reading the run"), say):
        run, pension = open_run(home), open_pension_scheme(home)
    compile_first(say)
    with stage(N_("projecting"), say) as tell:
        again = recompute(run, progress=tell, pension_scheme=pension)
    return _compared(differences(run.result, again), say)


def _compared(found: dict[str, float], say: Language) -> int:
    """Print which variables differ, the greatest difference first."""
    from actuarial import __version__

    others = sorted(((value, name) for name, value in found.items() if value > 0), key=lambda pair: (-pair[0], pair[1]))
    if not others:
        text = N_("Computed again with actuarial {version}: all {count} variables are equal to the last bit.")
        print(say(text, version=__version__, count=len(found)))
        return 0
    text = N_("Computed again with actuarial {version}: {number} of {count} variables differ.")
    print(say(text, version=__version__, number=len(others), count=len(found)))
    print(say("Greatest relative difference"))
    no_cells = say("other dims, labels or cells")
    for line in _beside(
        {name: no_cells if value == float("inf") else say.marked(f"{value:.2g}") for value, name in others[:LISTED]}
    ):
        print(line)
    if len(others) > LISTED:
        print("  " + say("... and {count} more", count=len(others) - LISTED))
    return OTHER_NUMBERS
