"""The tables of forms: the only place where a word of a scheme file becomes a class."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from actuarial import pension
from actuarial.errors import BadScheme
from actuarial.health import cash, groups, payment
from actuarial.health import scheme as health
from actuarial.health.contract import CashBenefit
from actuarial.health.scheme import HealthScheme
from actuarial.scheme import Scheme, conflicts
from actuarial.translation import N_

FORMS: dict[str, type] = {
    "old_age": pension.OldAge,
    "invalidity": pension.Invalidity,
    "widows": pension.Widows,
    "orphans": pension.Orphans,
    "old_age_grant": pension.OldAgeGrant,
    "gratuity": pension.Gratuity,
    "refund": pension.Refund,
    "funeral_grant": pension.FuneralGrant,
    "remarriage_grant": pension.RemarriageGrant,
    "dependants_supplement": pension.DependantsSupplement,
    "attendance_supplement": pension.AttendanceSupplement,
    "minimum_in_payment": pension.MinimumInPayment,
    "totalised_old_age": pension.TotalisedOldAge,
    "totalised_invalidity": pension.TotalisedInvalidity,
    "totalised_widows": pension.TotalisedWidows,
    "totalised_orphans": pension.TotalisedOrphans,
    "account_payout": pension.AccountPayout,
    "account_withdrawal": pension.AccountWithdrawal,
    "flat": pension.Flat,
    "final_average": pension.FinalAverage,
    "career_average": pension.CareerAverage,
    "balance": pension.Balance,
    "guarantee": pension.Guarantee,
    "pro_rata": pension.ProRata,
    "part_of_service": pension.PartOfService,
    "phased": pension.Phased,
    "greatest": pension.Greatest,
    "least": pension.Least,
    "banded": pension.Banded,
    "by_earnings": pension.ByEarnings,
    "at_age": pension.AtAge,
}
HEALTH_FORMS: dict[str, type] = {
    "insured": groups.Insured,
    "employed": groups.Employed,
    "pensioners": groups.Pensioners,
    "dependants": groups.Dependants,
    "population": groups.Population,
    "refugees": groups.Refugees,
    "remainder": groups.Remainder,
    "fee_for_service": payment.FeeForService,
    "capitation": payment.Capitation,
    "case_payment": payment.CasePayment,
    "per_diem": payment.PerDiem,
    "global_budget": payment.GlobalBudget,
    "own_facilities": payment.OwnFacilities,
    "mixture": payment.Mixture,
    "sickness": cash.Sickness,
    "maternity": cash.Maternity,
    "paternity": cash.Paternity,
    "funeral": cash.HealthFuneral,
}
"""Words of health schemes: groups of members, payment methods, cash benefits."""


@dataclass(frozen=True)
class Layout:
    """How one kind of scheme is written.

    Attributes
    ----------
    kind : class of the scheme
    lists : keys of the file whose tables become objects, and the fields of the class that hold them
    forms : table of forms, as it is when it is asked for
    plain : keys of the file whose tables have no form, and the class of their objects
    nested : the answer of the objects that lie inside others
    conflicts : what does not fit together in the parts of a scheme
    elsewhere : what a benefit of the other kind of scheme is told
    """

    kind: type
    lists: Mapping[str, str]
    forms: Callable[[], dict[str, type]]
    plain: Mapping[str, type]
    nested: str
    conflicts: Callable[[Any], Any]
    elsewhere: str

    def words(self, answer: str) -> list[str]:
        """Words of the forms that have an answer."""
        return [word for word, form in self.forms().items() if answer_of(form) == answer]

    def key(self, field: str) -> str:
        """Key of the file that holds a field."""
        return next((key for key, held in self.lists.items() if held == field), field)

    @property
    def parts(self) -> tuple[str, ...]:
        """Keys of the file whose tables have names."""
        return ("contributions", *self.lists)


PENSION = Layout(
    kind=Scheme,
    lists={"account": "accounts", "benefit": "benefits"},
    forms=lambda: FORMS,
    plain={"account": pension.MemberAccount},
    nested="award",
    conflicts=conflicts,
    elsewhere=N_(
        "is a cash benefit of health schemes, which have [[member_group]] and [[service]]; the forms here are "
        "{names}"
    ),
)
HEALTH = Layout(
    kind=HealthScheme,
    lists={"member_group": "groups", "service": "services", "benefit": "benefits"},
    forms=lambda: HEALTH_FORMS,
    plain={"service": health.Service},
    nested="cost",
    conflicts=health.conflicts,
    elsewhere=N_(
        "is a benefit of pension schemes, which have neither [[member_group]] nor [[service]]; the forms here are "
        "{names}"
    ),
)


def answer_of(form: Any) -> str | None:
    """What a form is: "claim" of a benefit, "eligible" of a group of members, "cost" of a payment method, "award" of a
    formula; None if it is none of them."""
    return next((word for word in ("claim", "eligible", "cost", "award") if callable(getattr(form, word, None))), None)


def register_form(word: str, form: type) -> None:
    """Let a word in scheme files (`form = "word"`) mean a class of one's own.

    Parameters
    ----------
    word : str
        Not yet taken by another class.
    form : class
        Keyword arguments are the keys of the file. A benefit answers as `actuarial.scheme.Benefit` does, a formula has
        `award(person, service)`; of health schemes a cash benefit derives from `actuarial.health.contract.CashBenefit`,
        a payment method has `cost(activity, basis)`, a group of members `eligible(sources)`.

    Raises
    ------
    BadScheme
        The word means another class already, or the class has none of these answers.

    Examples
    --------
    register_form("bereavement_leave", BereavementLeave)
    """
    answer = answer_of(form)
    if answer is None or (answer == "claim" and not callable(getattr(form, "award", None))):
        raise BadScheme(
            f"register_form: {getattr(form, '__name__', form)} is neither a benefit nor a formula.\n"
            "  Give a class with award(person, service) for a formula, or with claim(person) and award(person) for a "
            "benefit;\n  of health schemes with cost(activity, basis) for a payment method, or eligible(sources) for a "
            "group of members."
        )
    of_health = answer in ("eligible", "cost") or (isinstance(form, type) and issubclass(form, CashBenefit))
    table = HEALTH_FORMS if of_health else FORMS
    if table.get(word, form) is not form:
        raise BadScheme(f"register_form: {word!r} already means {table[word].__name__}; choose another word.")
    table[word] = form
