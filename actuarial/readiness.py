"""Whether a basis and a scheme can be valued together, and what in them is unusual."""

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from actuarial.audited import BY_BENEFIT, COUNTS, audited_years
from actuarial.benefits.opening import check_before, unused_ratios
from actuarial.check.basis import check_inputs
from actuarial.check.plausibility import outside
from actuarial.check.variables import first_place
from actuarial.dated import ByGroup, BySex, ByYear, Money, Split, evaluate, leaves
from actuarial.demography.a0 import A0_RULES
from actuarial.errors import BadBasis, BadScheme
from actuarial.fields import ended, suggestion
from actuarial.labour.recovery import check_invalids
from actuarial.law import law
from actuarial.pension.plausible import implausible
from actuarial.pension.readiness import check_accounts, check_adjustments, check_balances, check_needs
from actuarial.pension.supplements import check_supplements
from actuarial.person import Person, make_grid
from actuarial.quick import quick_set
from actuarial.translation import N_, Told, few
from actuarial.valuation.accounts import check_lines
from actuarial.valuation.observed import check_observed
from actuarial.warned import Warned, span_of, warnings_of

SCHOOL = 15  # least age of a career
CAREER = 60  # years, more than anybody has


def check_basis(basis: xr.Dataset, scheme: Any = None) -> list[str]:
    """Whether a pension basis can be valued, alone or with a scheme.

    Parameters
    ----------
    basis : Dataset
        Assumptions and opening stocks, with or without scenarios.
    scheme : Scheme, optional
        Its groups, benefits and ages are compared with the basis.

    Returns
    -------
    list of str
        Warnings, one line each: assumptions outside their usual range, back-cast paths, members past the retirement age
        on the valuation date, a retirement age that rises while exits do not change, numbers of the law that are first
        stated for a later year than the first projected one; what the basis itself was warned of when it was made.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds, BadBasis
        The basis is incomplete or contradicts itself.
    BadBasis
        Among others: accounts of the base year or opening balances of what the scheme does not have, or lacks.
    BadScheme
        The law names groups or benefits that the basis does not have, or cannot be fulfilled at the ages of the basis.

    Examples
    --------
    for warning in check_basis(basis, scheme):
        print(warning)
    """
    warnings, basis = [*check_inputs(basis), *warnings_of(basis)], quick_set(basis)
    check_observed(basis)
    check_invalids(basis)
    rule = basis.attrs.get("a0_rule")
    if "a0" not in basis and rule is not None and str(rule).replace("-", "_") not in A0_RULES:
        raise BadBasis(Told("a0_rule must be one of {names} (got {rule!r}).", names=tuple(A0_RULES), rule=rule))
    built = {name: array.attrs["built"] for name, array in basis.data_vars.items() if "built" in array.attrs}
    warnings += [_built(name, how) for name, how in built.items()]
    return warnings if scheme is None else warnings + _check_law(basis, scheme)


def check_answers(basis: xr.Dataset, scheme: Any) -> None:
    """Refuse what a projection refuses when it asks the law: for every year, age and year of service, of the first
    scenario.

    Of the finances that a rule looks back at nothing is known yet.

    Raises
    ------
    BadScheme
        As `law`.
    """
    months = 12 * np.arange(CAREER + 1)
    service = xr.DataArray(months, dims="service", coords={"service": months})
    first = basis.isel(scenario=0) if "scenario" in basis.dims else basis
    law(scheme, first, service=service, finance=xr.Dataset())


def _built(name: Any, how: Any) -> Warned:
    return Warned(
        "{variable} was built from {how}.",
        "{variable}: built by the calculation program, not observed.",
        variable=str(name),
        how=how,
    )


def _check_law(basis: xr.Dataset, scheme: Any) -> list[str]:
    _check_currency(basis, scheme)
    _check_groups(basis, scheme)
    _check_benefits(basis, scheme)
    check_needs(scheme.benefits, basis)
    check_before(basis, scheme)
    check_lines(basis, [benefit.name for benefit in scheme.benefits])
    grid = make_grid(basis, scheme)
    for benefit in scheme.benefits:
        for rule in _ages(benefit):
            _check_ages(benefit.name, rule, grid)
    before = grid.at_years([int(basis["year"][0]) - 1])
    warnings = [line for benefit in scheme.benefits for line in _past_the_age(benefit, basis, before)]
    warnings += [line for benefit in scheme.benefits for line in _behaviour(benefit, basis, grid)]
    warnings += _stated_late(scheme, int(basis["year"][0]))
    warnings += _audited(basis, scheme) + _observed(basis, scheme)
    warnings += unused_ratios(basis, scheme)
    warnings += _pensioners(basis, scheme) + _minimum(basis, scheme)
    warnings += check_adjustments((*scheme.accounts, *scheme.benefits), basis)
    warnings += check_balances(basis, scheme) + check_accounts(scheme.accounts, basis, scheme)
    warnings += check_supplements(scheme.benefits, basis)
    warnings += implausible(scheme, _fields(scheme), grid)
    return warnings + _administration(scheme, grid)


def _check_currency(basis: xr.Dataset, scheme: Any) -> None:
    if basis.attrs["currency"] != scheme.currency:
        raise BadScheme(
            Told(
                "currency: the amounts of the scheme are in {currency}, those of the basis in "
                "{other}.\n"
                "  Convert one of them, or correct its currency.",
                currency=scheme.currency,
                other=basis.attrs["currency"],
            )
        )


def _check_groups(basis: xr.Dataset, scheme: Any) -> None:
    """Every group that the scheme names is one of the basis."""
    groups = [str(word) for word in basis["group"].values]
    for place, name in _named_groups(scheme):
        if name not in groups:
            hint = ended(suggestion(name, groups, N_("its groups are {names}")))
            raise BadScheme(Told("{place}: the basis has no group {name!r}; {hint}", place=place, name=name, hint=hint))


def _named_groups(part: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Groups named in a scheme or a part of it, with the place."""
    for where, value in _fields(part, place):
        if isinstance(value, (*Split, Money)):
            for path, _ in leaves(value):
                for key, name in pairwise(path):
                    if key == "group":
                        yield where, name
        elif where.endswith(".groups"):
            yield from ((where, name) for name in value)


def _fields(part: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Fields of a scheme or a part of it that hold no further parts, with the place."""
    if isinstance(part, (*Split, Money)) or not (isinstance(part, tuple) or dataclasses.is_dataclass(part)):
        yield place, part
    elif isinstance(part, tuple):
        if place.endswith(".groups"):
            yield place, part
        else:
            for inner in part:
                yield from _fields(inner, place)
    else:
        own = getattr(part, "name", "") if place else "scheme"
        inside = own if own and isinstance(own, str) else place
        for field in dataclasses.fields(part):
            below = field.name if inside == "scheme" else f"{inside}.{field.name}"
            yield from _fields(getattr(part, field.name), below)


def _stated_late(scheme: Any, first: int) -> list[str]:
    """Numbers of the law whose first stated year lies after the first projected one."""
    return [
        Warned(
            "{field}: is first stated for {year}, and that value is used from {first} on; state the value for {first} "
            "if it was another.",
            "{field}: is first stated for {year}, and that value is used from {first} on.",
            field=".".join((place, *path)),
            year=year,
            first=first,
        )
        for place, value in _fields(scheme)
        for path, year in _starts(value)
        if year > first
    ]


def _starts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int]]:
    """First stated years inside a value; amounts carried back along an index and numbers by year of birth have none."""
    if isinstance(value, Money):
        yield from _starts(value.value, path) if value.indexed == "none" else ()
    elif isinstance(value, ByYear):
        (year, inner), *_ = value.points
        yield path, year
        yield from _starts(inner, (*path, str(year)))
    elif isinstance(value, BySex):
        yield from _starts(value.male, (*path, "male"))
        yield from _starts(value.female, (*path, "female"))
    elif isinstance(value, ByGroup):
        for name, inner in value.values:
            yield from _starts(inner, (*path, "group", name))


def _check_benefits(basis: xr.Dataset, scheme: Any) -> None:
    """Pensioners of the valuation date belong to pensions of the scheme."""
    known = {benefit.name: benefit for benefit in scheme.benefits}
    number = basis["pensioners_0"].sum(["sex", "age"])
    for name in map(str, basis["benefit"].values):
        some = float(number.sel(benefit=name).max())
        if some and name not in known:
            hint = ended(suggestion(name, known, N_("its benefits are {names}")))
            having = [own for own in ("pensioners_0", "pension_0", "mortality_ratio_pensioners") if own in basis]
            having += [Told("the lines of accounts_0")] if "accounts_0" in basis else []
            raise BadScheme(
                Told(
                    "pensioners_0: the scheme has no benefit {name!r}; {hint}\n"
                    "  Drop its rows from {names} and {last}, or add the benefit to the scheme.",
                    name=name,
                    hint=hint,
                    names=tuple(having[:-1]),
                    last=having[-1],
                )
            )
        if some and name in known and known[name].lump_sum:
            raise BadScheme(
                Told(
                    "pensioners_0: {number:g} persons receive {name}, but it is a lump sum and nobody is in "
                    "payment of it.\n"
                    "  Set them to 0, or move them to the pension that they receive.",
                    number=some,
                    name=name,
                )
            )


def _audited(basis: xr.Dataset, scheme: Any) -> list[str]:
    """Accounts of benefits that the scheme does not have: refused in projected years, a warning as history."""
    if "audited_accounts" not in basis:
        return []
    years, known = audited_years(basis), [benefit.name for benefit in scheme.benefits]
    prefixes, unknown = (BY_BENEFIT, COUNTS[1]), []
    for line in map(str, basis["account_line"].values):
        name = line.partition(":")[2]
        if line.startswith(prefixes) and name not in known:
            given = basis["audited_accounts"].sel(account_line=line, account_year=years)
            if bool(given.notnull().any()):
                hint = ended(suggestion(name, known, N_("its benefits are {names}")))
                raise BadBasis(
                    Told(
                        "audited_accounts: {line} of {years}: the scheme has no such benefit; {hint}",
                        line=line,
                        years=years[0],
                        hint=hint,
                    )
                )
            unknown.append(line)
    lost = basis["audited_accounts"].sel(account_line=unknown).notnull()
    told = basis["account_year"].values[lost.any([dim for dim in lost.dims if dim != "account_year"]).values]
    if not told.size:
        return []
    lines = [
        Warned("{line}{meant}", "{line}", line=line, meant=_meant(line.partition(":")[2], known)) for line in unknown
    ]
    return [
        Warned(
            "audited_accounts of {years}: the scheme has no such benefits, so the lines are not shown: {lines}.",
            "Audited accounts of {years}: the scheme has no such benefits, so the lines are not shown: {lines}.",
            years=few(told.tolist()),
            lines=tuple(lines),
        )
    ]


def _meant(name: str, known: list[str]) -> str:
    """What a name that is not known may be, in brackets; nothing where none is like it."""
    close = get_close_matches(name, known, n=1, cutoff=0.75)
    return f" (did you mean {close[0]}?)" if close else ""


def _observed(basis: xr.Dataset, scheme: Any) -> list[str]:
    """Observed awards of benefits that the scheme does not have."""
    if "observed_awards" not in basis:
        return []
    given, known = basis["observed_awards"], [benefit.name for benefit in scheme.benefits]
    some = given.notnull().any([dim for dim in given.dims if dim != "benefit"]).values
    unknown = [name for name in map(str, given["benefit"].values[some]) if name not in known]
    if not unknown:
        return []
    names = [Warned("{benefit}{meant}", "{benefit}", benefit=name, meant=_meant(name, known)) for name in unknown]
    return [
        Warned(
            "observed_awards: the scheme has no such benefits, so nothing is compared: {benefits}.",
            "Observed awards: the scheme has no such benefits, so nothing is compared: {benefits}.",
            benefits=tuple(names),
        )
    ]


class _Ages(NamedTuple):
    """A retirement age of a benefit and the years of service that go with it, each with its place."""

    age_place: str
    age: Any
    years_place: str
    years: Any


def _ages(benefit: Any) -> list[_Ages]:
    """Retirement ages of a benefit: its own one, or those of its conditions."""
    several = getattr(benefit, "conditions", ())
    if several:
        places = [f"conditions[{i}]" for i in range(len(several))]
        return [_Ages(f"{at}.age", one.age, f"{at}.years", one.years) for at, one in zip(places, several, strict=True)]
    if getattr(benefit, "retirement_age", None) is None:
        return []
    years = getattr(benefit, "qualifying_years", 0.0)
    return [_Ages("retirement_age", benefit.retirement_age, "qualifying_years", years)]


def _check_ages(name: str, rule: _Ages, grid: Person) -> None:
    """The retirement age lies within the ages of the basis, and the qualifying period within a career."""
    age, last = xr.DataArray(evaluate(rule.age, grid)), int(grid.age[-1])
    beyond = (age > last).values
    if beyond.any():
        place, value = first_place(age, beyond)
        raise BadScheme(
            Told(
                "{field}: {value:g} lies beyond the last age of the basis, {last} ({place}).\n"
                "  Nobody would retire; lower it, or give a basis with more ages.",
                field=f"{name}.{rule.age_place}",
                value=value,
                last=last,
                place=place,
            )
        )
    needed = xr.DataArray(evaluate(rule.years, grid))
    short = needed - (age - SCHOOL)
    if bool((short > 0).any()):
        place, _ = first_place(short, (short > 0).values)
        years, ages = (float(value.broadcast_like(short).values[(short > 0).values].flat[0]) for value in (needed, age))
        raise BadScheme(
            Told(
                "{field}: {years:g} years do not fit between age {least} and the retirement"
                " age {ages:g} ({place}).\n"
                "  Nobody could qualify at that age; lower the years, or raise the age.",
                field=f"{name}.{rule.years_place}",
                years=years,
                least=SCHOOL,
                ages=ages,
                place=place,
            )
        )


def _past_the_age(benefit: Any, basis: xr.Dataset, before: Person) -> list[str]:
    """Members who had passed the retirement age on the valuation date, and the rate at which they will claim."""
    if not _ages(benefit) or not hasattr(benefit, "reached") or benefit.together_with is not None:
        return []
    past = xr.DataArray(benefit.reached(before)).isel(year=0, drop=True, missing_dims="ignore")
    counts, entitled = [], 0.0
    for name in ("active_0", "inactive_0"):
        served = xr.DataArray(benefit.served(replace(before, status=name.removesuffix("_0"))))
        people = basis[name] * past
        having = people * served.isel(year=0, drop=True, missing_dims="ignore")
        entitled += _greatest(having.sum(["group", "sex", "age", "service"]))
        counts.append(people.sum(["group", "age", "service"]))
    men, women = ([_greatest(count.sel(sex=sex)) for count in counts] for sex in ("male", "female"))
    if sum(men) + sum(women) < 0.5:
        return []
    late = getattr(benefit, "claim_rate_late", None)
    field = "retirement_rate" if late is None else "claim_rate_late"
    now, given = before.at_years(basis["year"].values[:1]), getattr(benefit, field, 1.0)
    return [
        Warned(
            "{benefit}: {active_men:,.0f} active and {inactive_men:,.0f} inactive men, {active_women:,.0f} active and "
            "{inactive_women:,.0f} inactive women were past the retirement age on the valuation date; those with the "
            "service ({entitled:,.0f}) claim at {span:g} a year ({field}).{advice}",
            "{benefit}: {active_men} active and {inactive_men} inactive men, {active_women} active and "
            "{inactive_women} inactive women were past the retirement age on the valuation date; those with the "
            "service ({entitled}) claim at a rate of {span} a year.",
            benefit=benefit.name,
            **{"active_men": men[0], "inactive_men": men[1], "active_women": women[0], "inactive_women": women[1]},
            entitled=entitled,
            span=_range(benefit.rate(now) if isinstance(given, str) else evaluate(given, now)),
            field=field,
            advice=" Set claim_rate_late where they claim more slowly." if late is None else "",
        )
    ]


def _behaviour(benefit: Any, basis: xr.Dataset, grid: Person) -> list[str]:
    """A retirement age that rises while nobody works longer: exits at these ages are the same in all years."""
    paths = [xr.DataArray(evaluate(rule.age, grid)) for rule in _ages(benefit)]
    rises = {
        float((path.isel(year=-1) - path.isel(year=0)).max()): path
        for path in paths
        if "year" in path.dims and "age" not in path.dims
    }
    rise = max(rises, default=0.0)
    if rise < 1.0:
        return []
    path = rises[rise]
    lowest, highest = int(path.min()), int(np.ceil(path.max()))
    exits = basis["exit_rate"].sel(age=slice(lowest, highest - 1)) if "age" in basis["exit_rate"].dims else None
    if exits is None or ("year" in exits.dims and bool((exits != exits.isel(year=0)).any())):
        return []
    return [
        Warned(
            "{benefit}: the retirement age rises by {years:g} years, but exit_rate at {ages} is the same in all years: "
            "members leave as early as before. Give exit_rate (and participation_rate) by year.",
            "{benefit}: the retirement age rises by {years} years, but rates of exit at ages {ages} are the same in "
            "all years: members leave as early as before.",
            benefit=benefit.name,
            years=rise,
            ages=span_of(lowest, highest - 1),
        )
    ]


def _greatest(array: xr.DataArray) -> float:
    return float(array.max())


def _range(value: Any) -> Told | float:
    values = np.asarray(value, dtype=float)
    return span_of(float(values.min()), float(values.max()))


def _pensioners(basis: xr.Dataset, scheme: Any) -> list[str]:
    """Pensions without opening pensioners, and retired persons who are very young."""
    having = [str(name) for name in basis["benefit"].values]
    lines: list[str] = [
        Warned(
            "pensioners_0 has no {benefit}: nobody is taken to receive it on the valuation date.",
            "{benefit}: nobody is taken to receive it on the valuation date.",
            benefit=benefit.name,
        )
        for benefit in scheme.benefits
        if benefit.name not in having and not (benefit.lump_sum or benefit.accompanies)
    ]
    for benefit in scheme.benefits:
        if benefit.name in having and benefit.on in ("retirement", "invalidity"):
            least = 40 if benefit.on == "retirement" else SCHOOL
            young = float(basis["pensioners_0"].sel(benefit=benefit.name, age=slice(0, least - 1)).sum())
            if young:
                lines.append(
                    Warned(
                        "pensioners_0 of {benefit}: {number:,.0f} are younger than {age}; usual is none.",
                        "{benefit}: {number} pensioners are younger than {age}; usual is none.",
                        benefit=benefit.name,
                        number=young,
                        age=least,
                    )
                )
    return lines


def _minimum(basis: xr.Dataset, scheme: Any) -> list[str]:
    """Income from the minimum of pensions, which those in payment on the valuation date are not known to hold."""
    if not bool((basis["pensioners_0"] > 0).any()):
        return []
    return [
        Told(
            "{benefit}: pays what minimum pensions cost, but of the pensions in payment on the valuation date the part "
            "due to the minimum is not known, so that its income begins with new pensions and is too low at first.",
            benefit=line.name,
        )
        for line in scheme.contributions
        if line.base == "minimum"
    ]


def _administration(scheme: Any, grid: Person) -> list[str]:
    share = xr.DataArray(evaluate(scheme.administration.share_of_contributions, grid))
    what = Warned("administration.share_of_contributions", "Administration over contributions by the law")
    return outside(what, share, 0.0, 0.25, "0.03 to 0.15")
