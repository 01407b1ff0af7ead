"""New awards of the first projected year beside those that were observed: number, age, service, pension, minimum."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from actuarial.check.period import first_period
from actuarial.errors import BadBasis
from actuarial.fields import ended, suggestion
from actuarial.person import growth_path
from actuarial.quick import bare, gathered, quick, quick_set
from actuarial.remembered import remembered
from actuarial.translation import N_, Told
from actuarial.valuation.adequacy import NEEDED, adequacy
from actuarial.vocabulary import SEXES
from actuarial.warned import Warned

LINES = {
    "number": "persons/year",
    "age": "years",
    "service": "years",
    "pension": "currency/year",
    "at_minimum": "fraction",
}
"""Lines of `observed_awards` and their units."""
GREATEST = {"age": 120.0, "service": 100.0, "at_minimum": 1.0}
RELATIVE = {"number": 0.25, "pension": 0.25}
ABSOLUTE = {"age": 2.0, "service": 3.0, "at_minimum": 0.10}
"""How far projected awards may lie from observed ones without a warning: a share of them, or in their units."""
LEAST = 30  # awards a year; of fewer chance decides too much
MODEL = {
    "age": "new_awards_age",
    "service": "new_awards_service",
    "pension": "new_awards_pension",
    "at_minimum": "share_at_minimum",
}
GUIDE = Told(
    "  The lines are {names}; ages, service and shares are means of the awards of a year.", names=tuple(LINES)
)


@dataclass(frozen=True)
class AwardLine:
    """One figure of new awards; units as in `LINES`.

    Attributes
    ----------
    benefit, sex, line : words
    year : year in which it was observed
    observed : as observed
    expected : carried forward to the first projected year: amounts by the growth of wages, all else as it was
    model : as projected, at the pace of a whole year; NaN where nobody is
    away : whether they lie farther apart than the band, and enough awards were observed to tell
    """

    benefit: str
    sex: str
    line: str
    year: int
    observed: float
    expected: float
    model: float
    away: bool

    @property
    def difference(self) -> float:
        """Projected less expected, in the units of the line."""
        return self.model - self.expected


def check_observed(basis: xr.Dataset) -> None:
    """Whether the observed awards of a basis can be meant.

    Parameters
    ----------
    basis : Dataset with `observed_awards` (account_year, award_line, benefit, sex), if it has any

    Raises
    ------
    BadBasis
        An unknown line or one that is there twice, sexes or benefits together, shares above 1, ages above 120 years.
    """
    if "observed_awards" not in basis:
        return
    given = quick(basis["observed_awards"])
    lacking = [dim for dim in ("account_year", "award_line", "benefit", "sex") if dim not in given.dims]
    if lacking:
        raise BadBasis(Told("observed_awards lacks the dimension {dims}.\n{guide}", dims=tuple(lacking), guide=GUIDE))
    names = [str(name) for name in given["award_line"].values]
    for name in names:
        if name not in LINES:
            hint = ended(suggestion(name, list(LINES), N_("the lines are {names}")))
            raise BadBasis(Told("observed_awards: unknown line {name!r}; {hint}", name=name, hint=hint))
        if names.count(name) > 1:
            text = N_("observed_awards: the line {name!r} is there {count} times; give it once.")
            raise BadBasis(Told(text, name=name, count=names.count(name)))
        values = given.sel(award_line=name).values
        beyond = values > GREATEST.get(name, math.inf)
        if beyond.any():
            raise BadBasis(
                Told(
                    "observed_awards: {name} is above {greatest:g} in {count} of {whole} cells, the first holds "
                    "{value:g}.\n{guide}",
                    name=name,
                    greatest=GREATEST[name],
                    count=int(beyond.sum()),
                    whole=values.size,
                    value=float(values[beyond][0]),
                    guide=GUIDE,
                )
            )


@remembered
def compare_awards(result: xr.Dataset, basis: xr.Dataset) -> tuple[AwardLine, ...]:
    """Put the awards of the first projected year beside those last observed, by benefit and sex.

    Amounts are carried forward by the growth of wages, all else is left as it was. The last year that is known of each
    figure up to the first projected year counts. Of several scenarios the first one is compared. Where the first year
    begins on a valuation date inside it, its number is at the pace of a whole year.

    Parameters
    ----------
    result : Dataset of `project`
    basis : Dataset
        With `observed_awards` (account_year, award_line, benefit, sex), NaN where a figure is not known, and
        `wage_growth`.

    Returns
    -------
    tuple of AwardLine
        By benefit, sex and line, where anybody was or is awarded something; empty where the basis has no observed
        awards of a benefit of the result.

    Raises
    ------
    BadBasis
        Observed awards that cannot be meant.

    Examples
    --------
    for row in compare_awards(result, basis):
        print(row.benefit, row.sex, row.line, row.expected, row.model)
    """
    check_observed(basis)
    if "observed_awards" not in basis:
        return ()
    given, first = bare(one_scenario(basis["observed_awards"])), int(result["year"][0])
    model = _model(result, basis)
    figures = {name: np.stack([model[name].sel(sex=sex).values for sex in SEXES], axis=-1) for name in model.data_vars}
    known_benefits, rows = given["benefit"].values.tolist(), []
    for b, benefit in enumerate(map(str, model["benefit"].values)):
        for s, sex in enumerate(SEXES if benefit in known_benefits else ()):
            cell = given.sel(benefit=benefit, sex=sex).transpose("award_line", "account_year")
            years = cell["account_year"].values
            found = {
                str(name): _last(years, values, first)
                for name, values in zip(cell["award_line"].values, cell.values, strict=True)
            }
            count = found.get("number")
            if count is not None and count[1] == 0 == figures["number"][b, s]:
                continue
            enough = count is None or count[1] >= LEAST
            for name in LINES:
                if (known := found.get(name)) is not None:
                    now = float(figures[name][b, s])
                    rows.append(_row((benefit, sex, name), known, now, _carried(name, known[0], first, basis), enough))
    return tuple(rows)


def judge_awards(rows: Sequence[AwardLine]) -> list[str]:
    """Warn where the awards of the first year are far from those observed: one sentence, or none.

    The bands are 25% of numbers and pensions, 2 years of age, 3 years of service and 10 points of the share at the
    minimum, where at least 30 awards of a year were observed or their number is not known.
    """
    away = [row for row in rows if row.away]
    if not away:
        return []
    awards = [
        Warned(
            "{benefit} {sex} {figure} {away}",
            "{benefit}, {sex}, {figure}: {away}",
            benefit=row.benefit,
            sex=row.sex,
            figure=row.line,
            away=told(row),
        )
        for row in away
    ]
    return [
        Warned(
            "observed_awards: {number} of {count} figures of the new awards of year 1 are far from those observed "
            "(beyond {quarter:.0%} in number or pension, 2 years of age, 3 of service, 10 points at the minimum): "
            "{awards}.",
            "{number} of {count} figures of the new awards of the first year are far from those observed (beyond "
            "{quarter} in number or pension, 2 years of age, 3 of service, 10 points at the minimum): {awards}.",
            number=len(away),
            count=len(rows),
            quarter=0.25,
            awards=tuple(awards),
        )
    ]


def told(row: AwardLine) -> Told:
    """How far the projection lies from what was observed, in words."""
    if math.isnan(row.model):
        return Told("nobody")
    if row.line in RELATIVE:
        away = row.model / row.expected - 1 if row.expected else None
        return Warned("observed none", "none observed") if away is None else Told("{share:+.0%}", share=away)
    if row.line == "at_minimum":
        return Told("{difference:+.0f} points", difference=100 * row.difference)
    return Told("{difference:+.1f} years", difference=row.difference)


def one_scenario(array: xr.DataArray) -> xr.DataArray:
    """The first scenario, where there are several."""
    return array.isel(scenario=0, drop=True) if "scenario" in array.dims else array


def _model(result: xr.Dataset, basis: xr.Dataset) -> xr.Dataset:
    """Figures of the first projected year by line, benefit and sex."""
    begun = quick_set(result[[name for name in (*NEEDED, "accompanying") if name in result]].isel(year=[0]))
    found = quick_set(adequacy(begun, basis))
    number = begun["new_awards"].sum("age") / first_period(basis)
    lines = {name: found[variable] for name, variable in MODEL.items()} | {"number": number}
    return quick_set(gathered({name: one_scenario(value.isel(year=0, drop=True)) for name, value in lines.items()}))


def _last(years: np.ndarray, values: np.ndarray, first: int) -> tuple[int, float] | None:
    """Last year up to the first projected one of which a figure is known, and the figure."""
    known = np.flatnonzero(np.isfinite(values) & (years <= first))
    if not known.size:
        return None
    last = known[np.argmax(years[known])]
    return int(years[last]), float(values[last])


def _carried(line: str, year: int, first: int, basis: xr.Dataset) -> float:
    """Factor from the year of an observation to the first projected year."""
    if line != "pension" or year == first:
        return 1.0
    growth = one_scenario(growth_path(basis, "wage_growth", np.arange(year + 1, first + 1)))
    return float(np.prod(1.0 + growth.values))


def _row(
    place: tuple[str, str, str], known: tuple[int, float], model: float, factor: float, enough: bool
) -> AwardLine:
    year, observed = known
    expected = observed * factor
    band = RELATIVE[place[2]] * expected if place[2] in RELATIVE else ABSOLUTE[place[2]]
    away = enough and not abs(model - expected) <= band
    return AwardLine(*place, year, observed, expected, model, away)
