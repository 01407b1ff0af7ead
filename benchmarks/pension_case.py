"""The pension scheme of the embedded country over a hundred years: three groups, six benefits, an early pension."""

import numpy as np
import xarray as xr

import actuarial as ac
from actuarial.benefits.stock import project_pensions
from actuarial.check.benefits import check_pensions
from actuarial.check.insured import check_insured
from actuarial.labour.insured import project_insured
from actuarial.scheme import Scheme
from actuarial.studies.prolong import prolong

YEARS = 100


def basis(years: int = YEARS) -> xr.Dataset:
    """The basis of the embedded country; the assumptions of its last year go on."""
    known = ac.datasets.open("demo").basis
    first = int(known["year"][0])
    return prolong(known.sel(year=slice(None, first + years - 1)), first + years - 1)


def scheme() -> Scheme:
    """Old age with a minimum, a maximum and an early pension; a grant, invalidity, widows, orphans, a funeral grant."""
    known = ac.datasets.open("demo").scheme
    return known.amend("old_age", early_age=57, early_rate=0.1, early_reduction=0.05)


def stage(population: xr.Dataset, basis: xr.Dataset, scheme: Scheme, service: str) -> tuple[xr.Dataset, xr.Dataset]:
    """The pension stage of a population: insured, pensions, and the identities of both."""
    insured = project_insured(population, basis, scheme, service=service)
    check_insured(insured, basis, population=population)
    pensions = project_pensions(insured, basis, scheme)
    check_pensions(pensions, basis)
    return insured, pensions


def calibrate(cells: int = 2_000_000) -> float:
    """Sum of a loop in the plain language, whose time says how fast the machine is."""
    return float(np.sum([1.0 / (1.0 + i) for i in range(cells)]))
