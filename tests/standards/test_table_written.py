"""The table of verdicts is written whole or not at all, and its words are no formulas."""

import openpyxl
import pandas as pd
import pytest

from actuarial.cli.standards import _write
from actuarial.errors import BadInput

FRAME = pd.DataFrame({"place": ["=1+1", "Article 67"], "value": [0.4, 0.5]})


def test_the_table_comes_back(tmp_path):
    for path in (tmp_path / "table.xlsx", tmp_path / "table.csv"):
        _write(FRAME, path)
        read = pd.read_csv(path) if path.suffix == ".csv" else pd.read_excel(path, engine="openpyxl")
        pd.testing.assert_frame_equal(read, FRAME)
    sheet = openpyxl.load_workbook(tmp_path / "table.xlsx").active
    assert sheet["A2"].data_type == "s"


@pytest.mark.parametrize(("name", "method"), [("table.xlsx", "to_excel"), ("table.csv", "to_csv")])
def test_an_older_table_stays_where_a_new_one_cannot_be_written(tmp_path, monkeypatch, name, method):
    path = tmp_path / name
    path.write_bytes(b"the older one")

    def full(self, *args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, method, full)
    with pytest.raises(BadInput, match="No space left on device"):
        _write(FRAME, path)
    assert path.read_bytes() == b"the older one"
    assert [one.name for one in tmp_path.iterdir()] == [name]
