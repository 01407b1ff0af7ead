"""The vocabulary as a glossary: symbols mean one thing, parents exist, and what is computed says how."""

import re
from collections import Counter

import pytest

from actuarial.errors import BadInput
from actuarial.vocabulary import INPUTS, explain, variables

ROWS = list(variables().values())
NET = ("net_migration", "conversions", "refugee_arrivals")  # flows of persons that may be negative
SETTINGS = (  # of the scheme
    *("accompanying", "target_reserve", "year_fraction", "flow_timing", "age_at_retirement", "covered_share"),
)


def test_a_symbol_means_one_variable():
    assert [symbol for symbol, uses in Counter(row.symbol for row in ROWS).items() if uses > 1] == []


def test_parents_are_variables():
    assert [(row.name, name) for row in ROWS for name in row.parents if name not in variables()] == []


def test_what_is_computed_has_a_formula_and_parents():
    bare = [row.name for row in ROWS if row.role not in INPUTS and not (row.formula and row.parents)]
    assert bare == list(SETTINGS)


def test_a_formula_is_made_of_mathematics():
    tags = re.compile(r"[A-Z]{5,}|\b[Ss]ee\b|\bR\d|\d\.\d")
    assert [row.name for row in ROWS if tags.search(row.formula)] == []


def test_a_formula_uses_the_symbol_of_a_parent():
    def said(row):
        words = set(re.findall(r"[A-Za-z]+(?:_[A-Za-z0-9+\-]+)?", row.formula))
        plain = words | {word.split("_")[0] for word in words} | {re.split(r"[+\-]", word)[0] for word in words}
        return any(variables()[name].symbol in plain for name in row.parents)

    assert [row.name for row in ROWS if row.parents and not said(row)] == []


def test_bounds_and_dims_can_be_meant():
    assert [row.name for row in ROWS if not row.lower < row.upper] == []
    assert [row.name for row in ROWS if row.units == "fraction" and row.role in INPUTS and row.upper != 1] == []
    assert [row.name for row in ROWS if row.units.startswith("persons") and row.lower != 0] == list(NET)


@pytest.mark.parametrize("name", variables())
def test_an_explanation_fits_a_screen_and_shows_a_symbol_once(name):
    lines = explain(name).splitlines()
    symbols = [line.split()[0] for line in lines[2:] if re.match(r"  \S+ +[a-z_0-9]+ +(=|given:) ", line)]
    assert len(lines) <= 45
    assert len(set(symbols)) == len(symbols)


def test_a_part_of_a_name_finds_it():
    with pytest.raises(BadInput, match=r"no variable 'payg'; did you mean payg_cost_rate, .*\?"):
        explain("payg")
