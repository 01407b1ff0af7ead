"""How a number is written in a scheme file, and what the reader of a workbook is told instead: its column."""

from actuarial.translation import InFile, Told

UNIT, FROM_YEAR, GROUP, BORN = Told("Per"), Told("From year"), Told("Group"), Told("Born from")
"""Titles of columns of a workbook."""
UNIT_IN_CELLS = Told('write week, month or year in the column "{column}"', column=UNIT)
UNIT_MISSING = InFile('per is missing; write per = "week", "month" or "year"', UNIT_IN_CELLS)
ONCE_IN_CELLS = Told('write once in the column "{column}"', column=UNIT)
ONCE = InFile("write {example}", ONCE_IN_CELLS, example='{ value = ..., per = "once" }')
ONCE_MISSING = InFile('per is missing; write per = "once"', ONCE_IN_CELLS)
YEAR_IN_CELLS = Told('; write it in the column "{column}"', column=FROM_YEAR)
GROUP_IN_CELLS = Told('write one in the column "{column}"', column=GROUP)
BY_GROUP = InFile("write {example}", GROUP_IN_CELLS, example="{ group = { NAME = value, ... } }")
BORN_IN_CELLS = Told('Then write them in the column "{column}"', column=BORN)
MIX_IN_CELLS = Told("or nothing, with shares in the rows .prices and .wages below")
MIX = InFile("or a mix {example}", MIX_IN_CELLS, example="{ prices = 0.5, wages = 0.5 }")


def by_unit(shown: object) -> InFile:
    """How an amount is written with its unit."""
    return InFile(
        'write {example}, or per = "week" or "year"', UNIT_IN_CELLS, example=f'{{ value = {shown}, per = "month" }}'
    )


def by_year(value: object) -> InFile:
    """How the year is written from which an amount grows."""
    return InFile(": {example}", YEAR_IN_CELLS, example=f"{{ 2025 = {value:g}, ... }}")


def by_birth(year: int, shown: str) -> InFile:
    """How a number by year of birth is written."""
    return InFile("Then write {example}", BORN_IN_CELLS, example=f"{{ cohort = {{ {year} = {shown}, ... }} }}")
