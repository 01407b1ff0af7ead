"""Invalids who recover: the same persons to the pensions and to the insured, with the credits that they had."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.benefits.stock import project_pensions
from actuarial.check.benefits import check_pensions, check_recoveries
from actuarial.check.insured import check_insured
from actuarial.dated import money
from actuarial.demography.mortality import member_survival
from actuarial.errors import BadBasis, BadScheme
from actuarial.labour.insured import project_insured
from actuarial.pension import Flat, Invalidity, TotalisedInvalidity
from tests.labour.test_insured import SCHEME, STOCKS_AND_FLOWS, persons, run, still
from tests.reference.full_law import full_law
from tests.reference.insured_basis import FIRST, basis_of, population_of, scheme_of
from tests.reference.small import small_basis

NUMBERS = ("recoveries", "credits_restored")


@pytest.fixture(scope="module")
def basis():
    """Recoveries are frequent at young ages and end at 60."""
    age = small_basis()["age"]
    return small_basis().assign(recovery_rate=(0.3 - 0.005 * age).clip(0.0) * (age < 60))


def test_nobody_recovers_at_a_rate_of_zero(basis):
    whole, still_ill = run(small_basis()), run(basis.assign(recovery_rate=0.0))
    for name in whole:
        assert np.array_equal(whole[name].values, still_ill[name].values), name
    assert float(still_ill["recoveries"].max()) == 0


@pytest.mark.parametrize("grid", ["months", "years"])
def test_recoveries_are_the_same_to_the_pensions(basis, grid):
    """Identities of both stages hold, with a pension that converts; pensioners of the valuation date are told."""
    law = full_law().amend("invalidity", converts_to="old_age", converts_at=55)
    insured = run(basis, law, service=grid)
    pensions = project_pensions(insured, basis, law)
    assert check_insured(insured, basis) == []
    check_pensions(pensions, basis)
    told = check_recoveries(insured, pensions)
    assert len(told) == 1
    assert told[0].startswith("recovery_rate: ")
    assert float(insured["recoveries"].sum()) > 100
    half = (0.25 * basis["recovery_rate"] * (1.0 + member_survival(basis, None))).shift(age=1, fill_value=0.0)
    late = {"age": slice(57, None)}  # who has converted does not recover, who became ill in the year may
    expected = (insured["claims_number"].sel(benefit="invalidity") * half).sel(late)
    found = insured["recoveries"].sum("group").sel(late)
    assert_allclose(found, expected.transpose(*found.dims), rtol=1e-9, atol=1e-12)
    fewer = project_pensions(run(small_basis(), law, service=grid), small_basis(), law)
    stocks = [one["pensioners"].sel(benefit="invalidity", age=slice(0, 54)).sum() for one in (pensions, fewer)]
    assert float(stocks[0]) < 0.95 * float(stocks[1])


def test_present_and_future_members_recover_as_everybody(basis):
    whole = run(basis)
    parts = [run(basis, entries=whole, members=members) for members in ("present", "future")]
    for part, members in zip(parts, ("present", "future"), strict=True):
        assert check_insured(part, basis, members) == []
    for name in (*STOCKS_AND_FLOWS, *NUMBERS):
        scale = 1e-9 * (1 + abs(whole[name].values).max())
        assert_allclose(sum(part[name] for part in parts), whole[name], rtol=1e-9, atol=scale, err_msg=name)
    two = basis.isel(year=slice(0, 2))
    sheet = ac.studies.balance_sheet(two, full_law(), until=2026, service="years")
    assert np.isfinite(sheet["open_group_balance"]).all()


def test_a_thousand_invalids_by_hand():
    """A thousand aged 40 with 10 years, invalid in the first year: by its end rec (1 + p)/2/2 have recovered, in the
    second year rec (1 + p)/2 of the others; each with ten years and half a year more."""
    scenario = still(active_0=persons(40, 120), invalidity_rate=np.where(np.arange(101) == 40, 1.0, 0.0),
                     mx=np.full(101, 0.02), density=np.full(101, 1.0), target=np.full(3, 1e-300))
    pension = Invalidity(qualifying_years=5, formula=Flat(amount=money(100, "year")))
    law = replace(scheme_of(scenario), benefits=(*scheme_of(scenario).benefits, pension))
    on = basis_of(scenario).assign(recovery_rate=0.2)
    insured = project_insured(population_of(on), on, law)
    men = insured.sel(sex="male").sum("group")
    ill = float(men["new_invalids"].sel(year=FIRST, age=41))
    p = [float(member_survival(on, None).sel(year=FIRST, sex="male", age=x)) for x in (40, 41)]
    back = ill * 0.2 * (1 + p[0]) / 2 / 2
    assert_allclose(men["recoveries"].sel(year=FIRST, age=41), back, rtol=1e-12)
    assert_allclose(men["credits_restored"].sel(year=FIRST, age=41), 126 * back, rtol=1e-12)
    left = ill * (1 + 0.8 * p[0]) / 2
    assert_allclose(men["recoveries"].sel(year=FIRST + 1, age=42), left * 0.2 * (1 + p[1]) / 2, rtol=1e-12)
    alone = replace(law, benefits=law.benefits[:1])
    with pytest.raises(BadScheme, match="from one pension that starts at invalidity, but the scheme has none"):
        project_insured(population_of(on), on, alone)


def known(basis, share=1.0):
    """A basis that knows the credits of a share of the pensioners on invalidity: 3 and 14 years, in two groups."""
    ill = basis["pensioners_0"].sel(benefit="invalidity", drop=True)
    months = np.zeros(basis.sizes["service"])
    for years, part in ((3, 0.25), (14, 0.75)):
        months[basis["service"].values == 12 * years] = part
    by_credit = xr.DataArray(months, dims="service", coords={"service": basis["service"]})
    groups = xr.DataArray(np.linspace(1, 2, basis.sizes["group"]), dims="group", coords={"group": basis["group"]})
    found = share * ill * by_credit * groups / groups.sum()
    return basis.assign(invalid_0=found.transpose("group", "sex", "age", "service"))


def test_invalids_of_the_valuation_date_by_hand():
    """A thousand aged 40 with 10 years draw the pension: rec (1 + p)/2 of them are members again at the end of the
    year, with ten years; of the p (1 - rec) who still draw it the same share of the next age a year later."""
    scenario = still(mx=np.full(101, 0.02), density=np.full(101, 1.0), target=np.full(3, 1e-300))
    pension = Invalidity(qualifying_years=5, formula=Flat(amount=money(100, "year")))
    law = replace(scheme_of(scenario), benefits=(*scheme_of(scenario).benefits, pension))
    on = basis_of(scenario).assign(recovery_rate=0.2)
    ill = xr.zeros_like(on["active_0"])
    ill.loc[{"sex": "male", "age": 40, "service": 120}] = 1000.0
    insured = project_insured(population_of(on), on.assign(invalid_0=ill), law)
    men = insured.sel(sex="male").sum("group")
    p = [float(member_survival(on, None).sel(year=FIRST, sex="male", age=x)) for x in (40, 41)]
    first, second = men["recoveries"].sel(year=FIRST, age=41), men["recoveries"].sel(year=FIRST + 1, age=42)
    assert_allclose(first, 1000 * 0.2 * (1 + p[0]) / 2, rtol=1e-12)
    assert_allclose(second, 1000 * 0.8 * p[0] * 0.2 * (1 + p[1]) / 2, rtol=1e-12)
    assert_allclose(men["credits_restored"].sel(year=FIRST, age=41), 120 * first, rtol=1e-12)
    assert_allclose(men["inactive"].sel(year=FIRST, age=41), first, rtol=1e-12)
    assert float(men["recoveries"].sel(year=FIRST).sum()) == float(first)


@pytest.mark.parametrize("grid", ["years", "months"])
def test_invalids_whose_credits_are_known_are_members_again(basis, grid):
    """Those who recover are the same to both stages, of the pensioners of the valuation date as far as they are known;
    nobody is left over where all are."""
    law, one = full_law(), basis.isel(year=slice(0, 12))
    lost, back = [], []
    for share in (0.0, 0.4, 1.0):
        now = known(one, share)
        insured = run(now, law, service=grid)
        pensions = project_pensions(insured, now, law)
        assert check_insured(insured, now) == []
        told = check_recoveries(insured, pensions)
        assert (told == []) == (share == 1.0)
        lost.append(float(pensions["recoveries_without_credits"].sum()))
        back.append(float(insured["recoveries"].sum()))
    assert lost[0] > 10
    assert_allclose(lost[1:], [0.6 * lost[0], 0.0], rtol=1e-9, atol=1e-9 * lost[0])
    assert back[0] < back[1] < back[2]


def test_a_basis_of_a_later_date_has_the_credits_of_its_invalids(basis):
    """Rolled forward, the same persons recover in the later years."""
    one = known(basis.isel(year=slice(0, 8)))
    later = ac.studies.roll_forward(one, full_law(), int(one["year"][2]), service="years")
    assert float(later["invalid_0"].sum()) > 0
    whole, rest = (ac.project(part, full_law(), service="years") for part in (one, later))
    for name in NUMBERS:
        expected = whole[name].sel(year=rest["year"])
        assert_allclose(rest[name], expected, rtol=1e-9, atol=1e-9 * float(expected.max()))
    assert float(rest["recoveries_without_credits"].max()) < 1e-9 * float(rest["recoveries"].sum())


def test_liabilities_hold_the_old_age_pensions_of_invalids_who_recover(basis):
    """They are present members: more is owed for their old age, and the same to pensioners."""
    two = basis.isel(year=slice(0, 2))
    found, without = (ac.studies.liabilities(one, full_law(), until=2045, service="years") for one in (known(two), two))
    more = (found["liability_benefits"] - without["liability_benefits"]).sel(benefit="old_age")
    paying, frozen, projected = (float(part) for part in more[:3])
    assert paying == 0
    assert projected > frozen > 0
    pensioners = {"benefit": "invalidity", "participants": "pensioners"}
    paid = [one["participants_benefits"].sel(pensioners) for one in (found, without)]
    assert_allclose(paid[0], paid[1], rtol=1e-12)


def test_invalids_who_are_no_pensioners_are_refused(basis):
    two = basis.isel(year=slice(0, 2))
    with pytest.raises(BadBasis, match=r"invalid_0: \d+ of 202 cells \(sex, age\) have more invalids"):
        ac.project(known(two, 1.1), full_law(), service="years")
    with pytest.raises(BadBasis, match="the basis has no recovery_rate"):
        ac.project(known(two).drop_vars("recovery_rate"), full_law(), service="years")


def test_who_is_invalid_without_the_pension_does_not_return(basis):
    """Nobody qualifies: nobody recovers."""
    law = full_law().amend("invalidity", qualifying_years=70)
    assert float(run(basis.isel(year=slice(0, 3)), law)["recoveries"].max()) == 0


def test_several_pensions_on_invalidity_are_refused(basis):
    other = Invalidity(name="partial", qualifying_years=5, of="old_age")
    with pytest.raises(BadScheme, match="but the scheme has invalidity, partial"):
        run(basis, replace(SCHEME, benefits=(*SCHEME.benefits, other)))


def agreement(share=1.0, years=8.0, **changes):
    """The law with a pension of invalids for members of whom a share has three years abroad."""
    law = full_law().amend("invalidity", qualifying_years=years, **changes)
    abroad = TotalisedInvalidity(foreign_service=({"months": 36, "share": share},), minimum_years=0.0)
    return law.amend("scheme", benefits=(*law.benefits, abroad))


@pytest.mark.parametrize("grid", ["months", "years"])
def test_invalids_under_an_agreement_recover_as_others(basis, grid):
    """With n + 36 months for everybody the two pensions are one with a qualifying period that is 3 years less."""
    few, law = basis.isel(year=slice(0, 4)), agreement()
    both = run(few, law, service=grid)
    shorter = run(few, full_law().amend("invalidity", qualifying_years=5.0), service=grid)
    alone = run(few, full_law().amend("invalidity", qualifying_years=8.0), service=grid)
    for name in (*NUMBERS, "inactive", "inactive_credits"):
        assert_allclose(both[name], shorter[name], rtol=1e-10, atol=1e-9, err_msg=name)
    assert float(both["recoveries"].sum()) > 1.01 * float(alone["recoveries"].sum())


def test_recoveries_of_two_pensions_are_the_same_to_the_pensions(basis):
    """Invalids of the valuation date with either pension, of whom a part are known; one pension converts at 60."""
    law = agreement(0.4, converts_to="old_age", converts_at=60)
    abroad = 0.25 * basis[["pensioners_0", "pension_0"]].sel(benefit=["invalidity"])
    few = xr.concat(
        [basis[["pensioners_0", "pension_0"]], abroad.assign_coords(benefit=["totalised_invalidity"])], "benefit"
    )
    few = basis.drop_dims("benefit").merge(few).isel(year=slice(0, 4))
    credits = basis["active_0"] / basis["active_0"].sum(["group", "service"]).clip(min=1e-9)
    known = few.assign(invalid_0=0.5 * credits * few["pensioners_0"].sel(benefit="invalidity", drop=True))
    insured = run(known, law)
    pensions = project_pensions(insured, known, law)
    assert len(check_recoveries(insured, pensions)) == 1
    check_pensions(pensions, known)
    lacking = pensions["recoveries_without_credits"].sum(["year", "sex", "age"])
    assert float(lacking.sel(benefit="totalised_invalidity") / lacking.sel(benefit="invalidity")) == pytest.approx(0.25)
    both = pensions["pension_recoveries"].sum(["sex", "age"]).sel(benefit=["invalidity", "totalised_invalidity"])
    assert float(both.min()) > 1
    assert float(both.sum() - lacking.sum()) == pytest.approx(float(insured["recoveries"].sum()), rel=1e-9)


def test_invalids_of_two_pensions_must_be_one_stock(basis):
    early = agreement(0.4, converts_to="old_age", converts_at=55)
    with pytest.raises(BadBasis, match="invalidity converts at age 55 and totalised_invalidity does not, but some"):
        run(basis.isel(year=slice(0, 2)), early)
    ratio = xr.DataArray([1.0, 3.0, 1.0, 1.0], coords={"benefit": basis["benefit"].values})
    with pytest.raises(BadBasis, match=r"differ in who stays a year longer; the first: 2025, male, age 0, 0\.\d+ and"):
        run(basis.isel(year=slice(0, 2)).assign(mortality_ratio_pensioners=ratio), agreement(0.4))


def test_result_of_the_whole_projection_tells_it(basis):
    two = basis.isel(year=slice(0, 2))
    result = ac.project(two, full_law(), service="years")
    assert "pensioners of the valuation date recover in the projected years" in result.attrs["warnings"]
    assert isinstance(result["pension_recoveries"], xr.DataArray)
