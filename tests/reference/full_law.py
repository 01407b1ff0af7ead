"""A law with every form of benefit and every kind of income, to go with the small basis; all its money is indexed."""

from actuarial.dated import money, step
from actuarial.pension import FinalAverage, FuneralGrant, Invalidity, OldAge, OldAgeGrant, Orphans, Widows
from actuarial.pension.indexation import Indexation
from actuarial.scheme import Administration, Contribution, InsurableEarnings, Scheme


def full_law(unit: float = 1.0, *, benefits: tuple = (), **changes) -> Scheme:
    """The law; `unit` multiplies every amount of money, `benefits` and other fields replace those of the scheme."""

    def amount(value: float, per: str, indexed: str):
        return money(step({2024: value * unit}), per, indexed)

    limits = {"floor": amount(20_000, "year", "wages"), "ceiling": amount(300_000, "year", "wages")}
    formula = FinalAverage(
        accrual=0.0175, years=5, revaluation="wages", maximum=0.8,
        minimum_pension=amount(30_000, "year", "wages"), maximum_pension=amount(200_000, "year", "wages"),
    )  # fmt: skip
    prices = Indexation(prices=1.0)
    fields = {
        "name": "Full",
        "currency": "LTD",
        "insurable_earnings": InsurableEarnings(**limits),
        "contributions": (
            Contribution(name="employees", payer="employee", rate=step({2025: 0.04, 2027: 0.05})),
            Contribution(name="employers", payer="employer", rate=0.05, ceiling=amount(350_000, "year", "wages")),
            Contribution(name="minimum", payer="state", base="minimum"),
            Contribution(name="subsidy", payer="state", base="benefit", of=("widows",), rate=0.2),
            Contribution(name="aid", payer="other", base="fixed", amount=amount(3e8, "year", "prices")),
            Contribution(name="guarantee", payer="state", base="deficit", rate=0.5),
        ),
        "benefits": benefits or (
            OldAge(
                retirement_age=60, qualifying_years=15, formula=formula, retirement_rate=0.7, early_age=57,
                early_rate=0.1, early_reduction=0.05, late_increase=0.02, indexation=Indexation(prices=0.5, wages=0.5),
            ),
            OldAgeGrant(months=1, years=2, revaluation="wages"),
            Invalidity(qualifying_years=3, of="old_age", projected_to_age=60, projected_share=0.5, indexation=prices),
            Widows(share=0.5, qualifying_years=3, indexation=prices, payments=13),
            Orphans(share=0.2, until_age=18, qualifying_years=3, indexation=prices),
            FuneralGrant(months=2, follows=("old_age", "invalidity", "widows")),
        ),
        "administration": Administration(
            share_of_earnings=0.003, share_of_contributions=0.01, share_of_benefits=0.01,
            fixed=amount(1e8, "year", "prices"),
        ),
    }  # fmt: skip
    return Scheme(**(fields | changes))
