"""A large health scheme on the embedded country: ten groups, twenty services, fifty years; the numbers are invented."""

import numpy as np
import xarray as xr

import actuarial as ac
from actuarial.dated import money, ramp, step
from actuarial.health import groups as forms
from actuarial.health import payment as ways
from actuarial.health.payment.mixture import Part
from actuarial.health.scheme import CostSharing, HealthContribution, HealthFunding, HealthScheme, Service
from actuarial.scheme import Administration

YEARS = 50
GROUPS = (
    forms.Insured(name="private", of=("private",)),
    forms.Insured(name="public", of=("public",)),
    forms.Insured(name="self_employed", of=("self_employed",), enrolment=0.8),
    forms.Pensioners(name="pensioners", overlap=0.05),
    forms.Refugees(name="refugees"),
    forms.Dependants(name="families", of=("private", "public"), children_below=21),
    forms.Dependants(name="other_families", of=("self_employed", "pensioners"), spouses=False, enrolment=0.7),
    forms.Population(name="poor", share=step({2026: 0.2, 2040: 0.15})),
    forms.Population(
        name="informal", share=0.6, enrolment=ramp({2025: 0.1, 2050: 0.8}), selection=0.3, first_use=0.6
    ),
    forms.Remainder(name="uninsured"),
)
PAYMENTS = (
    ways.FeeForService(),
    ways.Capitation(),
    ways.CasePayment(creep=0.005),
    ways.PerDiem(length_growth=-0.005),
    ways.GlobalBudget(indexed="wages", growth=0.01),
    ways.OwnFacilities(fixed_share=0.6, capacity_growth=0.01),
    ways.Mixture(
        parts=(
            Part(share=ramp({2026: 0.8, 2036: 0.2}), payment=ways.FeeForService()),
            Part(share=ramp({2026: 0.2, 2036: 0.8}), payment=ways.Capitation()),
        )
    ),
)
SHARING = (
    CostSharing(),
    CostSharing(coinsurance=0.2, exempt=("poor",)),
    CostSharing(coinsurance=0.1, copayment=money(step({2025: 2.0}), per="once", indexed="prices")),
)
SERVICES = tuple(
    Service(name=f"service_{k}", payment=PAYMENTS[k % len(PAYMENTS)], sharing=SHARING[k % len(SHARING)])
    for k in range(20)
)
LINES = (
    HealthContribution(
        name="employees", payer="member", rate=0.03, groups=("private", "public"), collected=0.95,
        ceiling=money(step({2025: 20_000.0}), per="year", indexed="wages"),
    ),
    HealthContribution(name="employers", payer="employer", rate=0.04, groups=("private", "public")),
    HealthContribution(
        name="premiums", payer="member", base="head", groups=("self_employed", "informal"),
        amount=money(step({2025: 60.0}), per="year", indexed="wages"),
    ),
    HealthContribution(name="subsidy", payer="state", base="contribution", of=("premiums",), rate=0.5),
    HealthContribution(name="grant", payer="state", base="budget", amount=money(step({2025: 5.0e7}), per="year")),
    HealthContribution(name="guarantee", payer="state", base="deficit", rate=1.0),
)  # fmt: skip


def scheme() -> HealthScheme:
    """Ten groups, twenty services paid in all ways."""
    funding = HealthFunding(reserve_months=3.0)
    administration = Administration(share_of_benefits=0.05)
    given = {"groups": GROUPS, "services": SERVICES, "contributions": LINES}
    return HealthScheme(name="Large", currency="AVD", funding=funding, administration=administration, **given)


def basis() -> xr.Dataset:
    """The basis of the embedded country for fifty years, with use, prices and earnings of the large scheme."""
    known = ac.datasets.open("demo").basis.isel(year=slice(0, YEARS))
    ours = [name for name, array in known.variables.items() if {"service_type", "health_group"} & set(array.dims)]
    known = known.drop_vars(ours)
    ages, years = known["age"].values, known.sizes["year"]
    names, services = [group.name for group in GROUPS], [service.name for service in SERVICES]
    known = known.assign_coords(health_group=names, service_type=services)
    random = np.random.default_rng(1)
    shape = np.stack([1.0 + 0.020 * ages, 1.15 + 0.018 * ages])
    level = random.uniform(0.05, 3.0, 20)[:, None, None, None] * random.uniform(0.7, 1.2, 10)[:, None, None]
    use, price = level * shape, np.round(random.uniform(5.0, 400.0, (20, 1)) * np.ones(10), 1)
    earning = np.where((ages >= 18) & (ages < 65), 4_000.0, 0.0) * np.ones((10, 2, 1))
    refugees = np.zeros((10, 2, ages.size))
    refugees[names.index("refugees")] = np.where(ages < 60, 20.0, 0.0)
    arrivals = np.repeat(0.02 * refugees[np.newaxis], years, axis=0)
    found = {
        "use_rate_0": (("service_type", "health_group", "sex", "age"), use),
        "unit_cost_0": (("service_type", "health_group"), price),
        "use_growth": (("year", "service_type"), np.full((years, 20), 0.005)),
        "excess_inflation": (("year", "service_type"), np.full((years, 20), 0.004)),
        "labour_share": ("service_type", np.linspace(0.2, 0.8, 20)),
        "severity_cv": ("service_type", np.linspace(0.5, 2.0, 20)),
        "decedent_cost_ratio": ("service_type", np.where(np.arange(20) % 4 == 0, 5.0, 1.0)),
        "days_per_contact": (("service_type", "sex", "age"), np.ones((20, 2, 1)) * (2.0 + 0.05 * ages)),
        "case_mix": (("service_type", "sex", "age"), np.ones((20, 2, 1)) * (0.8 + 0.004 * ages)),
        "member_earnings_0": (("health_group", "sex", "age"), earning),
        "member_earnings_cv": (("health_group", "sex", "age"), np.full(earning.shape, 0.7)),
        "refugees_0": (("health_group", "sex", "age"), refugees),
        "refugee_arrivals": (("year", "health_group", "sex", "age"), arrivals),
    }  # fmt: skip
    return known.assign(found)
