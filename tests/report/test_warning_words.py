"""Warnings of the checks in the languages of the report: what is known is said, with its numbers and in words."""

import ast
import copy
import pickle
import re
from pathlib import Path
from string import Formatter

import xarray as xr

import actuarial
from actuarial.check.plausibility import BACKCASTS, EXITS, outside
from actuarial.report.content.annexes import warnings as annex
from actuarial.report.content.building import build
from actuarial.report.content.warning_words import said_warning
from actuarial.report.document import Bullets, Paragraph
from actuarial.translation import Told, language
from actuarial.warned import Warned, span_of, warning_attributes, warnings_of
from tests.report.content_data import pensions, report

SAYS = {code: language(code) for code in ("en", "fr", "es")}
PARTS = ("check", "valuation", "health", "pension", "readiness.py", "projection.py", "projection_health.py")
OTHERS = {"conflicts", "_shared"}
"""Functions whose sentences are refusals and no warnings."""


def functions():
    """Functions of the checks that return sentences in a list."""
    package = Path(actuarial.__file__).parent
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0] not in PARTS:
            continue
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(function, ast.FunctionDef) and function.returns and function.name not in OTHERS
            if named and re.search(r"(list|Iterator)\[str\]", ast.unparse(function.returns)):
                yield function


def test_every_warning_of_the_package_knows_what_it_tells():
    found = list(functions())
    assert len(found) > 25
    for function in found:
        refused = {id(inner) for node in ast.walk(function) if isinstance(node, ast.Raise) for inner in ast.walk(node)}
        plain = [node for node in ast.walk(function) if isinstance(node, ast.JoinedStr) and id(node) not in refused]
        sentences = ["".join(part.value for part in node.values if isinstance(part, ast.Constant)) for node in plain]
        whole = [text for text in sentences if len(text) > 40 and ": " in text and not text.startswith(" ")]
        assert whole == [], function.name


def told():
    """Warnings with a text for reports, as the source has them: both texts and the names of their places."""
    for path in sorted(Path(actuarial.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Warned":
                texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
                if len(texts) == 2:
                    yield texts


def places(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_what_a_report_says_has_no_place_that_the_warning_does_not_fill():
    found = list(told())
    assert len(found) > 40
    for text, shown in found:
        needed = {"variable"} if text == "{variable} was built from {how}." else set()
        assert places(shown) <= places(text) | needed, text


def unusual():
    rates = xr.DataArray(
        [[[0.1, 0.41]], [[0.35, 0.1]]],
        dims=("year", "group", "sex"),
        coords={"year": [2029, 2030], "group": ["private"], "sex": ["male", "female"]},
    )
    (line,) = outside(EXITS, rates, 0.0, 0.30, "0.03 to 0.15 a year")
    return line


def test_where_an_unusual_number_stands_is_said_in_words():
    assert unusual() == (
        "exit_rate at ages 25 to 50: 0.41 (year=2029, group='private', sex='female'; 2 of 4 cells) is unusual; usual "
        "is 0.03 to 0.15 a year."
    )
    assert said_warning(SAYS["fr"], unusual()) == (
        "Taux de sortie de 25 à 50 ans\u202f: 0,41 (année 2029, groupe Secteur privé, sexe Femmes, 2 cellules sur 4) "
        "est inhabituel."
    )
    assert said_warning(SAYS["en"], unusual()) == (
        "Rate of exit at ages 25 to 50: 0.41 (year 2029, group Private sector, sex Women, 2 of 4 cells) is unusual."
    )


def test_a_range_stands_where_a_number_may():
    values = dict.fromkeys(("active_men", "inactive_men", "active_women", "inactive_women", "entitled"), 10.0)
    (texts,) = [pair for pair in told() if "claim at {span:g} a year" in pair[0]]
    values |= {"benefit": "old_age", "field": "old_age.retirement_rate", "advice": "", "span": span_of(0.25, 0.5)}
    line = Warned(*texts, **values)
    assert "claim at 0.25 to 0.5 a year" in line
    assert "claim at a rate of 0.25–0.5 a year" in said_warning(SAYS["en"], line)
    assert "0,25–0,5" in said_warning(SAYS["fr"], line)


def away(note=""):
    line = Told("{line} {away:+.1%}{note}", line="number:old_age", away=-0.125, note=note)
    return Warned(
        "accounts: {number} of {count} lines of year 1 are more than {band:.0%} away from the accounts of the base "
        "year carried forward: {lines}.",
        "{number} of {count} lines of the first year are more than {band} away from the accounts of the base year "
        "carried forward: {lines}.",
        number=1,
        count=2_000,
        band=0.02,
        lines=(line, line),
    )


def test_numbers_and_names_are_those_of_the_country():
    line = away(Told(" (accepted with a written reason)"))
    assert line.startswith("accounts: 1 of 2000 lines of year 1 are more than 2% away")
    assert line.endswith("number:old_age -12.5% (accepted with a written reason).")
    said = said_warning(SAYS["fr"], line).replace("\u202f%", "\xa0%")
    assert "-12,5\xa0% (accepté avec une raison écrite)\u202f; Effectif\u202f: Pension de vieillesse -12,5" in said
    assert "de plus de 2\xa0% des comptes" in said
    assert "-12.5%" in said_warning(language("es", "es_MX"), away())


def test_warnings_are_the_same_after_they_were_stored():
    lines = [unusual(), away(), "something new"]
    stored = xr.Dataset(attrs=warning_attributes(lines))
    again = warnings_of(stored)
    assert list(again) == lines
    for one, other in zip(again, lines, strict=True):
        assert said_warning(SAYS["es"], one) == said_warning(SAYS["es"], other)
    assert said_warning(SAYS["es"], again[2]) is None
    assert pickle.loads(pickle.dumps(away())).values == away().values
    assert copy.deepcopy(away()).shown == away().shown


def test_names_with_braces_stay_as_they_are():
    line = Warned("pensioners_0 has no {benefit}.", "{benefit}: nobody is taken to receive it on the valuation date.",
                  benefit="{0} {name}")  # fmt: skip
    assert line == "pensioners_0 has no {0} {name}."
    assert said_warning(SAYS["es"], line) == "{0} {name}: se supone que nadie la recibe en la fecha de valuación."
    assert said_warning(SAYS["en"], "{year}: nobody is insured {0}") is None


def test_the_annex_says_each_warning_once_and_unknown_ones_apart():
    basis, scheme, result = pensions()
    known = BACKCASTS["inflation_past"]
    told = result.assign_attrs(warning_attributes([known, known, "something new"]))
    document = build(told, basis, scheme, language="fr")
    (section,) = [one for one in document.walk() if one.name == "warnings"]
    first, note, rest = section.blocks
    assert first == Bullets((said_warning(SAYS["fr"], known),))
    assert isinstance(note, Paragraph)
    assert rest == Bullets(("something new",))
    assert annex.__doc__


def test_warnings_of_the_small_valuation_are_known():
    lines = warnings_of(pensions()[2])
    assert lines
    assert [line for line in lines if said_warning(SAYS["es"], line) is None] == []
    assert any(one.name == "warnings" for one in report("es").walk())
