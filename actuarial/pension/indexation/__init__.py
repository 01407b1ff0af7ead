"""How pensions in payment, and balances of accounts, are adjusted from year to year."""

from actuarial.pension.indexation.balancing import Balanced, Balancing
from actuarial.pension.indexation.conditions import Alternative, OnlyIf
from actuarial.pension.indexation.growth import Mix
from actuarial.pension.indexation.rule import Band, Indexation, IndexationRule

__all__ = ["Alternative", "Balanced", "Balancing", "Band", "Indexation", "IndexationRule", "Mix", "OnlyIf"]
