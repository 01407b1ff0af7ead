"""Ensembles in processes of dask.distributed: the same bits, also where a process is killed."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest

import actuarial as ac
from actuarial.ensemble import autoregression, run
from tests.reference.small import small_basis

distributed = pytest.importorskip("distributed")
BASIS = small_basis().isel(year=slice(0, 5))
LAW = ac.open_scheme(Path(__file__).parents[1] / "smoke" / "small.toml")
ECONOMY = autoregression({"inflation": 0.01, "interest_rate": 0.02}, persistence=0.6)


@pytest.mark.slow  # two processes import the library and load the kernels, and a third one after one is killed
def test_a_killed_process_is_made_up_for(tmp_path):
    expected, killed = run(BASIS, LAW, ECONOMY, seed=7, scenarios=6), []
    options = {"dashboard_address": None, "silence_logs": 50}
    processes = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, **options)
    with processes as cluster:

        def kill(_):
            if not killed:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        where = {"engine": "dask", "address": cluster.scheduler_address, "folder": tmp_path}
        found = run(BASIS, LAW, ECONOMY, seed=7, scenarios=6, block=1, progress=kill, **where)
    assert killed
    assert all(np.array_equal(found[name], expected[name], equal_nan=True) for name in expected)
