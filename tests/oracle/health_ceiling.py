"""What a yearly ceiling spares patients once more: Panjer's recursion on payments found from a distribution function.

A payment of a contact is rounded to multiples of a step so that its mean stays; the sums of the year follow
p_n = (1/n) sum_i i g_i p_{n-i}, g_i the expected number of payments of i steps (Panjer 1981).
"""

import math

import numpy as np

from tests.oracle.health_cost import Sharing, limited


def limited_payment(rule, mean, cv, y):
    """E[min(Y, y)] of what a patient pays: the cost at which y is reached splits the expectation."""
    if y <= 0.0:
        return 0.0
    if rule.chi >= 1.0:
        return limited(mean, cv, y)
    start = min(rule.deductible + rule.copay / (1.0 - rule.chi), rule.most)
    if y <= start:
        return limited(mean, cv, y)
    if math.isinf(rule.most):
        between = math.inf if rule.chi == 0.0 else start + (y - start) / rule.chi
        return limited(mean, cv, start) + rule.chi * (limited(mean, cv, between) - limited(mean, cv, start))
    flat = start + rule.chi * (rule.most - start)
    if y <= flat and rule.chi > 0.0:
        between = start + (y - start) / rule.chi
        return limited(mean, cv, start) + rule.chi * (limited(mean, cv, between) - limited(mean, cv, start))
    above = rule.most + (y - flat)
    first, most = limited(mean, cv, start), limited(mean, cv, rule.most)
    return first + rule.chi * (most - first) + limited(mean, cv, above) - most


def masses(rule, mean, cv, limit, steps):
    """Chances of payments of 0, h, 2h, ... below the limit."""
    h = limit / steps
    e = [limited_payment(rule, mean, cv, h * i) for i in range(steps + 1)]
    return np.array([1.0 - e[1] / h, *((2 * e[i] - e[i - 1] - e[i + 1]) / h for i in range(1, steps))])


def limited_year(rates, parts, limit, steps):
    """E[min(S, limit)] for rows of contacts by service (row, service) and the chances of their payments."""
    h, expected = limit / steps, rates @ parts
    p = np.zeros((len(rates), steps))
    p[:, 0] = np.exp(expected[:, 0] - rates.sum(axis=1))
    weighted = expected * np.arange(steps)
    for n in range(1, steps):
        p[:, n] = (weighted[:, 1 : n + 1] * p[:, n - 1 :: -1][:, :n]).sum(axis=1) / n
    return limit - h * (p * (steps - np.arange(steps))).sum(axis=1)


def spared(costs, t, steps=1200):
    """What patients of each service and group are spared in a projected year (base year: t = -1)."""
    law, inputs = costs.law, costs.inputs
    year = inputs.years[t] if t >= 0 else inputs.base
    limit = costs._dated(law["fund"]["ceiling"], t) if t >= 0 else None
    found = dict.fromkeys(costs.cells, 0.0)
    for j in costs.covered:
        people = costs.covered[j][t].ravel()
        paying = [k for k in costs.names if costs.share[k, j][t] < 1.0 and j not in costs.by_name[k].get("exempt", ())]
        here = people > 0
        if not paying or not here.any():
            continue
        rates = np.array([costs.contacts[k, j][t].ravel()[here] / people[here] for k in paying]).T
        rules = [Sharing(costs.by_name[k], year, inputs.level) for k in paying]
        price = [costs.unit_cost[k, j][t] for k in paying]
        parts = np.array([
            masses(rule, mean, costs.cv[k], limit, steps) for rule, mean, k in zip(rules, price, paying, strict=True)
        ])  # fmt: skip
        mean = np.array([cost * (1.0 - costs.share[k, j][t]) for cost, k in zip(price, paying, strict=True)])
        over = rates @ mean - limited_year(rates, parts, limit, steps)
        pockets = {k: costs.pocket((k, j), t) for k in paying}
        for k in paying:
            found[k, j] = people[here] @ over * pockets[k] / sum(pockets.values())
    return found
