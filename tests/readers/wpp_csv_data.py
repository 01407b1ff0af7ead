"""CSV files in the format of World Population Prospects 2024, made of the reference data."""

import csv
import gzip
import io

import numpy as np
import pandas as pd

from actuarial.demography.survival import survival_table
from actuarial.readers import read_wpp

START = ["SortOrder", "LocID", "Notes", "ISO3_code", "ISO2_code", "SDMX_code", "LocTypeID", "LocTypeName", "ParentID",
         "Location", "VarID", "Variant", "Time"]  # fmt: skip
AGES = ["AgeGrp", "AgeGrpStart", "AgeGrpSpan"]
LIFE = ["mx", "qx", "px", "lx", "dx", "Lx", "Sx", "Tx", "ex", "ax"]
INDICATORS = """
TPopulation1Jan TPopulation1July TPopulationMale1July TPopulationFemale1July PopDensity PopSexRatio MedianAgePop
NatChange NatChangeRT PopChange PopGrowthRate DoublingTime Births Births1519 CBR TFR NRR MAC SRB Deaths DeathsMale
DeathsFemale CDR LEx LExMale LExFemale LE15 LE15Male LE15Female LE65 LE65Male LE65Female LE80 LE80Male LE80Female
InfantDeaths IMR LBsurvivingAge1 Under5Deaths Q5 Q0040 Q0040Male Q0040Female Q0060 Q0060Male Q0060Female Q1550
Q1550Male Q1550Female Q1560 Q1560Male Q1560Female NetMigrations CNMR
""".split()
PLACES = {
    "KEN": (404, "KE", "Kenya"),
    "JOR": (400, "JO", "Jordan"),
    "CYP": (196, "CY", "Cyprus"),
    "THA": (764, "TH", "Bonaire, Sint Eustatius and Saba"),  # a name with a comma
}
POPULATION = "WPP2024_Population1JanuaryBySingleAgeSex_Medium_2024-2100.csv.gz"
MALE = "WPP2024_Life_Table_Complete_Medium_Male_2024-2100.csv.gz"
FEMALE = "WPP2024_Life_Table_Complete_Medium_Female_2024-2100.csv.gz"
FERTILITY = "WPP2024_Fertility_by_Age1.csv.gz"
ANNUAL = "WPP2024_Demographic_Indicators_Medium.csv.gz"
NAMES = (POPULATION, MALE, FEMALE, FERTILITY, ANNUAL)


def write(path, header, rows):
    """A file with the byte order mark and the line ends of the published ones; packed where its name says so."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    data = text.getvalue().encode("utf-8-sig")
    path.write_bytes(gzip.compress(data, 1) if path.suffix == ".gz" else data)


def write_files(folder, data, countries=("KEN", "JOR"), last=2030, decoys=("CYP", "THA"), fertile=range(10, 55)):
    """Files of countries for the years from 2024, beside other countries and a variant of other numbers.

    The stocks of 1 January are those of the reference data until the year after the last one.
    """
    rows = {name: [] for name in NAMES}
    for country in sorted([*countries, *decoys], key=lambda one: PLACES[one][0]):
        for name, found in _rows(country, data, last, fertile, ["High"] * (country in countries)).items():
            rows[name] += found
    by_sex = [*START, "MidPeriod", "SexID", "Sex", *AGES, *LIFE]
    write(folder / POPULATION, [*START, "MidPeriod", *AGES, "PopMale", "PopFemale", "PopTotal"], rows[POPULATION])
    write(folder / MALE, by_sex, rows[MALE])
    write(folder / FEMALE, by_sex, rows[FEMALE])
    write(folder / FERTILITY, [*START, "MidPeriod", *AGES, "ASFR", "PASFR", "Births"], rows[FERTILITY])
    write(folder / ANNUAL, [*START, *INDICATORS], rows[ANNUAL])
    return folder


def _age(age):
    return ["100+", 100, -1] if age == 100 else [age, age, 1]


def _rows(country, data, last, fertile, variants):
    basis = read_wpp(data, country, last_year=last)
    frame = pd.read_parquet(data / f"{country}.parquet")
    stock = frame.astype({"pop_jan1_ref": float}).set_index(["year", "sex", "age"])["pop_jan1_ref"].sort_index()
    annual = pd.read_parquet(data / "_annual.parquet").query("iso3 == @country").set_index("year")
    table = survival_table(basis.mx, basis.attrs["a0_rule"])
    code, iso2, name = PLACES[country]
    rows = {one: [] for one in NAMES}
    for number, variant in enumerate(("Medium", *variants)):
        twice = 1.0 + number  # another variant has other numbers
        start = [code, code, "", country, iso2, code, 4, "Country/Area", 910, name, 2 + number, variant]
        for year in range(2024, last + 2):
            people = twice * np.array([stock.loc[year, sex].to_numpy() for sex in ("m", "f")])
            if year == 2024:
                people = twice * basis.population_0.values
            for age in range(101):
                men, women = (round(float(value) / 1000.0, 3) for value in people[:, age])
                thousands = [f"{number:.3f}" for number in (men, women, men + women)]
                rows[POPULATION].append([*start, year, year, *_age(age), *thousands])
            here = basis.sel(year=year) if year <= last else None
            made = [f"{people.sum() / 1000:.3f}", *[""] * (len(INDICATORS) - 1)]
            if here is not None:
                figures = annual.loc[year]
                made[1] = f"{twice * figures.pop_jul1_k:.3f}"
                made[INDICATORS.index("Births")] = f"{figures.births_k:.3f}"
                made[INDICATORS.index("SRB")] = f"{100 * float(here.srb):.6f}"
                made[INDICATORS.index("NetMigrations")] = f"{twice * figures.net_mig_k:.3f}"
            rows[ANNUAL].append([*start, year, *made])
            if here is None:
                continue
            at = table.sel(year=year)
            for file, sex, word in ((MALE, "male", "Male"), (FEMALE, "female", "Female")):
                mx, ax = here.mx.sel(sex=sex).values, np.full(101, 0.5)
                ax[0] = 1.0 - (1.0 / at.qx.sel(sex=sex).values[0] - 1.0 / mx[0])  # q = m / (1 + (1 - a) m)
                for age in range(101):
                    cells = [f"{twice * mx[age]:.10f}", *[""] * 8, f"{ax[age]:.8f}"]
                    rows[file].append([*start, year, year + 0.5, 1, word, *_age(age), *cells])
            for age in fertile:
                rate = 1000.0 * twice * float(here.asfr.sel(age=age))
                rows[FERTILITY].append([*start, year, year + 0.5, age, age, 1, f"{rate:.6f}", "", ""])
    return rows
