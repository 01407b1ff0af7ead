"""Assets by class: the opening reserve is what is recognised of them, at book or at market value."""

from typing import Any

import numpy as np

from actuarial.errors import BadBasis
from actuarial.translation import Told

VALUES = ("assets_book_0", "assets_market_0")
EQUAL = 1e-6  # how far the reserve may lie from the sum of the assets, as a share of it


def recognised(basis: Any, name: str) -> Any:
    """Assets of each class without the share that is in dispute."""
    return basis[name] * (1.0 - basis["assets_disputed_0"]) if "assets_disputed_0" in basis else basis[name]


def check_assets(basis: Any) -> None:
    """BadBasis where the opening reserve is not the sum of the recognised assets, or shares have no assets."""
    given = [name for name in VALUES if name in basis]
    if not given:
        if "assets_disputed_0" in basis:
            raise BadBasis(
                Told(
                    "assets_disputed_0: the basis has disputed shares and no assets.\n"
                    "  Give assets_book_0 or assets_market_0 by asset_class."
                )
            )
        return
    sums = {name: recognised(basis, name).sum("asset_class") for name in given}
    if any(np.allclose(total, basis["reserve_0"], rtol=EQUAL, atol=0.0) for total in sums.values()):
        return
    listed = ", ".join(f"{name} {float(np.max(total)):,.0f}" for name, total in sums.items())
    raise BadBasis(
        Told(
            "reserve_0 is {reserve:,.0f}, but the recognised assets sum to another amount: {listed}.\n"
            "  The reserve is the sum over asset_class of the value less its share in "
            "assets_disputed_0, at book or at market value.",
            reserve=float(np.max(basis["reserve_0"])),
            listed=listed,
        )
    )
