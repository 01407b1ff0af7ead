"""The same path in several scenarios."""

import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report import plots
from actuarial.report.columns import needed
from actuarial.report.content.names import SCENARIOS
from actuarial.report.figures import frame, measure
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.translation import Language

MOST = len(plots.LINES)


def draw_scenarios(result: xr.Dataset, *, source: str = "", say: Language = ENGLISH) -> Drawn:
    """Draw the pay-as-you-go cost rate in a few named scenarios.

    Parameters
    ----------
    result : Dataset of `project` or `project_health` with two to five scenarios and two years at least; of more
        scenarios `draw_fan` shows the range
    source : where the numbers come from, in the language of the figure
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by year, a column for each scenario, fraction of insurable earnings.

    Raises
    ------
    BadInput
        Another number of scenarios, a single year; no matplotlib.
    MissingVariable

    Examples
    --------
    draw_scenarios(ac.project(ac.scenarios(basis, central=same, low=lower), scheme)).figure
    """
    needed(result, "payg_cost_rate")
    names = [str(name) for name in result["scenario"].values] if "scenario" in result.dims else []
    if not 2 <= len(names) <= MOST or result.sizes["year"] < 2:
        raise BadInput(f"a figure of scenarios shows two to {MOST} of them by year (got {len(names)}).")
    rates = result["payg_cost_rate"].transpose("year", "scenario")
    data = pd.DataFrame(rates.values, pd.Index(rates["year"].values, name="year"), names)
    words = {name: say(SCENARIOS[name]) if name in SCENARIOS else name.replace("_", " ") for name in names}
    shown, measured = measure.share(), say("share of insurable earnings")
    title = say("Pay-as-you-go cost rate in {number} scenarios", number=len(names))
    styles = plots.line_styles(len(names), 1)
    for place, style in enumerate(styles):
        style["linestyle"] = plots.DASHES[place % len(plots.DASHES)]
    foot = say("Source: {source}", source=source) + "." if source else ""
    with frame.page(title, foot) as (figure, (axes,)):
        for name, style in zip(names, styles, strict=True):
            axes.plot(data.index, data[name], **style)
        axes.set_title(measured, loc="left")
        shown.axis(say, axes.yaxis)
        frame.zero_line(axes)
        frame.years_axis(axes, list(data.index))
        ends = zip(names, styles, strict=True)
        frame.beside(axes, [frame.Beside(frame.end_of(data[name]), words[name], style) for name, style in ends])
    alt = [frame.path_of(say, words[name], data[name], shown) for name in names]
    told = frame.Told(title, words, index=say("Year"), alt=alt, measured=(measured,))
    return Drawn(figure, told.on(data, dict.fromkeys(names, "fraction"), dict.fromkeys(names, shown)))
