"""Two runs brought to the same valuation date, last year and labels, so that inputs of one may stand in the other."""

from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from actuarial.basis.saving import without_idle_labels
from actuarial.errors import BadInput
from actuarial.labour.credits import on_grid
from actuarial.scheme import Scheme
from actuarial.studies.inputs import COMPARED_ONLY, Side
from actuarial.studies.rollforward import PAST, on_past_years, roll_forward, with_benefits
from actuarial.translation import few

STOCKS = ("active_0", "inactive_0", "invalid_0")


class Aligned(NamedTuple):
    """Two sides on the same labels, and the years that are valued.

    `whole` is the previous side as it was, up to the last year; `previous` the same on the date of the current run.
    """

    whole: Side
    previous: Side
    current: Side
    first: int
    last: int
    moved: bool


def side(run: Any, word: str, service: str | None = None) -> Side:
    """Inputs of a run; `service` replaces its grid of past credit.

    Raises
    ------
    BadInput
        No run, one that does not hold its basis or scheme, one with scenarios.
    """
    for name, kind in (("basis", xr.Dataset), ("scheme", Scheme), ("result", xr.Dataset)):
        part = getattr(run, name, None)
        if not isinstance(part, kind):
            raise BadInput(
                f"{word}: the run holds no {name} ({type(part).__name__}); a run has result, basis and scheme.\n"
                "  Open one with open_run(folder); its manifest says why a part was not stored."
            )
    if "scenario" in run.basis.dims or "scenario" in run.result.dims:
        raise BadInput(f"{word}: the run has scenarios; select one in its basis and its result.")
    attrs = run.result.attrs
    return Side(
        without_idle_labels(run.basis.drop_vars(COMPARED_ONLY, errors="ignore")),
        run.scheme,
        service or str(attrs.get("service_grid", "months")),
        str(attrs.get("migration_timing", "end")),
    )


def aligned(previous: Side, current: Side) -> Aligned:
    """Two sides on the valuation date of the current one, up to the last year that both have.

    Raises
    ------
    BadInput
        A current run of an earlier date, other groups, sexes or ages, other days of the year, other currencies.
    """
    for dim in ("group", "sex", "age"):
        before, after = (one.basis[dim].values for one in (previous, current))
        if not np.array_equal(before, after):
            raise BadInput(
                f"{dim}: the two runs have other labels ({few(before)} against {few(after)}), so that no input of "
                "one fits the other.\n  Bring the previous basis to the labels of the current one and project it again."
            )
    if previous.scheme.currency != current.scheme.currency:
        raise BadInput(f"currency: {previous.scheme.currency} against {current.scheme.currency}; convert one basis.")
    first, last = int(current.basis["year"][0]), int(min(one.basis["year"][-1] for one in (previous, current)))
    start = int(previous.basis["year"][0])
    if not start <= first < last:
        raise BadInput(
            f"reconcile: the previous run begins in {start}, the current one in {first}, and both end in {last} at "
            "the earliest.\n  The previous run comes first in time and in the call; the years must overlap."
        )
    whole = previous._replace(basis=previous.basis.sel(year=slice(None, last)))
    earlier = whole
    if first > start:
        options = {"service": previous.service, "migration": previous.migration}
        earlier = whole._replace(basis=roll_forward(whole.basis, whole.scheme, first - 1, **options))
    later = current._replace(basis=current.basis.sel(year=slice(None, last)))
    dates = [one.basis.attrs.get("valuation_date") for one in (earlier, later)]
    if dates[0] != dates[1]:
        raise BadInput(
            f"valuation_date: {dates[0]} against {dates[1]}, two days of one year; the state of one day is not that of "
            "the other.\n  Carry the stocks of one basis to the day of the other."
        )
    bases = _same_labels(earlier.basis, later.basis)
    return Aligned(whole, earlier._replace(basis=bases[0]), later._replace(basis=bases[1]), first, last, first > start)


def _same_labels(*bases: xr.Dataset) -> list[xr.Dataset]:
    """Bases on the same benefits, months of credit and past years; nobody draws a benefit that a basis lacks."""
    names = list(dict.fromkeys(str(name) for basis in bases for name in basis["benefit"].values))
    found = [with_benefits(basis, names).sel(benefit=names) for basis in bases]
    return _same_past(_same_service(found))


def _same_service(bases: list[xr.Dataset]) -> list[xr.Dataset]:
    """Opening stocks by the same months of credit, persons and credits conserved; single months if grids differ."""
    labels = [basis["service"].values for basis in bases]
    if all(np.array_equal(one, labels[0]) for one in labels):
        return bases
    steps = {int(one[1] - one[0]) for one in labels}
    step = steps.pop() if len(steps) == 1 else 1
    cells = max(int(one[-1]) for one in labels) // step + 1
    months = np.arange(cells) * step
    found = []
    for basis in bases:
        there = [name for name in STOCKS if name in basis]
        dims = {name: basis[name].transpose(..., "service").dims for name in there}
        stocks = {name: (dims[name], on_grid(basis[name], step, cells), basis[name].attrs) for name in there}
        found.append(basis.drop_vars([*there, "service"]).assign_coords(service=months).assign(stocks))
    return found


def _same_past(bases: list[xr.Dataset]) -> list[xr.Dataset]:
    """Past paths on the same years: before the earliest known year its value, after the last one the first projected.

    That is how they are read, so nothing changes.
    """
    known = [basis["past_year"].values for basis in bases if "past_year" in basis.dims]
    if all(np.array_equal(one, known[0]) for one in known):
        return bases
    years = sorted({int(year) for one in known for year in one})
    found = []
    for basis in bases:
        paths = {past: _read(basis, name, past, years) for name, past in PAST.items() if past in basis}
        found.append(without_idle_labels(basis.drop_vars(list(paths))).assign(on_past_years(paths)))
    return found


def _read(basis: xr.Dataset, name: str, past: str, years: list[int]) -> xr.DataArray:
    """A past path on other years, as it is read."""
    first = basis[name].sel(year=basis["year"][0], drop=True) if "year" in basis[name].dims else basis[name]
    before = basis[past].sel(past_year=basis["past_year"] < basis["year"].values[0])
    path = before.sortby("past_year").reindex(past_year=years, method="bfill")
    return path.fillna(first).transpose(*basis[past].dims)
