"""The reconciliation with the previous valuation: from the value then to the value now, cause by cause."""

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.report.content.words import CAUSES
from actuarial.report.figures import bars, frame, measure
from actuarial.report.figures.quantities import measure_of, quantity_word
from actuarial.report.plots import ENGLISH, Drawn
from actuarial.report.reconciliation import CURRENT, METHODS, PREVIOUS
from actuarial.translation import Language


def draw_reconciliation(
    found: xr.Dataset,
    quantity: str | None = None,
    *,
    method: str | None = None,
    source: str = "",
    say: Language = ENGLISH,
) -> Drawn:
    """Draw the change of a result since the previous valuation as a waterfall of its causes.

    Parameters
    ----------
    found : Dataset of `reconcile`
    quantity : one of its quantities; by default the first one that has a value in both valuations
    method : "sequential" or "shapley"; by default the first of them that the Dataset has
    source : where the numbers come from, in the language of the figure
    say : language of the figure

    Returns
    -------
    Drawn
        `figure`, and `data`: indexed by cause, from the previous to the current valuation, the columns `value` (of the
        two valuations, else the contribution of the cause) and `reached`. Causes of 0 are left out.

    Raises
    ------
    BadInput
        A quantity or method that the Dataset does not have, or a quantity without a value; no matplotlib.

    Examples
    --------
    draw_reconciliation(reconcile(previous, current)).figure
    """
    name = _method(found, method)
    chosen = _quantity(found, name, quantity)
    data = _steps(found.sel(quantity=chosen), name)
    units = str(found["quantity_units"].sel(quantity=chosen).item())
    shown = measure_of(say, chosen, units)
    title = say("From the previous to the current valuation: {quantity}", quantity=quantity_word(say, chosen))
    rows = [_bar(say, str(cause), data, shown) for cause in data.index]
    foot = say("Source: {source}", source=source) + "." if source else ""
    with frame.page(title, foot, height=bars.height_of(len(rows)), room=0.0) as (figure, (axes,)):
        bars.draw_bars(axes, rows, points=True)
        axes.set_title(_measured(say, shown), loc="left")
        shown.axis(say, axes.xaxis)
    labels = {"value": say("Value or contribution"), "reached": say("Value reached")}
    words = {cause: row.words for cause, row in zip(data.index, rows, strict=True)}
    sentences = _sentences(say, data, rows)
    told = frame.Told(title, labels, words, say("Cause"), sentences, measured=(_measured(say, shown),))
    return Drawn(figure, told.on(data, dict.fromkeys(labels, units), dict.fromkeys(labels, shown)))


def _method(found: xr.Dataset, method: str | None) -> str:
    known = [word for word, variable in METHODS.items() if variable in found]
    chosen = next(iter(known), "") if method is None else method
    if chosen not in known:
        raise BadInput(f"method: {method!r} is not in the reconciliation; it has {', '.join(known) or 'none'}.")
    return METHODS[chosen]


def _quantity(found: xr.Dataset, method: str, quantity: str | None) -> str:
    """A quantity that has a value in both valuations, and contributions that lead from one to the other."""
    names = [str(name) for name in found["quantity"].values]
    valued = (found["reconciled_previous"] + found["reconciled_current"] + found[method].sum("cause", skipna=False))
    known = [name for name, one in zip(names, valued.notnull().values, strict=True) if one]
    if quantity is None and not known:
        raise frame.NothingToDraw("quantity: none has a value in both valuations and a contribution of every cause.")
    chosen = known[0] if quantity is None else quantity
    if chosen not in known:
        raise BadInput(
            f"quantity: {chosen!r} has no value in one of the valuations, or a cause without a contribution; complete "
            f"are {', '.join(known) or 'none'}."
        )
    return chosen


def _steps(found: xr.Dataset, name: str) -> pd.DataFrame:
    """Values and what is reached, without causes of 0."""
    parts = found[name].to_series()
    parts = parts[parts != 0.0]
    before, now = float(found["reconciled_previous"]), float(found["reconciled_current"])
    values = [before, *parts.to_numpy(), now]
    reached = [*np.cumsum(values[:-1]), now]
    index = pd.Index([PREVIOUS, *map(str, parts.index), CURRENT], name="cause")
    return pd.DataFrame({"value": values, "reached": reached}, index=index)


def _bar(say: Language, cause: str, data: pd.DataFrame, shown: measure.Measure) -> bars.Bar:
    value, reached = map(float, data.loc[[cause], ["value", "reached"]].to_numpy()[0])
    ends = {PREVIOUS: say("Previous valuation"), CURRENT: say("Current valuation")}
    if cause in ends:
        return bars.Bar(ends[cause], reached, reached, bars.TOTAL, shown.number(say, value))
    words = say(CAUSES[cause]) if cause in CAUSES else cause.replace("_", " ").capitalize()
    kind = bars.ADDED if value > 0 else bars.TAKEN
    return bars.Bar(words, reached - value, reached, kind, shown.signed(say, value))


def _measured(say: Language, shown: measure.Measure) -> str:
    if shown.percent:
        return say("share of insurable earnings; causes in percentage points")
    return shown.words


def _sentences(say: Language, data: pd.DataFrame, rows: list[bars.Bar]) -> list[str]:
    """The two values, and the greatest cause."""
    text = say("{before} before, {now} now.", before=rows[0].text, now=rows[-1].text)
    causes = data["value"].iloc[1:-1].abs()
    if causes.empty:
        return [text]
    greatest = rows[1 + int(np.argmax(causes.to_numpy()))]
    return [text, say("The greatest cause: {cause}, {change}.", cause=greatest.words, change=greatest.text)]
