"""The command that compiles all kernels, so that no run has to wait for it."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from actuarial.errors import ActuarialError
from actuarial.translation import N_, Language, Told

WARMUP = (sys.executable, "-m", "actuarial", "warmup")
SECOND = """
import gc, sys
from actuarial.cli import SELDOM, warmup
gc.set_threshold(*SELDOM)
sys.modules.setdefault("dask", None)
warmup.compile_second()
"""


def compile_all(arguments: argparse.Namespace) -> None:
    """Compile all kernels, and print how many there are and how long it took."""
    say = arguments.say
    print(say("Compiling all kernels; this takes about a minute the first time."), flush=True)
    start = time.perf_counter()

    def half() -> None:
        text = say("Those of one run are compiled ({seconds:.1f} s).", seconds=time.perf_counter() - start)
        print(text, flush=True)

    count = compile_kernels(half)
    print(say("{count} kernels are compiled ({seconds:.1f} s).", count=count, seconds=time.perf_counter() - start))


def compile_first(say: Language) -> None:
    """Compile all kernels in a process of its own where none of this version has been compiled yet.

    A process that compiles kernels may round in other places than one that finds them compiled, and whoever repeats a
    run wants the same bits. Where nothing can be kept, every process compiles for itself, and says what is wrong.
    """
    if _none_compiled():
        _announce(say)
        subprocess.run(WARMUP, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


@contextmanager
def compiling_first(say: Language) -> Iterator[None]:
    """As `compile_first`, for the embedded country: those of one run are enough to begin, the others are ready at the
    end."""
    if not _none_compiled():
        yield
        return
    _announce(say)
    with subprocess.Popen(WARMUP, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as other:
        assert other.stdout is not None
        for _ in range(2):  # what it begins with, and that those of one run are there; nothing if it fails
            other.stdout.readline()
        yield
        if other.poll() is None:
            text = say("compiling the kernels of scenarios too ...")
            print(f"actuarial: {text}", file=sys.stderr, flush=True)


def _announce(say: Language) -> None:
    """Say on stderr that another process compiles kernels, which is silent itself."""
    from actuarial import jit

    print(f"actuarial: {say(jit.COMPILING)}", file=sys.stderr, flush=True)


def _none_compiled() -> bool:
    """Whether no kernel of this version was compiled yet, and those that will be can be kept."""
    from actuarial import jit

    return not (jit.config.DISABLE_JIT or jit.compiled() or jit.cache_folder() is None)


def compile_kernels(half: Callable[[], None]) -> int:
    """Compile all kernels, or load them from the cache, by a short projection of the embedded country.

    Parameters
    ----------
    half : function of nothing
        Called when those of one run are there.

    Returns
    -------
    int
        Number of kernels.

    Raises
    ------
    ActuarialError
        A kernel that the projection does not reach.
    """
    from actuarial.projection import project

    short, scheme = _short()
    with _second_process():
        project(short, scheme, service="years")
        project(short, _by_slices(scheme), service="years")
        half()
    compile_second()
    found = dict(kernels())
    missed = [name for name, kernel in found.items() if not _ready(kernel)]
    if missed:
        text = N_("warmup: {number} of {count} kernels were not compiled: {missed}.")
        raise ActuarialError(Told(text, number=len(missed), count=len(found), missed=tuple(missed)))
    return len(found)


def compile_second() -> None:
    """Compile the kernels of scenarios side by side, of drawn futures and of rates: half of the time of all."""
    from actuarial.demography import graduate
    from actuarial.projection import project

    short, scheme = _short()
    _without_limits(short)
    project(short.assign(wage_growth=short["wage_growth"].expand_dims(scenario=[0])), scheme, service="years")
    _draw(short)
    graduate([0.0, 1.0, 2.0, 4.0], [100.0] * 4, order=1)
    _elementary()


def _short() -> tuple[Any, Any]:
    """Three years of the embedded country, and its scheme."""
    from actuarial import datasets

    basis, scheme = datasets.open("demo")
    return basis.isel(year=slice(0, 3)), scheme


@contextmanager
def _second_process() -> Iterator[None]:
    """Let another process compile the second half meanwhile, where nothing is compiled and there is a processor for it.

    It has a folder of its own: whether it finds a part that this process compiled just before, or has to compile it,
    would depend on who is faster. What it lacks in the end is compiled here.
    """
    from actuarial import jit

    folder = None if jit.config.DISABLE_JIT or jit.compiled() else jit.cache_folder()
    if folder is None or (os.cpu_count() or 1) == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="second-", dir=folder.parent) as own:
        environment = os.environ | {"NUMBA_CACHE_DIR": own}
        silent: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        other = subprocess.Popen([sys.executable, "-c", SECOND], env=environment, **silent)
        try:
            yield
            other.wait()
        finally:
            if other.poll() is None:
                other.kill()
                other.wait()
        take_over(Path(own) / "actuarial" / folder.name, folder)


def take_over(source: Path, target: Path) -> None:
    """Move the compiled kernels that a folder lacks into it: the index of each and its files."""
    for index in sorted(source.rglob("*.nbi")):
        place = target / index.relative_to(source).parent
        if (place / index.name).exists():
            continue
        place.mkdir(parents=True, exist_ok=True)
        for file in sorted(index.parent.glob(f"{index.stem}.*.nbc")):
            file.replace(place / file.name)
        index.replace(place / index.name)


def _by_slices(scheme: Any) -> Any:
    """The scheme with what has kernels of its own: an adjustment by slices of each pension, a minimum in payment."""
    from actuarial.dated import money
    from actuarial.pension import MinimumInPayment

    slices = ({"prices": 1.0}, {"above": money(1_000.0, "month"), "prices": 0.5})
    least = MinimumInPayment(accompanies=("old_age", "widows"), minimum=money(1_000.0, "month"))
    scheme = scheme.amend("scheme", benefits=(*scheme.benefits, least))
    return scheme.amend("old_age", indexation={"bands": slices})


def _without_limits(basis: Any) -> None:
    """Members of a scheme whose amounts have no limits, without inactives: they go through a kernel of their own."""
    from actuarial.demography import project_population
    from actuarial.labour.insured import project_insured
    from actuarial.pension import FinalAverage, OldAge
    from actuarial.scheme import Scheme

    formula = FinalAverage(accrual=0.01, years=1, capped=False)
    old_age = OldAge(retirement_age=60.0, qualifying_years=15.0, formula=formula)
    scheme = Scheme(name="Plain", currency=basis.attrs["currency"], benefits=(old_age,))
    active_only = basis.assign(inactive_0=0.0 * basis["inactive_0"], exit_rate=0.0 * basis["exit_rate"])
    project_insured(project_population(basis), active_only, scheme, service="years")


def _elementary() -> None:
    """Functions of arrays that other kernels take in number by number, and those of capital values."""
    import numpy as np

    from actuarial.benefits.kernels import add_per_deceased
    from actuarial.elementary_kernels import exp_all, normal_all

    for function in (exp_all, normal_all):
        function(np.zeros(1), np.zeros(1))
    cube = np.zeros((1, 1, 1))
    add_per_deceased(cube, cube, np.zeros((1, 2), dtype=np.int64), cube.copy())


def _draw(basis: Any) -> None:
    """One drawn future of the population, without uncertainty, and one of factors."""
    import numpy as np
    import xarray as xr

    from actuarial.demography import Uncertainty, basis_of_draws, project_population_draws, project_population_totals
    from actuarial.demography.futures.draws import SERIES

    labels = {"series": list(SERIES), "other": list(SERIES), "level": [0.1, 0.5, 0.9], "year": basis["year"].values}

    def zeros(*dims: str) -> xr.DataArray:
        coords = {dim: labels[dim] for dim in dims}
        return xr.DataArray(np.zeros([len(labels[dim]) for dim in dims]), coords=coords, dims=dims)

    none = Uncertainty(zeros("series", "level", "year"), zeros("series", "year"), zeros("series", "other") + np.eye(4))
    alike = xr.ones_like(basis["mx"].isel(year=0, drop=True))
    for of_drawn in (basis_of_draws, project_population_draws):
        of_drawn(basis, none, seed=0, scenarios=1, mortality_pattern=alike)
    labels["scenario"] = [0]
    project_population_totals(basis, mortality_factor=1.0 + zeros("scenario", "year"))


def _ready(kernel: Any) -> bool:
    """Whether a kernel was compiled here, or was found in the cache inside one that calls it."""
    from actuarial.jit import cache_folder

    function, folder = kernel.py_func, cache_folder()
    name = f"{function.__module__.split('.')[-1]}.{function.__name__}-{function.__code__.co_firstlineno}.*.nbi"
    return bool(kernel.signatures) or (folder is not None and any(folder.rglob(name)))


def kernels() -> Iterator[tuple[str, Any]]:
    """Every function of the library that is compiled by itself, with its place; not what becomes a part of others."""
    from importlib import import_module

    from actuarial.jit import PACKAGE

    for path in sorted([*PACKAGE.rglob("*kernels.py"), PACKAGE / "numeric.py"]):
        module = import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
        for name, thing in vars(module).items():
            own = hasattr(thing, "signatures") and thing.py_func.__module__ == module.__name__
            if own and thing.targetoptions.get("inline") != "always":
                yield f"{module.__name__}.{name}", thing
