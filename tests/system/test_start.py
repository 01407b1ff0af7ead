"""What a process does before its first result: nothing that only the compiler or another library needs."""

import subprocess
import sys

import numpy as np
import pytest

from actuarial import cli, jit
from actuarial.elementary_kernels import exp_all

FOUND = """if True:
    import sys, numba, numpy as np
    from actuarial.elementary_kernels import exp_all
    numbers = np.array([0.0, 1.0])
    exp_all(numbers, numbers)
    assert not exp_all.stats.cache_misses, exp_all.stats
    print(numbers.tolist(), "numba.np.linalg" in sys.modules)
    print(numba.njit(lambda matrix: (matrix @ matrix).sum())(np.full((2, 2), 3.0)))
"""


@pytest.mark.skipif(bool(jit.config.DISABLE_JIT), reason="nothing is compiled")
def test_a_compiled_kernel_is_found_without_the_compiler_which_is_there_when_it_is_needed():
    numbers = np.array([0.0, 1.0])
    exp_all(numbers, numbers)
    done = subprocess.run([sys.executable, "-c", FOUND], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{numbers.tolist()} False", "72.0"]


@pytest.mark.parametrize("loaded", [None, "a module"])
def test_a_command_loads_no_dask_and_leaves_one_that_is_there(monkeypatch, loaded):
    modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] != "dask"}
    monkeypatch.setattr(sys, "modules", modules | ({"dask": loaded} if loaded else {}))
    seen = []
    monkeypatch.setattr(cli, "main", lambda: seen.append(sys.modules["dask"]) or 7)
    assert cli.command() == 7
    assert seen == [loaded]
