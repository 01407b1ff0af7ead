"""Finance of a health scheme: every number computed a second time in plain loops, from members and costs on."""

import math
from statistics import NormalDist

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial.dated import by_group, money, step
from actuarial.demography.population import project_population
from actuarial.errors import BadBasis, BadDimensions, BadInput, BadScheme, MissingVariable
from actuarial.health.cost import project_health_cost
from actuarial.health.groups import Pensioners, Population
from actuarial.health.membership import project_membership
from actuarial.health.scheme import HealthContribution
from actuarial.health.use import project_use
from actuarial.valuation.claims import paid_and_outstanding
from actuarial.valuation.health_finance import project_health_finance
from tests.reference.health import GROUPS, PATTERN, health_basis, health_scheme

YEARS, SEXES = range(5), range(2)
WAGES, PRICES, INTEREST = 1.04, 1.025, 0.05
NORMAL = NormalDist()


class Stages:
    def __init__(self, basis, scheme):
        self.basis, self.scheme = basis, scheme
        population = project_population(basis)
        self.membership = project_membership(population, basis, scheme)
        self.use = project_use(self.membership, basis, scheme)
        self.cost = project_health_cost(self.use, self.membership, basis, scheme)

    def finance(self, scheme=None, basis=None, **given):
        cost, basis = given.pop("cost", self.cost), self.basis if basis is None else basis
        return project_health_finance(self.membership, cost, basis, scheme or self.scheme, **given)


@pytest.fixture(scope="module")
def stages():
    return Stages(health_basis(), health_scheme())


@pytest.fixture(scope="module")
def finance(stages):
    return stages.finance()


def clipped(mean, cv, low, high):
    """E[min(max(Y, low), high)] of lognormal Y: below the floor, between, and above the ceiling."""
    sigma = math.sqrt(math.log1p(cv * cv))
    at_low, at_high = (
        (math.log(limit / mean) + sigma * sigma / 2) / sigma if limit > 0 else -math.inf for limit in (low, high)
    )
    within = mean * (NORMAL.cdf(at_high - sigma) - NORMAL.cdf(at_low - sigma))
    return low * NORMAL.cdf(at_low) + within + high * NORMAL.cdf(-at_high)


def loop(stages, employees=0.06):
    """Income by line and group, payments, administration and the reserve, in plain loops over the years."""
    members = stages.membership["health_members"].values
    spent = stages.cost["health_expenditure"].sum("service_type").values
    heads = members.sum(axis=(2, 3))
    pay = stages.basis["member_earnings_0"].values
    found = {name: [] for name in ("lines", "W", "G", "paid", "outstanding", "O", "V", "deficit")}
    past, reserve = [], 5.0e8
    for t in YEARS:
        year, base_1, base_2 = 2025 + t, 0.0, 0.0
        for s in SEXES:
            for x in range(101):
                mean = pay[0, s, x] * WAGES ** (t + 1)
                if mean > 0:
                    base_1 += members[t, 0, s, x] * clipped(mean, 0.7, 60_000 * WAGES**t, 240_000 * WAGES**t)
                    base_2 += members[t, 0, s, x] * clipped(mean, 0.7, 0.0, 300_000)
        lines = np.zeros((8, 3))
        lines[0, 0] = employees * 0.95 * base_1
        lines[1, 0] = (0.07 if year < 2027 else 0.11) * base_2
        lines[2, 1] = 1_200 * PRICES**t * 0.8 * heads[t, 1]
        lines[3, 2] = 100 * heads[t, 2] / 4
        lines[4] = (1.0 if year < 2027 else 0.5 if year < 2029 else 0.25) * (lines[2] + lines[3])
        lines[5] = 0.1 * (lines[0] + lines[2])
        lines[6, 1:] = 4.0e7 * spent[t, 1:] / spent[t, 1:].sum()
        past.append(spent[t].sum())
        paid = sum(PATTERN[k] * past[t - k] for k in range(3) if k <= t)
        old = {0: 0.3 / 0.4, 1: 0.1 / 0.4}.get(t, 0.0)
        paid += 1.8e9 * old
        left = 0.3 * past[t] + (0.1 * past[t - 1] if t else 1.8e9 * 0.1 / 0.4)
        earnings = max(0.95 * base_1, base_2)
        administration = 0.001 * earnings + 0.02 * lines[:4].sum() + 0.03 * paid + 5.0e6 * PRICES**t
        outgo, worth = paid + administration, {tau: (1 + INTEREST) ** (1 - tau) for tau in (0.4, 0.5, 0.75)}
        reserve = reserve * (1 + INTEREST) + lines[:4].sum() * worth[0.4] + lines[4:].sum() * worth[0.75]
        reserve -= outgo * worth[0.5]
        made_good = 0.9 * max(0.0, -reserve)
        reserve += made_good
        lines[7] = made_good / worth[0.75] * spent[t] / spent[t].sum()
        values = (lines, earnings, administration, paid, left, outgo, reserve, made_good)
        for name, value in zip(found, values, strict=True):
            found[name].append(value)
    return {name: np.array(values) for name, values in found.items()}


@pytest.fixture(scope="module")
def expected(stages):
    return loop(stages)


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_income_by_line_and_group_is_that_of_a_loop(finance, expected):
    close(finance["contribution_by_group"], expected["lines"])
    close(finance["contribution_income"], expected["lines"].sum(axis=2))
    close(finance["contributions"], expected["lines"][:, :4].sum(axis=(1, 2)))
    close(finance["state_income"], expected["lines"][:, [4, 5, 7]].sum(axis=(1, 2)))
    close(finance["other_income"], expected["lines"][:, 6].sum(axis=1))
    guaranteed = finance["deficit_income"] > 1e7
    assert guaranteed.any()
    assert not guaranteed.all()


def test_outgo_reserve_and_claims_are_those_of_a_loop(finance, expected):
    for name, key in {
        "total_insurable_earnings": "W", "administration": "G", "service_expenditure": "paid", "outgo": "O",
        "claims_outstanding": "outstanding", "reserve": "V",
    }.items():  # fmt: skip
        close(finance[name], expected[key])
    close(finance["deficit_income"], expected["lines"][:, 7].sum(axis=1))
    close(finance["contingency_reserve"], 0.25 * expected["paid"] + expected["outstanding"])
    change = np.diff(expected["V"], prepend=5.0e8)
    close(finance["balance"], change)
    close(finance["investment_income"], change - expected["lines"].sum(axis=(1, 2)) + expected["O"])
    assert float(finance["reserve_0"]) == 5.0e8
    assert finance["cash_benefits"].values.tolist() == [0.0] * 5


def test_income_that_no_rate_on_earnings_changes(stages, finance, expected):
    lines = expected["lines"].sum(axis=2)
    premiums = expected["lines"][:, 2].sum(axis=1)
    wanted = np.stack([0 * premiums, 0 * premiums, lines[:, 2], lines[:, 3], lines[:, 4], 0.1 * premiums, lines[:, 6],
                       0 * premiums], axis=1)  # fmt: skip
    close(finance["given_income"], wanted)
    other = stages.finance(stages.scheme.amend("employees", rate=0.2))
    assert other["given_income"].equals(finance["given_income"])
    close(other["contribution_by_group"], loop(stages, 0.2)["lines"])


def test_members_of_both_sexes_and_groups_may_have_rates_of_their_own(stages):
    rate = by_group({"workers": 0.1, "informal": 0.02, "poor": 0.0})
    line = HealthContribution(name="tax", payer="member", rate=rate)
    found = stages.finance(health_scheme(contributions=(line,)))["contribution_by_group"].sel(contribution="tax")
    heads, pay = stages.membership["health_members"].values, stages.basis["member_earnings_0"].values
    for t in YEARS:
        for j, share in enumerate((0.1, 0.02, 0.0)):
            want = share * WAGES ** (t + 1) * (heads[t, j] * pay[j]).sum()
            assert float(found[t, j]) == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize("base", ["earnings", "head", "contribution", "budget"])
def test_what_is_collected_is_a_factor_of_every_base(stages, base):
    line = {
        "earnings": {"rate": 0.02}, "head": {"amount": money(10.0, per="month")},
        "contribution": {"rate": 0.3, "of": ("first",)}, "budget": {"amount": money(7.0e6, per="year")},
    }[base]  # fmt: skip
    first = HealthContribution(name="first", payer="employer", rate=0.05)

    def income(collected):
        second = HealthContribution(name="second", payer="other", base=base, collected=collected, **line)
        found = stages.finance(health_scheme(contributions=(first, second)))
        return found["contribution_income"].sel(contribution="second")

    assert float(income(1.0).min()) > 0
    close(income(step({2025: 0.5, 2028: 0.25})), income(1.0) * [0.5, 0.5, 0.5, 0.25, 0.25])


def test_donors_and_others_are_other_income_pensioners_are_members(stages):
    def line(payer):
        return HealthContribution(name=payer, payer=payer, base="budget", amount=money(1.0e6, per="year"))

    payers = ("member", "employer", "pensioner", "state", "donor", "other")
    found = stages.finance(health_scheme(contributions=tuple(map(line, payers))))
    for name, sum_of_lines in {"contributions": 3.0e6, "state_income": 1.0e6, "other_income": 2.0e6}.items():
        close(found[name], [sum_of_lines] * 5)


def retired_scheme(**changes):
    groups = (
        Pensioners(name="old", of=("old_age",), from_age=65, enrolment=0.8, overlap=0.1),
        Pensioners(name="widows", of=("widows", "orphans")),
        Population(name="rest", share=0.5),
    )
    services = tuple(service for service in health_scheme().services if service.name == "drugs")
    return health_scheme(groups=groups, services=services, **changes)


def test_contributions_on_pensions_are_those_of_enrolled_pensioners_of_the_ages_of_the_group():
    basis = health_basis()
    labels = {"year": basis["year"], "benefit": ["old_age", "widows", "orphans", "grant"], "sex": basis["sex"]}
    labels |= {"age": basis["age"]}
    rng = np.random.default_rng(5)
    mass = xr.DataArray(rng.uniform(1.0, 2.0, (5, 4, 2, 101)), coords=labels) * [[[1.0]], [[1.0]], [[1.0]], [[0.0]]]
    paid = xr.DataArray(rng.uniform(1e6, 2e6, (5, 4)), coords={dim: labels[dim] for dim in ("year", "benefit")})
    pensions = xr.Dataset({"pension_mass": mass, "benefit_expenditure": paid})
    line = HealthContribution(name="retired", payer="pensioner", base="pension", rate=0.04, collected=0.9)
    shape = {"year": basis["year"], "health_group": ["old", "widows", "rest"], "sex": basis["sex"], "age": basis["age"]}
    membership = xr.Dataset({"health_members": xr.DataArray(np.ones((5, 3, 2, 101)), coords=shape)})
    cost = {dim: shape[dim] for dim in ("year", "health_group")} | {"service_type": ["drugs"]}
    spent = xr.DataArray(np.full((5, 3, 1), 1e5), coords=cost)
    found = project_health_finance(
        membership, xr.Dataset({"health_expenditure": spent}), basis,
        retired_scheme(contributions=(line,)), pensions=pensions,
    )["contribution_by_group"].sel(contribution="retired")  # fmt: skip
    for t in YEARS:
        old = float(mass[t, 0, :, 65:].sum() / mass[t, 0].sum())
        assert float(found[t, 0]) == pytest.approx(0.04 * 0.9 * 0.8 * old * float(paid[t, 0]), rel=1e-12)
        assert float(found[t, 1]) == pytest.approx(0.036 * float(paid[t, 1] + paid[t, 2]), rel=1e-12)
        assert float(found[t, 2]) == 0.0
    with pytest.raises(BadInput, match=r"retired: the line is due on pensions, but none were projected\."):
        project_health_finance(
            membership, xr.Dataset({"health_expenditure": spent}), basis, retired_scheme(contributions=(line,))
        )


def test_cash_benefits_are_outgo_of_their_year(stages, finance):
    years = {"year": stages.basis["year"], "benefit": ["sickness", "funeral"], "health_group": GROUPS}
    paid = xr.DataArray(np.arange(30.0).reshape(5, 2, 3) * 1e6, coords=years)
    found = stages.finance(cash=xr.Dataset({"cash_expenditure": paid}))
    total = paid.values.sum(axis=(1, 2))
    close(found["cash_benefits"], total)
    close(found["outgo"] - finance["outgo"], 1.03 * total)
    close(found["contingency_reserve"] - finance["contingency_reserve"], total / 4)
    spent = stages.cost["health_expenditure"].sum("service_type").values + paid.values.sum(axis=1)
    share = spent[:, 1] / spent[:, 1:].sum(axis=1)
    close(found["contribution_by_group"].sel(contribution="grant", health_group="informal"), 4.0e7 * share)


def test_claims_of_the_past_run_off_as_those_of_years_of_equal_cost():
    """A hundred years of equal cost, followed one by one."""
    pattern = [0.5, 0.2, 0.2, 0.1]
    history = np.zeros(110)
    for incurred in range(100):
        for lag, share in enumerate(pattern):
            history[incurred + lag] += 100.0 * share
    later = history[100:104]
    basis = xr.Dataset({"payment_pattern": ("lag", pattern), "claims_outstanding_0": later.sum()})
    paid, outstanding = paid_and_outstanding(np.zeros(6), basis)
    np.testing.assert_allclose(paid[:4], later, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(outstanding, later.sum() - np.cumsum(paid), atol=1e-12)
    single = basis.assign(payment_pattern=basis["payment_pattern"].astype("float32"))
    paid, outstanding = paid_and_outstanding(np.array([100.0]), single)
    np.testing.assert_allclose(paid + outstanding, 100.0 + later.sum(), rtol=1e-15)


@given(
    st.lists(st.floats(0.01, 1.0), min_size=2, max_size=6),
    st.lists(st.floats(0.0, 1e3), min_size=1, max_size=12),
    st.floats(0.0, 1e3),
)
def test_what_is_incurred_is_paid_or_outstanding(weights, incurred, opening):
    pattern = np.array(weights) / sum(weights)
    basis = xr.Dataset({"payment_pattern": ("lag", pattern), "claims_outstanding_0": opening})
    paid, outstanding = paid_and_outstanding(np.array(incurred), basis)
    assert (paid >= 0).all()
    assert (outstanding >= -1e-9).all()
    np.testing.assert_allclose(np.cumsum(paid) + outstanding, opening + np.cumsum(incurred), atol=1e-8)


def test_without_a_pattern_all_is_paid_at_once(stages):
    bare = stages.basis.drop_vars(["payment_pattern", "claims_outstanding_0"])
    found = stages.finance(basis=bare)
    close(found["service_expenditure"], stages.cost["health_expenditure"].sum(["service_type", "health_group"]))
    assert not found["claims_outstanding"].any()


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"payment_pattern": ("lag", [0.7, 0.2, 0.2])}, BadBasis, r"the shares must sum to 1 \(got 1\.1\)"),
        ({"payment_pattern": ("lag", [1.0, 0.0, 0.0])}, BadBasis, r"claims_outstanding_0 is 1,800,000,000, but"),
    ],
)
def test_patterns_that_cannot_be_meant(stages, changes, error, words):
    with pytest.raises(error, match=words):
        stages.finance(basis=stages.basis.assign(changes))


def test_a_pattern_needs_the_claims_outstanding_and_lags_in_order(stages):
    with pytest.raises(MissingVariable, match="claims_outstanding_0 is missing"):
        stages.finance(basis=stages.basis.drop_vars("claims_outstanding_0"))
    with pytest.raises(BadBasis, match=r"the lags must be 0, 1, 2, ... years \(got 1, 2, 3\)"):
        stages.finance(basis=stages.basis.assign_coords(lag=[1, 2, 3]))


def line(**given):
    return HealthContribution(**{"name": "one", "payer": "state"} | given)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), r"Fund: the scheme has no contributions"),
        (
            (
                line(base="contribution", of=("two",), rate=0.5),
                line(name="two", base="contribution", of=("one",), rate=1.0),
            ),
            r"one -> two -> one: these lines are shares of each other",
        ),
        (
            (line(base="deficit"), line(name="two", base="contribution", of=("one",), rate=0.5)),
            r"two\.of: one makes good a deficit, which is known last",
        ),
        ((line(base="deficit", rate=0.7), line(name="two", base="deficit", rate=0.4)), r"rates sum to 1\.1 in 2025"),
        ((line(base="pension", rate=0.1),), r"one: the line is due on pensions, but no group it is due for is of pens"),
        (
            (line(base="budget", amount=money(by_group({"workers": 1.0, "informal": 1.0, "poor": 2.0}), per="year")),),
            r"one\.amount: must be one number for each year, but it varies by group",
        ),
    ],
)  # fmt: skip
def test_lines_that_cannot_be_meant(stages, lines, words):
    with pytest.raises(BadScheme, match=words):
        stages.finance(health_scheme(contributions=lines))


def test_stages_of_other_runs_and_dates_inside_a_year_are_refused(stages):
    with pytest.raises(BadDimensions, match="cost: the labels of year differ from those of membership"):
        stages.finance(cost=stages.cost.isel(year=slice(0, 4)))
    june = stages.basis.assign_attrs(valuation_date="2025-06-30")
    with pytest.raises(BadInput, match=r"2025-06-30 lies inside a year; health schemes are valued from the end of a"):
        stages.finance(basis=june)
    with pytest.raises(MissingVariable, match="member_earnings_cv"):
        stages.finance(basis=stages.basis.drop_vars("member_earnings_cv"))


def test_accounts_of_pensions_are_not_those_of_the_health_fund(stages, finance):
    labels = {"account_year": [2025], "account_line": ["administration", "reserve"]}
    audited = stages.basis.assign(audited_accounts=xr.DataArray([[1.0, 1.0]], coords=labels))
    assert stages.finance(basis=audited).equals(finance)


def test_a_scenario_is_a_projection_of_its_own(stages, finance):
    low = stages.basis.assign(
        interest_rate=stages.basis["interest_rate"] - 0.03, member_earnings_0=0.9 * stages.basis["member_earnings_0"]
    )
    names = ["interest_rate", "member_earnings_0"]
    scenarios = xr.DataArray(["now", "low"], dims="scenario", name="scenario")
    both = xr.concat([stages.basis[names], low[names]], dim=scenarios)
    found = stages.finance(basis=stages.basis.assign(both.data_vars))
    for name, one in {"now": finance, "low": stages.finance(basis=low)}.items():
        xr.testing.assert_allclose(found.sel(scenario=name, drop=True), one, rtol=1e-13)


