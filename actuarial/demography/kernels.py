"""The cohort-component step on plain arrays: t year, x sex (0 male, 1 female), a age last birthday, the last open."""

import numpy as np

from actuarial.jit import inlined, lean


def project_population(population_0, survival, asfr, srb, migration, at_start, with_mothers):
    """Population, births and deaths, year after year: (t, x, a) each; the arguments are those of `project_into`."""
    found = np.zeros(survival.shape), np.zeros(survival.shape), np.zeros(survival.shape)
    start = np.zeros(population_0.shape)
    project_into(population_0, survival, asfr, srb, migration, at_start, with_mothers, *found, start)
    return found


@lean
def project_states(
    population_0, survival, asfr, srb, migration, at_start, with_mothers, population, midyear, births, deaths
):
    """What `project_into` writes and the mean of the stocks of every year; the number of stocks below 0."""
    project_into(
        population_0, survival, asfr, srb, migration, at_start, with_mothers, population, births, deaths, midyear[0]
    )
    below = 0
    before = population_0
    for t in range(survival.shape[0]):
        below += middle(before, population[t], migration[t], at_start, midyear[t])
        before = population[t]
    return below


@lean
def project_into(
    population_0, survival, asfr, srb, migration, at_start, with_mothers, population, births, deaths, start
):
    """Write population, births and deaths, year after year.

    population_0  (x, a)     persons on 31 December of the year before
    survival      (t, x, a)  ratio into age a: L_0/l_0, L_a/L_a-1, and T_W/T_W-1 into the open age
    asfr          (t, a)     births per woman and year; not read at the first and the last age
    srb           (t,)       boys per girl
    migration     (t, x, a)  net migrants, persons
    at_start                 share of the migrants who move at the start of the year; the others move at its end
    with_mothers             share of all migrants of the year who are added to the end stock of mothers
    population, births, deaths
                  (t, x, a)  filled with 0; births by sex of the child and age of the mother, deaths by age at the end
                             of the year
    start         (x, a)     memory for the stock of the start of a year
    """
    before = population_0
    for t in range(survival.shape[0]):
        move(before, migration[t], at_start, start)
        age_one_year(start, survival[t], population[t], deaths[t])
        bear(start[1], population[t, 1], asfr[t], migration[t, 1], with_mothers, srb[t], births[t])
        survive_birth(births[t], survival[t], population[t], deaths[t])
        move(population[t], migration[t], 1.0 - at_start, population[t])
        before = population[t]


@lean
def middle(before, after, migration, at_start, mean):
    """Write the mean of two stocks, (x, a); the number of cells below 0, also after the migrants of the start."""
    below = 0
    for x in range(before.shape[0]):
        for a in range(before.shape[1]):
            below += (before[x, a] + at_start * migration[x, a] < 0.0) | (after[x, a] < 0.0)
            mean[x, a] = 0.5 * before[x, a] + 0.5 * after[x, a]
    return below


@inlined
def dead(stock, survival):
    """Deaths of a year of a stock."""
    return stock * (1.0 - survival)


@inlined
def born(asfr, start, end, others):
    """Births of the women of an age: the mean of those at the start and, with others, at the end of the year."""
    return 0.5 * asfr * (start + end + others)


@lean
def move(stock, migration, share, moved):
    """moved = stock + share x migration, (x, a)."""
    for x in range(stock.shape[0]):
        for a in range(stock.shape[1]):
            moved[x, a] = stock[x, a] + share * migration[x, a]


@lean
def age_one_year(start, survival, stock, deaths):
    """Survivors of a stock one year later and its deaths, by age at the end; nobody is of age 0 yet, (x, a)."""
    last = start.shape[1] - 1
    for x in range(start.shape[0]):
        for a in range(1, last):
            deaths[x, a] = dead(start[x, a - 1], survival[x, a])
            stock[x, a] = start[x, a - 1] - deaths[x, a]
        oldest = start[x, last - 1] + start[x, last]
        deaths[x, last] = dead(oldest, survival[x, last])
        stock[x, last] = oldest - deaths[x, last]


@lean
def bear(start, end, asfr, migration, with_mothers, srb, births):
    """Births on the mean of the women at the start and at the end of the year, (x, a)."""
    boys = srb / (1.0 + srb)
    for a in range(1, start.shape[0] - 1):
        children = born(asfr[a], start[a], end[a], with_mothers * migration[a])
        births[0, a] = children * boys
        births[1, a] = children - births[0, a]


@lean
def survive_birth(births, survival, stock, deaths):
    """The year's births become age 0 at its end, or deaths of age 0, (x, a)."""
    boys, girls = 0.0, 0.0
    for a in range(births.shape[1]):
        boys += births[0, a]
        girls += births[1, a]
    deaths[0, 0], deaths[1, 0] = dead(boys, survival[0, 0]), dead(girls, survival[1, 0])
    stock[0, 0], stock[1, 0] = boys - deaths[0, 0], girls - deaths[1, 0]
