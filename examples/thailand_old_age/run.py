"""The old-age pension of Thailand's Section 33 insured, illustrated: the population of the United Nations, a public
law, and everything else assumed.

    python examples/thailand_old_age/run.py WPP_FOLDER [OUT]

WPP_FOLDER holds THA.parquet and _annual.parquet (World Population Prospects 2024, one row per year, sex and age). What
is fact and what is assumption is in SOURCE.md beside this file; no number here is an estimate of the Social Security
Office.
"""

import os
import sys
from pathlib import Path

import numpy as np
import xarray as xr

import actuarial as ac

HERE = Path(__file__).parent
FIRST, LAST = 2024, 2100
ACTIVE, INACTIVE = 11_900_000, 5_500_000  # assumption: round numbers of the size of the Section 33 membership
PENSIONERS, PENSION = 720_000, 3_400 * 12.0  # assumption
RESERVE = 2.1e12  # assumption: baht, old-age and child-allowance branch
LONGEST = 300  # months from the first contributions to the branch (December 1998) to the valuation date


def around(centre, width, ages, lowest, highest):
    """A bell over ages."""
    bell = np.exp(-(((ages - centre) / width) ** 2))
    return np.where((ages >= lowest) & (ages <= highest), bell, 0.0)


def credits(ages, mean_share):
    """Distribution of months of credit by age (age, service): a beta curve below what the age allows."""
    months = np.arange(LONGEST + 1)
    longest = np.clip(12 * (ages - 19), 0, LONGEST)[:, np.newaxis]
    place = np.where(months <= longest, (months + 0.5) / (longest + 1), 0.0)
    a, b = 2.4 * mean_share, 2.4 * (1 - mean_share)
    inside = np.clip(place, 1e-9, 1), np.clip(1 - place, 1e-9, 1)
    curve = np.where(months <= longest, inside[0] ** (a - 1) * inside[1] ** (b - 1), 0.0)
    return curve / curve.sum(axis=1, keepdims=True)


def thailand_basis(wpp):
    """Basis of the illustration: UN demography, assumed labour market and membership."""
    basis = ac.readers.read_wpp(wpp, "THA", first_year=FIRST, last_year=LAST)
    ages = basis["age"].values

    def labelled(values, *dims):
        return xr.DataArray(np.asarray(values, dtype=float), dims=dims)

    adult = 1 / (1 + np.exp(-(ages - 19.0) / 1.5)) / (1 + np.exp((ages - 62.0) / 4.0))
    adult = np.where(ages >= 15, adult, 0.0)
    pay = 12 * 15_500 * (0.75 + 0.45 * (1 - np.exp(-np.clip(ages - 18, 0, None) / 12.0)))
    working = around(36, 15, ages, 18, 59)
    former = around(40, 14, ages, 20, 64)
    entry = np.where((ages >= 18) & (ages < 50), (ages - 17.0) * np.exp(-(ages - 17.0) / 6.0), 0.0)
    exits = np.where(ages < 18, 0.0, 0.05 + 0.09 * np.exp(-np.clip(ages - 20, 0, None) / 8.0))
    halves = np.array([0.48, 0.52])  # men, women
    active = ACTIVE * halves[:, None, None] * (working / working.sum())[:, None] * credits(ages, 0.62)
    inactive = INACTIVE * halves[:, None, None] * (former / former.sum())[:, None] * credits(ages, 0.30)
    pensioners = PENSIONERS * halves[:, None] * around(58, 4.5, ages, 55, 75) / around(58, 4.5, ages, 55, 75).sum()
    nobody = np.zeros((2, len(ages)))
    employed = adult * np.array([[0.86], [0.70]])
    basis = basis.assign_coords(
        group=["section33"], service=np.arange(LONGEST + 1), benefit=["old_age", "refund"]
    ).assign(
        participation_rate=labelled(employed, "sex", "age"),
        unemployment_rate=labelled(np.where(ages < 25, 0.04, 0.008), "age"),
        coverage=labelled([[0.335, 0.38]], "group", "sex"),
        density=labelled(0.93 + 0 * ages, "age"),
        exit_rate=labelled(exits, "age"),
        invalidity_rate=labelled(0 * ages, "age"),
        reentry_share=labelled(np.where((ages >= 22) & (ages < 55), 0.35, 0.0), "age"),
        entry_profile=labelled(entry / entry.sum(), "age"),
        salary_0=labelled(np.tile(pay, (1, 2, 1)), "group", "sex", "age"),
        earnings_cv=labelled(0.75 + 0 * ages, "age"),
        collection_rate=xr.DataArray(0.98),
        wage_growth=xr.DataArray(0.035),
        inflation=xr.DataArray(0.018),
        interest_rate=xr.DataArray(0.038),
        active_0=labelled(active[np.newaxis], "group", "sex", "age", "service"),
        inactive_0=labelled(inactive[np.newaxis], "group", "sex", "age", "service"),
        inactive_earnings_0=labelled(np.tile(0.7 * pay, (1, 2, 1)), "group", "sex", "age"),
        pensioners_0=labelled([pensioners, nobody], "benefit", "sex", "age"),
        pension_0=labelled([np.where(pensioners > 0, PENSION, 0.0), nobody], "benefit", "sex", "age"),
        married_share=labelled(np.where(ages < 18, 0.0, 0.65), "age"),
        spouse_age_gap=xr.DataArray(2.5),
        spouse_age_sd=xr.DataArray(4.0),
        reserve_0=xr.DataArray(RESERVE),
    )
    return basis.assign_attrs(
        name="Thailand, Section 33 (illustration)",
        valuation_date="2023-12-31",
        currency="THB",
        price_basis="nominal",
        coverage_concept="status",
    )


def main(arguments):
    """Run the illustration and print its key numbers; write the files where a folder is named."""
    shared = os.environ.get("ACTUARIAL_SHARED")
    wpp = Path(arguments[0]) if arguments else Path(shared) / "data" / "wpp" if shared else None
    if wpp is None:
        print(__doc__)
        return 2
    basis = thailand_basis(wpp)
    scheme = ac.open_scheme(HERE / "scheme.toml")
    result = ac.project(basis, scheme)
    for year in (FIRST, 2050, 2075, LAST):
        now = result.sel(year=year)
        print(f"{year}: cost rate {float(now.payg_cost_rate):.2%}, reserve ratio {float(now.reserve_ratio):.2f}")
    print(f"general average premium {FIRST}-{LAST}: {float(result.general_average_premium):.2%}")
    print(result.attrs["warnings"])
    if len(arguments) > 1:
        for path in ac.report.write_result(result, arguments[1], basis=basis, scheme=scheme).values():
            print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
