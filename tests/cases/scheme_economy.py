"""Persons of the schemes of examples/schemes, and the constant economy in which their cases are stated."""

import numpy as np
import xarray as xr

FIRST, LAST = 1982, 2062  # years of the careers and events


def economy(stated):
    """A basis for one person: wages and prices grow at constant rates; amounts of the law are those of the base year.

    Interest and the average wage of the base year are in it where they are stated.
    """
    base = stated["base_year"]
    years, past = np.arange(base + 1, LAST + 1), np.arange(FIRST, base + 1)
    data = {}
    for name, word in (("wage_growth", "wage_growth"), ("inflation", "inflation"), ("interest_rate", "interest")):
        if word in stated:
            data[name] = ("year", np.full(len(years), stated[word]))
            data[f"{name}_past"] = ("past_year", np.full(len(past), stated[word]))
    if "average_wage" in stated:
        data["active_0"] = (("group", "sex", "age", "service"), np.ones((1, 1, 1, 1)))
        data["salary_0"] = (("group", "sex", "age"), np.full((1, 1, 1), float(stated["average_wage"])))
    return xr.Dataset(data, {"year": years, "past_year": past})


def yearly(person):
    """The arguments of a person, with earnings for each year of the career: each number holds until the next year."""
    earnings = person["earnings"]
    if not isinstance(earnings, dict):
        return person
    stated = {int(year): float(value) for year, value in earnings.items()}
    years = range(min(stated), person["leaves"] + 1)
    return person | {"earnings": {year: stated[max(k for k in stated if k <= year)] for year in years}}


def family(case):
    """The family of a case as `person_benefits` takes it; None where the case has none."""
    return (case["family"]["spouse"], case["family"]["children"]) if "family" in case else None
