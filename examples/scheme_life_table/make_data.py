"""Make the invented experience of the scheme: experience.csv, the same every time.

    python examples/scheme_life_table/make_data.py

Members and old-age pensioners of a small institution of Avania, five years. Their mortality is below that of the
country, most at the ages of work; deaths are Poisson numbers of a fixed seed. Nothing here is data of anybody.
"""

import csv
from pathlib import Path

import numpy as np

import actuarial as ac

SEED = 20_251_231
YEARS = range(2021, 2026)
AGES = np.arange(20, 96)
LIVES = {"male": 17_000.0, "female": 11_000.0}


def covered(sex, age):
    """Person-years by age: a hump of workers, fewer pensioners, hardly anybody at the end."""
    shape = np.exp(-(((age - 38) / 13.0) ** 2)) + 0.22 * np.exp(-(((age - 66) / 9.0) ** 2)) + 0.004 * (95 - age) / 75
    return LIVES[sex] * shape / shape.sum()


def relative(age):
    """Mortality of the covered over that of the country: 0.72 at 20, nearly 1 at 95."""
    return 0.72 + 0.25 * (age - 20) / 75


def rows():
    """Year, sex, age, deaths, exposure."""
    chance = np.random.Generator(np.random.PCG64(SEED))
    national = ac.datasets.open("demo").basis["mx"]
    yearly = np.sqrt(national.sel(year=2028, drop=True) / national.sel(year=2026, drop=True))
    for year in YEARS:
        for sex in LIVES:
            now = national.sel(year=2026, sex=sex) * yearly.sel(sex=sex) ** (year - 2026)
            rates = relative(AGES) * now.sel(age=AGES).values
            exposure = (covered(sex, AGES) * 1.02 ** (year - 2025)).round(2)
            deaths = chance.poisson(rates * exposure)
            yield from zip([year] * len(AGES), [sex] * len(AGES), AGES, deaths, exposure, strict=True)


def main():
    with (Path(__file__).parent / "experience.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["year", "sex", "age", "deaths", "exposure"])
        writer.writerows((year, sex, age, died, f"{lived:.2f}") for year, sex, age, died, lived in rows())


if __name__ == "__main__":
    main()
