"""The look of all figures: colours, axes of money and shares, stacks, legends, files that are always the same."""

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.check.period import day_of
from actuarial.errors import BadInput
from actuarial.report.columns import with_units
from actuarial.report.content.names import SCENARIOS
from actuarial.report.placing import placed
from actuarial.translation import N_, Language, Told

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

PALETTE = ("#12264F", "#7B2150", "#1B6593", "#C2553F", "#4FA392", "#E8A23D", "#A9D1EC", "#F4EBB5")
"""From dark to light in equal steps, so that bands differ in grey too; next ones differ for any sight of colours."""
LINES = tuple(PALETTE[place] for place in (0, 3, 2, 4, 1))
"""Colours that are dark enough for a line on white; the first ones differ most."""
DASHES: tuple[Any, ...] = ("solid", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1, 2)))
EDGES = ("white",) * 6 + ("#7FA9C6", "#C9BE80")
"""Edges and hatches of bands in these colours: white, darker than the band where that is light."""
HATCHES = ("", "///")
MARK = {"marker": "D", "markersize": 7, "markerfacecolor": "black", "markeredgecolor": "white", "markeredgewidth": 1.2}
"""The mark of a total in a stack."""
SIZE = (8.4, 4.8)  # inches
GREY = "#555555"
ENGLISH = Language("en", "en")
SCALES = (
    (1e12, N_("{currency} trillion")),
    (1e9, N_("{currency} billion")),
    (1e6, N_("{currency} million")),
    (1.0, N_("{currency}")),
)
"""Units of money, and their words; a trillion is a million millions."""
FORMATS: dict[str, dict[str, Any]] = {
    ".svg": {"metadata": {"Date": None}},
    ".png": {"dpi": 160},
    ".pdf": {"metadata": {"CreationDate": None}},
}
SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.titlesize": 9,
    "axes.titlecolor": GREY,
    "figure.titlesize": 11,
    "figure.titleweight": "bold",
    "figure.labelsize": 7.5,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "svg.fonttype": "path",
    "svg.hashsalt": "actuarial",
    "xtick.color": GREY,
    "ytick.color": GREY,
}
_ONE_AT_A_TIME = RLock()


class Drawn(NamedTuple):
    """A figure and the numbers that it shows; attributes of the numbers are their units and the words of the figure."""

    figure: "Figure"
    data: pd.DataFrame

    @property
    def alt(self) -> str:
        """What the figure shows to who cannot see it; empty where it says nothing."""
        return str(self.data.attrs.get("alt", ""))


@contextmanager
def look() -> Iterator[None]:
    """The settings of this module instead of those of the user, who has his own back afterwards.

    Raises
    ------
    BadInput
        matplotlib is not installed.
    """
    try:
        from matplotlib import style
    except ImportError as error:
        text = N_(
            "figures need matplotlib.\n  Install it: pip install 'actuarial[plot]', or 'actuarial[report]' for reports."
        )
        raise BadInput(Told(text)) from error
    with _ONE_AT_A_TIME, style.context(["default", SETTINGS]):
        yield


@contextmanager
def canvas(title: str, measure: str, source: str, size: tuple[float, float] = SIZE) -> Iterator[tuple[Any, Any]]:
    """A figure with a title, what is measured above its axes, and a source line; yields figure and axes.

    Raises
    ------
    BadInput
        matplotlib is not installed.
    """
    with look():
        from matplotlib.figure import Figure

        figure = Figure(figsize=size, layout="constrained")
        headed(figure, title, source, (80, 145))
        axes = figure.add_subplot()
        axes.set_title(measure, loc="left")
        axes.tick_params(length=0)
        yield figure, axes


def headed(figure: "Figure", title: str, source: str, widths: tuple[int, int]) -> None:
    """Title and source line of a figure, in lines of no more letters than the widths."""
    figure.suptitle(textwrap.fill(title, widths[0]), x=0.01, ha="left")
    wrapped = "\n".join(textwrap.fill(line, widths[1]) for line in source.splitlines())
    figure.supxlabel(wrapped, x=0.01, ha="left", color=GREY)


def source_line(result: xr.Dataset, say: Language = ENGLISH) -> str:
    """Which valuation a figure is of, as a sentence."""
    return say("Source: {source}", source=source_of(result, say)) + "."


def source_of(result: xr.Dataset, say: Language = ENGLISH) -> str:
    """Which valuation a figure is of: scheme, valuation date, scenario where one was selected, version."""
    attrs = {key: str(result.attrs.get(key, "")) for key in ("scheme", "valuation_date", "library_version")}
    parts = [attrs["scheme"] or say("valuation")]
    if attrs["valuation_date"]:
        day = day_of(attrs["valuation_date"])
        parts.append(say("valuation of {date}", date=say.day(day) if day else attrs["valuation_date"]))
    if "scenario" in result.coords and not result["scenario"].ndim:
        name = str(result["scenario"].item())
        parts.append(say("scenario {name}", name=say(SCENARIOS[name]) if name in SCENARIOS else name))
    if attrs["library_version"]:
        parts.append(f"actuarial {attrs['library_version']}")
    return ", ".join(parts)


def one_scenario(*datasets: xr.Dataset | xr.DataArray) -> None:
    """Raise BadInput where several scenarios are given to a figure, which shows one."""
    for dataset in datasets:
        if "scenario" in dataset.dims:
            names = ", ".join(map(str, dataset["scenario"].values))
            raise BadInput(
                f"a figure shows one scenario, but there are several: {names}.\n"
                "  Select one of result and basis: result.sel(scenario=...)."
            )


def words(name: object) -> str:
    """A label as it is read."""
    return str(name).replace("_", " ")


def few_columns(table: pd.DataFrame, what: str, most: int = len(PALETTE)) -> pd.DataFrame:
    """The table without columns of zeros; if more than `most` are left, the smallest become one column at the end.

    It is called "3 other services" where `what` is services, and the attribute `note` names what is in it. All columns
    have the same units.

    Raises
    ------
    BadInput
        Nothing but zeros and NaN, fewer than two parts, more than the palette tells apart.
    """
    if not 2 <= most <= len(PALETTE):
        raise BadInput(f"most: a figure shows 2 to {len(PALETTE)} parts (got {most}).")
    size = {str(name): float(table[name].abs().sum()) for name in table}
    names = [name for name in size if size[name] > 0]
    if not names:
        raise BadInput(f"a figure of {what} has nothing to show: all its numbers are 0 or NaN.")
    large = sorted(names, key=lambda name: -size[name])[: most - (len(names) > most)]
    small = [name for name in names if name not in large]
    fewer = table[[name for name in names if name in large]].copy()
    units = table.attrs["units"][names[0]]
    fewer.attrs = {}
    if small:
        fewer[f"{len(small)} other {what}"] = table[small].sum(axis=1, skipna=False)
        fewer.attrs |= {"note": f"Other {what}: {', '.join(map(words, small))}.", "others": small, "what": what}
    return with_units(fewer, dict.fromkeys(map(str, fewer.columns), units))


def band_styles(count: int) -> list[dict[str, Any]]:
    """Colour and hatch of each band of a stack, spread over the palette from dark to light."""
    places = [int((number + 0.5) * len(PALETTE) / count) for number in range(count)]
    return [
        {"facecolor": PALETTE[place], "edgecolor": EDGES[place], "hatch": HATCHES[number % 2], "linewidth": 0.5}
        for number, place in enumerate(places)
    ]


def stacked_areas(axes: "Axes", table: pd.DataFrame, labels: Mapping[str, str] | None = None) -> None:
    """Areas on top of each other along the index, negative parts below zero; columns from the bottom."""
    named = labels or {}
    along = table.index.to_numpy()
    above, below = np.clip(table.to_numpy(), 0.0, None), np.clip(table.to_numpy(), None, 0.0)
    for part in (above, below):
        tops = np.cumsum(part, axis=1)
        if part is below and not (below < 0).any():
            continue
        for place, (name, style) in enumerate(zip(table, band_styles(table.shape[1]), strict=True)):
            label = named.get(str(name), words(name)) if part is above else "_below"
            axes.fill_between(along, tops[:, place] - part[:, place], tops[:, place], label=label, **style)
    axes.set_xlim(along[0], along[-1])
    if (below < 0).any():
        axes.axhline(0.0, color=GREY, linewidth=0.8)
    else:
        axes.set_ylim(bottom=0.0)


def stacked_bars(axes: "Axes", table: pd.DataFrame, labels: Mapping[str, str] | None = None) -> None:
    """Bars on top of each other, one for each row, negative parts below zero; columns from zero outwards."""
    named = labels or {}
    values, places = table.to_numpy(), np.arange(len(table))
    before = np.cumsum(values * (values > 0), axis=1), np.cumsum(values * (values < 0), axis=1)
    bottoms = np.where(values >= 0, before[0], before[1]) - values
    for column, (name, style) in enumerate(zip(table, band_styles(table.shape[1]), strict=True)):
        label = named.get(str(name), words(name))
        axes.bar(places, values[:, column], 0.75, bottom=bottoms[:, column], label=label, **style)
    axes.axhline(0.0, color=GREY, linewidth=0.8)
    axes.set_xticks(places, [words(label).replace("-", "\N{EN DASH}\n") for label in table.index])


def legend(axes: "Axes", *, reverse: bool = False) -> None:
    """A legend at the right of the axes; in reverse order it is that of a stack, seen from the top."""
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), reverse=reverse, handlelength=2.6, handleheight=1.1)


def share_axis(axis: "Axis", say: Language = ENGLISH) -> None:
    """Fractions in per cent."""
    axis.set_major_formatter(ticks(say.percent, 0.01))


def number_axis(axis: "Axis", scale: float = 1.0, say: Language = ENGLISH) -> None:
    """Numbers over a scale, with the decimals that the ticks need."""
    axis.set_major_formatter(ticks(lambda value, digits: say.number(value / scale, digits), scale))


def scale_of(largest: float) -> float:
    """The greatest unit of money of which the amount has one at least."""
    return next((scale for scale, _ in SCALES if abs(largest) >= scale), SCALES[-1][0])


def money_axis(axis: "Axis", largest: float, currency: str, say: Language = ENGLISH) -> str:
    """Amounts in units, millions, billions or trillions; returns the words of the unit, such as "LTD million"."""
    scale = scale_of(largest)
    number_axis(axis, scale, say)
    return money_words(scale, currency, say)


def money_words(scale: float, currency: str, say: Language = ENGLISH) -> str:
    """Words of a unit of money, such as "LTD million"."""
    return say(dict(SCALES)[scale], currency=currency or say("currency"))


def year_axis(axis: "Axis") -> None:
    """Whole years, without a separator of thousands."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=9, integer=True))
    axis.set_major_formatter(lambda value, _: f"{value:.0f}")


def ticks(written: Callable[[float, int], str], scale: float, *, signs: bool = True) -> Any:
    """A formatter that writes ticks with the decimals that all of them need over a scale, with signs or without."""
    from matplotlib.ticker import Formatter

    class Ticks(Formatter):
        digits = 0

        def set_locs(self, locs: Any) -> None:
            self.digits = _decimals(np.asarray(locs, dtype=float) / scale)

        def __call__(self, x: float, pos: int | None = None) -> str:
            return minus(written((x if signs else abs(x)) + 0.0, self.digits))

    return Ticks()


def _decimals(values: "np.ndarray[Any, np.dtype[np.float64]]") -> int:
    """The decimals that numbers need."""
    fits = (digits for digits in range(6) if np.allclose(values, values.round(digits), rtol=0.0, atol=1e-9))
    return next(fits, 6)


def minus(text: str) -> str:
    """The text with a true minus sign."""
    return text.replace("-", "\N{MINUS SIGN}")


def save_figure(figure: "Figure", path: str | Path) -> Path:
    """Write a figure as .svg, .png or .pdf, complete or not at all; the same figure has the same bytes.

    Parameters
    ----------
    figure : Figure of one of the functions that draw
    path : path of the file, whose suffix says the format; an older file is replaced

    Returns
    -------
    Path

    Raises
    ------
    BadInput
        Another suffix, a folder that does not exist or cannot be written; matplotlib is not installed.

    Examples
    --------
    save_figure(draw_groups(result).figure, "groups.svg")
    """
    target = Path(path)
    kind = target.suffix.lower()
    if kind not in FORMATS:
        raise BadInput(f"{target}: a figure is written as {', '.join(FORMATS)}; let the name end with one of them.")
    with placed(target, kind, N_("the figure")) as temporary, look():
        figure.savefig(temporary, format=kind[1:], **FORMATS[kind])
    return target


def line_styles(colours: int, dashes: int) -> Sequence[dict[str, Any]]:
    """Styles of lines of two attributes: each colour with each dash, the dash changing first.

    Lines of the first colour are wider, so that they are seen below others that lie on them.
    """
    if not (1 <= colours <= len(LINES) and 1 <= dashes <= len(DASHES)):
        raise BadInput(f"a figure tells {len(LINES)} colours and {len(DASHES)} dashes apart (got {colours}, {dashes}).")
    return [
        {"color": LINES[colour], "linestyle": DASHES[dash], "linewidth": 1.5 if colour else 2.6}
        for colour in range(colours)
        for dash in range(dashes)
    ]
