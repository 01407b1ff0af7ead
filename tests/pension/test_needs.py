"""What a law reads of families is asked for where the law has survivors or dependants, and only there."""

import pytest
import xarray as xr

import actuarial as ac
from actuarial.errors import MissingVariable
from actuarial.pension import DependantsSupplement, FinalAverage, MinimumInPayment, OldAge, Orphans, Widows
from actuarial.readers import open_workbook, write_workbook
from actuarial.readiness import check_basis
from actuarial.scheme import Contribution, Scheme
from actuarial.translation import language, message_of, told
from tests.reference.small import small_basis

MARRIED, GAP, SPREAD = FAMILIES = ("married_share", "spouse_age_gap", "spouse_age_sd")
BASIS = small_basis()
BASIS = BASIS.assign(pensioners_0=0.0 * BASIS["pensioners_0"])
OLD_AGE = OldAge(retirement_age=60, qualifying_years=5, formula=FinalAverage(accrual=0.02, years=5))
TOPPED_UP = MinimumInPayment(accompanies=("old_age",), minimum={"value": 100, "per": "month"})
LINE = Contribution(name="members", payer="employee", rate=0.1)
FOLLOWS = {"follows": ("old_age",)}
SPOUSE = {"accompanies": ("old_age",), "spouse_share": 0.1}
CHILD = {"accompanies": ("old_age",), "child_share": 0.1}


def law(*others):
    return Scheme(name="S", currency="LTD", contributions=(LINE,), benefits=(OLD_AGE, *others))


def test_a_law_without_families_needs_none_of_them():
    law_, without = law(TOPPED_UP), BASIS.drop_vars(FAMILIES)
    check_basis(without, law_)
    xr.testing.assert_identical(ac.project(without, law_).drop_attrs(), ac.project(BASIS, law_).drop_attrs())


def test_a_workbook_without_them_comes_back(tmp_path):
    without = BASIS.drop_vars(FAMILIES)
    write_workbook(tmp_path / "inputs.xlsx", basis=without, scheme=law())
    basis, scheme = open_workbook(tmp_path / "inputs.xlsx")
    assert not set(FAMILIES) & set(basis.data_vars)
    check_basis(basis, scheme)


NEEDED = {
    "widows": (Widows(share=0.6, **FOLLOWS), FAMILIES),
    "orphans": (Orphans(share=0.2, until_age=18, **FOLLOWS), (GAP, SPREAD)),
    "for a spouse": (DependantsSupplement(**SPOUSE), FAMILIES),
    "for children": (DependantsSupplement(**CHILD), (GAP, SPREAD)),
    "widows given": (Widows(share=0.6, families="given", **FOLLOWS), ("spouses_given",)),
    "children given": (DependantsSupplement(**CHILD, families="given"), ("children_given",)),
    "both given": (
        DependantsSupplement(**SPOUSE, child_share=0.1, families="given"), ("spouses_given", "children_given")
    ),
    "orphans of both": (
        Orphans(share=0.2, full_share=0.4, until_age=18, families="given", **FOLLOWS), ("children_given", GAP)
    ),
    "cumulation": (Widows(share=0.6, cumulation={"kept": 0.5}, **FOLLOWS), (*FAMILIES, "survivors_with_pension")),
}  # fmt: skip


@pytest.mark.parametrize("case", NEEDED)
def test_what_a_benefit_reads_is_asked_for_by_its_name(case):
    benefit, names = NEEDED[case]
    assert benefit.needs == names
    with pytest.raises(MissingVariable) as caught:
        check_basis(BASIS.drop_vars(FAMILIES), law(benefit))
    assert str(caught.value).startswith(f"{benefit.name}: ")
    assert all(f"{name} is missing" in str(caught.value) for name in names)


def test_it_is_said_in_other_languages():
    with pytest.raises(MissingVariable) as caught:
        check_basis(BASIS.drop_vars(MARRIED), law(Widows(share=0.6, **FOLLOWS)))
    message = message_of(caught.value)
    assert told(message, language("fr")).startswith("widows\u202f: married_share manque")
    assert told(message, language("es")).startswith("widows: falta married_share")


@pytest.mark.parametrize("case", ["widows", "orphans"])
def test_an_answer_asks_for_it_too(case):
    with pytest.raises(MissingVariable, match="spouse_age_gap is missing"):
        NEEDED[case][0].family(BASIS.drop_vars(FAMILIES))
