"""Cells of a model of the closed group: functions of t over vectors of model points.

Names that are not cells are references of the space: model points and tables, see `model_points`.
"""
# ruff: noqa: F821



def age(t):
    """Age on 31 December of year t."""
    return np.minimum(age_0 + t, last_age)


def service(t):
    """Years of service."""
    return np.minimum(service_0 + t, most_service)


def row(t):
    """Place of the age at the start of year t in the tables of members."""
    return np.minimum(age(t - 1), oldest) - youngest


def spouse_age(t):
    """Age of the spouse."""
    return np.minimum(age_0 + t + spouse_gap, last_age)


def deaths(t):
    """Members who die in year t."""
    return members(t - 1) * death_rate[t - 1, sex, row(t)]


def invalids(t):
    """Members who become invalid."""
    return members(t - 1) * invalidity_rate[t - 1, sex, row(t)]


def stayers(t):
    """Members who neither die nor become invalid."""
    return members(t - 1) - deaths(t) - invalids(t)


def retirements(t):
    """Members who retire."""
    return stayers(t) * claim_share[0, sex, row(t), service(t - 1)]


def claims_invalidity(t):
    """Invalids with a right to a pension."""
    return invalids(t) * claim_share[1, sex, row(t), service(t - 1)]


def claims_death(t):
    """Dead members who leave a pension."""
    return deaths(t) * claim_share[2, sex, row(t), service(t - 1)]


def amount_old_age(t):
    """New pensions of the retired."""
    return stayers(t) * pension_rate[0, sex, row(t), service(t - 1)] * earnings[0, t - 1, sex, row(t)]


def amount_invalidity(t):
    """New pensions of invalids."""
    return invalids(t) * pension_rate[1, sex, row(t), service(t - 1)] * earnings[1, t - 1, sex, row(t)]


def amount_death(t):
    """Pensions left by members."""
    return deaths(t) * pension_rate[2, sex, row(t), service(t - 1)] * earnings[2, t - 1, sex, row(t)]


def members(t):
    """Members on 31 December."""
    if t == 0:
        return members_0
    return stayers(t) - retirements(t)


def lives(t):
    """Probability of a pensioner to outlive year t."""
    return survival[t - 1, sex, age(t - 1)]


def spouse_lives(t):
    """The same of a survivor."""
    return survival[t - 1, 1 - sex, spouse_age(t - 1)]


def loss(t):
    """Those who start at mid-year and end within it."""
    return half_year_loss[t - 1, sex, age(t)]


def spouse_loss(t):
    """The same of survivors."""
    return half_year_loss[t - 1, 1 - sex, spouse_age(t)]


def retired(t):
    """Old-age pensioners."""
    if t == 0:
        return 0.0 * members_0
    return retired(t - 1) * lives(t) + retirements(t)


def retired_mass(t):
    """Their pensions."""
    if t == 0:
        return 0.0 * members_0
    return retired_mass(t - 1) * lives(t) * (1.0 + increase[t - 1]) + amount_old_age(t)


def invalid(t):
    """Invalidity pensioners."""
    if t == 0:
        return 0.0 * members_0
    return invalid(t - 1) * lives(t) + claims_invalidity(t) * (1.0 - loss(t))


def invalid_mass(t):
    """Their pensions."""
    if t == 0:
        return 0.0 * members_0
    return invalid_mass(t - 1) * lives(t) * (1.0 + increase[t - 1]) + amount_invalidity(t) * (1.0 - loss(t))


def leaving_widows(t):
    """Dead members and pensioners."""
    return claims_death(t) + (retired(t - 1) + invalid(t - 1)) * (1.0 - lives(t)) + claims_invalidity(t) * loss(t)


def adjusted_mass(t):
    """Old-age and invalidity pensions before deaths, adjusted."""
    return (retired_mass(t - 1) + invalid_mass(t - 1)) * (1.0 + increase[t - 1])


def leaving_mass(t):
    """Pensions that they leave."""
    left = adjusted_mass(t) * (1.0 - lives(t)) + amount_invalidity(t) * loss(t)
    return amount_death(t) + survivor_share * left


def widowed(t):
    """New survivors."""
    return leaving_widows(t) * married[sex, age(t)]


def widowed_mass(t):
    """Their pensions."""
    return leaving_mass(t) * married[sex, age(t)]


def widows(t):
    """Survivors."""
    if t == 0:
        return 0.0 * members_0
    return widows(t - 1) * spouse_lives(t) + widowed(t) * (1.0 - spouse_loss(t))


def widows_mass(t):
    """Their pensions."""
    if t == 0:
        return 0.0 * members_0
    return widows_mass(t - 1) * spouse_lives(t) * (1.0 + increase[t - 1]) + widowed_mass(t) * (1.0 - spouse_loss(t))


def payroll(t):
    """Earnings of the members."""
    return 0.5 * (members(t - 1) + members(t)) * salary[t - 1, sex, age(t)]


def paid_old_age(t):
    """Expenditure on old age."""
    return 0.5 * (retired_mass(t - 1) * (1.0 + early_part * increase[t - 1]) + retired_mass(t))


def paid_invalidity(t):
    """Expenditure on invalidity."""
    return 0.5 * (invalid_mass(t - 1) * (1.0 + early_part * increase[t - 1]) + invalid_mass(t))


def paid_widows(t):
    """Expenditure on survivors."""
    return 0.5 * (widows_mass(t - 1) * (1.0 + early_part * increase[t - 1]) + widows_mass(t))


def awards(t):
    """New pensions by number."""
    return retirements(t) + claims_invalidity(t) + widowed(t)
