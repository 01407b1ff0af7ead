"""Attributes of a basis: what was counted, when, in which money."""

from typing import Any

from actuarial.check.period import YEAR_END, part_of_year
from actuarial.errors import BadBasis
from actuarial.translation import N_, InFile, Told
from actuarial.vocabulary import variable

CONCEPTS = ("status", "average", "any")
PRICES = ("nominal",)
MEANINGS = {
    "coverage_concept": InFile(
        "which insured the coverage rate counts, one of {concepts}",
        Told("which insured the coverage rate counts, a choice of the list of the cell"),
        concepts=CONCEPTS,
    ),
    "valuation_date": Told(
        "the day of the opening stocks, such as 2024-12-31 or a day inside the first projected year"
    ),
    "currency": Told("the code of the currency, such as KES"),
    "price_basis": Told("the prices of all amounts, such as nominal"),
}
"""Attributes that a basis may need, and what they say."""
KNOWN = (*MEANINGS, "name", "a0_rule", "calibration_reason", "year_end", "country", "source")
LABELS = {
    "name": N_("Name of the basis"),
    "country": N_("Country"),
    "source": N_("Sources"),
    "valuation_date": N_("Valuation date (2025-12-31)"),
    "currency": N_("Currency code"),
    "price_basis": N_("Prices of all amounts (nominal)"),
    "coverage_concept": N_("Which insured the coverage rate counts"),
    "a0_rule": N_("Rule for deaths in the first year of life"),
    "year_end": N_("Last day of the financial year (12-31)"),
    "calibration_reason": N_("Why the basis was calibrated"),
}
"""What attributes are called in a workbook."""
WITHOUT_EXAMPLE = LABELS | {"valuation_date": N_("Valuation date"), "price_basis": N_("Prices of all amounts")}
"""The same where what the cell says is told beside it."""
STOCKS = ("active_0", "inactive_0", "invalid_0", "pensioners_0", "reserve_0")


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
    faults: list[tuple[str, str]] = [
        (name, _missing(name))
        for name in required_attributes(dataset)
        if not str(attrs.get(name, "")).strip()
    ]
    concept = attrs.get("coverage_concept")
    if str(concept or "").strip() and concept not in CONCEPTS:
        text = N_("coverage_concept must be one of {names} (got {concept!r}).")
        faults.append(("coverage_concept", Told(text, names=CONCEPTS, concept=concept)))
    prices = str(attrs.get("price_basis") or "").strip()
    if prices not in ("", *PRICES):
        text = N_(
            "price_basis must be {names}, since amounts of each year are in the prices of that year (got {given!r}); "
            "in constant prices the inflation is 0."
        )
        faults.append(("price_basis", Told(text, names=PRICES, given=prices)))
    date = attrs.get("valuation_date")
    wrong = _date_fault(dataset, date) if str(date or "").strip() else ""
    if wrong:
        faults.append((wrong.split()[0], wrong))
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
        raise BadBasis(Told("{mistakes}", mistakes=[text for _, text in faults]))


def _missing(name: str) -> InFile:
    """That an attribute is missing: that of a Dataset, or a cell of a workbook."""
    meaning, label = MEANINGS[name], Told(WITHOUT_EXAMPLE[name])
    there = meaning.cells if isinstance(meaning, InFile) else meaning
    return InFile(
        "the attribute {name} is missing: {meaning}. Add it.",
        Told("{label}: the cell is empty; it says {meaning}. Fill it.", label=label, meaning=there),
        name=name,
        meaning=meaning,
    )


def _date_fault(dataset: Any, date: Any) -> str:
    """What is wrong with a valuation date, in a sentence that begins with the attribute; empty where nothing is."""
    first = int(dataset["year"].values[0]) if "year" in dataset.dims else None
    found = part_of_year(date, first, dataset.attrs.get("year_end", YEAR_END))
    return found if isinstance(found, str) else ""
