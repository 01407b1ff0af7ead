"""Odd inputs of assumptions, draws and readers: what would have given numbers or a foreign error is refused."""

import numpy as np
import pytest
import xarray as xr

from actuarial.demography import (
    basis_of_draws,
    between_family,
    draw_assumptions,
    exposure_between,
    fertility,
    fit_rogers_castro,
    gamma_pattern,
    log_linear_family,
    mortality_for_e0,
    net_migration,
    project_population_draws,
    proportional_family,
    rogers_castro,
)
from actuarial.errors import BadDimensions, BadInput, OutOfBounds
from actuarial.readers import read_tidy, read_wpp_csv
from tests.demography.draw_data import country, uncertainty

MX = [0.02, 0.001, 0.2]
FAMILY = proportional_family(MX)
BASIS = country(5)
BINOMIAL = xr.Dataset({name: ("age", [-3.0, -6.0, -1.0]) for name in ("alpha", "beta")}, attrs={"link": "logit"})
BOTH = xr.DataArray(np.ones((2, 101)), dims=("sex", "age"))


def over(dim, values, labels):
    return xr.DataArray(values, dims=dim, coords={dim: labels})


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: mortality_for_e0(7.0, MX, a0=0.1), BadInput, "family: give one made by proportional_family"),
        (lambda: mortality_for_e0(7.0, BINOMIAL, a0=0.1), BadInput, "the model moves logits of probabilities"),
        (lambda: mortality_for_e0(7.0, FAMILY, a0=-3.0), OutOfBounds, "a0 must be at least 0"),
        (lambda: mortality_for_e0(7.0, FAMILY, a0=2.0), OutOfBounds, "a0 must be at most 1"),
        (lambda: mortality_for_e0(7.0, FAMILY, a0=np.nan), OutOfBounds, "a0 must be numbers"),
        (
            lambda: mortality_for_e0(
                over("year", [7.0, 7.1], [2020, 2021]), FAMILY, a0=over("year", [0.1, 0.1], [2021, 2022])
            ),
            BadDimensions,
            "e0 and a0 must have the same labels",
        ),
        (lambda: mortality_for_e0(7.0, FAMILY, a0=[0.1, 0.2]), BadDimensions, "a0: give a number, or a DataArray"),
        (lambda: mortality_for_e0(7.0, log_linear_family(MX, [1.0, 1.0]), a0=0.1), BadDimensions, "mx and pattern"),
        (lambda: between_family(MX, MX[1:]), BadDimensions, "first and second must have the same labels"),
        (lambda: draw_assumptions({}, 1, 1), BadInput, "give an Uncertainty.* not a dict"),
        (lambda: basis_of_draws(BASIS, None, seed=1, scenarios=1), BadInput, "give an Uncertainty.* not a NoneType"),
        (lambda: project_population_draws(BASIS, None, seed=1), BadInput, "give an Uncertainty.* not a NoneType"),
        (
            lambda: project_population_draws(BASIS, uncertainty(BASIS), seed=1, scenarios=2, block=1.5),
            BadInput,
            r"block: .* \(got 1\.5\)",
        ),
        (lambda: rogers_castro([0.02, 0.1]), BadInput, "rogers_castro: give .* list"),
        (lambda: rogers_castro(to=50.5), BadInput, r"to\b.*50\.5"),
        (
            lambda: fit_rogers_castro(rogers_castro(), weights=over("age", np.ones(101), np.arange(1, 102))),
            BadInput,
            "a weight for every age and no others",
        ),
        (lambda: fertility([2.0], gamma_pattern(28, 6), mean_age=np.nan), OutOfBounds, "mean_age must be numbers"),
        (lambda: net_migration([1.0], rogers_castro(), male_share=[0.5]), BadInput, "male_share: give one number"),
        (
            lambda: fertility(over("year", [2.0], [2020]), gamma_pattern(28, 6), years=[2030]),
            BadDimensions,
            "labels of year are 2020, but 2030 were given",
        ),
        (lambda: net_migration([1.0], BOTH), BadDimensions, 'pattern: the labels of sex must be "male" and "female"'),
        (lambda: net_migration([1.0], BOTH.assign_coords(sex=["M", "F"])), BadDimensions, "pattern: the labels of sex"),
        (lambda: net_migration([1.0], rogers_castro(), male_share=0.5, years=2025), BadInput, "years: give a sequence"),
        (lambda: exposure_between([1.0], [2.0], [2, 3]), BadInput, r"years must be above 0, but it is \[2, 3\]"),
        (lambda: read_tidy("deaths.csv", ["deaths"]), BadInput, "values: give a mapping of columns to names"),
        (lambda: read_wpp_csv(".", "KEN", ("2025", "a")), BadInput, "years: .* cannot be meant"),
    ],
)
def test_what_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
