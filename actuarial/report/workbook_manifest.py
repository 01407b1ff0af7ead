"""The manifest of a run as a table of two columns."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd


def manifest_table(manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Entries of a manifest and their values; what lies inside others is named with dots."""
    rows = dict(_leaves("", manifest))
    return pd.DataFrame({"value": list(rows.values())}, index=pd.Index(list(rows), name="entry"), dtype=object)


def _leaves(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (Mapping, list, tuple)) and value:
        pairs = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
        for key, inner in pairs:
            yield from _leaves(f"{place}.{key}" if place else str(key), inner)
    else:
        yield place, json.dumps(value) if isinstance(value, (Mapping, list, tuple, bool, type(None))) else value
