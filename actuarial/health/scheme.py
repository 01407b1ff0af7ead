"""A health scheme: groups of members, services and their payment, contributions, cash benefits; all may be dated."""

import dataclasses
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from actuarial.amending import amended, named
from actuarial.dated import Misstated
from actuarial.fields import Amounts, Count, Fraction, LumpSum, Ratio, Several, Word, rule, suggestion
from actuarial.health.contract import EVENTS, payment_method
from actuarial.outline import outline_html, outline_text
from actuarial.scheme import ANSWERS, Administration, Timing
from actuarial.translation import N_, Told

PAYERS = ("member", "employer", "pensioner", "state", "donor", "other")
BASES = ("earnings", "pension", "head", "household", "contribution", "budget", "deficit")


def _groups(raw: Any) -> tuple[Any, ...]:
    """Objects that answer as a group of members does."""
    if not isinstance(raw, (tuple, list)):
        raise ValueError(Told("must be a list of groups of members"))
    for one in raw:
        if not callable(getattr(one, "eligible", None)):
            raise ValueError(
                Told("{kind} is no group of members: it lacks the answer eligible", kind=type(one).__name__)
            )
    return tuple(raw)


Payment = Annotated[Any, PlainValidator(payment_method), WithJsonSchema({"type": "object", "$comment": "payment"})]


def _benefits(raw: Any) -> tuple[Any, ...]:
    """Objects that answer as a benefit does, and whose event is one of a health scheme."""
    if not isinstance(raw, (tuple, list)):
        raise ValueError(Told("must be a list of cash benefits"))
    for benefit in raw:
        lacking = [word for word in ANSWERS if not hasattr(benefit, word)]
        if lacking:
            raise ValueError(
                Told(
                    "{kind} is no cash benefit: it lacks {names}; derive it from "
                    "actuarial.health.contract.CashBenefit, which has the defaults",
                    kind=type(benefit).__name__,
                    names=tuple(lacking),
                )
            )
        if benefit.on not in EVENTS:
            events = ", ".join(EVENTS)
            raise ValueError(
                Told(
                    "{benefit}: on = {on!r} is no event of members; the events are {events}",
                    benefit=benefit.name,
                    on=benefit.on,
                    events=events,
                )
            )
    return tuple(raw)


MemberGroups = Annotated[tuple[Any, ...], PlainValidator(_groups), WithJsonSchema({"type": "array"})]
CashBenefits = Annotated[tuple[Any, ...], PlainValidator(_benefits), WithJsonSchema({"type": "array"})]


@rule
class CostSharing:
    """What patients pay of a contact.

    Notes
    -----
    Of a claim X the scheme pays (1 - coinsurance)(min(X, maximum) - d')+ with d' = deductible + copayment/(1 -
    coinsurance); the patient pays the rest.

    References
    ----------
    .. [1] Klugman, S. A., Panjer, H. H., Willmot, G. E. (2012), Loss models, 4th edition, Wiley, chapter 8.
    """

    coinsurance: Fraction = Field(default=0.0, description="Share of the cost of a contact (fraction)")
    copayment: LumpSum | None = Field(default=None, description="Flat payment for each contact (money)")
    deductible: LumpSum | None = Field(default=None, description="Part of the cost that is never paid (money)")
    maximum: LumpSum | None = Field(default=None, description="Cost above which nothing more is paid (money)")
    exempt: tuple[Word, ...] = Field(default=(), description="Groups of members that pay nothing")
    law: str = Field(default="", description="Article of the law")


@rule
class Service:
    """One type of service: whether it is in the package, how providers are paid, what patients pay.

    Examples
    --------
    Service(name="drugs", covered=ramp({2025: 0.5, 2030: 1.0}), payment=Capitation(),
            sharing=CostSharing(coinsurance=0.2, exempt=("poor",)))
    """

    name: Word = Field(description="Name of the service, a service_type of the basis")
    covered: Fraction = Field(default=1.0, description="Part of the service that the package covers (fraction)")
    groups: tuple[Word, ...] = Field(default=(), description="Groups of members entitled to it; all if empty")
    payment: Payment = Field(description="How providers are paid")
    sharing: CostSharing = Field(default_factory=CostSharing, description="What patients pay")
    law: str = Field(default="", description="Article of the law")


@rule
class HealthContribution:
    """One line of income of a health scheme.

    Notes
    -----
    What comes in for a group in a year is rate x its earnings between floor and ceiling (earnings) or its pensions
    (pension), amount x members (head) or members/household_size (household), rate x what the lines `of` bring for it
    (contribution), a part of the amount by members (budget) or of what the fund lacks by cost (deficit), each times the
    share that is collected.

    Examples
    --------
    HealthContribution(name="premiums", payer="member", base="head", groups=("informal",),
                       amount=money(900, per="year", indexed="prices"))
    """

    name: Word = Field(description="Name of the line, unique in the scheme")
    payer: Literal["member", "employer", "pensioner", "state", "donor", "other"] = Field(description="Who pays")
    base: Literal["earnings", "pension", "head", "household", "contribution", "budget", "deficit"] = Field(
        default="earnings",
        description="What it is due on: earnings or pensions of members, each member, each household, another line "
        "(of), a fixed sum, or what the fund lacks",
    )
    rate: Fraction | None = Field(default=None, description="Share of the base (fraction)")
    amount: Amounts | None = Field(default=None, description="Amount for each head or household, or in all (money)")
    of: tuple[Word, ...] = Field(default=(), description="Lines of which a share is paid for the members")
    groups: tuple[Word, ...] = Field(default=(), description="Groups of members that it is due for; all if empty")
    floor: Amounts | None = Field(default=None, description="Floor of earnings (money)")
    ceiling: Amounts | None = Field(default=None, description="Ceiling of earnings (money)")
    collected: Fraction = Field(default=1.0, description="Collected over due (fraction)")
    law: str = Field(default="", description="Article of the law")

    def __post_init__(self) -> None:
        by_amount = self.base in ("head", "household", "budget")
        if by_amount and self.amount is None:
            raise ValueError(Told('amount is missing; a line whose base is "{base}" needs one', base=self.base))
        if not by_amount and self.amount is not None:
            raise ValueError(Told('amount has no meaning with base = "{base}"; remove it', base=self.base))
        if by_amount and self.rate is not None:
            raise ValueError(Told('rate has no meaning with base = "{base}"; write an amount', base=self.base))
        if not by_amount and self.rate is None:
            if self.base != "deficit":
                raise ValueError(Told('rate is missing; a line whose base is "{base}" needs one', base=self.base))
            object.__setattr__(self, "rate", 1.0)
        if (self.base == "contribution") != bool(self.of):
            raise ValueError(Told('of and base = "contribution" belong together; give both or neither'))
        if self.base != "earnings" and (self.floor is not None or self.ceiling is not None):
            raise ValueError(
                Told('floor and ceiling have no meaning with base = "{base}"; remove them', base=self.base)
            )


@rule
class HealthFunding:
    """Contingency reserve, timing of money, ceiling on what a person pays in a year, reaction of demand to prices."""

    reserve_months: Count = Field(default=3.0, description="Contingency reserve (months of benefits)")
    timing: Annotated[
        Timing,
        Field(description="Part of the year at which money flows (fraction): one number, or one for each flow"),
    ] = dataclasses.field(default=0.5, hash=False)
    within_year: Literal["compound", "simple"] = Field(default="compound", description="Interest within the year")
    out_of_pocket_ceiling: Amounts | None = Field(
        default=None, description="Greatest sum that one person pays in a year for all services (money)"
    )
    demand_elasticity: float = Field(
        default=0.0, ge=-1.0, le=0.0, description="Arc elasticity of use to the price that patients pay"
    )
    household_size: Ratio | None = Field(default=None, description="Members of a household (persons)")


@rule
class HealthScheme:
    """The health law of one institution.

    Parameters
    ----------
    name, currency, law : str
    groups : tuple of objects that answer `eligible`, at least one
    services : tuple of Service, at least one
    contributions : tuple of HealthContribution
    benefits : tuple of cash benefits (sickness, maternity, funeral), objects that answer as `Benefit` does
    administration : Administration (shares of contributions and of benefits, fixed)
    funding : HealthFunding

    Raises
    ------
    BadScheme
        No groups or services, a name used twice, a service or line that names an unknown group or line.

    Notes
    -----
    It is shown by its parts and the rates of today; `save_scheme`, or `scheme_saving.scheme_text`, gives all of it.
    """

    name: Word = Field(description="Name of the scheme")
    currency: Word = Field(description="Currency code, for example THB")
    law: str = Field(default="", description="Title of the law")
    groups: MemberGroups = Field(description="Groups of members")
    services: tuple[Service, ...] = Field(description="Services of the package")
    contributions: tuple[HealthContribution, ...] = Field(default=(), description="Lines of income")
    benefits: CashBenefits = Field(default=(), description="Cash benefits")
    administration: Administration = Field(default_factory=Administration, description="Cost of administration")
    funding: HealthFunding = Field(default_factory=HealthFunding, description="Reserve and timing")

    def __post_init__(self) -> None:
        found = [Misstated(text, path) for path, text in conflicts(self)]
        if found:
            raise Several(found)

    def __repr__(self) -> str:
        return outline_text(self)

    def _repr_html_(self) -> str:
        return outline_html(self)

    def group(self, name: str) -> Any:
        """The group of members of a name."""
        absent = N_("the scheme has no group of members {name!r}; {hint}")
        return named(self.groups, name, absent, N_("the groups are {names}"))

    def service(self, name: str) -> Service:
        """The service of a name."""
        absent = N_("the scheme has no service {name!r}; {hint}")
        return named(self.services, name, absent, N_("the services are {names}"))

    def contribution(self, name: str) -> HealthContribution:
        """The contribution line of a name."""
        absent = N_("the scheme has no contribution {name!r}; {hint}")
        return named(self.contributions, name, absent, N_("the contributions are {names}"))

    def benefit(self, name: str) -> Any:
        """The cash benefit of a name."""
        absent = N_("the scheme has no benefit {name!r}; {hint}")
        return named(self.benefits, name, absent, N_("the benefits are {names}"))

    def amend(self, path: str, **changes: Any) -> "HealthScheme":
        """A new scheme in which fields of one part are changed.

        Parameters
        ----------
        path : name of a group, service, contribution or benefit, or "administration", "funding", "scheme"; with dots to
            what lies inside ("inpatient.sharing")
        changes : fields and their new values: numbers, dated numbers and tables as in a scheme file; what has a form
            there is an object here, such as ``payment=PerDiem()``

        Raises
        ------
        BadScheme
            No such part or field, or a value that the law cannot have.

        Examples
        --------
        scheme.amend("inpatient.sharing", coinsurance=0.2)
        """
        return amended(self, path, changes, ("groups", "services", "contributions", "benefits"))


def conflicts(scheme: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """What does not fit together, each with the part and what to do."""
    groups = [group.name for group in scheme.groups]
    lines = [line.name for line in scheme.contributions]
    if not groups:
        yield ("groups",), Told("the scheme has no members; give at least one [[member_group]]")
    if not scheme.services:
        text = N_(
            "the scheme has no services; give at least one [[service]], for cash benefits alone one that nobody uses "
            "(use_rate_0 of 0)"
        )
        yield ("services",), Told(text)
    seen = {"administration", "fund", "funding", "scheme"}
    for part in (*scheme.groups, *scheme.services, *scheme.contributions, *scheme.benefits):
        if part.name in seen:
            yield (part.name,), Told("the name is used twice or belongs to another part; give each part its own name")
        seen.add(part.name)
    for part in (*scheme.services, *scheme.contributions, *scheme.benefits):
        for name in getattr(part, "groups", ()):
            if name not in groups:
                hint = suggestion(name, groups, N_("the groups are {names}"))
                yield (part.name, "groups"), Told("{name!r} is no group of members; {hint}", name=name, hint=hint)
    for service in scheme.services:
        for name in service.sharing.exempt:
            if name not in groups:
                hint = suggestion(name, groups, N_("the groups are {names}"))
                yield (
                    (service.name, "sharing", "exempt"),
                    Told("{name!r} is no group of members; {hint}", name=name, hint=hint),
                )
    households = [line.name for line in scheme.contributions if getattr(line, "base", "") == "household"]
    if households and getattr(getattr(scheme, "funding", None), "household_size", 1.0) is None:
        text = N_("is missing; {lines} is due for each household, give its mean size (persons)")
        yield ("funding", "household_size"), Told(text, lines=tuple(households))
    for line in scheme.contributions:
        for name in line.of:
            if name not in lines or name == line.name:
                hint = suggestion(name, [other for other in lines if other != line.name], N_("the lines are {names}"))
                yield (line.name, "of"), Told("{name!r} is no other line of the scheme; {hint}", name=name, hint=hint)
    for group in scheme.groups:
        for name in getattr(group, "of", ()) if getattr(group, "refers_to_groups", False) else ():
            if name not in groups or name == group.name:
                others = [other for other in groups if other != group.name]
                hint = suggestion(name, others, N_("the groups are {names}"))
                yield (group.name, "of"), Told("{name!r} is no other group of members; {hint}", name=name, hint=hint)
