"""Where in a TOML file each key stands; the standard library's reader does not say."""

import tomllib
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
BLANK = " \t"
CLOSING = ",]}#\r\n"


def lines_of(text: str) -> dict[Path, int]:
    """Line (from 1) of every key, table and array element of a well-formed TOML text, by its path.

    Examples
    --------
    >>> lines_of('a = 1\\n[[b]]\\nrate = { 2025 = 1,\\n 2035 = 2 }\\n')[("b", 0, "rate", "2035")]
    4
    """
    reader = _Reader(text)
    reader.document()
    return reader.lines


def line_at(lines: dict[Path, int], path: Path) -> int:
    """Line of a path, or of the innermost table around it that the file has."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


@dataclass
class _Reader:
    """Walks through the text once; `place` is the table that keys belong to."""

    text: str
    spot: int = 0
    line: int = 1
    place: Path = ()
    lines: dict[Path, int] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=dict)

    def document(self) -> None:
        self.blanks(newlines=True)
        while self.spot < len(self.text):
            if self.here() == "[":
                self.header()
            else:
                self.pair(self.place)
            self.blanks(newlines=True)

    def here(self) -> str:
        return self.text[self.spot] if self.spot < len(self.text) else ""

    def step(self, count: int = 1) -> None:
        self.line += self.text.count("\n", self.spot, self.spot + count)
        self.spot += count

    def blanks(self, *, newlines: bool) -> None:
        """Pass over spaces, comments and, if wanted, ends of lines."""
        passed = BLANK + ("\r\n" if newlines else "")
        while self.here() and (self.here() in passed or self.here() == "#"):
            if self.here() == "#":
                end = self.text.find("\n", self.spot)
                self.spot = len(self.text) if end < 0 else end
            else:
                self.step()

    def header(self) -> None:
        line, double = self.line, self.text.startswith("[[", self.spot)
        self.step(2 if double else 1)
        keys = self.keys("]")
        self.step(2 if double else 1)
        path: Path = ()
        for i, key in enumerate(keys):
            path = (*path, key)
            if double and i == len(keys) - 1:
                self.lines.setdefault(path, line)
                self.counts[path] = self.counts.get(path, 0) + 1
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        self.lines[path] = line
        self.place = path

    def keys(self, end: str) -> list[str]:
        """The parts of a dotted key up to a closing character, which is not passed."""
        found = []
        self.blanks(newlines=False)
        while self.here() != end:
            if self.here() == ".":
                self.step()
            elif self.here() in "\"'":
                found.append(self.string())
            else:
                start = self.spot
                while self.here() not in BLANK + ".=]":
                    self.spot += 1
                found.append(self.text[start : self.spot])
            self.blanks(newlines=False)
        return found

    def pair(self, place: Path) -> None:
        line = self.line
        path = place
        for key in self.keys("="):
            path = (*path, key)
            self.lines.setdefault(path, line)
        self.step()
        self.blanks(newlines=False)
        self.value(path)

    def value(self, path: Path) -> None:
        if self.here() == "{":
            self.step()
            self.blanks(newlines=True)
            while self.here() != "}":
                self.pair(path)
                self.separator()
            self.step()
        elif self.here() == "[":
            self.step()
            self.blanks(newlines=True)
            count = 0
            while self.here() != "]":
                self.lines[*path, count] = self.line
                self.value((*path, count))
                count += 1
                self.separator()
            self.step()
        elif self.here() in "\"'":
            self.string()
        else:
            while self.here() and self.here() not in CLOSING:
                self.spot += 1

    def separator(self) -> None:
        self.blanks(newlines=True)
        if self.here() == ",":
            self.step()
            self.blanks(newlines=True)

    def string(self) -> str:
        """Pass over a string of any of the four kinds; return what stands between its quotes."""
        quote = self.here()
        mark = quote * 3 if self.text.startswith(quote * 3, self.spot) else quote
        start = self.spot + len(mark)
        end = start
        while not self.text.startswith(mark, end):
            end += 2 if quote == '"' and self.text[end] == "\\" else 1
        while len(mark) == 3 and self.text.startswith(quote, end + 3):
            end += 1
        self.step(end + len(mark) - self.spot)
        raw = self.text[start:end]
        if quote == '"' and mark == quote and "\\" in raw:
            raw = tomllib.loads(f'key = "{raw}"')["key"]
        return raw
