"""Checks: variables against the vocabulary, accounting identities of every run, plausibility of the assumptions."""

from actuarial.check.identities import identity
from actuarial.check.variables import check_past, check_variable, check_variables, require
from actuarial.vocabulary import variable

__all__ = ["check_past", "check_variable", "check_variables", "identity", "require", "variable"]
