"""A pension scheme in a steady state: continuous theory by quadrature, and the same in yearly steps.

Everybody enters at exact age 20, dies by Makeham's law mu(x) = A + B c^x, retires at exact age 62 on half of the
final salary. Entrants grow with force n, salaries (the same at all ages) with force gamma, pensions in payment with
force beta. Then (Iyer 1999)

    PAYG      = alpha int_r^w l(x) e^{-nx} e^{(beta-gamma)(x-r)} dx / int_a^r l(x) e^{-nx} dx
    AP(delta) = alpha int_r^w l(x) e^{-delta(x-a) + gamma(r-a) + beta(x-r)} dx / int_a^r l(x) e^{-(delta-gamma)(x-a)} dx

and AP(n + gamma) = PAYG, the theorem of Aaron and Samuelson.

What a yearly model needs to reach this state (`stable_start` gives the stocks; all annual rates are e^force - 1):

* mortality: `makeham_mx(W)`, ages 0..W; a member aged x last birthday on 31 December survives the year with
  L_{x+1}/L_x, see `survival`;
* one sex, one group; density 1, no exits, no invalidity, no re-entries, no ceiling; salary 1 at all ages in year 0,
  growth e^gamma - 1 a year;
* entry profile: all entries at age 20 on 31 December, when the entrants of the year are aged 20 last birthday;
* target of actives on 31 December of year t: active_0.sum() e^{nt};
* law: retirement at 62, no qualifying period, everyone claims; pension = alpha x salary of the year of award (final
  average over one year);
* indexation e^beta - 1 on 1 January, the new pensions of the year before included;
* pensioners_0, pension_0 from `stable_start`: the ratio is constant from year 1; or none of them: it is reached once
  the last age is full, within 1e-12 after 140 years;
* PAYG = expenditure of the year / (salary x contribution months / 12), both at mid-year: expenditure is the mean of
  the pensions in payment at both ends, those of the start after adjustment; contribution years are the mean of the
  two stocks of actives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MAKEHAM_A, MAKEHAM_B, MAKEHAM_C = 2e-4, 2.5e-5, 1.10
ENTRY, RETIREMENT, LIMIT = 20, 62, 115
ALPHA, N, GAMMA = 0.5, 0.01, 0.02

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


def survivors(x):
    """l(x), with l(20) = 1; ages below 20 follow the same law.

    >>> round(float(survivors(62)), 8)
    0.90188054
    """
    x = np.asarray(x, dtype=float)
    slope = MAKEHAM_B / np.log(MAKEHAM_C)
    return np.exp(-MAKEHAM_A * (x - ENTRY) - slope * (MAKEHAM_C**x - MAKEHAM_C**ENTRY))


def integral(function, start, end):
    """Integral between whole ages: Gauss-Legendre with 12 nodes in each year of age."""
    return sum(0.5 * (_WEIGHTS * function(age + (_NODES + 1) / 2)).sum() for age in range(start, end))


def life_expectancy():
    """At exact age 62."""
    return integral(survivors, RETIREMENT, LIMIT) / survivors(RETIREMENT)


def payg(beta):
    """Cost of the pensions over earnings, constant in time."""
    cost = integral(lambda x: survivors(x) * np.exp(-N * x + (beta - GAMMA) * (x - RETIREMENT)), RETIREMENT, LIMIT)
    return ALPHA * cost / integral(lambda x: survivors(x) * np.exp(-N * x), ENTRY, RETIREMENT)


def entrant_premium(delta, beta):
    """Level rate that pays for the pensions of new entrants over their whole career, discounted with force delta."""
    career = RETIREMENT - ENTRY

    def pension(x):
        return survivors(x) * np.exp(-delta * (x - ENTRY) + GAMMA * career + beta * (x - RETIREMENT))

    earnings = integral(lambda x: survivors(x) * np.exp(-(delta - GAMMA) * (x - ENTRY)), ENTRY, RETIREMENT)
    return ALPHA * integral(pension, RETIREMENT, LIMIT) / earnings


# --- the same in yearly steps -----------------------------------------------------------------------------------------


def makeham_mx(last_age=100):
    """Central death rates 0..last_age, m_x = (l_x - l_{x+1})/L_x; the open age l_W/T_W. The law ends at 115."""
    rates = [(survivors(x) - survivors(x + 1)) / integral(survivors, x, x + 1) for x in range(last_age)]
    return np.array([*rates, survivors(last_age) / integral(survivors, last_age, LIMIT)])


def survival(mx):
    """L_{x+1}/L_x from central death rates with a_x = 1/2; T_W/T_{W-1} for the two last ages, which join."""
    alive, lived = 1.0, []
    for m in mx[:-1]:
        dying = alive * m / (1 + m / 2)
        lived.append(alive - dying / 2)
        alive -= dying
    lived.append(alive / mx[-1])
    return _ratios(lived)


def exact_survival(last_age=110):
    """L_{x+1}/L_x with L by quadrature; the two last ages T_W/T_{W-1}."""
    lived = [integral(survivors, x, x + 1) for x in range(last_age)]
    return _ratios([*lived, integral(survivors, last_age, LIMIT)])


def _ratios(lived):
    last = len(lived) - 1
    closing = lived[last] / (lived[last - 1] + lived[last])
    return np.array([lived[x + 1] / lived[x] for x in range(last - 1)] + [closing, closing])


@dataclass(frozen=True)
class Start:
    """Stocks of 31 December of year 0 by age: persons, persons, annual amount per head (salary of year 0 is 1)."""

    active: np.ndarray
    pensioners: np.ndarray
    pension: np.ndarray


def stable_start(px, beta, entrants=1000.0):
    """The stable stocks, closed form.

    Parameters
    ----------
    px : array (age,)
        Survival from 31 December to 31 December by age at the start; the last age is open.
    beta : float
        Force of indexation.
    entrants : float
        Actives aged 20 on 31 December of year 0.
    """
    last = len(px) - 1
    persons, total = np.zeros(last + 1), np.zeros(last + 1)
    persons[ENTRY] = entrants
    shrink, fade = np.exp(-N), np.exp(-N - GAMMA + beta)
    for x in range(ENTRY, last):
        persons[x + 1] = persons[x] * px[x] * shrink
    persons[last] /= 1 - px[last] * shrink
    total[RETIREMENT] = ALPHA * persons[RETIREMENT]
    for x in range(RETIREMENT, last):
        total[x + 1] = total[x] * px[x] * fade
    total[last] /= 1 - px[last] * fade
    old = np.arange(last + 1) >= RETIREMENT
    mean = np.divide(total, persons, out=np.zeros_like(total), where=old)
    return Start(np.where(old, 0.0, persons), np.where(old, persons, 0.0), mean)


def discrete_payg(px, beta):
    """The ratio of the yearly model in its steady state, from the stable stocks: what a projection has to give."""
    start = stable_start(px, beta)
    mass = (start.pensioners * start.pension).sum()
    expenditure = (mass * np.exp(N + GAMMA) + mass * np.exp(beta)) / 2
    earnings = np.exp(GAMMA) * (start.active.sum() * np.exp(N) + start.active.sum()) / 2
    return expenditure / earnings


def roll(px, beta, years, start, timing="mid-year"):
    """Run the scheme year by year.

    Parameters
    ----------
    px, beta
        As in `stable_start`.
    years : int
        Number of years.
    start : Start
        Stocks of year 0.
    timing : str
        "mid-year"; or, wrong on purpose, "end-of-year": retirement and award at the end of the year, retirees
        contribute all of it and new pensions cost nothing in it; or "mixture": retirees contribute the whole year and
        draw pensions from its middle.

    Returns
    -------
    expenditure, earnings : array (years,) each
    """
    last = len(px) - 1
    active, people, mass = start.active.copy(), start.pensioners.copy(), start.pensioners * start.pension
    expenditure, earnings = np.zeros(years), np.zeros(years)
    for t in range(1, years + 1):
        salary, wanted = np.exp(GAMMA * t), start.active.sum() * np.exp(N * t)
        adjusted = mass * np.exp(beta)
        stayed, old, paid = np.zeros(last + 1), np.zeros(last + 1), np.zeros(last + 1)
        for x in range(last + 1):
            y = min(x + 1, last)
            stayed[y] += active[x] * px[x]
            old[y] += people[x] * px[x]
            paid[y] += adjusted[x] * px[x]
        retired = stayed[RETIREMENT:].sum()
        if stayed[RETIREMENT + 1 :].any():
            raise ValueError("actives beyond the age of retirement")
        stayed[RETIREMENT] = 0.0
        old[RETIREMENT] += retired
        paid[RETIREMENT] += retired * ALPHA * salary
        stayed[ENTRY] += wanted - stayed.sum()
        years_worked = (active.sum() + stayed.sum()) / 2
        expenditure[t - 1] = (adjusted.sum() + paid.sum()) / 2
        if timing in ("end-of-year", "mixture"):
            years_worked += retired / 2
        if timing == "end-of-year":
            expenditure[t - 1] -= retired * ALPHA * salary / 2
        earnings[t - 1] = salary * years_worked
        active, people, mass = stayed, old, paid
    return expenditure, earnings


def discrete_premium(px, delta, beta):
    """Level rate of one year's entrants in the yearly model, discounted at mid-year: PAYG at delta = n + gamma."""
    last = len(px) - 1
    earned = spent = 0.0
    active, mass = np.zeros(last + 1), np.zeros(last + 1)
    for t in range(1, 400):
        worked, adjusted = np.zeros(last + 1), mass * np.exp(beta)
        paid = np.zeros(last + 1)
        for x in range(last + 1):
            y = min(x + 1, last)
            worked[y] += active[x] * px[x]
            paid[y] += adjusted[x] * px[x]
        paid[RETIREMENT] += worked[RETIREMENT] * ALPHA * np.exp(GAMMA * t)
        worked[RETIREMENT] = 0.0
        worked[ENTRY] += 1.0 if t == 1 else 0.0
        discount = np.exp(-delta * (t - 0.5))
        earned += discount * np.exp(GAMMA * t) * (active.sum() + worked.sum()) / 2
        spent += discount * (adjusted.sum() + paid.sum()) / 2
        active, mass = worked, paid
    return spent / earned


def annuities(px, interest, growth=0.0):
    """Value on 31 December of 1 a year to one in the stock, by age: sum over k >= 1 of v^{k-1/2} (p_{k-1} + p_k)/2.

    The pension grows by `growth` on each 1 January, the first one included; the payments of a year are the mean of
    its two ends. From the survival alone, term by term; this is the value a closed group of pensioners has in the
    yearly model.
    """
    last = len(px) - 1
    values = []
    for age in range(last + 1):
        alive, value = 1.0, 0.0
        for k in range(1, 600):
            after = alive * px[min(age + k - 1, last)]
            value += (1 + growth) ** k / (1 + interest) ** (k - 0.5) * (alive + after) / 2
            alive = after
        values.append(value)
    return np.array(values)
