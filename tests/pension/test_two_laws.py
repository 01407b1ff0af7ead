"""Old and new law in proportion to time: what a projection awards before and after the change."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

import actuarial as ac
from actuarial.pension import FinalAverage
from actuarial.pension.account_formulas import ProRata
from tests.reference.full_law import full_law
from tests.reference.small import small_basis

SINCE = 2029
OLD, NEW = FinalAverage(accrual=0.01, years=5), FinalAverage(accrual=0.02, years=5)


@pytest.mark.parametrize("grid", ["years", "months"])
def test_awards_before_the_change_are_those_of_the_old_law(grid):
    """To the last digit on both grids of credit; those of later years have a part of the new law that rises."""
    basis, law = small_basis().isel(year=slice(0, 7)), full_law()

    def awarded(formula):
        benefits = tuple(replace(one, formula=formula) if one.name == "old_age" else one for one in law.benefits)
        result = ac.project(basis, replace(law, benefits=benefits), service=grid)
        return result["new_awards_amount"].sel(benefit="old_age").sum(["sex", "age"])

    old, new, both = (awarded(formula) for formula in (OLD, NEW, ProRata(since=SINCE, old=OLD, new=NEW)))
    part = ((both - old) / (new - old)).values
    early = old["year"].values < SINCE
    assert_allclose(both.values[early], old.values[early], rtol=1e-12)
    assert (np.diff(part[~early]) > 0.02).all()
    assert 0.01 < part[~early][0] < 0.025
