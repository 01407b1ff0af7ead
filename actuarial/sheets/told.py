"""Messages about a law and a basis as the reader of a workbook needs them: with its cells, and with its columns in the
place of what is written in scheme files or in Python."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from actuarial.sheets.law import Law
from actuarial.translation import N_, Language

PER, YEAR, BORN, GROUP = N_("Per"), N_("From year"), N_("Born from"), N_("Group")
ADVICE = (
    (r'write \{ value = [^{}]*, per = "month" \} or per = "year"', "write month or year in the column {column}", PER),
    (r'write \{ value = [^{}]*, per = "once" \}', "write once in the column {column}", PER),
    (r'per is missing; write per = "month" or per = "year"', "write month or year in the column {column}", PER),
    (r'per is missing; write per = "once"', "write once in the column {column}", PER),
    (r': \{ [12]\d{3} = [^{}]*\}', "; write it in the column {column}", YEAR),
    (r"Then write \{ cohort = \{[^{}]*\} \}", "Then write them in the column {column}", BORN),
    (r"write \{ group = \{[^{}]*\} \}", "write one in the column {column}", GROUP),
    (r"or a mix \{ prices = 0\.5, wages = 0\.5 \}", "or nothing, with shares in the rows .prices and .wages below", ""),
    (r'leave them out, basis\.drop_vars\("\w+"\)', "leave them out: empty their cells", ""),
    (r': basis\.\w+ / basis\.\w+\.sum\("\w+"\)', "", ""),
    (r"the attribute (\w+)", r"the row \1 of the sheet of the basis", ""),
)
"""What is advised to the reader of a scheme file, and what instead to that of a workbook, with the column it names."""
NAME = re.compile(r"\s*([A-Za-z_]\w*(?:\.\w+|\[\d+\])*)(?=[: ])")


def in_columns(text: str, say: Language) -> str:
    """A message whose advice is about cells: columns have their titles in the language of the workbook."""
    for pattern, advice, column in ADVICE:
        title = f'"{say(column)}"' if column else ""
        text = re.sub(pattern, advice.replace("{column}", title.replace("\\", r"\\")), text)
    return text


def in_cells(text: str, places: Mapping[str, str], say: Language) -> str:
    """A message with advice about cells, each line that begins with a name of the workbook after the cell of it."""
    lines = in_columns(text, say).split("\n")
    return "\n".join(f"{cell}: {line.lstrip()}" if (cell := cell_of(line, places)) else line for line in lines)


def cell_of(line: str, places: Mapping[str, str]) -> str:
    """The cell of the name that a line begins with, or of the innermost table around it; "" where there is none."""
    found = NAME.match(line)
    name = found[1] if found else ""
    while name and name not in places:
        name = name.rpartition(".")[0]
    return places.get(name, "")


def named_places(law: Law) -> Iterable[tuple[str, str]]:
    """The cell of each part and field of a law, by the names that messages have for them."""
    for path, place in law.places.items():
        part: Any = law.raw.get(path[0])
        if not isinstance(part, list):
            yield _dotted(path), place
        elif len(path) > 1:
            table = part[path[1]]
            yield _dotted((table.get("name") or table.get("form", ""), *path[2:])), place


def _dotted(path: Iterable[Any]) -> str:
    """Keys with dots between them, places in lists in brackets."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")
