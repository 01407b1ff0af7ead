"""Further warnings of the checks, about assumptions, laws and accounts, and what a report says instead of them."""

from typing import NamedTuple

from actuarial.translation import N_


class Known(NamedTuple):
    """The text of a check with places for what it tells, and what the report says instead."""

    source: str
    text: str


SUBJECTS = {
    "density at ages 20 to 59": N_("Density of contribution at ages 20 to 59"),
    "coverage, all groups together": N_("Coverage of all groups together"),
    "exit_rate at ages 25 to 50": N_("Rate of exit at ages 25 to 50"),
    "invalidity_rate at age 50": N_("Rate of invalidity at age 50"),
    "earnings_cv at ages 20 to 59": N_("Coefficient of variation of earnings at ages 20 to 59"),
    "married_share of men at age 50": N_("Share of married men at age 50"),
    "real growth of wages": N_("Real growth of wages"),
    "real interest less real growth of wages": N_("Real interest less real growth of wages"),
    "average pension over average earnings": N_("Average pension over average earnings"),
    "administration over contributions in the accounts": N_("Administration over contributions in the accounts"),
    "active_0 over coverage of the first year times the employed of the valuation date": N_(
        "Active insured of the valuation date over coverage times the employed"
    ),
}
"""What is judged as unusual and is no variable of the vocabulary."""
UNUSUAL = tuple(Known(f"{subject}: {{value}} is unusual; usual is {{usual}}.", subject) for subject in SUBJECTS)
FURTHER = (
    Known(
        "mx: the death rate of women exceeds that of men in {aged_cells}; {exchanged}",
        N_("The death rate of women exceeds that of men in {aged_cells}; are the sexes exchanged?"),
    ),
    Known(
        "population_0: {people}; usual are more {which}: {exchanged}",
        N_("Population of the valuation date: {people}; are the sexes exchanged?"),
    ),
    Known(
        "{variable}: {number} persons are younger than 15; usual is none.",
        N_("{variable}: {number} persons are younger than 15; usual is none."),
    ),
    Known(
        "{variable}: {number} persons have more credit than the months since age 14; usual is none.",
        N_("{variable}: {number} persons have more credit than the months since age 14; usual is none."),
    ),
    Known(
        "calibration: the accounts by group sum to {groups}, those by service to {total} ({difference}%){where}; those "
        "by group are multiplied by {factor}.",
        N_(
            "The accounts by group sum to {groups}, those by service to {total} ({difference} %); those by group are "
            "multiplied by {factor}."
        ),
    ),
    Known(
        "{variables}: differ by scenario, but all scenarios have the same accounts of the base year, to which unit "
        "costs are carried, so that only proportions are left; for another level of prices or use give {instead}.",
        N_(
            "What differs by scenario in the base year ({variables}) is carried to the same accounts in all scenarios, "
            "so that only its proportions are left."
        ),
    ),
    Known(
        "{field}: {number} is unusual; usual is 10 to 30, the years for which a pension is paid on average{months}.",
        N_("{field}: {number} is unusual; usual is 10 to 30, the years for which a pension is paid on average."),
    ),
    Known(
        "{field}: is stated by calendar year for {stated_years}, long before {first}, so that one value holds in all "
        "projected years; are these years of birth? Then write {instead}.",
        N_(
            "{field}: is stated by calendar year for {stated_years}, long before {first}, so that one value holds in "
            "all projected years; are these years of birth?"
        ),
    ),
    Known(
        "{benefit}: is drawn together with {other_benefit} or never, and {share} of those who start {same} lose it: "
        "they start at {ages}, before the age of {again}. Give it the ages of {instead}.",
        N_(
            "{benefit}: is drawn together with {other_benefit} or never, and {share} of those who start this lose it, "
            "since they start before its age."
        ),
    ),
    Known(
        "pension_cv is absent for {benefit}: the pensions of a sex and age are taken to be all the same, though the "
        "law adjusts slices of them apart.",
        N_(
            "{benefit}: the pensions of a sex and age are taken to be all the same, though the law adjusts slices of "
            "them apart."
        ),
    ),
    Known(
        "pension_cv is absent for {benefit}: {other_benefit} takes the pensions of the valuation date of a sex and "
        "age, and awards of several amounts, to be all the same, {instead}",
        N_(
            "{benefit}: {other_benefit} takes the pensions of the valuation date of a sex and age, and awards of "
            "several amounts, to be all the same, so that none or all of them lie below the minimum."
        ),
    ),
    Known(
        "account {account}: no opening balances (account_0); balances on the valuation date are those of careers "
        "without a gap that were taken back with past rates and the growth of wages.",
        N_(
            "{account}: no opening balances are given; those of the valuation date are those of careers without a gap "
            "that were taken back with past rates and the growth of wages."
        ),
    ),
    Known(
        "account_0: no benefit of the scheme reads an account {account}; its balances are not used. Rename or drop it.",
        N_("{account}: no benefit of the scheme reads this account; its balances are not used."),
    ),
    Known(
        "{field}: is first stated for {year}, and that value is used from {first} on; state the value for {same} if "
        "it was another.",
        N_("{field}: is first stated for {year}, and that value is used from {first} on."),
    ),
    Known(
        "audited_accounts of {stated_years}: the scheme has no such benefits, so the lines are not shown: {unknown}.",
        N_(
            "Audited accounts of {stated_years}: the scheme has no such benefits, so the lines are not shown: "
            "{unknown}."
        ),
    ),
    Known(
        "observed_awards: the scheme has no such benefits, so nothing is compared: {unknown}.",
        N_("Observed awards: the scheme has no such benefits, so nothing is compared: {unknown}."),
    ),
    Known(
        "audited_accounts: the reserves imply returns more than {points} points away from those assumed: {returns}; "
        "look at the accounts of these years.",
        N_(
            "The reserves of audited years imply returns more than {points} points away from those assumed: {returns}."
        ),
    ),
    Known(
        "reserve_ratio_0: {stated}, but reserve_0 is {implied} times the outgo of {year}; the law looks back at the "
        "former. {instead}",
        N_(
            "The reserve ratio before the projection is {stated}, but the reserve is {implied} times the outgo of "
            "{year}; the law looks back at the former."
        ),
    ),
    Known(
        "gdp_0 is absent: the growth of the product of the second projected year is used for the first and before.",
        N_(
            "The product of the base year is not given; its growth in the second projected year is used for the first "
            "and before."
        ),
    ),
)
"""Messages in the order in which they are tried, after those of `warning_words`."""
