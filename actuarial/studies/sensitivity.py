"""How a valuation moves when one assumption or rule is changed: many whole projections, of which totals are kept."""

from collections.abc import Callable, Mapping, Sequence

import xarray as xr

from actuarial.basis.overlays import scenarios
from actuarial.projection import check_types, project
from actuarial.scheme import Scheme
from actuarial.studies.kinds import pensions_only
from actuarial.studies.recompute import with_finance
from actuarial.studies.shocks import catalogue
from actuarial.studies.single_changes import (
    BASE,
    COPIED,
    Changes,
    Study,
    applied,
    at_once,
    given_as,
    one_scenario,
    yearly,
)
from actuarial.studies.unchanged import finance_alone
from actuarial.translation import N_, Told
from actuarial.vocabulary import variable

QUANTITIES = (
    "general_average_premium",
    "general_average_premium_net",
    "payg_cost_rate",
    "reserve_ratio",
    "year_reserve_exhausted",
)
ONE_VALUE = tuple(name for name in QUANTITIES if "year" not in variable(name).dims)
STUDY = Study(QUANTITIES, ONE_VALUE, catalogue)
TOGETHER = 4
"""Changes of the basis that are projected at once: the memory of a projection is that of its scenarios."""


def sensitivity(
    basis: xr.Dataset,
    scheme: Scheme,
    changes: Changes | None = None,
    *,
    quantities: Sequence[str] | None = None,
    scenario: str | None = None,
    service: str = "months",
    progress: Callable[[str], None] | None = None,
) -> xr.Dataset:
    """Value a scheme under single changes of assumptions and of the law, beside the valuation without a change.

    Parameters
    ----------
    basis : Dataset
        Assumptions and base-year stocks. Accounts of the base year (`accounts_0`) are not compared here.
    scheme : Scheme
    changes : names of the catalogue, `Change` objects, or a mapping of name to one of them or to a function, optional
        By default the whole catalogue (`shocks.catalogue()`); `shocks.STRESS_TESTS` are the names of its stress tests.
        A function takes a basis and returns one, or takes basis and scheme and returns both.
    quantities : names, optional
        What is kept, by default all of `QUANTITIES`.
    scenario : str, optional
        Scenario of the basis that is changed; by default its only one, or that named central.
    service : "months" or "years"
        Grid of past credit.
    progress : function of a sentence, optional
        Called before each projection.

    Returns
    -------
    Dataset by change, of which the first is "base"
        `general_average_premium`, `general_average_premium_net`, `year_reserve_exhausted` (NaN: not within the
        projection); by change and year `payg_cost_rate` and `reserve_ratio` in the 1st, 20th, 40th, 60th and last
        projected year; for each of them NAME_difference, the value less that of the base. `sign_as_expected` is 1
        where the level premium moves as expected and 0 where it does not, NaN where either sign may be, where nothing
        moves, where the projection is too short to judge, and where a change is not applicable; of the latter all
        numbers are NaN. Coordinates along change: `words`, `expected`, `why`, `note` (why a change is not applicable,
        cells that met a bound, no effect), `parameter`, `step`, `unit`.

    Raises
    ------
    BadInput
        An unknown name, a change that is no function or returns something else, several scenarios of which none is
        named, and what `project` and `scenarios` refuse.

    Notes
    -----
    difference = value under the change - value of the base. Changes of the basis alone are projected as scenarios,
    `TOGETHER` at a time, and changes of the law one by one; where a change reaches income and reserve alone (interest,
    assets, administration, what the State pays), the finance stage alone. Only the totals are kept.

    References
    ----------
    .. [1] International Social Security Association and International Labour Office (2016), Guidelines on actuarial
       work for social security, guideline 8 (sensitivity and stress tests).

    Examples
    --------
    found = sensitivity(basis, scheme)
    found.general_average_premium.to_series()
    """
    pensions_only("sensitivity", scheme)
    check_types(basis, scheme)
    named = STUDY.named(changes)
    kept = STUDY.kept(quantities)
    one, label = one_scenario(basis, scenario)
    one = one.drop_vars("accounts_0", errors="ignore")
    changed, notes = applied(one, scheme, named)
    values = _values(yearly(one), scheme, changed, service, progress or (lambda sentence: None))
    found = STUDY.beside(values, named, notes, one.sizes["year"], kept)
    found.attrs = {name: found.attrs[name] for name in COPIED if name in found.attrs} | {"scenario": label}
    return found


def _values(
    basis: xr.Dataset,
    scheme: Scheme,
    several: Mapping[str, tuple[xr.Dataset, Scheme]],
    service: str,
    tell: Callable[[str], None],
) -> dict[str, xr.Dataset]:
    """The quantities of the base and of each applicable change, by name."""
    whole = {BASE: (basis, scheme), **several}
    text = N_("{done} of {count} are valued; now {names}")
    tell(Told(text, done=0, count=len(whole), names=BASE))
    base = project(basis, scheme, service=service)
    values = {BASE: STUDY.of(base)}
    for name, (changed, law) in several.items():
        if finance_alone(basis, scheme, changed, law):
            values[name] = STUDY.of(with_finance(base, changed, law))
    rest = [name for name in whole if name not in values]
    together = at_once([name for name in rest if whole[name][1] is scheme], whole, TOGETHER)
    for batch in [*together, *([name] for name in rest if whole[name][1] is not scheme)]:
        tell(Told(text, done=len(values), count=len(whole), names=tuple(batch)))
        law = whole[batch[0]][1]
        mixed = scenarios(basis, **{name: given_as(whole[name][0]) for name in batch})
        mixed = mixed.isel(scenario=0, drop=True) if len(batch) == 1 else mixed
        found = STUDY.of(project(mixed, law, service=service))
        values |= {name: found if len(batch) == 1 else found.sel(scenario=name, drop=True) for name in batch}
    return values
