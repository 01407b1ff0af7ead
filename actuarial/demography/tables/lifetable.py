"""Period life tables of single or wider ages, from central death rates or from probabilities of dying."""

from typing import Any

import numpy as np
import xarray as xr

from actuarial.demography import arguments as kind
from actuarial.demography.labels import labelled, numbers_of, refuse, with_ages
from actuarial.demography.tables.conversion import TOO_HIGH, probabilities
from actuarial.errors import BadDimensions, BadInput, MissingVariable
from actuarial.translation import few
from actuarial.vocabulary import variable

COLUMNS = ("mx", "qx", "ax", "lx", "dx", "Lx", "Tx", "ex")


@kind.takes(
    mx=kind.optional(kind.numbers), qx=kind.optional(kind.numbers), ages=kind.optional(kind.ages), radix=kind.number,
    ex_open=kind.optional(kind.numbers),
)
def life_table(
    mx: Any = None,
    *,
    qx: Any = None,
    sex: str | None = None,
    ax: Any = "andreev_kingkade",
    ages: Any = None,
    radix: float = 1.0,
    ex_open: Any = None,
) -> xr.Dataset:
    """Period life table of single or wider ages whose last one is open.

    Parameters
    ----------
    mx : array (age) or (year, age), or DataArray of (..., age), 1/year
        Central death rates; that of the open age is 1 over the life expectancy there.
    qx : like `mx`, dimensionless
        Probabilities of dying before the next age, instead of `mx`. How the last one is read says `ex_open`.
    sex : "male", "female" or "both", optional
        Needed by the rules for age 0 where the rates have no dimension and no label `sex`. For "both" they are the mean
        of those of 1.05 men and one woman.
    ax : word, or array or DataArray of years
        Rule for, or values of, the mean time lived in an age by those who die in it: "andreev_kingkade",
        "coale_demeny_west", "coale_demeny_north", "coale_demeny_south", "coale_demeny_east", "greville" or
        "constant_force". The open age has 1/m, or with `qx` alone that of a last year of age. The words may be written
        with dashes, as everywhere where a rule is named.
    ages : sequence of numbers, years
        First exact ages, where they are not the labels of a DataArray; 0, 1, 2, ... by default.
    radix : float, persons
        Survivors at the first age.
    ex_open : float, array of one for each table, or DataArray, years
        Life expectancy at the open age, with `qx` only. Left out, the last `qx` closes the table: by 1 all die in the
        last age, after `ax` years there (1/2 by the rules), and below 1 the death rate of a last single age goes on
        above it. A warning says so where more than 1% of the lives reach that age.

    Returns
    -------
    Dataset over the dims of the rates
        `mx`, `qx`, `ax`, `lx`, `dx`, `Lx`, `Tx`, `ex`. Where nobody is left `ex` is 0.

    Raises
    ------
    BadInput
        Both or neither of `mx` and `qx`, an unknown word, a sex that is needed, ages that do not rise, labels of which
        an age is missing (one is twice as wide as both neighbours, or more), a radix that is not above 0, no deaths at
        the open age, a last age of more than one year whose end `qx` and `ax` do not tell.
    BadDimensions
        Rates of other dims or lengths.
    OutOfBounds
        NaN, negative numbers, rates so high that a probability would exceed 1.

    Notes
    -----
    With n the width of an age and W the open one::

        q = n m/(1 + (n - a) m)    l_{x+n} = l_x (1 - q)    d = l_x q    L = n l_{x+n} + a d    L_W = l_W/m_W
        T_x = L_x + L_{x+n} + ...  e = T/l                  q_W = 1

    The rules, where a = n/2 is what is not said::

        andreev_kingkade    a_0 of Andreev and Kingkade [2]_; the rest as in the next one
        coale_demeny_west   a_0, and a of 1 to 4, of the West family; Greville from 15 on where ages are wider than 1
        coale_demeny_...    the same with a_0, and a of 1 to 4, of the North, South or East family, by q_0 [5]_
        constant_force      a = 1/m - n/(e^(n m) - 1) at every age, so that q = 1 - e^(-n m); it needs no sex
        greville            as andreev_kingkade, and Greville's formula at every age that has two neighbours as wide as
                            itself (the open age counts as such)

    Greville's formula is a = n/2 - n^2/12 (m - ln(m_{x+n}/m_{x-n})/(2n)) [3]_; it needs deaths in both neighbours, and
    n/2 is used where one has none. From `qx`, rates and rules are solved together.
    The last one gives m_W = q/(1 - (1 - a) q), unless `ex_open` says 1/m_W.

    References
    ----------
    .. [1] Preston, S. H., Heuveline, P., Guillot, M. (2001), Demography, Blackwell, chapter 3, table 3.3, box 3.1.
    .. [2] Andreev, E. M., Kingkade, W. W. (2015), Average age at death in infancy and infant mortality level,
       Demographic Research 33, article 13.
    .. [3] Greville, T. N. E. (1943), Short methods of constructing abridged life tables, Record of the American
       Institute of Actuaries 32.
    .. [4] United Nations (1988), MORTPAK-LITE, the United Nations software package for mortality measurement.
    .. [5] Coale, A. J., Demeny, P., Vaughan, B. (1983), Regional model life tables and stable populations, 2nd edition,
       Academic Press, chapter 2.

    Examples
    --------
    >>> life_table([0.02, 0.001, 0.5], ax=[0.1, 0.5, 2.0])["ex"].round(3).values.tolist()
    [3.921, 2.998, 2.0]
    >>> life_table([0.01, 0.001, 0.1], ages=[0, 1, 5], sex="female")["lx"].round(4).values.tolist()
    [1.0, 0.9901, 0.9861]
    """
    from actuarial.demography.tables.last_age import open_rate
    from actuarial.demography.tables.nax import solve, time_lived

    if (mx is None) == (qx is None):
        raise BadInput("life_table: give either the central death rates mx or the probabilities qx.")
    if isinstance(radix, bool) or not isinstance(radix, (int, float, np.number)) or not 0.0 < radix < np.inf:
        raise BadInput(f"life_table: the radix must be a number above 0 (got {radix!r}).")
    if qx is None:
        if ex_open is not None:
            raise BadInput("life_table: ex_open goes with qx; the last number of mx says the same, as 1/ex.")
        rates = by_age(mx, "mx", ages)
        m, a = rates.values.copy(), time_lived(rates, ax, sex)
        _refuse_open(rates)
    else:
        rates = by_age(qx, "qx", ages)
        m, a = solve(rates, ax, sex, open_rate(rates, ax, ex_open))
    width = widths(rates)
    q = probabilities(m, a, width)
    q[..., -1] = 1.0
    refuse(rates.copy(data=q), q > 1.0 + 1e-12, "qx must not exceed 1", TOO_HIGH)
    a[..., -1] = 1.0 / m[..., -1]
    return _dataset(rates, m, q, a, width, float(radix))


def _dataset(
    labels: xr.DataArray, m: np.ndarray, q: np.ndarray, a: np.ndarray, width: np.ndarray, radix: float
) -> xr.Dataset:
    living, years, later = columns(q, a, width, m[..., -1], radix)
    found = (m, q, a, living, living * q, years, later, quotient(later, living))
    table = xr.Dataset(coords=labels.coords)
    for name, values in zip(COLUMNS, found, strict=True):
        table[name] = (labels.dims, values, variable(name).attributes())
    return table


def columns(
    q: np.ndarray, a: np.ndarray, width: Any, m_open: np.ndarray, radix: float = 1.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Survivors, person-years in an age and above it, from plain q (..., age) with q = 1 at the open age, and a."""
    first = np.full((*q.shape[:-1], 1), radix)
    living = np.concatenate([first, radix * np.cumprod(1.0 - q[..., :-1], axis=-1)], axis=-1)
    n = np.broadcast_to(width, q.shape)[..., :-1]
    years = np.zeros(q.shape)
    years[..., :-1] = n * living[..., 1:] + a[..., :-1] * (living[..., :-1] - living[..., 1:])
    years[..., -1] = living[..., -1] / m_open
    later = np.cumsum(years[..., ::-1], axis=-1)[..., ::-1]
    return living, years, later


def require_columns(table: xr.Dataset, name: str) -> None:
    """MissingVariable where a Dataset is no life table."""
    absent = [column for column in COLUMNS if column not in table]
    if absent:
        raise MissingVariable(f"{name}: {', '.join(absent)} are missing; give a Dataset of `life_table`.")


def quotient(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Quotient, 0 where nobody is left."""
    return np.divide(above, below, out=np.zeros(above.shape), where=below > 0)


def by_age(values: Any, name: str, ages: Any = None) -> xr.DataArray:
    """Numbers from 0 up, labelled by at least two rising exact ages, on the last axis."""
    dims: tuple[str, ...] = ("age",)
    if isinstance(values, xr.DataArray):
        values = with_ages(values, name, ages)
    else:
        count = numbers_of(values, name).ndim
        if count > 2:
            raise BadDimensions(f"{name} has {count} dims; give a DataArray with named dims.")
        dims = ("year", "age") if count == 2 else dims
    array = labelled(values, name, dims, None if ages is None else {"age": np.asarray(ages)}, least=0.0)
    found = array["age"].values
    if found.size < 2:
        raise BadInput(f"{name}: a life table needs at least two ages, the last one open (got {found.size}).")
    rising = np.issubdtype(found.dtype, np.number) and found[0] >= 0 and bool((np.diff(found) > 0).all())
    if not rising:
        raise BadInput(
            f"{name}: the ages must be numbers that rise from 0 or more, each once, the last one open "
            f"(got {few(found.tolist())})."
        )
    if ages is None:
        _refuse_holes(found, name)
    return array


def _refuse_holes(ages: np.ndarray, name: str) -> None:
    """Refuse an age twice as wide (or more) as both neighbours, which are alike: a label is missing there."""
    steps = np.diff(ages)
    before, wide, after = steps[:-2], steps[1:-1], steps[2:]
    holes = np.flatnonzero((before == after) & (wide > before) & (wide % before == 0)) + 1
    if holes.size:
        first = holes[0]
        raise BadInput(
            f"{name}: an age is missing between {ages[first]} and {ages[first + 1]}, as those before and after are "
            f"{steps[first - 1]} wide ({holes.size} such gaps); add it. Where it is as wide as that, give the ages "
            "apart: ages= of life_table, coords= of life_expectancy_interval."
        )


def widths(array: xr.DataArray) -> np.ndarray:
    """Years from each age to the next; that of the open age is as wide as the one before, and means nothing."""
    steps = np.diff(array["age"].values).astype(float)
    return np.append(steps, steps[-1])


def _refuse_open(rates: xr.DataArray) -> None:
    if (rates.values[..., -1] <= 0).any():
        raise BadInput(
            f"mx: the open age {rates['age'].values[-1]} needs a death rate above 0; it is 1 over its life expectancy."
        )
