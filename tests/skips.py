"""Plugin of the full run: counts skipped tests, and fails where one is skipped that tests/skips.txt does not allow.

Loaded by tests/run.py with `-p tests.skips`. Without reference data skips are counted and shown, and allowed.
"""

from pathlib import Path

import pytest

from tests.conftest import shared_folder

ALLOWED = Path(__file__).with_name("skips.txt")


def allowed() -> set[str]:
    """Node ids of the tests that may be skipped."""
    lines = (line.split(" # ")[0].strip() for line in ALLOWED.read_text(encoding="utf-8").splitlines())
    return {line for line in lines if line and not line.startswith("#")}


def skipped(config: pytest.Config) -> list[str]:
    """Node ids of the tests that were skipped."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return [report.nodeid for report in reporter.stats.get("skipped", [])] if reporter else []


def excess(config: pytest.Config) -> list[str]:
    """Skipped tests that are not allowed to be; none where the reference data are absent."""
    return [] if shared_folder() is None else sorted(set(skipped(config)) - allowed())


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run after the last test."""
    if not hasattr(session.config, "workerinput") and excess(session.config) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Number of skips beside the number allowed, and those that are too many."""
    terminalreporter.write_line(f"skipped: {len(skipped(config))}, allowed: {len(allowed())}")
    for name in excess(config):
        terminalreporter.write_line(f"skipped, and tests/skips.txt does not allow it: {name}", red=True)
