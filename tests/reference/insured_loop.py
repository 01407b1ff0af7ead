"""The insured population by cohorts, written out slowly: the oracle of the insured stage.

One group, one sex, stocks [age, service]. Age by age and month by month of credit, in the order in which things
happen:

1. death, invalidity and exit of actives are constant forces within the year, so the dependent probabilities are
   mu_j/mu (1 - exp(-mu)); those concerned have contributed half the year;
2. survivors whose age reached and credit including that half year satisfy the law retire with the claim rate, at
   mid-year;
3. the others stay and are credited the whole year;
4. inactives die, or retire at unchanged credit; the year's leavers join them afterwards;
5. entries make up for the difference between stayers and the target; a share of them comes from the inactive of the
   same age, drawn in proportion to credit; all entrants contribute half a year;
6. if stayers exceed the target, all are reduced in proportion; those put out have contributed half the year like any
   leaver.

A fractional credit d is split: floor(d) months with probability 1 - (d - floor(d)), one more otherwise.

Two tables count the credit of those who retire. `claims_credits` is what the pension is computed on: the split
credit, which among those who just complete the qualifying period is above the mean, for only those with the higher
number of months qualify. `credits_removed` takes them at the credit of the year before plus the unsplit half year,
and `contribution_months_stayers` books half a year likewise: with this pair credits balance exactly, and so does
months = 12 x density x mean of two stocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, floor, log1p

import numpy as np

TABLES = (
    "active inactive pensioners active_credits inactive_credits "
    "deaths_active deaths_inactive deaths_pensioners new_invalids exits retirements_active retirements_inactive "
    "credits_active_awards credits_inactive_awards amount_active_awards amount_inactive_awards "
    "claims_number claims_credits claims_amount new_entrants reentrants reentry_shortfall reentry_rate "
    "contraction_rate contribution_months_stayers contribution_months_entrants credits_removed"
).split()


@dataclass(frozen=True)
class Replay:
    """Entries given instead of residual: rates of re-entry per inactive person and of contraction, and new entrants.

    reentry_rate, new_entrants : array (T, age); contraction_rate : array (T,)
    """

    reentry_rate: np.ndarray
    contraction_rate: np.ndarray
    new_entrants: np.ndarray


def dependent(rates):
    """Dependent probabilities of several decrements of constant force, and the probability of escaping all.

    >>> [round(float(p), 8) for p in dependent([0.004, 0.01, 0.05])[0]]
    [0.00387986, 0.00972897, 0.04965317]
    """
    forces = [-log1p(-rate) for rate in rates]
    total = sum(forces)
    if total == 0:
        return [0.0 for _ in forces], 1.0
    return [force / total * (1 - exp(-total)) for force in forces], exp(-total)


def credited(people, months):
    """Move persons by service up by `months`, split between the two neighbouring grid points; the last cell absorbs."""
    top = len(people) - 1
    lower = floor(months + 1e-9)
    moved = np.zeros(len(people))
    for step, weight in ((lower, 1 - (months - lower)), (lower + 1, months - lower)):
        moved[step:] += weight * people[: top + 1 - step]
        moved[top] += weight * people[top + 1 - step :].sum()
    return moved


def claim_table(scenario):
    """Probability of retiring of a survivor by age reached and credit then: (age, service)."""
    services = np.arange(scenario.active_0.shape[1])
    claim = np.zeros(scenario.active_0.shape)
    for age in range(len(claim)):
        if age >= scenario.retirement_age:
            claim[age] = np.where(services >= scenario.qualifying_months, scenario.claim_rate, 0.0)
    return claim


def chance_of_claim(claim, months):
    """Probability of retiring seen from the credit before the months of the year are added: (service,)."""
    lower = floor(months + 1e-9)
    reached = np.minimum(np.arange(len(claim)) + lower, len(claim) - 1)
    one_more = np.minimum(reached + 1, len(claim) - 1)
    return (1 - (months - lower)) * claim[reached] + (months - lower) * claim[one_more]


def reference_earnings(scenario, year, age):
    """Mean of the salary scale over the reference years ending in `year` at `age`, in money of `year` if revalued."""
    total = 0.0
    for k in range(scenario.reference_years):
        earned = scenario.salary_0[max(age - k, 0)] * (1 + scenario.growth) ** (year - k)
        total += earned * (1 + scenario.growth) ** k if scenario.revaluation == "wages" else earned
    return total / scenario.reference_years


def project(scenario, *, event_share=0.5, replay=None):
    """Run the recursion.

    Parameters
    ----------
    scenario : Scenario
        The inputs.
    event_share : float
        Part of the year contributed by those who die, leave, become invalid or retire: 1/2; 1 is the wrong variant.
    replay : Replay, optional
        Given, `scenario.target` is not used: a closed group (no new entrants) or future entrants alone (no initial
        stock).

    Returns
    -------
    dict of array (T, age), see TABLES; `contraction_rate` is (T,); `active_cells` and `inactive_cells` are the final
    stocks (age, service), `earnings_cells` the reference earnings held by the final inactives (age, service), a mass.
    """
    ages = len(scenario.active_0)
    tables = {name: np.zeros((scenario.years, ages)) for name in TABLES}
    tables["contraction_rate"] = np.zeros(scenario.years)
    state = _State(
        scenario.active_0.copy(),
        scenario.inactive_0.copy(),
        scenario.inactive_0 * scenario.inactive_earnings_0[:, None],
        np.zeros(ages),
    )
    claim = claim_table(scenario)
    for t in range(scenario.years):
        row = {name: table[t] for name, table in tables.items() if name != "contraction_rate"}
        stay, state = _leave(scenario, t, state, claim, event_share, row)
        _contract_and_stay(scenario, t, stay, state, event_share, replay, row, tables["contraction_rate"])
        _enter(scenario, t, state, replay, row)
        _close(state, row)
    tables.update(active_cells=state.active, inactive_cells=state.inactive, earnings_cells=state.earnings)
    return tables


@dataclass
class _State:
    active: np.ndarray
    inactive: np.ndarray
    earnings: np.ndarray
    pensioners: np.ndarray


def _leave(scenario, t, old, claim, share, row):
    """Deaths, invalidity, exits and retirement; returns persons who stay by age reached and credit before the year."""
    ages, services = old.active.shape
    month = np.arange(services)
    stay = np.zeros((ages, services))
    new = _State(stay * 0, stay * 0, stay * 0, np.zeros(ages))
    raised = 1 + scenario.growth if scenario.revaluation == "wages" else 1.0
    for x in range(ages):
        y = min(x + 1, ages - 1)
        rates = scenario.q[x], scenario.invalidity_rate[x], scenario.exit_rate[x]
        (dies, invalid, leaves), survives = dependent(rates)
        months = 12 * scenario.density[y] * share
        halfway = credited(old.active[x], months)
        reference = reference_earnings(scenario, t + 1, y)
        retired = halfway * survives * claim[y]
        stay[y] += old.active[x] * survives * (1 - chance_of_claim(claim[y], months))
        row["deaths_active"][y] += halfway.sum() * dies
        row["new_invalids"][y] += halfway.sum() * invalid
        row["exits"][y] += halfway.sum() * leaves
        row["contribution_months_stayers"][y] += months * (halfway.sum() * (dies + invalid + leaves) + retired.sum())
        retires_from = old.active[x] * survives * chance_of_claim(claim[y], months)
        carried = old.active[x] * (dies + invalid) + retires_from
        row["credits_removed"][y] += ((month + months) * carried).sum()
        _award(scenario, row, "active", y, retired, retired * reference)
        new.inactive[y] += halfway * leaves
        new.earnings[y] += halfway * leaves * reference

        alive, held = old.inactive[x] * (1 - scenario.q[x]), old.earnings[x] * (1 - scenario.q[x]) * raised
        row["deaths_inactive"][y] += old.inactive[x].sum() * scenario.q[x]
        row["credits_removed"][y] += (month * (old.inactive[x] * scenario.q[x] + alive * claim[y])).sum()
        _award(scenario, row, "inactive", y, alive * claim[y], held * claim[y])
        new.inactive[y] += alive * (1 - claim[y])
        new.earnings[y] += held * (1 - claim[y])

        row["deaths_pensioners"][y] += old.pensioners[x] * scenario.q[x]
        new.pensioners[y] += old.pensioners[x] * (1 - scenario.q[x])
    new.pensioners += row["claims_number"]
    return stay, new


def _award(scenario, row, source, age, persons, earnings):
    """Count those who retire by source, their credit and their pensions; `earnings` is a mass by credit."""
    month = np.arange(len(persons))
    number, credits_held = persons.sum(), (month * persons).sum()
    amount = (scenario.accrual * month / 12 * earnings).sum()
    for name, value in (
        (f"retirements_{source}", number),
        (f"credits_{source}_awards", credits_held),
        (f"amount_{source}_awards", amount),
        ("claims_number", number),
        ("claims_credits", credits_held),
        ("claims_amount", amount),
    ):
        row[name][age] += value


def _contract_and_stay(scenario, t, stay, new, share, replay, row, contraction):
    """Put out the part of the stayers that exceeds the target; credit the whole year to the rest."""
    total = stay.sum()
    if replay is not None:
        contraction[t] = replay.contraction_rate[t]
    elif total > scenario.target[t]:
        contraction[t] = 1 - scenario.target[t] / total
    for y in range(len(stay)):
        year = 12 * scenario.density[y]
        out = credited(stay[y] * contraction[t], year * share)
        new.inactive[y] += out
        new.earnings[y] += out * reference_earnings(scenario, t + 1, y)
        new.active[y] += credited(stay[y] * (1 - contraction[t]), year)
        row["exits"][y] += out.sum()
        row["contribution_months_stayers"][y] += year * stay[y].sum() * (1 - contraction[t] + share * contraction[t])


def _enter(scenario, t, new, replay, row):
    """Re-entrants from the inactive and new entrants, each with the credit of half a year."""
    need = max(0.0, scenario.target[t] - new.active.sum())
    for y in range(len(new.active)):
        there = new.inactive[y].sum()
        if replay is None:
            wanted = need * scenario.entry_profile[y] * scenario.reentry_share[y]
            back = min(wanted, there)
            fresh = need * scenario.entry_profile[y] - back
        else:
            back = wanted = replay.reentry_rate[t, y] * there
            fresh = replay.new_entrants[t, y]
        rate = back / there if there > 0 else 0.0
        entrants = new.inactive[y] * rate
        entrants[0] += fresh
        new.inactive[y] *= 1 - rate
        new.earnings[y] *= 1 - rate
        new.active[y] += credited(entrants, 6 * scenario.density[y])
        row["new_entrants"][y] = fresh
        row["reentrants"][y] = back
        row["reentry_shortfall"][y] = wanted - back
        row["reentry_rate"][y] = rate
        row["contribution_months_entrants"][y] = 6 * scenario.density[y] * (back + fresh)


def _close(state, row):
    """Stocks of 31 December."""
    month = np.arange(state.active.shape[1])
    row["active"][:] = state.active.sum(axis=1)
    row["inactive"][:] = state.inactive.sum(axis=1)
    row["pensioners"][:] = state.pensioners
    row["active_credits"][:] = state.active @ month
    row["inactive_credits"][:] = state.inactive @ month
