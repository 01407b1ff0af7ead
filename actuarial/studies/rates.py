"""Results for another rate of one contribution line: all that changes is affine in it, except ratios to the outgo."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from actuarial.bridge import align
from actuarial.dated import evaluate
from actuarial.labelled import as_array
from actuarial.person import Person, make_grid
from actuarial.scheme import Contribution, Scheme
from actuarial.studies.parameters import Parameter, field_of
from actuarial.valuation.contributions import line_income
from actuarial.valuation.finance import OTHER_PAYERS, administration_cost, convention_of
from actuarial.valuation.indicators import yearly_rates
from actuarial.valuation.premiums import present_worth, target_reserve
from actuarial.valuation.reserve import accumulate, before, net_value, turning_years
from actuarial.valuation.series import Series, year_end_factors

READ = (
    "total_insurable_earnings",
    "total_contributors",
    "total_pensioners",
    "pension_expenditure",
    "lump_sum_expenditure",
)
CHANGED = (
    "contribution_income",
    "contributions",
    "state_income",
    "other_income",
    "administration",
    "outgo",
    "balance",
    "investment_income",
    "total_income",
    "reserve",
    "payg_cost_rate",
    "administration_rate",
    "contribution_rate",
    "reserve_ratio",
    "trust_fund_ratio",
    "year_outgo_exceeds_contributions",
    "year_reserve_falls",
    "year_reserve_exhausted",
    "general_average_premium",
    "general_average_premium_net",
)


@dataclass(frozen=True)
class OtherRate:
    """The projected result for any x in the rate of one line.

    Attributes
    ----------
    result : the projected case
    line : place of the line among the contributions
    lines : income by line, array of ((scenario,) year, contribution), currency/year
    fixed, slope : income of the line is fixed + slope x, arrays of ((scenario,) year)
    payers : which lines add up to contributions, state_income and other_income
    given : what no rate changes, arrays of ((scenario,) year) or ((scenario,)) by name
    convention : timing of flows and kind of interest within the year
    """

    result: xr.Dataset
    line: int
    lines: np.ndarray
    fixed: np.ndarray
    slope: np.ndarray
    payers: dict[str, np.ndarray]
    given: dict[str, np.ndarray]
    convention: dict[str, Any]

    def __call__(self, x: np.ndarray) -> xr.Dataset:
        """The result with x, a number or one for each scenario, in the rate."""
        money = self._money(np.asarray(x)[..., None])
        changed = self.result.copy()
        found = money | self._valued(money)
        for name in CHANGED:
            variable = changed.variables[name]
            same = found[name].shape == variable.shape
            variable.data = found[name] if same else np.array(np.broadcast_to(found[name], variable.shape))
        return changed

    def _money(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """Income, outgo and reserve."""
        given, income = self.given, self.fixed + self.slope * x
        lines = np.array(np.broadcast_to(self.lines, (*income.shape, self.lines.shape[-1])))
        lines[..., self.line] = income
        found = {name: np.sum(lines[..., chosen], axis=-1) for name, chosen in self.payers.items()}
        found["administration"] = given["administration_rest"] + given["administration_share"] * found["contributions"]
        found["outgo"] = given["benefits"] + found["administration"]
        interest, worth = given["interest"], year_end_factors(given["interest"], **self.convention)
        support = found["state_income"] + found["other_income"]
        level, _ = accumulate(given["reserve_0"], interest, net_value(found | {"other_income": support}, worth))
        net = found["contributions"] + support - found["outgo"]
        found["balance"] = level - before(given["reserve_0"], level)
        found["investment_income"] = found["balance"] - net
        found["total_income"] = net + found["outgo"] + found["investment_income"]
        return found | {"contribution_income": lines, "reserve": level}

    def _valued(self, money: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Rates, ratios, years and premiums."""
        series = Series(self.given | money, self.result.variables["year"].values, {}, ())
        earned = money["contributions"] + money["state_income"] + money["other_income"]
        turns = turning_years(series.years, earned, series["outgo"], series["reserve"], series["reserve_0"])
        return yearly_rates(series) | turns | self._premiums(series)

    def _premiums(self, series: Series) -> dict[str, np.ndarray]:
        """General average premium, of everything and net of the State's and other income."""
        worth = present_worth(series["discount_rate"], **self.convention)
        goal, _ = target_reserve(series, len(series.years) - 1, "next")
        earned = np.sum(worth["contributions"] * series["total_insurable_earnings"], axis=-1)
        needed = np.sum(worth["outgo"] * series["outgo"], axis=-1) + goal - series["reserve_0"]
        support = np.sum(worth["other_income"] * (series["state_income"] + series["other_income"]), axis=-1)
        return {
            "general_average_premium": needed / earned,
            "general_average_premium_net": (needed - support) / earned,
        }


def other_rate(parameter: Parameter, result: xr.Dataset, basis: xr.Dataset, scheme: Scheme) -> OtherRate:
    """Prepare the results for other values of x in the rate of a line.

    Parameters
    ----------
    parameter : of the path "NAME.rate", NAME a line whose base is not the deficit
    result : Dataset of `project`
    basis : Dataset without audited accounts
    scheme : Scheme without lines that make good a deficit
    """
    line, _, value = field_of(scheme, parameter.path)
    grid = make_grid(basis, scheme)
    old = _values(result, "contribution_income", "year", "contribution")
    place = [one.name for one in scheme.contributions].index(line.name)
    here = old[..., place]
    during = result.variables["year"].values >= (parameter.from_year or 0)
    if parameter.change == "multiply":
        slope = np.where(during, here, 0.0)
    else:
        slope = np.where(during, _unit_income(line, value, here, result, grid), 0.0)
    fixed = here if parameter.change == "add" else np.where(during, 0.0, here)
    payer = result.variables["payer"].values
    payers = {"state_income": payer == "state", "other_income": payer == "other"}
    payers["contributions"] = ~np.isin(payer, OTHER_PAYERS)
    given = _given(result, scheme, grid)
    return OtherRate(_widened(result), place, old, fixed, slope, payers, given, convention_of(result))


def _widened(result: xr.Dataset) -> xr.Dataset:
    """The result with the dim scenario, where it has one, on everything that a rate changes."""
    if "scenario" not in result.dims:
        return result
    labels = result["scenario"]
    lacking = [name for name in CHANGED if "scenario" not in result.variables[name].dims]
    return result.assign({name: result[name].expand_dims(scenario=labels) for name in lacking})


def _unit_income(
    line: Contribution, rate: Any, here: np.ndarray, result: xr.Dataset, grid: Person
) -> np.ndarray:
    """Income of the line at a rate of 1: known from its income where one rate holds for all, else computed."""
    known = as_array(evaluate(rate, grid))
    if set(known.dims) <= {"year"}:
        path = align(known, ("year",), result.coords)
        if path.min() > 0:
            return here / path
    assert grid.basis is not None, "a grid of a basis"
    unit = line_income(line, xr.DataArray(1.0), result, result, grid.basis, grid)
    shape = ("scenario", "year") if "scenario" in unit.dims else ("year",)
    return align(unit, shape, result.coords)


def _given(result: xr.Dataset, scheme: Scheme, grid: Person) -> dict[str, np.ndarray]:
    """What no contribution rate changes, arrays of ((scenario,) year) and of ((scenario,)) by name."""
    given = {name: _values(result, name, "year") for name in READ}
    given["interest"] = given["discount_rate"] = _values(result, "interest_rate", "year")
    given["reserve_0"], given["target"] = _values(result, "reserve_0"), _values(result, "target_reserve")
    given["benefits"] = given["pension_expenditure"] + given["lump_sum_expenditure"]
    share = as_array(evaluate(scheme.administration.share_of_contributions, grid))
    given["administration_share"] = align(share, ("year",), result.coords)
    totals = {"total_insurable_earnings": result["total_insurable_earnings"]}
    totals["benefits"] = result["pension_expenditure"] + result["lump_sum_expenditure"]
    rest = administration_cost(scheme, totals, xr.DataArray(0.0), grid)
    shape = ("scenario", "year") if "scenario" in rest.dims else ("year",)
    return given | {"administration_rest": align(rest.reset_coords(drop=True), shape, result.coords)}


def _values(result: xr.Dataset, name: str, *dims: str) -> np.ndarray:
    """Plain values of a variable, the scenario first where it has one."""
    array = result.variables[name]
    return array.transpose(*("scenario",) * ("scenario" in array.dims), *dims).values
