"""Standards: Convention No. 102 and the instruments after it, article by article, as figures beside figures."""

from actuarial.standards.accepting import (
    acceptance,
    accepted_parts,
    open_clause,
    ratification,
    voluntary_insurance,
)
from actuarial.standards.accounts import account_contribution, account_rate
from actuarial.standards.age import pensionable_age
from actuarial.standards.all_active import reduced_universal, universal_level, universal_period
from actuarial.standards.assessment import Assessment, assess
from actuarial.standards.ceilings import ceiling, least_ceiling
from actuarial.standards.declared import Declared
from actuarial.standards.facts import Care, Facts, Findings, Wages, facts_of, read_facts
from actuarial.standards.family import family_benefits
from actuarial.standards.financing import Resources, actuarial_studies, employees_share
from actuarial.standards.lasting import after_birth, care_after_leaving, days_per_person, duration, waiting
from actuarial.standards.means import Means, decency, means_aggregate, means_tested, means_tested_benefit
from actuarial.standards.parameters import (
    PARTS,
    ages,
    durations,
    exceptions,
    instruments,
    levels,
    persons,
    qualifying,
    subject,
)
from actuarial.standards.periods import (
    career_level,
    graded_level,
    period_at_lowest_age,
    qualifying_period,
    reduced_right,
    required_rate,
    transitional,
)
from actuarial.standards.protected import Counts, persons_protected
from actuarial.standards.replacement import Allowances, level, replacement_rate, varying_level
from actuarial.standards.residents import Residents, by_means
from actuarial.standards.reviews import review, review_due
from actuarial.standards.shares import actuarial_equivalent, lump_sum, partial_benefit, partial_loss, survivors_benefit
from actuarial.standards.totals import Totalised, pro_rata, totalised
from actuarial.standards.verdicts import LABELS, Message, Verdict, all_of, any_of, leaves, message, with_notes
from actuarial.standards.wages import (
    ReferenceWage,
    earnings_above_average,
    earnings_of_three_quarters,
    fitter_wage,
    median_of_regions,
    options,
    typical_skilled_wage,
    typical_unskilled_wage,
    unskilled_machinery_wage,
)

__all__ = [
    "LABELS",
    "PARTS",
    "Allowances",
    "Assessment",
    "Care",
    "Counts",
    "Declared",
    "Facts",
    "Findings",
    "Means",
    "Message",
    "ReferenceWage",
    "Residents",
    "Resources",
    "Totalised",
    "Verdict",
    "Wages",
    "acceptance",
    "accepted_parts",
    "account_contribution",
    "account_rate",
    "actuarial_equivalent",
    "actuarial_studies",
    "after_birth",
    "ages",
    "all_of",
    "any_of",
    "assess",
    "by_means",
    "care_after_leaving",
    "career_level",
    "ceiling",
    "days_per_person",
    "decency",
    "duration",
    "durations",
    "earnings_above_average",
    "earnings_of_three_quarters",
    "employees_share",
    "exceptions",
    "facts_of",
    "family_benefits",
    "fitter_wage",
    "graded_level",
    "instruments",
    "least_ceiling",
    "leaves",
    "level",
    "levels",
    "lump_sum",
    "means_aggregate",
    "means_tested",
    "means_tested_benefit",
    "median_of_regions",
    "message",
    "open_clause",
    "options",
    "partial_benefit",
    "partial_loss",
    "pensionable_age",
    "period_at_lowest_age",
    "persons",
    "persons_protected",
    "pro_rata",
    "qualifying",
    "qualifying_period",
    "ratification",
    "read_facts",
    "reduced_right",
    "reduced_universal",
    "replacement_rate",
    "required_rate",
    "review",
    "review_due",
    "subject",
    "survivors_benefit",
    "totalised",
    "transitional",
    "typical_skilled_wage",
    "typical_unskilled_wage",
    "universal_level",
    "universal_period",
    "unskilled_machinery_wage",
    "varying_level",
    "voluntary_insurance",
    "waiting",
    "with_notes",
]
