"""The beneficiaries of one benefit once more: plain Python lists, one generation after the other, no shared code.

Stocks are lists by sex of lists by age; `continuance[t][s][x]` is the probability that one aged x last birthday on
31 December is still a beneficiary a year later, when the age is x + 1 (the last age is open). The pensions of those who
stay and of those who leave are adjusted by `growth[t]`; new pensions are not.
"""


def one_year(stock, continuance, growth):
    """Those who stay and those who leave, by age at the end of the year."""
    last = len(stock[0]) - 1
    stayed = [[0.0] * (last + 1) for _ in stock]
    left = [[0.0] * (last + 1) for _ in stock]
    for s, ages in enumerate(stock):
        for x, amount in enumerate(ages):
            y = x + 1 if x < last else last
            adjusted = amount + amount * growth
            stayed[s][y] += adjusted * continuance[s][x]
            left[s][y] += adjusted * (1 - continuance[s][x])
    return stayed, left


def plus(a, b):
    """Sum of two stocks."""
    return [[m + n for m, n in zip(one, two, strict=True)] for one, two in zip(a, b, strict=True)]


def run_one(opening, new, continuance, growth):
    """All years of persons (growth 0) or of money: stocks on 31 December and those who left in the year."""
    stocks, ended, stock = [], [], opening
    for arrivals, stay, rise in zip(new, continuance, growth, strict=True):
        stayed, left = one_year(stock, stay, rise)
        stock = plus(stayed, arrivals)
        stocks.append(stock)
        ended.append(left)
    return stocks, ended


def run_stock(number_0, mass_0, topup_0, entrants, award, topup, continuance, growth):
    """Number, mass, topup by year, then the same of those who left."""
    parts = [
        run_one(number_0, entrants, continuance, [0.0] * len(growth)),
        run_one(mass_0, award, continuance, growth),
        run_one(topup_0, topup, continuance, growth),
    ]
    return [stocks for stocks, _ in parts] + [ended for _, ended in parts]
