"""Titles, rows and mistakes of the text files of the Human Mortality Database."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np

from actuarial.errors import BadBasis
from actuarial.readers.tidy_words import named
from actuarial.translation import N_, Told, why

KINDS = {
    "death rates": ("mx", "1/year", "Central death rate"),
    "deaths": ("deaths", "persons/year", "Deaths"),
    "exposure": ("exposure", "person-years", "Exposure to risk"),
    "population": ("population", "persons", "Population on 1 January"),
    "births": ("births", "persons/year", "Live births"),
    "life expectancy": ("e0", "years", "Life expectancy at birth"),
    "life tables": ("life_table", "", "Life table"),
}
"""By what the title of a file says: name, units and meaning."""
NAMED = {
    "mx_": "death rates", "deaths_": "deaths", "exposures_": "exposure", "population": "population",
    "births": "births", "e0per": "life expectancy", "ltper_": "life tables",
}  # fmt: skip


@dataclass(frozen=True)
class Title:
    """What the first line of a file says."""

    country: str
    kind: str
    steps: str
    sex: str
    text: str


@dataclass
class Cells:
    """Numbers by label of year and age, and the mistakes found."""

    path: Path
    missing: str
    territory: str | None
    values: dict[tuple[int, int], list[float]] = field(default_factory=dict)
    lines: dict[tuple[int, int], int] = field(default_factory=dict)
    oldest: int | None = None
    widths: set[tuple[int, int]] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    found: list[str] = field(default_factory=list)

    def add(self, text: str, line: int) -> None:
        self.found.append(Told("{place}: {text}", place=f"{self.path.name}:{line}", text=text))


def start(path: Path, count: int) -> list[str]:
    """The first lines of a file, or all of them."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        if path.suffix in (".gz", ".zip"):
            raise BadBasis(Told("{file} cannot be read: it is packed; unpack it before.", file=path)) from error
        reason = why(error, Told("it is not a text file"))
        text = N_("{file} cannot be read: {reason}. Download it again.")
        raise BadBasis(Told(text, file=path, reason=reason)) from error
    return text.splitlines()[: count or None]


def title_of(path: Path, lines: Sequence[str]) -> Title | None:
    """What a title says; the name of the file where it does not say enough, and None where both do not."""
    text = lines[0].strip() if lines else ""
    words, name = text.lower(), path.name.lower()
    marks = {kind: {"life tables": "life table", "population": "population size"}.get(kind, kind) for kind in KINDS}
    kind = next((kind for kind, mark in marks.items() if f", {mark}" in words), None)
    country = text[: words.find(f", {marks[kind]}")] if kind else path.parent.name
    kind = kind or next((kind for part, kind in NAMED.items() if part in name), None)
    if kind is None:
        return None
    steps = re.search(r"(\d+x\d+)", words) or re.search(r"_(\d+x\d+)", name)
    sex = next((sex for sex in ("female", "male") if re.search(rf"\b{sex}s?\b", words)), "")
    sex = sex or {"f": "female", "m": "male"}.get(name[: name.find("ltper_")][-1:] if "ltper_" in name else "", "")
    width = steps[1] if steps else ""
    if kind == "population" and not width:
        width = "5x1" if "abridged" in words or "population5" in name else "1x1"
    return Title(country, kind, width, sex, text.split("\t")[0].strip(" ,"))


def read_row(cells: Cells, words: list[str], line: int, heads: int, width: int) -> None:
    """One row into the cells, or a mistake."""
    if len(words) != heads + width:
        wrong = N_("the row has {count} columns, not {width}; the file may be truncated")
        cells.add(Told(wrong, count=len(words), width=heads + width), line)
        return
    year = _year(cells, words[0], line)
    age = _age(cells, words[1], line) if heads == 2 else 0
    if year is None or age is None:
        return
    numbers = words[heads:]
    gaps = numbers.count(".") if cells.missing == "refuse" else 0
    if gaps:
        one = N_('a number is missing (a point stands there); write missing="nan" to read it as NaN')
        more = N_('{count} numbers are missing (a point stands there); write missing="nan" to read them as NaN')
        cells.add(Told(one) if gaps == 1 else Told(more, count=gaps), line)
    values = [_number(cells, word, line) for word in numbers]
    key = (year, age)
    if key in cells.lines:
        text = N_("{cell} stands already in line {first}; remove one of the rows")
        cells.add(Told(text, cell=named(("year", "age")[:heads], words[:heads]), first=cells.lines[key]), line)
        return
    cells.values[key], cells.lines[key] = values, line


def _year(cells: Cells, word: str, line: int) -> int | None:
    """First year of a label; None where the row is not wanted or wrong."""
    found = re.fullmatch(r"(\d{4})(-(\d{4})?|\+)?", word)
    if found is None:
        cells.add(Told("Year must be such as 1990 or 1990-1994 (got {word!r})", word=word), line)
        return None
    if word[4:] in ("+", "-"):
        cells.changed.add(word[:4])
        if cells.territory != ("after" if word.endswith("+") else "before"):
            return None
    return int(found[1])


def _age(cells: Cells, word: str, line: int) -> int | None:
    found = re.fullmatch(r"(\d+)(\+|-(\d+))?", word)
    if found is None:
        cells.add(Told("Age must be such as 5, 5-9 or 110+ (got {word!r})", word=word), line)
        return None
    first = int(found[1])
    if word.endswith("+"):
        if cells.oldest not in (None, first):
            cells.add(Told("two ages are open, {oldest}+ and {word}", oldest=cells.oldest, word=word), line)
        cells.oldest = first
    else:
        cells.widths.add((first, int(found[3] or first)))
    return first


def _number(cells: Cells, word: str, line: int) -> float:
    if word == ".":
        return np.nan
    try:
        value = float(word)
    except ValueError:
        value = np.nan
    if not np.isfinite(value) or value < 0:
        cells.add(Told("{word!r} is no number of at least 0", word=word), line)
    return value


def holes(cells: Cells, years: list[int], ages: list[int], heads: int) -> list[str]:
    """Rows that are not there, and ages that do not follow each other."""
    found = [] if cells.found and not years else list(_holes(cells, years, ages, heads))
    return [Told("{place}: {text}", place=cells.path.name, text=text) for text in found]


def _holes(cells: Cells, years: list[int], ages: list[int], heads: int) -> Iterator[Told]:
    if not years:
        yield Told("there are no rows; the file may be truncated")
        return
    absent = [key for key in product(years, ages) if key not in cells.values]
    if absent and not cells.found:
        text = N_("{count} rows are missing, the first: {cell}; the file may be truncated")
        yield Told(text, count=len(absent), cell=named(("year", "age")[:heads], absent[0][:heads]))
    ends = dict(cells.widths)
    after = [age for age in ages[:-1] if ends.get(age, -1) + 1 not in ages] if heads == 2 else []
    if after:
        yield Told("after age {age} the next ages are missing", age=after[0])
    if heads == 2 and cells.oldest != ages[-1]:
        yield Told("the last age {age} is not open; the file may be truncated", age=ages[-1])
