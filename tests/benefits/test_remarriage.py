"""Lump sums at remarriage: a cohort of widows in closed form, and what a scheme refuses."""

import pytest
from numpy.testing import assert_allclose

from actuarial.benefits.stock import project_pensions
from actuarial.dated import step
from actuarial.demography.population import project_population
from actuarial.errors import BadScheme
from actuarial.labour.insured import project_insured
from actuarial.pension import RemarriageGrant, Widows
from actuarial.pension.common import stays_alive
from actuarial.pension.indexation import Indexation
from tests.reference import small
from tests.reference.full_law import full_law

YEARS = 4


def widows_only(rate):
    """The basis with a closed cohort of widows of one age, and nobody else who could become one."""
    data = small.small_basis().isel(year=slice(0, YEARS))
    here = (data["sex"] == "female") & (data["age"] == 40)
    number, pension = (data[name].where(False, 0.0) for name in ("pensioners_0", "pension_0"))
    here = here & (data["benefit"] == "widows")
    number, pension = (1_000.0 * here).transpose(*number.dims), (600.0 * here).transpose(*pension.dims)
    flat = 0.0 * data["mx"]
    return data.assign(
        pensioners_0=number,
        pension_0=pension,
        remarriage_rate=flat + rate,
        mx=flat + 0.02,
        married_share=0.0 * data["married_share"],
    )


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.3])
def test_a_cohort_of_widows_in_closed_form(rate):
    """N p (1 - r) stay in a year, N r (1 + p)/2 remarry in it, the others die."""
    data = widows_only(rate)
    law = full_law()
    widows = Widows(share=0.5, qualifying_years=3, indexation=Indexation(fixed=0.03))
    grant = RemarriageGrant(months=step({2000: 24, 2027: 12}), claim_rate=0.8)
    benefits = tuple(widows if one.name == "widows" else one for one in law.benefits)
    law = law.amend("scheme", benefits=(*benefits, grant))
    found = project_pensions(project_insured(project_population(data), data, law, service="years"), data, law)
    alive = stays_alive("widows", data).sel(sex="female").values
    number, pension = 1_000.0, 600.0
    for t in range(YEARS):
        p = alive[t, 40 + t]
        remarry = number * rate * (1.0 + p) / 2.0
        pension *= 1.03
        number *= p * (1.0 - rate)
        due = 0.8 * (24 if 2025 + t < 2027 else 12) / 12.0 * remarry * pension
        paid = found.isel(year=t).sel(benefit="remarriage_grant")
        assert_allclose(float(paid["benefit_expenditure"]), due, rtol=1e-9, atol=1e-9)
        assert_allclose(float(paid["new_awards"].sum()), 0.8 * remarry, rtol=1e-9, atol=1e-9)
        left = found.isel(year=t).sel(benefit="widows")["pensioners"].sum()
        assert_allclose(float(left), number, rtol=1e-9)
    assert (found["pensioners"].sel(benefit="remarriage_grant") == 0).all()


def test_the_pension_must_end_on_remarriage():
    law = full_law()
    with pytest.raises(BadScheme, match="'old_age' does not end on remarriage; name a pension of widows that does"):
        law.amend("scheme", benefits=(*law.benefits, RemarriageGrant(months=12, follows=("old_age",))))
