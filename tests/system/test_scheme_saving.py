"""A saved scheme comes back equal: every field of every class of the law, every kind of number, every file we have."""

import dataclasses
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

import actuarial as ac
from actuarial import fields, form_table, scheme_saving
from actuarial.contract import Amount, Benefit
from actuarial.dated import ByCohort, ByGroup, BySex, ByYear, Money, parse, parse_money
from actuarial.errors import BadScheme
from actuarial.forms import open_scheme, parse_scheme
from actuarial.pension import (
    AccountPayout,
    AttendanceSupplement,
    Balance,
    CareerAverage,
    Condition,
    DependantsSupplement,
    FinalAverage,
    Flat,
    ForeignPeriod,
    FuneralGrant,
    Guarantee,
    Indexation,
    Invalidity,
    LifeAnnuity,
    MemberAccount,
    MinimumInPayment,
    OldAge,
    OldAgeGrant,
    Orphans,
    PaidPart,
    ProRata,
    Recent,
    Refund,
    Residence,
    ServiceRate,
    StatedAnnuity,
    TaperPoint,
    Widows,
)
from actuarial.pension.accounts import AccountRate
from actuarial.pension.by_earnings import Bracket, ByEarnings
from actuarial.pension.early import AgeBand, RateOrActuarial
from actuarial.pension.formulas import Accrual, Band, EarningsBand, FormulaRule, OtherYears
from actuarial.pension.indexation import IndexationRule
from actuarial.pension.old_age import RateOrBasis
from actuarial.pension.survivors import Cumulation
from actuarial.provenance import digest
from actuarial.scheme import Administration, Contribution, Funding, InsurableEarnings, Scheme, Timing
from actuarial.scheme_saving import scheme_text
from tests.reference.full_law import full_law
from tests.system.second_schemes import EVERY_FORM_FILE

ROOT = Path(__file__).parents[2]
LAWS = [*ROOT.glob("actuarial/**/*.toml"), *ROOT.glob("examples/**/*.toml")]
OWN_FORMS = ("own_payment_method", "own_pension_formula")  # their words are registered by the examples alone
FILES = sorted(path for path in LAWS if path.stem in ("scheme", "health") and path.parent.name not in OWN_FORMS)
FILES += sorted(path for path in ROOT.glob("tests/**/*.toml") if "[[benefit]]" in path.read_text(encoding="utf-8"))

FORMULA = FinalAverage(accrual=0.01, years=5)
NUMBERS = [
    0.25,
    1.0,
    ac.step({2025: 0.1, 2030: 0.3}),
    ac.by_sex(male=0.1, female=ac.ramp({2025: 0.1, 2045: 0.15})),
    ac.by_cohort({1960: 0.1, 1970: 1 / 3}, path="ramp"),
    ac.by_group({"private": 0.1, 'public "works" [b]': ac.by_sex(male=ac.step({2025: 0.3}), female=1.0)}),
]
AMOUNTS = [
    ac.money(100.0, "month"),
    ac.money(ac.step({2025: 100, 2031: 1e16}), "year", "wages"),
    ac.money(ac.by_sex(male=7.5, female=ac.ramp({2025: 1, 2030: 2})), "month"),
    ac.money(ac.by_cohort({1960: 10.25}, path="ramp"), "year"),
    ac.money(ac.by_group({"private": ac.step({2025: 3.0})}), "year", "prices"),
]
OLDER = [61.5, ac.step({2025: 60, 2035: 62.25}), ac.by_cohort({1960: 60, 1970: 65})]
CONDITIONS = (
    Condition(age=60, years=30),
    Condition(age=OLDER[1], recent=Recent(months=24, in_years=3, inactive_share=NUMBERS[2])),
    Condition(age=70, years=OLDER[2], residence=Residence(years=10, share=NUMBERS[3])),
)
ABROAD = (ForeignPeriod(months=120, share=0.2), ForeignPeriod(months=OLDER[1], share=NUMBERS[2]))
TAPER = (TaperPoint(pension=AMOUNTS[0], supplement=AMOUNTS[1]), TaperPoint(pension=AMOUNTS[1], supplement=AMOUNTS[2]))
EXAMPLES: list[tuple[Any, list[Any]]] = [
    (fields.Fraction, NUMBERS),
    (fields.Ratio, [2.0, *NUMBERS]),
    (fields.Change, [-0.01, *NUMBERS]),
    (fields.Age, OLDER),
    (fields.Years, [3.0, *OLDER]),
    (fields.Count, [1.5, *OLDER]),
    (fields.Amounts, AMOUNTS),
    (fields.LumpSum, [dataclasses.replace(amount, per="once") for amount in AMOUNTS]),
    (fields.Word, ["old_age", 'Règle n° 1: "a\\b"\nand\tthen\x7f\x1b']),
    (Accrual, [*NUMBERS, (Band(above=0, rate=0.02), Band(above=ac.step({2025: 20}), rate=NUMBERS[2]))]),
    (AccountRate, [*NUMBERS, (ServiceRate(above=0, rate=0.05), ServiceRate(above=12.5, rate=NUMBERS[2]))]),
    (FormulaRule, [Flat(amount=AMOUNTS[1]), (FORMULA,), (FORMULA, Flat(amount=AMOUNTS[0], full_years=30))]),
    (OtherYears, [OtherYears(years=3), OtherYears(years=3, best_of=5, share=1.05)]),
    (tuple[fields.Fraction, ...], [(NUMBERS[1],), (0.5, NUMBERS[2])]),
    (tuple[Bracket, ...], [(Bracket(base_rate=NUMBERS[1]), Bracket(above=AMOUNTS[1], accrual=0.01))]),
    (tuple[TaperPoint, ...], [TAPER]),
    (tuple[EarningsBand, ...], [(EarningsBand(counted=1), EarningsBand(above=AMOUNTS[1], counted=NUMBERS[2]))]),
    (tuple[FormulaRule, ...], [(FORMULA, (FORMULA, Flat(amount=AMOUNTS[0])), Flat(amount=AMOUNTS[1]))]),
    (RateOrBasis, ["basis", *NUMBERS]),
    (RateOrActuarial, ["actuarial", *NUMBERS, (AgeBand(rate=NUMBERS[1]), AgeBand(above=3, rate=0.01))]),
    (tuple[Condition, ...], [CONDITIONS]),
    (tuple[ForeignPeriod, ...], [ABROAD]),
    (LifeAnnuity, [LifeAnnuity(interest=0.016), LifeAnnuity(interest=0.03, sexes="apart")]),
    (StatedAnnuity, [StatedAnnuity(years=18.5), StatedAnnuity(years=OLDER[2], interest=0.016)]),
    (tuple[PaidPart, ...], [(PaidPart(account="months", share=NUMBERS[4]),)]),
    (IndexationRule, [Indexation(wages=1, norm=0.016), Indexation(prices=1), Indexation(fixed=0.01, lag=1, month=7)]),
    (Cumulation, [Cumulation(kept=0.5), Cumulation(kept=NUMBERS[2])]),
    (Timing, [0.25, {"contributions": 0.4, "outgo": 1.0}]),
    (int, [7, 2030]),
    (float, [13.0, 0.5]),
    (str, ["art. 5", "´\u2028 é \r\n"]),
    (bool, [True, False]),
]
NAMED = {"name": "tested", "beside": "widows", "contributions": ("other",)}
NAMED |= dict.fromkeys(("of", "instead_of", "together_with"), "second")
NAMED |= {"account": "months", "minimum_credits": "months", "accounts": ("savings",)}
AGE = {"retirement_age": 60, "qualifying_years": 15}
EARLY = {"early_age": 55, "late_increase": 0.05}
INDEXED = {"revaluation": "wages", "revalued_until": 60}
SPANS, LEAST = {"completed_months": 60.0}, {"minimum_pension": AMOUNTS[0], "minimum_full_years": 70.0}
LINES = {"taper": TAPER}
SIXTY, ONCE = {"from_age": 60}, dataclasses.replace(AMOUNTS[0], per="once")
WHOLE = {"formula": Flat(amount=AMOUNTS[0])}
EXTRAS = {
    OldAge: [AGE, AGE | EARLY, AGE | EARLY | {"early_reduction": "actuarial", "technical_interest": 0.03}],
    Invalidity: [{"of": "old_age"}, {"of": "old_age", "converts_to": "old_age", "converts_at": 60}],
    FuneralGrant: [{"months": 2}],
    Orphans: [{"family_maximum": 0.9}],
    AccountPayout: [
        {"accounts": ("savings",)} | SIXTY, {"accounts": ("months",), "value": ONCE} | SIXTY,
        {"accounts": ("savings",), "above": ONCE} | SIXTY,
    ],
    Guarantee: [WHOLE, WHOLE | LINES, WHOLE | {"amount": AMOUNTS[0]}, {"of": "second", "amount": AMOUNTS[0]}],
    FinalAverage: [{"best_of": 40}, SPANS, LEAST, INDEXED],
    CareerAverage: [SPANS, LEAST, INDEXED],
    ByEarnings: [SPANS, LEAST, INDEXED],
    DependantsSupplement: [{"spouse_share": 0.1}, {"child_share": 0.1}, {"dependant_shares": (0.1, 0.05)}],
    AttendanceSupplement: [{"share": 0.1}, {"amount": AMOUNTS[0]}],
    Balance: [
        {"value": AMOUNTS[0]},
        {"value": AMOUNTS[0]} | LEAST,
        {"account": "savings", "divisor": 18},
        {"account": "savings", "divisor_from": StatedAnnuity(years=20)},
        {"account": "savings", "annuity": LifeAnnuity(interest=0.02)},
    ],
    ProRata: [{"since": 2030}],
    MemberAccount: [
        {"rate": 0.1},
        {"rate": 0.1, "growth": Indexation(wages=1)},
        {"credits": "points"},
        {"credits": "points", "rate": 0.1},
        {"contributions": ("other",)},
    ],
    OldAgeGrant: [
        {"months": 2},
        {"months": 2, "instead_of": "invalidity"},
        {"months": 2, "from_age": 60},
        {"months": 2, "below_years": 10},
    ],
    MinimumInPayment: [{"minimum": AMOUNTS[0]}, {"minimum": AMOUNTS[0], "from_age": 60}],
    Refund: [{"instead_of": "invalidity"}],
    Contribution: [
        {"rate": 0.05},
        {"base": "minimum"},
        {"base": "fixed", "amount": AMOUNTS[0]},
        {"base": "benefit", "rate": 0.1, "of": ("old_age",)},
        {"base": "account_credits", "of": ("savings",)},
    ],
}
PARTS = [MemberAccount, InsurableEarnings, Contribution, Administration, Funding]


def examples(name: str, hint: Any) -> list[Any]:
    """Values that a field of a kind may have."""
    if name == "totalises":
        return ["second", "ill", "survivors", "children"]
    if name in NAMED and (hint == fields.Word or fields.Word in get_args(hint) or get_origin(hint) is tuple):
        return [NAMED[name], *examples("", hint)]
    for kind, values in EXAMPLES:
        if hint == kind or (get_args(kind) and get_args(hint)[: len(get_args(kind))] == get_args(kind)):
            return values
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return list(inner)
    if origin is tuple:
        return [(), ("old_age",), ("other",), ("survivors",)]
    if str(hint).startswith("typing.Annotated"):
        return examples(name, inner[0])
    assert len(inner) > 0, f"{name}: add examples of {hint} to EXAMPLES"
    return [value for one in inner if one is not type(None) for value in examples(name, one)]


BESIDE = (
    OldAge(retirement_age=60, qualifying_years=15, formula=FORMULA),
    OldAge(name="second", retirement_age=60, qualifying_years=15, formula=FORMULA),
    Invalidity(qualifying_years=5, of="old_age"),
    Invalidity(name="ill", qualifying_years=5, of="old_age"),
    Widows(share=0.5),
    Widows(name="survivors", share=0.5),
    Orphans(share=0.2, until_age=18),
    Orphans(name="children", share=0.2, until_age=18),
)


def around(part: Any) -> Scheme:
    """A scheme that has the part, and the benefits that it names or may need: a pension, invalidity, a widow's one."""
    lines: Any = (Contribution(name="other", payer="employee", rate=0.05),)
    said = repr(part)
    benefits = [one for one in BESIDE if one.name in ("old_age", "invalidity", "widows") or one.name in said]
    if isinstance(part, Contribution):
        return Scheme(name="S", currency="LTD", contributions=(*lines, part), benefits=benefits)
    if isinstance(part, (InsurableEarnings, Administration, Funding)):
        place = {InsurableEarnings: "insurable_earnings", Administration: "administration", Funding: "funding"}
        return Scheme(name="S", currency="LTD", contributions=lines, benefits=benefits, **{place[type(part)]: part})
    if isinstance(part, MemberAccount):
        return Scheme(name="S", currency="LTD", contributions=lines, accounts=[part], benefits=benefits)
    months: Any = (MemberAccount(name="months", credits="months"), MemberAccount(name="savings", rate=0.1))
    if not hasattr(part, "claim"):
        with_it = dataclasses.replace(benefits[0], formula=part)
        return Scheme(name="S", currency="LTD", accounts=months, benefits=[with_it, *benefits[1:]])
    others = [one for one in benefits if one.name != part.name]
    return Scheme(name="S", currency="LTD", contributions=lines, accounts=months, benefits=[*others, part])


def comes_back(scheme: Scheme) -> Scheme:
    back = parse_scheme(scheme_text(scheme))
    assert digest(back) == digest(scheme)
    assert [part.name for part in back.benefits] == [part.name for part in scheme.benefits]
    return back


@pytest.mark.parametrize("kind", [*PARTS, *form_table.FORMS.values()], ids=lambda kind: kind.__name__)
def test_every_field_of_every_class_comes_back(kind, monkeypatch):
    """What is written is read and compared here, so that writing does not do so before."""
    monkeypatch.setattr(scheme_saving, "parse_scheme", lambda text: None)
    monkeypatch.setattr(scheme_saving, "_check_same", lambda scheme, back: None)
    hints = get_type_hints(kind, include_extras=True)
    known = kind.__pydantic_fields__
    needed = {
        name: next(value for value in examples(name, hints[name]) if value != ())
        for name in known
        if known[name].is_required()
    }
    reached = set()
    for name in known:
        for value in examples(name, hints[name]):
            for extra in ({}, *EXTRAS.get(kind, [])):
                try:
                    scheme = around(kind(**needed | extra | {name: value}))
                except BadScheme:
                    continue
                comes_back(scheme)
                factory = known[name].default_factory
                default = known[name].default if factory is None else factory()
                if known[name].is_required() or digest(value) != digest(default):
                    reached.add(name)
                break
    assert reached == set(known), "add examples with which these fields can be other than their defaults"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_files_of_the_repository_come_back(path, tmp_path):
    scheme = open_scheme(path)
    ac.save_scheme(scheme, tmp_path / "scheme.toml")
    assert digest(open_scheme(tmp_path / "scheme.toml")) == digest(scheme)


def test_there_are_files_of_the_repository():
    assert len(FILES) >= 6


@pytest.mark.parametrize("make", [full_law, lambda: parse_scheme(EVERY_FORM_FILE)], ids=["full_law", "every_form"])
def test_laws_of_the_tests_come_back(make):
    comes_back(make())


def test_an_amended_scheme_comes_back():
    scheme = full_law().amend("old_age", retirement_age=ac.ramp({2025: 60, 2045: 65}), claim_rate_late=0.5)
    scheme = scheme.amend("old_age.formula", accrual=({"above": 0, "rate": 0.02}, {"above": 20, "rate": 0.01}))
    back = comes_back(scheme.amend("scheme", law="Act 7 of 2025").amend("funding", timing={"outgo": 0.4}))
    assert back.benefit("old_age").formula.accrual[1] == Band(above=20.0, rate=0.01)
    assert back.benefit("old_age").retirement_age == ac.ramp({2025: 60, 2045: 65})
    assert back.funding.timing == {"outgo": 0.4}


plain_number = st.floats(0.0, 1.0) | st.sampled_from([1e-17, 5e-324, 0.1 + 0.2])
year = st.integers(1900, 2100)
path = st.sampled_from(["step", "ramp"])


def split(inner):
    """Numbers that change, made of others."""
    points = st.dictionaries(year, inner, min_size=1, max_size=3).map(lambda found: tuple(sorted(found.items())))
    groups = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, min_size=1, max_size=3)
    return (
        st.builds(ByYear, points, path)
        | st.builds(ByCohort, points, path)
        | st.builds(BySex, inner, inner)
        | st.builds(ByGroup, groups.map(lambda found: tuple(found.items())))
    )


dated = st.recursive(plain_number, split, max_leaves=6)


@given(dated, dated, st.sampled_from(["week", "month", "year"]))
def test_numbers_nested_at_will_come_back(rate, amount, per):
    scheme = full_law().amend("old_age", retirement_rate=rate)
    back = comes_back(scheme.amend("insurable_earnings", floor=Money(amount, per)))
    assert back.benefit("old_age").retirement_rate == parse(rate)
    assert back.insurable_earnings.floor == parse_money(Money(amount, per))


READABLE = """\
name     = "Small"
currency = "LTD"

[insurable_earnings]
ceiling = { 2025 = 3000, per = "month", indexed = "wages" }

[[contributions]]
name     = "members"
payer    = "employee"
rate     = { male = 0.05, female = { 2025 = 0.04, 2035 = 0.05, path = "ramp" } }
finances = ["old_age"]

[[benefit]]
form             = "old_age"
retirement_age   = 60
qualifying_years = 15
indexation       = "prices"

[[benefit.formula]]
form    = "final_average"
accrual = [{ above = 0, rate = 0.02 }, { above = 20, rate = 0.015 }]
years   = 5

[[benefit.formula]]
form   = "flat"
amount = { value = 99.5, per = "month" }

[[benefit]]
form       = "widows"
share      = 0.5
follows    = []
indexation = { prices = 0.5, lag = 1 }

[funding]
timing = { outgo = 0.25 }
"""


def test_the_file_is_readable():
    assert scheme_text(parse_scheme(READABLE)) == READABLE


def test_the_file_is_whole_or_as_it_was(tmp_path, monkeypatch):
    target = tmp_path / "new" / "scheme.toml"
    ac.save_scheme(full_law(), target)
    before = target.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(BadScheme, match=r"scheme.toml: the scheme cannot be written: No space left on device"):
        ac.save_scheme(full_law(2.0), target)
    assert [path.name for path in target.parent.iterdir()] == ["scheme.toml"]
    assert target.read_bytes() == before
    assert b"\r" not in before


def test_only_a_scheme_is_saved(tmp_path):
    with pytest.raises(BadScheme, match=r"scheme: must be a Scheme \(got str\).\n  Give what open_scheme returned."):
        ac.save_scheme("scheme.toml", tmp_path / "scheme.toml")
    assert list(tmp_path.iterdir()) == []


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bonus(Benefit):
    """A benefit of one's own."""

    name: str = "bonus"
    on: str | None = "retirement"
    lump_sum: bool = True
    months: Any = 1.0
    table: Any = None

    def claim(self, person):
        return 1.0

    def award(self, person):
        return Amount(rate=self.months / 12, base="average_wage")


class Points:
    """A formula of one's own, and no dataclass."""

    def award(self, person, service):
        return Amount(rate=1.0, base="currency")


@pytest.fixture
def table(monkeypatch):
    monkeypatch.setattr(form_table, "FORMS", dict(form_table.FORMS))
    return form_table.FORMS


def with_bonus(**changes):
    return around(Bonus(**changes))


def test_a_form_of_ones_own_comes_back_once_it_has_a_word(table):
    with pytest.raises(BadScheme, match=r'^bonus: Bonus has no word in scheme files.\n.*form\("WORD", Bonus\)'):
        scheme_text(with_bonus())
    ac.register_form("bonus", Bonus)
    back = comes_back(with_bonus(months=2.0, table={"deep": [1, {"a b": 2.5}]}))
    assert back.benefit("bonus").table == {"deep": (1, {"a b": 2.5})}
    assert tomllib.loads(scheme_text(with_bonus()))["benefit"][-1] == {"form": "bonus"}


def test_what_a_file_cannot_give_back_is_refused(table):
    ac.register_form("bonus", Bonus)
    with pytest.raises(BadScheme, match=r"^bonus: a scheme file would not give the same Bonus back.\n  Let its class"):
        scheme_text(with_bonus(months=ac.step({2025: 2.0})))
    with pytest.raises(BadScheme, match=r"^bonus.table: a scheme file has no words for function.\n  Use numbers"):
        scheme_text(with_bonus(table=comes_back))
    with pytest.raises(BadScheme, match=r"^bonus.months is None, which a scheme file cannot say.\n  Make None its"):
        scheme_text(with_bonus(months=None))
    with pytest.raises(BadScheme, match="in a word cannot be written as UTF-8"):
        scheme_text(with_bonus(table="\ud800"))


def test_a_formula_or_adjustment_of_ones_own_is_named_by_its_place(table):
    with pytest.raises(BadScheme, match=r"^old_age.formula\[1\]: Points has no word in scheme files"):
        scheme_text(full_law().amend("old_age", formula=(FORMULA, Points())))
    with pytest.raises(BadScheme, match=r"^old_age.indexation: a scheme file has no words for function"):
        scheme_text(full_law().amend("old_age", indexation=lambda basis, finance=None: 0.0))
    ac.register_form("points", Points)
    with pytest.raises(BadScheme, match=r"^old_age.formula: Points is no dataclass, so that its keys are not known"):
        scheme_text(full_law().amend("old_age", formula=Points()))
