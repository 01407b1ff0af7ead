"""How far each assumption moves a result, the widest first."""

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.report.content.words import CHANGES
from actuarial.report.figures import bars, frame, measure
from actuarial.report.figures.quantities import measure_of, parameter_word, quantity_word
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.studies.tornado import tornado
from actuarial.translation import N_, Language

MOST = 12
LOWER, HIGHER, OTHER = "lower", "higher", "other"
FILLS = {
    LOWER: bars.FILLS[bars.TAKEN],
    HIGHER: bars.FILLS[bars.ADDED],
    OTHER: {"facecolor": "#AAAAAA", "linewidth": 0.5},
}
STEPS = {
    "relative": N_("{step}%"),
    "percentage point": N_("{step} pt"),
    "child": N_("{step} children"),
    "year": N_("{step} year"),
}


def draw_tornado(
    found: xr.Dataset,
    quantity: str = "general_average_premium",
    *,
    most: int = MOST,
    source: str = "",
    say: Language = ENGLISH,
) -> Drawn:
    """Draw a result under changes of one assumption at a time as bars around that of the base, the widest on top.

    Parameters
    ----------
    found : Dataset of `sensitivity` or `health_sensitivity`
    quantity : a variable of it; of those by year or horizon the last one is shown
    most : number of bars; parameters that move it less are left out
    source : where the numbers come from, in the language of the figure
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by parameter, columns low, base, high in the units of the quantity, and the words
        of the changes at the two ends.

    Raises
    ------
    BadInput
        No result of `sensitivity`, a quantity that it does not have, or nothing that moves it; no matplotlib.

    Examples
    --------
    draw_tornado(sensitivity(basis, scheme)).figure
    """
    table = tornado(found, quantity)
    data = table[table["span"] > 0.0].head(most).drop(columns="span")
    if data.empty:
        raise frame.NothingToDraw(f"quantity: no change of the study moves {quantity}; there is nothing to draw.")
    units, shown = table.attrs["units"], measure_of(say, quantity, table.attrs["units"])
    title = say("Sensitivity: {quantity}", quantity=_word(say, found, quantity))
    steps = {name: _steps(found, str(name)) for name in data.index}
    words = {name: _label(say, found, str(name)) for name in data.index}
    foot = say("Source: {source}", source=source) + "." if source else ""
    height = bars.height_of(len(data)) + 0.1
    with frame.page(title, foot, height=height, room=0.0) as (figure, (axes,)):
        _draw(axes, data, steps, words, shown, say)
        axes.set_title(_measured(say, shown), loc="left")
        shown.axis(say, axes.xaxis)
    labels = {"low": say("Least"), "base": say("Base"), "high": say("Greatest")}
    labels |= {"low_change": say("Change to the least"), "high_change": say("Change to the greatest")}
    sentences = _sentences(say, data, words, shown)
    told = frame.Told(title, labels, words, say("Assumption"), sentences, measured=(_measured(say, shown),))
    ways = {**dict.fromkeys(("low", "base", "high"), shown), **dict.fromkeys(("low_change", "high_change"), Words())}
    return Drawn(figure, told.on(data, dict.fromkeys(("low", "base", "high"), units), ways))


class Words:
    """Changes of the catalogue in the language of the figure, others as they are written."""

    def cell(self, say: Language, value: str) -> str:
        """The words of a change."""
        if value == "base":
            return say("Base")
        return say(value) if value in CHANGES else value


def _word(say: Language, found: xr.Dataset, quantity: str) -> str:
    of = [str(found[quantity][dim].values[-1]) for dim in ("year", "horizon") if dim in found[quantity].dims]
    return quantity_word(say, " ".join([quantity, *of]))


def _steps(found: xr.Dataset, parameter: str) -> dict[str, float]:
    """Steps of the changes of a parameter by their words; NaN where the change has none."""
    own = found["parameter"].values == parameter
    return {str(words): float(step) for words, step, one in
            zip(found["words"].values, found["step"].values, own, strict=True) if one}  # fmt: skip


def _label(say: Language, found: xr.Dataset, parameter: str) -> str:
    """Words of a parameter and how far it is moved."""
    unit = str(found["unit"].values[found["parameter"].values == parameter][0])
    steps = [step for step in _steps(found, parameter).values() if np.isfinite(step) and step]
    words = parameter_word(say, parameter)
    both = len(steps) == 2 and np.isclose(steps[0], -steps[1])
    if unit not in STEPS or not (both or len(steps) == 1):
        return words
    size = abs(steps[0]) * (100.0 if unit == "relative" else 1.0)
    sign = "±" if both else "+" if steps[0] > 0 else "\N{MINUS SIGN}"
    told = sign + say.number(size, 0 if abs(size - round(size)) < 1e-9 else 1)
    return f"{words} ({say(STEPS[unit], step=told)})"


def _draw(
    axes: Any, data: pd.DataFrame, steps: dict[str, Any], words: dict[str, str], shown: measure.Measure, say: Language
) -> None:
    """Bars to both sides of the base, by whether the assumption is lower or higher there."""
    base, seen = float(data["base"].iloc[0]), set()
    for place, (name, row) in enumerate(data.iterrows()):
        for end, change in ((row["low"], row["low_change"]), (row["high"], row["high_change"])):
            if end == base:
                continue
            kind = _kind(steps[str(name)].get(change, np.nan))
            label = _kind_words(say)[kind] if kind not in seen else "_"
            seen.add(kind)
            axes.barh(place, end - base, 0.68, left=base, label=label, **FILLS[kind])
            side = {"xytext": (-4, 0), "ha": "right"} if end < base else {"xytext": (4, 0), "ha": "left"}
            axes.annotate(shown.number(say, end), (end, place), textcoords="offset points", va="center", **side)
    axes.axvline(base, color="black", linewidth=1.0)
    low, high = min(data["low"].min(), base), max(data["high"].max(), base)
    axes.set_xlim(low - 0.22 * (high - low), high + 0.22 * (high - low))
    axes.set_yticks(range(len(data)), [words[name] for name in data.index])
    axes.tick_params(axis="y", labelcolor="black")
    axes.set_ylim(len(data) - 0.4, -1.3)
    told = say("base {value}", value=shown.number(say, base))
    axes.annotate(told, (base, -0.6), (4, 0), textcoords="offset points", va="bottom")
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.legend(loc="upper right", bbox_to_anchor=(1.0, -0.3 / len(data) - 0.03), ncols=3, borderaxespad=0.0)


def _kind(step: float) -> str:
    return OTHER if not np.isfinite(step) or step == 0.0 else HIGHER if step > 0 else LOWER


def _kind_words(say: Language) -> dict[str, str]:
    return {LOWER: say("assumption lower"), HIGHER: say("assumption higher"), OTHER: say("another change")}


def _measured(say: Language, shown: measure.Measure) -> str:
    return say("share of insurable earnings") if shown.percent else shown.words


def _sentences(say: Language, data: pd.DataFrame, words: dict[str, str], shown: measure.Measure) -> list[str]:
    """The base, and the ends of the three widest bars."""
    text = [say("base {value}", value=shown.number(say, float(data["base"].iloc[0]))).capitalize() + "."]
    for name, row in data.head(3).iterrows():
        low, high = (shown.number(say, float(row[end])) for end in ("low", "high"))
        text.append(say("{what}: {low} to {high}.", what=words[str(name)], low=low, high=high))
    return text
