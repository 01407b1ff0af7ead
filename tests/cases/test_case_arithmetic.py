"""The 100 persons of examples/schemes: what is expected of them is plain arithmetic, evaluated without the package."""

import ast
import math
import operator
import re
import tomllib
from pathlib import Path

import pytest

SCHEMES = Path(__file__).parents[2] / "examples" / "schemes"
BENEFITS = {
    "defined_benefit": {"old_age", "old_age_grant", "invalidity", "widows", "orphans", "funeral_grant"},
    "points": {"old_age", "invalidity", "widows", "orphans", "basic_supplement", "basic_pension"},
    "notional_accounts": {"old_age", "guarantee", "small_account"},
    "provident_fund": {"withdrawal", "annuity", "invalidity", "death_benefit"},
}
ARTICLES = {
    "defined_benefit": range(4, 13),
    "points": (2, 4, 5, 6, 7, 8, 9),
    "notional_accounts": range(2, 9),
    "provident_fund": range(3, 10),
}
ONCE = {"old_age_grant", "funeral_grant", "small_account", "withdrawal", "death_benefit"}
KEYS = {"name", "article", "event", "person", "expected", "arithmetic"}
OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
FUNCTIONS = {"min": min, "max": max, "floor": math.floor}


def evaluated(text):
    """Value of an expression of numbers, + - * / **, parentheses, min, max and floor."""
    return float(_value(ast.parse(text, mode="eval").body))


def _value(node):
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.BinOp(left, op, right) if type(op) in OPERATIONS:
            return OPERATIONS[type(op)](_value(left), _value(right))
        case ast.UnaryOp(ast.USub(), inner):
            return -_value(inner)
        case ast.Call(ast.Name(name), given, []) if name in FUNCTIONS:
            return FUNCTIONS[name](*(_value(one) for one in given))
    raise ValueError(f"not plain arithmetic: {ast.unparse(node)}")


def read(scheme):
    """Economy and cases of a scheme."""
    return tomllib.loads((SCHEMES / scheme / "cases.toml").read_text(encoding="utf-8"))


def by_word(arithmetic, words):
    """Expressions by kind of amount; a lone expression is that of the only amount."""
    return dict.fromkeys(words, arithmetic) if isinstance(arithmetic, str) and len(words) == 1 else arithmetic


def numbers(text):
    return {int(number) for number in re.findall(r"\d+", text)}


CASES = [
    pytest.param(scheme, case, id=f"{scheme}: {case['name']}") for scheme in BENEFITS for case in read(scheme)["case"]
]


@pytest.mark.parametrize(("scheme", "case"), CASES)
def test_expected_amounts_are_what_the_arithmetic_says(scheme, case):
    assert KEYS <= set(case) <= KEYS | {"boundary", "family"}
    assert set(case["arithmetic"]) == set(case["expected"]) <= BENEFITS[scheme]
    for benefit, amounts in case["expected"].items():
        assert set(amounts) <= ({"once"} if benefit in ONCE or _lump(scheme, benefit) else {"per_month", "per_year"})
        expressions = by_word(case["arithmetic"][benefit], amounts)
        assert amounts
        assert set(expressions) == set(amounts)
        for word, amount in amounts.items():
            assert amount == pytest.approx(evaluated(expressions[word]), rel=1e-12, abs=0), f"{benefit}.{word}"
            assert amount > 0, "what is not due is not listed"


def _lump(scheme, benefit):
    """The fund pays invalids their accounts at once; elsewhere invalidity is a pension."""
    return (scheme, benefit) == ("provident_fund", "invalidity")


@pytest.mark.parametrize("scheme", BENEFITS)
def test_cases_of_a_law_use_all_of_it(scheme):
    cases, law = read(scheme)["case"], (SCHEMES / scheme / "SOURCE.md").read_text(encoding="utf-8")
    assert len(cases) == 25
    assert len({case["name"] for case in cases}) == 25
    assert sum(bool(case.get("boundary", "").strip()) for case in cases) >= 10
    assert set().union(*(case["expected"] for case in cases)) == BENEFITS[scheme]
    assert {case["person"]["sex"] for case in cases} == {"male", "female"}
    used = set().union(*(numbers(case["article"]) for case in cases))
    assert set(ARTICLES[scheme]) <= used <= {int(n) for n in re.findall(r"^## Article (\d+)\.", law, re.M)}


def test_every_law_is_looked_at():
    assert {path.parent.name for path in SCHEMES.glob("*/cases.toml")} == set(BENEFITS)


@pytest.mark.parametrize(("text", "value"), [("2 * (3 + 4) / 7", 2), ("1_000 * 1.5**-1", 2_000 / 3), ("floor(2.9)", 2)])
def test_evaluator(text, value):
    assert evaluated(text) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("text", ["wages * 2", "(1).real", "pow(2, 3)", "'2'", "True", "[1][0]", "min(*[1, 2])"])
def test_evaluator_refuses_what_is_no_arithmetic(text):
    with pytest.raises(ValueError, match="not plain arithmetic"):
        evaluated(text)
