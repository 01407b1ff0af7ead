"""The reconciliation with the previous valuation: two stored runs of the embedded country, six declared changes and one
that nobody declared.

    python examples/reconciliation/run.py [FOLDER]

The two runs are written into FOLDER (a temporary one where it is not named) and opened again, as an actuary does who
comes back after three years. Yearly steps of past credit and 35 years, for it takes thirty projections; every number
is invented.
"""

import sys
import tempfile
import time
from pathlib import Path

import actuarial as ac
from actuarial.report import reconciliation_table, write_result
from actuarial.studies import differences, format_differences, reconcile, roll_forward

LAST = 2060
STEPS = {
    "mortality": ["mx"],
    "fertility": ["asfr"],
    "wage growth": ["wage_growth"],
    "return": ["interest_rate"],
    "coverage": ["coverage"],
    "accrual": ["old_age.formula.accrual"],
}


def show(title, table):
    """Print rates in percent, years as years."""
    percent = [column for column in table.columns if column[1] == "fraction"]
    shown = table.copy()
    shown[percent] = 100.0 * shown[percent]
    shown.columns = [f"{name} (%)" if units == "fraction" else name for name, units in shown.columns]
    print(f"\n{title}\n")
    print(shown.T.to_string(float_format=lambda number: f"{number:.3f}", na_rep="-"))


def tell(sentence):
    """Progress on one line of the terminal."""
    print(sentence, file=sys.stderr, flush=True)


def project_and_write(folder, basis, scheme):
    write_result(ac.project(basis, scheme, service="years"), folder, basis=basis, scheme=scheme)
    return ac.open_run(folder)


def changed(basis):
    """What the next valuation assumes: five declared changes, and a density of contributions that nobody mentions."""
    return basis.assign(
        mx=0.95 * basis["mx"],
        asfr=0.95 * basis["asfr"],
        wage_growth=basis["wage_growth"] - 0.002,
        interest_rate=basis["interest_rate"] - 0.005,
        coverage=1.03 * basis["coverage"],
        density=0.97 * basis["density"],
    )


def main(folder):
    start = time.perf_counter()
    basis, scheme = ac.datasets.open("demo")
    basis = basis.sel(year=slice(None, LAST))
    reform = scheme.amend("old_age.formula", accrual=0.0125)
    previous = project_and_write(folder / "previous", basis, scheme)
    current = project_and_write(folder / "current", changed(basis), reform)
    print(format_differences(differences(previous, current)))
    found = reconcile(previous, current, STEPS, progress=tell)
    show("Step by step, in this order", reconciliation_table(found))
    print(f"\nNot declared: {found.attrs['undeclared']}; {found.attrs['missing'] or 'nothing is missing'}.")
    causes = {"demography": "demographic", "economy and members": ["economic", "behavioural"], "law": "provisions"}
    both = reconcile(previous, current, causes, method="both", progress=tell)
    show("By categories of causes, which leave nothing unexplained", reconciliation_table(both))
    show("The same, as the mean over all orders", reconciliation_table(both, "shapley"))
    date = roll_forward(basis, scheme, 2028, service="years")
    later = project_and_write(folder / "later", changed(date), reform)
    moved = reconcile(previous, later, causes, progress=tell)
    show(f"Three years later, premiums to {moved.attrs['period_current'][-4:]}", reconciliation_table(moved))
    print(f"\nA basis of the new date does not hold:\n  {moved.attrs['not_carried'].replace(chr(10), chr(10) + '  ')}")
    for table in (found, both, moved):
        change = table["reconciled_current"] - table["reconciled_previous"]
        for name in ("reconciliation", "reconciliation_shapley"):
            if name in table:
                assert float(abs(table[name].sum("cause", skipna=False) - change).max()) <= 1e-12
    print(f"\nAll tables sum to the whole change ({time.perf_counter() - start:.0f} s).")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
