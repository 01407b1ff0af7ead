"""Beneficiaries on the valuation date, and whether what is given fits the scheme."""

import numpy as np
import xarray as xr

from actuarial.benefits.paying import by_benefit, check_terms
from actuarial.benefits.staying import PLACE
from actuarial.bridge import align
from actuarial.check import require
from actuarial.errors import BadBasis, BadInput, MissingVariable
from actuarial.quick import labels_of
from actuarial.remembered import of_answers
from actuarial.scheme import Benefit, Scheme, require_scheme
from actuarial.translation import N_, Told, message_of


def check_inputs(insured: xr.Dataset, basis: xr.Dataset, scheme: Scheme) -> None:
    """Claims for every benefit, and opening pensions only of pensions that the scheme has."""
    require(insured, "claims_number", "claims_amount", "claims_topup")
    require_scheme(scheme)
    absent = [b.name for b in scheme.benefits if b.name not in insured["benefit"].values]
    if absent:
        raise BadInput(f"insured: no claims of {', '.join(absent)}.\n  Project the insured with the same scheme.")
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
    share; `unreduced_ratio_0` of the basis is needed where anybody has a pension."""
    mass = opening_stock(benefit, basis)[1]
    if not (mass > 0.0).any():
        return mass
    name = "unreduced_ratio_0"
    try:
        require(basis, name)
    except MissingVariable as error:
        raise MissingVariable(Told("{benefit}: {wrong}", benefit=benefit.name, wrong=message_of(error))) from None
    ratio = by_benefit(basis, name, benefit.name)
    if ratio is None:
        text = N_("{benefit}: {name} is not given for it.\n  Add its rows; 1 where the pension was not reduced.")
        raise BadBasis(Told(text, benefit=benefit.name, name=name))
    return mass * align(ratio, PLACE[1:], labels_of(basis, PLACE[1:]))
