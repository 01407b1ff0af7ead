"""The JSON Schema of scheme files accepts what `open_scheme` accepts, and refuses plain mistakes."""

import json
import re
import tomllib
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest

from actuarial import form_table
from actuarial.contract import Amount, Benefit
from actuarial.forms import parse_scheme
from actuarial.health.scheme import HealthScheme
from actuarial.schema import json_schema

TEXT = """name = "Demo"
currency = "LTD"
law = "National Pensions Act"
[insurable_earnings]
floor = { value = 100, per = "month" }
ceiling = { 2025 = 60_000, indexed = "wages", per = "year" }
[[contributions]]
name = "employees"
payer = "employee"
rate = { 2025 = 0.05, 2035 = 0.06 }
groups = ["private"]
[[contributions]]
name = "budget"
payer = "state"
base = "fixed"
amount = { value = 1_000_000, per = "year" }
finances = ["old_age"]
[administration]
share_of_earnings = 0.001
fixed = { value = 5_000, per = "month" }
[funding]
target_reserve = 1.5
timing = { outgo = 0.5 }
within_year = "simple"
[[benefit]]
form = "old_age"
retirement_age = { male = 60, female = { 2025 = 55, 2045 = 60, path = "ramp" } }
qualifying_years = { cohort = { 1960 = 10, 1970 = 15 }, path = "ramp" }
claim_rate_late = 0.3
indexation = { prices = 0.5, wages = 0.5, lag = 1, month = 7 }
payments = 13
[[benefit.formula]]
form = "flat"
amount = { value = 500, per = "month" }
[[benefit.formula]]
form = "final_average"
accrual = [ { above = 0, rate = 0.02 }, { above = 20, rate = { group = { private = 0.01, public = 0.015 } } } ]
years = 5
[[benefit]]
form = "invalidity"
qualifying_years = 5
of = "old_age"
projected_to_age = 60
[[benefit]]
form = "widows"
share = 0.5
[[benefit]]
form = "orphans"
share = 0.2
until_age = 18
[[benefit]]
form = "old_age_grant"
months = 2
claim_rate = 0.5
[[benefit]]
form = "refund"
name = "refund_of_invalids"
on = "invalidity"
instead_of = "invalidity"
contributions = ["employees"]
[[benefit]]
form = "funeral_grant"
amount = { value = 20_000, per = "once" }
[[benefit]]
form = "old_age"
name = "by_conditions"
conditions = [
  { age = 60, years = 30 },
  { age = { male = 65, female = 60 }, years = 15, recent = { months = 24, in_years = 3 } },
]
retirement_rate = "basis"
early_age = 57
early_reduction = "actuarial"
technical_interest = 0.03
late_increase_per = "month"
formula = { form = "flat", amount = { value = 500, per = "month" } }
[[account]]
name = "notional"
contributions = ["employees"]
growth = { wages = 1, norm = 0.016 }
share = { 2025 = 1.0, 2030 = 0.5 }
gains = { age = { 0 = 0.001, 50 = 0.004 } }
inheritance = "table"
[[account]]
name = "granted"
credits = "months"
rate = 0
[[benefit]]
form = "old_age"
name = "second_tier"
together_with = "old_age"
retirement_age = 60
qualifying_years = 3
[[benefit.formula]]
form = "balance"
account = "notional"
annuity = { interest = 0.016 }
[[benefit.formula]]
form = "balance"
account = "notional"
divisor_from = { years = { cohort = { 1960 = { age = { 61 = 22.0, 62 = 21.2 } } } }, interest = 0.016 }
[[benefit.formula]]
form = "career_average"
accrual = 0.005
revaluation = "wages"
[[benefit.formula]]
form = "guarantee"
amount = { 2025 = 400, per = "month", indexed = "prices" }
formula = { form = "flat", amount = { value = 200, per = "month" } }
[[benefit.formula]]
form = "guarantee"
amount = { 2025 = 400, per = "month", indexed = "prices" }
of = "by_conditions"
[[benefit.formula]]
form = "pro_rata"
since = 2030
old = { form = "flat", amount = { value = 50, per = "month" } }
new = { form = "flat", amount = { value = 40, per = "month" } }
[[benefit.formula]]
form = "part_of_service"
account = "granted"
formula = { form = "flat", amount = { value = 30, per = "month" } }
[[benefit.formula]]
form = "phased"
share = { cohort = { 1960 = 0, 1970 = 1 }, path = "ramp" }
formula = { form = "flat", amount = { value = 20, per = "month" } }
[[benefit.formula]]
form = "greatest"
formulas = [
  [{ form = "flat", amount = { value = 20, per = "month" } }, { form = "final_average", accrual = 0.001, years = 5 }],
  { form = "flat", amount = { value = 30, per = "month" }, from_years = 10 },
]
[[benefit.formula]]
form = "least"
formulas = [
  { form = "final_average", accrual = 0.001, years = 5, earnings_bands = [{ counted = 0.9 }] },
  { form = "flat", amount = { value = 30, per = "month" } },
]
[[benefit.formula]]
form = "banded"
bands = [{ counted = 0.9 }, { above = { 2025 = 100, per = "month", indexed = "wages" }, counted = 0.3 }]
formula = { form = "final_average", accrual = 0.001, years = 5 }
[[benefit.formula]]
form = "by_earnings"
years = 5
brackets = [
  { base_rate = 0.001, falls_by = 0.0001, for_each = { value = 300, per = "month" } },
  { above = { value = 2_000, per = "month" }, base_rate = 0.0005, accrual = 0.0001 },
]
[[benefit.formula]]
form = "at_age"
age = 62
rises_with = "prices"
formula = { form = "flat", amount = { 2025 = 10, per = "month", indexed = "wages" } }
[[benefit]]
form = "gratuity"
together_with = "by_conditions"
[benefit.formula]
form = "phased"
share = 1
full_years = 40
formula = { form = "final_average", accrual = 0.1, years = 1 }
[[benefit]]
form = "account_payout"
accounts = ["notional"]
on = "death"
[[benefit]]
form = "account_withdrawal"
accounts = ["notional"]
share = { age = { 0 = 0, 50 = 0.3, 51 = 0 } }
[[benefit]]
form = "old_age_grant"
name = "short_careers"
from_age = 65
below_years = 10
formula = { form = "final_average", accrual = 0.125, years = 5 }
[[benefit]]
form = "account_payout"
name = "half"
from_age = 60
parts = [ { account = "notional", share = { cohort = { 1970 = 0.5 } } } ]
[[benefit]]
form = "totalised_old_age"
foreign_service = [ { months = 120, share = { group = { private = 0.1, public = 0.0 } } } ]
[[benefit]]
form = "totalised_invalidity"
foreign_service = [ { months = 120, share = 0.1 } ]
[[benefit]]
form = "totalised_widows"
foreign_service = [ { months = 120, share = 0.1 } ]
[[benefit]]
form = "totalised_orphans"
foreign_service = [ { months = 120, share = 0.1 } ]
follows = ["totalised_old_age"]
[[benefit]]
form = "remarriage_grant"
months = 24
[[benefit]]
form = "dependants_supplement"
accompanies = ["old_age"]
spouse_share = 0.1
child_amount = { 2025 = 50, per = "month", indexed = "prices" }
[[benefit]]
form = "attendance_supplement"
needed_by = 0.1
share = 0.25
[[benefit]]
form = "minimum_in_payment"
minimum = { 2025 = 400, 2030 = 500, per = "month" }
"""
ROOT = Path(__file__).parents[2]
OWN_FORMS = ("own_payment_method", "own_pension_formula")  # examples whose files need a form of their own
FOLDERS = [*ROOT.glob("examples/*"), *ROOT.glob("examples/schemes/*"), *ROOT.glob("actuarial/datasets/*")]
SCHEMES = sorted(
    file
    for folder in FOLDERS
    for file in (folder / "scheme.toml", folder / "health.toml")
    if file.exists() and folder.name not in OWN_FORMS
)
KINDS = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
CHECKED = {
    *("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "minLength", "minItems", "items", "required"),
    *("properties", "patternProperties", "additionalProperties", "propertyNames", "anyOf", "oneOf", "$ref"),
}
SILENT = {"title", "description", "default", "$schema", "$defs"}


def valid(value, schema, root):
    """Whether a value satisfies a schema; only the words that our schema uses are known."""
    assert set(schema) <= CHECKED | SILENT, set(schema) - CHECKED - SILENT
    return all(_satisfies(value, word, schema, root) for word in schema if word in CHECKED)


def _satisfies(value, word, schema, root):
    asked = schema[word]
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    checks = {
        "$ref": lambda: valid(value, root["$defs"][asked.removeprefix("#/$defs/")], root),
        "type": lambda: isinstance(value, KINDS[asked]) and (asked == "boolean" or not isinstance(value, bool)),
        "enum": lambda: value in asked,
        "const": lambda: value == asked,
        "minimum": lambda: not number or value >= asked,
        "maximum": lambda: not number or value <= asked,
        "exclusiveMinimum": lambda: not number or value > asked,
        "minLength": lambda: not isinstance(value, str) or len(value) >= asked,
        "minItems": lambda: not isinstance(value, list) or len(value) >= asked,
        "items": lambda: not isinstance(value, list) or all(valid(one, asked, root) for one in value),
        "required": lambda: not isinstance(value, dict) or set(asked) <= set(value),
        "propertyNames": lambda: not isinstance(value, dict) or all(valid(k, asked, root) for k in value),
        "anyOf": lambda: any(valid(value, one, root) for one in asked),
        "oneOf": lambda: sum(valid(value, one, root) for one in asked) == 1,
    }
    if word in checks:
        return checks[word]()
    return not isinstance(value, dict) or _members(value, schema, root)


def _members(table, schema, root):
    patterns, known = schema.get("patternProperties", {}), schema.get("properties", {})
    for key, value in table.items():
        matching = [known[key]] if key in known else []
        matching += [inner for pattern, inner in patterns.items() if re.search(pattern, key)]
        rest = schema.get("additionalProperties", True)
        if not matching and rest is not True:
            matching = [rest] if rest else None
        if matching is None or not all(valid(value, inner, root) for inner in matching):
            return False
    return True


@pytest.fixture(scope="module")
def schema():
    return json_schema()


def test_a_scheme_with_every_form_satisfies_it(schema):
    parse_scheme(TEXT)
    assert valid(tomllib.loads(TEXT), schema, schema)
    assert set(re.findall(r'\bform = "(\w+)"', TEXT)) == set(form_table.FORMS)


@pytest.mark.parametrize("file", SCHEMES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_the_schemes_of_the_library_satisfy_it(file):
    text = file.read_text(encoding="utf-8")
    kind = "health" if isinstance(parse_scheme(text), HealthScheme) else "pension"
    schema = json_schema(kind)
    assert valid(tomllib.loads(text), schema, schema)


MISTAKES = [
    lambda t: t.pop("name"),
    lambda t: t.pop("benefit"),
    lambda t: t.update(benefit=[]),
    lambda t: t.update(curency="LTD"),
    lambda t: t["contributions"][0].update(rate=5),
    lambda t: t["contributions"][0].update(rate={"2025": 5}),
    lambda t: t["contributions"][0].update(payer="worker"),
    lambda t: t["contributions"][1].update(amount=5),
    lambda t: t["contributions"][1]["amount"].pop("per"),
    lambda t: t["contributions"][1]["amount"].update(per="once"),
    lambda t: t["funding"].update(timing={"outgoo": 0.5}),
    lambda t: t["benefit"][0].pop("form"),
    lambda t: t["benefit"][0].update(form="old_ages"),
    lambda t: t["benefit"][0].update(form="widows"),
    lambda t: t["benefit"][0].update(retirement_age=600),
    lambda t: t["benefit"][0].update(retirment_age=60),
    lambda t: t["benefit"][0].update(indexation="gold"),
    lambda t: t["benefit"][0].pop("qualifying_years"),
    lambda t: t["benefit"][0].update(conditions=[{"age": 60}]),
    lambda t: t["benefit"][7].pop("conditions"),
    lambda t: t["benefit"][7]["conditions"][0].pop("age"),
    lambda t: t["benefit"][7].update(retirement_rate="table"),
    lambda t: t["benefit"][7].update(late_increase_per="day"),
    lambda t: t["benefit"][8].update(foreign_service=[]),
    lambda t: t["benefit"][4].pop("months"),
    lambda t: t["benefit"][0].update(formula=[]),
    lambda t: t["benefit"][0]["formula"][0].update(form="old_age"),
    lambda t: t["benefit"][0]["formula"][1].update(accrual=[]),
    lambda t: t["benefit"][0]["formula"][1]["accrual"][0].pop("rate"),
    lambda t: t["benefit"][0].update(payments=0),
    lambda t: t["benefit"][2].update(spouses="all"),
    lambda t: t["benefit"][6]["amount"].update(per="month"),
]


@pytest.mark.parametrize("spoil", MISTAKES)
def test_a_plain_mistake_does_not(schema, spoil):
    table = deepcopy(tomllib.loads(TEXT))
    spoil(table)
    assert not valid(table, schema, schema)


def test_every_property_is_described_and_numbers_have_units(schema):
    tables = {"scheme": schema, **schema["$defs"]}
    named = {where: table.get("properties", {}) for where, table in tables.items()}
    fields = {(where, name): field for where, table in named.items() for name, field in table.items()}
    assert len(fields) > 80
    assert [place for place, field in fields.items() if not field.get("description")] == []
    dated = [(place, field) for place, field in fields.items() if "patternProperties" in json.dumps(field)]
    words = ("(fraction", "(years)", "(money", "Months", "Adjustment", "(ratio)", "(units")
    assert [place for place, field in dated if not any(word in field["description"] for word in words)] == []


def test_it_is_plain_json_without_what_toml_lacks(schema):
    assert json.loads(json.dumps(schema)) == schema
    assert "null" not in json.dumps(schema)
    assert "$comment" not in json.dumps(schema)
    words = ("flat", "final_average", "career_average", "balance", "guarantee", "pro_rata", "part_of_service", "phased",
             "greatest", "least", "banded", "by_earnings", "at_age")  # fmt: skip
    assert [ref["$ref"] for ref in schema["$defs"]["formula"]["oneOf"]] == [f"#/$defs/{word}" for word in words]
    assert schema["$defs"]["old_age"]["description"] == (
        "A pension for life from the retirement age on, after a qualifying period."
    )


@dataclass(frozen=True)
class Bonus(Benefit):
    """A sum of money at retirement.

    Paid once.
    """

    amount: float
    name: str = "bonus"

    def award(self, person):
        return Amount(rate=self.amount, base="currency")


def test_forms_of_ones_own_are_in_it(monkeypatch):
    monkeypatch.setattr("actuarial.form_table.FORMS", {**form_table.FORMS, "bonus": Bonus})
    own = json_schema()
    table = tomllib.loads(TEXT)
    table["benefit"].append({"form": "bonus", "amount": 3})
    assert valid(table, own, own)
    assert own["$defs"]["bonus"]["description"] == "A sum of money at retirement."
    del table["benefit"][-1]["amount"]
    assert not valid(table, own, own)
