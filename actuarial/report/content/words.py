"""Words of studies: changes of the catalogue, items of the balance sheet, causes of a reconciliation."""

from actuarial.translation import N_

CHANGES = (
    N_("Mortality 10% lower"),
    N_("Mortality 10% higher"),
    N_("Mortality falls half as fast"),
    N_("Mortality falls one and a half times as fast"),
    N_("Fertility 0.2 children lower"),
    N_("Fertility 0.2 children higher"),
    N_("No net migration"),
    N_("Net migration doubled"),
    N_("Real growth of wages 0.5 points lower"),
    N_("Real growth of wages 0.5 points higher"),
    N_("Interest 1 percentage point lower"),
    N_("Interest 1 percentage point higher"),
    N_("Inflation 1 point lower, real wages and interest the same"),
    N_("Inflation 1 point higher, real wages and interest the same"),
    N_("Inflation alone 1 point lower, nominal wages and interest the same"),
    N_("Inflation alone 1 point higher, nominal wages and interest the same"),
    N_("Coverage rises (or falls) 10% less"),
    N_("Coverage stays at that of the first year"),
    N_("Density of contributions 5 points lower"),
    N_("Density of contributions 5 points higher"),
    N_("Incidence of invalidity 20% lower"),
    N_("Incidence of invalidity 20% higher"),
    N_("Retirement one year later"),
    N_("Pensions follow prices"),
    N_("Pensions follow wages"),
    N_("Cost of administration 10% lower"),
    N_("Cost of administration 10% higher"),
    N_("The State pays nothing"),
    N_("The State pays half"),
    N_("Unemployment 5 points higher for 3 years, fading over 5"),
    N_("Reserve on the valuation date 20% lower"),
    N_("Mortality from age 65 on 20% lower and falling 1.5 times as fast"),
    N_("Mortality of the first year 50% higher"),
    N_("Adverse: mortality -10%, fertility -0.2 children, interest -1 pt, invalidity +20%, administration +10%"),
    N_("Favourable: mortality +10%, fertility +0.2 children, interest +1 pt, invalidity -20%, administration -10%"),
)
"""Words of the changes of the catalogue of sensitivities."""

ITEMS = {
    "reserve": N_("Reserve"),
    "contributions_present": N_("Contributions of present participants"),
    "contributions_future": N_("Contributions of future participants"),
    "contributions_common": N_("Fixed contributions"),
    "state_income": N_("Income from the State"),
    "other_income": N_("Other income"),
    "total_assets": N_("Total assets"),
    "benefits_pensioners": N_("Benefits of pensioners"),
    "benefits_present_members": N_("Benefits of present members"),
    "benefits_future_entrants": N_("Benefits of future entrants"),
    "administration": N_("Cost of administration"),
    "target_reserve": N_("Reserve wanted at the end"),
    "total_obligations": N_("Total obligations"),
    "deficit": N_("Deficit"),
}

CAUSES = {
    "change of the library": N_("Change of the calculation program"),
    "roll-forward of the valuation date": N_("Later valuation date"),
    "state not carried forward": N_("State that cannot be carried forward"),
    "unexplained": N_("Not explained"),
    "data and experience": N_("Data and experience"),
    "methodology": N_("Methodology"),
    "demographic assumptions": N_("Demographic assumptions"),
    "economic assumptions": N_("Economic assumptions"),
    "behaviour of members": N_("Behaviour of members"),
    "provisions of the law": N_("Provisions of the law"),
}

RUNS = {"current law": N_("Present law")}
