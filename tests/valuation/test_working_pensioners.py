"""Contributions of pensioners who go on working."""

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial.errors import BadScheme, MissingVariable
from actuarial.scheme import Contribution
from actuarial.studies.groups import by_participants, open_run
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

LINE = Contribution(name="still_working", payer="employer", base="working_pensioners", rate=0.12)


def basis():
    data = small_basis().isel(year=slice(0, 5))
    age, sex = data["age"], data["sex"]
    share = xr.where(age < 70, 0.3, 0.0) * xr.DataArray([1.0, 0.5], dims="sex", coords={"sex": sex})
    return data.assign(working_pensioners_share=share, working_pensioners_earnings=xr.DataArray(0.6) + 0.001 * age)


def law(data, *lines):
    scheme = full_law()
    parts = {"contributions": (*scheme.contributions, *lines), "currency": data.attrs["currency"]}
    return scheme.amend("scheme", **parts)


def expected(data, result, names):
    """The line year by year, sex by sex and age by age."""
    wage = float((data["salary_0"] * data["active_0"].sum("service")).sum() / data["active_0"].sum())
    stock = result["pensioners"].sel(benefit=names).sum("benefit").transpose("year", "sex", "age").values
    before = data["pensioners_0"]
    before = before.sel(benefit=[n for n in names if n in before["benefit"]]).sum("benefit").transpose("sex", "age")
    before, found = before.values, []
    for t in range(data.sizes["year"]):
        wage *= 1.0 + float(data["wage_growth"][t])
        total = 0.0
        for s, part in enumerate((1.0, 0.5)):
            for x in range(70):
                younger = before[s, x - 1] if x else 0.0
                total += (younger + stock[t, s, x]) / 2.0 * 0.3 * part * (0.6 + 0.001 * x)
        found.append(0.12 * total * wage)
        before = stock[t]
    return found


@pytest.mark.parametrize("of", [(), ("old_age",), ("old_age", "invalidity")])
def test_pensioner_by_pensioner(of):
    data = basis()
    result = ac.project(data, law(data, Contribution(**vars_of(LINE), of=of)), service="years")
    line = result["contribution_income"].sel(contribution="still_working")
    assert line.values == pytest.approx(expected(data, result, list(of or ("old_age",))), rel=1e-12)
    assert float(line.min()) > 0.0


def vars_of(line):
    return {"name": line.name, "payer": line.payer, "base": line.base, "rate": line.rate}


def test_they_are_no_contributors_and_change_nothing_else():
    data = basis()
    first, second = (ac.project(data, law(data, *lines), service="years") for lines in ((), (LINE,)))
    for name in ("total_contributors", "total_insurable_earnings", "benefit_expenditure", "claims_number"):
        assert np.array_equal(first[name].values, second[name].values), name
    more = second["contributions"] - first["contributions"]
    line = second["contribution_income"].sel(contribution="still_working")
    assert more.values == pytest.approx(line.values, rel=1e-9)


def test_pensioners_present_members_and_future_entrants_add_up():
    data = basis()
    run = open_run(data, law(data, LINE), until=int(data["year"][-1]), service="years", run_off=None)
    finance, flows = by_participants(run)
    parts = flows["contribution_income"].sel(contribution="still_working")
    whole = finance["contribution_income"].sel(contribution="still_working")
    assert parts.sum("participants").values == pytest.approx(whole.values, rel=1e-9)
    assert float(parts.sel(participants="pensioners").min()) > 0.0
    assert float(parts.sel(participants="present_members").max()) > 0.0


def test_what_is_missing_is_told():
    data = basis().drop_vars(["working_pensioners_share"])
    with pytest.raises(MissingVariable, match="working_pensioners_share"):
        ac.project(data, law(data, LINE), service="years")
    with pytest.raises(BadScheme, match='rate is missing; a line whose base is "working_pensioners" needs one'):
        Contribution(name="x", payer="employer", base="working_pensioners")
