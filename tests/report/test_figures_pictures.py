"""Figures as pictures of a report and as files of a run."""

from io import BytesIO

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from PIL import Image

from actuarial import report
from actuarial.report import figure_files
from actuarial.report.figures import pictures
from actuarial.report.figures.frame import NothingToDraw
from actuarial.report.figures.pictures import figures, unit_of
from actuarial.report.svg import inline
from actuarial.translation import language
from tests.report import figure_data as made
from tests.report.made import YEARS

STUDIES = {"sensitivity": made.sensitivities(), "balance": made.sheet(), "reconciliation": made.reconciled()}


class Law:
    """Name and currency of a scheme."""

    name = "<Fund> & Co"
    currency = "LTD"


@pytest.fixture(scope="module")
def basis():
    return xr.Dataset({"inflation": made.inflation()})


@pytest.fixture(scope="module")
def shown(basis):
    return report.pictures(made.valuation(), basis, Law, language="es", locale="es_MX", **STUDIES)


def test_a_report_gets_every_figure_and_its_words(shown):
    assert list(shown) == [
        "population", "members", "income_outgo", "rates", "reserve", "tornado", "balance", "reconciliation",
    ]  # fmt: skip
    for name, one in shown.items():
        assert one.name == name
        assert one.title
        assert one.alt.startswith(one.title)
        assert one.source.startswith("<Fund> & Co, valuación del 31 de diciembre de 2024, actuarial 9.9")
        picture = Image.open(BytesIO(one.png))
        assert picture.width == 1260, "200 dots an inch over 16 cm"
        drawing = inline(one.svg, name, one.title, one.alt)
        assert "<text" not in drawing, "letters are paths"
        assert "Date" not in one.svg
        assert one.data.name != name
        assert len(one.data.rows[0]) == sum(span for _, span in one.data.head[0])


def test_pictures_are_the_same_bytes_each_time(shown, basis):
    again = report.pictures(made.valuation(), basis, Law, language="es", locale="es_MX", **STUDIES)
    assert {name: (one.svg, one.png) for name, one in again.items()} == {
        name: (one.svg, one.png) for name, one in shown.items()
    }


def test_the_table_of_a_figure_has_its_numbers(shown):
    result = made.valuation()
    rates = shown["rates"].data
    assert next(text for text, _ in rates.head[0]) == "Año"
    assert rates.rows[0][0] == "2025"
    assert rates.rows[-1][0] == "2065"
    assert rates.rows[0][1] == f"{100 * float(result['payg_cost_rate'][0]):.1f}%"
    cash = shown["income_outgo"].data
    assert cash.units == "millones de LTD por año, a precios de 2024"
    assert cash.rows[0][1] == f"{float(result['benefit_expenditure'][0, 0]) / 1.01e6:.3f}"  # prices grow by 1% in 2025
    tornado = shown["tornado"].data
    assert tornado.rows[0][0] == "Interés (±1 pt)"
    assert tornado.rows[-1][-1] == "my own change"


def test_money_has_one_unit_in_all_figures(shown):
    assert shown["reserve"].data.units.startswith("millones de LTD, ")
    assert shown["balance"].data.units == "millones de LTD"
    flows = {name: ("year", [2e6, 3e6]) for name in ("total_income", "contributions", "outgo")}
    small = xr.Dataset({**flows, "reserve": ("year", [5e9, 7e9])}, {"year": [2025, 2026]})
    assert unit_of(small, None) == 1e6
    assert unit_of(small, None, made.sheet()) == 1e6


def test_many_scenarios_make_a_fan_and_the_central_one_is_shown(basis):
    result = made.valuation()
    names = ["low", "central", *(f"s{place}" for place in range(18))]
    factors = xr.DataArray(np.linspace(0.5, 1.5, 20), {"scenario": names}, "scenario")
    many = result.drop_vars("payg_cost_rate").assign(payg_cost_rate=result["payg_cost_rate"] * factors)
    drawn = dict(figures(many, basis, Law, language("fr")))
    rates, fan = drawn["rates"]().data, drawn["scenarios"]()
    first = float(result["payg_cost_rate"][0])
    central = float(factors.sel(scenario="central"))
    assert rates["PAYG cost rate"].iloc[0] == pytest.approx(first * central, rel=1e-13)
    assert fan.data["0.5"].iloc[0] == pytest.approx(first * float(factors.median()), rel=1e-13)
    assert fan.data.attrs["title"] == "Taux de coût par répartition dans 20 scénarios"
    assert "scénario central" in drawn["members"]().figure._supxlabel.get_text()
    assert "scénario" not in fan.figure._supxlabel.get_text()
    for number, there in ((19, False), (5, True), (1, False)):
        names = dict(figures(many.isel(scenario=slice(0, number)), basis, Law, language()))
        assert ("scenarios" in names) == there


def test_a_study_without_anything_to_show_is_left_out(basis, monkeypatch):
    still = made.sensitivities().sel(change=["base", "nothing"])
    draw = dict(figures(made.valuation(), basis, Law, language(), sensitivity=still))["tornado"]
    with pytest.raises(NothingToDraw, match="there is nothing to draw"):
        draw()
    monkeypatch.setattr(pictures, "figures", lambda *_: [("tornado", draw)])
    assert report.pictures(made.valuation(), basis, Law, sensitivity=still) == {}


def test_a_pension_run_has_its_figures_as_files(tmp_path, basis):
    result = made.valuation()
    assert figure_files.write_figures(result, basis, tmp_path) == {}
    written = {path.name for path in (tmp_path / "figures").iterdir()}
    stems = [stem for stem in figure_files.OF_PENSIONS if stem != "scenarios"]
    assert written == {f"{stem}{kind}" for stem in stems for kind in (".svg", ".csv")}
    assert {f"figures/{name}" for name in written} < {*figure_files.NAMES}
    rates = pd.read_csv(tmp_path / "figures" / "rates.csv", index_col="year")
    np.testing.assert_allclose(rates["PAYG cost rate (fraction)"], result["payg_cost_rate"], rtol=1e-13)
    money = pd.read_csv(tmp_path / "figures" / "income_outgo.csv", nrows=0).columns
    assert money[1] == "old_age (LTD/year at prices of 2024)"
    assert "National Pension Scheme" in (tmp_path / "figures" / "rates.svg").read_text(encoding="utf-8")
    assert len(rates) == len(YEARS)
