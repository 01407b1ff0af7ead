"""The laws of the second computation, typed by hand as dicts from the texts of the laws."""

OWN_GROUPS = ("private", "public", "self_employed", "pensioners")


def kept(value, index):
    """An amount of 2025 that follows an index."""
    return {"step": {2025: value}, "index": index}


FREE = ("poor", "pensioners")
WAGE_EARNERS = ("private", "public")
AVANIA = {
    "groups": (
        {"name": "private", "form": "insured", "of": ("private",)},
        {"name": "public", "form": "insured", "of": ("public",)},
        {"name": "self_employed", "form": "insured", "of": ("self_employed",)},
        {"name": "pensioners", "form": "pensioners", "of": ("old_age", "invalidity", "widows"), "overlap": 0.04},
        {"name": "dependants", "form": "dependants", "of": OWN_GROUPS, "children_below": 18, "enrolment": 0.9},
        {"name": "poor", "form": "population", "share": {"ramp": {2025: 0.18, 2045: 0.12}}},
        {
            "name": "informal", "form": "population", "share": 0.7, "enrolment": {"ramp": {2025: 0.15, 2040: 0.55}},
            "selection": 0.35, "first_use": 0.6, "catching_up": 0.7,
        },
        {"name": "uninsured", "form": "rest"},
    ),
    "services": (
        {"name": "primary_care", "pay": {"form": "own", "fixed": 0.65, "growth": 0.012}},
        {
            "name": "outpatient",
            "pay": {"form": "mixture", "parts": (
                ({"ramp": {2025: 0.2, 2032: 0.7}}, {"form": "head"}),
                ({"ramp": {2025: 0.8, 2032: 0.3}}, {"form": "fee"}),
            )},
        },
        {"name": "specialist", "pay": {"form": "fee"}, "coinsurance": 0.15, "exempt": FREE},
        {"name": "laboratory", "pay": {"form": "fee"}, "coinsurance": 0.10, "exempt": FREE},
        {
            "name": "drugs", "pay": {"form": "fee"}, "coinsurance": 0.2, "copay": kept(0.7, "prices"),
            "exempt": ("poor",),
        },
        {
            "name": "inpatient", "pay": {"form": "case", "creep": {"ramp": {2025: 0.01, 2035: 0.0}}},
            "copay": kept(20.0, "prices"), "exempt": FREE,
        },
        {"name": "surgery", "pay": {"form": "case", "creep": 0.002}},
        {"name": "delivery", "pay": {"form": "case"}},
        {"name": "dialysis", "pay": {"form": "fee"}, "maximum": kept(240.0, "prices")},
        {"name": "oncology", "pay": {"form": "fee"}, "maximum": kept(3500.0, "prices")},
        {
            "name": "rehabilitation", "covered": 0.8, "pay": {"form": "day", "growth": -0.005},
            "groups": (*OWN_GROUPS, "dependants", "poor"),
        },
        {"name": "emergency_transport", "pay": {"form": "budget", "index": "wages", "growth": 0.01}},
    ),
    "lines": (
        {
            "name": "employees", "payer": "member", "base": "earnings", "groups": WAGE_EARNERS, "collected": 0.96,
            "rate": {"step": {2025: 0.025, 2029: 0.0275, 2036: 0.03}},
            "floor": kept(4_200.0, "wages"), "ceiling": kept(36_000.0, "wages"),
        },
        {
            "name": "employers", "payer": "employer", "base": "earnings", "groups": WAGE_EARNERS, "collected": 0.96,
            "rate": {"step": {2025: 0.03, 2029: 0.0325, 2036: 0.035}},
            "floor": kept(4_200.0, "wages"), "ceiling": kept(36_000.0, "wages"),
        },
        {
            "name": "self_employed_members", "payer": "member", "base": "earnings", "groups": ("self_employed",),
            "rate": {"step": {2025: 0.05, 2029: 0.055}}, "floor": kept(4_200.0, "wages"), "collected": 0.85,
        },
        {
            "name": "pensions", "payer": "pensioner", "base": "pension", "groups": ("pensioners",),
            "rate": {"step": {2025: 0.02, 2029: 0.03}},
        },
        {
            "name": "premiums", "payer": "member", "base": "head", "groups": ("informal",), "collected": 0.9,
            "amount": kept(60.0, "wages"),
        },
        {
            "name": "state_for_the_poor", "payer": "state", "base": "head", "groups": ("poor",),
            "amount": kept(150.0, "wages"),
        },
        {"name": "state_for_premiums", "payer": "state", "base": "contribution", "of": ("premiums",), "rate": 1.0},
        {
            "name": "donors", "payer": "donor", "base": "budget", "groups": ("poor", "informal"),
            "amount": {"ramp": {2025: 18e6, 2036: 0.0}},
        },
    ),
    "cash": (
        {
            "name": "sickness", "event": "sickness", "rate": 0.6, "waiting": 3.0, "maximum": 180.0,
            "groups": WAGE_EARNERS, "entitled": 0.9, "take_up": 0.7,
        },
        {
            "name": "maternity", "event": "birth", "rate": 0.8, "weeks": 14.0, "ceiling": kept(36_000.0, "wages"),
            "groups": WAGE_EARNERS, "entitled": 0.85,
        },
        {"name": "funeral", "event": "death", "amount": kept(300.0, "prices"), "groups": OWN_GROUPS},
    ),
    "administration": {"contributions": 0.05, "benefits": 0.015},
    "fund": {"months": 3.0, "timing": {"contributions": 0.5, "other_income": 0.5, "outgo": 0.5}},
}  # fmt: skip
