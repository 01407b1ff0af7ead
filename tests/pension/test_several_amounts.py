"""Awards of several amounts: who is at the minimum of any of them, and amounts for a part of the service."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.dated import money, step
from actuarial.labour.insured import project_insured
from actuarial.pension import FinalAverage, Flat, Invalidity, OldAge, PartOfService, Phased, ProRata
from actuarial.pension.accounts import MemberAccount
from actuarial.scheme import Scheme
from tests.reference.small import small_basis

REFORM = 2028
AGE = {"retirement_age": 60, "qualifying_years": 10}
FREE = FinalAverage(accrual=0.012, years=3)
LOW = FinalAverage(accrual=0.01, years=3, minimum_pension=money(2_000, "month"))
HIGH = FinalAverage(accrual=0.015, years=3, minimum_pension=money(5_000, "month"), minimum_full_years=30)
MOST = FinalAverage(accrual=0.01, years=3, minimum_pension=money(3_000, "month"))
EARLY = MemberAccount(name="early", credits="months", rate=step({1900: 1.0, REFORM: 0.0}))
ALWAYS = MemberAccount(name="always", credits="months")


def beside(name, formula):
    """An old-age pension that everybody draws who starts the first one."""
    return OldAge(name=name, formula=formula, together_with="low", **AGE)


FORMULAS = {
    "high": HIGH,
    "free_first": (FREE, HIGH),
    "low_first": (LOW, FREE, HIGH),
    "high_first": (HIGH, LOW),
    "most": MOST,
    "nested": (LOW, MOST),
    "chosen": (Phased(share=0.0, formula=HIGH), Phased(share=1.0, formula=LOW)),
    "two_laws": ProRata(since=REFORM, old=LOW, new=HIGH),
    "whole": PartOfService(account="always", formula=HIGH),
    "rest": PartOfService(account="always", rest=True, formula=HIGH),
    "flat": Flat(amount=money(1, "month")),
}
INVALIDS = {"invalid": HIGH, "invalid_early": PartOfService(account="early", formula=HIGH),
            "invalid_late": PartOfService(account="early", rest=True, formula=HIGH)}  # fmt: skip


@pytest.fixture(scope="module", params=["years", "months"])
def claims(request):
    """Claims by year of many formulas beside each other, by benefit."""
    data = small_basis().isel(year=slice(0, 6)).assign(earnings_cv=0.6)
    pensions = [OldAge(name="low", formula=LOW, retirement_rate=0.6, **AGE)]
    pensions += [beside(name, formula) for name, formula in FORMULAS.items()]
    pensions += [Invalidity(name=name, qualifying_years=1, formula=formula) for name, formula in INVALIDS.items()]
    law = Scheme(name="S", currency="LTD", accounts=(EARLY, ALWAYS), benefits=tuple(pensions))
    found = project_insured(ac.project_population(data), data, law, service=request.param)
    return found.drop_dims(["account"]).sum(["sex", "group"])


def at_minimum(claims, name):
    return claims["claims_at_minimum"].sel(benefit=name, drop=True)


def amount(claims, name):
    return claims["claims_amount"].sel(benefit=name, drop=True)


def test_who_is_at_the_minimum_of_one_amount_is_at_that_of_the_claim(claims):
    """Whatever amounts without a minimum stand before it or beside it."""
    high = at_minimum(claims, "high")
    assert 0 < float(high.sum()) < float(claims["claims_number"].sel(benefit="high").sum())
    assert_allclose(at_minimum(claims, "free_first"), high, rtol=1e-12)


def test_of_two_minimums_the_one_that_more_are_at_counts(claims):
    """The same earnings drive both amounts: who is below the lower limit of earnings is below the higher one too."""
    low, high, most = (at_minimum(claims, name) for name in ("low", "high", "most"))
    assert float(most.sum()) > float(low.sum()) > 0
    assert_allclose(at_minimum(claims, "nested"), most, rtol=1e-12)
    both = at_minimum(claims, "high_first")
    assert_allclose(both, at_minimum(claims, "low_first"), rtol=1e-12)
    assert (both >= np.maximum(low, high) * (1 - 1e-12)).all()
    assert max(float(low.sum()), float(high.sum())) < float(both.sum()) < float((low + high).sum())


def test_a_formula_of_which_nothing_is_due_raises_nobody(claims):
    assert_allclose(at_minimum(claims, "chosen"), at_minimum(claims, "low"), rtol=1e-12)
    before = at_minimum(claims, "two_laws").sel(year=slice(None, REFORM - 1))
    assert_allclose(before, at_minimum(claims, "low").sel(year=before["year"]), rtol=1e-12)
    low, both, found = (at_minimum(claims, name).sel(year=slice(REFORM, None)) for name in (
        "low", "high_first", "two_laws"))  # fmt: skip
    assert (found >= low * (1 - 1e-12)).all()
    assert (found <= both * (1 + 1e-12)).all()
    assert float(low.sum()) < float(found.sum()) < float(both.sum()), "who left before has no month of the new law"
    assert_allclose(at_minimum(claims, "flat"), 0.0, atol=0.0)


def test_all_of_the_service_is_all_of_the_pension(claims):
    """Months that are credited with all service are that service, on both grids, and nothing is left."""
    whole = amount(claims, "high")
    assert_allclose(amount(claims, "whole"), whole, rtol=1e-9)
    assert_allclose(amount(claims, "rest"), 0.0, atol=1e-9 * float(whole.max()))
    assert_allclose(at_minimum(claims, "whole"), at_minimum(claims, "high"), rtol=1e-9)
    assert_allclose(at_minimum(claims, "rest"), 0.0, atol=0.0)


def test_parts_of_the_service_add_up(claims):
    parts = amount(claims, "invalid_early") + amount(claims, "invalid_late")
    assert_allclose(parts, amount(claims, "invalid"), rtol=1e-12)
    share = (amount(claims, "invalid_early").sum("age") / amount(claims, "invalid").sum("age")).values
    assert_allclose(share[: REFORM - 2025], 1.0, rtol=1e-9)
    assert np.all(np.diff(share[REFORM - 2025 - 1 :]) < -1e-3)
