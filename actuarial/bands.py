"""Rates that depend on the length of service."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from actuarial.errors import BadInput


@dataclass(frozen=True)
class ByService:
    """Rates of an account by length of service: in order, service (years) above which each holds, and the rate.

    A month has the rate of the service completed before it; nothing is credited up to the first number of years. As for
    every account, service is the months credited, those before a break included.
    """

    bands: tuple[tuple[float, Any], ...]

    @property
    def spans(self) -> tuple[tuple[float, float, Any], ...]:
        """Service (years) above which and up to which each rate holds, and the rate."""
        ends = (*(above for above, _ in self.bands[1:]), math.inf)
        return tuple((above, below, rate) for (above, rate), below in zip(self.bands, ends, strict=True))

    def evaluate(self, person: Any) -> float:
        """A rate for a person there is not: it depends on the service of each month."""
        raise BadInput("the rate of an account by length of service is not one number; ask for its spans.")


def years_between(service: Any, above: float, below: float) -> Any:
    """Years of service that lie in a band of it (years, of one person or of several)."""
    return np.clip(service, above, below) - above
