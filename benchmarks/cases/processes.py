"""Whole processes: the import of the library, and the way from the start to a first result."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.cases.ready import Ready

ROOT = Path(__file__).parents[2]
FIRST_RESULT = """
from benchmarks.cases import lattice
basis, scheme = lattice.basis(100), lattice.scheme()
print(lattice.run_stages(basis, scheme, lattice.population_of(basis), False)[-1, 7])
"""
NOT_ASKED_FOR = ("coverage", "dask", "pyarrow")
"""Packages that this library can do without, and that Numba, xarray and pandas import where they are installed."""
ALONE = f"import sys; sys.modules.update(dict.fromkeys({NOT_ASKED_FOR}))\n"
"""Beginning of a process in which they are not installed."""


def python(code: str) -> str:
    """What a new process prints; compiled bytes of modules are written, as they are for everybody."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env=environment, cwd=ROOT, capture_output=True, text=True
    )
    return done.stdout


def numpy_alone() -> str:
    """What the import of NumPy takes, in the same rounds."""
    return python("import numpy")


def importing() -> Ready:
    """The import alone."""
    return Ready(ways={"process": lambda: python("import actuarial"), "numpy alone": numpy_alone})


def starting() -> Ready:
    """Import, inputs, kernels from the cache, first result by the public functions: where no more is installed than the
    library asks for, and in the present environment."""
    ways = {
        "process": lambda: float(python(ALONE + FIRST_RESULT)),
        "with all that is installed": lambda: float(python(FIRST_RESULT)),
        "numpy alone": numpy_alone,
    }
    return Ready(ways=ways, known=_first)


def _first() -> float:
    from benchmarks.cases import lattice

    return lattice.first_result()
