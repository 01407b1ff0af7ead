"""The cohort-component step and the life table once more: plain Python lists, one group at a time, no shared code.

`population[x][a]` is a list of two lists (male, female); the last age is open. Follows Preston, Heuveline and Guillot
(2001), Demography, chapters 3 and 6.
"""


def life_table(mx, ax):
    """Columns l, L, T, e of one life table from lists of m and a; the last age is open."""
    last = len(mx) - 1
    l, d, L = [1.0], [], []
    for x in range(last):
        q = mx[x] / (1 + (1 - ax[x]) * mx[x])
        d.append(l[x] * q)
        l.append(l[x] - d[x])
        L.append(l[x + 1] + ax[x] * d[x])
    L.append(l[last] / mx[last])
    T = [sum(L[x:]) for x in range(last + 1)]
    return l, L, T, [T[x] / l[x] for x in range(last + 1)]


def survival_ratios(mx, ax):
    """S_0 = L_0 / l_0, S_x = L_x / L_x-1, and into the open age T_W / T_W-1."""
    l, L, T, _ = life_table(mx, ax)
    last = len(mx) - 1
    return [L[0] / l[0]] + [L[x] / L[x - 1] for x in range(1, last)] + [T[last] / T[last - 1]]


def one_year(population, survival, asfr, srb, migrants, timing):
    """One year; returns population, births [sex of child][age of mother], deaths [sex][age at the end of the year]."""
    last = len(asfr) - 1
    early = {"end": 0.0, "even": 0.5, "start": 1.0}[timing]
    start = [[n + early * m for n, m in zip(population[x], migrants[x], strict=True)] for x in (0, 1)]
    after, deaths = [[0.0], [0.0]], [[0.0], [0.0]]
    for x in (0, 1):
        for a in range(1, last + 1):
            exposed = start[x][a - 1] if a < last else start[x][a - 1] + start[x][a]
            after[x].append(exposed * survival[x][a])
            deaths[x].append(exposed - after[x][a])

    births = [[0.0] * (last + 1), [0.0] * (last + 1)]
    for a in range(1, last):
        women = after[1][a] + (0.5 * migrants[1][a] if timing == "even" else 0.0)
        born = asfr[a] * (start[1][a] + women) / 2
        births[1][a] = born / (1 + srb)
        births[0][a] = born * srb / (1 + srb)
    for x in (0, 1):
        after[x][0] = sum(births[x]) * survival[x][0]
        deaths[x][0] = sum(births[x]) - after[x][0]

    return [[n + (1 - early) * m for n, m in zip(after[x], migrants[x], strict=True)] for x in (0, 1)], births, deaths


def project(population, survival, asfr, srb, migrants, timing):
    """All years; lists by year of population, births and deaths."""
    path, births, deaths = [], [], []
    for t in range(len(srb)):
        population, born, dead = one_year(population, survival[t], asfr[t], srb[t], migrants[t], timing)
        path.append(population)
        births.append(born)
        deaths.append(dead)
    return path, births, deaths
