"""Refugees in a national health insurance: four ways of paying, and what they mean for the fund of nationals.

    python examples/refugee_inclusion/run.py

Host, refugees, incomes and costs are invented, see SOURCE.md beside this file.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

import actuarial as ac
from actuarial.studies.refugee_series import projected_refugees
from actuarial.studies.refugees import refugee_inclusion

HERE = Path(__file__).parent
YEARS = 20
NUMBERS = {"settlement": 60_000.0, "town": 40_000.0}
DIRECT = {"settlement": 150.0, "town": 120.0}  # AVD a year in the parallel system, 2025
INCOME, SPREAD = {"settlement": 350.0, "town": 1_100.0}, {"settlement": 0.7, "town": 0.9}
SUBSISTENCE, PAYABLE = 450.0, 0.12
ENROLLED = {"settlement": 1.0, "town": 0.3}
ARRIVALS = 0.02


def by_group(values):
    return xr.DataArray(list(values.values()), dims="health_group", coords={"health_group": list(values)})


def refugees_by_age(basis):
    """Young families: adults of 20 to 40 and their children (sex, age), one person in all."""
    age = basis["age"].values
    bell = np.exp(-(((age - 28) / 11.0) ** 2)) + 0.9 * np.exp(-(((age - 6) / 6.0) ** 2))
    shape = xr.DataArray(np.stack([0.48 * bell, 0.52 * bell]), coords=[basis["sex"], basis["age"]])
    return shape / shape.sum()


def with_refugees(basis):
    """The basis of the host with the refugees: among the population, and what health schemes read of them."""
    basis = basis.isel(year=slice(0, YEARS)).drop_vars("expenditure_by_group_0")
    groups = [*NUMBERS, *basis["health_group"].values]
    wider = basis.reindex(health_group=groups)
    poor = basis.sel(health_group="poor", drop=True)
    like_the_poor = [name for name in basis if "health_group" in basis[name].dims]
    wider = wider.assign({name: wider[name].fillna(poor[name]) for name in like_the_poor})
    relative = pd.read_csv(HERE / "relativities.csv", index_col="service_type").to_xarray().to_array("health_group")
    use = wider["use_rate_0"] * relative.reindex(health_group=groups, fill_value=1.0)
    stock = (by_group(NUMBERS) * refugees_by_age(basis)).reindex(health_group=groups, fill_value=0.0)
    arrivals = ARRIVALS * stock
    return wider.assign(
        use_rate_0=use.transpose(*basis["use_rate_0"].dims),
        refugees_0=stock,
        refugee_arrivals=arrivals,
        population_0=basis["population_0"] + stock.sum("health_group"),
        net_migration=basis["net_migration"] + arrivals.sum("health_group"),
    )


def main():
    basis, pensions = ac.datasets.open("demo")
    basis = with_refugees(basis)
    scheme = ac.open_scheme(HERE / "scheme.toml")
    prices, wages = ((1.0 + basis[name]).cumprod("year") for name in ("inflation", "wage_growth"))
    refugees, host = projected_refugees(
        basis, scheme, list(NUMBERS), direct_cost_per_head=by_group(DIRECT) * prices,
        pension_scheme=pensions, service="years",
    )  # fmt: skip
    refugees = dataclasses.replace(
        refugees,
        income_mean=by_group(INCOME) * wages,
        income_cv=by_group(SPREAD),
        subsistence=SUBSISTENCE * prices,
        payable_share=PAYABLE,
        enrolled_by_rules=by_group(ENROLLED),
    )
    found = refugee_inclusion(refugees, host, donor_share=ac.ramp({2026: 1.0, 2036: 0.0}))
    show(found)
    paid = found["donor_payments"] + found["state_payments"] + found["own_contributions"]
    full = found.sel(run=["full subsidy", "by ability to pay"])
    due = full["refugee_members"] * full["break_even_premium"]
    assert float(abs(paid.sel(run=due["run"]) / due - 1.0).max()) < 1e-9
    return 0


def show(found):
    """Money in millions of AVD, rates in percent of the earnings of nationals."""
    columns = {
        "members (1,000)": found["refugee_members"] / 1e3,
        "cost per head": found["refugee_cost_per_head"],
        "premium": found["break_even_premium"],
        "donors": found["donor_payments"] / 1e6,
        "State": found["state_payments"] / 1e6,
        "own": found["own_contributions"] / 1e6,
        "fund": found["fund_effect"] / 1e6,
        "rate (%)": 100.0 * found["contribution_rate_effect"],
        "saving": found["inclusion_saving"] / 1e6,
        "reserve (months)": found["fund_reserve_months"],
    }
    for year in (2027, 2031, 2036, 2045):
        table = pd.DataFrame({name: values.sel(year=year).to_pandas() for name, values in columns.items()})
        print(f"\n{year}\n{table.to_string(float_format=lambda number: f'{number:.2f}', na_rep='-')}")
    able = found[["pays_in_full", "pays_in_part", "pays_nothing"]].sel(year=2027).to_dataframe()
    able = able.drop(columns="year").to_string(float_format=lambda number: f"{number:.3f}")
    print(f"\nWho can pay the premium of 2027\n{able}")


if __name__ == "__main__":
    raise SystemExit(main())
