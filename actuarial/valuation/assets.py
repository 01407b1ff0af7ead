"""The opening reserve by asset class, at book and at market value, without and with what is in dispute."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.check.assets import EQUAL, VALUES, check_assets, recognised
from actuarial.errors import BadInput
from actuarial.scheme import Scheme
from actuarial.valuation.feedback import refuse_looking_back
from actuarial.valuation.finance import project_finance
from actuarial.valuation.indicators import value
from actuarial.vocabulary import annotate

SHOWN = (
    "reserve_0",
    "reserve",
    "reserve_ratio",
    "trust_fund_ratio",
    "general_average_premium",
    "general_average_premium_net",
    "year_outgo_exceeds_contributions",
    "year_reserve_falls",
    "year_reserve_exhausted",
)


def opening_assets(basis: xr.Dataset) -> xr.Dataset:
    """Assets on the valuation date: what is recognised, what is disputed, at book and at market value.

    Parameters
    ----------
    basis : Dataset
        `assets_book_0`, `assets_market_0` by `asset_class`, currency, one of them or both; `assets_disputed_0`, the
        share of a class that is in dispute or in arrears (contributions that are due and not paid, debts that the
        State has not acknowledged), 0 where absent.

    Returns
    -------
    Dataset by (scenario,) asset_class
        `assets_book_0`, `assets_market_0` as given, `assets_book_recognised`, `assets_market_recognised` without the
        disputed share.

    Raises
    ------
    MissingVariable
        The basis holds no assets by class.
    BadBasis
        The opening reserve is neither the sum of the recognised assets at book nor that at market value.

    Examples
    --------
    >>> basis = xr.Dataset({"assets_book_0": ("asset_class", [70.0, 30.0]),
    ...                     "assets_disputed_0": ("asset_class", [0.0, 1.0]), "reserve_0": 70.0},
    ...                    {"asset_class": ["bonds", "arrears of the State"]})
    >>> opening_assets(basis).assets_book_recognised.values.tolist()
    [70.0, 0.0]
    """
    given = [name for name in VALUES if name in basis]
    if not given:
        check.require(basis, VALUES[0])
    check.require(basis, *given, "reserve_0")
    check_assets(basis)
    found = {name: basis[name] for name in given}
    found |= {name.replace("_0", "_recognised"): recognised(basis, name) for name in given}
    return annotate(xr.Dataset(found))


def with_and_without(result: xr.Dataset, basis: xr.Dataset, scheme: Scheme) -> xr.Dataset:
    """The valuation with other opening reserves: at book and at market value, without and with disputed assets.

    Parameters
    ----------
    result : Dataset of `project` of this basis and scheme
    basis : Dataset with assets by class, see `opening_assets`
    scheme : Scheme

    Returns
    -------
    Dataset by run, (scenario,) year
        `reserve_0`, `reserve`, `reserve_ratio`, `trust_fund_ratio`, `general_average_premium`,
        `general_average_premium_net` and the three critical years; `run` is "book", "market", "book with disputed",
        "market with disputed", as far as the basis holds them. The attribute `reference` names the run whose reserve
        is that of the basis.

    Raises
    ------
    BadInput
        The basis has audited reserves after the valuation date, so that the opening reserve decides nothing; a law
        whose benefits look back at the finances.
    MissingVariable, BadBasis
        As `opening_assets`.

    Notes
    -----
    Benefits and contributions are those of the result; the flows of the years are financed anew from each reserve.

    References
    ----------
    .. [1] International Social Security Association and International Labour Organization (2016), Guidelines on
       actuarial work for social security, part A: data, assumptions and disputed assets are disclosed.
    """
    assets = opening_assets(basis)
    refuse_looking_back(
        scheme,
        "with_and_without",
        "its benefits are others with another reserve.\n"
        "  Project the scheme with each of them: project(basis.assign(reserve_0=...), scheme).",
    )
    if bool(result["audited"].any()):
        raise BadInput(
            "with_and_without: the first projected years are audited and end with a stated reserve, which does not "
            "depend on the opening one.\n  Give a basis whose valuation date is the day of the assets by class."
        )
    totals: dict[str, Any] = {}
    for name in [name for name in VALUES if name in assets]:
        word = name.split("_")[1]
        totals[word] = assets[name.replace("_0", "_recognised")].sum("asset_class")
        totals[f"{word} with disputed"] = assets[name].sum("asset_class")
    runs = {}
    for word, reserve in totals.items():
        finance = project_finance(result, result, basis.assign(reserve_0=reserve), scheme)
        runs[word] = xr.merge([finance, value(finance)], compat="override", join="exact")[list(SHOWN)]
    dim = xr.DataArray(list(runs), dims="run", name="run")
    compared = xr.concat(list(runs.values()), dim=dim, coords="minimal", compat="override", combine_attrs="override")
    stated = basis["reserve_0"]
    reference = next(word for word, total in totals.items() if np.allclose(total, stated, rtol=EQUAL, atol=0.0))
    return compared.assign_attrs(reference=reference)

