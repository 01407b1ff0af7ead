"""The closed group in modelx: cells of t, each a vector over model points, as the models of lifelib are written."""

from collections.abc import Callable, Mapping
from inspect import getmembers, isfunction

import formulas
import modelx
import numpy as np

from benchmarks.peers.model_points import model_points
from benchmarks.peers.protocol import serve

TOTALS = (
    "members", "payroll", "awards", "retired", "invalid", "widows", "paid_old_age", "paid_invalidity", "paid_widows",
)  # fmt: skip


def points(told: Mapping[str, np.ndarray]) -> Callable[[], np.ndarray]:
    """Totals (year, output); every run begins with empty cells."""
    space = modelx.new_model("closed_group").new_space("members")
    for name, function in getmembers(formulas, isfunction):
        space.new_cells(name, formula=function)
    space.np = np
    for name, value in model_points(told).items():
        setattr(space, name, value)
    years = len(told["growth"])

    def run() -> np.ndarray:
        space.clear_all()
        found = np.zeros((years, 10))
        for t in range(1, years + 1):
            totals = [space.cells[name](t).sum() for name in TOTALS]
            found[t - 1, 0], found[t - 1, 2:] = totals[0], totals[1:]
        return found

    return run


if __name__ == "__main__":
    serve({"points": points}, "modelx", "numpy")
