"""The machine and the versions that numbers were measured with."""

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("actuarial", "numpy", "numba", "scipy", "pandas", "xarray")


def machine() -> dict[str, Any]:
    """Processor, system, versions, date and load."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "versions": {name: _version(name) for name in PACKAGES},
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": list(os.getloadavg()) if hasattr(os, "getloadavg") else [],
    }


def processor() -> str:
    """Name of the processor, as far as the system tells it."""
    file = Path("/proc/cpuinfo")
    if file.is_file():
        for line in file.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def described(known: dict[str, Any]) -> str:
    """One line for readers."""
    versions = ", ".join(f"{name} {number}" for name, number in known["versions"].items())
    return f"{known['processor']}, {known['cores']} cores, Python {known['python']}, {versions}; {known['date'][:10]}."


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
