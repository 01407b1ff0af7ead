"""The command: calibrators, cases with their peers in turn, one table, files, gates."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks import figure, growth, table
from benchmarks.accuracy import measured
from benchmarks.accuracy.reference import Distance, shared_folder
from benchmarks.calibrators import busy, calibrated
from benchmarks.cases.ready import Case, loosened
from benchmarks.growth import Line
from benchmarks.machine import described, machine
from benchmarks.peers.run import PEERS, last_line
from benchmarks.registry import CASES, cases
from benchmarks.running import Calibrated, Row, Verdict, run_case

ROUNDS, QUICK = 9, 3
PARTS = ("accuracy", "growth")


def arguments(words: list[str] | None) -> argparse.Namespace:
    """The command line."""
    known = (*(case.name for case in CASES), *PARTS)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Times as ratios, and distances.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} rounds instead of {ROUNDS}, smaller sizes")
    parser.add_argument("--only", action="append", metavar="NAME", help=", ".join(known))
    parser.add_argument("--peers", default=",".join(PEERS), help="other programs, separated by commas")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where results.json, table.md and the figure go")
    parser.add_argument("--gate", action="store_true", help="end with 1 where a gate fails")
    parser.add_argument("--slack", type=float, default=1.0, help="so many times as slow is good enough for the gates")
    given = parser.parse_args(words)
    unknown = [name for name in given.only or [] if name not in known]
    if unknown:
        parser.error(f"{', '.join(unknown)}: the cases are {', '.join(known)}")
    strange = [name for name in filter(None, given.peers.split(",")) if name not in PEERS]
    if strange:
        parser.error(f"{', '.join(strange)}: the peers are {', '.join(PEERS)}")
    return given


@dataclass
class Results:
    """All that a run found."""

    machine: dict[str, Any]
    calibrators: Calibrated
    rows: list[Row] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    distances: list[Distance] = field(default_factory=list)
    growth: list[Line] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)
    left_out: str = ""


def main(words: list[str] | None = None) -> int:
    """Run, print, write; 1 where --gate finds a failure."""
    given = arguments(words)
    results = run(given)
    failed = [f"{one.case}: {one.gate}" for one in results.verdicts if not one.passed]
    failed += [f"{one.source}: {one.what}" for one in results.distances if not one.passed]
    print(f"{len(failed)} gates fail" if failed else "all gates hold", flush=True)
    if given.out is not None:
        write(given.out, results)
    return int(given.gate and bool(failed))


def run(given: argparse.Namespace) -> Results:
    """Calibrators, then what was asked for, printed as it is found."""
    rounds, wanted = QUICK if given.quick else ROUNDS, tuple(filter(None, given.peers.split(",")))
    names = given.only or [*(case.name for case in CASES), *PARTS]
    results = Results(machine(), calibrated(rounds))
    show(table.CALIBRATORS, table.calibrators(results.calibrators))
    print(busy(results.calibrators), flush=True)
    for case in cases([name for name in names if name not in PARTS]):
        gates = tuple(loosened(gate, given.slack) for gate in case.gates)
        run_one(replace(case, gates=gates), rounds, given.quick, wanted, results)
    if "accuracy" in names:
        run_accuracy(given.quick, results)
    if "growth" in names:
        run_growth(rounds, given.quick, results)
    show(table.GATES, table.gated(results.verdicts))
    return results


def run_one(case: Case, rounds: int, quick: bool, wanted: tuple[str, ...], results: Results) -> None:
    """A case; one that ends with an error or a wrong answer is a failed row and a failed gate, and the others go on."""
    try:
        rows, judged, _ = run_case(case, rounds, quick, wanted, results.calibrators)
    except Exception as error:
        rows = [Row(case.name, "all", failed=f"{type(error).__name__}: {last_line(str(error))}")]
        judged = [Verdict(case.name, "answer", 0.0, float("nan"), False)]
    results.rows += rows
    results.verdicts += judged
    show(table.HEAD, table.timed(rows, {case.name: case.title}))


def run_accuracy(quick: bool, results: Results) -> None:
    """Distances to what is published, or a line that says why there are none."""
    folder = shared_folder()
    if folder is None:
        results.left_out = "Accuracy is left out: the folder of published data is absent, see ACTUARIAL_SHARED."
        print(results.left_out, "\n", flush=True)
        return
    results.distances = list(measured(folder, quick))
    show(table.PUBLISHED, table.published(results.distances))


def run_growth(rounds: int, quick: bool, results: Results) -> None:
    """Lines through times by size, and memory."""
    results.growth = growth.lines(rounds, quick)
    results.memory = growth.memory(quick)
    results.verdicts += growth.verdicts(results.growth, results.memory, quick)
    show(table.LINES, table.grown(results.growth))
    show(table.MEMORY, table.remembered(results.memory))


def show(head: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Print a table that has lines."""
    if lines:
        print(table.text(head, lines), "\n", flush=True)


def write(folder: Path, results: Results) -> None:
    """results.json with all rounds, table.md, and the figure where matplotlib is installed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(asdict(results), indent=1) + "\n", encoding="utf-8")
    parts = [
        ("Times", table.HEAD, table.timed(results.rows, {case.name: case.title for case in CASES})),
        ("Distances to what is published", table.PUBLISHED, table.published(results.distances)),
        ("Growth", table.LINES, table.grown(results.growth)),
        ("Memory", table.MEMORY, table.remembered(results.memory)),
        ("Gates", table.GATES, table.gated(results.verdicts)),
        ("Calibrators", table.CALIBRATORS, table.calibrators(results.calibrators)),
    ]
    words = " ".join(filter(None, [described(results.machine), busy(results.calibrators), results.left_out]))
    (folder / "table.md").write_text(table.block(parts, words), encoding="utf-8")
    missing = figure.save(results.rows, {case.name: case.title for case in CASES}, words, folder)
    print(missing or f"written to {folder}", file=sys.stderr)
