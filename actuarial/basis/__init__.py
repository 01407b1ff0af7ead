"""The basis: its scenarios, and how it is saved."""

from actuarial.basis.overlays import scenarios
from actuarial.basis.saving import save_basis

__all__ = ["save_basis", "scenarios"]
