"""Where a result comes from: digests of its inputs and outputs, and the manifest that is kept with it."""

import dataclasses
import hashlib
import inspect
import json
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from importlib import metadata
from itertools import chain
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import numpy as np
import xarray as xr

from actuarial.errors import BadInput
from actuarial.quick import without_attrs
from actuarial.remembered import remembered
from actuarial.vocabulary import variables

STACK = ("numpy", "scipy", "pandas", "xarray", "numba", "pydantic")
BY_NAME = ("groups", "services", "contributions", "benefits")
OUTPUTS = (".nc", ".csv", ".parquet", ".toml", ".svg")
INPUTS = {"basis": "basis.nc", "scheme": "scheme.toml"}
"""Files of a run that hold its inputs."""
PLAIN = (str, float, int, bool, type(None))
LONG = 4096  # bytes of words that are not put together with others before they are digested, which takes memory
PENSION_SCHEME = "pension_scheme.toml"
"""File of the pension scheme whose members and pensioners a health scheme covers."""


@remembered
def digest(value: Any) -> str:
    """Digest of an input: equal for equal inputs, different as soon as one number, label or word of them differs.

    Parameters
    ----------
    value : Dataset, DataArray, Scheme or any object that a scheme is made of

    Returns
    -------
    str
        SHA-256 in hexadecimal digits. The order of variables, of dims and of labels along a dim does not matter (the
        order of scenarios does: the first is the one compared with the accounts), nor that of the contributions,
        benefits, groups of members and services of a scheme. Attributes that only repeat the vocabulary are left out,
        so that an annotated basis has the digest of the plain one. A class or function that is not of this library
        counts with its source.

    Raises
    ------
    BadInput
        A value that cannot be put into words.

    Examples
    --------
    >>> basis = xr.Dataset({"inflation": ("year", [0.02, 0.03])}, {"year": [2025, 2026]})
    >>> digest(basis) == digest(basis.isel(year=[1, 0])), digest(basis) == digest(basis + 0.001)
    (True, False)
    """
    sha, short = hashlib.sha256(), []
    for part in _words(value):
        short.append(len(part).to_bytes(8, "little"))
        if len(part) < LONG:
            short.append(part)
        else:
            sha.update(b"".join(short))
            sha.update(part)
            short = []
    sha.update(b"".join(short))
    return sha.hexdigest()


@remembered
def result_digest(result: xr.Dataset) -> str:
    """Digest of the numbers and labels of a result, whatever its attributes: that of `result.drop_attrs()`."""
    return digest(without_attrs(result))


def file_digest(path: str | Path) -> str:
    """SHA-256 of the bytes of a file."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _words(value: Any) -> list[bytes]:
    """A value as byte strings, the same for equal values; what laws are full of is asked about first."""
    kind = type(value)
    if kind in PLAIN:
        return _scalar(value)
    if kind is tuple or kind is list:
        return _sequence(value)
    if dataclasses.is_dataclass(kind):
        return _object(value, {name: getattr(value, name) for name in _names(kind)})
    if isinstance(value, xr.Dataset):
        return _dataset(value)
    if isinstance(value, xr.DataArray):
        return _dataset(value.to_dataset(name=value.name or "value"))
    if isinstance(value, np.ndarray) and value.ndim:
        return [b"array", repr(value.shape).encode(), _numbers(value)]
    if isinstance(value, Mapping):
        return _unordered(b"mapping", (_words(key) + _words(one) for key, one in value.items()))
    if isinstance(value, (set, frozenset)):
        return _unordered(b"set", map(_words, value))
    return _sequence(value) if isinstance(value, (list, tuple)) else _scalar(value)


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Names of the fields of a dataclass."""
    return tuple(field.name for field in dataclasses.fields(kind))


def _sequence(values: Sequence[Any]) -> list[bytes]:
    words = [b"sequence", str(len(values)).encode()]
    for one in values:
        words += _words(one)
    return words


def _scalar(value: Any) -> list[bytes]:
    kind = type(value)
    if kind is str:
        return [b"str", value.encode()]
    if kind is float:
        return [b"number", repr(value + 0.0).encode()]
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.item()
    if isinstance(value, (bool, str, bytes, type(None))):
        return [type(value).__name__.encode(), value if isinstance(value, bytes) else str(value).encode()]
    if isinstance(value, (int, float)):
        return [b"number", repr(float(value) + 0.0 if float(value) == value else value).encode()]
    if isinstance(value, date):
        return [b"date", value.isoformat().encode()]
    if isinstance(value, (type, FunctionType)):
        return _code(value)
    if hasattr(value, "__dict__"):
        return _object(value, vars(value))
    raise BadInput(
        f"digest: {value!r} of {type(value).__name__} cannot be put into words.\n"
        "  Build schemes and bases of numbers, words, labelled arrays and dataclasses of them."
    )


def _object(value: Any, fields: Mapping[str, Any]) -> list[bytes]:
    """An object by its class and fields; the parts of a scheme that have names in the order of these."""
    words = [*_code(type(value)), str(len(fields)).encode()]
    for name in sorted(fields):
        field = fields[name]
        if name in BY_NAME and isinstance(field, tuple) and all(hasattr(part, "name") for part in field):
            field = sorted(field, key=lambda part: part.name)
        words.append(name.encode())
        words += _words(field)
    return words


def _code(thing: type | FunctionType) -> list[bytes]:
    """A class or function by its name and, where it is not of this library, by its source and what it holds."""
    words = [f"{thing.__module__}.{thing.__qualname__}".encode()]
    if thing.__module__.split(".")[0] in ("actuarial", "builtins"):
        return words
    try:
        words.append(inspect.getsource(thing).encode())
    except (OSError, TypeError):
        methods = [thing] if isinstance(thing, FunctionType) else vars(thing).values()
        for method in methods:
            if isinstance(method, FunctionType):
                words += _bytecode(method.__code__)
    if isinstance(thing, FunctionType):
        words += _words(thing.__defaults__)
        words += _words([cell.cell_contents for cell in thing.__closure__ or ()])
    return words


def _bytecode(code: CodeType) -> Iterator[bytes]:
    yield code.co_code
    for constant in code.co_consts:
        yield from _bytecode(constant) if isinstance(constant, CodeType) else (repr(constant).encode(),)


def _dataset(dataset: xr.Dataset) -> list[bytes]:
    """Every variable and coordinate by name, with dims, labels, values and attributes."""
    dataset = _in_order(dataset)
    words = [b"dataset", str(len(dataset.variables)).encode()]
    for name in sorted(map(str, dataset.variables)):
        array = dataset.variables[name].transpose(*sorted(map(str, dataset.variables[name].dims)))
        words += (b"coordinate" if name in dataset.coords else b"variable", name.encode())
        words.append(repr(tuple(zip(array.dims, array.shape, strict=True))).encode())
        words.append(_numbers(array.values))
        words += _words(_own(name, array.attrs))
    return words + _words(dataset.attrs)


def _in_order(dataset: xr.Dataset) -> xr.Dataset:
    """The same with the labels of every dim in order, but for scenarios, whose order means something."""
    dims = [dim for dim in sorted(map(str, dataset.dims)) if dim in dataset.coords and dim != "scenario"]
    orders = {dim: np.argsort(dataset.variables[dim].values, kind="stable") for dim in dims}
    moved = {dim: order for dim, order in orders.items() if (np.diff(order) < 0).any()}
    return dataset.isel(moved) if moved else dataset


def _own(name: str, attrs: Mapping[Any, Any]) -> dict[str, Any]:
    """Attributes of a variable that say more than the vocabulary."""
    row = variables().get(name)
    known = row.attributes() if row else {}
    return {str(key): value for key, value in attrs.items() if known.get(str(key)) != value}


def _numbers(values: np.ndarray) -> bytes:
    """Numbers as float64, the two zeros and all NaN alike; words with their lengths."""
    if values.dtype.kind in "biuf":
        plain = values.astype("<f8") + 0.0
        return np.where(np.isnan(plain), np.nan, plain).tobytes()
    return json.dumps([str(word) for word in values.ravel()]).encode()


def _unordered(kind: bytes, parts: Iterable[list[bytes]]) -> list[bytes]:
    whole = sorted(parts)
    return [kind, str(len(whole)).encode(), *chain.from_iterable(whole)]


def manifest(
    result: xr.Dataset,
    basis: xr.Dataset,
    scheme: Any,
    *,
    command: Sequence[str] = (),
    warnings: Sequence[str] = (),
    accounts: Sequence[Any] = (),
    files: Mapping[str, str] | None = None,
    left_out: Mapping[str, str] | None = None,
    pension_scheme: Any = None,
) -> dict[str, Any]:
    """What a result was made of and with: enough to make it again, or to see that it cannot be the same.

    Parameters
    ----------
    result, basis : Dataset
    scheme : Scheme
    command : sequence of str, the command line
    warnings : sequence of str
    accounts : sequence of `AccountLine`, see `compare_accounts`
    files : mapping of file name to digest (`file_digest`); workbooks are left out, they hold the time of writing
    left_out : mapping of "basis", "scheme" or "pension_scheme" to the reason for which it has no file
    pension_scheme : Scheme whose members and pensioners a health scheme covers, where there is one

    Returns
    -------
    dict
        Of plain words, numbers, lists and dicts, ready for JSON.
    """
    from actuarial.calibration import calibration_factors

    factors = calibration_factors(basis)
    inputs = INPUTS if pension_scheme is None else INPUTS | {"pension_scheme": PENSION_SCHEME}
    kept: dict[str, dict[str, Any]] = {part: {"stored": name in (files or {})} for part, name in inputs.items()}
    for part, reason in (left_out or {}).items():
        kept[part]["reason"] = reason
    pension = {} if pension_scheme is None else {"pension_scheme": _law(pension_scheme) | kept["pension_scheme"]}
    return {
        "library": {"actuarial": version_of("actuarial")},
        "python": platform.python_version(),
        "stack": {name: version_of(name) for name in STACK},
        "platform": platform.platform(),
        "cpu": cpu_name(),
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": list(command),
        "scheme": _law(scheme) | kept["scheme"],
        **pension,
        "basis": {"digest": digest(basis), "attributes": plain(basis.attrs), **kept["basis"]},
        "years": [int(result["year"][0]), int(result["year"][-1])],
        "scenarios": [str(word) for word in result["scenario"].values] if "scenario" in result.dims else [],
        "service_grid": str(result.attrs.get("service_grid", "")),
        "migration_timing": str(result.attrs.get("migration_timing", "")),
        "passes": plain(result.attrs.get("passes", 1)),
        "assumed_where_absent": assumed(basis),
        "calibration": {"factors": factors, "reason": str(basis.attrs.get("calibration_reason", ""))},
        "warnings": [str(text) for text in warnings],
        "accounts": [plain(dataclasses.asdict(line)) for line in accounts],
        "result": {"digest": result_digest(result)},
        "files": {name: value for name, value in (files or {}).items() if name.endswith(OUTPUTS)},
    }


def _law(scheme: Any) -> dict[str, Any]:
    return {"name": str(getattr(scheme, "name", "")), "digest": digest(scheme)}


def assumed(basis: xr.Dataset) -> dict[str, str]:
    """What stands for the variables that a basis may lack and does: back-cast wages and prices among them."""
    found = {}
    for name, row in variables().items():
        _, lacks, instead = row.meaning.partition("where absent ")
        if row.role == "basis" and lacks and name not in basis:
            found[name] = instead
    for name in ("wage_growth_past", "inflation_past"):
        if name in basis:
            found[name] = f"given from {int(basis['past_year'].min())}; the rate of that year for years before it"
    return found


def cpu_name() -> str:
    """Name of the processor, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.lower().startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def plain(value: Any) -> Any:
    """A value in the words of JSON; NaN and infinities become words, JSON has none."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def version_of(name: str) -> str:
    """Version of an installed package."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
