"""Invalids who recover and are members again: the benefit that they draw, and who stays in it, recovers or converts."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.demography.ages import a_year_older, from_start
from actuarial.errors import BadBasis, BadScheme
from actuarial.labour.staying import PLACE, staying
from actuarial.law import Law
from actuarial.scheme import Benefit, Scheme
from actuarial.translation import N_, Told

ROUNDING = 1e-9


@dataclass(frozen=True)
class Recovery:
    """Beneficiaries of claims (their places in the law) by year, sex and age: who stays a year by age at its start; the
    share of those who leave who recover, by age reached; of those who start at mid-year who stays and who has recovered
    by the end of the year, and who converts then, by age reached."""

    claims: np.ndarray
    stays: np.ndarray
    back: np.ndarray
    started_stays: np.ndarray
    started_back: np.ndarray
    converts: np.ndarray

    def of(self, s: int) -> list[np.ndarray]:
        """Arrays of one sex, as the kernel takes them."""
        parts = (self.stays, self.back, self.started_stays, self.started_back, self.converts)
        return [self.claims, *(np.ascontiguousarray(part[:, s]) for part in parts)]


def nobody_recovers() -> list[np.ndarray]:
    """What the kernel takes where nobody recovers."""
    return [np.array([-1]), *(np.zeros((0, 0)) for _ in range(5))]


def recovering_benefits(scheme: Scheme, basis: xr.Dataset) -> tuple[Benefit, ...]:
    """The pension on invalidity whose beneficiaries recover, and those under agreements that total it; none where the
    basis has no rate of recovery.

    Raises
    ------
    BadScheme
        No pension on invalidity, or several: who recovers from one might draw another one too. Only those under
        agreements exclude the pension that they total.
    """
    if "recovery_rate" not in basis:
        return ()
    found = [one for one in scheme.benefits if one.on == "invalidity" and not (one.lump_sum or one.accompanies)]
    own = [one for one in found if not hasattr(one, "totalises")]
    if len(own) != 1 or any(getattr(one, "totalises", own[0].name) != own[0].name for one in found):
        text = N_(
            "recovery_rate: invalids recover from one pension that starts at invalidity, but the scheme has {names}.\n"
            "  The credits of invalids are kept for one pension and those under agreements that total it; who of those "
            "who come back drew which of several others is not known.\n"
            "  Leave recovery_rate out of the basis, or make one pension of them."
        )
        raise BadScheme(Told(text, names=tuple(one.name for one in found) or Told("none")))
    return (own[0], *(one for one in found if one is not own[0]))


def recovery(rules: Law, scheme: Scheme, basis: xr.Dataset) -> Recovery | None:
    """Who stays invalid and who recovers; None where the basis has no rate of recovery.

    Raises
    ------
    BadScheme
        As `recovering_benefits`, or answers of a benefit that are no probabilities.
    BadBasis
        Pensions of one stock of invalids whose mortality differs, or of which one converts while others may recover.

    Notes
    -----
    With p the probability to be alive a year later and p r to stay invalid, both spread evenly over the year, the share
    (1 - r)(1 + p)/2 recovers in a year, and half of it in the half year after the award. Who recovers is inactive on 31
    December. A share c converts on that day of those who are left.
    """
    benefits = recovering_benefits(scheme, basis)
    if not benefits:
        return None
    names = [benefit.name for benefit in benefits]
    places = [i for i, claim in enumerate(rules.claims) if claim.benefit in names]
    own, *others = (_of_one(benefit, np.array(places), basis) for benefit in benefits)
    for name, other in zip(names[1:], others, strict=True):
        _one_stock(names[0], name, own, other, basis)
    return own


def _of_one(benefit: Benefit, claims: np.ndarray, basis: xr.Dataset) -> Recovery:
    """Who of the beneficiaries of one pension stays, recovers or converts."""
    stay = staying(benefit, basis)
    started_back = stay.lost * (1.0 - stay.die_soon)
    return Recovery(claims, stay.stays, 1.0 - stay.die, stay.kept, started_back, _converts(benefit, basis))


def _converts(benefit: Benefit, basis: xr.Dataset) -> np.ndarray:
    """Share of those who are left that converts on 31 December (year, sex, age)."""
    answer = benefit.conversion(basis)
    return align(0.0 if answer is None else answer[1], PLACE, {d: basis[d] for d in PLACE})


def _one_stock(name: str, other: str, own: Recovery, theirs: Recovery, basis: xr.Dataset) -> None:
    """BadBasis where the invalids of two pensions cannot be followed together: they die or recover otherwise, or one
    pension converts at an age from which the beneficiaries of the other may still recover."""
    apart = ~np.isclose(own.stays, theirs.stays, rtol=ROUNDING, atol=ROUNDING)
    if apart.any():
        t, s, x = np.argwhere(apart)[0]
        raise BadBasis(
            Told(
                "recovery_rate: invalids with {other} and with {name} are one stock of those who may recover, but "
                "{count} of {whole} cells (year, sex, age) differ in who stays a year longer; the first: {year}, "
                "{sex}, age {age}, {theirs:g} and {own:g}.\n"
                "  Give both the same mortality_ratio_pensioners, or leave recovery_rate out.",
                other=other,
                name=name,
                count=int(apart.sum()),
                whole=apart.size,
                year=int(basis["year"].values[t]),
                sex=str(basis["sex"].values[s]),
                age=int(basis["age"].values[x]),
                theirs=theirs.stays[t, s, x],
                own=own.stays[t, s, x],
            )
        )
    ages = np.flatnonzero((own.converts != theirs.converts).any(axis=(0, 1)))
    late = (own.back * (1.0 - from_start(own.stays)))[:, :, ages[0] + 1 :] > ROUNDING if len(ages) else np.zeros(0)
    if late.any():
        text = N_(
            "recovery_rate: {name} converts at age {age} and {other} does not, but some recover after that age, and "
            "invalids of both are one stock.\n  Write a recovery_rate of 0 from that age on."
        )
        raise BadBasis(Told(text, name=name, age=int(basis["age"].values[ages[0]]), other=other))


def without_credit(names: str, basis: xr.Dataset, number_0: np.ndarray) -> np.ndarray:
    """Those of the beneficiaries of the valuation date (sex, age) of pensions with some names whose credit the basis
    does not know.

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
        text = N_(
            "invalid_0: {count} of {cells} cells (sex, age) have more invalids with known credit than pensioners_0 of "
            "{names}; the first: sex={sex}, age={age}, {known:g} of {whole:g}.\n"
            "  They are a part of those pensioners; give both of the same day and by the same age."
        )
        place = {"sex": str(basis["sex"].values[s]), "age": int(basis["age"].values[x])}
        of = {"known": float(known[s, x]), "whole": float(number_0[s, x])}
        raise BadBasis(Told(text, count=int(bad.sum()), cells=bad.size, names=names, **place, **of))
    return np.where(known < number_0 * (1.0 - ROUNDING), number_0 - known, 0.0)


def check_invalids(basis: xr.Dataset) -> None:
    """BadBasis where the credits of invalids are given, but none of them recovers."""
    if "invalid_0" in basis and "recovery_rate" not in basis:
        text = N_(
            "invalid_0: the credits of the pensioners on invalidity matter to those who recover, but the basis has no "
            "recovery_rate.\n  Give it by age, or leave invalid_0 out."
        )
        raise BadBasis(Told(text))


def recovered(benefit: Benefit, basis: xr.Dataset, number_0: np.ndarray) -> np.ndarray:
    """Beneficiaries of the valuation date (sex, age) who recover, by year, sex and age reached."""
    stay = staying(benefit, basis)
    stays, back = stay.stays, 1.0 - stay.die
    converts = _converts(benefit, basis)
    result, stock = np.zeros_like(stays), number_0
    for t in range(len(stays)):
        result[t] = a_year_older(stock * (1.0 - stays[t])) * back[t]
        stock = a_year_older(stock * stays[t]) * (1.0 - converts[t])
    return result

