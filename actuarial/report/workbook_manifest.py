"""The manifest of a run as a table: entries as the file names them, their values, and what they are in words."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import xarray as xr

from actuarial.report.content.warning_words import said_warning
from actuarial.translation import N_, Language
from actuarial.vocabulary import variables
from actuarial.warned import warnings_of

ABSENT, MEANING = "assumed_where_absent", "where absent "
WARNINGS = "warnings"
PARTS = {
    "library": N_("Version of this library"),
    "python": N_("Version of Python"),
    "stack": N_("Version of another library"),
    "platform": N_("Operating system"),
    "cpu": N_("Processor"),
    "written": N_("Time of writing"),
    "command": N_("Command"),
    "scheme": N_("Scheme"),
    "pension_scheme": N_("Pension scheme whose members are covered"),
    "basis": N_("Basis"),
    "years": N_("First and last projected year"),
    "scenarios": N_("Scenario"),
    "service_grid": N_("Grid of past credit"),
    "migration_timing": N_("Timing of migration in the year"),
    "passes": N_("Number of passes of the projection"),
    ABSENT: N_("Taken where the basis says nothing"),
    "calibration": N_("Factors of calibration and their reason"),
    WARNINGS: N_("Warning"),
    "accounts": N_("First projected year against the accounts"),
    "result": N_("Result"),
    "files": N_("Digest of a file"),
    "figures_left_out": N_("Figure that was not drawn"),
}
"""What the entries of a manifest are, by their first word."""


def manifest_table(manifest: Mapping[str, Any], say: Language, result: xr.Dataset) -> pd.DataFrame:
    """Entries of a manifest, their values and what they are; what lies inside others is named with dots.

    Warnings of the result, truth values and what is taken where the basis says nothing are in the language.
    """
    rows = dict(_leaves("", manifest))
    warned = {str(line): said_warning(say, line) or line for line in warnings_of(result)}
    values = [_value(entry, value, say, warned) for entry, value in rows.items()]
    parts = (entry.partition(".")[0] for entry in rows)
    meanings = [say(PARTS[part]) if part in PARTS else "" for part in parts]
    index = pd.Index(list(rows), name="entry")
    return pd.DataFrame({"value": values, "meaning": meanings}, index=index, dtype=object)


def _value(entry: str, value: Any, say: Language, warned: Mapping[str, str]) -> Any:
    """A value as its reader has it."""
    part, _, name = entry.partition(".")
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if value is None or isinstance(value, (Mapping, list, tuple)):
        return json.dumps(value)
    if part == WARNINGS and say.code != "en":
        return warned.get(str(value), value)
    if part == ABSENT and say.code != "en" and name in variables():
        meaning = variables()[name].meaning
        return say(meaning).rpartition(";")[2].strip() if meaning.endswith(f"{MEANING}{value}") else value
    return value


def _leaves(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (Mapping, list, tuple)) and value:
        pairs = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
        for key, inner in pairs:
            yield from _leaves(f"{place}.{key}" if place else str(key), inner)
    else:
        yield place, value
