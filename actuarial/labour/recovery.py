"""Invalids who recover and are members again: the benefit that they draw, and who stays in it, recovers or converts."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.demography.ages import a_year_older, from_start
from actuarial.errors import BadBasis, BadScheme
from actuarial.labour.staying import PLACE, share_of_deaths, staying
from actuarial.law import EVENTS, Law
from actuarial.scheme import Benefit, Scheme

ROUNDING = 1e-9


@dataclass(frozen=True)
class Recovery:
    """Beneficiaries of a claim (its place in the law) by year, sex and age: who stays a year by age at its start; the
    share of those who leave who recover, by age reached; of those who start at mid-year who stays and who has recovered
    by the end of the year, and who converts then, by age reached."""

    claim: int
    stays: np.ndarray
    back: np.ndarray
    started_stays: np.ndarray
    started_back: np.ndarray
    converts: np.ndarray

    def of(self, s: int) -> list[np.ndarray]:
        """Arrays of one sex, as the kernel takes them."""
        parts = (self.stays, self.back, self.started_stays, self.started_back, self.converts)
        return [np.array([self.claim]), *(np.ascontiguousarray(part[:, s]) for part in parts)]


def nobody_recovers() -> list[np.ndarray]:
    """What the kernel takes where nobody recovers."""
    return [np.array([-1]), *(np.zeros((0, 0)) for _ in range(5))]


def recovering_benefit(scheme: Scheme, basis: xr.Dataset) -> Benefit | None:
    """The pension on invalidity whose beneficiaries recover; None where the basis has no rate of recovery.

    Raises
    ------
    BadScheme
        No pension on invalidity, or several: who recovers from one might draw another one too. A pension under an
        agreement is another one, whose invalids have service and amounts of their own.
    """
    if "recovery_rate" not in basis:
        return None
    found = [one for one in scheme.benefits if one.on == "invalidity" and not (one.lump_sum or one.accompanies)]
    if len(found) != 1:
        names = ", ".join(one.name for one in found) or "none"
        abroad = " (those under an agreement among them)" if any(hasattr(one, "totalises") for one in found) else ""
        raise BadScheme(
            f"recovery_rate: invalids recover from one pension that starts at invalidity, but the scheme has {names}.\n"
            "  The credits of invalids are kept for one pension; who of those who come back drew which of several"
            f"{abroad} is not known.\n"
            "  Leave recovery_rate out of the basis, or make one pension of them."
        )
    return found[0]


def recovery(rules: Law, scheme: Scheme, basis: xr.Dataset) -> Recovery | None:
    """Who stays invalid and who recovers; None where the basis has no rate of recovery.

    Raises
    ------
    BadScheme
        As `recovering_benefit`, or answers of the benefit that are no probabilities.

    Notes
    -----
    With p the probability to be alive a year later and p r to stay invalid, both spread evenly over the year, the share
    (1 - r)(1 + p)/2 recovers in a year, and half of it in the half year after the award. Who recovers is inactive on 31
    December. A share c converts on that day of those who are left.
    """
    benefit = recovering_benefit(scheme, basis)
    if benefit is None:
        return None
    places = [i for i, claim in enumerate(rules.claims) if claim.benefit == benefit.name]
    places = [i for i in places if EVENTS[rules.claims[i].event] == "invalidity"]
    stays, alive, exposed = staying(benefit, basis)
    alive, left = from_start(alive), 0.5 * (1.0 - exposed)
    answer = benefit.conversion(basis)
    converts = align(0.0 if answer is None else answer[1], PLACE, {d: basis[d] for d in PLACE})
    back = 1.0 - share_of_deaths(from_start(stays), alive)
    return Recovery(places[0], stays, back, 1.0 - left, left * (1.0 - share_of_deaths(exposed, alive)), converts)


def without_credit(benefit: Benefit, basis: xr.Dataset, number_0: np.ndarray) -> np.ndarray:
    """Those of the beneficiaries of the valuation date (sex, age) whose credit the basis does not know.

    Raises
    ------
    BadBasis
        More of them than there are beneficiaries.
    """
    if "invalid_0" not in basis:
        return number_0
    dims = PLACE[1:]
    known = align(basis["invalid_0"].sum(["group", "service"]), dims, {dim: basis[dim] for dim in dims})
    bad = known > number_0 * (1.0 + ROUNDING) + ROUNDING
    if bad.any():
        s, x = np.argwhere(bad)[0]
        raise BadBasis(
            f"invalid_0: {int(bad.sum())} of {bad.size} cells (sex, age) have more invalids with known credit than "
            f"pensioners_0 of {benefit.name}; the first: sex={basis['sex'].values[s]}, age={basis['age'].values[x]}, "
            f"{known[s, x]:g} of {number_0[s, x]:g}.\n"
            "  They are a part of those pensioners; give both of the same day and by the same age."
        )
    return np.where(known < number_0 * (1.0 - ROUNDING), number_0 - known, 0.0)


def check_invalids(basis: xr.Dataset) -> None:
    """BadBasis where the credits of invalids are given, but none of them recovers."""
    if "invalid_0" in basis and "recovery_rate" not in basis:
        raise BadBasis(
            "invalid_0: the credits of the pensioners on invalidity matter to those who recover, but the basis has no "
            "recovery_rate.\n  Give it by age, or leave invalid_0 out."
        )


def recovered(benefit: Benefit, basis: xr.Dataset, number_0: np.ndarray) -> np.ndarray:
    """Beneficiaries of the valuation date (sex, age) who recover, by year, sex and age reached."""
    stays, alive, _ = staying(benefit, basis)
    back = 1.0 - share_of_deaths(from_start(stays), from_start(alive))
    answer = benefit.conversion(basis)
    converts = align(0.0 if answer is None else answer[1], PLACE, {d: basis[d] for d in PLACE})
    result, stock = np.zeros_like(stays), number_0
    for t in range(len(stays)):
        result[t] = a_year_older(stock * (1.0 - stays[t])) * back[t]
        stock = a_year_older(stock * stays[t]) * (1.0 - converts[t])
    return result

