"""Files of Datasets beside those that xarray writes of them through h5netcdf."""

import numpy as np
import pytest
import xarray as xr

from actuarial import netcdf
from actuarial.netcdf import read_dataset, write_dataset

h5py = pytest.importorskip("h5py")
pytest.importorskip("h5netcdf")
PACKED = {"zlib": True, "complevel": 1, "shuffle": True}


def made() -> xr.Dataset:
    """Numbers with and without labels, missing ones, whole ones and words, several dims in several orders."""
    numbers = np.random.default_rng(1).normal(size=(3, 2, 4))
    numbers[1, 0, 2] = np.nan
    coords = {"year": [2025, 2026, 2027], "sex": ["male", "female"], "age": np.arange(4), "benefit": ["vieillesse é"]}
    data = {
        "mass": (("year", "sex", "age"), numbers, {"units": "currency", "symbol": "M", "first": 3}),
        "family": (("age", "year"), np.arange(12.0).reshape(4, 3)),
        "months": (("benefit", "sex"), np.array([[1, 2]]), {"share": 0.5}),
        "timing": ((), 0.5, {"within_year": ""}),
        "said": ("sex", np.array(["une", "deux ans"])),
    }
    coords |= {"payer": ("benefit", ["state"]), "days": (("year", "age"), np.ones((3, 4), dtype=int)), "unused": "word"}
    return xr.Dataset(data, coords, {"name": "Caisse", "format": 1, "factor": 0.1})


def layout(path):
    """What is in the file: names in order, kinds, numbers, filters, labels of dims, attributes."""
    with h5py.File(path) as file:
        found = {"": {key: str(value) for key, value in file.attrs.items() if key != "_NCProperties"}}
        for name, one in file.items():
            links = ("DIMENSION_LIST", "REFERENCE_LIST")
            said = {key: (one.attrs.get_id(key).dtype, str(one.attrs[key])) for key in one.attrs if key not in links}
            about = (one.dtype, one.shape, one.chunks, one.compression, one.compression_opts, one.shuffle, one.is_scale)
            found[name] = about, said, str(one[()]), [[scale.name for scale in dim.values()] for dim in one.dims]
        return list(file), found


@pytest.mark.parametrize("packed", [True, False])
def test_the_file_is_that_of_h5netcdf(tmp_path, monkeypatch, packed):
    dataset = made()
    options = {name: PACKED if packed else {"_FillValue": None} for name in dataset.data_vars}
    if packed:
        del options["timing"]
    dataset.to_netcdf(tmp_path / "theirs.nc", engine="h5netcdf", encoding=options)
    monkeypatch.setattr(xr.Dataset, "to_netcdf", None)
    write_dataset(dataset, tmp_path / "ours.nc", packed=packed)
    theirs, ours = (layout(tmp_path / name) for name in ("theirs.nc", "ours.nc"))
    assert ours == theirs
    with xr.open_dataset(tmp_path / "ours.nc", engine="h5netcdf") as back:
        xr.testing.assert_identical(back.load(), dataset)
    monkeypatch.setattr(xr, "open_dataset", None)
    for name in ("theirs.nc", "ours.nc"):
        read = read_dataset((tmp_path / name).read_bytes())
        xr.testing.assert_identical(read, dataset)
        assert list(read.variables) == list(back.variables)
        assert [one.dtype for one in read.variables.values()] == [one.dtype for one in back.variables.values()]
        assert not any(one.encoding for one in read.variables.values())


@pytest.mark.parametrize(
    "odd",
    [
        lambda one: one.assign_coords(part=("year", [0.1, 0.2, np.nan])),
        lambda one: one.assign_coords(age=one["age"] + 0.5),
        lambda one: one.drop_vars("sex"),
        lambda one: one.assign(paid=("sex", [True, False])),
        lambda one: one.assign(single=one["family"].astype("float32")),
        lambda one: one.assign(when=("year", np.array(["2025-01-01"] * 3, dtype="datetime64[ns]"))),
        lambda one: one.isel(age=slice(0, 0)),
        lambda one: one.assign_attrs(several=[1, 2]),
    ],
)
def test_what_is_not_plain_is_left_to_xarray(tmp_path, monkeypatch, odd):
    monkeypatch.setattr(netcdf, "_write", None)
    dataset = odd(made())
    write_dataset(dataset, tmp_path / "odd.nc", packed=True)
    with xr.open_dataset(tmp_path / "odd.nc", engine="h5netcdf") as back:
        xr.testing.assert_equal(back.load(), dataset)
    read = read_dataset((tmp_path / "odd.nc").read_bytes())
    xr.testing.assert_equal(read, dataset if "when" not in dataset else back.assign(when=read["when"]))


def test_files_of_the_netcdf_library_itself(tmp_path):
    """It writes words on a file as plain characters, and no numbers of dims that are in order."""
    write_dataset(made(), tmp_path / "c.nc")
    with h5py.File(tmp_path / "c.nc", "r+") as file:
        file.attrs["name"] = np.bytes_("Caisse")
    xr.testing.assert_identical(read_dataset((tmp_path / "c.nc").read_bytes()), made())
    with h5py.File(tmp_path / "c.nc", "w") as file:
        file["year"], file["mass"] = [2025, 2026], [1.0, 2.0]
        file["year"].make_scale("year")
        file["mass"].dims[0].attach_scale(file["year"])
    read = read_dataset((tmp_path / "c.nc").read_bytes())
    assert read["mass"].sel(year=2026) == 2.0
