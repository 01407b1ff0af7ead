"""Hospital insurance of the United States, report of 2026: cost drivers chained through the stages of health care."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from actuarial.dated import step
from actuarial.health import CasePayment, HealthScheme, Population, Service, project_health_cost, project_use

POINT = 0.01
PUBLISHED = ("input_components_IVA1", "expected_growth_IVA1", "expected_levels_IVA3_mnUSD")


@pytest.fixture(scope="module")
def tables(shared):
    folder = shared / "cases" / "medicare_inpatient_cost_drivers_tr2026"
    return [pd.read_csv(folder / f"{name}.csv").set_index("year") for name in PUBLISHED]


def inpatient(drivers, opening):
    """Inpatient payments by year, currency, from yearly growth of members, admissions, prices and case mix.

    Fee-for-service enrolment is the members, the incidence of admissions (and what no other driver explains) the
    growth of use, input prices and the adjustment of updates the growth of the unit cost, case mix the creep of case
    weights; the accounts of the year before the first one are the opening level.
    """
    up = 1.0 + drivers * POINT
    coords = {"year": drivers.index.values, "service_type": ["stays"], "health_group": ["enrolled"]}
    coords |= {"sex": ["male", "female"], "age": [0, 1]}
    path = np.cumprod(up.enrollment_pct * up.managed_care_shift_pct).values
    cell = ("health_group", "sex", "age")
    people = xr.Dataset(
        {
            "health_members": (("year", *cell), path[:, None, None, None] * np.full((1, 2, 2), 0.25)),
            "health_members_0": (cell, np.full((1, 2, 2), 0.25)),
        },
        coords=coords,
    )
    people = people.assign(health_covered=people["health_members"], health_covered_0=people["health_members_0"])
    use = (up.admission_incidence_pct * up.other_pct - 1.0).values
    price = (up.input_price_index_pct * up.update_adjustment_pct - 1.0).values
    basis = xr.Dataset(
        {
            "use_rate_0": (("service_type", *cell), np.full((1, 1, 2, 2), 0.3)),
            "unit_cost_0": (("service_type", "health_group"), [[1.0]]),
            "expenditure_by_service_0": ("service_type", [opening]),
            "use_growth": (("year", "service_type"), use[:, None]),
            "excess_inflation": (("year", "service_type"), price[:, None]),
            "wage_growth": ("year", np.zeros(len(path))),
            "inflation": ("year", np.zeros(len(path))),
        },
        coords=coords,
    )
    creep = step(dict(zip(drivers.index.tolist(), (drivers.case_mix_pct * POINT).tolist(), strict=True)))
    scheme = HealthScheme(
        name="Hospital insurance", currency="USD", groups=(Population(name="enrolled"),),
        services=(Service(name="stays", payment=CasePayment(creep=creep)),),
    )  # fmt: skip
    used = project_use(people, basis, scheme)
    spent = project_health_cost(used, people, basis, scheme)["health_expenditure"]
    return pd.Series(spent.values[:, 0, 0], index=drivers.index)


def growth(levels, opening):
    """Growth by year in points."""
    return 100.0 * (levels / np.append(opening, levels.values[:-1]) - 1.0)


def furthest(drivers, published):
    """Greatest distance of the yearly growth to that of the table of growth, and to that of the table of levels."""
    levels = published[1].inpatient
    opening = float(levels.iloc[0] / (1.0 + published[0].inpatient_payments_growth_pct.iloc[0] * POINT))
    found = growth(inpatient(drivers, opening), opening)
    by_growth = (found - published[0].inpatient_payments_growth_pct).abs().max()
    return by_growth, (found - growth(levels, opening)).abs().max()


def test_the_product_of_the_drivers_is_the_published_growth(tables):
    drivers, *published = tables
    assert len(drivers) == 20
    by_growth, by_levels = furthest(drivers, published)
    assert by_growth < 0.25
    assert by_levels < 0.4


def test_levels_chained_from_the_first_published_year_are_those_published(tables):
    """Seven drivers rounded to 0.1 are 0.35 points a year at most: the distance of the levels adds up to that."""
    drivers, _, levels = tables
    opening = float(levels.inpatient.iloc[0])
    found = inpatient(drivers.loc[2017:], opening)
    distance = np.abs(found / levels.inpatient.loc[2017:] - 1.0)
    assert (distance < 0.0035 * np.arange(1, 20)).all()


SHUFFLED = ["input_price_index_pct", "enrollment_pct", "admission_incidence_pct", "case_mix_pct"]


@pytest.mark.parametrize("column", SHUFFLED)
def test_drivers_of_other_years_are_not_those_of_the_growth(tables, column):
    drivers, *published = tables
    shuffled = drivers.assign(**{column: np.roll(drivers[column].values, 7)})
    assert min(furthest(shuffled, published)) > 1.0
    assert min(furthest(drivers.assign(**{column: 0.0}), published)) > 1.0
