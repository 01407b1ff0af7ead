"""Published intervals of World Population Prospects, and what the reader says of files that cannot be meant."""

import numpy as np
import pandas as pd
import pytest

from actuarial.errors import BadBasis, BadInput
from actuarial.readers import read_hmd, read_tidy, read_wpp, read_wpp_csv, read_wpp_intervals
from actuarial.readers.wpp_intervals import INDICATORS, LEVELS
from tests.readers.languages import refused


def frame():
    rows = [
        {"iso3": country, "revision": "WPP2024", "indicator": word, "year": year}
        | {column: 100 * i + level for i, (column, level) in enumerate(LEVELS.items())}
        for country in ("AAA", "BBB")
        for word in INDICATORS
        for year in (2025, 2024, 2026)
    ]
    return pd.DataFrame(rows)


def written(folder, table):
    table.to_parquet(folder / "_prob.parquet")
    return folder


def test_a_small_file(tmp_path):
    found = read_wpp_intervals(written(tmp_path, frame()), "BBB")
    assert list(found.data_vars) == [name for name, *_ in INDICATORS.values()]
    assert found.year.values.tolist() == [2024, 2025, 2026]
    assert found.level.values.tolist() == [0.025, 0.1, 0.5, 0.9, 0.975]
    assert found.total_fertility.sel(level=0.9).values.tolist() == [300.9] * 3
    assert found.net_migration.sel(level=0.9).values.tolist() == [300_900.0] * 3
    assert found.births.attrs["units"] == "persons/year"


def test_refusals(tmp_path):
    with refused(BadBasis, match=r"_prob\.parquet is missing"):
        read_wpp_intervals(tmp_path, "AAA")
    written(tmp_path, frame())
    with refused(BadBasis, match=r"country: 'CCC' is not in .* AAA, BBB. It has no column country"):
        read_wpp_intervals(tmp_path, "CCC")
    with refused(BadBasis, match="AAA, WPP2022: no rows of tfr"):
        read_wpp_intervals(tmp_path, "AAA", revision="WPP2022")
    written(tmp_path, frame().query("year != 2025"))
    with refused(BadBasis, match="gaps"):
        read_wpp_intervals(tmp_path, "AAA")
    written(tmp_path, pd.concat([frame(), frame()]))
    with refused(BadBasis, match="twice"):
        read_wpp_intervals(tmp_path, "AAA")
    written(tmp_path, frame().drop(columns="u95"))
    with refused(BadBasis, match="lacks 1 of 9 columns: u95"):
        read_wpp_intervals(tmp_path, "AAA")


def test_published_figures(shared):
    """Japan, 31 December 2050 and 2100, in millions: World Population Prospects 2024."""
    found = read_wpp_intervals(shared / "data" / "wpp", "JPN").total_population / 1e6
    assert np.round(found.sel(year=2050, level=[0.5, 0.025, 0.975]), 1).values.tolist() == [104.8, 95.8, 114.8]
    assert np.round(found.sel(year=2100, level=[0.5, 0.025, 0.975]), 1).values.tolist() == [76.7, 47.4, 112.8]


def test_a_file_or_a_folder_a_code_or_a_name(tmp_path):
    table = frame().assign(country=lambda rows: rows.iso3.map({"AAA": "Côte Verte", "BBB": "Bay"}))
    found = read_wpp_intervals(written(tmp_path, table), "BBB")
    other = tmp_path / "quantiles.parquet"
    table.to_parquet(other)
    for path, country in ((other, "BBB"), (str(other), "bay"), (tmp_path, "bbb")):
        assert read_wpp_intervals(path, country).identical(found)
    assert read_wpp_intervals(other, "Cote Verte").country == "AAA"
    with refused(BadBasis, match=r"'Baie' is not in .*Countries there \(2\): AAA, BBB\.$"):
        read_wpp_intervals(other, "Baie")
    with refused(BadInput, match=r"country: give a code .* \(got None\)"):
        read_wpp_intervals(other, None)


@pytest.mark.parametrize("read", [read_hmd, read_tidy, read_wpp, read_wpp_csv, read_wpp_intervals])
@pytest.mark.parametrize("path", [None, 5, "", {"a": 1}])
def test_what_is_no_path(read, path):
    with refused((BadInput, BadBasis), match=r"path: give|files: give|there is no file|cannot be read"):
        read(path) if read in (read_hmd, read_tidy) else read(path, "KEN")
