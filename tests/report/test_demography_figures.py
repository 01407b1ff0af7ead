"""Figures of demography: their numbers are those that went in, their words those of the language."""

import re
from itertools import combinations

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from actuarial import demography, report
from actuarial.demography.mortality import basis_life_table
from actuarial.errors import BadInput, MissingVariable, OutOfBounds
from actuarial.report.figures import frame
from actuarial.translation import language
from tests.report import figure_data as made
from tests.report.test_figures import texts_of, ticks_of

AGES, YEARS, SEXES = np.arange(101), np.arange(2020, 2031), ["male", "female"]
LEVELS = [0.025, 0.1, 0.5, 0.9, 0.975]
RATES = xr.DataArray(
    np.exp(-9.6 + 0.09 * AGES + 2.5 * np.exp(-AGES / 1.5))[None, None]
    * np.array([1.0, 0.7])[None, :, None]
    * 0.98 ** np.arange(len(YEARS))[:, None, None],
    {"year": YEARS, "sex": SEXES, "age": AGES},
    ("year", "sex", "age"),
)
MEN = RATES.sel(sex="male", age=slice(30, 89))
EXPOSURE = xr.full_like(MEN, 500.0)
DEATHS = xr.DataArray(np.random.default_rng(5).poisson(MEN * EXPOSURE), MEN.coords, MEN.dims)
MODEL = demography.lee_carter(xr.where(DEATHS > 0, DEATHS, 1), EXPOSURE).assign_coords(sex="male")
ONE = {"year": 2024}
GRADUATED = demography.graduate(DEATHS.sel(ONE), EXPOSURE.sel(ONE))
STANDARD = RATES.sel(year=2024, sex="male", drop=True)
BASIS = xr.Dataset({"mx": RATES}, attrs={"a0_rule": "coale_demeny_west"})


def futures():
    """Quantiles of drawn futures."""
    away, time = np.array(LEVELS)[:, None] - 0.5, np.sqrt(np.arange(len(YEARS)))
    middle = {
        "total_population": (2e6, 2e5), "old_age_dependency_ratio": (0.2, 0.03), "births": (40_000.0, 6_000.0),
        "total_fertility": (2.5, 0.5), "life_expectancy_male": (70.0, 1.5), "life_expectancy_female": (73.0, 1.4),
    }  # fmt: skip
    columns = {name: (("quantile", "year"), level + width * away * time) for name, (level, width) in middle.items()}
    return xr.Dataset(columns, {"quantile": LEVELS, "year": YEARS})


def drawn_populations():
    people = made.valuation()["population"].sel(year=[2025, 2055])
    factors = xr.DataArray(np.linspace(0.8, 1.2, 41), dims="scenario")
    return (people * factors).transpose("scenario", "year", "sex", "age")


OBSERVED = xr.DataArray(np.linspace(3.0, 2.6, 5), {"year": np.arange(2015, 2020)}, "year")
DRAWN = {
    "pyramid": lambda say: report.draw_population(
        made.valuation(), (2025, 2055), draws=drawn_populations(), level=0.5, say=say
    ),
    "surface": lambda say: report.draw_mortality_surface(RATES.sel(sex="female"), source="2024", say=say),
    "holes": lambda say: report.draw_mortality_surface(demography.crude_rates(DEATHS, EXPOSURE), say=say),
    "rates": lambda say: report.draw_death_rates(
        demography.crude_rates(DEATHS, EXPOSURE), {"Lee-Carter": MODEL, "Whittaker": GRADUATED}, (2020, 2030), say=say
    ),
    "graduation": lambda say: report.draw_graduation(GRADUATED, STANDARD, source="2024", say=say),
    "life": lambda say: report.draw_life_expectancy(
        futures(), BASIS.assign_coords(year=YEARS - len(YEARS)), source="2024", say=say
    ),
    "fertility": lambda say: report.draw_total_fertility(futures(), OBSERVED, say=say),
    "people": lambda say: report.draw_population_fan(futures(), source="2024", say=say),
    "births": lambda say: report.draw_population_fan(futures(), "births", say=say),
    "ratio": lambda say: report.draw_population_fan(
        futures(), "old_age_dependency_ratio", central=futures()["old_age_dependency_ratio"].sel(quantile=0.9), say=say
    ),
}
OWN = {"Lee-Carter", "Whittaker"}
"""Names of fits, which are not translated."""


@pytest.fixture(scope="module")
def drawn():
    return {name: draw(language()) for name, draw in DRAWN.items()}


def test_a_surface_has_the_rates_that_went_in(drawn):
    data = drawn["surface"].data
    assert_allclose(data.to_numpy(), RATES.sel(sex="female").transpose("age", "year"), rtol=1e-15)
    assert list(data) == list(map(str, YEARS))
    image = drawn["surface"].figure.axes[0].images[0]
    assert_allclose(image.get_array(), np.log10(data.to_numpy()), rtol=1e-12)
    assert image.get_extent() == [2019.5, 2030.5, -0.5, 100.5]
    assert drawn["surface"].data.attrs["note"] == ""
    first = 1000 * float(RATES.sel(sex="female", year=2020, age=0))
    assert f"Age 0: {first:.2f} per 1,000 in 2020" in drawn["surface"].alt
    assert drawn["surface"].data.attrs["title"] == "Death rates by year and age, women"


def test_cells_without_deaths_stay_open(drawn):
    image = drawn["holes"].figure.axes[0].images[0].get_array()
    assert (image.mask == (DEATHS.transpose("age", "year") == 0).values).all()
    assert image.mask.any()
    assert drawn["holes"].data.attrs["note"] == "Hatched: no deaths, or nothing known."


def test_numbers_on_lines_of_equal_rates_stand_where_the_rates_are(drawn):
    axes = drawn["surface"].figure.axes[0]
    rates = RATES.sel(sex="female")
    assert len(axes.texts) >= 5
    for text in axes.texts:
        x, y = text.get_position()
        near = 1000 * float(rates.interp(year=x, age=y))
        assert near == pytest.approx(float(text.get_text()), rel=0.1)


def test_marks_are_observed_rates_and_lines_are_fits(drawn):
    data = drawn["rates"].data
    assert list(data) == [
        "observed 2020", "observed 2030", "Lee-Carter 2020", "Lee-Carter 2030", "Whittaker",
    ]  # fmt: skip
    assert_allclose(data["observed 2020"], (DEATHS / EXPOSURE).sel(year=2020))
    assert_allclose(data["Lee-Carter 2030"], MODEL.mx.sel(year=2030))
    assert_allclose(data["Whittaker"], GRADUATED.rate)
    lines = [line for line in drawn["rates"].figure.axes[0].lines if len(line.get_xdata()) > 10]
    shown = data["observed 2020"][data["observed 2020"] > 0]
    assert_allclose(lines[0].get_ydata(), shown)
    assert_allclose(lines[3].get_ydata(), data["Lee-Carter 2030"])
    hidden = int((DEATHS.sel(year=[2020, 2030]) == 0).sum())
    assert f"cannot show: {hidden}." in data.attrs["note"]
    looks = {(line.get_color(), str(line._dash_pattern)) for line in lines[2:]}
    assert len(looks) == 3, "told apart"


def test_rates_of_a_year_that_only_one_fit_has():
    later = RATES.sel(sex="male", year=2030)
    both = report.draw_death_rates(demography.crude_rates(DEATHS, EXPOSURE), {"basis": later}, (2020, 2025))
    assert list(both.data) == ["observed 2020", "observed 2025", "basis"]
    assert both.data.index.tolist() == AGES.tolist()
    assert both.data["observed 2020"].notna().sum() == DEATHS.sizes["age"]


def test_graduated_rates_stand_beside_crude_ones_with_exact_limits(drawn):
    data = drawn["graduation"].data
    crude = demography.crude_rates(DEATHS.sel(ONE), EXPOSURE.sel(ONE))
    for column, values in {
        "crude": crude.mx, "crude lower": crude.lower, "crude upper": crude.upper,
        "graduated": GRADUATED.rate, "graduated lower": GRADUATED.lower, "graduated upper": GRADUATED.upper,
        "standard": STANDARD.sel(age=slice(30, 89)),
    }.items():  # fmt: skip
        assert_allclose(data[column], values, rtol=1e-14)
    assert data.loc[data["crude"] == 0, "crude upper"].iloc[0] == pytest.approx(-np.log(0.025) / 500.0)
    none = int((DEATHS.sel(ONE) == 0).sum())
    assert none > 0
    assert f"Ages without deaths: {none}; upper limits above all rates are not shown." in data.attrs["note"]
    low, high = drawn["graduation"].figure.axes[0].get_ylim()
    assert low < data["graduated lower"].min() <= data["graduated upper"].max() < high
    assert f"Standard table: {1000 * float(STANDARD.sel(age=89)):.2f} per 1,000." in drawn["graduation"].alt


def test_life_expectancy_is_that_of_the_projection_and_of_the_quantiles(drawn):
    data = drawn["life"].data
    e0 = basis_life_table(BASIS).ex.sel(age=0)
    for sex in SEXES:
        assert_allclose(data[f"observed {sex}"].dropna(), e0.sel(sex=sex), rtol=1e-12)
        assert_allclose(data[f"{sex} 0.9"].dropna(), futures()[f"life_expectancy_{sex}"].sel(quantile=0.9))
    assert data.index.tolist() == list(range(2009, 2031))
    assert len(drawn["life"].figure.axes[0].collections) == 4, "two bands of each sex"
    assert "Women: 95% of the scenarios in 2030" in drawn["life"].alt
    published = futures().rename(quantile="level")
    assert report.draw_life_expectancy(published).data.equals(report.draw_life_expectancy(futures()).data)


def test_life_expectancy_of_tables_that_functions_make():
    model = demography.mortality_for_e0(np.full((3, 2), 70.0), demography.proportional_family(RATES.sel(year=2020)))
    path = model.assign_coords(year=[2020, 2021, 2022])
    assert_allclose(report.draw_life_expectancy(path).data["male"], 70.0)
    table = demography.life_table(RATES, ax="coale-demeny-west")
    assert_allclose(report.draw_life_expectancy(table).data["female"], table.ex.sel(sex="female", age=0))
    one = BASIS.sel(sex="female")
    assert_allclose(
        report.draw_life_expectancy(one).data["female"], basis_life_table(BASIS).ex.sel(sex="female", age=0)
    )


def test_total_fertility_is_observed_and_projected(drawn):
    data = drawn["fertility"].data
    assert_allclose(data["observed"].dropna(), OBSERVED)
    assert_allclose(data["projected 0.025"].dropna(), futures()["total_fertility"].sel(quantile=0.025))
    asfr = xr.DataArray(np.full((2, 35), 0.06), {"year": [2025, 2026], "age": np.arange(15, 50)}, ("year", "age"))
    assert_allclose(report.draw_total_fertility(asfr.to_dataset(name="asfr")).data["projected"], 2.1)


def test_fans_of_the_population_are_its_quantiles(drawn):
    for name, quantity, units in (
        ("people", "total_population", "persons"),
        ("births", "births", "persons/year"),
        ("ratio", "old_age_dependency_ratio", "fraction"),
    ):
        data = drawn[name].data
        assert_allclose(data[list(map(str, LEVELS))], futures()[quantity].transpose("year", "quantile"))
        assert data.attrs["units"]["0.5"] == units
    assert drawn["people"].data.attrs["labels"]["0.025"] == "Not exceeded in 2.5% of the scenarios"
    assert "95% of the scenarios in 2030" in drawn["people"].alt
    assert_allclose(drawn["ratio"].data["central"], drawn["ratio"].data["0.9"])


def test_a_pyramid_has_the_range_of_the_draws(drawn):
    data = drawn["pyramid"].data
    for sex in SEXES:
        assert_allclose(data[f"{sex} 2055 lower"], 0.9 * data[f"{sex} 2055"], rtol=1e-12)
        assert_allclose(data[f"{sex} 2055 upper"], 1.1 * data[f"{sex} 2055"], rtol=1e-12)
    texts = [text.get_text() for text in drawn["pyramid"].figure.axes[0].get_legend().get_texts()]
    assert texts == ["2025", "2055", "2055,\n50% of the scenarios"]


def test_words_beside_lines_of_a_logarithmic_axis_are_near_their_ends(drawn):
    axes = drawn["rates"].figure.axes[0]
    places = {text.get_text(): text.get_position()[1] for text in axes.texts}
    low, high = np.log(axes.get_ylim())
    wanted = (np.log(GRADUATED.rate.values[-1]) - low) / (high - low)
    assert places["Whittaker"] == pytest.approx(wanted, abs=0.1)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: report.draw_mortality_surface(RATES), BadInput, r"several by sex \(male, female\)"),
        (lambda: report.draw_mortality_surface(MEN.sel(year=[2020, 2022])), BadInput, "follow each other"),
        (lambda: report.draw_mortality_surface(-MEN), OutOfBounds, "numbers from 0 on"),
        (lambda: report.draw_mortality_surface(0 * MEN), BadInput, "no rate is above 0"),
        (lambda: report.draw_mortality_surface(futures()), MissingVariable, "has `rate` or `mx`"),
        (lambda: report.draw_mortality_surface(MEN.values), BadInput, "a Dataset or a DataArray"),
        (lambda: report.draw_death_rates(), BadInput, "give rates that are observed"),
        (lambda: report.draw_death_rates(MEN, years=(1999,)), BadInput, "nothing is known of 1999"),
        (lambda: report.draw_death_rates(MEN, years=range(2020, 2025)), BadInput, "one to 4 years"),
        (lambda: report.draw_death_rates(STANDARD, years=(2024,)), BadInput, "leave the years out"),
        (lambda: report.draw_death_rates(None, {f"f{i}": MEN for i in range(3)}), BadInput, "four fits and 8 lines"),
        (lambda: report.draw_graduation(MEN), BadInput, "the Dataset of graduate"),
        (lambda: report.draw_graduation(demography.graduate(DEATHS, EXPOSURE, smoothing=9.0)), BadInput, "by year"),
        (lambda: report.draw_graduation(GRADUATED, STANDARD.sel(age=slice(0, 9))), BadInput, "none of the ages"),
        (lambda: report.draw_graduation(MODEL), MissingVariable, "lower"),
        (lambda: report.draw_life_expectancy(MODEL), BadInput, "ages|age 0"),
        (lambda: report.draw_life_expectancy(futures()[["births"]]), MissingVariable, "life_expectancy_male"),
        (lambda: report.draw_life_expectancy(futures(), futures()), BadInput, "observed has no quantiles"),
        (lambda: report.draw_life_expectancy(BASIS.isel(year=[0])), BadInput, "two years"),
        (lambda: report.draw_life_expectancy(None), BadInput, "nothing to show"),
        (lambda: report.draw_total_fertility(BASIS), MissingVariable, "asfr"),
        (lambda: report.draw_total_fertility(futures().isel(quantile=[0, 2])), BadInput, "in pairs"),
        (lambda: report.draw_population_fan(futures(), "cats"), BadInput, "'cats' is not known"),
        (lambda: report.draw_population_fan(futures(), "deaths"), MissingVariable, "deaths"),
        (lambda: pyramid(level=1.0), BadInput, "level must lie between 0 and 1"),
        (lambda: pyramid(drawn_populations().sel(year=[2025])), BadInput, "they lack the year 2055"),
        (lambda: pyramid(drawn_populations().isel(age=slice(9))), BadInput, "labels of age"),
        (lambda: pyramid(drawn_populations().isel(scenario=0)), BadInput, r"scenario \(two at least\)"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()


def pyramid(draws=None, level=0.8):
    return report.draw_population(
        made.valuation(), (2025, 2055), draws=drawn_populations() if draws is None else draws, level=level
    )


@pytest.fixture(scope="module")
def english_texts(drawn):
    return {name: texts_of(one.figure) for name, one in drawn.items()}


@pytest.mark.parametrize("code", ["fr", "es"])
def test_words_are_those_of_the_language_inside_the_figure_and_apart(code, drawn, english_texts):
    for name, draw in DRAWN.items():
        one, english = draw(language(code)), drawn[name]
        texts = texts_of(one.figure)
        assert one.figure.get_size_inches()[0] == pytest.approx(16.0 / 2.54, abs=0.01)
        assert min(text.get_fontsize() for text in texts) >= 8.0, name
        for text in texts:
            box = text.get_window_extent()
            assert one.figure.bbox.x0 - 1 <= box.x0 < box.x1 <= one.figure.bbox.x1 + 1, (name, text.get_text())
        for axes in one.figure.axes:
            for group in (axes.texts, ticks_of(axes.xaxis), ticks_of(axes.yaxis)):
                boxes = [text.get_window_extent() for text in group]
                assert not any(a.overlaps(b) for a, b in combinations(boxes, 2)), name
        said, before = (
            {text.get_text() for text in written} | {*each.data.attrs["labels"].values(), each.alt}
            for each, written in ((one, texts), (english, english_texts[name]))
        )
        same = {text for text in said & before if re.search("[A-Za-z]{3}", text)}
        assert {text for text in same if not any(own in text for own in OWN)} <= {"Projection"}, name
        assert one.data.equals(english.data), "numbers are the same in all languages"


def test_every_figure_tells_what_it_shows(drawn):
    for name, one in drawn.items():
        assert one.alt.startswith(one.data.attrs["title"]), name
        assert len(one.alt) > 60, name
        assert {"units", "labels", "shown", "index"} <= set(one.data.attrs), name
        assert set(one.data.attrs["labels"]) >= set(frame.columns_of(one.data)), name


def test_files_have_the_same_bytes_each_time(drawn, tmp_path):
    for name, draw in DRAWN.items():
        files = [
            report.save_figure(one.figure, tmp_path / f"{place}.svg")
            for place, one in enumerate((draw(language()), draw(language())))
        ]
        assert files[0].read_bytes() == files[1].read_bytes(), name
        assert b"<text" not in files[0].read_bytes()
