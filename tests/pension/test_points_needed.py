"""A pension that needs points: one person by hand, members of a projection by their service or by a share."""

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.cases import person_benefits
from actuarial.errors import BadInput, BadScheme
from actuarial.forms import parse_scheme
from actuarial.labour.insured import project_insured
from actuarial.person import WorkYear
from actuarial.translation import language, message_of, told
from tests.pension.people import basis, grid, one
from tests.reference.small import small_basis

LAW = """
name = "S"
currency = "LTD"
[[contributions]]
name = "members"
payer = "employee"
rate = 0.08
[[account]]
name = "points"
credits = "points"
contributions = ["members"]
price = { value = 20, per = "once" }
[[account]]
name = "service"
credits = "months"
rate = { group = { GROUP = 1.5, OTHER = 1 } }
[[account]]
name = "months"
credits = "months"
rate = 1
[[benefit]]
form = "old_age"
conditions = [{ age = 60, years = 10, points = { account = "points", at_least = 1_000 } }, { age = 65, years = 10 }]
formula = { form = "balance", account = "points", value = { value = 0.5, per = "month" } }
"""


def pension(earnings, born=1965, text=LAW):
    """Monthly pension of somebody with 15 full years up to 2025, and this much a year in each of them."""
    asked = {"event": "retirement", "sex": "male", "born": born, "leaves": 2025, "months": 180}
    found = person_benefits(parse_scheme(text), earnings=earnings, **asked)
    return found["old_age"].per_month if "old_age" in found else 0.0


def test_one_person_needs_the_points_of_the_career():
    """15 years at 8% of 16,667 over a price of 20 are 1,000.02 points; a pension of half a unit of each."""
    assert pension(16_667) == pytest.approx(0.5 * 15 * 0.08 * 16_667 / 20)
    assert pension(16_666) == 0.0
    assert pension(16_666, born=1960) == pytest.approx(0.5 * 15 * 0.08 * 16_666 / 20)


def test_the_last_point_counts():
    law = parse_scheme(LAW.replace("1_000", "600"))
    condition = law.benefit("old_age").conditions[0]
    years = tuple(WorkYear(year, 12.0, 15_000.0) for year in range(2019, 2029))
    assert 10 * 0.08 * 15_000 / 20 == 600
    assert condition.served(one(law, service=10.0, career=years, data=basis())) == 1.0
    short = (*years[:-1], WorkYear(2028, 11.9, 15_000.0))
    assert condition.served(one(law, service=10.0, career=short, data=basis())) == 0.0


def small_law(data, condition, other=""):
    first, *others = [str(name) for name in data["group"].values]
    text = LAW.split("conditions =")[0].replace("GROUP", first)
    text = text.replace("OTHER = 1", ", ".join(f"{name} = 1" for name in others))
    formula = '{ form = "final_average", years = 5, accrual = 0.01 }'
    text += f"conditions = [{{ age = 60, {condition} }}, {{ age = 64, years = 12 }}]\nformula = {formula}\n{other}"
    return parse_scheme(text.replace("LTD", data.attrs["currency"])), first, others


def test_points_by_service_are_a_length_of_service():
    """1.5 units a month and 270 units are 180 months, 1 unit a month 270 months."""
    data = small_basis().isel(year=slice(0, 8))
    law, first, others = small_law(data, 'points = { account = "service", at_least = 270 }')
    lengths = ", ".join([f"{first} = 15", *(f"{name} = 22.5" for name in others)])
    same, *_ = small_law(data, f"years = {{ group = {{ {lengths} }} }}")
    people = ac.project_population(data)
    found, expected = (project_insured(people, data, each) for each in (law, same))
    for name in ("claims_number", "claims_amount", "active"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-12)
    assert float(found["claims_number"].sum()) > 0.0


def test_points_that_follow_earnings_are_those_of_a_share():
    data = small_basis().isel(year=slice(0, 8))
    law, *_ = small_law(data, 'years = 10, points = { account = "points", at_least = 1_000, share = 0.7 }')
    same, *_ = small_law(data, "years = 10, residence = { years = 1, share = 0.7 }")
    people = ac.project_population(data)
    found, expected = (project_insured(people, data, each) for each in (law, same))
    np.testing.assert_allclose(found["claims_amount"], expected["claims_amount"], rtol=1e-12)
    assert pension(16_666, text=LAW.replace("at_least = 1_000", "at_least = 1_000, share = 0.7")) == 0.0


def test_points_that_follow_earnings_are_not_guessed():
    law = parse_scheme(LAW)
    with pytest.raises(BadScheme, match="who of the members of a service has 1,000 of points is not known") as error:
        law.benefit("old_age").claim(grid(law))
    french = told(message_of(error.value), language("fr"))
    assert french.startswith("points\u202f: on ne sait pas")
    with pytest.raises(BadInput, match="points on the account 'points' of one person need a career"):
        law.benefit("old_age").claim(one(law))


def test_a_group_that_members_leave_credits_no_constant():
    law = parse_scheme(LAW.replace('account = "points", at', 'account = "service", at').replace("GROUP", "private"))
    law = law.amend("service", rate={"group": {"private": 1.5, "public": 1}})
    assert float(law.benefit("old_age").claim(grid(law)).max()) == 1.0
    moving = basis().assign(transfer_rate=xr.DataArray(0.0))
    with pytest.raises(BadScheme, match="a rate that changes with time"):
        law.benefit("old_age").claim(grid(law, moving))
    ways = 'account = "service", at_least = 1_000, share = 0.5'
    stated = parse_scheme(LAW.replace('account = "points", at_least = 1_000', ways).replace("GROUP", "private"))
    stated = stated.amend("service", rate={"group": {"private": 1.5, "public": 1}})
    first, _ = stated.benefit("old_age").conditions
    for data in (moving, basis()):
        people = grid(stated, data)
        met = first.weight(people, lambda person: 0.0)
        np.testing.assert_allclose(met, 0.5 * (people.service >= 10.0) + 0.0 * met, rtol=1e-12)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('account = "points", at', 'account = "point", at', "'point' is no account of the scheme; did you"),
        ("at_least = 1_000", "least = 1_000", "conditions[0].points"),
        ("at_least = 1_000", "at_least = -1", "must be >= 0 (got -1"),
        (
            '{ account = "points", at_least = 1_000 }',
            "1_000",
            "conditions[0].points: must be a table, with the keys account, at_least, share (got 1000)",
        ),
        (
            'account = "points", at_least = 1_000',
            'account = "months", at_least = 1_000, share = 0.5',
            "share has no meaning: months is credited by service alone; leave it out",
        ),
    ],
)
def test_what_is_no_condition_is_refused(old, new, message):
    with pytest.raises(BadScheme) as error:
        parse_scheme(LAW.replace(old, new))
    assert message in str(error.value)
