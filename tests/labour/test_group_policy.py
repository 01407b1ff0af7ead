"""A group divided into copies changes nothing; the scheme names the new groups wherever it named the old one."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.errors import BadInput, OutOfBounds
from actuarial.forms import open_scheme
from actuarial.scheme import Contribution
from actuarial.vocabulary import variable
from tests.reference.small import small_basis

LAW = "tests/smoke/small.toml"
SHARES = {"one": 0.35, "two": 0.65}


def law():
    """Numbers by group in a rate, in a minimum and in the qualifying years, and a line for one group only."""
    scheme = open_scheme(LAW)
    scheme = scheme.amend(
        "old_age",
        qualifying_years=ac.by_group({"private": 15, "public": ac.step({2025: 20, 2026: 18})}),
    )
    least = ac.by_sex(male=60_000, female=ac.by_group({"private": 48_000, "public": 66_000}))
    scheme = scheme.amend("old_age.formula", minimum_pension=ac.money(least, per="year"))
    scheme = scheme.amend("employees", rate=ac.by_group({"private": 0.05, "public": 0.07}))
    line = Contribution(name="levy", payer="employer", rate=0.01, groups=("private",))
    return scheme.amend("scheme", contributions=(*scheme.contributions, line))


def contracting(concept):
    """Four years, in the third of which coverage falls to what forces members out."""
    basis = small_basis().isel(year=slice(0, 4)).assign_attrs(coverage_concept=concept)
    factor = np.array([1.0, 1.0, 0.8, 0.9])[:, None, None]
    return basis.assign(coverage=basis["coverage"].copy(data=basis["coverage"].values * factor))


@pytest.mark.parametrize(("concept", "service"), [("status", "months"), ("average", "years"), ("any", "months")])
def test_copies_of_a_group_change_nothing(concept, service):
    basis, scheme = contracting(concept), law()
    whole = ac.project(basis, scheme, service=service)
    divided, laws = ac.labour.split_group(basis, scheme, "private", SHARES)
    parts = ac.project(divided, laws, service=service)
    assert list(parts["group"].values) == ["one", "two", "public"]
    assert float(whole["contraction_rate"].max()) > 0.05
    assert float(whole["reentrants"].sum()) > 100.0
    assert float(whole["claims_topup"].sum()) > 1000.0
    for name, array in whole.data_vars.items():
        scale = float(abs(array).max()) if array.size else 0.0
        found = parts[name]
        if "group" not in array.dims:
            assert_allclose(found.transpose(*array.dims), array, rtol=1e-9, atol=1e-11 * scale, err_msg=name)
            continue
        same = {"rtol": 1e-9, "atol": 1e-11 * scale, "err_msg": name}
        assert_allclose(found.sel(group="public"), array.sel(group="public"), **same)
        old = array.sel(group="private")
        persons = variable(name).kind in ("stock", "flow")
        for part, share in SHARES.items():
            expected = share * old if persons else old
            assert_allclose(found.sel(group=part), expected, **same)


def test_the_old_name_may_be_kept_and_coverage_for_all_groups_is_divided():
    basis, scheme = small_basis(), law()
    common = basis.assign(coverage=basis["coverage"].sel(group="public", drop=True))
    divided, _ = ac.labour.split_group(common, scheme, "public", {"public": 0.25, "teachers": 0.75})
    assert list(divided["group"].values) == ["private", "public", "teachers"]
    assert_allclose(divided["coverage"].sel(group="private"), common["coverage"])
    assert_allclose(divided["coverage"].sel(group="teachers"), 0.75 * common["coverage"])
    assert divided["active_0"].attrs == basis["active_0"].attrs
    assert_allclose(divided["active_0"].sel(group="public"), 0.25 * basis["active_0"].sel(group="public"))
    assert_allclose(divided["salary_0"].sel(group="teachers"), basis["salary_0"].sel(group="public"))


def test_the_scheme_names_the_new_groups():
    _, scheme = ac.labour.split_group(small_basis(), law(), "private", SHARES)
    assert scheme.contribution("levy").groups == ("one", "two")
    assert scheme.contribution("employees").rate == ac.by_group({"one": 0.05, "two": 0.05, "public": 0.07})
    years = ac.by_group({"one": 15, "two": 15, "public": ac.step({2025: 20, 2026: 18})})
    assert scheme.benefit("old_age").qualifying_years == years
    least = ac.by_sex(male=60_000, female=ac.by_group({"one": 48_000, "two": 48_000, "public": 66_000}))
    assert scheme.benefit("old_age").formula.minimum_pension == ac.money(least, per="year")


def test_a_scheme_that_names_no_group_is_the_same():
    scheme = open_scheme(LAW)
    assert ac.labour.split_group(small_basis(), scheme, "private", SHARES)[1] is scheme


def test_factors_make_the_new_groups_differ():
    basis = small_basis()
    factors = {"salary_0": {"one": 0.5, "two": 1.2}, "exit_rate": {"two": 0.5}}
    divided, _ = ac.labour.split_group(basis, law(), "private", SHARES, factors=factors)
    for name, by_name in (("salary_0", (0.5, 1.2)), ("exit_rate", (1.0, 0.5))):
        for part, factor in zip(SHARES, by_name, strict=True):
            assert_allclose(divided[name].sel(group=part), factor * basis[name].sel(group="private"))
        assert_allclose(divided[name].sel(group="public"), basis[name].sel(group="public"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("privat", SHARES), "the basis has no group 'privat'; did you mean private?"),
        (("private", {"a": 0.5, "public": 0.5}), "has a group 'public' already"),
        (("private", {"a": 0.5, "b": 0.6}), "must sum to 1 (their sum is 1.1)"),
        (("private", {"a": 1.5, "b": -0.5}), "every share must be above 0 and at most 1"),
        (("private", {}), "every share must be above 0"),
    ],
)
def test_what_is_no_division_is_refused(arguments, message):
    with pytest.raises(BadInput) as error:
        ac.labour.split_group(small_basis(), law(), *arguments)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("factors", "kind", "message"),
    [
        ({"inflation": {"one": 2.0}}, BadInput, "no variable 'inflation' by group"),
        ({"density": {"three": 0.9}}, BadInput, "'three' is no new group"),
        ({"density": {"one": 2.0}}, OutOfBounds, "density"),
    ],
)
def test_factors_that_cannot_be_are_refused(factors, kind, message):
    with pytest.raises(kind) as error:
        ac.labour.split_group(small_basis(), law(), "private", SHARES, factors=factors)
    assert message in str(error.value)
