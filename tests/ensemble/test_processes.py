"""Ensembles in processes of this machine: the same bits, also where a process is killed."""

import multiprocessing
import subprocess
import sys
from dataclasses import fields
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import actuarial as ac
from actuarial import bridge
from actuarial.ensemble import autoregression, run
from actuarial.ensemble.blocks import Options
from actuarial.ensemble.engines import Job
from actuarial.ensemble.process_engine import GUARD, in_processes
from actuarial.errors import BadInput
from tests.ensemble.blocks import failing_block, long_block
from tests.reference.small import small_basis

BASIS = small_basis().isel(year=slice(0, 4))
LAW = ac.open_scheme(Path(__file__).parents[1] / "smoke" / "small.toml")
ECONOMY = autoregression({"inflation": 0.01, "interest_rate": 0.02}, persistence=0.6)


def test_a_killed_process_is_made_up_for():
    expected, killed, told = run(BASIS, LAW, ECONOMY, seed=7, scenarios=5), [], []

    def kill(word):
        told.append(word)
        if not killed:
            killed.extend(multiprocessing.active_children()[:1])
            killed[0].kill()

    found = run(BASIS, LAW, ECONOMY, seed=7, scenarios=5, block=1, engine="processes", workers=2, progress=kill)
    assert killed
    assert told[-1] == "5 of 5 scenarios"
    assert all(np.array_equal(found[name], expected[name], equal_nan=True) for name in expected)


def test_more_workers_than_blocks_give_the_same_bits(tmp_path):
    expected = run(BASIS, LAW, ECONOMY, seed=7, scenarios=3)
    options = {"seed": 7, "scenarios": 3, "block": 2, "folder": tmp_path, "engine": "processes", "workers": 3}
    found = run(BASIS, LAW, ECONOMY, **options)
    assert all(np.array_equal(found[name], expected[name], equal_nan=True) for name in expected)


def test_an_interruption_ends_processes_in_the_middle_of_their_blocks(tmp_path):
    def interrupt(_):
        raise KeyboardInterrupt

    job = Job(partial(long_block, tmp_path), Options(), None, {})
    with pytest.raises(KeyboardInterrupt):
        in_processes(job, [(0, 0), (1, 1), (2, 2)], 2, interrupt)
    assert not multiprocessing.active_children()
    assert (tmp_path / "ended").exists()


def test_an_error_of_somebody_elses_says_where_it_was_raised():
    with pytest.raises(RuntimeError, match="OwnError: 0 and more") as found:
        in_processes(Job(failing_block, Options(), None, {}), [(0, 0)], 1, print)
    assert "in failing_block" in found.value.__notes__[0]
    with pytest.raises(ConnectionError, match="no answer"):
        in_processes(Job(failing_block, Options(), None, {}), [(1, 1)], 1, print)


def test_a_function_that_only_this_process_knows(monkeypatch):
    only_here = ModuleType("only_here")
    exec("def block(*_):\n    return None", vars(only_here))
    monkeypatch.setitem(sys.modules, "only_here", only_here)
    with pytest.raises(BadInput, match=r"cannot be read by another process: No module named 'only_here'"):
        in_processes(Job(only_here.block, Options(), None, {}), [(0, 0)], 1, print)


def test_a_script_without_its_guard_or_without_a_file(tmp_path):
    words = (
        "from actuarial.ensemble.blocks import Options\n"
        "from actuarial.ensemble.engines import Job\n"
        "from actuarial.ensemble.process_engine import in_processes\n"
        "in_processes(Job(print, Options(), None, {}), [(0, 0)], 1, print)\n"
    )
    script = tmp_path / "script.py"
    script.write_text(words)
    found = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert found.stderr.rstrip().endswith(f"came here again.\n  {GUARD}")
    assert found.stderr.count("Traceback") == 1
    found = subprocess.run([sys.executable], input=words, capture_output=True, text=True, check=False)
    assert "BadInput: engine: processes read the script again, and there is no file <stdin>" in found.stderr


def test_what_cannot_be_sent_is_refused():
    class Here(type(LAW)):
        pass

    law = Here(**{field.name: getattr(LAW, field.name) for field in fields(LAW)})
    with pytest.raises(BadInput, match="cannot be sent to other processes"):
        run(BASIS, law, ECONOMY, seed=7, scenarios=1, engine="processes")


def test_the_number_of_threads_is_that_of_the_environment(monkeypatch):
    monkeypatch.setenv("ACTUARIAL_THREADS", "3")
    assert bridge.threads() == 3
    monkeypatch.setenv("ACTUARIAL_THREADS", "many")
    with pytest.raises(BadInput, match=r"ACTUARIAL_THREADS.*'many'"):
        bridge.threads()
