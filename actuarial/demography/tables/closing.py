"""Death rates at old ages by a law that is fitted below them, up to an open age that agrees with it."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import labelled, refuse
from actuarial.demography.tables.closing_laws import LAWS, Law, expectancy, fitted, kept
from actuarial.demography.tables.lifetable import by_age
from actuarial.demography.tables.payment_plan import years_of
from actuarial.errors import BadDimensions, BadInput
from actuarial.vocabulary import variable


@kind.takes(
    mx=kind.numbers, method=kind.word, fit_ages=kind.optional(kind.pair), from_age=kind.optional(kind.whole),
    to_age=kind.whole, deaths=kind.optional(kind.numbers), exposure=kind.optional(kind.numbers), limit_age=kind.whole,
    keep_ex=kind.truth,
)
def close_table(
    mx: Any,
    *,
    method: str = "kannisto",
    fit_ages: tuple[int, int] | None = None,
    from_age: int | None = None,
    to_age: int = 110,
    deaths: Any = None,
    exposure: Any = None,
    limit_age: int = 130,
    keep_ex: bool = False,
) -> xr.DataArray:
    """Central death rates of single ages, extended by a law of mortality to another open age.

    Parameters
    ----------
    mx : array (age) or (year, age), or DataArray of (..., age), 1/year
        Single ages; the last one is open.
    method : "kannisto", "gompertz" or "denuit-goderniaux"
    fit_ages : (int, int), years
        First and last age to which the law is fitted, both below the open age; by default from 80 (Denuit and
        Goderniaux: 75) to the age below the open one.
    from_age : int, years
        First age with the rates of the law; by default the age that was open.
    to_age : int, years
        The new open age. Its rate is 1 over the life expectancy there, with the law going on.
    deaths, exposure : like `mx`, persons and person-years, optional
        By the ages of `mx`, or more or fewer that have the fitted ones; plain arrays by those of `mx`.
    limit_age : int, years
        Age at which q = 1, of Denuit and Goderniaux.
    keep_ex : bool
        The life expectancy at the age that was open stays what its rate says: the law starts at the fitted rate of the
        age below, and its slope is the one with that life expectancy; with Denuit and Goderniaux its one parameter is.

    Returns
    -------
    DataArray `mx` over the dims of `mx`, 1/year
        Ages from the first one to `to_age`.

    Raises
    ------
    BadInput
        Words or ages that cannot be meant, deaths without exposure.
    BadDimensions
        Rates without single ages; deaths by other dims.
    OutOfBounds
        Negative rates, rates of 0 at the fitted ages without deaths and exposure, rates that do not rise with age, a
        life expectancy that no slope has, rates of the law above 2.

    Notes
    -----
    ::

        kannisto            logit m_x = a + b x          gompertz   ln m_x = a + b x
        denuit-goderniaux   ln q_x = -c (limit - x)^2    with q = m/(1 + m/2)

    With deaths and exposure, Kannisto and Gompertz are fitted by maximum likelihood of Poisson deaths, and the third by
    least squares of ln q weighted by the deaths; without them by least squares of the left sides. The first age of the
    fit is a choice: nothing searches for the one with the closest fit, as [2]_ do. Above the new open age
    e_x = 1 - q_x/2 + (1 - q_x) e_{x+1} goes on until q is 1 (or for 150 years): the life expectancies do not depend on
    where the table is closed.

    References
    ----------
    .. [1] Thatcher, A. R., Kannisto, V., Vaupel, J. W. (1998), The force of mortality at ages 80 to 120, Odense
       University Press.
    .. [2] Denuit, M., Goderniaux, A.-C. (2005), Closing and projecting life tables using log-linear models, Bulletin of
       the Swiss Association of Actuaries, 2005(1).
    .. [3] Wilmoth, J. R. et al. (2021), Methods protocol for the Human Mortality Database, version 6, section 7.

    Examples
    --------
    >>> ages = np.arange(91)
    >>> closed = close_table(np.exp(-10.0 + 0.1 * ages), method="gompertz", to_age=100)
    >>> float(closed.sel(age=99).round(6)) == round(float(np.exp(-0.1)), 6)
    True
    """
    word = str(method).replace("_", "-")
    if word not in LAWS:
        raise BadInput(f"method: {method!r} is not known; write one of {', '.join(LAWS)}.")
    rates = by_age(mx, "mx")
    if (np.diff(rates["age"].values) != 1).any():
        raise BadDimensions("mx: the ages must be single to be closed; make wider ones single by `split_rates` before.")
    law = LAWS[word](float(years_of(limit_age, "limit_age", 1)))
    first, last = _fit_ages(rates, fit_ages, law)
    to_age = years_of(to_age, "to_age", 1)
    start = _start(rates, from_age, to_age, law, keep_ex, first)
    counts = _counts(rates, deaths, exposure, first, last)
    parameters = fitted(law, rates.sel(age=slice(first, last)), counts)
    if keep_ex:
        parameters = kept(law, parameters, rates)
    ages = np.arange(start, to_age + 1)
    above = law.rates(parameters, ages.astype(float))
    above[..., -1] = 1.0 / expectancy(law, parameters, float(to_age))
    values = np.concatenate([rates.sel(age=slice(None, start - 1)).values, above], axis=-1)
    coords = {key: one for key, one in rates.coords.items() if key != "age"}
    closed = xr.DataArray(
        values, dims=rates.dims, coords={**coords, "age": np.arange(rates["age"].values[0], to_age + 1)}, name="mx"
    )
    high = (closed.values > 2.0) & (closed["age"].values < to_age)
    refuse(closed, high, "the rates of the law must be at most 2", "Give a lower to_age.")
    closed.attrs = variable("mx").attributes()
    return closed


def _fit_ages(rates: xr.DataArray, fit_ages: Any, law: Law) -> tuple[int, int]:
    lowest, highest = int(rates["age"].values[0]), int(rates["age"].values[-2])
    if fit_ages is not None and np.shape(fit_ages) != (2,):
        raise BadInput(f"fit_ages: give the first and the last age (got {fit_ages!r}).")
    first, last = (law.usual_age, highest) if fit_ages is None else fit_ages
    if not (lowest <= first <= last - 2 and last <= highest):
        raise BadInput(
            f"fit_ages: {first} to {last} must be at least three ages of {lowest} to {highest}, those below the open "
            "one; write fit_ages=(first, last)."
        )
    if last >= law.limit:
        raise BadInput(f"limit_age: {law.limit:g} must be above the fitted ages, which end with {last}.")
    return int(first), int(last)


def _start(rates: xr.DataArray, from_age: int | None, to_age: int, law: Law, keep_ex: bool, first: int) -> int:
    """The first age with rates of the law."""
    was_open = int(rates["age"].values[-1])
    start = was_open if from_age is None else years_of(from_age, "from_age", 0)
    if keep_ex and start != was_open:
        raise BadInput(f"keep_ex: it concerns the age {was_open} that was open; leave from_age out.")
    if keep_ex and (rates.values[..., -1] <= 0).any():
        raise BadInput(f"mx: the open age {was_open} needs a death rate above 0, to keep its life expectancy.")
    if not first <= start <= was_open:
        raise BadInput(f"from_age: {start} must be an age from {first} (first fitted) to {was_open} (open).")
    if not start <= to_age <= law.highest:
        raise BadInput(f"to_age: {to_age} must be an age from {start} to {law.highest:g}.")
    return start


def _counts(rates: xr.DataArray, deaths: Any, exposure: Any, first: int, last: int) -> Any:
    """Deaths and exposures at the fitted ages, on the dims of the rates."""
    if (deaths is None) != (exposure is None):
        raise BadInput("close_table: give deaths and exposure, or neither.")
    if deaths is None:
        return None
    found = []
    for name, one in (("deaths", deaths), ("exposure", exposure)):
        dims = ("age",) if isinstance(one, xr.DataArray) else tuple(map(str, rates.dims))
        array = labelled(one, name, dims, {dim: rates[dim] for dim in dims if dim in rates.coords}, least=0.0)
        absent = sorted({*range(first, last + 1)} - {*array["age"].values.tolist()})
        if absent or set(array.dims) != set(rates.dims):
            raise BadDimensions(f"{name} must have the dims of mx and the ages {first} to {last}.")
        found.append(array.sel(age=slice(first, last)).transpose(*rates.dims).values)
    refuse(rates.sel(age=slice(first, last)), (found[0] > 0) & (found[1] == 0), "deaths need an exposure above 0")
    return found[0], found[1]
