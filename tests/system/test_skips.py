"""A skip that tests/skips.txt does not allow fails the full run where the reference data are present."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import skips

ROOT = Path(__file__).resolve().parents[2]
TWO_TESTS = "import pytest\ndef test_a(): pytest.skip('no reason')\ndef test_b(): pass\n"


@pytest.mark.parametrize("workers", ["0", "1"])
def test_full_run_fails_on_an_unknown_skip(tmp_path, workers):
    (tmp_path / "test_two.py").write_text(TWO_TESTS, encoding="utf-8")
    options = ["-p", "tests.skips", "-p", "no:cacheprovider", "-n", workers, "--basetemp", str(tmp_path / "made")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ACTUARIAL_SHARED": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "skipped: 1, allowed:" in done.stdout
    assert "does not allow it: test_two.py::test_a" in done.stdout


def test_lines_of_the_list(tmp_path, monkeypatch):
    listed = tmp_path / "skips.txt"
    listed.write_text("# a remark\n\ntests/a/test_b.py::test_c[x] # needs a browser\n", encoding="utf-8")
    monkeypatch.setattr(skips, "ALLOWED", listed)
    assert skips.allowed() == {"tests/a/test_b.py::test_c[x]"}
