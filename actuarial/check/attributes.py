"""Attributes of a basis: what was counted, when, in which money."""

import datetime
import re
from typing import Any

from actuarial.errors import BadBasis
from actuarial.vocabulary import variable

CONCEPTS = ("status", "average", "any")
MEANINGS = {
    "coverage_concept": f"which insured the coverage rate counts, one of {', '.join(CONCEPTS)}",
    "valuation_date": "the day of the opening stocks, such as 2024-12-31",
    "currency": "the code of the currency, such as KES",
    "price_basis": "the prices of all amounts, such as nominal",
}
"""Attributes that a basis may need, and what they say."""
KNOWN = (*MEANINGS, "name", "a0_rule", "calibration_reason", "year_end", "country", "source")
STOCKS = ("active_0", "inactive_0", "pensioners_0", "reserve_0")


def required_attributes(dataset: Any) -> list[str]:
    """Attributes that a Dataset needs for the variables that it has."""
    names = [str(name) for name in dataset.data_vars]
    needed = ["coverage_concept"] if "coverage" in names else []
    if any(name in STOCKS for name in names):
        needed.append("valuation_date")
    if any("currency" in variable(name).units for name in names):
        needed += ["currency", "price_basis"]
    return needed


def faults_of_attributes(dataset: Any) -> list[tuple[str, str]]:
    """Attributes that are missing or cannot be meant: name and sentence of each."""
    attrs = dataset.attrs
    faults = [
        (name, f"the attribute {name} is missing: {MEANINGS[name]}. Add it.")
        for name in required_attributes(dataset)
        if not str(attrs.get(name, "")).strip()
    ]
    concept = attrs.get("coverage_concept")
    if str(concept or "").strip() and concept not in CONCEPTS:
        faults.append(("coverage_concept", f"coverage_concept must be one of {', '.join(CONCEPTS)} (got {concept!r})."))
    date = attrs.get("valuation_date")
    if str(date or "").strip() and _date(date) is None:
        faults.append(("valuation_date", f"valuation_date must be a day such as 2024-12-31 (got {date!r})."))
    elif date and "year" in dataset.dims and _date(date).year + 1 != int(dataset["year"][0]):
        first = int(dataset["year"][0])
        faults.append(
            (
                "valuation_date",
                f"valuation_date is {date}, but the first projected year is {first}; it must be the year after. "
                f"Write {first - 1}-12-31, or start the years at {_date(date).year + 1}.",
            )
        )
    end = attrs.get("year_end", "12-31")
    if _date(date) and str(date)[5:] != end:
        faults.append(
            (
                "valuation_date",
                f"valuation_date is {date}, but stocks are those of the last day of a year ({end}). "
                "Carry the stocks to that day, or state another year_end.",
            )
        )
    return faults


def check_attributes(dataset: Any) -> None:
    """Every attribute that the variables of a Dataset need, with words that can be meant.

    Raises
    ------
    BadBasis
        All faults at once.
    """
    faults = faults_of_attributes(dataset)
    if faults:
        raise BadBasis("\n".join(text for _, text in faults))


def _date(text: Any) -> Any:
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
