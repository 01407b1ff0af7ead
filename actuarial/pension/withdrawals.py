"""Withdrawals of members in service from the balances of their accounts."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from actuarial.contract import Amount, Benefit
from actuarial.dated import Number, choose, evaluate
from actuarial.fields import Fraction, Word, rule
from actuarial.pension.common import credits_of
from actuarial.translation import N_, Told


@rule
class AccountWithdrawal(Benefit):
    """A share of the balances of accounts that members take out while they are insured: at an age, or some each year.

    Members are the active and the inactive; who takes money out stays what he is. What remains of the accounts is
    paid by other benefits.

    Notes
    -----
    With K the balance of the start of a year and w = share x claim_rate for the age reached in it::

        paid = w K (1 + growth until the middle of the year),   the rest of K goes on as before

    Credits of the year are not taken out in it. The payment comes before the deaths and retirements of the year.
    Members of a cell, and one person in the years before, have one balance on average, whether they took money out or
    not. Of a first period that is a part phi of a year, the share w becomes phi w/(1 - (1 - phi) w), as before the
    valuation date the others had it already.

    Examples
    --------
    All of a second account in the year in which 50 is reached, and a twentieth a year from 30 to 49:

    >>> AccountWithdrawal(accounts=["second"], share={"age": {0: 0, 30: 0.05, 50: 1, 51: 0}}).name
    'account_withdrawal'
    """

    name: Word = Field(default="account_withdrawal", description="Name of the benefit, unique in the scheme")
    accounts: tuple[Word, ...] = Field(min_length=1, description="Accounts that are drawn on")
    share: Fraction = Field(
        description="Share of the balance that is taken out in the year in which an age is reached (fraction)"
    )
    claim_rate: Fraction = Field(default=1.0, description="Share of the members who take it out (fraction)")
    law: str = Field(default="", description="Article of the law")

    lump_sum = True

    @property
    def withdraws(self) -> tuple[str, ...]:  # type: ignore[override]
        """The accounts that are drawn on."""
        return self.accounts

    @property
    def refers_to(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Names of other parts of the scheme, by field."""
        return (("accounts", "account", self.accounts),)

    def misfits(self, scheme: Any) -> Iterator[tuple[str, str]]:
        """What of a scheme does not fit, by field: an account that another benefit draws on, or one of no money."""
        for name in self.accounts:
            others = [one.name for one in scheme.benefits if one.name != self.name and name in (one.withdraws or ())]
            if others:
                yield (
                    "accounts",
                    Told(
                        "{other} draws on {account!r} too; give one benefit the share of both",
                        other=others[0],
                        account=name,
                    ),
                )
            credits = credits_of(name, scheme)
            if credits in ("points", "months"):
                text = N_("{account!r} holds {credits}, which are no money; name another account")
                yield "accounts", Told(text, account=name, credits=credits)

    def claim(self, person: Any) -> Number:
        """Nobody leaves by it."""
        return 0.0

    def award(self, person: Any) -> Amount:
        return Amount(rate=0.0, base="currency")

    def withdrawn(self, person: Any) -> Number:
        return evaluate(self.share, person) * evaluate(self.claim_rate, person)

    def withdrawing(self, person: Any) -> Number:
        return choose(evaluate(self.share, person) > 0.0, 1.0, 0.0) * evaluate(self.claim_rate, person)
