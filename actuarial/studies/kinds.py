"""Which studies are of pension schemes alone, and what there is for health schemes instead."""

from typing import Any

from actuarial.errors import BadInput
from actuarial.health.groups import Insured, Pensioners
from actuarial.health.scheme import HealthScheme

INSTEAD = {
    "sensitivity": "studies.health_sensitivity values single changes of assumptions and of the law beside the base",
    "liabilities": "in the result of project_health, what is owed are claims_outstanding, what should be held is the "
    "contingency_reserve, and the level_rate pays for all years",
    "balance_sheet": "the result of project_health has claims_outstanding, contingency_reserve and reserve",
    "new_entrants_premium": "cost_per_member and contribution_per_member of project_health are by group and year",
    "reconcile": "compare puts the results of two runs side by side, and "
    "valuation.health_growth.decompose_health_expenditure tells what makes expenditure grow",
    "differences": "compare puts the results of two runs side by side",
    "roll_forward": "carry the stocks and accounts of the basis to the later date",
    "reforms": "project_health each law, scheme.amend makes them; compare puts the results side by side",
    "replacement_rates": "cash_expenditure of project_health is by benefit and group",
}
"""What answers for a health scheme, by study."""


def pensions_only(study: str, *schemes: Any) -> None:
    """BadInput where a study of pension schemes is given a health scheme; it says what to use instead."""
    for scheme in schemes:
        if isinstance(scheme, HealthScheme):
            raise BadInput(
                f"{study}: {scheme.name!r} is a health scheme, and {study} is of pension schemes.\n"
                f"  For health schemes: {INSTEAD[study]}. solve (with run=) finds rates and other parameters."
            )


def pensions_known(scheme: Any) -> None:
    """BadInput where trials would project a health scheme whose members or contributions are those of pensions."""
    of_members = any(isinstance(group, (Insured, Pensioners)) for group in scheme.groups)
    if of_members or any(line.base == "pension" for line in scheme.contributions):
        raise BadInput(
            f"solve: members or contributions of {scheme.name!r} are those of a pension scheme, which trials do not "
            "know.\n  Give run=, which projects in every trial:\n"
            "    run=lambda basis, scheme: project_health(basis, scheme, pension_scheme=law)\n"
            "  or, where only the health scheme changes, with known = project(basis, law) made once:\n"
            "    run=lambda basis, scheme: project_health(basis, scheme, insured=known, pensions=known, "
            "population=known)"
        )
