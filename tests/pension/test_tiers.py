"""Accounts and contributions on a part of earnings: between two limits, or above a deduction."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.dated import money, step
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.pension import Balance, Guarantee, MemberAccount, OldAge
from actuarial.scheme import Contribution, InsurableEarnings, Scheme
from actuarial.translation import language, message_of, told
from tests.reference.insured_basis import population_of
from tests.reference.small import small_basis
from tests.reference.test_careers import one_member

KENYA = """
name = "Kenya"                    # National Social Security Fund Act, 2013, third schedule
currency = "KES"
[insurable_earnings]
ceiling = { 2023 = 18_000, 2024 = 36_000, 2025 = 72_000, 2026 = 108_000, per = "month" }
[[contributions]]
name = "tier_1"
payer = "employer"
rate = 0.12                       # half by either side
ceiling = { 2023 = 6_000, 2024 = 7_000, 2025 = 8_000, 2026 = 9_000, per = "month" }
[[contributions]]
name = "tier_2"
payer = "employer"
rate = 0.12
above = { 2023 = 6_000, 2024 = 7_000, 2025 = 8_000, 2026 = 9_000, per = "month" }
[[account]]
name = "first"
contributions = ["tier_1"]
ceiling = { 2023 = 6_000, 2024 = 7_000, 2025 = 8_000, 2026 = 9_000, per = "month" }
[[account]]
name = "second"
contributions = ["tier_2"]
above = { 2023 = 6_000, 2024 = 7_000, 2025 = 8_000, 2026 = 9_000, per = "month" }
[[benefit]]
form = "account_payout"
name = "first_payout"
accounts = ["first"]
from_age = 60
[[benefit]]
form = "account_payout"
name = "second_payout"
accounts = ["second"]
together_with = "first_payout"
"""


@pytest.mark.parametrize(
    ("wage", "first", "second"),
    [
        (5_000, 0.12 * (6 * 5_000 + 12 * (5_000 + 5_000 + 5_000)), 0.0),
        (8_500, 0.12 * (6 * 6_000 + 12 * (7_000 + 8_000 + 8_500)), 0.12 * (6 * 2_500 + 12 * (1_500 + 500))),
        (50_000, 0.12 * (6 * 6_000 + 12 * 24_000), 0.12 * (6 * 12_000 + 12 * (29_000 + 42_000 + 41_000))),
        (200_000, 0.12 * (6 * 6_000 + 12 * 24_000), 0.12 * (6 * 12_000 + 12 * (29_000 + 64_000 + 99_000))),
    ],
)
def test_two_tiers_of_kenya(wage, first, second):
    """From July 2023 to the end of 2026."""
    asked = {"event": "retirement", "sex": "female", "born": 1966, "leaves": 2026, "months": 42}
    found = person_benefits(parse_scheme(KENYA), earnings=12 * wage, **asked)
    assert found["first_payout"].amount == pytest.approx(first, rel=1e-12)
    assert found["second_payout"].amount == pytest.approx(second, rel=1e-12, abs=1e-9)


SWITZERLAND = """
name = "Switzerland"              # occupational pensions: BVG articles 8, 14 and 16
currency = "CHF"
[insurable_earnings]
ceiling = { value = 88_200, per = "year" }
[[account]]
name = "old_age"
rate = { age = { 0 = 0, 25 = 0.07, 35 = 0.10, 45 = 0.15, 55 = 0.18 } }
floor = { value = 29_400, per = "year" }     # at least 3,675 above the deduction
above = { value = 25_725, per = "year" }
[[benefit]]
form = "old_age"
name = "pension"
retirement_age = 65
qualifying_years = 0
[benefit.formula]
form = "balance"
account = "old_age"
share = 0.068
divisor = 1
"""


@pytest.mark.parametrize(("wage", "counted"), [(25_000, 3_675), (60_000, 34_275), (100_000, 62_475)])
def test_age_credits_of_switzerland(wage, counted):
    """Born 1960, from July 2003 on: the credits of half the year of age 43 and of 44, 45 to 54, and 55 to 65."""
    asked = {"event": "retirement", "sex": "male", "born": 1960, "leaves": 2025, "months": 12 * 22 + 6}
    found = person_benefits(parse_scheme(SWITZERLAND), earnings=wage, **asked)["pension"].amount
    assert found == pytest.approx(0.068 * counted * (1.5 * 0.10 + 10 * 0.15 + 11 * 0.18), rel=1e-12)


def wages_of(value):
    return {"value": {"2024": value}, "per": "year", "indexed": "wages"}


FIRST, MOST = wages_of(9_000), wages_of(30_000)
BASIS = small_basis().isel(year=slice(0, 5)).assign(earnings_cv=0.7)
BASIS = BASIS.assign(pensioners_0=0.0 * BASIS["pensioners_0"])


def law(accounts, formula, lines):
    pension = OldAge(retirement_age=60, qualifying_years=10, formula=formula)
    return Scheme(
        name="S", currency=BASIS.attrs["currency"], insurable_earnings=InsurableEarnings(ceiling=MOST),
        contributions=lines, accounts=accounts, benefits=(pension,),
    )  # fmt: skip


def line(name, **limits):
    return Contribution(name=name, payer="employer", rate=0.12, **limits)


@pytest.mark.parametrize("service", ["years", "months"])
def test_two_tiers_are_one_account_and_one_line(service):
    tiers = {"first": {"ceiling": FIRST}, "second": {"above": FIRST, "ceiling": MOST}}
    several = law(
        tuple(MemberAccount(name=name, rate=0.12, **limits) for name, limits in tiers.items()),
        tuple(Balance(account=name, divisor=15) for name in tiers),
        tuple(line(f"of_{name}", **limits) for name, limits in tiers.items()),
    )
    one = law((MemberAccount(name="whole", rate=0.12),), Balance(account="whole", divisor=15), (line("of_whole"),))
    parts, whole = (ac.project(BASIS, each, service=service) for each in (several, one))
    for name in ("claims_amount", "outgo"):
        assert_allclose(parts[name], whole[name], rtol=1e-9, atol=1e-6, err_msg=name)
    for name, dim in (("account_balance", "account"), ("contribution_income", "contribution")):
        assert_allclose(parts[name].sum(dim), whole[name].sum(dim), rtol=1e-9, atol=1e-6, err_msg=name)
        assert float(parts[name].isel({dim: 1}).sum()) > 0.1 * float(whole[name].sum())


def test_a_deduction_is_what_two_ceilings_differ_by():
    """With a floor beyond the deduction, as in Switzerland: clip(W, floor, ceiling) - deduction."""
    floor, away, top = wages_of(6_000), wages_of(5_000), wages_of(20_000)
    accounts = (
        MemberAccount(name="above", rate=0.1, floor=floor, above=away, ceiling=top),
        MemberAccount(name="within", rate=0.1, floor=floor, ceiling=top),
        MemberAccount(name="deduction", rate=0.1, floor=away, ceiling=away),
    )
    lines = tuple(line(f"of_{one.name}", floor=one.floor, above=one.above, ceiling=one.ceiling) for one in accounts)
    found = ac.project(BASIS, law(accounts, tuple(Balance(account=one.name, divisor=15) for one in accounts), lines))
    for name, dim in (("account_balance", "account"), ("contribution_income", "contribution")):
        above, within, deduction = (found[name].isel({dim: i}) for i in range(3))
        assert_allclose(above, within - deduction, rtol=1e-9, atol=1e-6, err_msg=name)
        assert float(above.sum()) > 0.0


CV = 0.7
SPREAD = np.sqrt(np.log1p(CV**2))


def over_members(paid, *edges):
    """E[paid(X)] of a lognormal X of mean 1, by quadrature between the edges."""

    def at(z):
        return paid(np.exp(SPREAD * z - SPREAD**2 / 2)) * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

    cuts = np.sort([-12.0, 12.0, *np.linspace(-10, 10, 11), *(np.log(one) / SPREAD + SPREAD / 2 for one in edges)])
    return sum(quad(at, a, b, epsabs=0, epsrel=1e-12)[0] for a, b in pairwise(cuts))


def test_limits_of_a_pension_from_a_part_of_earnings():
    """Earnings and limits grow with wages, so that everybody has a fixed multiple of what would be credited of all
    earnings: each member has K (clip(x, f, c) - a), whatever the years."""
    floor, away, top = 0.5, 0.4, 1.6
    limits = {"floor": wages_of(12_000 * floor), "above": wages_of(12_000 * away), "ceiling": wages_of(12_000 * top)}
    accounts = (
        MemberAccount(name="all", rate=0.1, capped=False),
        MemberAccount(name="part", rate=0.1, capped=False, **limits),
    )
    least, most = 800.0, 1_400.0
    part = Balance(account="part", divisor=10)
    held = {"minimum_pension": money(least, per="year"), "maximum_pension": money(most, per="year")}
    formulas = {
        "first": Balance(account="all", divisor=10),
        "free": part,
        "limited": Balance(account="part", divisor=10, **held),
        "guarantee": Guarantee(amount=money(most, per="year"), formula=part),
    }
    age = {"retirement_age": 60, "qualifying_years": 16}
    benefits = [
        OldAge(name=name, formula=one, together_with=None if name == "first" else "first", **age)
        for name, one in formulas.items()
    ]
    data = one_member().assign(earnings_cv=CV)
    scheme = Scheme(name="x", currency="LTD", accounts=accounts, benefits=tuple(benefits))
    found = project_insured(population_of(data), data, scheme)[["claims_amount", "claims_number"]].sum(["sex", "age"])
    found = found.isel(year=3).sum([dim for dim in found.dims if dim not in ("benefit", "year")])
    amount = (found["claims_amount"] / found["claims_number"]).sel
    whole = float(amount(benefit="first"))

    def due(x):
        return whole * (min(max(x, floor), top) - away)

    kinks = [floor, top, least / whole + away, most / whole + away]
    expected = {
        "free": over_members(due, *kinks),
        "limited": over_members(lambda x: min(max(due(x), least), most), *kinks),
        "guarantee": over_members(lambda x: max(most - due(x), 0.0), *kinks),
    }
    for name, value in expected.items():
        assert_allclose(float(amount(benefit=name)), value, rtol=1e-9, err_msg=name)
    assert expected["free"] * 1.02 < expected["limited"]


REFUND = """
[[benefit]]
form = "refund"
contributions = ["tier_2"]
instead_of = "first_payout"
"""
LIMIT = "above = { 2023 = 6_000, 2024 = 7_000, 2025 = 8_000, 2026 = 9_000, per = \"month\" }"
SECOND = 'contributions = ["tier_2"]\n' + LIMIT
ABOVE = 'above = { value = 9_000, per = "month" }\n'
WRONG = {
    "second.above: lies above ceiling (108,000 against 96,000)": (
        SECOND, f'rate = 0.12\n{ABOVE}ceiling = {{ value = 8_000, per = "month" }}'
    ),
    'second.above: has no meaning with credits = "months"; leave it out': (SECOND, f'credits = "months"\n{ABOVE}'),
    'tier_2.above: has no meaning with base = "deficit"; leave it out': (
        f"rate = 0.12\n{LIMIT}", f'base = "deficit"\n{LIMIT}'
    ),
    "second.contributions: 'tier_2' has other limits of earnings (floor, ceiling, above) than this account": (
        SECOND, f'contributions = ["tier_2"]\n{ABOVE}'
    ),
    "refund.contributions: 'tier_2' has limits of earnings of its own, which a refund does not know": ("", ""),
}  # fmt: skip
FRENCH = ("n’a pas de sens avec credits", "a d’autres limites de gains", "a des limites de gains propres")
SPANISH = ("no tiene sentido con credits", "tiene otros límites de salario", "tiene límites de salario propios")


def test_limits_that_do_not_fit_are_refused():
    refused = []
    for said, (right, wrong) in WRONG.items():
        law = KENYA.replace(right, wrong) if right else KENYA + REFUND
        with pytest.raises(BadScheme) as caught:
            parse_scheme(law)
        assert said in str(caught.value)
        refused.append(message_of(caught.value))
    for words, name in ((FRENCH, "fr"), (SPANISH, "es")):
        texts = [told(one, language(name)) for one in refused]
        assert all(any(word in text for text in texts) for word in words)


def test_limits_are_compared_in_every_year():
    falling = money(step({2020: 40_000, 2027: 8_000}), per="year")
    account = MemberAccount(name="second", rate=0.1, above=money(9_000, per="year"), ceiling=falling)
    lines = (line("tier_2", above=account.above, ceiling=falling),)
    scheme = law((account,), Balance(account="second", divisor=15), lines)
    with pytest.raises(BadScheme, match=r"second\.above lies above .* \(9,000 against 8,000; year=2027, one of"):
        ac.project(BASIS, scheme)


@pytest.mark.parametrize("given", [None, 5_000.0])
def test_some_years_below_what_counts_from_take_nothing_off_the_others(given):
    """Nothing counts until the third year, in which earnings pass what counts from; a pension in the middle of the
    fourth. All earnings together would lie below all that does not count."""
    data = one_member().assign(earnings_cv=0.0)
    first = int(data["year"][0])
    above = money(step({2000: 20_000, first + 2: 10_000}), per="year")
    if given is not None:
        balances = 0.0 * data["salary_0"].expand_dims(account=["second"]) + given
        data = data.assign(account_0=balances)
    account = MemberAccount(name="second", rate=0.1, above=above)
    pension = OldAge(retirement_age=60, qualifying_years=16, formula=Balance(account="second", divisor=10))
    scheme = Scheme(name="x", currency="LTD", accounts=(account,), benefits=(pension,))
    found = project_insured(population_of(data), data, scheme)[["claims_amount", "claims_number"]].isel(year=3).sum()
    paid = [months / 12 * 0.1 * (12_000 * 1.03**year - 10_000) for months, year in ((6, 3), (3, 4))]
    per_head = float(found["claims_amount"] / found["claims_number"])
    assert per_head == pytest.approx((sum(paid) + (given or 0.0)) / 10, rel=1e-12)


def test_who_remains_inherits_of_all_the_dead_and_nobody_of_those_who_retire():
    """2% of an age die in mid-year, 60% of the survivors retire at 60: 0.02/(0.98 x 0.4) of what a head had then; where
    all retire, the scheme keeps what the dead left."""
    own = MemberAccount(name="own", rate=0.1, inheritance="own")
    data = one_member()
    for rate in (0.6, 1.0):
        pension = OldAge(
            retirement_age=60, qualifying_years=16, retirement_rate=rate, formula=Balance(account="own", divisor=10)
        )
        scheme = Scheme(name="x", currency="LTD", accounts=(own,), benefits=(pension,))
        found = project_insured(population_of(data), data, scheme)
        people = found["active"].sum(["group", "sex", "age"])
        names = ["account_balance", "account_credits", "account_released"]
        total = found[names].sum(["account", "group", "sex", "age"])
        held, released = total["account_balance"].values, total["account_released"].values
        if rate == 0.6:
            credit = 0.5 * 0.1 * 12_000 * 1.03**4
            before = held[2] / float(people[2])
            inherited = 0.02 / (0.98 * 0.4) * (before + 0.5 * credit)
            assert held[3] / float(people[3]) == pytest.approx(before + credit + inherited, rel=1e-12)
        else:
            assert held[3] == 0.0
            assert released[3] == pytest.approx(held[2] + float(total["account_credits"][3]), rel=1e-12)
