"""What the parts of a scheme are called in a report: forms and usual names in its language, other names as given."""

from collections.abc import Iterable
from typing import Any

from actuarial.translation import N_, Language

FORMS = {
    "old_age": N_("Old-age pension"),
    "invalidity": N_("Invalidity pension"),
    "widows": N_("Widows’ and widowers’ pension"),
    "orphans": N_("Orphans’ pension"),
    "old_age_grant": N_("Old-age grant"),
    "refund": N_("Refund of contributions"),
    "funeral_grant": N_("Funeral grant"),
    "dependants_supplement": N_("Supplement for dependants"),
    "attendance_supplement": N_("Supplement for constant attendance"),
    "minimum_in_payment": N_("Minimum for pensions in payment"),
    "totalised_old_age": N_("Totalised old-age pension"),
    "totalised_invalidity": N_("Totalised invalidity pension"),
    "totalised_widows": N_("Totalised widows’ and widowers’ pension"),
    "totalised_orphans": N_("Totalised orphans’ pension"),
    "remarriage_grant": N_("Grant on remarriage"),
    "account_payout": N_("Payment of an account"),
    "flat": N_("Flat amount"),
    "final_average": N_("Average of the last or best years"),
    "career_average": N_("Average of the career"),
    "balance": N_("Balance of an account"),
    "guarantee": N_("Supplement up to a guaranteed amount"),
    "pro_rata": N_("Two laws in proportion to time"),
    "part_of_service": N_("Amount for a part of the service"),
    "phased": N_("Transition between two formulas"),
    "insured": N_("Insured persons"),
    "employed": N_("Employed persons"),
    "pensioners": N_("Pensioners"),
    "dependants": N_("Dependants"),
    "population": N_("Part of the population"),
    "refugees": N_("Refugees"),
    "remainder": N_("Everybody else"),
    "fee_for_service": N_("Fee for service"),
    "capitation": N_("Capitation"),
    "case_payment": N_("Payment by case"),
    "per_diem": N_("Payment by day"),
    "global_budget": N_("Global budget"),
    "own_facilities": N_("Own facilities"),
    "mixture": N_("Mixture of methods of payment"),
    "sickness": N_("Sickness benefit"),
    "maternity": N_("Maternity benefit"),
    "paternity": N_("Paternity benefit"),
    "funeral": N_("Funeral benefit"),
}
"""Words of scheme files for benefits, formulas, groups of members and methods of payment."""

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
}
"""Names that many schemes give to their groups, contributions and services."""

PAYERS = {
    "employee": N_("Employees"),
    "employer": N_("Employers"),
    "self_employed": N_("Self-employed"),
    "state": N_("State"),
    "pensioner": N_("Pensioners"),
    "other": N_("Others"),
    "member": N_("Members"),
    "donor": N_("Donors"),
}

WORDS = {
    "insurable_earnings": N_("insurable earnings"),
    "benefit": N_("expenditure on benefits"),
    "minimum": N_("cost of minimum pensions"),
    "working_pensioners": N_("earnings of working pensioners"),
    "fixed": N_("fixed amount"),
    "deficit": N_("what the reserve lacks"),
    "earnings": N_("earnings"),
    "pension": N_("pensions"),
    "head": N_("each member"),
    "household": N_("each household"),
    "contribution": N_("other contributions"),
    "budget": N_("amount in all"),
    "all": N_("all"),
    "none": N_("none"),
    "wages": N_("wages"),
    "prices": N_("prices"),
    "retirement": N_("retirement"),
    "death": N_("death"),
    "exit": N_("end of membership"),
    "invalidity": N_("invalidity"),
    "basis": N_("as observed"),
    "actuarial": N_("actuarial factor"),
    "compound": N_("compound"),
    "simple": N_("simple"),
    "year": N_("year"),
    "month": N_("month"),
    "started_month": N_("started month"),
    "calendar_years": N_("calendar years"),
    "months": N_("months"),
    "both": N_("both sexes"),
    "widows": N_("widows"),
    "widowers": N_("widowers"),
    "wives": N_("wives"),
    "husbands": N_("husbands"),
    "together": N_("together"),
    "apart": N_("apart"),
    "demography": N_("from the population"),
    "given": N_("as observed"),
    "capped": N_("at most the budget"),
    "points": N_("points"),
    "index": N_("index"),
    "interest": N_("interest"),
    "own": N_("to those of the same age and sex"),
    "table": N_("by a table"),
    "balance_ratio": N_("balance ratio"),
    "reserve_ratio": N_("reserve ratio"),
    "state": N_("State"),
    "employee": N_("employees"),
    "employer": N_("employers"),
    "self_employed": N_("self-employed"),
    "pensioner": N_("pensioners"),
    "member": N_("members"),
    "donor": N_("donors"),
    "other": N_("others"),
}
"""Words that stand in scheme files as values."""

SCENARIOS = {
    "central": N_("central"),
    "base": N_("base"),
    "optimistic": N_("optimistic"),
    "pessimistic": N_("pessimistic"),
    "high": N_("high"),
    "low": N_("low"),
}

SEXES = {"male": N_("Men"), "female": N_("Women"), "total": N_("Both sexes")}


def name_of(say: Language, name: str) -> str:
    """What a part of a scheme is called: its form or a usual name in words, another name as the scheme gives it."""
    known = FORMS.get(name) or USUAL.get(name)
    if known:
        return say(known)
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def joined(say: Language, texts: Iterable[str]) -> str:
    """Texts one after the other with the semicolons of the language."""
    whole = ""
    for text in texts:
        whole = say("{one}; {other}", one=whole, other=text) if whole else text
    return whole


def payer_of(say: Language, payer: str) -> str:
    """Who pays, in words."""
    return say(PAYERS[payer]) if payer in PAYERS else payer.replace("_", " ")


def word_of(say: Language, word: str) -> str:
    """A word of a scheme file in the language of the report."""
    return say(WORDS[word]) if word in WORDS else word.replace("_", " ")


def form_of(thing: Any) -> str:
    """Word of scheme files for the class of an object; empty for one that has none."""
    from actuarial.form_table import HEALTH, PENSION

    known = [*PENSION.forms().items(), *HEALTH.forms().items()]
    return next((word for word, form in known if form is type(thing)), "")
