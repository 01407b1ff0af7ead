"""A law against a basis: error texts and warnings, word for word."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from actuarial.basis import scenarios
from actuarial.dated import by_cohort, by_group, by_sex, money, ramp, step
from actuarial.errors import BadBasis, BadInput, BadScheme, OutOfBounds
from actuarial.forms import parse_scheme
from actuarial.pension import Balance, MemberAccount, ProRata
from actuarial.projection import project
from actuarial.readiness import check_basis
from actuarial.scheme import Contribution
from tests.reference.small import small_basis

BASIS = small_basis()
SCHEME = parse_scheme("""
name = "Small"
currency = "LTD"

[administration]
share_of_contributions = 0.1

[[contributions]]
name = "employees"
payer = "employee"
rate = 0.06
groups = ["private"]

[[contributions]]
name = "employers"
payer = "employer"
rate = { group = { private = 0.08, public = 0.12 } }

[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 15
formula = { form = "final_average", accrual = 0.0175, years = 5 }

[[benefit]]
form = "old_age_grant"
months = 1

[[benefit]]
form = "invalidity"
qualifying_years = 5
of = "old_age"

[[benefit]]
form = "widows"
share = 0.6

[[benefit]]
form = "orphans"
share = 0.2
until_age = 18
""")


def older(active, inactive=0.0, service=240):
    """The basis with members aged 63."""
    changed = BASIS.copy(deep=True)
    for name, number in (("active_0", active), ("inactive_0", inactive)):
        changed[name].loc[{"age": 63, "service": service, "group": "private"}] = number
    return changed


def test_a_basis_and_a_scheme_that_fit():
    assert check_basis(BASIS) == []
    assert check_basis(BASIS, SCHEME) == []


def test_the_basis_is_checked_first():
    with pytest.raises(OutOfBounds):
        check_basis(BASIS.assign(srb=9 + 0 * BASIS.srb), SCHEME)
    assert check_basis(BASIS.assign(srb=0.9 + 0 * BASIS.srb), SCHEME) == [
        "srb: 0.9 (year=2025; 10 of 10 cells) is unusual; usual is 1.03 to 1.08 boys per girl."
    ]


def test_a_rule_for_infants_with_dashes():
    assert check_basis(BASIS.assign_attrs(a0_rule="coale-demeny-west")) == []


def test_a_rule_for_infants_that_is_none():
    with pytest.raises(BadBasis) as caught:
        check_basis(BASIS.assign_attrs(a0_rule="west"))
    assert str(caught.value) == "a0_rule must be one of andreev_kingkade, coale_demeny_west (got 'west')."


ERRORS = {
    "currency": (
        lambda: (BASIS.assign_attrs(currency="USD"), SCHEME),
        "currency: the amounts of the scheme are in LTD, those of the basis in USD.\n"
        "  Convert one of them, or correct its currency.",
    ),
    "a group of a contribution": (
        lambda: (BASIS, SCHEME.amend("employees", groups=["privat"])),
        "employees.groups: the basis has no group 'privat'; did you mean private?",
    ),
    "a group of a rate": (
        lambda: (BASIS, SCHEME.amend("employers", rate={"group": {"private": 0.08, "public": 0.1, "seamen": 0.1}})),
        "employers.rate: the basis has no group 'seamen'; its groups are private, public.",
    ),
    "a group inside a benefit": (
        lambda: (
            BASIS,
            SCHEME.amend("old_age", retirement_age={"male": 60, "female": {"group": {"all": 55}}}),
        ),
        "old_age.retirement_age: the basis has no group 'all'; its groups are private, public.",
    ),
    "a group inside a formula": (
        lambda: (BASIS, SCHEME.amend("old_age.formula", accrual={"group": {"private": 0.02, "pubic": 0.01}})),
        "old_age.formula.accrual: the basis has no group 'pubic'; did you mean public?",
    ),
    "pensioners of another benefit": (
        lambda: (BASIS.assign_coords(benefit=["oldage", "invalidity", "widows", "orphans"]), SCHEME),
        "pensioners_0: the scheme has no benefit 'oldage'; did you mean old_age?\n"
        "  Drop its rows from pensioners_0 and pension_0, or add the benefit to the scheme.",
    ),
    "pensioners of another benefit with all its rows": (
        lambda: (
            BASIS.assign_coords(benefit=["funeral", "invalidity", "widows", "orphans"]).assign(
                mortality_ratio_pensioners=("benefit", [1.0] * 4), accounts_0=("line", [1.0])
            ),
            SCHEME,
        ),
        "pensioners_0: the scheme has no benefit 'funeral'; its benefits are old_age, old_age_grant, invalidity, "
        "widows, orphans.\n"
        "  Drop its rows from pensioners_0, pension_0, mortality_ratio_pensioners and the lines of accounts_0, "
        "or add the benefit to the scheme.",
    ),
    "pensioners of a lump sum": (
        lambda: (BASIS.assign_coords(benefit=["old_age", "old_age_grant", "widows", "orphans"]), SCHEME),
        "pensioners_0: 17589.8 persons receive old_age_grant, but it is a lump sum and nobody is in payment of it.\n"
        "  Set them to 0, or move them to the pension that they receive.",
    ),
    "a retirement age beyond the ages": (
        lambda: (BASIS, SCHEME.amend("old_age", retirement_age={"male": 60, "female": {2025: 60, 2030: 105}})),
        "old_age.retirement_age: 105 lies beyond the last age of the basis, 100 (sex='female', year=2030).\n"
        "  Nobody would retire; lower it, or give a basis with more ages.",
    ),
    "a qualifying period longer than a career": (
        lambda: (BASIS, SCHEME.amend("old_age", qualifying_years={2025: 15, 2032: 50})),
        "old_age.qualifying_years: 50 years do not fit between age 15 and the retirement age 60 (year=2032).\n"
        "  Nobody could qualify at that age; lower the years, or raise the age.",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_error_texts(case):
    make, text = ERRORS[case]
    basis, scheme = make()
    with pytest.raises(BadScheme) as caught:
        check_basis(basis, scheme)
    assert str(caught.value) == text


def test_the_longest_career_fits_exactly():
    assert check_basis(BASIS, SCHEME.amend("old_age", qualifying_years=45)) == []


def test_members_past_the_retirement_age_are_counted_with_the_rate_that_applies():
    assert check_basis(older(10.0, 4.0), SCHEME) == [
        "old_age: 10 active and 4 inactive men, 10 active and 4 inactive women were past the retirement age on the "
        "valuation date; those with the service (28) claim at 1 a year (retirement_rate). "
        "Set claim_rate_late where they claim more slowly."
    ]
    late = SCHEME.amend("old_age", claim_rate_late=0.25)
    assert check_basis(older(10.0, 4.0, service=120), late) == [
        "old_age: 10 active and 4 inactive men, 10 active and 4 inactive women were past the retirement age on the "
        "valuation date; those with the service (0) claim at 0.25 a year (claim_rate_late)."
    ]


def test_the_age_of_the_valuation_date_counts_not_that_of_later_years():
    rising = SCHEME.amend("old_age", retirement_age={2024: 60, 2025: 65})
    falling = SCHEME.amend("old_age", retirement_age={2024: 65, 2025: 60})
    assert len(check_basis(older(10.0), rising)) == 1
    assert check_basis(older(10.0), falling) == []


def test_the_rate_by_sex_is_a_range():
    scheme = SCHEME.amend("old_age", retirement_rate={"male": 0.5, "female": 0.75})
    assert "claim at 0.5 to 0.75 a year (retirement_rate)" in check_basis(older(10.0), scheme)[0]


def test_the_scenario_with_most_members_is_counted():
    several = scenarios(BASIS, central=lambda b: b, late=lambda b: b.assign(active_0=older(10.0).active_0))
    assert check_basis(several, SCHEME)[0].startswith("old_age: 10 active and 0 inactive men, 10 active and 0 inactive")


def test_pensions_without_opening_pensioners():
    assert check_basis(BASIS.sel(benefit=["old_age", "invalidity", "widows"]), SCHEME) == [
        "pensioners_0 has no orphans: nobody is taken to receive it on the valuation date."
    ]


def test_a_benefit_that_nobody_receives_may_be_unknown_to_the_scheme():
    without = SCHEME.amend("scheme", benefits=[b for b in SCHEME.benefits if b.name != "orphans"])
    none = BASIS.assign(pensioners_0=BASIS.pensioners_0.where(BASIS.benefit != "orphans", 0.0))
    assert check_basis(none, without) == []
    with pytest.raises(BadScheme, match=r"the scheme has no benefit 'orphans'; its benefits are old_age, "):
        check_basis(BASIS, without)


def test_very_young_pensioners():
    young = BASIS.copy(deep=True)
    young["pensioners_0"].loc[{"benefit": "old_age", "sex": "male", "age": 25}] = 7.0
    young["pensioners_0"].loc[{"benefit": "invalidity", "sex": "male", "age": 14}] = 3.0
    assert check_basis(young, SCHEME) == [
        "pensioners_0 of old_age: 7 are younger than 40; usual is none.",
        "pensioners_0 of invalidity: 3 are younger than 15; usual is none.",
    ]


def test_costly_administration():
    assert check_basis(BASIS, SCHEME.amend("administration", share_of_contributions={2025: 0.1, 2030: 0.3})) == [
        "administration.share_of_contributions: 0.3 (year=2030; 5 of 10 cells) is unusual; usual is 0.03 to 0.15."
    ]


LATE = {
    "employees.rate": ("employees", {"rate": step({2040: 0.07})}),
    "employers.rate.group.public": ("employers", {"rate": by_group({"private": 0.08, "public": step({2040: 0.12})})}),
    "old_age.retirement_age.female": (
        "old_age",
        {"retirement_age": by_sex(male=step({2020: 60}), female=ramp({2040: 60, 2050: 65}))},
    ),
    "old_age.formula.accrual": ("old_age.formula", {"accrual": step({2040: 0.0175})}),
    "old_age.indexation.prices": ("old_age", {"indexation": {"prices": step({2040: 1.0})}}),
    "insurable_earnings.ceiling": ("insurable_earnings", {"ceiling": money(step({2040: 1e9}), "year")}),
    "administration.share_of_contributions": ("administration", {"share_of_contributions": step({2040: 0.1})}),
}


@pytest.mark.parametrize("place", LATE)
def test_a_number_that_is_first_stated_for_a_later_year(place):
    part, changes = LATE[place]
    assert check_basis(BASIS, SCHEME.amend(part, **changes)) == [
        f"{place}: is first stated for 2040, and that value is used from 2025 on; "
        "state the value for 2025 if it was another."
    ]


ON_TIME = {
    "the first year": ("employees", {"rate": step({2025: 0.06, 2040: 0.07})}),
    "years of birth": ("old_age", {"retirement_age": by_cohort({2026: 60})}),
    "carried back along wages": ("insurable_earnings", {"ceiling": money(step({2040: 1e9}), "year", "wages")}),
    "by sex from a year on": ("employees", {"rate": step({2025: 0.06, 2040: by_sex(male=0.06, female=0.05)})}),
}


@pytest.mark.parametrize("case", ON_TIME)
def test_numbers_that_are_stated_in_time(case):
    part, changes = ON_TIME[case]
    assert check_basis(BASIS, SCHEME.amend(part, **changes)) == []


ARGUMENTS = {
    "a path of the basis": (
        ("b0", SCHEME),
        "basis: must be a Dataset (got the path 'b0').\n  Open it first: ac.open_basis('b0').",
    ),
    "a path of the scheme": (
        (BASIS, Path("s.toml")),
        "scheme: must be a Scheme (got the path 's.toml').\n  Open it first: ac.open_scheme('s.toml').",
    ),
    "nothing": (
        (BASIS, None),
        "scheme: must be a Scheme (got None).\n  Open it first: ac.open_scheme(path of the scheme).",
    ),
    "one variable": (
        (BASIS.mx, SCHEME),
        "basis: must be a Dataset (got DataArray).\n  Open it first: ac.open_basis(path of the basis).",
    ),
    "exchanged": (
        (SCHEME, BASIS),
        "project: the basis comes first and the scheme second; write project(basis, scheme).",
    ),
}


@pytest.mark.parametrize("case", ARGUMENTS)
def test_arguments_of_another_type(case):
    arguments, text = ARGUMENTS[case]
    with pytest.raises(BadInput) as caught:
        project(*arguments)
    assert str(caught.value) == text


def test_a_rising_retirement_age_asks_for_exits_that_follow():
    later = SCHEME.amend("old_age", retirement_age=ramp({2025: 60, 2033: 64}))
    assert check_basis(BASIS, later) == [
        "old_age: the retirement age rises by 4 years, but exit_rate at 60 to 63 is the same in all years: members "
        "leave as early as before. Give exit_rate (and participation_rate) by year."
    ]
    following = BASIS["exit_rate"] * (1 + 0.0 * BASIS["year"])
    following = following.where(~((following["age"] >= 60) & (following["year"] > 2030)), 0.01)
    assert check_basis(BASIS.assign(exit_rate=following.transpose("year", ...)), later) == []


def test_audited_lines_of_benefits_that_the_scheme_does_not_have():
    def accounts(year):
        coords = {"account_year": [year - 1, year], "account_line": ["expenditure:oldage", "number:grants"]}
        values = [[np.nan, np.nan], [1.0, np.nan]]
        return BASIS.assign(audited_accounts=xr.DataArray(values, coords, ("account_year", "account_line")))

    first = int(BASIS["year"][0])
    with pytest.raises(BadBasis, match=rf"expenditure:oldage of {first}: .* benefit; did you mean old_age\?"):
        check_basis(accounts(first), SCHEME)
    assert check_basis(accounts(first - 1), SCHEME) == [
        *check_basis(BASIS, SCHEME),
        f"audited_accounts of {first - 1}: the scheme has no such benefits, so the lines are not shown: "
        "expenditure:oldage (did you mean old_age?), number:grants.",
    ]


def test_accounts_of_what_the_scheme_does_not_have_are_found_before_the_projection():
    lines = {"line": ["expenditure:oldage", "administration"]}
    basis = BASIS.assign(accounts_0=("line", [1.0, 2.0])).assign_coords(lines)
    with pytest.raises(BadBasis, match=r"accounts_0: the scheme has no such line:\n  expenditure:oldage"):
        check_basis(basis, SCHEME)


def test_observed_awards_of_benefits_that_the_scheme_does_not_have():
    coords = {"account_year": [2024], "award_line": ["number"], "benefit": ["oldage", "none"]}
    coords["sex"] = ["male", "female"]
    awards = xr.DataArray([[[[1.0, 2.0], [float("nan")] * 2]]], coords, tuple(coords))
    basis = BASIS.drop_dims("benefit").assign(observed_awards=awards)
    basis = basis.assign(pensioners_0=0.0 * awards.isel(account_year=0, award_line=0, drop=True).fillna(0.0))
    basis = basis.assign(pensioners_0=basis.pensioners_0 * xr.ones_like(BASIS["age"]), pension_0=basis.pensioners_0)
    told = [line for line in check_basis(basis, SCHEME) if line.startswith("observed")]
    assert told == [
        "observed_awards: the scheme has no such benefits, so nothing is compared: oldage (did you mean old_age?)."
    ]


def test_opening_balances_of_accounts_that_no_benefit_reads():
    formula = ProRata(since=2030, old=SCHEME.benefit("old_age").formula, new=Balance(account="notional", divisor=20))
    accounts = tuple(MemberAccount(name=name, rate=0.1) for name in ("notional", "unread"))
    scheme = SCHEME.amend("scheme", accounts=accounts).amend("old_age", formula=formula)
    cells = BASIS["active_0"].isel(service=0, drop=True).drop_attrs()

    def given(*names):
        return BASIS.assign(account_0=1.0 + 0.0 * cells.expand_dims(account=list(names)))

    with pytest.raises(BadBasis, match=r"no balances of notional; does notionl mean notional\?\n  Add them"):
        check_basis(given("notionl", "months before 2030"), scheme)
    with pytest.raises(BadBasis, match=r"no balances of months before 2030; it has notional\.\n  Add them"):
        check_basis(given("notional"), scheme)
    told = [line for line in check_basis(given("notional", "months before 2030", "old"), scheme) if "account" in line]
    assert told == [
        "account_0: no benefit of the scheme reads an account 'old'; its balances are not used. Rename or drop it."
    ]


def test_what_minimum_pensions_in_payment_cost_is_not_known():
    guarantee = Contribution(name="guarantee", payer="state", base="minimum")
    scheme = SCHEME.amend("scheme", contributions=(*SCHEME.contributions, guarantee))
    (text,) = check_basis(BASIS, scheme)
    assert text.startswith("guarantee: pays what minimum pensions cost, but of the pensions in payment")
    nobody = BASIS.assign(pensioners_0=0.0 * BASIS.pensioners_0)
    assert check_basis(nobody, scheme) == []
