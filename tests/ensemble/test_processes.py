"""Ensembles in processes of this machine: the same bits, also where a process is killed."""

import multiprocessing
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import actuarial as ac
from actuarial import bridge
from actuarial.ensemble import autoregression, run
from actuarial.errors import BadInput
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
