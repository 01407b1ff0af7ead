"""How figures of given units are shown: number formats of a workbook, and headers that name the units."""

NUMBER_FORMATS = {
    "amount": "#,##0",
    "small": "#,##0.00",
    "percent": "0.00%",
    "ratio": "0.00",
    "factor": "0.0000",
    "year": "0",
    "plain": "General",
}
FORMATS = {
    "fraction": "percent",
    "1/year": "percent",
    "ratio": "ratio",
    "years": "ratio",
    "years of outgo": "ratio",
    "months": "ratio",
    "per 1,000 members": "small",
    "currency/contact": "small",
    "births/woman": "ratio",
    "boys/girl": "factor",
    "factor": "factor",
    "year": "year",
    "": "plain",
}
SHOWN = {"fraction": "%", "1/year": "% a year", "factor": "", "1": ""}


def header(column: str, units: str, currency: str = "") -> str:
    """Words of a column with its units: fractions are shown in per cent, money in the currency of the scheme."""
    words, unit = column.replace("_", " "), shown(units, currency)
    if unit in words.split(" "):
        return words
    return f"{words} ({unit})" if unit else words


def shown(units: str, currency: str) -> str:
    """Units in words, money in the currency of the scheme."""
    return in_currency(SHOWN.get(units, units), currency)


def in_currency(text: str, currency: str) -> str:
    """A text in which the currency of the scheme, if it has a name, stands for the word."""
    return text.replace("currency", currency or "currency")


def format_of(units: str, *, whole: bool = True) -> str:
    """Which of `NUMBER_FORMATS` figures of given units take; amounts and persons with decimals where not `whole`."""
    return FORMATS.get(units, "amount" if whole else "small")
