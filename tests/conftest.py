"""What all tests share: the folder of reference data, and settings of hypothesis."""

import gc
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
os.environ["ACTUARIAL_LANGUAGE"] = "en"  # whatever the language of the machine
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads of small matrices wait for each other on busy processors

settings.register_profile(
    "ci", deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Several processes: the tests of a file stay together, so that what they share is made once.

    The checks of and by the simulation of members are one file more, for they simulate the same lives. Files begin in
    their order: the longest ones are followed by many short ones, and no process is left alone with a long one.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::")[0]
            return "microsim" if "/test_microsim_" in file else file

    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collectstart() -> None:
    """While tests are collected no garbage is looked for: modules and tests stay."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Garbage is looked for among what is made from now on, and less often."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    gc.enable()


def shared_folder() -> Path | None:
    """Folder of the reference data, or None where it is neither named nor there.

    Named by ACTUARIAL_SHARED, a folder that is not there is an error of the run and no reason to skip.
    """
    given = os.environ.get("ACTUARIAL_SHARED")
    if given:
        if not Path(given).is_dir():
            raise FileNotFoundError(f"ACTUARIAL_SHARED names {given}, which is not a folder")
        return Path(given)
    beside = ROOT.parent / "shared"
    return beside if beside.is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the reference data; the test is skipped where it is absent."""
    folder = shared_folder()
    if folder is None:
        pytest.skip("reference data absent: set ACTUARIAL_SHARED to their folder")
    return folder
