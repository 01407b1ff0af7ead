"""Builds the embedded country from formulas: `python -m actuarial.datasets.build`.

Everything is invented. Rates follow textbook curves with round parameters; the population grows out of a stable
population of 1950; the insured, the pensioners, the reserve and the accounts of the valuation date are what the law of
the scheme makes of its members from 1993 to 2025. What is known of health care is made in `build_health`. SOURCE.md
beside the data says why the result is plausible.
"""

import sys
from pathlib import Path

import numpy as np
import xarray as xr

from actuarial.basis import save_basis
from actuarial.benefits.stock import project_pensions
from actuarial.datasets import folder
from actuarial.datasets.build_health import health_inputs
from actuarial.demography.population import project_population
from actuarial.forms import open_scheme
from actuarial.labour.insured import project_insured
from actuarial.valuation.adequacy import adequacy
from actuarial.valuation.finance import project_finance
from actuarial.vocabulary import annotate

BEFORE, START, OPENED, DATE, END = 1850, 1950, 1992, 2025, 2100
AGES = np.arange(101)
SEXES = ["male", "female"]
GROUPS = ["private", "public", "self_employed"]
MONTHS = np.arange(12 * (DATE - OPENED) + 1)
POPULATION = 4_200_000  # on the valuation date
ASSETS = {"government bonds": (0.55, 0.97), "bank deposits": (0.2, 1.0), "shares": (0.15, 1.22), "property": (0.1, 1.1)}
"""Shares of the reserve at book value, and market over book value."""
CELL = ("group", "sex", "age")
STATE_ARREARS = 45e6  # contributions due from the State as employer, not acknowledged
FOUNDERS = 34_000  # members without credits on the day on which the scheme was opened

AGE = xr.DataArray(AGES, dims="age", coords={"age": AGES})


def along(values, dim, labels):
    """A labelled vector."""
    return xr.DataArray(np.asarray(values, dtype=float), dims=dim, coords={dim: labels})


def by_sex(male, female):
    return along([male, female], "sex", SEXES)


def years(first, last):
    return xr.DataArray(np.arange(first, last + 1), dims="year", coords={"year": np.arange(first, last + 1)})


def between(year, first, last, start, end):
    """Straight line from `start` in the year `first` to `end` in `last`, level outside."""
    share = ((year - first) / (last - first)).clip(0, 1)
    return start + (end - start) * share


# --- population -------------------------------------------------------------------------------------------------------


def mortality(year):
    """Siler's curve: infancy falls 4% a year from 1950 to 2025 and 2% after it, the rest 1.0% and 0.7%."""
    before, after = (year - DATE).clip(START - DATE, 0), (year - DATE).clip(min=0)
    young = np.exp(-0.04 * before - 0.02 * after)
    old = np.exp(-0.010 * before - 0.007 * after)
    infancy = by_sex(0.016, 0.013) * np.exp(-1.6 * AGE) * young
    background = by_sex(5.5e-4, 2.5e-4) * old
    ageing = by_sex(4.6e-5, 2.4e-5) * np.exp(by_sex(0.096, 0.100) * AGE) * old
    rates = (infancy + background + ageing).transpose("year", "sex", "age")
    return xr.where(rates["age"] == 100, rates * 1.05, rates)


def fertility(year):
    """Total fertility 6.2 until 1965, 2.2 in 2025, 1.8 from 2050; ages by a gamma curve with mean 28."""
    total = between(year, 1965, DATE, 6.2, 2.2) + between(year, DATE, 2050, 0.0, -0.4)
    since = AGE - 14.0
    curve = xr.where((AGE >= 15) & (AGE <= 49), since**2.6 * np.exp(-since / 3.9), 0.0)
    return (total * curve / curve.sum()).transpose("year", "age")


def migration():
    """Net emigration of 6,000 a year around the age of 27, below 60, three fifths men."""
    curve = xr.where(AGE < 60, np.exp(-np.abs(AGE - 27.0) / 6.0), 0.0)
    return -6000 * by_sex(0.6, 0.4) * curve / curve.sum()


def demography(first, last):
    year = years(first, last)
    return {
        "mx": mortality(year),
        "asfr": fertility(year),
        "srb": 1.05 + 0.0 * year,
        "net_migration": migration(),
    }


def first_population():
    """Shape of a population of 1850 at the mortality of 1950; a century of constant rates makes it stable."""
    survival = np.exp(-mortality(years(START, START)).isel(year=0, drop=True).cumsum("age"))
    return survival * np.exp(-0.02 * AGE) * by_sex(0.505, 0.495)


def population_path():
    """Population from 1851 to the valuation date; the start is scaled so that the end has the wanted size."""
    rates = xr.Dataset(demography(BEFORE + 1, DATE), attrs={"a0_rule": "coale_demeny_west"})
    emigrants = rates["net_migration"] * (rates["year"] > START)
    rates = rates.assign(net_migration=emigrants.transpose("year", "sex", "age"))
    shape = first_population()
    size = 400_000.0
    for _ in range(40):
        basis = rates.assign(population_0=shape / shape.sum() * size)
        path = project_population(basis)
        reached = float(path["population"].sel(year=DATE).sum())
        if abs(reached / POPULATION - 1) < 1e-9:
            break
        size *= POPULATION / reached
    return path["population"]


# --- economy, labour market, membership -------------------------------------------------------------------------------


def economy(first, last):
    year = years(first, last)
    inflation = between(year, 1993, 2010, 0.09, 0.035) + between(year, 2010, 2035, 0.0, -0.005)
    real_wages = xr.where(year <= DATE, 0.013, 0.016)
    real_return = xr.where(year <= DATE, 0.025, 0.028)
    return {
        "inflation": inflation,
        "wage_growth": (1 + inflation) * (1 + real_wages) - 1,
        "interest_rate": (1 + inflation) * (1 + real_return) - 1,
    }


def retirement_age(year):
    """Of the law: 60 until 2030, 65 in 2045, 67 from 2060; people work longer as it rises."""
    return between(year, 2030, 2045, 60.0, 65.0) + between(year, 2045, 2060, 0.0, 2.0)


def labour(first, last):
    year = years(first, last)
    adult = 1 / (1 + np.exp(-(AGE - 19.0) / 1.6)) / (1 + np.exp((AGE - 3.0 - retirement_age(year)) / 3.0))
    women = between(year, 1993, 2060, 0.38, 0.68)
    level = xr.concat([0.93 + 0.0 * year, women], dim=along([0, 1], "sex", SEXES)["sex"])
    participation = xr.where(AGE >= 15, level * adult, 0.0)
    unemployment = 0.055 + 0.11 * np.exp(-(AGE - 15).clip(min=0) / 6.0) + 0.0 * by_sex(0, 0)
    share = {
        "private": between(year, 1993, DATE, 0.050, 0.135) + between(year, DATE, 2055, 0.0, 0.055),
        "public": between(year, 1993, 2005, 0.016, 0.027),
        "self_employed": between(year, 2000, DATE, 0.003, 0.035) + between(year, DATE, 2055, 0.0, 0.035),
    }
    coverage = xr.concat(list(share.values()), dim=along([0, 0, 0], "group", GROUPS)["group"]) + 0.0 * by_sex(0, 0)
    return {
        "participation_rate": participation.transpose("year", "sex", "age"),
        "unemployment_rate": unemployment.transpose("sex", "age"),
        "coverage": coverage.transpose("year", "group", "sex"),
    }


def by_group(private, public, self_employed):
    return along([private, public, self_employed], "group", GROUPS)


def membership(first, last):
    """Transition rates, credits and earnings by group, sex and age; exits at old ages follow the retirement age."""
    old = AGE - retirement_age(years(first, last))
    working = (AGE >= 15) & (AGE < 60)
    leaving = by_group(0.045, 0.012, 0.075) + by_group(0.07, 0.02, 0.06) * np.exp(-(AGE - 20).clip(min=0) / 8.0)
    late = xr.where(old < 5, 0.25, xr.where(old < 10, 0.5, 1.0))
    exits = xr.where(AGE < 16, 0.0, xr.where(old >= 0, late, leaving)).transpose("year", "group", "age")
    entries = xr.where((AGE >= 17) & (AGE < 55), (AGE - 16.0) * np.exp(-(AGE - 16.0) / by_group(6.0, 5.0, 9.0)), 0.0)
    invalidity = xr.where(working, 4e-4 + 5.5e-3 * ((AGE - 20).clip(min=0) / 40.0) ** 3, 0.0)
    careers = 1 + by_group(0.9, 1.1, 0.5) * (1 - np.exp(-(AGE - 20).clip(min=0) / 14.0))
    pay = by_group(7_800, 9_600, 4_700) * by_sex(1.05, 0.92) * careers
    return {
        "density": by_group(0.80, 0.97, 0.55) + 0.0 * AGE,
        "exit_rate": exits,
        "invalidity_rate": invalidity * by_sex(1.1, 0.9),
        "reentry_share": xr.where(working, ((AGE - 18).clip(min=0) / 25.0).clip(max=0.65), 0.0),
        "entry_profile": entries / entries.sum("age"),
        "salary_0": pay.transpose("group", "sex", "age"),
        "earnings_cv": by_group(0.60, 0.45, 0.70),
        "declared_share": by_group(0.95, 1.0, 0.85),
        "collection_rate": by_group(0.94, 1.0, 0.85),
        "inactive_earnings_0": (0.75 * pay).transpose("group", "sex", "age"),
        "mortality_ratio_insured": by_sex(0.90, 0.92),
    }


def families(benefits):
    """Marriage, and the mortality of the beneficiaries of each benefit."""
    married = xr.where(AGE < 17, 0.0, 1 - np.exp(-((AGE - 16.0).clip(min=0)) / 7.0))
    widowed = by_sex(0.10, 0.62) / (1 + np.exp(-(AGE - by_sex(80.0, 72.0)) / 7.0))
    invalid = 1 + 2.5 * np.exp(-(AGE - 30.0).clip(min=0) / 22.0)
    is_invalid = along([name == "invalidity" for name in benefits], "benefit", benefits)
    ratio = xr.where(is_invalid == 1.0, invalid, 0.95)
    return {
        "married_share": ((0.88 * married) * (1 - widowed)).transpose("sex", "age"),
        "spouse_age_gap": xr.DataArray(3.0),
        "spouse_age_sd": xr.DataArray(4.0),
        "remarriage_rate": xr.where((AGE >= 18) & (AGE < 70), by_sex(0.03, 0.012) * np.exp(-(AGE - 18) / 12.0), 0.0),
        "mortality_ratio_pensioners": ratio + 0.0 * by_sex(0, 0),
    }


# --- from the opening of the scheme to the valuation date -------------------------------------------------------------


def history(scheme, path):
    """The scheme from its opening to the valuation date: the stages on past assumptions."""
    first = OPENED + 1
    names = [benefit.name for benefit in scheme.benefits]
    wages = 1 + economy(first, DATE)["wage_growth"]
    people = membership(first, DATE)
    for name in ("salary_0", "inactive_earnings_0"):
        people[name] = people[name] / float(wages.prod())
    nobody = xr.zeros_like(people["salary_0"] * along(np.zeros(MONTHS.size), "service", MONTHS))
    founders = people["entry_profile"] * by_group(0.75, 0.25, 0.0) * by_sex(0.7, 0.3) * FOUNDERS
    no_pensions = along(np.zeros(len(names)), "benefit", names) * by_sex(0, 0) * AGE
    basis = xr.Dataset(
        demography(first, DATE) | economy(first, DATE) | labour(first, DATE) | people | families(names),
        attrs={"a0_rule": "coale_demeny_west", "coverage_concept": "status"},
    ).assign(
        population_0=path.sel(year=OPENED, drop=True),
        active_0=xr.where(nobody["service"] == 0, founders, nobody).transpose("group", "sex", "age", "service"),
        inactive_0=nobody,
        pensioners_0=no_pensions,
        pension_0=no_pensions,
        reserve_0=0.0,
        asfr_past=fertility(years(START, OPENED)).rename(year="past_year"),
    )
    population = project_population(basis)
    insured = project_insured(population, basis, scheme, keep=("service",))
    pensions = project_pensions(insured, basis, scheme)
    finance = project_finance(insured, pensions, basis, scheme)
    return insured, pensions, finance, past_awards(population, insured, pensions, basis)


def opening(insured, pensions, finance, awards):
    """Stocks of the valuation date, rounded as a register would have them, and the accounts of its year."""
    now = {"year": DATE}
    stocks = {}
    for name in ("active", "inactive"):
        stock = insured[f"{name}_by_service"].sel(now, drop=True)
        top = stock.isel(service=slice(MONTHS.size, None)).sum("service")
        kept = stock.reindex(service=MONTHS, fill_value=0.0)
        stocks[f"{name}_0"] = (kept + xr.where(kept["service"] == MONTHS[-1], top, 0.0)).round(3)
    number = pensions["pensioners"].sel(now, drop=True).round(3)
    mass = pensions["pension_mass"].sel(now, drop=True)
    stocks["pensioners_0"] = number
    stocks["pension_0"] = xr.where(number > 0, mass / number.where(number > 0, 1.0), 0.0).round(2)
    stocks["reserve_0"] = finance["reserve"].sel(now, drop=True).round(-5)
    stocks |= assets(stocks["reserve_0"])
    stocks["audited_accounts"] = past_accounts(insured, pensions, finance)
    stocks["observed_awards"] = awards
    return stocks | {"accounts_0": accounts(insured.sel(now), pensions.sel(now), finance.sel(now))}


def assets(reserve):
    """The reserve by asset class at book value, what it is worth on the market, and a claim on the State in dispute."""
    share, worth = np.array(list(ASSETS.values())).T
    book = (float(reserve) * share).round(-5)
    book[0] += float(reserve) - book.sum()
    book, market = np.append(book, STATE_ARREARS), np.append((book * worth).round(-5), STATE_ARREARS)
    names = [*ASSETS, "contributions due from the State"]
    values = {"assets_book_0": book, "assets_market_0": market, "assets_disputed_0": [0.0] * len(ASSETS) + [1.0]}
    return {name: along(value, "asset_class", names) for name, value in values.items()}


def past_accounts(insured, pensions, finance):
    """Audited accounts and numbers of the last five years, to six digits; the reserve of the valuation date is the
    opening one."""
    flows = ("contributions", "state_income", "other_income", "investment_income", "administration")
    lines = {"insurable_earnings": insured["insurable_earnings"].sum(["group", "sex"])}
    lines |= {name: finance[name] for name in flows} | {"reserve": finance["reserve"].round(-5)}
    for benefit in pensions["benefit"].values:
        lines[f"expenditure:{benefit}"] = pensions["benefit_expenditure"].sel(benefit=benefit)
    lines["average_contributors"] = insured["average_contributors"].sum(CELL)
    for benefit in pensions["benefit"].values:
        number = pensions["pensioners"].sel(benefit=benefit).sum(["sex", "age"])
        lines |= {f"number:{benefit}": number} if bool((number > 0).any()) else {}
    now = np.arange(DATE - 4, DATE + 1)
    values = [[float(f"{float(line.sel(year=year)):.6g}") for line in lines.values()] for year in now]
    return xr.DataArray(
        values, dims=("account_year", "account_line"), coords={"account_year": now, "account_line": list(lines)}
    )


def past_awards(population, insured, pensions, basis):
    """New awards of the last five years by benefit and sex, in whole awards, tenths of years, AVD and per cents."""
    now = np.arange(DATE - 4, DATE + 1)
    stages = xr.merge([population, insured, pensions], join="exact", compat="override").sel(year=now)
    found = adequacy(stages, basis)
    number = stages["new_awards"].sum("age").round()
    lines = {"number": number} | {
        line: found[name].where(number > 0).round(digits)
        for line, (name, digits) in {
            "age": ("new_awards_age", 1),
            "service": ("new_awards_service", 1),
            "pension": ("new_awards_pension", 0),
            "at_minimum": ("share_at_minimum", 2),
        }.items()
    }
    stacked = xr.concat(list(lines.values()), dim=xr.DataArray(list(lines), dims="award_line", name="award_line"))
    return stacked.rename(year="account_year").transpose("account_year", "award_line", "benefit", "sex")


def accounts(insured, pensions, finance):
    """Audited accounts and counts of the year of the valuation date."""
    lines = {
        "insurable_earnings": insured["insurable_earnings"].sum(),
        "average_contributors": insured["average_contributors"].sum(),
        "contributions": finance["contributions"],
        "administration": finance["administration"],
    }
    for benefit in pensions["benefit"].values:
        one = pensions.sel(benefit=benefit)
        lines[f"expenditure:{benefit}"] = one["benefit_expenditure"]
        if float(one["pensioners"].sum()) > 0:
            lines[f"number:{benefit}"] = one["pensioners"].sum()
        lines[f"new_awards:{benefit}"] = one["new_awards"].sum()
    return along([float(f"{float(value):.6g}") for value in lines.values()], "line", list(lines))


def product(first, path):
    """Gross domestic product over that of the year of the valuation date: wages times the employed."""
    rates = xr.Dataset(demography(first, END), attrs={"a0_rule": "coale_demeny_west"})
    population = project_population(rates.assign(population_0=path.sel(year=DATE, drop=True)))
    market = labour(DATE, END)
    people = xr.concat([path.sel(year=[DATE]), population["population"]], dim="year")
    employed = (people * market["participation_rate"] * (1 - market["unemployment_rate"])).sum(["sex", "age"])
    wages = (1 + economy(first, END)["wage_growth"]).cumprod("year")
    return (employed / employed.sel(year=DATE)).sel(year=wages["year"]) * wages


def demo_basis(scheme):
    """The basis of the embedded country."""
    path = population_path()
    names = [benefit.name for benefit in scheme.benefits]
    first, past = DATE + 1, economy(OPENED + 1, DATE)
    people = membership(first, END)
    variables = demography(first, END) | economy(first, END) | labour(first, END) | people | families(names)
    variables |= {
        "population_0": path.sel(year=DATE, drop=True).round(1),
        "gdp": 27.5e9 * product(first, path),
        "asfr_past": fertility(years(START, DATE)).rename(year="past_year"),
    }
    for name in ("wage_growth", "inflation"):
        known = past[name].reindex(year=np.arange(START, DATE + 1), method="nearest")
        variables[f"{name}_past"] = known.rename(year="past_year")
    variables |= opening(*history(scheme, path))
    exact = ("entry_profile",)
    written = {name: value if name in exact else rounded(value) for name, value in variables.items()}
    basis = annotate(xr.Dataset(written))
    return basis.assign_attrs(
        name="Avania",
        country="Avania (invented)",
        source="Invented; built by actuarial/datasets/build.py, explained in SOURCE.md",
        valuation_date=f"{DATE}-12-31",
        currency=scheme.currency,
        price_basis="nominal",
        coverage_concept="status",
        a0_rule="coale_demeny_west",
    )


def rounded(value):
    """Seven significant digits: what a file holds is what was meant."""
    values = np.asarray(value.values, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(values == 0, 1.0, 10.0 ** (6 - np.floor(np.log10(np.abs(values)))))
    short = np.where(values == 0, 0.0, np.round(values * scale) / scale)
    return xr.DataArray(short, dims=value.dims, coords={dim: value[dim] for dim in value.dims})


def main(argv=None):
    """Write the basis beside the scheme, or into the folder named on the command line."""
    given = list(sys.argv[1:] if argv is None else argv)
    home = folder("demo")
    scheme, health = open_scheme(home / "scheme.toml"), open_scheme(home / "health.toml")
    basis = demo_basis(scheme)
    basis = annotate(basis.assign(health_inputs(basis, health, scheme)))
    save_basis(basis, Path(given[0]) if given else home / "basis")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
