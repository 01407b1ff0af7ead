"""Figures of a pension valuation: their numbers are those of the result, their words those of the language."""

import re
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from numpy.testing import assert_allclose

from actuarial import report
from actuarial.errors import BadInput
from actuarial.report.figures import frame, measure
from actuarial.translation import language
from tests.report import figure_data as made
from tests.report.made import BENEFITS, YEARS

SOURCE = "a test of 2024"
DRAWN = {
    "population": lambda say: report.draw_population(made.valuation(), say=say),
    "members": lambda say: report.draw_members(made.valuation(), say=say),
    "cash": lambda say: report.draw_cash_flow(made.valuation(), inflation=made.inflation(), say=say),
    "rates": lambda say: report.draw_rates(made.valuation(), say=say),
    "reserve": lambda say: report.draw_reserve(made.valuation(), inflation=made.inflation(), say=say),
    "fan": lambda say: report.draw_fan(made.quantiles(), "42", units="fraction", source="2024", say=say),
    "scenarios": lambda say: report.draw_scenarios(made.scenarios(), source="2024", say=say),
    "tornado": lambda say: report.draw_tornado(made.sensitivities(), source="2024", say=say),
    "balance": lambda say: report.draw_balance(made.sheet(), currency="LTD", source="2024", say=say),
    "reconciliation": lambda say: report.draw_reconciliation(made.reconciled(), source="2024", say=say),
}
OWN = {"National Pension Scheme", "New mortality", "My own", "my own change", "new_mortality", "my case"}
"""Names of users, which are not translated."""
COMMON = {"administration", "administración", "population", "base", "central"}
"""Words that a text of another language may share with English."""


@pytest.fixture(scope="module")
def drawn():
    return {name: draw(language()) for name, draw in DRAWN.items()}


def texts_of(figure):
    """Everything that is written in a figure."""
    FigureCanvasAgg(figure).draw()
    found = [figure._suptitle, figure._supxlabel]
    for axes in figure.axes:
        found += [*axes.texts, axes._left_title, *ticks_of(axes.xaxis), *ticks_of(axes.yaxis)]
        found += [] if axes.get_legend() is None else axes.get_legend().get_texts()
    return [text for text in found if text.get_text() and text.get_visible()]


@cache
def drawn_in(code):
    """Every figure in a language, and what is written in it."""
    made_of = {name: draw(language(code)) for name, draw in DRAWN.items()}
    return {name: (one, texts_of(one.figure)) for name, one in made_of.items()}


def ticks_of(axis):
    """Labels of the ticks that are drawn."""
    return [tick.label1 for tick in axis._update_ticks() if tick.label1.get_visible()]


def prices():
    """Level of prices by a loop."""
    level = [1.0]
    for growth in made.inflation().values:
        level.append(level[-1] * (1.0 + growth))
    return np.array(level[1:])


def test_the_pyramid_has_the_whole_population_of_both_years(drawn):
    data, people = drawn["population"].data, made.valuation()["population"]
    assert list(data) == ["male 2025", "female 2025", "male 2055", "female 2055"]
    for sex in ("male", "female"):
        for year in (2025, 2055):
            one = people.sel(year=year, sex=sex).values
            assert data[f"{sex} {year}"].sum() == pytest.approx(one.sum(), rel=1e-13)
            assert data.loc[60, f"{sex} {year}"] == pytest.approx(one[60:65].sum(), rel=1e-13)
            assert data.loc[100, f"{sex} {year}"] == pytest.approx(one[100], rel=1e-13)
    patches = drawn["population"].figure.axes[0].patches
    bars = sorted(abs(bar.get_width()) for bar in patches if hasattr(bar, "get_width"))
    assert_allclose(bars, sorted(data[["male 2025", "female 2025"]].to_numpy().ravel()), rtol=1e-13)


def test_numbers_by_year_are_those_of_the_result(drawn):
    result = made.valuation()
    members = drawn["members"].data
    assert_allclose(members["contributors"], result["average_contributors"].sum(["group", "sex", "age"]))
    assert_allclose(members["demographic ratio"], members["pensioners"] / members["contributors"], rtol=1e-13)
    rates = drawn["rates"].data
    assert_allclose(rates["PAYG cost rate"], result["payg_cost_rate"])
    assert_allclose(rates["contribution rate"], result["contribution_rate"])
    assert (rates["general average premium"] == 0.1234).all()
    lines = [line for line in drawn["rates"].figure.axes[0].lines if len(line.get_xdata()) == len(YEARS)]
    assert_allclose([line.get_ydata() for line in lines[:3]], rates.to_numpy().T)


def test_money_is_in_prices_of_the_year_before_the_first_where_it_is_asked_for(drawn):
    result, level = made.valuation(), prices()
    cash, reserve = drawn["cash"].data, drawn["reserve"].data
    for name in BENEFITS:
        assert_allclose(cash[name], result["benefit_expenditure"].sel(benefit=name) / level, rtol=1e-12)
    assert_allclose(cash["total income"], result["total_income"] / level, rtol=1e-12)
    assert_allclose(reserve["reserve"], result["reserve"] / level, rtol=1e-12)
    assert_allclose(reserve["reserve ratio"], result["reserve_ratio"])
    assert cash.attrs["units"]["old_age"] == "currency/year at prices of 2024"
    nominal = report.draw_cash_flow(result).data
    assert_allclose(nominal["contributions"], result["contributions"])
    assert_allclose(nominal[[*BENEFITS, "administration"]].sum(axis=1), result["outgo"], rtol=1e-12)
    assert nominal.attrs["units"]["old_age"] == "currency/year"


def test_small_benefits_share_a_band_and_are_named():
    result = made.valuation()
    names = [f"benefit_{place}" for place in range(8)]
    spent = np.outer(np.ones(len(YEARS)), [9.0, 1.0, 8.0, 7.0, 6.0, 2.0, 5.0, 0.0])
    few = result.drop_dims("benefit").assign_coords(benefit=names)
    few["benefit_expenditure"] = (("year", "benefit"), spent)
    data = report.draw_cash_flow(few).data
    kept = [names[place] for place in (0, 2, 3, 4, 6)]
    assert list(data) == [*kept, "other benefits", "administration", "contributions", "total income"]
    assert (data["other benefits"] == 3.0).all()
    assert data.attrs["note"] == "Other benefits: Benefit 1, Benefit 5."


def test_a_balance_leads_from_the_assets_to_the_deficit(drawn):
    data = drawn["balance"].data
    assert list(data.index) == [name for name, value in made.AMOUNTS.items() if value and name != "total_obligations"]
    assert data.loc["total_assets"].tolist() == [59e9, 59e9]
    assert data.loc["benefits_pensioners", "reached"] == pytest.approx(47e9)
    assert data.loc["target_reserve", "reached"] == pytest.approx(-8e9)
    assert data.loc["deficit", "amount"] == 8e9
    rows = [text.get_text() for text in drawn["balance"].figure.axes[0].get_yticklabels()]
    assert rows[-1] == "Deficit"
    surplus = report.draw_balance(made.sheet(), "closed_group_balance", currency="LTD")
    assert surplus.data.attrs["rows"]["deficit"] == "Surplus"
    assert surplus.data.loc["deficit", "reached"] == pytest.approx(4e9)
    assert "Surplus: 4.0 billion LTD." in surplus.alt


def test_a_waterfall_leads_from_the_previous_to_the_current_value(drawn):
    data = drawn["reconciliation"].data
    assert list(data.index) == [
        "previous valuation", "change of the library", "new_mortality", "unexplained", "current valuation",
    ]  # fmt: skip
    assert_allclose(data["reached"], [0.10, 0.101, 0.121, 0.115, 0.115], rtol=1e-13)
    shown = [text.get_text() for text in drawn["reconciliation"].figure.axes[0].texts]
    assert shown == ["10.00%", "+0.10", "+2.00", "\N{MINUS SIGN}0.60", "11.50%"]
    assert drawn["reconciliation"].alt.endswith("The greatest cause: New mortality, +2.00.")


def test_a_tornado_has_the_widest_bar_on_top_and_says_how_far_each_assumption_moves(drawn):
    data = drawn["tornado"].data
    assert list(data.index) == ["interest", "retirement_age", "my_own"]
    assert data.loc["interest", ["low", "base", "high"]].tolist() == [0.091, 0.100, 0.112]
    axes = drawn["tornado"].figure.axes[0]
    rows = ["Interest (±1 pt)", "Retirement age (+1 year)", "My own"]
    assert [text.get_text() for text in axes.get_yticklabels()] == rows
    widths = [round(bar.get_width(), 6) for bar in axes.patches]
    assert widths == [-0.009, 0.012, -0.004, 0.0005], "the low end is that of a higher rate of interest"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "assumption higher", "assumption lower", "another change",
    ]  # fmt: skip


def test_a_fan_has_bands_of_pairs_and_the_median(drawn):
    data = drawn["fan"].data
    assert list(data) == ["0.05", "0.25", "0.5", "0.75", "0.95"]
    assert_allclose(data["0.95"], made.quantiles().sel(quantile=0.95))
    assert len(drawn["fan"].figure.axes[0].collections) == 2
    last = made.quantiles().isel(year=-1).values
    ends = [f"{100 * value:.1f}%" for value in (last[0], last[-1])]
    assert f"90% of the scenarios in 2065: {ends[0]} to {ends[1]}." in drawn["fan"].alt
    with pytest.raises(BadInput, match="they must lie in pairs around one half"):
        report.draw_fan(made.quantiles().isel(quantile=[0, 1]), "t")
    with pytest.raises(BadInput, match="a fan is drawn of quantiles by year"):
        report.draw_fan(made.quantiles().isel(year=0), "t")


@pytest.mark.parametrize("factor", [1.0, 40.0, -40.0])
def test_nothing_lies_outside_the_axes(factor):
    result = made.valuation()
    more = result.assign(total_income=factor * result["total_income"], reserve=factor * result["reserve"])
    for draw in (report.draw_cash_flow, report.draw_reserve, report.draw_rates, report.draw_members):
        for axes in draw(more).figure.axes:
            low, high = axes.get_ylim()
            lines = [line.get_ydata() for line in axes.lines if len(line.get_xdata()) == len(YEARS)]
            assert low <= np.nanmin(lines) <= np.nanmax(lines) <= high
            assert low <= 0.0 <= high


def test_scenarios_are_lines_of_their_own(drawn):
    data, rate = drawn["scenarios"].data, made.valuation()["payg_cost_rate"]
    assert list(data) == ["central", "pessimistic", "my_case"]
    assert_allclose(data["pessimistic"], 1.3 * rate, rtol=1e-13)
    lines = [line for line in drawn["scenarios"].figure.axes[0].lines if len(line.get_xdata()) == len(YEARS)]
    assert_allclose([line.get_ydata() for line in lines], data.to_numpy().T)
    assert len({str(line.get_linestyle()) + str(line._dash_pattern) for line in lines}) == 3, "told apart in grey"
    with pytest.raises(BadInput, match=r"shows two to 5 of them by year \(got 0\)"):
        report.draw_scenarios(made.valuation())


def test_what_cannot_be_drawn_is_refused():
    result = made.valuation()
    with pytest.raises(BadInput, match="a figure shows one scenario, but there are several: a, b"):
        report.draw_rates(result.expand_dims(scenario=["a", "b"]))
    with pytest.raises(BadInput, match="a figure by year needs two years"):
        report.draw_reserve(result.isel(year=[0]))
    with pytest.raises(BadInput, match="years: 1999 is not in the result"):
        report.draw_population(result, (1999, 2030))
    with pytest.raises(BadInput, match="inflation: it lacks 1 of the 41 years of the result, from 2030"):
        report.draw_cash_flow(result, inflation=made.inflation().drop_sel(year=2030))
    with pytest.raises(BadInput, match="'year_reserve_exhausted' has no value in one of the valuations, or a cause"):
        report.draw_reconciliation(made.reconciled(), "year_reserve_exhausted")
    with pytest.raises(BadInput, match="no change of the study moves general_average_premium"):
        report.draw_tornado(made.sensitivities().sel(change=["base", "nothing"]))


@pytest.mark.parametrize("code", ["en", "fr", "es"])
def test_texts_lie_inside_the_figure_are_apart_and_large_enough(code):
    for name, (one, texts) in drawn_in(code).items():
        figure = one.figure
        assert figure.get_size_inches()[0] == pytest.approx(16.0 / 2.54, abs=0.01)
        assert min(text.get_fontsize() for text in texts) >= 8.0, name
        whole = figure.bbox
        for text in texts:
            box = text.get_window_extent()
            assert whole.x0 - 1 <= box.x0 < box.x1 <= whole.x1 + 1, (name, text.get_text())
            assert whole.y0 - 1 <= box.y0 < box.y1 <= whole.y1 + 1, (name, text.get_text())
        for axes in figure.axes:
            for group in (axes.texts, ticks_of(axes.xaxis), ticks_of(axes.yaxis)):
                boxes = [text.get_window_extent() for text in group]
                assert not any(one.overlaps(other) for one, other in combinations(boxes, 2)), name


@pytest.mark.parametrize("code", ["fr", "es"])
def test_no_word_of_english_is_left(code):
    for name, (one, texts) in drawn_in(code).items():
        english, before_it = drawn_in("en")[name]
        said, before = (
            {text.get_text() for text in written} | {*each.data.attrs["labels"].values(), each.alt}
            for each, written in ((one, texts), (english, before_it))
        )
        same = {text for text in said & before if re.search("[A-Za-z]{3}", text)}
        assert {text for text in same if text.lower() not in COMMON and text not in OWN} == set(), name
        assert one.data.columns.tolist() == english.data.columns.tolist(), "columns are the same in all languages"


def test_numbers_are_written_as_in_the_country(drawn):
    assert "16,1\u00a0%" in measure.share().text(language("fr"), 0.161)
    mexican = report.draw_members(made.valuation(), say=language("es", "es_MX")).alt
    spanish = report.draw_members(made.valuation(), say=language("es")).alt
    assert re.search(r"\d,\d{3} personas", mexican)
    assert re.search(r"\d\.\d{3} personas", spanish)


def test_alt_texts_say_where_a_path_begins_ends_and_is_greatest(drawn):
    rate = made.valuation()["payg_cost_rate"]
    greatest = int(rate["year"][int(np.argmax(rate.values))])
    told = drawn["rates"].alt
    assert f"Pay-as-you-go cost rate: {100 * float(rate[0]):.1f}% in 2025, {100 * float(rate[-1]):.1f}% in 2065" in told
    assert f"greatest {100 * float(rate.max()):.1f}% in {greatest}" in told
    assert "General average premium: 12.3%." in told
    assert all(len(one.alt) > 40 for one in drawn.values())


def test_words_beside_lines_are_spread_as_little_as_possible():
    assert frame.spread([0.5], [0.1]) == [0.5]
    assert frame.spread([0.2, 0.8], [0.1, 0.1]) == [0.2, 0.8]
    assert_allclose(frame.spread([0.5, 0.5], [0.1, 0.3]), [0.4, 0.6])
    assert_allclose(frame.spread([0.99, 0.97], [0.2, 0.2]), [0.9, 0.7])
    places = frame.spread([0.0, 0.02, 0.5, 0.51, 0.52], [0.1] * 5)
    assert min(np.diff(places)) > 0.0999
    assert places[0] == pytest.approx(0.05)


def test_a_year_that_is_not_whole_and_audited_years_are_named():
    result = made.valuation().assign(year_fraction=("year", np.r_[0.5, np.ones(len(YEARS) - 1)]))
    note = report.draw_rates(result, say=language("fr")).data.attrs["note"]
    assert note == "2025\u202f: la partie de l’année postérieure à la date d’évaluation."
