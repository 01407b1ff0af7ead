"""All checks of the project: `python tests/run.py`, or some legs by name: `python tests/run.py lint tests`."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest", "-q")


class LegFailed(Exception):
    """A command of a leg ended with an error."""


def call(*command: object, folder: Path = ROOT, allowed: tuple[int, ...] = (0,), **environment: str) -> int:
    """Run a command from a folder and return its exit code; LegFailed if that is not allowed."""
    words = [str(word) for word in command]
    print("$", " ".join(words), flush=True)
    code = subprocess.run(words, cwd=folder, env={**os.environ, **environment}, check=False).returncode
    if code not in allowed:
        raise LegFailed(f"{Path(words[0]).name} {' '.join(words[1:3])} ended with {code}")
    return code


def tool(name: str) -> str:
    """Path of a command of this environment."""
    beside = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if beside is None:
        raise LegFailed(f"{name} is not installed: pip install '.[test]'")
    return beside


def lint() -> None:
    """Style of the code."""
    folders = [name for name in ("actuarial", "tests", "examples", "benchmarks") if (ROOT / name).is_dir()]
    call(sys.executable, "-m", "ruff", "check", *folders)


def types() -> None:
    """Types of the package."""
    call(sys.executable, "-m", "mypy")


def imports() -> None:
    """Direction of the imports."""
    call(tool("lint-imports"))


def warmup() -> None:
    """Kernels compiled once, before several processes want them."""
    call(sys.executable, "-m", "actuarial", "warmup")


def examples() -> None:
    """Every script of examples/, from an empty folder, and every example of a docstring.

    A script that ends with 2 wants reference data; that is a failure unless they are absent.
    """
    beside = ROOT.parent / "shared"
    shared = os.environ.get("ACTUARIAL_SHARED") or (str(beside) if beside.is_dir() else "")
    scripts = [*(ROOT / "examples").glob("*.py"), *(ROOT / "examples").glob("*/run.py")]
    for script in sorted(scripts):
        with tempfile.TemporaryDirectory() as empty:
            data = {"ACTUARIAL_SHARED": shared} if shared else {}
            code = call(sys.executable, script, folder=Path(empty), allowed=(0,) if shared else (0, 2), **data)
            if code:
                print(f"{script.name} was left out: it wants the folder of reference data, see ACTUARIAL_SHARED")
    call(*PYTEST, "-n0", "--durations=0", "--durations-min=5", "--doctest-modules", "actuarial")


def plain() -> None:
    """Kernels as plain Python, with their coverage."""
    coverage = ("--cov=actuarial", "--cov-report=term-missing")
    call(*PYTEST, "-n0", *coverage, "tests/kernels", NUMBA_DISABLE_JIT="1")


def installed(folder: Path, what: str) -> Path:
    """Python of a new environment that has something in its lowest versions."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    call(tool("uv"), "venv", "--quiet", "--python", sys.executable, folder)
    call(tool("uv"), "pip", "install", "--quiet", "--python", python, "--resolution", "lowest-direct", what)
    return python


def lowest() -> None:
    """The lowest versions that are allowed: one test per stage; and without extras the demo, from an empty folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cache = {"NUMBA_CACHE_DIR": str(folder / "kernels")}
        call(installed(folder / "tested", f"{ROOT}[test]"), "-m", "pytest", "-q", "-n0", "tests/smoke", **cache)
        (folder / "empty").mkdir()
        python = installed(folder / "alone", str(ROOT))
        call(python, "-m", "actuarial", "demo", "--out", "demo", folder=folder / "empty", **cache)


def tests() -> None:
    """All tests, on two processes, file by file; skips are counted against tests/skips.txt."""
    call(sys.executable, "-m", "pytest", "-n", "2", "-p", "tests.skips")


LEGS: dict[str, Callable[[], None]] = {
    leg.__name__: leg for leg in (lint, types, imports, warmup, examples, plain, lowest, tests)
}


def run(names: list[str]) -> list[str]:
    """Run legs in order, say how long each took, and return those that failed."""
    failed, lines = [], []
    for name in names:
        if name == names[-1] and lines:
            print("\n".join(["", *lines]))
        print(f"\n== {name}: {(LEGS[name].__doc__ or name).splitlines()[0]}", flush=True)
        start, outcome = time.perf_counter(), "ok"
        try:
            LEGS[name]()
        except LegFailed as error:
            outcome = f"FAILED: {error}"
            failed.append(name)
        lines.append(f"{name:9}{time.perf_counter() - start:6.0f} s  {outcome}")
    if failed:
        print("\nfailed: " + ", ".join(failed), flush=True)
    return failed


def main() -> int:
    """Exit code 1 if a leg failed."""
    parser = argparse.ArgumentParser(description="All checks of the project, or some of them by name.")
    parser.add_argument("leg", nargs="*", help=f"any of {', '.join(LEGS)}; all of them if none is named")
    names = parser.parse_args().leg or list(LEGS)
    unknown = [name for name in names if name not in LEGS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; the legs are {', '.join(LEGS)}")
    return 1 if run(names) else 0


if __name__ == "__main__":
    sys.exit(main())
