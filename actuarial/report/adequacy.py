"""Tables of adequacy: ratios and new awards by year, and the awards of the first year beside those observed."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from actuarial.report.columns import by_year, with_label, with_period, with_units
from actuarial.valuation.accounts import aligned
from actuarial.valuation.adequacy import NEEDED, adequacy
from actuarial.valuation.observed import LINES, AwardLine, one_scenario, told

RATIOS = {
    "benefit_ratio": ("ratio", "average pension over average wage"),
    "coverage_of_labour_force": ("fraction", "contributors over labour force"),
    "coverage_of_employed": ("fraction", "contributors over employed"),
}
AWARDS = {
    "new_awards_age": ("years", "age"),
    "new_awards_service": ("years", "service"),
    "new_awards_pension": ("currency/year", "amount"),
    "share_at_minimum": ("fraction", "at minimum"),
    "replacement_rate_new": ("fraction", "over earnings"),
    "award_ratio": ("fraction", "over average wage"),
}
WOMEN = {"women_of_contributors": "contributors", "women_of_pensioners": "pensioners"}
WORDS = {
    "number": "new awards",
    "age": "mean age",
    "service": "mean service",
    "pension": "mean amount",
    "at_minimum": "share at the minimum",
}


def can_be_judged(result: xr.Dataset) -> bool:
    """Whether a result has what the table of adequacy is made of; those of older runs may lack some of it."""
    return all(name in result for name in NEEDED)


def adequacy_table(result: xr.Dataset, basis: xr.Dataset) -> pd.DataFrame:
    """Adequacy by year and sex, see `actuarial.valuation.adequacy`.

    Parameters
    ----------
    result : Dataset of `project`
    basis : Dataset that was projected

    Returns
    -------
    DataFrame
        Indexed by sex (total, male, female) and year, or by scenario, sex and year: ratios of pensions and coverage;
        the share of women among contributors and pensioners (the same in the rows of all sexes); for each benefit that
        is ever awarded the mean age, service and amount of its new awards, the share at the minimum, and the award over
        the earnings at its age and over the average wage, NaN where nobody is. Lump sums have no ratios.

    Raises
    ------
    MissingVariable
        With the names of what the result lacks.

    Examples
    --------
    adequacy_table(result, basis).loc["total"]
    """
    apart, whole = adequacy(result, basis), adequacy(result, basis, by_sex=False)
    old = apart.attrs["pensionable_age"]
    pensions = {**RATIOS, "coverage_of_old": ("fraction", f"pensioners over population {old}+")}
    columns = {words: (units, _three(name, whole, apart)) for name, (units, words) in pensions.items()}
    columns |= {f"women among {words}": ("fraction", apart[name]) for name, words in WOMEN.items()}
    for benefit in (str(name) for name in whole["benefit"].values):
        for name, (units, words) in AWARDS.items():
            value = _three(name, whole, apart).sel(benefit=benefit, drop=True)
            if bool(value.notnull().any()):
                columns[f"{benefit}: {words}"] = (units, value)
    return with_period(by_year(columns), result)


def _three(name: str, whole: xr.Dataset, apart: xr.Dataset) -> xr.DataArray:
    """Both sexes together, then each of them."""
    return with_label(apart[name], "sex", "total", whole[name], first=True)


def awards_table(rows: Sequence[AwardLine], basis: xr.Dataset) -> pd.DataFrame:
    """New awards of the first projected year beside those observed, see `compare_awards`.

    Parameters
    ----------
    rows : sequence of AwardLine
    basis : Dataset with `observed_awards`

    Returns
    -------
    DataFrame
        Indexed by benefit, sex, figure and units; columns: the years observed, `carried forward`, `projected`,
        `difference` (in the units of the row) and `beyond the band`, which says by how much where it is.
    """
    given = one_scenario(basis["observed_awards"])
    years = [int(year) for year in given["account_year"].values]
    index = [(row.benefit, row.sex, WORDS[row.line], LINES[row.line]) for row in rows]
    seen = [given.sel(benefit=r.benefit, sex=r.sex, award_line=r.line).values.tolist() for r in rows]
    columns: dict[str, Any] = {str(year): [cells[k] for cells in seen] for k, year in enumerate(years)}
    columns |= {
        "carried forward": [row.expected for row in rows],
        "projected": [row.model for row in rows],
        "difference": [row.difference for row in rows],
        "beyond the band": pd.array([told(row) if row.away else "" for row in rows], dtype=object),
    }
    table = pd.DataFrame(columns, index=pd.MultiIndex.from_tuples(index, names=["benefit", "sex", "figure", "units"]))
    return with_units(table, dict.fromkeys(columns, ""))


def format_awards(rows: Sequence[AwardLine]) -> str:
    """The comparison as plain text: a row for each benefit and sex, observed beside projected; * beyond the band."""
    return aligned(award_cells(rows))


def award_cells(rows: Sequence[AwardLine]) -> list[list[str]]:
    """The comparison as words: headings, then benefit and sex with observed and projected figures."""
    lines = [name for name in LINES if any(row.line == name for row in rows)]
    cells = {(row.benefit, row.sex, row.line): _cell(row) for row in rows}
    places = dict.fromkeys((row.benefit, row.sex) for row in rows)
    body = [[f"{benefit}, {sex}", *(cells.get((benefit, sex, name), "") for name in lines)] for benefit, sex in places]
    return [["", *(WORDS[name] for name in lines)], *body]


def _cell(row: AwardLine) -> str:
    """Expected and projected figure, with the mark of those beyond the band."""
    return f"{_shown(row.expected, row.line)} / {_shown(row.model, row.line)}{'*' if row.away else ' '}"


def _shown(value: float, line: str) -> str:
    if math.isnan(value):
        return "-"
    if line == "at_minimum":
        return f"{100 * value:.0f}%"
    return f"{value:,.0f}" if LINES[line].endswith("/year") else f"{np.round(value, 1):.1f}"
