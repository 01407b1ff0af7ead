"""Life tables, values of annuities and insurances, and fits of mortality models against published ones."""

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from actuarial import life_table
from actuarial.demography import annuity, insurance, lee_carter
from benchmarks.accuracy.reference import Bounds, Found, absolute

AUSTRIA: Bounds = {"survivors of 100,000 and years lived": ("", 0.49), "life expectancy at birth": ("years", 9e-6)}
AMERICAN: Bounds = {"life expectancies": ("years", 0.005), "annuities at 2.3%": ("", 9.1e-5)}
ILLUSTRATIVE: Bounds = {"annuities at 6%": ("", 6.2e-6), "insurances at 6%": ("", 1.2e-7)}
STMOMO: Bounds = {"AIC of Lee-Carter": ("", 0.33), "BIC of Lee-Carter": ("", 0.5)}


def austria(cases: Path) -> Found:
    """Preston, Heuveline and Guillot (2001), Demography, box 3.1."""
    folder = cases / "preston_box3_1_austria_males_1992"
    rows, expected = pd.read_csv(folder / "input.csv"), pd.read_csv(folder / "expected.csv")
    summary = pd.read_csv(folder / "expected_summary.csv").set_index("quantity")
    table = life_table((rows.deaths / rows.population).to_numpy(), ages=rows.age, ax=rows.nax, radix=100_000)
    columns = [absolute(table[ours], expected[theirs]) for ours, theirs in (("lx", "lx"), ("Lx", "nLx"))]
    e0 = absolute(table["ex"][0], summary.expected["e0"])
    return dict(zip(AUSTRIA, [max(columns), e0], strict=True))


def american(cases: Path) -> Found:
    """Social Security Administration, Office of the Chief Actuary, period life table of women in 2017.

    Above the last published age the probabilities go on to rise by 6% a year, as they do below it.
    """
    rows = pd.read_csv(cases / "ssa_period_life_table_tr2020_F2017" / "input_expected.csv")
    qx = np.append(rows.qx, rows.qx.iloc[-1] * 1.06 ** np.arange(1, 10))
    a0 = 1 - (rows.lx[0] - rows.Lx[0]) / rows.dx[0]
    table = life_table(qx=qx, ax=np.append(a0, np.full(119, 0.5)), ex_open=0.5, radix=100_000)
    ages = slice(0, 100)
    found = [absolute(table["ex"].sel(age=ages), rows.ex[:101]),
             absolute(annuity(table, 0.023).sel(age=ages), rows.ax_due[:101])]  # fmt: skip
    return dict(zip(AMERICAN, found, strict=True))


def illustrative(cases: Path) -> Found:
    """Bowers et al. (1997), Actuarial Mathematics, appendix 2A."""
    folder = cases / "soa_illustrative_life_table"
    rows, expected = pd.read_csv(folder / "input_lx.csv"), pd.read_csv(folder / "expected_i6.csv")
    lives = xr.DataArray(rows.lx.to_numpy(), dims="age", coords={"age": rows.x}, name="lx")
    ages = expected.x.to_numpy()
    found = [absolute(annuity(lives, 0.06, age=ages), expected.annuity_due),
             absolute(insurance(lives, 0.06, age=ages), expected.A_x_times1000 / 1000.0)]  # fmt: skip
    return dict(zip(ILLUSTRATIVE, found, strict=True))


def stmomo(cases: Path) -> Found:
    """Villegas, Kaishev and Millossovich (2018), StMoMo, Journal of Statistical Software 84(3), table 2."""
    folder = cases / "stmomo_lee_carter_ew_males"
    expected = pd.read_csv(folder / "expected_summary.csv").set_index("quantity").expected
    data = [by_year(folder / f"input_{name}.csv") for name in ("deaths", "central_exposure")]
    model = lee_carter(*data, method="binomial", clip=3)
    found = [absolute(model["aic"], expected["AIC_LC"]), absolute(model["bic"], expected["BIC_LC"])]
    return dict(zip(STMOMO, found, strict=True))


def by_year(file: Path) -> xr.DataArray:
    """A published table of ages by years, as (year, age)."""
    table = pd.read_csv(file, index_col="age").rename_axis("year", axis=1).T.stack().to_xarray()
    return table.assign_coords(year=table["year"].astype(int)).sortby(["year", "age"])


TABLES = (
    ("Preston et al. (2001), box 3.1, men of Austria 1992", austria, AUSTRIA),
    ("US Social Security, women 2017", american, AMERICAN),
    ("Bowers et al. (1997), Illustrative Life Table", illustrative, ILLUSTRATIVE),
    ("StMoMo, men of England and Wales 1961-2011", stmomo, STMOMO),
)
