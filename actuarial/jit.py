"""The one place where the options of the compiler and the folder of its cache are set."""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from actuarial.collecting import uncollected
from actuarial.errors import ActuarialError
from actuarial.translation import N_, Told, why

with uncollected():
    import numba
    import numba.core.config
    from numba.core.caching import FunctionCache

F = TypeVar("F", bound=Callable[..., Any])

PACKAGE = Path(__file__).parent
COMPILING = N_("compiling kernels (once per version, up to a minute) ...")
SIZE = 30  # megabytes that all compiled kernels of a version take at most, while they are compiled
WIDTH = 8  # numbers side by side in those of `actuarial.lanes`, of which their callers know this alone
config: Any = numba.core.config
_state: dict[str, Any] = {"announced": False}
_ALWAYS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}
_INSIDE: dict[str, Any] = {"no_cpython_wrapper": True}


class Kept(FunctionCache):
    """The compiled forms of a kernel on the disk, which are found without what only the compiler needs.

    Numba loads all that it can compile, and what counts the uses of arrays, before it looks for a kernel: a quarter of
    a second where none has to be compiled, and nothing is lost, as the compiler itself asks for it again. It also tries
    for every kernel whether the folder can be written; here that is left until the kernel is called.
    """

    def __init__(self, function: Callable[..., Any], folder: Path) -> None:
        self._function, self._folder, self._opened = function, folder, False

    @property
    def cache_path(self) -> str:
        self._open()
        return super().cache_path

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        self._open()
        found = None
        with self._guard_against_spurious_io_errors():
            found = self._load_overload(sig, target_context)
        if found is None:
            _announce()
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        self._open()
        try:
            super().save_overload(sig, data)
        except OSError as error:
            raise _not_kept(self._folder, error) from error

    def flush(self) -> None:
        self._open()
        super().flush()

    def _open(self) -> None:
        if self._opened:
            return
        before = config.CACHE_DIR
        config.CACHE_DIR = str(self._folder)
        try:
            super().__init__(self._function)
        finally:
            config.CACHE_DIR = before
        self._opened = True


def source_digest() -> str:
    """Digest of the sources of all kernels and of their place.

    The compiler does not see that a callee in another file has changed, and compiles anew for every place.
    """
    digest = hashlib.sha256(str(PACKAGE).encode())
    others = [PACKAGE / f"{name}.py" for name in ("numeric", "jit", "lanes", "linking", "references")]
    for path in sorted([*PACKAGE.rglob("*kernels.py"), *others]):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path | None:
    """Folder of the compiled kernels, made if need be; None, and a line on stderr, where nothing can be written."""
    if "folder" not in _state:
        _state["folder"] = _writable(_base() / "actuarial" / source_digest())
    return _state["folder"]


def _base() -> Path:
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~/AppData/Local")).expanduser()
    if sys.platform == "darwin":
        return Path("~/Library/Caches").expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()


def _writable(folder: Path) -> Path | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    print(f"actuarial: {folder} cannot be written; kernels are compiled anew in every process.", file=sys.stderr)
    return None


def _not_kept(folder: Path, error: OSError) -> ActuarialError:
    """A compiled kernel could not be written to the disk."""
    text = N_(
        "{folder}: compiled kernels cannot be stored: {reason}.\n"
        "  They take up to {size} MB. Free space, or name another folder in the environment variable NUMBA_CACHE_DIR."
    )
    return ActuarialError(Told(text, folder=folder, reason=why(error), size=SIZE))


def compiled() -> bool:
    """Whether kernels of this version have been compiled on this machine before."""
    folder = cache_folder()
    return folder is not None and next(folder.rglob("*.nbi"), None) is not None


def _announce() -> None:
    """Say once on stderr that kernels are compiled."""
    if not _state["announced"]:
        _state["announced"] = True
        print(f"actuarial: {COMPILING}", file=sys.stderr, flush=True)


def lean(function: F) -> F:
    """Compile a kernel: no Python objects, GIL released, cached, no fast-math.

    It makes no arrays, borrows those that it is given, and does not count who uses them: counting costs as much as the
    arithmetic where small functions are called for every cell, and more where threads share an array; and what makes
    and counts arrays takes a twentieth of a second to load. A division by zero is infinite or NaN, as it is in arrays.
    """
    return _compile(function)


def inner(function: F) -> F:
    """As `lean`, for a part of kernels that Python never calls.

    What hands the arguments of Python over takes longer to compile than many a kernel; without it a call from Python
    would end the process, so it is refused. Parts are compiled with the kernels, and no machine code is made of them
    alone (see `actuarial.linking`).
    """
    return _part(function)


def absorbed(function: F) -> F:
    """As `inner`, for a part that the compiler takes into the kernel: handing many arrays over costs as much as the
    arithmetic of a few cells."""
    return _part(function, forceinline=True)


def tiled(function: F) -> F:
    """As `lean`, for loops of one length over cells side by side, which the compiler takes several at a time.

    A product and the sum that it belongs to are rounded together where the processor can do so. No order changes, so
    that every cell comes out the same in whatever place it stands.
    """
    return _compile(function, fastmath={"contract"})


def fused(function: F) -> F:
    """As `absorbed`, for a formula inside such loops, rounded as `tiled` says.

    The permission ends with the formula: kernels that may reorder their own sums do not reorder those of the formula.
    """
    return _part(function, fastmath={"contract"}, forceinline=True)


def summing(function: F) -> F:
    """As `lean`, for sums whose terms may be added in another order, several at a time."""
    return _compile(function, fastmath={"contract", "reassoc", "nsz"})


def inlined(function: F) -> F:
    """As `lean`, for a formula of a cell, or a part that stands at one place: it becomes a part of the kernel itself.

    That part is compiled once. A part that is called at several places, or has many such parts inside, is better an
    `inner` one: the compiler goes through everything again for each.
    """
    return _compile(function, inline="always")


def _part(function: F, **options: Any) -> F:
    """A part of kernels, which answers a call from Python by an error."""
    if config.DISABLE_JIT:
        return function
    compiler: Any = _linked
    dispatcher: Any = numba.njit(pipeline_class=compiler, **_ALWAYS, **_INSIDE, **options)(function)
    dispatcher.__class__ = _state.setdefault("inside", type("Inside", (type(dispatcher),), {"__call__": _refuse}))
    return dispatcher


def _linked(*given: Any) -> Any:
    """What compiles a part; it is loaded when one is compiled."""
    from actuarial.linking import PartCompiler

    return PartCompiler(*given)


def alone(kernel: Any) -> bool:
    """Whether a kernel is compiled by itself, and kept: it is no part of others."""
    return type(kernel) is not _state.get("inside") and kernel.targetoptions.get("inline") != "always"


def _refuse(self: Any, *_: Any, **__: Any) -> None:
    raise TypeError(f"{self.py_func.__name__} is a part of kernels and cannot be called from Python.")


def _compile(function: F, **options: Any) -> F:
    kernel: Any = numba.njit(**_ALWAYS, **options)(function)
    folder = cache_folder()
    if folder is not None and not config.DISABLE_JIT:
        kernel._cache = Kept(function, folder)
    return kernel
