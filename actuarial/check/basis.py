"""A pension basis by itself: everything is there, fits together and can be valued."""

from typing import Any

import numpy as np

from actuarial.check.assets import check_assets
from actuarial.check.attributes import check_attributes
from actuarial.check.groups import check_groups
from actuarial.check.plausibility import plausibility
from actuarial.check.population import newborn_0
from actuarial.check.variables import check_variables, failing, first_place, require
from actuarial.errors import BadBasis, BadDimensions
from actuarial.quick import quick_set
from actuarial.translation import N_, InFile, Told
from actuarial.vocabulary import variables

REQUIRED = tuple(name for name, row in variables().items() if row.role == "basis" and not row.may_be_missing)
"""Variables that a pension basis must have."""
NEEDED = {
    "mx": (("sex", "age"), N_("a life table is made from the death rates of all ages of one sex")),
    "asfr": (("age",), N_("it gives the births by age of the mother")),
    "asfr_past": (("past_year", "age"), N_("it gives the births of past years by age of the mother")),
    "entry_profile": (("age",), N_("it spreads the entries of a year over the ages")),
    "pension_0": (("benefit",), N_("it gives the average pension of every benefit")),
    "wage_growth_past": (("past_year",), N_("it gives the growth of every past year")),
    "inflation_past": (("past_year",), N_("it gives the growth of every past year")),
}
"""Dims that may not be left out, although the values might be the same along them."""
NOT_ZERO = {
    "salary_0": N_("nobody earns anything"),
    "coverage": N_("nobody will be insured"),
    "density": N_("nobody will contribute"),
    "collection_rate": N_("nothing will be collected"),
}
ONE = 1e-6  # how far the entries of a year may sum away from one
ALL = 1.0 + 1e-9  # greatest share of the employed that all groups together may cover


def check_inputs(basis: Any) -> list[str]:
    """Whether a pension basis can be projected, before any law is applied to it.

    Parameters
    ----------
    basis : Dataset
        Assumptions and opening stocks, with or without scenarios.

    Returns
    -------
    list of str
        One line for each assumption outside its usual range, and for each path into the past that is not given.

    Raises
    ------
    MissingVariable, BadDimensions, OutOfBounds
        A variable that is absent or fails the vocabulary.
    BadBasis
        Parts that contradict each other: attributes, entry profile, coverage, stocks, payroll.

    Notes
    -----
    sum_x entry_profile[x] = 1 in every year, group and sex. The sum of coverage over the groups is at most 1, unless
    whoever contributed at any time of the year is counted. Cells with persons need earnings, those with pensioners a
    pension.
    """
    require(basis, *REQUIRED)
    basis = quick_set(basis)
    check_variables(basis)
    check_attributes(basis)
    _check_dims(basis)
    check_service(np.asarray(basis["service"]))
    check_entries(basis)
    check_groups(basis)
    _check_coverage(basis)
    _check_population(basis)
    _check_payroll(basis)
    _check_pensions(basis)
    check_assets(basis)
    return plausibility(basis)


def _check_dims(basis: Any) -> None:
    for name, (dims, why) in NEEDED.items():
        lacking = [dim for dim in dims if name in basis and dim not in basis[name].dims]
        if lacking:
            raise BadDimensions(
                Told("{name} lacks the dimension {names}: {why}.", name=name, names=tuple(lacking), why=Told(why))
            )
    for dim in ("year", "benefit", "group", "sex", "age", "service"):
        if dim not in basis.dims or dim not in basis.coords:
            raise BadDimensions(Told("{dim}: the basis has no labels of {dim}. Give them as a coordinate.", dim=dim))


def check_service(months: np.ndarray) -> None:
    """BadDimensions where labels of past credit are not months in steps of 1 or 12 from 0 on."""
    steps = np.unique(np.diff(months))
    if months.size < 2 or months[0] != 0 or steps.size != 1 or steps[0] not in (1, 12):
        raise BadDimensions(
            Told(
                "service: the labels are months of past credit, 0, 1, 2, ... or 0, 12, 24, ...\n"
                "  They start at {start} and have steps of {steps}.\n"
                "  Give the opening stocks on one of the two grids.",
                start=tuple(months[:3]),
                steps=tuple(steps[:5]),
            )
        )


def check_entries(basis: Any) -> None:
    """BadBasis where the entries of a year are not a distribution over the ages."""
    total = basis["entry_profile"].sum("age")
    bad = abs(total.values - 1.0) > ONE
    if bad.any():
        raise BadBasis(
            Told(
                "entry_profile must sum to one over the ages.\n"
                "  {number} of {count} sums fail; the first: {place} -> {value:g}\n"
                "  Divide it by its sum{how}.",
                **failing(total, bad),
                how=InFile(': basis.entry_profile / basis.entry_profile.sum("age")', ""),
            )
        )


def _check_coverage(basis: Any) -> None:
    """The insured of all groups together are not more than the employed, where they are counted at one time."""
    if basis.attrs["coverage_concept"] == "any":
        return
    given = basis["coverage"]
    total = given.sum("group") if "group" in given.dims else given * basis.sizes["group"]
    beyond = total.values > ALL
    if beyond.any():
        raise BadBasis(
            Told(
                "coverage: all groups together cover more than all employed.\n"
                "  {number} of {count} sums over the groups fail; the first: {place} -> {value:.4g}\n"
                "  The coverage of a group is its insured over the employed of all groups; lower it where"
                " the sum exceeds 1.",
                **failing(total, beyond),
            )
        )


def _check_population(basis: Any) -> None:
    newborn_0(basis)
    people = basis["population_0"].sum("age")
    if bool((people <= 0).any()):
        place, _ = first_place(people, (people <= 0).values)
        raise BadBasis(
            Told("population_0: there is nobody ({place}).\n  Give the population on the valuation date.", place=place)
        )


def _check_payroll(basis: Any) -> None:
    """Somebody will be insured and earn something, and whoever is or becomes active earns something."""
    for name, what in NOT_ZERO.items():
        everywhere = basis[name].max([dim for dim in basis[name].dims if dim != "scenario"])
        if bool((everywhere <= 0).any()):
            raise BadBasis(
                Told(
                    "{name} is 0 everywhere: {what}, so that no cost rate has a base.\n  Give its values.",
                    name=name,
                    what=Told(what),
                )
            )
    entering = basis["entry_profile"] > 0
    entering = entering.any("year") if "year" in entering.dims else entering
    working = (basis["active_0"].sum("service") > 0) | (entering & (basis["coverage"].sum() > 0))
    unpaid = working & (basis["salary_0"] <= 0)
    if bool(unpaid.any()):
        raise BadBasis(
            Told(
                "salary_0 is 0 where there are active insured or entrants.\n"
                "  {number} of {count} cells fail; the first: {place}\n"
                "  Give the average earnings of these ages.",
                **failing(unpaid, unpaid.values),
            )
        )


def _check_pensions(basis: Any) -> None:
    unpaid = (basis["pensioners_0"] > 0) & (basis["pension_0"] <= 0)
    if bool(unpaid.any()):
        raise BadBasis(
            Told(
                "pension_0 is 0 where there are pensioners.\n"
                "  {number} of {count} cells fail; the first: {place}\n"
                "  Give their average pension, currency/year.",
                **failing(unpaid, unpaid.values),
            )
        )
