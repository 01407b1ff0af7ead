"""Commands that read runs: compare some of them, or verify one."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from actuarial.cli.progress import stage
from actuarial.cli.stale import tell_stale
from actuarial.cli.valuing import HEALTH
from actuarial.cli.warmup import compile_first
from actuarial.errors import BadInput
from actuarial.translation import Told

OTHER_NUMBERS = 3  # status where a run that was computed again has other numbers
LISTED = 20  # variables that differ, of which each is shown


def compare_runs(arguments: argparse.Namespace) -> None:
    """Read runs, compare them, print and, if asked, write a workbook."""
    from actuarial.translation import language

    folders, out = run_folders(arguments.runs), workbook_path(arguments.out)
    say = language(arguments.language, arguments.locale)
    from actuarial.readers.runs import open_run
    from actuarial.report.comparison import comparison_text, write_comparison
    from actuarial.valuation.compare import compare

    with stage("reading the runs") as tell:
        results = {}
        for name, folder in folders.items():
            tell(name)
            results[name] = open_run(folder).result
    compared = compare(results)
    print(comparison_text(compared, say), flush=True)
    if out is not None:
        with stage("writing"):
            write_comparison(compared, out, language=arguments.language, locale=arguments.locale)
        print("\n" + say("Workbook: {path}", path=out))


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

    home = Path(arguments.folder)
    if home.suffix.lower() in FILES and home.is_file():
        return _verified_report(home, arguments.recompute)
    beside = home / HEALTH
    folders = [home, beside] if (beside / "manifest.json").exists() else [home]
    return max([_verified(folder, arguments.recompute) for folder in folders])


def _verified_report(file: Path, recompute_it: bool) -> int:
    """Print what the file of a report was made of, and compare it with the run that lies beside it."""
    from actuarial.readers.runs import read_manifest
    from actuarial.report.origin import read_origin

    if recompute_it:
        raise BadInput(Told("{file}: --recompute needs the run.\n  Give its folder, not the report.", file=file))
    found = read_origin(file)
    library, written = found.pop("library"), found.pop("written", None)
    run = f"a run written {written} by" if written else "a result of"
    width = max(map(len, found))
    print(f"{file}: the report of {run} actuarial {library}")
    print("\n".join(f"  {name.ljust(width)}  {text}" for name, text in found.items()))
    if not (file.parent / "manifest.json").exists():
        print("No run lies beside it that it could be compared with.")
        return 0
    manifest = read_manifest(file.parent)
    others = [name for name in ("result", "basis", "scheme") if manifest[name].get("digest") != found.get(name)]
    if others:
        raise BadInput(
            Told(
                "{file}: the report is of another run than the one beside it: other {names}.\n"
                "  Give the folder of its run, or make the report again: actuarial report {parent}.",
                file=file,
                names=" and ".join(others),
                parent=file.parent,
            )
        )
    print(f"Result, basis and scheme are those of the run in {file.parent}.")
    return 0


def _verified(home: Path, recompute_it: bool) -> int:
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
    print(f"{home}: written {manifest.get('written', '')} by actuarial {manifest['library'].get('actuarial')}")
    workbook = "there, not compared: it holds the time of writing" if (home / "result.xlsx").exists() else "missing"
    shown = found | left_out(manifest) | {"result.xlsx": workbook} | reports
    width = max(map(len, shown))
    print("\n".join(f"  {name.ljust(width)}  {state}" for name, state in shown.items()), flush=True)
    tell_stale(home)
    check_files(home, found | {name: state for name, state in reports.items() if state == "changed"})
    if not recompute_it:
        return 0
    from actuarial.readers.rerun import differences, recompute

    with stage("reading the run"):
        run, pension = open_run(home), open_pension_scheme(home)
    compile_first()
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
