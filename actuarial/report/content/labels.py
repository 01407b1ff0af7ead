"""Words for variables, lines of accounts, indicators and units."""

import re

from actuarial.report.content.names import name_of
from actuarial.translation import N_, Language
from actuarial.vocabulary import variable

LINES = {
    "insurable_earnings": N_("Insurable earnings"),
    "average_contributors": N_("Average contributors"),
    "contributions": N_("Contributions"),
    "state_income": N_("Income from the State"),
    "other_income": N_("Other income"),
    "investment_income": N_("Investment income"),
    "administration": N_("Cost of administration"),
    "reserve": N_("Reserve"),
}
BY_BENEFIT = {
    "expenditure": N_("Expenditure: {benefit}"),
    "number": N_("Number: {benefit}"),
    "new_awards": N_("New awards: {benefit}"),
}
INDICATORS = {
    "general_average_premium": N_("General average premium"),
    "general_average_premium_net": N_("General average premium net of other income"),
    "payg_cost_rate": N_("Pay-as-you-go cost rate"),
    "reserve_ratio": N_("Reserve over outgo of the year"),
    "year_reserve_exhausted": N_("Reserve is used up in"),
    "contribution_rate": N_("Contribution rate"),
    "payg_rate_with_reserve": N_("Cost rate with the reserve of the law"),
    "reserve_months": N_("Reserve less claims outstanding, in months of benefits"),
}
LEVEL = "level_rate"


def variable_word(say: Language, name: str) -> str:
    """What a variable of the vocabulary is, up to its first clause and without a bracket that this would leave open."""
    text = re.split(r"\s*[;:]", say(variable(name).meaning))[0]
    return text if text.count("(") == text.count(")") else text.rpartition("(")[0].strip()


def account_word(say: Language, line: str) -> str:
    """Words of a line of accounts."""
    kind, _, benefit = line.partition(":")
    if benefit and kind in BY_BENEFIT:
        return say(BY_BENEFIT[kind], benefit=name_of(say, benefit))
    return say(LINES[line]) if line in LINES else line.replace("_", " ")


def indicator_word(say: Language, name: str) -> str:
    """Words of an indicator, with the year that its name may end with; of a level rate with its horizon."""
    word, _, year = name.partition(" ")
    if word == LEVEL:
        return say("Level rate over {years} years", years=year)
    if word not in INDICATORS:
        return name.replace("_", " ")
    return f"{say(INDICATORS[word])} {year}".strip()
