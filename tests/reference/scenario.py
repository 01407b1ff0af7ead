"""The scheme and the people of the checks of the insured: one dataclass for simulation, oracle and library tests.

Nothing here comes from the library, and neither the simulation (`microsim.py`) nor the cohort oracle
(`insured_loop.py`) shares more than these inputs with the other. One group, one sex, ages 0..100 (the last one open),
credits in months.

Conventions, the same for all inputs:

* stocks are those of 31 December; year 0 is the valuation date, the projected years are 1..T (row t - 1 of every
  table);
* rates of leaving (`q`, `exit_rate`, `invalidity_rate`) are indexed by the age x of the stock of the year before;
  they are independent annual probabilities, made dependent under constant forces;
* everything that happens in the year (density, entries, salary, claims) is indexed by the age y = x + 1 of its 31
  December.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LAST_AGE = 100


@dataclass(frozen=True, eq=False)
class Scenario:
    """All inputs of one run; arrays are indexed by age 0..100 unless stated.

    Attributes
    ----------
    years : int
        Number of projected years T.
    mx : array (age,)
        Central death rates; the life table takes a_x = 1/2 and L = 1/m at the open age. `q` follows from it.
    q : array (age,)
        Cohort-period probability of death of a 31 December stock, see `cohort_period_q`. Same for actives, inactives,
        pensioners.
    exit_rate, invalidity_rate : array (age,)
        Independent annual rates of an active aged x at the start. Invalids leave the model; leavers become inactive.
    density : array (age,)
        Months contributed over months in active status by age reached.
    entry_profile, reentry_share : array (age,)
        Distribution of the year's entries by age reached; the share of them drawn from the inactive of that age.
    target : array (T,)
        Active insured wanted on 31 December; entries are max(0, target - stayers).
    retirement_age, qualifying_months, claim_rate
        One whose age reached and credit satisfy both conditions retires with probability `claim_rate` each year.
    salary_0 : array (age,)
        Annual earnings of year 0; a year later all are (1 + growth) times higher, and so on, in past years too.
    accrual, reference_years, revaluation
        Pension = accrual x (credit / 12) x mean over k < reference_years of salary[t - k, y - k], revalued from t - k
        to t when `revaluation` is "wages"; "none" takes nominal earnings. Inactives keep the value of the year they
        left, revalued likewise until the award.
    wage_cv : float
        Coefficient of variation of a fixed lognormal multiple of the salary per person (simulation only; its mean is
        one).
    active_0, inactive_0 : array (age, service)
        Stocks on the valuation date by months of credit 0..C.
    inactive_earnings_0 : array (age,)
        Reference earnings of the initial inactives, valued at year 0.
    """

    years: int
    mx: np.ndarray
    q: np.ndarray
    exit_rate: np.ndarray
    invalidity_rate: np.ndarray
    density: np.ndarray
    entry_profile: np.ndarray
    reentry_share: np.ndarray
    target: np.ndarray
    retirement_age: int
    qualifying_months: int
    claim_rate: float
    salary_0: np.ndarray
    growth: float
    accrual: float
    reference_years: int
    revaluation: str
    wage_cv: float
    active_0: np.ndarray
    inactive_0: np.ndarray
    inactive_earnings_0: np.ndarray


def cohort_period_q(mx):
    """Probability that one aged x last birthday on 31 December dies within the year: 1 - L_{x+1}/L_x.

    The last two ages share 1 - T_W/T_{W-1} (Preston, Heuveline and Guillot 2001, chapters 3 and 6): survivors of both
    are found in the open age. Ages 1 and over have a_x = 1/2; age 0 is treated alike, nobody in these checks is that
    young.
    """
    survivors, person_years = 1.0, []
    for m in mx[:-1]:
        after = survivors * (1 - m / 2) / (1 + m / 2)
        person_years.append((survivors + after) / 2)
        survivors = after
    person_years.append(survivors / mx[-1])
    last = len(mx) - 1
    q = [1 - person_years[x + 1] / person_years[x] for x in range(last - 1)]
    q += [1 - person_years[last] / (person_years[last - 1] + person_years[last])] * 2
    return np.array(q)


def _credits(services, longest, a, b):
    """A bell of credits on 0..longest months: the kernel of a Beta(a, b) on the grid."""
    z = (services + 0.5) / (longest + 1)
    return np.where(services <= longest, np.clip(z, 0, 1) ** (a - 1) * np.clip(1 - z, 0, 1) ** (b - 1), 0.0)


def _stock(total, by_age, services, mean_share):
    """Persons by age and credit: `by_age` weights, credits a bell below 8.4 months per year since age 19."""
    table = np.zeros((len(by_age), len(services)))
    for age in np.flatnonzero(by_age):
        bell = _credits(services, int(8.4 * (age - 19)), 5 * mean_share, 5 * (1 - mean_share))
        table[age] = by_age[age] * bell / bell.sum()
    return total * table / table.sum()


def default_scenario():
    """One million insured, density .6, pension at 60 after 180 months (the numbers are invented)."""
    age = np.arange(LAST_AGE + 1)
    services = np.arange(601)
    mx = 7e-4 + 3e-5 * 1.1 ** (age + 0.5)
    mx[-1] = mx[-2] * 1.15
    working = (age >= 20) & (age < 60)
    entry = np.where(working, (age - 18.0) * np.exp(-(age - 18.0) / 8), 0.0)
    salary = 6000 * (1 + 1.2 * (1 - np.exp(-np.clip(age - 20, 0, None) / 15)))
    by_age = np.where((age >= 20) & (age < 62), np.exp(-(((age - 38) / 16.0) ** 2)) + 0.1, 0.0)
    return Scenario(
        years=40,
        mx=mx,
        q=cohort_period_q(mx),
        exit_rate=np.where(age < 20, 0.0, 0.035 + 0.08 * np.exp(-np.clip(age - 20, 0, None) / 8)),
        invalidity_rate=np.where(working, 5e-4 + 8e-3 * np.clip((age - 20) / 40, 0, 1) ** 3, 0.0),
        density=np.full(LAST_AGE + 1, 0.6),
        entry_profile=entry / entry.sum(),
        reentry_share=np.where(working, np.clip((age - 22) / 25, 0, 0.8), 0.0),
        target=np.full(40, 700_000.0),
        retirement_age=60,
        qualifying_months=180,
        claim_rate=0.6,
        salary_0=salary,
        growth=0.03,
        accrual=0.0175,
        reference_years=5,
        revaluation="none",
        wage_cv=0.5,
        active_0=_stock(700_000, by_age, services, 0.6),
        inactive_0=_stock(300_000, by_age, services, 0.4),
        inactive_earnings_0=0.8 * salary,
    )


SCENARIO = default_scenario()
