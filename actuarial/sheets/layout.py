"""Where everything stands in a workbook of inputs; what writes them and what reads them agree on this."""

from actuarial.translation import N_

VERSION = 1
"""Version of the layout."""
MANIFEST, LISTS = "_manifest", "_lists"
MARK, KEYS, HEADS, FIRST = 1, 3, 4, 5
"""Rows of the mark of a sheet (in column A), of the keys of columns (hidden), of the headings, of the first entry."""
VALUE, PER, INDEXED, YEAR, PATH, SEX, GROUP, COHORT, AGE, ORDER = range(4, 14)
"""Columns of a sheet of the law: its value, and what the value is for."""
COLUMNS = {
    4: "value",
    5: "per",
    6: "indexed",
    7: "year",
    8: "path",
    9: "sex",
    10: "group",
    11: "cohort",
    12: "age",
    13: "order",
}
"""Keys of the columns of a sheet of the law."""
TITLES = {
    "value": N_("Value"),
    "per": N_("Per"),
    "indexed": N_("Grows with"),
    "year": N_("From year"),
    "path": N_("Between years"),
    "sex": N_("Sex"),
    "group": N_("Group"),
    "cohort": N_("Born from"),
    "age": N_("From age"),
    "order": "order",
}
"""Headings of the columns of a sheet of the law."""
NESTING = ("group", "sex", "cohort", "year", "age")
"""What a number changes with, from the outside in, where a row does not say otherwise."""
PLACES = {"year": YEAR, "sex": SEX, "group": GROUP, "cohort": COHORT, "age": AGE}
PERS, INDICES, PATHS = ("week", "month", "year", "once"), ("none", "wages", "prices"), ("step", "ramp")
"""Words of the law that cells of columns may say: of time, of what an amount follows, of what is between years."""
GENERAL, START = "basis general", "start"
LAW, BASIS = "law", "basis"
"""First word of the mark of sheets of the law and of the basis."""
SHEETS = {
    "start": N_("Start"),
    "law": N_("Scheme"),
    "law contributions": N_("Contributions"),
    "law account": N_("Accounts"),
    "law benefit": N_("Benefits"),
    "law member_group": N_("Member groups"),
    "law service": N_("Health services"),
    "basis general": N_("Basis"),
}
"""Names of sheets by their marks; those of tables of the basis are named after their dims."""
ACROSS = ("year", "past_year", "account_year", "service", "sex", "group", "health_group")
"""Dims whose labels are columns, the first that a table has; all others are rows."""
NAMED, AS_THEY_ARE = ("benefit", "health_group"), " as they are"
"""Dims whose labels may be names of forms, and what is behind the key of one none of whose labels is such a name."""
YES, NO = N_("yes"), N_("no")
SEX_WORDS = {"male": N_("male"), "female": N_("female")}


def across(dims: tuple[str, ...]) -> str:
    """The dim of a table whose labels are columns; empty where it has one column of values."""
    return next((dim for dim in ACROSS if dim in dims), "")


def gaps_are_zero(dims: tuple[str, ...]) -> bool:
    """Whether an empty cell of a table is a zero: so it is in tables by service, most cells of which have nobody."""
    return "service" in dims
