"""What a yearly ceiling spares patients once more: Panjer's recursion on payments found from a distribution function.

A payment of a contact is rounded to multiples of a step so that its mean stays; the sums of the year follow
p_n = (1/n) sum_i i g_i p_{n-i}, g_i the expected number of payments of i steps (Panjer 1981).
"""

import math

import numpy as np

from tests.oracle.health_cost import Sharing, limited
from tests.oracle.health_members import dated


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
    weighted = np.ascontiguousarray((expected * np.arange(steps))[:, ::-1])
    for n in range(1, steps):
        p[:, n] = np.einsum("ri,ri->r", weighted[:, steps - 1 - n : steps - 1], p[:, :n]) / n
    return limit - h * (p * (steps - np.arange(steps))).sum(axis=1)


def spared(costs, t, steps=1200):
    """What patients of each service and group are spared in a projected year, or in the base year (t is None)."""
    inputs, found = costs.inputs, dict.fromkeys(costs.cells, 0.0)
    year = inputs.base if t is None else inputs.years[t]
    limit = dated(costs.law["fund"]["ceiling"], year, inputs.level)
    for j in costs.covered:
        people = (costs.members.covered[j][0] if t is None else costs.covered[j][t]).ravel()
        here = people > 0
        paying = {k: _of_year(costs, k, j, t) for k in costs.names if j not in costs.by_name[k].get("exempt", ())}
        paying = {k: found for k, found in paying.items() if found[2] < 1.0}
        if not paying or not here.any():
            continue
        rates = np.array([contacts.ravel()[here] / people[here] for contacts, _, _ in paying.values()]).T
        parts = np.array([
            masses(Sharing(costs.by_name[k], year, inputs.level), cost, costs.cv[k], limit, steps)
            for k, (_, cost, _) in paying.items()
        ])  # fmt: skip
        due = np.array([cost * (1.0 - share) for _, cost, share in paying.values()])
        over = rates @ due - limited_year(rates, parts, limit, steps)
        pockets = {k: contacts.sum() * cost * (1.0 - share) for k, (contacts, cost, share) in paying.items()}
        for k, pocket in pockets.items():
            found[k, j] = people[here] @ over * pocket / sum(pockets.values())
    return found


def _of_year(costs, k, j, t):
    """Contacts, unit cost and paid share of a service and group."""
    if t is None:
        cost = costs.base_cost[k, j]
        return costs.contacts_0[k, j], cost, costs.paid_share(k, j, costs.inputs.base, cost)
    return costs.contacts[k, j][t], costs.unit_cost[k, j][t], costs.share[k, j][t]
