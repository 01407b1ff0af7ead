"""Writes the basis of the refugee package from formulas: `python examples/refugee_package/build.py`.

Every number is invented. The accounts of the base year are what the law makes of members, rates and prices times a
round factor for each service and each group; SOURCE.md tells what the factors are.
"""

from pathlib import Path

import numpy as np
import xarray as xr
from run import HERE, host_country, overlaid

import actuarial as ac
from actuarial.vocabulary import annotate

AGES = np.arange(101)
YEARS = np.arange(2026, 2061)
GROUPS = ["camp_refugees", "urban_refugees", "young_children", "residents", "covered_elsewhere"]
PRICES = {
    "public_health": (3.0, 0.6),
    "primary_care": (9.0, 0.7),
    "medicines": (6.5, 0.1),
    "maternal_care": (190.0, 0.6),
    "district_hospital": (310.0, 0.6),
    "referral": (640.0, 0.4),
}
"""Cost of a contact in AVD, and the share of it that follows wages."""
LEVELS = {"camp_refugees": 1.15, "urban_refugees": 0.8, "young_children": 1.0, "residents": 0.75}
SERVICE_FACTORS = (0.96, 1.05, 1.03, 0.98, 1.02, 0.94)
GROUP_FACTORS = (1.06, 0.97, 1.02, 0.99, 0.0)


def along(values, dim, labels):
    return xr.DataArray(np.asarray(values, dtype=float), dims=dim, coords={dim: labels})


AGE = along(AGES, "age", AGES)
SERVICE = list(PRICES)


def by_sex(male, female):
    return along([male, female], "sex", ["male", "female"])


def use_rates(basis):
    """Contacts a year by service, group, sex and age: infants, births and old age on a level of one's own."""
    infant, old = np.exp(-AGE / 3.0), 1.0 / (1.0 + np.exp(-(AGE - 60.0) / 9.0))
    births = basis["asfr"].sel(year=2026, drop=True) * by_sex(0.0, 1.0)
    curves = {
        "public_health": 0.8 + 3.0 * infant + 2.0 * births,
        "primary_care": 1.5 + 2.2 * infant + 3.0 * births + 1.8 * old,
        "medicines": 1.6 + 1.4 * infant + 3.5 * old,
        "maternal_care": 0.85 * births,
        "district_hospital": 0.03 + 0.09 * infant + 0.10 * old,
        "referral": 0.004 + 0.022 * old,
    }
    parts = [(curve + 0.0 * (AGE + by_sex(0.0, 0.0))).transpose("sex", "age") for curve in curves.values()]
    level = along([LEVELS.get(group, 0.0) for group in GROUPS], "health_group", GROUPS)
    rates = xr.concat(parts, dim=along([0] * len(SERVICE), "service_type", SERVICE)["service_type"]) * level
    return rates.transpose("service_type", "health_group", "sex", "age")


def refugees():
    """60,000 in camps, half of them below 18, and 35,000 in towns, mostly of working age; arrivals end in 2035."""
    camp = np.exp(-0.035 * AGE) * by_sex(0.48, 0.52)
    town = np.exp(-(((AGE - 29.0) / 17.0) ** 2)) * by_sex(0.55, 0.45)
    two = along([0, 0], "health_group", GROUPS[:2])["health_group"]
    shape = xr.concat([camp / camp.sum(), town / town.sum()], dim=two)
    shape = shape.reindex(health_group=GROUPS, fill_value=0.0)
    stock = along([60_000, 35_000, 0, 0, 0], "health_group", GROUPS) * shape
    coming = along([4_000, 1_500, 0, 0, 0], "health_group", GROUPS) * shape
    fades = ((2036 - along(YEARS, "year", YEARS)) / 10.0).clip(0.0, 1.0)
    cell = ("health_group", "sex", "age")
    return {"refugees_0": stock.transpose(*cell), "refugee_arrivals": (fades * coming).transpose("year", *cell)}


def rounded(value):
    """Three significant digits."""
    short = np.array([float(f"{one:.3g}") for one in np.asarray(value.values, dtype=float).ravel()])
    return value.drop_attrs().copy(data=short.reshape(value.shape))


def accounts(basis, scheme):
    """Accounts of the base year by service and by group, in thousands; both sum to the same."""
    plain = ac.project_health(basis.isel(year=slice(0, 1)), scheme)
    pays = 1.0 - plain["out_of_pocket"] / plain["provider_cost"].sum(["sex", "age"]).where(lambda due: due > 0)
    spent = plain["contacts_0"].sum(["sex", "age"]) * basis["unit_cost_0"] * pays.isel(year=0, drop=True).fillna(0.0)
    spent = spent * along(SERVICE_FACTORS, "service_type", SERVICE) * along(GROUP_FACTORS, "health_group", GROUPS)
    services, groups = ((spent.sum(dim) / 1e3).round() * 1e3 for dim in ("health_group", "service_type"))
    groups.loc["residents"] += services.sum() - groups.sum()
    return {"expenditure_by_service_0": services, "expenditure_by_group_0": groups}


def package_basis(host, scheme):
    """What the package adds to the basis of its country."""
    price, labour = zip(*PRICES.values(), strict=True)
    group = along([1.1, 1.0, 1.0, 1.0, 1.0], "health_group", GROUPS)
    found = {
        "use_rate_0": use_rates(host),
        "unit_cost_0": along(price, "service_type", SERVICE) * group,
        "labour_share": along(labour, "service_type", SERVICE),
        "use_growth": along(0.004 * (YEARS < 2046), "year", YEARS),
        "payment_pattern": along([0.92, 0.08], "lag", [0, 1]),
        "health_reserve_0": xr.DataArray(9_000_000.0),
        "claims_outstanding_0": xr.DataArray(0.0),
        **refugees(),
    }
    own = annotate(xr.Dataset({name: rounded(value) for name, value in found.items()}))
    own = own.assign_attrs({name: host.attrs[name] for name in ("valuation_date", "currency", "price_basis")})
    own = own.assign(accounts(overlaid(own, host), scheme))
    spent = float(own["expenditure_by_service_0"].sum())
    return annotate(own.assign(claims_outstanding_0=round(0.08 * spent, -5))).assign_attrs(
        name="Basic Health Package of Avania", source="Invented; built by examples/refugee_package/build.py"
    )


def main():
    scheme = ac.open_scheme(HERE / "health.toml")
    ac.save_basis(package_basis(host_country(), scheme), Path(HERE) / "basis")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
