"""What a process does before its first result: nothing that only the compiler or another library needs."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from actuarial import cli, jit, pension
from actuarial.cli import warmup
from actuarial.elementary_kernels import exp_all

FOUND = """if True:
    import sys, numba, numpy as np
    from actuarial.elementary_kernels import exp_all
    numbers = np.array([0.0, 1.0])
    exp_all(numbers, numbers)
    assert not exp_all.stats.cache_misses, exp_all.stats
    print(numbers.tolist(), [name for name in ("numba.np.linalg", "numba.np.arrayobj") if name in sys.modules])
    print(numba.njit(lambda matrix: (matrix @ matrix).sum())(np.full((2, 2), 3.0)))
"""


@pytest.mark.skipif(bool(jit.config.DISABLE_JIT), reason="nothing is compiled")
def test_a_compiled_kernel_is_found_without_the_compiler_which_is_there_when_it_is_needed():
    numbers = np.array([0.0, 1.0])
    exp_all(numbers, numbers)
    done = subprocess.run([sys.executable, "-c", FOUND], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{numbers.tolist()} []", "72.0"]


def test_a_form_of_the_law_is_imported_without_the_others():
    code = (
        "import sys, actuarial.pension as p; p.OldAge; "
        "print([name for name in p._PLACES if name in vars(p)], 'actuarial.pension.grants' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["['OldAge'] False"]
    assert sorted(pension._PLACES) == pension.__all__
    assert {getattr(pension, name).__name__ for name in pension.__all__} == set(pension.__all__)
    with pytest.raises(AttributeError, match="OldAgee"):
        _ = pension.OldAgee


@pytest.mark.parametrize("loaded", [None, "a module"])
def test_a_command_loads_no_dask_and_leaves_one_that_is_there(monkeypatch, loaded):
    modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] != "dask"}
    monkeypatch.setattr(sys, "modules", modules | ({"dask": loaded} if loaded else {}))
    seen = []
    monkeypatch.setattr(cli, "main", lambda: seen.append(sys.modules["dask"]) or 7)
    monkeypatch.setattr(cli.gc, "freeze", lambda: seen.append("frozen"))
    assert cli.command() == 7
    assert seen == [loaded, "frozen"]


def test_kernels_that_a_folder_has_stay_and_others_come_with_their_files(tmp_path):
    both = {"a": "one.1.nbi one.1.1.nbc", "b": "one.1.nbi one.1.1.nbc one.1.2.nbc two.1.nbi two.1.1.nbc"}
    for folder, names in both.items():
        (tmp_path / folder / "labour").mkdir(parents=True)
        for name in names.split():
            (tmp_path / folder / "labour" / name).write_text(folder)
    warmup.take_over(tmp_path / "b", tmp_path / "a")
    found = {path.name: path.read_text() for path in (tmp_path / "a" / "labour").iterdir()}
    assert found == {"one.1.nbi": "a", "one.1.1.nbc": "a", "two.1.nbi": "b", "two.1.1.nbc": "b"}


@pytest.mark.parametrize(("there", "processors", "started"), [(True, 2, 0), (False, 1, 0), (False, 2, 1)])
def test_a_second_process_compiles_what_was_not_compiled_and_ends_with_the_first(
    tmp_path, monkeypatch, there, processors, started
):
    folder = tmp_path / "digest"
    folder.mkdir()
    if there:
        (folder / "run").touch()
    monkeypatch.setattr(warmup, "OTHER", "import time; '{part}'; time.sleep(60)")
    monkeypatch.setattr(jit.config, "DISABLE_JIT", 0)
    monkeypatch.setattr(jit, "cache_folder", lambda: folder)
    monkeypatch.setattr(warmup.os, "cpu_count", lambda: processors)
    processes = []
    usual = subprocess.Popen
    monkeypatch.setattr(warmup.subprocess, "Popen", lambda *a, **k: processes.append(usual(*a, **k)) or processes[-1])
    with pytest.raises(ZeroDivisionError), warmup._second_process("nothing", "run"):
        raise ZeroDivisionError
    assert len(processes) == started
    assert all(one.returncode not in (0, None) for one in processes)
    assert list(tmp_path.iterdir()) == [folder]
    assert (folder / "run").exists() == there


LEFT = """
import subprocess, sys, time
from pathlib import Path
home = Path("{part}")
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
(home / "begun").touch()
try:
    other.wait()
except KeyboardInterrupt:
    other.kill()
    (home / "ended").touch()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes are not interrupted there")
@pytest.mark.parametrize("heed", [signal.default_int_handler, signal.SIG_IGN], ids=["terminal", "background"])
def test_a_process_that_is_left_ends_the_one_that_it_began(heed, tmp_path, monkeypatch):
    monkeypatch.setattr(warmup, "OTHER", LEFT)
    usual = signal.signal(signal.SIGINT, heed)

    def leave():
        while not (tmp_path / "begun").exists():
            time.sleep(0.01)
        time.sleep(0.1)
        raise ZeroDivisionError

    try:
        with pytest.raises(ZeroDivisionError), warmup._process(tmp_path.as_posix()):
            leave()
    finally:
        signal.signal(signal.SIGINT, usual)
    assert (tmp_path / "ended").exists()
