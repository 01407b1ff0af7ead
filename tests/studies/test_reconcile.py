"""The change since the previous valuation, cause by cause: two stored runs, and games with known values."""

import dataclasses
import json
import subprocess
import sys
from importlib import import_module
from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import actuarial as ac
from actuarial.errors import BadBasis, BadInput, BadScheme
from actuarial.report.files import write_result
from actuarial.scheme import Contribution
from actuarial.studies import lattice
from actuarial.studies.causes import differences, format_differences, standard_steps
from actuarial.studies.inputs import CATEGORIES, Side, category_of, taken_over
from actuarial.studies.lattice import items
from actuarial.studies.reconcile import LIBRARY, ROLLED, STATE, UNEXPLAINED, reconcile
from actuarial.studies.rollforward import roll_forward
from actuarial.vocabulary import variables
from tests.studies.runs import Run, basis, law, run

STEPS = {
    "mortality": ["mx"],
    "fertility": ["asfr"],
    "wages": ["wage_growth"],
    "interest": ["interest_rate"],
    "coverage": ["coverage"],
    "accrual": ["old_age.formula.accrual"],
}
JOINED = {
    "demographic": ["mx", "asfr"],
    "others": ["wage_growth", "interest_rate", "coverage", "old_age.formula.accrual"],
}
PROCESS = """
import json, sys
import actuarial as ac
from actuarial.studies.reconcile import reconcile
folder, steps, joined = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
previous, current = ac.open_run(folder + "/previous"), ac.open_run(folder + "/current")
reconcile(previous, current, steps).to_netcdf(folder + "/sequential.nc")
reconcile(previous, current, joined, method="both").to_netcdf(folder + "/both.nc")
"""


def changed(one):
    """Five declared changes of the basis and an undeclared one."""
    return one.assign(
        mx=0.9 * one["mx"],
        asfr=1.1 * one["asfr"],
        wage_growth=one["wage_growth"] - 0.002,
        interest_rate=one["interest_rate"] + 0.005,
        coverage=0.98 * one["coverage"],
        density=0.97 * one["density"],
    )


@pytest.fixture(scope="module")
def pair():
    one, scheme = basis(), law()
    return run(one, scheme), run(changed(one), scheme.amend("old_age.formula", accrual=0.016))


@pytest.fixture(scope="module")
def stored(pair, tmp_path_factory):
    """Both tables of runs that were written, and read again in another process."""
    folder = tmp_path_factory.mktemp("runs")
    for name, one in zip(("previous", "current"), pair, strict=True):
        write_result(one.result, folder / name, basis=one.basis, scheme=one.scheme)
    words = [sys.executable, "-c", PROCESS, str(folder), json.dumps(STEPS), json.dumps(JOINED)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return tuple(xr.load_dataset(folder / f"{name}.nc") for name in ("sequential", "both"))


@pytest.fixture(scope="module")
def chain(pair):
    """Results of whole projections with one declared change more each, made by hand."""
    one, scheme, new = pair[0].basis, law(), pair[1].basis
    results = [pair[0].result]
    for name in ("mx", "asfr", "wage_growth", "interest_rate", "coverage"):
        one = one.assign({name: new[name]})
        results.append(run(one, scheme).result)
    return [*results, run(one, scheme.amend("old_age.formula", accrual=0.016)).result]


def quantity(name, result):
    word, _, year = name.partition(" ")
    return float(result[word].sel(year=int(year)) if year else result[word])


@pytest.mark.slow  # two runs are written, opened in a new process and reconciled there; seven more by hand
def test_each_item_is_the_difference_of_two_whole_runs(stored, chain, pair):
    table = stored[0]
    names = [str(name) for name in table["quantity"].values]
    assert names == [
        "general_average_premium", "general_average_premium_net", "payg_cost_rate 2025", "payg_cost_rate 2028",
        "reserve_ratio 2025", "reserve_ratio 2028", "year_reserve_exhausted",
    ]  # fmt: skip
    assert table["cause"].values.tolist() == [LIBRARY, *STEPS, UNEXPLAINED]
    for name in names[:-1]:
        levels = [quantity(name, result) for result in [*chain, pair[1].result]]
        found = table["reconciliation"].sel(quantity=name).values
        np.testing.assert_allclose(found, [0.0, *np.diff(levels)], rtol=0, atol=1e-12)
        assert abs(found[-1]) > 1e-9 or name == "reserve_ratio 2025"
    assert (table["reconciliation"].sel(cause=LIBRARY, quantity=names[:-1]) == 0.0).all()
    assert table.attrs["undeclared"] == "density"
    assert table["quantity_units"].values.tolist()[-2:] == ["ratio", "years"]


def test_both_tables_sum_to_the_total(stored, pair):
    for table, words in zip(stored, (["reconciliation"], ["reconciliation", "reconciliation_shapley"]), strict=True):
        total = table["reconciled_current"] - table["reconciled_previous"]
        for name in words:
            gap = table[name].sum("cause", skipna=False) - total
            assert (abs(gap.isel(quantity=slice(0, -1))) <= 1e-12).all()
    assert float(stored[1]["reconciled_current"][0]) == float(pair[1].result["general_average_premium"])
    apart = stored[1]["reconciliation_shapley"] - stored[1]["reconciliation"]
    assert abs(apart.sel(cause="others")).max() > 1e-6
    assert abs(apart.sel(cause=UNEXPLAINED).isel(quantity=slice(0, -1))).max() <= 1e-15


def test_what_is_missing_is_missing_and_told(stored):
    table = stored[0]
    assert table["reconciliation"].sel(quantity="year_reserve_exhausted").isnull().all()
    assert table.attrs["missing"].startswith("year_reserve_exhausted: missing in the previous run; the current run; ")


def test_differences_say_where_and_how_much(pair):
    rows = {row.name: row for row in differences(*pair)}
    ages = pair[0].basis["mx"].max().item()
    assert rows["mx"].largest == pytest.approx(0.1 * ages, rel=1e-12)
    assert rows["mx"].place == "year=2025, sex=male, age=100"
    assert (rows["interest_rate"].cells, rows["coverage"].cells) == (4, 8)
    accrual = rows["old_age.formula.accrual"]
    assert (accrual.previous, accrual.current, accrual.category) == ("0.0175", "0.016", "provisions")
    lines = format_differences(rows.values()).splitlines()
    assert len(lines) == len(rows) + 1
    assert lines[1].startswith("mx")


def test_what_only_health_schemes_read_is_no_difference_of_pensions(pair):
    previous, current = pair
    costs = xr.DataArray([2.0], dims="service_type", coords={"service_type": ["visits"]})
    told = differences(previous, current._replace(basis=current.basis.assign(unit_cost_0=costs)))
    assert [row.name for row in told] == [row.name for row in differences(previous, current)]


def test_every_input_of_a_basis_has_a_category():
    found = {name: category_of(name) for name, row in variables().items() if row.role == "basis"}
    assert set(found.values()) == set(CATEGORIES) - {"methodology", "provisions"}
    assert category_of("service_grid") == category_of("coverage_concept") == "methodology"
    with pytest.raises(BadInput, match="belongs to none of the categories"):
        category_of("reserve")


@pytest.fixture(scope="module")
def later():
    """A previous run, and a current one three years later that lives longer and knows one more year."""
    one = basis(7).assign(exit_rate=0.0 * basis(7)["exit_rate"], inactive_0=0.0 * basis(7)["inactive_0"])
    previous = run(one.isel(year=slice(0, 6)), law())
    new = roll_forward(one, law(), 2027, service="years")
    return previous, run(new.assign(mx=0.9 * new["mx"]), law())


@pytest.mark.parametrize(("horizon", "last"), [("same_end", 2030), ("same_length", 2027)])
def test_a_later_valuation_date_has_lines_of_its_own(later, horizon, last):
    previous, current = later
    assert int(current.result["year"][-1]) == 2031
    table = reconcile(previous, current, {"mortality": "demographic"}, horizon=horizon)
    assert table["cause"].values.tolist() == [LIBRARY, ROLLED, STATE, "mortality", UNEXPLAINED]
    assert (table.attrs["period_previous"], table.attrs["period_current"]) == (f"2025-{last}", "2028-2030")
    premium = table["reconciliation"].sel(quantity="general_average_premium")

    def level(result, first, end, opening):
        part = result.sel(year=slice(first, end))
        flows = (part["outgo"], part["total_insurable_earnings"], part["interest_rate"])
        return float(ac.valuation.level_rate(*flows, reserve=opening))

    old = level(previous.result, 2025, last, previous.basis["reserve_0"])
    tail = level(previous.result, 2028, 2030, previous.result["reserve"].sel(year=2027, drop=True))
    new = level(current.result, 2028, 2030, current.basis["reserve_0"])
    assert float(table["reconciled_previous"][0]) == pytest.approx(old, abs=1e-12)
    assert float(table["reconciled_current"][0]) == pytest.approx(new, abs=1e-12)
    np.testing.assert_allclose(premium, [0.0, tail - old, 0.0, new - tail, 0.0], rtol=0, atol=1e-12)
    total = table["reconciled_current"] - table["reconciled_previous"]
    gap = table["reconciliation"].sum("cause", skipna=False) - total
    assert (abs(gap.isel(quantity=slice(0, -1))) <= 1e-12).all()


def test_labels_that_differ_are_brought_together(pair):
    """Stocks by years of credit, another past, a benefit more: each is an input like others."""
    old = pair[0]
    count = old.basis["service"].values[::12]
    stocks = {}
    for name in ("active_0", "inactive_0"):
        whole = old.basis[name]
        months = whole["service"] - whole["service"] % 12
        stocks[name] = whole.groupby(months.rename("service")).sum().sel(service=count).transpose(*whole.dims)
    new = old.basis.drop_vars([*stocks, "service"]).assign(stocks)
    new = new.isel(past_year=slice(50, None)).sel(benefit=["old_age", "invalidity", "widows"])
    current = run(new.assign(asfr_past=1.05 * new["asfr_past"]), old.scheme)
    steps = standard_steps(old, current)
    assert {"active_0", "inactive_0", "asfr_past"} <= set(steps["data and experience"])
    table = reconcile(old, current)
    premium = table["reconciliation"].sel(quantity="general_average_premium")
    assert abs(premium.sel(cause="data and experience")) > 1e-9
    assert abs(premium.sel(cause=UNEXPLAINED)) <= 1e-15


@given(st.lists(st.floats(-5, 5), min_size=16, max_size=16))
def test_shapley_is_the_mean_over_all_orders(values):
    names = ["a", "b", "c", "d"]
    sets = [frozenset(n for k, n in enumerate(names) if i >> k & 1) for i in range(16)]
    worth = dict(zip(sets, values, strict=True))
    game = SimpleNamespace(
        steps=dict.fromkeys(names, ()), moving=names, quantities={"y": None},
        values=lambda taken: np.array([worth[frozenset(taken)]]),
    )  # fmt: skip
    found, reached = items("reconciliation_shapley", game)
    for name in names:
        added = [worth[frozenset(order[: order.index(name) + 1])] - worth[frozenset(order[: order.index(name)])]
                 for order in permutations(names)]
        assert found[name].item() == pytest.approx(np.mean(added), abs=1e-12)
    assert sum(found.values()).item() == pytest.approx(worth[frozenset(names)] - worth[frozenset()], abs=1e-12)
    assert reached.item() == worth[frozenset(names)]


def toy_result(one, scheme, *, service="years", migration="end"):
    """A quantity that is the product of some inputs, and a year that is missing where members live long."""
    y = one["mx"].mean() * one["asfr"].mean() * one["coverage"].mean() * one["density"].mean()
    y = float(y) * scheme.benefit("old_age").formula.accrual * {"end": 1.0, "start": 3.0}[migration]
    y *= {"years": 1.0, "months": 2.0}[service] * {"status": 1.0, "average": 5.0}[one.attrs["coverage_concept"]]
    exhausted = 2030.0 + round(100 * float(one["interest_rate"].mean()))
    found = xr.Dataset({"y": y, "exhausted": exhausted if y < 1.0 else np.nan}, {"year": one["year"]})
    return found.assign_attrs(service_grid=service, migration_timing=migration)


@pytest.fixture
def toy(monkeypatch):
    """A run of inputs with the toy instead of a projection; `toy.made` are the projections made."""
    made = []

    def project(one, scheme, **options):
        made.append(options)
        return toy_result(one, scheme, **options)

    monkeypatch.setattr(lattice, "project", project)
    monkeypatch.setattr(import_module("actuarial.studies.reconcile"), "valued", lambda result, *years: result)

    def toy_run(one, scheme=None, **options):
        scheme = scheme or law()
        return Run(toy_result(one, scheme, **options), one, scheme)

    toy_run.made = made
    return toy_run


Y = {"y": lambda result: result["y"]}


def test_equal_steps_have_equal_shapley_contributions_and_idle_ones_none(toy, pair):
    one = pair[0].basis
    doubled = one.assign({name: 2.0 * one[name] for name in ("mx", "asfr", "coverage")})
    steps = {"a": ["mx"], "idle": ["density"], "b": ["asfr"], "c": ["coverage"]}
    table = reconcile(toy(one), toy(doubled), steps, method="both", quantities=Y)
    base = float(table["reconciled_previous"][0])
    np.testing.assert_allclose(table["reconciliation"][0] / base, [0, 1, 0, 2, 4, 0], atol=1e-12)
    np.testing.assert_allclose(table["reconciliation_shapley"][0] / base, [0, 7 / 3, 0, 7 / 3, 7 / 3, 0], atol=1e-12)
    assert table["reconciliation_shapley"].sel(cause="idle").item() == 0.0
    assert table.attrs["projections"] == "8"
    assert len(toy.made) == 8


def test_the_library_has_a_line_of_its_own(toy, pair):
    """A stored number that this library does not give again."""
    old = toy(pair[0].basis)
    other = old._replace(result=old.result.assign(y=old.result["y"] + 0.01))
    found = reconcile(other, old, {}, quantities=Y)["reconciliation"]
    assert found.sel(cause=LIBRARY).item() == pytest.approx(-0.01, abs=1e-15)
    assert found.sel(cause=UNEXPLAINED).item() == 0.0


def test_categories_contain_what_differs(toy, pair):
    steps = standard_steps(*pair)
    assert list(steps.values()) == [
        [], [], ["mx", "asfr"], ["wage_growth", "interest_rate"], ["coverage", "density"], ["old_age.formula.accrual"],
    ]  # fmt: skip
    runs = [toy(one.basis, one.scheme) for one in pair]
    table = reconcile(*runs, quantities=Y)
    assert table["cause"].values.tolist() == [LIBRARY, *steps, UNEXPLAINED]
    base = float(table["reconciled_previous"][0])
    levels = np.cumprod([1.0, 0.9 * 1.1, 1.0, 0.98 * 0.97, 0.016 / 0.0175])
    np.testing.assert_allclose(table["reconciliation"][0, 3:-1] / base, np.diff(levels), atol=1e-12)
    assert (table["reconciliation"][0, :3] == 0.0).all()
    assert table["reconciliation"].sel(cause=UNEXPLAINED).item() == pytest.approx(0.0, abs=1e-12 * base)
    assert (table.attrs["projections"], table.attrs["undeclared"]) == ("5", "")
    whole = reconcile(*runs, {"law": "scheme"}, quantities=Y)
    assert whole["reconciliation"].sel(cause="law").item() == pytest.approx(base * (0.016 / 0.0175 - 1), rel=1e-9)


def test_a_year_is_a_difference_of_years_or_missing(toy, pair):
    one = pair[0].basis
    richer = one.assign(interest_rate=one["interest_rate"] + 0.03)
    years = {"exhausted": lambda result: result["exhausted"]}
    table = reconcile(toy(one), toy(richer), {"return": "economic"}, quantities=years)
    assert table["reconciliation"].sel(cause="return").item() == 3.0
    assert table["quantity_units"].values.tolist() == [""]
    assert table.attrs["missing"] == ""
    rich = richer.assign(mx=1e9 * one["mx"])
    table = reconcile(toy(one), toy(rich), {"return": "economic", "mortality": ["mx"]}, quantities=years)
    np.testing.assert_array_equal(table["reconciliation"][0], [0.0, 3.0, np.nan, np.nan])
    assert table.attrs["missing"] == "exhausted: missing in the current run; the current return, mortality"


def test_options_and_attributes_are_methodology(toy, pair):
    one = pair[0].basis
    old, new = toy(one), toy(one.assign_attrs(coverage_concept="average"), service="months", migration="start")
    assert standard_steps(old, new)["methodology"] == ["coverage_concept", "service_grid", "migration_timing"]
    table = reconcile(old, new, {"concept": ["coverage_concept"], "options": ["service_grid"]}, quantities=Y)
    base = float(table["reconciled_previous"][0])
    np.testing.assert_allclose(table["reconciliation"][0] / base, [0, 4, 5, 20], rtol=1e-12)
    assert table.attrs["undeclared"] == "migration_timing"


def test_another_grid_for_all_runs_is_told(toy, pair):
    one = pair[0].basis
    runs = [toy(part, service="months") for part in (one, one.assign(mx=2.0 * one["mx"]))]
    table = reconcile(*runs, {"all": "demographic"}, service="years", quantities=Y)
    base = float(runs[0].result["y"]) / 2
    np.testing.assert_allclose(table["reconciliation"][0] / base, [0, 1, 0], atol=1e-12)
    assert f"y of the current run: {4 * base:.6g} as stored, {2 * base:.6g} projected again" in table.attrs["grid"]
    assert {made["service"] for made in toy.made} == {"years"}
    assert "grid" not in reconcile(*runs, {"all": "demographic"}, quantities=Y).attrs


def test_parts_of_the_scheme_are_taken_over():
    old = law()
    levy = Contribution(name="levy", payer="other", rate=0.01)
    other = old.amend("employees", rate=0.06).amend("administration", share_of_benefits=0.03)
    other = other.amend("funding", target_reserve=1.0)
    other = dataclasses.replace(other, contributions=(*other.contributions[:1], levy))
    one = basis()
    sides = (Side(one, old, "years", "end"), Side(one, other, "years", "end"))
    assert taken_over(*sides, ["employees.rate"]).scheme == old.amend("employees", rate=0.06)
    assert taken_over(*sides, ["scheme"]).scheme == other
    mixed = taken_over(*sides, ["levy", "subsidy", "funding.target_reserve"]).scheme
    assert [line.name for line in mixed.contributions] == ["employees", "levy"]
    assert (mixed.funding.target_reserve, mixed.administration) == (1.0, old.administration)
    for path, message in (
        ("emploees.rate", "did you mean employees"),
        ("employees.rat", "did you mean rate"),
        ("wage_grwth", "did you mean wage_growth"),
        ("economics", "did you mean economic"),
        ("zzz", "the parts are insurable_earnings"),
        ("levy.rate", "levy is nothing and Contribution in the two schemes; take over levy as a whole"),
        ("scheme.contribution", "did you mean contributions"),
    ):
        with pytest.raises(BadInput, match=message):
            taken_over(*sides, [path])


def test_what_cannot_be_reconciled_is_refused(pair):
    old, new = pair
    nine = {str(i): [] for i in range(9)}
    for arguments, options, message in (
        ((old, new, nine), {"method": "shapley"}, r"2\^9 = 512 projections"),
        ((old, new, {"a": ["mx"], "b": ["mx"]}), {}, "mx of 'b' is taken over with mx of 'a' already"),
        ((old, new, {"a": ["scheme"], "b": ["scheme.law"]}), {}, "scheme.law of 'b' is taken over with scheme"),
        ((old, new, {"unexplained": ["mx"]}), {}, "is a line of its own"),
        ((old, new), {"method": "all"}, "method: 'all' is not known"),
        ((old, new), {"horizon": "long"}, "horizon: 'long' is not known"),
        ((old._replace(basis=None), new), {}, "previous: the run holds no basis"),
        ((old, new._replace(basis=new.basis.isel(age=slice(0, 90)))), {}, "age: the two runs have other labels"),
        ((old, new), {"quantities": {"all": lambda r: r["reserve"]}}, "quantities: all gives no single number"),
        ((old, new), {"quantities": {"one": lambda r: r.rezerve}}, "one gives no single number .* attribute 'rezerve'"),
        ((old._replace(basis=roll_forward(old.basis, old.scheme, 2026)), new), {}, "previous run begins in 2027"),
        ((old, new._replace(basis=new.basis.assign_attrs(valuation_date="2025-03-31"))), {}, "two days of one year"),
    ):
        with pytest.raises(BadInput, match=message):
            reconcile(*arguments, **options)


def test_a_projection_that_fails_says_what_it_was_made_from(pair):
    old, new = pair
    empty = new._replace(basis=new.basis.assign(coverage=0.0 * new.basis["coverage"]))
    with pytest.raises(BadBasis, match=r"projection from the current coverage: coverage is 0 everywhere"):
        reconcile(old, empty, {"coverage": ["coverage"]})
    fewer = new._replace(scheme=dataclasses.replace(new.scheme, benefits=new.scheme.benefits[:2], contributions=()))
    with pytest.raises(BadScheme, match="projection from the current reform: pensioners_0: the scheme has no benefit"):
        reconcile(old, fewer, {"reform": "scheme"})


def test_a_step_may_need_the_one_before_it(toy, pair):
    """Widows that follow a benefit of an earlier step; without it the scheme cannot be built, and the error says so."""
    full = law()
    old = dataclasses.replace(full, benefits=full.benefits[:1], contributions=())
    one = pair[0].basis
    runs = (toy(one, old), toy(one, full))
    rest = ["subsidy", "employees"]
    table = reconcile(*runs, {"invalidity": ["invalidity"], "widows": ["widows", *rest]}, quantities=Y)
    assert table.attrs["undeclared"] == ""
    with pytest.raises(BadScheme, match=r"the current widows: widows.follows: 'invalidity' is no benefit"):
        reconcile(*runs, {"widows": ["widows", *rest], "invalidity": ["invalidity"]}, quantities=Y)
