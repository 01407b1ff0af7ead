"""The scheme and the basis of the library for the law of `career_formulas.py`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from actuarial.pension import (
    Balance,
    ByEarnings,
    FinalAverage,
    Flat,
    Greatest,
    Indexation,
    Invalidity,
    Least,
    OldAge,
    Phased,
    Widows,
)
from actuarial.pension.account_formulas import CareerAverage, LifeAnnuity, PartOfService, ProRata
from actuarial.pension.accounts import AccountPayout, MemberAccount
from actuarial.pension.guarantees import Guarantee
from actuarial.pension.supplements import MinimumInPayment
from actuarial.pension.withdrawals import AccountWithdrawal
from actuarial.scheme import InsurableEarnings, Scheme
from tests.reference import career_formulas as law
from tests.reference.insured_basis import basis_of
from tests.reference.scenario import SCENARIO

YEARS = 25
REFORM = law.FIRST_YEAR + law.REFORM - 1
CAREERS = replace(
    SCENARIO,
    years=YEARS,
    target=SCENARIO.target[:YEARS],
    salary_0=SCENARIO.salary_0 * (1.0 - 0.012 * np.clip(np.arange(len(SCENARIO.q)) - 48, 0, 20)),
    density=np.clip(0.45 + 0.005 * np.arange(len(SCENARIO.q)), 0, 0.7),
)


def money(value, indexed):
    """An amount of the money of year 0 that follows an index."""
    return {"value": {str(law.FIRST_YEAR - 1): value}, "per": "year", "indexed": indexed}


def taper(points):
    """Points of a taper, which follow wages."""
    return tuple({"pension": money(pension, "wages"), "supplement": money(due, "wages")} for pension, due in points)


def accounts():
    """Accounts, under the names of `career_formulas` after "account_"."""
    interest, wages = Indexation(interest=1.0), Indexation(wages=1.0)
    saved = {"rate": 0.10, "growth": interest, "timing": "interest"}
    return (
        MemberAccount(name="account_points", credits="points", capped=False),
        MemberAccount(name="account_notional_own", rate=0.16, growth=wages, inheritance="own", capped=False),
        MemberAccount(name="account_notional_table", rate=0.16, growth=wages, inheritance="table", capped=False),
        MemberAccount(name="account_saved", fee=0.05, capped=False, **saved),
        MemberAccount(name="account_saved_own", inheritance="own", capped=False, **saved),
        MemberAccount(name="account_saved_capped", **saved),
        MemberAccount(name="account_drawn_own", inheritance="own", capped=False, **saved),
        MemberAccount(name="account_served", capped=False, **{**saved, "rate": _by_service(law.STOCKS["served"])}),
        MemberAccount(name="account_paid", credits="months", rate=law.PAID_MONTHS),
        MemberAccount(name="account_early", credits="months", rate={"1900": 1.0, str(REFORM): 0.0}),
    )


def formulas():
    """Formulas of the old-age pensions by name."""
    limits = {
        "minimum_pension": money(law.LEAST, "wages"),
        "minimum_full_years": law.LEAST_YEARS,
        "maximum_pension": money(law.MOST, "wages"),
    }
    final = FinalAverage(accrual=0.0175, years=5, capped=False)
    career = CareerAverage(accrual=0.02, revaluation="wages", capped=False)
    points = Balance(account="account_points", value=money(law.POINT, "wages"))
    whole = LifeAnnuity(interest=law.INTEREST, sexes="apart")
    more = Phased(share=law.MORE, formula=final)
    limited = (
        FinalAverage(accrual=law.MORE * 0.0175, years=5, **limits),
        CareerAverage(accrual=0.02, revaluation="wages", **limits),
    )
    mixed = ProRata(since=REFORM, old=final, new=career)
    best = FinalAverage(
        accrual=law.MORE_OF_BEST * 0.015, years=5, revaluation="wages", best_of=12, capped=False
    )
    least = {"minimum_pension": money(law.LEAST_HIGH, "wages"), "minimum_full_years": law.LEAST_YEARS}
    upper = Greatest(formulas=(best, points))
    return {
        "tapered": Guarantee(formula=points, taper=taper(law.TAPER), full_years=law.LEAST_YEARS),
        "tapered_years": Guarantee(formula=points, taper=taper(law.TAPER_YEAR), taper_up_to_years=law.TAPER_YEARS),
        "least_beyond": FinalAverage(accrual=0.0175, years=5, capped=False, minimum_from_years=law.LEAST_FROM, **least),
        "least_paid": Balance(
            account="account_points", value=money(law.POINT, "wages"), minimum_credits="account_paid", **least
        ),
        "both": (Greatest(formulas=(more, career)), upper),
        "both_limits": (Greatest(formulas=limited), upper),
        "drawn_own": Balance(account="account_drawn_own", annuity=whole),
        "served": Balance(account="account_served", annuity=whole),
        "either": Greatest(formulas=(more, career)),
        "neither": Least(formulas=(more, career)),
        "either_limits": Greatest(formulas=limited),
        "either_part": Greatest(formulas=(mixed, best)),
        "final": final,
        "final_limits": FinalAverage(accrual=0.0175, years=5, revaluation="wages", **limits),
        "best": FinalAverage(accrual=0.015, years=5, revaluation="wages", best_of=12, capped=False),
        "indexed": FinalAverage(
            accrual=0.015, years=5, revaluation="wages", revalued_until=law.UNTIL, best_of=12, capped=False
        ),
        "indexed_limits": FinalAverage(
            accrual=0.0175, years=5, revaluation="wages", revalued_until=law.UNTIL, **limits
        ),
        "best_varying": FinalAverage(
            accrual=0.015, years=5, revaluation="wages", best_of=12, varying=law.VARYING, capped=False
        ),
        "better": FinalAverage(
            accrual=0.015,
            years=3,
            revaluation="wages",
            capped=False,
            not_above={"years": 5, "share": 1.01},
            not_below={"years": 5, "best_of": 12, "share": 0.97},
        ),
        "better_limits": FinalAverage(
            accrual=0.0175, years=5, revaluation="wages", not_below={"years": 5, "best_of": 12, "share": 0.97}, **limits
        ),
        "graded": ByEarnings(
            years=5,
            revaluation="wages",
            capped=False,
            brackets=[{"accrual": 0.0175}, {"above": money(law.BRACKET, "wages"), "accrual": 0.0125}],
        ),
        "last_worked": FinalAverage(accrual=0.0175, years=5, revaluation="wages", capped=False),
        "career": career,
        "career_limits": CareerAverage(accrual=0.02, revaluation="wages", **limits),
        "points": points,
        "notional_own": Balance(account="account_notional_own", annuity=LifeAnnuity(interest=0.016)),
        "notional_table": Balance(account="account_notional_table", divisor=17.0),
        "funded": Balance(account="account_saved", annuity=whole),
        "funded_own": Balance(account="account_saved_own", annuity=whole),
        "funded_limits": Balance(account="account_saved_capped", divisor=8.0, **limits),
        "pro_rata": ProRata(since=REFORM, old=final, new=career),
        "granted": PartOfService(account="account_early", formula=final),
        "guarantee": Guarantee(
            amount=money(law.GUARANTEED, "wages"), full_years=law.LEAST_YEARS, counted=0.5, formula=points
        ),
        "flat": Flat(amount=money(law.FLAT, "prices"), full_years=law.LEAST_YEARS),
    }


def _by_service(account):
    """Rates of an account by length of service."""
    return [{"above": above, "rate": rate} for above, rate in account.served]


def _of_age(account):
    """Shares that are taken out by the age from which they are."""
    return {str(age): share for age, share in account.taken}


def scheme(scenario=CAREERS):
    """Old-age pensions by all formulas, drawn together by those who retire; invalids, widows, payouts, top-ups."""
    mixed, prices = Indexation(prices=0.5, wages=0.5), Indexation(prices=1.0)
    age = {"retirement_age": scenario.retirement_age, "qualifying_years": scenario.qualifying_months / 12}
    rules = formulas()
    pensions = [
        OldAge(
            name=name,
            formula=formula,
            retirement_rate=scenario.claim_rate if name == "final" else 1.0,
            together_with=None if name == "final" else "final",
            indexation=mixed,
            **age,
        )
        for name, formula in rules.items()
    ]
    projected = {"qualifying_years": 5.0, "projected_to_age": 60, "projected_share": 0.8, "indexation": prices}
    pensions += [
        Invalidity(name="invalid_final", of="final", **projected),
        Invalidity(name="invalid_points", of="points", **projected),
        Invalidity(name="invalid_limits", of="final_limits", **projected),
        Widows(
            share=0.6,
            of="final",
            qualifying_years=5.0,
            follows=("final", "invalid_final"),
            indexation=Indexation(wages=1.0),
        ),
        AccountPayout(name="payout", accounts=("account_saved",), on="death", qualifying_years=5.0),
        MinimumInPayment(accompanies=("final",), minimum=money(law.IN_PAYMENT, "wages")),
        MinimumInPayment(
            name="supplement", accompanies=("final", "invalid_final", "widows"), taper=taper(law.TAPER_PAID)
        ),
        AccountWithdrawal(
            name="taken", accounts=("account_drawn_own",), share={"age": {"0": 0.0, **_of_age(law.OWN["drawn_own"])}}
        ),
    ]
    ceiling = InsurableEarnings(ceiling=money(law.CEILING, "wages"))
    return Scheme(
        name="test", currency="LTD", benefits=tuple(pensions), accounts=accounts(), insurable_earnings=ceiling
    )


def basis(scenario=CAREERS, **more):
    """The basis of the scenario with prices, interest and families."""
    years = xr.ones_like(basis_of(scenario)["wage_growth"])
    return basis_of(scenario).assign(
        inflation=law.INFLATION * years,
        interest_rate=law.INTEREST * years,
        married_share=0.7,
        spouse_age_gap=3.0,
        spouse_age_sd=0.0,
        **more,
    )
