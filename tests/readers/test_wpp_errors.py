"""What the reader of World Population Prospects says of files and arguments that cannot be meant."""

import builtins

import numpy as np
import pandas as pd
import pytest

from actuarial.errors import BadBasis, BadInput, OutOfBounds
from actuarial.readers import read_wpp
from tests.readers.languages import refused

YEARS, AGES = range(2023, 2028), range(4)


def country_frame():
    """Rates for 2024-2026, migrants from 2023, stocks up to 2027, ages 0 to 3 and over."""
    rows = pd.MultiIndex.from_product([YEARS, ["m", "f"], AGES], names=["year", "sex", "age"]).to_frame(index=False)
    rated = rows.year.between(2024, 2026)
    fertile = np.where(rows.age.isin([1, 2]), 0.5, 0.0)
    return rows.assign(
        net_mig=pd.Series(1, index=rows.index, dtype="Int64").where(rows.year < 2027),
        mx=np.where(rated, 0.1, np.nan),
        asfr=np.where(rated & (rows.sex == "f"), fertile, np.nan).astype("float32"),
        pop_jan1_base=np.where(rows.year == 2024, 100.0, np.nan),
        pop_jan1_ref=np.where(rows.year >= 2024, rows.year - 1924.0, np.nan).astype("float32"),
    )


def annual_frame():
    ratios = [np.nan, 1.05, 1.05, 1.05, np.nan]
    return pd.DataFrame({"iso3": "AAA", "year": list(YEARS), "srb_used": ratios, "a0_rule": "AK"})


def write(folder, country=None, annual=None):
    (country_frame() if country is None else country).to_parquet(folder / "AAA.parquet")
    (annual_frame() if annual is None else annual).to_parquet(folder / "_annual.parquet")
    return folder


def refuse(error, match, folder, country="AAA", **options):
    with refused(error, match=match):
        read_wpp(folder, country, **options)


def test_a_small_folder_can_be_read(tmp_path):
    basis = read_wpp(write(tmp_path), "AAA")
    assert basis.year.values.tolist() == [2024, 2025, 2026]
    assert read_wpp(tmp_path, "AAA", year_end=(3, 31)).population_0.values[0, 0] == 0.75 * 100 + 0.25 * 101
    assert read_wpp(str(tmp_path), "AAA", first_year=2026).population_0.values[0, 0] == 102
    shuffled = write(tmp_path, country_frame().sample(frac=1, random_state=1))
    assert read_wpp(shuffled, "AAA").identical(basis)


def test_no_folder(tmp_path):
    text = "nowhere is not a folder; give the folder of COUNTRY.parquet and _annual.parquet"
    refuse(BadBasis, text, tmp_path / "nowhere")


def test_unknown_country(tmp_path):
    write(tmp_path)
    country_frame().to_parquet(tmp_path / "BBB.parquet")
    refuse(BadBasis, r"country: 'CCC' is not in .*\. Countries there \(2\): AAA, BBB\.", tmp_path, "CCC")
    refuse(BadBasis, r"'_annual' is not in", tmp_path, "_annual")


def test_empty_folder(tmp_path):
    refuse(BadBasis, r"Countries there \(0\): none", tmp_path)


def test_no_annual_file(tmp_path):
    country_frame().to_parquet(tmp_path / "AAA.parquet")
    refuse(BadBasis, r"_annual.parquet is missing; it belongs beside", tmp_path)


def test_country_without_annual_rows(tmp_path):
    write(tmp_path, annual=annual_frame().assign(iso3="BBB"))
    refuse(BadBasis, "_annual.parquet: no rows of AAA", tmp_path)


def test_not_parquet(tmp_path):
    write(tmp_path)
    (tmp_path / "AAA.parquet").write_text("year,sex,age\n")
    refuse(BadBasis, "AAA.parquet cannot be read as Parquet", tmp_path)


def test_missing_columns(tmp_path):
    write(tmp_path, country_frame().drop(columns=["mx", "asfr"]))
    refuse(BadBasis, r"AAA.parquet lacks 2 of 8 columns: mx, asfr\. It has year, sex, age, net_mig", tmp_path)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"first_year": 2023}, "2023 to 2026 cannot be read; the files have the years 2024 to 2026"),
        ({"last_year": 2027}, "2024 to 2027 cannot be read; the files have the years 2024 to 2026"),
        ({"first_year": 2026, "last_year": 2025}, "2026 to 2025 cannot be read"),
        (
            {"first_year": 2024, "year_end": (6, 30)},
            "2024 to 2026 cannot be read; the files have the years 2025 to 2026; a financial year needs both",
        ),
    ],
)
def test_years_outside_the_data(tmp_path, options, match):
    refuse(BadInput, match, write(tmp_path), **options)


@pytest.mark.parametrize("year_end", [(6, 29), (13, 31), (2, 30), 6, (6,), "june"])
def test_year_end(tmp_path, year_end):
    text = r"year_end: .* is not the last day of a month; write \(month, day\)"
    refuse(BadInput, text, write(tmp_path), year_end=year_end)


def test_february_may_end_on_either_day(tmp_path):
    write(tmp_path)
    ends = [read_wpp(tmp_path, "AAA", year_end=(2, day)) for day in (28, 29)]
    assert ends[0].equals(ends[1])


def test_missing_cell(tmp_path):
    rows = country_frame()
    write(tmp_path, rows[~((rows.year == 2025) & (rows.sex == "f") & (rows.age == 2))])
    place = "1 of 24 cells fail; the first: year=2025, sex='female', age=2"
    refuse(OutOfBounds, rf"mx .* must not be NaN.\n  {place}", tmp_path)


def test_missing_year_between(tmp_path):
    rows = country_frame()
    write(tmp_path, rows[rows.year != 2025])
    refuse(BadBasis, "1 of 3 years are missing between others; the first is 2025", tmp_path)


def test_cell_twice(tmp_path):
    rows = country_frame()
    write(tmp_path, pd.concat([rows, rows.iloc[[9]]]))
    refuse(BadBasis, "AAA: 1 cells of year, sex and age occur more than once, the first is 2024, m, 1", tmp_path)


def test_one_sex_only(tmp_path):
    rows = country_frame()
    write(tmp_path, rows[rows.sex == "f"])
    refuse(BadBasis, "AAA: no rows of sex m; the column sex holds m and f", tmp_path)


def test_no_rates(tmp_path):
    write(tmp_path, country_frame().assign(mx=np.nan))
    refuse(BadBasis, "No year has net migration, death rates, fertility and the sex ratio at birth", tmp_path)


def test_other_rule(tmp_path):
    write(tmp_path, annual=annual_frame().assign(a0_rule="Keyfitz"))
    refuse(BadBasis, "AAA: a0_rule holds Keyfitz; it must be one of AK, CD-West", tmp_path)


def test_without_pyarrow(tmp_path, monkeypatch):
    write(tmp_path)
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    refuse(BadBasis, r"Reading Parquet needs pyarrow: install actuarial\[data\]", tmp_path)
