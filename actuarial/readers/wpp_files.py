"""The CSV files of World Population Prospects as downloaded: which is which, and the rows of one location."""

import csv
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import IO

from actuarial.errors import BadBasis, BadInput
from actuarial.readers.basis_faults import path_of
from actuarial.translation import few

PLACE = ("LocID", "ISO3_code", "Location", "Variant", "Time")
BY_AGE = ("AgeGrpStart", "AgeGrpSpan")
BLOCK = 1 << 20


@dataclass(frozen=True)
class Kind:
    """A kind of file: what it is, its usual name, its mark in the header, and the columns that are read."""

    what: str
    usual: str
    mark: str
    columns: tuple[str, ...]


POPULATION = Kind(
    "1 January stocks by single age", "WPP2024_Population1JanuaryBySingleAgeSex_Medium_*.csv.gz", "PopMale",
    (*PLACE, *BY_AGE, "PopMale", "PopFemale"),
)  # fmt: skip
LIFE = Kind(
    "complete life tables of men and of women", "WPP2024_Life_Table_Complete_Medium_Male_*.csv.gz and _Female_", "mx",
    (*PLACE, "Sex", *BY_AGE, "mx", "ax"),
)  # fmt: skip
FERTILITY = Kind(
    "fertility by single age", "WPP2024_Fertility_by_Age1.csv.gz", "ASFR", (*PLACE, *BY_AGE, "ASFR")
)
INDICATORS = Kind(
    "demographic indicators", "WPP2024_Demographic_Indicators_Medium.csv.gz", "TPopulation1Jan",
    (*PLACE, "TPopulation1Jan", "TPopulation1July", "Births", "SRB", "NetMigrations"),
)  # fmt: skip
KINDS = (POPULATION, LIFE, FERTILITY, INDICATORS)
MARKS = {"TPopulation1July": INDICATORS, "PopFemale": POPULATION, "PASFR": FERTILITY, "qx": LIFE}
"""Marks that tell a file whose own mark is missing."""


@dataclass(frozen=True)
class File:
    """A file whose kind is known, or words for what it is instead."""

    path: Path
    kind: Kind | None
    what: str
    header: tuple[str, ...] = ()

    def place(self, column: str) -> int:
        return self.header.index(column)


@dataclass
class Location:
    """A country or area: its codes and its name."""

    code: int
    iso3: str
    name: str


@dataclass
class Rows:
    """Rows of one location and variant out of the files of one kind: number of the line, cells of the columns read."""

    found: list[tuple[File, int, dict[str, str]]] = field(default_factory=list)
    variants: set[str] = field(default_factory=set)


def blocks(path: Path) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines of a file, packed (gzip, or a zip of one file) or not, each with the number of its first
    line.

    Raises
    ------
    BadBasis
        It cannot be read, or the packed file ends too early.
    """
    number, carried = 1, b""
    try:
        with _opened(path) as stream:
            while read := stream.read(BLOCK):
                cut = read.rfind(b"\n") + 1
                if cut:
                    block = carried + read[:cut]
                    yield number, block
                    number, carried = number + block.count(b"\n"), b""
                carried += read[cut:]
    except EOFError as error:
        raise BadBasis(f"{path} is truncated: the packed file ends too early. Download it again.") from error
    except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
        raise BadBasis(f"{path} is damaged: it cannot be unpacked ({error}). Download it again.") from error
    except OSError as error:
        raise BadBasis(f"{path} cannot be read: {error.strerror or error}.") from error
    if carried:
        yield number, carried


def _opened(path: Path) -> IO[bytes]:
    """The file, or what is packed in it, as its first bytes say."""
    with path.open("rb") as plain:
        mark = plain.read(2)
    if mark == b"\x1f\x8b":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    if mark != b"PK" and path.suffix.lower() != ".zip":
        return path.open("rb")
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        if len(names) != 1:
            raise BadBasis(f"{path} holds {len(names)} CSV files; one is needed. Unpack it and name those to read.")
        return archive.open(names[0])


def lines(path: Path) -> Iterator[bytes]:
    """Lines of a file, one at a time; errors as `blocks`."""
    for _, block in blocks(path):
        yield from block.splitlines(keepends=True)


def _stranger(text: str) -> str:
    """What a file looks like whose header has not the names of those of World Population Prospects."""
    begins = text.lstrip()[:200].casefold()
    if begins.startswith("<"):
        return "a web page; download the file again"
    if ";time;" in begins.replace('"', "") or "\ttime\t" in begins:
        return "a file with other separators than commas, as spreadsheets save it; download it again"
    return "no CSV file of World Population Prospects"


def identified(path: Path) -> File:
    """What a file is, from its header, its first rows and, where these are alike, its name."""
    stream = lines(path)
    first = [line for line, _ in zip(stream, range(3), strict=False)]
    text = b"".join(first).decode("utf-8-sig", errors="replace")
    rows = list(csv.reader(text.splitlines()))
    header = tuple(rows[0]) if rows else ()
    kind = next((one for one in KINDS if one.mark in header), None)
    kind = kind or next((one for mark, one in MARKS.items() if mark in header), None)
    if not {"Time", "Variant"} & set(header):
        return File(path, None, _stranger(text), header)
    if kind is None:
        last = ", ".join(header[-3:])
        return File(path, None, f"another file of World Population Prospects, with {last}", header)
    absent = [column for column in kind.columns if column not in header]
    spans = [row[header.index("AgeGrpSpan")] for row in rows[1:] if "AgeGrpSpan" in header and len(row) == len(header)]
    if kind is POPULATION and {"AgeGrpStart", "AgeGrpSpan"} & set(absent):
        return File(path, None, "the population without ages", header)
    if absent:
        raise BadBasis(
            f"{path}: it looks like the {kind.what}, but lacks {len(absent)} of {len(kind.columns)} columns: "
            f"{', '.join(absent)}. It has {', '.join(header)}."
        )
    return File(path, *_exactly(path.name, kind, spans), header)


def _exactly(name: str, kind: Kind, spans: Sequence[str]) -> tuple[Kind | None, str]:
    """The kind, unless ages are grouped or the name tells of another date or of both sexes together."""
    grouped = any(span not in ("1", "-1") for span in spans)
    if kind is POPULATION and grouped:
        return None, "the population by five-year age groups"
    if kind is POPULATION and "BySingleAge" in name and "1January" not in name:
        return None, "the population on 1 July, or its exposure, by single age"
    if kind is LIFE and grouped:
        return None, "abridged life tables"
    if kind is LIFE and "_Both_" in name:
        return None, "life tables of both sexes together"
    if kind is FERTILITY and grouped:
        return None, "fertility by five-year age groups"
    return kind, kind.what


def gathered(place: str | Path | Sequence[str | Path]) -> dict[str, list[File]]:
    """Files by what they are, from a folder (others are left alone) or a list (others are refused).

    Raises
    ------
    BadBasis
        No such file, a file of another kind in the list, or no file of one of the kinds.
    """
    if not isinstance(place, (str, Path)) and (isinstance(place, Mapping) or not isinstance(place, Iterable)):
        raise BadInput(f"files: give a folder, or a list of files (got {place!r}).")
    if isinstance(place, (str, Path)) and Path(place).is_dir():
        files = [identified(path) for path in sorted(Path(place).glob("*")) if _csv(path)]
    else:
        paths = [Path(place)] if isinstance(place, (str, Path)) else [path_of(path, "files") for path in place]
        files = [identified(path) for path in paths]
        wrong = [file for file in files if file.kind is None]
        if wrong:
            needed = "\n".join(f"  {kind.what}: {kind.usual}" for kind in KINDS)
            raise BadBasis(f"{wrong[0].path} looks like {wrong[0].what}. What is read:\n{needed}")
    result = {kind.what: [file for file in files if file.kind is kind] for kind in KINDS}
    absent = [kind for kind in KINDS if not result[kind.what]]
    if absent:
        have = "\n".join(f"  {file.path.name}: {file.what}" for file in files) or "  nothing"
        raise BadBasis(
            f"{place if isinstance(place, (str, Path)) else 'the files'}: there is no file of "
            f"{'; none of '.join(f'{kind.what} ({kind.usual})' for kind in absent)}.\n What is there:\n{have}"
        )
    return result


def _csv(path: Path) -> bool:
    return path.is_file() and re.search(r"\.csv(\.gz)?$|^wpp.*\.zip$", path.name.lower()) is not None


def revision_of(files: Iterable[File]) -> str:
    """The year of the revision as the names of the files say, or "" where none does.

    Raises
    ------
    BadBasis
        Files of several revisions.
    """
    by_year = {found[1]: file for file in files if (found := re.match(r"WPP(\d{4})_", file.path.name))}
    if len(by_year) > 1:
        named = " and ".join(by_year[year].path.name for year in sorted(by_year)[:2])
        raise BadBasis(f"{named} are of {len(by_year)} revisions. Take all files from one of them.")
    return next(iter(by_year), "")


def located(files: Sequence[File], country: str | int) -> Location:
    """The location that a code of three letters, a number of the United Nations or a name means.

    Raises
    ------
    BadBasis
        There is none: the names and codes that are most alike.
    """
    known: dict[bytes, Location] = {}
    for file in files:
        places = [file.place(name) for name in ("LocID", "ISO3_code", "Location")]
        for line in lines(file.path):
            key = line.split(b",", places[0] + 1)[: places[0] + 1][-1]
            if key in known:
                continue
            row = next(csv.reader([line.decode("utf-8", errors="replace")]))
            if len(row) == len(file.header) and row[places[0]].isdigit():
                code, iso3, name = (row[place] for place in places)
                known[key] = Location(int(code), iso3, name)
    asked = str(country).strip()
    for one in known.values():
        if asked in (one.iso3, str(one.code), one.name) and asked:
            return one
    raise BadBasis(f"country: {country!r} is not in {files[0].path}.{_alike(asked, list(known.values()))}")


def _alike(asked: str, known: list[Location]) -> str:
    words = {word.lower(): one for one in known for word in (one.iso3, one.name) if word}
    within = [word for word in words if len(asked) > 3 and asked.lower() in word]
    close = get_close_matches(asked.lower(), list(words), n=4, cutoff=0.6) or within[:4]
    found = list(dict.fromkeys(f"{words[word].iso3 or words[word].code} ({words[word].name})" for word in close))
    if found:
        return f" Did you mean {' or '.join(found)}?"
    return f" Give a code of three letters, a number or a name; it has {few(one.iso3 or one.name for one in known)}."


def rows_of(files: Sequence[File], where: Location, variant: str, years: tuple[int, int] | None) -> Rows:
    """Rows of a location and variant; a file whose name gives years outside those wanted is not opened.

    Raises
    ------
    BadBasis
        A file is truncated, or has other variants only.
    """
    result = Rows()
    for file in [file for file in files if not _outside(file.path.name, years)] or files:
        _rows(file, where, variant, result)
    if not result.found:
        there = ", ".join(sorted(result.variants))
        names = ", ".join(file.path.name for file in files)
        if result.variants:
            raise BadBasis(f"variant: {variant!r} of {where.name} is not in {names}; the variants there: {there}.")
        raise BadBasis(f"{names}: no rows of {where.iso3 or where.code} ({where.name}).")
    return result


def _outside(name: str, years: tuple[int, int] | None) -> bool:
    """Whether the years in the name of a file are all before the first year or after the one that follows the last."""
    span = re.search(r"_(\d{4})-(\d{4})\b", name)
    return bool(span and years and (int(span[2]) < years[0] or int(span[1]) > years[1] + 1))


def _with(token: bytes, path: Path) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers, of the blocks that contain a token, and the last line."""
    block, number = b"", 1
    for number, block in blocks(path):
        if token in block:
            yield from enumerate(block.splitlines(keepends=True), number)
    if block and token not in block:
        yield number + block.count(b"\n", 0, -1), block.splitlines(keepends=True)[-1]


def _rows(file: File, where: Location, variant: str, result: Rows) -> None:
    assert file.kind is not None
    at = {name: file.place(name) for name in file.kind.columns}
    token = (b"," if at["LocID"] else b"") + b"%d," % where.code
    last = b"\n"
    for number, line in _with(token, file.path):
        last = line
        if token not in line:
            continue
        row = next(csv.reader([line.decode("utf-8", errors="replace").rstrip("\r\n")]))
        if number == 1 or (len(row) > at["LocID"] and row[at["LocID"]] != str(where.code)):
            continue
        if len(row) != len(file.header) or not line.endswith(b"\n"):
            cells = f"{len(row)} of {len(file.header)} cells" if len(row) != len(file.header) else "no end"
            raise BadBasis(f"{file.path}:{number}: the row has {cells}; the file may be truncated, download it again.")
        result.variants.add(row[at["Variant"]])
        if row[at["Variant"]] == variant:
            result.found.append((file, number, {name: row[place] for name, place in at.items()}))
    if last.count(b",") + 1 < len(file.header):
        raise BadBasis(f"{file.path} is truncated: its last row is incomplete. Download it again.")
