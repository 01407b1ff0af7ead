"""Opening a run again: its result, basis and scheme, after their digests were found to be those of its manifest."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from actuarial.errors import BadBasis, BadInput, BadScheme
from actuarial.netcdf import LACKING, read_dataset, why_unreadable
from actuarial.translation import N_, Told, few
from actuarial.warned import Warned, warning_attributes, warnings_of

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

    from actuarial.scheme import Scheme

MANIFEST = "manifest.json"
PARTS = ("library", "scheme", "basis", "result", "files")
"""What a manifest must tell so that a run can be opened."""
WORDS = {"true": True, "false": False}
NO_REASON = Told("no reason is given")


class Run(NamedTuple):
    """A run that was written: what it gave, and what it was projected from.

    `basis` and `scheme` are None where the run could not store them; the manifest says why.
    """

    result: "xr.Dataset"
    basis: "xr.Dataset | None"
    scheme: "Scheme | None"
    manifest: dict[str, Any]

    def __repr__(self) -> str:
        years = self.result["year"].values
        name, date = (self.result.attrs.get(key, "") for key in ("scheme", "valuation_date"))
        parts = ["result", *(part for part in ("basis", "scheme") if getattr(self, part) is not None), "manifest"]
        return f"<Run of {name}, valued on {date}, {years[0]} to {years[-1]}: .{', .'.join(parts)}>"


def open_run(folder: str | Path) -> Run:
    """Open what `report.write_result`, or the command line, wrote into a folder.

    Parameters
    ----------
    folder : path

    Returns
    -------
    Run
        `result` and `basis` (Datasets), `scheme` (Scheme), `manifest` (dict); it unpacks into the four. Every variable
        of the result has the numbers and labels that were written. Where another version of the library wrote them, the
        attribute `warnings` of the result ends with a line that says so.

    Raises
    ------
    BadInput
        No folder of a run, or a file that is missing or was changed: all of them at once.
    BadBasis, BadScheme
        A basis or scheme that this library cannot read, or reads as another one than was written.

    Examples
    --------
    run = open_run("demo")
    run.result.payg_cost_rate.to_series()
    """
    home = Path(folder)
    manifest = read_manifest(home)
    check_files(home, states(home, manifest))
    from actuarial.forms import open_scheme
    from actuarial.readers.open import open_basis

    result = read_result(home / "result.nc")
    basis = open_basis(home / "basis.nc") if manifest["basis"].get("stored") else None
    scheme = open_scheme(home / "scheme.toml") if manifest["scheme"].get("stored") else None
    note = _other_version(manifest)
    if note:
        result.attrs |= warning_attributes([*warnings_of(result), note])
    else:
        _check_content(home, manifest, result, basis, scheme)
    return Run(result, basis, scheme, manifest)


def open_pension_scheme(folder: str | Path) -> "Scheme | None":
    """The pension scheme that was given to the projection of a health scheme; None where the run had or stored none.

    Raises
    ------
    BadInput
        No folder of a run, or a file that is missing or was changed.
    BadScheme
        A scheme that this library cannot read, or reads as another one than was written.
    """
    home = Path(folder)
    manifest = read_manifest(home)
    if not manifest.get("pension_scheme", {}).get("stored"):
        return None
    check_files(home, states(home, manifest))
    from actuarial.forms import open_scheme
    from actuarial.provenance import PENSION_SCHEME

    scheme: Scheme = open_scheme(home / PENSION_SCHEME)
    if not _other_version(manifest):
        _check_digest(home / PENSION_SCHEME, "pension_scheme", scheme, manifest)
    return scheme


def read_manifest(home: Path) -> dict[str, Any]:
    """The manifest of a run; BadInput where there is none or it cannot be read."""
    path = home / MANIFEST
    if not path.exists():
        raise BadInput(Told("{home}: {wrong}", home=home, wrong=_no_run(home)))
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(
            Told("{path}: it cannot be read ({error}).\n  Restore it, or write the run again.", path=path, error=error)
        ) from None
    lacking = [part for part in PARTS if not isinstance(manifest, dict) or not isinstance(manifest.get(part), dict)]
    if lacking:
        raise BadInput(
            Told(
                "{path}: the manifest lacks {names}.\n  Restore it, or write the run again.",
                path=path,
                names=tuple(lacking),
            )
        )
    return manifest


def _no_run(home: Path) -> str:
    """Why a path is no run, and which one to give: the runs that lie near it are named."""
    if home.is_file():
        fault, near = Told("it is a file, and a run is a folder"), [home.parent]
    elif home.is_dir():
        fault, near = Told("{file} is missing, so this is no run", file=MANIFEST), sorted(home.iterdir())
    else:
        fault, beside = Told("there is no such folder"), home.parent
        names = [one.name for one in beside.iterdir()] if beside.is_dir() else []
        near = [beside / name for name in get_close_matches(home.name, names, n=3)]
    runs = [str(one) for one in near if (one / MANIFEST).is_file()]
    if not runs:
        return Told("{fault}.\n  Give the folder that a run was written to.", fault=fault)
    return Told("{fault}.\n  Give the folder that a run was written to: {runs}.", fault=fault, runs=few(runs))


def states(home: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Each file that the manifest has a digest of, and the result in any case: "ok", "changed" or "missing"."""
    from actuarial.provenance import file_digest

    found: dict[str, str] = {}
    for name in dict.fromkeys(("result.nc", *manifest["files"])):
        path = home / name
        same = path.is_file() and file_digest(path) == manifest["files"].get(name)
        found[name] = Told("ok") if same else Told("changed") if path.exists() else Told("missing")
    return found


def report_states(home: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Each report that was written into the folder of a run: "ok"; "changed" for a page, which nobody edits; that it
    was edited for a Word or PDF file, which people finish; "not there" for one that was taken away."""
    from actuarial.provenance import file_digest

    found: dict[str, str] = {}
    for name, digest in manifest.get("reports", {}).items():
        path = home / Path(name).name
        other = Told("changed") if path.suffix == ".html" else Told("edited since it was written")
        same = path.is_file() and file_digest(path) == digest
        found[name] = Told("ok") if same else other if path.exists() else Told("not there")
    return found


def left_out(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Files of inputs that a run did not store, each with the reason."""
    from actuarial.provenance import INPUTS

    lacking = {name: manifest[part] for part, name in INPUTS.items() if not manifest[part].get("stored")}
    text = N_("not stored: {reason}")
    return {name: Told(text, reason=part.get("reason", NO_REASON)) for name, part in lacking.items()}


def check_files(home: Path, found: Mapping[str, str]) -> None:
    """BadInput where files of a run are missing or changed."""
    words = {"missing": Told("missing"), "changed": Told("changed, its digest is not the one in manifest.json")}
    faults = {name: words[state] for name, state in found.items() if state != "ok"}
    if faults:
        listed = [Told("  {name}: {state}", name=name, state=state) for name, state in faults.items()]
        raise BadInput(
            Told(
                "{home}: {number} of {count} files are not those of the run.\n"
                "{listed}\n"
                "  Restore them, or write the run again.",
                home=home,
                number=len(faults),
                count=len(found),
                listed=listed,
            )
        )


def read_result(path: Path) -> "xr.Dataset":
    """A result from a netCDF file that `report.files.write_netcdf` wrote, numbers and labels as they were."""
    content = path.read_bytes()
    try:
        dataset = read_dataset(content)
    except ImportError as error:
        raise BadInput(Told("{path}: {wrong}", path=path, wrong=Told(LACKING))) from error
    except Exception as error:
        text = N_("{path}: the file cannot be read as netCDF ({error}).\n  Write the run again.")
        raise BadInput(Told(text, path=path, error=why_unreadable(error))) from error
    labels = {name: (array.dims, _labels(array.values), array.attrs) for name, array in dataset.coords.items()}
    dataset = dataset.assign_coords(labels)
    for array in dataset.variables.values():
        array.attrs = _attributes(array.attrs)
    return dataset.assign_attrs(_attributes(dataset.attrs))


def _labels(values: "np.ndarray") -> "np.ndarray":
    """Words as words, and whole numbers with 64 bits, which netCDF-3 does not have."""
    if values.dtype.kind in "OSU":
        return values.astype(str)
    return values.astype("int64") if values.dtype.kind in "iu" else values


def _attributes(attrs: Mapping[Any, Any]) -> dict[str, Any]:
    """Attributes as they were: plain numbers, and truth values from the words that a file has for them."""
    plain = {str(key): value.item() if hasattr(value, "item") else value for key, value in attrs.items()}
    return {key: WORDS.get(value, value) if isinstance(value, str) else value for key, value in plain.items()}


def _other_version(manifest: Mapping[str, Any]) -> str:
    """A line that says that another version of the library wrote a run; empty where it was this one."""
    from actuarial.provenance import version_of

    then, now = manifest["library"].get("actuarial"), version_of("actuarial")
    if then == now:
        return ""
    return Warned(
        "this run was written by actuarial {one} and opened with {other}",
        "The run was written by version {one} of the calculation program and opened with version {other}.",
        one=str(then),
        other=now,
    )


def _check_content(home: Path, manifest: Mapping[str, Any], result: Any, basis: Any, scheme: Any) -> None:
    """What was read has the digests of what was written."""
    from actuarial.provenance import INPUTS

    _check_digest(home / "result.nc", "result", result, manifest)
    for part, value in (("basis", basis), ("scheme", scheme)):
        if value is not None:
            _check_digest(home / INPUTS[part], part, value, manifest)


def _check_digest(path: Path, part: str, value: Any, manifest: Mapping[str, Any]) -> None:
    from actuarial.provenance import digest, result_digest

    found = (result_digest if part == "result" else digest)(value)
    if found != manifest[part].get("digest"):
        kind = {"result": BadInput, "basis": BadBasis}.get(part, BadScheme)
        raise kind(
            Told(
                "{path}: the {part} that was read is not the one that was written: its digest is another.\n"
                "  The library, or a class of your own, was changed since. Write the run again.",
                path=path,
                part=part.replace("_", " "),
            )
        )
