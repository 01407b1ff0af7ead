"""A small health basis and scheme: three groups, three services, all numbers typed by hand and plausible."""

import numpy as np
import xarray as xr

from actuarial.dated import money, step
from actuarial.health.groups import Employed, Population, Remainder
from actuarial.health.payment import Capitation, CasePayment, FeeForService
from actuarial.health.scheme import CostSharing, HealthContribution, HealthFunding, HealthScheme, Service
from actuarial.scheme import Administration
from actuarial.vocabulary import annotate
from tests.reference.small import AGES, SEXES, small_basis

GROUPS = ["workers", "informal", "poor"]
SERVICES = ["visits", "drugs", "stays"]
PATTERN = [0.7, 0.2, 0.1]


def health_basis(years: int = 5) -> xr.Dataset:
    """The small pension basis for some years, with all that a health scheme reads."""
    basis = small_basis().isel(year=slice(0, years))
    labels = {"health_group": GROUPS, "service_type": SERVICES, "sex": SEXES, "age": AGES}
    shape = np.stack([1.0 + 0.020 * AGES, 1.15 + 0.018 * AGES])
    use = np.array([2.0, 3.0, 0.05])[:, None, None, None] * np.array([1.0, 0.8, 1.2])[:, None, None] * shape
    earning = np.where((AGES >= 18) & (AGES < 65), 1.0, 0.0)
    pay = np.array([150_000.0, 60_000.0, 0.0])[:, None, None] * np.stack([earning, 0.8 * earning])
    growth = np.full((years, 3), [0.01, 0.02, 0.005])
    data = {
        "use_rate_0": (("service_type", "health_group", "sex", "age"), use),
        "unit_cost_0": (("service_type", "health_group"), [[400.0] * 3, [150.0] * 3, [20_000.0] * 3]),
        "use_growth": (("year", "service_type"), growth),
        "excess_inflation": (("year", "service_type"), 0.5 * growth),
        "labour_share": ("service_type", [0.6, 0.1, 0.5]),
        "severity_cv": ("service_type", [0.5, 1.0, 2.0]),
        "member_earnings_0": (("health_group", "sex", "age"), pay),
        "member_earnings_cv": (("health_group", "sex", "age"), np.full(pay.shape, 0.7)),
        "payment_pattern": ("lag", PATTERN),
        "claims_outstanding_0": ((), 1.8e9),
        "health_reserve_0": ((), 5.0e8),
        "gdp": ("year", 1.2e11 * 1.06 ** np.arange(years)),
        "government_expenditure": ("year", 3.0e10 * 1.06 ** np.arange(years)),
    }
    return annotate(basis.assign_coords(labels | {"lag": range(len(PATTERN))}).assign(data))


def lines() -> tuple[HealthContribution, ...]:
    """Lines of income on every base but pensions."""
    return (
        HealthContribution(
            name="employees", payer="member", rate=0.06, groups=("workers",), collected=0.95,
            floor=money(step({2025: 60_000.0}), per="year", indexed="wages"),
            ceiling=money(step({2025: 240_000.0}), per="year", indexed="wages"),
        ),
        HealthContribution(
            name="employers", payer="employer", rate=step({2025: 0.07, 2027: 0.11}), groups=("workers",),
            ceiling=money(300_000.0, per="year"),
        ),
        HealthContribution(
            name="premiums", payer="member", base="head", groups=("informal",), collected=0.8,
            amount=money(step({2025: 1_200.0}), per="year", indexed="prices"),
        ),
        HealthContribution(
            name="households", payer="member", base="household", groups=("poor",), amount=money(100.0, per="year"),
        ),
        HealthContribution(
            name="subsidy", payer="state", base="contribution", of=("premiums", "households"),
            rate=step({2025: 1.0, 2027: 0.5, 2029: 0.25}),
        ),
        HealthContribution(
            name="matching", payer="state", base="contribution", of=("employees", "premiums"), rate=0.1,
        ),
        HealthContribution(
            name="grant", payer="donor", base="budget", groups=("informal", "poor"), amount=money(4.0e7, per="year"),
        ),
        HealthContribution(name="guarantee", payer="state", base="deficit", rate=0.9),
    )  # fmt: skip


def health_scheme(**changes) -> HealthScheme:
    """Workers who contribute, an informal sector that may enrol, the poor as the remainder."""
    given = {
        "name": "Fund",
        "currency": "LTD",
        "groups": (
            Employed(name="workers", share=0.4),
            Population(name="informal", share=0.5, enrolment=0.6, from_age=5),
            Remainder(name="poor", enrolment=0.9, effective=0.8),
        ),
        "services": (
            Service(name="visits", payment=FeeForService(), sharing=CostSharing(coinsurance=0.1, exempt=("poor",))),
            Service(name="drugs", payment=Capitation()),
            Service(
                name="stays", payment=CasePayment(creep=0.01),
                sharing=CostSharing(copayment=money(500.0, per="once")),
            ),
        ),
        "contributions": lines(),
        "administration": Administration(
            share_of_earnings=0.001, share_of_contributions=0.02, share_of_benefits=0.03,
            fixed=money(step({2025: 5.0e6}), per="year", indexed="prices"),
        ),
        "funding": HealthFunding(
            reserve_months=3.0, household_size=4.0,
            timing={"contributions": 0.4, "outgo": 0.5, "other_income": 0.75},
        ),
    }  # fmt: skip
    return HealthScheme(**given | changes)
