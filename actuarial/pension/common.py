"""What pension benefits have in common: ages reached, service completed, staying alive."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from pydantic import WithJsonSchema

from actuarial import check
from actuarial.dated import Misstated, Number, choose, clip
from actuarial.errors import BadInput
from actuarial.fields import Reads, dated_schema, fraction
from actuarial.quick import without_attrs
from actuarial.translation import Told

ROUNDING = 1e-9  # years


def reached(person: Any, age: Number) -> Number:
    """Share of those of an age (last birthday on 31 December) who have passed an exact age by then.

    Birthdays are spread evenly over the year: clip(x + 1 - age, 0, 1). Of a person whose exact age at the event is
    known it is 1 or 0.
    """
    if person.exact_age is not None:
        return choose(person.exact_age >= age - ROUNDING, 1.0, 0.0)
    return clip(person.age + 1.0 - age, 0.0, 1.0)


def served(person: Any, years: Number) -> Number:
    """1 where the years of credit suffice, else 0."""
    return 1.0 * (person.service >= years - ROUNDING)


def missed(benefit: Any, person: Any, share: Number = 1.0) -> Number:
    """Share of those of an age who have passed the ages of a benefit by 31 December and have no right to it, times the
    share of these who are asked for: it is multiplied before there are cells of service."""
    own = getattr(benefit, "missed", None)
    if own is not None:
        return own(person, share)
    return benefit.reached(person) * share * (1.0 - benefit.served(person))


def sharing(person: Any, name: str) -> list[Any]:
    """Benefits of the scheme that draw a share of the claims of a benefit to themselves."""
    benefits = person.scheme.benefits if person.scheme is not None else ()
    return [one for one in benefits if getattr(one, "totalises", None) == name]


def stays_alive(name: str, basis: xr.Dataset) -> xr.DataArray:
    """Probability that a beneficiary aged x on 31 December is alive a year later (year, sex, age).

    Mortality of the population times `mortality_ratio_pensioners` of the benefit, where the basis has it.
    """
    from actuarial.demography.mortality import member_survival

    ratio = None
    if "mortality_ratio_pensioners" in basis:
        ratio = basis["mortality_ratio_pensioners"]
        if "benefit" in ratio.dims:
            known = [str(word) for word in basis["benefit"].values]
            ratio = ratio.sel(benefit=name, drop=True) if name in known else None
    return member_survival(basis, ratio)


def stays_invalid(name: str, basis: xr.Dataset) -> xr.DataArray:
    """Probability that an invalid aged x draws a benefit a year later: alive, and not recovered where some do."""
    stays = stays_alive(name, basis)
    return stays * (1.0 - basis["recovery_rate"]) if "recovery_rate" in basis else stays


def outlives_invalidity(name: str, basis: xr.Dataset) -> xr.DataArray | None:
    """Probability to be alive a year later, where invalids recover (`recovery_rate` of the basis)."""
    return stays_alive(name, basis) if "recovery_rate" in basis else None


def from_basis(person: Any, name: str) -> Number:
    """A variable of the basis for a person or a grid, on the dims that it has, scenarios among them.

    Years before the first projected one take the values of that one.

    Raises
    ------
    MissingVariable
        The basis lacks it.
    BadInput
        No basis, or one without the year, group, sex or age of the person.
    """
    if person.basis is None:
        raise BadInput(f"the law reads {name}, but there is no basis; give basis=.")
    if name not in person.basis:
        check.require(person.basis, name)
    value = person.basis[name]
    check.check_variable(value, check.variable(name))
    labels = {str(dim): np.asarray(getattr(person, str(dim))) for dim in value.dims if dim != "scenario"}
    return picked(without_attrs(value), labels, name)


def picked(value: xr.DataArray, labels: Mapping[str, np.ndarray], name: str) -> Number:
    """Cells of a variable with some labels, plain where each dim has one; years before the first are that one."""
    places: dict[str, Any] = {}
    for dim, wanted in labels.items():
        known = value.indexes[dim]
        nearest = np.maximum(wanted, known[0]) if dim == "year" else wanted
        found = known.get_indexer(np.atleast_1d(nearest))
        if (found < 0).any():
            lacking = np.atleast_1d(wanted)[found < 0][0]
            raise BadInput(f"{name}: the basis has no {dim} {lacking}; it goes from {known[0]} to {known[-1]}.")
        places[dim] = found if np.ndim(wanted) else found[0]
    cells = value.isel(places).reset_coords(drop=True)
    return (
        cells.assign_coords({dim: labels[dim] for dim in labels if dim in cells.dims}) if cells.ndim else float(cells)
    )


def fraction_or(word: str) -> tuple[Any, Any]:
    """Annotations of a field that holds a dated fraction or one word."""

    def read(raw: Any) -> Any:
        if isinstance(raw, str) and raw != word:
            raise Misstated(Told('must be a rate (fraction) or "{word}" (got {value!r})', word=word, value=raw))
        return raw if isinstance(raw, str) else fraction(raw)

    number = {"type": "number", "minimum": 0.0, "maximum": 1.0}
    return Reads(read), WithJsonSchema({"anyOf": [*dated_schema(number)["anyOf"], {"const": word}]})


def credits_of(name: str, scheme: Any) -> str | None:
    """What an account of a scheme is credited with; None where it has no such account."""
    return next((getattr(one.account, "credits", None) for one in scheme.accounts if one.name == name), None)
