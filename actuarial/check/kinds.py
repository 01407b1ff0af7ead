"""Which stage a Dataset comes from, so that one in the place of another is refused as such."""

from collections.abc import Sequence
from typing import Any

from actuarial.vocabulary import INPUTS, variable, variables

STAGES = {
    "demography": ("a population", "project_population(basis)"),
    "insured": ("insured persons", "project_insured(population, basis, scheme)"),
    "pension": ("pensions", "project_pensions(insured, basis, scheme)"),
    "finance": ("finances", "project_finance(insured, pensions, basis, scheme)"),
    "valuation": ("a valuation", "project(basis, scheme)"),
    "health": ("a health projection", "project_health(basis, scheme)"),
    "basis": ("a basis", "open_basis(path)"),
}
"""What a Dataset with variables of a role is, in the order of the stages, and what makes it."""
SAME = {"health_basis": "basis", "labour": "insured"}
LEAST, SHARE, SHOWN = 2, 0.6, 3


def wrong_kind(dataset: Any, names: Sequence[str], absent: Sequence[str]) -> str | None:
    """What to say of a Dataset of another stage than the one whose variables are needed; None where it is no such.

    It is one where most of what is needed is absent and it has variables of another stage, or is a basis.
    """
    if len(absent) < min(LEAST, len(names)) or len(absent) < SHARE * len(names):
        return None
    wanted, given = _wanted(absent), _kind(dataset)
    if wanted not in STAGES or given is None or given == wanted:
        return None
    more = f" and {len(absent) - SHOWN} more" if len(absent) > SHOWN else ""
    what, maker = STAGES[wanted]
    return (
        f"This is {STAGES[given][0]}, and {what} {'is' if what.startswith('a ') else 'are'} needed: it lacks "
        f"{', '.join(absent[:SHOWN])}{more}.\n  Give what {maker} answers, and the arguments in their order."
    )


def _wanted(absent: Sequence[str]) -> str:
    """The stage that gives what is absent; the whole projection where several do."""
    roles = dict.fromkeys(map(_role, absent))
    made = [role for role in roles if role not in INPUTS]
    return "valuation" if len(made) > 1 else (made or list(roles))[0]


def _role(name: str) -> str:
    role = variable(name).role
    return SAME.get(role, role)


def _kind(dataset: Any) -> str | None:
    """The last stage whose variables a Dataset has, a basis where all are inputs; None where none is known."""
    known = variables()
    roles = {_role(str(name)) for name in dataset.data_vars if str(name) in known}
    if roles <= {"basis"}:
        return "basis" if roles else None
    return next((role for role in reversed(STAGES) if role in roles and role not in INPUTS), None)
