"""The catalogue of changes: the least set that a valuation tests, each with its words and the sign of its effect."""

from collections.abc import Iterable, Mapping
from functools import cache

from actuarial.errors import BadInput
from actuarial.fields import ended, suggestion
from actuarial.studies import assumption_shocks as of_basis
from actuarial.studies import law_shocks as of_law
from actuarial.studies.changes import Change
from actuarial.translation import N_

STRESS_TESTS = ("unemployment_shock", "assets_fall", "longevity_tail", "mortality_shock", "combined_adverse")
"""Names of the changes that are stress tests: rare events rather than other assumptions."""

GENERATION = 40
"""Years in which those who are born have become contributors."""

ADVERSE = (
    of_basis.scaled("mx", 0.9),
    of_basis.fertility(-0.2),
    of_basis.interest(-0.01),
    of_basis.invalidity(1.2),
    of_law.administration(1.1),
)
FAVOURABLE = (
    of_basis.scaled("mx", 1.1),
    of_basis.fertility(0.2),
    of_basis.interest(0.01),
    of_basis.invalidity(0.8),
    of_law.administration(0.9),
)
COMBINED = "mortality {}10%, fertility {} children, interest {} pt, invalidity {}20%, administration {}10%"


@cache
def catalogue() -> dict[str, Change]:
    """All changes of the least set, by name, in the order of a table.

    Returns
    -------
    dict of name to Change

    References
    ----------
    .. [1] International Social Security Association and International Labour Office (2016), Guidelines on actuarial
       work for social security, guideline 8 (sensitivity and stress tests).

    Examples
    --------
    >>> catalogue()["interest_up"].words
    'Interest 1 percentage point higher'
    """
    parts = (_demographic(), _economic(), _of_members(), _legal(), _events())
    return {change.name: change for part in parts for change in part}


def chosen(names: Iterable[str], known: Mapping[str, Change] | None = None) -> dict[str, Change]:
    """Changes by their names, of the catalogue unless another one is given.

    Raises
    ------
    BadInput
        A name that the catalogue does not have.
    """
    known = catalogue() if known is None else known
    for name in names:
        if name not in known:
            hint = ended(suggestion(str(name), known, N_("its names are {names}")))
            raise BadInput(
                f"changes: {name!r} is no change of the catalogue; {hint}\n"
                "  A change of your own is given in a mapping: {name: lambda basis: basis.assign(...)}."
            )
    return {name: known[name] for name in names}


def pair(
    parameter: str, unit: str, low: tuple, high: tuple, why: str = "", least_years: int = 1
) -> tuple[Change, Change]:
    """Two changes of a parameter, down and up; each is step, words, function and expected sign."""
    down, up = (
        Change(
            name=f"{parameter}_{way}", parameter=parameter, unit=unit, step=step, words=words, function=function,
            expected=expected, why=why, least_years=least_years,
        )
        for way, (step, words, function, expected) in (("down", low), ("up", high))
    )  # fmt: skip
    return down, up


def _demographic() -> tuple[Change, ...]:
    migration = of_basis.scaled("net_migration", 0.0), of_basis.scaled("net_migration", 2.0)
    balance = "whoever enters pays and whoever leaves takes claims along, so that the balance and the ages decide"
    return (
        *pair(
            "mortality", "relative",
            (-0.1, "Mortality 10% lower", of_basis.scaled("mx", 0.9), "up"),
            (0.1, "Mortality 10% higher", of_basis.scaled("mx", 1.1), "down"),
        ),
        *pair(
            "improvement", "relative",
            (-0.5, "Mortality falls half as fast", of_basis.improvement(0.5), "down"),
            (0.5, "Mortality falls one and a half times as fast", of_basis.improvement(1.5), "up"),
            why="where mortality falls; where it rises the sign turns",
        ),
        *pair(
            "fertility", "child",
            (-0.2, "Fertility 0.2 children lower", of_basis.fertility(-0.2), "up"),
            (0.2, "Fertility 0.2 children higher", of_basis.fertility(0.2), "down"),
            why="where those who are born become contributors within the projection", least_years=GENERATION,
        ),
        *pair(
            "migration", "relative",
            (-1.0, "No net migration", migration[0], "either"),
            (1.0, "Net migration doubled", migration[1], "either"),
            why=balance,
        ),
    )  # fmt: skip


def _economic() -> tuple[Change, ...]:
    wages = (
        "faster growth makes pensions that follow prices smaller beside earnings, but gives later years, which cost "
        "more, a greater weight"
    )
    indexed = "only what is not adjusted, or adjusted late, loses value; amounts in payment and the reserve are nominal"
    return (
        *pair(
            "real_wages", "percentage point",
            (-0.5, "Real growth of wages 0.5 points lower", of_basis.real_wages(-0.005), "either"),
            (0.5, "Real growth of wages 0.5 points higher", of_basis.real_wages(0.005), "either"),
            why=wages,
        ),
        *pair(
            "interest", "percentage point",
            (-1.0, "Interest 1 percentage point lower", of_basis.interest(-0.01), "up"),
            (1.0, "Interest 1 percentage point higher", of_basis.interest(0.01), "down"),
            why="where outgo falls later than earnings, or there is a reserve",
        ),
        *pair(
            "inflation", "percentage point",
            (-1.0, "Inflation 1 point lower, real wages and interest the same", of_basis.inflation(-0.01, alone=False),
             "either"),
            (1.0, "Inflation 1 point higher, real wages and interest the same", of_basis.inflation(0.01, alone=False),
             "either"),
            why=indexed,
        ),
        *pair(
            "inflation_alone", "percentage point",
            (-1.0, "Inflation alone 1 point lower, nominal wages and interest the same",
             of_basis.inflation(-0.01, alone=True), "down"),
            (1.0, "Inflation alone 1 point higher, nominal wages and interest the same",
             of_basis.inflation(0.01, alone=True), "up"),
            why="where pensions follow prices",
        ),
    )  # fmt: skip


def _of_members() -> tuple[Change, ...]:
    members = "new members pay first and are paid later, so that the path and the horizon decide"
    credits = "contributions and credits rise together, and more members complete the qualifying period"
    words = ("Coverage rises (or falls) 10% less", "Coverage stays at that of the first year")
    coverage = [
        Change(
            name=name, words=text, function=of_basis.coverage_path(1.0 + step), parameter="coverage", step=step,
            unit="relative", why=members,
        )
        for name, text, step in zip(("coverage_slower", "coverage_constant"), words, (-0.1, -1.0), strict=True)
    ]  # fmt: skip
    return (
        *coverage,
        *pair(
            "density", "percentage point",
            (-5.0, "Density of contributions 5 points lower", of_basis.shifted("density", -0.05), "either"),
            (5.0, "Density of contributions 5 points higher", of_basis.shifted("density", 0.05), "either"),
            why=credits,
        ),
        *pair(
            "invalidity", "relative",
            (-0.2, "Incidence of invalidity 20% lower", of_basis.invalidity(0.8), "down"),
            (0.2, "Incidence of invalidity 20% higher", of_basis.invalidity(1.2), "up"),
        ),
    )  # fmt: skip


def _legal() -> tuple[Change, ...]:
    state = [
        Change(
            name=name, words=text, function=of_law.state_pays(1.0 + step), expected="up", parameter="state_income",
            step=step, unit="relative", effect_on="general_average_premium_net",
            why="of the premium net of the income from the State; the premium for all outgo does not count it",
        )
        for name, text, step in (
            ("state_unpaid", "The State pays nothing", -1.0), ("state_half", "The State pays half", -0.5),
        )
    ]  # fmt: skip
    return (
        Change(
            name="retirement_age_later", words="Retirement one year later", function=of_law.retirement_age(1.0),
            expected="down", step=1.0, unit="year", parameter="retirement_age",
        ),
        Change(
            name="indexation_prices", words="Pensions follow prices", function=of_law.indexation("prices"),
            parameter="indexation", why="lower where the law follows wages, higher where it adjusts less than prices",
        ),
        Change(
            name="indexation_wages", words="Pensions follow wages", function=of_law.indexation("wages"),
            expected="up", parameter="indexation", why="where wages grow faster than the law adjusts pensions",
        ),
        *pair(
            "administration", "relative",
            (-0.1, "Cost of administration 10% lower", of_law.administration(0.9), "down"),
            (0.1, "Cost of administration 10% higher", of_law.administration(1.1), "up"),
        ),
        *state,
    )  # fmt: skip


def _events() -> tuple[Change, ...]:
    tail = of_basis.improvement(1.5, of_basis.TAIL, level=0.8)
    return (
        Change(
            name="unemployment_shock", words="Unemployment 5 points higher for 3 years, fading over 5",
            function=of_basis.unemployment(0.05, 3, 5),
            why="earnings fall at once, but the credits that are lost make later pensions fewer and smaller",
        ),
        Change(
            name="assets_fall", words="Reserve on the valuation date 20% lower", function=of_basis.assets(0.8),
            expected="up", parameter="assets", step=-0.2, unit="relative",
        ),
        Change(
            name="longevity_tail", words="Mortality from age 65 on 20% lower and falling 1.5 times as fast",
            function=tail, expected="up",
        ),
        Change(
            name="mortality_shock", words="Mortality of the first year 50% higher",
            function=of_basis.first_year_mortality(1.5), expected="down",
        ),
        Change(
            name="combined_adverse", words=f"Adverse: {COMBINED.format('-', '-0.2', '-1', '+', '+')}",
            function=of_law.together(*ADVERSE), expected="up", parameter="combined",
        ),
        Change(
            name="combined_favourable", words=f"Favourable: {COMBINED.format('+', '+0.2', '+1', '-', '-')}",
            function=of_law.together(*FAVOURABLE), expected="down", parameter="combined",
        ),
    )  # fmt: skip
