"""Adjustments of pensions in payment that read the economy, the finances or the law's own limits."""

import json
import tomllib

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

from actuarial.errors import BadDimensions, BadInput, BadScheme, MissingVariable
from actuarial.forms import parse_scheme
from actuarial.pension import Indexation
from actuarial.pension.readiness import check_adjustments
from actuarial.schema import json_schema
from actuarial.scheme_saving import scheme_text
from tests.system.test_schema import valid

INFLATION, WAGES, INTEREST = [0.02, 0.05, 0.01, 0.03], [0.04, 0.01, 0.06, 0.02], [0.03, 0.07, -0.02, 0.05]
GDP = [110.0, 121.0, 115.0, 120.0]
RATIOS = np.array([2.5, 1.5, 3.0, 0.5])
WORLD = {"inflation": INFLATION, "wage_growth": WAGES, "interest_rate": INTEREST, "gdp": GDP}
YEARS = np.arange(2025, 2029)


def basis(**more):
    data = {name: ("year", np.array(values)) for name, values in WORLD.items()}
    return xr.Dataset(data, {"year": YEARS, "sex": ["male", "female"], "age": [0, 1]}).assign(more)


def finances(ratios=RATIOS):
    outgo = np.array([10.0, 20.0, 30.0, 40.0])
    return xr.Dataset({"reserve": ("year", ratios * outgo), "outgo": ("year", outgo)}, {"year": YEARS})


def answer(finance=None, on=None, **fields):
    return Indexation(**fields)(on if on is not None else basis(reserve_ratio_0=2.2, gdp_0=100.0), finance)


def test_growth_of_the_product_in_money_and_in_real_terms():
    growth = np.array([0.10, 0.10, 115 / 121 - 1, 120 / 115 - 1])
    assert_allclose(answer(gdp=0.5, fixed=0.01), 0.01 + 0.5 * growth, rtol=1e-12)
    assert_allclose(answer(real_gdp=1.0), (1 + growth) / (1 + np.array(INFLATION)) - 1, rtol=1e-12)
    lagged = answer(on=basis(), gdp=1.0, lag=1)
    assert_allclose(lagged, [0.10, 0.10, 0.10, 115 / 121 - 1], rtol=1e-12)


def test_the_return_on_the_reserve():
    assert_allclose(answer(interest=1.0), INTEREST, rtol=1e-15)


def test_an_average_of_the_last_rates():
    on = basis(inflation_past=("past_year", [0.07, 0.09])).assign_coords(past_year=[2023, 2024])
    found = Indexation(prices=1.0, average_over=3)(on)
    assert_allclose(found, [(0.02 + 0.09 + 0.07) / 3, (0.05 + 0.02 + 0.09) / 3, 0.08 / 3, 0.03], rtol=1e-12)
    found = Indexation(prices=1.0, average_over=2, lag=1)(on)
    assert_allclose(found, [0.08, 0.055, 0.035, 0.03], rtol=1e-12)


def test_floor_and_cap_by_year():
    found = answer(interest=1.0, floor={"2025": 0.0, "2028": 0.06}, cap=0.065)
    assert_allclose(found, [0.03, 0.065, 0.0, 0.06], rtol=1e-15)


def test_a_condition_on_the_reserve_reads_the_year_before():
    rule = {"prices": 1.0, "only_if": {"reserve_ratio_above": 2.0}}
    assert_allclose(answer(finances(), **rule), [0.02, 0.05, 0.0, 0.03])
    assert_allclose(answer(None, **rule), [0.02, 0.0, 0.0, 0.0])
    rule["only_if"] = {"reserve_ratio_above": 2.0, "lag": 2}
    assert_allclose(answer(finances(), **rule), [0.02, 0.05, 0.01, 0.0])
    rule["only_if"] = {"reserve_ratio_below": 2.0}
    assert_allclose(answer(finances(), **rule), [0.0, 0.0, 0.01, 0.0])


def test_no_outgo_is_no_lack_of_reserve():
    finance = finances().assign(outgo=("year", np.zeros(4)))
    assert_allclose(answer(finance, prices=1.0, only_if={"reserve_ratio_above": 9.0}), [0.0, 0.05, 0.01, 0.03])


def test_a_condition_on_the_economy_needs_no_finances():
    growth = {"prices": 1.0, "only_if": {"gdp_growth_above": 0.0}, "otherwise": {"fixed": 0.001}}
    rule = Indexation(**growth)
    assert not rule.needs_finance
    assert_allclose(rule(basis(gdp_0=100.0)), [0.02, 0.05, 0.01, 0.001])
    both = {"gdp_growth_above": 0.0, "inflation_above": 0.03}
    assert_allclose(answer(wages=1.0, only_if=both), [0.0, 0.0, 0.06, 0.0])
    assert_allclose(answer(wages=1.0, only_if={"real_gdp_growth_above": 0.05, "lag": 2}), [0.04, 0.01, 0.06, 0.0])


def test_the_first_alternative_that_is_due():
    """Prices above a ratio of 2, half of them above 1, else wages less: the ratios are 2.2, 2.5, 1.5, 3, 0.5."""
    tiers = [{"prices": 0.5, "only_if": {"reserve_ratio_above": 1.0}}, {"wages": 0.1}]
    rule = {"prices": 1.0, "only_if": {"reserve_ratio_above": 2.4}, "otherwise": tiers}
    assert_allclose(answer(finances(), **rule), [0.01, 0.05, 0.005, 0.03])
    assert_allclose(answer(finances(RATIOS / 4), **rule), [0.01, 0.001, 0.006, 0.002])
    assert_allclose(answer(finances(), **rule | {"otherwise": "none"}), [0.0, 0.05, 0.0, 0.03])


@pytest.mark.parametrize(
    "rule",
    [
        {"prices": 1.0, "only_if": {"reserve_ratio_above": 2.0}},
        {"prices": 1.0, "balancing": {"by": "reserve_ratio", "below": 2.0}},
        {"prices": 1.0, "balancing": {"by": "reserve_ratio", "below": 2.0, "lag": 2, "restore": False, "floor": 0.0}},
    ],
)
@pytest.mark.parametrize("t", range(4))
def test_a_year_does_not_read_itself(rule, t):
    other = RATIOS.copy()
    other[t:] = 0.3 if RATIOS[t] > 2 else 9.0
    usual, changed = answer(finances(), **rule).values, answer(finances(other), **rule).values
    assert_array_equal(usual[: t + 1], changed[: t + 1])
    lag = rule.get("balancing", {}).get("lag", 1)
    assert t + lag > 3 or usual[t + lag] != changed[t + lag]


def test_balancing_multiplies_until_what_was_cut_is_made_up_for():
    """Ratios over 2.0 of the years before: 1.1 (nothing to restore), 0.8, 1.1, 1.5; prices."""
    finance = finances(np.array([1.6, 2.2, 3.0, 1.0]))
    rule = Indexation(prices=1.0, balancing={"by": "reserve_ratio", "below": 2.0})
    on = basis(reserve_ratio_0=2.2)
    assert_allclose(rule(on, finance), [0.02, 1.05 * 0.8 - 1, 1.01 * 1.1 - 1, 1.03 / 0.88 - 1], rtol=1e-12)
    assert_allclose(rule.balanced(on, finance).level, [1.0, 0.8, 0.88, 1.0], rtol=1e-12)
    once = Indexation(prices=1.0, balancing={"by": "reserve_ratio", "below": 2.0, "restore": False})
    assert_allclose(once(on, finance), [0.02, 1.05 * 0.8 - 1, 0.01, 0.03], rtol=1e-12)


def test_balancing_with_a_floor_a_share_and_a_level_that_it_starts_from():
    finance = finances(np.array([1.6, 2.2, 3.0, 1.0]))
    on = basis(reserve_ratio_0=2.2, balancing_index_0=0.95)
    rule = Indexation(prices=1.0, balancing={"by": "reserve_ratio", "below": 2.0, "share": 0.5, "floor": 0.0})
    levels = [0.95 * 1.05, 0.95 * 1.05 / 1.05, 0.95 * 1.05, 1.0]
    assert_allclose(rule.balanced(on, finance).level, [min(1, x) for x in [0.9975, 0.95, 0.9975, 1.0]], rtol=1e-12)
    assert_allclose(rule(on, finance), [0.02 + 1.02 * 0.05, 0.0, 1.01 * 1.05 - 1, 1.03 / levels[2] - 1], rtol=1e-12)


def test_a_base_below_the_floor_of_balancing_is_not_lifted():
    on = basis(reserve_ratio_0=1.0)
    rule = Indexation(fixed=-0.03, balancing={"by": "reserve_ratio", "below": 2.0, "floor": 0.0})
    assert_allclose(rule(on), -0.03, rtol=1e-12)


def test_slices_are_balanced_alike():
    bands = [{"prices": 1.0}, {"above": {"value": 10, "per": "year"}, "prices": 0.5}]
    rule = Indexation(bands=bands, balancing={"by": "reserve_ratio", "below": 2.0})
    growth, limits = rule.slices(basis(reserve_ratio_0=1.8))
    assert_allclose(growth[:, 0], [1.02 * 0.9 - 1, 1.01 * 0.9 - 1], rtol=1e-12)
    assert_allclose(limits, [[0.0] * 4, [10.0] * 4])


def test_what_looks_back_says_so():
    assert not Indexation(prices=1.0, gdp=0.2, average_over=3).needs_finance
    assert Indexation(only_if={"reserve_ratio_above": 1.0}).needs_finance
    later = Indexation(only_if={"inflation_above": 0.1}, otherwise=[{"only_if": {"reserve_ratio_below": 1.0}}])
    assert later.needs_finance
    assert later.needs() == ["reserve_ratio_0"]
    swedish = Indexation(wages=1.0, balancing={"by": "balance_ratio", "rate": 0.016})
    assert (swedish.needs_finance, swedish.needs_balance, swedish.needs()) == (True, True, ["balance_ratio_0"])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"average_over": 0}, "average_over: must be >= 1"),
        ({"only_if": {}}, "only_if: states no condition"),
        ({"only_if": {"reserve_ratio_above": 2, "lag": 0}}, "only_if.lag: must be >= 1"),
        ({"only_if": {"reserve_ration_above": 2}}, "did you mean reserve_ratio_above?"),
        ({"otherwise": "prices"}, "otherwise: has no meaning without only_if"),
        ({"only_if": {"inflation_above": 0.1}, "otherwise": "half"}, "otherwise: must be one of none, prices, wages"),
        ({"balancing": {"by": "funding"}}, "balancing.by: must be 'balance_ratio' or 'reserve_ratio'"),
        ({"balancing": {"by": "reserve_ratio", "lag": 0}}, "balancing.lag: must be >= 1"),
        ({"bands": [{"above": {"value": 1, "per": "year"}}]}, "bands: must begin with above = 0"),
        ({"bands": [{}, {}]}, "bands: have each a limit of their own"),
        ({"bands": [{"prices": 1.0}], "wages": 0.5}, "bands: say what wages would"),
        ({"bands": [{"above": 10}]}, "needs its unit"),
    ],
)
def test_mistakes_in_a_rule(fields, message):
    with pytest.raises(BadScheme, match=message.replace("?", r"\?")):
        Indexation(**fields)


def test_what_a_rule_cannot_read():
    with pytest.raises(MissingVariable, match="reserve_ratio_0"):
        answer(on=basis(), only_if={"reserve_ratio_above": 1.0})
    with pytest.raises(MissingVariable, match="gdp"):
        answer(on=basis().drop_vars("gdp"), gdp=1.0)
    with pytest.raises(BadInput, match="growth of a single year needs the product of the year before"):
        answer(on=basis().isel(year=[0]), gdp=1.0)
    with pytest.raises(BadDimensions, match="finances have other years than the basis"):
        answer(finances().isel(year=slice(0, 3)), only_if={"reserve_ratio_above": 1.0})
    with pytest.raises(BadInput, match="balance_ratio: the finances that an adjustment looks back at do not have it"):
        answer(finances(), on=basis(balance_ratio_0=1.0), balancing={"by": "balance_ratio"})
    with pytest.raises(BadDimensions, match="one scenario at a time"):
        answer(on=basis(reserve_ratio_0=("scenario", [1.0, 2.0])), only_if={"reserve_ratio_above": 1.0})
    with pytest.raises(BadScheme, match="must not change with sex"):
        answer(fixed={"male": 0.01, "female": 0.02}, only_if={"inflation_above": 0.0})


LAW = """
name = "Bands"
currency = "LTD"

[[benefit]]
form             = "old_age"
retirement_age   = 60
qualifying_years = 10
formula          = { form = "flat", amount = { value = 100, per = "month" } }

[benefit.indexation]
prices       = 0.5
wages        = 0.5
average_over = 3
cap          = { 2025 = 0.05, 2030 = 0.04 }
month        = 7
only_if      = { reserve_ratio_above = 2.0, lag = 2 }
otherwise    = [{ prices = 1.0, only_if = { gdp_growth_above = 0.02 } }, "none"]
balancing    = { by = "reserve_ratio", below = 1.5, floor = 0.0, restore = false }

[[benefit]]
form             = "widows"
share            = 0.5
follows          = ["old_age"]
[[benefit.indexation.bands]]
above            = 0
prices           = 1.0
[[benefit.indexation.bands]]
above            = { 2025 = 20_000, per = "month", indexed = "wages" }
prices           = 0.5
"""


def test_a_file_gives_the_same_rules_back():
    scheme = parse_scheme(LAW)
    rule = scheme.benefit("old_age").indexation
    assert (rule.only_if.lag, rule.otherwise[0].only_if.gdp_growth_above, rule.otherwise[1].prices) == (2, 0.02, 0.0)
    assert (rule.balancing.floor, rule.balancing.restore, rule.month) == (0.0, False, 7)
    assert scheme.benefit("widows").indexation.bands[1].above.per == "month"
    assert parse_scheme(scheme_text(scheme)) == scheme
    changed = scheme.amend("old_age.indexation.balancing", below=1.0)
    assert changed.benefit("old_age").indexation.balancing.below == 1.0


@pytest.mark.parametrize("wrong", ["", "lag = 2>lagg = 2", "2030 = 0.04>2030 = 4", "above = 0>below = 0"])
def test_the_schema_of_files_knows_the_rules(wrong):
    schema = json_schema()
    assert "$ref" not in json.dumps(schema["$defs"]["old_age"]["properties"]["indexation"])
    assert valid(tomllib.loads(LAW.replace(*wrong.split(">")) if wrong else LAW), schema, schema) is not bool(wrong)


def test_readiness_tells_what_is_missing():
    scheme = parse_scheme(LAW)
    on = basis(reserve_ratio_0=2.0)
    lines = check_adjustments(scheme.benefits, on)
    assert [line.split(" ")[0] for line in lines] == ["gdp_0", "pension_cv"]
    assert check_adjustments(scheme.benefits, on.assign(gdp_0=1.0, pension_cv=0.5)) == []
    with pytest.raises(MissingVariable, match="reserve_ratio_0"):
        check_adjustments(scheme.benefits, basis())
