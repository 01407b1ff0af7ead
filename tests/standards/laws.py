"""Bases and schemes for assessments whose rates are worked out by hand."""

import numpy as np
import xarray as xr

from actuarial.dated import money
from actuarial.pension import (
    Balance,
    DependantsSupplement,
    FinalAverage,
    Flat,
    Indexation,
    Invalidity,
    MemberAccount,
    OldAge,
    Orphans,
    Widows,
)
from actuarial.scheme import Contribution, InsurableEarnings, Scheme
from actuarial.standards import leaves
from tests.reference.small import small_basis

EMPLOYEES = Contribution(name="employees", payer="employee", rate=0.08)
EMPLOYERS = Contribution(name="employers", payer="employer", rate=0.06)


def level_basis(mean=800.0):
    """A basis in which everybody earns the same in all years, and neither wages nor prices grow."""
    basis = small_basis()
    growing = ("wage_growth", "inflation", "wage_growth_past", "inflation_past")
    still = {name: xr.zeros_like(basis[name]) for name in growing}
    earned = xr.full_like(basis["salary_0"], mean)
    return basis.assign(**still, salary_0=earned, earnings_cv=xr.zeros_like(basis["earnings_cv"]))


def pensions(*benefits, ceiling=None, accounts=()):
    """A scheme of employees with these benefits, whose ceiling is an amount a year."""
    limit = None if ceiling is None else money(ceiling, per="year")
    return Scheme(
        name="Law",
        currency="LTD",
        insurable_earnings=InsurableEarnings(ceiling=limit),
        contributions=(EMPLOYEES, EMPLOYERS),
        accounts=accounts,
        benefits=benefits,
    )


def old_age(accrual, *, age=60.0, years=15.0, **formula):
    return OldAge(
        retirement_age=age,
        qualifying_years=years,
        formula=FinalAverage(accrual=accrual, years=1, **formula),
        indexation=Indexation(prices=1.0),
    )


def wife_supplement(amount):
    return DependantsSupplement(accompanies=("old_age",), spouse_amount=money(amount, per="year"), spouses="wives")


def invalidity(share, years=5.0):
    formula = FinalAverage(accrual=0.0, base_rate=share, base_years=0.0, years=1)
    return Invalidity(qualifying_years=years, formula=formula, indexation=Indexation(prices=1.0))


def child_supplement(share):
    return DependantsSupplement(accompanies=("invalidity",), child_share=share)


def families(widow, child, years=5.0):
    same = {"qualifying_years": years, "follows": ("old_age",), "indexation": Indexation(prices=1.0)}
    return Widows(share=widow, **same), Orphans(share=child, until_age=18.0, **same)


def account(growth):
    own = MemberAccount(name="own", rate=0.10, growth=Indexation(fixed=growth))
    pension = OldAge(retirement_age=60.0, qualifying_years=1.0, formula=Balance(account="own", divisor=15.0))
    return own, pension


def flat(amount):
    return OldAge(retirement_age=60.0, qualifying_years=15.0, formula=Flat(amount=money(amount, per="year")))


def told(basis, **changes):
    """The basis with some variables filled with one number."""
    return basis.assign({name: xr.full_like(basis[name], value) for name, value in changes.items()})


def quantile(mean, cv, share_below):
    """The quantile of one lognormal, by the standard normal one: 0.6744898 for three quarters."""
    spread = np.sqrt(np.log(1.0 + cv**2))
    return mean * np.exp(spread * share_below - spread**2 / 2.0)


def only(assessment, standard, part, subject, article=None):
    """The one verdict of a place."""
    chosen = [one for one in assessment.of(standard, part, subject) if article in (None, one.article)]
    assert len(chosen) == 1, [one.article for one in chosen]
    return chosen[0]


def level(assessment, name, option="65(6)(d)", paragraph=""):
    """The level of one Part by one reference wage and one paragraph on the career."""
    standard, part = name.split(".")
    tried = [leaf for one in assessment.of(standard, part, "level")[:1] for leaf in leaves(one)]
    chosen = [one for one in tried if option in one.alternative and one.alternative.startswith(paragraph)]
    assert len(chosen) == 1, [one.alternative for one in tried]
    return chosen[0]


def words(assessment):
    """Every verdict by its place."""
    return {(one.standard, one.part, one.subject, one.article): one.verdict for one in assessment}


BASE = pensions(old_age(0.0155), invalidity(0.55), *families(0.5, 0.2))
"""Benefits whose levels are those of the Convention, a little more or less."""
