"""Figures as pictures of a report and as files of a run."""

from io import BytesIO
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from PIL import Image

from actuarial import report
from actuarial.report import figure_files
from actuarial.report.figures import frame, pictures
from actuarial.report.figures.frame import NothingToDraw
from actuarial.report.figures.pictures import figures, unit_of
from actuarial.report.svg import inline
from actuarial.translation import language
from tests.report import figure_data as made
from tests.report.content_data import pensions
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
    others = ("scenarios", "population_range", *pictures.ASSUMED)
    stems = [stem for stem in figure_files.OF_PENSIONS if stem not in others]
    assert written == {f"{stem}{kind}" for stem in stems for kind in (".svg", ".csv")}
    assert {f"figures/{name}" for name in written} < {*figure_files.NAMES}
    rates = pd.read_csv(tmp_path / "figures" / "rates.csv", index_col="year")
    np.testing.assert_allclose(rates["PAYG cost rate (fraction)"], result["payg_cost_rate"], rtol=1e-13)
    money = pd.read_csv(tmp_path / "figures" / "income_outgo.csv", nrows=0).columns
    assert money[1] == "old_age (LTD/year at prices of 2024)"
    assert "National Pension Scheme" in (tmp_path / "figures" / "rates.svg").read_text(encoding="utf-8")
    assert len(rates) == len(YEARS)


def test_an_axis_of_years_begins_with_the_first_one():
    assert frame.year_ticks(2026, 2100) == [2026, *range(2040, 2101, 10)]
    assert frame.year_ticks(2021, 2100) == [2021, *range(2030, 2101, 10)]
    assert frame.year_ticks(2026, 2030) == [2026, 2027, 2028, 2029, 2030]
    assert frame.year_ticks(2024, 2036) == [2024, 2026, 2028, 2030, 2032, 2034, 2036]
    for last in range(2027, 2200):
        ticks = frame.year_ticks(2026, last)
        assert len(ticks) <= 11
        assert min(after - before for before, after in pairwise(ticks)) >= max(1, 0.05 * (last - 2026))


def test_vital_rates_of_the_basis_are_drawn_in_every_language(monkeypatch):
    basis, scheme, result = pensions()
    years = basis["year"].values
    falling = xr.DataArray(0.99 ** (years - years[0]), {"year": years}, "year")
    rates = {"mx": ("year", "sex", "age"), "asfr": ("year", "age")}
    moving = basis.assign({name: (basis[name] * falling).transpose(*dims) for name, dims in rates.items()})
    names = ("total_fertility", "life_expectancy", "mortality_female", "mortality_male")
    told = {}
    assert {*names} < {*dict(figures(result, moving, scheme, language("en")))} <= {*figure_files.OF_PENSIONS}
    of_the_basis = lambda *given: [(name, draw) for name, draw in figures(*given) if name in names]  # noqa: E731
    monkeypatch.setattr(pictures, "figures", of_the_basis)
    for code in ("en", "fr", "es"):
        found = report.pictures(result, moving, scheme, language=code)
        told[code] = [found[name].title for name in names]
        assert all(found[name].alt and found[name].source for name in names)
        surface = found["mortality_male"].data
        assert len(surface.rows) < 30
        say = language(code)
        rate = float(moving["mx"].sel(year=years[0], sex="male", age=60)) * 1000
        (row,) = [row for row in surface.rows if row[0] == "60"]
        assert row[1] == say.number(rate, len(row[1].partition(say.decimal)[2]))
    assert len({*told["en"], *told["fr"], *told["es"]}) == 12


def test_few_scenarios_are_no_range_of_the_population():
    basis, scheme, result = pensions()
    made_up = xr.concat([result.assign(population=result["population"] * (1 + k / 100)) for k in range(20)], "scenario")
    many = made_up.assign_coords(scenario=[f"s{k}" for k in range(20)])
    names = dict(figures(many, basis, scheme, language("en")))
    assert "population_range" in names
    assert {*names} <= {*figure_files.OF_PENSIONS}
    drawn = names["population_range"]()
    first = result["population"].isel(year=0).sum(["sex", "age"]).item()
    wanted = [first * (1 + 0.19 * q) for q in (0.05, 0.25, 0.5, 0.75, 0.95)]
    assert drawn.data.iloc[0].to_numpy() == pytest.approx(wanted)
    assert "population_range" not in dict(figures(result, basis, scheme, language("en")))


def test_a_second_run_of_health_care_keeps_its_rates_and_reserve_under_names_of_their_own(monkeypatch):
    several = ("population", "rates", "reserve", "scenarios", "services")
    monkeypatch.setattr(pictures, "figures", lambda *_: [(name, lambda: None) for name in several])
    monkeypatch.setattr(pictures, "picture", lambda name, *told: name)
    care = made.valuation().assign(health_members=0.0)
    found = report.pictures(care, made.valuation(), Law, without=("population", "rates", "reserve", "scenarios"))
    assert list(found) == ["health_rates", "health_reserve", "health_scenarios", "services"]
    alone = report.pictures(made.valuation(), made.valuation(), Law, without=("population", "rates"))
    assert list(alone) == ["reserve", "scenarios", "services"]
