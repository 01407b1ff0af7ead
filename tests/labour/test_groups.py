"""Groups of insured that depend on each other: transfers, successors of closed groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.check.groups import check_groups
from actuarial.check.insured import check_insured
from actuarial.errors import BadBasis
from tests.labour.test_insured import SCHEME, STOCKS_AND_FLOWS, basis_with, run
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

YEARS = {"year": slice(0, 6)}


def moving(basis, rates=((0.0, 0.03), (0.01, 0.0)), **variables):
    """The basis with transfers between its two groups."""
    basis = basis.assign_coords(to_group=basis["group"].values)
    return basis.assign({"transfer_rate": (("group", "to_group"), np.array(rates)), **variables})


def test_nobody_moves_at_rates_of_zero():
    basis = small_basis().isel(YEARS)
    whole, still = run(basis), run(moving(basis, np.zeros((2, 2))))
    for name in whole:
        assert np.array_equal(whole[name].values, still[name].values), name
    assert float(abs(still["transferred_credits"]).max()) == 0


@pytest.mark.parametrize("grid", ["months", "years"])
def test_transfers_keep_the_targets_and_the_parts_are_the_whole(grid):
    """Coverage is met to rounding, identities hold, and present members and future entrants are everybody."""
    basis = moving(basis_with(), transfer_rate_inactive=(("group", "to_group"), np.array([[0.0, 0.01], [0.02, 0.0]])))
    whole = run(basis, service=grid)
    assert check_insured(whole, basis) == []
    target = basis["coverage"].transpose("year", "group", "sex") * whole["employed"].sum("age")
    assert_allclose(whole["active"].sum("age"), target, rtol=1e-12)
    parts = [run(basis, service=grid, entries=whole, members=members) for members in ("present", "future")]
    for part, members in zip(parts, ("present", "future"), strict=True):
        assert check_insured(part, basis, members) == []
    for name in (*STOCKS_AND_FLOWS, "transfers_in", "transfers_out_inactive", "transferred_credits"):
        scale = 1e-9 * (1 + abs(whole[name].values).max())
        assert_allclose(sum(part[name] for part in parts), whole[name], rtol=1e-9, atol=scale, err_msg=name)


def test_who_moves_is_the_rate_times_the_stock_of_the_year_before():
    basis = moving(small_basis().isel(YEARS))
    found = run(basis)
    one = found.sel(sex="female")
    expected = 0.03 * one["active"].sel(group="private", year=2026, age=40)
    assert_allclose(one["transfers_in"].sel(group="public", year=2027, age=41), expected, rtol=1e-12)
    assert_allclose(one["transfers_out"].sel(group="private", year=2027, age=41), expected, rtol=1e-12)
    opening = basis["active_0"].sel(group="private", sex="female", age=40)
    assert_allclose(one["transfers_in"].sel(group="public", year=2025, age=41), 0.03 * opening.sum(), rtol=1e-12)
    net = 0.01 * basis["active_0"].sel(group="public", sex="female", age=40) - 0.03 * opening
    brought = one["transferred_credits"].sel(group="private", year=2025, age=41)
    assert_allclose(brought, (net * basis["service"]).sum(), rtol=1e-12)


def test_all_of_a_group_move_at_once():
    """With a rate of one in the first year the other group begins with everybody and every month.

    The earnings that the inactive left with are the same in both groups; no amount depends on the average wage, which
    is that of the opening stock.
    """
    basis = small_basis().isel(year=slice(0, 3))
    basis["inactive_earnings_0"] = basis["inactive_earnings_0"].sel(group="private", drop=True)
    share = xr.DataArray([[0.0, 1.0], [0.0, 0.0]], dims=("group", "to_group"), coords={"group": basis["group"]})
    rate = share * xr.where(basis["year"] == basis["year"][0], 1.0, 0.0)
    everybody = {}
    for name in ("active_0", "inactive_0"):
        public = basis[name].sum("group").expand_dims(group=["public"])
        both = xr.concat([0.0 * basis[name].sel(group=["private"]), public], dim="group")
        everybody[name] = both.transpose(*basis[name].dims)
    law = replace(SCHEME, benefits=SCHEME.benefits[:-1])
    found = run(moving(basis, transfer_rate=rate, transfer_rate_inactive=rate), law)
    expected = run(basis.assign(everybody), law)
    for name in STOCKS_AND_FLOWS:
        scale = 1e-10 * (1 + abs(expected[name].values).max())
        assert_allclose(found[name], expected[name], rtol=1e-9, atol=scale, err_msg=name)


def test_liabilities_by_participants_with_transfers():
    """Studies by participants replay the open run with its transfers; their identities hold."""
    basis = moving(small_basis().isel(year=slice(0, 3)))
    sheet = ac.studies.balance_sheet(basis, full_law(), until=2027, service="years")
    assert np.isfinite(sheet["open_group_balance"]).all()


def test_a_closed_group_sends_on_whom_it_refuses():
    """The public group takes all whom the closed private one refuses on top of its own; half of them with a half."""
    year = small_basis()["year"]
    closed = xr.where((small_basis()["group"] == "private") & (year >= 2027), 0.0, 1.0)
    basis = small_basis().assign(admitted_share=closed).assign_coords(to_group=["private", "public"])
    alone = run(basis)
    for share in (1.0, 0.5):
        sends = (("group", "to_group"), np.array([[0.0, share], [0.0, 0.0]]))
        found = run(basis.assign(successor_share=sends))
        assert check_insured(found, basis) == []
        xr.testing.assert_identical(found["active"].sel(group="private"), alone["active"].sel(group="private"))
        sent = share * found["entries_refused"].sel(group="private").sum("age")
        target = basis["coverage"].sel(group="public") * found["employed"].sum("age") + sent
        assert_allclose(found["active"].sel(group="public").sum("age"), target, rtol=1e-12)
        assert float(sent.sel(year=2030).min()) > 100


def test_a_group_that_is_divided_moves_its_members_as_before():
    basis = moving(small_basis().isel(YEARS))
    parts, law = ac.labour.split_group(basis, SCHEME, "public", {"state": 0.3, "local": 0.7})
    whole, found = run(basis), run(parts, law)
    for name in ("active", "inactive", "transfers_in", "transfers_out", "transferred_credits"):
        both = found[name].sel(group=["state", "local"]).sum("group")
        assert_allclose(both, whole[name].sel(group="public"), rtol=1e-9, atol=1e-8, err_msg=name)
    assert_allclose(found["claims_amount"], whole["claims_amount"], rtol=1e-9)


@pytest.mark.parametrize(("name", "values", "message"), [
    ("transfer_rate", [[0.1, 0.0], [0.0, 0.0]], "members do not move to their own group"),
    ("successor_share", [[0.0, 1.0], [0.5, 0.0]], "private, public send whom they refuse to each other in a circle"),
])
def test_shares_that_cannot_be_meant(name, values, message):
    basis = small_basis().assign_coords(to_group=["private", "public"])
    with pytest.raises(BadBasis, match=message):
        check_groups(basis.assign({name: (("group", "to_group"), np.array(values))}))


def test_groups_of_a_transfer_are_those_of_the_basis():
    basis = small_basis().assign_coords(to_group=["private", "state"])
    with pytest.raises(BadBasis, match="to_group: the labels must be the groups, private, public"):
        check_groups(basis.assign(transfer_rate=(("group", "to_group"), np.zeros((2, 2)))))
