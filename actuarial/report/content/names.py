"""What the parts of a scheme are called in a report: forms and usual names in its language, other names as given."""

from collections.abc import Iterable
from typing import Any

from actuarial.sheets.law_words import FORMS, WORDS
from actuarial.translation import N_, Language

USUAL = {
    "private": N_("Private sector"),
    "public": N_("Public sector"),
    "self_employed": N_("Self-employed"),
    "employees": N_("Employees"),
    "employers": N_("Employers"),
    "minimum_guarantee": N_("State guarantee of minimum pensions"),
    "poor": N_("Poor households"),
    "informal": N_("Informal economy"),
    "uninsured": N_("Not insured"),
    "primary_care": N_("Primary care"),
    "outpatient": N_("Outpatient care"),
    "specialist": N_("Specialist care"),
    "inpatient": N_("Inpatient care"),
    "drugs": N_("Medicines"),
    "medicines": N_("Medicines"),
    "laboratory": N_("Laboratory"),
    "surgery": N_("Surgery"),
    "delivery": N_("Delivery"),
    "dialysis": N_("Dialysis"),
    "oncology": N_("Oncology"),
    "rehabilitation": N_("Rehabilitation"),
    "emergency_transport": N_("Emergency transport"),
    "pensions": N_("Contributions on pensions"),
    "premiums": N_("Premiums"),
    "state_for_the_poor": N_("State, for poor households"),
    "state_for_premiums": N_("State, for premiums"),
    "donors": N_("Donors"),
    "self_employed_members": N_("Self-employed members"),
    "dental": N_("Dental care"),
    "diagnostics": N_("Diagnostics"),
}
"""Names that many schemes give to their groups, contributions and services."""

PAYERS = {
    "employee": N_("Employees"),
    "employer": N_("Employers"),
    "self_employed": N_("Self-employed"),
    "state": N_("State"),
    "pensioner": N_("Pensioners"),
    "other": N_("Others"),
    "member": N_("Members"),
    "donor": N_("Donors"),
}

SCENARIOS = {
    "central": N_("central"),
    "base": N_("base"),
    "optimistic": N_("optimistic"),
    "pessimistic": N_("pessimistic"),
    "high": N_("high"),
    "low": N_("low"),
}

SEXES = {"male": N_("Men"), "female": N_("Women"), "total": N_("Both sexes")}


def name_of(say: Language, name: str) -> str:
    """What a part of a scheme is called: its form or a usual name in words, another name as the scheme gives it."""
    known = FORMS.get(name) or USUAL.get(name)
    if known:
        return say(known)
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def joined(say: Language, texts: Iterable[str]) -> str:
    """Texts one after the other with the semicolons of the language."""
    whole = ""
    for text in texts:
        whole = say("{one}; {other}", one=whole, other=text) if whole else text
    return whole


def payer_of(say: Language, payer: str) -> str:
    """Who pays, in words."""
    return say(PAYERS[payer]) if payer in PAYERS else payer.replace("_", " ")


def word_of(say: Language, word: str) -> str:
    """A word of a scheme file in the language of the report."""
    return say(WORDS[word]) if word in WORDS else word.replace("_", " ")


def form_of(thing: Any) -> str:
    """Word of scheme files for the class of an object; empty for one that has none."""
    from actuarial.form_table import HEALTH, PENSION

    known = [*PENSION.forms().items(), *HEALTH.forms().items()]
    return next((word for word, form in known if form is type(thing)), "")
