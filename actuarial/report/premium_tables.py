"""Level rates over several horizons, the minimum rate, the steady-state rate and the scaled premium of a result."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import xarray as xr

from actuarial.errors import BadInput
from actuarial.quick import without_attrs
from actuarial.report.columns import noted
from actuarial.report.tables import figure_rows
from actuarial.translation import N_
from actuarial.valuation.finance import convention_of, first_period_of
from actuarial.valuation.premiums import level_rate
from actuarial.valuation.steady import lowest_rate, steady_rate
from actuarial.valuation.stepped import stepped_rates

HORIZONS = (20, 40, 60)
PERIOD = 15
"""Years for which a scaled premium holds."""
REVIEW = 3
"""Years at the rates of the projection before the steady-state rate is charged."""
STEADY = 60
"""Years for which it is charged; the reserve ratio is the same in the 10th and in the last one."""
LABELS = {
    "minimum": "minimum rate for all outgo",
    "minimum net": "minimum rate net of income from the State and others",
    "steady": "steady-state rate for all outgo",
    "steady net": "steady-state rate net of income from the State and others",
}
NEEDED = (
    *("outgo", "total_insurable_earnings", "interest_rate", "reserve_0", "flow_timing", "state_income"),
    *("other_income", "general_average_premium", "general_average_premium_net", "contribution_rate"),
)
NOTE = N_(
    "Level rates leave the reserve of the law at the end of their years; a scaled premium is level for {years} years "
    "at a time, so that the reserve does not fall."
)
MINIMUM_NOTE = N_(
    "The minimum rate is the lowest level rate under which the reserve is never below zero. Under the steady-state "
    "rate, charged after {review} years at the rates of the projection, the reserve is the same multiple of the outgo "
    "of the year at the end of its 10th and of its 60th year; a dash: there is none, or the projection ends before."
)


def have_premiums(result: xr.Dataset) -> bool:
    """Whether a result has what premiums are calculated from, and earnings on which they are due."""
    return all(name in result for name in NEEDED) and bool((result["total_insurable_earnings"] > 0).any())


def premiums_table(result: xr.Dataset) -> pd.DataFrame:
    """Level rates over 20, 40, 60 and all years, minimum, steady-state and scaled rates.

    Parameters
    ----------
    result : Dataset of `actuarial.project`

    Returns
    -------
    DataFrame
        Indexed by `indicator`, which ends with the years of the rate, and `units`; fractions of insurable earnings;
        one column per scenario (`value` where there are none). Level, minimum and steady-state rates for all outgo and
        net of what the State and others pay; the scaled premium net. No scaled premium where none keeps the reserve; a
        steady-state rate of NaN where the projection has fewer than 63 years.
    """
    many = "scenario" in result.dims
    one_by_one = [result.isel(scenario=k) for k in range(result.sizes["scenario"])] if many else [result]
    found = [dict(_rates(one)) for one in one_by_one]
    labels = list(dict.fromkeys(label for rates in found for label in rates))
    values = [[rates.get(label, float("nan")) for rates in found] for label in labels]
    rows = [(label, "fraction", xr.DataArray(value)) for label, value in zip(labels, values, strict=True)]
    return noted(noted(figure_rows(result, rows), NOTE, years=PERIOD), MINIMUM_NOTE, review=REVIEW)


def _rates(result: xr.Dataset) -> Iterator[tuple[str, float]]:
    """Rates of one scenario by what they are and their years."""
    first, last = int(result["year"][0]), int(result["year"][-1])
    for end, gross, net in level_premiums(result):
        yield f"level rate for all outgo {first}-{end}", gross
        yield f"level rate net of income from the State and others {first}-{end}", net
    lowest, steady = minimum_rates(result), steady_rates(result)
    yield f"{LABELS['minimum']} {first}-{last}", lowest[0]
    yield f"{LABELS['minimum net']} {first}-{last}", lowest[1]
    span = f"{first + REVIEW}-{first + REVIEW + STEADY - 1}"
    yield f"{LABELS['steady']} {span}", steady[0]
    yield f"{LABELS['steady net']} {span}", steady[1]
    scaled = scaled_premium(result)
    if scaled is None:
        return
    for begin in range(first, last + 1, PERIOD):
        yield f"scaled premium {begin}-{min(begin + PERIOD - 1, last)}", float(scaled.sel(year=begin))


def level_premiums(result: xr.Dataset) -> Iterator[tuple[int, float, float]]:
    """Last year, level rate for all outgo, and that net of what the State and others pay, of one scenario."""
    first, last = int(result["year"][0]), int(result["year"][-1])
    flows = premium_flows(result) | {"target": float(result["target_reserve"]) if "target_reserve" in result else 0.0}
    for end in (first + years - 1 for years in HORIZONS if first + years - 1 < last):
        both = (flows | {"other_income": 0.0}, flows)
        gross, net = (float(level_rate(*premium_series(result), last_year=end, **one)) for one in both)
        yield end, gross, net
    yield last, float(result["general_average_premium"]), float(result["general_average_premium_net"])


def minimum_rates(result: xr.Dataset) -> tuple[float, float]:
    """The lowest level rates of one scenario under which the reserve is never below zero, for all outgo and net."""
    return _gross_and_net(result, lowest_rate)


def steady_rates(result: xr.Dataset) -> tuple[float, float]:
    """The steady-state rates of one scenario, for all outgo and net; NaN where the projection ends before."""
    years = result["year"].values
    if len(years) < REVIEW + STEADY:
        return float("nan"), float("nan")
    before = without_attrs(result["contribution_rate"]).fillna(0.0)
    return _gross_and_net(result, steady_rate, first_year=int(years[0]) + REVIEW, rate_before=before)


def _gross_and_net(result: xr.Dataset, rate_of: Callable[..., Any], **options: Any) -> tuple[float, float]:
    """A rate without and with what the State and others pay; NaN where no rate does what is asked."""
    flows, series = premium_flows(result), premium_series(result)
    found = []
    for one in (flows | {"other_income": 0.0}, flows):
        try:
            found.append(float(rate_of(*series, **one, **options)))
        except BadInput:
            found.append(float("nan"))
    return found[0], found[1]


def scaled_premium(result: xr.Dataset) -> xr.DataArray | None:
    """The scaled premium of one scenario by year, where it exists."""
    series, flows = premium_series(result), premium_flows(result)
    try:
        return stepped_rates(*series, control_period=PERIOD, **flows)["contribution_rate"]
    except BadInput:
        return None


def premium_flows(result: xr.Dataset) -> dict[str, Any]:
    """What premiums are calculated from."""
    current = result["state_income"] + result["other_income"] - result.get("deficit_income", 0.0)
    return convention_of(result) | {
        "reserve": float(result["reserve_0"]),
        "other_income": without_attrs(current),
        "first_period": float(first_period_of(result)),
    }


def premium_series(result: xr.Dataset) -> tuple[xr.DataArray, ...]:
    return tuple(without_attrs(result[name]) for name in ("outgo", "total_insurable_earnings", "interest_rate"))
