"""Scheme files: what they become, and every mistake with its line, place and remedy."""

import tomllib
from dataclasses import dataclass

import pytest

from actuarial import form_table
from actuarial.contract import Amount, Benefit
from actuarial.dated import ramp, step
from actuarial.errors import BadScheme
from actuarial.fields import keys_of
from actuarial.form_table import register_form
from actuarial.forms import open_scheme, parse_scheme
from actuarial.pension import FinalAverage, Indexation, OldAge
from actuarial.scheme import Contribution, Scheme
from actuarial.toml_lines import line_at, lines_of

HEAD = 'name = "S"\ncurrency = "LTD"\n'
OLD_AGE = """[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 15
formula = { form = "final_average", accrual = 0.01, years = 5 }
"""


def refusal(text):
    with pytest.raises(BadScheme) as caught:
        parse_scheme(text)
    return str(caught.value)


WHOLE = """name     = "National Pension Scheme"
currency = "LTD"
law      = "National Pensions Act 1998"

[insurable_earnings]
ceiling = { 2025 = 60_000, indexed = "wages", per = "year" }

[[contributions]]
name  = "employees"
payer = "employee"
rate  = { 2025 = 0.05, 2035 = 0.06 }

[[contributions]]
name   = "subsidy"
payer  = "state"
base   = "benefit"
of     = ["old_age"]
rate   = 0.25

[administration]
share_of_benefits = 0.02

[funding]
target_reserve = 2
timing = { contributions = 0.4, outgo = 0.5 }

[[benefit]]
form             = "old_age"
law              = "art. 21-26"
retirement_age   = { 2025 = 60, 2045 = 65, path = "ramp" }
qualifying_years = 15
formula          = { form = "final_average", accrual = 0.0175, years = 5, maximum = 0.80 }
indexation       = "prices"
payments         = 13

[[benefit]]
form = "widows"
share = 0.5
follows = ["old_age"]
indexation = { prices = 0.5, wages = 0.5, lag = 1, month = 7 }

[[benefit]]
form = "refund"
contributions = ["employees"]
"""


def test_a_file_becomes_objects(tmp_path):
    file = tmp_path / "scheme.toml"
    file.write_text(WHOLE, encoding="utf-8")
    scheme = open_scheme(file)
    assert scheme.contribution("employees") == Contribution(
        name="employees", payer="employee", rate=step({2025: 0.05, 2035: 0.06})
    )
    assert scheme.benefit("old_age") == OldAge(
        law="art. 21-26",
        retirement_age=ramp({2025: 60, 2045: 65}),
        qualifying_years=15,
        formula=FinalAverage(accrual=0.0175, years=5, maximum=0.8),
        indexation=Indexation(prices=1.0),
        payments=13,
    )
    assert scheme.benefit("widows").indexation == Indexation(prices=0.5, wages=0.5, lag=1, month=7)
    assert scheme.funding.timing == {"contributions": 0.4, "outgo": 0.5}
    assert [benefit.name for benefit in scheme.benefits] == ["old_age", "widows", "refund"]


def test_a_rate_in_percent():
    text = HEAD + '[[contributions]]\nname = "contributions"\nrate = 12.0\npayer = "employee"\n' + OLD_AGE
    assert refusal(text) == (
        "scheme.toml:5: contributions.rate: must be <= 1 (got 12.0); rates are fractions, did you mean 0.12?"
    )


def test_a_misspelt_key_is_one_mistake():
    text = HEAD + "\n\n" + OLD_AGE.replace("retirement_age", "retirment_age")
    assert refusal(text) == "scheme.toml:7: old_age.retirment_age: unknown key; did you mean retirement_age?"


def test_all_mistakes_at_once_in_the_order_of_the_file():
    text = """name = "S"
curency = "LTD"
[[contributions]]
name = "employees"
payer = "worker"
rate = { 2025 = 0.03, 2030 = 4 }
[[benefit]]
form = "old_age"
retirement_age = "sixty"
qualifying_years = 180
formula = { form = "final_average", accrual = [ { above = 0, rate = 0.02 },
  { above = 20, rate = 2 } ], years = 5, minimum_pension = 100 }
[[benefit]]
form = "widow"
share = 0.5
[[benefit]]
form = "orphans"
share = 0.2
until_age = 18
of = "old_aeg"
follows = ["old_age", "invalidity"]
"""
    assert refusal(text).splitlines() == [
        "scheme.toml: 10 mistakes",
        "scheme.toml:2: curency: unknown key; did you mean currency?",
        "scheme.toml:5: employees.payer: must be 'employee', 'employer', 'self_employed', 'state', 'pensioner' "
        "or 'other' (got 'worker')",
        "scheme.toml:6: employees.rate.2030: must be <= 1 (got 4.0); rates are fractions, did you mean 0.04?",
        "scheme.toml:9: old_age.retirement_age: must be a number, or a table of numbers by year, cohort, age, sex or "
        "group (got 'sixty')",
        "scheme.toml:10: old_age.qualifying_years: must be <= 80 (got 180.0); years, did you mean 15?",
        "scheme.toml:12: old_age.formula.accrual[1].rate: must be <= 1 (got 2.0); rates are fractions, "
        "did you mean 0.02?",
        "scheme.toml:12: old_age.formula.minimum_pension: an amount of money needs its unit; write "
        '{ value = 100, per = "month" }, or per = "week" or "year"',
        "scheme.toml:14: widow.form: 'widow' is unknown; did you mean widows?",
        "scheme.toml:20: orphans.of: 'old_aeg' is no benefit of the scheme; did you mean old_age?",
        "scheme.toml:21: orphans.follows: 'invalidity' is no benefit of the scheme; it is what follows names where it "
        'is left out; write follows = ["old_age"] (the benefits are old_age, widow)',
    ]


def test_names_that_a_field_has_where_it_is_left_out():
    text = HEAD + OLD_AGE + '[[benefit]]\nform = "widows"\nshare = 0.5\n'
    told = refusal(text)
    assert told.endswith(
        "widows.follows: 'invalidity' is no benefit of the scheme; it is what follows names where it is left out; "
        'write follows = ["old_age"] (the benefits are old_age)'
    )
    assert parse_scheme(text + 'follows = ["old_age"]\n').benefit("widows").follows == ("old_age",)
    other = OLD_AGE.replace('form = "old_age"', 'form = "old_age"\nname = "pension"')
    told = refusal(HEAD + other + '[[benefit]]\nform = "widows"\nshare = 0.5\nfollows = ["pension"]\n')
    assert told.endswith(
        "widows.of: 'old_age' is no benefit of the scheme; it is what of names where it is left out; "
        'write of = "pension" (the benefits are pension)'
    )


def test_children_are_those_of_an_orphans_pension():
    widows = '[[benefit]]\nform = "widows"\nshare = 0.5\nwith_children = [0.4]\nfollows = ["old_age"]\n'
    orphans = '[[benefit]]\nform = "orphans"\nname = "young"\nshare = 0.1\nfollows = ["old_age"]\n'
    said = "widows.children: 'orphans' is no orphans' pension; name one, or add it"
    assert refusal(HEAD + OLD_AGE + widows).endswith(said)
    named = HEAD + OLD_AGE + orphans + "until_age = 18\n" + widows
    assert 'write children = "young" (the benefits are old_age, young)' in refusal(named)
    assert parse_scheme(named + 'children = "young"\n').benefit("widows").children == "young"
    missing = refusal((named + 'children = "young"\n').replace("until_age = 18", ""))
    assert "young.until_age: is missing" in missing
    assert "children" not in missing


PRO_RATA = OLD_AGE.replace(
    '{ form = "final_average", accrual = 0.01, years = 5 }',
    '{ form = "pro_rata", since = 2030, old = { form = "final_average", accrual = 0.01, years = 5 }, '
    'new = { form = "final_average", accrual = 0.01, years = 5 } }',
)
GUARANTEE = """[[benefit]]
form = "old_age"
name = "guarantee"
together_with = "old_age"
retirement_age = 60
qualifying_years = 0
[benefit.formula]
form = "guarantee"
amount = { value = 100, per = "month" }
"""
POINTS = """[[account]]
name = "points"
credits = "points"
growth = "wages"
"""
PART = '= { form = "part_of_service", account = "points", formula = {'
BALANCE = OLD_AGE.replace('"final_average", accrual = 0.01, years = 5', '"balance", account = "points", divisor = 20')
REFUSALS = [
    (
        HEAD + PRO_RATA + GUARANTEE + 'of = "old_age"\n',
        "scheme.toml:17: guarantee.formula.of: 'old_age': pro_rata pays two parts, one by each law; a guarantee looks",
    ),
    (HEAD + OLD_AGE + GUARANTEE + 'of = "guarantee"\n', "guarantee.formula.of: 'guarantee' is this benefit itself;"),
    (HEAD + POINTS.replace('"wages"', '"wage"') + OLD_AGE, "scheme.toml:6: points.growth: must be one of none, prices"),
    (HEAD + POINTS + "rte = 1\n" + OLD_AGE, "scheme.toml:7: points.rte: unknown key; did you mean rate?"),
    (
        HEAD + '[[account]]\nname = "n"\nrate = { 2025 = 0.3, 2030 = 3 }\n' + OLD_AGE,
        "scheme.toml:5: n.rate.2030: must be <= 1 (got 3.0); rates are fractions, did you mean 0.03?",
    ),
    (
        HEAD + POINTS + BALANCE,
        "scheme.toml:11: old_age.formula.divisor: has no meaning: points holds points, which are no money; give the",
    ),
    (
        HEAD + POINTS + OLD_AGE.replace("= {", PART).replace("5 }", "5 } }"),
        "scheme.toml:11: old_age.formula.account: 'points' holds points, no months; name an account with credits =",
    ),
    (
        HEAD + OLD_AGE + "early_age = 61\n",
        "scheme.toml:8: old_age.early_age: 61 lies above the retirement age; nobody could start early",
    ),
    (HEAD, "scheme.toml:1: benefit: the scheme has no benefits; give at least one [[benefit]]"),
    ('currency = "LTD"\n' + OLD_AGE, "scheme.toml:1: name: is missing; add it (Name of the scheme)"),
    (HEAD + "benefit = 3\n", "scheme.toml:3: benefit: must be a list of tables; write [[benefit]]"),
    (HEAD + "[[benefit]]\nname = 'x'\n", "scheme.toml:3: x: form is missing; the forms are old_age, invalidity"),
    (HEAD + OLD_AGE + OLD_AGE, "scheme.toml:8: old_age: the name is used twice or belongs to another part"),
    (HEAD + OLD_AGE + 'name = "funding"\n', "funding: the name is used twice or belongs to another part"),
    (HEAD + OLD_AGE.replace('form = "final_average", ', ""), "old_age.formula: must be a formula, for example"),
    (HEAD + OLD_AGE.replace("final_average", "old_age"), "formula.form: 'old_age' is unknown; the forms are flat,"),
    (HEAD + OLD_AGE + 'indexation = "gold"\n', "old_age.indexation: must be one of none, prices, wages, or a mix"),
    (HEAD + OLD_AGE + "payments = 30\n", "scheme.toml:8: old_age.payments: must be <= 24 (got 30)"),
    (HEAD + OLD_AGE + 'indexation = { prices = "x" }\n', "scheme.toml:8: old_age.indexation.prices: must be a number"),
    (HEAD + OLD_AGE + "[funding]\ntiming = 1.5\n", "scheme.toml:9: funding.timing: must be a fraction of the year"),
    (HEAD + OLD_AGE + "[funding]\ntiming = { outgoo = 1 }\n", "unknown flow 'outgoo'; the flows are contributions,"),
    (HEAD + OLD_AGE + '[[benefit]]\nform = "invalidity"\nqualifying_years = 5\n', "needs either a formula or the name"),
    (
        HEAD + OLD_AGE + '[[benefit]]\nform = "funeral_grant"\nfollows = []\namount = { value = 1, per = "month" }\n',
        'scheme.toml:11: funeral_grant.amount.per: must be "once" for a lump sum (got \'month\')',
    ),
    (
        HEAD + OLD_AGE + '[[benefit]]\nform = "refund"\ncontributions = ["members"]\n',
        "scheme.toml:10: refund.contributions: 'members' is no contribution of the scheme; it has none to name",
    ),
    (
        HEAD + OLD_AGE + '[[benefit]]\nform = "old_age_grant"\nmonths = 1\non = "invalidity"\n',
        "old_age_grant.instead_of: 'old_age' is due on retirement, but this benefit on invalidity",
    ),
    (
        HEAD + OLD_AGE + '[[benefit]]\nform = "widows"\nshare = 0.5\nof = "funeral_grant"\nfollows = []\n'
        '[[benefit]]\nform = "funeral_grant"\nmonths = 2\nfollows = []\n',
        "widows.of: 'funeral_grant' has no answer pension; name an old-age or invalidity pension",
    ),
    (
        HEAD + OLD_AGE + '[[contributions]]\nname = "e"\npayer = "employee"\nbase = "fixed"\n'
        'amount = { value = 3, per = "year" }\n[[benefit]]\nform = "refund"\ncontributions = ["e"]\n',
        "refund.contributions: 'e' is not paid on insurable earnings",
    ),
    (
        HEAD + OLD_AGE + '[[contributions]]\nname = "e"\npayer = "employee"\nrate = 0.1\n'
        'ceiling = { value = 3, per = "year" }\n[[benefit]]\nform = "refund"\ncontributions = ["e"]\n',
        "refund.contributions: 'e' has limits of earnings of its own, which a refund does not know",
    ),
    (
        HEAD + OLD_AGE + '[[contributions]]\nname = "e"\npayer = "state"\nbase = "benefit"\nrate = 0.1\n',
        "e: of is missing; base = \"benefit\" needs of",
    ),
    (HEAD + OLD_AGE + '[[contributions]]\nname = "e"\npayer = "state"\n', "e: rate is missing; a line whose base is"),
]


@pytest.mark.parametrize(("text", "expected"), REFUSALS)
def test_a_mistake_is_named(text, expected):
    found = refusal(text)
    assert expected in found
    assert "mistakes" not in found, "one mistake, one message"


def test_a_table_of_a_benefit_without_a_name_is_shown_by_its_place():
    assert refusal(HEAD + "benefit = [3]\n") == "scheme.toml:3: benefit[0]: must be a table"


def test_a_truncated_file():
    assert refusal(HEAD + OLD_AGE[:-4]).startswith("scheme.toml:7: ")
    assert "the file ends too early" in refusal(HEAD + "[[benefit]]\nretirement_age = ")
    assert refusal(HEAD + "a b = 3\n" + OLD_AGE).startswith("scheme.toml:3: not readable as TOML")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BadScheme, match=r"the scheme cannot be read: No such file.*\n  Give the path of a TOML file"):
        open_scheme(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"\n')
    with pytest.raises(BadScheme, match="it is not UTF-8 text"):
        open_scheme(tmp_path / "latin.toml")
    with pytest.raises(BadScheme, match=r"Give the path of a TOML file: .*/latin\.toml\.$"):
        open_scheme(tmp_path)


@dataclass(frozen=True, kw_only=True)
class BereavementLeave(Benefit):
    """A number of months of the average wage at the death of a member."""

    months: float
    name: str = "bereavement_leave"

    on = "death"
    lump_sum = True

    def claim(self, person):
        return 1.0

    def award(self, person):
        return Amount(rate=self.months / 12, base="average_wage")


@pytest.fixture
def table(monkeypatch):
    monkeypatch.setattr(form_table, "FORMS", dict(form_table.FORMS))


@pytest.mark.usefixtures("table")
def test_a_form_of_ones_own():
    register_form("bereavement_leave", BereavementLeave)
    register_form("bereavement_leave", BereavementLeave)
    text = HEAD + OLD_AGE + '[[benefit]]\nform = "bereavement_leave"\n'
    scheme = parse_scheme(text + "months = 2\n")
    assert scheme.benefit("bereavement_leave") == BereavementLeave(months=2)
    assert refusal(text) == "scheme.toml:8: bereavement_leave.months: is missing; add it"
    assert refusal(text + "months = 2\nmoths = 3\n") == (
        "scheme.toml:11: bereavement_leave.moths: unknown key; did you mean months?"
    )


@pytest.mark.usefixtures("table")
def test_a_word_has_one_meaning_and_a_form_answers():
    with pytest.raises(BadScheme, match="'old_age' already means OldAge; choose another word"):
        register_form("old_age", BereavementLeave)
    with pytest.raises(BadScheme, match="dict is neither a benefit nor a formula"):
        register_form("table", dict)


@pytest.mark.usefixtures("table")
def test_a_formula_of_ones_own():
    @dataclass(frozen=True)
    class Points:
        value: float

        def award(self, person, service):
            return Amount(rate=self.value * service, base="currency")

    register_form("points", Points)
    scheme = parse_scheme(HEAD + OLD_AGE.replace('"final_average", accrual = 0.01, years = 5', '"points", value = 3'))
    assert scheme.benefit("old_age").formula == Points(3)


def test_an_object_that_is_no_benefit_is_refused():
    with pytest.raises(BadScheme, match="benefits: int is no benefit: it lacks name, on, follows"):
        Scheme(name="S", currency="LTD", benefits=(3,))

    class Carnival(BereavementLeave):
        on = "carnival"

    with pytest.raises(BadScheme, match="on = 'carnival' is no event; the events are retirement, invalidity"):
        Scheme(name="S", currency="LTD", benefits=(Carnival(months=1),))


def test_objects_refuse_as_files_do():
    with pytest.raises(BadScheme, match=r"old_age.retirement_age: must be <= 120 \(got 200"):
        OldAge(retirement_age=200, qualifying_years=15, formula=FinalAverage(accrual=0.01, years=5))
    with pytest.raises(BadScheme, match=r"FinalAverage\.acrual: unknown key; did you mean accrual"):
        FinalAverage(acrual=0.01, years=5)


TRICKY = '''# comment with = and [ and "
title = "a # no comment" # comment
'quoted key' = 1
"escaped \\u0041 \\" key" = 2
a.b.c = 3
a . d = "x = 1"
text = """
[not.a.table]
x = 1 ""\\" still
"""
raw = \'\'\'
[[nor.this]]\'\'\'\'
dates = [1979-05-27T07:32:00Z, 1979-05-27 07:32:00, 07:32:00]
list = [ 1, # one
  [ "two", 'three' ],

  { four = 4, five.six = 5 }, ]
empty = []
nothing = {}
number = -1_000.5e-3
[table]
key = { 2025 = 1, "2035" = { male = 2, female = [ 3 ] } }
[table.sub."dotted.name"]
x = true
[[many]]
x = 1
[many.inner]
y = 2
[[many.deep]]
z = 3
[[many.deep]]
z = 4
[[many]]
[[many.deep]]
z = 5
  [ spaced . out ]
  last = inf'''


def paths(value, path=()):
    """The path of every key and element of parsed TOML."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from paths(inner, (*path, key))


@pytest.mark.parametrize("text", [TRICKY, TRICKY.replace("\n", "\r\n"), WHOLE, "", "# nothing\n"])
def test_lines_of_every_key_that_the_standard_library_reads(text):
    lines = lines_of(text)
    found = set(paths(tomllib.loads(text)))
    implicit = {path[:i] for path in found for i in range(1, len(path))}
    assert set(lines) <= found
    assert found - set(lines) <= implicit


def test_lines_are_those_of_the_file():
    lines, rows = lines_of(TRICKY), TRICKY.splitlines()

    def row(*path):
        return rows[lines[path] - 1]

    assert row("quoted key").startswith("'quoted key'")
    assert row('escaped A " key').endswith("= 2")
    assert row("a", "b", "c") == "a.b.c = 3"
    assert row("raw") == "raw = '''"
    assert row("list", 1, 1) == "  [ \"two\", 'three' ],"
    assert row("list", 2, "five", "six").startswith("  { four")
    assert row("many", 0, "deep", 1, "z") == "z = 4"
    assert row("many", 1, "deep", 0, "z") == "z = 5"
    assert row("table", "key", "2035", "male").startswith("key =")
    assert row("spaced", "out", "last") == "  last = inf"
    assert line_at(lines, ("many", 1, "absent", "key")) == lines["many", 1]
    assert line_at(lines, ("absent",)) == 1


def test_keys_of_a_class():
    assert keys_of(Contribution)[:3] == ["name", "payer", "base"]
    assert keys_of(None) == []
