"""Every examples/*/cases.toml: one person in, the benefits that are due out."""

import tomllib
from pathlib import Path

import pytest

from actuarial.cases import person_benefits
from actuarial.forms import open_scheme

SCHEMES = Path(__file__).parents[2] / "examples"
KEYS = {"name", "article", "event", "person", "expected"}
AMOUNTS = {"per_month", "per_year", "once"}


def cases():
    """One parameter for each case of each scheme."""
    for file in sorted(SCHEMES.glob("*/cases.toml")):
        for case in tomllib.loads(file.read_text(encoding="utf-8"))["case"]:
            yield pytest.param(file.parent / "scheme.toml", case, id=f"{file.parent.name}: {case['name']}")


def test_there_are_cases_and_each_scheme_has_its_source():
    assert len(list(cases())) >= 2
    for file in SCHEMES.glob("*/scheme.toml"):
        if "member_group" in file.read_text(encoding="utf-8") or file.parent.name.startswith("own_"):
            continue  # health care has no cases of one person, forms of one's own have tests of their own
        assert (file.parent / "cases.toml").exists(), file
        assert (file.parent / "SOURCE.md").exists(), file


@pytest.mark.parametrize(("scheme", "case"), list(cases()))
def test_case(scheme, case):
    assert set(case) == KEYS
    due = person_benefits(open_scheme(scheme), event=case["event"], **case["person"])
    assert set(due) == set(case["expected"])
    for benefit, amounts in case["expected"].items():
        assert amounts, f"{benefit}: no amount is expected"
        assert set(amounts) <= AMOUNTS
        for word, amount in amounts.items():
            assert getattr(due[benefit], word) == pytest.approx(amount, rel=1e-12, abs=1e-9), f"{benefit}.{word}"
