"""Amending a scheme: paths, refusals, and the original that stays as it was."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from actuarial.dated import ramp, step
from actuarial.errors import BadScheme
from actuarial.forms import parse_scheme
from actuarial.pension import Flat, Indexation

TEXT = """name = "S"
currency = "LTD"
[insurable_earnings]
ceiling = { value = 100, per = "month" }
[[contributions]]
name = "employees"
payer = "employee"
rate = 0.05
[[benefit]]
form = "old_age"
retirement_age = 60
qualifying_years = 15
formula = { form = "final_average", accrual = 0.01, years = 5 }
indexation = "prices"
[[benefit]]
form = "widows"
share = 0.5
follows = ["old_age"]
"""


@pytest.fixture
def scheme():
    return parse_scheme(TEXT)


CHANGES = [
    ("old_age", {"retirement_age": {2025: 60, 2045: 65, "path": "ramp"}}, lambda s: s.benefit("old_age").retirement_age,
     ramp({2025: 60, 2045: 65})),
    ("old_age", {"retirement_age": ramp({2025: 60, 2045: 65})}, lambda s: s.benefit("old_age").retirement_age,
     ramp({2025: 60, 2045: 65})),
    ("old_age.formula", {"accrual": 0.02}, lambda s: s.benefit("old_age").formula.accrual, 0.02),
    ("old_age.indexation", {"month": 7}, lambda s: s.benefit("old_age").indexation, Indexation(prices=1.0, month=7)),
    ("old_age", {"formula": Flat(amount={"value": 9, "per": "year"})}, lambda s: s.benefit("old_age").formula,
     Flat(amount={"value": 9, "per": "year"})),
    ("widows", {"share": 0.6}, lambda s: s.benefit("widows").share, 0.6),
    ("employees", {"rate": {2025: 0.05, 2030: 0.06}}, lambda s: s.contribution("employees").rate,
     step({2025: 0.05, 2030: 0.06})),
    ("insurable_earnings", {"ceiling": None}, lambda s: s.insurable_earnings.ceiling, None),
    ("insurable_earnings.ceiling", {"per": "year"}, lambda s: s.insurable_earnings.ceiling.per, "year"),
    ("administration", {"share_of_benefits": 0.02}, lambda s: s.administration.share_of_benefits, 0.02),
    ("funding", {"target_reserve": 3.0}, lambda s: s.funding.target_reserve, 3.0),
    ("scheme", {"name": "Reform"}, lambda s: s.name, "Reform"),
]


@pytest.mark.parametrize(("path", "changes", "read", "expected"), CHANGES)
def test_a_field_is_changed_and_nothing_else(scheme, path, changes, read, expected):
    reform = scheme.amend(path, **changes)
    assert read(reform) == expected
    assert scheme == parse_scheme(TEXT), "the original is untouched"
    assert reform != scheme
    assert [b.name for b in reform.benefits] == ["old_age", "widows"]
    same = [part for part in ("insurable_earnings", "contributions", "benefits", "administration", "funding", "name")
            if getattr(reform, part) == getattr(scheme, part)]
    assert len(same) == 5


def test_numbers_of_numpy_are_numbers(scheme):
    timing = {"contributions": np.float32(0.25), "outgo": np.int64(1)}
    assert scheme.amend("funding", timing=np.float32(0.25)) == scheme.amend("funding", timing=0.25)
    assert scheme.amend("funding", timing=timing).funding.timing == {"contributions": 0.25, "outgo": 1.0}
    with pytest.raises(BadScheme, match="must be a fraction of the year between 0 and 1"):
        scheme.amend("funding", timing=np.float32(1.5))


def test_amendments_follow_each_other(scheme):
    reform = scheme.amend("old_age", retirement_age=65).amend("old_age.formula", accrual=0.02, maximum=0.8)
    assert (reform.benefit("old_age").retirement_age, reform.benefit("old_age").formula.accrual) == (65.0, 0.02)
    assert reform.amend("old_age", retirement_age=60).amend("old_age.formula", accrual=0.01, maximum=None) == scheme


REFUSALS = [
    ("old_aeg", {"x": 1}, r"amend: the scheme has no part 'old_aeg'; did you mean old_age\?$"),
    ("zzz", {"x": 1}, "the parts are employees, old_age, widows, insurable_earnings, administration, funding, scheme"),
    ("old_age", {"retirment_age": 65}, r"old_age.retirment_age: unknown key; did you mean retirement_age\?$"),
    ("old_age.formula", {"acrual": 1}, r"old_age.formula.acrual: unknown key; did you mean accrual\?$"),
    ("old_age.formla", {"accrual": 1}, r"amend: old_age has no part 'formla'; did you mean formula\?$"),
    ("old_age.retirement_age", {"x": 1}, "old_age has no part 'retirement_age'; the parts are formula, indexation"),
    ("funding.timing", {"outgo": 1}, "amend: funding has no part 'timing'; it has no parts"),
    ("old_age", {"retirement_age": 650}, r"old_age.retirement_age: must be <= 120 \(got 650.0\)"),
    ("old_age.formula", {"accrual": 2}, r"accrual: must be <= 1 \(got 2.0\); rates are fractions, did you mean 0.02\?"),
    ("old_age", {"formula": {"form": "flat"}}, "formula: a form is for scheme files; give an object here, such"),
    ("widows", {"follows": ("invalidity",)}, "widows.follows: 'invalidity' is no benefit of the scheme"),
    ("old_age", {"name": "pension"}, "widows.of: 'old_age' is no benefit of the scheme"),
    ("widows", {"name": "old_age"}, "old_age: the name is used twice"),
    ("scheme", {"benefits": ()}, "benefits: the scheme has no benefits"),
]


@pytest.mark.parametrize(("path", "changes", "text"), REFUSALS)
def test_a_wrong_amendment_is_refused(scheme, path, changes, text):
    with pytest.raises(BadScheme, match=text):
        scheme.amend(path, **changes)
    assert scheme == parse_scheme(TEXT)


def test_a_part_that_is_not_there(scheme):
    with pytest.raises(BadScheme, match=r"the scheme has no benefit 'widow'; did you mean widows\?$"):
        scheme.benefit("widow")
    with pytest.raises(BadScheme, match=r"the scheme has no contribution 'state'; the contributions are employees"):
        scheme.contribution("state")


def test_objects_are_frozen(scheme):
    with pytest.raises(FrozenInstanceError):
        scheme.benefit("old_age").retirement_age = 65
    with pytest.raises(FrozenInstanceError):
        scheme.name = "x"
