"""What shows assumptions says where they come from."""

from functools import cache

import pytest

from actuarial import report
from actuarial.report.basis_source import EMBEDDED_SOURCE, SAID, source_of_basis
from actuarial.report.content.building import build
from actuarial.report.document import Table
from actuarial.report.figures.pictures import ASSUMED
from actuarial.translation import language
from tests.report.content_data import pensions

ASSUMPTIONS = ("assumptions", "economy", "by_age_male", "by_age_female")


def stated(source):
    basis, scheme, result = pensions()
    return basis.assign_attrs(source=source), scheme, result


@cache
def document():
    basis, scheme, result = stated("Recensement de 2020.")
    return build(result, basis, scheme, language="fr")


def test_tables_of_assumptions_name_the_sources_of_the_basis():
    found = {one.name: one for one in document().blocks() if isinstance(one, Table)}
    said = {found[name].source for name in ASSUMPTIONS if name in found}
    assert len(found.keys() & ASSUMPTIONS) >= 3
    assert said == {"Hypothèses de l’évaluation\u202f: Recensement de 2020"}
    assert [name for name, one in found.items() if not one.source] == []


def test_figures_of_assumptions_name_the_sources_of_the_basis():
    basis, scheme, result = stated("Census of 2020")
    shown = report.pictures(result, basis, scheme)
    assert len(shown.keys() & ASSUMED) >= 3
    for name, one in shown.items():
        assert one.source.startswith("Assumptions of the valuation: Census of 2020") is (name in ASSUMED), name


@pytest.mark.parametrize("code", ["en", "fr", "es"])
def test_a_basis_may_state_no_source_and_that_of_the_library_is_said_in_the_language(code):
    basis, _, _ = stated("")
    say = language(code)
    assert source_of_basis(basis, say) == say("Assumptions of the valuation")
    assert say(SAID) in source_of_basis(basis.assign_attrs(source=EMBEDDED_SOURCE), say)
