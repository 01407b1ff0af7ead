"""Runs side by side: what is compared, on which years, scenarios and benefits, and what is refused."""

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.errors import BadDimensions, BadInput, OutOfBounds
from actuarial.valuation.compare import along_runs, compare
from actuarial.valuation.differences import difference_from, ratio_to
from tests.report.made import YEARS, result_by_hand, two_scenarios
from tests.valuation import scheme_data

NOW, REFORM = result_by_hand(), result_by_hand(1.5)


@pytest.fixture(scope="module")
def compared():
    return compare({"current law": NOW, "reform": REFORM})


def finances(expenditure_factor=1.0, rate=0.03):
    pensions = scheme_data.pensions()
    pensions["benefit_expenditure"] = expenditure_factor * pensions["benefit_expenditure"]
    scheme = scheme_data.scheme(scheme_data.member(rate=rate))
    finance = ac.project_finance(scheme_data.insured(), pensions, scheme_data.basis(), scheme)
    return finance.merge(ac.value(finance))


def test_values_are_those_of_the_runs_and_the_first_is_the_reference(compared):
    assert compared.attrs["reference"] == "current law"
    assert compared["run"].values.tolist() == ["current law", "reform"]
    for name, run in {"current law": NOW, "reform": REFORM}.items():
        for word in compared.data_vars:
            np.testing.assert_array_equal(compared[word].sel(run=name), run[word], err_msg=word)
    assert compared.benefit_expenditure.dims == ("run", "year", "benefit")
    assert compared.general_average_premium.dims == ("run",)
    assert (compared.outgo.attrs["units"], compared.outgo.attrs["symbol"]) == ("currency/year", "O")
    assert not {"group", "sex", "age"} & set(compared.dims)
    assert "salary" not in compared
    assert compared.attrs["schemes"].splitlines()[1] == "reform: National Pension Scheme"


def test_names_as_words_and_the_public_name():
    assert ac.compare is compare
    named = ac.compare(now=NOW, reform=REFORM)
    xr.testing.assert_equal(named, compare({"now": NOW, "reform": REFORM}))
    three = ac.compare({"now": NOW}, first=REFORM, second=NOW)
    assert three["run"].values.tolist() == ["now", "first", "second"]


def test_the_difference_of_two_premiums_is_that_of_their_outgo():
    compared = compare(now=finances(), dearer=finances(1.3))
    discount, value_of_outgo, value_of_earnings = 1.0, 0.0, 0.0
    for interest, outgo, earnings in zip(
        scheme_data.INTEREST, scheme_data.EXPENDITURE.sum(axis=1), scheme_data.EARNINGS, strict=True
    ):
        middle = discount / (1 + interest) ** 0.5
        value_of_outgo, value_of_earnings = value_of_outgo + 0.3 * outgo * middle, value_of_earnings + earnings * middle
        discount /= 1 + interest
    more = difference_from(compared, "now")
    assert float(more.general_average_premium.sel(run="dearer")) == pytest.approx(
        value_of_outgo / value_of_earnings, rel=1e-12
    )
    np.testing.assert_allclose(more.outgo[0], 0.3 * scheme_data.EXPENDITURE.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(ratio_to(compared).outgo[0], 1.3, rtol=1e-14)
    assert compared.general_average_premium.attrs["last_year"] == 2026


def test_differences_have_their_units_and_no_reference(compared):
    found = difference_from(compared, "reform")
    assert found["run"].values.tolist() == ["current law"]
    np.testing.assert_array_equal(found.reserve[0], NOW.reserve - REFORM.reserve)
    assert float(found.general_average_premium[0]) == pytest.approx(-0.0617, rel=1e-12)
    assert found.year_reserve_falls.attrs["units"] == "years"
    assert float(found.year_reserve_falls[0]) == 0.0
    assert np.isnan(found.year_reserve_exhausted).all()
    assert found.attrs["difference_from"] == found.outgo.attrs["difference_from"] == "reform"


def test_ratios_are_of_money_and_persons_where_the_reference_is_above_zero():
    without = compare(now=REFORM.sel(benefit=["old_age", "widows"]), reform=REFORM)
    ratio = ratio_to(without)
    assert {"balance", "investment_income", "payg_cost_rate", "reserve_ratio"}.isdisjoint(ratio.data_vars)
    assert np.isnan(ratio.benefit_expenditure.sel(benefit="funeral_grant")).all()
    np.testing.assert_array_equal(ratio.benefit_expenditure.sel(benefit="old_age"), 1.0)
    assert ratio.outgo.attrs["units"] == "ratio"


def test_a_benefit_of_one_run_costs_nothing_in_the_other():
    few = NOW.sel(benefit=["widows", "old_age"])
    compared = compare(now=few, reform=REFORM)
    assert compared["benefit"].values.tolist() == ["widows", "old_age", "funeral_grant"]
    by_benefit = compared.benefit_expenditure
    assert (by_benefit.sel(run="now", benefit="funeral_grant") == 0.0).all()
    same = REFORM.benefit_expenditure.sel(benefit=by_benefit.benefit)
    np.testing.assert_array_equal(by_benefit.sel(run="reform"), same)
    assert compared.attrs["notes"] == "now has no funeral_grant: 0 there"


def test_common_years_are_compared_and_premiums_are_not_cut():
    compared = compare(now=NOW.isel(year=slice(0, 20)), reform=REFORM.isel(year=slice(10, None)))
    assert compared["year"].values.tolist() == list(YEARS[10:20])
    np.testing.assert_array_equal(compared.reserve.sel(run="reform"), REFORM.reserve[10:20])
    assert compared.general_average_premium.values.tolist() == [0.1234, 0.1234 * 1.5]
    assert compared.attrs["notes"].startswith("years differ: now 2025-2044; reform 2035-2065; series are compared from")


def test_scenarios_are_kept_in_the_order_of_the_first_run():
    both = two_scenarios()
    turned = both.isel(scenario=[1, 0])
    compared = compare(now=both, reform=turned)
    assert compared["scenario"].values.tolist() == ["low", "central"]
    assert compared.outgo.dims == ("run", "scenario", "year")
    np.testing.assert_array_equal(compared.outgo.sel(run="now"), compared.outgo.sel(run="reform"))
    assert compared.demographic_ratio.dims == ("run", "year")


def test_a_run_without_scenarios_stands_beside_each():
    compared = compare(now=NOW, reform=two_scenarios())
    for word in ("low", "central"):
        np.testing.assert_array_equal(compared.outgo.sel(run="now", scenario=word), NOW.outgo)
    assert "repeated beside each of low, central: now" in compared.attrs["notes"]


def test_what_only_some_have_is_left_out_and_said():
    compared = compare(now=NOW.drop_vars("reserve_ratio"), reform=REFORM)
    assert "reserve_ratio" not in compared
    assert compared.attrs["notes"] == "left out, since not every run has them: reserve_ratio"
    only_rates = compare(now=ac.value(finances()), reform=finances())
    assert "outgo" not in only_rates
    assert float(difference_from(only_rates).general_average_premium[0]) == 0.0


def test_warnings_name_the_runs_that_have_them():
    now = NOW.assign_attrs(warnings="density is low\nwages are high")
    compared = compare(now=now, reform=REFORM.assign_attrs(warnings="density is low", service_grid="years"))
    assert compared.attrs["warnings"].splitlines() == ["density is low", "now: wages are high"]
    assert compared.attrs["notes"] == "service grid differs: now months; reform years"
    assert "service_grid" not in compared.attrs


def test_nothing_given_is_changed():
    now, before = NOW.isel(year=slice(0, 5)), NOW.isel(year=slice(0, 5)).copy(deep=True)
    compare(now=now, reform=REFORM.sel(benefit=["old_age"]))
    xr.testing.assert_identical(now, before)


def test_a_rate_without_scenarios_is_repeated_where_another_run_has_them():
    plain = xr.DataArray([1.0, 2.0], dims="year", coords={"year": [1, 2]})
    split = xr.DataArray([[3.0, 4.0]], dims=("scenario", "year"), coords={"scenario": ["low"], "year": [1, 2]})
    found = along_runs({"a": plain, "b": split})
    assert set(found.dims) == {"run", "scenario", "year"}
    assert found.sel(run="a", scenario="low").values.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ({}, r"compare: no run is given; a comparison needs two\.\n  Write compare\(now=result, reform=other\)"),
        ({"now": NOW}, r"one run is given, 'now'; a comparison needs two"),
        (NOW, r"give each run its name \(got Dataset without one\)"),
        ([NOW, REFORM], r"give each run its name \(got list without one\)"),
        ({"now": NOW, "reform": "out/reform"}, r"run 'reform': must be a Dataset \(got str\)\.\n  Give the result of"),
        ({"now": NOW, "reform": None}, r"run 'reform': must be a Dataset \(got None\)"),
        ({"now": NOW, " ": REFORM}, r"a name of a run must be a word \(got ' '\)"),
        (
            {"now": NOW.isel(year=slice(0, 5)), "reform": REFORM.isel(year=slice(5, 9))},
            r"the runs have no year in common: now 2025-2029; reform 2030-2033\.\n  Give runs of the same period",
        ),
        (
            {"now": NOW, "reform": REFORM.assign_attrs(currency="USD")},
            r"the runs have different currency: now LTD; reform USD; amounts cannot be compared",
        ),
        (
            {"now": NOW.assign_attrs(price_basis="nominal"), "reform": REFORM.assign_attrs(price_basis="real")},
            r"different price basis: now nominal; reform real",
        ),
        (
            {"now": two_scenarios(), "reform": two_scenarios().assign_coords(scenario=["low", "high"])},
            r"the scenarios of 'reform' \(low, high\) differ from those of 'now' \(low, central\)",
        ),
        (
            {"now": NOW[["outgo"]], "reform": REFORM[["reserve"]]},
            r"the 2 runs share none of the variables that are compared, such as outgo, payg_cost_rate",
        ),
        ({"now": NOW, "reform": compare(a=NOW, b=REFORM)}, "run 'reform': is a comparison already"),
    ],
)
def test_what_cannot_be_compared(runs, text):
    with pytest.raises(BadInput, match=text):
        compare(runs)


def test_a_fault_of_a_run_names_the_run():
    with pytest.raises(BadInput, match="the run 'now' is given twice"):
        compare({"now": NOW}, now=REFORM)
    with pytest.raises(BadDimensions, match=r"run 'reform': outgo has the dimension sex"):
        compare(now=NOW, reform=REFORM.assign(outgo=REFORM.outgo.expand_dims(sex=["male", "female"])))
    with pytest.raises(OutOfBounds, match=r"(?s)run 'reform': reserve .* must not be NaN.*year=2025"):
        compare(now=NOW, reform=REFORM.assign(reserve=REFORM.reserve.where(REFORM.year > 2025)))
    with pytest.raises(BadDimensions, match=r"run 'reform': outgo: the dimension year has no labels"):
        compare(now=NOW[["outgo"]], reform=REFORM[["outgo"]].drop_vars("year"))
    with pytest.raises(BadDimensions, match=r"run 'reform': year: the years must follow each other"):
        compare(now=NOW, reform=REFORM.isel(year=[0, 2]))


def test_differences_need_a_comparison_and_a_run_of_it(compared):
    with pytest.raises(BadInput, match=r"reference: no run is named 'now'; the runs are current law, reform"):
        difference_from(compared, "now")
    with pytest.raises(BadInput, match="give the Dataset of `compare`"):
        ratio_to(NOW)
