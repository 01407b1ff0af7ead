"""The figure of the ratios: how many times as long as this library other programs take, case by case."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.running import Row
from benchmarks.table import number, seconds

OURS = ("kernel", "api", "one thread")


def ratios(rows: Sequence[Row], titles: dict[str, str]) -> list[tuple[str, list[tuple[str, float]]]]:
    """Cases with peers that were timed: title and time of the library; name and ratio of each peer."""
    found: dict[str, list[tuple[str, float]]] = {}
    least: dict[str, float] = {}
    for row in rows:
        if row.failed or row.seconds != row.seconds:
            continue
        if row.way in OURS:
            least.setdefault(row.case, row.seconds)
        elif row.way in PEER_STYLES:
            found.setdefault(row.case, []).append((row.way, row.seconds / least[row.case]))
    return [(f"{titles[case]}: {seconds(least[case])}", peers) for case, peers in found.items()]


PEER_STYLES = {"numpy": ("o", 0), "jax": ("s", 3), "modelx": ("D", 2), "heavylight": ("^", 1)}
"""Mark and place in the palette of every program, told apart without colours."""


def draw(rows: Sequence[Row], titles: dict[str, str], source: str) -> Any:
    """The figure: a row for each case, a mark for each program, on a logarithmic axis; 1 is this library."""
    from actuarial.report import plots

    cases = ratios(rows, titles)
    with plots.canvas("Time of other programs over that of the library", "times as long", source,
                      (8.4, 1.6 + 0.55 * len(cases))) as (figure, axes):  # fmt: skip
        axes.set_xscale("log")
        axes.axvline(1.0, color=plots.GREY, linewidth=0.9)
        seen = set()
        for place, (_, peers) in enumerate(cases):
            for name, ratio in peers:
                mark, colour = PEER_STYLES[name]
                words = name if name not in seen else None
                seen.add(name)
                axes.plot([ratio], [place], mark, markersize=7, color=plots.PALETTE[colour], label=words)
                axes.annotate(number(ratio), (ratio, place), (0, 7), textcoords="offset points", ha="center")
        axes.set_yticks(range(len(cases)), [textwrap.fill(words, 40) for words, _ in cases])
        axes.set_ylim(len(cases) - 0.5, -0.6)
        axes.xaxis.set_major_formatter(lambda value, _: number(value))
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(seen))
    return figure


def save(rows: Sequence[Row], titles: dict[str, str], source: str, folder: Path) -> str:
    """Write the figure; the reason where it cannot be drawn."""
    from actuarial.errors import BadInput

    if not ratios(rows, titles):
        return "no figure: no other program was timed"
    from actuarial.report import plots

    try:
        plots.save_figure(draw(rows, titles, source), folder / "ratios.svg")
    except BadInput as error:
        return f"no figure: {error}"
    return ""
