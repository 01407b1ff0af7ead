"""Packages of reforms beside current law: what they cost, and what they pay to standard careers."""

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import xarray as xr

from actuarial.errors import ActuarialError, BadInput
from actuarial.projection import project
from actuarial.scheme import Scheme
from actuarial.studies.kinds import pensions_only
from actuarial.studies.replacement import Careers, replacement_rates
from actuarial.valuation.compare import COMPARED, along_runs, compare
from actuarial.valuation.feedback import looks_back
from actuarial.vocabulary import annotate

CURRENT = "current law"
STANDARD = Careers()
Change = Scheme | Callable[..., Any] | tuple[Any, Any]
ORDINARY = inspect.Parameter.POSITIONAL_OR_KEYWORD


def reforms(
    basis: xr.Dataset,
    scheme: Scheme,
    changes: Mapping[str, Change],
    *,
    careers: Careers | None = STANDARD,
    service: str = "months",
    progress: Callable[[str], None] | None = None,
) -> xr.Dataset:
    """Project current law and every reform of it, and put costs and replacement rates side by side.

    Parameters
    ----------
    basis : Dataset
        With or without scenarios.
    scheme : Scheme
        Current law.
    changes : mapping of name to change
        A scheme; a function from scheme to scheme; or, where a reform changes behaviour or other assumptions too, a
        function of two arguments, (basis, scheme) -> (basis, scheme), or a pair (change of the basis, change of the
        scheme): each a function, the changed thing itself, or None. Each reform starts from current law, not from the
        one before it.
    careers : Careers or None
        Standard careers whose replacement rates are compared, see `replacement_rates`; None for none.
    service : "months" or "years"
        Grid of past credit, see `project`.
    progress : function of a word, optional
        Called with the name of the run and of the stage before the stage runs.

    Returns
    -------
    Dataset by run, (scenario,) year, benefit, career, earnings_level, sex, year_of_retirement
        `compare` of all runs, the first of them "current law", with the variables of `replacement_rates` by run.

    Raises
    ------
    BadInput
        No reform, a reform named "current law", a change that is none of the above or returns something else; another
        currency, or a basis of other scenarios or of other years.
    ActuarialError
        What the changes, `project` and `replacement_rates` raise, with the name of the run.

    References
    ----------
    .. [1] Plamondon et al. (2002), Actuarial practice in social security, International Labour Office.

    Examples
    --------
    compared = reforms(basis, scheme, {
        "later retirement": lambda s: s.amend("old_age", retirement_age=ramp({2030: 60, 2050: 67})),
        "and they stay at work": (later_exits, lambda s: s.amend("old_age", retirement_age=67)),
    })
    difference_from(compared).general_average_premium
    """
    pensions_only("reforms", scheme)
    _check(changes)
    laws = {CURRENT: (basis, scheme)}
    for name, change in changes.items():
        with _named(name):
            laws[name] = _changed(change, basis, scheme)
    wanted = None if careers is None else _every_tenth_year(careers, basis)
    results, rates = {}, {}
    for name, (assumptions, law) in laws.items():
        tell = _teller(progress, name)
        with _named(name):
            result = project(assumptions, law, service=service, progress=tell)
            results[name] = result[[word for word in COMPARED if word in result]]
            if wanted is not None:
                tell("replacement rates")
                known = None if looks_back(law) is None else result
                rates[name] = replacement_rates(assumptions, law, wanted, finance=known)
    compared = compare(results)
    return compared if wanted is None else _with_rates(compared, rates)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Errors begin with the name of the run."""
    try:
        yield
    except ActuarialError as error:
        raise type(error)(f"{name}: {error}") from error


def _check(changes: Any) -> None:
    if not isinstance(changes, Mapping) or not changes:
        raise BadInput(
            "reforms: give at least one reform by name.\n"
            '  Write reforms(basis, scheme, {"later retirement": lambda s: s.amend("old_age", retirement_age=67)}).'
        )
    if CURRENT in changes:
        raise BadInput(f"reforms: {CURRENT!r} is the name of the law as it is; give the reform another name.")


def _changed(change: Any, basis: xr.Dataset, scheme: Scheme) -> tuple[xr.Dataset, Scheme]:
    """Basis and scheme of one reform; functions get a copy of the basis, so that no reform touches another."""
    if isinstance(change, tuple) and len(change) == 2:
        found = tuple(
            part(given) if callable(part) else given if part is None else part
            for part, given in zip(change, (basis.copy(deep=True), scheme), strict=True)
        )
    elif callable(change) and _takes_both(change):
        found = change(basis.copy(deep=True), scheme)
    else:
        found = (basis, change(scheme) if callable(change) else change)
    if not isinstance(found, tuple) or len(found) != 2:
        raise BadInput(
            f"a function of basis and scheme must return both (got {type(found).__name__}).\n"
            "  Write lambda basis, scheme: (basis.assign(...), scheme.amend(...))."
        )
    for what, kind, got in (("basis", xr.Dataset, found[0]), ("scheme", Scheme, found[1])):
        if not isinstance(got, kind):
            raise BadInput(
                f"its {what} must be a {kind.__name__} (got {type(got).__name__}).\n  A reform is a "
                "Scheme, a function of the scheme, a function of basis and scheme, or a pair of functions."
            )
    return found


def _takes_both(change: Callable[..., Any]) -> bool:
    """Whether a function takes a basis and a scheme."""
    try:
        parameters = inspect.signature(change).parameters.values()
    except (TypeError, ValueError):
        return False
    needed = [one for one in parameters if one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, ORDINARY)]
    return len(needed) == 2


def _every_tenth_year(careers: Careers, basis: xr.Dataset) -> Careers:
    """The careers with their years of retirement, which are those of the present basis for all reforms."""
    if careers.retirement is not None:
        return careers
    years = tuple(range(int(basis["year"][0]), int(basis["year"][-1]) + 1, 10))
    return dataclasses.replace(careers, retirement=years)


def _teller(progress: Callable[[str], None] | None, name: str) -> Callable[[str], None]:
    return (lambda stage: None) if progress is None else (lambda stage: progress(f"{name}: {stage}"))


def _with_rates(compared: xr.Dataset, rates: Mapping[str, xr.Dataset]) -> xr.Dataset:
    """The comparison with replacement rates by run."""
    if "scenario" in compared.dims:
        words = compared["scenario"].values
        rates = {run: part.sel(scenario=words) if "scenario" in part.dims else part for run, part in rates.items()}
    first = rates[CURRENT]
    stacked = xr.Dataset({name: along_runs({run: part[name] for run, part in rates.items()}) for name in first})
    for dim in first.coords:
        stacked[dim].attrs = first[dim].attrs
    lines = [compared.attrs.get("notes", ""), *(part.attrs.get("notes", "") for part in rates.values())]
    notes = "\n".join(dict.fromkeys(line for line in lines if line))
    merged = xr.merge([compared, annotate(stacked)], join="exact", combine_attrs="override")
    return merged.assign_attrs({"group_of_careers": first.attrs["group"]} | ({"notes": notes} if notes else {}))
