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
from actuarial.translation import N_, Told, few, why

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
    N_("1 January stocks by single age"), "WPP2024_Population1JanuaryBySingleAgeSex_Medium_*.csv.gz", "PopMale",
    (*PLACE, *BY_AGE, "PopMale", "PopFemale"),
)  # fmt: skip
LIFE = Kind(
    N_("complete life tables of men and of women"),
    "WPP2024_Life_Table_Complete_Medium_Male_*.csv.gz and _Female_", "mx", (*PLACE, "Sex", *BY_AGE, "mx", "ax"),
)  # fmt: skip
FERTILITY = Kind(
    N_("fertility by single age"), "WPP2024_Fertility_by_Age1.csv.gz", "ASFR", (*PLACE, *BY_AGE, "ASFR")
)
INDICATORS = Kind(
    N_("demographic indicators"), "WPP2024_Demographic_Indicators_Medium.csv.gz", "TPopulation1Jan",
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
        text = N_("{file} is truncated: the packed file ends too early. Download it again.")
        raise BadBasis(Told(text, file=path)) from error
    except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
        text = N_("{file} is damaged: it cannot be unpacked. Download it again.")
        raise BadBasis(Told(text, file=path)) from error
    except OSError as error:
        raise BadBasis(Told("{file} cannot be read: {reason}.", file=path, reason=why(error))) from error
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
        if "xl/workbook.xml" in archive.namelist():
            raise BadBasis(Told("{file} is a workbook. Download the CSV file of the same contents.", file=path))
        if len(names) != 1:
            text = N_("{file} holds {count} CSV files; one is needed. Unpack it and name those to read.")
            raise BadBasis(Told(text, file=path, count=len(names)))
        return archive.open(names[0])


def lines(path: Path) -> Iterator[bytes]:
    """Lines of a file, one at a time; errors as `blocks`."""
    for _, block in blocks(path):
        yield from block.splitlines(keepends=True)


def _stranger(text: str) -> Told:
    """What a file looks like whose header has not the names of those of World Population Prospects."""
    begins = text.lstrip()[:200].casefold()
    if begins.startswith("<"):
        return Told("a web page; download the file again")
    if ";time;" in begins.replace('"', "") or "\ttime\t" in begins:
        return Told("a file with other separators than commas, as spreadsheets save it; download it again")
    return Told("no CSV file of World Population Prospects")


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
        another = Told("another file of World Population Prospects, with {names}", names=header[-3:])
        return File(path, None, another, header)
    absent = [column for column in kind.columns if column not in header]
    spans = [row[header.index("AgeGrpSpan")] for row in rows[1:] if "AgeGrpSpan" in header and len(row) == len(header)]
    if kind is POPULATION and {"AgeGrpStart", "AgeGrpSpan"} & set(absent):
        return File(path, None, Told("the population without ages"), header)
    if absent == ["ISO3_code"]:
        early = N_(
            "{file} is of a revision before 2022, whose rates are those of five years. Take the files of 2022 or 2024."
        )
        raise BadBasis(Told(early, file=path))
    if absent:
        lacking = N_(
            "{file}: it looks like the {kind}, but lacks {count} of {whole} columns: {absent}. It has {names}."
        )
        found = {"kind": Told(kind.what), "count": len(absent), "whole": len(kind.columns)}
        raise BadBasis(Told(lacking, file=path, absent=tuple(absent), names=header, **found))
    return File(path, *_exactly(path.name, kind, spans), header)


def _exactly(name: str, kind: Kind, spans: Sequence[str]) -> tuple[Kind | None, str]:
    """The kind, unless ages are grouped or the name tells of another date or of both sexes together."""
    grouped = any(span not in ("1", "-1") for span in spans)
    if kind is POPULATION and grouped:
        return None, Told("the population by five-year age groups")
    if kind is POPULATION and "BySingleAge" in name and "1January" not in name:
        return None, Told("the population on 1 July, or its exposure, by single age")
    if kind is LIFE and grouped:
        return None, Told("abridged life tables")
    if kind is LIFE and "_Both_" in name:
        return None, Told("life tables of both sexes together")
    if kind is FERTILITY and grouped:
        return None, Told("fertility by five-year age groups")
    return kind, Told(kind.what)


def gathered(place: str | Path | Sequence[str | Path]) -> dict[str, list[File]]:
    """Files by what they are, from a folder (others are left alone) or a list (others are refused).

    Raises
    ------
    BadBasis
        No such file, a file of another kind in the list, or no file of one of the kinds.
    """
    if not isinstance(place, (str, Path)) and (isinstance(place, Mapping) or not isinstance(place, Iterable)):
        raise BadInput(Told("files: give a folder, or a list of files (got {place!r}).", place=place))
    if isinstance(place, (str, Path)) and Path(place).is_dir():
        files = [identified(path) for path in sorted(Path(place).glob("*")) if _csv(path)]
    else:
        paths = [Path(place)] if isinstance(place, (str, Path)) else [path_of(path, "files") for path in place]
        files = [identified(path) for path in paths]
        wrong = [file for file in files if file.kind is None]
        if wrong:
            text = N_("{file} looks like {what}. What is read:\n{needed}")
            needed = [Told("  {name}: {what}", name=Told(kind.what), what=kind.usual) for kind in KINDS]
            raise BadBasis(Told(text, file=wrong[0].path, what=wrong[0].what, needed=needed))
    result = {kind.what: [file for file in files if file.kind is kind] for kind in KINDS}
    absent = [kind for kind in KINDS if not result[kind.what]]
    if absent:
        text = N_("{place}: there is no file of {absent}.\n What is there:\n{have}")
        where = place if isinstance(place, (str, Path)) else Told("the files")
        lacking = tuple(Told("{what} ({name})", what=Told(kind.what), name=kind.usual) for kind in absent)
        have = [Told("  {name}: {what}", name=file.path.name, what=file.what) for file in files]
        raise BadBasis(Told(text, place=where, absent=lacking, have=have or [Told("  nothing")]))
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
        text = N_("{one} and {other} are of {count} revisions. Take all files from one of them.")
        one, other, *_ = (by_year[year].path.name for year in sorted(by_year))
        raise BadBasis(Told(text, one=one, other=other, count=len(by_year)))
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
    text = N_("country: {country!r} is not in {file}. {hint}")
    raise BadBasis(Told(text, country=country, file=files[0].path, hint=_alike(asked, list(known.values()))))


def _alike(asked: str, known: list[Location]) -> Told:
    words = {word.lower(): one for one in known for word in (one.iso3, one.name) if word}
    within = [word for word in words if len(asked) > 3 and asked.lower() in word]
    close = get_close_matches(asked.lower(), list(words), n=4, cutoff=0.6) or within[:4]
    found = list(dict.fromkeys(f"{words[word].iso3 or words[word].code} ({words[word].name})" for word in close))
    if found:
        return Told("Did you mean {places}?", places=tuple(found))
    text = N_("Give a code of three letters, a number or a name; it has {names}.")
    return Told(text, names=few(one.iso3 or one.name for one in known))


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
        names = tuple(file.path.name for file in files)
        if result.variants:
            text = N_("variant: {variant!r} of {country} is not in {files}; the variants there: {there}.")
            there = tuple(sorted(result.variants))
            raise BadBasis(Told(text, variant=variant, country=where.name, files=names, there=there))
        text = N_("{files}: no rows of {code} ({country}).")
        raise BadBasis(Told(text, files=names, code=where.iso3 or str(where.code), country=where.name))
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
            raise BadBasis(_cut(f"{file.path}:{number}", len(row), len(file.header)))
        result.variants.add(row[at["Variant"]])
        if row[at["Variant"]] == variant:
            result.found.append((file, number, {name: row[place] for name, place in at.items()}))
    if last.count(b",") + 1 < len(file.header):
        text = N_("{file} is truncated: its last row is incomplete. Download it again.")
        raise BadBasis(Told(text, file=file.path))


def _cut(place: str, count: int, whole: int) -> Told:
    """What to say of a row with too few or too many cells, or without the end of its line."""
    cells = N_("{place}: the row has {count} of {whole} cells; the file may be truncated, download it again.")
    no_end = N_("{place}: the row has no end; the file may be truncated, download it again.")
    return Told(no_end, place=place) if count == whole else Told(cells, place=place, count=count, whole=whole)
