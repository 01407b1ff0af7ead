"""The pay-as-you-go cost rate beside the contribution rate and the general average premium."""

import pandas as pd
import xarray as xr

from actuarial.report import plots
from actuarial.report.figures import frame, measure
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.translation import Language

COST, PAID, PREMIUM = "PAYG cost rate", "contribution rate", "general average premium"


def draw_rates(result: xr.Dataset, *, say: Language = ENGLISH) -> Drawn:
    """Draw the pay-as-you-go cost rate, the contribution rate and the general average premium by year.

    Parameters
    ----------
    result : Dataset of `project`, one scenario and two years at least
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by year, columns PAYG cost rate, contribution rate (of members and employers) and
        general average premium (the same in all years; absent where the result has none), fraction of insurable
        earnings.

    Raises
    ------
    BadInput
        Several scenarios, a single year; no matplotlib.
    MissingVariable

    Examples
    --------
    draw_rates(result, say=language("fr")).figure
    """
    years = frame.by_year(result, "payg_cost_rate", "contribution_rate")
    data = pd.DataFrame({COST: result["payg_cost_rate"].to_series(), PAID: result["contribution_rate"].to_series()})
    labels = {COST: say("Pay-as-you-go cost rate"), PAID: say("Contribution rate of members and employers")}
    shown = measure.share()
    if "general_average_premium" in result and bool(result["general_average_premium"].notnull()):
        data[PREMIUM] = float(result["general_average_premium"])
        premium = shown.text(say, float(result["general_average_premium"]))
        labels[PREMIUM] = say("General average premium: {premium}", premium=premium)
    note = frame.notes(result, say, money=True)
    title = say("Pay-as-you-go cost rate and contribution rate")
    styles = dict(zip((COST, PAID, PREMIUM), plots.line_styles(3, 1), strict=True))
    styles[PAID] |= {"linestyle": plots.DASHES[1], "linewidth": 2.0}
    styles[PREMIUM] |= {"linestyle": plots.DASHES[2]}
    measured = say("share of insurable earnings")
    with frame.page(title, frame.foot(result, say, note)) as (figure, (axes,)):
        names = frame.columns_of(data)
        for name in names:
            axes.plot(data.index, data[name], **styles[name])
        axes.set_title(measured, loc="left")
        shown.axis(say, axes.yaxis)
        frame.zero_line(axes)
        frame.years_axis(axes, years)
        frame.beside(axes, [frame.Beside(frame.end_of(data[name]), labels[name], styles[name]) for name in names])
    alt = [frame.path_of(say, labels[name], data[name], shown) for name in (COST, PAID)]
    alt += [f"{labels[PREMIUM]}."] if PREMIUM in labels else []
    told = frame.Told(title, labels, index=say("Year"), alt=alt, note=note, measured=(measured,))
    return Drawn(figure, told.on(data, dict.fromkeys(names, "fraction"), dict.fromkeys(names, shown)))
