"""The whole library in the steady state of the theory, and a closed group against annuities from its life table."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.pension import FinalAverage, Indexation, OldAge
from actuarial.scheme import Contribution, Scheme
from tests.reference import steady_state as theory

AGES = np.arange(101)
YEARS = np.arange(2001, 2011)
MX = theory.makeham_mx(100)
PX = theory.survival(MX)
GOLDEN = [(0.0, 0.13276057), (theory.GAMMA, 0.16674258)]


def scheme(beta):
    """Half of the salary of the year of award from 62 on; indexed by the force beta."""
    formula = FinalAverage(accrual=0.0, base_rate=theory.ALPHA, years=1)
    benefit = OldAge(
        retirement_age=theory.RETIREMENT,
        qualifying_years=0,
        formula=formula,
        indexation=Indexation(fixed=np.expm1(beta)),
    )
    line = Contribution(name="members", payer="employee", rate=0.1)
    return Scheme(name="steady state", currency="XXX", contributions=(line,), benefits=(benefit,))


def basis(start, years=YEARS, growth=None):
    """One group of men in active service from 20 on; the women of the basis are not insured."""
    men = np.array([1.0, 0.0])

    def by(values, *dims):
        return xr.DataArray(np.asarray(values, dtype=float), dims=dims)

    def stock(values):
        return by(men[:, None] * values, "sex", "age")

    entry = by(1.0 * (AGES == theory.ENTRY), "age")
    no_credit = 1.0 * (np.arange(2) == 0)
    made = xr.Dataset(
        {
            "population_0": by(np.full((2, AGES.size), 1e6), "sex", "age"),
            "mx": by(np.tile(MX, (2, 1)), "sex", "age"),
            "a0": by(0.5),
            "asfr": by(0.05 * ((AGES >= 20) & (AGES < 40)), "age"),
            "srb": by(1.05),
            "net_migration": by(np.zeros((2, AGES.size)), "sex", "age"),
            "participation_rate": by(0.9 * ((AGES >= 15) & (AGES < 80)), "age"),
            "unemployment_rate": by(0.0),
            "density": by(1.0),
            "exit_rate": by(0.0),
            "invalidity_rate": by(0.0),
            "reentry_share": by(0.0),
            "entry_profile": entry,
            "salary_0": by(np.ones((1, AGES.size)), "group", "age"),
            "earnings_cv": by(0.0),
            "collection_rate": by(1.0),
            "wage_growth": by(np.expm1(theory.GAMMA)),
            "inflation": by(0.0),
            "interest_rate": by(np.expm1(0.05)),
            "active_0": by(
                start.active[None, None, :, None] * men[None, :, None, None] * no_credit,
                *("group", "sex", "age", "service"),
            ),
            "inactive_0": by(np.zeros((1, 2, AGES.size, 2)), "group", "sex", "age", "service"),
            "inactive_earnings_0": by(0.0),
            "pensioners_0": stock(start.pensioners).expand_dims(benefit=["old_age"]),
            "pension_0": stock(start.pension).expand_dims(benefit=["old_age"]),
            "married_share": by(0.0),
            "spouse_age_gap": by(3.0),
            "spouse_age_sd": by(3.0),
            "reserve_0": by(0.0),
        },
        coords={"year": years, "sex": ["male", "female"], "age": AGES, "group": ["all"], "service": [0, 1]},
        attrs={"coverage_concept": "status", "currency": "XXX", "valuation_date": f"{years[0] - 1}-12-31"},
    )
    employed = (ac.project_population(made)["population"] * made["participation_rate"]).sum("age")
    force = theory.N if growth is None else growth
    target = by(start.active.sum() * np.exp(force * np.arange(1, len(years) + 1)), "year") * by(men, "sex")
    return made.assign(coverage=(target / employed).drop_attrs().expand_dims(group=["all"]))


def payg(made, law):
    """Cost rate by year, stage by stage."""
    population = ac.project_population(made)
    insured = ac.project_insured(population, made, law)
    pensions = ac.project_pensions(insured, made, law)
    return ac.value(ac.project_finance(insured, pensions, made, law)).payg_cost_rate.values


@pytest.mark.parametrize(("beta", "golden"), GOLDEN)
def test_cost_rate_of_the_steady_state(beta, golden):
    found = payg(basis(theory.stable_start(PX, beta)), scheme(beta))
    assert_allclose(found, golden, rtol=1e-4)
    assert_allclose(found, theory.discrete_payg(PX, beta), rtol=1e-9)


@pytest.mark.parametrize(("beta", "golden"), GOLDEN)
def test_retirement_at_the_end_of_the_year_would_be_found_out(beta, golden):
    for timing in ("end-of-year", "mixture"):
        expenditure, earnings = theory.roll(PX, beta, 10, theory.stable_start(PX, beta), timing=timing)
        assert abs(expenditure[-1] / earnings[-1] / golden - 1) > 5e-3


def test_a_young_scheme_matures_into_the_steady_state():
    """Members of all ages without pensioners: after 110 years nobody is left of the beginning."""
    start = theory.stable_start(PX, 0.0)
    young = theory.Start(start.active, np.zeros(101), np.zeros(101))
    found = payg(basis(young, np.arange(2001, 2141)), scheme(0.0))
    assert found[0] < 0.2 * found[-1]
    assert_allclose(found[-10:], theory.discrete_payg(PX, 0.0), rtol=1e-9)


@pytest.mark.parametrize(("indexation", "interest"), [(0.0, 0.03), (0.025, 0.06), (0.02, -0.01)])
def test_closed_group_of_pensioners_is_worth_its_annuities(indexation, interest):
    """Present value of all expenditure = sum of pensions times annuities from the survival alone, to 1e-9."""
    people = np.where(AGES >= 62, 1000.0 * np.exp(-0.06 * (AGES - 62)), 0.0)
    start = theory.Start(1000.0 * ((AGES >= 20) & (AGES < 60)), people, np.where(AGES >= 62, 0.5 + 0.002 * AGES, 0.0))
    years = np.arange(2001, 2201)
    law = scheme(np.log1p(indexation))
    made = basis(start, years, growth=0.0).assign(interest_rate=xr.DataArray(interest))
    nobody = made.assign(active_0=0.0 * made["active_0"], coverage=0.0 * made["coverage"])
    insured = ac.project_insured(ac.project_population(nobody), nobody, law)
    pensions = ac.project_pensions(insured, nobody, law)
    paid = pensions["benefit_expenditure"].sel(benefit="old_age").values
    discount = (1 + interest) ** -(np.arange(len(years)) + 0.5)
    worth = (start.pensioners * start.pension * theory.annuities(PX, interest, indexation)).sum()
    assert_allclose((paid * discount).sum(), worth, rtol=1e-9)
