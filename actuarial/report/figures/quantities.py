"""Results that studies look at, and parameters that they change: their words and how they are shown."""

from typing import Any

from actuarial.report.figures import measure
from actuarial.translation import N_, Language, inside

QUANTITIES = {
    "general_average_premium": N_("General average premium"),
    "general_average_premium_net": N_("General average premium net of other income"),
    "payg_cost_rate": N_("Pay-as-you-go cost rate"),
    "reserve_ratio": N_("Reserve over outgo of the year"),
    "year_reserve_exhausted": N_("Year in which the reserve is used up"),
    "contribution_rate": N_("Contribution rate"),
    "payg_rate_with_reserve": N_("Cost rate with the reserve of the law"),
}
PARAMETERS = {
    "mortality": N_("Mortality"),
    "improvement": N_("Fall of mortality"),
    "fertility": N_("Fertility"),
    "migration": N_("Net migration"),
    "real_wages": N_("Real growth of wages"),
    "interest": N_("Interest"),
    "inflation": N_("Inflation, real rates the same"),
    "inflation_alone": N_("Inflation alone"),
    "coverage": N_("Coverage"),
    "density": N_("Density of contributions"),
    "invalidity": N_("Incidence of invalidity"),
    "retirement_age": N_("Retirement age"),
    "indexation": N_("Adjustment of pensions"),
    "administration": N_("Cost of administration"),
    "state_income": N_("Income from the State"),
    "unemployment_shock": N_("Unemployment for some years"),
    "longevity_tail": N_("Longer lives from age 65 on"),
    "mortality_shock": N_("Mortality of the first year"),
    "assets": N_("Reserve on the valuation date"),
    "combined": N_("Adverse and favourable together"),
    "use": N_("Use of services"),
    "use_growth": N_("Growth of use"),
    "unit_cost": N_("Cost of a contact"),
    "excess_inflation": N_("Growth of unit costs"),
    "cost_sharing": N_("Coinsurance, copayments and deductibles"),
    "collected": N_("Contributions collected"),
    "epidemic": N_("Use in the first two years"),
}


def quantity_word(say: Language, name: str) -> str:
    """Words of a quantity inside a title, with the year that its name may end with."""
    word, _, year = name.partition(" ")
    if word == "level_rate" and year:
        return inside(say("Level rate over {years} years", years=year))
    if word not in QUANTITIES:
        return name.replace("_", " ")
    return f"{inside(say(QUANTITIES[word]))} {year}".strip()


def parameter_word(say: Language, name: str) -> str:
    """Words of a parameter that a study of sensitivity changes."""
    return say(PARAMETERS[name]) if name in PARAMETERS else name.replace("_", " ").capitalize()


def measure_of(say: Language, quantity: str, units: str) -> measure.Measure:
    """How a quantity of given units is shown."""
    if units in ("fraction", "1/year"):
        return measure.share(2)
    if quantity.startswith("year_"):
        return YearMeasure(1.0, say("year"), 0)
    return measure.outgo(say, 2) if quantity.startswith("reserve_ratio") else measure.plain(say("ratio"), 2)


class YearMeasure(measure.Measure):
    """Calendar years, which have no mark between thousands."""

    def number(self, say: Language, value: float) -> str:
        """The year."""
        return f"{value:.0f}"

    def axis(self, say: Language, axis: Any) -> None:
        """Whole years."""
        from actuarial.report.plots import year_axis

        year_axis(axis)
