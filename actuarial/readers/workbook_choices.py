"""Attributes of a basis that are one of a few words."""

from actuarial.check.attributes import CONCEPTS
from actuarial.demography.a0 import A0_RULES

CHOICES: dict[str, tuple[str, ...]] = {"coverage_concept": CONCEPTS, "a0_rule": tuple(A0_RULES)}
