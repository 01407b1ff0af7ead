"""Mistakes of a law and of a basis in the language of a workbook: each that is known is said again with what is in it.

The checks of the library say what is wrong in English, for scheme files and Python too; a workbook is read by people
who may not know English.
"""

import re

from actuarial.translation import N_, Language, NotTranslated, pattern_of

KNOWN = (
    N_("unknown key; did you mean {close}?"),
    N_("unknown key; the keys are {keys}"),
    N_("is missing; add it ({meaning})"),
    N_("is missing; add it"),
    N_("must be >= {bound} (got {number})"),
    N_("must be > {bound} (got {number})"),
    N_("must be <= {bound} (got {number}); rates are fractions, did you mean {meant}?"),
    N_("must be <= {bound} (got {number}); rates are fractions"),
    N_("must be <= {bound} (got {number}); years, did you mean {meant}?"),
    N_("must be <= {bound} (got {number})"),
    N_("must be a number, or a table of numbers by year, cohort, age, sex or group (got {value})"),
    N_("must be a finite number (got {value})"),
    N_("must be a whole number (got {value})"),
    N_("must be a number (got {value})"),
    N_("must be true or false (got {value})"),
    N_("must be a word (got {value})"),
    N_("must be a list (got {value})"),
    N_("form is missing; the forms are {words}"),
    N_("is empty; give at least one year and its value"),
    N_("each year must be given once, in order"),
    N_("each cohort must be given once, in order"),
    N_("is not an age between 0 and 150"),
    N_("is not a year of four digits"),
    N_("is not a cohort of four digits"),
    N_("a number by sex needs both; {sex} is missing"),
    N_("the scheme has no benefits; give at least one [[benefit]]"),
    N_("the name is used twice or belongs to another part; give each contribution, account and benefit its own name"),
    N_("{name} is no benefit of the scheme; did you mean {close}?"),
    N_("{name} is no benefit of the scheme; the benefits are {names}"),
    N_("{early} lies above the retirement age; nobody could start early"),
    N_("must be a rate (fraction) or {word} (got {value})"),
    N_("the attribute {name} is missing: {meaning}. Add it."),
)
"""Messages of the checks; the first one that fits is said."""
NUMBERS = ("bound", "number", "meant", "early")
ATTRIBUTES = (
    N_("which insured the coverage rate counts, one of status, average, any"),
    N_("the day of the opening stocks, such as 2024-12-31 or a day inside the first projected year"),
    N_("the code of the currency, such as KES"),
    N_("the prices of all amounts, such as nominal"),
)
"""What the attributes of a basis say, in the message that one is missing."""


def said_mistake(say: Language, line: str) -> str:
    """A mistake in the language, after the name that it begins with; one that is not known as it is."""
    if say.code == "en":
        return line
    name, colon, rest = line.partition(": ")
    for start, text in (("", line), (f"{name}: ", rest)):
        for known in KNOWN:
            found = pattern_of(known).fullmatch(text)
            if found and (start or not colon or known.startswith("the ")):
                values = {key: _number(say, one) if key in NUMBERS else one for key, one in found.groupdict().items()}
                if "meaning" in values:
                    values["meaning"] = _meaning(say, values["meaning"])
                return start + say(known, **values)
    return line


def _number(say: Language, text: str) -> str:
    """A number with the decimal mark of the language, without decimals that say nothing."""
    return re.sub(r"(?<=\d)\.(?=\d)", say.decimal, re.sub(r"(?<=\d)\.0\b", "", text))


def _meaning(say: Language, text: str) -> str:
    """What a field or an attribute means; as it is where no catalogue has it."""
    try:
        return say(text)
    except NotTranslated:
        return text
