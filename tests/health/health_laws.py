"""The laws of the second computation, typed by hand as dicts from the texts of the laws."""

OWN_GROUPS = ("private", "public", "self_employed", "pensioners")


def kept(value, index):
    """An amount of 2025 that follows an index."""
    return {"step": {2025: value}, "index": index}


def reviewed(*values):
    """Amounts of the years in which they are set anew; they follow wages in between."""
    return {"step": dict(zip((2025, 2030, 2036, 2050, 2065, 2080), values, strict=True)), "index": "wages"}


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
            "selection": 0.35,
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
            "rate": {"step": {2025: 0.025, 2026: 0.03, 2036: 0.0325, 2055: 0.035, 2070: 0.04, 2085: 0.0475}},
            "floor": kept(4_200.0, "wages"), "ceiling": kept(36_000.0, "wages"),
        },
        {
            "name": "employers", "payer": "employer", "base": "earnings", "groups": WAGE_EARNERS, "collected": 0.96,
            "rate": {"step": {2025: 0.03, 2026: 0.035, 2036: 0.0375, 2055: 0.04, 2070: 0.045, 2085: 0.0525}},
            "floor": kept(4_200.0, "wages"), "ceiling": kept(36_000.0, "wages"),
        },
        {
            "name": "self_employed_members", "payer": "member", "base": "earnings", "groups": ("self_employed",),
            "rate": {"step": {2025: 0.05, 2026: 0.065, 2036: 0.07, 2055: 0.075, 2070: 0.085, 2085: 0.1}},
            "floor": kept(4_200.0, "wages"), "collected": 0.85,
        },
        {
            "name": "pensions", "payer": "pensioner", "base": "pension", "groups": ("pensioners",),
            "rate": {"step": {2025: 0.02, 2029: 0.03}},
        },
        {
            "name": "premiums", "payer": "member", "base": "head", "groups": ("informal",), "collected": 0.9,
            "amount": reviewed(80.0, 106.0, 150.0, 320.0, 690.0, 1420.0),
        },
        {
            "name": "state_for_the_poor", "payer": "state", "base": "head", "groups": ("poor",),
            "amount": reviewed(110.0, 152.0, 235.0, 510.0, 1120.0, 2300.0),
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

INDEXED_CEILING = {"step": {2023: 150_000.0, 2026: 190_000.0}, "index": "prices"}
AWKWARD = {
    "groups": (
        {"name": "workers", "form": "insured", "of": ("private",), "share": {"ramp": {2024: 0.9, 2030: 1.0}}},
        {"name": "officials", "form": "insured", "of": ("public",)},
        {
            "name": "traders", "form": "employed", "share": 0.11, "from_age": 16, "to_age": 70,
            "effective": {"step": {2024: 0.9, 2026: 0.8}},
        },
        {
            "name": "retired", "form": "pensioners", "of": ("old_age", "invalidity"), "overlap": 0.07, "from_age": 45,
            "enrolment": 0.97,
        },
        {
            "name": "refugees", "form": "refugees", "enrolment": {"step": {2024: 0.0, 2026: 0.6}}, "selection": 0.2,
            "first_use": 0.3, "catching_up": 1.3,
        },
        {
            "name": "families", "form": "dependants", "of": ("workers", "officials", "retired"), "children_below": 16,
            "enrolment": 0.93,
        },
        {
            "name": "kin", "form": "dependants", "of": ("refugees", "traders"), "to_age": 30,
            "ratio": {"ramp": {2024: 0.4, 2028: 0.5}},
        },
        {
            "name": "village", "form": "population", "share": {"male": 0.3, "female": 0.35}, "selection": 0.6,
            "first_use": {"step": {2025: 0.4, 2027: 0.7}}, "catching_up": 0.9,
            "enrolment": {"step": {2024: 0.0, 2026: 0.35, 2028: 0.2}},
        },
        {"name": "students", "form": "population", "share": 0.06, "remaining": False, "from_age": 18, "to_age": 25},
        {"name": "rest", "form": "rest", "enrolment": 0.1, "effective": 0.7},
    ),
    "services": (
        {
            "name": "clinic", "covered": {"ramp": {2024: 0.8, 2027: 1.0}},
            "pay": {"form": "own", "fixed": {"ramp": {2025: 0.7, 2028: 0.4}}, "growth": -0.01},
            "coinsurance": 0.07, "exempt": ("village", "students"),
        },
        {
            "name": "doctor", "coinsurance": 0.08,
            "pay": {"form": "mixture", "parts": (
                ({"ramp": {2024: 0.5, 2029: 0.1}}, {"form": "head"}),
                ({"ramp": {2024: 0.2, 2029: 0.3}}, {"form": "head", "risk": False}),
                ({"ramp": {2024: 0.3, 2029: 0.6}}, {"form": "fee", "budget": {"step": {2024: 4.1e8, 2026: 4.6e8}}}),
            )},
        },
        {
            "name": "drugs", "pay": {"form": "fee"}, "coinsurance": 0.12, "deductible": {"step": {2024: 130.0},
            "index": "prices"}, "maximum": 900.0, "exempt": ("kin",),
        },
        {
            "name": "surgery", "covered": 0.93, "pay": {"form": "case", "creep": {"ramp": {2025: 0.02, 2028: -0.01}}},
            "copay": {"step": {2023: 700.0, 2026: 900.0}, "index": "wages"},
        },
        {
            "name": "stays", "groups": ("workers", "officials", "retired", "refugees"), "coinsurance": 0.05,
            "pay": {"form": "day", "growth": -0.02}, "deductible": 300.0,
        },
        {
            "name": "rides", "covered": {"step": {2024: 0.6, 2026: 0.7}},
            "pay": {"form": "budget", "index": "wages", "growth": -0.01, "capped": True},
        },
        {
            "name": "teeth", "pay": {"form": "fee"}, "coinsurance": {"step": {2024: 1.0, 2026: 0.55}},
            "exempt": ("retired",),
        },
        {
            "name": "scans", "covered": {"ramp": {2024: 0.0, 2027: 0.9}}, "pay": {"form": "fee"}, "coinsurance": 0.1,
            "copay": {"step": {2024: 55.0}, "index": "prices"},
        },
        {"name": "points", "pay": {"form": "fee", "budget": {"step": {2024: 8.1e7}, "index": "wages"}}},
        {"name": "checks", "covered": {"step": {2024: 0.0, 2026: 0.5}}, "pay": {"form": "head"}},
    ),
    "lines": (
        {
            "name": "members", "payer": "member", "base": "earnings", "rate": 0.021, "collected": 0.93,
            "groups": ("workers", "officials", "traders"), "floor": {"step": {2024: 40_000.0}, "index": "wages"},
            "ceiling": INDEXED_CEILING,
        },
        {
            "name": "employers", "payer": "employer", "base": "earnings", "groups": ("workers",), "collected": 0.9,
            "rate": {"step": {2024: 0.024, 2027: 0.028}},
        },
        {
            "name": "offices", "payer": "state", "base": "earnings", "rate": 0.043, "groups": ("officials",),
            "ceiling": INDEXED_CEILING,
        },
        {
            "name": "pensions", "payer": "pensioner", "base": "pension", "rate": 0.035, "groups": ("retired",),
            "collected": 0.98,
        },
        {
            "name": "heads", "payer": "member", "base": "head", "groups": ("village", "students"), "collected": 0.77,
            "amount": {"step": {2024: 1_100.0}, "index": "prices"},
        },
        {"name": "houses", "payer": "member", "base": "household", "groups": ("families", "kin"), "amount": 2_000.0},
        {
            "name": "match", "payer": "state", "base": "contribution", "of": ("heads", "houses"),
            "groups": ("village", "families"), "rate": {"ramp": {2024: 0.5, 2028: 0.1}},
        },
        {"name": "more", "payer": "other", "base": "contribution", "of": ("match", "members"), "rate": 0.07},
        {
            "name": "donor_a", "payer": "donor", "base": "budget", "groups": ("refugees", "village"),
            "collected": 0.95, "amount": {"ramp": {2024: 5e7, 2027: 0.0}},
        },
        {"name": "donor_b", "payer": "donor", "base": "budget", "amount": {"step": {2024: 2e7}, "index": "prices"}},
        {"name": "guard", "payer": "state", "base": "deficit", "rate": 0.5},
        {"name": "levy", "payer": "member", "base": "deficit", "rate": 0.3, "groups": ("workers",)},
    ),
    "cash": (
        {
            "name": "sickness", "event": "sickness", "rate": 0.65, "waiting": 2.5, "maximum": 40.5, "entitled": 0.81,
            "groups": ("workers", "traders"), "floor": 30_000.0,
            "ceiling": {"step": {2024: 160_000.0}, "index": "wages"},
        },
        {
            "name": "maternity", "event": "birth", "rate": 0.9, "weeks": {"ramp": {2024: 12.0, 2028: 16.0}},
            "take_up": 0.7,
        },
        {
            "name": "paternity", "event": "paternity", "rate": 1.0, "days": 7.5, "groups": ("officials", "workers"),
            "ceiling": 150_000.0,
        },
        {
            "name": "funeral", "event": "death", "amount": {"step": {2024: 4_000.0}, "index": "prices"},
            "take_up": 0.9,
        },
    ),
    "administration": {
        "earnings": 0.0007, "contributions": 0.03, "benefits": 0.02,
        "fixed": {"step": {2024: 7e6}, "index": "prices"},
    },
    "fund": {
        "months": {"step": {2024: 2.0, 2026: 4.5}}, "household": 4.3, "within_year": "simple", "elasticity": -0.2,
        "timing": {"contributions": 0.45, "outgo": 0.55, "other_income": 0.8},
    },
}  # fmt: skip
