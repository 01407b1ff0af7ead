"""Labour market and insured population."""

from actuarial.labour.density_classes import class_densities, density_classes
from actuarial.labour.group_policy import split_group
from actuarial.labour.opening_credits import credits_from_margins, with_credits

__all__ = ["class_densities", "credits_from_margins", "density_classes", "split_group", "with_credits"]
