"""The same inputs give the same arrays; a changed input another digest; a dim that is left out is a constant."""

import copy
import dataclasses
from functools import cache

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial import bridge
from actuarial.basis import scenarios
from actuarial.check.basis import NEEDED
from actuarial.errors import BadDimensions
from actuarial.pension import Condition, FuneralGrant, OldAge, OldAgeGrant, Recent, Refund, Widows
from actuarial.person import earners
from actuarial.provenance import digest
from actuarial.scheme import Funding, Scheme
from actuarial.standards import Facts
from actuarial.standards.beneficiary import for_one_person
from actuarial.standards.reference import reference_wages
from actuarial.vocabulary import variables
from tests.reference.full_law import full_law
from tests.system.chain import LAW, UNITS, identical, project, same, short

STOCKS = ("pensioners_0", "pension_0")
OPTIONAL = (
    "a0 mortality_ratio_insured mortality_ratio_pensioners remarriage_rate declared_share salary_growth gdp calibration"
).split()


@pytest.fixture(scope="module")
def base():
    return project(short())


@cache
def complete(years=3):
    """The small basis with the variables that it may lack, different in every cell; no test changes it."""
    basis = short(years).assign_coords(line=["insurable_earnings", "expenditure:widows"])
    rng = np.random.default_rng(1)
    for name in OPTIONAL:
        row = variables()[name]
        values = rng.uniform(0.9, 1.1, [basis.sizes[dim] for dim in row.dims])
        level = {"a0": 0.15, "remarriage_rate": 0.01, "declared_share": 0.9, "salary_growth": 0.04, "gdp": 1e12}
        basis[name] = (row.dims, level.get(name, 1.0) * values)
    return basis.assign_attrs(calibration_reason="arrears")


WHOLE = sorted(map(str, complete().data_vars))


def three_scenarios(basis):
    return scenarios(
        basis,
        central=lambda b: b,
        low_fertility=lambda b: b.assign(asfr=0.85 * b.asfr),
        more_exits=lambda b: b.assign(exit_rate=1.3 * b.exit_rate, interest_rate=b.interest_rate - 0.01),
    )


def test_the_number_of_threads_changes_no_bit(monkeypatch):
    basis = three_scenarios(short(2))
    usual = project(basis)
    for number in (1, 7):
        monkeypatch.setenv("ACTUARIAL_THREADS", str(number))
        identical(project(basis), usual)


def test_a_scenario_among_others_is_the_scenario_alone(base):
    basis = three_scenarios(short())
    several = project(basis)
    assert float(abs(several["reserve"].diff("scenario")).min()) > 0
    for name in basis["scenario"].values:
        alone = project(basis.sel(scenario=name, drop=True))
        among = several.map(lambda a, n=name: a.sel(scenario=n, drop=True) if "scenario" in a.dims else a)
        identical(among, alone)
    identical(several.map(lambda a: a.isel(scenario=0, drop=True) if "scenario" in a.dims else a), base)


def of_kind(basis, kind):
    return basis.map(lambda array: array.astype(kind)).assign_attrs(basis.attrs)


@pytest.mark.parametrize("kind", ["float32", ">f8"])
def test_numbers_of_another_kind_are_those_of_double_precision(kind):
    """Single precision, and the other order of bytes, in all variables of a basis: also stage by stage."""
    given = of_kind(short(2), kind)
    expected = project(of_kind(given, np.float64))
    identical(project(given), expected)
    insured = ac.project_insured(ac.project_population(given), given, LAW, service="years")
    pensions = ac.project_pensions(insured, given, LAW)
    finance = ac.project_finance(insured, pensions, given, LAW)
    np.testing.assert_array_equal(finance["reserve"], expected["reserve"])


def test_products_of_whole_numbers_of_four_bytes_do_not_overflow():
    basis = short(2)
    whole = basis.assign({name: (500.0 * basis[name]).round() for name in STOCKS})
    assert float((whole["pensioners_0"] * whole["pension_0"]).max()) > 2.0**31
    identical(project(whole.assign({name: whole[name].astype("int32") for name in STOCKS})), project(whole))


def test_there_and_back_is_the_basis_and_the_law_again(base):
    basis = short()
    names = [name for name in basis.data_vars if float(abs(basis[name]).max()) > 0]
    doubled = scenarios(basis, back=lambda b: b.assign({n: 2 * b[n] for n in names}).map(lambda a: a / 2))
    back = doubled.sel(scenario="back", drop=True) if "scenario" in doubled.dims else doubled
    assert digest(back) == digest(basis)
    identical(project(back), base)
    reform = LAW.amend("old_age", retirement_age=65).amend("old_age.formula", accrual=0.01)
    again = reform.amend("old_age", retirement_age=60).amend("old_age.formula", accrual=0.0175)
    assert (again, digest(again)) == (LAW, digest(LAW))
    assert digest(reform) != digest(LAW)


@pytest.mark.parametrize("name", WHOLE)
def test_one_changed_cell_of_the_basis_changes_the_digest(name):
    basis = complete().isel(age=slice(0, 12), service=slice(0, 13))
    values, expected = basis[name].values, digest(basis)
    for place in sorted({0, values.size // 2, values.size - 1}):
        changed = values.copy()
        changed.flat[place] = np.nextafter(changed.flat[place], np.inf)
        other = basis.assign({name: (basis[name].dims, changed, basis[name].attrs)})
        assert digest(other) != expected, place
    assert digest(basis.assign({name: (basis[name].dims, values.copy(), basis[name].attrs)})) == expected


WIDE = LAW.amend(
    "scheme",
    benefits=(
        *LAW.benefits,
        Refund(contributions=("employees",), instead_of="old_age", interest=0.01),
        OldAgeGrant(name="invalidity_grant", months=2, instead_of="invalidity", on="invalidity"),
        Widows(name="second_widows", share={"male": 0.4, "female": 0.6}, follows=("old_age",)),
    ),
    funding=Funding(timing={"contributions": 0.4, "outgo": 0.5}),
)


def places(thing, path=()):
    """Paths to every field of the objects in a scheme that holds no object itself."""
    if dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            yield from places(getattr(thing, field.name), (*path, field.name))
    elif isinstance(thing, (tuple, list)) and any(dataclasses.is_dataclass(part) or isinstance(part, tuple)
                                                  for part in thing):
        for k, part in enumerate(thing):
            yield from places(part, (*path, k))
    else:
        yield path


def with_other(thing, path):
    """A copy in which one field has another value, whatever the law may say to it."""
    if not path:
        other = {bool: lambda x: not x, float: lambda x: np.nextafter(x, 9e9), int: lambda x: x + 1,
                 str: lambda x: x + "x", type(None): lambda x: 0.5, tuple: lambda x: (*x, "more"),
                 dict: lambda x: x | {"other": 0.5}}
        return other[type(thing)](thing)
    first, *rest = path
    if isinstance(thing, tuple):
        return (*thing[:first], with_other(thing[first], rest), *thing[first + 1 :])
    changed = copy.copy(thing)
    object.__setattr__(changed, first, with_other(getattr(thing, first), rest))
    return changed


@pytest.mark.parametrize("path", list(places(WIDE)), ids=lambda path: ".".join(map(str, path)))
def test_one_changed_field_of_the_law_changes_the_digest(path):
    assert digest(with_other(WIDE, path)) != digest(WIDE)


def test_an_equal_law_has_the_same_digest():
    assert len(list(places(WIDE))) > 150
    assert digest(copy.deepcopy(WIDE)) == digest(WIDE)
    assert digest(full_law()) == digest(LAW)


# --- dims that may be left out ----------------------------------------------------------------------------------------


def droppable(basis, dim):
    """Variables that are the same all along a dim if they lack it."""
    def may(name):
        return dim in basis[name].dims and dim not in NEEDED.get(name, ((),))[0] and not UNITS[name].startswith("pers")

    return [str(name) for name in basis.data_vars if may(name)]


@pytest.mark.parametrize("dim", ["year", "group", "sex", "age", "benefit"])
def test_a_dim_that_is_left_out_is_the_same_all_along_it(dim):
    """As if the values of one label (of age 40) had been written for all."""
    basis = complete()
    names = droppable(basis, dim)
    label = 40 if dim == "age" else basis[dim].values[0]
    assert len(names) >= {"year": 22, "group": 13, "sex": 17, "age": 14, "benefit": 1}[dim]
    lacking = {name: basis[name].sel({dim: label}, drop=True) for name in names}
    written = {name: value.expand_dims({dim: basis[dim]}).transpose(*basis[name].dims) for name, value in
               lacking.items()}
    assert dim not in basis.assign(lacking)[names[0]].dims
    identical(project(basis.assign(lacking)), project(basis.assign(written)))


@pytest.mark.parametrize("name", WHOLE)
def test_a_wrong_shape_is_refused(name):
    basis = complete(2)
    known = set(variables()[name].dims)
    extra = next(dim for dim in ("benefit", "group", "sex") if dim not in known)
    with pytest.raises(BadDimensions, match=f"{name} has the dimension {extra}"):
        project(basis.assign({name: basis[name].expand_dims({extra: basis[extra]})}))
    for dim in basis[name].dims:
        if dim in NEEDED.get(name, ((),))[0] or (UNITS[name].startswith("pers") and dim != "year"):
            with pytest.raises(BadDimensions, match=f"{name} lacks the dimension {dim}"):
                project(basis.assign({name: basis[name].isel({dim: 0}, drop=True)}))


def test_another_number_of_values_is_refused():
    basis = short(2)
    with pytest.raises(BadDimensions, match="a value has 3 values along sex, but 2 are needed"):
        bridge.align(xr.DataArray(np.ones(3), dims="sex"), ("sex",), basis.coords)
    with pytest.raises(BadDimensions, match="1 of 2 labels of year are missing, the first is 2026; it has 2025, 2027"):
        bridge.align(basis["inflation"].assign_coords(year=[2025, 2027]), ("year",), basis.coords)
    with pytest.raises(BadDimensions, match="has the dimension age; only sex can be used here"):
        bridge.align(basis["married_share"], ("sex",), basis.coords)


def test_the_average_wage_of_a_new_scheme_is_that_of_its_first_members():
    """Nobody insured on the valuation date is the limit of a few, spread as coverage and entries of the first year."""
    law = dataclasses.replace(LAW, benefits=(*LAW.benefits, FuneralGrant(name="months", months=3.0)))
    basis = short(3)
    nobody = ("active_0", "inactive_0", "pensioners_0", "invalid_0", "reserve_0", "accounts_0")
    new = basis.assign({name: 0.0 * basis[name] for name in nobody if name in basis})
    first = basis[["participation_rate", "unemployment_rate", "coverage", "entry_profile"]]
    first = first.isel(year=0) if "year" in first.dims else first
    employed = (basis.population_0 * first.participation_rate * (1 - first.unemployment_rate)).sum("age")
    few = 1e-9 * (first.coverage * employed * first.entry_profile).broadcast_like(basis.active_0)
    few = few.where(basis.active_0.service == 0, 0.0).transpose(*basis.active_0.dims).drop_attrs()
    found, limit = project(new, law), project(new.assign(active_0=few), law)
    assert float(found.benefit_expenditure.sel(benefit="months")[-1]) > 0.0
    same(found, limit, ["outgo", "benefit_expenditure", "contributions", "general_average_premium"], rtol=1e-8)
    wages = [reference_wages(one, int(basis.year[0]), Facts()) for one in (new, new.assign(active_0=few))]
    assert [one.wage for one in wages[0]] == [one.wage for one in wages[1]] != []
    pair = [for_one_person(one).salary_0 for one in (new, new.assign(active_0=few))]
    assert_allclose(*pair, rtol=1e-12)
    started = new.assign(coverage=new.coverage.where(new.year > new.year[0], 0.0))
    xr.testing.assert_allclose(earners(started), earners(new.isel(year=slice(1, None))))
    assert float(earners(started).sum()) > 0.0


def test_scenarios_of_what_the_law_reads_from_the_basis():
    """Density in a condition of recent contributions, and rates of retirement, which are asked of all scenarios."""
    recent = Condition(age=60, years=15, recent=Recent(months=24, in_years=3))
    usual = OldAge(conditions=(recent,), retirement_rate="basis", formula=LAW.benefit("old_age").formula)
    law = Scheme(name="S", currency=LAW.currency, contributions=LAW.contributions[:1], benefits=(usual,))
    basis = short(2).sel(benefit=["old_age"])
    rate = xr.where(basis.age >= 60, 0.5, 0.0) * xr.ones_like(basis.sex, dtype=float)
    now = basis.assign(retirement_rate=rate)
    then = now.assign(retirement_rate=1.2 * rate, density=0.9 * basis.density)
    both = xr.concat([now, then], dim=xr.DataArray(["now", "then"], dims="scenario", name="scenario"), data_vars="all")
    several = project(both, law)
    for label, one in {"now": now, "then": then}.items():
        here = several.map(lambda a, n=label: a.sel(scenario=n, drop=True) if "scenario" in a.dims else a)
        same(here, project(one, law), ["claims_number", "outgo", "payg_cost_rate"], rtol=1e-12)
    assert float(abs(several.outgo.diff("scenario")).min()) > 0.0
