"""Beneficiaries on the valuation date, and whether what is given fits the scheme."""

import numpy as np
import xarray as xr

from actuarial.benefits.paying import by_benefit, check_terms
from actuarial.benefits.slices import has_bands
from actuarial.benefits.staying import PLACE
from actuarial.bridge import align
from actuarial.check import require
from actuarial.check.variables import first_place
from actuarial.contract import before_start, settled
from actuarial.errors import BadBasis, BadInput, BadScheme, MissingVariable
from actuarial.labour.unreduced import UNREDUCED
from actuarial.quick import labels_of
from actuarial.remembered import of_answers
from actuarial.scheme import Benefit, Scheme, require_scheme
from actuarial.translation import N_, Told, message_of
from actuarial.warned import Warned

RATIO = "unreduced_ratio_0"
NEAR = 1e-9  # ratios that differ by less are equal


def check_inputs(insured: xr.Dataset, basis: xr.Dataset, scheme: Scheme) -> None:
    """Claims for every benefit, and opening pensions only of pensions that the scheme has."""
    require(insured, "claims_number", "claims_amount", "claims_topup")
    require_scheme(scheme)
    absent = [b.name for b in scheme.benefits if b.name not in insured["benefit"].values]
    if absent:
        raise BadInput(f"insured: no claims of {', '.join(absent)}.\n  Project the insured with the same scheme.")
    if before_start(scheme):
        require(insured, *UNREDUCED)
    check_before(basis, scheme)
    check_terms(basis, scheme)
    if "pensioners_0" not in basis and "pension_0" not in basis:
        return
    require(basis, "pensioners_0", "pension_0")
    pensions = [b.name for b in scheme.benefits if not (b.lump_sum or b.accompanies)]
    people = basis["pensioners_0"].sum([d for d in basis["pensioners_0"].dims if d != "benefit"])
    lost = [str(name) for name in people["benefit"].values[people.values > 0] if name not in pensions]
    if lost:
        text = N_(
            "pensioners_0: the basis has beneficiaries of {names}, which the scheme does not pay as a pension (its "
            "pensions: {pensions}).\n  Use the names of the scheme, or remove them."
        )
        raise BadBasis(Told(text, names=tuple(lost), pensions=tuple(pensions) or Told("none")))


@of_answers()
def opening_stock(benefit: Benefit, basis: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Beneficiaries on the valuation date and their pensions (sex, age); none where the basis does not name them."""
    coords = labels_of(basis, PLACE[1:])
    names = basis["benefit"].values.tolist() if "pensioners_0" in basis else []
    if benefit.name not in names:
        empty = np.zeros((basis.sizes["sex"], basis.sizes["age"]))
        return empty, empty.copy()
    place = names.index(benefit.name)
    given = [basis[name].isel(benefit=place, drop=True) for name in ("pensioners_0", "pension_0")]
    number, pension = (align(value, PLACE[1:], coords) for value in given)
    return number, number * pension


def opening_before(benefit: Benefit, basis: xr.Dataset) -> np.ndarray:
    """Pensions of the valuation date (sex, age) before reductions and increases for age, of which survivors have a
    share; see `check_before`."""
    mass, ratio = opening_stock(benefit, basis)[1], by_benefit(basis, RATIO, benefit.name)
    return mass if ratio is None else mass * align(ratio, PLACE[1:], labels_of(basis, PLACE[1:]))


def pensions_before(scheme: Scheme, basis: xr.Dataset) -> set[str]:
    """Pensions that are known before reductions and increases for age too, with those that they convert to."""
    found = set(before_start(scheme))
    moves = [(one.name, move[0]) for one in scheme.benefits if (move := one.conversion(basis)) is not None]
    for _ in moves:
        found |= {other for name, other in moves if name in found}
    return found


def check_before(basis: xr.Dataset, scheme: Scheme) -> None:
    """Whether it is known what pensions were before reductions or increases for age, where survivors have a share of
    that.

    Raises
    ------
    BadScheme
        Slices of the pensions are adjusted apart; followers of one pension for whom not the same counts.
    MissingVariable
        `unreduced_ratio_0`, where anybody has such a pension on the valuation date.
    BadBasis
        Pensions without a reduction that are less than those paid, or without an increase that are more.
    """
    benefits = {benefit.name: benefit for benefit in settled(scheme)}
    for name, what in before_start(scheme).items():
        refuse_slices(benefits[name])
        if "pensioners_0" not in basis or name not in basis["benefit"].values:
            continue
        paid = (basis["pensioners_0"] * basis["pension_0"]).sel(benefit=name, drop=True) > 0.0
        if not bool(paid.any()):
            continue
        try:
            require(basis, RATIO)
        except MissingVariable as error:
            raise MissingVariable(Told("{benefit}: {wrong}", benefit=name, wrong=message_of(error))) from None
        ratio = (basis[RATIO] + 0.0 * basis["pension_0"]).sel(benefit=name, drop=True)
        _check_side(name, what, ratio.where(paid))


def unused_ratios(basis: xr.Dataset, scheme: Scheme) -> list[str]:
    """Pensions that were reduced or increased for age, of which nobody has a share before that."""
    if RATIO not in basis or "pensioners_0" not in basis:
        return []
    paid = basis["pensioners_0"] * basis["pension_0"] > 0.0
    other = (abs(basis[RATIO] - 1.0) > NEAR) & paid
    some = other.any([dim for dim in other.dims if dim != "benefit"])
    used = pensions_before(scheme, basis)
    names = [name for name in map(str, some["benefit"].values[some.values]) if name not in used]
    if not names:
        return []
    return [
        Warned(
            "unreduced_ratio_0 of {benefits} is not 1, but no survivors have a share of these pensions before "
            "reductions or increases for age, so that it is not used: state share_before, or leave it out.",
            "Pensions of the valuation date before reductions for age ({benefits}): no survivors have a share of them, "
            "so they are not used.",
            benefits=tuple(names),
        )
    ]


def refuse_slices(benefit: Benefit) -> None:
    """BadScheme where slices of a pension are adjusted apart."""
    if has_bands(benefit):
        text = N_(
            "{benefit}: slices of its pensions are adjusted apart, so that what they would be without a reduction for "
            "age is not known.\n  Leave out share_before, or adjust whole pensions."
        )
        raise BadScheme(Told(text, benefit=benefit.name))


def _check_side(name: str, what: str, ratio: xr.DataArray) -> None:
    """BadBasis where pensions before what lowers them are less than those paid, or before what raises them more."""
    low, high = {"reduction": (1.0, np.inf), "increase": (0.0, 1.0)}.get(what, (0.0, np.inf))
    wrong = (ratio < low - NEAR) | (ratio > high + NEAR)
    if not bool(wrong.any()):
        return
    texts = {
        "reduction": N_(
            "{benefit}: {name} is its pension before the reduction over that paid, and not below 1; in {count} of "
            "{whole} cells with pensioners it is, the first: {place} -> {value:g}.\n  Look whether it is the other way "
            "round."
        ),
        "increase": N_(
            "{benefit}: {name} is its pension before the increase over that paid, and not above 1; in {count} of "
            "{whole} cells with pensioners it is, the first: {place} -> {value:g}.\n  Look whether it is the other way "
            "round."
        ),
    }
    place, value = first_place(ratio, wrong.values)
    found = {"count": int(wrong.sum()), "whole": int(ratio.notnull().sum()), "place": place, "value": value}
    raise BadBasis(Told(texts[what], benefit=name, name=RATIO, **found))
