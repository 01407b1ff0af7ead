"""Files of health schemes: what they become, every mistake with its line, place and remedy, and the way back."""

import json
import tomllib
from copy import deepcopy
from dataclasses import FrozenInstanceError, dataclass, replace
from typing import Any, get_type_hints

import pytest

import actuarial as ac
from actuarial import form_table
from actuarial.contract import Amount
from actuarial.dated import money, ramp, step
from actuarial.errors import BadInput, BadScheme
from actuarial.form_table import HEALTH_FORMS, register_form
from actuarial.forms import open_scheme, parse_scheme
from actuarial.health.cash import HealthFuneral, Sickness
from actuarial.health.contract import CashBenefit
from actuarial.health.groups import Dependants, Employed, Insured, Population
from actuarial.health.payment import Capitation, CasePayment, FeeForService, Mixture, Part
from actuarial.health.scheme import CostSharing, HealthContribution, HealthFunding, HealthScheme, Service
from actuarial.projection import check_types
from actuarial.provenance import digest
from actuarial.schema import json_schema
from actuarial.scheme import Administration, Scheme
from actuarial.scheme_saving import save_scheme, scheme_text
from tests.reference.full_law import full_law
from tests.reference.small import small_basis
from tests.system.test_schema import valid
from tests.system.test_scheme_saving import examples

TEXT = """name     = "National Health Insurance"
currency = "AVD"
law      = "Act 7 of 2025"

[[member_group]]
form = "insured"
name = "employees"
of   = ["private", "public"]

[[member_group]]
form           = "dependants"
of             = ["employees"]
children_below = 21

[[member_group]]
form      = "employed"
name      = "informal"
enrolment = 0.4
selection = 0.3
share     = { 2025 = 0.1, 2035 = 0.3, path = "ramp" }

[[member_group]]
form    = "pensioners"
overlap = 0.05

[[member_group]]
form         = "population"
name         = "poor"
from_age     = 15
share        = 0.1
of_remaining = false

[[member_group]]
form   = "refugees"
births = false

[[member_group]]
form = "remainder"

[[service]]
name    = "inpatient"
covered = 0.9
sharing = { coinsurance = 0.1, copayment = { 2025 = 2, per = "once", indexed = "prices" }, exempt = ["poor"] }

[service.payment]
form  = "case_payment"
creep = 0.01

[[service]]
name   = "drugs"
groups = ["employees", "dependants"]

[service.payment]
form   = "fee_for_service"
budget = { value = 1000000, per = "year" }

[[service]]
name = "primary"

[service.payment]
form  = "mixture"
parts = [{ share = 0.4, payment = { form = "capitation", risk_adjusted = false } }, { share = 0.6, payment = { form = \
"own_facilities" } }]

[[service]]
name = "hospital_days"

[service.payment]
form = "per_diem"

[[service]]
name = "dental"

[service.payment]
form = "global_budget"
rule = "capped"

[[contributions]]
name    = "members"
payer   = "member"
rate    = { 2025 = 0.03, 2030 = 0.035 }
groups  = ["employees"]
ceiling = { value = 5000, per = "month" }

[[contributions]]
name   = "match"
payer  = "state"
base   = "contribution"
rate   = 0.5
of     = ["members"]
groups = ["employees"]

[[contributions]]
name   = "premium"
payer  = "member"
base   = "head"
amount = { value = 10, per = "month" }
groups = ["informal"]

[[benefit]]
form         = "sickness"
rate         = 0.6
waiting_days = 3
maximum_days = 180
groups       = ["employees"]

[[benefit]]
form  = "maternity"
rate  = 1
weeks = 14

[[benefit]]
form = "paternity"
rate = 1
days = 7

[[benefit]]
form   = "funeral"
amount = { value = 500, per = "once" }

[administration]
share_of_contributions = 0.05

[funding]
reserve_months    = 4
demand_elasticity = -0.2
"""
HEAD = 'name = "H"\ncurrency = "AVD"\n'
GROUP = '[[member_group]]\nform = "remainder"\nname = "all"\n'
SERVICE = '[[service]]\nname = "visits"\npayment = { form = "capitation" }\n'
PENSION = """name = "P"
currency = "AVD"
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 15
formula = { form = "final_average", accrual = 0.01, years = 5 }
"""


def refusal(text: str) -> str:
    with pytest.raises(BadScheme) as caught:
        parse_scheme(text)
    return str(caught.value)


@pytest.fixture
def scheme() -> HealthScheme:
    return parse_scheme(TEXT)


def test_a_file_becomes_objects(tmp_path):
    (tmp_path / "scheme.toml").write_text(TEXT, encoding="utf-8")
    scheme = open_scheme(tmp_path / "scheme.toml")
    assert type(scheme) is HealthScheme
    assert scheme.group("employees") == Insured(name="employees", of=("private", "public"))
    assert scheme.group("dependants") == Dependants(of=("employees",), children_below=21)
    assert scheme.group("informal").share == ramp({2025: 0.1, 2035: 0.3})
    assert scheme.service("inpatient") == Service(
        name="inpatient",
        covered=0.9,
        payment=CasePayment(creep=0.01),
        sharing=CostSharing(
            coinsurance=0.1, copayment=money(step({2025: 2.0}), "once", "prices"), exempt=("poor",)
        ),
    )
    parts = scheme.service("primary").payment.parts
    assert (parts[0].share, parts[0].payment) == (0.4, Capitation(risk_adjusted=False))
    assert scheme.contribution("match").of == ("members",)
    assert scheme.benefit("sickness") == Sickness(rate=0.6, waiting_days=3, maximum_days=180, groups=("employees",))
    assert scheme.administration.share_of_contributions == 0.05
    assert scheme.funding == HealthFunding(reserve_months=4, demand_elasticity=-0.2)


def test_all_words_are_used():
    raw = tomllib.loads(TEXT)
    found = {table["form"] for key in ("member_group", "benefit") for table in raw[key]}
    payments = [service["payment"] for service in raw["service"]]
    found |= {payment["form"] for payment in payments}
    found |= {part["payment"]["form"] for payment in payments for part in payment.get("parts", [])}
    assert found == set(HEALTH_FORMS)


def test_a_pension_scheme_stays_one():
    assert type(parse_scheme(PENSION)) is Scheme


def test_all_mistakes_at_once_in_the_order_of_the_file():
    text = """name = "N"
curency = "AVD"
[[member_group]]
form = "insurd"
name = "employees"
[[member_group]]
form = "dependants"
of = ["employes"]
enrolment = 40
[[service]]
name = "inpatient"
payment = { form = "case_paymnt", creep = 0.01 }
sharing = { coinsurance = 10, copayment = { value = 2, per = "month" }, exempt = ["emploees"] }
groups = ["employees", "camps"]
[[service]]
payment = { form = "mixture", parts = [ { share = 0.5, payment = { form = "sickness" } } ] }
[[service]]
name = "drugs"
[[contributions]]
name = "members"
payer = "employee"
rate = 0.03
groups = ["employee"]
[[contributions]]
name = "budget"
payer = "state"
base = "budget"
[[benefit]]
form = "old_age"
[[benefit]]
form = "sickness"
rate = 0.6
waiting_day = 3
groups = ["camps"]
[funding]
reserve_month = 3
"""
    assert refusal(text).splitlines() == [
        "scheme.toml: 19 mistakes",
        "scheme.toml:2: curency: unknown key; did you mean currency?",
        "scheme.toml:4: employees.form: 'insurd' is unknown; did you mean insured?",
        "scheme.toml:8: dependants.of: 'employes' is no other group of members; did you mean employees?",
        "scheme.toml:9: dependants.enrolment: must be <= 1 (got 40.0); rates are fractions, did you mean 0.4?",
        "scheme.toml:12: inpatient.payment.form: 'case_paymnt' is unknown; did you mean case_payment?",
        "scheme.toml:13: inpatient.sharing.coinsurance: must be <= 1 (got 10.0); rates are fractions, "
        "did you mean 0.1?",
        "scheme.toml:13: inpatient.sharing.copayment.per: must be \"once\" for a lump sum (got 'month')",
        "scheme.toml:13: inpatient.sharing.exempt: 'emploees' is no group of members; did you mean employees?",
        "scheme.toml:14: inpatient.groups: 'camps' is no group of members; the groups are employees, dependants",
        "scheme.toml:15: service[1].name: is missing; add it (Name of the service, a service_type of the basis)",
        "scheme.toml:16: service[1].payment.parts[0].payment.form: 'sickness' is unknown; the forms are "
        "fee_for_service, capitation, case_payment, per_diem, global_budget, own_facilities, mixture",
        "scheme.toml:17: drugs.payment: is missing; add it (How providers are paid)",
        "scheme.toml:21: members.payer: must be 'member', 'employer', 'pensioner', 'state', 'donor' or 'other' "
        "(got 'employee')",
        "scheme.toml:23: members.groups: 'employee' is no group of members; did you mean employees?",
        'scheme.toml:24: budget: amount is missing; a line whose base is "budget" needs one',
        "scheme.toml:29: old_age.form: 'old_age' is a benefit of pension schemes, which have neither [[member_group]] "
        "nor [[service]]; the forms here are sickness, maternity, paternity, funeral",
        "scheme.toml:33: sickness.waiting_day: unknown key; did you mean waiting_days?",
        "scheme.toml:34: sickness.groups: 'camps' is no group of members; the groups are employees, dependants",
        "scheme.toml:36: funding.reserve_month: unknown key; did you mean reserve_months?",
    ]


REFUSALS = [
    (HEAD + SERVICE, "scheme.toml:1: member_group: the scheme has no members; give at least one [[member_group]]"),
    (HEAD + GROUP, "scheme.toml:1: service: the scheme has no services; give at least one [[service]], for cash "
     "benefits alone one that nobody uses (use_rate_0 of 0)"),
    (HEAD + "service = 3\n" + GROUP, "scheme.toml:3: service: must be a list of tables; write [[service]]"),
    (HEAD + "service = [3]\n" + GROUP, "scheme.toml:3: service[0]: must be a table"),
    (HEAD + GROUP + SERVICE + SERVICE, "scheme.toml:9: visits: the name is used twice or belongs to another part"),
    (HEAD + GROUP + SERVICE.replace("visits", "all"), "all: the name is used twice or belongs to another part"),
    (HEAD + GROUP + SERVICE.replace("form", "from"), "visits.payment: dict is no payment method: it lacks the answer"),
    (HEAD + GROUP + SERVICE.replace('{ form = "capitation" }', "3"), "visits.payment: int is no payment method"),
    (HEAD + GROUP + SERVICE + 'form = "x"\n', "scheme.toml:9: visits.form: unknown key; the keys are name, covered,"),
    (HEAD + GROUP + SERVICE + "covered = 90\n", "scheme.toml:9: visits.covered: must be <= 1 (got 90.0); rates are"),
    (HEAD + GROUP.replace('form = "remainder"\n', "") + SERVICE, "scheme.toml:3: all: form is missing; the forms are "
     "insured, employed, pensioners, dependants, population, refugees, remainder"),
    (HEAD + GROUP.replace("remainder", "capitation") + SERVICE, "scheme.toml:4: all.form: 'capitation' is unknown"),
    (HEAD + '[[member_group]]\nform = "employed"\n' + SERVICE, "scheme.toml:3: employed.share: is missing; add it"),
    (HEAD + GROUP + SERVICE + '[insurable_earnings]\n', "scheme.toml:9: insurable_earnings: unknown key; the keys are "
     "name, currency, law, member_group, service, contributions, benefit, administration, funding"),
    (HEAD + GROUP + SERVICE + '[[benefit]]\nform = "funeral"\namount = { value = 3, per = "month" }\n',
     'scheme.toml:11: funeral.amount.per: must be "once" for a lump sum (got \'month\')'),
    (HEAD + GROUP + SERVICE + '[[benefit]]\nform = "sickness"\nrate = 60\n',
     "scheme.toml:11: sickness.rate: must be <= 1 (got 60.0); rates are fractions, did you mean 0.6?"),
    (PENSION + '[[benefit]]\nform = "sickness"\nrate = 0.6\n', "scheme.toml:9: sickness.form: 'sickness' is a cash "
     "benefit of health schemes, which have [[member_group]] and [[service]]; the forms here are old_age, invalidity,"),
    (PENSION.replace("final_average", "capitation"), "old_age.formula.form: 'capitation' is unknown; the forms are"),
]


@pytest.mark.parametrize(("text", "expected"), REFUSALS)
def test_a_mistake_is_named(text, expected):
    found = refusal(text)
    assert expected in found
    assert "mistakes" not in found, "one mistake, one message"


def test_misspelt_headings_are_those_of_a_health_scheme():
    text = HEAD + GROUP.replace("member_group", "member_groups") + SERVICE.replace("service", "services")
    assert refusal(text).splitlines()[1:] == [
        "scheme.toml:1: member_group: the scheme has no members; give at least one [[member_group]]",
        "scheme.toml:1: service: the scheme has no services; give at least one [[service]], for cash benefits alone "
        "one that nobody uses (use_rate_0 of 0)",
        "scheme.toml:3: member_groups: unknown key; did you mean member_group?",
        "scheme.toml:6: services: unknown key; did you mean service?",
    ]


@dataclass(frozen=True, kw_only=True)
class Contract:
    """A sum for a service, whatever happens."""

    yearly: float

    def cost(self, activity, basis):
        return activity.members * 0.0 + self.yearly


@dataclass(frozen=True, kw_only=True)
class Students:
    """A number of persons aged 18."""

    number: float
    name: str = "students"
    order: int = 1
    enrolment: float = 1.0
    effective: float = 1.0
    selection: float = 0.0
    first_use: float = 1.0
    catching_up: float = 0.0

    def eligible(self, sources):
        return at_18(sources.population, self.number)


def at_18(population, number):
    return 0.5 * number * (population["age"] == 18) * (population * 0.0 + 1.0)


@dataclass(frozen=True, kw_only=True)
class Layette(CashBenefit):
    """A sum at a birth."""

    sum: float
    name: str = "layette"
    on: str = "birth"

    def claim(self, person):
        return 1.0

    def award(self, person):
        return Amount(rate=self.sum, base="currency")


OWN = (
    HEAD
    + '[[member_group]]\nform = "students"\nnumber = 500.0\n'
    + '[[service]]\nname = "visits"\npayment = { form = "contract", yearly = 1000.0 }\n'
    + '[[benefit]]\nform = "layette"\nsum = 3.0\n'
)


def test_forms_of_ones_own(monkeypatch):
    monkeypatch.setattr(form_table, "HEALTH_FORMS", dict(HEALTH_FORMS))
    monkeypatch.setattr(form_table, "FORMS", dict(form_table.FORMS))
    assert refusal(OWN).startswith("scheme.toml: 3 mistakes")
    for word, form in (("students", Students), ("contract", Contract), ("layette", Layette)):
        register_form(word, form)
        assert (word in form_table.HEALTH_FORMS, word in form_table.FORMS) == (True, False)
    scheme = parse_scheme(OWN)
    assert scheme.groups == (Students(number=500.0),)
    assert scheme.service("visits").payment == Contract(yearly=1000.0)
    assert scheme.benefit("layette") == Layette(sum=3.0)
    assert digest(parse_scheme(scheme_text(scheme))) == digest(scheme)
    schema = json_schema("health")
    assert valid(tomllib.loads(OWN), schema, schema)
    assert not valid(tomllib.loads(OWN.replace("number = 500.0\n", "")), schema, schema)
    assert refusal(OWN.replace("number", "numbr")) == (
        "scheme.toml: 2 mistakes\nscheme.toml:3: students.number: is missing; add it\n"
        "scheme.toml:5: students.numbr: unknown key; did you mean number?"
    )


def test_a_word_has_one_meaning_and_a_form_answers():
    with pytest.raises(BadScheme, match="'capitation' already means Capitation; choose another word"):
        register_form("capitation", Contract)
    with pytest.raises(BadScheme, match=r"dict is neither a benefit nor a formula.*\n.*\n.*cost\(activity, basis\)"):
        register_form("table", dict)


def test_objects_without_a_word_are_not_written():
    scheme = parse_scheme(HEAD + GROUP + SERVICE)
    with pytest.raises(BadScheme, match=r"^visits.payment: Contract has no word in scheme files"):
        scheme_text(scheme.amend("visits", payment=Contract(yearly=3.0)))
    with pytest.raises(BadScheme, match=r"^students: Students has no word in scheme files"):
        scheme_text(scheme.amend("scheme", groups=(Students(number=3.0),)))


def test_objects_that_are_no_benefits_groups_or_payments_are_refused():
    good: dict[str, Any] = {"name": "H", "currency": "AVD", "groups": (Population(),)}
    good["services"] = (Service(name="visits", payment=Capitation()),)
    with pytest.raises(BadScheme, match=r"benefits: int is no cash benefit: it lacks name, on, .*CashBenefit, which"):
        HealthScheme(**good, benefits=(3,))
    with pytest.raises(BadScheme, match=r"layette: on = 'exit' is no event of members; the events are sickness, birth"):
        HealthScheme(**good, benefits=(Layette(sum=3.0, on="exit"),))
    with pytest.raises(BadScheme, match=r"groups: Capitation is no group of members: it lacks the answer eligible"):
        HealthScheme(**good | {"groups": (Capitation(),)})
    with pytest.raises(BadScheme, match=r"payment: Population is no payment method: it lacks the answer cost"):
        Service(name="visits", payment=Population())


def test_the_file_comes_back_as_it_was(scheme, tmp_path):
    assert scheme_text(scheme).split() == TEXT.split()
    save_scheme(scheme, tmp_path / "scheme.toml")
    assert digest(open_scheme(tmp_path / "scheme.toml")) == digest(scheme)


def test_the_order_of_the_parts_does_not_matter_and_all_else_does(scheme):
    turned = {field: getattr(scheme, field)[::-1] for field in ("groups", "services", "contributions", "benefits")}
    assert digest(replace(scheme, **turned)) == digest(scheme)
    changes = [
        ("informal", {"enrolment": 0.5}),
        ("inpatient", {"covered": 0.8}),
        ("inpatient.sharing", {"exempt": ()}),
        ("inpatient.payment", {"creep": 0.0}),
        ("premium", {"groups": ()}),
        ("funeral", {"take_up": 0.9}),
        ("funding", {"reserve_months": 3}),
    ]
    digests = {digest(scheme.amend(path, **change)) for path, change in changes}
    assert len(digests | {digest(scheme)}) == len(changes) + 1


MONEY = money(100.0, "month")
KINDS = [HealthContribution, HealthFunding, Administration, Service, CostSharing, *HEALTH_FORMS.values()]
NEEDED: dict[type, list[dict[str, Any]]] = {
    HealthContribution: [
        {"rate": 0.1},
        {"base": "head", "amount": MONEY},
        {"base": "contribution", "of": ("other",), "rate": 0.1},
        {"base": "deficit"},
    ],
}
MIXED = Mixture(parts=(Part(share=1.0, payment=Capitation()),))
PAYMENTS = [CasePayment(creep=0.01), FeeForService(budget=MONEY), MIXED]


def given(name: str, hint: Any) -> list[Any]:
    """Values that a field may have."""
    known: dict[str, list[Any]] = {
        "payment": PAYMENTS,
        "parts": [MIXED.parts, (Part(share=0.5, payment=PAYMENTS[0]), Part(share=0.5, payment=PAYMENTS[1]))],
        "sharing": [CostSharing(coinsurance=0.1, exempt=("base",), deductible=money(3, "once"))],
        "groups": [("base",), ()],
        "exempt": [("base",), ()],
        "name": ["tested"],
        "of": [("base",), ("other",), ()],
        "children_below": [21],
        "demand_elasticity": [-0.5],
        "order": [],
    }
    return known[name] if name in known else examples(name, hint)


def around(part: Any) -> HealthScheme:
    """A scheme that has the part, and what it may refer to."""
    groups: Any = (Employed(name="base", share=0.5),)
    services: Any = (Service(name="visits", payment=Capitation()),)
    lines: Any = (HealthContribution(name="other", payer="member", rate=0.05),)
    changed: dict[str, Any] = {"groups": groups, "services": services, "contributions": lines}
    if isinstance(part, HealthContribution):
        changed["contributions"] = (*lines, part)
    elif isinstance(part, HealthFunding):
        changed["funding"] = part
    elif isinstance(part, Administration):
        changed["administration"] = part
    elif isinstance(part, Service):
        changed["services"] = (*services, part)
    elif isinstance(part, CostSharing):
        changed["services"] = (replace(services[0], sharing=part),)
    elif hasattr(part, "eligible"):
        changed["groups"] = (*groups, part)
    elif hasattr(part, "cost"):
        changed["services"] = (replace(services[0], payment=part),)
    else:
        changed["benefits"] = (part,)
    return HealthScheme(name="H", currency="AVD", **changed)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_field_of_every_class_comes_back(kind):
    hints, known = get_type_hints(kind, include_extras=True), kind.__pydantic_fields__
    needed = {
        name: next(value for value in given(name, hints[name]) if value != ())
        for name in known
        if known[name].is_required()
    }
    reached = set()
    for name in known:
        for value in given(name, hints[name]):
            for extra in NEEDED.get(kind, [{}]):
                try:
                    scheme = around(kind(**needed | extra | {name: value}))
                except BadScheme:
                    continue
                assert digest(parse_scheme(scheme_text(scheme))) == digest(scheme)
                default = known[name].get_default(call_default_factory=True)
                if known[name].is_required() or digest(value) != digest(default):
                    reached.add(name)
    assert reached == set(known), "add examples with which these fields can be other than their defaults"


CHANGES = [
    ("employees", {"of": ["private"]}, lambda s: s.group("employees").of, ("private",)),
    ("informal", {"share": {"2025": 0.2}}, lambda s: s.group("informal").share, step({2025: 0.2})),
    ("inpatient", {"payment": Capitation()}, lambda s: s.service("inpatient").payment, Capitation()),
    ("inpatient.payment", {"creep": 0.02}, lambda s: s.service("inpatient").payment.creep, 0.02),
    ("inpatient.sharing", {"coinsurance": 0.2}, lambda s: s.service("inpatient").sharing.coinsurance, 0.2),
    ("members", {"rate": 0.04}, lambda s: s.contribution("members").rate, 0.04),
    ("sickness", {"waiting_days": 0}, lambda s: s.benefit("sickness").waiting_days, 0.0),
    ("administration", {"share_of_benefits": 0.02}, lambda s: s.administration.share_of_benefits, 0.02),
    ("funding", {"reserve_months": 6}, lambda s: s.funding.reserve_months, 6.0),
    ("scheme", {"name": "Reform"}, lambda s: s.name, "Reform"),
]


@pytest.mark.parametrize(("path", "changes", "read", "expected"), CHANGES)
def test_a_field_is_changed_and_nothing_else(scheme, path, changes, read, expected):
    reform = scheme.amend(path, **changes)
    assert read(reform) == expected
    assert scheme == parse_scheme(TEXT), "the original is untouched"
    parts = ("name", "currency", "law", "groups", "services", "contributions", "benefits", "administration", "funding")
    assert len([part for part in parts if getattr(reform, part) == getattr(scheme, part)]) == len(parts) - 1


WRONG = [
    ("inpatients", {"covered": 1}, r"amend: the scheme has no part 'inpatients'; did you mean inpatient\?$"),
    ("zzz", {"x": 1}, r"the parts are employees, dependants, .*, funeral, administration, funding, scheme\.$"),
    ("inpatient", {"coverd": 1}, r"inpatient.coverd: unknown key; did you mean covered\?$"),
    ("inpatient.paymnt", {"creep": 1}, r"amend: inpatient has no part 'paymnt'; did you mean payment\?$"),
    ("inpatient.sharing", {"coinsurance": 10}, r"coinsurance: must be <= 1 \(got 10.0\); rates are fractions"),
    ("inpatient.sharing", {"exempt": ("rich",)}, r"inpatient.sharing.exempt: 'rich' is no group of members"),
    ("employees", {"name": "workers"}, r"dependants.of: 'employees' is no other group of members"),
    ("scheme", {"services": ()}, r"services: the scheme has no services"),
]


@pytest.mark.parametrize(("path", "changes", "text"), WRONG)
def test_a_wrong_amendment_is_refused(scheme, path, changes, text):
    with pytest.raises(BadScheme, match=text):
        scheme.amend(path, **changes)
    assert scheme == parse_scheme(TEXT)


def test_a_part_that_is_not_there(scheme):
    for call, text in (
        (scheme.group, r"no group of members 'x'; the groups are employees, dependants,"),
        (scheme.service, r"no service 'x'; the services are inpatient, drugs,"),
        (scheme.contribution, r"no contribution 'x'; the contributions are members, match, premium\.$"),
        (scheme.benefit, r"no benefit 'x'; the benefits are sickness, maternity, paternity, funeral\.$"),
    ):
        with pytest.raises(BadScheme, match=text):
            call("x")
    with pytest.raises(FrozenInstanceError):
        scheme.name = "x"


def test_each_kind_of_scheme_has_its_projection(scheme):
    basis = small_basis()
    with pytest.raises(BadInput, match=r"is a HealthScheme, not a Scheme.\n  Project it with project_health\(basis"):
        ac.project(basis, scheme)
    with pytest.raises(BadInput, match=r"^project_health: .* is a Scheme, not a HealthScheme.\n  Project it with"):
        check_types(basis, full_law(), HealthScheme)
    with pytest.raises(BadInput, match=r"write project_health\(basis, scheme\)"):
        check_types(scheme, basis, HealthScheme)
    with pytest.raises(BadInput, match=r"scheme: must be a HealthScheme \(got the path 's.toml'\)"):
        check_types(basis, "s.toml", HealthScheme)
    check_types(basis, scheme, HealthScheme)


@pytest.fixture(scope="module")
def schema():
    return json_schema("health")


MISTAKES = [
    lambda t: t.pop("member_group"),
    lambda t: t.update(service=[]),
    lambda t: t.update(insurable_earnings={}),
    lambda t: t["member_group"][0].pop("form"),
    lambda t: t["member_group"][0].update(form="sickness"),
    lambda t: t["member_group"][2].pop("share"),
    lambda t: t["member_group"][2].update(enrolment=40),
    lambda t: t["service"][0].pop("payment"),
    lambda t: t["service"][0].update(payment="capitation"),
    lambda t: t["service"][0]["payment"].update(form="insured"),
    lambda t: t["service"][0]["payment"].update(crep=0.1),
    lambda t: t["service"][0]["sharing"].update(coinsurance=10),
    lambda t: t["service"][0]["sharing"]["copayment"].update(per="month"),
    lambda t: t["service"][2]["payment"]["parts"][0].pop("share"),
    lambda t: t["service"][2]["payment"]["parts"][0]["payment"].update(form="old_age"),
    lambda t: t["contributions"][0].update(payer="employee"),
    lambda t: t["benefit"][0].update(form="old_age"),
    lambda t: t["benefit"][3].pop("amount"),
    lambda t: t["funding"].update(reserve_month=3),
]


def test_the_file_satisfies_its_json_schema_alone(schema):
    assert valid(tomllib.loads(TEXT), schema, schema)
    assert not valid(tomllib.loads(TEXT), json_schema(), json_schema())
    assert not valid(tomllib.loads(PENSION), schema, schema)
    assert valid(tomllib.loads(HEAD + GROUP + SERVICE), schema, schema), "cash benefits are not needed"


@pytest.mark.parametrize("spoil", MISTAKES)
def test_a_plain_mistake_does_not(schema, spoil):
    table = deepcopy(tomllib.loads(TEXT))
    spoil(table)
    assert not valid(table, schema, schema)


def test_every_property_is_described_and_numbers_have_units(schema):
    tables = {"scheme": schema, **schema["$defs"]}
    named = {where: table.get("properties", {}) for where, table in tables.items()}
    fields = {(where, name): field for where, table in named.items() for name, field in table.items()}
    assert len(fields) > 150
    assert [place for place, field in fields.items() if not field.get("description")] == []
    dated = [(place, field) for place, field in fields.items() if "patternProperties" in json.dumps(field)]
    words = ("(fraction", "(years)", "(money", "(months", "(ratio)", "(days)", "(weeks)", "(persons)", "(per year)")
    assert [place for place, field in dated if not any(word in field["description"] for word in words)] == []
    assert "$comment" not in json.dumps(schema)
    assert "null" not in json.dumps(schema)


def test_another_kind_of_json_schema():
    with pytest.raises(BadInput, match="'life' is no kind of scheme; the kinds are pension, health"):
        json_schema("life")


def test_a_saved_scheme_names_its_funeral_grant_as_it_was(scheme):
    back = parse_scheme(scheme_text(scheme.amend("funeral", amount=money(step({2025: 9, 2030: 12}), "once"))))
    assert back.benefit("funeral") == HealthFuneral(amount=money(step({2025: 9.0, 2030: 12.0}), "once"))
