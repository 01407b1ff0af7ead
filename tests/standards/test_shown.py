"""Assessments as they are shown: languages, frame, table of a notebook, command."""

import re
from pathlib import Path

import pandas as pd
import pytest

import actuarial as ac
from actuarial.cli import main
from actuarial.standards import PARTS, Assessment, Facts, Findings, Verdict, assess, leaves
from actuarial.standards.calculations import calculation
from actuarial.standards.shown import headed, html, outline
from actuarial.standards.verdicts import WORDS
from actuarial.translation import language
from tests.standards.laws import families, invalidity, level_basis, old_age, pensions

ENGLISH = re.compile(
    r"\b(the|of|and|is|are|not|years|weeks|days|with|that|which|benefit|figure|insured|Schedule|law|any|age|Part)\b"
)
LAW = pensions(old_age(0.0155, age=67.0), invalidity(0.45), *families(0.5, 0.2))


@pytest.fixture(scope="module")
def found():
    facts = Facts(findings=Findings(all_active=True, average_paid=True))
    return assess(LAW, level_basis(), facts=facts)


@pytest.fixture(scope="module")
def cared():
    basis, scheme = ac.datasets.open("demo")
    return assess(scheme, basis, health=ac.open_scheme(ac.datasets.law("demo health")))


@pytest.mark.parametrize("code", ["fr", "es"])
def test_no_english_word_is_left(found, cared, code):
    say = language(code)
    own = re.compile(r"National \w+ \w+ of Avania|\bLaw\b")
    for assessment in (found, cared):
        text = own.sub("", "\n".join(outline(assessment, say)))
        assert [line for line in text.splitlines() if ENGLISH.search(line)] == []
        cells = own.sub("", " ".join(assessment.to_frame(language=code, alternatives=True)["note"]))
        assert ENGLISH.findall(cells) == []


@pytest.mark.parametrize(("code", "word", "worked"), [
    ("fr", "Économie informelle", "≈ 43,28\xa0%"),
    ("es", "Economía informal", "≈ 43,28\xa0%"),
])  # fmt: skip
def test_calculations_and_names_are_those_of_the_language(cared, code, word, worked):
    say = language(code)
    text = re.sub("[ \n]+", " ", "\n".join(outline(cared, say)))
    assert worked in text
    assert word in text
    assert not re.search(r"\b(dependants|uninsured|poor|private|own facilities)\b", text)
    table = headed(cared.to_frame(language=code), code)
    for column in (text, "\n".join(table[say("Calculation")]), html(cared, say)):
        assert not re.search(r"\d\.\d(?!\d\d)|[<>]=| x ", column)


def test_a_calculation_keeps_its_numbers():
    assert calculation("", language("fr")) == ""
    assert calculation("1 / 3 = ~0.3333333333 = 33.33%", language()) == "1 / 3 ≈ 33.33%"
    assert calculation("200 / 300 = 2/3 = 66.67%", language()) == "200 / 300 = 2/3 ≈ 66.67%"
    shown = calculation("934.827 / 1558.05 = 3/5 = 60.00%", language("fr"))
    assert shown == "≈934,83 / 1\u202f558,05 = 3/5 = 60,00\xa0%"
    assert calculation("~6743.088923 / 15580.45 = 10387/24000 = 43.28%", language()) == "≈6,743.09 / 15,580.45 ≈ 43.28%"
    assert calculation("1234.567 >= 1234.566", language()) == "1,234.567 ≥ 1,234.566"
    assert calculation("44.9999% < 45.00%, 1.0125 x 3", language()) == "44.9999% < 45.00%, 1.0125 × 3"
    assert calculation("-0.5 x 1000 <= -500", language("fr")) == "−0,5 × 1\u202f000 ≤ −500"
    assert calculation("F(15580.45) = 75%", language("es", "es_MX")) == "F(15,580.45) = 75%"


def test_every_verdict_is_said_in_english_too(cared):
    lines = list(outline(cared, language()))
    assert max(map(len, lines)) <= 120
    text = " ".join(" ".join(lines).split())
    assert "C102, Part V: Old-age benefit" in text
    assert "29(1)(a); 65(6)(d): " in text
    assert "≈ 43.28%" in text
    assert repr(cared).startswith("National Pension Scheme of Avania, National Health Insurance of Avania: assessment")


def test_every_row_says_what_it_is_about(cared):
    assert "other" not in {one.subject for one in cared}
    assert "earned 0 in" not in "\n".join(outline(cared, language()))


def test_a_clause_that_needs_a_declaration_is_not_called_a_figure_missed(cared):
    """180 days are more than thirteen weeks, which counts for nothing without a declaration."""
    lines = [line.strip() for line in outline(cared, language())]
    assert "18(2)(b): 180/7 ≥ 13  [Not open without a declaration]" in lines
    assert "18(1): 180/7 < 26  [Does not meet the figure]" in lines


@pytest.mark.parametrize(
    ("words", "word"),
    [
        ({"V": "pass", "IX": "pass", "II": "not_assessable"}, "not_assessable"),
        ({"V": "pass", "IX": "pass", "II": "not_assessable", "VIII": "undetermined"}, "undetermined"),
        ({"V": "pass", "IX": "pass", "II": "fail", "IV": "absent"}, "fail"),
        ({"II": "pass", "III": "pass", "VIII": "not_assessable"}, "fail"),
        ({"II": "pass", "III": "pass", "V": "pass", "VIII": "not_assessable"}, "pass"),
    ],
)
def test_parts_that_are_still_open_leave_ratification_open(words, word):
    rows = [Verdict("C102", part, "1", "", None, None, words.get(part, "absent")) for part in PARTS]
    found = Assessment("Law", "LTD", 2025, tuple(rows), all_branches=True).ratification()
    assert (found.verdict, found.value) == (word, list(words.values()).count("pass"))


def test_parts_that_another_institution_may_serve_leave_ratification_open():
    rows = [Verdict("C102", part, "1", "", None, None, "fail" if part == "V" else "absent") for part in PARTS]
    assert Assessment("Law", "LTD", 2025, tuple(rows)).ratification().verdict == "undetermined"
    assert Assessment("Law", "LTD", 2025, tuple(rows), all_branches=True).ratification().verdict == "fail"


def test_parts_that_no_scheme_has(cared):
    absent = [part for part in ("IV", "VI", "VII") if cared.overall("C102", part).verdict == "absent"]
    assert absent == ["IV", "VI", "VII"]
    text = "\n".join(outline(cared, language()))
    assert len(re.findall("^  [IV]+ .* No benefit of this Part$", text, re.MULTILINE)) == 3
    assert cared.provided == ("II", "III", "V", "VIII", "IX", "X")
    assert {one.standard for one in cared if one.verdict == "not_verified"} >= {"R131", "R134", "C157", "C168", "R202"}


def test_the_frame_has_a_row_for_each_verdict_and_alternative(found):
    plain, all_rows = found.to_frame(), found.to_frame(alternatives=True)
    assert len(plain) == len(found) == len(list(found))
    assert len(all_rows) == len(found) + sum(len(leaves(one)) for one in found if one.of)
    first = found.of("C102", "V", "level")[0]
    row = plain[(plain.standard == "C102") & (plain.part == "V") & (plain.subject == "Level of the benefit")].iloc[0]
    assert (row.value, row.threshold, row.verdict) == (float(first.value), 0.4, "pass")
    assert row.arithmetic == first.arithmetic


def test_names_in_a_notebook_are_text():
    hostile = pensions(old_age(0.02)).amend("scheme", name="<script>alert(1)</script>")
    shown = html(assess(hostile, level_basis()), language())
    assert "<script>" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_ratification_counts_parts_that_are_met(found):
    assert found.ratification().verdict == "undetermined"
    met = [part for part in PARTS if found.overall("C102", part).verdict == "pass"]
    assert found.ratification().value == len(met)


def test_the_command(tmp_path, capsys):
    home = Path(ac.datasets.__file__).parent / "demo"
    facts = Path(__file__).parents[2] / "examples/standards/facts.toml"
    out = tmp_path / "assessment.xlsx"
    words = ["standards", str(home / "scheme.toml"), "--basis", str(home / "basis"), "--facts", str(facts)]
    assert main([*words, "--language", "es", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "C102, Parte V: Prestaciones de vejez" in printed
    assert max(map(len, printed.splitlines())) <= max(120, len(str(out)))
    table = pd.read_excel(out, engine="openpyxl")
    assert list(table) == [
        "Norma", "Parte", "Tema", "Artículo", "Alternativa", "Probado bajo otra fila", "Observado", "Exigido", "Unidad",
        "Código del resultado", "Resultado", "Cálculo", "Elementos", "Notas", "Según una lectura",
    ]  # fmt: skip
    tried = table["Probado bajo otra fila"] == "sí"
    row = table[(table.Parte == "V") & (table.Alternativa == "27(a)") & tried & (table.Norma == "C102")].iloc[0]
    assert (row.Exigido, row["Código del resultado"], row.Unidad) == (0.5, "pass", "proporción")
    assert 0.5 < row.Observado < 0.6
    assert set(table["Código del resultado"]) <= set(WORDS)
    coded = set(WORDS) | {"level", "persons", "share", "European_Code", "True", "False"}
    assert not [name for name in table if name[:6] != "Código" and coded & set(table[name].astype(str))]
    options = table[(table.Parte == "V") & tried].Alternativa
    assert all(options.str.contains(f"65(6)({one})", regex=False).any() for one in "abcd")
    for wrong, message in (
        (["--out", str(tmp_path / "x.txt")], "is written as .csv or .xlsx"),
        (["--year", "1900"], "the basis has the years 2026 to 2100"),
        (["--health", str(home / "scheme.toml")], "is no health scheme"),
        (["--out", str(tmp_path / "none" / "x.csv")], "there is no folder"),
    ):
        assert main([*words, *wrong]) == 2
        assert message in capsys.readouterr().err
