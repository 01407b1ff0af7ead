"""What somebody states beside the law and the basis, from a file and in Python."""

from datetime import date
from fractions import Fraction

import pytest

from actuarial.errors import BadInput
from actuarial.standards import Allowances, Counts, Facts, Resources, assess, read_facts
from tests.standards.laws import BASE, level_basis, only

LEVEL = level_basis()


def test_numbers_that_somebody_states():
    facts = Facts(persons=Counts(employees=10_000_000, employees_protected=5_000_000))
    found = only(assess(BASE, LEVEL, facts=facts), "C102", "V", "persons")
    assert (found.alternative, found.value, found.verdict) == ("27(a)", Fraction(1, 2), "pass")


def test_studies_and_changes():
    facts = Facts(studies=(date(2020, 1, 1),), changes=(date(2021, 1, 1), date(2022, 1, 1)))
    found = only(assess(BASE, LEVEL, facts=facts), "C102", "", "financing", "71(3)")
    assert (found.value, found.threshold) == (1, 2)
    assert found.verdict != "pass"
    assert only(assess(BASE, LEVEL), "C102", "", "financing", "71(3)").verdict == "undetermined"


def test_facts_from_a_file(tmp_path):
    path = tmp_path / "facts.toml"
    path.write_text(
        'group = "public"\ndeclarations = ["C102"]\nstudies = [2020-01-01]\n[wages]\nfitter = 1200\n'
        'classes = [[500, 3], [900, 1]]\n[allowances]\nwork = 80\n[[branches]]\npart = "VI"\nemployees = 0\n'
        "others = 5\n"
    )
    facts = read_facts(path)
    assert (facts.wages.fitter, [tuple(one) for one in facts.wages.classes]) == (1200, [(500, 3), (900, 1)])
    assert facts.allowances == Allowances(contingency=0, work=80)
    assert facts.branches == (Resources(part="VI", employees=0, others=5),)
    assert (facts.studies, facts.declarations) == ((date(2020, 1, 1),), frozenset({"C102"}))
    path.write_text("[wages]\nfiter = 1200\n")
    with pytest.raises(BadInput, match=r"facts.toml, \[wages\]: there is no fiter; there are fitter"):
        read_facts(path)
    path.write_text("wages = 3\n")
    with pytest.raises(BadInput, match="must be a table"):
        read_facts(path)
    path.write_text("wages = \n")
    with pytest.raises(BadInput, match="not readable as TOML at column 9"):
        read_facts(path)
    with pytest.raises(BadInput, match=r"the facts cannot be read: No such file .*\n  Give the path .* \[wages\], "):
        read_facts(path.with_name("none.toml"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("age_at_invalidity = -4", "age_at_invalidity: must be a whole number from 15 to 75"),
        ("age_at_death = 200", "age_at_death: must be a whole number from 15 to 75"),
        ("review_years = 0", "review_years: must be a whole number of 1 or more"),
        ("residence = 3", "residence: must be true or false"),
        ('[findings]\nno_hardship = "no"', r"\[findings\], no_hardship: must be true or false"),
        ('[care.items]\n"stay" = "no"', r"\[care.items\], stay: must be true or false"),
        ('studies = ["last year"]', "studies: must be a list of dates"),
        ("changes = [2024-06-30T10:00:00]", "changes: must be a list of dates"),
        ('declarations = ["C999"]', "declarations: there is no C999; there are C102"),
    ],
)
def test_a_fact_that_cannot_be_meant(tmp_path, text, said):
    path = tmp_path / "facts.toml"
    path.write_text(text + "\n")
    with pytest.raises(BadInput, match=rf"facts\.toml, {said}"):
        read_facts(path)
