"""Warnings of the checks in the words of the reader: each message that is known is said again with what is in it."""

import re
from collections.abc import Callable

from actuarial.report.content.labels import account_word, variable_word
from actuarial.report.content.names import SEXES, joined, name_of
from actuarial.report.content.warning_texts import FURTHER, SUBJECTS, UNUSUAL, Known
from actuarial.translation import N_, Language, pattern_of
from actuarial.vocabulary import DIMS, variables

KNOWN = (
    Known(
        "{benefit}: {active_men} active and {inactive_men} inactive men, {active_women} active and {inactive_women} "
        "inactive women were past the retirement age on the valuation date; those with the service ({entitled}) claim "
        "at {span} a year ({field}).{advice}",
        N_(
            "{benefit}: {active_men} active and {inactive_men} inactive men, {active_women} active and "
            "{inactive_women} inactive women were past the retirement age on the valuation date; those with the "
            "service ({entitled}) claim at a rate of {span} a year."
        ),
    ),
    Known(
        "{benefit}: the retirement age rises by {years} years, but exit_rate at {ages} is the same in all years: "
        "members leave as early as before. Give exit_rate (and participation_rate) by year.",
        N_(
            "{benefit}: the retirement age rises by {years} years, but rates of exit at ages {ages} are the same in "
            "all years: members leave as early as before."
        ),
    ),
    Known(
        "{benefit}: pays what minimum pensions cost, but of the pensions in payment on the valuation date the part due "
        "to the minimum is not known, so that its income begins with new pensions and is too low at first.",
        N_(
            "{benefit}: pays what minimum pensions cost, but of the pensions in payment on the valuation date the part "
            "due to the minimum is not known, so that its income begins with new pensions and is too low at first."
        ),
    ),
    Known(
        "pensioners_0 has no {benefit}: nobody is taken to receive it on the valuation date.",
        N_("{benefit}: nobody is taken to receive it on the valuation date."),
    ),
    Known(
        "pensioners_0 of {benefit}: {number} are younger than {age}; usual is none.",
        N_("{benefit}: {number} pensioners are younger than {age}; usual is none."),
    ),
    Known(
        "accounts: {number} of {count} lines of year 1 are more than 2% away from the accounts of the base year "
        "carried forward: {lines}.",
        N_(
            "{number} of {count} lines of the first year are more than {band} away from the accounts of the base year "
            "carried forward: {lines}."
        ),
    ),
    Known(
        "accounts: the basis carries no accounts of the base year; year 1 of the model was compared with nothing.",
        N_("There are no accounts of the base year; the first projected year was compared with nothing."),
    ),
    Known(
        "observed_awards: {number} of {count} figures of the new awards of year 1 are far from those observed "
        "{limits}: {awards}.",
        N_(
            "{number} of {count} figures of the new awards of the first year are far from those observed (beyond "
            "{quarter} in number or pension, 2 years of age, 3 of service, 10 points at the minimum): {awards}."
        ),
    ),
    Known("{variable} was built from {how}.", N_("{variable}: built by the calculation program, not observed.")),
    Known(
        "recovery_rate: {number} of the pensioners of the valuation date recover in the projected years; their credits "
        "and groups are not known, and they are no members again.",
        N_(
            "{number} of the pensioners of the valuation date recover in the projected years; their credits and groups "
            "are not known, and they are no members again."
        ),
    ),
    Known(
        "average_contributors: more than the employed at {number} ages, the first is {age}, in {cells} of {count} "
        "cells. Compare the ages of opening stocks and entries with the employed.",
        N_("Average contributors are more than the employed at {number} ages, of which the first is {age}."),
    ),
    Known(
        "expenditure_by_service_0, expenditure_by_group_0: not given; unit costs are used as they are.",
        N_("Expenditure of the base year is not given; unit costs are used as they are."),
    ),
    Known(
        "service_type: the scheme has no {services}; nothing is paid for it.",
        N_("The scheme has no {services}, for which the basis has rates of use; nothing is paid for it."),
    ),
    Known(
        "calibration: {number} of {count} factors lie outside {low} to {high}: {places}; look at unit costs and use "
        "rates.",
        N_("{number} of {count} factors that carry unit costs to the accounts lie outside {low} to {high}: {places}."),
    ),
    Known(
        "{group}: nobody belongs to the group in {number} of {count} years, the first is {year}; look at its form, "
        "shares and ages.",
        N_("{group}: nobody belongs to the group in {number} of {count} years, of which the first is {year}."),
    ),
    Known(
        "active_0: nobody is insured on the valuation date; usual only for a new scheme.",
        N_("Nobody is insured on the valuation date; usual only for a new scheme."),
    ),
    Known(
        "wage_growth_past is absent: the growth of wages of the first projected year is used for the past.",
        N_("The growth of wages of past years is not given; that of the first projected year is used for the past."),
    ),
    Known(
        "inflation_past is absent: the inflation of the first projected year is used for the past.",
        N_("The inflation of past years is not given; that of the first projected year is used for the past."),
    ),
    Known(
        "asfr_past is absent: the fertility of the first projected year is used for the children born before.",
        N_("Past fertility is not given; that of the first projected year is used for the children born before."),
    ),
    Known(
        "inactive_earnings_0 is absent: the inactive insured have the base year's reference earnings of the active of "
        "their age.",
        N_("Earnings of the inactive insured are not given; they have those of the active of their age."),
    ),
    Known(
        "this run was written by actuarial {one} and opened with {other}",
        N_("The run was written by version {one} of the calculation program and opened with version {other}."),
    ),
    Known("{variable}: {value} is unusual; usual is {usual}.", N_("{variable}: {value} is unusual.")),
    *UNUSUAL,
    *FURTHER,
)
"""Messages of the checks; the first one that fits a line is said. What they advise its user to do is left out."""


def said_warning(say: Language, line: str) -> str | None:
    """A warning in the language; None for one whose message is not among the known ones."""
    for known in KNOWN:
        found = pattern_of(known.source).fullmatch(line)
        if found is None:
            continue
        values = found.groupdict()
        if "variable" in values and values["variable"] not in variables():
            continue
        said = {name: VALUES.get(name, _numbers)(say, text) for name, text in values.items()}
        if known.text in SUBJECTS:
            return say("{variable}: {value} is unusual.", variable=say(SUBJECTS[known.text]), **said)
        return say(known.text, band=say.percent(0.02, 0), quarter=say.percent(0.25, 0), **said)
    return None


def _numbers(say: Language, text: str) -> str:
    """Numbers in a text with the separators and the per cent sign of the country."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "\x01", text)
    plain = re.sub(r"(?<=\d)\.(?=\d)", say.decimal, plain).replace("\x01", say.group)
    return re.sub(r"(?<=\d)%", say.percent(0.5, 0)[2:], plain)


def _value(say: Language, text: str) -> str:
    """A number with the place where it stands, as `1.2 (year=2030, sex='male'; 3 of 20 cells)`."""
    number, bracket, place = text.partition(" (")
    if not bracket:
        return _numbers(say, text)
    labels, _, cells = place.removesuffix(")").partition("; ")
    words = [_label(say, one) for one in labels.split(", ")]
    counted = re.fullmatch(r"(\d+) of (\d+) cells", cells)
    if counted:
        words.append(say("{number} of {count} cells", number=counted[1], count=counted[2]))
    return f"{_numbers(say, number)} ({', '.join(words)})"


def _label(say: Language, text: str) -> str:
    """A label with its dim, as `sex='male'`."""
    dim, equals, label = text.partition("=")
    if not equals or dim not in DIMS:
        return text
    plain = label.strip("'")
    shown = say(SEXES[plain]) if dim == "sex" and plain in SEXES else name_of(say, plain) if label != plain else plain
    return f"{say(dim).replace('_', ' ')} {shown}"


def _cells(say: Language, text: str) -> str:
    number, count = re.findall(r"\d+", text)[:2]
    return say("{number} of {count} cells at ages 15 to 79", number=number, count=count)


PEOPLE = {
    "at ages 0 to 4": N_("{male} boys and {female} girls at ages 0 to 4; usual are more boys"),
    "aged 80 and over": N_("{male} men and {female} women aged 80 and over; usual are more women"),
}


def _people(say: Language, text: str) -> str:
    """Numbers of both sexes at some ages."""
    found = re.fullmatch(r"(\S+) \w+ and (\S+) \w+ (.*)", text)
    if found is None or found[3] not in PEOPLE:
        return _numbers(say, text)
    return say(PEOPLE[found[3]], male=_numbers(say, found[1]), female=_numbers(say, found[2]))


def _field(say: Language, text: str) -> str:
    """A number of the law by the part that has it and its key."""
    part, dot, key = text.partition(".")
    return f"{name_of(say, part)} ({key})" if dot else part


def _span(say: Language, text: str) -> str:
    """A number or two of them."""
    low, _, high = _numbers(say, text).partition(" to ")
    return f"{low}–{high}" if high else low


def _lines(say: Language, text: str) -> str:
    """Lines of accounts, each with how far it is away."""
    found, accepted = [], say("accepted with a written reason")
    for one in text.split(", "):
        line, _, rest = one.partition(" ")
        away, _, note = rest.partition(" ")
        found.append(f"{account_word(say, line)} {_numbers(say, away)}{f' ({accepted})' if note else ''}")
    return joined(say, found)


AWARD_LINES = {
    "number": N_("number"),
    "age": N_("mean age"),
    "service": N_("mean service"),
    "pension": N_("mean pension"),
    "at_minimum": N_("share at the minimum"),
}


def _awards(say: Language, text: str) -> str:
    """Figures of new awards, each with how far it is away."""
    found = []
    for one in text.split(", "):
        parts = re.fullmatch(r"(\S+) (male|female|total) (\w+) (.*)", one)
        if parts is None:
            found.append(_numbers(say, one))
            continue
        benefit, sex, line, away = parts.groups()
        what = say(AWARD_LINES[line]) if line in AWARD_LINES else line.replace("_", " ")
        found.append(f"{name_of(say, benefit)}, {say(SEXES[sex])}, {what}: {_told(say, away)}")
    return joined(say, found)


def _places(say: Language, text: str) -> str:
    """Services and groups with a factor each."""
    found = []
    for one in text.split(", "):
        parts = re.fullmatch(r"(.+)/(.+) (-?[\d.]+)(?: and (\d+) more)?", one)
        if parts is None:
            found.append(_numbers(say, one))
            continue
        service, group, factor, more = parts.groups()
        found.append(f"{name_of(say, service)}, {name_of(say, group)}: {_numbers(say, factor)}")
        found += [say("{count} more", count=more)] if more else []
    return joined(say, found)


def _told(say: Language, away: str) -> str:
    units = {"points": N_("{difference} points"), "years": N_("{difference} years")}
    number, _, unit = away.partition(" ")
    if away in ("nobody", "observed none"):
        return say({"nobody": N_("nobody"), "observed none": N_("none observed")}[away])
    return say(units[unit], difference=_numbers(say, number)) if unit in units else _numbers(say, number)


VALUES: dict[str, Callable[[Language, str], str]] = {
    "benefit": lambda say, text: name_of(say, text),
    "group": lambda say, text: name_of(say, text),
    "services": lambda say, text: ", ".join(name_of(say, one) for one in text.split(", ")),
    "variable": variable_word,
    "span": _span,
    "ages": lambda say, text: text.replace(" to ", "–"),
    "other_benefit": lambda say, text: name_of(say, text),
    "account": lambda say, text: name_of(say, text),
    "value": _value,
    "aged_cells": _cells,
    "people": _people,
    "field": _field,
    "variables": lambda say, text: ", ".join(variable_word(say, one) for one in text.split(", ")),
    "stated_years": lambda say, text: text.replace(" and ", ", ").replace(" to ", "–").split(" (")[0],
    "first": lambda say, text: text,
    "unknown": lambda say, text: re.sub(r" \(did you mean [^)]*\)", "", text),
    "lines": _lines,
    "awards": _awards,
    "places": _places,
    "one": lambda say, text: text,
    "other": lambda say, text: text,
    "year": lambda say, text: text,
}
"""How what a message tells is said; by default numbers are written as in the country."""
