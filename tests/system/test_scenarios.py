"""Scenarios of a basis: what they share, what they change, what is refused."""

import numpy as np
import pytest
import xarray as xr

from actuarial.basis import scenarios
from actuarial.errors import BadDimensions, BadInput, OutOfBounds
from tests.reference.small import small_basis

BASIS = small_basis()


def test_only_what_changes_carries_the_scenario_and_all_else_is_the_same_memory():
    several = scenarios(
        BASIS,
        central=lambda b: b,
        low_fertility=lambda b: b.assign(asfr=0.85 * b.asfr),
        low_return=lambda b: b.assign(interest_rate=b.interest_rate - 0.01),
    )
    assert [name for name in several if "scenario" in several[name].dims] == ["asfr", "interest_rate"]
    assert several["scenario"].values.tolist() == ["central", "low_fertility", "low_return"]
    assert several["asfr"].dims == ("scenario", "year", "age")
    for name in set(BASIS) - {"asfr", "interest_rate"}:
        assert np.shares_memory(several[name].values, BASIS[name].values), name
    assert np.array_equal(several.asfr.sel(scenario="low_fertility").values, 0.85 * BASIS.asfr.values)
    assert np.array_equal(several.asfr.sel(scenario="low_return").values, BASIS.asfr.values)
    assert several.attrs == BASIS.attrs
    assert several["asfr"].attrs == BASIS["asfr"].attrs
    assert several["population_0"].values.flags.writeable


def test_an_overlay_and_its_inverse_give_the_base_back():
    back = scenarios(BASIS, there_and_back=lambda b: b.assign(asfr=2 * b.asfr).assign(asfr=lambda c: c.asfr / 2))
    xr.testing.assert_identical(back.sel(scenario="there_and_back", drop=True), BASIS)
    assert not any("scenario" in array.dims for array in back.values())


def test_a_scenario_may_reorder_dims_and_hand_on_other_units():
    several = scenarios(
        BASIS,
        turned=lambda b: b.assign(asfr=b.asfr.transpose("age", "year")),
        borrowed=lambda b: b.assign(wage_growth=b.inflation + 0.01, asfr=b.srb * 0 + b.asfr),
    )
    assert several["wage_growth"].attrs == BASIS["wage_growth"].attrs
    assert "scenario" not in several["asfr"].dims


def test_a_variable_that_all_scenarios_add_is_by_scenario():
    several = scenarios(
        BASIS,
        low=lambda b: b.assign(gdp=("year", np.full(10, 1e9))),
        high=lambda b: b.assign(gdp=("year", np.full(10, 2e9))),
    )
    assert several["gdp"].dims == ("scenario", "year")
    assert several["gdp"].attrs["units"] == "currency/year"
    assert several["gdp"].sel(scenario="high").values[0] == 2e9


def test_labels_of_a_dim_that_all_scenarios_add():
    def with_accounts(amount):
        return lambda b: b.assign(accounts_0=("line", [amount])).assign_coords(line=["contributions"])

    several = scenarios(BASIS, low=with_accounts(1e9), high=with_accounts(2e9))
    assert several["accounts_0"].sel(scenario="high", line="contributions") == 2e9
    with pytest.raises(BadDimensions, match="scenario 'other': the labels of line differ from those of another"):
        scenarios(
            BASIS,
            low=with_accounts(1e9),
            other=lambda b: with_accounts(1e9)(b).assign_coords(line=["administration"]),
        )


REFUSED = {
    "none": (
        dict,
        BadInput,
        "scenarios: no scenario is given.\n  Write scenarios(basis, central=lambda b: b, ...).",
    ),
    "no function": (
        lambda: {"low": 0.9},
        BadInput,
        "scenario 'low': give a function of a basis (got float).",
    ),
    "no Dataset": (
        lambda: {"low": lambda b: b.asfr},
        BadInput,
        "scenario 'low': the function must return a Dataset (got DataArray).\n  Write lambda b: b.assign(...).",
    ),
    "drops": (
        lambda: {"central": lambda b: b, "low": lambda b: b.drop_vars("asfr")},
        BadInput,
        "scenario 'low' drops the variable asfr (1 of 2 scenarios do).\n"
        "  All scenarios must have the same variables: give it in every one, or put it into the basis.",
    ),
    "adds": (
        lambda: {"central": lambda b: b, "low": lambda b: b.assign(gdp=1e9)},
        BadInput,
        "scenario 'central' lacks the variable gdp that another one adds (1 of 2 scenarios do).\n"
        "  All scenarios must have the same variables: give it in every one, or put it into the basis.",
    ),
    "dims": (
        lambda: {"low": lambda b: b.assign(asfr=b.asfr.isel(year=0, drop=True))},
        BadDimensions,
        "scenario 'low': asfr has the dims age instead of year, age.\n"
        "  Give it the same dims in the basis and in every scenario.",
    ),
    "labels": (
        lambda: {"low": lambda b: b.sel(year=slice(2026, None))},
        BadDimensions,
        "scenario 'low': the labels of year differ from those of the basis (2026 to 2034, 9 of them against 2025 to "
        "2034, 10 of them).\n  Scenarios share all labels; change values only.",
    ),
    "attributes": (
        lambda: {"low": lambda b: b.assign_attrs(coverage_concept="any")},
        BadInput,
        "scenario 'low': the attribute coverage_concept of the basis becomes 'any' (it is 'status'); attributes are "
        "not by scenario.\n  Change variables only, or change the attribute of the basis for all scenarios.",
    ),
    "a new attribute": (
        lambda: {"low": lambda b: b.assign_attrs(note="new")},
        BadInput,
        "scenario 'low': the attribute note of the basis becomes 'new' (it is 'nothing'); attributes are not by "
        "scenario.\n  Change variables only, or change the attribute of the basis for all scenarios.",
    ),
    "in place": (
        lambda: {"low": _in_place},
        BadInput,
        "scenario 'low': the function writes into the arrays of the basis, which all scenarios share.\n"
        "  Return a new Dataset: lambda b: b.assign(asfr=0.9 * b.asfr).",
    ),
    "words": (
        lambda: {"central": lambda b: b, "low": lambda b: b.assign(inflation=b.inflation.astype(str))},
        OutOfBounds,
        "inflation must hold numbers (got <U32).",
    ),
    "out of bounds": (
        lambda: {"central": lambda b: b, "high": lambda b: b.assign(density=1.2 * b.density)},
        OutOfBounds,
        "density (Months contributed over months in active status by age on 31 December) must lie in [0, 1].\n"
        "  2020 of 8080 cells fail; the first: scenario='high', year=2025, group='public', sex='male', age=0 -> 1.14\n"
        "  Shares cannot exceed 1.",
    ),
}


def _in_place(basis):
    basis["asfr"].values[:] *= 0.9
    return basis


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case):
    changes, error, text = REFUSED[case]
    with pytest.raises(error) as caught:
        scenarios(BASIS, **changes())
    assert str(caught.value) == text


def test_scenarios_of_scenarios_are_refused():
    several = scenarios(BASIS, central=lambda b: b)
    with pytest.raises(BadDimensions) as caught:
        scenarios(several, low=lambda b: b)
    assert str(caught.value) == (
        "scenarios: the basis has scenarios already (central).\n"
        "  Select one (basis.sel(scenario=..., drop=True)), or name all of them in one call."
    )


def test_a_function_that_sets_a_variable_of_its_copy_leaves_the_basis_alone():
    before = BASIS.copy(deep=True)

    def replaced(basis):
        basis["asfr"] = 0.9 * basis["asfr"]
        del basis["srb"]
        return basis.assign(srb=1.06 + 0 * basis["inflation"])

    scenarios(BASIS, low=replaced)
    xr.testing.assert_identical(BASIS, before)


def test_an_error_inside_the_function_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        scenarios(BASIS, low=lambda b: 1 / 0)
