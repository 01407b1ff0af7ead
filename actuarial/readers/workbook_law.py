"""The sheets of a law: general rules, then a block of rows for each contribution, benefit, account, group, service."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from actuarial.form_table import Layout
from actuarial.readers.workbook_fields import ABSENT, Fields, Line, written_kind
from actuarial.readers.workbook_styles import (
    LINE_HEIGHT,
    Lists,
    between,
    choose,
    comment,
    exact_sheet,
    lines_of,
    said,
)
from actuarial.readers.workbook_styles import write_value as put
from actuarial.sheets import layout
from actuarial.sheets.cell_words import Names, base_of, explained, is_form, names_of, options_of, shown
from actuarial.sheets.dated_rows import NESTING, Row
from actuarial.sheets.law_rows import BETWEEN, MANY, NUMBER, ONE_OR_MANY, OWN, TEXT, TOML, TRUTH, Entry
from actuarial.sheets.layout import (
    COLUMNS,
    FIRST,
    HEADS,
    INDICES,
    KEYS,
    MARK,
    NO,
    ORDER,
    PATHS,
    PERS,
    SHEETS,
    TITLES,
    VALUE,
    YES,
)
from actuarial.sheets.paper import in_blocks
from actuarial.translation import N_, Language

WIDTHS = {"A": 3, "B": 58, "C": 10, "D": 26, "E": 8, "F": 11, "G": 11, "H": 10, "I": 9, "J": 14, "K": 8, "L": 8, "M": 8}
HIDDEN = "AM"
ONE = {
    "contributions": N_("Contribution"),
    "account": N_("Account"),
    "benefit": N_("Benefit"),
    "member_group": N_("Member group"),
    "service": N_("Health service"),
}
BLANKS = {"contributions": 4, "account": 1, "service": 3}
"""Empty blocks of a new workbook; of parts with forms there is one for each form."""


class LawSheets:
    """Writes the sheets of a law; `rows` are those of the last sheet that was written."""

    def __init__(self, book: Any, styles: dict[str, Any], say: Language, lists: Lists) -> None:
        self.book, self.styles, self.say, self.lists = book, styles, say, lists
        self.marks: dict[str, str] = {}
        self.fields: list[tuple[Mapping[str, Any], list[Entry]]] = []
        self.names = Names()
        self.row = FIRST
        self.begins: list[int] = []
        self.high: dict[int, int] = {}

    def write(self, schema: Mapping[str, Any], kind: Layout, raw: Mapping[str, Any] | None) -> dict[str, str]:
        """Title of the sheet of each mark; without `raw` all of it is empty."""
        fields, self.names = Fields(schema), names_of(raw or {})
        lists = [key for key in schema["properties"] if key in ONE]
        rest = {key: value for key, value in schema["properties"].items() if key not in ONE}
        own = {key: value for key, value in (raw or {}).items() if key not in ONE}
        node = {"properties": rest, "required": [key for key in schema["required"] if key in rest]}
        sheet = self.sheet("law", said(self.say, str(SHEETS["law"])))
        self.lines(sheet, list(fields.table(node, own)), None, own)
        self.finish(sheet)
        for key in lists:
            sheet = self.sheet(f"law {key}", said(self.say, str(schema["properties"][key]["description"])))
            for word, given in self.blocks(key, kind, raw):
                self.block(sheet, fields, key, kind, word, given)
            self.finish(sheet)
        return self.marks

    def blocks(self, key: str, kind: Layout, raw: Mapping[str, Any] | None) -> Iterable[tuple[str, Any]]:
        """Form (or none) and table of each block of a sheet."""
        if raw is not None and (raw.get(key) or key not in BLANKS):
            return [(str(one.get("form", "")), one) for one in raw.get(key, [])]
        if key in BLANKS:
            return [("", ABSENT)] * BLANKS[key]
        answer = "claim" if key == "benefit" else "eligible"
        return [(word, ABSENT) for word in kind.words(answer)]

    def sheet(self, mark: str, title: str) -> Any:
        """A new sheet with its mark, title, keys and headings."""
        name = self.say(SHEETS[mark])
        sheet = self.book.add_worksheet(name, worksheet_class=exact_sheet())
        self.marks[mark] = name
        put(sheet, MARK, 1, mark, self.styles, "key")
        put(sheet, MARK, 2, title, self.styles, "title")
        note = self.say("Fill the yellow cells; an empty cell means that the law says nothing. One row for each date.")
        put(sheet, MARK + 1, 2, note, self.styles, "note")
        put(sheet, KEYS, 1, "key", self.styles, "key")
        for column, key in COLUMNS.items():
            put(sheet, KEYS, column, key, self.styles, "key")
            title = TITLES[key] if key == "order" else self.say(TITLES[key])
            put(sheet, HEADS, column, title, self.styles, "head")
        put(sheet, HEADS, 2, self.say("Rule"), self.styles, "head")
        put(sheet, HEADS, 3, self.say("Units"), self.styles, "head")
        for letter, width in WIDTHS.items():
            sheet.set_column(f"{letter}:{letter}", width, None, {"hidden": letter in HIDDEN})
        sheet.set_row(KEYS - 1, None, None, {"hidden": True})
        sheet.set_row(HEADS - 1, 2 * LINE_HEIGHT)
        sheet.freeze_panes(HEADS, 2)
        self.row, self.begins, self.high = FIRST, [], {}
        return sheet

    def finish(self, sheet: Any) -> None:
        """Lists of the columns, and how the sheet is printed."""
        last = self.row + 200
        sexes = (self.say("male"), self.say("female"))
        paths, pers, indices = (tuple(shown(self.say, word) for word in words) for words in (PATHS, PERS, INDICES))
        levels = (*paths, *(f"{one}/{other}" for one in paths for other in paths if one != other))
        columns = ((layout.PER, pers), (layout.INDEXED, indices), (layout.PATH, levels), (layout.SEX, sexes))
        for column, words in columns:
            choose(sheet, (FIRST, column, last, column), list(words), self.say)
        widths = [WIDTHS[letter] for letter in WIDTHS if letter not in HIDDEN]
        in_blocks(sheet, widths, self.begins, [self.high.get(row, 1) for row in range(1, self.row)])
        sheet.repeat_rows(HEADS - 1)
        sheet.print_area(0, 1, self.row - 2, ORDER - 2)

    def block(self, sheet: Any, fields: Fields, key: str, kind: Layout, word: str, given: Any) -> None:
        """The rows of a contribution, benefit, account, group or service."""
        one = self.say(ONE[key])
        self.begins.append(self.row - 1)
        table = given if isinstance(given, Mapping) else {}
        name = str(table.get("name", word))
        put(sheet, self.row, 1, f"[[{key}]]", self.styles, "key")
        called = name if "name" in table else shown(self.say, name, form=True)
        put(sheet, self.row, 2, f"{one} – {called}" if name else one, self.styles, "block")
        put(sheet, self.row, 3, self.say("in use"), self.styles, "block")
        put(sheet, self.row, VALUE, self.say(YES) if table else None, self.styles, "choice")
        choose(sheet, (self.row, VALUE, self.row, VALUE), [self.say(YES), self.say(NO)], self.say)
        for column in range(VALUE + 1, ORDER):
            put(sheet, self.row, column, None, self.styles, "block")
        if table.get("law"):
            comment(sheet, self.row, 2, str(table["law"]))
        start, self.row = self.row, self.row + 1
        refs = fields.parts.get(word) if word else fields.resolved(_items(key, fields))
        lines = list(fields.table(refs or {}, given))
        if word:
            words = tuple(kind.words("claim" if key == "benefit" else "eligible"))
            lines = [replace(line, options=words) if line.key == "form" else line for line in lines]
            if given is ABSENT:
                lines = [_prefilled(line, word) if line.key == "form" else line for line in lines]
        self.lines(sheet, lines, start, table)
        self.row += 1

    def lines(self, sheet: Any, lines: list[Line], start: int | None, table: Mapping[str, Any]) -> None:
        """The rows of the lines of a table; those of a block that begins in row `start`."""
        self.fields.append((table, [line.entry for line in lines if line.entry]))
        for line in lines:
            if not line.key:
                text = said(self.say, line.label)
                put(sheet, self.row, 2, text, self.styles, _level("heading", line.level))
                self.height(sheet, text, line.level)
                self.row += 1
                continue
            entry = line.entry
            for row in entry.rows if entry else (None,):
                self.one(sheet, line, row, start, first=entry is None or row is entry.rows[0])
                self.row += 1

    def one(self, sheet: Any, line: Line, row: Row | None, start: int | None, *, first: bool) -> None:
        """A row: key, label and units; the value and what it is for."""
        style, here, kind = self.styles, self.row, written_kind(line)
        text = said(self.say, line.label)
        put(sheet, here, 1, f"{line.key} ({kind})" if kind else line.key, style, "key")
        put(sheet, here, 2, text, style, _level("bold" if line.needed else "label", line.level))
        put(sheet, here, 3, said(self.say, line.units) if line.units else None, style, "plain")
        value = self.shown(line, kind, row.value) if row else None
        self.height(sheet, text, line.level, value)
        self.value(sheet, line, value)
        labels = dict(row.labels) if row else {}
        for dim, column in layout.PLACES.items():
            if line.dated or dim in labels:
                label = self.say(labels[dim]) if dim == "sex" and dim in labels else labels.get(dim)
                put(sheet, here, column, label, style, "word" if dim == "group" else "choice")
        if line.dated or (row and row.paths):
            steps = not row or set(row.paths) <= {"step"}
            paths = "" if not row or steps else "/".join(shown(self.say, path) for path in row.paths)
            put(sheet, here, layout.PATH, paths or None, style, "choice")
        if row and row.order != tuple(dim for dim in NESTING if dim in labels):
            put(sheet, here, ORDER, " ".join(row.order), style, "key")
        if line.money or (line.entry and line.entry.per):
            entry = line.entry if first else None
            per, indexed = (
                (shown(self.say, word) or None for word in (entry.per, entry.indexed)) if entry else (None, None)
            )
            put(sheet, here, layout.PER, per, style, "choice")
            if "once" not in line.money or line.dated:
                put(sheet, here, layout.INDEXED, indexed, style, "choice")
        if first:
            comment(sheet, here, 2, self.explained(line))
        if line.needed:
            blank = f"ISBLANK($D${here})"
            used = f'AND({blank},$D${start}="{self.say(YES)}")' if start else blank
            look = {"type": "formula", "criteria": f"={used}", "format": style["needed"]}
            sheet.conditional_format(here - 1, VALUE - 1, here - 1, VALUE - 1, look)

    def shown(self, line: Line, kind: str, value: Any) -> Any:
        """What the cell of a line shows for its value: words of the law and names of forms in the language."""
        if isinstance(value, bool):
            return self.say(YES if value else NO) if line.kind == TRUTH else value
        if not isinstance(value, str) or kind == TOML:
            return value
        if kind != ONE_OR_MANY and value in options_of(kind):
            return shown(self.say, value, form=is_form(line.key))
        if kind == ONE_OR_MANY or base_of(kind) == MANY:
            parts = [part.strip() for part in BETWEEN.split(value)]
            return ", ".join(self.names.shown(self.say, part) for part in parts)
        refers = line.kind == TEXT and line.key.rpartition(".")[2] not in OWN
        return self.names.shown(self.say, value) if refers else value

    def value(self, sheet: Any, line: Line, value: Any) -> None:
        """The cell of a value, and what may stand in it."""
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        cells = (self.row, VALUE, self.row, VALUE)
        words = tuple(shown(self.say, word, form=is_form(line.key)) for word in line.options)
        options = (self.say(YES), self.say(NO)) if line.kind == TRUTH else words
        kind = "number" if number or line.kind == NUMBER else "choice" if options else "word"
        put(sheet, self.row, VALUE, value, self.styles, "word" if isinstance(value, str) and kind == "number" else kind)
        if line.kind == TOML or line.kind.startswith("list or"):
            return
        if options and line.kind != NUMBER:
            choose(sheet, cells, self.lists.source(options), self.say)
        elif line.kind == NUMBER and not line.options:
            between(sheet, cells, *line.bounds, self.say)

    def height(self, sheet: Any, text: str, level: int, value: Any = None) -> None:
        lines = lines_of(text, WIDTHS["B"] - 2 * level)
        lines = max(lines, lines_of(value, WIDTHS["D"]) if isinstance(value, str) else 1)
        self.high[self.row] = min(lines, 12)
        sheet.set_row(self.row - 1, LINE_HEIGHT * self.high[self.row])

    def explained(self, line: Line) -> str:
        """What the comment of a rule says."""
        say, key = self.say, line.key
        parts = [said(say, line.label), say("Key in scheme files: {key}", key=key)]
        if line.needed:
            parts.append(say("Must be filled."))
        if line.units:
            parts.append(say("Units: {units}", units=said(say, line.units)))
        if line.options:
            parts.append(say("One of: {words}", words=_listed(say, line.options, form=key.endswith("form"))))
        if line.forms:
            parts.append(say("Only where the form is: {words}", words=_listed(say, line.forms, form=True)))
        if line.kind.startswith(("list", "word or list")):
            parts.append(say("Several words with commas between them."))
        if line.kind == TOML:
            parts.append(say("As a scheme file (TOML) has it."))
        return "\n".join(parts)


def _items(key: str, fields: Fields) -> Any:
    names = {"contributions": ("Contribution", "HealthContribution"), "account": ("account",), "service": ("service",)}
    return next(fields.parts[name] for name in names[key] if name in fields.parts)


def _prefilled(line: Line, word: str) -> Line:
    return replace(line, entry=Entry("form", line.kind, (Row(word),)))


def _listed(say: Language, words: Iterable[str], *, form: bool) -> str:
    """Words of the law, each with what it is in the language."""
    return ", ".join(explained(say, word, form=form) for word in words)


def _level(style: str, level: int) -> str:
    return f"{style}{min(level, 5)}" if level else style
