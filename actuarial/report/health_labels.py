"""Names of columns and figures of the workbook of a health scheme, marked as texts to be said in other languages."""

import xarray as xr

from actuarial.report.workbook_words import Translated, Words, assumption_words
from actuarial.translation import N_, Language

COLUMNS = {
    "members": N_("Members"),
    "employers": N_("Employers"),
    "pensioners": N_("Pensioners"),
    "state": N_("State"),
    "donors": N_("Donors"),
    "others": N_("Others"),
    "services paid": N_("Services paid"),
    "cash benefits": N_("Cash benefits"),
    "reserve of the law": N_("Reserve of the law"),
    "insurable earnings": N_("Insurable earnings"),
    "reserve in months": N_("Reserve less claims outstanding, in months of benefits"),
    "total members": N_("Total members"),
    "population": N_("Population"),
    "coverage": N_("Coverage"),
    "all services": N_("All services"),
    "services and cash benefits": N_("Services and cash benefits"),
    "paid by patients": N_("Paid by patients"),
    "accounts of the base year": N_("Accounts of the base year"),
    "first projected year": N_("First projected year"),
    "growth": N_("Growth"),
    "PAYG cost rate with the reserve of the law": N_("Pay-as-you-go cost rate with the reserve of the law"),
    "benefits over contributions": N_("Benefits over contributions"),
    "share that patients pay": N_("Share that patients pay"),
    "outgo over gross domestic product": N_("Outgo over gross domestic product"),
    "paid by the State over its expenditure": N_("Paid by the State over its expenditure"),
    "benefits for each member": N_("Benefits for each member"),
}


def health_words(say: Language, result: xr.Dataset, basis: xr.Dataset | None) -> Words:
    """The words of a workbook of a health scheme."""
    currency = str(result.attrs.get("currency", ""))
    if say.code == "en":
        return Words(say, currency)
    columns = assumption_words(say, basis)
    return HealthWords(say, currency, columns | {name: say(text) for name, text in COLUMNS.items()})


class HealthWords(Translated):
    """Words of a health scheme in another language."""

    def indicator(self, text: str) -> str:
        """Words of an indicator, with the year that its name may end with."""
        words = text.split(" ")
        if text.startswith("level rate over "):
            return self.say("Level rate over {years} years", years=words[3])
        if words[-1].isdecimal() and " ".join(words[:-1]) in self.columns:
            return f"{self.columns[' '.join(words[:-1])]} {words[-1]}"
        return super().indicator(text)
