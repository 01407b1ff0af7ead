"""Figures of a health valuation: what is drawn is the data, seen in grey too, and the files are always the same."""

import json
import sys
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_agg import FigureCanvasAgg

import actuarial as ac
from actuarial import cli
from actuarial.errors import BadInput
from actuarial.report import figure_files, files, health_figures, health_plots, plots
from actuarial.report.health_words import labels
from actuarial.translation import language
from actuarial.valuation.health_growth import decompose_health_expenditure
from tests.reference.health import GROUPS, SERVICES, health_basis, health_scheme

YEARS = list(range(2025, 2035))
SIGHTS = {
    "all colours": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}  # Machado, Oliveira and Fernandes (2009), on linear light
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


@pytest.fixture(scope="module")
def basis():
    return health_basis(len(YEARS))


@pytest.fixture(scope="module")
def result(basis):
    return ac.project_health(basis, health_scheme())


@pytest.fixture(scope="module")
def growth(result, basis):
    return decompose_health_expenditure(result, basis)


@pytest.fixture(scope="module")
def drawn(result, basis, growth):
    """Every figure; bars are narrow enough for their labels where there are five."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health_plots, "BARS", 5)
        means = health_plots.draw_growth(growth, result)
    return {
        "cost": health_plots.draw_cost_by_age(result, (2025, 2030), inflation=basis["inflation"]),
        "services": health_plots.draw_services(result),
        "over gdp": health_plots.draw_services(result, gdp=basis["gdp"]),
        "groups": health_plots.draw_groups(result, most=2),
        "sources": health_plots.draw_sources(result),
        "growth": means,
        "growth by year": health_plots.draw_growth(growth, result),
    }


def said(name, data):
    """Words of the columns of a figure in English: names of services and groups are those of tables."""
    return list(labels(language(), data, named=name in ("services", "over gdp", "groups")).values())


def bands(axes):
    """Lower and upper end of every labelled area at each year that it has."""
    found = {}
    for area in axes.collections:
        x, y = area.get_paths()[0].vertices.T
        along = np.unique(x)
        found[area.get_label()] = np.array([[y[x == one].min(), y[x == one].max()] for one in along])
    return found


def lightness(colour, sight=None):
    """CIE L*a*b* of a colour, as it is seen."""
    light = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    light = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
    if sight is not None:
        light = np.clip(np.asarray(sight) @ light, 0, 1)
    x, y, z = np.cbrt(TO_XYZ @ light / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("name", ["services", "over gdp", "groups", "sources"])
def test_areas_are_the_data_on_top_of_each_other(drawn, name):
    figure, data = drawn[name]
    found = bands(figure.axes[0])
    assert list(found) == said(name, data)
    assert data.index.tolist() == YEARS
    below = np.zeros(len(YEARS))
    for column, ends in zip(data, found.values(), strict=True):
        np.testing.assert_allclose(ends[:, 0], below, atol=1e-15)
        np.testing.assert_allclose(ends[:, 1] - ends[:, 0], data[column], rtol=1e-12)
        below = ends[:, 1]
    assert figure.axes[0].get_ylim()[0] == 0.0


def test_data_are_shares_of_the_total_or_of_the_economy(drawn, result, basis):
    for name in ("services", "groups", "sources"):
        np.testing.assert_allclose(drawn[name].data.sum(axis=1), 1.0, rtol=1e-12)
    spent = result["health_expenditure"].values.sum(axis=2)
    np.testing.assert_allclose(drawn["over gdp"].data[SERVICES], spent / basis["gdp"].values[:, None], rtol=1e-12)
    np.testing.assert_allclose(
        health_figures.shares_of_groups(result, basis["gdp"])[GROUPS].sum(axis=1),
        spent.sum(axis=1) / basis["gdp"].values,
        rtol=1e-12,
    )
    assert drawn["groups"].data.columns.tolist()[1:] == ["2 other groups"]
    income = result["contribution_income"]
    employers = income.sel(contribution="employers").values / result["total_income"].values
    np.testing.assert_allclose(drawn["sources"].data["employers"], employers, rtol=1e-12)


def test_lines_are_cost_by_age_in_prices_of_the_earlier_year(drawn, result, basis):
    figure, data = drawn["cost"]
    names = ["men 2025", "men 2030", "women 2025", "women 2030"]
    assert [line.get_label() for line in figure.axes[0].lines] == names
    assert data.columns.tolist() == ["male 2025", "male 2030", "female 2025", "female 2030"]
    for line, column in zip(figure.axes[0].lines, data, strict=True):
        np.testing.assert_array_equal(line.get_xydata(), np.column_stack([data.index, data[column]]))
    level = 1.0
    for rate in basis["inflation"].values[1:6]:
        level *= 1.0 + rate
    raw = health_figures.cost_by_age(result, 2030)["female"]
    np.testing.assert_allclose(data["female 2030"] * level, raw, rtol=1e-12)
    assert level > 1.02
    nominal = health_plots.draw_cost_by_age(result, [2030]).data
    np.testing.assert_array_equal(nominal["female 2030"], raw)
    last = health_plots.draw_cost_by_age(result).data.columns.tolist()
    assert last == ["male 2025", "male 2034", "female 2025", "female 2034"], "there is no 2055"
    looks = {(line.get_color(), line.get_linestyle()) for line in figure.axes[0].lines}
    assert len(looks) == 4


def test_bars_are_the_causes_and_the_mark_is_their_sum(drawn):
    for name in ("growth", "growth by year"):
        figure, data = drawn[name]
        axes = figure.axes[0]
        causes = data.drop(columns="total")
        assert [bars.get_label() for bars in axes.containers] == said(name, causes)
        for bars, cause in zip(axes.containers, causes, strict=True):
            np.testing.assert_allclose([bar.get_height() for bar in bars], causes[cause], rtol=1e-12)
        tops = [[max(bar.get_y(), bar.get_y() + bar.get_height()) for bar in bars] for bars in axes.containers]
        np.testing.assert_allclose(np.max(tops, axis=0), causes.clip(lower=0).sum(axis=1), rtol=1e-12)
        mark = next(line for line in axes.lines if line.get_label() == "growth (all causes)")
        np.testing.assert_array_equal(mark.get_ydata(), data["total"])
        np.testing.assert_allclose(causes.sum(axis=1), data["total"], rtol=1e-9)


def test_growth_is_that_of_expenditure_on_average(drawn, result):
    spent = result["health_expenditure"].values.sum(axis=(1, 2))
    yearly = spent[1:] / spent[:-1] - 1.0
    np.testing.assert_allclose(drawn["growth by year"].data["total"], yearly, rtol=1e-9)
    data = drawn["growth"].data
    assert data.index.tolist() == [f"{year}-{year + 1}" for year in range(2026, 2034, 2)] + ["2034"]
    means = [yearly[place : place + 2].mean() for place in range(0, 9, 2)]
    np.testing.assert_allclose(data["total"], means, rtol=1e-9)


def test_parts_below_zero_hang_below_zero():
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.5, -0.5, -1.0], "c": [1.0, -2.0, 1.0]}, index=[1, 2, 3])
    with plots.canvas("t", "m", "s") as (_, axes):
        plots.stacked_areas(axes, table)
    below = [one for one in axes.collections if one.get_label() == "_below"]
    lowest = [one.get_paths()[0].vertices for one in below]
    assert (len(below), len(axes.collections)) == (3, 6)
    for place, (x, expected) in enumerate([(2, -2.5), (3, -1.0)]):
        assert min(one[one[:, 0] == x][:, 1].min() for one in lowest) == expected, place
    with plots.canvas("t", "m", "s") as (_, axes):
        plots.stacked_bars(axes, table)
    ends = [(bar.get_y(), bar.get_y() + bar.get_height()) for bars in axes.containers for bar in bars]
    assert ends == [(0, 1), (0, 2), (0, 3), (1, 1.5), (0, -0.5), (0, -1), (1.5, 2.5), (-0.5, -2.5), (3, 4)]


def test_small_parts_become_one():
    names = [f"service_{place}" for place in range(10)]
    table = pd.DataFrame([[1.0, 9.0, 2.0, 8.0, 0.0, 7.0, 6.0, 5.0, 4.0, 3.0]] * 2, columns=names)
    table.attrs["units"] = dict.fromkeys(names, "fraction")
    fewer = plots.few_columns(table, "services")
    kept = ["service_1", "service_3", "service_5", "service_6", "service_7", "service_8", "service_9"]
    assert fewer.columns.tolist() == [*kept, "2 other services"]
    assert fewer["2 other services"].tolist() == [3.0, 3.0]
    assert fewer.attrs["note"] == "Other services: service 0, service 2."
    assert plots.few_columns(fewer, "services").columns.tolist() == fewer.columns.tolist()
    with pytest.raises(BadInput, match=r"most: a figure shows 2 to 8 parts \(got 9\)"):
        plots.few_columns(table, "services", 9)
    with pytest.raises(BadInput, match="a figure of services has nothing to show"):
        plots.few_columns(0.0 * table, "services")


def test_every_series_has_its_place_in_the_legend(drawn):
    for name, (figure, data) in drawn.items():
        shown = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        assert sorted(shown) == sorted(said(name, data))
    shown = [text.get_text() for text in drawn["services"].figure.axes[0].get_legend().get_texts()]
    assert shown == ["Stays", "Medicines", "Visits"], "from the top, as the areas lie"


def test_texts_are_inside_the_figure_and_apart(drawn):
    for name, (figure, _) in drawn.items():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        whole, axes = figure.bbox, figure.axes[0]
        boxes = [axes.get_legend().get_window_extent(), axes._left_title.get_window_extent()]
        ticks = [[text.get_window_extent() for text in axis.get_ticklabels()] for axis in (axes.xaxis, axes.yaxis)]
        boxes += [figure._suptitle.get_window_extent(), figure._supxlabel.get_window_extent()]
        for box in boxes:
            assert whole.x0 <= box.x0 < box.x1 <= whole.x1, name
            assert whole.y0 <= box.y0 < box.y1 <= whole.y1, name
        for side in ticks:
            assert not any(one.overlaps(other) for one, other in pairwise(side)), name
        assert boxes[0].x0 >= axes.get_window_extent().x1, name


def test_axes_show_money_and_shares_without_exponents():
    cases = [
        (4.2e9, 1.0, "LTD billion", ["0", "1", "2", "3", "4"]),
        (2.5e6, 0.5, "LTD million", ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]),
        (3000.0, 1000.0, "LTD", ["0", "1,000", "2,000", "3,000"]),
    ]
    for top, _, unit, expected in cases:
        with plots.canvas("t", "m", "s") as (_, axes):
            assert plots.money_axis(axes.yaxis, top, "LTD") == unit
        step = top if len(expected) == 1 else np.diff([float(one.replace(",", "")) for one in expected])[0]
        scale = {"LTD billion": 1e9, "LTD million": 1e6, "LTD": 1.0}[unit]
        axes.set_yticks([scale * step * place for place in range(len(expected))])
        assert [text.get_text() for text in axes.get_yticklabels()] == expected
    with plots.canvas("t", "m", "s") as (_, axes):
        plots.share_axis(axes.yaxis)
        axes.set_yticks([-0.025, 0.0, 0.15])
        assert [text.get_text() for text in axes.get_yticklabels()] == ["\N{MINUS SIGN}2.5%", "0.0%", "15.0%"]


def test_colours_differ_in_grey_and_for_any_sight():
    steps = np.diff([lightness(colour)[0] for colour in plots.PALETTE])
    assert (steps > 9).all(), "from dark to light, none like its neighbour"
    for name, sight in SIGHTS.items():
        seen = [lightness(colour, sight) for colour in plots.PALETTE]
        gaps = [np.linalg.norm(one - other) for place, one in enumerate(seen) for other in seen[:place]]
        assert min(gaps) > 12, name
    assert max(lightness(colour)[0] for colour in plots.LINES) < 65, "seen on white"
    for count in range(1, 9):
        assert len({style["facecolor"] for style in plots.band_styles(count)}) == count


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_the_same_figure_has_the_same_bytes_whatever_the_user_likes(result, tmp_path, suffix):
    first = plots.save_figure(health_plots.draw_groups(result).figure, tmp_path / f"a{suffix}")
    before = dict(mpl.rcParams)
    with mpl.rc_context({"font.size": 20, "svg.hashsalt": "other", "axes.grid": False, "axes.facecolor": "red"}):
        second = plots.save_figure(health_plots.draw_groups(result).figure, tmp_path / f"b{suffix}")
        assert mpl.rcParams["font.size"] == 20
    assert dict(mpl.rcParams) == before
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a{suffix}", f"b{suffix}"]
    assert not Gcf.figs, "no window is opened and nothing is kept"


def test_files_that_cannot_be_written_are_refused(drawn, tmp_path):
    figure = drawn["groups"].figure
    with pytest.raises(BadInput, match=r"a\.jpeg: a figure is written as \.svg, \.png, \.pdf; let the name end with"):
        plots.save_figure(figure, tmp_path / "a.jpeg")
    with pytest.raises(BadInput, match="the figure cannot be written: No such file or directory"):
        plots.save_figure(figure, tmp_path / "none" / "a.svg")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(BadInput, match="the figure cannot be written: Is a directory"):
        plots.save_figure(figure, tmp_path / "folder.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.svg"]


def test_what_a_figure_cannot_show_is_refused(result, basis, growth):
    both = result.expand_dims(scenario=["low", "high"])
    for draw in (health_plots.draw_cost_by_age, health_plots.draw_services, health_plots.draw_sources):
        with pytest.raises(BadInput, match="a figure shows one scenario, but there are several: low, high"):
            draw(both)
    with pytest.raises(BadInput, match="a figure by year needs two years, but the result has one"):
        health_plots.draw_groups(result.isel(year=[0]))
    with pytest.raises(BadInput, match="years: the figure compares two years, or shows one"):
        health_plots.draw_cost_by_age(result, (2025, 2026, 2027))
    with pytest.raises(BadInput, match="inflation: it lacks the year 2027, which lies between 2025 and 2030"):
        health_plots.draw_cost_by_age(result, (2025, 2030), inflation=basis["inflation"].sel(year=slice(None, 2026)))
    with pytest.raises(BadInput, match="gdp: it lacks 2 of the 10 years of the result, 2033, 2034"):
        health_plots.draw_services(result, gdp=basis["gdp"].isel(year=slice(0, -2)))
    with pytest.raises(BadInput, match=r"period: it is counted in years, from 1 \(got -1\)"):
        health_plots.draw_growth(growth, result, period=-1)


def test_one_scenario_is_named(result):
    one = result.expand_dims(scenario=["low"]).isel(scenario=0)
    text = health_plots.draw_groups(one).figure._supxlabel.get_text()
    assert text == f"Source: Fund, valuation of 31 December 2024, scenario low, actuarial {ac.__version__}."


def test_without_matplotlib_the_extra_is_named(result, basis, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    text = r"figures need matplotlib\.\n  Install it: pip install 'actuarial\[plot\]', or 'actuarial\[report\]'"
    with pytest.raises(BadInput, match=text):
        health_plots.draw_groups(result)
    with pytest.raises(BadInput, match=text):
        files.write_result(result, tmp_path / "run", basis=basis, scheme=health_scheme(), figures=True)
    assert not (tmp_path / "run").exists()
    files.write_result(result, tmp_path / "run", basis=basis, scheme=health_scheme())


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run with its figures, made by the command line."""
    folder = tmp_path_factory.mktemp("figures")
    ac.save_basis(health_basis(3), folder / "basis")
    ac.save_scheme(health_scheme(), folder / "health.toml")
    words = ["value", str(folder / "health.toml"), "--basis", str(folder / "basis"), "--out", str(folder / "run")]
    assert cli.main([*words, "--figures"]) == 0
    return folder / "run"


def test_a_run_with_figures_is_listed_opened_and_replaced(run, capsys):
    there = sorted(path.relative_to(run).as_posix() for path in run.rglob("*.*") if path.parent != run)
    names = {f"figures/{stem}{suffix}" for stem in figure_files.OF_HEALTH for suffix in (".svg", ".csv")}
    assert there == sorted(names)
    assert names < {*figure_files.NAMES}
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert names < {*manifest["files"]}
    opened = ac.open_run(run)
    shown = pd.read_csv(run / "figures" / "services.csv", index_col="year")
    assert shown.columns.tolist() == [f"{name} (fraction)" for name in SERVICES]
    expected = health_figures.shares_of_services(opened.result)
    np.testing.assert_allclose(shown, expected, rtol=1e-15)
    costs = pd.read_csv(run / "figures" / "cost_by_age.csv", nrows=0).columns
    lines = [f"{sex} {year}" for sex in ("male", "female") for year in (2025, 2027)]
    assert costs.tolist() == ["age", *(f"{line} (LTD/person/year)" for line in lines)]
    with (run / "figures" / "growth.svg").open("a", encoding="utf-8") as file:
        file.write("<!-- mine -->")
    with pytest.raises(BadInput, match=r"figures/growth\.svg: changed"):
        ac.open_run(run)
    given = {"basis": opened.basis, "scheme": opened.scheme}
    with pytest.raises(BadInput, match=r"the folder holds figures/growth\.svg, which no run wrote there"):
        files.write_result(opened.result, run, **given)
    (run / "figures" / "growth.svg").unlink()
    (run / "figures" / "notes.txt").write_text("mine", encoding="utf-8")
    paths = files.write_result(opened.result, run, **given)
    assert not {*figure_files.NAMES} & {*paths}
    assert [path.name for path in (run / "figures").iterdir()] == ["notes.txt"], "figures of before are gone"
    ac.open_run(run)


def test_figures_are_refused_before_a_run_is_made(basis, tmp_path):
    with pytest.raises(BadInput, match="figures by year need two projected years"):
        figure_files.check_drawable(basis.isel(year=[0]))


def test_of_several_scenarios_the_first_is_drawn_and_what_cannot_be_is_left_out(tmp_path, monkeypatch):
    basis = health_basis(2).drop_vars("gdp")
    both = ac.scenarios(basis, base=lambda b: b, high=lambda b: b.assign(unit_cost_0=1.5 * b["unit_cost_0"]))
    result = ac.project_health(both, health_scheme())

    def refuse(*_, **__):
        raise BadInput("no contacts")

    for name in ("draw_sources", "draw_services"):
        monkeypatch.setattr(health_plots, name, refuse)
    left_out = figure_files.write_figures(result, both, tmp_path)
    assert left_out == {"services": "no contacts", "sources": "no contacts"}
    drawn = {path.name for path in (tmp_path / "figures").iterdir()}
    assert drawn == {f"{stem}{kind}" for stem in ("cost_by_age", "groups", "growth") for kind in (".svg", ".csv")}
    assert "scenario base" in (tmp_path / "figures" / "groups.svg").read_text(encoding="utf-8")
    cost = pd.read_csv(tmp_path / "figures" / "cost_by_age.csv", index_col="age").iloc[:, 0]
    expected = health_figures.cost_by_age(result.sel(scenario="base", drop=True), 2025)["male"]
    np.testing.assert_allclose(cost, expected, rtol=1e-12)


def test_the_manifest_says_why_a_figure_is_left_out(result, basis, tmp_path, monkeypatch):
    monkeypatch.setattr(figure_files, "write_figures", lambda *_: {"growth": "no contacts"})
    paths = files.write_result(result, tmp_path, basis=basis, scheme=health_scheme(), figures=True)
    manifest = json.loads(paths["manifest.json"].read_text(encoding="utf-8"))
    assert manifest["figures_left_out"] == {"growth": "no contacts"}
