"""The look of a workbook of inputs, and cells that give back exactly what they were given."""

import textwrap
from collections.abc import Iterable
from typing import Any

from actuarial.errors import BadWorkbook
from actuarial.sheets.cells import letters, quoted
from actuarial.sheets.layout import LISTS
from actuarial.sheets.plain import LONGEST
from actuarial.translation import N_, Language, NotTranslated, Told

INPUT, NEEDED, KEPT, DARK = "#FFF8DC", "#F8CBAD", "#EEF1F5", "#1F3B5C"
"""Colours of cells to fill, of those that must be filled and are empty, of what stays as it is, of headings."""
LINE_HEIGHT = 15
INLINE = 240
"""Characters of a list of choices that a cell keeps itself."""


def said(say: Language, text: str) -> str:
    """A text in the language; one that no catalogue has, as of a class that a user registered, as it is."""
    try:
        return say(text).replace("`", "")
    except NotTranslated:
        return text.replace("`", "")


def styles_of(book: Any) -> dict[str, Any]:
    """Styles of a workbook by name."""
    base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
    framed = {"border": 1, "border_color": "#C9CED6", "bg_color": INPUT}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14, "font_color": DARK},
        "note": {"italic": True, "font_color": "#555555"},
        "wrapped": {"text_wrap": True},
        "right": {"align": "right"},
        "head": {"bold": True, "text_wrap": True, "bg_color": DARK, "font_color": "#FFFFFF", "border": 1},
        "label": {"text_wrap": True, "bg_color": KEPT},
        "bold": {"text_wrap": True, "bg_color": KEPT, "bold": True},
        "plain": {"bg_color": KEPT},
        "named": {"bg_color": KEPT, "shrink": True},
        "link": {"font_color": "#0000FF", "underline": 1},
        "heading": {"bold": True, "font_color": DARK, "text_wrap": True},
        "block": {"bold": True, "bg_color": "#CBD7E6", "font_size": 11},
        "key": {"font_color": "#888888", "font_size": 8},
        "needed": {"bg_color": NEEDED},
        "word": {**framed, "num_format": "@", "text_wrap": True},
        "quoted": {**framed, "num_format": "@", "text_wrap": True, "quote_prefix": True},
        "number": {**framed, "num_format": "General"},
        "amount": {**framed, "num_format": "#,##0.00"},
        "share": {**framed, "num_format": "0.0000"},
        "fine": {**framed, "num_format": "0.000000"},
        "choice": {**framed, "align": "center", "text_wrap": True},
        "labelled": {"bg_color": KEPT, "align": "right"},
    }
    styles = {name: book.add_format(base | look) for name, look in looks.items()}
    for level in range(1, 6):
        for name in ("label", "bold", "heading"):
            styles[f"{name}{level}"] = book.add_format(base | looks[name] | {"indent": level, "align": "left"})
    return styles


def exact_sheet() -> type:
    """A class of sheets whose numbers are written with all their digits."""
    from xlsxwriter.worksheet import Worksheet

    class ExactSheet(Worksheet):  # type: ignore[misc]
        """Numbers come back bit by bit: seventeen digits where they are needed, and no more."""

        def _xml_number_element(self, number: float, attributes: Iterable[tuple[str, Any]] = ()) -> None:
            shown = "".join(f' {key}="{self._escape_attributes(value)}"' for key, value in attributes)
            self.fh.write(f"<c{shown}><v>{number!r}</v></c>")

    return ExactSheet


def lines_of(text: str, width: float) -> int:
    """Lines that a text takes in a column of a width; letters are narrower than the digits that widths count."""
    return sum(max(1, len(textwrap.wrap(part, max(8, int(1.25 * width))))) for part in text.split("\n"))


def write_value(sheet: Any, row: int, column: int, value: Any, styles: dict[str, Any], style: str) -> None:
    """Numbers as numbers, words as words (also those that begin like a formula); from row and column 1.

    Raises
    ------
    BadWorkbook
        A word that is longer than a cell can hold.
    """
    row, column = row - 1, column - 1
    if value is None:
        sheet.write_blank(row, column, None, styles[style])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, styles[style])
    elif isinstance(value, str):
        if len(value) > LONGEST:
            text = N_("{text!r}... has {count} characters; a cell holds {most}. Shorten it.")
            raise BadWorkbook(Told(text, text=value[:40], count=len(value), most=LONGEST))
        risky = value[:1] in "=+-@'\t" and style == "word"
        sheet.write_string(row, column, value, styles["quoted" if risky else style])
    else:
        sheet.write_number(row, column, value, styles[style])


class Lists:
    """Lists of choices: short ones with their cells, long ones on a hidden sheet, each once."""

    def __init__(self) -> None:
        self.long: list[tuple[str, ...]] = []

    def source(self, words: tuple[str, ...]) -> Any:
        """What the validation of a cell is given."""
        if len(",".join(words)) <= INLINE and not any("," in word for word in words):
            return list(words)
        if words not in self.long:
            self.long.append(words)
        column = letters(self.long.index(words) + 1)
        return f"={quoted(LISTS)}!${column}$1:${column}${len(words)}"

    def write(self, book: Any) -> None:
        """The hidden sheet, where there are long lists."""
        if self.long:
            sheet = book.add_worksheet(LISTS)
            for column, words in enumerate(self.long):
                for row, word in enumerate(words):
                    sheet.write_string(row, column, word)
            sheet.hide()


def choose(sheet: Any, cells: tuple[int, int, int, int], source: Any, say: Language, *, strict: bool = True) -> None:
    """Let cells (first row and column, last row and column, from 1) be chosen from a list."""
    first, left, last, right = (one - 1 for one in cells)
    options = {
        "validate": "list",
        "source": source,
        "error_title": say("Not in the list"),
        "error_message": say("Choose one of the words of the list."),
        "error_type": "stop" if strict else "warning",
    }
    sheet.data_validation(first, left, last, right, options)


def between(sheet: Any, cells: tuple[int, int, int, int], low: float | None, high: float | None, say: Language) -> None:
    """Let cells hold numbers between two bounds only; without bounds they hold what they are given."""
    low = None if low is None or low == float("-inf") else low
    high = None if high is None or high >= 1e9 else high
    if low is None and high is None:
        return
    first, left, last, right = (one - 1 for one in cells)
    limits = {"minimum": low, "maximum": high, "criteria": "between"}
    if low is None or high is None:
        limits = {"criteria": ">=" if high is None else "<=", "value": low if high is None else high}
    told = say("The number is too small or too large. Shares are fractions: {share} for 5 %.", share=0.05)
    options = {
        "validate": "decimal",
        "error_title": say("Outside the bounds"),
        "error_message": told,
    }
    sheet.data_validation(first, left, last, right, options | limits)


def comment(sheet: Any, row: int, column: int, text: str) -> None:
    """A comment as high as its text needs; from row and column 1."""
    lines = sum(1 + len(line) // 46 for line in text.split("\n"))
    sheet.write_comment(row - 1, column - 1, text, {"width": 300, "height": 20 + LINE_HEIGHT * lines, "font_size": 9})
