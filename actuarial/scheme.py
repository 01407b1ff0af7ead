"""A scheme: the law of a social security institution as frozen objects, every number of which may be dated."""

import dataclasses
from collections.abc import Iterator, Mapping
from numbers import Real
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, PlainValidator, WithJsonSchema

from actuarial.amending import amended, named
from actuarial.contract import EVENTS, Amount, Benefit, Formula
from actuarial.dated import Misstated, Number, evaluate
from actuarial.earned import Account, Reference
from actuarial.errors import BadInput
from actuarial.fields import Amounts, Count, Fraction, Several, Word, rule, suggestion
from actuarial.fitting import (
    LIMITS,
    check_order,
    instead_of,
    misfitting_credits,
    named_twice,
    require_order,
    require_word,
    stands_for,
)
from actuarial.outline import outline_html, outline_text
from actuarial.translation import N_, InFile, Told

__all__ = [
    "Administration",
    "Amount",
    "Benefit",
    "Contribution",
    "Formula",
    "Funding",
    "InsurableEarnings",
    "Reference",
    "Scheme",
]

Place = tuple[str | int, ...]
WHOLE = ("fixed", "minimum", "deficit", "account_credits")
FLOWS = ("contributions", "outgo", "other_income")
NEEDED = {
    "of": ("pension",),
    "instead_of": ("reached", "served"),
    "totalises": ("starting", "served", "rules"),
    "children": ("number", "full_share"),
}
TOTALISED = {
    "invalidity": (("starting",), N_("{name!r} has no answer {names}; name an invalidity pension")),
    "death": (("starting", "of_deceased"), N_("{name!r} has no answer {names}; name a survivors' pension")),
}
OLD_AGE = N_("{name!r} has no answer {names}; name an old-age pension")
LONG_TERM = N_("{name!r} has no answer {names}; name an old-age or invalidity pension")
ORPHANS = N_("{name!r} is no orphans' pension; name one, or add it")


class Kind(NamedTuple):
    """What is said of names of a kind of parts: which there are, which others, that one is none, or the part itself."""

    known: str
    others: str
    absent: str
    itself: str
    alone: str


KINDS = {
    "benefit": Kind(
        N_("the benefits are {names}"),
        N_("the other benefits are {names}"),
        N_("{name!r} is no benefit of the scheme; {hint}"),
        N_("{name!r} is this benefit itself; {hint}"),
        N_("there is no other benefit"),
    ),
    "account": Kind(
        N_("the accounts are {names}"),
        N_("the other accounts are {names}"),
        N_("{name!r} is no account of the scheme; {hint}"),
        N_("{name!r} is this account itself; {hint}"),
        N_("there is no other account"),
    ),
    "contribution": Kind(
        N_("the contributions are {names}"),
        N_("the other contributions are {names}"),
        N_("{name!r} is no contribution of the scheme; {hint}"),
        N_("{name!r} is this contribution itself; {hint}"),
        N_("there is no other contribution"),
    ),
}
FREE = N_("{name!r} has limits of earnings of its own, which a refund does not know; use [insurable_earnings]")
WITHIN = N_("{name!r} has other limits of earnings (floor, ceiling, above) than this account; give both the same")
ANSWERS = ("name", *(word for word in vars(Benefit) if not word.startswith("_")))


def _timing(raw: Any) -> Any:
    table = dict(raw) if isinstance(raw, Mapping) else {"": raw}
    for flow, value in table.items():
        if flow and flow not in FLOWS:
            raise ValueError(Told("unknown flow {flow!r}; the flows are {names}", flow=flow, names=tuple(FLOWS)))
        if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
            raise ValueError(Told("must be a fraction of the year between 0 and 1 (got {value!r})", value=value))
    fractions = {flow: float(value) for flow, value in table.items()}
    return fractions if isinstance(raw, Mapping) else fractions[""]


_PART = {"type": "number", "minimum": 0, "maximum": 1}
Timing = Annotated[
    Any,
    PlainValidator(_timing),
    WithJsonSchema(
        {"anyOf": [_PART, {"type": "object", "propertyNames": {"enum": list(FLOWS)}, "additionalProperties": _PART}]}
    ),
]


@rule
class InsurableEarnings:
    """Earnings on which contributions are due and from which reference earnings are formed.

    A limit is an amount of money, or a multiple of the average wage of the insured in each year.
    """

    floor: Amounts | None = Field(default=None, description="Least insurable earnings (money)")
    ceiling: Amounts | None = Field(default=None, description="Greatest insurable earnings (money)")
    floor_wages: Count | None = Field(
        default=None, description="Least insurable earnings over the average wage of the insured (ratio)"
    )
    ceiling_wages: Count | None = Field(
        default=None, description="Greatest insurable earnings over the average wage of the insured (ratio)"
    )
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        for name in ("floor", "ceiling"):
            if getattr(self, name) is not None and getattr(self, f"{name}_wages") is not None:
                raise ValueError(Told("has {name} and {name}_wages; give one of them", name=name))
        require_order(self, "floor", "ceiling")
        require_order(self, "floor_wages", "ceiling_wages")

    def limits(self, person: Any) -> tuple[Number, Number]:
        """Floor and ceiling, currency/year; 0 and infinity where the law has none."""
        floor = _limit(self.floor, self.floor_wages, person, 0.0)
        ceiling = _limit(self.ceiling, self.ceiling_wages, person, float("inf"))
        check_order("insurable_earnings.floor", floor, "insurable_earnings.ceiling", ceiling)
        return floor, ceiling


def _limit(amount: Any, wages: Any, person: Any, none: float) -> Number:
    """An amount of money, or a multiple of the average wage, or neither."""
    if wages is not None:
        return evaluate(wages, person) * person.average_wage()
    return none if amount is None else amount.evaluate(person)


Payer = Literal["employee", "employer", "self_employed", "state", "pensioner", "other"]
Base = Literal["insurable_earnings", "account_credits", "benefit", "minimum", "working_pensioners", "fixed", "deficit"]


@rule
class Contribution:
    """One line of income: who pays, on what, at which rate."""

    name: Word = Field(description="Name of the line, unique in the scheme")
    payer: Payer = Field(description="Who pays")
    base: Base = Field(
        default="insurable_earnings",
        description="What the rate applies to: insurable earnings, what is credited to accounts (of), the expenditure "
        "on benefits (of), the part of it that is due to the minimum pension, the earnings of pensioners (of) who go "
        "on working, a fixed amount of money, or what the reserve lacks",
    )
    rate: Fraction | None = Field(
        default=None, description="Share of the base (fraction); 1 if the base is no earnings"
    )
    groups: tuple[Word, ...] = Field(default=(), description="Groups of insured that the line is due for; all if empty")
    floor: Amounts | None = Field(default=None, description="Floor of earnings; the scheme's own if absent (money)")
    ceiling: Amounts | None = Field(default=None, description="Ceiling of earnings; the scheme's own if absent (money)")
    above: Amounts | None = Field(
        default=None, description="Earnings above which it is due, up to the ceiling; all of them if absent (money)"
    )
    of: tuple[Word, ...] = Field(
        default=(), description="Benefits whose expenditure or pensioners are the base; all (pensions on retirement) "
        "if empty; or accounts whose credits are"
    )
    amount: Amounts | None = Field(default=None, description="Fixed amount (money)")
    finances: Literal["all"] | tuple[Word, ...] = Field(default="all", description="Benefits that the line pays for")
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        if self.rate is None:
            if self.base not in WHOLE:
                raise ValueError(Told('rate is missing; a line whose base is "{base}" needs one', base=self.base))
            object.__setattr__(self, "rate", 1.0)
        if self.base == "account_credits" and not self.of:
            there = Told("the accounts whose credits are the base are missing; name them")
            raise ValueError(InFile('of is missing; base = "account_credits" needs of = [ names of accounts ]', there))
        if self.base == "benefit" and not self.of:
            there = Told("the benefits whose expenditure is the base are missing; name them")
            raise ValueError(InFile('of is missing; base = "benefit" needs of = [ names of benefits ]', there))
        if self.of and self.base not in ("account_credits", "benefit", "minimum", "working_pensioners"):
            text = N_('of has no meaning with base = "{base}"; remove it or write base = "benefit"')
            there = Told("benefits have no meaning beside the base of this line; clear the cell, or take another base")
            raise ValueError(InFile(text, there, base=self.base))
        if (self.base == "fixed") != (self.amount is not None):
            there = Told("an amount and the base of a fixed amount belong together; give both or neither")
            raise ValueError(InFile('amount and base = "fixed" belong together; give both or neither', there))
        if self.base != "insurable_earnings" and (self.floor is not None or self.ceiling is not None):
            text = N_('floor and ceiling have no meaning with base = "{base}"; remove them')
            there = Told("a floor and a ceiling have no meaning beside the base of this line; clear their cells")
            raise ValueError(InFile(text, there, base=self.base))
        require_word(self, "above", "base", "insurable_earnings")
        require_order(self, "floor", "ceiling")
        require_order(self, "above", "ceiling")


@rule
class Administration:
    """Cost of administration; the parts add up."""

    share_of_earnings: Fraction = Field(default=0.0, description="Share of collected insurable earnings (fraction)")
    share_of_contributions: Fraction = Field(
        default=0.0, description="Share of contributions of members and employers (fraction)"
    )
    share_of_benefits: Fraction = Field(default=0.0, description="Share of expenditure on benefits (fraction)")
    fixed: Amounts | None = Field(default=None, description="Fixed cost (money)")
    law: str = Field(default="", description="Article of the law")


@rule
class Funding:
    """How the reserve is judged and when in the year money flows."""

    target_reserve: float = Field(default=0.0, ge=0, le=100, description="Reserve wanted at the end (years of outgo)")
    timing: Annotated[
        Timing,
        Field(description="Part of the year at which money flows (fraction): one number, or one for each flow"),
    ] = dataclasses.field(default=0.5, hash=False)
    within_year: Literal["compound", "simple"] = Field(default="compound", description="Interest within the year")


@dataclasses.dataclass(frozen=True)
class Drawn:
    """What a benefit draws from an account in service."""

    benefit: Any

    def evaluate(self, person: Any) -> Number:
        """Share of the balance of the start of the year."""
        share: Number = self.benefit.withdrawn(person)
        return share


def _benefits(raw: Any) -> tuple[Any, ...]:
    """Objects that answer as a benefit does."""
    if not isinstance(raw, (tuple, list)):
        raise ValueError(Told("must be a list of benefits"))
    for benefit in raw:
        lacking = [word for word in ANSWERS if not hasattr(benefit, word)]
        if lacking:
            raise ValueError(
                Told(
                    "{kind} is no benefit: it lacks {names}; derive it from actuarial.scheme.Benefit, which "
                    "has the defaults",
                    kind=type(benefit).__name__,
                    names=tuple(lacking),
                )
            )
        if benefit.on is not None and benefit.on not in EVENTS:
            raise ValueError(
                Told(
                    "{benefit}: on = {on!r} is no event; the events are {names}",
                    benefit=benefit.name,
                    on=benefit.on,
                    names=tuple(EVENTS),
                )
            )
    return tuple(raw)


def _accounts(raw: Any) -> tuple[Any, ...]:
    """Objects that hold the account that amounts refer to."""
    if not isinstance(raw, (tuple, list)):
        raise ValueError(Told("must be a list of accounts"))
    for one in raw:
        if not hasattr(one, "account") or not isinstance(getattr(one, "name", None), str):
            raise ValueError(
                Told("{kind} is no account: give objects with a name and an account", kind=type(one).__name__)
            )
    return tuple(raw)


Accounts = Annotated[tuple[Any, ...], PlainValidator(_accounts), WithJsonSchema({"type": "array"})]
Benefits = Annotated[tuple[Any, ...], PlainValidator(_benefits), WithJsonSchema({"type": "array"})]


@rule
class Scheme:
    """The law of one institution.

    Parameters
    ----------
    name, currency, law : str
    insurable_earnings : InsurableEarnings
    contributions : tuple of Contribution
    benefits : tuple of objects that answer as `Benefit` does, at least one
    administration : Administration
    funding : Funding

    Raises
    ------
    BadScheme
        No benefits, a name used twice, a line or benefit that names an unknown benefit.

    Notes
    -----
    It is shown by its parts and the rates of today; `save_scheme`, or `scheme_saving.scheme_text`, gives all of it.

    Examples
    --------
    reform = scheme.amend("old_age", retirement_age=ramp({2025: 60, 2045: 65}))
    """

    name: Word = Field(description="Name of the scheme")
    currency: Word = Field(description="Currency code, for example THB")
    law: str = Field(default="", description="Title of the law")
    insurable_earnings: InsurableEarnings = Field(default_factory=InsurableEarnings, description="Floor and ceiling")
    contributions: tuple[Contribution, ...] = Field(default=(), description="Lines of income")
    accounts: Accounts = Field(default=(), description="Accounts of members")
    benefits: Benefits = Field(default=(), description="Benefits")
    administration: Administration = Field(default_factory=Administration, description="Cost of administration")
    funding: Funding = Field(default_factory=Funding, description="Reserve and timing")

    def __post_init__(self) -> None:
        found = [Misstated(text, path) for path, text in conflicts(self)]
        if found:
            raise Several(found)

    def __repr__(self) -> str:
        return outline_text(self)

    def _repr_html_(self) -> str:
        return outline_html(self)

    def benefit(self, name: str) -> Any:
        """The benefit of a name."""
        return named(self.benefits, name, N_("the scheme has no benefit {name!r}; {hint}"), KINDS["benefit"].known)

    def account(self, name: str) -> Account:
        """The account of a name, as amounts refer to it."""
        absent = N_("the scheme has no account {name!r}; {hint}")
        found: Account = named(self.accounts, name, absent, KINDS["account"].known).account
        drawing = [benefit for benefit in self.benefits if name in benefit.withdraws]
        return dataclasses.replace(found, withdrawn=Drawn(drawing[0])) if drawing else found

    def contribution(self, name: str) -> Contribution:
        """The contribution line of a name."""
        absent = N_("the scheme has no contribution {name!r}; {hint}")
        return named(self.contributions, name, absent, KINDS["contribution"].known)

    def amend(self, path: str, **changes: Any) -> "Scheme":
        """A new scheme in which fields of one part are changed.

        Parameters
        ----------
        path : name of a part, or "insurable_earnings", "administration", "funding", "scheme"; with dots to what lies
            inside ("old_age.formula"; "held.rate[1]" the second of a list, such as bands of a rate)
        changes : fields and their new values: numbers, dated numbers and tables as in a scheme file; what has a form
            there is an object here, such as ``formula=Flat(amount=money(900, per="month"))``

        Raises
        ------
        BadScheme
            No such part or field, or a value that the law cannot have.

        Examples
        --------
        scheme.amend("old_age.formula", accrual=0.015)
        """
        return amended(self, path, changes, ("contributions", "accounts", "benefits"))


def require_scheme(scheme: Any) -> None:
    """BadInput where an argument is no pension scheme, such as a Dataset in its place."""
    if not hasattr(scheme, "benefits"):
        raise BadInput(
            f"scheme: a Scheme is needed (got {type(scheme).__name__}).\n"
            "  Give what open_scheme(path) answers, and the arguments in their order."
        )


def conflicts(scheme: Any) -> Iterator[tuple[Place, str]]:
    """What does not fit together, each with the part and what to do."""
    benefits = [benefit.name for benefit in scheme.benefits]
    if not benefits:
        yield ("benefits",), Told("the scheme has no benefits; give at least one [[benefit]]")
    seen: set[str] = {"insurable_earnings", "administration", "funding", "scheme"}
    for part in (*scheme.contributions, *scheme.accounts, *scheme.benefits):
        if part.name in seen:
            yield (
                (part.name,),
                Told(
                    "the name is used twice or belongs to another part; give each contribution, account and "
                    "benefit its own name"
                ),
            )
        seen.add(part.name)
    for line in scheme.contributions:
        for field, text in named_twice(line):
            yield (line.name, field), text
        for field in ("finances", "of"):
            base = getattr(line, "base", None)
            kind = "account" if (field, base) == ("of", "account_credits") else "benefit"
            known = [one.name for one in scheme.accounts] if kind == "account" else benefits
            for name in getattr(line, field) if getattr(line, field) != "all" else ():
                if name not in known:
                    hint = suggestion(name, known, KINDS[kind].known) if known else Told("it has none to name")
                    yield (line.name, field), Told(KINDS[kind].absent, name=name, hint=hint)
        for text in misfitting_credits(scheme, line):
            yield (line.name, "of"), text
    for part in (*scheme.accounts, *scheme.benefits):
        for place, one in _inside(part):
            yield from _conflicts_of(scheme, part, place, one)


def _conflicts_of(scheme: Any, part: Any, place: Place, one: Any) -> Iterator[tuple[Place, str]]:
    """What does not fit in a part of a scheme, or in a formula that lies at a place inside it."""
    default = (("follows", "benefit", one.follows),) if hasattr(one, "follows") else ()
    for field, kind, names in getattr(one, "refers_to", default):
        for name in names:
            text = _reference_conflict(scheme, part, field, kind, name, stands_for(one, field))
            if text:
                yield (part.name, *place, field), text
    for field, text in named_twice(one):
        yield (part.name, *place, field), text
    if hasattr(one, "misfits"):
        for field, text in one.misfits(scheme):
            yield (part.name, *place, field), text


def _inside(part: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """A part of the scheme and the formulas inside it, each with its place."""
    if isinstance(part, tuple):
        for i, one in enumerate(part):
            yield from _inside(one, (*place, i))
        return
    yield place, part
    for field in dataclasses.fields(part) if dataclasses.is_dataclass(part) else ():
        inner = getattr(part, field.name)
        if isinstance(inner, tuple) or hasattr(inner, "award"):
            yield from _inside(inner, (*place, field.name))


def _reference_conflict(scheme: Any, part: Any, field: str, kind: str, name: str, default: tuple[str, ...]) -> str:
    """What is wrong with the name of another part of the scheme that a part gives; empty if nothing is. `default` are
    the names of a field that is left out."""
    parts = {"benefit": scheme.benefits, "account": scheme.accounts, "contribution": scheme.contributions}[kind]
    benefit, others, words = part, {one.name: one for one in parts if one.name != part.name}, KINDS[kind]
    if name not in others:
        if name in [one.name for one in parts]:
            hint = suggestion("", others, words.others) if others else Told(words.alone)
            return Told(words.itself, name=name, hint=hint)
        fitting = [key for key, one in others.items() if all(hasattr(one, answer) for answer in NEEDED.get(field, ()))]
        if field == "children" and not fitting:
            return Told(ORPHANS, name=name)
        if fitting and name in default:
            known = Told(words.known, names=tuple(others))
            hint = instead_of(field, getattr(part, field, None), default, fitting, known)
        else:
            hint = suggestion(name, others, words.known) if others else Told("it has none to name")
        return Told(words.absent, name=name, hint=hint)
    other = others[name]
    needed, text = NEEDED.get(field, ()), {"totalises": OLD_AGE, "children": ORPHANS}.get(field, LONG_TERM)
    if field == "totalises" and part.on in TOTALISED:
        needed, text = TOTALISED[part.on]
    lacking = [answer for answer in needed if kind == "benefit" and not hasattr(other, answer)]
    if lacking:
        return Told(text, name=name, names=tuple(lacking))
    if field == "instead_of" and None not in (other.on, benefit.on) and other.on != benefit.on:
        return Told(
            "{name!r} is due on {event}, but this benefit on {own}; name a benefit of the same event",
            name=name,
            event=other.on,
            own=benefit.on,
        )
    if kind == "contribution" and getattr(other, "base", "insurable_earnings") != "insurable_earnings":
        return Told("{name!r} is not paid on insurable earnings, so that it cannot be given back; remove it", name=name)
    if kind == "contribution":
        return _limits_conflict(part, other)
    return ""


def _limits_conflict(part: Any, line: Any) -> str:
    """What is wrong with the limits of earnings of a line that an account is credited with, or that is given back."""
    account, due = hasattr(part, "account"), [getattr(line, word, None) for word in LIMITS]
    known = hasattr(part, "above") or not account  # what is left of an account with mistakes has no limits
    if not known or due in ([None] * len(LIMITS), [getattr(part, word, None) for word in LIMITS]):
        return ""
    return Told(WITHIN if account else FREE, name=line.name)
