"""Other programs, each in an environment and a process of its own, from a cache folder outside the checkout."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
PEERS = ("numpy", "modelx", "heavylight", "cashflower", "jax", "zarr")
INSTALL = 900.0  # seconds


class MissingPeer(Exception):
    """A peer that cannot be run, with the reason."""


def cache() -> Path:
    """Where the environments of the peers are."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "actuarial-benchmarks"


def environment(name: str) -> Path:
    """Python of the environment of a peer, made if need be; NumPy is run in the present one.

    Raises
    ------
    MissingPeer
        No such peer, or packages that cannot be installed.
    """
    wanted = FOLDER / name / "requirements.txt"
    if not (FOLDER / name / "peer.py").is_file():
        raise MissingPeer(f"there is no peer {name}; there are {', '.join(PEERS)}")
    if not wanted.is_file():
        return Path(sys.executable)
    digest = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = cache() / f"{name}-{digest}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / "complete").is_file():
        install(folder, python, wanted)
        (folder / "complete").touch()
    return python


def install(folder: Path, python: Path, wanted: Path) -> None:
    """A new environment with the packages of a peer, compiled; MissingPeer with the last line of what went wrong."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv:
        make = [uv, "venv", "--quiet", "--python", sys.executable, folder]
        fill = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "-r", wanted]
    else:
        make = [sys.executable, "-m", "venv", folder]
        fill = [python, "-m", "pip", "install", "--quiet", "-r", wanted]
    for command in (make, fill):
        try:
            done = subprocess.run(
                [str(word) for word in command], capture_output=True, text=True, check=False, timeout=INSTALL
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise MissingPeer(f"its packages cannot be installed: {error}") from error
        if done.returncode:
            raise MissingPeer(f"its packages cannot be installed: {last_line(done.stderr)}")


def last_line(text: str) -> str:
    """Last line that is not empty."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


class Peer:
    """A peer that waits for its next run: its answer, versions and times."""

    def __init__(self, name: str, process: subprocess.Popen, errors: Any) -> None:
        self.name, self.process, self.errors = name, process, errors
        first = self.read()
        self.answer = np.load(first["answer"])
        self.versions: dict[str, str] = first["versions"]
        self.prepared: float = first["prepared"]

    def read(self) -> dict[str, Any]:
        """The next line of JSON; what a peer prints otherwise is passed over."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                return dict(json.loads(line))
        self.process.wait()
        self.errors.seek(0)
        raise MissingPeer(f"it ended with {self.process.returncode}: {last_line(self.errors.read())}")

    def timed(self, number: int) -> dict[str, float]:
        """Seconds of one call, mean of some."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        return self.read()


@contextlib.contextmanager
def peer(name: str, task: str, told: Mapping[str, np.ndarray]) -> Iterator[Peer]:
    """A peer that has prepared a task.

    Raises
    ------
    MissingPeer
        It cannot be installed, imported or run.
    """
    python = environment(name)
    settings = {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "errors").open("w+") as errors:
        file = Path(folder) / "told.npz"
        np.savez(file, **told)
        command = [str(python), str(FOLDER / name / "peer.py"), task, str(file)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=folder,
            env={**os.environ, **settings},
        )  # fmt: skip
        try:
            yield Peer(name, process, errors)
        finally:
            end(process)


def end(process: subprocess.Popen) -> None:
    """Let a peer end, or make it."""
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
