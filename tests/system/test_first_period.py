"""A valuation on 30 June: one cohort by hand from the stock to the reserve, the steady state, and all identities."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.check.insured import check_insured
from actuarial.dated import money
from actuarial.errors import BadBasis, IdentityFailed
from actuarial.pension import FinalAverage, Invalidity, OldAge, OldAgeGrant
from actuarial.report.money_tables import constant_prices_table
from actuarial.report.tables import demographic_table, financial_table
from actuarial.scheme import Administration, Contribution, Scheme
from actuarial.valuation.accounts import compare_accounts
from actuarial.valuation.decomposition import decompose_expenditure, expenditure_factors
from tests.oracle.population import survival_ratios
from tests.reference import steady_state as theory
from tests.reference.full_law import full_law
from tests.reference.small import small_basis
from tests.system import test_steady_state as steady

PHI = 184 / 365
JUNE = "2025-06-30"
AGE, ACCRUAL, RATE = 40, 0.02, 0.1


def inside(basis, years=3):
    """The basis with the valuation date 30 June of its first year."""
    newborn = xr.DataArray([9900.0, 9450.0], dims="sex", coords={"sex": basis["sex"]})
    return basis.isel(year=slice(0, years)).assign_attrs(valuation_date=JUNE).assign(newborn_0=newborn)


def one_cohort():
    """Private men aged 40 with 60 or 121 months of credit, and nobody else in the scheme."""
    basis = inside(small_basis())
    only = xr.zeros_like(basis["active_0"])
    place = {"group": "private", "sex": "male", "age": AGE}
    only.loc[place | {"service": 60}] = 700.0
    only.loc[place | {"service": 121}] = 300.0
    nobody = {name: 0.0 * basis[name] for name in ("inactive_0", "pensioners_0", "pension_0")}
    return basis.assign(nobody | {"active_0": only, "reserve_0": xr.DataArray(1e7)})


def invalidity_only():
    formula = FinalAverage(accrual=ACCRUAL, years=1)
    return Scheme(
        name="Cohort",
        currency="LTD",
        contributions=(Contribution(name="members", payer="employee", rate=RATE),),
        benefits=(Invalidity(qualifying_years=0, formula=formula, payments=13),),
        administration=Administration(fixed=money(12_000.0, "year")),
    )


def projected(basis, law):
    """The stages without entries: whoever leaves is not replaced."""
    population = ac.project_population(basis)
    shape = {"year": basis["year"], "group": basis["group"], "sex": basis["sex"], "age": basis["age"]}
    none = xr.DataArray(np.zeros([len(labels) for labels in shape.values()]), coords=shape)
    entries = xr.Dataset(dict.fromkeys(("new_entrants", "reentry_rate", "contraction_rate"), none))
    insured = ac.project_insured(population, basis, law, entries=entries)
    pensions = ac.project_pensions(insured, basis, law)
    return insured, pensions, ac.project_finance(insured, pensions, basis, law)


def by_hand(basis):
    """Two periods of the cohort in plain numbers: dict of lists by year."""
    rows = {name: [] for name in "active deaths months earnings claims pensioners pensions expenditure reserve".split()}
    people, credit, pensioners, pensions, reserve = 1000.0, 700.0 * 60 + 300.0 * 121, 0.0, 0.0, 1e7
    for t, length in enumerate((PHI, 1.0)):
        at = {"year": 2025 + t, "group": "private", "sex": "male"}
        mx = basis["mx"].sel(year=2025 + t, sex="male").values
        m0 = mx[0]
        a0 = 0.045 + 2.684 * m0 if m0 < 0.107 else 0.330
        alive = survival_ratios(list(mx), [a0] + [0.5] * (len(mx) - 1))[AGE + t + 1]
        rates = [float(basis[name].sel(at | {"age": AGE + t})) for name in ("invalidity_rate", "exit_rate")]
        forces = [-np.log(alive), *(-np.log(1.0 - q) for q in rates)]
        density = float(basis["density"].sel(at | {"age": AGE + t + 1}))
        salary = float(basis["salary_0"].sel(group="private", sex="male", age=AGE + t + 1)) * 1.04 ** (t + 1)
        stay = np.exp(-length * sum(forces))
        dead, invalid, _ = (force / sum(forces) * (1.0 - stay) * people for force in forces)
        half = 6.0 * density * length
        months = half * people * (1.0 + stay)
        mean = credit / people
        new = invalid * ACCRUAL * (mean + half) / 12.0 * salary
        lasting = 1.0 - 0.5 * (1.0 - alive**length)
        before = pensions
        pensioners = pensioners * alive**length + invalid * lasting
        pensions = pensions * alive**length + new * lasting
        paid = length * 13.0 / 12.0 * (before + pensions) / 2.0
        collected = months / 12.0 * salary * float(basis["collection_rate"].sel(year=2025 + t, group="private"))
        net = RATE * collected - paid - 12_000.0 * length
        reserve = reserve * 1.05**length + net * 1.05 ** (length / 2.0)
        people, credit = people * stay, (mean + 2.0 * half) * people * stay
        found = (people, dead, months, collected, invalid, pensioners, pensions, paid, reserve)
        for name, value in zip(rows, found, strict=True):
            rows[name].append(value)
    return rows


def test_one_cohort_from_the_stock_to_the_reserve():
    basis, law = one_cohort(), invalidity_only()
    insured, pensions, finance = projected(basis, law)
    hand = by_hand(basis)

    def total(array):
        return array.sum([dim for dim in array.dims if dim != "year"]).values[:2]

    months = insured["contribution_months_stayers"] + insured["contribution_months_entrants"]
    found = {
        "active": insured["active"],
        "deaths": insured["deaths_active"],
        "months": months,
        "earnings": insured["insurable_earnings"],
        "claims": insured["claims_number"],
        "pensioners": pensions["pensioners"],
        "pensions": pensions["pension_mass"],
        "expenditure": pensions["benefit_expenditure"],
        "reserve": finance["reserve"],
    }
    for name, array in found.items():
        assert_allclose(total(array), hand[name], rtol=1e-10, err_msg=name)
    assert_allclose(total(insured["average_contributors"]), np.array(hand["months"]) / 12 / [PHI, 1.0], rtol=1e-10)
    result = ac.value(finance)
    outgo = np.array(hand["expenditure"]) + 12_000.0 * np.array([PHI, 1.0])
    assert_allclose(result["payg_cost_rate"].values[:2], outgo / hand["earnings"], rtol=1e-10)
    assert_allclose(result["reserve_ratio"].values[:2], hand["reserve"] / (outgo / [PHI, 1.0]), rtol=1e-10)
    assert_allclose(result["trust_fund_ratio"].values[0], 1e7 / (outgo[0] / PHI), rtol=1e-10)


def test_two_parts_of_a_year_make_a_year():
    """The cohort of 31 December, decremented to 30 June by hand, is in December where the whole year leaves it."""
    law, june = invalidity_only(), one_cohort()
    december = june.drop_vars("newborn_0").assign_attrs(valuation_date="2024-12-31")
    whole = projected(december, law)[0]
    kept = (whole["active"].sum("age") / 1000.0).sel(year=2025, group="private", sex="male", drop=True)
    rest = projected(june.assign(active_0=june["active_0"] * float(kept) ** (1 - PHI)), law)[0]
    for name in ("active", "deaths_active", "new_invalids"):
        assert_allclose(rest[name].values[1:], whole[name].values[1:], rtol=1e-12, err_msg=name)
    assert_allclose(rest["active"].values[0], whole["active"].values[0], rtol=1e-12)


def test_those_who_retired_before_the_date_do_not_claim_again():
    """Early pensions from 57 on and grants: what is left of a generation is what a whole year leaves of it."""
    law = full_law(benefits=(
        OldAge(
            retirement_age=60, qualifying_years=0, formula=FinalAverage(accrual=ACCRUAL, years=1),
            retirement_rate=0.7, early_age=57, early_rate=0.1,
        ),
        OldAgeGrant(months=1, years=1, claim_rate=0.2),
    ), contributions=invalidity_only().contributions)  # fmt: skip
    june = inside(small_basis())
    still = {name: 0.0 * june[name] for name in ("exit_rate", "invalidity_rate", "pensioners_0", "inactive_0")}
    people = xr.zeros_like(june["active_0"])
    people.loc[{"age": slice(56, 59), "service": 300}] = 1000.0
    june = june.assign(still | {"active_0": people})
    december = june.drop_vars("newborn_0").assign_attrs(valuation_date="2024-12-31")
    whole = projected(december, law)[0].isel(year=0)
    alive = 1.0 - whole["deaths_active"] / people.sum("service").shift(age=1)
    retired = whole["retirements_active"] / (alive * people.sum("service").shift(age=1))
    left = (alive ** (1 - PHI) * (1 - (1 - PHI) * retired)).shift(age=-1).fillna(0.0)
    rest = projected(june.assign(active_0=(people * left).transpose(*people.dims)), law)[0].isel(year=0)
    ages = {"age": slice(57, 60)}
    assert retired.sel(ages).max() > 0.6
    assert_allclose(rest["active"].sel(ages), whole["active"].sel(ages), rtol=1e-12)
    expected = alive**PHI * PHI * retired * (people.sum("service").shift(age=1) * alive ** (1 - PHI))
    retirements = rest["retirements_active"].sel(ages)
    assert_allclose(retirements, expected.sel(ages).transpose(*retirements.dims), rtol=1e-12)


def mid_year(beta):
    """The stable stocks half a year later, by age on the 31 December before: a part of the generations that enter and
    retire in the year has done so."""
    start, px, past = theory.stable_start(steady.PX, beta), steady.PX, 1.0 - PHI
    alive = px**past
    active, people = start.active * alive, start.pensioners * alive
    mass = start.pensioners * start.pension * alive * np.exp(beta)
    retiring = theory.RETIREMENT - 1
    gone = past * active[retiring]
    people[retiring] += gone
    mass[retiring] += gone * theory.ALPHA * np.exp(theory.GAMMA)
    active[retiring] -= gone
    active[theory.ENTRY - 1] = past * start.active[theory.ENTRY] * np.exp(theory.N)
    pension = np.divide(mass, people, out=np.zeros_like(mass), where=people > 0)
    return start, theory.Start(active, people, pension)


@pytest.mark.parametrize("beta", [0.0, theory.GAMMA])
def test_cost_rate_of_the_steady_state_from_june_on(beta):
    """The first period costs what every year costs, but for wages, which the model keeps level within a year.

    New pensions make those of the second half greater than the mean of the year, and earnings per head do not grow:
    that is (1 - phi)/2 of the growth of a year that is not that of a step on 1 January.
    """
    start, june = mid_year(beta)
    made = steady.basis(start, np.arange(2025, 2035))
    stocks = steady.basis(june, np.arange(2025, 2035))
    names = ("active_0", "pensioners_0", "pension_0")
    made = made.assign({name: stocks[name] for name in names}).assign_attrs(valuation_date=JUNE)
    made = made.assign(newborn_0=xr.DataArray([0.0, 0.0], dims="sex", coords={"sex": made["sex"]}))
    employed = (ac.project_population(made)["population"] * made["participation_rate"]).sum("age")
    wanted = start.active.sum() * np.exp(theory.N * np.arange(1, 11))
    target = xr.DataArray(wanted, dims="year") * xr.DataArray([1.0, 0.0], dims="sex")
    made = made.assign(coverage=(target / employed).drop_attrs().expand_dims(group=["all"]))
    found = steady.payg(made, steady.scheme(beta))
    assert_allclose(found[1:], theory.discrete_payg(steady.PX, beta), rtol=2e-4)
    assert_allclose(found[0] / found[-1], np.exp((theory.GAMMA - beta) * (1 - PHI) / 2), rtol=4e-4)


@pytest.fixture(scope="module")
def whole_country():
    """Everything at once: all forms of benefit, two groups, migrants within the year."""
    basis = inside(small_basis(), years=4)
    return basis, ac.project(basis, full_law(), service="years", migration="even")


def test_all_identities_hold_for_a_part_of_a_year(whole_country):
    basis, result = whole_country
    assert result["year_fraction"].values.tolist() == [PHI, 1.0, 1.0, 1.0]
    assert result.attrs["valuation_date"] == JUNE
    check_insured(result, basis, population=result)
    with pytest.raises(IdentityFailed, match=r"^Average contributors are a twelfth"):
        check_insured(result, basis.assign_attrs(valuation_date="2025-07-31"))
    with pytest.raises(IdentityFailed, match=r"^the reserve rolls forward"):
        ac.value(result.drop_vars("year_fraction"))


@pytest.mark.parametrize("concept", ["average", "any"])
def test_coverage_in_other_measures(concept):
    """The average of the period is no reason to hire: the active of December are those of a whole year's target."""
    basis = inside(small_basis(), years=2).assign_attrs(coverage_concept=concept)
    basis = basis.assign(coverage=basis["coverage"] * (1.3 if concept == "any" else 1.0))
    result = ac.project(basis, full_law(), service="years")
    if concept == "average":
        weighed = (result["active"] * basis["density"]).sum("age")
        wanted = basis["coverage"] * result["employed"].sum("age")
        assert_allclose(weighed, wanted.transpose(*weighed.dims), rtol=1e-9)
        return
    opening = basis["active_0"].sum(["age", "service"])
    before = basis["population_0"] * basis["participation_rate"].isel(year=0) * 0.94
    mean = (before.sum("age") + result["employed"].isel(year=0).sum("age")) / 2
    target = basis["coverage"].isel(year=0) * mean
    came = (result["new_entrants"] + result["reentrants"]).isel(year=0).sum("age")
    assert_allclose(came, np.maximum(0.0, PHI * (target - opening)).transpose(*came.dims), rtol=1e-9)


def test_flows_are_compared_with_accounts_at_the_pace_of_a_year(whole_country):
    basis, result = whole_country
    lines = ["contributions", "expenditure:old_age", "average_contributors", "number:old_age", "new_awards:old_age"]
    basis = basis.assign(accounts_0=xr.DataArray(np.ones(5), dims="line", coords={"line": lines}))
    models = [row.model for row in compare_accounts(result, basis)]
    first = result.isel(year=0).sel(benefit="old_age")
    expected = [
        float(first["contributions"]) / PHI,
        float(first["benefit_expenditure"]) / PHI,
        float(first["average_contributors"].sum()),
        float(first["pensioners"].sum()),
        float(first["new_awards"].sum()) / PHI,
    ]
    assert models == pytest.approx(expected, rel=1e-12)


def test_expenditure_over_gdp_is_that_of_a_year(whole_country):
    basis, result = whole_country
    basis = basis.assign(gdp=xr.DataArray([1e11, 1e11, 1e11, 1e11], dims="year", coords={"year": basis["year"]}))
    product = np.prod([factor.values for factor in expenditure_factors(result, basis).values()], axis=0)
    yearly = result["pension_expenditure"].values / [PHI, 1.0, 1.0, 1.0]
    assert_allclose(product, yearly / 1e11, rtol=1e-12)
    decompose_expenditure(result, basis)


def test_constant_prices_of_a_part_of_a_year_are_those_of_the_year_before(whole_country):
    """Earnings and pensions of the first period have the growth of the whole year, since the base year is 2024; so has
    their deflator: not (1+i) to the power of the part of the year."""
    basis, result = whole_country
    earned = (result["salary"].isel(year=0) / basis["salary_0"]).values[basis["salary_0"].values > 0]
    assert_allclose(earned, 1.0 + float(basis["wage_growth"][0]), rtol=1e-12)
    table, nominal = constant_prices_table(result, basis), financial_table(result)
    growth = [float(one) for one in basis["inflation"]]
    prices = [1.0 + growth[0], (1.0 + growth[0]) * (1.0 + growth[1])]
    for column in ("contributions", "total expenditure", "reserve"):
        assert_allclose(table[column].iloc[:2], nominal[column].iloc[:2] / prices, rtol=1e-12)
    assert table.attrs["note"].startswith("In prices of 2024")
    assert "2025: the part of the year after the valuation date" in table.attrs["note"]


def test_tables_note_the_first_period(whole_country):
    _, result = whole_country
    note = "2025: the part of the year after the valuation date, 2025-07-01 to 2025-12-31."
    for table in (financial_table(result), demographic_table(result)):
        assert table.attrs["note"] == note
        assert table.index.get_level_values("year").min() == 2025
    assert "note" not in financial_table(result.isel(year=slice(1, None))).attrs


def test_audited_accounts_of_a_whole_year_do_not_fit_a_part_of_it():
    labels = {"account_year": [2025], "account_line": ["contributions"]}
    accounts = xr.DataArray([[1e9]], coords=labels, dims=list(labels))
    with pytest.raises(BadBasis, match=r"^audited_accounts: those of 2025 are of a whole year, but"):
        ac.project(inside(small_basis(), years=2).assign(audited_accounts=accounts), full_law(), service="years")
