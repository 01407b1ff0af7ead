"""Compile every kernel before it is needed: a short projection of the embedded country reaches all of them."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from actuarial import jit
from actuarial.errors import ActuarialError

YEARS = 3


def compile_kernels() -> int:
    """Compile all kernels, or load them from the cache.

    Returns
    -------
    int
        Number of kernels.

    Raises
    ------
    ActuarialError
        Some kernel was not reached.
    """
    from actuarial import datasets
    from actuarial.projection import project

    basis, scheme = datasets.open("demo")
    project(basis.isel(year=slice(0, YEARS)), scheme, service="years")
    found = dict(kernels())
    missed = [name for name, kernel in found.items() if not kernel.signatures]
    if missed:
        raise ActuarialError(f"warmup: {len(missed)} of {len(found)} kernels were not compiled: {', '.join(missed)}.")
    return len(found)


def kernels() -> Iterator[tuple[str, Any]]:
    """Every compiled function of the library with its place."""
    for path in sorted([*jit.PACKAGE.rglob("kernels.py"), jit.PACKAGE / "numeric.py"]):
        parts = path.relative_to(jit.PACKAGE.parent).with_suffix("").parts
        module = import_module(".".join(parts))
        for name, thing in vars(module).items():
            if hasattr(thing, "signatures") and thing.py_func.__module__ == module.__name__:
                yield f"{module.__name__}.{name}", thing
