"""A basis from a folder: basis.toml and one CSV file for each variable."""

import tomllib
from collections import Counter
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actuarial.basis.saving import FORMAT
from actuarial.check.attributes import KNOWN
from actuarial.errors import BadBasis
from actuarial.readers.basis_faults import finished, inputs, refuse, suggestion, unknown_variable
from actuarial.readers.basis_table import Table, read_table
from actuarial.toml_faults import syntax
from actuarial.toml_lines import Path as Keys
from actuarial.toml_lines import line_at, lines_of
from actuarial.translation import N_, Told, few, why
from actuarial.vocabulary import DIMS, LINES, variables

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

SECTIONS = ("format", "attributes", "scalars", "variables")


class Folder:
    """One pass over a folder; mistakes are collected in `found`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.found: list[str] = []
        self.lines: dict[Keys, int] = {}

    def basis(self) -> "xr.Dataset":
        """The Dataset of the folder, or all mistakes."""
        import xarray as xr

        raw = self.header()
        self.sections(raw)
        attributes = self.attributes(raw.get("attributes", {}))
        scalars = self.scalars(raw.get("scalars", {}))
        tables = self.tables(raw.get("variables", {}))
        self.strangers(raw)
        tables |= united(tables)
        self.agree(tables)
        refuse(self.place, self.found)
        data: dict[str, Any] = {name: ((), value) for name, value in scalars.items()}
        coords: dict[str, np.ndarray] = {}
        for name, (table, own) in tables.items():
            data[name] = (tuple(table.labels), table.values, own)
            coords |= table.labels
        listed = [name for name in raw.get("variables", {}) if name in data]
        dataset = xr.Dataset({name: data[name] for name in [*scalars, *listed]}, coords=coords, attrs=attributes)
        return finished(dataset, self.place, lambda name: self.at("attributes", name), self.where)

    def where(self, name: str) -> str:
        """Place of the values of a variable."""
        return f"{name}.csv" if ("variables", name) in self.lines else self.at("scalars", name)

    def at(self, *keys: str) -> str:
        return f"basis.toml:{line_at(self.lines, keys)}"

    def add(self, keys: tuple[str, ...], text: str) -> None:
        self.found.append(Told("{place}: {field}: {text}", place=self.at(*keys), field=".".join(keys), text=text))

    def header(self) -> dict[str, Any]:
        """The parsed basis.toml; without it nothing can be read."""
        file = self.place / "basis.toml"
        if not file.is_file():
            inside = [str(one.parent) for one in sorted(self.place.glob("*/basis.toml"))]
            hint = Told(" Did you mean {places}?", places=tuple(inside)) if inside else ""
            text = N_("{place}: the folder has no basis.toml, so it is no basis (save_basis writes one).{hint}")
            raise BadBasis(Told(text, place=self.place, hint=hint))
        try:
            text = file.read_text(encoding="utf-8-sig")
            raw = tomllib.loads(text)
        except (OSError, UnicodeDecodeError) as error:
            text = N_("{file}: the file cannot be read ({error}); it must be UTF-8 text.")
            raise BadBasis(Told(text, file=file, error=why(error))) from None
        except tomllib.TOMLDecodeError as error:
            raise BadBasis(syntax("basis.toml", text, error)) from None
        self.lines = lines_of(text)
        if raw.get("format") != FORMAT:
            shown = {"place": self.at("format"), "known": FORMAT}
            if "format" not in raw:
                raise BadBasis(Told("{place}: format is missing; this library reads format = {known}.", **shown))
            text = N_("{place}: format is {given!r}; this library reads format = {known}.")
            raise BadBasis(Told(text, given=raw["format"], **shown))
        return raw

    def sections(self, raw: dict[str, Any]) -> None:
        for key in raw:
            if key not in SECTIONS:
                self.add((key,), Told("unknown key; {hint}", hint=suggestion(key, SECTIONS)))
            elif key != "format" and not isinstance(raw[key], dict):
                text = N_("{place}: {key} must be a table: write [{key}] and its keys below.")
                raise BadBasis(Told(text, place=self.at(key), key=key))

    def attributes(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Words and numbers; a name that looks like one the library reads is taken for a misspelling."""
        result = {}
        for key, value in raw.items():
            close = get_close_matches(key, KNOWN, n=1, cutoff=0.8)
            if key not in KNOWN and close:
                self.add(("attributes", key), Told("unknown attribute; did you mean {close}?", close=close[0]))
            value = value.isoformat() if hasattr(value, "isoformat") else value
            if isinstance(value, bool) or not isinstance(value, (str, int, float)):
                self.add(("attributes", key), Told("must be a word or a number (got {value!r})", value=value))
            result[key] = value
        return result

    def scalars(self, raw: dict[str, Any]) -> dict[str, float]:
        result = {}
        for name, value in raw.items():
            keys = ("scalars", name)
            if name not in inputs():
                self.add(keys, unknown_variable(name))
            elif isinstance(value, bool) or not isinstance(value, (int, float)):
                self.add(keys, Told("must be a number (got {value!r})", value=value))
            else:
                result[name] = float(value)
        return result

    def tables(self, raw: dict[str, Any]) -> dict[str, tuple[Table, dict[str, Any]]]:
        result = {}
        for name, entry in raw.items():
            keys = ("variables", name)
            if name not in inputs():
                self.add(keys, unknown_variable(name))
                continue
            dims = self.described(name, entry)
            if dims is None:
                continue
            file = self.place / f"{name}.csv"
            if not file.is_file():
                text = N_("the file {name}.csv is missing; add it, or remove the variable from basis.toml")
                self.add(keys, Told(text, name=name))
                continue
            table = read_table(file, dims, gaps=any(dim in LINES for dim in dims), found=self.found)
            if table is not None:
                result[name] = (table, {key: value for key, value in entry.items() if key not in ("dims", "units")})
        return result

    def described(self, name: str, entry: Any) -> tuple[str, ...] | None:
        """Dims of a variable as basis.toml states them, where they and the units are right."""
        row, keys, before = variables()[name], ("variables", name), len(self.found)
        if not isinstance(entry, dict):
            self.add(keys, Told("must be a table with dims and units"))
            return None
        units = row.units or "1"
        if entry.get("units") != units:
            text = N_("must be {units!r} ({shown}); convert the numbers if they have other units")
            self.add((*keys, "units"), Told(text, units=units, shown=_shown(entry, "units")))
        dims = entry.get("dims")
        allowed = [dim for dim in DIMS if dim in row.dims or dim == "scenario"]
        if not isinstance(dims, list) or not dims or dims != [dim for dim in allowed if dim in dims]:
            text = N_("must be {dims!r} or some of these in this order ({shown})")
            self.add((*keys, "dims"), Told(text, dims=list(row.dims), shown=_shown(entry, "dims")))
        return tuple(dims) if len(self.found) == before and dims else None

    def strangers(self, raw: dict[str, Any]) -> None:
        """CSV files that basis.toml does not list."""
        listed = raw.get("variables", {})
        for file in sorted(self.place.glob("*.csv")):
            if file.stem in listed:
                continue
            text = N_("basis.toml does not list it; add [variables.{name}] with dims and units, or remove the file")
            told = Told(text, name=file.stem) if file.stem in inputs() else unknown_variable(file.stem)
            self.found.append(Told("{place}: {text}", place=file.name, text=told))

    def agree(self, tables: dict[str, tuple[Table, dict[str, Any]]]) -> None:
        """All files have the same labels of a dim; those in the minority are named."""
        for dim in DIMS:
            having = {name: table.labels[dim] for name, (table, _) in tables.items() if dim in table.labels}
            counts = Counter(tuple(labels.tolist()) for labels in having.values())
            if len(counts) < 2:
                continue
            usual = counts.most_common(1)[0][0]
            like = next(name for name, labels in having.items() if tuple(labels.tolist()) == usual)
            for name, labels in having.items():
                if tuple(labels.tolist()) != usual:
                    told = _difference(name, labels.tolist(), like, list(usual))
                    self.found.append(Told("{place}: {field}: {text}", place=f"{name}.csv", field=dim, text=told))


def united(tables: dict[str, tuple[Table, dict[str, Any]]]) -> dict[str, tuple[Table, dict[str, Any]]]:
    """Variables by line on the lines of all of them; a line that a file does not have has no number (NaN)."""
    import numpy as np

    by_line = {name: entry for name, entry in tables.items() if "line" in entry[0].labels}
    every = list(dict.fromkeys(str(line) for table, _ in by_line.values() for line in table.labels["line"]))
    result = {}
    for name, (table, own) in by_line.items():
        values = np.full((*table.values.shape[:-1], len(every)), np.nan)
        values[..., [every.index(str(line)) for line in table.labels["line"]]] = table.values
        result[name] = (Table(table.labels | {"line": np.array(every)}, values), own)
    return result


def _difference(name: str, labels: list[Any], like: str, usual: list[Any]) -> str:
    """Labels that one of two files has and the other lacks."""
    parts = []
    for here, there, own, other in ((name, like, labels, usual), (like, name, usual, labels)):
        only = [label for label in own if label not in set(other)]
        if only:
            one = N_("{labels} is in {here}.csv and not in {there}.csv")
            several = N_("{labels} are in {here}.csv and not in {there}.csv")
            parts.append(Told(one if len(only) == 1 else several, labels=few(only), here=here, there=there))
    if not parts:
        text = N_("the labels are {labels}, those of {like}.csv {usual}; write them in the same order")
        return Told(text, labels=few(labels), like=like, usual=few(usual))
    return Told("{parts}; all files must have the same labels", parts=tuple(parts))


def _shown(entry: dict[str, Any], key: str) -> str:
    return Told("got {value!r}", value=entry[key]) if key in entry else Told("it is missing")
