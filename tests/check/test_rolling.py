"""Stocks that roll forward, looked at a few years at a time or by their labels: both find the same."""

from copy import deepcopy

import numpy as np
import pytest
import xarray as xr

import actuarial.check.rolling as rolling
from actuarial.check.rolling import rolls_forward
from actuarial.errors import IdentityFailed

SIZES = {"scenario": 2, "year": 7, "sex": 2, "age": 5}
LABELS = {"scenario": [3, 8], "year": np.arange(2030, 2037), "sex": ["male", "female"], "age": np.arange(5)}


def made(random, *without):
    dims = [dim for dim in SIZES if dim not in without]
    values = random.uniform(0.5, 1.5, [SIZES[dim] for dim in dims])
    return xr.DataArray(values, {dim: LABELS[dim] for dim in dims}, dims)


@pytest.fixture(scope="module")
def by_a_loop():
    """A stock made by a loop over cells, each part by its name."""
    random = np.random.Generator(np.random.Philox(7))
    given = {"opening": made(random, "year"), "growth": made(random, "sex", "age") - 1.0}
    given |= {name: [made(random)] for name in ("came", "left")}
    given["came"].append(made(random, "scenario"))
    given["brought"] = [made(random) - 1.0]
    stock = xr.zeros_like(made(random))
    for i, t, s, x in np.ndindex(*stock.shape):
        before = given["opening"] if t == 0 else stock.isel(year=t - 1)
        from_ages = [x - 1, x] if x == SIZES["age"] - 1 else [x - 1] if x else []
        grown = 1.0 + float(given["growth"][i, t])
        total = sum(float(before[i, s, y]) * grown for y in from_ages)
        total += float(given["came"][0][i, t, s, x]) + float(given["came"][1][t, s, x])
        total += float(given["brought"][0][i, t, s, x]) - float(given["left"][0][i, t, s, x])
        stock[i, t, s, x] = total
    return given | {"stock": stock}


@pytest.fixture
def parts(by_a_loop):
    """The same for one test alone, which may change it."""
    return deepcopy(by_a_loop)


@pytest.fixture(params=[1, 24, 10**6])
def at_once(request, monkeypatch):
    """Cells that are looked at together: fewer than those of a year, those of two years, all."""
    monkeypatch.setattr(rolling, "CELLS", request.param)


@pytest.fixture(params=["plain", "labels"])
def given(request, parts, at_once):
    """The parts; with the sexes of the flows exchanged, labels and all, they are looked at by their labels."""
    if request.param == "labels":
        parts["came"] = [one.isel(sex=[1, 0]) for one in parts["came"]]
    assert (rolling._holds(parts["stock"], *(parts[name] for name in ORDER)) is True) == (request.param == "plain")
    return parts


ORDER = ("opening", "came", "left", "brought", "growth")


def test_it_holds(given):
    rolls_forward("A stock rolls forward", **given)


@pytest.mark.parametrize("name", ["stock", "opening", "came", "left", "brought", "growth"])
@pytest.mark.parametrize("wrong", [1e-7, np.nan])
def test_one_cell_is_seen(given, name, wrong):
    array = given[name][-1] if isinstance(given[name], list) else given[name]
    array.values[(-1,) * array.ndim] += wrong
    with pytest.raises(IdentityFailed, match="A stock rolls forward") as error:
        rolls_forward("A stock rolls forward", **given)
    assert "scenario=8" in str(error.value) or name == "came"
