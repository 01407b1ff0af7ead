"""The command that compiles all kernels, so that no run has to wait for it."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from actuarial.errors import ActuarialError
from actuarial.translation import N_, Language, Told

OTHER = """
import gc, sys
from actuarial.cli import SELDOM, warmup
gc.set_threshold(*SELDOM)
sys.modules.setdefault("dask", None)
warmup.{part}()
"""
"""What a process does that compiles a part of the kernels."""
HEED = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
"""Begins what another process does: those that a shell starts in the background, and theirs, ignore interruptions."""
LATER = ("projection", "projection_health", "report.summary", "report.workbook", "standards", "studies")
"""Modules that a run of the embedded country wants besides kernels."""
PATIENCE = 5  # seconds until a process that was interrupted is ended


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
    """Compile the kernels of one run where none of this version has been compiled yet."""
    with compiling_first(say) as ready:
        ready()


@contextmanager
def compiling_first(say: Language) -> Iterator[Callable[[], None]]:
    """As `compile_first`, while other things are done: what it gives waits for the kernels.

    Another process compiles them, and another one beside it. Where nothing can be kept, every process compiles for
    itself, and says what is wrong.
    """
    if not _none_compiled():
        yield lambda: None
        return
    _announce(say)
    with _process("compile_run") as other:

        def ready() -> None:
            for name in LATER:
                import_module(f"actuarial.{name}")
            other.wait()

        yield ready


@contextmanager
def _process(part: str, **environment: str) -> Iterator[subprocess.Popen]:
    """Another process that does a part of the work in silence; it ends with an error of this one."""
    silent: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    words = [sys.executable, "-c", HEED + OTHER.format(part=part)]
    other = subprocess.Popen(words, env=os.environ | environment, **silent)
    try:
        yield other
        other.wait()
    finally:
        if other.poll() is None:
            _end(other)


def _end(other: subprocess.Popen) -> None:
    """Interrupt a process, so that it ends those that it began; end it where it does not."""
    if os.name == "posix":
        other.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            other.wait(PATIENCE)
    other.kill()
    other.wait()


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
    compile_run()
    half()
    with _second_process("compile_draws", "all"):
        _by_years()
        _by_slices()
    compile_draws()
    found = dict(kernels())
    missed = [name for name, kernel in found.items() if not _ready(kernel)]
    if missed:
        text = N_("warmup: {number} of {count} kernels were not compiled: {missed}.")
        raise ActuarialError(Told(text, number=len(missed), count=len(found), missed=tuple(missed)))
    return len(found)


def compile_run() -> None:
    """Compile the kernels of one run; that of members with limits takes longer than all others."""
    from actuarial.projection import project

    with _second_process("compile_others", "run"):
        _members()
    project(*_short())


def compile_others() -> None:
    """Compile the kernels of one run but that of members with limits, and that of members without."""
    import numpy as np

    from actuarial.benefits.stock import project_pensions
    from actuarial.demography import project_population
    from actuarial.labour.insured import project_insured
    from actuarial.numeric import expected_clip_array

    basis, scheme = _without_limits(*_short())
    members = project_insured(project_population(basis), basis, scheme, service="years")
    project_pensions(members, basis, scheme)
    expected_clip_array(*np.ones((4, 1)))


def compile_draws() -> None:
    """Compile the kernels of drawn futures, of rates and of arrays."""
    from actuarial.demography import graduate

    _draw(_short()[0])
    graduate([0.0, 1.0, 2.0, 4.0], [100.0] * 4, order=1)
    _elementary()


def _members() -> None:
    """Members of the embedded country, whose population stays as it is."""
    from actuarial.labour.insured import project_insured

    short, scheme = _short()
    people = short[["population_0"]].rename(population_0="population").expand_dims(year=short["year"])
    project_insured(people, short, scheme)


def _by_years() -> None:
    """Members of the embedded country by years of credit: groups and sexes side by side, as scenarios are."""
    from actuarial.projection import project

    project(*_short(), service="years")


def _short() -> tuple[Any, Any]:
    """Three years of the embedded country, and its scheme."""
    from actuarial import datasets

    basis, scheme = datasets.open("demo")
    return basis.isel(year=slice(0, 3)), scheme


@contextmanager
def _second_process(part: str, whole: str) -> Iterator[None]:
    """Let another process compile a part meanwhile, where the whole was not compiled yet and a processor is free.

    It has a folder of its own: whether it finds a part that this process compiled just before, or has to compile it,
    would depend on who is faster. What it lacks in the end is compiled here.
    """
    from actuarial import jit

    folder = None if jit.config.DISABLE_JIT else jit.cache_folder()
    if folder is None or (folder / whole).exists() or (os.cpu_count() or 1) == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="second-", dir=folder.parent) as own:
        with _process(part, NUMBA_CACHE_DIR=own):
            yield
        take_over(Path(own) / "actuarial" / folder.name, folder)
    (folder / whole).touch()


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


def _by_slices() -> None:
    """A law with what has kernels of its own: an adjustment by slices of each pension, a minimum in payment."""
    from actuarial.dated import money
    from actuarial.pension import MinimumInPayment
    from actuarial.projection import project

    short, scheme = _short()
    slices = ({"prices": 1.0}, {"above": money(1_000.0, "month"), "prices": 0.5})
    least = MinimumInPayment(accompanies=("old_age", "widows"), minimum=money(1_000.0, "month"))
    scheme = scheme.amend("scheme", benefits=(*scheme.benefits, least))
    project(short, scheme.amend("old_age", indexation={"bands": slices}), service="years")


def _without_limits(basis: Any, scheme: Any) -> tuple[Any, Any]:
    """Basis and scheme of pensions whose amounts have no limits, without inactive members: the active go through a
    kernel of their own."""
    from actuarial.pension import FinalAverage

    names = ["old_age", "invalidity", "widows", "orphans"]
    scheme = scheme.amend("scheme", benefits=[benefit for benefit in scheme.benefits if benefit.name in names])
    scheme = scheme.amend("old_age", formula=FinalAverage(accrual=0.01, years=1, capped=False), early_age=None)
    basis = basis.sel(benefit=names).drop_dims("line")
    return basis.assign(inactive_0=0.0 * basis["inactive_0"], exit_rate=0.0 * basis["exit_rate"]), scheme


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
    from actuarial.jit import PACKAGE, alone

    for path in sorted([*PACKAGE.rglob("*kernels.py"), PACKAGE / "numeric.py"]):
        module = import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
        for name, thing in vars(module).items():
            own = hasattr(thing, "signatures") and thing.py_func.__module__ == module.__name__
            if own and alone(thing):
                yield f"{module.__name__}.{name}", thing
