"""Builds what the embedded country knows of health care from formulas, on top of its pension basis.

Everything is invented. Use follows smooth curves by age with round parameters, prices are round numbers; the accounts
of the base year are what the law makes of its members and these rates, times a round factor for each service and each
group, so that the calibration has something to find. SOURCE.md beside the data says why the result is plausible.
"""

import math
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr

from actuarial.benefits.stock import project_pensions
from actuarial.dated import step
from actuarial.demography.population import project_population
from actuarial.health.membership import project_membership
from actuarial.health.use import project_use
from actuarial.labour.insured import project_insured
from actuarial.studies.solve import solve
from actuarial.vocabulary import annotate

CELL = ("health_group", "sex", "age")
SEXES = ["male", "female"]
LEVELS = {
    "private": 1.0,
    "public": 1.1,
    "self_employed": 0.9,
    "pensioners": 1.05,
    "dependants": 0.95,
    "poor": 0.75,
    "informal": 0.8,
    "uninsured": 0.45,
}
"""Use of the groups over that of private employees of the same sex and age."""
PRICES = {
    "primary_care": (8.0, 0.75, 1.0),
    "outpatient": (14.0, 0.65, 0.9),
    "specialist": (35.0, 0.60, 1.0),
    "laboratory": (12.0, 0.40, 1.2),
    "drugs": (11.5, 0.15, 1.6),
    "inpatient": (650.0, 0.60, 1.4),
    "surgery": (1_100.0, 0.55, 1.1),
    "delivery": (430.0, 0.65, 0.8),
    "dialysis": (140.0, 0.40, 0.8),
    "oncology": (700.0, 0.30, 2.5),
    "rehabilitation": (560.0, 0.70, 1.3),
    "emergency_transport": (100.0, 0.55, 0.9),
}
"""Cost of a contact in AVD, the share of it that follows wages, and its coefficient of variation."""
DECEDENTS = {"drugs": 3.0, "inpatient": 8.0, "surgery": 4.0, "oncology": 6.0, "emergency_transport": 9.0}
GROWTH = {"specialist": 0.005, "laboratory": 0.010, "drugs": 0.005, "dialysis": 0.015, "oncology": 0.010}
EXCESS = {"drugs": 0.010, "laboratory": 0.005, "oncology": 0.010}
SERVICE_FACTORS = (0.97, 1.04, 1.02, 0.95, 1.06, 1.03, 0.96, 1.01, 1.03, 1.04, 0.94, 0.98)
GROUP_FACTORS = (1.01, 1.03, 0.96, 1.02, 0.98, 1.03, 0.95, 1.0)
"""Audited accounts over what rates and prices give, by service and by group."""
DAYS = np.arange(366)


def along(values, dim, labels):
    """A labelled vector."""
    return xr.DataArray(np.asarray(values, dtype=float), dims=dim, coords={dim: labels})


def by_sex(male, female):
    return along([male, female], "sex", SEXES)


def by_service(values, otherwise):
    return along([values.get(name, otherwise) for name in PRICES], "service_type", list(PRICES))


def ages(basis):
    """The ages of the basis, by sex."""
    return basis["age"].astype(float) + by_sex(0.0, 0.0)


def rise(age, middle, width):
    """A logistic step from 0 to 1."""
    return 1.0 / (1.0 + np.exp(-(age - middle) / width))


def use_curves(basis):
    """Contacts a year of private employees and of others who live as they do, by service, sex and age."""
    age = ages(basis)
    infant, woman = np.exp(-age / 2.5), by_sex(0.0, 1.0)
    fertile = basis["asfr"].sel(year=int(basis["year"][0]), drop=True).reindex(age=basis["age"], fill_value=0.0)
    births = woman * fertile
    old, late = rise(age, 62.0, 8.0), rise(age, 72.0, 7.0)
    curves = {
        "primary_care": 0.5 + 2.5 * infant + 4.0 * births + 0.4 * old,
        "outpatient": 1.9 + 2.6 * infant + 0.5 * woman * rise(age, 18.0, 2.0) + 3.2 * old,
        "specialist": 0.25 + 0.3 * infant + 0.15 * woman * rise(age, 18.0, 2.0) + 1.0 * old,
        "laboratory": 0.4 + 1.5 * births + 2.6 * old,
        "drugs": 1.9 + 1.2 * infant + 10.5 * old,
        "inpatient": 0.045 + 0.10 * infant + 0.25 * late,
        "surgery": 0.010 + 0.045 * old,
        "delivery": 0.92 * births,
        "dialysis": 0.010 + 0.26 * old,
        "oncology": 0.003 + 0.055 * old,
        "rehabilitation": 0.002 + 0.018 * old,
        "emergency_transport": 0.012 + 0.060 * late,
    }
    together = [(curve + 0.0 * age).transpose("sex", "age") for curve in curves.values()]
    return xr.concat(together, dim=along([0] * len(curves), "service_type", list(curves))["service_type"])


def stays(basis):
    """Days of a stay and weights of cases; 1 for what has neither."""
    age = ages(basis)
    days = {"inpatient": 4.0 + 4.5 * rise(age, 65.0, 9.0), "rehabilitation": 11.0 + 5.0 * rise(age, 70.0, 8.0)}
    weights = {"inpatient": 0.85 + 0.45 * rise(age, 60.0, 10.0), "surgery": 0.9 + 0.3 * rise(age, 55.0, 10.0)}
    found = {}
    for name, curves in (("days_per_contact", days), ("case_mix", weights)):
        parts = [(curves.get(service, 1.0) + 0.0 * age).transpose("sex", "age") for service in PRICES]
        found[name] = xr.concat(parts, dim=along([0] * len(PRICES), "service_type", list(PRICES))["service_type"])
    return found


def prices(basis):
    """What a contact costs, how it varies, and what moves it."""
    price, labour, spread = (dict(zip(PRICES, column, strict=True)) for column in zip(*PRICES.values(), strict=True))
    group = along([1.0, 1.05, 1.0, 1.0, 1.0, 0.9, 1.0, 1.0], "health_group", list(LEVELS))
    year = basis["year"]
    real_wages = basis["wage_growth"] - basis["inflation"]
    settles = ((2060 - year) / (2060 - 2026)).clip(0.0, 1.0)
    return {
        "unit_cost_0": by_service(price, 0.0) * group,
        "severity_cv": by_service(spread, 0.0),
        "labour_share": by_service(labour, 0.0),
        "decedent_cost_ratio": by_service(DECEDENTS, 1.0),
        "use_growth": settles * by_service(GROWTH, 0.0),
        "excess_inflation": settles * by_service(EXCESS, 0.0) + real_wages * (1.0 - by_service(labour, 0.0)),
    }


def earnings(basis):
    """Earnings of members by group: those of the insured as they declare them, nothing of all others."""
    pay = basis["salary_0"] * basis["density"] * basis["declared_share"]
    working = (basis["age"] >= 15) & (basis["age"] <= 75)
    pay = pay.where(working, 0.0).rename(group="health_group").reindex(health_group=list(LEVELS), fill_value=0.0)
    spread = basis["earnings_cv"].rename(group="health_group").reindex(health_group=list(LEVELS), fill_value=0.0)
    return {"member_earnings_0": pay.transpose(*CELL), "member_earnings_cv": spread}


def sickness(basis):
    """Spells of sickness of working members, and how long they last: two kinds of spells, short and long ones."""
    age = ages(basis)
    working = (age >= 15) & (age < 70)
    incidence = (0.45 * np.exp(-(age - 15.0) / 18.0) + 0.22 + 0.16 * rise(age, 52.0, 6.0)) * by_sex(0.95, 1.1)
    days = xr.DataArray(DAYS, dims="day", coords={"day": DAYS})
    lasting = 0.86 * np.exp(-((days / 5.5) ** 1.1)) + 0.14 * np.exp(-days / 55.0)
    return {
        "sickness_incidence": incidence.where(working, 0.0).transpose("sex", "age"),
        "sickness_survival": (lasting / lasting[0]).where(days < DAYS[-1], 0.0),
    }


def accounts(basis, health_scheme, pension_scheme):
    """Accounts of the base year by service and by group, in thousands; both sum to the same."""
    short = basis.isel(year=slice(0, 2))
    population = project_population(short)
    insured = project_insured(population, short, pension_scheme, service="years")
    pensions = project_pensions(insured, short, pension_scheme)
    membership = project_membership(population, short, health_scheme, insured=insured, pensions=pensions)
    use = project_use(membership, short, health_scheme)
    contacts = use["contacts_0"].sum(["sex", "age"])
    index = price_growth(short)
    paid = use["paid_share"].isel(year=0, drop=True)
    spent = contacts * use["unit_cost"].isel(year=0, drop=True) / index * paid
    spent = spent * along(SERVICE_FACTORS, "service_type", list(PRICES))
    spent = spent * along(GROUP_FACTORS, "health_group", list(LEVELS))
    services = (spent.sum("health_group") / 1e3).round() * 1e3
    groups = (spent.sum("service_type") / 1e3).round() * 1e3
    largest = int(groups.argmax("health_group"))
    groups[largest] = groups[largest] + (services.sum() - groups.sum())
    return {"expenditure_by_service_0": services, "expenditure_by_group_0": groups}


def contribution_steps(basis, health_scheme, run, dates=(2026, 2036, 2055, 2070, 2085)):
    """Rates of employees and employers together from each date on, with which the scheme is what the law has written.

    Each is the rate at which the reserve is the contingency reserve at the end of its years, rounded up to half a point
    before the next one is sought. `run` projects a basis and a scheme; half a point less is paid by employees than by
    employers, and the self-employed pay both shares.
    """
    rates = {int(basis["year"][0]) - 1: 0.055}

    def law(found):
        halves = (step({year: (rate + side) / 2 for year, rate in found.items()}) for side in (-0.005, 0.005))
        both = step(found | {min(found): 0.05})
        lines = zip(("employees", "employers", "self_employed_members"), (*halves, both), strict=True)
        scheme = health_scheme
        for name, rate in lines:
            scheme = scheme.amend(name, rate=rate)
        return scheme

    def short(result, year):
        return float((result["reserve"] / result["contingency_reserve"]).sel(year=year)) - 1.0

    def with_rate(first, given, _, x):
        return given, law(rates | {first: x})

    for first, then in pairwise((*dates, int(basis["year"][-1]) + 1)):
        trial, condition = partial(with_rate, first), partial(short, year=then - 1)
        rate: Any = solve(trial, condition, basis=basis, scheme=health_scheme, bounds=(0.04, 0.2), run=run)
        rates[first] = math.ceil(round(200 * float(rate), 6)) / 200
    return rates


def price_growth(basis):
    """Growth of the unit costs from the base year to the first projected one, by service."""
    first = basis.isel(year=0, drop=True)
    labour = first["labour_share"]
    return 1.0 + labour * first["wage_growth"] + (1.0 - labour) * first["inflation"] + first["excess_inflation"]


def health_inputs(basis, health_scheme, pension_scheme):
    """What the basis of the embedded country has of health care, on the labels of its pension basis."""
    use = use_curves(basis) * along(list(LEVELS.values()), "health_group", list(LEVELS))
    found = {"use_rate_0": use.transpose("service_type", *CELL)}
    found |= stays(basis) | prices(basis) | earnings(basis) | sickness(basis)
    found["payment_pattern"] = along([0.85, 0.13, 0.02], "lag", [0, 1, 2])
    year = basis["year"]
    share = 0.24 + 0.03 * ((year - 2025) / 30.0).clip(0.0, 1.0)
    found["government_expenditure"] = basis["gdp"] * share
    found = {name: rounded(value) for name, value in found.items()}
    found |= accounts(annotate(basis.assign(found)), health_scheme, pension_scheme)
    spent = float(found["expenditure_by_service_0"].sum())
    found["claims_outstanding_0"] = xr.DataArray(round(0.165 * spent, -5))
    found["health_reserve_0"] = xr.DataArray(round(0.42 * spent, -6))
    return found


def rounded(value):
    """Four significant digits, as such rates are published; sums of fractions are not touched by it."""
    values = np.asarray(value.values, dtype=float)
    return value.copy(data=np.array([float(f"{one:.4g}") for one in values.ravel()]).reshape(values.shape))
