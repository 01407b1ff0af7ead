"""Warnings of the checks in the languages of the report: what is known is said, with its numbers and in words."""

import ast
import re
from pathlib import Path

import pytest

import actuarial
from actuarial.check.plausibility import BACKCASTS
from actuarial.errors import warnings_of
from actuarial.report.content.annexes import warnings as annex
from actuarial.report.content.building import build
from actuarial.report.content.warning_words import KNOWN, said_warning
from actuarial.report.document import Bullets, Paragraph
from actuarial.translation import language, pattern_of
from tests.report.content_data import pensions, report

SAYS = {code: language(code) for code in ("en", "fr", "es")}
SAMPLES = {
    "variable": "mx", "benefit": "old_age", "group": "private", "services": "inpatient, drugs", "advice": "",
    "lines": "insurable_earnings +3.7%, number:old_age -12.5% (accepted with a written reason)",
    "awards": "old_age male number +31%, widows female age -2.5 years, invalidity male at_minimum +12 points, "
    "orphans female pension nobody",
    "ages": "58 to 64", "span": "0.25 to 0.5", "places": "inpatient/private 0.712, drugs/public 1.301 and 3 more",
    "active_men": "1,234", "entitled": "0.5", "aged_cells": "12 of 130 cells at ages 15 to 79",
    "people": "1,234 boys and 1,300 girls at ages 0 to 4", "field": "widows.share", "account": "notional",
    "other_benefit": "old_age", "variables": "mx, asfr", "stated_years": "1960 and 1965", "first": "2026",
    "unknown": "number:state_pension (did you mean x?)", "value": "0.2 (year=2030, sex='male'; 3 of 20 cells)",
}  # fmt: skip


def sample(source):
    return source.format_map({name: SAMPLES.get(name, "7") for name in re.findall(r"\{(\w+)\}", source)})


def literals():
    """Texts of the package that become messages, with NUL for what is put into them."""
    for path in Path(actuarial.__file__).parent.rglob("*.py"):
        if path.name in ("warning_words.py", "warning_texts.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                yield "".join(one.value if isinstance(one, ast.Constant) else "\0" for one in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_known_message_is_still_one_of_the_package():
    said = "\n".join(literals())
    for known in KNOWN:
        pieces = [piece.strip(" .:,%") for piece in re.split(r"\{\w+\}", known.source)]
        for piece in [one for one in pieces if len(one) > 12]:
            found = piece in said or any(piece == f"{name} is absent: {what}" for name, what in BACKCASTS.items())
            tail = piece.partition(": ")[2]
            assert found or (tail and tail in said), piece


@pytest.mark.parametrize("code", SAYS)
def test_a_known_message_is_said_with_what_it_tells(code):
    said = {known.source: said_warning(SAYS[code], sample(known.source)) for known in KNOWN}
    assert None not in said.values()
    assert len(set(said.values())) == len(said)
    raw = re.compile(r"old_age|_0\b|at_minimum|insurable_earnings|\{|\0")
    assert [text for text in said.values() if raw.search(text)] == []


PARTS = ("check", "valuation", "health", "pension", "readiness.py", "projection.py", "projection_health.py")
OTHERS = {"conflicts", "_shared"}
"""Functions whose sentences are refusals and no warnings."""


def warnings_of_the_package():
    """Sentences that functions of checks return in lists, with a number for each value in them."""
    package = Path(actuarial.__file__).parent
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0] not in PARTS:
            continue
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(function, ast.FunctionDef) and function.returns and function.name not in OTHERS
            if named and re.search(r"(list|Iterator)\[str\]", ast.unparse(function.returns)):
                yield from sentences(function)


def sentences(function):
    refused = {id(inner) for node in ast.walk(function) if isinstance(node, ast.Raise) for inner in ast.walk(node)}
    for node in ast.walk(function):
        if isinstance(node, ast.JoinedStr) and id(node) not in refused:
            text = "".join(one.value if isinstance(one, ast.Constant) else "7" for one in node.values)
            if len(text) > 40 and ": " in text and not text.startswith(" "):
                yield f"old_age{text}" if text.startswith(":") else text


def test_every_warning_of_the_package_is_known():
    found = set(warnings_of_the_package())
    assert len(found) > 25
    names = re.compile(r"^7: ")
    unknown = [
        text
        for text in found
        if not any(pattern_of(known.source).fullmatch(names.sub("mx: ", text)) for known in KNOWN)
    ]
    assert unknown == []


def test_where_an_unusual_number_stands_is_said_in_words():
    line = "exit_rate at ages 25 to 50: 0.41 (year=2030, group='private', sex='female'; 3 of 20 cells) is unusual; "
    said = said_warning(SAYS["fr"], line + "usual is 0.03 to 0.15 a year.")
    assert said == (
        "Taux de sortie de 25 à 50 ans\u202f: 0,41 (année 2030, groupe Secteur privé, sexe Femmes, 3 cellules sur 20) "
        "est inhabituel."
    )


def test_numbers_and_names_are_those_of_the_country():
    line = sample(KNOWN[0].source)
    assert "1,234 active and 7 inactive men" in said_warning(SAYS["en"], line)
    assert "1\u202f234 hommes actifs" in said_warning(SAYS["fr"], line)
    assert "1.234 hombres activos" in said_warning(language("es"), line)
    assert "0,25–0,5" in said_warning(SAYS["es"], line)
    away = "2 of 20 lines of year 1 are more than 2% away from the accounts of the base year carried forward"
    line = f"accounts: {away}: number:old_age -12.5% (accepted with a written reason)."
    said = said_warning(SAYS["fr"], line)
    assert "-12,5\xa0% (accepté avec une raison écrite)" in said or "-12,5\u202f% (accepté" in said


def test_unknown_messages_and_names_stay_as_they_are():
    assert said_warning(SAYS["fr"], "nobody knows this") is None
    assert said_warning(SAYS["fr"], "no_variable was built from nothing.") is None
    assert said_warning(SAYS["en"], "{year}: nobody is insured {0}") is None
    line = "pensioners_0 has no {0} {name}: nobody is taken to receive it on the valuation date."
    wicked = said_warning(SAYS["es"], line)
    assert wicked == "{0} {name}: se supone que nadie la recibe en la fecha de valuación."


def test_the_annex_says_each_warning_once_and_unknown_ones_apart():
    basis, scheme, result = pensions()
    known = f"inflation_past is absent: {BACKCASTS['inflation_past']}."
    told = result.assign_attrs(warnings="\n".join([known, known, "something new"]))
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
    unknown = [line for line in lines if said_warning(SAYS["es"], line) is None]
    assert len(unknown) < len(lines) / 2, unknown
    assert any(one.name == "warnings" for one in report("es").walk())
