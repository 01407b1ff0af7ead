"""A health scheme under single changes beside the base: against single projections, and closed forms."""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

from actuarial.errors import BadInput, MissingVariable
from actuarial.health.groups import Insured, Pensioners
from actuarial.health.scheme import CostSharing
from actuarial.projection_health import project_health
from actuarial.studies.changes import Change
from actuarial.studies.health_sensitivity import QUANTITIES, health_sensitivity
from actuarial.studies.tornado import tornado
from actuarial.vocabulary import variable
from tests.reference.full_law import full_law
from tests.reference.health import health_basis, health_scheme

BASIS, LAW = health_basis(3), health_scheme()
NAMES = (
    *("use_down", "use_up", "use_growth_down", "unit_cost_up", "epidemic", "mortality_up", "interest_up"),
    *("assets_fall", "cost_sharing_none", "collected_less", "state_unpaid", "combined_adverse"),
)
PAID_BY_MEMBERS = ("employees", "employers", "premiums", "households")


@pytest.fixture(scope="module")
def found():
    """Changes of the catalogue, one that moves nothing and one that adds what a basis without growth of use leaves out
    as well."""
    told = []
    bare = BASIS.drop_vars("use_growth")
    changes = {name: name for name in NAMES} | {"nothing": lambda basis: basis, "rationed": rationed}
    return health_sensitivity(bare, LAW, changes, progress=told.append), told, bare


def rationed(basis):
    return basis.assign(capacity=0.0 * basis["excess_inflation"].drop_attrs() + 1e3)


def less_collected(law):
    for name in PAID_BY_MEMBERS:
        law = law.amend(name, collected=0.9 * law.contribution(name).collected)
    return law


def test_each_change_is_a_projection_of_its_own(found):
    result, _, bare = found
    none = 0.0 * bare["excess_inflation"].drop_attrs()
    free = tuple(dataclasses.replace(service, sharing=CostSharing()) for service in LAW.services)
    cases = {
        "base": (bare, LAW),
        "unit_cost_up": (bare.assign(unit_cost_0=1.1 * bare["unit_cost_0"]), LAW),
        "use_growth_down": (bare.assign(use_growth=none - 0.005), LAW),
        "epidemic": (bare.assign(use_shock=none + xr.where(bare["year"] < 2027, 1.2, 1.0)), LAW),
        "rationed": (rationed(bare), LAW),
        "mortality_up": (bare.assign(mx=1.1 * bare["mx"]), LAW),
        "interest_up": (bare.assign(interest_rate=bare["interest_rate"] + 0.01), LAW),
        "assets_fall": (bare.assign(health_reserve_0=0.8 * bare["health_reserve_0"]), LAW),
        "cost_sharing_none": (bare, dataclasses.replace(LAW, services=free)),
        "collected_less": (bare, less_collected(LAW)),
        "state_unpaid": (bare, LAW.amend("subsidy", rate=0.0).amend("matching", rate=0.0).amend("guarantee", rate=0.0)),
    }
    for name, (basis, law) in cases.items():
        expected = project_health(basis, law)
        for quantity in QUANTITIES:
            years = {"year": [2025, 2027]} if "year" in expected[quantity].dims else {}
            value = result[quantity].sel(change=name)
            assert_allclose(value, expected[quantity].sel(years), rtol=1e-12, err_msg=f"{name} {quantity}")


def test_no_change_is_the_base_and_all_is_in_the_vocabulary(found):
    result, told, _ = found
    for name, array in result.data_vars.items():
        assert array.attrs["symbol"] == variable(name).symbol
        if name != "sign_as_expected":
            assert_array_equal(array.sel(change="nothing"), array.sel(change="base"))
    assert result.note.sel(change="nothing").item() == "no effect on level_rate"
    assert result.level_rate.dims == ("change", "horizon")
    assert result.attrs["scheme"] == "Fund"
    assert told[0] == "0 of 15 are valued; now base, use_down"
    assert (result.level_rate_difference.sel(change="rationed") < 0).all()
    signs = result.sign_as_expected.to_series()
    assert not (signs == 0).any()
    assert signs[["use_up", "interest_up", "cost_sharing_none", "combined_adverse"]].eq(1).all()


def test_the_level_rate_is_linear_in_use(found):
    """Outgo and what should be held at the end are proportional to use, income on earnings is not moved by it."""
    result, _, _ = found
    down, base, up = (result.level_rate.sel(change=name) for name in ("use_down", "base", "use_up"))
    assert (up > base).all()
    assert_allclose(up - base, base - down, rtol=1e-10)
    bars = tornado(result, "level_rate")
    assert bars.loc["use", "high"] == float(up[-1])


def test_what_patients_pay_ends_with_the_first_year_and_leaves_the_accounts_of_the_base_year(found):
    """Accounts that the model meets by itself move nothing; a law that changed in the base year would move them."""
    result, _, bare = found
    known = project_health(bare, LAW)
    cost = known["contacts_0"].sum(["sex", "age"]) * bare["unit_cost_0"] * paid_at_first()
    accounts = bare.assign(expenditure_by_service_0=cost.sum("health_group").drop_attrs())
    again = health_sensitivity(accounts, LAW, ["cost_sharing_none"])
    assert_allclose(again.level_rate, result.level_rate.sel(change=["base", "cost_sharing_none"]), rtol=1e-9)


def paid_at_first():
    """Share of a contact that the scheme pays in the base year: coinsurance of visits, a fee for stays in hospital."""
    dear = BASIS["unit_cost_0"]
    share = xr.ones_like(dear)
    share.loc[{"service_type": "visits", "health_group": ["workers", "informal"]}] = 0.9
    fee = lognormal_above(20_000.0, 2.0, 500.0) / 20_000.0
    share.loc[{"service_type": "stays"}] = fee
    return share


def lognormal_above(mean, cv, fee):
    """E[(X - fee)+] of a lognormal cost."""
    from math import erf, log, sqrt

    def phi(z):
        return 0.5 * (1.0 + erf(z / sqrt(2.0)))

    spread = sqrt(log(1.0 + cv * cv))
    d = log(mean / fee) / spread
    return mean * phi(d + spread / 2) - fee * phi(d - spread / 2)


def test_stages_of_the_pension_scheme_are_those_of_the_changed_basis():
    """Members who are insured or pensioners: a change that the pension stages read projects them again."""
    members = (Insured(name="workers"), Pensioners(name="informal", of=("old_age",)), LAW.groups[2])
    law, pensions = health_scheme(groups=members), full_law()
    how = {"pension_scheme": pensions, "service": "years"}
    result = health_sensitivity(BASIS, law, ["use_up", "mortality_up"], **how)
    for name, basis in (("base", BASIS), ("mortality_up", BASIS.assign(mx=1.1 * BASIS["mx"]))):
        expected = project_health(basis, law, **how)
        assert_allclose(result.level_rate.sel(change=name), expected["level_rate"], rtol=1e-12)
    assert np.ptp(result.level_rate.isel(horizon=-1).values) > 0


def test_changes_that_do_not_apply_and_words_that_are_unknown():
    poor = BASIS.assign(health_reserve_0=0.0 * BASIS["health_reserve_0"])
    alone = dataclasses.replace(LAW, contributions=LAW.contributions[:2])
    free = dataclasses.replace(alone, services=LAW.services[1:2])
    result = health_sensitivity(poor.isel(year=slice(0, 1)), free, ["assets_fall", "state_half", "cost_sharing_none"])
    assert result.note.values.tolist()[1:] == [
        "not applicable: there is no reserve on the valuation date that could lose value",
        "not applicable: the State pays nothing",
        "not applicable: patients pay no coinsurance, copayment or deductible",
    ]
    assert result.payg_cost_rate.isel(change=slice(1, None)).isnull().all()
    with pytest.raises(BadInput, match=r"changes: 'use_upp' is no change of the catalogue; did you mean use_up"):
        health_sensitivity(BASIS, LAW, ["use_upp"])
    wrong = Change(name="x", words="x", function=lambda b: b, effect_on="general_average_premium")
    with pytest.raises(BadInput, match=r"one value: level_rate, year_reserve_exhausted \(got 'general_average"):
        health_sensitivity(BASIS, LAW, [wrong])
    with pytest.raises(BadInput, match="HealthScheme"):
        health_sensitivity(BASIS, full_law())
    with pytest.raises(MissingVariable, match="use_rate_0"):
        health_sensitivity(BASIS.drop_dims("service_type"), LAW)
