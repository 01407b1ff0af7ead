"""Figures of health care in the language of their reader."""

import re

import numpy as np
import pandas as pd
import pytest

import actuarial as ac
from actuarial.report import health_plots, pictures
from actuarial.report.figures.pictures import figures
from actuarial.report.health_tables import PAID_BY
from actuarial.report.health_words import KNOWN, labels, note
from actuarial.report.plots import few_columns
from actuarial.translation import language
from actuarial.valuation.health_growth import FACTORS, decompose_health_expenditure
from tests.reference.health import health_basis, health_scheme

PLACES = re.compile(r"Fund|actuarial|2024-12-31|LTD|\d")
"""What is the same in every language: names, dates, the currency."""


@pytest.fixture(scope="module")
def drawings():
    """What draws each figure in a language."""
    basis = health_basis(3)
    result = ac.project_health(basis, health_scheme())
    growth = decompose_health_expenditure(result, basis)
    return {
        "cost": lambda say: health_plots.draw_cost_by_age(result, (2025, 2027), inflation=basis["inflation"], say=say),
        "services": lambda say: health_plots.draw_services(result, gdp=basis["gdp"], most=2, say=say),
        "groups": lambda say: health_plots.draw_groups(result, most=2, say=say),
        "sources": lambda say: health_plots.draw_sources(result, say=say),
        "growth": lambda say: health_plots.draw_growth(growth, result, say=say),
    }


def texts(figure):
    axes = figure.axes[0]
    found = [figure._suptitle, axes._left_title, axes.xaxis.label, *axes.get_legend().get_texts()]
    return [*(text.get_text() for text in found), *figure._supxlabel.get_text().splitlines()]


def test_the_library_knows_words_for_all_payers_and_causes():
    assert {*FACTORS, *PAID_BY.values(), "interest", "male", "female", "total"} == {*KNOWN}


@pytest.mark.parametrize("code", ["fr", "es"])
def test_no_text_is_the_english_one(drawings, code):
    for name, draw in drawings.items():
        english, other = draw(language()), draw(language(code))
        pairs = zip(texts(english.figure), texts(other.figure), strict=True)
        same = {one for one, said in pairs if one == said and PLACES.sub("", one).strip(" %.,()")}
        assert same <= {"population", "Stays"}, name  # a service of another name than the usual ones
        assert other.data.equals(english.data), "numbers and their columns are the same"


def test_columns_that_are_joined_are_named():
    table = few_columns(_three(), "services", 2)
    assert list(labels(language("es"), table, named=True).values()) == ["Atención hospitalaria", "otros 2 servicios"]
    assert list(labels(language(), table, named=True).values()) == ["Inpatient care", "2 other services"]
    assert table.attrs["note"] == "Other services: my care, medicines."
    assert note(language(), table) == "Other services: My care, Medicines."
    assert note(language("fr"), table) == "Autres services\u202f: My care, Médicaments."


def _three():
    table = pd.DataFrame({"inpatient": [5.0], "my_care": [1.0], "medicines": [2.0]})
    table.attrs["units"] = dict.fromkeys(table, "fraction")
    return table


def test_a_report_of_health_care_has_its_figures():
    basis = health_basis(3)
    result = ac.project_health(basis, health_scheme())
    shown = pictures(result, basis, health_scheme(), language="es")
    assert list(shown) == [
        "population", "cost_by_age", "services", "services_to_gdp", "groups", "sources", "growth", "rates", "reserve",
    ]  # fmt: skip
    drawn = dict(figures(result, basis, health_scheme(), language()))
    costs, sources = drawn["cost_by_age"]().data, drawn["sources"]().data
    expected = health_plots.draw_cost_by_age(result, (2025, 2027), inflation=basis["inflation"]).data
    first = 1.0 + float(basis["inflation"].sel(year=2025))  # figures of a report are in prices of the valuation date
    np.testing.assert_allclose(costs, expected / first, rtol=1e-13)
    np.testing.assert_allclose(sources, health_plots.draw_sources(result).data)
    growth = health_plots.draw_growth(decompose_health_expenditure(result, basis), result).data
    np.testing.assert_allclose(drawn["growth"]().data, growth)
    assert shown["services_to_gdp"].data.units == "proporción del producto interno bruto"
    assert re.search(r"Mujeres 2027: máximo [\d.]+ LTD a los \d+ años\.", shown["cost_by_age"].alt)
