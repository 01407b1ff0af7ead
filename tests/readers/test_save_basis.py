"""Saving a basis: exact round trips, nothing half-written, nothing deleted that is not a basis."""

import csv
import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from actuarial import netcdf
from actuarial.basis import save_basis, saving, scenarios
from actuarial.errors import BadBasis, BadDimensions, BadInput, MissingVariable, OutOfBounds
from actuarial.readers.open import open_basis
from actuarial.vocabulary import annotate
from tests.reference.health import health_basis
from tests.reference.small import small_basis

BASIS = small_basis()
FORMATS = ["basis", "basis.nc"]


def same(left, right):
    """Values bit by bit, labels with their types, attributes."""
    xr.testing.assert_identical(left, right)
    for name in right.variables:
        assert left[name].dims == right[name].dims, name
        assert left[name].dtype == right[name].dtype, name
        assert left[name].values.tobytes() == right[name].values.tobytes(), name
    assert list(left.attrs.items()) == list(right.attrs.items())


def tiny(values=(0.5, 0.5), **attrs):
    """One variable of years."""
    years = np.arange(2025, 2025 + len(values))
    return annotate(xr.Dataset({"inflation": ("year", np.array(values))}, {"year": years}, attrs=attrs))


@pytest.mark.parametrize("name", FORMATS)
def test_the_round_trip_is_exact(tmp_path, name):
    save_basis(BASIS, tmp_path / name)
    same(open_basis(tmp_path / name), BASIS)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", FORMATS)
def test_scenarios_come_back(tmp_path, name):
    low = BASIS[["asfr", "reserve_0"]] * 0.3
    several = scenarios(BASIS, central=lambda b: b, low=lambda b: b.assign(low))
    save_basis(several, tmp_path / name)
    same(open_basis(tmp_path / name), several)


@pytest.mark.parametrize("name", FORMATS)
def test_what_health_schemes_read_comes_back_with_days_and_lags_as_numbers(tmp_path, name):
    days = xr.DataArray(0.5 ** np.arange(12), dims="day", coords={"day": np.arange(12)})
    health = annotate(health_basis(2).assign(sickness_survival=days))
    save_basis(health, tmp_path / name)
    back = open_basis(tmp_path / name)
    same(back, health)
    assert back["day"].dtype.kind == back["lag"].dtype.kind == "i"


def test_netcdf_without_h5netcdf(tmp_path, monkeypatch):
    monkeypatch.setattr(netcdf, "find_spec", lambda name: None)
    test_words_of_all_kinds(tmp_path, "words.nc")
    save_basis(BASIS, tmp_path / "basis.nc")
    assert (tmp_path / "basis.nc").read_bytes()[:3] == b"CDF"
    same(open_basis(tmp_path / "basis.nc"), BASIS)


@pytest.mark.skipif(not find_spec("h5netcdf"), reason="h5netcdf is not installed")
def test_netcdf_is_netcdf_4_where_possible(tmp_path):
    save_basis(tiny(), tmp_path / "basis.nc")
    assert (tmp_path / "basis.nc").read_bytes()[:4] == b"\x89HDF"


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=12), st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back_bit_by_bit(tmp_path_factory, rates, reserve):
    folder = tmp_path_factory.mktemp("numbers")
    basis = tiny(rates, valuation_date="2024-12-31", currency="LTD", price_basis="nominal", zero=-0.0)
    basis = annotate(basis.assign(reserve_0=reserve))
    save_basis(basis, folder / "basis")
    same(open_basis(folder / "basis"), basis)


@pytest.mark.parametrize("name", FORMATS)
def test_words_of_all_kinds(tmp_path, name):
    attrs = {
        "name": 'Caisse "nationale"\\ de\nprévoyance, % § \t \x7f',
        "source": "表 1; ا",
        "calibration_reason": "a = [b] # c",
        "version": 3,
        "factor": 0.1,
    }
    groups = ["privé, à vie", 'the "others"', "3", "#1"]
    basis = xr.Dataset({"declared_share": (("year", "group"), np.full((1, 4), 0.1))}, {"year": [2025], "group": groups})
    basis = annotate(basis.assign_attrs(attrs))
    basis["declared_share"].attrs["source"] = 'register of "2024"'
    save_basis(basis, tmp_path / name)
    same(open_basis(tmp_path / name), basis)


@pytest.mark.parametrize("name", FORMATS)
def test_lines_without_a_number(tmp_path, name):
    basis = annotate(
        xr.Dataset(
            {"accounts_0": ("line", [1e9, np.nan]), "calibration": ("line", [np.nan, 1.05])},
            {"line": ["contributions", "expenditure:old_age"]},
            attrs={"currency": "LTD", "price_basis": "nominal"},
        )
    )
    save_basis(basis, tmp_path / name)
    same(open_basis(tmp_path / name), basis)


def test_whole_numbers_and_single_precision_become_float64(tmp_path):
    basis = tiny(np.array([0.1, 0.2], dtype=np.float32)).assign_coords(year=[2025.0, 2026.0])
    save_basis(basis, tmp_path / "basis")
    again = open_basis(tmp_path / "basis")
    assert again["inflation"].values.tolist() == [float(np.float32(0.1)), float(np.float32(0.2))]
    assert again["year"].dtype == np.int64


def test_the_layout_of_the_files(tmp_path):
    save_basis(BASIS.assign_attrs(note="x"), tmp_path / "basis")
    lines = (tmp_path / "basis" / "coverage.csv").read_text().splitlines()
    assert lines[:2] == ["year,group,male,female", f"2025,private,{0.30 * 1.01!r},{0.24 * 1.01!r}"]
    assert (tmp_path / "basis" / "srb.csv").read_text().splitlines()[:2] == ["year,value", "2025,1.05"]
    toml = (tmp_path / "basis" / "basis.toml").read_text()
    assert toml.startswith('format = 1\n\n[attributes]\nname = "Small"\nvaluation_date = "2024-12-31"\n')
    assert "\nspouse_age_gap = 3.0  # years\n" in toml
    assert '\n[variables.coverage]\ndims = ["year", "group", "sex"]\nunits = "fraction"\n' in toml


@pytest.mark.parametrize("name", FORMATS)
def test_a_basis_replaces_an_older_one(tmp_path, name):
    save_basis(BASIS, tmp_path / name)
    save_basis(tiny(), tmp_path / name)
    same(open_basis(tmp_path / name), tiny())
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "basis").mkdir()
    save_basis(tiny(), tmp_path / "basis")
    same(open_basis(tmp_path / "basis"), tiny())


class Interrupted(BaseException):
    """As a key pressed or a full disk."""


def _in_the_middle_of_a_table(monkeypatch):
    count = 0
    number = saving._number

    def failing(value):
        nonlocal count
        count += 1
        if count > 3000:
            raise Interrupted
        return number(value)

    monkeypatch.setattr(saving, "_number", failing)


def _before_the_header(monkeypatch):
    monkeypatch.setattr(saving, "_toml", lambda basis: (_ for _ in ()).throw(Interrupted))


def _at_the_first_renaming(monkeypatch):
    monkeypatch.setattr(Path, "rename", lambda self, target: (_ for _ in ()).throw(Interrupted))


def _at_the_second_renaming(monkeypatch):
    real, calls = Path.rename, []

    def failing(self, target):
        calls.append(target)
        if len(calls) == 2:
            raise Interrupted
        return real(self, target)

    monkeypatch.setattr(Path, "rename", failing)


@pytest.mark.parametrize(
    "failure", [_in_the_middle_of_a_table, _before_the_header, _at_the_first_renaming, _at_the_second_renaming]
)
def test_an_interruption_leaves_the_older_folder_as_it_was(tmp_path, monkeypatch, failure):
    save_basis(tiny(), tmp_path / "basis")
    with monkeypatch.context() as patched:
        failure(patched)
        with pytest.raises(Interrupted):
            save_basis(BASIS, tmp_path / "basis")
    assert [entry.name for entry in tmp_path.iterdir()] == ["basis"]
    same(open_basis(tmp_path / "basis"), tiny())


def test_an_interruption_leaves_no_folder_where_there_was_none(tmp_path, monkeypatch):
    _in_the_middle_of_a_table(monkeypatch)
    with pytest.raises(Interrupted):
        save_basis(BASIS, tmp_path / "basis")
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_the_older_file_as_it_was(tmp_path, monkeypatch):
    save_basis(tiny(), tmp_path / "basis.nc")

    def failing(dataset, path):
        netcdf.write_dataset(dataset, path)
        raise Interrupted

    with monkeypatch.context() as patched:
        patched.setattr(saving, "write_dataset", failing)
        with pytest.raises(Interrupted):
            save_basis(BASIS, tmp_path / "basis.nc")
    assert [entry.name for entry in tmp_path.iterdir()] == ["basis.nc"]
    same(open_basis(tmp_path / "basis.nc"), tiny())


def test_the_new_folder_has_the_usual_permissions(tmp_path):
    save_basis(tiny(), tmp_path / "basis")
    (tmp_path / "other").mkdir()
    assert (tmp_path / "basis").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("name", FORMATS)
def test_relative_paths(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    save_basis(tiny(), name)
    same(open_basis(name), tiny())
    assert os.listdir() == [name]  # noqa: PTH208


def _foreign(folder):
    (folder / "basis").mkdir()
    (folder / "basis" / "thesis.docx").write_text("years of work")


def _with_notes(folder):
    save_basis(tiny(), folder / "basis")
    (folder / "basis" / "notes.md").write_text("sources")


def _file(folder):
    (folder / "basis").write_text("a file")


TARGETS = {
    "another folder": (
        _foreign,
        "basis",
        "{}/basis is a folder without basis.toml, so it is no basis. Give another path.",
    ),
    "notes beside": (
        _with_notes,
        "basis",
        "{}/basis holds notes.md beside the basis, which replacing it would delete.\n"
        "  Move them elsewhere, or give another path.",
    ),
    "a file": (_file, "basis", "{}/basis is a file. Give the path of a folder, or one that ends in .nc."),
    "a folder.nc": (
        lambda folder: (folder / "basis.nc").mkdir(),
        "basis.nc",
        "{}/basis.nc is a folder. Give the name of a file, or leave .nc out for a folder of CSV files.",
    ),
    "below a file": (
        _file,
        "basis/inner/basis",
        "{0}/basis/inner/basis: the folder {0}/basis/inner cannot be made: Not a directory. Give another path.",
    ),
}


def test_a_folder_around_a_basis_and_exchanged_arguments_are_told(tmp_path):
    save_basis(tiny(), tmp_path / "country" / "basis")
    with pytest.raises(BadBasis, match=r"no basis.toml, .*\. Did you mean .*country.basis\?$"):
        open_basis(tmp_path / "country")
    with pytest.raises(BadInput, match=r"got str, Dataset\)\.\n  Write save_basis\(basis, path\)\."):
        save_basis("basis", tiny())


def test_labels_that_no_variable_has_any_more_are_left_out(tmp_path):
    basis = BASIS.assign(accounts_0=("line", [1.0])).assign_coords(line=["contributions"]).drop_vars("accounts_0")
    for name in ("basis", "basis.nc"):
        save_basis(basis, tmp_path / name)
        assert "line" not in open_basis(tmp_path / name).coords


@pytest.mark.parametrize("case", TARGETS)
def test_targets_that_are_refused_stay_as_they_are(tmp_path, case):
    prepare, name, text = TARGETS[case]
    prepare(tmp_path)
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    with pytest.raises(BadBasis) as caught:
        save_basis(tiny(), tmp_path / name)
    assert str(caught.value) == text.format(tmp_path)
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


BASES = {
    "a result": (
        lambda: BASIS.assign(reserve=("year", np.zeros(10))),
        BadBasis,
        "reserve is no variable of a basis but a result (finance). Drop it.",
    ),
    "an unknown variable": (
        lambda: BASIS.assign(spouse_age_gaps=3.0),
        BadInput,
        "the vocabulary has no variable 'spouse_age_gaps'; did you mean spouse_age_gap, spouse_age_sd?",
    ),
    "a missing attribute": (
        lambda: BASIS.assign_attrs(coverage_concept=""),
        BadBasis,
        "the attribute coverage_concept is missing: which insured the coverage rate counts, one of status, average, "
        "any. Add it.",
    ),
    "an attribute of another kind": (
        lambda: BASIS.assign_attrs(checked=True),
        BadBasis,
        "the attribute checked is True; attributes must be words or numbers. Write it as words.",
    ),
    "a coordinate beside": (
        lambda: BASIS.assign_coords(half=("year", np.zeros(10))),
        BadBasis,
        "the coordinate half belongs to no dimension. Drop it: basis.drop_vars('half').",
    ),
    "an unused dim": (
        lambda: BASIS.drop_vars(["pensioners_0", "pension_0"]),
        BadBasis,
        "no variable has the dimension benefit. Drop it: basis.drop_dims('benefit').",
    ),
    "no labels": (
        lambda: BASIS.drop_vars("group"),
        BadDimensions,
        "group has no labels. Give them: basis.assign_coords(group=[...]).",
    ),
    "labels that are no words": (
        lambda: BASIS.assign_coords(group=["private", " "]),
        BadDimensions,
        "group: the labels must be different words without spaces around them (got ['private', ' ']).",
    ),
    "half months": (
        lambda: BASIS.assign_coords(service=np.arange(481) + 0.5),
        BadDimensions,
        "service: the labels must be whole numbers (got np.float64(0.5)).",
    ),
    "bounds": (
        lambda: BASIS.assign(srb=3.0 + 0 * BASIS.srb),
        OutOfBounds,
        "srb (Sex ratio at birth) must lie in [0.5, 2].\n  10 of 10 cells fail; the first: year=2025 -> 3\n"
        "  Correct the cells.",
    ),
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("case", BASES)
def test_bases_that_are_refused(tmp_path, case, name):
    make, error, text = BASES[case]
    with pytest.raises(error) as caught:
        save_basis(make(), tmp_path / name)
    assert str(caught.value) == text
    assert list(tmp_path.iterdir()) == []


def test_a_number_without_dims_keeps_no_attributes_of_its_own(tmp_path):
    basis = annotate(xr.Dataset({"spouse_age_gap": 3.0}))
    basis["spouse_age_gap"].attrs["source"] = "census"
    with pytest.raises(BadBasis) as caught:
        save_basis(basis, tmp_path / "basis")
    assert str(caught.value) == (
        "spouse_age_gap has the attribute source, which a number without dims cannot keep. Drop it."
    )


def test_part_of_a_basis_can_be_saved_and_is_not_complete(tmp_path):
    save_basis(BASIS[["mx", "asfr", "srb"]].assign_attrs(name="Part"), tmp_path / "basis")
    again = open_basis(tmp_path / "basis")
    from actuarial.check.basis import check_inputs

    with pytest.raises(MissingVariable):
        check_inputs(again)


def test_the_tables_are_plain_csv(tmp_path):
    save_basis(BASIS, tmp_path / "basis")
    with (tmp_path / "basis" / "salary_0.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[3]["45"]) == float(BASIS.salary_0.sel(group="public", sex="female", age=45))


def test_folders_above_the_target_are_made(tmp_path):
    save_basis(tiny(), tmp_path / "my_country" / "central" / "basis")
    assert (tmp_path / "my_country" / "central" / "basis" / "basis.toml").is_file()
