"""Digests change if and only if an input changes; the manifest tells what a result was made of."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial import provenance
from actuarial.errors import BadInput
from actuarial.forms import parse_scheme
from actuarial.provenance import digest
from actuarial.vocabulary import annotate
from tests.report.made import LINES, basis_by_hand, result_by_hand

LAW = """
name = "National Pension Scheme"
currency = "LTD"
[[contributions]]
name = "employees"
payer = "employee"
rate = { 2025 = 0.05, 2035 = 0.06 }
[[contributions]]
name = "employers"
payer = "employer"
rate = 0.05
[[benefit]]
form = "old_age"
retirement_age = { 2025 = 60, 2045 = 65, path = "ramp" }
qualifying_years = 15
formula = { form = "final_average", accrual = 0.0175, years = 5, maximum = 0.80 }
[[benefit]]
form = "funeral_grant"
months = 3
follows = ["old_age"]
"""


@pytest.fixture(scope="module")
def basis():
    return basis_by_hand()


@given(st.data())
def test_a_changed_number_changes_the_digest(data):
    basis = basis_by_hand()
    name = data.draw(st.sampled_from(sorted(map(str, basis.data_vars))))
    values = basis[name].values
    spot = tuple(data.draw(st.integers(0, size - 1)) for size in values.shape)
    before = digest(basis)
    changed = values.copy()
    changed[spot] = np.nextafter(changed[spot], np.inf)
    assert digest(basis.assign({name: (basis[name].dims, changed)})) != before
    assert digest(basis.assign({name: (basis[name].dims, values.copy())})) == before


@given(st.permutations(["year", "sex", "age", "group", "benefit"]), st.randoms(use_true_random=False))
def test_no_order_changes_the_digest(dims, random):
    basis = basis_by_hand().assign_attrs(price_basis="nominal", country="Demo")
    names = sorted(map(str, basis.data_vars))
    random.shuffle(names)
    other = basis[names].transpose(*dims).isel(group=[1, 0], benefit=[2, 0, 1])
    other.attrs = dict(reversed(list(basis.attrs.items())))
    assert digest(other) == digest(basis)


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b.rename_vars(inflation="gdp"),
        lambda b: b.assign_coords(year=b["year"] + 1),
        lambda b: b.assign_coords(benefit=["old_age", "widows", "grant"]),
        lambda b: b.isel(year=slice(0, -1)),
        lambda b: b.assign_attrs(coverage_concept="any"),
        lambda b: b.assign(inflation=b["inflation"].assign_attrs(source="central bank")),
        lambda b: b.drop_vars("asfr"),
        lambda b: b.assign(inflation=b["inflation"].where(b["year"] > 2025)),
        lambda b: b.assign(reserve_0=b["reserve_0"].expand_dims(scenario=["central"])),
    ],
)
def test_a_changed_label_word_or_shape_changes_the_digest(basis, change):
    assert digest(change(basis)) != digest(basis)


def test_the_order_of_scenarios_counts():
    two = xr.Dataset({"inflation": ("scenario", [0.01, 0.02])}, {"scenario": ["low", "high"]})
    assert digest(two) != digest(two.isel(scenario=[1, 0]))


def test_annotations_of_the_vocabulary_do_not_count(basis):
    assert digest(annotate(basis)) == digest(basis)


def test_storage_does_not_count(basis):
    whole = basis.assign(reserve_0=((), 5.0))
    assert digest(whole.assign(reserve_0=((), np.float32(5)))) == digest(whole)
    assert digest(whole.assign(reserve_0=((), 5))) == digest(whole)
    assert digest(whole.assign(reserve_0=((), -0.0))) == digest(whole.assign(reserve_0=((), 0.0)))


def test_the_digest_is_the_same_in_every_process():
    plain = xr.Dataset({"inflation": ("year", [0.02, 0.03])}, {"year": [2025, 2026]})
    assert digest(plain) == "7e91f7f6f2e009e59736221d997a3b99e72b5ad576cc0c7045eb420aca78e484"


def test_the_same_law_in_another_order_has_the_same_digest():
    head, *parts = LAW.split("[[")
    swapped = "[[".join([head, *reversed(parts)])
    assert digest(parse_scheme(swapped)) == digest(parse_scheme(LAW))
    written = LAW.replace("0.80", "0.8000").replace("months = 3", "months = 3.0")
    assert digest(parse_scheme(written)) == digest(parse_scheme(LAW))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2035 = 0.06", "2035 = 0.061"),
        ("2035 = 0.06", "2036 = 0.06"),
        ('path = "ramp"', 'path = "step"'),
        ("accrual = 0.0175", "accrual = 0.0176"),
        ("months = 3", "months = 4"),
        ('name = "employers"', 'name = "firms"'),
        ('payer = "employer"', 'payer = "other"'),
        ('currency = "LTD"', 'currency = "EUR"'),
    ],
)
def test_a_changed_law_changes_the_digest(old, new):
    assert old in LAW
    assert digest(parse_scheme(LAW.replace(old, new))) != digest(parse_scheme(LAW))


@dataclass(frozen=True)
class Grant:
    """A benefit of a user's own, with a table and a function in it."""

    name: str
    table: xr.DataArray
    formula: object

    def claim(self, person):
        return 1.0


def test_objects_of_ones_own_count_with_what_they_hold():
    def by(rate):
        return lambda service: rate * service

    table = xr.DataArray([1.0, 2.0], dims="sex", coords={"sex": ["male", "female"]})
    first = Grant("grant", table, by(0.01))
    assert digest(first) == digest(Grant("grant", table.copy(), by(0.01)))
    assert digest(first) != digest(dataclasses.replace(first, table=table * 2))
    assert digest(first) != digest(dataclasses.replace(first, formula=by(0.02)))


def test_a_class_counts_with_its_source():
    spaces = [{"__name__": "mine"}, {"__name__": "mine"}]
    for space, share in zip(spaces, ("0.5", "0.6"), strict=True):
        exec(f"class Rule:\n    def claim(self, person):\n        return {share}\n", space)
    assert digest(spaces[0]["Rule"]()) != digest(spaces[1]["Rule"]())


def test_what_has_no_words_is_refused():
    with pytest.raises(BadInput, match=r"digest: <object object at .*> of object cannot be put into words"):
        digest(object())


def test_the_manifest_tells_what_a_result_was_made_of(basis):
    scheme = parse_scheme(LAW)
    calibrated = basis.assign(calibration=("line", [1.05])).assign_coords(line=["insurable_earnings"])
    calibrated = calibrated.assign_attrs(calibration_reason="arrears of two employers")
    result = result_by_hand()
    told = provenance.manifest(
        result, calibrated, scheme, command=["actuarial", "value"], warnings=["low density"], accounts=LINES,
        files={"result.nc": "abc", "basis.nc": "fed", "result.xlsx": "def"}, left_out={"scheme": "it has no word"},
    )  # fmt: skip
    named = {"name": "National Pension Scheme", "digest": digest(scheme)}
    assert told["scheme"] == {**named, "stored": False, "reason": "it has no word"}
    assert told["basis"]["digest"] == digest(calibrated)
    assert told["basis"]["stored"] is True
    assert told["calibration"] == {"factors": {"insurable_earnings": 1.05}, "reason": "arrears of two employers"}
    assert (told["years"], told["scenarios"], told["service_grid"]) == ([2025, 2065], [], "months")
    assert told["files"] == {"result.nc": "abc", "basis.nc": "fed"}, "a workbook holds its time of writing"
    assert told["stack"]["numpy"] == np.__version__
    assert told["warnings"] == ["low density"]
    assert told["cpu"]
    assert told["written"].endswith("+00:00")
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_the_manifest_flags_what_was_back_cast(basis):
    told = provenance.assumed(basis)
    assert told["wage_growth_past"] == "the first projected rate is used and flagged"
    assert told["declared_share"] == "1"
    given = basis.assign(wage_growth_past=("past_year", [0.03, 0.04])).assign_coords(past_year=[2023, 2024])
    assert provenance.assumed(given)["wage_growth_past"] == "given from 2023; the rate of that year for years before it"


def test_a_file_is_digested_by_its_bytes(tmp_path):
    path = Path(tmp_path / "one")
    path.write_bytes(b"abc")
    assert provenance.file_digest(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
