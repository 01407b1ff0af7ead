"""What is noted of a comparison of runs: what they have in common, their schemes and their warnings."""

import pandas as pd
import xarray as xr

from actuarial.report.content.front import EMBEDDED
from actuarial.report.content.warning_words import said_warning
from actuarial.translation import N_, Language
from actuarial.valuation.compare import STATED
from actuarial.warned import lines_of

KEYS = {
    "reference": N_("Reference"),
    "currency": N_("Currency"),
    "price_basis": N_("Prices"),
    "country": N_("Country"),
    "valuation_date": N_("Valuation date"),
    "service_grid": N_("Grid of past credit"),
    "migration_timing": N_("Time of migration in the year"),
    "library_version": N_("Version of the calculation program"),
    "schemes": N_("Schemes"),
    "warnings": N_("Warnings"),
    "notes": N_("Notes"),
}
"""What is noted; other attributes are called as they are."""
WORDS = STATED | {"nominal": N_("nominal"), EMBEDDED: EMBEDDED}


def notes_of(compared: xr.Dataset, say: Language) -> pd.DataFrame:
    """Attributes of a comparison as two columns; several lines are several rows.

    Parameters
    ----------
    compared : Dataset of `compare`
    say : Language
        In English the attributes stay as they are; in other languages lines that are not known do.
    """
    rows: list[tuple[str, str]] = []
    for key in compared.attrs:
        if str(key).endswith("_told"):
            continue
        lines = lines_of(compared.attrs, str(key))
        said = [said_note(say, line) for line in lines]
        rows += [(_called(say, str(key)) if place == 0 else "", line) for place, line in enumerate(said)]
    return pd.DataFrame({"value": [row[1] for row in rows]}, index=pd.Index([row[0] for row in rows], name="entry"))


def _called(say: Language, key: str) -> str:
    return key.replace("_", " ") if say.code == "en" or key not in KEYS else say(KEYS[key])


def said_note(say: Language, line: str) -> str:
    """A line of an attribute in words; in English as it is."""
    if say.code == "en":
        return str(line)
    return said_warning(say, line) or (say(WORDS[line]) if line in WORDS else line)
