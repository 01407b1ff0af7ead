"""What payers, sexes, scenarios and words of a law are called in a report; names of parts are `usual_names`."""

from collections.abc import Iterable
from typing import Any

from actuarial.sheets.law_words import WORDS
from actuarial.sheets.usual_names import name_of
from actuarial.translation import N_, Language

__all__ = ["PAYERS", "SCENARIOS", "SEXES", "form_of", "joined", "name_of", "payer_of", "word_of"]

PAYERS = {
    "employee": N_("Employees"),
    "member": N_("Members"),
    "employer": N_("Employers"),
    "self_employed": N_("Self-employed"),
    "pensioner": N_("Pensioners"),
    "state": N_("State"),
    "donor": N_("Donors"),
    "other": N_("Others"),
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
