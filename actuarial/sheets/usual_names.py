"""What the parts of a scheme are called in a text: forms and usual names in its language, other names as given."""

from actuarial.sheets.law_words import FORMS
from actuarial.translation import N_, Language

USUAL = {
    "private": N_("Private sector"),
    "public": N_("Public sector"),
    "self_employed": N_("Self-employed"),
    "employees": N_("Employees"),
    "employers": N_("Employers"),
    "minimum_guarantee": N_("State guarantee of minimum pensions"),
    "poor": N_("Poor households"),
    "informal": N_("Informal economy"),
    "uninsured": N_("Not insured"),
    "primary_care": N_("Primary care"),
    "outpatient": N_("Outpatient care"),
    "specialist": N_("Specialist care"),
    "inpatient": N_("Inpatient care"),
    "drugs": N_("Medicines"),
    "medicines": N_("Medicines"),
    "laboratory": N_("Laboratory"),
    "surgery": N_("Surgery"),
    "delivery": N_("Delivery"),
    "dialysis": N_("Dialysis"),
    "oncology": N_("Oncology"),
    "rehabilitation": N_("Rehabilitation"),
    "emergency_transport": N_("Emergency transport"),
    "pensions": N_("Contributions on pensions"),
    "premiums": N_("Premiums"),
    "state_for_the_poor": N_("State, for poor households"),
    "state_for_premiums": N_("State, for premiums"),
    "donors": N_("Donors"),
    "self_employed_members": N_("Self-employed members"),
    "dental": N_("Dental care"),
    "diagnostics": N_("Diagnostics"),
    "government_bonds": N_("Government bonds"),
    "bonds": N_("Bonds"),
    "bank_deposits": N_("Bank deposits"),
    "deposits": N_("Deposits"),
    "cash": N_("Cash"),
    "shares": N_("Shares"),
    "equities": N_("Shares"),
    "property": N_("Property"),
    "real_estate": N_("Property"),
    "loans": N_("Loans"),
    "contributions_due_from_the_State": N_("Contributions due from the State"),
}
"""Names that many schemes give to their groups, contributions, services and assets."""


def name_of(say: Language, name: str) -> str:
    """What a part of a scheme is called: its form or a usual name in words, another name as the scheme gives it."""
    known = FORMS.get(name) or USUAL.get(name)
    if known:
        return say(known)
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def names_in(say: Language, text: str) -> str:
    """Names with commas between them, each in words where it is a form or a usual name; all else as it is."""
    keys = {name: name.replace(" ", "_") for name in text.split(", ")}
    return ", ".join(name_of(say, key) if key in FORMS or key in USUAL else name for name, key in keys.items())
