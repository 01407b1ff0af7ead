"""Stocks and expenditure of a small scheme, with numbers found by hand."""

from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial.benefits.stock import in_order, project_pensions
from actuarial.check.benefits import check_pensions
from actuarial.errors import BadBasis, BadDimensions, BadInput, BadScheme, MissingVariable
from actuarial.pension import Flat, FuneralGrant, Indexation, Invalidity, OldAge, OldAgeGrant, Orphans, Widows
from actuarial.scheme import Benefit
from tests.benefits import small
from tests.benefits.small import scheme_of

FLAT = Flat(amount={"value": 100, "per": "month"})
OPENING = {"old_age": [("male", 70, 100.0, 1000.0)]}


def old_age(**fields):
    return OldAge(**({"retirement_age": 60, "qualifying_years": 0, "formula": FLAT} | fields))


FULL = scheme_of(
    OldAgeGrant(months=1),
    FuneralGrant(amount={"value": 500, "per": "once"}),
    Orphans(share=0.2, until_age=18, indexation="prices"),
    Widows(share=0.6, indexation="prices"),
    Invalidity(qualifying_years=0, of="old_age", indexation="prices"),
    old_age(indexation="prices"),
)
CLAIMS = [
    (2025, "old_age", "male", 60, 10, 12000, 600),
    (2025, "invalidity", "male", 40, 8, 7200),
    (2025, "old_age_grant", "female", 60, 3, 1500),
    (2025, "widows", "male", 50, 4, 1200),
    (2025, "orphans", "male", 50, 4, 400),
    (2025, "funeral_grant", "male", 50, 5, 2500),
]


@pytest.fixture(scope="module")
def on():
    """Men survive a year with 0.8, women with 0.9; prices rise by 10%; births at age 30 of the mother only."""
    births = np.where(np.arange(101) == 30, 0.2, 0.0)
    return small.basis(years=3, pensioners=OPENING, asfr=("age", births))


@pytest.fixture(scope="module")
def full(on):
    return small.project(FULL, on, CLAIMS)


def cells(pensions, variable, benefit, year, sex):
    """{age: value} of the cells that are not zero."""
    row = pensions[variable].sel(benefit=benefit, year=year, sex=sex)
    return {int(age): float(row.sel(age=age)) for age in row["age"] if float(row.sel(age=age)) != 0.0}


def test_retired_are_paid_half_of_the_year_of_award_and_the_rest_by_cohort(full):
    assert cells(full, "pensioners", "old_age", 2025, "male") == pytest.approx({60: 10, 71: 80})
    assert cells(full, "pension_mass", "old_age", 2025, "male") == pytest.approx({60: 12000, 71: 88000})
    assert cells(full, "pensioners", "old_age", 2026, "male") == pytest.approx({61: 8, 72: 64})
    assert cells(full, "pension_mass", "old_age", 2026, "male") == pytest.approx({61: 10560, 72: 77440})
    expected = [(110000 + 100000) / 2, (110000 + 88000) / 2, (96800 + 77440) / 2]
    assert_allclose(full["benefit_expenditure"].sel(benefit="old_age"), expected, rtol=1e-12)
    assert cells(full, "terminations", "old_age", 2026, "male") == pytest.approx({61: 2, 72: 16})
    assert cells(full, "terminations_amount", "old_age", 2026, "male") == pytest.approx({61: 2640, 72: 19360})


def test_invalids_start_at_mid_year_and_die_for_half_of_it(full):
    assert cells(full, "new_awards", "invalidity", 2025, "male") == pytest.approx({40: 8})
    assert cells(full, "pensioners", "invalidity", 2025, "male") == pytest.approx({40: 7.2})
    assert cells(full, "pension_mass", "invalidity", 2025, "male") == pytest.approx({40: 6480})
    assert cells(full, "terminations", "invalidity", 2025, "male") == pytest.approx({40: 0.8})
    assert cells(full, "terminations_amount", "invalidity", 2025, "male") == pytest.approx({40: 720})
    expected = [6480 / 2, (6480 * 1.1 + 6480 * 0.88) / 2]
    assert_allclose(full["benefit_expenditure"].sel(benefit="invalidity")[:2], expected, rtol=1e-12)


def test_widows_of_members_pensioners_and_invalids(full):
    """Half of the deceased are married, wives are three years younger; new widows die for half a year."""
    new = {68: 20 * 0.5, 47: 4 * 0.5, 37: 0.8 * 0.5}
    money = {68: 22000 * 0.3, 47: 1200 * 0.5, 37: 720 * 0.3}
    assert cells(full, "new_awards", "widows", 2025, "female") == pytest.approx(new)
    assert cells(full, "new_awards_amount", "widows", 2025, "female") == pytest.approx(money)
    left = {age: 0.95 * number for age, number in new.items()}
    assert cells(full, "pensioners", "widows", 2025, "female") == pytest.approx(left)
    assert cells(full, "pensioners", "widows", 2025, "male") == {}
    later = {age + 1: 0.9 * number for age, number in left.items()}
    for age, number in {69: 16, 58: 2, 38: 1.44}.items():
        later[age] = later.get(age, 0.0) + 0.95 * 0.5 * number
    assert cells(full, "pensioners", "widows", 2026, "female") == pytest.approx(later)
    grown = sum(money.values()) * 0.95 * 0.9 * 1.1 + 0.95 * 0.3 * (19360 + 2640 + 6480 * 1.1 * 0.2)
    assert float(full["pension_mass"].sel(benefit="widows", year=2026).sum()) == pytest.approx(grown, rel=1e-12)
    start = 0.95 * sum(money.values())
    expenditure = full["benefit_expenditure"].sel(benefit="widows")
    assert_allclose(expenditure[:2], [start / 2, (1.1 * start + grown) / 2], rtol=1e-12)


def test_orphans_of_both_sexes_leave_at_the_age(full):
    """Births at 30 only: wives of 47 have children of 16 and 17, of 37 of 6 and 7, a tenth each; half of them boys."""
    for sex, p in (("male", 0.8), ("female", 0.9)):
        alive = {age: 0.5 * 0.1 * p**age * (1 + p) / 2 for age in (6, 7, 16, 17)}
        new = {age: alive[age] * (4 if age > 10 else 0.8) for age in alive}
        assert cells(full, "new_awards", "orphans", 2025, sex) == pytest.approx(new, rel=1e-12)
        stock = {age: number * (1 + p) / 2 for age, number in new.items()}
        assert cells(full, "pensioners", "orphans", 2025, sex) == pytest.approx(stock, rel=1e-12)
        later = cells(full, "pensioners", "orphans", 2026, sex)
        assert max(later) == 17
        assert later[17] == pytest.approx(p * stock[16], rel=1e-12)
        dead = 1.44 * 0.5 * 0.1 * p**7 * (1 + p) / 2 * (1 + p) / 2
        assert later[7] == pytest.approx(p * stock[6] + dead, rel=1e-12)
    money = full["new_awards_amount"].sel(benefit="orphans", year=2025).sum("sex")
    assert float(money.sel(age=17)) == pytest.approx(400 * 0.05 * (0.8**17 * 0.9 + 0.9**17 * 0.95), rel=1e-12)
    assert float(money.sel(age=7)) == pytest.approx(720 * 0.2 * 0.05 * (0.8**7 * 0.9 + 0.9**7 * 0.95), rel=1e-12)


def test_lump_sums_are_paid_once_and_leave_no_stock(full):
    assert_allclose(full["benefit_expenditure"].sel(benefit="old_age_grant"), [1500, 0, 0])
    for name in ("old_age_grant", "funeral_grant"):
        one = full.sel(benefit=name)
        assert not one["pensioners"].any()
        assert not one["pension_mass"].any()
        assert one["average_pension"].isnull().all()


def test_funeral_grants_are_the_deaths_of_members_and_of_followed_pensioners_once(full):
    ended = full["terminations"].sel(benefit=["old_age", "invalidity"]).sum("benefit")
    awards = full["new_awards"].sel(benefit="funeral_grant")
    members = xr.zeros_like(awards)
    members.loc[{"year": 2025, "sex": "male", "age": 50}] = 5
    assert_allclose(awards, members + ended, rtol=1e-12)
    assert float(awards.sel(year=2025).sum()) == pytest.approx(5 + 20 + 0.8)
    paid = full["benefit_expenditure"].sel(benefit="funeral_grant")
    assert_allclose(paid, 500 * awards.sum(["sex", "age"]), rtol=1e-12)


def test_the_part_due_to_the_minimum_goes_on_to_the_survivors(full):
    topup = full["topup_mass"].sum(["sex", "age"])
    assert_allclose(topup.sel(benefit="old_age"), [600, 528, 464.64], rtol=1e-12)
    assert_allclose(full["topup_expenditure"].sel(benefit="old_age")[:2], [300, (660 + 528) / 2], rtol=1e-12)
    widows = [0.0, 0.95 * 0.3 * 132]
    assert_allclose(topup.sel(benefit="widows")[:2], widows, rtol=1e-12)
    assert float(topup.sel(benefit="orphans", year=2026)) == 0.0
    assert float(full["topup_expenditure"].sel(benefit="widows", year=2026)) == pytest.approx(widows[1] / 2)


def test_the_order_of_benefits_in_the_scheme_does_not_matter(on, full):
    turned = scheme_of(*reversed(FULL.benefits))
    result = small.project(turned, on, CLAIMS).sel(benefit=full["benefit"].values)
    xr.testing.assert_allclose(result, full, rtol=1e-13)


def test_identities_hold(on, full):
    check_pensions(full, on)


def test_pensions_move_as_money_and_never_as_averages():
    """The poorer die: the average rises though no pension changes."""
    mx = np.full((2, 101), 0.01)
    mx[:, 80:90] = 0.5
    mx[:, -1] = 0.3
    people = {"old_age": [("male", 60, 10.0, 900.0), ("male", 79, 50.0, 100.0), ("male", 85, 40.0, 200.0)]}
    on = small.basis(years=4, pensioners=people, mx=(("sex", "age"), mx))
    result = small.project(scheme_of(old_age()), on)
    person_years = [1.0]
    for x in range(100):
        person_years.append(person_years[-1] * (1 - mx[0, x] / 2) / (1 + mx[0, x] / 2))
    lived = [(a + b) / 2 for a, b in pairwise(person_years)]
    for t in range(1, 5):
        number = {x: n * lived[x + t] / lived[x] for x, n in ((60, 10), (79, 50), (85, 40))}
        year = result.sel(benefit="old_age", sex="male", year=2024 + t)
        mass = 900 * number[60] + 100 * number[79] + 200 * number[85]
        assert float(year["pension_mass"].sum()) == pytest.approx(mass, rel=1e-12)
        assert float(year["average_pension"]) == pytest.approx(mass / sum(number.values()), rel=1e-12)
    assert (result["average_pension"].sel(benefit="old_age", sex="male").diff("year") > 0).all()


def test_thirteen_payments_cost_a_twelfth_more():
    on = small.basis(pensioners=OPENING)
    one, more = (small.project(scheme_of(old_age(payments=n)), on) for n in (12, 13))
    assert_allclose(more["benefit_expenditure"], one["benefit_expenditure"] * 13 / 12, rtol=1e-13)
    xr.testing.assert_equal(more["pension_mass"], one["pension_mass"])


@pytest.mark.parametrize(("month", "early"), [(1, 1.0), (7, 0.0), (4, 0.5), (10, -0.5)])
def test_month_of_the_adjustment(month, early):
    """P* = P (1 + (1 - 2f) adj), f the part of the year before it."""
    on = small.basis(years=2, men=1.0 - 1e-12, pensioners={"old_age": [("male", 60, 1.0, 1000.0)]})
    indexation = Indexation(prices=1.0, month=month)
    result = small.project(scheme_of(old_age(indexation=indexation)), on)
    paid = [(1000 * (1 + early * 0.1) + 1100) / 2, (1100 * (1 + early * 0.1) + 1210) / 2]
    assert_allclose(result["benefit_expenditure"].squeeze(), paid, rtol=1e-9)


def test_opening_pensions_are_those_before_the_next_adjustment():
    on = small.basis(years=1, pensioners=OPENING, inflation=("year", [0.25]))
    result = small.project(scheme_of(old_age(indexation="prices")), on)
    assert float(result["pensioners"].sum()) == pytest.approx(80)
    assert float(result["pension_mass"].sum()) == pytest.approx(80 * 1250)


def test_retired_and_followed_arrive_together_but_only_the_followed_die_in_the_half_year(on):
    class Supplement(Benefit):
        name, on, follows, share = "supplement", "retirement", ("old_age",), 0.5

        def continuance(self, basis):
            return 0.6

        def share_of_pension(self, person):
            return 0.5

    result = small.project(scheme_of(old_age(), Supplement()), on, [(2025, "supplement", "male", 60, 2, 10)])
    stock = cells(result, "pensioners", "supplement", 2025, "male")
    assert stock == pytest.approx({60: 2, 71: 20 * 0.8})
    assert cells(result, "pension_mass", "supplement", 2025, "male") == pytest.approx({60: 10, 71: 20000 * 0.5 * 0.8})


def test_remarried_widows_are_no_deaths():
    people = {"widows": [("female", 50, 100.0, 1.0)]}
    on = small.basis(years=1, pensioners=people, remarriage_rate=("age", np.full(101, 0.2)))
    funeral = FuneralGrant(amount={"value": 1, "per": "once"}, follows=("widows",))
    result = small.project(scheme_of(old_age(), Widows(share=0.5, follows=("old_age",)), funeral), on)
    assert float(result["terminations"].sel(benefit="widows").sum()) == pytest.approx(100 * (1 - 0.9 * 0.8))
    assert float(result["new_awards"].sel(benefit="funeral_grant").sum()) == pytest.approx(100 * 0.1 * (1 + 0.8) / 2)
    kept = small.project(scheme_of(old_age(), Widows(share=0.5, follows=("old_age",), ends_on_remarriage=False)), on)
    assert float(kept["pensioners"].sel(benefit="widows").sum()) == pytest.approx(90)


def test_orphans_who_grow_up_are_no_deaths():
    people = {"orphans": [("male", 17, 100.0, 1.0), ("male", 5, 100.0, 1.0)]}
    on = small.basis(years=1, pensioners=people)
    funeral = FuneralGrant(amount={"value": 1, "per": "once"}, follows=("orphans",))
    orphans = Orphans(share=0.5, until_age=18, follows=("old_age",))
    result = small.project(scheme_of(old_age(), orphans, funeral), on)
    assert cells(result, "terminations", "orphans", 2025, "male") == pytest.approx({18: 100, 6: 20})
    assert cells(result, "new_awards", "funeral_grant", 2025, "male") == pytest.approx({18: 10, 6: 20})


def test_scenarios_are_projected_one_by_one(on):
    both = xr.concat([on["mx"], 2 * on["mx"]], dim=xr.DataArray(["base", "high"], dims="scenario", name="scenario"))
    ensemble = small.project(FULL, on.assign(mx=both), CLAIMS)
    assert ensemble["pensioners"].dims == ("scenario", "year", "benefit", "sex", "age")
    for label, mx in (("base", on["mx"]), ("high", 2 * on["mx"])):
        alone = small.project(FULL, on.assign(mx=mx), CLAIMS)
        xr.testing.assert_equal(ensemble.sel(scenario=label, drop=True), alone)
    check_pensions(ensemble, on)


def test_indexation_may_look_at_the_finance_of_each_scenario():
    on = small.basis(years=2, pensioners=OPENING)
    rise = (("scenario", "year"), [[0.0, 0.1], [0.2, 0.0]])
    finance = xr.Dataset({"rise": rise}, {"scenario": ["a", "b"], "year": on["year"]})

    def follow(basis, finance=None):
        return 0.0 if finance is None else finance["rise"]

    law = scheme_of(old_age(indexation=follow))
    claims = small.insured(law, on)
    without = project_pensions(claims, on, law)
    looked = project_pensions(claims, on, law, finance=finance)
    assert "scenario" not in without.dims
    assert_allclose(without["pension_indexation"], 0.0)
    assert_allclose(looked["pension_indexation"].squeeze(), finance["rise"])


def test_calibration_multiplies_the_expenditure_alone(on, full):
    basis = on.assign(calibration=("line", [1.5])).assign_coords(line=["expenditure:old_age"])
    basis = basis.assign_attrs(calibration_reason="arrears")
    result = small.project(FULL, basis, CLAIMS)
    factor = xr.where(full["benefit"] == "old_age", 1.5, 1.0)
    for name in ("benefit_expenditure", "topup_expenditure"):
        assert_allclose(result[name], full[name] * factor, rtol=1e-13)
    xr.testing.assert_equal(result["pension_mass"], full["pension_mass"])


def test_without_opening_pensioners_everything_starts_at_zero():
    result = small.project(scheme_of(old_age()), small.basis(), [(2026, "old_age", "male", 60, 1, 10)])
    assert_allclose(result["benefit_expenditure"].squeeze(), [0, 5, 9])


def test_refusals(on):
    law = scheme_of(old_age())
    claims = small.insured(law, on)
    with pytest.raises(BadBasis, match="beneficiaries of old_agg, which the scheme does not pay"):
        project_pensions(claims, on.assign_coords(benefit=["old_agg"]), law)
    with pytest.raises(BadInput, match="no claims of invalidity"):
        project_pensions(claims, on, scheme_of(old_age(), Invalidity(qualifying_years=0, of="old_age")))
    with pytest.raises(MissingVariable, match="claims_topup is missing"):
        project_pensions(claims.drop_vars("claims_topup"), on, law)
    with pytest.raises(BadInput, match=r"scheme: a Scheme is needed \(got Dataset\).\n  Give what open_scheme"):
        project_pensions(claims, law, on)
    with pytest.raises(MissingVariable, match="pension_0 is missing"):
        project_pensions(claims, on.drop_vars("pension_0"), law)
    with pytest.raises(BadDimensions, match="labels of year are missing"):
        project_pensions(claims.isel(year=slice(0, 2)), on, law)


def test_circles_and_followed_lump_sums_are_refused():
    a, b = (Widows(name=n, share=0.5, follows=(m,)) for n, m in (("a", "b"), ("b", "a")))
    with pytest.raises(BadScheme, match="follows: a, b follow each other in a circle"):
        in_order((old_age(), a, b))
    with pytest.raises(BadScheme, match="or follow a lump sum"):
        in_order((old_age(), OldAgeGrant(months=1), Widows(share=0.5, follows=("old_age_grant",))))


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"continuance": 1.2}, "mine: continuance must lie between 0 and 1; 606 of 606 cells"),
        ({"continuance": 0.9, "survival": 0.8}, "mine: continuance must lie between 0 and the survival"),
        ({"continuance": 0.9, "indexation": -1.0}, "mine: the indexation must be a number above -1"),
        ({"continuance": 0.9, "indexation": np.nan}, "in 3 of 3 years it is not, the first is 2025 with nan"),
        ({"continuance": 0.9, "family": xr.DataArray(1.0)}, "lacks sex_of_survivor, age_of_survivor"),
    ],
)
def test_answers_that_cannot_be_meant(on, answers, message):
    class Mine(Benefit):
        name, on = "mine", "death"

    for word, value in answers.items():
        setattr(Mine, word, lambda *_, value=value: value)
    with pytest.raises(BadScheme, match=message):
        small.project(scheme_of(old_age(), Mine()), on)
