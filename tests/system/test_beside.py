"""Work of a command in a copy of its process."""

import os
import signal
import sys
import time
from tempfile import TemporaryDirectory

import pytest

from actuarial.cli import beside as module
from actuarial.cli.beside import beside
from actuarial.errors import ActuarialError, BadInput
from actuarial.translation import Told, language

COPIED = pytest.mark.skipif(sys.platform != "linux", reason="a process is copied on Linux alone")


@pytest.fixture(params=["beside", "after"])
def processors(request, monkeypatch):
    monkeypatch.setattr(module.os, "cpu_count", lambda: 2 if request.param == "beside" else 1)
    return request.param


def test_what_the_work_gives_is_there_when_it_is_asked_for(processors):
    with beside(lambda: (os.getpid(), "done")) as result:
        where, found = result()
    assert found == "done"
    assert (where == os.getpid()) == (processors == "after" or sys.platform != "linux")


def test_an_error_of_the_work_is_raised_here_in_all_its_languages(processors):
    def refuse():
        raise BadInput(Told("{path}: the file is empty.", path="x.csv"))

    with beside(refuse) as result, pytest.raises(BadInput) as told:
        result()
    assert told.value.args[0].said(language()) == "x.csv: the file is empty."


@COPIED
def test_work_that_is_left_ends(monkeypatch):
    monkeypatch.setattr(module.os, "cpu_count", lambda: 2)
    start = time.monotonic()
    with pytest.raises(ZeroDivisionError), beside(lambda: time.sleep(60)):
        raise ZeroDivisionError
    assert time.monotonic() - start < 30


@COPIED
def test_work_that_is_left_takes_away_what_it_has_begun(monkeypatch, tmp_path):
    monkeypatch.setattr(module.os, "cpu_count", lambda: 2)

    def write():
        with TemporaryDirectory(dir=tmp_path):
            os.kill(os.getpid(), signal.SIGINT)  # of the terminal, which both have
            (tmp_path / "begun").touch()
            time.sleep(60)

    def leave():
        until = time.monotonic() + 20
        while not (tmp_path / "begun").exists() and time.monotonic() < until:
            time.sleep(0.01)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), beside(write):
        leave()
    assert [one.name for one in tmp_path.iterdir()] == ["begun"]


@COPIED
def test_work_that_ends_without_a_result_is_told(monkeypatch):
    monkeypatch.setattr(module.os, "cpu_count", lambda: 2)
    with beside(lambda: os._exit(7)) as result, pytest.raises(ActuarialError, match=r"a result \(code 7\)"):
        result()
