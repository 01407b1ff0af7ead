"""First lines of the chapters of results: what their tables and figures say, in a sentence or two."""

from collections.abc import Iterable

import numpy as np
import xarray as xr

from actuarial.report.content import sentences
from actuarial.report.content.cells import unit_of
from actuarial.report.content.material import Part
from actuarial.report.content.words import CHANGES
from actuarial.report.document import Bullets
from actuarial.studies.single_changes import last_of
from actuarial.translation import N_, Language, inside

TOGETHER = "combined_"
"""How names of changes begin that are several at a time."""
PREMIUM, LEVEL = "general_average_premium", "level_rate"


def _lines(texts: Iterable[str]) -> Bullets | None:
    """The sentences that there are."""
    found = tuple(text for text in texts if text)
    return Bullets(found) if found else None


def _ends(say: Language, part: Part, share: xr.DataArray | None, text: str) -> str:
    """A sentence with a share in the first and in the last year; none where one of them is not known, both are 0, or
    there is one year only."""
    found = () if share is None else _both(part, share)
    if not any(found):
        return ""
    begin, end = map(say.percent, found)
    return say(text, first=part.first, last=part.last, begin=begin, end=end)


def _both(part: Part, values: xr.DataArray) -> tuple[float, ...]:
    """Numbers of the first and of the last year; nothing where one of them is not known or there is one year only."""
    found = tuple(float(values.sel(year=year)) for year in (part.first, part.last))
    return found if part.first < part.last and np.isfinite(found).all() else ()


def demographic(say: Language, part: Part) -> Bullets | None:
    """Contributors and pensioners, and how many of these for those where there are any."""
    text, ratios = "", _both(part, part.result["demographic_ratio"])
    if any(ratios):
        begin, end = (say.number(100.0 * ratio, 1) for ratio in ratios)
        text = say(
            "For every 100 contributors there are {begin} pensioners in {first} and {end} in {last}.",
            first=part.first,
            last=part.last,
            begin=begin,
            end=end,
        )
    return _lines((sentences.members(say, part), text))


def flows(say: Language, part: Part) -> Bullets | None:
    """When outgo exceeds income, what becomes of the reserve."""
    return _lines(
        (sentences.outgo_exceeds(say, part), sentences.exhausted(say, part), sentences.reserve_ratio(say, part))
    )


def rates(say: Language, part: Part) -> Bullets | None:
    """The path of the cost rate, and the level rate beside those of the law."""
    return _lines(
        (
            sentences.cost_path(say, part),
            sentences.level_against_law(say, part),
            sentences.scenario_range(say, part),
        )
    )


def health_members(say: Language, part: Part, coverage: xr.DataArray | None) -> Bullets | None:
    """Members, and their share of the population where that is known."""
    text = N_("The health scheme covers {begin} of the population in {first} and {end} in {last}.")
    return _lines((sentences.health_members(say, part), _ends(say, part, coverage, text)))


def product(say: Language, part: Part, share: xr.DataArray | None) -> str:
    """Outgo over the gross domestic product."""
    text = N_("Outgo is {begin} of the gross domestic product in {first} and {end} in {last}.")
    return _ends(say, part, share, text)


def economy(say: Language, part: Part, share: xr.DataArray) -> Bullets | None:
    """What outgo weighs in the economy."""
    return _lines((product(say, part, share),))


def health_spending(say: Language, part: Part) -> Bullets | None:
    """What benefits cost the country, and what patients pay of them."""
    result = part.result
    text = N_("Patients pay {begin} of the cost of the covered services in {first} and {end} in {last}.")
    shares = [result.get(name) for name in ("outgo_to_gdp", "out_of_pocket_share")]
    return _lines((product(say, part, shares[0]), _ends(say, part, shares[1], text)))


def health_rates(say: Language, part: Part) -> Bullets | None:
    """The path of the cost rate and of the contributions."""
    return _lines((sentences.cost_path(say, part), sentences.contribution_path(say, part)))


def balance(say: Language, part: Part, found: xr.Dataset) -> Bullets | None:
    """How much of the obligations the assets cover."""
    share, deficit = _covered(found["open_group_balance"])
    alone, _ = _covered(found["closed_group_balance"])
    if not (np.isfinite(share) and np.isfinite(deficit)):
        return None
    unit = unit_of(say, part.currency, [deficit])
    values = {
        "share": say.percent(share),
        "amount": say.number(abs(deficit) / unit.scale, 1 if unit.scale > 1 else 0),
        "unit": unit.words,
    }
    if deficit > 0:
        text = say(
            "Assets cover {share} of the obligations to present and future participants; {amount} {unit} are lacking.",
            **values,
        )
    else:
        text = say(
            "Assets cover {share} of the obligations to present and future participants; the surplus is {amount} "
            "{unit}.",
            **values,
        )
    if not np.isfinite(alone):
        return _lines((text,))
    return _lines((text, say("For present participants alone they cover {share}.", share=say.percent(alone))))


def _covered(side: xr.DataArray) -> tuple[float, float]:
    """Assets over obligations, and the deficit."""
    assets, owed, deficit = (float(side.sel(item=name)) for name in ("total_assets", "total_obligations", "deficit"))
    return (assets / owed if owed > 0 else float("nan")), deficit


def adequacy(say: Language, part: Part, found: xr.Dataset) -> Bullets | None:
    """What a pension is of a wage, and how many of the old have one; nothing of the old where pensions are counted, of
    which some have several, and are more than they."""
    pension = N_("The average pension is {begin} of the average wage in {first} and {end} in {last}.")
    old = N_("Of persons aged 65 and over {begin} have a pension in {first} and {end} in {last}.")
    having = found["coverage_of_old"]
    texts = [_ends(say, part, found["benefit_ratio"], pension), _ends(say, part, having.where(having <= 1.0), old)]
    return _lines(texts)


def gender(say: Language, part: Part, found: xr.Dataset) -> Bullets | None:
    """Women among contributors and pensioners, and the pensions of both sexes."""

    def shown(array: xr.DataArray) -> list[str]:
        return [say.percent(value) for value in _both(part, array)]

    years = {"first": part.first, "last": part.last}
    texts = []
    paying, paid = shown(found["women_of_contributors"]), shown(found["women_of_pensioners"])
    if paying and paid:
        texts.append(
            say(
                "Women are {paying} of contributors and {paid} of pensioners in {first}, {paying_last} and {paid_last} "
                "in {last}.",
                paying=paying[0],
                paid=paid[0],
                paying_last=paying[1],
                paid_last=paid[1],
                **years,
            )
        )
    women, men = (shown(found["benefit_ratio"].sel(sex=sex)) for sex in ("female", "male"))
    if women and men:
        texts.append(
            say(
                "The average pension of women is {women} of the average wage in {first} and that of men {men}; in "
                "{last} they are {women_last} and {men_last}.",
                women=women[0],
                men=men[0],
                women_last=women[1],
                men_last=men[1],
                **years,
            )
        )
    return _lines(texts)


def sensitivity(say: Language, found: xr.Dataset) -> Bullets | None:
    """The single changes with the least and the greatest level rate, where there are two of them; those of several at
    a time are none."""
    quantity = PREMIUM if PREMIUM in found else LEVEL
    if quantity not in found or "words" not in found.coords:
        return None
    names = [str(name) for name in found["change"].values]
    rates = dict(zip(names, last_of(found[quantity]).values.tolist(), strict=True))
    words = dict(zip(names, map(str, found["words"].values), strict=True))
    single = [one for one in names if np.isfinite(rates[one]) and one != "base" and not one.startswith(TOGETHER)]
    if len(single) < 2 or not np.isfinite(rates.get("base", np.nan)):
        return None
    low, high = min(single, key=rates.__getitem__), max(single, key=rates.__getitem__)
    text = N_(
        "With single changes the general average premium lies between {low} ({low_name}) and {high} ({high_name}); "
        "that of the base is {base}."
    )
    over: dict[str, int] = {}
    if quantity == LEVEL:
        text = N_(
            "With single changes the level rate over {years} years lies between {low} ({low_name}) and {high} "
            "({high_name}); that of the base is {base}."
        )
        over = {"years": int(found["horizon"].values[-1])}
    told = say(
        text,
        base=say.percent(rates["base"], 2),
        low=say.percent(rates[low], 2),
        high=say.percent(rates[high], 2),
        low_name=_inside(say, words[low]),
        high_name=_inside(say, words[high]),
        **over,
    )
    return _lines((told,))


def _inside(say: Language, words: str) -> str:
    """A change inside a sentence: the library's own without the capital that they begin with."""
    return inside(say(words)) if words in CHANGES else words
