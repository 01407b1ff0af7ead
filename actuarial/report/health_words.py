"""Words of the figures of health care in the language of their reader: services, groups, payers, causes of growth."""

import re

import pandas as pd

from actuarial.report.content.names import name_of
from actuarial.report.plots import words
from actuarial.translation import N_, Language

KNOWN = {
    "male": N_("men"),
    "female": N_("women"),
    "members": N_("members"),
    "employers": N_("employers"),
    "pensioners": N_("pensioners"),
    "state": N_("State"),
    "donors": N_("donors"),
    "others": N_("others"),
    "interest": N_("investments"),
    "population": N_("population"),
    "coverage": N_("coverage of people"),
    "group mix": N_("mix of groups"),
    "age and sex": N_("age and sex"),
    "use per member": N_("use of each member"),
    "prices and wages": N_("prices and wages"),
    "excess prices": N_("unit costs above prices and wages"),
    "payment and cost sharing": N_("payment of providers and cost sharing"),
    "total": N_("growth (all causes)"),
}
OTHERS = {
    "services": (N_("{number} other services"), N_("Other services: {names}.")),
    "groups": (N_("{number} other groups"), N_("Other groups: {names}.")),
    "sources": (N_("{number} other sources"), N_("Other sources: {names}.")),
    "causes": (N_("{number} other causes"), N_("Other causes: {names}.")),
}


def labels(say: Language, data: pd.DataFrame, *, named: bool = False) -> dict[str, str]:
    """Words of columns; `named` are names of services or groups, as in tables, others are words of the library."""
    return {str(name): _label(say, str(name), named) for name in data.columns}


def _label(say: Language, name: str, named: bool) -> str:
    few = re.fullmatch(r"(\d+) other (\w+)", name)
    if few and few.group(2) in OTHERS:
        return say(OTHERS[few.group(2)][0], number=few.group(1))
    if named:
        return name_of(say, name)
    word, _, year = name.rpartition(" ") if re.search(r" \d{4}$", name) else (name, "", "")
    return f"{say(KNOWN[word])} {year}".strip() if word in KNOWN else words(name)


def note(say: Language, data: pd.DataFrame) -> str:
    """Which columns are joined in one, as `plots.few_columns` tells it; empty where none are."""
    small, what = data.attrs.get("others", ()), str(data.attrs.get("what", ""))
    if not small:
        return ""
    shown = [_label(say, name, what in ("services", "groups")) for name in small]
    return say(OTHERS[what][1], names=", ".join(shown))
