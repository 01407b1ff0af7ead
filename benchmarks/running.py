"""One case after the other: inputs, the checked answer, times in turn, ratios, gates."""

import contextlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.calibrators import THERE
from benchmarks.cases.ready import Case, CellsPerExp, Faster, Gate, OfFill, Ready, Way
from benchmarks.measure import Timer, Times, here, interleaved
from benchmarks.peers.run import MissingPeer, Peer, peer

AGREE = 1e-9
EXP = "exp of NumPy"

Calibrated = dict[str, dict[str, Any]]


class Disagreement(Exception):
    """An answer that is not that of the library; its time does not count."""


@dataclass
class Row:
    """What was found of one way of a case: median and least seconds by the clock of the case, the median time of the
    processor (that of all threads), or why there are none."""

    case: str
    way: str
    seconds: float = float("nan")
    best: float = float("nan")
    processor: float = float("nan")
    cells: float = 0.0
    ratio: float = float("nan")
    distance: float = float("nan")
    failed: str = ""
    rounds: dict[str, list[float]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)


@dataclass
class Verdict:
    """A gate: what it asks for, what was found (NaN where something is missing), and a further target if it has one."""

    case: str
    gate: str
    asked: float
    found: float
    passed: bool
    stretch: float = float("nan")


def distance(found: Any, expected: Any) -> float:
    """Greatest relative difference of two answers; cells below 1e-9 of the greatest of their kind are held against
    that."""
    one, two = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    if one.shape != two.shape:
        raise Disagreement(f"the answer has the shape {one.shape}, that of the library {two.shape}")
    if two.ndim == 0:
        return float(abs(one - two) / max(abs(two), 1e-300))
    axes = tuple(range(two.ndim - 1)) if two.ndim > 1 else (0,)
    least = 1e-9 * np.abs(two).max(axis=axes, keepdims=True)
    scale = np.maximum(np.maximum(np.abs(two), least), 1e-300)
    return float(np.max(np.abs(one - two) / scale))


def agreed(found: Any, expected: Any) -> float:
    """The distance of two answers; Disagreement where it is above 1e-9."""
    far = distance(found, expected)
    if not far <= AGREE:
        raise Disagreement(f"the answer is {far:.1e} away from that of the library, more than {AGREE:g}")
    return far


def run_case(case: Case, rounds: int, quick: bool, wanted: tuple[str, ...], calibrated: Calibrated) -> tuple[
    list[Row], list[Verdict], Ready
]:  # fmt: skip
    """Rows and verdicts of a case, and its inputs."""
    ready = (case.quick or case.make)() if quick else case.make()
    rows = [Row(case.name, name, cells=ready.cells) for name in ready.ways]
    answers = {name: run() for name, run in ready.ways.items()}
    first = next(iter(answers))
    same_answer(rows, answers, ready, first)
    timers: dict[str, Timer] = {name: here(run) for name, run in ready.ways.items()}
    with contextlib.ExitStack() as stack:
        for name in case.peers:
            row = Row(case.name, name, cells=ready.cells)
            rows.append(row)
            if name not in wanted:
                row.failed = "not asked for"
                continue
            try:
                timers[name] = peer_of(stack, row, case, ready, answers[first])
            except (MissingPeer, Disagreement) as error:
                row.failed = str(error)
        measured({row.way: row for row in rows}, interleaved(timers, min(rounds, case.rounds)), case, ready.each)
    return rows, [verdict(case, gate, rows, calibrated) for gate in case.gates], ready


def same_answer(rows: list[Row], answers: dict[str, Any], ready: Ready, first: str) -> None:
    """Ways of the library agree with each other, and with what is known otherwise."""
    if ready.known is not None:
        rows[0].distance = agreed(answers[first], ready.known())
    comparable = [row for row in rows[1:] if isinstance(answers[row.way], np.ndarray)]
    for row in comparable:
        if isinstance(answers[first], np.ndarray):
            row.distance = agreed(answers[row.way], answers[first])


def peer_of(stack: contextlib.ExitStack, row: Row, case: Case, ready: Ready, expected: Any) -> Timer:
    """Start a peer, compare its answer, and give what times it; NumPy runs in this process."""
    if row.way == "numpy":
        run = in_process(case, ready)
        row.distance, row.versions = agreed(run(), expected), {"numpy": np.__version__}
        return here(run)
    started: Peer = stack.enter_context(peer(row.way, case.task, ready.told))
    row.versions = started.versions
    row.distance = agreed(started.answer, expected)
    return started.timed


def in_process(case: Case, ready: Ready) -> Way:
    """The NumPy peer; where others follow model points it computes the lattice."""
    from benchmarks.peers.numpy.peer import TASKS

    return TASKS[case.task](ready.told)


def measured(rows: dict[str, Row], times: dict[str, Times], case: Case, each: float) -> None:
    """Write medians into the rows, and how many times as fast as them the first way is."""
    for name, found in times.items():
        row = rows[name]
        row.rounds = {clock: [seconds / each for seconds in found.rounds(clock)] for clock in ("process", "wall")}
        row.seconds, row.best = found.of(case.clock) / each, found.best(case.clock) / each
        row.processor = found.of("process") / each
    first = next(iter(rows.values()))
    for row in rows.values():
        row.ratio = row.seconds / first.seconds


def verdict(case: Case, gate: Gate, rows: list[Row], calibrated: Calibrated) -> Verdict:
    """Hold a gate against what was measured; what is missing has failed."""
    known = {row.way: row for row in rows}
    ours = known[gate.way].seconds
    if isinstance(gate, Faster):
        found = known[gate.peer].seconds / ours if gate.peer in known else float("nan")
        return Verdict(case.name, f"{gate.way} faster than {gate.peer}", gate.least, found, bool(found >= gate.least))
    if isinstance(gate, CellsPerExp):
        found = known[gate.way].cells / known[gate.way].processor / (1e9 * calibrated[EXP]["rate"])
        words = f"{gate.way}: cells per exponential of NumPy, by time of the processor"
        return Verdict(case.name, words, gate.least, found, bool(found >= gate.least))
    if isinstance(gate, OfFill):
        found = 8e-9 * gate.numbers * known[gate.way].cells / ours / calibrated["fill"]["rate"]
        words = f"{gate.way}: share of the speed of fill, {gate.numbers} numbers a cell"
        return Verdict(case.name, words, gate.least, found, bool(found >= gate.least), gate.stretch)
    asked, stretch = gate.target / THERE[gate.calibrator], gate.stretch / THERE[gate.calibrator]
    beside = known.get(gate.calibrator)
    found = ours / (calibrated[gate.calibrator]["seconds"] if beside is None else beside.seconds)
    words = f"{gate.way}: times the {gate.calibrator}, at most"
    return Verdict(case.name, words, asked, found, bool(found <= asked), stretch)
