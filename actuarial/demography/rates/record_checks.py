"""Records of persons as arrays, and the rows that cannot be meant."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from actuarial.errors import BadInput

DATES = ("birth", "entry", "exit")
SEXES = ("male", "female")
OLDEST = 130


@dataclass(frozen=True)
class Lives:
    """Rows that are used: days since 1970, the event (-1 for none), and places among the groups and sexes."""

    birth: np.ndarray
    entry: np.ndarray
    exit: np.ndarray
    event: np.ndarray
    group: np.ndarray
    sex: np.ndarray
    groups: list[Any]
    sexes: list[str]
    grouped: bool
    sexed: bool
    rows: int
    refused: int
    warnings: tuple[str, ...]


def read_lives(records: Any, events: Sequence[str], others: Sequence[str], leave_out: bool) -> Lives:
    """The records, without the rows that are refused; these stop, or warn if they may be left out."""
    words = _words(events, others)
    columns = _columns(records)
    size = len(columns["birth"])
    dates = {name: _dates(columns[name]) for name in DATES}
    event = _codes(columns["status"], {word: k if k < len(events) else -1 for k, word in enumerate(words)}, -2)
    sexed, grouped = "sex" in columns, "group" in columns
    sex = _codes(columns["sex"], {word: k for k, word in enumerate(SEXES)}, -2) if sexed else np.zeros(size, dtype=int)
    group, groups = _groups(columns["group"]) if grouped else (np.zeros(size, dtype=int), [""])
    reasons = _reasons(dates, event, sex, group, words)
    if "person" in columns:
        reasons |= _of_persons(columns["person"], dates, event, np.any([*reasons.values()], axis=0))
    bad = np.any([*reasons.values()], axis=0)
    notes = _report(reasons, columns, bad, leave_out)
    if bad.all():
        raise BadInput(f"records: none of the {size} rows can be used.\n" + "\n".join(notes))
    if "person" not in columns:
        notes += _equal_rows(columns, ~bad)
    good = ~bad
    return Lives(
        **{name: dates[name][good].astype(np.int64) for name in DATES},
        event=event[good],
        group=group[good],
        sex=sex[good],
        groups=groups,
        sexes=list(SEXES if sexed else ("",)),
        grouped=grouped,
        sexed=sexed,
        rows=size,
        refused=int(bad.sum()),
        warnings=tuple(notes),
    )


def _words(events: Sequence[str], others: Sequence[str]) -> list[str]:
    if isinstance(events, str) or isinstance(others, str):
        raise BadInput("events and others are sequences of words, such as (\"dead\",).")
    words = [*events, *others]
    if not events or len(set(words)) < len(words):
        raise BadInput(f"events and others must be different words, and events not empty, but they are {words}.")
    return words


def _columns(records: Any) -> dict[str, np.ndarray]:
    if not isinstance(records, Mapping) and not hasattr(records, "columns"):
        kind = type(records).__name__
        raise BadInput(f"records: give a DataFrame, or a mapping of columns to arrays, not a {kind}.")
    names = [str(name) for name in (records.columns if hasattr(records, "columns") else records)]
    missing = [name for name in (*DATES, "status") if name not in names]
    if missing:
        raise BadInput(f"records: the columns {', '.join(missing)} are missing; there are {', '.join(names)}.")
    wanted = [name for name in (*DATES, "status", "sex", "group", "person") if name in names]
    columns = {name: np.asarray(records[name]) for name in wanted}
    odd = [name for name, column in columns.items() if column.ndim != 1]
    if odd:
        raise BadInput(f"records: the columns {', '.join(odd)} must have one value for each row.")
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise BadInput(f"records: the columns have different lengths: {lengths}.")
    if not lengths["birth"]:
        raise BadInput("records: there are no rows.")
    return columns


def _dates(column: np.ndarray) -> np.ndarray:
    """Days; NaT where a date is missing or cannot be read. A time of day, and of what zone it is, is cut off."""
    import pandas as pd

    if column.dtype.kind in "iuf":
        raise BadInput("records: dates are numbers; give datetime64, date or text as 2021-12-31.")
    if column.dtype.kind == "M" and np.datetime_data(column.dtype)[0] in ("Y", "M", "W"):
        raise BadInput("records: dates of months or years have no day; give days as datetime64[D], date or text.")
    if column.dtype.kind in "OU":
        column = np.array([_with_day(cell) for cell in column.tolist()], dtype=object)
    days = pd.to_datetime(pd.Series(column), errors="coerce", format="ISO8601")
    return days.dt.tz_localize(None).to_numpy().astype("datetime64[D]")


def _with_day(cell: Any) -> Any:
    """None for a text that is no more than a year or a month, which would be read as the first day of it."""
    return None if isinstance(cell, str) and not re.match(r"\s*\d{4}-?\d{2}-?\d{2}", cell) else cell


def _codes(column: np.ndarray, codes: Mapping[str, int], otherwise: int) -> np.ndarray:
    import pandas as pd

    return pd.Series(column, dtype=object).map(codes).fillna(otherwise).to_numpy().astype(int)


def _groups(column: np.ndarray) -> tuple[np.ndarray, list[Any]]:
    import pandas as pd

    codes, groups = pd.factorize(pd.Series(column, dtype=object), sort=True)
    return codes, list(groups)


def _reasons(
    dates: Mapping[str, np.ndarray], event: np.ndarray, sex: np.ndarray, group: np.ndarray, words: Sequence[str]
) -> dict[str, np.ndarray]:
    """Rows that are refused by reason; the words say what to do."""
    missing = np.any([np.isnat(day) for day in dates.values()], axis=0)
    return {
        "a date is missing, has no day or cannot be read: complete it": missing,
        "the entry (or the exit) is before the birth: compare the dates": ~missing
        & ((dates["entry"] < dates["birth"]) | (dates["exit"] < dates["birth"])),
        "the exit is before the entry: compare the dates": ~missing & (dates["exit"] < dates["entry"]),
        f"the exit is more than {OLDEST} years after the birth: compare the dates": ~missing
        & (dates["exit"] - dates["birth"] > np.timedelta64(OLDEST * 366, "D")),
        f"the status is not one of {', '.join(words)}: name it in events or others": event == -2,
        "the sex is neither male nor female: write one of these": sex == -2,
        "the group is missing: complete it": group < 0,
    }


def _of_persons(
    person: np.ndarray, dates: Mapping[str, np.ndarray], event: np.ndarray, bad: np.ndarray
) -> dict[str, np.ndarray]:
    """Rows that repeat, overlap or follow the end of the same person; rows refused already are left aside."""
    import pandas as pd

    codes, _ = pd.factorize(pd.Series(person, dtype=object))
    overlapping, following, unknown, another = (np.zeros(len(codes), dtype=bool) for _ in range(4))
    unknown[:] = codes < 0
    used = np.flatnonzero(~bad & ~unknown)
    entry, leave = (dates[name][used].astype(np.int64) for name in ("entry", "exit"))
    order = np.lexsort((leave, entry, codes[used]))
    who, entry, leave, dead = codes[used][order], entry[order], leave[order], (event[used] >= 0)[order]
    if who.size:
        lift = int(leave.max() - leave.min()) + 1
        latest = np.maximum.accumulate(leave - leave.min() + who * lift) - who * lift + leave.min()
        deaths = np.cumsum(dead)
        same = who[1:] == who[:-1]
        begins = np.maximum.accumulate(np.where(np.r_[True, ~same], np.arange(who.size), 0))
        before: np.ndarray = (deaths - dead) - (deaths - dead)[begins]
        repeated = (entry[1:] == entry[:-1]) & (leave[1:] == leave[:-1])
        overlapping[used[order[1:]]] = same & ((entry[1:] < latest[:-1]) | repeated)
        following[used[order]] = before > 0
        born = dates["birth"][used][order]
        another[used[order[1:]]] = same & (born[1:] != born[:-1])
    return {
        "the time overlaps an earlier row of the person: join or remove the rows": overlapping,
        "the row follows the event of the person: remove one of them": following & ~overlapping,
        "the birth is another one than in an earlier row of the person: compare the dates": another,
        "the person is missing: complete it": unknown & ~bad,
    }


def _report(
    reasons: Mapping[str, np.ndarray], columns: Mapping[str, np.ndarray], bad: np.ndarray, leave_out: bool
) -> list[str]:
    lines = []
    for reason, rows in reasons.items():
        if rows.any():
            row = int(rows.argmax())
            cells = ", ".join(f"{name} {column[row]}" for name, column in columns.items())
            count = int(rows.sum())
            lines.append(f"{count} of {rows.size} rows are refused, {reason}; the first is row {row}: {cells}")
    if lines and not leave_out:
        listed = "\n  ".join(lines)
        raise BadInput(
            f"records: {int(bad.sum())} of {bad.size} rows cannot be meant (rows are counted from 0).\n  {listed}\n"
            "  Mend them, or go on without them: leave_out=True."
        )
    return lines


def _equal_rows(columns: Mapping[str, np.ndarray], good: np.ndarray) -> list[str]:
    import pandas as pd

    again = pd.DataFrame({name: column[good] for name, column in columns.items()}).duplicated().to_numpy()
    if not again.any():
        return []
    row = int(np.flatnonzero(good)[again.argmax()])
    return [
        f"{int(again.sum())} rows are equal to earlier ones, the first is row {row}; they count as other persons. "
        "Give a column person to tell them apart."
    ]
