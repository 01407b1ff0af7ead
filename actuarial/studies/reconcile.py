"""Reconciliation with the previous valuation: what each change of inputs contributes to the change of a quantity."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from actuarial.errors import BadInput
from actuarial.studies.alignment import Aligned, aligned, side
from actuarial.studies.causes import STANDARD, inputs_of
from actuarial.studies.kinds import pensions_only
from actuarial.studies.lattice import (
    Lattice,
    Quantity,
    items,
    number_of,
    projected,
    standard_quantities,
    units_of,
    valued,
)
from actuarial.translation import N_, Told
from actuarial.vocabulary import annotate

METHODS = {
    "sequential": ("reconciliation",),
    "shapley": ("reconciliation_shapley",),
    "both": ("reconciliation", "reconciliation_shapley"),
}
HORIZONS = ("same_end", "same_length")
LIBRARY, ROLLED, STATE = "change of the library", "roll-forward of the valuation date", "state not carried forward"
UNEXPLAINED = "unexplained"
MOST = 8
"""Steps that the Shapley value may have: it takes two to the power of their number of projections."""


def reconcile(
    previous: Any,
    current: Any,
    steps: Mapping[str, str | Iterable[str]] | None = None,
    *,
    quantities: Mapping[str, Quantity] | None = None,
    method: str = "sequential",
    horizon: str = "same_end",
    service: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> xr.Dataset:
    """Explain the change of a valuation's results since the previous valuation, input by input.

    Parameters
    ----------
    previous, current : runs with `result`, `basis` and `scheme`
        As `open_run` gives them back. The current one may have a later valuation date.
    steps : mapping of name to names of inputs, optional
        What each step takes over from the current run: variables of the basis ("mx"), its attributes
        ("coverage_concept", "a0_rule"), options ("service_grid", "migration_timing"), paths of the scheme
        ("old_age.formula.accrual", "employees", "scheme" for all of it), or a category: "data", "methodology",
        "demographic", "economic", "behavioural", "provisions" (all inputs of it that differ). By default these six.
    quantities : mapping of name to function of a result, optional
        Each function takes the result of a run and gives one number. By default `standard_quantities`.
    method : "sequential", "shapley" or "both"
        Sequential contributions depend on the order of the steps; those of Shapley are the means over all orders.
    horizon : "same_end" or "same_length"
        Where the valuation date moves: premiums of the previous run up to the last year that both have, or over as many
        years as those of the current one. Years that only one of the runs has are left out.
    service : "months" or "years", optional
        Grid of past credit of all projections instead of that of the runs; both are then projected again, and the
        attribute `grid` tells by how much their results move.
    progress : function of a sentence, optional
        Called before each projection.

    Returns
    -------
    Dataset by quantity and cause
        `reconciliation` (sequential), `reconciliation_shapley`, or both; by quantity `reconciled_previous`,
        `reconciled_current` (values of the two runs) and the coordinate `quantity_units`. A contribution is NaN where
        the quantity is missing in one of the runs compared; the attribute `missing` says which. Other attributes: the
        periods valued, the versions of the library that made the runs, the inputs of every step, what differs and
        belongs to no step (`undeclared`).

    Raises
    ------
    BadInput
        Runs that cannot be compared, an input named twice, unknown words, more than eight steps of a Shapley value.
    ActuarialError
        What a projection with some of the changes refuses.

    Notes
    -----
    With Y_k the quantity of a whole projection from the previous inputs of which those of the steps 1 to k are the
    current ones, the contribution is Y_k - Y_{k-1} [1]_. Before the steps come what this library gives for the previous
    inputs less what was stored then (`change of the library`) and, where the valuation date moves, the later years of
    the previous projection valued on the new date less the previous value (`roll-forward of the valuation date`) and
    what a basis of that date cannot hold (`state not carried forward`, see `roll_forward`). After them comes the
    current value less Y_n (`unexplained`): the effect of what differs and was not declared. The lines sum to the whole
    change. The Shapley contribution of a step is the mean of what it adds to all sets S of the n others [2]_::

        phi_k = sum over S of |S|! (n-|S|-1)!/n! [Y(S and k) - Y(S)]

    A step whose inputs do not differ contributes 0.

    References
    ----------
    .. [1] International Social Security Association and International Labour Office (2016), Guidelines on actuarial
       work for social security, guideline 7 (reconciliation with the previous valuation).
    .. [2] Shapley, L. S. (1953), A value for n-person games, Contributions to the theory of games II, Princeton
       University Press, 307-317.

    Examples
    --------
    found = reconcile(open_run("2022"), open_run("2025"), {"mortality": ["mx"], "reform": ["old_age"]})
    found.reconciliation.sel(quantity="general_average_premium").to_series()
    """
    _check_words(method, horizon)
    tell = progress or (lambda sentence: None)
    pensions_only("reconcile", *(getattr(run, "scheme", None) for run in (previous, current)))
    both = aligned(side(previous, "previous", service), side(current, "current", service))
    chosen = inputs_of(STANDARD if steps is None else steps, both)
    _check_steps(chosen, method)
    wanted = standard_quantities(both.first, both.last) if quantities is None else dict(quantities)
    lattice = Lattice(both, chosen, wanted, tell)
    stored = [previous.result, current.result]
    again = service is not None and any(service != result.attrs.get("service_grid") for result in stored)
    used = stored
    if again:
        text = N_("the {word} run on the grid of {service}")
        named = ((both.whole, "previous"), (both.current, "current"))
        used = [projected(one, Told(text, word=word, service=service), tell) for one, word in named]
    lines, old, new = _outer_lines(both, lattice, used, horizon, again)
    tables = {name: _table(lines, items(name, lattice), new) for name in METHODS[method]}
    told = _said(both, lattice, horizon) | (_grid(lattice, stored, used) if again else {})
    made = [str(result.attrs.get("library_version", "unknown")) for result in stored]
    return _labelled(tables, lattice, old, new).assign_attrs(told, library_previous=made[0], library_current=made[1])


def _check_words(method: str, horizon: str) -> None:
    if method not in METHODS:
        raise BadInput(f"method: {method!r} is not known; write one of {', '.join(map(repr, METHODS))}.")
    if horizon not in HORIZONS:
        raise BadInput(f"horizon: {horizon!r} is not known; write one of {', '.join(map(repr, HORIZONS))}.")


def _check_steps(steps: Mapping[str, list[str]], method: str) -> None:
    count = len(steps)
    if method != "sequential" and count > MOST:
        raise BadInput(
            f"steps: the Shapley value of {count} steps takes 2^{count} = {2**count} projections; at most {MOST} steps "
            '(256 projections) are allowed.\n  Join some of them, or ask for method="sequential".'
        )
    reserved = [name for name in steps if name in (LIBRARY, ROLLED, STATE, UNEXPLAINED)]
    if reserved:
        raise BadInput(f"steps: {reserved[0]!r} is a line of its own; give the step another name.")


def _outer_lines(
    both: Aligned, lattice: Lattice, stored: list[xr.Dataset], horizon: str, fresh: bool
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Lines before the steps, and the values of the two runs."""
    begin, end = _period(both, horizon)
    old = lattice.measured(valued(stored[0], begin, both.last, end), "the previous run")
    new = lattice.measured(valued(stored[1], both.first, both.last), "the current run")
    if not both.moved:
        return {LIBRARY: lattice.values() - old}, old, new
    again = stored[0] if fresh else projected(both.whole, Told("the inputs of the previous run"), lattice.tell)
    repeated = lattice.measured(valued(again, begin, both.last, end), "the inputs of the previous run")
    tail = lattice.measured(valued(again, both.first, both.last), "the previous run on the new date")
    return {LIBRARY: repeated - old, ROLLED: tail - repeated, STATE: lattice.values() - tail}, old, new


def _period(both: Aligned, horizon: str) -> tuple[int, int]:
    """Years over which the previous run is valued."""
    begin = int(both.whole.basis["year"][0])
    return begin, both.last if horizon == "same_end" else begin + both.last - both.first


def _table(
    lines: dict[str, np.ndarray], items: tuple[dict[str, np.ndarray], np.ndarray], new: np.ndarray
) -> dict[str, np.ndarray]:
    steps, reached = items
    return {**lines, **steps, UNEXPLAINED: new - reached}


def _labelled(
    tables: dict[str, dict[str, np.ndarray]], lattice: Lattice, old: np.ndarray, new: np.ndarray
) -> xr.Dataset:
    names = list(lattice.quantities)
    causes = list(next(iter(tables.values())))
    data: dict[str, Any] = {
        name: (("quantity", "cause"), np.stack([table[cause] for cause in causes], axis=1))
        for name, table in tables.items()
    }
    data |= {"reconciled_previous": ("quantity", old), "reconciled_current": ("quantity", new)}
    coords = {"quantity": names, "cause": causes, "quantity_units": ("quantity", [units_of(name) for name in names])}
    return annotate(xr.Dataset(data, coords))


def _said(both: Aligned, lattice: Lattice, horizon: str) -> dict[str, str]:
    """What the table means, as attributes."""
    begin, end = _period(both, horizon)
    attrs = {
        "period_previous": f"{begin}-{end}",
        "period_current": f"{both.first}-{both.last}",
        "horizon": horizon,
        "valuation_date_previous": str(both.whole.basis.attrs.get("valuation_date", "")),
        "valuation_date_current": str(both.current.basis.attrs.get("valuation_date", "")),
        "steps": "\n".join(f"{step}: {', '.join(names) or 'nothing'}" for step, names in lattice.steps.items()),
        "undeclared": ", ".join(lattice.undeclared),
        "projections": str(len(lattice.known)),
        "missing": "\n".join(f"{name}: missing in {'; '.join(where)}" for name, where in lattice.missing.items()),
    }
    if both.moved:
        attrs["not_carried"] = str(both.previous.basis.attrs.get("not_carried", ""))
    return attrs


def _grid(lattice: Lattice, stored: list[xr.Dataset], used: list[xr.Dataset]) -> dict[str, str]:
    """What another grid of past credit does to the two runs."""
    lines = []
    for word, before, after in zip(("previous", "current"), stored, used, strict=True):
        years = [int(after["year"][place]) for place in (0, -1)]
        for name, of in lattice.quantities.items():
            old, new = (number_of(name, of, valued(result, *years)) for result in (before, after))
            lines.append(f"{name} of the {word} run: {old:.6g} as stored, {new:.6g} projected again")
    return {"grid": "\n".join(lines)}
