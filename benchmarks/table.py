"""The results as one table for readers of text and of Markdown."""

from collections.abc import Sequence
from typing import Any

from benchmarks.running import Row, Verdict

START, END = "<!-- benchmarks -->", "<!-- end of benchmarks -->"


def seconds(value: float) -> str:
    """A time with three digits and its unit."""
    if value != value:
        return "-"
    if value < 0.0:
        return "-" + seconds(-value)
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"


def number(value: float) -> str:
    """A ratio with three digits."""
    return "-" if value != value else f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def timed(rows: Sequence[Row], titles: dict[str, str]) -> list[list[str]]:
    """Lines of the table of times: case, program, median, best, processor, million cells a second, ratio, distance."""
    lines, before = [], ""
    for row in rows:
        title = titles[row.case] if row.case != before else ""
        before = row.case
        if row.failed:
            lines.append([title, row.way, f"FAILED: {row.failed}", "", "", "", "", ""])
            continue
        rate = number(row.cells / row.seconds / 1e6) if row.cells else ""
        far = "" if row.distance != row.distance else f"{row.distance:.0e}"
        times = [seconds(row.seconds), seconds(row.best), seconds(row.processor)]
        lines.append([title, row.way, *times, rate, number(row.ratio), far])
    return lines


HEAD = ["case", "way or peer", "median", "best", "processor", "Mcell/s", "times the first", "distance"]
GATES = ["case", "gate", "asked", "found", "", "stretch"]


def gated(verdicts: Sequence[Verdict]) -> list[list[str]]:
    """Lines of the table of gates."""
    return [
        [one.case, one.gate, number(one.asked), number(one.found), "ok" if one.passed else "FAILS",
         "" if one.stretch != one.stretch else number(one.stretch)]
        for one in verdicts
    ]  # fmt: skip


def calibrators(found: dict[str, dict[str, Any]]) -> list[list[str]]:
    """Lines of the table of calibrators."""
    return [[name, seconds(one["seconds"]), f"{number(one['rate'])} {one['unit']}"] for name, one in found.items()]


PUBLISHED = ["published by", "quantity, greatest distance", "distance", "bound", "seconds", ""]
CALIBRATORS = ["calibrator", "median", "rate"]
MEMORY = ["most memory of a process", "MB"]
LINES = ["growth", "size: time", "intercept", "slope", "greatest residual"]


def published(found: Sequence[Any]) -> list[list[str]]:
    """Lines of the table of distances to what is published."""
    return [
        [one.source, one.what, f"{number(one.found)} {one.unit}".strip(), number(one.bound), number(one.seconds),
         "ok" if one.passed else "FAILS"]
        for one in found
    ]  # fmt: skip


def grown(found: Sequence[Any]) -> list[list[str]]:
    """Lines of the table of growth."""
    return [
        [one.what, ", ".join(f"{size:,}: {seconds(t)}" for size, t in zip(one.sizes, one.seconds, strict=True)),
         seconds(one.intercept), f"{seconds(one.slope)} a {one.unit}", f"{100 * one.residual:.1f} %"]
        for one in found
    ]  # fmt: skip


def remembered(peaks: dict[str, float]) -> list[list[str]]:
    """Lines of the table of memory."""
    return [[what, f"{peak:,.0f}"] for what, peak in peaks.items()]


def text(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Columns side by side."""
    every = [list(head), *map(list, lines)]
    widths = [max(len(line[i]) for line in every) for i in range(len(head))]
    widths = [min(width, 60) for width in widths]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in every)


def markdown(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """The same as a table of Markdown."""
    rows = [list(head), ["---"] * len(head), *map(list, lines)]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows)


def block(parts: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]], machine: str) -> str:
    """What a README may include: tables with their headings, between markers."""
    written = [f"{words}\n\n{markdown(head, lines)}" for words, head, lines in parts if lines]
    return "\n\n".join([START, machine, *written, END]) + "\n"
