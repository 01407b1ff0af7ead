"""The closed group in cashflower: variables of t are numbers of one model point; the points one after the other."""

import contextlib
import io
from collections.abc import Callable, Mapping

import formulas
import numpy as np
import pandas as pd
from cashflower import Model, ModelPointSet, Variable, determine_calculation_order, get_settings

from benchmarks.peers.model_points import model_points
from benchmarks.peers.protocol import serve

TOTALS = [
    "members", "payroll", "awards", "retired", "invalid", "widows", "paid_old_age", "paid_invalidity", "paid_widows",
]  # fmt: skip
OF_POINTS = ("sex", "age_0", "service_0", "members_0", "spouse_gap")


def points(told: Mapping[str, np.ndarray]) -> Callable[[], np.ndarray]:
    """Totals (year, output); its own output about the run is not shown.

    All variables are in the table of results: where some are chosen, it has the numbers of others below their names.
    """
    given, years = model_points(told), len(told["growth"])
    settings = get_settings({"T_MAX_CALCULATION": years, "T_MAX_OUTPUT": years, "MULTIPROCESSING": False})
    main = ModelPointSet(pd.DataFrame({name: given[name] for name in OF_POINTS}), name="main", settings=settings)
    vars(formulas).update(given, main=main)
    variables = [one for one in vars(formulas).values() if isinstance(one, Variable)]
    for one in variables:
        one.result = np.empty(years + 1)
    model = Model(determine_calculation_order(variables, settings), [main], settings)

    def run() -> np.ndarray:
        with contextlib.redirect_stdout(io.StringIO()):
            output, _ = model.run()
        found = np.zeros((years, 10))
        columns = output[TOTALS].to_numpy()[1:]
        found[:, 0], found[:, 2:] = columns[:, 0], columns[:, 1:]
        return found

    return run


if __name__ == "__main__":
    serve({"points": points}, "cashflower", "numpy")
