"""Names of the parts of a law from its sheets: what lists of names and labels of a basis may refer to."""

from collections.abc import Iterator, Mapping
from typing import Any

from actuarial.sheets.cell_words import Names, meant, names_of, options_of
from actuarial.sheets.cells import Grid
from actuarial.sheets.law_words import FORMS
from actuarial.sheets.layout import FIRST, VALUE


def names_in_sheets(grids: Mapping[str, Grid]) -> Names:
    """Names of the blocks of all sheets, whether they are in use or not."""
    return names_of({mark: list(_blocks(grid)) for mark, grid in grids.items() if " " in mark})


def _blocks(grid: Grid) -> Iterator[Mapping[str, Any]]:
    """Name and form of each block that has one of the two."""
    block: dict[str, Any] = {}
    for row in sorted(row for row in grid.rows if row >= FIRST):
        key, _, kind = str(grid.at(row, 1) or "").partition(" (")
        value = grid.at(row, VALUE)
        if key.startswith("[["):
            yield block
            block = {}
        elif key == "name" and value is not None:
            block["name"] = str(value)
        elif key == "form" and isinstance(value, str):
            block["form"] = meant(value, options_of(kind.removesuffix(")")) or FORMS, form=True) or value
    yield block
