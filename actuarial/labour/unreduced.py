"""Claims before reductions and increases for age, where survivors have a share of the pension without them."""

import numpy as np
import xarray as xr

from actuarial.labour.levels import by_level
from actuarial.law import BeforeClaim, Law

UNREDUCED = ("claims_unreduced", "claims_unreduced_topup")


def asked_again(insured: xr.Dataset, rules: Law, money: np.ndarray) -> tuple[xr.Dataset, xr.Dataset]:
    """What is known of claims that the law asks a second time, from amounts and their parts due to the minimum (2,
    year, claim, sex, age): claims up to levels, and those before reductions for age."""
    return by_level(rules, money[0]), before_reductions(insured, rules, money)


def before_reductions(insured: xr.Dataset, rules: Law, money: np.ndarray) -> xr.Dataset:
    """Claims before reductions and increases for age, of all benefits; nothing where a law does not ask for them.

    Parameters
    ----------
    insured : Dataset with `claims_amount` and `claims_topup` (year, benefit, sex, age), currency/year
    rules : Law
    money : array (2, year, claim, sex, age), currency/year
        Amounts of the claims of the law and the part of them that is due to the minimum.

    Returns
    -------
    Dataset
        `claims_unreduced`, `claims_unreduced_topup` (year, benefit, sex, age), which are those claimed of benefits that
        have no such reductions or increases.
    """
    places = {claim.benefit: j for j, claim in enumerate(rules.claims) if isinstance(claim, BeforeClaim)}
    if not places:
        return xr.Dataset()
    names, found = list(insured["benefit"].values), {}
    for name, paid, own in zip(UNREDUCED, ("claims_amount", "claims_topup"), money, strict=True):
        array = insured[paid].transpose("year", "benefit", "sex", "age").copy(deep=True)
        for benefit, j in places.items():
            array.values[:, names.index(benefit)] = own[:, j]
        found[name] = array
    return xr.Dataset(found)
