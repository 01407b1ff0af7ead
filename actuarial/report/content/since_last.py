"""Sentences on what has changed since the previous valuation, and by what."""

import numpy as np
import xarray as xr

from actuarial.report.content.cells import cell
from actuarial.report.content.words import CAUSES
from actuarial.translation import Language, inside

PREMIUM, EXHAUSTED = "general_average_premium", "year_reserve_exhausted"
SHOWN, MOST = 5e-5, 3
"""Changes of a rate that are shown as zero are not told; of the others so many causes at most."""


def since_last(say: Language, found: xr.Dataset | None) -> tuple[str, ...]:
    """What has become of the level rate and of the year in which the reserve is used up, and the greatest causes.

    Parameters
    ----------
    say : Language
    found : Dataset of `reconcile`, or None

    Returns
    -------
    tuple of str
        Nothing where nothing was reconciled, or what was does not have these quantities.
    """
    if found is None:
        return ()
    known = [str(one) for one in found["quantity"].values]
    texts = [_premium(say, found)] if PREMIUM in known else []
    texts += [_exhausted(say, found)] if EXHAUSTED in known else []
    return tuple(text for text in texts if text)


def beside_present_law(say: Language, found: xr.Dataset) -> tuple[str, ...]:
    """What each reform does to the level rate and to the year in which the reserve is used up.

    Parameters
    ----------
    say : Language
    found : Dataset of `reforms` with one scenario, whose first run is the present law
    """
    if PREMIUM not in found:
        return ()
    rates = found[PREMIUM]
    base, names = float(rates.isel(run=0)), [str(name) for name in rates["run"].values[1:]]
    texts = []
    for name in names:
        rate = float(rates.sel(run=name))
        values = {"name": name, "rate": say.percent(rate, 2), "base": say.percent(base, 2)}
        if abs(rate - base) <= SHOWN:
            texts.append(say("{name}: the general average premium stays at {rate}.", **values))
            continue
        apart = difference(say, rate - base, "percent2")
        texts.append(
            say(
                "{name}: the general average premium is {rate} instead of {base} ({apart} percentage points).",
                apart=apart,
                **values,
            )
        )
    return tuple(texts)


def difference(say: Language, value: float, kind: str) -> str:
    """A change as the text of a cell: with its sign, rates in percentage points, years without decimals."""
    if not np.isfinite(value):
        return cell(say, value, kind)
    number, digits = (100.0 * value, 2) if kind.startswith("percent") else (value, 0 if kind == "years" else 2)
    shown = say.number(abs(number), digits)
    if round(number, digits) == 0:
        return shown
    return f"+{shown}" if number > 0 else say.number(number, digits)


def parts_of(found: xr.Dataset) -> xr.DataArray:
    """The contributions of the causes by one of the methods."""
    return found["reconciliation" if "reconciliation" in found else "reconciliation_shapley"]


def cause_word(say: Language, cause: str) -> str:
    """What a cause is called."""
    return say(CAUSES[cause]) if cause in CAUSES else cause


def _premium(say: Language, found: xr.Dataset) -> str:
    before, now = (float(found[name].sel(quantity=PREMIUM)) for name in ("reconciled_previous", "reconciled_current"))
    if not (np.isfinite(before) and np.isfinite(now)):
        return ""
    values = {"before": say.percent(before, 2), "now": say.percent(now, 2)}
    if now - before > SHOWN:
        text = say(
            "Since the previous valuation the general average premium has risen from {before} to {now}.", **values
        )
    elif before - now > SHOWN:
        text = say(
            "Since the previous valuation the general average premium has fallen from {before} to {now}.", **values
        )
    else:
        return say("The general average premium is as in the previous valuation, {now}.", **values)
    causes = _greatest(say, parts_of(found).sel(quantity=PREMIUM))
    told = say("The greatest causes, in percentage points: {causes}.", causes=causes) if causes else ""
    return f"{text} {told}".strip()


def _greatest(say: Language, parts: xr.DataArray) -> str:
    """The causes that change a rate most, each with its change."""
    each = {str(cause): float(parts.sel(cause=cause)) for cause in parts["cause"].values}
    told = sorted((one for one in each if abs(each[one]) > SHOWN), key=lambda one: -abs(each[one]))[:MOST]
    return ", ".join(f"{inside(cause_word(say, one))} {difference(say, each[one], 'percent2')}" for one in told)


def _exhausted(say: Language, found: xr.Dataset) -> str:
    before, now = (float(found[name].sel(quantity=EXHAUSTED)) for name in ("reconciled_previous", "reconciled_current"))
    if np.isfinite(before) and np.isfinite(now):
        if round(before) == round(now):
            return say("As in the previous valuation the reserve is used up in {now}.", now=round(now))
        values = {"now": round(now), "before": round(before)}
        return say("The reserve is used up in {now}; in the previous valuation it was used up in {before}.", **values)
    if np.isfinite(now):
        return say(
            "The reserve is used up in {now}; in the previous valuation it was not within the projection.",
            now=round(now),
        )
    if np.isfinite(before):
        return say(
            "The reserve is no longer used up within the projection; in the previous valuation it was in {before}.",
            before=round(before),
        )
    return ""
