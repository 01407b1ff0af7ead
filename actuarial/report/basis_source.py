"""Where the assumptions of a report come from: what the basis says of its sources."""

from typing import Any

from actuarial.translation import N_, Language

EMBEDDED_SOURCE = "Invented; built by actuarial/datasets/build.py, explained in SOURCE.md"
"""The sources of the country that comes with the library; others are called what their users call them."""
SAID = N_("invented data of the country that comes with the program")


def stated_source(basis: Any, say: Language) -> str:
    """The sources that a basis states; empty where it states none."""
    source = str(basis.attrs.get("source", "")).strip()
    return say(SAID) if source == EMBEDDED_SOURCE else source


def source_of_basis(basis: Any, say: Language) -> str:
    """The source of what shows assumptions: the basis of the valuation, and the sources that it states."""
    stated = stated_source(basis, say).rstrip(".")
    words = say("Assumptions of the valuation")
    return say("{place}: {subject}", place=words, subject=stated) if stated else words
