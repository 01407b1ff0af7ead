"""The change of a product split among its factors without a rest, and the growth of pension expenditure over GDP."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from actuarial import check
from actuarial.errors import BadInput, MissingVariable
from actuarial.valuation.series import align, labelled

CLOSES = 1e-12  # how far a given total may lie from the product of its factors, relative
NEEDED = ("population_midyear", "employed", "total_pensioners", "pension_expenditure")
WORKING = 15  # first age of those who may work


def decompose(factors, total=None, *, from_year=None, to_year=None):
    """Split the change of a product among its factors by the logarithmic mean Divisia index, exactly.

    Parameters
    ----------
    factors : mapping of name to series by year
        1-D arrays, pandas Series or DataArrays by `year`; a number is constant; a `scenario` dim broadcasts.
    total : series by year, optional
        The product, where it is known apart: it is compared with the product of the factors.
    from_year, to_year : int, optional
        Two years, whose change is split at once. Without them every year is compared with the year before it, and the
        sum over any run of years splits its change along the path.

    Returns
    -------
    Dataset
        `factor_contribution` (scenario, year, factor), in units of the product, and `decomposed_change` (scenario,
        year), which is its sum over the factors; without `year` between two years.

    Raises
    ------
    BadInput
        No factor, values below 0 or NaN, different years, one of the two years alone or outside the series, a total
        that is not the product.

    Notes
    -----
    With the product V = x_1 x_2 ... between the years 0 and 1, the contribution of a factor is

        L(V_1, V_0) ln(x_1/x_0),  L(a, b) = (a - b)/ln(a/b),  L(a, a) = a

    and they sum to V_1 - V_0, since the logarithms sum to ln(V_1/V_0). A factor that is 0 in one of the years has the
    limit of this as all zeros of the year go to 0 alike [2]_: those factors share the whole change equally and the
    others have none; where the product is 0 in both years nothing changes and all contributions are 0.

    References
    ----------
    .. [1] Ang, B. W. (2005), The LMDI approach to decomposition analysis: a practical guide, Energy Policy 33, 867-871.
    .. [2] Ang, B. W., Liu, N. (2007), Handling zero values in the logarithmic mean Divisia index decomposition
       approach, Energy Policy 35, 238-246.

    Examples
    --------
    >>> parts = decompose({"price": [1.0, 2.0], "number": [3.0, 3.0]}, from_year=1, to_year=2)
    >>> parts.factor_contribution.round(9).values.tolist()
    [3.0, 0.0]
    """
    if not isinstance(factors, Mapping) or not factors:
        nothing = factors is None or isinstance(factors, Mapping)
        what = "no factor is given" if nothing else f"the factors are {type(factors).__name__}"
        raise BadInput(f'decompose: {what}; write series by name: decompose({{"number": ..., "average": ...}}).')
    series = align({str(name): values for name, values in factors.items()})
    values = np.stack([series[str(name)] for name in factors], axis=-1)
    _not_negative(values, list(factors))
    _compare(series, values.prod(axis=-1), total)
    between = _places(series, from_year, to_year)
    first, second = (slice(None, -1), slice(1, None)) if between is None else between
    before, after = values[..., first, :], values[..., second, :]
    found = contributions(before, after)
    dims = series.extra if between is not None else (*series.extra, "year")
    coords = {**series.coords, "factor": [str(name) for name in factors]}
    coords |= {} if between is not None else {"year": series.years[1:]}
    part = xr.DataArray(found, dims=(*dims, "factor"), coords=coords)
    change = xr.DataArray(after.prod(axis=-1) - before.prod(axis=-1), dims=dims)
    period = (from_year, to_year) if between is not None else (int(series.years[0]), int(series.years[-1]))
    result = labelled({"factor_contribution": part, "decomposed_change": change})
    return result.assign_attrs(from_year=period[0], to_year=period[1])


def contributions(before, after):
    """Contributions of factors to the change of their product; arrays (..., factor), see `decompose`."""
    start, end = before.prod(axis=-1, keepdims=True), after.prod(axis=-1, keepdims=True)
    mean = logarithmic_mean(end, start)
    gone = np.where(start == 0.0, before == 0.0, after == 0.0)
    shared = np.where(gone, (end - start) / np.maximum(gone.sum(axis=-1, keepdims=True), 1), 0.0)
    return np.where((start > 0) & (end > 0), mean * _growth(after, before), shared)


def logarithmic_mean(a, b):
    """L(a, b) = (a - b)/ln(a/b), with L(a, a) = a and L(a, 0) = 0; arrays of numbers that are not negative."""
    growth = _growth(a, b)
    return np.divide(a - b, growth, out=np.minimum(a, b), where=growth != 0)


def _growth(a, b):
    """ln(a/b) of positive numbers, with all digits where they are close; 0 where one of them is 0."""
    part = np.divide(a - b, b, out=np.zeros_like(b), where=(a > 0) & (b > 0))
    near = abs(part) < 0.5
    apart = ~near & (a > 0) & (b > 0)
    logs = [np.log(x, out=np.zeros_like(x), where=apart) for x in (a, b)]
    return np.where(near, np.log1p(np.where(near, part, 0.0)), logs[0] - logs[1])


def expenditure_factors(result, basis, *, old_age=65):
    """The four factors whose product is the expenditure on pensions over GDP.

    Parameters
    ----------
    result : Dataset of `project`
    basis : Dataset with `gdp`
    old_age : int, years
        Age from which a person is old; those from 15 to the age before may work.

    Returns
    -------
    dict of name to DataArray (scenario, year)
        With N the persons on 1 July, P the mean number of beneficiaries of all pensions, E the expenditure on pensions
        (of a part of a year at the pace of a year) and EMP the employed::

            dependency     N(old) / N(working age)
            coverage       P / N(old)
            benefit_ratio  (E / P) / (GDP / EMP)
            labour_market  N(working age) / EMP

    Raises
    ------
    MissingVariable
        `gdp` or a variable of the projection is absent.
    BadInput
        An age outside the projection, a year without pensioners, old persons or employed.

    Examples
    --------
    factors = expenditure_factors(result, basis)
    """
    check.require(result, *NEEDED)
    if "gdp" not in basis:
        raise MissingVariable("the basis has no gdp (currency/year at current prices); expenditure over it needs it.")
    ages = result["age"].values
    if not WORKING < old_age <= ages[-1]:
        raise BadInput(f"old_age must lie between {WORKING + 1} and {ages[-1]}, but it is {old_age}.")
    people = result["population_midyear"].sum("sex")
    old = people.sel(age=slice(old_age, None)).sum("age")
    working = people.sel(age=slice(WORKING, old_age - 1)).sum("age")
    employed = result["employed"].sum(["sex", "age"])
    pensioners, spent = result["total_pensioners"], _spent_in_a_year(result)
    for name, number in (("old persons", old), ("employed", employed), ("pensioners", pensioners)):
        if bool((number <= 0).any()):
            raise BadInput(f"there are years without {name}, and no ratio to them: choose other years or ages.")
    gdp = basis["gdp"].sel(year=result["year"])
    return {
        "dependency": old / working,
        "coverage": pensioners / old,
        "benefit_ratio": (spent / pensioners) / (gdp / employed),
        "labour_market": working / employed,
    }


def decompose_expenditure(result, basis, from_year=None, to_year=None, *, old_age=65):
    """Split the change of pension expenditure over GDP into dependency, coverage, benefit ratio and labour market.

    Parameters
    ----------
    result : Dataset of `project`
    basis : Dataset with `gdp`
    from_year, to_year : int, optional
        As in `decompose`: two years, or without them each year against the year before.
    old_age : int, years

    Returns
    -------
    Dataset
        As `decompose`, in fractions of GDP; the factors are those of `expenditure_factors`.

    Raises
    ------
    MissingVariable, BadInput
        As `decompose` and `expenditure_factors`.

    References
    ----------
    .. [1] European Commission (2023), 2024 Ageing Report: underlying assumptions and projection methodologies
       (decomposition of pension expenditure over GDP).

    Examples
    --------
    decompose_expenditure(result, basis, 2026, 2070).factor_contribution.to_series()
    """
    chosen = {name: factor.drop_attrs() for name, factor in expenditure_factors(result, basis, old_age=old_age).items()}
    total = _spent_in_a_year(result) / basis["gdp"].sel(year=result["year"])
    return decompose(chosen, total.drop_attrs(), from_year=from_year, to_year=to_year)


def _spent_in_a_year(result):
    """Expenditure on pensions, of a first period that is a part of a year at the pace of a year."""
    spent = result["pension_expenditure"]
    return spent / result["year_fraction"] if "year_fraction" in result else spent


def _not_negative(values, names):
    bad = values < 0
    if bad.any():
        first = names[int(np.argwhere(bad)[0][-1])]
        raise BadInput(
            f"decompose: factors must not be negative, but {int(bad.sum())} of {bad.size} values are, the first of "
            f"{first}: {values[bad][0]}.\n  Split a difference term by term instead."
        )


def _compare(series, product, total):
    """BadInput where a total that was given is not the product."""
    if total is None:
        return
    given = align({"total": total, "product": series.by_year(product, "product")})["total"]
    off = abs(given - product) > CLOSES * np.maximum(abs(given), abs(product))
    if off.any():
        raise BadInput(
            f"decompose: the factors do not multiply to the total in {int(off.sum())} of {off.size} values, the first: "
            f"{float(product[off][0])!r} against {float(given[off][0])!r}.\n"
            "  Add what is missing as a factor: total / product."
        )


def _places(series, from_year, to_year):
    """Places of two years on the axis; None where every year is compared with the year before."""
    if from_year is None and to_year is None:
        if len(series.years) < 2:
            raise BadInput("decompose: a change needs two years, but the series have one.")
        return None
    if from_year is None or to_year is None:
        raise BadInput("decompose: give both from_year and to_year, or neither.")
    return series.position(from_year, "from_year", 0), series.position(to_year, "to_year", 0)
