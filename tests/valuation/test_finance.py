"""Income by line, administration, the reserve and the identities of the finance stage, on numbers made by hand."""

import numpy as np
import pytest
import xarray as xr
from scipy import integrate, stats

from actuarial.dated import by_cohort, by_group, by_sex, money, step
from actuarial.errors import BadDimensions, BadInput, BadScheme, IdentityFailed, MissingVariable
from actuarial.scheme import Administration, Contribution, Funding, InsurableEarnings
from actuarial.valuation.finance import check_finance, project_finance
from tests.oracle import finance as oracle
from tests.valuation.scheme_data import (
    AGES,
    COLLECTED_EARNINGS,
    CONTRIBUTORS,
    EARNINGS,
    EXPENDITURE,
    INTEREST,
    OPENING,
    PENSIONERS,
    SALARY,
    TOPUPS,
    YEARS,
    basis,
    insured,
    member,
    pensions,
    scheme,
)


def project(*lines, **parts):
    return project_finance(insured(), pensions(), basis(), scheme(*lines, **parts))


def income(line):
    """Yearly income of the only line of a scheme."""
    found = project(line)
    assert found.contribution_income.dims == ("year", "contribution")
    return found.contribution_income.sel(contribution=line.name).values


def test_a_rate_applies_to_the_collected_earnings_of_all_groups():
    np.testing.assert_allclose(income(member(rate=0.1)), 0.1 * EARNINGS, rtol=1e-14)


def test_a_line_of_one_group_at_a_rate_that_changes():
    line = member(rate=step({2024: 0.05, 2026: 0.08}), groups=("public",))
    expected = np.array([0.05, 0.05, 0.08]) * COLLECTED_EARNINGS[:, 1].sum(axis=1)
    np.testing.assert_allclose(income(line), expected, rtol=1e-14)


def test_rates_by_sex_and_by_group():
    by_sexes = member(rate=by_sex(male=0.1, female=0.05))
    np.testing.assert_allclose(income(by_sexes), COLLECTED_EARNINGS.sum(axis=1) @ [0.1, 0.05], rtol=1e-14)
    by_groups = by_group({"private": 0.1, "public": 0.2})
    np.testing.assert_allclose(income(member(rate=by_groups)), COLLECTED_EARNINGS.sum(axis=2) @ [0.1, 0.2], rtol=1e-14)
    one = member(rate=by_groups, groups=("public",))
    np.testing.assert_allclose(income(one), 0.2 * COLLECTED_EARNINGS[:, 1].sum(axis=1), rtol=1e-14)


def test_a_rate_by_year_of_birth_is_applied_age_by_age():
    line = member(rate=by_cohort({2000: 0.1, 2024: 0.2}))
    born = np.array(YEARS)[:, None] - np.array(AGES)
    rate = np.where(born >= 2024, 0.2, 0.1)[:, None, None, :]
    full = rate * SALARY * CONTRIBUTORS * np.array([0.8, 1.0])[:, None, None]
    np.testing.assert_allclose(income(line), full.sum(axis=(1, 2, 3)), rtol=1e-13)


@pytest.mark.parametrize(("floor", "ceiling"), [(None, 1300.0), (1300.0, None), (1200.0, 1500.0)])
def test_own_floor_and_ceiling_without_spread_clip_the_salary(floor, ceiling):
    def limit(value):
        return None if value is None else money(value, per="year")

    counted = np.clip(SALARY, floor, ceiling)
    expected = 0.1 * (counted * CONTRIBUTORS * np.array([0.8, 1.0])[:, None, None])
    found = income(member(floor=limit(floor), ceiling=limit(ceiling)))
    np.testing.assert_allclose(found, expected.sum(axis=(1, 2, 3)), rtol=1e-13)
    public = income(member(floor=limit(floor), ceiling=limit(ceiling), groups=("public",)))
    np.testing.assert_allclose(public, expected[:, 1].sum(axis=(1, 2)), rtol=1e-13)


def test_own_ceiling_takes_the_distribution_of_earnings_and_the_collection_of_its_group():
    """The limits of the line take the place of those of the scheme; the share that is collected stays."""
    data, assumptions, spread = insured(), basis(), 0.6
    assumptions["earnings_cv"][:] = spread
    data["insurable_share"][:] = 0.9
    data["insurable_earnings"][:] = 0.9 * COLLECTED_EARNINGS
    line = member(floor=money(600, per="year"), ceiling=money(1500, per="year"))
    found = project_finance(data, pensions(), assumptions, scheme(line)).contributions

    def counted(mean):
        sigma = np.sqrt(np.log(1 + spread**2))
        earnings = stats.lognorm(s=sigma, scale=mean / np.sqrt(1 + spread**2))
        return 600 + integrate.quad(earnings.sf, 600, 1500, epsabs=1e-10)[0]

    expected = 0.1 * np.vectorize(counted)(SALARY) * CONTRIBUTORS * np.array([0.8, 1.0])[:, None, None]
    np.testing.assert_allclose(found, expected.sum(axis=(1, 2, 3)), rtol=1e-9)


def test_a_limit_that_the_line_does_not_have_is_that_of_the_scheme():
    general = InsurableEarnings(floor=money(1200, per="year"), ceiling=money(1500, per="year"))
    line = member(ceiling=money(1300, per="year"))
    law = scheme(line).amend("scheme", insurable_earnings=general)
    found = project_finance(insured(), pensions(), basis(), law).contributions
    counted = np.clip(SALARY, 1200, 1300) * CONTRIBUTORS * np.array([0.8, 1.0])[:, None, None]
    np.testing.assert_allclose(found, 0.1 * counted.sum(axis=(1, 2, 3)), rtol=1e-13)


def test_a_share_of_the_expenditure_on_some_benefits():
    line = Contribution(name="subsidy", payer="state", base="benefit", of=("old_age", "invalidity"), rate=0.4)
    found = project(line)
    np.testing.assert_allclose(found.state_income, 0.4 * EXPENDITURE[:, :2].sum(axis=1), rtol=1e-14)
    assert not found.contributions.any()


def test_what_minimum_pensions_cost_in_whole_or_for_one_benefit():
    whole = Contribution(name="minimum", payer="state", base="minimum")
    np.testing.assert_allclose(income(whole), TOPUPS.sum(axis=1), rtol=1e-14)
    half = Contribution(name="minimum", payer="state", base="minimum", rate=0.5, of=("invalidity",))
    np.testing.assert_allclose(income(half), 0.5 * TOPUPS[:, 1], rtol=1e-14)


def test_a_fixed_amount_by_year():
    line = Contribution(
        name="grant_in_aid", payer="state", base="fixed", amount=money(step({2024: 10, 2025: 20}), per="month")
    )
    assert income(line).tolist() == [120.0, 240.0, 240.0]


def test_every_payer_goes_to_its_own_total():
    payers = ("employee", "employer", "self_employed", "pensioner", "state", "other")
    found = project(*(member(name=f"of_{payer}", payer=payer, rate=(k + 1) / 100) for k, payer in enumerate(payers)))
    np.testing.assert_allclose(found.contributions, 0.10 * EARNINGS, rtol=1e-14)
    np.testing.assert_allclose(found.state_income, 0.05 * EARNINGS, rtol=1e-14)
    np.testing.assert_allclose(found.other_income, 0.06 * EARNINGS, rtol=1e-14)
    assert found.contribution_income.payer.values.tolist() == list(payers)
    np.testing.assert_allclose(found.total_income, 0.21 * EARNINGS + found.investment_income.values, rtol=1e-12)


def test_parts_of_administration_add_up_and_leave_state_and_deficit_aside():
    costs = Administration(
        share_of_earnings=0.01,
        share_of_contributions=step({2024: 0.2, 2025: 0.1}),
        share_of_benefits=0.03,
        fixed=money(7.0, per="month"),
    )
    lines = (
        member(rate=0.05),
        member(name="aid", payer="state", rate=0.02),
        Contribution(name="guarantee", payer="employer", base="deficit"),
    )
    found = project(*lines, administration=costs)
    expected = 0.01 * EARNINGS + [0.2, 0.1, 0.1] * (0.05 * EARNINGS) + 0.03 * EXPENDITURE.sum(axis=1) + 84.0
    np.testing.assert_allclose(found.administration, expected, rtol=1e-13)
    np.testing.assert_allclose(found.outgo, expected + EXPENDITURE.sum(axis=1), rtol=1e-13)
    assert found.deficit_income.sum() > 0


def test_pensions_and_lump_sums_apart_and_mean_numbers_of_pensioners():
    found = project(member())
    np.testing.assert_allclose(found.pension_expenditure, EXPENDITURE[:, :2].sum(axis=1), rtol=1e-14)
    np.testing.assert_allclose(found.lump_sum_expenditure, EXPENDITURE[:, 2], rtol=1e-14)
    ends = np.concatenate([[58.0], PENSIONERS.sum(axis=1)])
    np.testing.assert_allclose(found.total_pensioners, (ends[1:] + ends[:-1]) / 2, rtol=1e-14)
    np.testing.assert_allclose(found.total_contributors, CONTRIBUTORS.sum(axis=(1, 2, 3)), rtol=1e-14)
    np.testing.assert_allclose(found.total_insurable_earnings, EARNINGS, rtol=1e-14)


@pytest.mark.parametrize("within_year", ["compound", "simple"])
@pytest.mark.parametrize(
    ("timing", "at"),
    [(0.5, (0.5, 0.5, 0.5)), (1.0, (1.0, 1.0, 1.0)), ({"contributions": 0.25, "outgo": 0.6}, (0.25, 0.6, 0.5))],
)
def test_the_reserve_rolls_as_in_the_loop_with_state_income_at_the_timing_of_other_income(timing, at, within_year):
    funding = Funding(timing=timing, within_year=within_year, target_reserve=2.0)
    found = project(member(rate=0.05), member(name="aid", payer="state", rate=0.03), funding=funding)
    paid, aid, outgo = 0.05 * EARNINGS, 0.03 * EARNINGS, EXPENDITURE.sum(axis=1)
    expected = oracle.roll(OPENING, [(paid, at[0]), (aid, at[2]), (-outgo, at[1])], INTEREST, within_year)
    np.testing.assert_allclose(found.reserve, expected, rtol=1e-12)
    change = np.diff(expected, prepend=OPENING)
    np.testing.assert_allclose(found.balance, change, rtol=1e-9)
    np.testing.assert_allclose(found.investment_income, change - paid - aid + outgo, rtol=1e-8)
    assert found.flow_timing.sel(flow=["contributions", "outgo", "other_income"]).values.tolist() == list(at)
    assert found.flow_timing.attrs["within_year"] == within_year
    assert float(found.target_reserve) == 2.0


def test_a_guarantor_pays_what_the_reserve_lacks():
    timing = {"contributions": 0.5, "outgo": 0.5, "other_income": 0.25}
    guarantee = Contribution(name="guarantee", payer="state", base="deficit")
    found = project(member(rate=0.05), guarantee, funding=Funding(timing=timing))
    reserve, paid = OPENING, []
    for t, rate in enumerate(INTEREST):
        net = 0.05 * EARNINGS[t] - EXPENDITURE[t].sum()
        reserve = reserve * (1 + rate) + net * (1 + rate) ** 0.5
        paid.append(max(0.0, -reserve) / (1 + rate) ** 0.75)
        reserve = max(0.0, reserve)
    assert paid[0] == 0.0
    assert paid[2] > 0.0
    np.testing.assert_allclose(found.deficit_income, paid, rtol=1e-12)
    np.testing.assert_allclose(found.state_income, paid, rtol=1e-12)
    assert float(found.reserve[2]) == pytest.approx(0.0, abs=1e-9)


def test_guarantors_share_a_deficit_by_their_rates_and_an_employer_counts_among_the_contributions():
    shares = {"state": 0.5, "employer": 0.25}
    lines = [Contribution(name=f"by_{payer}", payer=payer, base="deficit", rate=rate) for payer, rate in shares.items()]
    found = project(member(rate=0.01), *lines)
    np.testing.assert_allclose(found.state_income, 2 / 3 * found.deficit_income, rtol=1e-12)
    np.testing.assert_allclose(found.contributions - 0.01 * EARNINGS, found.deficit_income / 3, rtol=1e-9, atol=1e-9)
    unpaid = -0.25 / 0.75 * found.deficit_income * (1 + np.array(INTEREST)) ** 0.5
    in_need = found.deficit_income > 0
    assert int(in_need.sum()) == 2
    np.testing.assert_allclose(found.reserve.where(in_need, drop=True), unpaid.where(in_need, drop=True), rtol=1e-12)


def test_scenarios_of_interest_broadcast():
    assumptions = basis()
    shift = xr.DataArray([0.0, 0.02], dims="scenario", coords={"scenario": ["central", "high"]})
    assumptions["interest_rate"] = assumptions["interest_rate"] + shift
    found = project_finance(insured(), pensions(), assumptions, scheme(member(rate=0.05)))
    assert found.reserve.dims == ("scenario", "year")
    assert found.outgo.dims == ("year",)
    alone = project(member(rate=0.05))
    np.testing.assert_allclose(found.reserve.sel(scenario="central"), alone.reserve, rtol=1e-14)
    check_finance(found)


def test_variables_are_those_of_the_vocabulary_with_units():
    found = project(member())
    assert found.reserve.attrs["units"] == "currency"
    assert found.contribution_income.attrs["units"] == "currency/year"
    assert found.reserve.sel(year=2025).ndim == 0


def finances():
    return project(
        member(rate=0.05),
        member(name="aid", payer="state", rate=0.01),
        member(name="fines", payer="other", rate=0.01),
        Contribution(name="guarantee", payer="state", base="deficit", rate=0.5),
    ).copy(deep=True)


def corrupt(finance, *names):
    for name in names:
        finance[name].loc[{"year": 2025}] += 0.5
    return finance


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["contributions"], "contribution lines add up to contributions"),
        (["state_income"], "contribution lines add up to state_income"),
        (["other_income"], "contribution lines add up to other_income"),
        (["contribution_income"], "contribution lines add up to state_income"),
        (["deficit_income"], "lines that make good a deficit add up to deficit_income"),
        (["lump_sum_expenditure"], "benefits and administration add up to outgo"),
        (["administration"], "benefits and administration add up to outgo"),
        (["total_income"], "total income is the sum of its parts"),
        (["investment_income"], "total income is the sum of its parts"),
        (["reserve"], "the reserve rolls forward"),
        (["interest_rate"], "the reserve rolls forward"),
        (["investment_income", "total_income"], "income less outgo is the change of the reserve"),
        (["balance"], "income less outgo is the balance"),
    ],
)
def test_one_wrong_cell_fails_its_identity(names, text):
    check_finance(finances())
    with pytest.raises(
        IdentityFailed, match=rf"{text}: the two sides differ in \d of 3 cells\.\n  the first: year=2025"
    ):
        check_finance(corrupt(finances(), *names))


def test_a_wrong_opening_reserve_or_timing_fails_as_well():
    for name in ("reserve_0", "flow_timing"):
        finance = finances()
        finance[name] = finance[name] * 0.5
        with pytest.raises(IdentityFailed, match="the reserve rolls forward"):
            check_finance(finance)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ((), r"fund: the scheme has no contributions; give at least one \[\[contributions\]\]"),
        ((member(groups=("army",)),), "members.groups: army is no group of the basis; they are private, public"),
        (
            (
                Contribution(
                    name="aid", payer="state", base="fixed", amount=money(by_sex(male=1, female=2), per="year")
                ),
            ),
            "aid.amount: must be one number for each year, but it varies by sex",
        ),
        (
            (Contribution(name="aid", payer="state", base="minimum", rate=by_sex(male=0.1, female=0.2)),),
            "aid.rate: must be one number for each year, but it varies by sex",
        ),
        (
            [Contribution(name=name, payer="state", base="deficit", rate=0.7) for name in ("one", "two")],
            "make good more than the whole deficit: their rates sum to 1.4, at most 1 is possible",
        ),
    ],
)
def test_laws_that_cannot_be_meant_are_refused(lines, text):
    with pytest.raises(BadScheme, match=text):
        project(*lines)


def test_administration_that_varies_by_sex_is_refused():
    costs = Administration(share_of_benefits=by_sex(male=0.1, female=0.2))
    with pytest.raises(
        BadScheme, match=r"administration\.share_of_benefits: must be one number for each year, but it varies by sex"
    ):
        project(member(), administration=costs)


def test_a_benefit_without_expenditure_is_refused():
    line = Contribution(name="subsidy", payer="state", base="benefit", of=("grant",), rate=0.4)
    without = pensions().sel(benefit=["old_age", "invalidity"])
    with pytest.raises(BadScheme, match=r"subsidy\.of: grant is no benefit of the scheme; they are old_age, inv"):
        project_finance(insured(), without, basis().sel(benefit=["old_age", "invalidity"]), scheme(line))


def test_stages_that_do_not_belong_together_are_refused():
    with pytest.raises(BadDimensions) as caught:
        project_finance(insured(), pensions().assign_coords(year=[2025, 2026, 2027]), basis(), scheme(member()))
    assert str(caught.value) == (
        "pensions: the labels of year differ from those of basis: 2025, 2026, 2027 against 2024, 2025, 2026.\n"
        "  Give the stages of one run of one basis."
    )
    with pytest.raises(BadDimensions, match="insured: the labels of group differ from those of basis: private against"):
        project_finance(insured().sel(group=["private"]), pensions(), basis(), scheme(member()))


def test_missing_variables_and_impossible_interest_are_refused():
    with pytest.raises(MissingVariable, match="reserve_0 is missing: Reserve on the valuation date"):
        project_finance(insured(), pensions(), basis().drop_vars("reserve_0"), scheme(member()))
    assumptions = basis()
    assumptions["interest_rate"][1] = -1.0
    with pytest.raises(BadInput, match="interest must lie above -1"):
        project_finance(insured(), pensions(), assumptions, scheme(member()))
