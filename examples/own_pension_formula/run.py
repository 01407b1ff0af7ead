"""A pension formula that the library does not have: one file, one line of registration, one word in the law.

    python examples/own_pension_formula/run.py

The embedded country lends its population, members and earnings; the fund and its formula (jubilee.py) are invented.
"""

import sys
from pathlib import Path

import actuarial as ac
from actuarial.cases import person_benefits

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from jubilee import Jubilee  # noqa: E402

YEARS = 20


def main():
    basis, _ = ac.datasets.open("demo")
    basis = basis.isel(year=slice(0, YEARS)).sel(benefit=["old_age"])
    basis = basis.drop_vars(["accounts_0", "audited_accounts", "observed_awards"], errors="ignore")
    scheme = ac.open_scheme(HERE / "scheme.toml")
    assert isinstance(scheme.benefit("old_age").formula, Jubilee)

    career = {"event": "retirement", "sex": "female", "born": 1970, "leaves": 2035, "earnings": 12_000, "basis": basis}
    print("Pension a month after 24 and after 25 years: the fifth jubilee\n")
    for years in (24, 25):
        print(f"{years}  {person_benefits(scheme, months=12 * years, **career)['old_age'].per_month:8.2f}")

    without = scheme.amend("old_age.formula", rise=0.0)
    fund, plain = (ac.project(basis, law, service="years") for law in (scheme, without))
    cost = fund["payg_cost_rate"] - plain["payg_cost_rate"]
    print("\nPay-as-you-go cost rate, and the part that the jubilees cost\n")
    for year in range(2026, 2026 + YEARS, 5):
        print(f"{year}  {float(fund['payg_cost_rate'].sel(year=year)):.4f}  {float(cost.sel(year=year)):.4f}")
    assert bool((cost > 0).all())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
