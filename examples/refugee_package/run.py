"""A tax-financed package of health care for residents and refugees, whose part donors pay less and less of.

    python examples/refugee_package/run.py [OUT]

The law is health.toml, what the package knows of itself is the folder basis; population and economy are those of the
embedded country. Every number is invented (SOURCE.md). Files of the run are written where a folder is named.
"""

import sys
from pathlib import Path

import numpy as np

import actuarial as ac
from actuarial.report.health_tables import base_year_table, calibration_table
from actuarial.report.summary import summary
from actuarial.vocabulary import variable

HERE = Path(__file__).parent


def host_country():
    """Population and economy of the embedded country, without what it knows of its own health insurance."""
    basis, _ = ac.datasets.open("demo")
    bare = basis.drop_dims(["service_type", "health_group", "day", "lag"])
    own = [name for name in bare if variable(str(name)).role == "health_basis" and name != "government_expenditure"]
    return bare.drop_vars(own)


def overlaid(package, host):
    """The basis of the package on that of its country, of whose population and migration refugees are a part."""
    refugees, arrivals = package["refugees_0"].sum("health_group"), package["refugee_arrivals"].sum("health_group")
    migration = (host["net_migration"] + arrivals).transpose("year", "sex", "age")
    host = host.sel(year=package["year"])
    basis = host.assign(population_0=host["population_0"] + refugees, net_migration=migration)
    basis = basis.drop_vars(["accounts_0", "audited_accounts"]).merge(package, join="exact")
    return basis.assign_attrs(host.attrs | package.attrs)


def expenditure_of_the_base_year(result, basis, scheme):
    """What the scheme pays in the base year by service and group: contacts x calibrated unit cost x share paid.

    No rule of this law depends on how the cost of a contact varies, so that the share is one less the coinsurance.
    """
    cost = (basis["unit_cost_0"] * result["calibration_by_service"]).transpose("service_type", "health_group")
    spent = result["contacts_0"].sum(["sex", "age"]) * cost
    for service in scheme.services:
        pays = [name for name in spent["health_group"].values if name not in service.sharing.exempt]
        spent.loc[{"service_type": service.name, "health_group": pays}] *= 1.0 - service.sharing.coinsurance
    return spent


def distance(result, basis, scheme):
    """Greatest relative distance of the base year from its accounts, by service and by group."""
    spent = expenditure_of_the_base_year(result, basis, scheme)
    pairs = (("expenditure_by_service_0", "health_group"), ("expenditure_by_group_0", "service_type"))
    found = [(spent.sum(other), basis[name].sel({d: spent[d] for d in basis[name].dims})) for name, other in pairs]
    return max(float(np.abs(model - given).max() / given.max()) for model, given in found)


def project():
    """Basis, scheme and result of the package."""
    basis = overlaid(ac.open_basis(HERE / "basis"), host_country())
    scheme = ac.open_scheme(HERE / "health.toml")
    return basis, scheme, ac.project_health(basis, scheme)


def who_pays(result):
    """Shares of the donors and of the State in what refugees cost, by year."""
    lines = result["contribution_by_group"].sel(health_group=["camp_refugees", "urban_refugees"]).sum("health_group")
    donors = lines.where(lines["payer"] == "donor", 0.0).sum("contribution")
    return donors / lines.sum("contribution")


def main(arguments):
    """Run the package, print factors, accounts and key results; write files where a folder is named."""
    basis, scheme, result = project()
    print(summary(result, warnings=str(result.attrs["warnings"]).splitlines()))
    print("\nFactors that carry unit costs to the accounts of the base year\n")
    print(calibration_table(result).to_string(float_format=lambda number: f"{number:.3f}", na_rep="-"))
    print("\nAccounts of the base year and first projected year, thousand AVD\n")
    print((base_year_table(result, basis).iloc[:, :2] / 1e3).to_string(float_format=lambda number: f"{number:,.0f}"))
    print(f"\nThe base year meets its accounts to {distance(result, basis, scheme):.0e} of the greatest of them.")
    share = who_pays(result)
    for year in (2026, 2030, 2040, 2060):
        print(f"{year}: donors pay {float(share.sel(year=year)):.0%} of the income that refugees bring")
    if arguments:
        for path in ac.report.write_result(result, arguments[0], basis=basis, scheme=scheme).values():
            print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
