"""Schemes of examples/schemes: persons whose amounts were worked out from the words of the law, before any file."""

import tomllib
from pathlib import Path

import pytest

from actuarial.cases import person_benefits
from actuarial.forms import open_scheme
from tests.cases.scheme_economy import economy, family, yearly

SCHEMES = Path(__file__).parents[2] / "examples" / "schemes"
LAWS = ("defined_benefit", "points")
AMOUNTS = {"per_month", "per_year", "once"}


def stated(law):
    """The file of cases of a law."""
    return tomllib.loads((SCHEMES / law / "cases.toml").read_text(encoding="utf-8"))


def cases():
    """One parameter for each case of each law."""
    for law in LAWS:
        for case in stated(law)["case"]:
            yield pytest.param(law, case, id=f"{law}: {case['name']}")


@pytest.fixture(scope="module")
def opened():
    """The scheme and the economy of each law."""
    return {law: (open_scheme(SCHEMES / law / "scheme.toml"), economy(stated(law)["economy"])) for law in LAWS}


@pytest.mark.parametrize(("law", "case"), list(cases()))
def test_case(law, case, opened):
    scheme, basis = opened[law]
    found = person_benefits(scheme, event=case["event"], basis=basis, family=family(case), **yearly(case["person"]))
    due = {name: one for name, one in found.items() if one.amount > 0.0}
    assert set(due) == set(case["expected"])
    for name, amounts in case["expected"].items():
        assert set(amounts) <= AMOUNTS
        for word, amount in amounts.items():
            assert getattr(due[name], word) == pytest.approx(amount, rel=1e-12), f"{name}.{word}"


def test_every_law_has_25_persons_and_its_source():
    for law in LAWS:
        assert len(stated(law)["case"]) == 25
        assert (SCHEMES / law / "SOURCE.md").exists()
