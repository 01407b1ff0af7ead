"""The folder of an ensemble: a file for each block, complete or not there, and what they all were made of."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import xarray as xr

from actuarial import __version__
from actuarial.ensemble.blocks import Options, joined
from actuarial.ensemble.draws import Uncertainties
from actuarial.ensemble.part_files import read_file, with_attributes
from actuarial.errors import BadInput
from actuarial.fields import ended, suggestion
from actuarial.netcdf import LACKING, write_dataset
from actuarial.provenance import digest, plain, result_digest
from actuarial.translation import N_, few

RUN = "ensemble.json"
"""File that says what the parts were made of."""


def made_of(
    basis: xr.Dataset, scheme: Any, uncertainty: Uncertainties, seed: int, options: Options, block: int
) -> dict[str, Any]:
    """Everything that must agree for a part to be used again."""
    pension = options.pension_scheme
    return {
        "library": __version__,
        "basis": digest(basis),
        "scheme": digest(scheme),
        "pension_scheme": "none" if pension is None else digest(pension),
        "uncertainty": digest(uncertainty),
        "seed": int(seed),
        "service": options.service,
        "migration": options.migration,
        "keep": "all totals" if options.keep is None else list(options.keep),
        "block": int(block),
    }


def claim_folder(folder: Path, made: Mapping[str, Any]) -> None:
    """Make the folder of a run, or find that it is of this run.

    Raises
    ------
    BadInput
        A folder with other files, of another run (what differs), or that cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"{folder}: the folder cannot be made: {error.strerror or error}.\n  Give another folder."
        ) from error
    path = folder / RUN
    if path.exists():
        refuse_other(folder, made)
        return
    others = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    if others:
        raise BadInput(f"{folder} holds {few(others)} and no {RUN}, so it is no ensemble.\n  Give another folder.")
    _placed(path, lambda temporary: temporary.write_text(json.dumps(plain(made), indent=1) + "\n", encoding="utf-8"))


def refuse_other(folder: Path, made: Mapping[str, Any]) -> None:
    """BadInput where a folder is of another run: what differs, there and here."""
    there, here = read_made(folder), plain(made)
    differing = [name for name in dict.fromkeys([*here, *there]) if there.get(name) != here.get(name)]
    if differing:
        lines = [f"  {name}: {_short(there.get(name))} there, {_short(here.get(name))} here" for name in differing]
        raise BadInput(
            f"{folder} is of another run; {len(differing)} of {len(here)} inputs differ:\n"
            + "\n".join(lines)
            + "\n  Give another folder, or the inputs of this one."
        )


def read_made(folder: Path) -> dict[str, Any]:
    """What the parts of a folder were made of; BadInput where it is no folder of an ensemble."""
    try:
        found = json.loads((folder / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{folder}: no ensemble, its {RUN} cannot be read ({error}).\n  Give another folder.") from error
    if not isinstance(found, dict):
        raise BadInput(f"{folder / RUN}: this is no description of an ensemble.\n  Give another folder.")
    return found


def part_path(folder: Path, first: int, block: int) -> Path:
    """File of the block that begins with a scenario."""
    return folder / f"part_{first // block:06d}.nc"


def write_part(folder: Path, part: xr.Dataset, made: Mapping[str, Any]) -> None:
    """Write the part of a block under another name, then move it to its own.

    Raises
    ------
    BadInput
        The folder cannot be written.
    """
    numbers = part["scenario"].values
    attrs = {"made_of": digest(plain(made)), "content": result_digest(part)}
    whole = part.assign_attrs(attrs, first=int(numbers[0]), last=int(numbers[-1]))
    path = part_path(folder, int(numbers[0]), int(made["block"]))
    _placed(path, lambda temporary: write_dataset(whole, temporary))


def read_part(folder: Path, first: int, last: int | None, made: Mapping[str, Any]) -> xr.Dataset | None:
    """The scenarios from `first` to `last` (or all) of the part that begins with `first`; None where it is not sound.

    Sound is a file that can be read, is of this run and these scenarios, and holds what was written.

    Raises
    ------
    BadInput
        The file needs a package that is not installed.
    """
    try:
        part = read_file(part_path(folder, first, int(made["block"])))
        known = part.attrs["made_of"] == digest(plain(made)) and part.attrs["content"] == result_digest(part)
        count = part.sizes["scenario"] if last is None else last - first + 1
        if not known or int(part.attrs["first"]) != first or part.sizes["scenario"] < count:
            return None
    except ImportError as error:
        raise BadInput(f"{folder}: {LACKING}") from error
    except Exception:  # a damaged file fails in any way
        return None
    return part.isel(scenario=slice(0, count)).drop_attrs(deep=False)


def open_parts(folder: str | Path, names: Sequence[str] | None = None) -> xr.Dataset:
    """The scenarios of a folder from the first on, as far as its parts are there.

    Parameters
    ----------
    folder : path
        As written by `run`, complete or not.
    names : sequence of str, optional
        Variables that are wanted; by default all. Of many scenarios a few variables need less memory: a variable by
        year of 10,000 scenarios has 6 MB.

    Returns
    -------
    Dataset
        By (scenario, year), as returned by `run`.

    Raises
    ------
    BadInput
        No folder of an ensemble, its first part is missing or damaged, or a variable was not kept.

    Examples
    --------
    quantiles(open_parts("futures", ["reserve_ratio"]), "reserve_ratio")
    """
    home = Path(folder)
    made, sizes = read_made(home), sound(home)
    spans = [(i * int(made["block"]), i * int(made["block"]) + size - 1) for i, size in enumerate(sizes)]
    return gathered(home, spans, made, names).assign_attrs(described(made), scenarios=sum(sizes))


def sound(folder: Path) -> list[int]:
    """How many scenarios the parts of a folder have, from the first on to the last that is followed by none."""
    made, sizes = read_made(folder), list[int]()
    block = int(made["block"])
    while not sizes or sizes[-1] == block:
        part = read_part(folder, len(sizes) * block, None, made)
        if part is None:
            break
        sizes.append(part.sizes["scenario"])
    if not sizes:
        raise BadInput(f"{folder}: the first part is missing or damaged.\n  Run the ensemble again with this folder.")
    return sizes


def gathered(
    folder: Path, spans: Sequence[tuple[int, int]], made: Mapping[str, Any], names: Sequence[str] | None
) -> xr.Dataset:
    """Scenarios of the parts that begin with the first of each span, one part in memory at a time.

    Variables have the attributes of the first part.
    """

    def parts() -> Iterator[xr.Dataset]:
        for span in spans:
            part = read_part(folder, *span, made)
            if part is None:
                raise BadInput(
                    f"{folder}: the part of the scenarios {span[0]} to {span[1]} is not there or was changed meanwhile."
                    "\n  All workers must see this folder. Run the ensemble again with it."
                )
            yield part if names is None else part[named(part, names)]

    whole = joined(parts(), spans[-1][1] + 1)
    return with_attributes(whole, part_path(folder, spans[0][0], int(made["block"])))


def described(made: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a result: what it was made of."""
    words = {name: made[name] for name in ("seed", "service", "migration")}
    digests = {f"{name}_digest": made[name] for name in ("basis", "scheme", "uncertainty")}
    return {"library_version": made["library"], **words, **digests}


def named(part: xr.Dataset, names: Sequence[str]) -> list[str]:
    """The names; BadInput where one was not kept."""
    have = [str(name) for name in part.data_vars]
    for name in names:
        if name not in have:
            hint = ended(suggestion(name, have, N_("the folder has {names}")))
            raise BadInput(f"{name} was not kept; {hint}")
    return list(names)


def _placed(path: Path, write: Any) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        write(temporary)
        temporary.replace(path)
    except OSError as error:
        raise BadInput(
            f"{path}: it cannot be written: {error.strerror or error}.\n  Make room there or give another folder: "
            "parts that were written stay."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _short(value: Any) -> str:
    word = str(value)
    return word[:12] + "..." if len(word) == 64 else word
