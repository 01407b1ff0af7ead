"""Many scenarios of a health scheme in bounded memory: projected in blocks, of which totals are kept."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import xarray as xr

from actuarial.errors import BadInput
from actuarial.health.scheme import HealthScheme
from actuarial.projection_health import project_health
from actuarial.scheme import Scheme

CELLS = ("service_type", "sex", "age")


def stream_health(
    basis: xr.Dataset,
    scheme: HealthScheme,
    *,
    block: int = 4,
    keep: Sequence[str] | None = None,
    pension_scheme: Scheme | None = None,
    insured: xr.Dataset | None = None,
    pensions: xr.Dataset | None = None,
    population: xr.Dataset | None = None,
    service: str = "months",
    progress: Callable[[str], None] | None = None,
) -> Iterator[xr.Dataset]:
    """Project a health scheme in many scenarios, some at a time, and keep what has no services, sexes and ages.

    A block is projected when it is asked for, and what is not kept of it is given up, so that the memory does not grow
    with the number of scenarios: it is that of one block.

    Parameters
    ----------
    basis : Dataset with a `scenario` dimension on what its scenarios change
    scheme : HealthScheme
    block : int
        Scenarios at a time. The memory is about 2 (block + 1) times that of the result of one scenario.
    keep : names of variables, optional
        What to keep of the results; where absent all variables without the dims service_type, sex and age.
    pension_scheme, insured, pensions, population, service, progress : as in `project_health`
        Datasets may have the scenarios of the basis.

    Yields
    ------
    Dataset by scenario (those of the block), year, ...

    Raises
    ------
    BadInput
        A basis without scenarios, a block of no scenario, a name that results do not have. Others as `project_health`.

    Examples
    --------
    totals = xr.concat(stream_health(basis, scheme, keep=["outgo", "reserve"]), dim="scenario")
    totals.reserve.quantile([0.05, 0.5, 0.95], dim="scenario")
    """
    if "scenario" not in basis.dims:
        raise BadInput("basis: it has no scenarios; project it with project_health.")
    if block < 1:
        raise BadInput(f"block: at least one scenario must be projected at a time (got {block}).")
    stages = {"insured": insured, "pensions": pensions, "population": population}
    how: dict[str, Any] = {"scheme": scheme, "pension_scheme": pension_scheme, "service": service, "progress": progress}
    return _blocks(partial(project_health, **how), basis, block, keep, stages)


def _blocks(
    project: Callable[..., xr.Dataset],
    basis: xr.Dataset,
    block: int,
    keep: Sequence[str] | None,
    stages: dict[str, xr.Dataset | None],
) -> Iterator[xr.Dataset]:
    labels = basis["scenario"].values
    for start in range(0, labels.size, block):
        here = labels[start : start + block]
        parts = {name: _of(stage, here) for name, stage in stages.items()}
        result = project(basis.sel(scenario=here), **parts)
        chosen = _kept(result, keep)
        del result
        yield chosen


def _of(stage: xr.Dataset | None, scenarios: Any) -> xr.Dataset | None:
    return stage.sel(scenario=scenarios) if stage is not None and "scenario" in stage.dims else stage


def _kept(result: xr.Dataset, keep: Sequence[str] | None) -> xr.Dataset:
    """Copies of the variables to keep, so that nothing else of the result stays in memory."""
    if keep is None:
        keep = [str(name) for name, array in result.data_vars.items() if not set(CELLS) & set(array.dims)]
    absent = [name for name in keep if name not in result]
    if absent:
        raise BadInput(f"keep: the result has no {', '.join(absent)}; look at the names of project_health.")
    return result[list(keep)].copy(deep=True)
