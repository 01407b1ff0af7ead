"""Paying providers in a way that the library does not have: one file, one line of registration, one word in the law.

    python examples/own_payment_method/run.py

The embedded country lends its population, use and prices; the scheme and its bundles (bundle.py) are invented.
"""

import sys
from pathlib import Path

import actuarial as ac
from actuarial.health import FeeForService

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from bundle import Bundle  # noqa: E402

ACCOUNTS = ("expenditure_by_service_0", "expenditure_by_group_0")  # of the country's own scheme
YEARS = 20


def main():
    basis, _ = ac.datasets.open("demo health")
    basis = basis.isel(year=slice(0, YEARS)).drop_vars(ACCOUNTS)
    scheme = ac.open_scheme(HERE / "scheme.toml")
    assert isinstance(scheme.service("surgery").payment, Bundle)
    fees = FeeForService()
    usual = scheme.amend("surgery", payment=fees).amend("dialysis", payment=fees)
    bundled, fee = (ac.project_health(basis, law) for law in (scheme, usual))
    cost, before = (run["health_expenditure"].sum("health_group") for run in (bundled, fee))
    print("Expenditure under bundles over that under fees\n")
    table = (cost / before).to_pandas().iloc[[0, 5, 10, YEARS - 1]]
    print(table.to_string(float_format=lambda number: f"{number:.4f}"))
    expected = 0.95 * (1 + 0.04 * 0.8)  # discount and bonus of surgery once eight in ten reach the standard
    assert abs(float(table["surgery"].iloc[-1]) - expected) < 1e-9
    assert (table["outpatient"] == 1.0).all()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
