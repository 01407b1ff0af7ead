# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The life table of a small scheme: from its own deaths to its pensions
#
# A small institution has counted the deaths of its members and old-age pensioners over five years. How do they become
# a table that a valuation can use, and what does it change?
#
#     python examples/scheme_life_table/notebook.py FOLDER
#
# writes the figures into FOLDER (`scheme_life_table` where it is not named). The scheme and its deaths are invented
# (`make_data.py` beside this file makes them); the country is the embedded one.
#
# The numbers are small. So each step asks two questions: what do our own deaths say, and how far can they be
# believed? Where the answer is a choice, the text says **your choice**: another actuary may choose otherwise, and
# should say why.

# %%
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

import actuarial as ac
from actuarial import demography, report

HERE = Path(__file__).parent if "__file__" in globals() else Path()
FOLDER = Path(sys.argv[1]) if len(sys.argv) == 2 else Path("scheme_life_table")
FOLDER.mkdir(parents=True, exist_ok=True)
SOURCE = "experience of an invented scheme, 2021–2025"
SEXES = {"male": "men", "female": "women"}


def show(title, table, digits=3):
    """Print a table under a title."""
    print(f"\n{title}\n\n{table.to_string(float_format=lambda number: f'{number:.{digits}f}')}")


def keep(name, drawn):
    """Write a figure; its description for who cannot see it is printed."""
    report.save_figure(drawn.figure, FOLDER / f"{name}.svg")
    print(f"\n[{name}.svg] {drawn.alt}")
    return drawn.figure


# %% [markdown]
# ## 1. The data
#
# One row for each year, sex and age last birthday: deaths, and the years that were lived at that age by those who
# were covered (the central exposed to risk). `read_tidy` takes English, French and Spanish column names, and lists
# all mistakes with their lines. Where you have records with dates of birth, entry and exit instead, see
# `demography.exposure_from_records`.
#
# Deaths that come late are the usual trap: a death of December that is registered in March belongs to the old year.

# %%
data = ac.readers.read_tidy(HERE / "experience.csv")
deaths, exposure = data.deaths.sum("year"), data.exposure.sum("year")
counted = pd.DataFrame(
    {
        "deaths": deaths.sum("age").to_series(),
        "person-years": exposure.sum("age").to_series(),
        "ages": deaths.sizes["age"],
        "ages without deaths": (deaths == 0).sum("age").to_series(),
    }
)
show("Five years together", counted, 0)

# %% [markdown]
# ## 2. Crude rates and their limits
#
# Deaths over exposure. The limits are exact ones of a Poisson number: an age without deaths has the rate 0 and an
# upper limit that says how little this means.

# %%
crude = demography.crude_rates(deaths, exposure)
some = crude.sel(sex="female", age=[25, 45, 65, 85]).to_dataframe()[["deaths", "exposure", "mx", "lower", "upper"]]
show("Women at four ages", some, 4)

# %% [markdown]
# ## 3. Graduation
#
# Crude rates jump from age to age by chance. Whittaker and Henderson's method looks for rates that follow the deaths
# and change smoothly; how smoothly, the deaths themselves tell (REML). The effective degrees of freedom (edf) say how
# many parameters the curve is worth: two is a straight line of the logarithms. The tests ask whether the curve stays
# as near to the deaths as chance allows; a small p-value (under 0.05) would be a warning.

# %%
graduated = demography.graduate(deaths, exposure)
fitted = demography.fit_tests(deaths, graduated.fitted_deaths, graduated.edf)
quality = fitted.p_value.to_pandas().assign(edf=graduated.edf.sum("age").to_series())
show("p-values of the tests of fit, and degrees of freedom", quality)

# %% [markdown]
# ## 4. Against the national table
#
# The basis has death rates of the country from 2026 on; the experience has its middle in the middle of 2023, three
# years before the middle of 2026. The table is carried back by the fall of its first year: **your choice**, if the
# statistical office has a table of 2023, take that.

# %%
basis, scheme = ac.datasets.open("demo")
RULE = basis.attrs["a0_rule"]  # how long those live who die in their first year
first = basis.mx.sel(year=2026, drop=True)
standard = first * (first / basis.mx.sel(year=2027, drop=True)) ** 3
for sex, word in SEXES.items():
    drawn = report.draw_graduation(
        graduated.sel(sex=sex), standard.sel(sex=sex), standard_name="National table of 2023", source=SOURCE
    )
    keep(f"graduation_{word}", drawn)

# %% [markdown]
# Actual over expected deaths. `ratio` is what was seen, with its limits; `credibility` is the share to which it is
# believed, the square root of the deaths over 1 082 deaths (with those a ratio is within 5% of the truth with a
# probability of 90%); `credible_ratio` is drawn to 1 accordingly. **Your choice**: the 90% and the 5%.

# %%
words = ["deaths", "expected", "ratio", "lower", "upper", "credibility", "credible_ratio"]
by_sex = demography.actual_to_expected(deaths, exposure, standard, by=["sex"])
show("Actual over expected, by sex", by_sex[words].to_dataframe())
by_age = demography.actual_to_expected(deaths, exposure, standard, by=["sex"], bands=[20, 50, 65, 80])
show("The same by age: the limits of every band hold the ratio of its sex", by_age[words].to_dataframe())

# %% [markdown]
# ## 5. The shape: a relation with the national table
#
# Graduated rates are the scheme's own, but at the ends of the ages they rest on a handful of deaths. A relation keeps
# the shape of the national table and moves it. In the model of Brass alpha is the level and beta the slope by age.
# The slope is 1 within two standard errors: with these deaths it cannot be told from that of the country, so that
# beta = 1 is kept and alpha alone is fitted. **Your choice**: with more deaths take both.

# %%
table = demography.life_table(standard, ax=RULE)
free = demography.brass_from_deaths(deaths, exposure, table.lx)
level = demography.brass_from_deaths(deaths, exposure, table.lx, beta=1.0)
show("Brass, level and slope", free[["alpha", "alpha_error", "beta", "beta_error", "deviance"]].to_dataframe())
show("Brass, level alone", level[["alpha", "alpha_error", "deviance"]].to_dataframe())

# %% [markdown]
# The adopted rates lie between those of Brass and the national ones, by the credibility of the deaths of each sex.
# Below 20, the first age of the data, nothing is known of the scheme: the national rates stay up to 15, and there is
# no jump.

# %%
moved = demography.brass_table(table.lx, level.alpha)
survival = moved.shift(age=-1).isel(age=slice(0, -1)) / moved.isel(age=slice(0, -1))
related = demography.mx_from_qx(1.0 - survival, table.ax.isel(age=slice(0, -1)))
believed = by_sex.credibility * ((related.age - 15) / 5.0).clip(0.0, 1.0)
mixed = believed * related + (1.0 - believed) * standard.sel(age=related.age)

# %% [markdown]
# ## 6. The oldest ages
#
# From 95 on there are no data. The law of Gompertz (logarithms of the rates are a straight line, as in the national
# table) is fitted to the adopted rates from 80 to 94 and goes on to an open age of 100, which the basis has. **Your
# choice**: the law and the ages that it is fitted to; the law of Kannisto (`method="kannisto"`) levels off.

# %%
mixed = mixed.transpose("sex", "age")
adopted = demography.close_table(mixed, method="gompertz", fit_ages=(80, 94), from_age=95, to_age=100)
for sex, word in SEXES.items():
    tables = {"Adopted": adopted, "National table": standard, "Graduated": graduated.rate}
    fits = {name: one.sel(sex=sex, age=slice(20, None)) for name, one in tables.items()}
    keep(f"rates_{word}", report.draw_death_rates(crude.sel(sex=sex), fits, source=SOURCE))
at_60 = demography.life_table(adopted, ax=RULE).ex.sel(age=60) - table.ex.sel(age=60)
show("Years more than in the country that are lived after 60", at_60.to_series().to_frame("years"), 2)

# %% [markdown]
# ## 7. The years to come
#
# The first way keeps the ratio of the scheme to the country in all years: its table falls as the national projection
# does (`mortality_driven_by`). It needs no data on the past. With deaths and exposures of the country over twenty
# years or more you could project that yourself (`demography.lee_carter`, `demography.mortality_forecast`).

# %%
ratio = demography.mortality_ratio(adopted, standard)
kept = demography.mortality_driven_by(ratio * first, basis.mx, most=2.0)

# %% [markdown]
# The second way converges to a target. Say the board expects that by 2060 its members live as long as people of a
# neighbouring country are projected to live then: 78.0 years of men and 82.5 of women, at birth. Life expectancy goes
# there on a straight line, and from there in step with that of the country; the pattern by age is that of the
# national projection. **Your choice**, entirely: a target is an opinion, so show what it costs beside the first way.

# %%
TARGET, REACHED = {"male": 78.0, "female": 82.5}, 2060
own, country = (demography.life_table(one, ax=RULE).ex.sel(age=0, drop=True) for one in (kept, basis.mx))
now, there = own.sel(year=2026, drop=True), country.sel(year=REACHED, drop=True)
share = ((basis.year - 2026) / (REACHED - 2026)).clip(max=1.0)
target = xr.DataArray(list(TARGET.values()), {"sex": list(TARGET)}, "sex")
wanted = (now + share * (target - now) + (country - there).where(basis.year > REACHED, 0.0)).transpose("year", "sex")
pattern = np.log(first / basis.mx.sel(year=2100, drop=True))
family = demography.log_linear_family(kept.sel(year=2026, drop=True), pattern)
converging = demography.mortality_for_e0(wanted, family, a0=RULE)
paths = {"national": basis, "ratio kept": kept.to_dataset(name="mx").assign_attrs(basis.attrs), "target": converging}
e0 = {name: report.draw_life_expectancy(one).data for name, one in paths.items()}
show("Life expectancy at birth", pd.concat(e0, axis=1).loc[[2026, 2040, 2060, 2100]], 2)
keep("life_expectancy", report.draw_life_expectancy(paths["target"], source="table that converges to a target"))
keep("surface_women", report.draw_mortality_surface(converging.sel(sex="female"), source="the table with a target"))

# %% [markdown]
# ## 8. Into the basis
#
# The population keeps the national rates. What is the scheme's goes in as ratios to them: `mortality_ratio_insured`
# of members, and `mortality_ratio_pensioners` of those benefits whose beneficiaries are like the lives that were
# counted. Invalids die sooner, and widows and orphans were never members: theirs stay. **Your choice**: whether
# members and old-age pensioners share one table; with enough deaths of each, make two.

# %%
OWN = ["old_age", "old_age_grant"]


def with_table(rates):
    """The basis with the scheme's death rates of members and old-age pensioners."""
    own = (rates / basis.mx).transpose("year", "sex", "age").drop_attrs()
    before = basis.mortality_ratio_pensioners.expand_dims(year=basis.year)
    pensioners = xr.where(basis.benefit.isin(OWN), own, before).transpose("year", "benefit", "sex", "age")
    return basis.assign(mortality_ratio_insured=own, mortality_ratio_pensioners=pensioners)


runs = {"before": basis, "ratio kept": with_table(kept), "target": with_table(converging.mx)}
results = {name: ac.project(one, scheme, service="years") for name, one in runs.items()}

# %% [markdown]
# ## 9. What it changes
#
# Before, the basis assumed flat ratios to the country (0.90 and 0.92 of members, 0.95 of old-age pensioners). Compare
# the general average premium and the cost rates: a table moves them slowly, since most of those who will draw a
# pension in thirty years are at work today.

# %%
found = report.key_comparison(ac.compare(results)).droplevel("units")
rates = found[found.index.str.contains("premium|PAYG|exhausted", regex=True)]
show("Before and after (rates as shares of insurable earnings)", rates.loc[:, list(results)], 4)

# %% [markdown]
# An annuity of 1 a year from 60, monthly in advance, at 3% real interest, for somebody who is 60 in 2026: by the
# table of that year alone, and along the cohort, whose mortality goes on falling. The difference between the two is
# what a period table leaves out.

# %%
values = {}
for name, one in {"national": basis.mx, "ratio kept": kept, "target": converging.mx}.items():
    lives = demography.life_table(one, ax=RULE)
    terms = {"age": 60, "payments": 12}
    period = demography.annuity(lives.sel(year=2026), 0.03, **terms)
    cohort = demography.annuity(lives, 0.03, along="cohort", **terms).sel(year=2026)
    values[name] = {
        f"{word}, {kind}": float(value.sel(sex=sex))
        for sex, word in SEXES.items()
        for kind, value in (("period", period), ("cohort", cohort))
    }
show("Annuity value at 60", pd.DataFrame(values).T)

# %% [markdown]
# ## What to write in the report
#
# The number of deaths and their period; that they were compared with the national table, and the credibility; why the
# slope was not fitted; where the data end and the law begins; which way the future goes, and what the other way
# costs; who is covered by the ratios and who is not. And when the table will be looked at again: with a thousand
# deaths more the relation could be dropped for the scheme's own graduated rates.
