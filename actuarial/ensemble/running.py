"""Many drawn futures of a basis through the whole valuation, in blocks that any number of workers compute alike."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import xarray as xr

from actuarial.bridge import doubles
from actuarial.demography.futures.draws import Uncertainty
from actuarial.ensemble.blocks import Options, joined, run_block
from actuarial.ensemble.draws import Uncertainties, uncertainties
from actuarial.ensemble.economy import EconomicUncertainty
from actuarial.ensemble.engines import ENGINES, Job, compute
from actuarial.ensemble.parts import claim_folder, described, gathered, made_of, read_part
from actuarial.ensemble.progress import counter
from actuarial.errors import BadInput
from actuarial.health.readiness import check_health_basis
from actuarial.health.scheme import HealthScheme
from actuarial.readiness import check_basis
from actuarial.scheme import Scheme
from actuarial.warned import warning_attributes


def run(
    basis: xr.Dataset,
    scheme: Scheme | HealthScheme,
    uncertainty: Uncertainties | EconomicUncertainty | Uncertainty,
    *,
    seed: int,
    scenarios: int = 1000,
    keep: Sequence[str] | None = None,
    service: str = "years",
    migration: str = "end",
    pension_scheme: Scheme | None = None,
    block: int = 16,
    folder: str | Path | None = None,
    gather: Sequence[str] | None = None,
    engine: str = "threads",
    workers: int | None = None,
    address: str | None = None,
    progress: bool | Callable[[str], None] = False,
) -> xr.Dataset:
    """Value a scheme in many drawn futures: population, insured, benefits, finance and valuation of every one.

    Parameters
    ----------
    basis : Dataset
        The central path, without scenarios.
    scheme : Scheme or HealthScheme
    uncertainty : Uncertainties, EconomicUncertainty or Uncertainty
        What is drawn: the economy, the demography, or both.
    seed : int, from 0 to 2^64 - 1
    scenarios : int, default 1000
    keep : sequence of str, optional
        Variables that are kept; stocks and flows by age are summed over age. By default every total by year of the
        valuation, every single number, such as `general_average_premium`, and the drawn assumptions by year; about 20
        kB a scenario for 75 years.
    service : "years" or "months", default "years"
        Grid of past credit. Compare the central projection on both grids first, see `actuarial.project`.
    migration : "end", "even" or "start"
    pension_scheme : Scheme, optional
        Whose members and pensioners a health scheme covers.
    block : int, default 16
        Scenarios of a task and of a part file; changes no number.
    folder : path, optional
        Where each block is written to its own file as soon as it is done. Another call with the same inputs goes on
        from there, also with more scenarios; parts that are damaged or of another run are computed again.
    gather : sequence of str, optional
        With a folder: the kept variables that are returned, by default all. The numbers of 10,000 scenarios and 75
        years need 150 MB; with an empty list they stay in the folder, for `quantiles(folder, ...)` and `open_parts`.
    engine : "threads", "processes" or "dask"
        Threads of this process, processes of this machine, or processes of dask.distributed. A script that starts
        processes (with dask: no `address`) must be a file, no input from stdin, and call `run` below
        `if __name__ == "__main__":`. Each process takes two seconds to start and 0.6 GB; from a hundred scenarios on
        they need up to a quarter less time than threads. What a lost process was at is computed again. With a folder
        each process writes its own parts, so that all of them must see the folder.
    workers : int, optional
        Blocks computed at the same time; by default 1 thread (the projection of a block has threads of its own), or a
        process for each core. Not for a cluster that is there already.
    address : str, optional
        Scheduler of a cluster of dask that is there already, whose workers have this library.
    progress : bool or function of a word
        A bar on stderr, or a function that is told how many scenarios are done.

    Returns
    -------
    Dataset
        By (scenario, year), scenarios numbered from 0; what is the same in all of them has no scenario. `quantiles`,
        `depletion`, `distribution` and `tail` read it, and so do the functions of `actuarial.valuation`. The attribute
        `warnings` has those of the basis and the scheme.

    Raises
    ------
    BadInput
        A folder of another run (and what differs) or one that cannot be written, arguments that cannot be meant, a
        script that processes cannot read again, processes that end by themselves, dask that is not installed.
    MissingVariable, BadDimensions, OutOfBounds, BadBasis, BadScheme, IdentityFailed
        As the projection; among which scenarios it failed is in the message. Parts written before stay.

    Notes
    -----
    Scenario i is drawn from the Philox generator with the key (seed, i) and is `actuarial.project` of
    `draw_basis(basis, uncertainty, seed=seed, scenarios=[i])`. It depends on no other scenario, nor on blocks, workers
    or engine. Deviations of zero are the central projection. A few scenarios at a time are in memory with their ages.

    After an interruption (Ctrl-C) the parts that were written are valid, and the next call goes on after them. Threads
    end after the scenarios that they are at, processes at once.

    References
    ----------
    .. [1] Salmon, J. K., Moraes, M. A., Dror, R. O., Shaw, D. E. (2011), Parallel random numbers: as easy as 1, 2, 3,
       Proceedings of SC11.
    .. [2] Plamondon, P. et al. (2002), Actuarial practice in social security, International Labour Office.

    Examples
    --------
    economy = autoregression({"inflation": 0.01, "real_interest_rate": 0.02}, persistence=0.7)
    futures = run(basis, scheme, economy, seed=2024, scenarios=1000, folder="futures", progress=True)
    quantiles(futures, "reserve_ratio")
    """
    given = uncertainties(uncertainty)
    _check_arguments(seed, scenarios, block, workers, engine, address)
    _check_names(keep=keep, gather=gather)
    if gather is not None and folder is None:
        raise BadInput("gather: without a folder nothing else holds the results; name a folder, or leave gather out.")
    options = Options(service, migration, None if keep is None else tuple(keep), pension_scheme)
    basis = doubles(basis) if isinstance(basis, xr.Dataset) else basis
    warnings = check_health_basis(basis, scheme) if isinstance(scheme, HealthScheme) else check_basis(basis, scheme)
    made = made_of(basis, scheme, given, seed, options, block)
    home = None if folder is None else Path(folder).absolute()
    job = Job(partial(run_block, basis, scheme, given, seed), options, home, made)
    ranges = [(first, min(first + block, scenarios) - 1) for first in range(0, scenarios, block)]
    missing = ranges
    if home is not None:
        claim_folder(home, made)
        missing = [span for span in ranges if read_part(home, *span, made) is None]
    with counter(progress, scenarios, scenarios - sum(last - first + 1 for first, last in missing)) as tell:
        computed = compute(job, missing, engine=engine, workers=workers, address=address, tell=tell)
    if home is None:
        found = joined((computed.pop(span) for span in ranges), scenarios)
    else:
        found = xr.Dataset() if gather is not None and not gather else gathered(home, ranges, made, gather)
    attrs = {name: basis.attrs[name] for name in ("valuation_date", "country") if name in basis.attrs}
    words = {"scheme": scheme.name, "currency": scheme.currency, **warning_attributes(warnings)}
    return found.assign_attrs(described(made), scenarios=scenarios, **attrs, **words)


def _check_names(**several: Sequence[str] | None) -> None:
    for argument, names in several.items():
        if isinstance(names, str):
            raise BadInput(f'{argument}: give a sequence of names, such as ["{names}"] (got {names!r}).')


def _check_arguments(
    seed: Any, scenarios: Any, block: Any, workers: Any, engine: str, address: str | None
) -> None:
    for name, value in (("scenarios", scenarios), ("block", block), ("workers", 1 if workers is None else workers)):
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise BadInput(f"{name}: a whole number, 1 or more, is needed (got {value!r}).")
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise BadInput(f"seed: a whole number is needed (got {seed!r}).")
    if engine not in ENGINES:
        raise BadInput(f"engine: {engine!r} is not known; write one of {', '.join(map(repr, ENGINES))}.")
    if address is not None and (engine != "dask" or workers is not None):
        raise BadInput('address: it is for engine="dask", and its cluster has its workers; leave workers out.')
