"""A scheme that uses every feature at once, with awkward numbers: its basis, its law as objects and as dicts."""

import numpy as np

from actuarial.dated import by_sex, money, ramp, step
from actuarial.health import (
    Capitation,
    CasePayment,
    CostSharing,
    Dependants,
    Employed,
    FeeForService,
    GlobalBudget,
    HealthContribution,
    HealthFunding,
    HealthFuneral,
    HealthScheme,
    Insured,
    Maternity,
    Mixture,
    OwnFacilities,
    Part,
    Paternity,
    Pensioners,
    PerDiem,
    Population,
    Refugees,
    Remainder,
    Service,
    Sickness,
)  # fmt: skip
from actuarial.scheme import Administration
from actuarial.vocabulary import annotate
from tests.reference.small import AGES, SEXES, small_basis

GROUPS = ["workers", "officials", "traders", "retired", "refugees", "families", "kin", "village", "students", "rest"]
SERVICES = ["clinic", "doctor", "drugs", "surgery", "stays", "rides", "teeth", "scans", "points", "checks"]

ACCOUNTS = [5.1e8, 1.2e9, 1.3e8, 7.0e8, 9.3e7, 8.0e7, 5.5e7, 0.0, 9.1e7, 0.0]
"""Round accounts by service; what the package does not cover yet costs nothing."""


def _bump(middle, width):
    return np.exp(-(((AGES - middle) / width) ** 2))


def awkward_basis(years=4):
    """The small pension basis with use, prices, earnings, refugees, sickness, accounts of an invented health fund."""
    basis = small_basis().isel(year=slice(0, years))
    n, k, j, a = years, len(SERVICES), len(GROUPS), AGES
    labels = {"health_group": GROUPS, "service_type": SERVICES, "sex": SEXES, "age": AGES}
    shape = np.stack([0.7 + 0.013 * a + 2.1 * _bump(0, 4), 0.8 + 0.011 * a + 1.9 * _bump(0, 4) + 0.6 * _bump(29, 7)])
    level = np.array([1.0, 1.13, 0.87, 1.31, 0.91, 0.97, 0.71, 0.83, 0.59, 0.43])[:, None, None]
    use = np.array([1.7, 2.9, 3.7, 0.031, 0.017, 0.043, 0.61, 0.087, 0.53, 0.11])[:, None, None, None] * level * shape
    price = np.array([310.0, 450.0, 97.0, 23_300.0, 11_700.0, 1_900.0, 640.0, 2_110.0, 173.0, 359.0])
    working = np.where((a >= 17) & (a < 68), 1.0, 0.0)
    pay = np.array([131_000.0, 167_000.0, 71_000.0, 0, 23_000.0, 0, 0, 37_000.0, 0, 0])[:, None, None]
    pay = pay * np.stack([working, 0.83 * working]) * (1.0 + 0.007 * (a - 17))
    years_on = np.arange(n)[:, None]
    refugees = np.zeros((j, 2, 101))
    refugees[4] = np.round(40.0 * np.stack([_bump(20, 17), 1.2 * _bump(24, 19)]) * (a < 97), 1)
    arrivals = np.zeros((n, j, 2, 101))
    arrivals[:, 4] = np.array([9.0, -3.0, 6.0, 2.0])[:n, None, None] * np.stack([_bump(21, 8), _bump(25, 8)])
    data = {
        "use_rate_0": (("service_type", "health_group", "sex", "age"), use),
        "unit_cost_0": (("service_type", "health_group"), np.outer(price, np.linspace(0.9, 1.2, j))),
        "use_growth": (("year", "service_type"), np.linspace(-0.03, 0.04, k) * (1 + 0.3 * years_on)),
        "use_shock": (("year", "service_type"), 1.0 + np.where(years_on == 1, np.linspace(0.5, -0.4, k), 0.0)),
        "intensity_growth": (("year", "service_type"), np.linspace(0.013, -0.009, k) * (1 + 0.5 * years_on)),
        "excess_inflation": (("year", "service_type"), np.linspace(-0.031, 0.027, k) * (1 + 0.2 * years_on)),
        "labour_share": ("service_type", np.linspace(0.0, 1.0, k)),
        "decedent_cost_ratio": ("service_type", [1.0, 1.0, 2.7, 9.3, 5.1, 7.7, 0.4, 1.0, 1.0, 1.9]),
        "severity_cv": ("service_type", [0.0, 0.7, 1.7, 1.1, 0.9, 0.6, 0.8, 2.3, 0.3, 1.0]),
        "case_mix": (("service_type", "sex", "age"), np.broadcast_to(0.7 + 0.011 * a, (k, 2, 101)) * [[0.93], [1.04]]),
        "days_per_contact": (("service_type", "sex", "age"), np.broadcast_to(3.1 + 0.07 * a, (k, 2, 101)).copy()),
        "member_earnings_0": (("health_group", "sex", "age"), pay),
        "member_earnings_cv": (("health_group", "sex", "age"), np.where(pay > 0, 0.45 + 0.003 * a, 0.0)),
        "refugees_0": (("health_group", "sex", "age"), refugees),
        "refugee_arrivals": (("year", "health_group", "sex", "age"), arrivals),
        "fertility_ratio": (("health_group", "age"), np.linspace(0.6, 1.5, j)[:, None] * np.ones(101)),
        "sickness_incidence": (("sex", "age"), np.stack([0.31 + 0.002 * a, 0.37 + 0.001 * a])),
        "sickness_survival": ("day", np.append(0.8 * 0.87 ** np.arange(90) + 0.2 * 0.98 ** np.arange(90), 0.0)),
        "payment_pattern": ("lag", [0.61, 0.24, 0.11, 0.04]),
        "claims_outstanding_0": ((), 4.1e8),
        "health_reserve_0": ((), 9.0e7),
        "expenditure_by_service_0": ("service_type", ACCOUNTS),
        "gdp": ("year", 1.3e11 * 1.06 ** np.arange(n)),
    }  # fmt: skip
    capacity = np.full((n, k), 1e12)
    capacity[:, 3] = [17_000.0, 12_345.6, 15_000.0, 9_000.0][:n]
    data["capacity"] = (("year", "service_type"), capacity)
    marks = labels | {"lag": range(4), "day": range(91)}
    return annotate(basis.assign_coords(marks).assign(data))



def _amount(points, per="year", index="none"):
    return money(step(points), per=per, indexed=index)


def awkward_scheme(**funding):
    """The law as objects."""
    given = {
        "reserve_months": step({2024: 2.0, 2026: 4.5}), "household_size": 4.3, "within_year": "simple",
        "timing": {"contributions": 0.45, "outgo": 0.55, "other_income": 0.8}, "demand_elasticity": -0.2,
    }  # fmt: skip
    return HealthScheme(
        name="Awkward", currency="LTD", groups=_groups(), services=_services(), contributions=_lines(),
        benefits=_benefits(), funding=HealthFunding(**given | funding),
        administration=Administration(
            share_of_earnings=0.0007, share_of_contributions=0.03, share_of_benefits=0.02,
            fixed=_amount({2024: 7e6}, index="prices"),
        ),
    )  # fmt: skip


def _groups():
    return (
        Insured(name="workers", of=("private",), share=ramp({2024: 0.9, 2030: 1.0})),
        Insured(name="officials", of=("public",)),
        Employed(name="traders", share=0.11, from_age=16, to_age=70, effective=step({2024: 0.9, 2026: 0.8})),
        Pensioners(name="retired", of=("old_age", "invalidity"), overlap=0.07, from_age=45, enrolment=0.97),
        Refugees(enrolment=step({2024: 0.0, 2026: 0.6}), selection=0.2, first_use=0.3, catching_up=1.3),
        Dependants(name="families", of=("workers", "officials", "retired"), children_below=16, enrolment=0.93),
        Dependants(name="kin", of=("refugees", "traders"), ratio=ramp({2024: 0.4, 2028: 0.5}), to_age=30),
        Population(
            name="village", share=by_sex(male=0.3, female=0.35), selection=0.6, catching_up=0.9,
            first_use=step({2025: 0.4, 2027: 0.7}),
            enrolment=step({2024: 0.0, 2026: 0.35, 2028: 0.2}),
        ),
        Population(name="students", share=0.06, of_remaining=False, from_age=18, to_age=25),
        Remainder(name="rest", enrolment=0.1, effective=0.7),
    )  # fmt: skip


def _services():
    budget = _amount({2024: 4.1e8, 2026: 4.6e8})
    doctor = Mixture(parts=(
        Part(share=ramp({2024: 0.5, 2029: 0.1}), payment=Capitation()),
        Part(share=ramp({2024: 0.2, 2029: 0.3}), payment=Capitation(risk_adjusted=False)),
        Part(share=ramp({2024: 0.3, 2029: 0.6}), payment=FeeForService(budget=budget)),
    ))  # fmt: skip
    once = {"per": "once", "index": "prices"}
    return (
        Service(
            name="clinic", covered=ramp({2024: 0.8, 2027: 1.0}),
            payment=OwnFacilities(fixed_share=ramp({2025: 0.7, 2028: 0.4}), capacity_growth=-0.01),
            sharing=CostSharing(coinsurance=0.07, exempt=("village", "students")),
        ),
        Service(name="doctor", payment=doctor, sharing=CostSharing(coinsurance=0.08)),
        Service(
            name="drugs", payment=FeeForService(),
            sharing=CostSharing(
                coinsurance=0.12, deductible=_amount({2024: 130.0}, **once), maximum=_amount({2024: 900.0}, "once"),
                exempt=("kin",),
            ),
        ),
        Service(
            name="surgery", covered=0.93, payment=CasePayment(creep=ramp({2025: 0.02, 2028: -0.01})),
            sharing=CostSharing(copayment=_amount({2023: 700.0, 2026: 900.0}, "once", "wages")),
        ),
        Service(
            name="stays", groups=("workers", "officials", "retired", "refugees"), payment=PerDiem(length_growth=-0.02),
            sharing=CostSharing(coinsurance=0.05, deductible=_amount({2024: 300.0}, "once")),
        ),
        Service(
            name="rides", covered=step({2024: 0.6, 2026: 0.7}),
            payment=GlobalBudget(indexed="wages", growth=-0.01, rule="capped"),
        ),
        Service(
            name="teeth", payment=FeeForService(),
            sharing=CostSharing(coinsurance=step({2024: 1.0, 2026: 0.55}), exempt=("retired",)),
        ),
        Service(
            name="scans", covered=ramp({2024: 0.0, 2027: 0.9}), payment=FeeForService(),
            sharing=CostSharing(coinsurance=0.1, copayment=_amount({2024: 55.0}, **once)),
        ),
        Service(name="points", payment=FeeForService(budget=_amount({2024: 8.1e7}, index="wages"))),
        Service(name="checks", covered=step({2024: 0.0, 2026: 0.5}), payment=Capitation()),
    )  # fmt: skip


def _lines():
    ceiling = _amount({2023: 150_000.0, 2026: 190_000.0}, index="prices")
    return (
        HealthContribution(
            name="members", payer="member", rate=0.021, groups=("workers", "officials", "traders"),
            floor=_amount({2024: 40_000.0}, index="wages"), ceiling=ceiling, collected=0.93,
        ),
        HealthContribution(
            name="employers", payer="employer", rate=step({2024: 0.024, 2027: 0.028}), groups=("workers",),
            collected=0.9,
        ),
        HealthContribution(name="offices", payer="state", rate=0.043, groups=("officials",), ceiling=ceiling),
        HealthContribution(
            name="pensions", payer="pensioner", base="pension", rate=0.035, groups=("retired",), collected=0.98,
        ),
        HealthContribution(
            name="heads", payer="member", base="head", groups=("village", "students"), collected=0.77,
            amount=_amount({2024: 1_100.0}, index="prices"),
        ),
        HealthContribution(
            name="houses", payer="member", base="household", groups=("families", "kin"), amount=_amount({2024: 2e3}),
        ),
        HealthContribution(
            name="match", payer="state", base="contribution", of=("heads", "houses"), groups=("village", "families"),
            rate=ramp({2024: 0.5, 2028: 0.1}),
        ),
        HealthContribution(name="more", payer="other", base="contribution", of=("match", "members"), rate=0.07),
        HealthContribution(
            name="donor_a", payer="donor", base="budget", groups=("refugees", "village"), collected=0.95,
            amount=money(ramp({2024: 5e7, 2027: 0.0}), per="year"),
        ),
        HealthContribution(
            name="donor_b", payer="donor", base="budget", amount=_amount({2024: 2e7}, index="prices"),
        ),
        HealthContribution(name="guard", payer="state", base="deficit", rate=0.5),
        HealthContribution(name="levy", payer="member", base="deficit", rate=0.3, groups=("workers",)),
    )  # fmt: skip


def _benefits():
    return (
        Sickness(
            name="sickness", rate=0.65, waiting_days=2.5, maximum_days=40.5, groups=("workers", "traders"),
            floor=_amount({2024: 30_000.0}), ceiling=_amount({2024: 160_000.0}, index="wages"), entitled=0.81,
        ),
        Maternity(name="maternity", rate=0.9, weeks=ramp({2024: 12.0, 2028: 16.0}), take_up=0.7),
        Paternity(
            name="paternity", rate=1.0, days=7.5, groups=("officials", "workers"), ceiling=_amount({2024: 150_000.0}),
        ),
        HealthFuneral(name="funeral", amount=_amount({2024: 4_000.0}, "once", "prices"), take_up=0.9),
    )  # fmt: skip
