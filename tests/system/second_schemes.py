"""Two laws, typed in a second time as plain numbers for the second computation, and one of them as a scheme file."""

YEAR = 12.0
MIX = {"prices": 0.5, "wages": 0.5, "lag": 1}

AVANIA = {
    "floor": {"values": {2025: 350 * YEAR}, "indexed": "wages"},
    "ceiling": {"values": {2025: 3_000 * YEAR}, "indexed": "wages"},
    "lines": [
        {
            "name": "employees", "payer": "employee", "groups": ["private", "public"],
            "rate": {1992: 0.02, 2003: 0.025, 2028: 0.03, 2033: 0.04},
        },
        {
            "name": "employers", "payer": "employer", "groups": ["private", "public"],
            "rate": {1992: 0.03, 2003: 0.035, 2028: 0.045, 2033: 0.055},
        },
        {
            "name": "self_employed", "payer": "self_employed", "groups": ["self_employed"],
            "rate": {1992: 0.05, 2003: 0.06, 2028: 0.075, 2033: 0.095},
        },
        {"name": "minimum_guarantee", "payer": "state", "base": "minimum"},
    ],
    "benefits": {
        "old_age": {
            "form": "old_age", "retirement_age": ("ramp", {2030: 60, 2045: 65, 2060: 67}), "qualifying_years": 15,
            "retirement_rate": 0.85, "claim_rate_late": 0.5, "payments": 13, "indexation": MIX,
            "formula": [{
                "base_rate": 0.20, "base_years": 15, "accrual": 0.0133, "years": 5, "revaluation": "wages",
                "maximum": 0.60, "minimum_pension": {"values": {2025: 230 * YEAR}, "indexed": "wages"},
            }],
        },
        "old_age_grant": {
            "form": "old_age_grant", "months": 1.5, "years": 3, "revaluation": "wages", "claim_rate": 0.6,
        },
        "invalidity": {
            "form": "invalidity", "qualifying_years": 5, "of": "old_age", "projected_to_age": 60,
            "projected_share": 0.5, "payments": 13, "indexation": MIX,
        },
        "widows": {
            "form": "widows", "share": 0.50, "spouses": "widows", "qualifying_years": 10, "payments": 13,
            "indexation": MIX, "follows": ("old_age", "invalidity"),
        },
        "orphans": {
            "form": "orphans", "share": 0.20, "until_age": 18, "qualifying_years": 5, "payments": 13,
            "indexation": MIX, "follows": ("old_age", "invalidity"),
        },
        "funeral_grant": {"form": "funeral_grant", "months": 2, "follows": ("old_age", "invalidity")},
    },
    "administration": {"share_of_contributions": 0.06, "share_of_benefits": 0.01},
    "target_reserve": 2,
}  # fmt: skip

EVERY_FORM = {
    "floor": {"values": {2025: 50_000.0}, "indexed": "prices"},
    "ceiling": {"values": {2024: 25_000 * YEAR, 2030: 35_000 * YEAR}, "indexed": "wages"},
    "lines": [
        {"name": "members", "payer": "employee", "rate": {2015: 0.04, 2025: 0.05, 2029: 0.06}},
        {
            "name": "firms", "payer": "employer", "groups": ["private"], "rate": ("ramp", {2026: 0.07, 2034: 0.09}),
            "ceiling": {"values": {2025: 200_000.0}, "indexed": "wages"},
        },
        {"name": "treasury", "payer": "employer", "groups": ["public"], "rate": 0.10},
        {"name": "grant", "payer": "state", "base": "fixed", "amount": {"values": {2025: 1e8}, "indexed": "prices"}},
        {"name": "third", "payer": "state", "base": "benefit", "of": ["old_age", "widows"], "rate": 0.3},
        {"name": "minimum", "payer": "other", "base": "minimum", "rate": 0.5},
    ],
    "benefits": {
        "old_age": {
            "form": "old_age", "retirement_age": ("ramp", {2026: 60, 2034: 62}), "qualifying_years": 10,
            "retirement_rate": 0.7, "early_age": 57, "early_rate": 0.1, "early_reduction": 0.05,
            "late_increase": 0.04, "indexation": {"prices": 1.0, "month": 7},
            "formula": [
                {
                    "accrual": [(0.0, 0.02), (20.0, 0.015)], "years": 4, "revaluation": "prices", "minimum": 0.25,
                    "maximum": 0.70, "minimum_pension": {"values": {2025: 3_000 * YEAR}, "indexed": "prices"},
                    "maximum_pension": {"values": {2025: 12_000 * YEAR}},
                },
                {"amount": {"values": {2025: 500 * YEAR}, "indexed": "wages"}, "full_years": 30},
            ],
        },
        "old_age_grant": {
            "form": "old_age_grant", "months": 1.0, "years": 2, "revaluation": "none", "capped": False,
            "claim_rate": 0.4,
        },
        "refund": {
            "form": "refund", "contributions": ["members", "treasury"], "share": 0.9, "interest": 0.02,
            "claim_rate": 0.3,
        },
        "invalidity": {
            "form": "invalidity", "qualifying_years": 3, "projected_to_age": 60, "payments": 14,
            "indexation": {"wages": 0.8, "fixed": 0.002, "lag": 2},
            "formula": [{
                "base_rate": 0.3, "base_years": 10, "accrual": 0.01, "completed_years": True, "years": 1,
                "revaluation": "none", "maximum": 0.6,
            }],
        },
        "invalidity_grant": {
            "form": "old_age_grant", "months": 2.0, "years": 1, "revaluation": "none", "on": "invalidity",
            "instead_of": "invalidity",
        },
        "widows": {
            "form": "widows", "share": 0.6, "qualifying_years": 3, "claim_rate": 0.9, "of": "invalidity",
            "follows": ("old_age", "invalidity"), "indexation": {"prices": 1.0, "month": 4},
        },
        "orphans": {
            "form": "orphans", "share": 0.25, "until_age": 17.5, "qualifying_years": 3,
            "follows": ("old_age", "invalidity"), "indexation": {"fixed": 0.01},
        },
        "funeral_grant": {
            "form": "funeral_grant", "amount": 20_000.0, "qualifying_years": 1, "claim_rate": 0.8,
            "follows": ("old_age", "invalidity", "widows"),
        },
    },
    "administration": {
        "share_of_earnings": 0.004, "share_of_contributions": 0.02, "share_of_benefits": 0.01,
        "fixed": {"values": {2025: 5e7}, "indexed": "wages"},
    },
    "target_reserve": 3,
}  # fmt: skip

EVERY_FORM_FILE = """
name     = "Every form"
currency = "LTD"

[insurable_earnings]
floor   = { 2025 = 50_000, per = "year", indexed = "prices" }
ceiling = { 2024 = 25_000, 2030 = 35_000, per = "month", indexed = "wages" }

[[contributions]]
name  = "members"
payer = "employee"
rate  = { 2015 = 0.04, 2025 = 0.05, 2029 = 0.06 }

[[contributions]]
name    = "firms"
payer   = "employer"
groups  = ["private"]
rate    = { 2026 = 0.07, 2034 = 0.09, path = "ramp" }
ceiling = { 2025 = 200_000, per = "year", indexed = "wages" }

[[contributions]]
name   = "treasury"
payer  = "employer"
groups = ["public"]
rate   = 0.10

[[contributions]]
name   = "grant"
payer  = "state"
base   = "fixed"
amount = { 2025 = 100_000_000, per = "year", indexed = "prices" }

[[contributions]]
name  = "third"
payer = "state"
base  = "benefit"
of    = ["old_age", "widows"]
rate  = 0.3

[[contributions]]
name  = "minimum"
payer = "other"
base  = "minimum"
rate  = 0.5

[[benefit]]
form             = "old_age"
retirement_age   = { 2026 = 60, 2034 = 62, path = "ramp" }
qualifying_years = 10
retirement_rate  = 0.7
early_age        = 57
early_rate       = 0.1
early_reduction  = 0.05
late_increase    = 0.04
indexation       = { prices = 1.0, month = 7 }

[[benefit.formula]]
form            = "final_average"
accrual         = [ { above = 0, rate = 0.02 }, { above = 20, rate = 0.015 } ]
years           = 4
revaluation     = "prices"
minimum         = 0.25
maximum         = 0.70
minimum_pension = { 2025 = 3_000, per = "month", indexed = "prices" }
maximum_pension = { 2025 = 12_000, per = "month" }

[[benefit.formula]]
form       = "flat"
amount     = { 2025 = 500, per = "month", indexed = "wages" }
full_years = 30

[[benefit]]
form        = "old_age_grant"
months      = 1.0
years       = 2
revaluation = "none"
capped      = false
claim_rate  = 0.4

[[benefit]]
form          = "refund"
contributions = ["members", "treasury"]
share         = 0.9
interest      = 0.02
claim_rate    = 0.3

[[benefit]]
form             = "invalidity"
qualifying_years = 3
projected_to_age = 60
payments         = 14
indexation       = { wages = 0.8, fixed = 0.002, lag = 2 }

[benefit.formula]
form            = "final_average"
base_rate       = 0.3
base_years      = 10
accrual         = 0.01
completed_years = true
years           = 1
revaluation     = "none"
maximum         = 0.6

[[benefit]]
name        = "invalidity_grant"
form        = "old_age_grant"
on          = "invalidity"
instead_of  = "invalidity"
months      = 2.0

[[benefit]]
form             = "widows"
share            = 0.6
qualifying_years = 3
claim_rate       = 0.9
of               = "invalidity"
indexation       = { prices = 1.0, month = 4 }

[[benefit]]
form             = "orphans"
share            = 0.25
until_age        = 17.5
qualifying_years = 3
indexation       = { fixed = 0.01 }

[[benefit]]
form             = "funeral_grant"
amount           = { value = 20_000, per = "once" }
qualifying_years = 1
claim_rate       = 0.8
follows          = ["old_age", "invalidity", "widows"]

[administration]
share_of_earnings      = 0.004
share_of_contributions = 0.02
share_of_benefits      = 0.01
fixed                  = { 2025 = 50_000_000, per = "year", indexed = "wages" }

[funding]
target_reserve = 3
timing         = 0.5
"""
