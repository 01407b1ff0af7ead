"""All checks of the project: `python tests/run.py`, or some legs by name: `python tests/run.py lint tests`.

The tests come last, by themselves; of the other legs two run at a time, the slow ones first.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest", "-q")
FIRST = ("warmup", "lowest", "examples", "plain", "types", "gates")  # the longest first, so that none ends alone
ALONE = {"OPENBLAS_NUM_THREADS": "1"}  # two processes run at a time: no threads for small matrices
WARM = ("examples", "gates")  # legs that want the kernels of this environment compiled, not at the same time
GATED = ("population", "population-1000", "premium", "import", "accuracy")  # benchmarks with a wide margin everywhere
OLD = """
import importlib.metadata, re, sys, tomllib
asked = tomllib.load(open(sys.argv[1], "rb"))["project"]["dependencies"]
for name, least in (re.fullmatch(r"(\\S+?)>=(\\S+)", one).groups() for one in asked):
    found = importlib.metadata.version(name)
    print(name, found)
    if not (found + ".").startswith(least + "."):
        sys.exit(f"{name} is {found}, but the lowest version that is allowed is {least}")
"""  # what a Python says of the versions that it has of what a pyproject.toml asks for
WRITTEN: ContextVar[list[str] | None] = ContextVar("WRITTEN", default=None)  # what a leg beside another one wrote


class LegFailed(Exception):
    """A command of a leg ended with an error."""


def call(*command: object, folder: Path = ROOT, allowed: tuple[int, ...] = (0,), **environment: str) -> int:
    """Run a command from a folder and return its exit code; LegFailed if that is not allowed."""
    words = [str(word) for word in command]
    tell("$ " + " ".join(words))
    here = WRITTEN.get() is None
    done = subprocess.run(
        words, cwd=folder, env={**ALONE, **os.environ, **environment}, check=False,
        stdout=None if here else subprocess.PIPE, stderr=None if here else subprocess.STDOUT,
    )  # fmt: skip
    if not here:
        tell(done.stdout.decode(errors="replace").rstrip("\n"))
    if done.returncode not in allowed:
        raise LegFailed(f"{Path(words[0]).name} {' '.join(words[1:3])} ended with {done.returncode}")
    return done.returncode


def tell(text: str) -> None:
    """Print, or keep what a leg beside another one writes until it ends."""
    kept = WRITTEN.get()
    if kept is None:
        print(text, flush=True)
    elif text:
        kept.append(text)


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
    patterns = ("*.py", "*/run.py", "*/notebook.py")
    scripts = [script for pattern in patterns for script in (ROOT / "examples").glob(pattern)]
    for script in sorted(scripts):
        with tempfile.TemporaryDirectory() as empty:
            data = {"ACTUARIAL_SHARED": shared} if shared else {}
            code = call(sys.executable, script, folder=Path(empty), allowed=(0,) if shared else (0, 2), **data)
            if code:
                tell(f"{script.name} was left out: it wants the folder of reference data, see ACTUARIAL_SHARED")
    call(*PYTEST, "-n0", "--durations=0", "--durations-min=5", "--doctest-modules", "actuarial")


def plain() -> None:
    """Kernels as plain Python."""
    call(*PYTEST, "-n0", "tests/kernels", NUMBA_DISABLE_JIT="1")


def gates() -> None:
    """Some benchmarks as ratios to NumPy, at half of what they are held to elsewhere, and distances to published data.

    A moment in which others use the machine is no failure: what fails is measured once more.
    """
    only = [word for name in GATED for word in ("--only", name)]
    measured = (sys.executable, "-m", "benchmarks", "--quick", "--gate", "--slack", "2", "--peers", "numpy", *only)
    if call(*measured, allowed=(0, 1)):
        call(*measured)


def environment(folder: Path) -> Path:
    """Python of a new environment."""
    call(tool("uv"), "venv", "--quiet", "--python", sys.executable, folder)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(python: Path, wheel: Path, *extras: str) -> None:
    """Install a wheel beside the lowest versions that it allows; what is imported there is compiled then, the rest is
    not.

    What the project asks for is named by its own file: of a wheel it is what another package asks for, of which the
    newest versions are taken.
    """
    into = (tool("uv"), "pip", "install", "--quiet", "--python", python)
    asked = [word for extra in extras for word in ("--extra", extra)]
    lowest_direct = ("--resolution", "lowest-direct", "-r", ROOT / "pyproject.toml", *asked)
    call(*into, *lowest_direct, UV_COMPILE_BYTECODE="0")
    call(*into, "--no-deps", wheel, UV_COMPILE_BYTECODE="0")
    call(python, "-c", OLD, ROOT / "pyproject.toml")


def lowest() -> None:
    """The lowest versions that are allowed: without extras the demo, from an empty folder; then one test per stage.

    The tests run where there is no package beside them, so that both try the one that is installed, compiled once.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cache = {"NUMBA_CACHE_DIR": str(folder / "kernels")}
        (folder / "empty").mkdir()
        call(tool("uv"), "build", "--quiet", "--wheel", "--out-dir", folder, ROOT)
        (wheel,) = folder.glob("*.whl")
        python = environment(folder / "lowest")
        install(python, wheel)
        call(python, "-m", "actuarial", "demo", "--out", "demo", folder=folder / "empty", **cache)
        install(python, wheel, "test")
        shutil.copy(ROOT / "pyproject.toml", folder)
        shutil.copytree(ROOT / "tests", folder / "tests", ignore=shutil.ignore_patterns("__pycache__"))
        call(python, "-m", "pytest", "-q", "-n0", "tests/smoke", folder=folder, **cache)


def tests() -> None:
    """All tests, on two processes, file by file; skips are counted against tests/skips.txt."""
    call(sys.executable, "-m", "pytest", "-n", "2", "-p", "tests.skips")


LEGS: dict[str, Callable[[], None]] = {
    leg.__name__: leg for leg in (lint, types, imports, warmup, examples, plain, gates, lowest, tests)
}


def ended(name: str) -> tuple[str, str]:
    """Run one leg: why it failed, empty if it did not, and a line that says how long it took."""
    start, failure = time.perf_counter(), ""
    try:
        LEGS[name]()
    except LegFailed as error:
        failure = f"FAILED: {error}"
    return failure, f"{name:9}{time.perf_counter() - start:6.0f} s  {failure or 'ok'}"


def beside(name: str, before: Future[Any] | None = None) -> tuple[str, str]:
    """Run one leg, after another one if it must, while others run, and print all that it wrote when it ends."""
    if before is not None:
        before.result()
    written = [head(name)]
    token = WRITTEN.set(written)
    try:
        return ended(name)
    finally:
        WRITTEN.reset(token)
        print("\n".join(written), flush=True)


def head(name: str) -> str:
    """Heading of a leg."""
    return f"\n== {name}: {(LEGS[name].__doc__ or name).splitlines()[0]}"


def run(names: list[str]) -> list[str]:
    """Run legs, two at a time where they may, say how long each took, and return those that failed."""
    pairs = sorted((name for name in names if name != "tests"), key=lambda name: (*FIRST, name).index(name))
    running: dict[str, Future[tuple[str, str]]] = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name in pairs:
            running[name] = pool.submit(beside, name, running.get("warmup") if name in WARM else None)
    outcomes = {name: running[name].result() for name in names if name in running}
    for name in (name for name in names if name == "tests"):
        print("\n".join(["", *(line for _, line in outcomes.values())]))
        print(head(name), flush=True)
        outcomes[name] = ended(name)
    failed = [name for name, (failure, _) in outcomes.items() if failure]
    print("\n".join(["", *(line for _, line in outcomes.values())]))
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
