"""Sentences of the summary: which one is said depends on the numbers alone, and none of them is an opinion."""

from collections.abc import Iterator

import numpy as np

from actuarial.report.content.cells import scenario_word, unit_of
from actuarial.report.content.material import Material, Part
from actuarial.translation import Language

SHOWN = 5e-4
"""Rates that differ by less are shown as the same number."""
NOTHING = 1e-9
"""A reserve of no more than so many years of outgo is none."""


def pension_sentences(material: Material, part: Part) -> tuple[str, ...]:
    """What is read first of a pension scheme, from today's members to the scenarios."""
    say = material.say
    found = (
        members(say, part),
        rate_now(say, part),
        cost_path(say, part),
        outgo_exceeds(say, part),
        exhausted(say, part),
        reserve_ratio(say, part),
        level_against_law(say, part),
        scenario_range(say, part),
    )
    return tuple(text for text in found if text)


def health_sentences(material: Material, part: Part) -> tuple[str, ...]:
    """What is read first of a health scheme."""
    say = material.say
    found = (
        health_members(say, part),
        rate_now(say, part),
        cost_path(say, part),
        contribution_path(say, part),
        outgo_exceeds(say, part),
        exhausted(say, part),
        *_level_rates(say, part),
    )
    return tuple(text for text in found if text)


def members(say: Language, part: Part) -> str:
    """Contributors and pensioners of the first and of the last year."""
    year = part.first
    here = {name: float(part.result[name].sel(year=year)) for name in ("total_contributors", "total_pensioners")}
    later = {name: float(part.result[name].sel(year=part.last)) for name in ("total_contributors", "total_pensioners")}
    return say(
        "In {year} the scheme has {contributors} contributors and {pensioners} pensioners on average; in {last} "
        "it has {later_contributors} and {later_pensioners}.",
        year=year,
        last=part.last,
        contributors=say.number(here["total_contributors"]),
        pensioners=say.number(here["total_pensioners"]),
        later_contributors=say.number(later["total_contributors"]),
        later_pensioners=say.number(later["total_pensioners"]),
    )


def health_members(say: Language, part: Part) -> str:
    """Members of a health scheme in the first and in the last year."""
    found = part.result["health_members"].sum(["health_group", "sex", "age"])
    return say(
        "In {year} the health scheme has {members} members on average; in {last} it has {later}.",
        year=part.first,
        last=part.last,
        members=say.number(float(found.sel(year=part.first))),
        later=say.number(float(found.sel(year=part.last))),
    )


def rate_now(say: Language, part: Part) -> str:
    """Contributions of the first year against what the year costs."""
    year = part.first
    cost, rate = (float(part.result[name].sel(year=year)) for name in ("payg_cost_rate", "contribution_rate"))
    if not np.isfinite(cost):
        outgo = float(part.result["outgo"].sel(year=year))
        unit = unit_of(say, part.currency, [outgo])
        return say(
            "In {year} outgo is {amount} {unit}; the scheme has no contributions on earnings that it could be measured "
            "against.",
            year=year,
            amount=say.number(outgo / unit.scale, 1),
            unit=unit.words,
        )
    payroll = float(part.result["total_insurable_earnings"].sel(year=year))
    others = sum(float(part.result[name].sel(year=year)) for name in ("state_income", "other_income")) / payroll
    values = {"year": year, "rate": say.percent(rate), "cost": say.percent(cost)}
    if rate >= cost:
        return say(
            "In {year} contributions of members and employers are {rate} of insurable earnings and the outgo of the "
            "year is {cost} of them: contributions pay for the year.",
            **values,
        )
    if rate + others >= cost:
        return say(
            "In {year} contributions of members and employers are {rate} of insurable earnings and the outgo of the "
            "year is {cost} of them: contributions pay for the year together with {others} from the State and others.",
            others=say.percent(others),
            **values,
        )
    return say(
        "In {year} contributions of members and employers are {rate} of insurable earnings and the outgo of the year "
        "is {cost} of them: with {others} from the State and others they do not pay for the year.",
        others=say.percent(others),
        **values,
    )


def cost_path(say: Language, part: Part) -> str:
    """Where the cost rate goes, and its peak where that lies between."""
    rates = part.result["payg_cost_rate"]
    begin, end = float(rates.sel(year=part.first)), float(rates.sel(year=part.last))
    if not (np.isfinite(begin) and np.isfinite(end)) or part.first == part.last:
        return ""
    values = {"first": part.first, "last": part.last, "begin": say.percent(begin), "end": say.percent(end)}
    if end - begin > SHOWN:
        text = say("The pay-as-you-go cost rate rises from {begin} in {first} to {end} in {last}.", **values)
    elif begin - end > SHOWN:
        text = say("The pay-as-you-go cost rate falls from {begin} in {first} to {end} in {last}.", **values)
    else:
        text = say("The pay-as-you-go cost rate is {begin} in {first} and {end} in {last}.", **values)
    top = int(rates["year"].values[int(np.nanargmax(rates.values))])
    peak = float(rates.sel(year=top))
    if peak - max(begin, end) > SHOWN:
        highest = say("It is highest in {year}, at {peak}.", year=top, peak=say.percent(peak))
        return f"{text} {highest}"
    return text


def contribution_path(say: Language, part: Part) -> str:
    """Where the contributions of members and employers go; nothing where they stay."""
    rates = part.result["contribution_rate"]
    begin, end = float(rates.sel(year=part.first)), float(rates.sel(year=part.last))
    if not (np.isfinite(begin) and np.isfinite(end)) or abs(end - begin) <= SHOWN:
        return ""
    return say(
        "Contributions of members and employers go from {begin} of insurable earnings in {first} to {end} in {last}.",
        first=part.first,
        last=part.last,
        begin=say.percent(begin),
        end=say.percent(end),
    )


def outgo_exceeds(say: Language, part: Part) -> str:
    """The first year in which outgo is more than all income but that of investments."""
    year = float(part.result["year_outgo_exceeds_contributions"])
    if not np.isfinite(year):
        return say(
            "Until {last}, the end of the projection, outgo does not exceed contributions and other current income.",
            last=part.last,
        )
    if int(year) == part.first:
        return say(
            "Outgo exceeds contributions and other current income from the first year on, {year}.", year=int(year)
        )
    return say("Outgo exceeds contributions and other current income for the first time in {year}.", year=int(year))


def exhausted(say: Language, part: Part) -> str:
    """When the reserve is used up, if there is one and it is."""
    if no_reserve(part):
        return say("The scheme has no reserve.")
    falls, gone = (float(part.result[name]) for name in ("year_reserve_falls", "year_reserve_exhausted"))
    text = ""
    if np.isfinite(falls):
        text = say("The reserve falls for the first time in {year}.", year=int(falls))
    if np.isfinite(gone):
        last = say("At unchanged rules it is used up in {year}.", year=int(gone))
        return f"{text} {last}" if text else say("At unchanged rules the reserve is used up in {year}.", year=int(gone))
    last = say("The reserve is not used up within the projection, which ends in {last}.", last=part.last)
    return f"{text} {last}".strip()


def no_reserve(part: Part) -> bool:
    """Whether the reserve is nothing beside outgo at the end of every year."""
    return bool((abs(part.result["reserve_ratio"]) <= NOTHING).all())


def reserve_ratio(say: Language, part: Part) -> str:
    """The reserve over the outgo of a year, at both ends."""
    ratios = part.result["reserve_ratio"]
    begin, end = float(ratios.sel(year=part.first)), float(ratios.sel(year=part.last))
    if not (np.isfinite(begin) and np.isfinite(end)) or no_reserve(part):
        return ""
    digits = 2 if min(abs(begin), abs(end)) < 1 else 1
    values = {
        "first": part.first,
        "last": part.last,
        "begin": say.number(begin, digits),
        "end": say.number(end, digits),
    }
    if end < 0:
        return say(
            "At the end of {first} the reserve is {begin} times the outgo of the year; at the end of {last} what is "
            "lacking is {lacking} times the outgo of the year.",
            first=part.first,
            last=part.last,
            begin=values["begin"],
            lacking=say.number(-end, digits),
        )
    return say(
        "The reserve is {begin} times the outgo of the year at the end of {first} and {end} times at the end of "
        "{last}.",
        **values,
    )


def level_against_law(say: Language, part: Part) -> str:
    """The level rate that balances the projection against the rates of the law."""
    level = float(part.result["general_average_premium_net"])
    rates = part.result["contribution_rate"]
    begin, end = float(rates.sel(year=part.first)), float(rates.sel(year=part.last))
    if not all(np.isfinite(value) for value in (level, begin, end)):
        return ""
    values = {
        "level": say.percent(level),
        "first": part.first,
        "last": part.last,
        "begin": say.percent(begin),
        "end": say.percent(end),
    }
    if level > max(begin, end):
        text = say(
            "One level rate from {first} to {last} would have to be {level} of insurable earnings, with what the State "
            "and others pay taken into account; that is more than the contribution rates of {begin} in {first} and "
            "{end} in {last}.",
            **values,
        )
    elif level < min(begin, end):
        text = say(
            "One level rate from {first} to {last} would have to be {level} of insurable earnings, with what the State "
            "and others pay taken into account; that is less than the contribution rates of {begin} in {first} and "
            "{end} in {last}.",
            **values,
        )
    else:
        text = say(
            "One level rate from {first} to {last} would have to be {level} of insurable earnings, with what the State "
            "and others pay taken into account; the contribution rates are {begin} in {first} and {end} in {last}.",
            **values,
        )
    target = float(part.result["target_reserve"]) if "target_reserve" in part.result else 0.0
    if target > 0:
        goal = say("It leaves a reserve of {years} times the annual outgo at the end.", years=say.number(target, 1))
        return f"{text} {goal}"
    return text


def _level_rates(say: Language, part: Part) -> Iterator[str]:
    """Level rates of a health scheme over the horizons that were valued."""
    if "level_rate" not in part.result:
        return
    found = False
    for years in part.result["horizon"].values.tolist():
        rate = float(part.result["level_rate"].sel(horizon=years))
        if np.isfinite(rate):
            yield say(
                "One level rate over the first {years} years would have to be {rate} of insurable earnings.",
                years=int(years),
                rate=say.percent(rate),
            )
            found = True
    if found:
        yield on_earnings(say)


def on_earnings(say: Language) -> str:
    """What the level rates of a health scheme count, as a sentence."""
    return say(
        "The level rates are those of contributions on earnings: what is paid on another base is counted as it is, "
        "whoever pays it, and the reserve of the law, if any, is left at the end. The contribution rate counts all "
        "that members and employers pay on any base; the two cannot be compared directly."
    )


def scenario_range(say: Language, part: Part) -> str:
    """The least and the greatest level rate of the scenarios."""
    if len(part.scenarios) < 2:
        return ""
    rates = {name: float(part.of("general_average_premium_net", name)) for name in part.scenarios}
    known = {name: rate for name, rate in rates.items() if np.isfinite(rate)}
    if not known:
        return ""
    low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    return say(
        "In the {count} scenarios the level rate lies between {low} ({low_name}) and {high} ({high_name}).",
        count=len(known),
        low=say.percent(known[low]),
        low_name=scenario_word(say, low),
        high=say.percent(known[high]),
        high_name=scenario_word(say, high),
    )
