"""Benchmarks: the cases build and agree with NumPy at a small size, what is missing fails, tables are whole."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from benchmarks import command, growth, table
from benchmarks.accuracy.reference import Distance
from benchmarks.calibrators import THERE
from benchmarks.cases import lattice, population, stages
from benchmarks.cases.ready import Case, CellsPerExp, Faster, OfFill, Ready, Within, loosened
from benchmarks.peers import run as peers
from benchmarks.registry import CASES
from benchmarks.running import Disagreement, Row, Verdict, agreed, run_case, verdict

CALIBRATED = {"numpy loop": {"seconds": 1e-3}, "exp of NumPy": {"seconds": 1e-4, "rate": 1.0}, "fill": {"rate": 1.0}}
SMALL = {
    "population": (partial(population.one, 4), "population"),
    "populations": (partial(population.many, 3, 4, 2), "populations"),
    "lattice": (partial(lattice.ready, 6, False), "lattice"),
    "closed": (partial(lattice.ready, 6, True), "points"),
    "lattices": (partial(lattice.many, 3, 6, 2), "lattices"),
}


@pytest.mark.parametrize("name", SMALL)
def test_answers_are_those_of_the_other_program(name):
    make, task = SMALL[name]
    ready = make()
    from benchmarks.peers.numpy.peer import TASKS

    expected = TASKS[task](ready.told)()
    assert np.abs(expected).max() > 0
    for run in ready.ways.values():
        assert agreed(run(), expected) < 1e-12
        assert agreed(run(), expected) < 1e-12, "a second run differs: the first one left something behind"


def test_a_wrong_answer_is_no_time():
    with pytest.raises(Disagreement, match=r"2\.0e-09 away"):
        agreed(np.array([1.0, 1.0 + 2e-9]), np.ones(2))
    with pytest.raises(Disagreement, match="shape"):
        agreed(np.ones(2), np.ones(3))


def test_the_last_of_the_scenarios_that_are_kept_is_known():
    ready = population.states(2, 3)
    assert agreed(ready.ways["api"](), ready.known()) < 1e-12


def test_premium_by_its_formula():
    ready = stages.premium()
    assert agreed(ready.ways["api"](), ready.known()) < 1e-12


def tiny(**changes):
    """A case of a sum, that NumPy and a peer which is not there compute as well."""
    numbers = np.arange(3.0)
    ready = Ready(ways={"kernel": lambda: numbers * 2}, cells=3.0, told={"numbers": numbers})
    case = Case(name="tiny", title="Twice three numbers", make=lambda: ready, task="twice", peers=("numpy", "absent"),
                gates=(Faster("kernel", "numpy", 1e-9), Faster("kernel", "absent", 2.0), Within("kernel", 1.0),
                       CellsPerExp("kernel", 1e-12), OfFill("kernel", 1e-12)))  # fmt: skip
    return replace(case, **changes)


@pytest.fixture
def twice(monkeypatch):
    from benchmarks.peers.numpy import peer

    monkeypatch.setitem(peer.TASKS, "twice", lambda told: lambda: told["numbers"] * 2)


@pytest.mark.usefixtures("twice")
def test_a_missing_peer_is_a_row_and_a_gate_that_fail():
    rows, verdicts, _ = run_case(tiny(), 2, False, ("numpy", "absent"), CALIBRATED)
    failed = [row for row in rows if row.failed]
    assert [row.way for row in failed] == ["absent"]
    assert "there is no peer absent" in failed[0].failed
    assert [one.passed for one in verdicts] == [True, False, True, True, True]
    written = table.text(table.HEAD, table.timed(rows, {"tiny": "Twice"}))
    assert "FAILED: there is no peer absent" in written


@pytest.mark.usefixtures("twice")
def test_what_was_not_asked_for_fails_as_well():
    rows, verdicts, _ = run_case(tiny(), 2, False, ("absent",), CALIBRATED)
    assert [row.failed for row in rows][1] == "not asked for"
    assert not verdicts[0].passed


def test_a_case_that_ends_with_an_error_is_a_failed_row():
    def broken():
        raise ValueError("nothing to time")

    found = command.Results({}, CALIBRATED)
    command.run_one(tiny(make=broken), 1, False, (), found)
    assert [row.failed for row in found.rows] == ["ValueError: nothing to time"]
    assert [one.passed for one in found.verdicts] == [False]


def test_packages_that_cannot_be_installed(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(peers.shutil, "which", lambda *_, **__: None)
    real = peers.subprocess.run

    def refuse(command, **settings):
        return real([peers.sys.executable, "-c", "raise SystemExit('no such package')"], **settings)

    monkeypatch.setattr(peers.subprocess, "run", refuse)
    with pytest.raises(peers.MissingPeer, match="cannot be installed: no such package"):
        peers.environment("jax")
    assert not list(tmp_path.rglob("complete"))


def test_a_peer_in_a_process_answers_and_is_timed():
    ready = population.one(3)
    with peers.peer("numpy", "population", ready.told) as one:
        assert agreed(one.answer, ready.ways["kernel"]()) < 1e-12
        assert one.timed(2)["wall"] > 0
        assert set(one.versions) == {"numpy"}
    with pytest.raises(peers.MissingPeer, match="KeyError"), peers.peer("numpy", "population", {}):
        pass


def test_a_store_is_filled_a_block_after_the_other(monkeypatch):
    monkeypatch.setattr(population, "BLOCK", 2)
    drawn, kept = population.factors(5, 3)["fertility"], np.zeros((5, 3, 2, 101))
    population.keep(drawn, kept)
    for fertility, one in zip(drawn, kept, strict=True):
        np.testing.assert_allclose(one, population.alone(fertility), rtol=1e-12)
    with pytest.raises(TypeError):
        population.keep(drawn, "no store")


def test_names_are_unique_and_gates_are_of_what_is_timed():
    assert len({case.name for case in CASES}) == len(CASES)
    for case in CASES:
        for gate in case.gates:
            if isinstance(gate, Faster):
                assert gate.peer in (*case.peers, "one thread")


def test_a_line_and_what_is_left_of_it():
    """By hand: slope 9.8333/4.6667, intercept 0.85, residuals 6, -9 and 3 over 140, mean 17.3/3."""
    one = growth.line("x", "year", (1, 2, 4), (3.0, 5.0, 9.3))
    assert (one.slope, one.intercept) == pytest.approx((59 / 28, 0.85), abs=1e-12)
    assert one.residual == pytest.approx(9 / 140 / (17.3 / 3), abs=1e-12)


def results():
    rows = [
        Row("population", "kernel", 1e-4, 9e-5, 1e-4, 2e4, 1.0),
        Row("population", "numpy", 4e-3, 3e-3, 4e-3, 2e4, 40.0),
        Row("population", "jax", failed="its packages cannot be installed"),
    ]
    verdicts = [Verdict("population", "kernel faster than numpy", 30.0, 40.0, True)]
    away = Distance("UN", "deaths", "%", 0.2, 0.19, 1.0)
    line = growth.line("years", "year", (1, 2), (1e-3, 2e-3))
    machine = {"processor": "some", "cores": 2, "python": "3", "versions": {"numpy": "2"}, "date": "2026-01-01T00"}
    calibrators = {"numpy loop": {"seconds": 1.0, "rate": 2.0, "unit": "years/s", "held_up": 1.9}}
    return command.Results(machine, calibrators, rows, verdicts, [away], [line], {"all": 300.0})


def test_files_that_a_readme_includes(tmp_path):
    command.write(tmp_path, results())
    text = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert text.startswith(table.START)
    assert text.endswith(table.END + "\n")
    assert "a second of work took 1.9 s" in text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert any("FAILED: its packages cannot be installed" in line for line in lines)
    assert any("deaths" in line and "FAILS" in line for line in lines)
    assert "|  | numpy | 4 ms | 3 ms | 4 ms | 5 | 40 |  |" in lines
    assert "| population | kernel faster than numpy | 30 | 40 | ok |  |" in lines
    assert (tmp_path / "results.json").stat().st_size > 500
    assert "40" in (tmp_path / "ratios.svg").read_text(encoding="utf-8")


def test_a_further_target_is_told_and_fails_nothing():
    gates = (Within("a", 2.0 * THERE["numpy loop"], stretch=THERE["numpy loop"]), OfFill("a", 0.1, stretch=0.9))
    row, beside = Row("ensemble", "a", cells=1e9), {"numpy loop": {"seconds": 1e-3}, "fill": {"rate": 10.0}}
    row.seconds = 1.5e-3
    found = [verdict(CASES[0], gate, [row], beside) for gate in gates]
    assert [one.passed for one in found] == [True, True]
    wanted = [line[-1] for line in table.gated(found)]
    assert wanted == ["1", "0.9"]


def test_the_command_ends_with_1_where_a_gate_fails(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "run", lambda given: results())
    assert command.main(["--gate", "--out", str(tmp_path)]) == 1
    assert command.main(["--out", str(tmp_path)]) == 0
    for words in (["--only", "nothing"], ["--peers", "numpy,nobody"]):
        with pytest.raises(SystemExit):
            command.arguments(words)


def test_slack_asks_for_less_of_every_gate(monkeypatch):
    """Ratios are divided by it and times multiplied; the command gives it to the gates of every case."""
    gates = (Faster("a", "b", 30.0), CellsPerExp("a", 0.4), OfFill("a", 0.5), Within("a", 2.0))
    wanted = (Faster("a", "b", 15.0), CellsPerExp("a", 0.2), OfFill("a", 0.25), Within("a", 4.0))
    assert [repr(loosened(gate, 2.0)) for gate in gates] == list(map(repr, wanted))  # a stretch of NaN equals nothing
    seen = []
    monkeypatch.setattr(command, "calibrated", lambda rounds: CALIBRATED)
    monkeypatch.setattr(command, "busy", lambda found: "")
    monkeypatch.setattr(command.table, "calibrators", lambda found: [])
    monkeypatch.setattr(command, "run_one", lambda case, *_: seen.append(case.gates))
    command.run(command.arguments(["--only", "premium", "--slack", "3"]))
    command.run(command.arguments(["--only", "premium"]))
    assert seen[0][0].target == pytest.approx(3.0 * seen[1][0].target)


def test_the_gates_of_ci_are_cases_with_gates_that_need_numpy_alone():
    from tests.run import GATED

    known = {case.name: case for case in CASES}
    assert {"population", "accuracy"} <= set(GATED)
    for name in set(GATED) - {"accuracy"}:
        assert known[name].gates
        assert all(gate.peer == "numpy" for gate in known[name].gates if isinstance(gate, Faster))
        assert not any(isinstance(gate, OfFill) for gate in known[name].gates), "memory is shared with others"
