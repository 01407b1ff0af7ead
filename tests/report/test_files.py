"""The files of a run: complete, or not there at all."""

import json
import shutil

import numpy as np
import pytest
import xarray as xr

from actuarial import netcdf, provenance
from actuarial.errors import BadInput
from actuarial.readers.open import open_basis
from actuarial.report import files
from actuarial.scheme_saving import scheme_text
from tests.reference.full_law import full_law
from tests.report.made import LINES, basis_by_hand, result_by_hand, two_scenarios


class Law:
    """Stands for a scheme that no file can hold."""

    name = "National Pension Scheme"


def write(folder, result=None, scheme=None, basis=None):
    return files.write_result(
        result_by_hand() if result is None else result,
        folder,
        basis=basis_by_hand() if basis is None else basis,
        scheme=full_law() if scheme is None else scheme,
        command=["actuarial", "demo"],
        warnings=["density is low"],
        accounts=LINES,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of a run, which no test changes."""
    folder = tmp_path_factory.mktemp("made") / "run"
    write(folder)
    return folder


def test_five_files_and_nothing_else(tmp_path):
    paths = write(tmp_path / "new" / "out")
    expected = ["basis.nc", "manifest.json", "result.nc", "result.xlsx", "scheme.toml"]
    assert sorted(path.name for path in (tmp_path / "new" / "out").iterdir()) == sorted(paths) == expected


@pytest.mark.parametrize("by_hand", [result_by_hand, two_scenarios])
def test_the_result_comes_back_from_the_file(tmp_path, by_hand):
    result = by_hand()
    with xr.open_dataset(write(tmp_path, result)["result.nc"], engine="h5netcdf") as back:
        xr.testing.assert_identical(back.load().drop_attrs(), result.drop_attrs())
        assert back.attrs["scheme"] == "National Pension Scheme"


def test_without_h5netcdf_the_file_is_netcdf3(tmp_path, monkeypatch):
    monkeypatch.setattr(netcdf, "find_spec", {"h5netcdf": "there"}.get)  # h5py, which it needs, is not there
    path = files.write_netcdf(two_scenarios(), tmp_path / "result.nc")
    assert path.read_bytes()[:4] == b"CDF\x02"
    with xr.open_dataset(path, engine="scipy") as back:
        expected = two_scenarios()
        assert back["benefit"].values.tolist() == expected["benefit"].values.tolist()
        assert back["year"].values.tolist() == expected["year"].values.tolist()
        np.testing.assert_array_equal(back["benefit_expenditure"].values, expected["benefit_expenditure"].values)


def test_attributes_that_netcdf_cannot_hold_become_words(tmp_path):
    odd = result_by_hand().assign_attrs(flag=True, nothing=None, passes=np.int64(3), paths={"a": [1, 2]})
    odd["reserve"].attrs["first_year"] = [2025, True]
    with xr.open_dataset(files.write_netcdf(odd, tmp_path / "r.nc"), engine="h5netcdf") as back:
        assert (back.attrs["flag"], back.attrs["nothing"], back.attrs["passes"]) == ("true", "null", 3)
        assert back.attrs["paths"] == '{"a": [1, 2]}'
        assert back["reserve"].attrs["first_year"] == "[2025, true]"
    assert odd.attrs["flag"] is True, "the result itself is left alone"


def test_the_manifest_holds_the_digests_of_the_files(made):
    paths = {path.name: path for path in made.iterdir()}
    written = json.loads(paths["manifest.json"].read_text(encoding="utf-8"))
    stored = ("result.nc", "basis.nc", "scheme.toml")
    assert written["files"] == {name: provenance.file_digest(paths[name]) for name in stored}
    assert (written["basis"]["stored"], written["scheme"]["stored"]) == (True, True)
    assert written["command"] == ["actuarial", "demo"]
    assert written["warnings"] == ["density is low"]
    assert written["accounts"][1]["ratio"] == 1.04


def test_the_inputs_come_back_from_their_files(made):
    paths = {path.name: path for path in made.iterdir()}
    assert provenance.digest(open_basis(paths["basis.nc"])) == provenance.digest(basis_by_hand())
    assert paths["scheme.toml"].read_text(encoding="utf-8") == scheme_text(full_law())


def test_inputs_that_no_file_can_hold_are_left_out_and_the_manifest_says_why(tmp_path):
    write(tmp_path)
    paths = write(tmp_path, scheme=Law(), basis=basis_by_hand().assign_attrs(currency=""))
    names = ["manifest.json", "result.nc", "result.xlsx"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(paths) == names, "those of before are gone"
    written = json.loads(paths["manifest.json"].read_text(encoding="utf-8"))
    assert written["files"] == {"result.nc": provenance.file_digest(paths["result.nc"])}
    assert written["scheme"]["stored"] is False
    assert written["scheme"]["reason"].startswith("scheme: must be a Scheme (got Law).")
    assert written["basis"]["stored"] is False
    assert written["basis"]["reason"].startswith("the attribute currency is missing")


def test_labels_that_a_dropped_variable_leaves_behind_do_not_keep_a_basis_from_its_file(tmp_path):
    basis = basis_by_hand().assign_coords(line=["contributions"])
    paths = write(tmp_path, basis=basis)
    assert json.loads(paths["manifest.json"].read_text(encoding="utf-8"))["basis"]["stored"] is True
    assert "line" not in open_basis(paths["basis.nc"]).coords


@pytest.mark.parametrize("name", ["basis.nc", "scheme.toml"])
def test_inputs_that_no_run_wrote_are_not_replaced(made, tmp_path, name):
    shutil.copytree(made, tmp_path / "run")
    write(tmp_path / "run", result_by_hand(2.0))
    for folder in (tmp_path / "run", tmp_path):
        (folder / name).write_text("my own", encoding="utf-8")
        with pytest.raises(BadInput, match=rf"the folder holds {name}, which no run wrote there and a run would repl"):
            write(folder)
        assert (folder / name).read_text(encoding="utf-8") == "my own"


def test_the_same_result_has_the_same_bytes(tmp_path):
    first, second = (files.write_netcdf(result_by_hand(), tmp_path / name) for name in ("a.nc", "b.nc"))
    assert provenance.file_digest(first) == provenance.file_digest(second)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
@pytest.mark.parametrize("step", ["write_netcdf", "save_basis", "scheme_text", "write_workbook"])
def test_an_interruption_leaves_nothing_new(made, tmp_path, monkeypatch, step, error):
    def stop(*_, **__):
        raise error

    old = shutil.copytree(made, tmp_path / "there")
    before = {path.name: path.read_bytes() for path in old.iterdir()}
    monkeypatch.setattr(files, step, stop)
    for folder in (old, tmp_path / "new"):
        with pytest.raises(error):
            write(folder, result_by_hand(2.0))
    assert {path.name: path.read_bytes() for path in old.iterdir()} == before
    assert not (tmp_path / "new").exists()


def test_a_full_disk_is_told(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    for step in ("write_netcdf", "save_basis"):
        monkeypatch.setattr(files, step, full)
        with pytest.raises(BadInput, match="the result cannot be written: No space left on device"):
            write(tmp_path)
        assert list(tmp_path.iterdir()) == []
        monkeypatch.undo()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(BadInput, match=r"the folder cannot be written: .*file is a file\.\n  Give another folder"):
            files.writable(place)


def test_asking_for_a_folder_makes_none(tmp_path):
    assert files.writable(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert list(tmp_path.iterdir()) == []
