"""What a notebook shows of reports, checklists and key results: in words, escaped, with the numbers themselves."""

from dataclasses import replace

import pandas as pd
import pytest

from actuarial.report import checklist, health_key_results, key_results, notebook
from actuarial.report.completeness import ASKED, LABELS, WRITTEN, only_actuary
from actuarial.translation import language
from tests.report.content_data import health_run, pensions, report
from tests.report.made import two_scenarios
from tests.report.paper import HOSTILE, whole
from tests.report.test_renderers import Page


@pytest.mark.parametrize("code", ["en", "fr", "es"])
def test_a_document_shows_its_contents(code):
    document = report(code)
    shown = document._repr_html_()
    listed = " ".join(Page(shown).texts("li"))
    assert all(section.title in listed for section in document.sections)
    assert len(shown) < 20_000


def test_nothing_in_a_document_becomes_markup():
    document = replace(whole(), sections=whole().sections[:1])
    tags = {tag for tag, _, _ in Page(document._repr_html_()).elements}
    assert tags <= {"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li"}
    assert HOSTILE[0] in Page(document._repr_html_()).texts("h3")[0]


def test_the_checklist_says_treated_and_never_so_of_the_actuary():
    for code, word in (("en", "treated"), ("fr", "traité"), ("es", "tratado")):
        found = checklist(report(code))
        say = language(code)
        assert say(LABELS["treated"]) == word
        shown = found._repr_html_()
        assert shown.count("<tr>") == 1 + len(found)
        assert f"<td style=\"text-align: left\">{word}</td>" in shown
        assert word in repr(found)
    own = [item for item in found if only_actuary(item.requirement.report_field)]
    assert own
    assert {item.status for item in own} <= {ASKED, WRITTEN}


def test_key_results_are_shown_in_their_units():
    result = pensions()[2]
    table = key_results(result)
    shown = table._repr_html_()
    rate = float(result["general_average_premium"])
    assert f"{rate:.2%}</td>" in shown
    assert "2,0" not in shown.split("critical")[0]
    both = key_results(two_scenarios())._repr_html_()
    assert ">low</th>" in both
    assert ">–</td>" in both
    assert "%" in health_key_results(health_run().result)._repr_html_()


def test_what_is_taken_from_key_results_is_an_ordinary_table():
    table = key_results(pensions()[2])
    assert type(table.iloc[:2]) is pd.DataFrame
    assert type(table.copy()) is pd.DataFrame
    assert table.round(3).shape == table.shape


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("1\u202f234,5\u00a0%", "right"),
        ("\u22120.5", "right"),
        ("–", "right"),
        ("", "right"),
        ("%", "left"),
        ("b", "left"),
    ],
)
def test_numbers_of_all_languages_stand_to_the_right_and_units_do_not(text, side):
    assert f"text-align: {side}" in notebook._cell(text)
