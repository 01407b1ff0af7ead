"""Members of the closed group as model points, for peers that follow these: one for each sex, age and service."""

from collections.abc import Mapping
from typing import Any

import numpy as np


def model_points(told: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Model points and the tables that their variables look up, by name."""
    sex, place, service = np.nonzero(told["active_0"])
    first, last = int(told["youngest"]), told["stays"].shape[2] - 1
    dying, falling = -np.log1p(-told["deaths"]), -np.log1p(-told["invalidity"])
    leaving = -np.expm1(-(dying + falling))
    return {
        "sex": sex,
        "age_0": place + first,
        "service_0": service,
        "members_0": told["active_0"][sex, place, service],
        "youngest": first,
        "oldest": first + told["active_0"].shape[1] - 1,
        "last_age": last,
        "most_service": told["claim"].shape[-1] - 1,
        "spouse_gap": told["gap"][sex],
        "death_rate": leaving * dying / (dying + falling),
        "invalidity_rate": leaving * falling / (dying + falling),
        "claim_share": halfway(told["claim"]),
        "pension_rate": halfway(told["claim"] * told["rate"]),
        "earnings": told["level"],
        "salary": told["salary"],
        "survival": told["stays"],
        "half_year_loss": told["half"],
        "increase": told["growth"],
        "early_part": float(told["early"]),
        "married": told["married"],
        "survivor_share": float(told["share"]),
    }


def halfway(rows: np.ndarray) -> np.ndarray:
    """A function of service half a year later: half of the members are credited with a year, half with none."""
    return 0.5 * (rows + np.concatenate([rows[..., 1:], rows[..., -1:]], axis=-1))
