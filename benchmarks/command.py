"""The command: calibrators, cases with their peers in turn, one table, files, gates."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import table
from benchmarks.calibrators import calibrated
from benchmarks.machine import described, machine
from benchmarks.peers.run import PEERS
from benchmarks.registry import CASES, cases
from benchmarks.running import Calibrated, Disagreement, Row, Verdict, run_case

ROUNDS, QUICK = 9, 3


def arguments(words: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Times as ratios, and distances.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} rounds instead of {ROUNDS}, smaller sizes")
    parser.add_argument("--only", action="append", metavar="NAME", help=", ".join(case.name for case in CASES))
    parser.add_argument("--peers", default=",".join(PEERS), help="other programs, separated by commas")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where results.json, table.md and the figure go")
    parser.add_argument("--gate", action="store_true", help="end with 1 where a gate fails")
    given = parser.parse_args(words)
    known = {case.name for case in CASES}
    unknown = [name for name in given.only or [] if name not in known]
    if unknown:
        parser.error(f"{', '.join(unknown)}: the cases are {', '.join(sorted(known))}")
    return given


def main(words: list[str] | None = None) -> int:
    """Run, print, write; 1 where --gate finds a failure."""
    given = arguments(words)
    rounds, wanted = QUICK if given.quick else ROUNDS, tuple(filter(None, given.peers.split(",")))
    found = calibrated(rounds)
    print(table.text(["calibrator", "median", "rate"], table.calibrators(found)), "\n", flush=True)
    rows, verdicts = run_all(cases(given.only), rounds, given.quick, wanted, found)
    print(table.text(table.GATES, table.gated(verdicts)), flush=True)
    result = {"machine": machine(), "calibrators": found, "rows": rows, "verdicts": verdicts}
    if given.out is not None:
        write(given.out, result)
    return int(given.gate and not all(one.passed for one in verdicts))


def run_all(chosen: Any, rounds: int, quick: bool, wanted: tuple[str, ...], found: Calibrated) -> tuple[
    list[Row], list[Verdict]
]:  # fmt: skip
    """All cases; one whose answer is wrong is a failed row and fails its gates."""
    rows: list[Row] = []
    verdicts: list[Verdict] = []
    titles = {case.name: case.title for case in chosen}
    for case in chosen:
        try:
            some, judged, _ = run_case(case, rounds, quick, wanted, found)
        except Disagreement as error:
            some, judged = [Row(case.name, "actuarial", failed=str(error))], []
            judged = [Verdict(case.name, "answer", 0.0, float("nan"), False)]
        rows += some
        verdicts += judged
        print(table.text(table.HEAD, table.timed(some, titles)), "\n", flush=True)
    return rows, verdicts


def write(folder: Path, result: dict[str, Any]) -> None:
    """results.json with all rounds, table.md."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, verdicts = result["rows"], result["verdicts"]
    plain = result | {"rows": [asdict(row) for row in rows], "verdicts": [asdict(one) for one in verdicts]}
    (folder / "results.json").write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    titles = {case.name: case.title for case in CASES}
    parts = [
        ("Times", table.HEAD, table.timed(rows, titles)),
        ("Gates", table.GATES, table.gated(verdicts)),
        ("Calibrators", ["calibrator", "median", "rate"], table.calibrators(result["calibrators"])),
    ]
    (folder / "table.md").write_text(table.block(parts, described(result["machine"])), encoding="utf-8")
    print(f"written to {folder}", file=sys.stderr)
