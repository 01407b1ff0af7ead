"""Variables of the closed group for one model point: functions of the year t, which nothing happens in where it is 0.

Names that are no variables are set by the peer: `main`, the set of model points, and the tables of `model_points`.
"""
# ruff: noqa: F821

from cashflower import variable


def whole(name):
    """A whole number of the model point."""
    return int(main.get(name))


@variable()
def age(t):
    """Age on 31 December of year t."""
    return min(whole("age_0") + t, last_age)


@variable()
def service(t):
    """Years of service."""
    return min(whole("service_0") + t, most_service)


@variable()
def row(t):
    """Place of the age at the start of year t in the tables of members."""
    if t == 0:
        return 0.0
    return min(int(age(t - 1)), oldest) - youngest


@variable()
def spouse_age(t):
    """Age of the spouse."""
    return min(whole("age_0") + t + whole("spouse_gap"), last_age)


@variable()
def deaths(t):
    """Members who die in year t."""
    if t == 0:
        return 0.0
    return members(t - 1) * death_rate[t - 1, whole("sex"), int(row(t))]


@variable()
def invalids(t):
    """Members who become invalid."""
    if t == 0:
        return 0.0
    return members(t - 1) * invalidity_rate[t - 1, whole("sex"), int(row(t))]


@variable()
def stayers(t):
    """Members who neither die nor become invalid."""
    if t == 0:
        return 0.0
    return members(t - 1) - deaths(t) - invalids(t)


@variable()
def retirements(t):
    """Members who retire."""
    if t == 0:
        return 0.0
    return stayers(t) * claim_share[0, whole("sex"), int(row(t)), int(service(t - 1))]


@variable()
def claims_invalidity(t):
    """Invalids with a right to a pension."""
    if t == 0:
        return 0.0
    return invalids(t) * claim_share[1, whole("sex"), int(row(t)), int(service(t - 1))]


@variable()
def claims_death(t):
    """Dead members who leave a pension."""
    if t == 0:
        return 0.0
    return deaths(t) * claim_share[2, whole("sex"), int(row(t)), int(service(t - 1))]


@variable()
def amount_old_age(t):
    """New pensions of the retired."""
    if t == 0:
        return 0.0
    return (
        stayers(t) * pension_rate[0, whole("sex"), int(row(t)), int(service(t - 1))]
        * earnings[0, t - 1, whole("sex"), int(row(t))]
    )


@variable()
def amount_invalidity(t):
    """New pensions of invalids."""
    if t == 0:
        return 0.0
    return (
        invalids(t) * pension_rate[1, whole("sex"), int(row(t)), int(service(t - 1))]
        * earnings[1, t - 1, whole("sex"), int(row(t))]
    )


@variable()
def amount_death(t):
    """Pensions left by members."""
    if t == 0:
        return 0.0
    return (
        deaths(t) * pension_rate[2, whole("sex"), int(row(t)), int(service(t - 1))]
        * earnings[2, t - 1, whole("sex"), int(row(t))]
    )


@variable()
def members(t):
    """Members on 31 December."""
    if t == 0:
        return main.get("members_0")
    return stayers(t) - retirements(t)


@variable()
def lives(t):
    """Probability of a pensioner to outlive year t."""
    if t == 0:
        return 0.0
    return survival[t - 1, whole("sex"), int(age(t - 1))]


@variable()
def spouse_lives(t):
    """The same of a survivor."""
    if t == 0:
        return 0.0
    return survival[t - 1, 1 - whole("sex"), int(spouse_age(t - 1))]


@variable()
def loss(t):
    """Those who start at mid-year and end within it."""
    if t == 0:
        return 0.0
    return half_year_loss[t - 1, whole("sex"), int(age(t))]


@variable()
def spouse_loss(t):
    """The same of survivors."""
    if t == 0:
        return 0.0
    return half_year_loss[t - 1, 1 - whole("sex"), int(spouse_age(t))]


@variable()
def retired(t):
    """Old-age pensioners."""
    if t == 0:
        return 0.0
    return retired(t - 1) * lives(t) + retirements(t)


@variable()
def retired_mass(t):
    """Their pensions."""
    if t == 0:
        return 0.0
    return retired_mass(t - 1) * lives(t) * (1.0 + increase[t - 1]) + amount_old_age(t)


@variable()
def invalid(t):
    """Invalidity pensioners."""
    if t == 0:
        return 0.0
    return invalid(t - 1) * lives(t) + claims_invalidity(t) * (1.0 - loss(t))


@variable()
def invalid_mass(t):
    """Their pensions."""
    if t == 0:
        return 0.0
    return (
        invalid_mass(t - 1) * lives(t) * (1.0 + increase[t - 1]) + amount_invalidity(t)
        * (1.0 - loss(t))
    )


@variable()
def leaving_widows(t):
    """Dead members and pensioners."""
    if t == 0:
        return 0.0
    return (
        claims_death(t) + (retired(t - 1) + invalid(t - 1)) * (1.0 - lives(t))
        + claims_invalidity(t) * loss(t)
    )


@variable()
def adjusted_mass(t):
    """Old-age and invalidity pensions before deaths, adjusted."""
    if t == 0:
        return 0.0
    return (retired_mass(t - 1) + invalid_mass(t - 1)) * (1.0 + increase[t - 1])


@variable()
def leaving_mass(t):
    """Pensions that they leave."""
    if t == 0:
        return 0.0
    left = adjusted_mass(t) * (1.0 - lives(t)) + amount_invalidity(t) * loss(t)
    return amount_death(t) + survivor_share * left


@variable()
def widowed(t):
    """New survivors."""
    if t == 0:
        return 0.0
    return leaving_widows(t) * married[whole("sex"), int(age(t))]


@variable()
def widowed_mass(t):
    """Their pensions."""
    if t == 0:
        return 0.0
    return leaving_mass(t) * married[whole("sex"), int(age(t))]


@variable()
def widows(t):
    """Survivors."""
    if t == 0:
        return 0.0
    return widows(t - 1) * spouse_lives(t) + widowed(t) * (1.0 - spouse_loss(t))


@variable()
def widows_mass(t):
    """Their pensions."""
    if t == 0:
        return 0.0
    return (
        widows_mass(t - 1) * spouse_lives(t) * (1.0 + increase[t - 1])
        + widowed_mass(t) * (1.0 - spouse_loss(t))
    )


@variable()
def payroll(t):
    """Earnings of the members."""
    if t == 0:
        return 0.0
    return 0.5 * (members(t - 1) + members(t)) * salary[t - 1, whole("sex"), int(age(t))]


@variable()
def paid_old_age(t):
    """Expenditure on old age."""
    if t == 0:
        return 0.0
    return (
        0.5
        * (retired_mass(t - 1) * (1.0 + early_part * increase[t - 1]) + retired_mass(t))
    )


@variable()
def paid_invalidity(t):
    """Expenditure on invalidity."""
    if t == 0:
        return 0.0
    return (
        0.5
        * (invalid_mass(t - 1) * (1.0 + early_part * increase[t - 1]) + invalid_mass(t))
    )


@variable()
def paid_widows(t):
    """Expenditure on survivors."""
    if t == 0:
        return 0.0
    return 0.5 * (widows_mass(t - 1) * (1.0 + early_part * increase[t - 1]) + widows_mass(t))


@variable()
def awards(t):
    """New pensions by number."""
    if t == 0:
        return 0.0
    return retirements(t) + claims_invalidity(t) + widowed(t)
