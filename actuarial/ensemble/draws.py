"""Drawn scenarios of a basis: its economy and its demography, each from a stream of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography.futures.draws import Uncertainty, draw_assumptions, scenario_numbers
from actuarial.demography.futures.stochastic import basis_of_draws
from actuarial.ensemble.economy import EconomicUncertainty, draw_economy
from actuarial.ensemble.transforms import moved
from actuarial.errors import BadDimensions, BadInput
from actuarial.studies.inputs import COMPARED_ONLY


@dataclass(frozen=True, eq=False)
class Uncertainties:
    """What is drawn around a basis.

    Parameters
    ----------
    economy : EconomicUncertainty, optional
    demography : Uncertainty, optional
        Of fertility, mortality and migration, see `actuarial.demography.uncertainty_from_intervals`.
    mortality_pattern, migration_pattern : DataArray (sex, age), optional
        See `actuarial.demography.basis_of_draws`.

    Raises
    ------
    BadInput
        Neither of the two, something else in their place, or patterns without demography.
    """

    economy: EconomicUncertainty | None = None
    demography: Uncertainty | None = None
    mortality_pattern: xr.DataArray | None = None
    migration_pattern: xr.DataArray | None = None

    def __post_init__(self) -> None:
        if self.economy is None and self.demography is None:
            raise BadInput("uncertainty: nothing is drawn; give economy, demography or both.")
        for name, kind in (("economy", EconomicUncertainty), ("demography", Uncertainty)):
            given = getattr(self, name)
            if given is not None and not isinstance(given, kind):
                raise BadInput(f"{name}: give a {kind.__name__} (got {type(given).__name__}).")
        if self.demography is None and not (self.mortality_pattern is None and self.migration_pattern is None):
            raise BadInput("mortality_pattern and migration_pattern are for demographic draws; give demography.")


def uncertainties(given: Any) -> Uncertainties:
    """What is drawn, of an `EconomicUncertainty` or an `Uncertainty` alone as well."""
    if isinstance(given, Uncertainties):
        return given
    if isinstance(given, EconomicUncertainty):
        return Uncertainties(economy=given)
    if isinstance(given, Uncertainty):
        return Uncertainties(demography=given)
    raise BadInput(
        f"uncertainty: give Uncertainties, an EconomicUncertainty or a demographic Uncertainty (got "
        f"{type(given).__name__})."
    )


def draw_basis(
    basis: xr.Dataset,
    uncertainty: Uncertainties | EconomicUncertainty | Uncertainty,
    *,
    seed: int,
    scenarios: int | Sequence[int] | np.ndarray,
) -> xr.Dataset:
    """A basis with drawn scenarios, as each of an ensemble is projected from.

    Parameters
    ----------
    basis : Dataset without scenarios, the central path
    uncertainty : Uncertainties, EconomicUncertainty or Uncertainty
    seed : int, from 0 to 2^64 - 1
    scenarios : int or sequence of int
        How many, then numbered 0, 1, 2, ..., or their numbers.

    Returns
    -------
    Dataset
        The basis with what is drawn by scenario, the others shared. What is compared with the central projection only
        is left out: `accounts_0`, `observed_awards` and the assets by class. Scenario i is the same whatever the
        others, and exactly the central path where nothing deviates.

    Raises
    ------
    BadDimensions
        A basis with scenarios.
    MissingVariable, BadInput, OutOfBounds
        The basis lacks what is drawn; a drawn value outside its bounds; as `actuarial.demography.basis_of_draws`.

    Examples
    --------
    one = draw_basis(basis, uncertainty, seed=2024, scenarios=[17]).sel(scenario=17, drop=True)
    project(one, scheme)
    """
    given, numbers = uncertainties(uncertainty), scenario_numbers(scenarios)
    if "scenario" in basis.dims:
        raise BadDimensions("basis: the draws are made around one central path; select one scenario.")
    bare = basis.drop_vars(list(COMPARED_ONLY), errors="ignore")
    changed: dict[str, xr.DataArray] = {}
    if given.demography is not None:
        changed |= _demography(bare, given, numbers, seed)
    if given.economy is not None:
        draws = draw_economy(given.economy, bare["year"].values, numbers, seed)
        changed |= moved(bare, draws, given.economy.transform_of)
    return bare.assign_coords(scenario=numbers).assign(changed)


def _demography(
    basis: xr.Dataset, given: Uncertainties, numbers: np.ndarray, seed: int
) -> dict[str, xr.DataArray]:
    """Mortality, fertility and migration; the death rates of the basis where life expectancy does not deviate."""
    assert given.demography is not None
    patterns = {"mortality_pattern": given.mortality_pattern, "migration_pattern": given.migration_pattern}
    drawn = basis_of_draws(basis, given.demography, seed=seed, scenarios=numbers.tolist(), **patterns)
    away = draw_assumptions(given.demography.of_years(basis["year"].values), numbers, seed)
    still = np.stack([away[f"life_expectancy_{sex}"].values == 0.0 for sex in basis["sex"].values], axis=-1)
    found = {name: drawn[name] for name in ("mx", "asfr", "net_migration")}
    rates = found["mx"].transpose("scenario", "year", "sex", "age")
    central = basis["mx"].transpose(..., "sex", "age").values
    return found | {"mx": rates.copy(data=np.where(still[..., None], central, rates.values))}
