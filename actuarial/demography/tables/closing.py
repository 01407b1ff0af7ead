"""Death rates at old ages by a law that is fitted below them, up to an open age that agrees with it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import labelled, refuse
from actuarial.demography.tables.closing_coale_kisker import CoaleKisker, oldest_rate
from actuarial.demography.tables.closing_fit import warn_of_misfit
from actuarial.demography.tables.closing_laws import DenuitGoderniaux, Gompertz, Kannisto, Law, expectancy, kept
from actuarial.demography.tables.closing_makeham import Makeham
from actuarial.demography.tables.lifetable import by_age
from actuarial.demography.tables.payment_plan import years_of
from actuarial.errors import BadDimensions, BadInput
from actuarial.vocabulary import variable

LAWS: dict[str, Callable[[float, Any], Law]] = {
    "kannisto": lambda limit, oldest: Kannisto(),
    "gompertz": lambda limit, oldest: Gompertz(),
    "makeham": lambda limit, oldest: Makeham(),
    "coale-kisker": lambda limit, oldest: CoaleKisker(oldest=oldest),
    "denuit-goderniaux": lambda limit, oldest: DenuitGoderniaux(limit=limit, highest=limit),
}
"""The words for a law, of an age of certain death and of the rates at age 110."""

NUMBERS = {2: "two", 3: "three", 4: "four"}


@kind.takes(
    mx=kind.numbers, method=kind.word, fit_ages=kind.optional(kind.pair), from_age=kind.optional(kind.whole),
    to_age=kind.whole, deaths=kind.optional(kind.numbers), exposure=kind.optional(kind.numbers), limit_age=kind.whole,
    rate_110=kind.optional(kind.numbers), keep_ex=kind.truth,
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
    rate_110: Any = None,
    keep_ex: bool = False,
) -> xr.DataArray:
    """Central death rates of single ages, extended by a law of mortality to another open age.

    Parameters
    ----------
    mx : array (age) or (year, age), or DataArray of (..., age), 1/year
        Single ages; the last one is open.
    method : "kannisto", "gompertz", "makeham", "coale-kisker" or "denuit-goderniaux"
    fit_ages : (int, int), years
        First and last age to which the law is fitted, both below the open age; by default from 80 (Denuit and
        Goderniaux: 75) to the age below the open one. Coale and Kisker take the mean growth of the rates
        between the two for that of the age in the middle, by default 81 and 86 for 84, which a table that is open
        below 87 has not; (83, 84) is that of 84 alone.
    from_age : int, years
        First age with the rates of the law; by default the age that was open.
    to_age : int, years
        The new open age. Its rate is 1 over the life expectancy there, with the law going on.
    deaths, exposure : like `mx`, persons and person-years, optional
        By the ages of `mx`, or more or fewer that have the fitted ones; plain arrays by those of `mx`.
        Not with Coale and Kisker.
    limit_age : int, years
        Age at which q = 1, of Denuit and Goderniaux.
    rate_110 : float or DataArray by dims of `mx`, 1/year
        Death rate at age 110, of Coale and Kisker; by default 1.0 of men and 0.8 of women, where the rates have the
        dimension or a label `sex`.
    keep_ex : bool
        The life expectancy at the age that was open stays what its rate says: the law starts at the fitted rate of the
        age below, and its slope is the one with that life expectancy; with Denuit and Goderniaux its one parameter is,
        and with Coale and Kisker the fall of the growth, in the place of the rate at age 110.

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
        life expectancy that no slope has, rates of the law above 2 or (Coale and Kisker) falling before age 110.
    NoSolution
        Deaths without a most likely law.

    Warns
    -----
    UserWarning
        The law is more than 10% away from the rates at the last five fitted ages: in the mean of the logarithms; or of
        their deaths, and by more than two standard deviations.

    Notes
    -----
    ::

        kannisto            logit m_x = a + b x          gompertz   ln m_x = a + b x
        makeham             m_x = c + exp(a + b x), c from 0 up
        coale-kisker        ln(m_x/m_{x-1}) = k - R (x - y), with y the age in the middle and R such that m_110 is given
        denuit-goderniaux   ln q_x = -c (limit - x)^2    with q = m/(1 + m/2)

    With deaths and exposure, Kannisto, Gompertz and Makeham are fitted by maximum likelihood of Poisson deaths, and the
    last one by least squares of ln q weighted by the deaths; without them by least squares of the left sides (Makeham:
    of ln m). With Coale and Kisker [4]_ k is ln(m_l/m_f)/(l - f) of the ages f and l of the fit, and with y = 84
    R = (26 k + ln m_84 - ln m_110)/351; where the growth would become negative, above age 110, rates stay. The first
    age of the fit is a choice: nothing searches for the one with the closest fit, as [2]_ do. Above the new open age
    e_x = 1 - q_x/2 + (1 - q_x) e_{x+1} goes on until q is 1 (or for 150 years): the life expectancies do not depend on
    where the table is closed.

    References
    ----------
    .. [1] Thatcher, A. R., Kannisto, V., Vaupel, J. W. (1998), The force of mortality at ages 80 to 120, Odense
       University Press.
    .. [2] Denuit, M., Goderniaux, A.-C. (2005), Closing and projecting life tables using log-linear models, Bulletin of
       the Swiss Association of Actuaries, 2005(1).
    .. [3] Wilmoth, J. R. et al. (2021), Methods protocol for the Human Mortality Database, version 6, section 7.
    .. [4] Coale, A. J., Kisker, E. E. (1990), Defects in data on old-age mortality in the United States: new procedures
       for calculating mortality schedules and life tables at the highest ages, Asian and Pacific Population Forum 4(1).

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
    if rate_110 is not None and word != "coale-kisker":
        raise BadInput('rate_110: it goes with method="coale-kisker"; leave it out.')
    rates = by_age(mx, "mx")
    if (np.diff(rates["age"].values) != 1).any():
        raise BadDimensions("mx: the ages must be single to be closed; make wider ones single by `split_rates` before.")
    oldest = oldest_rate(rates, rate_110) if word == "coale-kisker" else None
    law = LAWS[word](float(years_of(limit_age, "limit_age", 1)), oldest)
    first, last = _fit_ages(rates, fit_ages, law)
    to_age = years_of(to_age, "to_age", 1)
    start = _start(rates, from_age, to_age, law, keep_ex, first)
    counts = _counts(rates, deaths, exposure, first, last)
    fitted = rates.sel(age=slice(first, last))
    parameters = law.fit(fitted, counts)
    warn_of_misfit(law, parameters, fitted, counts, word)
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
    first, last = law.usual_fit if fit_ages is None else fit_ages
    last = highest if last is None else last
    if not (lowest <= first <= last - law.fewest + 1 and last <= highest):
        usual = ""
        if fit_ages is None and lowest <= highest - 5:
            usual = f", such as ({highest - 5}, {highest}); the usual ones of this law are not all below it"
        raise BadInput(
            f"fit_ages: {first} to {last} must be at least {NUMBERS[law.fewest]} ages of {lowest} to {highest}, those "
            f"below the open one; write fit_ages=(first, last){usual}."
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
