"""Valuations under changes beside that of the base: against single projections, signs, bars and elasticities."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.basis import scenarios
from actuarial.errors import BadDimensions, BadInput
from actuarial.projection import project
from actuarial.scheme import Funding
from actuarial.studies.changes import Change
from actuarial.studies.sensitivity import QUANTITIES, sensitivity
from actuarial.studies.shocks import STRESS_TESTS, catalogue
from actuarial.studies.tornado import elasticities, tornado
from actuarial.valuation import rate_sensitivity
from actuarial.vocabulary import variable
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

BASIS = small_basis().isel(year=slice(0, 4)).sel(benefit=["old_age", "invalidity"])
LAW = full_law(benefits=full_law().benefits[:3], contributions=full_law().contributions[:3])
NAMES = ("interest_up", "mortality_up", "improvement_down", "state_half", "migration_up")


@pytest.fixture(scope="module")
def found():
    """Changes of the catalogue and one that is not applicable, on a basis whose accounts would refuse the run."""
    bare = BASIS.assign(net_migration=0.0 * BASIS["net_migration"], mx=BASIS["mx"].isel(year=0, drop=True))
    wrong = bare.assign(accounts_0=xr.DataArray([1.0], coords={"line": ["contributions"]}))
    told = []
    result = sensitivity(wrong, LAW, NAMES, service="years", progress=told.append)
    return result, told, bare


def alone(basis, law=LAW):
    return project(basis, law, service="years")


def test_each_change_is_a_projection_of_its_own(found):
    result, _, bare = found
    cases = {
        "base": alone(bare),
        "mortality_up": alone(bare.assign(mx=1.1 * bare["mx"])),
        "state_half": alone(bare, LAW.amend("minimum", rate=0.5)),
    }
    for name, expected in cases.items():
        for quantity in QUANTITIES:
            years = {"year": [2025, 2028]} if "year" in expected[quantity].dims else {}
            value = result[quantity].sel(change=name)
            assert_allclose(value, expected[quantity].sel(years), rtol=1e-13)
            difference = expected[quantity].sel(years) - cases["base"][quantity].sel(years)
            assert_allclose(result[f"{quantity}_difference"].sel(change=name), difference, rtol=1e-9, atol=1e-15)


def test_signs_notes_and_words(found):
    result, _, _ = found
    signs = result.sign_as_expected.to_series()
    unjudged = ["base", "improvement_down", "migration_up"]
    assert signs[unjudged].isna().all()
    assert (signs.drop(unjudged) == 1).all()
    notes = result.note.to_series()
    assert notes["improvement_down"] == "not applicable: mx is the same in all years: there is no improvement to change"
    assert notes["migration_up"] == "not applicable: net_migration is 0 throughout"
    assert result.words.sel(change="interest_up").item() == "Interest 1 percentage point higher"
    assert np.isnan(result.payg_cost_rate.sel(change="migration_up")).all()
    assert float(result.general_average_premium_difference.sel(change="base")) == 0.0


def test_all_is_in_the_vocabulary_and_named(found):
    result, told, _ = found
    assert list(result.change.values) == ["base", *NAMES]
    assert list(result.year.values) == [2025, 2028]
    for name, array in result.data_vars.items():
        assert {key: array.attrs[key] for key in ("units", "symbol")} == {
            key: variable(name).attributes()[key] for key in ("units", "symbol")
        }
    assert result.attrs["scheme"] == "Full"
    assert result.attrs["valuation_date"] == "2024-12-31"
    assert told == [
        "0 of 4 are valued; now base",
        "3 of 4 are valued; now mortality_up",
    ]


def test_small_shifts_of_interest_agree_with_the_slope():
    """GAP under a shift h of the force of interest: (GAP(h) - GAP(-h))/2h is the slope made of durations."""
    law, h = LAW.amend("scheme", funding=Funding(target_reserve=0.0)), 1e-5

    def shifted(force):
        return lambda b: b.assign(interest_rate=(1 + b["interest_rate"]) * np.exp(force) - 1)

    result = sensitivity(BASIS, law, {"less": shifted(-h), "more": shifted(h)}, service="years")
    base = alone(BASIS, law)
    flows = (base["outgo"], base["total_insurable_earnings"], base["interest_rate"])
    slope = rate_sensitivity(*flows, reserve=base["reserve_0"]).level_rate_slope
    less, more = (float(result.general_average_premium.sel(change=name)) for name in ("less", "more"))
    assert_allclose((more - less) / (2 * h), slope, rtol=1e-6)
    net = base["state_income"] + base["other_income"]
    slope = rate_sensitivity(*flows, reserve=base["reserve_0"], other_income=net).level_rate_slope
    less, more = (float(result.general_average_premium_net.sel(change=name)) for name in ("less", "more"))
    assert_allclose((more - less) / (2 * h), slope, rtol=1e-6)


def test_changes_of_ones_own_and_the_scenario_that_is_changed():
    basis = scenarios(
        BASIS, low=lambda b: b.assign(interest_rate=b["interest_rate"] - 0.02), central=lambda b: b
    )

    def lower(basis):
        return basis.assign(interest_rate=basis["interest_rate"] - 0.01)

    own = {
        "dearer": lambda basis, scheme: (basis, scheme.amend("old_age.formula", accrual=0.02)),
        "late": Change(name="late", words="Late", function=lower, expected="up", least_years=5),
        "soon": Change(name="soon", words="Soon", function=lower, expected="down", least_years=4),
        "nothing": Change(name="other", words="Nothing", function=lambda basis: basis, expected="up"),
    }
    result = sensitivity(basis, LAW, own, quantities=["general_average_premium"], service="years")
    assert result.attrs["scenario"] == "central"
    assert list(result.data_vars) == [
        "general_average_premium", "general_average_premium_difference", "sign_as_expected",
    ]  # fmt: skip
    dear = alone(BASIS, LAW.amend("old_age.formula", accrual=0.02)).general_average_premium
    assert_allclose(result.general_average_premium.sel(change="dearer"), dear, rtol=1e-13)
    assert result.words.values.tolist() == ["Base", "dearer", "Late", "Soon", "Nothing"]
    assert result.note.sel(change="nothing").item() == "no effect on general_average_premium"
    assert result.note.sel(change="late").item() == "the sign is not judged below 5 projected years"
    assert_allclose(result.sign_as_expected, [np.nan, np.nan, np.nan, 0.0, np.nan])


def writes(basis):
    basis["mx"].values[:] = 0.0
    return basis


TWO = scenarios(BASIS, low=lambda b: b.assign(interest_rate=b["interest_rate"] - 0.02), high=lambda b: b)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"basis": TWO}, "scenario: the basis has 2 scenarios (low, high) and none is named central; one of them is "
         "changed.\n  Say which: scenario='low'."),
        ({"basis": TWO, "scenario": "mid"}, "scenario: the basis has no scenario 'mid'; it has low, high."),
        ({"scenario": "mid"}, "scenario: the basis has no scenario 'mid'; it has none."),
        ({"quantities": ["gap"]}, "quantities: gap cannot be kept; the quantities are general_average_premium, "
         "general_average_premium_net, payg_cost_rate, reserve_ratio, year_reserve_exhausted."),
        ({"changes": []}, "changes: none is given.\n  Leave the argument out for the whole catalogue."),
        ({"changes": {"base": lambda b: b}}, "changes: 'base' names the valuation without a change. Give the change "
         "another name."),
        ({"changes": {"x": lambda: 1}}, "change 'x': the function takes 0 arguments.\n  Give a function of a basis, "
         "or of a basis and a scheme."),
        ({"changes": [Change(name="x", words="x", function=lambda b: b, effect_on="payg_cost_rate")]},
         "change 'x': effect_on must be a quantity of one value: general_average_premium, "
         "general_average_premium_net, year_reserve_exhausted (got 'payg_cost_rate')."),
        ({"changes": {"x": writes}}, "scenario 'x': the function writes into the arrays of the basis, which all "
         "scenarios share.\n  Return a new Dataset: lambda b: b.assign(asfr=0.9 * b.asfr)."),
    ],
)  # fmt: skip
def test_refusals(asked, text):
    with pytest.raises(BadInput) as caught:
        sensitivity(**({"basis": BASIS, "scheme": LAW, "service": "years"} | asked))
    assert str(caught.value) == text


def test_other_labels_are_refused():
    with pytest.raises(BadDimensions, match="scenario 'x': the labels of year differ from those of the basis"):
        sensitivity(BASIS, LAW, {"x": lambda b: b.isel(year=slice(0, 2))}, service="years")


@pytest.fixture
def table():
    """Two changes of a parameter in proportion, two by points, one alone, one without a number."""
    rows = {
        "base": (0.10, "", np.nan, "", ""),
        "a_down": (0.11, "a", -0.1, "relative", ""),
        "a_up": (0.08, "a", 0.1, "relative", ""),
        "b_down": (0.094, "b", -1.0, "percentage point", ""),
        "b_up": (0.104, "b", 3.0, "percentage point", ""),
        "c": (0.15, "c", np.nan, "", ""),
        "d": (np.nan, "d", 1.0, "relative", "not applicable: nothing there"),
    }
    value, parameter, step, unit, note = zip(*rows.values(), strict=True)
    coords = {"parameter": parameter, "step": step, "unit": unit, "note": note, "words": list(rows)}
    result = xr.Dataset({"general_average_premium": ("change", list(value), {"units": "fraction"})})
    by_year = xr.DataArray([9.0, 1.0], coords={"year": [2025, 2026]})
    result["payg_cost_rate"] = result["general_average_premium"] * by_year
    result["change"] = list(rows)
    return result.assign_coords({name: ("change", list(items)) for name, items in coords.items()})


@pytest.mark.parametrize("quantity", ["general_average_premium", "payg_cost_rate"])
def test_bars_of_a_tornado(table, quantity):
    bars = tornado(table, quantity)
    assert bars.index.tolist() == ["c", "a", "b"]
    assert_allclose(bars[["low", "base", "high"]], [[0.10, 0.10, 0.15], [0.08, 0.10, 0.11], [0.094, 0.10, 0.104]])
    assert_allclose(bars["span"], [0.05, 0.03, 0.01])
    assert bars.loc["a", ["low_change", "high_change"]].tolist() == ["a_up", "a_down"]
    assert bars.loc["c", ["low_change", "high_change"]].tolist() == ["base", "c"]
    assert bars.attrs["notes"] == "d: not applicable: nothing there"


def test_elasticities_by_central_differences(table):
    found = elasticities(table)
    assert found.index.tolist() == ["a", "b"]
    assert_allclose(found["value"], [(0.08 - 0.11) / 0.10 / 0.2, (0.104 - 0.094) / 0.10 / 4.0])
    assert found["per"].tolist() == ["elasticity", "percentage point"]
    assert found.attrs["notes"] == "c: is not changed both ways by a known step\nd: is not changed both ways by a " \
        "known step"  # fmt: skip


def test_a_bar_without_a_value_has_a_reason(table):
    table["general_average_premium"] = table["general_average_premium"].where(table["change"] != "a_up")
    assert tornado(table).attrs["notes"].splitlines()[0] == "a_up: has no general_average_premium"
    assert tornado(table).loc["a", ["low_change", "high_change"]].tolist() == ["base", "a_down"]
    assert elasticities(table).attrs["notes"].splitlines()[0] == "a: has no general_average_premium"


def test_refusals_of_a_tornado(table):
    with pytest.raises(BadInput, match="quantity: 'payg_rate' is not in the result; did you mean payg_cost_rate"):
        tornado(table, "payg_rate")
    with pytest.raises(BadInput, match="found: must be a result of sensitivity, a Dataset by change with the base"):
        elasticities(table.isel(change=slice(1, None)))


def test_the_stress_tests_are_chosen_by_name():
    assert [catalogue()[name].words for name in STRESS_TESTS][1] == "Reserve on the valuation date 20% lower"
