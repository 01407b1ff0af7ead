"""The actuarial balance: from the assets, item by item, less what is owed, to the surplus or deficit."""

import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report import plots
from actuarial.report.content.words import ITEMS as WORDS
from actuarial.report.figures import bars, frame, measure
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.studies.balance import ITEMS
from actuarial.translation import N_, Language

GROUPS = {
    "open_group_balance": N_("Actuarial balance of present and future participants"),
    "closed_group_balance": N_("Actuarial balance of present participants"),
}


def draw_balance(
    sheet: xr.Dataset,
    group: str = "open_group_balance",
    *,
    currency: str = "",
    unit: float | None = None,
    source: str = "",
    say: Language = ENGLISH,
) -> Drawn:
    """Draw a balance sheet as a bridge: assets are added to each other, obligations taken from them.

    Parameters
    ----------
    sheet : Dataset of `balance_sheet`, one scenario
    group : "open_group_balance" or "closed_group_balance"
    currency : code of money
    unit : number that amounts are divided by (1, 1e6, 1e9, 1e12), optional
    source : where the numbers come from, in the language of the figure
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by item, the columns `amount` (currency on the valuation date) and `reached` (the
        sum after the item). Items of 0 are left out. The last row is the deficit, negative where there is a surplus.

    Raises
    ------
    BadInput
        No balance sheet, several scenarios; no matplotlib.

    Examples
    --------
    draw_balance(balance_sheet(basis, scheme), currency="LTD").figure
    """
    if group not in GROUPS or group not in sheet:
        raise BadInput(f"group: {group!r} is not in the balance sheet; write one of {', '.join(map(repr, GROUPS))}.")
    plots.one_scenario(sheet)
    data = _bridge(sheet[group].to_series())
    shown = measure.money(say, currency, measure.greatest(data), unit)
    rows = [_bar(say, name, data, shown) for name in data.index]
    title = say(GROUPS[group])
    foot = say("Source: {source}", source=source) + "." if source else ""
    with frame.page(title, foot, height=bars.height_of(len(rows)), room=0.0) as (figure, (axes,)):
        bars.draw_bars(axes, rows)
        axes.set_title(say("{unit}, present values on the valuation date", unit=shown.words), loc="left")
        shown.axis(say, axes.xaxis)
    alt = [say("{what}: {amount}.", what=row.words, amount=shown.phrase.format(number=row.text)) for row in rows]
    labels = {"amount": say("Amount"), "reached": say("Sum after the item")}
    words = {name: row.words for name, row in zip(data.index, rows, strict=True)}
    told = frame.Told(title, labels, words, say("Balance sheet item"), alt)
    return Drawn(figure, told.on(data, dict.fromkeys(labels, "currency"), dict.fromkeys(labels, shown)))


def _bridge(values: pd.Series) -> pd.DataFrame:
    """Items that are not 0, and what is reached after each."""
    rows, reached = {}, 0.0
    for name, side in ITEMS.items():
        value = float(values.loc[name])
        if name == "total_obligations" or (value == 0.0 and name not in ("total_assets", "deficit")):
            continue
        if side == "assets" and name != "total_assets":
            reached += value
        elif side == "obligations":
            reached -= value
        rows[name] = (value, reached)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["amount", "reached"]).rename_axis("item")


def _bar(say: Language, name: str, data: pd.DataFrame, shown: measure.Measure) -> bars.Bar:
    """The row of an item."""
    value, reached = map(float, data.loc[[name], ["amount", "reached"]].to_numpy()[0])
    if name == "deficit":
        words = say("Deficit") if value > 0 else say("Surplus")
        return bars.Bar(words, 0.0, reached, bars.TOTAL, shown.number(say, abs(value)))
    if name == "total_assets":
        return bars.Bar(say(WORDS[name]), 0.0, reached, bars.TOTAL, shown.number(say, value))
    owed = ITEMS[name] == "obligations"
    start = reached + value if owed else reached - value
    kind = bars.TAKEN if reached < start else bars.ADDED
    return bars.Bar(say(WORDS[name]), start, reached, kind, shown.number(say, -value if owed else value))
