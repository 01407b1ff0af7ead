"""A run that was written comes back: the same numbers, the same inputs, the same result when it is projected again."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
import xarray as xr

import actuarial as ac
from actuarial import cli, netcdf, provenance
from actuarial.contract import Amount, Benefit
from actuarial.errors import BadBasis, BadInput, BadScheme
from actuarial.readers.rerun import differences, recompute
from tests.reference.full_law import full_law
from tests.reference.small import small_basis


@pytest.fixture(scope="module")
def basis():
    return small_basis().isel(year=slice(0, 2)).assign_attrs(country="Pays n° 1", calibration_reason="none, so far")


@pytest.fixture(scope="module")
def result(basis):
    return ac.project(basis, full_law(), service="years", migration="even")


@pytest.fixture(scope="module")
def written(basis, result, tmp_path_factory):
    """A folder of a run, which no test changes."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    ac.report.write_result(result, folder, basis=basis, scheme=full_law())
    return folder


@pytest.fixture
def run(written, tmp_path):
    """A copy that a test may change."""
    return shutil.copytree(written, tmp_path / "run")


def altered(folder, change):
    """Change the manifest of a run."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def same_result(opened, result):
    xr.testing.assert_identical(opened, result)
    for name, array in result.variables.items():
        assert opened[name].dtype.kind == array.dtype.kind, name
        assert opened[name].dtype.itemsize == array.dtype.itemsize, name
        if array.dtype.kind == "f":
            assert opened[name].values.tobytes() == np.ascontiguousarray(array.values).tobytes(), name
        assert {key: type(value) for key, value in opened[name].attrs.items()} == {
            key: type(value.item() if hasattr(value, "item") else value) for key, value in array.attrs.items()
        }, name


def test_everything_comes_back(written, basis, result):
    opened, assumptions, scheme, manifest = run = ac.open_run(written)
    assert repr(run).endswith(f"{opened.year[0]:d} to {opened.year[-1]:d}: .result, .basis, .scheme, .manifest>")
    same_result(opened, result)
    assert list(opened.data_vars) == list(result.data_vars)
    assert provenance.digest(assumptions) == provenance.digest(basis)
    assert provenance.digest(scheme) == provenance.digest(full_law())
    assert manifest == json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    assert opened["payer"].values.tolist() == [line.payer for line in full_law().contributions]
    assert opened["base"].dims == ("contribution",)
    assert opened["flow_timing"].attrs["within_year"] == "compound"
    assert opened["claims_number"].attrs["events"].split() == [one.on or "none" for one in full_law().benefits]


def test_a_result_is_written_as_it_is(result, tmp_path):
    result.to_netcdf(tmp_path / "result.nc")
    with xr.open_dataset(tmp_path / "result.nc") as opened:
        xr.testing.assert_equal(opened, result)
        assert opened["flow_timing"].attrs["within_year"] == "compound"


def test_everything_comes_back_from_netcdf3(tmp_path, monkeypatch, basis, result):
    monkeypatch.setattr(netcdf, "find_spec", lambda _: None)
    paths = ac.report.write_result(result, tmp_path, basis=basis, scheme=full_law())
    assert paths["result.nc"].read_bytes()[:3] == paths["basis.nc"].read_bytes()[:3] == b"CDF"
    run = ac.open_run(tmp_path)
    same_result(run.result, result)
    assert provenance.digest(run.basis) == provenance.digest(basis)
    assert set(differences(run.result, recompute(run)).values()) == {0.0}


def test_scenarios_come_back(tmp_path, basis):
    both = ac.scenarios(basis, central=lambda b: b, low=lambda b: b.assign(wage_growth=b["wage_growth"] - 0.01))
    result = ac.project(both, full_law(), service="years")
    ac.report.write_result(result, tmp_path, basis=both, scheme=full_law())
    run = ac.open_run(tmp_path)
    same_result(run.result, result)
    assert provenance.digest(run.basis) == provenance.digest(both)


def test_the_run_is_projected_again_as_it_was(written, result):
    stages = []
    again = recompute(ac.open_run(written), progress=stages.append)
    assert (again.attrs["service_grid"], again.attrs["migration_timing"]) == ("years", "even")
    assert set(differences(result, again).values()) == {0.0}
    assert stages[0] == "checks"


def test_tables_are_made_of_an_opened_run(written, basis, result):
    run = ac.open_run(written)
    first, second = (ac.report.key_results(one) for one in (result, run.result))
    np.testing.assert_array_equal(first.to_numpy(), second.to_numpy())


def test_files_that_are_missing_or_changed_are_told_at_once(run):
    (run / "scheme.toml").unlink()
    with (run / "basis.nc").open("ab") as file:
        file.write(b"x")
    with pytest.raises(BadInput) as caught:
        ac.open_run(run)
    assert str(caught.value) == (
        f"{run}: 2 of 3 files are not those of the run.\n"
        "  basis.nc: changed, its digest is not the one in manifest.json\n"
        "  scheme.toml: missing\n"
        "  Restore them, or write the run again."
    )


def test_what_is_no_run(run, tmp_path):
    give = r"\n  Give the folder that a run was written to"
    with pytest.raises(BadInput, match=rf"none: there is no such folder.{give}.$"):
        ac.open_run(tmp_path / "none")
    with pytest.raises(BadInput, match=rf"{run.name}s: there is no such folder.{give}: {run}.$"):
        ac.open_run(run.with_name(f"{run.name}s"))
    with pytest.raises(BadInput, match=rf"scheme.toml: it is a file, and a run is a folder.{give}: {run}.$"):
        ac.open_run(run / "scheme.toml")
    with pytest.raises(BadInput, match=rf": manifest.json is missing, so this is no run.{give}: {run}.$"):
        ac.open_run(run.parent)
    altered(run, lambda manifest: manifest.pop("library"))
    with pytest.raises(BadInput, match=r"manifest.json: the manifest lacks library.\n  Restore it, or write the run"):
        ac.open_run(run)
    (run / "manifest.json").write_text("[]", encoding="utf-8")
    with pytest.raises(BadInput, match=r"manifest.json: the manifest lacks library, scheme, basis, result, files."):
        ac.open_run(run)
    (run / "manifest.json").write_text('{"library"', encoding="utf-8")
    with pytest.raises(BadInput, match=r"manifest.json: it cannot be read \(.*\).\n  Restore it, or write the run"):
        ac.open_run(run)


@pytest.mark.parametrize(("name", "kind"), [("result.nc", BadInput), ("basis.nc", BadBasis)])
def test_a_file_that_is_no_netcdf(run, name, kind):
    (run / name).write_bytes((run / name).read_bytes()[:1000])
    altered(run, lambda manifest: manifest["files"].update({name: provenance.file_digest(run / name)}))
    with pytest.raises(kind, match=rf"{name}: the file cannot be read as netCDF"):
        ac.open_run(run)


@pytest.mark.parametrize(("part", "kind"), [("result", BadInput), ("basis", BadBasis), ("scheme", BadScheme)])
def test_what_is_read_is_what_was_written(run, part, kind):
    altered(run, lambda manifest: manifest[part].update(digest="0" * 64))
    with pytest.raises(BadInput, match=rf"{part}\.(nc|toml): the {part} that was read is not the one") as caught:
        ac.open_run(run)
    assert type(caught.value) is kind


def test_another_version_is_a_note(run, result):
    altered(run, lambda manifest: manifest["library"].update(actuarial="0.0.9") or manifest["scheme"].update(digest=""))
    opened = ac.open_run(run).result
    note = f"this run was written by actuarial 0.0.9 and opened with {ac.__version__}"
    assert opened.attrs["warnings"].splitlines() == [*result.attrs["warnings"].splitlines(), note]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Gift(Benefit):
    """A benefit of one's own that has no word in scheme files."""

    name: str = "gift"
    on: str | None = "death"
    lump_sum: bool = True

    def claim(self, person):
        return 1.0

    def award(self, person):
        return Amount(rate=1.0, base="average_wage")


def test_a_scheme_that_no_file_can_hold(tmp_path, basis, capsys):
    scheme = full_law(benefits=(*full_law().benefits, Gift()))
    result = ac.project(basis, scheme, service="years")
    paths = ac.report.write_result(result, tmp_path, basis=basis, scheme=scheme)
    assert "scheme.toml" not in paths
    run = ac.open_run(tmp_path)
    assert run.scheme is None
    assert run.manifest["scheme"]["digest"] == provenance.digest(scheme)
    same_result(run.result, result)
    with pytest.raises(BadInput, match=r"the scheme of the run is not stored, .* again: gift: Gift has no word"):
        recompute(run)
    assert cli.main(["verify", str(tmp_path)]) == 0
    assert "  scheme.toml  not stored: gift: Gift has no word in scheme files." in capsys.readouterr().out
    assert cli.main(["verify", str(tmp_path), "--recompute"]) == 2


def test_a_run_that_does_not_tell_how_it_was_made(run):
    altered(run, lambda manifest: manifest.update(migration_timing=""))
    with pytest.raises(BadInput, match="the manifest does not tell the grid of service and the timing of migration"):
        recompute(ac.open_run(run))


def test_verify_tells_the_state_of_each_file(run, capsys):
    assert cli.main(["verify", str(run)]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.startswith(f"{run}: written 20")
    assert head.endswith(f" by actuarial {ac.__version__}")
    assert lines == [
        "  result.nc    ok",
        "  basis.nc     ok",
        "  scheme.toml  ok",
        "  result.xlsx  there, not compared: it holds the time of writing",
    ]
    (run / "basis.nc").unlink()
    (run / "result.xlsx").unlink()
    (run / "scheme.toml").write_text("")
    assert cli.main(["verify", str(run), "--recompute"]) == 2
    printed = capsys.readouterr()
    assert printed.out.splitlines()[1:] == [
        "  result.nc    ok",
        "  basis.nc     missing",
        "  scheme.toml  changed",
        "  result.xlsx  missing",
    ]
    assert printed.err.startswith(f"actuarial: {run}: 2 of 3 files are not those of the run.")


def test_verify_computes_again(written, capsys):
    assert cli.main(["verify", str(written), "--recompute"]) == 0
    count = len(ac.open_run(written).result.variables)
    assert f": all {count} variables are equal to the last bit.\n" in capsys.readouterr().out


def test_verify_finds_other_numbers(tmp_path, basis, result, capsys):
    odd = result.assign(reserve=result["reserve"] * (1 + 1e-9), mine=result["reserve"])
    ac.report.write_result(odd, tmp_path, basis=basis, scheme=full_law())
    assert cli.main(["verify", str(tmp_path), "--recompute"]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines[-4].endswith(f": 2 of {len(odd.variables)} variables differ.")
    assert lines[-3:] == [
        "Greatest relative difference",
        "  mine     other dims, labels or cells",
        "  reserve  1e-09",
    ]


def test_differences_by_variable():
    first = xr.Dataset(
        {
            "same": ("year", [1.0, np.nan]),
            "near": ("year", [2.0, 0.0]),
            "gap": ("year", [1.0, 2.0]),
            "turned": (("year", "sex"), np.ones((2, 2))),
            "gone": ((), 1.0),
        },
        {"year": [2025, 2026], "sex": ["male", "female"], "payer": ("year", ["state", "other"])},
    )
    second = first.drop_vars("gone").assign(
        near=("year", [2.5, 0.0]), gap=("year", [1.0, np.nan]), turned=first["turned"].transpose("sex", "year")
    )
    second = second.assign_coords(payer=("year", ["state", "state"]))
    assert differences(first, first.copy(deep=True)) == dict.fromkeys([*first.variables], 0.0)
    found = {name: value for name, value in differences(first, second).items() if value}
    assert found == {"near": 0.2, "gap": np.inf, "turned": np.inf, "gone": np.inf, "payer": np.inf}
    moved = differences(first, first.assign_coords(year=[2025, 2027]))
    assert {name for name, value in moved.items() if value == 0.0} == {"gone", "sex"}
